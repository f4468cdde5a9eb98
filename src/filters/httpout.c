// SPDX-License-Identifier: MIT
// HTTP server (RFC 9110, RFC 9112): serves directories.
//
// The sockets are those of the layer in src/net, watched through one descriptor: the server sleeps until a client
// does something.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filters/httpout.h"
#include "filters/registry.h"

#define MAX_THREADS 64

// ---- configuration

static GF_Err add_directories(HttpOut *out)
{
	GF_Err e = GF_OK;
	for (u32 i = 0; i < out->rdirs.nb_items && !e; i++) {
		const char *name = out->rdirs.vals[i];
		if (!strcmp(name, "gmem"))
			out->in_memory = GF_TRUE;
		else
			e = gf_file_exists(name) ? http_add_rules(out, name) : http_add_root(out, name, GF_TRUE, GF_FALSE);
	}
	return e || !out->wdir ? e : http_add_root(out, out->wdir, GF_FALSE, GF_TRUE);
}

// `http://address:port/path`: address and port to listen on, -1 without port. Port 0 is a free one.
static GF_Err read_destination(HttpOut *out, char host[256], s32 *port, Bool *tls)
{
	if (!out->dst)
		return GF_OK;
	const char *start = strstr(out->dst, "://");
	*tls = !strncmp(out->dst, "https://", 8);
	start = start ? start + 3 : out->dst;
	size_t len = strcspn(start, "/?#");
	if (len >= 256)
		return GF_BAD_PARAM;
	memcpy(host, start, len);
	host[len] = 0;
	char *bracket = host[0] == '[' ? strchr(host, ']') : NULL;
	char *colon = strchr(bracket ? bracket : host, ':');
	if (colon) {
		char *end;
		long value = strtol(colon + 1, &end, 10);
		if (*end || value < 0 || value > 65535)
			return GF_BAD_PARAM;
		*port = (s32)value;
		*colon = 0;
	}
	if (bracket) {
		*bracket = 0;
		memmove(host, host + 1, strlen(host));
	}
	if (!strcmp(host, "localhost"))
		gf_strlcpy(host, "127.0.0.1", 256);
	return GF_OK;
}

// Where the path of the destination begins, NULL when it has none.
static const char *path_of(const HttpOut *out)
{
	const char *start = out->dst ? strstr(out->dst, "://") : NULL;
	const char *slash = start ? strchr(start + 3, '/') : NULL;
	return slash && slash[1] ? slash : NULL;
}

static Bool has_path(const HttpOut *out)
{
	return path_of(out) != NULL;
}

// The format that inputs must have: that of option ext or mime, else of the extension of the destination.
static GF_Err set_caps(GF_Filter *filter, HttpOut *out)
{
	if (out->hmode == HMODE_SOURCE) {
		gf_filter_prevent_blocking(filter, GF_TRUE); // there are other clients
		out->caps[0] = (GF_FilterCapability)CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE);
		return gf_filter_override_caps(filter, out->caps, 1);
	}
	const char *path = path_of(out);
	const char *slash = path ? strrchr(path, '/') : NULL;
	const char *dot = slash ? strrchr(slash, '.') : NULL;
	const char *ext = out->ext ? out->ext : dot ? dot + 1 : NULL;
	if (!ext && !out->mime)
		return GF_OK;
	out->caps[0] = (GF_FilterCapability)CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE);
	if (out->mime)
		out->caps[1] = (GF_FilterCapability)CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, out->mime);
	else
		out->caps[1] = (GF_FilterCapability)CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, (char *)ext);
	return gf_filter_override_caps(filter, out->caps, 2);
}

