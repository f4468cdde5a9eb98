// SPDX-License-Identifier: MIT
// AV1 units and headers, IVF and VPx frames. Sequence and frame headers are those of SVT-AV1 and libaom, with the
// values that FFmpeg's trace_headers prints for them; sizes are by the syntax of the specifications.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <gpac/tools.h>
#include "formats/av1.h"
#include "formats/obu_stream.h"
#include "formats/vpx.h"

// 320x180, order hints of 7 bits, screen content tools chosen by frames.
static const u8 sequence_obu[13] = {0x0A, 0x0B, 0, 0, 0, 4, 0x3C, 0xFE, 0xCC, 0x4A, 0xF9, 0, 0x40};
// Key frame, shown.
static const u8 key_frame[] = {0x32, 4, 0x10, 0, 0x8F, 0};
static const u8 show_existing[] = {0x1A, 1, 0x98}; // reference 1

static void test_leb128(void **state)
{
	(void)state;
	static const u8 values[] = {0, 0x7F, 0x80, 1, 0x99, 0x15, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F};
	BitReader r;
	br_init(&r, values, sizeof(values));
	assert_int_equal(obu_leb128(&r), 0);
	assert_int_equal(obu_leb128(&r), 127);
	assert_int_equal(obu_leb128(&r), 128);
	assert_int_equal(obu_leb128(&r), 2713);
	assert_int_equal(obu_leb128(&r), 0xFFFFFFFF);
	assert_false(r.overrun);
	// 4.10.5: at most 8 bytes, at most 32 bits
	static const u8 large[] = {0x80, 0x80, 0x80, 0x80, 0x10};
	br_init(&r, large, sizeof(large));
	obu_leb128(&r);
	assert_true(r.overrun);
	static const u8 padded[] = {0x85, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0};
	br_init(&r, padded, sizeof(padded));
	assert_int_equal(obu_leb128(&r), 5);
	u8 out[OBU_LEB128_MAX];
	assert_int_equal(obu_put_leb128(out, 2713), 2);
	assert_memory_equal(out, "\x99\x15", 2);
}

static void test_header(void **state)
{
	(void)state;
	ObuHeader obu;
	assert_int_equal(obu_read(sequence_obu, sizeof(sequence_obu), &obu), GF_OK);
	assert_int_equal(obu.type, OBU_SEQUENCE_HEADER);
	assert_int_equal(obu.header_size, 2);
	assert_int_equal(obu.size, 11);
	assert_int_equal(obu_read(sequence_obu, 12, &obu), GF_BUFFER_TOO_SMALL);
	assert_int_equal(obu.size, 11);
	assert_int_equal(obu_read(sequence_obu, 1, &obu), GF_BUFFER_TOO_SMALL);
	assert_int_equal(obu.header_size, 0);
	assert_int_equal(obu_read((const u8 *)"\x8A\x00", 2, &obu), GF_NON_COMPLIANT_BITSTREAM);
	// temporal id 2, spatial id 1, no size
	assert_int_equal(obu_read((const u8 *)"\x34\x48zz", 4, &obu), GF_OK);
	assert_int_equal(obu.temporal_id, 2);
	assert_int_equal(obu.spatial_id, 1);
	assert_int_equal(obu.size, 2);
	ByteWriter w;
	bw_init(&w);
	obu_write(&w, &obu, (const u8 *)"\x34\x48zz", GF_TRUE);
	assert_int_equal(w.size, 5);
	assert_memory_equal(w.data, "\x36\x48\x02zz", 5);
	bw_reset(&w);
}

