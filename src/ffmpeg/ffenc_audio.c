// SPDX-License-Identifier: MIT
// Samples on their way into the encoder, gathered to frames of its size.
#include <stdlib.h>
#include "ffmpeg/ffenc.h"

// Times of the input that differ from the count of samples by less than this are rounding.
#define MAX_DRIFT_S 10 // 1 / 10 s

// The time of the first sample in the queue follows the samples; it jumps where the input does.
static void set_time(Ffenc *ctx, GF_FilterPacket *packet)
{
	u64 cts = gf_filter_pck_get_cts(packet);
	if (cts == GF_FILTER_NO_TS)
		cts = 0;
	s64 time = (s64)cts + ctx->delay;
	s64 pts = gf_timestamp_rescale_signed(time, ctx->timescale, ctx->rate);
	if (ctx->first_time == FFENC_NO_SHIFT)
		ctx->first_time = pts;
	if (ctx->fifo_pts == FFENC_NO_SHIFT) {
		ctx->fifo_pts = pts;
		return;
	}
	s64 expected = ctx->fifo_pts + av_audio_fifo_size(ctx->fifo);
	if (pts - expected > (s64)ctx->rate / MAX_DRIFT_S)
		ctx->fifo_pts += pts - expected;
}

GF_Err ffenc_add_samples(Ffenc *ctx, GF_FilterPacket *packet)
{
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	u32 bytes = gf_audio_fmt_bit_depth(ctx->label) / 8;
	u32 nb = data ? size / (bytes * ctx->nb_channels) : 0;
	u8 *planes[FF_MAX_CHANNELS];
	if (!nb)
		return GF_OK;
	if (ctx->nb_channels > FF_MAX_CHANNELS)
		return GF_NOT_SUPPORTED;
	const u8 *native = data;
	size_t native_bytes = (size_t)av_get_bytes_per_sample(ctx->codec->sample_fmt);
	if (ff_samples_differ(ctx->label)) {
		size_t values = (size_t)nb * ctx->nb_channels;
		av_fast_malloc(&ctx->native, &ctx->native_size, values * native_bytes);
		if (!ctx->native)
			return GF_OUT_OF_MEM;
		ff_samples_unpack(ctx->label, data, ctx->native, values);
		native = ctx->native;
	}
	u32 nb_planes = av_sample_fmt_is_planar(ctx->codec->sample_fmt) ? ctx->nb_channels : 1;
	for (u32 i = 0; i < nb_planes; i++)
		planes[i] = (u8 *)native + (size_t)i * nb * native_bytes;
	set_time(ctx, packet);
	return av_audio_fifo_write(ctx->fifo, (void **)planes, (int)nb) < (int)nb ? GF_OUT_OF_MEM : GF_OK;
}

int ffenc_send_samples(Ffenc *ctx, Bool last)
{
	AVFrame *frame = ctx->frame;
	int available = av_audio_fifo_size(ctx->fifo);
	int wanted = ctx->codec->frame_size > 0 ? ctx->codec->frame_size : available;
	if (!available || (available < wanted && !last))
		return AVERROR(EAGAIN);
	frame->nb_samples = available < wanted ? available : wanted;
	frame->format = ctx->codec->sample_fmt;
	frame->sample_rate = ctx->codec->sample_rate;
	frame->pts = ctx->fifo_pts;
	int e = av_channel_layout_copy(&frame->ch_layout, &ctx->codec->ch_layout);
	if (e >= 0)
		e = av_frame_get_buffer(frame, 0);
	if (e >= 0 && av_audio_fifo_read(ctx->fifo, (void **)frame->extended_data, frame->nb_samples) < 0)
		e = AVERROR(ENOMEM);
	ctx->fifo_pts += frame->nb_samples;
	if (e >= 0)
		e = avcodec_send_frame(ctx->codec, frame);
	av_frame_unref(frame);
	return e;
}
