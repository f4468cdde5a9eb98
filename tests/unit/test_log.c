// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <gpac/main.h>
#include <gpac/tools.h>

#define MESSAGE(level, tool, ...) GF_LOG(level, tool, (__VA_ARGS__))

typedef struct {
	u32 nb;
	GF_LOG_Level level;
	GF_LOG_Tool tool;
	char text[256];
} Received;

static void receive(void *udta, GF_LOG_Level level, GF_LOG_Tool tool, const char *fmt, va_list args)
{
	Received *r = udta;
	r->nb++;
	r->level = level;
	r->tool = tool;
	vsnprintf(r->text, sizeof(r->text), fmt, args);
}

static int setup(void **state)
{
	(void)state;
	return gf_sys_init(GF_MemTrackerNone, "0");
}

static int teardown(void **state)
{
	(void)state;
	gf_sys_close();
	return gf_memory_size() != 0;
}

static void assert_levels(const char *expected)
{
	char *levels = gf_log_get_tools_levels();
	assert_string_equal(levels, expected);
	gf_free(levels);
}

static void has_the_documented_defaults(void **state)
{
	(void)state;
	assert_int_equal(gf_log_get_tool_level(GF_LOG_CORE), GF_LOG_WARNING);
	assert_int_equal(gf_log_get_tool_level(GF_LOG_APP), GF_LOG_INFO);
	assert_int_equal(gf_log_get_tool_level(GF_LOG_CONSOLE), GF_LOG_INFO);
	assert_levels("all@warning:console@info:app@info");
}

static void reads_levels(void **state)
{
	(void)state;
	assert_int_equal(gf_log_set_tools_levels("all@error:dash:http@debug:net@Info", GF_FALSE), GF_OK);
	assert_int_equal(gf_log_get_tool_level(GF_LOG_CORE), GF_LOG_ERROR);
	assert_int_equal(gf_log_get_tool_level(GF_LOG_DASH), GF_LOG_DEBUG);
	assert_int_equal(gf_log_get_tool_level(GF_LOG_HTTP), GF_LOG_DEBUG);
	assert_int_equal(gf_log_get_tool_level(GF_LOG_NETWORK), GF_LOG_INFO);
	assert_int_equal(gf_log_set_tools_levels("core@debug", GF_TRUE), GF_OK);
	assert_levels("all@warning:core@debug");
	assert_int_equal(gf_log_modify_tools_levels("flute@quiet"), GF_OK);
	assert_int_equal(gf_log_get_tool_level(GF_LOG_ROUTE), GF_LOG_QUIET);
	assert_int_equal(gf_log_set_tools_levels(NULL, GF_FALSE), GF_OK);
	assert_int_equal(gf_log_set_tools_levels("quiet", GF_FALSE), GF_OK);
	assert_levels("all@quiet");
}

static void refuses_bad_levels_and_keeps_what_comes_before(void **state)
{
	(void)state;
	static const char *const bad[] = {"core", "core@", "core@loud", "nothing@debug", "@debug",
		"core@info::app@info", "core@debug@info", "core@debug+lax"};
	for (u32 i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		gf_log_set_tool_level(GF_LOG_ALL, GF_LOG_QUIET);
		assert_int_equal(gf_log_set_tools_levels(bad[i], GF_FALSE), GF_BAD_PARAM);
	}
	gf_log_set_tool_level(GF_LOG_ALL, GF_LOG_QUIET);
	assert_int_equal(gf_log_set_tools_levels("dash@info:bad@info:http@info", GF_FALSE), GF_BAD_PARAM);
	assert_levels("all@quiet:dash@info");
}

static void sends_messages_to_the_callback(void **state)
{
	(void)state;
	Received r = {0};
	assert_null(gf_log_set_callback(&r, receive));
	MESSAGE(GF_LOG_WARNING, GF_LOG_DASH, "value %d\n", 7);
	assert_int_equal(r.nb, 1);
	assert_int_equal(r.level, GF_LOG_WARNING);
	assert_int_equal(r.tool, GF_LOG_DASH);
	assert_string_equal(r.text, "value 7\n");
	MESSAGE(GF_LOG_INFO, GF_LOG_DASH, "not wanted\n");
	assert_int_equal(r.nb, 1);
	assert_true(gf_log_set_callback(NULL, NULL) == receive);
}

static void loop(void *udta, GF_LOG_Level level, GF_LOG_Tool tool, const char *fmt, va_list args)
{
	(void)level;
	(void)tool;
	(void)fmt;
	(void)args;
	if (++*(u32 *)udta < 10)
		MESSAGE(GF_LOG_ERROR, GF_LOG_CORE, "%s", ""); // goes to stderr
}

static void does_not_call_the_callback_from_itself(void **state)
{
	(void)state;
	u32 nb = 0;
	gf_log_set_callback(&nb, loop);
	MESSAGE(GF_LOG_ERROR, GF_LOG_CORE, "x\n");
	assert_int_equal(nb, 1);
	gf_log_set_callback(NULL, NULL);
}

