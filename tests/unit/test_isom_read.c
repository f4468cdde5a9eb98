// SPDX-License-Identifier: MIT
// Reading of ISO base media files. The expected values are those of ISO/IEC 14496-12 for files written here
// byte by byte, and what ffprobe says of real files.
#include <stdarg.h>
#include <stddef.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <gpac/constants.h>
#include <gpac/filter_types.h>
#include <gpac/log.h>
#include "base/io.h"
#include "formats/isom_file.h"
#include "formats/isom_nal.h"
#include "formats/isom_stsd.h"
#include "formats/isom_tags.h"

// ---- Writing test files

static size_t open_box(ByteWriter *w, const char *type)
{
	size_t at = w->size;
	bw_u32(w, 0);
	bw_bytes(w, type, 4);
	return at;
}

static size_t open_full(ByteWriter *w, const char *type, u32 version, u32 flags)
{
	size_t at = open_box(w, type);
	bw_u32(w, version << 24 | flags);
	return at;
}

static void close_box(ByteWriter *w, size_t at)
{
	bw_patch_u32(w, at, (u32)(w->size - at));
}

static void put_u32s(ByteWriter *w, u32 nb, const u32 *values)
{
	for (u32 i = 0; i < nb; i++)
		bw_u32(w, values[i]);
}
#define PUT(w, ...) \
	do { \
		const u32 values_[] = {__VA_ARGS__}; \
		put_u32s(w, sizeof(values_) / sizeof(u32), values_); \
	} while (0)
// A full box made of 32-bit fields.
#define FULL(w, type, version, flags, ...) \
	do { \
		size_t at_ = open_full(w, type, version, flags); \
		PUT(w, __VA_ARGS__); \
		close_box(w, at_); \
	} while (0)

static void put_mvhd(ByteWriter *w, u32 scale)
{
	size_t at = open_full(w, "mvhd", 0, 0);
	PUT(w, 10, 20, scale, 0);
	bw_zeros(w, 80);
	close_box(w, at);
}

static void put_tkhd(ByteWriter *w, u32 id)
{
	size_t at = open_full(w, "tkhd", 0, 3);
	PUT(w, 0, 0, id, 0, 0, 0, 0);
	bw_u16(w, 0);
	bw_u16(w, 7); // alternate group
	bw_u32(w, 0);
	PUT(w, 0x10000, 0, 0, 0, 0x10000, 0, 5 << 16, 6 << 16, 0x40000000);
	PUT(w, 320 << 16, 240 << 16);
	close_box(w, at);
}

static void put_mdhd_hdlr(ByteWriter *w, u32 scale, const char *handler)
{
	FULL(w, "mdhd", 0, 0, 0, 0, scale, 0, 0x55C40000);
	size_t at = open_full(w, "hdlr", 0, 0);
	bw_u32(w, 0);
	bw_bytes(w, handler, 4);
	bw_zeros(w, 12);
	bw_bytes(w, "Name", 5);
	close_box(w, at);
}

// A generic entry: its type is the codec.
static void put_stsd(ByteWriter *w)
{
	size_t at = open_full(w, "stsd", 0, 0);
	bw_u32(w, 1);
	size_t entry = open_box(w, "abcd");
	bw_zeros(w, 6);
	bw_u16(w, 1);
	close_box(w, entry);
	close_box(w, at);
}

typedef struct {
	size_t moov, trak, mdia, minf, stbl;
} Movie;

// Up to the description of the samples of a metadata track.
static void open_movie(ByteWriter *w, Movie *m)
{
	bw_init(w);
	size_t at = open_box(w, "ftyp");
	bw_bytes(w, "isom\0\0\2\0isomavc1", 16);
	close_box(w, at);
	m->moov = open_box(w, "moov");
	put_mvhd(w, 1000);
	m->trak = open_box(w, "trak");
	put_tkhd(w, 1);
	m->mdia = open_box(w, "mdia");
	put_mdhd_hdlr(w, 600, "meta");
	m->minf = open_box(w, "minf");
	m->stbl = open_box(w, "stbl");
	put_stsd(w);
}

static void close_track(ByteWriter *w, const Movie *m)
{
	close_box(w, m->stbl);
	close_box(w, m->minf);
	close_box(w, m->mdia);
	close_box(w, m->trak);
}

// ---- Reading them

typedef struct {
	const u8 *data;
	u64 size;
	Bool complete;
} Memory;

static GF_Err mem_read(void *udta, u64 offset, void *dst, u32 size, u32 *got)
{
	const Memory *m = udta;
	assert_true(offset <= m->size);
	*got = m->size - offset < size ? (u32)(m->size - offset) : size;
	memcpy(dst, m->data + offset, *got);
	return GF_OK;
}

static u64 mem_end(void *udta, Bool *complete)
{
	*complete = ((const Memory *)udta)->complete;
	return ((const Memory *)udta)->size;
}

static GF_Err parse(IsomFile *f, Memory *m, const ByteWriter *w)
{
	*m = (Memory){w->data, w->size, GF_TRUE};
	const IsomInput in = {m, mem_read, mem_end};
	isom_file_init(f, &in);
	return isom_file_parse(f);
}

typedef struct {
	u64 offset, dts;
	s64 cts;
	u32 size, duration;
	Bool sync;
} Expected;

static void check_samples(const IsomTable *t, const Expected *expected, u32 nb)
{
	IsomCursor c;
	IsomSample s;
	assert_int_equal(t->nb_samples, nb);
	isom_cursor_set(t, &c, 0);
	for (u32 i = 0; i < nb; i++) {
		assert_true(isom_cursor_read(t, &c, 1, &s));
		assert_int_equal(s.number, i);
		assert_int_equal(s.offset, expected[i].offset);
		assert_int_equal(s.dts, expected[i].dts);
		assert_int_equal(s.cts, expected[i].cts);
		assert_int_equal(s.size, expected[i].size);
		assert_int_equal(s.duration, expected[i].duration);
		assert_int_equal(s.sync, expected[i].sync);
	}
	assert_false(isom_cursor_read(t, &c, 1, &s));
}

// ---- Boxes

static void test_box_header(void **state)
{
	(void)state;
	IsomBox b = {0};
	const u8 small[] = {0, 0, 0, 16, 'f', 'r', 'e', 'e'};
	assert_int_equal(isom_box_header(small, 7, 0, 100, &b), GF_BUFFER_TOO_SMALL);
	assert_int_equal(isom_box_header(small, 8, 40, 100, &b), GF_OK);
	assert_int_equal(b.type, GF_4CC('f', 'r', 'e', 'e'));
	assert_int_equal(b.size, 16);
	assert_int_equal(b.hdr_size, 8);
	assert_int_equal(b.offset, 40);
	assert_int_equal(isom_box_header(small, 8, 40, 15, &b), GF_ISOM_INVALID_FILE);

	const u8 large[] = {0, 0, 0, 1, 'm', 'd', 'a', 't', 0, 0, 0, 1, 0, 0, 0, 20};
	assert_int_equal(isom_box_header(large, 15, 0, ~(u64)0, &b), GF_BUFFER_TOO_SMALL);
	assert_int_equal(isom_box_header(large, 16, 0, ~(u64)0, &b), GF_OK);
	assert_int_equal(b.size, 0x100000014);
	assert_int_equal(b.hdr_size, 16);

	const u8 open_ended[] = {0, 0, 0, 0, 'm', 'd', 'a', 't'};
	assert_int_equal(isom_box_header(open_ended, 8, 0, 1234, &b), GF_OK);
	assert_int_equal(b.size, 1234);

	const u8 short_size[] = {0, 0, 0, 7, 'f', 'r', 'e', 'e'};
	assert_int_equal(isom_box_header(short_size, 8, 0, 100, &b), GF_ISOM_INVALID_FILE);

	u8 uuid[24] = {0, 0, 0, 24, 'u', 'u', 'i', 'd', 1, 2, 3};
	assert_int_equal(isom_box_header(uuid, 23, 0, 24, &b), GF_BUFFER_TOO_SMALL);
	assert_int_equal(isom_box_header(uuid, 24, 0, 24, &b), GF_OK);
	assert_int_equal(b.hdr_size, 24);
	assert_memory_equal(b.uuid, uuid + 8, 16);
}

