// SPDX-License-Identifier: MIT
// Output packets of the reframer. Payloads are referenced; only cut planar audio, time codes and, on
// demand, frame interfaces are copied.
#include <stdio.h>
#include <string.h>
#include "filters/reframer.h"

static Bool is_cue(const RfCtx *ctx, GF_FilterPacket *pck)
{
	u32 sap = gf_filter_pck_get_sap(pck);
	return sap && sap <= ctx->opt.sapcue ? GF_TRUE : GF_FALSE;
}

// The whole packet on the output, with its attributes and properties.
static GF_FilterPacket *new_packet(const RfCtx *ctx, RfPid *p, GF_FilterPacket *pck)
{
	if (ctx->opt.copy && gf_filter_pck_get_frame_interface(pck))
		return gf_filter_pck_new_copy(p->opid, pck, NULL);
	GF_FilterPacket *out = gf_filter_pck_new_ref(p->opid, 0, 0, pck);
	if (out)
		gf_filter_pck_merge_properties(pck, out);
	return out;
}

static GF_Err send(GF_FilterPacket *pck)
{
	GF_Err e = gf_filter_pck_send(pck);
	return e < 0 ? e : GF_OK;
}

GF_Err rf_send_plain(const RfCtx *ctx, RfPid *p, GF_FilterPacket *pck)
{
	Bool cue = is_cue(ctx, pck);
	Bool clear_seek = ctx->opt.rmseek && gf_filter_pck_get_seek_flag(pck) ? GF_TRUE : GF_FALSE;
	Bool copy = ctx->opt.copy && gf_filter_pck_get_frame_interface(pck) ? GF_TRUE : GF_FALSE;
	if (!cue && !clear_seek && !copy) {
		GF_Err e = gf_filter_pck_forward(pck, p->opid);
		return e < 0 ? e : GF_OK;
	}
	GF_FilterPacket *out = new_packet(ctx, p, pck);
	if (!out)
		return GF_OUT_OF_MEM;
	if (clear_seek)
		gf_filter_pck_set_seek_flag(out, GF_FALSE);
	if (cue)
		gf_filter_pck_set_property(out, GF_PROP_PCK_CUE_START, PROP_BOOL(GF_TRUE));
	return send(out);
}

// ---- Cutting

// What is taken off a packet at the limits of the range.
typedef struct {
	RfTime head, tail;
} Margins;

static Margins margins_of(const RfCtx *ctx, const RfItem *item)
{
	Margins m = {0, 0};
	if (item->pres < ctx->ex.start && ctx->ex.start > 0)
		m.head = ctx->ex.start - item->pres;
	if (ctx->ex.end != RF_NO_TIME && item->pres + item->duration > ctx->ex.end)
		m.tail = item->pres + item->duration - ctx->ex.end;
	return m;
}

static u32 prop_u32(const RfPid *p, u32 p4cc)
{
	const GF_PropertyValue *val = gf_filter_pid_get_property(p->ipid, p4cc);
	return val ? val->value.uint : 0;
}

// Raw audio: the samples inside the range. NULL when nothing is left or memory lacks. `*place` becomes their offset in
// the source when they follow each other there.
static GF_FilterPacket *cut_audio(const RfPid *p, const RfItem *item, const Margins *m, u64 *place)
{
	u32 rate = prop_u32(p, GF_PROP_PID_SAMPLE_RATE);
	u32 nb_channels = prop_u32(p, GF_PROP_PID_NUM_CHANNELS);
	u32 format = prop_u32(p, GF_PROP_PID_AUDIO_FORMAT);
	u32 frame_size = nb_channels * gf_audio_fmt_bit_depth(format) / 8;
	u32 size;
	const u8 *data = gf_filter_pck_get_data(item->pck, &size);
	if (!frame_size || !rate || !data)
		return NULL;
	u64 nb = size / frame_size;
	u64 skip = (u64)rf_units(m->head, rate);
	u64 cut = (u64)rf_units(m->tail, rate);
	if (skip + cut >= nb)
		return NULL;
	u64 kept = nb - skip - cut;
	u64 source = gf_filter_pck_get_byte_offset(item->pck);
	if (!gf_audio_fmt_is_planar(format) && source != GF_FILTER_NO_BO)
		*place = source + skip * frame_size;
	if (!gf_audio_fmt_is_planar(format))
		return gf_filter_pck_new_ref(p->opid, (u32)(skip * frame_size), (u32)(kept * frame_size), item->pck);
	u8 *dst;
	GF_FilterPacket *out = gf_filter_pck_new_alloc(p->opid, (u32)(kept * frame_size), &dst);
	u64 sample_size = frame_size / nb_channels;
	for (u32 c = 0; out && c < nb_channels; c++)
		memcpy(dst + c * kept * sample_size, data + (c * nb + skip) * sample_size, kept * sample_size);
	return out;
}

