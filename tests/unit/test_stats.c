// SPDX-License-Identifier: MIT
// What a session tells about itself: counters, status, the printed graph, options changed at run time (graph chapter
// 2.13, 7).
#include <gpac/events.h>
#include "fake_graph.h"
#include "fake_lab.h"

static int open_lab(void **state)
{
	static Lab lab;
	lab_open(&lab, 1);
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	*state = &lab;
	return 0;
}

static int close_lab(void **state)
{
	lab_close(*state);
	return 0;
}

static int open_world(void **state)
{
	*state = fg_session(0);
	return 0;
}

static int close_world(void **state)
{
	fg_close(*state);
	return 0;
}

// ---- filters

static void filters_count_what_passes(void **state)
{
	Lab *lab = *state;
	lab_send(lab, 100, 1);
	lab_send(lab, 50, 1);
	lab_get(lab, 0);
	lab_drop(lab, 0);
	GF_FilterStats s;
	assert_int_equal(gf_filter_get_stats(lab->source.filter, &s), GF_OK);
	assert_ptr_equal(s.filter, lab->source.filter);
	assert_null(s.filter_alias);
	assert_int_equal(s.nb_pck_sent, 2);
	assert_int_equal(s.nb_bytes_sent, 150);
	assert_int_equal(s.nb_hw_pck_sent, 0);
	assert_int_equal(s.nb_pid_in, 0);
	assert_int_equal(s.nb_pid_out, 1);
	assert_int_equal(s.nb_out_pck, 2);
	assert_int_equal(s.stream_type, GF_STREAM_VISUAL);
	assert_int_equal(s.codecid, GF_CODECID_AVC);
	assert_string_equal(s.reg_name, "source");
	assert_string_equal(s.name, "source"); // its PID has no name of its own
	assert_int_equal(s.type, GF_FS_STATS_FILTER_MEDIA_SOURCE);
	assert_false(s.done);
	assert_false(s.in_eos);
	assert_true(s.nb_tasks_done > 0);
	gf_filter_pid_set_name(lab->source.out, "movie");
	gf_filter_pid_set_eos(lab->source.out);
	assert_int_equal(gf_fs_get_filter_stats(lab->fs, 1, &s), GF_OK);
	assert_int_equal(s.nb_pck_processed, 1);
	assert_int_equal(s.nb_bytes_processed, 100);
	assert_int_equal(s.nb_in_pck, 1);
	assert_int_equal(s.type, GF_FS_STATS_FILTER_MEDIA_SINK);
	assert_string_equal(s.name, "movie"); // of the PID it takes
	assert_true(s.in_eos);
	assert_true(gf_filter_get_bytes_done(lab->sinks[0].filter) == 100);
	gf_filter_set_name(lab->sinks[0].filter, "view");
	gf_filter_get_stats(lab->sinks[0].filter, &s);
	assert_string_equal(s.name, "view");
	assert_int_equal(gf_filter_get_stats(NULL, &s), GF_BAD_PARAM);
	assert_int_equal(gf_filter_get_stats(lab->source.filter, NULL), GF_BAD_PARAM);
	assert_int_equal(gf_fs_get_filter_stats(lab->fs, 7, &s), GF_BAD_PARAM);
}

static void filters_have_classes(void **state)
{
	GF_FilterSession *fs = *state;
	fg_load(fs, "fake://h/a.x");
	fg_load(fs, "fenc");
	fg_load(fs, "sink://h/1.y");
	gf_fs_run(fs);
	static const struct {
		const char *reg;
		u32 type;
	} classes[] = {{"fsrc", GF_FS_STATS_FILTER_RAWIN}, {"xdmx", GF_FS_STATS_FILTER_DEMUX},
		{"deca", GF_FS_STATS_FILTER_DECODE}, {"fenc", GF_FS_STATS_FILTER_ENCODE}, {"ymux", GF_FS_STATS_FILTER_MUX},
		{"fdst", GF_FS_STATS_FILTER_RAWOUT}};
	u32 found = 0;
	for (u32 i = 0; i < gf_fs_get_filters_count(fs); i++) {
		GF_FilterStats s;
		gf_fs_get_filter_stats(fs, i, &s);
		for (u32 j = 0; j < 6; j++) {
			if (strcmp(classes[j].reg, s.reg_name))
				continue;
			assert_int_equal(s.type, classes[j].type);
			found |= 1u << j;
		}
	}
	assert_int_equal(found, 63);
}

