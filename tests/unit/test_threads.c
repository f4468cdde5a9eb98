// SPDX-License-Identifier: MIT
// Sessions in several threads at once, each with another thread that posts to it and ends it. What they share is the
// state of the library; ThreadSanitizer sees what it does not guard.
#include <pthread.h>
#include <gpac/log.h>
#include "fake_filters.h"

#define NB_THREADS 8
#define NB_ROUNDS 12
#define NB_PACKETS 300
#define NB_POSTED 40

typedef enum { END_BY_ITSELF = 0, END_ABORTED, END_FLUSHED, NB_ENDS } Ending;

typedef struct {
	GF_FilterSession *fs;
	GF_Filter *source;
	GF_Filter *lost; // removed before the session ran
	Ending ending;
	u32 nb_tasks; // of the thread that runs the session
} Remote;

// What one thread found: cmocka may not fail outside the thread of the test.
typedef struct {
	pthread_t thread;
	u32 index;
	u32 nb_incomplete, nb_lost_tasks, nb_errors;
} Worker;

static Bool count_task(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	(void)fs;
	(void)reschedule_ms;
	++*(u32 *)udta;
	return GF_FALSE;
}

static Bool wait_for_abort(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	(void)udta;
	*reschedule_ms = 1;
	return !gf_fs_in_final_flush(fs);
}

static void *post_and_end(void *udta)
{
	Remote *r = udta;
	for (u32 i = 0; i < NB_POSTED; i++) {
		gf_fs_post_user_task(r->fs, count_task, &r->nb_tasks, NULL);
		gf_filter_post_process_task(r->source);
		gf_fs_send_update(r->fs, "inspect", NULL, "deep", "0", 0);
		gf_fs_send_update(r->fs, NULL, r->source, "deep=0", NULL, GF_FILTER_UPDATE_UPSTREAM);
		GF_FilterEvent evt;
		GF_FEVT_INIT(evt, GF_FEVT_PAUSE, NULL);
		gf_fs_fire_event(r->fs, r->source, &evt, GF_TRUE);
		gf_fs_fire_event(r->fs, r->lost, &evt, GF_TRUE);
		gf_fs_send_update(r->fs, NULL, r->lost, "deep", "0", 0);
		GF_FEVT_INIT(evt, GF_FEVT_USER, NULL);
		gf_fs_fire_event(r->fs, NULL, &evt, GF_FALSE);
		gf_fs_enable_reporting(r->fs, i & 1);
		gf_fs_lock_filters(r->fs, GF_TRUE);
		GF_FilterStats stats;
		gf_fs_get_filter_stats(r->fs, 0, &stats);
		gf_fs_lock_filters(r->fs, GF_FALSE);
	}
	if (r->ending != END_BY_ITSELF)
		gf_fs_abort(r->fs, r->ending == END_ABORTED ? GF_FS_FLUSH_NONE : GF_FS_FLUSH_ALL);
	return NULL;
}

static void run_session(Worker *w, Ending ending)
{
	GF_FilterSession *fs = gf_fs_new_defaults(0);
	Fake src = {.to_send = NB_PACKETS, .size = 100}, pass = {0}, sink = {0};
	Remote r = {.fs = fs, .source = fake_source(fs, &src), .ending = ending};
	GF_Err e = GF_OK;
	fake_pass(fs, &pass);
	fake_sink(fs, &sink);
	r.lost = gf_fs_load_filter(fs, "inspect:log=null:SID=nobody", &e);
	gf_filter_remove(r.lost);
	gf_fs_load_filter(fs, "inspect:log=null", &e);
	if (ending != END_BY_ITSELF)
		gf_fs_post_user_task(fs, wait_for_abort, NULL, NULL);
	pthread_t other;
	w->nb_errors += e != GF_OK;
	w->nb_errors += pthread_create(&other, NULL, post_and_end, &r) != 0;
	w->nb_errors += gf_fs_run(fs) < 0;
	pthread_join(other, NULL);
	gf_fs_run(fs); // what was posted after the end
	w->nb_incomplete += ending == END_BY_ITSELF && sink.received != NB_PACKETS;
	w->nb_lost_tasks += ending == END_BY_ITSELF && r.nb_tasks != NB_POSTED;
	gf_fs_del(fs);
}

static void *work(void *udta)
{
	Worker *w = udta;
	for (u32 i = 0; i < NB_ROUNDS; i++)
		run_session(w, (Ending)((i + w->index) % NB_ENDS));
	return NULL;
}

static void sessions_in_threads_do_not_disturb_each_other(void **state)
{
	(void)state;
	Worker workers[NB_THREADS] = {0};
	gf_sys_init(GF_MemTrackerNone, "0");
	gf_log_set_tool_level(GF_LOG_ALL, GF_LOG_QUIET);
	for (u32 i = 0; i < NB_THREADS; i++) {
		workers[i].index = i;
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (u32 i = 0; i < NB_THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	for (u32 i = 0; i < NB_THREADS; i++) {
		assert_int_equal(workers[i].nb_errors, 0);
		assert_int_equal(workers[i].nb_incomplete, 0);
		assert_int_equal(workers[i].nb_lost_tasks, 0);
	}
	gf_sys_close();
	assert_int_equal(gf_memory_size(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_in_threads_do_not_disturb_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
