// SPDX-License-Identifier: MIT
// Reframer of AVC (ISO/IEC 14496-10), HEVC (23008-2) and VVC (23090-3) byte streams: cuts a file or an
// unframed PID into access units with NAL unit lengths (14496-15), takes the parameter sets out into the
// decoder configuration, rebuilds time stamps from picture order counts and finds the stream access points.
//
// Limits: reference lists (option refs) are those of HEVC only; the operating points of layered streams are
// not described.
#include <string.h>
#include <gpac/tools.h>
#include "base/str_list.h"
#include "filters/registry.h"
#include "filters/rfnalu.h"
#include "formats/nal_config.h"

// ISO/IEC 14496-15 5.3: any extension of the three codecs, for probing and capabilities
#define AVC_EXTENSIONS "264|h264|26l|h26l|avc|svc|mvc"
#define HEVC_EXTENSIONS "hevc|hvc|265|h265|lhvc|shvc|mhvc"
#define VVC_EXTENSIONS "266|h266|vvc|lvvc"

// CodecID of the input, then MIME type, then extension, then AVC.
static NalCodec find_codec(GF_FilterPid *pid)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_CODECID);
	NalCodec codec;
	if (p && nal_codec_of(p->value.uint, &codec))
		return codec;
	p = gf_filter_pid_get_property(pid, GF_PROP_PID_MIME);
	const char *mime = p && p->value.string ? p->value.string : "";
	if (str_list_has_nocase("video/avc|video/h264|video/svc|video/mvc", '|', mime))
		return NAL_AVC;
	if (str_list_has_nocase("video/hevc|video/lhvc|video/shvc|video/mhvc", '|', mime))
		return NAL_HEVC;
	if (str_list_has_nocase("video/vvc", '|', mime))
		return NAL_VVC;
	p = gf_filter_pid_get_property(pid, GF_PROP_PID_FILE_EXT);
	const char *extension = p && p->value.string ? p->value.string : "";
	if (str_list_has_nocase(HEVC_EXTENSIONS, '|', extension))
		return NAL_HEVC;
	return str_list_has_nocase(VVC_EXTENSIONS, '|', extension) ? NAL_VVC : NAL_AVC;
}

static void set_codec(RfnaluCtx *ctx, NalCodec codec)
{
	nal_tracker_reset(&ctx->tracker);
	nal_tracker_init(&ctx->tracker, codec);
	ctx->codec = codec;
	ctx->tracker.trace = bs_trace_init(&ctx->trace, "rfnalu", ctx->bsdbg);
	if (ctx->refs && codec != NAL_HEVC)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[rfnalu] option refs: references are known for HEVC only, packets get RefID alone\n"));
	ctx->sets_version = ctx->replace_version = 0;
	rfnalu_config_unref(ctx->config);
	ctx->config = NULL;
}

// Everything but the output starts anew: another file or another stream.
static void reset_stream(RfnaluCtx *ctx, NalCodec codec)
{
	rfnalu_restart(ctx, NULL);
	set_codec(ctx, codec);
	ctx->rate_num = ctx->rate_den = 0;
	ctx->waits_config = GF_FALSE;
	ctx->failed = GF_FALSE;
	ctx->copy_props = GF_TRUE;
}

// Sends all that was received, even to an output that blocks: what follows is of another stream.
static GF_Err drain(GF_Filter *filter, RfnaluCtx *ctx)
{
	GF_Err e = rfnalu_finish(ctx);
	ctx->draining = GF_TRUE;
	if (!e)
		e = rfnalu_send(ctx, filter, GF_TRUE);
	ctx->draining = GF_FALSE;
	return e;
}

