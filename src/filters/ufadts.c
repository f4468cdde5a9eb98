// SPDX-License-Identifier: MIT
// ADTS writer: puts a header of ISO/IEC 14496-3 1.A.3, made from the AudioSpecificConfig, in front of each
// AAC frame.
//
// ADTS knows the four AAC object types of MPEG-2, the rates of table 1.18 and channel configurations 1 to 7;
// other layouts need the program_config_element of the AudioSpecificConfig, written before each frame.
#include <string.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "filters/pid_props.h"
#include "filters/registry.h"
#include "filters/relay.h"
#include "formats/aac_config.h"
#include "formats/adts.h"

#define MAX_FRAME 0x1FFF // aac_frame_length, header included
#define ID_PCE 5         // id_syn_ele of a program_config_element

typedef enum { ID_MPEG4 = 0, ID_MPEG2, ID_AUTO } IdMode;

typedef struct {
	u32 mpeg2; // IdMode

	Relay io;
	AdtsHeader header;
	ByteWriter program; // raw_data_block start with the program_config_element, empty when there is none
	Bool ready;         // the configuration is known
	Bool warned;        // that it is not
} UfadtsCtx;

// The configuration of a stream that comes without one.
static GF_Err guess_config(UfadtsCtx *ctx, u32 codec, AacConfig *config)
{
	memset(config, 0, sizeof(*config));
	config->rate = pid_uint(ctx->io.ipid, GF_PROP_PID_SAMPLE_RATE);
	config->nb_channels = pid_uint(ctx->io.ipid, GF_PROP_PID_NUM_CHANNELS);
	if (!config->rate)
		return GF_NOT_READY;
	if (!config->nb_channels) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[ufadts] the number of channels is unknown, stereo is written\n"));
		config->nb_channels = 2;
	}
	config->object_type = codec == GF_CODECID_AAC_MPEG2_MP     ? AOT_AAC_MAIN
						  : codec == GF_CODECID_AAC_MPEG2_SSRP ? AOT_AAC_SSR
															   : AOT_AAC_LC;
	config->channel_config = (u8)aac_channel_config(config->nb_channels);
	return GF_OK;
}

static GF_Err load_config(UfadtsCtx *ctx, u32 codec, AacConfig *config)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(ctx->io.ipid, GF_PROP_PID_DECODER_CONFIG);
	if (!p || !p->value.data.size)
		return guess_config(ctx, codec, config);
	GF_Err e = aac_config_parse(p->value.data.ptr, p->value.data.size, config);
	if (e)
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[ufadts] the AudioSpecificConfig of %u bytes cannot be read: %s\n", p->value.data.size,
				gf_error_to_string(e)));
	return e;
}

static GF_Err write_program(UfadtsCtx *ctx, const AacConfig *config)
{
	bw_reset(&ctx->program);
	if (!config->has_program)
		return GF_OK;
	bw_bits(&ctx->program, ID_PCE, 3);
	aac_program_write(&ctx->program, &config->program);
	return ctx->program.failed ? GF_OUT_OF_MEM : GF_OK;
}

// Makes the header that the frames share.
static GF_Err make_header(UfadtsCtx *ctx, u32 codec, const AacConfig *config)
{
	u32 rate_index = aac_rate_index(config->rate);
	if (rate_index > 12 || config->channel_config > 7 || (!config->channel_config && !config->has_program)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[ufadts] ADTS cannot hold %u channels (configuration %u) at %u Hz; write to MP4 instead\n",
				config->nb_channels, config->channel_config, config->rate));
		return GF_NOT_SUPPORTED;
	}
	ctx->header.object_type = config->object_type > AOT_AAC_LTP ? AOT_AAC_LC : config->object_type;
	ctx->header.rate_index = (u8)rate_index;
	ctx->header.channel_config = config->channel_config;
	ctx->header.mpeg2 = ctx->mpeg2 == ID_MPEG2 || (ctx->mpeg2 == ID_AUTO && codec != GF_CODECID_AAC_MPEG4);
	return write_program(ctx, config);
}

static GF_Err ufadts_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	UfadtsCtx *ctx = gf_filter_get_udta(filter);
	GF_Err e = relay_configure(&ctx->io, filter, pid, is_remove);
	if (e || is_remove)
		return e;
	ctx->ready = GF_FALSE;
	AacConfig config;
	u32 codec = pid_uint(pid, GF_PROP_PID_CODECID);
	e = load_config(ctx, codec, &config);
	if (!e)
		e = make_header(ctx, codec, &config);
	if (e && e != GF_NOT_READY)
		return e;
	ctx->ready = !e;
	gf_filter_pid_copy_properties(ctx->io.opid, pid);
	gf_filter_pid_set_property(ctx->io.opid, GF_PROP_PID_UNFRAMED, PROP_BOOL(GF_TRUE));
	return gf_filter_pid_set_property(ctx->io.opid, GF_PROP_PID_DECODER_CONFIG, NULL);
}

