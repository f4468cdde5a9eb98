// SPDX-License-Identifier: MIT
// Raw audio and video: the samples without padding, alone or under a WAV, BMP or Y4M header. The format of
// the file is asked from the filters before when the input has another.
#include <stdio.h>
#include <string.h>
#include "base/bits.h"
#include "filters/raw_formats.h"
#include "filters/writegen.h"
#include "formats/wav.h"
#include "formats/y4m.h"

#define BMP_HEADER_SIZE 54

// Asks for `format` unless the input has it already.
static GF_Err require_format(Writegen *ctx, u32 property, u32 format)
{
	u32 current = writegen_uint(ctx, property);
	if (!format || current == format)
		return current ? GF_OK : GF_PENDING_PACKET;
	GF_Err e = gf_filter_pid_negotiate_property(ctx->ipid, property, PROP_UINT(format));
	return e ? e : GF_PENDING_PACKET;
}

// ---- Video

// Reads the layout of the pictures; GF_PENDING_PACKET until the decoder knows it.
static GF_Err load_picture(Writegen *ctx)
{
	PictureLayout p = {0};
	p.format = writegen_uint(ctx, GF_PROP_PID_PIXFMT);
	p.width = writegen_uint(ctx, GF_PROP_PID_WIDTH);
	p.height = writegen_uint(ctx, GF_PROP_PID_HEIGHT);
	p.stride = writegen_uint(ctx, GF_PROP_PID_STRIDE);
	p.stride_uv = writegen_uint(ctx, GF_PROP_PID_STRIDE_UV);
	if (!p.format || !p.width || !p.height)
		return GF_PENDING_PACKET;
	if (!gf_pixel_get_size_info(
			p.format, p.width, p.height, &p.size, &p.line, &p.line_uv, &p.nb_planes, &p.height_uv))
		return GF_NOT_SUPPORTED;
	if (!p.stride)
		p.stride = p.line;
	if (!p.stride_uv)
		p.stride_uv = p.line_uv;
	if (p.stride < p.line || p.stride_uv < p.line_uv)
		return GF_NON_COMPLIANT_BITSTREAM;
	ctx->picture = p;
	return GF_OK;
}

static u32 plane_height(const PictureLayout *p, u32 plane)
{
	return plane == 1 || plane == 2 ? p->height_uv : p->height;
}

static u32 plane_line(const PictureLayout *p, u32 plane)
{
	return plane == 1 || plane == 2 ? p->line_uv : p->line;
}

// Plane `plane` of a picture: in memory, where `offset` is its place, or behind a frame interface.
static GF_Err get_plane(
	const PictureLayout *p, GF_FilterPacket *packet, u32 plane, u64 offset, const u8 **data, u32 *stride)
{
	GF_FilterFrameInterface *frame = gf_filter_pck_get_frame_interface(packet);
	if (frame)
		return frame->get_plane ? frame->get_plane(frame, plane, data, stride) : GF_NOT_SUPPORTED;
	u32 size;
	const u8 *picture = gf_filter_pck_get_data(packet, &size);
	*stride = plane == 1 || plane == 2 ? p->stride_uv : p->stride;
	u64 needed = (u64)*stride * (plane_height(p, plane) - 1) + plane_line(p, plane);
	if (offset + needed > size)
		return GF_NON_COMPLIANT_BITSTREAM;
	*data = picture + offset;
	return GF_OK;
}

// Copies a picture line by line into `dst`, of `picture.size` bytes.
static GF_Err pack_picture(const PictureLayout *p, GF_FilterPacket *packet, u8 *dst)
{
	u64 offset = 0;
	for (u32 plane = 0; plane < p->nb_planes; plane++) {
		u32 line = plane_line(p, plane), height = plane_height(p, plane), stride;
		const u8 *src;
		GF_Err e = get_plane(p, packet, plane, offset, &src, &stride);
		if (e) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
				("[writegen] plane %u of a picture of %ux%u cannot be read: %s\n", plane, p->width, p->height,
					gf_error_to_string(e)));
			return e;
		}
		for (u32 y = 0; y < height; y++, dst += line)
			memcpy(dst, src + (size_t)y * stride, line);
		offset += (u64)stride * height;
	}
	return GF_OK;
}

static Bool is_packed(const PictureLayout *p, GF_FilterPacket *packet)
{
	u32 size;
	return gf_filter_pck_get_data(packet, &size) && size == p->size && p->stride == p->line &&
		   p->stride_uv == p->line_uv;
}

