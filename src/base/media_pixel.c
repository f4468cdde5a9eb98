// SPDX-License-Identifier: MIT
// Pixel formats: names and frame layouts.
#include <string.h>

#include <gpac/constants.h>
#include <gpac/log.h>
#include <gpac/numbers.h>

typedef enum {
	PACKED,      // one plane, `bytes` per pixel
	PACKED_422,  // one plane, four components of `bytes` for two pixels
	PLANAR,      // a plane per component
	SEMI_PLANAR, // a plane of luma, a plane of chroma pairs
	V210,        // QuickTime's 10-bit 4:2:2
	TEXTURE,     // nothing in memory
	OPAQUE,      // not known from the format alone
} Layout;

#define YUV 1
#define ALPHA 2

typedef struct {
	GF_PixelFormat format;
	const char *name;
	const char *short_name;
	Layout layout;
	u8 nb_planes;
	u8 nb_comp;
	u8 bits;  // of a component
	u8 bytes; // of a pixel when packed, of a component otherwise
	u8 sub_w; // pixels per chroma sample
	u8 sub_h;
	u8 flags;
	u32 qt_code; // of ISO base media and QuickTime files
	const char *description;
} PixelFormat;

static const PixelFormat formats[] = {
	{GF_PIXEL_YUV, "yuv420", "yuv", PLANAR, 3, 3, 8, 1, 2, 2, YUV, GF_4CC('j', '4', '2', '0'),
		"planar YUV 4:2:0 8 bits"},
	{GF_PIXEL_YVU, "yvu420", "yvu", PLANAR, 3, 3, 8, 1, 2, 2, YUV, 0, "planar YVU 4:2:0 8 bits"},
	{GF_PIXEL_YUV_10, "yuv420_10", "yuvl", PLANAR, 3, 3, 10, 2, 2, 2, YUV, 0, "planar YUV 4:2:0 10 bits"},
	{GF_PIXEL_YUV422, "yuv422", "yuv2", PLANAR, 3, 3, 8, 1, 2, 1, YUV, 0, "planar YUV 4:2:2 8 bits"},
	{GF_PIXEL_YUV422_10, "yuv422_10", "yp2l", PLANAR, 3, 3, 10, 2, 2, 1, YUV, 0, "planar YUV 4:2:2 10 bits"},
	{GF_PIXEL_YUV444, "yuv444", "yuv4", PLANAR, 3, 3, 8, 1, 1, 1, YUV, 0, "planar YUV 4:4:4 8 bits"},
	{GF_PIXEL_YUV444_10, "yuv444_10", "yp4l", PLANAR, 3, 3, 10, 2, 1, 1, YUV, 0, "planar YUV 4:4:4 10 bits"},
	{GF_PIXEL_UYVY, "uyvy", "uyvy", PACKED_422, 1, 3, 8, 1, 2, 1, YUV, GF_4CC('2', 'v', 'u', 'y'),
		"packed UYVY 4:2:2 8 bits"},
	{GF_PIXEL_VYUY, "vyuy", "vyuy", PACKED_422, 1, 3, 8, 1, 2, 1, YUV, 0, "packed VYUY 4:2:2 8 bits"},
	{GF_PIXEL_YUYV, "yuyv", "yuyv", PACKED_422, 1, 3, 8, 1, 2, 1, YUV, GF_4CC('y', 'u', 'v', '2'),
		"packed YUYV 4:2:2 8 bits"},
	{GF_PIXEL_YVYU, "yvyu", "yvyu", PACKED_422, 1, 3, 8, 1, 2, 1, YUV, GF_4CC('Y', 'V', 'Y', 'U'),
		"packed YVYU 4:2:2 8 bits"},
	{GF_PIXEL_UYVY_10, "uyvl", "uyvl", PACKED_422, 1, 3, 10, 2, 2, 1, YUV, GF_4CC('v', '2', '1', '6'),
		"packed UYVY 4:2:2 10 bits"},
	{GF_PIXEL_VYUY_10, "vyul", "vyul", PACKED_422, 1, 3, 10, 2, 2, 1, YUV, 0, "packed VYUY 4:2:2 10 bits"},
	{GF_PIXEL_YUYV_10, "yuyl", "yuyl", PACKED_422, 1, 3, 10, 2, 2, 1, YUV, 0, "packed YUYV 4:2:2 10 bits"},
	{GF_PIXEL_YVYU_10, "yvyl", "yvyl", PACKED_422, 1, 3, 10, 2, 2, 1, YUV, 0, "packed YVYU 4:2:2 10 bits"},
	{GF_PIXEL_NV12, "nv12", "nv12", SEMI_PLANAR, 2, 3, 8, 1, 2, 2, YUV, 0, "semi-planar YUV 4:2:0 8 bits"},
	{GF_PIXEL_NV21, "nv21", "nv21", SEMI_PLANAR, 2, 3, 8, 1, 2, 2, YUV, 0, "semi-planar YVU 4:2:0 8 bits"},
	{GF_PIXEL_NV12_10, "nv1l", "nv1l", SEMI_PLANAR, 2, 3, 10, 2, 2, 2, YUV, 0,
		"semi-planar YUV 4:2:0 10 bits"},
	{GF_PIXEL_NV21_10, "nv2l", "nv2l", SEMI_PLANAR, 2, 3, 10, 2, 2, 2, YUV, 0,
		"semi-planar YVU 4:2:0 10 bits"},
	{GF_PIXEL_YUVA, "yuva", "yuva", PLANAR, 4, 4, 8, 1, 2, 2, ALPHA | YUV, 0, "planar YUVA 4:2:0 8 bits"},
	{GF_PIXEL_YUVD, "yuvd", "yuvd", PLANAR, 4, 4, 8, 1, 2, 2, YUV, 0, "planar YUVD 4:2:0 8 bits"},
	{GF_PIXEL_YUVA444, "yuv444a", "yp4a", PLANAR, 4, 4, 8, 1, 1, 1, ALPHA | YUV, 0,
		"planar YUVA 4:4:4 8 bits"},
	{GF_PIXEL_YUV444_PACK, "yuv444p", "yv4p", PACKED, 1, 3, 8, 3, 1, 1, YUV, 0, "packed YUV 4:4:4 8 bits"},
	{GF_PIXEL_VYU444_PACK, "v308", "v308", PACKED, 1, 3, 8, 3, 1, 1, YUV, GF_4CC('v', '3', '0', '8'),
		"packed VYU 4:4:4 8 bits"},
	{GF_PIXEL_YUVA444_PACK, "yuv444ap", "y4ap", PACKED, 1, 4, 8, 4, 1, 1, ALPHA | YUV, 0,
		"packed YUVA 4:4:4 8 bits"},
	{GF_PIXEL_UYVA444_PACK, "v408", "v408", PACKED, 1, 4, 8, 4, 1, 1, ALPHA | YUV, GF_4CC('v', '4', '0', '8'),
		"packed UYVA 4:4:4 8 bits"},
	{GF_PIXEL_YUV444_10_PACK, "v410", "v410", PACKED, 1, 3, 10, 4, 1, 1, YUV, GF_4CC('v', '4', '1', '0'),
		"packed UYV 4:4:4 10 bits in a 32-bit word"},
	{GF_PIXEL_V210, "v210", "v210", V210, 1, 3, 10, 2, 2, 1, YUV, GF_4CC('v', '2', '1', '0'),
		"packed YUV 4:2:2 10 bits, 6 pixels in 16 bytes"},
	{GF_PIXEL_GREYSCALE, "grey", "grey", PACKED, 1, 1, 8, 1, 1, 1, YUV, 0, "luma only 8 bits"},
	{GF_PIXEL_ALPHAGREY, "algr", "algr", PACKED, 1, 2, 8, 2, 1, 1, ALPHA, 0, "packed AY 8 bits"},
	{GF_PIXEL_GREYALPHA, "gral", "gral", PACKED, 1, 2, 8, 2, 1, 1, ALPHA, 0, "packed YA 8 bits"},
	{GF_PIXEL_RGB_332, "rgb8", "rgb8", PACKED, 1, 3, 8, 1, 1, 1, 0, 0, "RGB 3:3:2 in a byte"},
	{GF_PIXEL_RGB_444, "rgb4", "rgb4", PACKED, 1, 3, 8, 2, 1, 1, 0, 0, "RGB 4:4:4 in a 16-bit word"},
	{GF_PIXEL_RGB_555, "rgb5", "rgb5", PACKED, 1, 3, 8, 2, 1, 1, 0, 0, "RGB 5:5:5 in a 16-bit word"},
	{GF_PIXEL_RGB_565, "rgb6", "rgb6", PACKED, 1, 3, 8, 2, 1, 1, 0, 0, "RGB 5:6:5 in a 16-bit word"},
	{GF_PIXEL_RGBA, "rgba", "rgba", PACKED, 1, 4, 8, 4, 1, 1, ALPHA, GF_4CC('R', 'G', 'B', 'A'),
		"packed RGBA 8 bits"},
	{GF_PIXEL_ARGB, "argb", "argb", PACKED, 1, 4, 8, 4, 1, 1, ALPHA, 0, "packed ARGB 8 bits"},
	{GF_PIXEL_BGRA, "bgra", "bgra", PACKED, 1, 4, 8, 4, 1, 1, ALPHA, 0, "packed BGRA 8 bits"},
	{GF_PIXEL_ABGR, "abgr", "abgr", PACKED, 1, 4, 8, 4, 1, 1, ALPHA, GF_4CC('A', 'B', 'G', 'R'),
		"packed ABGR 8 bits"},
	{GF_PIXEL_RGB, "rgb", "rgb", PACKED, 1, 3, 8, 3, 1, 1, 0, GF_4CC('r', 'a', 'w', ' '),
		"packed RGB 8 bits"},
	{GF_PIXEL_BGR, "bgr", "bgr", PACKED, 1, 3, 8, 3, 1, 1, 0, 0, "packed BGR 8 bits"},
	{GF_PIXEL_XRGB, "xrgb", "xrgb", PACKED, 1, 3, 8, 4, 1, 1, 0, 0, "packed XRGB 8 bits"},
	{GF_PIXEL_RGBX, "rgbx", "rgbx", PACKED, 1, 3, 8, 4, 1, 1, 0, 0, "packed RGBX 8 bits"},
	{GF_PIXEL_XBGR, "xbgr", "xbgr", PACKED, 1, 3, 8, 4, 1, 1, 0, 0, "packed XBGR 8 bits"},
	{GF_PIXEL_BGRX, "bgrx", "bgrx", PACKED, 1, 3, 8, 4, 1, 1, 0, 0, "packed BGRX 8 bits"},
	{GF_PIXEL_RGBD, "rgbd", "rgbd", PACKED, 1, 4, 8, 4, 1, 1, 0, 0, "packed RGBD 8 bits"},
	{GF_PIXEL_RGBDS, "rgbds", "rgbds", PACKED, 1, 5, 8, 4, 1, 1, 0, 0,
		"packed RGB, 7 bits of depth and 1 of shape"},
	{GF_PIXEL_GL_EXTERNAL, "extgl", "extgl", TEXTURE, 1, 1, 8, 0, 1, 1, 0, 0, "OpenGL texture"},
	{GF_PIXEL_UNCV, "uncv", "uncv", OPAQUE, 0, 0, 8, 0, 1, 1, 0, 0,
		"as the cmpd and uncC boxes of ISO/IEC 23001-17 tell"},
};
#define NB_FORMATS (sizeof(formats) / sizeof(formats[0]))

