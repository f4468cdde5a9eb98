// SPDX-License-Identifier: MIT
// Events between filters (graph chapter 5.1 to 5.3): copies, delivery in order, and the rules by which the
// engine filters the playback events of links with several destinations.
#include <math.h>
#include "graph/engine.h"
#include "graph/packet.h"
#include "graph/resolver.h"

// An event on its way to a filter.
typedef struct {
	FsTask task; // task.pid: handle it is delivered on
	GF_FilterEvent evt;
	InPid *from;     // input through which a sources-ward event came, NULL for a filter-wide one
	Bool upstream;   // toward the sinks
} EventTask;

static size_t event_size(GF_FEventType type)
{
	switch (type) {
	case GF_FEVT_PLAY:
	case GF_FEVT_SET_SPEED:
	case GF_FEVT_STOP:
	case GF_FEVT_PLAY_HINT:
		return sizeof(GF_FEVT_Play);
	case GF_FEVT_SOURCE_SEEK:
	case GF_FEVT_SOURCE_SWITCH:
		return sizeof(GF_FEVT_SourceSeek);
	case GF_FEVT_SEGMENT_SIZE:
		return sizeof(GF_FEVT_SegmentSize);
	case GF_FEVT_FRAGMENT_SIZE:
		return sizeof(GF_FEVT_FragmentSize);
	case GF_FEVT_ATTACH_SCENE:
	case GF_FEVT_RESET_SCENE:
		return sizeof(GF_FEVT_AttachScene);
	case GF_FEVT_QUALITY_SWITCH:
		return sizeof(GF_FEVT_QualitySwitch);
	case GF_FEVT_VISIBILITY_HINT:
		return sizeof(GF_FEVT_VisibilityHint);
	case GF_FEVT_BUFFER_REQ:
		return sizeof(GF_FEVT_BufferRequirement);
	case GF_FEVT_USER:
		// Bindings of the API pass a shorter user event: 28 bytes of GF_Event.
		return offsetof(GF_FEVT_Event, event) + sizeof(GF_EventMouse);
	case GF_FEVT_FILE_DELETE:
		return sizeof(GF_FEVT_FileDelete);
	case GF_FEVT_TRANSPORT_HINTS:
		return sizeof(GF_FEVT_TransportHints);
	case GF_FEVT_NTP_REF:
		return sizeof(GF_FEVT_NTPRef);
	case GF_FEVT_DASH_QUALITY_SELECT:
		return sizeof(GF_FEVT_DASHQualitySelection);
	case GF_FEVT_NETWORK_HINT:
		return sizeof(GF_FEVT_NetworkHint);
	default:
		return sizeof(GF_FEVT_Base);
	}
}

// Strings of an event, as places to be duplicated or freed.
static u32 event_strings(GF_FilterEvent *evt, char **places[2])
{
	switch (evt->base.type) {
	case GF_FEVT_SOURCE_SWITCH:
		places[0] = (char **)&evt->seek.source_switch;
		return 1;
	case GF_FEVT_SEGMENT_SIZE:
		places[0] = (char **)&evt->seg_size.seg_url;
		places[1] = (char **)&evt->seg_size.base64_version;
		return 2;
	case GF_FEVT_FILE_DELETE:
		places[0] = (char **)&evt->file_del.url;
		return 1;
	case GF_FEVT_DASH_QUALITY_SELECT:
		places[0] = (char **)&evt->dash_select.period_id;
		places[1] = (char **)&evt->dash_select.rep_id;
		return 2;
	default:
		return 0;
	}
}

static void drop_event(FsTask *t)
{
	EventTask *et = (EventTask *)t;
	char **places[2];
	u32 nb = event_strings(&et->evt, places);
	for (u32 i = 0; i < nb; i++)
		gf_free(*places[i]);
	gf_free(et);
}

static void run_event(GF_FilterSession *fs, FsTask *t);

static void post_event(GF_Filter *f, GF_FilterPid *pid, InPid *from, const GF_FilterEvent *evt, Bool upstream)
{
	if (f->state >= FILTER_REMOVED)
		return;
	EventTask *et = gf_calloc(1, sizeof(EventTask));
	if (!et) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: no memory for an event\n", f->name));
		return;
	}
	// Copies only the member of the event's type: callers of the API pass shorter structures (88 bytes).
	memcpy(&et->evt, evt, event_size(evt->base.type));
	et->evt.base.on_pid = pid;
	char **places[2];
	u32 nb = event_strings(&et->evt, places);
	for (u32 i = 0; i < nb; i++)
		*places[i] = *places[i] ? gf_strdup(*places[i]) : NULL;
	et->task = (FsTask){.run = run_event, .drop = drop_event, .filter = f, .pid = pid};
	et->from = from;
	et->upstream = upstream;
	sched_post(&et->task);
}

