// SPDX-License-Identifier: MIT
#ifndef GPAC_PID_H
#define GPAC_PID_H

#include <gpac/filter_events.h>
#include <gpac/packet.h>

#ifdef __cplusplus
extern "C" {
#endif

// PIDs: streams of packets between filters, described by properties.
//
// An *output* handle comes from gf_filter_pid_new and belongs to the filter that made it. Each consumer gets
// an *input* handle of its own, in configure_pid; both stand for the same stream. An output lives until it
// was removed and its consumers took its last packet, an input until configure_pid with `is_remove` returned.
// Each comment tells the kind when only one will do; the other one gives GF_BAD_PARAM, NULL, 0, false or no
// effect, and so does NULL.
//
// Properties have versions. Setting one on an output makes a new version, for the packets sent from then on;
// several changes between two packets make one version. The consumer sees the version of the packet it is
// about to fetch: its configure_pid is called when the version changes. A change after which nothing is sent
// is seen when the consumer finds the end. Informative properties (info) have no versions and do not pass
// through filters: they can be found from behind by gf_filter_pid_get_info.
//
// The end of a stream is a state. The producer sets it when it has sent all, and sending clears it. The
// consumer reads its last packet, then finds no packet and gf_filter_pid_is_eos true.
//
// A stream is played between the events PLAY and STOP of its consumers. Sinks send PLAY when they are
// configured; a source that sends before it is asked counts as playing.
//
// Calls come from callbacks of the filter that holds the handle; an application reads while the session does
// not run, or from a task.

// What a producer can do, property PlaybackMode.
typedef enum {
	GF_PLAYBACK_MODE_NONE = 0,        // from the start, at speed 1
	GF_PLAYBACK_MODE_SEEK = 1,        // from anywhere, at speed 1
	GF_PLAYBACK_MODE_FASTFORWARD = 2, // from anywhere, forward at any speed
	GF_PLAYBACK_MODE_REWIND = 3,      // from anywhere, at any speed
} GF_FilterPidPlaybackMode;

// What a producer of a file does to parts it has sent, property DisableProgressive.
enum {
	GF_PID_FILE_PATCH_NONE = 0,
	GF_PID_FILE_PATCH_REPLACE = 1, // bytes change
	GF_PID_FILE_PATCH_INSERT = 2,  // bytes are inserted
};

// Whose statistics: those of the inputs of a filter found from the PID.
typedef enum {
	GF_STATS_LOCAL = 0,          // this PID; an output: all its consumers
	GF_STATS_LOCAL_INPUTS = 1,   // inputs of the filter that produces this input
	GF_STATS_DECODER_SINK = 2,   // the next decoder toward the sinks
	GF_STATS_DECODER_SOURCE = 3, // the next decoder toward the sources
	GF_STATS_ENCODER_SINK = 4,
	GF_STATS_ENCODER_SOURCE = 5,
	GF_STATS_SINK = 6, // the next filter without outputs
} GF_FilterPidStatsLocation;

// Sums over the PIDs of a location, unless a member says largest or last.
typedef struct gf_filterpidstatistics {
	u32 disconnected;         // 1: an output without consumer, all else is 0
	u32 average_process_rate; // bits per second of process time
	u32 max_process_rate;
	u32 average_bitrate;  // bits per second of media
	u32 max_bitrate;      // the largest of the PIDs
	u32 nb_processed;     // packets
	u32 max_process_time; // microseconds, as all times below; measured while reporting is on
	u64 total_process_time;
	u64 first_process_time; // on the clock of gf_sys_clock_high_res
	u64 last_process_time;
	u32 min_frame_dur;
	u32 nb_saps; // packets that are stream access points
	u32 max_sap_process_time;
	u64 total_sap_process_time;
	u64 max_buffer_time;  // limit of the link, the largest
	u64 max_playout_time; // playing starts at this level
	u64 min_playout_time; // playing waits again below this level
	u64 buffer_time;      // in the queue, the largest
	u32 nb_buffer_units;  // packets in the queue, the largest
	u64 last_rt_report;   // when the next three were set (gf_filter_pid_set_rt_stats), 0 when never
	u32 rtt;              // milliseconds
	u32 jitter;
	u32 loss_rate;              // per thousand
	GF_Fraction64 last_ts_drop; // DTS over timescale of the last packet dropped
	GF_Fraction64 last_ts_sent;
} GF_FilterPidStatistics;
#define RFC6381_CODEC_NAME_SIZE_MAX 100

// ---- Making and removing outputs

// It is linked when the present callback returns. A filter with one input gets its properties and name,
// others a name `PID<n>` and nothing else. NULL when memory is short or the filter is being removed.
GF_EXPORT GF_FilterPid *gf_filter_pid_new(GF_Filter *filter);
// Output. Consumers take the packets sent before, then see it go.
GF_EXPORT void gf_filter_pid_remove(GF_FilterPid *PID);
// Makes (`*out_pid` NULL) or updates a PID that carries a file: StreamType file, path, URL, name, extension
// and MIME type. The extension, without dot, comes from `fext` or the URL. The first bytes of the file
// (`probe_data`, may be NULL) tell the MIME type of a new PID, unless one is given with `trust_mime` or
// probing is off. To be called again for each file sent on the PID.
GF_EXPORT GF_Err gf_filter_pid_raw_new(GF_Filter *filter, const char *url, const char *local_file,
	const char *mime_type, const char *fext, const u8 *probe_data, u32 probe_size, Bool trust_mime,
	GF_FilterPid **out_pid);
// The same for a block of memory, `gmem://...` (gf_blob_register): sends a copy as one packet and ends the
// PID.
GF_EXPORT GF_Err gf_filter_pid_raw_gmem(GF_Filter *filter, const char *url, GF_FilterPid **out_pid);

// ---- Properties. Who owns the memory of a value depends on its type, see props.h. NULL removes.

// Output. By code, by static name, by copied name: here all three copy the name. The same value again changes
// nothing.
GF_EXPORT GF_Err gf_filter_pid_set_property(GF_FilterPid *PID, u32 prop_4cc, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pid_set_property_str(
	GF_FilterPid *PID, const char *name, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pid_set_property_dyn(GF_FilterPid *PID, char *name, const GF_PropertyValue *value);
// Output. Consumers are told of a change by GF_FEVT_INFO_UPDATE with the next packet.
GF_EXPORT GF_Err gf_filter_pid_set_info(GF_FilterPid *PID, u32 prop_4cc, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pid_set_info_str(
	GF_FilterPid *PID, const char *name, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pid_set_info_dyn(GF_FilterPid *PID, char *name, const GF_PropertyValue *value);
// Output: the newest version; input: the one it was last configured with. NULL when absent. Valid until that
// version is replaced; not to be changed.
GF_EXPORT const GF_PropertyValue *gf_filter_pid_get_property(GF_FilterPid *PID, u32 prop_4cc);
GF_EXPORT const GF_PropertyValue *gf_filter_pid_get_property_str(GF_FilterPid *PID, const char *prop_name);
// All properties one by one: `*idx` is 0 at first and is moved. Sets either `*prop_4cc` or `*prop_name`, the
// other to 0. NULL behind the last.
GF_EXPORT const GF_PropertyValue *gf_filter_pid_enum_properties(
	GF_FilterPid *PID, u32 *idx, u32 *prop_4cc, const char **prop_name);
// The same for the informative properties of this PID.
GF_EXPORT const GF_PropertyValue *gf_filter_pid_enum_info(
	GF_FilterPid *PID, u32 *idx, u32 *prop_4cc, const char **prop_name);
// A property or informative property of this PID or, failing that, of those from which its filter makes it.
// Rules of gf_filter_get_info.
GF_EXPORT const GF_PropertyValue *gf_filter_pid_get_info(
	GF_FilterPid *PID, u32 prop_4cc, GF_PropertyEntry **propentry);
GF_EXPORT const GF_PropertyValue *gf_filter_pid_get_info_str(
	GF_FilterPid *PID, const char *prop_name, GF_PropertyEntry **propentry);
// Output. Removes all.
GF_EXPORT GF_Err gf_filter_pid_reset_properties(GF_FilterPid *PID);
// Makes the properties of an output those of another PID; costs nothing. The name is taken over when it is
// still `PID<n>`.
GF_EXPORT GF_Err gf_filter_pid_copy_properties(GF_FilterPid *dst_pid, GF_FilterPid *src_pid);
// Adds those that `filter_prop` (NULL: all) says true to.
GF_EXPORT GF_Err gf_filter_pid_merge_properties(
	GF_FilterPid *dst_pid, GF_FilterPid *src_pid, gf_filter_prop_filter filter_prop, void *cbk);
// The same from the properties that the packet was sent with.
GF_EXPORT GF_Err gf_filter_pid_copy_properties_from_packet(GF_FilterPid *dst_pid, GF_FilterPacket *src_pck);
GF_EXPORT GF_Err gf_filter_pid_merge_properties_from_packet(
	GF_FilterPid *dst_pid, GF_FilterPacket *src_pck, gf_filter_prop_filter filter_prop, void *cbk);
// Output. Sets properties given as text, `#Name=value#Name=value`, with the separators of the session or
// ":=#,". `direct_merge` makes no difference.
GF_EXPORT GF_Err gf_filter_pid_push_properties(
	GF_FilterPid *PID, char *args, Bool direct_merge, Bool use_default_seps);

// ---- Identity

// A pointer and 32 bits of the holder of this handle; the engine does not touch them.
GF_EXPORT void gf_filter_pid_set_udta(GF_FilterPid *PID, void *udta);
GF_EXPORT void *gf_filter_pid_get_udta(GF_FilterPid *PID);
GF_EXPORT GF_Err gf_filter_pid_set_udta_flags(GF_FilterPid *PID, u32 flags);
GF_EXPORT u32 gf_filter_pid_get_udta_flags(GF_FilterPid *PID);
// Output. Copied.
GF_EXPORT void gf_filter_pid_set_name(GF_FilterPid *PID, const char *name);
// Never NULL; valid until it changes.
GF_EXPORT const char *gf_filter_pid_get_name(GF_FilterPid *PID);
// Name of the filter that produces the stream.
GF_EXPORT const char *gf_filter_pid_get_filter_name(GF_FilterPid *PID);
// The filter that holds the handle.
GF_EXPORT GF_Filter *gf_filter_pid_get_owner(GF_FilterPid *PID);
// The filter that produces the stream.
GF_EXPORT GF_Filter *gf_filter_pid_get_source_filter(GF_FilterPid *PID);
// Output. Consumers by rank, NULL behind the last.
GF_EXPORT GF_Filter *gf_filter_pid_enum_destinations(GF_FilterPid *PID, u32 idx);
// Name of the source found by following first inputs.
GF_EXPORT const char *gf_filter_pid_get_source_filter_name(GF_FilterPid *PID);
// Declaration of that source. With `for_unicity` "_fan_out_" when an output on the way has several consumers.
GF_EXPORT const char *gf_filter_pid_orig_src_args(GF_FilterPid *PID, Bool for_unicity);
// Declaration of the filter that produces the stream, NULL when none.
GF_EXPORT const char *gf_filter_pid_get_args(GF_FilterPid *PID);
// URL of the sink found by following first outputs, and of the source found by following first inputs. To be
// freed with gf_free; NULL when there is none.
GF_EXPORT char *gf_filter_pid_get_destination(GF_FilterPid *PID);
GF_EXPORT char *gf_filter_pid_get_source(GF_FilterPid *PID);
// True when the filter produces the stream or lies in front of the one that does.
GF_EXPORT Bool gf_filter_pid_is_filter_in_parents(GF_FilterPid *PID, GF_Filter *filter);
// True when the producer of one stream lies in front of that of the other.
GF_EXPORT Bool gf_filter_pid_share_origin(GF_FilterPid *PID, GF_FilterPid *other_pid);
// Input. True when the stream was decoded on its way here.
GF_EXPORT Bool gf_filter_pid_has_decoder(GF_FilterPid *PID);
// Input. Private memory of the alias by which the stream reached this sink, NULL when it did not.
GF_EXPORT void *gf_filter_pid_get_alias_udta(GF_FilterPid *PID);

// ---- Packets of an input

// The first packet, which stays until it is dropped. NULL when there is none (yet, at the end, at a flush,
// while discarding) or when the filter refused new properties. May call configure_pid and process_event
// first.
GF_EXPORT GF_FilterPacket *gf_filter_pid_get_packet(GF_FilterPid *PID);
// True when this is the first packet in the queue: received from the PID and not dropped, nor discarded by a stop or
// a seek. The handle must be alive: that of a counted packet is.
GF_EXPORT Bool gf_filter_pid_is_first_packet(GF_FilterPid *PID, GF_FilterPacket *pck);
// Takes the first packet off the queue; its handle is dead unless a reference was taken.
GF_EXPORT void gf_filter_pid_drop_packet(GF_FilterPid *PID);
// Packets in the queue; output: in the queue of its first consumer.
GF_EXPORT u32 gf_filter_pid_get_packet_count(GF_FilterPid *PID);
// True when there is no packet, or the first has neither data nor frame interface.
GF_EXPORT Bool gf_filter_pid_first_packet_is_empty(GF_FilterPid *PID);
// True when the producer waits for the release of the first packet.
GF_EXPORT Bool gf_filter_pid_first_packet_is_blocking_ref(GF_FilterPid *PID);
// CTS of the first packet in the timescale in force here, without fetching it. False when there is no packet.
GF_EXPORT Bool gf_filter_pid_get_first_packet_cts(GF_FilterPid *PID, u64 *cts);
// With true, packets that make one frame or file are joined before they are delivered.
GF_EXPORT GF_Err gf_filter_pid_set_framing_mode(GF_FilterPid *PID, Bool requires_full_blocks);
// With true, the queue is emptied, what comes is dropped and the PID counts as ended.
GF_EXPORT GF_Err gf_filter_pid_set_discard(GF_FilterPid *PID, Bool discard_on);
// Calls the process of the producer now, unless it is running.
GF_EXPORT void gf_filter_pid_try_pull(GF_FilterPid *PID);

// ---- End of stream

// Output, NULL allowed. Nothing more will be sent; a packet sent nevertheless takes it back.
GF_EXPORT void gf_filter_pid_set_eos(GF_FilterPid *PID);
// Output. An end for those behind it to send what they keep, after which packets go on: consumers find no
// packet once.
GF_EXPORT void gf_filter_pid_send_flush(GF_FilterPid *PID);
// Input. True at the end with the queue empty, at a flush, and while discarding.
GF_EXPORT Bool gf_filter_pid_is_eos(GF_FilterPid *PID);
// Input. True when the end found last is a flush.
GF_EXPORT Bool gf_filter_pid_is_flush_eos(GF_FilterPid *PID);
// Input. True when the end was set on this stream or on one from which it is made (see gf_filter_block_eos).
GF_EXPORT Bool gf_filter_pid_has_seen_eos(GF_FilterPid *PID);
// Input. True when the end was set; packets may remain.
GF_EXPORT Bool gf_filter_pid_eos_received(GF_FilterPid *PID);
// Input. Takes the end back on this PID, or on all that come from its producer; with `all_pids` also in front
// of a producer that is blocked.
GF_EXPORT void gf_filter_pid_clear_eos(GF_FilterPid *PID, Bool all_pids);

// ---- Blocking and buffers

// Output: true when its link is full, checked now. Input: true when the producer was found blocked.
GF_EXPORT Bool gf_filter_pid_would_block(GF_FilterPid *PID);
// Output. Forgets that it blocks, so that process is called.
GF_EXPORT void gf_filter_pid_discard_block(GF_FilterPid *PID);
// Input. Its queue does not count for the blocking of the producer.
GF_EXPORT GF_Err gf_filter_pid_ignore_blocking(GF_FilterPid *PID, Bool do_ignore);
// True when packets may be rare: property Sparse, else every stream that is not audio, video or a file.
GF_EXPORT Bool gf_filter_pid_is_sparse(GF_FilterPid *PID);
// Output. Limits its link to a duration in microseconds, not below the default, and to no number of packets.
GF_EXPORT void gf_filter_pid_set_max_buffer(GF_FilterPid *PID, u32 total_duration_us);
// Input. Sum of the limits on the way here.
GF_EXPORT u32 gf_filter_pid_get_max_buffer(GF_FilterPid *PID);
// Moves the limits of the link of an input to an output: the filter passes packets on at once.
GF_EXPORT void gf_filter_pid_copy_buffer_req(GF_FilterPid *dst, GF_FilterPid *src);
// State of the link: limits (packets, 0 when durations count; microseconds) and the longest queue. Results
// may be NULL. False while the session is flushed, and for a pointer that is no PID (as below).
GF_EXPORT Bool gf_filter_pid_get_buffer_occupancy(
	GF_FilterPid *PID, u32 *max_units, u32 *nb_pck, u32 *max_duration, u32 *duration);
// Microseconds of media. Output: in its longest queue. Input: in all queues on the way here; with
// `check_pid_full` 0 while the link has room, GF_FILTER_NO_TS when it counts packets.
GF_EXPORT u64 gf_filter_pid_query_buffer_duration(GF_FilterPid *PID, Bool check_pid_full);
GF_EXPORT u64 gf_filter_pid_query_buffer_duration_and_max(GF_FilterPid *PID, u32 *max_buffer);
// Output. Asks that a packet sent be handed on as soon as possible, which the scheduler does anyway.
GF_EXPORT GF_Err gf_filter_pid_allow_direct_dispatch(GF_FilterPid *PID);

// ---- Timing

// Units per second of the version in force, 0 when unset: times are then milliseconds.
GF_EXPORT u32 gf_filter_pid_get_timescale(GF_FilterPid *PID);
// Shortest packet sent, in the timescale of the PID; 0 when unknown.
GF_EXPORT u32 gf_filter_pid_get_min_pck_duration(GF_FilterPid *PID);
// DTS where the packet after the last one sent is expected, GF_FILTER_NO_TS before the first.
GF_EXPORT u64 gf_filter_pid_get_next_ts(GF_FilterPid *PID);
// Output. Packets sent without DTS get one from the steps of their CTS, in place of DTS equal to CTS.
GF_EXPORT void gf_filter_pid_recompute_dts(GF_FilterPid *PID, Bool do_recompute);
// Input. Clock references are left to the filter and not passed on to its outputs.
GF_EXPORT void gf_filter_pid_set_clock_mode(GF_FilterPid *PID, Bool filter_in_charge);
// Input. The clock reference that came since the last call, and its time.
GF_EXPORT GF_FilterClockType gf_filter_pid_get_clock_info(GF_FilterPid *PID, u64 *clock_val, u32 *timescale);
// True between PLAY and STOP.
GF_EXPORT Bool gf_filter_pid_is_playing(GF_FilterPid *PID);

// ---- Links and negotiation

// Output. Nothing is said when nobody takes it.
GF_EXPORT void gf_filter_pid_set_loose_connect(GF_FilterPid *PID);
// Output. Links only to filters that name a source.
GF_EXPORT GF_Err gf_filter_pid_require_source_id(GF_FilterPid *PID);
// True when the properties that the consumer sees on its input PID match its capabilities. They are matched
// before the first configure_pid only: a filter asks this when it is configured again. False for an output
// PID.
GF_EXPORT Bool gf_filter_pid_check_caps(GF_FilterPid *PID);
// Output: the value that a consumer negotiates or, when nothing is negotiated, that a filter behind it set as
// its own capability (gf_filter_override_caps). Input of an inserted filter: the capability of the filter
// that follows it. NULL when there is none.
GF_EXPORT const GF_PropertyValue *gf_filter_pid_caps_query(GF_FilterPid *PID, u32 prop_4cc);
// Output. The negotiated value.
GF_EXPORT const GF_PropertyValue *gf_filter_pid_caps_query_str(GF_FilterPid *PID, const char *prop_name);
// Input. Asks for another value of a property: the producer changes it (reconfigure_output), or a filter is
// put in between. Done after the callback: configure_pid is called when it worked, else the PID is
// disconnected. By code, by static name, by copied name: all three copy the name.
GF_EXPORT GF_Err gf_filter_pid_negotiate_property(
	GF_FilterPid *PID, u32 prop_4cc, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pid_negotiate_property_str(
	GF_FilterPid *PID, const char *name, const GF_PropertyValue *value);
GF_EXPORT GF_Err gf_filter_pid_negotiate_property_dyn(
	GF_FilterPid *PID, char *name, const GF_PropertyValue *value);

// ---- Names

// Fills in a file name: `$KEY$`, or `$KEY%0Nd$` for a number of N digits. Keys are num (`file_number`), File
// (name of the source without directory and extension), URL, FS (`file_suffix`), PID, Type, OType, p4cc=ABCD,
// pname=NAME, any property of the PID or of its first packet, and cts, dts, dur, sap of that packet. `$$` is
// a dollar. Keywords of segment names ($Number$, $Time$...) stay. `file_name` replaces the name of the
// source. Errors: GF_BAD_PARAM for a key without value, an open `$` or no PID, GF_OUT_OF_MEM above GF_MAX_PATH.
// `szFinalName` is then untouched.
GF_EXPORT GF_Err gf_filter_pid_resolve_file_template(GF_FilterPid *PID, const char *szTemplate,
	char szFinalName[GF_MAX_PATH], u32 file_number, const char *file_suffix);
GF_EXPORT GF_Err gf_filter_pid_resolve_file_template_ex(GF_FilterPid *PID, const char *szTemplate,
	char szFinalName[GF_MAX_PATH], u32 file_number, const char *file_suffix, const char *file_name);
// The `codecs` value of a MIME type (RFC 6381): property Codec, else made from codec and decoder
// configuration, or from `tile_base_dcd` when given. `force_inband`: parameter sets are in the stream (avc3,
// hev1...); told back in `out_inband_forced`, which may be NULL. `force_sbr`: implicit SBR of AAC is
// signalled. GF_BAD_PARAM without CodecID or StreamType.
GF_EXPORT GF_Err gf_filter_pid_get_rfc_6381_codec_string(GF_FilterPid *PID,
	char szCodec[RFC6381_CODEC_NAME_SIZE_MAX], Bool force_inband, Bool force_sbr,
	const GF_PropertyValue *tile_base_dcd, u32 *out_inband_forced);

// ---- Events, see filter_events.h

// Queues a copy of an event. Input: on the producer. Output: on its consumers; on those of all outputs of the
// filter when `on_pid` is NULL. A NULL handle takes `on_pid`. INFO_UPDATE and RESET_SCENE cannot be sent.
GF_EXPORT void gf_filter_pid_send_event(GF_FilterPid *PID, GF_FilterEvent *evt);
// Input. Fills in a PLAY event, without sending it, with what the producer can do of `start` (seconds; below
// 0 a part of the duration, -1 the end) and `speed`. `log_name` names the filter in the warning that less is
// done.
GF_EXPORT void gf_filter_pid_init_play_event(
	GF_FilterPid *PID, GF_FilterEvent *evt, Double start, Double speed, const char *log_name);

// ---- Statistics

// GF_NOT_FOUND when there is no filter of that kind.
GF_EXPORT GF_Err gf_filter_pid_get_statistics(
	GF_FilterPid *PID, GF_FilterPidStatistics *stats, GF_FilterPidStatsLocation location);
// Input. Stores what the network reports of the stream: round trip in milliseconds, jitter in microseconds,
// loss per thousand.
GF_EXPORT GF_Err gf_filter_pid_set_rt_stats(GF_FilterPid *PID, u32 rtt_ms, u32 jitter_us, u32 loss_rate);

#ifdef __cplusplus
}
#endif

#endif