// Other codes of planar YUV 4:2:0 found in files.
static const u32 yuv420_codes[] = {
	GF_4CC('I', '4', '2', '0'),
	GF_4CC('I', 'Y', 'U', 'V'),
	GF_4CC('y', 'v', '1', '2'),
};

static const PixelFormat *find_format(GF_PixelFormat format)
{
	for (u32 i = 0; i < NB_FORMATS; i++)
		if (formats[i].format == format)
			return &formats[i];
	return NULL;
}

// The same, with an error message when there is none.
static const PixelFormat *get_format(GF_PixelFormat format)
{
	const PixelFormat *f = find_format(format);
	if (!f)
		GF_LOG(GF_LOG_ERROR, GF_LOG_CORE, ("[core] unknown pixel format %s\n", gf_4cc_to_str(format)));
	return f;
}

static const PixelFormat *find_name(const char *name)
{
	for (u32 i = 0; i < NB_FORMATS; i++)
		if (!strcmp(formats[i].name, name) || !strcmp(formats[i].short_name, name))
			return &formats[i];
	return NULL;
}

static Bool is_none(const char *name)
{
	return !name || !strcmp(name, "none") || !strcmp(name, "0");
}

GF_PixelFormat gf_pixel_fmt_parse(const char *pf_name)
{
	if (is_none(pf_name))
		return 0;
	const PixelFormat *f = find_name(pf_name);
	if (!f)
		GF_LOG(GF_LOG_ERROR, GF_LOG_CORE, ("[core] unknown pixel format \"%s\"\n", pf_name));
	return f ? f->format : 0;
}

