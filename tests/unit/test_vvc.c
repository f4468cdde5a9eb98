// SPDX-License-Identifier: MIT
// VVC parameter sets, headers and access units, written from the syntax of ISO/IEC 23090-3 and ITU-T H.274.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <gpac/log.h>
#include "formats/nal_tracker.h"
#include "formats/vvc.h"
#include "nal_bits.h"

static void begin(TestNal *n, u8 type, u8 temporal_id)
{
	nal_begin(n, (u8[]){0, (u8)(type << 3 | (temporal_id + 1))}, 2);
}

// 7.3.3.1, Main 10, level 3.1 (51), two sub-layers, frame only, with constraints when asked
static void put_ptl(TestNal *n, Bool constraints)
{
	put_u(n, 7, 1);
	put_u(n, 1, 0);
	put_u(n, 8, 51);
	put_u(n, 1, 1);
	put_u(n, 1, 0);
	put_u(n, 1, constraints);
	if (constraints) {
		put_u(n, 1, 1); // intra only
		put_zeros(n, 70);
		put_u(n, 8, 0);
	}
	bw_align(&n->w);
	put_u(n, 1, 1); // level of sub-layer 0
	bw_align(&n->w);
	put_u(n, 8, 35);
	put_u(n, 8, 1); // sub-profiles
	put_u(n, 32, 0x12345678);
}

// Tools which have no syntax of their own, all off.
static void put_sps_tools(TestNal *n)
{
	put_ue(n, 0); // luma coding blocks of 4
	put_u(n, 1, 0);
	put_ue(n, 0);
	put_ue(n, 0);
	put_u(n, 1, 0);
	put_ue(n, 0);
	put_ue(n, 0);
	put_u(n, 1, 0); // transforms of 64
	put_u(n, 1, 0); // transform skip
	put_u(n, 2, 0); // MTS, LFNST
	put_u(n, 1, 0); // joint chroma
	put_u(n, 1, 1); // one quantiser table
	put_se(n, 0);
	put_ue(n, 0);
	put_ue(n, 0);
	put_ue(n, 0);
	put_u(n, 3, 0); // SAO, ALF, LMCS
}

static void put_sps_references(TestNal *n)
{
	put_u(n, 2, 0); // weighted prediction
	put_u(n, 1, 0); // long term
	put_u(n, 1, 0);
	put_u(n, 1, 1); // same lists
	put_ue(n, 1);
	put_ue(n, 2); // entries: -1, and -1 again less 2
	put_ue(n, 0);
	put_u(n, 1, 1);
	put_ue(n, 1);
	put_u(n, 1, 0);
}

static void put_sps_inter(TestNal *n)
{
	put_zeros(n, 7); // wraparound, TMVP, AMVR, BDOF, SMVD, DMVR, MMVD
	put_ue(n, 5);    // one merge candidate
	put_zeros(n, 4); // SBT, affine, BCW, CIIP
	put_ue(n, 0);
	put_zeros(n, 3); // ISP, MRL, MIP
	put_zeros(n, 3); // CCLM, collocated chroma
	put_zeros(n, 3); // palette, IBC, LADF
	put_zeros(n, 4); // scaling list, dependent quantisation, sign hiding, virtual boundaries
}

static void put_sps_timing(TestNal *n)
{
	put_u(n, 1, 1);
	put_u(n, 32, 1001);
	put_u(n, 32, 30000);
	put_u(n, 2, 0); // HRD of NAL units and of slices
	put_u(n, 1, 0); // sub-layers
	put_u(n, 1, 1); // fixed rate
	put_ue(n, 0);
}

static void put_vui(TestNal *n)
{
	put_u(n, 1, 1);
	put_ue(n, 7);
	bw_align(&n->w);
	put_u(n, 4, 8); // progressive
	put_u(n, 1, 1);
	put_u(n, 1, 1);
	put_u(n, 8, 255);
	put_u(n, 16, 4);
	put_u(n, 16, 3);
	put_u(n, 1, 0);
	put_u(n, 1, 1);
	put_u(n, 8, 9);
	put_u(n, 8, 16);
	put_u(n, 8, 9);
	put_u(n, 1, 1);
	put_u(n, 1, 1);
	put_ue(n, 2);
}

