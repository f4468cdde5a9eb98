// SPDX-License-Identifier: MIT
// Events between filters (graph chapter 5.1 to 5.3): copies, delivery in order, forwarding.
#include "graph/event.h"

// An event on its way to a filter.
typedef struct {
	FsTask task; // task.pid: handle it is delivered on
	GF_FilterEvent evt;
	InPid *from;   // input through which a sources-ward event came, NULL for a filter-wide one
	Bool upstream; // toward the sinks
	u32 serial;    // the same for all copies of an event
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

Bool event_copy(const GF_FilterEvent *src, GF_FilterEvent *dst)
{
	*dst = (GF_FilterEvent){0};
	memcpy(dst, src, event_size(src->base.type));
	char **places[2];
	u32 nb = event_strings(dst, places);
	Bool ok = GF_TRUE;
	for (u32 i = 0; i < nb; i++) {
		if (!*places[i])
			continue;
		*places[i] = gf_strdup(*places[i]);
		ok &= *places[i] != NULL;
	}
	if (!ok)
		event_reset(dst);
	return ok;
}

void event_reset(GF_FilterEvent *evt)
{
	char **places[2];
	u32 nb = event_strings(evt, places);
	for (u32 i = 0; i < nb; i++)
		gf_free(*places[i]);
}

static void drop_event(FsTask *t)
{
	event_reset(&((EventTask *)t)->evt);
	gf_free(t);
}

static void run_event(GF_FilterSession *fs, FsTask *t);

// Where an event goes: `pid` is the handle that the filter sees, NULL for none.
typedef struct {
	GF_Filter *filter;
	GF_FilterPid *pid;
	InPid *from;
	Bool upstream;
	u32 serial; // 0 for a new event
} EventRoute;

static void post_event(EventRoute r, const GF_FilterEvent *evt)
{
	if (r.filter->state >= FILTER_REMOVED)
		return;
	EventTask *et = gf_malloc(sizeof(EventTask));
	if (!et || !event_copy(evt, &et->evt)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: no memory for an event\n", r.filter->name));
		gf_free(et);
		return;
	}
	et->evt.base.on_pid = r.pid;
	et->task = (FsTask){.run = run_event, .drop = drop_event, .filter = r.filter, .pid = r.pid};
	et->from = r.from;
	et->upstream = r.upstream;
	et->serial = r.serial ? r.serial : ++r.filter->fs->event_serial;
	sched_post(&et->task);
}

// A sources-ward event leaves the consumer by one of its inputs.
static void send_on_input(InPid *in, const GF_FilterEvent *evt, u32 serial)
{
	OutPid *pid = in->pid;
	if (event_leaves(in, evt))
		post_event((EventRoute){pid->head.filter, &pid->head, in, GF_FALSE, serial}, evt);
}

void event_send_on_input(InPid *in, const GF_FilterEvent *evt)
{
	send_on_input(in, evt, 0);
}

static void send_on_output(OutPid *pid, const GF_FilterEvent *evt, u32 serial)
{
	u32 nb = gf_list_count(pid->dests);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = gf_list_get(pid->dests, i);
		post_event((EventRoute){in->head.filter, &in->head, NULL, GF_TRUE, serial}, evt);
	}
}

void event_send_on_output(OutPid *pid, const GF_FilterEvent *evt)
{
	send_on_output(pid, evt, 0);
}

// ---- delivery

static Bool call_process_event(GF_Filter *f, GF_FilterEvent *evt)
{
	Bool consumed = f->reg->process_event ? f->reg->process_event(f, evt) : GF_FALSE;
	filter_look_again(f);
	return consumed;
}

// Several ways through the graph lead to the filter: it gets a filter-wide event by the first one only.
static Bool came_before(GF_Filter *f, u32 serial)
{
	u32 nb = sizeof(f->events_seen) / sizeof(f->events_seen[0]);
	for (u32 i = 0; i < nb; i++) {
		if (f->events_seen[i] == serial)
			return GF_TRUE;
	}
	f->events_seen[f->nb_events_seen++ % nb] = serial;
	return GF_FALSE;
}

