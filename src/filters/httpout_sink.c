// SPDX-License-Identifier: MIT
// An input that becomes files: in the first directory, or in memory. They are served while they are written, under a
// name of their own on disk, and get their name when they are complete. Old segments go.
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "filters/httpout_input.h"

// A file being written.
typedef struct {
	HttpGrowing *growing; // NULL when there is none
	char path[GF_MAX_PATH], temp[GF_MAX_PATH + 16]; // empty in memory
} SinkFile;

// A segment and its parts, to be deleted together.
typedef struct {
	GF_List *urls; // char *
} Segment;

struct http_sink {
	HttpInput *in;
	SinkFile file, part;
	Segment *current; // with the names of `file` and its parts
	char *part_template;
	Bool is_init;
	Bool skips;       // until the next file, since this one could not be written
	Bool told_init;
	u64 segment_start;
	GF_List *segments; // Segment *, oldest first
};

// ---- files

static int open_on_disk(HttpOut *out, SinkFile *f, const char *url)
{
	http_sink_place(out, url, f->path);
	snprintf(f->temp, sizeof(f->temp), "%s" HTTP_TEMP_EXT, f->path);
	gf_fopen_ex(f->path, NULL, "mkdir", GF_TRUE);
	return open(f->temp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
}

static GF_Err open_file(HttpOut *out, SinkFile *f, const char *url, const char *mime)
{
	f->path[0] = f->temp[0] = 0;
	int fd = out->in_memory ? http_store_open() : open_on_disk(out, f, url);
	if (fd < 0) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] cannot write %s: %s\n", out->in_memory ? url : f->path, strerror(errno)));
		return GF_IO_ERR;
	}
	f->growing = http_growing_new(out, url, mime, fd);
	if (!f->growing)
		return GF_OUT_OF_MEM;
	f->growing->is_input = GF_TRUE;
	return GF_OK;
}

static GF_Err close_file(HttpOut *out, SinkFile *f, Bool complete)
{
	HttpGrowing *g = f->growing;
	GF_Err e = GF_OK;
	if (!g)
		return GF_OK;
	if (complete && !f->path[0]) {
		e = http_store_add(out, g->url, g->mime, g->fd, g->size);
	} else if (f->path[0] && (!complete || rename(f->temp, f->path))) {
		if (complete) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] cannot write %s: %s\n", f->path, strerror(errno)));
			e = GF_IO_ERR;
		}
		unlink(f->temp);
	}
	f->growing = NULL;
	http_growing_end(g, complete && !e);
	return e;
}

static GF_Err write_at(const SinkFile *f, u64 at, const u8 *data, u32 size)
{
	for (u32 done = 0; done < size;) {
		ssize_t n = pwrite(f->growing->fd, data + done, size - done, (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] cannot write %s: %s\n", f->growing->url, strerror(errno)));
			return GF_IO_ERR;
		}
		done += (u32)n;
	}
	return GF_OK;
}

static GF_Err append(SinkFile *f, const u8 *data, u32 size)
{
	GF_Err e = f->growing ? write_at(f, f->growing->size, data, size) : GF_OK;
	if (!e && f->growing)
		http_growing_add(f->growing, size);
	return e;
}

void http_delete_file(HttpOut *out, const char *url)
{
	char path[GF_MAX_PATH];
	if (out->in_memory) {
		http_store_remove(out, url);
		return;
	}
	http_sink_place(out, url, path);
	unlink(path);
}

// ---- retention

static void segment_del(Segment *segment)
{
	if (!segment)
		return;
	while (gf_list_count(segment->urls))
		gf_free(gf_list_pop_back(segment->urls));
	gf_list_del(segment->urls);
	gf_free(segment);
}

static Segment *segment_new(void)
{
	Segment *segment = gf_calloc(1, sizeof(*segment));
	if (segment && (segment->urls = gf_list_new()))
		return segment;
	gf_free(segment);
	return NULL;
}

static GF_Err note_file(Segment *segment, const char *url)
{
	char *copy = gf_strdup(url);
	return copy ? gf_list_add(segment->urls, copy) : GF_OUT_OF_MEM;
}

// Most segments to keep, 0 for all.
static u32 nb_kept(const HttpSink *sink)
{
	const s32 max = sink->in->out->max_cache_segs;
	const GF_PropertyValue *p = gf_filter_pid_get_property(sink->in->pid, GF_PROP_PID_TIMESHIFT_SEGS);
	const u32 shift = p ? p->value.uint : 0, limit = max < 0 ? 0u - (u32)max : (u32)max;
	if (sink->in->out->in_memory)
		return shift && shift < limit ? shift : limit ? limit : 1;
	if (max < 0)
		return limit;
	return limit && shift ? (shift > limit ? shift : limit) : 0;
}