// ---- rules at send time

static Bool is_play_like(GF_FEventType type)
{
	return type == GF_FEVT_PLAY || type == GF_FEVT_SET_SPEED;
}

void event_reset_queues(OutPid *pid)
{
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; i < nb; i++)
		in_pid_flush(gf_list_get(pid->dests, i));
	out_pid_release_held(pid);
	pid->timing.has_last = GF_FALSE;
	pid_update_blocking(pid);
}

// A sources-ward event leaves the consumer by one of its inputs.
void event_send_on_input(InPid *in, const GF_FilterEvent *evt)
{
	OutPid *pid = in->pid;
	GF_FilterSession *fs = in->head.filter->fs;
	switch (evt->base.type) {
	case GF_FEVT_PLAY:
		if (fs_flag(fs, GF_FS_FLAG_PREVENT_PLAY) && filter_is_sink_kind(in->head.filter))
			return;
		if (in->playing && !in->stop_queued)
			return;
		in->playing = GF_TRUE;
		in->eos_seen = GF_FALSE;
		if (!in->pid->eos || in->stop_queued)
			in->eos = GF_FALSE;
		break;
	case GF_FEVT_STOP:
		if (!in->playing)
			return;
		in->playing = GF_FALSE;
		in->stop_queued = GF_TRUE;
		in_pid_flush(in);
		break;
	case GF_FEVT_SOURCE_SEEK:
		in->playing = GF_TRUE;
		in->stop_queued = GF_TRUE;
		in->eos = in->eos_seen = GF_FALSE;
		in_pid_flush(in);
		break;
	case GF_FEVT_PAUSE:
		in->paused = GF_TRUE;
		break;
	case GF_FEVT_RESUME:
		in->paused = GF_FALSE;
		break;
	case GF_FEVT_RESET_SCENE:
	case GF_FEVT_INFO_UPDATE:
		return;
	case GF_FEVT_FILE_DELETE:
		if (!evt->file_del.url)
			return;
		break;
	default:
		break;
	}
	post_event(pid->head.filter, &pid->head, in, evt, GF_FALSE);
}

void event_send_on_output(OutPid *pid, const GF_FilterEvent *evt)
{
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = gf_list_get(pid->dests, i);
		post_event(in->head.filter, &in->head, NULL, evt, GF_TRUE);
	}
}

// ---- rules at the producer

static Bool other_dest(const OutPid *pid, const InPid *self, Bool (*test)(const InPid *in))
{
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		const InPid *in = gf_list_get(pid->dests, i);
		if (in != self && test(in))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool in_plays(const InPid *in)
{
	return in->playing;
}

static Bool in_paused(const InPid *in)
{
	return in->paused;
}

static Bool arrive_play(OutPid *pid, const GF_FEVT_Play *play)
{
	Bool was_playing = pid->playing;
	pid->speed = play->speed ? fabs(play->speed) : 1;
	if (pid->auto_play && out_pid_stream_type(pid) == GF_STREAM_FILE) {
		// A file source sends its first block before it knows who reads it: the first PLAY may still tell it
		// that its reader opens the file itself (full_file_only).
		pid->auto_play = GF_FALSE;
		return GF_TRUE;
	}
	if (was_playing) {
		GF_LOG(GF_LOG_INFO, GF_LOG_FILTER, ("[filter] %s: PID %s plays already, PLAY dropped\n",
			pid->head.filter->name, pid->name));
		return GF_FALSE;
	}
	pid->playing = GF_TRUE;
	if (pid->had_play && pid->eos)
		pid->eos = GF_FALSE;
	if (!pid->had_play && play->start_range >= 0.1)
		event_reset_queues(pid);
	pid->had_play = GF_TRUE;
	return GF_TRUE;
}

static Bool arrive_stop(OutPid *pid, InPid *from, const GF_FEVT_Play *stop)
{
	if (stop->initial_broadcast_play == 2 && gf_list_count(pid->dests))
		return GF_FALSE;
	if (!pid->playing || other_dest(pid, from, in_plays)) {
		if (from)
			from->stop_queued = GF_FALSE;
		return GF_FALSE;
	}
	pid->playing = GF_FALSE;
	event_reset_queues(pid);
	return GF_TRUE;
}

// A request for buffering is applied by the first PID toward the source that feeds a decoder, or carries raw
// media or a file; other PIDs pass it on.
static Bool takes_buffer_req(const OutPid *pid, const InPid *from)
{
	u32 type = out_pid_stream_type(pid);
	u32 codec = out_pid_codec(pid);
	if (type == GF_STREAM_FILE)
		return GF_TRUE;
	const GF_Filter *dst = from ? from->head.filter : NULL;
	if (dst && codec != GF_CODECID_RAW && gf_list_count(dst->outputs)) {
		const OutPid *next = gf_list_get(dst->outputs, 0);
		if (out_pid_codec(next) == GF_CODECID_RAW && out_pid_stream_type(next) == type)
			return GF_TRUE;
	}
	const GF_Filter *f = pid->head.filter;
	u32 nb = gf_list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		if (out_pid_codec(((InPid *)gf_list_get(f->inputs, i))->pid) != GF_CODECID_RAW)
			return GF_FALSE;
	}
	return codec == GF_CODECID_RAW;
}

