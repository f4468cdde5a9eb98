// SPDX-License-Identifier: MIT
#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "graph/sched.h"

// A filter or a task waiting for a clock value.
typedef struct {
	u64 due_us;
	GF_Filter *filter; // NULL for a task
	FsTask *task;
} Timer;

typedef struct {
	FsTask *first, *last;
} TaskQueue;

struct scheduler {
	GF_Filter *ready_first, *ready_last;
	TaskQueue links;    // structural work, before anything else
	TaskQueue session;  // user tasks that are due
	Timer *heap;        // binary heap on due_us, 1-based positions
	u32 nb_timers, heap_alloc;
	u32 nb_weak;        // weak tasks in the heap
	int epoll_fd, event_fd, timer_fd;
	u32 nb_fds;         // filters waiting for a descriptor
	pthread_mutex_t inbox_lock;
	TaskQueue inbox;    // posted by other threads, due_us set
	atomic_uint inbox_filled;
	atomic_uint nb_task_objects; // tasks queued anywhere, the running one excluded
	GF_Filter *current;
	u32 max_sleep_ms; // 0: sleep until something happens
	u64 run_us, active_us, nb_tasks;
};

#define RUNS_BEFORE_TIMERS 32
#define MAX_FILTER_STREAK 10

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

static void queue_drop_if(TaskQueue *q, const GF_Filter *f, const GF_FilterPid *pid, atomic_uint *count)
{
	TaskQueue kept = {0};
	FsTask *t;
	while ((t = queue_pop(q))) {
		if ((f && t->filter == f) || (pid && t->pid == pid)) {
			t->drop(t);
			atomic_fetch_sub(count, 1);
		} else {
			queue_push(&kept, t);
		}
	}
	*q = kept;
}

GF_Err sched_new(GF_FilterSession *fs)
{
	Scheduler *s = gf_calloc(1, sizeof(Scheduler));
	if (!s)
		return GF_OUT_OF_MEM;
	s->epoll_fd = s->event_fd = s->timer_fd = -1;
	pthread_mutex_init(&s->inbox_lock, NULL);
	fs->sched = s;
	return GF_OK;
}

static void drop_queue(TaskQueue *q)
{
	FsTask *t;
	while ((t = queue_pop(q)))
		t->drop(t);
}

void sched_del(GF_FilterSession *fs)
{
	Scheduler *s = fs->sched;
	if (!s)
		return;
	drop_queue(&s->links);
	drop_queue(&s->session);
	drop_queue(&s->inbox);
	for (u32 i = 1; i <= s->nb_timers; i++) {
		if (s->heap[i].task)
			s->heap[i].task->drop(s->heap[i].task);
	}
	gf_free(s->heap);
	if (s->epoll_fd >= 0)
		close(s->epoll_fd);
	if (s->event_fd >= 0)
		close(s->event_fd);
	if (s->timer_fd >= 0)
		close(s->timer_fd);
	pthread_mutex_destroy(&s->inbox_lock);
	gf_free(s);
	fs->sched = NULL;
}

// ---- timer heap

static void heap_place(Scheduler *s, u32 pos, Timer t)
{
	s->heap[pos] = t;
	if (t.filter)
		t.filter->sched.heap_pos = pos;
	else
		t.task->heap_pos = pos;
}

static void heap_up(Scheduler *s, u32 pos, Timer t)
{
	while (pos > 1 && s->heap[pos / 2].due_us > t.due_us) {
		heap_place(s, pos, s->heap[pos / 2]);
		pos /= 2;
	}
	heap_place(s, pos, t);
}

static void heap_down(Scheduler *s, u32 pos, Timer t)
{
	for (;;) {
		u32 child = pos * 2;
		if (child > s->nb_timers)
			break;
		if (child < s->nb_timers && s->heap[child + 1].due_us < s->heap[child].due_us)
			child++;
		if (s->heap[child].due_us >= t.due_us)
			break;
		heap_place(s, pos, s->heap[child]);
		pos = child;
	}
	heap_place(s, pos, t);
}

static Bool heap_add(Scheduler *s, Timer t)
{
	if (s->nb_timers + 2 > s->heap_alloc) {
		u32 alloc = s->heap_alloc ? s->heap_alloc * 2 : 16;
		Timer *heap = gf_realloc(s->heap, alloc * sizeof(Timer));
		if (!heap)
			return GF_FALSE;
		s->heap = heap;
		s->heap_alloc = alloc;
	}
	s->nb_timers++;
	s->nb_weak += t.task && t.task->weak;
	heap_up(s, s->nb_timers, t);
	return GF_TRUE;
}

