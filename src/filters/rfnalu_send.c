// SPDX-License-Identifier: MIT
// From queued access units to packets.
#include <string.h>
#include <gpac/tools.h>
#include "filters/rfnalu.h"
#include "formats/nal_config.h"

// Enough bytes for the length of every unit, 4 when the option gives fewer than one needs.
static void check_length_size(RfnaluCtx *ctx, const RfnaluAu *au)
{
	u32 max = 0;
	for (u32 i = 0; i < au->units.nb_units; i++) {
		if (au->units.units[i].size > max)
			max = au->units.units[i].size;
	}
	if (ctx->nal_length >= 4 || max >> (8 * ctx->nal_length) == 0)
		return;
	GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
		("[rfnalu] a NAL unit of %u bytes needs more than the %u length bytes of nal_length, using 4\n", max,
			ctx->nal_length));
	ctx->nal_length = 4;
	ctx->apply_config = GF_TRUE;
}

static u32 au_size(const RfnaluCtx *ctx, const RfnaluAu *au, GF_Err *e)
{
	u64 size = 0;
	for (u32 i = 0; i < au->units.nb_units; i++)
		size += ctx->nal_length + (u64)au->units.units[i].size;
	*e = size > 0xFFFFFFFFu ? GF_NOT_SUPPORTED : GF_OK;
	return (u32)size;
}

static void write_au(const RfnaluCtx *ctx, const RfnaluAu *au, u8 *dst)
{
	for (u32 i = 0; i < au->units.nb_units; i++) {
		const RfnaluUnit *unit = &au->units.units[i];
		for (u32 byte = ctx->nal_length; byte > 0; byte--)
			*dst++ = (u8)(unit->size >> (8 * (byte - 1)));
		memcpy(dst, unit->own ? unit->own : nal_splitter_at(&ctx->splitter, unit->offset), unit->size);
		dst += unit->size;
	}
}

// 14496-15 8.4.8 (flags 0): whether the unit is a slice, of a random access picture, a reference in its
// sub-layer
static u32 subsample_param(const RfnaluCtx *ctx, u8 type)
{
	if (ctx->codec == NAL_AVC || !nal_is_vcl(ctx->codec, type))
		return 0;
	Bool rap = ctx->codec == NAL_HEVC ? hevc_is_irap(type) : vvc_is_irap(type);
	Bool sub_layer_ref = ctx->codec == NAL_VVC || type >= HEVC_NAL_RSV_VCL_R15 || (type & 1);
	return (u32)sub_layer_ref << 31 | (u32)rap << 30 | 1u << 29;
}

static GF_Err set_subsamples(const RfnaluCtx *ctx, const RfnaluAu *au, GF_FilterPacket *packet)
{
	ByteWriter w;
	bw_init(&w);
	for (u32 i = 0; i < au->units.nb_units; i++) {
		const RfnaluUnit *unit = &au->units.units[i];
		bw_u32(&w, 0);
		bw_u32(&w, ctx->nal_length + unit->size);
		bw_u32(&w, subsample_param(ctx, unit->type));
		bw_u8(&w, 0);
		bw_u8(&w, !au->picture.reference && nal_is_vcl(ctx->codec, unit->type));
	}
	u8 *data;
	u32 size;
	GF_Err e = bw_take(&w, &data, &size);
	if (!e && size) {
		e = gf_filter_pck_set_property(packet, GF_PROP_PCK_SUBS, PROP_DATA(data, size));
		gf_free(data);
	}
	return e;
}

// ISO/IEC 14496-12 8.6.4.3
static u8 dependency_flags(const NalPicture *p)
{
	u8 depends_on = p->slices == NAL_SLICE_I ? 2 : 1;
	u8 depended_on = p->reference ? 1 : 2;
	u8 redundancy = p->redundant ? 1 : 0;
	return (u8)(p->leading << 6 | depends_on << 4 | depended_on << 2 | redundancy);
}

