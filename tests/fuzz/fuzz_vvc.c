// SPDX-License-Identifier: MIT
// VVC byte streams and configuration records on arbitrary bytes.
#include "fuzz_nal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	VvcConfig config, back;
	follow_stream(NAL_VVC, data, size);
	if (vvc_config_read(data, (u32)size, &config))
		return 0;
	u8 *out;
	u32 out_size;
	if (!vvc_config_write(&config, &out, &out_size)) {
		if (vvc_config_read(out, out_size, &back))
			__builtin_trap(); // what we write can be read
		nal_sets_reset(&back.sets);
		gf_free(out);
	}
	nal_sets_reset(&config.sets);
	return 0;
}
