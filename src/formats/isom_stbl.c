// SPDX-License-Identifier: MIT
// Sample tables (ISO/IEC 14496-12, 8.6 to 8.9) into the compact table of a track.
#include "base/io.h"
#include "formats/isom_movie.h"

// The boxes of `stbl`, found before any is read: sizes are needed to place chunks.
typedef struct {
	IsomBox stsd, stts, ctts, stss, stsz, stsc, stco, sdtp;
} Tables;

// Entry count of a table, limited to the entries that are there.
static u32 entry_count(IsomBox *b, u32 count, u32 bits)
{
	u64 room = (u64)br_left(&b->r) * 8 / bits;
	if (count <= room)
		return count;
	isom_warn(b, "declares %u entries and has room for %u: the others are ignored", count, (u32)room);
	return (u32)room;
}

static GF_Err read_sizes(IsomTable *t, IsomBox *b, u64 file_size)
{
	u8 version;
	isom_full(b, &version);
	u32 bits = 32, size = br_u32(&b->r), count = br_u32(&b->r);
	if (b->type == GF_4CC('s', 't', 'z', '2')) {
		bits = size & 0xFF;
		size = 0;
		if (bits != 4 && bits != 8 && bits != 16) {
			isom_complain(b, "has sizes of %u bits instead of 4, 8 or 16", bits);
			return GF_ISOM_INVALID_FILE;
		}
	}
	if (size) {
		// No room is taken by these samples in the table: they are limited by the media itself.
		u64 most = file_size == IO_SIZE_UNKNOWN ? 0xFFFFFFFFu : file_size / size;
		if (count > most) {
			isom_warn(b, "declares %u samples of %u bytes, more than the file has: the others are ignored",
				count, size);
			count = (u32)most;
		}
		return isom_table_add_const_sizes(t, count, size);
	}
	count = entry_count(b, count, bits);
	GF_Err e = count ? isom_table_reserve_sizes(t, count) : GF_OK;
	for (u32 i = 0; !e && i < count; i++)
		e = isom_table_add_size(t, bits == 32 ? br_u32(&b->r) : br_bits(&b->r, bits));
	return e;
}

static GF_Err read_times(IsomTable *t, IsomBox *b)
{
	u8 version;
	isom_full(b, &version);
	u32 count = entry_count(b, br_u32(&b->r), 64);
	GF_Err e = GF_OK;
	u32 delta = 0;
	for (u32 i = 0; !e && i < count; i++) {
		u32 n = br_u32(&b->r), left = t->sized - t->timed;
		delta = br_u32(&b->r);
		e = isom_table_add_times(t, n < left ? n : left, delta);
	}
	if (!e && t->timed < t->sized) {
		isom_warn(b, "gives the duration of %u samples out of %u: the last one is used for the others",
			t->timed, t->sized);
		e = isom_table_add_times(t, t->sized - t->timed, delta);
	}
	return e;
}

// Version 0 has unsigned offsets, but some writers put negative ones there.
static GF_Err read_offsets(IsomTable *t, IsomBox *b)
{
	u8 version;
	isom_full(b, &version);
	u32 count = entry_count(b, br_u32(&b->r), 64);
	GF_Err e = GF_OK;
	for (u32 i = 0; !e && i < count; i++) {
		u32 n = br_u32(&b->r), left = t->sized - t->offset_known;
		e = isom_table_add_offsets(t, n < left ? n : left, (s32)br_u32(&b->r));
	}
	return e;
}

static GF_Err read_sync(IsomTrack *trk, IsomBox *b)
{
	IsomTable *t = &trk->table;
	u8 version;
	isom_full(b, &version);
	u32 count = entry_count(b, br_u32(&b->r), 32);
	trk->has_stss_entries = count > 0;
	GF_Err e = isom_table_list_sync(t);
	u32 last = 0;
	for (u32 i = 0; !e && i < count; i++) {
		u32 number = br_u32(&b->r);
		if (number > last)
			e = isom_table_add_sync(t, number - 1);
		else
			isom_warn(b, "entry %u: sample %u comes after sample %u, it is ignored", i + 1, number, last);
		last = number > last ? number : last;
	}
	return e;
}

