// SPDX-License-Identifier: MIT
// HTTP clients on the multi interface of libcurl. Its sockets lie in an epoll set, whose descriptor is that of the
// client.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "net/net_module.h"

#define MAX_HEADER_BYTES (256 * 1024)

struct net_share {
	CURLSH *curl;
};

struct net_client {
	NetClientCallbacks cb;
	CURLM *multi;
	NetShare *share; // NULL when nothing is shared
	CURL *easy; // the request, NULL when there is none
	struct curl_slist *headers;
	int epoll;
	u64 due_us; // deadline of libcurl, 0 for none
	u32 status;
	u64 header_bytes;
	Bool in_header; // of an answer
	char *url; // of the last answer
	char error[CURL_ERROR_SIZE];
};

static u64 now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000 + (u64)t.tv_nsec / 1000;
}

// ---- callbacks of libcurl

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *udta, void *known)
{
	NetClient *c = udta;
	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(c->epoll, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	struct epoll_event e = {.data.fd = fd};
	e.events = (what & CURL_POLL_IN ? (u32)EPOLLIN : 0) | (what & CURL_POLL_OUT ? (u32)EPOLLOUT : 0);
	if (known) {
		epoll_ctl(c->epoll, EPOLL_CTL_MOD, fd, &e);
	} else {
		epoll_ctl(c->epoll, EPOLL_CTL_ADD, fd, &e);
		curl_multi_assign(c->multi, fd, c);
	}
	return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *udta)
{
	NetClient *c = udta;
	(void)multi;
	c->due_us = timeout_ms < 0 ? 0 : now_us() + (u64)timeout_ms * 1000;
	return 0;
}

static void take_status(NetClient *c)
{
	long status = 0;
	curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	c->status = (u32)status;
}

static size_t on_header(char *line, size_t one, size_t size, void *udta)
{
	NetClient *c = udta;
	(void)one;
	c->header_bytes += size;
	if (c->header_bytes > MAX_HEADER_BYTES)
		return 0;
	take_status(c);
	size_t len = size;
	while (len && (line[len - 1] == '\r' || line[len - 1] == '\n'))
		len--;
	if (len > 5 && !strncasecmp(line, "HTTP/", 5)) {
		c->header_bytes = size;
		c->in_header = GF_TRUE;
		c->cb.on_header(c->cb.udta, NULL, NULL);
		return size;
	}
	if (!len)
		c->in_header = GF_FALSE;
	const char *colon = memchr(line, ':', len);
	if (!colon || colon == line)
		return size;
	const char *value = colon + 1, *end = line + len;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	char *text = malloc(len + 2);
	if (!text)
		return 0;
	size_t name_len = (size_t)(colon - line);
	memcpy(text, line, name_len);
	text[name_len] = 0;
	memcpy(text + name_len + 1, value, (size_t)(end - value));
	text[name_len + 1 + (size_t)(end - value)] = 0;
	c->cb.on_header(c->cb.udta, text, text + name_len + 1);
	free(text);
	return size;
}

static size_t on_data(char *data, size_t one, size_t size, void *udta)
{
	NetClient *c = udta;
	(void)one;
	take_status(c);
	switch (c->cb.on_data(c->cb.udta, (const u8 *)data, size)) {
	case NET_TAKEN:
		return size;
	case NET_TAKE_LATER:
		return CURL_WRITEFUNC_PAUSE;
	default:
		return CURL_WRITEFUNC_ERROR;
	}
}

static size_t on_send(char *buffer, size_t one, size_t size, void *udta)
{
	NetClient *c = udta;
	ssize_t n = c->cb.on_send(c->cb.udta, (u8 *)buffer, one * size);
	if (n == NET_READ_LATER)
		return CURL_READFUNC_PAUSE;
	return n < 0 ? CURL_READFUNC_ABORT : (size_t)n;
}

static int on_debug(CURL *easy, curl_infotype type, char *text, size_t size, void *udta)
{
	NetClient *c = udta;
	char line[512];
	(void)easy;
	if (type != CURLINFO_TEXT || !c->cb.on_log)
		return 0;
	size_t len = size < sizeof(line) ? size : sizeof(line) - 1;
	memcpy(line, text, len);
	line[len] = 0;
	line[strcspn(line, "\r\n")] = 0;
	c->cb.on_log(c->cb.udta, line);
	return 0;
}

// ---- requests

static NetResult result_of(CURLcode code)
{
	switch (code) {
	case CURLE_OK:
		return NET_OK;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return NET_FAIL_RESOLVE;
	case CURLE_COULDNT_CONNECT:
		return NET_FAIL_CONNECT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_ISSUER_ERROR:
		return NET_FAIL_TLS;
	case CURLE_OPERATION_TIMEDOUT:
		return NET_FAIL_TIMEOUT;
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return NET_FAIL_CLOSED;
	case CURLE_TOO_MANY_REDIRECTS:
		return NET_FAIL_REDIRECT;
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return NET_FAIL_PROTOCOL;
	case CURLE_WRITE_ERROR:
	case CURLE_ABORTED_BY_CALLBACK:
		return NET_FAIL_STOPPED;
	case CURLE_OUT_OF_MEMORY:
		return NET_FAIL_MEMORY;
	default:
		return NET_FAIL_OTHER;
	}
}

static void end_request(NetClient *c)
{
	if (!c->easy)
		return;
	char *url = NULL;
	curl_easy_getinfo(c->easy, CURLINFO_EFFECTIVE_URL, &url);
	free(c->url);
	c->url = url ? strdup(url) : NULL;
	curl_multi_remove_handle(c->multi, c->easy);
	curl_easy_cleanup(c->easy);
	curl_slist_free_all(c->headers);
	c->easy = NULL;
	c->headers = NULL;
}

static Bool add_headers(NetClient *c, const NetRequestConfig *r)
{
	// Uploads begin at once: libcurl would ask first, and wait a second for servers that do not answer that.
	if (r->has_body && !(c->headers = curl_slist_append(NULL, "Expect:")))
		return GF_FALSE;
	for (u32 i = 0; i < r->nb_headers; i++) {
		const NetHeader *h = &r->headers[i];
		size_t len = strlen(h->name) + strlen(h->value) + 3;
		char *line = malloc(len);
		if (!line)
			return GF_FALSE;
		// libcurl sends a header without value when it ends with a semicolon
		snprintf(line, len, "%s%s%s", h->name, *h->value ? ": " : ";", h->value);
		struct curl_slist *list = curl_slist_append(c->headers, line);
		free(line);
		if (!list)
			return GF_FALSE;
		c->headers = list;
	}
	return GF_TRUE;
}

static void set_method(CURL *easy, const NetRequestConfig *r)
{
	if (r->has_body) {
		curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
		if (r->send_size != NET_SIZE_UNKNOWN)
			curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)r->send_size);
	} else if (!strcmp(r->method, "HEAD")) {
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	}
	if (strcmp(r->method, "GET") && strcmp(r->method, "HEAD"))
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method);
}

