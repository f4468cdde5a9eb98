// SPDX-License-Identifier: MIT
// The engine on fake filters: flow, properties, timing fixes, blocking, fan-out, end of stream, tasks, aborts.
#include "fake_filters.h"

static void runs_source_to_sink(void **state)
{
	Fake src = {.to_send = 10}, sink = {0};
	fake_source(*state, &src);
	fake_sink(*state, &sink);
	assert_int_equal(gf_fs_run(*state), GF_EOS);
	assert_int_equal(sink.received, 10);
	assert_int_equal(sink.nb_eos, 1);
	assert_int_equal(sink.nb_configure, 1);
	for (u32 i = 0; i < 10; i++)
		assert_int_equal(sink.cts[i], i * 40);
	// A session with nothing left to do ends at once.
	assert_int_equal(gf_fs_run(*state), GF_EOS);
}

// Duration is that to the previous packet; the first packet has none (5.4, send-time fixes).
static void completes_durations(void **state)
{
	Fake src = {.to_send = 4}, sink = {0};
	fake_source(*state, &src);
	fake_sink(*state, &sink);
	gf_fs_run(*state);
	assert_int_equal(sink.dur[0], 0);
	for (u32 i = 1; i < 4; i++)
		assert_int_equal(sink.dur[i], 40);
}

static void reconfigures_before_the_packet(void **state)
{
	Fake src = {.to_send = 6, .change_at = 3}, pass = {0}, sink = {0};
	fake_source(*state, &src);
	fake_pass(*state, &pass);
	fake_sink(*state, &sink);
	gf_fs_run(*state);
	assert_int_equal(sink.received, 6);
	assert_int_equal(sink.nb_configure, 2);
	for (u32 i = 0; i < 6; i++)
		assert_int_equal(sink.width[i], i < 3 ? 320 : 640);
}

static void blocks_on_one_packet(void **state)
{
	Fake src = {.to_send = 50}, sink = {.hold = 1};
	GF_Filter *f = fake_source(*state, &src);
	fake_sink(*state, &sink);
	gf_fs_enable_reporting(*state, GF_TRUE);
	gf_fs_run(*state);
	GF_FilterPidStatistics stats;
	assert_int_equal(gf_filter_pid_get_statistics(gf_filter_get_opid(f, 0), &stats, GF_STATS_LOCAL), GF_OK);
	assert_int_equal(stats.nb_processed, 50);
	assert_true(stats.first_process_time > 0);
	assert_true(stats.last_process_time - stats.first_process_time >= stats.total_process_time);
	assert_true(stats.total_process_time >= stats.max_process_time);
	assert_false(gf_filter_pid_would_block(gf_filter_get_opid(f, 0)));
}

static void names_events(void **state)
{
	(void)state;
	assert_string_equal(gf_filter_event_name(GF_FEVT_PLAY), "PLAY");
	assert_string_equal(gf_filter_event_name(GF_FEVT_CAPS_CHANGE), "CAPS_CHANGED");
	assert_string_equal(gf_filter_event_name(GF_FEVT_DASH_QUALITY_SELECT), "QUALITY_SELECT");
	assert_string_equal(gf_filter_event_name(GF_FEVT_NETWORK_HINT), "NETWORK_HINT");
	assert_string_equal(gf_filter_event_name(100), "UNKNOWN");
}

// Complete linking: one packet, one reference per destination.
static void fans_out(void **state)
{
	gf_fs_del(*state);
	GF_FilterSession *fs = gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, GF_FS_FLAG_NO_IMPLICIT, NULL);
	*state = fs;
	Fake src = {.to_send = 20}, a = {0}, b = {.hold = 1};
	GF_Filter *f = fake_source(fs, &src);
	fake_sink(fs, &a);
	fake_sink(fs, &b);
	gf_fs_run(fs);
	assert_int_equal(a.received, 20);
	assert_int_equal(b.received, 20);
	assert_non_null(gf_filter_pid_enum_destinations(gf_filter_get_opid(f, 0), 1));
	assert_null(gf_filter_pid_enum_destinations(gf_filter_get_opid(f, 0), 2));
}

// Implicit linking: the first filter that takes the PID, in order of declaration, then nothing else.
static void implicit_mode_links_in_order(void **state)
{
	Fake src = {.to_send = 5}, pass = {0}, sink = {0};
	fake_source(*state, &src);
	fake_pass(*state, &pass);
	fake_sink(*state, &sink);
	gf_fs_run(*state);
	assert_int_equal(pass.received, 5);
	assert_int_equal(sink.received, 5);
}

