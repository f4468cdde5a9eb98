// SPDX-License-Identifier: MIT
#include "formats/nal_config.h"
#include "formats/nal_tracker.h"

GF_Err nal_tracker_push_config(NalTracker *t, const u8 *record, u32 size, u32 *length_size)
{
	NalConfig config;
	NalUnitInfo info;
	GF_Err e = nal_config_read(t->codec, GF_FALSE, record, size, &config);
	if (e)
		return e;
	*length_size = config.sets.length_size;
	for (u32 i = 0; i < config.sets.nb_nals && !e; i++) {
		const ConfigNal *nal = &config.sets.nals[i];
		if (nal->size)
			e = nal_tracker_push(t, nal->data, nal->size, &info);
	}
	nal_config_reset(&config);
	return e;
}
