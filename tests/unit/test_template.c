// SPDX-License-Identifier: MIT
// Names of output files made from a template.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <string.h>
#include "graph/graph.h"

typedef struct {
	GF_FilterSession fs;
	GF_Filter mux, sink;
	OutPid out;
	InPid in;
	Packet pck;
	PckEntry entry;
	u32 nb_errors;
	u64 memory;
} Graph;

static void count_errors(void *cbk, GF_LOG_Level level, GF_LOG_Tool tool, const char *fmt, va_list args)
{
	(void)tool;
	(void)fmt;
	(void)args;
	*(u32 *)cbk += level == GF_LOG_ERROR;
}

static void set(Graph *g, u32 p4cc, const char *name, const GF_PropertyValue *val)
{
	assert_int_equal(propmap_set(g->out.map, p4cc, name, val, NULL), GF_OK);
}

static int setup(void **state)
{
	u64 memory = gf_memory_size();
	Graph *g = gf_calloc(1, sizeof(*g));
	g->memory = memory;
	g->mux = (GF_Filter){.fs = &g->fs, .name = (char *)"mux"};
	g->sink = (GF_Filter){.fs = &g->fs, .name = (char *)"sink"};
	g->out.head.filter = &g->mux;
	g->out.name = (char *)"PID1";
	g->out.map = propmap_new();
	set(g, GF_PROP_PID_ID, NULL, PROP_UINT(3));
	set(g, GF_PROP_PID_STREAM_TYPE, NULL, PROP_UINT(GF_STREAM_VISUAL));
	set(g, GF_PROP_PID_URL, NULL, PROP_STRING("/media/dir/clip.part1.mp4"));
	set(g, GF_PROP_PID_FILEPATH, NULL, PROP_STRING("/cache/clip.part1.mp4"));
	set(g, GF_PROP_PID_WIDTH, NULL, PROP_UINT(1280));
	set(g, GF_PROP_PID_HEIGHT, NULL, PROP_UINT(720));
	set(g, GF_PROP_PID_FPS, NULL, PROP_FRAC_INT(25, 1));
	set(g, GF_PROP_PID_HIDDEN, NULL, PROP_BOOL(GF_TRUE));
	set(g, GF_PROP_PID_PIXFMT, NULL, PROP_ENUM(GF_PIXEL_NV12, GF_PROP_PIXFMT));
	set(g, 0, "label", PROP_STRING("high"));
	set(g, 0, "rank", PROP_SINT(-7));

	g->pck.props = propmap_new();
	assert_int_equal(propmap_set(g->pck.props, 0, "chapter", PROP_STRING("intro"), NULL), GF_OK);
	assert_int_equal(propmap_set(g->pck.props, 0, "label", PROP_STRING("hidden"), NULL), GF_OK);
	g->pck.a = (PckAttrs){.dts = 1000, .cts = 1040, .duration = 40, .sap = 1};
	g->entry.pck = &g->pck;
	g->in = (InPid){.head = {.is_input = GF_TRUE, .filter = &g->sink}, .pid = &g->out, .map = g->out.map};
	g->in.first = g->in.last = &g->entry;
	handle_add(&g->in.head.handle);
	handle_add(&g->out.head.handle);
	gf_log_set_callback(&g->nb_errors, count_errors);
	*state = g;
	return 0;
}

static int teardown(void **state)
{
	Graph *g = *state;
	u64 memory = g->memory;
	handle_remove(&g->in.head.handle);
	handle_remove(&g->out.head.handle);
	propmap_unref(g->out.map);
	propmap_unref(g->pck.props);
	gf_log_set_callback(NULL, NULL);
	gf_free(g);
	return gf_memory_size() == memory ? 0 : -1;
}

static void test_keys(void **state)
{
	static const struct {
		const char *tpl, *name;
	} cases[] = {
		{"plain.mp4", "plain.mp4"},
		{"", ""},
		{"out_$num$.mp4", "out_12.mp4"},
		{"out_$num%05d$.mp4", "out_00012.mp4"},
		{"$PID$", "3"},
		{"$PID%03d$", "003"},
		{"$ID$", "3"},
		{"$URL$", "/media/dir/clip.part1.mp4"},
		{"$File$_x", "clip.part1_x"},
		{"$FS$", "_suffix"},
		{"$Type$-$OType$", "video-video"},
		{"$Width$x$Height$", "1280x720"},
		{"$p4cc=WIDT$", "1280"},
		{"$pname=label$", "high"},
		{"$label$", "high"},
		{"$rank%04d$", "-007"},
		{"$chapter$", "intro"},
		{"$FPS$", "25/1"},
		{"$Hidden$", "true"},
		{"$PixelFormat$", "nv12"},
		{"$dts$ $cts$ $dur$ $sap$ $dts%06d$", "1000 1040 40 1 001000"},
		{"$CropOrigin$", "0x0"},
		{"$OriginalSize$", "1280x720"},
		{"$$", "$"},
		{"a$$b$;$c", "a$b$c"},
		// the segmenter's own keywords
		{"seg_$Number%05d$_$num$.m4s", "seg_$Number%05d$_12.m4s"},
		{"$Time$$RepresentationID$$Bandwidth$$SubNumber$", "$Time$$RepresentationID$$Bandwidth$$SubNumber$"},
		{"$Init=i$$XInit=x$$InitExt=e$$SegExt=s$$Path=p$", "$Init=i$$XInit=x$$InitExt=e$$SegExt=s$$Path=p$"},
	};
	Graph *g = *state;
	for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char name[GF_MAX_PATH];
		GF_Err e = gf_filter_pid_resolve_file_template(&g->in.head, cases[i].tpl, name, 12, "_suffix");
		assert_int_equal(e, GF_OK);
		assert_string_equal(name, cases[i].name);
	}
	assert_int_equal(g->nb_errors, 0);
}

