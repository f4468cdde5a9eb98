// SPDX-License-Identifier: MIT
// The `codecs` parameter of RFC 6381 for one stream: sample entry code and what each codec's file format
// binding adds to it (ISO/IEC 14496-15 annex E, AV1-ISOBMFF 5, VP-codec-ISOBMFF, ETSI TS 103 190-2 annex
// E...).
#ifndef FORMATS_RFC6381_H
#define FORMATS_RFC6381_H

#include <gpac/constants.h>
#include <gpac/error.h>

typedef struct {
	u32 codec_id;     // GF_CODECID_*
	u32 stream_type;  // GF_STREAM_*
	const u8 *config; // DecoderConfig, NULL when unknown
	u32 config_size;
	const u8 *enhancement; // DecoderConfigEnhancement, NULL when there is none
	u32 enhancement_size;
	const u8 *dovi; // DOVI property, NULL when the stream is not Dolby Vision
	u32 dovi_size;
	Bool inband;       // parameter sets may be in the samples
	Bool force_sbr;    // signal SBR or PS of AAC explicitly
	u32 profile_level; // ProfileLevel of MPEG-4 Visual and MPEG-H, 0 when unknown
	Bool has_colour;   // the four fields below are all known (VP8, VP9)
	u8 primaries, transfer, matrix, full_range;
	u32 entry_4cc; // registered sample entry of the codec, 0 when it has none
} Rfc6381Params;

#define RFC6381_MAX_SIZE 100

// Writes the string. GF_NOT_FOUND, `dst` untouched, for a codec which has neither rule nor entry code.
// Without a usable configuration the entry code alone is written.
GF_Err rfc6381_codec_string(const Rfc6381Params *params, char dst[RFC6381_MAX_SIZE]);

#endif
