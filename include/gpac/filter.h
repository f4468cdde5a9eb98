// SPDX-License-Identifier: MIT
#ifndef GPAC_FILTER_H
#define GPAC_FILTER_H

#include <gpac/session.h>
#include <gpac/packet.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	GF_FS_SEP_ARGS = 0,
	GF_FS_SEP_NAME = 1,
	GF_FS_SEP_FRAG = 2,
	GF_FS_SEP_LIST = 3,
	GF_FS_SEP_NEG = 4,
} GF_FilterSessionSepType;
GF_EXPORT const char *gf_filter_get_name(GF_Filter *filter);
GF_EXPORT void gf_filter_set_name(GF_Filter *filter, const char *name);
GF_EXPORT const char *gf_filter_get_id(GF_Filter *filter);
GF_EXPORT GF_Err gf_filter_assign_id(GF_Filter *filter, const char *filter_id);
GF_EXPORT void *gf_filter_get_udta(GF_Filter *filter);
GF_EXPORT GF_Err gf_filter_set_rt_udta(GF_Filter *filter, void *udta);
GF_EXPORT void *gf_filter_get_rt_udta(GF_Filter *filter);
GF_EXPORT const GF_FilterRegister *gf_filter_get_register(GF_Filter *filter);
GF_EXPORT Bool gf_filter_is_instance_of(GF_Filter *filter, const GF_FilterRegister *freg);
GF_EXPORT const char *gf_filter_get_status(GF_Filter *filter);
GF_EXPORT u64 gf_filter_get_bytes_done(GF_Filter *filter);
GF_EXPORT GF_Err gf_filter_get_stats(GF_Filter *filter, GF_FilterStats *stats);
GF_EXPORT GF_Err gf_filter_update_status(GF_Filter *filter, u32 percent, char *szStatus);
GF_EXPORT Bool gf_filter_reporting_enabled(GF_Filter *filter);
GF_EXPORT u32 gf_filter_get_ipid_count(GF_Filter *filter);
GF_EXPORT GF_FilterPid *gf_filter_get_ipid(GF_Filter *filter, u32 idx);
GF_EXPORT u32 gf_filter_get_opid_count(GF_Filter *filter);
GF_EXPORT GF_FilterPid *gf_filter_get_opid(GF_Filter *filter, u32 idx);

// Options: declaration by rank (NULL after the last one), current value, current value as text. A value
// belongs to the filter and is typed as declared; false or NULL for options that are unknown or not kept by
// the engine.
GF_EXPORT const GF_FilterArgs *gf_filter_enumerate_args(GF_Filter *filter, u32 idx);
GF_EXPORT Bool gf_filter_get_arg(GF_Filter *filter, const char *arg_name, GF_PropertyValue *prop);
GF_EXPORT const char *gf_filter_get_arg_str(GF_Filter *filter, const char *arg_name, char dump[GF_PROP_DUMP_ARG_SIZE]);
GF_EXPORT void gf_filter_send_update(GF_Filter *filter, const char *target_filter_id, const char *arg_name, const char *arg_val, GF_EventPropagateType propagate_mask);
GF_EXPORT const GF_PropertyValue *gf_filter_get_info(GF_Filter *filter, u32 prop_4cc, GF_PropertyEntry **propentry);
GF_EXPORT const GF_PropertyValue *gf_filter_get_info_str(GF_Filter *filter, const char *prop_name, GF_PropertyEntry **propentry);
GF_EXPORT void gf_filter_release_property(GF_PropertyEntry *propentry);
GF_EXPORT void gf_filter_remove(GF_Filter *filter);
GF_EXPORT void gf_filter_remove_src(GF_Filter *filter, GF_Filter *src_filter);
GF_EXPORT void gf_filter_abort(GF_Filter *filter);
GF_EXPORT GF_Err gf_filter_set_source(GF_Filter *filter, GF_Filter *link_from, const char *link_ext);
GF_EXPORT GF_Err gf_filter_set_source_restricted(GF_Filter *filter, GF_Filter *link_from, const char *link_ext);
GF_EXPORT void gf_filter_reset_source(GF_Filter *filter);
GF_EXPORT GF_Err gf_filter_reconnect_output(GF_Filter *filter, GF_FilterPid *for_pid);
GF_EXPORT void gf_filter_require_source_id(GF_Filter *filter);

