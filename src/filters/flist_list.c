// SPDX-License-Identifier: MIT
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include "base/array.h"
#include "filters/flist.h"

// ---- Option srcs

typedef struct {
	char *path;
	u64 size, date;
} Item;

typedef struct {
	Item *items;
	u32 nb, alloc;
	const char *patterns; // separated by `;`, NULL for all files
	GF_Err error;
} Items;

static GF_Err add_item(Items *items, const char *path, u64 size, u64 date)
{
	if (array_reserve(&items->items, &items->alloc, items->nb, 1, sizeof(*items->items)))
		return GF_OUT_OF_MEM;
	char *copy = gf_strdup(path);
	if (!copy)
		return GF_OUT_OF_MEM;
	items->items[items->nb++] = (Item){.path = copy, .size = size, .date = date};
	return GF_OK;
}

static Bool matches(const char *name, const char *patterns)
{
	char pattern[256];
	for (const char *p = patterns; p && *p;) {
		size_t length = strcspn(p, ";");
		if (length < sizeof(pattern)) {
			memcpy(pattern, p, length);
			pattern[length] = 0;
			if (!fnmatch(pattern, name, FNM_CASEFOLD))
				return GF_TRUE;
		}
		p += length + (p[length] ? 1 : 0);
	}
	return !patterns;
}

static Bool on_file(void *udta, char *name, char *path, GF_FileEnumInfo *info)
{
	Items *items = udta;
	if (info->hidden || info->directory || name[0] == '.' || !matches(name, items->patterns))
		return GF_FALSE;
	items->error = add_item(items, path, info->size, info->last_modified);
	return items->error != 0;
}

static GF_Err add_directory(Items *items, const char *directory, const char *patterns)
{
	items->patterns = patterns;
	GF_Err e = gf_enum_directory(directory, GF_FALSE, on_file, items, NULL);
	return e ? e : items->error;
}

static GF_Err add_file(Items *items, const char *path)
{
	u64 size = 0, date = 0;
	if (!strstr(path, "://") && gf_file_exists(path)) {
		FILE *file = gf_fopen(path, "rb");
		size = file ? gf_fsize(file) : 0;
		date = gf_file_modification_time(path);
		if (file)
			gf_fclose(file);
	}
	return add_item(items, path, size, date);
}

// A directory, patterns in a directory (`dir/*.png;*.jpg`), or a file.
static GF_Err add_source(Items *items, const char *source)
{
	if (strstr(source, "://"))
		return add_item(items, source, 0, 0);
	if (gf_dir_exists(source))
		return add_directory(items, source, NULL);
	if (gf_file_exists(source) || !strpbrk(source, "*?;"))
		return add_file(items, source);
	char *directory = gf_strdup(source);
	if (!directory)
		return GF_OUT_OF_MEM;
	char *slash = strrchr(directory, '/');
	const char *patterns = slash ? slash + 1 : source;
	if (slash)
		*slash = 0;
	GF_Err e = add_directory(items, !slash ? "." : slash == directory ? "/" : directory, patterns);
	gf_free(directory);
	return e;
}

static int by_name(const void *a, const void *b)
{
	const Item *x = a, *y = b;
	size_t lx = strlen(x->path), ly = strlen(y->path);
	return lx != ly ? (lx < ly ? -1 : 1) : strcmp(x->path, y->path);
}

static int by_size(const void *a, const void *b)
{
	const Item *x = a, *y = b;
	return x->size != y->size ? (x->size < y->size ? -1 : 1) : by_name(a, b);
}

static int by_date(const void *a, const void *b)
{
	const Item *x = a, *y = b;
	return x->date != y->date ? (x->date < y->date ? -1 : 1) : by_name(a, b);
}

static void sort_items(const Flist *ctx, Items *items)
{
	static int (*const compare[])(const void *, const void *) = {NULL, by_name, by_size, by_date, by_date};
	if (ctx->fsort != SORT_NO && items->nb)
		qsort(items->items, items->nb, sizeof(Item), compare[ctx->fsort]);
	for (u32 i = 0; ctx->revert && i < items->nb / 2; i++) {
		Item swap = items->items[i];
		items->items[i] = items->items[items->nb - 1 - i];
		items->items[items->nb - 1 - i] = swap;
	}
}

GF_Err flist_make_list(Flist *ctx)
{
	Items items = {0};
	GF_Err e = GF_OK;
	for (u32 i = 0; i < ctx->srcs.nb_items && !e; i++) {
		e = add_source(&items, ctx->srcs.vals[i]);
		if (e)
			GF_LOG(GF_LOG_ERROR, GF_LOG_APP,
				("[flist] cannot list %s: %s\n", ctx->srcs.vals[i], gf_error_to_string(e)));
	}
	if (!e && !items.nb) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_APP, ("[flist] no file matches the option srcs\n"));
		e = GF_URL_ERROR;
	}
	sort_items(ctx, &items);
	if (!e && ctx->fsort == SORT_DATEX && !(ctx->dates = gf_calloc(items.nb, sizeof(u64))))
		e = GF_OUT_OF_MEM;
	for (u32 i = 0; i < items.nb; i++) {
		if (!e)
			e = playlist_add(&ctx->list, items.items[i].path);
		if (!e && ctx->dates)
			ctx->dates[i] = items.items[i].date;
		gf_free(items.items[i].path);
	}
	gf_free(items.items);
	ctx->list.ended = ctx->list.complete = GF_TRUE;
	return e;
}

