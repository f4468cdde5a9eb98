// SPDX-License-Identifier: MIT
// AVC parameter sets, slices and access units. Units of x264 were read with ffprobe and the trace_headers
// bitstream filter of FFmpeg; others are written from the syntax of ISO/IEC 14496-10.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <gpac/log.h>
#include "formats/avc.h"
#include "formats/nal_tracker.h"
#include "nal_bits.h"

// x264, 320x240 interlaced top field first, 25 frames per second, SAR 1:1
static const u8 sps_tff[] = {0x67, 0x64, 0x00, 0x15, 0xAC, 0xD9, 0x41, 0x41, 0x0F, 0xCB, 0x80, 0x88, 0x00,
	0x00, 0x03, 0x00, 0x08, 0x00, 0x00, 0x03, 0x01, 0x90, 0xF8, 0xA1, 0x4C, 0xB0};
static const u8 pps_tff[] = {0x68, 0xFB, 0xA3, 0xCB, 0x22, 0xC0};
static const u8 sei_tff[] = {0x06, 0x01, 0x01, 0x32, 0x80}; // picture timing, pic_struct 3
static const u8 idr_tff[] = {
	0x65, 0x88, 0x82, 0x0B, 0x3F, 0xC9, 0xB7, 0x6D, 0x62, 0x78, 0xAD, 0x40, 0x17, 0x77, 0x54, 0xAE};
static const u8 p_tff[] = {
	0x41, 0x9A, 0x22, 0x5E, 0x57, 0xAE, 0xEF, 0x7C, 0x7B, 0x5F, 0xBC, 0x58, 0xA0, 0x48, 0x43, 0xE6};
static const u8 b_tff[] = {
	0x01, 0x9E, 0x60, 0xDF, 0x44, 0x29, 0xFF, 0xEE, 0xCB, 0xD1, 0x1F, 0x1D, 0x27, 0x1C, 0xBA, 0x80};
// x264 with HRD; 4:4:4 at 10 bits
static const u8 sps_hrd[] = {0x67, 0x64, 0x00, 0x0D, 0xAC, 0xD9, 0x41, 0x41, 0xFB, 0x01, 0x10, 0x00, 0x00,
	0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x03, 0x26, 0x02, 0x00, 0x12, 0x4F, 0x00, 0x04, 0x93, 0xF9, 0x24,
	0xC0, 0x1E, 0x28, 0x53, 0x2C};
static const u8 sei_hrd[] = {0x06, 0x01, 0x03, 0x00, 0x85, 0x40, 0x80};
static const u8 sps_444[] = {0x67, 0xF4, 0x00, 0x0D, 0x90, 0xD9, 0xB2, 0x82, 0x83, 0xF6, 0x02, 0x20, 0x00,
	0x00, 0x03, 0x00, 0x20, 0x00, 0x00, 0x06, 0x41, 0xE2, 0x85, 0x32, 0xC0};

static void test_sps(void **state)
{
	(void)state;
	AvcSps sps;
	assert_int_equal(avc_parse_sps(sps_tff, sizeof(sps_tff), &sps, NULL), GF_OK);
	assert_int_equal(sps.profile_idc, 100);
	assert_int_equal(sps.level_idc, 21);
	assert_int_equal(sps.width, 320);
	assert_int_equal(sps.height, 240);
	assert_false(sps.frame_mbs_only);
	assert_true(sps.mb_adaptive);
	assert_int_equal(sps.vui.sar_num, 1);
	assert_int_equal(sps.vui.sar_den, 1);
	assert_int_equal(sps.vui.time_scale, 50);
	assert_int_equal(sps.vui.num_units_in_tick, 1);
	assert_true(sps.pic_struct_present);
	assert_int_equal(sps.max_num_reorder_frames, 2);

	assert_int_equal(avc_parse_sps(sps_444, sizeof(sps_444), &sps, NULL), GF_OK);
	assert_int_equal(sps.profile_idc, 244);
	assert_int_equal(sps.chroma_format_idc, 3);
	assert_int_equal(sps.bit_depth_luma, 10);
	assert_int_equal(sps.bit_depth_chroma, 10);

	assert_int_equal(avc_parse_sps(sps_hrd, sizeof(sps_hrd), &sps, NULL), GF_OK);
	assert_true(sps.nal_hrd.present);
	assert_int_equal(sps.nal_hrd.cpb_removal_delay_bits, 10);
	assert_int_equal(sps.nal_hrd.dpb_output_delay_bits, 7);
}

