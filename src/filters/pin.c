// SPDX-License-Identifier: MIT
// Pipe input: the bytes of a FIFO or of standard input as one File PID. Nothing can be read again: neither seeking
// nor the size of the file is known.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "filters/registry.h"

#define MAX_READ 8192u
#define STDIN_TIMEOUT_MS 10000

typedef struct {
	// options
	char *src;
	u32 block_size;
	char *ext, *mime;
	Bool blk, ka, mkp, sigflush, marker;
	u32 bpcnt, timeout;

	GF_FilterPid *pid;
	int fd;
	Bool is_stdin;
	Bool made;     // the FIFO was made here
	char *path;    // NULL for standard input
	u8 *block;
	u32 filled;
	u64 position;
	Bool got_data; // from the writer at hand
	Bool any_data, ended;
	u32 nb_closes;
	u64 waiting_since; // ms, 0 when data came
} PinCtx;

static Bool is_stdin_name(const char *name)
{
	return !strcmp(name, "-") || !strcmp(name, "stdin");
}

static const char *without_scheme(const char *name)
{
	return strncmp(name, "pipe://", 7) ? name : name + 7;
}

static GF_Err open_fifo(PinCtx *ctx)
{
	// without O_NONBLOCK, the call waits for a writer
	ctx->fd = open(ctx->path, O_RDONLY | O_CLOEXEC | (ctx->blk ? 0 : O_NONBLOCK));
	ctx->got_data = GF_FALSE;
	if (ctx->fd >= 0)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[pin] cannot open %s: %s\n", ctx->path, strerror(errno)));
	return GF_URL_ERROR;
}

static GF_Err refuse_options(const PinCtx *ctx)
{
	if (!ctx->marker)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[pin] option marker is not supported\n"));
	return GF_NOT_SUPPORTED;
}

static GF_Err pin_initialize(GF_Filter *filter)
{
	PinCtx *ctx = gf_filter_get_udta(filter);
	ctx->fd = -1;
	GF_Err e = refuse_options(ctx);
	if (e)
		return e;
	if (!ctx->src || !ctx->block_size) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[pin] option %s must be set\n", ctx->src ? "block_size" : "src"));
		return GF_BAD_PARAM;
	}
	ctx->block = gf_malloc(ctx->block_size);
	if (!ctx->block)
		return GF_OUT_OF_MEM;
	gf_filter_post_process_task(filter);
	ctx->is_stdin = is_stdin_name(ctx->src);
	if (ctx->is_stdin) {
		ctx->fd = STDIN_FILENO;
		ctx->timeout = STDIN_TIMEOUT_MS;
		return GF_OK;
	}
	ctx->path = gf_strdup(without_scheme(ctx->src));
	if (!ctx->path)
		return GF_OUT_OF_MEM;
	ctx->made = ctx->mkp && !mkfifo(ctx->path, 0666);
	return open_fifo(ctx);
}

static void close_fifo(GF_Filter *filter, PinCtx *ctx)
{
	gf_filter_watch_fd(filter, -1, 0);
	if (ctx->fd >= 0 && !ctx->is_stdin)
		close(ctx->fd);
	ctx->fd = -1;
}

static void pin_finalize(GF_Filter *filter)
{
	PinCtx *ctx = gf_filter_get_udta(filter);
	close_fifo(filter, ctx);
	if (ctx->made)
		unlink(ctx->path);
	gf_free(ctx->path);
	gf_free(ctx->block);
}

static Bool pin_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	PinCtx *ctx = gf_filter_get_udta(filter);
	if (event->base.type == GF_FEVT_STOP) {
		ctx->ended = GF_TRUE;
		if (ctx->pid)
			gf_filter_pid_set_eos(ctx->pid);
	}
	return GF_TRUE;
}

// ---- Data

static GF_Err send_block(GF_Filter *filter, PinCtx *ctx)
{
	u8 *data;
	if (!ctx->filled)
		return GF_OK;
	if (!ctx->pid) {
		GF_Err e = gf_filter_pid_raw_new(
			filter, ctx->src, NULL, ctx->mime, ctx->ext, ctx->block, ctx->filled, ctx->mime != NULL, &ctx->pid);
		if (e)
			return e;
		gf_filter_pid_set_property(ctx->pid, GF_PROP_PID_FILE_CACHED, PROP_BOOL(GF_FALSE));
		gf_filter_pid_set_property(ctx->pid, GF_PROP_PID_PLAYBACK_MODE, PROP_UINT(GF_PLAYBACK_MODE_NONE));
	}
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(ctx->pid, ctx->filled, &data);
	if (!packet)
		return GF_OUT_OF_MEM;
	memcpy(data, ctx->block, ctx->filled);
	gf_filter_pid_set_info(ctx->pid, GF_PROP_PID_DOWN_BYTES, PROP_LONGUINT(ctx->position));
	gf_filter_pck_set_framing(packet, !ctx->position, GF_FALSE);
	gf_filter_pck_set_sap(packet, GF_FILTER_SAP_1);
	gf_filter_pck_set_byte_offset(packet, ctx->position);
	ctx->position += ctx->filled;
	ctx->filled = 0;
	GF_Err e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

static GF_Err end(GF_Filter *filter, PinCtx *ctx)
{
	GF_Err e = send_block(filter, ctx);
	ctx->ended = GF_TRUE;
	close_fifo(filter, ctx);
	if (ctx->pid)
		gf_filter_pid_set_eos(ctx->pid);
	return e ? e : GF_EOS;
}

// The writer is gone: another one may come with `ka`.
static GF_Err writer_closed(GF_Filter *filter, PinCtx *ctx)
{
	ctx->nb_closes++;
	if (ctx->is_stdin || !ctx->ka || (ctx->bpcnt && ctx->nb_closes >= ctx->bpcnt))
		return end(filter, ctx);
	GF_Err e = send_block(filter, ctx);
	if (!e && ctx->sigflush && ctx->pid)
		gf_filter_pid_send_flush(ctx->pid);
	// the end of the old writer would be reported as long as it is open
	close_fifo(filter, ctx);
	return e ? e : open_fifo(ctx);
}

// Reads what is there, at most one block. GF_NOT_READY: nothing more at present; GF_EOS: the writer is gone.
static GF_Err read_block(PinCtx *ctx)
{
	while (ctx->filled < ctx->block_size) {
		struct pollfd p = {.fd = ctx->fd, .events = POLLIN};
		if (poll(&p, 1, 0) <= 0)
			return GF_NOT_READY;
		u32 left = ctx->block_size - ctx->filled;
		ssize_t nb = read(ctx->fd, ctx->block + ctx->filled, left < MAX_READ ? left : MAX_READ);
		if (nb < 0 && (errno == EAGAIN || errno == EINTR))
			return GF_NOT_READY;
		if (nb < 0) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[pin] cannot read %s: %s\n", ctx->src, strerror(errno)));
			return GF_EOS;
		}
		if (!nb) // nobody has opened the FIFO yet, or everybody has closed it
			return ctx->got_data || ctx->is_stdin || (p.revents & POLLHUP) ? GF_EOS : GF_NOT_READY;
		ctx->got_data = ctx->any_data = GF_TRUE;
		ctx->filled += (u32)nb;
	}
	return GF_OK;
}

