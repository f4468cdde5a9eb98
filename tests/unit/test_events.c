// SPDX-License-Identifier: MIT
// Events: routing in both directions, playback of links with several destinations, seeks, copies (graph chapter 5.1
// to 5.3).
#include "fake_lab.h"

// source -> pass -> sinks[0], and source -> sinks[1] for fan-out tests.
typedef struct {
	Lab lab;
	LabFilter pass;
} Chain;

static int open_chain(void **state)
{
	static Chain c;
	c.pass = (LabFilter){0};
	c.lab = (Lab){0};
	gf_sys_init(GF_MemTrackerNone, "0");
	GF_FilterSession *fs = c.lab.fs =
		gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, GF_FS_FLAG_NON_BLOCKING | GF_FS_FLAG_NO_IMPLICIT, NULL);
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	lab_filter(fs, "source", &c.lab.source, GF_CAPS_OUTPUT);
	c.lab.source.out = lab_new_pid(c.lab.source.filter);
	lab_filter(fs, "pass", &c.pass, GF_CAPS_INPUT_OUTPUT);
	lab_filter(fs, "sink", &c.lab.sinks[0], GF_CAPS_INPUT);
	c.lab.sinks[0].no_play = GF_TRUE;
	gf_filter_set_source(c.lab.sinks[0].filter, c.pass.filter, NULL);
	lab_run(&c.lab);
	assert_non_null(c.lab.sinks[0].in);
	*state = &c;
	return 0;
}

static int open_fan_out(void **state)
{
	static Lab lab;
	lab = (Lab){0};
	gf_sys_init(GF_MemTrackerNone, "0");
	lab.fs = gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, GF_FS_FLAG_NON_BLOCKING | GF_FS_FLAG_NO_IMPLICIT, NULL);
	lab_filter(lab.fs, "source", &lab.source, GF_CAPS_OUTPUT);
	lab.source.out = lab_new_pid(lab.source.filter);
	for (u32 i = 0; i < 2; i++) {
		lab.sinks[i].no_play = GF_TRUE;
		lab_filter(lab.fs, "sink", &lab.sinks[i], GF_CAPS_INPUT);
	}
	lab_run(&lab);
	*state = &lab;
	return 0;
}

static int close_lab(void **state)
{
	lab_close(*state); // the first member of a chain is its lab
	return 0;
}

static void send_on(GF_FilterPid *pid, GF_FEventType type)
{
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, type, pid);
	evt.play.speed = 1;
	if (type == GF_FEVT_SOURCE_SEEK)
		evt.seek.start_offset = 1000;
	gf_filter_pid_send_event(pid, &evt);
}

static u32 count(const LabFilter *l, u32 type)
{
	u32 nb = 0;
	for (u32 i = 0; i < l->nb_events && i < LAB_EVENTS; i++)
		nb += l->events[i].type == type;
	return nb;
}

// ---- along a chain

static void events_travel_to_the_source(void **state)
{
	Chain *c = *state;
	send_on(c->lab.sinks[0].in, GF_FEVT_PLAY);
	assert_int_equal(c->pass.nb_events, 0); // asynchronous
	lab_run(&c->lab);
	assert_int_equal(count(&c->pass, GF_FEVT_PLAY), 1);
	assert_ptr_equal(c->pass.events[0].on_pid, c->pass.out); // an output of the filter
	assert_int_equal(count(&c->lab.source, GF_FEVT_PLAY), 1);
	assert_ptr_equal(c->lab.source.events[0].on_pid, c->lab.source.out);
	assert_true(gf_filter_pid_is_playing(c->lab.source.out));
	assert_true(gf_filter_pid_is_playing(c->pass.in));
	// Twice is once.
	send_on(c->lab.sinks[0].in, GF_FEVT_PLAY);
	lab_run(&c->lab);
	assert_int_equal(count(&c->pass, GF_FEVT_PLAY), 1);
	// Consumed on the way.
	c->pass.consume = GF_TRUE;
	send_on(c->lab.sinks[0].in, GF_FEVT_STOP);
	lab_run(&c->lab);
	assert_int_equal(count(&c->pass, GF_FEVT_STOP), 1);
	assert_int_equal(count(&c->lab.source, GF_FEVT_STOP), 0);
	assert_true(gf_filter_pid_is_playing(c->lab.source.out));
	assert_false(gf_filter_pid_is_playing(c->pass.out));
	// A second STOP is dropped.
	send_on(c->lab.sinks[0].in, GF_FEVT_STOP);
	lab_run(&c->lab);
	assert_int_equal(count(&c->pass, GF_FEVT_STOP), 1);
}