static void arrive_buffer_req(OutPid *pid, const InPid *from, const GF_FilterEvent *evt)
{
	const GF_FEVT_BufferRequirement *req = &evt->buffer_req;
	if (!req->pid_only && !takes_buffer_req(pid, from)) {
		u32 nb = gf_list_count(pid->head.filter->inputs);
		for (u32 i = 0; i < nb; i++)
			event_send_on_input(gf_list_get(pid->head.filter->inputs, i), evt);
		if (nb)
			return;
	}
	pid->max_playout_us = req->max_playout_us;
	pid->min_playout_us = req->min_playout_us;
	gf_filter_pid_set_max_buffer(&pid->head, req->max_buffer_us);
}

// Applies the engine's rules to an event that reached the producer. False: the event stops here.
static Bool arrive(GF_Filter *f, OutPid *pid, InPid *from, const GF_FilterEvent *evt)
{
	GF_FilterSession *fs = f->fs;
	switch (evt->base.type) {
	case GF_FEVT_PLAY:
		return arrive_play(pid, &evt->play);
	case GF_FEVT_SET_SPEED:
		pid->speed = evt->play.speed ? fabs(evt->play.speed) : 1;
		return GF_TRUE;
	case GF_FEVT_STOP:
		if (arrive_stop(pid, from, &evt->play)) {
			if (from)
				from->stop_queued = GF_FALSE;
			return GF_TRUE;
		}
		return GF_FALSE;
	case GF_FEVT_PAUSE:
		return !other_dest(pid, from, in_paused);
	case GF_FEVT_RESUME:
		return !other_dest(pid, from, in_paused);
	case GF_FEVT_SOURCE_SEEK: {
		pid->playing = pid->had_play = GF_TRUE;
		pid->eos = GF_FALSE;
		event_reset_queues(pid);
		if (from)
			from->stop_queued = GF_FALSE;
		return !gf_list_count(f->inputs);
	}
	case GF_FEVT_SOURCE_SWITCH: {
		if (fs->flush != FLUSH_NOT)
			return GF_FALSE;
		u32 nb = gf_list_count(f->outputs);
		for (u32 i = 0; i < nb; i++) {
			OutPid *out = gf_list_get(f->outputs, i);
			out->eos = GF_FALSE;
			u32 nb_dst = gf_list_count(out->dests);
			for (u32 j = 0; j < nb_dst; j++) {
				InPid *in = gf_list_get(out->dests, j);
				in->eos = in->eos_seen = GF_FALSE;
			}
		}
		return GF_TRUE;
	}
	case GF_FEVT_BUFFER_REQ:
		arrive_buffer_req(pid, from, evt);
		return GF_FALSE;
	default:
		return GF_TRUE;
	}
}

// Filters with one input and one output follow the playback of their output.
static void follow_playback(GF_Filter *f, const GF_FilterEvent *evt, Bool consumed)
{
	if (gf_list_count(f->inputs) != 1 || gf_list_count(f->outputs) != 1)
		return;
	InPid *in = gf_list_get(f->inputs, 0);
	if (evt->base.type == GF_FEVT_STOP && !consumed)
		gf_filter_pid_set_discard(&in->head, GF_TRUE);
	else if (evt->base.type == GF_FEVT_PLAY)
		gf_filter_pid_set_discard(&in->head, GF_FALSE);
}

static Bool is_filter_wide(GF_FEventType type)
{
	return type == GF_FEVT_FILE_DELETE || type == GF_FEVT_SOURCE_SWITCH || type == GF_FEVT_QUALITY_SWITCH ||
		type == GF_FEVT_USER;
}

