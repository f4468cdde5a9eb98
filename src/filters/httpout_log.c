// SPDX-License-Identifier: MIT
// What is written of requests: messages (option reqlog), and a line of the common log format each (option accesslog).
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "filters/httpout.h"

// ---- the request log (option reqlog)

static const char *const log_names[] = {"GET", "HEAD", "PUT", "POST", "DEL", "OPT"};

static Bool is_logged(const HttpRequest *r)
{
	const char *list = r->out->reqlog;
	if (!list || r->method == METHOD_OTHER)
		return GF_FALSE;
	if (*list == '-')
		list++;
	return strchr(list, '*') || http_list_has(list, log_names[r->method]);
}

void http_log_start(HttpRequest *r)
{
	if (!is_logged(r))
		return;
	const char *range = r->out->net->header(r->x, "Range");
	GF_LOG(GF_LOG_INFO, GF_LOG_HTTP,
		("[HTTPOut] REQ#%" PRIu64 " %s %s %s%s%s start\n", r->number, r->net->peer, r->net->method, r->net->target,
			range ? " range: " : "", range ? range : ""));
}

static void log_end(const HttpRequest *r, NetEnd end)
{
	const u64 bytes = r->out->net->sent(r->x);
	if (!is_logged(r) || *r->out->reqlog == '-')
		return;
	double ms = (double)(gf_sys_clock_high_res() - r->start_us) / 1000;
	if (end != NET_END_KEPT && end != NET_END_CLOSED) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_HTTP,
			("[HTTPOut] REQ#%" PRIu64 " %s %s\n", r->number, r->net->method,
				end == NET_END_SERVER ? "canceled" : "aborted!"));
		return;
	}
	GF_LOG(r->status >= 400 ? GF_LOG_WARNING : GF_LOG_INFO, GF_LOG_HTTP,
		("[HTTPOut] REQ#%" PRIu64 " %s done: reply %u - %" PRIu64 " bytes in %.1f ms at %.0f kbps\n", r->number,
			r->net->method, r->status, bytes, ms, ms > 0 ? (double)bytes * 8 / ms : 0));
}

// ---- the access log

GF_Err http_open_access_log(HttpOut *out)
{
	out->access_fd = out->accesslog ? open(out->accesslog, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640) : -1;
	if (!out->accesslog || out->access_fd >= 0)
		return http_add_private(out, out->accesslog);
	GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] cannot write the access log %s: %s\n", out->accesslog, strerror(errno)));
	return GF_IO_ERR;
}

// Text of clients, so that it cannot end its field or the line.
static void add_escaped(StrBuf *sb, const char *text, const char *special)
{
	for (; *text; text++) {
		u8 c = (u8)*text;
		if (c < 0x20 || c >= 0x7f || c == '\\' || strchr(special, c))
			sb_addf(sb, "\\x%02x", c);
		else
			sb_addc(sb, (char)c);
	}
}

// The address of a peer without its port.
static void add_host(StrBuf *sb, const char *peer)
{
	const char *colon = strrchr(peer, ':');
	const char *end = colon ? colon : peer + strlen(peer);
	const Bool bracketed = *peer == '[' && end > peer && end[-1] == ']';
	sb_addn(sb, peer + bracketed, (size_t)(end - peer) - 2 * bracketed);
}

static void add_date(StrBuf *sb)
{
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	const time_t now = (time_t)(gf_net_get_utc() / 1000);
	struct tm tm = {0};
	gmtime_r(&now, &tm);
	sb_addf(sb, "[%02d/%s/%04d:%02d:%02d:%02d +0000]", tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour,
		tm.tm_min, tm.tm_sec);
}

u32 http_final_status(const HttpRequest *r, NetEnd end)
{
	if (r->status)
		return r->status;
	return end == NET_END_TIMEOUT ? 408 : end == NET_END_SERVER ? 503 : 499;
}

static void write_line(HttpOut *out, StrBuf *sb)
{
	if (!sb->failed && write(out->access_fd, sb->data, sb->len) == (ssize_t)sb->len)
		return;
	GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
		("[httpout] cannot write the access log %s, it ends here: %s\n", out->accesslog, strerror(errno)));
	close(out->access_fd);
	out->access_fd = -1;
}

static void log_access(const HttpRequest *r, NetEnd end)
{
	StrBuf sb;
	sb_init(&sb);
	add_host(&sb, r->net->peer);
	sb_add(&sb, " - ");
	add_escaped(&sb, r->user && *r->user ? r->user : "-", " \"[]");
	sb_addc(&sb, ' ');
	add_date(&sb);
	sb_add(&sb, " \"");
	add_escaped(&sb, r->net->method, " \"");
	sb_addc(&sb, ' ');
	add_escaped(&sb, r->net->target, " \"");
	sb_addf(&sb, " %s\" %u ", r->net->version, http_final_status(r, end));
	const u64 bytes = r->out->net->sent(r->x);
	if (bytes)
		sb_addf(&sb, "%" PRIu64 "\n", bytes);
	else
		sb_add(&sb, "-\n");
	write_line(r->out, &sb);
	sb_reset(&sb);
}

void http_log_end(HttpRequest *r, NetEnd end)
{
	log_end(r, end);
	if (r->out->access_fd >= 0)
		log_access(r, end);
}
