// SPDX-License-Identifier: MIT
#include <gpac/constants.h>
#include <string.h>

#include "base/array.h"
#include "filters/raw_input.h"

GF_Err raw_append(RawBytes *b, const u8 *data, u32 size)
{
	if (!size)
		return GF_OK;
	if (array_reserve(&b->data, &b->alloc, b->size, size, 1))
		return GF_OUT_OF_MEM;
	memcpy(b->data + b->size, data, size);
	b->size += size;
	return GF_OK;
}

void raw_consume(RawBytes *b, u32 size)
{
	b->size -= size;
	if (size && b->size)
		memmove(b->data, b->data + size, b->size);
}

Bool raw_is_file(GF_FilterPid *pid)
{
	const GF_PropertyValue *type = gf_filter_pid_get_property(pid, GF_PROP_PID_STREAM_TYPE);
	return type && type->value.uint == GF_STREAM_FILE;
}

void raw_play(GF_FilterPid *pid)
{
	GF_FilterEvent event;
	GF_FEVT_INIT(event, GF_FEVT_PLAY, pid);
	event.play.speed = 1.0;
	gf_filter_pid_send_event(pid, &event);
}

void raw_seek(GF_FilterPid *pid, u64 offset, u64 end, u32 unit)
{
	GF_FilterEvent event;
	GF_FEVT_INIT(event, GF_FEVT_SOURCE_SEEK, pid);
	event.seek.start_offset = offset;
	event.seek.end_offset = end;
	event.seek.hint_block_size = unit;
	gf_filter_pid_send_event(pid, &event);
}
