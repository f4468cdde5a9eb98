// SPDX-License-Identifier: MIT
// Writer of AV1 and VPx streams: temporal units as ISO files store them become a low-overhead stream (AV1
// specification 5.2), a length-delimited one (annex B) or an IVF file; VPx frames become an IVF file.
//
// Limits: the form of MPEG-2 transport streams is not written.
#include <string.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "base/str_list.h"
#include "filters/pid_props.h"
#include "filters/registry.h"
#include "filters/relay.h"
#include "formats/av1.h"
#include "formats/ivf.h"

// Frames of a temporal unit in annex B.
#define MAX_FRAMES 128
#define TEMPORAL_DELIMITER 0x12 // obu_type, obu_has_size_field

// Property obu:mode of the output.
typedef enum { MODE_LOW_OVERHEAD = 0, MODE_ANNEX_B, MODE_IVF } ObuMode;

typedef struct {
	// options
	Bool rcfg;

	Relay io;
	u32 codec_id;
	ObuMode mode;
	GF_Fraction rate; // of IVF: a time unit lasts `den / num`
	u32 timescale;    // of the input
	const u8 *config; // OBUs of the configuration, in the property of the input
	u32 config_size;
	Bool config_waits; // it changed since it was written
	Bool header_sent;
	ByteWriter unit, frame; // being written
} UfobuCtx;

// The form that the destination wants, by its extension.
static ObuMode find_mode(const UfobuCtx *ctx)
{
	if (ctx->codec_id != GF_CODECID_AV1)
		return MODE_IVF;
	const GF_PropertyValue *p = gf_filter_pid_caps_query(ctx->io.opid, GF_PROP_PID_FILE_EXT);
	const char *ext = p && p->value.string ? p->value.string : "";
	if (str_list_has_nocase(ext, '|', "obu"))
		return MODE_LOW_OVERHEAD;
	if (str_list_has_nocase(ext, '|', "av1b") || str_list_has_nocase(ext, '|', "av1"))
		return MODE_ANNEX_B;
	return str_list_has_nocase(ext, '|', "ivf") ? MODE_IVF : MODE_LOW_OVERHEAD;
}

static void read_config(UfobuCtx *ctx)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(ctx->io.ipid, GF_PROP_PID_DECODER_CONFIG);
	const u8 *obus = NULL;
	u32 size = 0;
	if (p && ctx->codec_id == GF_CODECID_AV1)
		obus = av1_config_obus(p->value.data.ptr, p->value.data.size, &size);
	ctx->config = obus;
	ctx->config_size = obus ? size : 0;
	ctx->config_waits = GF_TRUE;
}

static GF_Err ufobu_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	UfobuCtx *ctx = gf_filter_get_udta(filter);
	GF_Err e = relay_configure(&ctx->io, filter, pid, is_remove);
	if (e || is_remove)
		return e;
	gf_filter_pid_set_framing_mode(pid, GF_TRUE);
	ctx->codec_id = pid_uint(ctx->io.ipid, GF_PROP_PID_CODECID);
	ctx->timescale = gf_filter_pid_get_timescale(pid);
	read_config(ctx);
	gf_filter_pid_copy_properties(ctx->io.opid, pid);
	ctx->mode = find_mode(ctx);
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_FPS);
	ctx->rate = (GF_Fraction){(s32)ctx->timescale, 1};
	if (p && p->value.frac.num > 0 && p->value.frac.den)
		ctx->rate = p->value.frac;
	gf_filter_pid_set_property_str(ctx->io.opid, "obu:mode", PROP_UINT(ctx->mode));
	return gf_filter_pid_set_property(ctx->io.opid, GF_PROP_PID_UNFRAMED, PROP_BOOL(GF_TRUE));
}

// ---- Units of AV1

// Whether the configuration is to be written in front of the unit, which has none of its own.
static Bool needs_config(const UfobuCtx *ctx, GF_FilterPacket *packet, const u8 *data, u32 size)
{
	GF_FilterSAPType sap = gf_filter_pck_get_sap(packet);
	Bool repeats = ctx->rcfg && sap >= GF_FILTER_SAP_1 && sap <= GF_FILTER_SAP_3;
	if (!ctx->config_size || (!ctx->config_waits && !repeats))
		return GF_FALSE;
	ObuIter it;
	ObuHeader obu;
	const u8 *at;
	obu_iter_init(&it, data, size, GF_FALSE);
	while (!obu_iter_next(&it, &obu, &at)) {
		if (obu.type == OBU_SEQUENCE_HEADER)
			return GF_FALSE;
	}
	return GF_TRUE;
}

static GF_Err add_low_overhead(UfobuCtx *ctx, const u8 *data, u32 size)
{
	ObuIter it;
	ObuHeader obu;
	const u8 *at;
	GF_Err e;
	obu_iter_init(&it, data, size, GF_FALSE);
	while (!(e = obu_iter_next(&it, &obu, &at))) {
		if (obu.type != OBU_TEMPORAL_DELIMITER)
			obu_write(&ctx->unit, &obu, at, GF_TRUE);
	}
	return e == GF_EOS ? GF_OK : e;
}

