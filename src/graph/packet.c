// SPDX-License-Identifier: MIT
// Packets: creation, references, memory (graph chapter 5.4).
#include "graph/engine.h"
#include "graph/packet.h"

// ---- creation

static OutPid *writable_pid(GF_FilterPid *pid, const char *call)
{
	if (pid && !pid->is_input)
		return (OutPid *)pid;
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
		("[filter] %s: %s: packets are made on an output PID\n", call, pid ? "input PID" : "no PID"));
	return NULL;
}

GF_FilterPacket *gf_filter_pck_new_alloc_destructor(GF_FilterPid *PID, u32 data_size, u8 **data,
	gf_fsess_packet_destructor destruct)
{
	OutPid *pid = writable_pid(PID, "new packet");
	Packet *pck = pid ? packet_new(pid, PCK_ALLOC) : NULL;
	if (!pck)
		return NULL;
	if (data_size && packet_alloc_data(pck, data_size) != GF_OK) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: no memory for a packet of %u bytes\n",
			pid->head.filter->name, data_size));
		packet_unref(pck);
		return NULL;
	}
	packet_set_destructor(pck, destruct);
	if (data)
		*data = pck->data;
	return &pck->head;
}

GF_FilterPacket *gf_filter_pck_new_alloc(GF_FilterPid *PID, u32 data_size, u8 **data)
{
	return gf_filter_pck_new_alloc_destructor(PID, data_size, data, NULL);
}

GF_FilterPacket *gf_filter_pck_new_shared(GF_FilterPid *PID, const u8 *data, u32 data_size,
	gf_fsess_packet_destructor destruct)
{
	OutPid *pid = writable_pid(PID, "new shared packet");
	Packet *pck = pid ? packet_new(pid, PCK_SHARED) : NULL;
	if (!pck)
		return NULL;
	pck->data = (u8 *)data;
	pck->size = data ? data_size : 0;
	packet_set_destructor(pck, destruct);
	return &pck->head;
}

GF_FilterPacket *gf_filter_pck_new_ref_destructor(GF_FilterPid *PID, u32 data_offset, u32 data_size,
	GF_FilterPacket *source_packet, gf_fsess_packet_destructor destruct)
{
	OutPid *pid = writable_pid(PID, "new packet reference");
	if (!pid || !source_packet)
		return NULL;
	Packet *src = pck_of(source_packet);
	if (data_offset > src->size || data_size > src->size - data_offset) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
			("[filter] %s: reference to bytes %u+%u of a packet of %u bytes\n", pid->head.filter->name,
				data_offset, data_size, src->size));
		return NULL;
	}
	Packet *pck = packet_new(pid, PCK_REF);
	if (!pck)
		return NULL;
	pck->data = src->data ? src->data + data_offset : NULL;
	pck->size = data_size ? data_size : src->size - data_offset;
	pck->ifce = src->ifce;
	pck->a.readonly = src->a.readonly;
	// A reference to a reference holds the owner of the memory directly, so that chains do not grow.
	pck->source = packet_ref(src->kind == PCK_REF && !src->destruct ? src->source : src);
	packet_set_destructor(pck, destruct);
	return &pck->head;
}

GF_FilterPacket *gf_filter_pck_new_ref(GF_FilterPid *PID, u32 data_offset, u32 data_size, GF_FilterPacket *source_packet)
{
	return gf_filter_pck_new_ref_destructor(PID, data_offset, data_size, source_packet, NULL);
}

GF_FilterPacket *gf_filter_pck_new_frame_interface(GF_FilterPid *PID, GF_FilterFrameInterface *frame_ifce,
	gf_fsess_packet_destructor destruct)
{
	OutPid *pid = writable_pid(PID, "new frame interface packet");
	if (!pid || !frame_ifce)
		return NULL;
	Packet *pck = packet_new(pid, PCK_FRAME);
	if (!pck)
		return NULL;
	pck->ifce = frame_ifce;
	pck->a.readonly = 1;
	packet_set_destructor(pck, destruct);
	return &pck->head;
}

// True when nobody but the holder of `entry` can see the memory of its packet.
static Bool alone_on_memory(const Packet *src)
{
	if (!src->data)
		return GF_FALSE;
	for (const Packet *p = src; p; p = p->source) {
		if (p->a.readonly || atomic_load(&((Packet *)p)->refs) > 1)
			return GF_FALSE;
		if (p->kind == PCK_SHARED && !p->destruct)
			return GF_FALSE; // static memory of the producer
	}
	return GF_TRUE;
}

