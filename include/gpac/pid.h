// SPDX-License-Identifier: MIT
#ifndef GPAC_PID_H
#define GPAC_PID_H

#include <gpac/filter_events.h>
#include <gpac/packet.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	GF_PLAYBACK_MODE_NONE = 0,
	GF_PLAYBACK_MODE_SEEK = 1,
	GF_PLAYBACK_MODE_FASTFORWARD = 2,
	GF_PLAYBACK_MODE_REWIND = 3,
} GF_FilterPidPlaybackMode;
enum {
	GF_PID_FILE_PATCH_NONE = 0,
	GF_PID_FILE_PATCH_REPLACE = 1,
	GF_PID_FILE_PATCH_INSERT = 2,
};
typedef enum {
	GF_STATS_LOCAL = 0,
	GF_STATS_LOCAL_INPUTS = 1,
	GF_STATS_DECODER_SINK = 2,
	GF_STATS_DECODER_SOURCE = 3,
	GF_STATS_ENCODER_SINK = 4,
	GF_STATS_ENCODER_SOURCE = 5,
	GF_STATS_SINK = 6,
} GF_FilterPidStatsLocation;
typedef struct gf_filterpidstatistics {
	u32 disconnected;
	u32 average_process_rate;
	u32 max_process_rate;
	u32 average_bitrate;
	u32 max_bitrate;
	u32 nb_processed;
	u32 max_process_time;
	u64 total_process_time;
	u64 first_process_time;
	u64 last_process_time;
	u32 min_frame_dur;
	u32 nb_saps;
	u32 max_sap_process_time;
	u64 total_sap_process_time;
	u64 max_buffer_time;
	u64 max_playout_time;
	u64 min_playout_time;
	u64 buffer_time;
	u32 nb_buffer_units;
	u64 last_rt_report;
	u32 rtt;
	u32 jitter;
	u32 loss_rate;
	GF_Fraction64 last_ts_drop;
	GF_Fraction64 last_ts_sent;
} GF_FilterPidStatistics;
#define RFC6381_CODEC_NAME_SIZE_MAX 100

GF_EXPORT GF_FilterPid *gf_filter_pid_new(GF_Filter *filter);
GF_EXPORT void gf_filter_pid_remove(GF_FilterPid *PID);
GF_EXPORT GF_Err gf_filter_pid_raw_new(GF_Filter *filter, const char *url, const char *local_file,
	const char *mime_type, const char *fext, const u8 *probe_data, u32 probe_size, Bool trust_mime,
	GF_FilterPid **out_pid);
