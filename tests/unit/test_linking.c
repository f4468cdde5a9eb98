// SPDX-License-Identifier: MIT
// Linking on a small world of registers: chains, modes, source IDs, sub-sessions, clones, refusals (graph chapter 3).
#include "fake_graph.h"

static int open_implicit(void **state)
{
	*state = fg_session(0);
	return 0;
}

static int close_session(void **state)
{
	fg_close(*state);
	return 0;
}

static GF_Err parse(GF_FilterSession *fs, const char *words)
{
	char *copy = strdup(words);
	GF_Err e = gf_fs_parse_filter_graph_str(fs, copy, NULL, NULL);
	free(copy);
	return e;
}

// ---- chains

static void a_chain_joins_source_and_sink(void **state)
{
	GF_Filter *src = fg_load(*state, "fake://h/a.x");
	GF_Filter *dst = fg_load(*state, "sink://h/out.y");
	assert_int_equal(gf_fs_run(*state), GF_EOS);
	assert_string_equal(fg_filters(*state), "fsrc fdst xdmx ymux");
	// Both PIDs of the demultiplexer go to one muxer.
	GF_Filter *dmx = gf_filter_pid_enum_destinations(gf_filter_get_opid(src, 0), 0);
	GF_Filter *mux = gf_filter_pid_enum_destinations(gf_filter_get_opid(dmx, 0), 0);
	assert_ptr_equal(gf_filter_pid_enum_destinations(gf_filter_get_opid(dmx, 1), 0), mux);
	assert_ptr_equal(gf_filter_pid_enum_destinations(gf_filter_get_opid(mux, 0), 0), dst);
	assert_true(gf_filter_is_dynamic(mux));
	assert_false(gf_filter_is_dynamic(dst));
	assert_int_equal(fake_plans[P_DST].nb_packets, 20);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_OK);
}

static void files_are_copied_when_they_fit(void **state)
{
	GF_Filter *src = fg_load(*state, "fake://h/a.y");
	fg_load(*state, "sink://h/out.y");
	gf_fs_run(*state);
	assert_string_equal(fg_behind(src, 0, 0), "fdst");
	assert_int_equal(fake_plans[P_DST].nb_packets, 10);
}

static void filters_stand_in_the_order_of_declaration(void **state)
{
	GF_Filter *src = fg_load(*state, "fake://h/a.x");
	GF_Filter *pass = fg_load(*state, "pass");
	fg_load(*state, "sink://h/out.y");
	gf_fs_run(*state);
	assert_string_equal(fg_filters(*state), "fsrc pass fdst xdmx ymux");
	assert_string_equal(fg_behind(src, 0, 0), "xdmx");
	assert_string_equal(fg_behind(pass, 0, 0), "ymux");
	assert_string_equal(fg_behind(pass, 1, 0), "ymux");
	assert_int_equal(fake_plans[P_PASS].nb_packets, 20);
}

// The chain before the nearer direct match (3.5, postponement).
static void a_filter_that_needs_a_chain_is_not_skipped(void **state)
{
	fg_load(*state, "fake://h/a.y");
	GF_Filter *pass = fg_load(*state, "pass");
	fg_load(*state, "sink://h/out.y");
	gf_fs_run(*state);
	// No filter reads .y: the filter is left out, the file copied.
	assert_int_equal(gf_filter_get_ipid_count(pass), 0);
	assert_int_equal(fake_plans[P_DST].nb_packets, 10);
}

// Worked example 9 of the specification: the encoder takes the video, the sink the audio.
static void what_the_first_filter_does_not_take_goes_on(void **state)
{
	GF_Filter *src = fg_load(*state, "fake://h/a.x");
	GF_Filter *enc = fg_load(*state, "c=avc");
	fg_load(*state, "sink://h/out.y");
	gf_fs_run(*state);
	assert_string_equal(fg_filters(*state), "fsrc fenc fdst xdmx deca ymux");
	GF_Filter *dmx = gf_filter_pid_enum_destinations(gf_filter_get_opid(src, 0), 0);
	assert_string_equal(fg_behind(dmx, 0, 0), "deca");
	assert_string_equal(fg_behind(dmx, 0, 1), "-");
	assert_string_equal(fg_behind(dmx, 1, 0), "ymux");
	assert_string_equal(fg_behind(enc, 0, 0), "ymux");
	assert_int_equal(fake_plans[P_DST].nb_packets, 20);
}

