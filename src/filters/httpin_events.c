// SPDX-License-Identifier: MIT
// What consumers of the HTTP source ask for: to play, to stop, other bytes, another resource.
#include <string.h>

#include "filters/httpin.h"

// Reads from another place of the resource. `end` is excluded.
static void seek(HttpIn *in, u64 start, u64 end)
{
	httpin_cancel(in);
	httpin_drop_pending(in);
	in->pos = in->from = start;
	in->end = end;
	in->sent_start = in->full_file_only = GF_FALSE;
	in->nb_tries = 0;
	if (in->size != NET_SIZE_UNKNOWN && start >= in->size) {
		gf_filter_pid_set_eos(in->pid);
		return;
	}
	httpin_read_on(in);
}

static void play(HttpIn *in, const GF_FEVT_Play *event)
{
	in->full_file_only = event->full_file_only != 0;
	// A resource that was read, or stopped, is read again, as a file is, unless somebody tells what comes next.
	if (in->played && in->state == HTTPIN_IDLE && !in->switched) {
		seek(in, in->target.start, in->target.end);
		in->full_file_only = event->full_file_only != 0;
	}
	in->played = GF_TRUE;
}

// Nothing more is sent, of this resource or the next.
static void abandon(HttpIn *in)
{
	httpin_cancel(in);
	httpin_drop_pending(in);
	gf_free(in->next.url);
	in->next = (HttpInTarget){0};
	if (in->pid)
		gf_filter_pid_set_eos(in->pid);
}

static void stop(HttpIn *in)
{
	if (in->state != HTTPIN_IDLE)
		gf_filter_pid_set_info_str(in->pid, "aborted", PROP_BOOL(GF_TRUE));
	abandon(in);
}

void httpin_switch_now(HttpIn *in)
{
	httpin_cancel(in);
	httpin_drop_pending(in);
	in->switched = GF_TRUE;
	httpin_go_to(in, &in->next);
	if (!strncmp(in->target.url, "isobmff://", 10)) {
		in->state = HTTPIN_IDLE;
		httpin_end(in);
	}
}

static void switch_source(HttpIn *in, const GF_FEVT_SourceSeek *event)
{
	if (!event->source_switch || event->start_offset == NET_SIZE_UNKNOWN) {
		in->switched = GF_TRUE;
		abandon(in);
		return;
	}
	if (in->state == HTTPIN_RUNNING || in->state == HTTPIN_DELAYED || in->next.url) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpin] %s is still being read, it cannot be left for %s\n", in->label, event->source_switch));
		gf_filter_notification_failure(in->filter, GF_BAD_PARAM, GF_FALSE);
		return;
	}
	in->next = (HttpInTarget){
		.url = gf_strdup(event->source_switch),
		.start = event->start_offset,
		.end = event->end_offset ? event->end_offset + 1 : NET_SIZE_UNKNOWN,
		.is_init = event->is_init_segment,
		.skip_expiration = event->skip_cache_expiration,
	};
	if (!in->next.url) {
		httpin_fail(in, GF_OUT_OF_MEM);
		return;
	}
	// what is all here is sent first
	if (in->state == HTTPIN_IDLE)
		httpin_switch_now(in);
}

Bool httpin_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	HttpIn *in = gf_filter_get_udta(filter);
	const GF_FEVT_SourceSeek *s = &event->seek;
	if (!in->pid && event->base.type != GF_FEVT_SOURCE_SWITCH)
		return GF_TRUE;
	switch (event->base.type) {
	case GF_FEVT_PLAY:
		play(in, &event->play);
		break;
	case GF_FEVT_STOP:
		stop(in);
		break;
	case GF_FEVT_SOURCE_SEEK:
		seek(in, s->start_offset, s->end_offset ? s->end_offset : NET_SIZE_UNKNOWN);
		break;
	case GF_FEVT_SOURCE_SWITCH:
		switch_source(in, s);
		break;
	default:
		return GF_TRUE;
	}
	gf_filter_post_process_task(filter);
	return GF_TRUE;
}