static void delete_old(HttpSink *sink)
{
	u32 keep = nb_kept(sink);
	while (keep && gf_list_count(sink->segments) > keep) {
		Segment *old = gf_list_pop_front(sink->segments);
		for (u32 i = 0; i < gf_list_count(old->urls); i++)
			http_delete_file(sink->in->out, gf_list_get(old->urls, i));
		segment_del(old);
	}
}

// A file that is written again is no other segment.
static Bool is_kept(const HttpSink *sink, const Segment *segment)
{
	const char *url = gf_list_get(segment->urls, 0);
	for (u32 i = 0; i < gf_list_count(sink->segments); i++) {
		const Segment *other = gf_list_get(sink->segments, i);
		if (!strcmp(gf_list_get(other->urls, 0), url))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Manifests and init segments stay.
static GF_Err keep_segment(HttpSink *sink)
{
	Segment *segment = sink->current;
	sink->current = NULL;
	if (!segment)
		return GF_OK;
	if (sink->in->is_manifest || sink->is_init || is_kept(sink, segment)) {
		segment_del(segment);
		return GF_OK;
	}
	GF_Err e = gf_list_add(sink->segments, segment);
	if (e)
		segment_del(segment);
	delete_old(sink);
	return e;
}

// ---- segments

// A segmenter whose multiplexer we are learns the sizes from us.
static void tell_size(HttpSink *sink)
{
	GF_FilterEvent event;
	u64 end = sink->file.growing->size;
	if (!sink->in->segmented || end <= sink->segment_start)
		return;
	GF_FEVT_INIT(event, GF_FEVT_SEGMENT_SIZE, sink->in->pid);
	if (!sink->told_init) {
		event.seg_size.is_init = GF_TRUE;
		gf_filter_pid_send_event(sink->in->pid, &event);
		sink->told_init = GF_TRUE;
		GF_FEVT_INIT(event, GF_FEVT_SEGMENT_SIZE, sink->in->pid);
	}
	event.seg_size.media_range_start = sink->segment_start;
	event.seg_size.media_range_end = end - 1;
	gf_filter_pid_send_event(sink->in->pid, &event);
	sink->segment_start = end;
}

static GF_Err end_file(HttpSink *sink, Bool complete)
{
	HttpOut *out = sink->in->out;
	if (!sink->file.growing)
		return GF_OK;
	GF_Err part_error = close_file(out, &sink->part, complete);
	tell_size(sink);
	GF_Err e = close_file(out, &sink->file, complete);
	if (complete && !e)
		e = keep_segment(sink);
	segment_del(sink->current);
	sink->current = NULL;
	return e ? e : part_error;
}

static const char *text_property(GF_FilterPacket *packet, u32 code)
{
	const GF_PropertyValue *p = gf_filter_pck_get_property(packet, code);
	return p ? p->value.string : NULL;
}

static GF_Err begin_file(HttpSink *sink, GF_FilterPacket *packet, const char *name)
{
	HttpInput *in = sink->in;
	const GF_PropertyValue *init = gf_filter_pck_get_property(packet, GF_PROP_PCK_INIT);
	char *url = NULL;
	GF_Err e = GF_OK;
	if (!name && in->shares_name) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] two inputs have the name %s\n", in->path));
		return GF_BAD_PARAM;
	}
	if (name)
		e = http_resource_path(in->out, name, &url);
	const char *path = url ? url : in->path;
	const char *known = http_mime_type(in->out->filter, path, NULL, 0);
	sink->is_init = init && init->value.boolean;
	sink->segment_start = 0;
	sink->current = segment_new();
	if (!e)
		e = sink->current ? note_file(sink->current, path) : GF_OUT_OF_MEM;
	if (!e)
		e = open_file(in->out, &sink->file, path, known ? known : in->mime);
	if (e) {
		segment_del(sink->current);
		sink->current = NULL;
	}
	gf_free(url);
	return e;
}

// Name of a part: of the template, whose $SubNumber$ is the number, or the name of the segment with the number.
static char *part_name(const HttpSink *sink, const char *template, u32 number)
{
	static const char variable[] = "$SubNumber$";
	char name[GF_MAX_PATH], *url = NULL;
	const char *at = template ? strstr(template, variable) : NULL;
	if (at)
		snprintf(name, sizeof(name), "%.*s%u%s", (int)(at - template), template, number, at + sizeof(variable) - 1);
	else
		snprintf(name, sizeof(name), "%s.%u", template ? template : sink->file.growing->url, number);
	if (!at && !template)
		return gf_strdup(name);
	return http_resource_path(sink->in->out, name, &url) ? NULL : url;
}

