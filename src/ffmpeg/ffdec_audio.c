// SPDX-License-Identifier: MIT
// Decoded sound: priming and cuts, the properties of the output, and packets.
#include <string.h>
#include "ffmpeg/ffdec.h"

static void describe_output(Ffdec *ctx)
{
	const AVFrame *frame = ctx->frame;
	GF_FilterPid *pid = ctx->opid;
	u64 layout = ff_layout_to_mask(&frame->ch_layout);
	if (ctx->rate == (u32)frame->sample_rate && ctx->nb_channels == (u32)frame->ch_layout.nb_channels &&
		ctx->sample_format == frame->format && ctx->layout == layout)
		return;
	ctx->rate = (u32)frame->sample_rate;
	ctx->nb_channels = (u32)frame->ch_layout.nb_channels;
	ctx->sample_format = frame->format;
	ctx->layout = layout;
	ff_set_uint(pid, GF_PROP_PID_SAMPLE_RATE, ctx->rate);
	ff_set_uint(pid, GF_PROP_PID_NUM_CHANNELS, ctx->nb_channels);
	gf_filter_pid_set_property(pid, GF_PROP_PID_AUDIO_FORMAT, PROP_UINT(ff_sample_label(frame->format)));
	gf_filter_pid_set_property(
		pid, GF_PROP_PID_CHANNEL_LAYOUT, layout ? PROP_LONGUINT(layout) : NULL);
}

// The samples of a frame that are presented.
typedef struct {
	u32 first, nb;
	s64 cts; // of the first one
} Cut;

static u32 property_of(const FfdecSource *source, u32 code)
{
	const GF_PropertyValue *p = source ? gf_filter_pck_get_property(source->props, code) : NULL;
	return p ? p->value.uint : 0;
}

// `first_of_packet`: the frame begins where its packet does.
static Cut cut_frame(const Ffdec *ctx, const FfdecSource *source, s64 cts, Bool first_of_packet)
{
	u32 timescale = gf_filter_pid_get_timescale(ctx->opid);
	u32 nb = (u32)ctx->frame->nb_samples;
	s64 skip = cts + ctx->delay < 0 ? -(cts + ctx->delay) : 0;
	s64 begin = first_of_packet ? property_of(source, GF_PROP_PCK_SKIP_BEGIN) : 0;
	if (begin > skip)
		skip = begin;
	s64 first = gf_timestamp_rescale_signed(skip, timescale, ctx->rate);
	if (first > nb)
		first = nb;
	if (property_of(source, GF_PROP_PCK_END_RANGE) && first_of_packet) {
		u64 last = gf_timestamp_rescale(gf_filter_pck_get_duration(source->props), timescale, ctx->rate);
		if (last && last < nb)
			nb = (u32)last;
	}
	nb = nb > (u32)first ? nb - (u32)first : 0;
	return (Cut){.first = (u32)first, .nb = nb, .cts = cts + ctx->delay + skip};
}

static void copy_samples(const Ffdec *ctx, const Cut *cut, u8 *data)
{
	size_t sample = (size_t)av_get_bytes_per_sample(ctx->sample_format);
	if (!av_sample_fmt_is_planar(ctx->sample_format)) {
		size_t frame = sample * ctx->nb_channels;
		memcpy(data, ctx->frame->extended_data[0] + cut->first * frame, cut->nb * frame);
		return;
	}
	for (u32 i = 0; i < ctx->nb_channels; i++)
		memcpy(data + i * cut->nb * sample, ctx->frame->extended_data[i] + cut->first * sample, cut->nb * sample);
}

static GF_Err send_samples(Ffdec *ctx, const FfdecSource *source, const Cut *cut)
{
	u8 *data;
	u32 timescale = gf_filter_pid_get_timescale(ctx->opid);
	u64 size = (u64)cut->nb * ctx->nb_channels * (u32)av_get_bytes_per_sample(ctx->sample_format);
	GF_FilterPacket *packet = size <= UINT32_MAX ? gf_filter_pck_new_alloc(ctx->opid, (u32)size, &data) : NULL;
	if (!packet)
		return GF_OUT_OF_MEM;
	copy_samples(ctx, cut, data);
	if (source)
		gf_filter_pck_merge_properties(source->props, packet);
	gf_filter_pck_set_property(packet, GF_PROP_PCK_SKIP_BEGIN, NULL);
	gf_filter_pck_set_dts(packet, (u64)cut->cts);
	gf_filter_pck_set_cts(packet, (u64)cut->cts);
	gf_filter_pck_set_duration(packet, (u32)gf_timestamp_rescale(cut->nb, ctx->rate, timescale));
	gf_filter_pck_set_sap(packet, GF_FILTER_SAP_1);
	gf_filter_pck_set_byte_offset(packet, GF_FILTER_NO_BO);
	gf_filter_pck_set_dependency_flags(packet, 0);
	gf_filter_pck_set_framing(packet, GF_TRUE, GF_TRUE);
	GF_Err e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

GF_Err ffdec_send_audio(Ffdec *ctx)
{
	const AVFrame *frame = ctx->frame;
	const FfdecSource *source = ffdec_source(ctx);
	if (frame->nb_samples <= 0 || frame->sample_rate <= 0 || frame->ch_layout.nb_channels <= 0)
		return GF_OK;
	describe_output(ctx);
	u32 timescale = gf_filter_pid_get_timescale(ctx->opid);
	Bool has_time = frame->pts != AV_NOPTS_VALUE;
	s64 cts = has_time ? frame->pts : ctx->next_cts;
	Cut cut = cut_frame(ctx, source, cts, has_time);
	ctx->next_cts = cts + (s64)gf_timestamp_rescale((u64)frame->nb_samples, ctx->rate, timescale);
	return cut.nb ? send_samples(ctx, source, &cut) : GF_OK;
}
