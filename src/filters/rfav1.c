// SPDX-License-Identifier: MIT
// Reframer of AV1 (low-overhead streams, annex B of the AV1 specification, IVF) and of VP8, VP9 and VP10 (IVF, or
// frames of an unframed PID): one packet per temporal unit or frame, as the ISO media file format stores them.
//
// Limits: IAMF streams and the MPEG-2 TS form of AV1 are not read.
#include <string.h>
#include <gpac/tools.h>
#include "filters/registry.h"
#include "filters/rfav1.h"

// ---- Input

// Forgets what was received: what follows is the start of a unit.
static void restart(Rfav1Ctx *ctx, const RawPoint *entry)
{
	obu_stream_restart(&ctx->stream);
	if (!entry)
		ctx->stream.in_frames = GF_FALSE;
	raw_sources_clear(&ctx->sources);
	ctx->bytes.size = 0;
	ctx->buffer_start = entry ? entry->offset : 0;
	ctx->next_time = entry ? entry->dts : 0;
	ctx->flush = ctx->lost = GF_FALSE;
}

static void reset_stream(Rfav1Ctx *ctx, u32 codec_id)
{
	restart(ctx, NULL);
	rfav1_reader_init(&ctx->reader, codec_id);
	ctx->has_form = ctx->failed = ctx->waits_config = GF_FALSE;
	ctx->rate_num = ctx->rate_den = 0;
	ctx->copy_props = GF_TRUE;
	ctx->configured = GF_FALSE;
}

static GF_Err open_file(Rfav1Ctx *ctx, Bool is_new)
{
	if (!is_new && raw_has_path(ctx->ipid, ctx->path))
		return GF_OK;
	GF_Err e = raw_take_path(ctx->ipid, &ctx->path);
	if (e)
		return e;
	reset_stream(ctx, 0);
	ctx->timescale = 0;
	rfav1_index_reset(&ctx->file_index);
	if (ctx->path && ctx->index != 0)
		rfav1_index_build(ctx, ctx->index < 0);
	return GF_OK;
}

// The sequence header of a configuration record, or of bare OBUs.
static void read_config(Rfav1Ctx *ctx, const GF_PropertyValue *p)
{
	Av1Unit unit;
	u32 size;
	const u8 *obus = av1_config_obus(p->value.data.ptr, p->value.data.size, &size);
	if (!obus) {
		obus = p->value.data.ptr;
		size = p->value.data.size;
	}
	if (av1_parser_unit(&ctx->reader.av1, obus, size, GF_FALSE, &unit))
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA, ("[rfav1] the decoder configuration of the input is damaged\n"));
}

static GF_Err open_stream(GF_Filter *filter, Rfav1Ctx *ctx, Bool is_new)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_CODECID);
	u32 codec_id = p ? p->value.uint : GF_CODECID_AV1;
	if (is_new || codec_id != ctx->reader.codec_id)
		reset_stream(ctx, codec_id);
	ctx->configured = GF_FALSE; // the properties copied below replace those set
	ctx->timescale = gf_filter_pid_get_timescale(ctx->ipid);
	p = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_UNFRAMED_FULL_AU);
	ctx->full_units = p && p->value.boolean;
	p = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_DECODER_CONFIG);
	if (p && p->value.data.size && codec_id == GF_CODECID_AV1)
		read_config(ctx, p);
	p = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_WIDTH);
	ctx->width = p ? p->value.uint : 0;
	p = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_HEIGHT);
	ctx->height = p ? p->value.uint : 0;
	p = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_FPS);
	if (p && p->value.frac.num > 0 && p->value.frac.den && ctx->fps.num <= 0) {
		ctx->rate_num = (u32)p->value.frac.num;
		ctx->rate_den = p->value.frac.den;
	}
	if (!ctx->opid && !(ctx->opid = gf_filter_pid_new(filter)))
		return GF_OUT_OF_MEM;
	gf_filter_pid_copy_properties(ctx->opid, ctx->ipid);
	ctx->copy_props = GF_FALSE;
	gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_UNFRAMED_FULL_AU, NULL);
	gf_filter_pid_set_property_str(ctx->opid, "obu:mode", NULL);
	return gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_UNFRAMED, NULL);
}

