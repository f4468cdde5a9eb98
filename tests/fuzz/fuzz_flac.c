// SPDX-License-Identifier: MIT
// FLAC metadata and frames on arbitrary bytes.
#include "formats/flac.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u32 at = 4, content_size;
	const u8 *content;
	u8 type;
	FlacInfo info;
	FlacFrame f;
	u64 prefix = flac_prefix_size(data, (u32)size);
	if (prefix && prefix <= size) {
		while (flac_next_block(data, (u32)prefix, &at, &type, &content, &content_size)) {
			flac_info_read(content, content_size, &info);
			if (at > prefix)
				__builtin_trap();
		}
	}
	for (at = 0; at < size; at++) {
		if (!flac_frame_parse(data + at, (u32)size - at, &f))
			continue;
		u32 length = flac_frame_size(data + at, (u32)size - at, &f);
		if (length > size - at || (length && length < f.size))
			__builtin_trap();
		flac_frame_check(data + at, length);
	}
	return 0;
}