static void source_ids_choose_the_source(void **state)
{
	Fake one = {.to_send = 3}, two = {.to_send = 7}, sink = {0};
	fake_source(*state, &one);
	GF_Filter *second = fake_source(*state, &two);
	GF_Filter *dst = fake_sink(*state, &sink);
	assert_int_equal(gf_filter_set_source(dst, second, NULL), GF_OK);
	assert_int_equal(gf_filter_set_source(second, dst, NULL), GF_BAD_PARAM); // a loop, although nothing is linked yet
	gf_fs_run(*state);
	assert_int_equal(sink.received, 7);
}

static void unlinked_pid_is_an_error_with_full_link(void **state)
{
	gf_fs_del(*state);
	*state = gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, GF_FS_FLAG_FULL_LINK, NULL);
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	Fake src = {.to_send = 3};
	fake_source(*state, &src);
	assert_int_equal(gf_fs_run(*state), GF_FILTER_NOT_FOUND);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_FILTER_NOT_FOUND);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_OK);
}

static void refused_pid_is_reported(void **state)
{
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	Fake src = {.to_send = 3}, sink = {.refuse = 52 /* GF_INVALID_CONFIGURATION */};
	fake_source(*state, &src);
	fake_sink(*state, &sink);
	gf_fs_run(*state);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_INVALID_CONFIGURATION);
	assert_int_equal(sink.received, 0);
	assert_int_equal(sink.nb_remove, 1);
	assert_int_equal(src.last_event, GF_FEVT_CONNECT_FAIL);
}

static void play_reaches_the_source(void **state)
{
	Fake src = {.to_send = 0, .keep_open = GF_TRUE}, pass = {0}, sink = {0};
	fake_source(*state, &src);
	fake_pass(*state, &pass);
	fake_sink(*state, &sink);
	gf_fs_run(*state);
	assert_int_equal(pass.last_event, GF_FEVT_PLAY);
	assert_int_equal(src.last_event, GF_FEVT_PLAY);
	assert_true(gf_filter_pid_is_playing(src.pid));
}

// ---- tasks

typedef struct {
	u32 nb, max;
	u32 period_ms;
	u64 first_us, last_us;
} Ticks;

static Bool tick(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	Ticks *t = udta;
	(void)fs;
	t->last_us = gf_sys_clock_high_res();
	if (!t->nb++)
		t->first_us = t->last_us;
	*reschedule_ms = t->period_ms;
	return t->nb < t->max;
}

static void user_tasks_repeat(void **state)
{
	Ticks t = {.max = 5, .period_ms = 10};
	assert_int_equal(gf_fs_post_user_task(*state, tick, &t, NULL), GF_OK);
	assert_int_equal(gf_fs_post_user_task(*state, NULL, &t, NULL), GF_BAD_PARAM);
	assert_int_equal(gf_fs_run(*state), GF_EOS);
	assert_int_equal(t.nb, 5);
	assert_true(t.last_us - t.first_us >= 40000 - 4000);
}

static Bool ask_last(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	u32 *calls = udta;
	(*calls)++;
	*reschedule_ms = 1;
	return !gf_fs_is_last_task(fs);
}

static void a_task_sees_that_it_is_the_last(void **state)
{
	u32 calls = 0;
	Fake src = {.to_send = 100}, sink = {0};
	fake_source(*state, &src);
	fake_sink(*state, &sink);
	gf_fs_post_user_task(*state, ask_last, &calls, "last");
	gf_fs_run(*state);
	assert_int_equal(sink.received, 100);
	assert_in_range(calls, 1, 50);
	assert_true(gf_fs_is_last_task(*state));
}

static void background_tasks_do_not_keep_a_session(void **state)
{
	Ticks t = {.max = 1000, .period_ms = 1000};
	gf_fs_post_background_task(*state, tick, &t, 3600000); // the test would not end
	assert_int_equal(gf_fs_run(*state), GF_EOS);
	assert_int_equal(t.nb, 0);
}

// ---- non-blocking sessions

static void non_blocking_run_returns(void **state)
{
	gf_fs_del(*state);
	GF_FilterSession *fs = gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, GF_FS_FLAG_NON_BLOCKING, NULL);
	*state = fs;
	Ticks t = {.max = 2, .period_ms = 200};
	gf_fs_post_user_task(fs, tick, &t, NULL);
	assert_int_equal(gf_fs_run(fs), GF_OK);
	assert_int_equal(t.nb, 1);
	// The only work is due later: returns at once, and is not at its last task.
	assert_int_equal(gf_fs_run(fs), GF_OK);
	assert_int_equal(t.nb, 1);
	assert_false(gf_fs_is_last_task(fs));
	u32 rounds = 0;
	while (!gf_fs_is_last_task(fs) && rounds++ < 10000) {
		gf_fs_run(fs);
		gf_sleep(1);
	}
	assert_int_equal(t.nb, 2);
	assert_int_equal(gf_fs_run(fs), GF_OK);
}

