// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <gpac/main.h>
#include <gpac/tools.h>

#include <base/config.h>

static char dir[64];

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_configXXXXXX");
	if (!mkdtemp(dir))
		return -1;
	setenv("LIBGPAC_CONFIG_DIR", dir, 1);
	setenv("LIBGPAC_SHARE_DIR", dir, 1);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	gf_dir_cleanup(dir);
	gf_rmdir(dir);
	return 0;
}

static int start(void **state)
{
	(void)state;
	int e = gf_sys_init(GF_MemTrackerNone, NULL);
	gf_log_set_tool_level(GF_LOG_ALL, GF_LOG_QUIET);
	return e;
}

static int stop(void **state)
{
	(void)state;
	gf_sys_close();
	gf_dir_cleanup(dir);
	return gf_memory_size() != 0;
}

static const char *in_dir(const char *name)
{
	static char path[256];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(in_dir(name), "w");
	fputs(text, file);
	fclose(file);
}

static void assert_file(const char *name, const char *expected)
{
	u8 *data;
	u32 size;
	assert_int_equal(gf_file_load_data(in_dir(name), &data, &size), GF_OK);
	assert_string_equal((char *)data, expected);
	gf_free(data);
}

static void restart(void)
{
	gf_sys_close();
	assert_int_equal(gf_memory_size(), 0);
	start(NULL);
}

static void writes_nothing_unless_changed(void **state)
{
	(void)state;
	restart();
	assert_false(gf_file_exists(in_dir("GPAC.cfg")));
	assert_string_equal(gf_opts_get_filename(), in_dir("GPAC.cfg"));
	const char *args[] = {"test", "-threads=2"};
	assert_int_equal(gf_sys_set_args(2, args), GF_OK);
	restart();
	assert_false(gf_file_exists(in_dir("GPAC.cfg")));
}

