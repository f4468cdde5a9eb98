// SPDX-License-Identifier: MIT
#ifndef GPAC_PACKET_H
#define GPAC_PACKET_H

#include <gpac/props.h>
#include <gpac/filter_types.h>

#ifdef __cplusplus
extern "C" {
#endif

// Packets: data with attributes and properties, on their way from one filter to the next.
//
// An *output* packet is made on an output PID and belongs to its maker until gf_filter_pck_send or
// gf_filter_pck_discard. Setters work on it; on any other packet they log an error and return GF_BAD_PARAM.
// An *input* packet comes from gf_filter_pid_get_packet and is valid until it is dropped; a filter that needs
// it longer takes a reference. Getters work on both kinds. Times are in units of the PID's timescale.
//
// Calls are made from callbacks of the filter that holds the packet. A referenced packet may be read, and its
// reference released, from any thread. Functions that make a packet return NULL, with a message, when the PID
// is not an output or memory is short.

// Stream access points of ISO/IEC 14496-12 annex I. Type 4 is gradual refresh (roll distance in the roll
// info) or, as PROL, audio pre-roll.
typedef enum {
	GF_FILTER_SAP_NONE = 0,
	GF_FILTER_SAP_1 = 1,
	GF_FILTER_SAP_2 = 2,
	GF_FILTER_SAP_3 = 3,
	GF_FILTER_SAP_4 = 4,
	GF_FILTER_SAP_4_PROL = 5,
} GF_FilterSAPType;

// Clock references are packets without data that tell the time of the sender, with or without discontinuity.
typedef enum {
	GF_FILTER_CLOCK_NONE = 0,
	GF_FILTER_CLOCK_PCR = 1,
	GF_FILTER_CLOCK_PCR_DISC = 2,
} GF_FilterClockType;

enum {
	GF_FRAME_IFCE_BLOCKING = 1,  // the producer waits for the release: drop as soon as possible
	GF_FRAME_IFCE_MAIN_GLFB = 2, // the frame is the main GL framebuffer
	// The frame needs neither the filter nor the session: it stays for packets that outlive them, and the destructor is
	// then called without filter and PID.
	GF_FRAME_IFCE_INDEPENDENT = 4,
};

#define GF_FILTER_PCK_CRYPT 1 // crypt flag: the payload is encrypted

// A video frame that is not in the memory of its packet. Belongs to the producer and lives until the packet's
// destructor is called.
typedef struct gf_filterframeinterface GF_FilterFrameInterface;
struct gf_filterframeinterface {
	// Plane 0 is Y or the packed plane, 1 is U or interleaved chroma, 2 is V, then alpha. The memory is valid
	// until the packet is released. NULL when there are only textures.
	GF_Err (*get_plane)(GF_FilterFrameInterface *frame, u32 plane_idx, const u8 **outPlane, u32 *outStride);
	// GL target and texture name of a plane, and the 4x4 matrix of texture coordinates (may be NULL); top
	// line first. Called with the context current. NULL when there are only planes.
	GF_Err (*get_gl_texture)(GF_FilterFrameInterface *frame, u32 plane_idx, u32 *gl_tex_format,
		u32 *gl_tex_id, void *texcoordmatrix);
	u32 flags; // GF_FRAME_IFCE_*
	void *user_data;
};

// Called once, when the last user of a packet is done with it or when it is discarded, with the pointer that
// its maker got. The data can still be read. May come from another thread; `pck` is not to be kept.
typedef void (*gf_fsess_packet_destructor)(GF_Filter *filter, GF_FilterPid *PID, GF_FilterPacket *pck);

// ---- Making packets. At first DTS, CTS and byte offset are unset, start and end of frame set, all else 0.

// Memory of the engine, writable until sent; `*data` (may be NULL) points to it. Its content is undefined.
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_alloc(GF_FilterPid *PID, u32 data_size, u8 **data);
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_alloc_destructor(
	GF_FilterPid *PID, u32 data_size, u8 **data, gf_fsess_packet_destructor destruct);
// Memory of the caller, untouched until `destruct` is called; without destructor it lives for ever.
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_shared(
	GF_FilterPid *PID, const u8 *data, u32 data_size, gf_fsess_packet_destructor destruct);
// A range of another packet, which is kept alive; a size of 0 is the rest from the offset. Attributes and
// properties are not copied. NULL when the range is not inside.
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_ref(
	GF_FilterPid *PID, u32 data_offset, u32 data_size, GF_FilterPacket *source_packet);
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_ref_destructor(GF_FilterPid *PID, u32 data_offset, u32 data_size,
	GF_FilterPacket *source_packet, gf_fsess_packet_destructor destruct);
// Data, attributes and properties of another packet, copied. A frame interface is read back into memory with
// default strides; NULL when it has only textures or its PID does not tell size and format.
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_copy(GF_FilterPid *PID, GF_FilterPacket *pck_source, u8 **data);
// As a copy, but the memory is reused, to be changed in place, when nobody else can see it.
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_clone(GF_FilterPid *PID, GF_FilterPacket *pck_source, u8 **data);
// A copy of an input packet that belongs to no PID; released with gf_filter_pck_discard. `cached_pck`, the
// result of an earlier call or NULL, is reused or released. NULL when the source is not an input packet. Both
// forms copy.
GF_EXPORT GF_FilterPacket *gf_filter_pck_dangling_copy(
	GF_FilterPacket *pck_source, GF_FilterPacket *cached_pck);
GF_EXPORT GF_FilterPacket *gf_filter_pck_dangling_clone(
	GF_FilterPacket *pck_source, GF_FilterPacket *cached_pck);
// A frame behind an interface. Read-only.
GF_EXPORT GF_FilterPacket *gf_filter_pck_new_frame_interface(
	GF_FilterPid *PID, GF_FilterFrameInterface *frame_ifce, gf_fsess_packet_destructor destruct);

// Gives the packet to the consumers of its PID, in any case. An unset DTS or CTS takes the other's value, an
// unset duration is the difference to the previous packet (not on sparse PIDs). GF_OK, also when nobody takes
// the PID; GF_PENDING_PACKET when the PID is not linked yet and the packet is kept; GF_BAD_PARAM for an input
// packet.
GF_EXPORT GF_Err gf_filter_pck_send(GF_FilterPacket *pck);
// Releases an output or dangling packet that was not sent.
GF_EXPORT void gf_filter_pck_discard(GF_FilterPacket *pck);
// Sends a reference to a whole packet, with its attributes and properties, on another PID.
GF_EXPORT GF_Err gf_filter_pck_forward(GF_FilterPacket *reference, GF_FilterPid *PID);

// ---- References

// Keeps a packet beyond its drop. The handle to keep, which replaces `*pck`, may differ from the one given.
GF_EXPORT GF_Err gf_filter_pck_ref(GF_FilterPacket **pck);
GF_EXPORT GF_FilterPacket *gf_filter_pck_ref_ex(GF_FilterPacket *pck);
GF_EXPORT void gf_filter_pck_unref(GF_FilterPacket *pck);
// Keeps attributes and properties without the data.
GF_EXPORT GF_Err gf_filter_pck_ref_props(GF_FilterPacket **pck);
// True when the producer waits for the release of this packet.
GF_EXPORT Bool gf_filter_pck_is_blocking_ref(GF_FilterPacket *pck);

// ---- Data

// NULL and a size of 0 for a packet without memory. Only the maker of an unsent packet writes through it.
GF_EXPORT const u8 *gf_filter_pck_get_data(GF_FilterPacket *pck, u32 *size);
GF_EXPORT GF_FilterFrameInterface *gf_filter_pck_get_frame_interface(GF_FilterPacket *pck);
// Grows an unsent packet made by new_alloc; the content stays, the byte offset is unset. At least one of the
// first two results is asked for.
GF_EXPORT GF_Err gf_filter_pck_expand(
	GF_FilterPacket *pck, u32 nb_bytes_to_add, u8 **data_start, u8 **new_range_start, u32 *new_size);
// Shrinks an unsent packet; a larger size changes nothing.
GF_EXPORT GF_Err gf_filter_pck_truncate(GF_FilterPacket *pck, u32 size);
// The memory of a packet made by new_alloc was passed through gf_realloc: this is what it became.
GF_EXPORT void gf_filter_pck_check_realloc(GF_FilterPacket *pck, u8 *data, u32 size);
// Nobody may change the memory in place.
GF_EXPORT GF_Err gf_filter_pck_set_readonly(GF_FilterPacket *pck);

// ---- Properties, as those of PIDs; values are valid as long as the packet

GF_EXPORT GF_Err gf_filter_pck_set_property(
	GF_FilterPacket *pck, u32 prop_4cc, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pck_set_property_str(
	GF_FilterPacket *pck, const char *name, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pck_set_property_dyn(
	GF_FilterPacket *pck, char *name, const GF_PropertyValue *value);
GF_EXPORT const GF_PropertyValue *gf_filter_pck_get_property(GF_FilterPacket *pck, u32 prop_4cc);
GF_EXPORT const GF_PropertyValue *gf_filter_pck_get_property_str(GF_FilterPacket *pck, const char *prop_name);
GF_EXPORT const GF_PropertyValue *gf_filter_pck_enum_properties(
	GF_FilterPacket *pck, u32 *idx, u32 *prop_4cc, const char **prop_name);
GF_EXPORT Bool gf_filter_pck_has_properties(GF_FilterPacket *pck);
// Property of the PID as it was when the packet was sent: its consumer may hold the packet, by a reference or
// a dangling copy, longer than the PID has it. For a packet not sent yet, that of its output PID.
GF_EXPORT const GF_PropertyValue *gf_filter_pck_get_pid_property(GF_FilterPacket *pck, u32 prop_4cc);
GF_EXPORT const GF_PropertyValue *gf_filter_pck_get_pid_property_str(
	GF_FilterPacket *pck, const char *prop_name);
// Copies all attributes, and adds the properties, of the first packet to the second.
GF_EXPORT GF_Err gf_filter_pck_merge_properties(GF_FilterPacket *pck_src, GF_FilterPacket *pck_dst);
GF_EXPORT GF_Err gf_filter_pck_merge_properties_filter(
	GF_FilterPacket *pck_src, GF_FilterPacket *pck_dst, gf_filter_prop_filter filter_prop, void *cbk);

// ---- Attributes

// Whether the packet starts and ends a frame (or file).
GF_EXPORT GF_Err gf_filter_pck_set_framing(GF_FilterPacket *pck, Bool is_start, Bool is_end);
GF_EXPORT GF_Err gf_filter_pck_get_framing(GF_FilterPacket *pck, Bool *is_start, Bool *is_end);
// GF_FILTER_NO_TS when unset.
GF_EXPORT GF_Err gf_filter_pck_set_dts(GF_FilterPacket *pck, u64 dts);
GF_EXPORT u64 gf_filter_pck_get_dts(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_cts(GF_FilterPacket *pck, u64 cts);
GF_EXPORT u64 gf_filter_pck_get_cts(GF_FilterPacket *pck);
// Units per second in force for this packet; 1000 when its PID has no timescale.
GF_EXPORT u32 gf_filter_pck_get_timescale(GF_FilterPacket *pck);
// A duration set to 0 stays 0.
GF_EXPORT GF_Err gf_filter_pck_set_duration(GF_FilterPacket *pck, u32 duration);
GF_EXPORT u32 gf_filter_pck_get_duration(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_sap(GF_FilterPacket *pck, GF_FilterSAPType sap_type);
GF_EXPORT GF_FilterSAPType gf_filter_pck_get_sap(GF_FilterPacket *pck);
// Roll distance, in packets, of SAP type 4.
GF_EXPORT GF_Err gf_filter_pck_set_roll_info(GF_FilterPacket *pck, s16 roll_count);
GF_EXPORT s16 gf_filter_pck_get_roll_info(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_switch_frame(GF_FilterPacket *pck, Bool is_switch_frame);
GF_EXPORT Bool gf_filter_pck_get_switch_frame(GF_FilterPacket *pck);
// 0 progressive, 1 top field first, 2 bottom field first.
GF_EXPORT GF_Err gf_filter_pck_set_interlaced(GF_FilterPacket *pck, u32 is_interlaced);
GF_EXPORT u32 gf_filter_pck_get_interlaced(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_corrupted(GF_FilterPacket *pck, Bool is_corrupted);
GF_EXPORT Bool gf_filter_pck_get_corrupted(GF_FilterPacket *pck);
// To be decoded, not shown. On a file PID: a patch at the byte offset.
GF_EXPORT GF_Err gf_filter_pck_set_seek_flag(GF_FilterPacket *pck, Bool is_seek);
GF_EXPORT Bool gf_filter_pck_get_seek_flag(GF_FilterPacket *pck);
// Place in the source of data that is an exact copy of it; GF_FILTER_NO_BO when unknown.
GF_EXPORT GF_Err gf_filter_pck_set_byte_offset(GF_FilterPacket *pck, u64 byte_offset);
GF_EXPORT u64 gf_filter_pck_get_byte_offset(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_crypt_flags(GF_FilterPacket *pck, u8 crypt_flag);
GF_EXPORT u8 gf_filter_pck_get_crypt_flags(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_clock_type(GF_FilterPacket *pck, GF_FilterClockType ctype);
GF_EXPORT GF_FilterClockType gf_filter_pck_get_clock_type(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_carousel_version(GF_FilterPacket *pck, u8 version_number);
GF_EXPORT u8 gf_filter_pck_get_carousel_version(GF_FilterPacket *pck);
// The byte of ISO/IEC 14496-12 8.6.4: is leading, depends on, is depended on, has redundancy, two bits each.
GF_EXPORT GF_Err gf_filter_pck_set_dependency_flags(GF_FilterPacket *pck, u8 dep_flags);
GF_EXPORT u8 gf_filter_pck_get_dependency_flags(GF_FilterPacket *pck);
GF_EXPORT GF_Err gf_filter_pck_set_seq_num(GF_FilterPacket *pck, u32 seq_num);
GF_EXPORT u32 gf_filter_pck_get_seq_num(GF_FilterPacket *pck);
// A mark of the holder, on an input packet or a property reference: each destination has its own.
GF_EXPORT GF_Err gf_filter_pck_set_mark(GF_FilterPacket *pck, Bool is_marked);
GF_EXPORT Bool gf_filter_pck_get_mark(GF_FilterPacket *pck);

#ifdef __cplusplus
}
#endif

#endif