static GF_Err open_file(GF_Filter *filter, RfnaluCtx *ctx, NalCodec codec, Bool is_new)
{
	if (!is_new && codec == ctx->codec && raw_has_path(ctx->ipid, ctx->path))
		return GF_OK;
	GF_Err e = drain(filter, ctx);
	if (!e)
		e = raw_take_path(ctx->ipid, &ctx->path);
	if (e)
		return e;
	reset_stream(ctx, codec);
	ctx->timescale = 0;
	rfnalu_index_reset(&ctx->file_index);
	if (ctx->path && ctx->index != 0)
		rfnalu_index_build(ctx, ctx->index < 0);
	return GF_OK;
}

// An unframed PID: the output is declared at once with what the input knows, its configuration follows with
// the first access unit.
static GF_Err open_stream(GF_Filter *filter, RfnaluCtx *ctx, NalCodec codec, Bool is_new)
{
	GF_Err e = GF_OK;
	if (is_new || codec != ctx->codec) {
		e = drain(filter, ctx);
		reset_stream(ctx, codec);
	}
	ctx->timescale = gf_filter_pid_get_timescale(ctx->ipid);
	const GF_PropertyValue *p = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_UNFRAMED_FULL_AU);
	ctx->full_units = p && p->value.boolean;
	p = gf_filter_pid_get_property_str(ctx->ipid, "nocts");
	ctx->ignore_cts = p && p->value.boolean;
	p = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_DECODER_CONFIG);
	if (!e && p && p->value.data.size)
		e = rfnalu_config_read(ctx, p->value.data.ptr, p->value.data.size);
	if (e)
		return e;
	if (!ctx->opid && !(ctx->opid = gf_filter_pid_new(filter)))
		return GF_OUT_OF_MEM;
	// what follows the change keeps the configuration of the access units until one brings another
	ctx->apply_config = ctx->sent_config != NULL;
	gf_filter_pid_copy_properties(ctx->opid, ctx->ipid);
	ctx->copy_props = GF_FALSE;
	gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_UNFRAMED_FULL_AU, NULL);
	return gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_UNFRAMED, NULL);
}

static GF_Err rfnalu_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	RfnaluCtx *ctx = gf_filter_get_udta(filter);
	if (is_remove) {
		rfnalu_restart(ctx, NULL);
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
		return open_stream(filter, ctx, find_codec(pid), is_new);
	GF_Err e = open_file(filter, ctx, find_codec(pid), is_new);
	if (e || !is_new)
		return e;
	raw_play(pid);
	return GF_OK;
}

static void seek_source(RfnaluCtx *ctx, const RawPoint *entry)
{
	raw_seek(ctx->ipid, entry ? entry->offset : 0, 0, 0);
	rfnalu_restart(ctx, entry);
}

// A PLAY of a file: seeks the source to the index point before the start.
static void play_file(RfnaluCtx *ctx, double start)
{
	const RawPoint *entry = NULL;
	Bool first = !ctx->started;
	ctx->started = GF_TRUE;
	ctx->seek_start = start > 0 ? start : 0;
	ctx->seeking = start > 0;
	if (ctx->seeking && ctx->index < 0 && ctx->path && !ctx->file_index.complete) {
		rfnalu_index_build(ctx, GF_FALSE);
		ctx->apply_config = ctx->sent_config != NULL;
	}
	if (ctx->seeking)
		entry = raw_points_find(&ctx->file_index.points, start * ctx->file_index.frame_num);
	if (entry && !entry->dts)
		entry = NULL;
	if (!first || entry)
		seek_source(ctx, entry);
}

static Bool rfnalu_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	RfnaluCtx *ctx = gf_filter_get_udta(filter);
	if (event->base.on_pid != ctx->opid)
		return GF_FALSE;
	switch (event->base.type) {
	case GF_FEVT_PLAY:
		if (!ctx->is_file)
			return GF_FALSE;
		play_file(ctx, event->play.start_range);
		return GF_TRUE;
	case GF_FEVT_STOP:
		rfnalu_restart(ctx, NULL);
		return GF_FALSE;
	case GF_FEVT_SET_SPEED:
		return ctx->is_file;
	default:
		return GF_FALSE;
	}
}