static void pushes_levels_for_a_while(void **state)
{
	(void)state;
	GF_LOG_Tool tools[] = {GF_LOG_ALL, GF_LOG_DASH};
	GF_LOG_Level levels[] = {GF_LOG_ERROR, GF_LOG_DEBUG};
	GF_LogExtra extra = {.nb_tools = 2, .tools = tools, .levels = levels};
	gf_log_push_extra(&extra);
	assert_true(gf_log_tool_level_on(GF_LOG_DASH, GF_LOG_DEBUG));
	assert_false(gf_log_tool_level_on(GF_LOG_CORE, GF_LOG_WARNING));
	gf_log_pop_extra(&extra);
	assert_false(gf_log_tool_level_on(GF_LOG_DASH, GF_LOG_DEBUG));
	assert_true(gf_log_tool_level_on(GF_LOG_CORE, GF_LOG_WARNING));
	for (u32 i = 0; i < 100; i++)
		gf_log_push_extra(&extra);
	gf_log_reset_extras();
	assert_false(gf_log_tool_level_on(GF_LOG_DASH, GF_LOG_DEBUG));
}

static void writes_to_a_file(void **state)
{
	(void)state;
	char name[] = "/tmp/test_logXXXXXX";
	int fd = mkstemp(name);
	assert_true(fd >= 0);
	char option[64];
	snprintf(option, sizeof(option), "-lf=%s", name);
	const char *args[] = {"test", option, "-lc"};
	assert_int_equal(gf_sys_set_args(3, args), GF_OK);
	assert_true(gf_log_use_file());
	char long_text[5000];
	memset(long_text, 'x', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = 0;
	MESSAGE(GF_LOG_ERROR, GF_LOG_CORE, "%s\n", long_text);
	char text[6000] = {0};
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	assert_true(n > 5000);
	assert_int_equal(text[0], '[');
	assert_non_null(strstr(text, " us] xxxx"));
	assert_int_equal(text[n - 1], '\n');
	// other arguments: the file is left
	assert_int_equal(gf_sys_set_args(1, args), GF_OK);
	assert_false(gf_log_use_file());
	close(fd);
	unlink(name);
}

static void exits_in_strict_mode(void **state)
{
	(void)state;
	pid_t child = fork();
	if (!child) {
		gf_log_set_callback(NULL, NULL);
		gf_log_set_tools_levels("core@warning+strict", GF_FALSE);
		MESSAGE(GF_LOG_WARNING, GF_LOG_CORE, "%s", "");
		MESSAGE(GF_LOG_ERROR, GF_LOG_CORE, "%s", "");
		_exit(0);
	}
	int status;
	waitpid(child, &status, 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

static void count_progress(const void *udta, const char *title, u64 done, u64 total)
{
	(void)title;
	assert_int_equal(total, 10);
	*(u64 *)udta += done;
}

static void reports_progress(void **state)
{
	(void)state;
	u64 sum = 0;
	gf_set_progress_callback(&sum, count_progress);
	gf_set_progress("work", 1, 10);
	gf_set_progress("work", 10, 10);
	assert_int_equal(sum, 11);
	gf_set_progress_callback(NULL, NULL);
}

static void names_errors_and_tools(void **state)
{
	(void)state;
	assert_string_equal(gf_error_to_string(GF_OK), "No error");
	assert_string_equal(gf_error_to_string(GF_EOS), "End of stream");
	assert_string_equal(gf_error_to_string((GF_Err)-1234), "Unknown Error (-1234)");
	assert_string_equal(gf_log_tool_name(GF_LOG_MEMORY), "mem");
	assert_string_equal(gf_log_tool_name(GF_LOG_TOOL_UNDEFINED), "unknown");
	assert_int_equal(gf_log_parse_tool("CTIME"), GF_LOG_COMPTIME);
	assert_int_equal(gf_log_parse_tool("all"), GF_LOG_ALL);
	assert_int_equal(gf_log_parse_tool("every"), GF_LOG_TOOL_UNDEFINED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(has_the_documented_defaults, setup, teardown),
		cmocka_unit_test_setup_teardown(reads_levels, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_bad_levels_and_keeps_what_comes_before, setup, teardown),
		cmocka_unit_test_setup_teardown(sends_messages_to_the_callback, setup, teardown),
		cmocka_unit_test_setup_teardown(does_not_call_the_callback_from_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(pushes_levels_for_a_while, setup, teardown),
		cmocka_unit_test_setup_teardown(writes_to_a_file, setup, teardown),
		cmocka_unit_test_setup_teardown(exits_in_strict_mode, setup, teardown),
		cmocka_unit_test_setup_teardown(reports_progress, setup, teardown),
		cmocka_unit_test_setup_teardown(names_errors_and_tools, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
