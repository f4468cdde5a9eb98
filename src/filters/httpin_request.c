// SPDX-License-Identifier: MIT
// Requests of the HTTP source: when one is made, when it is made again, what its answer means.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "filters/httpin.h"

#define MAX_TRIES 10
#define MAX_SERVER_ERRORS 4
#define TRIES_BEFORE_TLS 3
#define FIRST_DELAY_US 20000
#define MAX_DELAY_US 500000
#define MAX_RETRY_AFTER 10 // seconds
#define MAX_REDIRECTS 5
#define MAX_BURST (1u << 20)

// ---- headers of the answer

static void on_header(void *udta, const char *name, const char *value)
{
	HttpIn *in = udta;
	in->activity_us = gf_sys_clock_high_res();
	if (!name) {
		http_fields_reset(&in->headers);
		return;
	}
	http_fields_add(&in->headers, name, value);
}

// ---- what an answer means

static u64 content_length(const HttpIn *in)
{
	const char *text = http_fields_get(&in->headers, "Content-Length");
	return text && *text >= '0' && *text <= '9' ? strtoull(text, NULL, 10) : NET_SIZE_UNKNOWN;
}

const char *httpin_validator(const HttpFields *fields)
{
	const char *tag = http_fields_get(fields, "ETag");
	return tag && strncmp(tag, "W/", 2) ? tag : http_fields_get(fields, "Last-Modified");
}

// The answer belongs to the resource that was read so far.
static Bool same_resource(const HttpIn *in, u64 size)
{
	const char *now = httpin_validator(&in->headers);
	if (in->validator && now && strcmp(now, in->validator))
		return GF_FALSE;
	return size == NET_SIZE_UNKNOWN || in->size == NET_SIZE_UNKNOWN || size == in->size;
}

static GF_Err take_part(HttpIn *in)
{
	u64 first, size;
	http_content_range(http_fields_get(&in->headers, "Content-Range"), &first, &size);
	if (first != in->pos || !same_resource(in, size)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpin] %s: %s\n", in->label,
				first != in->pos ? "the server sends other bytes than were asked for"
								 : "the resource changed while it was read"));
		return GF_REMOTE_SERVICE_ERROR;
	}
	if (size != NET_SIZE_UNKNOWN)
		in->size = size;
	return GF_OK;
}

// The whole resource: what is asked for when it is read from its start.
static GF_Err take_whole(HttpIn *in)
{
	const char *coding = in->asked_coded ? http_fields_get(&in->headers, "Content-Encoding") : NULL;
	Bool goes_on = in->pos > in->from, was_coded = in->coded;
	in->coded = coding && strcasecmp(coding, "identity");
	u64 size = in->coded ? NET_SIZE_UNKNOWN : content_length(in);
	if (!in->coded && size == NET_SIZE_UNKNOWN && !in->in_bursts) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] %s: the server tells a length that cannot be\n", in->label));
		return GF_REMOTE_SERVICE_ERROR;
	}
	if ((goes_on || was_coded) && in->pos && same_resource(in, size)) {
		// a transfer that broke off goes on: the server has no ranges, so what is there is read again
		in->skip = in->pos;
		return GF_OK;
	}
	if (goes_on) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] %s: the resource changed while it was read\n", in->label));
		return GF_REMOTE_SERVICE_ERROR;
	}
	Bool all = !in->pos && (in->end == NET_SIZE_UNKNOWN || in->end == size || in->coded);
	if (!all) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpin] %s: the server does not send byte ranges of this resource\n", in->label));
		return GF_IO_BYTE_RANGE_NOT_SUPPORTED;
	}
	in->size = size;
	return GF_OK;
}

// 416: the range lies behind the end, which is no error where the end was not known.
static GF_Err take_out_of_range(HttpIn *in)
{
	u64 first, size;
	http_content_range(http_fields_get(&in->headers, "Content-Range"), &first, &size);
	return in->pos == (size == NET_SIZE_UNKNOWN ? 0 : size) ? GF_EOS : GF_SERVICE_ERROR;
}

static GF_Err error_of_status(HttpIn *in, u32 status)
{
	switch (status) {
	case 304:
		in->not_modified = in->revalidate;
		return in->revalidate ? GF_OK : GF_SERVICE_ERROR;
	case 200:
	case 203:
		return take_whole(in);
	case 206:
		return take_part(in);
	case 204:
		return GF_EOS;
	case 401:
	case 403:
	case 407:
		return GF_AUTHENTICATION_FAILURE;
	case 404:
	case 410:
	case 425:
	case 504:
		return GF_URL_ERROR;
	case 416:
		return take_out_of_range(in);
	case 400:
		return GF_REMOTE_SERVICE_ERROR;
	default:
		return status >= 500 ? GF_REMOTE_SERVICE_ERROR : GF_SERVICE_ERROR;
	}
}

