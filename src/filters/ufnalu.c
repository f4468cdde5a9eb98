// SPDX-License-Identifier: MIT
// Writer of AVC, HEVC and VVC byte streams: the NAL units of access units, as ISO/IEC 14496-15 stores them,
// get start codes (annex B of each standard), parameter sets at random access points and access unit
// delimiters.
//
// Limits: the sets of the configuration are written whether or not an access unit holds its own.
#include <string.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "base/array.h"
#include "filters/registry.h"
#include "filters/relay.h"
#include "formats/nal_config.h"
#include "formats/nal_tracker.h"

#define START_CODE_SIZE 4
#define MAX_DELIMITER_SIZE 3

enum { EXTRACT_ALL, EXTRACT_BASE, EXTRACT_LAYER };

typedef struct {
	const u8 *data;
	u32 size;
	Bool delimiter;
} Unit;

typedef struct {
	// options
	Bool rcfg;
	u32 extract;
	Bool delim;
	Bool pps_inband;

	Relay io;
	u32 length_size;
	ByteWriter sets, pps; // of the configuration, with start codes
	Bool sets_wait;       // they changed since they were written
	Bool sent;
	NalTracker tracker; // reads the headers of slices for the picture types of delimiters
	Unit *units;        // of the access unit being written
	u32 nb_units, alloc_units;
	u8 layer_id, temporal_id; // of its first slice
	Bool has_slice, has_delimiter;
} UfnaluCtx;

static void write_unit(ByteWriter *w, const u8 *data, u32 size)
{
	bw_u32(w, 1);
	bw_bytes(w, data, size);
}

static Bool is_extracted(const UfnaluCtx *ctx, const NalUnitInfo *info)
{
	if (ctx->extract == EXTRACT_ALL)
		return GF_TRUE;
	return info->enhancement == (ctx->extract == EXTRACT_LAYER);
}

// Adds the units of a configuration to the sets to write.
static GF_Err add_sets(UfnaluCtx *ctx, const NalSets *sets)
{
	for (u32 i = 0; i < sets->nb_nals; i++) {
		const ConfigNal *nal = &sets->nals[i];
		NalUnitInfo info;
		if (!nal->size)
			continue;
		GF_Err e = nal_tracker_push(&ctx->tracker, nal->data, nal->size, &info);
		if (e)
			return e;
		if (!is_extracted(ctx, &info))
			continue;
		write_unit(&ctx->sets, nal->data, nal->size);
		if (nal_is_pps(ctx->tracker.codec, nal->type))
			write_unit(&ctx->pps, nal->data, nal->size);
	}
	return ctx->sets.failed || ctx->pps.failed ? GF_OUT_OF_MEM : GF_OK;
}

static GF_Err read_config(UfnaluCtx *ctx, const GF_PropertyValue *prop, Bool enhancement)
{
	NalConfig config;
	if (!prop || !prop->value.data.size)
		return GF_OK;
	GF_Err e = nal_config_read(ctx->tracker.codec, enhancement, prop->value.data.ptr, prop->value.data.size, &config);
	if (e)
		return e;
	ctx->length_size = config.sets.length_size;
	e = add_sets(ctx, &config.sets);
	nal_config_reset(&config);
	return e;
}

// Reads the configurations again. The sets are written before the next access unit when they changed.
static GF_Err load_sets(UfnaluCtx *ctx, NalCodec codec)
{
	ByteWriter before = ctx->sets;
	bw_init(&ctx->sets);
	bw_reset(&ctx->pps);
	if (ctx->tracker.codec != codec) {
		nal_tracker_reset(&ctx->tracker);
		nal_tracker_init(&ctx->tracker, codec);
	}
	ctx->length_size = 4;
	const GF_PropertyValue *enhancement =
		gf_filter_pid_get_property(ctx->io.ipid, GF_PROP_PID_DECODER_CONFIG_ENHANCEMENT);
	GF_Err e = read_config(ctx, enhancement, GF_TRUE);
	ByteWriter layers = ctx->sets;
	bw_init(&ctx->sets);
	if (!e)
		e = read_config(ctx, gf_filter_pid_get_property(ctx->io.ipid, GF_PROP_PID_DECODER_CONFIG), GF_FALSE);
	// base layer first
	if (layers.size)
		bw_bytes(&ctx->sets, layers.data, layers.size);
	if (ctx->sets.size != before.size || (before.size && memcmp(ctx->sets.data, before.data, before.size)))
		ctx->sets_wait = GF_TRUE;
	bw_reset(&layers);
	bw_reset(&before);
	return e;
}

