// SPDX-License-Identifier: MIT
// Reframer: passes framed media on, after a choice of packets, extraction of time ranges, splitting into
// files, or real-time regulation. It is loaded by name only.
//
// Payloads are never decoded or rewritten: a cut falls between packets, except for raw audio.
#include <stddef.h>
#include <string.h>
#include "filters/reframer.h"
#include "filters/registry.h"

// ---- PIDs

// Only random access points of type 1 and 2 are kept: all packets of the output are.
static Bool keeps_sync_only(const GF_PropUIntList *saps)
{
	for (u32 i = 0; i < saps->nb_items; i++) {
		if (saps->vals[i] != GF_FILTER_SAP_1 && saps->vals[i] != GF_FILTER_SAP_2)
			return GF_FALSE;
	}
	return saps->nb_items ? GF_TRUE : GF_FALSE;
}

static u32 prop_u32(GF_FilterPid *pid, u32 p4cc)
{
	const GF_PropertyValue *val = gf_filter_pid_get_property(pid, p4cc);
	return val ? val->value.uint : 0;
}

static void read_pid(RfPid *p)
{
	p->timescale = gf_filter_pid_get_timescale(p->ipid);
	if (!p->timescale)
		p->timescale = 1000;
	const GF_PropertyValue *delay = gf_filter_pid_get_property(p->ipid, GF_PROP_PID_DELAY);
	p->delay = delay ? delay->value.longsint : 0;
	p->stream_type = prop_u32(p->ipid, GF_PROP_PID_STREAM_TYPE);
	if (p->stream_type == GF_STREAM_ENCRYPTED)
		p->stream_type = prop_u32(p->ipid, GF_PROP_PID_ORIG_STREAM_TYPE);
	p->codec_id = prop_u32(p->ipid, GF_PROP_PID_CODECID);
	p->raw = p->codec_id == GF_CODECID_RAW ? GF_TRUE : GF_FALSE;
	p->seekable = prop_u32(p->ipid, GF_PROP_PID_PLAYBACK_MODE) >= GF_PLAYBACK_MODE_SEEK ? GF_TRUE : GF_FALSE;
	const GF_PropertyValue *sync = gf_filter_pid_get_property(p->ipid, GF_PROP_PID_HAS_SYNC);
	p->predictive = sync ? sync->value.boolean : p->stream_type == GF_STREAM_VISUAL;
	if (p->raw)
		p->predictive = GF_FALSE;
}

static void copy_props(const RfCtx *ctx, RfPid *p)
{
	gf_filter_pid_copy_properties(p->opid, p->ipid);
	if (keeps_sync_only(&ctx->opt.saps))
		gf_filter_pid_set_property(p->opid, GF_PROP_PID_HAS_SYNC, PROP_BOOL(GF_FALSE));
	if (p->disc.nb_jumps)
		gf_filter_pid_set_property(p->opid, GF_PROP_PID_TIME_DISCONTINUITY, PROP_UINT(p->disc.nb_jumps));
	if (!rf_extracts(ctx) || ctx->opt.xots)
		return;
	s64 delay = p->ever_started ? p->out_delay : p->delay < 0 ? p->delay : 0;
	gf_filter_pid_set_property(p->opid, GF_PROP_PID_DELAY, delay ? PROP_LONGSINT(delay) : NULL);
}

static void pid_del(RfPid *p)
{
	rf_queue_reset(&p->queue);
	gf_free(p);
}

static GF_Err connect_pid(GF_Filter *filter, RfCtx *ctx, GF_FilterPid *pid, RfPid **out)
{
	RfPid *p = gf_calloc(1, sizeof(*p));
	if (!p)
		return GF_OUT_OF_MEM;
	p->ipid = pid;
	p->disc.last_dts = GF_FILTER_NO_TS;
	p->sent_end = RF_NO_TIME;
	p->opid = gf_filter_pid_new(filter);
	GF_Err e = p->opid ? gf_list_add(ctx->pids, p) : GF_OUT_OF_MEM;
	if (e) {
		if (p->opid)
			gf_filter_pid_remove(p->opid);
		gf_free(p);
		return e;
	}
	gf_filter_pid_set_udta(pid, p);
	gf_filter_pid_set_udta(p->opid, p);
	gf_filter_pid_set_framing_mode(pid, GF_TRUE);
	*out = p;
	return GF_OK;
}