static void the_preferred_register_wins(void **state)
{
	fg_load(*state, "fake://h/a.x:gpac:gfreg=decb");
	GF_Filter *sink = fg_load(*state, "rawsink");
	gf_fs_run(*state);
	assert_string_equal(fg_filters(*state), "fsrc rawsink xdmx decb");
	assert_int_equal(gf_filter_get_ipid_count(sink), 1);
}

static void without_chains_only_direct_links_exist(void **state)
{
	gf_fs_set_max_resolution_chain_length(*state, 0);
	assert_int_equal(gf_fs_get_max_resolution_chain_length(*state), 0);
	fg_load(*state, "fake://h/a.x");
	GF_Filter *sink = fg_load(*state, "sink://h/out.y");
	gf_fs_run(*state);
	assert_int_equal(gf_filter_get_ipid_count(sink), 0);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_FILTER_NOT_FOUND);
}

// ---- modes

static void complete_mode_links_to_all(void **state)
{
	GF_FilterSession *fs = *state = (fg_close(*state), fg_session(GF_FS_FLAG_NO_IMPLICIT));
	GF_Filter *src = fg_load(fs, "fake://h/a.y");
	fg_load(fs, "sink://h/1.y");
	fg_load(fs, "sink://h/2.y");
	gf_fs_run(fs);
	assert_string_equal(fg_behind(src, 0, 0), "fdst");
	assert_string_equal(fg_behind(src, 0, 1), "fdst");
	assert_int_equal(fake_plans[P_DST].nb_packets, 20);
}

static void implicit_mode_links_to_all_sinks(void **state)
{
	GF_Filter *src = fg_load(*state, "fake://h/a.y");
	fg_load(*state, "sink://h/1.y");
	fg_load(*state, "sink://h/2.y");
	gf_fs_run(*state);
	assert_string_equal(fg_behind(src, 0, 1), "fdst");
}

static void one_muxer_for_each_sink(void **state)
{
	fg_load(*state, "fake://h/a.x");
	fg_load(*state, "sink://h/1.y");
	fg_load(*state, "sink://h/2.y");
	gf_fs_run(*state);
	assert_string_equal(fg_filters(*state), "fsrc fdst fdst xdmx ymux ymux");
	assert_int_equal(fake_plans[P_DST].nb_packets, 40);
}

// ---- source IDs

static void set_source_takes_fragments(void **state)
{
	GF_Filter *src = fg_load(*state, "fake://h/a.x");
	GF_Filter *video = fg_load(*state, "vsink"), *by_id = fg_load(*state, "vsink"), *hash = fg_load(*state, "vsink");
	assert_int_equal(gf_filter_set_source(video, src, "video"), GF_OK);
	assert_int_equal(gf_filter_set_source(by_id, src, "PID=2"), GF_OK);
	assert_int_equal(gf_filter_set_source(hash, src, "#audio"), GF_OK);
	assert_int_equal(gf_filter_set_source(hash, src, "#audio"), GF_OK); // once
	assert_int_equal(gf_filter_set_source(video, NULL, NULL), GF_BAD_PARAM);
	assert_int_equal(gf_filter_set_source(NULL, src, NULL), GF_BAD_PARAM);
	assert_int_equal(gf_filter_set_source(video, video, NULL), GF_OK); // nothing to do
	assert_non_null(gf_filter_get_id(src)); // generated
	assert_int_equal(gf_filter_assign_id(src, "other"), GF_BAD_PARAM);
	gf_fs_run(*state);
	assert_int_equal(gf_filter_get_ipid_count(video), 1);
	assert_int_equal(gf_filter_get_ipid_count(by_id), 1);
	assert_int_equal(gf_filter_get_ipid_count(hash), 1);
	static const u32 types[] = {GF_STREAM_VISUAL, GF_STREAM_AUDIO, GF_STREAM_AUDIO};
	GF_Filter *sinks[] = {video, by_id, hash};
	for (u32 i = 0; i < 3; i++) {
		const GF_PropertyValue *v =
			gf_filter_pid_get_property(gf_filter_get_ipid(sinks[i], 0), GF_PROP_PID_STREAM_TYPE);
		assert_int_equal(v->value.uint, types[i]);
	}
	// Now it would be a loop.
	assert_int_equal(gf_filter_set_source(src, video, NULL), GF_BAD_PARAM);
}

