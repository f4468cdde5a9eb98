// SPDX-License-Identifier: MIT
#ifndef GPAC_SESSION_H
#define GPAC_SESSION_H

#include <stdio.h>
#include <gpac/register.h>
#include <gpac/list.h>
#include <gpac/main.h>

#ifdef __cplusplus
extern "C" {
#endif

// A session owns filters, links their PIDs and runs them.
//
//     GF_FilterSession *fs = gf_fs_new_defaults(0);
//     gf_fs_load_source(fs, "in.mp4", NULL, NULL, &e);
//     gf_fs_load_destination(fs, "out.ts", NULL, NULL, &e);
//     e = gf_fs_run(fs);  // GF_EOS when all is done
//     gf_fs_del(fs);
//
// Lifetimes. gf_sys_init comes before the first session, gf_sys_close after the last. A filter belongs to the
// session: its pointer is valid until the session is deleted or the filter is removed, which the creation
// hook tells and gf_fs_check_filter checks. Registers given to a session outlive it.
//
// Threads. All filters, tasks and hooks run on the thread that is inside gf_fs_run. While it is there, other
// threads may call gf_fs_abort, gf_fs_post_user_task and its variants, gf_filter_post_task,
// gf_filter_post_process_task, gf_fs_send_update, gf_fs_fire_event, gf_fs_is_last_task and
// gf_fs_enable_reporting; all else only between gf_fs_lock_filters(fs, GF_TRUE) and (fs, GF_FALSE), which keep
// the session out of its callbacks. When no thread is inside gf_fs_run, one thread at a time calls what it
// likes. From inside a callback everything is allowed but gf_fs_run, gf_fs_stop and gf_fs_del.
//
// A blocking session runs to its end in one call of gf_fs_run. One with GF_FS_FLAG_NON_BLOCKING does in each
// call what can be done now, for about a millisecond; gf_fs_get_fd gives a descriptor to wait on in between.
//
// Positive results are no errors. A NULL session gives GF_BAD_PARAM, NULL, 0 or false. Strings that are
// returned belong to the session unless stated otherwise.

// Hints for the function that prints help texts.
typedef enum {
	GF_PRINTARG_HIGHLIGHT_FIRST = 1, // the first word is a name
	GF_PRINTARG_NL_TO_BR = 2,        // line ends become <br/>
	GF_PRINTARG_OPT_DESC = 4,        // the text describes an option
	GF_PRINTARG_IS_APP = 8,          // of the application, not of a filter
	GF_PRINTARG_ADD_DASH = 16,       // names are shown with a dash
	GF_PRINTARG_NO_DASH = 32,
	GF_PRINTARG_COLON = 64,   // a colon stands before the value
	GF_PRINTARG_MD = 65536,   // Markdown
	GF_PRINTARG_MAN = 131072, // manual page
	GF_PRINTARG_ESCAPE_XML = 262144,
	GF_PRINTARG_ESCAPE_PIPE = 524288, // `|`, for tables in Markdown
} GF_SysPrintArgFlags;

// How threads share work, core option `sched` (free, lock, freex, flock, direct). With one thread, which is
// all this version has, they do the same.
typedef enum {
	GF_FS_SCHEDULER_LOCK_FREE = 0,
	GF_FS_SCHEDULER_LOCK = 1,
	GF_FS_SCHEDULER_LOCK_FREE_X = 2,
	GF_FS_SCHEDULER_LOCK_FORCE = 3,
	GF_FS_SCHEDULER_DIRECT = 4,
} GF_FilterSchedulerType;

typedef enum {
	GF_FS_FLAG_LOAD_META = 2,            // filters over other libraries show each of their components
	GF_FS_FLAG_NON_BLOCKING = 4,         // gf_fs_run returns when nothing can run now
	GF_FS_FLAG_NO_GRAPH_CACHE = 8,       // compute the graph of registers again for each link
	GF_FS_FLAG_NO_REGULATION = 16,       // filters are not delayed: play in real time runs at full speed
	GF_FS_FLAG_NO_PROBE = 32,            // trust extensions and MIME types, look at no data
	GF_FS_FLAG_NO_REASSIGN = 64,         // a filter that refuses its input is not replaced by another
	GF_FS_FLAG_PRINT_CONNECTIONS = 128,  // log how chains are chosen
	GF_FS_FLAG_NO_ARG_CHECK = 256,       // unknown and unused options pass without a warning
	GF_FS_FLAG_NO_RESERVOIR = 512,       // memory of packets is not used again
	GF_FS_FLAG_FULL_LINK = 1024,         // a PID that nobody takes ends the session with an error
	GF_FS_FLAG_NO_IMPLICIT = 2048,       // a PID goes to all filters that take it, not to the next one
	GF_FS_FLAG_REQUIRE_SOURCE_ID = 4096, // filters get input only from sources they name
	GF_FS_FLAG_FORCE_DEFER_LINK = 8192,  // declared filters link at gf_filter_reconnect_output
	GF_FS_FLAG_PREVENT_PLAY = 16384,     // sinks do not start before gf_fs_send_deferred_play
} GF_FilterSessionFlags;

typedef enum {
	GF_FS_FLUSH_NONE = 0, // stop now: what is queued is lost, files are closed as they are
	GF_FS_FLUSH_ALL = 1,  // sources end, all that they sent is processed
	GF_FS_FLUSH_FAST = 2, // sources end, what waits in front of sinks and their muxers is dropped
} GF_FSFlushType;

// What a filter does, by the PIDs it has: coded media is media with a codec other than raw.
typedef enum {
	GF_FS_STATS_FILTER_GENERIC = 0,
	GF_FS_STATS_FILTER_RAWIN = 1,        // produces files
	GF_FS_STATS_FILTER_DEMUX = 2,        // files to media
	GF_FS_STATS_FILTER_DECODE = 3,       // coded to raw
	GF_FS_STATS_FILTER_ENCODE = 4,       // raw to coded
	GF_FS_STATS_FILTER_MUX = 5,          // media to files
	GF_FS_STATS_FILTER_RAWOUT = 6,       // consumes files
	GF_FS_STATS_FILTER_MEDIA_SINK = 7,   // consumes media
	GF_FS_STATS_FILTER_MEDIA_SOURCE = 8, // produces media
} GF_FSFilterType;

// Where an option goes that its target does not have. Mind the names: DOWNSTREAM is toward the sources.
typedef enum {
	GF_FILTER_UPDATE_DOWNSTREAM = 1, // toward the sources
	GF_FILTER_UPDATE_UPSTREAM = 2,   // toward the sinks
} GF_EventPropagateType;

// Counters of a filter since its creation. Strings are valid while the filter lives and until they change.
typedef struct gf_filterstats {
	const GF_Filter *filter;
	const GF_Filter *filter_alias; // who works for `filter` when it is an alias: nothing else is set
	u64 nb_tasks_done;             // process calls, events, tasks
	u64 nb_pck_processed;          // packets dropped
	u64 nb_bytes_processed;        // of these
	u64 nb_pck_sent;               // packets with data
	u64 nb_hw_pck_sent;            // packets with a frame interface
	u32 nb_errors;                 // process calls that failed
	u32 nb_current_errors;         // the same, since the last one that succeeded
	u64 nb_bytes_sent;
	u64 time_process;    // microseconds inside process, counted while reporting is on
	s32 percent;         // progress in 1/10000 as told by the filter, -1 when unknown
	const char *status;  // NULL when none
	Bool report_updated; // status or progress changed since the last time it was asked
	const char *name;    // of the filter, or of its single PID when it bears the name of its register
	const char *reg_name;
	const char *filter_id; // NULL when none
	Bool done;             // removed
	u32 nb_pid_in;
	u64 nb_in_pck; // packets dropped on the present inputs
	u32 nb_pid_out;
	u64 nb_out_pck; // packets sent on the present outputs
	Bool in_eos;    // the end was signalled on some PID
	GF_FSFilterType type;
	u32 stream_type;            // of the output when there is exactly one, else 0
	u32 codecid;                // same
	GF_Fraction64 last_ts_sent; // DTS over timescale
	GF_Fraction64 last_ts_drop;
	u32 last_task_time; // microseconds of the last process call, counted while reporting is on
} GF_FilterStats;

// What the screen and the loudspeakers of a session can do; 0 is unknown.
typedef struct gf_filtersessioncaps {
	u32 max_screen_width;  // pixels
	u32 max_screen_height; // pixels
	u32 max_screen_bpp;    // bits per component
	u32 max_screen_fps;
	u32 max_screen_nb_views;
	u32 max_audio_channels;
	u32 max_audio_sample_rate; // Hz
	u32 max_audio_bit_depth;
} GF_FilterSessionCaps;

// Called after a filter was initialised, possibly before the function that loads it returns; and before it is
// freed (`is_destroy`), after its finalize: then the pointer only serves as a key, for its user data and
// name.
typedef void (*gf_fs_on_filter_creation)(void *udta, GF_Filter *filter, Bool is_destroy);

// ---- Life

// Makes a session with the built-in registers and those of external libraries. `nb_threads` other than 0
// gives a warning: this version runs on one thread. `blacklist` names registers to leave out, separated by
// `,`; after a leading `-` it names the only ones to load; NULL takes the core option `blacklist`. Limits of
// buffers and chains come from the core options. NULL when memory or descriptors are short.
GF_EXPORT GF_FilterSession *gf_fs_new(
	s32 nb_threads, GF_FilterSchedulerType type, GF_FilterSessionFlags flags, const char *blacklist);
// Makes a session as the core options say. Of `flags`, those with a core option of the opposite sense or none
// are used: LOAD_META, NON_BLOCKING, NO_GRAPH_CACHE, PRINT_CONNECTIONS, NO_IMPLICIT, REQUIRE_SOURCE_ID,
// FORCE_DEFER_LINK, PREVENT_PLAY, NO_PROBE. NULL also for a bad value of `sched` or `seps`.
GF_EXPORT GF_FilterSession *gf_fs_new_defaults(GF_FilterSessionFlags flags);
// Finalises all filters, drops their packets, frees them in reverse order of creation, then calls
// register_free of the registers. Not from a callback. Packets of the application whose destructor is due get
// it here.
GF_EXPORT void gf_fs_del(GF_FilterSession *session);
// Keeps the memory behind the session pointer past gf_fs_del, until released. Packets do not need it: a reference
// to one may outlive its session, its memory stays readable, and gf_filter_pck_unref (or gf_filter_pck_discard) is
// the only call allowed on it. Memory that belongs to the producer (gf_filter_pck_is_blocking_ref) goes with the
// producer all the same. Any thread.
GF_EXPORT GF_FilterSession *gf_fs_hold(GF_FilterSession *session);
GF_EXPORT void gf_fs_release(GF_FilterSession *session);
// Blocking: returns GF_EOS at the end, also after an abort. Non-blocking: GF_OK, also when nothing is left
// (see gf_fs_is_last_task), GF_EOS after gf_fs_abort without flush. Both: a negative error when it ended the
// session, or GF_BAD_PARAM when core option `strict` is set and an option was used by no filter. Errors of
// single filters are told by the two functions below. A session that ended runs again when filters were
// added.
GF_EXPORT GF_Err gf_fs_run(GF_FilterSession *session);
// Runs what can run now, for about a millisecond, whatever the flags of the session: for programs with a loop of
// their own, which call it again when the descriptor of gf_fs_get_fd is readable. GF_OK: there is more to come.
// GF_EOS or a negative error: as gf_fs_run of a blocking session. Not from a callback.
GF_EXPORT GF_Err gf_fs_run_slice(GF_FilterSession *session);
// Calls `on_ready` on the thread that runs the session each time `fd` is readable; it must read it. Another `fd`
// replaces it, -1 ends it, which is needed before the descriptor is closed. Does not keep the session running. Not
// while another thread runs the session. GF_IO_ERR when the descriptor cannot be watched.
GF_EXPORT GF_Err gf_fs_watch_fd(GF_FilterSession *session, int fd, void (*on_ready)(void *udta), void *udta);
// Non-blocking sessions: runs what can run now. Not from a callback.
GF_EXPORT GF_Err gf_fs_stop(GF_FilterSession *session);
// A descriptor for poll, select or an event loop: readable when a session that is not inside gf_fs_run has work,
// deadlines and calls from other threads included. Belongs to the session; -1 when it cannot be made.
GF_EXPORT int gf_fs_get_fd(GF_FilterSession *session);
// Ends the session; from any thread. A later call with GF_FS_FLUSH_NONE cuts a flush short.
GF_EXPORT GF_Err gf_fs_abort(GF_FilterSession *session, GF_FSFlushType flush_type);
// True from gf_fs_abort on, and for NULL.
GF_EXPORT Bool gf_fs_in_final_flush(GF_FilterSession *session);
// True when nothing is queued, delayed or waited for, apart from the calling task; true for NULL. A
// non-blocking session is over then.
GF_EXPORT Bool gf_fs_is_last_task(GF_FilterSession *session);
// The last error of linking or setting up a filter since the last call, else GF_OK.
GF_EXPORT GF_Err gf_fs_get_last_connect_error(GF_FilterSession *session);
// The last error of a process callback since the last call, else GF_OK.
GF_EXPORT GF_Err gf_fs_get_last_process_error(GF_FilterSession *session);

// ---- Loading filters. Each returns a filter of the session, or NULL with an error that was logged.

// The source whose register scores best on the URL, lower priority first among equals. Options follow the URL
// after the first separator; `args` adds more. A relative URL is resolved with `parent_url`, which may be
// NULL. `gfreg=NAMES` limits the choice. A name without file is tried as a declaration of a source filter.
// `*err`: GF_URL_ERROR no such file, GF_NOT_SUPPORTED no register takes it, or what initialize answered.
GF_EXPORT GF_Filter *gf_fs_load_source(
	GF_FilterSession *session, const char *url, const char *args, const char *parent_url, GF_Err *err);
// The same for a sink. `ext=` and `mime=` tell the format when the URL does not. When a sink that exists
// serves the URL too (use_alias), the result is an alias of it.
GF_EXPORT GF_Filter *gf_fs_load_destination(
	GF_FilterSession *session, const char *url, const char *args, const char *parent_url, GF_Err *err);
// A filter by declaration, `NAME[:option=value]...`; `enc:c=CODEC` or `c=CODEC` is the best encoder of a
// codec. Call with `*err_code` GF_EOS to have no messages, else GF_OK. GF_FILTER_NOT_FOUND: no such name.
// GF_BAD_PARAM: empty, or the filter needs chains and these are disabled.
GF_EXPORT GF_Filter *gf_fs_load_filter(GF_FilterSession *session, const char *name, GF_Err *err_code);
// True for names that gf_fs_load_filter knows, encoders by codec included (without a look at the codec).
GF_EXPORT Bool gf_fs_filter_exists(GF_FilterSession *session, const char *name);
// Loads a graph given as words, as on the command line: `-i URL`, `-src URL`, `src=URL`, `-o URL`, `-dst
// URL`, `dst=URL`, filter declarations, and links `@`, `@N`, `@@N` with an optional `#fragment` to the filter
// that follows. Other words that begin with `-` are skipped; after `-xopt` so are names of no filter. The
// filters loaded and the links without a filter behind them (copied strings) come out in lists made here, to
// be deleted by the caller (strings with gf_free). Either may be NULL; a link without filter is GF_BAD_PARAM
// then. Stops at the first error; what was loaded before stays.
GF_EXPORT GF_Err gf_fs_parse_filter_graph(GF_FilterSession *fsess, int argc, char *argv[],
	GF_List **out_loaded_filters, GF_List **out_links_directive);
// The same for one string, split at blanks; quotes, single or double, keep words together. Not changed.
GF_EXPORT GF_Err gf_fs_parse_filter_graph_str(
	GF_FilterSession *fsess, char *graph_str, GF_List **out_loaded_filters, GF_List **out_links_directive);
// A filter whose callbacks are given later (end of filter.h). `name` may be followed by engine options such
// as `:FID=`; NULL is "Custom". `flags`: GF_FS_REG_MAIN_THREAD or 0. It is never chosen by the linker nor
// cloned, and without input it runs only when asked (gf_filter_post_process_task).
GF_EXPORT GF_Filter *gf_fs_new_filter(GF_FilterSession *session, const char *name, u32 flags, GF_Err *e);

// ---- Settings

// Six characters: options, values, fragments, lists, negation, links; NULL restores ":=#,!@". GF_BAD_PARAM
// when there are fewer. To be set before filters are loaded.
GF_EXPORT GF_Err gf_fs_set_separators(GF_FilterSession *session, const char *separator_set);
// Most filters that may be inserted for one link; 0 inserts none.
GF_EXPORT GF_Err gf_fs_set_max_resolution_chain_length(GF_FilterSession *session, u32 max_chain_length);
GF_EXPORT u32 gf_fs_get_max_resolution_chain_length(GF_FilterSession *session);
// Longest wait of an idle session in milliseconds, after which it looks for work again; 0 is no limit, the
// default, since everything that makes work wakes the session.
GF_EXPORT GF_Err gf_fs_set_max_sleep_time(GF_FilterSession *session, u32 max_sleep);
// Installs the one hook of a session; NULL removes it. With one thread, `force_sync` changes nothing.
GF_EXPORT GF_Err gf_fs_set_filter_creation_callback(
	GF_FilterSession *session, gf_fs_on_filter_creation on_create_destroy, void *udta, Bool force_sync);
// The pointer given to the hook above.
typedef GF_Err (*gf_fs_gl_activate)(void *udta, Bool do_activate);
// Filters that need OpenGL use a context of the application instead of one made for the session: the callback makes
// it current on the calling thread, or lets go of it. Once, and before any filter exists; else GF_BAD_PARAM.
GF_EXPORT GF_Err gf_fs_set_external_gl_provider(GF_FilterSession *session, gf_fs_gl_activate on_gl_activate, void *udta);
GF_EXPORT void *gf_fs_get_rt_udta(GF_FilterSession *session);
// Receives progress and user interface events of filters; NULL removes it. True when the event was used.
GF_EXPORT void gf_fs_set_ui_callback(
	GF_FilterSession *session, Bool (*ui_event_proc)(void *opaque, GF_Event *event), void *cbk_udta);

// ---- Registers

GF_EXPORT u32 gf_fs_filters_registers_count(GF_FilterSession *session);
// By rank; NULL behind the last.
GF_EXPORT const GF_FilterRegister *gf_fs_get_filter_register(GF_FilterSession *session, u32 idx);
// Adds a register, which is used in place. One without name or process, or with inputs and no configure_pid
// (unless GF_FS_REG_META), is refused with a message; register_free is then called at once.
GF_EXPORT void gf_fs_add_filter_register(GF_FilterSession *session, const GF_FilterRegister *freg);
// Takes a register out and calls its register_free. None of its filters may exist.
GF_EXPORT void gf_fs_remove_filter_register(GF_FilterSession *session, GF_FilterRegister *freg);
// True when one bundle of the register has both an input capability of one code and an output capability of
// the other. With `exact_match_only` the values count too: some entry of each must equal the one given and
// not be excluded; a NULL value matches all.
GF_EXPORT Bool gf_fs_check_filter_register_cap(const GF_FilterRegister *filter_reg, u32 in_cap_code,
	GF_PropertyValue *in_cap, u32 out_cap_code, GF_PropertyValue *out_cap, Bool exact_match_only);
// True when the text occurs in a MIME type that some register takes as input.
GF_EXPORT Bool gf_fs_is_supported_mime(GF_FilterSession *session, const char *mime);
// True when gf_fs_load_source would find a register. Nothing is loaded.
GF_EXPORT Bool gf_fs_is_supported_source(GF_FilterSession *session, const char *url, const char *parent_url);

// ---- Tasks, called on the thread that runs the session; may be posted from any thread

// Calls `task_execute` with `udta_callback`. It returns false when it is done, true to be called again after
// `*reschedule_ms` milliseconds (0 before each call: as soon as possible). A pending task keeps a blocking
// session running; during a flush no task is called again. `log_name` serves debuggers and may be NULL.
GF_EXPORT GF_Err gf_fs_post_user_task(GF_FilterSession *session,
	Bool (*task_execute)(GF_FilterSession *fsess, void *callback, u32 *reschedule_ms), void *udta_callback,
	const char *log_name);
// The same, first called after `delay` milliseconds.
GF_EXPORT GF_Err gf_fs_post_user_task_delay(GF_FilterSession *session,
	Bool (*task_execute)(GF_FilterSession *fsess, void *callback, u32 *reschedule_ms), void *udta_callback,
	const char *log_name, u32 delay);
// The same, for reports and time limits: the task does not keep a session running that has nothing else to
// do.
GF_EXPORT GF_Err gf_fs_post_background_task(GF_FilterSession *session,
	Bool (*task_execute)(GF_FilterSession *fsess, void *callback, u32 *reschedule_ms), void *udta_callback,
	u32 delay);
// As gf_fs_post_user_task: the main thread is the one that runs the session.
GF_EXPORT GF_Err gf_fs_post_user_task_main(GF_FilterSession *session,
	Bool (*task_execute)(GF_FilterSession *fsess, void *callback, u32 *reschedule_ms), void *udta_callback,
	const char *log_name);

// ---- The filters of a session

GF_EXPORT u32 gf_fs_get_filters_count(GF_FilterSession *session);
// In order of creation, aliases included; ranks move when filters are removed. NULL behind the last.
GF_EXPORT GF_Filter *gf_fs_get_filter(GF_FilterSession *session, u32 idx);
// True while the pointer is a filter of the session that was not removed. The pointer is not followed.
GF_EXPORT Bool gf_fs_check_filter(GF_FilterSession *session, GF_Filter *filter);
// Takes or releases the lock of the graph, for work on it by another thread than the one that runs the session.
// Waits until the callback under way returns; nothing runs before the release. Recursive.
GF_EXPORT void gf_fs_lock_filters(GF_FilterSession *session, Bool do_lock);
// Starts the sinks of a session with GF_FS_FLAG_PREVENT_PLAY, at the values of their options `start` and
// `speed`.
GF_EXPORT void gf_fs_send_deferred_play(GF_FilterSession *session);
// With a filter: gives it a GF_FEVT_USER event when it is an event target (gf_filter_set_event_target),
// queues other events on it as gf_filter_send_event does. Without: offers the event to all event targets
// until one uses it. True when somebody got it. `evt` is copied and its `on_pid` ignored.
GF_EXPORT Bool gf_fs_fire_event(
	GF_FilterSession *session, GF_Filter *filter, GF_FilterEvent *evt, Bool upstream);
// Changes an option of a running filter, given or found by ID, name or register name (`fid`, in this order);
// the session may be NULL when it is given. `val` NULL: `name` is `name=value`. Done by a task on the filter,
// before returning for options flagged GF_FS_ARG_UPDATE_SYNC. An option that the filter does not have goes to
// its neighbours as `propagate_mask` says. What cannot be changed is logged.
GF_EXPORT void gf_fs_send_update(GF_FilterSession *session, const char *fid, GF_Filter *filter,
	const char *name, const char *val, GF_EventPropagateType propagate_mask);

// ---- Reports

// Counters of the filter of this rank. GF_BAD_PARAM when there is none.
GF_EXPORT GF_Err gf_fs_get_filter_stats(GF_FilterSession *session, u32 idx, GF_FilterStats *stats);
// Switches status texts and the measure of process times on; off at first, since they cost.
GF_EXPORT void gf_fs_enable_reporting(GF_FilterSession *session, Bool reporting_on);
// Logs the counters of all filters and the time of the session: tool `app`, level info.
GF_EXPORT void gf_fs_print_stats(GF_FilterSession *session);
// Logs the graph, one tree per source, then the filters without a link: tool `app`, level info and warning.
GF_EXPORT void gf_fs_print_connections(GF_FilterSession *session);
// The trees of gf_fs_print_connections as text, to be freed with gf_free. NULL when memory is short.
GF_EXPORT char *gf_fs_get_graph_text(GF_FilterSession *session);
// Logs, as warnings, the declared filters that never had a link.
GF_EXPORT void gf_fs_print_non_connected(GF_FilterSession *session);
GF_EXPORT void gf_fs_print_non_connected_ex(GF_FilterSession *session, Bool ignore_sinks);
// Warns of each option that was given and that no filter used, except those listed in `ignore_args`
// (separated by `,`, may be NULL). The end of a session does the same once.
GF_EXPORT void gf_fs_print_unused_args(GF_FilterSession *session, const char *ignore_args);
// Next option that was given and that no filter used; false after the last one. `*idx` is 0 at first and is
// moved. `*argtype` is 0 for an option of a declaration, 1 for `--name`, 2 for `-+name`. `*meta_name` and
// `*meta_opt` are set when a filter over another library could not place the option. Outputs may be NULL.
GF_EXPORT Bool gf_fs_enum_unmapped_options(GF_FilterSession *session, u32 *idx, const char **argname,
	u32 *argtype, const char **meta_name, const char **meta_opt);
// Prints, for each register or for the one called `filter_name`, the registers that can feed it and those
// that it can feed. `print_fn` gets stderr as output; without it the text goes to stderr.
GF_EXPORT void gf_fs_print_all_connections(GF_FilterSession *session, char *filter_name,
	void (*print_fn)(FILE *output, GF_SysPrintArgFlags flags, const char *fmt, ...));

#ifdef __cplusplus
}
#endif

#endif
