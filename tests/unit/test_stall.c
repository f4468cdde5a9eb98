// SPDX-License-Identifier: MIT
// Stalls over shared PIDs: consumers that wait for what another consumer of the same PID makes, and consumers that were
// never asked to play. Calls are counted: nothing may be tried again and again while nothing can change.
#include "fake_filters.h"

#define NB_PACKETS 200
#define MAX_DELAY 4000
#define MAX_CALLS 40 // of a filter for which nothing happens

// A filter between others that sends its first packet when it has `delay` of them, as encoders do.
typedef struct {
	Fake fake;
	u32 delay;
	GF_FilterPacket *kept[MAX_DELAY];
	u32 first, nb;
} Delay;

// A sink that takes a packet of every input at once.
typedef struct {
	Fake fake;
	Bool no_play, dead; // sends no PLAY, takes nothing
	Bool waits;         // takes nothing yet
	u32 nb_process, nb_pairs, nb_unequal, longest;
} Join;

static GF_Err delay_process(GF_Filter *f)
{
	Delay *d = (Delay *)fake_of(f);
	GF_FilterPid *in = gf_filter_get_ipid(f, 0);
	GF_FilterPacket *pck = gf_filter_pid_get_packet(in);
	if (pck) {
		gf_filter_pck_ref(&pck);
		d->kept[(d->first + d->nb++) % MAX_DELAY] = pck;
		gf_filter_pid_drop_packet(in);
	}
	Bool eos = !pck && gf_filter_pid_is_eos(in);
	while (d->nb > d->delay || (eos && d->nb)) {
		GF_FilterPacket *out = d->kept[d->first];
		gf_filter_pck_forward(out, d->fake.pid);
		gf_filter_pck_unref(out);
		d->first = (d->first + 1) % MAX_DELAY;
		d->nb--;
	}
	if (eos)
		gf_filter_pid_set_eos(d->fake.pid);
	return eos ? GF_EOS : GF_OK;
}

// What a session that ends before leaves in it.
static void drop_kept(Delay *d)
{
	for (; d->nb; d->nb--, d->first++)
		gf_filter_pck_unref(d->kept[d->first % MAX_DELAY]);
}

static GF_Err join_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	Join *j = (Join *)fake_of(f);
	j->fake.pid = is_remove ? NULL : pid;
	return j->no_play ? GF_OK : fake_sink_configure(f, pid, is_remove);
}

// Whether all inputs have a packet, or none will get one.
static Bool inputs_have(GF_Filter *f, Bool (*test)(GF_FilterPid *pid))
{
	Bool all = GF_TRUE;
	u32 nb = gf_filter_get_ipid_count(f);
	for (u32 i = 0; i < nb; i++)
		all &= test(gf_filter_get_ipid(f, i));
	return all;
}

static Bool has_packet(GF_FilterPid *pid)
{
	return gf_filter_pid_get_packet(pid) != NULL;
}

static Bool has_ended(GF_FilterPid *pid)
{
	return gf_filter_pid_is_eos(pid);
}

static GF_Err join_process(GF_Filter *f)
{
	Join *j = (Join *)fake_of(f);
	u32 nb = gf_filter_get_ipid_count(f);
	j->nb_process++;
	for (u32 i = 0; i < nb; i++) {
		u32 queued = gf_filter_pid_get_packet_count(gf_filter_get_ipid(f, i));
		if (queued > j->longest)
			j->longest = queued;
	}
	if (j->dead)
		return GF_EOS;
	if (j->waits && j->nb_process > MAX_CALLS)
		gf_fs_abort(gf_filter_get_session(f), GF_FS_FLUSH_NONE);
	if (j->waits)
		return GF_OK;
	while (inputs_have(f, has_packet)) {
		u64 cts = gf_filter_pck_get_cts(gf_filter_pid_get_packet(gf_filter_get_ipid(f, 0)));
		for (u32 i = 0; i < nb; i++) {
			GF_FilterPid *pid = gf_filter_get_ipid(f, i);
			j->nb_unequal += gf_filter_pck_get_cts(gf_filter_pid_get_packet(pid)) != cts;
			gf_filter_pid_drop_packet(pid);
		}
		j->nb_pairs++;
	}
	return inputs_have(f, has_ended) ? GF_EOS : GF_OK;
}

