// SPDX-License-Identifier: MIT
#include "formats/syntax.h"

#include <gpac/log.h>

const SynTrace syn_quiet = {NULL, NULL};

void syn_init(SynReader *r, const u8 *data, size_t size, const SynTrace *trace)
{
	*r = (SynReader){.trace = trace};
	br_init(&r->br, data, size);
}

void syn_fail(SynReader *r, const char *name, s64 value)
{
	if (r->error || r->br.overrun)
		return;
	r->error = name;
	r->error_value = value;
	r->error_pos = r->br.pos;
}

static void report(SynReader *r, const char *name, s64 value, u64 start)
{
	if (r->trace && r->trace->element && !r->br.overrun)
		r->trace->element(r->trace->udta, name, r->index, r->nb_index, value, (u32)(r->br.pos - start));
}

u32 syn_u(SynReader *r, u32 nb_bits, const char *name)
{
	u64 start = r->br.pos;
	u32 value = br_bits(&r->br, nb_bits);
	report(r, name, value, start);
	return value;
}

Bool syn_flag(SynReader *r, const char *name)
{
	return syn_u(r, 1, name) ? GF_TRUE : GF_FALSE;
}

u32 syn_u_max(SynReader *r, u32 nb_bits, u32 max, const char *name)
{
	u32 value = syn_u(r, nb_bits, name);
	if (value <= max)
		return value;
	syn_fail(r, name, value);
	return 0;
}

u32 syn_ue(SynReader *r, u32 max, const char *name)
{
	u64 start = r->br.pos;
	u32 value = br_ue(&r->br);
	report(r, name, value, start);
	if (value <= max)
		return value;
	syn_fail(r, name, value);
	return 0;
}

s32 syn_se(SynReader *r, s32 min, s32 max, const char *name)
{
	u64 start = r->br.pos;
	s32 value = br_se(&r->br);
	report(r, name, value, start);
	if (value >= min && value <= max)
		return value;
	syn_fail(r, name, value);
	return 0;
}

void syn_skip(SynReader *r, u32 nb_bits)
{
	if (nb_bits > br_bits_left(&r->br))
		r->br.overrun = GF_TRUE;
	else
		r->br.pos += nb_bits;
}

void syn_push(SynReader *r, u32 index)
{
	r->index[r->nb_index++] = index;
}

void syn_pop(SynReader *r)
{
	r->nb_index--;
}

Bool syn_more_rbsp_data(const SynReader *r)
{
	if (r->br.overrun || !r->br.size)
		return GF_FALSE;
	u8 last = r->br.data[r->br.size - 1];
	if (!last)
		return GF_FALSE;
	u64 stop_bit = (u64)r->br.size * 8 - 1 - (u32)__builtin_ctz(last);
	return r->br.pos < stop_bit ? GF_TRUE : GF_FALSE;
}

GF_Err syn_end(const SynReader *r, const char *what)
{
	if (syn_ok(r))
		return GF_OK;
	if (r->trace == &syn_quiet)
		return GF_NON_COMPLIANT_BITSTREAM;
	if (r->error) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_CODING,
			("[bitstream] %s ignored: %s is %lld, out of its range (bit %llu)\n", what, r->error,
				(long long)r->error_value, (unsigned long long)r->error_pos));
	} else {
		GF_LOG(GF_LOG_WARNING, GF_LOG_CODING,
			("[bitstream] %s ignored: truncated, needs more than its %zu bytes\n", what, r->br.size));
	}
	return GF_NON_COMPLIANT_BITSTREAM;
}
