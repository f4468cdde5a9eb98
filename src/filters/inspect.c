// SPDX-License-Identifier: MIT
// Inspector: a sink that reports the PIDs it receives and, on demand, each of their packets, as text, as
// XML, or in a format given by the user.
//
// The report can go down to the syntax elements of AVC, HEVC, VVC, AV1 and VPx bitstreams; other codecs
// are described by their configuration and frame headers only.
#include <stddef.h>
#include <string.h>
#include "filters/inspect.h"
#include "filters/inspect_analyze.h"
#include "filters/registry.h"

// What waits for packets looks again after this delay.
#define WAIT_US 1000
#define MAX_WAIT_US 100000

static StrBuf *text_of(InspectCtx *ctx, InspectPid *p)
{
	return ctx->opt.interleave ? &ctx->out.text : &p->text;
}

// ---- Options

// Some options imply or cancel others.
static GF_Err resolve_options(InspectCtx *ctx)
{
	const InspectOptions *opt = &ctx->opt;
	InspectView view = {
		.mode = (InspectMode)opt->mode,
		.analyze = opt->stats ? ANALYZE_OFF : (InspectAnalyze)opt->analyze,
		.allp = opt->allp || opt->stats,
		.stats = opt->stats,
	};
	view.xml = opt->xml || view.analyze;
	view.custom = opt->fmt && opt->fmt[0] && !view.xml;
	view.deep = (opt->deep || view.custom) && !view.stats;
	view.full = opt->full || view.xml || view.custom || gf_sys_is_test_mode();

	inspect_fmt_reset(&ctx->fmt);
	if (view.custom) {
		GF_Err e = inspect_fmt_parse(&ctx->fmt, opt->fmt);
		if (e)
			return e;
	}
	if (view.analyze || ctx->fmt.uses_timecode || (!view.full && view.mode != INSPECT_RAW))
		view.mode = INSPECT_FRAME;
	ctx->view = view;
	ctx->view_changed = GF_FALSE;
	return GF_OK;
}

