// SPDX-License-Identifier: MIT
// Supplemental enhancement information messages which AVC, HEVC and VVC share (ITU-T H.274, H.264 annex D,
// H.265 annex D). Payload types below are those of all three standards unless named by one.
#ifndef FORMATS_SEI_H
#define FORMATS_SEI_H

#include "formats/nal.h"

enum {
	SEI_BUFFERING_PERIOD = 0,
	SEI_PIC_TIMING = 1,
	SEI_PAN_SCAN_RECT = 2,
	SEI_FILLER_PAYLOAD = 3,
	SEI_USER_DATA_REGISTERED = 4, // ITU-T T.35
	SEI_USER_DATA_UNREGISTERED = 5,
	SEI_RECOVERY_POINT = 6,
	SEI_AVC_SUB_SEQ_INFO = 10,
	SEI_AVC_SUB_SEQ_LAYER = 11,
	SEI_AVC_SUB_SEQ = 12,
	SEI_TIME_CODE = 136,
	SEI_MASTERING_DISPLAY = 137,
	SEI_CONTENT_LIGHT_LEVEL = 144,
	SEI_ALTERNATIVE_TRANSFER = 147,
	SEI_AMBIENT_VIEWING = 148,
};

typedef struct {
	u32 type;
	const u8 *payload; // without emulation prevention
	u32 size;
	u32 start; // offset of the message, its type bytes included, in the RBSP
} SeiMessage;

// `rbsp` is the unescaped NAL unit, `header_size` 1 for AVC and 2 for HEVC and VVC.
typedef struct {
	const u8 *data;
	u32 size;
	u32 pos;
} SeiIter;

void sei_iter_init(SeiIter *it, const u8 *rbsp, u32 size, u32 header_size);
// GF_EOS after the last message; GF_NON_COMPLIANT_BITSTREAM when a payload does not fit (not logged).
GF_Err sei_iter_next(SeiIter *it, SeiMessage *message);

// "user_data_unregistered"..., NULL for types the standards reserve.
const char *sei_type_name(u32 type);

typedef struct {
	u16 primaries_x[3], primaries_y[3]; // as coded: green, blue, red
	u16 white_x, white_y;
	u32 max_luminance, min_luminance;
} SeiMasteringDisplay;
typedef struct {
	u16 max_content, max_pic_average;
} SeiContentLight;
typedef struct {
	u32 illuminance;
	u16 light_x, light_y;
} SeiAmbientViewing;
// One clock time stamp (H.264 D.2.3, H.265 D.2.27).
typedef struct {
	Bool full_timestamp;
	Bool discontinuity, cnt_dropped;
	u8 counting_type;
	u16 n_frames;
	u8 hours, minutes, seconds;
	s32 time_offset;
} SeiClock;

GF_Err sei_mastering_display(const SeiMessage *message, SeiMasteringDisplay *out);
GF_Err sei_content_light(const SeiMessage *message, SeiContentLight *out);
GF_Err sei_ambient_viewing(const SeiMessage *message, SeiAmbientViewing *out);
GF_Err sei_alternative_transfer(const SeiMessage *message, u8 *transfer);
// time_code of HEVC and VVC. `nb_clocks` is the number written, at most 3.
GF_Err sei_time_code(const SeiMessage *message, SeiClock clocks[3], u32 *nb_clocks, const SynTrace *trace);

// Parts of the clock time stamps of AVC and HEVC: from counting_type on, the number of the frame of `n_frames_bits`; and
// the offset, of no bits when it is absent. What is left out keeps its value.
void sei_clock_parse(SynReader *r, u32 n_frames_bits, SeiClock *clock);
void sei_clock_offset(SynReader *r, u32 nb_bits, const char *name, SeiClock *clock);

#endif