static Bool may_come_later(u32 status)
{
	return status == 500 || status == 502 || status == 503 || status == 504;
}

// Looks at the answer once, when its headers are there.
static void look_at_answer(HttpIn *in)
{
	if (in->answered)
		return;
	in->answered = GF_TRUE;
	in->skip = 0;
	in->in_bursts = !http_fields_get(&in->headers, "Content-Length");
	in->error = error_of_status(in, in->net->status(in->client));
	if (in->error || in->not_modified)
		return;
	const char *validator = httpin_validator(&in->headers);
	if (!in->validator && validator)
		in->validator = gf_strdup(validator);
	httpin_store_begin(in);
}

// One call of the client may bring megabytes: not more than the rate allows, or than is used.
static Bool must_wait(const HttpIn *in)
{
	if (gf_download_wait(in->download))
		return GF_TRUE;
	return in->pid && in->pos - in->run_start > MAX_BURST && gf_filter_pid_would_block(in->pid);
}

static NetTake on_data(void *udta, const u8 *data, size_t size)
{
	HttpIn *in = udta;
	in->activity_us = gf_sys_clock_high_res();
	if (must_wait(in)) {
		in->paused = GF_TRUE;
		return NET_TAKE_LATER;
	}
	look_at_answer(in);
	gf_download_received(in->download, (u32)size, in->in_bursts);
	if (in->error)
		return NET_TAKE_STOP;
	if (in->skip) {
		size_t n = in->skip < size ? (size_t)in->skip : size;
		in->skip -= n;
		data += n;
		size -= n;
	}
	in->nb_tries = 0;
	u64 left = in->end == NET_SIZE_UNKNOWN ? NET_SIZE_UNKNOWN : in->end - in->pos;
	if (size > left)
		size = (size_t)left;
	httpin_store_write(in, data, (u32)size);
	in->error = httpin_take(in, data, (u32)size);
	return in->error ? NET_TAKE_STOP : NET_TAKEN;
}

// ---- when a request failed

static GF_Err error_of_result(NetResult result)
{
	switch (result) {
	case NET_FAIL_RESOLVE:
		return GF_IP_ADDRESS_NOT_FOUND;
	case NET_FAIL_CONNECT:
		return GF_IP_CONNECTION_FAILURE;
	case NET_FAIL_TLS:
		return GF_AUTHENTICATION_FAILURE;
	case NET_FAIL_TIMEOUT:
		return GF_IP_UDP_TIMEOUT;
	case NET_FAIL_CLOSED:
		return GF_IP_CONNECTION_CLOSED;
	case NET_FAIL_REDIRECT:
		return GF_URL_ERROR;
	case NET_FAIL_MEMORY:
		return GF_OUT_OF_MEM;
	case NET_FAIL_PROTOCOL:
		return GF_REMOTE_SERVICE_ERROR;
	default:
		return GF_IP_NETWORK_FAILURE;
	}
}

static u64 retry_delay(const HttpIn *in)
{
	u64 delay = FIRST_DELAY_US;
	for (u32 i = 1; i < in->nb_tries && delay < MAX_DELAY_US; i++)
		delay *= 2;
	if (delay > MAX_DELAY_US)
		delay = MAX_DELAY_US;
	const char *after = in->answered ? http_fields_get(&in->headers, "Retry-After") : NULL;
	u64 seconds = after ? strtoull(after, NULL, 10) : 0;
	if (seconds > MAX_RETRY_AFTER)
		seconds = MAX_RETRY_AFTER;
	return seconds * 1000000 > delay ? seconds * 1000000 : delay;
}

static Bool tries_tls(const HttpIn *in)
{
	return in->nb_tries >= TRIES_BEFORE_TLS && !strncmp(in->target.url, "http://", 7) &&
		!gf_opts_get_bool("core", "no-tls-rcfg");
}