static void open_xml(InspectCtx *ctx)
{
	if (!ctx->view.xml || ctx->xml_open)
		return;
	ctx->xml_open = GF_TRUE;
	sb_add(&ctx->out.text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<GPACInspect>\n");
}

static void close_xml(InspectCtx *ctx)
{
	if (ctx->xml_open)
		sb_add(&ctx->out.text, "</GPACInspect>\n");
	ctx->xml_open = GF_FALSE;
}

// ---- PIDs

static void pid_del(InspectPid *p)
{
	inspect_analyzer_del(p->analyzer);
	gf_free(p->stats);
	gf_free(p->name);
	sb_reset(&p->text);
	gf_free(p);
}

static Bool has_sei(u32 codec_id)
{
	switch (codec_id) {
	case GF_CODECID_AVC:
	case GF_CODECID_SVC:
	case GF_CODECID_MVC:
	case GF_CODECID_HEVC:
	case GF_CODECID_LHVC:
	case GF_CODECID_VVC:
	case GF_CODECID_AV1:
		return GF_TRUE;
	default:
		return GF_FALSE;
	}
}

// Streams whose messages (light levels, time codes...) were not extracted yet are described after the others.
static Bool waits_for_sei(const InspectCtx *ctx, const InspectPid *p)
{
	if (!has_sei(p->codec_id) || !ctx->opt.props || ctx->view.analyze || ctx->view.mode == INSPECT_RAW)
		return GF_FALSE;
	if (inspect_prop_bool(p->pid, GF_PROP_PID_SEI_LOADED))
		return GF_FALSE;
	return ctx->view.mode == INSPECT_FRAME || !inspect_prop_bool(p->pid, GF_PROP_PID_UNFRAMED) ? GF_TRUE
																							   : GF_FALSE;
}

static void read_pid(InspectPid *p)
{
	p->service_id = inspect_prop_u32(p->pid, GF_PROP_PID_SERVICE_ID);
	p->stream_type = inspect_prop_u32(p->pid, GF_PROP_PID_STREAM_TYPE);
	if (p->stream_type == GF_STREAM_ENCRYPTED)
		p->stream_type = inspect_prop_u32(p->pid, GF_PROP_PID_ORIG_STREAM_TYPE);
	p->codec_id = inspect_prop_u32(p->pid, GF_PROP_PID_CODECID);
	p->timescale = gf_filter_pid_get_timescale(p->pid);
	if (!p->timescale)
		p->timescale = 1000;
}

// The helpers that the current options ask for.
static GF_Err equip_pid(InspectCtx *ctx, InspectPid *p)
{
	if (ctx->view.stats && !p->stats) {
		p->stats = gf_malloc(sizeof(*p->stats));
		if (!p->stats)
			return GF_OUT_OF_MEM;
		inspect_stats_init(p->stats);
	}
	inspect_analyzer_del(p->analyzer);
	p->analyzer = NULL;
	if (ctx->view.analyze) {
		p->analyzer = inspect_analyzer_new(ctx);
		if (!p->analyzer)
			return GF_OUT_OF_MEM;
	}
	return GF_OK;
}

static GF_Err pid_new(InspectCtx *ctx, GF_FilterPid *pid, InspectPid **out)
{
	InspectPid *p = gf_calloc(1, sizeof(*p));
	if (!p)
		return GF_OUT_OF_MEM;
	p->pid = pid;
	p->line = LINE_CONFIGURE;
	p->first_cts = p->last_dts = p->last_cts = p->last_pcr = GF_FILTER_NO_TS;
	sb_init(&p->text);
	read_pid(p);
	p->name = gf_strdup(gf_filter_pid_get_name(pid));
	GF_Err e = p->name ? equip_pid(ctx, p) : GF_OUT_OF_MEM;
	if (!e)
		e = inspect_insert_pid(ctx, p);
	if (e) {
		pid_del(p);
		return e;
	}
	*out = p;
	return GF_OK;
}

static Bool is_over(const InspectPid *p)
{
	if (!p->pid || p->stopped)
		return GF_TRUE;
	return gf_filter_pid_is_eos(p->pid) && !gf_filter_pid_is_flush_eos(p->pid) ? GF_TRUE : GF_FALSE;
}

// ---- Printing

static void describe_pid(InspectCtx *ctx, InspectPid *p)
{
	if (ctx->view.custom || ctx->opt.test == TEST_NOPROP)
		return;
	if (ctx->view.xml)
		inspect_xml_pid(ctx, p, text_of(ctx, p));
	else
		inspect_text_pid(ctx, p, text_of(ctx, p));
}

// The line of a PID, when one is due. With statistics it comes with them.
static void print_pid(InspectCtx *ctx, InspectPid *p)
{
	if (p->line == LINE_NONE || ctx->view.stats)
		return;
	describe_pid(ctx, p);
	p->line = LINE_NONE;
	p->wait_packet = GF_FALSE;
	p->nb_since_config = 0;
}

static void print_stats(InspectCtx *ctx, InspectPid *p)
{
	if (!p->stats || p->reported)
		return;
	p->reported = GF_TRUE;
	p->line = LINE_CONFIGURE;
	p->nb_since_config = 0;
	describe_pid(ctx, p);
	inspect_stats_print(p->stats, p->timescale, text_of(ctx, p));
}

static void update_clock(InspectPid *p, const InspectPacket *pck)
{
	p->last_clock = gf_filter_pck_get_clock_type(pck->pck);
	if (p->last_clock) {
		p->last_pcr = pck->cts;
		return;
	}
	u64 value = 0;
	u32 timescale = 0;
	p->last_clock = gf_filter_pid_get_clock_info(p->pid, &value, &timescale);
	if (p->last_clock && timescale)
		p->last_pcr = gf_timestamp_rescale(value, timescale, p->timescale);
}

static void print_packet(InspectCtx *ctx, InspectPid *p, const InspectPacket *pck)
{
	StrBuf *sb = text_of(ctx, p);
	Bool is_clock = gf_filter_pck_get_clock_type(pck->pck) ? GF_TRUE : GF_FALSE;
	if (ctx->fmt.uses_clock)
		update_clock(p, pck);
	if (ctx->view.custom)
		inspect_fmt_packet(ctx, p, pck, sb);
	else if (ctx->view.xml && is_clock)
		inspect_xml_clock(ctx, p, pck, sb);
	else if (ctx->view.xml)
		inspect_xml_packet(ctx, p, pck, sb);
	else if (is_clock)
		inspect_text_clock(ctx, p, pck, sb);
	else
		inspect_text_packet(ctx, p, pck, sb);
	p->last_dts = pck->dts;
	p->last_cts = pck->cts;
}

static void count_packet(InspectPid *p, const InspectPacket *pck)
{
	p->nb_packets++;
	p->nb_since_config++;
	p->total_size += pck->size;
	if (p->first_cts == GF_FILTER_NO_TS)
		p->first_cts = pck->cts;
	if (p->stats) {
		StatPacket stat = {pck->dts, pck->cts, pck->duration, pck->sap, pck->size};
		inspect_stats_add(p->stats, &stat, p->timescale);
	}
}

// ---- Events

static void send_play(InspectCtx *ctx, GF_FilterPid *pid)
{
	GF_FilterEvent evt;
	u32 buffer = ctx->opt.buffer;
	if (buffer) {
		GF_FEVT_INIT(evt, GF_FEVT_BUFFER_REQ, pid);
		evt.buffer_req.max_buffer_us = 1000 * (ctx->opt.mbuffer > buffer ? ctx->opt.mbuffer : buffer);
		evt.buffer_req.max_playout_us = 1000 * buffer;
		evt.buffer_req.min_playout_us = ctx->opt.rbuffer > buffer ? 0 : 1000 * ctx->opt.rbuffer;
		gf_filter_pid_send_event(pid, &evt);
		ctx->buffering = GF_TRUE;
	}
	gf_filter_pid_init_play_event(pid, &evt, ctx->opt.start, ctx->opt.speed, "inspect");
	gf_filter_pid_send_event(pid, &evt);
}

static void send_stop(InspectPid *p)
{
	if (p->stopped || !p->pid)
		return;
	p->stopped = GF_TRUE;
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_STOP, p->pid);
	gf_filter_pid_send_event(p->pid, &evt);
}

