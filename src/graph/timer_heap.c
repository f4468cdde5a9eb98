// SPDX-License-Identifier: MIT
#include "base/array.h"
#include "graph/timer_heap.h"

static void place(TimerHeap *h, u32 pos, Timer t)
{
	h->items[pos] = t;
	if (t.filter)
		t.filter->sched.heap_pos = pos;
	else // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a timer has a filter or a task
		t.task->heap_pos = pos;
}

static void sift_up(TimerHeap *h, u32 pos, Timer t)
{
	while (pos > 1 && h->items[pos / 2].due_us > t.due_us) {
		place(h, pos, h->items[pos / 2]);
		pos /= 2;
	}
	place(h, pos, t);
}

static void sift_down(TimerHeap *h, u32 pos, Timer t)
{
	for (;;) {
		u32 child = pos * 2;
		if (child > h->count)
			break;
		if (child < h->count && h->items[child + 1].due_us < h->items[child].due_us)
			child++;
		if (h->items[child].due_us >= t.due_us)
			break;
		place(h, pos, h->items[child]);
		pos = child;
	}
	place(h, pos, t);
}

Bool timer_add(TimerHeap *h, Timer t)
{
	if (array_reserve(&h->items, &h->alloc, h->count, 2, sizeof(*h->items))) // the first place is not used
		return GF_FALSE;
	h->count++;
	h->nb_weak += t.task && t.task->weak;
	sift_up(h, h->count, t);
	return GF_TRUE;
}

void timer_remove(TimerHeap *h, u32 pos)
{
	Timer t = h->items[pos];
	if (t.filter) {
		t.filter->sched.heap_pos = 0;
	} else {
		t.task->heap_pos = 0;
		h->nb_weak -= t.task->weak;
	}
	Timer last = h->items[h->count--];
	if (pos > h->count)
		return;
	if (pos > 1 && h->items[pos / 2].due_us > last.due_us)
		sift_up(h, pos, last);
	else
		sift_down(h, pos, last);
}

u32 timer_drop_tasks(TimerHeap *h, const GF_Filter *f, const GF_FilterPid *pid)
{
	u32 dropped = 0;
	for (u32 i = h->count; i >= 1; i--) {
		FsTask *t = h->items[i].task;
		if (!t || !((f && t->filter == f) || (pid && t->pid == pid)))
			continue;
		timer_remove(h, i);
		t->drop(t);
		dropped++;
		i = h->count + 1; // the removal moved others
	}
	return dropped;
}

void timer_heap_reset(TimerHeap *h)
{
	for (u32 i = 1; i <= h->count; i++) {
		if (h->items[i].task)
			h->items[i].task->drop(h->items[i].task);
	}
	gf_free(h->items);
	*h = (TimerHeap){0};
}
