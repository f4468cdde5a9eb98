// SPDX-License-Identifier: MIT
// Links that fail or change while the session runs: refusals, replaced chains, adaptation, removals (graph chapter
// 3.11, 3.16, 3.17, 4.8).
#include "fake_graph.h"

static int open_implicit(void **state)
{
	*state = fg_session(0);
	return 0;
}

static int open_stepped(void **state)
{
	*state = fg_session(GF_FS_FLAG_NON_BLOCKING);
	return 0;
}

static int close_session(void **state)
{
	fg_close(*state);
	return 0;
}

static void step(GF_FilterSession *fs)
{
	for (u32 i = 0; i < 10; i++)
		gf_fs_run(fs);
}

// ---- refusals at connection

static void another_chain_is_tried(void **state)
{
	fake_plans[P_DECA].configure = GF_NOT_SUPPORTED;
	fg_load(*state, "fake://h/a.x");
	fg_load(*state, "rawsink");
	gf_fs_run(*state);
	assert_string_equal(fg_filters(*state), "fsrc rawsink xdmx decb");
	assert_int_equal(fake_plans[P_DECA].nb_remove, 1); // told of the end of the PID it refused
	assert_int_equal(fake_plans[P_RAWSINK].nb_packets, 10);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_OK);
}

static void no_other_chain_may_be_tried(void **state)
{
	static const GF_Err errors[] = {GF_BAD_PARAM, GF_SERVICE_ERROR, GF_REMOTE_SERVICE_ERROR, GF_FILTER_NOT_SUPPORTED};
	for (u32 i = 0; i < 4; i++) {
		fake_plans[P_DECA].configure = errors[i];
		fg_load(*state, "fake://h/a.x");
		fg_load(*state, "rawsink");
		gf_fs_run(*state);
		assert_int_equal(fake_plans[P_DECB].nb_created, 0);
		assert_int_equal(gf_fs_get_last_connect_error(*state), errors[i]);
		assert_int_equal(fake_plans[P_DECA].nb_created, 1);
		assert_int_equal(fake_plans[P_DECA].nb_finalized, 1); // it had no other PID
		// The producer does not wait for the PID: PLAY and STOP, then the failure.
		assert_int_equal(fake_plans[P_DMX].nb_play, 1);
		assert_int_equal(fake_plans[P_DMX].nb_stop, 1);
		assert_true(fake_plans[P_DMX].nb_connect_fail >= 1);
		assert_int_equal(fake_plans[P_RAWSINK].nb_packets, 0);
		fg_close(*state);
		*state = fg_session(0);
	}
	GF_FilterSession *fs = *state = (fg_close(*state), fg_session(GF_FS_FLAG_NO_REASSIGN));
	fake_plans[P_DECA].configure = GF_NOT_SUPPORTED;
	fg_load(fs, "fake://h/a.x");
	fg_load(fs, "rawsink");
	gf_fs_run(fs);
	assert_int_equal(fake_plans[P_DECB].nb_created, 0);
	assert_int_equal(gf_fs_get_last_connect_error(fs), GF_NOT_SUPPORTED);
}

static void a_filter_may_decline_in_silence(void **state)
{
	fake_plans[P_DST].configure = GF_EOS;
	GF_Filter *src = fg_load(*state, "fake://h/a.y");
	GF_Filter *dst = fg_load(*state, "sink://h/1.y");
	gf_fs_run(*state);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_OK);
	assert_int_equal(fake_plans[P_SRC].nb_connect_fail, 1);
	assert_int_equal(fake_plans[P_DST].nb_configure, 1);
	assert_int_equal(gf_filter_get_ipid_count(dst), 0);
	(void)src;
}

static void sinks_cannot_be_replaced(void **state)
{
	fake_plans[P_DST].configure = GF_IO_ERR;
	fg_load(*state, "fake://h/a.y");
	fg_load(*state, "sink://h/1.y");
	gf_fs_run(*state);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_IO_ERR);
	assert_int_equal(fake_plans[P_SRC].nb_connect_fail, 1);
	assert_int_equal(fake_plans[P_DST].nb_configure, 1);
	assert_int_equal(fake_plans[P_DST].nb_remove, 1);
}

