// SPDX-License-Identifier: MIT
// Live streams: what the session produces is sent to who listens, and not kept.
//
// A stream is a chain of chunks, each held by the chunk before and by the clients that are in it: there is one copy of
// the data whatever the number of clients, and what the slowest one sent goes by itself. A client begins with the header
// of the stream and then at a point where it can be decoded.
#include <stdio.h>
#include <string.h>

#include "filters/httpout_input.h"

// A client that is behind for so long, by more than option max_async_buf, is dropped; the fastest one only when it takes
// nothing for so long.
#define MAX_LATE_US 2000000
#define STREAM_BLOCK 16384

typedef struct stream_chunk {
	struct stream_chunk *next;
	u32 nb_users;
	u32 size;
	u64 pos;     // of its first byte in the stream
	u64 time_us; // when it came
	Bool start;  // a client may begin here
	u8 data[];
} StreamChunk;

// A chain, and who is in it. It ends with the file that the PID sends; its clients go on without it.
typedef struct {
	u32 nb_users; // the stream, and clients
	Bool done, failed;
	GF_List *waiting;  // HttpRequest * of clients that have all there is
	StreamChunk *tail; // the newest chunk
	u8 *header;        // for clients that come late
	u32 header_size;
	u64 size;
} Source;

struct http_stream {
	HttpInput *in;
	Source *source; // NULL between files
	Bool seen;      // by a client
	Bool in_media;  // behind the header
	Bool no_boxes;  // no packet is a better start than another
	u64 box_left;   // bytes of the box that a packet ended in
	GF_List *clients; // Client *
};

// The body of one answer.
typedef struct {
	HttpStream *stream; // NULL once its source is done
	Source *source;
	HttpRequest *r;
	StreamChunk *chunk; // being sent
	u32 offset;
	u32 header_sent;
	Bool begun, dropped;
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

static Source *source_new(void)
{
	Source *s = gf_calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->nb_users = 1;
	s->waiting = gf_list_new();
	s->tail = gf_calloc(1, sizeof(*s->tail));
	if (!s->tail || !s->waiting) {
		gf_free(s->tail);
		gf_list_del(s->waiting);
		gf_free(s);
		return NULL;
	}
	s->tail->nb_users = 1;
	return s;
}

static void source_unuse(Source *s)
{
	if (!s || --s->nb_users)
		return;
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

static ssize_t read_client(void *udta, u64 pos, u8 *buffer, size_t max)
{
	Client *c = udta;
	(void)pos;
	ssize_t n = read_chain(c, buffer, max);
	if (n > 0)
		c->moved_us = gf_sys_clock_high_res();
	return n;
}

static void release_client(void *udta)
{
	Client *c = udta;
	gf_list_del_item(c->source->waiting, c->r);
	if (c->stream)
		gf_list_del_item(c->stream->clients, c);
	chunk_unuse(c->chunk);
	source_unuse(c->source);
	gf_free(c);
}

static u32 uint_of(const HttpInput *in, u32 code)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(in->pid, code);
	return p ? p->value.uint : 0;
}

// What players of radio streams show.
static void add_radio_headers(const HttpInput *in, NetAnswer *a)
{
	const NetServerApi *net = in->out->net;
	char text[100], value[GF_PROP_DUMP_ARG_SIZE];
	const u32 rate = uint_of(in, GF_PROP_PID_SAMPLE_RATE), bits = uint_of(in, GF_PROP_PID_BITRATE);
	const u32 width = uint_of(in, GF_PROP_PID_WIDTH), height = uint_of(in, GF_PROP_PID_HEIGHT);
	const GF_PropertyValue *name = gf_filter_pid_get_property(in->pid, GF_PROP_PID_SERVICE_NAME), *p;
	const char *key;
	u32 idx = 0, code;
	if (rate) {
		snprintf(text, sizeof(text), "samplerate=%u;channels=%u;bitrate=%u", rate, uint_of(in, GF_PROP_PID_NUM_CHANNELS), bits);
		net->answer_header(a, "ice-audio-info", text);
	}
	if (width) {
		snprintf(text, sizeof(text), "width=%u;height=%u", width, height);
		net->answer_header(a, "ice-video-info", text);
	}
	if (bits)
		http_answer_number(in->out, a, "icy-br", bits / 1000); // players expect kbit/s
	net->answer_header(a, "icy-pub", "1");
	if (name && name->value.string)
		net->answer_header(a, "icy-name", name->value.string);
	while ((p = gf_filter_pid_enum_properties(in->pid, &idx, &code, &key))) {
		if (key && !strncmp(key, "ice-", 4))
			net->answer_header(a, key, gf_props_dump(code, p, value, GF_PROP_DUMP_DATA_NONE));
	}
}

static void send_headers(HttpRequest *r, const HttpInput *input, const NetBody *body)
{
	NetAnswer *a = http_answer_new(r, body);
	if (a) {
		r->out->net->answer_header(a, "Cache-Control", "no-cache, no-store");
		if (input->mime)
			r->out->net->answer_header(a, "Content-Type", input->mime);
		if (r->out->ice)
			add_radio_headers(input, a);
	}
	http_send(r, 200, a);
}

static void add_client(HttpRequest *r, HttpStream *stream)
{
	NetBody body = {.read = read_client, .size = NET_SIZE_UNKNOWN, .block_size = STREAM_BLOCK};
	if (r->method == METHOD_HEAD) {
		send_headers(r, stream->in, &body);
		return;
	}
	Client *c = gf_calloc(1, sizeof(*c));
	Source *s = stream->source;
	if (!c || gf_list_add(stream->clients, c)) {
		gf_free(c);
		r->out->net->close(r->x);
		return;
	}
	*c = (Client){.stream = stream, .source = s, .r = r, .chunk = s->tail, .moved_us = gf_sys_clock_high_res()};
	stream->seen = GF_TRUE;
	s->nb_users++;
	c->chunk->nb_users++;
	c->offset = c->chunk->size;
	body.release = release_client;
	body.body = c;
	send_headers(r, stream->in, &body);
	gf_filter_post_process_task(r->out->filter); // what was held may come
}

void http_get_stream(HttpRequest *r, HttpStream *stream)
{
	// Between two files the next one is waited for, when that is wanted.
	if (!stream->source && r->out->reopen && !stream->in->ended)
		stream->source = source_new();
	if (stream->source)
		add_client(r, stream);
	else
		http_send_text(r, 404, "Resource %s is no longer available\n", r->path);
}

// ---- boxes

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
static Bool follow_boxes(HttpStream *stream, const u8 *data, u32 size)
{
	static const char *const starts[] = {"moof", "styp", "sidx", "emsg", "prft"};
	Bool start = GF_FALSE;
	u64 pos = stream->box_left;
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts) && !pos && size >= 8; i++)
		start |= !memcmp(data + 4, starts[i], 4);
	while (pos < size) {
		if (size - pos < 8) {
			stream->no_boxes = GF_TRUE; // a header in two packets
			return GF_TRUE;
		}
		pos += box_size(data + pos, size - pos);
	}
	stream->box_left = pos - size;
	return start;
}

