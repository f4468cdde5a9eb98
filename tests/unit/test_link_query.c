// SPDX-License-Identifier: MIT
// Questions about possible links, and explanations of impossible ones, on the reference set of registers.

#include <gpac/explain.h>
#include "fake_registers.h"
#include "register_table.h"

// mp4dmx with an AVC and an AAC track.
typedef struct {
	FakeSession session;
	FakeFilter src;
	OutPid video, audio;
	u64 memory;
} Fixture;

static int setup(void **state)
{
	Fixture *fx = calloc(1, sizeof(Fixture));
	fx->memory = gf_memory_size();
	fake_session_init(&fx->session);
	fake_session_read(&fx->session, register_table);
	fake_filter_init(&fx->src, &fx->session, "mp4dmx", NULL);
	fake_pid_init(&fx->video, &fx->src, "T=Visual C=avc");
	fake_pid_init(&fx->audio, &fx->src, "T=Audio C=aac4");
	fx->src.f.outputs = gf_list_new();
	gf_list_add(fx->src.f.outputs, &fx->video);
	gf_list_add(fx->src.f.outputs, &fx->audio);
	*state = fx;
	return 0;
}

static int teardown(void **state)
{
	Fixture *fx = *state;
	gf_list_del(fx->src.f.outputs);
	fake_pid_reset(&fx->video);
	fake_pid_reset(&fx->audio);
	fake_session_reset(&fx->session);
	assert_int_equal(gf_memory_size(), fx->memory);
	free(fx);
	return 0;
}

// ---- Possible destinations

