// SPDX-License-Identifier: MIT
// HTTP input: sends the bytes of a resource as one File PID, as they come.
//
// The PID is declared once the first bytes are there, since the format is recognised from them. Consumers that read
// at several places of a resource seek: each seek is a request for a range.
#include <string.h>
#include <strings.h>

#include "filters/httpin.h"
#include "filters/registry.h"

// Bytes to recognise a format by.
#define PROBE_SIZE 2048
// Runs of the client in one call.
#define MAX_RUNS 8

typedef enum { CACHE_AUTO = 0, CACHE_DISK, CACHE_KEEP, CACHE_MEM, CACHE_MEM_KEEP, CACHE_NONE, CACHE_NONE_KEEP } CacheMode;

// ---- the PID

static void show_headers(HttpIn *in)
{
	for (u32 i = 0; i < in->nb_shown; i++)
		gf_filter_pid_set_property_dyn(in->pid, in->shown[i].name, NULL);
	httpin_free_headers(&in->shown, &in->nb_shown);
	if (gf_sys_is_test_mode())
		return;
	in->shown = in->headers;
	in->nb_shown = in->nb_headers;
	in->headers = NULL;
	in->nb_headers = 0;
	for (u32 i = 0; i < in->nb_shown; i++)
		gf_filter_pid_set_property_dyn(in->pid, in->shown[i].name, PROP_STRING(in->shown[i].value));
}

// The media type that the server tells, without parameters, when it says anything.
static char *server_mime(const HttpIn *in)
{
	const char *type = httpin_header(in, "Content-Type");
	char *mime = type ? gf_strdup(type) : NULL;
	if (mime)
		mime[strcspn(mime, "; \t")] = 0;
	if (mime && (!strcasecmp(mime, "text/plain") || !strcasecmp(mime, "binary/octet-stream"))) {
		gf_free(mime); // what servers say when they do not know
		return NULL;
	}
	return mime;
}

static GF_Err describe(HttpIn *in)
{
	char *mime = in->mime ? NULL : server_mime(in);
	const char *redirected = in->net->url(in->client);
	GF_Err e = gf_filter_pid_raw_new(in->filter, in->url, NULL, in->mime ? in->mime : mime, in->ext, in->first,
		in->first_size, in->mime != NULL, &in->pid);
	gf_free(mime);
	if (e)
		return e;
	in->described = GF_TRUE;
	gf_filter_pid_set_property(in->pid, GF_PROP_PID_FILE_CACHED, PROP_BOOL(GF_FALSE));
	gf_filter_pid_set_property(
		in->pid, GF_PROP_PID_DOWN_SIZE, in->size == NET_SIZE_UNKNOWN ? NULL : PROP_LONGUINT(in->size));
	gf_filter_pid_set_property(in->pid, GF_PROP_PID_FILE_RANGE,
		in->range_start || in->range_end != NET_SIZE_UNKNOWN ? PROP_FRAC64_INT((s64)in->range_start, in->range_end)
																	: NULL);
	gf_filter_pid_set_property(in->pid, GF_PROP_PID_REDIRECT_URL,
		redirected && strcmp(redirected, in->url) ? PROP_STRING(redirected) : NULL);
	gf_filter_pid_set_property(in->pid, GF_PROP_PID_DOWNLOAD_SESSION, PROP_POINTER(in->download));
	show_headers(in);
	return GF_OK;
}

static void show_progress(HttpIn *in)
{
	gf_filter_pid_set_info(in->pid, GF_PROP_PID_DOWN_BYTES, PROP_LONGUINT(in->pos));
	gf_filter_pid_set_info(in->pid, GF_PROP_PID_DOWN_RATE, PROP_UINT(gf_download_rate(in->download)));
	gf_filter_pid_set_info(
		in->pid, GF_PROP_PID_DOWN_SIZE, PROP_LONGUINT(in->size == NET_SIZE_UNKNOWN ? in->pos : in->size));
	if (!gf_filter_reporting_enabled(in->filter))
		return;
	char text[300];
	u32 percent = in->size && in->size != NET_SIZE_UNKNOWN ? (u32)((double)in->pos * 10000 / (double)in->size) : 10001;
	snprintf(text, sizeof(text), "%.200s: %llu bytes, %u kbit/s", in->url, (unsigned long long)in->pos,
		gf_download_rate(in->download) / 1000);
	gf_filter_update_status(in->filter, percent, text);
}

