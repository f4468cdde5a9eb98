// SPDX-License-Identifier: MIT
// The scheduler: when process is called, tasks, descriptors, non-blocking sessions, other threads (graph chapter 4).
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>
#include "fake_lab.h"

static int open_lab(void **state)
{
	static Lab lab;
	lab_open(&lab, 1);
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	*state = &lab;
	return 0;
}

static int open_blocking(void **state)
{
	static Lab lab;
	lab = (Lab){0};
	gf_sys_init(GF_MemTrackerNone, "0");
	lab.fs = gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, 0, NULL);
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	*state = &lab;
	return 0;
}

static int close_lab(void **state)
{
	lab_close(*state);
	return 0;
}

static u64 now(void)
{
	return gf_sys_clock_high_res();
}

// Runs for some milliseconds.
static void run_for(Lab *lab, u32 ms)
{
	u64 end = now() + (u64)ms * 1000;
	while (now() < end) {
		gf_fs_run(lab->fs);
		usleep(200);
	}
}

// ---- times asked for

static u32 ask_us[2];

static GF_Err ask_process(GF_Filter *f)
{
	lab_of(f)->nb_process++;
	for (u32 i = 0; i < 2; i++) {
		if (ask_us[i] != 0xFFFFFFFF)
			gf_filter_ask_rt_reschedule(f, ask_us[i]);
	}
	return GF_OK;
}

static void a_filter_runs_at_the_time_it_asked_for(void **state)
{
	Lab *lab = *state;
	LabFilter *sink = &lab->sinks[0];
	gf_filter_set_process_ckb(sink->filter, ask_process);
	ask_us[0] = 3600000000u;
	ask_us[1] = 300000; // the earliest counts
	sink->nb_process = 0;
	u64 start = now();
	lab_send(lab, 4, 1);
	lab_run(lab);
	assert_int_equal(sink->nb_process, 1);
	lab_send(lab, 4, 1); // does not run it earlier
	run_for(lab, 15);
	assert_int_equal(sink->nb_process, 1);
	while (sink->nb_process < 2 && now() - start < 20000000)
		run_for(lab, 1);
	assert_int_equal(sink->nb_process, 2);
	assert_true(now() - start >= 299000);
	// 0 cancels earlier requests of the call.
	ask_us[0] = 3600000000u;
	ask_us[1] = 0;
	u32 calls = sink->nb_process;
	while (sink->nb_process <= calls + 3 && now() - start < 20000000)
		run_for(lab, 1);
	assert_true(sink->nb_process > calls + 3);
}

static void outside_of_process_a_delay_posts_a_call(void **state)
{
	Lab *lab = *state;
	LabFilter *sink = &lab->sinks[0];
	lab_run(lab);
	u32 calls = sink->nb_process;
	u64 start = now();
	gf_filter_ask_rt_reschedule(sink->filter, 20000);
	assert_false(gf_fs_is_last_task(lab->fs));
	while (sink->nb_process == calls && now() - start < 20000000)
		run_for(lab, 1);
	assert_true(now() - start >= 20000);
	run_for(lab, 40);
	assert_int_equal(sink->nb_process, calls + 1);
	gf_filter_ask_rt_reschedule(sink->filter, 0);
	lab_run(lab);
	assert_int_equal(sink->nb_process, calls + 2);
	// No delay counts in a flush.
	gf_filter_ask_rt_reschedule(sink->filter, 3600000000u);
	gf_fs_abort(lab->fs, GF_FS_FLUSH_ALL);
	lab_run(lab);
	assert_true(sink->nb_process > calls + 2);
}

static void without_regulation_nothing_waits(void **state)
{
	(void)state;
	Lab lab = {0};
	gf_sys_init(GF_MemTrackerNone, "0");
	lab.fs = gf_fs_new(0, 0, GF_FS_FLAG_NON_BLOCKING | GF_FS_FLAG_NO_REGULATION, NULL);
	lab_filter(lab.fs, "source", &lab.source, GF_CAPS_OUTPUT);
	gf_filter_ask_rt_reschedule(lab.source.filter, 3600000000u);
	lab_run(&lab);
	assert_int_equal(lab.source.nb_process, 1);
	lab_close(&lab);
}