static Bool listed(const char *list, const char *name)
{
	size_t len = strlen(name);
	for (const char *p = list; p; p = strchr(p, ',')) {
		p += *p == ',';
		if (!strncmp(p, name, len) && (!p[len] || p[len] == ','))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static void test_possible_destinations(void **state)
{
	Fixture *fx = *state;
	char *list = NULL;
	assert_int_equal(gf_filter_get_possible_destinations(&fx->src.f, 0, &list), GF_OK);
	assert_true(listed(list, "mp4mx") && listed(list, "ufnalu") && listed(list, "ffdec"));
	assert_true(listed(list, "inspect") && listed(list, "reframer"));
	assert_false(listed(list, "ufadts") || listed(list, "mp4dmx") || listed(list, "fin"));
	assert_false(listed(list, "compositor") || listed(list, "fout"));
	gf_free(list);

	assert_int_equal(gf_filter_get_possible_destinations(&fx->src.f, 1, &list), GF_OK);
	assert_true(listed(list, "ufadts") && !listed(list, "ufnalu"));
	gf_free(list);

	assert_int_equal(gf_filter_get_possible_destinations(&fx->src.f, -1, &list), GF_OK);
	assert_true(listed(list, "ufadts") && listed(list, "ufnalu"));
	gf_free(list);
}

static void test_possible_destinations_errors(void **state)
{
	Fixture *fx = *state;
	char *list = NULL;
	assert_int_equal(gf_filter_get_possible_destinations(NULL, 0, &list), GF_BAD_PARAM);
	assert_int_equal(gf_filter_get_possible_destinations(&fx->src.f, 0, NULL), GF_BAD_PARAM);
	assert_int_equal(gf_filter_get_possible_destinations(&fx->src.f, 2, &list), GF_BAD_PARAM);
	gf_list_reset(fx->src.f.outputs);
	assert_int_equal(gf_filter_get_possible_destinations(&fx->src.f, -1, &list), GF_FILTER_NOT_FOUND);
	assert_null(list);
}

static void test_probe_errors(void **state)
{
	Fixture *fx = *state;
	char *chain = NULL;
	assert_int_equal(gf_filter_probe_link(NULL, 0, "inspect", &chain), GF_BAD_PARAM);
	assert_int_equal(gf_filter_probe_link(&fx->src.f, 2, "inspect", &chain), GF_BAD_PARAM);
	assert_int_equal(gf_filter_probe_link(&fx->src.f, 0, NULL, &chain), GF_BAD_PARAM);
	assert_int_equal(gf_filter_probe_link(&fx->src.f, 0, "", &chain), GF_BAD_PARAM);
	assert_int_equal(gf_filter_probe_link(&fx->src.f, 0, "src=x", &chain), GF_BAD_PARAM);
	assert_int_equal(gf_filter_probe_links(&fx->src.f, 0, "inspect", NULL), GF_BAD_PARAM);
	assert_null(chain);
}

static void test_all_chains(void **state)
{
	Fixture *fx = *state;
	FakeFilter src, dst;
	OutPid pid;
	fake_filter_init(&src, &fx->session, "rfimg", NULL);
	fake_filter_init(&dst, &fx->session, "fout", "T=File Extension=jpg");
	fake_pid_init(&pid, &src, "T=Visual C=png");
	Chain *chains = NULL;
	u32 nb_chains = 0;
	assert_int_equal(resolve_all_chains(&pid, &dst.f, &chains, &nb_chains), GF_OK);
	assert_true(nb_chains >= 2);
	assert_int_equal(chains[0].distance, 4);
	assert_int_equal(chains[0].priority, 1);
	assert_string_equal(chains[0].items[0].reg->name, "imgdec");
	assert_int_equal(chains[1].distance, 4);
	assert_int_equal(chains[1].priority, 128);
	assert_string_equal(chains[1].items[0].reg->name, "ffdec");
	for (u32 i = 1; i < nb_chains; i++)
		assert_true(chains[i - 1].distance <= chains[i].distance);
	chains_del(chains, nb_chains);

	fake_props_set(pid.map, "T=Audio C=aac4");
	assert_int_equal(resolve_all_chains(&pid, &dst.f, &chains, &nb_chains), GF_FILTER_NOT_FOUND);
	fake_pid_reset(&pid);
	fake_filter_reset(&dst);
}

// ---- Capabilities

static void test_check_caps(void **state)
{
	Fixture *fx = *state;
	FakeFilter dst;
	fake_filter_init(&dst, &fx->session, "ufnalu", NULL);
	InPid in = {.head = {.is_input = GF_TRUE, .filter = &dst.f}, .pid = &fx->video};
	assert_true(gf_filter_pid_check_caps(&in.head));
	in.map = fx->audio.map; // what the consumer sees
	assert_false(gf_filter_pid_check_caps(&in.head));
	assert_false(gf_filter_pid_check_caps(&fx->video.head));
	assert_false(gf_filter_pid_check_caps(NULL));
}

static void test_supported_mime(void **state)
{
	Fixture *fx = *state;
	assert_true(gf_fs_is_supported_mime(&fx->session.fs, "x-media/mp4"));
	assert_true(gf_fs_is_supported_mime(&fx->session.fs, "media/adt"));
	assert_false(gf_fs_is_supported_mime(&fx->session.fs, "x-media/cmfv")); // output of mp4mx only
	assert_false(gf_fs_is_supported_mime(NULL, "x"));
	assert_false(gf_fs_is_supported_mime(&fx->session.fs, NULL));
	assert_true(gf_filter_is_supported_mime(&fx->src.f, "x-media/mp4"));
}

static void test_register_cap(void **state)
{
	Fixture *fx = *state;
	GF_PropertyValue avc = {.type = GF_PROP_UINT, .value.uint = GF_CODECID_AVC};
	GF_PropertyValue raw = {.type = GF_PROP_UINT, .value.uint = GF_CODECID_RAW};
	const u32 codec = GF_PROP_PID_CODECID;
	const GF_FilterRegister *pngenc = fake_find(&fx->session, "pngenc");
	GF_PropertyValue png = {.type = GF_PROP_UINT, .value.uint = GF_CODECID_PNG};
	assert_true(gf_fs_check_filter_register_cap(pngenc, codec, &raw, codec, &png, GF_TRUE));
	assert_false(gf_fs_check_filter_register_cap(pngenc, codec, &raw, codec, &avc, GF_TRUE));
	assert_true(gf_fs_check_filter_register_cap(pngenc, codec, &raw, codec, &avc, GF_FALSE));
	assert_false(gf_fs_check_filter_register_cap(pngenc, codec, &raw, GF_PROP_PID_WIDTH, &avc, GF_FALSE));
	assert_false(gf_fs_check_filter_register_cap(NULL, codec, &raw, codec, &avc, GF_FALSE));
}

// ---- Printing

static char printed[20000];

static void print_to_buffer(FILE *output, GF_SysPrintArgFlags flags, const char *fmt, ...)
{
	(void)output, (void)flags;
	size_t len = strlen(printed);
	va_list args;
	va_start(args, fmt);
	vsnprintf(printed + len, sizeof(printed) - len, fmt, args);
	va_end(args);
}

static void test_print(void **state)
{
	Fixture *fx = *state;
	printed[0] = 0;
	gf_fs_print_all_connections(&fx->session.fs, "ufac4", print_to_buffer);
	assert_non_null(strstr(printed, "ufac4\n\tfed by: mp4dmx rfac4 "));
	assert_non_null(strstr(printed, "\n\tfeeds: inspect "));
	assert_non_null(strstr(printed, " writegen "));
	assert_null(strstr(printed, " ufadts"));
	printed[0] = 0;
	gf_fs_print_all_connections(&fx->session.fs, NULL, print_to_buffer);
	assert_non_null(strstr(printed, "mp4mx\n"));
	gf_fs_print_all_connections(NULL, NULL, print_to_buffer);

	FakeFilter sink;
	fake_filter_init(&sink, &fx->session, "fout", "T=File Extension=264");
	printed[0] = 0;
	gf_filter_print_all_connections(&sink.f, print_to_buffer);
	assert_non_null(strstr(printed, " writegen"));
	assert_null(strstr(printed, " mp4mx"));
	fake_filter_reset(&sink);
}

// ---- Explanations

static void assert_says(char *text, const char *const *words)
{
	assert_non_null(text);
	for (; *words; words++) {
		if (!strstr(text, *words))
			fail_msg("\"%s\" is missing in: %s", *words, text);
	}
	gf_free(text);
}

#define ASSERT_SAYS(text, ...) assert_says(text, (const char *const[]){__VA_ARGS__, NULL})

static void test_explain(void **state)
{
	Fixture *fx = *state;
	FakeFilter dst;
	fake_filter_init(&dst, &fx->session, "fout", "T=File Extension=264");
	ASSERT_SAYS(resolve_explain(&fx->audio, &dst.f), "fout wants StreamType File and the PID has Audio");
	ASSERT_SAYS(resolve_explain(&fx->video, &dst.f), "can be linked through ufnalu, writegen, fout");

	fx->session.fs.max_chain = 1;
	ASSERT_SAYS(resolve_explain(&fx->video, &dst.f), "2 filters", "max-chain allows 1");
	fx->session.fs.max_chain = 6;
	fx->src.f.link.blacklist = gf_list_new();
	gf_list_add(fx->src.f.link.blacklist, (void *)fake_find(&fx->session, "writegen"));
	ASSERT_SAYS(resolve_explain(&fx->video, &dst.f), "writegen", "refused");
	gf_list_del(fx->src.f.link.blacklist);
	fx->src.f.link.blacklist = NULL;
	fake_filter_reset(&dst);

	fake_filter_init(&dst, &fx->session, "fout", "T=File Extension=docx");
	ASSERT_SAYS(resolve_explain(&fx->video, &dst.f),
		"no chain of filters leads from Visual to fout (Extension docx)");
	fake_filter_reset(&dst);

	// the decoder takes framed streams only
	fake_filter_init(&dst, &fx->session, "fout", "T=File Extension=yuv");
	fake_props_set(fx->video.map, "T=Visual C=ffv1 U=1");
	ASSERT_SAYS(resolve_explain(&fx->video, &dst.f), "closest chain is ffdec, writegen, fout",
		"ffdec wants Unframed !true and the PID has true");
	fake_filter_reset(&dst);

	fake_filter_init(&dst, &fx->session, "ffenc", NULL);
	dst.f.link.encoder_codec = GF_CODECID_AVC;
	ASSERT_SAYS(
		resolve_explain(&fx->audio, &dst.f), "ffenc was loaded to encode Visual and the PID has Audio");
}

static void test_why_not(void **state)
{
	Fixture *fx = *state;
	GF_Filter *src = &fx->src.f;
	FakeFilter dst;
	fake_filter_init(&dst, &fx->session, "fout", "T=File Extension=264");
	assert_null(gf_filter_why_not(src, &dst.f)); // the video can be
	gf_list_rem(src->outputs, 0);
	ASSERT_SAYS(gf_filter_why_not(src, &dst.f), "PID PID1 of mp4dmx", "StreamType");

	dst.f.link.source_ids = "other";
	src->id = "me";
	ASSERT_SAYS(gf_filter_why_not(src, &dst.f), "source ID");
	dst.f.link.source_ids = NULL;
	dst.f.subsession = 1;
	ASSERT_SAYS(gf_filter_why_not(src, &dst.f), "sub-session");
	dst.f.subsession = 0;
	src->link.blacklist = gf_list_new();
	gf_list_add(src->link.blacklist, (void *)dst.f.reg);
	ASSERT_SAYS(gf_filter_why_not(src, &dst.f), "refused");
	gf_list_del(src->link.blacklist);
	src->link.blacklist = NULL;
	fake_filter_reset(&dst);

	fake_filter_init(&dst, &fx->session, "pngenc", NULL);
	ASSERT_SAYS(gf_filter_why_not(src, &dst.f), "another kind of media");
	gf_list_reset(src->outputs);
	ASSERT_SAYS(gf_filter_why_not(src, &dst.f), "no output PID yet");
	ASSERT_SAYS(gf_filter_why_not(NULL, &dst.f), "NULL");
	ASSERT_SAYS(gf_filter_why_not(src, NULL), "NULL");
}

// A destination that is taken, or lies in front of the source.
static void test_why_not_topology(void **state)
{
	Fixture *fx = *state;
	GF_Filter *src = &fx->src.f;
	FakeFilter dst, up;
	fake_filter_init(&dst, &fx->session, "ufnalu", NULL);
	fake_filter_init(&up, &fx->session, "rfnalu", NULL);
	OutPid other;
	fake_pid_init(&other, &up, "T=Visual C=avc");
	InPid taken = {.head = {.is_input = GF_TRUE, .filter = &dst.f}, .pid = &other};
	dst.f.inputs = gf_list_new();
	gf_list_add(dst.f.inputs, &taken);
	ASSERT_SAYS(gf_filter_why_not(src, &dst.f), "takes no more inputs");

	// dst feeds src
	OutPid back;
	fake_pid_init(&back, &dst, "T=Visual C=avc");
	InPid in = {.head = {.is_input = GF_TRUE, .filter = src}, .pid = &back};
	src->inputs = gf_list_new();
	gf_list_add(src->inputs, &in);
	ASSERT_SAYS(gf_filter_why_not(src, &dst.f), "cycle");
	assert_non_null(src->inputs);
	gf_list_del(src->inputs);
	src->inputs = NULL;

	// linked already
	taken.pid = &fx->video;
	fx->video.dests = gf_list_new();
	gf_list_add(fx->video.dests, &taken);
	assert_null(gf_filter_why_not(src, &dst.f));
	gf_list_del(fx->video.dests);
	fx->video.dests = NULL;
	gf_list_del(dst.f.inputs);
	fake_pid_reset(&other);
	fake_pid_reset(&back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_possible_destinations, setup, teardown),
		cmocka_unit_test_setup_teardown(test_possible_destinations_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_probe_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_all_chains, setup, teardown),
		cmocka_unit_test_setup_teardown(test_check_caps, setup, teardown),
		cmocka_unit_test_setup_teardown(test_supported_mime, setup, teardown),
		cmocka_unit_test_setup_teardown(test_register_cap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_print, setup, teardown),
		cmocka_unit_test_setup_teardown(test_explain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_why_not, setup, teardown),
		cmocka_unit_test_setup_teardown(test_why_not_topology, setup, teardown),
	};
	return cmocka_run_group_tests_name("link queries", tests, NULL, NULL);
}