// Asks again later. False when that was done often enough.
static Bool try_again(HttpIn *in, NetResult result, u32 status, const char *reason)
{
	Bool lost = result == NET_FAIL_CONNECT || result == NET_FAIL_CLOSED || (result == NET_FAIL_TIMEOUT && !in->answered);
	Bool server_error = may_come_later(status) && (result == NET_OK || result == NET_FAIL_STOPPED);
	if (result == NET_FAIL_TLS && in->use_tls)
		lost = GF_TRUE; // plain HTTP may work again
	in->nb_tries++;
	if (!lost && !server_error)
		return GF_FALSE;
	if (in->nb_tries >= (lost ? MAX_TRIES : MAX_SERVER_ERRORS))
		return GF_FALSE;
	if (lost && result != NET_FAIL_TIMEOUT)
		in->use_tls = tries_tls(in) && !in->use_tls;
	u64 delay = retry_delay(in);
	GF_LOG(GF_LOG_WARNING, GF_LOG_HTTP,
		("[httpin] %s: %s, trying again in %u ms\n", in->label, server_error ? "the server has an error" : reason,
			(u32)(delay / 1000)));
	in->state = HTTPIN_DELAYED;
	in->start_us = gf_sys_clock_high_res() + delay;
	return GF_TRUE;
}

// ---- the end of a request

// The application is asked for the name and password that a server wants, once for a resource.
static Bool ask_credentials(HttpIn *in)
{
	char user[50] = "", password[50] = "";
	GF_Event event = {0};
	if (in->asked_user)
		return GF_FALSE;
	in->asked_user = GF_TRUE;
	event.type = GF_EVENT_AUTHORIZATION;
	event.auth.secure = in->use_tls || !strncasecmp(in->target.url, "https:", 6);
	event.auth.site_url = in->label;
	event.auth.user = user;
	event.auth.password = password;
	if (!gf_filter_ui_event(in->filter, &event) || !user[0])
		return GF_FALSE;
	user[sizeof(user) - 1] = password[sizeof(password) - 1] = 0;
	gf_free(in->user);
	gf_free(in->password);
	in->user = gf_strdup(user);
	in->password = gf_strdup(password);
	return in->user && in->password;
}

static Bool has_proxy(void)
{
	static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
	const char *proxy = gf_opts_get_key("core", "proxy");
	Bool found = proxy && *proxy;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !found; i++)
		found = getenv(names[i]) != NULL;
	return found;
}

// What another request, made at once, may overcome.
static Bool ask_otherwise(HttpIn *in, u32 status)
{
	Bool again = GF_FALSE;
	if (status == 401) {
		again = ask_credentials(in);
	} else if (status == 503 && !in->no_proxy && has_proxy()) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_HTTP,
			("[httpin] %s: the proxy answers 503, the server is asked without it\n", in->label));
		again = in->no_proxy = GF_TRUE;
	}
	if (again)
		httpin_read_on(in);
	return again;
}

// All that was asked for came; the rest of the resource may be kept, or was left out by the server.
static void on_complete(HttpIn *in, u64 before)
{
	if (in->not_modified) {
		httpin_store_refreshed(in);
		httpin_read_on(in);
		return;
	}
	if (in->end != NET_SIZE_UNKNOWN && in->size == NET_SIZE_UNKNOWN && in->pos < in->end)
		in->end = in->pos;
	u64 end = httpin_end_of_bytes(in);
	if (end == NET_SIZE_UNKNOWN || in->pos >= end) {
		httpin_end(in);
	} else if (in->pos > before) {
		httpin_read_on(in);
	} else {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpin] %s: the server sends nothing of bytes %" PRIu64 " to %" PRIu64 "\n", in->label, in->pos, end));
		httpin_fail(in, GF_REMOTE_SERVICE_ERROR);
	}
}

static void on_done(void *udta, NetResult result, const char *reason)
{
	HttpIn *in = udta;
	u32 status = in->net->status(in->client);
	in->state = HTTPIN_IDLE;
	gf_download_stop(in->download);
	if (result == NET_OK)
		look_at_answer(in); // one without body
	if (result == NET_OK && !in->error) {
		on_complete(in, in->request_pos);
		return;
	}
	if (in->error == GF_EOS) {
		httpin_end(in);
		return;
	}
	if ((in->error && ask_otherwise(in, status)) || try_again(in, result, status, reason))
		return;
	GF_Err e = in->error ? in->error : error_of_result(result);
	if (in->error && status >= 300)
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] %s: the server answers %u\n", in->label, status));
	else if (!in->error)
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] %s: %s\n", in->label, reason));
	httpin_fail(in, e);
}

static void on_log(void *udta, const char *text)
{
	const HttpIn *in = udta;
	GF_LOG(GF_LOG_DEBUG, GF_LOG_HTTP, ("[httpin] %s: %s\n", in->label, text));
}

const NetClientCallbacks httpin_callbacks = {
	.on_header = on_header,
	.on_data = on_data,
	.on_done = on_done,
	.on_log = on_log,
};