static GF_Err wait_alive(GF_Filter *f)
{
	LabFilter *l = lab_of(f);
	l->nb_process++;
	gf_filter_ask_rt_reschedule(f, 0);
	return GF_OK;
}

// A filter that says it is alive is asked again, without taking the processor, and at once when something comes.
static void a_waiting_filter_is_not_asked_without_pause(void **state)
{
	Lab *lab = *state;
	LabFilter *sink = &lab->sinks[0];
	gf_filter_set_process_ckb(sink->filter, wait_alive);
	lab_send(lab, 4, 1);
	sink->nb_process = 0;
	run_for(lab, 50);
	assert_in_range(sink->nb_process, 10, 500);
	gf_fs_run(lab->fs);
	u32 calls = sink->nb_process;
	lab_send(lab, 4, 1);
	gf_fs_run(lab->fs);
	assert_true(sink->nb_process > calls);
}

// ---- sources

static GF_Err lazy_source(GF_Filter *f)
{
	LabFilter *l = lab_of(f);
	l->nb_process++;
	return l->process_result;
}

static void custom_sources_run_when_asked(void **state)
{
	Lab *lab = *state;
	gf_filter_set_process_ckb(lab->source.filter, lazy_source);
	lab_run(lab);
	u32 calls = lab->source.nb_process;
	gf_filter_post_process_task(lab->source.filter);
	gf_filter_post_process_task(lab->source.filter); // one call at a time is queued
	lab_run(lab);
	assert_int_equal(lab->source.nb_process, calls + 1); // it sent nothing: not called again by itself
	gf_filter_post_process_task(NULL);
}

// ---- descriptors

static GF_Err read_fd(GF_Filter *f)
{
	LabFilter *l = lab_of(f);
	int fd = (int)(intptr_t)l->udta;
	l->nb_process++;
	char c;
	if (read(fd, &c, 1) == 1 && c == 'q')
		return GF_EOS; // not watched again
	return gf_filter_watch_fd(f, fd, EPOLLIN);
}

static void *write_later(void *udta)
{
	int fd = (int)(intptr_t)udta;
	for (const char *c = "abq"; *c; c++) {
		usleep(10000);
		if (write(fd, c, 1) != 1)
			break;
	}
	return NULL;
}

static void a_descriptor_wakes_a_filter(void **state)
{
	Lab *lab = *state;
	int fds[2];
	assert_int_equal(pipe2(fds, 0x800 /* O_NONBLOCK */), 0);
	LabFilter reader = {.udta = (void *)(intptr_t)fds[0]};
	lab_filter(lab->fs, "reader", &reader, GF_CAPS_OUTPUT);
	gf_filter_set_process_ckb(reader.filter, read_fd);
	gf_filter_post_process_task(reader.filter);
	pthread_t thread;
	pthread_create(&thread, NULL, write_later, (void *)(intptr_t)fds[1]);
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS); // waits for the descriptor, then ends
	pthread_join(thread, NULL);
	assert_int_equal(reader.nb_process, 4); // the first call, and one for each byte
	// Also a filter that has a deadline, too late for the test.
	assert_int_equal(gf_filter_watch_fd(reader.filter, fds[0], EPOLLIN), GF_OK);
	gf_filter_ask_rt_reschedule(reader.filter, 3600000000u);
	assert_int_equal(write(fds[1], "q", 1), 1);
	gf_fs_run(lab->fs);
	assert_int_equal(reader.nb_process, 5);
	// Given up: the session does not wait.
	gf_filter_watch_fd(reader.filter, fds[0], EPOLLIN);
	gf_filter_watch_fd(reader.filter, -1, 0);
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS);
	assert_int_equal(gf_filter_watch_fd(reader.filter, 12345, EPOLLIN), GF_IO_ERR);
	// A removed filter is forgotten.
	gf_filter_watch_fd(reader.filter, fds[0], EPOLLIN);
	gf_filter_remove(reader.filter);
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS);
	assert_int_equal(gf_filter_watch_fd(NULL, fds[0], EPOLLIN), GF_BAD_PARAM);
	close(fds[0]);
	close(fds[1]);
}