static GF_Filter *add_delay(GF_FilterSession *fs, Delay *d, GF_Filter *from)
{
	GF_Filter *f = fake_new(fs, "delay", &d->fake, delay_process, fake_pass_configure, GF_CAPS_INPUT_OUTPUT);
	assert_int_equal(gf_filter_set_source(f, from, NULL), GF_OK);
	return f;
}

static GF_Filter *add_pass(GF_FilterSession *fs, Fake *k, GF_Filter *from)
{
	GF_Filter *f = fake_pass(fs, k);
	assert_int_equal(gf_filter_set_source(f, from, NULL), GF_OK);
	return f;
}

static GF_Filter *add_join(GF_FilterSession *fs, Join *j, GF_Filter *a, GF_Filter *b)
{
	GF_Filter *f = fake_new(fs, "join", &j->fake, join_process, join_configure, GF_CAPS_INPUT);
	gf_filter_set_max_extra_input_pids(f, 10);
	assert_int_equal(gf_filter_set_source(f, a, NULL), GF_OK);
	if (b)
		assert_int_equal(gf_filter_set_source(f, b, NULL), GF_OK);
	return f;
}

static GF_FilterSession *open_session(u32 flags)
{
	gf_sys_init(GF_MemTrackerNone, "0");
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	GF_FilterSession *fs = gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, GF_FS_FLAG_REQUIRE_SOURCE_ID | flags, NULL);
	assert_non_null(fs);
	return fs;
}

static void close_session(GF_FilterSession *fs)
{
	gf_fs_del(fs);
	gf_sys_close();
	assert_int_equal(gf_memory_size(), 0);
}

static void run_all(GF_FilterSession *fs, Join *j)
{
	assert_true(gf_fs_run(fs) >= 0);
	assert_int_equal(gf_fs_get_last_process_error(fs), GF_OK);
	assert_int_equal(j->nb_pairs, NB_PACKETS);
	assert_int_equal(j->nb_unequal, 0);
	assert_in_range(j->nb_process, 1, 4 * NB_PACKETS); // it was not called over and over
}

static void a_branch_that_looks_ahead_gets_what_it_needs(void **state)
{
	(void)state;
	static Delay d;
	d = (Delay){.delay = 60};
	Fake src = {.to_send = NB_PACKETS};
	Join j = {0};
	GF_FilterSession *fs = open_session(0);
	GF_Filter *s = fake_source(fs, &src);
	add_join(fs, &j, s, add_delay(fs, &d, s));
	run_all(fs, &j);
	assert_in_range(j.longest, 60, 2 * 60 + 4); // twice what was found to be too little
	close_session(fs);
}

static void the_full_queue_may_be_before_another_filter(void **state)
{
	(void)state;
	static Delay d;
	d = (Delay){.delay = 60};
	Fake src = {.to_send = NB_PACKETS}, pass = {0};
	Join j = {0};
	GF_FilterSession *fs = open_session(0);
	GF_Filter *s = fake_source(fs, &src);
	add_join(fs, &j, add_pass(fs, &pass, s), add_delay(fs, &d, s));
	run_all(fs, &j);
	close_session(fs);
}

static void two_consumers_may_wait_crosswise(void **state)
{
	(void)state;
	static Delay da, db;
	da = (Delay){.delay = 30};
	db = (Delay){.delay = 50};
	Fake a = {.to_send = NB_PACKETS}, b = {.to_send = NB_PACKETS};
	Join ja = {0}, jb = {0};
	GF_FilterSession *fs = open_session(0);
	GF_Filter *sa = fake_source(fs, &a), *sb = fake_source(fs, &b);
	add_join(fs, &ja, sa, add_delay(fs, &db, sb));
	add_join(fs, &jb, sb, add_delay(fs, &da, sa));
	run_all(fs, &ja);
	assert_int_equal(jb.nb_pairs, NB_PACKETS);
	close_session(fs);
}

