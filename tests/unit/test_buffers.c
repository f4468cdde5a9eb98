// SPDX-License-Identifier: MIT
// Buffers: limits in packets and in time, who blocks whom, requests, queries (graph chapter 4.6).
#include "fake_lab.h"

static int open_one(void **state)
{
	static Lab lab;
	lab_open(&lab, 1);
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	*state = &lab;
	return 0;
}

static int open_two(void **state)
{
	static Lab lab;
	lab_open(&lab, 2);
	*state = &lab;
	return 0;
}

static int close_lab(void **state)
{
	lab_close(*state);
	return 0;
}

static Bool blocks(Lab *lab)
{
	return gf_filter_pid_would_block(lab->source.out);
}

// A packet of 10 ms.
static void send_timed(Lab *lab)
{
	GF_FilterPacket *pck = lab_packet(lab, 4, 1);
	gf_filter_pck_set_duration(pck, 10);
	assert_int_equal(gf_filter_pck_send(pck), GF_OK);
}

static void take(Lab *lab, u32 sink)
{
	assert_non_null(lab_get(lab, sink));
	lab_drop(lab, sink);
}

static void one_packet_is_the_default(void **state)
{
	Lab *lab = *state;
	assert_false(blocks(lab));
	lab_send(lab, 4, 1);
	assert_true(blocks(lab));
	assert_true(gf_filter_pid_would_block(lab->sinks[0].in)); // of the producer
	lab_send(lab, 4, 1); // sending is allowed all the same
	take(lab, 0);
	assert_true(blocks(lab));
	u32 calls = lab->source.nb_process;
	lab_run(lab);
	assert_int_equal(lab->source.nb_process, calls); // blocked: not scheduled
	take(lab, 0);
	assert_false(blocks(lab));
	lab_run(lab);
	assert_int_equal(lab->source.nb_process, calls + 1); // unblocking runs it
}

static void a_blocked_filter_can_be_exempt(void **state)
{
	Lab *lab = *state;
	assert_int_equal(gf_filter_prevent_blocking(lab->source.filter, GF_TRUE), GF_OK);
	lab_send(lab, 4, 1);
	u32 calls = lab->source.nb_process;
	gf_filter_post_process_task(lab->source.filter);
	lab_run(lab);
	assert_int_equal(lab->source.nb_process, calls + 1);
	gf_filter_prevent_blocking(lab->source.filter, GF_FALSE);
	gf_filter_post_process_task(lab->source.filter);
	lab_run(lab);
	assert_int_equal(lab->source.nb_process, calls + 1);
	assert_true(gf_filter_block_enabled(lab->source.filter));
	// As if there was room, until the next packet.
	gf_filter_pid_discard_block(lab->source.out);
	lab_run(lab);
	assert_int_equal(lab->source.nb_process, calls + 2);
	lab_send(lab, 4, 1);
	assert_true(blocks(lab));
}

static void time_limits_count_durations(void **state)
{
	Lab *lab = *state;
	gf_filter_pid_set_max_buffer(lab->source.out, 30000);
	u32 max_units, units, max_us, us;
	for (u32 i = 0; i < 3; i++) {
		send_timed(lab);
		assert_false(blocks(lab)); // at the limit is not over it
	}
	assert_true(gf_filter_pid_get_buffer_occupancy(lab->source.out, &max_units, &units, &max_us, &us));
	assert_int_equal(max_units, 0);
	assert_int_equal(units, 3);
	assert_int_equal(max_us, 30000);
	assert_int_equal(us, 30000);
	assert_true(gf_filter_pid_get_buffer_occupancy(lab->sinks[0].in, NULL, NULL, NULL, NULL));
	send_timed(lab);
	assert_true(blocks(lab));
	take(lab, 0);
	assert_true(blocks(lab)); // unblocks strictly below the limit
	take(lab, 0);
	assert_false(blocks(lab));
	// A request below the default changes nothing to it.
	gf_filter_pid_set_max_buffer(lab->source.out, 10);
	gf_filter_pid_get_buffer_occupancy(lab->source.out, NULL, NULL, &max_us, NULL);
	assert_int_equal(max_us, 1000);
}

static void packets_longer_than_the_limit_pass_one_by_one(void **state)
{
	Lab *lab = *state;
	gf_filter_pid_set_max_buffer(lab->source.out, 2000);
	send_timed(lab);
	assert_false(blocks(lab)); // 10 ms: the limit rises to it
	send_timed(lab);
	assert_true(blocks(lab));
	take(lab, 0);
	assert_true(blocks(lab));
	take(lab, 0);
	assert_false(blocks(lab));
}

