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

struct http_sink {
	HttpInput *in;
	SinkFile file, part;
	char *part_template;
	Bool is_init;
	Bool skips;       // until the next file, since this one could not be written
	Bool told_init;
	u64 segment_start;
	HttpSegments *segments;
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

static GF_Err delete_old(void *udta, const char *url)
{
	http_delete_file(udta, url);
	return GF_OK;
}

// Manifests and init segments stay.
static GF_Err end_file(HttpSink *sink, Bool complete)
{
	HttpInput *in = sink->in;
	if (!sink->file.growing)
		return GF_OK;
	GF_Err part_error = close_file(in->out, &sink->part, complete);
	tell_size(sink);
	GF_Err e = close_file(in->out, &sink->file, complete);
	if (complete && !e && !in->is_manifest && !sink->is_init)
		e = http_segments_end(sink->segments, in->out, in->pid, delete_old, in->out);
	else
		http_segments_drop(sink->segments);
	return e ? e : part_error;
}

static GF_Err begin_file(HttpSink *sink, const HttpFraming *f)
{
	HttpInput *in = sink->in;
	char *url = NULL;
	if (!f->name && in->shares_name) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] two inputs have the name %s\n", in->path));
		return GF_BAD_PARAM;
	}
	GF_Err e = f->name ? http_resource_path(in->out, f->name, &url) : GF_OK;
	const char *path = url ? url : in->path;
	const char *known = http_mime_type(in->out->filter, path, NULL, 0);
	sink->is_init = f->is_init;
	sink->segment_start = 0;
	gf_free(sink->part_template);
	sink->part_template = NULL;
	if (!e)
		e = http_segments_begin(sink->segments);
	if (!e)
		e = http_segments_note(sink->segments, path);
	if (!e)
		e = open_file(in->out, &sink->file, path, known ? known : in->mime);
	gf_free(url);
	return e;
}

static GF_Err begin_part(HttpSink *sink, GF_FilterPacket *packet, u32 number)
{
	HttpOut *out = sink->in->out;
	const char *template = http_packet_text(packet, GF_PROP_PCK_LLHAS_TEMPLATE);
	char *url = NULL;
	if (template) {
		gf_free(sink->part_template);
		sink->part_template = gf_strdup(template);
	}
	GF_Err e = close_file(out, &sink->part, GF_TRUE);
	if (!e)
		e = http_part_path(out, sink->file.growing->url, sink->part_template, number, &url);
	if (!e)
		e = http_segments_note(sink->segments, url);
	if (!e)
		e = open_file(out, &sink->part, url, sink->file.growing->mime);
	gf_free(url);
	return e;
}

// ---- packets

static GF_Err begin(HttpSink *sink, GF_FilterPacket *packet, const HttpFraming *f)
{
	GF_Err e = GF_OK;
	u32 number;
	if (f->starts) {
		sink->skips = GF_FALSE;
		e = end_file(sink, GF_TRUE);
	} else if (f->numbered && sink->file.growing) {
		tell_size(sink);
	}
	if (!e && !sink->file.growing && !sink->skips)
		e = begin_file(sink, f);
	if (!e && sink->file.growing && http_wants_part(sink->in->pid, packet, &number))
		e = begin_part(sink, packet, number);
	return e;
}

static GF_Err write_data(HttpSink *sink, GF_FilterPacket *packet, Bool patches, const u8 *data, u32 size)
{
	if (patches && gf_filter_pck_get_interlaced(packet)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] %s: bytes cannot be inserted into a file that is served: use a fragmented layout\n", sink->in->path));
		return GF_NOT_SUPPORTED;
	}
	if (patches)
		return write_at(&sink->file, gf_filter_pck_get_byte_offset(packet), data, size);
	GF_Err e = append(&sink->file, data, size);
	return e ? e : append(&sink->part, data, size);
}

GF_Err http_sink_take(HttpSink *sink, GF_FilterPacket *packet)
{
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	const HttpFraming f = http_framing(packet);
	if (f.closes && !size)
		return end_file(sink, GF_TRUE);
	GF_Err e = begin(sink, packet, &f);
	if (!e && data && size && sink->file.growing)
		e = write_data(sink, packet, f.patches, data, size);
	if (e) {
		sink->skips = GF_TRUE;
		end_file(sink, GF_FALSE);
		return e;
	}
	return f.ends || f.closes ? end_file(sink, GF_TRUE) : GF_OK;
}

// ---- the input's side

HttpSink *http_sink_new(HttpInput *in)
{
	HttpSink *sink = gf_calloc(1, sizeof(*sink));
	if (!sink)
		return NULL;
	sink->in = in;
	sink->segments = http_segments_new();
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
	http_segments_del(sink->segments);
	gf_free(sink->part_template);
	gf_free(sink);
}
