// SPDX-License-Identifier: MIT
// Option grammar: splitting a declaration into arguments, finding and reading one.
#include "args_lab.h"

typedef struct {
	const char *text;
	const char *items; // as print_split tells them
	u32 nb_warnings;
} SplitCase;

static const SplitCase split_cases[] = {
	// examples of the chapter
	{":a=foo:b=bar", "a=foo | b=bar", 0},
	{"::a=foo:b=bar", "~a=foo:b=bar", 0},
	{":a=foo::b=bar:c::d=fun", "a=foo | ~b=bar:c | d=fun", 0},
	{":list=a,b1,,b2,c", "list=a,b1,,b2,c", 0},

	{"", "", 0},
	{":", "", 0},
	{"a", "a", 0},
	{":a:", "a", 0},
	{":a=", "a=", 0},
	{":a=b=c", "a=b=c", 0},
	{":!a:!b=true", "!a | !b=true", 0},
	{":#Width=10:x", "#Width=10 | x", 0},
	{"::x::::y", "~x | ~y", 0},
	{"::::", "", 0},
	{":a::", "a", 0},

	// XML
	{":x=<a b=\"c:d\">:y", "x=<a b=\"c:d\"> | y", 0},
	{":x=<a:b", "x=<a:b", 0},
	{":x=<a><b>:y", "x=<a><b> | y", 0},

	// times and time codes
	{":start=T00:01:02.5:opt", "start=T00:01:02.5 | opt", 0},
	{":start=T01:02:opt", "start=T01:02 | opt", 0},
	{":xs=T00:00:05,T00:00:10:xe=T1:00", "xs=T00:00:05,T00:00:10 | xe=T1:00", 0},
	{":tc=C10:11:12:05:opt", "tc=C10:11:12:05 | opt", 0},
	{":tc=TC10:11:12", "tc=TC10 | 11 | 12", 0},
	{":date=2023-11-14T22:13:20Z:opt", "date=2023-11-14T22:13:20Z | opt", 0},
	{":n=T1:2pass=x", "n=T1 | 2pass=x", 0},
	{":n=10:20", "n=10 | 20", 0},

	// drive letters
	{":f=C:\\dir\\x:opt", "f=C:\\dir\\x | opt", 0},
	{":f=C:/dir/x:opt", "f=C:/dir/x | opt", 0},

	// addresses: the slash protects what is before it
	{":src=tcp://127.0.0.1:1234/:opt", "src=tcp://127.0.0.1:1234/ | opt", 0},
	{":src=udp://[ff02::1]:1234/:ext=ts", "src=udp://[ff02::1]:1234/ | ext=ts", 0},
	{":src=tcp://host:1234:opt", "src=tcp://host:1234 | opt", 0},
	{":src=tcp://host:1234", "src=tcp://host:1234", 0},
	{":src=tcp://host:opt", "src=tcp://host | opt", 0},
	{":dst=udp://host:1234/", "dst=udp://host:1234/", 0},
	{":src=gmem://0x1234:ext=ts", "src=gmem://0x1234 | ext=ts", 0},
	{":src=pipe://name:opt", "src=pipe://name | opt", 0},
	{":src=video://:opt", "src=video:// | opt", 0},

	// other URLs
	{":src=http://h:8080/a.mp4:gpac:x=y", "src=http://h:8080/a.mp4 | x=y", 0},
	{":src=http://h/a.mp4:gfopt:x=y", "src=http://h/a.mp4 | gfopt | x=y", 0},
	{":src=http://h/a.mp4:gfloc:x=y", "src=http://h/a.mp4 | gfloc | x=y", 0},
	{":src=http://h/a.mp4::x=y:z", "src=http://h/a.mp4 | ~x=y:z", 0},
	{":src=http://h/a.mp4:x=y", "src=http://h/a.mp4:x=y", 1},
	{":src=http://[::1]:80/a:gpac:x", "src=http://[::1]:80/a | x", 0},
	{":dst=http://h:8080/a.mp4:x=y", "dst=http://h:8080/a.mp4 | x=y", 0},
	{":dst=http://h:8080:x=y", "dst=http://h:8080 | x=y", 0},
	{":opt=http://h/a:b", "opt=http://h/a | b", 0},
	{":src=gcryp://https://h/a.mp4:gpac:x", "src=gcryp://https://h/a.mp4 | x", 0},

	// local files: in.mp4, `a:b.mp4` and opts.txt exist, missing.mp4 does not
	{":src=in.mp4:opt", "src=in.mp4 | opt", 0},
	{":src=in.mp4:opt=1.5", "src=in.mp4 | opt=1.5", 0},
	{":src=in.mp4:x.y", "src=in.mp4 | x.y", 0},
	{":src=in.mp4#video:opt", "src=in.mp4#video | opt", 0},
	{":src=a:b.mp4:opt", "src=a:b.mp4 | opt", 0},
	{":src=a:b.mp4", "src=a:b.mp4", 0},
	{":src=missing.mp4:opt=1.5", "src=missing.mp4 | opt=1.5", 0},
	{":src=miss:ing.mp4:opt", "src=miss:ing.mp4 | opt", 0},
	{":src=in.mp4:gpac:opt", "src=in.mp4 | opt", 0},
	{":dst=out.mp4:opt=1.5", "dst=out.mp4 | opt=1.5", 0},
	{":dst=o:ut.mp4:opt", "dst=o:ut.mp4 | opt", 0},
	{":dst=out.mp4:opts.txt", "dst=out.mp4 | opts.txt", 0},
	{":dst=dir:x/out.mp4:opt", "dst=dir:x/out.mp4 | opt", 0},
};

