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

void httpin_free_headers(HttpInHeader **headers, u32 *nb)
{
	for (u32 i = 0; i < *nb; i++) {
		gf_free((*headers)[i].name);
		gf_free((*headers)[i].value);
	}
	gf_free(*headers);
	*headers = NULL;
	*nb = 0;
}

const char *httpin_header(const HttpIn *in, const char *name)
{
	for (u32 i = 0; i < in->nb_headers; i++) {
		if (!strcasecmp(in->headers[i].name, name))
			return in->headers[i].value;
	}
	return NULL;
}

static void on_header(void *udta, const char *name, const char *value)
{
	HttpIn *in = udta;
	in->activity_us = gf_sys_clock_high_res();
	if (!name) {
		httpin_free_headers(&in->headers, &in->nb_headers);
		return;
	}
	HttpInHeader *list = gf_realloc(in->headers, (in->nb_headers + 1) * sizeof(*list));
	if (!list)
		return;
	in->headers = list;
	list[in->nb_headers] = (HttpInHeader){gf_strdup(name), gf_strdup(value)};
	if (list[in->nb_headers].name && list[in->nb_headers].value) {
		in->nb_headers++;
	} else {
		gf_free(list[in->nb_headers].name);
		gf_free(list[in->nb_headers].value);
	}
}

// ---- what an answer means

// `bytes first-last/size` or `bytes */size`. Unknown parts are NET_SIZE_UNKNOWN.
static void read_content_range(const char *text, u64 *first, u64 *size)
{
	*first = *size = NET_SIZE_UNKNOWN;
	if (!text || strncasecmp(text, "bytes", 5))
		return;
	text += 5 + strspn(text + 5, " \t");
	if (*text >= '0' && *text <= '9')
		*first = strtoull(text, NULL, 10);
	const char *slash = strchr(text, '/');
	if (slash && slash[1] >= '0' && slash[1] <= '9')
		*size = strtoull(slash + 1, NULL, 10);
}

static u64 content_length(const HttpIn *in)
{
	const char *text = httpin_header(in, "Content-Length");
	return text && *text >= '0' && *text <= '9' ? strtoull(text, NULL, 10) : NET_SIZE_UNKNOWN;
}

static const char *validator_of(const HttpIn *in)
{
	const char *tag = httpin_header(in, "ETag");
	return tag && strncmp(tag, "W/", 2) ? tag : httpin_header(in, "Last-Modified");
}

// The answer belongs to the resource that was read so far.
static Bool same_resource(const HttpIn *in, u64 size)
{
	const char *now = validator_of(in);
	if (in->validator && now && strcmp(now, in->validator))
		return GF_FALSE;
	return size == NET_SIZE_UNKNOWN || in->size == NET_SIZE_UNKNOWN || size == in->size;
}

static GF_Err take_part(HttpIn *in)
{
	u64 first, size;
	read_content_range(httpin_header(in, "Content-Range"), &first, &size);
	if (first != in->pos || !same_resource(in, size)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpin] %s: %s\n", in->url,
				first != in->pos ? "the server sends other bytes than were asked for" : "the resource changed while it was read"));
		return GF_REMOTE_SERVICE_ERROR;
	}
	if (size != NET_SIZE_UNKNOWN)
		in->size = size;
	return GF_OK;
}

// The whole resource: what is asked for when it is read from its start.
static GF_Err take_whole(HttpIn *in)
{
	u64 size = content_length(in);
	if (in->sent_start && in->pos && same_resource(in, size)) {
		// a transfer that broke off goes on: the server has no ranges, so what is there is read again
		in->skip = in->pos;
		return GF_OK;
	}
	if (in->sent_start && in->pos) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] %s: the resource changed while it was read\n", in->url));
		return GF_REMOTE_SERVICE_ERROR;
	}
	Bool all = !in->pos && (in->end == NET_SIZE_UNKNOWN || in->end == size);
	if (!all) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpin] %s: the server does not send byte ranges of this resource\n", in->url));
		return GF_IO_BYTE_RANGE_NOT_SUPPORTED;
	}
	in->size = size;
	return GF_OK;
}

// 416: the range lies behind the end, which is no error where the end was not known.
static GF_Err take_out_of_range(HttpIn *in)
{
	u64 first, size;
	read_content_range(httpin_header(in, "Content-Range"), &first, &size);
	return in->pos == (size == NET_SIZE_UNKNOWN ? 0 : size) ? GF_EOS : GF_SERVICE_ERROR;
}

