// SPDX-License-Identifier: MIT
// Mosaics of small pictures, taken from a video at an interval or where its scenes change, each with a text if wanted.
//
// Limits: the font is ours, the pictures RGB.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "filters/pid_props.h"
#include "filters/registry.h"
#include "filters/relay.h"
#include "formats/canvas.h"

typedef struct {
	// options
	GF_PropVec2i grid;
	Double scale, snap, maxsnap;
	u32 mae, mse, lw, pfmt;
	char *lc, *clear, *txt, *tc, *tb, *font, *list;
	u32 fs, tv;
	s32 thread;
	Bool blt, scref, dropfirst, lxy;

	Relay io;
	u32 columns, rows;
	u32 width, height, stride; // of the input
	Bool waiting;              // for an input that can be used
	Canvas image, mosaic;      // one picture with its text, all of them
	u32 line_rgb, clear_rgb, text_rgb, shadow_rgb;
	GF_FilterPacket *out; // mosaic in progress
	u32 nb_images;        // in it
	u64 next_cts;         // of the input: when the next picture is taken, or where the last one ended
	u64 last_cts;         // of the input: of the last picture taken
	Bool started;
	Bool compares;       // pictures, whether to choose or to tell
	u8 *reference;       // the picture that the next one is compared with, without gaps between lines
	Double diff, square; // from the reference, in percent of the largest possible
} ThumbsCtx;

// ---- Options

static Bool read_color(const char *name, const char *text, u32 *rgb)
{
	static const struct {
		const char *name;
		u32 rgb;
	} colors[] = {{"black", 0}, {"white", 0xFFFFFF}, {"red", 0xFF0000}, {"green", 0x008000}, {"blue", 0x0000FF},
		{"yellow", 0xFFFF00}, {"grey", 0x808080}, {"gray", 0x808080}};
	const char *digits = !text ? "" : text[0] == '#' ? text + 1 : !strncasecmp(text, "0x", 2) ? text + 2 : "";
	for (u32 i = 0; text && i < sizeof(colors) / sizeof(colors[0]); i++) {
		if (!strcasecmp(colors[i].name, text)) {
			*rgb = colors[i].rgb;
			return GF_TRUE;
		}
	}
	if (strlen(digits) == 6 && strspn(digits, "0123456789abcdefABCDEF") == 6) {
		*rgb = (u32)strtoul(digits, NULL, 16);
		return GF_TRUE;
	}
	GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[thumbs] %s: `%s` is no colour, use a name or #RRGGBB\n", name, text ? text : ""));
	return GF_FALSE;
}

static Bool chooses_scenes(const ThumbsCtx *ctx)
{
	return ctx->mae || ctx->mse;
}

static Bool told_difference(const ThumbsCtx *ctx)
{
	return ctx->txt && (strstr(ctx->txt, "$mae$") || strstr(ctx->txt, "$mse$"));
}

static GF_Err thumbs_initialize(GF_Filter *filter)
{
	ThumbsCtx *ctx = gf_filter_get_udta(filter);
	const struct {
		const char *name;
		Bool used;
	} missing[] = {{"pfmt", ctx->pfmt != GF_PIXEL_RGB}, {"font", ctx->font && strcmp(ctx->font, "SANS")},
		{"thread", ctx->thread != -1}, {"blt", !ctx->blt}, {"list", ctx->list != NULL}, {"lxy", ctx->lxy}};
	for (u32 i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		if (!missing[i].used)
			continue;
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[thumbs] the option %s is not supported\n", missing[i].name));
		return GF_NOT_SUPPORTED;
	}
	if (ctx->grid.x <= 0 || ctx->grid.y < 0 || ctx->grid.x > 1000 || ctx->grid.y > 1000 || ctx->lw > 1000) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[thumbs] grid=%dx%d:lw=%u: 1 to 1000 columns, up to 1000 rows and pixels\n",
			ctx->grid.x, ctx->grid.y, ctx->lw));
		return GF_BAD_PARAM;
	}
	ctx->compares = chooses_scenes(ctx) || told_difference(ctx);
	const char *idle = ctx->maxsnap >= 0 && !chooses_scenes(ctx) ? "maxsnap" : ctx->scref && !ctx->compares ? "scref" : NULL;
	if (idle) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[thumbs] the option %s needs a threshold of changes: set mae or mse\n", idle));
		return GF_BAD_PARAM;
	}
	return read_color("lc", ctx->lc, &ctx->line_rgb) && read_color("clear", ctx->clear, &ctx->clear_rgb) &&
				   read_color("tc", ctx->tc, &ctx->text_rgb) && (!ctx->tb || read_color("tb", ctx->tb, &ctx->shadow_rgb))
			   ? GF_OK
			   : GF_BAD_PARAM;
}