static GF_Err send_frame(UfadtsCtx *ctx, GF_FilterPacket *source, const u8 *frame, u32 size)
{
	// A frame that starts with the element already keeps its own.
	u32 program = frame[0] >> 5 == ID_PCE ? 0 : (u32)ctx->program.size;
	u8 *data;
	if (size > MAX_FRAME - ADTS_HEADER_SIZE - program) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[ufadts] a frame of %u bytes is too large for ADTS (13 bits), dropped\n", size));
		return GF_OK;
	}
	ctx->header.frame_size = ADTS_HEADER_SIZE + program + size;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(ctx->io.opid, ctx->header.frame_size, &data);
	if (!packet)
		return GF_OUT_OF_MEM;
	gf_filter_pck_merge_properties(source, packet);
	gf_filter_pck_set_byte_offset(packet, GF_FILTER_NO_BO);
	adts_write(&ctx->header, data);
	if (program)
		memcpy(data + ADTS_HEADER_SIZE, ctx->program.data, program);
	memcpy(data + ADTS_HEADER_SIZE + program, frame, size);
	GF_Err e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

static GF_Err write_packet(void *udta, GF_FilterPacket *packet)
{
	UfadtsCtx *ctx = udta;
	u32 size;
	const u8 *frame = gf_filter_pck_get_data(packet, &size);
	if (!frame || !size) {
		GF_Err e = gf_filter_pck_has_properties(packet) ? gf_filter_pck_forward(packet, ctx->io.opid) : GF_OK;
		return e < 0 ? e : GF_OK;
	}
	if (ctx->ready)
		return send_frame(ctx, packet, frame, size);
	if (!ctx->warned)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[ufadts] frames are dropped until the stream has a configuration or a sample rate\n"));
	ctx->warned = GF_TRUE;
	return GF_OK;
}

static GF_Err ufadts_process(GF_Filter *filter)
{
	static const RelayCalls calls = {.use = write_packet};
	UfadtsCtx *ctx = gf_filter_get_udta(filter);
	return relay_process(&ctx->io, &calls, ctx);
}

static void ufadts_finalize(GF_Filter *filter)
{
	UfadtsCtx *ctx = gf_filter_get_udta(filter);
	bw_reset(&ctx->program);
}

static const GF_FilterArgs ufadts_args[] = {
	{"mpeg2", (s32)offsetof(UfadtsCtx, mpeg2),
		"ID bit of the headers: MPEG-4 (no), MPEG-2 (yes), as the codec of the stream says (auto)",
		GF_PROP_UINT, "auto", "no|yes|auto", GF_FS_ARG_HINT_ADVANCED},
	{0},
};

static const GF_FilterCapability ufadts_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_AAC_MPEG4),
	CAP_UINT(GF_CAPS_INPUT_OPT, GF_PROP_PID_CODECID, GF_CODECID_AAC_MPEG2_MP),
	CAP_UINT(GF_CAPS_INPUT_OPT, GF_PROP_PID_CODECID, GF_CODECID_AAC_MPEG2_LCP),
	CAP_UINT(GF_CAPS_INPUT_OPT, GF_PROP_PID_CODECID, GF_CODECID_AAC_MPEG2_SSRP),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_AAC_MPEG4),
	CAP_UINT(GF_CAPFLAG_IN_BUNDLE | GF_CAPFLAG_OUTPUT | GF_CAPFLAG_OPTIONAL, GF_PROP_PID_CODECID,
		GF_CODECID_AAC_MPEG2_MP),
	CAP_UINT(GF_CAPFLAG_IN_BUNDLE | GF_CAPFLAG_OUTPUT | GF_CAPFLAG_OPTIONAL, GF_PROP_PID_CODECID,
		GF_CODECID_AAC_MPEG2_LCP),
	CAP_UINT(GF_CAPFLAG_IN_BUNDLE | GF_CAPFLAG_OUTPUT | GF_CAPFLAG_OPTIONAL, GF_PROP_PID_CODECID,
		GF_CODECID_AAC_MPEG2_SSRP),
	CAP_BOOL(GF_CAPS_OUTPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
};

const GF_FilterRegister ufadts_register = {
	.name = "ufadts",
	.description = "ADTS writer",
	.help = "This filter puts an ADTS header in front of each AAC frame, as files (.aac) and transport "
			"streams want.",
	.private_size = sizeof(UfadtsCtx),
	SETCAPS(ufadts_caps),
	.args = ufadts_args,
	.finalize = ufadts_finalize,
	.configure_pid = ufadts_configure_pid,
	.process = ufadts_process,
	.hint_class_type = GF_FS_CLASS_FRAMING,
};
