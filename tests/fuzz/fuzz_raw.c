// SPDX-License-Identifier: MIT
// Headers of WAV and YUV4MPEG2 files on arbitrary bytes.
#include "formats/wav.h"
#include "formats/y4m.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	WavFile wav;
	Y4mHeader y4m;
	u32 tag, line;
	if (!wav_read_header(data, (u32)size, &wav, &tag) && (wav.data_offset > size || !wav.format.nb_channels))
		__builtin_trap();
	if (!y4m_read_header(data, (u32)size, &y4m) && (y4m.size > size || !y4m.format))
		__builtin_trap();
	if (!y4m_read_frame(data, (u32)size, &line) && line > size)
		__builtin_trap();
	return 0;
}