static GF_Err sleepy_process(GF_Filter *f)
{
	(void)f;
	gf_sleep(5);
	return GF_EOS;
}

static GF_Err failing_process(GF_Filter *f)
{
	gf_filter_pid_get_packet(lab_of(f)->in);
	return lab_of(f)->nb_process++ < 3 ? GF_IO_ERR : GF_EOS;
}

static void times_and_errors_are_kept(void **state)
{
	Lab *lab = *state;
	gf_filter_set_process_ckb(lab->sinks[0].filter, sleepy_process);
	GF_FilterStats before, s;
	gf_filter_get_stats(lab->sinks[0].filter, &before);
	gf_fs_enable_reporting(lab->fs, GF_TRUE);
	for (u32 i = 0; i < 3; i++) {
		gf_filter_post_process_task(lab->sinks[0].filter);
		lab_run(lab);
	}
	gf_filter_get_stats(lab->sinks[0].filter, &s);
	assert_in_range(s.time_process - before.time_process, 15000, 200000);
	assert_in_range(s.last_task_time, 5000, 100000);
	gf_filter_set_process_ckb(lab->sinks[0].filter, failing_process);
	lab->sinks[0].nb_process = 0;
	lab_send(lab, 4, 1);
	lab_run(lab);
	gf_filter_get_stats(lab->sinks[0].filter, &s);
	assert_int_equal(s.nb_errors, 3);
	assert_int_equal(s.nb_current_errors, 0);
	assert_int_equal(gf_fs_get_last_process_error(lab->fs), GF_IO_ERR);
	assert_int_equal(gf_fs_get_last_process_error(lab->fs), GF_OK); // read once
}

// Short calls are measured now and then: the sum is right all the same.
static volatile u32 spin;

static GF_Err spinning_process(GF_Filter *f)
{
	lab_of(f)->nb_process++;
	u64 end = gf_sys_clock_high_res() + 100;
	while (gf_sys_clock_high_res() < end)
		spin++;
	return GF_EOS;
}

static void process_times_add_up_without_reporting(void **state)
{
	Lab *lab = *state;
	for (u32 i = 0; i < 40; i++) { // short ones first
		gf_filter_post_process_task(lab->sinks[0].filter);
		lab_run(lab);
	}
	gf_filter_set_process_ckb(lab->sinks[0].filter, spinning_process);
	for (u32 i = 0; i < 200; i++) {
		gf_filter_post_process_task(lab->sinks[0].filter);
		lab_run(lab);
	}
	GF_FilterStats s;
	gf_filter_get_stats(lab->sinks[0].filter, &s);
	assert_in_range(s.time_process, 15000, 200000);
}

// ---- status

static GF_Event last_event;
static u32 nb_ui_events;

static Bool on_ui(void *opaque, GF_Event *evt)
{
	assert_ptr_equal(opaque, &last_event);
	last_event = *evt;
	nb_ui_events++;
	return GF_TRUE;
}

