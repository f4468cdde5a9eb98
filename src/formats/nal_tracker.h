// SPDX-License-Identifier: MIT
// Follows the NAL units of an AVC, HEVC or VVC stream in decoding order: keeps the parameter sets, finds
// where access units start (H.264 7.4.1.2.3, H.265 7.4.2.4.4, H.266 7.4.2.4.3) and describes each coded
// picture.
//
// The two fields of an AVC frame make one access unit here, as file formats store them.
#ifndef FORMATS_NAL_TRACKER_H
#define FORMATS_NAL_TRACKER_H

#include "formats/avc.h"
#include "formats/hevc.h"
#include "formats/vvc.h"

typedef enum {
	NAL_ROLE_SLICE,
	NAL_ROLE_PARAM_SET, // VPS, SPS, PPS and their like, which configuration records hold
	NAL_ROLE_SEI,
	NAL_ROLE_AUD,
	NAL_ROLE_END, // end of sequence or of bitstream
	NAL_ROLE_FILLER,
	NAL_ROLE_OTHER,
} NalRole;

typedef enum {
	NAL_PLACE_SAME,  // in the access unit of the units before it
	NAL_PLACE_NEXT,  // in the access unit of the next slice: the same one, or a new one which it starts
	NAL_PLACE_START, // starts an access unit, with the NAL_PLACE_NEXT units which precede it
} NalPlace;

typedef struct {
	u8 type, layer_id, temporal_id;
	NalRole role;
	NalPlace place;
	Bool enhancement; // of a layer above the base: SVC, MVC, layered HEVC or VVC
	Bool drop;        // cannot be used: broken, or its parameter sets are missing
} NalUnitInfo;

// Slice types found in a picture.
enum { NAL_SLICE_I = 1, NAL_SLICE_P = 2, NAL_SLICE_B = 4 };

// ISO/IEC 14496-12 8.6.4.3 is_leading
typedef enum {
	NAL_LEADING_UNKNOWN = 0,
	NAL_LEADING_DEPENDENT,
	NAL_NOT_LEADING,
	NAL_LEADING_DECODABLE
} NalLeading;

#define NAL_MAX_REFS 16

typedef struct {
	s32 poc;          // of the frame, lowest of its fields
	Bool irap;        // AVC: IDR
	Bool poc_restart; // the order count does not continue that of the pictures before
	// Stream access point type of ISO/IEC 14496-12 annex I by the NAL unit type alone: 1 to 3, 0 for none.
	u8 sap;
	// Gradual refresh or recovery point: so many pictures (AVC frame numbers, order counts otherwise) to
	// wait.
	Bool has_recovery;
	u32 recovery_count;
	u8 slices;      // NAL_SLICE_*
	Bool reference; // other pictures may refer to it
	NalLeading leading;
	Bool redundant; // has redundant slices
	u8 sps_id;
	Bool field, bottom_first; // first coded field, or order of the fields of a frame
	Bool field_pair;
	u8 interlaced; // 0 progressive or unknown, 1 top field first, 2 bottom field first
	Bool has_pic_struct;
	u8 pic_struct; // table D-1 (AVC), D.2 (HEVC)
	Bool has_clock;
	SeiClock clock;
	u8 nb_refs; // HEVC: order counts of the reference pictures in use
	s32 refs[NAL_MAX_REFS];
} NalPicture;

// A parameter set as received, the last one of its type, layer and identifier.
typedef struct {
	u8 type, layer_id;
	u16 id;
	u8 *data;
	u32 size;
} NalParamSet;

// Metadata of the whole stream found in SEI messages.
typedef struct {
	Bool has_display, has_light, has_ambient, has_transfer;
	SeiMasteringDisplay display;
	SeiContentLight light;
	SeiAmbientViewing ambient;
	u32 transfer; // alternative_transfer_characteristics
} NalMetadata;
_Static_assert(sizeof(NalMetadata) == 4 * sizeof(Bool) + 24 + 4 + 8 + 4, "compared as bytes: no padding");

