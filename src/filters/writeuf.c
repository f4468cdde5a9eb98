// SPDX-License-Identifier: MIT
// Marks framed streams as unframed, where both forms have the same bytes: what writes or parses unframed streams then takes
// codecs that have no unframer of their own.
//
// Limits: codecs whose unframed form differs are refused.
#include <string.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "filters/registry.h"
#include "filters/relay.h"

typedef struct {
	Relay io;
	const GF_PropertyValue *headers; // of MPEG-4 video, to go in front of the next packet
} WriteufCtx;

// The filter that makes the unframed form of a codec, "" when none does, NULL when there is nothing to make.
static const char *unframer_of(u32 codec)
{
	switch (codec) {
	case GF_CODECID_AVC:
	case GF_CODECID_AVC_PS:
	case GF_CODECID_SVC:
	case GF_CODECID_MVC:
	case GF_CODECID_HEVC:
	case GF_CODECID_LHVC:
	case GF_CODECID_VVC:
		return "ufnalu";
	case GF_CODECID_AV1:
	case GF_CODECID_VP8:
	case GF_CODECID_VP9:
	case GF_CODECID_VP10:
		return "ufobu";
	case GF_CODECID_AAC_MPEG4:
	case GF_CODECID_AAC_MPEG2_MP:
	case GF_CODECID_AAC_MPEG2_LCP:
	case GF_CODECID_AAC_MPEG2_SSRP:
		return "ufadts";
	case GF_CODECID_USAC:
	case GF_CODECID_MPHA:
	case GF_CODECID_MHAS:
	case GF_CODECID_AC4:
	case GF_CODECID_SMPTE_VC1:
	case GF_CODECID_WEBVTT:
	case GF_CODECID_TX3G:
		return "";
	default:
		return NULL;
	}
}

static u32 codec_of(GF_FilterPid *pid)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_CODECID);
	return p ? p->value.uint : 0;
}

static GF_Err writeuf_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	WriteufCtx *ctx = gf_filter_get_udta(filter);
	const char *unframer = is_remove ? NULL : unframer_of(codec_of(pid));
	if (unframer) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[writeuf] frames of %s are not written as they are%s%s\n", gf_codecid_name(codec_of(pid)),
				unframer[0] ? ", use " : ": their unframed form is not supported", unframer));
		return GF_NOT_SUPPORTED;
	}
	GF_Err e = relay_configure(&ctx->io, filter, pid, is_remove);
	if (e || is_remove)
		return e;
	gf_filter_pid_copy_properties(ctx->io.opid, pid);
	gf_filter_pid_set_property(ctx->io.opid, GF_PROP_PID_UNFRAMED, PROP_BOOL(GF_TRUE));
	gf_filter_pid_set_property(ctx->io.opid, GF_PROP_PID_UNFRAMED_FULL_AU, PROP_BOOL(GF_TRUE));
	ctx->headers = codec_of(pid) == GF_CODECID_MPEG4_PART2 ? gf_filter_pid_get_property(pid, GF_PROP_PID_DECODER_CONFIG) : NULL;
	return GF_OK;
}

static GF_Err use_packet(void *udta, GF_FilterPacket *packet)
{
	WriteufCtx *ctx = udta;
	u32 size;
	u8 *dst;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	const GF_PropData *headers = ctx->headers ? &ctx->headers->value.data : NULL;
	if (!headers || !data || !size || size > UINT32_MAX - headers->size)
		return gf_filter_pck_forward(packet, ctx->io.opid);
	GF_FilterPacket *out = gf_filter_pck_new_alloc(ctx->io.opid, headers->size + size, &dst);
	if (!out)
		return GF_OUT_OF_MEM;
	memcpy(dst, headers->ptr, headers->size);
	memcpy(dst + headers->size, data, size);
	gf_filter_pck_merge_properties(packet, out);
	ctx->headers = NULL;
	return gf_filter_pck_send(out);
}

static GF_Err writeuf_process(GF_Filter *filter)
{
	static const RelayCalls calls = {use_packet, NULL};
	WriteufCtx *ctx = gf_filter_get_udta(filter);
	return relay_process(&ctx->io, &calls, ctx);
}

#define TYPE(type) \
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_##type), \
		CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE), \
		CAP_BOOL(GF_CAPS_OUTPUT, GF_PROP_PID_UNFRAMED, GF_TRUE)
#define CODEC(codec) CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_##codec)

// It is linked by itself for codecs that have no unframer and are written without one, each named so that a chain of filters
// is never tried for others. Declared by the user it takes any codec but those above.
static const GF_FilterCapability writeuf_caps[] = {
	TYPE(VISUAL),
	CODEC(MPEG4_PART2),
	CODEC(MPEG1),
	CODEC(MPEG2_SIMPLE),
	CODEC(MPEG2_MAIN),
	CODEC(MPEG2_SNR),
	CODEC(MPEG2_SPATIAL),
	CODEC(MPEG2_HIGH),
	CODEC(MPEG2_422),
	CODEC(H263),
	CODEC(THEORA),
	CODEC(FFV1),
	CODEC(JPEG),
	CODEC(PNG),
	CODEC(J2K),
	{0},
	TYPE(AUDIO),
	CODEC(MPEG_AUDIO),
	CODEC(MPEG2_PART3),
	CODEC(MPEG_AUDIO_L1),
	CODEC(AC3),
	CODEC(EAC3),
	CODEC(FLAC),
	CODEC(OPUS),
	CODEC(VORBIS),
	CODEC(SPEEX),
	CODEC(ALAC),
	CODEC(AMR),
	CODEC(AMR_WB),
	{0},
	CAP_UINT(GF_CAPS_IN_OUT_EXCLUDED | GF_CAPFLAG_LOADED_FILTER, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_UINT(GF_CAPS_IN_OUT_EXCLUDED | GF_CAPFLAG_LOADED_FILTER, GF_PROP_PID_CODECID, GF_CODECID_NONE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED | GF_CAPFLAG_LOADED_FILTER, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_BOOL(GF_CAPS_OUTPUT | GF_CAPFLAG_LOADED_FILTER, GF_PROP_PID_UNFRAMED, GF_TRUE),
};

const GF_FilterRegister writeuf_register = {
	.name = "writeuf",
	.description = "Forced unframing",
	.help = "This filter marks streams as unframed whose frames are written as they are (MPEG-4 video, ProRes, Opus and others "
			"without an unframer of their own), so that they can be stored and parsed again.",
	.private_size = sizeof(WriteufCtx),
	SETCAPS(writeuf_caps),
	.configure_pid = writeuf_configure_pid,
	.process = writeuf_process,
	.hint_class_type = GF_FS_CLASS_FRAMING,
};