// True once the packet reaches the end of the `dur` option.
static Bool reaches_end(const InspectCtx *ctx, const InspectPid *p, const InspectPacket *pck)
{
	GF_Fraction dur = ctx->opt.dur;
	if (dur.num <= 0 || !dur.den || pck->cts == GF_FILTER_NO_TS)
		return GF_FALSE;
	s64 elapsed = (s64)(pck->cts + pck->duration - p->first_cts);
	return elapsed > 0 && gf_timestamp_greater_or_equal((u64)elapsed, p->timescale, (u64)dur.num, dur.den);
}

// ---- Configuration

static GF_Err connect_pid(InspectCtx *ctx, GF_FilterPid *pid)
{
	InspectPid *p = NULL;
	GF_Err e = pid_new(ctx, pid, &p);
	if (e)
		return e;
	gf_filter_pid_set_udta(pid, p);
	gf_filter_pid_set_framing_mode(pid, ctx->view.mode == INSPECT_PCK || ctx->view.mode == INSPECT_FRAME);
	if (ctx->opt.pcr)
		gf_filter_pid_set_clock_mode(pid, GF_TRUE);
	if (!ctx->finished)
		send_play(ctx, pid);
	return GF_OK;
}

static void disconnect_pid(InspectCtx *ctx, InspectPid *p)
{
	if (!p)
		return;
	print_pid(ctx, p);
	print_stats(ctx, p);
	p->pid = NULL;
}

static GF_Err inspect_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	InspectCtx *ctx = gf_filter_get_udta(filter);
	InspectPid *p = gf_filter_pid_get_udta(pid);
	if (is_remove) {
		disconnect_pid(ctx, p);
		return GF_OK;
	}
	if (p) {
		if (!gf_filter_pid_check_caps(pid))
			return GF_NOT_SUPPORTED;
		read_pid(p);
		if (p->line != LINE_CONFIGURE)
			p->line = LINE_RECONFIGURE;
	} else {
		GF_Err e = connect_pid(ctx, pid);
		if (e)
			return e;
		p = gf_filter_pid_get_udta(pid);
		p->wait_packet = waits_for_sei(ctx, p);
	}
	ctx->last_config_us = gf_sys_clock_high_res();
	if (!ctx->view.deep && !p->wait_packet) {
		print_pid(ctx, p);
		inspect_out_flush(&ctx->out);
	}
	return GF_OK;
}

