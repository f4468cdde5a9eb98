// SPDX-License-Identifier: MIT
// HTTP input: sends the bytes of a resource as one File PID, as they come.
//
// The PID is declared once the first bytes are there, since the format is recognised from them. Consumers that read
// at several places of a resource seek: each seek reads what is kept, or is a request for a range.
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "filters/httpin.h"
#include "filters/registry.h"

// Bytes to recognise a format by.
#define PROBE_SIZE 2048
// Runs of the client in one call.
#define MAX_RUNS 8
// Wait for the bytes of a memory block that is being filled.
#define BLOB_RETRY_US 2000

// ---- the PID

static void show_headers(HttpIn *in)
{
	for (u32 i = 0; i < in->shown.nb; i++)
		gf_filter_pid_set_property_dyn(in->pid, in->shown.list[i].name, NULL);
	http_fields_reset(&in->shown);
	if (gf_sys_is_test_mode())
		return;
	in->shown = in->headers;
	in->headers = (HttpFields){0};
	for (u32 i = 0; i < in->shown.nb; i++)
		gf_filter_pid_set_property_dyn(in->pid, in->shown.list[i].name, PROP_STRING(in->shown.list[i].value));
}

// The media type that the server tells, without parameters, when it says anything.
static char *server_mime(const HttpIn *in)
{
	const char *type = http_fields_get(&in->headers, "Content-Type");
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
	const char *redirected = in->net->url(in->client), *path = httpin_store_path(in);
	GF_Err e = gf_filter_pid_raw_new(in->filter, in->target.url, path, in->mime ? in->mime : mime, in->ext, in->first,
		in->first_size, in->mime != NULL, &in->pid);
	gf_free(mime);
	if (e)
		return e;
	in->described = GF_TRUE;
	in->has_path = path != NULL;
	Bool cached = in->store && in->store->complete;
	// a property would hide what becomes of it
	gf_filter_pid_set_property(in->pid, GF_PROP_PID_FILE_CACHED, cached ? PROP_BOOL(GF_TRUE) : NULL);
	gf_filter_pid_set_info(in->pid, GF_PROP_PID_FILE_CACHED, PROP_BOOL(cached));
	gf_filter_pid_set_info_str(in->pid, "aborted", NULL);
	gf_filter_pid_set_property(
		in->pid, GF_PROP_PID_DOWN_SIZE, in->size == NET_SIZE_UNKNOWN ? NULL : PROP_LONGUINT(in->size));
	gf_filter_pid_set_property(in->pid, GF_PROP_PID_FILE_RANGE,
		in->target.start || in->target.end != NET_SIZE_UNKNOWN
			? PROP_FRAC64_INT((s64)in->target.start, in->target.end)
			: NULL);
	gf_filter_pid_set_property(in->pid, GF_PROP_PID_REDIRECT_URL,
		in->answered && redirected && strcmp(redirected, in->target.url) ? PROP_STRING(redirected) : NULL);
	gf_filter_pid_set_property(in->pid, GF_PROP_PID_DOWNLOAD_SESSION, PROP_POINTER(in->download));
	show_headers(in);
	return GF_OK;
}

static void show_progress(HttpIn *in)
{
	u32 rate = gf_download_rate(in->download);
	gf_filter_pid_set_info(in->pid, GF_PROP_PID_DOWN_BYTES, PROP_LONGUINT(in->pos));
	gf_filter_pid_set_info(in->pid, GF_PROP_PID_DOWN_RATE, PROP_UINT(rate));
	gf_filter_pid_set_info(
		in->pid, GF_PROP_PID_DOWN_SIZE, PROP_LONGUINT(in->size == NET_SIZE_UNKNOWN ? in->pos : in->size));
	if (!gf_filter_reporting_enabled(in->filter))
		return;
	char text[300];
	u32 percent = in->size && in->size != NET_SIZE_UNKNOWN ? (u32)((double)in->pos * 10000 / (double)in->size) : 10001;
	snprintf(text, sizeof(text), "%.200s: %" PRIu64 " bytes, %u kbit/s", in->label, in->pos, rate / 1000);
	gf_filter_update_status(in->filter, percent, text);
}

// ---- packets

u64 httpin_end_of_bytes(const HttpIn *in)
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
	if (in->damaged)
		gf_filter_pck_set_corrupted(packet, GF_TRUE);
	in->damaged = GF_FALSE;
	in->sent_start = GF_TRUE;
	return gf_filter_pck_send(packet);
}

