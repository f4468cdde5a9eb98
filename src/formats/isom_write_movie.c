// SPDX-License-Identifier: MIT
// Tracks and the movie box (ISO/IEC 14496-12 8.2 to 8.6 and 8.8).
#include "base/array.h"
#include "formats/isom_write.h"

static const s32 unity_matrix[9] = {0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000};

void isow_track_init(IsowTrack *trk)
{
	*trk = (IsowTrack){.flags = 7, .trex_entry = 1};
	memcpy(trk->matrix, unity_matrix, sizeof(unity_matrix));
	memcpy(trk->language, "und", 4);
	isow_table_init(&trk->table);
}

void isow_track_reset(IsowTrack *trk)
{
	gf_free(trk->name);
	gf_free(trk->long_language);
	gf_free(trk->data_url);
	gf_free(trk->edits);
	for (u32 i = 0; i < trk->nb_entries; i++)
		bw_reset(&trk->entries[i]);
	gf_free(trk->entries);
	bw_reset(&trk->refs);
	bw_reset(&trk->udta);
	bw_reset(&trk->extra);
	isow_table_reset(&trk->table);
	isow_track_init(trk);
}

u32 isow_track_find_entry(const IsowTrack *trk, const ByteWriter *entry)
{
	for (u32 i = 0; i < trk->nb_entries; i++) {
		const ByteWriter *known = &trk->entries[i];
		if (known->size == entry->size && !memcmp(known->data, entry->data, entry->size))
			return i + 1;
	}
	return 0;
}

GF_Err isow_track_add_entry(IsowTrack *trk, ByteWriter *entry, Bool replace)
{
	u32 nb = replace && trk->nb_entries ? trk->nb_entries : trk->nb_entries + 1;
	if (entry->failed || array_reserve(&trk->entries, &trk->alloc_entries, 0, nb, sizeof(*trk->entries))) {
		bw_reset(entry);
		return GF_OUT_OF_MEM;
	}
	if (nb == trk->nb_entries)
		bw_reset(&trk->entries[nb - 1]);
	trk->entries[nb - 1] = *entry;
	trk->nb_entries = nb;
	bw_init(entry);
	return GF_OK;
}

GF_Err isow_track_edit(IsowTrack *trk, u64 duration, s64 media_time)
{
	if (array_reserve(&trk->edits, &trk->alloc_edits, trk->nb_edits, 1, sizeof(*trk->edits)))
		return GF_OUT_OF_MEM;
	trk->edits[trk->nb_edits++] = (IsowEdit){duration, media_time};
	return GF_OK;
}

void isow_track_ref(IsowTrack *trk, const char type[4], u32 id)
{
	size_t box = isow_box(&trk->refs, type);
	bw_u32(&trk->refs, id);
	isow_end(&trk->refs, box);
}

void isow_movie_reset(IsowMovie *mv)
{
	gf_free(mv->tracks);
	bw_reset(&mv->iods);
	bw_reset(&mv->boxes);
	bw_reset(&mv->udta);
	*mv = (IsowMovie){0};
}

static void write_blob(ByteWriter *w, const ByteWriter *blob)
{
	if (blob->failed)
		w->failed = GF_TRUE;
	bw_bytes(w, blob->data, blob->size);
}

static void write_container(ByteWriter *w, const char type[4], const ByteWriter *content)
{
	if (!content->size && !content->failed)
		return;
	size_t box = isow_box(w, type);
	write_blob(w, content);
	isow_end(w, box);
}

// Version 1 of mvhd, tkhd and mdhd has 64-bit times and durations.
static u32 times_version(u64 creation, u64 modification, u64 duration)
{
	return (creation | modification | duration) > 0xFFFFFFFFu ? 1 : 0;
}

static void write_time(ByteWriter *w, u32 version, u64 value)
{
	if (version)
		bw_u64(w, value);
	else
		bw_u32(w, (u32)value);
}

static void write_matrix(ByteWriter *w, const s32 matrix[9])
{
	for (u32 i = 0; i < 9; i++)
		bw_u32(w, (u32)matrix[i]);
}

static void write_mvhd(ByteWriter *w, const IsowMovie *mv)
{
	u32 version = times_version(mv->creation, mv->modification, mv->duration);
	size_t box = isow_full_box(w, "mvhd", version, 0);
	write_time(w, version, mv->creation);
	write_time(w, version, mv->modification);
	bw_u32(w, mv->timescale);
	write_time(w, version, mv->duration);
	bw_u32(w, 0x10000); // rate 1.0
	bw_u16(w, 0x100);   // volume 1.0
	bw_zeros(w, 10);
	write_matrix(w, unity_matrix);
	bw_zeros(w, 24);
	bw_u32(w, mv->next_track_id);
	isow_end(w, box);
}