static GF_Err write_low_overhead(UfobuCtx *ctx, const u8 *data, u32 size, Bool with_config)
{
	bw_u8(&ctx->unit, TEMPORAL_DELIMITER);
	bw_u8(&ctx->unit, 0);
	GF_Err e = with_config ? add_low_overhead(ctx, ctx->config, ctx->config_size) : GF_OK;
	return e ? e : add_low_overhead(ctx, data, size);
}

// Annex B: a frame unit ends before what starts the next frame.
typedef struct {
	Bool has_frame;
	u32 nb_frames;
} AnnexB;

static GF_Err end_frame(UfobuCtx *ctx, AnnexB *state)
{
	if (!ctx->frame.size)
		return GF_OK;
	if (++state->nb_frames > MAX_FRAMES)
		return GF_NOT_SUPPORTED;
	obu_write_leb128(&ctx->unit, (u32)ctx->frame.size);
	bw_bytes(&ctx->unit, ctx->frame.data, ctx->frame.size);
	ctx->frame.size = 0;
	state->has_frame = GF_FALSE;
	return GF_OK;
}

// Whether the unit belongs to the frame whose header came before it.
static Bool continues_frame(u8 type)
{
	return type == OBU_TILE_GROUP || type == OBU_REDUNDANT_FRAME_HEADER || type == OBU_PADDING;
}

static GF_Err add_annex_b(UfobuCtx *ctx, AnnexB *state, const u8 *data, u32 size)
{
	ObuIter it;
	ObuHeader obu;
	const u8 *at;
	GF_Err e;
	obu_iter_init(&it, data, size, GF_FALSE);
	while (!(e = obu_iter_next(&it, &obu, &at))) {
		if (obu.type == OBU_TEMPORAL_DELIMITER)
			continue;
		if (state->has_frame && !continues_frame(obu.type))
			e = end_frame(ctx, state);
		if (e)
			return e;
		state->has_frame |= obu.type == OBU_FRAME || obu.type == OBU_FRAME_HEADER;
		obu_write_leb128(&ctx->frame, 1 + (obu.has_extension != 0) + obu.size);
		obu_write(&ctx->frame, &obu, at, GF_FALSE);
	}
	return e == GF_EOS ? GF_OK : e;
}

static GF_Err write_annex_b(UfobuCtx *ctx, const u8 *data, u32 size, Bool with_config)
{
	AnnexB state = {0};
	ctx->frame.size = 0;
	bw_u8(&ctx->frame, 1);
	bw_u8(&ctx->frame, TEMPORAL_DELIMITER & ~2);
	GF_Err e = with_config ? add_annex_b(ctx, &state, ctx->config, ctx->config_size) : GF_OK;
	if (!e)
		e = add_annex_b(ctx, &state, data, size);
	return e ? e : end_frame(ctx, &state);
}

// ---- Packets

static void make_ivf_header(const UfobuCtx *ctx, u8 header[IVF_HEADER_SIZE])
{
	static const struct {
		u32 codec_id;
		const char *name;
	} codecs[] = {
		{GF_CODECID_AV1, "AV01"}, {GF_CODECID_VP8, "VP80"}, {GF_CODECID_VP9, "VP90"}, {GF_CODECID_VP10, "VP10"}};
	IvfHeader h = {.width = pid_uint(ctx->io.ipid, GF_PROP_PID_WIDTH),
		.height = pid_uint(ctx->io.ipid, GF_PROP_PID_HEIGHT),
		.rate = (u32)ctx->rate.num,
		.scale = ctx->rate.den,
		.nb_frames = pid_uint(ctx->io.ipid, GF_PROP_PID_NB_FRAMES)};
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		if (codecs[i].codec_id == ctx->codec_id)
			memcpy(h.codec, codecs[i].name, sizeof(h.codec));
	}
	ivf_write(&h, header);
}

// CTS in units of the file, to the nearest.
static u64 ivf_time(const UfobuCtx *ctx, GF_FilterPacket *packet)
{
	u64 cts = gf_filter_pck_get_cts(packet);
	if (cts == GF_FILTER_NO_TS)
		return 0;
	unsigned __int128 unit = (unsigned __int128)ctx->timescale * ctx->rate.den;
	return (u64)(((unsigned __int128)cts * (u32)ctx->rate.num + unit / 2) / unit);
}

// What goes in front of the unit. Returns its size.
static u32 make_prefix(const UfobuCtx *ctx, GF_FilterPacket *source, u8 prefix[IVF_HEADER_SIZE + IVF_FRAME_HEADER_SIZE])
{
	u32 size = 0;
	u32 unit = (u32)ctx->unit.size;
	if (ctx->mode == MODE_ANNEX_B) {
		size = obu_put_leb128(prefix, unit);
	} else if (ctx->mode == MODE_IVF) {
		if (!ctx->header_sent) {
			make_ivf_header(ctx, prefix);
			size = IVF_HEADER_SIZE;
		}
		ivf_write_frame(prefix + size, unit, ivf_time(ctx, source));
		size += IVF_FRAME_HEADER_SIZE;
	}
	return size;
}

