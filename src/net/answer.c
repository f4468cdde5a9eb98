// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "net/net_module.h"
#include "net/server.h"

void net_answer_release(NetAnswer *a)
{
	if (a && !--a->nb_holders)
		MHD_destroy_response(a->response);
}

Bool net_answer_header(NetAnswer *a, const char *name, const char *value)
{
	if (!strcasecmp(name, "Connection") && !strcasecmp(value, "close"))
		a->close = GF_TRUE;
	return MHD_add_response_header(a->response, name, value) == MHD_YES;
}

static void release_answer(void *cls)
{
	NetAnswer *a = cls;
	if (a->body.release) {
		net_lock(&a->owner, GF_TRUE);
		a->body.release(a->body.body);
		net_lock(&a->owner, GF_FALSE);
	}
	free(a);
}

static ssize_t read_body(NetAnswer *a, u64 pos, char *buffer, size_t max)
{
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
		net_exchange_suspend(x);
		return 0;
	}
	return n == NET_READ_END && a->body.size == NET_SIZE_UNKNOWN ? MHD_CONTENT_READER_END_OF_STREAM
																 : MHD_CONTENT_READER_END_WITH_ERROR;
}

// libmicrohttpd has a lock of the response meanwhile, which nobody else takes: a reader answers one request.
static ssize_t on_read(void *cls, uint64_t pos, char *buffer, size_t max)
{
	NetAnswer *a = cls;
	net_lock(&a->owner, GF_TRUE);
	ssize_t n = read_body(a, pos, buffer, max);
	net_lock(&a->owner, GF_FALSE);
	return n;
}

NetAnswer *net_answer_new(const NetServer *s, const NetBody *body)
{
	NetAnswer *a = calloc(1, sizeof(*a));
	if (a) {
		a->nb_holders = 1;
		a->owner = s->cb;
		a->body = *body;
		if (body->read)
			a->response = MHD_create_response_from_callback(
				body->size == NET_SIZE_UNKNOWN ? MHD_SIZE_UNKNOWN : body->size, body->block_size, on_read, a,
				release_answer);
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

void net_answer_remove(NetAnswer *a, const char *name)
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