// ---- packets

static u64 end_of_bytes(const HttpIn *in)
{
	return in->end < in->size ? in->end : in->size;
}

static GF_Err send_packet(HttpIn *in, Bool last)
{
	GF_FilterPacket *packet = in->packet;
	u32 size = in->filled;
	if (!packet)
		packet = gf_filter_pck_new_alloc(in->pid, 0, NULL);
	if (!packet)
		return GF_OUT_OF_MEM;
	in->packet = NULL;
	in->filled = 0;
	gf_filter_pck_truncate(packet, size);
	gf_filter_pck_set_framing(packet, !in->sent_start, last);
	gf_filter_pck_set_sap(packet, GF_FILTER_SAP_1);
	gf_filter_pck_set_cts(packet, 0);
	gf_filter_pck_set_byte_offset(packet, in->pos - size);
	in->sent_start = GF_TRUE;
	return gf_filter_pck_send(packet);
}

static GF_Err fill_packets(HttpIn *in, const u8 *data, u32 size)
{
	while (size) {
		if (!in->packet) {
			in->packet = gf_filter_pck_new_alloc(in->pid, in->block_size, &in->data);
			if (!in->packet)
				return GF_OUT_OF_MEM;
		}
		u32 n = in->block_size - in->filled < size ? in->block_size - in->filled : size;
		memcpy(in->data + in->filled, data, n);
		in->filled += n;
		in->pos += n;
		data += n;
		size -= n;
		// the last one is sent when the transfer is known to be complete
		if (in->filled == in->block_size && in->pos != end_of_bytes(in)) {
			GF_Err e = send_packet(in, GF_FALSE);
			if (e < 0)
				return e;
		}
	}
	return GF_OK;
}

// Declares the PID with what is there and sends it.
static GF_Err send_first(HttpIn *in)
{
	GF_Err e = describe(in);
	if (!e)
		e = fill_packets(in, in->first, in->first_size);
	gf_free(in->first);
	in->first = NULL;
	in->first_size = 0;
	return e;
}

GF_Err httpin_take(HttpIn *in, const u8 *data, u32 size)
{
	if (in->described)
		return fill_packets(in, data, size);
	u8 *all = gf_realloc(in->first, in->first_size + size + 1);
	if (!all)
		return GF_OUT_OF_MEM;
	memcpy(all + in->first_size, data, size);
	in->first = all;
	in->first_size += size;
	return in->first_size < PROBE_SIZE ? GF_OK : send_first(in);
}

void httpin_end(HttpIn *in)
{
	GF_Err e = GF_OK;
	if (!in->described) {
		if (!in->first_size && !in->switched) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] %s is empty: nothing to read\n", in->url));
			gf_filter_setup_failure(in->filter, GF_EOS);
			return;
		}
		e = send_first(in);
	}
	if (in->size == NET_SIZE_UNKNOWN && in->end == NET_SIZE_UNKNOWN)
		in->size = in->pos;
	if (!e)
		e = send_packet(in, GF_TRUE);
	show_progress(in);
	if (e < 0)
		gf_filter_notification_failure(in->filter, e, GF_FALSE);
	gf_filter_pid_set_eos(in->pid);
}

static void drop_pending(HttpIn *in)
{
	if (in->packet)
		gf_filter_pck_discard(in->packet);
	in->packet = NULL;
	in->filled = 0;
	gf_free(in->first);
	in->first = NULL;
	in->first_size = 0;
}

