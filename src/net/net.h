// SPDX-License-Identifier: MIT
// HTTP servers and clients, as functions of the module gf_net.so: a thin layer over libmicrohttpd and libcurl.
// The module has no other symbol and calls nothing of the library.
//
// Nothing here has a thread. A server or client is driven by its descriptor: when that is readable, or the time
// asked for has passed, the owner calls `run`, and callbacks come from inside it. A server may be driven by a thread of
// its own: then its owner gives it a lock. The layer moves bytes and
// keeps the rules of the protocol; what a request means is decided by its owner.
#ifndef NET_NET_H
#define NET_NET_H

#include <sys/types.h>
#include <gpac/error.h>

#define NET_SIZE_UNKNOWN 0xFFFFFFFFFFFFFFFFULL
#define NET_NO_WAIT 0xFFFFFFFFu // no time to wait for

typedef struct {
	const char *name, *value;
} NetHeader;

// ---- Server

typedef struct net_server NetServer;
typedef struct net_exchange NetExchange; // a request and its answer
typedef struct net_answer NetAnswer;     // an answer that may be sent to several requests

typedef enum {
	NET_END_KEPT = 0, // answered; the connection waits for another request
	NET_END_CLOSED,   // answered; the server closes the connection
	NET_END_PEER,     // the peer went before the end of the request or of the answer
	NET_END_TIMEOUT,  // nothing moved for the time given to the server
	NET_END_ERROR,    // a callback failed, or the request was malformed
	NET_END_SERVER,   // the server is being closed
} NetEnd;

typedef struct {
	void *udta;
	// Request line and headers are there. The owner answers, receives the body or defers, now or from a later
	// callback. A request that got none of them is closed without answer.
	void (*on_request)(void *udta, NetExchange *x);
	// Bytes of the body, in pieces of at most `size`: returns how many were taken. Fewer than given, 0
	// included: no more come before net_resume.
	size_t (*on_body)(void *udta, NetExchange *x, const u8 *data, size_t size);
	// The body is complete: now the owner answers or defers.
	void (*on_body_end)(void *udta, NetExchange *x);
	// Exactly once for each exchange that on_request saw, its last callback.
	void (*on_end)(void *udta, NetExchange *x, NetEnd end);
	// Message, without newline: an error, or what only helps to find faults.
	void (*on_log)(void *udta, Bool is_error, const char *text);
	// For a server that is driven by another thread than that of its owner, else NULL. It is taken (recursively) for all
	// callbacks but on_log, those of bodies included; the owner has it when it calls a function about an exchange.
	void (*lock)(void *udta, Bool on);
} NetServerCallbacks;

typedef struct {
	const char *address;   // numeric, NULL for all
	u16 port;              // 0: a free one
	const char *cert, *key; // PEM texts, NULL for plain HTTP
	u32 max_connections;   // 0: no limit
	u32 max_per_peer;      // 0: no limit
	u32 timeout_s;         // of idle or stalled connections, 0: never
	u32 max_errors;        // answers in a row with a status of 400 and more that a connection may get, 0: no limit
	u32 backlog;
	const NetServer *sibling; // whose port is served, too, NULL: another one
} NetServerConfig;

typedef struct {
	const char *method, *version;
	const char *target; // as received, not decoded
	const char *peer;   // address:port
	Bool tls;
	Bool has_body;
	u64 connection; // number of the connection, from 1 on
} NetRequest;

// Data of an answer's body: one of a block of memory, which stays until `release`, or a reader.
typedef struct {
	const void *data;
	u64 size; // NET_SIZE_UNKNOWN with a reader: chunked, or until the connection closes for HTTP/1.0
	// Bytes from `pos` on: their number; 0 for nothing now, until net_resume; NET_READ_END, NET_READ_ERROR.
	ssize_t (*read)(void *body, u64 pos, u8 *buffer, size_t max);
	u32 block_size; // most that `read` is asked for
	void (*release)(void *body);
	void *body;
} NetBody;

#define NET_READ_END (-1)
#define NET_READ_ERROR (-2)

// ---- Client

typedef struct net_client NetClient; // requests, one after the other, over kept connections
typedef struct net_share NetShare;   // what several clients have in common: cookies, host names, TLS sessions

typedef enum {
	NET_TAKEN = 0,
	NET_TAKE_LATER, // the same bytes come again after `resume`, and nothing else before
	NET_TAKE_STOP,  // the request is over
} NetTake;

typedef enum {
	NET_OK = 0,
	NET_FAIL_RESOLVE,  // no such host
	NET_FAIL_CONNECT,  // refused, unreachable
	NET_FAIL_TLS,      // handshake or certificate
	NET_FAIL_TIMEOUT,  // no connection, no answer or no data in time
	NET_FAIL_CLOSED,   // closed before the end of the answer
	NET_FAIL_REDIRECT, // too many
	NET_FAIL_PROTOCOL, // the answer is not HTTP, or too large a header
	NET_FAIL_STOPPED,  // by a callback
	NET_FAIL_MEMORY,
	NET_FAIL_OTHER,
} NetResult;

typedef struct {
	void *udta;
	// Line of a header of the last answer (not of redirections); with both NULL a new answer begins.
	void (*on_header)(void *udta, const char *name, const char *value);
	// Bytes of the body of the last answer, whatever its status.
	NetTake (*on_data)(void *udta, const u8 *data, size_t size);
	// Bytes to send: their number, 0 at the end, NET_READ_LATER for nothing now (net_client_resume), NET_READ_ERROR.
	ssize_t (*on_send)(void *udta, u8 *buffer, size_t max);
	// The request is over. `reason` is a text for people, valid during the call.
	void (*on_done)(void *udta, NetResult result, const char *reason);
	void (*on_log)(void *udta, const char *text);
} NetClientCallbacks;

