// SPDX-License-Identifier: MIT
// Bitstream analysis of `inspect`: which codec is described by which page.
#include "filters/inspect_analyze.h"

Analyzer *inspect_analyzer_new(const InspectCtx *ctx)
{
	Analyzer *an = gf_calloc(1, sizeof(*an));
	if (!an)
		return NULL;
	an->level = ctx->view.analyze;
	an->crc = ctx->opt.crc;
	an->counts_frames = ctx->opt.fftmcd;
	return an;
}

void inspect_analyzer_del(Analyzer *an)
{
	if (!an)
		return;
	analyze_nal_reset(an);
	av1_parser_reset(&an->av1);
	gf_free(an);
}

void inspect_analyze_config(InspectPid *p, StrBuf *sb)
{
	Analyzer *an = p->analyzer;
	if (an->codec_id != p->codec_id) {
		analyze_nal_reset(an);
		av1_parser_reset(&an->av1);
	}
	an->codec_id = p->codec_id;
	if (analyze_is_nal(p->codec_id)) {
		analyze_nal_config(p, sb);
		return;
	}
	switch (p->codec_id) {
	case GF_CODECID_AV1:
		analyze_av1_config(p, sb);
		break;
	case GF_CODECID_VP8:
	case GF_CODECID_VP9:
	case GF_CODECID_VP10:
		analyze_vpx_config(p, sb);
		break;
	case GF_CODECID_AAC_MPEG4:
	case GF_CODECID_AAC_MPEG2_MP:
	case GF_CODECID_AAC_MPEG2_LCP:
	case GF_CODECID_AAC_MPEG2_SSRP:
	case GF_CODECID_USAC:
		analyze_aac_config(p, sb);
		break;
	case GF_CODECID_OPUS:
		analyze_opus_config(p, sb);
		break;
	case GF_CODECID_MPEG4_PART2: {
		const GF_PropData *data = inspect_prop_data(p, GF_PROP_PID_DECODER_CONFIG);
		if (data)
			analyze_start_codes(p, data->ptr, data->size, sb);
		break;
	}
	case GF_CODECID_TX3G:
		analyze_tx3g_config(p, sb);
		break;
	case GF_CODECID_SUBS_XML:
	case GF_CODECID_META_XML:
		analyze_xml_text_config(p, sb);
		break;
	default:
		break;
	}
}

static void analyze_frame(InspectPid *p, const InspectPacket *pck, StrBuf *sb)
{
	switch (p->codec_id) {
	case GF_CODECID_AV1:
		analyze_av1_packet(p, pck, sb);
		break;
	case GF_CODECID_VP8:
		analyze_vp8_packet(p, pck, sb);
		break;
	case GF_CODECID_VP9:
		analyze_vp9_packet(p, pck, sb);
		break;
	case GF_CODECID_MPEG1:
	case GF_CODECID_MPEG2_SIMPLE:
	case GF_CODECID_MPEG2_MAIN:
	case GF_CODECID_MPEG2_SNR:
	case GF_CODECID_MPEG2_SPATIAL:
	case GF_CODECID_MPEG2_HIGH:
	case GF_CODECID_MPEG2_422:
	case GF_CODECID_MPEG4_PART2:
		analyze_start_codes(p, pck->data, pck->size, sb);
		break;
	case GF_CODECID_MPEG_AUDIO:
	case GF_CODECID_MPEG2_PART3:
	case GF_CODECID_MPEG_AUDIO_L1:
		analyze_mpeg_audio_packet(p, pck, sb);
		break;
	case GF_CODECID_TMCD:
		analyze_timecode_packet(p, pck, sb);
		break;
	case GF_CODECID_SCTE35:
		analyze_scte35(pck->data, pck->size, sb);
		break;
	default:
		break;
	}
}

void inspect_analyze_packet(InspectPid *p, const InspectPacket *pck, StrBuf *sb)
{
	analyze_scte35_props(pck, sb);
	if (!pck->size)
		return;
	if (analyze_is_nal(p->codec_id))
		analyze_nal_packet(p, pck, sb);
	else if (!gf_filter_pck_get_crypt_flags(pck->pck))
		analyze_frame(p, pck, sb);
}
