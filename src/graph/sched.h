// SPDX-License-Identifier: MIT
// The scheduler: one event loop per session. Filters with work wait in a ready queue, deadlines in a timer
// heap, descriptors in epoll. With nothing runnable the loop sleeps in epoll_wait until the next deadline,
// a descriptor, or a wake from another thread; it never polls.
#ifndef GRAPH_SCHED_H
#define GRAPH_SCHED_H

#include "graph/graph.h"

// Work of a filter, or of the session when `filter` is NULL. Embedded in larger structures by its users.
struct fs_task {
	FsTask *next;
	// Runs once; the task belongs to the callee from then on (free it, or post it again).
	void (*run)(GF_FilterSession *fs, FsTask *task);
	void (*drop)(FsTask *task); // frees a task that will not run
	GF_Filter *filter;
	GF_FilterPid *pid; // handle the task is about, so that it can be dropped with it; may be NULL
	u64 due_us;
	u32 heap_pos;
	Bool weak; // does not keep the session running
};

GF_Err sched_new(GF_FilterSession *fs);
void sched_del(GF_FilterSession *fs);

// A plain task about a filter or a PID, freed when it is dropped. NULL when out of memory.
FsTask *task_new(void (*run)(GF_FilterSession *fs, FsTask *task), GF_Filter *filter, GF_FilterPid *pid);
// Makes a process call of the filter due now. Cheap when one is due already.
void sched_wake(GF_Filter *f);
// Makes a process call due at clock `due_us`; an earlier request stays.
void sched_wake_at(GF_Filter *f, u64 due_us);
// The same for a filter that asked for nothing: what happens before runs it at once.
void sched_retry_at(GF_Filter *f, u64 due_us);
// Forgets a pending process call.
void sched_cancel(GF_Filter *f);
// Queues a task on its filter: runs before the next process call, after the tasks queued earlier.
void sched_post(FsTask *task);
// Linking and other structural work: runs before any filter, in posting order.
void sched_post_link(GF_FilterSession *fs, FsTask *task);
// Work that depends on the outcome of structural work: runs when none of that is left, before any filter.
void sched_post_settled(GF_FilterSession *fs, FsTask *task);
// A session task: runs at `due_us` (0: now), in turn with filters.
void sched_post_session(GF_FilterSession *fs, FsTask *task, u64 due_us);
// The same from any thread. The task has no filter: it looks itself whether what it is for still exists.
void sched_post_from_thread(GF_FilterSession *fs, FsTask *task, u64 due_us);
void sched_notify(GF_FilterSession *fs);    // the descriptor that the application waits for becomes readable
void sched_interrupt(GF_FilterSession *fs); // wakes a waiting loop, from any thread or a signal handler
// Keeps the session's thread out of callbacks while another thread works on the graph. Recursive.
void sched_lock(GF_FilterSession *fs, Bool do_lock);
// A thread that a filter started comes into the session, where it may do what filters do in their callbacks, and leaves
// it. It waits for the session to run, and to be between two callbacks. On the session's thread nothing happens.
void sched_enter(GF_FilterSession *fs);
void sched_leave(GF_FilterSession *fs);
// Calls `wait` on the session's thread, between sched_enter and sched_leave of others: to wait for their end.
void sched_outside(GF_FilterSession *fs, void (*wait)(void *udta), void *udta);
// Drops the queued tasks of a filter, or those about one PID.
void sched_drop_filter(GF_Filter *f);
void sched_drop_pid(GF_FilterSession *fs, GF_FilterPid *pid);

// Makes the filter ready once, when one of `events` (EPOLLIN, EPOLLOUT) comes from `fd`; -1 ends the wait.
GF_Err sched_watch_fd(GF_Filter *f, int fd, u32 events);
// Calls `on_ready` on the session's thread each time `fd` is readable, until another or -1 replaces it.
GF_Err sched_watch_app_fd(GF_FilterSession *fs, int fd, void (*on_ready)(void *udta), void *udta);
// A descriptor that is readable when the session has work; -1 when it cannot be made.
int sched_fd(GF_FilterSession *fs);

// Runs until nothing is left (`blocking`), or what is runnable now, for a short time.
GF_Err sched_run(GF_FilterSession *fs, Bool blocking);
// True when nothing is queued, waiting or running, apart from the task being run. From any thread.
Bool sched_idle(GF_FilterSession *fs);
void sched_set_max_sleep(GF_FilterSession *fs, u32 max_sleep_ms);
u64 sched_run_time(GF_FilterSession *fs, u64 *active_us, u64 *nb_tasks);

// Process calls (process.c).
void filter_process(GF_Filter *f);
// Something changed for a filter that may have left packets alone: it may take them now.
void filter_look_again(GF_Filter *f);

#endif
