// SPDX-License-Identifier: MIT
// Requests that the application answers (include/gpac/httpout.h).
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "filters/httpout.h"
#include "filters/registry.h"

#define READ_RETRY_US 1000

// ---- asking the application

typedef struct {
	const char **texts;
	u32 nb;
	Bool failed;
} HeaderList;

static void add_header(void *udta, const char *name, const char *value)
{
	HeaderList *list = udta;
	const char **texts = gf_realloc(list->texts, (list->nb + 2) * sizeof(*texts));
	if (!texts) {
		list->failed = GF_TRUE;
		return;
	}
	list->texts = texts;
	texts[list->nb++] = name;
	texts[list->nb++] = value;
}

// RFC 9110, 15: an answer has a status of 200 or more.
static Bool is_final(u32 status)
{
	return status >= 200 && status <= 999;
}

Bool http_ask_handler(HttpRequest *r)
{
	HttpOut *out = r->out;
	if (!out->on_request)
		return GF_FALSE;
	HeaderList list = {0};
	char *url = http_target_decode(r->net->target);
	out->net->headers(r->x, add_header, &list);
	r->pending = GF_TRUE;
	s32 status = 500;
	if (url && !list.failed)
		status = out->on_request(out->on_request_udta, r, r->net->method, url, r->auth_code, list.nb, list.texts);
	gf_free(url);
	gf_free(list.texts);
	if (!r->pending)
		return GF_TRUE; // answered in the call
	if (status > 0) {
		r->pending = GF_FALSE;
		http_send_empty(r, is_final((u32)status) ? (u32)status : 500);
	} else {
		out->net->defer(r->x);
	}
	return GF_TRUE;
}

GF_Err gf_filter_bind_httpout_callbacks(GF_Filter *filter, void *udta,
	s32 (*on_request)(void *udta, GF_HTTPOutSession *session, const char *method, const char *url, u32 auth_code,
		u32 nb_hdrs, const char **hdrs))
{
	if (!filter || gf_filter_get_register(filter) != &httpout_register)
		return GF_BAD_PARAM;
	HttpOut *out = gf_filter_get_udta(filter);
	if (out->nb_threads > 1) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] a handler of requests works on the thread of the session: it cannot be bound with nb_threads=%u\n",
				out->nb_threads));
		return GF_NOT_SUPPORTED;
	}
	out->on_request = on_request;
	out->on_request_udta = udta;
	return GF_OK;
}

// ---- headers of the answer

static GF_Err keep_headers(HttpRequest *r, u32 nb, const char **headers)
{
	if (nb % 2)
		GF_LOG(GF_LOG_WARNING, GF_LOG_HTTP,
			("[httpout] header %s of an answer has no value and is left out\n", headers[nb - 1]));
	nb -= nb % 2;
	r->headers = nb ? gf_calloc(nb, sizeof(*r->headers)) : NULL;
	if (nb && !r->headers)
		return GF_OUT_OF_MEM;
	for (r->nb_headers = 0; r->nb_headers < nb; r->nb_headers++) {
		r->headers[r->nb_headers] = gf_strdup(headers[r->nb_headers]);
		if (!r->headers[r->nb_headers])
			return GF_OUT_OF_MEM;
	}
	return GF_OK;
}

void http_drop_headers(HttpRequest *r)
{
	for (u32 i = 0; i < r->nb_headers; i++)
		gf_free(r->headers[i]);
	gf_free(r->headers);
	r->headers = NULL;
	r->nb_headers = 0;
}

static GF_Err keep_body(HttpRequest *r, const u8 *body, u32 size)
{
	gf_free(r->body);
	r->body = NULL;
	r->body_size = 0;
	r->has_body = body != NULL;
	if (!body)
		return GF_OK;
	r->body = gf_malloc((size_t)size + 1);
	if (!r->body)
		return GF_OUT_OF_MEM;
	memcpy(r->body, body, size);
	r->body[size] = 0;
	r->body_size = size;
	return GF_OK;
}

