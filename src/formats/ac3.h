// SPDX-License-Identifier: MIT
// Headers of AC-3 and Enhanced AC-3 (ETSI TS 102 366) and their configuration boxes (annex F).
#ifndef FORMATS_AC3_H
#define FORMATS_AC3_H

#include <gpac/error.h>

#define AC3_HEADER_SIZE 16 // bytes that hold all that is read of a frame
#define AC3_FRAME_SAMPLES 1536
#define AC3_MAX_CONFIG_SIZE 64
#define AC3_MAX_SUBSTREAMS 8

typedef struct {
	Bool enhanced;
	u32 size;      // bytes of the frame
	u32 rate;      // sample rate
	u32 nb_blocks; // of 256 samples
	u8 fscod, bsid, bsmod, acmod;
	Bool lfe;
	u8 bit_rate_code; // AC-3
	u16 bit_rate;     // AC-3, kbit/s
	// Enhanced AC-3
	Bool dependent;
	u8 substream;
	u16 channel_map; // of dependent substreams, 0 when the channels are those of acmod
} Ac3Header;

typedef struct {
	Ac3Header header; // of the first frame
	u8 nb_dependent;
	u16 locations; // channels that dependent substreams add, as chan_loc of annex F.6
} Ac3Substream;

// The frames of 1536 samples: one frame of AC-3; of Enhanced AC-3, those of all substreams.
typedef struct {
	u32 size;
	u32 nb_samples;
	u32 nb_substreams; // independent ones
	Ac3Substream substreams[AC3_MAX_SUBSTREAMS];
} Ac3Unit;

// Needs AC3_HEADER_SIZE bytes. False when it is no header.
Bool ac3_parse(const u8 *data, u32 size, Ac3Header *h);
// Reads the unit at `data`. When its end is not in the data `unit->size` is larger than `size`; with `last` the
// unit ends with the data at the latest. False when no unit starts there.
Bool ac3_unit(const u8 *data, u32 size, Bool last, Ac3Unit *unit);
// Offset of the first frame that another one, or with `last` the end, follows. False when there is none, `*pos` bytes
// can be dropped.
Bool ac3_find(const u8 *data, u32 size, Bool last, u32 *pos);
u32 ac3_channels(const Ac3Unit *unit);
u64 ac3_layout(const Ac3Unit *unit); // GF_AUDIO_CH_ bits, 0 for two independent channels
// Content of the box dac3 or dec3. Returns its size.
u32 ac3_config(const Ac3Unit *unit, u8 config[AC3_MAX_CONFIG_SIZE]);

#endif
