// SPDX-License-Identifier: MIT
// mp4mx: a source made here feeds it, and the boxes and media data of the files are compared with what the
// standards say (ISO/IEC 14496-12, 14496-15, 23009-1).

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>

#define NO_TS GF_FILTER_NO_TS
#define MAX_PIDS 3

typedef struct {
	u64 dts;
	s64 cts; // when not 0 or first, else the dts
	u32 duration;
	const char *data;
	u8 sap;
	s8 roll;
	u32 number;         // FileNumber, 0 for none
	const char *name;   // FileName
	const char *config; // a DecoderConfig set before the packet
	Bool end;           // an empty packet with property EODS
} Unit;

typedef struct {
	u32 type, codec;
	void (*describe)(GF_FilterPid *pid);
	const Unit *units;
	u32 nb;
	u32 next;
	GF_FilterPid *pid;
} Stream;

typedef struct {
	Stream streams[MAX_PIDS];
	u32 nb;
	u32 nb_events;
	GF_FEVT_SegmentSize events[20];
	u32 nb_parts;
	GF_FEVT_FragmentSize parts[20];
} Source;

static char directory[] = "/tmp/test_mp4mx_XXXXXX";

// ---- Source

static void declare(GF_Filter *filter, Stream *s)
{
	s->pid = gf_filter_pid_new(filter);
	gf_filter_pid_set_property(s->pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(s->type));
	gf_filter_pid_set_property(s->pid, GF_PROP_PID_CODECID, PROP_UINT(s->codec));
	gf_filter_pid_set_property(s->pid, GF_PROP_PID_TIMESCALE, PROP_UINT(1000));
	s->describe(s->pid);
}

static void send_unit(Stream *s, const Unit *u)
{
	if (u->config)
		gf_filter_pid_set_property(s->pid, GF_PROP_PID_DECODER_CONFIG, PROP_DATA((u8 *)u->config, 7));
	u8 *data;
	u32 size = u->data ? (u32)strlen(u->data) : 0;
	GF_FilterPacket *p = gf_filter_pck_new_alloc(s->pid, size, &data);
	if (size)
		memcpy(data, u->data, size);
	gf_filter_pck_set_dts(p, u->dts);
	gf_filter_pck_set_cts(p, u->dts == NO_TS ? NO_TS : (u64)((s64)u->dts + u->cts));
	gf_filter_pck_set_duration(p, u->duration);
	gf_filter_pck_set_sap(p, u->sap);
	gf_filter_pck_set_roll_info(p, u->roll);
	if (u->number)
		gf_filter_pck_set_property(p, GF_PROP_PCK_FILENUM, PROP_UINT(u->number));
	if (u->end)
		gf_filter_pck_set_property(p, GF_PROP_PCK_EODS, PROP_BOOL(GF_TRUE));
	if (u->name) {
		char path[200];
		snprintf(path, sizeof(path), "%s/%s", directory, u->name);
		gf_filter_pck_set_property(p, GF_PROP_PCK_FILENAME, PROP_STRING(path));
	}
	gf_filter_pck_send(p);
}

static GF_Err source_process(GF_Filter *filter)
{
	Source *src = gf_filter_get_rt_udta(filter);
	Bool more = GF_FALSE;
	if (!src->streams[0].pid) {
		for (u32 i = 0; i < src->nb; i++)
			declare(filter, &src->streams[i]);
		gf_filter_post_process_task(filter);
		return GF_OK;
	}
	for (u32 i = 0; i < src->nb; i++) {
		Stream *s = &src->streams[i];
		if (s->next < s->nb)
			send_unit(s, &s->units[s->next++]);
		more |= s->next < s->nb;
		if (s->next == s->nb)
			gf_filter_pid_set_eos(s->pid);
	}
	if (more)
		gf_filter_post_process_task(filter);
	return more ? GF_OK : GF_EOS;
}

static Bool source_event(GF_Filter *filter, const GF_FilterEvent *evt)
{
	Source *src = gf_filter_get_rt_udta(filter);
	if (evt->base.type == GF_FEVT_SEGMENT_SIZE && src->nb_events < 20)
		src->events[src->nb_events++] = evt->seg_size;
	if (evt->base.type == GF_FEVT_FRAGMENT_SIZE && src->nb_parts < 20)
		src->parts[src->nb_parts++] = evt->frag_size;
	return GF_TRUE;
}

static void path_of(char path[200], const char *name)
{
	snprintf(path, 200, "%s/%s", directory, name);
}

static void run(Source *src, const char *name, const char *options)
{
	char path[200], url[400];
	GF_Err e;
	path_of(path, name);
	unlink(path);
	snprintf(url, sizeof(url), "%s%s", path, options);
	GF_FilterSession *fs = gf_fs_new_defaults(0);
	assert_non_null(fs);
	GF_Filter *source = gf_fs_new_filter(fs, "source", 0, &e);
	assert_non_null(source);
	gf_filter_set_rt_udta(source, src);
	// media of any type
	GF_PropertyValue file = {.type = GF_PROP_UINT, .value.uint = GF_STREAM_FILE};
	GF_PropertyValue none = {.type = GF_PROP_UINT, .value.uint = GF_CODECID_NONE};
	gf_filter_push_caps(source, GF_PROP_PID_STREAM_TYPE, &file, NULL, GF_CAPS_OUTPUT_EXCLUDED, 0);
	gf_filter_push_caps(source, GF_PROP_PID_CODECID, &none, NULL, GF_CAPS_OUTPUT_EXCLUDED, 0);
	gf_filter_set_process_ckb(source, source_process);
	gf_filter_set_process_event_ckb(source, source_event);
	gf_filter_post_process_task(source);
	assert_non_null(gf_fs_load_destination(fs, url, NULL, NULL, &e));
	gf_fs_run(fs);
	gf_fs_del(fs);
}

static u8 *load(const char *name, u32 *size)
{
	char path[200];
	u8 *data;
	path_of(path, name);
	assert_int_equal(gf_file_load_data(path, &data, size), GF_OK);
	return data;
}