static void set_references(const NalPicture *p, GF_FilterPacket *packet)
{
	gf_filter_pck_set_property(packet, GF_PROP_PCK_ID, PROP_SINT(p->poc));
	if (!p->nb_refs)
		return;
	s32 refs[NAL_MAX_REFS];
	memcpy(refs, p->refs, sizeof(refs));
	GF_PropertyValue value = {.type = GF_PROP_SINT_LIST, .value.sint_list = {refs, p->nb_refs}};
	gf_filter_pck_set_property(packet, GF_PROP_PCK_REFS, &value);
}

static void set_attributes(
	RfnaluCtx *ctx, const RfnaluAu *au, const TimelineUnit *unit, GF_FilterPacket *packet)
{
	const NalPicture *p = &au->picture;
	gf_filter_pck_set_framing(packet, GF_TRUE, GF_TRUE);
	gf_filter_pck_set_byte_offset(packet, GF_FILTER_NO_BO);
	gf_filter_pck_set_dts(packet, unit->dts);
	gf_filter_pck_set_cts(packet, (u64)unit->cts);
	// without a known rate the engine takes the difference of DTS
	u32 duration = au->duration ? au->duration : ctx->rate_known ? ctx->timeline.duration : 0;
	if (duration)
		gf_filter_pck_set_duration(packet, duration);
	u8 sap = unit->sap;
	if (sap == 3 && !p->sap && ctx->force_sync)
		sap = 1;
	gf_filter_pck_set_sap(packet, (GF_FilterSAPType)sap);
	s32 roll = sap == 4 ? (s32)p->recovery_count : 0;
	gf_filter_pck_set_roll_info(packet, (s16)(roll > 32767 ? 32767 : roll));
	gf_filter_pck_set_interlaced(packet, p->interlaced);
	if (ctx->deps)
		gf_filter_pck_set_dependency_flags(packet, dependency_flags(p));
	if (ctx->refs)
		set_references(p, packet);
	if (p->has_clock)
		sei_set_timecode(packet, &p->clock, ctx->rate_num, ctx->rate_den);
	if (ctx->seeking) {
		// pictures composed before the start may follow some composed after it
		double start = ctx->seek_start * ctx->timescale;
		gf_filter_pck_set_seek_flag(packet, (double)unit->cts < start);
		ctx->seeking = (double)unit->dts < start;
	}
}

static GF_Err send_au(RfnaluCtx *ctx, GF_Filter *filter, RfnaluAu *au, const TimelineUnit *unit)
{
	GF_Err e;
	check_length_size(ctx, au);
	if (au->config) {
		rfnalu_config_unref(ctx->sent_config);
		ctx->sent_config = au->config;
		au->config = NULL;
		ctx->apply_config = GF_TRUE;
	}
	if (ctx->apply_config) {
		e = rfnalu_config_apply(ctx, filter);
		if (e)
			return e;
	}
	u32 size = au_size(ctx, au, &e);
	if (e || !size)
		return e;
	u8 *data;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(ctx->opid, size, &data);
	if (!packet)
		return GF_OUT_OF_MEM;
	write_au(ctx, au, data);
	if (au->props)
		gf_filter_pck_merge_properties(au->props, packet);
	set_attributes(ctx, au, unit, packet);
	if (ctx->subsamples && set_subsamples(ctx, au, packet)) {
		gf_filter_pck_discard(packet);
		return GF_OUT_OF_MEM;
	}
	e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

GF_Err rfnalu_send(RfnaluCtx *ctx, GF_Filter *filter, Bool flush)
{
	GF_Err e = GF_OK;
	TimelineUnit unit;
	while (ctx->queue_count && !e) {
		if (ctx->opid && !ctx->draining && gf_filter_pid_would_block(ctx->opid))
			break;
		if (!nal_timeline_pop(&ctx->timeline, flush, &unit))
			break;
		RfnaluAu *au = ctx->queue[ctx->queue_first];
		ctx->queue_first = (ctx->queue_first + 1) % ctx->queue_alloc;
		ctx->queue_count--;
		e = send_au(ctx, filter, au, &unit);
		rfnalu_au_del(au);
	}
	return e;
}
