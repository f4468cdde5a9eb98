// SPDX-License-Identifier: MIT
// Elementary stream writer: makes a File PID of one stream, for the extension of the destination. Compressed
// streams are written as they come (unframers before it make NAL units, ADTS, OBUs…); images one per file.
//
// TTML documents are written one after the other: merging them needs the filter ttmlmerge.
#include <string.h>
#include <strings.h>
#include "filters/registry.h"
#include "filters/writegen.h"

u32 writegen_uint(const Writegen *ctx, u32 property)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(ctx->ipid, property);
	return p ? p->value.uint : 0;
}

// ---- Sending

GF_Err writegen_send(Writegen *ctx, GF_FilterPacket *packet, GF_FilterPacket *source)
{
	if (source)
		gf_filter_pck_merge_properties(source, packet);
	// A seek flag with an offset would be an order to rewrite the file.
	gf_filter_pck_set_seek_flag(packet, GF_FALSE);
	gf_filter_pck_set_byte_offset(packet, GF_FILTER_NO_BO);
	gf_filter_pck_set_framing(packet, !ctx->file_open, ctx->closes_file);
	if (!ctx->file_open && ctx->numbered)
		gf_filter_pck_set_property(packet, GF_PROP_PCK_FILENUM, PROP_UINT(ctx->nb_packets));
	ctx->file_open = GF_TRUE;
	GF_Err e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

GF_Err writegen_send_bytes(Writegen *ctx, const void *data, u32 size, GF_FilterPacket *source)
{
	u8 *copy;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(ctx->opid, size, &copy);
	if (!packet)
		return GF_OUT_OF_MEM;
	memcpy(copy, data, size);
	return writegen_send(ctx, packet, source);
}

GF_Err writegen_send_all(Writegen *ctx, GF_FilterPacket *source)
{
	GF_FilterPacket *packet = gf_filter_pck_new_ref(ctx->opid, 0, 0, source);
	return packet ? writegen_send(ctx, packet, source) : GF_OUT_OF_MEM;
}

// ---- Packets as they are

// The configuration in the form a file has it. IAMF: without the header of the `iacb` box (version, size as
// leb128).
static void file_config(const Writegen *ctx, const u8 **data, u32 *size)
{
	const GF_PropertyValue *config = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_DECODER_CONFIG);
	*data = config ? config->value.data.ptr : NULL;
	*size = config ? config->value.data.size : 0;
	if (writegen_uint(ctx, GF_PROP_PID_CODECID) != GF_CODECID_IAMF || *size < 2)
		return;
	u32 skip = 1;
	while (skip < *size - 1 && ((*data)[skip] & 0x80))
		skip++;
	*data += skip + 1;
	*size -= skip + 1;
}

static GF_Err send_config(Writegen *ctx, GF_FilterPacket *packet)
{
	const u8 *data;
	u32 size;
	file_config(ctx, &data, &size);
	u32 magic = ctx->magic ? (u32)strlen(ctx->magic) : 0;
	u8 *copy;
	if (!magic && !size)
		return GF_OK;
	GF_FilterPacket *out = gf_filter_pck_new_alloc(ctx->opid, magic + size, &copy);
	if (!out)
		return GF_OUT_OF_MEM;
	if (magic)
		memcpy(copy, ctx->magic, magic);
	if (size)
		memcpy(copy + magic, data, size);
	return writegen_send(ctx, out, packet);
}

static GF_Err begin_copy(Writegen *ctx, GF_FilterPacket *packet)
{
	return ctx->write_config ? send_config(ctx, packet) : GF_OK;
}

static GF_Err write_copy(Writegen *ctx, GF_FilterPacket *packet)
{
	if (ctx->decinfo == DECINFO_SAP && ctx->file_open && gf_filter_pck_get_sap(packet)) {
		GF_Err e = send_config(ctx, packet);
		if (e)
			return e;
	}
	return writegen_send_all(ctx, packet);
}

const WriteKind writegen_copy = {.begin = begin_copy, .write = write_copy, .pieces = GF_TRUE};
const WriteKind writegen_image = {.write = writegen_send_all, .one_per_packet = GF_TRUE};

// ---- Choice of the file

typedef struct {
	Bool type, codec;
	const char *ext, *mime;
} Bundle;

static Bool in_list(const char *list, const char *item)
{
	size_t length = strlen(item);
	while (list && length) {
		size_t next = strcspn(list, "|");
		if (next == length && !strncasecmp(list, item, length))
			return GF_TRUE;
		list = list[next] ? list + next + 1 : NULL;
	}
	return GF_FALSE;
}