static void all_decoders_refuse(void **state)
{
	fake_plans[P_DECA].configure = fake_plans[P_DECB].configure = GF_NOT_SUPPORTED;
	fg_load(*state, "fake://h/a.x");
	GF_Filter *sink = fg_load(*state, "rawsink");
	gf_fs_run(*state);
	assert_int_equal(gf_filter_get_ipid_count(sink), 0);
	assert_true(gf_fs_check_filter(*state, sink)); // never connected: it stays
	assert_int_equal(fake_plans[P_DECA].nb_created, 1);
	assert_int_equal(fake_plans[P_DECB].nb_created, 1);
	assert_int_equal(fake_plans[P_DECB].nb_finalized, 1);
}

// A chain of several filters whose first one refuses leaves nothing behind.
static void broken_chains_are_cleaned_up(void **state)
{
	fake_plans[P_DECA].configure = fake_plans[P_DECB].configure = GF_BAD_PARAM;
	fg_load(*state, "fake://h/a.x");
	fg_load(*state, "fenc");
	fg_load(*state, "sink://h/1.y");
	gf_fs_run(*state);
	// The audio goes to the sink alone.
	assert_string_equal(fg_filters(*state), "fsrc fenc fdst xdmx ymux");
	assert_int_equal(fake_plans[P_DST].nb_packets, 10);
}

// What refuses its options before it saw the file does not leave it to a source that knows nothing of them.
static void refused_options_end_the_link(void **state)
{
	fake_plans[P_DMX].initialize = GF_BAD_PARAM;
	fg_load(*state, "fake://h/a.x");
	GF_Filter *sink = fg_load(*state, "vsink");
	assert_int_equal(gf_fs_run(*state), GF_BAD_PARAM);
	assert_int_equal(gf_filter_get_ipid_count(sink), 0);
	assert_int_equal(fake_plans[P_SRC2].nb_created, 0);
	fake_plans[P_DMX].nb_finalized = 0;
}

static void failing_initialisations_are_reported(void **state)
{
	GF_Err e = GF_OK;
	fake_plans[P_PASS].initialize = GF_NOT_READY;
	assert_null(gf_fs_load_filter(*state, "pass", &e));
	assert_int_equal(e, GF_NOT_READY);
	fake_plans[P_PASS].nb_finalized = 0;
	fake_plans[P_DECA].initialize = GF_NOT_SUPPORTED;
	fg_load(*state, "fake://h/a.x");
	GF_Filter *sink = fg_load(*state, "rawsink");
	assert_int_equal(gf_fs_run(*state), GF_NOT_SUPPORTED);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_NOT_SUPPORTED);
	assert_int_equal(gf_filter_get_ipid_count(sink), 0);
	assert_true(gf_fs_run(*state) >= 0); // told once
	fake_plans[P_DECA].nb_finalized = 0;
	// Nothing to run: the session is over.
	GF_FilterSession *fs = *state = (fg_close(*state), fg_session(0));
	fake_plans[P_PASS].initialize = GF_EOS;
	fg_load(fs, "fake://h/a.y");
	fg_load(fs, "sink://h/1.y");
	assert_null(gf_fs_load_filter(fs, "pass", &e));
	assert_int_equal(gf_fs_run(fs), GF_EOS);
	assert_int_equal(fake_plans[P_DST].nb_packets, 0);
	fake_plans[P_PASS].nb_finalized = 0;
}

// ---- refusals while running

static GF_Err change_at_five(GF_Filter *f)
{
	FakePriv *p = gf_filter_get_udta(f);
	if (p->out[0] && p->sent == 5)
		gf_filter_pid_set_property(p->out[0], GF_PROP_PID_WIDTH, PROP_UINT(640));
	return fg_source2_process(f);
}

// A source of video whose properties change behind the fifth packet.
static GF_Filter *changing_source(GF_FilterSession *fs)
{
	static GF_FilterRegister reg;
	reg = fake_registers[P_SRC2];
	reg.process = change_at_five;
	gf_fs_remove_filter_register(fs, (GF_FilterRegister *)&fake_registers[P_SRC]);
	gf_fs_remove_filter_register(fs, (GF_FilterRegister *)&fake_registers[P_SRC2]);
	gf_fs_add_filter_register(fs, &reg);
	return fg_load(fs, "fake://h/a.z");
}

