// SPDX-License-Identifier: MIT
// The demultiplexer in a session: what comes out of small files written here, read as files and as streams.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/log.h>
#include <gpac/system.h>
#include "base/bits.h"

#define MAX_PACKETS 2000

typedef struct {
	u32 pid; // 1-based, in connection order
	u64 dts, cts, offset;
	u32 duration, size;
	u8 sap, first_byte, last_byte;
	Bool seek;
	u32 frag_start;
} Seen;

// The run of a session, seen from its sink.
typedef struct {
	double start, speed, end;
	u32 to_pck;
	GF_FilterPid *pids[8];
	u32 nb_pids, nb_eos, nb;
	u32 most_queued;
	s64 delay[8];
	Seen seen[MAX_PACKETS];
	const u8 *data; // of the stream source
	u32 size, sent, block;
	GF_FilterPid *opid;
} Run;

// The filters of the test find it here: one session at a time.
static Run *current(void)
{
	static Run run;
	return &run;
}

// ---- Sink

static GF_Err sink_configure(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	(void)filter;
	Run *r = current();
	for (u32 i = 0; i < r->nb_pids; i++) {
		if (r->pids[i] == pid)
			return GF_OK;
	}
	if (is_remove || r->nb_pids == 8)
		return GF_OK;
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_DELAY);
	r->delay[r->nb_pids] = p ? p->value.longsint : 0;
	r->pids[r->nb_pids++] = pid;
	GF_FilterEvent evt;
	gf_filter_pid_init_play_event(pid, &evt, r->start, r->speed, "test");
	evt.play.end_range = r->end;
	evt.play.to_pck = r->to_pck;
	gf_filter_pid_send_event(pid, &evt);
	return GF_OK;
}

static void take(Run *r, u32 i, GF_FilterPacket *pck)
{
	assert_true(r->nb < MAX_PACKETS);
	u32 queued = gf_filter_pid_get_packet_count(r->pids[i]);
	if (queued > r->most_queued)
		r->most_queued = queued;
	Seen *s = &r->seen[r->nb++];
	const u8 *data = gf_filter_pck_get_data(pck, &s->size);
	s->pid = i + 1;
	s->dts = gf_filter_pck_get_dts(pck);
	s->cts = gf_filter_pck_get_cts(pck);
	s->offset = gf_filter_pck_get_byte_offset(pck);
	s->duration = gf_filter_pck_get_duration(pck);
	s->sap = (u8)gf_filter_pck_get_sap(pck);
	s->seek = gf_filter_pck_get_seek_flag(pck);
	s->first_byte = s->size ? data[0] : 0;
	s->last_byte = s->size ? data[s->size - 1] : 0;
	const GF_PropertyValue *p = gf_filter_pck_get_property(pck, GF_PROP_PCK_FRAG_START);
	s->frag_start = p ? p->value.uint : 0;
}

static GF_Err sink_process(GF_Filter *filter)
{
	(void)filter;
	Run *r = current();
	r->nb_eos = 0;
	for (u32 i = 0; i < r->nb_pids; i++) {
		GF_FilterPacket *pck = gf_filter_pid_get_packet(r->pids[i]);
		if (pck) {
			take(r, i, pck);
			gf_filter_pid_drop_packet(r->pids[i]);
		} else if (gf_filter_pid_is_eos(r->pids[i])) {
			r->nb_eos++;
		}
	}
	return r->nb_eos == r->nb_pids && r->nb_pids ? GF_EOS : GF_OK;
}

static const GF_FilterCapability sink_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE),
};

static const GF_FilterRegister sink_register = {
	.name = "testsink",
	.max_extra_pids = 8,
	SETCAPS(sink_caps),
	.configure_pid = sink_configure,
	.process = sink_process,
};

// ---- Source of a stream: it has no path

