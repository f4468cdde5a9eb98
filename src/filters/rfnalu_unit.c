// SPDX-License-Identifier: MIT
// From blocks of a byte stream to queued access units.
#include <string.h>
#include <gpac/tools.h>
#include "base/array.h"
#include "filters/rfnalu.h"

static void clear_units(RfnaluUnits *units)
{
	for (u32 i = 0; i < units->nb_units; i++)
		gf_free(units->units[i].own);
	units->nb_units = 0;
}

static GF_Err add_unit(RfnaluUnits *units, const RfnaluUnit *unit)
{
	if (array_reserve(&units->units, &units->alloc_units, units->nb_units, 1, sizeof(*units->units)))
		return GF_OUT_OF_MEM;
	units->units[units->nb_units++] = *unit;
	return GF_OK;
}

// Moves all units of `from` to the end of `to`.
static GF_Err move_units(RfnaluUnits *to, RfnaluUnits *from)
{
	GF_Err e = GF_OK;
	u32 moved = 0;
	for (; moved < from->nb_units && !e; moved++) {
		e = add_unit(to, &from->units[moved]);
		if (!e)
			from->units[moved].own = NULL;
	}
	clear_units(from);
	return e;
}

void rfnalu_au_del(RfnaluAu *au)
{
	if (!au)
		return;
	clear_units(&au->units);
	gf_free(au->units.units);
	rfnalu_config_unref(au->config);
	if (au->props)
		gf_filter_pck_unref(au->props);
	gf_free(au);
}

// Offset of the oldest byte still needed.
static u64 oldest_offset(const RfnaluCtx *ctx)
{
	if (ctx->queue_count)
		return ctx->queue[ctx->queue_first]->start;
	if (ctx->current)
		return ctx->current->start;
	return ctx->has_pending ? ctx->pending_start : nal_splitter_end(&ctx->splitter);
}

void rfnalu_add_source(RfnaluCtx *ctx, GF_FilterPacket *packet)
{
	RawSource *source = raw_sources_add(&ctx->sources, packet, nal_splitter_end(&ctx->splitter));
	if (!source)
		return; // the access unit only loses its times
	if (ctx->ignore_cts)
		source->cts = GF_FILTER_NO_TS;
	// the end of the bytes received may be inside a start code
	u64 oldest = oldest_offset(ctx);
	raw_sources_at(&ctx->sources, oldest > 3 ? oldest - 3 : 0);
}

// The access unit takes the times of the packet where it starts, when it is the first one to start there.
static void take_times(RfnaluCtx *ctx, RfnaluAu *au)
{
	RawSource *source = raw_sources_at(&ctx->sources, au->start);
	if (!source)
		return;
	au->props = source->props;
	if (au->props && gf_filter_pck_ref_props(&au->props))
		au->props = NULL;
	if (source->used)
		return;
	source->used = GF_TRUE;
	if (!ctx->notime) {
		au->dts = source->dts;
		au->cts = source->cts;
	}
	au->duration = source->duration;
}

u8 rfnalu_sap(const RfnaluCtx *ctx, const NalPicture *picture)
{
	if (picture->sap || !picture->has_recovery)
		return picture->sap;
	if (picture->recovery_count)
		return 4;
	// a VVC picture with a count of 0 is a whole refresh; a recovery point message may be on any picture
	return ctx->codec == NAL_VVC || picture->slices == NAL_SLICE_I ? 3 : 0;
}

static GF_Err queue_append(RfnaluCtx *ctx, RfnaluAu *au)
{
	if (ctx->queue_count == ctx->queue_alloc) {
		u32 alloc = ctx->queue_alloc ? ctx->queue_alloc * 2 : 64;
		RfnaluAu **queue = gf_malloc(alloc * sizeof(*queue));
		if (!queue)
			return GF_OUT_OF_MEM;
		for (u32 i = 0; i < ctx->queue_count; i++)
			queue[i] = ctx->queue[(ctx->queue_first + i) % ctx->queue_alloc];
		gf_free(ctx->queue);
		ctx->queue = queue;
		ctx->queue_alloc = alloc;
		ctx->queue_first = 0;
	}
	ctx->queue[(ctx->queue_first + ctx->queue_count++) % ctx->queue_alloc] = au;
	return GF_OK;
}

static void init_timing(RfnaluCtx *ctx, const NalPicture *picture)
{
	ctx->rate_known = rfnalu_frame_rate(ctx, &ctx->tracker, picture, &ctx->rate_num, &ctx->rate_den);
	ctx->rate_known |= ctx->is_file;
	if (!ctx->timescale)
		ctx->timescale = ctx->rate_num;
	u32 duration = (u32)gf_timestamp_rescale(ctx->rate_den, ctx->rate_num, ctx->timescale);
	ctx->timeline.duration = duration;
	ctx->timeline.window = ctx->strict_poc == STRICT_POC_OFF ? RFNALU_WINDOW : 0;
	ctx->timeline.report_loss = ctx->strict_poc == STRICT_POC_ERROR;
}

