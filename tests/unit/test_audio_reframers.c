// SPDX-License-Identifier: MIT
// rfadts, ufadts, rfmp3 and flist: streams made here are cut in every way, and the frames, times and offsets
// that come out are compared with those that went in.

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
#include "formats/adts.h"

#define NB_FRAMES 40

static char directory[] = "/tmp/test_reframers_XXXXXX";

// ---- A stream of ADTS frames of various sizes

typedef struct {
	u8 data[NB_FRAMES * 400];
	u32 size;
	u32 offset[NB_FRAMES], length[NB_FRAMES]; // of the payloads
} Stream;

static void add_frame(Stream *s, u32 index, u32 length)
{
	AdtsHeader h = {
		.object_type = 2, .rate_index = 3, .channel_config = 2, .frame_size = length + ADTS_HEADER_SIZE};
	adts_write(&h, s->data + s->size);
	s->offset[index] = s->size + ADTS_HEADER_SIZE;
	s->length[index] = length;
	memset(s->data + s->offset[index], (int)(index + 1), length);
	s->size += h.frame_size;
}

static void make_stream(Stream *s, u32 first_length)
{
	s->size = 0;
	for (u32 i = 0; i < NB_FRAMES; i++)
		add_frame(s, i, first_length + (i * 37) % 200);
}

static void write_file(const char *name, const u8 *data, u32 size, char path[200])
{
	snprintf(path, 200, "%s/%s", directory, name);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fclose(file);
}

// ---- A source that cuts the stream, and a sink that remembers packets

typedef struct {
	GF_FilterPid *pid;
	const Stream *stream;
	u32 chunk, pos;
	Bool framed_times; // unframed PID with times, instead of a file
} Source;

typedef struct {
	u64 dts, offset;
	u32 size, duration;
	u8 first_byte;
	Bool seek;
} Received;

typedef struct {
	Received packets[500];
	u32 nb;
	double start;
	u32 timescale;
	GF_Fraction64 duration;
	u32 nb_configs;
} Sink;

static GF_Err source_process(GF_Filter *filter)
{
	Source *s = gf_filter_get_rt_udta(filter);
	if (!s->pid) {
		s->pid = gf_filter_pid_new(filter);
		gf_filter_pid_set_property(
			s->pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(s->framed_times ? GF_STREAM_AUDIO : GF_STREAM_FILE));
		if (s->framed_times) {
			gf_filter_pid_set_property(s->pid, GF_PROP_PID_CODECID, PROP_UINT(GF_CODECID_AAC_MPEG4));
			gf_filter_pid_set_property(s->pid, GF_PROP_PID_UNFRAMED, PROP_BOOL(GF_TRUE));
			gf_filter_pid_set_property(s->pid, GF_PROP_PID_TIMESCALE, PROP_UINT(90000));
		} else {
			gf_filter_pid_set_property(s->pid, GF_PROP_PID_FILE_EXT, PROP_STRING("aac"));
		}
		gf_filter_post_process_task(filter);
		return GF_OK;
	}
	while (s->pos < s->stream->size && !gf_filter_pid_would_block(s->pid)) {
		u32 size = s->stream->size - s->pos < s->chunk ? s->stream->size - s->pos : s->chunk;
		u8 *data;
		GF_FilterPacket *packet = gf_filter_pck_new_alloc(s->pid, size, &data);
		memcpy(data, s->stream->data + s->pos, size);
		if (s->framed_times)
			gf_filter_pck_set_cts(packet, 1000000 + s->pos);
		else
			gf_filter_pck_set_byte_offset(packet, s->pos);
		s->pos += size;
		gf_filter_pck_send(packet);
	}
	if (s->pos < s->stream->size)
		return GF_OK;
	gf_filter_pid_set_eos(s->pid);
	return GF_EOS;
}

static GF_Err sink_configure(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	Sink *sink = gf_filter_get_rt_udta(filter);
	if (is_remove)
		return GF_OK;
	const GF_PropertyValue *duration = gf_filter_pid_get_property(pid, GF_PROP_PID_DURATION);
	if (duration)
		sink->duration = duration->value.lfrac;
	sink->timescale = gf_filter_pid_get_timescale(pid);
	if (sink->nb_configs++)
		return GF_OK;
	GF_FilterEvent event;
	gf_filter_pid_init_play_event(pid, &event, sink->start, 1.0, "test");
	gf_filter_pid_send_event(pid, &event);
	return GF_OK;
}

