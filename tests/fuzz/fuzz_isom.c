// SPDX-License-Identifier: MIT
// ISO base media files: whole files, streams cut anywhere, all samples of all tracks, sample entries and
// tags.
#include <string.h>

#include <gpac/log.h>
#include "formats/isom_file.h"
#include "formats/isom_nal.h"
#include "formats/isom_tags.h"
#include "formats/temporal_level.h"

typedef struct {
	const u8 *data;
	u64 size, end;
} Memory;

static GF_Err mem_read(void *udta, u64 offset, void *dst, u32 size, u32 *got)
{
	const Memory *m = udta;
	if (offset > m->end)
		return GF_IO_ERR;
	*got = m->end - offset < size ? (u32)(m->end - offset) : size;
	if (*got)
		memcpy(dst, m->data + offset, *got);
	return GF_OK;
}

static u64 mem_end(void *udta, Bool *complete)
{
	const Memory *m = udta;
	*complete = m->end == m->size;
	return m->end;
}

static void scan_sample(const IsomNal *nal, u32 codec, const Memory *m, const IsomSample *s)
{
	u8 out[4096];
	IsomNalInfo info;
	if (s->size > sizeof(out) || s->offset + s->size > m->size)
		return;
	if (temporal_level(codec, nal->length_size, m->data + s->offset, s->size) >= TEMPORAL_LEVELS)
		__builtin_trap();
	if (!nal->length_size)
		return;
	isom_nal_scan(nal, m->data + s->offset, s->size, &info);
	if (info.set_bytes > s->size)
		__builtin_trap();
	if (info.nb_sets)
		isom_nal_strip(nal, m->data + s->offset, s->size, out);
}

static void walk_table(IsomTrack *trk, const IsomEntry *entry, const Memory *m)
{
	IsomTable *t = &trk->table;
	IsomNal nal = {0};
	IsomCursor c;
	IsomSample s;
	if (isom_nal_open(&nal, entry))
		return;
	u32 nb = 0;
	isom_cursor_set(t, &c, 0);
	// Samples of a constant size take no room: their number is limited by the file only.
	while (nb < 10000 && isom_cursor_read(t, &c, nb % 3 + 1, &s)) {
		nb++;
		scan_sample(&nal, entry->codec_id, m, &s);
		const u8 *sai;
		u32 size;
		Bool has_subsamples;
		isom_sai_get(&trk->sai, s.number, 8, &sai, &size, &has_subsamples);
		for (u32 i = 0; i < trk->aux.nb; i++)
			isom_sai_get(&trk->aux.kinds[i].sai, s.number, 0, &sai, &size, &has_subsamples);
		ByteWriter subs;
		bw_init(&subs);
		isom_subs_get(&trk->subs, s.number, &subs);
		bw_reset(&subs);
		for (u32 i = 0; i < t->nb_groups; i++)
			isom_group_of(t, &t->groups[i], s.number, &size);
		if (isom_table_find_dts(t, s.dts) >= t->nb_samples)
			__builtin_trap();
	}
	isom_table_prev_sync(t, t->nb_samples / 2);
	isom_table_drop(t, t->nb_samples / 3);
	isom_cursor_set(t, &c, t->nb_samples / 2);
	isom_cursor_read(t, &c, 1, &s);
	isom_nal_close(&nal);
}

static void walk_movie(IsomFile *f, const Memory *m)
{
	for (u32 i = 0; i < f->movie.nb_tracks; i++) {
		IsomTrack *trk = f->movie.tracks[i];
		IsomEntry *entries;
		u32 nb;
		isom_track_duration(&f->movie, trk);
		if (isom_stsd_parse(trk->stsd.data, trk->stsd.size, 0, trk->handler, &entries, &nb))
			continue;
		walk_table(trk, &entries[0], m);
		isom_entries_free(entries, nb);
	}
	IsomTagReader r;
	IsomTag tag;
	isom_tags_open(&r, &f->movie.udta, GF_FALSE);
	while (isom_tags_next(&r, &tag))
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Memory m = {data, size, size};
	const IsomInput in = {&m, mem_read, mem_end};
	IsomFile f;
	gf_log_set_tool_level(GF_LOG_CONTAINER, GF_LOG_QUIET);
	gf_log_set_tool_level(GF_LOG_CODING, GF_LOG_QUIET);
	isom_file_init(&f, &in);
	f.movie.keep_fragments = GF_TRUE;
	isom_file_parse(&f);
	walk_movie(&f, &m);
	isom_file_restart(&f, &in);
	isom_file_parse(&f);
	isom_file_reset(&f);
	// The same as a stream of which half came first.
	m.end = size / 2;
	isom_file_init(&f, &in);
	f.movie.join_items = GF_TRUE;
	isom_file_parse(&f);
	m.end = size;
	isom_file_parse(&f);
	walk_movie(&f, &m);
	isom_file_reset(&f);
	return 0;
}