GF_Err packet_read_back(const Packet *src, Packet *dst)
{
	const PropMap *map = src->pid_props ? src->pid_props : (src->pid ? src->pid->map : NULL);
	const GF_PropertyValue *w = map ? propmap_get(map, GF_PROP_PID_WIDTH, NULL) : NULL;
	const GF_PropertyValue *h = map ? propmap_get(map, GF_PROP_PID_HEIGHT, NULL) : NULL;
	const GF_PropertyValue *f = map ? propmap_get(map, GF_PROP_PID_PIXFMT, NULL) : NULL;
	u32 size, stride = 0, stride_uv = 0, planes, uv_height;
	if (!w || !h || !f || !src->ifce->get_plane ||
		!gf_pixel_get_size_info(f->value.uint, w->value.uint, h->value.uint, &size, &stride, &stride_uv, &planes,
			&uv_height))
		return GF_NOT_SUPPORTED;
	GF_Err e = packet_alloc_data(dst, size);
	u8 *out = dst->data;
	for (u32 i = 0; e == GF_OK && i < planes; i++) {
		const u8 *plane = NULL;
		u32 src_stride = 0;
		e = src->ifce->get_plane(src->ifce, i, &plane, &src_stride);
		Bool chroma = i > 0 && i < 3;
		u32 width = chroma ? stride_uv : stride;
		u32 lines = chroma ? uv_height : h->value.uint;
		if (e == GF_OK && (!plane || src_stride < width))
			e = GF_NOT_SUPPORTED;
		for (u32 y = 0; e == GF_OK && y < lines; y++, out += width)
			memcpy(out, plane + (size_t)y * src_stride, width);
	}
	return e;
}

static GF_Err copy_data(const Packet *src, Packet *dst)
{
	if (src->ifce && !src->data)
		return packet_read_back(src, dst);
	if (!src->size)
		return GF_OK;
	GF_Err e = packet_alloc_data(dst, src->size);
	if (e == GF_OK)
		memcpy(dst->data, src->data, src->size);
	return e;
}

static GF_FilterPacket *copy_or_clone(GF_FilterPid *PID, GF_FilterPacket *source, u8 **data, Bool in_place)
{
	OutPid *pid = writable_pid(PID, in_place ? "packet clone" : "packet copy");
	if (!pid || !source)
		return NULL;
	Packet *src = pck_of(source);
	Packet *pck;
	if (in_place && alone_on_memory(src)) {
		pck = packet_new(pid, PCK_REF);
		if (!pck)
			return NULL;
		pck->data = src->data;
		pck->size = src->size;
		pck->source = packet_ref(src);
	} else {
		pck = packet_new(pid, PCK_ALLOC);
		if (pck && copy_data(src, pck) != GF_OK) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: cannot copy a packet of %u bytes\n",
				pid->head.filter->name, src->size));
			packet_unref(pck);
			pck = NULL;
		}
		if (!pck)
			return NULL;
	}
	if (packet_merge(src, pck, NULL, NULL) != GF_OK) {
		packet_unref(pck);
		return NULL;
	}
	pck->a.readonly = 0;
	if (data)
		*data = pck->data;
	return &pck->head;
}

GF_FilterPacket *gf_filter_pck_new_copy(GF_FilterPid *PID, GF_FilterPacket *pck_source, u8 **data)
{
	return copy_or_clone(PID, pck_source, data, GF_FALSE);
}

GF_FilterPacket *gf_filter_pck_new_clone(GF_FilterPid *PID, GF_FilterPacket *pck_source, u8 **data)
{
	return copy_or_clone(PID, pck_source, data, GF_TRUE);
}

// Both dangling forms copy: sharing the memory would let a write change a packet that can still be read.
static GF_FilterPacket *dangling(GF_FilterPacket *source, GF_FilterPacket *cached)
{
	if (!source || (!source->is_entry && !((Packet *)source)->sent))
		return NULL; // only packets that were received
	Packet *src = pck_of(source);
	Packet *pck = cached ? (Packet *)cached : NULL;
	if (pck && (pck->capacity < src->size || src->ifce || atomic_load(&pck->refs) > 1)) {
		packet_unref(pck);
		pck = NULL;
	}
	if (pck) {
		pck->size = src->size;
		if (src->size)
			memcpy(pck->data, src->data, src->size);
	} else {
		pck = packet_new_detached(src->pool);
		if (pck && copy_data(src, pck) != GF_OK) {
			packet_unref(pck);
			pck = NULL;
		}
	}
	if (!pck)
		return NULL;
	PropMap *map = src->pid_props;
	propmap_unref(pck->pid_props);
	pck->pid_props = map ? propmap_ref(map) : NULL;
	propmap_unref(pck->props);
	pck->props = NULL;
	if (packet_merge(src, pck, NULL, NULL) != GF_OK) {
		packet_unref(pck);
		return NULL;
	}
	pck->a.readonly = 0;
	return &pck->head;
}

GF_FilterPacket *gf_filter_pck_dangling_copy(GF_FilterPacket *pck_source, GF_FilterPacket *cached_pck)
{
	return dangling(pck_source, cached_pck);
}

