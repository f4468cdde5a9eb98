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

typedef enum {
	GF_PRINTARG_HIGHLIGHT_FIRST = 1,
	GF_PRINTARG_NL_TO_BR = 2,
	GF_PRINTARG_OPT_DESC = 4,
	GF_PRINTARG_IS_APP = 8,
	GF_PRINTARG_ADD_DASH = 16,
	GF_PRINTARG_NO_DASH = 32,
	GF_PRINTARG_COLON = 64,
	GF_PRINTARG_MD = 65536,
	GF_PRINTARG_MAN = 131072,
	GF_PRINTARG_ESCAPE_XML = 262144,
	GF_PRINTARG_ESCAPE_PIPE = 524288,
} GF_SysPrintArgFlags;

typedef enum {
	GF_FS_SCHEDULER_LOCK_FREE = 0,
	GF_FS_SCHEDULER_LOCK = 1,
	GF_FS_SCHEDULER_LOCK_FREE_X = 2,
	GF_FS_SCHEDULER_LOCK_FORCE = 3,
	GF_FS_SCHEDULER_DIRECT = 4,
} GF_FilterSchedulerType;
typedef enum {
	GF_FS_FLAG_LOAD_META = 2,
	GF_FS_FLAG_NON_BLOCKING = 4,
	GF_FS_FLAG_NO_GRAPH_CACHE = 8,
	GF_FS_FLAG_NO_REGULATION = 16,
	GF_FS_FLAG_NO_PROBE = 32,
	GF_FS_FLAG_NO_REASSIGN = 64,
	GF_FS_FLAG_PRINT_CONNECTIONS = 128,
	GF_FS_FLAG_NO_ARG_CHECK = 256,
	GF_FS_FLAG_NO_RESERVOIR = 512,
	GF_FS_FLAG_FULL_LINK = 1024,
	GF_FS_FLAG_NO_IMPLICIT = 2048,
	GF_FS_FLAG_REQUIRE_SOURCE_ID = 4096,
	GF_FS_FLAG_FORCE_DEFER_LINK = 8192,
	GF_FS_FLAG_PREVENT_PLAY = 16384,
} GF_FilterSessionFlags;
typedef enum {
	GF_FS_FLUSH_NONE = 0,
	GF_FS_FLUSH_ALL = 1,
	GF_FS_FLUSH_FAST = 2,
} GF_FSFlushType;
typedef enum {
	GF_FS_STATS_FILTER_GENERIC = 0,
	GF_FS_STATS_FILTER_RAWIN = 1,
	GF_FS_STATS_FILTER_DEMUX = 2,
	GF_FS_STATS_FILTER_DECODE = 3,
	GF_FS_STATS_FILTER_ENCODE = 4,
	GF_FS_STATS_FILTER_MUX = 5,
	GF_FS_STATS_FILTER_RAWOUT = 6,
	GF_FS_STATS_FILTER_MEDIA_SINK = 7,
	GF_FS_STATS_FILTER_MEDIA_SOURCE = 8,
} GF_FSFilterType;
typedef enum {
	GF_FILTER_UPDATE_DOWNSTREAM = 1,
	GF_FILTER_UPDATE_UPSTREAM = 2,
} GF_EventPropagateType;
typedef struct gf_filterstats {
	const GF_Filter *filter;
	const GF_Filter *filter_alias;
	u64 nb_tasks_done;
	u64 nb_pck_processed;
	u64 nb_bytes_processed;
	u64 nb_pck_sent;
	u64 nb_hw_pck_sent;
	u32 nb_errors;
	u32 nb_current_errors;
	u64 nb_bytes_sent;
	u64 time_process;
	s32 percent;
	const char *status;
	Bool report_updated;
	const char *name;
	const char *reg_name;
	const char *filter_id;
	Bool done;
	u32 nb_pid_in;
	u64 nb_in_pck;
	u32 nb_pid_out;
	u64 nb_out_pck;
	Bool in_eos;
	GF_FSFilterType type;
	u32 stream_type;
	u32 codecid;
	GF_Fraction64 last_ts_sent;
	GF_Fraction64 last_ts_drop;
	u32 last_task_time;
} GF_FilterStats;
typedef struct gf_filtersessioncaps {
	u32 max_screen_width;
	u32 max_screen_height;
	u32 max_screen_bpp;
	u32 max_screen_fps;
	u32 max_screen_nb_views;
	u32 max_audio_channels;
	u32 max_audio_sample_rate;
	u32 max_audio_bit_depth;
} GF_FilterSessionCaps;
typedef void (*gf_fs_on_filter_creation)(void *udta, GF_Filter *filter, Bool is_destroy);

