// SPDX-License-Identifier: MIT
// PIDs: property versions, informative properties, times set at sending, frames, ends of stream, clocks (graph chapter
// 4.7, 5.4, 5.5).
#include "fake_lab.h"

static int open_lab(void **state)
{
	static Lab lab;
	lab_open(&lab, 2);
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	*state = &lab;
	return 0;
}

static int close_lab(void **state)
{
	lab_close(*state);
	return 0;
}

static u32 width_at(Lab *lab, u32 sink)
{
	const GF_PropertyValue *w = gf_filter_pid_get_property(lab->sinks[sink].in, GF_PROP_PID_WIDTH);
	return w ? w->value.uint : 0;
}

static void set_width(Lab *lab, u32 width)
{
	assert_int_equal(gf_filter_pid_set_property(lab->source.out, GF_PROP_PID_WIDTH, PROP_UINT(width)), GF_OK);
}

// ---- properties

static void a_change_shows_with_the_next_packet(void **state)
{
	Lab *lab = *state;
	set_width(lab, 100);
	lab_send(lab, 4, 1);
	set_width(lab, 200);
	set_width(lab, 300); // several changes before a packet are one
	lab_send(lab, 4, 2);
	assert_int_equal(gf_filter_pid_get_property(lab->source.out, GF_PROP_PID_WIDTH)->value.uint, 300);
	assert_int_equal(width_at(lab, 0), 0); // nothing fetched yet
	assert_int_equal(lab->sinks[0].nb_configure, 1);
	lab_get(lab, 0);
	assert_int_equal(lab->sinks[0].nb_configure, 2);
	assert_int_equal(width_at(lab, 0), 100);
	lab_get(lab, 0); // the same packet
	lab_drop(lab, 0);
	assert_int_equal(width_at(lab, 0), 100);
	lab_get(lab, 0);
	assert_int_equal(lab->sinks[0].nb_configure, 3);
	assert_int_equal(width_at(lab, 0), 300);
	// The other destination has its own view.
	assert_int_equal(lab->sinks[1].nb_configure, 1);
}

static void equal_values_change_nothing(void **state)
{
	Lab *lab = *state;
	set_width(lab, 100);
	gf_filter_pid_set_property_str(lab->source.out, "name", PROP_STRING("a"));
	lab_send(lab, 4, 1);
	lab_get(lab, 0);
	lab_drop(lab, 0);
	set_width(lab, 100);
	gf_filter_pid_set_property_dyn(lab->source.out, "name", PROP_STRING("a"));
	gf_filter_pid_set_property_str(lab->source.out, "absent", NULL);
	lab_send(lab, 4, 1);
	lab_get(lab, 0);
	assert_int_equal(lab->sinks[0].nb_configure, 2);
	// A set of strings in another order is the same.
	char *one[] = {"x", "y"}, *two[] = {"y", "x"};
	GF_PropertyValue list = {.type = GF_PROP_STRING_LIST_COPY, .value.string_list = {.vals = one, .nb_items = 2}};
	gf_filter_pid_set_property_str(lab->source.out, "list", &list);
	lab_send(lab, 4, 1);
	list.value.string_list.vals = two;
	gf_filter_pid_set_property_str(lab->source.out, "list", &list);
	lab_send(lab, 4, 1);
	for (u32 i = 0; i < 2; i++) {
		lab_drop(lab, 0);
		lab_get(lab, 0);
	}
	assert_int_equal(lab->sinks[0].nb_configure, 3);
}

static void input_pids_are_not_written(void **state)
{
	Lab *lab = *state;
	GF_FilterPid *in = lab->sinks[0].in;
	assert_int_equal(gf_filter_pid_set_property(in, GF_PROP_PID_WIDTH, PROP_UINT(1)), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pid_set_property(lab->source.out, 0, PROP_UINT(1)), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pid_set_info(in, GF_PROP_PID_WIDTH, PROP_UINT(1)), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pid_reset_properties(in), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pid_copy_properties(in, lab->source.out), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pid_require_source_id(in), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pid_allow_direct_dispatch(in), GF_BAD_PARAM);
	gf_filter_pid_set_name(in, "x");
	assert_string_equal(gf_filter_pid_get_name(in), "PID1");
	gf_filter_pid_set_name(lab->source.out, "y");
	assert_string_equal(gf_filter_pid_get_name(in), "y");
	gf_filter_pid_set_eos(in); // a message, no effect
	assert_false(gf_filter_pid_is_eos(in));
	assert_null(gf_filter_pid_get_packet(lab->source.out));
	assert_false(gf_filter_pid_is_eos(lab->source.out));
}