static GF_Err error_of_status(HttpIn *in, u32 status)
{
	switch (status) {
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
	in->error = error_of_status(in, in->net->status(in->client));
	if (in->error || in->validator)
		return;
	const char *validator = validator_of(in);
	in->validator = validator ? gf_strdup(validator) : NULL;
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
	gf_download_received(in->download, (u32)size);
	look_at_answer(in);
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
	const char *after = in->answered ? httpin_header(in, "Retry-After") : NULL;
	u64 seconds = after ? strtoull(after, NULL, 10) : 0;
	if (seconds > MAX_RETRY_AFTER)
		seconds = MAX_RETRY_AFTER;
	return seconds * 1000000 > delay ? seconds * 1000000 : delay;
}

static Bool tries_tls(const HttpIn *in)
{
	return in->nb_tries >= TRIES_BEFORE_TLS && !strncmp(in->url, "http://", 7) &&
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
		("[httpin] %s: %s, trying again in %u ms\n", in->url, server_error ? "the server has an error" : reason,
			(u32)(delay / 1000)));
	in->state = HTTPIN_DELAYED;
	in->start_us = gf_sys_clock_high_res() + delay;
	return GF_TRUE;
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
		if (in->end != NET_SIZE_UNKNOWN && in->size == NET_SIZE_UNKNOWN && in->pos < in->end)
			in->end = in->pos;
		httpin_end(in);
		return;
	}
	if (in->error == GF_EOS) {
		httpin_end(in);
		return;
	}
	if (try_again(in, result, status, reason))
		return;
	GF_Err e = in->error ? in->error : error_of_result(result);
	if (in->error && status >= 300)
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] %s: the server answers %u\n", in->url, status));
	else if (!in->error)
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] %s: %s\n", in->url, reason));
	httpin_fail(in, e);
}

static void on_log(void *udta, const char *text)
{
	const HttpIn *in = udta;
	GF_LOG(GF_LOG_DEBUG, GF_LOG_HTTP, ("[httpin] %s: %s\n", in->url, text));
}

const NetClientCallbacks httpin_callbacks = {
	.on_header = on_header,
	.on_data = on_data,
	.on_done = on_done,
	.on_log = on_log,
};

// ---- requests

static char *request_url(const HttpIn *in)
{
	StrBuf sb;
	const char *query = gf_opts_get_key("core", "query-string");
	const char *url = in->url;
	sb_init(&sb);
	if (in->use_tls) {
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

static GF_Err start_now(HttpIn *in)
{
	NetHeader headers[2];
	NetRequestConfig r = {.method = "GET", .headers = headers, .first = in->pos, .max_redirects = MAX_REDIRECTS};
	const char *lang = gf_opts_get_key("core", "lang");
	char *url = request_url(in);
	if (!url)
		return GF_OUT_OF_MEM;
	r.url = url;
	r.last = in->end == NET_SIZE_UNKNOWN ? NET_SIZE_UNKNOWN : in->end - 1;
	if (lang && *lang)
		headers[r.nb_headers++] = (NetHeader){"Accept-Language", lang};
	if (in->sent_start && in->validator && in->pos)
		headers[r.nb_headers++] = (NetHeader){"If-Range", in->validator};
	net_request_options(&r);
	r.buffer_size = in->block_size < 16384 ? 16384 : in->block_size > 524288 ? 524288 : in->block_size;
	if (r.accept_any_cert && !strncasecmp(url, "https", 5) && !in->warned_cert)
		GF_LOG(GF_LOG_WARNING, GF_LOG_HTTP,
			("[httpin] %s: any certificate is accepted (option broken-cert), anybody may be this server\n", in->url));
	in->warned_cert |= r.accept_any_cert;
	in->answered = in->paused = GF_FALSE;
	in->error = GF_OK;
	GF_Err e = in->net->start(in->client, &r);
	gf_free(url);
	if (e)
		return e;
	in->state = HTTPIN_RUNNING;
	in->activity_us = gf_sys_clock_high_res();
	gf_download_start(in->download);
	return GF_OK;
}

GF_Err httpin_request(HttpIn *in)
{
	if (in->state == HTTPIN_DELAYED && gf_sys_clock_high_res() < in->start_us)
		return GF_OK;
	return start_now(in);
}

void httpin_cancel(HttpIn *in)
{
	if (in->state == HTTPIN_RUNNING) {
		in->net->stop(in->client);
		gf_download_stop(in->download);
	}
	in->state = HTTPIN_IDLE;
	httpin_free_headers(&in->headers, &in->nb_headers);
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
