// SPDX-License-Identifier: MIT
// Mosaics of small pictures, taken from a video at an interval, each with a text if wanted.
//
// Limits: pictures are chosen by time only; the font is ours, the pictures RGB.
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
	u64 next_cts;         // of the input, when the next picture is taken
	Bool started;
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

static GF_Err thumbs_initialize(GF_Filter *filter)
{
	ThumbsCtx *ctx = gf_filter_get_udta(filter);
	const struct {
		const char *name;
		Bool used;
	} missing[] = {{"mae", ctx->mae != 0}, {"mse", ctx->mse != 0}, {"maxsnap", ctx->maxsnap >= 0},
		{"pfmt", ctx->pfmt != GF_PIXEL_RGB}, {"font", ctx->font && strcmp(ctx->font, "SANS")}, {"thread", ctx->thread != -1},
		{"blt", !ctx->blt}, {"scref", ctx->scref}, {"list", ctx->list != NULL}, {"lxy", ctx->lxy}};
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
	return read_color("lc", ctx->lc, &ctx->line_rgb) && read_color("clear", ctx->clear, &ctx->clear_rgb) &&
				   read_color("tc", ctx->tc, &ctx->text_rgb) && (!ctx->tb || read_color("tb", ctx->tb, &ctx->shadow_rgb))
			   ? GF_OK
			   : GF_BAD_PARAM;
}

// ---- Layout

static Double interval(const ThumbsCtx *ctx)
{
	return ctx->snap < 0 ? 1 : ctx->snap;
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

// Whether a picture is due.
static Bool is_due(ThumbsCtx *ctx, GF_FilterPacket *packet)
{
	u64 cts = gf_filter_pck_get_cts(packet);
	u64 step = (u64)llround(interval(ctx) * gf_filter_pck_get_timescale(packet));
	Bool first = !ctx->started;
	if (!first && cts < ctx->next_cts)
		return GF_FALSE;
	ctx->next_cts = first || !step ? cts + step : ctx->next_cts + (cts - ctx->next_cts) / step * step + step;
	ctx->started = GF_TRUE;
	return !(first && ctx->dropfirst);
}

static GF_Err use_packet(void *udta, GF_FilterPacket *packet)
{
	ThumbsCtx *ctx = udta;
	u32 size = 0, stride = ctx->stride ? ctx->stride : ctx->width * 3;
	GF_FilterFrameInterface *planes = gf_filter_pck_get_frame_interface(packet);
	const u8 *data = planes ? NULL : gf_filter_pck_get_data(packet, &size);
	if (!is_due(ctx, packet))
		return GF_OK;
	if (planes) {
		GF_Err e = planes->get_plane ? planes->get_plane(planes, 0, &data, &stride) : GF_NOT_SUPPORTED;
		return e ? e : add_image(ctx, packet, data, stride);
	}
	if (!data || stride < ctx->width * 3 || (u64)stride * (ctx->height - 1) + ctx->width * 3 > size)
		return GF_NON_COMPLIANT_BITSTREAM;
	return add_image(ctx, packet, data, stride);
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
	drop_mosaic(gf_filter_get_udta(filter));
}

#define OPT(field) #field, (s32)offsetof(ThumbsCtx, field)
#define ADVANCED GF_FS_ARG_HINT_ADVANCED
static const GF_FilterArgs thumbs_args[] = {
	{OPT(grid), "Columns and rows of a mosaic; 0 rows for as many as the duration needs, or 10", GF_PROP_VEC2I, "6x0", NULL, 0},
	{OPT(scale), "Number by which width and height are divided; a negative one for 10, or 1 with a single picture",
		GF_PROP_DOUBLE, "-1", NULL, 0},
	{OPT(snap), "Seconds between pictures, 0 for every picture; a negative one for 1", GF_PROP_DOUBLE, "-1", NULL, 0},
	{OPT(lw), "Width of the lines between pictures", GF_PROP_UINT, "0", NULL, 0},
	{OPT(lc), "Colour of the lines, a name or #RRGGBB", GF_PROP_STRING, "white", NULL, 0},
	{OPT(clear), "Colour where there is no picture", GF_PROP_STRING, "white", NULL, 0},
	{OPT(txt), "Text on each picture; $ts$, $timescale$, $time$, $version$ and $PROPERTY$ are replaced by their values",
		GF_PROP_STRING, NULL, NULL, 0},
	{OPT(tc), "Colour of the text", GF_PROP_STRING, "white", NULL, 0},
	{OPT(tb), "Colour of its shadow, none if not set", GF_PROP_STRING, NULL, NULL, 0},
	{OPT(fs), "Height of the text in percent of the picture", GF_PROP_UINT, "10", NULL, 0},
	{OPT(tv), "Place of the text in percent, 0 at the top and 100 at the bottom", GF_PROP_UINT, "0", "0-100", 0},
	{OPT(dropfirst), "Leave the first picture out", GF_PROP_BOOL, "false", NULL, ADVANCED},
	{OPT(mae), "Not supported: threshold of changes, mean error", GF_PROP_UINT, "0", "0-100", ADVANCED},
	{OPT(mse), "Not supported: threshold of changes, squared error", GF_PROP_UINT, "0", "0-100", ADVANCED},
	{OPT(maxsnap), "Not supported: most seconds without a picture", GF_PROP_DOUBLE, "-1", NULL, ADVANCED},
	{OPT(pfmt), "Pixel format, only rgb is supported", GF_PROP_PIXFMT, "rgb", NULL, ADVANCED},
	{OPT(font), "Not supported: font of the text", GF_PROP_STRING, "SANS", NULL, ADVANCED},
	{OPT(thread), "Not supported: threads", GF_PROP_SINT, "-1", NULL, ADVANCED},
	{OPT(blt), "Way of drawing, only the default is supported", GF_PROP_BOOL, "true", NULL, ADVANCED},
	{OPT(scref), "Not supported: reference of changes", GF_PROP_BOOL, "false", NULL, ADVANCED},
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