static const char *kept_header(const HttpRequest *r, const char *name)
{
	for (u32 i = 0; i + 1 < r->nb_headers; i += 2) {
		if (!strcasecmp(r->headers[i], name))
			return r->headers[i + 1];
	}
	return NULL;
}

void http_apply_headers(const HttpRequest *r, NetAnswer *answer)
{
	static const char *const fixed[] = {"Server", "Date", "Content-Length", "Content-Range", "Transfer-Encoding"};
	for (u32 i = 0; i + 1 < r->nb_headers; i += 2) {
		Bool skip = GF_FALSE;
		for (size_t j = 0; j < sizeof(fixed) / sizeof(*fixed); j++)
			skip |= !strcasecmp(r->headers[i], fixed[j]);
		// several values of one name are several headers
		Bool again = GF_FALSE;
		for (u32 j = 0; j < i; j += 2)
			again |= !strcasecmp(r->headers[j], r->headers[i]);
		if (skip)
			continue;
		if (!again)
			r->out->net->answer_remove(answer, r->headers[i]);
		if (!r->out->net->answer_header(answer, r->headers[i], r->headers[i + 1]))
			GF_LOG(GF_LOG_WARNING, GF_LOG_HTTP,
				("[httpout] header %s cannot be sent: its name or value has characters that no header may have\n",
					r->headers[i]));
	}
}

// ---- pace

// True when the next block has to wait: the exchange is resumed in time.
static Bool must_wait(HttpRequest *r, u64 done, u64 total)
{
	if (!r->throttle || r->may_pass)
		return GF_FALSE;
	s32 wait = (s32)r->throttle(r->udta, done, total);
	r->may_pass = GF_TRUE;
	if (wait > 0)
		http_sleep(r, (u32)wait);
	return wait > 0;
}

typedef struct {
	HttpRequest *r;
	NetBody inner;
} PacedBody;

static ssize_t read_paced(void *udta, u64 pos, u8 *buffer, size_t max)
{
	PacedBody *b = udta;
	if (must_wait(b->r, pos, b->inner.size))
		return 0;
	if (b->r->failed)
		return NET_READ_ERROR;
	b->r->may_pass = GF_FALSE;
	if (!b->inner.data)
		return b->inner.read(b->inner.body, pos, buffer, max);
	size_t n = b->inner.size - pos < max ? (size_t)(b->inner.size - pos) : max;
	memcpy(buffer, (const u8 *)b->inner.data + pos, n);
	return (ssize_t)n;
}

static void release_paced(void *udta)
{
	PacedBody *b = udta;
	if (b->inner.release)
		b->inner.release(b->inner.body);
	gf_free(b);
}

NetBody http_paced_body(HttpRequest *r, const NetBody *body)
{
	PacedBody *b = r->throttle && body->size ? gf_malloc(sizeof(*b)) : NULL;
	if (!b)
		return *body;
	*b = (PacedBody){r, *body};
	return (NetBody){.read = read_paced,
		.size = body->size,
		.block_size = r->out->block_size,
		.release = release_paced,
		.body = b};
}

// ---- bodies made by the application

static ssize_t read_handler(void *udta, u64 pos, u8 *buffer, size_t max)
{
	HttpRequest *r = udta;
	u32 block = r->out->block_size;
	if (must_wait(r, pos, r->total))
		return 0;
	s32 n = r->failed ? -1 : r->read(r->udta, buffer, max < block ? (u32)max : block);
	if (r->failed || n > (s32)(max < block ? max : block)) {
		if (!r->failed)
			r->failed = GF_SERVICE_ERROR;
		return NET_READ_ERROR;
	}
	if (n < 0) {
		http_sleep(r, READ_RETRY_US);
		return 0;
	}
	r->may_pass = GF_FALSE;
	if (!n && pos < r->total) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] the body of %s %s ends after %" PRIu64 " bytes, its Content-Length is %" PRIu64 "\n", r->net->method,
				r->net->target, pos, r->total));
		r->failed = GF_SERVICE_ERROR;
		return NET_READ_ERROR;
	}
	return n ? n : NET_READ_END;
}