// ---- abort

static Bool abort_all(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	(void)reschedule_ms;
	gf_fs_abort(fs, *(GF_FSFlushType *)udta);
	return GF_FALSE;
}

static void abort_flushes(void **state)
{
	GF_FSFlushType type = GF_FS_FLUSH_ALL;
	Fake src = {.to_send = 0xFFFFFFFF}, pass = {0}, sink = {0};
	fake_source(*state, &src);
	fake_pass(*state, &pass);
	fake_sink(*state, &sink);
	gf_fs_post_user_task_delay(*state, abort_all, &type, "abort", 5);
	assert_int_equal(gf_fs_run(*state), GF_EOS);
	assert_true(gf_fs_in_final_flush(*state));
	assert_int_equal(sink.received, src.sent); // what was sent arrived
	assert_int_equal(sink.nb_eos, 1);
}

static void abort_none_stops_at_once(void **state)
{
	GF_FSFlushType type = GF_FS_FLUSH_NONE;
	Fake src = {.to_send = 0xFFFFFFFF}, sink = {0};
	fake_source(*state, &src);
	fake_sink(*state, &sink);
	gf_fs_post_user_task_delay(*state, abort_all, &type, "abort", 5);
	assert_int_equal(gf_fs_run(*state), GF_EOS);
	assert_int_equal(sink.nb_eos, 0);
}

// ---- filters that misbehave

static GF_Err ignore_packets(GF_Filter *f)
{
	fake_of(f)->received++;
	return GF_OK;
}

static void a_filter_that_takes_nothing_is_stopped(void **state)
{
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	Fake src = {.to_send = 2}, sink = {0};
	fake_source(*state, &src);
	gf_filter_set_process_ckb(fake_sink(*state, &sink), ignore_packets);
	assert_int_equal(gf_fs_run(*state), GF_EOS);
	assert_int_equal(gf_fs_get_last_process_error(*state), GF_SERVICE_ERROR);
	assert_in_range(sink.received, 100000, 100010);
}

static GF_Err only_fail(GF_Filter *f)
{
	fake_of(f)->received++;
	return GF_CORRUPTED_DATA;
}

static void a_filter_that_only_fails_is_stopped(void **state)
{
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	Fake src = {.to_send = 2}, sink = {0};
	fake_source(*state, &src);
	gf_filter_set_process_ckb(fake_sink(*state, &sink), only_fail);
	u64 start = gf_sys_clock_high_res();
	assert_int_equal(gf_fs_run(*state), GF_EOS);
	assert_in_range(gf_sys_clock_high_res() - start, 0, 5000000);
	assert_int_equal(gf_fs_get_last_process_error(*state), GF_CORRUPTED_DATA);
}

// ---- removal

static Bool remove_middle(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	(void)fs;
	(void)reschedule_ms;
	gf_filter_remove(udta);
	return GF_FALSE;
}

static void removing_a_filter_removes_what_only_feeds_it(void **state)
{
	Fake src = {.to_send = 0xFFFFFFFF}, pass = {0}, sink = {0};
	fake_source(*state, &src);
	GF_Filter *middle = fake_pass(*state, &pass);
	fake_sink(*state, &sink);
	gf_fs_post_user_task_delay(*state, remove_middle, middle, "remove", 5);
	assert_int_equal(gf_fs_run(*state), GF_EOS);
	assert_true(sink.received > 0);
	assert_int_equal(gf_fs_get_filters_count(*state), 0);
	assert_int_equal(sink.nb_remove, 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)
	const struct CMUnitTest tests[] = {
		T(runs_source_to_sink),
		T(completes_durations),
		T(reconfigures_before_the_packet),
		T(blocks_on_one_packet),
		T(names_events),
		T(fans_out),
		T(implicit_mode_links_in_order),
		T(source_ids_choose_the_source),
		T(unlinked_pid_is_an_error_with_full_link),
		T(refused_pid_is_reported),
		T(play_reaches_the_source),
		T(user_tasks_repeat),
		T(a_task_sees_that_it_is_the_last),
		T(background_tasks_do_not_keep_a_session),
		T(non_blocking_run_returns),
		T(abort_flushes),
		T(abort_none_stops_at_once),
		T(a_filter_that_takes_nothing_is_stopped),
		T(a_filter_that_only_fails_is_stopped),
		T(removing_a_filter_removes_what_only_feeds_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