static void events_travel_to_the_sinks(void **state)
{
	Chain *c = *state;
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_PLAY_HINT, c->lab.source.out);
	gf_filter_pid_send_event(c->lab.source.out, &evt);
	lab_run(&c->lab);
	assert_int_equal(c->lab.source.nb_events, 0);
	assert_int_equal(count(&c->pass, GF_FEVT_PLAY_HINT), 1);
	assert_ptr_equal(c->pass.events[0].on_pid, c->pass.in);
	assert_int_equal(count(&c->lab.sinks[0], GF_FEVT_PLAY_HINT), 1);
	assert_ptr_equal(c->lab.sinks[0].events[0].on_pid, c->lab.sinks[0].in);
	// On the whole filter: itself first.
	evt.base.on_pid = NULL;
	gf_filter_send_event(c->pass.filter, &evt, GF_TRUE);
	lab_run(&c->lab);
	assert_int_equal(count(&c->pass, GF_FEVT_PLAY_HINT), 2);
	assert_int_equal(count(&c->lab.sinks[0], GF_FEVT_PLAY_HINT), 2);
	c->pass.consume = GF_TRUE;
	gf_filter_send_event(c->pass.filter, &evt, GF_TRUE);
	lab_run(&c->lab);
	assert_int_equal(count(&c->lab.sinks[0], GF_FEVT_PLAY_HINT), 2);
}

static void events_on_a_filter_go_by_its_inputs(void **state)
{
	Chain *c = *state;
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_PAUSE, NULL);
	gf_filter_send_event(c->lab.sinks[0].filter, &evt, GF_FALSE);
	lab_run(&c->lab);
	assert_int_equal(count(&c->lab.sinks[0], GF_FEVT_PAUSE), 1);
	assert_ptr_equal(c->lab.sinks[0].events[0].on_pid, c->lab.sinks[0].in);
	assert_int_equal(count(&c->pass, GF_FEVT_PAUSE), 1);
	assert_int_equal(count(&c->lab.source, GF_FEVT_PAUSE), 1);
	// Those about the whole filter have no PID.
	static const GF_FEventType wide[] = {GF_FEVT_QUALITY_SWITCH, GF_FEVT_USER};
	for (u32 i = 0; i < 2; i++) {
		GF_FEVT_INIT(evt, wide[i], NULL);
		gf_filter_send_event(c->lab.sinks[0].filter, &evt, GF_FALSE);
		lab_run(&c->lab);
		assert_int_equal(count(&c->lab.source, wide[i]), 1);
		assert_null(c->lab.source.events[c->lab.source.nb_events - 1].on_pid);
	}
}

static void some_events_cannot_be_sent(void **state)
{
	Chain *c = *state;
	GF_FilterEvent evt;
	static const GF_FEventType types[] = {GF_FEVT_INFO_UPDATE, GF_FEVT_RESET_SCENE, GF_FEVT_FILE_DELETE};
	for (u32 i = 0; i < 3; i++) {
		GF_FEVT_INIT(evt, types[i], c->lab.sinks[0].in); // FILE_DELETE: without URL
		gf_filter_pid_send_event(c->lab.sinks[0].in, &evt);
		evt.base.on_pid = NULL;
		gf_filter_send_event(c->lab.sinks[0].filter, &evt, GF_FALSE);
	}
	// Needs a PID.
	GF_FEVT_INIT(evt, GF_FEVT_BUFFER_REQ, NULL);
	gf_filter_send_event(c->lab.source.filter, &evt, GF_FALSE);
	// For sources.
	GF_FEVT_INIT(evt, GF_FEVT_SOURCE_SEEK, NULL);
	gf_filter_send_event(c->pass.filter, &evt, GF_FALSE);
	gf_filter_pid_send_event(NULL, &evt);
	gf_filter_pid_send_event(c->lab.sinks[0].in, NULL);
	gf_filter_send_event(NULL, &evt, GF_TRUE);
	lab_run(&c->lab);
	assert_int_equal(c->lab.source.nb_events + c->pass.nb_events + c->lab.sinks[0].nb_events, 0);
}

