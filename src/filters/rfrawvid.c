// SPDX-License-Identifier: MIT
// Reader of raw video: pictures one after the other, of the size and pixel format of the options or, in Y4M files,
// of the header. Packets refer to the bytes read when a block holds a whole picture.
#include <string.h>
#include <gpac/tools.h>
#include "filters/raw_formats.h"
#include "filters/registry.h"
#include "filters/rf_raw.h"
#include "formats/y4m.h"

typedef struct {
	RfRaw raw; // first
	// options
	GF_PropVec2i size;
	u32 spfmt;
	GF_Fraction fps;
	Bool copy;

	Y4mHeader picture;
	u32 stride, stride_uv;
} RfrawvidCtx;

static Bool is_y4m(const RfRaw *rf)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(rf->ipid, GF_PROP_PID_MIME);
	if (p && p->value.string)
		return !strcmp(p->value.string, "video/x-yuv4mpeg");
	return !strcasecmp(rf_raw_extension(rf), "y4m");
}

static GF_Err refuse(const char *why)
{
	GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[rfrawvid] %s\n", why));
	return GF_BAD_PARAM;
}

// What the options tell, with the extension.
static GF_Err use_options(RfrawvidCtx *ctx)
{
	ctx->picture = (Y4mHeader){.format = ctx->spfmt ? ctx->spfmt : raw_pixel_format(rf_raw_extension(&ctx->raw))};
	if (ctx->size.x <= 0 || ctx->size.y <= 0)
		return refuse("the size of pictures is unknown: set it with option size, as in size=1920x1080");
	if (!ctx->picture.format)
		return refuse("the pixel format is unknown: set it with option spfmt, as in spfmt=yuv420");
	ctx->picture.width = (u32)ctx->size.x;
	ctx->picture.height = (u32)ctx->size.y;
	return GF_OK;
}

static GF_Err read_header(RfRaw *rf, const u8 *data, u32 size)
{
	RfrawvidCtx *ctx = rf->options;
	Y4mHeader *h = &ctx->picture;
	Bool y4m = is_y4m(rf);
	GF_Err e = y4m ? GF_BUFFER_TOO_SMALL : use_options(ctx);
	if (y4m && size)
		e = y4m_read_header(data, size, h);
	if (e)
		return e;
	Bool asked = ctx->fps.num > 0 && ctx->fps.den;
	if (!h->rate_num) {
		h->rate_num = asked ? (u32)ctx->fps.num : 25;
		h->rate_den = asked ? ctx->fps.den : 1;
	}
	u32 planes, height_uv;
	Bool known = gf_pixel_get_size_info(
		h->format, h->width, h->height, &rf->unit_size, &ctx->stride, &ctx->stride_uv, &planes, &height_uv);
	if (!known || !rf->unit_size)
		return refuse("pictures of this size and pixel format cannot be described");
	rf->data_start = y4m ? h->size : 0;
	rf->mark_size = y4m ? 6 : 0; // "FRAME" and a new line
	rf->timescale = h->rate_num;
	rf->unit_duration = h->rate_den;
	rf->interlaced = h->interlace == Y4M_TOP_FIRST ? 1 : h->interlace == Y4M_BOTTOM_FIRST ? 2 : 0;
	return GF_OK;
}