static void write_tkhd(ByteWriter *w, const IsowTrack *trk)
{
	u32 version = times_version(trk->creation, trk->modification, trk->duration);
	size_t box = isow_full_box(w, "tkhd", version, trk->flags);
	write_time(w, version, trk->creation);
	write_time(w, version, trk->modification);
	bw_u32(w, trk->id);
	bw_u32(w, 0);
	write_time(w, version, trk->duration);
	bw_zeros(w, 8);
	bw_u16(w, (u16)trk->layer);
	bw_u16(w, (u16)trk->alternate_group);
	bw_u16(w, trk->volume);
	bw_u16(w, 0);
	write_matrix(w, trk->matrix);
	bw_u32(w, trk->width);
	bw_u32(w, trk->height);
	isow_end(w, box);
}

static void write_edits(ByteWriter *w, const IsowTrack *trk)
{
	if (!trk->nb_edits)
		return;
	u32 version = 0;
	for (u32 i = 0; i < trk->nb_edits; i++) {
		if (trk->edits[i].duration > 0xFFFFFFFFu || trk->edits[i].media_time > 0x7FFFFFFF)
			version = 1;
	}
	size_t edts = isow_box(w, "edts");
	size_t elst = isow_full_box(w, "elst", version, 0);
	bw_u32(w, trk->nb_edits);
	for (u32 i = 0; i < trk->nb_edits; i++) {
		write_time(w, version, trk->edits[i].duration);
		write_time(w, version, (u64)trk->edits[i].media_time);
		bw_u32(w, 0x10000); // rate 1.0
	}
	isow_end(w, elst);
	isow_end(w, edts);
}

static void write_mdhd(ByteWriter *w, const IsowTrack *trk)
{
	u32 version = times_version(trk->creation, trk->modification, trk->media_duration);
	size_t box = isow_full_box(w, "mdhd", version, 0);
	write_time(w, version, trk->creation);
	write_time(w, version, trk->modification);
	bw_u32(w, trk->timescale);
	write_time(w, version, trk->media_duration);
	u32 language = 0; // 8.4.2.3: three letters of 5 bits
	for (u32 i = 0; i < 3; i++)
		language = language << 5 | ((u32)(trk->language[i] - 0x60) & 0x1F);
	bw_u16(w, language);
	bw_u16(w, 0);
	isow_end(w, box);
}

static void write_hdlr(ByteWriter *w, const IsowTrack *trk, Bool quicktime)
{
	const char *name = trk->name ? trk->name : "";
	size_t box = isow_full_box(w, "hdlr", 0, 0);
	bw_u32(w, quicktime ? isow_code("mhlr") : 0);
	bw_u32(w, trk->handler);
	bw_zeros(w, 12);
	if (quicktime) {
		// QuickTime File Format, handler reference atom: a counted string
		size_t len = strlen(name) < 255 ? strlen(name) : 255;
		bw_u8(w, (u32)len);
		bw_bytes(w, name, len);
	} else {
		isow_string(w, name);
	}
	isow_end(w, box);
}

static void write_media_header(ByteWriter *w, u32 handler)
{
	size_t box;
	if (handler == isow_code("vide") || handler == isow_code("auxv") || handler == isow_code("pict")) {
		box = isow_full_box(w, "vmhd", 0, 1);
		bw_zeros(w, 8);
	} else if (handler == isow_code("soun")) {
		box = isow_full_box(w, "smhd", 0, 0);
		bw_zeros(w, 4);
	} else if (handler == isow_code("subt")) {
		box = isow_full_box(w, "sthd", 0, 0);
	} else {
		box = isow_full_box(w, "nmhd", 0, 0);
	}
	isow_end(w, box);
}

// 8.7.2: flag 1 tells that the media data is in this file.
static void write_dinf(ByteWriter *w, const IsowTrack *trk)
{
	size_t dinf = isow_box(w, "dinf");
	size_t dref = isow_full_box(w, "dref", 0, 0);
	bw_u32(w, 1);
	size_t url = isow_full_box(w, "url ", 0, trk->data_url ? 0 : 1);
	if (trk->data_url)
		isow_string(w, trk->data_url);
	isow_end(w, url);
	isow_end(w, dref);
	isow_end(w, dinf);
}

