// SPDX-License-Identifier: MIT
// Temporary storage of media data, for the layouts that need the whole of it before the header is known.
//
// Samples stay references to their packets while they are few, so that small files cost no copy at all;
// beyond SPOOL_MEMORY or SPOOL_PACKETS everything goes to an unnamed file, written and read in order.
#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include "base/array.h"
#include "filters/mp4mx.h"

#define SPOOL_MEMORY (2u << 20)
#define SPOOL_PACKETS 2048
#define SPOOL_VECTORS 64

static GF_Err storage_error(const char *what)
{
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
		("[mp4mx] cannot %s temporary storage: %s; free disk space, or use store=flat\n", what,
			strerror(errno)));
	return GF_IO_ERR;
}

static GF_Err write_all(int fd, struct iovec *vec, u32 nb)
{
	while (nb) {
		ssize_t done = writev(fd, vec, (int)nb);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return storage_error("write");
		while (nb && (size_t)done >= vec->iov_len) {
			done -= (ssize_t)vec->iov_len;
			vec++;
			nb--;
		}
		if (nb) {
			vec->iov_base = (u8 *)vec->iov_base + done;
			vec->iov_len -= (size_t)done;
		}
	}
	return GF_OK;
}

// Moves the samples held to the file.
static GF_Err spill(MuxSpool *sp)
{
	if (!sp->file) {
		sp->file = gf_file_temp(NULL);
		if (!sp->file)
			return GF_IO_ERR;
	}
	GF_Err e = GF_OK;
	int fd = fileno(sp->file);
	for (u32 i = 0; i < sp->nb && !e;) {
		struct iovec vec[SPOOL_VECTORS + 3];
		u32 nb = 0;
		for (; i < sp->nb && nb < SPOOL_VECTORS; i++) {
			const MuxSample *s = &sp->items[i];
			u32 size = 0;
			const u8 *data = s->pck ? gf_filter_pck_get_data(s->pck, &size) : NULL;
			if (s->extra_at || (size && !s->extra_size))
				vec[nb++] = (struct iovec){(void *)data, s->extra_size ? s->extra_at : size};
			if (s->extra_size) {
				vec[nb++] = (struct iovec){s->extra, s->extra_size};
				if (size > s->extra_at)
					vec[nb++] = (struct iovec){(void *)(data + s->extra_at), size - s->extra_at};
			}
		}
		e = write_all(fd, vec, nb);
	}
	for (u32 i = 0; i < sp->nb; i++)
		mp4mx_sample_release(&sp->items[i]);
	sp->nb = 0;
	return e;
}

GF_Err mp4mx_spool_add(MuxSpool *sp, MuxSample *m)
{
	if (array_reserve(&sp->items, &sp->alloc, sp->nb, 1, sizeof(*sp->items)))
		return GF_OUT_OF_MEM;
	sp->items[sp->nb++] = *m;
	m->kept = KEPT_NOT;
	m->extra = NULL;
	sp->size += m->pck_size + m->extra_size;
	sp->held += m->pck_size + m->extra_size;
	if (sp->in_memory || (sp->held < SPOOL_MEMORY && sp->nb < SPOOL_PACKETS))
		return GF_OK;
	sp->held = 0;
	return spill(sp);
}

GF_Err mp4mx_spool_end(MuxSpool *sp)
{
	return sp->file ? spill(sp) : GF_OK;
}

GF_Err mp4mx_spool_send(Mp4Mux *mux, MuxSpool *sp, Bool *more)
{
	GF_Err e = GF_OK;
	*more = GF_FALSE;
	while (!e && sp->next < sp->nb) {
		MuxSample *s = &sp->items[sp->next++];
		e = mp4mx_out_sample(mux, s);
		mp4mx_sample_release(s);
	}
	u32 block = mux->block_size ? mux->block_size : 10000;
	while (!e && sp->file && sp->read_at < sp->size) {
		if (gf_filter_pid_would_block(mux->opid)) {
			*more = GF_TRUE;
			return GF_OK;
		}
		u32 size = sp->size - sp->read_at < block ? (u32)(sp->size - sp->read_at) : block;
		u8 *dst;
		GF_FilterPacket *pck = gf_filter_pck_new_alloc(mux->opid, size, &dst);
		if (!pck)
			return GF_OUT_OF_MEM;
		ssize_t got = pread(fileno(sp->file), dst, size, (off_t)sp->read_at);
		if (got <= 0) {
			gf_filter_pck_discard(pck);
			return storage_error("read");
		}
		gf_filter_pck_truncate(pck, (u32)got);
		sp->read_at += (u64)got;
		e = mp4mx_out_packet(mux, pck, (u32)got, GF_FALSE);
	}
	return e;
}

GF_Err mp4mx_spool_send_bytes(Mp4Mux *mux, MuxSpool *sp, u64 size)
{
	GF_Err e = GF_OK;
	while (!e && size && sp->next < sp->nb) {
		MuxSample *s = &sp->items[sp->next++];
		size -= s->pck_size + s->extra_size;
		e = mp4mx_out_sample(mux, s);
		mp4mx_sample_release(s);
	}
	return e;
}

void mp4mx_spool_reset(MuxSpool *sp)
{
	for (u32 i = sp->next; i < sp->nb; i++)
		mp4mx_sample_release(&sp->items[i]);
	gf_free(sp->items);
	if (sp->file)
		gf_fclose(sp->file);
	*sp = (MuxSpool){0};
}
