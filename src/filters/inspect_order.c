// SPDX-License-Identifier: MIT
// Order of the PIDs in the report.
#include <string.h>
#include "filters/inspect.h"

// Order of a report which is not interleaved: `a` comes before `b`.
static Bool comes_before(const InspectPid *a, const InspectPid *b)
{
	static const u32 sizes[] = {
		GF_PROP_PID_WIDTH, GF_PROP_PID_HEIGHT, GF_PROP_PID_SAMPLE_RATE, GF_PROP_PID_NUM_CHANNELS};
	if (a->service_id && a->service_id == b->service_id)
		return GF_TRUE;
	if (a->codec_id != b->codec_id || !b->pid)
		return a->codec_id < b->codec_id ? GF_TRUE : GF_FALSE;
	for (u32 i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (inspect_prop_u32(b->pid, sizes[i]) > inspect_prop_u32(a->pid, sizes[i]))
			return GF_TRUE;
	}
	return GF_FALSE;
}

GF_Err inspect_insert_pid(InspectCtx *ctx, InspectPid *p)
{
	u32 nb = gf_list_count(ctx->pids);
	u32 at = ctx->opt.interleave ? nb : 0;
	while (at < nb && !comes_before(p, gf_list_get(ctx->pids, at)))
		at++;
	GF_Err e = gf_list_insert(ctx->pids, p, at);
	for (u32 i = at; !e && i <= nb; i++)
		((InspectPid *)gf_list_get(ctx->pids, i))->index = i + 1;
	return e;
}

// Groups of a report which is not interleaved: per service, then by kind of stream.
static u32 kind_rank(u32 stream_type)
{
	static const u32 order[] = {
		GF_STREAM_AUDIO, GF_STREAM_VISUAL, GF_STREAM_SCENE, GF_STREAM_OD, GF_STREAM_TEXT};
	u32 nb = sizeof(order) / sizeof(order[0]);
	u32 rank = 0;
	while (rank < nb && order[rank] != stream_type)
		rank++;
	return rank;
}

static u32 service_rank(InspectCtx *ctx, const InspectPid *p)
{
	if (!p->service_id)
		return gf_list_count(ctx->pids);
	u32 rank = 0;
	while (((InspectPid *)gf_list_get(ctx->pids, rank))->service_id != p->service_id)
		rank++;
	return rank;
}

static void print_group(InspectCtx *ctx, InspectPid *p)
{
	StrBuf *out = &ctx->out.text;
	if (ctx->view.xml) {
		sb_addf(out, "<PIDInspect ID=\"%u\" name=\"", p->index);
		inspect_add_xml(out, p->name, strlen(p->name));
		sb_add(out, "\">\n");
	}
	sb_addn(out, sb_str(&p->text), p->text.len);
	out->failed = out->failed || p->text.failed;
	if (ctx->view.xml)
		sb_add(out, "</PIDInspect>\n");
	sb_reset(&p->text);
	inspect_out_check(&ctx->out);
}

void inspect_print_groups(InspectCtx *ctx)
{
	u32 nb = gf_list_count(ctx->pids);
	for (u32 service = 0; service <= nb; service++) {
		for (u32 kind = 0; kind <= kind_rank(GF_STREAM_UNKNOWN); kind++) {
			for (u32 i = 0; i < nb; i++) {
				InspectPid *p = gf_list_get(ctx->pids, i);
				if (p->text.len && service_rank(ctx, p) == service && kind_rank(p->stream_type) == kind)
					print_group(ctx, p);
			}
		}
	}
}