static void test_sequence(void **state)
{
	(void)state;
	Av1Sequence s;
	assert_int_equal(av1_sequence_parse(sequence_obu + 2, 11, NULL, &s), GF_OK);
	assert_int_equal(s.profile, 0);
	assert_int_equal(s.nb_points, 1);
	assert_int_equal(s.points[0].level, 0);
	assert_int_equal(s.max_width, 320);
	assert_int_equal(s.max_height, 180);
	assert_int_equal(s.order_hint_bits, 7);
	assert_int_equal(s.screen_content_tools, 2);
	assert_int_equal(s.integer_mv, 2);
	assert_int_equal(s.bit_depth, 8);
	assert_int_equal(s.sub_x + s.sub_y, 2);
	assert_int_equal(s.matrix, 2);
	assert_false(s.superres);
	for (u32 size = 0; size < 9; size++)
		assert_int_equal(av1_sequence_parse(sequence_obu + 2, size, &syn_quiet, &s), GF_NON_COMPLIANT_BITSTREAM);
	// profile 3 is reserved
	u8 bad[11];
	memcpy(bad, sequence_obu + 2, sizeof(bad));
	bad[0] = 0x60;
	assert_int_equal(av1_sequence_parse(bad, sizeof(bad), &syn_quiet, &s), GF_NON_COMPLIANT_BITSTREAM);
}

static void test_units(void **state)
{
	(void)state;
	Av1Parser p;
	Av1Unit unit;
	u8 data[100] = {0x12, 0};
	av1_parser_init(&p);
	p.trace = &syn_quiet;
	// a frame before the sequence header cannot be read
	assert_int_equal(av1_parser_unit(&p, key_frame, sizeof(key_frame), GF_FALSE, &unit), GF_NON_COMPLIANT_BITSTREAM);
	memcpy(data + 2, sequence_obu, sizeof(sequence_obu));
	memcpy(data + 15, key_frame, sizeof(key_frame));
	assert_int_equal(av1_parser_unit(&p, data, 21, GF_FALSE, &unit), GF_OK);
	assert_int_equal(unit.nb_frames, 1);
	assert_true(unit.has_sequence);
	assert_true(unit.key_shown);
	assert_true(unit.intra);
	assert_true(unit.referenced);
	assert_int_equal(unit.first.width, 320);
	assert_int_equal(unit.first.render_height, 180);
	assert_int_equal(p.sequence_version, 1);
	// the same header again is no change
	assert_int_equal(av1_parser_unit(&p, data, 21, GF_FALSE, &unit), GF_OK);
	assert_int_equal(p.sequence_version, 1);
	// all references hold a key frame: showing one again refreshes them, but it is no access point
	assert_int_equal(av1_parser_unit(&p, show_existing, sizeof(show_existing), GF_FALSE, &unit), GF_OK);
	assert_true(unit.first.show_existing);
	assert_int_equal(unit.first.shown_index, 1);
	assert_int_equal(unit.first.type, AV1_KEY_FRAME);
	assert_int_equal(unit.first.refresh, 0xFF);
	assert_false(unit.key_shown);
	assert_false(unit.key_delayed);
	// show_existing_frame 0, key frame, show_frame 0, showable_frame 1, ... : shown later
	static const u8 delayed[] = {0x32, 5, 0x08, 0, 0, 0, 0};
	assert_int_equal(av1_parser_unit(&p, delayed, sizeof(delayed), GF_FALSE, &unit), GF_OK);
	assert_false(unit.key_shown);
	assert_true(unit.key_delayed);
	// switch frame, shown: 13 bits, then eight order hints of 7 bits
	static const u8 switched[] = {0x32, 9, 0x70, 0, 0, 0, 0, 0, 0, 0, 0};
	assert_int_equal(av1_parser_unit(&p, switched, sizeof(switched), GF_FALSE, &unit), GF_OK);
	assert_true(unit.is_switch);
	assert_false(unit.intra);
	assert_int_equal(unit.first.refresh, 0xFF);
	// units that do not fill the data
	assert_int_equal(av1_parser_unit(&p, key_frame, 5, GF_FALSE, &unit), GF_NON_COMPLIANT_BITSTREAM);
	av1_parser_reset(&p);
}