static void events_for_sources_pass_filters_between(void **state)
{
	Chain *c = *state;
	lab_send(&c->lab, 4, 1);
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_SOURCE_SEEK, c->lab.sinks[0].in);
	evt.seek.start_offset = 5000;
	gf_filter_pid_send_event(c->lab.sinks[0].in, &evt);
	lab_run(&c->lab);
	assert_int_equal(c->pass.nb_events, 0);
	assert_int_equal(count(&c->lab.source, GF_FEVT_SOURCE_SEEK), 1);
	assert_true(gf_filter_pid_is_playing(c->lab.source.out));
	assert_null(gf_filter_pid_get_packet(c->pass.in)); // what was queued is gone
	GF_FEVT_INIT(evt, GF_FEVT_SOURCE_SWITCH, c->lab.sinks[0].in);
	char url[] = "next.bin";
	evt.seek.source_switch = url;
	gf_filter_pid_set_eos(c->lab.source.out);
	assert_true(gf_filter_pid_is_eos(c->pass.in));
	gf_filter_pid_send_event(c->lab.sinks[0].in, &evt);
	memset(url, 0, sizeof(url)); // copied
	lab_run(&c->lab);
	assert_int_equal(count(&c->lab.source, GF_FEVT_SOURCE_SWITCH), 1);
	assert_false(gf_filter_pid_is_eos(c->pass.in));
}

static char last_url[32];

static Bool keep_url(GF_Filter *f, const GF_FilterEvent *evt)
{
	(void)f;
	if (evt->base.type == GF_FEVT_FILE_DELETE)
		gf_strlcpy(last_url, evt->file_del.url, sizeof(last_url));
	else if (evt->base.type == GF_FEVT_SEGMENT_SIZE)
		gf_strlcpy(last_url, evt->seg_size.seg_url, sizeof(last_url));
	return GF_TRUE;
}

static void strings_of_events_are_copied(void **state)
{
	Chain *c = *state;
	gf_filter_set_process_event_ckb(c->lab.source.filter, keep_url);
	char url[] = "seg.m4s";
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_FILE_DELETE, c->lab.sinks[0].in);
	evt.file_del.url = url;
	gf_filter_pid_send_event(c->lab.sinks[0].in, &evt);
	url[0] = 'X';
	lab_run(&c->lab);
	assert_string_equal(last_url, "seg.m4s");
	GF_FEVT_INIT(evt, GF_FEVT_SEGMENT_SIZE, c->lab.sinks[0].in);
	evt.seg_size.seg_url = url;
	gf_filter_pid_send_event(c->lab.sinks[0].in, &evt);
	gf_fs_del(c->lab.fs); // not delivered: its strings go with it
	c->lab.fs = NULL;
}

// Bindings pass structures of 88 bytes.
static void short_structures_are_not_read_beyond_their_type(void **state)
{
	Chain *c = *state;
	GF_FEVT_Base *evt = calloc(1, 88);
	evt->type = GF_FEVT_USER;
	evt->on_pid = c->lab.sinks[0].in;
	gf_filter_pid_send_event(c->lab.sinks[0].in, (GF_FilterEvent *)evt);
	evt->type = GF_FEVT_PLAY;
	gf_filter_pid_send_event(c->lab.sinks[0].in, (GF_FilterEvent *)evt);
	free(evt);
	lab_run(&c->lab);
	assert_int_equal(count(&c->lab.source, GF_FEVT_USER), 1);
	assert_int_equal(count(&c->lab.source, GF_FEVT_PLAY), 1);
}

static void one_to_one_filters_follow_their_output(void **state)
{
	Chain *c = *state;
	send_on(c->lab.sinks[0].in, GF_FEVT_PLAY);
	lab_run(&c->lab);
	lab_send(&c->lab, 4, 1);
	send_on(c->lab.sinks[0].in, GF_FEVT_STOP);
	lab_run(&c->lab);
	assert_true(gf_filter_pid_is_eos(c->pass.in)); // discarded
	assert_null(gf_filter_pid_get_packet(c->pass.in));
	assert_false(gf_filter_pid_is_playing(c->lab.source.out));
	// What the source still sends is dropped, and not counted.
	GF_FilterStats stats;
	gf_filter_get_stats(c->lab.source.filter, &stats);
	assert_int_equal(stats.nb_pck_sent, 1);
	lab_send(&c->lab, 4, 2);
	gf_filter_get_stats(c->lab.source.filter, &stats);
	assert_int_equal(stats.nb_pck_sent, 1);
	send_on(c->lab.sinks[0].in, GF_FEVT_PLAY);
	lab_run(&c->lab);
	assert_false(gf_filter_pid_is_eos(c->pass.in));
	lab_send(&c->lab, 4, 3);
	u32 size;
	assert_int_equal(gf_filter_pck_get_data(gf_filter_pid_get_packet(c->pass.in), &size)[0], 3);
}