GF_FilterPacket *gf_filter_pck_dangling_clone(GF_FilterPacket *pck_source, GF_FilterPacket *cached_pck)
{
	return dangling(pck_source, cached_pck);
}

// ---- counts

GF_FilterPacket *gf_filter_pck_ref_ex(GF_FilterPacket *pck)
{
	return pck ? &packet_ref(pck_of(pck))->head : NULL;
}

GF_Err gf_filter_pck_ref(GF_FilterPacket **pck)
{
	if (!pck || !*pck)
		return GF_BAD_PARAM;
	*pck = gf_filter_pck_ref_ex(*pck);
	return GF_OK;
}

void gf_filter_pck_unref(GF_FilterPacket *pck)
{
	if (pck)
		packet_unref(pck_of(pck));
}

GF_Err gf_filter_pck_ref_props(GF_FilterPacket **pck)
{
	if (!pck || !*pck)
		return GF_BAD_PARAM;
	Packet *src = pck_of(*pck);
	Packet *p = packet_new_detached(src->pool);
	if (!p)
		return GF_OUT_OF_MEM;
	p->kind = PCK_PROPS;
	p->sent = GF_TRUE;
	p->a = src->a;
	p->props = src->props ? propmap_ref(src->props) : NULL;
	p->pid_props = src->pid_props ? propmap_ref(src->pid_props) : NULL;
	*pck = &p->head;
	return GF_OK;
}

void gf_filter_pck_discard(GF_FilterPacket *pck)
{
	if (!pck)
		return;
	if (pck->is_entry || ((Packet *)pck)->sent) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] discard of a packet that was received or sent\n"));
		return;
	}
	Packet *p = (Packet *)pck;
	// Who holds its data may do so longer than the PID lives, which only a destructor has to know.
	if (!p->has_destructor)
		packet_leave_pid(p);
	packet_unref(p);
}

Bool gf_filter_pck_is_blocking_ref(GF_FilterPacket *pck)
{
	for (Packet *p = pck ? pck_of(pck) : NULL; p; p = p->source) {
		if (p->destruct && (p->kind == PCK_SHARED || (p->ifce && (p->ifce->flags & GF_FRAME_IFCE_BLOCKING))))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// ---- data

const u8 *gf_filter_pck_get_data(GF_FilterPacket *pck, u32 *size)
{
	Packet *p = pck ? pck_of(pck) : NULL;
	if (!size)
		return NULL;
	*size = p && p->data ? p->size : 0;
	return p && p->size ? p->data : NULL;
}

GF_FilterFrameInterface *gf_filter_pck_get_frame_interface(GF_FilterPacket *pck)
{
	return pck ? pck_of(pck)->ifce : NULL;
}

static Packet *own_memory(GF_FilterPacket *pck)
{
	Packet *p = pck && !pck->is_entry ? (Packet *)pck : NULL;
	return p && !p->sent && p->kind == PCK_ALLOC ? p : NULL;
}

GF_Err gf_filter_pck_expand(GF_FilterPacket *pck, u32 nb_bytes_to_add, u8 **data_start, u8 **new_range_start, u32 *new_size)
{
	Packet *p = own_memory(pck);
	if (!p || (!data_start && !new_range_start) || nb_bytes_to_add > 0xFFFFFFFFu - p->size)
		return GF_BAD_PARAM;
	u32 size = p->size + nb_bytes_to_add;
	if (size > p->capacity) {
		u8 *old = p->data;
		u32 old_size = p->size, old_capacity = p->capacity;
		GF_Err e = packet_alloc_data(p, size);
		if (e != GF_OK)
			return e;
		if (old_size)
			memcpy(p->data, old, old_size);
		packet_release_data(p->pool, old, old_capacity);
	}
	p->size = size;
	p->a.byte_offset = GF_FILTER_NO_BO;
	if (data_start)
		*data_start = p->data;
	if (new_range_start)
		*new_range_start = p->data ? p->data + size - nb_bytes_to_add : NULL;
	if (new_size)
		*new_size = size;
	return GF_OK;
}

GF_Err gf_filter_pck_truncate(GF_FilterPacket *pck, u32 size)
{
	if (!pck || pck->is_entry || ((Packet *)pck)->sent)
		return GF_BAD_PARAM;
	Packet *p = (Packet *)pck;
	if (size < p->size)
		p->size = size;
	return GF_OK;
}

void gf_filter_pck_check_realloc(GF_FilterPacket *pck, u8 *data, u32 size)
{
	Packet *p = own_memory(pck);
	if (!p)
		return;
	if (p->data == data && size <= p->capacity) {
		p->size = size;
		return;
	}
	p->data = data;
	p->size = p->capacity = size;
}
