// SPDX-License-Identifier: MIT
// HTTP servers on libmicrohttpd, driven from outside through its epoll descriptor.
//
// A connection that waits for its owner is suspended: libmicrohttpd leaves it alone then. All sockets are in an epoll set
// of ours, too, where a peer that hangs up shows. On resuming, libmicrohttpd repeats the call it was suspended in.
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/connection.h"
#include "net/net_module.h"

// Memory of a connection for request head, read and write buffer.
#define CONNECTION_MEMORY 32768
#define MAX_RUNS 16
// Bytes that the system takes of a connection beyond what it can send at once. Few connections may have much: a peer with
// a small window then goes on without this process. Among many, those whose peers have large windows would crowd out the
// others, and fill the caches.
#define MAX_UNSENT_OF_FEW 2097152
#define MAX_UNSENT_OF_MANY 65536
#define NB_FEW 128

struct net_server {
	struct MHD_Daemon *daemon;
	NetServerCallbacks cb;
	char *cert, *key;
	int epoll, event; // `event` shows in `epoll` that something is to be done
	Bool running, resumed;
	u16 port;
	u32 timeout_s;
	NetConnections connections;
	u32 max_errors;
	Bool draining;
	NetExchange *exchanges;
};

typedef enum {
	PHASE_NEW = 0, // the owner does not know it
	PHASE_HEAD,    // the owner knows it, its body was not read
	PHASE_BODY,
	PHASE_END, // all received
} Phase;

// Values of headers in several lines, kept for the owner of the request.
typedef struct joined_header {
	struct joined_header *next;
	char *text;
} JoinedHeader;

struct net_exchange {
	NetServer *server;
	struct MHD_Connection *connection;
	NetRequest request;
	char *target;
	const char *target_start; // in the buffer of libmicrohttpd, until the first call for the request
	char peer[64];
	void *udta;
	Phase phase;
	Bool complete;       // there is no body
	Bool receives;       // the owner wants the body, or it is dropped before the answer
	Bool deferred;       // the owner decides later
	Bool suspended, resuming;
	Bool gone;           // the peer hung up while the exchange was suspended
	Bool closing;        // net_close
	Bool answered;       // given to libmicrohttpd
	Bool sent_close;     // the answer says that the connection closes
	u64 sent;            // bytes of a body that were read
	u64 memory_size;     // of a body in memory, which is sent as a whole
	u32 status;          // of the answer to give at the next call, with `answer`
	NetAnswer *answer;
	JoinedHeader *joined;
	NetExchange *prev, *next;
};

struct net_answer {
	struct MHD_Response *response;
	NetBody body;
	NetExchange *exchange; // that a reader answers
	u32 nb_holders;        // the owner, and exchanges that did not give it yet
	Bool close;
};

// ---- connections

static NetConnection *connection_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

static int socket_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	return info ? info->connect_fd : -1;
}

static void on_connection(
	void *cls, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code)
{
	NetServer *s = cls;
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = net_connection_new(&s->connections, socket_of(connection));
	} else if (*context) {
		net_connection_del(&s->connections, *context);
		*context = NULL;
	}
}

// ---- exchanges

static void set_peer(NetExchange *x)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char host[48] = "?", port[8] = "0";
	if (info && info->client_addr) {
		socklen_t len = info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
		getnameinfo(info->client_addr, len, host, sizeof(host), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	}
	const char *v4 = strncmp(host, "::ffff:", 7) ? host : host + 7;
	snprintf(x->peer, sizeof(x->peer), strchr(v4, ':') ? "[%s]:%s" : "%s:%s", v4, port);
}

// The request line was read.
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
	NetServer *s = cls;
	NetExchange *x = calloc(1, sizeof(*x));
	char *copy = strdup(target);
	if (!x || !copy) {
		free(x);
		free(copy);
		return NULL;
	}
	x->server = s;
	x->connection = connection;
	x->target = copy;
	x->target_start = target;
	x->next = s->exchanges;
	if (x->next)
		x->next->prev = x;
	s->exchanges = x;
	return x;
}