// 322x242 cropped to 320x240
static void make_sps(TestNal *n, Bool constraints)
{
	begin(n, VVC_NAL_SPS, 0);
	put_u(n, 4, 2); // id
	put_u(n, 4, 0);
	put_u(n, 3, 1); // two sub-layers
	put_u(n, 2, 1); // 4:2:0
	put_u(n, 2, 2); // CTU of 128
	put_u(n, 1, 1);
	put_ptl(n, constraints);
	put_u(n, 1, 1); // GDR
	put_u(n, 1, 0);
	put_ue(n, 322);
	put_ue(n, 242);
	put_u(n, 1, 1);
	put_ue(n, 0);
	put_ue(n, 1);
	put_ue(n, 1);
	put_ue(n, 0);
	put_u(n, 1, 0); // subpictures
	put_ue(n, 2);   // 10 bits
	put_u(n, 2, 0);
	put_u(n, 4, 0); // order count of 4 bits
	put_u(n, 1, 1); // most significant bits may be coded, on 3 bits
	put_ue(n, 2);
	put_u(n, 2, 1); // one byte of extra picture header bits, two in use
	put_u(n, 8, 0xA0);
	put_u(n, 2, 0);
	put_u(n, 1, 0); // buffers of the highest sub-layer
	put_ue(n, 4);
	put_ue(n, 2);
	put_ue(n, 0);
	put_sps_tools(n);
	put_sps_references(n);
	put_sps_inter(n);
	put_sps_timing(n);
	put_u(n, 1, 0); // fields
	put_vui(n);
	nal_end(n);
}

static void make_pps(TestNal *n)
{
	begin(n, VVC_NAL_PPS, 0);
	put_u(n, 6, 5);
	put_u(n, 4, 2);
	put_u(n, 1, 0);
	put_ue(n, 322);
	put_ue(n, 242);
	put_u(n, 1, 0);
	put_u(n, 1, 0);
	put_u(n, 1, 0);
	put_u(n, 1, 0); // partitioned
	put_u(n, 1, 0);
	put_u(n, 2, 2);
	put_ue(n, 0); // columns of 1 CTU, repeated: 3
	put_ue(n, 0); // rows of 2
	put_ue(n, 0);
	put_ue(n, 1);
	put_u(n, 1, 1);
	put_u(n, 1, 1); // rectangular slices
	put_u(n, 1, 0);
	put_ue(n, 2); // 3 slices
	put_u(n, 1, 0);
	nal_end(n);
}

typedef struct {
	Bool irap, gdr, inter;
	u32 lsb, recovery;
} Header;

static void put_ph(TestNal *n, const Header *h)
{
	put_u(n, 1, h->irap || h->gdr);
	put_u(n, 1, 0);
	if (h->irap || h->gdr)
		put_u(n, 1, h->gdr);
	put_u(n, 1, h->inter);
	if (h->inter)
		put_u(n, 1, 0);
	put_ue(n, 5);
	put_u(n, 4, h->lsb);
	if (h->gdr)
		put_ue(n, h->recovery);
	put_u(n, 2, 3);
	put_u(n, 1, 0);
}

static void make_ph(TestNal *n, const Header *h)
{
	begin(n, VVC_NAL_PH, 0);
	put_ph(n, h);
	nal_end(n);
}

// With its own picture header, or the first of the three slices.
static void make_slice(TestNal *n, u8 type, const Header *h)
{
	begin(n, type, 0);
	put_u(n, 1, h != NULL);
	if (h) {
		put_ph(n, h);
	} else {
		put_u(n, 2, 0); // address
		put_ue(n, VVC_SLICE_B);
	}
	put_zeros(n, 16);
	nal_end(n);
}

static void test_sps(void **state)
{
	(void)state;
	TestNal n;
	VvcSps sps;
	make_sps(&n, GF_FALSE);
	assert_int_equal(vvc_parse_sps(n.escaped, n.size, &sps, NULL), GF_OK);
	assert_int_equal(sps.id, 2);
	assert_int_equal(sps.max_sub_layers, 2);
	assert_int_equal(sps.ptl.profile_idc, 1);
	assert_int_equal(sps.ptl.level_idc, 51);
	assert_int_equal(sps.ptl.nb_constraint_bits, 1);
	assert_int_equal(sps.ptl.sublayer_present, 1);
	assert_int_equal(sps.ptl.sublayer_level[0], 35);
	assert_int_equal(sps.ptl.sub_profile[0], 0x12345678);
	assert_true(sps.gdr_enabled);
	assert_int_equal(sps.max_width, 322);
	assert_int_equal(sps.width, 320);
	assert_int_equal(sps.height, 240);
	assert_int_equal(sps.bit_depth, 10);
	assert_int_equal(sps.log2_max_poc_lsb, 4);
	assert_int_equal(sps.poc_msb_cycle_len, 3);
	assert_int_equal(sps.nb_extra_ph_bits, 2);
	assert_int_equal(sps.vui.time_scale, 30000);
	assert_int_equal(sps.vui.num_units_in_tick, 1001);
	assert_true(sps.vui.fixed_frame_rate);
	assert_int_equal(sps.vui.sar_num, 4);
	assert_int_equal(sps.vui.primaries, 9);
	assert_int_equal(sps.vui.transfer, 16);
	assert_true(sps.vui.full_range);
	assert_int_equal(sps.vui.chroma_loc_top, 2);
	for (u32 size = 0; size + 2 < n.size; size++)
		assert_int_equal(vvc_parse_sps(n.escaped, size, &sps, &syn_quiet), GF_NON_COMPLIANT_BITSTREAM);
	make_sps(&n, GF_TRUE);
	assert_int_equal(vvc_parse_sps(n.escaped, n.size, &sps, NULL), GF_OK);
	assert_int_equal(sps.ptl.nb_constraint_bits, 80);
	assert_int_equal(sps.ptl.constraints[0], 0xC0);
	assert_int_equal(sps.width, 320);
}

