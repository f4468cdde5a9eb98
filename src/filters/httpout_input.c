// SPDX-License-Identifier: MIT
// What the session produces, served as it comes: without directory as a live stream, with one as files.
//
// A live stream is a chain of chunks, each held by the chunk before and by the clients that are in it: there is one
// copy of the data whatever the number of clients, and what the slowest one sent goes by itself. A client begins with
// the header of the stream and then at a point where it can be decoded. A file is written under another name and read
// from there by those who ask for it meanwhile; it gets its name when it is complete.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "filters/httpout.h"

// A client that is behind for so long, by more than option max_async_buf, is dropped; the fastest one only when it takes
// nothing for so long.
#define MAX_LATE_US 2000000
#define STREAM_BLOCK 16384
// Packets that are left are looked at again after this time; clients that take something end it earlier.
#define HELD_US 20000

typedef struct stream_chunk {
	struct stream_chunk *next;
	u32 nb_users;
	u32 size;
	u64 pos;     // of its first byte in the stream
	u64 time_us; // when it came
	Bool start;  // a client may begin here
	u8 data[];
} StreamChunk;

// A resource that is being produced: a chain, or a file when `fd` is open.
typedef struct {
	u32 nb_users; // the input, and clients
	Bool done, failed;
	GF_List *waiting; // HttpRequest * of clients that have all there is
	StreamChunk *tail; // the newest chunk
	u8 *header;        // for clients that come late
	u32 header_size;
	int fd;
	u64 size;
} Source;

struct http_input {
	HttpOut *out;
	GF_FilterPid *pid;
	char *path; // of the URL
	char *mime;
	Source *source; // NULL before the first packet, and between files
	char file[GF_MAX_PATH], temp[GF_MAX_PATH + 16];
	Bool ended;
	Bool seen; // by a client
	Bool held; // packets are left where they are
	Bool is_isom;  // clients begin at boxes
	Bool in_media; // behind the header
	u64 box_left;  // bytes of the box that a packet ended in
	GF_List *clients; // Client *
};

// The body of one answer.
typedef struct {
	HttpInput *input; // NULL once that is gone
	Source *source;
	HttpRequest *r;
	StreamChunk *chunk; // live: being sent
	u32 offset;
	u32 header_sent;
	Bool begun;
	u64 moved_us; // when it took something
} Client;

// ---- sources

static void chunk_unuse(StreamChunk *c)
{
	while (c && !--c->nb_users) {
		StreamChunk *next = c->next;
		gf_free(c);
		c = next;
	}
}

static Source *source_new(int fd)
{
	Source *s = gf_calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->nb_users = 1;
	s->fd = fd;
	s->waiting = gf_list_new();
	s->tail = gf_calloc(1, sizeof(*s->tail));
	if (s->tail)
		s->tail->nb_users = 1;
	return s;
}

static void source_unuse(Source *s)
{
	if (!s || --s->nb_users)
		return;
	if (s->fd >= 0)
		close(s->fd);
	chunk_unuse(s->tail);
	gf_list_del(s->waiting);
	gf_free(s->header);
	gf_free(s);
}

static void wake_clients(const HttpOut *out, Source *s)
{
	while (gf_list_count(s->waiting)) {
		HttpRequest *r = gf_list_pop_back(s->waiting);
		out->net->resume(r->x);
	}
}

// ---- clients

static ssize_t wait_for_more(Client *c)
{
	if (c->source->failed)
		return NET_READ_ERROR;
	if (c->source->done)
		return NET_READ_END;
	return gf_list_add(c->source->waiting, c->r) ? NET_READ_ERROR : 0;
}

static ssize_t read_chain(Client *c, u8 *buffer, size_t max)
{
	const Source *s = c->source;
	if (c->header_sent < s->header_size) {
		size_t n = s->header_size - c->header_sent < max ? s->header_size - c->header_sent : max;
		memcpy(buffer, s->header + c->header_sent, n);
		c->header_sent += (u32)n;
		return (ssize_t)n;
	}
	while (c->offset == c->chunk->size || !c->begun) {
		StreamChunk *next = c->chunk->next;
		if (!next)
			return wait_for_more(c);
		next->nb_users++;
		chunk_unuse(c->chunk);
		c->chunk = next;
		c->begun |= next->start;
		c->offset = c->begun ? 0 : next->size;
	}
	size_t n = c->chunk->size - c->offset < max ? c->chunk->size - c->offset : max;
	memcpy(buffer, c->chunk->data + c->offset, n);
	c->offset += (u32)n;
	return (ssize_t)n;
}

