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

// ---- Files

static const char *path_of(GF_FilterPid *pid)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_FILEPATH);
	return p ? p->value.string : NULL;
}

Bool raw_has_path(GF_FilterPid *pid, const char *path)
{
	const char *own = path_of(pid);
	return own && path ? !strcmp(own, path) : own == path;
}

GF_Err raw_take_path(GF_FilterPid *pid, char **path)
{
	const char *own = path_of(pid);
	gf_free(*path);
	*path = own ? gf_strdup(own) : NULL;
	return own && !*path ? GF_OUT_OF_MEM : GF_OK;
}

GF_Err raw_declare(GF_Filter *filter, GF_FilterPid *ipid, GF_FilterPid **opid, Bool *copy_props)
{
	if (!*opid && !(*opid = gf_filter_pid_new(filter)))
		return GF_OUT_OF_MEM;
	GF_Err e = *copy_props ? gf_filter_pid_copy_properties(*opid, ipid) : GF_OK;
	if (!e)
		*copy_props = GF_FALSE;
	return e;
}

// ---- Packets of the input

static RawSource *source_at(const RawSources *s, u32 i)
{
	return &s->ring[(s->first + i) % s->alloc];
}

static void drop_first(RawSources *s)
{
	RawSource *source = source_at(s, 0);
	if (source->props)
		gf_filter_pck_unref(source->props);
	s->first = (s->first + 1) % s->alloc;
	s->count--;
}

static GF_Err grow(RawSources *s)
{
	u32 alloc = s->alloc * 2 + 16;
	RawSource *ring = gf_malloc(alloc * sizeof(*ring));
	if (!ring)
		return GF_OUT_OF_MEM;
	for (u32 i = 0; i < s->count; i++)
		ring[i] = *source_at(s, i);
	gf_free(s->ring);
	*s = (RawSources){.ring = ring, .alloc = alloc, .count = s->count};
	return GF_OK;
}

RawSource *raw_sources_add(RawSources *s, GF_FilterPacket *packet, u64 start)
{
	Bool is_start, is_end;
	if (s->count == s->alloc && grow(s))
		return NULL;
	gf_filter_pck_get_framing(packet, &is_start, &is_end);
	RawSource *source = source_at(s, s->count++);
	*source = (RawSource){
		.start = start,
		.dts = is_start ? gf_filter_pck_get_dts(packet) : GF_FILTER_NO_TS,
		.cts = is_start ? gf_filter_pck_get_cts(packet) : GF_FILTER_NO_TS,
		.duration = is_start && is_end ? gf_filter_pck_get_duration(packet) : 0,
		.props = packet,
	};
	if (gf_filter_pck_ref_props(&source->props))
		source->props = NULL;
	return source;
}

RawSource *raw_sources_at(RawSources *s, u64 offset)
{
	while (s->count > 1 && source_at(s, 1)->start <= offset)
		drop_first(s);
	return s->count && source_at(s, 0)->start <= offset ? source_at(s, 0) : NULL;
}

void raw_sources_clear(RawSources *s)
{
	while (s->count)
		drop_first(s);
}

void raw_sources_reset(RawSources *s)
{
	raw_sources_clear(s);
	gf_free(s->ring);
	*s = (RawSources){0};
}

// ---- Points

GF_Err raw_points_add(RawPoints *p, RawPoint point)
{
	if (array_reserve(&p->points, &p->alloc, p->count, 1, sizeof(*p->points)))
		return GF_OUT_OF_MEM;
	p->points[p->count++] = point;
	return GF_OK;
}

const RawPoint *raw_points_find(const RawPoints *p, double cts)
{
	const RawPoint *found = NULL;
	u32 low = 0, high = p->count;
	while (low < high) {
		u32 middle = low + (high - low) / 2;
		if ((double)p->points[middle].cts <= cts) {
			found = &p->points[middle];
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return found;
}

void raw_points_reset(RawPoints *p)
{
	gf_free(p->points);
	*p = (RawPoints){0};
}
