// SPDX-License-Identifier: MIT
// Bitstream filters of libavcodec (media filters chapter 5.6).
#include <string.h>
#include <libavcodec/bsf.h>
#include <libavutil/opt.h>
#include "ffmpeg/ffmpeg.h"
#include "filters/relay.h"

typedef struct {
	const FfbsfOptions *options;
	AVDictionary *bsf_options; // given by name
	Relay io;
	AVBSFContext *bsf; // NULL: packets pass
	AVPacket *packet;
	GF_FilterPacket *source; // attributes of the packets that come out
	Bool needs_header; // the parameter sets of an elementary stream go in front of its first packet
	Bool drained;
} Ffbsf;

static Bool takes(const AVBitStreamFilter *filter, enum AVCodecID id)
{
	for (const enum AVCodecID *c = filter->codec_ids; c && *c != AV_CODEC_ID_NONE; c++)
		if (*c == id)
			return GF_TRUE;
	return !filter->codec_ids;
}

static GF_Err set_input(Ffbsf *ctx, enum AVCodecID id)
{
	GF_FilterPid *pid = ctx->io.ipid;
	AVCodecParameters *p = ctx->bsf->par_in;
	u32 timescale = gf_filter_pid_get_timescale(pid);
	p->codec_id = id;
	p->codec_type = avcodec_get_type(id);
	p->width = (int)ff_uint(pid, GF_PROP_PID_WIDTH);
	p->height = (int)ff_uint(pid, GF_PROP_PID_HEIGHT);
	p->sample_rate = (int)ff_uint(pid, GF_PROP_PID_SAMPLE_RATE);
	ctx->bsf->time_base_in = (AVRational){1, timescale ? (int)timescale : 1000};
	if (p->codec_type == AVMEDIA_TYPE_AUDIO)
		av_channel_layout_default(&p->ch_layout, (int)ff_uint(pid, GF_PROP_PID_NUM_CHANNELS));
	return ff_extradata_of_pid(pid, &p->extradata, &p->extradata_size);
}

static GF_Err open_bsf(Ffbsf *ctx, const AVBitStreamFilter *filter, enum AVCodecID id)
{
	char text[FF_ERROR_SIZE];
	AVDictionary *options = NULL;
	int res = av_bsf_alloc(filter, &ctx->bsf);
	GF_Err e = res < 0 ? GF_OUT_OF_MEM : set_input(ctx, id);
	if (e)
		return e;
	av_dict_copy(&options, ctx->bsf_options, 0);
	res = av_opt_set_dict2(ctx->bsf, &options, AV_OPT_SEARCH_CHILDREN);
	if (res >= 0)
		res = av_bsf_init(ctx->bsf);
	ff_log_flush();
	av_dict_free(&options);
	if (res >= 0)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC,
		("[ffbsf] %s cannot be applied to %s: %s\n", filter->name, avcodec_get_name(id), ff_error_text(res, text)));
	return GF_NOT_SUPPORTED;
}

static void describe_output(Ffbsf *ctx)
{
	u32 size;
	gf_filter_pid_copy_properties(ctx->io.opid, ctx->io.ipid);
	if (!ctx->bsf)
		return;
	const AVCodecParameters *p = ctx->bsf->par_out;
	Bool unframed = ff_is_unframed(p);
	ctx->needs_header = unframed && p->extradata_size > 0;
	u8 *config = unframed ? NULL : ff_config(p, NULL, 0, &size);
	gf_filter_pid_set_property(ctx->io.opid, GF_PROP_PID_UNFRAMED, unframed ? PROP_BOOL(GF_TRUE) : NULL);
	gf_filter_pid_set_property(ctx->io.opid, GF_PROP_PID_UNFRAMED_FULL_AU, unframed ? PROP_BOOL(GF_TRUE) : NULL);
	if (config || unframed)
		gf_filter_pid_set_property(
			ctx->io.opid, GF_PROP_PID_DECODER_CONFIG, config ? PROP_DATA(config, size) : NULL);
	gf_free(config);
}

static GF_Err ffbsf_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	Ffbsf *ctx = ff_state(filter);
	av_bsf_free(&ctx->bsf);
	GF_Err e = relay_configure(&ctx->io, filter, pid, is_remove);
	if (e || is_remove)
		return e;
	enum AVCodecID id = ff_codec_of_pid(pid);
	for (u32 i = 0; !e && !ctx->bsf && i < ctx->options->f.nb_items; i++) {
		const AVBitStreamFilter *bsf = av_bsf_get_by_name(ctx->options->f.vals[i]);
		if (takes(bsf, id))
			e = open_bsf(ctx, bsf, id);
	}
	if (!e)
		describe_output(ctx);
	return e;
}

