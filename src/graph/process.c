// SPDX-License-Identifier: MIT
// One process call of a filter: whether it may run, what its answer means, when it runs again (4.2).
#include "base/list.h"
#include "graph/engine.h"

#define MAX_IDLE_CALLS 100000
#define MAX_ERROR_RUN_US 1000000
#define MAX_QUICK_RETRIES 16
#define MEASURED_CALLS 16
#define SHORT_CALL_US 2
#define RETRY_US 1000

static Bool has_packets(const GF_Filter *f)
{
	u32 nb = list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		const InPid *in = list_at(f->inputs, i);
		if (in->first && !in->discard)
			return GF_TRUE;
	}
	return GF_FALSE;
}

// An end of stream stands behind the last packet, and the filter did not come to it yet.
static Bool has_unseen_end(const GF_Filter *f)
{
	u32 nb = list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		const InPid *in = list_at(f->inputs, i);
		if (in->eos && !in->eos_seen && !in->first && !in->discard)
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool output_plays(const GF_Filter *f)
{
	u32 nb = list_count(f->outputs);
	for (u32 i = 0; i < nb; i++) {
		if (((OutPid *)list_at(f->outputs, i))->playing)
			return GF_TRUE;
	}
	return GF_FALSE;
}

// A source that sent before any PLAY plays, and so do the filters it feeds.
static Bool is_playing(const GF_Filter *f)
{
	if (output_plays(f))
		return GF_TRUE;
	u32 nb = list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		const InPid *in = list_at(f->inputs, i);
		if (in->playing || in->pid->auto_play)
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Ends the activity of a filter that failed for good: its inputs are discarded, its outputs end.
static void give_up(GF_Filter *f)
{
	u32 nb = list_count(f->inputs);
	for (u32 i = 0; i < nb; i++)
		gf_filter_pid_set_discard(list_at(f->inputs, i), GF_TRUE);
	nb = list_count(f->outputs);
	for (u32 i = 0; i < nb; i++)
		gf_filter_pid_set_eos(list_at(f->outputs, i));
	filter_disable(f);
}

static void note_error(GF_Filter *f, GF_Err e)
{
	char label[100];
	u64 clock = gf_sys_clock_high_res();
	f->fs->last_process_error = e;
	f->stats.nb_errors++;
	f->stats.nb_current_errors++;
	if (f->sched.nb_moved && f->fs->flush == FLUSH_NOT)
		f->stats.first_error_us = 0;
	if (!f->stats.first_error_us) {
		f->stats.first_error_us = clock;
		return;
	}
	if (clock - f->stats.first_error_us < MAX_ERROR_RUN_US)
		return;
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: only errors for one second (%s): stopped\n",
		filter_label(f, label), gf_error_to_string(e)));
	give_up(f);
}

// The register refused the profile of its input: blacklists it for the producers and links them again.
static Bool relink_without(GF_Filter *f)
{
	if (!f->reg->nb_caps || !list_count(f->outputs) || fs_flag(f->fs, GF_FS_FLAG_NO_REASSIGN))
		return GF_FALSE;
	filter_relink_inputs(f);
	return GF_TRUE;
}

// The filter moved nothing and may want to go on: at once for the first few times, then after a pause, so that a
// filter that waits does not take all of the processor. What happens to it meanwhile ends the pause.
static void retry(GF_Filter *f, Bool pause)
{
	if (!pause || f->fs->flush != FLUSH_NOT)
		sched_wake(f);
	else
		sched_retry_at(f, gf_sys_clock_high_res() + RETRY_US);
}

static void reschedule_source(GF_Filter *f)
{
	if (f->sched.nb_moved) {
		sched_wake(f);
		return;
	}
	Bool custom_idle = (f->reg->flags & GF_FS_REG_CUSTOM) && !f->sched.rt_asked;
	// One that watches a descriptor is woken by it.
	if (!custom_idle && !f->sched.fd_armed && f->fs->flush == FLUSH_NOT)
		retry(f, f->sched.nb_idle > MAX_QUICK_RETRIES);
}

