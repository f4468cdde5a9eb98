// SPDX-License-Identifier: MIT
// Matching of PIDs with capabilities: every flag, alternatives, files, bundles, and the report of a mismatch.

#include "fake_registers.h"

// A session with a producer of files `muxer`, and `dst` whose capabilities each case gives.
typedef struct {
	FakeSession session;
	FakeFilter src;
	u64 memory;
} Fixture;

static int setup(void **state)
{
	Fixture *fx = calloc(1, sizeof(Fixture));
	fx->memory = gf_memory_size();
	fake_session_init(&fx->session);
	fake_session_read(&fx->session, "muxer p0 x0\n  T=Visual -> T=File Extension=mp4,m4a,mov\n"
									"dst p10 x0\n");
	fake_filter_init(&fx->src, &fx->session, "muxer", NULL);
	*state = fx;
	return 0;
}

static int teardown(void **state)
{
	Fixture *fx = *state;
	fake_session_reset(&fx->session);
	assert_int_equal(gf_memory_size(), fx->memory);
	free(fx);
	return 0;
}

typedef enum { AS_REGISTER, AS_INSTANCE } Kind;

// One match. `bundle`: the one expected to match, -1 for none.
typedef struct {
	const char *caps; // bundles separated by `;`
	const char *props;
	s32 bundle;
	s32 priority; // expected; that of the register is 10
	Kind kind;
} MatchCase;

static void check(Fixture *fx, const MatchCase *c)
{
	GF_FilterRegister *reg = (GF_FilterRegister *)fake_find(&fx->session, "dst");
	FakeFilter dst;
	fake_filter_init(&dst, &fx->session, "dst", c->caps);
	reg->caps = dst.f.caps;
	reg->nb_caps = dst.f.nb_caps;
	OutPid pid;
	fake_pid_init(&pid, &fx->src, c->props);
	CapMatch match = {0};
	CapMismatch why;
	Bool ok = caps_match(&pid, reg, c->kind == AS_INSTANCE ? &dst.f : NULL, -1, &match, &why);
	if (ok != (c->bundle >= 0))
		fail_msg("\"%s\" and \"%s\": %s", c->caps, c->props, ok ? "matched" : "did not match");
	if (ok && (match.bundle != (u32)c->bundle || match.priority != c->priority))
		fail_msg(
			"\"%s\" and \"%s\": bundle %u, priority %d", c->caps, c->props, match.bundle, match.priority);
	reg->caps = NULL;
	reg->nb_caps = 0;
	fake_pid_reset(&pid);
	fake_filter_reset(&dst);
}

static void check_all(Fixture *fx, const MatchCase *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(fx, &cases[i]);
}

#define CHECK_ALL(state, cases) check_all(state, cases, sizeof(cases) / sizeof(cases[0]))

static void test_values(void **state)
{
	static const MatchCase cases[] = {
		{"T=Visual", "T=Visual", 0, 10, AS_REGISTER},
		{"T=Visual", "T=Audio", -1, 0, AS_REGISTER},
		{"T=Visual", "C=avc", -1, 0, AS_REGISTER},
		{"T=Visual,Audio C=avc,hevc", "T=Audio C=hevc", 0, 10, AS_REGISTER},
		{"T=Visual,Audio C=avc,hevc", "T=Audio C=vvc", -1, 0, AS_REGISTER},
		{"T=Visual", "T=Visual C=avc U=1 name=x", 0, 10, AS_REGISTER},
		{"- -> T=Visual", "T=Visual", -1, 0, AS_REGISTER},
		{"color=red", "color=red", 0, 10, AS_REGISTER},
		{"color=red", "color=blue", -1, 0, AS_REGISTER},
		{"color=red|blue", "color=blue", 0, 10, AS_REGISTER},
		{"color=red|blue", "color=blue|green", 0, 10, AS_REGISTER},
		{"color=red|blue", "color=blu", -1, 0, AS_REGISTER},
		{"color=*", "color=any", 0, 10, AS_REGISTER},
		{"color=*", "T=Visual", -1, 0, AS_REGISTER},
	};
	CHECK_ALL(*state, cases);
}