static Bool readable(int fd, int timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	return poll(&p, 1, timeout_ms) == 1;
}

static Bool one_call(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	(void)fs;
	u32 *left = udta;
	*reschedule_ms = 20;
	return *left && --*left;
}

static void *post_later(void *udta)
{
	static u32 left;
	left = 1;
	usleep(20000);
	gf_fs_post_user_task(udta, one_call, &left, NULL);
	return NULL;
}

static void the_session_can_be_polled(void **state)
{
	Lab *lab = *state;
	lab_run(lab);
	int fd = gf_fs_get_fd(lab->fs);
	assert_true(fd >= 0);
	assert_false(readable(fd, 0));
	// Work posted between two runs shows, without asking again.
	gf_filter_post_process_task(lab->source.filter);
	assert_true(readable(fd, 0));
	gf_fs_run(lab->fs);
	assert_false(readable(fd, 0));
	lab_send(lab, 4, 1);
	assert_true(readable(fd, 0));
	lab_run(lab);
	assert_false(readable(fd, 0));
	// So do deadlines, when they are due.
	u32 left = 2;
	u64 start = now();
	gf_fs_post_user_task(lab->fs, one_call, &left, NULL);
	assert_true(readable(fd, 0));
	gf_fs_run(lab->fs);
	assert_int_equal(left, 1);
	assert_true(readable(fd, 1000));
	assert_true(now() - start >= 18000);
	gf_fs_run(lab->fs);
	assert_int_equal(left, 0);
	// And other threads.
	gf_fs_run(lab->fs);
	assert_false(readable(fd, 0));
	pthread_t thread;
	pthread_create(&thread, NULL, post_later, lab->fs);
	assert_true(readable(fd, 5000));
	pthread_join(thread, NULL);
	gf_fs_run(lab->fs);
	assert_false(readable(fd, 0));
	assert_int_equal(gf_fs_get_fd(NULL), -1);
}

static void a_program_runs_slices(void **state)
{
	Lab *lab = *state;
	lab_run(lab);
	int fd = gf_fs_get_fd(lab->fs);
	u32 left = 3;
	gf_fs_post_user_task(lab->fs, one_call, &left, NULL);
	u32 nb = 0;
	while (gf_fs_run_slice(lab->fs) == GF_OK && nb++ < 10)
		assert_true(readable(fd, 5000));
	assert_int_equal(left, 0);
	assert_in_range(nb, 2, 4);
	// Waking without work, as an abort from another thread does, is dealt with by one call.
	gf_fs_lock_filters(lab->fs, GF_TRUE);
	gf_fs_lock_filters(lab->fs, GF_FALSE);
	assert_int_equal(gf_fs_run_slice(lab->fs), GF_EOS);
	assert_false(readable(fd, 0));
	assert_int_equal(gf_fs_run_slice(NULL), GF_BAD_PARAM);
}

typedef struct {
	GF_FilterSession *fs;
	int fds[2];
	u32 nb;
} Watched;

static void read_byte(void *udta)
{
	Watched *w = udta;
	char byte;
	assert_int_equal(read(w->fds[0], &byte, 1), 1);
	if (++w->nb == 2)
		gf_fs_abort(w->fs, GF_FS_FLUSH_NONE);
}

static void *write_two_bytes(void *udta)
{
	Watched *w = udta;
	for (u32 i = 0; i < 2; i++) {
		usleep(20000);
		assert_int_equal(write(w->fds[1], "x", 1), 1);
	}
	return NULL;
}