// ---- Layout

// Between two pictures, or at least between them where scenes are looked for.
static Double interval(const ThumbsCtx *ctx)
{
	return ctx->snap >= 0 ? ctx->snap : chooses_scenes(ctx) ? 0 : 1;
}

// Rows for the pictures of the whole video.
static u32 count_rows(const ThumbsCtx *ctx)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(ctx->io.ipid, GF_PROP_PID_DURATION);
	if (!p || !p->value.lfrac.den || p->value.lfrac.num <= 0 || interval(ctx) <= 0)
		return 10;
	Double rows = ceil((Double)p->value.lfrac.num / (Double)p->value.lfrac.den / interval(ctx) / ctx->columns - 1e-6);
	return rows < 1 ? 1 : rows > 1000 ? 1000 : (u32)rows;
}

static GF_Err plan(ThumbsCtx *ctx)
{
	ctx->columns = (u32)ctx->grid.x;
	ctx->rows = ctx->grid.y ? (u32)ctx->grid.y : count_rows(ctx);
	Double scale = ctx->scale > 0 ? ctx->scale : ctx->columns * ctx->rows == 1 ? 1 : 10;
	Double w = floor(ctx->width / scale + 0.5), h = floor(ctx->height / scale + 0.5);
	GF_Err e = w < 1 || h < 1 || w > 16384 || h > 16384 ? GF_BAD_PARAM : canvas_init(&ctx->image, GF_PIXEL_RGB, (u32)w, (u32)h);
	u64 width = (u64)(w + ctx->lw) * ctx->columns - ctx->lw, height = (u64)(h + ctx->lw) * ctx->rows - ctx->lw;
	if (!e)
		e = width > 65535 || height > 65535 ? GF_BAD_PARAM : canvas_init(&ctx->mosaic, GF_PIXEL_RGB, (u32)width, (u32)height);
	if (e)
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[thumbs] %ux%u pictures of %gx%g pixels are no mosaic: change grid or scale\n",
			ctx->columns, ctx->rows, w, h));
	return e;
}

static void drop_mosaic(ThumbsCtx *ctx)
{
	if (ctx->out)
		gf_filter_pck_discard(ctx->out);
	ctx->out = NULL;
	ctx->nb_images = 0;
}

static GF_Err thumbs_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	ThumbsCtx *ctx = gf_filter_get_udta(filter);
	drop_mosaic(ctx);
	GF_Err e = relay_configure(&ctx->io, filter, pid, is_remove);
	if (e || is_remove)
		return e;
	gf_filter_pid_copy_properties(ctx->io.opid, pid);
	ctx->width = pid_uint(ctx->io.ipid, GF_PROP_PID_WIDTH);
	ctx->height = pid_uint(ctx->io.ipid, GF_PROP_PID_HEIGHT);
	ctx->stride = pid_uint(ctx->io.ipid, GF_PROP_PID_STRIDE);
	u32 format = pid_uint(ctx->io.ipid, GF_PROP_PID_PIXFMT);
	ctx->waiting = !ctx->width || !ctx->height || format != GF_PIXEL_RGB;
	if (ctx->waiting) // for a size, or for pictures that are RGB
		return format && format != GF_PIXEL_RGB
				   ? gf_filter_pid_negotiate_property(pid, GF_PROP_PID_PIXFMT, PROP_UINT(GF_PIXEL_RGB))
				   : GF_OK;
	e = plan(ctx);
	if (!e && ctx->compares) {
		gf_free(ctx->reference);
		ctx->reference = gf_malloc((size_t)ctx->width * ctx->height * 3);
		ctx->started = GF_FALSE;
		e = ctx->reference ? GF_OK : GF_OUT_OF_MEM;
	}
	if (e)
		return e;
	gf_filter_pid_set_property(ctx->io.opid, GF_PROP_PID_WIDTH, PROP_UINT(ctx->mosaic.width));
	gf_filter_pid_set_property(ctx->io.opid, GF_PROP_PID_HEIGHT, PROP_UINT(ctx->mosaic.height));
	gf_filter_pid_set_property(ctx->io.opid, GF_PROP_PID_STRIDE, PROP_UINT(ctx->mosaic.stride));
	gf_filter_pid_set_property(ctx->io.opid, GF_PROP_PID_NB_FRAMES, NULL);
	return GF_OK;
}

