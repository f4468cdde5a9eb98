// SPDX-License-Identifier: MIT
// Packets: the ways to make them, references and copies, destructors, attributes, misuse (graph chapter 5.4).
#include <pthread.h>
#include "fake_lab.h"

static u32 nb_destroyed;
static GF_FilterPacket *last_destroyed;
static GF_FilterPid *last_pid;
static u8 first_byte;

static void count_destroyed(GF_Filter *f, GF_FilterPid *pid, GF_FilterPacket *pck)
{
	assert_non_null(f);
	u32 size;
	const u8 *data = gf_filter_pck_get_data(pck, &size);
	first_byte = data ? data[0] : 0; // still readable
	nb_destroyed++;
	last_destroyed = pck;
	last_pid = pid;
}

static int open_lab(void **state)
{
	static Lab lab;
	nb_destroyed = 0;
	last_destroyed = NULL;
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

// ---- making packets

static void a_new_packet_has_default_attributes(void **state)
{
	Lab *lab = *state;
	GF_FilterPacket *pck = lab_packet(lab, 10, 1);
	Bool start, end;
	assert_int_equal(gf_filter_pck_get_framing(pck, &start, &end), GF_OK);
	assert_true(start && end);
	assert_true(gf_filter_pck_get_dts(pck) == GF_FILTER_NO_TS);
	assert_true(gf_filter_pck_get_cts(pck) == GF_FILTER_NO_TS);
	assert_true(gf_filter_pck_get_byte_offset(pck) == GF_FILTER_NO_BO);
	assert_int_equal(gf_filter_pck_get_duration(pck), 0);
	assert_int_equal(gf_filter_pck_get_sap(pck), GF_FILTER_SAP_NONE);
	assert_int_equal(gf_filter_pck_get_roll_info(pck), 0);
	assert_false(gf_filter_pck_get_seek_flag(pck));
	assert_false(gf_filter_pck_get_corrupted(pck));
	assert_false(gf_filter_pck_has_properties(pck));
	assert_int_equal(gf_filter_pck_get_timescale(pck), 1000); // of the PID, although not sent
	gf_filter_pck_discard(pck);
}

static void attributes_read_back(void **state)
{
	Lab *lab = *state;
	GF_FilterPacket *pck = lab_packet(lab, 10, 1);
	assert_int_equal(gf_filter_pck_set_dts(pck, 5), GF_OK);
	gf_filter_pck_set_cts(pck, 7);
	gf_filter_pck_set_duration(pck, 3);
	gf_filter_pck_set_sap(pck, GF_FILTER_SAP_4_PROL);
	gf_filter_pck_set_roll_info(pck, -5);
	gf_filter_pck_set_interlaced(pck, 2);
	gf_filter_pck_set_corrupted(pck, GF_TRUE);
	gf_filter_pck_set_seek_flag(pck, GF_TRUE);
	gf_filter_pck_set_byte_offset(pck, 1ull << 40);
	gf_filter_pck_set_crypt_flags(pck, GF_FILTER_PCK_CRYPT);
	gf_filter_pck_set_carousel_version(pck, 200);
	gf_filter_pck_set_dependency_flags(pck, 0xE4);
	gf_filter_pck_set_seq_num(pck, 77);
	gf_filter_pck_set_switch_frame(pck, GF_TRUE);
	gf_filter_pck_set_framing(pck, GF_FALSE, GF_TRUE);
	assert_int_equal(gf_filter_pck_send(pck), GF_OK);
	for (u32 i = 0; i < 2; i++) {
		GF_FilterPacket *in = lab_get(lab, i);
		assert_int_equal(gf_filter_pck_get_dts(in), 5);
		assert_int_equal(gf_filter_pck_get_cts(in), 7);
		assert_int_equal(gf_filter_pck_get_duration(in), 3);
		assert_int_equal(gf_filter_pck_get_sap(in), GF_FILTER_SAP_4_PROL);
		assert_int_equal(gf_filter_pck_get_roll_info(in), -5);
		assert_int_equal(gf_filter_pck_get_interlaced(in), 2);
		assert_int_equal(gf_filter_pck_get_corrupted(in), GF_TRUE);
		assert_int_equal(gf_filter_pck_get_seek_flag(in), GF_TRUE);
		assert_true(gf_filter_pck_get_byte_offset(in) == 1ull << 40);
		assert_int_equal(gf_filter_pck_get_crypt_flags(in), GF_FILTER_PCK_CRYPT);
		assert_int_equal(gf_filter_pck_get_carousel_version(in), 200);
		assert_int_equal(gf_filter_pck_get_dependency_flags(in), 0xE4);
		assert_int_equal(gf_filter_pck_get_seq_num(in), 77);
		assert_int_equal(gf_filter_pck_get_switch_frame(in), GF_TRUE);
		Bool start, end;
		gf_filter_pck_get_framing(in, &start, &end);
		assert_false(start);
		assert_true(end);
		lab_drop(lab, i);
	}
}

static void received_packets_cannot_be_changed(void **state)
{
	Lab *lab = *state;
	lab_send(lab, 10, 1);
	GF_FilterPacket *in = lab_get(lab, 0);
	assert_int_equal(gf_filter_pck_set_dts(in, 5), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pck_set_framing(in, GF_TRUE, GF_TRUE), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pck_set_property(in, GF_PROP_PCK_SENDER_NTP, PROP_LONGUINT(1)), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pck_set_readonly(in), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pck_truncate(in, 5), GF_BAD_PARAM);
	u8 *start;
	assert_int_equal(gf_filter_pck_expand(in, 5, &start, NULL, NULL), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pck_send(in), GF_BAD_PARAM);
	gf_filter_pck_discard(in); // refused with a message
	assert_ptr_equal(lab_get(lab, 0), in);
	// So is a reference to it.
	GF_FilterPacket *ref = gf_filter_pck_ref_ex(in);
	assert_int_equal(gf_filter_pck_set_cts(ref, 1), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pck_send(ref), GF_BAD_PARAM);
	gf_filter_pck_unref(ref);
}

static void packets_are_made_on_output_pids(void **state)
{
	Lab *lab = *state;
	lab_send(lab, 10, 1);
	GF_FilterPid *in = lab->sinks[0].in;
	GF_FilterPacket *pck = lab_get(lab, 0);
	u8 *data;
	static const u8 bytes[4];
	GF_FilterFrameInterface ifce = {0};
	GF_FilterPid *wrong[] = {NULL, in};
	for (u32 i = 0; i < 2; i++) {
		assert_null(gf_filter_pck_new_alloc(wrong[i], 4, &data));
		assert_null(gf_filter_pck_new_shared(wrong[i], bytes, 4, NULL));
		assert_null(gf_filter_pck_new_ref(wrong[i], 0, 0, pck));
		assert_null(gf_filter_pck_new_copy(wrong[i], pck, &data));
		assert_null(gf_filter_pck_new_clone(wrong[i], pck, &data));
		assert_null(gf_filter_pck_new_frame_interface(wrong[i], &ifce, NULL));
		assert_int_equal(gf_filter_pck_forward(pck, wrong[i]), GF_OUT_OF_MEM);
	}
	assert_null(gf_filter_pck_new_ref(lab->source.out, 0, 0, NULL));
	assert_int_equal(gf_filter_pck_forward(NULL, lab->source.out), GF_OUT_OF_MEM);
	assert_int_equal(gf_filter_pck_send(NULL), GF_BAD_PARAM);
}

static void references_show_a_range(void **state)
{
	Lab *lab = *state;
	u8 *data;
	GF_FilterPacket *whole = gf_filter_pck_new_alloc(lab->source.out, 10, &data);
	for (u8 i = 0; i < 10; i++)
		data[i] = i;
	gf_filter_pck_set_sap(whole, GF_FILTER_SAP_1);
	static const struct {
		u32 offset, size;
		int result; // size of the reference, -1 when refused
	} ranges[] = {{0, 0, 10}, {3, 4, 4}, {3, 0, 7}, {0, 10, 10}, {10, 0, 0}, {11, 0, -1}, {3, 8, -1}, {0, 11, -1},
		{5, 0xFFFFFFFF, -1}};
	for (u32 i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		GF_FilterPacket *ref = gf_filter_pck_new_ref(lab->source.out, ranges[i].offset, ranges[i].size, whole);
		if (ranges[i].result < 0) {
			assert_null(ref);
			continue;
		}
		u32 size;
		const u8 *part = gf_filter_pck_get_data(ref, &size);
		assert_int_equal(size, ranges[i].result);
		if (size)
			assert_int_equal(part[0], ranges[i].offset);
		assert_int_equal(gf_filter_pck_get_sap(ref), GF_FILTER_SAP_NONE); // no attribute of the source
		gf_filter_pck_discard(ref);
	}
	// A reference to a reference counts from its start, and keeps the memory alone.
	GF_FilterPacket *mid = gf_filter_pck_new_ref(lab->source.out, 2, 6, whole);
	GF_FilterPacket *inner = gf_filter_pck_new_ref(lab->source.out, 3, 2, mid);
	gf_filter_pck_discard(whole);
	gf_filter_pck_discard(mid);
	u32 size;
	const u8 *part = gf_filter_pck_get_data(inner, &size);
	assert_int_equal(size, 2);
	assert_int_equal(part[0], 5);
	gf_filter_pck_discard(inner);
}

static void memory_grows_and_shrinks_before_sending(void **state)
{
	Lab *lab = *state;
	GF_FilterPacket *pck = lab_packet(lab, 60, 7);
	gf_filter_pck_set_byte_offset(pck, 9);
	u8 *start, *added;
	u32 size;
	assert_int_equal(gf_filter_pck_expand(pck, 1000, NULL, NULL, &size), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pck_expand(pck, 1000, &start, &added, &size), GF_OK);
	assert_int_equal(size, 1060);
	assert_ptr_equal(added, start + 60);
	assert_int_equal(start[0], 7);
	assert_int_equal(start[59], 7);
	assert_true(gf_filter_pck_get_byte_offset(pck) == GF_FILTER_NO_BO);
	memset(added, 8, 1000);
	assert_int_equal(gf_filter_pck_truncate(pck, 100), GF_OK);
	assert_int_equal(gf_filter_pck_truncate(pck, 2000), GF_OK); // larger: ignored
	assert_ptr_equal(gf_filter_pck_get_data(pck, &size), start);
	assert_int_equal(size, 100);
	assert_int_equal(gf_filter_pck_expand(pck, 0xFFFFFFFF, &start, NULL, NULL), GF_BAD_PARAM);
	// The producer reallocated the memory.
	u8 *moved = gf_malloc(500);
	memset(moved, 9, 500);
	gf_free(start);
	gf_filter_pck_check_realloc(pck, moved, 500);
	assert_ptr_equal(gf_filter_pck_get_data(pck, &size), moved);
	assert_int_equal(size, 500);
	gf_filter_pck_check_realloc(pck, moved, 400);
	gf_filter_pck_get_data(pck, &size);
	assert_int_equal(size, 400);
	gf_filter_pck_discard(pck);
	// Nothing added to nothing: there is no memory to point to.
	pck = gf_filter_pck_new_alloc(lab->source.out, 0, NULL);
	assert_int_equal(gf_filter_pck_expand(pck, 0, NULL, &added, &size), GF_OK);
	assert_null(added);
	assert_int_equal(size, 0);
	gf_filter_pck_discard(pck);
}

static void empty_packets_travel(void **state)
{
	Lab *lab = *state;
	lab_send(lab, 0, 0);
	u32 size = 5;
	assert_true(gf_filter_pid_first_packet_is_empty(lab->sinks[0].in));
	GF_FilterPacket *in = lab_get(lab, 0);
	assert_non_null(in);
	assert_null(gf_filter_pck_get_data(in, &size));
	assert_int_equal(size, 0);
	u8 *data;
	GF_FilterPacket *copy = gf_filter_pck_new_copy(lab->source.out, in, &data);
	assert_non_null(copy);
	gf_filter_pck_discard(copy);
}

// The PID of packets that were not sent stays for them, and whoever holds their data needs it no more.
static void packets_not_sent_outlive_a_removed_pid(void **state)
{
	Lab *lab = *state;
	GF_FilterPid *pid = gf_filter_pid_new(lab->source.filter);
	assert_int_equal(gf_filter_pid_set_property(pid, GF_PROP_PID_TIMESCALE, PROP_UINT(90000)), GF_OK);
	u8 *data;
	GF_FilterPacket *kept = gf_filter_pck_new_alloc(pid, 4, &data);
	GF_FilterPacket *sent = gf_filter_pck_new_alloc(pid, 4, &data);
	GF_FilterPacket *held = gf_filter_pck_ref_ex(gf_filter_pck_new_alloc(pid, 4, &data));
	data[0] = 7;
	gf_filter_pck_discard(held);
	gf_filter_pid_remove(pid);
	lab_run(lab);
	assert_int_equal(gf_filter_pck_get_timescale(kept), 90000);
	assert_int_equal(gf_filter_pck_send(sent), GF_OK); // to nobody
	gf_filter_pck_discard(kept);
	gf_filter_remove(lab->source.filter);
	lab_run(lab);
	u32 size;
	assert_int_equal(gf_filter_pck_get_data(held, &size)[0], 7);
	gf_filter_pck_unref(held);
}

// ---- shared memory and destructors

static void destructors_are_called_once_with_the_same_pointer(void **state)
{
	Lab *lab = *state;
	static const u8 bytes[] = {42, 1, 2};
	GF_FilterPacket *pck = gf_filter_pck_new_shared(lab->source.out, bytes, 3, count_destroyed);
	assert_int_equal(gf_filter_pck_send(pck), GF_OK);
	assert_true(gf_filter_pck_is_blocking_ref(lab_get(lab, 0)));
	assert_true(gf_filter_pid_first_packet_is_blocking_ref(lab->sinks[0].in));
	u32 size;
	assert_ptr_equal(gf_filter_pck_get_data(lab_get(lab, 0), &size), bytes); // not copied
	GF_FilterPacket *kept = gf_filter_pck_ref_ex(lab_get(lab, 0));
	lab_drop(lab, 0);
	lab_get(lab, 1);
	lab_drop(lab, 1);
	assert_int_equal(nb_destroyed, 0);
	gf_filter_pck_unref(kept);
	assert_int_equal(nb_destroyed, 1);
	assert_ptr_equal(last_destroyed, pck);
	assert_ptr_equal(last_pid, lab->source.out);
	assert_int_equal(first_byte, 42);
}

static void destructors_are_called_on_discard(void **state)
{
	Lab *lab = *state;
	static const u8 bytes[] = {1};
	gf_filter_pck_discard(gf_filter_pck_new_shared(lab->source.out, bytes, 1, count_destroyed));
	assert_int_equal(nb_destroyed, 1);
	u8 *data;
	GF_FilterPacket *pck = gf_filter_pck_new_alloc_destructor(lab->source.out, 4, &data, count_destroyed);
	data[0] = 3;
	GF_FilterPacket *ref = gf_filter_pck_new_ref_destructor(lab->source.out, 0, 0, pck, count_destroyed);
	gf_filter_pck_discard(pck);
	assert_int_equal(nb_destroyed, 1); // the reference keeps it
	gf_filter_pck_discard(ref);
	assert_int_equal(nb_destroyed, 3);
}

static void the_end_of_the_session_calls_destructors(void **state)
{
	Lab *lab = *state;
	static const u8 bytes[] = {1};
	GF_FilterPacket *queued = gf_filter_pck_new_shared(lab->source.out, bytes, 1, count_destroyed);
	gf_filter_pck_send(queued);
	GF_FilterPacket *held = gf_filter_pck_new_shared(lab->source.out, bytes, 1, count_destroyed);
	gf_filter_pck_send(held);
	lab_get(lab, 0);
	lab_drop(lab, 0);
	GF_FilterPacket *kept = gf_filter_pck_ref_ex(lab_get(lab, 0));
	gf_fs_del(lab->fs);
	lab->fs = NULL;
	assert_int_equal(nb_destroyed, 2);
	// A packet kept past the end can be released, its memory is gone with the producer.
	u32 size = 1;
	gf_filter_pck_get_data(kept, &size);
	assert_int_equal(size, 0);
	gf_filter_pck_unref(kept);
	assert_int_equal(nb_destroyed, 2);
}

static void packets_outlive_the_session(void **state)
{
	Lab *lab = *state;
	lab_send(lab, 200000, 6);
	lab_send(lab, 20, 5);
	GF_FilterPacket *large = gf_filter_pck_ref_ex(lab_get(lab, 0));
	lab_drop(lab, 0);
	GF_FilterPacket *small = gf_filter_pck_ref_ex(lab_get(lab, 0));
	GF_FilterPacket *props = lab_get(lab, 0);
	assert_int_equal(gf_filter_pck_ref_props(&props), GF_OK);
	GF_FilterPacket *copy = gf_filter_pck_dangling_copy(lab_get(lab, 0), NULL);
	gf_fs_del(lab->fs);
	lab->fs = NULL;
	u32 size;
	assert_int_equal(gf_filter_pck_get_data(small, &size)[19], 5);
	assert_int_equal(gf_filter_pck_get_data(large, &size)[199999], 6);
	gf_filter_pck_unref(large);
	gf_filter_pck_unref(small);
	gf_filter_pck_unref(props);
	gf_filter_pck_discard(copy);
}

static void *unref_in_thread(void *udta)
{
	gf_filter_pck_unref(udta);
	return NULL;
}

static void references_are_released_by_other_threads(void **state)
{
	Lab *lab = *state;
	static const u8 bytes[] = {1};
	for (u32 i = 0; i < 20; i++) {
		GF_FilterPacket *pck = gf_filter_pck_new_shared(lab->source.out, bytes, 1, i & 1 ? count_destroyed : NULL);
		gf_filter_pck_send(pck);
		GF_FilterPacket *kept = gf_filter_pck_ref_ex(lab_get(lab, 0));
		pthread_t thread;
		assert_int_equal(pthread_create(&thread, NULL, unref_in_thread, kept), 0);
		lab_drop(lab, 0);
		lab_get(lab, 1);
		lab_drop(lab, 1);
		pthread_join(thread, NULL);
	}
	assert_int_equal(nb_destroyed, 10);
}

// ---- clones, copies

static void a_clone_reuses_memory_that_nobody_else_sees(void **state)
{
	Lab *lab = *state;
	u32 size;
	u8 *data;
	lab_send(lab, 100, 1);
	GF_FilterPacket *in = lab_get(lab, 0);
	// The other sink still has the packet.
	GF_FilterPacket *clone = gf_filter_pck_new_clone(lab->source.out, in, &data);
	assert_ptr_not_equal(data, gf_filter_pck_get_data(in, &size));
	gf_filter_pck_discard(clone);
	lab_get(lab, 1);
	lab_drop(lab, 1);
	clone = gf_filter_pck_new_clone(lab->source.out, in, &data);
	assert_ptr_equal(data, gf_filter_pck_get_data(in, &size));
	assert_int_equal(size, 100);
	gf_filter_pck_discard(clone);
	// A reference, and an unsent packet made from it, count too.
	GF_FilterPacket *kept = gf_filter_pck_ref_ex(in);
	clone = gf_filter_pck_new_clone(lab->source.out, in, &data);
	assert_ptr_not_equal(data, gf_filter_pck_get_data(in, &size));
	gf_filter_pck_discard(clone);
	gf_filter_pck_unref(kept);
	GF_FilterPacket *part = gf_filter_pck_new_ref(lab->source.out, 10, 5, in);
	clone = gf_filter_pck_new_clone(lab->source.out, in, &data);
	assert_ptr_not_equal(data, gf_filter_pck_get_data(in, &size));
	gf_filter_pck_discard(clone);
	gf_filter_pck_discard(part);
	// A copy is always one.
	GF_FilterPacket *copy = gf_filter_pck_new_copy(lab->source.out, in, &data);
	assert_ptr_not_equal(data, gf_filter_pck_get_data(in, &size));
	assert_int_equal(data[99], 1);
	gf_filter_pck_discard(copy);
	copy = gf_filter_pck_new_copy(lab->source.out, in, NULL);
	assert_non_null(copy);
	gf_filter_pck_discard(copy);
}

static void readonly_packets_are_not_written(void **state)
{
	Lab *lab = *state;
	GF_FilterPacket *pck = lab_packet(lab, 100, 1);
	assert_int_equal(gf_filter_pck_set_readonly(pck), GF_OK);
	gf_filter_pck_send(pck);
	lab_get(lab, 1);
	lab_drop(lab, 1);
	GF_FilterPacket *in = lab_get(lab, 0);
	u8 *data;
	u32 size;
	GF_FilterPacket *clone = gf_filter_pck_new_clone(lab->source.out, in, &data);
	assert_ptr_not_equal(data, gf_filter_pck_get_data(in, &size));
	gf_filter_pck_discard(clone);
	// Nor what refers to them.
	GF_FilterPacket *ref = gf_filter_pck_new_ref(lab->source.out, 0, 0, in);
	gf_filter_pck_send(ref);
	lab_drop(lab, 0);
	lab_get(lab, 1);
	lab_drop(lab, 1);
	in = lab_get(lab, 0);
	clone = gf_filter_pck_new_clone(lab->source.out, in, &data);
	assert_ptr_not_equal(data, gf_filter_pck_get_data(in, &size));
	gf_filter_pck_discard(clone);
}

static void clones_take_attributes_and_properties(void **state)
{
	Lab *lab = *state;
	GF_FilterPacket *pck = lab_packet(lab, 10, 1);
	gf_filter_pck_set_cts(pck, 40);
	gf_filter_pck_set_sap(pck, GF_FILTER_SAP_1);
	gf_filter_pck_set_property_str(pck, "tool", PROP_STRING("x"));
	gf_filter_pck_send(pck);
	GF_FilterPacket *(*const make[])(GF_FilterPid *, GF_FilterPacket *, u8 **) = {gf_filter_pck_new_clone,
		gf_filter_pck_new_copy};
	for (u32 i = 0; i < 2; i++) {
		GF_FilterPacket *c = make[i](lab->source.out, lab_get(lab, 0), NULL);
		assert_int_equal(gf_filter_pck_get_cts(c), 40);
		assert_int_equal(gf_filter_pck_get_sap(c), GF_FILTER_SAP_1);
		assert_string_equal(gf_filter_pck_get_property_str(c, "tool")->value.string, "x");
		// Changing the properties of the copy leaves those of the source alone.
		gf_filter_pck_set_property_str(c, "tool", PROP_STRING("y"));
		assert_string_equal(gf_filter_pck_get_property_str(lab_get(lab, 0), "tool")->value.string, "x");
		gf_filter_pck_discard(c);
	}
}

static void dangling_copies_stand_alone(void **state)
{
	Lab *lab = *state;
	lab_send(lab, 50, 1);
	lab_send(lab, 40, 2);
	lab_send(lab, 900, 3);
	assert_null(gf_filter_pck_dangling_copy(NULL, NULL));
	GF_FilterPacket *out = lab_packet(lab, 5, 1);
	assert_null(gf_filter_pck_dangling_copy(out, NULL)); // input packets only
	gf_filter_pck_discard(out);
	u32 size, size2;
	GF_FilterPacket *copy = gf_filter_pck_dangling_copy(lab_get(lab, 0), NULL);
	assert_ptr_not_equal(gf_filter_pck_get_data(copy, &size), gf_filter_pck_get_data(lab_get(lab, 0), &size2));
	assert_int_equal(size, 50);
	// Its memory is writable, and serves again for the next packet.
	u8 *memory = (u8 *)gf_filter_pck_get_data(copy, &size);
	memory[0] = 9;
	assert_int_equal(gf_filter_pck_get_data(lab_get(lab, 0), &size)[0], 1);
	lab_drop(lab, 0);
	GF_FilterPacket *again = gf_filter_pck_dangling_clone(lab_get(lab, 0), copy);
	assert_ptr_equal(gf_filter_pck_get_data(again, &size), memory);
	assert_int_equal(size, 40);
	assert_int_equal(memory[0], 2);
	lab_drop(lab, 0);
	again = gf_filter_pck_dangling_copy(lab_get(lab, 0), again);
	assert_int_equal(gf_filter_pck_get_data(again, &size)[899], 3);
	assert_int_equal(gf_filter_pck_set_cts(again, 4), GF_OK);
	// One that is held elsewhere is left alone.
	GF_FilterPacket *ref = gf_filter_pck_ref_ex(again);
	GF_FilterPacket *other = gf_filter_pck_dangling_copy(lab_get(lab, 0), again);
	assert_ptr_not_equal(other, ref);
	gf_filter_pck_unref(ref);
	assert_int_equal(gf_filter_pck_send(other), GF_OK); // discarded: it has no PID
}

static void references_to_properties_have_no_data(void **state)
{
	Lab *lab = *state;
	GF_FilterPacket *pck = lab_packet(lab, 10, 1);
	gf_filter_pck_set_cts(pck, 40);
	gf_filter_pck_set_property_str(pck, "tool", PROP_STRING("x"));
	gf_filter_pck_send(pck);
	GF_FilterPacket *props = lab_get(lab, 0);
	assert_int_equal(gf_filter_pck_ref_props(&props), GF_OK);
	lab_drop(lab, 0);
	u32 size = 1;
	assert_null(gf_filter_pck_get_data(props, &size));
	assert_int_equal(size, 0);
	assert_int_equal(gf_filter_pck_get_cts(props), 40);
	assert_string_equal(gf_filter_pck_get_property_str(props, "tool")->value.string, "x");
	assert_int_equal(gf_filter_pck_get_timescale(props), 1000);
	assert_int_equal(gf_filter_pck_set_mark(props, GF_TRUE), GF_OK);
	assert_true(gf_filter_pck_get_mark(props));
	gf_filter_pck_unref(props);
	assert_int_equal(gf_filter_pck_ref_props(NULL), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pck_ref(NULL), GF_BAD_PARAM);
}

static u32 width_of(GF_FilterPacket *pck)
{
	const GF_PropertyValue *v = gf_filter_pck_get_pid_property(pck, GF_PROP_PID_WIDTH);
	return v ? v->value.uint : 0;
}

static void packets_know_the_pid_they_were_sent_on(void **state)
{
	Lab *lab = *state;
	gf_filter_pid_set_property(lab->source.out, GF_PROP_PID_WIDTH, PROP_UINT(1));
	GF_FilterPacket *first = lab_packet(lab, 10, 1);
	assert_int_equal(width_of(first), 1); // not sent yet: the newest ones
	gf_filter_pck_send(first);
	gf_filter_pid_set_property(lab->source.out, GF_PROP_PID_WIDTH, PROP_UINT(2));
	gf_filter_pid_set_property_str(lab->source.out, "tool", PROP_STRING("x"));
	lab_send(lab, 10, 2);
	GF_FilterPacket *held = gf_filter_pck_ref_ex(lab_get(lab, 0));
	GF_FilterPacket *copy = gf_filter_pck_dangling_copy(lab_get(lab, 0), NULL);
	lab_drop(lab, 0);
	assert_int_equal(width_of(lab_get(lab, 0)), 2);
	assert_string_equal(gf_filter_pck_get_pid_property_str(lab_get(lab, 0), "tool")->value.string, "x");
	assert_int_equal(width_of(held), 1);
	assert_int_equal(width_of(copy), 1);
	assert_null(gf_filter_pck_get_pid_property_str(held, "tool"));
	assert_null(gf_filter_pck_get_pid_property(NULL, GF_PROP_PID_WIDTH));
	gf_filter_pck_unref(held);
	gf_filter_pck_unref(copy);
}

static void marks_belong_to_the_handle(void **state)
{
	Lab *lab = *state;
	GF_FilterPacket *pck = lab_packet(lab, 10, 1);
	assert_int_equal(gf_filter_pck_set_mark(pck, GF_TRUE), GF_BAD_PARAM); // not an input
	gf_filter_pck_send(pck);
	assert_int_equal(gf_filter_pck_set_mark(lab_get(lab, 0), GF_TRUE), GF_OK);
	assert_true(gf_filter_pck_get_mark(lab_get(lab, 0)));
	assert_false(gf_filter_pck_get_mark(lab_get(lab, 1)));
}

// ---- properties

static Bool keep_one(void *cbk, u32 p4cc, const char *name, const GF_PropertyValue *value)
{
	(void)p4cc;
	(void)value;
	return name && !strcmp(name, cbk);
}

static void properties_merge(void **state)
{
	Lab *lab = *state;
	GF_FilterPacket *a = lab_packet(lab, 1, 1), *b = lab_packet(lab, 1, 1), *c = lab_packet(lab, 1, 1);
	gf_filter_pck_set_property_str(a, "one", PROP_UINT(1));
	gf_filter_pck_set_property_dyn(a, "two", PROP_UINT(2));
	gf_filter_pck_set_dts(a, 12);
	gf_filter_pck_set_property_str(b, "one", PROP_UINT(10));
	gf_filter_pck_set_property_str(b, "three", PROP_UINT(3));
	assert_int_equal(gf_filter_pck_merge_properties(a, b), GF_OK);
	assert_int_equal(gf_filter_pck_get_property_str(b, "one")->value.uint, 1);
	assert_int_equal(gf_filter_pck_get_property_str(b, "two")->value.uint, 2);
	assert_int_equal(gf_filter_pck_get_property_str(b, "three")->value.uint, 3);
	assert_int_equal(gf_filter_pck_get_dts(b), 12);
	assert_int_equal(gf_filter_pck_merge_properties_filter(a, c, keep_one, "two"), GF_OK);
	assert_null(gf_filter_pck_get_property_str(c, "one"));
	assert_int_equal(gf_filter_pck_get_property_str(c, "two")->value.uint, 2);
	// Removal, and enumeration: one of code and name is set.
	gf_filter_pck_set_property_str(c, "two", NULL);
	gf_filter_pck_set_property(c, GF_PROP_PCK_SENDER_NTP, PROP_LONGUINT(5));
	u32 idx = 0, p4cc;
	const char *name;
	const GF_PropertyValue *v = gf_filter_pck_enum_properties(c, &idx, &p4cc, &name);
	assert_int_equal(v->value.longuint, 5);
	assert_int_equal(p4cc, GF_PROP_PCK_SENDER_NTP);
	assert_null(name);
	assert_null(gf_filter_pck_enum_properties(c, &idx, &p4cc, &name));
	assert_int_equal(gf_filter_pck_merge_properties(NULL, c), GF_BAD_PARAM);
	gf_filter_pck_discard(a);
	gf_filter_pck_discard(b);
	gf_filter_pck_discard(c);
}

// ---- frame interfaces

static u8 luma[16], chroma[8];

static GF_Err get_plane(GF_FilterFrameInterface *ifce, u32 idx, const u8 **plane, u32 *stride)
{
	(void)ifce;
	*plane = idx ? chroma + (idx - 1) * 4 : luma;
	*stride = idx ? 2 : 4;
	return GF_OK;
}

static void frame_interfaces_are_read_back_by_copies(void **state)
{
	Lab *lab = *state;
	for (u32 i = 0; i < 16; i++)
		luma[i] = (u8)i;
	memset(chroma, 100, 4);
	memset(chroma + 4, 200, 4);
	gf_filter_pid_set_property(lab->source.out, GF_PROP_PID_WIDTH, PROP_UINT(4));
	gf_filter_pid_set_property(lab->source.out, GF_PROP_PID_HEIGHT, PROP_UINT(4));
	gf_filter_pid_set_property(lab->source.out, GF_PROP_PID_PIXFMT, PROP_ENUM(GF_PIXEL_YUV, GF_PROP_PIXFMT));
	GF_FilterFrameInterface ifce = {.get_plane = get_plane, .flags = GF_FRAME_IFCE_BLOCKING};
	GF_FilterPacket *pck = gf_filter_pck_new_frame_interface(lab->source.out, &ifce, count_destroyed);
	gf_filter_pck_send(pck);
	GF_FilterPacket *in = lab_get(lab, 0);
	assert_ptr_equal(gf_filter_pck_get_frame_interface(in), &ifce);
	assert_true(gf_filter_pck_is_blocking_ref(in));
	assert_false(gf_filter_pid_first_packet_is_empty(lab->sinks[0].in));
	u32 size = 1;
	assert_null(gf_filter_pck_get_data(in, &size));
	assert_int_equal(size, 0);
	u8 *data;
	GF_FilterPacket *copy = gf_filter_pck_new_clone(lab->source.out, in, &data);
	assert_null(gf_filter_pck_get_frame_interface(copy));
	gf_filter_pck_get_data(copy, &size);
	assert_int_equal(size, 24); // 4:2:0, 8 bits
	assert_memory_equal(data, luma, 16);
	assert_memory_equal(data + 16, chroma, 8);
	gf_filter_pck_discard(copy);
	copy = gf_filter_pck_dangling_copy(in, NULL);
	assert_int_equal(gf_filter_pck_get_data(copy, &size)[20], 200);
	gf_filter_pck_discard(copy);
	GF_FilterStats stats;
	gf_filter_get_stats(lab->source.filter, &stats);
	assert_int_equal(stats.nb_hw_pck_sent, 1);
	lab_drop(lab, 0);
	lab_get(lab, 1);
	lab_drop(lab, 1);
	assert_int_equal(nb_destroyed, 1);
}

static u32 nb_freed;

static void free_frame(GF_Filter *f, GF_FilterPid *pid, GF_FilterPacket *pck)
{
	assert_null(f);
	assert_null(pid);
	assert_non_null(gf_filter_pck_get_frame_interface(pck));
	nb_freed++;
}

static void independent_frames_outlive_the_session(void **state)
{
	Lab *lab = *state;
	GF_FilterFrameInterface ifce = {.get_plane = get_plane, .flags = GF_FRAME_IFCE_INDEPENDENT};
	nb_freed = 0;
	gf_filter_pck_send(gf_filter_pck_new_frame_interface(lab->source.out, &ifce, free_frame));
	GF_FilterPacket *in = lab_get(lab, 0);
	assert_false(gf_filter_pck_is_blocking_ref(in));
	GF_FilterPacket *kept = gf_filter_pck_ref_ex(in);
	gf_fs_del(lab->fs);
	lab->fs = NULL;
	assert_int_equal(nb_freed, 0);
	const u8 *plane;
	u32 stride;
	GF_FilterFrameInterface *frame = gf_filter_pck_get_frame_interface(kept);
	assert_ptr_equal(frame, &ifce);
	assert_int_equal(frame->get_plane(frame, 0, &plane, &stride), GF_OK);
	assert_ptr_equal(plane, luma);
	gf_filter_pck_unref(kept);
	assert_int_equal(nb_freed, 1);
}

static void forwarding_keeps_data_and_attributes(void **state)
{
	Lab *lab = *state;
	GF_FilterPacket *pck = lab_packet(lab, 30, 4);
	gf_filter_pck_set_cts(pck, 11);
	gf_filter_pck_set_framing(pck, GF_TRUE, GF_FALSE);
	gf_filter_pck_set_property_str(pck, "tool", PROP_STRING("x"));
	gf_filter_pck_send(pck);
	u32 size;
	const u8 *data = gf_filter_pck_get_data(lab_get(lab, 0), &size);
	assert_int_equal(gf_filter_pck_forward(lab_get(lab, 0), lab->source.out), GF_OK);
	lab_drop(lab, 0);
	GF_FilterPacket *in = lab_get(lab, 0);
	assert_ptr_equal(gf_filter_pck_get_data(in, &size), data);
	assert_int_equal(gf_filter_pck_get_cts(in), 11);
	Bool start, end;
	gf_filter_pck_get_framing(in, &start, &end);
	assert_true(start && !end);
	assert_string_equal(gf_filter_pck_get_property_str(in, "tool")->value.string, "x");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_lab, close_lab)
	const struct CMUnitTest tests[] = {
		T(a_new_packet_has_default_attributes),
		T(attributes_read_back),
		T(received_packets_cannot_be_changed),
		T(packets_are_made_on_output_pids),
		T(references_show_a_range),
		T(memory_grows_and_shrinks_before_sending),
		T(empty_packets_travel),
		T(destructors_are_called_once_with_the_same_pointer),
		T(destructors_are_called_on_discard),
		T(the_end_of_the_session_calls_destructors),
		T(packets_outlive_the_session),
		T(references_are_released_by_other_threads),
		T(a_clone_reuses_memory_that_nobody_else_sees),
		T(readonly_packets_are_not_written),
		T(packets_not_sent_outlive_a_removed_pid),
		T(clones_take_attributes_and_properties),
		T(dangling_copies_stand_alone),
		T(references_to_properties_have_no_data),
		T(packets_know_the_pid_they_were_sent_on),
		T(marks_belong_to_the_handle),
		T(properties_merge),
		T(frame_interfaces_are_read_back_by_copies),
		T(independent_frames_outlive_the_session),
		T(forwarding_keeps_data_and_attributes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
