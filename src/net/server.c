// SPDX-License-Identifier: MIT
// HTTP servers on libmicrohttpd, driven from outside through its epoll descriptor.
//
// A connection that waits for its owner is suspended: libmicrohttpd leaves it alone then. All sockets are in
// an epoll set of ours, too, where a peer that hangs up shows. On resuming, libmicrohttpd repeats the call it
// was suspended in.
//
// libmicrohttpd is called on the thread that drives the server only. What the owner tells from another one is
// noted under its lock, which the callbacks of libmicrohttpd take, too; the bytes move without it.
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/net_module.h"
#include "net/server.h"

#define MAX_RUNS 16

void net_server_wake(NetServer *s)
{
	u64 one = 1;
	ssize_t done = write(s->event, &one, sizeof(one));
	(void)done; // full: it is readable
	atomic_store(&s->signalled, GF_TRUE);
}

static void on_connection(
	void *cls, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code)
{
	NetServer *s = cls;
	net_lock(&s->cb, GF_TRUE);
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = net_connection_new(&s->connections, net_socket_of(connection));
	} else if (*context) {
		net_connection_del(&s->connections, *context);
		*context = NULL;
	}
	net_lock(&s->cb, GF_FALSE);
}

static void on_message(void *cls, const char *format, va_list args)
{
	NetServer *s = cls;
	char text[512];
	vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\r\n")] = 0;
	if (s->cb.on_log && text[0])
		s->cb.on_log(s->cb.udta, GF_FALSE, text);
}

static const NetRequest *request_of(const NetExchange *x)
{
	return &x->request;
}

static void set_udta(NetExchange *x, void *udta)
{
	x->udta = udta;
}

static void *get_udta(const NetExchange *x)
{
	return x->udta;
}

static const char *reason(u32 status)
{
	return MHD_get_reason_phrase_for(status);
}

// ---- servers

static void report(NetServer *s, const char *text)
{
	if (s->cb.on_log)
		s->cb.on_log(s->cb.udta, GF_TRUE, text);
}

static void server_del(NetServer *s)
{
	if (!s)
		return;
	for (NetExchange *x = s->exchanges; x; x = x->next) {
		if (x->suspended)
			net_exchange_wake(x);
	}
	net_resume_all(s);
	if (s->daemon)
		MHD_stop_daemon(s->daemon);
	if (s->epoll >= 0)
		close(s->epoll);
	if (s->event >= 0)
		close(s->event);
	free(s->cert);
	free(s->key);
	free(s);
}

static GF_Err start_daemon(NetServer *s, const NetServerConfig *config, int listener)
{
	struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, s->cert},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, s->key},
		{MHD_OPTION_HTTPS_PRIORITIES, 0, "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"}, // RFC 8996
		{MHD_OPTION_END, 0, NULL},
	};
	unsigned int flags = MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO;
	if (s->cert)
		flags |= MHD_USE_TLS;
	else
		tls[0].option = MHD_OPTION_END;
	// clang-format off
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, net_on_access, s,
		MHD_OPTION_EXTERNAL_LOGGER, on_message, s,
		MHD_OPTION_LISTEN_SOCKET, listener,
		MHD_OPTION_URI_LOG_CALLBACK, net_on_target, s,
		MHD_OPTION_NOTIFY_COMPLETED, net_on_completed, s,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_LIMIT, config->max_connections ? config->max_connections : 1000000u,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, config->max_per_peer,
		MHD_OPTION_CONNECTION_TIMEOUT, config->timeout_s,
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_ARRAY, tls,
		MHD_OPTION_END);
	// clang-format on
	const union MHD_DaemonInfo *info =
		s->daemon ? MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
	struct epoll_event e = {.events = EPOLLIN};
	return info && !epoll_ctl(s->epoll, EPOLL_CTL_ADD, info->epoll_fd, &e) ? GF_OK : GF_IO_ERR;
}

// Connections go to whoever accepts them first, and not to one that has its limit.
static GF_Err share_listener(const NetServer *sibling, int *listener)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(sibling->daemon, MHD_DAEMON_INFO_LISTEN_FD);
	*listener = info && info->listen_fd >= 0 ? fcntl(info->listen_fd, F_DUPFD_CLOEXEC, 0) : -1;
	return *listener < 0 ? GF_IO_ERR : GF_OK;
}

