// SPDX-License-Identifier: MIT
// File output: writes the packets of a File PID to a local file, a gfio:// object or standard output.
//
// One file per PID, or one per packet that carries a file number or name (images, segments), named by a
// template. Muxers rewrite headers with patch packets: seek flag and byte offset, bytes overwritten at the
// offset, or inserted there when the interlaced flag is 1.
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/list.h>
#include <gpac/tools.h>
#include "filters/fout_file.h"
#include "filters/registry.h"

#define MAX_EXT 9

// A pause of this many ms between two calls makes a slow stream, whose packets are written at once.
#define SLOW_MS 8

// Longest chain of filters looked through for the sources of a file.
#define MAX_DEPTH 32

typedef enum { CAT_NONE = 0, CAT_AUTO, CAT_ALL } CatMode;
typedef enum { OW_YES = 0, OW_NO, OW_ASK } OverwriteMode;

typedef struct {
	char *dst;
	Bool append;
	Bool dynext;
	Double start;
	Double speed;
	char *ext;
	char *mime;
	u32 cat; // CatMode
	u32 ow;  // OverwriteMode
	u32 mvbk;
	Bool redund;
	Bool noinitraw;
	s32 max_cache_segs;
	Bool force_null;
	Bool atomic;
	Bool use_rel;

	GF_FilterPid *pid;
	GF_FilterCapability caps[2];
	char caps_ext[MAX_EXT + 1];
	GF_FileIO *object; // gfio:// destination, told that it is in use
	Bool is_null;
	Bool segmented;   // the PID comes from a segmenter
	Bool open_failed; // nothing can be written
	Bool slow;
	u64 last_call_ms;
	OutFile file;
	char *last_name; // of the file closed last
	Bool warned;     // that it is written again
	u64 segment_start;
	Bool init_done;
	GF_List *segments; // names of the media segments kept, oldest first
} FoutCtx;

static Bool is_stdout(const char *name)
{
	return !strcmp(name, "-") || !strcmp(name, "std") || !strcmp(name, "stdout");
}

static Bool is_gfio(const char *name)
{
	return !strncmp(name, "gfio://", 7);
}

static Bool is_file_name(const char *name)
{
	return is_gfio(name) || !strncmp(name, "file://", 7) || !strstr(name, "://");
}

static const char *without_scheme(const char *name)
{
	return strncmp(name, "file://", 7) ? name : name + 7;
}

// The dot of the extension in `name`, the original name of a wrapped file; NULL when there is none.
static const char *extension_dot(const char *name)
{
	if (is_gfio(name) && !(name = gf_fileio_translate_url(name)))
		return NULL;
	const char *slash = strrchr(name, '/');
	return strrchr(slash ? slash : name, '.');
}

// The template of a wrapped file is its original name, and files are opened by their names relative to that.
static GF_Err relative_to_template(const char *template, char name[GF_MAX_PATH])
{
	char *resolved = gf_strdup(name);
	if (!resolved)
		return GF_OUT_OF_MEM;
	size_t fixed = strcspn(template, "$");
	while (fixed && template[fixed - 1] != '/')
		fixed--;
	name[0] = 0;
	for (const char *slash = strchr(template + fixed, '/'); slash; slash = strchr(slash + 1, '/'))
		gf_strlcat(name, "../", GF_MAX_PATH);
	gf_strlcat(name, resolved + fixed, GF_MAX_PATH);
	gf_free(resolved);
	return GF_OK;
}

// Name of a file resolved from the destination, or from the property OutPath which has priority over it.
static GF_Err resolve_name(FoutCtx *ctx, GF_FilterPacket *packet, u32 number, char name[GF_MAX_PATH])
{
	const GF_PropertyValue *path = gf_filter_pid_get_property(ctx->pid, GF_PROP_PID_OUTPATH);
	const GF_PropertyValue *suffix = gf_filter_pck_get_property(packet, GF_PROP_PCK_FILESUF);
	const char *dst = without_scheme(path && path->value.string ? path->value.string : ctx->dst);
	const char *original = is_gfio(dst) ? gf_fileio_translate_url(dst) : NULL;
	const char *template = original ? original : dst;
	if (!strchr(template, '$')) {
		gf_strlcpy(name, dst, GF_MAX_PATH);
		return GF_OK;
	}
	char copy[GF_MAX_PATH];
	gf_strlcpy(copy, template, sizeof(copy));
	GF_Err e = gf_filter_pid_resolve_file_template(
		ctx->pid, copy, name, number, suffix ? suffix->value.string : NULL);
	return e || !original ? e : relative_to_template(template, name);
}