static void heap_remove(Scheduler *s, u32 pos)
{
	Timer t = s->heap[pos];
	if (t.filter) {
		t.filter->sched.heap_pos = 0;
	} else {
		t.task->heap_pos = 0;
		s->nb_weak -= t.task->weak;
	}
	Timer last = s->heap[s->nb_timers--];
	if (pos > s->nb_timers)
		return;
	if (pos > 1 && s->heap[pos / 2].due_us > last.due_us)
		heap_up(s, pos, last);
	else
		heap_down(s, pos, last);
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

void sched_wake(GF_Filter *f)
{
	if (f->sched.process_wanted && !f->sched.due_us)
		return;
	// A time asked for by the filter delays its process calls: packets arriving meanwhile do not run it earlier.
	if (f->sched.due_us && f->fs->flush == FLUSH_NOT)
		return;
	f->sched.process_wanted = GF_TRUE;
	f->sched.due_us = 0;
	if (f->sched.heap_pos)
		heap_remove(f->fs->sched, f->sched.heap_pos);
	ready_push(f->fs->sched, f);
}

void sched_wake_at(GF_Filter *f, u64 due_us)
{
	Scheduler *s = f->fs->sched;
	if (f->fs->flush != FLUSH_NOT || fs_flag(f->fs, GF_FS_FLAG_NO_REGULATION)) {
		f->sched.due_us = 0;
		sched_wake(f);
		return;
	}
	if (f->sched.heap_pos) {
		if (s->heap[f->sched.heap_pos].due_us <= due_us)
			return;
		heap_remove(s, f->sched.heap_pos);
	}
	f->sched.due_us = due_us;
	f->sched.process_wanted = GF_TRUE;
	if (!heap_add(s, (Timer){.due_us = due_us, .filter = f})) {
		f->sched.due_us = 0;
		ready_push(s, f);
	}
}

void sched_cancel(GF_Filter *f)
{
	Scheduler *s = f->fs->sched;
	if (f->sched.heap_pos)
		heap_remove(s, f->sched.heap_pos);
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
	atomic_fetch_add(&s->nb_task_objects, 1);
	ready_push(s, f);
}

void sched_post_link(GF_FilterSession *fs, FsTask *t)
{
	queue_push(&fs->sched->links, t);
	atomic_fetch_add(&fs->sched->nb_task_objects, 1);
}

void sched_post_session(GF_FilterSession *fs, FsTask *t, u64 due_us)
{
	Scheduler *s = fs->sched;
	t->due_us = due_us;
	atomic_fetch_add(&s->nb_task_objects, 1);
	// Without regulation nothing waits, but a background task that came back at once would run for ever.
	Bool now = !due_us || (fs_flag(fs, GF_FS_FLAG_NO_REGULATION) && !t->weak);
	if (now || !heap_add(s, (Timer){.due_us = due_us, .task = t}))
		queue_push(&s->session, t);
}

void sched_post_from_thread(GF_FilterSession *fs, FsTask *t, u64 due_us)
{
	Scheduler *s = fs->sched;
	t->due_us = due_us;
	pthread_mutex_lock(&s->inbox_lock);
	queue_push(&s->inbox, t);
	atomic_fetch_add(&s->nb_task_objects, 1);
	atomic_store(&s->inbox_filled, 1);
	pthread_mutex_unlock(&s->inbox_lock);
	sched_interrupt(fs);
}

void sched_interrupt(GF_FilterSession *fs)
{
	Scheduler *s = fs->sched;
	u64 one = 1;
	if (s->event_fd >= 0 && write(s->event_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		GF_LOG(GF_LOG_ERROR, GF_LOG_SCHEDULER, ("[sched] cannot wake the session: %s\n", strerror(errno)));
}

static void drain_inbox(GF_FilterSession *fs)
{
	Scheduler *s = fs->sched;
	if (!atomic_load_explicit(&s->inbox_filled, memory_order_relaxed))
		return;
	pthread_mutex_lock(&s->inbox_lock);
	TaskQueue q = s->inbox;
	s->inbox = (TaskQueue){0};
	atomic_store(&s->inbox_filled, 0);
	pthread_mutex_unlock(&s->inbox_lock);
	FsTask *t;
	while ((t = queue_pop(&q))) {
		atomic_fetch_sub(&s->nb_task_objects, 1);
		if (t->filter)
			sched_post(t);
		else
			sched_post_session(fs, t, t->due_us);
	}
}

static void drop_timers(Scheduler *s, const GF_Filter *f, const GF_FilterPid *pid)
{
	for (u32 i = s->nb_timers; i >= 1; i--) {
		FsTask *t = s->heap[i].task;
		if (t && ((f && t->filter == f) || (pid && t->pid == pid))) {
			heap_remove(s, i);
			t->drop(t);
			atomic_fetch_sub(&s->nb_task_objects, 1);
			i = s->nb_timers + 1;
		}
	}
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
		atomic_fetch_sub(&s->nb_task_objects, 1);
	}
	f->sched.tasks_tail = NULL;
	ready_remove(s, f);
	queue_drop_if(&s->links, f, NULL, &s->nb_task_objects);
	queue_drop_if(&s->session, f, NULL, &s->nb_task_objects);
	drop_timers(s, f, NULL);
	if (s->current == f)
		s->current = NULL;
}

void sched_drop_pid(GF_FilterSession *fs, GF_FilterPid *pid)
{
	Scheduler *s = fs->sched;
	queue_drop_if(&s->links, NULL, pid, &s->nb_task_objects);
	u32 nb = gf_list_count(fs->filters);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *f = gf_list_get(fs->filters, i);
		TaskQueue q = {f->sched.tasks, f->sched.tasks_tail};
		queue_drop_if(&q, NULL, pid, &s->nb_task_objects);
		f->sched.tasks = q.first;
		f->sched.tasks_tail = q.last;
	}
	drop_timers(s, NULL, pid);
}

// ---- descriptors

static Bool open_epoll(Scheduler *s)
{
	if (s->epoll_fd >= 0)
		return GF_TRUE;
	int ep = epoll_create1(EPOLL_CLOEXEC);
	int ev = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	struct epoll_event e = {.events = EPOLLIN};
	if (ep < 0 || ev < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, ev, &e) < 0) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_SCHEDULER, ("[sched] cannot create the event loop: %s\n", strerror(errno)));
		if (ep >= 0)
			close(ep);
		if (ev >= 0)
			close(ev);
		return GF_FALSE;
	}
	s->epoll_fd = ep;
	s->event_fd = ev;
	return GF_TRUE;
}

