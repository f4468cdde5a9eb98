// SPDX-License-Identifier: MIT
#ifndef GPAC_FILTER_EVENTS_H
#define GPAC_FILTER_EVENTS_H

#include <string.h>
#include <gpac/events.h>
#include <gpac/props.h>
#include <gpac/filter_types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	GF_FEVT_PLAY = 1,
	GF_FEVT_SET_SPEED = 2,
	GF_FEVT_STOP = 3,
	GF_FEVT_PAUSE = 4,
	GF_FEVT_RESUME = 5,
	GF_FEVT_SOURCE_SEEK = 6,
	GF_FEVT_SOURCE_SWITCH = 7,
	GF_FEVT_SEGMENT_SIZE = 8,
	GF_FEVT_ATTACH_SCENE = 9,
	GF_FEVT_RESET_SCENE = 10,
	GF_FEVT_QUALITY_SWITCH = 11,
	GF_FEVT_VISIBILITY_HINT = 12,
	GF_FEVT_INFO_UPDATE = 13,
	GF_FEVT_BUFFER_REQ = 14,
	GF_FEVT_CAPS_CHANGE = 15,
	GF_FEVT_CONNECT_FAIL = 16,
	GF_FEVT_USER = 17,
	GF_FEVT_PLAY_HINT = 18,
	GF_FEVT_FILE_DELETE = 19,
	GF_FEVT_FRAGMENT_SIZE = 20,
	GF_FEVT_TRANSPORT_HINTS = 21,
	GF_FEVT_NTP_REF = 22,
	GF_FEVT_DASH_QUALITY_SELECT = 23,
	GF_FEVT_NETWORK_HINT = 24,
} GF_FEventType;
typedef enum {
	GF_TRANSPORT_HINTS_NONE = 0,
	GF_TRANSPORT_HINTS_SAW_ENCODER = 1,
} GF_TransportHintsFlags;
typedef enum {
	GF_QUALITY_SELECTED = 0,
	GF_QUALITY_UNSELECTED = 1,
	GF_QUALITY_DISABLED = 2,
} GF_QualtitySelectionState;
typedef struct gf_fevt_base {
	GF_FEventType type;
	GF_FilterPid *on_pid;
} GF_FEVT_Base;

typedef struct gf_fevt_play {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	Double start_range;
	Double end_range;
	Double speed;
	u32 from_pck;
	u8 hw_buffer_reset;
	u8 initial_broadcast_play;
	u8 timestamp_based;
	u8 full_file_only;
	u8 forced_dash_segment_switch;
	u8 drop_non_ref;
	u8 no_byterange_forward;
	u32 to_pck;
	u32 orig_delay;
	u64 hint_first_dts;
	u64 hint_start_offset;
	u64 hint_end_offset;
} GF_FEVT_Play;

typedef struct gf_fevt_sourceseek {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	u64 start_offset;
	u64 end_offset;
	const char *source_switch;
	u8 is_init_segment;
	u8 skip_cache_expiration;
	u32 hint_block_size;
} GF_FEVT_SourceSeek;

typedef struct gf_fevt_segmentsize {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	const char *seg_url;
	const char *base64_version;
	u64 media_range_start;
	u64 media_range_end;
	u64 idx_range_start;
	u64 idx_range_end;
	u8 is_init;
	u8 is_shift;
} GF_FEVT_SegmentSize;

typedef struct gf_fevt_fragmentsize {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	Bool is_last;
	u64 offset;
	u64 size;
	GF_Fraction64 duration;
	Bool independent;
} GF_FEVT_FragmentSize;

typedef struct gf_fevt_attachscene {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	void *object_manager;
	void *node;
} GF_FEVT_AttachScene;

typedef struct gf_fevt_qualityswitch {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	Bool up;
	u32 dependent_group_index;
	s32 q_idx;
	u32 set_tile_mode_plus_one;
	u32 quality_degradation;
} GF_FEVT_QualitySwitch;

typedef struct gf_fevt_event {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	GF_Event event;
} GF_FEVT_Event;

typedef struct gf_fevt_filedelete {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	const char *url;
} GF_FEVT_FileDelete;

typedef struct gf_fevt_visibilityhint {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	u32 min_x;
	u32 max_x;
	u32 min_y;
	u32 max_y;
	Bool is_gaze;
} GF_FEVT_VisibilityHint;

typedef struct gf_fevt_bufferrequirement {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	u32 max_buffer_us;
	u32 max_playout_us;
	u32 min_playout_us;
	Bool pid_only;
} GF_FEVT_BufferRequirement;

typedef struct gf_fevt_transporthints {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	GF_TransportHintsFlags flags;
	GF_Fraction seg_duration;
	Bool gen_dsi_only;
	Bool wait_seg_boundary;
} GF_FEVT_TransportHints;

typedef struct gf_fevt_ntpref {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	u64 ntp;
} GF_FEVT_NTPRef;

typedef struct gf_fevt_dashqualityselection {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	u32 service_id;
	const char *period_id;
	s32 as_id;
	const char *rep_id;
	GF_QualtitySelectionState select_type;
} GF_FEVT_DASHQualitySelection;

typedef struct gf_fevt_networkhint {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	u32 mtu_size;
	u32 sink_type;
} GF_FEVT_NetworkHint;

typedef union gf_filterevent {
	GF_FEVT_Base base;
	GF_FEVT_Play play;
	GF_FEVT_SourceSeek seek;
	GF_FEVT_AttachScene attach_scene;
	GF_FEVT_Event user_event;
	GF_FEVT_QualitySwitch quality_switch;
	GF_FEVT_VisibilityHint visibility_hint;
	GF_FEVT_BufferRequirement buffer_req;
	GF_FEVT_SegmentSize seg_size;
	GF_FEVT_FragmentSize frag_size;
	GF_FEVT_FileDelete file_del;
	GF_FEVT_TransportHints transport_hints;
	GF_FEVT_NTPRef ntp;
	GF_FEVT_DASHQualitySelection dash_select;
	GF_FEVT_NetworkHint net_hint;
} GF_FilterEvent;
GF_EXPORT const char *gf_filter_event_name(GF_FEventType type);

#define GF_FEVT_INIT(evt, evt_type, pid) \
	do { \
		memset(&(evt), 0, sizeof(GF_FilterEvent)); \
		(evt).base.type = (evt_type); \
		(evt).base.on_pid = (pid); \
	} while (0)

#ifdef __cplusplus
}
#endif

#endif
