// SPDX-License-Identifier: MIT
// Explanations of links that could not be made, in words.

#include <gpac/explain.h>
#include "base/str.h"
#include "graph/chain_search.h"
#include "graph/link.h"

static const char *label(const GF_Filter *f)
{
	return f->name ? f->name : f->reg->name;
}

// "wants CodecID avc and the PID has aac"
static void add_mismatch(StrBuf *sb, const CapMismatch *why)
{
	if (why->loaded_only) {
		sb_add(sb, "only takes this PID when loaded explicitly");
		return;
	}
	const char *name = why->code ? gf_props_4cc_get_name(why->code) : why->name;
	if (!name) {
		sb_add(sb, "takes no input");
		return;
	}
	if (why->code == GF_PROP_PID_FAKE) {
		sb_add(sb, "does not take PIDs that deliver nothing (Fake)");
		return;
	}
	if (why->code == GF_PROP_PID_FILE_EXT || why->code == GF_PROP_PID_MIME)
		name = "Extension or MIMEType";
	sb_addf(sb, "wants %s %s and the PID has %s", name, why->wanted, why->missing ? "none" : why->found);
}

static void add_route(StrBuf *sb, const ChainSearch *s, u32 state)
{
	for (; state != SEARCH_DEST; state = s->states[state].next)
		sb_addf(sb, "%s, ", search_register(s, state)->name);
	sb_add(sb, label(s->dst));
}

// Among the filters from which the destination can be reached, the one that the PID misses by least.
// SEARCH_DEST when all take other kinds of media.
static u32 closest_state(const ChainSearch *s, CapMismatch *why)
{
	u32 best = SEARCH_DEST, best_close = 1; // a PID of another kind of media does not count as close
	for (u32 i = 1; i < s->nb_states; i++) {
		const SearchState *state = &s->states[i];
		CapMismatch found;
		u32 bundle = s->graph->bundles[state->bundle].index;
		if (caps_match(s->pid, search_register(s, i), NULL, (s32)bundle, NULL, &found))
			continue;
		u32 close = caps_closeness(&found);
		if (close > best_close || (best && close == best_close && state->dist < s->states[best].dist)) {
			best = i;
			best_close = close;
			*why = found;
		}
	}
	return best;
}

// "fout (Extension mp4)"
static void add_dest(StrBuf *sb, const GF_Filter *dst)
{
	static const u32 codes[] = {GF_PROP_PID_FILE_EXT, GF_PROP_PID_MIME};
	sb_add(sb, label(dst));
	u32 nb_caps;
	const GF_FilterCapability *caps = filter_caps(dst, &nb_caps);
	for (u32 i = 0; i < 2; i++) {
		const GF_PropertyValue *val = caps_value(caps, nb_caps, codes[i], GF_CAPFLAG_INPUT);
		// a filter of an application may have a value of another type
		if (!val || gf_props_get_base_type(val->type) != GF_PROP_STRING || !val->value.string)
			continue;
		sb_addf(sb, " (%s %s)", gf_props_4cc_get_name(codes[i]), val->value.string);
		return;
	}
}

static void add_closest(StrBuf *sb, const ChainSearch *s)
{
	CapMismatch why = {0};
	if (caps_match(s->pid, s->dst->reg, s->dst, s->dest_bundle, NULL, &why)) {
		sb_addf(sb, "%s takes the PID, but only remultiplexed", label(s->dst));
	} else {
		sb_addf(sb, "%s ", label(s->dst));
		add_mismatch(sb, &why);
	}
	u32 state = closest_state(s, &why);
	if (state == SEARCH_DEST) {
		const char *type =
			s->pid_type > 0 ? gf_stream_type_name((u32)s->pid_type) : "PIDs without StreamType";
		sb_addf(sb, ", and no chain of filters leads from %s to ", type);
		add_dest(sb, s->dst);
		return;
	}
	sb_add(sb, "; the closest chain is ");
	add_route(sb, s, state);
	sb_addf(sb, ", but %s ", search_register(s, state)->name);
	add_mismatch(sb, &why);
}