static void packets_without_time_do_not_pile_up(void **state)
{
	Lab *lab = *state;
	gf_filter_pid_set_max_buffer(lab->source.out, 1000000);
	u32 nb = 0;
	while (!blocks(lab) && nb < 10000) {
		lab_send(lab, 4, 1);
		nb++;
	}
	assert_in_range(nb, 2, 1000);
}

static void speed_scales_the_limits(void **state)
{
	Lab *lab = *state;
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_SET_SPEED, lab->sinks[0].in);
	evt.play.speed = -3;
	gf_filter_pid_send_event(lab->sinks[0].in, &evt);
	lab_run(lab);
	lab_send(lab, 4, 1);
	lab_send(lab, 4, 1);
	assert_false(blocks(lab));
	lab_send(lab, 4, 1);
	assert_true(blocks(lab));
	for (u32 i = 0; i < 3; i++)
		take(lab, 0);
	evt.play.speed = 0.25;
	gf_filter_pid_send_event(lab->sinks[0].in, &evt);
	lab_run(lab);
	assert_false(blocks(lab)); // there is always room for one
	evt.play.speed = 0;
	gf_filter_pid_send_event(lab->sinks[0].in, &evt);
	lab_run(lab);
	lab_send(lab, 4, 1);
	assert_true(blocks(lab));
}

static void the_slowest_consumer_decides(void **state)
{
	Lab *lab = *state;
	lab_send(lab, 4, 1);
	take(lab, 0);
	assert_true(blocks(lab));
	take(lab, 1);
	assert_false(blocks(lab));
	// Unless it discards, or was left out.
	lab_send(lab, 4, 1);
	take(lab, 0);
	assert_int_equal(gf_filter_pid_ignore_blocking(lab->sinks[1].in, GF_TRUE), GF_OK);
	assert_false(blocks(lab));
	assert_int_equal(gf_filter_pid_ignore_blocking(lab->source.out, GF_TRUE), GF_BAD_PARAM);
	gf_filter_pid_ignore_blocking(lab->sinks[1].in, GF_FALSE);
	assert_true(blocks(lab));
	gf_filter_pid_set_discard(lab->sinks[1].in, GF_TRUE);
	assert_false(blocks(lab));
}

// A consumer that is stopped while the other plays gets no packets, and holds nothing up.
static void a_stopped_consumer_does_not_block(void **state)
{
	Lab *lab = *state;
	lab_send(lab, 4, 1);
	take(lab, 0);
	assert_true(blocks(lab));
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_STOP, lab->sinks[1].in);
	gf_filter_pid_send_event(lab->sinks[1].in, &evt);
	assert_false(blocks(lab));
	lab_run(lab);
	lab_send(lab, 4, 2);
	assert_null(lab_get(lab, 1));
	take(lab, 0);
	assert_false(blocks(lab));
	// Played again, it goes on from here.
	evt.base.type = GF_FEVT_PLAY;
	gf_filter_pid_send_event(lab->sinks[1].in, &evt);
	lab_run(lab);
	lab_send(lab, 4, 3);
	u32 size;
	assert_int_equal(gf_filter_pck_get_data(lab_get(lab, 1), &size)[0], 3);
	assert_true(blocks(lab));
}

// All outputs have to block; sparse ones do not count beside others.
static void a_filter_blocks_when_all_outputs_do(void **state)
{
	Lab *lab = *state;
	gf_filter_set_max_extra_input_pids(lab->sinks[0].filter, 5);
	GF_FilterPid *first_in = lab->sinks[0].in;
	GF_FilterPid *second = lab_new_pid(lab->source.filter);
	GF_FilterPid *sparse = lab_new_pid(lab->source.filter);
	gf_filter_pid_set_property(sparse, GF_PROP_PID_SPARSE, PROP_BOOL(GF_TRUE));
	assert_true(gf_filter_pid_is_sparse(sparse));
	assert_false(gf_filter_pid_is_sparse(second));
	lab_run(lab);
	assert_int_equal(gf_filter_get_ipid_count(lab->sinks[0].filter), 3);
	GF_FilterPid *second_in = gf_filter_get_ipid(lab->sinks[0].filter, 1);
	lab_send(lab, 4, 1);
	u32 calls = lab->source.nb_process;
	gf_filter_post_process_task(lab->source.filter);
	lab_run(lab);
	assert_int_equal(lab->source.nb_process, calls + 1); // the second is open
	gf_filter_pck_send(gf_filter_pck_new_alloc(second, 4, NULL));
	gf_filter_post_process_task(lab->source.filter);
	lab_run(lab);
	assert_int_equal(lab->source.nb_process, calls + 1); // only the sparse one is
	assert_false(gf_filter_pid_would_block(sparse));
	gf_filter_pid_get_packet(second_in);
	gf_filter_pid_drop_packet(second_in);
	lab_run(lab);
	assert_int_equal(lab->source.nb_process, calls + 2);
	// An output that ended is out of the question.
	gf_filter_pid_set_eos(second);
	gf_filter_post_process_task(lab->source.filter);
	lab_run(lab);
	assert_int_equal(lab->source.nb_process, calls + 2);
	gf_filter_pid_get_packet(first_in);
	gf_filter_pid_drop_packet(first_in);
	lab_run(lab);
	assert_int_equal(lab->source.nb_process, calls + 3);
}