// Sends a sources-ward event on from a filter that did not consume it.
static void forward_down(GF_Filter *f, const GF_FilterEvent *evt)
{
	u32 nb = gf_list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = gf_list_get(f->inputs, i);
		GF_FilterEvent copy = *evt;
		if (is_filter_wide(evt->base.type)) {
			// Once per producing filter.
			Bool done = GF_FALSE;
			for (u32 j = 0; j < i && !done; j++)
				done = ((InPid *)gf_list_get(f->inputs, j))->pid->head.filter == in->pid->head.filter;
			if (!done)
				post_event(in->pid->head.filter, NULL, in, &copy, GF_FALSE);
			continue;
		}
		copy.base.on_pid = &in->head;
		event_send_on_input(in, &copy);
	}
}

static void forward_up(GF_Filter *f, const GF_FilterEvent *evt)
{
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++)
		event_send_on_output(gf_list_get(f->outputs, i), evt);
}

static Bool call_process_event(GF_Filter *f, GF_FilterEvent *evt)
{
	return f->reg->process_event ? f->reg->process_event(f, evt) : GF_FALSE;
}

static void deliver_down(GF_Filter *f, EventTask *et)
{
	GF_FilterEvent *evt = &et->evt;
	OutPid *pid = et->task.pid && !et->task.pid->is_input ? (OutPid *)et->task.pid : NULL;
	if (pid && gf_list_find(f->outputs, pid) < 0)
		return;
	if (et->from && pid && gf_list_find(pid->dests, et->from) < 0)
		et->from = NULL;
	if (pid && !arrive(f, pid, et->from, evt))
		return;
	if (evt->base.type == GF_FEVT_SOURCE_SWITCH && !pid && f->fs->flush != FLUSH_NOT)
		return;
	Bool consumed = call_process_event(f, evt);
	if (f->state >= FILTER_REMOVED)
		return;
	follow_playback(f, evt, consumed);
	Bool to_source_only = evt->base.type == GF_FEVT_SOURCE_SEEK || evt->base.type == GF_FEVT_SOURCE_SWITCH;
	if (!consumed && !to_source_only)
		forward_down(f, evt);
	Bool plays = is_play_like(evt->base.type) || to_source_only || evt->base.type == GF_FEVT_PLAY_HINT;
	Bool stops_source = evt->base.type == GF_FEVT_STOP && !gf_list_count(f->inputs);
	if (plays || stops_source)
		sched_wake(f);
}

static void run_event(GF_FilterSession *fs, FsTask *t)
{
	(void)fs;
	EventTask *et = (EventTask *)t;
	GF_Filter *f = t->filter;
	if (f->kind == FILTER_ALIAS && f->alias_of)
		f = f->alias_of;
	if (f->state < FILTER_REMOVED) {
		if (!et->upstream)
			deliver_down(f, et);
		else if (!call_process_event(f, &et->evt) && f->state < FILTER_REMOVED)
			forward_up(f, &et->evt);
	}
	drop_event(t);
}

// ---- public

const char *gf_filter_event_name(GF_FEventType type)
{
	static const char *const names[] = {"UNKNOWN", "PLAY", "SET_SPEED", "STOP", "PAUSE", "RESUME", "SOURCE_SEEK",
		"SOURCE_SWITCH", "SEGMENT_SIZE", "ATTACH_SCENE", "RESET_SCENE", "QUALITY_SWITCH", "VISIBILITY_HINT",
		"INFO_UPDATE", "BUFFER_REQ", "CAPS_CHANGED", "CONNECT_FAIL", "USER", "PLAY_HINT", "FILE_DELETE",
		"FRAGMENT_SIZE", "TRANSPORT_HINTS", "NTP_REF", "QUALITY_SELECT", "NETWORK_HINT"};
	return (u32)type < sizeof(names) / sizeof(names[0]) ? names[type] : names[0];
}

void gf_filter_pid_send_event(GF_FilterPid *PID, GF_FilterEvent *evt)
{
	if (!evt)
		return;
	if (!PID)
		PID = evt->base.on_pid;
	if (!PID)
		return;
	if (evt->base.type == GF_FEVT_RESET_SCENE || evt->base.type == GF_FEVT_INFO_UPDATE) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
			("[filter] %s: event %s cannot be sent\n", PID->filter->name, gf_filter_event_name(evt->base.type)));
		return;
	}
	if (evt->base.type == GF_FEVT_FILE_DELETE && !evt->file_del.url)
		return;
	if (PID->is_input)
		event_send_on_input((InPid *)PID, evt);
	else if (evt->base.on_pid)
		event_send_on_output((OutPid *)PID, evt);
	else
		forward_up(PID->filter, evt);
}