static void a_refused_change_ends_the_input(void **state)
{
	Lab *lab = *state;
	lab->sinks[0].configure_result = GF_BAD_PARAM;
	set_width(lab, 100);
	lab_send(lab, 4, 1);
	assert_null(lab_get(lab, 0));
	assert_true(gf_filter_pid_is_eos(lab->sinks[0].in));
	assert_int_equal(gf_fs_get_last_connect_error(lab->fs), GF_BAD_PARAM);
	lab_run(lab);
	assert_non_null(lab->sinks[0].in); // kept
	assert_non_null(lab_get(lab, 1));
	// Another error disconnects a sink; it was its last input.
	lab->sinks[1].configure_result = GF_NOT_SUPPORTED;
	lab_drop(lab, 1);
	set_width(lab, 200);
	lab_send(lab, 4, 1);
	assert_null(lab_get(lab, 1));
	assert_true(gf_filter_pid_is_eos(lab->sinks[1].in)); // so that it can flush
	lab_run(lab);
	assert_null(lab->sinks[1].in);
	assert_int_equal(lab->sinks[1].nb_remove, 1);
	assert_int_equal(gf_fs_get_last_connect_error(lab->fs), GF_NOT_SUPPORTED);
	assert_false(gf_fs_check_filter(lab->fs, lab->sinks[1].filter));
}

static void discarded_pids_see_changes(void **state)
{
	Lab *lab = *state;
	GF_FilterPid *in = lab->sinks[0].in;
	lab_send(lab, 4, 1);
	assert_int_equal(gf_filter_pid_set_discard(in, GF_TRUE), GF_OK);
	assert_null(lab_get(lab, 0));
	assert_true(gf_filter_pid_is_eos(in));
	assert_int_equal(gf_filter_pid_get_packet_count(in), 0);
	set_width(lab, 100);
	lab_send(lab, 4, 1);
	assert_null(lab_get(lab, 0));
	lab_run(lab);
	assert_int_equal(lab->sinks[0].nb_configure, 2);
	assert_int_equal(width_at(lab, 0), 100);
	gf_filter_pid_set_discard(in, GF_FALSE);
	assert_null(lab_get(lab, 0));
	assert_false(gf_filter_pid_is_eos(in));
	lab_send(lab, 4, 9);
	u32 size;
	assert_int_equal(gf_filter_pck_get_data(lab_get(lab, 0), &size)[0], 9);
}

static void info_is_told_without_reconfiguration(void **state)
{
	Lab *lab = *state;
	lab_send(lab, 4, 1);
	lab_get(lab, 0);
	lab_drop(lab, 0);
	gf_filter_pid_set_info(lab->source.out, GF_PROP_PID_DOWN_RATE, PROP_UINT(5));
	assert_int_equal(lab->sinks[0].nb_events, 0);
	lab_send(lab, 4, 1);
	lab_get(lab, 0);
	assert_int_equal(lab->sinks[0].nb_configure, 1);
	assert_int_equal(lab->sinks[0].nb_events, 1);
	assert_int_equal(lab->sinks[0].events[0].type, GF_FEVT_INFO_UPDATE);
	assert_ptr_equal(lab->sinks[0].events[0].on_pid, lab->sinks[0].in);
	assert_null(gf_filter_pid_get_property(lab->sinks[0].in, GF_PROP_PID_DOWN_RATE));
	GF_PropertyEntry *entry = NULL;
	const GF_PropertyValue *v = gf_filter_pid_get_info(lab->sinks[0].in, GF_PROP_PID_DOWN_RATE, &entry);
	assert_int_equal(v->value.uint, 5);
	// The entry keeps the value that was found.
	gf_filter_pid_set_info(lab->source.out, GF_PROP_PID_DOWN_RATE, PROP_UINT(6));
	assert_int_equal(v->value.uint, 5);
	v = gf_filter_get_info(lab->sinks[0].filter, GF_PROP_PID_DOWN_RATE, &entry);
	assert_int_equal(v->value.uint, 6);
	assert_null(gf_filter_get_info_str(lab->sinks[0].filter, "none", &entry));
	assert_null(entry);
	gf_filter_release_property(entry);
}