static GF_Err check_options(HttpOut *out)
{
	if (out->wdir && out->hmode == HMODE_SOURCE)
		out->hmode = HMODE_DEFAULT; // uploads have a place
	if (!out->nb_threads || out->nb_threads > MAX_THREADS) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] option nb_threads is from 1 to %u\n", MAX_THREADS));
		return GF_BAD_PARAM;
	}
	if (out->maxc && out->maxc < out->nb_threads) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] nb_threads=%u needs as many connections: maxc is %u\n", out->nb_threads, out->maxc));
		return GF_BAD_PARAM;
	}
	if (out->hmode == HMODE_PUSH && out->nb_threads > 1) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] push has no server that nb_threads could be for\n"));
		return GF_BAD_PARAM;
	}
	if (out->hmode == HMODE_PUSH && (!has_path(out) || out->rdirs.nb_items || out->wdir)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] push needs the URL of a resource in dst, and no directories\n"));
		return GF_BAD_PARAM;
	}
	if (!out->cert != !out->pkey) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] TLS needs both options cert and pkey\n"));
		return GF_BAD_PARAM;
	}
	if (out->hdrs.nb_items % 2) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] option hdrs needs a value for each name\n"));
		return GF_BAD_PARAM;
	}
	if (out->port.nb_items > 2) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] option port takes two ports at most\n"));
		return GF_BAD_PARAM;
	}
	for (u32 i = 0; i < out->port.nb_items; i++) {
		if (out->port.vals[i] > 65535) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] %u is no port\n", out->port.vals[i]));
			return GF_BAD_PARAM;
		}
	}
	if (out->port.nb_items == 2 && !out->cert) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] a second port is for TLS, which needs cert and pkey\n"));
		return GF_BAD_PARAM;
	}
	if (!out->rdirs.nb_items && !out->wdir && !has_path(out) && out->hmode != HMODE_SOURCE) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] nothing to serve: set the option rdirs or wdir, or name a stream in the URL of dst\n"));
		return GF_BAD_PARAM;
	}
	return GF_OK;
}

static GF_Err load_pem(const char *name, char **text)
{
	u8 *data;
	u32 size;
	GF_Err e = gf_file_load_data(name, &data, &size);
	if (e)
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] cannot read %s: %s\n", name, gf_error_to_string(e)));
	else
		*text = (char *)data;
	return e;
}

static GF_Err open_server(HttpOut *out, u32 idx, NetServerConfig *config)
{
	NetServerCallbacks callbacks = http_server_callbacks;
	callbacks.udta = out;
	if (out->nb_threads > 1)
		callbacks.lock = http_threads_lock;
	GF_Err e = out->net->open(config, &callbacks, &out->servers[idx]);
	if (!e)
		e = http_threads_open(out, out->servers[idx], config, &callbacks);
	if (!e)
		GF_LOG(GF_LOG_INFO, GF_LOG_HTTP, ("[HTTPOut] Server running on port %u\n", out->net->port(out->servers[idx])));
	return e;
}

static GF_Err open_servers(HttpOut *out)
{
	char host[256] = "";
	s32 port = -1;
	Bool tls = GF_FALSE;
	char *cert = NULL, *key = NULL;
	GF_Err e = read_destination(out, host, &port, &tls);
	if (!e && tls && !out->cert) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] %s needs a certificate: set the options cert and pkey\n", out->dst));
		e = GF_BAD_PARAM;
	}
	if (!e && out->cert)
		e = load_pem(out->cert, &cert);
	if (!e && out->cert)
		e = load_pem(out->pkey, &key);
	if (!e)
		e = http_add_private(out, out->pkey);
	const u32 nb = out->port.nb_items > 1 ? 2 : 1;
	for (u32 i = 0; i < nb && !e; i++) {
		Bool secure = cert && (nb == 1 || i == 1);
		NetServerConfig config = {.address = host[0] ? host : out->ifce,
			.cert = secure ? cert : NULL,
			.key = secure ? key : NULL,
			.max_connections = http_share_of_maxc(out, 0),
			.max_per_peer = out->maxp,
			.timeout_s = out->timeout,
			.max_errors = out->max_client_errors,
			.backlog = out->maxc};
		u32 option = i < out->port.nb_items ? out->port.vals[i] : 0;
		if (!i && port >= 0)
			config.port = (u16)port;
		else
			config.port = (u16)(option ? option : secure ? 443 : 80);
		e = open_server(out, i, &config);
	}
	gf_free(cert);
	gf_free(key);
	return e;
}