#define NET_READ_LATER (-3)

typedef struct {
	const char *url;
	const char *method;    // GET, HEAD, PUT, POST, DELETE...
	u64 first, last;       // bytes wanted, `last` included; 0 and NET_SIZE_UNKNOWN for all
	const NetHeader *headers;
	u32 nb_headers;
	u64 send_size;         // of the body, NET_SIZE_UNKNOWN for chunks
	Bool has_body;
	u32 connect_timeout_ms, answer_timeout_ms; // 0: none
	const char *user_agent;
	const char *proxy;     // NULL: that of the environment
	const char *ca_file;   // NULL: those of the system
	const char *user, *password; // NULL: none
	Bool accept_any_cert;
	Bool no_http2;
	Bool no_proxy;         // whatever the environment says
	Bool compressed;       // the body may be compressed on its way: on_data gets it as it was before
	u32 buffer_size;       // most bytes of one on_data
	u32 max_redirects;
} NetRequestConfig;

typedef struct {
	// GF_IP_CONNECTION_FAILURE when the port cannot be used; GF_BAD_PARAM for a wrong address, certificate or
	// key; with a message.
	GF_Err (*open)(const NetServerConfig *config, const NetServerCallbacks *callbacks, NetServer **server);
	void (*del)(NetServer *server); // ends all exchanges; NULL allowed
	u16 (*port)(const NetServer *server);
	int (*fd)(const NetServer *server);
	// Moves what can be moved.
	void (*run)(NetServer *server);
	// From the next `run` on, which is due: accepts no more connections, closes those that wait for a request, and others
	// after their answer.
	void (*drain)(NetServer *server);
	// Microseconds until the next run although the descriptor is silent; NET_NO_WAIT.
	u32 (*wait)(NetServer *server);
	u32 (*nb_connections)(const NetServer *server);
	// Makes the descriptor readable, from any thread.
	void (*wake)(NetServer *server);

	const NetRequest *(*request)(const NetExchange *x);
	// Value of a request header, NULL when absent; those of several lines with commas between. It stays until on_end.
	const char *(*header)(NetExchange *x, const char *name);
	// Calls back for all headers in the order received.
	void (*headers)(NetExchange *x, void (*each)(void *udta, const char *name, const char *value), void *udta);
	void (*set_udta)(NetExchange *x, void *udta);
	void *(*get_udta)(const NetExchange *x);

	// NULL when memory is short; the body is released then, too. The server is that of the exchange, or a sibling.
	NetAnswer *(*answer_new)(const NetServer *server, const NetBody *body);
	// False for what cannot be in a header: an empty name, line ends.
	Bool (*answer_header)(NetAnswer *answer, const char *name, const char *value);
	void (*answer_remove)(NetAnswer *answer, const char *name); // all headers of that name
	void (*answer_del)(NetAnswer *answer); // requests that it was sent to keep it
	// Sends an answer, once; one with a reader to one request only. While a body is received, its rest is
	// dropped first.
	GF_Err (*answer)(NetExchange *x, u32 status, NetAnswer *answer);
	void (*receive)(NetExchange *x);
	// Nothing happens before `answer`, `receive` or `close`. A peer that goes meanwhile is noticed.
	void (*defer)(NetExchange *x);
	// After on_body or `read` found nothing to do.
	void (*resume)(NetExchange *x);
	// Closes the connection at once; on_end follows, with NET_END_ERROR.
	void (*close)(NetExchange *x);
	// Bytes of the body of the answer that went to the peer or its socket; complete in on_end.
	u64 (*sent)(const NetExchange *x);
	const char *(*reason)(u32 status);
} NetServerApi;

typedef struct {
	// NULL when memory is short. It outlives its clients, all of one thread.
	NetShare *(*share_open)(void);
	void (*share_del)(NetShare *share); // NULL allowed
	NetClient *(*open)(const NetClientCallbacks *callbacks, NetShare *share); // `share` may be NULL
	void (*del)(NetClient *client); // NULL allowed
	// Starts a request; the previous one is over or stopped. Texts are copied. GF_URL_ERROR for what is no URL
	// of HTTP.
	GF_Err (*start)(NetClient *client, const NetRequestConfig *request);
	// Ends the request without callback, and closes its connection.
	void (*stop)(NetClient *client);
	void (*resume)(NetClient *client); // after NET_READ_LATER and NET_TAKE_LATER
	int (*fd)(const NetClient *client);
	void (*run)(NetClient *client);
	u32 (*wait)(NetClient *client); // as that of a server
	u32 (*status)(const NetClient *client); // of the last answer, 0 before it
	// Where redirections led, valid until the next request.
	const char *(*url)(const NetClient *client);
} NetClientApi;

typedef struct {
	const NetServerApi *server;
	const NetClientApi *client;
	// SHA-256 (FIPS 180-4) of some bytes. False when the library has none.
	Bool (*sha256)(const void *data, size_t size, u8 digest[32]);
	// Compresses into a buffer, in the frame of gzip (RFC 1952) or that of deflate (RFC 1950): the number of bytes, 0 when
	// they do not fit.
	u32 (*compress)(const u8 *data, u32 size, Bool gzip, u8 *buffer, u32 max);
} NetModule;

// The functions of gf_net.so, NULL with a message when it cannot be opened.
const NetModule *net_module(void);

#endif