// Tells which filters would be loaded between an output PID and a filter, without connecting anything.
// `fname` is a filter declaration or `dst=URL`; the filter is made only for the time of the question. On
// success the names of the registers, separated by commas, empty when a direct link is possible; freed by the
// caller. GF_BAD_PARAM: no such PID, no description, or a source (`src=`); GF_FILTER_NOT_FOUND: no such
// filter, or no chain reaches it (gf_filter_why_not of explain.h says why for a filter of the session); else
// the error of loading the filter.
GF_EXPORT GF_Err gf_filter_probe_link(GF_Filter *filter, u32 opid_idx, const char *fname, char **result_chain);
// Same with the best chain through each filter that could take the PID, best first, separated by `|`. Each is
// `distance;priority,register1,register2…`: the distance counts the filters and the destination, the priority
// is the sum of those of the registers.
GF_EXPORT GF_Err gf_filter_probe_links(GF_Filter *filter, u32 opid_idx, const char *fname, char **result_chain);
// Names of the registers whose filters could be connected directly to an output PID (to any of them when the
// index is negative), separated by commas; freed by the caller. GF_FILTER_NOT_FOUND when there is none,
// GF_BAD_PARAM for a wrong index.
GF_EXPORT GF_Err gf_filter_get_possible_destinations(GF_Filter *filter, s32 opid_idx, char **result_list);
GF_EXPORT void gf_filter_ask_rt_reschedule(GF_Filter *filter, u32 us_until_next);
GF_EXPORT void gf_filter_post_process_task(GF_Filter *filter);
GF_EXPORT GF_Err gf_filter_watch_fd(GF_Filter *filter, int fd, u32 events);
GF_EXPORT GF_Err gf_filter_post_task(GF_Filter *filter, Bool (*task_execute)(GF_Filter *filter, void *callback, u32 *reschedule_ms), void *udta, const char *task_name);
GF_EXPORT void gf_filter_setup_failure(GF_Filter *filter, GF_Err reason);
GF_EXPORT void gf_filter_notification_failure(GF_Filter *filter, GF_Err reason, Bool force_disconnect);
GF_EXPORT void gf_filter_set_setup_failure_callback(GF_Filter *filter, GF_Filter *source_filter, Bool (*on_setup_error)(GF_Filter *f, void *on_setup_error_udta, GF_Err e), void *udta);
GF_EXPORT void gf_filter_make_sticky(GF_Filter *filter);
GF_EXPORT GF_Err gf_filter_prevent_blocking(GF_Filter *filter, Bool prevent_blocking_enabled);
GF_EXPORT Bool gf_filter_block_enabled(GF_Filter *filter);
GF_EXPORT void gf_filter_block_eos(GF_Filter *filter, Bool do_block);
GF_EXPORT void gf_filter_set_max_extra_input_pids(GF_Filter *filter, u32 max_extra_pids);
GF_EXPORT u32 gf_filter_get_max_extra_input_pids(GF_Filter *filter);
GF_EXPORT void gf_filter_get_output_buffer_max(GF_Filter *filter, u32 *max_buf, u32 *max_playout_buf);
GF_EXPORT Bool gf_filter_all_sinks_done(GF_Filter *filter);
GF_EXPORT u32 gf_filter_get_num_events_queued(GF_Filter *filter);
GF_EXPORT void gf_filter_hint_single_clock(GF_Filter *filter, u64 time_in_us, GF_Fraction64 media_timestamp);
GF_EXPORT void gf_filter_get_clock_hint(GF_Filter *filter, u64 *time_in_us, GF_Fraction64 *media_timestamp);
GF_EXPORT Bool gf_filter_connections_pending(GF_Filter *filter);
GF_EXPORT Bool gf_filter_has_pid_connection_pending(GF_Filter *filter, GF_Filter *stop_at_filter);
GF_EXPORT void gf_filter_get_session_caps(GF_Filter *filter, GF_FilterSessionCaps *caps);
GF_EXPORT void gf_filter_set_session_caps(GF_Filter *filter, GF_FilterSessionCaps *caps);
GF_EXPORT void gf_filter_lock(GF_Filter *filter, Bool do_lock);
GF_EXPORT void gf_filter_lock_all(GF_Filter *filter, Bool do_lock);
GF_EXPORT Bool gf_filter_is_temporary(GF_Filter *filter);
GF_EXPORT Bool gf_filter_is_alias(GF_Filter *filter);
GF_EXPORT Bool gf_filter_is_dynamic(GF_Filter *filter);
GF_EXPORT Bool gf_filter_is_sink(GF_Filter *filter);
GF_EXPORT Bool gf_filter_is_source(GF_Filter *filter);
GF_EXPORT GF_Err gf_filter_act_as_sink(GF_Filter *filter);
GF_EXPORT GF_Err gf_filter_override_caps(GF_Filter *filter, const GF_FilterCapability *caps, u32 nb_caps);
GF_EXPORT const GF_FilterCapability *gf_filter_get_caps(GF_Filter *filter, u32 *nb_caps);
GF_EXPORT GF_Filter *gf_filter_connect_source(GF_Filter *filter, const char *url, const char *parent_url, Bool inherit_args, GF_Err *err);
GF_EXPORT GF_Filter *gf_filter_add_source(GF_Filter *filter, const char *url, const char *parent_url, Bool inherit_args, GF_Err *err);
GF_EXPORT GF_Filter *gf_filter_connect_destination(GF_Filter *filter, const char *url, GF_Err *err);
GF_EXPORT GF_Filter *gf_filter_load_filter(GF_Filter *filter, const char *name, GF_Err *err_code);
GF_EXPORT Bool gf_filter_is_supported_source(GF_Filter *filter, const char *url, const char *parent_url);
// As gf_fs_is_supported_mime, in the session of the filter.
GF_EXPORT Bool gf_filter_is_supported_mime(GF_Filter *filter, const char *mime);
GF_EXPORT Bool gf_filter_url_is_filter(GF_Filter *filter, const char *url, Bool *act_as_source);
GF_EXPORT u8 gf_filter_get_sep(GF_Filter *filter, GF_FilterSessionSepType sep_type);
GF_EXPORT const char *gf_filter_get_src_args(GF_Filter *filter);
GF_EXPORT const char *gf_filter_get_dst_args(GF_Filter *filter);
GF_EXPORT char *gf_filter_get_dst_name(GF_Filter *filter);
GF_EXPORT const char *gf_filter_path_escape_colon(GF_Filter *filter, const char *path);
GF_EXPORT void gf_filter_send_event(GF_Filter *filter, GF_FilterEvent *evt, Bool upstream);
GF_EXPORT GF_Err gf_filter_set_event_target(GF_Filter *filter, Bool enable_events);
GF_EXPORT Bool gf_filter_ui_event(GF_Filter *filter, GF_Event *uievt);
GF_EXPORT void gf_filter_force_main_thread(GF_Filter *filter, Bool do_tag);
GF_EXPORT void gf_filter_disable_probe(GF_Filter *filter);
GF_EXPORT void gf_filter_disable_inputs(GF_Filter *filter);
GF_EXPORT const char *gf_filter_probe_data(GF_Filter *filter, u8 *data, u32 size, GF_FilterProbeScore *score);
GF_EXPORT Bool gf_filter_end_of_session(GF_Filter *filter);
GF_EXPORT Bool gf_filter_has_connect_errors(GF_Filter *filter);
GF_EXPORT Bool gf_filter_in_parent_chain(GF_Filter *parent, GF_Filter *filter);
GF_EXPORT GF_Err gf_filter_tag_subsession(GF_Filter *filter, u32 subsession_id, u32 source_id);

