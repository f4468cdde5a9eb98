// SPDX-License-Identifier: MIT
#include "formats/rfc6381.h"

#include <stdarg.h>
#include <stdio.h>
#include "formats/aac_config.h"
#include "formats/av1.h"
#include "formats/avc.h"
#include "formats/hevc.h"
#include "formats/vvc.h"

// A string that stops growing at its capacity; no codec's string comes near it.
typedef struct {
	char text[RFC6381_MAX_SIZE];
	u32 size;
} Text;

static void __attribute__((format(printf, 2, 3))) add(Text *t, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(t->text + t->size, sizeof(t->text) - t->size, format, args);
	va_end(args);
	if (n > 0)
		t->size += (u32)n;
	if (t->size >= sizeof(t->text))
		t->size = sizeof(t->text) - 1;
}

// Trailing spaces of a code (`vc1 `) have no place in a codecs parameter.
static void add_4cc(Text *t, u32 code)
{
	u32 size = t->size;
	add(t, "%c%c%c%c", code >> 24, (code >> 16) & 0xFF, (code >> 8) & 0xFF, code & 0xFF);
	while (t->size > size && t->text[t->size - 1] == ' ')
		t->text[--t->size] = 0;
}

static void avc_string(const Rfc6381Params *p, const char *entry, Text *t)
{
	add(t, "%s", entry);
	if (p->config_size >= 4)
		add(t, ".%02X%02X%02X", p->config[1], p->config[2], p->config[3]);
}

// ISO/IEC 14496-15 E.3
static void hevc_string(const Rfc6381Params *p, const char *entry, Text *t)
{
	HevcConfig config;
	add(t, "%s", entry);
	if (!p->config_size || hevc_config_read(p->config, p->config_size, GF_FALSE, &config))
		return;
	const HevcPtl *ptl = &config.ptl;
	add(t, ".");
	if (ptl->profile_space)
		add(t, "%c", 'A' + ptl->profile_space - 1);
	u32 reversed = 0;
	for (u32 i = 0; i < 32; i++)
		reversed |= (ptl->compatibility >> i & 1) << (31 - i);
	add(t, "%u.%X.%c%u", ptl->profile_idc, reversed, ptl->tier ? 'H' : 'L', ptl->level_idc);
	u32 nb_bytes = sizeof(ptl->constraints);
	while (nb_bytes > 1 && !ptl->constraints[nb_bytes - 1])
		nb_bytes--;
	for (u32 i = 0; i < nb_bytes; i++)
		add(t, ".%X", ptl->constraints[i]);
	nal_sets_reset(&config.sets);
}

// ISO/IEC 14496-15 E.6
static void vvc_string(const Rfc6381Params *p, const char *entry, Text *t)
{
	static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	VvcConfig config;
	add(t, "%s", entry);
	if (!p->config_size || vvc_config_read(p->config, p->config_size, &config))
		return;
	const VvcPtl *ptl = &config.ptl;
	if (config.ptl_present) {
		u8 bytes[VVC_MAX_CONSTRAINT_BYTES + 2] = {(u8)(ptl->frame_only << 7 | ptl->multilayer_enabled << 6)};
		for (u32 i = 0; i < ptl->nb_constraint_bits; i++) {
			u32 bit = ptl->constraints[i / 8] >> (7 - i % 8) & 1;
			bytes[(i + 2) / 8] |= (u8)(bit << (7 - (i + 2) % 8));
		}
		u32 nb_bytes = sizeof(bytes);
		while (nb_bytes && !bytes[nb_bytes - 1])
			nb_bytes--;
		add(t, ".%u.%c%u.C", ptl->profile_idc, ptl->tier ? 'H' : 'L', ptl->level_idc);
		BitReader r;
		br_init(&r, bytes, sizeof(bytes));
		for (u32 pos = 0; pos == 0 || pos < 8 * nb_bytes; pos += 5)
			add(t, "%c", base32[br_bits(&r, 5)]);
	}
	nal_sets_reset(&config.sets);
}

