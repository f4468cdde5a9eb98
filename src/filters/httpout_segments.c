// SPDX-License-Identifier: MIT
// What segmented inputs have in common, whether their files are stored or pushed: how many segments are kept, and the
// names of parts.
#include <stdio.h>
#include <string.h>

#include "filters/httpout.h"

// A segment and its parts, which go together.
typedef struct {
	GF_List *urls; // char *, that of the segment first
} Segment;

struct http_segments {
	GF_List *kept;    // Segment *, oldest first
	Segment *current; // being written
};

static void segment_del(Segment *segment)
{
	if (!segment)
		return;
	while (gf_list_count(segment->urls))
		gf_free(gf_list_pop_back(segment->urls));
	gf_list_del(segment->urls);
	gf_free(segment);
}

HttpSegments *http_segments_new(void)
{
	HttpSegments *s = gf_calloc(1, sizeof(*s));
	if (s && (s->kept = gf_list_new()))
		return s;
	gf_free(s);
	return NULL;
}

void http_segments_del(HttpSegments *s)
{
	if (!s)
		return;
	while (gf_list_count(s->kept))
		segment_del(gf_list_pop_back(s->kept));
	gf_list_del(s->kept);
	segment_del(s->current);
	gf_free(s);
}

GF_Err http_segments_begin(HttpSegments *s)
{
	segment_del(s->current);
	s->current = gf_calloc(1, sizeof(*s->current));
	return s->current && (s->current->urls = gf_list_new()) ? GF_OK : GF_OUT_OF_MEM;
}

GF_Err http_segments_note(HttpSegments *s, const char *url)
{
	char *copy = gf_strdup(url);
	GF_Err e = copy ? gf_list_add(s->current->urls, copy) : GF_OUT_OF_MEM;
	if (e)
		gf_free(copy);
	return e;
}

void http_segments_drop(HttpSegments *s)
{
	segment_del(s->current);
	s->current = NULL;
}

// A file that is written again is no other segment.
static Bool is_kept(const HttpSegments *s, const char *url)
{
	for (u32 i = 0; i < gf_list_count(s->kept); i++) {
		const Segment *other = gf_list_get(s->kept, i);
		if (!strcmp(gf_list_get(other->urls, 0), url))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Most segments to keep, 0 for all.
static u32 nb_kept(const HttpOut *out, GF_FilterPid *pid)
{
	const s32 max = out->max_cache_segs;
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_TIMESHIFT_SEGS);
	const u32 shift = p ? p->value.uint : 0, limit = max < 0 ? 0u - (u32)max : (u32)max;
	if (out->in_memory)
		return shift && shift < limit ? shift : limit ? limit : 1;
	if (max < 0)
		return limit;
	return limit && shift ? (shift > limit ? shift : limit) : 0;
}

GF_Err http_segments_end(HttpSegments *s, HttpOut *out, GF_FilterPid *pid,
	GF_Err (*delete)(void *udta, const char *url), void *udta)
{
	Segment *segment = s->current;
	if (!segment || !gf_list_count(segment->urls) || is_kept(s, gf_list_get(segment->urls, 0))) {
		http_segments_drop(s);
		return GF_OK;
	}
	GF_Err e = gf_list_add(s->kept, segment);
	if (e)
		return e;
	s->current = NULL;
	u32 keep = nb_kept(out, pid);
	while (keep && gf_list_count(s->kept) > keep) {
		Segment *old = gf_list_pop_front(s->kept);
		for (u32 i = 0; i < gf_list_count(old->urls) && !e; i++)
			e = delete (udta, gf_list_get(old->urls, i));
		segment_del(old);
	}
	return e;
}

// ---- properties of packets

const char *http_packet_text(GF_FilterPacket *packet, u32 code)
{
	const GF_PropertyValue *p = gf_filter_pck_get_property(packet, code);
	return p ? p->value.string : NULL;
}

HttpFraming http_framing(GF_FilterPacket *packet)
{
	HttpFraming f = {.name = http_packet_text(packet, GF_PROP_PCK_FILENAME)};
	const GF_PropertyValue *over = gf_filter_pck_get_property(packet, GF_PROP_PCK_EODS);
	const GF_PropertyValue *init = gf_filter_pck_get_property(packet, GF_PROP_PCK_INIT);
	f.numbered = gf_filter_pck_get_property(packet, GF_PROP_PCK_FILENUM) != NULL;
	f.is_init = init && init->value.boolean;
	f.closes = over && over->value.boolean;
	f.patches = gf_filter_pck_get_seek_flag(packet) && gf_filter_pck_get_byte_offset(packet) != GF_FILTER_NO_BO;
	gf_filter_pck_get_framing(packet, &f.starts, &f.ends);
	f.starts &= !f.patches;
	f.starts |= f.numbered && f.name;
	return f;
}

Bool http_wants_part(GF_FilterPid *pid, GF_FilterPacket *packet, u32 *number)
{
	const GF_PropertyValue *mode = gf_filter_pid_get_property(pid, GF_PROP_PID_LLHAS_MODE);
	const GF_PropertyValue *part = gf_filter_pck_get_property(packet, GF_PROP_PCK_LLHAS_FRAG_NUM);
	if (!part || !mode || mode->value.uint < GF_LLHAS_PARTS)
		return GF_FALSE;
	*number = part->value.uint;
	return GF_TRUE;
}

GF_Err http_part_path(const HttpOut *out, const char *segment, const char *template, u32 number, char **path)
{
	static const char variable[] = "$SubNumber$";
	char name[GF_MAX_PATH];
	const char *at = template ? strstr(template, variable) : NULL;
	if (at)
		snprintf(name, sizeof(name), "%.*s%u%s", (int)(at - template), template, number, at + sizeof(variable) - 1);
	else
		snprintf(name, sizeof(name), "%s.%u", template ? template : segment, number);
	if (template)
		return http_resource_path(out, name, path);
	*path = gf_strdup(name);
	return *path ? GF_OK : GF_OUT_OF_MEM;
}
