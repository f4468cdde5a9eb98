// SPDX-License-Identifier: MIT
#include "formats/nal_splitter.h"

#define MIN_ALLOC (64 * 1024)

void nal_splitter_reset(NalSplitter *s)
{
	gf_free(s->data);
	*s = (NalSplitter){0};
}

void nal_splitter_restart(NalSplitter *s, u64 offset)
{
	s->size = s->scan = 0;
	s->base = offset;
	s->has_unit = GF_FALSE;
}

GF_Err nal_splitter_append(NalSplitter *s, const u8 *data, size_t size)
{
	if (size > s->alloc - s->size) {
		size_t alloc = s->size + size + s->size / 2;
		if (alloc < MIN_ALLOC)
			alloc = MIN_ALLOC;
		u8 *grown = gf_realloc(s->data, alloc);
		if (!grown)
			return GF_OUT_OF_MEM;
		s->data = grown;
		s->alloc = alloc;
	}
	memcpy(s->data + s->size, data, size);
	s->size += size;
	return GF_OK;
}

// A start code may be cut: its first two bytes are looked at again with the next block.
static void scan_later(NalSplitter *s)
{
	if (s->size >= 2 && s->size - 2 > s->scan)
		s->scan = s->size - 2;
}

static Bool find_unit(NalSplitter *s)
{
	size_t code = nal_find_start_code(s->data, s->size, s->scan);
	if (code == s->size) {
		scan_later(s);
		return GF_FALSE;
	}
	s->unit = s->scan = code + 3;
	s->has_unit = GF_TRUE;
	return GF_TRUE;
}

Bool nal_splitter_next(NalSplitter *s, Bool last, NalUnit *unit)
{
	while (s->has_unit || find_unit(s)) {
		size_t end = nal_find_start_code(s->data, s->size, s->scan);
		Bool found = end < s->size;
		if (!found && !last) {
			scan_later(s);
			return GF_FALSE;
		}
		size_t start = s->unit;
		s->has_unit = found;
		s->scan = found ? end + 3 : s->size;
		s->unit = s->scan;
		if (found && end > start && !s->data[end - 1])
			end--;
		if (end > start && end - start <= 0xFFFFFFFFu) {
			*unit = (NalUnit){
				.start = s->base + start - 3,
				.offset = s->base + start,
				.size = (u32)(end - start),
				.data = s->data + start,
			};
			return GF_TRUE;
		}
	}
	return GF_FALSE;
}

// Moving the rest down each time would cost more than the scan: it waits until half of the bytes are unused.
void nal_splitter_release(NalSplitter *s, u64 offset)
{
	u64 keep = s->base + (s->has_unit ? s->unit - 3 : s->scan);
	if (offset > keep)
		offset = keep;
	if (offset <= s->base || (offset - s->base) * 2 < s->size)
		return;
	size_t nb = (size_t)(offset - s->base);
	s->size -= nb;
	memmove(s->data, s->data + nb, s->size);
	s->base += nb;
	s->scan -= nb;
	if (s->has_unit)
		s->unit -= nb;
}
