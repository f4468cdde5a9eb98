// SPDX-License-Identifier: MIT
// Analysis of audio: AAC and Opus configurations, MPEG audio frame headers.
#include "base/bits.h"
#include "filters/inspect_analyze.h"
#include "formats/aac_config.h"
#include "formats/mpeg_audio.h"

void analyze_aac_config(InspectPid *p, StrBuf *sb)
{
	static const char *const signalling[] = {"implicit", "absent", "compatible", "hierarchical"};
	const GF_PropData *data = inspect_prop_data(p, GF_PROP_PID_DECODER_CONFIG);
	if (!data)
		return;
	AacConfig cfg;
	Element el;
	el_open(&el, sb, "MPEG4AudioConfiguration");
	if (aac_config_parse(data->ptr, data->size, &cfg)) {
		el_text(&el, "status", "error parsing");
		el_close(&el);
		return;
	}
	el_u64(&el, "object_type", cfg.object_type);
	el_u64(&el, "sample_rate", cfg.rate);
	el_u64(&el, "channel_config", cfg.channel_config);
	el_u64(&el, "channels", cfg.nb_channels);
	el_u64(&el, "frame_length", cfg.frame_length);
	el_text(&el, "sbr", signalling[cfg.sbr & 3]);
	if (cfg.sbr_rate)
		el_u64(&el, "sbr_sample_rate", cfg.sbr_rate);
	el_text(&el, "ps", signalling[cfg.ps & 3]);
	el_flag(&el, "program_config_element", cfg.has_program);
	el_close(&el);
}

static u32 read_le(const u8 *d, u32 nb)
{
	u32 v = 0;
	for (u32 i = 0; i < nb; i++)
		v |= (u32)d[i] << (8 * i);
	return v;
}

// Identification header of RFC 7845 5.1, without its magic signature.
void analyze_opus_config(InspectPid *p, StrBuf *sb)
{
	const GF_PropData *data = inspect_prop_data(p, GF_PROP_PID_DECODER_CONFIG);
	if (!data)
		return;
	Element el;
	el_open(&el, sb, "OpusConfiguration");
	const u8 *d = data->ptr;
	u32 nb_channels = data->size >= 11 ? d[1] : 0;
	if (!nb_channels || (d[10] && data->size < 13 + nb_channels)) {
		el_text(&el, "status", "error parsing");
		el_close(&el);
		return;
	}
	el_u64(&el, "version", d[0]);
	el_u64(&el, "channels", nb_channels);
	el_u64(&el, "pre_skip", read_le(d + 2, 2));
	el_u64(&el, "input_sample_rate", read_le(d + 4, 4));
	el_s64(&el, "output_gain", (s16)read_le(d + 8, 2));
	el_u64(&el, "mapping_family", d[10]);
	if (d[10]) {
		el_u64(&el, "streams", d[11]);
		el_u64(&el, "coupled_streams", d[12]);
		el_hex(&el, "mapping", d + 13, nb_channels);
	}
	el_close(&el);
}

void analyze_mpeg_audio_packet(InspectPid *p, const InspectPacket *pck, StrBuf *sb)
{
	static const char *const versions[] = {"1", "2", "2.5"};
	MpegAudioHeader h;
	Element el;
	el_open(&el, sb, "MPEGAudioFrame");
	el_u64(&el, "size", pck->size);
	if (p->analyzer->crc)
		el_crc(&el, pck->data, pck->size);
	if (mpeg_audio_parse(pck->data, pck->size, &h)) {
		el_text(&el, "version", versions[h.version]);
		el_u64(&el, "layer", h.layer);
		el_u64(&el, "sample_rate", h.rate);
		el_u64(&el, "channels", h.nb_channels);
		el_u64(&el, "bitrate", h.bitrate);
		el_u64(&el, "frame_size", h.frame_size);
		el_u64(&el, "samples", h.nb_samples);
		el_flag(&el, "crc_protection", h.has_crc);
	} else {
		el_text(&el, "status", "error parsing");
	}
	el_close(&el);
}
