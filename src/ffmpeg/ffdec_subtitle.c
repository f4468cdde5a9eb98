// SPDX-License-Identifier: MIT
// Decoded bitmap subtitles: pictures with transparency where there is one, empty packets where it goes.
//
// A picture is the smallest one with all regions that are shown together; its place is told by offsets of the PID.
#include <string.h>
#include "ffmpeg/ffdec.h"

#define MAX_SIDE 16384

// The rectangle around all regions. False when there is nothing to show, or something that cannot be.
static Bool find_box(const AVSubtitle *sub, FfdecBox *box)
{
	s64 left = INT32_MAX, top = INT32_MAX, right = 0, bottom = 0;
	for (u32 i = 0; i < sub->num_rects; i++) {
		const AVSubtitleRect *r = sub->rects[i];
		if (r->type != SUBTITLE_BITMAP || r->w <= 0 || r->h <= 0 || r->x < 0 || r->y < 0 || !r->data[0] || !r->data[1])
			continue;
		left = r->x < left ? r->x : left;
		top = r->y < top ? r->y : top;
		right = (s64)r->x + r->w > right ? (s64)r->x + r->w : right;
		bottom = (s64)r->y + r->h > bottom ? (s64)r->y + r->h : bottom;
	}
	if (right <= left || bottom <= top || right > MAX_SIDE || bottom > MAX_SIDE)
		return GF_FALSE;
	*box = (FfdecBox){(u32)left, (u32)top, (u32)(right - left), (u32)(bottom - top)};
	return GF_TRUE;
}

static void describe_box(Ffdec *ctx, const FfdecBox *box)
{
	GF_FilterPid *pid = ctx->opid;
	u32 canvas = ctx->codec->width > 0 ? (u32)ctx->codec->width : 0, right = box->x + box->width;
	if (!memcmp(box, &ctx->box, sizeof(*box)) && canvas == ctx->canvas_width)
		return;
	ctx->box = *box;
	ctx->canvas_width = canvas;
	ff_set_uint(pid, GF_PROP_PID_WIDTH, box->width);
	ff_set_uint(pid, GF_PROP_PID_HEIGHT, box->height);
	ff_set_uint(pid, GF_PROP_PID_STRIDE, box->width * 4);
	gf_filter_pid_set_property(pid, GF_PROP_PID_TRANS_X_INV, PROP_SINT(canvas > right ? (s32)(canvas - right) : 0));
	gf_filter_pid_set_property(pid, GF_PROP_PID_TRANS_Y_INV, PROP_SINT((s32)box->y));
}

// The palette has the alpha in the highest bits, then red, green, blue.
static void draw_region(const FfdecBox *box, const AVSubtitleRect *r, u8 *picture)
{
	const u8 *palette = r->data[1];
	for (int y = 0; y < r->h; y++) {
		const u8 *from = r->data[0] + (size_t)y * (size_t)r->linesize[0];
		u8 *to = picture + ((size_t)((u32)(r->y + y) - box->y) * box->width + ((u32)r->x - box->x)) * 4;
		for (int x = 0; x < r->w; x++, to += 4) {
			u32 colour;
			memcpy(&colour, palette + 4 * (from[x] < r->nb_colors ? from[x] : 0), 4);
			to[0] = (u8)(colour >> 16);
			to[1] = (u8)(colour >> 8);
			to[2] = (u8)colour;
			to[3] = (u8)(colour >> 24);
		}
	}
}