// ---- callbacks

static GF_Err httpout_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	HttpOut *out = gf_filter_get_udta(filter);
	if (!is_remove && !gf_filter_pid_check_caps(pid))
		return GF_NOT_SUPPORTED;
	Bool push = out->hmode == HMODE_PUSH;
	GF_Err e = push ? http_configure_push(out, pid, is_remove) : http_configure_input(out, pid, is_remove);
	// The extension of the destination chose the format; what else comes there needs no choice.
	const HttpOut *alias = gf_filter_pid_get_alias_udta(pid);
	if (!e && !is_remove)
		gf_filter_override_caps(alias ? alias->filter : filter, NULL, 0);
	if (!e && !out->started)
		gf_filter_post_process_task(out->filter);
	return e;
}

// Before its stream is linked a server of nothing else would only tell that it is missing: clients wait to be accepted.
static Bool awaits_input(HttpOut *out)
{
	out->started |= out->nb_roots || out->in_memory || out->on_request || out->hmode != HMODE_DEFAULT ||
					gf_list_count(out->inputs);
	return !out->started;
}

static void run_servers(HttpOut *out)
{
	out->in_run = GF_TRUE;
	http_wake_sleepers(out);
	do {
		for (u32 i = 0; i < 2; i++) {
			if (out->servers[i])
				out->net->run(out->servers[i]);
		}
	} while (http_wake_sleepers(out));
	out->in_run = GF_FALSE;
}

// Microseconds until requests that are still answered although the session ends are closed; NET_NO_WAIT when it does not.
static u32 end_gracefully(HttpOut *out)
{
	const u64 clock = gf_sys_clock_high_res();
	if (!gf_filter_end_of_session(out->filter))
		return NET_NO_WAIT;
	if (!out->drain_until_us) {
		out->drain_until_us = clock + (u64)out->drain * 1000000;
		for (u32 i = 0; i < 2; i++) {
			if (out->servers[i])
				out->net->drain(out->servers[i]);
		}
		http_threads_drain(out);
	}
	if (clock < out->drain_until_us)
		return (u32)(out->drain_until_us - clock < 3600000000u ? out->drain_until_us - clock : 3600000000u);
	if (out->nb_active)
		GF_LOG(GF_LOG_WARNING, GF_LOG_HTTP,
			("[httpout] %u requests were not answered within %u seconds and are closed (option drain)\n",
				out->nb_active, out->drain));
	for (HttpRequest *r = out->requests; r; r = r->next) {
		if (r->x)
			out->net->close(r->x);
	}
	run_servers(out);
	return 0;
}

// Everybody was served, and what the session produced is out.
static Bool is_finished(HttpOut *out)
{
	const Bool over = out->drain_until_us != 0;
	const Bool inputs = http_inputs_ended(out), pushes = http_pushes_ended(out);
	if (over && gf_sys_clock_high_res() >= out->drain_until_us)
		return GF_TRUE;
	if (out->nb_active)
		return GF_FALSE;
	if (over)
		return (inputs || !gf_list_count(out->inputs)) && (pushes || !gf_list_count(out->pushes));
	// With inputs the server ends with them.
	return pushes || http_feeds_ended(out) || (inputs && (!out->rdirs.nb_items || out->quit));
}

