// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>
#include "base/str.h"
#include "filters/flist.h"

// Time between two looks at a source that gives no PID, and looks without activity before it is given up,
// when it is at its end and when it is not.
#define CHECK_MS 20
#define CHECKS_ENDED 10
#define CHECKS_STALLED 500

static Bool on_failure(GF_Filter *source, void *udta, GF_Err e)
{
	Flist *ctx = udta;
	(void)source;
	GF_LOG(GF_LOG_ERROR, GF_LOG_APP, ("[flist] %s: %s\n", ctx->entry.source, gf_error_to_string(e)));
	ctx->failed = GF_TRUE;
	gf_filter_post_process_task(ctx->filter);
	return GF_TRUE;
}

static const char *parent_url(const Flist *ctx)
{
	const PlaylistEntry *entry = &ctx->entry;
	return entry->base_url ? entry->base_url : ctx->list_url;
}

// The source with its byte range, as an URL with options. NULL when out of memory.
static char *source_url(const Flist *ctx, const char *source)
{
	const PlaylistEntry *entry = &ctx->entry;
	if (entry->cat || (!entry->range_start && !entry->range_end))
		return gf_strdup(source);
	StrBuf sb;
	sb_init(&sb);
	sb_addf(&sb, "%s:range=%llu-%llu", source, (unsigned long long)entry->range_start,
		(unsigned long long)entry->range_end);
	return sb_take(&sb);
}

// Remembers a filter to remove. It stays until then, whatever happens to its links.
static GF_Err keep(Flist *ctx, GF_Filter *filter, Bool is_origin)
{
	gf_filter_make_sticky(filter);
	if (is_origin) {
		gf_filter_set_setup_failure_callback(ctx->filter, filter, on_failure, ctx);
		if (gf_list_add(ctx->origins, filter))
			return GF_OUT_OF_MEM;
	}
	return gf_list_add(ctx->sources, filter);
}

// Loads the filters of a chain behind the source just loaded; those that feed no other feed this filter.
static GF_Err load_filters(Flist *ctx, const PlaylistChain *chain)
{
	u32 first = gf_list_count(ctx->sources) - 1; // place of the source
	GF_Err e = GF_OK;
	for (u32 i = 0; i < chain->nb_filters && !e; i++) {
		GF_Filter *from = gf_list_get(ctx->sources, first + i - chain->filters[i].back);
		GF_Filter *filter = gf_filter_load_filter(ctx->filter, chain->filters[i].filter, &e);
		if (!filter)
			return e ? e : GF_FILTER_NOT_FOUND;
		e = keep(ctx, filter, GF_FALSE);
		if (!e)
			e = gf_filter_set_source(filter, from, chain->filters[i].fragment);
		gf_filter_require_source_id(filter);
	}
	for (u32 i = 0; i <= chain->nb_filters && !e; i++) {
		Bool is_leaf = GF_TRUE;
		for (u32 j = i; j < chain->nb_filters; j++)
			if (j - chain->filters[j].back == i)
				is_leaf = GF_FALSE;
		if (is_leaf)
			e = gf_filter_set_source(ctx->filter, gf_list_get(ctx->sources, first + i), NULL);
	}
	return e;
}

static GF_Err load_chain(Flist *ctx, const PlaylistChain *chain)
{
	GF_Err e = GF_OK;
	char *url = source_url(ctx, chain->source);
	if (!url)
		return GF_OUT_OF_MEM;
	GF_Filter *source;
	if (chain->nb_filters) {
		source = gf_filter_add_source(ctx->filter, url, parent_url(ctx), GF_FALSE, &e);
		gf_filter_require_source_id(source);
	} else {
		source = gf_filter_connect_source(ctx->filter, url, parent_url(ctx), GF_FALSE, &e);
	}
	gf_free(url);
	if (!source)
		return e ? e : GF_URL_ERROR;
	e = keep(ctx, source, GF_TRUE);
	return e || !chain->nb_filters ? e : load_filters(ctx, chain);
}

static Bool has_input(const Flist *ctx)
{
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++)
		if (((FlistPid *)gf_list_get(ctx->pids, i))->ipid)
			return GF_TRUE;
	return GF_FALSE;
}

