// SPDX-License-Identifier: MIT
// Aborting a session: at once, or after what is under way came to its end (graph chapter 4.5).
#include "graph/engine.h"

static Bool fed_by_raw_source(const GF_Filter *f)
{
	u32 nb = gf_list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		const OutPid *pid = ((InPid *)gf_list_get(f->inputs, i))->pid;
		if (!gf_list_count(pid->head.filter->inputs) && out_pid_stream_type(pid) == GF_STREAM_FILE &&
			!out_pid_codec(pid))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static void end_outputs(GF_Filter *f)
{
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++)
		gf_filter_pid_set_eos(gf_list_get(f->outputs, i));
	filter_disable(f);
}

// A demultiplexer must not wait for input that its source will not send: it is stopped and its outputs end.
static void stop_demux(GF_Filter *f)
{
	if (!gf_list_count(f->outputs))
		return; // a sink of a file PID finishes by the end of its input
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++) {
		GF_FilterEvent evt;
		GF_FEVT_INIT(evt, GF_FEVT_STOP, gf_list_get(f->outputs, i));
		if (f->reg->process_event)
			f->reg->process_event(f, &evt);
	}
	end_outputs(f);
}

static void stop_input(InPid *in)
{
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_STOP, &in->head);
	event_send_on_input(in, &evt);
	in_pid_flush(in);
	pid_update_blocking(in->pid);
	in->eos = GF_TRUE;
}

// Drops what waits in front of a sink, or in front of the muxer that feeds it: that one has a file to finish.
static void drop_pending(GF_Filter *sink)
{
	u32 nb = gf_list_count(sink->inputs);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = gf_list_get(sink->inputs, i);
		GF_Filter *mux = in->pid->head.filter;
		if (out_pid_stream_type(in->pid) != GF_STREAM_FILE || !gf_list_count(mux->inputs)) {
			stop_input(in);
			continue;
		}
		u32 nb_in = gf_list_count(mux->inputs);
		for (u32 j = 0; j < nb_in; j++)
			stop_input(gf_list_get(mux->inputs, j));
		sched_wake(mux);
	}
}

static void flush_all(GF_FilterSession *fs, Bool fast)
{
	u32 nb = gf_list_count(fs->filters);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *f = gf_list_get(fs->filters, i);
		if (f->state != FILTER_ALIVE)
			continue;
		if (!gf_list_count(f->inputs) && gf_list_count(f->outputs))
			end_outputs(f);
		else if (fed_by_raw_source(f))
			stop_demux(f);
	}
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *f = gf_list_get(fs->filters, i);
		u32 nb_out = gf_list_count(f->outputs);
		for (u32 j = 0; j < nb_out; j++)
			pid_update_blocking(gf_list_get(f->outputs, j));
		if (fast && !nb_out && f->state == FILTER_ALIVE)
			drop_pending(f);
		// One that waits for a descriptor decides whether that wait is over.
		if (f->state == FILTER_ALIVE && (gf_list_count(f->inputs) || f->sched.fd >= 0))
			sched_wake(f);
	}
}

static void enter(GF_FilterSession *fs, FlushState flush)
{
	fs->flush = flush;
	fs->buffers.ignored = GF_TRUE;
}

void session_stop_now(GF_FilterSession *fs, GF_Err status)
{
	enter(fs, FLUSH_STOPPED);
	fs->run_status = status;
	sched_notify(fs);
}

typedef struct {
	FsTask task;
	GF_FSFlushType type;
} AbortTask;

static void drop_abort(FsTask *t)
{
	gf_free(t);
}

static void run_abort(GF_FilterSession *fs, FsTask *t)
{
	GF_FSFlushType type = ((AbortTask *)t)->type;
	gf_free(t);
	if (type == GF_FS_FLUSH_NONE) {
		session_stop_now(fs, GF_EOS);
		return;
	}
	if (fs->flush_started)
		return;
	enter(fs, FLUSH_RUNNING);
	fs->flush_started = GF_TRUE;
	flush_all(fs, type == GF_FS_FLUSH_FAST);
}

GF_Err gf_fs_abort(GF_FilterSession *session, GF_FSFlushType flush_type)
{
	if (!session)
		return GF_BAD_PARAM;
	GF_FilterSession *fs = session;
	Bool here = fs_on_thread(fs);
	if (here && flush_type == GF_FS_FLUSH_NONE) {
		session_stop_now(fs, GF_EOS);
		return GF_OK;
	}
	if (here && fs->flush != FLUSH_NOT)
		return GF_OK;
	AbortTask *at = gf_calloc(1, sizeof(AbortTask));
	if (!at)
		return GF_OUT_OF_MEM;
	at->task = (FsTask){.run = run_abort, .drop = drop_abort};
	at->type = flush_type;
	// The caller may be in a callback of any filter, or another thread: the graph changes between two tasks.
	if (here) {
		enter(fs, FLUSH_RUNNING);
		sched_post_link(fs, &at->task);
	} else {
		sched_post_from_thread(fs, &at->task, 0);
	}
	return GF_OK;
}