static GF_Err reframer_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	RfCtx *ctx = gf_filter_get_udta(filter);
	RfPid *p = gf_filter_pid_get_udta(pid);
	if (is_remove) {
		if (p) {
			gf_filter_pid_remove(p->opid);
			gf_list_del_item(ctx->pids, p);
			pid_del(p);
		}
		return GF_OK;
	}
	Bool is_new = p ? GF_FALSE : GF_TRUE;
	if (is_new) {
		GF_Err e = connect_pid(filter, ctx, pid, &p);
		if (e)
			return e;
	} else if (!gf_filter_pid_check_caps(pid)) {
		return GF_NOT_SUPPORTED;
	}
	read_pid(p);
	if (is_new || ctx->opt.chkdisc.num >= 0)
		copy_props(ctx, p);
	return GF_OK;
}

// ---- Events

static Bool play(RfCtx *ctx, RfPid *p, const GF_FilterEvent *evt)
{
	ctx->play_speed = evt->play.speed;
	rf_pace_reset(ctx);
	if (!rf_extracts(ctx))
		return GF_FALSE;
	// played again after a stop: from the first range
	if (ctx->over || p->ever_started) {
		ctx->over = GF_FALSE;
		rf_extract_reset(ctx);
	}
	GF_FilterEvent out = *evt;
	out.base.on_pid = p->ipid;
	out.play.start_range = p->seekable ? rf_extract_play_start(ctx) : 0;
	gf_filter_pid_send_event(p->ipid, &out);
	return GF_TRUE;
}

// Events concern the stream they come from only.
static Bool reframer_process_event(GF_Filter *filter, const GF_FilterEvent *evt)
{
	RfCtx *ctx = gf_filter_get_udta(filter);
	RfPid *p = evt->base.on_pid ? gf_filter_pid_get_udta(evt->base.on_pid) : NULL;
	if (!p || evt->base.type == GF_FEVT_INFO_UPDATE || evt->base.type == GF_FEVT_CONNECT_FAIL)
		return GF_FALSE;
	if (evt->base.on_pid == p->opid && evt->base.type == GF_FEVT_PLAY && play(ctx, p, evt))
		return GF_TRUE;
	if (evt->base.type == GF_FEVT_SET_SPEED)
		ctx->play_speed = evt->play.speed;
	GF_FilterEvent out = *evt;
	out.base.on_pid = evt->base.on_pid == p->opid ? p->ipid : p->opid;
	gf_filter_pid_send_event(out.base.on_pid, &out);
	return GF_TRUE;
}

// ---- Packets as they come

Bool rf_all_block(const RfCtx *ctx)
{
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		if (!gf_filter_pid_would_block(rf_pid_at(ctx, i)->opid))
			return GF_FALSE;
	}
	return GF_TRUE;
}

// First packet of the input that passes the selection, NULL when there is none.
static GF_FilterPacket *next_packet(const RfCtx *ctx, RfPid *p)
{
	for (;;) {
		GF_FilterPacket *pck = gf_filter_pid_get_packet(p->ipid);
		if (!pck || p->head_checked)
			return pck;
		if (rf_select(ctx, p, pck)) {
			p->head_checked = GF_TRUE;
			return pck;
		}
		gf_filter_pid_drop_packet(p->ipid);
	}
}

static RfTime cts_of(const RfPid *p, GF_FilterPacket *pck)
{
	u64 cts = gf_filter_pck_get_cts(pck);
	return cts == GF_FILTER_NO_TS ? RF_NO_TIME : rf_time((s64)cts + p->delay, p->timescale);
}

