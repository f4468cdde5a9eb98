// SPDX-License-Identifier: MIT
// Life of packets: free lists, counts, destructors. The pool is held by its session and by each packet in
// memory, so that a packet kept by the application past the end of the session can still be released.
#include "graph/engine.h"
#include "graph/packet.h"

#define NB_CLASSES 12 // 64 bytes to 128 KiB
#define MIN_CLASS_BITS 6
#define MAX_FREE_PER_CLASS 32

typedef struct free_block {
	struct free_block *next;
} FreeBlock;

struct pck_pool {
	// The thread that may use the free lists, 0 for none: others allocate and free.
	atomic_uintptr_t owner;
	atomic_uint refs;
	pthread_mutex_t lock; // lists of packets with a destructor
	Packet *packets;
	PckEntry *entries;
	FreeBlock *blocks[NB_CLASSES];
	u32 nb_free[NB_CLASSES];
};

static void pool_unref(PckPool *pool)
{
	if (atomic_fetch_sub_explicit(&pool->refs, 1, memory_order_acq_rel) > 1)
		return;
	pthread_mutex_destroy(&pool->lock);
	gf_free(pool);
}

GF_Err pckpool_new(GF_FilterSession *fs)
{
	PckPool *pool = gf_calloc(1, sizeof(PckPool));
	if (!pool)
		return GF_OUT_OF_MEM;
	atomic_init(&pool->refs, 1);
	pthread_mutex_init(&pool->lock, NULL);
	fs->pool = pool;
	pckpool_set_owner(fs);
	return GF_OK;
}

void pckpool_set_owner(GF_FilterSession *fs)
{
	if (!fs_flag(fs, GF_FS_FLAG_NO_RESERVOIR))
		atomic_store_explicit(&fs->pool->owner, thread_self(), memory_order_relaxed);
}

void pckpool_del(GF_FilterSession *fs)
{
	PckPool *p = fs->pool;
	if (!p)
		return;
	fs->pool = NULL;
	atomic_store(&p->owner, 0);
	while (p->entries) {
		PckEntry *next = p->entries->next;
		gf_free(p->entries);
		p->entries = next;
	}
	for (u32 i = 0; i < NB_CLASSES; i++) {
		while (p->blocks[i]) {
			FreeBlock *next = p->blocks[i]->next;
			gf_free(p->blocks[i]);
			p->blocks[i] = next;
		}
	}
	while (p->packets) {
		Packet *next = p->packets->next_free;
		gf_free(p->packets);
		p->packets = next;
		pool_unref(p);
	}
	pool_unref(p);
}

static inline Bool pool_is_mine(const PckPool *pool)
{
	return atomic_load_explicit(&((PckPool *)pool)->owner, memory_order_relaxed) == thread_self();
}

// ---- memory

// Index of the smallest class that holds `size`, NB_CLASSES when none does.
static u32 class_of(u32 size)
{
	if (size <= 1u << MIN_CLASS_BITS)
		return 0;
	u32 bits = 32 - (u32)__builtin_clz(size - 1);
	return bits - MIN_CLASS_BITS < NB_CLASSES ? bits - MIN_CLASS_BITS : NB_CLASSES;
}

GF_Err packet_alloc_data(Packet *pck, u32 size)
{
	PckPool *pool = pck->pool;
	u32 cls = class_of(size);
	u32 capacity = cls < NB_CLASSES ? 1u << (cls + MIN_CLASS_BITS) : size;
	if (cls < NB_CLASSES && pool_is_mine(pool) && pool->blocks[cls]) {
		FreeBlock *b = pool->blocks[cls];
		pool->blocks[cls] = b->next;
		pool->nb_free[cls]--;
		pck->data = (u8 *)b;
	} else {
		u8 *data = gf_malloc(capacity);
		if (!data)
			return GF_OUT_OF_MEM;
		pck->data = data;
	}
	pck->capacity = capacity;
	pck->size = size;
	return GF_OK;
}