static void properties_copy_and_merge(void **state)
{
	Lab *lab = *state;
	GF_FilterPid *other = gf_filter_pid_new(lab->source.filter);
	assert_string_equal(gf_filter_pid_get_name(other), "PID2");
	gf_filter_pid_set_name(lab->source.out, "first");
	gf_filter_pid_set_property_str(lab->source.out, "a", PROP_UINT(1));
	gf_filter_pid_set_property_str(other, "b", PROP_UINT(2));
	assert_int_equal(gf_filter_pid_merge_properties(other, lab->source.out, NULL, NULL), GF_OK);
	assert_int_equal(gf_filter_pid_get_property_str(other, "a")->value.uint, 1);
	assert_int_equal(gf_filter_pid_get_property_str(other, "b")->value.uint, 2);
	assert_int_equal(gf_filter_pid_copy_properties(other, lab->source.out), GF_OK);
	assert_null(gf_filter_pid_get_property_str(other, "b"));
	assert_string_equal(gf_filter_pid_get_name(other), "first");
	gf_filter_pid_set_property_str(other, "a", PROP_UINT(7));
	assert_int_equal(gf_filter_pid_get_property_str(lab->source.out, "a")->value.uint, 1);
	assert_int_equal(gf_filter_pid_reset_properties(other), GF_OK);
	u32 idx = 0, p4cc;
	const char *name;
	assert_null(gf_filter_pid_enum_properties(other, &idx, &p4cc, &name));
	// Properties that were in force when a packet was sent.
	lab_send(lab, 4, 1);
	gf_filter_pid_set_property_str(lab->source.out, "a", PROP_UINT(9));
	assert_int_equal(gf_filter_pid_copy_properties_from_packet(other, lab_get(lab, 0)), GF_OK);
	assert_int_equal(gf_filter_pid_get_property_str(other, "a")->value.uint, 1);
	gf_filter_pid_remove(other);
}

// ---- times

typedef struct {
	u64 dts, cts; // GF_FILTER_NO_TS for unset
	s32 duration; // -1 for unset
	u64 want_dts, want_cts;
	u32 want_duration;
} Timing;

#define NO GF_FILTER_NO_TS

static void check_timing(Lab *lab, const Timing *t, u32 nb)
{
	for (u32 i = 0; i < nb; i++) {
		GF_FilterPacket *pck = lab_packet(lab, 4, 1);
		if (t[i].dts != NO)
			gf_filter_pck_set_dts(pck, t[i].dts);
		if (t[i].cts != NO)
			gf_filter_pck_set_cts(pck, t[i].cts);
		if (t[i].duration >= 0)
			gf_filter_pck_set_duration(pck, (u32)t[i].duration);
		assert_int_equal(gf_filter_pck_send(pck), GF_OK);
		GF_FilterPacket *in = lab_get(lab, 0);
		assert_true(gf_filter_pck_get_dts(in) == t[i].want_dts);
		assert_true(gf_filter_pck_get_cts(in) == t[i].want_cts);
		assert_int_equal(gf_filter_pck_get_duration(in), t[i].want_duration);
		lab_drop(lab, 0);
	}
}

static void missing_times_are_completed(void **state)
{
	static const Timing t[] = {
		{10, NO, -1, 10, 10, 0}, // the first has no duration
		{NO, 30, -1, 30, 30, 20},
		{40, 60, -1, 40, 60, 10},
		{60, 40, -1, 60, 40, 20},
		{70, 90, 5, 70, 90, 5}, // given
		{80, 80, 0, 80, 80, 0}, // explicitly none
		{75, 75, -1, 75, 75, 5}, // absolute difference
		{NO, NO, -1, NO, NO, 0},
	};
	check_timing(*state, t, sizeof(t) / sizeof(t[0]));
	Lab *lab = *state;
	assert_int_equal(gf_filter_pid_get_min_pck_duration(lab->sinks[0].in), 5);
}