static void aac_string(const Rfc6381Params *p, Text *t)
{
	add(t, "mp4a.40");
	AacConfig config;
	if (!p->config_size || aac_config_parse(p->config, p->config_size, &config))
		return;
	u32 object_type = config.object_type;
	Bool explicit_sbr = config.sbr == AAC_HIERARCHICAL || (p->force_sbr && config.sbr == AAC_COMPATIBLE);
	Bool explicit_ps = config.ps == AAC_HIERARCHICAL || (p->force_sbr && config.ps == AAC_COMPATIBLE);
	if (object_type == AOT_AAC_LC && explicit_ps)
		object_type = AOT_PS;
	else if (object_type == AOT_AAC_LC && explicit_sbr)
		object_type = AOT_SBR;
	add(t, ".%u", object_type);
}

// ISO/IEC 14496-2 6.2.2: profile_and_level_indication follows visual_object_sequence_start_code.
static void mpeg4_visual_string(const Rfc6381Params *p, Text *t)
{
	static const u8 start_code[4] = {0, 0, 1, 0xB0};
	u32 level = p->profile_level;
	const u8 *found = p->config_size > 4 ? memmem(p->config, p->config_size - 1, start_code, 4) : NULL;
	if (found)
		level = found[4];
	add(t, "mp4v.20");
	if (level)
		add(t, ".%x", level);
}

// AV1 Codec ISO Media File Format Binding, section 5
static void av1_string(const Rfc6381Params *p, const char *entry, Text *t)
{
	add(t, "%s", entry);
	if (p->config_size < 4)
		return;
	const u8 *c = p->config;
	u32 bit_depth = !(c[2] & 0x40) ? 8 : c[2] & 0x20 ? 12 : 10;
	add(t, ".%u.%02u%c.%02u", c[1] >> 5, c[1] & 0x1F, c[2] & 0x80 ? 'H' : 'M', bit_depth);
	Av1Sequence s;
	if (!av1_find_sequence(c + 4, p->config_size - 4, &s) || !s.colour_description)
		return;
	u32 sub_x = c[2] >> 3 & 1, sub_y = c[2] >> 2 & 1;
	add(t, ".%u.%u%u%u.%02u.%02u.%02u.%u", c[2] >> 4 & 1, sub_x, sub_y, sub_x && sub_y ? c[2] & 3 : 0,
		s.primaries, s.transfer, s.matrix, s.full_range);
}

// VP Codec ISO Media File Format Binding, section "codecs parameter"
static void vpx_string(const Rfc6381Params *p, const char *entry, Text *t)
{
	add(t, "%s", entry);
	if (p->config_size < 6)
		return;
	const u8 *c = p->config;
	u8 colour[4] = {c[3], c[4], c[5], c[2] & 1};
	if (p->has_colour)
		memcpy(colour, (u8[]){p->primaries, p->transfer, p->matrix, p->full_range}, 4);
	add(t, ".%02u.%02u.%02u.%02u.%02u.%02u.%02u.%02u", c[0], c[1], c[2] >> 4, c[2] >> 1 & 7, colour[0],
		colour[1], colour[2], colour[3]);
}

// ETSI TS 103 190-2 E.6 (ac4_dsi) and E.13: versions of the bitstream and of the first presentation, and its
// decoder compatibility level.
static void ac4_string(const Rfc6381Params *p, Text *t)
{
	add(t, "ac-4");
	BitReader r;
	br_init(&r, p->config, p->config_size);
	br_bits(&r, 3); // ac4_dsi_version
	u32 bitstream_version = br_bits(&r, 7);
	br_bits(&r, 5);
	u32 nb_presentations = br_bits(&r, 9);
	if (bitstream_version > 1 && br_bit(&r)) { // b_program_id
		br_bits(&r, 16);
		if (br_bit(&r)) {
			for (u32 i = 0; i < 4; i++)
				br_bits(&r, 32);
		}
	}
	br_bits(&r, 2); // ac4_bitrate_dsi
	br_bits(&r, 32);
	br_bits(&r, 32);
	br_align(&r);
	u32 presentation_version = br_bits(&r, 8);
	if (br_bits(&r, 8) == 255)
		br_bits(&r, 16);
	u32 level = br_bits(&r, 5) == 6 ? 0 : br_bits(&r, 3); // presentation_config_v1, mdcompat
	if (nb_presentations && !r.overrun)
		add(t, ".%02u.%02u.%02u", bitstream_version, presentation_version, level);
}

