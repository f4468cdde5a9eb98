// SPDX-License-Identifier: MIT
// writegen and fout: a source made here feeds them, and the files are compared with bytes written by hand.

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

typedef struct {
	const void *data;
	u32 size;
	u64 cts;
	u32 duration;
	Bool patch; // at offset `cts`
	Bool insert;
} Unit;

#define UNIT(text, cts, duration) \
	{ \
		text, sizeof(text) - 1, cts, duration, GF_FALSE, GF_FALSE \
	}

typedef struct {
	GF_FilterPid *pid;
	u32 type, codec;
	void (*describe)(GF_FilterPid *pid);
	const Unit *units;
	u32 nb_units, next;
} Source;

static char directory[] = "/tmp/test_writegen_XXXXXX";

static GF_Err declare_pid(GF_Filter *filter, Source *s)
{
	s->pid = gf_filter_pid_new(filter);
	gf_filter_pid_set_property(s->pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(s->type));
	if (s->codec)
		gf_filter_pid_set_property(s->pid, GF_PROP_PID_CODECID, PROP_UINT(s->codec));
	gf_filter_pid_set_property(s->pid, GF_PROP_PID_TIMESCALE, PROP_UINT(1000));
	if (s->describe)
		s->describe(s->pid);
	gf_filter_post_process_task(filter);
	return GF_OK;
}

static void send_unit(Source *s, const Unit *unit)
{
	u8 *data;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(s->pid, unit->size, &data);
	if (unit->size)
		memcpy(data, unit->data, unit->size);
	if (unit->patch) {
		gf_filter_pck_set_seek_flag(packet, GF_TRUE);
		gf_filter_pck_set_byte_offset(packet, unit->cts);
		gf_filter_pck_set_interlaced(packet, unit->insert);
	} else {
		gf_filter_pck_set_cts(packet, unit->cts);
		gf_filter_pck_set_duration(packet, unit->duration);
	}
	if (s->type == GF_STREAM_FILE)
		gf_filter_pck_set_framing(packet, s->next == 0, GF_FALSE);
	gf_filter_pck_set_sap(packet, GF_FILTER_SAP_1);
	gf_filter_pck_send(packet);
}

static GF_Err source_process(GF_Filter *filter)
{
	Source *s = gf_filter_get_rt_udta(filter);
	if (!s->pid)
		return declare_pid(filter, s);
	while (s->next < s->nb_units && !gf_filter_pid_would_block(s->pid)) {
		send_unit(s, &s->units[s->next]);
		s->next++;
	}
	if (s->next < s->nb_units)
		return GF_OK;
	gf_filter_pid_set_eos(s->pid);
	return GF_EOS;
}

static void push_uint(GF_Filter *filter, u32 code, u32 value)
{
	GF_PropertyValue v = {.type = GF_PROP_UINT, .value.uint = value};
	assert_int_equal(gf_filter_push_caps(filter, code, &v, NULL, GF_CAPS_OUTPUT, 0), GF_OK);
}

// Runs source -> writegen (when the stream is no file) -> fout and gives the bytes of the file.
static u8 *run(Source *s, const char *name, const char *options, u32 *size)
{
	char path[200], url[300];
	GF_Err e;
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	snprintf(url, sizeof(url), "%s%s", path, options);
	GF_FilterSession *fs = gf_fs_new_defaults(0);
	assert_non_null(fs);
	GF_Filter *source = gf_fs_new_filter(fs, "source", 0, &e);
	assert_non_null(source);
	gf_filter_set_rt_udta(source, s);
	push_uint(source, GF_PROP_PID_STREAM_TYPE, s->type);
	if (s->codec)
		push_uint(source, GF_PROP_PID_CODECID, s->codec);
	gf_filter_set_process_ckb(source, source_process);
	gf_filter_post_process_task(source);
	assert_non_null(gf_fs_load_destination(fs, url, NULL, NULL, &e));
	assert_true(gf_fs_run(fs) >= 0);
	assert_int_equal(gf_fs_get_last_connect_error(fs), GF_OK);
	assert_int_equal(gf_fs_get_last_process_error(fs), GF_OK);
	gf_fs_del(fs);
	u8 *data;
	assert_int_equal(gf_file_load_data(path, &data, size), GF_OK);
	return data;
}

static void expect_file(
	Source *s, const char *name, const char *options, const void *expected, u32 expected_size)
{
	u32 size;
	u8 *data = run(s, name, options, &size);
	assert_int_equal(size, expected_size);
	assert_memory_equal(data, expected, size);
	gf_free(data);
}

#define SOURCE(t, c, d, u) \
	{ \
		.type = (t), .codec = (c), .describe = (d), .units = (u), .nb_units = sizeof(u) / sizeof(u[0]) \
	}

// ---- Compressed streams

