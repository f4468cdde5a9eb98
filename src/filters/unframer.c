// SPDX-License-Identifier: MIT
// Asks for the unframed form of streams, so that they are parsed again: unframers are linked in front of it,
// reframers behind it.
#include <gpac/constants.h>
#include <gpac/filters.h>
#include "filters/registry.h"

static Bool has_reframer(u32 codec_id)
{
	switch (codec_id) {
	case GF_CODECID_AVC:
	case GF_CODECID_SVC:
	case GF_CODECID_MVC:
	case GF_CODECID_HEVC:
	case GF_CODECID_LHVC:
	case GF_CODECID_VVC:
	case GF_CODECID_AV1:
	case GF_CODECID_VP8:
	case GF_CODECID_VP9:
	case GF_CODECID_VP10:
	case GF_CODECID_AAC_MPEG4:
	case GF_CODECID_MPEG_AUDIO:
	case GF_CODECID_MPEG2_PART3:
	case GF_CODECID_MPEG_AUDIO_L1:
	case GF_CODECID_AC3:
	case GF_CODECID_EAC3:
	case GF_CODECID_FLAC:
		return GF_TRUE;
	default:
		return GF_FALSE;
	}
}

static GF_Err unframer_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	GF_FilterPid *opid = gf_filter_pid_get_udta(pid);
	if (is_remove) {
		if (opid)
			gf_filter_pid_remove(opid);
		gf_filter_pid_set_udta(pid, NULL);
		return GF_OK;
	}
	if (!gf_filter_pid_check_caps(pid))
		return GF_NOT_SUPPORTED;
	if (!opid) {
		opid = gf_filter_pid_new(filter);
		if (!opid)
			return GF_OUT_OF_MEM;
		gf_filter_pid_set_udta(pid, opid);
		gf_filter_pid_set_udta(opid, pid);
	}
	gf_filter_pid_copy_properties(opid, pid);
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_CODECID);
	if (p && has_reframer(p->value.uint))
		return GF_OK;
	return gf_filter_pid_set_property(opid, GF_PROP_PID_UNFRAMED, NULL);
}

static Bool forward(GF_FilterPid *pid, GF_Err *e)
{
	GF_FilterPid *opid = gf_filter_pid_get_udta(pid);
	GF_FilterPacket *packet;
	while (!*e && !gf_filter_pid_would_block(opid) && (packet = gf_filter_pid_get_packet(pid)) != NULL) {
		*e = gf_filter_pck_forward(packet, opid);
		gf_filter_pid_drop_packet(pid);
	}
	if (!gf_filter_pid_is_eos(pid))
		return GF_FALSE;
	if (gf_filter_pid_is_flush_eos(pid)) {
		gf_filter_pid_send_flush(opid);
		return GF_FALSE;
	}
	gf_filter_pid_set_eos(opid);
	return GF_TRUE;
}

static GF_Err unframer_process(GF_Filter *filter)
{
	u32 nb = gf_filter_get_ipid_count(filter), nb_ended = 0;
	GF_Err e = GF_OK;
	for (u32 i = 0; i < nb && !e; i++)
		nb_ended += forward(gf_filter_get_ipid(filter, i), &e);
	return e ? e : nb_ended == nb ? GF_EOS : GF_OK;
}

static const GF_FilterCapability unframer_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE),
	CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_FORCE_UNFRAME, GF_TRUE),
	CAP_UINT(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_UINT(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE),
	CAP_BOOL(GF_CAPS_OUTPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_BOOL(GF_CAPS_OUTPUT, GF_PROP_PID_UNFRAMED, GF_FALSE),
};

const GF_FilterRegister unframer_register = {
	.name = "unframer",
	.description = "Stream unframer",
	.help = "This filter asks for streams in their unframed form, so that their bitstream is parsed again. It repairs "
			"sources that signal a stream wrongly. EX gpac -i bad.mp4 unframer -o good.mp4",
	.max_extra_pids = (u32)-1,
	.flags = GF_FS_REG_EXPLICIT_ONLY | GF_FS_REG_FORCE_REMUX,
	SETCAPS(unframer_caps),
	.configure_pid = unframer_configure_pid,
	.process = unframer_process,
	.hint_class_type = GF_FS_CLASS_STREAM,
};