static GF_Err send_at(GF_FilterPacket *packet, u64 cts, u32 duration)
{
	gf_filter_pck_set_dts(packet, cts);
	gf_filter_pck_set_cts(packet, cts);
	gf_filter_pck_set_duration(packet, duration);
	gf_filter_pck_set_sap(packet, GF_FILTER_SAP_1);
	gf_filter_pck_set_framing(packet, GF_TRUE, GF_TRUE);
	gf_filter_pck_set_byte_offset(packet, GF_FILTER_NO_BO);
	GF_Err e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

static GF_Err send_empty(Ffdec *ctx, u64 cts)
{
	ctx->hides_at = GF_FILTER_NO_TS;
	ctx->shown = GF_FALSE;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(ctx->opid, 0, NULL);
	return packet ? send_at(packet, cts, 0) : GF_OUT_OF_MEM;
}

// The picture before ends at the latest when another one comes.
static GF_Err hide_until(Ffdec *ctx, u64 cts)
{
	Bool over = ctx->hides_at != GF_FILTER_NO_TS && ctx->hides_at < cts;
	return over ? send_empty(ctx, ctx->hides_at) : GF_OK;
}

static GF_Err send_picture(Ffdec *ctx, GF_FilterPacket *source, const AVSubtitle *sub, const FfdecBox *box, u64 cts)
{
	u8 *data;
	u32 timescale = gf_filter_pid_get_timescale(ctx->ipid), duration = gf_filter_pck_get_duration(source);
	u32 ms = sub->end_display_time != UINT32_MAX && sub->end_display_time > sub->start_display_time
				 ? sub->end_display_time - sub->start_display_time : 0;
	if (ms)
		duration = (u32)gf_timestamp_rescale(ms, 1000, timescale ? timescale : 1000);
	describe_box(ctx, box);
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(ctx->opid, box->width * box->height * 4, &data);
	if (!packet)
		return GF_OUT_OF_MEM;
	memset(data, 0, (size_t)box->width * box->height * 4);
	for (u32 i = 0; i < sub->num_rects; i++) {
		const AVSubtitleRect *r = sub->rects[i];
		if (r->type == SUBTITLE_BITMAP && r->w > 0 && r->h > 0 && r->x >= 0 && r->y >= 0 && r->data[0] && r->data[1])
			draw_region(box, r, data);
	}
	ctx->hides_at = duration ? cts + duration : GF_FILTER_NO_TS;
	ctx->shown = GF_TRUE;
	return send_at(packet, cts, duration);
}

static GF_Err use_subtitle(Ffdec *ctx, GF_FilterPacket *source, const AVSubtitle *sub)
{
	u32 timescale = gf_filter_pid_get_timescale(ctx->ipid);
	u64 cts = gf_filter_pck_get_cts(source);
	FfdecBox box;
	if (cts == GF_FILTER_NO_TS)
		return GF_OK;
	cts += gf_timestamp_rescale(sub->start_display_time, 1000, timescale ? timescale : 1000);
	GF_Err e = hide_until(ctx, cts);
	if (e)
		return e;
	if (find_box(sub, &box))
		return send_picture(ctx, source, sub, &box, cts);
	return ctx->shown ? send_empty(ctx, cts) : GF_OK;
}

static GF_Err decode(Ffdec *ctx, GF_FilterPacket *packet)
{
	AVSubtitle sub = {0};
	int got = 0;
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	if (!data || !size || av_new_packet(ctx->packet, (int)size) < 0) // with the padding that libavcodec wants
		return GF_OK;
	memcpy(ctx->packet->data, data, size);
	ctx->packet->pts = ctx->packet->dts = (s64)gf_filter_pck_get_cts(packet);
	ctx->last_cts = gf_filter_pck_get_cts(packet);
	ctx->next_seq++;
	ctx->packet->duration = gf_filter_pck_get_duration(packet);
	int res = avcodec_decode_subtitle2(ctx->codec, &sub, &got, ctx->packet);
	av_packet_unref(ctx->packet);
	GF_Err e = GF_OK;
	if (res < 0)
		e = ffdec_tell_lost(ctx, gf_filter_pck_get_cts(packet), res);
	else if (got && !gf_filter_pck_get_seek_flag(packet))
		e = use_subtitle(ctx, packet, &sub);
	avsubtitle_free(&sub);
	ffdec_tell_damage(ctx);
	return e;
}

GF_Err ffdec_process_subtitles(Ffdec *ctx)
{
	GF_Err e = GF_OK;
	while (!e && !gf_filter_pid_would_block(ctx->opid)) {
		GF_FilterPacket *packet = gf_filter_pid_get_packet(ctx->ipid);
		if (packet) {
			e = decode(ctx, packet);
			gf_filter_pid_drop_packet(ctx->ipid);
			continue;
		}
		if (!gf_filter_pid_is_eos(ctx->ipid))
			return GF_OK;
		Bool flush = gf_filter_pid_is_flush_eos(ctx->ipid);
		if (!flush && ctx->hides_at != GF_FILTER_NO_TS)
			e = send_empty(ctx, ctx->hides_at);
		gf_filter_pid_set_eos(ctx->opid); // of a flush, it makes one
		return e || flush ? e : GF_EOS;
	}
	return e;
}

void ffdec_describe_subtitles(Ffdec *ctx)
{
	GF_FilterPid *pid = ctx->opid;
	gf_filter_pid_set_property(pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL));
	gf_filter_pid_set_property(pid, GF_PROP_PID_PIXFMT, PROP_UINT(GF_PIXEL_RGBA));
	gf_filter_pid_set_property(pid, GF_PROP_PID_SPARSE, PROP_BOOL(GF_TRUE));
	ctx->box = (FfdecBox){0};
	ctx->hides_at = GF_FILTER_NO_TS;
}
