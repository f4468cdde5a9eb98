// SPDX-License-Identifier: MIT
#include <zlib.h>

#include "net/net_module.h"

#define GZIP_WINDOW (15 + 16) // a window of 32 KB, with the frame of gzip
#define ZLIB_WINDOW 15

u32 net_compress(const u8 *data, u32 size, Bool gzip, u8 *buffer, u32 max)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)data, .avail_in = size, .next_out = buffer, .avail_out = max};
	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip ? GZIP_WINDOW : ZLIB_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return 0;
	Bool done = deflate(&z, Z_FINISH) == Z_STREAM_END;
	u32 written = max - z.avail_out;
	deflateEnd(&z);
	return done ? written : 0;
}