static ssize_t read_growing(Client *c, u64 pos, u8 *buffer, size_t max)
{
	const Source *s = c->source;
	if (pos >= s->size)
		return wait_for_more(c);
	ssize_t n = pread(s->fd, buffer, s->size - pos < max ? (size_t)(s->size - pos) : max, (off_t)pos);
	return n > 0 ? n : NET_READ_ERROR;
}

static ssize_t read_client(void *udta, u64 pos, u8 *buffer, size_t max)
{
	Client *c = udta;
	ssize_t n = c->source->fd >= 0 ? read_growing(c, pos, buffer, max) : read_chain(c, buffer, max);
	if (n > 0) {
		c->r->bytes += (u64)n;
		c->moved_us = gf_sys_clock_high_res();
	}
	return n;
}

static void release_client(void *udta)
{
	Client *c = udta;
	gf_list_del_item(c->source->waiting, c->r);
	if (c->input)
		gf_list_del_item(c->input->clients, c);
	chunk_unuse(c->chunk);
	source_unuse(c->source);
	gf_free(c);
}

static void send_headers(HttpRequest *r, const HttpInput *input, const NetBody *body)
{
	NetAnswer *a = http_answer_new(r, body);
	if (a) {
		r->out->net->answer_header(a, "Cache-Control", "no-cache, no-store");
		if (input->mime)
			r->out->net->answer_header(a, "Content-Type", input->mime);
	}
	http_send(r, 200, a);
}

static void send_source(HttpRequest *r, HttpInput *input)
{
	NetBody body = {.read = read_client, .size = NET_SIZE_UNKNOWN, .block_size = STREAM_BLOCK};
	if (r->method == METHOD_HEAD) {
		send_headers(r, input, &body);
		return;
	}
	Client *c = gf_calloc(1, sizeof(*c));
	Source *s = input->source;
	if (!c || gf_list_add(input->clients, c)) {
		gf_free(c);
		r->out->net->close(r->x);
		return;
	}
	*c = (Client){.input = input, .source = s, .r = r, .chunk = s->tail, .moved_us = gf_sys_clock_high_res()};
	input->seen = GF_TRUE;
	s->nb_users++;
	c->chunk->nb_users++;
	c->offset = c->chunk->size;
	body.release = release_client;
	body.body = c;
	send_headers(r, input, &body);
	gf_filter_post_process_task(r->out->filter); // what was held may come
}

Bool http_get_input(HttpRequest *r)
{
	for (u32 i = 0; i < gf_list_count(r->out->inputs); i++) {
		HttpInput *input = gf_list_get(r->out->inputs, i);
		if (strcmp(input->path, r->path))
			continue;
		if (!input->source && http_files_served(r->out))
			return GF_FALSE; // a file that is complete
		if (input->source)
			send_source(r, input);
		else
			http_send_text(r, 404, "Resource %s is no longer available\n", r->path);
		return GF_TRUE;
	}
	return GF_FALSE;
}

// ---- live streams

static u64 box_size(const u8 *p, u64 size)
{
	u64 box = 0;
	for (u32 i = 0; i < 4; i++)
		box = box << 8 | p[i];
	if (box != 1 || size < 16)
		return box < 8 ? size : box; // to the end, or wrong
	box = 0;
	for (u32 i = 8; i < 16; i++)
		box = box << 8 | p[i];
	return box < 16 ? size : box;
}

// ISO base media: `box_left` follows the boxes. True when the packet begins with one that starts a fragment.
static Bool follow_boxes(HttpInput *in, const u8 *data, u32 size)
{
	static const char *const starts[] = {"moof", "styp", "sidx", "emsg", "prft"};
	Bool start = GF_FALSE;
	u64 pos = in->box_left;
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts) && !pos && size >= 8; i++)
		start |= !memcmp(data + 4, starts[i], 4);
	while (pos < size) {
		if (size - pos < 8) {
			in->is_isom = GF_FALSE; // a header in two packets: no packet is better than another
			return GF_TRUE;
		}
		pos += box_size(data + pos, size - pos);
	}
	in->box_left = pos - size;
	return start;
}