static GF_Err rfav1_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	Rfav1Ctx *ctx = gf_filter_get_udta(filter);
	if (is_remove) {
		restart(ctx, NULL);
		if (ctx->opid)
			gf_filter_pid_remove(ctx->opid);
		ctx->ipid = ctx->opid = NULL;
		return GF_OK;
	}
	if (!gf_filter_pid_check_caps(pid))
		return GF_NOT_SUPPORTED;
	Bool is_new = ctx->ipid != pid;
	ctx->ipid = pid;
	ctx->is_file = raw_is_file(pid);
	if (!ctx->is_file)
		return open_stream(filter, ctx, is_new);
	GF_Err e = open_file(ctx, is_new);
	if (e || !is_new)
		return e;
	raw_play(pid);
	return GF_OK;
}

// ---- Events

static void seek_source(Rfav1Ctx *ctx, const RawPoint *entry)
{
	raw_seek(ctx->ipid, entry ? entry->offset : 0, 0, 0);
	restart(ctx, entry);
}

// A PLAY of a file: seeks the source to the index point before the start.
static void play_file(Rfav1Ctx *ctx, double start)
{
	const RawPoint *entry = NULL;
	Bool first = !ctx->started;
	ctx->started = GF_TRUE;
	ctx->seek_start = start > 0 ? start : 0;
	ctx->seeking = start > 0;
	if (ctx->seeking && ctx->index < 0 && ctx->path && !ctx->file_index.complete) {
		rfav1_index_build(ctx, GF_FALSE);
		ctx->configured = GF_FALSE; // the duration is exact now
	}
	// the headers in front of a seek point must have been read
	if (ctx->seeking && ctx->has_form && ctx->timescale)
		entry = raw_points_find(&ctx->file_index.points, start * ctx->timescale);
	if (entry && !entry->dts)
		entry = NULL;
	if (!first || entry)
		seek_source(ctx, entry);
}

static Bool rfav1_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	Rfav1Ctx *ctx = gf_filter_get_udta(filter);
	if (event->base.on_pid != ctx->opid)
		return GF_FALSE;
	switch (event->base.type) {
	case GF_FEVT_PLAY:
		if (!ctx->is_file)
			return GF_FALSE;
		play_file(ctx, event->play.start_range);
		return GF_TRUE;
	case GF_FEVT_STOP:
		restart(ctx, NULL);
		return GF_FALSE;
	case GF_FEVT_SET_SPEED:
		return ctx->is_file;
	default:
		return GF_FALSE;
	}
}

// ---- Process

static GF_Err refuse(Rfav1Ctx *ctx, GF_Err e, const char *why)
{
	GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[rfav1] %s: %s\n", ctx->path ? ctx->path : "input stream", why));
	ctx->failed = GF_TRUE;
	return e;
}

// Bytes of a stream without delimiters are frames; other forms show at the start.
static GF_Err find_form(Rfav1Ctx *ctx, Bool last)
{
	ObuForm form;
	GF_Err e = obu_stream_detect(ctx->bytes.data, ctx->bytes.size, &form);
	if (!ctx->is_file) {
		Bool frames = e || (ctx->reader.codec_id != GF_CODECID_AV1 && form != OBU_FORM_IVF);
		form = frames ? OBU_FORM_FRAMES : form;
		e = GF_OK;
	}
	if (e == GF_BUFFER_TOO_SMALL && !last)
		return GF_OK;
	if (e)
		return refuse(ctx, GF_NON_COMPLIANT_BITSTREAM, "neither IVF nor temporal units of AV1 at its start");
	obu_stream_init(&ctx->stream, form);
	ctx->has_form = GF_TRUE;
	if (form != OBU_FORM_IVF && !ctx->reader.codec_id)
		rfav1_reader_init(&ctx->reader, GF_CODECID_AV1);
	return GF_OK;
}

// The codec and size of an IVF file, with its first frame.
static GF_Err use_ivf_header(Rfav1Ctx *ctx)
{
	const IvfHeader *h = &ctx->stream.ivf;
	u32 codec_id = rfav1_ivf_codec(h->codec);
	if (!codec_id) {
		char why[80];
		snprintf(why, sizeof(why), "IVF files of codec \"%s\" are not supported", h->codec);
		return refuse(ctx, GF_NOT_SUPPORTED, why);
	}
	rfav1_reader_init(&ctx->reader, codec_id);
	ctx->width = h->width;
	ctx->height = h->height;
	return GF_OK;
}

static void report_loss(Rfav1Ctx *ctx, u32 pos)
{
	if (!ctx->lost)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[rfav1] no whole unit at offset %llu of %s, looking for the next\n",
				(unsigned long long)(ctx->buffer_start + pos), ctx->path ? ctx->path : "the stream"));
	ctx->lost = GF_TRUE;
}