static RfTime dts_of(const RfPid *p, GF_FilterPacket *pck)
{
	u64 dts = gf_filter_pck_get_dts(pck);
	return dts == GF_FILTER_NO_TS ? cts_of(p, pck) : rf_time((s64)dts + p->delay, p->timescale);
}

static void show_progress(RfCtx *ctx, const RfPid *p, GF_FilterPacket *pck)
{
	const GF_PropertyValue *dur = gf_filter_pid_get_property(p->ipid, GF_PROP_PID_DURATION);
	if (!ctx->opt.exporter || !dur || dur->value.lfrac.num <= 0 || p != rf_pid_at(ctx, 0))
		return;
	RfTime total = rf_time(dur->value.lfrac.num, dur->value.lfrac.den);
	u32 percent = total > 0 ? (u32)(100.0 * (Double)dts_of(p, pck) / (Double)total) : 0;
	if (percent <= ctx->progress || percent > 100)
		return;
	ctx->progress = percent;
	gf_set_progress("Exporting", percent, 100);
}

static GF_Err send_head(RfCtx *ctx, RfPid *p, GF_FilterPacket *pck)
{
	rf_check_discontinuity(ctx, p, pck);
	show_progress(ctx, p, pck);
	GF_Err e = rf_send_plain(ctx, p, pck);
	gf_filter_pid_drop_packet(p->ipid);
	p->head_checked = GF_FALSE;
	return e;
}

static GF_Err forward(RfCtx *ctx, RfPid *p)
{
	GF_Err e = GF_OK;
	while (!e && !gf_filter_pid_would_block(p->opid)) {
		GF_FilterPacket *pck = next_packet(ctx, p);
		if (!pck || !rf_pace(ctx, p, cts_of(p, pck)))
			break;
		e = send_head(ctx, p, pck);
	}
	return e;
}

// Sends all streams in decoding order; waits for the ones which have nothing yet. A stream which is full is
// fed on while others are not: the consumer may wait for them.
static GF_Err forward_aligned(RfCtx *ctx)
{
	GF_Err e = GF_OK;
	while (!e && !rf_all_block(ctx)) {
		RfPid *first = NULL;
		GF_FilterPacket *first_pck = NULL;
		for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
			RfPid *p = rf_pid_at(ctx, i);
			GF_FilterPacket *pck = next_packet(ctx, p);
			if (!pck && !gf_filter_pid_is_eos(p->ipid) && !gf_filter_pid_is_sparse(p->ipid))
				return GF_OK;
			if (pck && (!first || dts_of(p, pck) < dts_of(first, first_pck))) {
				first = p;
				first_pck = pck;
			}
		}
		if (!first)
			return GF_OK;
		e = send_head(ctx, first, first_pck);
	}
	return e;
}

static GF_Err process_all(RfCtx *ctx)
{
	GF_Err e = GF_OK;
	if (ctx->opt.rt == RT_ALIGN)
		e = forward_aligned(ctx);
	u32 nb = gf_list_count(ctx->pids);
	u32 nb_over = 0;
	for (u32 i = 0; !e && i < nb; i++) {
		RfPid *p = rf_pid_at(ctx, i);
		if (ctx->opt.rt != RT_ALIGN)
			e = forward(ctx, p);
		if (gf_filter_pid_is_eos(p->ipid)) {
			gf_filter_pid_set_eos(p->opid);
			nb_over++;
		}
	}
	if (e)
		return e;
	return nb && nb_over == nb ? GF_EOS : GF_OK;
}

// The last range was sent: the source has nothing more to do.
static void stop_all(RfCtx *ctx)
{
	ctx->over = GF_TRUE;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		RfPid *p = rf_pid_at(ctx, i);
		GF_FilterEvent evt;
		GF_FEVT_INIT(evt, GF_FEVT_STOP, p->ipid);
		gf_filter_pid_send_event(p->ipid, &evt);
		rf_queue_reset(&p->queue);
		gf_filter_pid_set_eos(p->opid);
	}
}

