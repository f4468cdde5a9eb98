// SPDX-License-Identifier: MIT
// Links that make or change filters: sources replaced by another register, one filter per value of a property,
// encoders left out for streams that are coded already (graph chapter 3.8, 3.11, 3.12).
#include "graph/args.h"
#include "graph/fragment.h"
#include "graph/link.h"

// ---- sources that nothing could read

Bool link_may_reassign(const LinkPass *lp)
{
	const GF_Filter *f = lp->src;
	return lp->resolvable && filter_is_source(f) && gf_list_count(f->outputs) == 1 &&
		!lp->pid->linked_once && f->kind == FILTER_EXPLICIT && !f->own_reg && filter_url_arg(f, "src");
}

Bool link_reassign_source(LinkPass *lp)
{
	GF_Filter *f = lp->src;
	const GF_FilterRegister *reg;
	gf_list_add(f->link.blacklist, (void *)f->reg);
	while ((reg = load_other_source(f))) {
		if (fs_flag(f->fs, GF_FS_FLAG_NO_REASSIGN)) {
			GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
				("[filter] %s: no filter reads this source, and no-reassign forbids trying %s\n", f->name,
					reg->name));
			return GF_FALSE;
		}
		GF_LOG(GF_LOG_INFO, GF_LOG_FILTER, ("[filter] source %s replaced by %s\n", f->name, reg->name));
		gf_list_add(f->link.blacklist, (void *)reg);
		if (filter_switch_register(f, reg) == GF_OK)
			return GF_TRUE;
	}
	return GF_FALSE;
}

// ---- one filter per value of a property

Bool link_bind_ids(GF_Filter *dst, OutPid *pid)
{
	char *bound = dst->link.source_ids ? sid_bind(dst->link.source_ids, pid) : NULL;
	if (!bound)
		return GF_FALSE;
	gf_free(dst->link.unbound_ids);
	dst->link.unbound_ids = dst->link.source_ids;
	dst->link.source_ids = bound;
	return GF_TRUE;
}

void link_unbind_ids(GF_Filter *dst)
{
	gf_free(dst->link.source_ids);
	dst->link.source_ids = dst->link.unbound_ids;
	dst->link.unbound_ids = NULL;
}

Bool link_matches_unbound(const LinkPass *lp, const GF_Filter *dst)
{
	return dst->link.unbound_ids && dst->kind == FILTER_EXPLICIT && !dst->own_reg &&
		sid_match(dst->link.unbound_ids, link_source_id(lp->src), lp->pid) != SID_NO;
}

void link_clone_unbound(LinkPass *lp)
{
	GF_Filter *model = lp->unbound;
	GF_Err e;
	GF_Filter *clone = filter_clone(model, lp->pid, &e);
	if (!clone)
		return;
	clone->link.clone_of = NULL; // it stands for itself: the producer may feed the other one too
	gf_free(clone->link.source_ids);
	clone->link.source_ids = gf_strdup(model->link.unbound_ids);
	if (clone->link.source_ids)
		gf_list_add(lp->forced, clone);
	else
		filter_request_removal(clone);
}

// ---- streams coded already

static Bool skips_codec(const GF_Filter *dst, u32 codec)
{
	const GF_PropStringList *list = &dst->link.skip_codecs;
	Bool named = list->nb_items && list->vals[0] && list->vals[0][0];
	if (!named)
		return dst->link.encoder_codec && codec == dst->link.encoder_codec;
	for (u32 i = 0; i < list->nb_items; i++) {
		if (gf_codecid_parse(list->vals[i]) == codec)
			return GF_TRUE;
	}
	return GF_FALSE;
}

Bool link_skips_filter(const OutPid *pid, const GF_Filter *dst)
{
	u32 codec = out_pid_codec(pid);
	return dst->link.ccp && codec && skips_codec(dst, codec) && gf_codecid_type(codec) == out_pid_stream_type(pid);
}

GF_Err link_identity(LinkPass *lp, GF_Filter *dst, GF_Filter **identity)
{
	const GF_FilterRegister *reg = find_register(lp->src->fs, "reframer");
	if (!reg) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
			("[filter] %s: option ccp needs the filter reframer, which the session does not have\n", dst->name));
		return GF_FILTER_NOT_FOUND;
	}
	FilterParams p = {.reg = reg};
	GF_Err e;
	GF_Filter *f = filter_new(lp->src->fs, &p, &e);
	if (!f)
		return e;
	e = filter_copy_place(dst, f);
	f->link.max_extra_pids = 0;
	f->link.clonable = CLONE_YES; // one for each PID that is left as it is
	if (e == GF_OK)
		e = connect_pid(lp->pid, f, NULL, 0);
	if (e == GF_OK)
		*identity = f;
	else
		filter_request_removal(f);
	return e;
}