static void a_decoder_is_replaced_on_the_way(void **state)
{
	fake_plans[P_DECA].reconfigure = GF_NOT_SUPPORTED;
	GF_Filter *src = changing_source(*state);
	GF_Filter *sink = fg_load(*state, "rawsink");
	gf_fs_run(*state);
	assert_true(gf_fs_check_filter(*state, sink)); // it kept its place
	assert_string_equal(fg_filters(*state), "fsrc2 rawsink decb");
	assert_string_equal(fg_behind(src, 0, 0), "decb");
	assert_int_equal(fake_plans[P_DECA].nb_packets, 5);
	assert_int_equal(fake_plans[P_DECB].nb_packets, 5); // nothing is lost
	assert_int_equal(fake_plans[P_RAWSINK].nb_packets, 10);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_OK);
}

static void without_replacement_the_pid_goes(void **state)
{
	fake_plans[P_DECA].reconfigure = GF_NOT_SUPPORTED;
	fake_plans[P_DECB].configure = GF_NOT_SUPPORTED;
	changing_source(*state);
	fg_load(*state, "rawsink");
	gf_fs_run(*state);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_NOT_SUPPORTED);
	assert_int_equal(fake_plans[P_RAWSINK].nb_packets, 5);
	assert_int_equal(fake_plans[P_RAWSINK].nb_finalized, 1); // it lost its last input
	// Not to be replaced at all.
	GF_FilterSession *fs = *state = (fg_close(*state), fg_session(0));
	fake_plans[P_DECA].reconfigure = GF_FILTER_NOT_SUPPORTED;
	changing_source(fs);
	fg_load(fs, "rawsink");
	gf_fs_run(fs);
	assert_int_equal(fake_plans[P_DECB].nb_created, 0);
	assert_int_equal(gf_fs_get_last_connect_error(fs), GF_FILTER_NOT_SUPPORTED);
	assert_int_equal(fake_plans[P_RAWSINK].nb_packets, 5);
}

static void a_profile_may_be_refused_late(void **state)
{
	fake_plans[P_DECA].process = GF_PROFILE_NOT_SUPPORTED;
	fake_plans[P_DECA].fail_after = 3;
	fg_load(*state, "fake://h/a.x");
	GF_Filter *sink = fg_load(*state, "rawsink");
	gf_fs_run(*state);
	assert_true(gf_fs_check_filter(*state, sink));
	assert_string_equal(fg_filters(*state), "fsrc rawsink xdmx decb");
	assert_int_equal(fake_plans[P_DECA].nb_packets, 3);
	assert_int_equal(fake_plans[P_DECB].nb_packets, 7);
	assert_int_equal(fake_plans[P_RAWSINK].nb_packets, 10);
}

// ---- adaptation

static u32 wanted_width;
static u32 last_width;

static GF_Err negotiating_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	GF_Err e = fg_sink_configure(f, pid, is_remove);
	if (is_remove || e != GF_OK)
		return e;
	const GF_PropertyValue *w = gf_filter_pid_get_property(pid, GF_PROP_PID_WIDTH);
	last_width = w ? w->value.uint : 0;
	if (last_width == wanted_width)
		return GF_OK;
	return gf_filter_pid_negotiate_property(pid, GF_PROP_PID_WIDTH, PROP_UINT(wanted_width));
}

static GF_FilterRegister negotiating;

static GF_Filter *negotiating_sink(GF_FilterSession *fs)
{
	negotiating = fake_registers[P_VSINK];
	negotiating.configure_pid = negotiating_configure;
	gf_fs_remove_filter_register(fs, (GF_FilterRegister *)&fake_registers[P_VSINK]);
	gf_fs_add_filter_register(fs, &negotiating);
	wanted_width = 320;
	return fg_load(fs, "vsink");
}

static void an_adapter_is_inserted(void **state)
{
	GF_Filter *src = fg_load(*state, "fake://h/a.z:gpac:gfreg=fsrc2:packets=6");
	GF_Filter *sink = negotiating_sink(*state);
	gf_fs_run(*state);
	assert_string_equal(fg_filters(*state), "fsrc2 vsink adapt");
	assert_string_equal(fg_behind(src, 0, 0), "adapt");
	assert_int_equal(gf_filter_get_ipid_count(sink), 1);
	assert_int_equal(last_width, 320);
	assert_int_equal(fake_plans[P_VSINK].nb_packets, 6);
	assert_int_equal(fake_plans[P_ADAPT].nb_packets, 6);
	assert_int_equal(fake_plans[P_VSINK].nb_remove, 0); // it kept its input
	assert_false(gf_filter_connections_pending(sink));
}

