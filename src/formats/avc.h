// SPDX-License-Identifier: MIT
// AVC (ISO/IEC 14496-10, ITU-T H.264): parameter sets, slice headers, picture order count, configuration
// records (14496-15 5.3.3.1).
#ifndef FORMATS_AVC_H
#define FORMATS_AVC_H

#include "formats/nal.h"
#include "formats/nal_sets.h"
#include "formats/sei.h"

enum {
	AVC_NAL_SLICE = 1,
	AVC_NAL_SLICE_A = 2,
	AVC_NAL_SLICE_B = 3,
	AVC_NAL_SLICE_C = 4,
	AVC_NAL_IDR = 5,
	AVC_NAL_SEI = 6,
	AVC_NAL_SPS = 7,
	AVC_NAL_PPS = 8,
	AVC_NAL_AUD = 9,
	AVC_NAL_END_SEQ = 10,
	AVC_NAL_END_STREAM = 11,
	AVC_NAL_FILLER = 12,
	AVC_NAL_SPS_EXT = 13,
	AVC_NAL_PREFIX = 14,
	AVC_NAL_SUBSET_SPS = 15,
	AVC_NAL_DPS = 16,
	AVC_NAL_AUX_SLICE = 19,
	AVC_NAL_SLICE_EXT = 20,
	AVC_NAL_SLICE_EXT_DEPTH = 21,
};

#define AVC_MAX_SPS 32
#define AVC_MAX_PPS 256

const char *avc_nal_name(u8 type);

static inline u8 avc_nal_type(u8 first_byte)
{
	return first_byte & 0x1F;
}

typedef struct {
	Bool present;
	u32 cpb_cnt;
	u8 initial_cpb_removal_delay_bits;
	u8 cpb_removal_delay_bits;
	u8 dpb_output_delay_bits;
	u8 time_offset_bits;
} AvcHrd;

typedef struct {
	u8 id;
	u8 profile_idc;
	u8 constraint_flags; // the byte between profile_idc and level_idc
	u8 level_idc;
	u8 chroma_format_idc;
	Bool separate_colour_plane;
	u8 bit_depth_luma, bit_depth_chroma;
	u8 log2_max_frame_num;
	u8 poc_type;
	u8 log2_max_poc_lsb;
	Bool delta_pic_order_always_zero;
	s32 offset_for_non_ref_pic;
	s32 offset_for_top_to_bottom;
	u8 nb_ref_frames_in_poc_cycle;
	s32 offset_for_ref_frame[255];
	u8 max_num_ref_frames;
	Bool gaps_in_frame_num;
	u32 width_in_mbs, height_in_map_units;
	Bool frame_mbs_only, mb_adaptive;
	u32 width, height; // cropped
	Bool vui_present;
	NalVui vui;
	AvcHrd nal_hrd, vcl_hrd;
	Bool pic_struct_present;
	Bool restriction_present; // bitstream_restriction_flag
	u8 max_num_reorder_frames;
	u8 max_dec_frame_buffering;
} AvcSps;

typedef struct {
	u8 id;
	u8 sps_id;
	Bool cabac;
	Bool bottom_field_pic_order_present;
	u32 nb_slice_groups;
	u8 slice_group_map_type;
	u32 slice_group_change_rate;
	u8 nb_ref_idx[2]; // defaults
	Bool weighted_pred;
	u8 weighted_bipred_idc;
	Bool deblocking_control_present;
	Bool redundant_pic_cnt_present;
	Bool transform_8x8;
} AvcPps;

typedef enum { AVC_SLICE_P = 0, AVC_SLICE_B, AVC_SLICE_I, AVC_SLICE_SP, AVC_SLICE_SI } AvcSliceType;

typedef struct {
	u8 nal_type;
	u8 ref_idc;
	Bool idr;
	u32 first_mb;
	u8 slice_type; // as coded, 0 to 9; modulo 5 an AvcSliceType
	u8 pps_id, sps_id;
	u16 frame_num;
	Bool field, bottom;
	u16 idr_pic_id;
	u32 poc_lsb;
	s32 delta_poc_bottom;
	s32 delta_poc[2];
	u8 redundant_pic_cnt;
	Bool mmco5; // memory_management_control_operation equal to 5
} AvcSlice;

// Parameter sets. `nal` is the whole NAL unit. On success the structure is complete; on error, which is
// logged, it is untouched. A subset SPS (type 15) is read up to its SPS data, extensions are not.
GF_Err avc_parse_sps(const u8 *nal, u32 size, AvcSps *sps, const SynTrace *trace);
// `sps` for transform_8x8 scaling lists: NULL when not known yet, then they are read as 4:2:0.
GF_Err avc_parse_pps(
	const u8 *nal, u32 size, const AvcSps *const sps_table[AVC_MAX_SPS], AvcPps *pps, const SynTrace *trace);
// GF_NOT_FOUND (not logged) when the parameter sets of the slice are missing.
GF_Err avc_parse_slice(const u8 *nal, u32 size, const AvcSps *const sps_table[AVC_MAX_SPS],
	const AvcPps *const pps_table[AVC_MAX_PPS], AvcSlice *slice, const SynTrace *trace);

void avc_video_format(const AvcSps *sps, NalVideoFormat *format);

typedef struct {
	Bool has_delays;
	u32 cpb_removal_delay, dpb_output_delay;
	Bool has_pic_struct;
	u8 pic_struct;
	SeiClock clocks[3];
	u32 nb_clocks;
} AvcPicTiming;
typedef struct {
	u32 recovery_frame_cnt;
	Bool exact_match, broken_link;
} AvcRecoveryPoint;
GF_Err avc_sei_pic_timing(
	const SeiMessage *message, const AvcSps *sps, AvcPicTiming *out, const SynTrace *trace);
GF_Err avc_sei_recovery_point(const SeiMessage *message, AvcRecoveryPoint *out);

// 7.4.1.2.4: `b` is the first slice of another primary coded picture than that of `a`.
Bool avc_new_picture(const AvcSlice *a, const AvcSlice *b, const AvcSps *sps);

// Decoding process for picture order count (8.2.1), one call per picture with its first slice.
typedef struct {
	s32 prev_msb;
	u32 prev_lsb;
	s32 prev_frame_num_offset;
	u32 prev_frame_num;
	Bool prev_mmco5;
} AvcPocState;
typedef struct {
	s32 top, bottom; // equal to `poc` for the field which is not coded
	s32 poc;
} AvcPoc;
void avc_poc(AvcPocState *state, const AvcSps *sps, const AvcSlice *slice, AvcPoc *poc);

typedef struct {
	NalSets sets; // SPS, then PPS, then SPS extensions
	u8 profile, compatibility, level;
	Bool has_extension; // the fields after the sets, for High profiles
	u8 chroma_format_idc, bit_depth_luma, bit_depth_chroma;
} AvcConfig;
// Reading an avcC payload: the NAL units point into `data`.
GF_Err avc_config_read(const u8 *data, u32 size, AvcConfig *config);
GF_Err avc_config_write(const AvcConfig *config, u8 **data, u32 *size);
// Fills the fields (profile to extension) from the first SPS.
void avc_config_set_sps(AvcConfig *config, const AvcSps *sps);

#endif
