// SPDX-License-Identifier: MIT
// Link fragments and source IDs, and the properties that a declaration assigns to PIDs.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <string.h>
#include <gpac/constants.h>
#include "graph/args.h"
#include "graph/fragment.h"

// ---- A graph without engine: one source with a file PID, one demultiplexer with three outputs

typedef struct {
	GF_FilterSession fs;
	GF_Filter source, demux;
	OutPid file, video, audio, audio2;
	InPid link;
	u64 memory;
	u32 nb_messages;
} Graph;

static void count_messages(void *cbk, GF_LOG_Level level, GF_LOG_Tool tool, const char *fmt, va_list args)
{
	(void)level;
	(void)tool;
	(void)fmt;
	(void)args;
	++*(u32 *)cbk;
}

static void add_pid(GF_Filter *f, OutPid *pid, const char *name, u32 type)
{
	pid->head.filter = f;
	pid->name = (char *)name;
	pid->map = propmap_new();
	propmap_set(pid->map, GF_PROP_PID_STREAM_TYPE, NULL, PROP_UINT(type), NULL);
	gf_list_add(f->outputs, pid);
}

static void init_filter(Graph *g, GF_Filter *f, const char *name)
{
	f->fs = &g->fs;
	f->name = (char *)name;
	f->index = ++g->fs.nb_created;
	f->inputs = gf_list_new();
	f->outputs = gf_list_new();
}

static void set(OutPid *pid, u32 p4cc, const char *name, const GF_PropertyValue *val)
{
	assert_int_equal(propmap_set(pid->map, p4cc, name, val, NULL), GF_OK);
}

static int setup(void **state)
{
	u64 memory = gf_memory_size();
	Graph *g = gf_calloc(1, sizeof(*g));
	g->memory = memory;
	g->fs.seps = (Separators){':', '=', '#', ',', '!', '@'};
	init_filter(g, &g->source, "source");
	init_filter(g, &g->demux, "demux");
	add_pid(&g->source, &g->file, "in.mp4", GF_STREAM_FILE);
	add_pid(&g->demux, &g->video, "V", GF_STREAM_VISUAL);
	add_pid(&g->demux, &g->audio, "A1", GF_STREAM_AUDIO);
	add_pid(&g->demux, &g->audio2, "A2", GF_STREAM_ENCRYPTED);
	g->link = (InPid){.head = {.is_input = GF_TRUE, .filter = &g->demux}, .pid = &g->file};
	gf_list_add(g->demux.inputs, &g->link);

	set(&g->video, GF_PROP_PID_ID, NULL, PROP_UINT(1));
	set(&g->video, GF_PROP_PID_CODECID, NULL, PROP_UINT(GF_CODECID_AVC));
	set(&g->video, GF_PROP_PID_WIDTH, NULL, PROP_UINT(1280));
	set(&g->video, GF_PROP_PID_HEIGHT, NULL, PROP_UINT(720));
	set(&g->video, GF_PROP_PID_FPS, NULL, PROP_FRAC_INT(50, 2));
	set(&g->video, GF_PROP_PID_SUBTYPE, NULL, PROP_4CC(GF_4CC('v', 'i', 'd', 'e')));
	set(&g->video, 0, "quality", PROP_SINT(-3));
	set(&g->video, 0, "label", PROP_STRING("high"));
	set(&g->audio, GF_PROP_PID_CODECID, NULL, PROP_UINT(GF_CODECID_RAW));
	set(&g->audio, GF_PROP_PID_LANGUAGE, NULL, PROP_STRING("eng"));
	set(&g->audio2, GF_PROP_PID_ORIG_STREAM_TYPE, NULL, PROP_UINT(GF_STREAM_AUDIO));
	gf_log_set_callback(&g->nb_messages, count_messages);
	*state = g;
	return 0;
}