// A time code sample is the number of the frame it starts with (QuickTime File Format, time code media).
static GF_FilterPacket *shift_timecode(const RfPid *p, const RfItem *item, RfTime head)
{
	u8 *data;
	GF_FilterPacket *out = gf_filter_pck_new_copy(p->opid, item->pck, &data);
	const GF_PropertyValue *rate = gf_filter_pid_get_property_str(p->ipid, "tmcd:framerate");
	u32 size = 0;
	if (out)
		gf_filter_pck_get_data(out, &size);
	if (!out || !rate || rate->type != GF_PROP_FRACTION || size < 4 || rate->value.frac.num <= 0 ||
		!rate->value.frac.den)
		return out;
	u32 nb = (u32)data[0] << 24 | (u32)data[1] << 16 | (u32)data[2] << 8 | data[3];
	nb += (u32)(rf_units(head, (u64)rate->value.frac.num) / rate->value.frac.den);
	data[0] = (u8)(nb >> 24);
	data[1] = (u8)(nb >> 16);
	data[2] = (u8)(nb >> 8);
	data[3] = (u8)nb;
	return out;
}

static GF_FilterPacket *cut_packet(const RfCtx *ctx, RfPid *p, const RfItem *item, const Margins *m)
{
	GF_FilterPacket *out;
	u64 place = GF_FILTER_NO_BO;
	if (p->raw && p->stream_type == GF_STREAM_AUDIO && (m->head || m->tail))
		out = cut_audio(p, item, m, &place);
	else if (p->codec_id == GF_CODECID_TMCD && m->head && ctx->opt.tcmdrw)
		out = shift_timecode(p, item, m->head);
	else
		return new_packet(ctx, p, item->pck);
	if (out) {
		gf_filter_pck_merge_properties(item->pck, out);
		gf_filter_pck_set_byte_offset(out, place);
	}
	return out;
}

// ---- Timing

// Frames of compressed audio are decoded whole: what is before the range is skipped afterwards.
static Bool skips_head(const RfPid *p)
{
	return p->stream_type == GF_STREAM_AUDIO && !p->raw ? GF_TRUE : GF_FALSE;
}

// Only part of the packet is wanted, and its time stamps can say so.
static Bool is_trimmed(const RfPid *p)
{
	return p->predictive ? GF_FALSE : GF_TRUE;
}

// Time by which the packet starts later on the output than its time stamps say.
static s64 head_shift(const RfPid *p, const Margins *m)
{
	if (!m->head || !is_trimmed(p) || (skips_head(p) && p->keeps_timeline))
		return 0;
	return rf_units(m->head, p->timescale);
}

RfTime rf_output_time(const RfPid *p, const RfItem *item)
{
	u64 cts = gf_filter_pck_get_cts(item->pck);
	return cts == GF_FILTER_NO_TS ? RF_NO_TIME : rf_time((s64)cts + p->shift + p->out_delay, p->timescale);
}

static void set_times(const RfPid *p, GF_FilterPacket *out, const RfItem *item, s64 head, s64 tail)
{
	u64 dts = gf_filter_pck_get_dts(item->pck);
	u64 cts = gf_filter_pck_get_cts(item->pck);
	if (dts != GF_FILTER_NO_TS)
		gf_filter_pck_set_dts(out, dts + (u64)(p->shift + head));
	if (cts != GF_FILTER_NO_TS)
		gf_filter_pck_set_cts(out, cts + (u64)(p->shift + head));
	s64 duration = (s64)gf_filter_pck_get_duration(item->pck) - head - tail;
	if (head || tail)
		gf_filter_pck_set_duration(out, duration > 0 ? (u32)duration : 0);
}

static void set_delay(RfPid *p, s64 delay)
{
	const GF_PropertyValue *now = gf_filter_pid_get_property(p->opid, GF_PROP_PID_DELAY);
	if ((now ? now->value.longsint : 0) == delay)
		return;
	gf_filter_pid_set_property(p->opid, GF_PROP_PID_DELAY, delay ? PROP_LONGSINT(delay) : NULL);
}

static GF_Err push_props(const RfCtx *ctx, RfPid *p)
{
	const GF_PropStringList *props = &ctx->opt.props;
	u32 index = ctx->ex.plan.split ? ctx->ex.number : ctx->ex.index;
	if (index >= props->nb_items || !props->vals[index][0])
		return GF_OK;
	return gf_filter_pid_push_properties(p->opid, props->vals[index], GF_FALSE, GF_TRUE);
}

