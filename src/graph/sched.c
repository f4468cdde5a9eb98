// SPDX-License-Identifier: MIT
#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "graph/engine.h"
#include "graph/gate.h"
#include "graph/timer_heap.h"

typedef struct {
	FsTask *first, *last;
} TaskQueue;

struct scheduler {
	GF_Filter *ready_first, *ready_last;
	TaskQueue links;    // structural work, before anything else
	TaskQueue settled;  // work that waits for the end of all structural work
	TaskQueue session;  // user tasks that are due
	TimerHeap timers;
	u32 nb_tasks_queued; // in these queues, the timers and the filters
	u32 nb_weak_queued;  // those among them that do not keep the session running
	GF_Filter *current;
	Bool running;

	int epoll_fd, event_fd, timer_fd; // timer_fd: only when the application waits for the session
	u32 nb_fds;                       // filters waiting for a descriptor
	int app_fd;                       // watched for the application, -1 for none
	void (*on_app_fd)(void *udta);
	void *app_udta;
	Bool notify;                      // the application waits for timer_fd: work posted now must show there

	// What other threads touch.
	pthread_mutex_t inbox_lock;
	TaskQueue inbox; // posted by other threads, due_us set
	atomic_uint nb_inbox;
	Gate gate;        // locked while filters run
	atomic_uint idle; // what sched_idle told last

	// Under the lock.
	Bool asleep;
	u64 asleep_until_us;
	u32 nb_nested;   // calls of sched_enter on the thread that has the session
	uintptr_t host;  // while a guest is in: the thread of the session, and its calls
	u32 nb_host_nested;

	u32 max_sleep_ms; // 0: sleep until something happens
	u64 run_us, active_us, nb_tasks;
};

#define RUNS_BEFORE_TIMERS 32
#define RUNS_BEFORE_STALLS 1024
#define MAX_FILTER_STREAK 10
#define SLICE_US 1000 // a non-blocking run returns after this time though work is left

static void drop_task(FsTask *t)
{
	gf_free(t);
}

FsTask *task_new(void (*run)(GF_FilterSession *fs, FsTask *task), GF_Filter *filter, GF_FilterPid *pid)
{
	FsTask *t = gf_malloc(sizeof(FsTask));
	if (t)
		*t = (FsTask){.run = run, .drop = drop_task, .filter = filter, .pid = pid};
	return t;
}

static void queue_push(TaskQueue *q, FsTask *t)
{
	t->next = NULL;
	if (q->last)
		q->last->next = t;
	else
		q->first = t;
	q->last = t;
}

static FsTask *queue_pop(TaskQueue *q)
{
	FsTask *t = q->first;
	if (t) {
		q->first = t->next;
		if (!q->first)
			q->last = NULL;
		t->next = NULL;
	}
	return t;
}

static void queue_drop_if(TaskQueue *q, const GF_Filter *f, const GF_FilterPid *pid, u32 *count)
{
	TaskQueue kept = {0};
	FsTask *t;
	while ((t = queue_pop(q))) {
		if ((f && t->filter == f) || (pid && t->pid == pid)) {
			t->drop(t);
			(*count)--;
		} else {
			queue_push(&kept, t);
		}
	}
	*q = kept;
}

static Bool open_epoll(Scheduler *s)
{
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	s->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	struct epoll_event e = {.events = EPOLLIN};
	if (s->epoll_fd >= 0 && s->event_fd >= 0 && !epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, s->event_fd, &e))
		return GF_TRUE;
	GF_LOG(GF_LOG_ERROR, GF_LOG_SCHEDULER, ("[sched] cannot create the event loop: %s\n", strerror(errno)));
	return GF_FALSE;
}

GF_Err sched_new(GF_FilterSession *fs)
{
	Scheduler *s = gf_calloc(1, sizeof(Scheduler));
	if (!s)
		return GF_OUT_OF_MEM;
	s->epoll_fd = s->event_fd = s->timer_fd = s->app_fd = -1;
	pthread_mutex_init(&s->inbox_lock, NULL);
	gate_init(&s->gate);
	atomic_init(&s->idle, 1);
	fs->sched = s;
	return open_epoll(s) ? GF_OK : GF_IO_ERR;
}