static GF_Err configure_output(RfRaw *rf)
{
	const RfrawvidCtx *ctx = rf->options;
	const Y4mHeader *h = &ctx->picture;
	GF_FilterPid *pid = rf->opid;
	gf_filter_pid_set_property(pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL));
	gf_filter_pid_set_property(pid, GF_PROP_PID_WIDTH, PROP_UINT(h->width));
	gf_filter_pid_set_property(pid, GF_PROP_PID_HEIGHT, PROP_UINT(h->height));
	gf_filter_pid_set_property(pid, GF_PROP_PID_STRIDE, PROP_UINT(ctx->stride));
	if (ctx->stride_uv)
		gf_filter_pid_set_property(pid, GF_PROP_PID_STRIDE_UV, PROP_UINT(ctx->stride_uv));
	gf_filter_pid_set_property(pid, GF_PROP_PID_PIXFMT, PROP_ENUM(h->format, GF_PROP_PIXFMT));
	gf_filter_pid_set_property(pid, GF_PROP_PID_FPS, PROP_FRAC_INT((s32)h->rate_num, h->rate_den));
	if (h->sar_num)
		gf_filter_pid_set_property(pid, GF_PROP_PID_SAR, PROP_FRAC_INT((s32)h->sar_num, h->sar_den));
	if (h->interlace)
		gf_filter_pid_set_property(pid, GF_PROP_PID_INTERLACED, PROP_BOOL(GF_TRUE));
	if (h->full_range)
		gf_filter_pid_set_property(pid, GF_PROP_PID_COLR_RANGE, PROP_BOOL(GF_TRUE));
	return GF_OK;
}

static const RfRawKind raw_kind = {.name = "rfrawvid", .header = read_header, .configure = configure_output};
static const RfRawKind y4m_kind = {
	.name = "rfrawvid", .header = read_header, .configure = configure_output, .mark = y4m_read_frame};

static GF_Err rfrawvid_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	RfrawvidCtx *ctx = gf_filter_get_udta(filter);
	if (!is_remove) {
		RfRaw probe = {.ipid = pid};
		ctx->raw.kind = is_y4m(&probe) ? &y4m_kind : &raw_kind;
	}
	return rf_raw_configure_pid(filter, pid, is_remove);
}

static const char *rfrawvid_probe_data(const u8 *data, u32 size, GF_FilterProbeScore *score)
{
	if (size >= 10 && !memcmp(data, "YUV4MPEG2 ", 10)) {
		*score = GF_FPROBE_MAYBE_SUPPORTED;
		return "video/x-yuv4mpeg";
	}
	*score = GF_FPROBE_EXT_MATCH;
	return RAW_VIDEO_EXTENSIONS;
}

static GF_Err rfrawvid_initialize(GF_Filter *filter)
{
	RfrawvidCtx *ctx = gf_filter_get_udta(filter);
	rf_raw_init(&ctx->raw, &raw_kind, ctx, ctx->copy);
	return GF_OK;
}

#define OPT(field) #field, (s32)offsetof(RfrawvidCtx, field)
static const GF_FilterArgs rfrawvid_args[] = {
	{OPT(size), "Width and height of the pictures; Y4M files have theirs in the header", GF_PROP_VEC2I, "0x0", NULL, 0},
	{OPT(spfmt), "Pixel format; none takes it from the extension or the Y4M header", GF_PROP_PIXFMT, "none", NULL, 0},
	{OPT(fps), "Pictures per second; Y4M files have theirs in the header", GF_PROP_FRACTION, "25/1", NULL, 0},
	{OPT(copy), "Copy the pictures instead of referring to the blocks read", GF_PROP_BOOL, "false", NULL, 0},
	{0},
};

static const GF_FilterCapability rfrawvid_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, RAW_VIDEO_EXTENSIONS),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, "video/x-raw"),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	CAP_BOOL(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "y4m"),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, "video/x-yuv4mpeg"),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	CAP_BOOL(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
};

const GF_FilterRegister rfrawvid_register = {
	.name = "rfrawvid",
	.description = "Raw video reader",
	.help = "This filter reads files of raw pictures (.yuv, .rgb, .nv12…, whose size and frame rate the options tell) "
			"and Y4M files. Files without header can be played backward.",
	.private_size = sizeof(RfrawvidCtx),
	SETCAPS(rfrawvid_caps),
	.args = rfrawvid_args,
	.initialize = rfrawvid_initialize,
	.finalize = rf_raw_finalize,
	.configure_pid = rfrawvid_configure_pid,
	.process = rf_raw_process,
	.process_event = rf_raw_process_event,
	.probe_data = rfrawvid_probe_data,
	.hint_class_type = GF_FS_CLASS_FRAMING,
};
