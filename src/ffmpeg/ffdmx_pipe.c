// SPDX-License-Identifier: MIT
#include "ffmpeg/ffdmx_pipe.h"
#include <pthread.h>
#include <string.h>

struct FfdmxPipe {
	GF_FilterPid *input;
	char *url; // whose extension helps to recognise the format
	AVIOContext *io;
	AVFormatContext *format;
	AVDictionary *options;
	AVPacket *packet; // to be filled; NULL while the format is opened
	int result;

	u8 *data; // taken from the input, from `at` on not read yet
	u32 size, at, alloc, limit;
	Bool ended;

	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t turned;
	Bool its_turn;    // the thread's
	Bool busy, wants; // it has work, which lacks data
	Bool quits;
};

// ---- The thread

// Lets the other side run until it gives the turn back.
static void give_turn(FfdmxPipe *p, Bool to_thread)
{
	pthread_mutex_lock(&p->lock);
	p->its_turn = to_thread;
	pthread_cond_broadcast(&p->turned);
	while (p->its_turn == to_thread)
		pthread_cond_wait(&p->turned, &p->lock);
	pthread_mutex_unlock(&p->lock);
}

static int read_data(void *udta, u8 *to, int max)
{
	FfdmxPipe *p = udta;
	while (p->at == p->size && !p->ended && !p->quits) {
		p->wants = GF_TRUE;
		give_turn(p, GF_FALSE);
	}
	u32 nb = p->size - p->at < (u32)max ? p->size - p->at : (u32)max;
	if (p->quits || !nb)
		return p->quits ? AVERROR_EXIT : AVERROR_EOF;
	memcpy(to, p->data + p->at, nb);
	p->at += nb;
	return (int)nb;
}

static int open_format(FfdmxPipe *p)
{
	p->format = avformat_alloc_context();
	if (!p->format)
		return AVERROR(ENOMEM);
	p->format->pb = p->io;
	int res = avformat_open_input(&p->format, p->url, NULL, &p->options);
	return res < 0 ? res : avformat_find_stream_info(p->format, NULL);
}

static void *run_thread(void *udta)
{
	FfdmxPipe *p = udta;
	pthread_mutex_lock(&p->lock);
	while (!p->its_turn)
		pthread_cond_wait(&p->turned, &p->lock);
	pthread_mutex_unlock(&p->lock);
	while (!p->quits) {
		p->result = p->packet ? av_read_frame(p->format, p->packet) : open_format(p);
		p->busy = GF_FALSE;
		if (!p->quits)
			give_turn(p, GF_FALSE);
	}
	return NULL;
}

// ---- The session's side

// Takes packets of the input. False when there are none, and nothing is left to read.
static Bool feed(FfdmxPipe *p)
{
	GF_FilterPacket *packet;
	if (p->at) {
		p->size -= p->at;
		memmove(p->data, p->data + p->at, p->size);
		p->at = 0;
	}
	while (p->size < p->limit && (packet = gf_filter_pid_get_packet(p->input))) {
		u32 size;
		const u8 *data = gf_filter_pck_get_data(packet, &size);
		if (p->size + (u64)size > p->alloc) {
			u64 alloc = p->size + (u64)size + p->limit;
			u8 *grown = alloc > INT32_MAX ? NULL : gf_realloc(p->data, alloc);
			if (!grown)
				return GF_FALSE;
			p->data = grown;
			p->alloc = (u32)alloc;
		}
		if (size)
			memcpy(p->data + p->size, data, size);
		p->size += size;
		gf_filter_pid_drop_packet(p->input);
	}
	p->ended = !p->size && gf_filter_pid_is_eos(p->input) && !gf_filter_pid_is_flush_eos(p->input);
	return p->size || p->ended;
}

static int run(FfdmxPipe *p, AVPacket *packet)
{
	if (!p->busy)
		p->packet = packet;
	p->busy = GF_TRUE;
	while (p->busy) {
		if (p->wants && !feed(p))
			return AVERROR(EAGAIN);
		p->wants = GF_FALSE;
		give_turn(p, GF_TRUE);
	}
	return p->result;
}

int ffdmx_pipe_open(FfdmxPipe *p, AVDictionary **options, AVFormatContext **format)
{
	if (!p->busy)
		av_dict_copy(&p->options, *options, 0);
	int res = run(p, NULL);
	if (res == AVERROR(EAGAIN))
		return res;
	*format = p->format;
	av_dict_free(options);
	*options = p->options;
	p->options = NULL;
	return res;
}

int ffdmx_pipe_read(FfdmxPipe *p, AVPacket *packet)
{
	return run(p, packet);
}

GF_Err ffdmx_pipe_new(GF_FilterPid *input, u32 block_size, u32 limit, FfdmxPipe **pipe)
{
	FfdmxPipe *p = gf_calloc(1, sizeof(FfdmxPipe));
	u8 *block = p ? av_malloc(block_size) : NULL;
	if (block)
		p->io = avio_alloc_context(block, (int)block_size, 0, p, read_data, NULL, NULL);
	if (!p || !p->io) {
		av_free(block);
		gf_free(p);
		return GF_OUT_OF_MEM;
	}
	const GF_PropertyValue *url = gf_filter_pid_get_property(input, GF_PROP_PID_URL);
	p->url = url ? gf_strdup(url->value.string) : NULL;
	p->input = input;
	p->limit = limit;
	p->wants = GF_TRUE;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->turned, NULL);
	*pipe = p;
	if (!pthread_create(&p->thread, NULL, run_thread, p))
		return GF_OK;
	p->quits = GF_TRUE; // there is none to end
	ffdmx_pipe_del(p);
	*pipe = NULL;
	return GF_OUT_OF_MEM;
}

void ffdmx_pipe_del(FfdmxPipe *p)
{
	if (!p)
		return;
	if (!p->quits) {
		pthread_mutex_lock(&p->lock);
		p->quits = p->its_turn = GF_TRUE;
		pthread_cond_broadcast(&p->turned);
		pthread_mutex_unlock(&p->lock);
		pthread_join(p->thread, NULL);
	}
	avformat_close_input(&p->format);
	av_freep(&p->io->buffer);
	avio_context_free(&p->io);
	av_dict_free(&p->options);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->turned);
	gf_free(p->url);
	gf_free(p->data);
	gf_free(p);
}