// `stsc` says how many samples each chunk of `stco` has, by runs of chunks (8.7.4).
static GF_Err read_chunks(IsomTable *t, IsomBox *stsc, IsomBox *stco)
{
	u8 version;
	isom_full(stsc, &version);
	isom_full(stco, &version);
	Bool is_64 = stco->type == GF_4CC('c', 'o', '6', '4');
	u32 nb_runs = entry_count(stsc, br_u32(&stsc->r), 96);
	u32 nb_chunks = entry_count(stco, br_u32(&stco->r), is_64 ? 64 : 32);
	GF_Err e = GF_OK;
	u32 next = nb_runs ? br_u32(&stsc->r) : 0, run = 0, samples = 0, desc = 1;
	for (u32 chunk = 1; !e && chunk <= nb_chunks; chunk++) {
		while (run < nb_runs && next <= chunk) {
			samples = br_u32(&stsc->r);
			desc = br_u32(&stsc->r);
			next = ++run < nb_runs ? br_u32(&stsc->r) : 0;
		}
		u64 pos = is_64 ? br_u64(&stco->r) : br_u32(&stco->r);
		e = isom_table_add_chunk(t, pos, desc, samples);
		if (e == GF_ISOM_INVALID_FILE)
			isom_complain(
				stco, "chunk %u is at an impossible offset or has sample description %u", chunk, desc);
	}
	return e;
}

static GF_Err read_deps(IsomTable *t, IsomBox *b)
{
	u8 version;
	isom_full(b, &version);
	u32 count;
	const u8 *data = isom_rest(b, &count);
	if (count > t->sized)
		count = t->sized;
	GF_Err e = GF_OK;
	for (u32 i = 0; !e && i < count; i++)
		e = isom_table_add_deps(t, 1, data[i]);
	return e;
}

static void read_cslg(IsomTrack *trk, IsomBox *b)
{
	u8 version;
	isom_full(b, &version);
	s64 shift = version ? (s64)br_u64(&b->r) : (s32)br_u32(&b->r);
	trk->has_cslg = !b->r.overrun;
	trk->cts_shift = shift > 0 && shift <= 0x7FFFFFFF ? (s32)shift : 0;
}

static void find_tables(IsomTrack *trk, IsomBox *stbl, Tables *tab)
{
	IsomBox b;
	while (isom_next(stbl, &b)) {
		switch (b.type) {
		case GF_4CC('s', 't', 's', 'd'):
			tab->stsd = b;
			break;
		case GF_4CC('s', 't', 't', 's'):
			tab->stts = b;
			break;
		case GF_4CC('c', 't', 't', 's'):
			tab->ctts = b;
			break;
		case GF_4CC('s', 't', 's', 's'):
			tab->stss = b;
			break;
		case GF_4CC('s', 't', 's', 'z'):
		case GF_4CC('s', 't', 'z', '2'):
			tab->stsz = b;
			break;
		case GF_4CC('s', 't', 's', 'c'):
			tab->stsc = b;
			break;
		case GF_4CC('s', 't', 'c', 'o'):
		case GF_4CC('c', 'o', '6', '4'):
			tab->stco = b;
			break;
		case GF_4CC('s', 'd', 't', 'p'):
			tab->sdtp = b;
			break;
		case GF_4CC('c', 's', 'l', 'g'):
			read_cslg(trk, &b);
			break;
		default:
			break;
		}
	}
}

static GF_Err read_groups(const IsomMovie *m, IsomTrack *trk, IsomBox *stbl)
{
	GF_Err e = GF_OK;
	IsomBox b, again = *stbl;
	again.quiet = GF_TRUE;
	// The descriptions first: the boxes may come in any order.
	while (!e && isom_next(&again, &b)) {
		if (b.type == GF_4CC('s', 'g', 'p', 'd'))
			e = isom_sgpd_parse(&trk->table, &b);
	}
	again = *stbl;
	again.quiet = GF_TRUE;
	while (!e && isom_next(&again, &b)) {
		if (b.type == GF_4CC('s', 'b', 'g', 'p'))
			e = isom_sbgp_parse(&trk->table, &b, 0, trk->table.sized, 0);
		else if (b.type == GF_4CC('s', 'e', 'n', 'c') || isom_is_piff_senc(&b))
			e = isom_senc_parse(&trk->sai, &b, 0, trk->table.sized);
		else if (b.type == GF_4CC('s', 'u', 'b', 's'))
			e = isom_subs_parse(&trk->subs, &b, 0, trk->table.sized);
	}
	IsomAuxRange range = {.count = trk->table.sized, .in = trk->has_external_data ? NULL : m->in};
	if (!e)
		e = isom_aux_parse(&trk->aux, trk->sai.nb_runs ? NULL : &trk->sai, stbl, &range);
	return e;
}

