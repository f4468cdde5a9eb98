// SPDX-License-Identifier: MIT
// Gives media other times: another frame rate, a delay, another first time, no jumps.
#include <math.h>
#include <stdlib.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "base/numbers.h"
#include "filters/pid_props.h"
#include "filters/registry.h"
#include "filters/restamp.h"

typedef enum { RAWV_NO = 0, RAWV_FORCE, RAWV_DYN } RawVideo;

static Bool is_set(GF_Fraction f)
{
	return f.num && f.den;
}

// ---- Rate

// Frames per second of the input: as it tells, or as its first packet does. 0 when neither does.
static GF_Fraction input_rate(const RestampStream *s, GF_FilterPacket *first)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(s->io.ipid, GF_PROP_PID_FPS);
	if (p && p->value.frac.num > 0 && p->value.frac.den)
		return p->value.frac;
	u32 duration = first ? gf_filter_pck_get_duration(first) : 0;
	return duration ? (GF_Fraction){(s32)gf_filter_pid_get_timescale(s->io.ipid), duration} : (GF_Fraction){0, 1};
}

static GF_Fraction reduced(u64 num, u64 den)
{
	u64 common = num_gcd(num, den);
	num /= common ? common : 1;
	den /= common ? common : 1;
	while (num > 0x7FFFFFFF || den > 0xFFFFFFFF) {
		num >>= 1;
		den >>= 1;
	}
	return (GF_Fraction){(s32)num, den ? (u32)den : 1};
}

// The rate asked for; a factor of that of the input when it is negative.
static GF_Fraction output_rate(const RestampCtx *ctx, GF_Fraction input)
{
	GF_Fraction f = ctx->fps;
	return f.num > 0 ? f : reduced((u64)input.num * (u64) - (s64)f.num, (u64)input.den * f.den);
}

// A timescale near that of the input in which a frame of the output has a whole number of units.
static u32 timescale_for(u32 timescale, GF_Fraction rate)
{
	u64 num = (u32)rate.num, count = (timescale + num - 1) / num;
	if (!num || (u64)timescale * rate.den % num == 0)
		return timescale;
	return num * count <= 0xFFFFFFFF ? (u32)(num * count) : (u32)num;
}

static void set_units(RestampStream *s, u32 timescale)
{
	u64 out = (u64)s->timescale * (u32)s->slower.num, in = (u64)timescale * s->slower.den, common = num_gcd(out, in);
	s->out = out / common;
	s->in = in / common;
}

// What happens to the times. GF_NOT_READY when the rate is not known before the first packet.
static GF_Err plan(RestampStream *s, GF_FilterPacket *first)
{
	const RestampCtx *ctx = s->ctx;
	u32 timescale = gf_filter_pid_get_timescale(s->io.ipid);
	s->slower = (GF_Fraction){1, 1};
	s->timescale = timescale = timescale ? timescale : 1000;
	s->rate = (GF_Fraction){0, 1};
	s->by_frames = GF_FALSE;
	if (s->type == GF_STREAM_VISUAL && is_set(ctx->fps)) {
		GF_Fraction input = input_rate(s, first);
		s->by_frames = ctx->rawv != RAWV_NO;
		if (!is_set(input) && (ctx->fps.num < 0 ? s->by_frames : !s->by_frames)) {
			if (first)
				GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
					("[restamp] the frame rate of PID %s is not known, its times stay\n", gf_filter_pid_get_name(s->io.ipid)));
			return first ? GF_OK : GF_NOT_READY;
		}
		s->rate = output_rate(ctx, input);
		s->timescale = timescale_for(timescale, s->rate);
		if (!s->by_frames && ctx->fps.num < 0)
			s->slower = reduced(ctx->fps.den, (u64) - (s64)ctx->fps.num);
		else if (!s->by_frames)
			s->slower = reduced((u64)input.num * s->rate.den, (u64)input.den * (u32)s->rate.num);
	}
	set_units(s, timescale);
	return GF_OK;
}

// ---- Properties

static Double seconds(GF_Fraction f)
{
	return f.den ? (Double)f.num / f.den : 0;
}

static Double delay_of(const RestampStream *s)
{
	const RestampCtx *ctx = s->ctx;
	switch (s->type) {
	case GF_STREAM_VISUAL:
		return seconds(ctx->delay) + seconds(ctx->delay_v);
	case GF_STREAM_AUDIO:
		return seconds(ctx->delay) + seconds(ctx->delay_a);
	case GF_STREAM_TEXT:
		return seconds(ctx->delay) + seconds(ctx->delay_t);
	default:
		return seconds(ctx->delay) + seconds(ctx->delay_o);
	}
}