static void add_dynamic_extension(FoutCtx *ctx, char name[GF_MAX_PATH])
{
	const GF_PropertyValue *ext = gf_filter_pid_get_property(ctx->pid, GF_PROP_PID_FILE_EXT);
	if (!ctx->dynext || !ext || !ext->value.string || extension_dot(name))
		return;
	gf_strlcat(name, ".", GF_MAX_PATH);
	gf_strlcat(name, ext->value.string, GF_MAX_PATH);
}

static GF_Err name_from_packet(
	FoutCtx *ctx, GF_FilterPacket *packet, const char *file_name, char name[GF_MAX_PATH])
{
	const GF_PropertyValue *relative = gf_filter_pck_get_property(packet, GF_PROP_PCK_FILE_REL);
	if (!ctx->use_rel && !(relative && relative->value.boolean)) {
		gf_strlcpy(name, without_scheme(file_name), GF_MAX_PATH);
		return GF_OK;
	}
	char *full = gf_url_concatenate(ctx->dst, file_name);
	if (!full)
		return GF_URL_ERROR;
	gf_strlcpy(name, full, GF_MAX_PATH);
	gf_free(full);
	return GF_OK;
}

static Bool user_accepts(const char *name)
{
	char answer[16];
	fprintf(stderr, "File %s exists, overwrite it (y/n)? ", name);
	fflush(stderr);
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

// Whether a source above the filter reads the file.
static Bool is_read_above(GF_Filter *f, const struct stat *file, u32 depth)
{
	GF_PropertyValue src;
	struct stat st;
	u32 nb = gf_filter_get_ipid_count(f);
	if (!nb && gf_filter_get_arg(f, "src", &src) && src.value.string && !stat(without_scheme(src.value.string), &st))
		return st.st_dev == file->st_dev && st.st_ino == file->st_ino;
	for (u32 i = 0; i < nb && depth < MAX_DEPTH; i++) {
		if (is_read_above(gf_filter_pid_get_source_filter(gf_filter_get_ipid(f, i)), file, depth + 1))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static GF_Err check_overwrite(FoutCtx *ctx, const char *name)
{
	if (is_stdout(name) || is_gfio(name))
		return GF_OK;
	struct stat st;
	if (!ctx->atomic && !stat(without_scheme(name), &st) && S_ISREG(st.st_mode) &&
		is_read_above(gf_filter_pid_get_source_filter(ctx->pid), &st, 0)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO,
			("[fout] %s is being read by this session and would be destroyed; write to another name, or with "
			 "option atomic\n",
				name));
		return GF_BAD_PARAM;
	}
	if (ctx->ow != OW_YES && gf_file_exists(name) && (ctx->ow == OW_NO || !user_accepts(name))) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO,
			("[fout] %s exists and must not be overwritten (option ow=%s)\n", name,
				ctx->ow == OW_NO ? "no" : "ask"));
		return GF_IO_ERR;
	}
	if (ctx->warned || ctx->segmented || !ctx->last_name || strcmp(ctx->last_name, name))
		return GF_OK;
	ctx->warned = GF_TRUE;
	GF_LOG(GF_LOG_WARNING, GF_LOG_MMIO,
		("[fout] %s is written again and its first content is lost; concatenate with cat=auto, or number "
		 "the files with $num$\n",
			name));
	return GF_OK;
}

static GF_Err open_file(FoutCtx *ctx, const char *name)
{
	GF_Err e = ctx->append ? GF_OK : check_overwrite(ctx, name);
	if (e)
		return e;
	Bool special = is_stdout(name) || is_gfio(name);
	const char *parent = ctx->object && strcmp(name, ctx->dst) ? ctx->dst : NULL;
	e = out_file_open(&ctx->file, name, parent, ctx->append, ctx->atomic && !ctx->append && !special);
	ctx->segment_start = ctx->file.base;
	return e;
}