static int teardown(void **state)
{
	Graph *g = *state;
	GF_Filter *filters[] = {&g->source, &g->demux};
	for (u32 i = 0; i < 2; i++) {
		for (u32 j = 0; j < gf_list_count(filters[i]->outputs); j++)
			propmap_unref(((OutPid *)gf_list_get(filters[i]->outputs, j))->map);
		gf_list_del(filters[i]->inputs);
		gf_list_del(filters[i]->outputs);
	}
	arg_tracker_del(g->fs.args);
	u64 memory = g->memory;
	gf_log_set_callback(NULL, NULL);
	gf_free(g);
	return gf_memory_size() == memory ? 0 : -1;
}

// ---- Fragments

static void test_fragments(void **state)
{
	static const struct {
		const char *frag;
		char expected[5]; // for the file, video, first and second audio PID: Y, N, or D (default)
	} cases[] = {
		// names, of the PID or of the one it was made from
		{"V", "YYNN"},
		{"in.mp4", "YYYY"},
		{"other", "YNNN"},
		// stream types
		{"video", "YYNN"},
		{"Video", "YYNN"},
		{"audio", "YNYY"},
		{"audio1", "YNYN"},
		{"audio2", "YNNY"},
		{"audio3", "YNNN"},
		{"video1", "YYNN"},
		{"text", "YNNN"},
		{"scene", "YNNN"},
		{"font", "YNNN"},
		{"meta", "YNNN"},
		{"!audio", "YYNN"},
		{"!video", "YNYY"},
		{"!audio1", "YYNY"},
		// handler type
		{"vide", "YYNN"},
		{"!vide", "YNYY"},
		{"soun", "YNNN"},
		// raw media; no codec is raw
		{"raw", "YNYY"},
		{"!raw", "YYNY"},
		// properties
		{"Width=1280", "DYDD"},
		{"WIDT=1280", "DYDD"},
		{"Width=640", "DNDD"},
		{"Width=!640", "DYDD"},
		{"Width=!1280", "DNDD"},
		{"PID=1", "DYDD"},
		{"FPS=25", "DYDD"},
		{"FPS=25.0", "DYDD"},
		{"CodecID=avc", "DYND"},
		{"CodecID=raw", "DNYD"},
		{"CodecID=!avc", "DNYD"},
		{"StreamType=Visual", "YYNN"},
		{"StreamType=audio", "YNYN"},
		{"Language=eng", "DDYD"},
		{"Language=fra|eng", "DDYD"},
		{"Language=*", "DDYD"},
		{"Language=", "DDYD"},
		{"quality=-3", "DYDD"},
		{"label=high", "DYDD"},
		{"label=!high", "DNDD"},
		{"lab=high", "DDDD"},
		// order; a user property must exist, since `-` and `+` may be part of a PID name
		{"Width-1281", "DYDD"},
		{"Width-1280", "DNDD"},
		{"Width+1279", "DYDD"},
		{"Width+1280", "DNDD"},
		{"FPS-25.5", "DYDD"},
		{"FPS+24", "DYDD"},
		{"quality-0", "YYNN"},
		{"quality+0", "YNNN"},
		{"a-name", "YNNN"},
		// other property
		{"Width=Height", "DNDD"},
		{"Width=Width", "DYDD"},
		{"Width=!Height", "DYDD"},
		{"Width=Bitrate", "DNDD"},
	};
	Graph *g = *state;
	OutPid *pids[] = {&g->file, &g->video, &g->audio, &g->audio2};
	for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char result[5] = {0};
		for (u32 j = 0; j < 4; j++)
			result[j] = "NDY"[fragment_match(cases[i].frag, strlen(cases[i].frag), pids[j])];
		if (strcmp(result, cases[i].expected))
			fail_msg("#%s: got %s, expected %s", cases[i].frag, result, cases[i].expected);
	}
	assert_int_equal(g->nb_messages, 0);
	// values without order are accepted, with a warning; a value of another type is not
	assert_int_equal(fragment_match("label-x", 7, &g->video), FRAG_YES);
	assert_int_equal(g->nb_messages, 1);
	assert_int_equal(fragment_match("Width=large", 11, &g->video), FRAG_NO);
	assert_int_equal(g->nb_messages, 2);
}

