// SPDX-License-Identifier: MIT
// The parts of the command line tool.
#ifndef APP_H
#define APP_H

#include <stdio.h>
#include <gpac/filters.h>
#include <gpac/main.h>
#include <gpac/tools.h>

typedef struct {
	u32 session_flags;
	Bool print_graph, print_stats;
	u32 report_ms;   // progress period, 0 for none
	u32 run_for_ms;  // session aborted after this time, 0 for none
	Bool mem_track;
	const char *help; // topic of -h, "" for the overview, NULL for none
	char **words;    // what is left: the graph
	int nb_words;
} AppOptions;

// Reads the options of the tool; core options were taken by the library. Logs what is wrong.
GF_Err app_parse_options(int argc, char **argv, AppOptions *opts);

void app_print_tool_options(FILE *out);

// Prints help on a topic to standard output. GF_NOT_FOUND when there is none of that name.
GF_Err app_help(const char *topic);

typedef struct {
	u64 start_us;
	u32 period_ms;
} AppReport;

// Shows the progress of a session on stderr every `period_ms`. The report lives as long as the session.
void app_report_start(GF_FilterSession *fs, AppReport *report, u32 period_ms);
void app_report_end(GF_FilterSession *fs, AppReport *report); // the last line

#endif
