// SPDX-License-Identifier: MIT
// The open connections of a server, and those of them that wait for a request.
#ifndef NET_CONNECTION_H
#define NET_CONNECTION_H

#include <gpac/error.h>

typedef struct net_connection {
	int fd;
	u64 number;
	u32 nb_errors; // answers in a row that were errors
	u64 since_ms;  // start of the wait, 0 when it is not in the list
	struct net_connection *prev, *next;
} NetConnection;

// Those whose next request head is not complete, oldest first.
typedef struct {
	NetConnection *first, *last;
} NetWaiting;

void net_waiting_add(NetWaiting *list, NetConnection *c);
void net_waiting_remove(NetWaiting *list, NetConnection *c);
// Stops those that wait longer than a time, not 0.
void net_waiting_stop_slow(NetWaiting *list, u32 timeout_s);
// Stops those that sent nothing yet.
void net_waiting_stop_idle(NetWaiting *list);
// Microseconds until net_waiting_stop_slow has something to do, the maximum when there is nothing.
u64 net_waiting_time(const NetWaiting *list, u32 timeout_s);

#endif