static GF_Err keep_header(Source *s, const u8 *data, u32 size, Bool replace)
{
	u32 old = replace ? 0 : s->header_size;
	u8 *header = gf_realloc(s->header, old + size);
	if (!header)
		return GF_OUT_OF_MEM;
	memcpy(header + old, data, size);
	s->header = header;
	s->header_size = old + size;
	return GF_OK;
}

static GF_Err append_chunk(HttpInput *in, const u8 *data, u32 size, Bool start)
{
	Source *s = in->source;
	StreamChunk *c = gf_malloc(sizeof(*c) + size);
	if (!c)
		return GF_OUT_OF_MEM;
	*c = (StreamChunk){.nb_users = 2, .size = size, .pos = s->size, .time_us = gf_sys_clock_high_res(), .start = start};
	memcpy(c->data, data, size);
	s->size += size;
	StreamChunk *before = s->tail;
	before->next = c; // one use; the other is that of the source
	s->tail = c;
	chunk_unuse(before);
	return GF_OK;
}

// Bytes that came and that a client did not take.
static u64 pending(const Client *c)
{
	return c->source->size - c->chunk->pos - c->offset;
}

// The client that is behind the least: nobody waits for the others.
static const Client *leader(const HttpInput *in)
{
	const Client *first = NULL;
	for (u32 i = 0; i < gf_list_count(in->clients); i++) {
		const Client *c = gf_list_get(in->clients, i);
		if (!first || pending(c) < pending(first))
			first = c;
	}
	return first;
}

static void drop_slow_clients(HttpInput *in)
{
	const Client *first = leader(in);
	u64 clock = gf_sys_clock_high_res();
	for (u32 i = gf_list_count(in->clients); i > 0; i--) {
		Client *c = gf_list_get(in->clients, i - 1);
		const StreamChunk *next = c->chunk->next;
		u64 since = c == first ? c->moved_us : next ? next->time_us : clock;
		if (pending(c) <= in->out->max_async_buf || clock - since < MAX_LATE_US)
			continue;
		GF_LOG(GF_LOG_WARNING, GF_LOG_HTTP,
			("[httpout] %s is too slow for %s: dropped\n", c->r->net->peer, in->path));
		in->out->net->close(c->r->x);
	}
}

static GF_Err send_live(HttpInput *in, GF_FilterPacket *packet, const u8 *data, u32 size)
{
	Bool is_header = gf_filter_pck_get_dependency_flags(packet) == 0xFF && gf_filter_pck_get_carousel_version(packet) == 1;
	Bool start = GF_TRUE;
	if (in->is_isom) {
		start = follow_boxes(in, data, size);
		in->in_media |= start;
		if (!in->in_media)
			return keep_header(in->source, data, size, GF_FALSE);
	} else if (is_header) {
		return keep_header(in->source, data, size, GF_TRUE);
	}
	GF_Err e = append_chunk(in, data, size, start);
	if (!e)
		wake_clients(in->out, in->source);
	return e;
}

// ---- files

static GF_Err write_data(HttpInput *in, GF_FilterPacket *packet, const u8 *data, u32 size)
{
	Source *s = in->source;
	Bool patch = gf_filter_pck_get_seek_flag(packet) && gf_filter_pck_get_byte_offset(packet) != GF_FILTER_NO_BO;
	u64 at = patch ? gf_filter_pck_get_byte_offset(packet) : s->size;
	if (patch && gf_filter_pck_get_interlaced(packet)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] %s: bytes cannot be inserted into a file that is served: use a fragmented layout\n", in->path));
		return GF_NOT_SUPPORTED;
	}
	for (u32 done = 0; done < size;) {
		ssize_t n = pwrite(s->fd, data + done, size - done, (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] cannot write %s: %s\n", in->file, strerror(errno)));
			return GF_IO_ERR;
		}
		done += (u32)n;
	}
	if (!patch)
		s->size += size;
	wake_clients(in->out, s);
	return GF_OK;
}

