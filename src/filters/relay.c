// SPDX-License-Identifier: MIT
#include "filters/relay.h"
#include <gpac/tools.h>

GF_Err relay_configure(Relay *r, GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	if (is_remove) {
		if (r->opid)
			gf_filter_pid_remove(r->opid);
		*r = (Relay){0};
		return GF_OK;
	}
	if (!gf_filter_pid_check_caps(pid))
		return GF_NOT_SUPPORTED;
	r->ipid = pid;
	if (!r->opid)
		r->opid = gf_filter_pid_new(filter);
	return r->opid ? GF_OK : GF_OUT_OF_MEM;
}

static GF_Err pass_end(Relay *r, const RelayCalls *calls, void *ctx)
{
	Bool flush = gf_filter_pid_is_flush_eos(r->ipid);
	if (calls->drain)
		calls->drain(ctx);
	if (flush)
		gf_filter_pid_send_flush(r->opid);
	else
		gf_filter_pid_set_eos(r->opid);
	return flush ? GF_OK : GF_EOS;
}

GF_Err relay_process(Relay *r, const RelayCalls *calls, void *ctx)
{
	GF_Err e = GF_OK;
	if (!r->ipid)
		return GF_EOS;
	while (e >= 0 && !gf_filter_pid_would_block(r->opid)) {
		GF_FilterPacket *packet = gf_filter_pid_get_packet(r->ipid);
		if (!packet)
			return gf_filter_pid_is_eos(r->ipid) ? pass_end(r, calls, ctx) : GF_OK;
		e = calls->use(ctx, packet);
		gf_filter_pid_drop_packet(r->ipid);
	}
	return e < 0 ? e : GF_OK;
}

// ---- Several inputs

void *relay_stream(GF_Filter *filter, GF_FilterPid *pid, u32 size, GF_Err *e)
{
	Relay *r = gf_filter_pid_get_udta(pid);
	Bool is_new = !r;
	if (is_new)
		r = gf_calloc(1, size);
	*e = r ? relay_configure(r, filter, pid, GF_FALSE) : GF_OUT_OF_MEM;
	if (is_new && *e) {
		gf_free(r);
		return NULL;
	}
	gf_filter_pid_set_udta(pid, r);
	return *e ? NULL : r;
}

static void free_stream(GF_FilterPid *pid, void (*reset)(void *stream))
{
	Relay *r = gf_filter_pid_get_udta(pid);
	if (r && reset)
		reset(r);
	gf_filter_pid_set_udta(pid, NULL);
	gf_free(r);
}

void relay_remove(GF_FilterPid *pid, void (*reset)(void *stream))
{
	Relay *r = gf_filter_pid_get_udta(pid);
	if (r)
		gf_filter_pid_remove(r->opid);
	free_stream(pid, reset);
}

void relay_free_all(GF_Filter *filter, void (*reset)(void *stream))
{
	for (u32 i = 0; i < gf_filter_get_ipid_count(filter); i++)
		free_stream(gf_filter_get_ipid(filter, i), reset);
}

GF_Err relay_process_all(GF_Filter *filter, const RelayCalls *calls)
{
	u32 nb = gf_filter_get_ipid_count(filter), nb_ended = 0;
	for (u32 i = 0; i < nb; i++) {
		Relay *r = gf_filter_pid_get_udta(gf_filter_get_ipid(filter, i));
		GF_Err e = r ? relay_process(r, calls, r) : GF_EOS;
		if (e < 0)
			return e;
		nb_ended += e == GF_EOS;
	}
	return nb_ended == nb ? GF_EOS : GF_OK;
}
