// SPDX-License-Identifier: MIT
#include <sys/socket.h>
#include <time.h>

#include "net/connection.h"

static u64 now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000 + (u64)t.tv_nsec / 1000000;
}

void net_waiting_remove(NetWaiting *list, NetConnection *c)
{
	if (!c->since_ms)
		return;
	*(c->prev ? &c->prev->next : &list->first) = c->next;
	*(c->next ? &c->next->prev : &list->last) = c->prev;
	c->since_ms = 0;
}

void net_waiting_add(NetWaiting *list, NetConnection *c)
{
	net_waiting_remove(list, c);
	c->since_ms = now_ms();
	c->next = NULL;
	c->prev = list->last;
	*(list->last ? &list->last->next : &list->first) = c;
	list->last = c;
}

static void stop(NetWaiting *list, NetConnection *c)
{
	shutdown(c->fd, SHUT_RDWR);
	net_waiting_remove(list, c);
}

void net_waiting_stop_slow(NetWaiting *list, u32 timeout_s)
{
	u64 clock = list->first ? now_ms() : 0;
	while (list->first && clock - list->first->since_ms >= (u64)timeout_s * 1000)
		stop(list, list->first);
}

void net_waiting_stop_idle(NetWaiting *list)
{
	for (NetConnection *c = list->first, *next; c; c = next) {
		char byte;
		next = c->next;
		if (recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0)
			stop(list, c);
	}
}

u64 net_waiting_time(const NetWaiting *list, u32 timeout_s)
{
	if (!list->first)
		return 0xFFFFFFFFFFFFFFFFULL;
	u64 due = list->first->since_ms + (u64)timeout_s * 1000, clock = now_ms();
	return due > clock ? (due - clock) * 1000 : 0;
}