static Bool inspect_process_event(GF_Filter *filter, const GF_FilterEvent *evt)
{
	InspectCtx *ctx = gf_filter_get_udta(filter);
	if (evt->base.type != GF_FEVT_INFO_UPDATE || !evt->base.on_pid)
		return GF_FALSE;
	InspectPid *p = gf_filter_pid_get_udta(evt->base.on_pid);
	if (p && ctx->opt.info && p->line == LINE_NONE)
		p->line = LINE_INFO;
	return GF_TRUE;
}

static GF_Err inspect_update_arg(GF_Filter *filter, const char *arg_name, const GF_PropertyValue *new_val)
{
	(void)arg_name;
	(void)new_val;
	InspectCtx *ctx = gf_filter_get_udta(filter);
	// the new value is stored after this call
	ctx->view_changed = GF_TRUE;
	return GF_OK;
}

// ---- Packets

static GF_Err apply_update(InspectCtx *ctx)
{
	GF_Err e = resolve_options(ctx);
	for (u32 i = 0; !e && i < gf_list_count(ctx->pids); i++)
		e = equip_pid(ctx, gf_list_get(ctx->pids, i));
	if (!ctx->view.xml)
		close_xml(ctx);
	open_xml(ctx);
	return e;
}

// True while the buffers asked by the options are filling.
static Bool is_buffering(InspectCtx *ctx)
{
	u64 rebuffer = ctx->opt.rbuffer <= ctx->opt.buffer ? ctx->opt.rbuffer : 0;
	u64 wanted_us = 1000 * (ctx->buffering ? ctx->opt.buffer : rebuffer);
	if (!ctx->opt.buffer || !wanted_us)
		return GF_FALSE;
	ctx->buffering = GF_FALSE;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		InspectPid *p = gf_list_get(ctx->pids, i);
		if (!is_over(p) && !gf_filter_pid_has_seen_eos(p->pid) &&
			gf_filter_pid_query_buffer_duration(p->pid, GF_FALSE) < wanted_us)
			ctx->buffering = GF_TRUE;
	}
	return ctx->buffering;
}

// The first pass needs a packet of every stream, so that their descriptions come in order. Streams that may
// stay silent for long are not waited for.
static Bool has_first_packets(const InspectCtx *ctx)
{
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		const InspectPid *p = gf_list_get(ctx->pids, i);
		if (!is_over(p) && !gf_filter_pid_get_packet_count(p->pid) && !gf_filter_pid_is_sparse(p->pid))
			return GF_FALSE;
	}
	return GF_TRUE;
}

// Takes one packet of the PID, if there is one.
static Bool take_packet(InspectCtx *ctx, InspectPid *p)
{
	if (!p->pid || p->stopped)
		return GF_FALSE;
	GF_FilterPacket *pck = gf_filter_pid_get_packet(p->pid);
	if (!pck) {
		if (!is_over(p))
			return GF_FALSE;
		p->seen = GF_TRUE;
		if (ctx->view.deep)
			print_pid(ctx, p);
		return GF_FALSE;
	}
	InspectPacket packet;
	inspect_packet_load(&packet, pck);
	p->seen = GF_TRUE;
	if (ctx->view.deep)
		print_pid(ctx, p);
	count_packet(p, &packet);
	if (ctx->view.deep)
		print_packet(ctx, p, &packet);
	Bool last = reaches_end(ctx, p, &packet);
	gf_filter_pid_drop_packet(p->pid);
	if (last)
		send_stop(p);
	return GF_TRUE;
}

static void take_packets(InspectCtx *ctx)
{
	Bool again = GF_TRUE;
	while (again) {
		again = GF_FALSE;
		for (u32 i = 0; i < gf_list_count(ctx->pids); i++)
			again = take_packet(ctx, gf_list_get(ctx->pids, i)) || again;
		inspect_out_check(&ctx->out);
	}
}

static Bool all_over(const InspectCtx *ctx)
{
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		if (!is_over(gf_list_get(ctx->pids, i)))
			return GF_FALSE;
	}
	return GF_TRUE;
}