static void set_range(CURL *easy, const NetRequestConfig *r)
{
	char range[48];
	if (r->last != NET_SIZE_UNKNOWN)
		snprintf(range, sizeof(range), "%llu-%llu", (unsigned long long)r->first, (unsigned long long)r->last);
	else
		snprintf(range, sizeof(range), "%llu-", (unsigned long long)r->first);
	if (r->first || r->last != NET_SIZE_UNKNOWN)
		curl_easy_setopt(easy, CURLOPT_RANGE, range);
}

static void set_callbacks(NetClient *c)
{
	CURL *easy = c->easy;
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, c);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, c);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_send);
	curl_easy_setopt(easy, CURLOPT_READDATA, c);
	if (c->cb.on_log) {
		curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
		curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
		curl_easy_setopt(easy, CURLOPT_DEBUGDATA, c);
	}
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, c->error);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
}

static void set_options(NetClient *c, const NetRequestConfig *r)
{
	CURL *easy = c->easy;
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, c->headers);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, r->max_redirects ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)r->max_redirects);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, r->no_http2 ? (long)CURL_HTTP_VERSION_1_1 : (long)CURL_HTTP_VERSION_2TLS);
	if (r->buffer_size)
		curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)r->buffer_size);
	if (r->connect_timeout_ms)
		curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)r->connect_timeout_ms);
	if (r->user_agent)
		curl_easy_setopt(easy, CURLOPT_USERAGENT, r->user_agent);
	if (r->proxy || r->no_proxy)
		curl_easy_setopt(easy, CURLOPT_PROXY, r->no_proxy ? "" : r->proxy);
	if (r->compressed)
		curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
	curl_easy_setopt(easy, CURLOPT_COOKIEFILE, ""); // keep cookies, read none
	if (c->share)
		curl_easy_setopt(easy, CURLOPT_SHARE, c->share->curl);
	if (r->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, r->ca_file);
	if (r->accept_any_cert) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (r->user) {
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		curl_easy_setopt(easy, CURLOPT_USERNAME, r->user);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, r->password ? r->password : "");
	}
}

static GF_Err start(NetClient *c, const NetRequestConfig *r)
{
	if (c->easy)
		return GF_BAD_PARAM;
	c->easy = curl_easy_init();
	if (!c->easy || !add_headers(c, r)) {
		end_request(c);
		return GF_OUT_OF_MEM;
	}
	c->status = 0;
	c->header_bytes = 0;
	c->in_header = GF_FALSE;
	c->error[0] = 0;
	CURLcode code = curl_easy_setopt(c->easy, CURLOPT_URL, r->url);
	set_method(c->easy, r);
	set_range(c->easy, r);
	set_callbacks(c);
	set_options(c, r);
	if (!code && !curl_multi_add_handle(c->multi, c->easy))
		return GF_OK;
	end_request(c);
	return GF_OUT_OF_MEM;
}