static GF_Err ufnalu_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	UfnaluCtx *ctx = gf_filter_get_udta(filter);
	GF_Err e = relay_configure(&ctx->io, filter, pid, is_remove);
	if (e || is_remove)
		return e;
	gf_filter_pid_set_framing_mode(pid, GF_TRUE);
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_CODECID);
	NalCodec codec = NAL_AVC;
	if (p)
		nal_codec_of(p->value.uint, &codec);
	e = load_sets(ctx, codec);
	if (e)
		return e;
	gf_filter_pid_copy_properties(ctx->io.opid, pid);
	gf_filter_pid_set_property(ctx->io.opid, GF_PROP_PID_FORCE_UNFRAME, NULL);
	return gf_filter_pid_set_property(ctx->io.opid, GF_PROP_PID_UNFRAMED, PROP_BOOL(GF_TRUE));
}

static GF_Err add_unit(UfnaluCtx *ctx, const Unit *unit)
{
	if (array_reserve(&ctx->units, &ctx->alloc_units, ctx->nb_units, 1, sizeof(*ctx->units)))
		return GF_OUT_OF_MEM;
	ctx->units[ctx->nb_units++] = *unit;
	return GF_OK;
}

// Lists the units to write and learns what the access unit is.
static GF_Err read_units(UfnaluCtx *ctx, const u8 *data, u32 size)
{
	NalIter it;
	const u8 *nal;
	u32 nal_size;
	GF_Err e;
	ctx->nb_units = 0;
	ctx->has_slice = ctx->has_delimiter = GF_FALSE;
	ctx->temporal_id = ctx->layer_id = 0;
	ctx->tracker.force_start = GF_TRUE;
	nal_iter_prefixed(&it, data, size, ctx->length_size);
	while (!(e = nal_iter_next(&it, &nal, &nal_size))) {
		NalUnitInfo info;
		e = nal_tracker_push(&ctx->tracker, nal, nal_size, &info);
		if (e)
			return e;
		Unit unit = {.data = nal, .size = nal_size, .delimiter = info.role == NAL_ROLE_AUD};
		if (!is_extracted(ctx, &info) || (unit.delimiter && !ctx->delim))
			continue;
		ctx->has_delimiter |= unit.delimiter;
		if (info.role == NAL_ROLE_SLICE && !ctx->has_slice) {
			ctx->has_slice = GF_TRUE;
			ctx->layer_id = info.layer_id;
			ctx->temporal_id = info.temporal_id;
		}
		e = add_unit(ctx, &unit);
		if (e)
			return e;
	}
	if (e == GF_EOS)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
		("[ufnalu] access unit of %u bytes dropped: the NAL unit length at byte %zu goes past its end\n",
			size, it.pos));
	return e;
}

// H.265 table 7-2, H.266 table 6; a slice that could not be read may be of any type
static u8 picture_type(const UfnaluCtx *ctx)
{
	u8 slices =
		ctx->tracker.has_picture && !ctx->tracker.force_start ? ctx->tracker.picture.slices : NAL_SLICE_B;
	if (slices & NAL_SLICE_B)
		return 2;
	return slices & NAL_SLICE_P ? 1 : 0;
}

static u32 make_delimiter(const UfnaluCtx *ctx, u8 dst[MAX_DELIMITER_SIZE])
{
	const NalPicture *picture = &ctx->tracker.picture;
	switch (ctx->tracker.codec) {
	case NAL_AVC:
		// primary_pic_type 7: any slice
		dst[0] = AVC_NAL_AUD;
		dst[1] = 0xF0;
		return 2;
	case NAL_HEVC:
		dst[0] = (u8)(HEVC_NAL_AUD << 1 | ctx->layer_id >> 5);
		dst[1] = (u8)(ctx->layer_id << 3 | (ctx->temporal_id + 1));
		dst[2] = (u8)(picture_type(ctx) << 5 | 0x10);
		return 3;
	default:
		dst[0] = ctx->layer_id;
		dst[1] = (u8)(VVC_NAL_AUD << 3 | (ctx->temporal_id + 1));
		dst[2] = (u8)((picture->irap || picture->has_recovery) << 7 | picture_type(ctx) << 4 | 8);
		return 3;
	}
}

