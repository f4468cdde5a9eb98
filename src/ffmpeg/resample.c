// SPDX-License-Identifier: MIT
// Audio resampler: rate, format and channels by libswresample (media filters chapter 4.24).
//
// The times of the output follow its samples. They are set anew when the input jumps by more than what rounding
// and the delay of the filter can explain.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <libswresample/swresample.h>
#include "ffmpeg/samples.h"
#include "filters/relay.h"

typedef struct {
	GF_AudioFormat label;
	u32 rate, nb_channels;
	u64 mask;
} Format;

typedef struct {
	const ResampleOptions *options;
	Relay io;
	Format wanted; // what a consumer asked for; 0 where it did not
	Double speed;
	Format in, out;
	SwrContext *swr; // NULL while packets are passed on
	Bool pending;    // the input has no format yet
	Bool started;    // a packet came
	u64 next_cts;    // of the output, GF_FILTER_NO_TS before the first packet
	u8 *native[2];   // input and output in formats that FFmpeg knows
	unsigned native_size[2];
} Resample;

static u64 default_mask(u32 nb_channels)
{
	AVChannelLayout layout = {0};
	av_channel_layout_default(&layout, (int)nb_channels);
	u64 mask = ff_layout_to_mask(&layout);
	av_channel_layout_uninit(&layout);
	return mask;
}

static void read_input(Resample *ctx)
{
	const GF_PropertyValue *mask = gf_filter_pid_get_property(ctx->io.ipid, GF_PROP_PID_CHANNEL_LAYOUT);
	ctx->in.label = ff_uint(ctx->io.ipid, GF_PROP_PID_AUDIO_FORMAT);
	ctx->in.rate = ff_uint(ctx->io.ipid, GF_PROP_PID_SAMPLE_RATE);
	ctx->in.nb_channels = ff_uint(ctx->io.ipid, GF_PROP_PID_NUM_CHANNELS);
	ctx->in.mask = mask ? mask->value.longuint : 0;
	if (!ff_layout_from_mask(ctx->in.mask, ctx->in.nb_channels))
		ctx->in.mask = default_mask(ctx->in.nb_channels);
}

static u32 first_of(u32 a, u32 b, u32 c)
{
	return a ? a : b ? b : c;
}

static void choose_output(Resample *ctx)
{
	const ResampleOptions *o = ctx->options;
	u64 mask = o->olayout ? gf_audio_fmt_get_layout_from_cicp(o->olayout) : 0;
	if (ctx->wanted.mask)
		mask = ctx->wanted.mask;
	u32 of_mask = mask ? gf_audio_fmt_get_num_channels_from_layout(mask) : 0;
	ctx->out.label = first_of(ctx->wanted.label, o->osfmt, ctx->in.label);
	ctx->out.rate = first_of(ctx->wanted.rate, o->osr, ctx->in.rate);
	ctx->out.nb_channels =
		first_of(ctx->wanted.nb_channels, of_mask, first_of(o->och, ctx->in.nb_channels, 0));
	if (!mask && ctx->out.nb_channels == ctx->in.nb_channels)
		mask = ctx->in.mask;
	ctx->out.mask = ff_layout_from_mask(mask, ctx->out.nb_channels) ? mask : default_mask(ctx->out.nb_channels);
}

static void describe_output(const Resample *ctx)
{
	GF_FilterPid *pid = ctx->io.opid;
	gf_filter_pid_copy_properties(pid, ctx->io.ipid);
	gf_filter_pid_set_property(pid, GF_PROP_PID_AUDIO_FORMAT, PROP_UINT(ctx->out.label));
	ff_set_uint(pid, GF_PROP_PID_SAMPLE_RATE, ctx->out.rate);
	ff_set_uint(pid, GF_PROP_PID_NUM_CHANNELS, ctx->out.nb_channels);
	gf_filter_pid_set_property(
		pid, GF_PROP_PID_CHANNEL_LAYOUT, ctx->out.mask ? PROP_LONGUINT(ctx->out.mask) : NULL);
	gf_filter_pid_set_property(pid, GF_PROP_PID_BITRATE, NULL);
	gf_filter_pid_set_property(pid, GF_PROP_PID_AUDIO_BPS, NULL);
	if (!ctx->swr)
		return;
	const GF_PropertyValue *delay = gf_filter_pid_get_property(ctx->io.ipid, GF_PROP_PID_DELAY);
	u32 timescale = gf_filter_pid_get_timescale(ctx->io.ipid);
	ff_set_uint(pid, GF_PROP_PID_TIMESCALE, ctx->out.rate);
	if (delay)
		gf_filter_pid_set_property(pid, GF_PROP_PID_DELAY,
			PROP_LONGSINT(gf_timestamp_rescale_signed(
				delay->value.longsint, timescale ? timescale : 1000, ctx->out.rate)));
}

