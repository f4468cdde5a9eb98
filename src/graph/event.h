// SPDX-License-Identifier: MIT
// Events on their way: shared by event.c (copies, delivery) and event_rules.c (what the engine filters).
#ifndef GRAPH_EVENT_H
#define GRAPH_EVENT_H

#include "graph/engine.h"

// Copies the member of the event's type only, since callers may pass shorter structures, and its strings.
// False when out of memory.
Bool event_copy(const GF_FilterEvent *src, GF_FilterEvent *dst);
void event_reset(GF_FilterEvent *evt); // frees the strings of a copy

// Types that concern a filter as a whole: delivered once to each filter, with no PID.
Bool event_is_filter_wide(GF_FEventType type);
// False: the event may not leave by this input.
Bool event_leaves(InPid *in, const GF_FilterEvent *evt);
// Applies a sources-ward event to the output PID it reached. `from`: the input it left by, NULL when unknown.
// False: the filter is not told.
Bool event_arrives(OutPid *pid, InPid *from, const GF_FilterEvent *evt);
// Filters with one input and one output follow the playback of their output.
void event_follow_playback(GF_Filter *f, const GF_FilterEvent *evt, Bool consumed);

#endif