static void set_source_refuses_loops_before_links_exist(void **state)
{
	// A chain whose links have fragments, and an ID that is the start of another.
	GF_Filter *a = fg_load(*state, "vsink:FID=A"), *b = fg_load(*state, "vsink:FID=AB"), *c = fg_load(*state, "vsink");
	assert_int_equal(gf_filter_set_source(b, a, "#video"), GF_OK);
	assert_int_equal(gf_filter_set_source(c, b, NULL), GF_OK);
	assert_int_equal(gf_filter_set_source(a, b, NULL), GF_BAD_PARAM);
	assert_int_equal(gf_filter_set_source(a, c, NULL), GF_BAD_PARAM);
	assert_int_equal(gf_filter_set_source(c, a, "video"), GF_OK); // two ways, no loop
	// Loops that options declare end the search.
	GF_Filter *x = fg_load(*state, "vsink:FID=X:SID=Y"), *y = fg_load(*state, "vsink:FID=Y:SID=X");
	assert_non_null(y);
	assert_int_equal(gf_filter_set_source(x, c, NULL), GF_OK);
	assert_int_equal(gf_filter_set_source(c, x, NULL), GF_BAD_PARAM);
	assert_int_equal(gf_filter_set_source(a, x, NULL), GF_BAD_PARAM);
}

static void source_ids_of_declarations(void **state)
{
	fg_load(*state, "fake://h/a.x:gpac:FID=A");
	fg_load(*state, "fake://h/b.x:gpac:FID=B:packets=3");
	GF_Filter *a = fg_load(*state, "vsink:SID=A#video"), *b = fg_load(*state, "vsink:SID=B");
	GF_Filter *both = fg_load(*state, "vsink:SID=A#audio,B#audio"), *none = fg_load(*state, "vsink:SID=C");
	gf_fs_run(*state);
	assert_int_equal(gf_filter_get_ipid_count(a), 1);
	assert_int_equal(gf_filter_get_ipid_count(b), 2);
	assert_int_equal(gf_filter_get_ipid_count(both), 2);
	assert_int_equal(gf_filter_get_ipid_count(none), 0);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_OK);
}

static void required_source_ids(void **state)
{
	GF_Filter *src = fg_load(*state, "fake://h/a.y:gpac:FID=A:RSID");
	GF_Filter *open = fg_load(*state, "sink://h/1.y"), *named = fg_load(*state, "sink://h/2.y:SID=A");
	gf_fs_run(*state);
	assert_int_equal(gf_filter_get_ipid_count(open), 0);
	assert_int_equal(gf_filter_get_ipid_count(named), 1);
	(void)src;
	GF_FilterSession *fs = *state = (fg_close(*state), fg_session(GF_FS_FLAG_REQUIRE_SOURCE_ID));
	fg_load(fs, "fake://h/a.y:gpac:FID=A");
	open = fg_load(fs, "sink://h/1.y");
	named = fg_load(fs, "sink://h/2.y:SID=A");
	gf_fs_run(fs);
	assert_int_equal(gf_filter_get_ipid_count(open), 0);
	assert_int_equal(gf_filter_get_ipid_count(named), 1);
}

// ---- words

static void groups_of_words_are_apart(void **state)
{
	char graph[] = "-i fake://h/a.y:gpac:packets=1 -o sink://h/1.y -i fake://h/b.y:gpac:packets=2 -o sink://h/2.y -i fake://h/c.y:gpac:packets=3 "
				   "-o sink://h/3.y";
	GF_List *filters = NULL, *links = NULL;
	assert_int_equal(gf_fs_parse_filter_graph_str(*state, graph, &filters, &links), GF_OK);
	assert_int_equal(gf_list_count(filters), 6);
	assert_int_equal(gf_list_count(links), 0);
	gf_fs_run(*state);
	for (u32 i = 0; i < 3; i++) {
		GF_Filter *sink = gf_list_get(filters, i * 2 + 1);
		assert_int_equal(gf_filter_get_ipid_count(sink), 1);
		assert_ptr_equal(gf_filter_pid_get_source_filter(gf_filter_get_ipid(sink, 0)), gf_list_get(filters, i * 2));
	}
	gf_list_del(filters);
	gf_list_del(links);
}