static void drop_queue(TaskQueue *q)
{
	FsTask *t;
	while ((t = queue_pop(q)))
		t->drop(t);
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void sched_del(GF_FilterSession *fs)
{
	Scheduler *s = fs->sched;
	if (!s)
		return;
	drop_queue(&s->links);
	drop_queue(&s->settled);
	drop_queue(&s->session);
	drop_queue(&s->inbox);
	timer_heap_reset(&s->timers);
	close_fd(s->epoll_fd);
	close_fd(s->event_fd);
	close_fd(s->timer_fd);
	pthread_mutex_destroy(&s->inbox_lock);
	gate_destroy(&s->gate);
	gf_free(s);
	fs->sched = NULL;
}

static Bool work_queued(const Scheduler *s)
{
	return s->ready_first || s->links.first || s->settled.first || s->session.first;
}

// ---- other threads in the graph

void sched_lock(GF_FilterSession *fs, Bool do_lock)
{
	Scheduler *s = fs->sched;
	if (do_lock) {
		gate_lock(&s->gate);
		return;
	}
	gate_unlock(&s->gate);
	if (!fs_on_thread(fs))
		sched_interrupt(fs); // it may have posted work while the session slept
}

static void knock(void *udta)
{
	GF_FilterSession *fs = udta;
	if (!fs->sched->running)
		sched_interrupt(fs);
}

void sched_enter(GF_FilterSession *fs)
{
	Scheduler *s = fs->sched;
	if (fs_on_thread(fs)) {
		s->nb_nested++;
		return;
	}
	gate_enter(&s->gate, knock, fs);
	s->host = atomic_exchange(&fs->thread, thread_self());
	s->nb_host_nested = s->nb_nested;
	s->nb_nested = 0;
}

// What a guest did makes the session run before the time it sleeps for.
static Bool must_wake(const GF_FilterSession *fs)
{
	const Scheduler *s = fs->sched;
	const Timer *next = timer_next(&s->timers);
	return s->asleep && (work_queued(s) || fs->run_status != GF_OK || (next && next->due_us < s->asleep_until_us));
}

void sched_leave(GF_FilterSession *fs)
{
	Scheduler *s = fs->sched;
	if (s->nb_nested) {
		s->nb_nested--;
		return;
	}
	Bool wakes = must_wake(fs);
	atomic_store(&fs->thread, s->host);
	s->nb_nested = s->nb_host_nested;
	gate_unlock(&s->gate);
	if (wakes)
		sched_interrupt(fs);
}

void sched_outside(GF_FilterSession *fs, void (*wait)(void *udta), void *udta)
{
	Scheduler *s = fs->sched;
	if (!s->running)
		gate_lock(&s->gate);
	gate_open(&s->gate);
	wait(udta);
	gate_close(&s->gate);
	if (!s->running)
		gate_unlock(&s->gate);
}

// ---- the descriptor of the session

static void arm_timer_fd(Scheduler *s, Bool now)
{
	struct itimerspec t = {0};
	const Timer *next = timer_next(&s->timers);
	if (now) {
		t.it_value.tv_nsec = 1;
	} else if (next) {
		u64 clock = gf_sys_clock_high_res();
		u64 wait = next->due_us > clock ? next->due_us - clock : 0;
		t.it_value.tv_sec = (time_t)(wait / 1000000);
		t.it_value.tv_nsec = (long)(wait % 1000000) * 1000 + 1;
	}
	timerfd_settime(s->timer_fd, 0, &t, NULL);
}

// Something was posted while the application waits for the descriptor.
static void notify(Scheduler *s)
{
	if (s->notify)
		arm_timer_fd(s, work_queued(s));
}

void sched_notify(GF_FilterSession *fs)
{
	if (fs->sched->notify)
		arm_timer_fd(fs->sched, GF_TRUE);
}

int sched_fd(GF_FilterSession *fs)
{
	Scheduler *s = fs->sched;
	if (s->timer_fd < 0) {
		int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
		struct epoll_event e = {.events = EPOLLIN};
		if (fd < 0 || epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &e) < 0) {
			close_fd(fd);
			return -1;
		}
		s->timer_fd = fd;
	}
	s->notify = !s->running;
	notify(s);
	return s->epoll_fd;
}

// ---- ready queue

static void ready_push(Scheduler *s, GF_Filter *f)
{
	if (f->sched.queued)
		return;
	f->sched.queued = GF_TRUE;
	f->sched.next = NULL;
	f->sched.prev = s->ready_last;
	if (s->ready_last)
		s->ready_last->sched.next = f;
	else
		s->ready_first = f;
	s->ready_last = f;
	notify(s);
}