static GF_Err send_packet(Ffbsf *ctx)
{
	u8 *data;
	const AVPacket *p = ctx->packet;
	u32 header = ctx->needs_header ? (u32)ctx->bsf->par_out->extradata_size : 0;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(ctx->io.opid, header + (u32)p->size, &data);
	if (!packet)
		return GF_OUT_OF_MEM;
	if (header)
		memcpy(data, ctx->bsf->par_out->extradata, header);
	if (p->size)
		memcpy(data + header, p->data, (size_t)p->size);
	ctx->needs_header = GF_FALSE;
	if (ctx->source)
		gf_filter_pck_merge_properties(ctx->source, packet);
	AVRational base = ctx->bsf->time_base_in;
	if (p->dts != AV_NOPTS_VALUE)
		gf_filter_pck_set_dts(packet, (u64)av_rescale_q(p->dts, ctx->bsf->time_base_out, base));
	if (p->pts != AV_NOPTS_VALUE)
		gf_filter_pck_set_cts(packet, (u64)av_rescale_q(p->pts, ctx->bsf->time_base_out, base));
	gf_filter_pck_set_byte_offset(packet, GF_FILTER_NO_BO);
	GF_Err e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

static GF_Err receive_all(Ffbsf *ctx)
{
	GF_Err e = GF_OK;
	int res = 0;
	while (!e && (res = av_bsf_receive_packet(ctx->bsf, ctx->packet)) >= 0) {
		e = send_packet(ctx);
		av_packet_unref(ctx->packet);
	}
	ff_log_flush();
	if (!e && res < 0 && res != AVERROR(EAGAIN) && res != AVERROR_EOF)
		e = GF_NON_COMPLIANT_BITSTREAM;
	return e;
}

static GF_Err use_packet(void *udta, GF_FilterPacket *packet)
{
	Ffbsf *ctx = udta;
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	u64 cts = gf_filter_pck_get_cts(packet), dts = gf_filter_pck_get_dts(packet);
	ctx->drained = GF_FALSE;
	if (!ctx->bsf)
		return gf_filter_pck_forward(packet, ctx->io.opid);
	if (!data || !size)
		return GF_OK;
	if (av_new_packet(ctx->packet, (int)size) < 0)
		return GF_OUT_OF_MEM;
	memcpy(ctx->packet->data, data, size);
	ctx->packet->pts = cts == GF_FILTER_NO_TS ? AV_NOPTS_VALUE : (s64)cts;
	ctx->packet->dts = dts == GF_FILTER_NO_TS ? AV_NOPTS_VALUE : (s64)dts;
	ctx->packet->duration = gf_filter_pck_get_duration(packet);
	ctx->packet->flags = gf_filter_pck_get_sap(packet) ? AV_PKT_FLAG_KEY : 0;
	ctx->source = packet;
	int res = av_bsf_send_packet(ctx->bsf, ctx->packet);
	GF_Err e = res < 0 ? GF_NON_COMPLIANT_BITSTREAM : receive_all(ctx);
	av_packet_unref(ctx->packet);
	ctx->source = NULL;
	return e;
}

static void drain(void *udta)
{
	Ffbsf *ctx = udta;
	if (!ctx->bsf || ctx->drained)
		return;
	av_bsf_send_packet(ctx->bsf, NULL);
	receive_all(ctx);
	av_bsf_flush(ctx->bsf);
	ctx->drained = GF_TRUE;
}

static GF_Err ffbsf_process(GF_Filter *filter)
{
	static const RelayCalls calls = {use_packet, drain};
	Ffbsf *ctx = ff_state(filter);
	return relay_process(&ctx->io, &calls, ctx);
}

static Bool ffbsf_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	Ffbsf *ctx = ff_state(filter);
	if (event->base.type == GF_FEVT_STOP && ctx->bsf)
		av_bsf_flush(ctx->bsf);
	return GF_FALSE;
}

static GF_Err ffbsf_update_arg(GF_Filter *filter, const char *name, const GF_PropertyValue *value)
{
	Ffbsf *ctx = ff_state(filter);
	return ff_option_set(filter, &ctx->bsf_options, av_bsf_get_class(), AV_OPT_FLAG_BSF_PARAM, name, value);
}

static GF_Err ffbsf_initialize(GF_Filter *filter)
{
	Ffbsf *ctx = ff_state(filter);
	ctx->options = gf_filter_get_udta(filter);
	ctx->packet = av_packet_alloc();
	const GF_PropStringList *names = &ctx->options->f;
	for (u32 i = 0; i < names->nb_items; i++) {
		if (av_bsf_get_by_name(names->vals[i]))
			continue;
		GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC,
			("[ffbsf] `%s` is no bitstream filter: see `ffmpeg -bsfs`\n", names->vals[i]));
		return GF_BAD_PARAM;
	}
	if (!names->nb_items) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CODEC, ("[ffbsf] no bitstream filter given, use ffbsf:f=NAME\n"));
		return GF_BAD_PARAM;
	}
	return ctx->packet ? GF_OK : GF_OUT_OF_MEM;
}

static void ffbsf_finalize(GF_Filter *filter)
{
	Ffbsf *ctx = ff_state(filter);
	av_bsf_free(&ctx->bsf);
	av_packet_free(&ctx->packet);
	av_dict_free(&ctx->bsf_options);
}

const FfCallbacks ffbsf_callbacks = {
	.name = "ffbsf",
	.state_size = sizeof(Ffbsf),
	.initialize = ffbsf_initialize,
	.finalize = ffbsf_finalize,
	.configure_pid = ffbsf_configure_pid,
	.process = ffbsf_process,
	.process_event = ffbsf_process_event,
	.update_arg = ffbsf_update_arg,
};
