// SPDX-License-Identifier: MIT
#include "formats/frame_sync.h"

// True when the frame at `pos` is followed by a header of its stream, or by the end of the last data.
static Bool is_followed(const FrameSync *sync, const u8 *data, u32 size, u32 pos, const SyncHeader *h, Bool last)
{
	SyncHeader next;
	u32 left = size - pos - h->size;
	if (!left)
		return last;
	return sync->parse(data + pos + h->size, left, &next) && next.stream == h->stream;
}

Bool frame_sync_find(const FrameSync *sync, const u8 *data, u32 size, Bool last, u32 *pos)
{
	u32 keep = size; // first header whose next is not in `data`
	for (u32 i = 0; i + sync->header_size <= size; i++) {
		SyncHeader h;
		if (!sync->parse(data + i, size - i, &h) || !h.size)
			continue;
		if (h.size <= size - i && is_followed(sync, data, size, i, &h, last)) {
			*pos = i;
			return GF_TRUE;
		}
		if (!last && keep == size && size - i < h.size + sync->header_size)
			keep = i;
	}
	// The last bytes may be the start of a header.
	u32 tail = last ? 0 : (size < sync->header_size ? size : sync->header_size - 1);
	*pos = keep < size - tail ? keep : size - tail;
	return GF_FALSE;
}

u32 frame_sync_count(const FrameSync *sync, const u8 *data, u32 size, u32 max, Bool *broken)
{
	SyncHeader first = {0}, h;
	u32 pos = 0, nb = 0;
	*broken = GF_FALSE;
	while (nb < max && size - pos >= sync->header_size) {
		if (!sync->parse(data + pos, size - pos, &h) || !h.size || (nb && h.stream != first.stream)) {
			*broken = GF_TRUE;
			break;
		}
		if (!nb++)
			first = h;
		if (h.size >= size - pos)
			break;
		pos += h.size;
	}
	return nb;
}
