// SPDX-License-Identifier: MIT
// The command line: builds a session from words, runs it, reports.
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "app.h"

// Waits for Ctrl-C: the first ends the session in order, the second at once.
typedef struct {
	GF_FilterSession *fs;
	sigset_t set;
	u32 nb_signals;
} Interrupt;

static void *wait_signals(void *arg)
{
	Interrupt *it = arg;
	int sig;
	while (!sigwait(&it->set, &sig) && sig != SIGUSR2) {
		it->nb_signals++;
		if (it->nb_signals == 1) {
			fprintf(stderr, "\nInterrupted: finishing what was read (again to stop at once)\n");
			gf_fs_abort(it->fs, GF_FS_FLUSH_ALL);
		} else if (it->nb_signals == 2) {
			gf_fs_abort(it->fs, GF_FS_FLUSH_NONE);
		} else {
			_exit(130);
		}
	}
	return NULL;
}

static Bool run_for_over(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	(void)udta;
	(void)reschedule_ms;
	gf_fs_abort(fs, GF_FS_FLUSH_ALL);
	return GF_FALSE;
}

// True when there are sinks and none of them got a PID: nothing was done.
static Bool sinks_unreached(GF_FilterSession *fs)
{
	Bool has_sink = GF_FALSE;
	u32 nb = gf_fs_get_filters_count(fs);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *f = gf_fs_get_filter(fs, i);
		GF_FilterStats stats;
		if (!gf_filter_is_sink(f) || gf_filter_get_stats(f, &stats) != GF_OK)
			continue;
		if (stats.nb_pid_in || stats.nb_pck_processed || gf_filter_is_sticky(f))
			return GF_FALSE;
		has_sink = GF_TRUE;
	}
	return has_sink;
}

static int finish(GF_FilterSession *fs, GF_Err e, const AppOptions *opts, AppReport *report)
{
	GF_Err connect = gf_fs_get_last_connect_error(fs);
	GF_Err process = gf_fs_get_last_process_error(fs);
	if (opts->report_ms)
		app_report_end(fs, report);
	if (opts->print_graph)
		gf_fs_print_connections(fs);
	if (opts->print_stats)
		gf_fs_print_stats(fs);
	if (!opts->print_graph)
		gf_fs_print_non_connected(fs);
	if (e >= 0 && connect < 0)
		e = connect;
	if (e >= 0 && process < 0)
		e = process;
	if (e >= 0 && sinks_unreached(fs)) {
		fprintf(stderr, "gpac: no destination was reached\n");
		return 1;
	}
	if (e < 0)
		fprintf(stderr, "gpac: ended with an error: %s\n", gf_error_to_string(e));
	return e < 0 ? 1 : 0;
}

static int run(const AppOptions *opts)
{
	Interrupt it = {0};
	AppReport report = {0};
	pthread_t thread;
	sigemptyset(&it.set);
	sigaddset(&it.set, SIGINT);
	sigaddset(&it.set, SIGTERM);
	sigaddset(&it.set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &it.set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); // a file at the limit of its size is an error of writing
	it.fs = gf_fs_new_defaults(opts->session_flags);
	if (!it.fs)
		return 1;
	GF_Err e = gf_fs_parse_filter_graph(it.fs, opts->nb_words, opts->words, NULL, NULL);
	int code = 1;
	if (e == GF_OK && !gf_fs_get_filters_count(it.fs)) {
		fprintf(stderr, "gpac: nothing to do; `gpac -h` explains the command line\n");
	} else if (e == GF_OK) {
		Bool has_thread = !pthread_create(&thread, NULL, wait_signals, &it);
		if (!has_thread)
			pthread_sigmask(SIG_UNBLOCK, &it.set, NULL); // Ctrl-C then ends the program as it does others
		if (opts->print_stats || opts->report_ms)
			gf_fs_enable_reporting(it.fs, GF_TRUE);
		if (opts->report_ms)
			app_report_start(it.fs, &report, opts->report_ms);
		if (opts->run_for_ms)
			gf_fs_post_background_task(it.fs, run_for_over, NULL, opts->run_for_ms);
		e = gf_fs_run(it.fs);
		code = finish(it.fs, e, opts, &report);
		if (has_thread) {
			pthread_kill(thread, SIGUSR2);
			pthread_join(thread, NULL);
		}
		if (it.nb_signals)
			code = 130;
	} else {
		fprintf(stderr, "gpac: %s\n", gf_error_to_string(e));
	}
	gf_fs_del(it.fs);
	return code;
}

int main(int argc, char **argv)
{
	AppOptions opts = {0};
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-mem-track"))
			opts.mem_track = GF_TRUE;
	}
	int code = 1;
	if (gf_sys_init(opts.mem_track ? GF_MemTrackerBackTrace : GF_MemTrackerNone, NULL) != GF_OK)
		return code;
	if (gf_sys_set_args(argc, (const char **)argv) == GF_OK &&
		app_parse_options(argc, argv, &opts) == GF_OK) {
		if (opts.help)
			code = app_help(&opts) == GF_OK ? 0 : 1;
		else
			code = run(&opts);
	}
	gf_free(opts.words);
	gf_sys_close();
	if (gf_memory_size()) {
		fprintf(
			stderr, "gpac: %llu bytes of memory were not released\n", (unsigned long long)gf_memory_size());
		gf_memory_print();
	}
	return code;
}