// Gives up an entry whose sources have no PID for us: at their end, or without doing anything for long. Runs
// while none came.
static Bool check_sources(GF_Filter *filter, void *udta, u32 *reschedule_ms)
{
	Flist *ctx = udta;
	u32 nb_ended = 0, nb = gf_list_count(ctx->origins);
	u64 nb_tasks = 0;
	ctx->watching = GF_FALSE;
	if (ctx->state != FLIST_OPENING || ctx->failed || has_input(ctx))
		return GF_FALSE;
	for (u32 i = 0; i < nb; i++) {
		GF_FilterStats stats;
		if (gf_filter_get_stats(gf_list_get(ctx->origins, i), &stats))
			continue;
		nb_tasks += stats.nb_tasks_done;
		nb_ended += stats.in_eos ? 1 : 0;
	}
	Bool idle = nb_tasks == ctx->nb_tasks && !gf_filter_connections_pending(filter);
	ctx->nb_checks = idle ? ctx->nb_checks + 1 : 0;
	ctx->nb_tasks = nb_tasks;
	if (ctx->nb_checks >= (nb_ended == nb ? CHECKS_ENDED : CHECKS_STALLED)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_APP, ("[flist] %s: no stream that can be used\n", ctx->entry.source));
		ctx->failed = GF_TRUE;
		gf_filter_post_process_task(filter);
		return GF_FALSE;
	}
	ctx->watching = GF_TRUE;
	*reschedule_ms = CHECK_MS;
	return GF_TRUE;
}

// Continues the source in place with the bytes of another, for the directive `cat`.
static GF_Err switch_source(Flist *ctx)
{
	const PlaylistEntry *entry = &ctx->entry;
	char *url = gf_url_concatenate(parent_url(ctx), entry->source);
	if (!url)
		return GF_URL_ERROR;
	GF_FilterEvent event;
	GF_FEVT_INIT(event, GF_FEVT_SOURCE_SWITCH, NULL);
	event.seek.source_switch = url;
	event.seek.start_offset = entry->range_start;
	event.seek.end_offset = entry->range_end;
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++) {
		FlistPid *pid = gf_list_get(ctx->pids, i);
		if (!pid->ipid)
			continue;
		gf_filter_pid_clear_eos(pid->ipid, GF_TRUE);
		pid->done = pid->dead;
		if (pid->dead || pid->input_playing)
			continue;
		gf_filter_pid_set_discard(pid->ipid, GF_FALSE);
		flist_play_input(ctx, pid);
	}
	gf_filter_send_event(gf_list_get(ctx->origins, 0), &event, GF_FALSE);
	gf_free(url);
	return GF_OK;
}

static GF_Err load_sources(Flist *ctx)
{
	PlaylistChain *chains;
	u32 nb;
	GF_Err e = playlist_split(ctx->entry.source, &chains, &nb);
	if (e)
		return e;
	gf_filter_reset_source(ctx->filter);
	for (u32 i = 0; i < nb && !e; i++)
		e = load_chain(ctx, &chains[i]);
	playlist_chains_del(chains, nb);
	return e;
}

GF_Err flist_open_entry(Flist *ctx)
{
	const PlaylistEntry *entry = &ctx->entry;
	ctx->failed = GF_FALSE;
	ctx->nb_checks = 0;
	if (entry->splice) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_APP,
			("[flist] %s: splicing (out, in, keep, mark, sprops) is not supported, entry skipped\n",
				entry->source));
		return GF_NOT_SUPPORTED;
	}
	Bool in_place = entry->cat && gf_list_count(ctx->origins) == 1;
	if (!in_place)
		flist_close_sources(ctx);
	GF_Err e = in_place ? switch_source(ctx) : load_sources(ctx);
	if (e) {
		GF_LOG(
			GF_LOG_ERROR, GF_LOG_APP, ("[flist] cannot play %s: %s\n", entry->source, gf_error_to_string(e)));
		return e;
	}
	if (!ctx->watching && !in_place) {
		ctx->watching = GF_TRUE;
		e = gf_filter_post_task(ctx->filter, check_sources, ctx, "flist_check");
	}
	return e;
}

static void delete_files(Flist *ctx)
{
	PlaylistChain *chains;
	u32 nb;
	if (playlist_split(ctx->entry.source, &chains, &nb))
		return;
	for (u32 i = 0; i < nb; i++) {
		char *url = gf_url_concatenate(parent_url(ctx), chains[i].source);
		GF_Err e = url ? gf_file_delete(url) : GF_OUT_OF_MEM;
		if (e)
			GF_LOG(GF_LOG_WARNING, GF_LOG_APP,
				("[flist] cannot delete %s: %s\n", chains[i].source, gf_error_to_string(e)));
		gf_free(url);
	}
	playlist_chains_del(chains, nb);
}

void flist_remove_played(Flist *ctx)
{
	if (ctx->has_current && !ctx->repeats_left && !ctx->loops_left && (ctx->fdel || ctx->entry.remove))
		delete_files(ctx);
}

void flist_close_sources(Flist *ctx)
{
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++)
		((FlistPid *)gf_list_get(ctx->pids, i))->ipid = NULL;
	while (gf_list_count(ctx->sources))
		gf_filter_remove(gf_list_pop_back(ctx->sources));
	gf_list_reset(ctx->origins);
}
