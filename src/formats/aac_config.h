// SPDX-License-Identifier: MIT
// AudioSpecificConfig of ISO/IEC 14496-3 (1.6.2.1), with the GASpecificConfig (4.4.1) of the AAC object types
// and the three ways to signal SBR and PS (1.6.5, 1.6.6).
#ifndef FORMATS_AAC_CONFIG_H
#define FORMATS_AAC_CONFIG_H

#include <gpac/error.h>
#include "base/bits.h"

// Audio object types of table 1.17 that matter to a parser of configurations.
enum {
	AOT_AAC_MAIN = 1,
	AOT_AAC_LC = 2,
	AOT_AAC_SSR = 3,
	AOT_AAC_LTP = 4,
	AOT_SBR = 5,
	AOT_AAC_SCALABLE = 6,
	AOT_TWINVQ = 7,
	AOT_ER_AAC_LC = 17,
	AOT_ER_AAC_LTP = 19,
	AOT_ER_AAC_SCALABLE = 20,
	AOT_ER_TWINVQ = 21,
	AOT_ER_BSAC = 22,
	AOT_ER_AAC_LD = 23,
	AOT_PS = 29,
	AOT_ER_AAC_ELD = 39,
	AOT_USAC = 42,
};

// How an extension (SBR, PS) is announced.
typedef enum {
	AAC_IMPLICIT = 0, // not at all: the decoder finds it in the frames
	AAC_ABSENT,       // stated not to be used
	AAC_COMPATIBLE,   // after the configuration of the core, which older decoders read
	AAC_HIERARCHICAL, // before it, by the object type 5 (SBR) or 29 (PS)
} AacSignalling;

#define PCE_MAX_ELEMENTS 15

// One front, side, back or coupling element of a program_config_element.
typedef struct {
	u8 flag; // pair of channels (front, side, back), independently switched (coupling)
	u8 tag;
} PceElement;

// program_config_element() of 4.4.1.1.
typedef struct {
	u8 tag, object_type, rate_index;
	u8 nb_front, nb_side, nb_back, nb_lfe, nb_data, nb_coupling;
	PceElement front[PCE_MAX_ELEMENTS], side[PCE_MAX_ELEMENTS], back[PCE_MAX_ELEMENTS];
	PceElement coupling[PCE_MAX_ELEMENTS];
	u8 lfe_tag[3], data_tag[7];
	Bool has_mono_mixdown, has_stereo_mixdown, has_matrix_mixdown;
	u8 mono_mixdown, stereo_mixdown, matrix_mixdown, pseudo_surround;
	u8 comment_size;
	u8 comment[255];
} ProgramConfig;

typedef struct {
	u8 object_type;    // of the core codec, SBR and PS apart
	u8 channel_config; // 0: `program` tells the channels
	u32 nb_channels;   // of the core: a PS stream gives two from one. 0 when unknown
	u32 rate;          // of the core, in Hz
	u32 frame_length;  // samples of a core frame; 0 when unknown (object type not detailed)
	AacSignalling sbr, ps;
	u32 sbr_rate; // rate after SBR, when signalled
	Bool has_program;
	ProgramConfig program;
} AacConfig;

// Reads a configuration. GF_NON_COMPLIANT_BITSTREAM when it is cut or has a reserved rate. Object types
// without GASpecificConfig (ALS, ELD, USAC…) give the common fields only.
GF_Err aac_config_parse(const u8 *data, u32 size, AacConfig *config);
// Writes a configuration of an AAC object type; `*data` to free with gf_free. A `sbr` announced with
// `sbr_rate` 0 uses twice the rate of the core. GF_NOT_SUPPORTED for the other object types.
GF_Err aac_config_write(const AacConfig *config, u8 **data, u32 *size);

// A program_config_element; its final alignment counts from the start of `r` or `w`.
GF_Err aac_program_parse(BitReader *r, ProgramConfig *program);
void aac_program_write(ByteWriter *w, const ProgramConfig *program);
u32 aac_program_channels(const ProgramConfig *program);

// Table 1.18: rate of an index, 0 when reserved (13, 14) or explicit (15).
u32 aac_rate(u32 index);
// Index of a rate in table 1.18, 15 when the rate must be written in full.
u32 aac_rate_index(u32 rate);
// Table 1.19: channels and speakers (GF_AUDIO_CH_*) of a channel configuration, 0 when it has none.
u32 aac_channels(u32 channel_config);
u64 aac_channel_layout(u32 channel_config);
// Channel configuration for so many channels in the usual layout, 0 when there is none.
u32 aac_channel_config(u32 nb_channels);
// audioProfileLevelIndication of table 1.14: lowest level of the AAC, HE-AAC or HE-AAC v2 profile that holds
// the stream, 0xFE for other object types.
u32 aac_profile_level(const AacConfig *config);

#endif