Bool gf_pixel_fmt_probe(GF_PixelFormat pf_4cc, const char *pf_name)
{
	if (pf_4cc && find_format(pf_4cc))
		return GF_TRUE;
	return pf_name && (is_none(pf_name) || find_name(pf_name));
}

const char *gf_pixel_fmt_name(GF_PixelFormat pfmt)
{
	const PixelFormat *f = get_format(pfmt);
	return f ? f->name : "unknown";
}

const char *gf_pixel_fmt_sname(GF_PixelFormat pfmt)
{
	const PixelFormat *f = get_format(pfmt);
	return f ? f->short_name : "unknown";
}

GF_PixelFormat gf_pixel_fmt_enum(u32 *idx, const char **name, const char **fileext, const char **description)
{
	if (!idx || *idx >= NB_FORMATS)
		return 0;
	const PixelFormat *f = &formats[(*idx)++];
	if (name)
		*name = f->name;
	if (fileext)
		*fileext = f->short_name;
	if (description)
		*description = f->description;
	return f->format;
}

const char *gf_pixel_fmt_all_names(void)
{
	return "none|yuv420|yvu420|yuv420_10|yuv422|yuv422_10|yuv444|yuv444_10|uyvy|vyuy|yuyv|yvyu|uyvl|"
		   "vyul|yuyl|yvyl|nv12|nv21|nv1l|nv2l|yuva|yuvd|yuv444a|yuv444p|v308|yuv444ap|v408|v410|v210|"
		   "grey|algr|gral|rgb8|rgb4|rgb5|rgb6|rgba|argb|bgra|abgr|rgb|bgr|xrgb|rgbx|xbgr|bgrx|rgbd|"
		   "rgbds|uncv";
}