typedef struct {
	const AvcSps *sps[AVC_MAX_SPS];
	const AvcPps *pps[AVC_MAX_PPS];
	AvcSlice last;
	Bool first_mb_seen; // the picture has the slice of its first macroblock
	AvcPocState poc;
	Bool field_waits; // `last` is a first field, of order count `field_poc`
	AvcPoc field_poc;
} AvcTracker;

typedef struct {
	const HevcSps *sps[HEVC_MAX_SPS];
	const HevcPps *pps[HEVC_MAX_PPS];
	u32 num_units_in_tick, time_scale; // of the VPS
	u32 poc_lsb;
	HevcPocState poc;
} HevcTracker;

typedef struct {
	const VvcSps *sps[VVC_MAX_SPS];
	const VvcPps *pps[VVC_MAX_PPS];
	VvcPictureHeader ph; // of the last picture header NAL unit
	Bool has_ph;
	Bool ph_waits; // no slice followed it yet
	u8 last_layer_id;
	VvcPocState poc;
} VvcTracker;

typedef struct {
	NalCodec codec;
	const SynTrace *trace; // of all parameter sets and slice headers read, NULL for none; kept by resets
	NalPicture picture;    // of the current access unit, completed by each of its slices
	NalPicture finished;   // of the access unit before, when a unit starts another
	Bool has_picture;
	Bool force_start;  // the next slice starts an access unit whatever its header says
	Bool sequence_end; // nothing was decoded since the start or an end of sequence
	NalPicture sei;    // what the SEI units since the last slice say about the next picture
	NalMetadata metadata;
	NalParamSet *sets;
	u32 nb_sets, alloc_sets;
	u32 sets_version;    // grows when a set is added or replaced
	u32 replace_version; // grows when a set is replaced
	u32 nb_missing;      // slices dropped in a row since their parameter sets are missing
	union {
		AvcTracker avc;
		HevcTracker hevc;
		VvcTracker vvc;
	};
} NalTracker;

void nal_tracker_init(NalTracker *tracker, NalCodec codec);
void nal_tracker_reset(NalTracker *tracker); // frees the parameter sets
// Forgets the pictures but not the parameter sets: what follows is from another place of the stream.
void nal_tracker_restart(NalTracker *tracker);
// Reads one NAL unit. GF_OUT_OF_MEM only: a unit that cannot be used is marked so in `info`.
GF_Err nal_tracker_push(NalTracker *tracker, const u8 *nal, u32 size, NalUnitInfo *info);

// Reads the parameter sets of a configuration record (avcC, hvcC, vvcC). `*length_size` is that of the NAL unit lengths
// of its stream.
GF_Err nal_tracker_push_config(NalTracker *t, const u8 *record, u32 size, u32 *length_size);
// The stream has all the sets that a configuration record needs.
Bool nal_tracker_has_config(const NalTracker *tracker);
// Format by the given SPS, or the first one. Timing of an HEVC VPS stands in for that of the SPS.
GF_Err nal_tracker_format(const NalTracker *tracker, u8 sps_id, NalVideoFormat *format);
// Duration of an AVC picture in field ticks (H.264 table E-6), 2 for all other pictures.
u32 nal_picture_ticks(const NalTracker *tracker, const NalPicture *picture);

// Helpers of the codec parts.
GF_Err nal_tracker_store(NalTracker *tracker, u8 type, u8 layer_id, u16 id, const u8 *nal, u32 size);
void nal_tracker_begin(NalTracker *tracker, NalUnitInfo *info, const NalPicture *picture);
void nal_tracker_missing(NalTracker *tracker, const char *codec, NalUnitInfo *info);
void nal_tracker_sei(NalTracker *tracker, const u8 *nal, u32 size, u32 header_size);
GF_Err avc_tracker_push(NalTracker *tracker, const u8 *nal, u32 size, NalUnitInfo *info);
GF_Err hevc_tracker_push(NalTracker *tracker, const u8 *nal, u32 size, NalUnitInfo *info);
GF_Err vvc_tracker_push(NalTracker *tracker, const u8 *nal, u32 size, NalUnitInfo *info);
void avc_tracker_sei(NalTracker *tracker, const SeiMessage *message);
void hevc_tracker_sei(NalTracker *tracker, const SeiMessage *message);

#endif
