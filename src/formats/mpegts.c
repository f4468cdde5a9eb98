// SPDX-License-Identifier: MIT
#include "formats/mpegts.h"

#define SYNC_BYTE 0x47
#define MIN_PACKETS 3
#define MAX_PACKETS 8

// Of the first MAX_PACKETS packets one may be damaged; of fewer, none.
static Bool is_stream_of(const u8 *data, u32 size, u32 start, u32 length)
{
	u32 nb = 0, nb_synced = 0;
	for (u32 at = start; nb < MAX_PACKETS && at < size; at += length) {
		nb++;
		nb_synced += data[at] == SYNC_BYTE;
	}
	return nb >= MIN_PACKETS && nb_synced + (nb == MAX_PACKETS) >= nb;
}

Bool mpegts_is_stream(const u8 *data, u32 size)
{
	static const u32 lengths[] = {188, 192, 204};
	for (u32 i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		for (u32 start = 0; start < lengths[i]; start++) {
			if (is_stream_of(data, size, start, lengths[i]))
				return GF_TRUE;
		}
	}
	return GF_FALSE;
}