static GF_Err complete_au(RfnaluCtx *ctx, const NalPicture *picture)
{
	RfnaluAu *au = ctx->current;
	ctx->current = NULL;
	if (!au || au->discard) {
		rfnalu_au_del(au);
		return GF_OK;
	}
	au->picture = *picture;
	if (au->config) {
		au->config->has_rpu = au->has_rpu;
		au->config->has_el = au->has_el;
	}
	if (!ctx->rate_num)
		init_timing(ctx, picture);
	if (au->dts == GF_FILTER_NO_TS && au->cts != GF_FILTER_NO_TS)
		au->dts = au->cts;
	if (au->dts != GF_FILTER_NO_TS) {
		ctx->base_dts = au->dts;
		ctx->nb_since = 0;
	}
	TimelineUnit unit = {
		.poc = picture->poc,
		.sap = rfnalu_sap(ctx, picture),
		.irap = picture->irap,
		.restart = picture->poc_restart,
		.rescale = au->config != NULL,
		.has_cts = au->cts != GF_FILTER_NO_TS,
		.cts = (s64)au->cts,
		.dts = ctx->base_dts +
			   gf_timestamp_rescale(ctx->nb_since * ctx->rate_den, ctx->rate_num, ctx->timescale),
	};
	ctx->nb_since++;
	GF_Err e = queue_append(ctx, au);
	if (e) {
		rfnalu_au_del(au);
		return e;
	}
	e = nal_timeline_push(&ctx->timeline, &unit);
	if (e) {
		ctx->queue_count--;
		rfnalu_au_del(au);
	}
	return e;
}

// Starts the access unit of a slice, with the units that wait for it.
static GF_Err start_au(RfnaluCtx *ctx, const NalUnit *unit)
{
	RfnaluAu *au = gf_calloc(1, sizeof(*au));
	if (!au)
		return GF_OUT_OF_MEM;
	ctx->current = au;
	au->dts = au->cts = GF_FILTER_NO_TS;
	au->start = ctx->has_pending ? ctx->pending_start : unit->start;
	if (!ctx->is_file)
		take_times(ctx, au);
	if (!nal_tracker_has_config(&ctx->tracker)) {
		au->discard = GF_TRUE;
		if (!ctx->waits_config)
			GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
				("[rfnalu] pictures at offset %llu come before the parameter sets, dropped\n",
					(unsigned long long)au->start));
		ctx->waits_config = GF_TRUE;
		return GF_OK;
	}
	return rfnalu_config_update(ctx, &ctx->tracker.picture, &au->config);
}

static Bool is_kept(const RfnaluCtx *ctx, const NalUnitInfo *info)
{
	if (ctx->analyze != ANALYZE_OFF)
		return GF_TRUE;
	if (info->enhancement && ctx->nosvc)
		return GF_FALSE;
	switch (info->role) {
	case NAL_ROLE_PARAM_SET:
	case NAL_ROLE_END:
		return GF_FALSE;
	case NAL_ROLE_AUD:
		// VVC delimiters tell access units which start with an IRAP or GDR picture: they stay
		return ctx->audelim || ctx->codec == NAL_VVC;
	case NAL_ROLE_FILLER:
		return ctx->keepfiller;
	case NAL_ROLE_SEI:
		return !ctx->nosei;
	default:
		break;
	}
	if (ctx->codec == NAL_HEVC && info->type == HEVC_NAL_DV_RPU)
		return ctx->dv_mode != DV_CLEAN;
	if (ctx->codec == NAL_HEVC && info->type == HEVC_NAL_DV_EL)
		return ctx->dv_mode != DV_CLEAN && ctx->dv_mode != DV_SINGLE;
	return GF_TRUE;
}

// Messages about transport (filler) or other access units (sub-sequences) have no place in a file
// (ISO/IEC 14496-15 5.4).
static Bool is_dropped_message(u32 type)
{
	return type == SEI_FILLER_PAYLOAD || (type >= SEI_AVC_SUB_SEQ_INFO && type <= SEI_AVC_SUB_SEQ);
}

static Bool has_dropped_message(const Rbsp *rbsp)
{
	SeiIter it;
	SeiMessage message;
	sei_iter_init(&it, rbsp->data, rbsp->size, 1);
	GF_Err e;
	Bool found = GF_FALSE;
	while (!(e = sei_iter_next(&it, &message)))
		found |= is_dropped_message(message.type);
	// what cannot be read is not rewritten
	return found && e == GF_EOS;
}

// Copies the messages which stay, after the NAL unit header. Returns the bytes written, 1 when there are
// none.
static u32 copy_messages(const Rbsp *rbsp, u8 *dst)
{
	SeiIter it;
	SeiMessage message;
	u32 size = 1;
	dst[0] = rbsp->data[0];
	sei_iter_init(&it, rbsp->data, rbsp->size, 1);
	while (!sei_iter_next(&it, &message)) {
		if (is_dropped_message(message.type))
			continue;
		memcpy(dst + size, rbsp->data + message.start, it.pos - message.start);
		size += it.pos - message.start;
	}
	return size;
}