// A producer that can do it itself, before it sent anything.
static GF_Err reconfigurable_process(GF_Filter *f)
{
	FakePriv *p = gf_filter_get_udta(f);
	if (p->out[0])
		return fg_source2_process(f);
	p->out[0] = fg_pid(f, GF_STREAM_VISUAL, GF_CODECID_AVC, 1);
	return GF_OK;
}

static void the_producer_is_asked_first(void **state)
{
	static GF_FilterRegister reg;
	static const GF_FilterCapability caps[] = {
		CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
		{.code = GF_PROP_PID_WIDTH, .flags = GF_CAPFLAG_RECONFIG}};
	reg = fake_registers[P_SRC2];
	reg.process = reconfigurable_process;
	reg.reconfigure_output = fg_adapt_output;
	reg.caps = caps;
	reg.nb_caps = 2;
	gf_fs_remove_filter_register(*state, (GF_FilterRegister *)&fake_registers[P_SRC2]);
	gf_fs_add_filter_register(*state, &reg);
	fg_load(*state, "fake://h/a.z:gpac:gfreg=fsrc2:packets=6");
	negotiating_sink(*state);
	gf_fs_run(*state);
	assert_string_equal(fg_filters(*state), "fsrc2 vsink");
	assert_int_equal(last_width, 320);
	assert_int_equal(fake_plans[P_VSINK].nb_packets, 6);
	// Two consumers, of which one wants something: an adapter for that one.
	GF_FilterSession *fs = *state = (fg_close(*state), fg_session(GF_FS_FLAG_NO_IMPLICIT));
	gf_fs_remove_filter_register(fs, (GF_FilterRegister *)&fake_registers[P_SRC2]);
	gf_fs_add_filter_register(fs, &reg);
	fg_load(fs, "fake://h/a.z:gpac:gfreg=fsrc2:packets=6");
	negotiating_sink(fs);
	fg_load(fs, "sink://h/1.y");
	gf_fs_run(fs);
	assert_int_equal(fake_plans[P_ADAPT].nb_created, 1); // the other consumer asked for nothing
	assert_int_equal(fake_plans[P_VSINK].nb_packets, 6);
	assert_int_equal(fake_plans[P_DST].nb_packets, 6);
}

static void without_adapter_the_consumer_goes(void **state)
{
	gf_fs_remove_filter_register(*state, (GF_FilterRegister *)&fake_registers[P_ADAPT]);
	fg_load(*state, "fake://h/a.z:gpac:gfreg=fsrc2:packets=6");
	negotiating_sink(*state);
	gf_fs_run(*state);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_FILTER_NOT_FOUND);
	assert_int_equal(fake_plans[P_VSINK].nb_remove, 1);
	assert_int_equal(fake_plans[P_SRC2].nb_stop, 1);
	// An adapter that fails is not tried twice.
	GF_FilterSession *fs = *state = (fg_close(*state), fg_session(0));
	fake_plans[P_ADAPT].configure = GF_NOT_SUPPORTED;
	fg_load(fs, "fake://h/a.z:gpac:gfreg=fsrc2:packets=6");
	negotiating_sink(fs);
	gf_fs_run(fs);
	assert_int_equal(fake_plans[P_ADAPT].nb_created, 1);
	assert_int_equal(gf_fs_get_last_connect_error(fs), GF_FILTER_NOT_FOUND);
}

static void negotiation_needs_an_input(void **state)
{
	GF_Filter *src = fg_load(*state, "fake://h/a.z:gpac:gfreg=fsrc2");
	GF_Filter *sink = fg_load(*state, "vsink");
	step(*state);
	GF_FilterPid *out = gf_filter_get_opid(src, 0), *in = gf_filter_get_ipid(sink, 0);
	assert_int_equal(gf_filter_pid_negotiate_property(out, GF_PROP_PID_WIDTH, PROP_UINT(1)), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pid_negotiate_property(in, 0, PROP_UINT(1)), GF_BAD_PARAM);
	assert_int_equal(gf_filter_pid_negotiate_property_str(in, NULL, PROP_UINT(1)), GF_BAD_PARAM);
	assert_null(gf_filter_pid_caps_query(out, GF_PROP_PID_WIDTH));
	assert_null(gf_filter_pid_caps_query(NULL, GF_PROP_PID_WIDTH));
	assert_null(gf_filter_pid_caps_query_str(out, "x"));
}

// ---- removals

