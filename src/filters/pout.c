// SPDX-License-Identifier: MIT
// Pipe output: writes the bytes of a File PID to a FIFO. Writing waits for the reader.
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "base/io.h"
#include "filters/registry.h"

#define MAX_EXT 9

typedef struct {
	// options
	char *dst;
	char *ext, *mime;
	Bool dynext;
	Double start, speed;
	Bool mkp;
	u32 block_size;
	Bool ka, marker;

	GF_FilterPid *pid;
	GF_FilterCapability caps[2];
	char caps_ext[MAX_EXT + 1];
	IoWriter *writer;
	Bool made;   // the FIFO was made here
	Bool marked; // nothing was written since the last mark
	Bool warned; // that something cannot be rewritten
	Bool done;
} PoutCtx;

static const char *path_of(const PoutCtx *ctx)
{
	return strncmp(ctx->dst, "pipe://", 7) ? ctx->dst : ctx->dst + 7;
}

// What the destination accepts, by its extension or MIME type.
static GF_Err set_caps(GF_Filter *filter, PoutCtx *ctx)
{
	const char *dot = gf_file_ext_start(path_of(ctx)), *ext = ctx->ext ? ctx->ext : dot ? dot + 1 : NULL;
	ctx->caps[0] = (GF_FilterCapability)CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE);
	if (ctx->mime) {
		ctx->caps[1] = (GF_FilterCapability)CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, ctx->mime);
	} else if (ext) {
		gf_strlcpy(ctx->caps_ext, ext, sizeof(ctx->caps_ext));
		ctx->caps[1] = (GF_FilterCapability)CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, ctx->caps_ext);
	} else if (ctx->dynext) {
		return GF_OK; // any format, as the register says
	} else {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO,
			("[pout] %s has no extension to choose a format by; give one with the option ext or mime\n", ctx->dst));
		return GF_NOT_SUPPORTED;
	}
	return gf_filter_override_caps(filter, ctx->caps, 2);
}

static GF_Err pout_initialize(GF_Filter *filter)
{
	PoutCtx *ctx = gf_filter_get_udta(filter);
	if (!ctx->dst) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[pout] no destination: set the option dst\n"));
		return GF_BAD_PARAM;
	}
	if (ctx->block_size != 5000) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[pout] option block_size is not supported\n"));
		return GF_NOT_SUPPORTED;
	}
	GF_Err e = set_caps(filter, ctx);
	if (!e && ctx->mkp && !gf_filter_is_temporary(filter))
		ctx->made = !mkfifo(path_of(ctx), 0666);
	return e;
}

static void pout_finalize(GF_Filter *filter)
{
	PoutCtx *ctx = gf_filter_get_udta(filter);
	io_writer_close(ctx->writer);
	if (ctx->made)
		unlink(path_of(ctx));
}

static GF_Err pout_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	PoutCtx *ctx = gf_filter_get_udta(filter);
	if (is_remove) {
		ctx->pid = NULL;
		return GF_OK;
	}
	if (!gf_filter_pid_check_caps(pid))
		return GF_NOT_SUPPORTED;
	if (ctx->pid == pid)
		return GF_OK;
	ctx->pid = pid;
	GF_FilterEvent event;
	gf_filter_pid_init_play_event(pid, &event, ctx->start, ctx->speed, "pout");
	gf_filter_pid_send_event(pid, &event);
	return GF_OK;
}

// The reader is gone: without `ka` nothing more can be written.
static GF_Err reader_left(PoutCtx *ctx)
{
	io_writer_close(ctx->writer);
	ctx->writer = NULL;
	if (ctx->ka)
		return GF_OK; // the next packet waits for another reader
	GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[pout] the reader of %s has closed it\n", path_of(ctx)));
	return GF_IO_ERR;
}

static void give_up(PoutCtx *ctx)
{
	GF_FilterEvent event;
	GF_FEVT_INIT(event, GF_FEVT_STOP, ctx->pid);
	gf_filter_pid_send_event(ctx->pid, &event);
	gf_filter_pid_set_discard(ctx->pid, GF_TRUE);
	ctx->done = GF_TRUE;
}

static GF_Err write_bytes(PoutCtx *ctx, const void *data, u32 size)
{
	GF_Err e = ctx->writer ? GF_OK : io_writer_open(path_of(ctx), NULL, IO_WRITE_UPDATE, &ctx->writer);
	if (e) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[pout] cannot open %s: %s\n", path_of(ctx), gf_error_to_string(e)));
		return e;
	}
	return io_writer_write(ctx->writer, data, size) ? reader_left(ctx) : GF_OK;
}

