// SPDX-License-Identifier: MIT
// A request from its head to its end.
#include <string.h>

#include "filters/httpout.h"

static HttpMethod method_of(const char *name)
{
	static const char *const names[] = {"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"};
	for (u32 i = 0; i < METHOD_OTHER; i++) {
		if (!strcmp(name, names[i]))
			return (HttpMethod)i;
	}
	return METHOD_OTHER;
}

static HttpRequest *request_new(HttpOut *out, NetExchange *x)
{
	HttpRequest *r = gf_calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->out = out;
	r->x = x;
	r->net = out->net->request(x);
	r->method = method_of(r->net->method);
	r->number = ++out->nb_requests;
	r->start_us = gf_sys_clock_high_res();
	r->auth_code = 200;
	r->complete = !r->net->has_body;
	r->next = out->requests;
	if (r->next)
		r->next->prev = r;
	out->requests = r;
	out->nb_active++;
	out->net->set_udta(x, r);
	return r;
}

void http_request_del(HttpRequest *r)
{
	*(r->prev ? &r->prev->next : &r->out->requests) = r->next;
	if (r->next)
		r->next->prev = r->prev;
	http_unsleep(r);
	http_upload_drop(r);
	http_feed_drop(r);
	http_drop_headers(r);
	gf_free(r->body);
	gf_free(r->path);
	gf_free(r->query);
	gf_free(r->user);
	gf_free(r);
}

const char *http_allowed_methods(const HttpOut *out)
{
	if (out->hmode == HMODE_SOURCE)
		return "POST,PUT,OPTIONS";
	return http_write_root(out) ? "GET,POST,PUT,DELETE,HEAD,OPTIONS" : "GET,HEAD,OPTIONS";
}

static void send_not_allowed(HttpRequest *r)
{
	NetAnswer *a = http_answer_new(r, NULL);
	if (a)
		r->out->net->answer_header(a, "Allow", http_allowed_methods(r->out));
	http_send(r, 405, a);
}

// RFC 9110, 9.3.7.
static void send_options(HttpRequest *r)
{
	FoundFile found;
	Bool all = !strcmp(r->net->target, "*");
	Bool may_look = !all && r->auth_code == 200 && r->out->hmode != HMODE_SOURCE && !http_growing_find(r->out, r->path);
	if (may_look && http_find_file(r->out, r->path, &found)) {
		http_send_empty(r, 404);
		return;
	}
	if (may_look)
		found_release(&found);
	NetAnswer *a = http_answer_new(r, NULL);
	if (a)
		r->out->net->answer_header(a, "Allow", http_allowed_methods(r->out));
	http_send(r, all ? 204 : 200, a);
}

static void dispatch_source(HttpRequest *r)
{
	if (r->method == METHOD_OPTIONS)
		send_options(r);
	else if (r->method == METHOD_PUT || r->method == METHOD_POST)
		http_feed_begin(r);
	else
		send_not_allowed(r);
}

void http_dispatch(HttpRequest *r)
{
	Bool writes = http_write_root(r->out) != NULL;
	if (http_refuse(r))
		return;
	if (r->out->hmode == HMODE_SOURCE) {
		dispatch_source(r);
		return;
	}
	switch (r->method) {
	case METHOD_GET:
	case METHOD_HEAD:
		http_get(r);
		break;
	case METHOD_OPTIONS:
		send_options(r);
		break;
	case METHOD_DELETE:
		if (writes)
			http_delete(r);
		else
			send_not_allowed(r);
		break;
	default:
		if (writes || (!r->reply && r->has_body))
			http_upload_begin(r);
		else
			send_not_allowed(r);
	}
}

static void on_request(void *udta, NetExchange *x)
{
	HttpRequest *r = request_new(udta, x);
	if (!r) {
		((HttpOut *)udta)->net->close(x);
		return;
	}
	http_log_start(r);
	if (r->method == METHOD_OTHER) {
		http_send_text(r, 501, "Method %s is not implemented\n", r->net->method);
		return;
	}
	GF_Err e = GF_OK;
	if (strcmp(r->net->target, "*") || r->method != METHOD_OPTIONS)
		e = http_target_split(r->net->target, &r->path, &r->query);
	http_authorize(r);
	if (e == GF_URL_ERROR)
		http_send_text(r, r->method <= METHOD_HEAD ? 404 : 405, "Paths with .. are not served\n");
	else if (e)
		http_send_text(r, 400, "The request target is malformed\n");
	else if (http_is_ops(r))
		http_send_ops(r);
	else if (!http_ask_handler(r))
		http_dispatch(r);
}

static size_t on_body(void *udta, NetExchange *x, const u8 *data, size_t size)
{
	HttpOut *out = udta;
	HttpRequest *r = out->net->get_udta(x);
	size_t taken = size;
	if (r->receives && r->upload)
		taken = http_upload_receive(r, data, size);
	else if (r->receives)
		taken = r->feed ? http_feed_receive(r, data, size) : http_handler_receive(r, data, size);
	http_metrics_received(out, taken);
	return taken;
}

static void on_body_end(void *udta, NetExchange *x)
{
	HttpOut *out = udta;
	HttpRequest *r = out->net->get_udta(x);
	r->complete = GF_TRUE;
	if (!r->receives)
		return;
	if (r->upload)
		http_upload_end(r);
	else if (r->feed)
		http_feed_end(r);
	else
		http_handler_received(r);
}

static GF_Err close_reason(const HttpRequest *r, NetEnd end)
{
	if (r->failed)
		return r->failed;
	switch (end) {
	case NET_END_KEPT:
		return GF_EOS;
	case NET_END_CLOSED:
	case NET_END_SERVER:
		return GF_OK;
	case NET_END_PEER:
		return GF_IP_CONNECTION_CLOSED;
	case NET_END_TIMEOUT:
		return GF_IP_UDP_TIMEOUT;
	default:
		return GF_SERVICE_ERROR;
	}
}

static void on_end(void *udta, NetExchange *x, NetEnd end)
{
	HttpOut *out = udta;
	HttpRequest *r = out->net->get_udta(x);
	if (!r)
		return;
	if (end == NET_END_ERROR && !r->failed && out->drain_until_us)
		end = NET_END_SERVER; // there was no more time
	http_log_end(r, end);
	http_metrics_end(r, end);
	http_unsleep(r);
	http_upload_drop(r);
	http_feed_drop(r);
	out->nb_active--;
	out->request_ended = out->drain_until_us || out->fed || gf_list_count(out->inputs);
	r->x = NULL;
	if (r->pending && !r->on_close) {
		r->lost = GF_TRUE; // until the application answers it
		return;
	}
	r->pending = GF_FALSE;
	if (r->on_close)
		r->on_close(r->udta, close_reason(r, end));
	http_request_del(r);
}

static void on_log(void *udta, Bool is_error, const char *text)
{
	(void)udta;
	GF_LOG(is_error ? GF_LOG_ERROR : GF_LOG_DEBUG, GF_LOG_HTTP, ("[httpout] %s\n", text));
}

const NetServerCallbacks http_server_callbacks = {
	.on_request = on_request,
	.on_body = on_body,
	.on_body_end = on_body_end,
	.on_end = on_end,
	.on_log = on_log,
};
