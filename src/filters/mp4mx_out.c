// SPDX-License-Identifier: MIT
// Output packets of the multiplexer: headers made here, and the payload of samples by reference.
#include <string.h>
#include "filters/mp4mx.h"

// Properties that name the file of a segment, from the first input packet to the first output packet.
static const u32 file_props[] = {GF_PROP_PCK_FILENUM, GF_PROP_PCK_FILENAME, GF_PROP_PCK_FILESUF,
	GF_PROP_PCK_IDXFILENAME, GF_PROP_PCK_MPD_SEGSTART, GF_PROP_PCK_LLHAS_TEMPLATE, GF_PROP_PCK_FILE_REL};

// What the next packet has to tell.
static void mark_packet(Mp4Mux *mux, GF_FilterPacket *pck)
{
	if (mux->init_packet) {
		GF_PropertyValue yes = {.type = GF_PROP_BOOL, .value.boolean = GF_TRUE};
		gf_filter_pck_set_property(pck, GF_PROP_PCK_INIT, &yes);
		mux->init_packet = GF_FALSE;
	}
	if (mux->starts_part) {
		GF_PropertyValue number = {.type = GF_PROP_UINT, .value.uint = mux->part_number};
		gf_filter_pck_set_property(pck, GF_PROP_PCK_LLHAS_FRAG_NUM, &number);
		mux->starts_part = GF_FALSE;
	}
	if (mux->file_pck) {
		for (size_t i = 0; i < sizeof(file_props) / sizeof(file_props[0]); i++) {
			const GF_PropertyValue *p = gf_filter_pck_get_property(mux->file_pck, file_props[i]);
			if (p)
				gf_filter_pck_set_property(pck, file_props[i], p);
		}
		gf_filter_pck_unref(mux->file_pck);
		mux->file_pck = NULL;
	}
}

GF_Err mp4mx_out_file(Mp4Mux *mux, GF_FilterPacket *pck)
{
	if (mux->file_pck)
		gf_filter_pck_unref(mux->file_pck);
	mux->file_pck = pck;
	return pck ? gf_filter_pck_ref_props(&mux->file_pck) : GF_OK;
}

GF_Err mp4mx_out_packet(Mp4Mux *mux, GF_FilterPacket *pck, u32 size, Bool last)
{
	if (!pck)
		return GF_OUT_OF_MEM;
	if (mux->init_packet || mux->starts_part || mux->file_pck)
		mark_packet(mux, pck);
	gf_filter_pck_set_framing(pck, mux->position == 0, last);
	mux->position += size;
	GF_Err e = gf_filter_pck_send(pck);
	return e < 0 ? e : GF_OK; // positive: queued until the PID is connected
}

static GF_FilterPacket *new_packet(Mp4Mux *mux, const void *data, size_t size)
{
	if (size > 0xFFFFFFFFu)
		return NULL;
	u8 *dst;
	GF_FilterPacket *pck = gf_filter_pck_new_alloc(mux->opid, (u32)size, &dst);
	if (pck && size)
		memcpy(dst, data, size);
	return pck;
}

// Puts bytes and a packet, either of which may be missing, into temporary storage instead of the output.
static GF_Err defer(Mp4Mux *mux, const MuxSample *s, const void *bytes, size_t size)
{
	MuxSample m = *s;
	m.kept = KEPT_NOT;
	m.extra = NULL;
	m.extra_size = (u32)size;
	if (size) {
		m.extra = size > 0xFFFFFFFFu ? NULL : gf_malloc(size);
		if (!m.extra)
			return GF_OUT_OF_MEM;
		memcpy(m.extra, bytes, size);
	}
	mux->position += m.pck_size + m.extra_size;
	GF_Err e = mp4mx_sample_keep(&m);
	if (!e)
		e = mp4mx_spool_add(&mux->spool, &m);
	mp4mx_sample_release(&m); // what the storage did not take
	return e;
}

GF_Err mp4mx_out(Mp4Mux *mux, const ByteWriter *w, Bool last)
{
	if (w->failed)
		return GF_OUT_OF_MEM;
	if (!w->size && !last)
		return GF_OK;
	if (mux->deferring)
		return defer(mux, &(MuxSample){0}, w->data, w->size);
	return mp4mx_out_packet(mux, new_packet(mux, w->data, w->size), (u32)w->size, last);
}

GF_Err mp4mx_out_patch(Mp4Mux *mux, const ByteWriter *w, u64 offset, Bool insert, Bool last)
{
	if (w->failed)
		return GF_OUT_OF_MEM;
	GF_FilterPacket *pck = new_packet(mux, w->data, w->size);
	if (!pck)
		return GF_OUT_OF_MEM;
	gf_filter_pck_set_seek_flag(pck, GF_TRUE);
	gf_filter_pck_set_byte_offset(pck, offset);
	gf_filter_pck_set_interlaced(pck, insert ? 1 : 0);
	return mp4mx_out_packet(mux, pck, 0, last);
}

static GF_Err send_range(Mp4Mux *mux, GF_FilterPacket *src, u32 from, u32 size)
{
	// the engine takes a size of 0 as all that is left
	return size ? mp4mx_out_packet(mux, gf_filter_pck_new_ref(mux->opid, from, size, src), size, GF_FALSE)
				: GF_OK;
}

GF_Err mp4mx_out_sample(Mp4Mux *mux, const MuxSample *s)
{
	if (mux->deferring)
		return defer(mux, s, s->extra, s->extra_size);
	if (!s->extra_size)
		return send_range(mux, s->pck, 0, s->pck_size);
	GF_Err e = send_range(mux, s->pck, 0, s->extra_at);
	if (!e)
		e = mp4mx_out_packet(mux, new_packet(mux, s->extra, s->extra_size), s->extra_size, GF_FALSE);
	if (!e)
		e = send_range(mux, s->pck, s->extra_at, s->pck_size - s->extra_at);
	return e;
}

void mp4mx_write_marker(const Mp4Mux *mux, ByteWriter *w)
{
	if (!mux->m4cc || strlen(mux->m4cc) != 4)
		return;
	isow_end(w, isow_box(w, mux->m4cc));
}