static GF_Err httpout_process(GF_Filter *filter)
{
	HttpOut *out = gf_filter_get_udta(filter);
	GF_Err e;
	if (awaits_input(out))
		return GF_OK;
	e = http_threads_start(out);
	if (e)
		return e;
	http_feeds_go_on(out);
	do {
		e = http_input_process(out);
		run_servers(out);
	} while (!e && http_inputs_may_go_on(out));
	u32 push_wait = http_push_process(out, &e);
	u32 wait = http_next_wake(out);
	if (push_wait < wait)
		wait = push_wait;
	for (u32 i = 0; i < 2; i++) {
		u32 server_wait = out->servers[i] ? out->net->wait(out->servers[i]) : NET_NO_WAIT;
		if (server_wait < wait)
			wait = server_wait;
	}
	const u32 drain_wait = end_gracefully(out);
	if (drain_wait < wait)
		wait = drain_wait;
	if (is_finished(out)) {
		http_threads_del(out);
		net_loop_stop(&out->loop);
		return e ? e : GF_EOS;
	}
	u32 held = http_inputs_wait(out);
	if (held)
		gf_filter_ask_rt_reschedule(filter, held);
	GF_Err wait_error = net_loop_wait(&out->loop, wait);
	return e ? e : wait_error;
}

static Bool httpout_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	HttpOut *out = gf_filter_get_udta(filter);
	if (event->base.type != GF_FEVT_FILE_DELETE || !event->file_del.url || !strcmp(event->file_del.url, "__gpac_self__"))
		return GF_FALSE;
	if (out->hmode == HMODE_PUSH)
		http_push_delete(out, event->file_del.url);
	else
		http_input_delete(out, event->file_del.url);
	gf_filter_post_process_task(filter);
	return GF_TRUE;
}

static GF_Err httpout_initialize(GF_Filter *filter)
{
	HttpOut *out = gf_filter_get_udta(filter);
	out->filter = filter;
	out->loop = NET_LOOP_CLOSED;
	out->access_fd = -1;
	if (gf_filter_is_alias(filter))
		return set_caps(filter, out);
	GF_Err e = check_options(out);
	if (!e)
		e = set_caps(filter, out);
	if (e || gf_filter_is_temporary(filter))
		return e;
	out->inputs = gf_list_new();
	out->pushes = gf_list_new();
	out->deletions = gf_list_new();
	out->private_files = gf_list_new();
	if (!out->inputs || !out->pushes || !out->deletions || !out->private_files)
		return GF_OUT_OF_MEM;
	const NetModule *module = net_module();
	if (!module)
		return GF_NOT_SUPPORTED;
	out->net = module->server;
	out->client = module->client;
	out->compress = module->compress;
	if (out->hmode == HMODE_PUSH)
		return net_loop_open(&out->loop, filter);
	out->cache = file_cache_new(out);
	if (!out->cache)
		return GF_OUT_OF_MEM;
	e = add_directories(out);
	if (!e)
		e = http_open_access_log(out);
	if (!e)
		e = http_metrics_start(out);
	if (!e)
		e = open_servers(out);
	if (!e)
		e = net_loop_open(&out->loop, filter);
	for (u32 i = 0; i < 2 && !e; i++) {
		if (out->servers[i])
			e = net_loop_add(&out->loop, out->net->fd(out->servers[i]));
	}
	if (e)
		return e;
	if (out->nb_roots || out->in_memory)
		gf_filter_make_sticky(filter);
	gf_filter_post_process_task(filter);
	return GF_OK;
}

static void httpout_finalize(GF_Filter *filter)
{
	HttpOut *out = gf_filter_get_udta(filter);
	net_loop_stop(&out->loop);
	http_threads_del(out);
	for (u32 i = 0; i < 2; i++) {
		if (out->net)
			out->net->del(out->servers[i]);
	}
	http_inputs_del(out);
	http_pushes_del(out);
	while (out->requests)
		http_request_del(out->requests);
	gf_free(out->sleepers);
	file_cache_del(out->cache);
	http_rules_del(out);
	http_metrics_del(out);
	while (gf_list_count(out->private_files))
		gf_free(gf_list_pop_back(out->private_files));
	gf_list_del(out->private_files);
	if (out->access_fd >= 0)
		close(out->access_fd);
	for (u32 i = 0; i < out->nb_roots; i++) {
		gf_free(out->roots[i].path);
		gf_free(out->roots[i].prefix);
	}
	gf_free(out->roots);
	net_loop_close(&out->loop);
}