static s64 ticks(const RestampStream *s, Double time)
{
	return (s64)llround(time * s->timescale);
}

// A delay moves the times; what would then come before the beginning is hidden.
static void set_delay(RestampStream *s)
{
	const RestampCtx *ctx = s->ctx;
	const GF_PropertyValue *p = gf_filter_pid_get_property(s->io.ipid, GF_PROP_PID_DELAY);
	s64 delay = s->input_delay = p ? restamp_scale(s, p->value.longsint) : 0;
	s->delay = delay_of(s);
	s->shift = s->delay > 0 ? ticks(s, s->delay) : 0;
	if (s->delay < 0)
		delay += ticks(s, s->delay);
	if (ctx->has_origin)
		s->shift += ticks(s, (Double)ctx->tsinit.num / (Double)ctx->tsinit.den - ctx->origin);
	gf_filter_pid_set_property(s->io.opid, GF_PROP_PID_DELAY, delay ? PROP_LONGSINT(delay) : NULL);
}

// Properties that are in units of the timescale.
static void rescale_uint(const RestampStream *s, u32 code)
{
	u32 value = pid_uint(s->io.ipid, code);
	s64 scaled = restamp_scale(s, value);
	if (value)
		gf_filter_pid_set_property(s->io.opid, code, scaled <= 0xFFFFFFFF ? PROP_UINT((u32)scaled) : NULL);
}

static void describe_rate(const RestampStream *s)
{
	GF_FilterPid *pid = s->io.opid;
	const GF_PropertyValue *d = gf_filter_pid_get_property(s->io.ipid, GF_PROP_PID_DURATION);
	u32 bitrate = pid_uint(s->io.ipid, GF_PROP_PID_BITRATE);
	Double duration = d && d->value.lfrac.den ? (Double)d->value.lfrac.num / (Double)d->value.lfrac.den : 0;
	if (is_set(s->rate))
		gf_filter_pid_set_property(pid, GF_PROP_PID_FPS, PROP_FRAC(s->rate));
	if (s->by_frames) {
		gf_filter_pid_set_property(pid, GF_PROP_PID_NB_FRAMES,
			duration > 0 ? PROP_UINT((u32)llround(duration * seconds(s->rate))) : NULL);
		gf_filter_pid_set_property(pid, GF_PROP_PID_BITRATE, NULL);
		return;
	}
	if (bitrate)
		gf_filter_pid_set_property(pid, GF_PROP_PID_BITRATE, PROP_UINT((u32)(bitrate / seconds(s->slower))));
	if (duration > 0)
		gf_filter_pid_set_property(
			pid, GF_PROP_PID_DURATION, PROP_FRAC64_INT(ticks(s, duration * seconds(s->slower)), s->timescale));
}

