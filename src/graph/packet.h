// SPDX-License-Identifier: MIT
// Packets: pools, counts, and the parts shared by the files that make, send and read them.
#ifndef GRAPH_PACKET_H
#define GRAPH_PACKET_H

#include "graph/graph.h"

GF_Err pckpool_new(GF_FilterSession *fs);
// The calling thread is from now on the one that runs the session.
void pckpool_set_owner(GF_FilterSession *fs);
// The session ends its use of the pool, which lives on while packets of the session are held.
void pckpool_del(GF_FilterSession *fs);

// A packet of `pid` with default attributes and one count. NULL when out of memory.
Packet *packet_new(OutPid *pid, PckKind kind);
// The packet is on its way: it no longer counts as one its PID waits for.
void packet_mark_sent(Packet *pck);
// An unsent packet belongs to no PID any more.
void packet_leave_pid(Packet *pck);
// A packet that belongs to no PID.
Packet *packet_new_detached(PckPool *pool);
// The destructor of the packet, kept in the list of its filter. NULL: none.
void packet_set_destructor(Packet *pck, gf_fsess_packet_destructor destruct);
// Calls the destructors of the packets of `f` that are still held: the end of its session.
void packets_end(GF_Filter *f);
// Memory of at least `size` bytes for the packet, from the pool.
GF_Err packet_alloc_data(Packet *pck, u32 size);
void packet_release_data(PckPool *pool, u8 *data, u32 capacity);
void packet_unref(Packet *pck);
static inline Packet *packet_ref(Packet *pck)
{
	atomic_fetch_add_explicit(&pck->refs, 1, memory_order_relaxed);
	return pck;
}

// A queue entry that takes over one count of `pck`.
PckEntry *pck_entry_new(Packet *pck, InPid *pid);
void pck_entry_free(PckEntry *entry); // releases the count too

// Copies attributes and properties of `src` onto `dst` (merge: other properties of `dst` stay).
GF_Err packet_merge(const Packet *src, Packet *dst, gf_filter_prop_filter filter, void *cbk);
// Layout of a frame interface: reads all planes back into new memory of `dst`.
GF_Err packet_read_back(const Packet *src, Packet *dst);

// Puts a packet in the queue of each destination (packet_send.c). Takes the count of `pck`.
GF_Err packet_dispatch(Packet *pck);
void in_pid_queue(InPid *in, Packet *pck);
u64 packet_duration_us(const Packet *pck);

#endif
