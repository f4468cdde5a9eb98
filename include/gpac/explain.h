// SPDX-License-Identifier: MIT
#ifndef GPAC_EXPLAIN_H
#define GPAC_EXPLAIN_H

#include <gpac/filter_types.h>

#ifdef __cplusplus
extern "C" {
#endif

// Questions about the graph whose answers are for people.

// Says why no output PID of `src` is linked to `dst`. NULL when one is, directly or through other filters, or
// when the next linking pass can link one. Else a text for humans, one line per output PID, which names what
// stands in the way: the capability that the PID misses and the filter that asks for it, source IDs,
// sub-sessions, a register refused before, a destination that is taken or lies in front of the source, a
// conversion between media types that only explicitly loaded filters may do… The text is to be freed with
// gf_free. Changes nothing. To be called from the main thread while the session is not running, from a task,
// or with the session locked.
GF_EXPORT char *gf_filter_why_not(GF_Filter *src, GF_Filter *dst);

#ifdef __cplusplus
}
#endif

#endif