static void a_removed_sink_takes_its_chain_with_it(void **state)
{
	fg_load(*state, "fake://h/a.x:gpac:packets=1000000");
	GF_Filter *sink = fg_load(*state, "sink://h/1.y");
	step(*state);
	gf_filter_remove(sink);
	gf_filter_remove(sink); // twice is once
	gf_filter_remove(NULL);
	assert_false(gf_fs_check_filter(*state, sink));
	step(*state);
	assert_string_equal(fg_filters(*state), "");
	assert_int_equal(fake_plans[P_MUX].nb_remove, 2);
}

static void a_shared_source_stays(void **state)
{
	GF_FilterSession *fs = *state = (fg_close(*state), fg_session(GF_FS_FLAG_NON_BLOCKING | GF_FS_FLAG_NO_IMPLICIT));
	fg_load(fs, "fake://h/a.y:gpac:packets=1000000");
	GF_Filter *a = fg_load(fs, "sink://h/1.y");
	fg_load(fs, "sink://h/2.y");
	step(fs);
	gf_filter_remove(a);
	step(fs);
	assert_string_equal(fg_filters(fs), "fsrc fdst");
	u32 before = fake_plans[P_DST].nb_packets;
	step(fs);
	assert_true(fake_plans[P_DST].nb_packets > before);
	assert_int_equal(fake_plans[P_SRC].nb_stop, 0);
}

// A demultiplexer with another output goes on without the removed one.
static void a_demultiplexer_loses_one_output(void **state)
{
	GF_Filter *src = fg_load(*state, "fake://h/a.x:gpac:packets=1000000:FID=S");
	GF_Filter *video = fg_load(*state, "vsink:SID=S#video");
	fg_load(*state, "vsink:SID=S#audio");
	step(*state);
	assert_string_equal(fg_filters(*state), "fsrc vsink vsink xdmx");
	gf_filter_remove(video);
	step(*state);
	assert_string_equal(fg_filters(*state), "fsrc vsink xdmx");
	assert_int_equal(fake_plans[P_DMX].nb_stop, 1);
	u32 before = fake_plans[P_VSINK].nb_packets;
	step(*state);
	assert_true(fake_plans[P_VSINK].nb_packets > before);
	(void)src;
}

static void what_was_sent_arrives_before_a_removal(void **state)
{
	// The sink is slow: one packet per call, while the middle is removed with packets in front of the sink.
	GF_Filter *src = fg_load(*state, "fake://h/a.z:gpac:gfreg=fsrc2:packets=1000000");
	GF_Filter *middle = fg_load(*state, "pass:FBU=5");
	fg_load(*state, "vsink");
	step(*state);
	u32 passed = fake_plans[P_PASS].nb_packets;
	assert_true(passed > 0);
	gf_filter_remove(middle);
	step(*state);
	assert_int_equal(fake_plans[P_VSINK].nb_packets, fake_plans[P_PASS].nb_packets);
	assert_string_equal(fg_filters(*state), "");
	(void)src;
}

static void a_chain_is_cut_out(void **state)
{
	GF_Filter *src = fg_load(*state, "fake://h/a.x:gpac:packets=1000000");
	GF_Filter *sink = fg_load(*state, "vsink");
	gf_filter_make_sticky(sink);
	step(*state);
	gf_filter_remove_src(sink, src);
	gf_filter_remove_src(NULL, src);
	step(*state);
	assert_string_equal(fg_filters(*state), "vsink");
	// Another source in its place, in the same breath.
	GF_Filter *next = fg_load(*state, "fake://h/b.x");
	gf_filter_set_source(sink, next, NULL);
	step(*state);
	assert_string_equal(fg_filters(*state), "vsink fsrc xdmx");
	assert_int_equal(gf_filter_get_ipid_count(sink), 2);
}

static void an_aborted_filter_ends(void **state)
{
	fg_load(*state, "fake://h/a.z:gpac:gfreg=fsrc2:packets=1000000");
	GF_Filter *pass = fg_load(*state, "pass");
	GF_Filter *sink = fg_load(*state, "vsink");
	step(*state);
	gf_filter_abort(pass);
	gf_filter_abort(NULL);
	step(*state);
	assert_true(gf_filter_pid_is_eos(gf_filter_get_ipid(sink, 0)));
	assert_int_equal(fake_plans[P_SRC2].nb_stop, 1);
	assert_true(gf_filter_all_sinks_done(sink));
}

// ---- failures told by filters

static GF_Filter *failed;
static GF_Err failed_with;
static Bool take_care;