// What the branch waits for does not depend on the queue.
static void a_limit_does_not_grow_for_another_source(void **state)
{
	(void)state;
	static Delay d;
	d = (Delay){.delay = 10};
	Fake src = {.to_send = NB_PACKETS}, other = {.to_send = 3, .keep_open = GF_TRUE};
	Join j = {0};
	GF_FilterSession *fs = open_session(0);
	GF_Filter *s = fake_source(fs, &src);
	add_join(fs, &j, s, add_delay(fs, &d, fake_source(fs, &other)));
	assert_true(gf_fs_run(fs) >= 0);
	assert_int_equal(gf_fs_get_last_process_error(fs), GF_OK);
	assert_int_equal(j.nb_pairs, 0);
	assert_in_range(src.sent, 1, 3);
	drop_kept(&d);
	close_session(fs);
}

static void a_limit_grows_to_an_end(void **state)
{
	(void)state;
	static Delay d;
	d = (Delay){.delay = MAX_DELAY - 1};
	Fake src = {.to_send = 3000};
	Join j = {0};
	GF_FilterSession *fs = open_session(0);
	GF_Filter *s = fake_source(fs, &src);
	add_join(fs, &j, s, add_delay(fs, &d, s));
	assert_true(gf_fs_run(fs) >= 0);
	assert_int_equal(gf_fs_get_last_process_error(fs), GF_SERVICE_ERROR);
	assert_in_range(src.sent, 1024, 2048);
	assert_in_range(j.nb_process, 1, 4 * 2048);
	drop_kept(&d);
	close_session(fs);
}

static void a_consumer_that_was_never_asked_holds_nobody(void **state)
{
	(void)state;
	Fake src = {.to_send = NB_PACKETS}, sink = {0};
	Join dead = {.no_play = GF_TRUE, .dead = GF_TRUE};
	GF_FilterSession *fs = open_session(0);
	GF_Filter *s = fake_source(fs, &src);
	add_join(fs, &dead, s, NULL);
	assert_int_equal(gf_filter_set_source(fake_sink(fs, &sink), s, NULL), GF_OK);
	assert_true(gf_fs_run(fs) >= 0);
	assert_int_equal(sink.received, NB_PACKETS);
	assert_in_range(dead.nb_process, 0, 40);
	close_session(fs);
}

// Behind a filter that only passes on what it is asked for.
static void nor_does_one_behind_another_filter(void **state)
{
	(void)state;
	Fake src = {.to_send = NB_PACKETS}, pass = {0}, sink = {0};
	Join dead = {.no_play = GF_TRUE, .dead = GF_TRUE};
	GF_FilterSession *fs = open_session(0);
	GF_Filter *s = fake_source(fs, &src);
	add_join(fs, &dead, add_pass(fs, &pass, s), NULL);
	assert_int_equal(gf_filter_set_source(fake_sink(fs, &sink), s, NULL), GF_OK);
	assert_true(gf_fs_run(fs) >= 0);
	assert_int_equal(sink.received, NB_PACKETS);
	close_session(fs);
}

// One that takes packets without asking for them gets all.
static void a_consumer_that_takes_without_asking_loses_nothing(void **state)
{
	(void)state;
	Fake src = {.to_send = NB_PACKETS}, sink = {0};
	Join silent = {.no_play = GF_TRUE};
	GF_FilterSession *fs = open_session(0);
	GF_Filter *s = fake_source(fs, &src);
	add_join(fs, &silent, s, NULL);
	assert_int_equal(gf_filter_set_source(fake_sink(fs, &sink), s, NULL), GF_OK);
	assert_true(gf_fs_run(fs) >= 0);
	assert_int_equal(sink.received, NB_PACKETS);
	assert_int_equal(silent.nb_pairs, NB_PACKETS);
	close_session(fs);
}

static Bool play_now(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	(void)fs;
	(void)reschedule_ms;
	Join *j = udta;
	GF_FilterEvent evt;
	j->dead = j->waits = GF_FALSE;
	gf_filter_pid_init_play_event(j->fake.pid, &evt, 0, 1, "late");
	gf_filter_pid_send_event(j->fake.pid, &evt);
	return GF_FALSE;
}