static void stop(NetClient *c)
{
	end_request(c);
}

static void resume(NetClient *c)
{
	if (c->easy)
		curl_easy_pause(c->easy, CURLPAUSE_CONT);
}

static const char *reason_of(const NetClient *c, CURLcode code, NetResult result)
{
	if (result == NET_FAIL_PROTOCOL && code == CURLE_WRITE_ERROR)
		return "the header of the answer is too large";
	if (result == NET_FAIL_CLOSED && c->in_header)
		return "the connection ended in the header of the answer";
	return c->error[0] ? c->error : curl_easy_strerror(code);
}

static void finish(NetClient *c)
{
	int left;
	CURLMsg *m;
	while ((m = curl_multi_info_read(c->multi, &left))) {
		if (m->msg != CURLMSG_DONE || m->easy_handle != c->easy)
			continue;
		CURLcode code = m->data.result;
		NetResult result = result_of(code);
		if (code == CURLE_WRITE_ERROR && c->header_bytes > MAX_HEADER_BYTES)
			result = NET_FAIL_PROTOCOL;
		if (!code && c->in_header) // libcurl takes that for an answer without body
			result = NET_FAIL_CLOSED;
		char text[CURL_ERROR_SIZE];
		snprintf(text, sizeof(text), "%s", reason_of(c, code, result));
		take_status(c);
		end_request(c);
		c->cb.on_done(c->cb.udta, result, text); // may start the next one
		return;
	}
}

static void run(NetClient *c)
{
	struct epoll_event events[8];
	int running = 0;
	int nb = epoll_wait(c->epoll, events, 8, 0);
	for (int i = 0; i < nb && c->easy; i++) {
		int flags = (events[i].events & (EPOLLIN | EPOLLHUP) ? CURL_CSELECT_IN : 0) |
			(events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) | (events[i].events & EPOLLERR ? CURL_CSELECT_ERR : 0);
		curl_multi_socket_action(c->multi, events[i].data.fd, flags, &running);
	}
	if (c->due_us && c->due_us <= now_us()) {
		c->due_us = 0;
		curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	finish(c);
}

static u32 wait_us(NetClient *c)
{
	if (!c->due_us)
		return NET_NO_WAIT;
	u64 clock = now_us();
	u64 left = c->due_us > clock ? c->due_us - clock : 0;
	return left < 3600000000u ? (u32)left : 3600000000u;
}

static int fd_of(const NetClient *c)
{
	return c->epoll;
}

static u32 status_of(const NetClient *c)
{
	return c->status;
}

static const char *url_of(const NetClient *c)
{
	char *url = NULL;
	if (c->easy)
		curl_easy_getinfo(c->easy, CURLINFO_EFFECTIVE_URL, &url);
	return url ? url : c->url;
}

// ---- life

static void del(NetClient *c)
{
	if (!c)
		return;
	end_request(c);
	if (c->multi) {
		curl_multi_cleanup(c->multi);
		curl_global_cleanup();
	}
	if (c->epoll >= 0)
		close(c->epoll);
	free(c->url);
	free(c);
}

static void share_del(NetShare *share)
{
	if (!share)
		return;
	if (share->curl) {
		curl_share_cleanup(share->curl);
		curl_global_cleanup();
	}
	free(share);
}

static NetShare *share_new(void)
{
	NetShare *share = calloc(1, sizeof(*share));
	if (share && !curl_global_init(CURL_GLOBAL_DEFAULT))
		share->curl = curl_share_init();
	if (!share || !share->curl) {
		share_del(share);
		return NULL;
	}
	curl_share_setopt(share->curl, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
	curl_share_setopt(share->curl, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
	curl_share_setopt(share->curl, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
	return share;
}

static NetClient *client_new(const NetClientCallbacks *callbacks, NetShare *share)
{
	NetClient *c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->cb = *callbacks;
	c->share = share;
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (c->epoll >= 0 && !curl_global_init(CURL_GLOBAL_DEFAULT))
		c->multi = curl_multi_init();
	if (!c->multi) {
		del(c);
		return NULL;
	}
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
	return c;
}

const NetClientApi net_client_api = {
	.share_open = share_new,
	.share_del = share_del,
	.open = client_new,
	.del = del,
	.start = start,
	.stop = stop,
	.resume = resume,
	.fd = fd_of,
	.run = run,
	.wait = wait_us,
	.status = status_of,
	.url = url_of,
};
