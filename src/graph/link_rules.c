// SPDX-License-Identifier: MIT
// Which filters may not take a PID (graph chapter 3.5 "Candidate rejection", 3.13).
#include "graph/fragment.h"
#include "graph/link.h"

Bool link_is_sink(const GF_Filter *f)
{
	if (filter_is_sink_kind(f))
		return GF_TRUE;
	return f->kind == FILTER_DYNAMIC && f->link.for_sink;
}

// The same filter, or a clone of it or with it.
static Bool is_family(const GF_Filter *a, const GF_Filter *b)
{
	const GF_Filter *first = a->link.clone_of ? a->link.clone_of : a;
	return first == (b->link.clone_of ? b->link.clone_of : b);
}

// Each filter is looked at once in a walk.
static Bool reaches(GF_Filter *from, const GF_Filter *to, Bool family)
{
	if (from == to || (family && is_family(from, to)))
		return GF_TRUE;
	if (from->walk == from->fs->walk)
		return GF_FALSE;
	from->walk = from->fs->walk;
	u32 nb = gf_list_count(from->outputs);
	for (u32 i = 0; i < nb; i++) {
		const OutPid *pid = gf_list_get(from->outputs, i);
		u32 nb_dst = gf_list_count(pid->dests);
		for (u32 j = 0; j < nb_dst; j++) {
			if (reaches(((InPid *)gf_list_get(pid->dests, j))->head.filter, to, family))
				return GF_TRUE;
		}
	}
	// A filter just loaded for a destination will reach it.
	return from->kind == FILTER_DYNAMIC && gf_list_find(from->link.dests, (void *)to) >= 0;
}

Bool link_reaches(const GF_Filter *from, const GF_Filter *to)
{
	from->fs->walk++;
	return reaches((GF_Filter *)from, to, GF_FALSE);
}

const char *link_source_id(const GF_Filter *f)
{
	if (f->link.clone_of)
		f = f->link.clone_of;
	if (!f->subsource && f->id)
		return f->id;
	for (u32 depth = 0; f && depth < MAX_GRAPH_DEPTH; depth++) {
		if (f->id)
			return f->id;
		if (f->kind == FILTER_EXPLICIT)
			return NULL;
		const InPid *in = gf_list_get(f->inputs, 0);
		f = in ? in->pid->head.filter : NULL;
	}
	return NULL;
}

Bool link_accepts_more_inputs(const GF_Filter *f)
{
	u32 nb = gf_list_count(f->inputs);
	return !nb || f->link.max_extra_pids == 0xFFFFFFFFu || nb <= f->link.max_extra_pids;
}