// Seek: STOP and PLAY in one go.
static void a_seek_empties_the_queues(void **state)
{
	Chain *c = *state;
	send_on(c->lab.sinks[0].in, GF_FEVT_PLAY);
	lab_run(&c->lab);
	lab_send(&c->lab, 4, 1);
	gf_filter_pck_forward(gf_filter_pid_get_packet(c->pass.in), c->pass.out);
	lab_send(&c->lab, 4, 2);
	gf_filter_pid_set_eos(c->lab.source.out);
	send_on(c->lab.sinks[0].in, GF_FEVT_STOP);
	assert_null(lab_get(&c->lab, 0)); // from the moment it is sent
	send_on(c->lab.sinks[0].in, GF_FEVT_PLAY);
	gf_filter_pck_forward(gf_filter_pid_get_packet(c->pass.in), c->pass.out); // still from before
	assert_null(lab_get(&c->lab, 0));
	lab_run(&c->lab);
	assert_int_equal(count(&c->lab.source, GF_FEVT_STOP), 1);
	assert_int_equal(count(&c->lab.source, GF_FEVT_PLAY), 2);
	assert_null(gf_filter_pid_get_packet(c->pass.in));
	assert_false(gf_filter_pid_is_eos(c->pass.in));
	lab_send(&c->lab, 4, 3);
	gf_filter_pck_forward(gf_filter_pid_get_packet(c->pass.in), c->pass.out);
	u32 size;
	assert_int_equal(gf_filter_pck_get_data(lab_get(&c->lab, 0), &size)[0], 3);
}

static void a_late_first_start_drops_what_was_sent(void **state)
{
	Chain *c = *state;
	lab_send(&c->lab, 4, 1);
	// The source plays by itself since it sent: make it a filter that does not.
	assert_true(gf_filter_pid_is_playing(c->lab.source.out));
	gf_filter_pck_forward(gf_filter_pid_get_packet(c->pass.in), c->pass.out);
	assert_false(gf_filter_pid_is_playing(c->pass.out));
	GF_FilterEvent evt;
	gf_filter_pid_init_play_event(c->lab.sinks[0].in, &evt, 0, 1, "test");
	evt.play.start_range = 5;
	gf_filter_pid_send_event(c->lab.sinks[0].in, &evt);
	lab_run(&c->lab);
	assert_int_equal(count(&c->pass, GF_FEVT_PLAY), 1);
	assert_int_equal(count(&c->lab.source, GF_FEVT_PLAY), 0); // it plays already
	assert_null(lab_get(&c->lab, 0));
}

static void queued_events_are_counted(void **state)
{
	Chain *c = *state;
	send_on(c->lab.source.out, GF_FEVT_PLAY_HINT);
	send_on(c->pass.out, GF_FEVT_NTP_REF);
	assert_int_equal(gf_filter_get_num_events_queued(c->lab.source.filter), 2);
	assert_int_equal(gf_filter_get_num_events_queued(c->lab.sinks[0].filter), 1);
	assert_int_equal(gf_filter_get_num_events_queued(NULL), 0);
}

// ---- several destinations

static void the_producer_sees_one_play_and_one_stop(void **state)
{
	Lab *lab = *state;
	send_on(lab->sinks[0].in, GF_FEVT_PLAY);
	send_on(lab->sinks[1].in, GF_FEVT_PLAY);
	lab_run(lab);
	assert_int_equal(count(&lab->source, GF_FEVT_PLAY), 1);
	send_on(lab->sinks[0].in, GF_FEVT_STOP);
	lab_run(lab);
	assert_int_equal(count(&lab->source, GF_FEVT_STOP), 0);
	assert_true(gf_filter_pid_is_playing(lab->source.out));
	assert_false(gf_filter_pid_is_playing(lab->sinks[0].in));
	send_on(lab->sinks[1].in, GF_FEVT_STOP);
	lab_run(lab);
	assert_int_equal(count(&lab->source, GF_FEVT_STOP), 1);
	assert_false(gf_filter_pid_is_playing(lab->source.out));
}