static GF_Err source_process(GF_Filter *filter)
{
	Run *r = current();
	u32 size = r->size - r->sent < r->block ? r->size - r->sent : r->block;
	if (r->opid && gf_filter_pid_would_block(r->opid))
		return GF_OK;
	if (!size) {
		gf_filter_pid_set_eos(r->opid);
		return GF_EOS;
	}
	if (!r->opid)
		gf_filter_pid_raw_new(filter, "stream.mp4", NULL, NULL, NULL, r->data, size, GF_FALSE, &r->opid);
	u8 *dst;
	GF_FilterPacket *pck = gf_filter_pck_new_alloc(r->opid, size, &dst);
	memcpy(dst, r->data + r->sent, size);
	r->sent += size;
	return gf_filter_pck_send(pck) < 0 ? GF_IO_ERR : GF_OK;
}

static const GF_FilterCapability source_caps[] = {
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
};

static const GF_FilterRegister source_register = {
	.name = "testsource",
	SETCAPS(source_caps),
	.process = source_process,
};

// ---- Sessions

// Runs the file, as a stream of blocks when `block` is not 0. Returns the connection error.
static GF_Err run(const ByteWriter *file, u32 block, const char *options)
{
	Run *r = current();
	char path[] = "/tmp/mp4dmx_XXXXXX.mp4", url[300];
	GF_Err e;
	assert_int_equal(gf_sys_init(GF_MemTrackerNone, NULL), GF_OK);
	gf_log_set_tool_level(GF_LOG_ALL, GF_LOG_QUIET);
	GF_FilterSession *fs = gf_fs_new_defaults(0);
	assert_non_null(fs);
	gf_fs_add_filter_register(fs, &sink_register);
	gf_fs_add_filter_register(fs, &source_register);
	if (block) {
		r->data = file->data;
		r->size = (u32)file->size;
		r->block = block;
		assert_non_null(gf_fs_load_filter(fs, "testsource", &e));
	} else {
		int fd = mkstemps(path, 4);
		assert_true(fd >= 0);
		assert_int_equal(write(fd, file->data, file->size), (ssize_t)file->size);
		close(fd);
		snprintf(url, sizeof(url), "%s%s%s", path, options ? ":" : "", options ? options : "");
		assert_non_null(gf_fs_load_source(fs, url, NULL, NULL, &e));
	}
	assert_non_null(gf_fs_load_filter(fs, "testsink", &e));
	gf_fs_run(fs);
	e = gf_fs_get_last_connect_error(fs);
	gf_fs_del(fs);
	gf_sys_close();
	if (!block)
		unlink(path);
	return e;
}

static Run *fresh(void)
{
	Run *r = current();
	memset(r, 0, sizeof(*r));
	r->speed = 1;
	return r;
}

// ---- Files: samples of one track, or two that are interleaved

#define NB_SAMPLES 100
#define GOP 10

static size_t open_box(ByteWriter *w, const char *type)
{
	size_t at = w->size;
	bw_u32(w, 0);
	bw_bytes(w, type, 4);
	return at;
}

static void close_box(ByteWriter *w, size_t at)
{
	bw_patch_u32(w, at, (u32)(w->size - at));
}

static void put_full(ByteWriter *w, const char *type, u32 flags, u32 nb, const u32 *values)
{
	size_t at = open_box(w, type);
	bw_u32(w, flags);
	for (u32 i = 0; i < nb; i++)
		bw_u32(w, values[i]);
	close_box(w, at);
}
#define FULL(w, type, flags, ...) \
	do { \
		const u32 values_[] = {__VA_ARGS__}; \
		put_full(w, type, flags, sizeof(values_) / sizeof(u32), values_); \
	} while (0)

static u32 sample_size(u32 track, u32 i)
{
	return track == 1 ? 20 + i % 7 : 5;
}

