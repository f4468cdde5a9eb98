// SPDX-License-Identifier: MIT
// Statistics of filters and PIDs, status texts (graph chapter 7).
#include "base/str.h"
#include "graph/engine.h"
#include "graph/resolver.h"

// ---- filters

static Bool is_decoder(const GF_Filter *f)
{
	const InPid *in = gf_list_get(f->inputs, 0);
	const OutPid *out = gf_list_get(f->outputs, 0);
	return in && out && out_pid_stream_type(in->pid) == out_pid_stream_type(out) && out_pid_codec(out) == GF_CODECID_RAW &&
		out_pid_codec(in->pid) != GF_CODECID_RAW && out_pid_stream_type(out) != GF_STREAM_FILE;
}

static Bool is_encoder(const GF_Filter *f)
{
	const InPid *in = gf_list_get(f->inputs, 0);
	const OutPid *out = gf_list_get(f->outputs, 0);
	return in && out && out_pid_stream_type(in->pid) == out_pid_stream_type(out) &&
		out_pid_codec(in->pid) == GF_CODECID_RAW && out_pid_codec(out) && out_pid_codec(out) != GF_CODECID_RAW;
}

static GF_FSFilterType filter_class(const GF_Filter *f)
{
	u32 nb_in = gf_list_count(f->inputs), nb_out = gf_list_count(f->outputs);
	Bool file_in = GF_FALSE, file_out = GF_FALSE, codec = GF_FALSE;
	for (u32 i = 0; i < nb_in; i++) {
		const OutPid *pid = ((InPid *)gf_list_get(f->inputs, i))->pid;
		file_in |= out_pid_stream_type(pid) == GF_STREAM_FILE;
		codec |= out_pid_codec(pid) != 0;
	}
	for (u32 i = 0; i < nb_out; i++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		file_out |= out_pid_stream_type(pid) == GF_STREAM_FILE;
		codec |= out_pid_codec(pid) != 0;
	}
	if (!nb_in && file_out)
		return GF_FS_STATS_FILTER_RAWIN;
	if (file_in && !nb_out)
		return GF_FS_STATS_FILTER_RAWOUT;
	if (nb_in && !file_in && file_out)
		return GF_FS_STATS_FILTER_MUX;
	if (file_in)
		return GF_FS_STATS_FILTER_DEMUX;
	if (is_decoder(f))
		return GF_FS_STATS_FILTER_DECODE;
	if (is_encoder(f))
		return GF_FS_STATS_FILTER_ENCODE;
	if (codec && nb_in && !nb_out)
		return GF_FS_STATS_FILTER_MEDIA_SINK;
	if (codec && !nb_in && nb_out)
		return GF_FS_STATS_FILTER_MEDIA_SOURCE;
	return GF_FS_STATS_FILTER_GENERIC;
}

// A filter that kept the name of its register is better known by the PID it carries.
static const char *display_name(const GF_Filter *f)
{
	if (strcmp(f->name, f->reg->name))
		return f->name;
	if (gf_list_count(f->outputs) == 1) {
		const OutPid *pid = gf_list_get(f->outputs, 0);
		if (strncmp(pid->name, "PID", 3))
			return pid->name;
	}
	if (gf_list_count(f->inputs) == 1)
		return ((InPid *)gf_list_get(f->inputs, 0))->pid->name;
	return f->name;
}

static Bool seen_end(const GF_Filter *f)
{
	u32 nb = gf_list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		if (((InPid *)gf_list_get(f->inputs, i))->eos)
			return GF_TRUE;
	}
	nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++) {
		if (((OutPid *)gf_list_get(f->outputs, i))->eos)
			return GF_TRUE;
	}
	return GF_FALSE;
}