// Without packets to print, the report is complete once all PIDs are known and each gave something.
static Bool is_complete(GF_Filter *filter, InspectCtx *ctx)
{
	u64 waited_us = gf_sys_clock_high_res() - ctx->last_config_us;
	if (waited_us >= 1000 * ((u64)ctx->opt.timeout + ctx->opt.buffer))
		return GF_TRUE;
	Bool complete = gf_filter_connections_pending(filter) ? GF_FALSE : GF_TRUE;
	for (u32 i = 0; complete && i < gf_list_count(ctx->pids); i++)
		complete = ((InspectPid *)gf_list_get(ctx->pids, i))->seen;
	if (complete)
		return GF_TRUE;
	// PIDs may stay silent: look again, less and less often
	u64 wait_us = waited_us / 4;
	gf_filter_ask_rt_reschedule(filter, wait_us < WAIT_US       ? WAIT_US
										: wait_us > MAX_WAIT_US ? MAX_WAIT_US
																: (u32)wait_us);
	return GF_FALSE;
}

static void finish(InspectCtx *ctx)
{
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		InspectPid *p = gf_list_get(ctx->pids, i);
		if (!p->pid)
			continue;
		print_pid(ctx, p);
		print_stats(ctx, p);
	}
	inspect_out_flush(&ctx->out);
}

static GF_Err inspect_process(GF_Filter *filter)
{
	InspectCtx *ctx = gf_filter_get_udta(filter);
	if (ctx->view_changed) {
		GF_Err e = apply_update(ctx);
		if (e)
			return e;
	}
	if (ctx->finished)
		return GF_EOS;
	Bool waits = is_buffering(ctx);
	if (ctx->view.deep && !ctx->first_pass_done && !has_first_packets(ctx))
		waits = GF_TRUE;
	if (waits) {
		gf_filter_ask_rt_reschedule(filter, WAIT_US);
		return GF_OK;
	}
	ctx->first_pass_done = GF_TRUE;
	if (ctx->view.custom && ctx->opt.hdr && !ctx->header_done)
		inspect_fmt_header(&ctx->fmt, &ctx->out.text);
	ctx->header_done = GF_TRUE;

	take_packets(ctx);
	Bool complete = !ctx->view.deep && !ctx->view.allp && is_complete(filter, ctx) ? GF_TRUE : GF_FALSE;
	if (complete || all_over(ctx))
		finish(ctx);
	if (complete || ctx->out.error) {
		ctx->finished = GF_TRUE;
		for (u32 i = 0; i < gf_list_count(ctx->pids); i++)
			send_stop(gf_list_get(ctx->pids, i));
	}
	if (ctx->out.error)
		return ctx->out.error;
	return complete || all_over(ctx) ? GF_EOS : GF_OK;
}

// ---- Life cycle

// Any PID which is only announced by its source.
#define FAKE_BUNDLE {0}, CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_FAKE, GF_TRUE)

static const GF_FilterCapability any_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_UNKNOWN),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE),
	FAKE_BUNDLE,
};

static const GF_FilterCapability media_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE),
	FAKE_BUNDLE,
};

static const GF_FilterCapability framed_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	FAKE_BUNDLE,
};

static const GF_FilterCapability file_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "*"),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, "*"),
	FAKE_BUNDLE,
};

#define OVERRIDE_CAPS(filter, caps) \
	gf_filter_override_caps((filter), (caps), sizeof(caps) / sizeof((caps)[0]))

static GF_Err inspect_initialize(GF_Filter *filter)
{
	InspectCtx *ctx = gf_filter_get_udta(filter);
	GF_Err e = inspect_out_open(&ctx->out, ctx->opt.log);
	if (e)
		return e;
	ctx->pids = gf_list_new();
	if (!ctx->pids)
		return GF_OUT_OF_MEM;
	e = resolve_options(ctx);
	if (e)
		return e;
	open_xml(ctx);
	switch (ctx->view.mode) {
	case INSPECT_RAW:
		return OVERRIDE_CAPS(filter, file_caps);
	case INSPECT_FRAME:
		return OVERRIDE_CAPS(filter, framed_caps);
	default:
		return OVERRIDE_CAPS(filter, media_caps);
	}
}

static void inspect_finalize(GF_Filter *filter)
{
	InspectCtx *ctx = gf_filter_get_udta(filter);
	if (ctx->pids) {
		inspect_print_groups(ctx);
		close_xml(ctx);
		while (gf_list_count(ctx->pids))
			pid_del(gf_list_pop_back(ctx->pids));
		gf_list_del(ctx->pids);
	}
	inspect_out_close(&ctx->out);
	inspect_fmt_reset(&ctx->fmt);
}

