// SPDX-License-Identifier: MIT
// One input and the output made of it: what filters that turn packets into packets have in common.
#ifndef FILTERS_RELAY_H
#define FILTERS_RELAY_H

#include <gpac/filters.h>

typedef struct {
	GF_FilterPid *ipid, *opid; // NULL before the first configure_pid and after removal
} Relay;

typedef struct {
	// Makes packets of one of the input. Results above GF_OK, as gf_filter_pck_send has them, are no errors.
	GF_Err (*use)(void *ctx, GF_FilterPacket *packet);
	// Sends what is kept back, before a flush or the end of the stream is passed on. NULL when nothing is. It is called
	// again when an end is found again.
	void (*drain)(void *ctx);
} RelayCalls;

// The part of configure_pid that is the same everywhere: the input is checked against the capabilities, the output made
// or removed. The output gets no properties yet.
GF_Err relay_configure(Relay *r, GF_Filter *filter, GF_FilterPid *pid, Bool is_remove);

// Uses packets while the output takes more. GF_EOS at the end of the stream.
GF_Err relay_process(Relay *r, const RelayCalls *calls, void *ctx);

// ---- Filters of several inputs: each has a structure of its own, whose first member is its relay, as user data.

// The structure of an input, with its output: zeroed memory of `size` bytes when the input is new. NULL when it cannot be
// made, with the reason in `*e`.
void *relay_stream(GF_Filter *filter, GF_FilterPid *pid, u32 size, GF_Err *e);
// Removes the output of an input and frees its structure, after `reset` (may be NULL) freed what it owns.
void relay_remove(GF_FilterPid *pid, void (*reset)(void *stream));
// The same for all inputs, when the filter ends; the outputs go with it.
void relay_free_all(GF_Filter *filter, void (*reset)(void *stream));
// relay_process of all inputs; the context of the calls is the structure of the input. GF_EOS when all have ended.
GF_Err relay_process_all(GF_Filter *filter, const RelayCalls *calls);

#endif