// Deletes the media segments beyond the number to keep.
static void purge_segments(FoutCtx *ctx)
{
	const GF_PropertyValue *shift = gf_filter_pid_get_property(ctx->pid, GF_PROP_PID_TIMESHIFT_SEGS);
	u32 keep = ctx->max_cache_segs < 0 ? 0u - (u32)ctx->max_cache_segs : (u32)ctx->max_cache_segs;
	if (ctx->max_cache_segs > 0 && shift && shift->value.uint > keep)
		keep = shift->value.uint;
	while (gf_list_count(ctx->segments) > keep) {
		char *name = gf_list_pop_front(ctx->segments);
		gf_file_delete(name);
		gf_free(name);
	}
}

static GF_Err remember_segment(FoutCtx *ctx)
{
	char *name = gf_strdup(ctx->file.name);
	if (!name || gf_list_add(ctx->segments, name)) {
		gf_free(name);
		return GF_OUT_OF_MEM;
	}
	purge_segments(ctx);
	return GF_OK;
}

// Tells the segmenter where the segment that ends is in the file.
static void report_segment(FoutCtx *ctx)
{
	GF_FilterEvent event;
	u64 end = out_file_position(&ctx->file);
	const GF_PropertyValue *no_init = gf_filter_pid_get_property(ctx->pid, GF_PROP_PID_NO_INIT);
	Bool is_init = !ctx->init_done && !(no_init && no_init->value.boolean);
	GF_FEVT_INIT(event, GF_FEVT_SEGMENT_SIZE, ctx->pid);
	event.seg_size.is_init = is_init;
	event.seg_size.media_range_start = ctx->segment_start;
	event.seg_size.media_range_end = end > ctx->segment_start ? end - 1 : end;
	gf_filter_pid_send_event(ctx->pid, &event);
	ctx->segment_start = end;
	ctx->init_done = GF_TRUE;
	if (!is_init && ctx->segments)
		remember_segment(ctx);
}

static GF_Err close_file(FoutCtx *ctx)
{
	if (ctx->file.name) {
		gf_free(ctx->last_name);
		ctx->last_name = gf_strdup(ctx->file.name);
	}
	return out_file_close(&ctx->file);
}

// Opens the file that the first packet of a frame belongs to, unless it goes on in the current one.
static GF_Err begin_frame(FoutCtx *ctx, GF_FilterPacket *packet)
{
	Bool is_open = ctx->file.writer != NULL;
	if (is_open && ctx->cat == CAT_ALL)
		return GF_OK;
	const GF_PropertyValue *number = gf_filter_pck_get_property(packet, GF_PROP_PCK_FILENUM);
	const GF_PropertyValue *file_name = gf_filter_pck_get_property(packet, GF_PROP_PCK_FILENAME);
	if (ctx->segmented && !(number && file_name))
		return GF_OK;
	if (is_open && !number && !file_name)
		return GF_OK;
	char name[GF_MAX_PATH];
	GF_Err e;
	if (file_name && file_name->value.string)
		e = name_from_packet(ctx, packet, file_name->value.string, name);
	else
		e = resolve_name(ctx, packet, number ? number->value.uint : 0, name);
	if (!e) {
		add_dynamic_extension(ctx, name);
		if (is_open && ctx->cat == CAT_AUTO && !strcmp(name, ctx->file.name)) {
			ctx->file.base = out_file_position(&ctx->file);
			return GF_OK;
		}
		e = close_file(ctx);
		GF_Err open_error = open_file(ctx, name);
		if (!e)
			e = open_error;
		ctx->open_failed = open_error != 0;
	} else {
		ctx->open_failed = GF_TRUE;
	}
	return e;
}

static GF_Err end_frame(FoutCtx *ctx)
{
	if (ctx->segmented)
		report_segment(ctx);
	return ctx->cat == CAT_NONE ? close_file(ctx) : GF_OK;
}