// The input is over, or its producer asks that what is known be sent.
static GF_Err finish(GF_Filter *filter, RfnaluCtx *ctx)
{
	GF_Err e = GF_OK;
	if (!ctx->ended)
		e = rfnalu_finish(ctx);
	ctx->ended = GF_TRUE;
	if (!e)
		e = rfnalu_send(ctx, filter, GF_TRUE);
	if (e || ctx->queue_count)
		return e;
	if (gf_filter_pid_is_flush_eos(ctx->ipid)) {
		if (ctx->opid)
			gf_filter_pid_send_flush(ctx->opid);
		return GF_OK;
	}
	if (!ctx->configured && !ctx->failed) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[rfnalu] no picture with its parameter sets in %s\n", ctx->path ? ctx->path : "the stream"));
		ctx->failed = GF_TRUE;
		e = GF_NON_COMPLIANT_BITSTREAM;
	}
	if (ctx->configured)
		gf_filter_pid_set_info(ctx->opid, GF_PROP_PID_MAX_NALU_SIZE, PROP_UINT(ctx->max_unit_size));
	gf_filter_pid_set_eos(ctx->opid);
	return e ? e : GF_EOS;
}

static GF_Err use_packet(RfnaluCtx *ctx, GF_FilterPacket *packet)
{
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	Bool is_end = GF_FALSE;
	ctx->ended = GF_FALSE;
	if (!data || !size)
		return GF_OK;
	if (!ctx->is_file) {
		rfnalu_add_source(ctx, packet);
		gf_filter_pck_get_framing(packet, NULL, &is_end);
	}
	GF_Err e = rfnalu_receive(ctx, data, size);
	if (!e && ctx->full_units && is_end)
		e = rfnalu_finish(ctx);
	return e;
}

static GF_Err rfnalu_process(GF_Filter *filter)
{
	RfnaluCtx *ctx = gf_filter_get_udta(filter);
	while (ctx->ipid) {
		GF_Err e = rfnalu_send(ctx, filter, ctx->ended);
		if (e)
			return e;
		if (ctx->opid && gf_filter_pid_would_block(ctx->opid))
			return GF_OK;
		GF_FilterPacket *packet = gf_filter_pid_get_packet(ctx->ipid);
		if (!packet)
			return gf_filter_pid_is_eos(ctx->ipid) ? finish(filter, ctx) : GF_OK;
		e = use_packet(ctx, packet);
		gf_filter_pid_drop_packet(ctx->ipid);
		if (e)
			return e;
	}
	return GF_EOS;
}

typedef struct {
	Bool is_stream;  // has units, of which few are not of the codec
	Bool has_config; // and the parameter sets of a configuration
} Probe;

static Probe probe_codec(NalCodec codec, const u8 *data, u32 size)
{
	NalTracker tracker;
	NalIter it;
	const u8 *nal;
	u32 nal_size, nb_units = 0, nb_bad = 0;
	nal_tracker_init(&tracker, codec);
	tracker.trace = &syn_quiet;
	nal_iter_annexb(&it, data, size);
	while (!nal_iter_next(&it, &nal, &nal_size)) {
		NalUnitInfo info;
		if (nal_tracker_push(&tracker, nal, nal_size, &info))
			break;
		// slices without parameter sets are no fault, nor is the last unit which the block cuts
		nb_bad += info.drop && info.role != NAL_ROLE_SLICE && it.pos < size;
		nb_units++;
	}
	Probe probe = {.is_stream = nb_units && nb_bad * 4 <= nb_units};
	probe.has_config = probe.is_stream && nal_tracker_has_config(&tracker);
	nal_tracker_reset(&tracker);
	return probe;
}