GF_Fraction flist_frame_duration(const Flist *ctx)
{
	if (!ctx->dates)
		return ctx->fdur;
	u32 next = ctx->current + 1;
	if (next >= ctx->list.nb_entries || ctx->dates[next] <= ctx->dates[ctx->current])
		return ctx->fdur;
	u64 ms = (ctx->dates[next] - ctx->dates[ctx->current]) / 1000;
	return ms && ms < 0x7FFFFFFF ? (GF_Fraction){(s32)ms, 1000} : ctx->fdur;
}

// ---- Playlist

Bool flist_playlist_changed(const Flist *ctx)
{
	return ctx->list_path && gf_file_modification_time(ctx->list_path) != ctx->list_date;
}

// Index in `list` of the entry being played: at the same place, else the first equal one.
static Bool find_current(const Flist *ctx, const Playlist *list, u32 *index)
{
	const PlaylistEntry *entry = &ctx->entry;
	if (ctx->current < list->nb_entries && playlist_same_entry(&list->entries[ctx->current], entry)) {
		*index = ctx->current;
		return GF_TRUE;
	}
	for (u32 i = 0; i < list->nb_entries; i++) {
		if (playlist_same_entry(&list->entries[i], entry)) {
			*index = i;
			return GF_TRUE;
		}
	}
	return GF_FALSE;
}

static void apply_globals(Flist *ctx)
{
	const Playlist *list = &ctx->list;
	if (list->has_refresh)
		ctx->ka = list->refresh_ms;
	if (list->has_loop && ctx->floop != list->loop)
		ctx->floop = ctx->loops_left = list->loop;
	if (list->has_raw) {
		const char *raw = list->raw ? list->raw : "av";
		ctx->raw = !strcmp(raw, "a")    ? RAW_A
				   : !strcmp(raw, "v")  ? RAW_V
				   : !strcmp(raw, "no") ? RAW_NO
										: RAW_AV;
	}
}

static void replace_list(Flist *ctx, Playlist *list)
{
	u32 index;
	if (ctx->has_current) {
		ctx->has_current = find_current(ctx, list, &index);
		ctx->current = ctx->has_current ? index : 0;
	}
	playlist_reset(&ctx->list);
	ctx->list = *list;
	ctx->last_change_us = gf_sys_clock_high_res();
	apply_globals(ctx);
}

// Bytes up to the end of the last whole line.
static u32 whole_lines(const u8 *data, u32 size)
{
	const u8 *end = size ? memrchr(data, '\n', size) : NULL;
	return end ? (u32)(end - data) + 1 : 0;
}

static GF_Err parse(Flist *ctx, const u8 *data, u32 size)
{
	Playlist list = {0};
	GF_Err e = playlist_parse(data, size, &list);
	// In keep-alive mode a line without its end is still being written.
	if (!e && (ctx->ka || list.refresh_ms) && !list.complete && !list.ended) {
		playlist_reset(&list);
		e = playlist_parse(data, whole_lines(data, size), &list);
	}
	if (e) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_APP,
			("[flist] cannot read the playlist %s: %s\n", ctx->list_url ? ctx->list_url : "",
				gf_error_to_string(e)));
		return e;
	}
	replace_list(ctx, &list);
	return GF_OK;
}

GF_Err flist_load_playlist(Flist *ctx)
{
	if (!ctx->list_path)
		return parse(ctx, ctx->received, ctx->nb_received);
	u8 *data = NULL;
	u32 size = 0;
	ctx->list_date = gf_file_modification_time(ctx->list_path);
	GF_Err e = gf_file_load_data(ctx->list_path, &data, &size);
	if (e)
		GF_LOG(GF_LOG_ERROR, GF_LOG_APP,
			("[flist] cannot open the playlist %s: %s\n", ctx->list_path, gf_error_to_string(e)));
	else
		e = parse(ctx, data, size);
	gf_free(data);
	return e;
}

// ---- Next entry

void flist_restart(Flist *ctx)
{
	ctx->has_current = GF_FALSE;
	ctx->current = 0;
	ctx->loops_left = ctx->floop;
	ctx->nb_failed = 0;
	ctx->join = (FlistTime){0, 1};
	ctx->first_entry = GF_TRUE;
	ctx->state = FLIST_IDLE;
}

static Bool count_down(s32 *left)
{
	if (!*left)
		return GF_FALSE;
	if (*left > 0)
		--*left;
	return GF_TRUE;
}

GF_Err flist_next_entry(Flist *ctx)
{
	// An entry that cannot be played is not repeated.
	if (ctx->has_current && !ctx->nb_failed && count_down(&ctx->repeats_left))
		return GF_OK;
	if (flist_playlist_changed(ctx))
		flist_load_playlist(ctx);
	u32 next = ctx->has_current ? ctx->current + 1 : 0;
	if (next >= ctx->list.nb_entries) {
		if (!ctx->list.nb_entries || ctx->nb_failed >= ctx->list.nb_entries || !count_down(&ctx->loops_left))
			return GF_EOS;
		next = 0;
	}
	GF_Err e = playlist_copy_entry(&ctx->list.entries[next], &ctx->entry);
	if (e)
		return e;
	ctx->current = next;
	ctx->has_current = GF_TRUE;
	ctx->repeats_left = ctx->entry.repeat;
	return GF_OK;
}