static GF_Err sink_process(GF_Filter *filter)
{
	Sink *sink = gf_filter_get_rt_udta(filter);
	GF_FilterPid *pid = gf_filter_get_ipid(filter, 0);
	GF_FilterPacket *packet;
	if (!pid)
		return GF_EOS;
	while ((packet = gf_filter_pid_get_packet(pid)) && sink->nb < 500) {
		Received *r = &sink->packets[sink->nb++];
		const u8 *data = gf_filter_pck_get_data(packet, &r->size);
		r->first_byte = data ? data[0] : 0;
		r->dts = gf_filter_pck_get_dts(packet);
		r->duration = gf_filter_pck_get_duration(packet);
		r->offset = gf_filter_pck_get_byte_offset(packet);
		r->seek = gf_filter_pck_get_seek_flag(packet);
		gf_filter_pid_drop_packet(pid);
	}
	return gf_filter_pid_is_eos(pid) ? GF_EOS : GF_OK;
}

static void push_uint(GF_Filter *filter, u32 code, u32 value, u32 flags)
{
	GF_PropertyValue v = {.type = GF_PROP_UINT, .value.uint = value};
	assert_int_equal(gf_filter_push_caps(filter, code, &v, NULL, flags, 0), GF_OK);
}

// Runs `source` (or the URL or filter `graph`) into the sink, through rfadts.
static void run(Source *source, const char *graph, Sink *sink)
{
	GF_Err e;
	GF_FilterSession *fs = gf_fs_new_defaults(0);
	assert_non_null(fs);
	if (source) {
		GF_Filter *filter = gf_fs_new_filter(fs, "source", 0, &e);
		gf_filter_set_rt_udta(filter, source);
		push_uint(filter, GF_PROP_PID_STREAM_TYPE, source->framed_times ? GF_STREAM_AUDIO : GF_STREAM_FILE,
			GF_CAPS_OUTPUT);
		gf_filter_set_process_ckb(filter, source_process);
		gf_filter_post_process_task(filter);
	} else if (!strncmp(graph, "flist", 5)) {
		assert_non_null(gf_fs_load_filter(fs, graph, &e));
	} else {
		assert_non_null(gf_fs_load_source(fs, graph, NULL, NULL, &e));
	}
	if (!graph || strncmp(graph, "flist", 5))
		assert_non_null(gf_fs_load_filter(fs, "rfadts:index=0.1", &e));
	GF_Filter *filter = gf_fs_new_filter(fs, "sink", 0, &e);
	gf_filter_set_rt_udta(filter, sink);
	push_uint(filter, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO, GF_CAPS_INPUT);
	gf_filter_set_configure_ckb(filter, sink_configure);
	gf_filter_set_process_ckb(filter, sink_process);
	assert_true(gf_fs_run(fs) >= 0);
	gf_fs_del(fs);
}

static void expect_frames(const Sink *sink, const Stream *stream, u32 first, u32 nb)
{
	for (u32 i = 0; i < nb; i++) {
		const Received *r = &sink->packets[first + i];
		assert_int_equal(r->size, stream->length[i]);
		assert_int_equal(r->first_byte, i + 1);
	}
}

static void test_file(void **state)
{
	(void)state;
	static const u32 chunks[] = {1, 3, 7, 50, 211, 5000, 100000};
	Stream stream;
	make_stream(&stream, 20);
	for (u32 c = 0; c < sizeof(chunks) / sizeof(chunks[0]); c++) {
		Source source = {.stream = &stream, .chunk = chunks[c]};
		Sink sink = {0};
		run(&source, NULL, &sink);
		assert_int_equal(sink.nb, NB_FRAMES);
		assert_int_equal(sink.timescale, 48000);
		expect_frames(&sink, &stream, 0, NB_FRAMES);
		for (u32 i = 0; i < NB_FRAMES; i++) {
			assert_int_equal(sink.packets[i].dts, i * 1024);
			assert_int_equal(sink.packets[i].duration, 1024);
			assert_int_equal(sink.packets[i].offset, stream.offset[i]);
		}
	}
}

// Each frame that is the first to start in an input packet has the time of this packet.
static void test_stream_times(void **state)
{
	(void)state;
	static const u32 chunks[] = {13, 100, 250, 1000};
	Stream stream;
	make_stream(&stream, 60);
	for (u32 c = 0; c < sizeof(chunks) / sizeof(chunks[0]); c++) {
		Source source = {.stream = &stream, .chunk = chunks[c], .framed_times = GF_TRUE};
		Sink sink = {0};
		run(&source, NULL, &sink);
		assert_int_equal(sink.nb, NB_FRAMES);
		assert_int_equal(sink.timescale, 90000);
		expect_frames(&sink, &stream, 0, NB_FRAMES);
		u32 last_packet = 0xFFFFFFFF;
		for (u32 i = 0; i < NB_FRAMES; i++) {
			u32 packet = (stream.offset[i] - ADTS_HEADER_SIZE) / chunks[c];
			if (packet != last_packet)
				assert_int_equal(sink.packets[i].dts, 1000000 + packet * chunks[c]);
			else // 1024 samples at 48 kHz are 1920 ticks
				assert_int_equal(sink.packets[i].dts, sink.packets[i - 1].dts + 1920);
			last_packet = packet;
		}
	}
}

