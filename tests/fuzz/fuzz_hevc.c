// SPDX-License-Identifier: MIT
// HEVC byte streams and configuration records on arbitrary bytes.
#include "fuzz_nal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	HevcConfig config, back;
	Bool layered = size & 2;
	follow_stream(NAL_HEVC, data, size);
	if (hevc_config_read(data, (u32)size, layered, &config))
		return 0;
	u8 *out;
	u32 out_size;
	if (!hevc_config_write(&config, layered, &out, &out_size)) {
		if (hevc_config_read(out, out_size, layered, &back))
			__builtin_trap(); // what we write can be read
		nal_sets_reset(&back.sets);
		gf_free(out);
	}
	nal_sets_reset(&config.sets);
	return 0;
}
