// SPDX-License-Identifier: MIT
// ADTS reframer: AAC frames of ISO/IEC 14496-3 1.A.3 and 13818-7 without their headers, with the
// AudioSpecificConfig made from them.
//
// The ID bit (MPEG-2 or MPEG-4) is ignored. A frame of several raw data blocks is split when it tells where
// they start, that is when it is protected by a CRC.
#include <stdlib.h>
#include <string.h>
#include <gpac/tools.h>
#include "filters/registry.h"
#include "filters/rf_audio.h"
#include "formats/aac_config.h"
#include "formats/adts.h"
#include "formats/id3.h"
#include "formats/mpegts.h"

// Frames that make a file recognised.
#define PROBE_FRAMES 4

#define ID_PCE 5 // id_syn_ele of a program_config_element

typedef enum { SIGNAL_NO = 0, SIGNAL_IMPLICIT, SIGNAL_EXPLICIT } Signal;

typedef struct {
	RfAudio audio; // first
	// options
	u32 frame_size;
	Double index;
	Bool ovsbr;
	u32 sbr; // Signal
	u32 ps;  // Signal
	Bool expart;
	s32 aacchcfg;
} RfadtsCtx;

// PS needs SBR, signalled at least as well.
static Signal sbr_signal(const RfadtsCtx *ctx)
{
	return ctx->ps > ctx->sbr ? ctx->ps : ctx->sbr;
}

// Explicit SBR doubles the rate, and with it the samples of a frame.
static u32 rate_factor(const RfadtsCtx *ctx)
{
	return sbr_signal(ctx) == SIGNAL_EXPLICIT ? 2 : 1;
}

static Bool parse_header(const RfAudio *rf, const u8 *data, u32 size, RfFrame *frame)
{
	const RfadtsCtx *ctx = rf->options;
	AdtsHeader h;
	if (!adts_parse(data, size, &h))
		return GF_FALSE;
	frame->size = h.frame_size;
	frame->nb_samples = ctx->frame_size * rate_factor(ctx) * h.nb_blocks;
	frame->rate = aac_rate(h.rate_index) * rate_factor(ctx);
	frame->config = (u64)h.object_type << 8 | h.rate_index << 4 | h.channel_config;
	return GF_TRUE;
}

static u32 split_frame(const u8 *data, const RfFrame *frame, RfPart parts[RF_MAX_PARTS])
{
	AdtsHeader h;
	AdtsBlock blocks[ADTS_MAX_BLOCKS];
	if (!adts_parse(data, frame->size, &h))
		return 0;
	u32 nb = adts_blocks(data, &h, blocks);
	if (nb != h.nb_blocks)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[rfadts] a frame of %u raw data blocks does not tell where they start, it is sent whole\n",
				h.nb_blocks));
	for (u32 i = 0; i < nb; i++)
		parts[i] = (RfPart){.offset = blocks[i].offset, .size = blocks[i].size};
	return nb;
}

// Reads the program_config_element which starts a raw data block whose channel configuration is 0.
static Bool parse_program(const u8 *block, u32 size, AacConfig *config)
{
	BitReader r;
	br_init(&r, block, size);
	if (br_bits(&r, 3) != ID_PCE || aac_program_parse(&r, &config->program))
		return GF_FALSE;
	config->has_program = GF_TRUE;
	config->nb_channels = aac_program_channels(&config->program);
	return GF_TRUE;
}

static void find_channels(const RfadtsCtx *ctx, const AdtsHeader *h, const u8 *frame, AacConfig *config)
{
	u32 channel_config = h->channel_config;
	if (ctx->aacchcfg < 0) {
		channel_config = 0u - (u32)ctx->aacchcfg;
	} else if (!channel_config) {
		if (parse_program(frame + h->header_size, h->frame_size - h->header_size, config))
			return;
		channel_config = ctx->aacchcfg ? (u32)ctx->aacchcfg : 2;
		if (!ctx->aacchcfg)
			GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
				("[rfadts] the stream does not tell its channels, stereo is assumed; set them with "
				 "aacchcfg\n"));
	}
	config->channel_config = (u8)channel_config;
	config->nb_channels = aac_channels(channel_config);
}