static void what_nobody_takes_does_not_block(void **state)
{
	Lab *lab = *state;
	GF_FilterPid *pid = lab_new_pid(lab->source.filter);
	gf_filter_pid_set_property(pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_AUDIO));
	assert_int_equal(gf_filter_pck_send(gf_filter_pck_new_alloc(pid, 4, NULL)), GF_PENDING_PACKET);
	assert_true(gf_filter_pid_would_block(pid)); // until it is known
	lab_run(lab);
	assert_false(gf_filter_pid_would_block(pid));
	assert_int_equal(gf_filter_pck_send(gf_filter_pck_new_alloc(pid, 4, NULL)), GF_OK);
	assert_false(gf_filter_pid_would_block(pid));
}

// ---- requests

// Source of coded media, decoder, sink of raw media.
static void add_decoder(Lab *lab, LabFilter *dec, LabFilter *end)
{
	lab_filter(lab->fs, "decoder", dec, GF_CAPS_INPUT_OUTPUT);
	gf_filter_set_source(dec->filter, lab->source.filter, NULL);
	lab_filter(lab->fs, "end", end, GF_CAPS_INPUT);
	gf_filter_set_source(end->filter, dec->filter, NULL);
	gf_filter_reconnect_output(lab->source.filter, NULL);
	gf_fs_run(lab->fs);
}

static GF_Err decode_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	GF_Err e = lab_pass_configure(f, pid, is_remove);
	if (!is_remove)
		gf_filter_pid_set_property(lab_of(f)->out, GF_PROP_PID_CODECID, PROP_UINT(GF_CODECID_RAW));
	return e;
}

static void decoders_buffer_by_time_in_front_and_units_behind(void **state)
{
	Lab *lab = *state;
	LabFilter dec = {0}, end = {0};
	lab_filter(lab->fs, "decoder", &dec, GF_CAPS_INPUT_OUTPUT);
	gf_filter_set_configure_ckb(dec.filter, decode_configure);
	gf_filter_set_source(dec.filter, lab->source.filter, NULL);
	lab_filter(lab->fs, "end", &end, GF_CAPS_INPUT);
	gf_filter_set_source(end.filter, dec.filter, NULL);
	gf_filter_reconnect_output(lab->source.filter, NULL);
	lab_run(lab);
	assert_non_null(end.in);
	u32 max_units, max_us;
	gf_filter_pid_get_buffer_occupancy(dec.in, &max_units, NULL, &max_us, NULL);
	assert_int_equal(max_units, 0);
	assert_int_equal(max_us, 1000000);
	gf_filter_pid_get_buffer_occupancy(end.in, &max_units, NULL, NULL, NULL);
	assert_int_equal(max_units, 3); // pictures
	// A request of the end travels to what feeds the decoder.
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_BUFFER_REQ, end.in);
	evt.buffer_req.max_buffer_us = 2500000;
	evt.buffer_req.max_playout_us = 700;
	gf_filter_pid_send_event(end.in, &evt);
	lab_run(lab);
	gf_filter_pid_get_buffer_occupancy(dec.in, NULL, NULL, &max_us, NULL);
	assert_int_equal(max_us, 2500000);
	assert_int_equal(gf_filter_pid_get_max_buffer(end.in), 2500000);
	for (u32 i = 0; i < dec.nb_events; i++)
		assert_int_not_equal(dec.events[i].type, GF_FEVT_BUFFER_REQ); // never delivered
	u32 buf, playout;
	gf_filter_get_output_buffer_max(lab->source.filter, &buf, &playout);
	assert_int_equal(buf, 2500000);
	assert_int_equal(playout, 700);
	gf_filter_get_output_buffer_max(lab->source.filter, NULL, NULL);
	// For this PID only.
	evt.buffer_req.pid_only = GF_TRUE;
	evt.buffer_req.max_buffer_us = 400000;
	gf_filter_pid_send_event(end.in, &evt);
	lab_run(lab);
	gf_filter_pid_get_buffer_occupancy(end.in, NULL, NULL, &max_us, NULL);
	assert_int_equal(max_us, 400000);
}