static void sparse_pids_get_no_durations(void **state)
{
	Lab *lab = *state;
	gf_filter_pid_set_property(lab->source.out, GF_PROP_PID_SPARSE, PROP_BOOL(GF_TRUE));
	static const Timing t[] = {{10, 10, -1, 10, 10, 0}, {30, 30, -1, 30, 30, 0}, {50, 50, 7, 50, 50, 7}};
	check_timing(lab, t, 3);
}

static void decode_times_are_rebuilt_on_demand(void **state)
{
	Lab *lab = *state;
	gf_filter_pid_recompute_dts(lab->source.out, GF_TRUE);
	// I P B B in decoding order, 40 apart: previous DTS plus the smallest step of CTS seen.
	static const Timing t[] = {
		{NO, 80, -1, 80, 80, 0}, {NO, 200, -1, 200, 200, 120}, {NO, 120, -1, 280, 120, 80}, {NO, 160, -1, 320, 160, 40}};
	check_timing(lab, t, 4);
}

static void next_time_follows_the_last_packet(void **state)
{
	Lab *lab = *state;
	assert_true(gf_filter_pid_get_next_ts(lab->source.out) == GF_FILTER_NO_TS);
	static const Timing t[] = {{10, 10, 15, 10, 10, 15}};
	check_timing(lab, t, 1);
	assert_true(gf_filter_pid_get_next_ts(lab->source.out) == 25);
	assert_int_equal(gf_filter_pid_get_timescale(lab->sinks[0].in), 1000);
	assert_int_equal(gf_filter_pid_get_timescale(NULL), 0);
	u64 cts = 0;
	assert_false(gf_filter_pid_get_first_packet_cts(lab->sinks[0].in, &cts));
	assert_true(gf_filter_pid_get_first_packet_cts(lab->sinks[1].in, &cts));
	assert_true(cts == 10);
}

// ---- frames in pieces

static void send_piece(Lab *lab, u8 fill, Bool start, Bool end, u64 cts, u64 offset)
{
	GF_FilterPacket *pck = lab_packet(lab, 10, fill);
	gf_filter_pck_set_framing(pck, start, end);
	gf_filter_pck_set_cts(pck, cts);
	gf_filter_pck_set_duration(pck, 20);
	gf_filter_pck_set_byte_offset(pck, offset);
	assert_int_equal(gf_filter_pck_send(pck), GF_OK);
}

static void whole_frames_are_assembled(void **state)
{
	Lab *lab = *state;
	GF_FilterPid *in = lab->sinks[0].in;
	assert_int_equal(gf_filter_pid_set_framing_mode(in, GF_TRUE), GF_OK);
	send_piece(lab, 1, GF_TRUE, GF_FALSE, 100, 1000);
	assert_null(lab_get(lab, 0));
	send_piece(lab, 2, GF_FALSE, GF_FALSE, 100, 1010);
	assert_null(lab_get(lab, 0));
	// What cannot be taken yet does not block the source for it, but it does for the other sink, which takes pieces.
	assert_true(gf_filter_pid_would_block(lab->source.out));
	gf_filter_pid_set_discard(lab->sinks[1].in, GF_TRUE);
	assert_false(gf_filter_pid_would_block(lab->source.out));
	send_piece(lab, 3, GF_FALSE, GF_TRUE, 120, 1020);
	assert_true(gf_filter_pid_would_block(lab->source.out));
	GF_FilterPacket *pck = lab_get(lab, 0);
	u32 size;
	const u8 *data = gf_filter_pck_get_data(pck, &size);
	assert_int_equal(size, 30);
	assert_int_equal(data[0], 1);
	assert_int_equal(data[19], 2);
	assert_int_equal(data[20], 3);
	assert_true(gf_filter_pck_get_cts(pck) == 120); // the largest
	assert_int_equal(gf_filter_pck_get_duration(pck), 20);
	assert_true(gf_filter_pck_get_byte_offset(pck) == 1000);
	Bool start, end;
	gf_filter_pck_get_framing(pck, &start, &end);
	assert_true(start && end);
	assert_int_equal(gf_filter_pid_get_packet_count(in), 1);
	lab_drop(lab, 0);
	assert_int_equal(gf_filter_pid_get_packet_count(in), 0);
	assert_false(gf_filter_pid_would_block(lab->source.out));
	// Pieces that do not lie side by side.
	send_piece(lab, 1, GF_TRUE, GF_FALSE, 200, 1000);
	send_piece(lab, 2, GF_FALSE, GF_TRUE, 200, 5000);
	assert_true(gf_filter_pck_get_byte_offset(lab_get(lab, 0)) == GF_FILTER_NO_BO);
	lab_drop(lab, 0);
	// A single piece is not copied.
	static const u8 bytes[4];
	gf_filter_pck_send(gf_filter_pck_new_shared(lab->source.out, bytes, 4, NULL));
	assert_ptr_equal(gf_filter_pck_get_data(lab_get(lab, 0), &size), bytes);
	lab_drop(lab, 0);
	// The end of the stream ends the frame.
	send_piece(lab, 1, GF_TRUE, GF_FALSE, 300, 0);
	send_piece(lab, 2, GF_FALSE, GF_FALSE, 300, 10);
	assert_null(lab_get(lab, 0));
	gf_filter_pid_set_eos(lab->source.out);
	gf_filter_pck_get_data(lab_get(lab, 0), &size);
	assert_int_equal(size, 20);
	lab_drop(lab, 0);
	assert_true(gf_filter_pid_is_eos(in));
}