// Rebuilds an AVC SEI unit without some messages. `unit->own` stays NULL when it has none of them; a size of
// 0 when nothing else is left.
static GF_Err rewrite_sei(const u8 *nal, RfnaluUnit *unit)
{
	Rbsp rbsp;
	GF_Err e = rbsp_open(&rbsp, nal, unit->size);
	if (e)
		return e;
	u8 *kept = NULL, *escaped = NULL;
	if (!has_dropped_message(&rbsp))
		goto exit;
	kept = gf_malloc(rbsp.size + 1);
	escaped = gf_malloc(((size_t)rbsp.size + 1) * 3 / 2 + 1);
	if (!kept || !escaped) {
		e = GF_OUT_OF_MEM;
		goto exit;
	}
	u32 size = copy_messages(&rbsp, kept);
	if (size == 1) {
		unit->size = 0;
		goto exit;
	}
	kept[size++] = 0x80; // rbsp_trailing_bits()
	unit->size = nal_escape(kept, size, escaped);
	unit->own = escaped;
	escaped = NULL;
exit:
	gf_free(kept);
	gf_free(escaped);
	rbsp_close(&rbsp);
	return e;
}

static GF_Err keep_unit(RfnaluCtx *ctx, RfnaluUnits *units, const NalUnit *nal, const NalUnitInfo *info)
{
	RfnaluUnit unit = {.offset = nal->offset, .size = nal->size, .type = info->type};
	GF_Err e = GF_OK;
	if (info->role == NAL_ROLE_SEI && ctx->codec == NAL_AVC && ctx->seirw && ctx->analyze == ANALYZE_OFF)
		e = rewrite_sei(nal->data, &unit);
	if (e || !unit.size)
		return e;
	if (unit.size > ctx->max_unit_size)
		ctx->max_unit_size = unit.size;
	e = add_unit(units, &unit);
	if (e)
		gf_free(unit.own);
	return e;
}

static GF_Err receive_unit(RfnaluCtx *ctx, const NalUnit *unit)
{
	NalUnitInfo info;
	GF_Err e = nal_tracker_push(&ctx->tracker, unit->data, unit->size, &info);
	if (e || info.drop)
		return e;
	Bool kept = is_kept(ctx, &info);
	if (info.place == NAL_PLACE_NEXT) {
		if (!ctx->has_pending)
			ctx->pending_start = unit->start;
		ctx->has_pending = GF_TRUE;
		return kept ? keep_unit(ctx, &ctx->pending, unit, &info) : GF_OK;
	}
	if (info.place == NAL_PLACE_START) {
		e = complete_au(ctx, &ctx->tracker.finished);
		if (!e)
			e = start_au(ctx, unit);
	}
	// only a slice tells where the units before it belong
	if (ctx->has_pending && info.role == NAL_ROLE_SLICE && !e && ctx->current) {
		e = move_units(&ctx->current->units, &ctx->pending);
		ctx->has_pending = GF_FALSE;
	}
	if (e || !ctx->current)
		return e;
	if (ctx->codec == NAL_HEVC) {
		ctx->current->has_rpu |= info.type == HEVC_NAL_DV_RPU;
		ctx->current->has_el |= info.type == HEVC_NAL_DV_EL;
	}
	return kept ? keep_unit(ctx, &ctx->current->units, unit, &info) : GF_OK;
}

static GF_Err receive_units(RfnaluCtx *ctx, Bool last)
{
	NalUnit unit;
	GF_Err e = GF_OK;
	while (!e && nal_splitter_next(&ctx->splitter, last, &unit))
		e = receive_unit(ctx, &unit);
	return e;
}

GF_Err rfnalu_receive(RfnaluCtx *ctx, const u8 *data, u32 size)
{
	nal_splitter_release(&ctx->splitter, oldest_offset(ctx));
	GF_Err e = nal_splitter_append(&ctx->splitter, data, size);
	return e ? e : receive_units(ctx, GF_FALSE);
}

GF_Err rfnalu_finish(RfnaluCtx *ctx)
{
	GF_Err e = receive_units(ctx, GF_TRUE);
	if (e)
		return e;
	e = complete_au(ctx, &ctx->tracker.picture);
	ctx->tracker.force_start = GF_TRUE;
	return e;
}

void rfnalu_restart(RfnaluCtx *ctx, const RawPoint *entry)
{
	while (ctx->queue_count) {
		rfnalu_au_del(ctx->queue[ctx->queue_first]);
		ctx->queue_first = (ctx->queue_first + 1) % ctx->queue_alloc;
		ctx->queue_count--;
	}
	raw_sources_clear(&ctx->sources);
	rfnalu_au_del(ctx->current);
	ctx->current = NULL;
	clear_units(&ctx->pending);
	ctx->has_pending = GF_FALSE;
	nal_splitter_restart(&ctx->splitter, entry ? entry->offset : 0);
	nal_tracker_restart(&ctx->tracker);
	nal_timeline_restart(&ctx->timeline);
	if (entry)
		nal_timeline_anchor(&ctx->timeline, entry->cts);
	ctx->base_dts = entry ? entry->dts : 0;
	ctx->nb_since = 0;
	ctx->ended = GF_FALSE;
}
