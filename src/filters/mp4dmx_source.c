// SPDX-License-Identifier: MIT
// Access to the bytes of the resource being demultiplexed.
//
// File mode reads the file at the path given by the source, in blocks that are engine packets: the packet of
// a sample is a reference to a range of its block, and nothing is copied. Each track keeps the block it is
// in, so there are at most as many blocks as tracks, usually one or two. Stream mode keeps in memory the
// bytes received from the first one still needed.
#include <inttypes.h>
#include <string.h>

#include "base/array.h"
#include "filters/mp4dmx.h"

// Bytes that are rather read than left out.
#define DMX_NEAR (1u << 20)

// ---- Both modes

// File mode: end of the part to read of the file at `path`.
static u64 file_end(const Mp4Dmx *dmx)
{
	u64 end = io_reader_size(dmx->reader);
	return dmx->range.den && dmx->range.den < end ? dmx->range.den : end;
}

static u64 source_end(const Mp4Dmx *dmx, Bool *complete)
{
	if (!dmx->reader) {
		*complete = dmx->input_done;
		return dmx->store_start + dmx->store_size;
	}
	*complete = !dmx->arriving;
	return dmx->segment ? dmx->segment_start + io_reader_size(dmx->segment) : file_end(dmx);
}

static u64 input_end(void *udta, Bool *complete)
{
	return source_end(udta, complete);
}

static GF_Err read_store(const Mp4Dmx *dmx, u64 offset, void *dst, u32 size, u32 *got)
{
	u64 end = dmx->store_start + dmx->store_size;
	if (offset < dmx->store_start || offset > end)
		return GF_IO_ERR;
	u32 n = end - offset < size ? (u32)(end - offset) : size;
	if (n)
		memcpy(dst, dmx->store + (offset - dmx->store_start), n);
	*got = n;
	return GF_OK;
}

static GF_Err input_read(void *udta, u64 offset, void *dst, u32 size, u32 *got)
{
	Mp4Dmx *dmx = udta;
	if (!dmx->reader)
		return read_store(dmx, offset, dst, size, got);
	if (!dmx->segment)
		return io_reader_read(dmx->reader, offset, dst, size, got);
	u64 left = offset < dmx->segment_start ? dmx->segment_start - offset : 0;
	u32 first = left < size ? (u32)left : size, rest = 0;
	*got = 0;
	GF_Err e = first ? io_reader_read(dmx->reader, offset, dst, first, got) : GF_OK;
	if (e || *got < first || first == size)
		return e;
	e = io_reader_read(dmx->segment, offset + first - dmx->segment_start, (u8 *)dst + first, size - first, &rest);
	*got += rest;
	return e;
}

static void start_file(Mp4Dmx *dmx, u64 pos)
{
	const IsomInput in = {dmx, input_read, input_end};
	if (dmx->file.movie.nb_tracks) {
		isom_file_restart(&dmx->file, &in);
	} else {
		isom_file_reset(&dmx->file);
		isom_file_init(&dmx->file, &in);
	}
	dmx->file.movie.keep_fragments = dmx->sigfrag || dmx->sigfo;
	dmx->file.movie.join_items = dmx->itt;
	dmx->file.pos = pos;
	dmx->opened = GF_TRUE;
	dmx->parsed = dmx->failed = GF_FALSE;
}

static GF_Err open_path(const char *path, IoReader **reader)
{
	GF_Err e = io_reader_open(path, NULL, reader);
	if (!e)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER, ("[mp4dmx] cannot open %s: %s\n", path, gf_error_to_string(e)));
	return e;
}

// Option catseg: the segment continues the file.
static GF_Err append_segment(Mp4Dmx *dmx)
{
	if (!dmx->reader || dmx->arriving) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4dmx] option catseg: the movie has to be a local file that is complete\n"));
		return GF_BAD_PARAM;
	}
	GF_Err e = open_path(dmx->catseg, &dmx->segment);
	if (e)
		return e == GF_OUT_OF_MEM ? e : GF_BAD_PARAM;
	dmx->segment_start = file_end(dmx);
	if (io_reader_seekable(dmx->segment))
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER, ("[mp4dmx] option catseg: %s is not a file\n", dmx->catseg));
	return GF_BAD_PARAM;
}

GF_Err dmx_source_open(Mp4Dmx *dmx, const char *path)
{
	if (path) {
		GF_Err e = open_path(path, &dmx->reader);
		if (e)
			return e;
		dmx->path = gf_strdup(path);
		if (!dmx->path)
			return GF_OUT_OF_MEM;
		if (!io_reader_seekable(dmx->reader)) {
			io_reader_close(dmx->reader); // the source sends its bytes
			dmx->reader = NULL;
		}
	}
	GF_Err e = dmx->catseg && dmx->is_first ? append_segment(dmx) : GF_OK;
	if (e)
		return e;
	start_file(dmx, dmx->range.den ? (u64)dmx->range.num : 0);
	return GF_OK;
}

