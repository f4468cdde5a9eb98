// SPDX-License-Identifier: MIT
// From units of the stream to packets, and the properties of the output.
#include <string.h>
#include <gpac/tools.h>
#include "base/numbers.h"
#include "filters/rfav1.h"

u32 rfav1_ivf_codec(const char *name)
{
	static const struct {
		const char *name;
		u32 codec_id;
	} codecs[] = {
		{"AV01", GF_CODECID_AV1}, {"VP80", GF_CODECID_VP8}, {"VP90", GF_CODECID_VP9}, {"VP10", GF_CODECID_VP10}};
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		if (!strcmp(codecs[i].name, name))
			return codecs[i].codec_id;
	}
	return 0;
}

void rfav1_reader_init(Rfav1Reader *reader, u32 codec_id)
{
	const SynTrace *trace = reader->av1.trace;
	rfav1_reader_reset(reader);
	reader->codec_id = codec_id;
	reader->av1.trace = trace;
}

void rfav1_reader_reset(Rfav1Reader *reader)
{
	av1_parser_reset(&reader->av1);
	*reader = (Rfav1Reader){0};
}

// ---- Headers

// Shape of a pixel when a frame of full size is to be rendered in another shape.
static void find_sar(const Av1Sequence *s, const Av1Frame *f, Rfav1Info *info)
{
	if (f->width != s->max_width || f->height != s->max_height)
		return;
	u64 num = (u64)f->render_width * f->height, den = (u64)f->render_height * f->width;
	u64 divisor = num > 0xFFFFFFFFu || den > 0xFFFFFFFFu ? 1 : num_gcd(num, den);
	info->sar_num = (u32)(num / divisor);
	info->sar_den = (u32)(den / divisor);
}

static GF_Err read_av1(Rfav1Reader *reader, const u8 *data, u32 size, Bool annex_b, Rfav1Info *info)
{
	Av1Unit unit;
	GF_Err e = av1_parser_unit(&reader->av1, data, size, annex_b, &unit);
	if (e || !unit.nb_frames)
		return e ? e : GF_NON_COMPLIANT_BITSTREAM;
	const Av1Sequence *s = &reader->av1.sequence;
	info->sap = unit.key_shown ? 1 : unit.key_delayed ? 3 : 0;
	info->is_switch = unit.is_switch;
	info->deps = (u8)((unit.intra ? 2 : 1) << 4 | (unit.referenced ? 1 : 2) << 2);
	info->width = s->max_width;
	info->height = s->max_height;
	if (unit.key_shown)
		find_sar(s, &unit.first, info);
	return GF_OK;
}

// A superframe of VP9 is read by its first frame.
static GF_Err read_vpx(Rfav1Reader *reader, const u8 *data, u32 size, Rfav1Info *info)
{
	VpxFrame frame;
	Bool ok;
	if (reader->codec_id == GF_CODECID_VP8)
		ok = vp8_frame_parse(data, size, &frame);
	else
		ok = vp9_frame_parse(data, size, reader->av1.trace, &frame);
	if (!ok)
		return GF_NON_COMPLIANT_BITSTREAM;
	if (frame.key) {
		reader->has_key = GF_TRUE;
		reader->key = frame;
		info->width = frame.width;
		info->height = frame.height;
	}
	info->sap = frame.key ? 1 : 0;
	info->deps = (u8)((frame.key ? 2 : 1) << 4);
	return reader->has_key ? GF_OK : GF_NON_COMPLIANT_BITSTREAM;
}

GF_Err rfav1_reader_unit(Rfav1Reader *reader, const u8 *data, u32 size, Bool annex_b, Rfav1Info *info)
{
	*info = (Rfav1Info){0};
	if (reader->codec_id == GF_CODECID_AV1)
		return read_av1(reader, data, size, annex_b, info);
	return read_vpx(reader, data, size, info);
}

static Bool has_headers(const Rfav1Reader *reader)
{
	return reader->codec_id == GF_CODECID_AV1 ? reader->av1.has_sequence : reader->has_key;
}