// Stops the producer: without a file, every packet would be lost.
static GF_Err give_up(FoutCtx *ctx)
{
	GF_FilterEvent event;
	GF_FEVT_INIT(event, GF_FEVT_STOP, ctx->pid);
	gf_filter_pid_send_event(ctx->pid, &event);
	gf_filter_pid_set_discard(ctx->pid, GF_TRUE);
	return GF_IO_ERR;
}

static GF_Err add_data(FoutCtx *ctx, GF_FilterPacket *packet)
{
	// sample_has_redundancy of ISO/IEC 14496-12 8.6.4.3: 1 means that the sample may be dropped.
	if (!ctx->redund && !ctx->segmented && (gf_filter_pck_get_dependency_flags(packet) & 3) == 1)
		return GF_OK;
	if (ctx->noinitraw && gf_filter_pck_get_property(packet, GF_PROP_PCK_INIT))
		return GF_OK;
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	if (data && size)
		return out_file_add(&ctx->file, packet, data, size);
	GF_FilterFrameInterface *frame = gf_filter_pck_get_frame_interface(packet);
	return frame ? out_file_add_frame(&ctx->file, ctx->pid, frame) : GF_OK;
}

static GF_Err patch(FoutCtx *ctx, GF_FilterPacket *packet)
{
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	if (!ctx->file.writer || !data)
		return GF_OK;
	u32 block = gf_filter_pck_get_interlaced(packet) ? ctx->mvbk + !ctx->mvbk : 0;
	return out_file_patch(&ctx->file, gf_filter_pck_get_byte_offset(packet), data, size, block);
}

static GF_Err write_packet(FoutCtx *ctx, GF_FilterPacket *packet)
{
	if (gf_filter_pck_get_seek_flag(packet) && gf_filter_pck_get_byte_offset(packet) != GF_FILTER_NO_BO)
		return patch(ctx, packet);
	Bool starts, ends;
	gf_filter_pck_get_framing(packet, &starts, &ends);
	GF_Err e = starts ? begin_frame(ctx, packet) : GF_OK;
	if (!ctx->file.writer)
		return e;
	GF_Err write_error = add_data(ctx, packet);
	GF_Err end_error = ends ? end_frame(ctx) : GF_OK;
	return e ? e : (write_error ? write_error : end_error);
}

// Measures the pace of the calls: the packets of a live stream are not kept for long.
static void note_pace(FoutCtx *ctx)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	u64 ms = (u64)now.tv_sec * 1000 + (u64)now.tv_nsec / 1000000;
	ctx->slow = ms - ctx->last_call_ms >= SLOW_MS;
	ctx->last_call_ms = ms;
}

static GF_Err fout_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	FoutCtx *ctx = gf_filter_get_udta(filter);
	if (is_remove) {
		GF_Err e = close_file(ctx);
		ctx->pid = NULL;
		return e;
	}
	if (!gf_filter_pid_check_caps(pid))
		return GF_NOT_SUPPORTED;
	Bool is_new = ctx->pid != pid;
	const GF_PropertyValue *mode = gf_filter_pid_get_property(pid, GF_PROP_PID_DASH_MODE);
	ctx->pid = pid;
	ctx->segmented = mode && mode->value.uint;
	if (ctx->segmented && ctx->max_cache_segs && !ctx->segments && !(ctx->segments = gf_list_new()))
		return GF_OUT_OF_MEM;
	if (is_new) {
		GF_FilterEvent event;
		gf_filter_pid_init_play_event(pid, &event, ctx->start, ctx->speed, "fout");
		gf_filter_pid_send_event(pid, &event);
	}
	return GF_OK;
}

static Bool fout_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	FoutCtx *ctx = gf_filter_get_udta(filter);
	if (event->base.type != GF_FEVT_FILE_DELETE || !event->file_del.url)
		return GF_FALSE;
	if (ctx->file.name && !strcmp(event->file_del.url, ctx->file.name))
		close_file(ctx);
	GF_Err e = gf_file_delete(event->file_del.url);
	if (e)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MMIO,
			("[fout] cannot delete %s: %s\n", event->file_del.url, gf_error_to_string(e)));
	return GF_TRUE;
}

