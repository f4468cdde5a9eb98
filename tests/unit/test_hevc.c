// SPDX-License-Identifier: MIT
// HEVC parameter sets, slices and access units. Units of x265 were read with ffprobe and the trace_headers
// bitstream filter of FFmpeg; others are written from the syntax of ISO/IEC 23008-2.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <gpac/log.h>
#include "formats/hevc.h"
#include "formats/hevc_syntax.h"
#include "formats/nal_tracker.h"
#include "nal_bits.h"

// x265, 320x240 Main 10, 25 frames per second, SAR 4:3, BT.2020 PQ
static const u8 vps_hdr[] = {0x40, 0x01, 0x0C, 0x01, 0xFF, 0xFF, 0x02, 0x20, 0x00, 0x00, 0x03, 0x00, 0x90,
	0x00, 0x00, 0x03, 0x00, 0x00, 0x03, 0x00, 0x3C, 0x95, 0x98, 0x09};
static const u8 sps_hdr[] = {0x42, 0x01, 0x01, 0x02, 0x20, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03,
	0x00, 0x00, 0x03, 0x00, 0x3C, 0xA0, 0x0A, 0x08, 0x0F, 0x13, 0x65, 0x95, 0x9A, 0x49, 0x32, 0xBC, 0x39,
	0xA8, 0x48, 0x80, 0x48, 0x20, 0x00, 0x00, 0x03, 0x00, 0x20, 0x00, 0x00, 0x03, 0x03, 0x21};
static const u8 pps_hdr[] = {0x44, 0x01, 0xC1, 0x72, 0xB4, 0x62, 0x40};
static const u8 sei_light[] = {0x4E, 0x01, 0x90, 0x04, 0x03, 0xE8, 0x01, 0x90, 0x80};
static const u8 sei_display[] = {0x4E, 0x01, 0x89, 0x18, 0x33, 0xC2, 0x86, 0xC4, 0x1D, 0x4C, 0x0B, 0xB8, 0x84,
	0xD0, 0x3E, 0x80, 0x3D, 0x13, 0x40, 0x42, 0x00, 0x98, 0x96, 0x80, 0x00, 0x00, 0x03, 0x00, 0x01, 0x80};
static const u8 idr_hdr[] = {0x28, 0x01, 0xAF, 0x1D, 0x20, 0xBD, 0x6C, 0xBC, 0xA0, 0xB4, 0xC4, 0x5F};
static const u8 p_hdr[] = {0x02, 0x01, 0xD0, 0x29, 0x4B, 0xE1, 0x0C, 0x63, 0x84, 0x15, 0xF1, 0x96};
static const u8 b_hdr[] = {0x02, 0x01, 0xE0, 0x64, 0x9D, 0x78, 0x61, 0x21, 0x04, 0xD9, 0x05, 0x52};
static const u8 b2_hdr[] = {0x00, 0x01, 0xE0, 0x24, 0xF5, 0x5F, 0xA2, 0xC2, 0x92, 0x08, 0xDE, 0x05};

static void test_sets(void **state)
{
	(void)state;
	HevcVps vps;
	HevcSps sps;
	HevcPps pps;
	assert_int_equal(hevc_parse_vps(vps_hdr, sizeof(vps_hdr), &vps, NULL), GF_OK);
	assert_int_equal(vps.max_sub_layers, 1);
	assert_true(vps.temporal_id_nesting);
	assert_int_equal(vps.ptl.level_idc, 60);
	assert_int_equal(hevc_parse_sps(sps_hdr, sizeof(sps_hdr), &sps, NULL), GF_OK);
	assert_int_equal(sps.ptl.profile_idc, 2);
	assert_int_equal(sps.ptl.compatibility, 0x20000000);
	assert_int_equal(sps.width, 320);
	assert_int_equal(sps.height, 240);
	assert_int_equal(sps.bit_depth_luma, 10);
	assert_int_equal(sps.log2_max_poc_lsb, 8);
	assert_int_equal(sps.nb_rps, 0);
	assert_int_equal(sps.vui.sar_num, 4);
	assert_int_equal(sps.vui.sar_den, 3);
	assert_int_equal(sps.vui.primaries, 9);
	assert_int_equal(sps.vui.transfer, 16);
	assert_int_equal(sps.vui.matrix, 9);
	assert_false(sps.vui.full_range);
	assert_int_equal(sps.vui.time_scale, 25);
	assert_int_equal(sps.vui.num_units_in_tick, 1);
	assert_int_equal(hevc_parse_pps(pps_hdr, sizeof(pps_hdr), &pps, NULL), GF_OK);
	assert_true(pps.entropy_sync);
	assert_false(pps.tiles);
	for (u32 size = 0; size + 2 < sizeof(sps_hdr); size++)
		assert_int_equal(hevc_parse_sps(sps_hdr, size, &sps, &syn_quiet), GF_NON_COMPLIANT_BITSTREAM);
}