static void test_tags(void **state)
{
	Graph *g = *state;
	assert_int_equal(fragment_match("TAG=a", 5, &g->video), FRAG_YES);
	g->demux.tag = (char *)"a";
	g->demux.itag = (char *)"b";
	assert_int_equal(fragment_match("TAG=a", 5, &g->video), FRAG_YES);
	assert_int_equal(fragment_match("TAG=b", 5, &g->video), FRAG_NO);
	assert_int_equal(fragment_match("ITAG=b", 6, &g->video), FRAG_YES);
	assert_int_equal(fragment_match("ITAG=a", 6, &g->video), FRAG_NO);
}

// A filter with one input and one output: the index was chosen upstream.
static void test_single_output(void **state)
{
	Graph *g = *state;
	gf_list_rem(g->demux.outputs, 2);
	gf_list_rem(g->demux.outputs, 1);
	assert_int_equal(fragment_match("video7", 6, &g->video), FRAG_YES);
	gf_list_add(g->demux.outputs, &g->audio);
	gf_list_add(g->demux.outputs, &g->audio2);
}

// ---- Source IDs

static void test_source_ids(void **state)
{
	static const struct {
		const char *sids, *id;
		char expected[5];
	} cases[] = {
		{"F", "F", "YYYY"},
		{"F", "G", "NNNN"},
		{"F", NULL, "NNNN"},
		{"*", "F", "YYYY"},
		{"*", NULL, "YYYY"},
		{"F*", "Foo", "YYYY"},
		{"F*", "Goo", "NNNN"},
		{"!F", "F", "NNNN"},
		{"!F", "G", "YYYY"},
		{"!F", NULL, "YYYY"},
		{"G,F", "F", "YYYY"},
		{"F#video", "F", "YYNN"},
		{"#video", "F", "YYNN"},
		{"#video", NULL, "YYNN"},
		{"*#video", NULL, "YYNN"},
		{"F#video,F#audio2", "F", "YYNY"},
		{"F#audio#Language=eng", "F", "DNYD"},
		{"F#V", "F", "YYNN"},
		// a missing property is accepted for want of a better element, unless another one excludes the PID
		{"F#Language=eng", "F", "DDYD"},
		{"F#Language=eng,F#audio", "F", "YNYY"},
		{"F#Foo=1,F#Width=640", "F", "DNDD"},
	};
	Graph *g = *state;
	OutPid *pids[] = {&g->file, &g->video, &g->audio, &g->audio2};
	for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char result[5] = {0};
		for (u32 j = 0; j < 4; j++)
			result[j] = "NDY"[sid_match(cases[i].sids, cases[i].id, pids[j])];
		if (strcmp(result, cases[i].expected))
			fail_msg("%s: got %s, expected %s", cases[i].sids, result, cases[i].expected);
	}
}

static void check_bind(OutPid *pid, const char *sids, const char *expected)
{
	char *bound = sid_bind(sids, pid);
	if (expected)
		assert_string_equal(bound, expected);
	else
		assert_null(bound);
	gf_free(bound);
}

static void test_bind(void **state)
{
	Graph *g = *state;
	check_bind(&g->video, "F#Width=*", "F#Width=1280");
	check_bind(&g->video, "A,F#video#Width=#x,B", "A,F#video#Width=1280#x,B");
	check_bind(&g->video, "#StreamType=*", "#StreamType=Visual");
	check_bind(&g->video, "#CodecID=*", "#CodecID=264");
	check_bind(&g->video, "F#Width=640", NULL);
	check_bind(&g->audio, "F#Width=*", NULL);
	check_bind(&g->video, "F", NULL);
}

