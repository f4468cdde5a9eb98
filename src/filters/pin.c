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

// A mark in the data, with option `marker`: this text, a letter for what is to be done, and a zero byte or a line feed.
#define MARK_TEXT "GPACPI"
#define MARK_SIZE 8u

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
	Bool made;         // the FIFO was made here
	char *path;        // NULL for standard input
	u8 *block;
	u32 filled, alloc; // bytes that were read and not sent, and room for them
	u64 position;
	Bool got_data;     // from the writer at hand
	Bool new_format;   // another one follows
	Bool closed;       // by its writer, what it left may still have to be sent
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
	ctx->got_data = ctx->closed = GF_FALSE;
	if (ctx->fd >= 0)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[pin] cannot open %s: %s\n", ctx->path, strerror(errno)));
	return GF_URL_ERROR;
}

static GF_Err pin_initialize(GF_Filter *filter)
{
	PinCtx *ctx = gf_filter_get_udta(filter);
	ctx->fd = -1;
	if (!ctx->src || !ctx->block_size) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[pin] option %s must be set\n", ctx->src ? "block_size" : "src"));
		return GF_BAD_PARAM;
	}
	ctx->alloc = ctx->block_size < MARK_SIZE ? MARK_SIZE : ctx->block_size;
	ctx->block = gf_malloc(ctx->alloc);
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

// Makes the PID, for data that begin with `size` bytes of the block.
static GF_Err declare_pid(GF_Filter *filter, PinCtx *ctx, u32 size, GF_FilterPid **pid)
{
	GF_Err e = gf_filter_pid_raw_new(
		filter, ctx->src, NULL, ctx->mime, ctx->ext, ctx->block, size, ctx->mime != NULL, pid);
	if (e)
		return e;
	gf_filter_pid_set_property(*pid, GF_PROP_PID_FILE_CACHED, PROP_BOOL(GF_FALSE));
	gf_filter_pid_set_property(*pid, GF_PROP_PID_PLAYBACK_MODE, PROP_UINT(GF_PLAYBACK_MODE_NONE));
	return GF_OK;
}

// Another format follows on the same PID. Data are probed for new PIDs only, so one is made for that.
static GF_Err change_format(GF_Filter *filter, PinCtx *ctx, u32 size)
{
	GF_FilterPid *probed = NULL;
	GF_Err e = declare_pid(filter, ctx, size, &probed);
	if (e)
		return e;
	const GF_PropertyValue *p = gf_filter_pid_get_property(probed, GF_PROP_PID_MIME);
	const char *mime = p ? p->value.string : NULL;
	e = gf_filter_pid_raw_new(filter, ctx->src, NULL, mime, ctx->ext, NULL, 0, GF_TRUE, &ctx->pid);
	if (!mime)
		gf_filter_pid_set_property(ctx->pid, GF_PROP_PID_MIME, NULL);
	gf_filter_pid_remove(probed);
	ctx->new_format = GF_FALSE;
	return e;
}

static void forget(PinCtx *ctx, u32 size)
{
	ctx->filled -= size;
	memmove(ctx->block, ctx->block + size, ctx->filled);
}

