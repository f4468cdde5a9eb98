// SPDX-License-Identifier: MIT
// Sample entries (ISO/IEC 14496-12 8.5.2 and 12, and the binding of each codec) out of a codec, its decoder
// configuration as filters exchange it, and what else is known of the stream.
#ifndef FORMATS_ISOM_WRITE_ENTRY_H
#define FORMATS_ISOM_WRITE_ENTRY_H

#include <gpac/constants.h>
#include "formats/isom_write.h"

typedef struct {
	s32 num;
	u32 den; // 0: not set
} IsowFraction;

// How an audio entry tells its channels and rate.
typedef enum {
	ISOW_AUDIO_V0 = 0,    // version 0
	ISOW_AUDIO_V0_STEREO, // version 0, always 2 channels
	ISOW_AUDIO_V0_STREAM, // version 0, channel count of the decoder configuration
	ISOW_AUDIO_V1,        // AudioSampleEntryV1
	ISOW_AUDIO_QT_V1,     // QuickTime sound description version 1
	ISOW_AUDIO_QT_V2,     // QuickTime sound description version 2
} IsowAudioVersion;

// Common encryption (ISO/IEC 23001-7) of a protected entry.
typedef struct {
	u32 scheme, version; // of schm
	const char *uri;     // of schm, NULL for none
	u8 crypt_blocks, skip_blocks;
	Bool is_protected;
	u8 iv_size;
	u8 kid[16];
	u8 const_iv_size;
	u8 const_iv[16];
} IsowProtection;

typedef struct {
	u32 codec;       // GF_CodecID, or the 4CC of an entry without registered codec
	u32 stream_type; // of the clear media
	u32 type;        // sample entry code, 0 for the usual one of the codec
	Bool quicktime;
	const u8 *config;
	u32 config_size;
	const u8 *enhancement; // second configuration of layered video
	u32 enhancement_size;

	u32 width, height;
	IsowFraction sar;
	IsowFraction clap_w, clap_h, clap_x, clap_y; // written when all are set
	u16 depth;
	const char *compressor; // NULL for none
	Bool has_colour, full_range;
	u16 primaries, transfer, matrix;
	const u8 *icc;
	u32 icc_size;
	const u8 *mastering; // payload of mdcv
	u32 mastering_size;
	const u8 *light; // payload of clli
	u32 light_size;
	const u8 *dolby_vision; // payload of dvcC
	u32 dolby_vision_size;

	u32 sample_rate, channels, bits_per_sample;
	u64 channel_layout; // mask, 0 when unknown
	u32 channel_cicp;   // code point of the layout, 0 when it has none
	u32 pcm_format;     // GF_AudioFormat of uncompressed audio
	IsowAudioVersion audio_version;

	Bool coding_constraints; // write ccst
	const char *mime, *encoding, *xml_namespace, *schema, *aux_mimes; // text and metadata

	Bool has_bitrate; // write btrt
	u32 avg_bitrate, max_bitrate, buffer_size;
	const IsowProtection *protection;
} IsowEntry;

// Whether a track of this codec makes no sense without a decoder configuration.
Bool isow_entry_needs_config(u32 codec);
// Code of the entry that isow_write_entry would write (unprotected), 0 when the codec cannot be stored.
u32 isow_entry_type(const IsowEntry *e);
// Writes the entry. GF_NOT_SUPPORTED for a codec which cannot be stored, GF_NON_COMPLIANT_BITSTREAM for a
// malformed configuration; both are logged, the writer's content is then not usable.
GF_Err isow_write_entry(ByteWriter *w, const IsowEntry *e);

// ---- Between the files of the module

// `config` as the decoder specific information of an elementary stream descriptor (ISO/IEC 14496-14 5.6).
void isow_write_esds(ByteWriter *w, const IsowEntry *e, u8 object_type);
// The fields of an AudioSampleEntry after the common ones, and the boxes of PCM and of channel layouts.
GF_Err isow_write_audio(ByteWriter *w, const IsowEntry *e, u32 type);
GF_Err isow_write_opus(ByteWriter *w, const IsowEntry *e);
// Complains about a configuration and gives the error to return.
GF_Err isow_bad_config(const IsowEntry *e, const char *what);

#endif