// Room for bytes in the packet that is being filled.
static GF_Err get_room(HttpIn *in, u8 **data, u32 *size)
{
	if (!in->packet) {
		in->packet = gf_filter_pck_new_alloc(in->pid, in->block_size, &in->data);
		if (!in->packet)
			return GF_OUT_OF_MEM;
	}
	*data = in->data + in->filled;
	*size = in->block_size - in->filled;
	return GF_OK;
}

// So many bytes were put there. The last packet is sent when the transfer is known to be complete.
static GF_Err use_room(HttpIn *in, u32 size)
{
	in->filled += size;
	in->pos += size;
	if (in->filled < in->block_size || in->pos == httpin_end_of_bytes(in))
		return GF_OK;
	GF_Err e = send_packet(in, GF_FALSE);
	return e < 0 ? e : GF_OK;
}

static GF_Err fill_packets(HttpIn *in, const u8 *data, u32 size)
{
	GF_Err e = GF_OK;
	while (size && !e) {
		u8 *room = NULL;
		u32 n = 0;
		e = get_room(in, &room, &n);
		if (e)
			return e;
		if (n > size)
			n = size;
		memcpy(room, data, n);
		e = use_room(in, n);
		data += n;
		size -= n;
	}
	return e;
}

// Declares the PID with what is there and sends it.
static GF_Err send_first(HttpIn *in)
{
	u32 size = in->first_size;
	GF_Err e = describe(in);
	in->pos -= size;
	if (!e)
		e = fill_packets(in, in->first, size);
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
	if (size)
		memcpy(all + in->first_size, data, size);
	in->first = all;
	in->first_size += size;
	in->pos += size;
	return in->first_size < PROBE_SIZE ? GF_OK : send_first(in);
}

// The end of the resource is that of the stream when nobody asked for another one yet.
static void leave_resource(HttpIn *in)
{
	if (in->next.url)
		httpin_switch_now(in);
	else
		gf_filter_pid_set_eos(in->pid);
}

void httpin_end(HttpIn *in)
{
	GF_Err e = GF_OK;
	if (in->size == NET_SIZE_UNKNOWN && in->end == NET_SIZE_UNKNOWN)
		in->size = in->pos;
	if (!in->described) {
		if (!in->first_size && !in->switched) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] %s is empty: nothing to read\n", in->label));
			gf_filter_setup_failure(in->filter, GF_EOS);
			return;
		}
		e = send_first(in);
	}
	httpin_store_end_of_bytes(in);
	if (!e)
		e = send_packet(in, GF_TRUE);
	show_progress(in);
	if (e < 0)
		gf_filter_notification_failure(in->filter, e, GF_FALSE);
	leave_resource(in);
}

void httpin_drop_pending(HttpIn *in)
{
	if (in->packet)
		gf_filter_pck_discard(in->packet);
	in->packet = NULL;
	in->filled = 0;
	in->damaged = GF_FALSE;
	gf_free(in->first);
	in->first = NULL;
	in->first_size = 0;
}

void httpin_fail(HttpIn *in, GF_Err e)
{
	in->state = HTTPIN_IDLE;
	if (!in->pid) {
		httpin_drop_pending(in);
		gf_filter_setup_failure(in->filter, e);
		return;
	}
	// what came is sent, what is missing is told
	if (in->first_size)
		send_first(in);
	if (in->filled)
		send_packet(in, GF_FALSE);
	httpin_drop_pending(in);
	// after a switch the one who asked decides what a missing resource means
	if (in->switched && !in->described && e == GF_URL_ERROR)
		return;
	in->fault = e;
	gf_filter_notification_failure(in->filter, e, GF_FALSE);
	leave_resource(in);
}

// Length of what comes before the path of a URL.
static size_t site_length(const char *url)
{
	const char *host = strstr(url, "://");
	return host ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : 0;
}

static char *without_credentials(const char *url)
{
	const char *host = strstr(url, "://"), *at = host ? memrchr(host, '@', site_length(url) - (size_t)(host - url)) : NULL;
	char *copy = gf_strdup(url);
	if (copy && at)
		memmove(copy + (host + 3 - url), at + 1, strlen(at + 1) + 1);
	return copy;
}

// Name and password that the application gave are for one site.
static void forget_credentials(HttpIn *in, const char *url)
{
	size_t len = site_length(url);
	if (in->target.url && site_length(in->target.url) == len && !strncasecmp(url, in->target.url, len))
		return;
	gf_free(in->user);
	gf_free(in->password);
	in->user = in->password = NULL;
}

