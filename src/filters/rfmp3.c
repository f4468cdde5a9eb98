// SPDX-License-Identifier: MIT
// MPEG audio reframer: frames of layers I to III of ISO/IEC 11172-3 and 13818-3, headers included.
//
// Xing, Info and VBRI headers are frames like the others; their padding is not interpreted. Free format,
// whose frames do not tell their size, is not supported.
#include <string.h>
#include <gpac/tools.h>
#include "filters/registry.h"
#include "filters/rf_audio.h"
#include "formats/id3.h"
#include "formats/mpeg_audio.h"
#include "formats/mpegts.h"

// Frames that make a file recognised.
#define PROBE_FRAMES 2

typedef struct {
	RfAudio audio; // first
	// options
	Double index;
	Bool expart;
	Bool forcemp3;
} Rfmp3Ctx;

static Bool parse_header(const RfAudio *rf, const u8 *data, u32 size, RfFrame *frame)
{
	MpegAudioHeader h;
	(void)rf;
	if (!mpeg_audio_parse(data, size, &h) || h.free_format)
		return GF_FALSE;
	frame->size = h.frame_size;
	frame->nb_samples = h.nb_samples;
	frame->rate = h.rate;
	frame->config = (u64)h.rate << 8 | (u32)h.version << 4 | (u32)h.layer << 2 | h.nb_channels;
	return GF_TRUE;
}

static u32 whole_frame(const u8 *data, const RfFrame *frame, RfPart parts[RF_MAX_PARTS])
{
	(void)data;
	parts[0] = (RfPart){.offset = 0, .size = frame->size};
	return 1;
}

// Samples counted by the Xing or VBRI header of the first frame, that frame included.
static u64 total_samples(const u8 *data, const RfFrame *frame)
{
	MpegAudioHeader h;
	MpegAudioInfo info;
	if (!mpeg_audio_parse(data, frame->size, &h) || !mpeg_audio_info(data, frame->size, &h, &info) ||
		!info.nb_frames)
		return 0;
	return ((u64)info.nb_frames + 1) * h.nb_samples;
}

static const char *refuse_free_format(const u8 *data, u32 size)
{
	if (!mpeg_audio_is_free_format(data, size))
		return NULL;
	return "free format MPEG audio, whose frames do not tell their size, is not supported";
}

static u32 codec_id(const Rfmp3Ctx *ctx, const MpegAudioHeader *h)
{
	if (h->layer == 1)
		return GF_CODECID_MPEG_AUDIO_L1;
	if (h->layer == 3 && ctx->forcemp3)
		return GF_CODECID_MPEG_AUDIO;
	return h->version == MPEG_AUDIO_1 ? GF_CODECID_MPEG_AUDIO : GF_CODECID_MPEG2_PART3;
}

static GF_Err configure_output(GF_Filter *filter, RfAudio *rf, const u8 *data, const RfFrame *frame)
{
	GF_FilterPid *opid = rf->opid;
	MpegAudioHeader h;
	(void)filter;
	if (!mpeg_audio_parse(data, frame->size, &h))
		return GF_NON_COMPLIANT_BITSTREAM;
	gf_filter_pid_set_property(opid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_AUDIO));
	gf_filter_pid_set_property(opid, GF_PROP_PID_UNFRAMED, NULL);
	if (rf->is_file) {
		rf_audio_set_playback_mode(rf);
		rf_audio_set_duration(rf);
		gf_filter_pid_set_property(opid, GF_PROP_PID_CAN_DATAREF, PROP_BOOL(GF_TRUE));
	}
	gf_filter_pid_set_property(opid, GF_PROP_PID_TIMESCALE, PROP_UINT(rf->timescale));
	gf_filter_pid_set_property(opid, GF_PROP_PID_SAMPLE_RATE, PROP_UINT(h.rate));
	gf_filter_pid_set_property(opid, GF_PROP_PID_NUM_CHANNELS, PROP_UINT(h.nb_channels));
	gf_filter_pid_set_property(opid, GF_PROP_PID_CODECID, PROP_UINT(codec_id(rf->options, &h)));
	gf_filter_pid_set_property(opid, GF_PROP_PID_SAMPLES_PER_FRAME, PROP_UINT(h.nb_samples));
	return gf_filter_pid_set_property(opid, GF_PROP_PID_BITRATE, PROP_UINT(h.bitrate));
}