static Bool never_done(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	(void)fs;
	(void)udta;
	*reschedule_ms = 60000;
	return GF_TRUE;
}

static void the_application_has_a_descriptor(void **state)
{
	(void)state;
	Watched w = {.fs = gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, 0, NULL)};
	assert_int_equal(pipe(w.fds), 0);
	assert_int_equal(gf_fs_watch_fd(w.fs, w.fds[0], read_byte, &w), GF_OK);
	assert_int_equal(gf_fs_watch_fd(w.fs, w.fds[0], NULL, &w), GF_BAD_PARAM);
	gf_fs_post_user_task(w.fs, never_done, NULL, NULL);
	pthread_t thread;
	pthread_create(&thread, NULL, write_two_bytes, &w);
	assert_int_equal(gf_fs_run(w.fs), GF_EOS);
	pthread_join(thread, NULL);
	assert_int_equal(w.nb, 2);
	assert_int_equal(gf_fs_watch_fd(w.fs, -1, NULL, NULL), GF_OK);
	gf_fs_del(w.fs);
	close(w.fds[0]);
	close(w.fds[1]);
}

// ---- tasks

typedef struct {
	u32 nb, max, period_ms;
	Bool last; // gf_fs_is_last_task inside the task
} Task;

static Bool run_task(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	Task *t = udta;
	assert_int_equal(*reschedule_ms, 0); // before each call
	*reschedule_ms = t->period_ms;
	t->last = gf_fs_is_last_task(fs);
	return ++t->nb < t->max;
}

static void tasks_wait_for_their_delay(void **state)
{
	Lab *lab = *state;
	Task t = {.max = 3, .period_ms = 20};
	u64 start = now();
	assert_int_equal(gf_fs_post_user_task_delay(lab->fs, run_task, &t, "t", 30), GF_OK);
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS);
	assert_int_equal(t.nb, 3);
	assert_true(now() - start >= 69000);
	assert_true(t.last);
	t = (Task){.max = 1};
	assert_int_equal(gf_fs_post_user_task_main(lab->fs, run_task, &t, NULL), GF_OK);
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS);
	assert_int_equal(t.nb, 1);
	assert_int_equal(gf_fs_post_user_task(NULL, run_task, &t, NULL), GF_BAD_PARAM);
	assert_int_equal(gf_fs_post_user_task_main(lab->fs, NULL, &t, NULL), GF_BAD_PARAM);
}

static void tasks_are_not_repeated_in_a_flush(void **state)
{
	Lab *lab = *state;
	Task t = {.max = 100, .period_ms = 3600000};
	gf_fs_post_user_task(lab->fs, run_task, &t, NULL);
	gf_fs_post_user_task_delay(lab->fs, run_task, &t, NULL, 3600000);
	gf_fs_abort(lab->fs, GF_FS_FLUSH_ALL);
	assert_true(gf_fs_in_final_flush(lab->fs));
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS);
	assert_int_equal(t.nb, 2); // delays are skipped
}

static Bool filter_task(GF_Filter *f, void *udta, u32 *reschedule_ms)
{
	Task *t = udta;
	lab_of(f)->nb_events += 100;
	*reschedule_ms = t->period_ms;
	return ++t->nb < t->max;
}

static void filters_have_tasks_too(void **state)
{
	Lab *lab = *state;
	Task t = {.max = 3, .period_ms = 5};
	assert_int_equal(gf_filter_post_task(lab->source.filter, filter_task, &t, "t"), GF_OK);
	assert_int_equal(gf_filter_post_task(lab->source.filter, NULL, &t, "t"), GF_BAD_PARAM);
	assert_int_equal(gf_filter_post_task(NULL, filter_task, &t, "t"), GF_BAD_PARAM);
	for (u32 i = 0; i < 10000 && t.nb < 3; i++)
		run_for(lab, 1);
	run_for(lab, 20);
	assert_int_equal(t.nb, 3);
	assert_int_equal(lab->source.nb_events, 301); // and the PLAY of the sink
	// Tasks of a removed filter go with it.
	t = (Task){.max = 10};
	gf_filter_post_task(lab->sinks[0].filter, filter_task, &t, NULL);
	gf_filter_remove(lab->sinks[0].filter);
	lab_run(lab);
	assert_int_equal(t.nb, 0);
}