// ---- Pictures

// Where the picture number `i` of a mosaic begins.
static void place(const ThumbsCtx *ctx, u32 i, u32 *x, u32 *y)
{
	*x = i % ctx->columns * (ctx->image.width + ctx->lw);
	*y = i / ctx->columns * (ctx->image.height + ctx->lw);
}

// A pixel is the mean of those it stands for.
static void shrink(const ThumbsCtx *ctx, const u8 *src, u32 stride, u8 *dst)
{
	const Canvas *c = &ctx->image;
	for (u32 y = 0; y < c->height; y++, dst += c->stride) {
		u32 top = (u32)((u64)y * ctx->height / c->height), bottom = (u32)((u64)(y + 1) * ctx->height / c->height);
		for (u32 x = 0; x < c->width; x++) {
			u32 left = (u32)((u64)x * ctx->width / c->width), right = (u32)((u64)(x + 1) * ctx->width / c->width);
			u64 sum[3] = {0}, nb = (u64)(right > left ? right - left : 1) * (bottom > top ? bottom - top : 1);
			for (u32 v = top; v == top || v < bottom; v++)
				for (u32 u = left; u == left || u < right; u++)
					for (u32 k = 0; k < 3; k++)
						sum[k] += src[(size_t)v * stride + u * 3 + k];
			for (u32 k = 0; k < 3; k++)
				dst[x * 3 + k] = (u8)((sum[k] + nb / 2) / nb);
		}
	}
}

// Percent of the time that the process is computing, or megabytes that it uses.
static void machine_keyword(const char *name, char *value, size_t size)
{
	GF_SystemRTInfo info;
	gf_sys_get_rti(500, &info, GF_RTI_PROCESS_MEMORY);
	if (name[0] == 'c')
		snprintf(value, size, "%u", info.process_cpu_usage);
	else
		snprintf(value, size, "%llu", (unsigned long long)(info.process_memory >> 20));
}

// The value of a keyword of the text, or of a property of the packet or the PID.
static void keyword(const ThumbsCtx *ctx, GF_FilterPacket *packet, const char *name, char *value, size_t size)
{
	char dump[GF_PROP_DUMP_ARG_SIZE];
	u64 cts = gf_filter_pck_get_cts(packet);
	u32 timescale = gf_filter_pck_get_timescale(packet), code = gf_props_get_id(name);
	u64 ms = gf_timestamp_rescale(cts, timescale ? timescale : 1000, 1000);
	value[0] = 0;
	if (!strcmp(name, "ts"))
		snprintf(value, size, "%llu", (unsigned long long)cts);
	else if (!strcmp(name, "timescale"))
		snprintf(value, size, "%u", timescale);
	else if (!strcmp(name, "time"))
		snprintf(value, size, "%02u:%02u:%02u.%03u", (u32)(ms / 3600000), (u32)(ms / 60000 % 60), (u32)(ms / 1000 % 60),
			(u32)(ms % 1000));
	else if (!strcmp(name, "mae") || !strcmp(name, "mse"))
		snprintf(value, size, "%.2f", name[1] == 'a' ? ctx->diff : ctx->square);
	else if (!strcmp(name, "cpu") || !strcmp(name, "mem"))
		machine_keyword(name, value, size);
	else if (!strcmp(name, "version") || !strcmp(name, "fversion"))
		snprintf(value, size, "%s", gf_gpac_version());
	else {
		const GF_PropertyValue *p =
			code ? gf_filter_pck_get_property(packet, code) : gf_filter_pck_get_property_str(packet, name);
		if (!p)
			p = code ? gf_filter_pid_get_property(ctx->io.ipid, code) : gf_filter_pid_get_property_str(ctx->io.ipid, name);
		const char *text = p ? gf_props_dump(code, p, dump, GF_PROP_DUMP_DATA_NONE) : NULL;
		snprintf(value, size, "%s", text ? text : "");
	}
}

static void expand(const ThumbsCtx *ctx, GF_FilterPacket *packet, char *text, size_t size)
{
	const char *from = ctx->txt;
	size_t used = 0;
	while (*from && used + 1 < size) {
		const char *end = *from == '$' ? strchr(from + 1, '$') : NULL;
		char name[64], value[200];
		if (!end || end == from + 1 || (size_t)(end - from) > sizeof(name)) {
			text[used++] = *from++;
			continue;
		}
		memcpy(name, from + 1, (size_t)(end - from) - 1);
		name[end - from - 1] = 0;
		keyword(ctx, packet, name, value, sizeof(value));
		used += (size_t)snprintf(text + used, size - used, "%s", value);
		used = used < size ? used : size - 1;
		from = end + 1;
	}
	text[used] = 0;
}