static GF_Err configure_raw_video(Writegen *ctx)
{
	u32 format = ctx->pfmt ? ctx->pfmt : raw_pixel_format(ctx->ext);
	GF_Err e = require_format(ctx, GF_PROP_PID_PIXFMT, format);
	return e ? e : load_picture(ctx);
}

static GF_Err write_picture(Writegen *ctx, GF_FilterPacket *packet)
{
	const PictureLayout *p = &ctx->picture;
	if (is_packed(p, packet))
		return writegen_send_all(ctx, packet);
	u8 *data;
	GF_FilterPacket *out = gf_filter_pck_new_alloc(ctx->opid, p->size, &data);
	if (!out)
		return GF_OUT_OF_MEM;
	GF_Err e = pack_picture(p, packet, data);
	if (!e)
		return writegen_send(ctx, out, packet);
	gf_filter_pck_discard(out);
	return e;
}

const WriteKind writegen_raw_video = {.configure = configure_raw_video, .write = write_picture};

// ---- BMP

static GF_Err configure_bmp(Writegen *ctx)
{
	GF_Err e = require_format(ctx, GF_PROP_PID_PIXFMT, GF_PIXEL_BGR);
	return e ? e : load_picture(ctx);
}

static void put_le32(u8 *p, u32 v)
{
	for (u32 i = 0; i < 4; i++)
		p[i] = (u8)(v >> (8 * i));
}

// BITMAPFILEHEADER and BITMAPINFOHEADER, 24 bits per pixel, not compressed.
static void write_bmp_header(const PictureLayout *p, u32 image_size, u8 header[BMP_HEADER_SIZE])
{
	memset(header, 0, BMP_HEADER_SIZE);
	memcpy(header, "BM", 2);
	put_le32(header + 2, BMP_HEADER_SIZE + image_size);
	put_le32(header + 10, BMP_HEADER_SIZE);
	put_le32(header + 14, 40);
	put_le32(header + 18, p->width);
	put_le32(header + 22, p->height);
	header[26] = 1;  // planes
	header[28] = 24; // bits per pixel
	put_le32(header + 34, image_size);
}

static GF_Err write_bmp(Writegen *ctx, GF_FilterPacket *packet)
{
	const PictureLayout *p = &ctx->picture;
	const u8 *src;
	u32 stride;
	GF_Err e = get_plane(p, packet, 0, 0, &src, &stride);
	if (e)
		return e;
	// Lines are stored from the last to the first, each on a multiple of 4 bytes.
	u32 line = (p->line + 3) & ~3u;
	u64 size = (u64)line * p->height;
	if (size > 0x7FFFFFFF)
		return GF_NOT_SUPPORTED;
	u8 *data;
	GF_FilterPacket *out = gf_filter_pck_new_alloc(ctx->opid, BMP_HEADER_SIZE + (u32)size, &data);
	if (!out)
		return GF_OUT_OF_MEM;
	write_bmp_header(p, (u32)size, data);
	data += BMP_HEADER_SIZE;
	for (u32 y = p->height; y; y--, data += line) {
		memcpy(data, src + (size_t)(y - 1) * stride, p->line);
		memset(data + p->line, 0, line - p->line);
	}
	return writegen_send(ctx, out, packet);
}

const WriteKind writegen_bmp = {.configure = configure_bmp, .write = write_bmp, .one_per_packet = GF_TRUE};

// ---- Y4M

static GF_Err configure_y4m(Writegen *ctx)
{
	u32 format = ctx->pfmt ? ctx->pfmt : GF_PIXEL_YUV;
	if (!y4m_colour(format)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[writegen] Y4M has no pixel format %s; use yuv420, yuv422, yuv444 or grey\n",
				gf_pixel_fmt_name(format)));
		return GF_NOT_SUPPORTED;
	}
	GF_Err e = require_format(ctx, GF_PROP_PID_PIXFMT, format);
	return e ? e : load_picture(ctx);
}

static GF_Fraction fraction_property(const Writegen *ctx, u32 property, GF_Fraction otherwise)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(ctx->ipid, property);
	return p && p->value.frac.num > 0 && p->value.frac.den ? p->value.frac : otherwise;
}