void rfav1_find_rate(const Rfav1Ctx *ctx, const ObuStream *stream, const Rfav1Reader *reader, u32 *num, u32 *den)
{
	const Av1Sequence *s = &reader->av1.sequence;
	*num = 25000;
	*den = 1000;
	if (ctx->fps.num > 0 && ctx->fps.den) {
		*num = (u32)ctx->fps.num;
		*den = ctx->fps.den;
	} else if (stream->form == OBU_FORM_IVF) {
		*num = stream->ivf.rate;
		*den = stream->ivf.scale;
	} else if (s->equal_intervals && s->time_scale && (u64)s->tick * s->ticks_per_picture - 1 < 0xFFFFFFFFu) {
		*num = s->time_scale;
		*den = s->tick * s->ticks_per_picture;
	}
}

// ---- Properties of the output

static void set(const Rfav1Ctx *ctx, u32 code, const GF_PropertyValue *value)
{
	gf_filter_pid_set_property(ctx->opid, code, value);
}

static void apply_file(const Rfav1Ctx *ctx)
{
	const Rfav1Index *index = &ctx->file_index;
	Bool is_av1 = ctx->reader.codec_id == GF_CODECID_AV1;
	u64 duration = is_av1 ? index->nb_units * ctx->rate_den : index->last_time;
	if (!ctx->is_file || !duration)
		return;
	double rate = (double)(index->file_size - index->header_size) * 8 * ctx->timescale / (double)duration;
	set(ctx, GF_PROP_PID_DURATION, PROP_FRAC64_INT((s64)duration, ctx->timescale));
	set(ctx, GF_PROP_PID_DURATION_AVG, index->estimated ? PROP_BOOL(GF_TRUE) : NULL);
	set(ctx, GF_PROP_PID_BITRATE, PROP_UINT((u32)rate));
}

static GF_Err apply_decoder(const Rfav1Ctx *ctx)
{
	const Rfav1Reader *reader = &ctx->reader;
	if (reader->codec_id == GF_CODECID_AV1) {
		u8 *data;
		u32 size;
		GF_Err e = av1_config_write(&reader->av1, &data, &size);
		if (e)
			return e;
		e = gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_DECODER_CONFIG, PROP_DATA_NO_COPY(data, size));
		if (e)
			gf_free(data);
		return e;
	}
	u8 config[VPX_CONFIG_SIZE];
	VpxConfig c = {.profile = 1, .level = 10, .bit_depth = 8};
	if (reader->codec_id == GF_CODECID_VP9)
		c = vp9_config(&reader->key);
	vpx_config_write(&c, config);
	return gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_DECODER_CONFIG, PROP_DATA(config, sizeof(config)));
}

static void apply_colour(const Rfav1Ctx *ctx)
{
	const Av1Sequence *s = &ctx->reader.av1.sequence;
	set(ctx, GF_PROP_PID_COLR_PRIMARIES, PROP_ENUM(s->primaries, GF_PROP_CICP_COL_PRIM));
	set(ctx, GF_PROP_PID_COLR_TRANSFER, PROP_ENUM(s->transfer, GF_PROP_CICP_COL_TFC));
	set(ctx, GF_PROP_PID_COLR_MX, PROP_ENUM(s->matrix, GF_PROP_CICP_COL_MX));
	set(ctx, GF_PROP_PID_COLR_RANGE, PROP_BOOL(s->full_range));
}

// Content of the boxes of ISO/IEC 14496-12 12.1.6 and 12.1.7.
static void apply_metadata(const Rfav1Ctx *ctx)
{
	const Av1Metadata *m = &ctx->reader.av1.metadata;
	ByteWriter w;
	bw_init(&w);
	bw_u16(&w, m->max_content);
	bw_u16(&w, m->max_average);
	set(ctx, GF_PROP_PID_CONTENT_LIGHT_LEVEL, m->has_light && !w.failed ? PROP_DATA(w.data, (u32)w.size) : NULL);
	w.size = 0;
	for (u32 i = 0; i < 3; i++) {
		bw_u16(&w, m->primaries_x[i]);
		bw_u16(&w, m->primaries_y[i]);
	}
	bw_u16(&w, m->white_x);
	bw_u16(&w, m->white_y);
	bw_u32(&w, m->max_luminance);
	bw_u32(&w, m->min_luminance);
	set(ctx, GF_PROP_PID_MASTER_DISPLAY_COLOUR, m->has_display && !w.failed ? PROP_DATA(w.data, (u32)w.size) : NULL);
	bw_reset(&w);
}