static Bool read_length(const char *text, u64 *length)
{
	size_t digits = strspn(text, "0123456789");
	*length = strtoull(text, NULL, 10);
	return digits && digits < 20 && !text[digits];
}

static void answer_reader(HttpRequest *r, u32 status)
{
	const char *length = kept_header(r, "Content-Length");
	const Bool known = length && read_length(length, &r->total);
	if (length && !known) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_HTTP, ("[httpout] Content-Length %s is no size: the body goes without\n", length));
		r->total = 0;
	}
	const NetBody body = {.read = read_handler,
		.size = known ? r->total : NET_SIZE_UNKNOWN,
		.block_size = r->out->block_size,
		.body = r};
	http_send(r, status, http_answer_new(r, &body));
}

static ssize_t read_nothing(void *udta, u64 pos, u8 *buffer, size_t max)
{
	(void)udta, (void)pos, (void)buffer, (void)max;
	return NET_READ_END;
}

static void answer_body(HttpRequest *r, u32 status)
{
	NetBody body = {.data = r->body, .size = r->body_size, .release = gf_free, .body = r->body};
	if (status == 304 && !r->body_size) // RFC 9110, 8.6: a length would be that of a 200
		body = (NetBody){.read = read_nothing, .size = NET_SIZE_UNKNOWN, .block_size = 1, .release = gf_free, .body = r->body};
	r->body = NULL;
	NetAnswer *a = http_answer_new(r, &body);
	if (a && r->method == METHOD_OPTIONS)
		r->out->net->answer_header(a, "Allow", http_allowed_methods(r->out));
	if (a && status == 401)
		r->out->net->answer_header(a, "WWW-Authenticate", "Basic");
	http_send(r, status, a);
}

// ---- uploads received by the application

size_t http_handler_receive(HttpRequest *r, const u8 *data, size_t size)
{
	size_t taken = 0;
	while (taken < size) {
		size_t n = size - taken < r->out->block_size ? size - taken : r->out->block_size;
		if (r->received + n > r->out->maxs) {
			r->failed = GF_OUT_OF_MEM;
			r->out->net->close(r->x);
			break;
		}
		if (must_wait(r, r->received, r->total))
			break;
		if (!r->failed)
			r->write(r->udta, data + taken, (u32)n);
		if (r->failed)
			break; // the connection is being closed
		r->may_pass = GF_FALSE;
		r->received += n;
		taken += n;
	}
	return r->failed ? size : taken;
}

void http_handler_received(HttpRequest *r)
{
	r->write(r->udta, NULL, 0);
	if (!r->failed)
		answer_body(r, r->reply);
}

// ---- answering

static Bool is_success(u32 status)
{
	return status >= 200 && status < 300;
}

static GF_Err answer_wrongly(HttpRequest *r, const char *what)
{
	GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
		("[httpout] %s %s answered with %d needs %s: it is answered 500\n", r->net->method, r->net->target,
			(s32)r->reply, what));
	http_send_empty(r, 500);
	return GF_BAD_PARAM;
}

static GF_Err answer_handler(HttpRequest *r)
{
	Bool upload = r->method == METHOD_PUT || r->method == METHOD_POST;
	Bool has_content = is_success(r->reply) && r->reply != 204;
	if (!is_final(r->reply))
		return answer_wrongly(r, "a status of 200 to 999");
	if (upload && is_success(r->reply)) {
		if (!r->write)
			return answer_wrongly(r, "a function to receive the body");
		if (!http_upload_fits(r))
			return GF_OK;
		r->receives = GF_TRUE;
		r->out->net->receive(r->x);
		if (r->complete)
			http_handler_received(r);
		return GF_OK;
	}
	if (r->method == METHOD_GET && has_content && !r->has_body) {
		if (!r->read)
			return answer_wrongly(r, "a body or a function that reads one");
		answer_reader(r, r->reply);
		return GF_OK;
	}
	if (r->method == METHOD_HEAD && has_content && !r->has_body && kept_header(r, "Content-Length"))
		answer_reader(r, r->reply);
	else
		answer_body(r, r->reply);
	return GF_OK;
}

