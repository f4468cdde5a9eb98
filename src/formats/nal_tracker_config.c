// SPDX-License-Identifier: MIT
#include "formats/nal_tracker.h"

static GF_Err push_all(NalTracker *t, const ConfigNal *nals, u32 nb)
{
	NalUnitInfo info;
	GF_Err e = GF_OK;
	for (u32 i = 0; i < nb && !e; i++)
		e = nals[i].size ? nal_tracker_push(t, nals[i].data, nals[i].size, &info) : GF_OK;
	return e;
}

GF_Err nal_tracker_push_config(NalTracker *t, const u8 *record, u32 size, u32 *length_size)
{
	AvcConfig avc;
	HevcConfig hevc;
	VvcConfig vvc;
	GF_Err e;
	switch (t->codec) {
	case NAL_AVC:
		e = avc_config_read(record, size, &avc);
		if (e)
			return e;
		*length_size = avc.length_size;
		e = push_all(t, avc.nals, avc.nb_nals);
		avc_config_reset(&avc);
		return e;
	case NAL_HEVC:
		e = hevc_config_read(record, size, GF_FALSE, &hevc);
		if (e)
			return e;
		*length_size = hevc.length_size;
		e = push_all(t, hevc.nals, hevc.nb_nals);
		hevc_config_reset(&hevc);
		return e;
	default:
		e = vvc_config_read(record, size, &vvc);
		if (e)
			return e;
		*length_size = vvc.length_size;
		e = push_all(t, vvc.nals, vvc.nb_nals);
		vvc_config_reset(&vvc);
		return e;
	}
}