static void end_source(HttpInput *in, Bool complete)
{
	Source *s = in->source;
	if (!s)
		return;
	s->done = GF_TRUE;
	s->failed = !complete;
	if (s->fd >= 0 && (!complete || rename(in->temp, in->file)))
		unlink(in->temp);
	wake_clients(in->out, s);
	// the clients go on without the input, which may produce another resource
	while (gf_list_count(in->clients))
		((Client *)gf_list_pop_back(in->clients))->input = NULL;
	source_unuse(s);
	in->source = NULL;
}

GF_Err http_resource_path(const HttpOut *out, const char *name, char **path)
{
	char *query = NULL;
	const char *base = out->dst ? out->dst : "http://x/";
	char *url = !name ? NULL : strstr(name, "://") ? gf_strdup(name) : gf_url_concatenate(base, name);
	GF_Err e = url ? http_target_split(url, path, &query) : GF_BAD_PARAM;
	gf_free(url);
	gf_free(query);
	if (e)
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] %s is no name of a resource\n", name ? name : "an input without option dst"));
	return e;
}

static GF_Err set_path(HttpInput *in, const char *name)
{
	char *path = NULL;
	GF_Err e = http_resource_path(in->out, name, &path);
	if (e)
		return e;
	gf_free(in->path);
	in->path = path;
	return GF_OK;
}

static GF_Err begin_source(HttpInput *in, GF_FilterPacket *packet)
{
	const GF_PropertyValue *name = gf_filter_pck_get_property(packet, GF_PROP_PCK_FILENAME);
	int fd = -1;
	GF_Err e = name && name->value.string ? set_path(in, name->value.string) : GF_OK;
	if (!e && http_files_served(in->out)) {
		snprintf(in->file, sizeof(in->file), "%s%s", in->out->roots[0].path, in->path);
		snprintf(in->temp, sizeof(in->temp), "%s" HTTP_TEMP_EXT, in->file);
		gf_fopen_ex(in->file, NULL, "mkdir", GF_TRUE);
		fd = open(in->temp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
		if (fd < 0) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] cannot write %s: %s\n", in->file, strerror(errno)));
			return GF_IO_ERR;
		}
	}
	if (!e && !(in->source = source_new(fd)))
		e = GF_OUT_OF_MEM;
	return e;
}

static GF_Err take_packet(HttpInput *in, GF_FilterPacket *packet)
{
	Bool starts, ends;
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	gf_filter_pck_get_framing(packet, &starts, &ends);
	GF_Err e = GF_OK;
	Bool files = http_files_served(in->out);
	if (starts && files)
		end_source(in, GF_TRUE);
	if (!in->source)
		e = begin_source(in, packet);
	if (!e && data && size)
		e = files ? write_data(in, packet, data, size) : send_live(in, packet, data, size);
	if (ends && files)
		end_source(in, !e);
	return e;
}

// ---- the filter's side

// A stream goes no faster than its fastest client, and with option hold not without one.
static Bool is_held(const HttpInput *in)
{
	if (http_files_served(in->out))
		return GF_FALSE;
	const Client *first = leader(in);
	return first ? pending(first) > in->out->max_async_buf : in->out->hold && !in->seen;
}

GF_Err http_input_process(HttpOut *out)
{
	GF_Err e = GF_OK;
	for (u32 i = 0; i < gf_list_count(out->inputs); i++) {
		HttpInput *in = gf_list_get(out->inputs, i);
		GF_FilterPacket *packet = NULL;
		while (!e && !(in->held = is_held(in)) && (packet = gf_filter_pid_get_packet(in->pid))) {
			e = take_packet(in, packet);
			gf_filter_pid_drop_packet(in->pid);
		}
		drop_slow_clients(in);
		if (!in->ended && !in->held && gf_filter_pid_is_eos(in->pid)) {
			in->ended = GF_TRUE;
			end_source(in, GF_TRUE);
		}
	}
	return e;
}

Bool http_inputs_may_go_on(const HttpOut *out)
{
	for (u32 i = 0; i < gf_list_count(out->inputs); i++) {
		const HttpInput *in = gf_list_get(out->inputs, i);
		if (in->held && !is_held(in))
			return GF_TRUE;
	}
	return GF_FALSE;
}