static void background_tasks_do_not_count(void **state)
{
	Lab *lab = *state;
	Task t = {.max = 1000, .period_ms = 1};
	assert_int_equal(gf_fs_post_background_task(lab->fs, run_task, &t, 0), GF_OK);
	assert_true(gf_fs_is_last_task(lab->fs));
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS);
	Task longer = {.max = 2, .period_ms = 30};
	gf_fs_post_user_task(lab->fs, run_task, &longer, NULL);
	u64 start = now();
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS);
	assert_in_range(t.nb, 1, (now() - start) / 1000 + 2);
	assert_true(longer.last);
}

// ---- non-blocking runs

static GF_Err busy_source(GF_Filter *f)
{
	LabFilter *l = lab_of(f);
	l->nb_process++;
	return gf_filter_pck_send(gf_filter_pck_new_alloc(l->out, 4, NULL)) < 0 ? GF_OUT_OF_MEM : GF_OK;
}

static GF_Err take_all(GF_Filter *f)
{
	LabFilter *l = lab_of(f);
	l->nb_process++;
	while (gf_filter_pid_get_packet(l->in))
		gf_filter_pid_drop_packet(l->in);
	return GF_OK;
}

static void a_non_blocking_run_returns_while_there_is_work(void **state)
{
	Lab *lab = *state;
	gf_filter_set_process_ckb(lab->source.filter, busy_source);
	gf_filter_set_process_ckb(lab->sinks[0].filter, take_all);
	gf_filter_post_process_task(lab->source.filter);
	u32 calls = 0;
	for (u32 i = 0; i < 5; i++) {
		assert_int_equal(gf_fs_run(lab->fs), GF_OK);
		assert_true(lab->source.nb_process > calls);
		calls = lab->source.nb_process;
		assert_false(gf_fs_is_last_task(lab->fs));
	}
	// A task that wants to run again at once does so in the next run.
	Task t = {.max = 0xFFFFFFFF};
	gf_fs_post_user_task(lab->fs, run_task, &t, NULL);
	for (u32 i = 1; i <= 5; i++) {
		gf_fs_run(lab->fs);
		assert_int_equal(t.nb, i);
	}
	assert_int_equal(gf_fs_stop(lab->fs), GF_OK);
	assert_int_equal(gf_fs_stop(NULL), GF_BAD_PARAM);
	assert_int_equal(gf_fs_run(NULL), GF_BAD_PARAM);
}

static void aborts_show_in_the_status(void **state)
{
	Lab *lab = *state;
	assert_int_equal(gf_fs_abort(NULL, GF_FS_FLUSH_ALL), GF_BAD_PARAM);
	gf_fs_abort(lab->fs, GF_FS_FLUSH_ALL);
	assert_true(gf_fs_in_final_flush(lab->fs));
	assert_int_equal(gf_fs_run(lab->fs), GF_OK); // a flush that completes is no abort
	lab_run(lab);
	assert_true(gf_fs_is_last_task(lab->fs));
	gf_fs_abort(lab->fs, GF_FS_FLUSH_NONE); // ends the flush
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS);
	assert_true(gf_fs_in_final_flush(NULL));
	assert_true(gf_fs_is_last_task(NULL));
}

// A blocking session runs again after its end when there is new work.
static void a_session_runs_again(void **state)
{
	Lab *lab = *state;
	Fake src = {.to_send = 3}, sink = {0}, src2 = {.to_send = 4}, sink2 = {0};
	fake_source(lab->fs, &src);
	fake_sink(lab->fs, &sink);
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS);
	GF_Filter *source = fake_source(lab->fs, &src2);
	gf_filter_set_source(fake_sink(lab->fs, &sink2), source, NULL);
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS);
	assert_int_equal(sink2.received, 4);
	assert_int_equal(sink.received, 3);
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS);
}