void httpin_fail(HttpIn *in, GF_Err e)
{
	if (!in->pid) {
		drop_pending(in);
		gf_filter_setup_failure(in->filter, e);
		return;
	}
	// what came is sent, what is missing is told
	if (in->first_size)
		send_first(in);
	if (in->filled)
		send_packet(in, GF_FALSE);
	drop_pending(in);
	// after a switch the one who asked decides what a missing resource means
	if (in->switched && !in->described && e == GF_URL_ERROR)
		return;
	in->fault = e;
	gf_filter_notification_failure(in->filter, e, GF_FALSE);
	gf_filter_pid_set_eos(in->pid);
}

// ---- events

static GF_Err set_resource(HttpIn *in, const char *url, u64 start, u64 end)
{
	char *copy = gf_strdup(url);
	if (!copy)
		return GF_OUT_OF_MEM;
	gf_free(in->url);
	in->url = copy;
	in->range_start = in->pos = start;
	in->range_end = in->end = end;
	in->size = NET_SIZE_UNKNOWN;
	in->described = in->sent_start = in->use_tls = GF_FALSE;
	in->nb_tries = 0;
	gf_free(in->validator);
	in->validator = NULL;
	in->state = HTTPIN_DELAYED;
	in->start_us = 0;
	return GF_OK;
}

// Reads from another place of the resource.
static void seek(HttpIn *in, u64 start, u64 end)
{
	httpin_cancel(in);
	drop_pending(in);
	in->pos = start;
	in->end = end ? end : NET_SIZE_UNKNOWN;
	in->sent_start = GF_FALSE;
	in->nb_tries = 0;
	if (in->size != NET_SIZE_UNKNOWN && start >= in->size) {
		gf_filter_pid_set_eos(in->pid);
		return;
	}
	in->state = HTTPIN_DELAYED;
	in->start_us = 0;
}

static void switch_source(HttpIn *in, const GF_FEVT_SourceSeek *event)
{
	if (in->state != HTTPIN_IDLE && event->start_offset != NET_SIZE_UNKNOWN && event->source_switch) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] %s is still being read, it cannot be left for %s\n", in->url, event->source_switch));
		gf_filter_notification_failure(in->filter, GF_BAD_PARAM, GF_FALSE);
		return;
	}
	httpin_cancel(in);
	drop_pending(in);
	in->switched = GF_TRUE;
	if (!event->source_switch || event->start_offset == NET_SIZE_UNKNOWN) {
		if (in->pid)
			gf_filter_pid_set_eos(in->pid);
		return;
	}
	GF_Err e = set_resource(in, event->source_switch, event->start_offset, event->end_offset ? event->end_offset + 1 : NET_SIZE_UNKNOWN);
	if (!e && !strncmp(in->url, "isobmff://", 10)) {
		in->state = HTTPIN_IDLE;
		httpin_end(in);
	}
	if (e)
		httpin_fail(in, e);
}

static void stop(HttpIn *in)
{
	if (in->state != HTTPIN_IDLE)
		gf_filter_pid_set_info_str(in->pid, "aborted", PROP_BOOL(GF_TRUE));
	httpin_cancel(in);
	drop_pending(in);
	gf_filter_pid_set_eos(in->pid);
}

static Bool httpin_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	HttpIn *in = gf_filter_get_udta(filter);
	if (!in->pid && event->base.type != GF_FEVT_SOURCE_SWITCH)
		return GF_TRUE;
	switch (event->base.type) {
	case GF_FEVT_PLAY:
		// a resource that was read, or stopped, is read again
		if (in->played && in->state == HTTPIN_IDLE)
			seek(in, in->range_start, in->range_end == NET_SIZE_UNKNOWN ? 0 : in->range_end);
		in->played = GF_TRUE;
		break;
	case GF_FEVT_STOP:
		stop(in);
		break;
	case GF_FEVT_SOURCE_SEEK:
		seek(in, event->seek.start_offset, event->seek.end_offset);
		break;
	case GF_FEVT_SOURCE_SWITCH:
		switch_source(in, &event->seek);
		break;
	default:
		return GF_TRUE;
	}
	gf_filter_post_process_task(filter);
	return GF_TRUE;
}