static void links_are_given_by_position(void **state)
{
	char graph[] = "src=fake://h/a.y src=fake://h/b.y:gpac:packets=2 @1 dst=sink://h/1.y @@1 dst=sink://h/2.y @ \"dst=sink://h/3.y\"";
	GF_List *filters = NULL;
	// The last one names a sink as its source: nothing comes from there.
	assert_int_equal(gf_fs_parse_filter_graph_str(*state, graph, &filters, NULL), GF_OK);
	gf_fs_run(*state);
	assert_int_equal(gf_list_count(filters), 5);
	GF_Filter *sinks[3] = {gf_list_get(filters, 2), gf_list_get(filters, 3), gf_list_get(filters, 4)};
	assert_ptr_equal(gf_filter_pid_get_source_filter(gf_filter_get_ipid(sinks[0], 0)), gf_list_get(filters, 0));
	assert_ptr_equal(gf_filter_pid_get_source_filter(gf_filter_get_ipid(sinks[1], 0)), gf_list_get(filters, 1));
	assert_int_equal(gf_filter_get_ipid_count(sinks[2]), 0);
	gf_list_del(filters);
}

static void link_fragments_restrict(void **state)
{
	assert_int_equal(parse(*state, "-i fake://h/a.x @#video vsink @@0#audio vsink"), GF_OK);
	gf_fs_run(*state);
	GF_Filter *video = gf_fs_get_filter(*state, 1), *audio = gf_fs_get_filter(*state, 2);
	assert_int_equal(gf_filter_get_ipid_count(video), 1);
	assert_int_equal(gf_filter_get_ipid_count(audio), 1);
	assert_int_equal(gf_filter_pid_get_property(gf_filter_get_ipid(audio, 0), GF_PROP_PID_ID)->value.uint, 2);
}

static void wrong_words_are_errors(void **state)
{
	static const struct {
		const char *words;
		GF_Err error;
	} cases[] = {{"-i fake://h/a.y @1 sink", GF_FILTER_NOT_FOUND}, {"-i fake://h/a.y @1 vsink", GF_BAD_PARAM},
		{"-i fake://h/a.y @@1 vsink", GF_BAD_PARAM}, {"@ vsink", GF_BAD_PARAM}, {"-i", GF_BAD_PARAM},
		{"vsink -o", GF_BAD_PARAM}, {"-i fake://h/a.y @", GF_BAD_PARAM}, {"-i nothing://a", GF_NOT_SUPPORTED},
		{"-i fake://h/a.y nosuchfilter", GF_FILTER_NOT_FOUND}, {"-unknown vsink", GF_OK},
		{"-xopt nosuchfilter vsink", GF_OK}, {"-i fake://h/a.y @x vsink", GF_OK}, {"", GF_OK}};
	for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(parse(*state, cases[i].words), cases[i].error);
	assert_int_equal(gf_fs_parse_filter_graph(NULL, 0, NULL, NULL, NULL), GF_BAD_PARAM);
	// A directive at the end is returned to who asks.
	char words[] = "-i fake://h/a.y @0";
	GF_List *links = NULL;
	assert_int_equal(gf_fs_parse_filter_graph_str(*state, words, NULL, &links), GF_OK);
	assert_int_equal(gf_list_count(links), 1);
	assert_string_equal(gf_list_get(links, 0), "@0");
	gf_free(gf_list_pop_back(links));
	gf_list_del(links);
}

// ---- deferred linking