static Bool exists(const char *name)
{
	char path[200];
	path_of(path, name);
	return access(path, F_OK) == 0;
}

// ---- Boxes

typedef struct {
	const u8 *data;
	u32 size;
} Box;

static u32 be32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

// The payload of a box by its path; "type#N" is number N of that type, from 0.
static Box find(const u8 *data, u32 size, const char *path)
{
	u32 index = path[4] == '#' ? (u32)(path[5] - '0') : 0;
	const char *next = strchr(path, '/');
	for (u32 at = 0; at + 8 <= size;) {
		u32 box = be32(data + at);
		assert_true(box >= 8 && box <= size - at);
		if (!memcmp(data + at + 4, path, 4) && !index--) {
			Box b = {data + at + 8, box - 8};
			return next ? find(b.data, b.size, next + 1) : b;
		}
		at += box;
	}
	return (Box){NULL, 0};
}

#define CHECK(box, ...) \
	do { \
		static const u8 expected_[] = {__VA_ARGS__}; \
		Box box_ = (box); \
		assert_non_null(box_.data); \
		assert_int_equal(box_.size, sizeof(expected_)); \
		assert_memory_equal(box_.data, expected_, sizeof(expected_)); \
	} while (0)

// The types of the boxes at the top of a file, one after the other.
static void expect_top(const u8 *data, u32 size, const char *types)
{
	char found[200] = "";
	for (u32 at = 0; at + 8 <= size && strlen(found) < 190;) {
		snprintf(found + strlen(found), 10, "%s%.4s", at ? " " : "", (const char *)data + at + 4);
		u32 box = be32(data + at);
		assert_true(box >= 8 && box <= size - at);
		at += box;
	}
	assert_string_equal(found, types);
}

// The media data of a track, sample after sample, through the chunk tables.
static void expect_media(const u8 *file, u32 size, u32 track, const char *expected)
{
	char path[60], got[300] = "";
	snprintf(path, sizeof(path), "moov/trak#%u/mdia/minf/stbl", track);
	Box stbl = find(file, size, path);
	Box stsz = find(stbl.data, stbl.size, "stsz"), stco = find(stbl.data, stbl.size, "stco");
	Box stsc = find(stbl.data, stbl.size, "stsc");
	u32 sample = 0, constant = be32(stsz.data + 4), nb_chunks = be32(stco.data + 4);
	for (u32 chunk = 1, entry = 0; chunk <= nb_chunks; chunk++) {
		if (entry + 1 < be32(stsc.data + 4) && be32(stsc.data + 8 + 12 * (entry + 1)) == chunk)
			entry++;
		u32 at = be32(stco.data + 4 + 4 * chunk);
		for (u32 i = be32(stsc.data + 12 + 12 * entry); i; i--, sample++) {
			u32 bytes = constant ? constant : be32(stsz.data + 12 + 4 * sample);
			snprintf(got + strlen(got), 20, "%.*s", (int)bytes, (const char *)file + at);
			at += bytes;
		}
	}
	assert_int_equal(sample, be32(stsz.data + 8));
	assert_string_equal(got, expected);
}

// ---- Streams

static const u8 avcc[] = {1, 0x64, 0, 0x1F, 0xFF, 0xE1, 0, 4, 0x67, 0x64, 0, 0x1F, 1, 0, 2, 0x68, 0xEE};

static void describe_avc(GF_FilterPid *pid)
{
	gf_filter_pid_set_property(pid, GF_PROP_PID_WIDTH, PROP_UINT(64));
	gf_filter_pid_set_property(pid, GF_PROP_PID_HEIGHT, PROP_UINT(48));
	gf_filter_pid_set_property(pid, GF_PROP_PID_DECODER_CONFIG, PROP_DATA((u8 *)avcc, sizeof(avcc)));
}

static void describe_avc_bare(GF_FilterPid *pid)
{
	gf_filter_pid_set_property(pid, GF_PROP_PID_WIDTH, PROP_UINT(64));
	gf_filter_pid_set_property(pid, GF_PROP_PID_HEIGHT, PROP_UINT(48));
}

static void describe_aac(GF_FilterPid *pid)
{
	gf_filter_pid_set_property(pid, GF_PROP_PID_SAMPLE_RATE, PROP_UINT(8000));
	gf_filter_pid_set_property(pid, GF_PROP_PID_NUM_CHANNELS, PROP_UINT(1));
	gf_filter_pid_set_property(pid, GF_PROP_PID_DECODER_CONFIG, PROP_DATA((u8 *)"\x15\x88", 2));
	gf_filter_pid_set_property(pid, GF_PROP_PID_LANGUAGE, PROP_NAME("fr-CA"));
}

static void describe_text(GF_FilterPid *pid)
{
	gf_filter_pid_set_property(pid, GF_PROP_PID_DECODER_CONFIG, PROP_DATA((u8 *)"WEBVTT", 7));
}

#define NB(a) (sizeof(a) / sizeof((a)[0]))
#define VIDEO(u) \
	{ \
		GF_STREAM_VISUAL, GF_CODECID_AVC, describe_avc, u, NB(u), 0, NULL \
	}
#define AUDIO(u) \
	{ \
		GF_STREAM_AUDIO, GF_CODECID_AAC_MPEG4, describe_aac, u, NB(u), 0, NULL \
	}
#define TEXT(u) \
	{ \
		GF_STREAM_TEXT, GF_CODECID_WEBVTT, describe_text, u, NB(u), 0, NULL \
	}

// Half a second for each letter of audio; pictures that are shown in the order V1 V3 V2.
static const Unit video[] = {{.dts = 0, .cts = 400, .duration = 400, .data = "V1", .sap = 1},
	{.dts = 400, .cts = 800, .duration = 400, .data = "V22"}, {.dts = 800, .duration = 400, .data = "V333"},
	{.dts = 1200, .cts = 400, .duration = 400, .data = "V4", .sap = 1}};