static GF_Err use_unit(GF_Filter *filter, Rfav1Ctx *ctx, ObuStreamUnit *unit, u32 pos)
{
	GF_Err e = GF_OK;
	ctx->lost = GF_FALSE;
	if (ctx->stream.form == OBU_FORM_IVF && !ctx->reader.codec_id)
		e = use_ivf_header(ctx);
	unit->offset += pos;
	return e ? e : rfav1_send(ctx, filter, unit);
}

// Sends the whole units in the buffer; `*blocked` when the output takes no more.
static GF_Err parse_buffer(GF_Filter *filter, Rfav1Ctx *ctx, Bool *blocked)
{
	u32 pos = 0;
	GF_Err e = ctx->has_form || !ctx->bytes.size ? GF_OK : find_form(ctx, ctx->flush);
	*blocked = GF_FALSE;
	while (!e && ctx->has_form) {
		ObuStreamUnit unit;
		*blocked = ctx->opid && gf_filter_pid_would_block(ctx->opid);
		if (*blocked)
			break;
		GF_Err found = obu_stream_next(&ctx->stream, ctx->bytes.data + pos, ctx->bytes.size - pos, ctx->flush, &unit);
		if (found == GF_BUFFER_TOO_SMALL || found == GF_EOS)
			break;
		if (found)
			report_loss(ctx, pos);
		else
			e = use_unit(filter, ctx, &unit, pos);
		pos += unit.total;
	}
	raw_consume(&ctx->bytes, pos);
	ctx->buffer_start += pos;
	ctx->flush &= *blocked;
	return e;
}

static GF_Err use_packet(Rfav1Ctx *ctx, GF_FilterPacket *packet)
{
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	GF_Err e = GF_OK;
	if (!data || !size)
		return GF_OK;
	if (!ctx->is_file) {
		Bool is_end;
		gf_filter_pck_get_framing(packet, NULL, &is_end);
		if (!raw_sources_add(&ctx->sources, packet, ctx->buffer_start + ctx->bytes.size))
			e = GF_OUT_OF_MEM;
		// a frame ends with its packet; a temporal unit does when the input says so
		Bool frames = !ctx->has_form || ctx->stream.form == OBU_FORM_FRAMES;
		ctx->flush = is_end && (ctx->full_units || frames);
	}
	if (!e)
		e = raw_append(&ctx->bytes, data, size);
	if (!e && !ctx->has_form) {
		e = find_form(ctx, GF_FALSE);
		ctx->flush &= ctx->full_units || ctx->stream.form == OBU_FORM_FRAMES;
	}
	return e;
}

static GF_Err finish(Rfav1Ctx *ctx)
{
	GF_Err e = GF_OK;
	if (gf_filter_pid_is_flush_eos(ctx->ipid)) {
		if (ctx->opid)
			gf_filter_pid_send_flush(ctx->opid);
		return GF_OK;
	}
	if (!ctx->configured && !ctx->failed)
		e = refuse(ctx, GF_NON_COMPLIANT_BITSTREAM, "no frame that can be decoded");
	gf_filter_pid_set_eos(ctx->opid);
	return e ? e : GF_EOS;
}

static GF_Err rfav1_process(GF_Filter *filter)
{
	Rfav1Ctx *ctx = gf_filter_get_udta(filter);
	while (ctx->ipid) {
		Bool blocked;
		GF_Err e = ctx->failed ? GF_OK : parse_buffer(filter, ctx, &blocked);
		if (e || (!ctx->failed && blocked))
			return e;
		GF_FilterPacket *packet = gf_filter_pid_get_packet(ctx->ipid);
		if (!packet && !gf_filter_pid_is_eos(ctx->ipid))
			return GF_OK;
		if (packet) {
			e = ctx->failed ? GF_OK : use_packet(ctx, packet);
			gf_filter_pid_drop_packet(ctx->ipid);
			if (e)
				return e;
		} else if (ctx->bytes.size && !ctx->failed) {
			ctx->flush = GF_TRUE;
		} else {
			return finish(ctx);
		}
	}
	return GF_EOS;
}

// ---- Register

// Whether the first units have a sequence header.
static Bool has_sequence(const u8 *data, u32 size, ObuForm form)
{
	ObuStream stream;
	ObuStreamUnit unit;
	obu_stream_init(&stream, form);
	GF_Err e = obu_stream_next(&stream, data, size, GF_FALSE, &unit);
	ObuIter it;
	ObuHeader obu;
	const u8 *at;
	Av1Sequence sequence;
	// the block may cut the first unit, in which case only what is there is looked at
	if (e && form == OBU_FORM_ANNEX_B)
		return GF_TRUE;
	obu_iter_init(&it, data + (e ? 0 : unit.offset), e ? size : unit.size, form == OBU_FORM_ANNEX_B);
	while (!obu_iter_next(&it, &obu, &at)) {
		if (obu.type == OBU_SEQUENCE_HEADER)
			return !av1_sequence_parse(at + obu.header_size, obu.size, &syn_quiet, &sequence);
	}
	return GF_FALSE;
}