static void draw_text(ThumbsCtx *ctx, GF_FilterPacket *packet)
{
	char text[300];
	Canvas *c = &ctx->image;
	u32 dots = c->height * ctx->fs / 100 / CANVAS_CELL_H;
	u32 scale = dots ? dots : 1;
	expand(ctx, packet, text, sizeof(text));
	s32 x = ((s32)c->width - (s32)(strlen(text) * scale * CANVAS_CELL_W)) / 2;
	s32 y = (s32)((c->height - (scale * CANVAS_CELL_H < c->height ? scale * CANVAS_CELL_H : c->height)) * ctx->tv / 100);
	if (ctx->tb)
		canvas_text(c, x + (s32)scale, y + (s32)scale, scale, text, ctx->shadow_rgb);
	canvas_text(c, x, y, scale, text, ctx->text_rgb);
}

static GF_Err start_mosaic(ThumbsCtx *ctx, GF_FilterPacket *packet)
{
	Canvas *c = &ctx->mosaic;
	ctx->out = gf_filter_pck_new_alloc(ctx->io.opid, c->size, &c->data);
	if (!ctx->out)
		return GF_OUT_OF_MEM;
	gf_filter_pck_merge_properties(packet, ctx->out);
	gf_filter_pck_set_sap(ctx->out, GF_FILTER_SAP_1);
	canvas_fill(c, 0, 0, (s32)c->width, (s32)c->height, ctx->lw ? ctx->line_rgb : ctx->clear_rgb);
	for (u32 i = 0, x, y; ctx->lw && i < ctx->columns * ctx->rows; i++) {
		place(ctx, i, &x, &y);
		canvas_fill(c, (s32)x, (s32)y, (s32)ctx->image.width, (s32)ctx->image.height, ctx->clear_rgb);
	}
	return GF_OK;
}

// The mosaic lasts until the time `end` of the input.
static GF_Err send_mosaic(ThumbsCtx *ctx, u64 end)
{
	GF_FilterPacket *out = ctx->out;
	u64 cts = out ? gf_filter_pck_get_cts(out) : 0;
	ctx->out = NULL;
	ctx->nb_images = 0;
	if (!out)
		return GF_OK;
	if (ctx->columns * ctx->rows > 1 && end > cts)
		gf_filter_pck_set_duration(out, (u32)(end - cts));
	return gf_filter_pck_send(out);
}

static GF_Err add_image(ThumbsCtx *ctx, GF_FilterPacket *packet, const u8 *data, u32 stride)
{
	GF_Err e = ctx->out ? GF_OK : start_mosaic(ctx, packet);
	u8 *image = e ? NULL : gf_malloc(ctx->image.size);
	if (!image)
		return e ? e : GF_OUT_OF_MEM;
	u32 x, y;
	ctx->image.data = image;
	shrink(ctx, data, stride, image);
	if (ctx->txt)
		draw_text(ctx, packet);
	place(ctx, ctx->nb_images++, &x, &y);
	for (u32 line = 0; line < ctx->image.height; line++)
		memcpy(ctx->mosaic.data + (size_t)(y + line) * ctx->mosaic.stride + x * 3, image + (size_t)line * ctx->image.stride,
			(size_t)ctx->image.width * 3);
	gf_free(image);
	u64 end = gf_filter_pck_get_cts(packet) + gf_filter_pck_get_duration(packet);
	return ctx->nb_images == ctx->columns * ctx->rows ? send_mosaic(ctx, end) : GF_OK;
}

// ---- Choice

// Measures how far a picture is from the reference: mean absolute and mean squared error of all components.
static void compare(ThumbsCtx *ctx, const u8 *data, u32 stride)
{
	size_t line = (size_t)ctx->width * 3;
	u64 sum = 0, squares = 0;
	for (u32 y = 0; y < ctx->height; y++) {
		const u8 *a = data + (size_t)y * stride, *b = ctx->reference + y * line;
		u64 line_sum = 0, line_squares = 0;
		for (size_t x = 0; x < line; x++) {
			u32 d = (u32)abs(a[x] - b[x]);
			line_sum += d;
			line_squares += d * d;
		}
		sum += line_sum;
		squares += line_squares;
	}
	Double nb = (Double)line * ctx->height;
	ctx->diff = 100.0 * (Double)sum / (255.0 * nb);
	ctx->square = 100.0 * (Double)squares / (255.0 * 255.0 * nb);
}