// ---- Assignment of properties

static void check_prop(OutPid *pid, const char *name, const char *expected)
{
	char dump[GF_PROP_DUMP_ARG_SIZE];
	u32 p4cc = gf_props_get_id(name);
	const GF_PropertyValue *val = propmap_get(pid->map, p4cc, name);
	if (!expected) {
		assert_null(val);
		return;
	}
	if (!val)
		fail_msg("%s is not set, expected `%s`", name, expected);
	assert_string_equal(gf_props_dump(p4cc, val, dump, GF_PROP_DUMP_DATA_INFO), expected);
}

static void apply(OutPid *pid, const char *text, GF_Err expected)
{
	assert_int_equal(args_apply_pid_props(pid, text, &pid->head.filter->fs->seps), expected);
}

static void test_assign(void **state)
{
	static const struct {
		const char *text, *name, *value;
	} cases[] = {
		{":#Width=640", "Width", "640"},
		{":#HEIG=480", "Height", "480"},
		{":#Hidden", "Hidden", "true"},
		{":#FPS=", "FPS", NULL},
		{":#FPS=30000/1001", "FPS", "30000/1001"},
		{":#Language=fra", "Language", "fra"},
		{":#CodecID=hevc", "CodecID", "HEVC Video"},
		{":#CodecID=33", "CodecID", "MPEG-4 AVC|H264 Video"},
		{":#StreamType=audio", "StreamType", "Audio"},
		{":#StreamType=4", "StreamType", "Visual"},
		{":#PixelFormat=nv12", "PixelFormat", "nv12"},
		{":#Role=main,sub", "Role", "main,sub"},
		{":#IsoAltBrands=iso6,cmfc", "IsoAltBrands", "iso6,cmfc"},
		{":#ContentLightLevel=1000,400", "ContentLightLevel", "4 bytes 0x03E80190"},
		{":#MasterDisplayColour=1,2,3,4,5,6,7,8,9,10", "MasterDisplayColour",
			"24 bytes 0x00010002000300040005000600070008"
			"000000090000000A"},
		{":#ContentLightLevel=0x00010002", "ContentLightLevel", "4 bytes 0x00010002"},
		{":#SourcePath=::#Width=1", "Width", "1"},
		// user properties
		{":#Foo=bar", "Foo", "bar"},
		{":#Foo=uint@12", "Foo", "12"},
		{":#Foo=frac@1/3", "Foo", "1/3"},
		{":#Foo=strl@a,b", "Foo", "a,b"},
		{":#Foo=str@x", "Foo", "x"},
		{":#Foo=mem@0x0102", "Foo", "2 bytes 0x0102"},
		{":#Foo=me@host", "Foo", "me@host"},
		{":#label=", "label", NULL},
		{":#Bar", "Bar", NULL},
		// conditions
		{":#Foo=(video)V,(audio)A", "Foo", "V"},
		{":#Foo=(audio)A,(video)(Width-640)small,(video)(Width+640)large", "Foo", "large"},
		{":#Foo=(audio)A,()any", "Foo", "any"},
		{":#Cond=(audio)A,(text)T", "Cond", NULL},
		{":#Cond=(Nothing=1)A", "Cond", NULL},
		{":#Role=(audio)a,b,(video)c,d", "Role", "c,d"},
		// templates
		{":#Foo=$Width$x$Height$", "Foo", "1280x720"},
		{":#Foo=@Width@", "Foo", "1280"},
		{":#Foo=[$Bitrate$]", "Foo", "[]"},
		{":#Foo=[$label$]", "Foo", "[high]"},
		{":#Foo=a@b@c", "Foo", "a@b@c"},
		{":#Foo=5$", "Foo", "5$"},
		{":#Foo=(video)$ID$", "Foo", "1"},
		{":#Template=seg_$Number$", "Template", "seg_$Number$"},
		{":#HLSPL=$Width$.m3u8", "HLSPL", "$Width$.m3u8"},
	};
	for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		Graph *g = *state;
		apply(&g->video, cases[i].text, GF_OK);
		check_prop(&g->video, cases[i].name, cases[i].value);
		assert_int_equal(g->nb_messages, 0);
		assert_int_equal(teardown(state), 0);
		setup(state); // a fresh graph for the next one
	}
}