// One server serves all the URLs of its host and port.
static Bool httpout_use_alias(GF_Filter *filter, const char *url, const char *mime)
{
	const HttpOut *out = gf_filter_get_udta(filter);
	(void)mime;
	const char *start = out->dst ? strstr(out->dst, "://") : NULL;
	if (!start)
		return GF_FALSE;
	size_t len = (size_t)(start + 3 - out->dst) + strcspn(start + 3, "/?#");
	return !strncmp(url, out->dst, len) && (url[len] == '/' || !url[len]);
}

static GF_FilterProbeScore httpout_probe_url(const char *url, const char *mime)
{
	(void)mime;
	return !strncmp(url, "http://", 7) || !strncmp(url, "https://", 8) ? GF_FPROBE_SUPPORTED : GF_FPROBE_NOT_SUPPORTED;
}

#define OPT(field) #field, (s32)offsetof(HttpOut, field)
static const GF_FilterArgs httpout_args[] = {
	{OPT(dst), "Destination URL; its host is the address to listen on, its port has priority over option port; port 0 takes a "
		"free one",
		GF_PROP_NAME, NULL, NULL, 0},
	{OPT(port),
		"Port to listen on; 0 is 443 with TLS, else 80. With two ports the first is for plain HTTP, the second for TLS",
		GF_PROP_UINT_LIST, "0", NULL, 0},
	{OPT(ifce), "Numeric address of the interface to listen on; all by default", GF_PROP_STRING, NULL, NULL, 0},
	{OPT(rdirs),
		"Directories to serve, whose names are not part of URLs: a URL is looked for in each in turn. Missing ones are "
		"made. The word gmem keeps the files of inputs in memory. A file is a rule file: it has a section [DIRECTORY] for "
		"each directory, with the keys name (prefix of its URLs), ru, rg, wu and wg (users and groups that may read and "
		"write, $ALL, $NONE)",
		GF_PROP_STRING_LIST, NULL, NULL, 0},
	{OPT(wdir), "Directory for uploads, whose name is not part of URLs; without it they are refused", GF_PROP_STRING, NULL,
		NULL, 0},
	{OPT(cert), "Certificate (chain) in PEM format: the server speaks TLS", GF_PROP_STRING, NULL, NULL, 0},
	{OPT(pkey), "Private key of the certificate in PEM format", GF_PROP_STRING, NULL, NULL, 0},
	{OPT(block_size), "Bytes read or written at once", GF_PROP_UINT, "10000", "1,+I", GF_FS_ARG_HINT_ADVANCED},
	{OPT(user_agent), "Value of the header Server", GF_PROP_STRING, "$GUA", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(close), "Close the connection after each answer", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(maxc), "Most connections at a time, others wait; 0 is no limit", GF_PROP_UINT, "100", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(maxp), "Most connections of one address, others are refused; 0 is no limit", GF_PROP_UINT, "6", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(nb_threads), "Loops that serve each port, on threads of their own beyond the first one, which is that of the session. "
		"They share maxc; each counts maxp for itself. Requests are understood one at a time, while bytes move side by side. "
		"With more than one no application can bind a handler", GF_PROP_UINT, "1", NULL,
		GF_FS_ARG_HINT_EXPERT},
	{OPT(cache_control), "Value of the header Cache-Control; none removes it and the entity tag", GF_PROP_STRING, NULL,
		NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(hmode),
		"What the filter does: serve its inputs and directories (default), send its inputs to the server of dst (push), or "
		"make an output of each file that is put or posted to it (source)",
		GF_PROP_UINT, "default", "default|push|source", 0},
	{OPT(post), "Push with POST instead of PUT", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(ka), "Push again what failed, until the seconds of option timeout passed; else the input is stopped",
		GF_PROP_BOOL, "true", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(cte), "Push while a file is produced, in chunks; else when it is complete, with its length", GF_PROP_BOOL, "true",
		NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(hold), "Keep what comes for a stream until its first client, instead of dropping it", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(max_async_buf),
		"Bytes that a client of a stream may be behind; one that stays behind for two seconds is dropped", GF_PROP_UINT,
		"100000", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(ice), "Send the headers of radio streams (ice-audio-info, icy-br, icy-name...), and the properties of the input "
		"whose names begin with ice-", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(reopen),
		"End the stream with each file of its input, and let who asks then wait for the next file; without it the files "
		"of an input are one stream",
		GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(max_cache_segs),
		"Segments to keep of each input, manifests and init segments aside; negative for exactly so many. A positive "
		"number is a minimum on disk, where all are kept unless the depth of the time shift is known, and a maximum in "
		"memory",
		GF_PROP_SINT, "5", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(ext), "File extension to choose the format of inputs by, whatever the URL", GF_PROP_NAME, NULL, NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(mime), "MIME type to choose the format of inputs by", GF_PROP_NAME, NULL, NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(quit), "Stop when the inputs ended and everybody was served, also when directories are served", GF_PROP_BOOL,
		"false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(timeout), "Seconds after which a connection that does nothing is closed; 0 is never", GF_PROP_UINT, "30", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(dlist), "Answer requests for directories by pages of links to what is in them", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(sutc), "Send the header Server-UTC: milliseconds since 1970", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_EXPERT},
	{OPT(cors), "Headers for requests of pages of other origins: auto, when the request has an Origin; off; on",
		GF_PROP_UINT, "auto", "auto|off|on", GF_FS_ARG_HINT_ADVANCED},
	{OPT(reqlog),
		"Methods of the requests to log, of GET, PUT, POST, DEL, HEAD, OPT, or * for all. With a leading - their end is "
		"not logged",
		GF_PROP_STRING, NULL, NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(accesslog),
		"File that gets a line in the common log format of each request that ended; one that was not answered has status 408 "
		"after a time-out, 503 at the end of the session, else 499",
		GF_PROP_STRING, NULL, NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(ops),
		"Answer /metrics (text format of Prometheus: requests, bytes, connections, queues of filters) and /healthz (200), "
		"before handlers and files; rule files may guard them as sections without directory",
		GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(drain),
		"Seconds for answers that are being sent when the session is aborted: no more connections are accepted then, and "
		"what is left after that time is closed",
		GF_PROP_UINT, "10", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(max_client_errors), "Answers with an error in a row after which a connection is closed; 0 is no limit", GF_PROP_UINT,
		"20", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(hdrs), "Headers to add to each answer: name, value, name, value...", GF_PROP_STRING_LIST, NULL, NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(zmax), "Largest text in bytes that is compressed for clients that accept it; 0 is none", GF_PROP_UINT, "50000", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(norange), "Ignore byte ranges and answer with the whole", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(maxs), "Largest upload in bytes", GF_PROP_UINT, "50M", NULL, GF_FS_ARG_HINT_ADVANCED},
	{0},
};

static const GF_FilterCapability httpout_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "*"),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, "*"),
};

const GF_FilterRegister httpout_register = {
	.name = "httpout",
	.description = "HTTP server",
	.help = "This filter serves over HTTP/1.1, with TLS when a certificate is given. The files of directories are sent with "
			"ranges, conditional and cross-origin requests, uploads are stored. An input is served under the path of the "
			"destination: without directories as a stream, to any number of clients from one copy; with directories as a "
			"file in the first one, which is sent while it is written. Further destinations of the same host and port are "
			"served by the same filter. A manifest without directory makes files in a temporary one. With hmode=source "
			"each upload is an output.",
	.private_size = sizeof(HttpOut),
	.max_extra_pids = (u32)-1,
	.flags = GF_FS_REG_TEMP_INIT,
	SETCAPS(httpout_caps),
	.args = httpout_args,
	.initialize = httpout_initialize,
	.finalize = httpout_finalize,
	.configure_pid = httpout_configure_pid,
	.process = httpout_process,
	.process_event = httpout_process_event,
	.probe_url = httpout_probe_url,
	.use_alias = httpout_use_alias,
	.hint_class_type = GF_FS_CLASS_NETWORK_IO,
};
