// SPDX-License-Identifier: MIT
// SEI messages whose syntax is that of AVC only (ISO/IEC 14496-10 annex D).
#include "formats/avc.h"

// D.1.3, one clock time stamp
static void parse_clock(SynReader *r, u32 time_offset_bits, SeiClock *clock)
{
	syn_u(r, 2, "ct_type");
	syn_flag(r, "nuit_field_based_flag");
	sei_clock_parse(r, 8, clock);
	sei_clock_offset(r, time_offset_bits, "time_offset", clock);
}

GF_Err avc_sei_pic_timing(
	const SeiMessage *message, const AvcSps *sps, AvcPicTiming *out, const SynTrace *trace)
{
	// table D-1: NumClockTS by pic_struct
	static const u8 nb_clock_ts[9] = {1, 1, 1, 2, 2, 3, 3, 2, 3};
	SynReader r;
	syn_init(&r, message->payload, message->size, trace);
	AvcPicTiming timing = {0};
	const AvcHrd *hrd = sps->nal_hrd.present ? &sps->nal_hrd : &sps->vcl_hrd;
	timing.has_delays = hrd->present;
	if (hrd->present) {
		timing.cpb_removal_delay = syn_u(&r, hrd->cpb_removal_delay_bits, "cpb_removal_delay");
		timing.dpb_output_delay = syn_u(&r, hrd->dpb_output_delay_bits, "dpb_output_delay");
	}
	// E.2.1: 24 when no HRD gives the length
	u32 time_offset_bits = hrd->present ? hrd->time_offset_bits : 24;
	timing.has_pic_struct = sps->pic_struct_present;
	if (sps->pic_struct_present) {
		timing.pic_struct = (u8)syn_u_max(&r, 4, 8, "pic_struct");
		for (u32 i = 0; i < nb_clock_ts[timing.pic_struct]; i++) {
			syn_push(&r, i);
			if (syn_flag(&r, "clock_timestamp_flag"))
				parse_clock(&r, time_offset_bits, &timing.clocks[timing.nb_clocks++]);
			syn_pop(&r);
		}
	}
	GF_Err e = syn_end(&r, "AVC picture timing SEI");
	if (!e)
		*out = timing;
	return e;
}

GF_Err avc_sei_recovery_point(const SeiMessage *message, AvcRecoveryPoint *out)
{
	SynReader r;
	syn_init(&r, message->payload, message->size, NULL);
	AvcRecoveryPoint point;
	// at most MaxFrameNum - 1
	point.recovery_frame_cnt = syn_ue(&r, 65535, "recovery_frame_cnt");
	point.exact_match = syn_flag(&r, "exact_match_flag");
	point.broken_link = syn_flag(&r, "broken_link_flag");
	GF_Err e = syn_end(&r, "AVC recovery point SEI");
	if (!e)
		*out = point;
	return e;
}
