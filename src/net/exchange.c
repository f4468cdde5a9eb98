// SPDX-License-Identifier: MIT
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "net/net_module.h"
#include "net/server.h"

// Bytes that the system takes of a connection beyond what it can send at once. Few connections may have much:
// a peer with a small window then goes on without this process. Among many, those whose peers have large
// windows would crowd out the others, and fill the caches.
#define MAX_UNSENT_OF_FEW 1048576
#define MAX_UNSENT_OF_MANY 65536
#define NB_FEW 128

NetConnection *net_connection_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

int net_socket_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	return info ? info->connect_fd : -1;
}

static void set_peer(NetExchange *x)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char host[48] = "?", port[8] = "0";
	if (info && info->client_addr) {
		socklen_t len = info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
																 : sizeof(struct sockaddr_in);
		getnameinfo(
			info->client_addr, len, host, sizeof(host), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	}
	const char *v4 = strncmp(host, "::ffff:", 7) ? host : host + 7;
	snprintf(x->peer, sizeof(x->peer), strchr(v4, ':') ? "[%s]:%s" : "%s:%s", v4, port);
}

// The request line was read.
void *net_on_target(void *cls, const char *target, struct MHD_Connection *connection)
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

void net_exchange_suspend(NetExchange *x)
{
	NetConnection *c = net_connection_of(x->connection);
	NetServer *s = x->server;
	x->suspended = GF_TRUE;
	x->resuming = GF_FALSE;
	MHD_suspend_connection(x->connection);
	if (c)
		net_connection_watch(&s->connections, c);
}

void net_exchange_wake(NetExchange *x)
{
	NetServer *s = x->server;
	if (!x->suspended || x->resuming)
		return;
	x->resuming = GF_TRUE;
	x->resume_next = s->to_resume;
	s->to_resume = x;
	if (!s->running)
		net_server_wake(s);
}

// True when there was somebody.
Bool net_resume_all(NetServer *s)
{
	net_lock(&s->cb, GF_TRUE);
	Bool any = s->to_resume != NULL;
	while (s->to_resume) {
		NetExchange *x = s->to_resume;
		s->to_resume = x->resume_next;
		MHD_resume_connection(x->connection);
	}
	net_lock(&s->cb, GF_FALSE);
	return any;
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
	NetConnection *c = net_connection_of(x->connection);
	NetServer *s = x->server;
	const union MHD_ConnectionInfo *tls =
		MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_PROTOCOL);
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
	return strcmp(x->request.version, "HTTP/1.1") &&
		   (!has_token(wish, "keep-alive") || a->body.size == NET_SIZE_UNKNOWN);
}

// After so many errors in a row, and while the server ends.
static Bool must_close(const NetExchange *x)
{
	const NetServer *s = x->server;
	NetConnection *c = net_connection_of(x->connection);
	if (c)
		c->nb_errors = x->status >= 400 ? c->nb_errors + 1 : 0;
	return s->draining || (c && s->max_errors && c->nb_errors >= s->max_errors);
}

static void limit_unsent(const NetExchange *x)
{
	const int max = x->server->connections.nb_open > NB_FEW ? MAX_UNSENT_OF_MANY : MAX_UNSENT_OF_FEW;
	NetConnection *c = net_connection_of(x->connection);
	if (c && c->max_unsent != max && !setsockopt(c->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &max, sizeof(max)))
		c->max_unsent = max;
}

static enum MHD_Result give_answer(NetExchange *x)
{
	NetAnswer *a = x->answer;
	if (a->body.size > MAX_UNSENT_OF_MANY)
		limit_unsent(x);
	if (must_close(x) && !a->close)
		net_answer_header(a, "Connection", "close");
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
	net_answer_release(a);
	x->answer = NULL;
	return res;
}

// libmicrohttpd closes the connection after an answer before the body, which saves the transfer of an upload
// that is refused.
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
	net_exchange_suspend(x);
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
		net_exchange_suspend(x);
	return MHD_YES;
}

// A zero byte in the target ends it for libmicrohttpd, and would not for others. The version stands behind
// the target in the same buffer, after one zero byte that was the blank.
static Bool has_whole_target(const NetExchange *x, const char *version)
{
	const uintptr_t end = (uintptr_t)x->target_start + strlen(x->target), next = (uintptr_t)version;
	return next <= end || next - end > CONNECTION_MEMORY || next - end == 1;
}

static enum MHD_Result proceed(
	NetExchange *x, const char *method, const char *version, const char *data, size_t *size)
{
	NetServer *s = x->server;
	x->suspended = GF_FALSE;
	if (x->gone || x->closing)
		return MHD_NO;
	switch (x->phase) {
	case PHASE_NEW:
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

enum MHD_Result net_on_access(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *data, size_t *size, void **context)
{
	NetServer *s = cls;
	NetExchange *x = *context;
	(void)url;
	if (!x)
		return MHD_NO; // no memory
	if (x->phase == PHASE_NEW && !x->complete) {
		if (!net_is_well_framed(connection, version) || !has_whole_target(x, version))
			return refuse(connection);
		if (!body_announced(connection)) {
			x->complete = GF_TRUE;
			return MHD_YES; // an answer in this call would close the connection
		}
	}
	net_lock(&s->cb, GF_TRUE);
	enum MHD_Result res = proceed(x, method, version, data, size);
	net_lock(&s->cb, GF_FALSE);
	return res;
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

void net_on_completed(
	void *cls, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code)
{
	NetServer *s = cls;
	NetExchange *x = *context;
	if (!x)
		return;
	*context = NULL;
	net_lock(&s->cb, GF_TRUE);
	if (code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
		x->sent += x->memory_size;
	if (x->phase != PHASE_NEW)
		s->cb.on_end(s->cb.udta, x, end_of(x, code));
	net_answer_release(x->answer);
	net_lock(&s->cb, GF_FALSE);
	*(x->prev ? &x->prev->next : &s->exchanges) = x->next;
	if (x->next)
		x->next->prev = x->prev;
	NetConnection *c = net_connection_of(connection);
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

GF_Err net_exchange_answer(NetExchange *x, u32 status, NetAnswer *a)
{
	if (x->answered || x->answer)
		return GF_BAD_PARAM;
	x->answer = a;
	x->status = status;
	a->nb_holders++;
	net_exchange_wake(x);
	return GF_OK;
}

void net_exchange_receive(NetExchange *x)
{
	x->receives = GF_TRUE;
	net_exchange_wake(x);
}

void net_exchange_defer(NetExchange *x)
{
	x->deferred = GF_TRUE;
}

// Ends the wait of an exchange whose connection is not suspended, which is being sent, by its socket.
void net_exchange_close(NetExchange *x)
{
	x->closing = GF_TRUE;
	if (x->suspended)
		net_exchange_wake(x);
	else
		shutdown(net_socket_of(x->connection), SHUT_RDWR);
}

// The lines of one name are one list (RFC 9110, 5.2). Nearly always there is one, which needs no copy.
const char *net_exchange_header(NetExchange *x, const char *name)
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

void net_exchange_headers(
	NetExchange *x, void (*each)(void *udta, const char *name, const char *value), void *udta)
{
	HeaderVisit v = {each, udta};
	MHD_get_connection_values(x->connection, MHD_HEADER_KIND, visit_header, &v);
}
