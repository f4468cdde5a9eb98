// SPDX-License-Identifier: MIT
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <gpac/main.h>
#include <gpac/tools.h>

#include "filters/net_loop.h"

GF_Err net_loop_add(NetLoop *loop, int fd)
{
	struct epoll_event e = {.events = EPOLLIN};
	return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &e) ? GF_IO_ERR : GF_OK;
}

GF_Err net_loop_open(NetLoop *loop, GF_Filter *filter)
{
	loop->filter = filter;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	loop->due_us = 0;
	return loop->epoll < 0 || loop->timer < 0 ? GF_IO_ERR : net_loop_add(loop, loop->timer);
}

// Sets the timer when it would fire too late; one that fires early does no harm and costs less than to set it.
static void set_timer(NetLoop *loop, u32 wait_us)
{
	u64 clock = gf_sys_clock_high_res();
	if (loop->due_us && loop->due_us <= clock) {
		u64 count;
		ssize_t got = read(loop->timer, &count, sizeof(count));
		(void)got; // only the reset matters
		loop->due_us = 0;
	}
	if (wait_us == NET_NO_WAIT || (loop->due_us && loop->due_us <= clock + wait_us))
		return;
	struct itimerspec t = {0};
	t.it_value.tv_sec = wait_us / 1000000;
	t.it_value.tv_nsec = (long)(wait_us % 1000000) * 1000 + 1;
	timerfd_settime(loop->timer, 0, &t, NULL);
	loop->due_us = clock + wait_us;
}

GF_Err net_loop_wait(NetLoop *loop, u32 wait_us)
{
	set_timer(loop, wait_us);
	return gf_filter_watch_fd(loop->filter, loop->epoll, EPOLLIN);
}

void net_loop_stop(NetLoop *loop)
{
	if (loop->filter)
		gf_filter_watch_fd(loop->filter, -1, 0);
}

void net_loop_close(NetLoop *loop)
{
	net_loop_stop(loop);
	if (loop->epoll >= 0)
		close(loop->epoll);
	if (loop->timer >= 0)
		close(loop->timer);
	*loop = NET_LOOP_CLOSED;
}

void net_request_options(NetRequestConfig *request)
{
	request->connect_timeout_ms = gf_opts_get_int("core", "tcp-timeout");
	request->user_agent = gf_opts_get_key("core", "user-agent");
	request->proxy = gf_opts_get_key("core", "proxy");
	request->ca_file = gf_opts_get_key("core", "ca-bundle");
	request->accept_any_cert = gf_opts_get_bool("core", "broken-cert");
	request->no_http2 = gf_opts_get_bool("core", "no-h2");
	if (!request->user_agent)
		request->user_agent = "libgpac";
}