static void status_needs_reporting(void **state)
{
	Lab *lab = *state;
	GF_Filter *f = lab->sinks[0].filter;
	GF_FilterStats s;
	nb_ui_events = 0;
	gf_fs_set_ui_callback(lab->fs, on_ui, &last_event);
	assert_false(gf_filter_reporting_enabled(f));
	assert_int_equal(gf_filter_update_status(f, 5000, "time=5"), GF_OK);
	assert_string_equal(gf_filter_get_status(f), "");
	assert_string_equal(gf_filter_get_status(NULL), "");
	gf_fs_enable_reporting(lab->fs, GF_TRUE);
	assert_true(gf_filter_reporting_enabled(f));
	char text[] = "time=5";
	gf_filter_update_status(f, 5000, text);
	text[0] = 'X'; // copied
	assert_string_equal(gf_filter_get_status(f), "time=5");
	assert_int_equal(nb_ui_events, 1);
	assert_int_equal(last_event.progress.type, GF_EVENT_PROGRESS);
	assert_int_equal(last_event.progress.progress_type, 3);
	assert_int_equal(last_event.progress.done, 5000);
	assert_int_equal(last_event.progress.total, 10000);
	assert_int_equal(last_event.progress.filter_idx, 1);
	gf_filter_get_stats(f, &s);
	assert_int_equal(s.percent, 5000);
	assert_true(s.report_updated);
	gf_filter_get_stats(f, &s);
	assert_false(s.report_updated); // reading resets it
	gf_filter_update_status(f, 5000, "time=5"); // the same
	assert_int_equal(nb_ui_events, 1);
	gf_filter_update_status(f, 20000, NULL);
	assert_string_equal(gf_filter_get_status(f), "");
	assert_int_equal(last_event.progress.total, 0);
	gf_filter_get_stats(f, &s);
	assert_int_equal(s.percent, -1);
	assert_true(s.report_updated);
	assert_int_equal(gf_filter_update_status(NULL, 0, NULL), GF_BAD_PARAM);
	GF_Event evt = {.type = GF_EVENT_QUIT};
	assert_true(gf_filter_ui_event(f, &evt));
	gf_fs_set_ui_callback(lab->fs, NULL, NULL);
	assert_false(gf_filter_ui_event(f, &evt));
}

// ---- PIDs

static void pids_tell_their_traffic(void **state)
{
	Lab *lab = *state;
	gf_fs_enable_reporting(lab->fs, GF_TRUE);
	// Two seconds: 1000 bytes every 100 ms, then 4000.
	for (u32 i = 0; i <= 20; i++) {
		GF_FilterPacket *pck = lab_packet(lab, i < 10 ? 1000 : 4000, 1);
		gf_filter_pck_set_dts(pck, i * 100);
		if (!(i % 10))
			gf_filter_pck_set_sap(pck, GF_FILTER_SAP_1);
		gf_filter_pck_send(pck);
		lab_get(lab, 0);
		lab_drop(lab, 0);
	}
	lab_send(lab, 10, 1);
	GF_FilterPidStatistics s;
	GF_FilterPid *in = lab->sinks[0].in, *out = lab->source.out;
	for (u32 i = 0; i < 2; i++) {
		assert_int_equal(gf_filter_pid_get_statistics(i ? out : in, &s, GF_STATS_LOCAL), GF_OK);
		assert_false(s.disconnected);
		assert_int_equal(s.nb_processed, 21);
		assert_int_equal(s.nb_saps, 3);
		assert_int_equal(s.average_bitrate, 200000);
		assert_int_equal(s.max_bitrate, 320000); // the second second
		assert_int_equal(s.min_frame_dur, 100000);
		assert_true(s.last_ts_drop.num == 2000 && s.last_ts_drop.den == 1000);
		assert_int_equal(s.nb_buffer_units, 1);
		assert_true(s.first_process_time && s.last_process_time >= s.first_process_time);
	}
	assert_int_equal(gf_filter_pid_get_statistics(out, &s, GF_STATS_LOCAL_INPUTS), GF_OK);
	assert_int_equal(s.nb_processed, 21);
	assert_int_equal(gf_filter_pid_get_statistics(in, &s, GF_STATS_LOCAL_INPUTS), GF_OK);
	assert_int_equal(s.nb_processed, 0); // the source has no inputs
	assert_int_equal(gf_filter_pid_get_statistics(out, &s, GF_STATS_SINK), GF_OK);
	assert_int_equal(s.nb_processed, 21);
	assert_int_equal(gf_filter_pid_get_statistics(out, &s, GF_STATS_ENCODER_SINK), GF_NOT_FOUND);
	assert_int_equal(gf_filter_pid_get_statistics(in, &s, GF_STATS_DECODER_SOURCE), GF_NOT_FOUND);
	assert_int_equal(gf_filter_pid_get_statistics(NULL, &s, GF_STATS_LOCAL), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pid_get_statistics(in, NULL, GF_STATS_LOCAL), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pid_set_rt_stats(in, 12, 34, 5), GF_OK);
	assert_int_equal(gf_filter_pid_set_rt_stats(out, 12, 34, 5), GF_BAD_PARAM);
	gf_filter_pid_get_statistics(in, &s, GF_STATS_LOCAL);
	assert_int_equal(s.rtt, 12);
	assert_int_equal(s.jitter, 34);
	assert_int_equal(s.loss_rate, 5);
}

