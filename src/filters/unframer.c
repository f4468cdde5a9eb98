// SPDX-License-Identifier: MIT
// Asks for the unframed form of streams, so that they are parsed again: unframers are linked in front of it,
// reframers behind it.
#include <gpac/constants.h>
#include <gpac/filters.h>
#include "filters/registry.h"
#include "filters/relay.h"

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
	GF_Err e;
	if (is_remove) {
		relay_remove(pid, NULL);
		return GF_OK;
	}
	const Relay *r = relay_stream(filter, pid, sizeof(Relay), &e);
	if (!r)
		return e;
	gf_filter_pid_copy_properties(r->opid, pid);
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_CODECID);
	if (p && has_reframer(p->value.uint))
		return GF_OK;
	return gf_filter_pid_set_property(r->opid, GF_PROP_PID_UNFRAMED, NULL);
}

static GF_Err forward(void *stream, GF_FilterPacket *packet)
{
	return gf_filter_pck_forward(packet, ((Relay *)stream)->opid);
}

static GF_Err unframer_process(GF_Filter *filter)
{
	static const RelayCalls calls = {forward, NULL};
	return relay_process_all(filter, &calls);
}

static void unframer_finalize(GF_Filter *filter)
{
	relay_free_all(filter, NULL);
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
	.finalize = unframer_finalize,
	.configure_pid = unframer_configure_pid,
	.process = unframer_process,
	.hint_class_type = GF_FS_CLASS_STREAM,
};