static GF_Err begin_y4m(Writegen *ctx, GF_FilterPacket *packet)
{
	const PictureLayout *p = &ctx->picture;
	const GF_PropertyValue *interlaced = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_INTERLACED);
	GF_Fraction rate = fraction_property(ctx, GF_PROP_PID_FPS, (GF_Fraction){25, 1});
	GF_Fraction sar = fraction_property(ctx, GF_PROP_PID_SAR, (GF_Fraction){1, 1});
	char header[200];
	// The order of the fields is known per picture only, hence "?".
	int n = snprintf(header, sizeof(header), "YUV4MPEG2 W%u H%u F%d:%u I%c A%d:%u C%s\n", p->width, p->height,
		rate.num, rate.den, interlaced && interlaced->value.boolean ? '?' : 'p', sar.num, sar.den,
		y4m_colour(p->format));
	return writegen_send_bytes(ctx, header, (u32)n, packet);
}

static GF_Err write_y4m(Writegen *ctx, GF_FilterPacket *packet)
{
	GF_Err e = writegen_send_bytes(ctx, "FRAME\n", 6, packet);
	return e ? e : write_picture(ctx, packet);
}

const WriteKind writegen_y4m = {
	.configure = configure_y4m, .begin = begin_y4m, .write = write_y4m, .pieces = GF_TRUE};

// ---- Audio

static GF_Err configure_raw_audio(Writegen *ctx)
{
	u32 format = ctx->afmt ? ctx->afmt : raw_audio_format(ctx->ext);
	return require_format(ctx, GF_PROP_PID_AUDIO_FORMAT, format);
}

const WriteKind writegen_raw_audio = {.configure = configure_raw_audio, .write = writegen_send_all};

static u32 wav_format(u32 format)
{
	switch (format) {
	case GF_AUDIO_FMT_FLT:
	case GF_AUDIO_FMT_S16:
	case GF_AUDIO_FMT_S24:
	case GF_AUDIO_FMT_S32:
		return format;
	case GF_AUDIO_FMT_FLTP:
		return GF_AUDIO_FMT_FLT;
	default:
		return GF_AUDIO_FMT_S16;
	}
}

static GF_Err configure_wav(Writegen *ctx)
{
	u32 wanted = ctx->afmt ? ctx->afmt : writegen_uint(ctx, GF_PROP_PID_AUDIO_FORMAT);
	if (!wanted)
		return GF_PENDING_PACKET;
	if (ctx->afmt && wav_format(wanted) != wanted) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[writegen] WAV is not written with samples %s; use s16, s24, s32 or flt\n",
				gf_audio_fmt_name(wanted)));
		return GF_NOT_SUPPORTED;
	}
	return require_format(ctx, GF_PROP_PID_AUDIO_FORMAT, wav_format(wanted));
}

static void make_wav_header(const Writegen *ctx, u8 header[WAV_HEADER_SIZE])
{
	u32 format = writegen_uint(ctx, GF_PROP_PID_AUDIO_FORMAT);
	WavFormat wav = {
		.rate = writegen_uint(ctx, GF_PROP_PID_SAMPLE_RATE),
		.nb_channels = (u16)writegen_uint(ctx, GF_PROP_PID_NUM_CHANNELS),
		.bits_per_sample = (u16)gf_audio_fmt_bit_depth(format),
		.is_float = format == GF_AUDIO_FMT_FLT,
	};
	wav_write_header(&wav, ctx->data_size, header);
}

static GF_Err begin_wav(Writegen *ctx, GF_FilterPacket *packet)
{
	u8 header[WAV_HEADER_SIZE];
	ctx->data_size = 0;
	make_wav_header(ctx, header);
	return writegen_send_bytes(ctx, header, sizeof(header), packet);
}

static GF_Err write_wav(Writegen *ctx, GF_FilterPacket *packet)
{
	u32 size;
	gf_filter_pck_get_data(packet, &size);
	ctx->data_size += size;
	return writegen_send_all(ctx, packet);
}

// Writes the header again, with the sizes.
static GF_Err end_wav(Writegen *ctx)
{
	u8 *data;
	GF_Err e = ctx->data_size & 1 ? writegen_send_bytes(ctx, "", 1, NULL) : GF_OK;
	GF_FilterPacket *packet = e ? NULL : gf_filter_pck_new_alloc(ctx->opid, WAV_HEADER_SIZE, &data);
	if (!packet)
		return e ? e : GF_OUT_OF_MEM;
	make_wav_header(ctx, data);
	gf_filter_pck_set_framing(packet, GF_FALSE, GF_FALSE);
	gf_filter_pck_set_seek_flag(packet, GF_TRUE);
	gf_filter_pck_set_byte_offset(packet, 0);
	e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

const WriteKind writegen_wav = {
	.configure = configure_wav, .begin = begin_wav, .write = write_wav, .end = end_wav, .rewrites = GF_TRUE};
