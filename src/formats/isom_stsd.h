// SPDX-License-Identifier: MIT
// Sample entries (ISO/IEC 14496-12, 8.5.2; 14496-14, 14496-15, 14496-30 and the registered ones) and what
// they say about the codec, its configuration and the media.
#ifndef FORMATS_ISOM_STSD_H
#define FORMATS_ISOM_STSD_H

#include "formats/isom_cenc.h"

typedef struct {
	u8 *data; // owned
	u32 size;
} IsomData;

typedef struct {
	u32 type;   // as stored: `avc1`, `encv`...
	u32 format; // original type of a protected or restricted entry, else `type`
	u64 offset;
	const u8 *box; // whole entry, in the `stsd` it was read from
	u32 box_size;
	u16 data_ref;
	u32 stream_type;      // GF_STREAM_*, 0 when not known
	u32 codec_id;         // GF_CODECID_*, else `format`
	Bool known;           // the codec is one of ours
	IsomData config;      // as properties 7.3 says
	IsomData enhancement; // lhvC, svcC, mvcC
	u8 nal_length;        // size of the length field of NAL units, 0 for other codecs
	u32 avg_rate, max_rate, buffer_size;
	Bool has_rate;
	IsomProtection protection;

	struct {
		u32 width, height; // 0 when not visual
		u16 version, revision;
		u32 vendor;
		u32 hres, vres; // 16.16
		char compressor[32];
		u32 sar_num, sar_den; // 0/0 when absent
		Bool has_colour, full_range;
		u16 primaries, transfer, matrix;
		IsomData icc;
		Bool has_clap;
		u32 clap[8]; // width, height, horizontal and vertical offsets, as N and D
		IsomData clli, mdcv, dovi;
		u32 pixel_format;
	} video;

	struct {
		u32 sample_rate, channels, bits; // channels 0 when not audio
		u16 version, revision;
		u32 vendor;
		u64 layout;          // speaker mask, 0 when not known
		u32 format;          // GF_AUDIO_FMT_* of raw audio, else 0
		Bool is_signed8;     // samples of 8 bits are signed, which no GF_AUDIO_FMT_* is
		u32 bytes_per_frame; // of raw audio, all channels
		u32 amr_mode_set;
		u32 *mha_profiles; // owned
		u32 nb_mha_profiles;
	} audio;

	struct {
		char *mime, *encoding, *ns, *schema, *aux_mimes, *content_config; // owned, NULL when absent
		u32 tmcd_flags, tmcd_scale, tmcd_duration, tmcd_frames;
	} text;
} IsomEntry;

// Reads the entries of a whole `stsd` box, which must outlive them. `handler` is that of the track.
GF_Err isom_stsd_parse(const u8 *stsd, u32 size, u64 offset, u32 handler, IsomEntry **entries, u32 *nb);
void isom_entries_free(IsomEntry *entries, u32 nb);

// ---- Pieces, in isom_codec.c

// Codec of a sample entry type; NULL out-parameters are not set. False when it is not known.
Bool isom_codec_of(u32 format, u32 *codec_id, u32 *stream_type);
// Stream type of a media handler, 0 when not known.
u32 isom_handler_stream_type(u32 handler);
GF_Err isom_parse_esds(IsomEntry *e, IsomBox *esds);
// A child box of an entry that carries the decoder configuration. Other boxes are left alone.
GF_Err isom_parse_config_box(IsomEntry *e, IsomBox *b);
GF_Err isom_data_set(IsomData *d, const u8 *data, u32 size);
// Configuration of the entries for timed text of QuickTime and 3GPP, read after their common header.
GF_Err isom_parse_tx3g(IsomEntry *e, IsomBox *b);
GF_Err isom_parse_qt_text(IsomEntry *e, IsomBox *b);

#endif
