// SPDX-License-Identifier: MIT
// What watches the server (option ops): /metrics in the text format of Prometheus (version 0.0.4), and /healthz.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "filters/httpout.h"

#define NB_STATUS 1000
#define NB_METHODS (METHOD_OTHER + 1)

static const u64 bucket_us[] = {1000, 5000, 25000, 100000, 500000, 2500000, 10000000};
#define NB_BUCKETS (sizeof(bucket_us) / sizeof(*bucket_us))

struct http_metrics {
	u64 requests[NB_METHODS][NB_STATUS];
	u64 buckets[NB_BUCKETS + 1];
	u64 time_us, bytes_in, bytes_out;
};

GF_Err http_metrics_start(HttpOut *out)
{
	if (!out->ops)
		return GF_OK;
	out->metrics = gf_calloc(1, sizeof(*out->metrics));
	gf_fs_enable_reporting(gf_filter_get_session(out->filter), GF_TRUE); // process times
	return out->metrics ? GF_OK : GF_OUT_OF_MEM;
}

void http_metrics_del(HttpOut *out)
{
	gf_free(out->metrics);
}

void http_metrics_received(HttpOut *out, u64 size)
{
	if (out->metrics)
		out->metrics->bytes_in += size;
}

void http_metrics_end(const HttpRequest *r, NetEnd end)
{
	HttpMetrics *m = r->out->metrics;
	if (!m)
		return;
	const u32 status = http_final_status(r, end);
	const u64 time = gf_sys_clock_high_res() - r->start_us;
	u32 bucket = 0;
	m->requests[r->method][status < NB_STATUS ? status : 0]++;
	m->bytes_out += r->out->net->sent(r->x);
	m->time_us += time;
	while (bucket < NB_BUCKETS && time > bucket_us[bucket])
		bucket++;
	m->buckets[bucket]++;
}

// ---- the text