static void the_producer_pauses_once(void **state)
{
	Lab *lab = *state;
	send_on(lab->sinks[0].in, GF_FEVT_PAUSE);
	lab_run(lab);
	assert_int_equal(count(&lab->source, GF_FEVT_PAUSE), 1);
	send_on(lab->sinks[1].in, GF_FEVT_PAUSE);
	lab_run(lab);
	assert_int_equal(count(&lab->source, GF_FEVT_PAUSE), 1);
	send_on(lab->sinks[0].in, GF_FEVT_RESUME);
	lab_run(lab);
	assert_int_equal(count(&lab->source, GF_FEVT_RESUME), 0);
	send_on(lab->sinks[1].in, GF_FEVT_RESUME);
	lab_run(lab);
	assert_int_equal(count(&lab->source, GF_FEVT_RESUME), 1);
}

// The pair sent for a PID without destination does not touch one that has others.
static void plays_for_unconnected_pids_stay_where_others_play(void **state)
{
	Lab *lab = *state;
	GF_FilterEvent evt;
	gf_filter_pid_init_play_event(lab->sinks[0].in, &evt, 0, 1, "test");
	evt.play.initial_broadcast_play = 2;
	gf_filter_pid_send_event(lab->sinks[0].in, &evt);
	evt.base.type = GF_FEVT_STOP;
	gf_filter_pid_send_event(lab->sinks[0].in, &evt);
	lab_run(lab);
	assert_int_equal(lab->source.nb_events, 0);
}

// source -> a, b -> end: an event for whole filters comes to the source once.
static void wide_events_come_once(void **state)
{
	Lab *lab = *state;
	LabFilter a = {0}, b = {0}, end = {0};
	lab_filter(lab->fs, "a", &a, GF_CAPS_INPUT_OUTPUT);
	lab_filter(lab->fs, "b", &b, GF_CAPS_INPUT_OUTPUT);
	gf_filter_set_source(a.filter, lab->source.filter, NULL);
	gf_filter_set_source(b.filter, lab->source.filter, NULL);
	lab_filter(lab->fs, "end", &end, GF_CAPS_INPUT);
	gf_filter_set_max_extra_input_pids(end.filter, 1);
	gf_filter_set_source(end.filter, a.filter, NULL);
	gf_filter_set_source(end.filter, b.filter, NULL);
	gf_filter_reconnect_output(lab->source.filter, NULL);
	lab_run(lab);
	assert_int_equal(gf_filter_get_ipid_count(end.filter), 2);
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_QUALITY_SWITCH, NULL);
	gf_filter_send_event(end.filter, &evt, GF_FALSE);
	gf_filter_send_event(end.filter, &evt, GF_FALSE);
	lab_run(lab);
	assert_int_equal(count(&a, GF_FEVT_QUALITY_SWITCH), 2);
	assert_int_equal(count(&b, GF_FEVT_QUALITY_SWITCH), 2);
	assert_int_equal(count(&lab->source, GF_FEVT_QUALITY_SWITCH), 2);
}

// ---- firing by the application

static void the_application_fires_events(void **state)
{
	Lab *lab = *state;
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_USER, lab->sinks[0].in);
	// Nobody listens.
	assert_false(gf_fs_fire_event(lab->fs, NULL, &evt, GF_FALSE));
	assert_false(gf_fs_fire_event(lab->fs, lab->source.filter, &evt, GF_FALSE));
	gf_filter_set_event_target(lab->sinks[1].filter, GF_TRUE);
	assert_false(gf_fs_fire_event(lab->fs, NULL, &evt, GF_FALSE)); // seen, not consumed
	lab->sinks[1].consume = GF_TRUE;
	assert_true(gf_fs_fire_event(lab->fs, NULL, &evt, GF_FALSE));
	assert_int_equal(lab->sinks[1].nb_events, 2);
	assert_null(lab->sinks[1].events[1].on_pid);
	assert_ptr_equal(evt.base.on_pid, lab->sinks[0].in); // untouched
	// Others are queued when there are PIDs on that side.
	evt.base.type = GF_FEVT_PAUSE;
	assert_true(gf_fs_fire_event(lab->fs, lab->sinks[0].filter, &evt, GF_FALSE));
	assert_false(gf_fs_fire_event(lab->fs, lab->sinks[0].filter, &evt, GF_TRUE));
	assert_false(gf_fs_fire_event(lab->fs, lab->source.filter, &evt, GF_FALSE));
	assert_false(gf_fs_fire_event(NULL, NULL, &evt, GF_FALSE));
	lab_run(lab);
	assert_int_equal(count(&lab->source, GF_FEVT_PAUSE), 1);
}