static void decoders_are_found_along_the_chain(void **state)
{
	GF_FilterSession *fs = *state;
	GF_Filter *src = fg_load(fs, "fake://h/a.x");
	GF_Filter *enc = fg_load(fs, "fenc");
	GF_Filter *dst = fg_load(fs, "sink://h/1.y");
	gf_fs_run(fs);
	GF_FilterPidStatistics s;
	assert_int_equal(gf_filter_pid_get_statistics(gf_filter_get_opid(src, 0), &s, GF_STATS_DECODER_SINK), GF_OK);
	assert_int_equal(s.nb_processed, 10);
	assert_int_equal(gf_filter_pid_get_statistics(gf_filter_get_opid(src, 0), &s, GF_STATS_ENCODER_SINK), GF_OK);
	assert_int_equal(gf_filter_pid_get_statistics(gf_filter_get_ipid(enc, 0), &s, GF_STATS_DECODER_SOURCE), GF_OK);
	assert_int_equal(gf_filter_pid_get_statistics(gf_filter_get_ipid(dst, 0), &s, GF_STATS_ENCODER_SOURCE), GF_OK);
	assert_true(gf_filter_pid_has_decoder(gf_filter_get_ipid(enc, 0)));
	assert_false(gf_filter_pid_has_decoder(gf_filter_get_opid(enc, 0)));
}

// ---- printed texts

static char printed[4096];

static void keep_print(void *cbk, GF_LOG_Level level, GF_LOG_Tool tool, const char *fmt, va_list list)
{
	(void)cbk;
	(void)level;
	if (tool == GF_LOG_APP)
		vsnprintf(printed + strlen(printed), sizeof(printed) - strlen(printed), fmt, list);
}

static const char *text_of(GF_FilterSession *fs, void (*print)(GF_FilterSession *))
{
	printed[0] = 0;
	gf_log_set_tools_levels("all@info", GF_TRUE);
	gf_log_cbk old = gf_log_set_callback(NULL, keep_print);
	print(fs);
	gf_log_set_callback(NULL, old);
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	return printed;
}

static void the_graph_is_printed(void **state)
{
	GF_FilterSession *fs = *state;
	fg_load(fs, "fake://h/v.x");
	fg_load(fs, "fake://h/a.z:gpac:gfreg=fsrc2:packets=2");
	fg_load(fs, "rawsink:SID=nobody:N=lonely");
	GF_Filter *pass = fg_load(fs, "pass");
	gf_filter_set_name(pass, "middle");
	fg_load(fs, "sink://h/x.y");
	gf_fs_run(fs);
	// The rules of 7.4: one tree per source, PIDs of one filter to the same destination together, filters with
	// several inputs expanded once, quoted names, arguments of declared filters, indices from 1.
	static const char want[] =
		"Filters connected:\n"
		"fsrc (src=fake://h/v.x) (idx=1)\n"
		"-(PID v.x) xdmx (dyn_idx=6)\n"
		"--(PID v.x)\\\n"
		"--(PID v.x)-> pass \"middle\" (idx=4)\n"
		"---(PID v.x) \\\n"
		"---(PID v.x) \\\n"
		"---(PID PID1)-> ymux (dyn_idx=7)\n"
		"----(PID v.x) fdst (dst=sink://h/x.y) (idx=5)\n"
		"fsrc2 (src=fake://h/a.z:gfreg=fsrc2:packets=2) (idx=2)\n"
		"-(PID PID1) pass \"middle\" (idx=4)\n"
		"Filters not connected:\n"
		"rawsink \"lonely\" (SID=nobody:N=lonely) (idx=3)\n";
	assert_string_equal(text_of(fs, gf_fs_print_connections), want);
	assert_string_equal(text_of(fs, gf_fs_print_non_connected), strstr(want, "Filters not"));
	printed[0] = 0;
	gf_fs_print_non_connected_ex(fs, GF_TRUE);
	assert_string_equal(printed, ""); // it is a sink
}