static const Unit audio[] = {{.dts = 0, .duration = 500, .data = "a", .sap = 1},
	{.dts = 500, .duration = 500, .data = "b", .sap = 1},
	{.dts = 1000, .duration = 500, .data = "c", .sap = 1},
	{.dts = 1500, .duration = 100, .data = "d", .sap = 1}};

static const char *stbl_path = "moov/trak/mdia/minf/stbl";

// ---- Layouts

// The end of the media data: what comes before is unused room for a 64-bit size.
static void expect_data(const u8 *file, u32 size, const void *expected, u32 expected_size)
{
	Box mdat = find(file, size, "mdat");
	assert_true(mdat.size == expected_size || mdat.size == expected_size + 8);
	assert_memory_equal(mdat.data + mdat.size - expected_size, expected, expected_size);
}

static void test_layouts(void **state)
{
	(void)state;
	static const struct {
		const char *options, *boxes, *data;
	} layouts[] = {
		// windows of 1 second: pictures 1 to 3 with sounds a and b, then the rest
		{"", "ftyp moov mdat free", "V1V22V333abV4cd"},
		{":store=tight", "ftyp moov mdat free", "V1aV22bV333cV4d"},
		{":cdur=0", "ftyp moov mdat free", "V1V22V333V4abcd"},
		// destinations where nothing can be inserted get the same from temporary storage
		{":cat=auto", "ftyp moov mdat free", "V1V22V333abV4cd"},
		{":cat=auto:store=tight", "ftyp moov mdat free", "V1aV22bV333cV4d"},
		{":cat=auto:moovpad=40", "ftyp moov free mdat free", "V1V22V333abV4cd"},
		{":store=flat", "ftyp mdat free moov", NULL},
		{":store=fstart", "ftyp moov mdat free", NULL},
		{":store=frag", "ftyp free moov moof mdat moof mdat", NULL},
	};
	for (size_t i = 0; i < NB(layouts); i++) {
		Source src = {.streams = {VIDEO(video), AUDIO(audio)}, .nb = 2};
		run(&src, "l.mp4", layouts[i].options);
		u32 size;
		u8 *file = load("l.mp4", &size);
		expect_top(file, size, layouts[i].boxes);
		if (layouts[i].data)
			expect_data(file, size, layouts[i].data, (u32)strlen(layouts[i].data));
		if (!strstr(layouts[i].options, "frag")) {
			expect_media(file, size, 0, "V1V22V333V4");
			expect_media(file, size, 1, "abcd");
		}
		gf_free(file);
	}
}

static void test_header(void **state)
{
	(void)state;
	Source src = {.streams = {VIDEO(video), AUDIO(audio)}, .nb = 2};
	run(&src, "h.mp4", "");
	u32 size;
	u8 *file = load("h.mp4", &size);
	// 14496-12 4.3: isom with the AVC brand
	CHECK(find(file, size, "ftyp"), 'i', 's', 'o', 'm', 0, 0, 0, 1, 'a', 'v', 'c', '1', 'i', 's', 'o', 'm');
	Box stbl = find(file, size, stbl_path);
	CHECK(find(stbl.data, stbl.size, "stss"), 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4);
	assert_int_equal(be32(find(stbl.data, stbl.size, "ctts").data), 0);
	// the first picture is shown 400 ms after the first sound, and is at 400 of its media
	CHECK(find(file, size, "moov/trak/edts/elst"), 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 240, 0xFF, 0xFF, 0xFF,
		0xFF, 0, 1, 0, 0, 0, 0, 3, 0xC0, 0, 0, 1, 0x90, 0, 1, 0, 0);
	assert_null(find(file, size, "moov/trak#1/edts").data);
	Box mdhd = find(file, size, "moov/trak#1/mdia/mdhd");
	assert_int_equal(be32(mdhd.data + 16), 1600);
	// 8.4.2.3: fra
	assert_int_equal(
		mdhd.data[20] << 8 | mdhd.data[21], ('f' - 0x60) << 10 | ('r' - 0x60) << 5 | ('a' - 0x60));
	CHECK(find(file, size, "moov/trak#1/mdia/elng"), 0, 0, 0, 0, 'f', 'r', '-', 'C', 'A', 0);
	gf_free(file);
}

// Smallest offset -400: what each value of ctmode makes of it.
static void test_composition(void **state)
{
	(void)state;
	static const Unit units[] = {{.dts = 1000, .duration = 400, .data = "1", .sap = 1},
		{.dts = 1400, .cts = 400, .duration = 400, .data = "2"},
		{.dts = 1800, .cts = -400, .duration = 400, .data = "3"}};
	u32 size;
	Source src = {.streams = {VIDEO(units)}, .nb = 1};
	run(&src, "c.mp4", "");
	u8 *file = load("c.mp4", &size);
	Box stbl = find(file, size, stbl_path);
	CHECK(find(stbl.data, stbl.size, "ctts"), 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 1, 0x90, 0, 0, 0, 1,
		0, 0, 3, 0x20, 0, 0, 0, 1, 0, 0, 0, 0);
	CHECK(find(file, size, "moov/trak/edts/elst"), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0xD0, 0, 0, 1, 0x90, 0, 1,
		0, 0);
	gf_free(file);

	src = (Source){.streams = {VIDEO(units)}, .nb = 1};
	run(&src, "c.mp4", ":ctmode=negctts");
	file = load("c.mp4", &size);
	stbl = find(file, size, stbl_path);
	CHECK(find(stbl.data, stbl.size, "ctts"), 1, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0,
		0, 1, 0x90, 0, 0, 0, 1, 0xFF, 0xFF, 0xFE, 0x70);
	assert_null(find(file, size, "moov/trak/edts").data);
	gf_free(file);

	src = (Source){.streams = {VIDEO(units)}, .nb = 1};
	run(&src, "c.mp4", ":ctmode=noedit");
	file = load("c.mp4", &size);
	stbl = find(file, size, stbl_path);
	assert_int_equal(be32(find(stbl.data, stbl.size, "ctts").data), 0);
	assert_null(find(file, size, "moov/trak/edts").data);
	gf_free(file);

	// in fragments: signed offsets, no edit list
	src = (Source){.streams = {VIDEO(units)}, .nb = 1};
	run(&src, "c.mp4", ":store=frag:tfdt_traf");
	file = load("c.mp4", &size);
	assert_null(find(file, size, "moov/trak/edts").data);
	assert_int_equal(find(file, size, "moof/traf/trun").data[0], 1);
	assert_int_equal(be32(find(file, size, "moof/traf/tfdt").data + 4), 0);
	gf_free(file);
}

