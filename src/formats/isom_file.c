// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include <gpac/filter_types.h>
#include <gpac/log.h>
#include "base/array.h"
#include "base/io.h"
#include "formats/isom_file.h"
#include "formats/isom_item.h"

// Size given to a box that extends to the end of a file whose size is not known, and limit of all others.
#define MAX_BOX ((u64)1 << 62)

// Boxes read as a whole are never this large in a file that makes sense.
#define MAX_LOADED 0x40000000u

void isom_file_init(IsomFile *f, const IsomInput *in)
{
	memset(f, 0, sizeof(*f));
	f->in = *in;
	f->frag_start = GF_FILTER_NO_BO;
}

void isom_file_reset(IsomFile *f)
{
	isom_movie_reset(&f->movie);
	memset(f, 0, sizeof(*f));
}

void isom_file_restart(IsomFile *f, const IsomInput *in)
{
	IsomMovie movie = f->movie;
	isom_file_init(f, in);
	f->movie = movie;
	isom_movie_clear_samples(&f->movie);
}

Bool isom_is_first_box(u32 type)
{
	switch (type) {
	case GF_4CC('f', 't', 'y', 'p'):
	case GF_4CC('s', 't', 'y', 'p'):
	case GF_4CC('m', 'o', 'o', 'v'):
	case GF_4CC('m', 'o', 'o', 'f'):
	case GF_4CC('m', 'd', 'a', 't'):
	case GF_4CC('s', 'i', 'd', 'x'):
	case GF_4CC('s', 's', 'i', 'x'):
	case GF_4CC('e', 'm', 's', 'g'):
	case GF_4CC('p', 'r', 'f', 't'):
	case GF_4CC('f', 'r', 'e', 'e'):
	case GF_4CC('s', 'k', 'i', 'p'):
	case GF_4CC('w', 'i', 'd', 'e'):
	case GF_4CC('p', 'n', 'o', 't'):
	case GF_4CC('u', 'd', 't', 'a'):
	case GF_4CC('m', 'e', 't', 'a'):
	case GF_4CC('p', 'd', 'i', 'n'):
	case GF_4CC('u', 'u', 'i', 'd'):
	case GF_4CC('j', 'P', ' ', ' '):
		return GF_TRUE;
	default:
		return GF_FALSE;
	}
}

// ---- Boxes read as a whole

// Movie-level index (8.16.3): gives the duration while the rest of the file is not there.
static void parse_sidx(IsomFile *f, IsomBox *b)
{
	u8 version;
	isom_full(b, &version);
	br_skip(&b->r, 4);
	u32 scale = br_u32(&b->r);
	br_skip(&b->r, version ? 16 : 8);
	br_skip(&b->r, 2);
	u32 nb = br_u16(&b->r);
	if (nb > br_left(&b->r) / 12) {
		isom_warn(b, "declares %u references and has room for %u", nb, (u32)(br_left(&b->r) / 12));
		nb = (u32)(br_left(&b->r) / 12);
	}
	if (f->index_scale || f->movie.nb_moofs)
		return; // one for each segment follows the first one
	u64 duration = 0;
	for (u32 i = 0; i < nb; i++) {
		br_skip(&b->r, 4);
		duration += br_u32(&b->r);
		br_skip(&b->r, 4);
	}
	f->index_scale = scale;
	f->index_duration = duration;
	f->index_start = b->offset;
	f->index_end = b->offset + b->size;
}

static void note_fragment_part(IsomFile *f, const IsomBox *b)
{
	if (f->frag_start == GF_FILTER_NO_BO)
		f->frag_start = b->offset;
	if (b->type == GF_4CC('s', 't', 'y', 'p'))
		f->frag_is_segment = GF_TRUE;
	if (b->type != GF_4CC('s', 'i', 'd', 'x'))
		return;
	if (!f->sidx_end)
		f->sidx = b->offset;
	f->sidx_end = b->offset + b->size;
}

// Closes the range of the last fragment where the next one starts, or the file ends.
static void end_fragment(IsomFile *f, u64 at)
{
	IsomMovie *m = &f->movie;
	if (m->nb_fragments && !m->fragments[m->nb_fragments - 1].end)
		m->fragments[m->nb_fragments - 1].end = at;
}