static void describe(RestampStream *s)
{
	static const u32 units[] = {GF_PROP_PID_CTS_SHIFT, GF_PROP_PID_CONSTANT_DURATION, GF_PROP_PID_MAX_TS_DELTA,
		GF_PROP_PID_MAX_CTS_OFFSET};
	gf_filter_pid_copy_properties(s->io.opid, s->io.ipid);
	if (!s->planned)
		return;
	gf_filter_pid_set_property(s->io.opid, GF_PROP_PID_TIMESCALE, PROP_UINT(s->timescale));
	for (u32 i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		rescale_uint(s, units[i]);
	if (s->type == GF_STREAM_VISUAL && is_set(s->ctx->fps))
		describe_rate(s);
	set_delay(s);
}

static GF_Err prepare(RestampStream *s, GF_FilterPacket *first)
{
	GF_Err e = plan(s, first);
	s->planned = e == GF_OK;
	describe(s);
	return e == GF_NOT_READY ? GF_OK : e;
}

// ---- Times

// Time of a packet before any shift, in seconds.
static Double first_time(const RestampStream *s, GF_FilterPacket *packet)
{
	u64 dts = gf_filter_pck_get_dts(packet);
	s64 time = (s64)(dts == GF_FILTER_NO_TS ? gf_filter_pck_get_cts(packet) : dts);
	return (Double)restamp_scale(s, time) / s->timescale;
}

// The first times of all streams. True when a stream has to be waited for: text may stay silent.
static Bool find_origin(GF_Filter *filter, RestampCtx *ctx)
{
	Bool any = GF_FALSE;
	ctx->origin = 0;
	for (u32 i = 0; i < gf_filter_get_ipid_count(filter); i++) {
		RestampStream *s = gf_filter_pid_get_udta(gf_filter_get_ipid(filter, i));
		GF_FilterPacket *packet = s && s->playing ? gf_filter_pid_get_packet(s->io.ipid) : NULL;
		if (!s || !s->playing || (!packet && gf_filter_pid_is_eos(s->io.ipid)))
			continue;
		if (!packet && (s->type == GF_STREAM_VISUAL || s->type == GF_STREAM_AUDIO))
			return GF_TRUE;
		if (packet && !s->planned)
			prepare(s, packet);
		if (!packet || (any && first_time(s, packet) >= ctx->origin))
			continue;
		ctx->origin = first_time(s, packet);
		any = GF_TRUE;
	}
	ctx->has_origin = any;
	for (u32 i = 0; any && i < gf_filter_get_ipid_count(filter); i++) {
		RestampStream *s = gf_filter_pid_get_udta(gf_filter_get_ipid(filter, i));
		if (s)
			set_delay(s);
	}
	return GF_FALSE;
}

// A step that is too far from the usual one becomes the smallest one, and stays closed.
static void close_gap(RestampStream *s, GF_FilterPacket *packet)
{
	u64 dts = gf_filter_pck_get_dts(packet);
	u32 duration = gf_filter_pck_get_duration(packet), timescale = gf_filter_pid_get_timescale(s->io.ipid);
	if (!s->ctx->align || dts == GF_FILTER_NO_TS)
		return;
	s64 limit = (s64)((u64)s->ctx->align * (timescale ? timescale : 1000) / 1000);
	s64 expected = s->last_dts + (s->min_duration ? s->min_duration : 1);
	if (s->has_last && llabs((s64)dts + s->correction - expected) > limit)
		s->correction = expected - (s64)dts;
	s->last_dts = (s64)dts + s->correction;
	s->has_last = GF_TRUE;
	if (duration && (!s->min_duration || duration < s->min_duration))
		s->min_duration = duration;
}

static GF_Err use_packet(void *stream, GF_FilterPacket *packet)
{
	RestampStream *s = stream;
	u64 dts = gf_filter_pck_get_dts(packet), cts = gf_filter_pck_get_cts(packet);
	if (!s->planned) {
		GF_Err e = prepare(s, packet);
		if (e)
			return e;
	}
	if (s->delay != delay_of(s))
		set_delay(s);
	close_gap(s, packet);
	if (cts == GF_FILTER_NO_TS)
		return gf_filter_pck_forward(packet, s->io.opid);
	if (s->by_frames)
		return restamp_at_rate(s, packet);
	if (s->ctx->reorder && s->type == GF_STREAM_VISUAL && !s->raw)
		return restamp_in_order(s, packet);
	s64 time = restamp_time(s, (s64)cts);
	return restamp_send(s, packet, dts == GF_FILTER_NO_TS ? time : restamp_time(s, (s64)dts), time,
		(u32)restamp_scale(s, gf_filter_pck_get_duration(packet)));
}

static void drain(void *stream)
{
	restamp_flush(stream);
}

// ---- Callbacks

static void reset(void *stream)
{
	RestampStream *s = stream;
	restamp_forget(s);
	gf_free(s->kept);
}

static GF_Err restamp_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	GF_Err e;
	if (is_remove) {
		relay_remove(pid, reset);
		return GF_OK;
	}
	RestampStream *s = relay_stream(filter, pid, sizeof(*s), &e);
	if (!s)
		return e;
	restamp_flush(s); // with the old properties
	s->ctx = gf_filter_get_udta(filter);
	s->type = pid_uint(pid, GF_PROP_PID_STREAM_TYPE);
	s->raw = pid_uint(pid, GF_PROP_PID_CODECID) == GF_CODECID_RAW;
	return prepare(s, NULL);
}

static RestampStream *stream_of(GF_Filter *filter, const GF_FilterPid *opid)
{
	for (u32 i = 0; i < gf_filter_get_ipid_count(filter); i++) {
		RestampStream *s = gf_filter_pid_get_udta(gf_filter_get_ipid(filter, i));
		if (s && s->io.opid == opid)
			return s;
	}
	return NULL;
}

static Bool restamp_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	RestampStream *s = event->base.on_pid ? stream_of(filter, event->base.on_pid) : NULL;
	if (!s || (event->base.type != GF_FEVT_PLAY && event->base.type != GF_FEVT_STOP))
		return GF_FALSE;
	s->playing = event->base.type == GF_FEVT_PLAY;
	s->ctx->has_origin = GF_FALSE;
	s->has_last = GF_FALSE;
	s->correction = 0;
	restamp_forget(s);
	return GF_FALSE;
}