static const char *rfnalu_probe_data(const u8 *data, u32 size, GF_FilterProbeScore *score)
{
	static const char *const mimes[] = {
		[NAL_AVC] = "video/avc", [NAL_HEVC] = "video/hevc", [NAL_VVC] = "video/vvc"};
	size_t start = nal_find_start_code(data, size, 0);
	Bool is_stream = GF_FALSE;
	// other formats carry these units too, but not from their first byte on
	Bool at_start = !nal_trim_zeros(data, start);
	*score = GF_FPROBE_NOT_SUPPORTED;
	if (start == size)
		return NULL;
	for (NalCodec codec = NAL_AVC; codec <= NAL_VVC; codec++) {
		Probe probe = probe_codec(codec, data, size);
		if (probe.has_config && at_start) {
			*score = GF_FPROBE_SUPPORTED;
			return mimes[codec];
		}
		is_stream |= probe.is_stream;
	}
	// a piece of a stream, or parameter sets which come after the block: the name of the file tells
	if (!is_stream)
		return NULL;
	*score = GF_FPROBE_EXT_MATCH;
	return AVC_EXTENSIONS "|" HEVC_EXTENSIONS "|" VVC_EXTENSIONS;
}

static GF_Err rfnalu_initialize(GF_Filter *filter)
{
	RfnaluCtx *ctx = gf_filter_get_udta(filter);
	if (ctx->nal_length != 1 && ctx->nal_length != 2 && ctx->nal_length != 4) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[rfnalu] nal_length %u is not a size of ISO/IEC 14496-15: use 1, 2 or 4\n", ctx->nal_length));
		return GF_BAD_PARAM;
	}
	nal_tracker_init(&ctx->tracker, NAL_AVC);
	nal_timeline_init(&ctx->timeline, 0, 0);
	return GF_OK;
}

static void rfnalu_finalize(GF_Filter *filter)
{
	RfnaluCtx *ctx = gf_filter_get_udta(filter);
	rfnalu_restart(ctx, NULL);
	nal_splitter_reset(&ctx->splitter);
	nal_tracker_reset(&ctx->tracker);
	nal_timeline_reset(&ctx->timeline);
	rfnalu_index_reset(&ctx->file_index);
	rfnalu_config_unref(ctx->config);
	rfnalu_config_unref(ctx->sent_config);
	gf_free(ctx->pending.units);
	gf_free(ctx->queue);
	raw_sources_reset(&ctx->sources);
	gf_free(ctx->path);
}

#define OPT(field) #field, (s32)offsetof(RfnaluCtx, field)
static const GF_FilterArgs rfnalu_args[] = {
	{OPT(fps),
		"Frame rate of a stream without time stamps. A numerator of 0 takes the rate of the bitstream, "
		"or 25 when it has none",
		GF_PROP_FRACTION, "0/1000", NULL, 0},
	{OPT(index),
		"Seconds between the points a file can be played from. 0 does not scan the file, whose duration "
		"is then unknown; a negative value scans the first 20 MB only, the rest when a seek needs it",
		GF_PROP_DOUBLE, "-1.0", NULL, 0},
	{"explicit", (s32)offsetof(RfnaluCtx, explicit_layers),
		"Declare layered streams as such: codec identifier of SVC, MVC or L-HEVC, and the parameter sets "
		"of the upper layers in the enhancement configuration instead of the one of the base layer",
		GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(force_sync), "Mark intra pictures with a recovery point of 0 frames as closed access points (SAP 1)",
		GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(strict_poc),
		"Hold a whole group of pictures before computing its composition times, instead of 32 pictures "
		"at most: off, on, or error to report pictures that miss in it as well",
		GF_PROP_UINT, "off", "off|on|error", GF_FS_ARG_HINT_ADVANCED},
	{OPT(nosei), "Remove all SEI messages", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(nosvc), "Remove the NAL units of SVC, MVC and L-HEVC layers above the base", GF_PROP_BOOL, "false",
		NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(nal_length),
		"Bytes of the length before each NAL unit: 1, 2 or 4. It becomes 4 when a unit needs more",
		GF_PROP_UINT, "4", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(subsamples), "Describe each NAL unit as a sub-sample", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_EXPERT},
	{OPT(deps), "Set the dependency flags: leading, intra, not referred to", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_EXPERT},
	{OPT(refs),
		"Identify packets by their picture order count and list those of their reference pictures (HEVC "
		"only)",
		GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(seirw), "Remove the AVC SEI messages that files must not have: filler and sub-sequences",
		GF_PROP_BOOL, "true", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(audelim), "Keep access unit delimiters. Those of VVC are always kept", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_EXPERT},
	{OPT(keepfiller), "Keep filler NAL units", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(analyze),
		"Forward all NAL units in their order, parameter sets included, for the analysis of the "
		"inspector: any value but off",
		GF_PROP_UINT, "off", "off|on|bs|full", GF_FS_ARG_HINT_HIDE},
	{OPT(notime), "Ignore the time stamps of the input", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(dv_mode),
		"Dolby Vision: none does not signal it, auto does when the stream has its units, clean removes "
		"these units, single removes those of the enhancement layer only",
		GF_PROP_UINT, "auto", "none|auto|clean|single", GF_FS_ARG_HINT_ADVANCED},
	{OPT(dv_profile), "Dolby Vision profile to signal, 0 to find it from the colour description",
		GF_PROP_UINT, "0", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(dv_compatid),
		"Dolby Vision compatibility of the base layer to signal, auto from the colour description",
		GF_PROP_UINT, "auto", "auto|none|hdr10|bt709|hlg709|hlg2100|bt2020|brd", GF_FS_ARG_HINT_ADVANCED},
	{OPT(bsdbg),
		"Log each syntax element of parameter sets and slice headers (log tool media, level debug): off, "
		"on, or full with its number of bits",
		GF_PROP_UINT, "off", "off|on|full", GF_FS_ARG_HINT_EXPERT},
	{0},
};