static void test_sps_refused(void **state)
{
	(void)state;
	AvcSps sps;
	for (u32 size = 0; size + 1 < sizeof(sps_tff); size++)
		assert_int_equal(avc_parse_sps(sps_tff, size, &sps, &syn_quiet), GF_NON_COMPLIANT_BITSTREAM);
	TestNal n;
	nal_begin(&n, (u8[]){0x67, 66, 0, 30}, 4);
	put_ue(&n, 0);
	put_ue(&n, 0);
	put_ue(&n, 2);
	put_ue(&n, 17); // max_num_ref_frames above the largest picture buffer
	put_zeros(&n, 64);
	nal_end(&n);
	assert_int_equal(avc_parse_sps(n.escaped, n.size, &sps, &syn_quiet), GF_NON_COMPLIANT_BITSTREAM);
}

static void test_slices(void **state)
{
	(void)state;
	AvcSps sps;
	AvcPps pps;
	AvcSlice slice;
	const AvcSps *sps_table[AVC_MAX_SPS] = {&sps};
	const AvcPps *pps_table[AVC_MAX_PPS] = {NULL};
	assert_int_equal(avc_parse_slice(p_tff, sizeof(p_tff), sps_table, pps_table, &slice, NULL), GF_NOT_FOUND);
	pps_table[0] = &pps;
	assert_int_equal(avc_parse_sps(sps_tff, sizeof(sps_tff), &sps, NULL), GF_OK);
	assert_int_equal(avc_parse_pps(pps_tff, sizeof(pps_tff), sps_table, &pps, NULL), GF_OK);
	assert_true(pps.cabac);
	assert_true(pps.bottom_field_pic_order_present);
	assert_true(pps.transform_8x8);
	assert_int_equal(avc_parse_slice(idr_tff, sizeof(idr_tff), sps_table, pps_table, &slice, NULL), GF_OK);
	assert_true(slice.idr);
	assert_int_equal(slice.slice_type % 5, AVC_SLICE_I);
	assert_int_equal(slice.frame_num, 0);
	assert_int_equal(slice.poc_lsb, 1);
	assert_int_equal(slice.delta_poc_bottom, -1);
	assert_int_equal(avc_parse_slice(p_tff, sizeof(p_tff), sps_table, pps_table, &slice, NULL), GF_OK);
	assert_int_equal(slice.slice_type % 5, AVC_SLICE_P);
	assert_int_equal(slice.frame_num, 1);
	assert_int_equal(slice.poc_lsb, 9);
	assert_int_equal(avc_parse_slice(b_tff, sizeof(b_tff), sps_table, pps_table, &slice, NULL), GF_OK);
	assert_int_equal(slice.slice_type % 5, AVC_SLICE_B);
	assert_int_equal(slice.ref_idc, 0);
	assert_int_equal(slice.poc_lsb, 3);
	assert_int_equal(
		avc_parse_slice(p_tff, 4, sps_table, pps_table, &slice, &syn_quiet), GF_NON_COMPLIANT_BITSTREAM);
}

// 8.2.1.1: the most significant part follows wraps of the coded bits either way.
static void test_poc_type0(void **state)
{
	(void)state;
	AvcSps sps = {.poc_type = 0, .log2_max_poc_lsb = 4};
	AvcPocState poc_state = {0};
	AvcPoc poc;
	static const struct {
		u32 lsb;
		s32 poc;
		u8 ref_idc;
	} steps[] = {{8, 8, 1}, {4, 4, 0}, {14, 14, 1}, {2, 18, 1}, {15, 15, 0}, {6, 22, 1}};
	AvcSlice idr = {.idr = GF_TRUE, .ref_idc = 1};
	avc_poc(&poc_state, &sps, &idr, &poc);
	assert_int_equal(poc.poc, 0);
	for (u32 i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		AvcSlice slice = {.poc_lsb = steps[i].lsb, .ref_idc = steps[i].ref_idc};
		avc_poc(&poc_state, &sps, &slice, &poc);
		assert_int_equal(poc.poc, steps[i].poc);
	}
	// operation 5 restarts the count at the picture
	AvcSlice reset = {.poc_lsb = 10, .ref_idc = 1, .mmco5 = GF_TRUE, .delta_poc_bottom = -1};
	avc_poc(&poc_state, &sps, &reset, &poc);
	assert_int_equal(poc.poc, 0);
	assert_int_equal(poc.top, 1);
	AvcSlice after = {.poc_lsb = 4, .ref_idc = 1};
	avc_poc(&poc_state, &sps, &after, &poc);
	assert_int_equal(poc.poc, 4);
}