static void put_tables(ByteWriter *w, u32 track, u32 nb, u32 data)
{
	FULL(w, "stts", 0, 1, nb, 100);
	FULL(w, "stsc", 0, 1, 1, 1, 1);
	size_t at = open_box(w, "stsz");
	bw_u32(w, 0);
	bw_u32(w, 0);
	bw_u32(w, nb);
	for (u32 i = 0; i < nb; i++)
		bw_u32(w, sample_size(track, i));
	close_box(w, at);
	at = open_box(w, "stco");
	bw_u32(w, 0);
	bw_u32(w, nb);
	for (u32 i = 0, pos = data; i < nb; i++) {
		bw_u32(w, track == 1 ? pos : pos + sample_size(1, i));
		pos += sample_size(1, i) + sample_size(2, i);
	}
	close_box(w, at);
	if (track != 1 || !nb)
		return;
	at = open_box(w, "stss");
	bw_u32(w, 0);
	bw_u32(w, nb / GOP);
	for (u32 i = 0; i < nb; i += GOP)
		bw_u32(w, i + 1);
	close_box(w, at);
}

static void put_track(ByteWriter *w, u32 track, u32 nb, u32 data, const u32 *edits, u32 nb_edits)
{
	size_t trak = open_box(w, "trak");
	size_t at = open_box(w, "tkhd");
	bw_u32(w, 1); // enabled
	bw_zeros(w, 8);
	bw_u32(w, track);
	bw_zeros(w, 68);
	close_box(w, at);
	if (nb_edits) {
		size_t edts = open_box(w, "edts");
		at = open_box(w, "elst");
		bw_u32(w, 0);
		bw_u32(w, nb_edits);
		for (u32 i = 0; i < 3 * nb_edits; i++)
			bw_u32(w, edits[i]);
		close_box(w, at);
		close_box(w, edts);
	}
	size_t mdia = open_box(w, "mdia");
	FULL(w, "mdhd", 0, 0, 0, 1000, nb * 100, 0x55C40000);
	at = open_box(w, "hdlr");
	bw_zeros(w, 8);
	bw_bytes(w, "meta", 4);
	bw_zeros(w, 13);
	close_box(w, at);
	size_t minf = open_box(w, "minf"), stbl = open_box(w, "stbl"), stsd = open_box(w, "stsd");
	bw_u32(w, 0);
	bw_u32(w, 1);
	at = open_box(w, "abcd");
	bw_zeros(w, 6);
	bw_u16(w, 1);
	close_box(w, at);
	close_box(w, stsd);
	put_tables(w, track, nb, data);
	close_box(w, stbl);
	close_box(w, minf);
	close_box(w, mdia);
	close_box(w, trak);
}

static void put_moov(ByteWriter *w, u32 nb, u32 data, const u32 *edits, u32 nb_edits)
{
	size_t moov = open_box(w, "moov");
	size_t at = open_box(w, "mvhd");
	bw_zeros(w, 12);
	bw_u32(w, 1000);
	bw_zeros(w, 84);
	close_box(w, at);
	put_track(w, 1, nb, data, edits, nb_edits);
	put_track(w, 2, nb, data, NULL, 0);
	if (!nb) {
		size_t mvex = open_box(w, "mvex");
		FULL(w, "trex", 0, 1, 1, 100, 0, 0x10000);
		FULL(w, "trex", 0, 2, 1, 100, 5, 0);
		close_box(w, mvex);
	}
	close_box(w, moov);
}

// Each sample begins with its number and ends with that of its track.
static void put_sample(ByteWriter *w, u32 track, u32 i)
{
	bw_u8(w, i);
	bw_zeros(w, sample_size(track, i) - 2);
	bw_u8(w, track);
}

static void put_mdat(ByteWriter *w, u32 first, u32 nb)
{
	size_t at = open_box(w, "mdat");
	for (u32 i = first; i < first + nb; i++) {
		put_sample(w, 1, i);
		put_sample(w, 2, i);
	}
	close_box(w, at);
}