#define VIDEO_CODECS(flags) \
	CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_AVC), \
		CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_AVC_PS), \
		CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_SVC), \
		CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_MVC), \
		CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_HEVC), \
		CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_LHVC), \
		CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_VVC)

static const GF_FilterCapability rfnalu_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, AVC_EXTENSIONS "|" HEVC_EXTENSIONS "|" VVC_EXTENSIONS),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME,
		"video/avc|video/h264|video/svc|video/mvc|video/hevc|video/lhvc|video/shvc|video/mhvc|video/vvc"),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_FORCE_UNFRAME, GF_TRUE),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	VIDEO_CODECS(GF_CAPS_OUTPUT_STATIC),
	CAP_BOOL(GF_CAPS_OUTPUT_STATIC_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_BOOL(GF_CAPS_OUTPUT_STATIC_EXCLUDED, GF_PROP_PID_TILE_BASE, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	VIDEO_CODECS(GF_CAPS_INPUT),
	CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_TILE_BASE, GF_TRUE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_FORCE_UNFRAME, GF_TRUE),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_ENCRYPTED),
	CAP_4CC(GF_CAPS_INPUT, GF_PROP_PID_PROTECTION_SCHEME_TYPE, GF_4CC('s', 'a', 'e', 's')),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_AVC),
	CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_TILE_BASE, GF_TRUE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_FORCE_UNFRAME, GF_TRUE),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_ENCRYPTED),
};

const GF_FilterRegister rfnalu_register = {
	.name = "rfnalu",
	.description = "AVC/HEVC/VVC reframer",
	.help =
		"This filter parses AVC, HEVC and VVC byte streams (annex B: .264, .265, .266, or unframed "
		"streams) and produces one packet per access unit, with NAL unit lengths and the parameter sets "
		"in the decoder configuration. Streams without time stamps get them from the frame rate and the "
		"picture order counts.",
	.private_size = sizeof(RfnaluCtx),
	SETCAPS(rfnalu_caps),
	.args = rfnalu_args,
	.initialize = rfnalu_initialize,
	.finalize = rfnalu_finalize,
	.configure_pid = rfnalu_configure_pid,
	.process = rfnalu_process,
	.process_event = rfnalu_process_event,
	.probe_data = rfnalu_probe_data,
	.hint_class_type = GF_FS_CLASS_FRAMING,
};