static void make_config(const RfadtsCtx *ctx, const AdtsHeader *h, const u8 *frame, AacConfig *config)
{
	static const AacSignalling signalling[3] = {AAC_IMPLICIT, AAC_COMPATIBLE, AAC_HIERARCHICAL};
	memset(config, 0, sizeof(*config));
	config->object_type = h->object_type;
	config->rate = aac_rate(h->rate_index);
	config->frame_length = ctx->frame_size;
	config->sbr = signalling[sbr_signal(ctx)];
	config->ps = signalling[ctx->ps];
	find_channels(ctx, h, frame, config);
}

static GF_Err set_config(RfAudio *rf, const AacConfig *config)
{
	u8 *data;
	u32 size;
	GF_Err e = aac_config_write(config, &data, &size);
	if (e)
		return e;
	e = gf_filter_pid_set_property(rf->opid, GF_PROP_PID_DECODER_CONFIG, PROP_DATA_NO_COPY(data, size));
	if (e)
		gf_free(data);
	return e;
}

static void set_bitrate(const RfAudio *rf)
{
	const RfIndex *index = &rf->index;
	if (!index->duration)
		return;
	double seconds = (double)index->duration / index->rate;
	u32 bitrate = (u32)((double)index->file_size * 8 / seconds);
	gf_filter_pid_set_property(rf->opid, GF_PROP_PID_BITRATE, PROP_UINT(bitrate));
}

static GF_Err configure_output(GF_Filter *filter, RfAudio *rf, const u8 *data, const RfFrame *frame)
{
	const RfadtsCtx *ctx = rf->options;
	GF_FilterPid *opid = rf->opid;
	AdtsHeader h;
	AacConfig config;
	(void)filter;
	if (!adts_parse(data, frame->size, &h))
		return GF_NON_COMPLIANT_BITSTREAM;
	make_config(ctx, &h, data, &config);
	if (rf->is_file) {
		rf_audio_set_duration(rf);
		gf_filter_pid_set_property(opid, GF_PROP_PID_CAN_DATAREF, PROP_BOOL(GF_TRUE));
		gf_filter_pid_set_property(opid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_AUDIO));
	}
	gf_filter_pid_set_property(opid, GF_PROP_PID_CODECID, PROP_UINT(GF_CODECID_AAC_MPEG4));
	gf_filter_pid_set_property(opid, GF_PROP_PID_SAMPLES_PER_FRAME, PROP_UINT(ctx->frame_size));
	gf_filter_pid_set_property(opid, GF_PROP_PID_UNFRAMED, PROP_BOOL(GF_FALSE));
	if (rf->is_file)
		rf_audio_set_playback_mode(rf);
	GF_Err e = set_config(rf, &config);
	if (e)
		return e;
	u32 rate = ctx->ovsbr ? config.rate : frame->rate;
	gf_filter_pid_set_property(opid, GF_PROP_PID_PROFILE_LEVEL, PROP_UINT(aac_profile_level(&config)));
	gf_filter_pid_set_property(opid, GF_PROP_PID_SAMPLE_RATE, PROP_UINT(rate));
	gf_filter_pid_set_property(opid, GF_PROP_PID_TIMESCALE, PROP_UINT(rf->timescale));
	gf_filter_pid_set_property(opid, GF_PROP_PID_NUM_CHANNELS, PROP_UINT(config.nb_channels));
	if (rf->is_file)
		set_bitrate(rf);
	return GF_OK;
}

static Bool find_frame(const u8 *data, u32 size, Bool last, u32 *pos)
{
	return frame_sync_find(&adts_sync, data, size, last, pos);
}

static const RfCodec adts_codec = {
	.name = "rfadts",
	.header_size = ADTS_HEADER_SIZE,
	.parse = parse_header,
	.find = find_frame,
	.configure = configure_output,
	.parts = split_frame,
};

static const char *rfadts_probe_data(const u8 *data, u32 size, GF_FilterProbeScore *score)
{
	u64 tag = id3v2_size(data, size);
	if (tag && tag >= size) {
		*score = GF_FPROBE_EXT_MATCH;
		return "aac|adts";
	}
	Bool broken;
	u32 pos = 0;
	data += tag;
	size -= (u32)tag;
	u32 nb = frame_sync_count(&adts_sync, data, size, PROBE_FRAMES, &broken);
	if (!nb && frame_sync_find(&adts_sync, data, size, GF_FALSE, &pos)) {
		// Two headers somewhere may be chance, or frames in the packets of a transport stream.
		nb = frame_sync_count(&adts_sync, data + pos, size - pos, PROBE_FRAMES, &broken);
		if ((nb < PROBE_FRAMES && broken) || mpegts_is_stream(data, size))
			nb = 0;
	}
	if (!nb)
		return NULL;
	// A small or dense file may have fewer frames in the block.
	*score = nb == PROBE_FRAMES || (nb > 1 && !broken) ? GF_FPROBE_SUPPORTED : GF_FPROBE_MAYBE_NOT_SUPPORTED;
	return "audio/aac";
}

