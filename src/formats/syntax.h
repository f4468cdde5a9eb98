// SPDX-License-Identifier: MIT
// Reading of named syntax elements (u(n), ue(v), se(v) of ITU-T H.264/H.265/H.266) with range checks.
//
// A parser reads a whole structure and asks once, by syn_end(), whether it was sound: an element out of
// its range reads as 0 and is remembered by name, a read past the end sets `br.overrun`. So loops whose
// count comes from the bitstream are always bounded by the range given when the count was read.
//
// With a trace, every element read is reported, which is how a bitstream is printed element by element.
#ifndef FORMATS_SYNTAX_H
#define FORMATS_SYNTAX_H

#include "base/bits.h"

#define SYN_MAX_INDEX 4

typedef struct {
	// `index` holds the loop counters around the element, outermost first. May be NULL.
	void (*element)(void *udta, const char *name, const u32 *index, u32 nb_index, s64 value, u32 nb_bits);
	void *udta;
} SynTrace;

// Reports nothing, and unsound structures are not logged: for data that is only tried.
extern const SynTrace syn_quiet;

typedef struct {
	BitReader br;
	const SynTrace *trace; // NULL: none
	const char *error;     // first element out of its range, NULL when none
	s64 error_value;
	u64 error_pos; // bits from the start of the data
	u32 index[SYN_MAX_INDEX];
	u32 nb_index;
} SynReader;

void syn_init(SynReader *r, const u8 *data, size_t size, const SynTrace *trace);
u32 syn_u(SynReader *r, u32 nb_bits, const char *name); // 0 to 32 bits
Bool syn_flag(SynReader *r, const char *name);
// The range is inclusive; out of it: 0, and the error is set.
u32 syn_ue(SynReader *r, u32 max, const char *name);
s32 syn_se(SynReader *r, s32 min, s32 max, const char *name);
// Up to 32 bits with an upper bound.
u32 syn_u_max(SynReader *r, u32 nb_bits, u32 max, const char *name);
void syn_skip(SynReader *r, u32 nb_bits); // reserved bits, not reported
// Loop counters around the next elements.
void syn_push(SynReader *r, u32 index);
void syn_pop(SynReader *r);
// Marks the structure as unsound for a reason that one element alone does not show.
void syn_fail(SynReader *r, const char *name, s64 value);
static inline Bool syn_ok(const SynReader *r)
{
	return !r->error && !r->br.overrun;
}
// more_rbsp_data(): something is left before rbsp_trailing_bits (H.264 7.2). Data must end on a non-zero
// byte.
Bool syn_more_rbsp_data(const SynReader *r);
// GF_OK, or one logged line naming `what` ("AVC SPS") and the faulty element, and GF_NON_COMPLIANT_BITSTREAM.
GF_Err syn_end(const SynReader *r, const char *what);

#endif