static void test_split(void **state)
{
	(void)state;
	for (u32 i = 0; i < sizeof(split_cases) / sizeof(split_cases[0]); i++) {
		ArgSplit split;
		forget_messages();
		assert_int_equal(args_split(&default_seps, split_cases[i].text, &split), GF_OK);
		char *text = print_split(&split);
		if (strcmp(text, split_cases[i].items) || nb_warnings != split_cases[i].nb_warnings)
			fail_msg("`%s`: got `%s`, expected `%s` (%u warnings)", split_cases[i].text, text,
				split_cases[i].items, nb_warnings);
		gf_free(text);
		args_split_reset(&split);
	}
}

static void test_other_separators(void **state)
{
	(void)state;
	static const Separators seps = {'&', '~', '%', ';', '-', '@'};
	ArgSplit split;
	assert_int_equal(args_split(&seps, "&src~http://h/a:b&-x&%Name~v&&a~b&c", &split), GF_OK);
	assert_int_equal(split.nb_items, 4);
	assert_string_equal(split.items[0].value, "http://h/a:b");
	assert_true(split.items[1].neg);
	assert_true(split.items[2].frag);
	assert_string_equal(split.items[3].text, "a~b&c");
	args_split_reset(&split);
	// a name is whole in `text` although `name` and `value` are cut
	assert_int_equal(args_split(&default_seps, "a=b", &split), GF_OK);
	assert_string_equal(split.items[0].text, "a=b");
	assert_string_equal(split.items[0].name, "a");
	args_split_reset(&split);
}

static void test_find(void **state)
{
	(void)state;
	assert_string_equal(args_find(&default_seps, "name:a=b", GF_FALSE, GF_FALSE), ":a=b");
	assert_null(args_find(&default_seps, "name", GF_FALSE, GF_FALSE));
	assert_string_equal(args_find(&default_seps, "in.mp4:a=b", GF_TRUE, GF_FALSE), ":a=b");
	assert_null(args_find(&default_seps, "a:b.mp4", GF_TRUE, GF_FALSE));
	assert_string_equal(args_find(&default_seps, "out.mp4:a=b", GF_TRUE, GF_TRUE), ":a=b");
	assert_string_equal(args_find(&default_seps, "http://h/a:gpac:x", GF_TRUE, GF_FALSE), ":gpac:x");
	assert_null(args_find(&default_seps, "tcp://h:1234/", GF_TRUE, GF_TRUE));
}

static void check_option(const char *text, const char *name, const char *expected)
{
	char *value = args_get_option(&default_seps, text, name);
	if (expected)
		assert_string_equal(value, expected);
	else
		assert_null(value);
	gf_free(value);
}

static void test_get_option(void **state)
{
	(void)state;
	check_option(":a=1:mime=video/mp4:b", "mime", "video/mp4");
	check_option(":a=1:b", "b", "");
	check_option(":a=1::c=x:y", "c", "x:y");
	check_option(":#a=1", "a", NULL);
	check_option(NULL, "a", NULL);
}

static int setup(void **state)
{
	(void)state;
	forget_messages();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_split, setup),
		cmocka_unit_test_setup(test_other_separators, setup),
		cmocka_unit_test_setup(test_find, setup),
		cmocka_unit_test_setup(test_get_option, setup),
	};
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