static GF_Err write_unit(UfobuCtx *ctx, GF_FilterPacket *source, const u8 *data, u32 size)
{
	ctx->unit.size = 0;
	if (ctx->codec_id != GF_CODECID_AV1) {
		bw_bytes(&ctx->unit, data, size);
		return GF_OK;
	}
	Bool with_config = needs_config(ctx, source, data, size);
	ctx->config_waits = GF_FALSE;
	if (ctx->mode == MODE_ANNEX_B)
		return write_annex_b(ctx, data, size, with_config);
	return write_low_overhead(ctx, data, size, with_config);
}

static GF_Err send_unit(UfobuCtx *ctx, GF_FilterPacket *source, const u8 *data, u32 size)
{
	GF_Err e = write_unit(ctx, source, data, size);
	if (e == GF_NON_COMPLIANT_BITSTREAM || e == GF_NOT_SUPPORTED) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[ufobu] temporal unit of %u bytes dropped: %s\n", size,
				e == GF_NOT_SUPPORTED ? "more than 128 frames, which annex B cannot hold" : "its units do not fill it"));
		return GF_OK;
	}
	u8 prefix[IVF_HEADER_SIZE + IVF_FRAME_HEADER_SIZE], *dst;
	u32 prefix_size = make_prefix(ctx, source, prefix);
	u64 total = prefix_size + (u64)ctx->unit.size;
	Bool failed = e || ctx->unit.failed || ctx->frame.failed || total > 0xFFFFFFFFu;
	GF_FilterPacket *packet = failed ? NULL : gf_filter_pck_new_alloc(ctx->io.opid, (u32)total, &dst);
	if (!packet)
		return GF_OUT_OF_MEM;
	memcpy(dst, prefix, prefix_size);
	memcpy(dst + prefix_size, ctx->unit.data, ctx->unit.size);
	gf_filter_pck_merge_properties(source, packet);
	gf_filter_pck_set_framing(packet, GF_TRUE, GF_TRUE);
	gf_filter_pck_set_byte_offset(packet, GF_FILTER_NO_BO);
	if (total != size)
		gf_filter_pck_set_property(packet, GF_PROP_PCK_SUBS, NULL); // sizes of other bytes
	ctx->header_sent = GF_TRUE;
	e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

static GF_Err write_packet(void *udta, GF_FilterPacket *packet)
{
	UfobuCtx *ctx = udta;
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	// a packet with a file number starts a file
	if (gf_filter_pck_has_properties(packet) && gf_filter_pck_get_property(packet, GF_PROP_PCK_FILENUM))
		ctx->header_sent = GF_FALSE;
	if (data && size)
		return send_unit(ctx, packet, data, size);
	return gf_filter_pck_has_properties(packet) ? gf_filter_pck_forward(packet, ctx->io.opid) : GF_OK;
}

static GF_Err ufobu_process(GF_Filter *filter)
{
	static const RelayCalls calls = {.use = write_packet};
	UfobuCtx *ctx = gf_filter_get_udta(filter);
	return relay_process(&ctx->io, &calls, ctx);
}

static GF_Err ufobu_initialize(GF_Filter *filter)
{
	UfobuCtx *ctx = gf_filter_get_udta(filter);
	bw_init(&ctx->unit);
	bw_init(&ctx->frame);
	return GF_OK;
}

static void ufobu_finalize(GF_Filter *filter)
{
	UfobuCtx *ctx = gf_filter_get_udta(filter);
	bw_reset(&ctx->unit);
	bw_reset(&ctx->frame);
}

#define OPT(field) #field, (s32)offsetof(UfobuCtx, field)
static const GF_FilterArgs ufobu_args[] = {
	{OPT(rcfg), "Write the sequence header at each random access point, not before the first unit only", GF_PROP_BOOL,
		"true", NULL, 0},
	{0},
};

#define CODECS(flags) \
	CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_AV1), CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_VP8), \
		CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_VP9), CAP_UINT(flags, GF_PROP_PID_CODECID, GF_CODECID_VP10)

static const GF_FilterCapability ufobu_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CODECS(GF_CAPS_INPUT_OUTPUT),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_BOOL(GF_CAPS_OUTPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
};

const GF_FilterRegister ufobu_register = {
	.name = "ufobu",
	.description = "AV1 and VPx writer",
	.help = "This filter writes AV1 temporal units as a stream: low-overhead format (.obu), annex B (.av1b, .av1) or "
			"IVF (.ivf), by the extension of the destination; and VP8, VP9 and VP10 frames as IVF.",
	.private_size = sizeof(UfobuCtx),
	SETCAPS(ufobu_caps),
	.args = ufobu_args,
	.initialize = ufobu_initialize,
	.finalize = ufobu_finalize,
	.configure_pid = ufobu_configure_pid,
	.process = ufobu_process,
	.hint_class_type = GF_FS_CLASS_FRAMING,
};