static void add_head(StrBuf *sb, const char *name, const char *type, const char *help)
{
	sb_addf(sb, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_value(StrBuf *sb, const char *name, const char *type, const char *help, u64 value)
{
	add_head(sb, name, type, help);
	sb_addf(sb, "%s %" PRIu64 "\n", name, value);
}

static void add_label(StrBuf *sb, const char *name, const char *value)
{
	sb_addf(sb, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '\n')
			sb_add(sb, "\\n");
		else if (*value == '"' || *value == '\\')
			sb_addf(sb, "\\%c", *value);
		else
			sb_addc(sb, *value);
	}
	sb_addc(sb, '"');
}

static void add_requests(StrBuf *sb, const HttpMetrics *m)
{
	static const char *const names[NB_METHODS] = {"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "other"};
	u64 sum = 0;
	add_head(sb, "gpac_http_requests_total", "counter", "Requests that ended, by method and status of the answer.");
	for (u32 i = 0; i < NB_METHODS; i++) {
		for (u32 status = 0; status < NB_STATUS; status++) {
			if (m->requests[i][status])
				sb_addf(sb, "gpac_http_requests_total{method=\"%s\",code=\"%u\"} %" PRIu64 "\n", names[i], status,
					m->requests[i][status]);
		}
	}
	add_head(sb, "gpac_http_request_duration_seconds", "histogram", "From the head of a request to the end of its answer.");
	for (u32 i = 0; i < NB_BUCKETS; i++) {
		sum += m->buckets[i];
		sb_addf(sb, "gpac_http_request_duration_seconds_bucket{le=\"%g\"} %" PRIu64 "\n", (double)bucket_us[i] / 1e6, sum);
	}
	sum += m->buckets[NB_BUCKETS];
	sb_addf(sb, "gpac_http_request_duration_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", sum);
	sb_addf(sb, "gpac_http_request_duration_seconds_sum %.6f\n", (double)m->time_us / 1e6);
	sb_addf(sb, "gpac_http_request_duration_seconds_count %" PRIu64 "\n", sum);
}

static void add_server(StrBuf *sb, const HttpOut *out)
{
	add_value(sb, "gpac_http_received_bytes_total", "counter", "Bytes of the bodies of requests.", out->metrics->bytes_in);
	add_value(sb, "gpac_http_sent_bytes_total", "counter", "Bytes of the bodies of answers that ended.",
		out->metrics->bytes_out);
	add_value(sb, "gpac_http_connections", "gauge", "Open connections.", http_nb_connections(out));
	add_value(sb, "gpac_http_requests_active", "gauge", "Requests that are being answered.", out->nb_active);
}

// Metrics of one kind stand together in the text: each goes over all filters.
typedef struct {
	const char *name, *type, *help;
	Bool by_input;
	double (*value)(const GF_FilterStats *stats, GF_FilterPid *pid);
} FilterMetric;

static double queue_packets(const GF_FilterStats *stats, GF_FilterPid *pid)
{
	(void)stats;
	return gf_filter_pid_get_packet_count(pid);
}

static double queue_seconds(const GF_FilterStats *stats, GF_FilterPid *pid)
{
	u32 duration = 0;
	(void)stats;
	gf_filter_pid_get_buffer_occupancy(pid, NULL, NULL, NULL, &duration);
	return duration / 1e6;
}

static double packets(const GF_FilterStats *stats, GF_FilterPid *pid)
{
	(void)pid;
	return (double)stats->nb_pck_processed;
}

static double bytes(const GF_FilterStats *stats, GF_FilterPid *pid)
{
	(void)pid;
	return (double)stats->nb_bytes_processed;
}

static double process_seconds(const GF_FilterStats *stats, GF_FilterPid *pid)
{
	(void)pid;
	return (double)stats->time_process / 1e6;
}

static double errors(const GF_FilterStats *stats, GF_FilterPid *pid)
{
	(void)pid;
	return stats->nb_errors;
}

static const FilterMetric filter_metrics[] = {
	{"gpac_filter_queue_packets", "gauge", "Packets that wait in front of a filter.", GF_TRUE, queue_packets},
	{"gpac_filter_queue_seconds", "gauge", "Media time that waits in front of a filter: the delay it adds.",
		GF_TRUE, queue_seconds},
	{"gpac_filter_packets_total", "counter", "Packets that a filter took.", GF_FALSE, packets},
	{"gpac_filter_bytes_total", "counter", "Bytes of these.", GF_FALSE, bytes},
	{"gpac_filter_process_seconds_total", "counter", "Time inside a filter.", GF_FALSE, process_seconds},
	{"gpac_filter_errors_total", "counter", "Calls of a filter that failed.", GF_FALSE, errors},
};

static void add_filter_value(StrBuf *sb, const FilterMetric *m, u32 idx, const GF_FilterStats *stats, GF_FilterPid *pid)
{
	sb_addf(sb, "%s{index=\"%u\",", m->name, idx);
	add_label(sb, "filter", stats->reg_name ? stats->reg_name : "");
	if (pid) {
		sb_addc(sb, ',');
		add_label(sb, "pid", gf_filter_pid_get_name(pid));
	}
	sb_addf(sb, "} %.15g\n", m->value(stats, pid));
}

static void add_filter_metric(StrBuf *sb, const HttpOut *out, const FilterMetric *m)
{
	GF_FilterSession *fs = gf_filter_get_session(out->filter);
	const u32 nb = gf_fs_get_filters_count(fs);
	add_head(sb, m->name, m->type, m->help);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *f = gf_fs_get_filter(fs, i);
		GF_FilterStats stats;
		if (gf_fs_get_filter_stats(fs, i, &stats) || stats.filter_alias)
			continue;
		const u32 nb_in = gf_filter_get_ipid_count(f);
		for (u32 k = 0; k < nb_in && m->by_input; k++)
			add_filter_value(sb, m, i, &stats, gf_filter_get_ipid(f, k));
		if (!m->by_input)
			add_filter_value(sb, m, i, &stats, NULL);
	}
}

static void send_metrics(HttpRequest *r)
{
	StrBuf sb;
	sb_init(&sb);
	add_requests(&sb, r->out->metrics);
	add_server(&sb, r->out);
	for (size_t i = 0; i < sizeof(filter_metrics) / sizeof(*filter_metrics); i++)
		add_filter_metric(&sb, r->out, &filter_metrics[i]);
	http_send_string(r, 200, "text/plain; version=0.0.4; charset=utf-8", &sb);
}

Bool http_is_ops(const HttpRequest *r)
{
	return r->out->metrics && r->path && (!strcmp(r->path, "/metrics") || !strcmp(r->path, "/healthz"));
}

void http_send_ops(HttpRequest *r)
{
	if (http_refuse(r))
		return;
	if (r->method != METHOD_GET && r->method != METHOD_HEAD) {
		NetAnswer *a = http_answer_new(r, NULL);
		if (a)
			r->out->net->answer_header(a, "Allow", "GET,HEAD");
		http_send(r, 405, a);
	} else if (!strcmp(r->path, "/metrics")) {
		send_metrics(r);
	} else {
		http_send_text(r, 200, "ok\n");
	}
}