// For filters that pass options on to another library: tells whether the library took `arg`, for the report
// of unused options. `sub_opt_name` names what it could not place, and may be NULL.
GF_EXPORT void gf_filter_report_meta_option(GF_Filter *filter, const char *arg, Bool was_found, const char *sub_opt_name);

// Options of this instance in place of those of its register. The array ends with a NULL name, is not copied,
// and must outlive the filter.
GF_EXPORT GF_Err gf_filter_define_args(GF_Filter *filter, GF_FilterArgs *new_args);
GF_EXPORT GF_FilterArgs *gf_filter_get_args(GF_Filter *filter);
// As gf_fs_print_all_connections, for one filter with the capabilities it has now.
GF_EXPORT void gf_filter_print_all_connections(GF_Filter *filter, void (*print_fn)(FILE *output, GF_SysPrintArgFlags flags, const char *fmt, ...));
GF_EXPORT GF_Err gf_filter_push_caps(GF_Filter *filter, u32 code, GF_PropertyValue *value, const char *name, u32 flags, u8 priority);
GF_EXPORT GF_Err gf_filter_set_process_ckb(GF_Filter *filter, GF_Err (*process_cbk)(GF_Filter *filter));
GF_EXPORT GF_Err gf_filter_set_configure_ckb(GF_Filter *filter, GF_Err (*configure_cbk)(GF_Filter *filter, GF_FilterPid *PID, Bool is_remove));
GF_EXPORT GF_Err gf_filter_set_process_event_ckb(GF_Filter *filter, Bool (*process_event_cbk)(GF_Filter *filter, const GF_FilterEvent *evt));
GF_EXPORT GF_Err gf_filter_set_reconfigure_output_ckb(GF_Filter *filter, GF_Err (*reconfigure_output_cbk)(GF_Filter *filter, GF_FilterPid *PID));
GF_EXPORT GF_Err gf_filter_set_probe_data_cbk(GF_Filter *filter, const char * (*probe_data_cbk)(const u8 *data, u32 size, GF_FilterProbeScore *score));

#ifdef __cplusplus
}
#endif

#endif
