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
#include "formats/isom_stsd.h"
#include "isom_boxes.h"

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

// ---- Image items

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
	assert_true(hidden->items[0].hidden);
	assert_int_equal(main->id, 2);
	assert_int_equal(main->items[0].number, 2);
	assert_true(main->items[0].is_primary);
	assert_int_equal(main->items[0].rotate, 3);
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

// ---- Files that grow

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
		cmocka_unit_test(test_progressive),
		cmocka_unit_test(test_compact_sizes),
		cmocka_unit_test(test_edit_list),
		cmocka_unit_test(test_image_items),
		cmocka_unit_test(test_growing_file),
		cmocka_unit_test(test_hostile_counts),
		cmocka_unit_test(test_malformed_files),
		cmocka_unit_test(test_media_files),
		cmocka_unit_test(test_ffmpeg_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