// ---- data

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

static GF_Err append_chunk(Source *s, const u8 *data, u32 size, Bool start)
{
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
static const Client *leader(const HttpStream *stream)
{
	const Client *first = NULL;
	for (u32 i = 0; i < gf_list_count(stream->clients); i++) {
		const Client *c = gf_list_get(stream->clients, i);
		if (!first || pending(c) < pending(first))
			first = c;
	}
	return first;
}

void http_stream_drop_slow(HttpStream *stream)
{
	const HttpInput *in = stream->in;
	const Client *first = leader(stream);
	u64 clock = gf_sys_clock_high_res();
	for (u32 i = gf_list_count(stream->clients); i > 0; i--) {
		Client *c = gf_list_get(stream->clients, i - 1);
		const StreamChunk *next = c->chunk->next;
		u64 since = c == first ? c->moved_us : next ? next->time_us : clock;
		if (c->dropped || pending(c) <= in->out->max_async_buf || clock - since < MAX_LATE_US)
			continue;
		c->dropped = GF_TRUE; // its connection is closed in the next run
		GF_LOG(GF_LOG_WARNING, GF_LOG_HTTP,
			("[httpout] %s is too slow for %s: dropped\n", c->r->net->peer, in->path));
		in->out->net->close(c->r->x);
	}
}

static GF_Err send_data(HttpStream *stream, GF_FilterPacket *packet, const u8 *data, u32 size)
{
	Bool is_header = gf_filter_pck_get_dependency_flags(packet) == 0xFF && gf_filter_pck_get_carousel_version(packet) == 1;
	Bool start = GF_TRUE;
	if (stream->in->is_isom && !stream->no_boxes) {
		start = follow_boxes(stream, data, size);
		stream->in_media |= start;
		if (!stream->in_media)
			return keep_header(stream->source, data, size, GF_FALSE);
	} else if (is_header) {
		return keep_header(stream->source, data, size, GF_TRUE);
	}
	GF_Err e = append_chunk(stream->source, data, size, start);
	if (!e)
		wake_clients(stream->in->out, stream->source);
	return e;
}

static void end_source(HttpStream *stream, Bool complete)
{
	Source *s = stream->source;
	if (!s)
		return;
	s->done = GF_TRUE;
	s->failed = !complete;
	wake_clients(stream->in->out, s);
	while (gf_list_count(stream->clients))
		((Client *)gf_list_pop_back(stream->clients))->stream = NULL;
	source_unuse(s);
	stream->source = NULL;
}

GF_Err http_stream_take(HttpStream *stream, GF_FilterPacket *packet)
{
	Bool starts, ends;
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	gf_filter_pck_get_framing(packet, &starts, &ends);
	// Packets that are frames of a stream often are marked as files of their own.
	starts &= stream->in->out->reopen;
	ends &= stream->in->out->reopen;
	if (starts && stream->source && stream->source->size)
		end_source(stream, GF_TRUE);
	if (starts) {
		stream->in_media = stream->no_boxes = GF_FALSE;
		stream->box_left = 0;
	}
	if (!stream->source && !(stream->source = source_new()))
		return GF_OUT_OF_MEM;
	GF_Err e = data && size ? send_data(stream, packet, data, size) : GF_OK;
	if (ends)
		end_source(stream, !e);
	return e;
}

// ---- the input's side

HttpStream *http_stream_new(HttpInput *in)
{
	HttpStream *stream = gf_calloc(1, sizeof(*stream));
	if (!stream)
		return NULL;
	stream->in = in;
	stream->clients = gf_list_new();
	stream->source = source_new(); // clients may come before the data
	if (stream->clients && stream->source)
		return stream;
	http_stream_del(stream);
	return NULL;
}

void http_stream_del(HttpStream *stream)
{
	if (!stream)
		return;
	end_source(stream, GF_FALSE);
	gf_list_del(stream->clients);
	gf_free(stream);
}

void http_stream_end(HttpStream *stream)
{
	end_source(stream, GF_TRUE);
}

// A stream goes no faster than its fastest client, and with option hold not without one.
Bool http_stream_is_held(const HttpStream *stream)
{
	const HttpOut *out = stream->in->out;
	const Client *first = leader(stream);
	return first ? pending(first) > out->max_async_buf : out->hold && !stream->seen;
}