// Comes back when there is data, or when it was waited for too long.
static GF_Err wait_data(GF_Filter *filter, PinCtx *ctx)
{
	u64 now = gf_sys_clock_high_res() / 1000;
	if (!ctx->waiting_since)
		ctx->waiting_since = now;
	u64 waited = now - ctx->waiting_since;
	if (ctx->timeout && waited >= ctx->timeout) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_MMIO, ("[pin] %s: no data for %u ms\n", ctx->src, ctx->timeout));
		if (!ctx->any_data)
			gf_filter_setup_failure(filter, GF_SERVICE_ERROR);
		return end(filter, ctx);
	}
	if (ctx->timeout)
		gf_filter_ask_rt_reschedule(filter, (u32)(ctx->timeout - waited) * 1000);
	// a regular file cannot be watched, but is always ready
	if (gf_filter_watch_fd(filter, ctx->fd, EPOLLIN))
		gf_filter_ask_rt_reschedule(filter, 0);
	return GF_OK;
}

static GF_Err pin_process(GF_Filter *filter)
{
	PinCtx *ctx = gf_filter_get_udta(filter);
	if (ctx->ended)
		return GF_EOS;
	if (ctx->pid && gf_filter_pid_would_block(ctx->pid))
		return GF_OK;
	GF_Err e = read_block(ctx);
	if (e == GF_EOS)
		return writer_closed(filter, ctx);
	if (e == GF_NOT_READY && !ctx->filled)
		return wait_data(filter, ctx);
	ctx->waiting_since = 0;
	e = send_block(filter, ctx);
	gf_filter_ask_rt_reschedule(filter, 0);
	return e;
}

static GF_FilterProbeScore pin_probe_url(const char *url, const char *mime)
{
	struct stat st;
	(void)mime;
	if (is_stdin_name(url) || !strncmp(url, "pipe://", 7))
		return GF_FPROBE_SUPPORTED;
	return !strstr(url, "://") && !stat(url, &st) && S_ISFIFO(st.st_mode) ? GF_FPROBE_FORCE : GF_FPROBE_NOT_SUPPORTED;
}

#define OPT(field) #field, (s32)offsetof(PinCtx, field)
static const GF_FilterArgs pin_args[] = {
	{OPT(src), "Name of the pipe: a path, pipe://NAME, - or stdin", GF_PROP_NAME, NULL, NULL, 0},
	{OPT(block_size), "Bytes of a packet at most", GF_PROP_UINT, "5000", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(ext), "File extension of the data", GF_PROP_STRING, NULL, NULL, 0},
	{OPT(mime), "MIME type of the data", GF_PROP_STRING, NULL, NULL, 0},
	{OPT(blk), "Wait for a writer when the pipe is opened", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(ka), "Go on reading when the writer has closed the pipe, until another one comes", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(mkp), "Make the pipe when it does not exist; it is removed at the end", GF_PROP_BOOL, "false", NULL, 0},
	{OPT(sigflush), "With ka, have what was read processed to the end when a writer closes the pipe", GF_PROP_BOOL,
		"false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(marker), "Look for marks in the data (not supported)", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(bpcnt), "With ka, number of writers after which the stream ends; 0 for no end", GF_PROP_UINT, "0", NULL,
		GF_FS_ARG_HINT_EXPERT},
	{OPT(timeout), "Milliseconds without data after which the stream ends, 0 to wait for ever; 10000 for standard input",
		GF_PROP_UINT, "0", NULL, GF_FS_ARG_HINT_ADVANCED},
	{0},
};

static const GF_FilterCapability pin_caps[] = {
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
};

const GF_FilterRegister pin_register = {
	.name = "pin",
	.description = "Pipe input",
	.help = "This filter reads a named pipe, or standard input. The format is recognised from the first bytes. "
			"EX cat file.mp4 | gpac -i - inspect",
	.private_size = sizeof(PinCtx),
	SETCAPS(pin_caps),
	.args = pin_args,
	.initialize = pin_initialize,
	.finalize = pin_finalize,
	.process = pin_process,
	.process_event = pin_process_event,
	.probe_url = pin_probe_url,
	.hint_class_type = GF_FS_CLASS_MM_IO,
};