static void ready_remove(Scheduler *s, GF_Filter *f)
{
	if (!f->sched.queued)
		return;
	if (f->sched.prev)
		f->sched.prev->sched.next = f->sched.next;
	else
		s->ready_first = f->sched.next;
	if (f->sched.next)
		f->sched.next->sched.prev = f->sched.prev;
	else
		s->ready_last = f->sched.prev;
	f->sched.queued = GF_FALSE;
	f->sched.next = f->sched.prev = NULL;
}

static void make_ready(GF_Filter *f)
{
	Scheduler *s = f->fs->sched;
	f->sched.process_wanted = GF_TRUE;
	f->sched.due_us = 0;
	if (f->sched.heap_pos)
		timer_remove(&s->timers, f->sched.heap_pos);
	ready_push(s, f);
}

void sched_wake(GF_Filter *f)
{
	if (f->sched.process_wanted && !f->sched.due_us)
		return;
	// A time asked for by the filter delays its process calls: packets arriving meanwhile do not run it earlier.
	if (f->sched.due_us && !f->sched.is_retry && f->fs->flush == FLUSH_NOT)
		return;
	make_ready(f);
}

static void wake_at(GF_Filter *f, u64 due_us, Bool is_retry)
{
	Scheduler *s = f->fs->sched;
	if (f->fs->flush != FLUSH_NOT || fs_flag(f->fs, GF_FS_FLAG_NO_REGULATION)) {
		make_ready(f);
		return;
	}
	if (f->sched.heap_pos) {
		if (f->sched.due_us <= due_us && f->sched.is_retry == is_retry)
			return;
		timer_remove(&s->timers, f->sched.heap_pos);
	}
	f->sched.due_us = due_us;
	f->sched.is_retry = is_retry;
	f->sched.process_wanted = GF_TRUE;
	if (timer_add(&s->timers, (Timer){.due_us = due_us, .filter = f}))
		notify(s);
	else
		make_ready(f);
}

void sched_wake_at(GF_Filter *f, u64 due_us)
{
	wake_at(f, due_us, GF_FALSE);
}

void sched_retry_at(GF_Filter *f, u64 due_us)
{
	wake_at(f, due_us, GF_TRUE);
}

void sched_cancel(GF_Filter *f)
{
	Scheduler *s = f->fs->sched;
	if (f->sched.heap_pos)
		timer_remove(&s->timers, f->sched.heap_pos);
	f->sched.due_us = 0;
	f->sched.process_wanted = GF_FALSE;
	if (!f->sched.tasks)
		ready_remove(s, f);
}

// ---- tasks

void sched_post(FsTask *t)
{
	GF_Filter *f = t->filter;
	Scheduler *s = f->fs->sched;
	t->next = NULL;
	if (f->sched.tasks_tail)
		f->sched.tasks_tail->next = t;
	else
		f->sched.tasks = t;
	f->sched.tasks_tail = t;
	s->nb_tasks_queued++;
	ready_push(s, f);
}

static void post_to(Scheduler *s, TaskQueue *q, FsTask *t)
{
	queue_push(q, t);
	s->nb_tasks_queued++;
	notify(s);
}

void sched_post_link(GF_FilterSession *fs, FsTask *t)
{
	post_to(fs->sched, &fs->sched->links, t);
}

void sched_post_settled(GF_FilterSession *fs, FsTask *t)
{
	post_to(fs->sched, &fs->sched->settled, t);
}

void sched_post_session(GF_FilterSession *fs, FsTask *t, u64 due_us)
{
	Scheduler *s = fs->sched;
	t->due_us = due_us;
	s->nb_weak_queued += t->weak;
	// Without regulation nothing waits, but a background task that came back at once would run for ever.
	Bool now = !due_us || (fs_flag(fs, GF_FS_FLAG_NO_REGULATION) && !t->weak);
	if (now || !timer_add(&s->timers, (Timer){.due_us = due_us, .task = t})) {
		post_to(s, &s->session, t);
		return;
	}
	s->nb_tasks_queued++;
	notify(s);
}