// ---- end of stream

static void the_end_comes_behind_the_packets(void **state)
{
	Lab *lab = *state;
	GF_FilterPid *in = lab->sinks[0].in;
	lab_send(lab, 4, 1);
	gf_filter_pid_set_eos(lab->source.out);
	gf_filter_pid_set_eos(lab->source.out); // ignored
	gf_filter_pid_set_eos(NULL);
	assert_true(gf_filter_pid_eos_received(in));
	assert_true(gf_filter_pid_has_seen_eos(in));
	assert_false(gf_filter_pid_is_eos(in));
	assert_non_null(lab_get(lab, 0));
	lab_drop(lab, 0);
	assert_null(lab_get(lab, 0));
	assert_true(gf_filter_pid_is_eos(in));
	// A later packet: there was no end.
	lab_send(lab, 4, 1);
	assert_false(gf_filter_pid_is_eos(in));
	assert_false(gf_filter_pid_eos_received(in));
	lab_drop(lab, 0);
	assert_false(gf_filter_pid_is_eos(in));
}

static void a_consumer_clears_the_end(void **state)
{
	Lab *lab = *state;
	GF_FilterPid *in = lab->sinks[0].in;
	gf_filter_pid_set_eos(lab->source.out);
	lab_run(lab);
	assert_true(gf_filter_pid_is_eos(in));
	u32 calls = lab->source.nb_process;
	gf_filter_pid_clear_eos(in, GF_FALSE);
	assert_false(gf_filter_pid_is_eos(in));
	assert_false(gf_filter_pid_eos_received(in));
	assert_true(gf_filter_pid_is_eos(lab->sinks[1].in)); // for the caller only
	lab_run(lab);
	assert_true(lab->source.nb_process > calls); // the source may go on
	gf_filter_pid_clear_eos(lab->source.out, GF_TRUE); // an output: a message
}

static void a_flush_is_an_end_for_a_moment(void **state)
{
	Lab *lab = *state;
	GF_FilterPid *in = lab->sinks[0].in;
	lab_send(lab, 4, 1);
	gf_filter_pid_send_flush(lab->source.out);
	lab_send(lab, 4, 2);
	assert_false(gf_filter_pid_is_flush_eos(in));
	assert_int_equal(gf_filter_pid_get_packet_count(in), 2);
	lab_get(lab, 0);
	lab_drop(lab, 0);
	assert_null(lab_get(lab, 0)); // once
	assert_true(gf_filter_pid_is_eos(in));
	assert_true(gf_filter_pid_is_flush_eos(in));
	assert_false(gf_filter_pid_eos_received(in));
	u32 size;
	assert_int_equal(gf_filter_pck_get_data(lab_get(lab, 0), &size)[0], 2);
	assert_false(gf_filter_pid_is_eos(in));
	lab_drop(lab, 0);
	assert_false(gf_filter_pid_is_eos(in));
	// Asked for the end without a fetch.
	gf_filter_pid_send_flush(lab->source.out);
	assert_true(gf_filter_pid_is_eos(in));
	assert_true(gf_filter_pid_is_flush_eos(in));
	// The real end is no flush.
	gf_filter_pid_set_eos(lab->source.out);
	assert_true(gf_filter_pid_is_eos(in));
	assert_false(gf_filter_pid_is_flush_eos(in));
	gf_filter_pid_send_flush(in); // a message
}

