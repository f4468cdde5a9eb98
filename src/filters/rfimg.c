// SPDX-License-Identifier: MIT
// Reader of images: each file of JPEG, PNG or JPEG 2000 is one packet; BMP is turned into a raw picture.
//
// Limits: the orientation of EXIF is not applied; BMP with palette or compression is refused.
#include <string.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "filters/raw_input.h"
#include "filters/registry.h"
#include "formats/image.h"

typedef struct {
	// options
	GF_Fraction fps;

	GF_FilterPid *ipid, *opid;
	RawBytes bytes; // of the file
	Bool copy_props; // the properties of the input are to be copied
	Bool started;
} RfimgCtx;

static GF_Err rfimg_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	RfimgCtx *ctx = gf_filter_get_udta(filter);
	if (is_remove) {
		if (ctx->opid)
			gf_filter_pid_remove(ctx->opid);
		ctx->ipid = ctx->opid = NULL;
		return GF_OK;
	}
	if (!gf_filter_pid_check_caps(pid))
		return GF_NOT_SUPPORTED;
	Bool is_new = ctx->ipid != pid;
	ctx->ipid = pid;
	ctx->copy_props = GF_TRUE;
	if (!is_new)
		return GF_OK;
	gf_filter_pid_set_framing_mode(pid, GF_TRUE);
	raw_play(pid);
	return GF_OK;
}

static Bool rfimg_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	RfimgCtx *ctx = gf_filter_get_udta(filter);
	if (event->base.on_pid != ctx->opid || event->base.type != GF_FEVT_PLAY)
		return GF_FALSE;
	Bool first = !ctx->started;
	ctx->started = GF_TRUE;
	if (!first)
		raw_seek(ctx->ipid, 0, 0, 0);
	return GF_TRUE;
}

// ---- Output

static void set_uint(const RfimgCtx *ctx, u32 code, u32 value)
{
	gf_filter_pid_set_property(ctx->opid, code, PROP_UINT(value));
}

static u32 codec_of(ImageKind kind)
{
	switch (kind) {
	case IMAGE_JPEG:
		return GF_CODECID_JPEG;
	case IMAGE_PNG:
		return GF_CODECID_PNG;
	case IMAGE_BMP:
		return GF_CODECID_RAW;
	default:
		return GF_CODECID_J2K;
	}
}

static void set_raw(const RfimgCtx *ctx, const ImageInfo *info)
{
	u32 bytes = info->bits_per_pixel / 8;
	u32 format = bytes == 3 ? GF_PIXEL_RGB : GF_PIXEL_RGBX;
	gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_PIXFMT, PROP_ENUM(format, GF_PROP_PIXFMT));
	set_uint(ctx, GF_PROP_PID_STRIDE, info->width * bytes);
}

static GF_Err configure_output(GF_Filter *filter, RfimgCtx *ctx, const ImageInfo *info, const u8 *data)
{
	GF_Err e = raw_declare(filter, ctx->ipid, &ctx->opid, &ctx->copy_props);
	if (e)
		return e;
	Bool timed = ctx->fps.num > 0 && ctx->fps.den;
	set_uint(ctx, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL);
	set_uint(ctx, GF_PROP_PID_CODECID, codec_of(info->kind));
	set_uint(ctx, GF_PROP_PID_TIMESCALE, timed ? (u32)ctx->fps.num : 1000);
	if (timed)
		gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_FPS, PROP_FRAC_INT(ctx->fps.num, ctx->fps.den));
	set_uint(ctx, GF_PROP_PID_WIDTH, info->width);
	set_uint(ctx, GF_PROP_PID_HEIGHT, info->height);
	Bool shaped = info->sar_num != info->sar_den;
	gf_filter_pid_set_property(
		ctx->opid, GF_PROP_PID_SAR, shaped ? PROP_FRAC_INT((s32)info->sar_num, info->sar_den) : NULL);
	set_uint(ctx, GF_PROP_PID_NB_FRAMES, 1);
	gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_CAN_DATAREF, PROP_BOOL(GF_TRUE));
	gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_DECODER_CONFIG,
		info->config_size ? PROP_DATA((u8 *)data + info->config_offset, info->config_size) : NULL);
	if (info->kind == IMAGE_BMP)
		set_raw(ctx, info);
	return GF_OK;
}

// Pixels of BMP are blue, green, red, often with the last line first.
static GF_FilterPacket *convert_bmp(const RfimgCtx *ctx, const ImageInfo *info, const u8 *data)
{
	u32 bytes = info->bits_per_pixel / 8, line = image_bmp_line(info);
	u8 *dst;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(ctx->opid, info->width * bytes * info->height, &dst);
	for (u32 y = 0; packet && y < info->height; y++) {
		u32 from = info->bottom_up ? info->height - 1 - y : y;
		const u8 *src = data + info->offset + (size_t)from * line;
		for (u32 x = 0; x < info->width; x++, src += bytes, dst += bytes) {
			dst[0] = src[2];
			dst[1] = src[1];
			dst[2] = src[0];
			if (bytes == 4)
				dst[3] = 0xFF;
		}
	}
	return packet;
}