static void links_are_deferred_on_demand(void **state)
{
	GF_Filter *src = fg_load(*state, "fake://h/a.y:gpac:DL");
	GF_Filter *dst = fg_load(*state, "sink://h/1.y");
	assert_int_equal(gf_filter_reconnect_output(src, NULL), GF_EOS); // no output yet; ends the deferral
	assert_int_equal(gf_filter_reconnect_output(NULL, NULL), GF_BAD_PARAM);
	gf_fs_run(*state);
	assert_int_equal(gf_filter_get_ipid_count(dst), 1);
	GF_FilterSession *fs =
		*state = (fg_close(*state), fg_session(GF_FS_FLAG_FORCE_DEFER_LINK | GF_FS_FLAG_NON_BLOCKING));
	src = fg_load(fs, "fake://h/a.y");
	dst = fg_load(fs, "sink://h/1.y");
	for (u32 i = 0; i < 20; i++)
		gf_fs_run(fs);
	assert_int_equal(gf_filter_get_opid_count(src), 1);
	assert_int_equal(gf_filter_get_ipid_count(dst), 0);
	assert_int_equal(gf_filter_reconnect_output(dst, gf_filter_get_opid(src, 0)), GF_BAD_PARAM); // not its PID
	assert_int_equal(gf_filter_reconnect_output(src, gf_filter_get_opid(src, 0)), GF_OK);
	for (u32 i = 0; i < 20; i++)
		gf_fs_run(fs);
	assert_int_equal(gf_filter_get_ipid_count(dst), 1);
	assert_int_equal(gf_filter_reconnect_output(src, gf_filter_get_ipid(dst, 0)), GF_BAD_PARAM);
	assert_int_equal(fake_plans[P_DST].nb_packets, 10);
	assert_true(gf_fs_is_last_task(fs));
}

// A sink added to a running session needs a reconnection, and gets what comes after its PLAY.
static void sinks_may_come_later(void **state)
{
	GF_FilterSession *fs = *state = (fg_close(*state), fg_session(GF_FS_FLAG_NON_BLOCKING | GF_FS_FLAG_NO_IMPLICIT));
	GF_Filter *src = fg_load(fs, "fake://h/a.y:gpac:packets=1000000");
	fg_load(fs, "sink://h/1.y");
	for (u32 i = 0; i < 5; i++)
		gf_fs_run(fs);
	u32 before = fake_plans[P_DST].nb_packets;
	assert_true(before > 0 && before < 1000000);
	GF_Filter *late = fg_load(fs, "sink://h/2.y");
	gf_fs_run(fs);
	assert_int_equal(gf_filter_get_ipid_count(late), 0);
	gf_filter_reconnect_output(src, NULL);
	for (u32 i = 0; i < 5; i++)
		gf_fs_run(fs);
	assert_int_equal(gf_filter_get_ipid_count(late), 1);
	GF_FilterStats stats;
	gf_filter_get_stats(late, &stats);
	assert_true(stats.nb_pck_processed > 0);
}

// ---- clones

static void busy_filters_are_cloned(void **state)
{
	fg_load(*state, "fake://h/a.x");
	fg_load(*state, "fake://h/b.x");
	GF_Filter *sink = fg_load(*state, "rawsink:FID=S:N=view");
	gf_fs_run(*state);
	assert_string_equal(fg_filters(*state), "fsrc fsrc rawsink xdmx deca xdmx deca rawsink");
	GF_Filter *clone = gf_fs_get_filter(*state, 7);
	assert_string_equal(gf_filter_get_name(clone), "view");
	assert_string_equal(gf_filter_get_id(clone), "S");
	assert_int_equal(gf_filter_get_ipid_count(sink), 1);
	assert_int_equal(gf_filter_get_ipid_count(clone), 1);
	// Linking again changes nothing.
	for (u32 i = 0; i < 2; i++)
		gf_filter_reconnect_output(gf_filter_pid_get_source_filter(gf_filter_get_ipid(i ? clone : sink, 0)), NULL);
	gf_fs_run(*state);
	assert_int_equal(fake_plans[P_RAWSINK].nb_created, 2);
}

static void clones_can_be_forbidden(void **state)
{
	fg_load(*state, "fake://h/a.x");
	fg_load(*state, "fake://h/b.x");
	GF_Filter *sink = fg_load(*state, "rawsink:clone=0");
	gf_fs_run(*state);
	assert_int_equal(fake_plans[P_RAWSINK].nb_created, 1);
	assert_int_equal(gf_filter_get_ipid_count(sink), 1);
}

