// SPDX-License-Identifier: MIT
// AC-3 and Enhanced AC-3 reframer (ETSI TS 102 366): one packet for 1536 samples, that is a frame of AC-3, or all
// frames of all substreams of Enhanced AC-3.
#include <string.h>
#include <gpac/tools.h>
#include "filters/registry.h"
#include "filters/rf_audio.h"
#include "formats/ac3.h"

// Frames found in a row by the probe.
#define PROBE_FRAMES 2

typedef struct {
	RfAudio audio; // first
	// options
	Double index;
} Rfac3Ctx;

static Bool parse_header(const RfAudio *rf, const u8 *data, u32 size, RfFrame *frame)
{
	Ac3Unit unit;
	if (!ac3_unit(data, size, rf->at_end, &unit))
		return GF_FALSE;
	const Ac3Substream *s = &unit.substreams[0];
	frame->size = unit.size;
	frame->nb_samples = unit.nb_samples;
	frame->rate = s->header.rate;
	frame->config = (u64)unit.nb_substreams << 40 | (u64)s->locations << 24 | s->header.bit_rate_code << 16 |
					s->header.bsid << 11 | s->header.fscod << 9 | s->header.acmod << 6 | (s->header.lfe ? 32u : 0) |
					(s->header.enhanced ? 16u : 0) | s->nb_dependent;
	return GF_TRUE;
}

static u32 whole_frame(const u8 *data, const RfFrame *frame, RfPart parts[RF_MAX_PARTS])
{
	(void)data;
	parts[0] = (RfPart){.offset = 0, .size = frame->size};
	return 1;
}

static GF_Err configure_output(GF_Filter *filter, RfAudio *rf, const u8 *data, const RfFrame *frame)
{
	Ac3Unit unit;
	u8 config[AC3_MAX_CONFIG_SIZE];
	(void)filter;
	if (!ac3_unit(data, frame->size, GF_TRUE, &unit))
		return GF_NON_COMPLIANT_BITSTREAM;
	const Ac3Header *h = &unit.substreams[0].header;
	GF_FilterPid *opid = rf->opid;
	u32 size = ac3_config(&unit, config);
	u64 layout = ac3_layout(&unit);
	if (!size)
		return GF_OUT_OF_MEM;
	gf_filter_pid_set_property(opid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_AUDIO));
	gf_filter_pid_set_property(opid, GF_PROP_PID_CODECID, PROP_UINT(h->enhanced ? GF_CODECID_EAC3 : GF_CODECID_AC3));
	gf_filter_pid_set_property(opid, GF_PROP_PID_SAMPLES_PER_FRAME, PROP_UINT(frame->nb_samples));
	gf_filter_pid_set_property(opid, GF_PROP_PID_UNFRAMED, NULL);
	if (rf->is_file) {
		rf_audio_set_duration(rf);
		rf_audio_set_playback_mode(rf);
		gf_filter_pid_set_property(opid, GF_PROP_PID_CAN_DATAREF, PROP_BOOL(GF_TRUE));
	}
	gf_filter_pid_set_property(opid, GF_PROP_PID_TIMESCALE, PROP_UINT(rf->timescale));
	gf_filter_pid_set_property(opid, GF_PROP_PID_SAMPLE_RATE, PROP_UINT(h->rate));
	gf_filter_pid_set_property(opid, GF_PROP_PID_NUM_CHANNELS, PROP_UINT(ac3_channels(&unit)));
	gf_filter_pid_set_property(opid, GF_PROP_PID_CHANNEL_LAYOUT, layout ? PROP_LONGUINT(layout) : NULL);
	u64 rate = h->enhanced ? (u64)frame->size * 8 * h->rate / frame->nb_samples : h->bit_rate * 1000ull;
	gf_filter_pid_set_property(opid, GF_PROP_PID_BITRATE, PROP_UINT((u32)rate));
	return gf_filter_pid_set_property(opid, GF_PROP_PID_DECODER_CONFIG, PROP_DATA(config, size));
}

static const RfCodec ac3_codec = {
	.name = "rfac3",
	.header_size = AC3_HEADER_SIZE,
	.parse = parse_header,
	.find = ac3_find,
	.configure = configure_output,
	.parts = whole_frame,
};

static const char *rfac3_probe_data(const u8 *data, u32 size, GF_FilterProbeScore *score)
{
	Bool enhanced = GF_FALSE;
	u32 at = 0, nb = 0;
	Ac3Header h;
	while (nb < PROBE_FRAMES && at <= size && ac3_parse(data + at, size - at, &h)) {
		enhanced |= h.enhanced;
		at += h.size;
		nb++;
	}
	if (!nb || (nb < PROBE_FRAMES && at < size))
		return NULL;
	*score = GF_FPROBE_SUPPORTED;
	return enhanced ? "audio/eac3" : "audio/ac3";
}

static GF_Err rfac3_initialize(GF_Filter *filter)
{
	Rfac3Ctx *ctx = gf_filter_get_udta(filter);
	rf_audio_init(&ctx->audio, &ac3_codec, ctx, ctx->index, GF_FALSE);
	return GF_OK;
}

#define OPT(field) #field, (s32)offsetof(Rfac3Ctx, field)
static const GF_FilterArgs rfac3_args[] = {
	{OPT(index),
		"Seconds between the points a file can be played from. 0 does not scan the file, whose duration is "
		"then unknown; a negative value scans the first 20 MB only, the rest when it is needed",
		GF_PROP_DOUBLE, "1.0", NULL, 0},
	{0},
};

static const GF_FilterCapability rfac3_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "ac3|eac3|ec3"),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, "audio/x-ac3|audio/ac3|audio/x-eac3|audio/eac3"),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT_STATIC, GF_PROP_PID_CODECID, GF_CODECID_AC3),
	CAP_UINT(GF_CAPS_OUTPUT_STATIC, GF_PROP_PID_CODECID, GF_CODECID_EAC3),
	CAP_BOOL(GF_CAPS_OUTPUT_STATIC_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_AC3),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_EAC3),
	CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_ENCRYPTED),
	CAP_4CC(GF_CAPS_INPUT, GF_PROP_PID_PROTECTION_SCHEME_TYPE, GF_4CC('s', 'a', 'e', 's')),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_AC3),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_EAC3),
	CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_ENCRYPTED),
};

const GF_FilterRegister rfac3_register = {
	.name = "rfac3",
	.description = "AC-3 reframer",
	.help = "This filter parses AC-3 and Enhanced AC-3 (.ac3, .eac3, .ec3, or from a transport stream) and produces one "
			"packet per access unit.",
	.private_size = sizeof(Rfac3Ctx),
	SETCAPS(rfac3_caps),
	.args = rfac3_args,
	.initialize = rfac3_initialize,
	.finalize = rf_audio_finalize,
	.configure_pid = rf_audio_configure_pid,
	.process = rf_audio_process,
	.process_event = rf_audio_process_event,
	.probe_data = rfac3_probe_data,
	.hint_class_type = GF_FS_CLASS_FRAMING,
};
