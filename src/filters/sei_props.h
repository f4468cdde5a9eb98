// SPDX-License-Identifier: MIT
// What SEI messages tell, as properties.
#ifndef FILTERS_SEI_PROPS_H
#define FILTERS_SEI_PROPS_H

#include <gpac/filters.h>
#include "formats/nal_tracker.h"

// Light level, mastering display and ambient light of a PID; what the stream does not tell is that of its input.
void sei_set_metadata(GF_FilterPid *pid, GF_FilterPid *input, const NalMetadata *m);
// Time code of a packet, in a stream of `num / den` pictures per second.
void sei_set_timecode(GF_FilterPacket *packet, const SeiClock *clock, u32 num, u32 den);

#endif