static void describe_early_aac(GF_FilterPid *pid)
{
	describe_aac(pid);
	gf_filter_pid_set_property(pid, GF_PROP_PID_DELAY, PROP_LONGSINT(-500));
}

static void describe_late_aac(GF_FilterPid *pid)
{
	describe_aac(pid);
	gf_filter_pid_set_property(pid, GF_PROP_PID_DELAY, PROP_LONGSINT(200));
}

static void test_delay(void **state)
{
	(void)state;
	u32 size;
	for (u32 frag = 0; frag < 2; frag++) {
		const char *options = frag ? ":store=frag" : "";
		Source src = {.streams = {AUDIO(audio)}, .nb = 1};
		src.streams[0].describe = describe_early_aac;
		run(&src, "d.mp4", options);
		u8 *file = load("d.mp4", &size);
		Box elst = find(file, size, "moov/trak/edts/elst");
		// one edit from 500 of the media; in fragments it lasts to the end (8.6.6.1)
		assert_int_equal(be32(elst.data + 4), 1);
		assert_int_equal(be32(elst.data + 8), frag ? 0 : 660);
		assert_int_equal(be32(elst.data + 12), 500);
		gf_free(file);

		src = (Source){.streams = {AUDIO(audio)}, .nb = 1};
		src.streams[0].describe = describe_late_aac;
		run(&src, "d.mp4", options);
		file = load("d.mp4", &size);
		elst = find(file, size, "moov/trak/edts/elst");
		// an empty edit of 0.2 s, then the media
		assert_int_equal(be32(elst.data + 4), 2);
		assert_int_equal(be32(elst.data + 8), 120);
		assert_int_equal((s32)be32(elst.data + 12), -1);
		assert_int_equal(be32(elst.data + 24), 0);
		gf_free(file);
	}
	// CMAF: in the decode time
	Source src = {.streams = {AUDIO(audio)}, .nb = 1};
	src.streams[0].describe = describe_late_aac;
	run(&src, "d.mp4", ":cmaf=cmfc");
	u8 *file = load("d.mp4", &size);
	assert_null(find(file, size, "moov/trak/edts").data);
	assert_int_equal(be32(find(file, size, "moof/traf/tfdt").data + 4), 200);
	gf_free(file);
}

// A track that starts later than another one keeps its distance.
static void test_alignment(void **state)
{
	(void)state;
	static const Unit late[] = {{.dts = 5300, .duration = 500, .data = "a", .sap = 1}};
	static const Unit early[] = {{.dts = 5000, .duration = 400, .data = "v", .sap = 1}};
	u32 size;
	Source src = {.streams = {VIDEO(early), AUDIO(late)}, .nb = 2};
	run(&src, "a.mp4", "");
	u8 *file = load("a.mp4", &size);
	assert_null(find(file, size, "moov/trak/edts").data);
	assert_int_equal(be32(find(file, size, "moov/trak#1/edts/elst").data + 8), 180);
	gf_free(file);
	src = (Source){.streams = {VIDEO(early), AUDIO(late)}, .nb = 2};
	run(&src, "a.mp4", ":tsalign=false");
	file = load("a.mp4", &size);
	assert_int_equal(be32(find(file, size, "moov/trak/edts/elst").data + 8), 3000);
	assert_int_equal(be32(find(file, size, "moov/trak#1/edts/elst").data + 8), 3180);
	gf_free(file);
}

// ---- Packets that make no sense

static void test_nonsense(void **state)
{
	(void)state;
	static const Unit no_times[] = {{.dts = NO_TS, .duration = 10, .data = "1", .sap = 1},
		{.dts = NO_TS, .duration = 10, .data = "2", .sap = 1}, {.dts = NO_TS, .data = "3", .sap = 1}};
	static const Unit backwards[] = {{.dts = 100, .duration = 10, .data = "1", .sap = 1},
		{.dts = 50, .duration = 10, .data = "2", .sap = 1},
		{.dts = 50, .duration = 10, .data = "3", .sap = 1}};
	static const Unit empty[] = {{.dts = 0, .duration = 10, .data = "1", .sap = 1},
		{.dts = 10, .duration = 10}, {.dts = 20, .duration = 10, .data = "3", .sap = 1}};
	static const Unit jump[] = {{.dts = 0, .duration = 10, .data = "1", .sap = 1},
		{.dts = 0x200000000, .duration = 10, .data = "2", .sap = 1},
		{.dts = 0x20000000A, .duration = 10, .data = "3", .sap = 1}};
	u32 size;
	Source src = {.streams = {AUDIO(no_times)}, .nb = 1};
	run(&src, "n.mp4", "");
	u8 *file = load("n.mp4", &size);
	expect_media(file, size, 0, "123");
	Box stts = find(file, size, "moov/trak/mdia/minf/stbl/stts");
	assert_int_equal(be32(stts.data + 8), 3);
	assert_int_equal(be32(stts.data + 12), 10);
	gf_free(file);

	src = (Source){.streams = {AUDIO(backwards)}, .nb = 1};
	run(&src, "n.mp4", "");
	file = load("n.mp4", &size);
	expect_media(file, size, 0, "123");
	CHECK(find(file, size, "moov/trak/mdia/minf/stbl/stts"), 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1,
		0, 0, 0, 1, 0, 0, 0, 10);
	gf_free(file);

	src = (Source){.streams = {AUDIO(empty)}, .nb = 1};
	run(&src, "n.mp4", "");
	file = load("n.mp4", &size);
	expect_media(file, size, 0, "13");
	gf_free(file);

	src = (Source){.streams = {AUDIO(jump)}, .nb = 1};
	run(&src, "n.mp4", "");
	file = load("n.mp4", &size);
	expect_media(file, size, 0, "123");
	assert_int_equal(be32(find(file, size, "moov/trak/mdia/mdhd").data + 16), 30);
	gf_free(file);
}