// Sends a sources-ward event on from a filter that did not consume it.
static void forward_down(GF_Filter *f, const EventTask *et)
{
	// An event for one input goes on by that one.
	if (et->task.pid && et->task.pid->is_input) {
		send_on_input((InPid *)et->task.pid, &et->evt, et->serial);
		return;
	}
	u32 nb = gf_list_count(f->inputs);
	for (u32 i = 0; i < nb; i++) {
		InPid *in = gf_list_get(f->inputs, i);
		if (event_is_filter_wide(et->evt.base.type))
			post_event((EventRoute){in->pid->head.filter, NULL, in, GF_FALSE, et->serial}, &et->evt);
		else
			send_on_input(in, &et->evt, et->serial);
	}
}

static void forward_up(GF_Filter *f, const EventTask *et)
{
	if (et->task.pid && !et->task.pid->is_input) {
		send_on_output((OutPid *)et->task.pid, &et->evt, et->serial);
		return;
	}
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++)
		send_on_output(gf_list_get(f->outputs, i), &et->evt, et->serial);
}

static Bool is_source_now(const GF_Filter *f)
{
	return !gf_list_count(f->inputs) || (f->reg->flags & GF_FS_REG_ACT_AS_SOURCE);
}

static void deliver_down(GF_Filter *f, EventTask *et)
{
	GF_FilterEvent *evt = &et->evt;
	GF_FEventType type = evt->base.type;
	OutPid *pid = et->task.pid && !et->task.pid->is_input ? (OutPid *)et->task.pid : NULL;
	if (pid && gf_list_find(f->outputs, pid) < 0)
		return;
	if (et->from && pid && gf_list_find(pid->dests, et->from) < 0)
		et->from = NULL; // the consumer left meanwhile
	if (type == GF_FEVT_SOURCE_SWITCH && !pid && gf_list_count(f->outputs)) {
		if (!event_arrives(gf_list_get(f->outputs, 0), NULL, evt))
			return;
	} else if (pid && !event_arrives(pid, et->from, evt)) {
		return;
	}
	if (type == GF_FEVT_BUFFER_REQ && !et->task.pid)
		return;
	Bool for_source = type == GF_FEVT_SOURCE_SEEK || type == GF_FEVT_SOURCE_SWITCH;
	Bool consumed = GF_FALSE;
	if (!for_source || is_source_now(f))
		consumed = call_process_event(f, evt);
	if (f->state >= FILTER_REMOVED)
		return;
	event_follow_playback(f, evt, consumed);
	// What is sent for a PID that nothing took ends at the first filter that is still of use.
	Bool for_unlinked = (type == GF_FEVT_PLAY || type == GF_FEVT_STOP) && evt->play.initial_broadcast_play == 2;
	if (!consumed && !(for_unlinked && f->state == FILTER_ALIVE))
		forward_down(f, et);
	Bool starts = type == GF_FEVT_PLAY || type == GF_FEVT_SET_SPEED || type == GF_FEVT_PLAY_HINT || for_source;
	if (starts || (type == GF_FEVT_STOP && is_source_now(f)))
		sched_wake(f);
}

static void run_event(GF_FilterSession *fs, FsTask *t)
{
	(void)fs;
	EventTask *et = (EventTask *)t;
	GF_Filter *f = t->filter;
	if (f->kind == FILTER_ALIAS && f->alias_of)
		f = f->alias_of;
	Bool again = event_is_filter_wide(et->evt.base.type) && came_before(f, et->serial);
	if (f->state < FILTER_REMOVED && !again) {
		if (!et->upstream)
			deliver_down(f, et);
		else if (!call_process_event(f, &et->evt) && f->state < FILTER_REMOVED)
			forward_up(f, et);
	}
	drop_event(t);
}

void event_deliver_now(OutPid *pid, const GF_FilterEvent *evt)
{
	EventTask et = {.task = {.filter = pid->head.filter, .pid = &pid->head}, .evt = *evt};
	et.serial = ++pid->head.filter->fs->event_serial;
	et.evt.base.on_pid = &pid->head;
	if (pid->head.filter->state < FILTER_REMOVED)
		deliver_down(pid->head.filter, &et);
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
	if (PID->is_input) {
		event_send_on_input((InPid *)PID, evt);
	} else if (evt->base.on_pid) {
		event_send_on_output((OutPid *)PID, evt);
	} else {
		u32 nb = gf_list_count(PID->filter->outputs);
		for (u32 i = 0; i < nb; i++)
			event_send_on_output(gf_list_get(PID->filter->outputs, i), evt);
	}
}

