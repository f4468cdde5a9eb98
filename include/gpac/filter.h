// SPDX-License-Identifier: MIT
#ifndef GPAC_FILTER_H
#define GPAC_FILTER_H

#include <gpac/session.h>
#include <gpac/packet.h>

#ifdef __cplusplus
extern "C" {
#endif

// Filters: what a filter asks of the engine, and what an application asks of a filter. The callbacks that
// make a filter are in register.h.
//
// A GF_Filter belongs to its session and is valid until the session removes it, see session.h. Removal is
// always done after the callback in which it was asked for. Functions are called on the thread that runs the
// session, or on any one thread while it does not run. Filters call them from their own callbacks; the
// application calls those that read, update options, link and remove.
//
// A NULL filter gives GF_BAD_PARAM, NULL, 0 or false. Strings that are returned belong to the filter and are
// valid until changed, unless stated otherwise.

typedef enum {
	GF_FS_SEP_ARGS = 0, // between options, ':'
	GF_FS_SEP_NAME = 1, // between name and value, '='
	GF_FS_SEP_FRAG = 2, // before fragments and PID properties, '#'
	GF_FS_SEP_LIST = 3, // between the items of a list, ','
	GF_FS_SEP_NEG = 4,  // before what is negated, '!'
} GF_FilterSessionSepType;

// ---- Identity

// The name of the register at first; never NULL.
GF_EXPORT const char *gf_filter_get_name(GF_Filter *filter);
// Copied; NULL restores the name of the register.
GF_EXPORT void gf_filter_set_name(GF_Filter *filter, const char *name);
// What links name as source (option FID), NULL when none.
GF_EXPORT const char *gf_filter_get_id(GF_Filter *filter);
// Copied; NULL makes a unique one. GF_BAD_PARAM when there is an ID already.
GF_EXPORT GF_Err gf_filter_assign_id(GF_Filter *filter, const char *filter_id);
// The private memory (private_size of the register), NULL when that is 0.
GF_EXPORT void *gf_filter_get_udta(GF_Filter *filter);
// A pointer of the application or of a language binding, not touched by the engine.
GF_EXPORT GF_Err gf_filter_set_rt_udta(GF_Filter *filter, void *udta);
GF_EXPORT void *gf_filter_get_rt_udta(GF_Filter *filter);
GF_EXPORT const GF_FilterRegister *gf_filter_get_register(GF_Filter *filter);
// The session of a filter, NULL for NULL.
GF_EXPORT GF_FilterSession *gf_filter_get_session(GF_Filter *filter);
GF_EXPORT Bool gf_filter_is_instance_of(GF_Filter *filter, const GF_FilterRegister *freg);
// True for a filter made only to learn its capabilities: its initialize opens nothing.
GF_EXPORT Bool gf_filter_is_temporary(GF_Filter *filter);
// True when it stands for one more URL of another filter, see use_alias of the register.
GF_EXPORT Bool gf_filter_is_alias(GF_Filter *filter);
// True when the linker inserted it.
GF_EXPORT Bool gf_filter_is_dynamic(GF_Filter *filter);
// True without output capabilities.
GF_EXPORT Bool gf_filter_is_sink(GF_Filter *filter);
// True without input capabilities, or when inputs were disabled.
GF_EXPORT Bool gf_filter_is_source(GF_Filter *filter);
// True when `filter` is `parent` or comes before it on the way from a source.
GF_EXPORT Bool gf_filter_in_parent_chain(GF_Filter *parent, GF_Filter *filter);

// ---- PIDs, by rank; NULL behind the last

GF_EXPORT u32 gf_filter_get_ipid_count(GF_Filter *filter);
GF_EXPORT GF_FilterPid *gf_filter_get_ipid(GF_Filter *filter, u32 idx);
GF_EXPORT u32 gf_filter_get_opid_count(GF_Filter *filter);
GF_EXPORT GF_FilterPid *gf_filter_get_opid(GF_Filter *filter, u32 idx);

// ---- Options

// Options: declaration by rank (NULL after the last one), current value, current value as text. A value
// belongs to the filter and is typed as declared; false or NULL for options that are unknown or not kept by
// the engine.
GF_EXPORT const GF_FilterArgs *gf_filter_enumerate_args(GF_Filter *filter, u32 idx);
GF_EXPORT Bool gf_filter_get_arg(GF_Filter *filter, const char *arg_name, GF_PropertyValue *prop);
GF_EXPORT const char *gf_filter_get_arg_str(
	GF_Filter *filter, const char *arg_name, char dump[GF_PROP_DUMP_ARG_SIZE]);
// gf_fs_send_update for this filter, or for the one that `target_filter_id` names.
GF_EXPORT void gf_filter_send_update(GF_Filter *filter, const char *target_filter_id, const char *arg_name,
	const char *arg_val, GF_EventPropagateType propagate_mask);
// The declaration of the filter without its name, as given or as inherited by an inserted filter; NULL when
// none.
GF_EXPORT const char *gf_filter_get_src_args(GF_Filter *filter);
// The declaration of the destination that the filter was inserted for.
GF_EXPORT const char *gf_filter_get_dst_args(GF_Filter *filter);
// The URL of that destination, to be freed with gf_free.
GF_EXPORT char *gf_filter_get_dst_name(GF_Filter *filter);
// Where the options begin in a URL: at a separator that is part of neither scheme, port, drive nor date. NULL
// when there are none.
GF_EXPORT const char *gf_filter_path_escape_colon(GF_Filter *filter, const char *path);
GF_EXPORT u8 gf_filter_get_sep(GF_Filter *filter, GF_FilterSessionSepType sep_type);
// True when the text begins with the name of a register. `act_as_source` (may be NULL) tells whether it is
// one of sources.
GF_EXPORT Bool gf_filter_url_is_filter(GF_Filter *filter, const char *url, Bool *act_as_source);
// For filters that pass options on to another library: tells whether the library took `arg`, for the report
// of unused options. `sub_opt_name` names what it could not place, and may be NULL.
GF_EXPORT void gf_filter_report_meta_option(
	GF_Filter *filter, const char *arg, Bool was_found, const char *sub_opt_name);
// Options of this instance in place of those of its register. The array ends with a NULL name, is not copied,
// and must outlive the filter.
GF_EXPORT GF_Err gf_filter_define_args(GF_Filter *filter, GF_FilterArgs *new_args);
GF_EXPORT GF_FilterArgs *gf_filter_get_args(GF_Filter *filter);

// ---- State and progress

// The last status text, "" when none.
GF_EXPORT const char *gf_filter_get_status(GF_Filter *filter);
// Bytes of the packets dropped so far.
GF_EXPORT u64 gf_filter_get_bytes_done(GF_Filter *filter);
GF_EXPORT GF_Err gf_filter_get_stats(GF_Filter *filter, GF_FilterStats *stats);
// Tells the progress in 1/10000, more when unknown, and a status text, which is copied; NULL for none.
// Ignored unless reporting is on. A change goes to the callback of gf_fs_set_ui_callback as progress of type
// 3.
GF_EXPORT GF_Err gf_filter_update_status(GF_Filter *filter, u32 percent, char *szStatus);
// Ask this before a status text is formatted.
GF_EXPORT Bool gf_filter_reporting_enabled(GF_Filter *filter);
// Finds an informative or ordinary property on the outputs, then the inputs, then on toward the sources. NULL
// when there is none. `*propentry` keeps the value: NULL or the result of an earlier call at first, to be
// released below at the end.
GF_EXPORT const GF_PropertyValue *gf_filter_get_info(
	GF_Filter *filter, u32 prop_4cc, GF_PropertyEntry **propentry);
GF_EXPORT const GF_PropertyValue *gf_filter_get_info_str(
	GF_Filter *filter, const char *prop_name, GF_PropertyEntry **propentry);
// NULL is allowed.
GF_EXPORT void gf_filter_release_property(GF_PropertyEntry *propentry);
// True while the session is being aborted or is over, and for NULL.
GF_EXPORT Bool gf_filter_end_of_session(GF_Filter *filter);
// True when the last error of linking or setting up was not read yet (gf_fs_get_last_connect_error).
GF_EXPORT Bool gf_filter_has_connect_errors(GF_Filter *filter);
// True while output PIDs of the filter's sub-session wait to be linked for the first time.
GF_EXPORT Bool gf_filter_connections_pending(GF_Filter *filter);
// The same for the filters from this one toward the sinks, up to `stop_at_filter` (NULL: all).
GF_EXPORT Bool gf_filter_has_pid_connection_pending(GF_Filter *filter, GF_Filter *stop_at_filter);
// True when all inputs that play of all filters without output are at their end, or the session ends.
GF_EXPORT Bool gf_filter_all_sinks_done(GF_Filter *filter);
// Events that wait on this filter and on those it feeds.
GF_EXPORT u32 gf_filter_get_num_events_queued(GF_Filter *filter);

// ---- Scheduling

// Inside process: call again after this time, 0 as soon as possible, and count this call as useful; the
// shortest time asked for in a call holds. Elsewhere: calls process after this time. A session
// that is flushed does not wait.
GF_EXPORT void gf_filter_ask_rt_reschedule(GF_Filter *filter, u32 us_until_next);
// Calls process once more although no packet came. How sources made by gf_fs_new_filter start.
GF_EXPORT void gf_filter_post_process_task(GF_Filter *filter);
// Calls process when the descriptor is ready for `events` (EPOLLIN, EPOLLOUT), once: to be asked again each
// time. One descriptor per filter; -1 ends the wait, which is needed before the descriptor is closed.
// GF_IO_ERR when the system refuses it.
GF_EXPORT GF_Err gf_filter_watch_fd(GF_Filter *filter, int fd, u32 events);
// For threads that a filter starts: between gf_filter_enter and gf_filter_leave they may do what the filter may do in its
// callbacks, one at a time, while the session runs and is in no callback. Elsewhere they touch nothing of the session. On
// the thread of the session nothing happens; calls may be nested.
GF_EXPORT void gf_filter_enter(GF_Filter *filter);
GF_EXPORT void gf_filter_leave(GF_Filter *filter);
// In a callback: calls `wait` while threads may enter, so that it may wait for their end. It touches nothing of the
// session itself.
GF_EXPORT void gf_filter_wait_for_threads(GF_Filter *filter, void (*wait)(void *udta), void *udta);
// As gf_fs_post_user_task, between two callbacks of the filter; dropped when the filter is removed.
GF_EXPORT GF_Err gf_filter_post_task(GF_Filter *filter,
	Bool (*task_execute)(GF_Filter *filter, void *callback, u32 *reschedule_ms), void *udta,
	const char *task_name);
// The lock of the session (gf_fs_lock_filters), for filters with threads of their own.
GF_EXPORT void gf_filter_lock(GF_Filter *filter, Bool do_lock);
GF_EXPORT void gf_filter_lock_all(GF_Filter *filter, Bool do_lock);
// Counts the requests to run on the main thread, where all filters run.
GF_EXPORT void gf_filter_force_main_thread(GF_Filter *filter, Bool do_tag);
// Tells that the filter may wait for a device or a peer, which keeps it from a thread that others need: here
// all share one.
GF_EXPORT void gf_filter_set_blocking(GF_Filter *filter, Bool is_blocking);

// ---- Blocking and buffers

// The filter is called even when all its outputs block.
GF_EXPORT GF_Err gf_filter_prevent_blocking(GF_Filter *filter, Bool prevent_blocking_enabled);
// False when the core option no-block=all ended blocking for the session.
GF_EXPORT Bool gf_filter_block_enabled(GF_Filter *filter);
// The end of this filter's inputs does not show behind it (gf_filter_pid_has_seen_eos).
GF_EXPORT void gf_filter_block_eos(GF_Filter *filter, Bool do_block);
// Longest buffer and longest wait before playing, in microseconds, of all links from here to the sinks.
// Either result may be NULL.
GF_EXPORT void gf_filter_get_output_buffer_max(GF_Filter *filter, u32 *max_buf, u32 *max_playout_buf);
// A pair of clocks shared by the filters of the session: system time and media time.
GF_EXPORT void gf_filter_hint_single_clock(GF_Filter *filter, u64 time_in_us, GF_Fraction64 media_timestamp);
// Zeros when none was given. Either result may be NULL.
GF_EXPORT void gf_filter_get_clock_hint(GF_Filter *filter, u64 *time_in_us, GF_Fraction64 *media_timestamp);
GF_EXPORT void gf_filter_get_session_caps(GF_Filter *filter, GF_FilterSessionCaps *caps);
GF_EXPORT void gf_filter_set_session_caps(GF_Filter *filter, GF_FilterSessionCaps *caps);

// ---- Links

// Limits the sources of `filter` to `link_from` and those named by earlier calls. `link_ext` (may be NULL)
// selects PIDs: a name, `audio`, `video`, `text`... with an optional rank, `Property=value`. To be called
// before `link_from` makes its PIDs, or with gf_filter_reconnect_output behind it. GF_BAD_PARAM when it would
// make a loop.
GF_EXPORT GF_Err gf_filter_set_source(GF_Filter *filter, GF_Filter *link_from, const char *link_ext);
// The same; filters inserted behind `link_from` will name it as their source.
GF_EXPORT GF_Err gf_filter_set_source_restricted(
	GF_Filter *filter, GF_Filter *link_from, const char *link_ext);
// Any source is taken again.
GF_EXPORT void gf_filter_reset_source(GF_Filter *filter);
// Links an output PID again, or all of them (NULL); how filters with deferred linking (option DL) are linked
// at all. GF_EOS when there is no output PID yet.
GF_EXPORT GF_Err gf_filter_reconnect_output(GF_Filter *filter, GF_FilterPid *for_pid);
// Outputs, present and future, link only to filters that name this one as their source.
GF_EXPORT void gf_filter_require_source_id(GF_Filter *filter);
// Puts the filter in a sub-session, and tells it from other sources there: filters of different sub-sessions
// are not linked by order of declaration. Nothing changes when it has numbers already, or without implicit
// linking.
GF_EXPORT GF_Err gf_filter_tag_subsession(GF_Filter *filter, u32 subsession_id, u32 source_id);
// Tells which filters would be loaded between an output PID and a filter, without connecting anything.
// `fname` is a filter declaration or `dst=URL`; the filter is made only for the time of the question. On
// success the names of the registers, separated by commas, empty when a direct link is possible; freed by the
// caller. GF_BAD_PARAM: no such PID, no description, or a source (`src=`); GF_FILTER_NOT_FOUND: no such
// filter, or no chain reaches it (gf_filter_why_not of explain.h says why for a filter of the session); else
// the error of loading the filter.
GF_EXPORT GF_Err gf_filter_probe_link(
	GF_Filter *filter, u32 opid_idx, const char *fname, char **result_chain);
// Same with the best chain through each filter that could take the PID, best first, separated by `|`. Each is
// `distance;priority,register1,register2…`: the distance counts the filters and the destination, the priority
// is the sum of those of the registers.
GF_EXPORT GF_Err gf_filter_probe_links(
	GF_Filter *filter, u32 opid_idx, const char *fname, char **result_chain);
// Names of the registers whose filters could be connected directly to an output PID (to any of them when the
// index is negative), separated by commas; freed by the caller. GF_FILTER_NOT_FOUND when there is none,
// GF_BAD_PARAM for a wrong index.
GF_EXPORT GF_Err gf_filter_get_possible_destinations(GF_Filter *filter, s32 opid_idx, char **result_list);
// As gf_fs_print_all_connections, for one filter with the capabilities it has now.
GF_EXPORT void gf_filter_print_all_connections(
	GF_Filter *filter, void (*print_fn)(FILE *output, GF_SysPrintArgFlags flags, const char *fmt, ...));
// Capabilities of this filter for links to come, in place of those of its register. Not copied; 0 entries
// restore those of the register.
GF_EXPORT GF_Err gf_filter_override_caps(GF_Filter *filter, const GF_FilterCapability *caps, u32 nb_caps);
// The capabilities set by the call above, NULL when there are none.
GF_EXPORT const GF_FilterCapability *gf_filter_get_caps(GF_Filter *filter, u32 *nb_caps);
// Inputs beyond the first that this filter takes.
GF_EXPORT void gf_filter_set_max_extra_input_pids(GF_Filter *filter, u32 max_extra_pids);
GF_EXPORT u32 gf_filter_get_max_extra_input_pids(GF_Filter *filter);
// The filter acts as a source: it is not linked to.
GF_EXPORT void gf_filter_disable_inputs(GF_Filter *filter);
// The filter, which has outputs, is linked to as a sink. GF_BAD_PARAM unless its register has use_alias.
GF_EXPORT GF_Err gf_filter_act_as_sink(GF_Filter *filter);
// The data that the filter sends is not looked at to know its type.
GF_EXPORT void gf_filter_disable_probe(GF_Filter *filter);
// The MIME type that the registers recognise in the first bytes of a file, NULL when none does. `score` may
// be NULL.
GF_EXPORT const char *gf_filter_probe_data(GF_Filter *filter, u8 *data, u32 size, GF_FilterProbeScore *score);

// ---- Filters that load filters

// Loads a source whose outputs link only to the caller. `inherit_args`: with the options of the caller's
// destination. Errors as gf_fs_load_source.
GF_EXPORT GF_Filter *gf_filter_connect_source(
	GF_Filter *filter, const char *url, const char *parent_url, Bool inherit_args, GF_Err *err);
// Loads a source that takes the place in the graph, ID and sub-session, of the caller's own source.
GF_EXPORT GF_Filter *gf_filter_add_source(
	GF_Filter *filter, const char *url, const char *parent_url, Bool inherit_args, GF_Err *err);
// Loads a sink that names the caller as its source.
GF_EXPORT GF_Filter *gf_filter_connect_destination(GF_Filter *filter, const char *url, GF_Err *err);
// gf_fs_load_filter; the filter is not cloned unless its declaration asks for it (`clone`).
GF_EXPORT GF_Filter *gf_filter_load_filter(GF_Filter *filter, const char *name, GF_Err *err_code);
// As gf_fs_is_supported_source, in the session of the filter.
GF_EXPORT Bool gf_filter_is_supported_source(GF_Filter *filter, const char *url, const char *parent_url);
// As gf_fs_is_supported_mime, in the session of the filter.
GF_EXPORT Bool gf_filter_is_supported_mime(GF_Filter *filter, const char *mime);
// `on_setup_error` is called when `source_filter`, loaded by `filter`, fails; true keeps the error to itself.
// The source is then not removed until the callback is unset (NULL).
GF_EXPORT void gf_filter_set_setup_failure_callback(GF_Filter *filter, GF_Filter *source_filter,
	Bool (*on_setup_error)(GF_Filter *f, void *on_setup_error_udta, GF_Err e), void *udta);

// ---- Failure and removal

// The filter cannot work. In initialize and configure_pid: their result. In process: the loader is told, a
// negative reason is logged and becomes the connection error of the session, the outputs end, the filter is
// removed.
GF_EXPORT void gf_filter_setup_failure(GF_Filter *filter, GF_Err reason);
// Tells the loader of an error while running. `force_disconnect` also removes the filter. A pointer that is no
// filter does nothing: some bindings pass half of an address.
GF_EXPORT void gf_filter_notification_failure(GF_Filter *filter, GF_Err reason, Bool force_disconnect);
// Removes the filter, and the filters in front of it that then feed nothing, after the present callback.
GF_EXPORT void gf_filter_remove(GF_Filter *filter);
// Removes the filters between `src_filter`, which is removed too, and the caller, which is not.
GF_EXPORT void gf_filter_remove_src(GF_Filter *filter, GF_Filter *src_filter);
// Stops the inputs, ends the outputs; the filter is not called any more.
GF_EXPORT void gf_filter_abort(GF_Filter *filter);
// The filter stays when its last input goes, and is of use without any.
GF_EXPORT void gf_filter_make_sticky(GF_Filter *filter);
GF_EXPORT Bool gf_filter_is_sticky(GF_Filter *filter);

// ---- Events, see filter_events.h

// Queues an event on the filter itself; unless its process_event stops it, it goes on to all inputs, or with
// `upstream` to the consumers of all outputs. Toward the sources it comes once for each output, with `on_pid`
// set; once with NULL for FILE_DELETE, SOURCE_SWITCH, QUALITY_SWITCH and USER, and when there is no output.
// With an output in `on_pid` it goes to the consumers of this output only. SOURCE_SEEK and SOURCE_SWITCH are
// for filters without inputs (or GF_FS_REG_ACT_AS_SOURCE). The event and its strings are copied.
GF_EXPORT void gf_filter_send_event(GF_Filter *filter, GF_FilterEvent *evt, Bool upstream);
// The filter gets the user events of gf_fs_fire_event.
GF_EXPORT GF_Err gf_filter_set_event_target(GF_Filter *filter, Bool enable_events);
// A filter with an OpenGL context of its own: not used, which a warning tells.
GF_EXPORT void gf_filter_register_opengl_provider(GF_Filter *filter, Bool do_register);
// Asks, in initialize, for an OpenGL context: that of the application (gf_fs_set_external_gl_provider), or one without
// a window. GF_NOT_SUPPORTED, with a message, when there is none.
GF_EXPORT GF_Err gf_filter_request_opengl(GF_Filter *filter);
// Makes that context current around GL calls, and lets go of it. The context of the session stays current for the
// filters behind, until gf_fs_run returns. GF_BAD_PARAM when none was asked for.
GF_EXPORT GF_Err gf_filter_set_active_opengl_context(GF_Filter *filter, Bool do_activate);
// Gives an event to the callback of gf_fs_set_ui_callback. True when it was used.
GF_EXPORT Bool gf_filter_ui_event(GF_Filter *filter, GF_Event *uievt);

// ---- Callbacks of filters made by gf_fs_new_filter. GF_BAD_PARAM, with a message, on others.
//
// They obey register.h, are set before the filter is linked, and NULL removes them.

// Adds a capability. Value and name are copied. Flags without GF_CAPFLAG_IN_BUNDLE begin a new bundle, and
// the value may then be NULL.
GF_EXPORT GF_Err gf_filter_push_caps(
	GF_Filter *filter, u32 code, GF_PropertyValue *value, const char *name, u32 flags, u8 priority);
GF_EXPORT GF_Err gf_filter_set_process_ckb(GF_Filter *filter, GF_Err (*process_cbk)(GF_Filter *filter));
GF_EXPORT GF_Err gf_filter_set_configure_ckb(
	GF_Filter *filter, GF_Err (*configure_cbk)(GF_Filter *filter, GF_FilterPid *PID, Bool is_remove));
GF_EXPORT GF_Err gf_filter_set_process_event_ckb(
	GF_Filter *filter, Bool (*process_event_cbk)(GF_Filter *filter, const GF_FilterEvent *evt));
GF_EXPORT GF_Err gf_filter_set_reconfigure_output_ckb(
	GF_Filter *filter, GF_Err (*reconfigure_output_cbk)(GF_Filter *filter, GF_FilterPid *PID));
GF_EXPORT GF_Err gf_filter_set_probe_data_cbk(
	GF_Filter *filter, const char *(*probe_data_cbk)(const u8 *data, u32 size, GF_FilterProbeScore *score));

#ifdef __cplusplus
}
#endif

#endif