// Runs the filter again without new input? Packets left, a source that may go on, data to drain.
static void reschedule(GF_Filter *f, GF_Err e)
{
	if (f->sched.process_wanted || f->sched.due_us || f->state != FILTER_ALIVE)
		return;
	if (e == GF_EOS || filter_all_outputs_block(f))
		return;
	Bool has_outputs = list_count(f->outputs) > 0;
	if (!list_count(f->inputs)) {
		if (has_outputs)
			reschedule_source(f);
		return;
	}
	if (has_packets(f)) {
		if (f->sched.nb_moved) {
			sched_wake(f);
			return;
		}
		// It fetched from an empty PID, so it waits for another input: a packet there will wake it.
		if (f->sched.waited && !f->sched.rt_asked)
			return;
		// A filter between others has nothing to do with its packets until it is played again.
		Bool plays = is_playing(f);
		if (!plays && (fs_flag(f->fs, GF_FS_FLAG_NON_BLOCKING) || has_outputs))
			return;
		// Nobody asked for its outputs, or it did not ask for its inputs: a demultiplexer, or a sink, waits for that.
		Bool many = f->sched.nb_idle > MAX_QUICK_RETRIES;
		if (many && !f->sched.rt_asked && (has_outputs ? !output_plays(f) : !plays))
			return;
		retry(f, f->sched.rt_asked && many);
		return;
	}
	if (f->sched.nb_moved && ((f->eos_pending_data && has_outputs) || has_unseen_end(f))) {
		sched_wake(f);
		return;
	}
	f->eos_pending_data = GF_FALSE;
}

void filter_look_again(GF_Filter *f)
{
	if (f->state == FILTER_ALIVE && has_packets(f))
		sched_wake(f);
}

// True when the filter made 100 000 calls that took nothing from the packets in front of it.
static Bool stuck(GF_Filter *f)
{
	if (f->sched.nb_moved || f->sched.rt_asked || f->sched.waited || !has_packets(f) || !is_playing(f)) {
		f->stats.nb_idle_calls = 0;
		return GF_FALSE;
	}
	return ++f->stats.nb_idle_calls >= MAX_IDLE_CALLS;
}

// Calls and measures it. Reading the clock costs as much as a short call: of these, one in MEASURED_CALLS counts for
// all, unless reports are wanted.
static GF_Err call_process(GF_Filter *f)
{
	FilterStats *s = &f->stats;
	if (s->untimed && !f->fs->reporting) {
		s->untimed--;
		return f->reg->process(f);
	}
	u64 start = gf_sys_clock_high_res();
	GF_Err e = f->reg->process(f);
	u64 spent = gf_sys_clock_high_res() - start;
	s->last_task_time = spent;
	s->time_process += s->time_weight && !s->untimed ? spent * s->time_weight : spent;
	Bool is_short = spent < SHORT_CALL_US && !f->fs->reporting;
	s->time_weight = is_short ? MEASURED_CALLS : 1;
	s->untimed = s->time_weight - 1;
	return e;
}

void filter_process(GF_Filter *f)
{
	GF_FilterSession *fs = f->fs;
	char label[100];
	if (f->state != FILTER_ALIVE || f->kind == FILTER_ALIAS || f->kind == FILTER_TEMPORARY || !f->reg->process)
		return;
	if (filter_all_outputs_block(f))
		return; // unblocking makes it ready again
	if (f->negotiating)
		negotiate_outputs(f);
	f->sched.nb_moved = 0;
	f->sched.rt_asked = f->sched.waited = GF_FALSE;
	f->sched.in_process = GF_TRUE;
	f->stats.nb_tasks++;
	GF_Err e = call_process(f);
	f->sched.in_process = GF_FALSE;
	if (f->state >= FILTER_REMOVED)
		return;
	if (e == GF_PROFILE_NOT_SUPPORTED && relink_without(f))
		return;
	if (e < 0 && e != GF_IP_NETWORK_EMPTY) {
		note_error(f, e);
		if (f->state != FILTER_ALIVE)
			return;
	} else if (f->stats.nb_current_errors) {
		f->stats.nb_current_errors = 0;
		f->stats.first_error_us = 0;
	}
	f->sched.nb_idle = f->sched.nb_moved ? 0 : f->sched.nb_idle + 1;
	if (e >= 0 && stuck(f)) {
		if (fs->flush == FLUSH_NOT) {
			fs->last_process_error = GF_SERVICE_ERROR;
			GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
				("[filter] %s: %u process calls took none of the packets waiting for it: stopped "
				 "(a filter that waits calls gf_filter_ask_rt_reschedule)\n",
					filter_label(f, label), MAX_IDLE_CALLS));
		}
		give_up(f);
		return;
	}
	reschedule(f, e);
}

