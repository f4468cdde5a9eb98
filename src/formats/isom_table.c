// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/array.h"
#include "formats/isom_table.h"

#define POS_BITS 48
#define MAX_RANGE 0x7FFFFFFFu
#define POS_MASK (((u64)1 << POS_BITS) - 1)

// Index of the run that holds a sample: `first` points to the number of the first sample in element 0.
static u32 find_run(const u32 *first, size_t stride, u32 nb, u32 sample)
{
	u32 lo = 0, hi = nb;
	while (hi - lo > 1) {
		u32 mid = lo + (hi - lo) / 2;
		const u32 *at = (const u32 *)((const u8 *)first + mid * stride);
		if (*at <= sample)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

void isom_table_reset(IsomTable *t)
{
	for (u32 i = 0; i < t->nb_groups; i++) {
		gf_free(t->groups[i].runs);
		gf_free(t->groups[i].entries);
		gf_free(t->groups[i].data);
	}
	gf_free(t->groups);
	gf_free(t->sizes);
	gf_free(t->times);
	gf_free(t->ctts);
	gf_free(t->chunk_pos);
	gf_free(t->chunk_first);
	gf_free(t->sync);
	gf_free(t->deps);
	memset(t, 0, sizeof(*t));
}

// ---- Columns

// Gives each sample its own size, with room for `count` more.
static GF_Err expand_sizes(IsomTable *t, u32 count)
{
	Bool first = !t->sizes;
	GF_Err e = array_reserve(&t->sizes, &t->alloc_sizes, t->sized, count, sizeof(u32));
	if (e)
		return e;
	for (u32 i = 0; first && i < t->sized; i++)
		// NOLINTNEXTLINE(clang-analyzer-core.NullDereference): alloc_sizes was 0, so memory was allocated
		t->sizes[i] = t->const_size;
	return GF_OK;
}

static void note_size(IsomTable *t, u32 count, u32 size)
{
	if (!t->nb_total || size < t->min_size)
		t->min_size = size;
	if (size > t->max_size)
		t->max_size = size;
	t->total_size += (u64)count * size;
	t->nb_total += count;
}

GF_Err isom_table_reserve_sizes(IsomTable *t, u32 count)
{
	if (t->sizes || t->sized)
		return GF_OK;
	t->sizes = gf_malloc((size_t)count * sizeof(u32));
	if (!t->sizes)
		return GF_OUT_OF_MEM;
	t->alloc_sizes = count;
	return GF_OK;
}

GF_Err isom_table_add_const_sizes(IsomTable *t, u32 count, u32 size)
{
	if (!count)
		return GF_OK;
	if (!t->sized)
		t->const_size = size;
	if (t->sizes || size != t->const_size) {
		GF_Err e = expand_sizes(t, count);
		if (e)
			return e;
		for (u32 i = 0; i < count; i++)
			t->sizes[t->sized + i] = size;
	}
	note_size(t, count, size);
	t->sized += count;
	return GF_OK;
}

GF_Err isom_table_add_size(IsomTable *t, u32 size)
{
	return isom_table_add_const_sizes(t, 1, size);
}

GF_Err isom_table_add_times(IsomTable *t, u32 count, u32 delta)
{
	if (!count)
		return GF_OK;
	if ((!t->timed && !t->dropped) || delta < t->min_delta)
		t->min_delta = delta;
	IsomTimeRun *last = t->nb_times ? &t->times[t->nb_times - 1] : NULL;
	if (!last || last->delta != delta || last->dts + (u64)(t->timed - last->first) * delta != t->next_dts) {
		GF_Err e = array_reserve(&t->times, &t->alloc_times, t->nb_times, 1, sizeof(*t->times));
		if (e)
			return e;
		// NOLINTNEXTLINE(clang-analyzer-core.NullDereference): alloc_times counts the elements of `times`
		t->times[t->nb_times++] = (IsomTimeRun){t->next_dts, t->timed, delta};
	}
	if (delta > t->max_delta)
		t->max_delta = delta;
	t->total_duration += (u64)count * delta;
	t->timed += count;
	t->next_dts += (u64)count * delta;
	return GF_OK;
}

GF_Err isom_table_add_offsets(IsomTable *t, u32 count, s32 offset)
{
	if (!count)
		return GF_OK;
	// A column of zeros is not stored; it becomes the first run when another value comes.
	s32 last = t->nb_ctts ? t->ctts[t->nb_ctts - 1].offset : 0;
	if (offset != last) {
		GF_Err e = array_reserve(&t->ctts, &t->alloc_ctts, t->nb_ctts, 2, sizeof(*t->ctts));
		if (e)
			return e;
		if (!t->nb_ctts && t->offset_known)
			t->ctts[t->nb_ctts++] = (IsomCtsRun){0, 0};
		if (t->nb_ctts && t->ctts[t->nb_ctts - 1].first == t->offset_known)
			t->nb_ctts--; // what isom_table_drop left of the last run
		t->ctts[t->nb_ctts++] = (IsomCtsRun){t->offset_known, offset};
	}
	u32 absolute = offset < 0 ? 0 - (u32)offset : (u32)offset;
	if (absolute > t->max_cts_offset)
		t->max_cts_offset = absolute;
	if (offset < t->min_cts_offset)
		t->min_cts_offset = offset;
	t->last_cts_offset = offset;
	t->offset_known += count;
	return GF_OK;
}

static GF_Err push_chunk(IsomTable *t, u64 pos, u32 desc)
{
	GF_Err e = array_reserve(&t->chunk_pos, &t->alloc_pos, t->nb_chunks, 1, sizeof(u64));
	if (!e)
		e = array_reserve(&t->chunk_first, &t->alloc_first, t->nb_chunks, 1, sizeof(u32));
	if (e)
		return e;
	t->chunk_pos[t->nb_chunks] = pos | (u64)desc << POS_BITS;
	t->chunk_first[t->nb_chunks++] = t->located;
	return GF_OK;
}

GF_Err isom_table_add_chunk(IsomTable *t, u64 pos, u32 desc, u32 count)
{
	if (count > t->sized - t->located)
		count = t->sized - t->located;
	while (count) {
		u32 n = t->sizes && count > ISOM_CHUNK_SAMPLES ? ISOM_CHUNK_SAMPLES : count;
		u64 bytes = (u64)n * t->const_size;
		if (t->sizes) {
			bytes = 0;
			for (u32 i = 0; i < n; i++)
				bytes += t->sizes[t->located + i];
		}
		if (pos > POS_MASK || bytes > POS_MASK - pos || desc > 0xFFFF)
			return GF_ISOM_INVALID_FILE;
		Bool touches =
			t->nb_chunks && pos == t->next_pos && desc == t->chunk_pos[t->nb_chunks - 1] >> POS_BITS;
		if (touches && t->sizes && t->located + n - t->chunk_first[t->nb_chunks - 1] > ISOM_CHUNK_SAMPLES)
			touches = GF_FALSE;
		GF_Err e = touches ? GF_OK : push_chunk(t, pos, desc);
		if (e)
			return e;
		pos += bytes;
		t->next_pos = pos;
		t->located += n;
		count -= n;
	}
	return GF_OK;
}

GF_Err isom_table_list_sync(IsomTable *t)
{
	if (t->not_all_sync)
		return GF_OK;
	GF_Err e = array_reserve(&t->sync, &t->alloc_sync, 0, t->nb_samples, sizeof(u32));
	if (e)
		return e;
	for (u32 i = 0; i < t->nb_samples; i++)
		t->sync[i] = i;
	t->nb_sync = t->nb_samples;
	t->not_all_sync = GF_TRUE;
	return GF_OK;
}

GF_Err isom_table_add_sync(IsomTable *t, u32 sample)
{
	GF_Err e = array_reserve(&t->sync, &t->alloc_sync, t->nb_sync, 1, sizeof(u32));
	if (!e)
		t->sync[t->nb_sync++] = sample;
	return e;
}

GF_Err isom_table_add_deps(IsomTable *t, u32 count, u8 deps)
{
	if (!t->deps && !deps) {
		t->dep_known += count;
		return GF_OK;
	}
	Bool first = !t->deps;
	GF_Err e = array_reserve(&t->deps, &t->alloc_deps, t->dep_known, count, 1);
	if (e)
		return e;
	if (first)
		memset(t->deps, 0, t->dep_known);
	memset(t->deps + t->dep_known, deps, count);
	t->dep_known += count;
	return GF_OK;
}

// Forgets what columns have beyond `nb` samples, so that the next ones start together.
static void cut_columns(IsomTable *t, u32 nb)
{
	while (t->nb_times && t->times[t->nb_times - 1].first >= nb)
		t->nb_times--;
	while (t->nb_ctts && t->ctts[t->nb_ctts - 1].first >= nb)
		t->nb_ctts--;
	while (t->nb_chunks && t->chunk_first[t->nb_chunks - 1] >= nb)
		t->nb_chunks--;
	while (t->nb_sync && t->sync[t->nb_sync - 1] >= nb)
		t->nb_sync--;
	t->sized = t->timed = t->located = nb;
	if (t->offset_known > nb)
		t->offset_known = nb;
	if (t->dep_known > nb)
		t->dep_known = nb;
}

GF_Err isom_table_commit(IsomTable *t)
{
	u32 nb = t->sized < t->timed ? t->sized : t->timed;
	if (t->located < nb)
		nb = t->located;
	cut_columns(t, nb);
	GF_Err e = GF_OK;
	if (t->offset_known < nb)
		e = isom_table_add_offsets(t, nb - t->offset_known, 0);
	if (!e && t->dep_known < nb)
		e = isom_table_add_deps(t, nb - t->dep_known, 0);
	if (!e)
		t->nb_samples = nb;
	return e;
}

// ---- Groups

static IsomGroup *find_group(const IsomTable *t, u32 type, u32 param)
{
	for (u32 i = 0; i < t->nb_groups; i++) {
		if (t->groups[i].type == type && t->groups[i].param == param)
			return &t->groups[i];
	}
	return NULL;
}

IsomGroup *isom_table_group(IsomTable *t, u32 type, u32 param, Bool create)
{
	IsomGroup *found = find_group(t, type, param);
	if (found)
		return found;
	if (!create || array_reserve(&t->groups, &t->alloc_groups, t->nb_groups, 1, sizeof(IsomGroup)))
		return NULL;
	IsomGroup *g = &t->groups[t->nb_groups++];
	*g = (IsomGroup){.type = type, .param = param};
	return g;
}

GF_Err isom_group_add_entry(IsomGroup *g, const u8 *data, u32 size)
{
	GF_Err e = array_reserve(&g->entries, &g->alloc_entries, g->nb_entries, 1, sizeof(*g->entries));
	if (!e)
		e = array_reserve(&g->data, &g->alloc_data, g->data_size, size, 1);
	if (e)
		return e;
	g->entries[g->nb_entries++] = (IsomGroupEntry){size, g->data_size};
	if (size)
		memcpy(g->data + g->data_size, data, size);
	g->data_size += size;
	return GF_OK;
}

GF_Err isom_group_add_run(IsomGroup *g, u32 first, u32 index)
{
	if (g->nb_runs && g->runs[g->nb_runs - 1].index == index)
		return GF_OK;
	if (g->nb_runs && g->runs[g->nb_runs - 1].first == first)
		g->nb_runs--; // what isom_table_drop left of the last run
	GF_Err e = array_reserve(&g->runs, &g->alloc_runs, g->nb_runs, 1, sizeof(*g->runs));
	if (!e)
		g->runs[g->nb_runs++] = (IsomGroupRun){first, index};
	return e;
}

const u8 *isom_group_of(const IsomTable *t, IsomGroup *g, u32 number, u32 *size)
{
	u32 sample = number - t->dropped;
	u32 index = g->default_index;
	if (g->nb_runs && sample >= g->runs[0].first) {
		u32 k = g->hint;
		if (k >= g->nb_runs || g->runs[k].first > sample)
			k = find_run(&g->runs[0].first, sizeof(*g->runs), g->nb_runs, sample);
		while (k + 1 < g->nb_runs && g->runs[k + 1].first <= sample)
			k++;
		g->hint = k;
		if (g->runs[k].index)
			index = g->runs[k].index;
	}
	const IsomGroup *described = g->param ? find_group(t, g->type, 0) : g;
	if (!described || !index || index > described->nb_entries)
		return NULL;
	*size = described->entries[index - 1].size;
	return described->data + described->entries[index - 1].at;
}

// ---- Reading

static u32 time_run_end(const IsomTable *t, u32 run)
{
	return run + 1 < t->nb_times ? t->times[run + 1].first : t->timed;
}

static u32 cts_run_end(const IsomTable *t, u32 run)
{
	return run + 1 < t->nb_ctts ? t->ctts[run + 1].first : t->offset_known;
}

static u32 chunk_end(const IsomTable *t, u32 run)
{
	return run + 1 < t->nb_chunks ? t->chunk_first[run + 1] : t->located;
}

void isom_cursor_set(const IsomTable *t, IsomCursor *c, u32 sample)
{
	memset(c, 0, sizeof(*c));
	if (sample > t->nb_samples)
		sample = t->nb_samples;
	c->sample = sample;
	if (!sample || !t->nb_times || !t->nb_chunks)
		return; // the ends at 0 make the first read enter the first runs
	// At the end of the table the runs are those of the last sample, for samples that come later.
	u32 in = sample < t->nb_samples ? sample : sample - 1;
	c->time = find_run(&t->times[0].first, sizeof(IsomTimeRun), t->nb_times, in);
	c->time_end = time_run_end(t, c->time);
	c->dts = t->times[c->time].dts + (u64)(sample - t->times[c->time].first) * t->times[c->time].delta;
	if (t->nb_ctts) {
		c->cts = find_run(&t->ctts[0].first, sizeof(IsomCtsRun), t->nb_ctts, in);
		c->cts_end = cts_run_end(t, c->cts);
	}
	c->chunk = find_run(t->chunk_first, sizeof(u32), t->nb_chunks, in);
	c->chunk_end = chunk_end(t, c->chunk);
	c->offset = t->chunk_pos[c->chunk] & POS_MASK;
	for (u32 i = t->chunk_first[c->chunk]; t->sizes && i < sample; i++)
		c->offset += t->sizes[i];
	if (!t->sizes)
		c->offset += (u64)(sample - t->chunk_first[c->chunk]) * t->const_size;
	if (t->nb_sync) {
		c->sync = find_run(t->sync, sizeof(u32), t->nb_sync, sample);
		if (t->sync[c->sync] < sample)
			c->sync++;
	}
}

// Enters the runs of sample `i`, the one after those of the cursor. A run that was the last one may have been
// extended since.
static void enter_time(const IsomTable *t, IsomCursor *c, u32 i)
{
	u32 next = i ? c->time + 1 : 0;
	if (next < t->nb_times && t->times[next].first == i) {
		c->time = next;
		c->dts = t->times[next].dts;
	}
	c->time_end = time_run_end(t, c->time);
}

static void enter_cts(const IsomTable *t, IsomCursor *c, u32 i)
{
	if (!t->nb_ctts)
		return;
	u32 next = i ? c->cts + 1 : 0;
	if (next < t->nb_ctts && t->ctts[next].first == i)
		c->cts = next;
	c->cts_end = cts_run_end(t, c->cts);
	// The column appeared after the cursor was set.
	if (i >= c->cts_end || t->ctts[c->cts].first > i) {
		c->cts = find_run(&t->ctts[0].first, sizeof(IsomCtsRun), t->nb_ctts, i);
		c->cts_end = cts_run_end(t, c->cts);
	}
}

static void enter_chunk(const IsomTable *t, IsomCursor *c, u32 i)
{
	u32 next = i ? c->chunk + 1 : 0;
	if (next < t->nb_chunks && t->chunk_first[next] == i) {
		c->chunk = next;
		c->offset = t->chunk_pos[next] & POS_MASK;
	}
	c->chunk_end = chunk_end(t, c->chunk);
}

// Samples after `i` that can be read with it as one range.
static u32 range_of(const IsomTable *t, const IsomCursor *c, u32 i, u32 max, u32 *size)
{
	u32 end = c->time_end < c->chunk_end ? c->time_end : c->chunk_end;
	if (t->nb_ctts && c->cts_end < end)
		end = c->cts_end;
	if (end > t->nb_samples)
		end = t->nb_samples;
	if (max > end - i)
		max = end - i;
	u32 n = 1;
	while (n < max) {
		u32 more = isom_table_size(t, i + n);
		if (*size > MAX_RANGE || more > MAX_RANGE - *size)
			break;
		*size += more;
		n++;
	}
	return n;
}

Bool isom_cursor_read(const IsomTable *t, IsomCursor *c, u32 max, IsomSample *s)
{
	u32 i = c->sample;
	if (i >= t->nb_samples)
		return GF_FALSE;
	if (i >= c->time_end)
		enter_time(t, c, i);
	if (i >= c->chunk_end)
		enter_chunk(t, c, i);
	if (i >= c->cts_end)
		enter_cts(t, c, i);
	while (c->sync < t->nb_sync && t->sync[c->sync] < i)
		c->sync++;

	u32 delta = t->times[c->time].delta;
	s->size = isom_table_size(t, i);
	s->count = max > 1 ? range_of(t, c, i, max, &s->size) : 1;
	s->offset = c->offset;
	s->dts = c->dts;
	s->cts = (s64)c->dts + (t->nb_ctts ? t->ctts[c->cts].offset : 0);
	u64 duration = (u64)delta * s->count;
	s->duration = duration > 0xFFFFFFFFu ? 0xFFFFFFFFu : (u32)duration;
	s->number = i + t->dropped;
	s->desc = (u16)(t->chunk_pos[c->chunk] >> POS_BITS);
	s->sync = !t->not_all_sync || (c->sync < t->nb_sync && t->sync[c->sync] == i);
	s->deps = t->deps ? t->deps[i] : 0;
	c->sample = i + s->count;
	c->offset += s->size;
	c->dts += duration;
	return GF_TRUE;
}

u32 isom_table_find_dts(const IsomTable *t, u64 dts)
{
	u32 lo = 0, hi = t->nb_times;
	while (hi - lo > 1) {
		u32 mid = lo + (hi - lo) / 2;
		if (t->times[mid].dts <= dts)
			lo = mid;
		else
			hi = mid;
	}
	if (!t->nb_samples || t->times[lo].dts > dts)
		return 0;
	u32 last = time_run_end(t, lo) - 1;
	u32 delta = t->times[lo].delta;
	u64 n = delta ? (dts - t->times[lo].dts) / delta : 0;
	u32 sample = n > last - t->times[lo].first ? last : t->times[lo].first + (u32)n;
	return sample < t->nb_samples ? sample : t->nb_samples - 1;
}

u32 isom_table_prev_sync(const IsomTable *t, u32 sample)
{
	if (!t->not_all_sync)
		return sample < t->nb_samples ? sample : t->nb_samples;
	u32 k = find_run(t->sync, sizeof(u32), t->nb_sync, sample);
	return t->nb_sync && t->sync[k] <= sample && t->sync[k] < t->nb_samples ? t->sync[k] : t->nb_samples;
}

s64 isom_table_cts(const IsomTable *t, u32 sample)
{
	IsomCursor c;
	IsomSample s;
	isom_cursor_set(t, &c, sample);
	return isom_cursor_read(t, &c, 1, &s) ? s.cts : 0;
}

u32 isom_table_delta(const IsomTable *t, u32 sample)
{
	return t->times[find_run(&t->times[0].first, sizeof(IsomTimeRun), t->nb_times, sample)].delta;
}

// ---- Removal

// Each function removes the runs that end before sample `n` and renumbers the others.

static void drop_times(IsomTable *t, u32 n)
{
	u32 k = n < t->timed ? find_run(&t->times[0].first, sizeof(IsomTimeRun), t->nb_times, n) : t->nb_times;
	t->nb_times -= k;
	memmove(t->times, t->times + k, t->nb_times * sizeof(*t->times));
	for (u32 i = 0; i < t->nb_times; i++) {
		IsomTimeRun *r = &t->times[i];
		if (r->first < n) {
			r->dts += (u64)(n - r->first) * r->delta;
			r->first = n;
		}
		r->first -= n;
	}
	t->timed -= n;
}

static void drop_offsets(IsomTable *t, u32 n)
{
	if (t->nb_ctts) {
		// The last run stays: the next offset is compared with it.
		u32 k = find_run(&t->ctts[0].first, sizeof(IsomCtsRun), t->nb_ctts, n);
		t->nb_ctts -= k;
		memmove(t->ctts, t->ctts + k, t->nb_ctts * sizeof(*t->ctts));
		for (u32 i = 0; i < t->nb_ctts; i++)
			t->ctts[i].first -= t->ctts[i].first < n ? t->ctts[i].first : n;
	}
	t->offset_known -= n;
}

static void drop_chunks(IsomTable *t, u32 n)
{
	u32 k = n < t->located ? find_run(t->chunk_first, sizeof(u32), t->nb_chunks, n) : t->nb_chunks;
	t->nb_chunks -= k;
	memmove(t->chunk_pos, t->chunk_pos + k, t->nb_chunks * sizeof(u64));
	memmove(t->chunk_first, t->chunk_first + k, t->nb_chunks * sizeof(u32));
	for (u32 i = t->nb_chunks ? t->chunk_first[0] : n; i < n; i++)
		t->chunk_pos[0] += isom_table_size(t, i);
	for (u32 i = 0; i < t->nb_chunks; i++)
		t->chunk_first[i] -= t->chunk_first[i] < n ? t->chunk_first[i] : n;
	t->located -= n;
}

static void drop_sync(IsomTable *t, u32 n)
{
	u32 k = 0;
	while (k < t->nb_sync && t->sync[k] < n)
		k++;
	t->nb_sync -= k;
	for (u32 i = 0; i < t->nb_sync; i++)
		t->sync[i] = t->sync[i + k] - n;
}

static void drop_group(IsomGroup *g, u32 n)
{
	if (!g->nb_runs)
		return;
	u32 k = find_run(&g->runs[0].first, sizeof(IsomGroupRun), g->nb_runs, n);
	g->nb_runs -= k;
	memmove(g->runs, g->runs + k, g->nb_runs * sizeof(*g->runs));
	for (u32 i = 0; i < g->nb_runs; i++)
		g->runs[i].first -= g->runs[i].first < n ? g->runs[i].first : n;
	g->hint = 0;
}

void isom_table_clear(IsomTable *t)
{
	cut_columns(t, 0);
	for (u32 i = 0; i < t->nb_groups; i++) {
		t->groups[i].nb_runs = 0;
		t->groups[i].hint = 0;
	}
	t->dropped += t->nb_samples;
	t->nb_samples = 0;
}

void isom_table_drop(IsomTable *t, u32 count)
{
	if (count > t->nb_samples)
		count = t->nb_samples;
	if (!count)
		return;
	drop_times(t, count);
	drop_offsets(t, count);
	drop_chunks(t, count); // before the sizes, which it reads
	drop_sync(t, count);
	for (u32 i = 0; i < t->nb_groups; i++)
		drop_group(&t->groups[i], count);
	t->sized -= count;
	if (t->sizes)
		memmove(t->sizes, t->sizes + count, t->sized * sizeof(u32));
	t->dep_known -= count < t->dep_known ? count : t->dep_known;
	if (t->deps)
		memmove(t->deps, t->deps + count, t->dep_known);
	t->nb_samples -= count;
	t->dropped += count;
}