static void write_aux(ByteWriter *w, const IsowTable *t, u64 base)
{
	u64 offset = base + t->aux_offset;
	for (u32 i = 0; i < t->aux.nb; i++) {
		const IsowAux *aux = &t->aux.kinds[i];
		if (!aux->sai.records.size)
			continue;
		isow_patch_sai(w, isow_write_sai_index(w, &aux->sai, aux->type, aux->param, GF_TRUE), offset, GF_TRUE);
		offset += aux->sai.records.size;
	}
}

static Bool has_far_chunks(const IsowTable *t)
{
	for (u32 i = 0; i < t->nb_chunks; i++) {
		if (t->chunks[i].offset > 0xFFFFFFFFu)
			return GF_TRUE;
	}
	return GF_FALSE;
}

// `*sai` is where the offset of the auxiliary information goes, 0 without any.
static void write_stbl(ByteWriter *w, const IsowTrack *trk, const IsowLayout *l, size_t *sai)
{
	size_t stbl = isow_box(w, "stbl");
	size_t stsd = isow_full_box(w, "stsd", trk->stsd_version, 0);
	bw_u32(w, trk->nb_entries);
	for (u32 i = 0; i < trk->nb_entries; i++)
		write_blob(w, &trk->entries[i]);
	isow_end(w, stsd);
	IsowLayout own = {.base = l->base + trk->chunk_base, .large = l->large};
	if (trk->data_url)
		own = (IsowLayout){.large = has_far_chunks(&trk->table)};
	isow_write_table(w, &trk->table, &own, trk->cts_shift);
	if (trk->sync_unknown) {
		size_t stss = isow_full_box(w, "stss", 0, 0);
		bw_u32(w, 0);
		isow_end(w, stss);
	}
	write_aux(w, &trk->table, l->base);
	*sai = trk->table.sai.records.size ? isow_write_sai_index(w, &trk->table.sai, 0, 0, GF_TRUE) : 0;
	isow_end(w, stbl);
}

static void write_trak(
	ByteWriter *w, const IsowMovie *mv, const IsowTrack *trk, const IsowLayout *l, size_t moov)
{
	size_t trak = isow_box(w, "trak");
	write_tkhd(w, trk);
	write_edits(w, trk);
	write_container(w, "tref", &trk->refs);
	size_t mdia = isow_box(w, "mdia");
	write_mdhd(w, trk);
	write_hdlr(w, trk, mv->quicktime);
	if (trk->long_language) {
		size_t elng = isow_full_box(w, "elng", 0, 0);
		isow_string(w, trk->long_language);
		isow_end(w, elng);
	}
	size_t minf = isow_box(w, "minf");
	write_media_header(w, trk->handler);
	write_dinf(w, trk);
	size_t sai;
	write_stbl(w, trk, l, &sai);
	isow_end(w, minf);
	isow_end(w, mdia);
	if (sai)
		isow_patch_sai(w, sai, l->moov + isow_write_senc(w, &trk->table.sai) - moov, GF_TRUE);
	write_blob(w, &trk->extra);
	write_container(w, "udta", &trk->udta);
	isow_end(w, trak);
}

static void write_mvex(ByteWriter *w, const IsowMovie *mv)
{
	size_t mvex = isow_box(w, "mvex");
	if (mv->fragments_duration) {
		u32 version = times_version(0, 0, mv->fragments_duration);
		size_t mehd = isow_full_box(w, "mehd", version, 0);
		write_time(w, version, mv->fragments_duration);
		isow_end(w, mehd);
	}
	for (u32 i = 0; i < mv->nb_tracks; i++) {
		const IsowTrack *trk = mv->tracks[i];
		size_t trex = isow_full_box(w, "trex", 0, 0);
		bw_u32(w, trk->id);
		bw_u32(w, trk->trex_entry);
		bw_u32(w, trk->trex_duration);
		bw_u32(w, trk->trex_size);
		bw_u32(w, trk->trex_flags);
		isow_end(w, trex);
	}
	isow_end(w, mvex);
}

void isow_write_moov(ByteWriter *w, const IsowMovie *mv, const IsowLayout *l)
{
	size_t moov = isow_box(w, "moov");
	write_mvhd(w, mv);
	write_blob(w, &mv->iods);
	if (mv->fragmented && !mv->mvex_last)
		write_mvex(w, mv);
	for (u32 i = 0; i < mv->nb_tracks; i++)
		write_trak(w, mv, mv->tracks[i], l, moov);
	if (mv->fragmented && mv->mvex_last)
		write_mvex(w, mv);
	write_blob(w, &mv->boxes);
	write_container(w, "udta", &mv->udta);
	isow_end(w, moov);
}