static void test_headers(void **state)
{
	(void)state;
	TestNal n;
	VvcSps sps;
	VvcPps pps;
	const VvcSps *sps_table[VVC_MAX_SPS] = {NULL};
	const VvcPps *pps_table[VVC_MAX_PPS] = {NULL};
	make_sps(&n, GF_FALSE);
	assert_int_equal(vvc_parse_sps(n.escaped, n.size, &sps, NULL), GF_OK);
	make_pps(&n);
	assert_int_equal(vvc_parse_pps(n.escaped, n.size, sps_table, &pps, NULL), GF_OK);
	assert_int_equal(pps.id, 5);
	assert_int_equal(pps.nb_tiles, 3);
	assert_int_equal(pps.nb_slices, 3);
	VvcPictureHeader ph;
	VvcSlice slice;
	make_ph(&n, &(Header){.gdr = GF_TRUE, .inter = GF_TRUE, .lsb = 9, .recovery = 4});
	assert_int_equal(vvc_parse_ph(n.escaped, n.size, sps_table, pps_table, &ph, NULL), GF_NOT_FOUND);
	sps_table[2] = &sps;
	pps_table[5] = &pps;
	assert_int_equal(vvc_parse_ph(n.escaped, n.size, sps_table, pps_table, &ph, NULL), GF_OK);
	assert_true(ph.gdr);
	assert_int_equal(ph.recovery_poc_cnt, 4);
	assert_int_equal(ph.poc_lsb, 9);
	make_slice(&n, VVC_NAL_GDR, NULL);
	assert_int_equal(
		vvc_parse_slice(n.escaped, n.size, sps_table, pps_table, NULL, &slice, NULL), GF_NOT_FOUND);
	assert_int_equal(vvc_parse_slice(n.escaped, n.size, sps_table, pps_table, &ph, &slice, NULL), GF_OK);
	assert_int_equal(slice.slice_type, VVC_SLICE_B);
	make_slice(&n, VVC_NAL_IDR_N_LP, &(Header){.irap = GF_TRUE, .lsb = 3});
	assert_int_equal(vvc_parse_slice(n.escaped, n.size, sps_table, pps_table, NULL, &slice, NULL), GF_OK);
	assert_true(slice.ph_in_slice);
	assert_int_equal(slice.ph.poc_lsb, 3);
	assert_int_equal(slice.slice_type, VVC_SLICE_I);
}

static void test_poc(void **state)
{
	(void)state;
	VvcSps sps = {.log2_max_poc_lsb = 4};
	VvcPocState poc = {0};
	VvcNalHeader idr = {.type = VVC_NAL_IDR_W_RADL}, trail = {.type = VVC_NAL_TRAIL},
				 radl = {.type = VVC_NAL_RADL};
	VvcPictureHeader ph = {.gdr_or_irap = GF_TRUE, .poc_lsb = 9};
	// the count of an IDR picture need not be 0
	assert_int_equal(vvc_poc(&poc, &sps, &idr, &ph, GF_TRUE), 9);
	ph = (VvcPictureHeader){.poc_lsb = 5};
	assert_int_equal(vvc_poc(&poc, &sps, &radl, &ph, GF_FALSE), 5);
	ph.poc_lsb = 1;
	assert_int_equal(vvc_poc(&poc, &sps, &trail, &ph, GF_FALSE), 17);
	ph = (VvcPictureHeader){.poc_lsb = 2, .poc_msb_present = GF_TRUE, .poc_msb_cycle = 3};
	assert_int_equal(vvc_poc(&poc, &sps, &trail, &ph, GF_FALSE), 50);
}