// A value that cannot be read leaves the property as it is.
static void test_assign_errors(void **state)
{
	static const char *const texts[] = {":#Width=wider", ":#Foo=ptr@0x10", ":#Foo=mem@4@0x10", ":#Foo=bxml@x",
		":#FPS=fast", ":#ContentLightLevel=1,2,3"};
	Graph *g = *state;
	for (u32 i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		u32 count = g->video.map->count;
		g->nb_messages = 0;
		assert_true(args_apply_pid_props(&g->video, texts[i], &g->fs.seps) < 0);
		assert_int_equal(g->nb_messages, 1);
		assert_int_equal(g->video.map->count, count);
	}
	check_prop(&g->video, "Width", "1280");
	g->nb_messages = 0;
	apply(&g->video, ":#Foo=(video", GF_OK);
	assert_int_equal(g->nb_messages, 1);
}

// A dynamic filter knows its media better than the declaration it inherits from.
static void test_assign_dynamic(void **state)
{
	Graph *g = *state;
	g->demux.kind = FILTER_DYNAMIC;
	apply(&g->video, ":#CodecID=hevc:#StreamType=audio:#Width=2", GF_OK);
	check_prop(&g->video, "CodecID", "MPEG-4 AVC|H264 Video");
	check_prop(&g->video, "StreamType", "Visual");
	check_prop(&g->video, "Width", "2");
}

// Packets keep the map they were sent under; an assignment that changes nothing keeps it too.
static void test_assign_shared(void **state)
{
	Graph *g = *state;
	PropMap *sent = propmap_ref(g->video.map);
	apply(&g->video, ":#Width=1280", GF_OK);
	assert_ptr_equal(g->video.map, sent);
	apply(&g->video, ":#Width=640:#Role=a,b", GF_OK);
	assert_ptr_not_equal(g->video.map, sent);
	assert_int_equal(propmap_get(sent, GF_PROP_PID_WIDTH, NULL)->value.uint, 1280);
	propmap_unref(sent);
	// once more, with the memory of the list to be dropped
	apply(&g->video, ":#Role=a,b", GF_OK);
}

static void test_assign_counters(void **state)
{
	Graph *g = *state;
	for (u32 i = 0; i < 2; i++) { // applied again at each property change
		apply(&g->video, ":#ID=$GINC(10,5):#Foo=n@GINC(1)", GF_OK);
		apply(&g->audio, ":#ID=$GINC(10,5)", GF_OK);
	}
	check_prop(&g->video, "ID", "10");
	check_prop(&g->audio, "ID", "15");
	check_prop(&g->video, "Foo", "n1");
	apply(&g->file, ":#ID=$GINC(10,5)", GF_OK); // another filter counts apart
	check_prop(&g->file, "ID", "10");
	// a new PID at the same address is another PID
	arg_counter_forget(&g->fs, &g->video);
	apply(&g->video, ":#ID=$GINC(10,5)", GF_OK);
	check_prop(&g->video, "ID", "20");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fragments, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tags, setup, teardown),
		cmocka_unit_test_setup_teardown(test_single_output, setup, teardown),
		cmocka_unit_test_setup_teardown(test_source_ids, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bind, setup, teardown),
		cmocka_unit_test_setup_teardown(test_assign, setup, teardown),
		cmocka_unit_test_setup_teardown(test_assign_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_assign_dynamic, setup, teardown),
		cmocka_unit_test_setup_teardown(test_assign_shared, setup, teardown),
		cmocka_unit_test_setup_teardown(test_assign_counters, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