// ---- process

// Receives what is there. Microseconds until there may be more without a sign of the network.
static u32 receive(HttpIn *in)
{
	u32 wait = gf_download_wait(in->download);
	if (wait) {
		in->activity_us = gf_sys_clock_high_res(); // we do not listen
		return wait;
	}
	u64 before = in->run_start = in->pos;
	if (in->paused) {
		in->paused = GF_FALSE;
		in->net->resume(in->client);
	}
	in->net->run(in->client);
	if (in->pos != before && in->pid)
		show_progress(in);
	// what came is sent on at once, unless it is the end, whose packet on_done sends
	if (in->state == HTTPIN_RUNNING && in->filled && in->pos != end_of_bytes(in)) {
		GF_Err e = send_packet(in, GF_FALSE);
		if (e < 0) {
			httpin_cancel(in);
			httpin_fail(in, e);
		}
	}
	if (in->state != HTTPIN_RUNNING)
		return 0;
	if (in->paused)
		return gf_download_wait(in->download);
	u32 silence = httpin_check_silence(in);
	wait = in->net->wait(in->client);
	return silence < wait ? silence : wait;
}

static u32 delay_left(const HttpIn *in)
{
	u64 clock = gf_sys_clock_high_res();
	return in->start_us > clock ? (u32)(in->start_us - clock) : 0;
}

static GF_Err httpin_process(GF_Filter *filter)
{
	HttpIn *in = gf_filter_get_udta(filter);
	u32 wait = 0;
	for (u32 i = 0; i < MAX_RUNS && in->state != HTTPIN_IDLE && !wait; i++) {
		if (in->state == HTTPIN_DELAYED) {
			wait = delay_left(in);
			GF_Err e = wait ? GF_OK : httpin_request(in);
			if (e) {
				httpin_fail(in, e);
				return e;
			}
			continue;
		}
		if (in->pid && gf_filter_pid_would_block(in->pid)) {
			in->activity_us = gf_sys_clock_high_res();
			net_loop_stop(&in->loop);
			return GF_OK; // called again when there is room
		}
		wait = receive(in);
	}
	if (in->state == HTTPIN_IDLE) {
		GF_Err fault = in->fault;
		in->fault = GF_OK;
		net_loop_stop(&in->loop);
		return fault ? fault : GF_EOS;
	}
	// A limited rate: what lies in the socket does not wake us.
	if (in->state == HTTPIN_RUNNING && gf_download_wait(in->download)) {
		net_loop_stop(&in->loop);
		gf_filter_ask_rt_reschedule(filter, gf_download_wait(in->download));
		return GF_OK;
	}
	return net_loop_wait(&in->loop, wait);
}

static GF_Err httpin_initialize(GF_Filter *filter)
{
	HttpIn *in = gf_filter_get_udta(filter);
	in->filter = filter;
	in->loop = NET_LOOP_CLOSED;
	if (!in->src) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] no source: set the option src\n"));
		return GF_BAD_PARAM;
	}
	if (in->cache != CACHE_NONE || in->blockio) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpin] option %s is not supported\n", in->blockio ? "blockio" : "cache, other than none,"));
		return GF_NOT_SUPPORTED;
	}
	if (in->range.num < 0 || (in->range.den && in->range.den < (u64)in->range.num)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] %s: the range is empty\n", in->src));
		return GF_BAD_PARAM;
	}
	const NetModule *module = net_module();
	if (!module)
		return GF_NOT_SUPPORTED;
	NetClientCallbacks callbacks = httpin_callbacks;
	callbacks.udta = in;
	if (!gf_log_tool_level_on(GF_LOG_HTTP, GF_LOG_DEBUG))
		callbacks.on_log = NULL;
	in->net = module->client;
	in->client = in->net->open(&callbacks);
	in->download = gf_download_new(filter);
	if (!in->client || !in->download)
		return GF_OUT_OF_MEM;
	GF_Err e = net_loop_open(&in->loop, filter);
	if (!e)
		e = net_loop_add(&in->loop, in->net->fd(in->client));
	if (!e)
		e = set_resource(in, in->src, (u64)in->range.num, in->range.den ? in->range.den + 1 : NET_SIZE_UNKNOWN);
	in->start_us = in->idelay ? gf_sys_clock_high_res() + (u64)in->idelay * 1000 : 0;
	return e;
}