static void statistics_are_printed(void **state)
{
	GF_FilterSession *fs = *state;
	fg_load(fs, "fake://h/a.y");
	fg_load(fs, "sink://h/x.y");
	gf_fs_run(fs);
	const char *text = text_of(fs, gf_fs_print_stats);
	assert_non_null(strstr(text, "Filter stats - 2 filters\n"));
	assert_non_null(strstr(text, "\tFilter fsrc (src=fake://h/a.y"));
	assert_non_null(strstr(text, " : 0 input pids 1 output pids "));
	assert_non_null(strstr(text, "\t\t10 packets sent 10 bytes sent ("));
	assert_non_null(strstr(text, "\t\t* output PID a.y: 10 packets sent\n"));
	assert_non_null(strstr(text, "\t\t10 packets processed 10 bytes processed ("));
	assert_non_null(strstr(text, "\t\t* input PID a.y: 10 packets received\n"));
	assert_non_null(strstr(text, "Session stats - threads 1\n\tThread 1: run_time "));
	assert_non_null(strstr(text, "Total: run_time "));
}

// ---- options at run time

typedef struct {
	u32 level, fixed;
} Tunable;

static u32 nb_updates;

static GF_Err on_update(GF_Filter *f, const char *name, const GF_PropertyValue *value)
{
	(void)f;
	(void)name;
	nb_updates++;
	return value->value.uint > 100 ? GF_BAD_PARAM : GF_OK;
}

static const GF_FilterArgs tunable_args[] = {
	{"level", offsetof(Tunable, level), "may change", GF_PROP_UINT, "1", NULL, GF_FS_ARG_UPDATE},
	{"now", offsetof(Tunable, level), "changes at once", GF_PROP_UINT, "1", NULL, GF_FS_ARG_UPDATE_SYNC | GF_FS_ARG_UPDATE},
	{"fixed", offsetof(Tunable, fixed), "stays", GF_PROP_UINT, "7", NULL, 0}, {0}};

static void options_change_while_running(void **state)
{
	GF_FilterSession *fs = *state;
	static GF_FilterRegister reg;
	reg = fake_registers[P_PASS];
	reg.name = "tunable";
	reg.args = tunable_args;
	reg.private_size = sizeof(Tunable);
	reg.update_arg = on_update;
	reg.initialize = NULL;
	reg.finalize = NULL;
	reg.process_event = NULL;
	reg.process = failing_process;
	gf_fs_add_filter_register(fs, &reg);
	nb_updates = 0;
	GF_Filter *f = fg_load(fs, "tunable:FID=T:N=knob:SID=nobody");
	const Tunable *t = gf_filter_get_udta(f);
	gf_fs_send_update(fs, "T", NULL, "level", "5", 0);
	assert_int_equal(t->level, 1); // by a task
	gf_fs_run(fs);
	assert_int_equal(t->level, 5);
	gf_fs_send_update(fs, "knob", NULL, "level=6", NULL, 0);
	gf_fs_run(fs);
	assert_int_equal(t->level, 6);
	gf_fs_send_update(NULL, NULL, f, "level", "8", 0);
	gf_fs_run(fs);
	assert_int_equal(t->level, 8);
	gf_fs_send_update(fs, "tunable", NULL, "level", "500", 0); // refused by the filter
	gf_fs_run(fs);
	assert_int_equal(t->level, 8);
	gf_fs_send_update(fs, NULL, f, "now", "9", 0);
	assert_int_equal(t->level, 9); // at once
	gf_fs_send_update(fs, NULL, f, "fixed", "9", 0);
	gf_fs_send_update(fs, NULL, f, "unknown", "9", 0);
	gf_fs_send_update(fs, "nobody", NULL, "level", "9", 0);
	gf_fs_send_update(fs, NULL, NULL, "level", "9", 0);
	gf_fs_run(fs);
	assert_int_equal(t->fixed, 7);
	assert_int_equal(nb_updates, 5);
	GF_PropertyValue v;
	assert_true(gf_filter_get_arg(f, "level", &v));
	assert_int_equal(v.value.uint, 9);
	gf_filter_send_update(f, "T", "level", "3", 0);
	gf_filter_send_update(f, NULL, "level", "4", 0);
	gf_fs_run(fs);
	assert_int_equal(t->level, 4);
}