static GF_Err reframer_process(GF_Filter *filter)
{
	RfCtx *ctx = gf_filter_get_udta(filter);
	if (ctx->over)
		return GF_EOS;
	ctx->wait_us = UINT32_MAX;
	GF_Err e;
	if (rf_extracts(ctx)) {
		e = rf_extract_process(filter, ctx);
		if (e)
			stop_all(ctx);
	} else {
		e = process_all(ctx);
	}
	if (!e && ctx->wait_us != UINT32_MAX)
		gf_filter_ask_rt_reschedule(filter, ctx->wait_us);
	return e;
}

// ---- Life cycle

#define NOT_FILE(direction) CAP_UINT(direction, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE)

static const GF_FilterCapability framed_caps[] = {
	NOT_FILE(GF_CAPS_INPUT_EXCLUDED),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	NOT_FILE(GF_CAPS_OUTPUT_EXCLUDED),
	CAP_UINT(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	CAP_UINT(GF_CAPS_OUTPUT_LOADED_FILTER | GF_CAPFLAG_OPTIONAL, GF_PROP_PID_CODECID, GF_CODECID_RAW),
};

#define RAW_MEDIA CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW)
#define OTHER_MEDIA \
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE), \
		CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE), NOT_FILE(GF_CAPS_IN_OUT_EXCLUDED)

static const GF_FilterCapability raw_av_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	RAW_MEDIA,
	{0},
	CAP_UINT(GF_CAPS_IN_OUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_IN_OUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	OTHER_MEDIA,
};

static const GF_FilterCapability raw_audio_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	RAW_MEDIA,
	{0},
	CAP_UINT(GF_CAPS_IN_OUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	OTHER_MEDIA,
};

static const GF_FilterCapability raw_video_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	RAW_MEDIA,
	{0},
	CAP_UINT(GF_CAPS_IN_OUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	OTHER_MEDIA,
};

#define OVERRIDE_CAPS(filter, caps) \
	gf_filter_override_caps((filter), (caps), sizeof(caps) / sizeof((caps)[0]))

static GF_Err set_caps(GF_Filter *filter, RfRaw raw)
{
	switch (raw) {
	case RAW_AV:
		return OVERRIDE_CAPS(filter, raw_av_caps);
	case RAW_AUDIO:
		return OVERRIDE_CAPS(filter, raw_audio_caps);
	case RAW_VIDEO:
		return OVERRIDE_CAPS(filter, raw_video_caps);
	default:
		return GF_OK;
	}
}

static GF_Err reframer_initialize(GF_Filter *filter)
{
	RfCtx *ctx = gf_filter_get_udta(filter);
	GF_Err e = set_caps(filter, (RfRaw)ctx->opt.raw);
	if (e || gf_filter_is_temporary(filter))
		return e;
	ctx->play_speed = 1;
	ctx->pids = gf_list_new();
	if (!ctx->pids)
		return GF_OUT_OF_MEM;
	e = rf_extract_init(ctx);
	if (ctx->ex.plan.split)
		ctx->opt.splitrange = ctx->opt.xadjust = GF_TRUE;
	return e;
}

static void reframer_finalize(GF_Filter *filter)
{
	RfCtx *ctx = gf_filter_get_udta(filter);
	while (ctx->pids && gf_list_count(ctx->pids))
		pid_del(gf_list_pop_back(ctx->pids));
	gf_list_del(ctx->pids);
	rf_plan_reset(&ctx->ex.plan);
}

#define OPT(name, field, type, def, values, flags, desc) \
	GF_FS_DEF_ARG(name, offsetof(RfCtx, opt.field), desc, type, def, values, flags)
#define ADVANCED GF_FS_ARG_HINT_ADVANCED
#define EXPERT GF_FS_ARG_HINT_EXPERT
#define UPDATE GF_FS_ARG_UPDATE