static void test_config(void **state)
{
	(void)state;
	Av1Parser p;
	Av1Unit unit;
	u8 *config;
	u32 size;
	// content light level 1000 and 400 (5.8.3), as metadata OBU of type 1
	static const u8 light[] = {0x2A, 6, 1, 0x03, 0xE8, 0x01, 0x90, 0x80};
	u8 data[21];
	av1_parser_init(&p);
	assert_int_equal(av1_config_write(&p, &config, &size), GF_NON_COMPLIANT_BITSTREAM);
	memcpy(data, sequence_obu, 13);
	memcpy(data + 13, light, sizeof(light));
	assert_int_equal(av1_parser_unit(&p, data, sizeof(data), GF_FALSE, &unit), GF_OK);
	assert_int_equal(p.metadata.max_content, 1000);
	assert_int_equal(p.metadata.max_average, 400);
	assert_int_equal(av1_config_write(&p, &config, &size), GF_OK);
	// AV1-ISOBMFF 2.3.3: marker and version, profile and level, depth and subsampling, delay
	assert_int_equal(size, 4 + 21);
	assert_memory_equal(config, "\x81\x00\x0C\x00", 4);
	u32 obus_size;
	const u8 *obus = av1_config_obus(config, size, &obus_size);
	assert_int_equal(obus_size, 21);
	assert_memory_equal(obus, data, 21);
	Av1Sequence s;
	assert_true(av1_find_sequence(obus, obus_size, &s));
	assert_int_equal(s.max_width, 320);
	assert_null(av1_config_obus(config + 1, size - 1, &obus_size));
	gf_free(config);
	av1_parser_reset(&p);
}

// ITU-R BT.2020 primaries and D65 in 0.16 fixed point, red first; 1000 cd/m2 as 24.8, 0.01 as 18.14.
static void test_mastering_display(void **state)
{
	(void)state;
	Av1Parser p;
	Av1Unit unit = {.has_sequence = GF_TRUE};
	ByteWriter w;
	static const double xy[8] = {0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329};
	bw_init(&w);
	bw_u16(&w, 0x2A1A);
	bw_u8(&w, 2);
	for (u32 i = 0; i < 8; i++)
		bw_u16(&w, (u32)(xy[i] * 65536 + 0.5));
	bw_u32(&w, 1000 << 8);
	bw_u32(&w, 164);
	bw_u8(&w, 0x80);
	ObuHeader obu;
	av1_parser_init(&p);
	assert_int_equal(obu_read(w.data, w.size, &obu), GF_OK);
	assert_int_equal(av1_parser_obu(&p, &obu, w.data, &unit), GF_OK);
	assert_true(p.metadata.has_display);
	// as in ISO/IEC 14496-12: green, blue, red in units of 0.00002
	assert_int_equal(p.metadata.primaries_x[0], 8500);
	assert_int_equal(p.metadata.primaries_y[0], 39850);
	assert_int_equal(p.metadata.primaries_x[1], 6550);
	assert_int_equal(p.metadata.primaries_x[2], 35400);
	assert_int_equal(p.metadata.white_x, 15635);
	assert_int_equal(p.metadata.max_luminance, 10000000);
	assert_int_equal(p.metadata.min_luminance, 100);
	bw_reset(&w);
	av1_parser_reset(&p);
}

// ---- Streams

typedef struct {
	const u8 *data;
	u32 size;
	ObuForm form;
	u32 nb, sizes[20], damaged;
	u64 times[20];
} Walk;

// Gives the stream in blocks of `block` bytes.
static void walk(Walk *w, u32 block)
{
	ObuStream s;
	u8 buffer[2000];
	u32 have = 0, given = 0;
	obu_stream_init(&s, w->form);
	w->nb = w->damaged = 0;
	for (;;) {
		Bool last = given == w->size;
		ObuStreamUnit unit;
		GF_Err e = obu_stream_next(&s, buffer, have, last, &unit);
		if (e == GF_EOS)
			break;
		if (e == GF_BUFFER_TOO_SMALL) {
			assert_false(last);
			u32 nb = block < w->size - given ? block : w->size - given;
			memcpy(buffer + have, w->data + given, nb);
			have += nb;
			given += nb;
			continue;
		}
		assert_true(unit.total > 0 && unit.total <= have);
		if (e) {
			w->damaged++;
		} else {
			w->times[w->nb] = unit.time;
			w->sizes[w->nb++] = unit.size;
		}
		have -= unit.total;
		memmove(buffer, buffer + unit.total, have);
	}
	assert_int_equal(have, 0);
}

static const u8 low_overhead[] = {0x12, 0, 0x0A, 1, 0, 0x32, 2, 1, 2, 0x12, 0, 0x32, 3, 1, 2, 3, 0x12, 0, 0x1A, 1, 9};