static GF_Err rfadts_initialize(GF_Filter *filter)
{
	RfadtsCtx *ctx = gf_filter_get_udta(filter);
	if (ctx->frame_size != 1024 && ctx->frame_size != 960) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[rfadts] frame_size %u is not one of AAC: use 1024 or 960\n", ctx->frame_size));
		return GF_BAD_PARAM;
	}
	if (ctx->aacchcfg && !aac_channels((u32)abs(ctx->aacchcfg))) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[rfadts] aacchcfg %d is not a channel configuration of AAC\n", ctx->aacchcfg));
		return GF_BAD_PARAM;
	}
	rf_audio_init(&ctx->audio, &adts_codec, ctx, ctx->index, ctx->expart);
	return GF_OK;
}

#define OPT(field) #field, (s32)offsetof(RfadtsCtx, field)
static const GF_FilterArgs rfadts_args[] = {
	{OPT(frame_size), "Samples of an AAC frame: 1024, or 960 as used in broadcast", GF_PROP_UINT, "1024",
		NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(index),
		"Seconds between the points a file can be played from. 0 does not scan the file, whose duration is "
		"then unknown; a negative value scans the first 20 MB only, the rest when it is needed",
		GF_PROP_DOUBLE, "1.0", NULL, 0},
	{OPT(ovsbr), "Explicit SBR without doubling the sample rate of the stream", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(sbr),
		"Signalling of SBR (HE-AAC): none (no), after the AAC configuration so that decoders without SBR "
		"read it (imp), by the object type (exp)",
		GF_PROP_UINT, "no", "no|imp|exp", GF_FS_ARG_HINT_ADVANCED},
	{OPT(ps), "Signalling of PS (HE-AAC v2), as for SBR which it needs", GF_PROP_UINT, "no", "no|imp|exp",
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(expart), "Send the picture of the ID3 tag as a video stream", GF_PROP_BOOL, "false", NULL, 0},
	{OPT(aacchcfg), "Channel configuration when the headers have none; a negative value replaces theirs",
		GF_PROP_SINT, "0", NULL, GF_FS_ARG_HINT_EXPERT},
	{0},
};

static const GF_FilterCapability rfadts_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "aac|adts"),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, "audio/x-m4a|audio/aac|audio/aacp|audio/x-aac"),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT_STATIC, GF_PROP_PID_CODECID, GF_CODECID_AAC_MPEG4),
	CAP_UINT(GF_CAPS_OUTPUT_STATIC, GF_PROP_PID_CODECID, GF_CODECID_AAC_MPEG2_MP),
	CAP_UINT(GF_CAPS_OUTPUT_STATIC, GF_PROP_PID_CODECID, GF_CODECID_AAC_MPEG2_LCP),
	CAP_UINT(GF_CAPS_OUTPUT_STATIC, GF_PROP_PID_CODECID, GF_CODECID_AAC_MPEG2_SSRP),
	CAP_BOOL(GF_CAPS_OUTPUT_STATIC_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_AAC_MPEG4),
	CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED_LATM, GF_TRUE),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_ENCRYPTED),
	CAP_4CC(GF_CAPS_INPUT, GF_PROP_PID_PROTECTION_SCHEME_TYPE, GF_4CC('s', 'a', 'e', 's')),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_AAC_MPEG4),
	CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED_LATM, GF_TRUE),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_ENCRYPTED),
};

const GF_FilterRegister rfadts_register = {
	.name = "rfadts",
	.description = "ADTS reframer",
	.help = "This filter parses AAC in ADTS (.aac, or from a transport stream) and produces one packet per "
			"AAC frame, without header. ID3 tags at the start of a file become properties.",
	.private_size = sizeof(RfadtsCtx),
	SETCAPS(rfadts_caps),
	.args = rfadts_args,
	.initialize = rfadts_initialize,
	.finalize = rf_audio_finalize,
	.configure_pid = rf_audio_configure_pid,
	.process = rf_audio_process,
	.process_event = rf_audio_process_event,
	.probe_data = rfadts_probe_data,
	.hint_class_type = GF_FS_CLASS_FRAMING,
};