static void test_children_stop_at_a_wrong_size(void **state)
{
	(void)state;
	const u8 data[] = {0, 0, 0, 40, 'm', 'o', 'o', 'v', 0, 0, 0, 12, 'a', 'a', 'a', 'a', 1, 2, 3, 4, 0, 0, 0,
		13, 'b', 'b', 'b', 'b', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	IsomBox box, b;
	assert_int_equal(isom_box_load(data, sizeof(data), 100, &box), GF_OK);
	assert_true(isom_next(&box, &b));
	assert_int_equal(b.offset, 108);
	assert_int_equal(br_left(&b.r), 4);
	assert_true(isom_next(&box, &b));
	assert_int_equal(b.offset, 120);
	assert_false(isom_next(&box, &b)); // 7 bytes of zeros are no box
	assert_int_equal(isom_box_load(data, sizeof(data), 100, &box), GF_OK);
	assert_true(isom_find(&box, GF_4CC('b', 'b', 'b', 'b'), &b));
}

// ---- Sample table

typedef struct {
	u32 size, delta;
	s32 offset;
	u64 pos, dts;
	Bool sync;
	u8 deps;
} Naive;

#define NB_NAIVE 5000

// A table with runs of random length in each column, and the same as plain arrays.
static void fill_random(IsomTable *t, Naive *n)
{
	u64 pos = 1000, dts = 77;
	isom_table_set_time(t, dts);
	for (u32 i = 0; i < NB_NAIVE;) {
		u32 count = (u32)rand() % 40 + 1;
		if (count > NB_NAIVE - i)
			count = NB_NAIVE - i;
		if (rand() % 3 == 0)
			pos += (u32)rand() % 10000;
		u64 start = pos;
		if (rand() % 10 == 0)
			isom_table_set_time(t, dts += 5000);
		for (u32 k = i; k < i + count; k++) {
			n[k] = (Naive){(u32)rand() % 100, rand() % 8 ? 40 : 41, rand() % 4 ? 0 : rand() % 200 - 50, pos,
				dts, rand() % 12 == 0, rand() % 2 ? 0x20 : 0};
			assert_int_equal(isom_table_add_size(t, n[k].size), GF_OK);
			assert_int_equal(isom_table_add_times(t, 1, n[k].delta), GF_OK);
			assert_int_equal(isom_table_add_offsets(t, 1, n[k].offset), GF_OK);
			assert_int_equal(isom_table_add_deps(t, 1, n[k].deps), GF_OK);
			if (!k)
				isom_table_list_sync(t);
			if (n[k].sync)
				isom_table_add_sync(t, k);
			pos += n[k].size;
			dts += n[k].delta;
		}
		assert_int_equal(isom_table_add_chunk(t, start, 1, count), GF_OK);
		i += count;
	}
	assert_int_equal(isom_table_commit(t), GF_OK);
}

static void check_naive(const IsomSample *s, const Naive *n, u32 i)
{
	assert_int_equal(s->number, i);
	assert_int_equal(s->size, n[i].size);
	assert_int_equal(s->duration, n[i].delta);
	assert_int_equal(s->offset, n[i].pos);
	assert_int_equal(s->dts, n[i].dts);
	assert_int_equal(s->cts, (s64)n[i].dts + n[i].offset);
	assert_int_equal(s->sync, n[i].sync);
	assert_int_equal(s->deps, n[i].deps);
}

static void test_table_random_access(void **state)
{
	(void)state;
	static Naive n[NB_NAIVE];
	IsomTable t = {0};
	IsomCursor c;
	IsomSample s;
	srand(1);
	fill_random(&t, n);
	assert_int_equal(t.nb_samples, NB_NAIVE);
	isom_cursor_set(&t, &c, 0);
	for (u32 i = 0; i < NB_NAIVE; i++) {
		assert_true(isom_cursor_read(&t, &c, 1, &s));
		check_naive(&s, n, i);
	}
	assert_false(isom_cursor_read(&t, &c, 1, &s));
	for (u32 k = 0; k < 2000; k++) {
		u32 i = (u32)rand() % NB_NAIVE;
		isom_cursor_set(&t, &c, i);
		for (u32 j = i; j < i + 5 && j < NB_NAIVE; j++) {
			assert_true(isom_cursor_read(&t, &c, 1, &s));
			check_naive(&s, n, j);
		}
		assert_int_equal(isom_table_find_dts(&t, n[i].dts), i);
		assert_int_equal(isom_table_find_dts(&t, n[i].dts + n[i].delta - 1), i);
		u32 sync = i;
		while (sync && !n[sync].sync)
			sync--;
		assert_int_equal(isom_table_prev_sync(&t, i), n[sync].sync ? sync : NB_NAIVE);
	}
	assert_int_equal(isom_table_find_dts(&t, 0), 0);
	assert_int_equal(isom_table_find_dts(&t, ~(u64)0), NB_NAIVE - 1);
	isom_table_reset(&t);
}

static void test_table_drop(void **state)
{
	(void)state;
	static Naive n[NB_NAIVE];
	IsomTable t = {0};
	IsomCursor c;
	IsomSample s;
	srand(2);
	fill_random(&t, n);
	u32 at = 0;
	while (at < NB_NAIVE) {
		u32 drop = (u32)rand() % 300 + 1;
		if (drop > NB_NAIVE - at)
			drop = NB_NAIVE - at;
		isom_table_drop(&t, drop);
		at += drop;
		assert_int_equal(t.dropped, at);
		isom_cursor_set(&t, &c, 0);
		for (u32 i = at; i < at + 300 && i < NB_NAIVE; i++) {
			assert_true(isom_cursor_read(&t, &c, 1, &s));
			check_naive(&s, n, i);
		}
	}
	// The columns go on as if nothing had been removed.
	assert_int_equal(isom_table_add_const_sizes(&t, 2, 9), GF_OK);
	assert_int_equal(isom_table_add_times(&t, 2, 10), GF_OK);
	assert_int_equal(isom_table_add_offsets(&t, 2, 3), GF_OK);
	assert_int_equal(isom_table_add_chunk(&t, 5, 1, 2), GF_OK);
	assert_int_equal(isom_table_commit(&t), GF_OK);
	isom_cursor_set(&t, &c, 0);
	assert_true(isom_cursor_read(&t, &c, 1, &s));
	assert_int_equal(s.dts, n[NB_NAIVE - 1].dts + n[NB_NAIVE - 1].delta);
	assert_int_equal(s.cts, (s64)s.dts + 3);
	assert_int_equal(s.number, NB_NAIVE);
	assert_true(isom_cursor_read(&t, &c, 1, &s));
	assert_int_equal(s.offset, 14);
	isom_table_reset(&t);
}

static void test_table_ranges(void **state)
{
	(void)state;
	IsomTable t = {0};
	assert_int_equal(isom_table_add_const_sizes(&t, 3000, 4), GF_OK);
	assert_int_equal(isom_table_add_times(&t, 3000, 1), GF_OK);
	assert_int_equal(isom_table_add_chunk(&t, 100, 1, 2500), GF_OK);
	assert_int_equal(isom_table_add_chunk(&t, 20000, 1, 500), GF_OK);
	assert_int_equal(isom_table_commit(&t), GF_OK);
	assert_int_equal(t.nb_chunks, 2);
	assert_null(t.sizes);
	IsomCursor c;
	IsomSample s;
	const u32 counts[] = {1024, 1024, 452, 500};
	const u64 offsets[] = {100, 4196, 8292, 20000};
	isom_cursor_set(&t, &c, 0);
	for (u32 i = 0; i < 4; i++) {
		assert_true(isom_cursor_read(&t, &c, 1024, &s));
		assert_int_equal(s.count, counts[i]);
		assert_int_equal(s.duration, counts[i]);
		assert_int_equal(s.size, counts[i] * 4);
		assert_int_equal(s.offset, offsets[i]);
	}
	isom_table_reset(&t);
}

static void test_table_memory(void **state)
{
	(void)state;
	// A video with B-frames, one sample in four in a chunk of its own.
	u64 before = gf_memory_size();
	IsomTable t = {0};
	const u32 nb = 100000;
	for (u32 i = 0; i < nb; i += 4) {
		for (u32 k = 0; k < 4; k++) {
			isom_table_add_size(&t, 1000 + (i + k) % 977);
			isom_table_add_times(&t, 1, 512);
			isom_table_add_offsets(&t, 1, (s32)((i + k) % 5) * 512);
		}
		isom_table_add_chunk(&t, (u64)i * 3000, 1, 4);
	}
	assert_int_equal(isom_table_commit(&t), GF_OK);
	assert_in_range((gf_memory_size() - before) / nb, 1, 24);
	isom_table_reset(&t);
	assert_int_equal(gf_memory_size(), before);
}

// ---- Progressive files

static void test_progressive(void **state)
{
	(void)state;
	ByteWriter w;
	Movie m;
	open_movie(&w, &m);
	FULL(&w, "stts", 0, 0, 2, 3, 100, 2, 50);
	FULL(&w, "ctts", 1, 0, 3, 1, 10, 1, (u32)-20, 3, 0);
	FULL(&w, "stsc", 0, 0, 2, 1, 2, 1, 2, 3, 1);
	FULL(&w, "stsz", 0, 0, 0, 5, 11, 22, 33, 44, 55);
	FULL(&w, "co64", 0, 0, 2, 1, 0, 0, 5000);
	FULL(&w, "stss", 0, 0, 2, 1, 4);
	size_t sdtp = open_full(&w, "sdtp", 0, 0);
	bw_bytes(&w, "\x20\x10\x18\x10\x14", 5);
	close_box(&w, sdtp);
	size_t sgpd = open_full(&w, "sgpd", 1, 0);
	bw_bytes(&w, "roll", 4);
	PUT(&w, 2, 2);
	bw_u16(&w, 0xFFFF);
	bw_u16(&w, 3);
	close_box(&w, sgpd);
	size_t sbgp = open_full(&w, "sbgp", 0, 0);
	bw_bytes(&w, "roll", 4);
	PUT(&w, 2, 2, 2, 2, 1);
	close_box(&w, sbgp);
	close_track(&w, &m);
	close_box(&w, m.moov);

	IsomFile f;
	Memory mem;
	assert_int_equal(parse(&f, &mem, &w), GF_EOS);
	assert_int_equal(f.movie.nb_tracks, 1);
	assert_int_equal(f.movie.major, GF_4CC('i', 's', 'o', 'm'));
	assert_int_equal(f.movie.minor, 512);
	assert_int_equal(f.movie.nb_brands, 2);
	IsomTrack *trk = f.movie.tracks[0];
	assert_int_equal(trk->id, 1);
	assert_int_equal(trk->flags, 3);
	assert_int_equal(trk->width, 320 << 16);
	assert_int_equal(trk->alternate_group, 7);
	assert_int_equal(trk->matrix[7], 6 << 16);
	assert_int_equal(trk->timescale, 600);
	assert_int_equal(trk->language, 0x55C4);
	assert_string_equal(trk->handler_name, "Name");
	const u64 base = (u64)1 << 32;
	const Expected expected[] = {
		{base, 0, 10, 11, 100, GF_TRUE},
		{base + 11, 100, 80, 22, 100, GF_FALSE},
		{5000, 200, 200, 33, 100, GF_FALSE},
		{5033, 300, 300, 44, 50, GF_TRUE},
		{5077, 350, 350, 55, 50, GF_FALSE},
	};
	check_samples(&trk->table, expected, 5);
	assert_memory_equal(trk->table.deps, "\x20\x10\x18\x10\x14", 5);
	assert_int_equal(isom_table_prev_sync(&trk->table, 2), 0);
	assert_int_equal(isom_table_next_sync(&trk->table, 0), 3);
	IsomGroup *g = isom_table_group(&trk->table, GF_4CC('r', 'o', 'l', 'l'), 0, GF_FALSE);
	u32 size;
	const u8 *desc = isom_group_of(&trk->table, g, 3, &size);
	assert_int_equal(size, 2);
	assert_int_equal(desc[0], 0xFF);
	desc = isom_group_of(&trk->table, g, 0, &size);
	assert_int_equal(desc[1], 3);
	assert_null(isom_group_of(&trk->table, g, 4, &size));
	// Sum of durations 400, last offset 0.
	assert_int_equal(isom_track_media_duration(trk), 400);
	assert_int_equal(isom_track_duration(&f.movie, trk), 666);
	isom_file_reset(&f);
	bw_reset(&w);
}

static void test_compact_sizes(void **state)
{
	(void)state;
	ByteWriter w;
	Movie m;
	open_movie(&w, &m);
	FULL(&w, "stts", 0, 0, 1, 3, 10);
	FULL(&w, "stsc", 0, 0, 1, 1, 3, 1);
	size_t stz2 = open_full(&w, "stz2", 0, 0);
	PUT(&w, 4, 3);
	bw_bytes(&w, "\x5A\xF0", 2);
	close_box(&w, stz2);
	FULL(&w, "stco", 0, 0, 1, 64);
	close_track(&w, &m);
	close_box(&w, m.moov);
	IsomFile f;
	Memory mem;
	assert_int_equal(parse(&f, &mem, &w), GF_EOS);
	const Expected expected[] = {
		{64, 0, 0, 5, 10, GF_TRUE}, {69, 10, 10, 10, 10, GF_TRUE}, {79, 20, 20, 15, 10, GF_TRUE}};
	check_samples(&f.movie.tracks[0]->table, expected, 3);
	isom_file_reset(&f);
	bw_reset(&w);
}

// ---- Edit lists

static void test_edit_list(void **state)
{
	(void)state;
	ByteWriter w;
	Movie m;
	bw_init(&w);
	open_movie(&w, &m);
	FULL(&w, "stts", 0, 0, 1, 6, 100);
	FULL(&w, "stsc", 0, 0, 1, 1, 6, 1);
	FULL(&w, "stsz", 0, 0, 1, 6);
	FULL(&w, "stco", 0, 0, 1, 0);
	close_box(&w, m.stbl);
	close_box(&w, m.minf);
	close_box(&w, m.mdia);
	size_t edts = open_box(&w, "edts");
	FULL(&w, "elst", 1, 0, 2, 0, 250, 0xFFFFFFFF, 0xFFFFFFFF, 0x10000, 0, 500, 0, 100, 0x10000);
	close_box(&w, edts);
	close_box(&w, m.trak);
	close_box(&w, m.moov);
	IsomFile f;
	Memory mem;
	assert_int_equal(parse(&f, &mem, &w), GF_EOS);
	const IsomTrack *trk = f.movie.tracks[0];
	assert_int_equal(trk->nb_edits, 2);
	assert_int_equal(trk->edits[0].media_time, -1);
	assert_int_equal(trk->edits[1].media_time, 100);
	assert_int_equal(trk->edits[1].rate, 0x10000);
	assert_int_equal(isom_track_duration(&f.movie, trk), 750);
	isom_file_reset(&f);
	bw_reset(&w);
}

// ---- Fragments

static void put_mvex(ByteWriter *w, u32 flags)
{
	size_t mvex = open_box(w, "mvex");
	FULL(w, "trex", 0, 0, 1, 1, 30, 7, flags);
	close_box(w, mvex);
}

static void open_fragmented(ByteWriter *w, u32 flags)
{
	Movie m;
	open_movie(w, &m);
	FULL(w, "stts", 0, 0, 0);
	FULL(w, "stsc", 0, 0, 0);
	FULL(w, "stsz", 0, 0, 0, 0);
	FULL(w, "stco", 0, 0, 0);
	close_track(w, &m);
	put_mvex(w, flags);
	close_box(w, m.moov);
}

static void test_fragments(void **state)
{
	(void)state;
	ByteWriter w;
	open_fragmented(&w, 0x10000);
	u64 moof1 = w.size;
	size_t moof = open_box(&w, "moof");
	FULL(&w, "mfhd", 0, 0, 1);
	size_t traf = open_box(&w, "traf");
	FULL(&w, "tfhd", 0, 0x20000, 1);
	FULL(&w, "tfdt", 1, 0, 1, 1000); // above 32 bits
	// First flags, size: the others are those of trex.
	FULL(&w, "trun", 0, 0x205, 3, 200, 0x02000000, 4, 5, 6);
	FULL(&w, "trun", 1, 0x800, 2, (u32)-30, 60); // follows the data of the first run
	close_box(&w, traf);
	close_box(&w, moof);
	FULL(&w, "mdat", 0, 0, 0);
	u64 moof2 = w.size;
	moof = open_box(&w, "moof");
	traf = open_box(&w, "traf");
	FULL(&w, "tfhd", 0, 0x3A, 1, 1, 40, 9, 0x02000000); // base: the first traf is that of moof
	FULL(&w, "trun", 0, 1, 2, 100);
	close_box(&w, traf);
	close_box(&w, moof);

	IsomFile f;
	Memory mem;
	assert_int_equal(parse(&f, &mem, &w), GF_EOS);
	IsomTrack *trk = f.movie.tracks[0];
	const u64 t0 = ((u64)1 << 32) + 1000;
	const Expected expected[] = {
		{moof1 + 200, t0, (s64)t0, 4, 30, GF_TRUE},
		{moof1 + 204, t0 + 30, (s64)t0 + 30, 5, 30, GF_FALSE},
		{moof1 + 209, t0 + 60, (s64)t0 + 60, 6, 30, GF_FALSE},
		{moof1 + 215, t0 + 90, (s64)t0 + 60, 7, 30, GF_FALSE},
		{moof1 + 222, t0 + 120, (s64)t0 + 180, 7, 30, GF_FALSE},
		{moof2 + 100, t0 + 150, (s64)t0 + 150, 9, 40, GF_TRUE},
		{moof2 + 109, t0 + 190, (s64)t0 + 190, 9, 40, GF_TRUE},
	};
	check_samples(&trk->table, expected, 7);
	assert_int_equal(trk->table.deps[0], 0x20);
	assert_int_equal(trk->table.total_duration, 230);
	// floor(150 * 1000 / 600) + floor(80 * 1000 / 600)
	assert_int_equal(trk->fragment_movie_duration, 250 + 133);
	isom_file_reset(&f);
	bw_reset(&w);
}

static void test_fragment_groups(void **state)
{
	(void)state;
	ByteWriter w;
	open_fragmented(&w, 0);
	for (u32 i = 0; i < 2; i++) {
		size_t moof = open_box(&w, "moof");
		size_t traf = open_box(&w, "traf");
		FULL(&w, "tfhd", 0, 0x20000, 1);
		FULL(&w, "trun", 0, 1, 2, 100);
		size_t sbgp = open_full(&w, "sbgp", 0, 0);
		bw_bytes(&w, "roll", 4);
		PUT(&w, 1, 2, 0x10001); // first description of the fragment
		close_box(&w, sbgp);
		size_t sgpd = open_full(&w, "sgpd", 1, 0);
		bw_bytes(&w, "roll", 4);
		PUT(&w, 2, 1);
		bw_u16(&w, i + 1);
		close_box(&w, sgpd);
		close_box(&w, traf);
		close_box(&w, moof);
	}
	IsomFile f;
	Memory mem;
	assert_int_equal(parse(&f, &mem, &w), GF_EOS);
	IsomTable *t = &f.movie.tracks[0]->table;
	IsomGroup *g = isom_table_group(t, GF_4CC('r', 'o', 'l', 'l'), 0, GF_FALSE);
	u32 size;
	for (u32 i = 0; i < 4; i++)
		assert_int_equal(isom_group_of(t, g, i, &size)[1], 1 + i / 2);
	isom_file_reset(&f);
	bw_reset(&w);
}

static void test_subsamples_and_events(void **state)
{
	(void)state;
	ByteWriter w;
	open_fragmented(&w, 0);
	size_t emsg = open_full(&w, "emsg", 0, 0);
	bw_bytes(&w, "urn:x\0", 7);
	close_box(&w, emsg);
	FULL(&w, "prft", 1, 0, 1, 0xE0000000, 5, 0, 0);
	size_t moof = open_box(&w, "moof");
	size_t traf = open_box(&w, "traf");
	FULL(&w, "tfhd", 0, 0x20000, 1);
	FULL(&w, "trun", 0, 1, 3, 100);
	size_t subs = open_full(&w, "subs", 0, 0);
	PUT(&w, 2, 1); // two entries, the first for sample 1
	bw_u16(&w, 2);
	bw_bytes(&w, "\0\x0A\1\0\0\0\0\1\0\x14\0\1\0\0\0\2", 16);
	bw_u32(&w, 2); // sample 3
	bw_u16(&w, 1);
	bw_bytes(&w, "\0\x1E\0\0\0\0\0\0", 8);
	close_box(&w, subs);
	subs = open_full(&w, "subs", 1, 9);
	PUT(&w, 1, 3);
	bw_u16(&w, 1);
	bw_bytes(&w, "\0\1\0\0\0\0\0\0\0\0", 10);
	close_box(&w, subs);
	close_box(&w, traf);
	close_box(&w, moof);
	IsomFile f;
	Memory mem;
	assert_int_equal(parse(&f, &mem, &w), GF_EOS);
	IsomTrack *trk = f.movie.tracks[0];
	static const u8 expected[] = {0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 1, 1, 0, // sample 1
		0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 2, 0, 1,                           // sample 1
		0, 0, 0, 0, 0, 0, 0, 30, 0, 0, 0, 0, 0, 0,                           // sample 3
		0, 0, 0, 9, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};                           // sample 3, other flags
	ByteWriter records;
	bw_init(&records);
	for (u32 i = 0; i < 3; i++)
		isom_subs_get(&trk->subs, i, &records);
	assert_int_equal(records.size, sizeof(expected));
	assert_memory_equal(records.data, expected, sizeof(expected));
	isom_subs_get(&trk->subs, 1, &records);
	assert_int_equal(records.size, sizeof(expected));
	isom_subs_get(&trk->subs, 0, &records);
	assert_int_equal(records.size, sizeof(expected) + 28);
	bw_reset(&records);
	assert_int_equal(trk->nb_events, 2);
	assert_int_equal(trk->events[0].number, 0);
	assert_int_equal(trk->events[0].blob.type, GF_4CC('e', 'm', 's', 'g'));
	assert_int_equal(trk->events[0].blob.size, 11);
	assert_int_equal(trk->events[1].blob.type, GF_4CC('p', 'r', 'f', 't'));
	isom_file_reset(&f);
	bw_reset(&w);
}

static void put_infe(ByteWriter *w, u32 id, const char *type, u32 flags)
{
	size_t at = open_full(w, "infe", 2, flags);
	bw_u16(w, id);
	bw_u16(w, 0);
	bw_bytes(w, type, 4);
	bw_u8(w, 0);
	close_box(w, at);
}

static void put_image_items(ByteWriter *w)
{
	size_t meta = open_full(w, "meta", 0, 0);
	size_t at = open_full(w, "hdlr", 0, 0);
	bw_bytes(w, "\0\0\0\0pict", 8);
	bw_zeros(w, 13);
	close_box(w, at);
	at = open_full(w, "pitm", 0, 0);
	bw_u16(w, 2);
	close_box(w, at);
	at = open_full(w, "iinf", 0, 0);
	bw_u16(w, 4);
	put_infe(w, 1, "jpeg", 1);
	put_infe(w, 2, "jpeg", 0);
	put_infe(w, 3, "Exif", 0);
	put_infe(w, 4, "jpeg", 0); // auxiliary, no alpha
	close_box(w, at);
	at = open_full(w, "iloc", 1, 0);
	bw_u16(w, 0x4440); // offset, length and base on 4 bytes, no index
	bw_u16(w, 3);
	const u32 locations[3][5] = {{1, 0, 0, 1000, 30}, {2, 1, 0, 2, 4}, {4, 0, 0, 5000, 6}};
	for (u32 i = 0; i < 3; i++) {
		bw_u16(w, locations[i][0]);
		bw_u16(w, locations[i][1]); // construction: file or idat
		bw_u16(w, 0);
		bw_u32(w, 0);
		bw_u16(w, 1);
		PUT(w, locations[i][3], locations[i][4]);
	}
	close_box(w, at);
	size_t iprp = open_box(w, "iprp"), ipco = open_box(w, "ipco");
	FULL(w, "ispe", 0, 0, 64, 48);
	at = open_box(w, "irot");
	bw_u8(w, 3);
	close_box(w, at);
	at = open_full(w, "auxC", 0, 0);
	bw_bytes(w, "urn:depth", 10);
	close_box(w, at);
	close_box(w, ipco);
	at = open_full(w, "ipma", 0, 0);
	bw_u32(w, 3);
	bw_bytes(w, "\0\1\1\x81\0\2\2\x81\x82\0\4\2\1\3", 14);
	close_box(w, at);
	close_box(w, iprp);
	at = open_box(w, "idat");
	bw_bytes(w, "__jpeg__", 8);
	close_box(w, at);
	close_box(w, meta);
}

static void test_image_items(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	size_t ftyp = open_box(&w, "ftyp");
	bw_bytes(&w, "mif1\0\0\0\0mif1", 12);
	close_box(&w, ftyp);
	put_image_items(&w);
	IsomFile f;
	Memory mem;
	assert_int_equal(parse(&f, &mem, &w), GF_EOS);
	assert_int_equal(f.movie.nb_tracks, 2);
	const IsomTrack *hidden = f.movie.tracks[0], *main = f.movie.tracks[1];
	assert_int_equal(hidden->id, 1);
	assert_true(hidden->item.hidden);
	assert_int_equal(main->id, 2);
	assert_int_equal(main->item.number, 2);
	assert_true(main->item.is_primary);
	assert_int_equal(main->item.rotate, 3);
	const Expected in_file = {1000, 0, 0, 30, 1000, GF_TRUE};
	check_samples(&hidden->table, &in_file, 1);
	const Expected in_idat = {w.size - 6, 0, 0, 4, 1000, GF_TRUE};
	check_samples(&main->table, &in_idat, 1);
	IsomEntry *entries;
	u32 nb;
	assert_int_equal(
		isom_stsd_parse(main->stsd.data, main->stsd.size, 0, main->handler, &entries, &nb), GF_OK);
	assert_int_equal(entries->codec_id, GF_CODECID_JPEG);
	assert_int_equal(entries->video.width, 64);
	assert_int_equal(entries->video.height, 48);
	isom_entries_free(entries, nb);
	isom_file_reset(&f);
	bw_reset(&w);
}

// Each prefix of a file is parsed, then what it misses, without reading beyond what is there.
static void test_growing_file(void **state)
{
	(void)state;
	ByteWriter w;
	open_fragmented(&w, 0);
	for (u32 i = 0; i < 3; i++) {
		size_t moof = open_box(&w, "moof");
		size_t traf = open_box(&w, "traf");
		FULL(&w, "tfhd", 0, 0x20000, 1);
		FULL(&w, "trun", 0, 1, 2, 100);
		close_box(&w, traf);
		close_box(&w, moof);
		FULL(&w, "mdat", 0, 0, 1, 2, 3);
	}
	Memory mem = {w.data, 0, GF_FALSE};
	const IsomInput in = {&mem, mem_read, mem_end};
	IsomFile f;
	isom_file_init(&f, &in);
	for (mem.size = 0; mem.size < w.size; mem.size++)
		assert_int_equal(isom_file_parse(&f), GF_NOT_READY);
	mem.complete = GF_TRUE;
	assert_int_equal(isom_file_parse(&f), GF_EOS);
	assert_int_equal(f.movie.tracks[0]->table.nb_samples, 6);
	assert_int_equal(f.movie.nb_moofs, 3);
	// A segment of the same movie.
	mem.complete = GF_TRUE;
	isom_file_restart(&f, &in);
	assert_int_equal(f.movie.tracks[0]->table.nb_samples, 0);
	isom_file_reset(&f);
	bw_reset(&w);
}

// ---- Hostile values

static void expect_bounded(ByteWriter *w, u32 nb_samples)
{
	IsomFile f;
	Memory mem;
	u64 before = gf_memory_size();
	assert_int_equal(parse(&f, &mem, w), GF_EOS);
	assert_in_range(gf_memory_size() - before, 0, 64 * 1024);
	if (f.movie.nb_tracks)
		assert_int_equal(f.movie.tracks[0]->table.nb_samples, nb_samples);
	isom_file_reset(&f);
	assert_int_equal(gf_memory_size(), before);
	bw_reset(w);
}

static void test_hostile_counts(void **state)
{
	(void)state;
	ByteWriter w;
	Movie m;
	// Sizes that are not there.
	open_movie(&w, &m);
	FULL(&w, "stts", 0, 0, 1, 0xFFFFFFFF, 1);
	FULL(&w, "stsc", 0, 0, 1, 1, 0xFFFFFFFF, 1);
	FULL(&w, "stsz", 0, 0, 0, 0xFFFFFFFF, 5, 6);
	FULL(&w, "stco", 0, 0, 0xFFFFFFFF, 0);
	close_track(&w, &m);
	close_box(&w, m.moov);
	expect_bounded(&w, 2);

	// A constant size: limited by the file.
	open_movie(&w, &m);
	FULL(&w, "stts", 0, 0, 1, 0xFFFFFFFF, 0xFFFFFFFF);
	FULL(&w, "ctts", 0, 0, 2, 0xFFFFFFFF, 1, 0xFFFFFFFF, 2);
	FULL(&w, "stsc", 0, 0, 1, 1, 0xFFFFFFFF, 1);
	FULL(&w, "stsz", 0, 0, 100, 0xFFFFFFFF);
	FULL(&w, "stco", 0, 0, 1, 0);
	close_track(&w, &m);
	close_box(&w, m.moov);
	u32 most = (u32)w.size / 100;
	expect_bounded(&w, most);

	// Chunks numbered from 0, and decreasing.
	open_movie(&w, &m);
	FULL(&w, "stts", 0, 0, 1, 2, 1);
	FULL(&w, "stsc", 0, 0, 3, 0, 1, 1, 5, 1, 1, 2, 7, 1);
	FULL(&w, "stsz", 0, 0, 0, 2, 5, 6);
	FULL(&w, "stco", 0, 0, 2, 0, 100);
	close_track(&w, &m);
	close_box(&w, m.moov);
	expect_bounded(&w, 2);
}

static void test_hostile_fragments(void **state)
{
	(void)state;
	ByteWriter w;
	open_fragmented(&w, 0);
	size_t moof = open_box(&w, "moof");
	size_t traf = open_box(&w, "traf");
	FULL(&w, "tfhd", 0, 0x20000, 1);
	FULL(&w, "trun", 0, 0x201, 0xFFFFFFFF, 100, 1, 2);
	close_box(&w, traf);
	close_box(&w, moof);
	expect_bounded(&w, 2);

	open_fragmented(&w, 0x10000);
	moof = open_box(&w, "moof");
	traf = open_box(&w, "traf");
	FULL(&w, "tfhd", 0, 0x20000, 1);
	FULL(&w, "trun", 0, 1, 0xFFFFFFFF, 0x80000000); // before the file, without any field
	close_box(&w, traf);
	close_box(&w, moof);
	expect_bounded(&w, 0);
}

// ---- Sample entries

static IsomEntry *parse_one_entry(ByteWriter *w, const char *handler, u32 *nb)
{
	IsomEntry *entries = NULL;
	u32 h = GF_4CC((u8)handler[0], (u8)handler[1], (u8)handler[2], (u8)handler[3]);
	assert_int_equal(isom_stsd_parse(w->data, (u32)w->size, 0, h, &entries, nb), GF_OK);
	return entries;
}

static void put_audio_header(ByteWriter *w, u32 version, u32 channels, u32 bits, u32 rate)
{
	bw_zeros(w, 6);
	bw_u16(w, 1);
	bw_u16(w, version);
	bw_zeros(w, 6);
	bw_u16(w, channels);
	bw_u16(w, bits);
	bw_u32(w, 0);
	bw_u32(w, rate << 16);
}

static void test_entry_aac(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	size_t stsd = open_full(&w, "stsd", 0, 0);
	bw_u32(&w, 1);
	size_t entry = open_box(&w, "mp4a");
	put_audio_header(&w, 0, 2, 16, 44100);
	size_t esds = open_full(&w, "esds", 0, 0);
	// ES_Descriptor with sizes on 4 bytes, DecoderConfigDescriptor, AudioSpecificConfig of AAC-LC
	const u8 desc[] = {0x03, 0x80, 0x80, 0x80, 0x19, 0, 1, 0, 0x04, 0x11, 0x40, 0x15, 0, 1, 2, 0, 0, 0x10, 0,
		0, 0, 0x20, 0, 0x05, 0x02, 0x12, 0x10, 0x06, 0x01, 0x02};
	bw_bytes(&w, desc, sizeof(desc));
	close_box(&w, esds);
	close_box(&w, entry);
	close_box(&w, stsd);
	u32 nb;
	IsomEntry *e = parse_one_entry(&w, "soun", &nb);
	assert_int_equal(nb, 1);
	assert_int_equal(e->stream_type, GF_STREAM_AUDIO);
	assert_int_equal(e->codec_id, GF_CODECID_AAC_MPEG4);
	assert_int_equal(e->config.size, 2);
	assert_memory_equal(e->config.data, "\x12\x10", 2);
	assert_int_equal(e->buffer_size, 0x102);
	assert_int_equal(e->max_rate, 0x1000);
	assert_int_equal(e->avg_rate, 0x2000);
	assert_int_equal(e->audio.channels, 2);
	assert_int_equal(e->audio.sample_rate, 44100);
	isom_entries_free(e, nb);
	bw_reset(&w);
}

static void test_entry_opus(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	size_t stsd = open_full(&w, "stsd", 0, 0);
	bw_u32(&w, 1);
	size_t entry = open_box(&w, "Opus");
	put_audio_header(&w, 0, 2, 16, 48000);
	size_t dops = open_box(&w, "dOps");
	bw_bytes(&w, "\0\2\1\x38\0\0\xBB\x80\xFF\xFE\0", 11);
	close_box(&w, dops);
	close_box(&w, entry);
	close_box(&w, stsd);
	u32 nb;
	IsomEntry *e = parse_one_entry(&w, "soun", &nb);
	assert_int_equal(e->codec_id, GF_CODECID_OPUS);
	// OpusHead of RFC 7845 after its magic: version 1, little-endian fields.
	assert_int_equal(e->config.size, 11);
	assert_memory_equal(e->config.data, "\1\2\x38\1\x80\xBB\0\0\xFE\xFF\0", 11);
	isom_entries_free(e, nb);
	bw_reset(&w);
}

static void test_entry_protected_video(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	size_t stsd = open_full(&w, "stsd", 0, 0);
	bw_u32(&w, 1);
	size_t entry = open_box(&w, "encv");
	bw_zeros(&w, 6);
	bw_u16(&w, 1);
	bw_zeros(&w, 16);
	bw_u16(&w, 640);
	bw_u16(&w, 360);
	PUT(&w, 0x480000, 0x480000, 0);
	bw_u16(&w, 1);
	bw_zeros(&w, 36);
	size_t b = open_box(&w, "avcC");
	bw_bytes(&w, "\1\x64\0\x1F\xFF\xE0\0", 7);
	close_box(&w, b);
	b = open_box(&w, "pasp");
	PUT(&w, 4, 3);
	close_box(&w, b);
	b = open_box(&w, "colr");
	bw_bytes(&w, "nclx\0\x9\0\x10\0\x9\x80", 11);
	close_box(&w, b);
	size_t sinf = open_box(&w, "sinf");
	b = open_box(&w, "frma");
	bw_bytes(&w, "avc1", 4);
	close_box(&w, b);
	b = open_full(&w, "schm", 0, 0);
	bw_bytes(&w, "cbcs\0\1\0\0", 8);
	close_box(&w, b);
	size_t schi = open_box(&w, "schi");
	b = open_full(&w, "tenc", 1, 0);
	bw_bytes(&w,
		"\0\x19\1\0"
		"0123456789abcdef"
		"\x8"
		"ABCDEFGH",
		29);
	close_box(&w, b);
	close_box(&w, schi);
	close_box(&w, sinf);
	close_box(&w, entry);
	close_box(&w, stsd);
	u32 nb;
	IsomEntry *e = parse_one_entry(&w, "vide", &nb);
	assert_int_equal(e->type, GF_4CC('e', 'n', 'c', 'v'));
	assert_int_equal(e->format, GF_4CC('a', 'v', 'c', '1'));
	assert_int_equal(e->codec_id, GF_CODECID_AVC);
	assert_int_equal(e->nal_length, 4);
	assert_int_equal(e->video.width, 640);
	assert_int_equal(e->video.sar_num, 4);
	assert_int_equal(e->video.transfer, 16);
	assert_true(e->video.full_range);
	const IsomProtection *p = &e->protection;
	assert_int_equal(p->scheme, GF_4CC('c', 'b', 'c', 's'));
	assert_int_equal(p->version, 0x10000);
	assert_true(p->has_key);
	assert_int_equal(p->key.crypt_blocks, 1);
	assert_int_equal(p->key.skip_blocks, 9);
	assert_int_equal(p->key.iv_size, 0);
	assert_int_equal(p->key.const_iv_size, 8);
	assert_memory_equal(p->key.kid, "0123456789abcdef", 16);
	assert_memory_equal(p->key.const_iv, "ABCDEFGH", 8);
	isom_entries_free(e, nb);
	bw_reset(&w);
}

static void test_entry_raw_audio(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	size_t stsd = open_full(&w, "stsd", 0, 0);
	bw_u32(&w, 2);
	size_t entry = open_box(&w, "in24"); // QuickTime version 1, little-endian by `enda`
	put_audio_header(&w, 1, 2, 16, 48000);
	PUT(&w, 1, 3, 6, 2);
	size_t wave = open_box(&w, "wave");
	size_t b = open_box(&w, "enda");
	bw_u16(&w, 1);
	close_box(&w, b);
	close_box(&w, wave);
	close_box(&w, entry);
	entry = open_box(&w, "fpcm");
	put_audio_header(&w, 0, 1, 32, 44100);
	b = open_full(&w, "pcmC", 0, 0);
	bw_bytes(&w, "\1\x20", 2);
	close_box(&w, b);
	close_box(&w, entry);
	close_box(&w, stsd);
	u32 nb;
	IsomEntry *e = parse_one_entry(&w, "soun", &nb);
	assert_int_equal(nb, 2);
	assert_int_equal(e[0].codec_id, GF_CODECID_RAW);
	assert_int_equal(e[0].audio.format, GF_AUDIO_FMT_S24);
	assert_int_equal(e[0].audio.bytes_per_frame, 6);
	assert_int_equal(e[1].audio.format, GF_AUDIO_FMT_FLT);
	isom_entries_free(e, nb);
	bw_reset(&w);
}

// ---- Encryption, tags

static void test_auxiliary_information(void **state)
{
	(void)state;
	IsomSai sai = {0};
	// 8-byte IV, one sub-sample (2 clear, 3 protected), then two
	const u8 senc[] = {0, 0, 0, 56, 's', 'e', 'n', 'c', 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1,
		0, 2, 0, 0, 0, 3, 9, 9, 9, 9, 9, 9, 9, 9, 0, 2, 0, 100, 0, 0, 0, 3, 0, 0, 0, 0, 0, 7, 0, 0};
	IsomBox b;
	assert_int_equal(isom_box_load(senc, sizeof(senc), 0, &b), GF_OK);
	assert_int_equal(isom_senc_parse(&sai, &b, 10, 2), GF_OK);
	const u8 *data;
	u32 size;
	Bool subsamples;
	assert_int_equal(isom_sai_get(&sai, 9, 8, &data, &size, &subsamples), GF_NOT_FOUND);
	assert_int_equal(isom_sai_get(&sai, 11, 8, &data, &size, &subsamples), GF_OK);
	assert_int_equal(size, 22);
	assert_int_equal(data[8], 0);
	assert_int_equal(isom_sai_get(&sai, 10, 8, &data, &size, &subsamples), GF_OK);
	assert_int_equal(size, 16);
	assert_true(subsamples);
	assert_int_equal(isom_sai_get(&sai, 12, 8, &data, &size, &subsamples), GF_NOT_FOUND);

	u8 record[22];
	memcpy(record, senc + 32, sizeof(record));
	assert_true(isom_sai_cut(record, sizeof(record), 8, 10, 40));
	assert_int_equal(record[11], 60);
	assert_false(isom_sai_cut(record, sizeof(record), 8, 50, 40)); // partly protected
	isom_sai_reset(&sai);
}

static void test_external_auxiliary_information(void **state)
{
	(void)state;
	ByteWriter w;
	open_fragmented(&w, 0);
	size_t moof = open_box(&w, "moof");
	size_t traf = open_box(&w, "traf");
	FULL(&w, "tfhd", 0, 0x20000, 1);
	FULL(&w, "trun", 0, 1, 3, 200);
	size_t saiz = open_full(&w, "saiz", 0, 1);
	bw_bytes(&w, "cenc\0\0\0\0\0\0\0\0\3\x8\0\x10", 16); // 8, 0 and 16 bytes
	close_box(&w, saiz);
	size_t saio = open_full(&w, "saio", 0, 0);
	bw_u32(&w, 1);
	size_t offset_at = w.size;
	bw_u32(&w, 0);
	close_box(&w, saio);
	close_box(&w, traf);
	close_box(&w, moof);
	size_t mdat = open_box(&w, "mdat");
	bw_patch_u32(&w, offset_at, (u32)(w.size - moof));
	bw_bytes(&w, "ABCDEFGHabcdefgh\0\1\0\2\0\0\0\3", 24);
	close_box(&w, mdat);
	IsomFile f;
	Memory mem;
	assert_int_equal(parse(&f, &mem, &w), GF_EOS);
	IsomSai *sai = &f.movie.tracks[0]->sai;
	const u8 *data;
	u32 size;
	Bool subsamples;
	assert_int_equal(isom_sai_get(sai, 0, 8, &data, &size, &subsamples), GF_OK);
	assert_int_equal(size, 8);
	assert_false(subsamples);
	assert_memory_equal(data, "ABCDEFGH", 8);
	assert_int_equal(isom_sai_get(sai, 1, 8, &data, &size, &subsamples), GF_NOT_FOUND);
	assert_int_equal(isom_sai_get(sai, 2, 8, &data, &size, &subsamples), GF_OK);
	assert_int_equal(size, 16);
	assert_true(subsamples);
	assert_memory_equal(data, "abcdefgh", 8);
	isom_file_reset(&f);
	bw_reset(&w);
}

static void test_tags(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	size_t udta = open_box(&w, "udta");
	size_t meta = open_full(&w, "meta", 0, 0);
	size_t ilst = open_box(&w, "ilst");
	size_t item = open_box(&w, "\xA9nam");
	size_t data = open_box(&w, "data");
	bw_bytes(&w, "\0\0\0\1\0\0\0\0Title", 13);
	close_box(&w, data);
	close_box(&w, item);
	item = open_box(&w, "trkn");
	data = open_box(&w, "data");
	bw_bytes(&w, "\0\0\0\0\0\0\0\0\0\0\0\3\0\x0C\0\0", 16);
	close_box(&w, data);
	close_box(&w, item);
	item = open_box(&w, "----");
	data = open_full(&w, "mean", 0, 0);
	bw_bytes(&w, "com.x", 5);
	close_box(&w, data);
	data = open_full(&w, "name", 0, 0);
	bw_bytes(&w, "key", 3);
	close_box(&w, data);
	data = open_box(&w, "data");
	bw_bytes(&w, "\0\0\0\1\0\0\0\0\xFFv", 10);
	close_box(&w, data);
	close_box(&w, item);
	close_box(&w, ilst);
	close_box(&w, meta);
	close_box(&w, udta);
	IsomBlobs blobs = {0};
	IsomBox b;
	assert_int_equal(isom_box_load(w.data, w.size, 0, &b), GF_OK);
	assert_int_equal(isom_blobs_add(&blobs, &b, GF_TRUE), GF_OK);
	IsomTagReader r;
	IsomTag tag;
	isom_tags_open(&r, &blobs);
	assert_true(isom_tags_next(&r, &tag));
	assert_string_equal(tag.name, "title");
	assert_int_equal(tag.size, 5);
	assert_memory_equal(tag.data, "Title", 5);
	assert_true(isom_tags_next(&r, &tag));
	assert_string_equal(tag.name, "tracknum");
	assert_int_equal(tag.num, 3);
	assert_int_equal(tag.den, 12);
	assert_true(isom_tags_next(&r, &tag));
	assert_string_equal(tag.name, "cust_key@com.x");
	assert_int_equal(tag.kind, ISOM_TAG_DATA); // not UTF-8
	assert_false(isom_tags_next(&r, &tag));
	isom_blobs_reset(&blobs);
	bw_reset(&w);
}

// ---- NAL units

static void test_parameter_sets(void **state)
{
	(void)state;
	// Record with one SPS and one PPS; the sample has another PPS of ID 0 and an IDR slice.
	const u8 record[] = {
		1, 0x64, 0, 0x1E, 0xFF, 0xE1, 0, 4, 0x67, 0x64, 0, 0x1E, 1, 0, 3, 0x68, 0x80, 1, 0xFD, 0xF8, 0xF8, 0};
	IsomEntry entry = {.codec_id = GF_CODECID_AVC, .nal_length = 4, .config = {(u8 *)record, sizeof(record)}};
	const u8 sample[] = {
		0, 0, 0, 2, 9, 0x10, 0, 0, 0, 3, 0x68, 0x80, 1, 0, 0, 0, 3, 0x68, 0x80, 2, 0, 0, 0, 2, 0x65, 0x88};
	const u8 stripped[] = {0, 0, 0, 2, 9, 0x10, 0, 0, 0, 2, 0x65, 0x88};
	IsomNal n = {0};
	IsomNalInfo info;
	assert_int_equal(isom_nal_open(&n, &entry), GF_OK);
	assert_int_equal(n.nb_sets, 2);
	isom_nal_scan(&n, sample, sizeof(sample), &info);
	assert_int_equal(info.sap, 1);
	assert_int_equal(info.nb_sets, 2);
	assert_int_equal(info.set_bytes, 14);
	assert_true(info.new_set);
	u8 out[sizeof(stripped)];
	isom_nal_strip(&n, sample, sizeof(sample), out);
	assert_memory_equal(out, stripped, sizeof(stripped));
	assert_int_equal(isom_nal_update(&n, sample, sizeof(sample)), GF_OK);
	assert_int_equal(n.nb_sets, 2);
	assert_memory_equal(n.sets[1].data, "\x68\x80\2", 3);
	// A size that does not fit: the sample is left as it is.
	isom_nal_scan(&n, sample, sizeof(sample) - 1, &info);
	assert_int_equal(info.nb_sets, 0);
	isom_nal_close(&n);
}

// ---- Real files

static GF_Err file_read(void *udta, u64 offset, void *dst, u32 size, u32 *got)
{
	return io_reader_read(udta, offset, dst, size, got);
}

static u64 file_end(void *udta, Bool *complete)
{
	*complete = GF_TRUE;
	return io_reader_size(udta);
}

static void walk(const IsomFile *f)
{
	for (u32 i = 0; i < f->movie.nb_tracks; i++) {
		const IsomTrack *trk = f->movie.tracks[i];
		IsomEntry *entries;
		u32 nb = 0;
		if (!isom_stsd_parse(trk->stsd.data, trk->stsd.size, 0, trk->handler, &entries, &nb))
			isom_entries_free(entries, nb);
		IsomCursor c;
		IsomSample s;
		isom_cursor_set(&trk->table, &c, 0);
		while (isom_cursor_read(&trk->table, &c, 1, &s))
			assert_true(s.desc <= 0xFFFF);
	}
}

static void read_file(const char *path)
{
	u64 before = gf_memory_size();
	IoReader *reader;
	if (io_reader_open(path, NULL, &reader))
		return;
	const IsomInput in = {reader, file_read, file_end};
	IsomFile f;
	isom_file_init(&f, &in);
	GF_Err e = isom_file_parse(&f);
	assert_true(e == GF_EOS || e < 0);
	walk(&f);
	isom_file_reset(&f);
	io_reader_close(reader);
	assert_int_equal(gf_memory_size(), before);
}

static const char *media_root(void)
{
	const char *env = getenv("GPAC_TEST_MEDIA");
	if (env)
		return env;
	// From the root of the project, or from a build directory in it.
	static const char *const places[] = {"../shared/media", "../../shared/media"};
	for (u32 i = 0; i < 2; i++) {
		if (!access(places[i], R_OK))
			return places[i];
	}
	return NULL;
}

static void test_malformed_files(void **state)
{
	(void)state;
	const char *root = media_root();
	if (!root)
		skip();
	static const char *const dirs[] = {"malformed/mp4ff", "malformed/mp4parse", "mp4", "cenc"};
	gf_log_set_tool_level(GF_LOG_CONTAINER, GF_LOG_QUIET);
	for (u32 i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		char path[1024];
		snprintf(path, sizeof(path), "%s/%s", root, dirs[i]);
		DIR *dir = opendir(path);
		assert_non_null(dir);
		for (struct dirent *d = readdir(dir); d; d = readdir(dir)) {
			if (d->d_name[0] == '.')
				continue;
			snprintf(path, sizeof(path), "%s/%s/%s", root, dirs[i], d->d_name);
			read_file(path);
		}
		closedir(dir);
	}
	gf_log_set_tool_level(GF_LOG_CONTAINER, GF_LOG_WARNING);
}

// The packets of a track as ffprobe lists them, without its own use of edit lists.
static void compare_with_ffprobe(const char *path)
{
	IoReader *reader;
	assert_int_equal(io_reader_open(path, NULL, &reader), GF_OK);
	const IsomInput in = {reader, file_read, file_end};
	IsomFile f;
	isom_file_init(&f, &in);
	assert_int_equal(isom_file_parse(&f), GF_EOS);
	IsomCursor cursors[8] = {{0}};
	char command[1200];
	snprintf(command, sizeof(command),
		"ffprobe -v quiet -ignore_editlist 1 -of csv=p=0 "
		"-show_entries packet=stream_index,dts,size,pos,flags '%s'",
		path);
	FILE *out = popen(command, "r");
	assert_non_null(out);
	u32 stream, size, nb = 0;
	s64 dts;
	u64 pos;
	char flags[8], line[256];
	while (fgets(line, sizeof(line), out)) {
		if (sscanf(line, "%u,%ld,%u,%lu,%7s", &stream, &dts, &size, &pos, flags) != 5)
			continue;
		assert_true(stream < f.movie.nb_tracks && stream < 8);
		const IsomTable *t = &f.movie.tracks[stream]->table;
		if (t->max_size < 8)
			continue; // raw audio, of which ffprobe makes larger packets
		IsomSample s;
		assert_true(isom_cursor_read(t, &cursors[stream], 1, &s));
		assert_int_equal(s.dts, dts);
		assert_int_equal(s.size, size);
		assert_int_equal(s.offset, pos);
		assert_int_equal(s.sync, flags[0] == 'K');
		nb++;
	}
	pclose(out);
	assert_true(nb > 0);
	isom_file_reset(&f);
	io_reader_close(reader);
}

static void test_media_files(void **state)
{
	(void)state;
	const char *root = media_root();
	if (!root || system("ffprobe -version > /dev/null 2>&1"))
		skip();
	static const char *const files[] = {"mp4/bbb5s_aac_sidx.mp4", "mp4/bbb_prog_10s.mp4", "mp4/ed_hevc.mp4",
		"mp4/opus.mp4", "mp4/prog_8s.mp4", "mp4/v300_multiple_segments.mp4", "mp4/vvc_400kbps_2s.mp4",
		"cenc/prog_8s_dec_dashinit.mp4"};
	for (u32 i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[1024];
		snprintf(path, sizeof(path), "%s/%s", root, files[i]);
		compare_with_ffprobe(path);
	}
}

static void test_ffmpeg_files(void **state)
{
	(void)state;
	if (system("ffmpeg -version > /dev/null 2>&1"))
		skip();
	static const char *const recipes[] = {
		"-c:v mpeg4 -g 10 -c:a aac",
		"-c:v mpeg4 -g 10 -bf 2 -c:a aac -movflags +frag_keyframe+empty_moov",
		"-c:v mpeg4 -g 10 -c:a aac -movflags +dash -frag_duration 300000",
		"-c:v mpeg4 -g 10 -c:a aac -movflags +separate_moof+frag_keyframe+omit_tfhd_offset",
		"-c:v mjpeg -c:a ac3 -f mov",
	};
	char dir[] = "/tmp/isom_read_XXXXXX";
	assert_non_null(mkdtemp(dir));
	for (u32 i = 0; i < sizeof(recipes) / sizeof(recipes[0]); i++) {
		char path[64], command[1200];
		snprintf(path, sizeof(path), "%s/t.mp4", dir);
		snprintf(command, sizeof(command),
			"ffmpeg -y -v quiet -f lavfi -i testsrc=size=64x48:rate=25:duration=2 "
			"-f lavfi -i sine=duration=2 %s %s < /dev/null",
			recipes[i], path);
		if (!system(command))
			compare_with_ffprobe(path);
		unlink(path);
	}
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_box_header),
		cmocka_unit_test(test_children_stop_at_a_wrong_size),
		cmocka_unit_test(test_table_random_access),
		cmocka_unit_test(test_table_drop),
		cmocka_unit_test(test_table_ranges),
		cmocka_unit_test(test_table_memory),
		cmocka_unit_test(test_progressive),
		cmocka_unit_test(test_compact_sizes),
		cmocka_unit_test(test_edit_list),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_fragment_groups),
		cmocka_unit_test(test_subsamples_and_events),
		cmocka_unit_test(test_image_items),
		cmocka_unit_test(test_growing_file),
		cmocka_unit_test(test_hostile_counts),
		cmocka_unit_test(test_hostile_fragments),
		cmocka_unit_test(test_entry_aac),
		cmocka_unit_test(test_entry_opus),
		cmocka_unit_test(test_entry_protected_video),
		cmocka_unit_test(test_entry_raw_audio),
		cmocka_unit_test(test_auxiliary_information),
		cmocka_unit_test(test_external_auxiliary_information),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_parameter_sets),
		cmocka_unit_test(test_malformed_files),
		cmocka_unit_test(test_media_files),
		cmocka_unit_test(test_ffmpeg_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