GF_Err gf_filter_get_stats(GF_Filter *filter, GF_FilterStats *stats)
{
	if (!filter || !stats)
		return GF_BAD_PARAM;
	memset(stats, 0, sizeof(*stats));
	stats->filter = filter;
	if (filter->kind == FILTER_ALIAS) {
		stats->filter_alias = filter->alias_of;
		return GF_OK;
	}
	FilterStats *s = &filter->stats;
	stats->nb_tasks_done = s->nb_tasks;
	stats->nb_pck_processed = s->nb_pck_processed;
	stats->nb_bytes_processed = s->nb_bytes_processed;
	stats->nb_pck_sent = s->nb_pck_sent;
	stats->nb_hw_pck_sent = s->nb_hw_pck_sent;
	stats->nb_bytes_sent = s->nb_bytes_sent;
	stats->nb_errors = s->nb_errors;
	stats->nb_current_errors = s->nb_current_errors;
	stats->time_process = s->time_process;
	stats->last_task_time = (u32)s->last_task_time;
	stats->percent = s->percent > 10000 ? -1 : (s32)s->percent;
	stats->status = s->status;
	stats->report_updated = s->report_updated;
	s->report_updated = GF_FALSE;
	stats->name = display_name(filter);
	stats->reg_name = filter->reg->name;
	stats->filter_id = filter->id;
	stats->done = filter->state >= FILTER_REMOVED;
	stats->in_eos = seen_end(filter);
	stats->type = filter_class(filter);
	stats->last_ts_sent = s->last_ts_sent;
	stats->last_ts_drop = s->last_ts_drop;
	stats->nb_pid_in = gf_list_count(filter->inputs);
	for (u32 i = 0; i < stats->nb_pid_in; i++)
		stats->nb_in_pck += ((InPid *)gf_list_get(filter->inputs, i))->stats.nb_processed;
	stats->nb_pid_out = gf_list_count(filter->outputs);
	for (u32 i = 0; i < stats->nb_pid_out; i++) {
		const OutPid *pid = gf_list_get(filter->outputs, i);
		stats->nb_out_pck += pid->nb_pck_sent;
		if (stats->nb_pid_out == 1) {
			stats->stream_type = out_pid_stream_type(pid);
			stats->codecid = out_pid_codec(pid);
		}
	}
	return GF_OK;
}

GF_Err gf_fs_get_filter_stats(GF_FilterSession *session, u32 idx, GF_FilterStats *stats)
{
	return gf_filter_get_stats(gf_fs_get_filter(session, idx), stats);
}

u64 gf_filter_get_bytes_done(GF_Filter *filter)
{
	return filter ? filter->stats.nb_bytes_processed : 0;
}

// ---- status

const char *gf_filter_get_status(GF_Filter *filter)
{
	return filter && filter->stats.status ? filter->stats.status : "";
}

Bool gf_filter_reporting_enabled(GF_Filter *filter)
{
	return filter && filter->fs->reporting;
}

GF_Err gf_filter_update_status(GF_Filter *filter, u32 percent, char *szStatus)
{
	if (!filter)
		return GF_BAD_PARAM;
	FilterStats *s = &filter->stats;
	if (!filter->fs->reporting)
		return GF_OK;
	Bool same_text = szStatus ? s->status && !strcmp(s->status, szStatus) : !s->status;
	if (same_text && s->percent == percent)
		return GF_OK;
	if (!same_text) {
		char *copy = szStatus ? gf_strdup(szStatus) : NULL;
		if (szStatus && !copy)
			return GF_OUT_OF_MEM;
		gf_free(s->status);
		s->status = copy;
	}
	s->percent = percent;
	s->report_updated = GF_TRUE;
	if (filter->fs->ui_proc) {
		s32 rank = gf_list_find(filter->fs->filters, filter);
		GF_Event evt = {.progress = {.type = GF_EVENT_PROGRESS, .progress_type = 3, .done = percent,
			.total = percent > 10000 ? 0 : 10000, .filter_idx = rank < 0 ? 0 : (u32)rank}};
		filter->fs->ui_proc(filter->fs->ui_udta, &evt);
	}
	return GF_OK;
}

// ---- PIDs

static u32 bits_per_second(u64 bytes, u64 duration, u32 timescale)
{
	double rate = (double)bytes * 8 * timescale / (double)duration;
	return rate < 0xFFFFFFFFu ? (u32)rate : 0xFFFFFFFFu;
}