static NalPlace push(NalTracker *t, const TestNal *n)
{
	NalUnitInfo info;
	assert_int_equal(nal_tracker_push(t, n->escaped, n->size, &info), GF_OK);
	assert_false(info.drop);
	return info.place;
}

static void test_access_units(void **state)
{
	(void)state;
	TestNal n;
	NalTracker t;
	nal_tracker_init(&t, NAL_VVC);
	make_sps(&n, GF_FALSE);
	push(&t, &n);
	make_pps(&n);
	push(&t, &n);
	assert_true(nal_tracker_has_config(&t));
	make_slice(&n, VVC_NAL_IDR_W_RADL, &(Header){.irap = GF_TRUE});
	assert_int_equal(push(&t, &n), NAL_PLACE_START);
	assert_int_equal(t.picture.sap, 2);
	assert_true(t.picture.poc_restart);
	make_slice(&n, VVC_NAL_TRAIL, &(Header){.inter = GF_TRUE, .lsb = 2});
	assert_int_equal(push(&t, &n), NAL_PLACE_START);
	assert_int_equal(t.picture.poc, 2);
	// a picture header of its own, and three slices
	make_ph(&n, &(Header){.gdr = GF_TRUE, .inter = GF_TRUE, .lsb = 3, .recovery = 7});
	assert_int_equal(push(&t, &n), NAL_PLACE_NEXT);
	make_slice(&n, VVC_NAL_GDR, NULL);
	assert_int_equal(push(&t, &n), NAL_PLACE_START);
	assert_int_equal(push(&t, &n), NAL_PLACE_SAME);
	assert_int_equal(push(&t, &n), NAL_PLACE_SAME);
	assert_true(t.picture.has_recovery);
	assert_int_equal(t.picture.recovery_count, 7);
	assert_int_equal(t.picture.slices, NAL_SLICE_B);
	NalVideoFormat format;
	assert_int_equal(nal_tracker_format(&t, 2, &format), GF_OK);
	assert_int_equal(format.width, 320);
	nal_tracker_reset(&t);
	assert_int_equal(gf_memory_size(), 0);
}

static void test_config(void **state)
{
	(void)state;
	TestNal s, p;
	VvcSps sps;
	make_sps(&s, GF_TRUE);
	make_pps(&p);
	assert_int_equal(vvc_parse_sps(s.escaped, s.size, &sps, NULL), GF_OK);
	static const u8 dci[] = {0x00, 0x69, 0x00, 0x80};
	ConfigNal nals[3] = {
		{.type = VVC_NAL_DCI, .complete = GF_TRUE, .data = dci, .size = sizeof(dci)},
		{.type = VVC_NAL_SPS, .complete = GF_TRUE, .data = s.escaped, .size = s.size},
		{.type = VVC_NAL_PPS, .complete = GF_TRUE, .data = p.escaped, .size = p.size},
	};
	VvcConfig config = {.sets = {.length_size = 4, .nals = nals, .nb_nals = 3}}, back;
	vvc_config_set_sps(&config, &sps);
	u8 *data;
	u32 size;
	assert_int_equal(vvc_config_write(&config, &data, &size), GF_OK);
	// length size, then layer set, sub-layers, rate, chroma and depth, then the record of profile and level
	static const u8 head[] = {0xFF, 0x00, 0x25, 0x5F, 12, 0x02, 51, 0xB0};
	assert_memory_equal(data, head, sizeof(head));
	assert_int_equal(vvc_config_read(data, size, &back), GF_OK);
	assert_int_equal(back.sets.nb_nals, 3);
	assert_int_equal(back.sets.nals[0].size, sizeof(dci));
	assert_memory_equal(back.sets.nals[2].data, p.escaped, p.size);
	assert_int_equal(back.max_width, 322);
	assert_int_equal(back.bit_depth, 10);
	assert_int_equal(back.ptl.sublayer_level[0], 35);
	assert_int_equal(back.ptl.sub_profile[0], 0x12345678);
	assert_int_equal(back.ptl.constraints[0], 0xC0);
	nal_sets_reset(&back.sets);
	gf_log_set_tool_level(GF_LOG_CODING, GF_LOG_QUIET);
	for (u32 cut = 0; cut < size; cut++)
		assert_int_equal(vvc_config_read(data, cut, &back), GF_NON_COMPLIANT_BITSTREAM);
	gf_free(data);
	assert_int_equal(gf_memory_size(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sps),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_poc),
		cmocka_unit_test(test_access_units),
		cmocka_unit_test(test_config),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