GF_Err sched_watch_fd(GF_Filter *f, int fd, u32 events)
{
	Scheduler *s = f->fs->sched;
	if (f->sched.fd >= 0 && f->sched.fd != fd) {
		// The descriptor may have been closed already: the kernel then removed it by itself.
		epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, f->sched.fd, NULL);
		f->sched.fd = -1;
		s->nb_fds--;
	}
	if (fd < 0)
		return GF_OK;
	if (!open_epoll(s))
		return GF_IO_ERR;
	struct epoll_event e = {.events = events | EPOLLONESHOT, .data.ptr = f};
	int op = f->sched.fd == fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
	if (epoll_ctl(s->epoll_fd, op, fd, &e) < 0)
		return GF_IO_ERR;
	if (op == EPOLL_CTL_ADD)
		s->nb_fds++;
	f->sched.fd = fd;
	return GF_OK;
}

static void arm_timer_fd(Scheduler *s, Bool now)
{
	struct itimerspec t = {0};
	if (now) {
		t.it_value.tv_nsec = 1;
	} else if (s->nb_timers) {
		u64 clock = gf_sys_clock_high_res();
		u64 wait = s->heap[1].due_us > clock ? s->heap[1].due_us - clock : 0;
		t.it_value.tv_sec = (time_t)(wait / 1000000);
		t.it_value.tv_nsec = (long)(wait % 1000000) * 1000 + 1;
	}
	timerfd_settime(s->timer_fd, 0, &t, NULL);
}

static Bool work_queued(const Scheduler *s)
{
	return s->ready_first || s->links.first || s->session.first;
}

int sched_fd(GF_FilterSession *fs)
{
	Scheduler *s = fs->sched;
	if (!open_epoll(s))
		return -1;
	if (s->timer_fd < 0) {
		s->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
		struct epoll_event e = {.events = EPOLLIN};
		if (s->timer_fd < 0 || epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, s->timer_fd, &e) < 0)
			return -1;
	}
	arm_timer_fd(s, work_queued(s));
	return s->epoll_fd;
}