// The sets to write in this access unit.
static const ByteWriter *select_sets(const UfnaluCtx *ctx, GF_FilterPacket *packet)
{
	static const ByteWriter none;
	if (ctx->sets_wait)
		return &ctx->sets;
	if (!ctx->rcfg)
		return &none;
	GF_FilterSAPType sap = gf_filter_pck_get_sap(packet);
	// sample_depends_on 2 (ISO/IEC 14496-12 8.6.4.3): the access unit is independent
	Bool independent = (gf_filter_pck_get_dependency_flags(packet) >> 4 & 3) == 2;
	if (sap >= GF_FILTER_SAP_1 && sap <= GF_FILTER_SAP_3)
		return &ctx->sets;
	if (independent && ctx->tracker.codec != NAL_AVC && ctx->tracker.picture.irap)
		return &ctx->sets;
	return ctx->pps_inband && sap == GF_FILTER_SAP_NONE ? &ctx->pps : &none;
}

static u8 *put_unit(u8 *dst, const u8 *data, u32 size)
{
	static const u8 start_code[START_CODE_SIZE] = {0, 0, 0, 1};
	memcpy(dst, start_code, START_CODE_SIZE);
	memcpy(dst + START_CODE_SIZE, data, size);
	return dst + START_CODE_SIZE + size;
}

static u8 *put_sets(u8 *dst, const ByteWriter *sets)
{
	if (sets->size)
		memcpy(dst, sets->data, sets->size);
	return dst + sets->size;
}

static void put_au(
	const UfnaluCtx *ctx, u8 *dst, const u8 *delimiter, u32 delimiter_size, const ByteWriter *sets)
{
	if (delimiter_size)
		dst = put_unit(dst, delimiter, delimiter_size);
	Bool sets_put = GF_FALSE;
	for (u32 i = 0; i < ctx->nb_units; i++) {
		const Unit *unit = &ctx->units[i];
		if (!sets_put && !unit->delimiter) {
			dst = put_sets(dst, sets);
			sets_put = GF_TRUE;
		}
		dst = put_unit(dst, unit->data, unit->size);
	}
	if (!sets_put)
		put_sets(dst, sets);
}