static GF_Err restamp_process(GF_Filter *filter)
{
	static const RelayCalls calls = {use_packet, drain};
	RestampCtx *ctx = gf_filter_get_udta(filter);
	if (ctx->tsinit.num >= 0 && ctx->tsinit.den && !ctx->has_origin && find_origin(filter, ctx))
		return GF_OK;
	return relay_process_all(filter, &calls);
}

#define FRAMED \
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE), \
		CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE)
#define VIDEO CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL)
#define OTHERS \
	CAP_UINT(GF_CAPS_IN_OUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE), \
		CAP_UINT(GF_CAPS_IN_OUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL), \
		CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE), \
		CAP_UINT(GF_CAPS_IN_OUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE)

static const GF_FilterCapability restamp_caps[] = {VIDEO, FRAMED, {0}, OTHERS};

static const GF_FilterCapability decoded_caps[] = {
	VIDEO,
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	{0},
	OTHERS,
};

// Video whose pictures all stand for themselves comes as it is.
static const GF_FilterCapability intra_caps[] = {
	VIDEO,
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_JPEG),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_PNG),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_J2K),
	{0},
	VIDEO,
	FRAMED,
	CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_HAS_SYNC, GF_FALSE),
	{0},
	OTHERS,
};

#define OVERRIDE_CAPS(filter, caps) gf_filter_override_caps((filter), (caps), sizeof(caps) / sizeof((caps)[0]))

static GF_Err restamp_initialize(GF_Filter *filter)
{
	const RestampCtx *ctx = gf_filter_get_udta(filter);
	if (ctx->rawv == RAWV_FORCE)
		return OVERRIDE_CAPS(filter, decoded_caps);
	return ctx->rawv == RAWV_DYN && is_set(ctx->fps) ? OVERRIDE_CAPS(filter, intra_caps) : GF_OK;
}

static void restamp_finalize(GF_Filter *filter)
{
	relay_free_all(filter, reset);
}

#define OPT(field) #field, (s32)offsetof(RestampCtx, field)
#define DELAY(field, text) {OPT(field), text, GF_PROP_FRACTION, "0/1", NULL, GF_FS_ARG_UPDATE}
static const GF_FilterArgs restamp_args[] = {
	{OPT(fps), "Frames per second of the video; a negative number multiplies the rate. 0 leaves it", GF_PROP_FRACTION, "0/1",
		NULL, 0},
	DELAY(delay, "Delay of all streams in seconds. A negative one hides the beginning"),
	DELAY(delay_v, "Delay of video, added to that of all streams"),
	DELAY(delay_a, "Delay of audio, added to that of all streams"),
	DELAY(delay_t, "Delay of text, added to that of all streams"),
	DELAY(delay_o, "Delay of other streams, added to that of all streams"),
	{OPT(rawv),
		"How the rate of video changes: the same frames are shown for another time (no), video is decoded and its frames are "
		"dropped or repeated (force), the same but without decoding where every frame stands for itself (dyn)",
		GF_PROP_UINT, "no", "no|force|dyn", 0},
	{OPT(tsinit), "First time in seconds, of the stream that begins first. A negative one leaves the times",
		GF_PROP_FRACTION64, "-1/1", NULL, 0},
	{OPT(align),
		"Jumps of more than so many milliseconds, forward or back, are closed: the packet follows the one before after the "
		"smallest duration. 0 leaves them", GF_PROP_UINT, "0", NULL, 0},
	{OPT(reorder), "Send coded video in the order of presentation", GF_PROP_BOOL, "false", NULL, 0},
	{0},
};

const GF_FilterRegister restamp_register = {
	.name = "restamp",
	.description = "Retiming",
	.help = "This filter changes the times of packets: the frame rate of video, delays, the first time, jumps. "
			"EX gpac -i in.mp4 restamp:fps=25:rawv=force -o out.mp4",
	.private_size = sizeof(RestampCtx),
	.max_extra_pids = (u32)-1,
	.flags = GF_FS_REG_EXPLICIT_ONLY | GF_FS_REG_ALLOW_CYCLIC | GF_FS_REG_TEMP_INIT,
	SETCAPS(restamp_caps),
	.args = restamp_args,
	.initialize = restamp_initialize,
	.finalize = restamp_finalize,
	.configure_pid = restamp_configure_pid,
	.process = restamp_process,
	.process_event = restamp_process_event,
	.hint_class_type = GF_FS_CLASS_STREAM,
};
