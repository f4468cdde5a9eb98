// SPDX-License-Identifier: MIT
// Reader of raw audio: samples without header, whose format the options or the extension tell, and WAV files.
#include <string.h>
#include <gpac/tools.h>
#include "filters/raw_formats.h"
#include "filters/registry.h"
#include "filters/rf_raw.h"
#include "formats/wav.h"

typedef struct {
	RfRaw raw; // first
	// options
	u32 sr;
	u32 safmt;
	u32 ch;
	u32 framelen;

	u32 rate, nb_channels, format;
	u64 layout;
} RfpcmCtx;

static Bool is_wav(const RfRaw *rf)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(rf->ipid, GF_PROP_PID_MIME);
	if (p && p->value.string)
		return !strcmp(p->value.string, "audio/wav");
	return !strcasecmp(rf_raw_extension(rf), "wav");
}

static u32 wav_sample_format(const WavFormat *f)
{
	switch (f->bits_per_sample) {
	case 8:
		return GF_AUDIO_FMT_U8;
	case 16:
		return GF_AUDIO_FMT_S16;
	case 24:
		return GF_AUDIO_FMT_S24;
	case 32:
		return f->is_float ? GF_AUDIO_FMT_FLT : GF_AUDIO_FMT_S32;
	default:
		return GF_AUDIO_FMT_DBL;
	}
}

static GF_Err read_wav(RfpcmCtx *ctx, const u8 *data, u32 size)
{
	WavFile wav;
	u32 tag = 0;
	GF_Err e = wav_read_header(data, size, &wav, &tag);
	if (e == GF_NOT_SUPPORTED)
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[rfpcm] WAV with samples of format 0x%04X is not supported\n", tag));
	if (e)
		return e;
	ctx->rate = wav.format.rate;
	ctx->nb_channels = wav.format.nb_channels;
	ctx->layout = wav.format.layout;
	ctx->format = wav_sample_format(&wav.format);
	ctx->raw.data_start = wav.data_offset;
	ctx->raw.data_end = wav.data_size ? wav.data_offset + wav.data_size : 0;
	return GF_OK;
}

static GF_Err use_options(RfpcmCtx *ctx)
{
	ctx->rate = ctx->sr;
	ctx->nb_channels = ctx->ch;
	ctx->layout = ctx->ch == 1 ? 4 : ctx->ch == 2 ? 3 : 0;
	ctx->format = ctx->safmt ? ctx->safmt : raw_audio_format(rf_raw_extension(&ctx->raw));
	ctx->raw.data_start = ctx->raw.data_end = 0;
	if (ctx->format)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
		("[rfpcm] the sample format is unknown: set it with option safmt, as in safmt=s16\n"));
	return GF_BAD_PARAM;
}

static GF_Err read_header(RfRaw *rf, const u8 *data, u32 size)
{
	RfpcmCtx *ctx = rf->options;
	GF_Err e = is_wav(rf) ? read_wav(ctx, data, size) : use_options(ctx);
	if (e)
		return e;
	u64 sample = (u64)gf_audio_fmt_bit_depth(ctx->format) / 8 * ctx->nb_channels;
	if (!sample || sample * ctx->framelen > 0x7FFFFFFF || !ctx->rate)
		return GF_BAD_PARAM;
	rf->sample_size = (u32)sample;
	rf->unit_size = rf->sample_size * ctx->framelen;
	rf->unit_duration = ctx->framelen;
	rf->timescale = ctx->rate;
	return GF_OK;
}

static GF_Err configure_output(RfRaw *rf)
{
	const RfpcmCtx *ctx = rf->options;
	GF_FilterPid *pid = rf->opid;
	u64 bits = (u64)ctx->rate * rf->sample_size * 8;
	gf_filter_pid_set_property(pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_AUDIO));
	gf_filter_pid_set_property(pid, GF_PROP_PID_AUDIO_FORMAT, PROP_ENUM(ctx->format, GF_PROP_PCMFMT));
	gf_filter_pid_set_property(pid, GF_PROP_PID_SAMPLE_RATE, PROP_UINT(ctx->rate));
	gf_filter_pid_set_property(pid, GF_PROP_PID_NUM_CHANNELS, PROP_UINT(ctx->nb_channels));
	if (ctx->layout)
		gf_filter_pid_set_property(pid, GF_PROP_PID_CHANNEL_LAYOUT, PROP_LONGUINT(ctx->layout));
	if (bits <= 0xFFFFFFFFu)
		gf_filter_pid_set_property(pid, GF_PROP_PID_BITRATE, PROP_UINT((u32)bits));
	return GF_OK;
}

static void reverse_samples(const RfRaw *rf, u8 *data, u32 size)
{
	const RfpcmCtx *ctx = rf->options;
	raw_reverse_samples(ctx->format, ctx->nb_channels, data, size);
}

static const RfRawKind pcm_kind = {
	.name = "rfpcm", .header = read_header, .configure = configure_output, .reverse = reverse_samples};

static const char *rfpcm_probe_data(const u8 *data, u32 size, GF_FilterProbeScore *score)
{
	if (size >= 12 && !memcmp(data, "RIFF", 4) && !memcmp(data + 8, "WAVE", 4)) {
		*score = GF_FPROBE_SUPPORTED;
		return "audio/wav";
	}
	*score = GF_FPROBE_EXT_MATCH;
	return RAW_AUDIO_EXTENSIONS;
}

static GF_Err rfpcm_initialize(GF_Filter *filter)
{
	RfpcmCtx *ctx = gf_filter_get_udta(filter);
	if (!ctx->sr || !ctx->ch || !ctx->framelen) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[rfpcm] options sr, ch and framelen cannot be 0\n"));
		return GF_BAD_PARAM;
	}
	rf_raw_init(&ctx->raw, &pcm_kind, ctx, GF_FALSE);
	return GF_OK;
}

#define OPT(field) #field, (s32)offsetof(RfpcmCtx, field)
static const GF_FilterArgs rfpcm_args[] = {
	{OPT(sr), "Sample rate of files without header", GF_PROP_UINT, "44100", NULL, 0},
	{OPT(safmt), "Sample format of files without header; none takes it from the extension", GF_PROP_PCMFMT, "none",
		NULL, 0},
	{OPT(ch), "Number of channels of files without header", GF_PROP_UINT, "2", NULL, 0},
	{OPT(framelen), "Samples per packet", GF_PROP_UINT, "1024", NULL, GF_FS_ARG_HINT_ADVANCED},
	{0},
};

static const GF_FilterCapability rfpcm_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, RAW_AUDIO_EXTENSIONS),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, "audio/x-pcm"),
	CAP_UINT(GF_CAPS_OUTPUT_STATIC, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT_STATIC, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	CAP_BOOL(GF_CAPS_OUTPUT_STATIC_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "wav"),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, "audio/wav"),
};

const GF_FilterRegister rfpcm_register = {
	.name = "rfpcm",
	.description = "Raw audio reader",
	.help = "This filter reads WAV files and files of raw samples (.pcm, .s24, .flt…, whose rate and channels the "
			"options tell). They can be played backward.",
	.private_size = sizeof(RfpcmCtx),
	SETCAPS(rfpcm_caps),
	.args = rfpcm_args,
	.initialize = rfpcm_initialize,
	.finalize = rf_raw_finalize,
	.configure_pid = rf_raw_configure_pid,
	.process = rf_raw_process,
	.process_event = rf_raw_process_event,
	.probe_data = rfpcm_probe_data,
	.hint_class_type = GF_FS_CLASS_FRAMING,
};
