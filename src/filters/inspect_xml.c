// SPDX-License-Identifier: MIT
// XML form of the report.
#include <string.h>
#include <gpac/tools.h>
#include "filters/inspect.h"
#include "filters/inspect_analyze.h"

static void add_attr(StrBuf *sb, const char *name, u64 v)
{
	sb_addc(sb, ' ');
	sb_add(sb, name);
	sb_add(sb, "=\"");
	inspect_add_u64(sb, v);
	sb_addc(sb, '"');
}

// Time stamps and offsets are all ones when unknown.
static void add_known(StrBuf *sb, const char *name, u64 v)
{
	if (v == GF_FILTER_NO_TS)
		sb_addf(sb, " %s=\"N/A\"", name);
	else
		add_attr(sb, name, v);
}

static void add_text(StrBuf *sb, const char *name, const char *text)
{
	sb_addf(sb, " %s=\"", name);
	inspect_add_xml(sb, text, strlen(text));
	sb_addc(sb, '"');
}

void inspect_xml_pid(const InspectCtx *ctx, InspectPid *p, StrBuf *sb)
{
	const char *element = p->line == LINE_INFO          ? "PIDInfoUpdate"
						  : p->line == LINE_RECONFIGURE ? "PIDReconfigure"
														: "PIDConfigure";
	sb_addf(sb, "<%s", element);
	add_attr(sb, "PID", p->index);
	add_text(sb, "name", gf_filter_pid_get_name(p->pid));
	if (p->nb_since_config)
		add_attr(sb, "packetsSinceLastConfig", p->nb_since_config);
	inspect_pid_props(ctx, p, sb, p->line == LINE_INFO);
	if (p->line == LINE_INFO) {
		sb_add(sb, "/>\n");
		return;
	}
	char codec[RFC6381_CODEC_NAME_SIZE_MAX];
	if (!gf_filter_pid_get_property(p->pid, GF_PROP_PID_CODEC) &&
		!gf_filter_pid_get_rfc_6381_codec_string(p->pid, codec, GF_FALSE, GF_FALSE, NULL, NULL))
		add_text(sb, "Codec", codec);
	size_t start = sb->len;
	if (p->analyzer) {
		sb_add(sb, ">\n");
		size_t content = sb->len;
		inspect_analyze_config(p, sb);
		if (sb->len > content) {
			sb_addf(sb, "</%s>\n", element);
			return;
		}
		sb_cut(sb, start);
	}
	sb_add(sb, "/>\n");
}

static const char *framing_name(const InspectPacket *pck)
{
	if (pck->is_interface)
		return "interface";
	if (pck->start)
		return pck->end ? "complete" : "start";
	return pck->end ? "end" : "continuation";
}

static void add_interface(GF_FilterFrameInterface *ifce, StrBuf *sb)
{
	u32 format = 0, id = 0;
	float matrix[16];
	if (ifce->get_gl_texture) {
		if (!ifce->get_gl_texture(ifce, 0, &format, &id, matrix))
			add_attr(sb, "Interface_GLTexID", id);
		return;
	}
	u32 nb_planes = 0;
	const u8 *plane = NULL;
	u32 stride = 0;
	// the formats of this library have at most five planes
	while (nb_planes < 5 && ifce->get_plane && !ifce->get_plane(ifce, nb_planes, &plane, &stride))
		nb_planes++;
	add_attr(sb, "Interface_NumPlanes", nb_planes);
}

static void add_payload(const InspectCtx *ctx, const InspectPacket *pck, StrBuf *sb)
{
	if (pck->is_interface) {
		add_interface(gf_filter_pck_get_frame_interface(pck->pck), sb);
	} else if (!pck->size) {
		return;
	} else if (ctx->opt.dump_data) {
		sb_add(sb, " data=\"");
		inspect_add_hex(sb, pck->data, pck->size);
		sb_addc(sb, '"');
	} else if (ctx->opt.test != TEST_NOCRC) {
		sb_addf(sb, " CRC32=\"0x%08X\"", gf_crc_32(pck->data, pck->size));
	}
}

static void add_packet_start(const InspectCtx *ctx, InspectPid *p, StrBuf *sb)
{
	sb_add(sb, "<Packet");
	add_attr(sb, "number", p->nb_packets);
	if (ctx->opt.interleave)
		add_attr(sb, "PID", p->index);
}

void inspect_xml_packet(const InspectCtx *ctx, InspectPid *p, const InspectPacket *pck, StrBuf *sb)
{
	u8 deps = gf_filter_pck_get_dependency_flags(pck->pck);
	add_packet_start(ctx, p, sb);
	add_text(sb, "framing", framing_name(pck));
	add_known(sb, "dts", pck->dts);
	add_known(sb, "cts", pck->cts);
	add_attr(sb, "dur", pck->duration);
	add_text(sb, "sap", inspect_sap_name(pck->sap));
	add_attr(sb, "ilace", gf_filter_pck_get_interlaced(pck->pck));
	add_attr(sb, "corr", gf_filter_pck_get_corrupted(pck->pck));
	add_attr(sb, "seek", gf_filter_pck_get_seek_flag(pck->pck));
	add_known(sb, "bo", gf_filter_pck_get_byte_offset(pck->pck));
	add_attr(sb, "roll", (u32)gf_filter_pck_get_roll_info(pck->pck));
	add_attr(sb, "crypt", gf_filter_pck_get_crypt_flags(pck->pck));
	add_attr(sb, "vers", gf_filter_pck_get_carousel_version(pck->pck));
	if (!pck->is_interface)
		add_attr(sb, "size", pck->size);
	add_attr(sb, "lp", deps >> 6);
	add_attr(sb, "depo", (deps >> 4) & 3);
	add_attr(sb, "depf", (deps >> 2) & 3);
	add_attr(sb, "red", deps & 3);
	add_payload(ctx, pck, sb);
	if (ctx->opt.props)
		inspect_packet_props(ctx, pck->pck, sb);

	size_t start = sb->len;
	if (p->analyzer) {
		sb_add(sb, ">\n");
		size_t content = sb->len;
		inspect_analyze_packet(p, pck, sb);
		if (sb->len > content) {
			sb_add(sb, "</Packet>\n");
			return;
		}
		sb_cut(sb, start);
	}
	sb_add(sb, "/>\n");
}

void inspect_xml_clock(const InspectCtx *ctx, InspectPid *p, const InspectPacket *pck, StrBuf *sb)
{
	add_packet_start(ctx, p, sb);
	add_known(sb, "PCR", pck->cts);
	if (gf_filter_pck_get_clock_type(pck->pck) == GF_FILTER_CLOCK_PCR_DISC)
		sb_add(sb, " discontinuity=\"true\"");
	sb_add(sb, "/>\n");
}