static GF_Err send_au(UfnaluCtx *ctx, GF_FilterPacket *source, const u8 *data, u32 size)
{
	GF_Err e = read_units(ctx, data, size);
	if (e || !ctx->nb_units)
		return e;
	const ByteWriter *sets = select_sets(ctx, source);
	u8 delimiter[MAX_DELIMITER_SIZE], *dst;
	u32 delimiter_size = ctx->delim && !ctx->has_delimiter ? make_delimiter(ctx, delimiter) : 0;
	u64 total = sets->size + (delimiter_size ? START_CODE_SIZE + delimiter_size : 0);
	for (u32 i = 0; i < ctx->nb_units; i++)
		total += START_CODE_SIZE + (u64)ctx->units[i].size;
	GF_FilterPacket *packet =
		total > 0xFFFFFFFFu ? NULL : gf_filter_pck_new_alloc(ctx->io.opid, (u32)total, &dst);
	if (!packet)
		return GF_OUT_OF_MEM;
	put_au(ctx, dst, delimiter, delimiter_size, sets);
	gf_filter_pck_merge_properties(source, packet);
	gf_filter_pck_set_framing(packet, GF_TRUE, GF_TRUE);
	gf_filter_pck_set_byte_offset(packet, GF_FILTER_NO_BO);
	// the sizes of sub-samples are not those of the new bytes
	if (total != size)
		gf_filter_pck_set_property(packet, GF_PROP_PCK_SUBS, NULL);
	if (sets == &ctx->sets)
		ctx->sets_wait = GF_FALSE;
	ctx->sent = GF_TRUE;
	e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

static GF_Err write_packet(void *udta, GF_FilterPacket *packet)
{
	UfnaluCtx *ctx = udta;
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	if (data && size)
		return send_au(ctx, packet, data, size);
	return gf_filter_pck_has_properties(packet) ? gf_filter_pck_forward(packet, ctx->io.opid) : GF_OK;
}

// A stream without any picture is still worth its parameter sets.
static void send_sets(void *udta)
{
	UfnaluCtx *ctx = udta;
	u8 *dst;
	if (ctx->sent || !ctx->sets.size || gf_filter_pid_is_flush_eos(ctx->io.ipid))
		return;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(ctx->io.opid, (u32)ctx->sets.size, &dst);
	if (!packet)
		return;
	put_sets(dst, &ctx->sets);
	ctx->sent = GF_TRUE;
	gf_filter_pck_send(packet);
}

static GF_Err ufnalu_process(GF_Filter *filter)
{
	static const RelayCalls calls = {.use = write_packet, .drain = send_sets};
	UfnaluCtx *ctx = gf_filter_get_udta(filter);
	return relay_process(&ctx->io, &calls, ctx);
}

static GF_Err ufnalu_initialize(GF_Filter *filter)
{
	UfnaluCtx *ctx = gf_filter_get_udta(filter);
	nal_tracker_init(&ctx->tracker, NAL_AVC);
	bw_init(&ctx->sets);
	bw_init(&ctx->pps);
	return GF_OK;
}

static void ufnalu_finalize(GF_Filter *filter)
{
	UfnaluCtx *ctx = gf_filter_get_udta(filter);
	nal_tracker_reset(&ctx->tracker);
	bw_reset(&ctx->sets);
	bw_reset(&ctx->pps);
	gf_free(ctx->units);
}

#define OPT(field) #field, (s32)offsetof(UfnaluCtx, field)
static const GF_FilterArgs ufnalu_args[] = {
	{OPT(rcfg), "Write the parameter sets at each random access point, not before the first access unit only",
		GF_PROP_BOOL, "true", NULL, 0},
	{OPT(extract), "Layers to write: all, the base layer, or the layers above it", GF_PROP_UINT, "all",
		"all|base|layer", GF_FS_ARG_HINT_ADVANCED},
	{OPT(delim),
		"Write an access unit delimiter in each access unit. Without it, the delimiters of the stream "
		"are removed",
		GF_PROP_BOOL, "true", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(pps_inband), "Write the picture parameter sets in the other access units as well (needs rcfg)",
		GF_PROP_BOOL, "false", NULL, 0},
	{0},
};

static const GF_FilterCapability ufnalu_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_AVC),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT_OPT, GF_PROP_PID_CODECID, GF_CODECID_AVC_PS),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT_OPT, GF_PROP_PID_CODECID, GF_CODECID_SVC),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT_OPT, GF_PROP_PID_CODECID, GF_CODECID_MVC),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_BOOL(GF_CAPS_OUTPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_HEVC),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT_OPT, GF_PROP_PID_CODECID, GF_CODECID_LHVC),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_TILE_BASE, GF_TRUE),
	CAP_BOOL(GF_CAPS_OUTPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_VVC),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_TILE_BASE, GF_TRUE),
	CAP_BOOL(GF_CAPS_OUTPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_ENCRYPTED),
	CAP_4CC(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_PROTECTION_SCHEME_TYPE, GF_4CC('s', 'a', 'e', 's')),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_AVC),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_BOOL(GF_CAPS_OUTPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_AVC),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_SVC),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_MVC),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_HEVC),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_LHVC),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_VVC),
	CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_FORCE_UNFRAME, GF_TRUE),
	CAP_BOOL(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
};

const GF_FilterRegister ufnalu_register = {
	.name = "ufnalu",
	.description = "AVC/HEVC/VVC byte stream writer",
	.help =
		"This filter writes AVC, HEVC and VVC access units in the byte stream format (annex B), for raw "
		"files (.264, .265, .266) and transport streams, with access unit delimiters and parameter sets.",
	.private_size = sizeof(UfnaluCtx),
	SETCAPS(ufnalu_caps),
	.args = ufnalu_args,
	.initialize = ufnalu_initialize,
	.finalize = ufnalu_finalize,
	.configure_pid = ufnalu_configure_pid,
	.process = ufnalu_process,
	.hint_class_type = GF_FS_CLASS_FRAMING,
};