static void test_missing_config(void **state)
{
	(void)state;
	u32 size;
	Source src = {.streams = {VIDEO(video), AUDIO(audio)}, .nb = 2};
	src.streams[0].describe = describe_avc_bare;
	run(&src, "m.mp4", "");
	u8 *file = load("m.mp4", &size);
	// the track without configuration is left out
	assert_null(find(file, size, "moov/trak#1").data);
	expect_media(file, size, 0, "abcd");
	gf_free(file);

	src = (Source){.streams = {VIDEO(video)}, .nb = 1};
	src.streams[0].describe = describe_avc_bare;
	run(&src, "none.mp4", "");
	assert_false(exists("none.mp4"));

	src = (Source){.streams = {VIDEO(video), AUDIO(audio)}, .nb = 2};
	src.streams[0].describe = describe_avc_bare;
	run(&src, "m.mp4", ":store=frag");
	file = load("m.mp4", &size);
	assert_null(find(file, size, "moov/trak#1").data);
	assert_non_null(find(file, size, "moof").data);
	gf_free(file);
}

// ---- Sample descriptions

static void test_new_config(void **state)
{
	(void)state;
	static const char second[] = {1, 0x42, 0, 0x0A, (char)0xFF, (char)0xE0, 0};
	static const Unit units[] = {{.dts = 0, .duration = 100, .data = "1", .sap = 1},
		{.dts = 100, .duration = 100, .data = "2", .sap = 1},
		{.dts = 200, .duration = 100, .data = "3", .sap = 1, .config = second},
		{.dts = 300, .duration = 100, .data = "4", .sap = 1}};
	u32 size;
	Source src = {.streams = {VIDEO(units)}, .nb = 1};
	run(&src, "s.mp4", "");
	u8 *file = load("s.mp4", &size);
	Box stbl = find(file, size, stbl_path);
	assert_int_equal(be32(find(stbl.data, stbl.size, "stsd").data + 4), 2);
	CHECK(find(stbl.data, stbl.size, "stsc"), 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0,
		0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2);
	expect_media(file, size, 0, "1234");
	gf_free(file);
}

static void test_parameter_sets(void **state)
{
	(void)state;
	// 14496-15: NAL units after their length
	static const Unit pictures[] = {
		{.dts = 0, .duration = 100, .data = "....", .sap = 1}, {.dts = 100, .duration = 100, .data = "...."}};
	u32 size;
	Source src = {.streams = {VIDEO(pictures)}, .nb = 1};
	run(&src, "p.mp4", ":xps_inband=all");
	u8 *file = load("p.mp4", &size);
	Box stsd = find(file, size, "moov/trak/mdia/minf/stbl/stsd");
	Box entry = find(stsd.data + 8, stsd.size - 8, "avc3");
	// no parameter set in the description, both in the first sample
	CHECK(find(entry.data + 78, entry.size - 78, "avcC"), 1, 0x64, 0, 0x1F, 0xFF, 0xE0, 0);
	static const u8 expected[] = {
		0, 0, 0, 4, 0x67, 0x64, 0, 0x1F, 0, 0, 0, 2, 0x68, 0xEE, '.', '.', '.', '.', '.', '.', '.', '.'};
	expect_data(file, size, expected, sizeof(expected));
	gf_free(file);
	src = (Source){.streams = {VIDEO(pictures)}, .nb = 1};
	run(&src, "p.mp4", ":xps_inband=pps:store=flat");
	file = load("p.mp4", &size);
	stsd = find(file, size, "moov/trak/mdia/minf/stbl/stsd");
	entry = find(stsd.data + 8, stsd.size - 8, "avc3");
	CHECK(find(entry.data + 78, entry.size - 78, "avcC"), 1, 0x64, 0, 0x1F, 0xFF, 0xE1, 0, 4, 0x67, 0x64, 0,
		0x1F, 0);
	gf_free(file);
}

static void test_roll(void **state)
{
	(void)state;
	static const Unit units[] = {{.dts = 0, .duration = 500, .data = "a", .sap = 4, .roll = -1},
		{.dts = 500, .duration = 500, .data = "b", .sap = 4, .roll = -1}};
	static const Unit open[] = {{.dts = 0, .duration = 100, .data = "1", .sap = 1},
		{.dts = 100, .duration = 100, .data = "2", .sap = 3}};
	u32 size;
	Source src = {.streams = {VIDEO(open), AUDIO(units)}, .nb = 2};
	run(&src, "r.mp4", "");
	u8 *file = load("r.mp4", &size);
	Box stbl = find(file, size, "moov/trak#1/mdia/minf/stbl");
	CHECK(find(stbl.data, stbl.size, "sgpd"), 1, 0, 0, 0, 'r', 'o', 'l', 'l', 0, 0, 0, 2, 0, 0, 0, 1, 0xFF,
		0xFF);
	CHECK(find(stbl.data, stbl.size, "sbgp"), 0, 0, 0, 0, 'r', 'o', 'l', 'l', 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0,
		1);
	assert_null(find(stbl.data, stbl.size, "stss").data);
	stbl = find(file, size, stbl_path);
	CHECK(find(stbl.data, stbl.size, "sgpd"), 1, 0, 0, 0, 'r', 'a', 'p', ' ', 0, 0, 0, 1, 0, 0, 0, 1, 0);
	CHECK(find(stbl.data, stbl.size, "stss"), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1);
	gf_free(file);
}

