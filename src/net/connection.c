// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "net/connection.h"

static u64 now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000 + (u64)t.tv_nsec / 1000000;
}

// ---- those that wait for a request

static void stop_waiting(NetConnections *all, NetConnection *c)
{
	if (!c->since_ms)
		return;
	*(c->prev ? &c->prev->next : &all->first_waiting) = c->next;
	*(c->next ? &c->next->prev : &all->last_waiting) = c->prev;
	c->since_ms = 0;
}

void net_connection_waits(NetConnections *all, NetConnection *c)
{
	stop_waiting(all, c);
	c->exchange = NULL;
	c->since_ms = now_ms();
	c->next = NULL;
	c->prev = all->last_waiting;
	*(c->prev ? &c->prev->next : &all->first_waiting) = c;
	all->last_waiting = c;
}

void net_connection_serves(NetConnections *all, NetConnection *c, NetExchange *exchange)
{
	stop_waiting(all, c);
	c->exchange = exchange;
}

static void stop(NetConnections *all, NetConnection *c)
{
	shutdown(c->fd, SHUT_RDWR);
	stop_waiting(all, c);
}

void net_connections_stop_slow(NetConnections *all, u32 timeout_s)
{
	u64 clock = timeout_s && all->first_waiting ? now_ms() : 0;
	while (clock && all->first_waiting && clock - all->first_waiting->since_ms >= (u64)timeout_s * 1000)
		stop(all, all->first_waiting);
}

void net_connections_stop_idle(NetConnections *all)
{
	for (NetConnection *c = all->first_waiting, *next; c; c = next) {
		char byte;
		next = c->next;
		if (recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0)
			stop(all, c);
	}
}

u64 net_connections_wait(const NetConnections *all, u32 timeout_s)
{
	const NetConnection *c = timeout_s ? all->first_waiting : NULL;
	if (!c)
		return NET_NO_WAIT;
	u64 due = c->since_ms + (u64)timeout_s * 1000, clock = now_ms();
	return due > clock ? (due - clock) * 1000 : 0;
}

// ---- those whose peer hung up

static void watch(NetConnections *all, NetConnection *c, int what)
{
	struct epoll_event e = {.events = EPOLLRDHUP | EPOLLONESHOT, .data.ptr = c};
	c->watched = !epoll_ctl(all->epoll, what, c->fd, &e);
}

void net_connection_watch(NetConnections *all, NetConnection *c)
{
	if (!c->watched)
		watch(all, c, EPOLL_CTL_MOD);
}

static void remove_hung(NetConnections *all, NetConnection *c)
{
	NetConnection **at = &all->hung_up;
	if (!c->hung_up)
		return;
	while (*at != c)
		at = &(*at)->hung_next;
	*at = c->hung_next;
	c->hung_up = GF_FALSE;
}

void net_connections_find_hung(NetConnections *all, Bool (*takes)(NetExchange *x))
{
	struct epoll_event events[64];
	int nb = epoll_wait(all->epoll, events, 64, 0);
	for (int i = 0; i < nb; i++) {
		NetConnection *c = events[i].data.ptr;
		if (!c)
			continue;
		c->watched = GF_FALSE;
		if ((c->exchange && takes(c->exchange)) || c->hung_up)
			continue;
		c->hung_up = GF_TRUE;
		c->hung_next = all->hung_up;
		all->hung_up = c;
	}
}

void net_connections_end_hung(NetConnections *all)
{
	for (NetConnection *c = all->hung_up, *next; c; c = next) {
		int unread = 0;
		next = c->hung_next;
		if (!ioctl(c->fd, FIONREAD, &unread) && unread)
			continue;
		remove_hung(all, c);
		shutdown(c->fd, SHUT_RD); // an edge for other epoll sets
	}
}

// ---- life

NetConnection *net_connection_new(NetConnections *all, int fd)
{
	NetConnection *c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->fd = fd;
	c->number = ++all->nb_total;
	all->nb_open++;
	watch(all, c, EPOLL_CTL_ADD);
	net_connection_waits(all, c);
	return c;
}

void net_connection_del(NetConnections *all, NetConnection *c)
{
	stop_waiting(all, c);
	remove_hung(all, c);
	all->nb_open--;
	free(c);
}