static void play_can_be_held_back(void **state)
{
	(void)state;
	Lab lab = {0};
	gf_sys_init(GF_MemTrackerNone, "0");
	lab.fs = gf_fs_new(0, 0, GF_FS_FLAG_NON_BLOCKING | GF_FS_FLAG_PREVENT_PLAY, NULL);
	lab_filter(lab.fs, "source", &lab.source, GF_CAPS_OUTPUT);
	lab.source.out = lab_new_pid(lab.source.filter);
	lab_filter(lab.fs, "sink", &lab.sinks[0], GF_CAPS_INPUT);
	lab_run(&lab);
	assert_int_equal(lab.source.nb_events, 0);
	gf_fs_send_deferred_play(lab.fs);
	gf_fs_send_deferred_play(lab.fs);
	lab_run(&lab);
	assert_int_equal(count(&lab.source, GF_FEVT_PLAY), 1);
	lab_close(&lab);
}

// ---- play events

typedef struct {
	s32 mode; // -1: no property
	double start, speed;
	Bool duration; // the PID lasts 60 seconds
	double want_start, want_speed;
} PlayCase;

static void play_events_follow_the_playback_mode(void **state)
{
	Lab *lab = *state;
	static const PlayCase cases[] = {
		{-1, 0, 1, GF_TRUE, 0, 1},
		{-1, 10, 2, GF_TRUE, 0, 1},
		{GF_PLAYBACK_MODE_NONE, -0.5, 1, GF_TRUE, 0, 1},
		{GF_PLAYBACK_MODE_SEEK, 10, 2, GF_TRUE, 10, 1},
		{GF_PLAYBACK_MODE_SEEK, -0.5, 1, GF_TRUE, 30, 1},
		{GF_PLAYBACK_MODE_SEEK, -0.5, 1, GF_FALSE, -0.5, 1}, // left to the receiver
		{GF_PLAYBACK_MODE_SEEK, -1, 1, GF_TRUE, 60, 1},
		{GF_PLAYBACK_MODE_FASTFORWARD, 10, 2, GF_TRUE, 10, 2},
		{GF_PLAYBACK_MODE_FASTFORWARD, 0, 0, GF_TRUE, 0, 0},
		{GF_PLAYBACK_MODE_FASTFORWARD, 0, -2, GF_FALSE, 0, 1},
		{GF_PLAYBACK_MODE_REWIND, 0, -2, GF_TRUE, 60, -2},
		{GF_PLAYBACK_MODE_REWIND, 20, -2, GF_TRUE, 20, -2},
	};
	for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const PlayCase *c = &cases[i];
		gf_filter_pid_set_property(lab->source.out, GF_PROP_PID_PLAYBACK_MODE,
			c->mode < 0 ? NULL : PROP_UINT((u32)c->mode));
		gf_filter_pid_set_property(lab->source.out, GF_PROP_PID_DURATION,
			c->duration ? PROP_FRAC64_INT(60000, 1000) : NULL);
		GF_FilterEvent evt;
		memset(&evt, 0xFF, sizeof(evt));
		gf_filter_pid_init_play_event(lab->source.out, &evt, c->start, c->speed, "test");
		assert_int_equal(evt.base.type, GF_FEVT_PLAY);
		assert_ptr_equal(evt.base.on_pid, lab->source.out);
		assert_float_equal(evt.play.start_range, c->want_start, 1e-9);
		assert_float_equal(evt.play.speed, c->want_speed, 1e-9);
		assert_float_equal(evt.play.end_range, 0, 0);
		assert_int_equal(evt.play.initial_broadcast_play, 0);
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_chain, close_lab)
#define T2(name) cmocka_unit_test_setup_teardown(name, open_fan_out, close_lab)
	const struct CMUnitTest tests[] = {
		T(events_travel_to_the_source),
		T(events_travel_to_the_sinks),
		T(events_on_a_filter_go_by_its_inputs),
		T(some_events_cannot_be_sent),
		T(events_for_sources_pass_filters_between),
		T(strings_of_events_are_copied),
		T(short_structures_are_not_read_beyond_their_type),
		T(one_to_one_filters_follow_their_output),
		T(a_seek_empties_the_queues),
		T(a_late_first_start_drops_what_was_sent),
		T(queued_events_are_counted),
		T2(the_producer_sees_one_play_and_one_stop),
		T2(the_producer_pauses_once),
		T2(plays_for_unconnected_pids_stay_where_others_play),
		T2(wide_events_come_once),
		T2(the_application_fires_events),
		cmocka_unit_test(play_can_be_held_back),
		T2(play_events_follow_the_playback_mode),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