static void parse_slice(const u8 *nal, u32 size, HevcSlice *slice)
{
	HevcSps sps;
	HevcPps pps;
	assert_int_equal(hevc_parse_sps(sps_hdr, sizeof(sps_hdr), &sps, NULL), GF_OK);
	assert_int_equal(hevc_parse_pps(pps_hdr, sizeof(pps_hdr), &pps, NULL), GF_OK);
	const HevcSps *sps_table[HEVC_MAX_SPS] = {&sps};
	const HevcPps *pps_table[HEVC_MAX_PPS] = {&pps};
	assert_int_equal(hevc_parse_slice(nal, size, sps_table, pps_table, slice, NULL), GF_OK);
}

static void test_slices(void **state)
{
	(void)state;
	HevcSlice slice;
	parse_slice(idr_hdr, sizeof(idr_hdr), &slice);
	assert_int_equal(slice.nal.type, HEVC_NAL_IDR_N_LP);
	assert_true(slice.first_in_pic);
	assert_int_equal(slice.slice_type, HEVC_SLICE_I);
	parse_slice(p_hdr, sizeof(p_hdr), &slice);
	assert_int_equal(slice.slice_type, HEVC_SLICE_P);
	assert_int_equal(slice.poc_lsb, 5);
	assert_int_equal(slice.rps.nb_negative, 1);
	assert_int_equal(slice.rps.delta_poc[0], -5);
	parse_slice(b_hdr, sizeof(b_hdr), &slice);
	assert_int_equal(slice.slice_type, HEVC_SLICE_B);
	assert_int_equal(slice.poc_lsb, 3);
	assert_int_equal(slice.rps.nb_negative, 1);
	assert_int_equal(slice.rps.nb_positive, 1);
	assert_int_equal(slice.rps.delta_poc[0], -3);
	assert_int_equal(slice.rps.delta_poc[1], 2);
	HevcSps sps;
	HevcPps pps;
	const HevcSps *sps_table[HEVC_MAX_SPS] = {NULL};
	const HevcPps *pps_table[HEVC_MAX_PPS] = {&pps};
	assert_int_equal(hevc_parse_pps(pps_hdr, sizeof(pps_hdr), &pps, NULL), GF_OK);
	assert_int_equal(
		hevc_parse_slice(p_hdr, sizeof(p_hdr), sps_table, pps_table, &slice, NULL), GF_NOT_FOUND);
	assert_int_equal(hevc_parse_sps(sps_hdr, sizeof(sps_hdr), &sps, NULL), GF_OK);
	sps_table[0] = &sps;
	assert_int_equal(
		hevc_parse_slice(p_hdr, 4, sps_table, pps_table, &slice, &syn_quiet), GF_NON_COMPLIANT_BITSTREAM);
}

// Equations 7-61 and 7-62: the set {-2, -4, 2} moved by -1, all entries used, with the reference itself.
static void test_predicted_rps(void **state)
{
	(void)state;
	HevcRps sets[2] = {{.nb_negative = 2, .nb_positive = 1, .delta_poc = {-2, -4, 2}, .used = 7}};
	TestNal n;
	nal_begin(&n, (u8[]){0}, 1);
	put_u(&n, 1, 1); // inter_ref_pic_set_prediction_flag
	put_u(&n, 1, 1); // negative
	put_ue(&n, 0);
	for (u32 i = 0; i < 4; i++)
		put_u(&n, 1, 1);
	nal_end(&n);
	SynReader r;
	syn_init(&r, n.escaped + 1, n.size - 1, NULL);
	hevc_parse_rps(&r, sets, 2, 1, &sets[1]);
	assert_int_equal(syn_end(&r, "set"), GF_OK);
	static const s32 expected[] = {-1, -3, -5, 1};
	assert_int_equal(sets[1].nb_negative, 3);
	assert_int_equal(sets[1].nb_positive, 1);
	assert_memory_equal(sets[1].delta_poc, expected, sizeof(expected));
	assert_int_equal(sets[1].used, 15);
}