GF_EXPORT GF_FilterSession *gf_fs_new(s32 nb_threads, GF_FilterSchedulerType type, GF_FilterSessionFlags flags, const char *blacklist);
GF_EXPORT GF_FilterSession *gf_fs_new_defaults(GF_FilterSessionFlags flags);
GF_EXPORT void gf_fs_del(GF_FilterSession *session);
GF_EXPORT GF_Err gf_fs_run(GF_FilterSession *session);
GF_EXPORT GF_Err gf_fs_stop(GF_FilterSession *session);
GF_EXPORT int gf_fs_get_fd(GF_FilterSession *session);
GF_EXPORT GF_Err gf_fs_abort(GF_FilterSession *session, GF_FSFlushType flush_type);
GF_EXPORT Bool gf_fs_in_final_flush(GF_FilterSession *session);
GF_EXPORT Bool gf_fs_is_last_task(GF_FilterSession *session);
GF_EXPORT GF_Filter *gf_fs_load_source(GF_FilterSession *session, const char *url, const char *args, const char *parent_url, GF_Err *err);
GF_EXPORT GF_Filter *gf_fs_load_destination(GF_FilterSession *session, const char *url, const char *args, const char *parent_url, GF_Err *err);
GF_EXPORT GF_Filter *gf_fs_load_filter(GF_FilterSession *session, const char *name, GF_Err *err_code);
GF_EXPORT Bool gf_fs_filter_exists(GF_FilterSession *session, const char *name);
GF_EXPORT GF_Err gf_fs_parse_filter_graph(GF_FilterSession *fsess, int argc, char * argv[], GF_List **out_loaded_filters, GF_List **out_links_directive);
GF_EXPORT GF_Err gf_fs_parse_filter_graph_str(GF_FilterSession *fsess, char *graph_str, GF_List **out_loaded_filters, GF_List **out_links_directive);
GF_EXPORT GF_Filter *gf_fs_new_filter(GF_FilterSession *session, const char *name, u32 flags, GF_Err *e);
GF_EXPORT GF_Err gf_fs_set_separators(GF_FilterSession *session, const char *separator_set);
GF_EXPORT GF_Err gf_fs_set_max_resolution_chain_length(GF_FilterSession *session, u32 max_chain_length);
GF_EXPORT u32 gf_fs_get_max_resolution_chain_length(GF_FilterSession *session);
GF_EXPORT GF_Err gf_fs_set_max_sleep_time(GF_FilterSession *session, u32 max_sleep);
GF_EXPORT GF_Err gf_fs_get_last_connect_error(GF_FilterSession *session);
GF_EXPORT GF_Err gf_fs_get_last_process_error(GF_FilterSession *session);
GF_EXPORT u32 gf_fs_filters_registers_count(GF_FilterSession *session);
GF_EXPORT const GF_FilterRegister *gf_fs_get_filter_register(GF_FilterSession *session, u32 idx);
GF_EXPORT void gf_fs_add_filter_register(GF_FilterSession *session, const GF_FilterRegister *freg);
GF_EXPORT void gf_fs_remove_filter_register(GF_FilterSession *session, GF_FilterRegister *freg);
GF_EXPORT GF_Err gf_fs_set_filter_creation_callback(GF_FilterSession *session, gf_fs_on_filter_creation on_create_destroy, void *udta, Bool force_sync);
GF_EXPORT void *gf_fs_get_rt_udta(GF_FilterSession *session);
GF_EXPORT GF_Err gf_fs_post_user_task(GF_FilterSession *session, Bool (*task_execute)(GF_FilterSession *fsess, void *callback, u32 *reschedule_ms), void *udta_callback, const char *log_name);
GF_EXPORT GF_Err gf_fs_post_user_task_delay(GF_FilterSession *session, Bool (*task_execute)(GF_FilterSession *fsess, void *callback, u32 *reschedule_ms), void *udta_callback, const char *log_name, u32 delay);
// The same, for reports and time limits: the task does not keep a session running that has nothing else to
// do.
GF_EXPORT GF_Err gf_fs_post_background_task(GF_FilterSession *session, Bool (*task_execute)(GF_FilterSession *fsess, void *callback, u32 *reschedule_ms), void *udta_callback, u32 delay);
GF_EXPORT GF_Err gf_fs_post_user_task_main(GF_FilterSession *session, Bool (*task_execute)(GF_FilterSession *fsess, void *callback, u32 *reschedule_ms), void *udta_callback, const char *log_name);
GF_EXPORT void gf_fs_send_deferred_play(GF_FilterSession *session);
GF_EXPORT void gf_fs_lock_filters(GF_FilterSession *session, Bool do_lock);
GF_EXPORT u32 gf_fs_get_filters_count(GF_FilterSession *session);
GF_EXPORT GF_Filter *gf_fs_get_filter(GF_FilterSession *session, u32 idx);
GF_EXPORT Bool gf_fs_check_filter(GF_FilterSession *session, GF_Filter *filter);
GF_EXPORT GF_Err gf_fs_get_filter_stats(GF_FilterSession *session, u32 idx, GF_FilterStats *stats);
GF_EXPORT void gf_fs_enable_reporting(GF_FilterSession *session, Bool reporting_on);
GF_EXPORT void gf_fs_print_stats(GF_FilterSession *session);
GF_EXPORT void gf_fs_print_connections(GF_FilterSession *session);
GF_EXPORT char *gf_fs_get_graph_text(GF_FilterSession *session);
GF_EXPORT void gf_fs_print_non_connected(GF_FilterSession *session);
GF_EXPORT void gf_fs_print_non_connected_ex(GF_FilterSession *session, Bool ignore_sinks);