// `source` holds the whole file, or is NULL when the buffer does.
static GF_Err send_image(GF_Filter *filter, RfimgCtx *ctx, GF_FilterPacket *source, const u8 *data, u32 size)
{
	ImageInfo info;
	GF_Err e = image_read(data, size, &info);
	if (e) {
		const GF_PropertyValue *p = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_URL);
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[rfimg] %s: %s\n", p && p->value.string ? p->value.string : "image",
			e == GF_NOT_SUPPORTED ? "BMP with a palette or compression is not supported" : "damaged image"));
		return e;
	}
	e = configure_output(filter, ctx, &info, data);
	if (e)
		return e;
	GF_FilterPacket *packet;
	if (info.kind == IMAGE_BMP) {
		packet = convert_bmp(ctx, &info, data);
	} else if (source) {
		packet = gf_filter_pck_new_ref(ctx->opid, info.offset, info.size, source);
	} else {
		u8 *dst;
		packet = gf_filter_pck_new_alloc(ctx->opid, info.size, &dst);
		if (packet)
			memcpy(dst, data + info.offset, info.size);
	}
	if (!packet)
		return GF_OUT_OF_MEM;
	gf_filter_pck_set_framing(packet, GF_TRUE, GF_TRUE);
	gf_filter_pck_set_dts(packet, 0);
	gf_filter_pck_set_cts(packet, 0);
	gf_filter_pck_set_duration(packet, ctx->fps.num > 0 && ctx->fps.den ? ctx->fps.den : 1000);
	gf_filter_pck_set_sap(packet, GF_FILTER_SAP_1);
	gf_filter_pck_set_byte_offset(packet, info.kind == IMAGE_BMP ? GF_FILTER_NO_BO : info.offset);
	e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

// ---- Process

static GF_Err flush(GF_Filter *filter, RfimgCtx *ctx)
{
	GF_Err e = ctx->bytes.size ? send_image(filter, ctx, NULL, ctx->bytes.data, ctx->bytes.size) : GF_OK;
	ctx->bytes.size = 0;
	return e;
}

static GF_Err use_packet(GF_Filter *filter, RfimgCtx *ctx, GF_FilterPacket *packet)
{
	u32 size;
	Bool is_start, is_end;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	gf_filter_pck_get_framing(packet, &is_start, &is_end);
	if (is_start)
		ctx->bytes.size = 0;
	if (is_start && is_end && data && size)
		return send_image(filter, ctx, packet, data, size);
	GF_Err e = raw_append(&ctx->bytes, data, data ? size : 0);
	return !e && is_end ? flush(filter, ctx) : e;
}

static GF_Err rfimg_process(GF_Filter *filter)
{
	RfimgCtx *ctx = gf_filter_get_udta(filter);
	while (ctx->ipid) {
		if (ctx->opid && gf_filter_pid_would_block(ctx->opid))
			return GF_OK;
		GF_FilterPacket *packet = gf_filter_pid_get_packet(ctx->ipid);
		GF_Err e;
		if (!packet) {
			if (!gf_filter_pid_is_eos(ctx->ipid))
				return GF_OK;
			e = flush(filter, ctx);
			if (ctx->opid)
				gf_filter_pid_set_eos(ctx->opid);
			return e ? e : GF_EOS;
		}
		e = use_packet(filter, ctx, packet);
		gf_filter_pid_drop_packet(ctx->ipid);
		if (e)
			return e;
	}
	return GF_EOS;
}

static const char *rfimg_probe_data(const u8 *data, u32 size, GF_FilterProbeScore *score)
{
	static const char *const mimes[] = {[IMAGE_JPEG] = "image/jpg", [IMAGE_PNG] = "image/png",
		[IMAGE_J2K] = "image/jp2", [IMAGE_JP2] = "image/jp2", [IMAGE_BMP] = "image/bmp"};
	ImageKind kind = image_kind(data, size);
	if (kind == IMAGE_UNKNOWN)
		return NULL;
	// other readers take the boxes of JP2 for theirs
	*score = kind == IMAGE_JP2 || kind == IMAGE_J2K ? GF_FPROBE_FORCE : GF_FPROBE_SUPPORTED;
	return mimes[kind];
}

static void rfimg_finalize(GF_Filter *filter)
{
	RfimgCtx *ctx = gf_filter_get_udta(filter);
	gf_free(ctx->bytes.data);
}

#define OPT(field) #field, (s32)offsetof(RfimgCtx, field)
static const GF_FilterArgs rfimg_args[] = {
	{OPT(fps), "Images per second; a numerator of 0 shows each for one second", GF_PROP_FRACTION, "0/1000", NULL,
		GF_FS_ARG_HINT_HIDE},
	{0},
};

static const GF_FilterCapability rfimg_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "jpg|jpeg|jp2|j2k|bmp|png"),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, "image/jpg|image/jp2|image/bmp|image/png"),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_PNG),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_JPEG),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_J2K),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
};

const GF_FilterRegister rfimg_register = {
	.name = "rfimg",
	.description = "Image reader",
	.help = "This filter reads JPEG, PNG, JPEG 2000 and BMP files, each as one packet that lasts a second. A sequence of "
			"images is read with a playlist.",
	.private_size = sizeof(RfimgCtx),
	SETCAPS(rfimg_caps),
	.args = rfimg_args,
	.finalize = rfimg_finalize,
	.configure_pid = rfimg_configure_pid,
	.process = rfimg_process,
	.process_event = rfimg_process_event,
	.probe_data = rfimg_probe_data,
	.hint_class_type = GF_FS_CLASS_FRAMING,
};