static void test_text_gap(void **state)
{
	(void)state;
	static const Unit cues[] = {{.dts = 0, .duration = 100, .data = "cue1", .sap = 1},
		{.dts = 300, .duration = 100, .data = "cue2", .sap = 1}};
	u32 size;
	Source src = {.streams = {TEXT(cues)}, .nb = 1};
	run(&src, "t.mp4", "");
	u8 *file = load("t.mp4", &size);
	// ISO/IEC 14496-30: an empty cue fills the pause
	static const u8 expected[] = {'c', 'u', 'e', '1', 0, 0, 0, 8, 'v', 't', 't', 'e', 'c', 'u', 'e', '2'};
	expect_data(file, size, expected, sizeof(expected));
	CHECK(find(file, size, "moov/trak/mdia/minf/stbl/stts"), 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 100,
		0, 0, 0, 1, 0, 0, 0, 200, 0, 0, 0, 1, 0, 0, 0, 100);
	gf_free(file);
}

static void test_limits(void **state)
{
	(void)state;
	u32 size;
	Source src = {.streams = {VIDEO(video), AUDIO(audio)}, .nb = 2};
	run(&src, "e.mp4", ":dur=1");
	u8 *file = load("e.mp4", &size);
	expect_media(file, size, 0, "V1V22V333");
	expect_media(file, size, 1, "ab");
	gf_free(file);
	src = (Source){.streams = {VIDEO(video), AUDIO(audio)}, .nb = 2};
	run(&src, "e.mp4", ":dur=-1/1:mediats=90000:moovts=1000");
	file = load("e.mp4", &size);
	expect_media(file, size, 0, "V1");
	expect_media(file, size, 1, "a");
	assert_int_equal(be32(find(file, size, "moov/trak/mdia/mdhd").data + 12), 90000);
	assert_int_equal(be32(find(file, size, "moov/mvhd").data + 12), 1000);
	gf_free(file);
	// an option that does not exist here stops the filter
	src = (Source){.streams = {VIDEO(video)}, .nb = 1};
	run(&src, "no.mp4", ":boxpatch=x");
	assert_false(exists("no.mp4"));
}

static void test_file_numbers(void **state)
{
	(void)state;
	static const Unit units[] = {{.dts = 0, .duration = 500, .data = "a", .sap = 1, .number = 1},
		{.dts = 500, .duration = 500, .data = "b", .sap = 1},
		{.dts = 1000, .duration = 500, .data = "c", .sap = 1, .number = 2}};
	u32 size;
	Source src = {.streams = {AUDIO(units)}, .nb = 1};
	run(&src, "num_$num$.mp4", "");
	u8 *file = load("num_1.mp4", &size);
	expect_media(file, size, 0, "ab");
	gf_free(file);
	file = load("num_2.mp4", &size);
	expect_media(file, size, 0, "c");
	gf_free(file);
}

// ---- Fragments and segments

static void test_fragments(void **state)
{
	(void)state;
	u32 size;
	Source src = {.streams = {VIDEO(video), AUDIO(audio)}, .nb = 2};
	run(&src, "f.mp4", ":store=frag:msn=5:msninc=2:tfdt_traf");
	u8 *file = load("f.mp4", &size);
	CHECK(find(file, size, "ftyp"), 'i', 's', 'o', '5', 0, 0, 0, 1, 'i', 's', 'o', '5');
	assert_non_null(find(file, size, "moov/mvex/trex#1").data);
	CHECK(find(file, size, "moof/mfhd"), 0, 0, 0, 0, 0, 0, 0, 5);
	CHECK(find(file, size, "moof#1/mfhd"), 0, 0, 0, 0, 0, 0, 0, 7);
	Box traf = find(file, size, "moof/traf");
	// 8.8.7.1: default-base-is-moof
	assert_int_equal(find(traf.data, traf.size, "tfhd").data[1] & 2, 2);
	assert_int_equal(be32(find(traf.data, traf.size, "trun").data + 4), 3);
	// the data offset counts from the moof
	Box moof = find(file, size, "moof"), mdat = find(file, size, "mdat");
	Box trun = find(traf.data, traf.size, "trun");
	assert_ptr_equal(moof.data - 8 + be32(trun.data + 8), mdat.data);
	CHECK(find(file, size, "moof#1/traf/tfdt"), 0, 0, 0, 0, 0, 0, 4, 0xB0);
	CHECK(find(file, size, "moof#1/traf#1/tfdt"), 0, 0, 0, 0, 0, 0, 3, 0xE8);
	gf_free(file);

	// with sfrag, a fragment waits for a random access point
	src = (Source){.streams = {VIDEO(video), AUDIO(audio)}, .nb = 2};
	run(&src, "f.mp4", ":store=sfrag:cdur=0.5:tfdt_traf");
	file = load("f.mp4", &size);
	assert_int_equal(be32(find(file, size, "moof#1/traf/tfdt").data + 4), 1200);
	assert_null(find(file, size, "moof#2").data);
	gf_free(file);

	// 8.8.12: a decode time may be left out when it is the end of the fragment before
	src = (Source){.streams = {VIDEO(video), AUDIO(audio)}, .nb = 2};
	run(&src, "f.mp4", ":store=frag");
	file = load("f.mp4", &size);
	assert_non_null(find(file, size, "moof#1/traf").data);
	assert_null(find(file, size, "moof/traf/tfdt").data);
	assert_null(find(file, size, "moof#1/traf/tfdt").data);
	gf_free(file);
}

static void describe_segments(GF_FilterPid *pid)
{
	describe_avc(pid);
	gf_filter_pid_set_property(pid, GF_PROP_PID_DASH_MODE, PROP_UINT(1));
}

static void describe_low_latency(GF_FilterPid *pid)
{
	describe_segments(pid);
	gf_filter_pid_set_property(pid, GF_PROP_PID_LLHAS_MODE, PROP_UINT(1));
}

