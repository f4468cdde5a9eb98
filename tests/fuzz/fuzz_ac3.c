// SPDX-License-Identifier: MIT
// AC-3 and Enhanced AC-3 frames on arbitrary bytes.
#include "formats/ac3.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u32 at = 0, skip;
	while (at < size && ac3_find(data + at, (u32)size - at, GF_TRUE, &skip)) {
		Ac3Unit unit;
		u8 config[AC3_MAX_CONFIG_SIZE];
		at += skip;
		if (!ac3_unit(data + at, (u32)size - at, GF_TRUE, &unit) || unit.size < AC3_HEADER_SIZE)
			__builtin_trap();
		ac3_channels(&unit);
		ac3_layout(&unit);
		if (ac3_config(&unit, config) > sizeof(config))
			__builtin_trap();
		if (unit.size > size - at)
			break;
		at += unit.size;
	}
	return 0;
}
