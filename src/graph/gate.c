// SPDX-License-Identifier: MIT
#include <sched.h>
#include "graph/gate.h"

void gate_init(Gate *g)
{
	pthread_mutexattr_t recursive;
	pthread_mutexattr_init(&recursive);
	pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&g->lock, &recursive);
	pthread_mutexattr_destroy(&recursive);
	pthread_cond_init(&g->opened, NULL);
}

void gate_destroy(Gate *g)
{
	pthread_cond_destroy(&g->opened);
	pthread_mutex_destroy(&g->lock);
}

static void note_entry(Gate *g)
{
	atomic_fetch_add(&g->nb_entered, 1);
	atomic_fetch_sub(&g->nb_waiting, 1);
}

void gate_lock(Gate *g)
{
	atomic_fetch_add(&g->nb_waiting, 1);
	pthread_mutex_lock(&g->lock);
	g->depth++;
	note_entry(g);
}

void gate_unlock(Gate *g)
{
	if (pthread_mutex_trylock(&g->lock))
		return;
	if (g->depth) {
		g->depth--;
		pthread_mutex_unlock(&g->lock);
	}
	pthread_mutex_unlock(&g->lock);
}

void gate_open(Gate *g)
{
	g->open = GF_TRUE;
	if (gate_is_wanted(g))
		pthread_cond_broadcast(&g->opened);
	gate_unlock(g);
}

void gate_close(Gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->depth++;
	g->open = GF_FALSE;
}

// Who comes again and again does not keep the session out.
void gate_give_way(Gate *g)
{
	if (g->depth > 1)
		return;
	const unsigned until = atomic_load(&g->nb_entered) + atomic_load(&g->nb_waiting);
	gate_open(g);
	while (atomic_load(&g->nb_waiting) && (int)(until - atomic_load(&g->nb_entered)) > 0)
		sched_yield();
	gate_close(g);
}

void gate_enter(Gate *g, void (*knock)(void *udta), void *udta)
{
	atomic_fetch_add(&g->nb_waiting, 1);
	pthread_mutex_lock(&g->lock);
	if (!g->open)
		knock(udta);
	while (!g->open)
		pthread_cond_wait(&g->opened, &g->lock);
	g->depth++;
	note_entry(g);
}
