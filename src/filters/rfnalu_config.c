// SPDX-License-Identifier: MIT
// Decoder configuration and properties of the output PID.
#include <string.h>
#include <gpac/tools.h>
#include "base/numbers.h"
#include "filters/rfnalu.h"

#define DEFAULT_RATE_NUM 25000
#define DEFAULT_RATE_DEN 1000
#define MAX_RATE 1000

// H.264 table E-6: an AVC tick is that of a field. The fraction is kept as coded where it can.
static Bool bitstream_rate(const NalTracker *tracker, const NalPicture *picture, u32 *num, u32 *den)
{
	NalVideoFormat format;
	if (nal_tracker_format(tracker, picture->sps_id, &format))
		return GF_FALSE;
	u64 n = format.vui.time_scale, d = format.vui.num_units_in_tick;
	if (tracker->codec == NAL_AVC) {
		n *= 2;
		d *= 2 * nal_picture_ticks(tracker, picture);
	}
	if (!n || !d || n > MAX_RATE * d)
		return GF_FALSE;
	if (tracker->codec == NAL_VVC || n > INT32_MAX || d > INT32_MAX) {
		u64 divisor = num_gcd(n, d);
		n /= divisor;
		d /= divisor;
	}
	if (n > INT32_MAX || d > INT32_MAX)
		return GF_FALSE;
	*num = (u32)n;
	*den = (u32)d;
	return GF_TRUE;
}

Bool rfnalu_frame_rate(
	const RfnaluCtx *ctx, const NalTracker *tracker, const NalPicture *picture, u32 *num, u32 *den)
{
	if (ctx->fps.num > 0 && ctx->fps.den) {
		*num = (u32)ctx->fps.num;
		*den = ctx->fps.den;
		return GF_TRUE;
	}
	if (bitstream_rate(tracker, picture, num, den))
		return GF_TRUE;
	const GF_PropertyValue *p = ctx->is_file ? NULL : gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_FPS);
	if (p && p->value.frac.num > 0 && p->value.frac.den) {
		*num = (u32)p->value.frac.num;
		*den = p->value.frac.den;
		return GF_TRUE;
	}
	*num = DEFAULT_RATE_NUM;
	*den = DEFAULT_RATE_DEN;
	return GF_FALSE;
}

void rfnalu_config_unref(RfnaluConfig *config)
{
	if (!config || --config->nb_refs)
		return;
	gf_free(config->dsi);
	gf_free(config->enhancement);
	gf_free(config);
}

typedef enum { LAYERS_BASE, LAYERS_ENHANCEMENT, LAYERS_ALL } Layers;