static void add_cap(Bundle *bundle, const GF_FilterCapability *cap, u32 type, u32 codec)
{
	if (cap->flags == GF_CAPS_INPUT && cap->code == GF_PROP_PID_STREAM_TYPE && cap->val.value.uint == type)
		bundle->type = GF_TRUE;
	if (cap->flags == GF_CAPS_INPUT && cap->code == GF_PROP_PID_CODECID && cap->val.value.uint == codec)
		bundle->codec = GF_TRUE;
	if (cap->flags == GF_CAPS_OUTPUT && cap->code == GF_PROP_PID_FILE_EXT)
		bundle->ext = cap->val.value.string;
	if (cap->flags == GF_CAPS_OUTPUT && cap->code == GF_PROP_PID_MIME)
		bundle->mime = cap->val.value.string;
}

// Finds the bundle of the stream which has the extension or the MIME type of the destination, else the first
// one of the stream. False when the table does not know the stream.
static Bool find_bundle(u32 type, u32 codec, const char *ext, const char *mime, Bundle *found)
{
	const GF_FilterRegister *reg = &writegen_register;
	Bundle bundle = {0};
	Bool any = GF_FALSE;
	for (u32 i = 0; i <= reg->nb_caps; i++) {
		if (i < reg->nb_caps && reg->caps[i].flags) {
			add_cap(&bundle, &reg->caps[i], type, codec);
			continue;
		}
		if (bundle.type && bundle.codec) {
			Bool wanted = in_list(bundle.ext, ext) || in_list(bundle.mime, mime);
			if (wanted || !any)
				*found = bundle;
			any = GF_TRUE;
			if (wanted)
				break;
		}
		memset(&bundle, 0, sizeof(bundle));
	}
	return any;
}

static const WriteKind *kind_of(u32 type, u32 codec, const char *ext)
{
	static const struct {
		const char *ext;
		const WriteKind *kind;
	} by_extension[] = {
		{"bmp", &writegen_bmp},
		{"y4m", &writegen_y4m},
		{"wav", &writegen_wav},
		{"srt", &writegen_srt},
		{"vtt", &writegen_vtt},
		{"ttxt", &writegen_ttxt},
	};
	if (codec == GF_CODECID_PNG || codec == GF_CODECID_JPEG || codec == GF_CODECID_J2K)
		return &writegen_image;
	if (codec == GF_CODECID_RAW || type == GF_STREAM_TEXT)
		for (u32 i = 0; i < sizeof(by_extension) / sizeof(by_extension[0]); i++)
			if (!strcmp(ext, by_extension[i].ext))
				return by_extension[i].kind;
	if (codec == GF_CODECID_RAW)
		return type == GF_STREAM_VISUAL ? &writegen_raw_video : &writegen_raw_audio;
	return type == GF_STREAM_TEXT ? &writegen_text : &writegen_copy;
}

static const char *magic_of(u32 codec)
{
	switch (codec) {
	case GF_CODECID_AMR:
		return "#!AMR\n";
	case GF_CODECID_AMR_WB:
		return "#!AMR-WB\n";
	case GF_CODECID_EVRC:
	case GF_CODECID_EVRC_PV:
		return "#!EVRC\n";
	case GF_CODECID_SMV:
		return "#!SMV\n";
	case GF_CODECID_FLAC:
		return "fLaC";
	default:
		return NULL;
	}
}

// First item of a list of extensions.
static void first_item(const char *list, char *item, size_t size)
{
	size_t length = list ? strcspn(list, "|") : 0;
	if (length >= size)
		length = size - 1;
	if (length)
		memcpy(item, list, length);
	item[length] = 0;
}

static const char *destination_string(const Writegen *ctx, u32 property)
{
	const GF_PropertyValue *p = gf_filter_pid_caps_query(ctx->ipid, property);
	if (!p && ctx->opid)
		p = gf_filter_pid_caps_query(ctx->opid, property);
	return p && p->value.string && strcmp(p->value.string, "*") ? p->value.string : "";
}