static void suspend(NetExchange *x)
{
	NetConnection *c = connection_of(x->connection);
	NetServer *s = x->server;
	x->suspended = GF_TRUE;
	x->resuming = GF_FALSE;
	MHD_suspend_connection(x->connection);
	if (c)
		net_connection_watch(&s->connections, c);
}

static void wake(NetExchange *x)
{
	NetServer *s = x->server;
	if (!x->suspended || x->resuming)
		return;
	x->resuming = GF_TRUE;
	MHD_resume_connection(x->connection);
	s->resumed = GF_TRUE;
	u64 one = 1;
	ssize_t done = s->running ? 0 : write(s->event, &one, sizeof(one));
	(void)done; // full: it is readable
}

static Bool body_announced(struct MHD_Connection *connection)
{
	const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
	if (length && strtoull(length, NULL, 10))
		return GF_TRUE;
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Transfer-Encoding") != NULL;
}

// In the first call of a request, so that the connection is closed.
static enum MHD_Result refuse(struct MHD_Connection *connection)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, "Connection", "close");
	enum MHD_Result res = MHD_queue_response(connection, MHD_HTTP_BAD_REQUEST, r);
	MHD_destroy_response(r);
	return res;
}

static void begin(NetExchange *x, Phase phase, const char *method, const char *version)
{
	NetConnection *c = connection_of(x->connection);
	NetServer *s = x->server;
	const union MHD_ConnectionInfo *tls = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_PROTOCOL);
	if (c)
		net_connection_serves(&s->connections, c, x);
	set_peer(x);
	x->phase = phase;
	x->request = (NetRequest){.method = method,
		.version = version,
		.target = x->target,
		.peer = x->peer,
		.tls = tls != NULL,
		.has_body = phase == PHASE_HEAD,
		.connection = c ? c->number : 0};
	s->cb.on_request(s->cb.udta, x);
}

static Bool answer_header(NetAnswer *a, const char *name, const char *value)
{
	if (!strcasecmp(name, "Connection") && !strcasecmp(value, "close"))
		a->close = GF_TRUE;
	return MHD_add_response_header(a->response, name, value) == MHD_YES;
}

static void release_holder(NetAnswer *a)
{
	if (a && !--a->nb_holders)
		MHD_destroy_response(a->response);
}

static Bool has_token(const char *list, const char *token)
{
	return list && strcasestr(list, token);
}

// What libmicrohttpd decides, too (RFC 9112, 9.3).
static Bool will_close(const NetExchange *x, const NetAnswer *a)
{
	const char *wish = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Connection");
	if (a->close || x->phase == PHASE_HEAD || has_token(wish, "close"))
		return GF_TRUE;
	return strcmp(x->request.version, "HTTP/1.1") && (!has_token(wish, "keep-alive") || a->body.size == NET_SIZE_UNKNOWN);
}

// After so many errors in a row, and while the server ends.
static Bool must_close(const NetExchange *x)
{
	const NetServer *s = x->server;
	NetConnection *c = connection_of(x->connection);
	if (c)
		c->nb_errors = x->status >= 400 ? c->nb_errors + 1 : 0;
	return s->draining || (c && s->max_errors && c->nb_errors >= s->max_errors);
}

static void limit_unsent(const NetExchange *x)
{
	const int max = x->server->connections.nb_open > NB_FEW ? MAX_UNSENT_OF_MANY : MAX_UNSENT_OF_FEW;
	NetConnection *c = connection_of(x->connection);
	if (c && c->max_unsent != max && !setsockopt(c->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &max, sizeof(max)))
		c->max_unsent = max;
}