void packet_release_data(PckPool *pool, u8 *data, u32 capacity)
{
	u32 cls = class_of(capacity);
	if (data && cls < NB_CLASSES && capacity == 1u << (cls + MIN_CLASS_BITS) && pool_is_mine(pool) &&
		pool->nb_free[cls] < MAX_FREE_PER_CLASS) {
		FreeBlock *b = (FreeBlock *)data;
		b->next = pool->blocks[cls];
		pool->blocks[cls] = b;
		pool->nb_free[cls]++;
		return;
	}
	gf_free(data);
}

// ---- packets

// Each member by itself: a string instruction over all of them would take longer than the rest of making a packet.
// The links of lists are set by who puts the packet in one.
static inline void blank(Packet *pck, PckPool *pool)
{
	pck->head = (struct gf_filter_packet){0};
	atomic_init(&pck->refs, 1);
	pck->kind = 0;
	pck->sent = pck->has_destructor = GF_FALSE;
	pck->pid = NULL;
	pck->filter = NULL;
	pck->pool = pool;
	pck->data = NULL;
	pck->size = pck->capacity = 0;
	pck->a = (PckAttrs){.dts = GF_FILTER_NO_TS, .cts = GF_FILTER_NO_TS, .byte_offset = GF_FILTER_NO_BO, .start = 1,
		.end = 1};
	pck->props = pck->pid_props = NULL;
	pck->source = NULL;
	pck->ifce = NULL;
	pck->destruct = NULL;
}

Packet *packet_new_detached(PckPool *pool)
{
	Packet *pck;
	if (pool_is_mine(pool) && pool->packets) {
		pck = pool->packets;
		pool->packets = pck->next_free;
	} else {
		pck = gf_malloc(sizeof(Packet));
		if (!pck)
			return NULL;
		atomic_fetch_add_explicit(&pool->refs, 1, memory_order_relaxed);
	}
	blank(pck, pool);
	return pck;
}

void packet_leave_pid(Packet *pck)
{
	// The count belongs to the thread of the session: what another one discards keeps the PID until its filter goes.
	if (pck->pid && pool_is_mine(pck->pool))
		pck->pid->nb_unsent--;
	pck->pid = NULL;
}

void packet_mark_sent(Packet *pck)
{
	pck->sent = GF_TRUE;
	pck->pid->nb_unsent--;
}

Packet *packet_new(OutPid *pid, PckKind kind)
{
	Packet *pck = packet_new_detached(pid->head.filter->fs->pool);
	if (pck) {
		pck->kind = (u8)kind;
		pck->pid = pid;
		pid->nb_unsent++;
		pck->filter = pid->head.filter;
	}
	return pck;
}

static void unlink_live(Packet *pck)
{
	if (pck->live_prev)
		pck->live_prev->live_next = pck->live_next;
	else
		pck->filter->live_pcks = pck->live_next;
	if (pck->live_next)
		pck->live_next->live_prev = pck->live_prev;
}

void packet_set_destructor(Packet *pck, gf_fsess_packet_destructor destruct)
{
	if (!destruct)
		return;
	GF_Filter *f = pck->filter;
	pthread_mutex_lock(&pck->pool->lock);
	pck->destruct = destruct;
	pck->has_destructor = GF_TRUE;
	pck->live_prev = NULL;
	pck->live_next = f->live_pcks;
	if (f->live_pcks)
		f->live_pcks->live_prev = pck;
	f->live_pcks = pck;
	atomic_fetch_add(&f->nb_live_pcks, 1);
	pthread_mutex_unlock(&pck->pool->lock);
}

