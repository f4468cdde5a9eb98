// SPDX-License-Identifier: MIT
// Filters that do anything at any time: what callbacks may do to the graph must never touch freed memory. Random, with
// fixed seeds; the sanitizers and the memory count are the judges.
#include "fake_filters.h"

#define MAX_KEPT 16
#define MAX_FILTERS 40

typedef struct {
	GF_FilterSession *fs;
	u32 seed;
	u32 nb_filters;
	u32 nb_packets;
	GF_FilterPacket *kept[MAX_KEPT];
	u32 nb_made, nb_destroyed; // packets with destructor
} World;

static World world;

static u32 rnd(u32 max)
{
	world.seed = world.seed * 1664525u + 1013904223u;
	return (u32)(((u64)(world.seed >> 8) * max) >> 24);
}

static GF_Filter *any_filter(void)
{
	return gf_fs_get_filter(world.fs, rnd(gf_fs_get_filters_count(world.fs)));
}

static void add_filter(void);

static void keep_packet(GF_FilterPacket *pck)
{
	u32 i = rnd(MAX_KEPT);
	if (world.kept[i])
		gf_filter_pck_unref(world.kept[i]);
	world.kept[i] = gf_filter_pck_ref_ex(pck);
	if (!rnd(4))
		gf_filter_pck_ref_props(&pck), gf_filter_pck_unref(pck);
}

static void on_destroyed(GF_Filter *f, GF_FilterPid *pid, GF_FilterPacket *pck)
{
	// All three must be alive.
	assert_non_null(gf_filter_get_name(f));
	assert_non_null(gf_filter_pid_get_name(pid));
	u32 size;
	gf_filter_pck_get_data(pck, &size);
	world.nb_destroyed++;
}

static const u8 shared[64];

static void send_packet(GF_FilterPid *pid)
{
	GF_FilterPacket *pck;
	if (rnd(2)) {
		pck = gf_filter_pck_new_shared(pid, shared, sizeof(shared), on_destroyed);
		world.nb_made += pck != NULL;
	} else {
		pck = gf_filter_pck_new_alloc(pid, 10 + rnd(300), NULL);
	}
	if (!pck)
		return;
	gf_filter_pck_set_framing(pck, rnd(4) > 0, rnd(4) > 0);
	if (rnd(2))
		gf_filter_pck_set_dts(pck, world.nb_packets * 10);
	if (!rnd(20))
		gf_filter_pck_set_clock_type(pck, GF_FILTER_CLOCK_PCR);
	world.nb_packets++;
	if (rnd(20))
		gf_filter_pck_send(pck);
	else
		gf_filter_pck_discard(pck);
}

static void send_some_event(GF_Filter *f)
{
	static const GF_FEventType types[] = {GF_FEVT_PLAY, GF_FEVT_STOP, GF_FEVT_PAUSE, GF_FEVT_RESUME, GF_FEVT_SET_SPEED,
		GF_FEVT_SOURCE_SEEK, GF_FEVT_QUALITY_SWITCH, GF_FEVT_BUFFER_REQ, GF_FEVT_USER, GF_FEVT_PLAY_HINT};
	u32 nb_in = gf_filter_get_ipid_count(f), nb_out = gf_filter_get_opid_count(f);
	GF_FilterPid *pid = NULL;
	if (nb_in && rnd(2))
		pid = gf_filter_get_ipid(f, rnd(nb_in));
	else if (nb_out)
		pid = gf_filter_get_opid(f, rnd(nb_out));
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, types[rnd(sizeof(types) / sizeof(types[0]))], pid);
	if (pid && rnd(3))
		gf_filter_pid_send_event(pid, &evt);
	else
		gf_filter_send_event(f, &evt, rnd(2));
}

static Bool some_task(GF_Filter *f, void *udta, u32 *reschedule_ms);