static Bool same_format(const Format *a, const Format *b)
{
	return a->label == b->label && a->rate == b->rate && a->nb_channels == b->nb_channels && a->mask == b->mask;
}

static GF_Err open_swr(Resample *ctx)
{
	AVChannelLayout in = {0}, out = {0};
	u64 in_mask = ff_layout_from_mask(ctx->in.mask, ctx->in.nb_channels);
	u64 out_mask = ff_layout_from_mask(ctx->out.mask, ctx->out.nb_channels);
	enum AVSampleFormat in_format = ff_samples_native(ctx->in.label), out_format = ff_samples_native(ctx->out.label);
	if (in_format == AV_SAMPLE_FMT_NONE || out_format == AV_SAMPLE_FMT_NONE)
		return GF_NOT_SUPPORTED;
	if (in_mask)
		av_channel_layout_from_mask(&in, in_mask);
	else
		av_channel_layout_default(&in, (int)ctx->in.nb_channels);
	if (out_mask)
		av_channel_layout_from_mask(&out, out_mask);
	else
		av_channel_layout_default(&out, (int)ctx->out.nb_channels);
	int e = swr_alloc_set_opts2(&ctx->swr, &out, out_format, (int)ctx->out.rate, &in, in_format,
		(int)((Double)ctx->in.rate * ctx->speed + 0.5), 0, NULL);
	if (e >= 0)
		e = swr_init(ctx->swr);
	ff_log_flush();
	if (e < 0) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_AUDIO,
			("[resample] no conversion from %u channels of %s at %u Hz to %u channels of %s at %u Hz\n",
				ctx->in.nb_channels, gf_audio_fmt_name(ctx->in.label), ctx->in.rate, ctx->out.nb_channels,
				gf_audio_fmt_name(ctx->out.label), ctx->out.rate));
		swr_free(&ctx->swr);
	}
	return e < 0 ? GF_NOT_SUPPORTED : GF_OK;
}

// ---- Samples

static u8 *buffer(Resample *ctx, u32 which, size_t size)
{
	av_fast_malloc(&ctx->native[which], &ctx->native_size[which], size);
	return ctx->native[which];
}

static void set_planes(const Format *format, u8 *data, u32 nb_samples, u8 *planes[])
{
	enum AVSampleFormat native = ff_samples_native(format->label);
	u32 nb_planes = av_sample_fmt_is_planar(native) ? format->nb_channels : 1;
	for (u32 i = 0; i < nb_planes; i++)
		planes[i] = data + (size_t)i * nb_samples * (u32)av_get_bytes_per_sample(native);
}