// A PPS says by its SPS to which layer it belongs; SVC and MVC identifiers may be those of both.
static Bool avc_pps_in(const NalTracker *t, const NalParamSet *set, Layers layers)
{
	const AvcPps *pps = set->id < AVC_MAX_PPS ? t->avc.pps[set->id] : NULL;
	if (!pps)
		return layers == LAYERS_BASE;
	if (layers == LAYERS_BASE)
		return t->avc.sps[pps->sps_id] != NULL;
	for (u32 i = 0; i < t->nb_sets; i++) {
		if (t->sets[i].type == AVC_NAL_SUBSET_SPS && t->sets[i].id == pps->sps_id)
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool is_in_layers(const NalTracker *t, const NalParamSet *set, Layers layers)
{
	if (layers == LAYERS_ALL)
		return GF_TRUE;
	if (t->codec == NAL_AVC && set->type == AVC_NAL_PPS)
		return avc_pps_in(t, set, layers);
	Bool enhancement = set->layer_id || (t->codec == NAL_AVC && set->type == AVC_NAL_SUBSET_SPS);
	return enhancement == (layers == LAYERS_ENHANCEMENT);
}

// The sets of some layers in the order of their types, as configuration records have them.
static GF_Err collect_sets(const RfnaluCtx *ctx, Layers layers, NalSets *sets)
{
	const NalTracker *t = &ctx->tracker;
	*sets = (NalSets){.length_size = (u8)ctx->nal_length};
	if (!t->nb_sets)
		return GF_OK;
	sets->nals = gf_calloc(t->nb_sets, sizeof(ConfigNal));
	if (!sets->nals)
		return GF_OUT_OF_MEM;
	for (u32 type = 0; type < 64; type++) {
		for (u32 i = 0; i < t->nb_sets; i++) {
			const NalParamSet *set = &t->sets[i];
			if (set->type == type && is_in_layers(t, set, layers))
				sets->nals[sets->nb_nals++] =
					(ConfigNal){.type = set->type, .complete = GF_TRUE, .data = set->data, .size = set->size};
		}
	}
	return GF_OK;
}

static const ConfigNal *find_nal(const NalSets *sets, u8 type)
{
	for (u32 i = 0; i < sets->nb_nals; i++) {
		if (sets->nals[i].type == type)
			return &sets->nals[i];
	}
	return NULL;
}

// Those of the record: for analysis they stay in the stream.
static NalSets record_sets(const RfnaluCtx *ctx, const NalSets *sets)
{
	NalSets record = *sets;
	if (ctx->analyze != ANALYZE_OFF)
		record.nb_nals = 0;
	return record;
}

static GF_Err build_avc(
	const RfnaluCtx *ctx, Layers layers, u8 sps_id, const NalSets *sets, u8 **data, u32 *size)
{
	AvcConfig config = {.sets = record_sets(ctx, sets)};
	if (layers != LAYERS_ENHANCEMENT) {
		const AvcSps *sps = ctx->tracker.avc.sps[sps_id];
		if (!sps)
			return GF_NOT_FOUND;
		avc_config_set_sps(&config, sps);
	} else {
		const ConfigNal *subset = find_nal(sets, AVC_NAL_SUBSET_SPS);
		if (!subset || subset->size < 4)
			return GF_NOT_FOUND;
		config.profile = subset->data[1];
		config.compatibility = subset->data[2];
		config.level = subset->data[3];
	}
	GF_Err e = avc_config_write(&config, data, size);
	// SVC and MVC records (14496-15 6.5.3.1, 7.5.3) count the sets on 7 bits, without reserved ones set
	if (!e && layers == LAYERS_ENHANCEMENT)
		(*data)[5] &= 0x1F;
	return e;
}

static GF_Err build_hevc(
	const RfnaluCtx *ctx, Layers layers, u8 sps_id, const NalSets *sets, u8 **data, u32 *size)
{
	const HevcTracker *h = &ctx->tracker.hevc;
	const HevcSps *sps = h->sps[sps_id];
	if (!sps)
		return GF_NOT_FOUND;
	HevcConfig config = {.sets = record_sets(ctx, sets)};
	hevc_config_set_ps(&config, sps, h->pps);
	return hevc_config_write(&config, layers == LAYERS_ENHANCEMENT, data, size);
}

static GF_Err build_vvc(const RfnaluCtx *ctx, u8 sps_id, const NalSets *sets, u8 **data, u32 *size)
{
	const VvcSps *sps = ctx->tracker.vvc.sps[sps_id];
	if (!sps)
		return GF_NOT_FOUND;
	VvcConfig config = {.sets = record_sets(ctx, sets)};
	vvc_config_set_sps(&config, sps);
	return vvc_config_write(&config, data, size);
}

static GF_Err build_record(const RfnaluCtx *ctx, Layers layers, u8 sps_id, u8 **data, u32 *size)
{
	NalSets sets;
	GF_Err e = collect_sets(ctx, layers, &sets);
	if (e)
		return e;
	if (ctx->codec == NAL_AVC)
		e = build_avc(ctx, layers, sps_id, &sets, data, size);
	else if (ctx->codec == NAL_HEVC)
		e = build_hevc(ctx, layers, sps_id, &sets, data, size);
	else
		e = build_vvc(ctx, sps_id, &sets, data, size);
	nal_sets_reset(&sets);
	return e;
}

static Bool has_enhancement(const NalTracker *t)
{
	for (u32 i = 0; i < t->nb_sets; i++) {
		if (is_in_layers(t, &t->sets[i], LAYERS_ENHANCEMENT))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static u32 base_codec_id(NalCodec codec)
{
	switch (codec) {
	case NAL_AVC:
		return GF_CODECID_AVC;
	case NAL_HEVC:
		return GF_CODECID_HEVC;
	default:
		return GF_CODECID_VVC;
	}
}

// Annex G profiles are those of SVC, the others of subset parameter sets those of MVC.
static u32 layered_codec_id(const RfnaluCtx *ctx, const RfnaluConfig *config)
{
	if (ctx->codec == NAL_HEVC)
		return GF_CODECID_LHVC;
	u8 profile = config->enhancement[1];
	return profile == 83 || profile == 86 ? GF_CODECID_SVC : GF_CODECID_MVC;
}

// Largest picture of all layers.
static void set_max_size(const NalTracker *t, RfnaluConfig *config)
{
	config->max_width = config->format.width;
	config->max_height = config->format.height;
	for (u32 i = 0; i < t->nb_sets; i++) {
		const NalParamSet *set = &t->sets[i];
		u32 width = 0, height = 0;
		AvcSps avc;
		HevcSps hevc;
		if (t->codec == NAL_AVC && set->type == AVC_NAL_SUBSET_SPS &&
			!avc_parse_sps(set->data, set->size, &avc, NULL)) {
			width = avc.width;
			height = avc.height;
		} else if (t->codec == NAL_HEVC && set->type == HEVC_NAL_SPS && set->layer_id &&
				   !hevc_parse_sps(set->data, set->size, &hevc, NULL)) {
			width = hevc.width;
			height = hevc.height;
		}
		if (width > config->max_width)
			config->max_width = width;
		if (height > config->max_height)
			config->max_height = height;
	}
}

static GF_Err build_config(const RfnaluCtx *ctx, u8 sps_id, RfnaluConfig *config)
{
	const NalTracker *t = &ctx->tracker;
	Bool layered = ctx->codec != NAL_VVC && has_enhancement(t);
	Layers layers = layered && (ctx->explicit_layers || ctx->nosvc) ? LAYERS_BASE : LAYERS_ALL;
	GF_Err e = nal_tracker_format(t, sps_id, &config->format);
	if (!e)
		e = build_record(ctx, layers, sps_id, &config->dsi, &config->dsi_size);
	config->codec_id = base_codec_id(ctx->codec);
	if (!e && layered && ctx->explicit_layers && !ctx->nosvc) {
		e = build_record(ctx, LAYERS_ENHANCEMENT, sps_id, &config->enhancement, &config->enhancement_size);
		if (!e)
			config->codec_id = layered_codec_id(ctx, config);
	}
	if (!e && layered && !ctx->nosvc)
		set_max_size(t, config);
	config->metadata = t->metadata;
	return e;
}

static Bool same_data(const u8 *a, u32 a_size, const u8 *b, u32 b_size)
{
	return a_size == b_size && (!a_size || !memcmp(a, b, a_size));
}

static Bool same_format(const NalVideoFormat *a, const NalVideoFormat *b)
{
	const NalVui *v = &a->vui, *w = &b->vui;
	return a->width == b->width && a->height == b->height && a->interlaced == b->interlaced &&
		   v->sar_num == w->sar_num && v->sar_den == w->sar_den && v->full_range == w->full_range &&
		   v->primaries == w->primaries && v->transfer == w->transfer && v->matrix == w->matrix;
}

static Bool same_metadata(const NalMetadata *a, const NalMetadata *b)
{
	return !memcmp(a, b, sizeof(*a)); // no padding
}

static Bool same_config(const RfnaluConfig *a, const RfnaluConfig *b)
{
	return a->codec_id == b->codec_id && same_data(a->dsi, a->dsi_size, b->dsi, b->dsi_size) &&
		   same_data(a->enhancement, a->enhancement_size, b->enhancement, b->enhancement_size) &&
		   same_format(&a->format, &b->format) && same_metadata(&a->metadata, &b->metadata);
}

GF_Err rfnalu_config_update(RfnaluCtx *ctx, const NalPicture *picture, RfnaluConfig **config)
{
	const NalTracker *t = &ctx->tracker;
	RfnaluConfig *last = ctx->config;
	*config = NULL;
	if (last && ctx->sets_version == t->sets_version && ctx->sps_id == picture->sps_id &&
		same_metadata(&last->metadata, &t->metadata))
		return GF_OK;
	RfnaluConfig *built = gf_calloc(1, sizeof(*built));
	if (!built)
		return GF_OUT_OF_MEM;
	built->nb_refs = 1;
	GF_Err e = build_config(ctx, picture->sps_id, built);
	if (e) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[rfnalu] cannot build the decoder configuration: %s\n", gf_error_to_string(e)));
		rfnalu_config_unref(built);
		return e;
	}
	built->superset = last && ctx->replace_version == t->replace_version;
	ctx->sets_version = t->sets_version;
	ctx->replace_version = t->replace_version;
	ctx->sps_id = picture->sps_id;
	if (last && same_config(last, built)) {
		rfnalu_config_unref(built);
		return GF_OK;
	}
	rfnalu_config_unref(last);
	ctx->config = built;
	built->nb_refs++;
	*config = built;
	return GF_OK;
}

// lengthSizeMinusOne of avcC, hvcC and vvcC, and of the records of upper layers
static void set_length_size(NalCodec codec, Bool enhancement, u8 *record, u32 size, u32 length_size)
{
	static const struct {
		u32 offset;
		u8 shift;
	} fields[] = {[NAL_AVC] = {4, 0}, [NAL_HEVC] = {21, 0}, [NAL_VVC] = {0, 1}};
	u32 offset = enhancement ? 4 : fields[codec].offset;
	u8 shift = fields[codec].shift;
	if (offset < size)
		record[offset] = (u8)((record[offset] & ~(3u << shift)) | (length_size - 1) << shift);
}

static void set(const RfnaluCtx *ctx, u32 code, const GF_PropertyValue *value)
{
	gf_filter_pid_set_property(ctx->opid, code, value);
}

static void set_optional_uint(const RfnaluCtx *ctx, u32 code, Bool present, u32 value)
{
	set(ctx, code, present ? PROP_UINT(value) : NULL);
}

static void apply_size(const RfnaluCtx *ctx, const RfnaluConfig *c)
{
	const NalVui *vui = &c->format.vui;
	set(ctx, GF_PROP_PID_WIDTH, PROP_UINT(c->format.width));
	set(ctx, GF_PROP_PID_HEIGHT, PROP_UINT(c->format.height));
	set_optional_uint(ctx, GF_PROP_PID_WIDTH_MAX, c->max_width > 0, c->max_width);
	set_optional_uint(ctx, GF_PROP_PID_HEIGHT_MAX, c->max_height > 0, c->max_height);
	if (vui->sar_present && vui->sar_num && vui->sar_den)
		set(ctx, GF_PROP_PID_SAR, PROP_FRAC_INT((s32)vui->sar_num, vui->sar_den));
	else if (ctx->configured)
		set(ctx, GF_PROP_PID_SAR, NULL);
	if (ctx->rate_known)
		set(ctx, GF_PROP_PID_FPS, PROP_FRAC_INT((s32)ctx->rate_num, ctx->rate_den));
	set(ctx, GF_PROP_PID_TIMESCALE, PROP_UINT(ctx->timescale));
}

static void apply_decoder(RfnaluCtx *ctx, RfnaluConfig *c, Bool no_compatible_base)
{
	set_length_size(ctx->codec, GF_FALSE, c->dsi, c->dsi_size, ctx->nal_length);
	set_length_size(ctx->codec, GF_TRUE, c->enhancement, c->enhancement_size, ctx->nal_length);
	if (ctx->configured)
		set(ctx, GF_PROP_PID_DSI_SUPERSET, PROP_BOOL(c->superset));
	set(ctx, GF_PROP_PID_CODECID, PROP_UINT(c->codec_id));
	set(ctx, GF_PROP_PID_DECODER_CONFIG, PROP_DATA(c->dsi, c->dsi_size));
	set(ctx, GF_PROP_PID_DECODER_CONFIG_ENHANCEMENT,
		c->enhancement_size ? PROP_DATA(c->enhancement, c->enhancement_size) : NULL);
	if (no_compatible_base)
		set(ctx, GF_PROP_PID_ISOM_SUBTYPE, PROP_4CC(GF_4CC('d', 'v', 'h', '1')));
}

static void apply_file(const RfnaluCtx *ctx)
{
	const RfnaluIndex *index = &ctx->file_index;
	if (!index->nb_units || !ctx->rate_num)
		return;
	s64 num = (s64)(index->nb_units * ctx->rate_den);
	double rate = (double)index->file_size * 8 * ctx->rate_num / (double)num;
	set(ctx, GF_PROP_PID_BITRATE, PROP_UINT((u32)rate));
	set(ctx, GF_PROP_PID_DURATION, PROP_FRAC64_INT(num, ctx->rate_num));
	set(ctx, GF_PROP_PID_DURATION_AVG, index->estimated ? PROP_BOOL(GF_TRUE) : NULL);
}

static void apply_colour(const RfnaluCtx *ctx, const RfnaluConfig *c)
{
	const NalVui *vui = &c->format.vui;
	const NalMetadata *m = &c->metadata;
	Bool colour = vui->colour_present;
	set(ctx, GF_PROP_PID_COLR_PRIMARIES, colour ? PROP_ENUM(vui->primaries, GF_PROP_CICP_COL_PRIM) : NULL);
	set(ctx, GF_PROP_PID_COLR_TRANSFER, colour ? PROP_ENUM(vui->transfer, GF_PROP_CICP_COL_TFC) : NULL);
	set(ctx, GF_PROP_PID_COLR_MX, colour ? PROP_ENUM(vui->matrix, GF_PROP_CICP_COL_MX) : NULL);
	set(ctx, GF_PROP_PID_COLR_RANGE, colour || vui->full_range ? PROP_BOOL(vui->full_range) : NULL);
	set(ctx, GF_PROP_PID_COLR_TRANSFER_ALT,
		m->has_transfer ? PROP_ENUM(m->transfer, GF_PROP_CICP_COL_TFC) : NULL);
}

static GF_Err declare_output(RfnaluCtx *ctx, GF_Filter *filter)
{
	GF_Err e = raw_declare(filter, ctx->ipid, &ctx->opid, &ctx->copy_props);
	if (e)
		return e;
	set(ctx, GF_PROP_PID_UNFRAMED, NULL);
	set(ctx, GF_PROP_PID_UNFRAMED_FULL_AU, NULL);
	return GF_OK;
}

GF_Err rfnalu_config_apply(RfnaluCtx *ctx, GF_Filter *filter)
{
	RfnaluConfig *c = ctx->sent_config;
	GF_Err e = declare_output(ctx, filter);
	if (e)
		return e;
	if (ctx->is_file)
		set(ctx, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL));
	if (!gf_filter_pid_get_property(ctx->opid, GF_PROP_PID_ID))
		set(ctx, GF_PROP_PID_ID, PROP_UINT(1));
	u8 dovi[24];
	Bool no_compatible_base = GF_FALSE;
	Bool has_dovi = rfnalu_dovi_config(ctx, c, dovi, &no_compatible_base);
	apply_size(ctx, c);
	apply_decoder(ctx, c, no_compatible_base);
	if (ctx->is_file) {
		apply_file(ctx);
		if (ctx->path && ctx->index != 0)
			set(ctx, GF_PROP_PID_PLAYBACK_MODE, PROP_UINT(GF_PLAYBACK_MODE_FASTFORWARD));
	}
	set(ctx, GF_PROP_PID_INTERLACED, c->format.interlaced ? PROP_BOOL(GF_TRUE) : NULL);
	apply_colour(ctx, c);
	sei_set_metadata(ctx->opid, ctx->ipid, &c->metadata);
	set(ctx, GF_PROP_PID_DOLBY_VISION, has_dovi ? PROP_DATA(dovi, sizeof(dovi)) : NULL);
	set(ctx, GF_PROP_PID_SEI_LOADED, PROP_BOOL(GF_TRUE));
	ctx->configured = GF_TRUE;
	ctx->apply_config = GF_FALSE;
	return GF_OK;
}

GF_Err rfnalu_config_read(RfnaluCtx *ctx, const u8 *dsi, u32 size)
{
	NalUnitInfo info;
	GF_Err e = GF_OK;
	// encoders may give the sets as a byte stream
	if (size > 4 && !dsi[0] && !dsi[1] && (dsi[2] == 1 || (!dsi[2] && dsi[3] == 1))) {
		NalIter it;
		const u8 *nal;
		u32 nal_size;
		nal_iter_annexb(&it, dsi, size);
		while (!e && !nal_iter_next(&it, &nal, &nal_size))
			e = nal_tracker_push(&ctx->tracker, nal, nal_size, &info);
		return e;
	}
	u32 length_size;
	e = nal_tracker_push_config(&ctx->tracker, dsi, size, &length_size);
	return e == GF_OUT_OF_MEM ? e : GF_OK; // what cannot be read is found in the stream
}
