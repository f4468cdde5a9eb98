// SPDX-License-Identifier: MIT
// VVC (ISO/IEC 23090-3, ITU-T H.266): parameter sets, picture and slice headers up to what access unit
// delimitation, picture order count and random access need, configuration records (14496-15 11.2.4.2).
#ifndef FORMATS_VVC_H
#define FORMATS_VVC_H

#include "formats/nal.h"
#include "formats/nal_sets.h"
#include "formats/sei.h"

enum {
	VVC_NAL_TRAIL = 0,
	VVC_NAL_STSA = 1,
	VVC_NAL_RADL = 2,
	VVC_NAL_RASL = 3,
	VVC_NAL_RSV_VCL_6 = 6,
	VVC_NAL_IDR_W_RADL = 7,
	VVC_NAL_IDR_N_LP = 8,
	VVC_NAL_CRA = 9,
	VVC_NAL_GDR = 10,
	VVC_NAL_VCL_LAST = 11,
	VVC_NAL_OPI = 12,
	VVC_NAL_DCI = 13,
	VVC_NAL_VPS = 14,
	VVC_NAL_SPS = 15,
	VVC_NAL_PPS = 16,
	VVC_NAL_APS_PREFIX = 17,
	VVC_NAL_APS_SUFFIX = 18,
	VVC_NAL_PH = 19,
	VVC_NAL_AUD = 20,
	VVC_NAL_EOS = 21,
	VVC_NAL_EOB = 22,
	VVC_NAL_SEI_PREFIX = 23,
	VVC_NAL_SEI_SUFFIX = 24,
	VVC_NAL_FILLER = 25,
	VVC_NAL_RSV_NVCL_26 = 26,
	VVC_NAL_UNSPEC_28 = 28,
	VVC_NAL_UNSPEC_29 = 29,
};

#define VVC_MAX_VPS 16
#define VVC_MAX_SPS 16
#define VVC_MAX_PPS 64
#define VVC_MAX_SUB_LAYERS 7
#define VVC_MAX_SUB_PROFILES 255
#define VVC_MAX_CONSTRAINT_BYTES 63

const char *vvc_nal_name(u8 type);

typedef struct {
	u8 type, layer_id, temporal_id;
} VvcNalHeader;
// GF_NON_COMPLIANT_BITSTREAM (not logged): too short, forbidden bit set or temporal id plus 1 zero.
GF_Err vvc_nal_header(const u8 *nal, u32 size, VvcNalHeader *header);

static inline Bool vvc_is_irap(u8 type)
{
	return type >= VVC_NAL_IDR_W_RADL && type <= VVC_NAL_CRA;
}
static inline Bool vvc_is_idr(u8 type)
{
	return type == VVC_NAL_IDR_W_RADL || type == VVC_NAL_IDR_N_LP;
}

typedef struct {
	u8 profile_idc, tier, level_idc;
	Bool frame_only, multilayer_enabled;
	// general_constraint_info() after the two flags above, as the VvcPTLRecord stores it:
	// `nb_constraint_bits` from gci_present_flag on (1 when the flag is 0), left aligned
	u16 nb_constraint_bits;
	u8 constraints[VVC_MAX_CONSTRAINT_BYTES];
	u8 sublayer_present; // bit i: sub-layer i has its own level
	u8 sublayer_level[VVC_MAX_SUB_LAYERS];
	u8 nb_sub_profiles;
	u32 sub_profile[VVC_MAX_SUB_PROFILES];
} VvcPtl;

typedef struct {
	u8 id;
	u8 max_layers, max_sub_layers;
} VvcVps;

