// SPDX-License-Identifier: MIT
// Text form of the report: PID descriptions and packets.
#include <gpac/tools.h>
#include "filters/inspect.h"

void inspect_packet_load(InspectPacket *p, GF_FilterPacket *pck)
{
	p->pck = pck;
	p->data = gf_filter_pck_get_data(pck, &p->size);
	p->is_interface = gf_filter_pck_get_frame_interface(pck) ? GF_TRUE : GF_FALSE;
	gf_filter_pck_get_framing(pck, &p->start, &p->end);
	p->dts = gf_filter_pck_get_dts(pck);
	p->cts = gf_filter_pck_get_cts(pck);
	p->duration = gf_filter_pck_get_duration(pck);
	p->sap = gf_filter_pck_get_sap(pck);
}

const char *inspect_sap_name(GF_FilterSAPType sap)
{
	static const char *const names[] = {"0", "1", "2", "3", "4", "4 (prol)"};
	return (u32)sap < sizeof(names) / sizeof(names[0]) ? names[sap] : "N/A";
}

static void add_field(StrBuf *sb, const char *name, u64 v)
{
	sb_add(sb, name);
	inspect_add_u64(sb, v);
}

// Time stamps and offsets are all ones when unknown.
static void add_known(StrBuf *sb, const char *name, u64 v)
{
	sb_add(sb, name);
	if (v == GF_FILTER_NO_TS)
		sb_add(sb, "N/A");
	else
		inspect_add_u64(sb, v);
}

static void add_optional(StrBuf *sb, const char *name, u64 v)
{
	if (v)
		add_field(sb, name, v);
}

static void add_full_pid(const InspectCtx *ctx, InspectPid *p, StrBuf *sb)
{
	Bool info = p->line == LINE_INFO ? GF_TRUE : GF_FALSE;
	add_field(sb, "PID ", p->index);
	sb_add(sb, " name ");
	sb_add(sb, gf_filter_pid_get_name(p->pid));
	sb_add(sb, info ? " info update" : p->line == LINE_RECONFIGURE ? " Reconfigure" : " Configure");
	if (p->nb_since_config) {
		add_field(sb, " after ", p->nb_since_config);
		sb_add(sb, " packets");
	}
	sb_add(sb, info ? "\n" : " - properties:\n");
	inspect_pid_props(ctx, p, sb, info);
	if (info || gf_filter_pid_get_property(p->pid, GF_PROP_PID_CODEC))
		return;
	char codec[RFC6381_CODEC_NAME_SIZE_MAX];
	if (!gf_filter_pid_get_rfc_6381_codec_string(p->pid, codec, GF_FALSE, GF_FALSE, NULL, NULL)) {
		sb_add(sb, "\tCodec: ");
		sb_add(sb, codec);
		sb_addc(sb, '\n');
	}
}

void inspect_text_pid(const InspectCtx *ctx, InspectPid *p, StrBuf *sb)
{
	if (ctx->view.full)
		add_full_pid(ctx, p, sb);
	else
		inspect_short_line(p, sb);
}

static const char *framing_name(const InspectPacket *pck)
{
	if (pck->is_interface)
		return "interface";
	if (pck->start)
		return pck->end ? "full frame" : "frame start";
	return pck->end ? "frame end" : "frame continuation";
}

static void add_payload(const InspectCtx *ctx, const InspectPacket *pck, StrBuf *sb)
{
	if (!pck->size)
		return;
	if (ctx->opt.dump_data) {
		sb_add(sb, " data ");
		inspect_add_hex(sb, pck->data, pck->size);
	} else if (ctx->opt.test != TEST_NOCRC) {
		sb_addf(sb, " CRC32 0x%08X", gf_crc_32(pck->data, pck->size));
	}
}

static void add_full_packet(const InspectCtx *ctx, const InspectPacket *pck, StrBuf *sb)
{
	u8 deps = gf_filter_pck_get_dependency_flags(pck->pck);
	sb_add(sb, " - ");
	sb_add(sb, framing_name(pck));
	add_known(sb, " dts ", pck->dts);
	add_known(sb, " cts ", pck->cts);
	add_field(sb, " dur ", pck->duration);
	sb_add(sb, " sap ");
	sb_add(sb, inspect_sap_name(pck->sap));
	add_field(sb, " ilace ", gf_filter_pck_get_interlaced(pck->pck));
	add_field(sb, " corr ", gf_filter_pck_get_corrupted(pck->pck));
	add_field(sb, " seek ", gf_filter_pck_get_seek_flag(pck->pck));
	add_known(sb, " bo ", gf_filter_pck_get_byte_offset(pck->pck));
	add_field(sb, " roll ", (u32)gf_filter_pck_get_roll_info(pck->pck));
	add_field(sb, " crypt ", gf_filter_pck_get_crypt_flags(pck->pck));
	add_field(sb, " vers ", gf_filter_pck_get_carousel_version(pck->pck));
	if (!pck->is_interface)
		add_field(sb, " size ", pck->size);
	add_field(sb, " lp ", deps >> 6);
	add_field(sb, " depo ", (deps >> 4) & 3);
	add_field(sb, " depf ", (deps >> 2) & 3);
	add_field(sb, " red ", deps & 3);
	add_payload(ctx, pck, sb);
	sb_addc(sb, '\n');
	if (ctx->opt.props)
		inspect_packet_props(ctx, pck->pck, sb);
}

static void add_short_packet(const InspectPacket *pck, StrBuf *sb)
{
	add_known(sb, " cts ", pck->cts);
	if (pck->dts != GF_FILTER_NO_TS && pck->dts != pck->cts)
		add_field(sb, " dts ", pck->dts);
	add_optional(sb, " dur ", pck->duration);
	if (pck->sap) {
		sb_add(sb, " sap ");
		sb_add(sb, inspect_sap_name(pck->sap));
	}
	add_optional(sb, " ilace ", gf_filter_pck_get_interlaced(pck->pck));
	add_optional(sb, " corr ", gf_filter_pck_get_corrupted(pck->pck));
	add_optional(sb, " seek ", gf_filter_pck_get_seek_flag(pck->pck));
	add_optional(sb, " crypt ", gf_filter_pck_get_crypt_flags(pck->pck));
	add_optional(sb, " vers ", gf_filter_pck_get_carousel_version(pck->pck));
	if (!pck->is_interface)
		add_field(sb, " size ", pck->size);
	sb_addc(sb, '\n');
}

static void add_packet_start(InspectPid *p, StrBuf *sb)
{
	add_field(sb, "PID ", p->index);
	add_field(sb, " PCK ", p->nb_packets);
}

void inspect_text_packet(const InspectCtx *ctx, InspectPid *p, const InspectPacket *pck, StrBuf *sb)
{
	add_packet_start(p, sb);
	if (ctx->view.full)
		add_full_packet(ctx, pck, sb);
	else
		add_short_packet(pck, sb);
}

void inspect_text_clock(const InspectCtx *ctx, InspectPid *p, const InspectPacket *pck, StrBuf *sb)
{
	add_packet_start(p, sb);
	sb_add(sb, ctx->view.full ? " -  PCR" : " PCR");
	if (gf_filter_pck_get_clock_type(pck->pck) == GF_FILTER_CLOCK_PCR_DISC)
		sb_add(sb, " discontinuity");
	add_known(sb, " ", pck->cts);
	sb_addc(sb, '\n');
}