GF_Err isom_stbl_parse(const IsomMovie *m, IsomTrack *trk, IsomBox *stbl, u64 file_size)
{
	Tables tab = {0};
	IsomTable *t = &trk->table;
	IsomBox whole = *stbl;
	find_tables(trk, stbl, &tab);
	GF_Err e = tab.stsd.type ? isom_blob_set(&trk->stsd, &tab.stsd, GF_TRUE) : GF_OK;
	trk->stsd_offset = tab.stsd.offset;
	if (!e && tab.stsz.type)
		e = read_sizes(t, &tab.stsz, file_size);
	if (!e && t->sized && (!tab.stts.type || !tab.stsc.type || !tab.stco.type)) {
		isom_complain(&whole, "has %u samples and no '%s'", t->sized,
			!tab.stts.type   ? "stts"
			: !tab.stsc.type ? "stsc"
							 : "stco");
		return GF_ISOM_INVALID_FILE;
	}
	if (!e && tab.stts.type)
		e = read_times(t, &tab.stts);
	if (!e && tab.ctts.type)
		e = read_offsets(t, &tab.ctts);
	if (!e && tab.stss.type)
		e = read_sync(trk, &tab.stss);
	if (!e && tab.stsc.type && tab.stco.type)
		e = read_chunks(t, &tab.stsc, &tab.stco);
	if (!e && tab.sdtp.type)
		e = read_deps(t, &tab.sdtp);
	if (!e)
		e = read_groups(m, trk, &whole);
	if (e)
		return e;
	if (t->located < t->sized)
		isom_warn(
			&whole, "the chunks hold %u samples out of %u: the others are ignored", t->located, t->sized);
	return isom_table_commit(t);
}

// ---- Sample groups (8.9)

// Size of the descriptions of version 0 of the box, which does not give it; 0 when not known.
static u32 legacy_entry_size(u32 type)
{
	switch (type) {
	case GF_4CC('r', 'o', 'l', 'l'):
	case GF_4CC('p', 'r', 'o', 'l'):
		return 2;
	case GF_4CC('r', 'a', 'p', ' '):
	case GF_4CC('s', 'y', 'n', 'c'):
	case GF_4CC('t', 'e', 'l', 'e'):
		return 1;
	default:
		return 0;
	}
}

GF_Err isom_sgpd_parse(IsomTable *t, IsomBox *sgpd)
{
	u8 version;
	isom_full(sgpd, &version);
	u32 type = br_u32(&sgpd->r);
	u32 default_size = version ? br_u32(&sgpd->r) : legacy_entry_size(type);
	u32 default_index = version >= 2 ? br_u32(&sgpd->r) : 0;
	u32 count = br_u32(&sgpd->r);
	if (!version && !default_size)
		return GF_OK;
	IsomGroup *g = isom_table_group(t, type, 0, GF_TRUE);
	if (!g)
		return GF_OUT_OF_MEM;
	g->default_index = default_index;
	for (u32 i = 0; i < count; i++) {
		u32 size = default_size ? default_size : br_u32(&sgpd->r);
		const u8 *data = br_bytes(&sgpd->r, size);
		if (!data) {
			isom_warn(sgpd, "declares %u descriptions and has room for %u: the others are ignored", count, i);
			return GF_OK;
		}
		GF_Err e = isom_group_add_entry(g, data, size);
		if (e)
			return e;
	}
	return GF_OK;
}

GF_Err isom_sbgp_parse(IsomTable *t, IsomBox *sbgp, u32 first, u32 count, u32 local)
{
	u8 version;
	isom_full(sbgp, &version);
	u32 type = br_u32(&sbgp->r);
	u32 param = version ? br_u32(&sbgp->r) : 0;
	IsomGroup *g = isom_table_group(t, type, param, GF_TRUE);
	if (!g)
		return GF_OUT_OF_MEM;
	u32 nb = entry_count(sbgp, br_u32(&sbgp->r), 64), done = 0;
	GF_Err e = GF_OK;
	for (u32 i = 0; !e && i < nb && done < count; i++) {
		u32 n = br_u32(&sbgp->r), index = br_u32(&sbgp->r);
		// 8.9.4: above 0x10000, the descriptions of the fragment itself.
		if (index > 0x10000)
			index = index - 0x10000 + local;
		e = isom_group_add_run(g, first + done, index);
		done += n < count - done ? n : count - done;
	}
	return !e && done < count ? isom_group_add_run(g, first + done, 0) : e;
}