// A filter that ends its output for a flush of its input flushes it only.
static void flushes_pass_through_filters(void **state)
{
	Lab *lab = *state;
	LabFilter pass = {0}, end = {0};
	lab_filter(lab->fs, "pass", &pass, GF_CAPS_INPUT_OUTPUT);
	gf_filter_set_source(pass.filter, lab->source.filter, NULL);
	lab_filter(lab->fs, "end", &end, GF_CAPS_INPUT);
	gf_filter_set_source(end.filter, pass.filter, NULL);
	gf_filter_reconnect_output(lab->source.filter, NULL);
	lab_run(lab);
	assert_non_null(end.in);
	gf_filter_pid_send_flush(lab->source.out);
	assert_null(gf_filter_pid_get_packet(pass.in));
	gf_filter_pid_set_eos(pass.out);
	gf_filter_pid_set_eos(pass.out); // once per flush
	assert_null(gf_filter_pid_get_packet(end.in));
	assert_true(gf_filter_pid_is_eos(end.in));
	assert_true(gf_filter_pid_is_flush_eos(end.in));
	assert_false(gf_filter_pid_eos_received(end.in));
	// Hidden behind the filter, on demand.
	gf_filter_pid_set_eos(lab->source.out);
	assert_true(gf_filter_pid_has_seen_eos(end.in));
	gf_filter_block_eos(pass.filter, GF_TRUE);
	assert_false(gf_filter_pid_has_seen_eos(end.in));
	assert_true(gf_filter_pid_is_eos(pass.in));
	gf_filter_pid_set_eos(pass.out);
	assert_true(gf_filter_pid_is_eos(end.in));
	assert_false(gf_filter_pid_is_flush_eos(end.in));
}

static void a_removed_pid_leaves_behind_its_packets(void **state)
{
	Lab *lab = *state;
	lab_send(lab, 4, 1);
	lab_send(lab, 4, 2);
	gf_filter_pid_remove(lab->source.out);
	gf_filter_pid_remove(lab->source.out); // idempotent
	assert_int_equal(gf_filter_pck_send(lab_packet(lab, 4, 3)), GF_OK); // dropped
	lab_run(lab);
	for (u32 i = 0; i < 2; i++) {
		assert_int_equal(lab->sinks[i].nb_remove, 0);
		for (u8 n = 1; n <= 2; n++) {
			u32 size;
			assert_int_equal(gf_filter_pck_get_data(lab_get(lab, i), &size)[0], n);
			lab_drop(lab, i);
		}
		lab_run(lab);
		assert_int_equal(lab->sinks[i].nb_remove, 1);
		assert_false(gf_fs_check_filter(lab->fs, lab->sinks[i].filter)); // it was its last input
	}
	lab->source.out = NULL;
}

// A PID made, filled, ended and removed in one go, before it is linked.
static void a_short_pid_reaches_its_sinks(void **state)
{
	Lab *lab = *state;
	gf_filter_set_max_extra_input_pids(lab->sinks[0].filter, 1);
	GF_FilterPid *first = lab->sinks[0].in;
	GF_FilterPid *pid = lab_new_pid(lab->source.filter);
	GF_FilterPacket *pck = gf_filter_pck_new_alloc(pid, 4, NULL);
	assert_int_equal(gf_filter_pck_send(pck), GF_PENDING_PACKET);
	gf_filter_pid_set_eos(pid);
	gf_filter_pid_remove(pid);
	lab_run(lab);
	assert_ptr_not_equal(lab->sinks[0].in, first);
	assert_non_null(lab_get(lab, 0));
	lab_drop(lab, 0);
	lab_run(lab);
	assert_int_equal(lab->sinks[0].nb_remove, 1);
	assert_int_equal(gf_filter_get_opid_count(lab->source.filter), 1);
}

// ---- clocks

