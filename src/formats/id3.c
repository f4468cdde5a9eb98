// SPDX-License-Identifier: MIT
#include <string.h>
#include "formats/id3.h"

// ID3v2.4 3.1: "ID3", version, flags, then the size of the tag without header and footer on four bytes of
// seven bits.
u64 id3v2_size(const u8 *data, u32 size)
{
	if (size < ID3_HEADER_SIZE || memcmp(data, "ID3", 3) || data[3] == 0xFF || data[4] == 0xFF)
		return 0;
	if ((data[6] | data[7] | data[8] | data[9]) & 0x80)
		return 0;
	u32 body = (u32)data[6] << 21 | (u32)data[7] << 14 | (u32)data[8] << 7 | data[9];
	Bool has_footer = (data[5] & 0x10) ? GF_TRUE : GF_FALSE;
	return (u64)body + ID3_HEADER_SIZE + (has_footer ? ID3_HEADER_SIZE : 0);
}