static GF_Err start_fragment(IsomFile *f, const IsomBox *moof)
{
	IsomMovie *m = &f->movie;
	u64 start = f->frag_start == GF_FILTER_NO_BO ? moof->offset : f->frag_start;
	end_fragment(f, start);
	if (m->keep_fragments) {
		if (array_reserve(&m->fragments, &m->alloc_fragments, m->nb_fragments, 1, sizeof(*m->fragments)))
			return GF_OUT_OF_MEM;
		m->fragments[m->nb_fragments++] = (IsomFragment){
			.start = start,
			.data = moof->offset + moof->size,
			.sidx = f->sidx,
			.sidx_end = f->sidx_end,
			.is_segment = f->frag_is_segment || !m->nb_moofs,
		};
	}
	f->frag_start = GF_FILTER_NO_BO;
	f->sidx = f->sidx_end = 0;
	f->frag_is_segment = GF_FALSE;
	return GF_OK;
}

static GF_Err parse_items(IsomFile *f, IsomBox *meta)
{
	u32 nb = f->movie.nb_tracks;
	GF_Err e = isom_items_parse(&f->movie, meta);
	f->movie.has_items = f->movie.nb_tracks > nb;
	if (f->movie.has_items && !f->movie.timescale)
		f->movie.timescale = 1000;
	return e;
}

static GF_Err parse_loaded(IsomFile *f, IsomBox *b, u64 file_size)
{
	IsomMovie *m = &f->movie;
	GF_Err e = GF_OK;
	m->in = &f->in;
	switch (b->type) {
	case GF_4CC('f', 't', 'y', 'p'):
		return m->has_moov ? GF_OK : isom_movie_parse_brands(m, b);
	case GF_4CC('s', 't', 'y', 'p'):
		return m->major ? GF_OK : isom_movie_parse_brands(m, b);
	case GF_4CC('m', 'o', 'o', 'v'):
		if (m->has_moov) {
			isom_warn(b, "is not the first one of the file, it is ignored");
			return GF_OK;
		}
		return isom_movie_parse_moov(m, b, file_size);
	case GF_4CC('m', 'o', 'o', 'f'):
		e = start_fragment(f, b);
		if (e || m->has_moov)
			return e ? e : isom_movie_parse_moof(m, b, file_size);
		isom_complain(b, "comes without a 'moov': give the initialisation segment of these media "
						 "segments, with option 'initseg' of mp4dmx");
		return GF_ISOM_INVALID_FILE;
	case GF_4CC('s', 'i', 'd', 'x'):
		parse_sidx(f, b);
		return GF_OK;
	case GF_4CC('m', 'e', 't', 'a'):
		return m->has_items ? GF_OK : parse_items(f, b);
	case GF_4CC('e', 'm', 's', 'g'):
	case GF_4CC('p', 'r', 'f', 't'):
		return isom_movie_add_pending(m, b, GF_FALSE);
	default:
		return GF_OK;
	}
}

static Bool is_loaded_type(u32 type)
{
	return type == GF_4CC('f', 't', 'y', 'p') || type == GF_4CC('s', 't', 'y', 'p') ||
		   type == GF_4CC('m', 'o', 'o', 'v') || type == GF_4CC('m', 'o', 'o', 'f') ||
		   type == GF_4CC('s', 'i', 'd', 'x') || type == GF_4CC('e', 'm', 's', 'g') ||
		   type == GF_4CC('p', 'r', 'f', 't') || type == GF_4CC('m', 'e', 't', 'a');
}

// Reads the part of a box that is in the file, `size` bytes, and parses it.
static GF_Err load_and_parse(IsomFile *f, const IsomBox *head, u64 size, u64 file_size)
{
	if (size > MAX_LOADED) {
		isom_complain(head, "is too large (%" PRIu64 " bytes)", size);
		return GF_ISOM_INVALID_FILE;
	}
	u8 *data = gf_malloc((size_t)size);
	if (!data) {
		isom_complain(head, "no memory for its %" PRIu64 " bytes", size);
		return GF_OUT_OF_MEM;
	}
	u32 got = 0;
	GF_Err e = f->in.read(f->in.udta, head->offset, data, (u32)size, &got);
	if (!e && got < size)
		e = GF_IO_ERR;
	if (e) {
		isom_complain(head, "cannot be read: %s", gf_error_to_string(e));
	} else {
		IsomBox box = *head;
		br_init(&box.r, data + head->hdr_size, (size_t)size - head->hdr_size);
		e = parse_loaded(f, &box, file_size);
	}
	gf_free(data);
	return e;
}

