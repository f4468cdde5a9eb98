// SPDX-License-Identifier: MIT
// ADTS framing, AudioSpecificConfig and the recognition of transport streams on arbitrary bytes.
#include "formats/aac_config.h"
#include "formats/adts.h"
#include "formats/mpegts.h"

static void walk_frames(const u8 *data, u32 size)
{
	u32 pos = 0;
	while (pos < size) {
		AdtsHeader header;
		AdtsBlock blocks[ADTS_MAX_BLOCKS];
		u32 skip;
		if (!frame_sync_find(&adts_sync, data + pos, size - pos, GF_TRUE, &skip))
			break;
		pos += skip;
		if (!adts_parse(data + pos, size - pos, &header))
			__builtin_trap();
		u32 nb = adts_blocks(data + pos, &header, blocks);
		for (u32 i = 0; i < nb; i++)
			if (blocks[i].offset + blocks[i].size > header.frame_size)
				__builtin_trap();
		pos += header.frame_size;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AacConfig config;
	Bool broken;
	walk_frames(data, (u32)size);
	frame_sync_count(&adts_sync, data, (u32)size, 100, &broken);
	mpegts_is_stream(data, (u32)size);
	if (aac_config_parse(data, (u32)size, &config))
		return 0;
	u8 *out;
	u32 out_size;
	aac_profile_level(&config);
	if (aac_config_write(&config, &out, &out_size))
		return 0;
	if (aac_config_parse(out, out_size, &config))
		__builtin_trap(); // what we write can be read
	gf_free(out);
	return 0;
}