static void add_stats(const InPid *in, GF_FilterPidStatistics *s)
{
	const PidStats *p = &in->stats;
	s->nb_processed += (u32)p->nb_processed;
	s->nb_saps += (u32)p->nb_saps;
	s->total_process_time += p->total_process_us;
	s->total_sap_process_time += p->total_sap_us;
	if (p->max_process_us > s->max_process_time)
		s->max_process_time = (u32)p->max_process_us;
	if (p->max_sap_us > s->max_sap_process_time)
		s->max_sap_process_time = (u32)p->max_sap_us;
	if (p->first_process_us && (!s->first_process_time || p->first_process_us < s->first_process_time))
		s->first_process_time = p->first_process_us;
	if (p->last_process_us > s->last_process_time)
		s->last_process_time = p->last_process_us;
	u32 timescale = in->map->timescale ? in->map->timescale : 1000;
	u64 dur = p->last_ts > p->first_ts ? p->last_ts - p->first_ts : 0;
	if (dur) {
		// The last packet lasts beyond its timestamp: it does not count.
		u32 rate = bits_per_second(p->total_bytes - p->last_size, dur, timescale);
		s->average_bitrate += rate;
		s->max_bitrate += p->max_bitrate > rate ? p->max_bitrate : rate;
	}
	if (p->total_process_us) {
		u32 rate = bits_per_second(p->total_bytes, p->total_process_us, 1000000);
		s->average_process_rate += rate;
		s->max_process_rate += rate;
	}
	const OutPid *pid = in->pid;
	if (pid->timing.min_duration) {
		u32 us = (u32)((u64)pid->timing.min_duration * 1000000 / timescale);
		if (!s->min_frame_dur || us < s->min_frame_dur)
			s->min_frame_dur = us;
	}
	if (pid->max_us > s->max_buffer_time)
		s->max_buffer_time = pid->max_us;
	if (pid->max_playout_us > s->max_playout_time)
		s->max_playout_time = pid->max_playout_us;
	if (pid->min_playout_us && (!s->min_playout_time || pid->min_playout_us < s->min_playout_time))
		s->min_playout_time = pid->min_playout_us;
	if (in->queued_us > s->buffer_time)
		s->buffer_time = in->queued_us;
	if (in->nb_packets > s->nb_buffer_units)
		s->nb_buffer_units = in->nb_packets;
	if (p->last_rt_report > s->last_rt_report) {
		s->last_rt_report = p->last_rt_report;
		s->rtt = p->rtt;
		s->jitter = p->jitter;
		s->loss_rate = p->loss_rate;
	}
	if (p->nb_processed)
		s->last_ts_drop = (GF_Fraction64){(s64)p->last_ts, timescale};
	if (pid->timing.has_last)
		s->last_ts_sent = (GF_Fraction64){(s64)pid->timing.last_dts, timescale};
}

static void add_inputs(const GF_Filter *f, GF_FilterPidStatistics *s)
{
	u32 nb = gf_list_count(f->inputs);
	for (u32 i = 0; i < nb; i++)
		add_stats(gf_list_get(f->inputs, i), s);
}

static Bool matches(const GF_Filter *f, GF_FilterPidStatsLocation where)
{
	switch (where) {
	case GF_STATS_DECODER_SINK:
	case GF_STATS_DECODER_SOURCE: {
		const InPid *in = gf_list_get(f->inputs, 0);
		return is_decoder(f) || (in && in->pid->buffer_req && out_pid_stream_type(in->pid) != GF_STREAM_FILE);
	}
	case GF_STATS_ENCODER_SINK:
	case GF_STATS_ENCODER_SOURCE:
		return is_encoder(f);
	default:
		return gf_list_count(f->inputs) && !gf_list_count(f->outputs);
	}
}

static const GF_Filter *find_sinkward(const GF_Filter *f, GF_FilterPidStatsLocation where, u32 depth)
{
	if (matches(f, where))
		return f;
	u32 nb = depth < MAX_GRAPH_DEPTH ? gf_list_count(f->outputs) : 0;
	for (u32 i = 0; i < nb; i++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		u32 nb_dst = gf_list_count(pid->dests);
		for (u32 j = 0; j < nb_dst; j++) {
			const InPid *in = gf_list_get(pid->dests, j);
			const GF_Filter *found = find_sinkward(in->head.filter, where, depth + 1);
			if (found)
				return found;
		}
	}
	return NULL;
}

static const GF_Filter *find_sourceward(const GF_Filter *f, GF_FilterPidStatsLocation where, u32 depth)
{
	if (matches(f, where))
		return f;
	u32 nb = depth < MAX_GRAPH_DEPTH ? gf_list_count(f->inputs) : 0;
	for (u32 i = 0; i < nb; i++) {
		const InPid *in = gf_list_get(f->inputs, i);
		const GF_Filter *found = find_sourceward(in->pid->head.filter, where, depth + 1);
		if (found)
			return found;
	}
	return NULL;
}

