// SPDX-License-Identifier: MIT
// Threads of a filter come into the session and leave it.
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "fake_filters.h"

#define NB_GUESTS 4
#define NB_PACKETS 200 // of each

// A source whose packets come from threads.
typedef struct {
	GF_Filter *filter;
	GF_FilterPid *pid;
	pthread_t threads[NB_GUESTS];
	u32 nb_started, nb_ended, sent;
	u32 inside;      // guests in the session; more than one at a time is a fault
	Bool overlapped; // it happened
	atomic_bool stop;
	Bool endless, joined;
	int fds[2]; // what the filter waits for meanwhile
	atomic_uint nb_entered;
} Hosts;

static void enter(Hosts *h)
{
	gf_filter_enter(h->filter);
	gf_filter_enter(h->filter); // nested
	gf_filter_leave(h->filter);
	atomic_fetch_add(&h->nb_entered, 1);
	h->overlapped |= h->inside++ != 0;
}

static void leave(Hosts *h)
{
	h->inside--;
	gf_filter_leave(h->filter);
}

static void *send_packets(void *udta)
{
	Hosts *h = udta;
	for (u32 i = 0; (i < NB_PACKETS || h->endless) && !atomic_load(&h->stop); i++) {
		enter(h);
		u8 *data;
		GF_FilterPacket *pck = gf_filter_pck_new_alloc(h->pid, 8, &data);
		if (pck) {
			memset(data, (int)i, 8);
			gf_filter_pck_set_cts(pck, h->sent++);
			gf_filter_pck_send(pck);
		}
		leave(h);
	}
	enter(h);
	if (++h->nb_ended == NB_GUESTS)
		gf_filter_post_process_task(h->filter); // nothing else tells the session that it is over
	leave(h);
	return NULL;
}

static void join(void *udta)
{
	Hosts *h = udta;
	for (u32 i = 0; i < h->nb_started; i++)
		pthread_join(h->threads[i], NULL);
	h->nb_started = 0;
	h->joined = GF_TRUE;
}

static GF_Err host_process(GF_Filter *f)
{
	Hosts *h = gf_filter_get_rt_udta(f);
	if (!h->pid) {
		h->pid = gf_filter_pid_new(f);
		gf_filter_pid_set_property(h->pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL));
		gf_filter_pid_set_property(h->pid, GF_PROP_PID_CODECID, PROP_UINT(GF_CODECID_AVC));
		while (h->nb_started < NB_GUESTS)
			pthread_create(&h->threads[h->nb_started++], NULL, send_packets, h);
		return gf_filter_watch_fd(f, h->fds[0], EPOLLIN); // the session sleeps in between
	}
	if (h->nb_ended < NB_GUESTS)
		return GF_OK;
	gf_filter_wait_for_threads(f, join, h);
	gf_filter_watch_fd(f, -1, 0);
	gf_filter_pid_set_eos(h->pid);
	return GF_EOS;
}

static void hosts_open(Hosts *h, GF_FilterSession *fs)
{
	GF_Err e;
	assert_int_equal(pipe2(h->fds, O_CLOEXEC), 0);
	h->filter = gf_fs_new_filter(fs, "host", 0, &e);
	gf_filter_set_rt_udta(h->filter, h);
	gf_filter_set_process_ckb(h->filter, host_process);
	gf_filter_push_caps(
		h->filter, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL), NULL, GF_CAPS_OUTPUT, 0);
	gf_filter_post_process_task(h->filter);
}

static void hosts_close(Hosts *h)
{
	close(h->fds[0]);
	close(h->fds[1]);
}

static void packets_of_all_threads_arrive(void **state)
{
	GF_FilterSession *fs = *state;
	Hosts h = {0};
	Fake sink = {0};
	hosts_open(&h, fs);
	fake_sink(fs, &sink);
	assert_int_equal(gf_fs_run(fs), GF_EOS);
	assert_true(h.joined);
	assert_false(h.overlapped);
	assert_int_equal(h.sent, NB_GUESTS * NB_PACKETS);
	assert_int_equal(sink.received, NB_GUESTS * NB_PACKETS);
	assert_int_equal(sink.nb_eos, 1);
	hosts_close(&h);
}

// Guests that never rest do not keep the session out: a task of its own ends them.
static Bool stop_guests(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	Hosts *h = udta;
	(void)fs;
	if (atomic_load(&h->nb_entered) < 10 * NB_GUESTS) {
		*reschedule_ms = 1;
		return GF_TRUE;
	}
	atomic_store(&h->stop, GF_TRUE);
	return GF_FALSE;
}