static void keep_reference(ThumbsCtx *ctx, const u8 *data, u32 stride)
{
	size_t line = (size_t)ctx->width * 3;
	for (u32 y = 0; y < ctx->height; y++)
		memcpy(ctx->reference + y * line, data + (size_t)y * stride, line);
}

// Whether a picture that is not the first one is due by its time.
static Bool is_due_by_time(ThumbsCtx *ctx, u64 cts, u64 step)
{
	if (cts < ctx->next_cts)
		return GF_FALSE;
	ctx->next_cts = step ? ctx->next_cts + (cts - ctx->next_cts) / step * step + step : cts;
	return GF_TRUE;
}

// Whether it shows another scene, or none came for too long.
static Bool is_due_by_change(const ThumbsCtx *ctx, GF_FilterPacket *packet)
{
	u64 cts = gf_filter_pck_get_cts(packet);
	Double passed = cts > ctx->last_cts ? (Double)(cts - ctx->last_cts) / gf_filter_pck_get_timescale(packet) : 0;
	const Double tolerance = 1e-9;
	if (ctx->maxsnap >= 0 && passed + tolerance >= ctx->maxsnap)
		return GF_TRUE;
	Bool changed = (ctx->mae && ctx->diff >= ctx->mae) || (ctx->mse && ctx->square >= ctx->mse);
	return changed && passed + tolerance >= interval(ctx);
}

// Whether a picture is due.
static Bool is_due(ThumbsCtx *ctx, GF_FilterPacket *packet, const u8 *data, u32 stride)
{
	u64 cts = gf_filter_pck_get_cts(packet);
	u64 step = (u64)llround(interval(ctx) * gf_filter_pck_get_timescale(packet));
	Bool first = !ctx->started, due = first;
	ctx->diff = ctx->square = 0;
	if (ctx->compares && !first)
		compare(ctx, data, stride);
	if (first)
		ctx->next_cts = cts + step;
	else
		due = chooses_scenes(ctx) ? is_due_by_change(ctx, packet) : is_due_by_time(ctx, cts, step);
	if (chooses_scenes(ctx))
		ctx->next_cts = cts + gf_filter_pck_get_duration(packet);
	if (ctx->compares && (due || !ctx->scref))
		keep_reference(ctx, data, stride);
	if (due)
		ctx->last_cts = cts;
	ctx->started = GF_TRUE;
	return due && !(first && ctx->dropfirst);
}

static GF_Err use_packet(void *udta, GF_FilterPacket *packet)
{
	ThumbsCtx *ctx = udta;
	u32 size = 0, stride = ctx->stride ? ctx->stride : ctx->width * 3;
	GF_FilterFrameInterface *planes = gf_filter_pck_get_frame_interface(packet);
	const u8 *data = planes ? NULL : gf_filter_pck_get_data(packet, &size);
	if (planes) {
		GF_Err e = planes->get_plane ? planes->get_plane(planes, 0, &data, &stride) : GF_NOT_SUPPORTED;
		if (e)
			return e;
	} else if (!data || stride < ctx->width * 3 || (u64)stride * (ctx->height - 1) + ctx->width * 3 > size) {
		return GF_NON_COMPLIANT_BITSTREAM;
	}
	return is_due(ctx, packet, data, stride) ? add_image(ctx, packet, data, stride) : GF_OK;
}

static void drain(void *udta)
{
	ThumbsCtx *ctx = udta;
	send_mosaic(ctx, ctx->next_cts);
}

static GF_Err thumbs_process(GF_Filter *filter)
{
	static const RelayCalls calls = {use_packet, drain};
	ThumbsCtx *ctx = gf_filter_get_udta(filter);
	// Looking at a packet is what tells of another format.
	if (ctx->io.ipid && gf_filter_pid_get_packet(ctx->io.ipid) && ctx->waiting)
		return GF_OK;
	return relay_process(&ctx->io, &calls, ctx);
}

static Bool thumbs_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	ThumbsCtx *ctx = gf_filter_get_udta(filter);
	if (event->base.type == GF_FEVT_PLAY || event->base.type == GF_FEVT_STOP) {
		drop_mosaic(ctx);
		ctx->started = GF_FALSE;
	}
	return GF_FALSE;
}

