// SPDX-License-Identifier: MIT
// Packets: pools, counts, and the parts shared by the files that make, send and read them.
#ifndef GRAPH_PACKET_H
#define GRAPH_PACKET_H

#include "graph/graph.h"

GF_Err pckpool_new(GF_FilterSession *fs);
void pckpool_del(GF_FilterSession *fs);

// A packet of `pid` with default attributes and one count. NULL when out of memory.
Packet *packet_new(OutPid *pid, PckKind kind);
Packet *packet_new_dangling(GF_FilterSession *fs);
// Memory of at least `size` bytes for the packet, from the pool.
GF_Err packet_alloc_data(Packet *pck, u32 size);
void packet_unref(Packet *pck);
static inline Packet *packet_ref(Packet *pck)
{
	atomic_fetch_add_explicit(&pck->refs, 1, memory_order_relaxed);
	return pck;
}

// A queue entry that takes over one count of `pck`.
PckEntry *pck_entry_new(Packet *pck, InPid *pid);
void pck_entry_free(GF_FilterSession *fs, PckEntry *entry); // releases the count too

// Copies attributes and properties of `src` onto `dst` (merge: other properties of `dst` stay).
GF_Err packet_merge(const Packet *src, Packet *dst, gf_filter_prop_filter filter, void *cbk);
// Layout of a frame interface: reads all planes back into new memory of `dst`.
GF_Err packet_read_back(const Packet *src, Packet *dst);

// Puts a packet in the queue of each destination (packet_send.c). Takes the count of `pck`.
GF_Err packet_dispatch(Packet *pck);
void in_pid_queue(InPid *in, Packet *pck);
u64 packet_duration_us(const Packet *pck);

#endif