// ---- other threads

static void *abort_in_thread(void *udta)
{
	usleep(20000);
	gf_fs_abort(udta, GF_FS_FLUSH_FAST);
	return NULL;
}

static void another_thread_aborts(void **state)
{
	Lab *lab = *state;
	Fake src = {.to_send = 0xFFFFFFFF}, pass = {0}, sink = {0};
	fake_source(lab->fs, &src);
	fake_pass(lab->fs, &pass);
	fake_sink(lab->fs, &sink);
	pthread_t thread;
	pthread_create(&thread, NULL, abort_in_thread, lab->fs);
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS);
	pthread_join(thread, NULL);
	assert_int_equal(sink.nb_eos, 1);
	assert_true(gf_fs_in_final_flush(lab->fs));
}

typedef struct {
	GF_FilterSession *fs;
	GF_Filter *filter;
	u32 nb_tasks;
	Bool saw_idle;
} Remote;

static Bool count_task(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	(void)fs;
	(void)reschedule_ms;
	++*(u32 *)udta;
	return GF_FALSE;
}

static Bool count_filter_task(GF_Filter *f, void *udta, u32 *reschedule_ms)
{
	(void)f;
	(void)reschedule_ms;
	++*(u32 *)udta;
	return GF_FALSE;
}

// Everything that the API lets other threads do, while the session runs.
static void *work_in_thread(void *udta)
{
	Remote *r = udta;
	for (u32 i = 0; i < 50; i++) {
		gf_fs_post_user_task(r->fs, count_task, &r->nb_tasks, NULL);
		gf_fs_post_user_task_delay(r->fs, count_task, &r->nb_tasks, NULL, 1);
		gf_filter_post_task(r->filter, count_filter_task, &r->nb_tasks, NULL);
		gf_filter_post_process_task(r->filter);
		GF_FilterEvent evt;
		GF_FEVT_INIT(evt, GF_FEVT_PAUSE, NULL);
		gf_fs_fire_event(r->fs, r->filter, &evt, GF_TRUE);
		gf_fs_send_update(r->fs, "nobody", NULL, "x", "1", 0);
		gf_fs_enable_reporting(r->fs, i & 1);
		gf_fs_is_last_task(r->fs);
		gf_fs_lock_filters(r->fs, GF_TRUE);
		u32 nb = gf_fs_get_filters_count(r->fs);
		for (u32 j = 0; j < nb; j++) {
			GF_FilterStats stats;
			gf_fs_get_filter_stats(r->fs, j, &stats);
		}
		gf_fs_lock_filters(r->fs, GF_FALSE);
	}
	for (u32 i = 0; i < 2000 && !gf_fs_is_last_task(r->fs); i++)
		usleep(1000);
	r->saw_idle = gf_fs_is_last_task(r->fs);
	gf_fs_abort(r->fs, GF_FS_FLUSH_ALL);
	return NULL;
}

static Bool keep_open(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	(void)udta;
	*reschedule_ms = 5;
	return !gf_fs_in_final_flush(fs);
}

static void other_threads_reach_the_session(void **state)
{
	Lab *lab = *state;
	Fake src = {.to_send = 2000}, pass = {0}, sink = {0};
	Remote r = {.fs = lab->fs, .filter = fake_source(lab->fs, &src)};
	fake_pass(lab->fs, &pass);
	fake_sink(lab->fs, &sink);
	gf_fs_post_background_task(lab->fs, keep_open, NULL, 1);
	// Something that waits, so that the session does not end before its abort.
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(gf_filter_watch_fd(r.filter, fds[0], EPOLLIN), GF_OK);
	pthread_t thread;
	pthread_create(&thread, NULL, work_in_thread, &r);
	gf_fs_run(lab->fs);
	pthread_join(thread, NULL);
	gf_fs_run(lab->fs);
	gf_filter_watch_fd(r.filter, -1, 0);
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(r.nb_tasks, 150);
	assert_false(r.saw_idle); // a descriptor is waited for
	assert_int_equal(sink.received, src.sent);
}