static void test_poc_types_1_and_2(void **state)
{
	(void)state;
	// two reference frames in a cycle, 2 and 4 apart, a non-reference picture 1 before its place (8.2.1.2)
	AvcSps sps = {.poc_type = 1,
		.log2_max_frame_num = 4,
		.nb_ref_frames_in_poc_cycle = 2,
		.offset_for_non_ref_pic = -1,
		.offset_for_ref_frame = {2, 4}};
	AvcPocState poc_state = {0};
	AvcPoc poc;
	static const struct {
		u16 frame_num;
		u8 ref_idc;
		s32 poc;
	} type1[] = {{0, 1, 0}, {1, 1, 2}, {2, 1, 6}, {3, 0, 5}, {3, 1, 8}, {15, 1, 44}, {0, 1, 48}};
	for (u32 i = 0; i < sizeof(type1) / sizeof(type1[0]); i++) {
		AvcSlice slice = {.idr = !i, .frame_num = type1[i].frame_num, .ref_idc = type1[i].ref_idc};
		avc_poc(&poc_state, &sps, &slice, &poc);
		assert_int_equal(poc.poc, type1[i].poc);
	}
	AvcSps sps2 = {.poc_type = 2, .log2_max_frame_num = 4};
	static const struct {
		u16 frame_num;
		u8 ref_idc;
		s32 poc;
	} type2[] = {{0, 1, 0}, {1, 1, 2}, {2, 0, 3}, {2, 1, 4}, {15, 1, 30}, {0, 1, 32}};
	for (u32 i = 0; i < sizeof(type2) / sizeof(type2[0]); i++) {
		AvcSlice slice = {.idr = !i, .frame_num = type2[i].frame_num, .ref_idc = type2[i].ref_idc};
		avc_poc(&poc_state, &sps2, &slice, &poc);
		assert_int_equal(poc.poc, type2[i].poc);
	}
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
	NalUnitInfo info;
	static const u8 aud[] = {0x09, 0xF0}, end[] = {0x0A};
	nal_tracker_init(&t, NAL_AVC);
	t.trace = &syn_quiet;
	assert_int_equal(nal_tracker_push(&t, p_tff, sizeof(p_tff), &info), GF_OK);
	assert_true(info.drop);
	assert_int_equal(push(&t, sps_tff, sizeof(sps_tff)), NAL_PLACE_NEXT);
	assert_false(nal_tracker_has_config(&t));
	assert_int_equal(push(&t, pps_tff, sizeof(pps_tff)), NAL_PLACE_NEXT);
	assert_true(nal_tracker_has_config(&t));
	assert_int_equal(push(&t, sei_tff, sizeof(sei_tff)), NAL_PLACE_NEXT);
	assert_int_equal(push(&t, idr_tff, sizeof(idr_tff)), NAL_PLACE_START);
	assert_int_equal(t.picture.sap, 1);
	assert_int_equal(t.picture.interlaced, 1);
	assert_int_equal(nal_picture_ticks(&t, &t.picture), 2);
	assert_int_equal(push(&t, p_tff, sizeof(p_tff)), NAL_PLACE_START);
	assert_int_equal(t.finished.sap, 1);
	assert_int_equal(t.picture.poc, 8);
	assert_int_equal(t.picture.slices, NAL_SLICE_P);
	assert_int_equal(push(&t, b_tff, sizeof(b_tff)), NAL_PLACE_START);
	assert_false(t.picture.reference);
	// a delimiter, and the end of a sequence, force a start
	assert_int_equal(push(&t, aud, sizeof(aud)), NAL_PLACE_NEXT);
	assert_int_equal(push(&t, b_tff, sizeof(b_tff)), NAL_PLACE_START);
	assert_int_equal(push(&t, end, sizeof(end)), NAL_PLACE_SAME);
	assert_int_equal(push(&t, idr_tff, sizeof(idr_tff)), NAL_PLACE_START);
	// the first macroblock again, with the same identifiers
	assert_int_equal(push(&t, idr_tff, sizeof(idr_tff)), NAL_PLACE_START);
	nal_tracker_reset(&t);
	assert_int_equal(gf_memory_size(), 0);
}