// Something that a filter may do inside any callback.
static void act(GF_Filter *f)
{
	u32 nb_in = gf_filter_get_ipid_count(f), nb_out = gf_filter_get_opid_count(f);
	GF_FilterPid *in = nb_in ? gf_filter_get_ipid(f, rnd(nb_in)) : NULL;
	GF_FilterPid *out = nb_out ? gf_filter_get_opid(f, rnd(nb_out)) : NULL;
	switch (rnd(20)) {
	case 0:
		if (!rnd(6))
			gf_filter_remove(rnd(2) ? f : any_filter());
		break;
	case 1:
		if (out && !rnd(3))
			gf_filter_pid_remove(out);
		break;
	case 2:
		if (nb_out < 4) {
			out = gf_filter_pid_new(f);
			if (out)
				gf_filter_pid_set_property(out, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL));
		}
		break;
	case 3:
		if (out)
			gf_filter_pid_set_eos(out);
		break;
	case 4:
		if (in)
			gf_filter_pid_set_discard(in, rnd(2));
		break;
	case 5:
		gf_filter_reconnect_output(any_filter(), NULL);
		break;
	case 6:
		gf_filter_set_source(any_filter(), any_filter(), rnd(2) ? "video" : NULL);
		break;
	case 7:
		gf_filter_post_task(any_filter(), some_task, NULL, NULL);
		break;
	case 8:
		if (out)
			gf_filter_pid_set_property(out, GF_PROP_PID_WIDTH, PROP_UINT(rnd(1000)));
		break;
	case 9:
		if (out)
			gf_filter_pid_set_info(out, GF_PROP_PID_DOWN_RATE, PROP_UINT(rnd(1000)));
		break;
	case 10:
		if (in && !rnd(4))
			gf_filter_pid_negotiate_property(in, GF_PROP_PID_WIDTH, PROP_UINT(rnd(3) * 100));
		break;
	case 11:
		if (out)
			gf_filter_pid_send_flush(out);
		break;
	case 12:
		if (in)
			gf_filter_pid_clear_eos(in, rnd(2));
		break;
	case 13:
		add_filter();
		break;
	case 14:
		if (in)
			gf_filter_pid_set_framing_mode(in, rnd(2));
		break;
	case 15:
		if (!rnd(10))
			gf_filter_setup_failure(f, GF_IO_ERR);
		break;
	case 16:
		if (!rnd(10))
			gf_filter_abort(f);
		break;
	case 17:
		if (!rnd(10))
			gf_filter_remove_src(f, any_filter());
		break;
	default:
		send_some_event(f);
	}
}

static Bool some_task(GF_Filter *f, void *udta, u32 *reschedule_ms)
{
	(void)udta;
	act(f);
	*reschedule_ms = rnd(2);
	return !rnd(3);
}

static GF_Err wild_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	static const GF_Err answers[] = {GF_BAD_PARAM, GF_NOT_SUPPORTED, GF_EOS, GF_REQUIRES_NEW_INSTANCE,
		GF_FILTER_NOT_SUPPORTED, GF_SERVICE_ERROR};
	if (!rnd(4))
		act(f);
	if (is_remove)
		return GF_OK;
	if (!rnd(12))
		return answers[rnd(6)];
	if (!rnd(3) && gf_filter_get_opid_count(f) < 3 && gf_filter_get_rt_udta(f)) {
		GF_FilterPid *out = gf_filter_pid_new(f);
		if (out)
			gf_filter_pid_copy_properties(out, pid);
	}
	return GF_OK;
}

static GF_Err wild_process(GF_Filter *f)
{
	u32 nb_in = gf_filter_get_ipid_count(f);
	for (u32 i = 0; i < nb_in; i++) {
		GF_FilterPid *in = gf_filter_get_ipid(f, i);
		GF_FilterPacket *pck = gf_filter_pid_get_packet(in);
		if (!pck) {
			gf_filter_pid_is_eos(in);
			continue;
		}
		if (!rnd(5))
			keep_packet(pck);
		u32 nb_out = gf_filter_get_opid_count(f);
		if (nb_out) {
			GF_FilterPid *out = gf_filter_get_opid(f, rnd(nb_out));
			u8 *data;
			GF_FilterPacket *copy;
			if (rnd(2))
				gf_filter_pck_forward(pck, out);
			else if ((copy = gf_filter_pck_new_clone(out, pck, &data)))
				gf_filter_pck_send(copy);
		}
		if (rnd(6))
			gf_filter_pid_drop_packet(in);
	}
	u32 nb_out = gf_filter_get_opid_count(f);
	if (!nb_in && nb_out && world.nb_packets < 3000)
		send_packet(gf_filter_get_opid(f, rnd(nb_out)));
	if (!rnd(6))
		act(f);
	if (!rnd(8))
		gf_filter_ask_rt_reschedule(f, rnd(300));
	return rnd(10) ? GF_OK : rnd(2) ? GF_EOS : GF_IO_ERR;
}