// Finds the limit that, lifted, makes the link possible.
static GF_Err explain_search(StrBuf *sb, ChainSearch *s)
{
	u32 max_filters = s->max_filters;
	if (s->dest_type && s->pid_type > 0 && s->pid_type != GF_STREAM_FILE && s->pid_type != s->dest_type) {
		sb_addf(sb, "%s was loaded to encode %s and the PID has %s", label(s->dst),
			gf_stream_type_name((u32)s->dest_type), gf_stream_type_name((u32)s->pid_type));
		return GF_OK;
	}
	GF_Err e = search_run(s, GF_TRUE);
	if (e)
		return e;
	if (s->found) {
		sb_add(sb, "the PID can be linked through ");
		add_route(sb, s, s->first);
		return GF_OK;
	}

	search_restart(s);
	s->max_filters = 0xFFFFFFFF;
	e = search_run(s, GF_TRUE);
	if (e)
		return e;
	if (s->found) {
		u32 nb = s->states[s->first].nb_filters;
		sb_addf(sb, "%u filters are needed (", nb);
		add_route(sb, s, s->first);
		sb_addf(sb, ") and max-chain allows %u", max_filters);
		return GF_OK;
	}

	search_restart(s);
	s->max_filters = max_filters;
	s->refused[0] = s->refused[1] = NULL;
	e = search_run(s, GF_TRUE);
	if (e)
		return e;
	if (s->found) {
		sb_add(sb, "the only chain (");
		add_route(sb, s, s->first);
		sb_add(sb, ") uses a filter that refused the PID before");
		return GF_OK;
	}
	add_closest(sb, s);
	return GF_OK;
}

char *resolve_explain(OutPid *pid, GF_Filter *dst)
{
	StrBuf sb;
	sb_init(&sb);
	ChainSearch s;
	if (search_init(&s, pid, dst))
		return NULL;
	s.not_direct = link_forces_remux(pid, dst);
	GF_Err e = explain_search(&sb, &s);
	search_reset(&s);
	if (e) {
		sb_reset(&sb);
		return NULL;
	}
	return sb_take(&sb);
}

// ---- gf_filter_why_not

// Why one PID does not reach `dst`, added to `sb`; nothing when it could.
static void explain_pid(StrBuf *sb, OutPid *pid, GF_Filter *dst)
{
	LinkPass lp = {.pid = pid, .src = pid->head.filter};
	lp.implicit = !fs_flag(lp.src->fs, GF_FS_FLAG_NO_IMPLICIT);
	for (u32 i = 0; i < gf_list_count(pid->dests); i++) {
		const GF_Filter *linked = ((InPid *)gf_list_get(pid->dests, i))->head.filter;
		lp.linked_sink |= link_is_sink(linked);
		lp.linked_non_sink |= !link_is_sink(linked) && !linked->link.source_ids;
	}
	const char *rejected = link_rejects(&lp, dst);
	Bool remux = link_forces_remux(pid, dst);
	if (!rejected && !remux && caps_match(pid, dst->reg, dst, -1, NULL, NULL))
		return;
	if (!rejected && !remux && link_needs_explicit(pid, dst))
		rejected = "it takes another kind of media: load the filter that converts explicitly";
	Chain chain = {0};
	ResolveOptions opts = {.not_direct = remux};
	if (!rejected && resolve_chain(pid, dst, &opts, &chain) == GF_OK) {
		chain_reset(&chain);
		return;
	}
	if (sb->len)
		sb_addc(sb, '\n');
	sb_addf(sb, "PID %s of %s is not linked to %s: ", pid->name ? pid->name : "?", label(lp.src), label(dst));
	if (rejected) {
		sb_add(sb, rejected);
		return;
	}
	char *why = resolve_explain(pid, dst);
	sb_add(sb, why ? why : "no filter chain found");
	gf_free(why);
}

char *gf_filter_why_not(GF_Filter *src, GF_Filter *dst)
{
	if (!src || !dst)
		return gf_strdup("a filter is missing (NULL)");
	if (src->fs != dst->fs)
		return gf_strdup("the filters belong to different sessions");
	if (src != dst && link_reaches(src, dst))
		return NULL;
	StrBuf sb;
	sb_init(&sb);
	u32 nb = gf_list_count(src->outputs);
	if (!nb) {
		sb_addf(&sb, "%s has no output PID%s", label(src),
			filter_has_out_caps(src) ? " yet: run the session until it declares one" : ", it is a sink");
	}
	for (u32 i = 0; i < nb; i++) {
		size_t before = sb.len;
		explain_pid(&sb, gf_list_get(src->outputs, i), dst);
		if (sb.len == before && !sb.failed) { // this one can be linked
			sb_reset(&sb);
			return NULL;
		}
	}
	return sb_take(&sb);
}
