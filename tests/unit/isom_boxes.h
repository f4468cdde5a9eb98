// SPDX-License-Identifier: MIT
// Writing ISO base media files box by box, and reading them from memory. After cmocka.h.
#ifndef TESTS_ISOM_BOXES_H
#define TESTS_ISOM_BOXES_H

#include "base/bits.h"
#include "formats/isom_file.h"

static inline size_t open_box(ByteWriter *w, const char *type)
{
	size_t at = w->size;
	bw_u32(w, 0);
	bw_bytes(w, type, 4);
	return at;
}

static inline size_t open_full(ByteWriter *w, const char *type, u32 version, u32 flags)
{
	size_t at = open_box(w, type);
	bw_u32(w, version << 24 | flags);
	return at;
}

static inline void close_box(ByteWriter *w, size_t at)
{
	bw_patch_u32(w, at, (u32)(w->size - at));
}

static inline void put_u32s(ByteWriter *w, u32 nb, const u32 *values)
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

static inline void put_mvhd(ByteWriter *w, u32 scale)
{
	size_t at = open_full(w, "mvhd", 0, 0);
	PUT(w, 10, 20, scale, 0);
	bw_zeros(w, 80);
	close_box(w, at);
}

static inline void put_tkhd(ByteWriter *w, u32 id)
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

static inline void put_mdhd_hdlr(ByteWriter *w, u32 scale, const char *handler)
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
static inline void put_stsd(ByteWriter *w)
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
static inline void open_movie(ByteWriter *w, Movie *m)
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

static inline void close_track(ByteWriter *w, const Movie *m)
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

static inline GF_Err mem_read(void *udta, u64 offset, void *dst, u32 size, u32 *got)
{
	const Memory *m = udta;
	assert_true(offset <= m->size);
	*got = m->size - offset < size ? (u32)(m->size - offset) : size;
	memcpy(dst, m->data + offset, *got);
	return GF_OK;
}

static inline u64 mem_end(void *udta, Bool *complete)
{
	*complete = ((const Memory *)udta)->complete;
	return ((const Memory *)udta)->size;
}

static inline GF_Err parse(IsomFile *f, Memory *m, const ByteWriter *w)
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

static inline void check_samples(const IsomTable *t, const Expected *expected, u32 nb)
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

static inline void put_mvex(ByteWriter *w, u32 flags)
{
	size_t mvex = open_box(w, "mvex");
	FULL(w, "trex", 0, 0, 1, 1, 30, 7, flags);
	close_box(w, mvex);
}

static inline void open_fragmented(ByteWriter *w, u32 flags)
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

static inline void expect_bounded(ByteWriter *w, u32 nb_samples)
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

#endif