static void limits_move_to_the_output_of_raw_filters(void **state)
{
	Lab *lab = *state;
	gf_filter_pid_set_max_buffer(lab->source.out, 50000);
	LabFilter pass = {0}, end = {0};
	add_decoder(lab, &pass, &end);
	gf_filter_pid_copy_buffer_req(pass.out, pass.in);
	u32 max_units, max_us;
	gf_filter_pid_get_buffer_occupancy(end.in, &max_units, NULL, &max_us, NULL);
	assert_int_equal(max_units, 0);
	assert_int_equal(max_us, 50000);
}

static void durations_add_up_along_the_chain(void **state)
{
	Lab *lab = *state;
	gf_filter_pid_set_max_buffer(lab->source.out, 100000);
	LabFilter pass = {0}, end = {0};
	add_decoder(lab, &pass, &end);
	for (u32 i = 0; i < 3; i++)
		send_timed(lab);
	GF_FilterPacket *pck = gf_filter_pck_new_alloc(pass.out, 4, NULL);
	gf_filter_pck_set_duration(pck, 7);
	gf_filter_pck_send(pck);
	assert_true(gf_filter_pid_query_buffer_duration(end.in, GF_FALSE) == 37000);
	assert_true(gf_filter_pid_query_buffer_duration(end.in, GF_TRUE) == GF_FILTER_NO_TS); // full in units
	assert_true(gf_filter_pid_query_buffer_duration(pass.in, GF_TRUE) == 0); // not full
	assert_true(gf_filter_pid_query_buffer_duration(lab->source.out, GF_FALSE) == 30000);
	u32 max = 0;
	gf_filter_pid_query_buffer_duration_and_max(pass.in, &max);
	assert_int_equal(max, 100000);
}

// ---- options

static GF_FilterSession *session_with(const char *option, const char *value)
{
	gf_sys_init(GF_MemTrackerNone, "0");
	gf_opts_set_key("temp", option, value);
	return gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, GF_FS_FLAG_NON_BLOCKING | GF_FS_FLAG_NO_IMPLICIT, NULL);
}

static void link_lab(Lab *lab, const char *source)
{
	lab_filter(lab->fs, source, &lab->source, GF_CAPS_OUTPUT);
	lab->source.out = lab_new_pid(lab->source.filter);
	for (u32 i = 0; i < 2; i++)
		lab_filter(lab->fs, "sink", &lab->sinks[i], GF_CAPS_INPUT);
	lab_run(lab);
}

static void core_options_set_limits(void **state)
{
	(void)state;
	Lab lab = {.fs = session_with("buffer-units", "4")};
	link_lab(&lab, "source");
	for (u32 i = 0; i < 4; i++) {
		assert_false(blocks(&lab));
		lab_send(&lab, 4, 1);
	}
	assert_true(blocks(&lab));
	lab_close(&lab);
	lab = (Lab){.fs = session_with("no-block", "all")};
	link_lab(&lab, "source");
	for (u32 i = 0; i < 20; i++)
		lab_send(&lab, 4, 1);
	assert_false(blocks(&lab));
	assert_false(gf_filter_block_enabled(lab.source.filter));
	lab_close(&lab);
	// One consumer in need is enough.
	lab = (Lab){.fs = session_with("no-block", "fanout")};
	link_lab(&lab, "source");
	lab_send(&lab, 4, 1);
	assert_true(blocks(&lab));
	lab_get(&lab, 0);
	lab_drop(&lab, 0);
	assert_false(blocks(&lab));
	lab_close(&lab);
}

static void filter_options_set_limits(void **state)
{
	(void)state;
	Lab lab = {.fs = session_with("buffer-units", "1")};
	link_lab(&lab, "source:FBU=3");
	lab_send(&lab, 4, 1);
	lab_send(&lab, 4, 1);
	assert_false(blocks(&lab));
	lab_send(&lab, 4, 1);
	assert_true(blocks(&lab));
	lab_close(&lab);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_one, close_lab)
#define T2(name) cmocka_unit_test_setup_teardown(name, open_two, close_lab)
	const struct CMUnitTest tests[] = {
		T(one_packet_is_the_default),
		T(a_blocked_filter_can_be_exempt),
		T(time_limits_count_durations),
		T(packets_longer_than_the_limit_pass_one_by_one),
		T(packets_without_time_do_not_pile_up),
		T(speed_scales_the_limits),
		T2(the_slowest_consumer_decides),
		T2(a_stopped_consumer_does_not_block),
		T(a_filter_blocks_when_all_outputs_do),
		T(what_nobody_takes_does_not_block),
		T(decoders_buffer_by_time_in_front_and_units_behind),
		T(limits_move_to_the_output_of_raw_filters),
		T(durations_add_up_along_the_chain),
		cmocka_unit_test(core_options_set_limits),
		cmocka_unit_test(filter_options_set_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