static void test_excluded(void **state)
{
	static const MatchCase cases[] = {
		{"!T=File", "T=Visual", 0, 10, AS_REGISTER},
		{"!T=File", "T=File", -1, 0, AS_REGISTER},
		{"!T=File", "C=avc", 0, 10, AS_REGISTER},
		{"!T=File,Scene", "T=Scene", -1, 0, AS_REGISTER},
		{"T=Visual !T=File", "T=Audio", 0, 10, AS_REGISTER},
		{"T=Visual !T=File", "T=File", -1, 0, AS_REGISTER},
		{"T=Visual !T=File", "C=avc", -1, 0, AS_REGISTER},
		{"!URL=NULL", "T=File URL=x", 0, 10, AS_REGISTER},
		{"!URL=*", "T=File URL=x", -1, 0, AS_REGISTER},
		{"!URL=*", "T=File", 0, 10, AS_REGISTER},
	};
	CHECK_ALL(*state, cases);
}

static void test_optional(void **state)
{
	static const MatchCase cases[] = {
		{"T=Visual ?Scalable=1(p255)", "T=Visual", 0, 10, AS_REGISTER},
		{"T=Visual ?Scalable=1(p255)", "T=Visual Scalable=1", 0, 255, AS_REGISTER},
		{"T=Visual ?Scalable=1(p5)", "T=Visual Scalable=1", 0, 10, AS_REGISTER},
		{"T=Visual C=hevc C=avc(p20)", "T=Visual C=avc", 0, 20, AS_REGISTER},
		{"T=Visual C=hevc C=avc(p20)", "T=Visual C=hevc", 0, 10, AS_REGISTER},
		// an optional value is an alternative of the mandatory ones
		{"T=Visual C=avc ?C=svc", "T=Visual C=svc", 0, 10, AS_REGISTER},
		{"T=Visual C=avc ?C=svc", "T=Visual C=mvc", -1, 0, AS_REGISTER},
		{"T=Visual C=avc ?C=svc", "T=Visual", -1, 0, AS_REGISTER},
		{"?T=Visual", "T=Audio", 0, 10, AS_REGISTER},
	};
	CHECK_ALL(*state, cases);
}

static void test_present(void **state)
{
	static const MatchCase cases[] = {
		{"T=File @Timescale", "T=File", -1, 0, AS_REGISTER},
		{"T=File @Timescale", "T=File Timescale=90000", 0, 10, AS_REGISTER},
		{"T=File !@Timescale", "T=File", 0, 10, AS_REGISTER},
		{"T=File !@Timescale", "T=File Timescale=90000", -1, 0, AS_REGISTER},
		{"T=File ?@Timescale", "T=File", 0, 10, AS_REGISTER},
	};
	CHECK_ALL(*state, cases);
}

static void test_loaded(void **state)
{
	static const MatchCase cases[] = {
		{"^T=Visual !^T=File", "T=Visual", -1, 0, AS_REGISTER},
		{"^T=Visual !^T=File", "T=Visual", 0, 10, AS_INSTANCE},
		{"!^T=File !^U=1", "T=Audio", -1, 0, AS_REGISTER},
		{"!^T=File !^U=1", "T=Audio", 0, 10, AS_INSTANCE},
		{"!^T=File !^U=1", "T=File", -1, 0, AS_INSTANCE},
		{"T=Visual,Audio ^T=Text", "T=Text", -1, 0, AS_REGISTER},
		{"T=Visual,Audio ^T=Text", "T=Audio", 0, 10, AS_REGISTER},
		{"T=File -> ^T=File", "T=File", -1, 0, AS_REGISTER},
		{"T=File -> ^T=File", "T=File", 0, 10, AS_INSTANCE},
		{"T=File -> ^?C=raw", "T=File", -1, 0, AS_REGISTER},
	};
	CHECK_ALL(*state, cases);
}

// A producer loaded for a filter of the register may use what is reserved to loaded filters.
static void test_loaded_target(void **state)
{
	Fixture *fx = *state;
	const MatchCase refused = {"^T=Visual", "T=Visual", -1, 0, AS_REGISTER};
	const MatchCase accepted = {"^T=Visual", "T=Visual", 0, 10, AS_REGISTER};
	FakeFilter target;
	fake_filter_init(&target, &fx->session, "dst", NULL);
	check(fx, &refused);
	fx->src.f.link.dests = gf_list_new();
	gf_list_add(fx->src.f.link.dests, &target.f);
	check(fx, &accepted);
	gf_list_del(fx->src.f.link.dests);
	fx->src.f.link.dests = NULL;
}