static void make_field_sets(TestNal *sps, TestNal *pps)
{
	nal_begin(sps, (u8[]){0x67, 77, 0, 30}, 4);
	put_ue(sps, 0); // id
	put_ue(sps, 0); // frame_num of 4 bits
	put_ue(sps, 0); // order count type 0
	put_ue(sps, 0); // of 4 bits
	put_ue(sps, 1);
	put_u(sps, 1, 0);
	put_ue(sps, 9); // 160
	put_ue(sps, 3); // 4 map units: 128 lines
	put_u(sps, 1, 0);
	put_u(sps, 1, 0);
	put_u(sps, 1, 1);
	put_u(sps, 1, 1); // cropping: 4 units of 4 lines at the bottom
	put_ue(sps, 0);
	put_ue(sps, 0);
	put_ue(sps, 0);
	put_ue(sps, 4);
	put_u(sps, 1, 0);
	nal_end(sps);
	nal_begin(pps, (u8[]){0x68}, 1);
	put_ue(pps, 0);
	put_ue(pps, 0);
	put_u(pps, 2, 0);
	put_ue(pps, 0);
	put_ue(pps, 0);
	put_ue(pps, 0);
	put_u(pps, 3, 0);
	put_se(pps, 0);
	put_se(pps, 0);
	put_se(pps, 0);
	put_u(pps, 3, 0);
	nal_end(pps);
}

static void make_field(TestNal *n, u8 header, u32 frame_num, Bool bottom, u32 poc_lsb)
{
	nal_begin(n, &header, 1);
	put_ue(n, 0);
	put_ue(n, 7); // I
	put_ue(n, 0);
	put_u(n, 4, frame_num);
	put_u(n, 1, 1);
	put_u(n, 1, bottom);
	if ((header & 31) == 5)
		put_ue(n, 0);
	put_u(n, 4, poc_lsb);
	put_u(n, 2, 0); // reference marking
	nal_end(n);
}

// 3.30: the fields of a frame are one access unit here; a field without its pair is one.
static void test_field_pairs(void **state)
{
	(void)state;
	NalTracker t;
	TestNal sps, pps, n;
	nal_tracker_init(&t, NAL_AVC);
	make_field_sets(&sps, &pps);
	push(&t, sps.escaped, sps.size);
	push(&t, pps.escaped, pps.size);
	NalVideoFormat format;
	assert_int_equal(nal_tracker_format(&t, 0, &format), GF_OK);
	assert_int_equal(format.height, 112);
	assert_true(format.interlaced);
	make_field(&n, 0x65, 0, GF_FALSE, 0);
	assert_int_equal(push(&t, n.escaped, n.size), NAL_PLACE_START);
	assert_int_equal(nal_picture_ticks(&t, &t.picture), 1);
	make_field(&n, 0x61, 0, GF_TRUE, 1);
	assert_int_equal(push(&t, n.escaped, n.size), NAL_PLACE_SAME);
	assert_true(t.picture.field_pair);
	assert_int_equal(t.picture.poc, 0);
	assert_int_equal(t.picture.interlaced, 1);
	assert_int_equal(nal_picture_ticks(&t, &t.picture), 2);
	make_field(&n, 0x61, 1, GF_TRUE, 2);
	assert_int_equal(push(&t, n.escaped, n.size), NAL_PLACE_START);
	assert_int_equal(t.picture.interlaced, 2);
	make_field(&n, 0x61, 2, GF_FALSE, 4);
	assert_int_equal(push(&t, n.escaped, n.size), NAL_PLACE_START);
	assert_false(t.finished.field_pair);
	nal_tracker_reset(&t);
	assert_int_equal(gf_memory_size(), 0);
}

