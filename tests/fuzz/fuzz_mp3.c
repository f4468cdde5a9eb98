// SPDX-License-Identifier: MIT
// MPEG audio framing, Xing and VBRI headers, and ID3 tags on arbitrary bytes.
#include "formats/id3.h"
#include "formats/mpeg_audio.h"

static void walk_frames(const u8 *data, u32 size)
{
	u32 pos = 0;
	while (pos < size) {
		MpegAudioHeader header;
		MpegAudioInfo info;
		u32 skip;
		if (!frame_sync_find(&mpeg_audio_sync, data + pos, size - pos, GF_TRUE, &skip))
			break;
		pos += skip;
		if (!mpeg_audio_parse(data + pos, size - pos, &header) || !header.frame_size)
			__builtin_trap();
		mpeg_audio_info(data + pos, header.frame_size, &header, &info);
		pos += header.frame_size;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Id3Reader reader;
	Id3Item item;
	Bool broken;
	walk_frames(data, (u32)size);
	frame_sync_count(&mpeg_audio_sync, data, (u32)size, 100, &broken);
	if (id3_open(&reader, data, (u32)size))
		return 0;
	while (id3_next(&reader, &item))
		id3_item_reset(&item);
	id3_close(&reader);
	return 0;
}