static void test_low_overhead(void **state)
{
	(void)state;
	Walk w = {.data = low_overhead, .size = sizeof(low_overhead)};
	assert_int_equal(obu_stream_detect(w.data, w.size, &w.form), GF_OK);
	assert_int_equal(w.form, OBU_FORM_LOW_OVERHEAD);
	for (u32 block = 1; block < 30; block++) {
		walk(&w, block);
		assert_int_equal(w.nb, 3);
		assert_int_equal(w.damaged, 0);
		assert_int_equal(w.sizes[0], 9);
		assert_int_equal(w.sizes[1], 7);
		assert_int_equal(w.sizes[2], 5);
	}
	// a damaged header costs its unit only
	u8 bad[sizeof(low_overhead)];
	memcpy(bad, low_overhead, sizeof(bad));
	bad[11] = 0x80;
	w.data = bad;
	for (u32 block = 1; block < 30; block++) {
		walk(&w, block);
		assert_int_equal(w.nb, 2);
		assert_int_equal(w.sizes[0], 9);
		assert_int_equal(w.sizes[1], 5);
		assert_true(w.damaged > 0);
	}
	// so does a size past the end
	memcpy(bad, low_overhead, sizeof(bad));
	bad[12] = 0x7F;
	walk(&w, sizeof(bad));
	assert_int_equal(w.nb, 2);
	// cut in the last unit
	w = (Walk){.data = low_overhead, .size = sizeof(low_overhead) - 1, .form = OBU_FORM_LOW_OVERHEAD};
	walk(&w, 7);
	assert_int_equal(w.nb, 2);
	assert_true(w.damaged > 0);
}

static void test_annex_b(void **state)
{
	(void)state;
	// temporal units of 9 and 5 bytes: frame unit, OBU lengths
	static const u8 data[] = {9, 8, 1, 0x10, 2, 0x08, 0, 2, 0x30, 7, 5, 4, 1, 0x10, 1, 0x18};
	Walk w = {.data = data, .size = sizeof(data)};
	assert_int_equal(obu_stream_detect(data, sizeof(data), &w.form), GF_OK);
	assert_int_equal(w.form, OBU_FORM_ANNEX_B);
	for (u32 block = 1; block < 20; block++) {
		walk(&w, block);
		assert_int_equal(w.nb, 2);
		assert_int_equal(w.sizes[0], 9);
		assert_int_equal(w.sizes[1], 5);
	}
	ObuIter it;
	ObuHeader obu;
	const u8 *at;
	obu_iter_init(&it, data + 1, 9, GF_TRUE);
	static const u8 types[] = {OBU_TEMPORAL_DELIMITER, OBU_SEQUENCE_HEADER, OBU_FRAME};
	for (u32 i = 0; i < 3; i++) {
		assert_int_equal(obu_iter_next(&it, &obu, &at), GF_OK);
		assert_int_equal(obu.type, types[i]);
	}
	assert_int_equal(obu.size, 1);
	assert_int_equal(at[1], 7);
	assert_int_equal(obu_iter_next(&it, &obu, &at), GF_EOS);
	// a frame unit larger than its temporal unit
	obu_iter_init(&it, (const u8 *)"\x09\x01\x10", 3, GF_TRUE);
	assert_int_equal(obu_iter_next(&it, &obu, &at), GF_NON_COMPLIANT_BITSTREAM);
}