static void test_sei(void **state)
{
	(void)state;
	AvcSps sps;
	assert_int_equal(avc_parse_sps(sps_hrd, sizeof(sps_hrd), &sps, NULL), GF_OK);
	SeiIter it;
	SeiMessage message;
	sei_iter_init(&it, sei_hrd, sizeof(sei_hrd), 1);
	assert_int_equal(sei_iter_next(&it, &message), GF_OK);
	assert_int_equal(message.type, SEI_PIC_TIMING);
	assert_int_equal(message.size, 3);
	AvcPicTiming timing;
	assert_int_equal(avc_sei_pic_timing(&message, &sps, &timing, NULL), GF_OK);
	assert_true(timing.has_delays);
	assert_int_equal(timing.cpb_removal_delay, 2);
	assert_int_equal(timing.dpb_output_delay, 10);
	assert_int_equal(sei_iter_next(&it, &message), GF_EOS);
	// a payload larger than the unit
	static const u8 broken[] = {0x06, 0x05, 0x10, 0x00, 0x80};
	sei_iter_init(&it, broken, sizeof(broken), 1);
	assert_int_equal(sei_iter_next(&it, &message), GF_NON_COMPLIANT_BITSTREAM);
	assert_int_equal(sei_iter_next(&it, &message), GF_EOS);
}

// As FFmpeg writes it for this stream.
static void test_config(void **state)
{
	(void)state;
	AvcSps sps;
	assert_int_equal(avc_parse_sps(sps_tff, sizeof(sps_tff), &sps, NULL), GF_OK);
	ConfigNal nals[2] = {
		{.type = AVC_NAL_SPS, .data = sps_tff, .size = sizeof(sps_tff)},
		{.type = AVC_NAL_PPS, .data = pps_tff, .size = sizeof(pps_tff)},
	};
	AvcConfig config = {.sets = {.length_size = 4, .nals = nals, .nb_nals = 2}}, back;
	avc_config_set_sps(&config, &sps);
	u8 *data;
	u32 size;
	assert_int_equal(avc_config_write(&config, &data, &size), GF_OK);
	static const u8 head[] = {1, 0x64, 0x00, 0x15, 0xFF, 0xE1, 0, sizeof(sps_tff)};
	static const u8 tail[] = {0xFD, 0xF8, 0xF8, 0x00};
	assert_int_equal(size, 8 + sizeof(sps_tff) + 3 + sizeof(pps_tff) + 4);
	assert_memory_equal(data, head, sizeof(head));
	assert_memory_equal(data + size - 4, tail, 4);
	assert_int_equal(avc_config_read(data, size, &back), GF_OK);
	assert_int_equal(back.sets.nb_nals, 2);
	assert_int_equal(back.sets.nals[1].size, sizeof(pps_tff));
	assert_memory_equal(back.sets.nals[1].data, pps_tff, sizeof(pps_tff));
	nal_sets_reset(&back.sets);
	gf_log_set_tool_level(GF_LOG_CODING, GF_LOG_QUIET);
	// older files end after the parameter sets
	assert_int_equal(avc_config_read(data, size - 4, &back), GF_OK);
	assert_false(back.has_extension);
	nal_sets_reset(&back.sets);
	for (u32 cut = 0; cut < size - 4; cut++)
		assert_int_equal(avc_config_read(data, cut, &back), GF_NON_COMPLIANT_BITSTREAM);
	gf_free(data);
	assert_int_equal(gf_memory_size(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sps),
		cmocka_unit_test(test_sps_refused),
		cmocka_unit_test(test_slices),
		cmocka_unit_test(test_poc_type0),
		cmocka_unit_test(test_poc_types_1_and_2),
		cmocka_unit_test(test_access_units),
		cmocka_unit_test(test_field_pairs),
		cmocka_unit_test(test_sei),
		cmocka_unit_test(test_config),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