// What a filter does not know goes to its neighbours, in the wanted direction.
static void unknown_options_go_to_the_neighbours(void **state)
{
	GF_FilterSession *fs = *state;
	static GF_FilterRegister tuned[2];
	for (u32 i = 0; i < 2; i++) {
		tuned[i] = fake_registers[i ? P_VSINK : P_SRC2];
		tuned[i].initialize = NULL;
		tuned[i].finalize = NULL;
		tuned[i].update_arg = on_update;
	}
	static const GF_FilterArgs sink_args[] = {
		{"level", offsetof(FakePriv, value), "may change", GF_PROP_UINT, "1", NULL, GF_FS_ARG_UPDATE}, {0}};
	static const GF_FilterArgs source_args[] = {{"src", offsetof(FakePriv, url), "source", GF_PROP_NAME, NULL, NULL, 0},
		{"packets", offsetof(FakePriv, packets), "packets to send", GF_PROP_UINT, "1", NULL, 0},
		{"rate", offsetof(FakePriv, value), "may change", GF_PROP_UINT, "1", NULL, GF_FS_ARG_UPDATE}, {0}};
	tuned[0].args = source_args;
	tuned[1].args = sink_args;
	gf_fs_remove_filter_register(fs, (GF_FilterRegister *)&fake_registers[P_SRC2]);
	gf_fs_remove_filter_register(fs, (GF_FilterRegister *)&fake_registers[P_VSINK]);
	gf_fs_add_filter_register(fs, &tuned[0]);
	gf_fs_add_filter_register(fs, &tuned[1]);
	GF_Filter *src = fg_load(fs, "fake://h/a.z:gpac:gfreg=fsrc2");
	GF_Filter *pass = fg_load(fs, "pass");
	GF_Filter *sink = fg_load(fs, "vsink");
	gf_fs_run(fs);
	assert_int_equal(gf_filter_get_ipid_count(sink), 1);
	const FakePriv *at_sink = gf_filter_get_udta(sink), *at_source = gf_filter_get_udta(src);
	gf_fs_send_update(fs, NULL, pass, "level", "5", GF_FILTER_UPDATE_DOWNSTREAM);
	gf_fs_run(fs);
	assert_int_equal(at_sink->value, 1); // the other way
	gf_fs_send_update(fs, NULL, pass, "level", "5", GF_FILTER_UPDATE_UPSTREAM);
	gf_fs_run(fs);
	assert_int_equal(at_sink->value, 5);
	gf_fs_send_update(fs, NULL, pass, "rate", "6", GF_FILTER_UPDATE_DOWNSTREAM | GF_FILTER_UPDATE_UPSTREAM);
	gf_fs_run(fs); // ends
	assert_int_equal(at_source->value, 6);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_lab, close_lab)
#define W(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
	const struct CMUnitTest tests[] = {
		T(filters_count_what_passes),
		W(filters_have_classes),
		T(times_and_errors_are_kept),
		T(process_times_add_up_without_reporting),
		T(status_needs_reporting),
		T(pids_tell_their_traffic),
		W(decoders_are_found_along_the_chain),
		W(the_graph_is_printed),
		W(statistics_are_printed),
		W(options_change_while_running),
		W(unknown_options_go_to_the_neighbours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