static GF_Err fout_process(GF_Filter *filter)
{
	FoutCtx *ctx = gf_filter_get_udta(filter);
	GF_FilterPacket *packet;
	GF_Err e = GF_OK;
	if (!ctx->pid)
		return GF_EOS;
	if (ctx->open_failed)
		return GF_IO_ERR;
	if (ctx->is_null) {
		while (gf_filter_pid_get_packet(ctx->pid))
			gf_filter_pid_drop_packet(ctx->pid);
		return gf_filter_pid_is_eos(ctx->pid) ? GF_EOS : GF_OK;
	}
	note_pace(ctx);
	while (!e && (packet = gf_filter_pid_get_packet(ctx->pid))) {
		e = write_packet(ctx, packet);
		gf_filter_pid_drop_packet(ctx->pid);
	}
	if (ctx->open_failed)
		return give_up(ctx);
	if (e)
		return e;
	if (gf_filter_pid_is_eos(ctx->pid)) {
		if (gf_filter_pid_is_flush_eos(ctx->pid))
			return out_file_flush(&ctx->file);
		e = close_file(ctx);
		return e ? e : GF_EOS;
	}
	return ctx->slow || ctx->file.blocking ? out_file_flush(&ctx->file) : GF_OK;
}

static GF_FilterProbeScore fout_probe_url(const char *url, const char *mime)
{
	(void)mime;
	if (!strcmp(url, "null"))
		return GF_FPROBE_SUPPORTED;
	if (is_gfio(url)) {
		GF_FileIO *object = gf_fileio_from_url(url);
		return object && gf_fileio_write_mode(object) ? GF_FPROBE_MAYBE_SUPPORTED : GF_FPROBE_NOT_SUPPORTED;
	}
	return is_file_name(url) ? GF_FPROBE_MAYBE_SUPPORTED : GF_FPROBE_NOT_SUPPORTED;
}

// The extension that selects the muxer: the option, else the end of the name before any template or query.
static void find_extension(FoutCtx *ctx)
{
	const char *dot = ctx->ext ? NULL : extension_dot(ctx->dst);
	const char *ext = ctx->ext ? ctx->ext : dot ? dot + 1 : "";
	size_t length = strcspn(ext, "$?#");
	if (length > MAX_EXT)
		length = MAX_EXT;
	for (size_t i = 0; i < length; i++)
		ctx->caps_ext[i] = ext[i] >= 'A' && ext[i] <= 'Z' ? (char)(ext[i] + 'a' - 'A') : ext[i];
}

static GF_Err set_caps(GF_Filter *filter, FoutCtx *ctx)
{
	if (!ctx->is_null || ctx->ext)
		find_extension(ctx);
	if (ctx->mime || ctx->caps_ext[0]) {
		ctx->caps[0] = (GF_FilterCapability)CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE);
		if (ctx->mime)
			ctx->caps[1] = (GF_FilterCapability)CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, ctx->mime);
		else
			ctx->caps[1] =
				(GF_FilterCapability)CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, ctx->caps_ext);
		return gf_filter_override_caps(filter, ctx->caps, 2);
	}
	if (ctx->is_null) {
		ctx->caps[0] =
			(GF_FilterCapability)CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_UNKNOWN);
		return gf_filter_override_caps(filter, ctx->caps, 1);
	}
	if (ctx->dynext)
		return GF_OK; // any extension, as the register says
	GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO,
		("[fout] %s has no extension to choose a format by; give one with the option ext or mime\n",
			ctx->dst));
	return GF_NOT_SUPPORTED;
}

static GF_Err fout_initialize(GF_Filter *filter)
{
	FoutCtx *ctx = gf_filter_get_udta(filter);
	if (!ctx->dst) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[fout] no destination: set the option dst\n"));
		return GF_BAD_PARAM;
	}
	ctx->is_null = ctx->force_null || !strcmp(ctx->dst, "null");
	if (!ctx->is_null && !is_file_name(ctx->dst)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[fout] %s is not a file\n", ctx->dst));
		return GF_NOT_SUPPORTED;
	}
	GF_Err e = set_caps(filter, ctx);
	if (e || gf_filter_is_temporary(filter) || !is_gfio(ctx->dst))
		return e;
	ctx->object = gf_fileio_from_url(ctx->dst);
	if (ctx->object)
		gf_fileio_open_url(ctx->object, NULL, "ref", &e);
	return e;
}