GF_EXPORT GF_Err gf_filter_pid_raw_gmem(GF_Filter *filter, const char *url, GF_FilterPid **out_pid);
GF_EXPORT GF_Err gf_filter_pid_set_property(GF_FilterPid *PID, u32 prop_4cc, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pid_set_property_str(
	GF_FilterPid *PID, const char *name, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pid_set_property_dyn(GF_FilterPid *PID, char *name, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pid_set_info(GF_FilterPid *PID, u32 prop_4cc, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pid_set_info_str(
	GF_FilterPid *PID, const char *name, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pid_set_info_dyn(GF_FilterPid *PID, char *name, const GF_PropertyValue *value);
GF_EXPORT const GF_PropertyValue *gf_filter_pid_get_property(GF_FilterPid *PID, u32 prop_4cc);
GF_EXPORT const GF_PropertyValue *gf_filter_pid_get_property_str(GF_FilterPid *PID, const char *prop_name);
GF_EXPORT const GF_PropertyValue *gf_filter_pid_enum_properties(
	GF_FilterPid *PID, u32 *idx, u32 *prop_4cc, const char **prop_name);
GF_EXPORT const GF_PropertyValue *gf_filter_pid_enum_info(
	GF_FilterPid *PID, u32 *idx, u32 *prop_4cc, const char **prop_name);
GF_EXPORT const GF_PropertyValue *gf_filter_pid_get_info(
	GF_FilterPid *PID, u32 prop_4cc, GF_PropertyEntry **propentry);
GF_EXPORT const GF_PropertyValue *gf_filter_pid_get_info_str(
	GF_FilterPid *PID, const char *prop_name, GF_PropertyEntry **propentry);
GF_EXPORT GF_Err gf_filter_pid_reset_properties(GF_FilterPid *PID);
GF_EXPORT GF_Err gf_filter_pid_copy_properties(GF_FilterPid *dst_pid, GF_FilterPid *src_pid);
GF_EXPORT GF_Err gf_filter_pid_merge_properties(
	GF_FilterPid *dst_pid, GF_FilterPid *src_pid, gf_filter_prop_filter filter_prop, void *cbk);
GF_EXPORT GF_Err gf_filter_pid_copy_properties_from_packet(GF_FilterPid *dst_pid, GF_FilterPacket *src_pck);
GF_EXPORT GF_Err gf_filter_pid_merge_properties_from_packet(
	GF_FilterPid *dst_pid, GF_FilterPacket *src_pck, gf_filter_prop_filter filter_prop, void *cbk);
GF_EXPORT GF_Err gf_filter_pid_push_properties(
	GF_FilterPid *PID, char *args, Bool direct_merge, Bool use_default_seps);
GF_EXPORT void gf_filter_pid_set_udta(GF_FilterPid *PID, void *udta);
GF_EXPORT void *gf_filter_pid_get_udta(GF_FilterPid *PID);
GF_EXPORT GF_Err gf_filter_pid_set_udta_flags(GF_FilterPid *PID, u32 flags);
GF_EXPORT u32 gf_filter_pid_get_udta_flags(GF_FilterPid *PID);
GF_EXPORT void gf_filter_pid_set_name(GF_FilterPid *PID, const char *name);
GF_EXPORT const char *gf_filter_pid_get_name(GF_FilterPid *PID);
GF_EXPORT const char *gf_filter_pid_get_filter_name(GF_FilterPid *PID);
GF_EXPORT GF_Filter *gf_filter_pid_get_owner(GF_FilterPid *PID);
GF_EXPORT GF_Filter *gf_filter_pid_get_source_filter(GF_FilterPid *PID);
GF_EXPORT GF_Filter *gf_filter_pid_enum_destinations(GF_FilterPid *PID, u32 idx);
GF_EXPORT const char *gf_filter_pid_get_source_filter_name(GF_FilterPid *PID);
GF_EXPORT const char *gf_filter_pid_orig_src_args(GF_FilterPid *PID, Bool for_unicity);
GF_EXPORT const char *gf_filter_pid_get_args(GF_FilterPid *PID);
GF_EXPORT char *gf_filter_pid_get_destination(GF_FilterPid *PID);
GF_EXPORT char *gf_filter_pid_get_source(GF_FilterPid *PID);
GF_EXPORT Bool gf_filter_pid_is_filter_in_parents(GF_FilterPid *PID, GF_Filter *filter);
GF_EXPORT Bool gf_filter_pid_share_origin(GF_FilterPid *PID, GF_FilterPid *other_pid);
GF_EXPORT GF_FilterPacket *gf_filter_pid_get_packet(GF_FilterPid *PID);
GF_EXPORT void gf_filter_pid_drop_packet(GF_FilterPid *PID);
GF_EXPORT u32 gf_filter_pid_get_packet_count(GF_FilterPid *PID);
GF_EXPORT Bool gf_filter_pid_first_packet_is_empty(GF_FilterPid *PID);
GF_EXPORT Bool gf_filter_pid_first_packet_is_blocking_ref(GF_FilterPid *PID);
GF_EXPORT Bool gf_filter_pid_get_first_packet_cts(GF_FilterPid *PID, u64 *cts);
GF_EXPORT GF_Err gf_filter_pid_set_framing_mode(GF_FilterPid *PID, Bool requires_full_blocks);
GF_EXPORT void gf_filter_pid_set_eos(GF_FilterPid *PID);
GF_EXPORT void gf_filter_pid_send_flush(GF_FilterPid *PID);
GF_EXPORT Bool gf_filter_pid_is_eos(GF_FilterPid *PID);
GF_EXPORT Bool gf_filter_pid_is_flush_eos(GF_FilterPid *PID);
GF_EXPORT Bool gf_filter_pid_has_seen_eos(GF_FilterPid *PID);
GF_EXPORT Bool gf_filter_pid_eos_received(GF_FilterPid *PID);
GF_EXPORT void gf_filter_pid_clear_eos(GF_FilterPid *PID, Bool all_pids);
GF_EXPORT Bool gf_filter_pid_would_block(GF_FilterPid *PID);
GF_EXPORT void gf_filter_pid_discard_block(GF_FilterPid *PID);
GF_EXPORT GF_Err gf_filter_pid_ignore_blocking(GF_FilterPid *PID, Bool do_ignore);
GF_EXPORT Bool gf_filter_pid_is_sparse(GF_FilterPid *PID);
GF_EXPORT void gf_filter_pid_set_max_buffer(GF_FilterPid *PID, u32 total_duration_us);
GF_EXPORT u32 gf_filter_pid_get_max_buffer(GF_FilterPid *PID);
GF_EXPORT void gf_filter_pid_copy_buffer_req(GF_FilterPid *dst, GF_FilterPid *src);
GF_EXPORT Bool gf_filter_pid_get_buffer_occupancy(
	GF_FilterPid *PID, u32 *max_units, u32 *nb_pck, u32 *max_duration, u32 *duration);
GF_EXPORT u64 gf_filter_pid_query_buffer_duration(GF_FilterPid *PID, Bool check_pid_full);
GF_EXPORT u64 gf_filter_pid_query_buffer_duration_and_max(GF_FilterPid *PID, u32 *max_buffer);
GF_EXPORT void gf_filter_pid_set_loose_connect(GF_FilterPid *PID);
GF_EXPORT GF_Err gf_filter_pid_require_source_id(GF_FilterPid *PID);
GF_EXPORT void gf_filter_pid_set_clock_mode(GF_FilterPid *PID, Bool filter_in_charge);
GF_EXPORT GF_FilterClockType gf_filter_pid_get_clock_info(GF_FilterPid *PID, u64 *clock_val, u32 *timescale);
GF_EXPORT GF_Err gf_filter_pid_set_discard(GF_FilterPid *PID, Bool discard_on);
GF_EXPORT void gf_filter_pid_recompute_dts(GF_FilterPid *PID, Bool do_recompute);
GF_EXPORT u32 gf_filter_pid_get_min_pck_duration(GF_FilterPid *PID);
GF_EXPORT u32 gf_filter_pid_get_timescale(GF_FilterPid *PID);
GF_EXPORT u64 gf_filter_pid_get_next_ts(GF_FilterPid *PID);
GF_EXPORT Bool gf_filter_pid_is_playing(GF_FilterPid *PID);
GF_EXPORT GF_Err gf_filter_pid_allow_direct_dispatch(GF_FilterPid *PID);
GF_EXPORT void gf_filter_pid_try_pull(GF_FilterPid *PID);
// True when the properties that the consumer sees on its input PID match its capabilities. They are matched
// before the first configure_pid only: a filter asks this when it is configured again. False for an output
// PID.
GF_EXPORT Bool gf_filter_pid_check_caps(GF_FilterPid *PID);
GF_EXPORT const GF_PropertyValue *gf_filter_pid_caps_query(GF_FilterPid *PID, u32 prop_4cc);
GF_EXPORT const GF_PropertyValue *gf_filter_pid_caps_query_str(GF_FilterPid *PID, const char *prop_name);
GF_EXPORT GF_Err gf_filter_pid_negotiate_property(
	GF_FilterPid *PID, u32 prop_4cc, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pid_negotiate_property_str(
	GF_FilterPid *PID, const char *name, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pid_negotiate_property_dyn(
	GF_FilterPid *PID, char *name, const GF_PropertyValue *value);

// Fills in a file name: `$KEY$`, or `$KEY%0Nd$` for a number of N digits. Keys are num (`file_number`), File
// (name of the source without directory and extension), URL, FS (`file_suffix`), PID, Type, OType, p4cc=ABCD,
// pname=NAME, any property of the PID or of its first packet, and cts, dts, dur, sap of that packet. `$$` is
// a dollar. Keywords of segment names ($Number$, $Time$...) stay. `file_name` replaces the name of the
// source. Errors: GF_BAD_PARAM for a key without value or an open `$`, GF_OUT_OF_MEM above GF_MAX_PATH.
// `szFinalName` is then untouched.
GF_EXPORT GF_Err gf_filter_pid_resolve_file_template(GF_FilterPid *PID, const char *szTemplate,
	char szFinalName[GF_MAX_PATH], u32 file_number, const char *file_suffix);
GF_EXPORT GF_Err gf_filter_pid_resolve_file_template_ex(GF_FilterPid *PID, const char *szTemplate,
	char szFinalName[GF_MAX_PATH], u32 file_number, const char *file_suffix, const char *file_name);
GF_EXPORT void gf_filter_pid_send_event(GF_FilterPid *PID, GF_FilterEvent *evt);
GF_EXPORT void gf_filter_pid_init_play_event(
	GF_FilterPid *PID, GF_FilterEvent *evt, Double start, Double speed, const char *log_name);
GF_EXPORT GF_Err gf_filter_pid_get_statistics(
	GF_FilterPid *PID, GF_FilterPidStatistics *stats, GF_FilterPidStatsLocation location);
GF_EXPORT GF_Err gf_filter_pid_set_rt_stats(GF_FilterPid *PID, u32 rtt_ms, u32 jitter_us, u32 loss_rate);
GF_EXPORT Bool gf_filter_pid_has_decoder(GF_FilterPid *PID);
GF_EXPORT void *gf_filter_pid_get_alias_udta(GF_FilterPid *PID);
GF_EXPORT GF_Err gf_filter_pid_get_rfc_6381_codec_string(GF_FilterPid *PID,
	char szCodec[RFC6381_CODEC_NAME_SIZE_MAX], Bool force_inband, Bool force_sbr,
	const GF_PropertyValue *tile_base_dcd, u32 *out_inband_forced);

#ifdef __cplusplus
}
#endif

#endif