static Bool find_frame(const u8 *data, u32 size, Bool last, u32 *pos)
{
	return frame_sync_find(&mpeg_audio_sync, data, size, last, pos);
}

static const RfCodec mpeg_codec = {
	.name = "rfmp3",
	.header_size = MPEG_AUDIO_HEADER_SIZE,
	.parse = parse_header,
	.find = find_frame,
	.configure = configure_output,
	.parts = whole_frame,
	.total_samples = total_samples,
	.refusal = refuse_free_format,
};

static const char *rfmp3_probe_data(const u8 *data, u32 size, GF_FilterProbeScore *score)
{
	u64 tag = id3v2_size(data, size);
	if (tag && tag >= size) {
		*score = GF_FPROBE_EXT_MATCH;
		return "mp3|mp2|mp1";
	}
	Bool broken;
	u32 pos = 0;
	data += tag;
	size -= (u32)tag;
	// Taken so that it is refused with its reason.
	if (mpeg_audio_is_free_format(data, size)) {
		*score = GF_FPROBE_MAYBE_SUPPORTED;
		return "audio/mp3";
	}
	if (frame_sync_count(&mpeg_audio_sync, data, size, PROBE_FRAMES, &broken) < PROBE_FRAMES &&
		(!frame_sync_find(&mpeg_audio_sync, data, size, GF_FALSE, &pos) || mpegts_is_stream(data, size)))
		return NULL;
	*score = pos ? GF_FPROBE_MAYBE_NOT_SUPPORTED : GF_FPROBE_SUPPORTED;
	return "audio/mp3";
}

static GF_Err rfmp3_initialize(GF_Filter *filter)
{
	Rfmp3Ctx *ctx = gf_filter_get_udta(filter);
	rf_audio_init(&ctx->audio, &mpeg_codec, ctx, ctx->index, ctx->expart);
	return GF_OK;
}

#define OPT(field) #field, (s32)offsetof(Rfmp3Ctx, field)
static const GF_FilterArgs rfmp3_args[] = {
	{OPT(index),
		"Seconds between the points a file can be played from. 0 does not scan the file, whose duration is "
		"then unknown; a negative value scans the first 20 MB only, the rest when it is needed",
		GF_PROP_DOUBLE, "1.0", NULL, 0},
	{OPT(expart), "Send the picture of the ID3 tag as a video stream", GF_PROP_BOOL, "false", NULL, 0},
	{OPT(forcemp3), "Declare layer III of MPEG-2 with the codec identifier of MPEG-1, as most players expect",
		GF_PROP_BOOL, "true", NULL, GF_FS_ARG_HINT_EXPERT},
	{0},
};

static const GF_FilterCapability rfmp3_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "mp3|mp2|mp1"),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, "audio/mp3|audio/x-mp3"),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_MPEG_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_MPEG2_PART3),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_MPEG_AUDIO_L1),
	CAP_BOOL(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_MPEG_AUDIO),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_MPEG2_PART3),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_MPEG_AUDIO_L1),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_MPEG_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_MPEG2_PART3),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_MPEG_AUDIO_L1),
	CAP_BOOL(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_UINT(GF_CAPS_OUTPUT_LOADED_FILTER, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
};

const GF_FilterRegister rfmp3_register = {
	.name = "rfmp3",
	.description = "MPEG audio reframer",
	.help = "This filter parses MPEG-1 and MPEG-2 audio of layers I, II and III (.mp1, .mp2, .mp3) and "
			"produces one packet per frame. ID3 tags at the start of a file become properties.",
	.private_size = sizeof(Rfmp3Ctx),
	SETCAPS(rfmp3_caps),
	.args = rfmp3_args,
	.initialize = rfmp3_initialize,
	.finalize = rf_audio_finalize,
	.configure_pid = rf_audio_configure_pid,
	.process = rf_audio_process,
	.process_event = rf_audio_process_event,
	.probe_data = rfmp3_probe_data,
	.hint_class_type = GF_FS_CLASS_FRAMING,
};