static void test_concatenation(void **state)
{
	(void)state;
	static const Unit units[] = {UNIT("abc", 0, 10), UNIT("defg", 10, 10), UNIT("h", 20, 10)};
	Source s = SOURCE(GF_STREAM_AUDIO, GF_CODECID_AC3, NULL, units);
	expect_file(&s, "a.ac3", "", "abcdefgh", 8);
	s = (Source)SOURCE(GF_STREAM_AUDIO, GF_CODECID_AC3, NULL, units);
	expect_file(&s, "b.ac3", ":sstart=2:send=2", "defg", 4);
	s = (Source)SOURCE(GF_STREAM_AUDIO, GF_CODECID_AC3, NULL, units);
	expect_file(&s, "c.ac3", ":dur=10/1000", "abcdefg", 7);
	s = (Source)SOURCE(GF_STREAM_AUDIO, GF_CODECID_AMR, NULL, units);
	expect_file(&s, "d.amr", "", "#!AMR\nabcdefgh", 14);
}

static void describe_flac(GF_FilterPid *pid)
{
	gf_filter_pid_set_property(pid, GF_PROP_PID_DECODER_CONFIG, PROP_DATA("INFO", 4));
}

static void test_config(void **state)
{
	(void)state;
	static const Unit units[] = {UNIT("abc", 0, 10), UNIT("de", 10, 10)};
	Source s = SOURCE(GF_STREAM_AUDIO, GF_CODECID_FLAC, describe_flac, units);
	expect_file(&s, "a.flac", "", "fLaCINFOabcde", 13);
	s = (Source)SOURCE(GF_STREAM_AUDIO, GF_CODECID_FLAC, describe_flac, units);
	expect_file(&s, "b.flac", ":decinfo=no", "abcde", 5);
}

static void test_images(void **state)
{
	(void)state;
	static const Unit units[] = {UNIT("one", 0, 10), UNIT("two!", 10, 10)};
	Source s = SOURCE(GF_STREAM_VISUAL, GF_CODECID_PNG, NULL, units);
	char path[200];
	snprintf(path, sizeof(path), "%s/i_1.png", directory);
	GF_Err e;
	GF_FilterSession *fs = gf_fs_new_defaults(0);
	GF_Filter *source = gf_fs_new_filter(fs, "source", 0, &e);
	gf_filter_set_rt_udta(source, &s);
	push_uint(source, GF_PROP_PID_STREAM_TYPE, s.type);
	push_uint(source, GF_PROP_PID_CODECID, s.codec);
	gf_filter_set_process_ckb(source, source_process);
	gf_filter_post_process_task(source);
	char url[300];
	snprintf(url, sizeof(url), "%s/i_$num$.png", directory);
	assert_non_null(gf_fs_load_destination(fs, url, NULL, NULL, &e));
	assert_true(gf_fs_run(fs) >= 0);
	gf_fs_del(fs);
	for (u32 i = 0; i < 2; i++) {
		u8 *data;
		u32 size;
		snprintf(path, sizeof(path), "%s/i_%u.png", directory, i + 1);
		assert_int_equal(gf_file_load_data(path, &data, &size), GF_OK);
		assert_int_equal(size, units[i].size);
		assert_memory_equal(data, units[i].data, size);
		gf_free(data);
	}
}

// ---- Raw video: 3x2 pixels, 4:2:0, in lines of 4 and 3 bytes

static const u8 padded[] = "abc-def-UV-WX-";

static void describe_video(GF_FilterPid *pid)
{
	gf_filter_pid_set_property(pid, GF_PROP_PID_WIDTH, PROP_UINT(3));
	gf_filter_pid_set_property(pid, GF_PROP_PID_HEIGHT, PROP_UINT(2));
	gf_filter_pid_set_property(pid, GF_PROP_PID_PIXFMT, PROP_UINT(GF_PIXEL_YUV));
	gf_filter_pid_set_property(pid, GF_PROP_PID_STRIDE, PROP_UINT(4));
	gf_filter_pid_set_property(pid, GF_PROP_PID_STRIDE_UV, PROP_UINT(3));
	gf_filter_pid_set_property(pid, GF_PROP_PID_FPS, PROP_FRAC_INT(30000, 1001));
}

static void test_raw_video(void **state)
{
	(void)state;
	static const Unit units[] = {
		{padded, 14, 0, 40, GF_FALSE, GF_FALSE}, {padded, 14, 40, 40, GF_FALSE, GF_FALSE}};
	Source s = SOURCE(GF_STREAM_VISUAL, GF_CODECID_RAW, describe_video, units);
	expect_file(&s, "a.yuv", "", "abcdefUVWXabcdefUVWX", 20);
	s = (Source)SOURCE(GF_STREAM_VISUAL, GF_CODECID_RAW, describe_video, units);
	static const char y4m[] =
		"YUV4MPEG2 W3 H2 F30000:1001 Ip A1:1 C420jpeg\nFRAME\nabcdefUVWXFRAME\nabcdefUVWX";
	expect_file(&s, "a.y4m", "", y4m, sizeof(y4m) - 1);
}