static GF_Err declare_output(Rfav1Ctx *ctx, GF_Filter *filter)
{
	GF_Err e = raw_declare(filter, ctx->ipid, &ctx->opid, &ctx->copy_props);
	if (e)
		return e;
	set(ctx, GF_PROP_PID_UNFRAMED, NULL);
	set(ctx, GF_PROP_PID_UNFRAMED_FULL_AU, NULL);
	gf_filter_pid_set_property_str(ctx->opid, "obu:mode", NULL);
	return GF_OK;
}

static GF_Err configure_output(Rfav1Ctx *ctx, GF_Filter *filter)
{
	Bool is_av1 = ctx->reader.codec_id == GF_CODECID_AV1;
	GF_Err e = declare_output(ctx, filter);
	if (e)
		return e;
	if (ctx->is_file)
		set(ctx, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL));
	set(ctx, GF_PROP_PID_CODECID, PROP_UINT(ctx->reader.codec_id));
	set(ctx, GF_PROP_PID_TIMESCALE, PROP_UINT(ctx->timescale));
	if (ctx->is_file || ctx->fps.num > 0)
		set(ctx, GF_PROP_PID_FPS, PROP_FRAC_INT((s32)ctx->rate_num, ctx->rate_den));
	set(ctx, GF_PROP_PID_WIDTH, PROP_UINT(ctx->width));
	set(ctx, GF_PROP_PID_HEIGHT, PROP_UINT(ctx->height));
	if (ctx->sar_num != ctx->sar_den)
		set(ctx, GF_PROP_PID_SAR, PROP_FRAC_INT((s32)ctx->sar_num, ctx->sar_den));
	else if (ctx->configured)
		set(ctx, GF_PROP_PID_SAR, NULL);
	apply_file(ctx);
	e = apply_decoder(ctx);
	if (ctx->is_file && ctx->path && ctx->index != 0)
		set(ctx, GF_PROP_PID_PLAYBACK_MODE, PROP_UINT(GF_PLAYBACK_MODE_FASTFORWARD));
	if (ctx->stream.form == OBU_FORM_IVF && ctx->stream.ivf.nb_frames)
		set(ctx, GF_PROP_PID_NB_FRAMES, PROP_UINT(ctx->stream.ivf.nb_frames));
	if (is_av1) {
		apply_colour(ctx);
		apply_metadata(ctx);
		set(ctx, GF_PROP_PID_SEI_LOADED, PROP_BOOL(GF_TRUE));
	}
	ctx->config_version = ctx->reader.av1.sequence_version;
	ctx->configured = !e;
	return e;
}

// Configures the output before a unit that is the first or brings something new.
static GF_Err update_output(Rfav1Ctx *ctx, GF_Filter *filter, const Rfav1Info *info)
{
	u32 width = info->width ? info->width : ctx->width, height = info->height ? info->height : ctx->height;
	u32 sar_num = info->sar_num ? info->sar_num : ctx->sar_num, sar_den = info->sar_num ? info->sar_den : ctx->sar_den;
	Bool same = ctx->configured && ctx->config_version == ctx->reader.av1.sequence_version && width == ctx->width &&
				height == ctx->height && sar_num == ctx->sar_num && sar_den == ctx->sar_den;
	if (same)
		return GF_OK;
	ctx->width = width;
	ctx->height = height;
	ctx->sar_num = sar_num;
	ctx->sar_den = sar_den;
	if (!ctx->rate_num)
		rfav1_find_rate(ctx, &ctx->stream, &ctx->reader, &ctx->rate_num, &ctx->rate_den);
	if (!ctx->timescale)
		ctx->timescale = ctx->rate_num;
	return configure_output(ctx, filter);
}

// ---- Packets

// The unit without temporal delimiters, every OBU with its size (AV1-ISOBMFF 2.4).
static GF_Err rewrite_unit(Rfav1Ctx *ctx, const u8 *data, u32 size)
{
	ObuIter it;
	ObuHeader obu;
	const u8 *at;
	ByteWriter *w = &ctx->unit;
	w->size = 0;
	obu_iter_init(&it, data, size, ctx->stream.form == OBU_FORM_ANNEX_B);
	while (!obu_iter_next(&it, &obu, &at)) {
		if (obu.type != OBU_TEMPORAL_DELIMITER || ctx->temporal_delim)
			obu_write(w, &obu, at, GF_TRUE);
	}
	return w->failed || w->size > 0xFFFFFFFFu ? GF_OUT_OF_MEM : GF_OK;
}

