// SPDX-License-Identifier: MIT
// Options of the reframer which look at one packet at a time.
#include "filters/reframer.h"

// A SAP type as the option counts it: both forms of type 4 are one.
static u32 sap_number(GF_FilterPacket *pck)
{
	u32 sap = gf_filter_pck_get_sap(pck);
	return sap > GF_FILTER_SAP_4 ? GF_FILTER_SAP_4 : sap;
}

static Bool keeps_sap(const GF_PropUIntList *saps, GF_FilterPacket *pck)
{
	u32 sap = sap_number(pck);
	for (u32 i = 0; i < saps->nb_items; i++) {
		if (saps->vals[i] == sap)
			return GF_TRUE;
	}
	return saps->nb_items ? GF_FALSE : GF_TRUE;
}

// Nothing depends on it (sample_is_depended_on equal to 2, ISO/IEC 14496-12 8.6.4).
static Bool is_disposable(GF_FilterPacket *pck)
{
	return ((gf_filter_pck_get_dependency_flags(pck) >> 2) & 3) == 2 ? GF_TRUE : GF_FALSE;
}

static Bool keeps_frame(const GF_PropIntList *frames, u64 number)
{
	if (frames->nb_items == 1 && frames->vals[0] < 0)
		return (number - 1) % (0 - (u64)frames->vals[0]) ? GF_FALSE : GF_TRUE;
	for (u32 i = 0; i < frames->nb_items; i++) {
		if (frames->vals[i] > 0 && (u64)frames->vals[i] == number)
			return GF_TRUE;
	}
	return frames->nb_items ? GF_FALSE : GF_TRUE;
}

static Bool keeps_cue(const RfOptions *opt, GF_FilterPacket *pck)
{
	if (opt->cues == CUES_NO)
		return GF_TRUE;
	const GF_PropertyValue *cue = gf_filter_pck_get_property(pck, GF_PROP_PCK_CUE_START);
	const GF_PropertyValue *frag = gf_filter_pck_get_property(pck, GF_PROP_PCK_FRAG_START);
	u32 sap = sap_number(pck);
	if ((cue && cue->value.boolean) || (frag && frag->value.uint == 2) || (sap && sap <= opt->sapcue))
		return GF_TRUE;
	return opt->cues == CUES_FRAGS && frag && frag->value.uint ? GF_TRUE : GF_FALSE;
}

Bool rf_select(const RfCtx *ctx, RfPid *p, GF_FilterPacket *pck)
{
	const RfOptions *opt = &ctx->opt;
	p->nb_frames++;
	return keeps_sap(&opt->saps, pck) && (!opt->refs || !is_disposable(pck)) &&
				   keeps_frame(&opt->frames, p->nb_frames) && keeps_cue(opt, pck)
			   ? GF_TRUE
			   : GF_FALSE;
}

void rf_check_discontinuity(const RfCtx *ctx, RfPid *p, GF_FilterPacket *pck)
{
	GF_Fraction limit_ms = ctx->opt.chkdisc;
	u64 dts = gf_filter_pck_get_dts(pck);
	if (limit_ms.num <= 0 || !limit_ms.den || dts == GF_FILTER_NO_TS)
		return;
	Bool jump = GF_FALSE;
	if (p->disc.last_dts != GF_FILTER_NO_TS) {
		s64 step = (s64)(dts - p->disc.last_dts);
		jump = step < 0 ||
			   gf_timestamp_greater((u64)step, p->timescale, (u64)limit_ms.num, (u64)limit_ms.den * 1000);
	}
	p->disc.last_dts = dts;
	if (!jump)
		return;
	p->disc.nb_jumps++;
	gf_filter_pid_set_property(p->opid, GF_PROP_PID_TIME_DISCONTINUITY, PROP_UINT(p->disc.nb_jumps));
}
