// SPDX-License-Identifier: MIT
// Common part of the reframers of audio whose frames carry their own header (ADTS, MPEG audio…): assembling
// frames from blocks, resynchronisation, times, tags, index of a file and seeking. A codec gives the few
// functions that know the header.
//
// The input is a File PID (file mode) or an unframed audio PID (stream mode, which keeps the input times).
#ifndef FILTERS_RF_AUDIO_H
#define FILTERS_RF_AUDIO_H

#include <gpac/constants.h>
#include <gpac/filters.h>
#include "filters/raw_input.h"

#define RF_MAX_PARTS 4
#define RF_MAX_MARKS 32

typedef struct rf_audio RfAudio;

// What a header tells.
typedef struct {
	u32 size;       // bytes of the frame in the stream
	u32 nb_samples; // duration, in units of `rate`
	u32 rate;       // time scale of the frame
	u64 config;     // two frames with equal values have the same decoder configuration
} RfFrame;

// A piece of a frame to send as a packet.
typedef struct {
	u32 offset, size;
} RfPart;

typedef struct {
	const char *name; // of the filter, for messages
	u32 header_size;  // bytes that `parse` needs
	// What comes before the first frame of a stream: its size, 0 when there is nothing, more than `size` when it
	// goes on behind the data; and its use, the header of the file when it is scanned included. May be NULL.
	u64 (*prefix_size)(const u8 *data, u32 size);
	GF_Err (*use_prefix)(RfAudio *rf, const u8 *data, u32 size);
	// Reads the header at `data`; false when it is not one.
	Bool (*parse)(const RfAudio *rf, const u8 *data, u32 size, RfFrame *frame);
	// Offset of the first header that another one follows; false when there is none, `*pos` bytes can be
	// dropped.
	Bool (*find)(const u8 *data, u32 size, Bool last, u32 *pos);
	// Sets the properties of the output PID for the frame at `data`, the first or one whose configuration
	// changed.
	GF_Err (*configure)(GF_Filter *filter, RfAudio *rf, const u8 *data, const RfFrame *frame);
	// Cuts a whole frame into packets.
	u32 (*parts)(const u8 *data, const RfFrame *frame, RfPart parts[RF_MAX_PARTS]);
	// Samples of the whole stream when its first frame tells them, otherwise 0; may be NULL.
	u64 (*total_samples)(const u8 *data, const RfFrame *frame);
	// Samples that the header of a file tells, 0 when it does not; may be NULL.
	u64 (*announced_samples)(const RfAudio *rf);
	// Why the stream that starts at `data`, in which no frame is found, is not supported; NULL when it may
	// still be. May be NULL.
	const char *(*refusal)(const u8 *data, u32 size);
} RfCodec;

// Time of an input packet, for the first frame that starts at `pos` or after in the bytes being parsed.
typedef struct {
	u32 pos;
	u64 time;
} RfMark;

// Duration and seek points of a file.
typedef struct {
	u32 rate;
	u64 duration; // in units of `rate`, 0 when unknown
	Bool estimated;
	u64 file_size;
	RawPoints points; // in units of `rate`
	Bool complete; // the whole file was scanned
} RfIndex;

struct rf_audio {
	const RfCodec *codec;
	const void *options;   // of the filter, for `codec`
	double index_step;     // option `index`
	Bool separate_picture; // option `expart`

	GF_FilterPid *ipid, *opid, *picture_pid;
	Bool is_file;
	char *path;                 // of the file, NULL when it has none
	u64 range_start, range_end; // bytes of the file that the source sends, `range_end` 0 for all
	RfIndex index;

	u32 timescale; // of the output
	u64 config;    // of the last frame
	Bool configured;
	u64 base_time; // in `timescale`, and units of `unit_rate` since then
	u64 units;
	u32 unit_rate;
	RfMark marks[RF_MAX_MARKS]; // times of input packets that no frame took yet, in order
	u32 nb_marks;
	double seek_start; // packets before this time, in seconds, are not presented
	Bool seeking;
	Bool started; // a first PLAY was seen

	RawBytes bytes;         // that wait for the rest of their frame
	u64 buffer_offset;      // in the file, GF_FILTER_NO_BO when unknown
	Bool buffer_ready;      // whole frames wait in it for the output to unblock
	u32 packet_pos;         // bytes of the current input packet already used
	Bool in_packet;         // the current input packet was met before
	GF_FilterPacket *props; // properties of the packet where the buffered frame starts
	Bool at_end;            // nothing follows the bytes that `parse` is given
	Bool synced;
	Bool lost;   // a loss of synchronisation was reported
	Bool told;   // something is missing, and was reported
	Bool failed; // the stream is not one of the codec: its packets are dropped
	u8 *tag;     // leading ID3v2 tag, until there is an output
	u32 tag_size;
};

void rf_audio_init(
	RfAudio *rf, const RfCodec *codec, const void *options, double index_step, Bool separate_picture);

// The functions of the register. The user data of the filter starts with its RfAudio.
GF_Err rf_audio_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove);
Bool rf_audio_process_event(GF_Filter *filter, const GF_FilterEvent *event);
GF_Err rf_audio_process(GF_Filter *filter);
void rf_audio_finalize(GF_Filter *filter);

// Sets Duration and EstimatedDuration when known.
void rf_audio_set_duration(const RfAudio *rf);
void rf_audio_set_playback_mode(const RfAudio *rf);

// Scans the file at `rf->path` (rf_audio_index.c). With `partial` a large file is only sampled.
void rf_audio_scan(RfAudio *rf, Bool partial);
void rf_audio_index_reset(RfIndex *index);

// Sets the file tags of the ID3v2 tag at `data` as properties, and sends its picture (rf_audio_tags.c).
void rf_audio_set_tags(GF_Filter *filter, RfAudio *rf, const u8 *data, u32 size);

#endif
