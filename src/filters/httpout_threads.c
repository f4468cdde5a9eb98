// SPDX-License-Identifier: MIT
// More loops for the port of a server, each on a thread of its own. They accept connections and move bytes
// side by side; what a request means is decided in the session (gf_filter_enter), for one request at a time.
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "filters/httpout.h"

struct http_thread {
	HttpOut *out;
	NetServer *server;
	pthread_t thread;
	atomic_bool stop;
	Bool running;
	HttpThread *next;
};

u32 http_share_of_maxc(const HttpOut *out, u32 loop)
{
	return out->maxc / out->nb_threads + (loop < out->maxc % out->nb_threads);
}

GF_Err http_threads_open(
	HttpOut *out, const NetServer *server, const NetServerConfig *config, const NetServerCallbacks *callbacks)
{
	NetServerConfig same = *config;
	same.sibling = server;
	for (u32 i = 1; i < out->nb_threads; i++) {
		HttpThread *t = gf_calloc(1, sizeof(*t));
		if (!t)
			return GF_OUT_OF_MEM;
		t->out = out;
		t->next = out->threads;
		out->threads = t;
		same.max_connections = http_share_of_maxc(out, i);
		GF_Err e = out->net->open(&same, callbacks, &t->server);
		if (e)
			return e;
	}
	return GF_OK;
}

static void *serve(void *udta)
{
	HttpThread *t = udta;
	const NetServerApi *net = t->out->net;
	struct pollfd p = {.fd = net->fd(t->server), .events = POLLIN};
	while (!atomic_load(&t->stop)) {
		const u32 us = net->wait(t->server);
		const struct timespec wait = {us / 1000000, (long)(us % 1000000) * 1000};
		ppoll(&p, 1, us == NET_NO_WAIT ? NULL : &wait, NULL);
		net->run(t->server);
	}
	return NULL;
}

GF_Err http_threads_start(HttpOut *out)
{
	sigset_t all, before;
	if (out->threads_run || !out->threads)
		return GF_OK;
	out->threads_run = GF_TRUE;
	// signals are for the thread of the session
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (HttpThread *t = out->threads; t; t = t->next)
		t->running = !pthread_create(&t->thread, NULL, serve, t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	for (HttpThread *t = out->threads; t; t = t->next) {
		if (!t->running) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
				("[httpout] the system does not start %u threads: use a smaller value of nb_threads\n",
					out->nb_threads - 1));
			return GF_OUT_OF_MEM;
		}
	}
	return GF_OK;
}

static void join_all(void *udta)
{
	HttpOut *out = udta;
	for (HttpThread *t = out->threads; t; t = t->next) {
		if (t->running)
			pthread_join(t->thread, NULL);
		t->running = GF_FALSE;
	}
}

static void stop_all(HttpOut *out)
{
	for (HttpThread *t = out->threads; t; t = t->next) {
		atomic_store(&t->stop, GF_TRUE);
		out->net->wake(t->server);
	}
	gf_filter_wait_for_threads(out->filter, join_all, out);
	out->threads_run = GF_FALSE;
}

void http_threads_del(HttpOut *out)
{
	if (out->threads_run)
		stop_all(out);
	while (out->threads) {
		HttpThread *t = out->threads;
		out->threads = t->next;
		out->net->del(t->server);
		gf_free(t);
	}
}

void http_threads_drain(HttpOut *out)
{
	for (HttpThread *t = out->threads; t; t = t->next)
		out->net->drain(t->server);
}

u32 http_nb_connections(const HttpOut *out)
{
	u32 nb = 0;
	for (u32 i = 0; i < 2; i++)
		nb += out->servers[i] ? out->net->nb_connections(out->servers[i]) : 0;
	for (const HttpThread *t = out->threads; t; t = t->next)
		nb += out->net->nb_connections(t->server);
	return nb;
}

void http_threads_lock(void *udta, Bool on)
{
	HttpOut *out = udta;
	if (!out->threads_run)
		return;
	if (on) {
		gf_filter_enter(out->filter);
		return;
	}
	// What a client of another loop did lets inputs go on, or ends the filter.
	if (!out->in_run && (out->request_ended || http_inputs_may_go_on(out) || http_feeds_ended(out))) {
		out->request_ended = GF_FALSE;
		gf_filter_post_process_task(out->filter);
	}
	gf_filter_leave(out->filter);
}