// The PID comes to the filter, or to a clone made for it, already.
static Bool feeds(const OutPid *pid, const GF_Filter *dst)
{
	dst->fs->walk++;
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		if (reaches(((InPid *)gf_list_get(pid->dests, i))->head.filter, dst, GF_TRUE))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool in_list(GF_List *list, const GF_Filter *f)
{
	return gf_list_find(list, (void *)f) >= 0;
}

static u32 media_type(const OutPid *pid)
{
	u32 type = out_pid_stream_type(pid);
	if (type == GF_STREAM_ENCRYPTED) {
		const GF_PropertyValue *p = out_pid_prop(pid, GF_PROP_PID_ORIG_STREAM_TYPE);
		if (p)
			type = p->value.uint;
	}
	return type;
}

// What the destination itself forbids, whatever the PID carries.
static const char *state_rejects(const LinkPass *lp, const GF_Filter *d)
{
	const GF_Filter *f = lp->src;
	if (d == f || d->state != FILTER_ALIVE || d->kind == FILTER_TEMPORARY)
		return "it is not linkable";
	if (filter_is_source(d) || !d->reg->configure_pid)
		return "it takes no input";
	if (d->link.requester == f || (d->kind == FILTER_DYNAMIC && in_list(d->link.dests, f)))
		return "it was loaded for the producer";
	if (d->reg == f->reg && !(f->kind == FILTER_EXPLICIT &&
			(d->reg->flags & (GF_FS_REG_ALLOW_CYCLIC | GF_FS_REG_SCRIPT | GF_FS_REG_CUSTOM))))
		return "it is of the same register as the producer";
	if (gf_list_find(f->link.blacklist, (void *)d->reg) >= 0)
		return "its register refused the PID before";
	u32 type = media_type(lp->pid);
	if (d->link.encoder_codec && type != GF_STREAM_UNKNOWN && type != GF_STREAM_FILE &&
		type != gf_codecid_type(d->link.encoder_codec))
		return "it encodes another type of media";
	return NULL;
}

static const char *mode_rejects(const LinkPass *lp, const GF_Filter *d)
{
	const GF_Filter *f = lp->src;
	if ((lp->pid->require_source_id || f->link.require_source_id) && !d->link.source_ids)
		return "the producer only links to filters that name it as source";
	if (!lp->implicit || d->link.source_ids)
		return NULL;
	if (lp->linked_sink && !link_is_sink(d))
		return "a sink was linked already";
	if (lp->linked_non_sink && !(link_is_sink(d) && in_list(f->link.dests, d)))
		return "another filter was linked already";
	return NULL;
}

// Whether a filter loaded the source of a chain for itself.
static Bool is_source_reserved(const GF_Filter *f)
{
	while (f->kind == FILTER_DYNAMIC && gf_list_count(f->inputs))
		f = ((InPid *)gf_list_get(f->inputs, 0))->pid->head.filter;
	return gf_list_count(f->link.dests) != 0;
}

// A demultiplexer loaded for the first filter in order: what that one does not take goes to the others, as if the
// PIDs were those of the source.
static Bool stands_for_source(const LinkPass *lp, const GF_Filter *d)
{
	const GF_Filter *f = lp->src;
	u32 nb = gf_list_count(f->link.dest_links);
	if (!lp->implicit || f->kind != FILTER_DYNAMIC || f->link.next || !nb || d->kind != FILTER_EXPLICIT)
		return GF_FALSE;
	for (u32 i = 0; i < nb; i++) {
		if (link_is_sink(gf_list_get(f->link.dest_links, i)))
			return GF_FALSE;
	}
	return !is_source_reserved(f);
}

static const char *dest_list_rejects(const LinkPass *lp, const GF_Filter *d)
{
	const GF_Filter *f = lp->src;
	if (f->link.requester)
		return d == f->link.requester ? NULL : "the producer was loaded to adapt the input of another filter";
	// What a muxer made for one sink is for no other, whatever source IDs that one has.
	if (f->link.for_sink && !in_list(f->link.dests, d))
		return "the producer was loaded for another sink";
	if (gf_list_count(f->link.dests) && !in_list(f->link.dests, d) && !stands_for_source(lp, d) &&
		(!d->link.source_ids || !link_accepts_more_inputs(d)))
		return "the producer was loaded for another destination";
	if (lp->pass && gf_list_count(f->link.dest_links) && !in_list(f->link.dest_links, d) && !d->link.source_ids &&
		!in_list(lp->forced, d) && !in_list(lp->possible, d))
		return "the producer was loaded for another destination";
	if (d->kind == FILTER_DYNAMIC && f->link.next != d) {
		if (f->link.next || (gf_list_count(d->inputs) && !d->link.max_extra_pids))
			return "it was loaded for another PID";
		if (!gf_list_count(d->inputs) && !in_list(f->link.dests, d))
			return "it was loaded for another PID";
	}
	if (f->kind == FILTER_DYNAMIC && f->link.next && f->link.next != d && !d->link.source_ids)
		return "the producer was loaded in front of another filter";
	if (d->kind == FILTER_ADAPTATION)
		return "it adapts another PID";
	return NULL;
}

// The filter, or one of its family, is `f` or in front of it. Each filter is looked at once in a walk.
static Bool family_in_front(GF_Filter *f, const GF_Filter *dst)
{
	if (is_family(f, dst))
		return GF_TRUE;
	if (f->walk == f->fs->walk)
		return GF_FALSE;
	f->walk = f->fs->walk;
	u32 nb = gf_list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		if (family_in_front(((InPid *)gf_list_get(f->inputs, i))->pid->head.filter, dst))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// What passed one filter of a family, or will, passes no other one.
static Bool is_clone_relative(GF_Filter *f, const GF_Filter *d)
{
	if (d->link.clone_of && link_reaches(f, d->link.clone_of))
		return GF_TRUE;
	f->fs->walk++;
	return family_in_front(f, d);
}

// Along inserted filters only.
static Bool chain_reaches(const GF_Filter *from, const GF_Filter *to)
{
	if (from == to || from->kind != FILTER_DYNAMIC)
		return from == to;
	u32 nb = gf_list_count(from->outputs);
	for (u32 i = 0; i < nb; i++) {
		const OutPid *pid = gf_list_get(from->outputs, i);
		u32 nb_dst = gf_list_count(pid->dests);
		for (u32 j = 0; j < nb_dst; j++) {
			if (chain_reaches(((InPid *)gf_list_get(pid->dests, j))->head.filter, to))
				return GF_TRUE;
		}
	}
	return in_list(from->link.dests, to);
}

// The producer was inserted for another destination, and what comes to it comes to the filter without it.
static Bool feeds_beside(const GF_Filter *src, const GF_Filter *dst)
{
	if (in_list(src->link.dests, dst) || src->link.requester)
		return GF_FALSE;
	while (src->kind == FILTER_DYNAMIC && gf_list_count(src->inputs)) {
		const OutPid *pid = ((InPid *)gf_list_get(src->inputs, 0))->pid;
		u32 nb = gf_list_count(pid->dests);
		for (u32 i = 0; i < nb; i++) {
			const GF_Filter *other = ((InPid *)gf_list_get(pid->dests, i))->head.filter;
			if (other != src && chain_reaches(other, dst))
				return GF_TRUE;
		}
		src = pid->head.filter;
	}
	return GF_FALSE;
}

// Two dynamic filters of one origin must not feed the same filter twice by the same PID.
static const char *cycle_rejects(const LinkPass *lp, const GF_Filter *d)
{
	if (filter_in_parents(lp->src, d))
		return "it is in front of the producer (a cycle)";
	if (is_clone_relative(lp->src, d))
		return "it is a clone of a filter in front of the producer";
	if (feeds(lp->pid, d))
		return "it gets the PID already";
	if (feeds_beside(lp->src, d))
		return "it gets what the PID is made from already";
	return NULL;
}

const char link_ids_differ[] = "its source IDs do not name the PID";

static const char *id_rejects(LinkPass *lp, const GF_Filter *d)
{
	const GF_Filter *f = lp->src;
	if (d->link.source_ids) {
		if (sid_match(d->link.source_ids, link_source_id(f), lp->pid) != SID_NO)
			return NULL;
		lp->excluded_by_id = GF_TRUE;
		return link_ids_differ;
	}
	if (f->subsession != d->subsession)
		return "it belongs to another sub-session";
	if (!f->id && f->subsource && d->subsource && f->subsource != d->subsource)
		return "it belongs to another source of the sub-session";
	return NULL;
}

// A filter that was loaded in front of `d` and did not come to it yet.
static Bool is_on_the_way(const GF_Filter *f, const GF_Filter *d)
{
	if (f->kind != FILTER_DYNAMIC || f->state != FILTER_ALIVE || f->link.next != d)
		return GF_FALSE;
	u32 nb = gf_list_count(f->outputs);
	Bool waits = !nb;
	for (u32 i = 0; i < nb; i++)
		waits |= ((OutPid *)gf_list_get(f->outputs, i))->init_pending;
	return waits;
}

// The chain that was loaded for another PID has the only input of `d`.
static Bool is_taken(const LinkPass *lp, const GF_Filter *d)
{
	if (!link_accepts_more_inputs(d))
		return GF_TRUE;
	u32 nb = d->link.max_extra_pids ? 0 : gf_list_count(d->fs->filters);
	for (u32 i = 0; i < nb; i++) {
		const GF_Filter *f = gf_list_get(d->fs->filters, i);
		if (f != lp->src && is_on_the_way(f, d))
			return GF_TRUE;
	}
	return GF_FALSE;
}

const char link_is_full[] = "it takes no more inputs and may not be cloned";

const char *link_rejects(LinkPass *lp, GF_Filter *d)
{
	const char *why = state_rejects(lp, d);
	if (!why)
		why = mode_rejects(lp, d);
	if (!why)
		why = dest_list_rejects(lp, d);
	if (!why)
		why = cycle_rejects(lp, d);
	if (!why)
		why = id_rejects(lp, d);
	if (!why && d->link.clonable == CLONE_NO && is_taken(lp, d))
		why = link_is_full;
	return why;
}

// ---- conversions that only listed filters may do

typedef struct {
	Bool any_input;     // a bundle names no stream type: takes all
	Bool takes_type, takes_file, excludes_type;
	Bool takes_visual_raw;
	u32 out_type;       // single media type of the outputs
	Bool out_several;
} TypeCaps;

static void read_type_caps(const GF_Filter *d, u32 type, TypeCaps *t)
{
	u32 nb;
	const GF_FilterCapability *caps = filter_caps(d, &nb);
	Bool named = GF_FALSE, has_input = GF_FALSE, excludes_other = GF_FALSE, excludes_type = GF_FALSE;
	for (u32 i = 0; i <= nb; i++) {
		const GF_FilterCapability *c = i < nb ? &caps[i] : NULL;
		if (!c || !(c->flags & GF_CAPFLAG_IN_BUNDLE)) {
			t->any_input |= has_input && !named;
			t->takes_type |= excludes_other && !excludes_type;
			t->excludes_type |= excludes_type;
			named = has_input = excludes_other = excludes_type = GF_FALSE;
			continue;
		}
		has_input |= (c->flags & GF_CAPFLAG_INPUT) != 0;
		if (c->code != GF_PROP_PID_STREAM_TYPE)
			continue;
		u32 v = c->val.value.uint;
		if (c->flags & GF_CAPFLAG_INPUT) {
			named = GF_TRUE;
			if (c->flags & GF_CAPFLAG_EXCLUDED) {
				excludes_type |= v == type;
				excludes_other |= v != type;
			} else {
				t->takes_type |= v == type;
				t->takes_file |= v == GF_STREAM_FILE;
				t->takes_visual_raw |= v == GF_STREAM_VISUAL;
			}
		}
		Bool media_out = (c->flags & GF_CAPFLAG_OUTPUT) && !(c->flags & GF_CAPFLAG_EXCLUDED) && v != GF_STREAM_FILE &&
			v != GF_STREAM_ENCRYPTED;
		if (media_out) {
			t->out_several |= t->out_type && t->out_type != v;
			t->out_type = v;
		}
	}
}

Bool link_needs_explicit(OutPid *pid, GF_Filter *dst)
{
	u32 type = media_type(pid);
	if (type == GF_STREAM_UNKNOWN)
		return GF_TRUE;
	if (type == GF_STREAM_FILE)
		return GF_FALSE;
	TypeCaps t = {0};
	read_type_caps(dst, type, &t);
	if (t.any_input)
		return GF_FALSE;
	if (t.excludes_type && !t.takes_type) // another bundle may take it
		return GF_TRUE;
	Bool scene_like = type == GF_STREAM_TEXT || type == GF_STREAM_SCENE || type == GF_STREAM_OD;
	if (!t.takes_type && !t.takes_file && !(scene_like && t.takes_visual_raw))
		return GF_TRUE;
	return t.out_type && !t.out_several && t.out_type != type && !(dst->reg->flags & GF_FS_REG_EXPLICIT_ONLY);
}

// ---- file copies

Bool link_forces_remux(const OutPid *pid, const GF_Filter *dst)
{
	const GF_Filter *src = pid->head.filter;
	if (out_pid_stream_type(pid) != GF_STREAM_FILE || gf_list_count(src->inputs) || src->kind != FILTER_EXPLICIT ||
		dst->kind != FILTER_EXPLICIT || !filter_is_sink_kind(dst))
		return GF_FALSE;
	if (dst->link.remux >= 0)
		return dst->link.remux == 1;
	return (dst->reg->flags & GF_FS_REG_FORCE_REMUX) && (src->reg->flags & GF_FS_REG_FORCE_REMUX);
}