static void describe_single(GF_FilterPid *pid)
{
	describe_avc(pid);
	gf_filter_pid_set_property(pid, GF_PROP_PID_DASH_MODE, PROP_UINT(2));
	gf_filter_pid_set_property(pid, GF_PROP_PID_DASH_DUR, PROP_FRAC_INT(1, 1));
	gf_filter_pid_set_property(pid, GF_PROP_PID_DURATION, PROP_FRAC64_INT(3, 1));
}

static const Unit segmented[] = {
	{.dts = 0, .cts = 400, .duration = 400, .data = "V1", .sap = 1, .number = 1, .name = "s1.m4s"},
	{.dts = 400, .cts = 800, .duration = 400, .data = "V22"}, {.dts = 800, .duration = 400, .data = "V333"},
	{.dts = 1200, .cts = 400, .duration = 400, .data = "V4", .sap = 1, .number = 2, .name = "s2.m4s"}};

static void test_segments(void **state)
{
	(void)state;
	u32 size;
	Source src = {.streams = {VIDEO(segmented)}, .nb = 1};
	src.streams[0].describe = describe_segments;
	run(&src, "init.mp4", "");
	u8 *file = load("init.mp4", &size);
	expect_top(file, size, "ftyp free moov");
	assert_memory_equal(find(file, size, "ftyp").data, "iso6", 4);
	u32 init_size = size;
	gf_free(file);
	file = load("s1.m4s", &size);
	expect_top(file, size, "styp moof mdat");
	CHECK(find(file, size, "styp"), 'm', 's', 'd', 'h', 0, 0, 0, 0, 'm', 's', 'd', 'h', 'm', 's', 'i', 'x');
	CHECK(find(file, size, "mdat"), 'V', '1', 'V', '2', '2', 'V', '3', '3', '3');
	u32 first_size = size;
	gf_free(file);
	file = load("s2.m4s", &size);
	CHECK(find(file, size, "moof/traf/tfdt"), 0, 0, 0, 0, 0, 0, 4, 0xB0);
	gf_free(file);
	// sizes are reported: initialization, then each segment
	assert_int_equal(src.nb_events, 3);
	assert_int_equal(src.events[0].is_init, 1);
	assert_int_equal(src.events[0].media_range_end, init_size - 1);
	assert_int_equal(src.events[1].is_init, 0);
	assert_int_equal(src.events[1].media_range_start, 0);
	assert_int_equal(src.events[1].media_range_end, first_size - 1);

	src = (Source){.streams = {VIDEO(segmented)}, .nb = 1};
	src.streams[0].describe = describe_segments;
	run(&src, "init.mp4", ":subs_sidx=0:lmsg:cdur=0.5");
	file = load("s1.m4s", &size);
	expect_top(file, size, "styp sidx moof mdat moof mdat");
	// 8.16.3: one reference for each fragment; presentation starts at 400 - 400
	Box sidx = find(file, size, "sidx");
	assert_int_equal(be32(sidx.data + 8), 1000);
	assert_int_equal(be32(sidx.data + 12), 400);
	assert_int_equal(be32(sidx.data + 20), 2);
	Box moof = find(file, size, "moof"), mdat = find(file, size, "mdat");
	assert_int_equal(be32(sidx.data + 24), moof.size + mdat.size + 16);
	assert_int_equal(be32(sidx.data + 28), 800);
	assert_int_equal(be32(sidx.data + 32), 0x90000000u);
	gf_free(file);
	file = load("s2.m4s", &size);
	Box styp = find(file, size, "styp");
	assert_memory_equal(styp.data + styp.size - 4, "lmsg", 4);
	gf_free(file);

	// 8.16.4: of the first fragment, what is needed for its random access point (V1) and the rest (V22)
	src = (Source){.streams = {VIDEO(segmented)}, .nb = 1};
	src.streams[0].describe = describe_segments;
	run(&src, "init.mp4", ":subs_sidx=0:cdur=0.5:ssix");
	file = load("s1.m4s", &size);
	expect_top(file, size, "styp sidx ssix moof mdat moof mdat");
	sidx = find(file, size, "sidx");
	Box ssix = find(file, size, "ssix");
	assert_int_equal(be32(sidx.data + 16), ssix.size + 8);
	assert_int_equal(ssix.size, 4 + 4 + 4 + 2 * 4 + 4 + 4);
	assert_int_equal(be32(ssix.data + 4), 2);
	assert_int_equal(be32(ssix.data + 8), 2);
	moof = find(file, size, "moof");
	assert_int_equal(be32(ssix.data + 12), 1u << 24 | (moof.size + 16 + 2));
	assert_int_equal(be32(ssix.data + 16), 0xFFu << 24 | 3);
	assert_int_equal(be32(ssix.data + 20), 1);
	assert_int_equal(be32(ssix.data + 24), 0xFFu << 24 | (be32(sidx.data + 36)));
	gf_free(file);
}

// Samples that last 0.4 s, with a pause: windows are counted on the clock, or by what the samples last.
static void test_fragment_durations(void **state)
{
	(void)state;
	static const Unit units[] = {{.dts = 0, .duration = 400, .data = "1", .sap = 1},
		{.dts = 400, .duration = 400, .data = "2"}, {.dts = 2000, .duration = 400, .data = "3"},
		{.dts = 2400, .duration = 400, .data = "4"}};
	u32 size;
	Source src = {.streams = {VIDEO(units)}, .nb = 1};
	run(&src, "f.mp4", ":store=frag:cdur=0.7");
	u8 *file = load("f.mp4", &size);
	expect_top(file, size, "ftyp free moov moof mdat moof mdat moof mdat");
	gf_free(file);
	src = (Source){.streams = {VIDEO(units)}, .nb = 1};
	run(&src, "f.mp4", ":store=frag:cdur=0.7:fragdur");
	file = load("f.mp4", &size);
	expect_top(file, size, "ftyp free moov moof mdat moof mdat");
	CHECK(find(file, size, "mdat#1"), '3', '4');
	gf_free(file);
}