void httpin_go_to(HttpIn *in, HttpInTarget *target)
{
	httpin_store_leave(in);
	forget_credentials(in, target->url);
	gf_free(in->target.url);
	gf_free(in->label);
	in->target = *target;
	in->label = without_credentials(in->target.url);
	*target = (HttpInTarget){0};
	in->pos = in->from = in->target.start;
	in->end = in->target.end;
	in->size = NET_SIZE_UNKNOWN;
	in->described = in->sent_start = in->use_tls = in->coded = in->answered = GF_FALSE;
	in->asked_user = in->looked = in->revalidate = in->no_store = GF_FALSE;
	in->nb_tries = 0;
	in->blob_modified = 0;
	gf_free(in->validator);
	in->validator = NULL;
	http_fields_reset(&in->headers);
	httpin_read_on(in);
}

void httpin_read_on(HttpIn *in)
{
	in->state = HTTPIN_DELAYED;
	in->start_us = 0;
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
	if (in->state == HTTPIN_RUNNING && in->filled && in->pos != httpin_end_of_bytes(in)) {
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

// The consumer opens the local file itself: it is only told that the file is there.
static Bool leaves_to_consumer(HttpIn *in)
{
	if (!in->full_file_only || !in->has_path || !in->described)
		return GF_FALSE;
	httpin_drop_pending(in);
	in->pos = httpin_end_of_bytes(in);
	in->state = HTTPIN_IDLE;
	httpin_end(in);
	return GF_TRUE;
}

// Reads some of what is kept, or of a block of memory.
static GF_Err read_some(HttpIn *in, u32 *got)
{
	u8 first[PROBE_SIZE], *room = first;
	u64 left = httpin_end_of_bytes(in) - in->pos;
	u32 size = sizeof(first);
	GF_Err e = in->described ? get_room(in, &room, &size) : GF_OK;
	if (!e)
		e = httpin_store_read(in, room, left < size ? (u32)left : size, got);
	if (e)
		return e;
	if (in->described && *got)
		return use_room(in, *got);
	return in->described ? send_packet(in, GF_FALSE) : httpin_take(in, first, *got);
}

// One step of reading what is there. Microseconds to wait before the next.
static u32 read_local(HttpIn *in)
{
	u32 got = 0;
	GF_Err e = GF_EOS;
	if (leaves_to_consumer(in))
		return 0;
	if (in->pos < httpin_end_of_bytes(in))
		e = read_some(in, &got);
	if (e == GF_NOT_READY) {
		// a block of memory grows: what is there goes on
		e = in->filled ? send_packet(in, GF_FALSE) : GF_OK;
		if (e < 0)
			httpin_fail(in, e);
		return BLOB_RETRY_US;
	}
	if (e == GF_EOS && in->pos < httpin_end_of_bytes(in) && !httpin_is_blob(in)) {
		httpin_read_on(in); // the rest is fetched
	} else if (e == GF_EOS || (!e && in->pos == httpin_end_of_bytes(in))) {
		in->state = HTTPIN_IDLE;
		httpin_end(in);
	} else if (e) {
		httpin_fail(in, e);
	}
	return 0;
}

static u32 delay_left(const HttpIn *in)
{
	u64 clock = gf_sys_clock_high_res();
	return in->start_us > clock ? (u32)(in->start_us - clock) : 0;
}

// Reads on at `pos`: from what is kept, or from the server.
static GF_Err start(HttpIn *in)
{
	GF_Err e = in->looked ? GF_OK : httpin_store_look(in);
	if (e)
		return e;
	if (httpin_is_blob(in) || httpin_store_end(in) > in->pos) {
		in->state = HTTPIN_LOCAL;
		return GF_OK;
	}
	return httpin_request(in);
}

static u32 step(HttpIn *in)
{
	if (in->state == HTTPIN_LOCAL)
		return read_local(in);
	if (in->state == HTTPIN_RUNNING)
		return receive(in);
	u32 wait = delay_left(in);
	GF_Err e = wait ? GF_OK : start(in);
	if (e)
		httpin_fail(in, e);
	return wait;
}

static GF_Err httpin_process(GF_Filter *filter)
{
	HttpIn *in = gf_filter_get_udta(filter);
	u32 wait = 0;
	for (u32 i = 0; i < MAX_RUNS && in->state != HTTPIN_IDLE && !wait; i++) {
		if (in->state != HTTPIN_DELAYED && in->pid && gf_filter_pid_would_block(in->pid)) {
			in->activity_us = gf_sys_clock_high_res();
			net_loop_stop(&in->loop);
			return GF_OK; // called again when there is room
		}
		wait = step(in);
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

// ---- life

static GF_Err check_options(const HttpIn *in)
{
	if (!in->src) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] no source: set the option src\n"));
		return GF_BAD_PARAM;
	}
	if (in->blockio) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] option blockio is not supported\n"));
		return GF_NOT_SUPPORTED;
	}
	if (in->range.num < 0 || (in->range.den && in->range.den < (u64)in->range.num)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] %s: the range is empty\n", in->src));
		return GF_BAD_PARAM;
	}
	return GF_OK;
}