static void test_bundles(void **state)
{
	static const MatchCase cases[] = {
		{"T=Visual;T=Audio", "T=Audio", 1, 10, AS_REGISTER},
		{"T=Visual C=avc;T=Audio C=aac;T=Visual", "T=Visual C=hevc", 2, 10, AS_REGISTER},
		{"T=Visual -> C=raw;- -> T=Audio;T=Audio", "T=Audio", 2, 10, AS_REGISTER},
		// a static capability is a member of the bundles that follow
		{"*T=Visual C=avc;C=hevc", "T=Visual C=hevc", 1, 10, AS_REGISTER},
		{"*T=Visual C=avc;C=hevc", "T=Audio C=hevc", -1, 0, AS_REGISTER},
		{"*T=Visual C=avc;T=Audio C=hevc", "T=Audio C=hevc", 1, 10, AS_REGISTER},
		{"*T=Visual C=avc;T=Audio C=hevc", "T=Visual C=hevc", 1, 10, AS_REGISTER},
		{"T=Audio;*T=Visual C=avc;C=hevc;C=vvc", "T=Visual C=vvc", 3, 10, AS_REGISTER},
		{"!*U=1 T=Audio;T=Visual", "T=Visual U=1", -1, 0, AS_REGISTER},
	};
	CHECK_ALL(*state, cases);
}

static void test_files(void **state)
{
	static const MatchCase cases[] = {
		// extension and MIME type are one capability
		{"T=File E=aac,adts", "T=File Extension=adts", 0, 10, AS_REGISTER},
		{"T=File E=aac,adts", "T=File MIMEType=x-media/aac", 0, 10, AS_REGISTER},
		{"T=File E=aac,adts", "T=File Extension=mp3", -1, 0, AS_REGISTER},
		{"T=File E=aac,adts", "T=File", -1, 0, AS_REGISTER},
		{"T=File E=*", "T=File Extension=any", 0, 10, AS_REGISTER},
		{"T=File E=*", "T=File", -1, 0, AS_REGISTER},
		// the MIME type decides where the destination knows MIME types
		{"T=File E=aac", "T=File Extension=aac MIMEType=x-media/mp3", -1, 0, AS_REGISTER},
		{"T=File E=aac", "T=File Extension=mp3 MIMEType=x-media/aac", 0, 10, AS_REGISTER},
		{"T=File Extension=aac", "T=File Extension=aac MIMEType=x-media/mp3", 0, 10, AS_REGISTER},
		{"T=File Extension=aac;T=File MIMEType=a", "T=File Extension=aac MIMEType=b", -1, 0, AS_REGISTER},
		{"T=File Extension=*;T=File MIMEType=a", "T=File Extension=aac MIMEType=a", 1, 10, AS_REGISTER},
		// the producer's own list stands for the one extension it announces
		{"T=File Extension=mov", "T=File Extension=mp4", 0, 10, AS_REGISTER},
		{"T=File Extension=mov,avi", "T=File Extension=mp4", 0, 10, AS_REGISTER},
		{"T=File Extension=avi", "T=File Extension=mp4", -1, 0, AS_REGISTER},
		{"T=File Extension=mov", "T=File Extension=mp3", -1, 0, AS_REGISTER},
	};
	CHECK_ALL(*state, cases);
}

// The data did not look like what the extension says.
static void test_untrusted_extension(void **state)
{
	Fixture *fx = *state;
	FakeFilter knows, ignores;
	fake_filter_init(&knows, &fx->session, "dst", "T=File E=aac");
	fake_filter_init(&ignores, &fx->session, "dst", "T=File Extension=aac");
	OutPid pid;
	fake_pid_init(&pid, &fx->src, "T=File Extension=aac");
	assert_true(caps_match(&pid, knows.f.reg, &knows.f, -1, NULL, NULL));
	pid.untrusted_ext = GF_TRUE;
	assert_false(caps_match(&pid, knows.f.reg, &knows.f, -1, NULL, NULL));
	assert_true(caps_match(&pid, ignores.f.reg, &ignores.f, -1, NULL, NULL));
	fake_pid_reset(&pid);
	fake_filter_reset(&knows);
	fake_filter_reset(&ignores);
}

static void test_fake(void **state)
{
	static const MatchCase cases[] = {
		{"T=Visual", "T=Visual Fake=1", -1, 0, AS_REGISTER},
		{"T=Visual;Fake=1", "T=Visual Fake=1", 1, 10, AS_REGISTER},
		{"T=Visual;Fake=1", "T=Visual Fake=0", 0, 10, AS_REGISTER},
	};
	CHECK_ALL(*state, cases);
}