typedef struct {
	u8 id, vps_id;
	u8 max_sub_layers;
	u8 chroma_format_idc;
	u8 log2_ctu_size;
	Bool ptl_present;
	VvcPtl ptl;
	Bool gdr_enabled, ref_pic_resampling, res_change_in_clvs;
	u32 max_width, max_height; // coded, in luma samples
	u32 width, height;         // cropped by the conformance window
	Bool subpic_info_present;
	u16 nb_subpics;
	Bool subpic_ids_mapped;
	u8 subpic_id_len;
	u8 bit_depth;
	u8 log2_max_poc_lsb;
	Bool poc_msb_cycle_present;
	u8 poc_msb_cycle_len;
	u8 nb_extra_ph_bits, nb_extra_sh_bits; // set flags only
	Bool field_seq;
	Bool vui_present;
	NalVui vui; // timing is that of general_timing_hrd_parameters()
} VvcSps;

typedef struct {
	u8 id, sps_id;
	Bool mixed_nalu_types;
	u32 pic_width, pic_height;
	u32 width, height; // cropped
	Bool no_pic_partition;
	Bool rect_slices;
	Bool single_slice_per_subpic;
	u32 nb_slices; // rectangular slices in the picture, 0 when not known
	u32 nb_tiles;
} VvcPps;

typedef struct {
	Bool gdr_or_irap;
	Bool non_ref;
	Bool gdr;
	Bool inter_slice_allowed, intra_slice_allowed;
	u8 pps_id, sps_id;
	u32 poc_lsb;
	u32 recovery_poc_cnt; // of GDR pictures
	Bool poc_msb_present;
	u32 poc_msb_cycle;
} VvcPictureHeader;

typedef enum { VVC_SLICE_B = 0, VVC_SLICE_P, VVC_SLICE_I, VVC_SLICE_UNKNOWN } VvcSliceType;

typedef struct {
	VvcNalHeader nal;
	Bool ph_in_slice; // `ph` was read from this slice; otherwise it is that of the preceding PH NAL unit
	VvcPictureHeader ph;
	u8 slice_type; // VvcSliceType
} VvcSlice;

GF_Err vvc_parse_vps(const u8 *nal, u32 size, VvcVps *vps, const SynTrace *trace);
GF_Err vvc_parse_sps(const u8 *nal, u32 size, VvcSps *sps, const SynTrace *trace);
GF_Err vvc_parse_pps(
	const u8 *nal, u32 size, const VvcSps *const sps_table[VVC_MAX_SPS], VvcPps *pps, const SynTrace *trace);
// PH NAL unit. GF_NOT_FOUND (not logged) when its parameter sets are missing.
GF_Err vvc_parse_ph(const u8 *nal, u32 size, const VvcSps *const sps_table[VVC_MAX_SPS],
	const VvcPps *const pps_table[VVC_MAX_PPS], VvcPictureHeader *ph, const SynTrace *trace);
// `ph` is the last picture header NAL unit of the picture, NULL when there was none.
GF_Err vvc_parse_slice(const u8 *nal, u32 size, const VvcSps *const sps_table[VVC_MAX_SPS],
	const VvcPps *const pps_table[VVC_MAX_PPS], const VvcPictureHeader *ph, VvcSlice *slice,
	const SynTrace *trace);

void vvc_video_format(const VvcSps *sps, NalVideoFormat *format);

// Decoding process for picture order count (8.3.1), once per picture. `no_output_before_recovery` is
// NoOutputBeforeRecoveryFlag: first picture of the layer or after an end of sequence.
typedef struct {
	s32 prev_tid0_poc;
} VvcPocState;
s32 vvc_poc(VvcPocState *state, const VvcSps *sps, const VvcNalHeader *nal, const VvcPictureHeader *ph,
	Bool no_output_before_recovery);

typedef struct {
	NalSets sets;
	Bool ptl_present;
	u16 ols_idx;
	u8 nb_sublayers;
	u8 constant_frame_rate;
	u8 chroma_format_idc;
	u8 bit_depth;
	VvcPtl ptl;
	u16 max_width, max_height;
	u16 avg_frame_rate;
} VvcConfig;
GF_Err vvc_config_read(const u8 *data, u32 size, VvcConfig *config);
GF_Err vvc_config_write(const VvcConfig *config, u8 **data, u32 *size);
// Fills the fields (ptl_present to avg_frame_rate) from the first SPS.
void vvc_config_set_sps(VvcConfig *config, const VvcSps *sps);

#endif