GF_Err gf_filter_pid_get_statistics(GF_FilterPid *PID, GF_FilterPidStatistics *stats, GF_FilterPidStatsLocation location)
{
	if (!PID || !stats)
		return GF_BAD_PARAM;
	memset(stats, 0, sizeof(*stats));
	OutPid *pid = out_of(PID);
	const GF_Filter *f = NULL;
	switch (location) {
	case GF_STATS_LOCAL:
	case GF_STATS_LOCAL_INPUTS:
		if (PID->is_input && location == GF_STATS_LOCAL) {
			add_stats((InPid *)PID, stats);
		} else if (PID->is_input) {
			add_inputs(pid->head.filter, stats);
		} else {
			u32 nb = gf_list_count(pid->dests);
			for (u32 i = 0; i < nb; i++)
				add_stats(gf_list_get(pid->dests, i), stats);
			stats->disconnected = !nb;
		}
		return GF_OK;
	case GF_STATS_DECODER_SINK:
	case GF_STATS_ENCODER_SINK:
	case GF_STATS_SINK:
		f = find_sinkward(pid->head.filter, location, 0);
		break;
	case GF_STATS_DECODER_SOURCE:
	case GF_STATS_ENCODER_SOURCE:
		f = find_sourceward(pid->head.filter, location, 0);
		break;
	default:
		return GF_BAD_PARAM;
	}
	if (!f)
		return GF_NOT_FOUND;
	add_inputs(f, stats);
	return GF_OK;
}

// ---- printed statistics

static double per_second(u64 n, u64 us)
{
	return us ? (double)n * 1000000.0 / (double)us : 0;
}

static void print_traffic(StrBuf *b, const char *verb, u64 packets, u64 bytes, u64 us)
{
	if (packets)
		sb_addf(b, "\t\t%llu packets %s %llu bytes %s (%.0f pck/sec %.3f mbps)\n", (unsigned long long)packets, verb,
			(unsigned long long)bytes, verb, per_second(packets, us), per_second(bytes * 8, us) / 1000000.0);
}

static void print_filter(StrBuf *b, GF_Filter *f)
{
	const FilterStats *s = &f->stats;
	sb_addf(b, "\tFilter %s", f->name);
	if (strcmp(f->name, f->reg->name))
		sb_addf(b, " (%s)", f->reg->name);
	if (f->kind == FILTER_EXPLICIT && f->src_args)
		sb_addf(b, " (%s)", f->src_args);
	sb_addf(b, " : %u input pids %u output pids %llu tasks %llu us process time\n", gf_list_count(f->inputs),
		gf_list_count(f->outputs), (unsigned long long)s->nb_tasks, (unsigned long long)s->time_process);
	print_traffic(b, "processed", s->nb_pck_processed, s->nb_bytes_processed, s->time_process);
	print_traffic(b, "sent", s->nb_pck_sent + s->nb_hw_pck_sent, s->nb_bytes_sent, s->time_process);
	if (s->nb_errors)
		sb_addf(b, "\t\t%u errors while processing\n", s->nb_errors);
	u32 nb = gf_list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		const InPid *in = gf_list_get(f->inputs, i);
		sb_addf(b, "\t\t* input PID %s: %llu packets received\n", in->pid->name,
			(unsigned long long)in->stats.nb_processed);
	}
	nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		sb_addf(b, "\t\t* output PID %s: %llu packets sent\n", pid->name, (unsigned long long)pid->nb_pck_sent);
	}
}

void gf_fs_print_stats(GF_FilterSession *session)
{
	if (!session)
		return;
	StrBuf b;
	sb_init(&b);
	u32 nb = gf_list_count(session->filters);
	sb_addf(&b, "Filter stats - %u filters\n", nb);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *f = gf_list_get(session->filters, i);
		if (f->kind != FILTER_ALIAS)
			print_filter(&b, f);
	}
	u64 active, tasks;
	u64 run = sched_run_time(session, &active, &tasks);
	sb_addf(&b, "Session stats - threads 1\n\tThread 1: run_time %llu us active_time %llu us nb_tasks %llu\n",
		(unsigned long long)run, (unsigned long long)active, (unsigned long long)tasks);
	sb_addf(&b, "Total: run_time %llu us active_time %llu us nb_tasks %llu\n", (unsigned long long)run,
		(unsigned long long)active, (unsigned long long)tasks);
	GF_LOG(GF_LOG_INFO, GF_LOG_APP, ("%s", sb_str(&b)));
	sb_reset(&b);
}