static void httpin_finalize(GF_Filter *filter)
{
	HttpIn *in = gf_filter_get_udta(filter);
	net_loop_close(&in->loop);
	if (in->client) {
		httpin_cancel(in);
		in->net->del(in->client);
	}
	if (in->packet)
		gf_filter_pck_discard(in->packet);
	gf_download_del(in->download);
	httpin_free_headers(&in->headers, &in->nb_headers);
	httpin_free_headers(&in->shown, &in->nb_shown);
	gf_free(in->first);
	gf_free(in->url);
	gf_free(in->validator);
}

static GF_FilterProbeScore httpin_probe_url(const char *url, const char *mime)
{
	(void)mime;
	return !strncasecmp(url, "http://", 7) || !strncasecmp(url, "https://", 8) ? GF_FPROBE_SUPPORTED
																				  : GF_FPROBE_NOT_SUPPORTED;
}

#define OPT(field) #field, (s32)offsetof(HttpIn, field)
static const GF_FilterArgs httpin_args[] = {
	{OPT(src), "URL of the resource", GF_PROP_NAME, NULL, NULL, 0},
	{OPT(block_size), "Most bytes sent in one packet", GF_PROP_UINT, "100000", "1,+I", GF_FS_ARG_HINT_ADVANCED},
	{OPT(cache), "Where the resource is kept while it is used. This version keeps nothing: none", GF_PROP_UINT, "none",
		"auto|disk|keep|mem|mem_keep|none|none_keep", GF_FS_ARG_HINT_ADVANCED},
	{OPT(range), "Byte range start-end to read, both included; 0-0 is the whole, an end of 0 its end",
		GF_PROP_FRACTION64, "0-0", NULL, 0},
	{OPT(ext), "File extension to use instead of that of the URL", GF_PROP_NAME, NULL, NULL, 0},
	{OPT(mime), "MIME type to declare; it is trusted, neither the server nor the content is asked", GF_PROP_NAME, NULL,
		NULL, 0},
	{OPT(blockio), "Wait inside the filter for the network; not supported", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_EXPERT},
	{OPT(idelay), "Milliseconds to wait before the first request", GF_PROP_UINT, "0", NULL, GF_FS_ARG_HINT_EXPERT},
	{0},
};

static const GF_FilterCapability httpin_caps[] = {
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
};

const GF_FilterRegister httpin_register = {
	.name = "httpin",
	.description = "HTTP input",
	.help = "This filter fetches a resource over HTTP/1.1 or HTTP/2, with or without TLS, and sends its bytes as they "
			"come. Requests that fail are made again, and a transfer that broke off goes on where it was. The format is "
			"recognised from the first bytes, the MIME type of the server and the extension of the URL. Limits and "
			"timeouts are core options.",
	.private_size = sizeof(HttpIn),
	.flags = GF_FS_REG_USE_SYNC_READ,
	SETCAPS(httpin_caps),
	.args = httpin_args,
	.initialize = httpin_initialize,
	.finalize = httpin_finalize,
	.process = httpin_process,
	.process_event = httpin_process_event,
	.probe_url = httpin_probe_url,
	.hint_class_type = GF_FS_CLASS_NETWORK_IO,
};