static const char *rfav1_probe_data(const u8 *data, u32 size, GF_FilterProbeScore *score)
{
	ObuForm form;
	IvfHeader ivf;
	if (obu_stream_detect(data, size, &form))
		return NULL;
	if (form == OBU_FORM_IVF) {
		if (!ivf_read(data, size, &ivf))
			return NULL;
		*score = GF_FPROBE_SUPPORTED;
		return "video/x-ivf";
	}
	if (!has_sequence(data, size, form))
		return NULL;
	*score = GF_FPROBE_SUPPORTED;
	return "video/av1";
}

static GF_Err rfav1_initialize(GF_Filter *filter)
{
	Rfav1Ctx *ctx = gf_filter_get_udta(filter);
	if (ctx->importer) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[rfav1] option importer is not supported\n"));
		return GF_NOT_SUPPORTED;
	}
	bw_init(&ctx->unit);
	ctx->reader.av1.trace = bs_trace_init(&ctx->trace, "rfav1", ctx->bsdbg);
	return GF_OK;
}

static void rfav1_finalize(GF_Filter *filter)
{
	Rfav1Ctx *ctx = gf_filter_get_udta(filter);
	raw_sources_reset(&ctx->sources);
	rfav1_reader_reset(&ctx->reader);
	rfav1_index_reset(&ctx->file_index);
	bw_reset(&ctx->unit);
	gf_free(ctx->bytes.data);
	gf_free(ctx->path);
}

#define OPT(field) #field, (s32)offsetof(Rfav1Ctx, field)
static const GF_FilterArgs rfav1_args[] = {
	{OPT(fps),
		"Frame rate of a stream without time stamps, or time base of an IVF file whose header is wrong. A numerator "
		"of 0 takes that of the file, of the bitstream, or 25",
		GF_PROP_FRACTION, "0/1000", NULL, 0},
	{OPT(index),
		"Seconds between the points a file can be played from. 0 does not scan the file, whose duration "
		"is then unknown; a negative value scans the first 20 MB only, the rest when a seek needs it",
		GF_PROP_DOUBLE, "-1.0", NULL, 0},
	{OPT(importer), "Progress display of older tools (not supported)", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(deps), "Set the dependency flags of packets: whether a unit needs others, whether others need it",
		GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(notime), "Ignore the time stamps of an unframed input", GF_PROP_BOOL,
		"false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(temporal_delim), "Keep the temporal delimiters of AV1", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_EXPERT},
	{OPT(bsdbg),
		"Log the syntax elements of sequence and frame headers (log tool media, level debug): off, on, or full with "
		"their number of bits",
		GF_PROP_UINT, "off", "off|on|full", GF_FS_ARG_HINT_EXPERT},
	{0},
};

#define CODECS(flags) \
	CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_AV1), CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_VP8), \
		CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_VP9), CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_VP10)

static const GF_FilterCapability rfav1_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "ivf|obu|av1b|av1"),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, "video/x-ivf|video/av1"),
	CAP_UINT(GF_CAPS_OUTPUT_STATIC, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CODECS(GF_CAPS_OUTPUT_STATIC),
	CAP_BOOL(GF_CAPS_OUTPUT_STATIC_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CODECS(GF_CAPS_INPUT),
	CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
};

const GF_FilterRegister rfav1_register = {
	.name = "rfav1",
	.description = "AV1 and VPx reframer",
	.help = "This filter parses AV1 streams (.obu, annex B .av1b and .av1, IVF, or unframed streams) and VP8, VP9 and "
			"VP10 in IVF. It produces one packet per temporal unit or frame, without temporal delimiters, with the "
			"sequence header in the decoder configuration.",
	.private_size = sizeof(Rfav1Ctx),
	SETCAPS(rfav1_caps),
	.args = rfav1_args,
	.initialize = rfav1_initialize,
	.finalize = rfav1_finalize,
	.configure_pid = rfav1_configure_pid,
	.process = rfav1_process,
	.process_event = rfav1_process_event,
	.probe_data = rfav1_probe_data,
	.hint_class_type = GF_FS_CLASS_FRAMING,
};