static u64 frame_duration(const Rfav1Ctx *ctx)
{
	if (ctx->timescale == ctx->rate_num)
		return ctx->rate_den;
	return gf_timestamp_rescale(ctx->rate_den, ctx->rate_num, ctx->timescale);
}

// Times of the unit: of the input packet, of the file, or after the unit before.
static void set_times(Rfav1Ctx *ctx, const ObuStreamUnit *unit, RawSource *source, GF_FilterPacket *packet)
{
	u64 cts = ctx->next_time, dts;
	Bool timed = source && !source->used && !ctx->notime && source->cts != GF_FILTER_NO_TS;
	if (timed)
		cts = source->cts;
	else if (unit->timed && ctx->is_file)
		cts = unit->time * ctx->rate_den;
	dts = timed && source->dts != GF_FILTER_NO_TS ? source->dts : cts;
	gf_filter_pck_set_dts(packet, dts);
	gf_filter_pck_set_cts(packet, cts);
	if (timed && source->duration)
		gf_filter_pck_set_duration(packet, source->duration);
	if (source)
		source->used = GF_TRUE;
	ctx->next_time = cts + frame_duration(ctx);
	if (ctx->seeking) {
		ctx->seeking = (double)cts < ctx->seek_start * ctx->timescale;
		gf_filter_pck_set_seek_flag(packet, ctx->seeking);
	}
}

static GF_Err send_packet(
	Rfav1Ctx *ctx, const ObuStreamUnit *unit, const u8 *data, u32 size, const Rfav1Info *info)
{
	u8 *copy;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(ctx->opid, size, &copy);
	if (!packet)
		return GF_OUT_OF_MEM;
	memcpy(copy, data, size);
	RawSource *source = raw_sources_at(&ctx->sources, ctx->buffer_start + unit->offset);
	if (source && source->props)
		gf_filter_pck_merge_properties(source->props, packet);
	gf_filter_pck_set_framing(packet, GF_TRUE, GF_TRUE);
	gf_filter_pck_set_byte_offset(packet, GF_FILTER_NO_BO);
	gf_filter_pck_set_sap(packet, (GF_FilterSAPType)info->sap);
	gf_filter_pck_set_switch_frame(packet, info->is_switch);
	if (ctx->deps)
		gf_filter_pck_set_dependency_flags(packet, info->deps);
	set_times(ctx, unit, source, packet);
	GF_Err e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

// A unit that cannot be used: its time passes.
static void drop_unit(Rfav1Ctx *ctx, const ObuStreamUnit *unit)
{
	ctx->next_time += ctx->configured ? frame_duration(ctx) : 0;
	if (has_headers(&ctx->reader))
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[rfav1] unit of %u bytes at offset %llu dropped: damaged\n", unit->size,
				(unsigned long long)(ctx->buffer_start + unit->offset)));
	else if (!ctx->waits_config)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[rfav1] units before the first %s are dropped\n",
				ctx->reader.codec_id == GF_CODECID_AV1 ? "sequence header" : "key frame"));
	ctx->waits_config = GF_TRUE;
}

GF_Err rfav1_send(Rfav1Ctx *ctx, GF_Filter *filter, const ObuStreamUnit *unit)
{
	const u8 *data = ctx->bytes.data + unit->offset;
	u32 size = unit->size;
	Rfav1Info info;
	if (!size)
		return GF_OK; // IVF: a frame that the encoder dropped
	GF_Err e = rfav1_reader_unit(&ctx->reader, data, size, ctx->stream.form == OBU_FORM_ANNEX_B, &info);
	if (e) {
		drop_unit(ctx, unit);
		return GF_OK;
	}
	e = update_output(ctx, filter, &info);
	if (!e && ctx->reader.codec_id == GF_CODECID_AV1) {
		e = rewrite_unit(ctx, data, size);
		data = ctx->unit.data;
		size = (u32)ctx->unit.size;
	}
	return e ? e : send_packet(ctx, unit, data, size, &info);
}