static GF_Err two_streams(GF_Filter *f)
{
	FakePriv *p = gf_filter_get_udta(f);
	for (u32 i = 0; i < 2 && !p->out[i]; i++) {
		p->out[i] = fg_pid(f, GF_STREAM_VISUAL, GF_CODECID_AVC, i + 1);
		gf_filter_pid_set_eos(p->out[i]);
	}
	return GF_EOS;
}

// Its only input is taken once a decoder is loaded in front of it: the next stream goes to the filters behind.
static void what_is_not_cloned_is_taken_by_the_first(void **state)
{
	static GF_FilterRegister source;
	source = fake_registers[P_SRC2];
	source.process = two_streams;
	gf_fs_remove_filter_register(*state, (GF_FilterRegister *)&fake_registers[P_SRC2]);
	gf_fs_add_filter_register(*state, &source);
	fg_load(*state, "fsrc2");
	GF_Filter *enc = fg_load(*state, "fenc:clone=0");
	GF_Filter *sink = fg_load(*state, "vsink");
	gf_fs_run(*state);
	assert_int_equal(gf_filter_get_ipid_count(enc), 1);
	assert_int_equal(gf_filter_get_ipid_count(sink), 2);
	assert_string_equal(fg_filters(*state), "fsrc2 fenc vsink deca");
}

static void complete_mode_does_not_clone(void **state)
{
	GF_FilterSession *fs = *state = (fg_close(*state), fg_session(GF_FS_FLAG_NO_IMPLICIT));
	fg_load(fs, "fake://h/a.x");
	fg_load(fs, "fake://h/b.x");
	fg_load(fs, "rawsink");
	gf_fs_run(fs);
	assert_int_equal(fake_plans[P_RAWSINK].nb_created, 1);
}

// A filter may ask for an instance of its own for a PID.
static u32 nb_wanted;

static GF_Err picky_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	if (is_remove)
		return GF_OK;
	// Two inputs at most, although the register says more.
	if (gf_filter_get_ipid_count(f) > 2)
		return GF_REQUIRES_NEW_INSTANCE;
	return fg_sink_configure(f, pid, is_remove);
}

static GF_Err greedy_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	(void)f;
	(void)pid;
	nb_wanted += !is_remove;
	return is_remove ? GF_OK : GF_REQUIRES_NEW_INSTANCE;
}

static void new_instances_are_made_on_request(void **state)
{
	static GF_FilterRegister picky;
	picky = fake_registers[P_VSINK];
	picky.configure_pid = picky_configure;
	gf_fs_remove_filter_register(*state, (GF_FilterRegister *)&fake_registers[P_VSINK]);
	gf_fs_add_filter_register(*state, &picky);
	for (u32 i = 0; i < 3; i++)
		fg_load(*state, "fake://h/a.x");
	GF_Filter *sink = fg_load(*state, "vsink");
	gf_fs_run(*state);
	// Six PIDs, two for each instance: refused ones go to a clone with room first.
	assert_int_equal(fake_plans[P_VSINK].nb_created, 3);
	assert_int_equal(gf_filter_get_ipid_count(sink), 2);
	assert_int_equal(fake_plans[P_VSINK].nb_packets, 60);
	GF_FilterSession *fs = *state = (fg_close(*state), fg_session(0));
	picky.configure_pid = greedy_configure;
	gf_fs_remove_filter_register(fs, (GF_FilterRegister *)&fake_registers[P_VSINK]);
	gf_fs_add_filter_register(fs, &picky);
	fg_load(fs, "fake://h/a.x");
	fg_load(fs, "vsink");
	gf_fs_run(fs); // not for ever
	assert_in_range(nb_wanted, 2, 20);
	assert_true(gf_fs_get_last_connect_error(fs) < 0);
}

// Takes one PID, and later says of each other one that it should go elsewhere.
static GF_Err closed_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	nb_wanted += !is_remove;
	if (!is_remove && gf_filter_get_ipid_count(f) > 1)
		return GF_REQUIRES_NEW_INSTANCE;
	return fg_sink_configure(f, pid, is_remove);
}