// Takes `nb` samples of the output, whose planes are `capacity` samples apart.
static GF_Err send_samples(Resample *ctx, u8 *native, u32 nb, u32 capacity, GF_FilterPacket *source)
{
	const Format *out = &ctx->out;
	u32 bytes = gf_audio_fmt_bit_depth(out->label) / 8;
	u32 nb_planes = gf_audio_fmt_is_planar(out->label) ? out->nb_channels : 1;
	size_t native_bytes = (size_t)av_get_bytes_per_sample(ff_samples_native(out->label));
	size_t in_plane = (size_t)nb * (out->nb_channels / nb_planes);
	u8 *data;
	u64 size = (u64)nb * out->nb_channels * bytes;
	GF_FilterPacket *packet = size <= UINT32_MAX ? gf_filter_pck_new_alloc(ctx->io.opid, (u32)size, &data) : NULL;
	if (!packet)
		return GF_OUT_OF_MEM;
	for (u32 i = 0; i < nb_planes; i++)
		ff_samples_pack(out->label, native + (size_t)i * capacity * native_bytes, data + i * in_plane * bytes, in_plane);
	if (source)
		gf_filter_pck_merge_properties(source, packet);
	gf_filter_pck_set_byte_offset(packet, GF_FILTER_NO_BO);
	gf_filter_pck_set_sap(packet, GF_FILTER_SAP_1);
	gf_filter_pck_set_dts(packet, ctx->next_cts);
	gf_filter_pck_set_cts(packet, ctx->next_cts);
	gf_filter_pck_set_duration(packet, nb);
	ctx->next_cts += (u64)llround(nb * ctx->speed); // times are those of the media, which pass faster
	GF_Err e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

// Converts samples, or with none what is left in the resampler.
static GF_Err convert(Resample *ctx, u8 *const *in, u32 nb_in, GF_FilterPacket *source)
{
	u8 *planes[FF_MAX_CHANNELS];
	int capacity = swr_get_out_samples(ctx->swr, (int)nb_in);
	size_t sample = (size_t)av_get_bytes_per_sample(ff_samples_native(ctx->out.label)) * ctx->out.nb_channels;
	if (capacity <= 0)
		return GF_OK;
	u8 *native = buffer(ctx, 1, (size_t)capacity * sample);
	if (!native)
		return GF_OUT_OF_MEM;
	set_planes(&ctx->out, native, (u32)capacity, planes);
	int nb = swr_convert(ctx->swr, planes, capacity, (const u8 **)in, (int)nb_in);
	ff_log_flush();
	if (nb < 0)
		return GF_SERVICE_ERROR;
	return nb ? send_samples(ctx, native, (u32)nb, (u32)capacity, source) : GF_OK;
}

// The output follows the times of the input where they jump.
static void set_time(Resample *ctx, GF_FilterPacket *packet)
{
	u64 cts = gf_filter_pck_get_cts(packet);
	u32 timescale = gf_filter_pck_get_timescale(packet);
	if (cts == GF_FILTER_NO_TS)
		cts = ctx->next_cts == GF_FILTER_NO_TS ? 0 : cts;
	if (cts == GF_FILTER_NO_TS)
		return;
	s64 kept = llround((Double)swr_get_delay(ctx->swr, ctx->out.rate) * ctx->speed);
	s64 expected = (s64)gf_timestamp_rescale(cts, timescale, ctx->out.rate) - kept;
	if (expected < 0)
		expected = 0;
	// Rounded times and delays differ by less than this; 20 ms where the rates are not multiples.
	Bool multiple = ctx->speed == 1 && (ctx->in.rate % ctx->out.rate == 0 || ctx->out.rate % ctx->in.rate == 0);
	s64 tolerance = multiple && timescale % ctx->in.rate == 0 ? 2 : ctx->out.rate / 50;
	if (ctx->next_cts == GF_FILTER_NO_TS || llabs(expected - (s64)ctx->next_cts) > tolerance)
		ctx->next_cts = (u64)expected;
}

static GF_Err use_packet(void *udta, GF_FilterPacket *packet)
{
	Resample *ctx = udta;
	ctx->started = GF_TRUE;
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	u32 frame = gf_audio_fmt_bit_depth(ctx->in.label) / 8 * ctx->in.nb_channels;
	u32 nb = data && frame ? size / frame : 0;
	u8 *planes[FF_MAX_CHANNELS];
	if (!ctx->swr)
		return gf_filter_pck_forward(packet, ctx->io.opid);
	if (!nb)
		return GF_OK;
	u8 *native = (u8 *)data;
	if (ff_samples_differ(ctx->in.label)) {
		size_t values = (size_t)nb * ctx->in.nb_channels;
		native = buffer(ctx, 0, values * (size_t)av_get_bytes_per_sample(ff_samples_native(ctx->in.label)));
		if (!native)
			return GF_OUT_OF_MEM;
		ff_samples_unpack(ctx->in.label, data, native, values);
	}
	set_planes(&ctx->in, native, nb, planes);
	set_time(ctx, packet);
	return convert(ctx, planes, nb, packet);
}

// ---- Callbacks

static GF_Err set_up(Resample *ctx)
{
	Format in = ctx->in, out = ctx->out;
	read_input(ctx);
	ctx->pending = !ctx->in.label || !ctx->in.rate || !ctx->in.nb_channels;
	if (ctx->in.nb_channels > FF_MAX_CHANNELS)
		return GF_NOT_SUPPORTED;
	choose_output(ctx);
	if (ctx->out.nb_channels > FF_MAX_CHANNELS)
		return GF_NOT_SUPPORTED;
	Bool pass = ctx->pending || (same_format(&ctx->in, &ctx->out) && ctx->speed == 1);
	Bool same = same_format(&in, &ctx->in) && same_format(&out, &ctx->out);
	if (ctx->swr && (pass || !same)) {
		Format now = ctx->out;
		ctx->out = out;
		convert(ctx, NULL, 0, NULL);
		ctx->out = now;
		swr_free(&ctx->swr);
		ctx->next_cts = GF_FILTER_NO_TS;
	}
	GF_Err e = !pass && !ctx->swr ? open_swr(ctx) : GF_OK;
	if (!e)
		describe_output(ctx);
	return e;
}

// A filter that was put in front of a consumer gives it one format, whatever the input changes to in mid-stream.
static void keep_output(Resample *ctx)
{
	ctx->wanted.label = first_of(ctx->wanted.label, ctx->out.label, 0);
	ctx->wanted.rate = first_of(ctx->wanted.rate, ctx->out.rate, 0);
	ctx->wanted.nb_channels = first_of(ctx->wanted.nb_channels, ctx->out.nb_channels, 0);
	if (!ctx->wanted.mask)
		ctx->wanted.mask = ctx->out.mask;
}

static GF_Err resample_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	Resample *ctx = ff_state(filter);
	GF_Err e = relay_configure(&ctx->io, filter, pid, is_remove);
	if (!e && !is_remove && ctx->started && gf_filter_is_dynamic(filter))
		keep_output(ctx);
	return e || is_remove ? e : set_up(ctx);
}