// Sends the first bytes of the block.
static GF_Err send_bytes(GF_Filter *filter, PinCtx *ctx, u32 size)
{
	u8 *data;
	GF_Err e = GF_OK;
	if (!ctx->pid)
		e = declare_pid(filter, ctx, size, &ctx->pid);
	else if (ctx->new_format)
		e = change_format(filter, ctx, size);
	if (e)
		return e;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(ctx->pid, size, &data);
	if (!packet)
		return GF_OUT_OF_MEM;
	memcpy(data, ctx->block, size);
	gf_filter_pid_set_info(ctx->pid, GF_PROP_PID_DOWN_BYTES, PROP_LONGUINT(ctx->position));
	gf_filter_pck_set_framing(packet, !ctx->position, GF_FALSE);
	gf_filter_pck_set_sap(packet, GF_FILTER_SAP_1);
	gf_filter_pck_set_byte_offset(packet, ctx->position);
	ctx->position += size;
	forget(ctx, size);
	e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

static GF_Err end(GF_Filter *filter, PinCtx *ctx)
{
	ctx->ended = GF_TRUE;
	close_fifo(filter, ctx);
	if (ctx->pid)
		gf_filter_pid_set_eos(ctx->pid);
	return GF_EOS;
}

// The writer is gone and what it wrote is sent: another one may come with `ka`.
static GF_Err writer_closed(GF_Filter *filter, PinCtx *ctx)
{
	ctx->nb_closes++;
	if (ctx->is_stdin || !ctx->ka || (ctx->bpcnt && ctx->nb_closes >= ctx->bpcnt))
		return end(filter, ctx);
	if (ctx->sigflush && ctx->pid)
		gf_filter_pid_send_flush(ctx->pid);
	// the end of the old writer would be reported as long as it is open
	close_fifo(filter, ctx);
	return open_fifo(ctx);
}

// Reads what is there, as far as there is room. GF_NOT_READY: nothing more at present; GF_EOS: the writer is gone.
static GF_Err read_block(PinCtx *ctx)
{
	while (!ctx->closed && ctx->filled < ctx->alloc) {
		struct pollfd p = {.fd = ctx->fd, .events = POLLIN};
		if (poll(&p, 1, 0) <= 0)
			return GF_NOT_READY;
		u32 left = ctx->alloc - ctx->filled;
		ssize_t nb = read(ctx->fd, ctx->block + ctx->filled, left < MAX_READ ? left : MAX_READ);
		if (nb < 0 && (errno == EAGAIN || errno == EINTR))
			return GF_NOT_READY;
		if (nb < 0)
			GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[pin] cannot read %s: %s\n", ctx->src, strerror(errno)));
		if (!nb && !ctx->got_data && !ctx->is_stdin && !(p.revents & POLLHUP))
			return GF_NOT_READY; // nobody has opened the FIFO yet
		ctx->closed = nb <= 0;
		if (ctx->closed)
			break;
		ctx->got_data = ctx->any_data = GF_TRUE;
		ctx->filled += (u32)nb;
	}
	return ctx->closed ? GF_EOS : GF_OK;
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
		GF_Err e = ctx->filled ? send_bytes(filter, ctx, ctx->filled) : GF_OK; // no mark, as it turns out
		return e ? e : end(filter, ctx);
	}
	if (ctx->timeout)
		gf_filter_ask_rt_reschedule(filter, (u32)(ctx->timeout - waited) * 1000);
	// a regular file cannot be watched, but is always ready
	if (gf_filter_watch_fd(filter, ctx->fd, EPOLLIN))
		gf_filter_ask_rt_reschedule(filter, 0);
	return GF_OK;
}

// ---- Marks

// Whether bytes begin with a mark, or, when they are fewer, could be the beginning of one.
static Bool is_mark(const u8 *data, u32 size)
{
	u32 text = size < MARK_SIZE - 2 ? size : MARK_SIZE - 2;
	return !memcmp(data, MARK_TEXT, text) && (size < 7 || (data[6] && strchr("FRC", data[6]))) &&
		   (size < 8 || !data[7] || data[7] == '\n');
}

// Number of bytes to send: those in front of the first mark, or of what may become one when the rest is read.
static u32 count_data(const PinCtx *ctx)
{
	u32 i = 0;
	if (!ctx->marker)
		return ctx->filled;
	while (i < ctx->filled && !is_mark(ctx->block + i, ctx->filled - i))
		i++;
	return ctx->closed && ctx->filled - i < MARK_SIZE ? ctx->filled : i;
}

// Does what the mark at the head of the block tells.
static void use_mark(GF_Filter *filter, PinCtx *ctx)
{
	u8 letter = ctx->block[MARK_SIZE - 2];
	forget(ctx, MARK_SIZE);
	if (letter == 'C')
		end(filter, ctx);
	if (letter == 'F' && ctx->pid)
		gf_filter_pid_send_flush(ctx->pid);
	if (letter == 'R' && ctx->pid) { // what follows is a file of its own
		gf_filter_pid_send_flush(ctx->pid);
		ctx->new_format = GF_TRUE;
		ctx->position = 0;
	}
}

static GF_Err pin_process(GF_Filter *filter)
{
	PinCtx *ctx = gf_filter_get_udta(filter);
	if (ctx->ended)
		return GF_EOS;
	if (ctx->pid && gf_filter_pid_would_block(ctx->pid))
		return GF_OK;
	GF_Err e = read_block(ctx);
	u32 size = count_data(ctx);
	while (!size && ctx->filled >= MARK_SIZE) {
		use_mark(filter, ctx);
		if (ctx->ended)
			return GF_EOS;
		e = read_block(ctx);
		size = count_data(ctx);
	}
	if (!size)
		return e == GF_EOS ? writer_closed(filter, ctx) : wait_data(filter, ctx);
	ctx->waiting_since = 0;
	gf_filter_ask_rt_reschedule(filter, 0);
	return send_bytes(filter, ctx, size < ctx->block_size ? size : ctx->block_size);
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
	{OPT(marker), "Look for marks of 8 bytes in the data, which are taken out: GPACPIF, GPACPIR or GPACPIC with a zero byte "
		"or a line feed behind. F: what was read is processed to the end; R: another format follows; C: the stream ends, "
		"with ka too",
		GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_ADVANCED},
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