static enum MHD_Result give_answer(NetExchange *x)
{
	NetAnswer *a = x->answer;
	if (a->body.size > MAX_UNSENT_OF_MANY)
		limit_unsent(x);
	if (must_close(x) && !a->close)
		answer_header(a, "Connection", "close");
	if (!a->body.read && strcmp(x->request.method, "HEAD") && x->status != MHD_HTTP_NOT_MODIFIED)
		x->memory_size = a->body.size;
	if (a->body.read)
		a->exchange = x;
	// Its chunks would not be left out, and no length can be told.
	if (a->body.size == NET_SIZE_UNKNOWN && (x->status == 304 || !strcmp(x->request.method, "HEAD")))
		MHD_set_response_options(a->response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
	x->answered = GF_TRUE;
	x->sent_close = will_close(x, a);
	enum MHD_Result res = MHD_queue_response(x->connection, x->status, a->response);
	release_holder(a);
	x->answer = NULL;
	return res;
}

// libmicrohttpd closes the connection after an answer before the body, which saves the transfer of an upload that is
// refused.
static Bool may_answer_early(const NetExchange *x)
{
	return !strcmp(x->request.method, "PUT") || !strcmp(x->request.method, "POST");
}

// The owner decided, or did not.
static enum MHD_Result go_on(NetExchange *x)
{
	if (x->closing || x->gone)
		return MHD_NO;
	if (x->answer && (x->phase == PHASE_END || (x->phase == PHASE_HEAD && may_answer_early(x))))
		return give_answer(x);
	if (x->phase == PHASE_HEAD && (x->answer || x->receives)) {
		x->phase = PHASE_BODY;
		return MHD_YES;
	}
	if (!x->deferred)
		return MHD_NO;
	suspend(x);
	return MHD_YES;
}

static enum MHD_Result take_body(NetExchange *x, const char *data, size_t *size)
{
	NetServer *s = x->server;
	size_t taken = *size;
	if (!x->answer)
		taken = s->cb.on_body(s->cb.udta, x, (const u8 *)data, *size);
	if (x->closing)
		return MHD_NO;
	Bool all = taken >= *size;
	*size = all ? 0 : *size - taken;
	if (!all)
		suspend(x);
	return MHD_YES;
}

// A zero byte in the target ends it for libmicrohttpd, and would not for others. The version stands behind the target in
// the same buffer, after one zero byte that was the blank.
static Bool has_whole_target(const NetExchange *x, const char *version)
{
	const uintptr_t end = (uintptr_t)x->target_start + strlen(x->target), next = (uintptr_t)version;
	return next <= end || next - end > CONNECTION_MEMORY || next - end == 1;
}

static enum MHD_Result on_access(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
	const char *version, const char *data, size_t *size, void **context)
{
	NetServer *s = cls;
	NetExchange *x = *context;
	(void)url;
	if (!x)
		return MHD_NO; // no memory
	x->suspended = GF_FALSE;
	if (x->gone || x->closing)
		return MHD_NO;
	switch (x->phase) {
	case PHASE_NEW:
		if (!x->complete && (!net_is_well_framed(connection, version) || !has_whole_target(x, version)))
			return refuse(connection);
		if (!x->complete && !body_announced(connection)) {
			x->complete = GF_TRUE;
			return MHD_YES; // an answer in this call would close the connection
		}
		begin(x, x->complete ? PHASE_END : PHASE_HEAD, method, version);
		return go_on(x);
	case PHASE_HEAD:
		return go_on(x);
	case PHASE_BODY:
		if (*size)
			return take_body(x, data, size);
		x->phase = PHASE_END;
		x->deferred = GF_FALSE;
		if (!x->answer)
			s->cb.on_body_end(s->cb.udta, x);
		return go_on(x);
	default:
		return go_on(x);
	}
}

static NetEnd end_of(const NetExchange *x, enum MHD_RequestTerminationCode code)
{
	if (x->closing)
		return NET_END_ERROR;
	if (x->gone)
		return NET_END_PEER;
	switch (code) {
	case MHD_REQUEST_TERMINATED_COMPLETED_OK:
		return x->sent_close ? NET_END_CLOSED : NET_END_KEPT;
	case MHD_REQUEST_TERMINATED_TIMEOUT_REACHED:
		return NET_END_TIMEOUT;
	case MHD_REQUEST_TERMINATED_DAEMON_SHUTDOWN:
		return NET_END_SERVER;
	case MHD_REQUEST_TERMINATED_READ_ERROR:
	case MHD_REQUEST_TERMINATED_CLIENT_ABORT:
		return NET_END_PEER;
	default:
		return x->answered ? NET_END_PEER : NET_END_ERROR;
	}
}

static void on_completed(
	void *cls, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code)
{
	NetServer *s = cls;
	NetExchange *x = *context;
	if (!x)
		return;
	*context = NULL;
	if (code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		x->sent += x->memory_size;
	if (x->phase != PHASE_NEW)
		s->cb.on_end(s->cb.udta, x, end_of(x, code));
	release_holder(x->answer);
	*(x->prev ? &x->prev->next : &s->exchanges) = x->next;
	if (x->next)
		x->next->prev = x->prev;
	NetConnection *c = connection_of(connection);
	if (c && code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		net_connection_waits(&s->connections, c);
	else if (c)
		net_connection_serves(&s->connections, c, NULL);
	if (c && s->draining)
		net_connections_stop_idle(&s->connections);
	while (x->joined) {
		JoinedHeader *next = x->joined->next;
		free(x->joined->text);
		free(x->joined);
		x->joined = next;
	}
	free(x->target);
	free(x);
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

// ---- answers

static void release_answer(void *cls)
{
	NetAnswer *a = cls;
	if (a->body.release)
		a->body.release(a->body.body);
	free(a);
}

static ssize_t on_read(void *cls, uint64_t pos, char *buffer, size_t max)
{
	NetAnswer *a = cls;
	NetExchange *x = a->exchange;
	x->suspended = GF_FALSE;
	if (x->gone || x->closing)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	ssize_t n = a->body.read(a->body.body, pos, (u8 *)buffer, max);
	if (n > 0) {
		x->sent += (u64)n;
		return n;
	}
	if (!n) {
		suspend(x);
		return 0;
	}
	return n == NET_READ_END && a->body.size == NET_SIZE_UNKNOWN ? MHD_CONTENT_READER_END_OF_STREAM
																   : MHD_CONTENT_READER_END_WITH_ERROR;
}

static NetAnswer *answer_new(const NetBody *body)
{
	NetAnswer *a = calloc(1, sizeof(*a));
	if (a) {
		a->nb_holders = 1;
		a->body = *body;
		if (body->read)
			a->response = MHD_create_response_from_callback(
				body->size == NET_SIZE_UNKNOWN ? MHD_SIZE_UNKNOWN : body->size, body->block_size, on_read, a, release_answer);
		else
			a->response = MHD_create_response_from_buffer_with_free_callback_cls(
				(size_t)body->size, body->data ? (void *)(uintptr_t)body->data : "", release_answer, a);
	}
	if (a && a->response) {
		MHD_set_response_options(a->response, MHD_RF_SEND_KEEP_ALIVE_HEADER, MHD_RO_END);
		return a;
	}
	if (body->release)
		body->release(body->body);
	free(a);
	return NULL;
}

static void answer_remove(NetAnswer *a, const char *name)
{
	const char *value;
	while ((value = MHD_get_response_header(a->response, name))) {
		char *copy = strdup(value);
		Bool gone = copy && MHD_del_response_header(a->response, name, copy) == MHD_YES;
		free(copy);
		if (!gone)
			break;
	}
}

static void answer_del(NetAnswer *a)
{
	release_holder(a);
}

static GF_Err answer(NetExchange *x, u32 status, NetAnswer *a)
{
	if (x->answered || x->answer)
		return GF_BAD_PARAM;
	x->answer = a;
	x->status = status;
	a->nb_holders++;
	wake(x);
	return GF_OK;
}

static void receive(NetExchange *x)
{
	x->receives = GF_TRUE;
	wake(x);
}

static void defer(NetExchange *x)
{
	x->deferred = GF_TRUE;
}

// Ends the wait of an exchange whose connection is not suspended, which is being sent, by its socket.
static void close_exchange(NetExchange *x)
{
	x->closing = GF_TRUE;
	if (x->suspended)
		wake(x);
	else
		shutdown(socket_of(x->connection), SHUT_RDWR);
}

static const NetRequest *request_of(const NetExchange *x)
{
	return &x->request;
}

// The lines of one name are one list (RFC 9110, 5.2). Nearly always there is one, which needs no copy.
static const char *header(NetExchange *x, const char *name)
{
	const char *value = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
	char *text = value ? net_joined_lines(x->connection, name) : NULL;
	JoinedHeader *joined = text ? malloc(sizeof(*joined)) : NULL;
	if (!joined) {
		free(text);
		return value;
	}
	*joined = (JoinedHeader){x->joined, text};
	x->joined = joined;
	return text;
}

typedef struct {
	void (*each)(void *udta, const char *name, const char *value);
	void *udta;
} HeaderVisit;

static enum MHD_Result visit_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	const HeaderVisit *v = cls;
	(void)kind;
	v->each(v->udta, name, value ? value : "");
	return MHD_YES;
}

static void headers(NetExchange *x, void (*each)(void *udta, const char *name, const char *value), void *udta)
{
	HeaderVisit v = {each, udta};
	MHD_get_connection_values(x->connection, MHD_HEADER_KIND, visit_header, &v);
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
			wake(x);
	}
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
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_access, s,
		MHD_OPTION_EXTERNAL_LOGGER, on_message, s,
		MHD_OPTION_LISTEN_SOCKET, listener,
		MHD_OPTION_URI_LOG_CALLBACK, on_target, s,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_LIMIT, config->max_connections ? config->max_connections : 1000000u,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, config->max_per_peer,
		MHD_OPTION_CONNECTION_TIMEOUT, config->timeout_s,
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_ARRAY, tls,
		MHD_OPTION_END);
	// clang-format on
	const union MHD_DaemonInfo *info = s->daemon ? MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
	struct epoll_event e = {.events = EPOLLIN};
	return info && !epoll_ctl(s->epoll, EPOLL_CTL_ADD, info->epoll_fd, &e) ? GF_OK : GF_IO_ERR;
}

static GF_Err server_new(const NetServerConfig *config, const NetServerCallbacks *callbacks, NetServer **server)
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
	if (!e && config->cert && !net_check_key_pair(config->cert, config->key, text, sizeof(text))) {
		report(s, text);
		e = GF_BAD_PARAM;
	}
	if (!e && config->cert && !net_is_current(config->cert, text, sizeof(text)))
		report(s, text);
	if (!e) {
		e = net_listen(config, &listener, text, sizeof(text));
		if (e)
			report(s, text);
	}
	if (!e) {
		s->port = net_bound_port(listener);
		e = start_daemon(s, config, listener);
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
	wake(x);
	return GF_TRUE;
}

static void server_drain(NetServer *s)
{
	if (s->draining)
		return;
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

static void server_run(NetServer *s)
{
	MHD_UNSIGNED_LONG_LONG wait;
	net_connections_find_hung(&s->connections, end_wait);
	// libmicrohttpd counts the time since the last byte: a peer that sends a head byte by byte is stopped here
	net_connections_stop_slow(&s->connections, s->timeout_s);
	if (s->resumed) {
		u64 count;
		ssize_t got = read(s->event, &count, sizeof(count));
		(void)got; // only the reset matters
	}
	s->running = GF_TRUE;
	for (u32 i = 0; i < MAX_RUNS; i++) {
		u32 before = s->connections.nb_open;
		s->resumed = GF_FALSE;
		MHD_run(s->daemon);
		// At the limit of connections it listens again in the run after the one that closed some.
		if (!s->resumed && s->connections.nb_open >= before && (MHD_get_timeout(s->daemon, &wait) != MHD_YES || wait))
			break;
	}
	s->running = GF_FALSE;
	net_connections_end_hung(&s->connections);
}

static u32 server_wait(NetServer *s)
{
	MHD_UNSIGNED_LONG_LONG wait;
	u64 us = MHD_get_timeout(s->daemon, &wait) == MHD_YES ? wait * 1000 : NET_NO_WAIT;
	if (s->resumed)
		us = 0;
	u64 slow = net_connections_wait(&s->connections, s->timeout_s);
	if (slow < us)
		us = slow;
	return us < NET_NO_WAIT ? (u32)us : us == NET_NO_WAIT ? NET_NO_WAIT : 3600000000u;
}

static u32 server_nb_connections(NetServer *s)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
	return info ? info->num_connections : 0;
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
	.request = request_of,
	.header = header,
	.headers = headers,
	.set_udta = set_udta,
	.get_udta = get_udta,
	.answer_new = answer_new,
	.answer_header = answer_header,
	.answer_remove = answer_remove,
	.answer_del = answer_del,
	.answer = answer,
	.receive = receive,
	.defer = defer,
	.resume = wake,
	.close = close_exchange,
	.sent = sent,
	.reason = reason,
};