static GF_Err resample_reconfigure_output(GF_Filter *filter, GF_FilterPid *pid)
{
	Resample *ctx = ff_state(filter);
	const GF_PropertyValue *p;
	if ((p = gf_filter_pid_caps_query(pid, GF_PROP_PID_SAMPLE_RATE)))
		ctx->wanted.rate = p->value.uint;
	if ((p = gf_filter_pid_caps_query(pid, GF_PROP_PID_NUM_CHANNELS)))
		ctx->wanted.nb_channels = p->value.uint;
	if ((p = gf_filter_pid_caps_query(pid, GF_PROP_PID_AUDIO_FORMAT)))
		ctx->wanted.label = p->value.uint;
	if ((p = gf_filter_pid_caps_query(pid, GF_PROP_PID_CHANNEL_LAYOUT)))
		ctx->wanted.mask = p->value.longuint;
	if ((p = gf_filter_pid_caps_query(pid, GF_PROP_PID_AUDIO_SPEED)) && p->value.number > 0)
		ctx->speed = p->value.number;
	return set_up(ctx);
}

static Bool resample_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	Resample *ctx = ff_state(filter);
	GF_FEventType type = event->base.type;
	if (type == GF_FEVT_STOP) {
		ctx->next_cts = GF_FILTER_NO_TS;
		if (ctx->swr)
			swr_init(ctx->swr);
	}
	Double speed = type == GF_FEVT_PLAY || type == GF_FEVT_SET_SPEED ? event->play.speed : 0;
	if (speed < 0)
		speed = -speed;
	if (speed && speed != ctx->speed && ctx->io.ipid) {
		ctx->speed = speed;
		swr_free(&ctx->swr);
		set_up(ctx);
	}
	return GF_FALSE;
}

static void drain(void *udta)
{
	Resample *ctx = udta;
	if (!ctx->swr || ctx->next_cts == GF_FILTER_NO_TS)
		return;
	convert(ctx, NULL, 0, NULL);
	swr_init(ctx->swr);
	ctx->next_cts = GF_FILTER_NO_TS;
}

static GF_Err resample_process(GF_Filter *filter)
{
	static const RelayCalls calls = {use_packet, drain};
	Resample *ctx = ff_state(filter);
	return relay_process(&ctx->io, &calls, ctx);
}

static GF_Err resample_initialize(GF_Filter *filter)
{
	Resample *ctx = ff_state(filter);
	ctx->options = gf_filter_get_udta(filter);
	ctx->speed = 1;
	ctx->next_cts = GF_FILTER_NO_TS;
	return GF_OK;
}

static void resample_finalize(GF_Filter *filter)
{
	Resample *ctx = ff_state(filter);
	swr_free(&ctx->swr);
	av_freep(&ctx->native[0]);
	av_freep(&ctx->native[1]);
}

const FfCallbacks resample_callbacks = {
	.name = "resample",
	.state_size = sizeof(Resample),
	.initialize = resample_initialize,
	.finalize = resample_finalize,
	.configure_pid = resample_configure_pid,
	.process = resample_process,
	.process_event = resample_process_event,
	.reconfigure_output = resample_reconfigure_output,
};
