// SPDX-License-Identifier: MIT
// Subtitles as text files: SRT, WebVTT (W3C WebVTT 4), TTXT, and text as it comes. A packet is one cue.
#include <string.h>
#include "base/str.h"
#include "filters/writegen.h"

typedef struct {
	u64 start, end; // ms
	const char *text;
	u32 size; // without the blank lines at the end
} Cue;

// False for a packet that shows nothing.
static Bool load_cue(GF_FilterPacket *packet, Cue *cue)
{
	u32 timescale = gf_filter_pck_get_timescale(packet);
	u64 time = gf_filter_pck_get_cts(packet);
	if (time == GF_FILTER_NO_TS)
		time = 0;
	cue->start = gf_timestamp_rescale(time, timescale, 1000);
	cue->end = gf_timestamp_rescale(time + gf_filter_pck_get_duration(packet), timescale, 1000);
	cue->text = (const char *)gf_filter_pck_get_data(packet, &cue->size);
	while (cue->size && (cue->text[cue->size - 1] == '\n' || cue->text[cue->size - 1] == '\r' ||
							!cue->text[cue->size - 1]))
		cue->size--;
	return cue->size != 0;
}

static void add_time(StrBuf *sb, u64 ms, Bool hours, char separator)
{
	u32 seconds = (u32)(ms / 1000);
	if (hours)
		sb_addf(sb, "%02u:", seconds / 3600);
	sb_addf(sb, "%02u:%02u%c%03u", seconds / 60 % 60, seconds % 60, separator, (u32)(ms % 1000));
}

static GF_Err send_text(Writegen *ctx, StrBuf *sb, GF_FilterPacket *packet)
{
	GF_Err e = sb->failed ? GF_OUT_OF_MEM : writegen_send_bytes(ctx, sb_str(sb), (u32)sb->len, packet);
	sb_reset(sb);
	return e;
}

// ---- Text as it comes

static GF_Err write_text(Writegen *ctx, GF_FilterPacket *packet)
{
	GF_Err e = writegen_send_all(ctx, packet);
	return !e && ctx->add_nl ? writegen_send_bytes(ctx, "\n", 1, packet) : e;
}

const WriteKind writegen_text = {.write = write_text, .pieces = GF_TRUE};

// ---- SRT

static GF_Err write_srt(Writegen *ctx, GF_FilterPacket *packet)
{
	Cue cue;
	StrBuf sb;
	if (!load_cue(packet, &cue))
		return GF_OK;
	sb_init(&sb);
	sb_addf(&sb, "%u\n", ++ctx->nb_cues);
	add_time(&sb, cue.start, GF_TRUE, ',');
	sb_add(&sb, " --> ");
	add_time(&sb, cue.end, GF_TRUE, ',');
	const GF_PropertyValue *forced = gf_filter_pck_get_property(packet, GF_PROP_PCK_FORCED_SUB);
	if (forced && forced->value.boolean && gf_opts_get_bool("core", "srt-forced"))
		sb_add(&sb, " !!!");
	sb_addc(&sb, '\n');
	sb_addn(&sb, cue.text, cue.size);
	sb_add(&sb, ctx->add_nl ? "\n\n\n" : "\n\n");
	return send_text(ctx, &sb, packet);
}

const WriteKind writegen_srt = {.write = write_srt};

// ---- WebVTT

static GF_Err begin_vtt(Writegen *ctx, GF_FilterPacket *packet)
{
	Cue cue;
	if (ctx->decinfo == DECINFO_NO || (ctx->vtth == VTT_SINGLE && ctx->nb_cues) ||
		(ctx->vtth == VTT_SEGMENT && ctx->segmented && !load_cue(packet, &cue)))
		return GF_OK;
	const GF_PropertyValue *config = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_DECODER_CONFIG);
	StrBuf sb;
	sb_init(&sb);
	if (config && config->value.data.size)
		sb_addn(&sb, (const char *)config->value.data.ptr,
			strnlen((const char *)config->value.data.ptr, config->value.data.size));
	while (sb.len && sb.data[sb.len - 1] == '\n')
		sb_cut(&sb, sb.len - 1);
	if (!sb.len)
		sb_add(&sb, "WEBVTT");
	sb_add(&sb, "\n\n");
	return send_text(ctx, &sb, packet);
}

static const char *cue_property(GF_FilterPacket *packet, const char *name)
{
	const GF_PropertyValue *p = gf_filter_pck_get_property_str(packet, name);
	return p && p->value.string && p->value.string[0] ? p->value.string : NULL;
}

static GF_Err write_vtt(Writegen *ctx, GF_FilterPacket *packet)
{
	Cue cue;
	StrBuf sb;
	if (!load_cue(packet, &cue))
		return GF_OK;
	ctx->nb_cues++;
	sb_init(&sb);
	const char *before = cue_property(packet, "vtt_pre");
	const char *id = cue_property(packet, "vtt_cueid");
	const char *settings = cue_property(packet, "vtt_settings");
	Bool always_hours = gf_opts_get_bool("core", "webvtt-hours");
	if (before)
		sb_addf(&sb, "%s\n\n", before);
	if (id)
		sb_addf(&sb, "%s\n", id);
	add_time(&sb, cue.start, always_hours || cue.start >= 3600000, '.');
	sb_add(&sb, " --> ");
	add_time(&sb, cue.end, always_hours || cue.end >= 3600000, '.');
	if (settings)
		sb_addf(&sb, " %s", settings);
	sb_addc(&sb, '\n');
	sb_addn(&sb, cue.text, cue.size);
	sb_add(&sb, ctx->add_nl ? "\n\n\n" : "\n\n");
	return send_text(ctx, &sb, packet);
}

const WriteKind writegen_vtt = {.begin = begin_vtt, .write = write_vtt};

// ---- TTXT

static GF_Err begin_ttxt(Writegen *ctx, GF_FilterPacket *packet)
{
	const GF_PropertyValue *config = gf_filter_pid_get_property(ctx->ipid, GF_PROP_PID_DECODER_CONFIG);
	StrBuf sb;
	sb_init(&sb);
	// The unframer of TX3G makes the header; a stream from elsewhere gets the least one.
	if (config && config->value.data.size && config->value.data.ptr[0] == '<')
		sb_addn(&sb, (const char *)config->value.data.ptr, config->value.data.size);
	else
		sb_add(&sb, "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<TextStream version=\"1.1\">\n");
	return send_text(ctx, &sb, packet);
}

static GF_Err end_ttxt(Writegen *ctx)
{
	static const char end[] = "</TextStream>\n";
	return writegen_send_bytes(ctx, end, sizeof(end) - 1, NULL);
}

const WriteKind writegen_ttxt = {
	.begin = begin_ttxt, .write = write_text, .end = end_ttxt, .pieces = GF_TRUE};