static void keeps_keys(void **state)
{
	(void)state;
	assert_int_equal(gf_opts_set_key("filter@fin", "block_size", "10k"), GF_OK);
	assert_int_equal(gf_opts_set_key("core", "lang", "fr"), GF_OK);
	assert_int_equal(gf_opts_set_key("core", "max-chain", "3"), GF_OK);
	restart();
	assert_file("GPAC.cfg", "[filter@fin]\nblock_size=10k\n\n[core]\nlang=fr\nmax-chain=3\n\n");
	assert_string_equal(gf_opts_get_key("core", "lang"), "fr");
	assert_int_equal(gf_opts_get_int("filter@fin", "block_size"), 10000);
	assert_int_equal(gf_opts_get_section_count(), 2);
	assert_string_equal(gf_opts_get_section_name(1), "core");
	assert_null(gf_opts_get_section_name(2));
	assert_int_equal(gf_opts_get_key_count("core"), 2);
	assert_string_equal(gf_opts_get_key_name("core", 1), "max-chain");
	assert_null(gf_opts_get_key_name("core", 2));
	assert_null(gf_opts_get_key_name("none", 0));
	assert_int_equal(gf_opts_set_key("core", "lang", NULL), GF_OK);
	gf_opts_del_section("filter@fin");
	restart();
	assert_file("GPAC.cfg", "[core]\nmax-chain=3\n\n");
	assert_int_equal(gf_opts_set_key("core", "max-chain", "5"), GF_OK);
	assert_int_equal(gf_opts_discard_changes(), GF_OK);
	restart();
	assert_int_equal(gf_opts_get_int("core", "max-chain"), 3);
	static const char *const bad[][3] = {{"a]", "b", "c"}, {"", "b", "c"}, {"a", "", "c"}, {"a", "b=", "c"},
		{"a", "[b", "c"}, {"a", "b", "c\nd"}};
	for (u32 i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(gf_opts_set_key(bad[i][0], bad[i][1], bad[i][2]), GF_BAD_PARAM);
}

static void reads_files_as_people_write_them(void **state)
{
	(void)state;
	gf_sys_close();
	write_file("GPAC.cfg",
		"# comment\r\nbad line\n [ core ] \r\n key = a value = b \n;x=y\n\nbool=Yes\nno equal sign\n"
		"[last]\nend=1");
	write_file("other.cfg", "[core]\nkey=other\n");
	start(NULL);
	assert_string_equal(gf_opts_get_key("core", "key"), "a value = b");
	assert_true(gf_opts_get_bool("core", "bool"));
	assert_true(gf_opts_get_bool("last", "end"));
	assert_false(gf_opts_get_bool("last", "none"));
	assert_null(gf_opts_get_key("core", ";x"));
	gf_sys_close();
	assert_int_equal(gf_sys_init(GF_MemTrackerNone, in_dir("other.cfg")), GF_OK);
	assert_string_equal(gf_opts_get_key("core", "key"), "other");
	gf_sys_close();
	gf_log_set_tool_level(GF_LOG_ALL, GF_LOG_QUIET);
	assert_int_equal(gf_sys_init(GF_MemTrackerNone, "0"), GF_OK);
	assert_null(gf_opts_get_key("core", "key"));
	assert_null(gf_opts_get_filename());
	assert_int_equal(gf_opts_set_key("core", "key", "x"), GF_OK);
	restart();
	assert_string_equal(gf_opts_get_key("core", "key"), "a value = b");
}

static void refuses_a_path_that_does_not_exist(void **state)
{
	(void)state;
	gf_sys_close();
	int fd = dup(2);
	freopen("/dev/null", "w", stderr);
	assert_int_equal(gf_sys_init(GF_MemTrackerNone, in_dir("none.cfg")), GF_URL_ERROR);
	dup2(fd, 2);
	close(fd);
	assert_null(gf_opts_get_key("core", "key"));
	assert_int_equal(gf_opts_set_key("core", "key", "x"), GF_NOT_READY);
	assert_int_equal(gf_memory_size(), 0);
	start(NULL);
	assert_int_equal(gf_sys_init(GF_MemTrackerNone, NULL), GF_OK); // counted
	gf_sys_close();
	assert_int_equal(gf_opts_set_key("core", "key", "x"), GF_OK);
	gf_opts_discard_changes();
}

static void locks_restricted_keys(void **state)
{
	(void)state;
	gf_sys_close();
	write_file("restrict.cfg", "[core]\nthreads=1\n");
	start(NULL);
	assert_string_equal(config_get_locked("core", "threads"), "1");
	assert_null(config_get_locked("core", "sched"));
	assert_int_equal(gf_opts_set_key("core", "threads", "4"), GF_NOT_SUPPORTED);
	const char *args[] = {"test", "-threads=2"};
	assert_int_equal(gf_sys_set_args(2, args), GF_OK);
	assert_int_equal(gf_opts_get_int("core", "threads"), 1);
	gf_opts_del_section("core");
	assert_int_equal(gf_opts_get_int("core", "threads"), 1);
	gf_opts_discard_changes();
}

static void takes_arguments(void **state)
{
	(void)state;
	char text[] = "-max-chain=12";
	const char *args[] = {"test", "-i", "a.mp4", "-threads", "-1", text, "-no-probe", "-no-reg=no", "-sched",
		"direct", "--opt=5", "-+meta", "--opt=6", "--fin@x=y", "-unknown", "-buffer-gen=2m"};
	assert_int_equal(gf_sys_set_args(16, args), GF_OK);
	text[11] = '0'; // the library has a copy
	assert_int_equal((s32)gf_opts_get_int("core", "threads"), -1);
	assert_int_equal(gf_opts_get_int("core", "max-chain"), 12);
	assert_int_equal(gf_opts_get_int("core", "buffer-gen"), 2000000);
	assert_int_equal(gf_opts_get_int("core", "buffer-dec"), 1000000); // default
	assert_null(gf_opts_get_key("core", "buffer-dec"));
	assert_true(gf_opts_get_bool("core", "no-probe"));
	assert_false(gf_opts_get_bool("core", "no-reg"));
	assert_string_equal(gf_opts_get_key("core", "sched"), "direct");
	assert_int_equal(gf_sys_get_argc(), 16);
	assert_string_equal(gf_sys_get_arg(2), "a.mp4");
	assert_null(gf_sys_get_arg(16));
	assert_string_equal(gf_sys_find_global_arg("opt"), "5");
	assert_string_equal(gf_sys_find_global_arg("meta"), "");
	assert_string_equal(gf_sys_find_global_arg("fin@x"), "y");
	assert_null(gf_sys_find_global_arg("op"));
	assert_null(gf_sys_find_global_arg("unknown"));
	assert_true(gf_sys_is_arg_used(4));
	assert_false(gf_sys_is_arg_used(10));
	gf_sys_mark_arg_used(10, GF_TRUE);
	assert_true(gf_sys_is_arg_used(10));

	const char *others[] = {"test", "-quiet", "-for-test"};
	assert_int_equal(gf_sys_set_args(3, others), GF_OK);
	assert_int_equal(gf_opts_get_int("core", "max-chain"), 6);
	assert_null(gf_sys_find_global_arg("opt"));
	assert_int_equal(gf_sys_is_quiet(), 2);
	assert_true(gf_sys_is_test_mode());
	const char *noprog[] = {"test", "-noprog"};
	assert_int_equal(gf_sys_set_args(2, noprog), GF_OK);
	assert_int_equal(gf_sys_is_quiet(), 1);
	assert_false(gf_sys_is_test_mode());
	assert_int_equal(gf_sys_set_args(0, NULL), GF_OK);
	assert_int_equal(gf_sys_is_quiet(), 0);
	assert_null(gf_sys_get_argv());
}

static void refuses_bad_values(void **state)
{
	(void)state;
	const char *good[] = {"test", "-threads=2"};
	assert_int_equal(gf_sys_set_args(2, good), GF_OK);
	static const char *const bad[] = {
		"-threads=many", "-threads=", "-quiet=maybe", "-sched=fast", "-threads", "-logs=x@y", "-cfg=x"};
	for (u32 i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *args[] = {"test", "-max-chain=1", bad[i]};
		assert_int_equal(gf_sys_set_args(3, args), GF_BAD_PARAM);
		assert_int_equal(gf_opts_get_int("core", "threads"), 2);
		assert_int_equal(gf_opts_get_int("core", "max-chain"), 6);
	}
	const char *missing[] = {"test", "-threads", "-quiet"};
	assert_int_equal(gf_sys_set_args(3, missing), GF_BAD_PARAM);
}

static void applies_logs_and_configuration(void **state)
{
	(void)state;
	const char *args[] = {"test", "-logs=dash@debug", "-cfg=a:b=c=d", "-cfg", "a:e=f"};
	assert_int_equal(gf_sys_set_args(5, args), GF_OK);
	assert_int_equal(gf_log_get_tool_level(GF_LOG_DASH), GF_LOG_DEBUG);
	assert_string_equal(gf_opts_get_key("a", "b"), "c=d");
	assert_true(gf_sys_set_cfg_option("a:b"));
	assert_null(gf_opts_get_key("a", "b"));
	assert_true(gf_sys_set_cfg_option("a:b=x"));
	assert_true(gf_sys_set_cfg_option("a:b=null"));
	assert_null(gf_opts_get_key("a", "b"));
	assert_true(gf_sys_set_cfg_option("a=null"));
	assert_int_equal(gf_opts_get_key_count("a"), 0);
	assert_false(gf_sys_set_cfg_option("a"));
	assert_false(gf_sys_set_cfg_option("a=b"));
}

static void describes_options(void **state)
{
	(void)state;
	u32 nb = 0;
	for (const GF_GPACArg *option = gf_sys_get_options(); option->name; option++, nb++) {
		assert_true(strlen(option->description) > 10);
		assert_int_equal(gf_sys_is_gpac_arg(option->name), option->type == GF_ARG_BOOL ? 1 : 2);
	}
	assert_true(nb > 20);
	assert_int_equal(gf_sys_is_gpac_arg("-lf"), 2);
	assert_int_equal(gf_sys_is_gpac_arg("-lf=x"), 1);
	assert_int_equal(gf_sys_is_gpac_arg("-nothing"), 0);
	assert_true(gf_sys_word_match("threds", "threads"));
	assert_true(gf_sys_word_match("Thread", "threads"));
	assert_false(gf_sys_word_match("sched", "threads"));
	assert_false(gf_sys_word_match("ab", "cd"));
}

static void solves_directories(void **state)
{
	(void)state;
	char path[GF_MAX_PATH] = "untouched";
	assert_false(gf_sys_solve_path("$NOTHING/x", path));
	assert_string_equal(path, "untouched");
	assert_true(gf_sys_solve_path("$GCFG/x", path));
	assert_string_equal(path, in_dir("x"));
	setenv("XDG_CACHE_HOME", "/cache", 1);
	assert_string_equal(gf_get_default_cache_directory(), "/cache/libgpac");
}

static void tells_the_time(void **state)
{
	(void)state;
	restart();
	u64 start_us = gf_sys_clock_high_res();
	assert_true(start_us < 1000000);
	gf_sleep(20);
	u64 spent = gf_sys_clock_high_res() - start_us;
	assert_true(spent >= 20000 && spent < 2000000);
	assert_true(gf_sys_clock() >= 20);
	assert_true(gf_net_get_utc() > 1700000000000ULL);
	GF_SystemRTInfo rti;
	assert_true(gf_sys_get_rti(0, &rti, GF_RTI_ALL_PROCESSES_TIMES | GF_RTI_PROCESS_MEMORY));
	assert_false(gf_sys_get_rti(100000, &rti, 0));
	assert_int_equal(rti.pid, getpid());
	assert_true(rti.nb_cores && rti.physical_memory > rti.process_memory && rti.process_memory);
	gf_sys_close();
	gf_sys_init(GF_MemTrackerNone, "n");
	assert_false(gf_sys_get_rti(0, &rti, 0));
	assert_int_equal(gf_gpac_abi_major(), 16);
	assert_int_equal(gf_gpac_abi_minor(), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(writes_nothing_unless_changed, start, stop),
		cmocka_unit_test_setup_teardown(keeps_keys, start, stop),
		cmocka_unit_test_setup_teardown(reads_files_as_people_write_them, start, stop),
		cmocka_unit_test_setup_teardown(refuses_a_path_that_does_not_exist, start, stop),
		cmocka_unit_test_setup_teardown(locks_restricted_keys, start, stop),
		cmocka_unit_test_setup_teardown(takes_arguments, start, stop),
		cmocka_unit_test_setup_teardown(refuses_bad_values, start, stop),
		cmocka_unit_test_setup_teardown(applies_logs_and_configuration, start, stop),
		cmocka_unit_test_setup_teardown(describes_options, start, stop),
		cmocka_unit_test_setup_teardown(solves_directories, start, stop),
		cmocka_unit_test_setup_teardown(tells_the_time, start, stop),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