static GF_Err open_client(HttpIn *in)
{
	const NetModule *module = net_module();
	if (!module)
		return GF_NOT_SUPPORTED;
	NetClientCallbacks callbacks = httpin_callbacks;
	callbacks.udta = in;
	if (!gf_log_tool_level_on(GF_LOG_HTTP, GF_LOG_DEBUG))
		callbacks.on_log = NULL;
	in->net = module->client;
	in->download = gf_download_new(in->filter);
	in->shared = in->download ? httpin_shared(in->download) : NULL;
	in->client = in->shared ? in->net->open(&callbacks, in->shared->net_share) : NULL;
	in->stores = gf_list_new();
	if (!in->client || !in->stores)
		return GF_OUT_OF_MEM;
	GF_Err e = net_loop_open(&in->loop, in->filter);
	return e ? e : net_loop_add(&in->loop, in->net->fd(in->client));
}

static GF_Err httpin_initialize(GF_Filter *filter)
{
	HttpIn *in = gf_filter_get_udta(filter);
	in->filter = filter;
	in->loop = NET_LOOP_CLOSED;
	GF_Err e = check_options(in);
	if (!e)
		e = open_client(in);
	if (e)
		return e;
	HttpInTarget target = {.url = gf_strdup(in->src), .start = (u64)in->range.num,
		.end = in->range.den ? in->range.den + 1 : NET_SIZE_UNKNOWN};
	if (!target.url)
		return GF_OUT_OF_MEM;
	httpin_go_to(in, &target);
	in->start_us = in->idelay ? gf_sys_clock_high_res() + (u64)in->idelay * 1000 : 0;
	return GF_OK;
}

static void httpin_finalize(GF_Filter *filter)
{
	HttpIn *in = gf_filter_get_udta(filter);
	net_loop_close(&in->loop);
	if (in->client) {
		httpin_cancel(in);
		in->net->del(in->client);
	}
	httpin_drop_pending(in);
	httpin_store_close(in);
	gf_download_del(in->download);
	http_fields_reset(&in->headers);
	http_fields_reset(&in->shown);
	gf_free(in->target.url);
	gf_free(in->label);
	gf_free(in->next.url);
	gf_free(in->validator);
	gf_free(in->user);
	gf_free(in->password);
}

static GF_FilterProbeScore httpin_probe_url(const char *url, const char *mime)
{
	static const char *const schemes[] = {"http://", "https://", "gmem://"};
	(void)mime;
	for (u32 i = 0; i < 3; i++) {
		if (!strncasecmp(url, schemes[i], strlen(schemes[i])))
			return GF_FPROBE_SUPPORTED;
	}
	return GF_FPROBE_NOT_SUPPORTED;
}

#define OPT(field) #field, (s32)offsetof(HttpIn, field)
static const GF_FilterArgs httpin_args[] = {
	{OPT(src), "URL of the resource", GF_PROP_NAME, NULL, NULL, 0},
	{OPT(block_size), "Most bytes sent in one packet", GF_PROP_UINT, "100000", "1,+I", GF_FS_ARG_HINT_ADVANCED},
	{OPT(cache),
		"Where the resource is kept while it is used, so that seeks do not fetch it again: disk (a file of the cache "
		"directory, until the source goes to another resource), keep (the same, and it is found by later sessions), mem "
		"(memory), mem_keep (memory; the first resource of the source stays), auto (disk when the size is known, else "
		"none), none, none_keep (the first resource in memory, then none)",
		GF_PROP_UINT, "none", "auto|disk|keep|mem|mem_keep|none|none_keep", GF_FS_ARG_HINT_ADVANCED},
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
			"recognised from the first bytes, the MIME type of the server and the extension of the URL. Limits, "
			"timeouts and the cache directory are core options. Blocks of memory (gmem://) are sources, too, also while "
			"they grow.",
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
