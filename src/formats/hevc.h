// SPDX-License-Identifier: MIT
// HEVC (ISO/IEC 23008-2, ITU-T H.265): parameter sets, slice segment headers, picture order count,
// configuration records (14496-15 8.3.2.1).
#ifndef FORMATS_HEVC_H
#define FORMATS_HEVC_H

#include "formats/nal.h"
#include "formats/nal_sets.h"
#include "formats/sei.h"

enum {
	HEVC_NAL_TRAIL_N = 0,
	HEVC_NAL_TRAIL_R = 1,
	HEVC_NAL_RADL_N = 6,
	HEVC_NAL_RADL_R = 7,
	HEVC_NAL_RASL_N = 8,
	HEVC_NAL_RASL_R = 9,
	HEVC_NAL_RSV_VCL_R15 = 15,
	HEVC_NAL_BLA_W_LP = 16,
	HEVC_NAL_BLA_W_RADL = 17,
	HEVC_NAL_BLA_N_LP = 18,
	HEVC_NAL_IDR_W_RADL = 19,
	HEVC_NAL_IDR_N_LP = 20,
	HEVC_NAL_CRA = 21,
	HEVC_NAL_RSV_IRAP_23 = 23,
	HEVC_NAL_VCL_LAST = 31,
	HEVC_NAL_VPS = 32,
	HEVC_NAL_SPS = 33,
	HEVC_NAL_PPS = 34,
	HEVC_NAL_AUD = 35,
	HEVC_NAL_EOS = 36,
	HEVC_NAL_EOB = 37,
	HEVC_NAL_FILLER = 38,
	HEVC_NAL_SEI_PREFIX = 39,
	HEVC_NAL_SEI_SUFFIX = 40,
	HEVC_NAL_RSV_NVCL41 = 41,
	HEVC_NAL_RSV_NVCL44 = 44,
	HEVC_NAL_UNSPEC48 = 48,
	HEVC_NAL_UNSPEC55 = 55,
	HEVC_NAL_DV_RPU = 62, // Dolby Vision, carried in the unspecified range
	HEVC_NAL_DV_EL = 63,
};

#define HEVC_MAX_VPS 16
#define HEVC_MAX_SPS 16
#define HEVC_MAX_PPS 64
#define HEVC_MAX_SUB_LAYERS 7
#define HEVC_MAX_RPS 64

const char *hevc_nal_name(u8 type);

typedef struct {
	u8 type, layer_id, temporal_id;
} HevcNalHeader;
// GF_NON_COMPLIANT_BITSTREAM (not logged): too short, forbidden bit set or temporal id plus 1 zero.
GF_Err hevc_nal_header(const u8 *nal, u32 size, HevcNalHeader *header);

static inline Bool hevc_is_irap(u8 type)
{
	return type >= HEVC_NAL_BLA_W_LP && type <= HEVC_NAL_RSV_IRAP_23;
}
static inline Bool hevc_is_idr(u8 type)
{
	return type == HEVC_NAL_IDR_W_RADL || type == HEVC_NAL_IDR_N_LP;
}

typedef struct {
	u8 profile_space, tier, profile_idc;
	u32 compatibility; // flag 0 in the most significant bit
	u8 constraints[6]; // the 48 bits from general_progressive_source_flag on
	u8 level_idc;
} HevcPtl;

typedef struct {
	u8 id;
	Bool base_internal, base_available;
	u8 max_layers, max_sub_layers;
	Bool temporal_id_nesting;
	HevcPtl ptl;
	u32 num_units_in_tick, time_scale; // 0/0 when absent
	Bool extension;
} HevcVps;

// Short-term reference picture set (7.4.8): delta_poc of the negative pictures, then of the positive ones.
typedef struct {
	u8 nb_negative, nb_positive;
	s32 delta_poc[16];
	u16 used; // bit i: entry i is used by the current picture
} HevcRps;

