// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "filters/httpout.h"

Bool http_wants_cors(const HttpRequest *r)
{
	if (r->out->cors == CORS_AUTO)
		return r->out->net->header(r->x, "Origin") != NULL;
	return r->out->cors == CORS_ON;
}

void http_answer_number(const HttpOut *out, NetAnswer *answer, const char *name, u64 value)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRIu64, value);
	out->net->answer_header(answer, name, text);
}

NetAnswer *http_answer_common(HttpOut *out, const NetBody *body)
{
	const NetBody none = {0};
	NetAnswer *a = out->net->answer_new(out->servers[0], body ? body : &none);
	if (!a)
		return NULL;
	if (out->user_agent)
		out->net->answer_header(a, "Server", out->user_agent);
	if (out->close) {
		out->net->answer_header(a, "Connection", "close");
	} else if (out->timeout) {
		char text[32];
		snprintf(text, sizeof(text), "timeout=%u", out->timeout);
		out->net->answer_header(a, "Keep-Alive", text);
	}
	for (u32 i = 0; i + 1 < out->hdrs.nb_items; i += 2)
		out->net->answer_header(a, out->hdrs.vals[i], out->hdrs.vals[i + 1]);
	return a;
}

static void add_cors(const HttpRequest *r, NetAnswer *a)
{
	const NetServerApi *net = r->out->net;
	const char *origin = r->method == METHOD_OPTIONS ? NULL : net->header(r->x, "Origin");
	net->answer_header(a, "Access-Control-Allow-Origin", origin ? origin : "*");
	net->answer_header(a, "Access-Control-Expose-Headers", "*");
	if (origin)
		net->answer_header(a, "Vary", "Origin");
	if (r->method == METHOD_OPTIONS) {
		net->answer_header(a, "Access-Control-Allow-Methods", "*");
		net->answer_header(a, "Access-Control-Allow-Headers", "*");
	}
	net->answer_header(a, "Cross-Origin-Embedder-Policy", "require-corp");
	net->answer_header(a, "Cross-Origin-Opener-Policy", "same-origin");
}

NetAnswer *http_answer_new(HttpRequest *r, const NetBody *body)
{
	NetAnswer *a = http_answer_common(r->out, body);
	if (!a)
		return NULL;
	if (r->out->sutc)
		http_answer_number(r->out, a, "Server-UTC", gf_net_get_utc());
	if (http_wants_cors(r))
		add_cors(r, a);
	return a;
}

void http_send(HttpRequest *r, u32 status, NetAnswer *answer)
{
	const NetServerApi *net = r->out->net;
	r->status = status;
	if (answer)
		http_apply_headers(r, answer);
	if (answer && net->answer(r->x, status, answer))
		net->close(r->x);
	if (!answer)
		net->close(r->x);
	net->answer_del(answer);
}

void http_send_empty(HttpRequest *r, u32 status)
{
	http_send(r, status, http_answer_new(r, NULL));
}

void http_send_string(HttpRequest *r, u32 status, const char *type, StrBuf *sb)
{
	const NetBody body = {.size = sb->len, .release = gf_free, .data = sb->data, .body = sb->data};
	NetAnswer *a = NULL;
	if (sb->failed)
		sb_reset(sb);
	else
		a = http_answer_new(r, &body);
	if (a)
		r->out->net->answer_header(a, "Content-Type", type);
	http_send(r, status, a);
}

void http_send_text(HttpRequest *r, u32 status, const char *format, ...)
{
	StrBuf sb;
	va_list args;
	sb_init(&sb);
	va_start(args, format);
	sb_addv(&sb, format, args);
	va_end(args);
	http_send_string(r, status, "text/plain", &sb);
}