// The first range keeps what the edit list of the source hides at the beginning (Delay below 0). When its
// first packet would come before time 0, everything is moved later and hidden by as much.
GF_Err rf_begin_range(RfCtx *ctx, RfPid *p, const RfItem *item)
{
	const RfExtract *ex = &ctx->ex;
	Margins m = margins_of(ctx, item);
	Bool first = p->ever_started ? GF_FALSE : GF_TRUE;
	p->started = p->ever_started = GF_TRUE;
	p->keeps_timeline = first || ctx->opt.xots || ctx->opt.splitrange ? GF_TRUE : GF_FALSE;
	if (skips_head(p) && m.head)
		gf_filter_pid_set_property(p->opid, GF_PROP_PID_HAS_SKIP_BEGIN, PROP_BOOL(GF_TRUE));
	if (!ctx->opt.xots) {
		s64 delay = first ? (p->delay < 0 ? p->delay : 0) : p->out_delay;
		if (ex->plan.split && ex->number)
			delay = 0;
		else if (ctx->opt.splitrange && ex->number && item->pres > ex->start)
			delay = rf_units(item->pres - ex->start, p->timescale);
		s64 shift = rf_units(ex->base - ex->start, p->timescale) + p->delay - delay;
		u64 dts = gf_filter_pck_get_dts(item->pck);
		s64 out_dts = (s64)(dts == GF_FILTER_NO_TS ? gf_filter_pck_get_cts(item->pck) : dts) + shift +
					  head_shift(p, &m);
		if (first && out_dts < 0) {
			shift -= out_dts;
			delay += out_dts;
		}
		p->shift = shift;
		p->out_delay = delay;
		set_delay(p, delay);
	}
	return push_props(ctx, p);
}

// ---- Files

static void set_file(const RfCtx *ctx, GF_FilterPacket *out, RfTime last_end)
{
	const RfExtract *ex = &ctx->ex;
	if (!ctx->opt.splitrange && !ex->plan.split)
		return;
	u32 number = ex->plan.split == RF_SPLIT_SAP ? ex->number : ex->number + 1;
	gf_filter_pck_set_property(out, GF_PROP_PCK_FILENUM, PROP_UINT(number));
	if (!ex->plan.split) {
		gf_filter_pck_set_property(out, GF_PROP_PCK_FILESUF, PROP_STRING(ex->plan.ranges[ex->index].suffix));
		return;
	}
	char suffix[64];
	RfTime end = ex->end == INT64_MAX ? last_end : ex->end;
	snprintf(suffix, sizeof(suffix), "%lld-%lld", (long long)rf_units(ex->start, 1000),
		(long long)rf_units(end, 1000));
	gf_filter_pck_set_property(out, GF_PROP_PCK_FILESUF, PROP_STRING(suffix));
}

GF_Err rf_send_item(const RfCtx *ctx, RfPid *p, const RfItem *item, RfCut cut)
{
	Margins m = margins_of(ctx, item);
	Bool begins = p->sent_end == RF_NO_TIME ? GF_TRUE : GF_FALSE;
	if (item->pres + item->duration > p->sent_end)
		p->sent_end = item->pres + item->duration;
	if (cut.seek || !is_trimmed(p))
		m.head = 0;
	if (!is_trimmed(p))
		m.tail = 0;
	GF_FilterPacket *out = cut_packet(ctx, p, item, &m);
	if (!out) {
		// less than one sample of the packet is in the range
		return p->raw && (m.head || m.tail) ? GF_OK : GF_OUT_OF_MEM;
	}
	set_times(p, out, item, head_shift(p, &m), rf_units(m.tail, p->timescale));
	gf_filter_pck_set_seek_flag(out, cut.seek && !ctx->opt.rmseek ? GF_TRUE : GF_FALSE);
	if (m.head && skips_head(p))
		gf_filter_pck_set_property(
			out, GF_PROP_PCK_SKIP_BEGIN, PROP_UINT((u32)rf_units(m.head, p->timescale)));
	if (cut.skip_pres)
		gf_filter_pck_set_property(out, GF_PROP_PCK_SKIP_PRES, PROP_BOOL(GF_TRUE));
	if (is_cue(ctx, item->pck))
		gf_filter_pck_set_property(out, GF_PROP_PCK_CUE_START, PROP_BOOL(GF_TRUE));
	if (begins)
		set_file(ctx, out, ctx->ex.position);
	return send(out);
}
