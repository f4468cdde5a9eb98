// SPDX-License-Identifier: MIT
// The open connections of a server: who waits for a request for how long, and whose peer hung up.
#ifndef NET_CONNECTION_H
#define NET_CONNECTION_H

#include "net/net.h"

typedef struct net_connection {
	int fd;
	u64 number;
	u32 nb_errors;         // answers in a row that were errors
	int max_unsent;        // bytes that the system takes beyond what it can send, 0 as the system has it
	NetExchange *exchange; // NULL between two
	u64 since_ms;          // start of the wait for a request, 0 when it does not
	Bool watched;          // for the peer to hang up
	Bool hung_up;          // it did; what it sent is still to be read
	struct net_connection *prev, *next; // of those that wait, oldest first
	struct net_connection *hung_next;
} NetConnection;

typedef struct {
	int epoll;    // where a peer that hung up shows: its event has the connection, others have no pointer
	u64 nb_total; // so far
	u32 nb_open;
	NetConnection *first_waiting, *last_waiting;
	NetConnection *hung_up;
} NetConnections;

// Waits for its first request. NULL when memory is short.
NetConnection *net_connection_new(NetConnections *all, int fd);
void net_connection_del(NetConnections *all, NetConnection *c);
// Between requests; `exchange` NULL.
void net_connection_waits(NetConnections *all, NetConnection *c);
void net_connection_serves(NetConnections *all, NetConnection *c, NetExchange *exchange);
// A peer that hung up, now or earlier, shows once more.
void net_connection_watch(NetConnections *all, NetConnection *c);
// Closes those that wait longer than that.
void net_connections_stop_slow(NetConnections *all, u32 timeout_s);
// Microseconds until one does, NET_NO_WAIT.
u64 net_connections_wait(const NetConnections *all, u32 timeout_s);
// Closes those that wait and sent nothing yet.
void net_connections_stop_idle(NetConnections *all);
// Notes whose peer hung up; True from `takes` when somebody ends the exchange, otherwise what was sent is still read.
void net_connections_find_hung(NetConnections *all, Bool (*takes)(NetExchange *x));
// Shows the end to libmicrohttpd where all that was sent is read: it takes a short read for the last one before more
// comes, and would not see the end that came with the data.
void net_connections_end_hung(NetConnections *all);

#endif