static Bool wild_event(GF_Filter *f, const GF_FilterEvent *evt)
{
	(void)evt;
	if (!rnd(8))
		act(f);
	return !rnd(6);
}

static GF_Err wild_output(GF_Filter *f, GF_FilterPid *pid)
{
	(void)f;
	const GF_PropertyValue *w = gf_filter_pid_caps_query(pid, GF_PROP_PID_WIDTH);
	return w && rnd(2) ? gf_filter_pid_set_property(pid, GF_PROP_PID_WIDTH, w) : GF_NOT_SUPPORTED;
}

static const GF_FilterCapability caps_in[] = {CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL)};
static const GF_FilterCapability caps_out[] = {CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL)};
static const GF_FilterCapability caps_both[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	{.code = GF_PROP_PID_WIDTH, .flags = GF_CAPFLAG_RECONFIG}};

#define WILD(n, c) \
	{.name = n, SETCAPS(c), .flags = GF_FS_REG_EXPLICIT_ONLY, .process = wild_process, .process_event = wild_event, \
		.configure_pid = wild_configure, .reconfigure_output = wild_output}

static const GF_FilterRegister wild[] = {WILD("wsource", caps_out), WILD("wpass", caps_both), WILD("wmany", caps_both),
	WILD("wsink", caps_in)};

static void add_filter(void)
{
	static const char *const names[] = {"wsource", "wpass", "wmany", "wsink"};
	if (world.nb_filters >= MAX_FILTERS)
		return;
	world.nb_filters++;
	u32 kind = rnd(4);
	GF_Err e = GF_OK;
	GF_Filter *f = gf_fs_load_filter(world.fs, names[kind], &e);
	assert_int_equal(e, GF_OK);
	if (!kind)
		gf_filter_post_process_task(f);
	else if (kind == 2)
		gf_filter_set_max_extra_input_pids(f, 3);
	if (kind < 3)
		gf_filter_set_rt_udta(f, &world);
	if (!kind) {
		GF_FilterPid *out = gf_filter_pid_new(f);
		gf_filter_pid_set_property(out, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL));
	}
}

static void live_one_life(u32 seed)
{
	gf_sys_init(GF_MemTrackerNone, "0");
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	world = (World){.seed = seed};
	u32 flags = GF_FS_FLAG_NON_BLOCKING | (seed & 1 ? GF_FS_FLAG_NO_IMPLICIT : 0) | (seed & 2 ? GF_FS_FLAG_NO_RESERVOIR : 0);
	world.fs = gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, flags, "-none");
	for (u32 i = 0; i < 4; i++)
		gf_fs_add_filter_register(world.fs, &wild[i]);
	for (u32 i = 0; i < 6; i++)
		add_filter();
	for (u32 i = 0; i < 60; i++) {
		gf_fs_run(world.fs);
		gf_fs_is_last_task(world.fs);
		if (!rnd(10))
			add_filter();
		if (!rnd(20))
			gf_fs_print_connections(world.fs);
	}
	if (seed % 3) {
		gf_fs_abort(world.fs, seed % 3 == 1 ? GF_FS_FLUSH_ALL : GF_FS_FLUSH_FAST);
		for (u32 i = 0; i < 20; i++)
			gf_fs_run(world.fs);
	}
	gf_fs_del(world.fs);
	assert_int_equal(world.nb_made, world.nb_destroyed);
	for (u32 i = 0; i < MAX_KEPT; i++) {
		if (world.kept[i])
			gf_filter_pck_unref(world.kept[i]);
	}
	assert_int_equal(world.nb_made, world.nb_destroyed);
	gf_sys_close();
	assert_int_equal(gf_memory_size(), 0);
}

static void filters_may_do_anything(void **state)
{
	(void)state;
	const char *first = getenv("STRESS_SEED"), *nb = getenv("STRESS_RUNS");
	u32 start = first ? (u32)atoi(first) : 1, runs = nb ? (u32)atoi(nb) : 30;
	for (u32 i = 0; i < runs; i++) {
		if (first || nb)
			fprintf(stderr, "seed %u\n", start + i);
		live_one_life(start + i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(filters_may_do_anything)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