// Calls the destructor, unless the end of the session did it before.
static void run_destructor(Packet *pck)
{
	pthread_mutex_lock(&pck->pool->lock);
	gf_fsess_packet_destructor destruct = pck->destruct;
	GF_Filter *f = pck->filter;
	pck->destruct = NULL;
	if (destruct && f)
		unlink_live(pck);
	pthread_mutex_unlock(&pck->pool->lock);
	if (!destruct)
		return;
	if (!f) {
		destruct(NULL, NULL, (GF_FilterPacket *)pck);
		return;
	}
	Bool on_thread = fs_on_thread(f->fs);
	destruct(f, (GF_FilterPid *)pck->pid, (GF_FilterPacket *)pck);
	// Behind the last packet the session may free the filter, unless this is its own thread.
	if (atomic_fetch_sub(&f->nb_live_pcks, 1) == 1 && on_thread)
		filter_packets_gone(f);
}

// Takes the memory of a packet away that does not outlive its filter.
static void end_packet(GF_Filter *f, Packet *pck, gf_fsess_packet_destructor destruct)
{
	destruct(f, (GF_FilterPid *)pck->pid, (GF_FilterPacket *)pck);
	if (pck->kind == PCK_SHARED) {
		pck->data = NULL;
		pck->size = 0;
	}
	pck->ifce = NULL;
	pck->pid = NULL;
}

void packets_end(GF_Filter *f)
{
	PckPool *pool = f->fs->pool;
	for (;;) {
		pthread_mutex_lock(&pool->lock);
		Packet *pck = f->live_pcks;
		gf_fsess_packet_destructor destruct = pck ? pck->destruct : NULL;
		Bool stays = pck && pck->kind == PCK_FRAME && (pck->ifce->flags & GF_FRAME_IFCE_INDEPENDENT);
		if (pck)
			unlink_live(pck);
		if (stays) {
			pck->filter = NULL;
			pck->pid = NULL;
		} else if (pck) {
			pck->destruct = NULL;
		}
		pthread_mutex_unlock(&pool->lock);
		if (!pck)
			break;
		if (!stays)
			end_packet(f, pck, destruct);
		atomic_fetch_sub(&f->nb_live_pcks, 1);
	}
	// Another thread may be inside the destructor of a packet that it released.
	while (atomic_load(&f->nb_live_pcks))
		sched_yield();
}

static void packet_destroy(Packet *pck)
{
	PckPool *pool = pck->pool;
	if (pck->has_destructor)
		run_destructor(pck);
	if (!pck->sent)
		packet_leave_pid(pck);
	if (pck->kind == PCK_ALLOC)
		packet_release_data(pool, pck->data, pck->capacity);
	if (pck->source)
		packet_unref(pck->source);
	propmap_unref(pck->props);
	propmap_unref(pck->pid_props);
	if (pool_is_mine(pool)) {
		pck->next_free = pool->packets;
		pool->packets = pck;
	} else {
		gf_free(pck);
		pool_unref(pool);
	}
}

void packet_unref(Packet *pck)
{
	// The last holder needs no atomic operation: nobody else can add a count.
	if (atomic_load_explicit(&pck->refs, memory_order_acquire) == 1 ||
		atomic_fetch_sub_explicit(&pck->refs, 1, memory_order_acq_rel) == 1)
		packet_destroy(pck);
}

// ---- entries

PckEntry *pck_entry_new(Packet *pck, InPid *pid)
{
	PckPool *pool = pck->pool;
	PckEntry *e;
	if (pool_is_mine(pool) && pool->entries) {
		e = pool->entries;
		pool->entries = e->next;
	} else {
		e = gf_malloc(sizeof(PckEntry));
		if (!e)
			return NULL;
	}
	*e = (PckEntry){.head.is_entry = GF_TRUE, .pck = pck, .pid = pid};
	return e;
}

void pck_entry_free(PckEntry *e)
{
	Packet *pck = e->pck;
	PckPool *pool = pck->pool;
	if (pool_is_mine(pool)) {
		e->next = pool->entries;
		pool->entries = e;
	} else {
		gf_free(e);
	}
	packet_unref(pck);
}