void sched_post_from_thread(GF_FilterSession *fs, FsTask *t, u64 due_us)
{
	Scheduler *s = fs->sched;
	t->due_us = due_us;
	pthread_mutex_lock(&s->inbox_lock);
	queue_push(&s->inbox, t);
	atomic_fetch_add(&s->nb_inbox, 1);
	pthread_mutex_unlock(&s->inbox_lock);
	sched_interrupt(fs);
}

void sched_interrupt(GF_FilterSession *fs)
{
	u64 one = 1;
	if (write(fs->sched->event_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		GF_LOG(GF_LOG_ERROR, GF_LOG_SCHEDULER, ("[sched] cannot wake the session: %s\n", strerror(errno)));
}

static void drain_inbox(GF_FilterSession *fs)
{
	Scheduler *s = fs->sched;
	if (!atomic_load_explicit(&s->nb_inbox, memory_order_relaxed))
		return;
	// Before the queue is taken: what comes later signals again.
	u64 count;
	ssize_t got = read(s->event_fd, &count, sizeof(count));
	(void)got; // non-blocking: only the reset matters
	pthread_mutex_lock(&s->inbox_lock);
	TaskQueue q = s->inbox;
	s->inbox = (TaskQueue){0};
	atomic_store(&s->nb_inbox, 0);
	pthread_mutex_unlock(&s->inbox_lock);
	FsTask *t;
	while ((t = queue_pop(&q)))
		sched_post_session(fs, t, t->due_us);
}

void sched_drop_filter(GF_Filter *f)
{
	Scheduler *s = f->fs->sched;
	sched_watch_fd(f, -1, 0);
	sched_cancel(f);
	FsTask *t;
	while ((t = f->sched.tasks)) {
		f->sched.tasks = t->next;
		t->drop(t);
		s->nb_tasks_queued--;
	}
	f->sched.tasks_tail = NULL;
	ready_remove(s, f);
	queue_drop_if(&s->links, f, NULL, &s->nb_tasks_queued);
	queue_drop_if(&s->settled, f, NULL, &s->nb_tasks_queued);
	queue_drop_if(&s->session, f, NULL, &s->nb_tasks_queued);
	s->nb_tasks_queued -= timer_drop_tasks(&s->timers, f, NULL);
	if (s->current == f)
		s->current = NULL;
}

void sched_drop_pid(GF_FilterSession *fs, GF_FilterPid *pid)
{
	Scheduler *s = fs->sched;
	queue_drop_if(&s->links, NULL, pid, &s->nb_tasks_queued);
	queue_drop_if(&s->settled, NULL, pid, &s->nb_tasks_queued);
	u32 nb = gf_list_count(fs->filters);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *f = gf_list_get(fs->filters, i);
		TaskQueue q = {f->sched.tasks, f->sched.tasks_tail};
		queue_drop_if(&q, NULL, pid, &s->nb_tasks_queued);
		f->sched.tasks = q.first;
		f->sched.tasks_tail = q.last;
	}
	s->nb_tasks_queued -= timer_drop_tasks(&s->timers, NULL, pid);
}

// ---- descriptors

GF_Err sched_watch_fd(GF_Filter *f, int fd, u32 events)
{
	Scheduler *s = f->fs->sched;
	if (f->sched.fd >= 0 && f->sched.fd != fd) {
		// The descriptor may have been closed already: the kernel then removed it by itself.
		epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, f->sched.fd, NULL);
		f->sched.fd = -1;
		s->nb_fds -= f->sched.fd_armed;
		f->sched.fd_armed = GF_FALSE;
	}
	if (fd < 0)
		return GF_OK;
	struct epoll_event e = {.events = events | EPOLLONESHOT, .data.ptr = f};
	int op = f->sched.fd == fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
	int res = epoll_ctl(s->epoll_fd, op, fd, &e);
	if (res < 0 && op == EPOLL_CTL_MOD && errno == ENOENT) // closed, and its number used again
		res = epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &e);
	if (res < 0)
		return GF_IO_ERR;
	s->nb_fds += !f->sched.fd_armed;
	f->sched.fd_armed = GF_TRUE;
	f->sched.fd = fd;
	return GF_OK;
}

GF_Err sched_watch_app_fd(GF_FilterSession *fs, int fd, void (*on_ready)(void *udta), void *udta)
{
	Scheduler *s = fs->sched;
	if (s->app_fd >= 0)
		epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, s->app_fd, NULL);
	s->app_fd = -1;
	if (fd < 0)
		return GF_OK;
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = s};
	if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &e) < 0)
		return GF_IO_ERR;
	s->app_fd = fd;
	s->on_app_fd = on_ready;
	s->app_udta = udta;
	return GF_OK;
}

