// SPDX-License-Identifier: MIT
// Transport streams of ISO/IEC 13818-1: recognised only.
#ifndef FORMATS_MPEGTS_H
#define FORMATS_MPEGTS_H

#include <gpac/setup.h>

// Whether the data are packets of a transport stream, from some offset on: of 188 bytes (13818-1, 2.4.3.2), 192 (with a
// time stamp in front, as on Blu-ray discs) or 204 (with a checksum behind).
Bool mpegts_is_stream(const u8 *data, u32 size);

#endif