// Chooses how to write the stream and describes the file.
static void choose_file(Writegen *ctx, u32 type, u32 codec)
{
	char wanted[sizeof(ctx->ext)];
	Bundle bundle = {0};
	first_item(destination_string(ctx, GF_PROP_PID_FILE_EXT), wanted, sizeof(wanted));
	Bool known = find_bundle(type, codec, wanted, destination_string(ctx, GF_PROP_PID_MIME), &bundle);
	Bool plain = ctx->frame || ctx->rawb || !known;
	if (in_list(bundle.ext, wanted) || (plain && wanted[0]))
		memcpy(ctx->ext, wanted, sizeof(wanted));
	else
		first_item(known ? bundle.ext : gf_codecid_file_ext(codec), ctx->ext, sizeof(ctx->ext));
	ctx->kind = plain ? &writegen_copy : kind_of(type, codec, ctx->ext);
	ctx->magic = plain ? NULL : magic_of(codec);
	ctx->write_config =
		ctx->decinfo == DECINFO_FIRST || ctx->decinfo == DECINFO_SAP ||
		(ctx->decinfo == DECINFO_AUTO && (ctx->magic || (!plain && codec == GF_CODECID_IAMF)));
	// Without a known destination any of the extensions may be linked to.
	const char *ext = wanted[0] || !bundle.ext ? ctx->ext : ctx->frame || ctx->rawb ? "*" : bundle.ext;
	gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_FILE_EXT, PROP_STRING(ext));
	char mime[100];
	first_item(plain ? NULL : bundle.mime, mime, sizeof(mime));
	gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_MIME, mime[0] ? PROP_STRING(mime) : NULL);
}

static void describe_output(Writegen *ctx, u32 type)
{
	GF_FilterPid *opid = ctx->opid;
	gf_filter_pid_copy_properties(opid, ctx->ipid);
	gf_filter_pid_set_property(opid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_FILE));
	gf_filter_pid_set_property(opid, GF_PROP_PID_PREMUX_STREAM_TYPE, PROP_UINT(type));
	gf_filter_pid_set_property(opid, GF_PROP_PID_CODECID, NULL);
	gf_filter_pid_set_property(opid, GF_PROP_PID_UNFRAMED, NULL);
	gf_filter_pid_set_property(opid, GF_PROP_PID_UNFRAMED_FULL_AU, NULL);
	gf_filter_pid_set_property(opid, GF_PROP_PID_DECODER_CONFIG, NULL);
}

GF_Err writegen_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	Writegen *ctx = gf_filter_get_udta(filter);
	if (is_remove) {
		if (ctx->opid)
			gf_filter_pid_remove(ctx->opid);
		ctx->ipid = ctx->opid = NULL;
		return GF_OK;
	}
	if (!gf_filter_pid_check_caps(pid))
		return GF_NOT_SUPPORTED;
	ctx->ipid = pid;
	u32 type = writegen_uint(ctx, GF_PROP_PID_STREAM_TYPE);
	u32 codec = writegen_uint(ctx, GF_PROP_PID_CODECID);
	if (!ctx->opid && !(ctx->opid = gf_filter_pid_new(filter)))
		return GF_OUT_OF_MEM;
	describe_output(ctx, type);
	choose_file(ctx, type, codec);
	const GF_PropertyValue *frames = gf_filter_pid_get_property(pid, GF_PROP_PID_NB_FRAMES);
	ctx->one_per_packet = ctx->kind->one_per_packet || ctx->split || ctx->frame;
	ctx->numbered = ctx->one_per_packet && !(frames && frames->value.uint <= 1);
	ctx->segmented = writegen_uint(ctx, GF_PROP_PID_DASH_MODE) != 0;
	gf_filter_pid_set_property(ctx->opid, GF_PROP_PID_DISABLE_PROGRESSIVE,
		ctx->kind->rewrites ? PROP_UINT(GF_PID_FILE_PATCH_REPLACE) : NULL);
	GF_Err e = ctx->kind->configure ? ctx->kind->configure(ctx) : GF_OK;
	ctx->waiting = e == GF_PENDING_PACKET;
	return e < 0 ? e : GF_OK;
}

// ---- Packets

// Whether a packet is among those asked for. `*last` when no later one can be.
static Bool is_wanted(Writegen *ctx, GF_FilterPacket *packet, Bool *last)
{
	u64 dts = gf_filter_pck_get_dts(packet);
	*last = GF_FALSE;
	if (ctx->sstart) {
		*last = ctx->send >= ctx->sstart && ctx->nb_packets > ctx->send;
		return ctx->nb_packets >= ctx->sstart && !*last;
	}
	if (ctx->dur.num <= 0 || !ctx->dur.den || dts == GF_FILTER_NO_TS)
		return GF_TRUE;
	if (ctx->first_dts == GF_FILTER_NO_TS)
		ctx->first_dts = dts;
	*last = gf_timestamp_greater(
		dts - ctx->first_dts, gf_filter_pck_get_timescale(packet), (u64)ctx->dur.num, ctx->dur.den);
	return !*last;
}

// Decoded subtitles have an empty packet where the picture goes: it is none.
static Bool is_gap(Writegen *ctx, GF_FilterPacket *packet)
{
	u32 size;
	gf_filter_pck_get_data(packet, &size);
	return !size && !gf_filter_pck_get_frame_interface(packet) &&
		   writegen_uint(ctx, GF_PROP_PID_STREAM_TYPE) == GF_STREAM_VISUAL &&
		   writegen_uint(ctx, GF_PROP_PID_CODECID) == GF_CODECID_RAW;
}