// Waits for descriptors for at most `timeout_ms` (-1: no limit) and makes the filters that got theirs ready.
// Other threads may look at the graph during the wait.
static void wait_events(GF_FilterSession *fs, int timeout_ms)
{
	Scheduler *s = fs->sched;
	struct epoll_event events[32];
	if (timeout_ms) {
		atomic_store(&s->idle, sched_idle(fs));
		s->asleep_until_us = timeout_ms < 0 ? UINT64_MAX : gf_sys_clock_high_res() + (u64)timeout_ms * 1000;
		s->asleep = GF_TRUE;
		gate_open(&s->gate);
	}
	int nb = epoll_wait(s->epoll_fd, events, 32, timeout_ms);
	if (timeout_ms) {
		gate_close(&s->gate);
		s->asleep = GF_FALSE;
		atomic_store(&s->idle, 0);
	}
	for (int i = 0; i < nb; i++) {
		GF_Filter *f = events[i].data.ptr;
		if (events[i].data.ptr == s) {
			s->on_app_fd(s->app_udta);
			continue;
		}
		if (f) {
			f->sched.fd_armed = GF_FALSE;
			s->nb_fds--;
			make_ready(f);
			continue;
		}
		u64 count;
		ssize_t got = read(s->event_fd, &count, sizeof(count));
		if (s->timer_fd >= 0)
			got = read(s->timer_fd, &count, sizeof(count));
		(void)got; // both are non-blocking: only the reset matters
	}
}

// Makes ready what is due at `clock`; during a flush nothing waits.
static void expire_timers(GF_FilterSession *fs, u64 clock)
{
	Scheduler *s = fs->sched;
	const Timer *next;
	Bool all = fs->flush != FLUSH_NOT;
	while ((next = timer_next(&s->timers)) && (all || next->due_us <= clock)) {
		Timer t = *next;
		timer_remove(&s->timers, 1);
		if (t.filter)
			make_ready(t.filter);
		else
			queue_push(&s->session, t.task);
	}
}

// ---- the loop

static void run_task(GF_FilterSession *fs, FsTask *t)
{
	fs->sched->nb_tasks++;
	fs->sched->nb_tasks_queued--;
	fs->sched->nb_weak_queued -= t->weak;
	t->run(fs, t);
}

static void run_filter(GF_FilterSession *fs, GF_Filter *f)
{
	Scheduler *s = fs->sched;
	s->current = f;
	for (u32 streak = 0; streak < MAX_FILTER_STREAK; streak++) {
		FsTask *t = f->sched.tasks;
		if (!t)
			break;
		f->sched.tasks = t->next;
		if (!f->sched.tasks)
			f->sched.tasks_tail = NULL;
		f->stats.nb_tasks++;
		run_task(fs, t);
		if (s->current != f)
			return; // the task freed the filter
	}
	if (!f->sched.tasks && f->sched.process_wanted && !f->sched.due_us) {
		s->nb_tasks++;
		f->sched.process_wanted = GF_FALSE;
		filter_process(f);
		if (s->current != f)
			return;
	}
	s->current = NULL;
	if (f->sched.tasks || (f->sched.process_wanted && !f->sched.due_us))
		ready_push(s, f);
}

// One round: structural work, else one due session task and one filter. False when nothing was runnable.
static Bool run_once(GF_FilterSession *fs)
{
	Scheduler *s = fs->sched;
	FsTask *t = queue_pop(&s->links);
	if (!t)
		t = queue_pop(&s->settled);
	if (t) {
		run_task(fs, t);
		return GF_TRUE;
	}
	Bool did = GF_FALSE;
	t = queue_pop(&s->session);
	if (t) {
		run_task(fs, t);
		did = GF_TRUE;
	}
	GF_Filter *f = s->ready_first;
	if (f && !s->links.first && fs->run_status == GF_OK) {
		ready_remove(s, f);
		run_filter(fs, f);
		did = GF_TRUE;
	}
	return did;
}