// The track that decides where fragments start is over long before the other one.
static void test_reference_ends(void **state)
{
	(void)state;
	static const Unit units[] = {{.dts = 0, .duration = 400, .data = "1", .sap = 1}};
	static const Unit sounds[] = {{.dts = 0, .duration = 1000, .data = "a", .sap = 1},
		{.dts = 1000, .duration = 1000, .data = "b", .sap = 1}, {.dts = 2000, .duration = 1000, .data = "c", .sap = 1},
		{.dts = 3000, .duration = 1000, .data = "d", .sap = 1}};
	u32 size;
	Source src = {.streams = {VIDEO(units), AUDIO(sounds)}, .nb = 2};
	run(&src, "f.mp4", ":store=sfrag:cdur=1");
	u8 *file = load("f.mp4", &size);
	CHECK(find(file, size, "mdat"), '1', 'a');
	assert_non_null(find(file, size, "moof#3").data);
	gf_free(file);
}

// Low-latency parts, and an empty packet that closes a segment.
static void test_parts(void **state)
{
	(void)state;
	static const Unit units[] = {
		{.dts = 0, .duration = 400, .data = "1", .sap = 1, .number = 1, .name = "p1.m4s"},
		{.dts = 400, .duration = 400, .data = "2"}, {.dts = 800, .duration = 400, .data = "3"},
		{.end = GF_TRUE},
		{.dts = 1200, .duration = 400, .data = "4", .sap = 1, .number = 2, .name = "p2.m4s"}};
	u32 size;
	Source src = {.streams = {VIDEO(units)}, .nb = 1};
	src.streams[0].describe = describe_low_latency;
	run(&src, "init.mp4", ":cdur=0.5");
	u8 *file = load("p1.m4s", &size);
	expect_top(file, size, "styp moof mdat moof mdat");
	Box styp = find(file, size, "styp"), moof = find(file, size, "moof"), mdat = find(file, size, "mdat");
	assert_int_equal(src.nb_parts, 5);
	assert_int_equal(src.parts[0].offset, styp.size + 8);
	assert_int_equal(src.parts[0].size, moof.size + mdat.size + 16);
	assert_int_equal(src.parts[0].duration.num, 800);
	assert_int_equal(src.parts[0].independent, GF_TRUE);
	assert_int_equal(src.parts[1].independent, GF_FALSE);
	assert_int_equal(src.parts[2].is_last, GF_TRUE);
	gf_free(file);
	file = load("p2.m4s", &size);
	expect_data(file, size, "4", 1);
	gf_free(file);
}

static void test_single_file(void **state)
{
	(void)state;
	static const Unit units[] = {{.dts = 0, .duration = 1000, .data = "V1", .sap = 1, .number = 1},
		{.dts = 1000, .duration = 1000, .data = "V22", .sap = 1, .number = 2},
		{.dts = 2000, .duration = 1000, .data = "V333", .sap = 1, .number = 3}};
	static const char *modes[] = {":vodcache=replace", ":vodcache=insert", ":vodcache=on"};
	static const char *boxes[] = {"ftyp free moov free sidx moof mdat moof mdat moof mdat",
		"ftyp free moov sidx moof mdat moof mdat moof mdat",
		"ftyp free moov sidx moof mdat moof mdat moof mdat"};
	for (size_t i = 0; i < NB(modes); i++) {
		char options[60];
		u32 size;
		Source src = {.streams = {VIDEO(units)}, .nb = 1};
		src.streams[0].describe = describe_single;
		snprintf(options, sizeof(options), ":subs_sidx=0%s", modes[i]);
		run(&src, "vod.mp4", options);
		u8 *file = load("vod.mp4", &size);
		expect_top(file, size, boxes[i]);
		Box sidx = find(file, size, "sidx");
		assert_int_equal(be32(sidx.data + 20), 3);
		// the references follow each other up to the end of the file
		u32 at = (u32)(sidx.data + sidx.size - file);
		for (u32 k = 0; k < 3; k++) {
			assert_memory_equal(file + at + 4, "moof", 4);
			at += be32(sidx.data + 24 + 12 * k);
		}
		assert_int_equal(at, size);
		assert_null(find(file, size, "ssix").data);
		// the last event tells where the index is
		const GF_FEVT_SegmentSize *last = &src.events[src.nb_events - 1];
		assert_int_equal(src.nb_events, 5);
		assert_int_equal(last->is_init, 1);
		assert_int_equal(last->idx_range_start, sidx.data - 8 - file);
		assert_int_equal(last->idx_range_end, sidx.data + sidx.size - 1 - file);
		assert_int_equal(last->is_shift, i != 0);
		gf_free(file);

		src = (Source){.streams = {VIDEO(units)}, .nb = 1};
		src.streams[0].describe = describe_single;
		snprintf(options, sizeof(options), ":subs_sidx=0:ssix%s", modes[i]);
		run(&src, "vod.mp4", options);
		file = load("vod.mp4", &size);
		sidx = find(file, size, "sidx");
		Box ssix = find(file, size, "ssix");
		assert_ptr_equal(sidx.data + sidx.size + 8, ssix.data);
		assert_int_equal(be32(sidx.data + 16), ssix.size + 8);
		assert_memory_equal(ssix.data + ssix.size + 4, "moof", 4);
		assert_int_equal(be32(ssix.data + 4), 3);
		gf_free(file);
	}
}

static int setup(void **state)
{
	(void)state;
	gf_sys_init(GF_MemTrackerNone, NULL);
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	return mkdtemp(directory) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	gf_dir_cleanup(directory);
	gf_rmdir(directory);
	gf_sys_close();
	return gf_memory_size() ? -1 : 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_composition),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_missing_config),
		cmocka_unit_test(test_new_config),
		cmocka_unit_test(test_parameter_sets),
		cmocka_unit_test(test_roll),
		cmocka_unit_test(test_text_gap),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_file_numbers),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_fragment_durations),
		cmocka_unit_test(test_reference_ends),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_single_file),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