static void thumbs_finalize(GF_Filter *filter)
{
	ThumbsCtx *ctx = gf_filter_get_udta(filter);
	drop_mosaic(ctx);
	gf_free(ctx->reference);
}

#define OPT(field) #field, (s32)offsetof(ThumbsCtx, field)
#define ADVANCED GF_FS_ARG_HINT_ADVANCED
static const GF_FilterArgs thumbs_args[] = {
	{OPT(grid), "Columns and rows of a mosaic; 0 rows for as many as the duration needs, or 10", GF_PROP_VEC2I, "6x0", NULL, 0},
	{OPT(scale), "Number by which width and height are divided; a negative one for 10, or 1 with a single picture",
		GF_PROP_DOUBLE, "-1", NULL, 0},
	{OPT(snap), "Seconds between pictures, 0 for every picture; a negative one for 1. With mae or mse, seconds at least between "
		"them, none for a negative number",
		GF_PROP_DOUBLE, "-1", NULL, 0},
	{OPT(lw), "Width of the lines between pictures", GF_PROP_UINT, "0", NULL, 0},
	{OPT(lc), "Colour of the lines, a name or #RRGGBB", GF_PROP_STRING, "white", NULL, 0},
	{OPT(clear), "Colour where there is no picture", GF_PROP_STRING, "white", NULL, 0},
	{OPT(txt), "Text on each picture; $ts$, $timescale$, $time$, $mae$ and $mse$ (differences in percent), $cpu$ (percent), "
		"$mem$ (megabytes), $version$ and $PROPERTY$ are replaced by their values",
		GF_PROP_STRING, NULL, NULL, 0},
	{OPT(tc), "Colour of the text", GF_PROP_STRING, "white", NULL, 0},
	{OPT(tb), "Colour of its shadow, none if not set", GF_PROP_STRING, NULL, NULL, 0},
	{OPT(fs), "Height of the text in percent of the picture", GF_PROP_UINT, "10", NULL, 0},
	{OPT(tv), "Place of the text in percent, 0 at the top and 100 at the bottom", GF_PROP_UINT, "0", "0-100", 0},
	{OPT(dropfirst), "Leave the first picture out", GF_PROP_BOOL, "false", NULL, ADVANCED},
	{OPT(mae), "Take pictures whose mean absolute error from the one before is so many percent of the range of values, 0 not to",
		GF_PROP_UINT, "0", "0-100", ADVANCED},
	{OPT(mse), "The same for the mean squared error, in percent of the square of the range",
		GF_PROP_UINT, "0", "0-100", ADVANCED},
	{OPT(maxsnap), "With mae or mse, seconds after which a picture is taken without a change, a negative number for never",
		GF_PROP_DOUBLE, "-1", NULL, ADVANCED},
	{OPT(pfmt), "Pixel format, only rgb is supported", GF_PROP_PIXFMT, "rgb", NULL, ADVANCED},
	{OPT(font), "Not supported: font of the text", GF_PROP_STRING, "SANS", NULL, ADVANCED},
	{OPT(thread), "Not supported: threads", GF_PROP_SINT, "-1", NULL, ADVANCED},
	{OPT(blt), "Way of drawing, only the default is supported", GF_PROP_BOOL, "true", NULL, ADVANCED},
	{OPT(scref), "Compare pictures with the last one taken, not with the one before", GF_PROP_BOOL, "false", NULL, ADVANCED},
	{OPT(list), "Not supported: file with the places of pictures", GF_PROP_STRING, NULL, NULL, ADVANCED},
	{OPT(lxy), "Not supported: coordinates in that file", GF_PROP_BOOL, "false", NULL, ADVANCED},
	{0},
};

static const GF_FilterCapability thumbs_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
};

const GF_FilterRegister thumbs_register = {
	.name = "thumbs",
	.description = "Thumbnails",
	.help = "This filter makes mosaics of small pictures. EX gpac -i in.mp4 "
			"thumbs:grid=4x3:snap=10:txt=$time$ -o out_$num$.png",
	.private_size = sizeof(ThumbsCtx),
	.flags = GF_FS_REG_EXPLICIT_ONLY,
	SETCAPS(thumbs_caps),
	.args = thumbs_args,
	.initialize = thumbs_initialize,
	.finalize = thumbs_finalize,
	.configure_pid = thumbs_configure_pid,
	.process = thumbs_process,
	.process_event = thumbs_process_event,
	.hint_class_type = GF_FS_CLASS_AV,
};