static void make_file(ByteWriter *w, Bool moov_first, const u32 *edits, u32 nb_edits)
{
	bw_init(w);
	size_t at = open_box(w, "ftyp");
	bw_bytes(w, "isom\0\0\0\0isom", 12);
	close_box(w, at);
	if (!moov_first) {
		u32 data = (u32)w->size + 8;
		put_mdat(w, 0, NB_SAMPLES);
		put_moov(w, NB_SAMPLES, data, edits, nb_edits);
		return;
	}
	ByteWriter probe;
	bw_init(&probe);
	put_moov(&probe, NB_SAMPLES, 0, edits, nb_edits);
	put_moov(w, NB_SAMPLES, (u32)(w->size + probe.size + 8), edits, nb_edits);
	bw_reset(&probe);
	put_mdat(w, 0, NB_SAMPLES);
}

static void put_fragment(ByteWriter *w, u32 first)
{
	size_t moof = open_box(w, "moof"), data_at[2];
	for (u32 track = 1; track <= 2; track++) {
		size_t traf = open_box(w, "traf");
		FULL(w, "tfhd", 0x20000, track);
		size_t trun = open_box(w, "trun");
		bw_u32(w, 0x205);
		bw_u32(w, GOP);
		data_at[track - 1] = w->size;
		bw_u32(w, 0);
		bw_u32(w, 0); // the first sample is a sync sample
		for (u32 i = first; i < first + GOP; i++)
			bw_u32(w, sample_size(track, i));
		close_box(w, trun);
		close_box(w, traf);
	}
	close_box(w, moof);
	size_t mdat = open_box(w, "mdat");
	for (u32 track = 1; track <= 2; track++) {
		bw_patch_u32(w, data_at[track - 1], (u32)(w->size - moof));
		for (u32 i = first; i < first + GOP; i++)
			put_sample(w, track, i);
	}
	close_box(w, mdat);
}

static void make_fragmented(ByteWriter *w)
{
	bw_init(w);
	put_moov(w, 0, 0, NULL, 0);
	for (u32 i = 0; i < NB_SAMPLES; i += GOP)
		put_fragment(w, i);
}

// ---- Tests

// All samples of both tracks, in order.
static void check_all(const Run *r)
{
	u32 next[3] = {0};
	assert_int_equal(r->nb_pids, 2);
	assert_int_equal(r->nb, 2 * NB_SAMPLES);
	for (u32 i = 0; i < r->nb; i++) {
		const Seen *s = &r->seen[i];
		u32 n = next[s->pid]++;
		assert_int_equal(s->first_byte, n);
		assert_int_equal(s->last_byte, s->pid);
		assert_int_equal(s->size, sample_size(s->pid, n));
		assert_int_equal(s->dts, n * 100);
		assert_int_equal(s->cts, n * 100);
		assert_int_equal(s->duration, 100);
		assert_int_equal(s->sap, s->pid == 2 || n % GOP == 0);
		assert_false(s->seek);
	}
	assert_int_equal(r->nb_eos, 2);
}

static void test_file(void **state)
{
	(void)state;
	ByteWriter w;
	for (u32 moov_first = 0; moov_first < 2; moov_first++) {
		make_file(&w, moov_first, NULL, 0);
		Run *r = fresh();
		assert_int_equal(run(&w, 0, NULL), GF_OK);
		check_all(r);
		bw_reset(&w);
	}
	make_fragmented(&w);
	Run *r = fresh();
	assert_int_equal(run(&w, 0, NULL), GF_OK);
	check_all(r);
	bw_reset(&w);
	assert_int_equal(gf_memory_size(), 0);
}

// References to a block in memory cost nothing: 16 of them may lie in a queue whose limit is 1, in order. Packets
// with memory of their own wait in front of the demultiplexer.
static void test_packets_ahead(void **state)
{
	(void)state;
	ByteWriter w;
	make_file(&w, GF_TRUE, NULL, 0);
	Run *r = fresh();
	assert_int_equal(run(&w, 0, NULL), GF_OK);
	assert_int_equal(r->most_queued, 16);
	check_all(r);
	r = fresh();
	assert_int_equal(run(&w, 1000000, NULL), GF_OK);
	assert_int_equal(r->most_queued, 1);
	bw_reset(&w);
}

