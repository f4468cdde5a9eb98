// SPDX-License-Identifier: MIT
#ifndef GPAC_PACKET_H
#define GPAC_PACKET_H

#include <gpac/props.h>
#include <gpac/filter_types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	GF_FILTER_SAP_NONE = 0,
	GF_FILTER_SAP_1 = 1,
	GF_FILTER_SAP_2 = 2,
	GF_FILTER_SAP_3 = 3,
	GF_FILTER_SAP_4 = 4,
	GF_FILTER_SAP_4_PROL = 5,
} GF_FilterSAPType;
typedef enum {
	GF_FILTER_CLOCK_NONE = 0,
	GF_FILTER_CLOCK_PCR = 1,
	GF_FILTER_CLOCK_PCR_DISC = 2,
} GF_FilterClockType;
enum {
	GF_FRAME_IFCE_BLOCKING = 1,
	GF_FRAME_IFCE_MAIN_GLFB = 2,
};
#define GF_FILTER_PCK_CRYPT 1
typedef struct gf_filterframeinterface GF_FilterFrameInterface;
struct gf_filterframeinterface {
	GF_Err (*get_plane)(GF_FilterFrameInterface *frame, u32 plane_idx, const u8 **outPlane, u32 *outStride);
	GF_Err (*get_gl_texture)(GF_FilterFrameInterface *frame, u32 plane_idx, u32 *gl_tex_format, u32 *gl_tex_id, void *texcoordmatrix);
	u32 flags;
	void *user_data;
};
typedef void (*gf_fsess_packet_destructor)(GF_Filter *filter, GF_FilterPid *PID, GF_FilterPacket *pck);
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_alloc(GF_FilterPid *PID, u32 data_size, u8 **data);
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_alloc_destructor(GF_FilterPid *PID, u32 data_size, u8 **data, gf_fsess_packet_destructor destruct);
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_shared(GF_FilterPid *PID, const u8 *data, u32 data_size, gf_fsess_packet_destructor destruct);
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_ref(GF_FilterPid *PID, u32 data_offset, u32 data_size, GF_FilterPacket *source_packet);
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_ref_destructor(GF_FilterPid *PID, u32 data_offset, u32 data_size, GF_FilterPacket *source_packet, gf_fsess_packet_destructor destruct);
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_copy(GF_FilterPid *PID, GF_FilterPacket *pck_source, u8 **data);
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_clone(GF_FilterPid *PID, GF_FilterPacket *pck_source, u8 **data);
GF_EXPORT GF_FilterPacket *gf_filter_pck_dangling_copy(GF_FilterPacket *pck_source, GF_FilterPacket *cached_pck);
GF_EXPORT GF_FilterPacket *gf_filter_pck_dangling_clone(GF_FilterPacket *pck_source, GF_FilterPacket *cached_pck);
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_frame_interface(GF_FilterPid *PID, GF_FilterFrameInterface *frame_ifce, gf_fsess_packet_destructor destruct);
GF_EXPORT GF_Err gf_filter_pck_send(GF_FilterPacket *pck);
GF_EXPORT void gf_filter_pck_discard(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_forward(GF_FilterPacket *reference, GF_FilterPid *PID);
GF_EXPORT GF_Err gf_filter_pck_ref(GF_FilterPacket **pck);
GF_EXPORT GF_FilterPacket *gf_filter_pck_ref_ex(GF_FilterPacket *pck);
GF_EXPORT void gf_filter_pck_unref(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_ref_props(GF_FilterPacket **pck);
GF_EXPORT const u8 *gf_filter_pck_get_data(GF_FilterPacket *pck, u32 *size);
GF_EXPORT GF_Err gf_filter_pck_expand(GF_FilterPacket *pck, u32 nb_bytes_to_add, u8 **data_start, u8 **new_range_start, u32 *new_size);
GF_EXPORT GF_Err gf_filter_pck_truncate(GF_FilterPacket *pck, u32 size);
GF_EXPORT void gf_filter_pck_check_realloc(GF_FilterPacket *pck, u8 *data, u32 size);
GF_EXPORT GF_Err gf_filter_pck_set_readonly(GF_FilterPacket *pck);
GF_EXPORT Bool gf_filter_pck_is_blocking_ref(GF_FilterPacket *pck);
GF_EXPORT GF_FilterFrameInterface *gf_filter_pck_get_frame_interface(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_property(GF_FilterPacket *pck, u32 prop_4cc, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pck_set_property_str(GF_FilterPacket *pck, const char *name, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pck_set_property_dyn(GF_FilterPacket *pck, char *name, const GF_PropertyValue *value);
GF_EXPORT const GF_PropertyValue *gf_filter_pck_get_property(GF_FilterPacket *pck, u32 prop_4cc);
GF_EXPORT const GF_PropertyValue *gf_filter_pck_get_property_str(GF_FilterPacket *pck, const char *prop_name);
GF_EXPORT const GF_PropertyValue *gf_filter_pck_enum_properties(GF_FilterPacket *pck, u32 *idx, u32 *prop_4cc, const char **prop_name);
GF_EXPORT Bool gf_filter_pck_has_properties(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_merge_properties(GF_FilterPacket *pck_src, GF_FilterPacket *pck_dst);
GF_EXPORT GF_Err gf_filter_pck_merge_properties_filter(GF_FilterPacket *pck_src, GF_FilterPacket *pck_dst, gf_filter_prop_filter filter_prop, void *cbk);
GF_EXPORT GF_Err gf_filter_pck_set_framing(GF_FilterPacket *pck, Bool is_start, Bool is_end);
GF_EXPORT GF_Err gf_filter_pck_get_framing(GF_FilterPacket *pck, Bool *is_start, Bool *is_end);
GF_EXPORT GF_Err gf_filter_pck_set_dts(GF_FilterPacket *pck, u64 dts);
GF_EXPORT u64 gf_filter_pck_get_dts(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_cts(GF_FilterPacket *pck, u64 cts);
GF_EXPORT u64 gf_filter_pck_get_cts(GF_FilterPacket *pck);
GF_EXPORT u32 gf_filter_pck_get_timescale(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_duration(GF_FilterPacket *pck, u32 duration);
GF_EXPORT u32 gf_filter_pck_get_duration(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_sap(GF_FilterPacket *pck, GF_FilterSAPType sap_type);
GF_EXPORT GF_FilterSAPType gf_filter_pck_get_sap(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_roll_info(GF_FilterPacket *pck, s16 roll_count);
GF_EXPORT s16 gf_filter_pck_get_roll_info(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_switch_frame(GF_FilterPacket *pck, Bool is_switch_frame);
GF_EXPORT Bool gf_filter_pck_get_switch_frame(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_interlaced(GF_FilterPacket *pck, u32 is_interlaced);
GF_EXPORT u32 gf_filter_pck_get_interlaced(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_corrupted(GF_FilterPacket *pck, Bool is_corrupted);
GF_EXPORT Bool gf_filter_pck_get_corrupted(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_seek_flag(GF_FilterPacket *pck, Bool is_seek);
GF_EXPORT Bool gf_filter_pck_get_seek_flag(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_byte_offset(GF_FilterPacket *pck, u64 byte_offset);
GF_EXPORT u64 gf_filter_pck_get_byte_offset(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_crypt_flags(GF_FilterPacket *pck, u8 crypt_flag);
GF_EXPORT u8 gf_filter_pck_get_crypt_flags(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_clock_type(GF_FilterPacket *pck, GF_FilterClockType ctype);
GF_EXPORT GF_FilterClockType gf_filter_pck_get_clock_type(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_carousel_version(GF_FilterPacket *pck, u8 version_number);
GF_EXPORT u8 gf_filter_pck_get_carousel_version(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_dependency_flags(GF_FilterPacket *pck, u8 dep_flags);
GF_EXPORT u8 gf_filter_pck_get_dependency_flags(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_seq_num(GF_FilterPacket *pck, u32 seq_num);
GF_EXPORT u32 gf_filter_pck_get_seq_num(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_mark(GF_FilterPacket *pck, Bool is_marked);
GF_EXPORT Bool gf_filter_pck_get_mark(GF_FilterPacket *pck);

#ifdef __cplusplus
}
#endif

#endif