void gf_filter_send_event(GF_Filter *filter, GF_FilterEvent *evt, Bool upstream)
{
	if (!filter || !evt || filter->state >= FILTER_REMOVED)
		return;
	if (filter->kind == FILTER_ALIAS && filter->alias_of)
		filter = filter->alias_of;
	GF_FEventType type = evt->base.type;
	if (type == GF_FEVT_RESET_SCENE || (type == GF_FEVT_FILE_DELETE && !evt->file_del.url))
		return;
	u32 nb = gf_list_count(filter->inputs);
	if ((type == GF_FEVT_SOURCE_SEEK || type == GF_FEVT_SOURCE_SWITCH) && nb &&
		!(filter->reg->flags & GF_FS_REG_ACT_AS_SOURCE)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: %s is only for sources, send it on an input PID\n",
			filter->name, gf_filter_event_name(type)));
		return;
	}
	if (evt->base.on_pid && !evt->base.on_pid->is_input) {
		event_send_on_output((OutPid *)evt->base.on_pid, evt);
		return;
	}
	if (upstream) {
		if (is_filter_wide(type) || !gf_list_count(filter->inputs)) {
			post_event(filter, NULL, NULL, evt, GF_TRUE);
			return;
		}
		post_event(filter, gf_list_get(filter->inputs, 0), NULL, evt, GF_TRUE);
		return;
	}
	u32 nb_out = gf_list_count(filter->outputs);
	if (is_filter_wide(type) || !nb_out) {
		post_event(filter, NULL, NULL, evt, GF_FALSE);
		return;
	}
	for (u32 i = 0; i < nb_out; i++) {
		OutPid *pid = gf_list_get(filter->outputs, i);
		post_event(filter, &pid->head, NULL, evt, GF_FALSE);
	}
}

void event_notify_connect_fail(OutPid *pid)
{
	GF_Filter *f = pid->head.filter;
	if (!f->reg->process_event || gf_list_count(pid->dests))
		return;
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_CONNECT_FAIL, &pid->head);
	f->reg->process_event(f, &evt);
}

static void count_queued(const GF_Filter *f, u32 *nb, u32 depth)
{
	for (const FsTask *t = f->sched.tasks; t; t = t->next)
		*nb += t->run == run_event;
	u32 nb_out = depth < 64 ? gf_list_count(f->outputs) : 0;
	for (u32 i = 0; i < nb_out; i++) {
		const OutPid *pid = gf_list_get(f->outputs, i);
		u32 nb_dst = gf_list_count(pid->dests);
		for (u32 j = 0; j < nb_dst; j++)
			count_queued(((InPid *)gf_list_get(pid->dests, j))->head.filter, nb, depth + 1);
	}
}

u32 gf_filter_get_num_events_queued(GF_Filter *filter)
{
	u32 nb = 0;
	if (filter)
		count_queued(filter, &nb, 0);
	return nb;
}

void gf_filter_pid_init_play_event(GF_FilterPid *PID, GF_FilterEvent *evt, Double start, Double speed,
	const char *log_name)
{
	if (!PID || !evt)
		return;
	memset(evt, 0, sizeof(GF_FEVT_Play));
	evt->base.type = GF_FEVT_PLAY;
	evt->base.on_pid = PID;
	const GF_PropertyValue *p = gf_filter_pid_get_property(PID, GF_PROP_PID_PLAYBACK_MODE);
	u32 mode = p ? p->value.uint : GF_PLAYBACK_MODE_NONE;
	const char *who = log_name ? log_name : PID->filter->name;
	if (speed < 0 && start == 0)
		start = -1;
	if (start < 0) {
		p = gf_filter_pid_get_property(PID, GF_PROP_PID_DURATION);
		if (p && p->value.lfrac.den)
			start = -start * (double)p->value.lfrac.num / (double)p->value.lfrac.den;
	}
	if (mode == GF_PLAYBACK_MODE_NONE) {
		if (start != 0)
			GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA, ("[%s] PID %s cannot seek: plays from the start\n", who,
				gf_filter_pid_get_name(PID)));
		start = 0;
	}
	Bool can_rewind = mode == GF_PLAYBACK_MODE_REWIND;
	Bool can_speed = can_rewind || (mode == GF_PLAYBACK_MODE_FASTFORWARD && speed >= 0);
	if (!can_speed && speed != 1) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA, ("[%s] PID %s cannot play at speed %g: plays at speed 1\n", who,
			gf_filter_pid_get_name(PID), speed));
		if (mode == GF_PLAYBACK_MODE_FASTFORWARD && start < 0)
			start = 0;
		speed = 1;
	}
	evt->play.start_range = start;
	evt->play.speed = speed;
}