static void test_stream(void **state)
{
	(void)state;
	static const u32 blocks[] = {16, 100, 1000, 1000000};
	ByteWriter w;
	for (u32 i = 0; i < 8; i++) {
		if (i % 2)
			make_fragmented(&w);
		else
			make_file(&w, GF_TRUE, NULL, 0);
		Run *r = fresh();
		assert_int_equal(run(&w, blocks[i / 2], NULL), GF_OK);
		check_all(r);
		bw_reset(&w);
	}
	make_file(&w, GF_FALSE, NULL, 0);
	fresh();
	assert_int_equal(run(&w, 100, NULL), GF_NOT_SUPPORTED);
	bw_reset(&w);
	assert_int_equal(gf_memory_size(), 0);
}

static const Seen *of_pid(const Run *r, u32 pid, u32 n)
{
	for (u32 i = 0; i < r->nb; i++) {
		if (r->seen[i].pid == pid && !n--)
			return &r->seen[i];
	}
	fail();
	return NULL;
}

static u32 count_pid(const Run *r, u32 pid)
{
	u32 nb = 0;
	for (u32 i = 0; i < r->nb; i++)
		nb += r->seen[i].pid == pid;
	return nb;
}

static void test_seek(void **state)
{
	(void)state;
	ByteWriter w;
	make_file(&w, GF_TRUE, NULL, 0);
	Run *r = fresh();
	r->start = 3.45;
	assert_int_equal(run(&w, 0, NULL), GF_OK);
	// From the sync sample 30 for the first track; what is before 3.45 s is not presented.
	assert_int_equal(count_pid(r, 1), 70);
	assert_int_equal(count_pid(r, 2), 66);
	for (u32 i = 0; i < 5; i++) {
		assert_int_equal(of_pid(r, 1, i)->first_byte, 30 + i);
		assert_true(of_pid(r, 1, i)->seek);
		assert_int_equal(of_pid(r, 1, i)->cts, 3450);
	}
	assert_false(of_pid(r, 1, 5)->seek);
	assert_int_equal(of_pid(r, 1, 5)->cts, 3500);
	assert_int_equal(of_pid(r, 2, 1)->cts, 3500);

	r = fresh();
	r->start = 2;
	r->end = 2.5;
	assert_int_equal(run(&w, 0, NULL), GF_OK);
	assert_int_equal(count_pid(r, 1), 5);
	assert_int_equal(of_pid(r, 1, 0)->cts, 2000);
	assert_false(of_pid(r, 1, 0)->seek);

	r = fresh();
	r->to_pck = 7;
	assert_int_equal(run(&w, 0, NULL), GF_OK);
	assert_int_equal(count_pid(r, 1), 7);
	bw_reset(&w);
}

static void test_reverse(void **state)
{
	(void)state;
	ByteWriter w;
	make_file(&w, GF_TRUE, NULL, 0);
	Run *r = fresh();
	r->speed = -1;
	assert_int_equal(run(&w, 0, NULL), GF_OK);
	assert_int_equal(r->nb, 2 * NB_SAMPLES);
	for (u32 i = 0; i < NB_SAMPLES; i++) {
		assert_int_equal(of_pid(r, 1, i)->first_byte, 90 - i / GOP * GOP + i % GOP);
		assert_int_equal(of_pid(r, 2, i)->first_byte, 99 - i);
	}
	bw_reset(&w);
}