// ---- requests

char *httpin_request_url(const HttpIn *in, Bool use_tls)
{
	StrBuf sb;
	const char *query = gf_opts_get_key("core", "query-string");
	const char *url = in->target.url;
	sb_init(&sb);
	if (use_tls) {
		sb_add(&sb, "https://");
		url += strlen("http://");
	}
	size_t len = strcspn(url, "#");
	for (size_t i = 0; i < len; i++) {
		// a blank is what people write, and no URL may have
		if (url[i] == ' ')
			sb_add(&sb, "%20");
		else
			sb_addc(&sb, url[i]);
	}
	if (query && *query)
		sb_addf(&sb, "%c%s", strchr(sb_str(&sb), '?') ? '&' : '?', query);
	return sb_take(&sb);
}

// What is kept and not fresh is used when the server agrees (RFC 9111, 4.3.1).
static void add_conditions(const HttpIn *in, NetRequestConfig *r, NetHeader *headers)
{
	if (in->revalidate) {
		const HttpFields *kept = &in->store->info.fields;
		const char *tag = http_fields_get(kept, "ETag"), *date = http_fields_get(kept, "Last-Modified");
		if (tag)
			headers[r->nb_headers++] = (NetHeader){"If-None-Match", tag};
		if (date)
			headers[r->nb_headers++] = (NetHeader){"If-Modified-Since", date};
	} else if (in->validator && r->first && in->pos > in->from) {
		headers[r->nb_headers++] = (NetHeader){"If-Range", in->validator};
	}
}

// Bytes to ask for: up to those that are kept. A resource that comes compressed is only sent from its start.
static void set_range(HttpIn *in, NetRequestConfig *r)
{
	u64 end = httpin_end_of_bytes(in), next = httpin_store_next(in);
	r->first = 0;
	r->last = NET_SIZE_UNKNOWN;
	r->compressed = in->asked_coded = in->coded || (!in->pos && in->end == NET_SIZE_UNKNOWN && next == NET_SIZE_UNKNOWN);
	if (in->coded)
		return;
	r->first = in->pos;
	if (next < end)
		r->last = next - 1;
	else if (in->end != NET_SIZE_UNKNOWN)
		r->last = in->end - 1;
}

GF_Err httpin_request(HttpIn *in)
{
	NetHeader headers[4];
	NetRequestConfig r = {.method = "GET", .headers = headers, .max_redirects = MAX_REDIRECTS};
	const char *lang = gf_opts_get_key("core", "lang");
	char *url = httpin_request_url(in, in->use_tls);
	if (!url)
		return GF_OUT_OF_MEM;
	r.url = url;
	set_range(in, &r);
	add_conditions(in, &r, headers);
	if (lang && *lang)
		headers[r.nb_headers++] = (NetHeader){"Accept-Language", lang};
	net_request_options(&r);
	r.user = in->user;
	r.password = in->password;
	r.no_proxy = in->no_proxy;
	r.buffer_size = in->block_size < 16384 ? 16384 : in->block_size > 524288 ? 524288 : in->block_size;
	if (r.accept_any_cert && !strncasecmp(url, "https", 5) && !in->warned_cert)
		GF_LOG(GF_LOG_WARNING, GF_LOG_HTTP,
			("[httpin] %s: any certificate is accepted (option broken-cert), anybody may be this server\n", in->label));
	in->warned_cert |= r.accept_any_cert;
	in->answered = in->paused = in->not_modified = GF_FALSE;
	in->error = GF_OK;
	in->request_pos = in->pos;
	GF_Err e = in->net->start(in->client, &r);
	gf_free(url);
	if (e)
		return e;
	in->state = HTTPIN_RUNNING;
	in->activity_us = gf_sys_clock_high_res();
	gf_download_start(in->download);
	return GF_OK;
}

void httpin_cancel(HttpIn *in)
{
	if (in->state == HTTPIN_RUNNING) {
		in->net->stop(in->client);
		gf_download_stop(in->download);
	}
	in->state = HTTPIN_IDLE;
	http_fields_reset(&in->headers);
}

u32 httpin_check_silence(HttpIn *in)
{
	u64 limit = (u64)gf_opts_get_int("core", "req-timeout") * 1000;
	u64 silent = gf_sys_clock_high_res() - in->activity_us;
	if (!limit || in->state != HTTPIN_RUNNING)
		return NET_NO_WAIT;
	if (silent < limit)
		return (u32)(limit - silent);
	in->net->stop(in->client);
	on_done(in, NET_FAIL_TIMEOUT, "the server is silent");
	return 0;
}