static void test_poc(void **state)
{
	(void)state;
	HevcSps sps = {.log2_max_poc_lsb = 4};
	HevcPocState poc = {0};
	static const struct {
		u8 type, temporal_id;
		u32 lsb;
		s32 poc;
	} steps[] = {{20, 0, 0, 0}, {1, 0, 8, 8}, {1, 1, 4, 4}, {0, 2, 2, 2}, {21, 0, 0, 16}, {9, 0, 12, 12},
		{8, 1, 10, 10}, {1, 0, 8, 24}, {1, 0, 0, 32}, {7, 0, 15, 31}, {1, 0, 5, 37}};
	for (u32 i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		HevcSlice slice = {
			.nal = {.type = steps[i].type, .temporal_id = steps[i].temporal_id}, .poc_lsb = steps[i].lsb};
		assert_int_equal(hevc_poc(&poc, &sps, &slice, hevc_is_idr(steps[i].type)), steps[i].poc);
	}
	// a clean random access picture at the start of a sequence counts from its own bits
	HevcSlice cra = {.nal = {.type = HEVC_NAL_CRA}, .poc_lsb = 7};
	assert_int_equal(hevc_poc(&poc, &sps, &cra, GF_TRUE), 7);
}

static NalPlace push(NalTracker *t, const u8 *nal, u32 size)
{
	NalUnitInfo info;
	assert_int_equal(nal_tracker_push(t, nal, size, &info), GF_OK);
	assert_false(info.drop);
	return info.place;
}

static void test_access_units(void **state)
{
	(void)state;
	NalTracker t;
	nal_tracker_init(&t, NAL_HEVC);
	push(&t, vps_hdr, sizeof(vps_hdr));
	push(&t, sps_hdr, sizeof(sps_hdr));
	assert_false(nal_tracker_has_config(&t));
	push(&t, pps_hdr, sizeof(pps_hdr));
	assert_true(nal_tracker_has_config(&t));
	u32 version = t.sets_version;
	push(&t, pps_hdr, sizeof(pps_hdr));
	assert_int_equal(t.sets_version, version);
	push(&t, sei_light, sizeof(sei_light));
	push(&t, sei_display, sizeof(sei_display));
	assert_int_equal(push(&t, idr_hdr, sizeof(idr_hdr)), NAL_PLACE_START);
	assert_int_equal(t.picture.sap, 1);
	assert_int_equal(t.metadata.light.max_content, 1000);
	assert_int_equal(t.metadata.light.max_pic_average, 400);
	assert_int_equal(t.metadata.display.white_x, 15635);
	assert_int_equal(t.metadata.display.max_luminance, 10000000);
	assert_int_equal(push(&t, p_hdr, sizeof(p_hdr)), NAL_PLACE_START);
	assert_int_equal(t.picture.poc, 5);
	assert_true(t.picture.reference);
	// the reference structure of a following B picture, which is none itself
	assert_int_equal(push(&t, b_hdr, sizeof(b_hdr)), NAL_PLACE_START);
	assert_int_equal(t.picture.nb_refs, 2);
	assert_int_equal(t.picture.refs[0], 0);
	assert_int_equal(t.picture.refs[1], 5);
	assert_int_equal(push(&t, b2_hdr, sizeof(b2_hdr)), NAL_PLACE_START);
	assert_int_equal(t.picture.poc, 1);
	assert_false(t.picture.reference);
	// another segment of the same picture, and one whose picture lost its first segment
	u8 segment[sizeof(p_hdr)];
	TestNal n = {0};
	nal_begin(&n, (u8[]){0x00, 0x01}, 2);
	put_u(&n, 1, 0); // not the first
	put_ue(&n, 0);
	put_u(&n, 5, 3); // 20 tree blocks of 64x64
	put_ue(&n, 1);   // P
	put_u(&n, 8, 1); // order count
	put_u(&n, 1, 0); // own reference set, empty
	put_ue(&n, 0);
	put_ue(&n, 0);
	put_zeros(&n, 32);
	nal_end(&n);
	memcpy(segment, n.escaped, sizeof(segment));
	assert_int_equal(push(&t, segment, sizeof(segment)), NAL_PLACE_SAME);
	assert_int_equal(t.picture.slices, NAL_SLICE_B | NAL_SLICE_P);
	static const u8 suffix[] = {0x50, 0x01, 0x84, 0x00, 0x80};
	assert_int_equal(push(&t, suffix, sizeof(suffix)), NAL_PLACE_SAME);
	assert_int_equal(push(&t, p_hdr, sizeof(p_hdr)), NAL_PLACE_START);
	assert_int_equal(push(&t, segment, sizeof(segment)), NAL_PLACE_START);
	nal_tracker_reset(&t);
	assert_int_equal(gf_memory_size(), 0);
}

