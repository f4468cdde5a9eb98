// SPDX-License-Identifier: MIT
// What a filter of the network waits for: several descriptors and a time, behind the one descriptor that the
// scheduler watches for it. Packets and events run the filter meanwhile, as always.
#ifndef FILTERS_NET_LOOP_H
#define FILTERS_NET_LOOP_H

#include <gpac/filters.h>
#include "net/net.h"

typedef struct {
	GF_Filter *filter;
	int epoll, timer;
	u64 due_us; // 0: the timer is not set
} NetLoop;

// Members of a loop that was not opened, so that net_loop_close may be called.
#define NET_LOOP_CLOSED ((NetLoop){.epoll = -1, .timer = -1})

GF_Err net_loop_open(NetLoop *loop, GF_Filter *filter);
GF_Err net_loop_add(NetLoop *loop, int fd);
// The filter runs when a descriptor is readable or after `wait_us` (NET_NO_WAIT: only then).
GF_Err net_loop_wait(NetLoop *loop, u32 wait_us);
void net_loop_stop(NetLoop *loop); // waits for nothing any more
void net_loop_close(NetLoop *loop);

// Fills in what the core options tell of requests: timeouts, user agent, proxy, certificates, version of HTTP.
void net_request_options(NetRequestConfig *request);

#endif