static void test_errors(void **state)
{
	static const char *const templates[] = {"a$num", "$", "$num%x$", "$num%099d$", "$Bitrate$", "$nothing$",
		"$pname=nothing$", "$p4cc=ABCD$", "$FS$"};
	Graph *g = *state;
	for (u32 i = 0; i < sizeof(templates) / sizeof(templates[0]); i++) {
		char name[GF_MAX_PATH] = "untouched";
		g->nb_errors = 0;
		GF_Err e = gf_filter_pid_resolve_file_template(&g->in.head, templates[i], name, 0, NULL);
		assert_int_equal(e, GF_BAD_PARAM);
		assert_int_equal(g->nb_errors, 1);
		assert_string_equal(name, "untouched");
	}
	char tpl[GF_MAX_PATH], name[GF_MAX_PATH];
	memset(tpl, 'a', sizeof(tpl));
	strcpy(tpl + GF_MAX_PATH - 8, "$Width$");
	assert_int_equal(gf_filter_pid_resolve_file_template(&g->in.head, tpl, name, 0, NULL), GF_OK);
	assert_int_equal(strlen(name), GF_MAX_PATH - 4);
	strcpy(tpl + GF_MAX_PATH - 8, "$label$");
	set(g, 0, "label", PROP_STRING("eightchr"));
	assert_int_equal(gf_filter_pid_resolve_file_template(&g->in.head, tpl, name, 0, NULL), GF_OUT_OF_MEM);
	assert_int_equal(gf_filter_pid_resolve_file_template(NULL, tpl, name, 0, NULL), GF_BAD_PARAM);
}

static void check(Graph *g, const char *tpl, const char *file_name, const char *expected)
{
	char name[GF_MAX_PATH];
	GF_Err e = gf_filter_pid_resolve_file_template_ex(&g->in.head, tpl, name, 0, NULL, file_name);
	assert_int_equal(e, GF_OK);
	assert_string_equal(name, expected);
}

static void test_source_names(void **state)
{
	Graph *g = *state;
	check(g, "$URL$ $File$", "other/name.ts", "other/name.ts name");
	set(g, GF_PROP_PID_FILEALIAS, NULL, PROP_STRING("alias.mp4"));
	check(g, "$URL$ $File$", NULL, "alias.mp4 alias");
	set(g, GF_PROP_PID_FILEALIAS, NULL, NULL);
	set(g, GF_PROP_PID_FILEPATH, NULL, PROP_STRING("gmem://1@0x10"));
	check(g, "$File$", NULL, "clip.part1");
	set(g, GF_PROP_PID_URL, NULL, PROP_STRING("http://host/clip.mp4"));
	check(g, "$File$", NULL, "PID1");
	set(g, GF_PROP_PID_URL, NULL, PROP_STRING(".hidden"));
	check(g, "$File$", NULL, ".hidden");

	set(g, GF_PROP_PID_STREAM_TYPE, NULL, PROP_UINT(GF_STREAM_ENCRYPTED));
	set(g, GF_PROP_PID_ORIG_STREAM_TYPE, NULL, PROP_UINT(GF_STREAM_AUDIO));
	check(g, "$Type$ $OType$", NULL, "crypt audio");
	set(g, GF_PROP_PID_CROP_POS, NULL, PROP_VEC2I_INT(8, 16));
	check(g, "$CropOrigin$", NULL, "8x16");
}

// Before any packet came, on either side of the link.
static void test_no_packet(void **state)
{
	Graph *g = *state;
	char name[GF_MAX_PATH];
	g->in.first = g->in.last = NULL;
	assert_int_equal(gf_filter_pid_resolve_file_template(&g->in.head, "$dts$", name, 0, NULL), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pid_resolve_file_template(&g->in.head, "$Width$", name, 0, NULL), GF_OK);
	assert_int_equal(gf_filter_pid_resolve_file_template(&g->out.head, "$Width$", name, 0, NULL), GF_OK);
	assert_string_equal(name, "1280");
	g->out.held = &g->entry;
	assert_int_equal(gf_filter_pid_resolve_file_template(&g->out.head, "$dts$", name, 0, NULL), GF_OK);
	assert_string_equal(name, "1000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_keys, setup, teardown),
		cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_source_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_packet, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