static void clocks_are_not_data(void **state)
{
	Lab *lab = *state;
	GF_FilterPacket *pck = lab_packet(lab, 0, 0);
	gf_filter_pck_set_cts(pck, 12345);
	gf_filter_pck_set_clock_type(pck, GF_FILTER_CLOCK_PCR_DISC);
	gf_filter_pid_set_eos(lab->source.out);
	assert_int_equal(gf_filter_pck_send(pck), GF_OK);
	assert_null(lab_get(lab, 0));
	assert_true(gf_filter_pid_is_eos(lab->sinks[0].in)); // clocks do not clear the end
	u64 clock;
	u32 timescale;
	assert_int_equal(gf_filter_pid_get_clock_info(lab->sinks[0].in, &clock, &timescale), GF_FILTER_CLOCK_PCR_DISC);
	assert_true(clock == 12345);
	assert_int_equal(timescale, 1000);
	assert_int_equal(gf_filter_pid_get_clock_info(lab->sinks[0].in, NULL, NULL), GF_FILTER_CLOCK_NONE); // told once
}

static void clocks_pass_through_filters(void **state)
{
	Lab *lab = *state;
	LabFilter pass = {0}, end = {0};
	lab_filter(lab->fs, "pass", &pass, GF_CAPS_INPUT_OUTPUT);
	gf_filter_set_source(pass.filter, lab->source.filter, NULL);
	lab_filter(lab->fs, "end", &end, GF_CAPS_INPUT);
	gf_filter_set_source(end.filter, pass.filter, NULL);
	gf_filter_reconnect_output(lab->source.filter, NULL);
	lab_run(lab);
	gf_filter_pid_set_property(pass.out, GF_PROP_PID_TIMESCALE, PROP_UINT(90000));
	// The end takes charge of its clocks: it still gets them.
	gf_filter_pid_set_clock_mode(end.in, GF_TRUE);
	for (u32 in_charge = 0; in_charge < 2; in_charge++) {
		gf_filter_pid_set_clock_mode(pass.in, in_charge);
		GF_FilterPacket *pck = lab_packet(lab, 0, 0);
		gf_filter_pck_set_cts(pck, 2000);
		gf_filter_pck_set_clock_type(pck, GF_FILTER_CLOCK_PCR);
		gf_filter_pck_send(pck);
		u64 clock = 0;
		assert_int_equal(gf_filter_pid_get_clock_info(end.in, &clock, NULL),
			in_charge ? GF_FILTER_CLOCK_NONE : GF_FILTER_CLOCK_PCR);
		if (!in_charge)
			assert_true(clock == 180000);
	}
}

// ---- direct dispatch

static GF_Err take_all(GF_Filter *f)
{
	LabFilter *l = lab_of(f);
	while (gf_filter_pid_get_packet(l->in)) {
		l->nb_process++;
		gf_filter_pid_drop_packet(l->in);
	}
	return GF_OK;
}

static void direct_dispatch_runs_the_consumer_inside_send(void **state)
{
	Lab *lab = *state;
	gf_filter_set_process_ckb(lab->sinks[0].filter, take_all);
	lab->sinks[0].nb_process = 0;
	lab_send(lab, 4, 1);
	assert_int_equal(lab->sinks[0].nb_process, 0);
	assert_int_equal(gf_filter_pid_allow_direct_dispatch(lab->source.out), GF_OK);
	lab_send(lab, 4, 1);
	assert_int_equal(lab->sinks[0].nb_process, 2);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_lab, close_lab)
	const struct CMUnitTest tests[] = {
		T(a_change_shows_with_the_next_packet),
		T(equal_values_change_nothing),
		T(input_pids_are_not_written),
		T(a_refused_change_ends_the_input),
		T(discarded_pids_see_changes),
		T(info_is_told_without_reconfiguration),
		T(properties_copy_and_merge),
		T(missing_times_are_completed),
		T(sparse_pids_get_no_durations),
		T(decode_times_are_rebuilt_on_demand),
		T(next_time_follows_the_last_packet),
		T(whole_frames_are_assembled),
		T(the_end_comes_behind_the_packets),
		T(a_consumer_clears_the_end),
		T(a_flush_is_an_end_for_a_moment),
		T(flushes_pass_through_filters),
		T(a_removed_pid_leaves_behind_its_packets),
		T(a_short_pid_reaches_its_sinks),
		T(clocks_are_not_data),
		T(clocks_pass_through_filters),
		T(direct_dispatch_runs_the_consumer_inside_send),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