// The lock holds the session between two callbacks.
static void *hold_lock(void *udta)
{
	Remote *r = udta;
	usleep(5000);
	gf_fs_lock_filters(r->fs, GF_TRUE);
	gf_fs_lock_filters(r->fs, GF_TRUE); // recursive
	u32 before = r->nb_tasks;
	usleep(20000);
	r->saw_idle = r->nb_tasks == before;
	gf_fs_lock_filters(r->fs, GF_FALSE);
	gf_fs_lock_filters(r->fs, GF_FALSE);
	gf_fs_abort(r->fs, GF_FS_FLUSH_NONE);
	return NULL;
}

static Bool count_always(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	(void)fs;
	(void)reschedule_ms;
	((Remote *)udta)->nb_tasks++;
	return GF_TRUE;
}

static void the_lock_stops_the_session(void **state)
{
	Lab *lab = *state;
	Remote r = {.fs = lab->fs};
	gf_fs_post_user_task(lab->fs, count_always, &r, NULL);
	pthread_t thread;
	pthread_create(&thread, NULL, hold_lock, &r);
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS);
	pthread_join(thread, NULL);
	assert_true(r.nb_tasks > 0);
	assert_true(r.saw_idle);
}

// An idle session waits without using the processor, and answers at once.
static void *answer_me(void *udta)
{
	Remote *r = udta;
	for (u32 i = 0; i < 5; i++) {
		usleep(20000);
		gf_fs_post_user_task(r->fs, count_task, &r->nb_tasks, NULL);
	}
	usleep(5000);
	gf_fs_abort(r->fs, GF_FS_FLUSH_NONE);
	return NULL;
}

static void an_idle_session_sleeps(void **state)
{
	Lab *lab = *state;
	Remote r = {.fs = lab->fs};
	Task far = {.max = 1};
	gf_fs_post_user_task_delay(lab->fs, run_task, &far, NULL, 3600000);
	pthread_t thread;
	pthread_create(&thread, NULL, answer_me, &r);
	struct rusage before, after;
	getrusage(RUSAGE_THREAD, &before);
	assert_int_equal(gf_fs_run(lab->fs), GF_EOS);
	getrusage(RUSAGE_THREAD, &after);
	assert_in_range(after.ru_nvcsw - before.ru_nvcsw, 1, 20); // it slept from one call of the other thread to the next
	pthread_join(thread, NULL);
	assert_int_equal(r.nb_tasks, 5);
	assert_int_equal(far.nb, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_lab, close_lab)
#define B(name) cmocka_unit_test_setup_teardown(name, open_blocking, close_lab)
	const struct CMUnitTest tests[] = {
		T(a_filter_runs_at_the_time_it_asked_for),
		T(outside_of_process_a_delay_posts_a_call),
		cmocka_unit_test(without_regulation_nothing_waits),
		T(a_waiting_filter_is_not_asked_without_pause),
		T(custom_sources_run_when_asked),
		B(a_descriptor_wakes_a_filter),
		T(the_session_can_be_polled),
		T(a_program_runs_slices),
		T(the_application_has_a_descriptor),
		B(tasks_wait_for_their_delay),
		B(tasks_are_not_repeated_in_a_flush),
		T(filters_have_tasks_too),
		B(background_tasks_do_not_count),
		T(a_non_blocking_run_returns_while_there_is_work),
		T(aborts_show_in_the_status),
		B(a_session_runs_again),
		B(another_thread_aborts),
		B(other_threads_reach_the_session),
		B(the_lock_stops_the_session),
		B(an_idle_session_sleeps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
