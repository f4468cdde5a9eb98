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
		hevc_config_reset(&back);
		gf_free(out);
	}
	hevc_config_reset(&config);
	return 0;
}