static void test_edits(void **state)
{
	(void)state;
	ByteWriter w;
	// One edit: a delay.
	const u32 skip_begin[] = {9000, 1000, 0x10000};
	make_file(&w, GF_TRUE, skip_begin, 1);
	Run *r = fresh();
	assert_int_equal(run(&w, 0, NULL), GF_OK);
	check_all(r);
	assert_int_equal(r->delay[0], -1000);
	r = fresh();
	assert_int_equal(run(&w, 0, "edits=no"), GF_OK);
	assert_int_equal(r->delay[0], 0);
	r = fresh();
	assert_int_equal(run(&w, 0, "edits=strict"), GF_OK);
	assert_int_equal(count_pid(r, 1), 90);
	assert_int_equal(of_pid(r, 1, 0)->first_byte, 10);
	assert_int_equal(of_pid(r, 1, 0)->cts, 0);
	bw_reset(&w);

	const u32 late[] = {500, 0xFFFFFFFF, 0x10000, 10000, 200, 0x10000};
	make_file(&w, GF_TRUE, late, 2);
	r = fresh();
	assert_int_equal(run(&w, 0, NULL), GF_OK);
	assert_int_equal(r->delay[0], 300);
	bw_reset(&w);

	// 0.3 s empty, then 2.5 to 2.8 s, then 1.0 to 1.2 s
	const u32 cut[] = {300, 0xFFFFFFFF, 0x10000, 300, 2500, 0x10000, 200, 1000, 0x10000};
	make_file(&w, GF_TRUE, cut, 3);
	r = fresh();
	assert_int_equal(run(&w, 0, NULL), GF_OK);
	assert_int_equal(r->delay[0], 0);
	static const struct {
		u32 number, cts;
		Bool seek;
	} expected[] = {{20, 300, 1}, {21, 300, 1}, {22, 300, 1}, {23, 300, 1}, {24, 300, 1}, {25, 300, 0},
		{26, 400, 0}, {27, 500, 0}, {10, 600, 0}, {11, 700, 0}};
	assert_int_equal(count_pid(r, 1), 10);
	for (u32 i = 0; i < 10; i++) {
		assert_int_equal(of_pid(r, 1, i)->first_byte, expected[i].number);
		assert_int_equal(of_pid(r, 1, i)->cts, expected[i].cts);
		assert_int_equal(of_pid(r, 1, i)->seek, expected[i].seek);
	}
	bw_reset(&w);
}

static void test_truncated_file(void **state)
{
	(void)state;
	ByteWriter w;
	make_file(&w, GF_TRUE, NULL, 0);
	w.size -= 1000;
	Run *r = fresh();
	assert_int_equal(run(&w, 0, NULL), GF_OK);
	assert_in_range(r->nb, 100, 2 * NB_SAMPLES - 1);
	assert_int_equal(r->nb_eos, 2);
	w.size = 300; // in the middle of moov
	fresh();
	run(&w, 0, NULL);
	bw_reset(&w);
	assert_int_equal(gf_memory_size(), 0);
}

static void test_options(void **state)
{
	(void)state;
	ByteWriter w;
	make_fragmented(&w);
	Run *r = fresh();
	assert_int_equal(run(&w, 0, "sigfrag"), GF_OK);
	for (u32 i = 0; i < NB_SAMPLES; i++)
		assert_int_equal(of_pid(r, 1, i)->frag_start, i % GOP ? 0 : i ? 1 : 2);
	r = fresh();
	assert_int_equal(run(&w, 0, "tkid=2"), GF_OK);
	assert_int_equal(r->nb_pids, 1);
	assert_int_equal(r->seen[0].last_byte, 2);
	r = fresh();
	assert_int_equal(run(&w, 0, "nodata=yes"), GF_OK);
	assert_int_equal(r->nb, 2 * NB_SAMPLES);
	assert_int_equal(r->seen[0].size, 0);
	bw_reset(&w);
	make_file(&w, GF_TRUE, NULL, 0);
	fresh();
	assert_int_not_equal(run(&w, 0, "sigfrag"), GF_OK); // no fragments
	fresh();
	assert_int_not_equal(run(&w, 0, "tkid=5"), GF_OK);
	bw_reset(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_packets_ahead),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_seek),
		cmocka_unit_test(test_reverse),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_truncated_file),
		cmocka_unit_test(test_options),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