// Milliseconds until the next deadline, rounded up; -1 when there is none.
static int next_wait_ms(const Scheduler *s)
{
	int longest = s->max_sleep_ms ? (int)s->max_sleep_ms : -1;
	const Timer *next = timer_next(&s->timers);
	if (!next)
		return longest;
	u64 clock = gf_sys_clock_high_res();
	if (next->due_us <= clock)
		return 0;
	u64 ms = (next->due_us - clock + 999) / 1000;
	if (longest > 0 && ms > (u64)longest)
		return longest;
	return ms > 3600000 ? 3600000 : (int)ms;
}

// Runs what is ready. `limit`: end of the slice of a non-blocking run, which also leaves to the next call what
// becomes due during this one; 0 for a blocking run. False when nothing is left to run now.
static Bool run_ready(GF_FilterSession *fs, u64 limit)
{
	Scheduler *s = fs->sched;
	u64 clock = limit ? limit - SLICE_US - 1 : gf_sys_clock_high_res();
	for (u32 round = 1; fs->run_status == GF_OK; round++) {
		if (gate_is_wanted(&s->gate))
			gate_give_way(&s->gate);
		drain_inbox(fs);
		if (!(round % RUNS_BEFORE_TIMERS)) {
			if (!limit && s->timers.count)
				clock = gf_sys_clock_high_res();
			expire_timers(fs, clock);
			if (s->nb_fds || s->app_fd >= 0)
				wait_events(fs, 0);
			if (limit && gf_sys_clock_high_res() >= limit && !s->links.first)
				return work_queued(s);
		}
		// A part of the graph may stall while another one keeps the session busy.
		if (!(round % RUNS_BEFORE_STALLS))
			stalls_resolve(fs);
		if (run_once(fs))
			continue;
		if (!limit && s->timers.count)
			clock = gf_sys_clock_high_res();
		expire_timers(fs, clock);
		if (s->nb_fds)
			wait_events(fs, 0);
		drain_inbox(fs);
		if (!work_queued(s) && !stalls_resolve(fs))
			return GF_FALSE;
	}
	return GF_FALSE;
}

GF_Err sched_run(GF_FilterSession *fs, Bool blocking)
{
	Scheduler *s = fs->sched;
	u64 start = gf_sys_clock_high_res();
	u64 slept = 0;
	gate_lock(&s->gate);
	s->running = GF_TRUE;
	s->notify = GF_FALSE;
	atomic_store(&s->idle, 0);
	if (!blocking && s->timer_fd >= 0)
		wait_events(fs, 0); // what made the session's descriptor readable is dealt with
	if (!blocking)
		run_ready(fs, start + SLICE_US);
	while (blocking && fs->run_status == GF_OK) {
		run_ready(fs, 0);
		Bool nothing_to_wait_for = s->timers.count == s->timers.nb_weak && !s->nb_fds && !atomic_load(&s->nb_inbox);
		if (nothing_to_wait_for || fs->run_status != GF_OK)
			break;
		u64 before = gf_sys_clock_high_res();
		wait_events(fs, next_wait_ms(s));
		slept += gf_sys_clock_high_res() - before;
	}
	u64 total = gf_sys_clock_high_res() - start;
	s->run_us += total;
	s->active_us += total - slept;
	s->running = GF_FALSE;
	s->notify = s->timer_fd >= 0;
	notify(s);
	atomic_store(&s->idle, fs->run_status != GF_OK || sched_idle(fs));
	GF_Err e = fs->run_status;
	gate_unlock(&s->gate);
	return e;
}

Bool sched_idle(GF_FilterSession *fs)
{
	Scheduler *s = fs->sched;
	if (!fs_on_thread(fs))
		return atomic_load(&s->idle) && !atomic_load(&s->nb_inbox);
	if (s->nb_tasks_queued > s->nb_weak_queued || s->nb_fds || s->ready_first || atomic_load(&s->nb_inbox))
		return GF_FALSE;
	if (s->current && s->current->sched.process_wanted)
		return GF_FALSE;
	return s->timers.count == s->timers.nb_weak;
}

void sched_set_max_sleep(GF_FilterSession *fs, u32 max_sleep_ms)
{
	fs->sched->max_sleep_ms = max_sleep_ms;
}

u64 sched_run_time(GF_FilterSession *fs, u64 *active_us, u64 *nb_tasks)
{
	*active_us = fs->sched->active_us;
	*nb_tasks = fs->sched->nb_tasks;
	return fs->sched->run_us;
}
