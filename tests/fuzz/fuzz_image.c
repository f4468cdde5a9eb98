// SPDX-License-Identifier: MIT
// Headers of images on arbitrary bytes, also behind the mark of each format.
#include <string.h>
#include "formats/image.h"

static void read_image(const u8 *data, u32 size)
{
	ImageInfo info;
	if (image_read(data, size, &info))
		return;
	if (info.offset > size || info.size > size - info.offset || info.config_offset > size ||
		info.config_size > size - info.config_offset)
		__builtin_trap();
	if (info.kind == IMAGE_BMP && (u64)image_bmp_line(&info) * info.height > info.size)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const marks[] = {"\xFF\xD8\xFF", "\x89PNG\r\n\x1a\n", "BM"};
	u8 copy[4096];
	read_image(data, (u32)size);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t length = strlen(marks[i]);
		if (size < 14 || size > sizeof(copy))
			continue;
		memcpy(copy, data, size);
		memcpy(copy, marks[i], length);
		if (marks[i][0] == 'B')
			memset(copy + 6, 0, 4);
		read_image(copy, (u32)size);
	}
	return 0;
}
