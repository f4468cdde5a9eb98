// SPDX-License-Identifier: MIT
// AV1 sequence and frame headers (AV1 Bitstream & Decoding Process Specification), as far as framing needs them,
// and the AV1CodecConfigurationRecord of the AV1 Codec ISO Media File Format Binding.
#ifndef FORMATS_AV1_H
#define FORMATS_AV1_H

#include "formats/obu.h"
#include "formats/syntax.h"

#define AV1_MAX_OPERATING_POINTS 32
#define AV1_NUM_REF_FRAMES 8

typedef enum { AV1_KEY_FRAME = 0, AV1_INTER_FRAME, AV1_INTRA_ONLY_FRAME, AV1_SWITCH_FRAME } Av1FrameType;

typedef struct {
	u16 idc;
	u8 level, tier;
	Bool decoder_model;
} Av1OperatingPoint;

// sequence_header_obu(), 5.5
typedef struct {
	u8 profile;
	Bool still_picture, reduced;
	Bool timing;         // timing_info() is there
	u32 tick, time_scale; // num_units_in_display_tick, time_scale
	Bool equal_intervals;
	u32 ticks_per_picture;
	Bool decoder_model;
	u8 buffer_delay_bits, removal_time_bits, presentation_time_bits;
	Bool display_delay;
	u32 nb_points;
	Av1OperatingPoint points[AV1_MAX_OPERATING_POINTS];
	u8 width_bits, height_bits;
	u32 max_width, max_height;
	u8 frame_id_bits; // 0: no frame identifiers
	u8 screen_content_tools, integer_mv; // 2: chosen by each frame
	u8 order_hint_bits;
	Bool superres;
	u8 bit_depth;
	Bool monochrome, colour_description;
	u8 primaries, transfer, matrix; // ISO/IEC 23091-4, 2 when not described
	Bool full_range;
	u8 sub_x, sub_y, chroma_position;
	Bool film_grain;
} Av1Sequence;

// Static metadata of 5.8, in the units of ISO/IEC 14496-12 12.1.6 and 12.1.7
typedef struct {
	Bool has_light, has_display;
	u16 max_content, max_average;
	u16 primaries_x[3], primaries_y[3]; // green, blue, red; units of 0.00002
	u16 white_x, white_y;
	u32 max_luminance, min_luminance; // 0.0001 cd/m2
} Av1Metadata;

// What one frame header tells.
typedef struct {
	Bool show_existing;
	u8 shown_index; // of the reference shown
	Av1FrameType type;
	Bool show, showable, error_resilient;
	u32 order_hint;
	u8 refresh;          // references replaced
	u32 width, height;   // 0 for frames that take those of a reference
	u32 render_width, render_height;
} Av1Frame;

// State from unit to unit.
typedef struct {
	const SynTrace *trace; // of the headers read, may be NULL
	Bool has_sequence;
	Av1Sequence sequence;
	u8 *sequence_obu; // owned: with its header and a size field
	u32 sequence_size;
	u32 sequence_version; // counts changes of the bytes above
	u8 *metadata_obus;    // owned: static metadata that came with the sequence header
	u32 metadata_size;
	Av1Metadata metadata;
	Av1FrameType ref_types[AV1_NUM_REF_FRAMES];
} Av1Parser;

// A temporal unit.
typedef struct {
	u32 nb_frames;
	Av1Frame first;      // the first frame header
	Bool has_sequence;
	Bool key_shown;      // starts with a key frame that is shown: random access (7.6.2)
	Bool key_delayed;    // has a key frame that a later unit shows (7.6.3)
	Bool is_switch;
	Bool intra;          // all frames are intra frames
	Bool referenced;     // some frame may be a reference for later ones
} Av1Unit;

void av1_parser_init(Av1Parser *p);
void av1_parser_reset(Av1Parser *p);
// Reads the payload of a sequence header.
GF_Err av1_sequence_parse(const u8 *data, u32 size, const SynTrace *trace, Av1Sequence *sequence);
// Reads the frame header in an OBU (OBU_FRAME or OBU_FRAME_HEADER) and updates the references.
GF_Err av1_frame_parse(Av1Parser *p, const ObuHeader *obu, const u8 *payload, Av1Frame *frame);
// Follows one unit of the stream: keeps sequence headers and static metadata, adds frames to `unit`.
GF_Err av1_parser_obu(Av1Parser *p, const ObuHeader *obu, const u8 *data, Av1Unit *unit);
// All OBUs of a temporal unit, in the low-overhead format or that of annex B.
// GF_NON_COMPLIANT_BITSTREAM when the units do not fill the data or no sequence header came before its frames.
GF_Err av1_parser_unit(Av1Parser *p, const u8 *data, u32 size, Bool annex_b, Av1Unit *unit);

// The configuration record from the sequence header and static metadata seen last; owned by the caller.
GF_Err av1_config_write(const Av1Parser *p, u8 **data, u32 *size);
// The OBUs of a configuration record, NULL when it is none.
const u8 *av1_config_obus(const u8 *data, u32 size, u32 *obus_size);
// Finds and reads the first sequence header among OBUs. False when there is none.
Bool av1_find_sequence(const u8 *obus, u32 size, Av1Sequence *sequence);

#endif