static void drop_block(Mp4Dmx *dmx, u32 idx)
{
	DmxBlock *b = &dmx->blocks[idx];
	if (b->pck)
		gf_filter_pck_discard(b->pck);
	memset(b, 0, sizeof(*b));
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		if (dmx->tracks[i].block == (s32)idx)
			dmx->tracks[i].block = -1;
	}
}

void dmx_source_close(Mp4Dmx *dmx)
{
	for (u32 i = 0; i < DMX_MAX_BLOCKS; i++)
		drop_block(dmx, i);
	io_reader_close(dmx->reader);
	io_reader_close(dmx->segment);
	dmx->reader = dmx->segment = NULL;
	gf_free(dmx->path);
	dmx->path = NULL;
	gf_free(dmx->store);
	gf_free(dmx->head);
	dmx->store = dmx->head = NULL;
	dmx->store_start = 0;
	dmx->store_size = dmx->store_alloc = dmx->head_size = 0;
	dmx->opened = GF_FALSE;
}

GF_Err dmx_load_init(Mp4Dmx *dmx, const char *path)
{
	GF_Err e = open_path(path, &dmx->reader);
	if (e)
		return e;
	const GF_Fraction64 range = dmx->range; // it is that of the input
	dmx->range = (GF_Fraction64){0, 0};
	start_file(dmx, 0);
	e = isom_file_parse(&dmx->file);
	dmx->range = range;
	io_reader_close(dmx->reader);
	dmx->reader = NULL;
	dmx->opened = GF_FALSE;
	if (e == GF_EOS && dmx->file.movie.has_moov)
		return GF_OK;
	if (e == GF_EOS) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4dmx] %s has no 'moov' box: it is not an "
			 "initialisation segment\n",
				path));
		e = GF_ISOM_INVALID_FILE;
	}
	return e;
}

// ---- Stream mode

GF_Err dmx_store_append(Mp4Dmx *dmx, const u8 *data, u32 size)
{
	if (array_reserve(&dmx->store, &dmx->store_alloc, dmx->store_size, size, 1))
		return GF_OUT_OF_MEM;
	memcpy(dmx->store + dmx->store_size, data, size);
	dmx->store_size += size;
	return GF_OK;
}

void dmx_store_purge(Mp4Dmx *dmx, u64 keep)
{
	u64 end = dmx->store_start + dmx->store_size;
	if (keep > end)
		keep = end;
	if (keep <= dmx->store_start || keep - dmx->store_start < dmx->mstore_purge)
		return;
	u32 drop = (u32)(keep - dmx->store_start);
	dmx->store_size -= drop;
	memmove(dmx->store, dmx->store + drop, dmx->store_size);
	dmx->store_start = keep;
}

// The bytes from `offset` on come next.
static void seek_source(Mp4Dmx *dmx, u64 offset)
{
	GF_FilterEvent event;
	GF_FEVT_INIT(event, GF_FEVT_SOURCE_SEEK, dmx->ipid);
	event.seek.start_offset = offset;
	gf_filter_pid_send_event(dmx->ipid, &event);
	dmx->input_done = GF_FALSE;
}

static void empty_store(Mp4Dmx *dmx, u64 offset)
{
	dmx->store_start = offset;
	dmx->store_size = 0;
}

Bool dmx_fetch_movie(Mp4Dmx *dmx)
{
	u64 end = dmx->store_start + dmx->store_size;
	if (!dmx->resource_size || dmx->file.pos >= dmx->resource_size || dmx->input_done)
		return GF_FALSE;
	if (dmx->file.pos <= end)
		return GF_TRUE; // it is coming
	if (!dmx->head) {
		dmx->head = dmx->store;
		dmx->head_size = dmx->store_size;
		dmx->store = NULL;
		dmx->store_alloc = 0;
	}
	empty_store(dmx, dmx->file.pos);
	seek_source(dmx, dmx->file.pos);
	return GF_TRUE;
}

void dmx_movie_fetched(Mp4Dmx *dmx)
{
	if (!dmx->head)
		return;
	gf_free(dmx->store);
	dmx->store = dmx->head;
	dmx->store_start = 0;
	dmx->store_size = dmx->store_alloc = dmx->head_size;
	dmx->head = NULL;
	seek_source(dmx, dmx->head_size);
}

void dmx_follow_samples(Mp4Dmx *dmx)
{
	u64 next = IO_SIZE_UNKNOWN;
	if (dmx->reader || !dmx->resource_size || dmx->file.movie.fragmented || dmx->failed)
		return;
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		DmxTrack *t = &dmx->tracks[i];
		if (t->playing && !t->ended && dmx_next_sample(t) && t->next.offset < next)
			next = t->next.offset;
	}
	if (next >= dmx->resource_size)
		return;
	u64 end = dmx->store_start + dmx->store_size;
	if (next >= dmx->store_start && next <= end + DMX_NEAR && !(dmx->input_done && next >= end))
		return;
	empty_store(dmx, next);
	seek_source(dmx, next);
}

// ---- File mode