static void the_session_has_its_turn(void **state)
{
	GF_FilterSession *fs = *state;
	Hosts h = {.endless = GF_TRUE};
	Fake sink = {0};
	hosts_open(&h, fs);
	fake_sink(fs, &sink);
	gf_fs_post_user_task(fs, stop_guests, &h, NULL);
	assert_int_equal(gf_fs_run(fs), GF_EOS);
	assert_false(h.overlapped);
	assert_int_equal(sink.received, h.sent);
	hosts_close(&h);
}

static void *enter_once(void *udta)
{
	Hosts *h = udta;
	enter(h);
	gf_filter_post_process_task(h->filter);
	leave(h);
	return NULL;
}

static GF_Err idle_process(GF_Filter *f)
{
	Hosts *h = gf_filter_get_rt_udta(f);
	return atomic_load(&h->nb_entered) ? GF_EOS : GF_OK;
}

// Between two runs the graph belongs to the program. Its descriptor tells that somebody waits.
static void nobody_enters_between_runs(void **state)
{
	GF_FilterSession *fs = *state;
	Hosts h = {0};
	GF_Err e;
	int fd = gf_fs_get_fd(fs), epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = {.events = EPOLLIN};
	assert_int_equal(pipe2(h.fds, O_CLOEXEC), 0);
	h.filter = gf_fs_new_filter(fs, "host", 0, &e);
	gf_filter_set_rt_udta(h.filter, &h);
	gf_filter_set_process_ckb(h.filter, idle_process);
	gf_filter_watch_fd(h.filter, h.fds[0], EPOLLIN);
	gf_fs_run_slice(fs);
	pthread_create(&h.threads[0], NULL, enter_once, &h);
	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
	assert_int_equal(epoll_wait(epoll, &event, 1, 60000), 1);
	assert_int_equal(atomic_load(&h.nb_entered), 0);
	while (!atomic_load(&h.nb_entered))
		gf_fs_run_slice(fs);
	pthread_join(h.threads[0], NULL);
	gf_filter_watch_fd(h.filter, -1, 0);
	close(epoll);
	hosts_close(&h);
}

// After a run, too, its threads come in to end.
static void threads_end_outside_a_run(void **state)
{
	GF_FilterSession *fs = *state;
	Hosts h = {.nb_started = 1};
	GF_Err e;
	h.filter = gf_fs_new_filter(fs, "host", 0, &e);
	pthread_create(&h.threads[0], NULL, enter_once, &h);
	gf_filter_enter(h.filter); // what the session's thread entered before is not mixed up with what they do
	gf_filter_wait_for_threads(h.filter, join, &h);
	gf_filter_leave(h.filter);
	assert_int_equal(atomic_load(&h.nb_entered), 1);
}

static void *lock_once(void *udta)
{
	Hosts *h = udta;
	gf_filter_lock(h->filter, GF_TRUE);
	atomic_fetch_add(&h->nb_entered, 1);
	gf_filter_lock(h->filter, GF_FALSE);
	return NULL;
}

static Bool repeat(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	u32 *left = udta;
	(void)fs;
	*reschedule_ms = 1;
	return --*left > 0;
}

// A program that keeps the lock while it runs the session keeps others out, and the session goes on.
static void a_lock_from_before_the_run_is_kept(void **state)
{
	GF_FilterSession *fs = *state;
	Hosts h = {0};
	GF_Err e;
	u32 left = 30;
	h.filter = gf_fs_new_filter(fs, "host", 0, &e);
	gf_fs_post_user_task(fs, repeat, &left, NULL);
	gf_fs_lock_filters(fs, GF_FALSE); // which nobody has
	gf_fs_lock_filters(fs, GF_TRUE);
	pthread_create(&h.threads[0], NULL, lock_once, &h);
	assert_int_equal(gf_fs_run(fs), GF_EOS);
	assert_int_equal(atomic_load(&h.nb_entered), 0);
	gf_fs_lock_filters(fs, GF_FALSE);
	pthread_join(h.threads[0], NULL);
	assert_int_equal(atomic_load(&h.nb_entered), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(packets_of_all_threads_arrive, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(the_session_has_its_turn, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(nobody_enters_between_runs, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(threads_end_outside_a_run, fake_setup, fake_teardown),
		cmocka_unit_test_setup_teardown(a_lock_from_before_the_run_is_kept, fake_setup, fake_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