// Warns of each option that was given and that no filter used, except those listed in `ignore_args`
// (separated by `,`, may be NULL). The end of a session does the same once.
GF_EXPORT void gf_fs_print_unused_args(GF_FilterSession *session, const char *ignore_args);
// Next option that was given and that no filter used; false after the last one. `*idx` is 0 at first and is
// moved. `*argtype` is 0 for an option of a declaration, 1 for `--name`, 2 for `-+name`. `*meta_name` and
// `*meta_opt` are set when a filter over another library could not place the option. Outputs may be NULL.
GF_EXPORT Bool gf_fs_enum_unmapped_options(GF_FilterSession *session, u32 *idx, const char **argname, u32 *argtype, const char **meta_name, const char **meta_opt);
// Prints, for each register or for the one called `filter_name`, the registers that can feed it and those
// that it can feed. `print_fn` gets stderr as output; without it the text goes to stderr.
GF_EXPORT void gf_fs_print_all_connections(GF_FilterSession *session, char *filter_name, void (*print_fn)(FILE *output, GF_SysPrintArgFlags flags, const char *fmt, ...));
// True when one bundle of the register has both an input capability of one code and an output capability of
// the other. With `exact_match_only` the values count too: some entry of each must equal the one given and
// not be excluded; a NULL value matches all.
GF_EXPORT Bool gf_fs_check_filter_register_cap(const GF_FilterRegister *filter_reg, u32 in_cap_code, GF_PropertyValue *in_cap, u32 out_cap_code, GF_PropertyValue *out_cap, Bool exact_match_only);
// True when the text occurs in a MIME type that some register takes as input.
GF_EXPORT Bool gf_fs_is_supported_mime(GF_FilterSession *session, const char *mime);
GF_EXPORT Bool gf_fs_is_supported_source(GF_FilterSession *session, const char *url, const char *parent_url);
GF_EXPORT Bool gf_fs_fire_event(GF_FilterSession *session, GF_Filter *filter, GF_FilterEvent *evt, Bool upstream);
GF_EXPORT void gf_fs_send_update(GF_FilterSession *session, const char *fid, GF_Filter *filter, const char *name, const char *val, GF_EventPropagateType propagate_mask);
GF_EXPORT void gf_fs_set_ui_callback(GF_FilterSession *session, Bool (*ui_event_proc)(void *opaque, GF_Event *event), void *cbk_udta);

#ifdef __cplusplus
}
#endif

#endif