static void mpegh_string(const Rfc6381Params *p, const char *entry, Text *t)
{
	// MHADecoderConfigurationRecord: version, mpegh3daProfileLevelIndication
	u32 level = p->config_size >= 2 ? p->config[1] : p->profile_level;
	add(t, "%s", entry);
	if (level)
		add(t, ".0x%02X", level);
}

// "Dolby Vision Streams within the ISO Base Media File Format": a stream whose base layer other decoders
// show (compatibility 1 and 4) keeps the string of its codec.
static Bool dolby_vision_string(const Rfc6381Params *p, Text *t)
{
	if (p->dovi_size < 5)
		return GF_FALSE;
	BitReader r;
	br_init(&r, p->dovi + 2, p->dovi_size - 2);
	u32 profile = br_bits(&r, 7), level = br_bits(&r, 6);
	br_bits(&r, 3);
	u32 compatibility = br_bits(&r, 4);
	if (compatibility == 1 || compatibility == 4)
		return GF_FALSE;
	const char *entry;
	if (p->codec_id == GF_CODECID_HEVC)
		entry = p->inband ? "dvhe" : "dvh1";
	else if (p->codec_id == GF_CODECID_AVC)
		entry = p->inband ? "dvav" : "dva1";
	else if (p->codec_id == GF_CODECID_AV1)
		entry = "dav1";
	else
		return GF_FALSE;
	add(t, "%s.%02u.%02u", entry, profile, level);
	return GF_TRUE;
}

// RFC 6381 3.3: MPEG-4 registered sample entries with the object type indication
static void mpeg4_string(const Rfc6381Params *p, Text *t)
{
	const char *entry = "mp4s";
	if (p->stream_type == GF_STREAM_VISUAL)
		entry = "mp4v";
	else if (p->stream_type == GF_STREAM_AUDIO)
		entry = "mp4a";
	add(t, "%s.%02X", entry, p->codec_id);
}

static void codec_string(const Rfc6381Params *p, Text *t)
{
	switch (p->codec_id) {
	case GF_CODECID_AVC:
		if (p->enhancement_size)
			avc_string(p, p->inband ? "avc4" : "avc2", t);
		else
			avc_string(p, p->inband ? "avc3" : "avc1", t);
		break;
	case GF_CODECID_SVC:
		avc_string(p, "svc1", t);
		break;
	case GF_CODECID_MVC:
		avc_string(p, "mvc1", t);
		break;
	case GF_CODECID_HEVC:
		hevc_string(p, p->inband ? "hev1" : "hvc1", t);
		break;
	case GF_CODECID_HEVC_TILES:
		hevc_string(p, "hvt1", t);
		break;
	case GF_CODECID_VVC:
		vvc_string(p, p->inband ? "vvi1" : "vvc1", t);
		break;
	case GF_CODECID_AAC_MPEG4:
	case GF_CODECID_USAC:
		aac_string(p, t);
		break;
	case GF_CODECID_MPEG4_PART2:
		mpeg4_visual_string(p, t);
		break;
	case GF_CODECID_AV1:
		av1_string(p, "av01", t);
		break;
	case GF_CODECID_VP8:
		vpx_string(p, "vp08", t);
		break;
	case GF_CODECID_VP9:
		vpx_string(p, "vp09", t);
		break;
	case GF_CODECID_AC4:
		ac4_string(p, t);
		break;
	case GF_CODECID_MPHA:
		mpegh_string(p, "mha1", t);
		break;
	case GF_CODECID_MHAS:
		mpegh_string(p, "mhm1", t);
		break;
	case GF_CODECID_NONE:
		break;
	default:
		// the layered HEVC and parameter set streams have sample entries of their own
		if (p->codec_id < 0xFF && p->codec_id != GF_CODECID_AVC_PS && p->codec_id != GF_CODECID_LHVC)
			mpeg4_string(p, t);
		else if (p->entry_4cc)
			add_4cc(t, p->entry_4cc);
	}
}

GF_Err rfc6381_codec_string(const Rfc6381Params *params, char dst[RFC6381_MAX_SIZE])
{
	Text t = {0};
	if (!dolby_vision_string(params, &t))
		codec_string(params, &t);
	if (!t.size)
		return GF_NOT_FOUND;
	memcpy(dst, t.text, t.size + 1);
	return GF_OK;
}
