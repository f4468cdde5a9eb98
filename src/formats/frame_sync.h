// SPDX-License-Identifier: MIT
// Finding frames that follow each other, each behind its own header: ADTS and MPEG audio.
#ifndef FORMATS_FRAME_SYNC_H
#define FORMATS_FRAME_SYNC_H

#include <gpac/setup.h>

typedef struct {
	u32 size;   // of the frame, header included; 0 when the header does not tell
	u32 stream; // equal in all frames of a stream
} SyncHeader;

typedef struct {
	u32 header_size;
	// Reads the header at `data`; false when it is not one.
	Bool (*parse)(const u8 *data, u32 size, SyncHeader *header);
} FrameSync;

// Offset of the first header followed by another of its stream at the end of its frame; false when there is none.
// `last`: nothing follows `data`, so that a frame which ends with it is accepted. When false, `*pos` is the number of
// bytes that can be dropped: a header may start there.
Bool frame_sync_find(const FrameSync *sync, const u8 *data, u32 size, Bool last, u32 *pos);
// Number of consecutive frames from the start of `data`, at most `max`, counting a last one that is cut.
// `*broken`: something else follows them.
u32 frame_sync_count(const FrameSync *sync, const u8 *data, u32 size, u32 max, Bool *broken);

#endif