// Waits for descriptors for at most `timeout_ms` (-1: no limit) and makes the filters that got theirs ready.
static void wait_events(GF_FilterSession *fs, int timeout_ms)
{
	Scheduler *s = fs->sched;
	if (!open_epoll(s))
		return;
	struct epoll_event events[32];
	int nb = epoll_wait(s->epoll_fd, events, 32, timeout_ms);
	for (int i = 0; i < nb; i++) {
		GF_Filter *f = events[i].data.ptr;
		if (f) {
			f->sched.due_us = 0;
			sched_wake(f);
			continue;
		}
		u64 count;
		ssize_t got = read(s->event_fd, &count, sizeof(count));
		if (s->timer_fd >= 0)
			got = read(s->timer_fd, &count, sizeof(count));
		(void)got; // both are non-blocking: only the reset matters
	}
}

static void expire_timers(GF_FilterSession *fs)
{
	Scheduler *s = fs->sched;
	if (!s->nb_timers)
		return;
	u64 clock = gf_sys_clock_high_res();
	Bool all = fs->flush != FLUSH_NOT;
	while (s->nb_timers && (all || s->heap[1].due_us <= clock)) {
		Timer t = s->heap[1];
		heap_remove(s, 1);
		if (t.filter) {
			t.filter->sched.due_us = 0;
			ready_push(s, t.filter);
		} else {
			queue_push(&s->session, t.task);
		}
	}
}

// ---- the loop

static void run_task(GF_FilterSession *fs, FsTask *t)
{
	fs->sched->nb_tasks++;
	atomic_fetch_sub(&fs->sched->nb_task_objects, 1);
	t->run(fs, t);
}

static void run_filter(GF_FilterSession *fs, GF_Filter *f)
{
	Scheduler *s = fs->sched;
	s->current = f;
	f->sched.running = GF_TRUE;
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
	f->sched.running = GF_FALSE;
	s->current = NULL;
	if (f->sched.tasks || (f->sched.process_wanted && !f->sched.due_us))
		ready_push(s, f);
}

// One round: structural work, one due session task, one filter. False when nothing was runnable.
static Bool run_once(GF_FilterSession *fs)
{
	Scheduler *s = fs->sched;
	FsTask *t = queue_pop(&s->links);
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
	if (f && !s->links.first) {
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
	if (!s->nb_timers)
		return longest;
	u64 clock = gf_sys_clock_high_res();
	u64 due = s->heap[1].due_us;
	if (due <= clock)
		return 0;
	u64 ms = (due - clock + 999) / 1000;
	if (longest > 0 && ms > (u64)longest)
		return longest;
	return ms > 3600000 ? 3600000 : (int)ms;
}

GF_Err sched_run(GF_FilterSession *fs, Bool blocking)
{
	Scheduler *s = fs->sched;
	u64 start = gf_sys_clock_high_res();
	u64 slept = 0;
	u32 rounds = 0;
	if (blocking && !open_epoll(s))
		return GF_IO_ERR;
	while (fs->run_status == GF_OK) {
		drain_inbox(fs);
		if (s->nb_timers && !(rounds++ % RUNS_BEFORE_TIMERS))
			expire_timers(fs);
		if (s->nb_fds && !(rounds % RUNS_BEFORE_TIMERS))
			wait_events(fs, 0);
		if (run_once(fs))
			continue;
		expire_timers(fs);
		if (s->nb_fds)
			wait_events(fs, 0);
		drain_inbox(fs);
		if (work_queued(s))
			continue;
		if (!blocking || (s->nb_timers == s->nb_weak && !s->nb_fds))
			break;
		u64 before = gf_sys_clock_high_res();
		wait_events(fs, next_wait_ms(s));
		slept += gf_sys_clock_high_res() - before;
	}
	u64 total = gf_sys_clock_high_res() - start;
	s->run_us += total;
	s->active_us += total - slept;
	if (!blocking && s->timer_fd >= 0)
		arm_timer_fd(s, work_queued(s));
	return fs->run_status;
}

Bool sched_idle(GF_FilterSession *fs)
{
	Scheduler *s = fs->sched;
	if (atomic_load(&s->nb_task_objects) > s->nb_weak || s->nb_fds)
		return GF_FALSE;
	for (GF_Filter *f = s->ready_first; f; f = f->sched.next) {
		if (f != s->current)
			return GF_FALSE;
	}
	return s->nb_timers == s->nb_weak;
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