// Clones that send a PID to each other must not do so for ever: each is asked once.
static void clones_are_asked_once(void **state)
{
	static GF_FilterRegister closed;
	closed = fake_registers[P_VSINK];
	closed.configure_pid = closed_configure;
	gf_fs_remove_filter_register(*state, (GF_FilterRegister *)&fake_registers[P_VSINK]);
	gf_fs_add_filter_register(*state, &closed);
	for (u32 i = 0; i < 3; i++)
		fg_load(*state, "fake://h/a.x");
	fg_load(*state, "vsink");
	nb_wanted = 0;
	gf_fs_run(*state);
	// six PIDs, of which number n is refused n-1 times
	assert_int_equal(fake_plans[P_VSINK].nb_created, 6);
	assert_int_equal(fake_plans[P_VSINK].nb_packets, 60);
	assert_int_equal(nb_wanted, 1 + 2 + 3 + 4 + 5 + 6);
}

static void one_sink_for_each_value(void **state)
{
	GF_Filter *src = fg_load(*state, "fake://h/a.x:gpac:value=1"); // video of service 1, audio of service 2
	GF_Filter *sink = fg_load(*state, "sink://h/s_$ServiceID$.y:SID=#ServiceID=*");
	gf_fs_run(*state);
	assert_string_equal(fg_filters(*state), "fsrc fdst xdmx ymux fdst ymux");
	GF_Filter *dmx = gf_filter_pid_enum_destinations(gf_filter_get_opid(src, 0), 0);
	assert_ptr_not_equal(gf_filter_pid_enum_destinations(gf_filter_get_opid(dmx, 0), 0),
		gf_filter_pid_enum_destinations(gf_filter_get_opid(dmx, 1), 0));
	GF_FilterStats stats;
	gf_filter_get_stats(sink, &stats);
	assert_int_equal(stats.nb_pck_processed, 10);
	assert_int_equal(fake_plans[P_DST].nb_packets, 20);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_OK);
}

// ---- encoders left out

static void coded_streams_skip_the_encoder(void **state)
{
	fg_load(*state, "fake://h/a.x");
	GF_Filter *enc = fg_load(*state, "c=avc:ccp");
	fg_load(*state, "sink://h/out.y");
	gf_fs_run(*state);
	assert_int_equal(gf_filter_get_ipid_count(enc), 0);
	assert_int_equal(fake_plans[P_DECA].nb_created, 0);
	assert_string_equal(fg_filters(*state), "fsrc fenc fdst xdmx reframer ymux");
	assert_int_equal(fake_plans[P_DST].nb_packets, 20);
	// Listed codecs only.
	GF_FilterSession *fs = *state = (fg_close(*state), fg_session(0));
	fg_load(fs, "fake://h/a.x");
	enc = fg_load(fs, "c=avc:ccp=hevc,av1");
	fg_load(fs, "sink://h/out.y");
	gf_fs_run(fs);
	assert_string_equal(fg_filters(fs), "fsrc fenc fdst xdmx deca ymux");
	assert_int_equal(gf_filter_get_ipid_count(enc), 1);
}

// ---- nothing found

static void what_nobody_takes_is_reported(void **state)
{
	GF_Filter *src = fg_load(*state, "fake://h/a.unknown:gpac:gfreg=fsrc");
	fg_load(*state, "sink://h/out.y");
	gf_fs_run(*state);
	// Reassigned to fsrc2, which reads any URL: the same handle.
	assert_true(gf_fs_check_filter(*state, src));
	assert_string_equal(gf_filter_get_register(src)->name, "fsrc2");
	assert_int_equal(fake_plans[P_DST].nb_packets, 10);
	assert_int_equal(fake_plans[P_SRC].nb_finalized, 1);
	assert_int_equal(fake_plans[P_SRC].nb_connect_fail, 0);
}

static u32 nb_created, nb_destroyed;
static GF_Filter *hooked;

static void on_filter(void *udta, GF_Filter *f, Bool is_destroy)
{
	(void)udta;
	if (f != hooked)
		return;
	nb_created += !is_destroy;
	nb_destroyed += is_destroy;
}

