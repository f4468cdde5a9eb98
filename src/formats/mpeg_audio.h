// SPDX-License-Identifier: MIT
// Frame headers of MPEG-1 (ISO/IEC 11172-3), MPEG-2 (13818-3) and MPEG-2.5 audio, layers I to III, and the
// headers that encoders hide in a first frame of layer III: Xing, Info, VBRI and LAME.
#ifndef FORMATS_MPEG_AUDIO_H
#define FORMATS_MPEG_AUDIO_H

#include "formats/frame_sync.h"

#define MPEG_AUDIO_HEADER_SIZE 4

typedef enum { MPEG_AUDIO_1 = 0, MPEG_AUDIO_2, MPEG_AUDIO_25 } MpegAudioVersion;

typedef struct {
	MpegAudioVersion version;
	u8 layer;       // 1 to 3
	u8 nb_channels; // 1 or 2
	Bool has_crc;
	Bool free_format; // the rate is not told: `bitrate` and `frame_size` are 0
	u32 rate;         // Hz
	u32 bitrate;      // bit/s
	u32 frame_size;   // bytes, header included
	u32 nb_samples;   // per channel
} MpegAudioHeader;

// What a Xing, Info or VBRI header tells. A field is 0 when the header does not have it.
typedef struct {
	u32 nb_frames; // this one not counted
	u32 nb_bytes;
	u32 delay, padding; // samples added by the encoder (LAME extension)
} MpegAudioInfo;

// Reads the header at `data`; false when it is not one, or when less than 4 bytes are given.
Bool mpeg_audio_parse(const u8 *data, u32 size, MpegAudioHeader *header);
// Frames of one stream, one after the other: same version, layer, rate and channels. Those of free format tell no size.
extern const FrameSync mpeg_audio_sync;
// True when `data` starts with a free format frame: a header without bitrate, found again further on.
Bool mpeg_audio_is_free_format(const u8 *data, u32 size);
// Reads the Xing, Info or VBRI header of a whole frame; false when it has none.
Bool mpeg_audio_info(const u8 *frame, u32 size, const MpegAudioHeader *header, MpegAudioInfo *info);

#endif