static const GF_FilterArgs reframer_args[] = {
	OPT("exporter", exporter, GF_PROP_BOOL, "false", NULL, ADVANCED, "show the progress of an export"),
	OPT("rt", rt, GF_PROP_UINT, "off", "off|on|sync|align", UPDATE,
		"real-time regulation:\n"
		"- off: packets leave as soon as they come\n"
		"- on: packets leave at their presentation time, each stream having its own clock\n"
		"- sync: the same with one clock for all streams\n"
		"- align: no regulation, but packets of all streams leave in decoding order"),
	OPT("saps", saps, GF_PROP_UINT_LIST, NULL, "0|1|2|3|4", UPDATE,
		"SAP types of the packets to keep, 0 for packets which are no SAP. All packets are kept when "
		"empty"),
	OPT("refs", refs, GF_PROP_BOOL, "false", NULL, UPDATE, "drop packets which no other packet depends on"),
	OPT("speed", speed, GF_PROP_DOUBLE, "0.0", NULL, ADVANCED | UPDATE,
		"speed of the real-time regulation, 0 for the playback speed"),
	OPT("raw", raw, GF_PROP_UINT, "no", "av|a|v|no", 0,
		"decoded media required at the input:\n"
		"- av: audio and video\n"
		"- a: audio\n"
		"- v: video\n"
		"- no: none"),
	OPT("frames", frames, GF_PROP_SINT_LIST, NULL, NULL, ADVANCED | UPDATE,
		"numbers of the frames to keep in each stream, from 1. One negative value -V keeps the frames 1, "
		"1+V, 1+2V..."),
	OPT("xs", xs, GF_PROP_STRING_LIST, NULL, NULL, 0, "starts of the ranges to extract, see the filter help"),
	OPT("xe", xe, GF_PROP_STRING_LIST, NULL, NULL, 0,
		"ends of the ranges. A missing end is the next start, or the end of the media for the last range"),
	OPT("xround", xround, GF_PROP_UINT, "before", "before|seek|after|closest", ADVANCED,
		"start of a range which is no random access point:\n"
		"- before: the random access point before it\n"
		"- seek: that point too, but what comes before the start is decoded and not shown. One range "
		"only\n"
		"- after: the random access point after it\n"
		"- closest: the nearer of both"),
	OPT("xadjust", xadjust, GF_PROP_BOOL, "false", NULL, EXPERT,
		"end a range at the first random access point at or after the time asked"),
	OPT("xots", xots, GF_PROP_BOOL, "false", NULL, EXPERT,
		"keep the time stamps of the source. Otherwise ranges follow each other from time 0"),
	OPT("xdts", xdts, GF_PROP_BOOL, "false", NULL, EXPERT,
		"compare starts with decoding times rather than with presentation times"),
	OPT("nosap", nosap, GF_PROP_BOOL, "false", NULL, EXPERT,
		"start ranges at any frame; the result cannot be decoded from its first frame"),
	OPT("splitrange", splitrange, GF_PROP_BOOL, "false", NULL, EXPERT,
		"mark the first packet of each range so that outputs with a name template change file"),
	OPT("seeksafe", seeksafe, GF_PROP_DOUBLE, "10.0", NULL, EXPERT,
		"seconds before the start where the source is asked to seek, so that the random access point "
		"before the start is read"),
	OPT("tcmdrw", tcmdrw, GF_PROP_BOOL, "true", NULL, EXPERT,
		"update time code samples which begin before the range"),
	OPT("props", props, GF_PROP_STRING_LIST, NULL, NULL, EXPERT,
		"PID properties to set on all outputs, one string per range, written as in filter declarations "
		"(`#Name=value`)"),
	OPT("no_audio_seek", no_audio_seek, GF_PROP_BOOL, "false", NULL, EXPERT,
		"never cut inside an audio frame: keep the frames which are entirely in the range"),
	OPT("probe_ref", probe_ref, GF_PROP_BOOL, "false", NULL, EXPERT,
		"keep one video packet over the end of the range, not to be shown, since frames of the range may "
		"depend on it"),
	OPT("utc_ref", utc_ref, GF_PROP_UINT, "any", "local|any|media|tc", ADVANCED,
		"clock of ranges given as dates:\n"
		"- local: date of this computer when the first packet comes\n"
		"- any: date in the media, or else of this computer\n"
		"- media: date in the media; it is an error when there is none\n"
		"- tc: time of the day in time codes"),
	OPT("utc_probe", utc_probe, GF_PROP_UINT, "5000", NULL, EXPERT,
		"milliseconds to wait for a date or a time code in the media"),
	OPT("copy", copy, GF_PROP_BOOL, "false", NULL, EXPERT | UPDATE,
		"copy frames that a decoder only lends, so that it does not wait for them"),
	OPT("cues", cues, GF_PROP_UINT, "no", "no|segs|frags", EXPERT | UPDATE,
		"keep only packets that begin:\n"
		"- no: anything\n"
		"- segs: a segment\n"
		"- frags: a segment or a fragment"),
	OPT("sapcue", sapcue, GF_PROP_UINT, "0", NULL, EXPERT,
		"mark SAPs up to this type as the start of a segment"),
	OPT("rmseek", rmseek, GF_PROP_BOOL, "false", NULL, EXPERT | UPDATE,
		"present packets which the source says only to decode"),
	OPT("chkdisc", chkdisc, GF_PROP_FRACTION, "0/1", NULL, EXPERT | UPDATE,
		"discontinuities: 0 leaves them, a negative value ignores changes of the input after its first "
		"configuration, a positive value signals one when decoding times go backwards or jump by more "
		"milliseconds"),
	{0},
};

