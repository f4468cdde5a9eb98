// SPDX-License-Identifier: MIT
// Audio sample entries: ISO/IEC 14496-12 12.2, QuickTime File Format "Sound Sample Descriptions",
// uncompressed audio (ISO/IEC 23003-5), Opus in ISOBMFF.
#include "formats/aac_config.h"
#include "formats/isom_write_entry.h"

static u32 pcm_bits(u32 format)
{
	switch (format) {
	case GF_AUDIO_FMT_U8:
		return 8;
	case GF_AUDIO_FMT_S16:
	case GF_AUDIO_FMT_S16_BE:
		return 16;
	case GF_AUDIO_FMT_S24:
	case GF_AUDIO_FMT_S24_BE:
		return 24;
	case GF_AUDIO_FMT_DBL:
	case GF_AUDIO_FMT_DBL_BE:
		return 64;
	default:
		return 32;
	}
}

static Bool pcm_little_endian(u32 format)
{
	return format == GF_AUDIO_FMT_S16 || format == GF_AUDIO_FMT_S24 || format == GF_AUDIO_FMT_S32 ||
		   format == GF_AUDIO_FMT_FLT || format == GF_AUDIO_FMT_DBL;
}

static u32 config_channels(const IsowEntry *e)
{
	AacConfig config;
	if (e->codec != GF_CODECID_AAC_MPEG4 || aac_config_parse(e->config, e->config_size, &config) != GF_OK)
		return 0;
	return config.ps == AAC_COMPATIBLE || config.ps == AAC_HIERARCHICAL ? 2 : config.nb_channels;
}

static Bool is_dolby(u32 codec)
{
	return codec == GF_CODECID_AC3 || codec == GF_CODECID_EAC3 || codec == GF_CODECID_AC4;
}

// Channel count of the fixed fields.
static u32 entry_channels(const IsowEntry *e)
{
	u32 count = e->channels ? e->channels : 2;
	switch (e->audio_version) {
	case ISOW_AUDIO_V0_STEREO:
		return 2;
	case ISOW_AUDIO_V0_STREAM:
		return config_channels(e) ? config_channels(e) : count;
	case ISOW_AUDIO_V0:
		// ETSI TS 102 366 F.3: the channel count of the entry is ignored, 2 is what readers expect
		return is_dolby(e->codec) ? 2 : count;
	default:
		return count;
	}
}

// 12.2.4: the layout as a code point of ISO/IEC 23091-3.
static void write_chnl(ByteWriter *w, const IsowEntry *e)
{
	if (!e->channel_cicp)
		return;
	size_t box = isow_full_box(w, "chnl", 0, 0);
	bw_u8(w, 1); // channel structured
	bw_u8(w, e->channel_cicp);
	bw_u64(w, 0); // no channel of the layout is omitted
	isow_end(w, box);
}

// 23003-5 5.4
static void write_pcmc(ByteWriter *w, const IsowEntry *e)
{
	size_t box = isow_full_box(w, "pcmC", 0, 0);
	bw_u8(w, pcm_little_endian(e->pcm_format) ? 1 : 0);
	bw_u8(w, pcm_bits(e->pcm_format));
	isow_end(w, box);
}

// QuickTime sound description, version 1: sizes of a packet, and byte order of PCM in a `wave` atom.
static void write_quicktime_v1(ByteWriter *w, const IsowEntry *e, u32 type)
{
	u32 bytes = e->codec == GF_CODECID_RAW ? pcm_bits(e->pcm_format) / 8 : 0;
	bw_u32(w, bytes ? 1 : 1024);
	bw_u32(w, bytes);
	bw_u32(w, bytes * e->channels);
	bw_u32(w, bytes ? bytes : 2);
	if (!bytes || type == isow_code("raw ") || type == isow_code("twos"))
		return;
	size_t wave = isow_box(w, "wave");
	size_t frma = isow_box(w, "frma");
	bw_u32(w, type);
	isow_end(w, frma);
	size_t enda = isow_box(w, "enda");
	bw_u16(w, pcm_little_endian(e->pcm_format) ? 1 : 0);
	isow_end(w, enda);
	bw_u32(w, 8); // terminator atom
	bw_u32(w, 0);
	isow_end(w, wave);
}