static void test_no_caps(void **state)
{
	Fixture *fx = *state;
	FakeFilter dst;
	fake_filter_init(&dst, &fx->session, "dst", NULL);
	OutPid pid;
	fake_pid_init(&pid, &fx->src, "T=Visual");
	CapMatch match;
	assert_true(caps_match(&pid, dst.f.reg, &dst.f, -1, &match, NULL));
	assert_int_equal(match.priority, 10);
	assert_false(filter_has_in_caps(&dst.f));
	assert_true(filter_is_sink_kind(&dst.f));
	fake_pid_reset(&pid);
}

static void test_one_bundle(void **state)
{
	Fixture *fx = *state;
	FakeFilter dst;
	fake_filter_init(&dst, &fx->session, "dst", "T=Visual;T=Visual C=avc;T=Audio");
	OutPid pid;
	fake_pid_init(&pid, &fx->src, "T=Visual C=avc");
	CapMatch match = {0};
	assert_true(caps_match(&pid, dst.f.reg, &dst.f, 1, &match, NULL));
	assert_int_equal(match.bundle, 1);
	assert_false(caps_match(&pid, dst.f.reg, &dst.f, 2, &match, NULL));
	assert_false(caps_match(&pid, dst.f.reg, &dst.f, 3, &match, NULL));
	fake_pid_reset(&pid);
	fake_filter_reset(&dst);
}

// RECONFIG entries describe what the filter can be asked to change, not what it takes.
static void test_reconfig(void **state)
{
	Fixture *fx = *state;
	FakeFilter dst;
	fake_filter_init(&dst, &fx->session, "dst", "T=Visual");
	fake_read_reconfig(&dst.fc, "PixelFormat,Width");
	dst.f.nb_caps = dst.fc.nb_caps;
	OutPid pid;
	fake_pid_init(&pid, &fx->src, "T=Audio");
	assert_false(caps_match(&pid, dst.f.reg, &dst.f, -1, NULL, NULL));
	fake_props_set(pid.map, "T=Visual");
	assert_true(caps_match(&pid, dst.f.reg, &dst.f, -1, NULL, NULL));
	assert_false(filter_has_out_caps(&dst.f));
	fake_pid_reset(&pid);
	fake_filter_reset(&dst);
}

static void test_older_properties(void **state)
{
	Fixture *fx = *state;
	FakeFilter dst;
	fake_filter_init(&dst, &fx->session, "dst", "T=Visual");
	OutPid pid;
	fake_pid_init(&pid, &fx->src, "T=Audio");
	PropMap *older = propmap_new();
	fake_props_set(older, "T=Visual");
	assert_false(caps_match(&pid, dst.f.reg, &dst.f, -1, NULL, NULL));
	assert_true(caps_match_props(&pid, older, dst.f.reg, &dst.f, -1, NULL, NULL));
	propmap_unref(older);
	fake_pid_reset(&pid);
	fake_filter_reset(&dst);
}

// ---- Reports

static CapMismatch mismatch(Fixture *fx, const char *caps, const char *props, Kind kind)
{
	GF_FilterRegister *reg = (GF_FilterRegister *)fake_find(&fx->session, "dst");
	FakeFilter dst;
	fake_filter_init(&dst, &fx->session, "dst", caps);
	reg->caps = dst.f.caps;
	reg->nb_caps = dst.f.nb_caps;
	OutPid pid;
	fake_pid_init(&pid, &fx->src, props);
	CapMismatch why;
	assert_false(caps_match(&pid, reg, kind == AS_INSTANCE ? &dst.f : NULL, -1, NULL, &why));
	if (why.name)
		assert_string_equal(why.name, "color");
	why.name = NULL;
	reg->caps = NULL;
	reg->nb_caps = 0;
	fake_pid_reset(&pid);
	fake_filter_reset(&dst);
	return why;
}