void gf_filter_ask_rt_reschedule(GF_Filter *filter, u32 us_until_next)
{
	if (!filter || filter->state >= FILTER_REMOVED)
		return;
	if (!filter->sched.in_process) {
		if (us_until_next)
			sched_wake_at(filter, gf_sys_clock_high_res() + us_until_next);
		else
			sched_wake(filter);
		return;
	}
	filter->sched.rt_asked = GF_TRUE;
	if (us_until_next)
		sched_wake_at(filter, gf_sys_clock_high_res() + us_until_next);
	else if (filter->sched.due_us)
		sched_cancel(filter);
}

// Calls made by other threads: the filter may be gone when the session comes to them.
typedef struct {
	FsTask task;
	GF_Filter *target;
	FsTask *on_filter; // task for the filter, NULL for a process call
} RemoteTask;

static void drop_remote(FsTask *t)
{
	gf_free(((RemoteTask *)t)->on_filter);
	gf_free(t);
}

static void run_remote(GF_FilterSession *fs, FsTask *t)
{
	RemoteTask *rt = (RemoteTask *)t;
	if (gf_fs_check_filter(fs, rt->target)) {
		if (rt->on_filter)
			sched_post(rt->on_filter);
		else
			gf_filter_post_process_task(rt->target);
		rt->on_filter = NULL;
	}
	drop_remote(t);
}

static GF_Err post_remote(GF_Filter *f, FsTask *on_filter)
{
	RemoteTask *rt = gf_calloc(1, sizeof(RemoteTask));
	if (!rt)
		return GF_OUT_OF_MEM;
	rt->task = (FsTask){.run = run_remote, .drop = drop_remote};
	rt->target = f;
	rt->on_filter = on_filter;
	sched_post_from_thread(f->fs, &rt->task, 0);
	return GF_OK;
}

void gf_filter_post_process_task(GF_Filter *filter)
{
	if (!filter)
		return;
	if (!fs_on_thread(filter->fs))
		post_remote(filter, NULL);
	else if (filter->state == FILTER_ALIVE)
		sched_wake(filter);
}

GF_Err gf_filter_watch_fd(GF_Filter *filter, int fd, u32 events)
{
	return filter ? sched_watch_fd(filter, fd, events) : GF_BAD_PARAM;
}

void gf_filter_enter(GF_Filter *filter)
{
	sched_enter(filter->fs);
}

void gf_filter_leave(GF_Filter *filter)
{
	sched_leave(filter->fs);
}

void gf_filter_wait_for_threads(GF_Filter *filter, void (*wait)(void *udta), void *udta)
{
	sched_outside(filter->fs, wait, udta);
}

// ---- tasks on a filter

typedef struct {
	FsTask task;
	Bool (*execute)(GF_Filter *filter, void *callback, u32 *reschedule_ms);
	void *udta;
} FilterTask;

static void free_task(FsTask *t)
{
	gf_free(t);
}

static void run_filter_task(GF_FilterSession *fs, FsTask *t)
{
	FilterTask *ft = (FilterTask *)t;
	if (t->due_us) {
		// A delayed run comes through the session: it continues on its filter, in turn with its other calls.
		t->due_us = 0;
		sched_post(t);
		return;
	}
	u32 ms = 0;
	if (!ft->execute(t->filter, ft->udta, &ms) || fs->flush != FLUSH_NOT) {
		gf_free(ft);
		return;
	}
	sched_post_session(fs, t, gf_sys_clock_high_res() + (u64)ms * 1000);
}

GF_Err gf_filter_post_task(GF_Filter *filter,
	Bool (*task_execute)(GF_Filter *filter, void *callback, u32 *reschedule_ms), void *udta, const char *task_name)
{
	(void)task_name; // names only show in a debugger, through `execute`
	if (!filter || !task_execute)
		return GF_BAD_PARAM;
	FilterTask *ft = gf_calloc(1, sizeof(FilterTask));
	if (!ft)
		return GF_OUT_OF_MEM;
	ft->task = (FsTask){.run = run_filter_task, .drop = free_task, .filter = filter};
	ft->execute = task_execute;
	ft->udta = udta;
	if (fs_on_thread(filter->fs)) {
		sched_post(&ft->task);
		return GF_OK;
	}
	GF_Err e = post_remote(filter, &ft->task);
	if (e != GF_OK)
		gf_free(ft);
	return e;
}
