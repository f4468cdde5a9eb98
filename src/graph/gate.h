// SPDX-License-Identifier: MIT
// The lock of a session. Its own thread has it while filters run, and gives it away in between: while it
// sleeps, and between two callbacks when others wait.
//
// Others come in two kinds. A locker keeps the session out, whether it runs or not. A guest is a thread that
// a filter started: it enters only where the session opens the gate, inside its run, so that the program may
// work on the graph between two runs.
#ifndef GRAPH_GATE_H
#define GRAPH_GATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <gpac/setup.h>

typedef struct {
	pthread_mutex_t lock; // recursive
	pthread_cond_t opened;
	Bool open;              // for guests
	u32 depth;              // how often the thread that has the lock took it
	atomic_uint nb_waiting; // lockers and guests
	atomic_uint nb_entered; // that waited, so far
} Gate;

void gate_init(Gate *g);
void gate_destroy(Gate *g);
void gate_lock(Gate *g);
void gate_unlock(Gate *g); // nothing happens on a thread that does not have the lock

// Of the session's thread, which has the lock: others have it until gate_close.
void gate_open(Gate *g);
void gate_close(Gate *g);
// Those that wait now have their turn, unless the thread had the lock before the session took it.
void gate_give_way(Gate *g);
static inline Bool gate_is_wanted(const Gate *g)
{
	return atomic_load_explicit(&((Gate *)g)->nb_waiting, memory_order_relaxed) != 0;
}

// Of guests. `knock` is called when the gate is closed, once, with the lock. Left by gate_unlock.
void gate_enter(Gate *g, void (*knock)(void *udta), void *udta);

#endif