const char *gf_pixel_fmt_all_shortnames(void)
{
	return "yuv|yvu|yuvl|yuv2|yp2l|yuv4|yp4l|uyvy|vyuy|yuyv|yvyu|uyvl|vyul|yuyl|yvyl|nv12|nv21|nv1l|"
		   "nv2l|yuva|yuvd|yp4a|yv4p|v308|y4ap|v408|v410|v210|grey|algr|gral|rgb8|rgb4|rgb5|rgb6|rgba|"
		   "argb|bgra|abgr|rgb|bgr|xrgb|rgbx|xbgr|bgrx|rgbd|rgbds|uncv";
}

// The sizes of a frame, before they are checked to fit.
typedef struct {
	u64 stride;
	u64 stride_uv;
	u64 height_uv;
	unsigned __int128 size; // four planes of 32-bit lines and strides
} FrameSize;

static u64 divide_up(u64 value, u64 by)
{
	return (value + by - 1) / by;
}

static u64 default_stride(const PixelFormat *f, u64 width)
{
	switch (f->layout) {
	case PACKED_422:
		return divide_up(width, 2) * 4 * f->bytes;
	case V210:
		// lines are padded to 48 pixels, 6 pixels take 16 bytes
		return divide_up(width, 48) * 128;
	default:
		return width * f->bytes;
	}
}

// Chroma lines that go with luma lines of `stride` bytes: in the proportion of the tight ones, in whole
// samples.
static u64 default_stride_uv(const PixelFormat *f, u64 width, u64 stride, u64 tight_stride)
{
	u64 sample = (u64)f->bytes * (f->layout == SEMI_PLANAR ? 2 : 1);
	u64 tight = divide_up(width, f->sub_w) * sample;
	if (stride == tight_stride || !tight_stride)
		return tight;
	return divide_up((u64)((unsigned __int128)tight * stride / tight_stride), sample) * sample;
}