static void describe_bgr(GF_FilterPid *pid)
{
	gf_filter_pid_set_property(pid, GF_PROP_PID_WIDTH, PROP_UINT(1));
	gf_filter_pid_set_property(pid, GF_PROP_PID_HEIGHT, PROP_UINT(2));
	gf_filter_pid_set_property(pid, GF_PROP_PID_PIXFMT, PROP_UINT(GF_PIXEL_BGR));
	gf_filter_pid_set_property(pid, GF_PROP_PID_NB_FRAMES, PROP_UINT(1));
}

static void test_bmp(void **state)
{
	(void)state;
	static const Unit units[] = {UNIT("123456", 0, 40)};
	static const char bmp[] = "BM\x3e\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0\2\0\0\0\1\0\x18\0"
							  "\0\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
							  "456\0"
							  "123\0";
	Source s = SOURCE(GF_STREAM_VISUAL, GF_CODECID_RAW, describe_bgr, units);
	expect_file(&s, "a.bmp", "", bmp, 62);
}

// ---- Raw audio

static void describe_audio(GF_FilterPid *pid)
{
	gf_filter_pid_set_property(pid, GF_PROP_PID_SAMPLE_RATE, PROP_UINT(8000));
	gf_filter_pid_set_property(pid, GF_PROP_PID_NUM_CHANNELS, PROP_UINT(2));
	gf_filter_pid_set_property(pid, GF_PROP_PID_AUDIO_FORMAT, PROP_UINT(GF_AUDIO_FMT_S16));
}

static void test_audio(void **state)
{
	(void)state;
	static const Unit units[] = {UNIT("0123", 0, 1), UNIT("4567", 1, 1)};
	static const char wav[] = "RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\1\0\2\0\x40\x1f\0\0\0\x7d\0\0\4\0\x10\0"
							  "data\x08\0\0\0"
							  "01234567";
	Source s = SOURCE(GF_STREAM_AUDIO, GF_CODECID_RAW, describe_audio, units);
	expect_file(&s, "a.wav", "", wav, 52);
	s = (Source)SOURCE(GF_STREAM_AUDIO, GF_CODECID_RAW, describe_audio, units);
	expect_file(&s, "a.pcm", "", "01234567", 8);
}

// ---- Text

static void describe_unframed(GF_FilterPid *pid)
{
	gf_filter_pid_set_property(pid, GF_PROP_PID_UNFRAMED, PROP_BOOL(GF_TRUE));
}

static void test_text(void **state)
{
	(void)state;
	static const Unit units[] = {
		UNIT("Hello\n", 1500, 2000), UNIT("", 3500, 100), UNIT("<i>Bye</i>", 3600500, 1000)};
	Source s = SOURCE(GF_STREAM_TEXT, GF_CODECID_SIMPLE_TEXT, describe_unframed, units);
	static const char srt[] = "1\n00:00:01,500 --> 00:00:03,500\nHello\n\n"
							  "2\n01:00:00,500 --> 01:00:01,500\n<i>Bye</i>\n\n";
	expect_file(&s, "a.srt", "", srt, sizeof(srt) - 1);
	s = (Source)SOURCE(GF_STREAM_TEXT, GF_CODECID_WEBVTT, describe_unframed, units);
	static const char vtt[] = "WEBVTT\n\n00:01.500 --> 00:03.500\nHello\n\n"
							  "01:00:00.500 --> 01:00:01.500\n<i>Bye</i>\n\n";
	expect_file(&s, "a.vtt", "", vtt, sizeof(vtt) - 1);
}

// ---- Patches of a multiplexed file

static void describe_file(GF_FilterPid *pid)
{
	gf_filter_pid_set_property(pid, GF_PROP_PID_FILE_EXT, PROP_STRING("bin"));
	gf_filter_pid_set_property(pid, GF_PROP_PID_DISABLE_PROGRESSIVE, PROP_UINT(GF_PID_FILE_PATCH_INSERT));
}

static void test_patch(void **state)
{
	(void)state;
	static const Unit units[] = {
		UNIT("0123", 0, 0),
		UNIT("4567", 0, 0),
		{"ab", 2, 3, 0, GF_TRUE, GF_FALSE},
		UNIT("89", 0, 0),
		{"XYZ", 3, 1, 0, GF_TRUE, GF_TRUE},
	};
	Source s = SOURCE(GF_STREAM_FILE, 0, describe_file, units);
	expect_file(&s, "p.bin", ":mvbk=2", "0XYZ12ab56789", 13);
	s = (Source)SOURCE(GF_STREAM_FILE, 0, describe_file, units);
	s.nb_units = 2;
	expect_file(&s, "p.bin", ":append", "0XYZ12ab5678901234567", 21);
	s = (Source)SOURCE(GF_STREAM_FILE, 0, describe_file, units);
	s.nb_units = 2;
	expect_file(&s, "q.bin", ":atomic", "01234567", 8);
}

static int setup(void **state)
{
	(void)state;
	gf_sys_init(GF_MemTrackerNone, NULL);
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
		cmocka_unit_test(test_concatenation),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_images),
		cmocka_unit_test(test_raw_video),
		cmocka_unit_test(test_bmp),
		cmocka_unit_test(test_audio),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_patch),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