// Toward the sources, once for each input that it will go on by; toward the sinks, once for each output.
static void send_to_filter(GF_Filter *f, const GF_FilterEvent *evt, Bool upstream)
{
	GF_List *on = upstream ? f->outputs : f->inputs;
	if (!upstream && !gf_list_count(on))
		on = f->outputs; // a source: the PIDs to be played, stopped...
	u32 nb = event_is_filter_wide(evt->base.type) ? 0 : gf_list_count(on);
	if (!nb)
		post_event((EventRoute){f, NULL, NULL, upstream, 0}, evt);
	for (u32 i = 0; i < nb; i++)
		post_event((EventRoute){f, gf_list_get(on, i), NULL, upstream, 0}, evt);
}

void gf_filter_send_event(GF_Filter *filter, GF_FilterEvent *evt, Bool upstream)
{
	if (!filter || !evt || filter->state >= FILTER_REMOVED)
		return;
	if (filter->kind == FILTER_ALIAS && filter->alias_of)
		filter = filter->alias_of;
	GF_FEventType type = evt->base.type;
	if (type == GF_FEVT_RESET_SCENE || type == GF_FEVT_INFO_UPDATE ||
		(type == GF_FEVT_FILE_DELETE && !evt->file_del.url))
		return;
	if ((type == GF_FEVT_SOURCE_SEEK || type == GF_FEVT_SOURCE_SWITCH) && !is_source_now(filter)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: %s is only for sources, send it on an input PID\n",
			filter->name, gf_filter_event_name(type)));
		return;
	}
	if (evt->base.on_pid && !evt->base.on_pid->is_input)
		event_send_on_output((OutPid *)evt->base.on_pid, evt);
	else
		send_to_filter(filter, evt, upstream);
}

typedef struct {
	FsTask task;
	GF_Filter *target; // may be gone when the task runs
	GF_FilterEvent evt;
	Bool upstream;
} FireTask;

static void drop_fire(FsTask *t)
{
	event_reset(&((FireTask *)t)->evt);
	gf_free(t);
}

static Bool fire_here(GF_FilterSession *fs, GF_Filter *filter, GF_FilterEvent *evt, Bool upstream)
{
	if (filter && evt->base.type == GF_FEVT_USER)
		return filter->event_target && call_process_event(filter, evt);
	if (filter) {
		if (!gf_list_count(upstream ? filter->outputs : filter->inputs))
			return GF_FALSE;
		gf_filter_send_event(filter, evt, upstream);
		return GF_TRUE;
	}
	Bool done = GF_FALSE;
	u32 nb = gf_list_count(fs->filters);
	for (u32 i = 0; i < nb && !done; i++) {
		GF_Filter *f = gf_list_get(fs->filters, i);
		if (f->event_target && f->state < FILTER_REMOVED)
			done = call_process_event(f, evt);
	}
	return done;
}

static void run_fire(GF_FilterSession *fs, FsTask *t)
{
	FireTask *ft = (FireTask *)t;
	if (!ft->target || gf_fs_check_filter(fs, ft->target))
		fire_here(fs, ft->target, &ft->evt, ft->upstream);
	drop_fire(t);
}

Bool gf_fs_fire_event(GF_FilterSession *session, GF_Filter *filter, GF_FilterEvent *evt, Bool upstream)
{
	if (!session || !evt)
		return GF_FALSE;
	if (fs_on_thread(session)) {
		GF_FilterPid *on_pid = evt->base.on_pid;
		evt->base.on_pid = NULL;
		Bool done = fire_here(session, filter, evt, upstream);
		evt->base.on_pid = on_pid;
		return done;
	}
	FireTask *ft = gf_malloc(sizeof(FireTask));
	if (!ft || !event_copy(evt, &ft->evt)) {
		gf_free(ft);
		return GF_FALSE;
	}
	ft->task = (FsTask){.run = run_fire, .drop = drop_fire};
	ft->target = filter;
	ft->evt.base.on_pid = NULL;
	ft->upstream = upstream;
	sched_post_from_thread(session, &ft->task, 0);
	return GF_TRUE;
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
	u32 nb_out = depth < MAX_GRAPH_DEPTH ? gf_list_count(f->outputs) : 0;
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