const GF_FilterRegister reframer_register = {
	.name = "reframer",
	.description = "Selection, cutting and pacing of framed media",
	.help = "This filter passes media on, unchanged by default. Inserted between a raw bitstream and an "
			"output, it forces the stream to be parsed.\n"
			"\n"
			"# Ranges\n"
			"A range goes from a time of `xs` to the time of the same rank in `xe`. Times:\n"
			"- 12, 1.5, 25/2: seconds\n"
			"- T0:01:30.500, T1:30, T90: clock; the digits after the dot are a whole number of milliseconds\n"
			"- F25: frame number, from 1. Both the first and the last frame are kept\n"
			"- TC10:00:00:00: time code of the frame\n"
			"- 2021-06-01T12:00:00Z: date, see `utc_ref`\n"
			"- D5 (xe only): duration of the range\n"
			"\n"
			"EX reframer:xs=10:xe=T0:25.000\n"
			"EX reframer:xs=10,30:xe=15,35\n"
			"\n"
			"Each stream ends with the last frame which is over before the end; the audio frame across the "
			"end is kept with a shorter duration. A source which can seek is asked to start near the range.\n"
			"\n"
			"# Splitting\n"
			"The output changes file at each range with `splitrange`, when its name has `$num$` or `$FS$` in "
			"it. The whole input is split when `xs` is one of:\n"
			"- SAP: at each random access point\n"
			"- D10: in chunks of that many seconds\n"
			"- S10m: in chunks of about that many bytes (k, m, g)\n"
			"\n"
			"EX reframer:xs=D60 -o chunk_$num$.mp4",
	.private_size = sizeof(RfCtx),
	.max_extra_pids = (u32)-1,
	.flags = GF_FS_REG_EXPLICIT_ONLY | GF_FS_REG_ALLOW_CYCLIC | GF_FS_REG_TEMP_INIT | GF_FS_REG_PASSES_PACKETS,
	.args = reframer_args,
	SETCAPS(framed_caps),
	.initialize = reframer_initialize,
	.finalize = reframer_finalize,
	.configure_pid = reframer_configure_pid,
	.process = reframer_process,
	.process_event = reframer_process_event,
	.hint_class_type = GF_FS_CLASS_TOOL,
};