// It is played in the middle: it gets what comes then, up to the end.
static void one_that_is_asked_late_gets_the_rest(void **state)
{
	(void)state;
	Fake src = {.to_send = NB_PACKETS, .keep_open = GF_TRUE}, sink = {0};
	Join late = {.no_play = GF_TRUE, .dead = GF_TRUE};
	GF_FilterSession *fs = open_session(0);
	GF_Filter *s = fake_source(fs, &src);
	add_join(fs, &late, s, NULL);
	assert_int_equal(gf_filter_set_source(fake_sink(fs, &sink), s, NULL), GF_OK);
	assert_true(gf_fs_run(fs) >= 0);
	assert_int_equal(sink.received, NB_PACKETS);
	gf_fs_post_user_task(fs, play_now, &late, "play");
	assert_true(gf_fs_run(fs) >= 0);
	src.to_send += 50;
	src.keep_open = GF_FALSE;
	gf_filter_post_process_task(s);
	assert_true(gf_fs_run(fs) >= 0);
	assert_int_equal(sink.received, NB_PACKETS + 50);
	assert_int_equal(late.nb_pairs, 50);
	close_session(fs);
}

// A session that waits for nothing ends, one that returns at once has nothing to do.
static void run_to_rest(GF_FilterSession *fs, Bool blocking)
{
	GF_Err e = gf_fs_run(fs);
	for (u32 i = 0; !blocking && e == GF_OK && i < 100 && !gf_fs_is_last_task(fs); i++)
		e = gf_fs_run(fs);
	assert_int_equal(e, blocking ? GF_EOS : GF_OK);
	assert_true(gf_fs_is_last_task(fs));
}

// Alone on its PID, it is not asked again and again, and finds all packets when it plays.
static void one_that_is_alone_is_asked_when_something_happens(void **state)
{
	(void)state;
	for (u32 blocking = 0; blocking < 2; blocking++) {
		Fake src = {.to_send = NB_PACKETS}, pass = {0};
		Join late = {.no_play = GF_TRUE, .waits = GF_TRUE};
		GF_FilterSession *fs = open_session(blocking ? 0 : GF_FS_FLAG_NON_BLOCKING);
		add_join(fs, &late, add_pass(fs, &pass, fake_source(fs, &src)), NULL);
		run_to_rest(fs, blocking);
		assert_in_range(late.nb_process, 1, MAX_CALLS);
		assert_int_equal(late.nb_pairs, 0);
		gf_fs_post_user_task(fs, play_now, &late, "play");
		run_to_rest(fs, blocking);
		assert_int_equal(late.nb_pairs, NB_PACKETS);
		close_session(fs);
	}
}

static Bool send_user_event(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	(void)reschedule_ms;
	GF_Filter *sink = udta;
	((Join *)fake_of(sink))->waits = GF_FALSE;
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_USER, NULL);
	gf_fs_fire_event(fs, sink, &evt, GF_FALSE);
	return GF_FALSE;
}

// An event may be what it waits for, played or not.
static void an_event_is_something(void **state)
{
	(void)state;
	Fake src = {.to_send = NB_PACKETS}, pass = {0};
	Join late = {.no_play = GF_TRUE, .waits = GF_TRUE};
	GF_FilterSession *fs = open_session(0);
	GF_Filter *sink = add_join(fs, &late, add_pass(fs, &pass, fake_source(fs, &src)), NULL);
	run_to_rest(fs, GF_TRUE);
	assert_int_equal(gf_filter_set_event_target(sink, GF_TRUE), GF_OK);
	gf_fs_post_user_task(fs, send_user_event, sink, "event");
	run_to_rest(fs, GF_TRUE);
	assert_int_equal(late.nb_pairs, NB_PACKETS);
	close_session(fs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_branch_that_looks_ahead_gets_what_it_needs),
		cmocka_unit_test(the_full_queue_may_be_before_another_filter),
		cmocka_unit_test(two_consumers_may_wait_crosswise),
		cmocka_unit_test(a_limit_does_not_grow_for_another_source),
		cmocka_unit_test(a_limit_grows_to_an_end),
		cmocka_unit_test(a_consumer_that_was_never_asked_holds_nobody),
		cmocka_unit_test(nor_does_one_behind_another_filter),
		cmocka_unit_test(a_consumer_that_takes_without_asking_loses_nothing),
		cmocka_unit_test(one_that_is_asked_late_gets_the_rest),
		cmocka_unit_test(one_that_is_alone_is_asked_when_something_happens),
		cmocka_unit_test(an_event_is_something),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