typedef struct {
	u8 id, vps_id;
	u8 max_sub_layers;
	Bool multilayer_ext; // sps_ext_or_max_sub_layers_minus1 equal to 7: no own format (annex F)
	Bool temporal_id_nesting;
	HevcPtl ptl;
	u8 chroma_format_idc;
	Bool separate_colour_plane;
	u32 coded_width, coded_height;
	u32 width, height; // cropped
	u8 bit_depth_luma, bit_depth_chroma;
	u8 log2_max_poc_lsb;
	u8 max_dec_pic_buffering, max_num_reorder; // of the highest sub-layer
	u8 log2_ctb_size;
	u32 pic_size_in_ctbs;
	u8 nb_rps;
	HevcRps rps[HEVC_MAX_RPS];
	Bool long_term_present;
	u8 nb_long_term;
	u16 lt_poc_lsb[32];
	u32 lt_used; // bit i: candidate i is used by the current picture
	Bool temporal_mvp;
	Bool vui_present;
	NalVui vui;
	Bool field_seq, frame_field_info_present;
	Bool hrd_present; // of the VUI, with the lengths below
	u8 au_cpb_removal_delay_bits, dpb_output_delay_bits;
	u16 min_spatial_segmentation_idc;
} HevcSps;

typedef struct {
	u8 id, sps_id;
	Bool dependent_slices;
	Bool output_flag_present;
	u8 nb_extra_slice_header_bits;
	Bool tiles, entropy_sync;
	Bool lists_modification_present;
} HevcPps;

typedef enum { HEVC_SLICE_B = 0, HEVC_SLICE_P, HEVC_SLICE_I } HevcSliceType;

typedef struct {
	HevcNalHeader nal;
	Bool first_in_pic;
	Bool no_output_of_prior_pics;
	u8 pps_id, sps_id;
	Bool dependent; // then only the fields above and `address` are set
	u32 address;
	u8 slice_type; // HevcSliceType
	Bool pic_output;
	u32 poc_lsb; // 0 for IDR pictures
	HevcRps rps; // empty for IDR pictures
	u8 nb_long_term;
	u32 lt_poc_lsb[33];
} HevcSlice;

GF_Err hevc_parse_vps(const u8 *nal, u32 size, HevcVps *vps, const SynTrace *trace);
GF_Err hevc_parse_sps(const u8 *nal, u32 size, HevcSps *sps, const SynTrace *trace);
GF_Err hevc_parse_pps(const u8 *nal, u32 size, HevcPps *pps, const SynTrace *trace);
// GF_NOT_FOUND (not logged) when the parameter sets of the slice are missing.
GF_Err hevc_parse_slice(const u8 *nal, u32 size, const HevcSps *const sps_table[HEVC_MAX_SPS],
	const HevcPps *const pps_table[HEVC_MAX_PPS], HevcSlice *slice, const SynTrace *trace);

void hevc_video_format(const HevcSps *sps, NalVideoFormat *format);

typedef struct {
	s32 recovery_poc_cnt;
	Bool exact_match, broken_link;
} HevcRecoveryPoint;
GF_Err hevc_sei_recovery_point(const SeiMessage *message, HevcRecoveryPoint *out);
// pic_struct of a picture timing SEI; GF_NOT_FOUND when the SPS says it has none.
GF_Err hevc_sei_pic_struct(const SeiMessage *message, const HevcSps *sps, u8 *pic_struct);

// Decoding process for picture order count (8.3.1), once per picture. `no_rasl_output` is NoRaslOutputFlag.
typedef struct {
	s32 prev_tid0_poc;
} HevcPocState;
s32 hevc_poc(HevcPocState *state, const HevcSps *sps, const HevcSlice *slice, Bool no_rasl_output);

typedef struct {
	NalSets sets;
	HevcPtl ptl;
	u16 min_spatial_segmentation_idc;
	u8 parallelism_type;
	u8 chroma_format_idc, bit_depth_luma, bit_depth_chroma;
	u16 avg_frame_rate;
	u8 constant_frame_rate;
	u8 nb_temporal_layers;
	Bool temporal_id_nested;
} HevcConfig;
// `layered`: an lhvC payload, which has no profile and format fields (14496-15 9.5.3.1).
GF_Err hevc_config_read(const u8 *data, u32 size, Bool layered, HevcConfig *config);
GF_Err hevc_config_write(const HevcConfig *config, Bool layered, u8 **data, u32 *size);
// Fills the fields (profile to temporal_id_nested) from the first SPS and all PPS.
void hevc_config_set_ps(HevcConfig *config, const HevcSps *sps, const HevcPps *const pps_table[HEVC_MAX_PPS]);

#endif