static Bool on_failure(GF_Filter *f, void *udta, GF_Err e)
{
	assert_ptr_equal(udta, &failed);
	failed = f;
	failed_with = e;
	return take_care;
}

static GF_Err failing_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	if (!is_remove)
		gf_filter_setup_failure(f, GF_NON_COMPLIANT_BITSTREAM);
	return fg_sink_configure(f, pid, is_remove);
}

static void failures_inside_configure_are_its_answer(void **state)
{
	static GF_FilterRegister reg;
	reg = fake_registers[P_DST];
	reg.configure_pid = failing_configure;
	gf_fs_remove_filter_register(*state, (GF_FilterRegister *)&fake_registers[P_DST]);
	gf_fs_add_filter_register(*state, &reg);
	fg_load(*state, "fake://h/a.y");
	fg_load(*state, "sink://h/1.y");
	gf_fs_run(*state);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_NON_COMPLIANT_BITSTREAM);
	assert_int_equal(fake_plans[P_DST].nb_packets, 0);
}

static void failures_go_to_who_watches(void **state)
{
	GF_FilterSession *fs = *state;
	GF_Filter *loader = fg_load(fs, "pass:SID=nobody");
	GF_Filter *src = fg_load(fs, "fake://h/a.x");
	fg_load(fs, "sink://h/1.y");
	step(fs);
	gf_filter_set_setup_failure_callback(loader, src, on_failure, &failed);
	gf_filter_set_setup_failure_callback(loader, NULL, on_failure, &failed);
	// A demultiplexer right behind a watched source reports through it.
	GF_Filter *dmx = gf_filter_pid_enum_destinations(gf_filter_get_opid(src, 0), 0);
	take_care = GF_TRUE;
	gf_filter_notification_failure(dmx, GF_CORRUPTED_DATA, GF_FALSE);
	assert_ptr_equal(failed, src);
	assert_int_equal(failed_with, GF_CORRUPTED_DATA);
	assert_true(gf_fs_check_filter(fs, dmx));
	gf_filter_setup_failure(src, GF_URL_ERROR);
	assert_int_equal(failed_with, GF_URL_ERROR);
	gf_filter_setup_failure(src, GF_IO_ERR); // told once
	assert_int_equal(failed_with, GF_URL_ERROR);
	step(fs);
	assert_true(gf_fs_check_filter(fs, src)); // never destroyed by itself
	assert_int_equal(gf_fs_get_last_connect_error(fs), GF_OK); // taken care of
	gf_filter_set_setup_failure_callback(loader, src, NULL, NULL);
	step(fs);
	assert_false(gf_fs_check_filter(fs, src));
	// Nobody watches.
	GF_Filter *other = fg_load(fs, "fake://h/b.x");
	gf_filter_setup_failure(other, GF_URL_ERROR);
	step(fs);
	assert_false(gf_fs_check_filter(fs, other));
	assert_int_equal(gf_fs_get_last_connect_error(fs), GF_URL_ERROR);
	gf_filter_notification_failure(loader, GF_IO_ERR, GF_TRUE);
	assert_false(gf_fs_check_filter(fs, loader));
	gf_filter_setup_failure(NULL, GF_IO_ERR);
	gf_filter_notification_failure(NULL, GF_IO_ERR, GF_TRUE);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_implicit, close_session)
#define S(name) cmocka_unit_test_setup_teardown(name, open_stepped, close_session)
	const struct CMUnitTest tests[] = {
		T(another_chain_is_tried),
		T(no_other_chain_may_be_tried),
		T(a_filter_may_decline_in_silence),
		T(sinks_cannot_be_replaced),
		T(all_decoders_refuse),
		T(refused_options_end_the_link),
		T(broken_chains_are_cleaned_up),
		T(failing_initialisations_are_reported),
		T(a_decoder_is_replaced_on_the_way),
		T(without_replacement_the_pid_goes),
		T(a_profile_may_be_refused_late),
		T(an_adapter_is_inserted),
		T(the_producer_is_asked_first),
		T(without_adapter_the_consumer_goes),
		S(negotiation_needs_an_input),
		S(a_removed_sink_takes_its_chain_with_it),
		S(a_shared_source_stays),
		S(a_demultiplexer_loses_one_output),
		S(what_was_sent_arrives_before_a_removal),
		S(a_chain_is_cut_out),
		S(an_aborted_filter_ends),
		T(failures_inside_configure_are_its_answer),
		S(failures_go_to_who_watches),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
