// SPDX-License-Identifier: MIT
// The parts of the command line tool.
#ifndef APP_H
#define APP_H

#include <stdio.h>
#include <gpac/filters.h>
#include <gpac/main.h>
#include <gpac/tools.h>

// How much help is asked for: -h, -ha, -hx, -hh.
typedef enum { HELP_BASIC = 0, HELP_ADVANCED, HELP_EXPERT, HELP_ALL } HelpLevel;

typedef struct {
	u32 session_flags;
	Bool print_graph, print_stats;
	u32 report_ms;  // progress period, 0 for none
	u32 run_for_ms; // session aborted after this time, 0 for none
	Bool mem_track;
	const char *help;    // topic of -h, "" for the overview, NULL for none
	const char *help_on; // second word of the topic, NULL for none
	HelpLevel help_level;
	char **words; // what is left: the graph
	int nb_words;
} AppOptions;

// Reads the options of the tool; core options were taken by the library. Logs what is wrong.
GF_Err app_parse_options(int argc, char **argv, AppOptions *opts);

void app_print_tool_options(void);

// Prints the help asked for to standard output. GF_NOT_FOUND, with a message, when there is none.
GF_Err app_help(const AppOptions *opts);

typedef struct {
	u64 start_us;
	u32 period_ms;
} AppReport;

// Shows the progress of a session on stderr every `period_ms`. The report lives as long as the session.
void app_report_start(GF_FilterSession *fs, AppReport *report, u32 period_ms);
void app_report_end(GF_FilterSession *fs, AppReport *report); // the last line

#endif