static void fout_finalize(GF_Filter *filter)
{
	FoutCtx *ctx = gf_filter_get_udta(filter);
	GF_Err e;
	close_file(ctx);
	if (ctx->object)
		gf_fileio_open_url(ctx->object, NULL, "unref", &e);
	while (gf_list_count(ctx->segments))
		gf_free(gf_list_pop_front(ctx->segments));
	gf_list_del(ctx->segments);
	gf_free(ctx->last_name);
}

#define OPT(field) #field, (s32)offsetof(FoutCtx, field)
static const GF_FilterArgs fout_args[] = {
	{OPT(dst),
		"Destination: a path, file:// or gfio://; stdout for standard output; null to drop the data. The "
		"name may hold keywords between $ signs: $num$ (file number), $File$ (name of the source), $FS$ "
		"(file suffix), $Type$ (stream type) or any property of the PID",
		GF_PROP_NAME, NULL, NULL, 0},
	{OPT(append), "Write after the end of an existing file", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(dynext), "Take the extension from the input when the name has none", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(start),
		"Start of playback in seconds; a negative value is a fraction of the duration (-1 is the end)",
		GF_PROP_DOUBLE, "0.0", NULL, 0},
	{OPT(speed), "Playback speed; a negative speed with start=0 plays from the end", GF_PROP_DOUBLE, "1.0",
		NULL, 0},
	{OPT(ext), "Extension to choose the format by, whatever the name of the file", GF_PROP_NAME, NULL, NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(mime), "MIME type to choose the format by", GF_PROP_NAME, NULL, NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(cat),
		"Write consecutive files of the input into one: never (none), when the name does not change (auto), "
		"always (all)",
		GF_PROP_UINT, "none", "none|auto|all", GF_FS_ARG_HINT_ADVANCED},
	{OPT(ow), "Overwrite an existing file: yes, no (an error), or ask on the console", GF_PROP_UINT, "yes",
		"yes|no|ask", 0},
	{OPT(mvbk), "Size of the blocks moved when bytes are inserted into the file", GF_PROP_UINT, "8192",
		"1,+I", 0},
	{OPT(redund), "Also write the packets marked redundant", GF_PROP_BOOL, "false", NULL, 0},
	{OPT(noinitraw), "Do not write the initialization packet of raw segments", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_HIDE},
	{OPT(max_cache_segs),
		"Media segments kept, older ones being deleted: 0 keeps all, -N keeps N, N keeps N or the segments "
		"of the time shift buffer when they are more",
		GF_PROP_SINT, "0", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(force_null), "Drop the data whatever the name", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(atomic), "Write NAME.gftmp and rename it to NAME once complete (not when appending)", GF_PROP_BOOL,
		"false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(use_rel), "File names of the packets are relative to the destination", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_HIDE},
	{0},
};

static const GF_FilterCapability fout_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "*"),
};

const GF_FilterRegister fout_register = {
	.name = "fout",
	.description = "File output",
	.help = "This filter writes a multiplexed or elementary stream to a file, to an application file object "
			"(gfio://) or to standard output. The extension of the destination, or the option ext or mime, "
			"selects the format. With dst=null any stream is accepted and dropped, which runs a pipeline "
			"without output.",
	.private_size = sizeof(FoutCtx),
	// Raw video comes here only to be thrown away.
	.flags = GF_FS_REG_FORCE_REMUX | GF_FS_REG_TEMP_INIT | GF_FS_REG_FRAME_IFCE,
	SETCAPS(fout_caps),
	.args = fout_args,
	.initialize = fout_initialize,
	.finalize = fout_finalize,
	.configure_pid = fout_configure_pid,
	.process = fout_process,
	.process_event = fout_process_event,
	.probe_url = fout_probe_url,
	.hint_class_type = GF_FS_CLASS_MM_IO,
};