u32 http_inputs_wait(const HttpOut *out)
{
	for (u32 i = 0; i < gf_list_count(out->inputs); i++) {
		if (((const HttpInput *)gf_list_get(out->inputs, i))->held)
			return HELD_US;
	}
	return 0;
}

Bool http_inputs_ended(const HttpOut *out)
{
	u32 nb = gf_list_count(out->inputs);
	for (u32 i = 0; i < nb; i++) {
		if (!((const HttpInput *)gf_list_get(out->inputs, i))->ended)
			return GF_FALSE;
	}
	return nb > 0;
}

static void input_del(HttpInput *in)
{
	end_source(in, GF_FALSE);
	gf_list_del_item(in->out->inputs, in);
	gf_list_del(in->clients);
	gf_free(in->path);
	gf_free(in->mime);
	gf_free(in);
}

void http_inputs_del(HttpOut *out)
{
	while (gf_list_count(out->inputs))
		input_del(gf_list_last(out->inputs));
	gf_list_del(out->inputs);
}

static HttpInput *find_input(HttpOut *out, const GF_FilterPid *pid)
{
	for (u32 i = 0; i < gf_list_count(out->inputs); i++) {
		HttpInput *in = gf_list_get(out->inputs, i);
		if (in->pid == pid)
			return in;
	}
	return NULL;
}

const char *http_resource_name(HttpOut *out, GF_FilterPid *pid)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_OUTPATH);
	const HttpOut *alias = gf_filter_pid_get_alias_udta(pid);
	if (p && p->value.string)
		return p->value.string;
	return alias ? alias->dst : out->dst;
}

static GF_Err input_new(HttpOut *out, GF_FilterPid *pid)
{
	HttpInput *in = gf_calloc(1, sizeof(*in));
	const char *name = http_resource_name(out, pid);
	GF_Err e = in ? GF_OK : GF_OUT_OF_MEM;
	if (!e && !name) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] an input needs a name: set the option dst to its URL\n"));
		e = GF_BAD_PARAM;
	}
	if (e) {
		gf_free(in);
		return e;
	}
	in->out = out;
	in->pid = pid;
	in->clients = gf_list_new();
	e = in->clients ? set_path(in, name) : GF_OUT_OF_MEM;
	for (u32 i = 0; i < gf_list_count(out->inputs) && !e; i++) {
		if (strcmp(((HttpInput *)gf_list_get(out->inputs, i))->path, in->path))
			continue;
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] two inputs have the name %s\n", in->path));
		e = GF_BAD_PARAM;
	}
	if (!e)
		e = gf_list_add(out->inputs, in);
	if (e)
		input_del(in);
	return e;
}

GF_Err http_configure_input(HttpOut *out, GF_FilterPid *pid, Bool is_remove)
{
	HttpInput *in = find_input(out, pid);
	if (is_remove) {
		if (in)
			input_del(in);
		return GF_OK;
	}
	Bool is_new = !in;
	GF_Err e = is_new ? input_new(out, pid) : GF_OK;
	if (e)
		return e;
	in = find_input(out, pid);
	const GF_PropertyValue *mime = gf_filter_pid_get_property(pid, GF_PROP_PID_MIME);
	const GF_PropertyValue *ext = gf_filter_pid_get_property(pid, GF_PROP_PID_FILE_EXT);
	gf_free(in->mime);
	const char *known = http_mime_type(out->filter, in->path, NULL, 0);
	if (!known && mime && mime->value.string && strcmp(mime->value.string, "*"))
		known = mime->value.string;
	in->mime = known ? gf_strdup(known) : NULL;
	in->is_isom = (in->mime && strstr(in->mime, "/mp4")) || (ext && ext->value.string && !strncmp(ext->value.string, "mp4", 3));
	// Clients of a stream may come before its data.
	if (is_new && !http_files_served(out) && !(in->source = source_new(-1)))
		return GF_OUT_OF_MEM;
	if (is_new) {
		GF_FilterEvent event;
		gf_filter_pid_init_play_event(pid, &event, 0, 1, "httpout");
		gf_filter_pid_send_event(pid, &event);
	}
	return GF_OK;
}