static void test_ivf(void **state)
{
	(void)state;
	IvfHeader h = {.codec = "AV01", .width = 320, .height = 180, .rate = 30000, .scale = 1001, .nb_frames = 2}, back;
	u8 data[IVF_HEADER_SIZE + 2 * IVF_FRAME_HEADER_SIZE + 7] = {0};
	ivf_write(&h, data);
	assert_memory_equal(data, "DKIF\0\0\x20\0AV01\x40\x01\xB4\0\x30\x75\0\0\xE9\x03\0\0\x02\0\0\0", 28);
	assert_true(ivf_read(data, sizeof(data), &back));
	assert_string_equal(back.codec, "AV01");
	assert_int_equal(back.rate, 30000);
	assert_int_equal(back.scale, 1001);
	assert_int_equal(back.nb_frames, 2);
	assert_false(ivf_read(data, 31, &back));
	ivf_write_frame(data + 32, 3, 0x100000002ULL);
	ivf_write_frame(data + 47, 4, 7);
	Walk w = {.data = data, .size = sizeof(data), .form = OBU_FORM_IVF};
	for (u32 block = 1; block < 70; block++) {
		walk(&w, block);
		assert_int_equal(w.nb, 2);
		assert_int_equal(w.sizes[0], 3);
		assert_int_equal(w.times[0], 0x100000002ULL);
		assert_int_equal(w.times[1], 7);
		assert_int_equal(w.damaged, 0);
	}
	w.size--;
	walk(&w, 10);
	assert_int_equal(w.nb, 1);
	assert_int_equal(w.damaged, 1);
	data[16] = data[17] = 0; // no time base
	assert_false(ivf_read(data, sizeof(data), &back));
}

static void test_form(void **state)
{
	(void)state;
	ObuForm form;
	assert_int_equal(obu_stream_detect((const u8 *)"DK", 2, &form), GF_BUFFER_TOO_SMALL);
	assert_int_equal(obu_stream_detect((const u8 *)"\x12", 1, &form), GF_BUFFER_TOO_SMALL);
	assert_int_equal(obu_stream_detect((const u8 *)"\0\0\0\1\x67\x64\0\x0A\xAC\x72\x84\x44\x26\x84\0\0\3\0", 18, &form),
		GF_NON_COMPLIANT_BITSTREAM);
	assert_int_equal(obu_stream_detect((const u8 *)"ID3\4\0\0\0\0\0\0", 10, &form), GF_NON_COMPLIANT_BITSTREAM);
}

// ---- VPx

static void test_vp8(void **state)
{
	(void)state;
	// of libvpx: a key frame of 320x180
	static const u8 key[] = {0x50, 0x63, 0, 0x9D, 1, 0x2A, 0x40, 1, 0xB4, 0};
	VpxFrame f;
	assert_true(vp8_frame_parse(key, sizeof(key), &f));
	assert_true(f.key);
	assert_true(f.show);
	assert_int_equal(f.width, 320);
	assert_int_equal(f.height, 180);
	assert_int_equal(f.first_partition_size, 0x6350 >> 5);
	assert_false(vp8_frame_parse(key, 9, &f));
	assert_true(vp8_frame_parse((const u8 *)"\x31\0\0", 3, &f));
	assert_false(f.key);
}

static void test_vp9(void **state)
{
	(void)state;
	// of libvpx: a key frame of 320x180, profile 0
	static const u8 key[] = {0x82, 0x49, 0x83, 0x42, 0, 0x13, 0xF0, 0x0B, 0x36};
	VpxFrame f;
	assert_true(vp9_frame_parse(key, sizeof(key), &syn_quiet, &f));
	assert_true(f.key);
	assert_int_equal(f.width, 320);
	assert_int_equal(f.height, 180);
	assert_int_equal(f.bit_depth, 8);
	assert_false(vp9_frame_parse(key, 8, &syn_quiet, &f));
	VpxConfig c = vp9_config(&f);
	u8 config[VPX_CONFIG_SIZE];
	vpx_config_write(&c, config);
	assert_memory_equal(config, "\0\0\x80\2\2\2\0\0", 8);
	// annex B: frames of 5 and 3 bytes, sizes of one byte
	static const u8 super[] = {1, 1, 1, 1, 1, 2, 2, 2, 0xC1, 5, 3, 0xC1};
	u32 sizes[VP9_MAX_FRAMES], index;
	assert_int_equal(vp9_superframe(super, sizeof(super), sizes, &index), 2);
	assert_int_equal(index, 4);
	assert_int_equal(sizes[0], 5);
	assert_int_equal(sizes[1], 3);
	assert_int_equal(vp9_superframe(super, sizeof(super) - 1, sizes, &index), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leb128),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_sequence),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_mastering_display),
		cmocka_unit_test(test_low_overhead),
		cmocka_unit_test(test_annex_b),
		cmocka_unit_test(test_ivf),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_vp8),
		cmocka_unit_test(test_vp9),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