// QuickTime sound description, version 2: fixed values in the fields of version 0, the real ones after.
static void write_quicktime_v2(ByteWriter *w, const IsowEntry *e)
{
	bw_u16(w, 2);
	bw_zeros(w, 6);
	bw_u16(w, 3);
	bw_u16(w, 16);
	bw_u16(w, 0xFFFE);
	bw_u16(w, 0);
	bw_u32(w, 0x10000);
	bw_u32(w, 72);
	double rate = e->sample_rate;
	u64 coded;
	memcpy(&coded, &rate, 8);
	bw_u64(w, coded);
	bw_u32(w, e->channels);
	bw_u32(w, 0x7F000000);
	u32 bits = pcm_bits(e->pcm_format);
	bw_u32(w, bits);
	// format flags of CoreAudio: 1 float, 2 big-endian, 4 signed, 8 packed
	Bool is_float = bits == 64 || e->pcm_format == GF_AUDIO_FMT_FLT || e->pcm_format == GF_AUDIO_FMT_FLT_BE;
	bw_u32(w, (is_float ? 1 : 4) | (pcm_little_endian(e->pcm_format) ? 0 : 2) | 8);
	bw_u32(w, bits / 8 * e->channels);
	bw_u32(w, 1);
}

GF_Err isow_write_audio(ByteWriter *w, const IsowEntry *e, u32 type)
{
	Bool pcm = e->codec == GF_CODECID_RAW;
	Bool iso_pcm = type == isow_code("ipcm") || type == isow_code("fpcm");
	if (type == isow_code("lpcm")) {
		write_quicktime_v2(w, e);
		return GF_OK;
	}
	u32 version = 0;
	if (e->audio_version >= ISOW_AUDIO_V1 ||
		(pcm && !iso_pcm && type != isow_code("raw ") && type != isow_code("twos")))
		version = 1;
	Bool quicktime_v1 = version && e->audio_version != ISOW_AUDIO_V1;

	bw_u16(w, version);
	bw_zeros(w, 6);
	bw_u16(w, entry_channels(e));
	u32 bits = pcm ? pcm_bits(e->pcm_format) : e->bits_per_sample ? e->bits_per_sample : 16;
	bw_u16(w, quicktime_v1 && bits > 16 ? 16 : bits);
	bw_u16(w, quicktime_v1 && !pcm ? 0xFFFE : 0);
	bw_u16(w, 0);
	// 12.2.3.2: 16.16 fixed point; a higher rate goes in `srat` (version 1) or in the time scale alone
	bw_u32(w, e->sample_rate <= 0xFFFF ? e->sample_rate << 16 : version == 1 && !quicktime_v1 ? 0x10000 : 0);
	if (quicktime_v1) {
		write_quicktime_v1(w, e, type);
	} else if (version) {
		size_t srat = isow_full_box(w, "srat", 0, 0);
		bw_u32(w, e->sample_rate);
		isow_end(w, srat);
	}
	if (iso_pcm)
		write_pcmc(w, e);
	if (iso_pcm || (version && !quicktime_v1))
		write_chnl(w, e);
	return GF_OK;
}

// Encapsulation of Opus in ISOBMFF 4.3.2: the fields of the identification header (RFC 7845 5.1), whose
// integers change their byte order.
GF_Err isow_write_opus(ByteWriter *w, const IsowEntry *e)
{
	const u8 *c = e->config;
	u8 family = c[10], channels = c[1];
	u32 size = family ? 13 + (u32)channels : 11;
	if (e->config_size < size)
		return isow_bad_config(e, "the channel mapping table is not complete");
	size_t box = isow_box(w, "dOps");
	bw_u8(w, 0);
	bw_u8(w, channels);
	bw_u16(w, (u32)c[3] << 8 | c[2]);
	bw_u32(w, (u32)c[7] << 24 | (u32)c[6] << 16 | (u32)c[5] << 8 | c[4]);
	bw_u16(w, (u32)c[9] << 8 | c[8]);
	bw_u8(w, family);
	bw_bytes(w, c + 11, size - 11);
	isow_end(w, box);
	return GF_OK;
}