static void test_headers(void **state)
{
	(void)state;
	HevcNalHeader h;
	assert_int_equal(hevc_nal_header((u8[]){0x42, 0x09}, 2, &h), GF_OK);
	assert_int_equal(h.type, 33);
	assert_int_equal(h.layer_id, 1);
	assert_int_equal(h.temporal_id, 0);
	assert_int_equal(hevc_nal_header((u8[]){0x43, 0x0B}, 2, &h), GF_OK);
	assert_int_equal(h.layer_id, 33);
	assert_int_equal(h.temporal_id, 2);
	assert_int_equal(hevc_nal_header((u8[]){0x42}, 1, &h), GF_NON_COMPLIANT_BITSTREAM);
	assert_int_equal(hevc_nal_header((u8[]){0xC2, 0x01}, 2, &h), GF_NON_COMPLIANT_BITSTREAM);
	assert_int_equal(hevc_nal_header((u8[]){0x42, 0x00}, 2, &h), GF_NON_COMPLIANT_BITSTREAM);
}

// Fields by 14496-15 8.3.2.1.2.
static void test_config(void **state)
{
	(void)state;
	HevcSps sps;
	HevcPps pps;
	assert_int_equal(hevc_parse_sps(sps_hdr, sizeof(sps_hdr), &sps, NULL), GF_OK);
	assert_int_equal(hevc_parse_pps(pps_hdr, sizeof(pps_hdr), &pps, NULL), GF_OK);
	const HevcPps *pps_table[HEVC_MAX_PPS] = {&pps};
	ConfigNal nals[3] = {
		{.type = HEVC_NAL_VPS, .complete = GF_TRUE, .data = vps_hdr, .size = sizeof(vps_hdr)},
		{.type = HEVC_NAL_SPS, .complete = GF_TRUE, .data = sps_hdr, .size = sizeof(sps_hdr)},
		{.type = HEVC_NAL_PPS, .complete = GF_TRUE, .data = pps_hdr, .size = sizeof(pps_hdr)},
	};
	HevcConfig config = {.sets = {.length_size = 4, .nals = nals, .nb_nals = 3}}, back;
	hevc_config_set_ps(&config, &sps, pps_table);
	u8 *data;
	u32 size;
	assert_int_equal(hevc_config_write(&config, GF_FALSE, &data, &size), GF_OK);
	static const u8 head[] = {1, 0x02, 0x20, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 60, 0xF0, 0, 0xFF, 0xFD, 0xFA,
		0xFA, 0, 0, 0x0F, 3, 0xA0, 0, 1, 0, sizeof(vps_hdr)};
	assert_int_equal(size, 23 + 3 * 5 + sizeof(vps_hdr) + sizeof(sps_hdr) + sizeof(pps_hdr));
	assert_memory_equal(data, head, sizeof(head));
	assert_int_equal(hevc_config_read(data, size, GF_FALSE, &back), GF_OK);
	assert_int_equal(back.sets.nb_nals, 3);
	assert_int_equal(back.sets.nals[2].type, HEVC_NAL_PPS);
	assert_memory_equal(back.sets.nals[2].data, pps_hdr, sizeof(pps_hdr));
	assert_memory_equal(&back.ptl, &sps.ptl, sizeof(sps.ptl));
	nal_sets_reset(&back.sets);
	gf_log_set_tool_level(GF_LOG_CODING, GF_LOG_QUIET);
	for (u32 cut = 0; cut < size; cut++)
		assert_int_equal(hevc_config_read(data, cut, GF_FALSE, &back), GF_NON_COMPLIANT_BITSTREAM);
	gf_free(data);
	assert_int_equal(hevc_config_write(&config, GF_TRUE, &data, &size), GF_OK);
	assert_int_equal(hevc_config_read(data, size, GF_TRUE, &back), GF_OK);
	assert_int_equal(back.sets.nb_nals, 3);
	nal_sets_reset(&back.sets);
	gf_free(data);
	assert_int_equal(gf_memory_size(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_slices),
		cmocka_unit_test(test_predicted_rps),
		cmocka_unit_test(test_poc),
		cmocka_unit_test(test_access_units),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_config),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
