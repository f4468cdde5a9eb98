// SPDX-License-Identifier: MIT
// What the parts of the HTTP server share.
//
// server.c      the daemon of libmicrohttpd and its loop
// connection.c  open connections
// exchange.c    a request from its head to its end
// answer.c      answers and their bodies
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include <microhttpd.h>
#include <stdatomic.h>

#include "net/connection.h"

// Memory of a connection for request head, read and write buffer.
#define CONNECTION_MEMORY 32768

struct net_server {
	struct MHD_Daemon *daemon;
	NetServerCallbacks cb;
	char *cert, *key;
	int epoll, event;      // `event` shows in `epoll` that something is to be done
	atomic_bool signalled; // after `event` was
	Bool running;          // its thread does so, and looks again
	NetExchange *to_resume;
	u16 port;
	u32 timeout_s;
	NetConnections connections;
	u32 max_errors;
	Bool to_drain, draining;
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
	Bool complete;            // there is no body
	Bool receives;            // the owner wants the body, or it is dropped before the answer
	Bool deferred;            // the owner decides later
	Bool suspended, resuming; // in `to_resume` of the server
	Bool gone;                // the peer hung up while the exchange was suspended
	Bool closing;             // net_close
	Bool answered;            // given to libmicrohttpd
	Bool sent_close;          // the answer says that the connection closes
	u64 sent;                 // bytes of a body that were read
	u64 memory_size;          // of a body in memory, which is sent as a whole
	u32 status;               // of the answer to give at the next call, with `answer`
	NetAnswer *answer;
	JoinedHeader *joined;
	NetExchange *prev, *next, *resume_next;
};

struct net_answer {
	struct MHD_Response *response;
	NetBody body;
	NetServerCallbacks owner; // for its lock
	NetExchange *exchange;    // that a reader answers
	u32 nb_holders;           // the owner, and exchanges that did not give it yet
	Bool close;
};

static inline void net_lock(const NetServerCallbacks *owner, Bool on)
{
	if (owner->lock)
		owner->lock(owner->udta, on);
}

// ---- server.c

void net_server_wake(NetServer *s);

// ---- exchange.c

NetConnection *net_connection_of(struct MHD_Connection *connection);
int net_socket_of(struct MHD_Connection *connection);
// The exchange waits for its owner.
void net_exchange_suspend(NetExchange *x);
void net_exchange_wake(NetExchange *x);
// Those that were woken go on at the next run of libmicrohttpd. True when there was somebody.
Bool net_resume_all(NetServer *s);

// Callbacks of libmicrohttpd.
void *net_on_target(void *cls, const char *target, struct MHD_Connection *connection);
enum MHD_Result net_on_access(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *data, size_t *size, void **context);
void net_on_completed(
	void *cls, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code);

// Functions of NetServerApi.
GF_Err net_exchange_answer(NetExchange *x, u32 status, NetAnswer *a);
void net_exchange_receive(NetExchange *x);
void net_exchange_defer(NetExchange *x);
void net_exchange_close(NetExchange *x);
const char *net_exchange_header(NetExchange *x, const char *name);
void net_exchange_headers(
	NetExchange *x, void (*each)(void *udta, const char *name, const char *value), void *udta);

// ---- answer.c

NetAnswer *net_answer_new(const NetServer *s, const NetBody *body);
Bool net_answer_header(NetAnswer *a, const char *name, const char *value);
void net_answer_remove(NetAnswer *a, const char *name);
void net_answer_release(NetAnswer *a); // by one of its holders; NULL allowed

#endif