static inline Bool in_block(const DmxBlock *b, const IoReader *reader, u64 offset, u32 size)
{
	return b->pck && b->reader == reader && offset >= b->start && offset + size <= b->start + b->size;
}

// The file of the next sample when it is not the movie, else NULL.
static IoReader *external_of(const DmxTrack *t)
{
	u32 desc = t->next.desc;
	return t->media && desc && desc <= t->nb_entries ? t->media[desc - 1] : NULL;
}

Bool dmx_is_in_file(const DmxTrack *t)
{
	return !external_of(t) && (!t->dmx->segment || t->next.offset < t->dmx->segment_start);
}

static IoReader *reader_of(const DmxTrack *t)
{
	IoReader *external = external_of(t);
	return external ? external : t->dmx->reader;
}

void dmx_release_block(DmxTrack *t)
{
	if (t->block < 0)
		return;
	DmxBlock *b = &t->dmx->blocks[t->block];
	u32 idx = (u32)t->block;
	t->block = -1;
	if (!--b->nb_users)
		drop_block(t->dmx, idx);
}

static u32 free_slot(Mp4Dmx *dmx)
{
	u32 oldest = 0;
	for (u32 i = 0; i < DMX_MAX_BLOCKS; i++) {
		if (!dmx->blocks[i].pck)
			return i;
		if (dmx->blocks[i].last_use < dmx->blocks[oldest].last_use)
			oldest = i;
	}
	drop_block(dmx, oldest);
	return oldest;
}

static GF_Err load_block(DmxTrack *t, u64 offset, u32 size, u64 end)
{
	Mp4Dmx *dmx = t->dmx;
	u64 left = end - offset;
	u32 want = size > DMX_BLOCK_SIZE ? size : DMX_BLOCK_SIZE;
	if (want > left)
		want = (u32)left;
	u8 *data;
	u32 got = 0;
	GF_FilterPacket *pck = gf_filter_pck_new_alloc(t->pid, want, &data);
	IoReader *reader = reader_of(t);
	GF_Err e = !pck ? GF_OUT_OF_MEM
			   : reader == dmx->reader ? input_read(dmx, offset, data, want, &got)
									   : io_reader_read(reader, offset, data, want, &got);
	if (!e && got < size)
		e = GF_IO_ERR;
	if (e) {
		if (pck)
			gf_filter_pck_discard(pck);
		return e;
	}
	u32 idx = free_slot(dmx);
	dmx->blocks[idx] =
		(DmxBlock){.pck = pck, .reader = reader, .data = data, .start = offset, .size = got, .nb_users = 1};
	t->block = (s32)idx;
	return GF_OK;
}

// Makes the block of the track one that has these bytes.
static GF_Err use_block(DmxTrack *t, u64 offset, u32 size, u64 end)
{
	Mp4Dmx *dmx = t->dmx;
	dmx_release_block(t);
	for (u32 i = 0; i < DMX_MAX_BLOCKS; i++) {
		if (in_block(&dmx->blocks[i], reader_of(t), offset, size)) {
			dmx->blocks[i].nb_users++;
			t->block = (s32)i;
			return GF_OK;
		}
	}
	return load_block(t, offset, size, end);
}

static DmxRead report_unreadable(const DmxTrack *t, GF_Err e)
{
	const IsomSample *s = &t->next;
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
		("[mp4dmx] sample %u of track %u, %u bytes at %" PRIu64
		 ", cannot be read: %s. The track ends there\n",
			s->number + 1, t->trk->id, s->size, s->offset,
			e ? gf_error_to_string(e) : "it is outside the file"));
	return DMX_READ_FAILED;
}

Bool dmx_in_block(const DmxTrack *t)
{
	return t->block >= 0 && in_block(&t->dmx->blocks[t->block], reader_of(t), t->next.offset, t->next.size);
}

DmxRead dmx_read_sample(DmxTrack *t, const u8 **data, GF_FilterPacket **block, u32 *offset)
{
	Mp4Dmx *dmx = t->dmx;
	const IsomSample *s = &t->next;
	if (!dmx_in_block(t)) {
		IoReader *external = external_of(t);
		Bool complete = GF_TRUE;
		u64 end = external ? io_reader_size(external) : source_end(dmx, &complete);
		if (s->offset + s->size > end)
			return complete ? report_unreadable(t, GF_OK) : DMX_READ_WAIT;
		if (!external && !dmx->reader) {
			if (s->offset < dmx->store_start)
				return dmx->resource_size ? DMX_READ_WAIT : report_unreadable(t, GF_NOT_SUPPORTED);
			*data = dmx->store + (s->offset - dmx->store_start);
			*block = NULL;
			return DMX_READ_OK;
		}
		GF_Err e = use_block(t, s->offset, s->size, end);
		if (e)
			return report_unreadable(t, e);
	}
	DmxBlock *b = &dmx->blocks[t->block];
	b->last_use = ++dmx->clock;
	*offset = (u32)(s->offset - b->start);
	*data = b->data + *offset;
	*block = b->pck;
	return DMX_READ_OK;
}