// The server answers by itself, perhaps with another file.
static void answer_as_usual(HttpRequest *r)
{
	FoundFile found;
	Bool get = r->method == METHOD_GET || r->method == METHOD_HEAD;
	if (http_refuse(r))
		return;
	if (get && r->has_body && !http_open_file(r->out, (const char *)r->body, &found))
		http_send_file(r, &found);
	else
		http_dispatch(r);
}

GF_Err gf_httpout_send_request_data(GF_HTTPOutSession *sess, void *udta, u32 reply, const u8 *body, u32 body_size,
	u32 nb_headers, const char **headers, u32 (*throttle)(void *udta, u64 done, u64 total),
	s32 (*read)(void *udta, u8 *buffer, u32 buffer_size), u32 (*write)(void *udta, const u8 *buffer, u32 buffer_size),
	void (*close)(void *udta, GF_Err reason))
{
	HttpRequest *r = sess;
	if (!r || !r->pending)
		return GF_BAD_PARAM;
	r->pending = GF_FALSE;
	if (r->lost) {
		http_request_del(r);
		return GF_BAD_PARAM;
	}
	r->udta = udta;
	r->throttle = throttle;
	r->read = read;
	r->write = write;
	r->on_close = close;
	r->reply = reply;
	GF_Err e = keep_headers(r, nb_headers, headers);
	if (!e)
		e = keep_body(r, body, body_size);
	if (e) {
		r->out->net->close(r->x);
		return e;
	}
	if (reply)
		return answer_handler(r);
	answer_as_usual(r);
	return GF_OK;
}

GF_Err gf_httpout_send_request(GF_HTTPOutSession *sess, void *udta, u32 reply, char *body_or_file, u32 nb_headers,
	const char **headers, u32 (*throttle)(void *udta, u64 done, u64 total),
	s32 (*read)(void *udta, u8 *buffer, u32 buffer_size), u32 (*write)(void *udta, const u8 *buffer, u32 buffer_size),
	void (*close)(void *udta, GF_Err reason))
{
	return gf_httpout_send_request_data(sess, udta, reply, (const u8 *)body_or_file,
		body_or_file ? (u32)strlen(body_or_file) : 0, nb_headers, headers, throttle, read, write, close);
}

GF_Err gf_httpout_set_answer(GF_HTTPOutSession *sess, u32 reply, const u8 *body, u32 body_size, u32 nb_headers,
	const char **headers)
{
	HttpRequest *r = sess;
	if (!r || !r->receives || !r->write || r->status || !is_final(reply))
		return GF_BAD_PARAM;
	r->reply = reply;
	http_drop_headers(r);
	GF_Err e = keep_headers(r, nb_headers, headers);
	return e ? e : keep_body(r, body, body_size);
}

GF_Err gf_httpout_set_close(GF_HTTPOutSession *sess, void *udta, void (*close)(void *udta, GF_Err reason))
{
	if (!sess || !sess->pending || sess->lost)
		return GF_BAD_PARAM;
	sess->udta = udta;
	sess->on_close = close;
	return GF_OK;
}

GF_Err gf_httpout_abort_request(GF_HTTPOutSession *sess, GF_Err reason)
{
	if (!sess || sess->lost || !sess->x)
		return GF_BAD_PARAM;
	sess->failed = reason < 0 ? reason : GF_SERVICE_ERROR;
	sess->out->net->close(sess->x);
	return GF_OK;
}