// ---- Top level

static GF_Err end_of_file(IsomFile *f, u64 end)
{
	end_fragment(f, end);
	return GF_EOS;
}

// Reads the header of the next box. GF_ISOM_INVALID_FILE without a message when it makes no sense;
// a box that goes beyond the end is no error.
static GF_Err read_header(IsomFile *f, u64 end, Bool complete, IsomBox *box)
{
	u8 head[ISOM_MAX_HEADER];
	u32 got = 0;
	u32 want = end - f->pos < sizeof(head) ? (u32)(end - f->pos) : (u32)sizeof(head);
	GF_Err e = f->in.read(f->in.udta, f->pos, head, want, &got);
	if (e) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4] cannot read at %" PRIu64 ": %s\n", f->pos, gf_error_to_string(e)));
		return e;
	}
	memset(box, 0, sizeof(*box));
	u64 room = complete ? end - f->pos : MAX_BOX;
	e = isom_box_header(head, got, f->pos, room, box);
	if (e == GF_BUFFER_TOO_SMALL)
		return complete ? GF_ISOM_INCOMPLETE_FILE : GF_NOT_READY;
	return e && (!box->size || box->size > MAX_BOX) ? e : GF_OK;
}

static GF_Err parse_one(IsomFile *f)
{
	Bool complete = GF_FALSE;
	u64 end = f->in.end(f->in.udta, &complete);
	if (f->pos >= end)
		return complete ? end_of_file(f, end) : GF_NOT_READY;

	IsomBox box;
	GF_Err e = read_header(f, end, complete, &box);
	if (e == GF_NOT_READY || e == GF_IO_ERR)
		return e;
	if (!f->started && (e || !isom_is_first_box(box.type))) {
		if (box.type)
			isom_complain(&box, "cannot start an ISO base media file");
		else
			GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
				("[mp4] no box at %" PRIu64 ": this is not an ISO base media file\n", f->pos));
		return GF_ISOM_INVALID_FILE;
	}
	if (e) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[mp4] no valid box at %" PRIu64 ": the last %" PRIu64 " bytes are ignored\n", f->pos,
				end - f->pos));
		return end_of_file(f, f->pos);
	}
	f->started = GF_TRUE;
	u64 left = end - f->pos;
	if (box.size > left && complete)
		isom_warn(
			&box, "is truncated: %" PRIu64 " bytes declared, %" PRIu64 " left in the file", box.size, left);

	if (box.type == GF_4CC('s', 't', 'y', 'p') || box.type == GF_4CC('s', 'i', 'd', 'x') ||
		box.type == GF_4CC('e', 'm', 's', 'g') || box.type == GF_4CC('p', 'r', 'f', 't'))
		note_fragment_part(f, &box);
	if (box.type == GF_4CC('m', 'd', 'a', 't') && !f->movie.has_moov && !f->movie.has_items &&
		box.size > box.hdr_size)
		f->media_first = GF_TRUE;
	if (is_loaded_type(box.type)) {
		if (box.size > left && !complete)
			return GF_NOT_READY;
		e = load_and_parse(f, &box, box.size < left ? box.size : left, complete ? end : IO_SIZE_UNKNOWN);
	}
	f->pos += box.size < left || !complete ? box.size : left;
	return e;
}

GF_Err isom_file_parse(IsomFile *f)
{
	GF_Err e;
	do {
		e = parse_one(f);
	} while (!e);
	return e;
}

Bool isom_file_has_movie(IsomFile *f)
{
	const u64 start = f->pos;
	Bool complete = GF_FALSE, found = GF_FALSE;
	u64 end = f->in.end(f->in.udta, &complete);
	IsomBox box;
	while (!found && f->pos < end && !read_header(f, end, complete, &box)) {
		found = box.type == GF_4CC('m', 'o', 'o', 'v') ||
				(f->movie.has_items && box.type == GF_4CC('m', 'e', 't', 'a'));
		f->pos += box.size < end - f->pos ? box.size : end - f->pos;
	}
	f->pos = start;
	return found;
}