#define OPT(name, field, type, def, values, flags, desc) \
	GF_FS_DEF_ARG(name, offsetof(InspectCtx, opt.field), desc, type, def, values, flags)
#define ADVANCED GF_FS_ARG_HINT_ADVANCED
#define EXPERT GF_FS_ARG_HINT_EXPERT
#define UPDATE GF_FS_ARG_UPDATE

static const GF_FilterArgs inspect_args[] = {
	OPT("log", log, GF_PROP_STRING, "stdout", NULL, 0,
		"destination of the report: a file, `stdout`, `stderr`, `null` for none, `GLOG` for the log tool "
		"`app` at level `info`, or the name of another log tool (same level)"),
	OPT("mode", mode, GF_PROP_UINT, "pck", "pck|blk|frame|raw", 0,
		"what is inspected:\n"
		"- pck: packets, put back together when they were sent in several parts\n"
		"- blk: packets as they were sent\n"
		"- frame: complete frames only: a parser is inserted for streams which are not framed\n"
		"- raw: source files before any demultiplexing"),
	OPT("interleave", interleave, GF_PROP_BOOL, "true", NULL, ADVANCED,
		"print packets in arrival order. Otherwise the report of each PID is kept and printed as a whole "
		"at the end"),
	OPT("deep", deep, GF_PROP_BOOL, "false", NULL, ADVANCED | UPDATE,
		"print each packet, and not only the configuration of PIDs. Implied by `fmt`"),
	OPT("props", props, GF_PROP_BOOL, "true", NULL, ADVANCED | UPDATE, "print packet properties"),
	OPT("dump_data", dump_data, GF_PROP_BOOL, "false", NULL, ADVANCED | UPDATE,
		"print payloads and short data properties in hexadecimal, instead of their size and CRC"),
	OPT("fmt", fmt, GF_PROP_STRING, NULL, NULL, ADVANCED | UPDATE,
		"format of packet lines, see the filter help"),
	OPT("hdr", hdr, GF_PROP_BOOL, "true", NULL, ADVANCED,
		"with `fmt`, begin with a line made of the names of the keys"),
	OPT("allp", allp, GF_PROP_BOOL, "false", NULL, ADVANCED,
		"read the whole input although no packet is printed. Otherwise reading stops once all PIDs are "
		"known"),
	OPT("info", info, GF_PROP_BOOL, "false", NULL, ADVANCED | UPDATE,
		"print changes of informative properties (download rate, service name...)"),
	OPT("full", full, GF_PROP_BOOL, "false", NULL, ADVANCED | UPDATE,
		"print all PID properties, and all packet fields even if zero. Otherwise each PID and each packet "
		"is one short line. Always true for XML"),
	OPT("pcr", pcr, GF_PROP_BOOL, "false", NULL, EXPERT | UPDATE, "print clock references"),
	OPT("speed", speed, GF_PROP_DOUBLE, "1.0", NULL, 0,
		"playback speed asked to the source. A negative speed with a start of 0 starts from the end. The "
		"report itself is never slowed down"),
	OPT("start", start, GF_PROP_DOUBLE, "0.0", NULL, 0,
		"start time asked to the source, in seconds. A negative value is a fraction of the duration: -0.5 "
		"is the middle, -1 the end"),
	OPT("dur", dur, GF_PROP_FRACTION, "0/0", NULL, 0,
		"stop each PID after this media duration, 0 for no limit"),
	OPT("analyze", analyze, GF_PROP_UINT, "off", "off|on|bs|full", ADVANCED | UPDATE,
		"bitstream analysis, which implies `xml` and `mode=frame`:\n"
		"- off: none\n"
		"- on: units of each frame (NAL units, OBUs...) with their main fields\n"
		"- bs: every syntax element of the units\n"
		"- full: the same with the size of each element in bits"),
	OPT("xml", xml, GF_PROP_BOOL, "false", NULL, UPDATE, "write the report as XML; `fmt` is ignored"),
	OPT("crc", crc, GF_PROP_BOOL, "false", NULL, UPDATE, "add the CRC of each unit to the analysis"),
	OPT("fftmcd", fftmcd, GF_PROP_BOOL, "false", NULL, EXPERT | UPDATE,
		"drop frame time code tracks come from FFmpeg: samples count frames, and not time code labels. "
		"Used by the analysis"),
	OPT("dtype", dtype, GF_PROP_BOOL, "false", NULL, UPDATE, "print the type of each property"),
	OPT("buffer", buffer, GF_PROP_UINT, "0", NULL, EXPERT,
		"milliseconds of media to wait for before the first packet is taken"),
	OPT("mbuffer", mbuffer, GF_PROP_UINT, "0", NULL, 0,
		"maximum of media buffered, in milliseconds, when more than `buffer`"),
	OPT("rbuffer", rbuffer, GF_PROP_UINT, "0", NULL, UPDATE,
		"fill the buffer again when less than this is left, in milliseconds. Off when 0 or more than "
		"`buffer`"),
	OPT("stats", stats, GF_PROP_BOOL, "false", NULL, ADVANCED,
		"print statistics of each PID at the end: frame rate, SAPs, sizes, bit rate. The whole input is "
		"read, and `deep` and `analyze` are ignored"),
	OPT("timeout", timeout, GF_PROP_UINT, "5000", NULL, EXPERT,
		"when no packet is printed, milliseconds to wait for PIDs which stay silent"),
	OPT("test", test, GF_PROP_UINT, "no", "no|noprop|network|netx|encode|encx|nocrc|nobr", EXPERT | UPDATE,
		"leave out what changes between two runs, so that reports can be compared:\n"
		"- no: nothing is left out\n"
		"- noprop: PID descriptions\n"
		"- network: duration and download state\n"
		"- netx: the same, and file templates\n"
		"- encode: decoder configurations and file size\n"
		"- encx: the same, and sizes and rates\n"
		"- nocrc: as encode, and payload CRCs\n"
		"- nobr: as encode, and bit rates"),
	{0},
};