static GF_Err begin_part(HttpSink *sink, GF_FilterPacket *packet, u32 number)
{
	const char *template = text_property(packet, GF_PROP_PCK_LLHAS_TEMPLATE);
	if (template) {
		gf_free(sink->part_template);
		sink->part_template = gf_strdup(template);
	}
	GF_Err e = close_file(sink->in->out, &sink->part, GF_TRUE);
	char *url = part_name(sink, sink->part_template, number);
	if (!url)
		return e ? e : GF_BAD_PARAM;
	if (!e)
		e = note_file(sink->current, url);
	if (!e)
		e = open_file(sink->in->out, &sink->part, url, sink->file.growing->mime);
	gf_free(url);
	return e;
}

// Separate files of parts are only wanted with LLHAS 2 and 3.
static Bool wants_parts(const HttpSink *sink)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(sink->in->pid, GF_PROP_PID_LLHAS_MODE);
	return p && p->value.uint >= GF_LLHAS_PARTS;
}

// ---- packets

static GF_Err begin(HttpSink *sink, GF_FilterPacket *packet, Bool starts)
{
	const GF_PropertyValue *number = gf_filter_pck_get_property(packet, GF_PROP_PCK_FILENUM);
	const GF_PropertyValue *part = gf_filter_pck_get_property(packet, GF_PROP_PCK_LLHAS_FRAG_NUM);
	const char *name = text_property(packet, GF_PROP_PCK_FILENAME);
	GF_Err e = GF_OK;
	if (starts || (number && name)) {
		sink->skips = GF_FALSE;
		e = end_file(sink, GF_TRUE);
	} else if (number && sink->file.growing) {
		tell_size(sink);
	}
	if (!e && !sink->file.growing && !sink->skips) {
		gf_free(sink->part_template);
		sink->part_template = NULL;
		e = begin_file(sink, packet, name);
	}
	if (!e && part && sink->file.growing && wants_parts(sink))
		e = begin_part(sink, packet, part->value.uint);
	return e;
}

static GF_Err write_data(HttpSink *sink, GF_FilterPacket *packet, const u8 *data, u32 size)
{
	Bool patch = gf_filter_pck_get_seek_flag(packet) && gf_filter_pck_get_byte_offset(packet) != GF_FILTER_NO_BO;
	if (patch && gf_filter_pck_get_interlaced(packet)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] %s: bytes cannot be inserted into a file that is served: use a fragmented layout\n", sink->in->path));
		return GF_NOT_SUPPORTED;
	}
	if (patch)
		return write_at(&sink->file, gf_filter_pck_get_byte_offset(packet), data, size);
	GF_Err e = append(&sink->file, data, size);
	return e ? e : append(&sink->part, data, size);
}

GF_Err http_sink_take(HttpSink *sink, GF_FilterPacket *packet)
{
	Bool starts, ends;
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	const GF_PropertyValue *over = gf_filter_pck_get_property(packet, GF_PROP_PCK_EODS);
	Bool closes = over && over->value.boolean;
	gf_filter_pck_get_framing(packet, &starts, &ends);
	if (closes && !size)
		return end_file(sink, GF_TRUE);
	GF_Err e = begin(sink, packet, starts);
	if (!e && data && size && sink->file.growing)
		e = write_data(sink, packet, data, size);
	if (e) {
		sink->skips = GF_TRUE;
		end_file(sink, GF_FALSE);
		return e;
	}
	return ends || closes ? end_file(sink, GF_TRUE) : GF_OK;
}

// ---- the input's side

HttpSink *http_sink_new(HttpInput *in)
{
	HttpSink *sink = gf_calloc(1, sizeof(*sink));
	if (!sink)
		return NULL;
	sink->in = in;
	sink->segments = gf_list_new();
	if (sink->segments)
		return sink;
	gf_free(sink);
	return NULL;
}

void http_sink_end(HttpSink *sink)
{
	end_file(sink, GF_TRUE);
}

void http_sink_del(HttpSink *sink)
{
	if (!sink)
		return;
	end_file(sink, GF_FALSE);
	while (gf_list_count(sink->segments))
		segment_del(gf_list_pop_back(sink->segments));
	gf_list_del(sink->segments);
	segment_del(sink->current);
	gf_free(sink->part_template);
	gf_free(sink);
}