static void test_damage(void **state)
{
	(void)state;
	Stream stream;
	make_stream(&stream, 20);
	// the header of frame 10 is destroyed, and the last frame is cut
	memset(stream.data + stream.offset[10] - ADTS_HEADER_SIZE, 0, 2);
	stream.size -= 5;
	for (u32 chunk = 90; chunk < 400; chunk += 60) {
		Source source = {.stream = &stream, .chunk = chunk};
		Sink sink = {0};
		run(&source, NULL, &sink);
		assert_int_equal(sink.nb, NB_FRAMES - 2);
		for (u32 i = 0; i < NB_FRAMES - 2; i++)
			assert_int_equal(sink.packets[i].first_byte, i < 10 ? i + 1 : i + 2);
	}
}

static void test_index(void **state)
{
	(void)state;
	Stream stream;
	char path[200];
	make_stream(&stream, 20);
	write_file("a.aac", stream.data, stream.size, path);
	Sink sink = {.start = 0.5};
	run(NULL, path, &sink);
	assert_true(sink.duration.num == NB_FRAMES * 1024 && sink.duration.den == 48000);
	// frames of 21.33 ms: the index has 0, 5 (0.107 s), 10, 15, 19... and the start, 24000, is in frame 23
	u32 nb_seek = 0;
	for (u32 i = 0; i < sink.nb; i++) {
		const Received *r = &sink.packets[i];
		assert_int_equal(r->first_byte, NB_FRAMES - sink.nb + i + 1);
		assert_int_equal(r->dts, (r->first_byte - 1) * 1024);
		assert_int_equal(r->seek, r->dts + 1024 <= 24000);
		nb_seek += r->seek;
	}
	assert_in_range(nb_seek, 0, 5);
	assert_int_equal(sink.packets[nb_seek].first_byte, 24);
}

static void test_list(void **state)
{
	(void)state;
	Stream a, b;
	char path_a[200], path_b[200], graph[600];
	make_stream(&a, 20);
	make_stream(&b, 50);
	write_file("a.aac", a.data, a.size, path_a);
	write_file("b.aac", b.data, b.size, path_b);
	snprintf(graph, sizeof(graph), "flist:srcs=%s,%s,%s/missing.aac:floop=1", path_a, path_b, directory);
	Sink sink = {0};
	run(NULL, graph, &sink);
	assert_int_equal(sink.nb, 4 * NB_FRAMES);
	for (u32 i = 0; i < sink.nb; i++)
		assert_int_equal(sink.packets[i].dts, i * 1024);
	expect_frames(&sink, &a, 0, NB_FRAMES);
	expect_frames(&sink, &b, NB_FRAMES, NB_FRAMES);
	expect_frames(&sink, &a, 2 * NB_FRAMES, NB_FRAMES);
	expect_frames(&sink, &b, 3 * NB_FRAMES, NB_FRAMES);
}

static void test_sorted_list(void **state)
{
	(void)state;
	Stream a, b;
	char path[200], graph[400];
	make_stream(&a, 50);
	make_stream(&b, 20);
	write_file("x1.adts", a.data, a.size, path);
	write_file("x2.adts", b.data, b.size, path);
	snprintf(graph, sizeof(graph), "flist:srcs=%s/x?.adts:fsort=size:timescale=96000", directory);
	Sink sink = {0};
	run(NULL, graph, &sink);
	assert_int_equal(sink.nb, 2 * NB_FRAMES);
	assert_int_equal(sink.timescale, 96000);
	expect_frames(&sink, &b, 0, NB_FRAMES);
	expect_frames(&sink, &a, NB_FRAMES, NB_FRAMES);
	assert_int_equal(sink.packets[2 * NB_FRAMES - 1].dts, (2 * NB_FRAMES - 1) * 2048);
	snprintf(graph, sizeof(graph), "flist:srcs=%s/x?.adts:fsort=name:revert", directory);
	memset(&sink, 0, sizeof(sink));
	run(NULL, graph, &sink);
	expect_frames(&sink, &b, 0, NB_FRAMES);
	expect_frames(&sink, &a, NB_FRAMES, NB_FRAMES);
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
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_stream_times),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_index),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_sorted_list),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