const GF_FilterRegister inspect_register = {
	.name = "inspect",
	.description = "Inspector of PIDs and packets",
	.help = "This filter reports the PIDs and packets it receives: `gpac -i file.mp4 inspect:deep`.\n"
			"\n"
			"# Custom format\n"
			"The option `fmt` is text with keys between two equal characters among `$`, `%` and `@`; a "
			"doubled character stands for itself. Keys:\n"
			"- pn: number of the packet in its PID, from 1\n"
			"- dts, cts, dur: time stamps and duration\n"
			"- ddts, dcts: difference with the previous packet\n"
			"- ctso: difference between CTS and DTS\n"
			"- start, end: presentation times as HH:MM:SS.mmm; startc, endc: the same with a comma\n"
			"- frame: framing (frame_full, frame_start, frame_end, frame_cont)\n"
			"- sap (or rap), ilace, corr, seek, roll, crypt, vers: SAP type, interlacing, corruption, seek "
			"flag, roll distance, encryption, carousel version\n"
			"- lp, depo, depf, red: dependency flags (is leading, depends on others, others depend on it, "
			"redundancy)\n"
			"- bo: byte offset in the source; size, csize: size, sum of sizes so far\n"
			"- crc, data: CRC32 of the payload, payload as text (text streams) or in hexadecimal\n"
			"- ck, pcr, pcrd, pcrc: type of the clock reference, its last value, the difference of it with "
			"DTS and CTS\n"
			"- tmcd: time code of the frame\n"
			"- fn: name of the filter that sends the PID\n"
			"- lf or n, t: new line, tabulation\n"
			"- pid.NAME: PID property of that name or four-character code\n"
			"- NAME: packet property of that name or four-character code\n"
			"\n"
			"What does not exist prints as N/A. EX inspect:fmt=\"%pn% @cts@ $pid.Timescale$ %size%%lf%\"",
	.private_size = sizeof(InspectCtx),
	.max_extra_pids = (u32)-1,
	.flags = GF_FS_REG_EXPLICIT_ONLY,
	.args = inspect_args,
	SETCAPS(any_caps),
	.initialize = inspect_initialize,
	.finalize = inspect_finalize,
	.configure_pid = inspect_configure_pid,
	.process = inspect_process,
	.process_event = inspect_process_event,
	.update_arg = inspect_update_arg,
	.hint_class_type = GF_FS_CLASS_TOOL,
};