static void compute_size(const PixelFormat *f, u64 width, u64 height, FrameSize *frame)
{
	u64 tight = default_stride(f, width);
	if (!frame->stride)
		frame->stride = tight;
	if (f->layout != PLANAR && f->layout != SEMI_PLANAR) {
		frame->stride_uv = 0;
		frame->height_uv = 0;
		frame->size = (unsigned __int128)frame->stride * height;
		return;
	}
	if (!frame->stride_uv)
		frame->stride_uv = default_stride_uv(f, width, frame->stride, tight);
	frame->height_uv = divide_up(height, f->sub_h);
	u64 nb_chroma = f->layout == PLANAR ? 2 : 1;
	// the fourth plane, alpha or depth, has the size of the first
	u64 nb_full = f->nb_planes - nb_chroma;
	frame->size = (unsigned __int128)frame->stride * height * nb_full;
	frame->size += (unsigned __int128)frame->stride_uv * frame->height_uv * nb_chroma;
}

Bool gf_pixel_get_size_info(GF_PixelFormat pixfmt, u32 width, u32 height, u32 *out_size, u32 *out_stride,
	u32 *out_stride_uv, u32 *out_planes, u32 *out_plane_uv_height)
{
	const PixelFormat *f = get_format(pixfmt);
	if (!f || f->layout == OPAQUE)
		return GF_FALSE;
	FrameSize frame = {
		.stride = out_stride ? *out_stride : 0,
		.stride_uv = out_stride_uv ? *out_stride_uv : 0,
	};
	if (f->layout == TEXTURE)
		memset(&frame, 0, sizeof(frame));
	else
		compute_size(f, width, height, &frame);
	if (frame.stride > UINT32_MAX || frame.stride_uv > UINT32_MAX || frame.size > UINT32_MAX)
		return GF_FALSE;
	if (out_size)
		*out_size = (u32)frame.size;
	if (out_stride)
		*out_stride = (u32)frame.stride;
	if (out_stride_uv)
		*out_stride_uv = (u32)frame.stride_uv;
	if (out_planes)
		*out_planes = f->nb_planes;
	if (out_plane_uv_height)
		*out_plane_uv_height = (u32)frame.height_uv;
	return GF_TRUE;
}

u32 gf_pixel_get_bytes_per_pixel(GF_PixelFormat pixfmt)
{
	const PixelFormat *f = get_format(pixfmt);
	if (!f)
		return 0;
	return f->flags & YUV ? (u32)(f->bits + 7) / 8 : f->bytes;
}

u32 gf_pixel_is_wide_depth(GF_PixelFormat pixfmt)
{
	const PixelFormat *f = get_format(pixfmt);
	return f ? f->bits : 0;
}

u32 gf_pixel_get_nb_comp(GF_PixelFormat pixfmt)
{
	const PixelFormat *f = get_format(pixfmt);
	return f ? f->nb_comp : 0;
}

void gf_pixel_get_downsampling(GF_PixelFormat pixfmt, u32 *downsample_w, u32 *downsample_h)
{
	const PixelFormat *f = get_format(pixfmt);
	if (downsample_w)
		*downsample_w = f ? f->sub_w : 1;
	if (downsample_h)
		*downsample_h = f ? f->sub_h : 1;
}

Bool gf_pixel_fmt_is_transparent(GF_PixelFormat pixfmt)
{
	const PixelFormat *f = get_format(pixfmt);
	return f && (f->flags & ALPHA);
}

Bool gf_pixel_fmt_is_yuv(GF_PixelFormat pixfmt)
{
	const PixelFormat *f = get_format(pixfmt);
	return f && (f->flags & YUV);
}

GF_PixelFormat gf_pixel_fmt_from_qt_type(u32 qt_code)
{
	for (u32 i = 0; qt_code && i < NB_FORMATS; i++)
		if (formats[i].qt_code == qt_code)
			return formats[i].format;
	for (u32 i = 0; i < sizeof(yuv420_codes) / sizeof(yuv420_codes[0]); i++)
		if (yuv420_codes[i] == qt_code)
			return GF_PIXEL_YUV;
	return 0;
}

u32 gf_pixel_fmt_to_qt_type(GF_PixelFormat pixfmt)
{
	const PixelFormat *f = find_format(pixfmt);
	return f ? f->qt_code : 0;
}
