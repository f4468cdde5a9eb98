// SPDX-License-Identifier: MIT
// Deadlines of the scheduler: a binary heap of filters and tasks that wait for a clock value.
#ifndef GRAPH_TIMER_HEAP_H
#define GRAPH_TIMER_HEAP_H

#include "graph/sched.h"

typedef struct {
	u64 due_us;
	GF_Filter *filter; // NULL for a task
	FsTask *task;
} Timer;

typedef struct {
	Timer *items; // 1-based
	u32 count, alloc;
	u32 nb_weak; // tasks that do not keep the session running
} TimerHeap;

static inline const Timer *timer_next(const TimerHeap *h)
{
	return h->count ? &h->items[1] : NULL;
}

// False when out of memory. The owner keeps its position in `heap_pos`.
Bool timer_add(TimerHeap *h, Timer t);
void timer_remove(TimerHeap *h, u32 pos);
// Takes out and drops the tasks of a filter, or those about a PID; returns how many.
u32 timer_drop_tasks(TimerHeap *h, const GF_Filter *f, const GF_FilterPid *pid);
void timer_heap_reset(TimerHeap *h); // drops all tasks

#endif