static GF_Err end_file(Writegen *ctx)
{
	if (!ctx->file_open)
		return GF_OK;
	GF_Err e = ctx->kind->end ? ctx->kind->end(ctx) : GF_OK;
	ctx->file_open = GF_FALSE;
	return e;
}

// Tells the end of a file whose last packet could not be known in advance.
static GF_Err send_end_mark(Writegen *ctx)
{
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(ctx->opid, 0, NULL);
	if (!packet)
		return GF_OUT_OF_MEM;
	gf_filter_pck_set_framing(packet, GF_FALSE, GF_TRUE);
	GF_Err e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

static GF_Err write_packet(Writegen *ctx, GF_FilterPacket *packet)
{
	const WriteKind *kind = ctx->kind;
	Bool several = kind->pieces || kind->end;
	GF_Err e = GF_OK;
	if (gf_filter_pck_get_property(packet, GF_PROP_PCK_FILENUM))
		e = end_file(ctx);
	if (!e && !ctx->file_open && kind->begin)
		e = kind->begin(ctx, packet);
	ctx->closes_file = ctx->one_per_packet && !several;
	if (!e)
		e = kind->write(ctx, packet);
	ctx->closes_file = GF_FALSE;
	if (e || !ctx->one_per_packet || !ctx->file_open)
		return e;
	e = end_file(ctx);
	return !e && several ? send_end_mark(ctx) : e;
}

// Ends the output; the input, when it is not at its end, is told to stop.
static GF_Err finish(Writegen *ctx)
{
	GF_Err e = end_file(ctx);
	if (!gf_filter_pid_is_eos(ctx->ipid)) {
		GF_FilterEvent event;
		GF_FEVT_INIT(event, GF_FEVT_STOP, ctx->ipid);
		gf_filter_pid_send_event(ctx->ipid, &event);
		gf_filter_pid_set_discard(ctx->ipid, GF_TRUE);
	}
	ctx->done = GF_TRUE;
	gf_filter_pid_set_eos(ctx->opid);
	return e ? e : GF_EOS;
}

Bool writegen_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	Writegen *ctx = gf_filter_get_udta(filter);
	if (event->base.type == GF_FEVT_PLAY && ctx->done) {
		ctx->done = GF_FALSE;
		ctx->nb_packets = ctx->nb_cues = 0;
		ctx->first_dts = GF_FILTER_NO_TS;
		gf_filter_pid_set_discard(ctx->ipid, GF_FALSE);
	}
	return GF_FALSE;
}

GF_Err writegen_process(GF_Filter *filter)
{
	Writegen *ctx = gf_filter_get_udta(filter);
	GF_Err e = GF_OK;
	if (!ctx->ipid || ctx->done)
		return GF_EOS;
	while (!e && !gf_filter_pid_would_block(ctx->opid)) {
		GF_FilterPacket *packet = gf_filter_pid_get_packet(ctx->ipid);
		if (!packet) {
			if (!gf_filter_pid_is_eos(ctx->ipid))
				return GF_OK;
			if (!gf_filter_pid_is_flush_eos(ctx->ipid))
				return finish(ctx);
			gf_filter_pid_send_flush(ctx->opid);
			return GF_OK;
		}
		if (ctx->waiting)
			return GF_OK;
		Bool last;
		ctx->nb_packets++;
		if (is_wanted(ctx, packet, &last) && !is_gap(ctx, packet))
			e = write_packet(ctx, packet);
		gf_filter_pid_drop_packet(ctx->ipid);
		if (last)
			return finish(ctx);
	}
	return e;
}

// Packets of any codec as they are, to a file of any name.
static const GF_FilterCapability any_codec_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_OUTPUT, GF_PROP_PID_FILE_EXT, "*"),
	CAP_STRING(GF_CAPS_OUTPUT, GF_PROP_PID_MIME, "*"),
};

GF_Err writegen_initialize(GF_Filter *filter)
{
	Writegen *ctx = gf_filter_get_udta(filter);
	ctx->first_dts = GF_FILTER_NO_TS;
	if ((ctx->frame || ctx->rawb) && !gf_filter_is_dynamic(filter))
		gf_filter_override_caps(filter, any_codec_caps, sizeof(any_codec_caps) / sizeof(any_codec_caps[0]));
	if (!ctx->exporter && !ctx->merge_region)
		return GF_OK;
	if (!gf_filter_is_temporary(filter))
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[writegen] the option %s is not supported\n", ctx->exporter ? "exporter" : "merge_region"));
	return GF_NOT_SUPPORTED;
}