// Tells the reader that what it got is complete as far as it goes: a segment, a file, or all there is for now.
static GF_Err write_mark(PoutCtx *ctx)
{
	static const u8 mark[8] = "GPACPIF";
	if (!ctx->marker || ctx->marked || !ctx->writer)
		return GF_OK;
	ctx->marked = GF_TRUE;
	return write_bytes(ctx, mark, sizeof(mark));
}

static GF_Err write_packet(PoutCtx *ctx, GF_FilterPacket *packet)
{
	u32 size;
	Bool start, ends_file = GF_FALSE;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	// bytes to write over others, or between them: their place is behind
	Bool patch = gf_filter_pck_get_seek_flag(packet) && gf_filter_pck_get_byte_offset(packet) != GF_FILTER_NO_BO;
	if (patch && !ctx->warned)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MMIO,
			("[pout] the format rewrites what was sent, which a pipe cannot: choose another layout\n"));
	ctx->warned |= patch;
	gf_filter_pck_get_framing(packet, &start, &ends_file);
	GF_Err e = GF_OK;
	if (data && size && !patch) {
		e = write_bytes(ctx, data, size);
		ctx->marked = GF_FALSE;
	}
	return !e && ends_file ? write_mark(ctx) : e;
}

static GF_Err write_input(PoutCtx *ctx)
{
	GF_FilterPacket *packet;
	while ((packet = gf_filter_pid_get_packet(ctx->pid))) {
		GF_Err e = write_packet(ctx, packet);
		gf_filter_pid_drop_packet(ctx->pid);
		if (e)
			return e;
	}
	if (!gf_filter_pid_is_eos(ctx->pid))
		return GF_OK;
	return gf_filter_pid_is_flush_eos(ctx->pid) ? write_mark(ctx) : GF_EOS;
}

static GF_Err pout_process(GF_Filter *filter)
{
	PoutCtx *ctx = gf_filter_get_udta(filter);
	GF_Err e = ctx->pid && !ctx->done ? write_input(ctx) : GF_EOS;
	(void)filter;
	if (e == GF_IO_ERR)
		give_up(ctx);
	return e;
}

static GF_FilterProbeScore pout_probe_url(const char *url, const char *mime)
{
	struct stat st;
	(void)mime;
	if (!strncmp(url, "pipe://", 7))
		return GF_FPROBE_SUPPORTED;
	return !strstr(url, "://") && !stat(url, &st) && S_ISFIFO(st.st_mode) ? GF_FPROBE_FORCE : GF_FPROBE_NOT_SUPPORTED;
}

#define OPT(field) #field, (s32)offsetof(PoutCtx, field)
static const GF_FilterArgs pout_args[] = {
	{OPT(dst), "Name of the pipe: a path or pipe://NAME", GF_PROP_NAME, NULL, NULL, 0},
	{OPT(ext), "Extension to choose the format by", GF_PROP_STRING, NULL, NULL, 0},
	{OPT(mime), "MIME type to choose the format by", GF_PROP_STRING, NULL, NULL, 0},
	{OPT(dynext), "Take the format of the input", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(start), "Start of playback in seconds; a negative value is a fraction of the duration (-1 is the end)",
		GF_PROP_DOUBLE, "0.0", NULL, 0},
	{OPT(speed), "Playback speed; a negative speed with start=0 plays from the end", GF_PROP_DOUBLE, "1.0", NULL, 0},
	{OPT(mkp), "Make the pipe when it does not exist; it is removed at the end", GF_PROP_BOOL, "false", NULL, 0},
	{OPT(block_size), "Size of writes on other systems (not supported)", GF_PROP_UINT, "5000", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(ka), "When the reader closes the pipe, wait for another one", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(marker), "Write a mark, GPACPIF and a zero byte, where a segment or file ends or what was sent is flushed", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{0},
};

static const GF_FilterCapability pout_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "*"),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, "*"),
};

const GF_FilterRegister pout_register = {
	.name = "pout",
	.description = "Pipe output",
	.help = "This filter writes to a named pipe, in the format of the extension. EX gpac -i in.mp4 -o pipe://video.264:mkp",
	.private_size = sizeof(PoutCtx),
	.flags = GF_FS_REG_TEMP_INIT,
	SETCAPS(pout_caps),
	.args = pout_args,
	.initialize = pout_initialize,
	.finalize = pout_finalize,
	.configure_pid = pout_configure_pid,
	.process = pout_process,
	.probe_url = pout_probe_url,
	.hint_class_type = GF_FS_CLASS_MM_IO,
};