static void a_source_without_readers_fails(void **state)
{
	GF_FilterSession *fs = *state;
	fake_plans[P_SRC2].initialize = GF_NOT_SUPPORTED; // the other register cannot be used either
	nb_created = nb_destroyed = 0;
	hooked = fg_load(fs, "fake://h/a.unknown");
	gf_fs_set_filter_creation_callback(fs, on_filter, NULL, GF_TRUE);
	fg_load(fs, "sink://h/out.y");
	gf_fs_run(fs);
	assert_int_equal(gf_fs_get_last_connect_error(fs), GF_FILTER_NOT_FOUND);
	assert_false(gf_fs_check_filter(fs, hooked));
	assert_int_equal(nb_destroyed, nb_created + 1); // switched, then removed
	fake_plans[P_SRC2].nb_finalized = 0; // it was finalised without having been made
	// No other source may be tried.
	fs = *state = (fg_close(*state), fg_session(GF_FS_FLAG_NO_REASSIGN));
	fg_load(fs, "fake://h/a.unknown");
	fg_load(fs, "sink://h/out.y");
	gf_fs_run(fs);
	assert_int_equal(fake_plans[P_SRC2].nb_created, 0);
	assert_int_equal(gf_fs_get_last_connect_error(fs), GF_FILTER_NOT_FOUND);
}

// A filter between others of which nothing is used goes, with what only feeds it.
static void unused_chains_are_removed(void **state)
{
	fg_load(*state, "fake://h/a.unknown:gpac:gfreg=fsrc2"); // one video stream
	fg_load(*state, "pass");
	gf_fs_run(*state);
	assert_int_equal(fake_plans[P_PASS].nb_connect_fail, 1);
	assert_string_equal(fg_filters(*state), "");
	assert_int_equal(fake_plans[P_SRC2].nb_packets, 0);
	assert_int_equal(gf_fs_get_last_connect_error(*state), GF_OK);
}

static void sticky_filters_stay(void **state)
{
	fg_load(*state, "fake://h/a.unknown:gpac:gfreg=fsrc2");
	gf_filter_make_sticky(fg_load(*state, "pass"));
	gf_fs_run(*state);
	assert_string_equal(fg_filters(*state), "fsrc2 pass");
}

static void full_link_ends_the_session(void **state)
{
	GF_FilterSession *fs = *state = (fg_close(*state), fg_session(GF_FS_FLAG_FULL_LINK));
	fg_load(fs, "fake://h/a.x");
	fg_load(fs, "rawsink"); // takes no audio
	assert_int_equal(gf_fs_run(fs), GF_FILTER_NOT_FOUND);
	assert_int_equal(gf_fs_get_last_connect_error(fs), GF_FILTER_NOT_FOUND);
	assert_true(gf_fs_in_final_flush(fs));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_implicit, close_session)
	const struct CMUnitTest tests[] = {
		T(a_chain_joins_source_and_sink),
		T(files_are_copied_when_they_fit),
		T(filters_stand_in_the_order_of_declaration),
		T(a_filter_that_needs_a_chain_is_not_skipped),
		T(what_the_first_filter_does_not_take_goes_on),
		T(the_preferred_register_wins),
		T(without_chains_only_direct_links_exist),
		T(complete_mode_links_to_all),
		T(implicit_mode_links_to_all_sinks),
		T(one_muxer_for_each_sink),
		T(set_source_takes_fragments),
		T(set_source_refuses_loops_before_links_exist),
		T(source_ids_of_declarations),
		T(required_source_ids),
		T(groups_of_words_are_apart),
		T(links_are_given_by_position),
		T(link_fragments_restrict),
		T(wrong_words_are_errors),
		T(links_are_deferred_on_demand),
		T(sinks_may_come_later),
		T(busy_filters_are_cloned),
		T(clones_can_be_forbidden),
		T(what_is_not_cloned_is_taken_by_the_first),
		T(complete_mode_does_not_clone),
		T(new_instances_are_made_on_request),
		T(clones_are_asked_once),
	T(clones_are_asked_once),
		T(one_sink_for_each_value),
		T(coded_streams_skip_the_encoder),
		T(what_nobody_takes_is_reported),
		T(a_source_without_readers_fails),
		T(unused_chains_are_removed),
		T(sticky_filters_stay),
		T(full_link_ends_the_session),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