static GF_Err server_new(
	const NetServerConfig *config, const NetServerCallbacks *callbacks, NetServer **server)
{
	NetServer *s = calloc(1, sizeof(*s));
	if (!s)
		return GF_OUT_OF_MEM;
	s->epoll = s->event = -1;
	int listener = -1;
	s->cb = *callbacks;
	s->timeout_s = config->timeout_s;
	s->max_errors = config->max_errors;
	s->epoll = s->connections.epoll = epoll_create1(EPOLL_CLOEXEC);
	s->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	s->cert = config->cert ? strdup(config->cert) : NULL;
	s->key = config->key ? strdup(config->key) : NULL;
	struct epoll_event wake_up = {.events = EPOLLIN};
	Bool can_wait = s->epoll >= 0 && s->event >= 0 && !epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->event, &wake_up);
	GF_Err e = can_wait && (s->cert || !config->cert) && (s->key || !config->key) ? GF_OK : GF_OUT_OF_MEM;
	char text[256];
	if (e) {
		snprintf(text, sizeof(text), "cannot start the server: %s", strerror(errno));
		report(s, text);
	}
	if (!e && config->cert && !net_check_key_pair(config->cert, config->key, text, sizeof(text))) {
		report(s, text);
		e = GF_BAD_PARAM;
	}
	if (!e && config->cert && !net_is_current(config->cert, text, sizeof(text)))
		report(s, text);
	if (!e) {
		e = config->sibling ? share_listener(config->sibling, &listener)
							: net_listen(config, &listener, text, sizeof(text));
		if (e && config->sibling)
			snprintf(text, sizeof(text), "cannot share the listening socket: %s", strerror(errno));
		if (e)
			report(s, text);
	}
	if (!e) {
		s->port = net_bound_port(listener);
		e = start_daemon(s, config, listener);
		if (e) {
			snprintf(text, sizeof(text), "cannot start the server: %s", strerror(errno));
			report(s, text);
		}
		if (e && !s->daemon)
			close(listener);
	}
	if (e) {
		server_del(s);
		return e;
	}
	*server = s;
	return GF_OK;
}

static u16 server_port(const NetServer *s)
{
	return s->port;
}

static int server_fd(const NetServer *s)
{
	return s->epoll;
}

// Who waits for its owner is told.
static Bool end_wait(NetExchange *x)
{
	if (!x->suspended)
		return GF_FALSE;
	x->gone = GF_TRUE;
	net_exchange_wake(x);
	return GF_TRUE;
}

static void server_drain(NetServer *s)
{
	s->to_drain = GF_TRUE;
	net_server_wake(s);
}

static void begin_drain(NetServer *s)
{
	s->draining = GF_TRUE;
	MHD_run(s->daemon); // accepts who connected before
	int listener = MHD_quiesce_daemon(s->daemon);
	if (listener >= 0)
		close(listener);
	net_connections_stop_idle(&s->connections);
}

static u64 sent(const NetExchange *x)
{
	return x->sent;
}

static void begin_run(NetServer *s)
{
	u64 count;
	if (atomic_exchange(&s->signalled, GF_FALSE)) {
		ssize_t got = read(s->event, &count, sizeof(count));
		(void)got; // only the reset matters
	}
	net_lock(&s->cb, GF_TRUE);
	s->running = GF_TRUE;
	net_connections_find_hung(&s->connections, end_wait);
	Bool drains = s->to_drain && !s->draining;
	net_lock(&s->cb, GF_FALSE);
	if (drains)
		begin_drain(s);
}

static void end_run(NetServer *s)
{
	net_lock(&s->cb, GF_TRUE);
	s->running = GF_FALSE;
	if (s->to_resume)
		net_server_wake(s);
	net_lock(&s->cb, GF_FALSE);
}

static void server_run(NetServer *s)
{
	MHD_UNSIGNED_LONG_LONG wait;
	Bool again = GF_TRUE;
	begin_run(s);
	// libmicrohttpd counts the time since the last byte: this stops a peer that sends a head byte by byte
	net_connections_stop_slow(&s->connections, s->timeout_s);
	for (u32 i = 0; i < MAX_RUNS && (net_resume_all(s) || again); i++) {
		u32 before = s->connections.nb_open;
		MHD_run(s->daemon);
		// At the limit of connections it listens again in the run after the one that closed some.
		again = s->connections.nb_open < before || (MHD_get_timeout(s->daemon, &wait) == MHD_YES && !wait);
	}
	net_connections_end_hung(&s->connections);
	end_run(s);
}

static u32 server_wait(NetServer *s)
{
	MHD_UNSIGNED_LONG_LONG wait;
	u64 us = MHD_get_timeout(s->daemon, &wait) == MHD_YES ? wait * 1000 : NET_NO_WAIT;
	u64 slow = net_connections_wait(&s->connections, s->timeout_s);
	if (slow < us)
		us = slow;
	return us < NET_NO_WAIT ? (u32)us : us == NET_NO_WAIT ? NET_NO_WAIT : 3600000000u;
}

static u32 server_nb_connections(const NetServer *s)
{
	return s->connections.nb_open;
}

const NetServerApi net_server_api = {
	.open = server_new,
	.del = server_del,
	.port = server_port,
	.fd = server_fd,
	.run = server_run,
	.drain = server_drain,
	.wait = server_wait,
	.nb_connections = server_nb_connections,
	.wake = net_server_wake,
	.request = request_of,
	.header = net_exchange_header,
	.headers = net_exchange_headers,
	.set_udta = set_udta,
	.get_udta = get_udta,
	.answer_new = net_answer_new,
	.answer_header = net_answer_header,
	.answer_remove = net_answer_remove,
	.answer_del = net_answer_release,
	.answer = net_exchange_answer,
	.receive = net_exchange_receive,
	.defer = net_exchange_defer,
	.resume = net_exchange_wake,
	.close = net_exchange_close,
	.sent = sent,
	.reason = reason,
};