static void test_mismatch(void **state)
{
	Fixture *fx = *state;
	CapMismatch why = mismatch(fx, "T=Audio;T=Visual C=avc;T=Text", "T=Visual C=vvc", AS_INSTANCE);
	assert_int_equal(why.code, GF_PROP_PID_CODECID);
	assert_int_equal(why.bundle, 1);
	assert_int_equal(why.nb_matched, 1);
	assert_false(why.missing);

	why = mismatch(fx, "T=File E=aac,adts", "T=File", AS_INSTANCE);
	assert_int_equal(why.code, GF_PROP_PID_FILE_EXT);
	assert_true(why.missing);
	assert_string_equal(why.wanted, "aac|adts,x-media/aac|x-media/adts");
	assert_string_equal(why.found, "");

	why = mismatch(fx, "T=File !color=red", "T=File color=red", AS_INSTANCE);
	assert_int_equal(why.code, 0);
	assert_string_equal(why.wanted, "!red");
	assert_string_equal(why.found, "red");

	why = mismatch(fx, "T=File -> ^T=File", "T=File", AS_REGISTER);
	assert_true(why.loaded_only);
	why = mismatch(fx, "^T=Visual", "T=Visual", AS_REGISTER);
	assert_true(why.loaded_only);

	why = mismatch(fx, "T=Visual", "T=Visual Fake=1", AS_INSTANCE);
	assert_int_equal(why.code, GF_PROP_PID_FAKE);
}

// ---- Lists

static void test_lists(void **state)
{
	(void)state;
	FakeCaps fc = {0};
	fake_read_bundles(&fc, "*T=Visual !C=hevc ?C=svc C=avc -> C=raw;C=vvc -> E=x");
	const GF_PropertyValue *val = caps_value(fc.caps, fc.nb_caps, GF_PROP_PID_CODECID, GF_CAPFLAG_INPUT);
	assert_int_equal(val->value.uint, GF_CODECID_SVC);
	val = caps_value(fc.caps, fc.nb_caps, GF_PROP_PID_CODECID, GF_CAPFLAG_OUTPUT);
	assert_int_equal(val->value.uint, GF_CODECID_RAW);
	assert_null(caps_value(fc.caps, fc.nb_caps, GF_PROP_PID_WIDTH, GF_CAPFLAG_INPUT));

	val = caps_bundle_value(fc.caps, fc.nb_caps, 0, GF_PROP_PID_CODECID, NULL, GF_CAPFLAG_INPUT);
	assert_int_equal(val->value.uint, GF_CODECID_AVC);
	val = caps_bundle_value(fc.caps, fc.nb_caps, 1, GF_PROP_PID_STREAM_TYPE, NULL, GF_CAPFLAG_INPUT);
	assert_int_equal(val->value.uint, GF_STREAM_VISUAL);
	val = caps_bundle_value(fc.caps, fc.nb_caps, 1, GF_PROP_PID_FILE_EXT, NULL, GF_CAPFLAG_OUTPUT);
	assert_string_equal(val->value.string, "x");
	assert_null(caps_bundle_value(fc.caps, fc.nb_caps, 2, GF_PROP_PID_CODECID, NULL, GF_CAPFLAG_INPUT));
	fake_caps_reset(&fc);
}

static void test_odd_lists(void **state)
{
	(void)state;
	CapBundle b = {0};
	assert_false(caps_next_bundle(NULL, 0, &b));
	// empty bundles count but are not visited
	const GF_FilterCapability marker = {0}, entry = {.code = 1, .flags = GF_CAPS_INPUT};
	const GF_FilterCapability caps[] = {marker, marker, entry, marker, marker, entry, marker};
	assert_true(caps_next_bundle(caps, 7, &b));
	assert_int_equal(b.index, 2);
	assert_int_equal(b.start, 2);
	assert_true(caps_next_bundle(caps, 7, &b));
	assert_int_equal(b.index, 4);
	assert_int_equal(b.end, 6);
	assert_false(caps_next_bundle(caps, 7, &b));
	const GF_FilterCapability reconfig[] = {{.code = 1, .flags = GF_CAPFLAG_RECONFIG | GF_CAPS_INPUT}, entry};
	b = (CapBundle){0};
	assert_false(caps_next_bundle(reconfig, 2, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_values, setup, teardown),
		cmocka_unit_test_setup_teardown(test_excluded, setup, teardown),
		cmocka_unit_test_setup_teardown(test_optional, setup, teardown),
		cmocka_unit_test_setup_teardown(test_present, setup, teardown),
		cmocka_unit_test_setup_teardown(test_loaded, setup, teardown),
		cmocka_unit_test_setup_teardown(test_loaded_target, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bundles, setup, teardown),
		cmocka_unit_test_setup_teardown(test_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_untrusted_extension, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fake, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_caps, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_bundle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reconfig, setup, teardown),
		cmocka_unit_test_setup_teardown(test_older_properties, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mismatch, setup, teardown),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_odd_lists),
	};
	return cmocka_run_group_tests_name("caps", tests, NULL, NULL);
}
