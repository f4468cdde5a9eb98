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

// Events between filters: control of playback, toward the sources, and news in both directions.
//
// An event is sent by gf_filter_pid_send_event on a handle or gf_filter_send_event on a filter; it is copied,
// strings included, queued on the filter on the other end and given to its process_event in turn with its
// other calls. What that does not stop goes on: from an output to all inputs of its filter, from an input to
// the consumers of all outputs. PLAY and SET_SPEED, STOP, PAUSE, RESUME, SOURCE_SEEK, SOURCE_SWITCH and
// BUFFER_REQ have effects of their own in the engine, below. With several consumers, PLAY and
// PAUSE pass to the producer from the first that asks, STOP and RESUME from the last.
//
// GF_FEVT_INIT prepares an event, type and `on_pid` set, all else 0. The type tells the member of
// GF_FilterEvent. Strings that process_event sees belong to the engine, those given to a sender are the
// caller's.

typedef enum {
	// Member play. Start a stream. Not sent on a PID that plays. The first one, from 0.1 s on, drops what was
	// queued.
	GF_FEVT_PLAY = 1,
	GF_FEVT_SET_SPEED = 2, // member play: only `speed`, by which the limits of the link are multiplied
	// Member play. Stop a stream; what was queued is dropped. A filter with one input and one output discards
	// its input from then to PLAY, unless it stops the event.
	GF_FEVT_STOP = 3,
	GF_FEVT_PAUSE = 4, // for interactive channels: consumers pause by not fetching
	GF_FEVT_RESUME = 5,
	// Member seek. Read a file from another offset; what was queued is dropped. Only reaches the next source.
	GF_FEVT_SOURCE_SEEK = 6,
	// Member seek. Another URL for a source, whose end is taken back.
	GF_FEVT_SOURCE_SWITCH = 7,
	GF_FEVT_SEGMENT_SIZE = 8,     // member seg_size: a muxer tells a manifest generator where a segment lies
	GF_FEVT_ATTACH_SCENE = 9,     // member attach_scene: a presentation gives its scene to scene decoders
	GF_FEVT_RESET_SCENE = 10,     // member attach_scene: cannot be sent
	GF_FEVT_QUALITY_SWITCH = 11,  // member quality_switch: for clients that choose among qualities
	GF_FEVT_VISIBILITY_HINT = 12, // member visibility_hint: the part of the picture that is seen
	// From the engine: informative properties changed on the input `on_pid`. True keeps it from consumers.
	GF_FEVT_INFO_UPDATE = 13,
	GF_FEVT_BUFFER_REQ = 14,      // member buffer_req: limits of links; taken by the engine
	GF_FEVT_CAPS_CHANGE = 15,     // limits of screen and sound changed
	GF_FEVT_CONNECT_FAIL = 16,    // from the engine: nobody takes the output `on_pid`
	GF_FEVT_USER = 17,            // member user_event: input of a user
	GF_FEVT_PLAY_HINT = 18,       // member play: the consumer wants complete files, or a segment is over
	GF_FEVT_FILE_DELETE = 19,     // member file_del: a file is not needed any more
	GF_FEVT_FRAGMENT_SIZE = 20,   // member frag_size: a muxer tells where a fragment lies
	GF_FEVT_TRANSPORT_HINTS = 21, // member transport_hints: what segmentation needs of the filters before it
	GF_FEVT_NTP_REF = 22,         // member ntp
	GF_FEVT_DASH_QUALITY_SELECT = 23, // member dash_select: which quality is in use, for multicast sources
	GF_FEVT_NETWORK_HINT = 24,        // member net_hint: what the network behind a muxer carries
} GF_FEventType;

typedef enum {
	GF_TRANSPORT_HINTS_NONE = 0,
	GF_TRANSPORT_HINTS_SAW_ENCODER = 1, // an encoder got the event: it will place key frames
} GF_TransportHintsFlags;

typedef enum {
	GF_QUALITY_SELECTED = 0,
	GF_QUALITY_UNSELECTED = 1,
	GF_QUALITY_DISABLED = 2,
} GF_QualtitySelectionState;

// How each event begins.
typedef struct gf_fevt_base {
	GF_FEventType type;
	// An output for events from consumers, an input for events from producers, NULL for the filter as a
	// whole.
	GF_FilterPid *on_pid;
} GF_FEVT_Base;

typedef struct gf_fevt_play {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	Double start_range;        // seconds; below 0: the end
	Double end_range;          // seconds; no end when not after the start
	Double speed;              // 1 is normal, below 0 backward
	u32 from_pck;              // rank of the first packet, from 1; 0 unused
	u8 hw_buffer_reset;        // buffers of devices are emptied
	u8 initial_broadcast_play; // 1: first PLAY of a live stream; 2: PLAY and STOP only to disconnect
	// What the range counts: 0 media time, 1 timestamps, 2 media time with no shift to the first timestamp, 3
	// media time with packets before the start not marked for seeking.
	u8 timestamp_based;
	u8 full_file_only;             // files are delivered whole, or not sent when the consumer can open them
	u8 forced_dash_segment_switch; // PLAY: give up the download under way; PLAY_HINT: a segment begins
	u8 drop_non_ref;               // frames to which no other refers need not be sent
	u8 no_byterange_forward;       // the source was placed already
	u32 to_pck;                    // rank of the last packet, 0 unused
	u32 orig_delay;                // delay that was applied before, in the timescale of the PID
	u64 hint_first_dts;            // in the timescale of the PID
	u64 hint_start_offset;         // bytes in the file where the range lies
	u64 hint_end_offset;
} GF_FEVT_Play;

typedef struct gf_fevt_sourceseek {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	u64 start_offset;          // bytes
	u64 end_offset;            // 0: the end of the file
	const char *source_switch; // SOURCE_SWITCH: the new URL, NULL: stop the download
	u8 is_init_segment;        // to be kept
	u8 skip_cache_expiration;  // a copy in the cache will do although it is too old
	u32 hint_block_size;       // bytes that the reader wants at a time, 0: any
} GF_FEVT_SourceSeek;

typedef struct gf_fevt_segmentsize {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	const char *seg_url;        // NULL when all segments are in one file
	const char *base64_version; // of an initialisation segment, or NULL
	u64 media_range_start;      // bytes; the ends are the last byte of the range
	u64 media_range_end;
	u64 idx_range_start; // of the segment index, 0 and 0 when none
	u64 idx_range_end;
	u8 is_init;  // initialisation segment; with an index range: the index of the file
	u8 is_shift; // the index was inserted: what was told before moves by its size
} GF_FEVT_SegmentSize;

typedef struct gf_fevt_fragmentsize {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	Bool is_last; // of its segment
	u64 offset;   // bytes in the segment
	u64 size;
	GF_Fraction64 duration; // seconds
	Bool independent;       // begins with a stream access point
} GF_FEVT_FragmentSize;

typedef struct gf_fevt_attachscene {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	void *object_manager; // both known to presentation and decoder only
	void *node;
} GF_FEVT_AttachScene;

typedef struct gf_fevt_qualityswitch {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	Bool up;                    // one better, else one worse
	u32 dependent_group_index;  // rank from 1 of the dependent group, 0: the group itself
	s32 q_idx;                  // the quality, below 0: automatic
	u32 set_tile_mode_plus_one; // 0: no change
	u32 quality_degradation;    // percent to give up
} GF_FEVT_QualitySwitch;

typedef struct gf_fevt_event {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	GF_Event event;
} GF_FEVT_Event;

typedef struct gf_fevt_filedelete {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	const char *url; // "__gpac_self__": the file of the source that gets the event
} GF_FEVT_FileDelete;

typedef struct gf_fevt_visibilityhint {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	u32 min_x; // pixels; above max_x when the part goes over the edge of a 360 degree picture
	u32 max_x;
	u32 min_y;
	u32 max_y;
	Bool is_gaze; // `min_x` and `min_y` are the point looked at
} GF_FEVT_VisibilityHint;

typedef struct gf_fevt_bufferrequirement {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	u32 max_buffer_us;  // limit of the link, microseconds
	u32 max_playout_us; // playing starts at this level
	u32 min_playout_us; // playing waits again below this level
	Bool pid_only;      // this link; else the link in front of the decoder, or else of the file reader
} GF_FEVT_BufferRequirement;

typedef struct gf_fevt_transporthints {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	GF_TransportHintsFlags flags;
	GF_Fraction seg_duration; // seconds
	Bool gen_dsi_only;        // an encoder makes its configuration and no packets
	Bool wait_seg_boundary;   // a reframer sends nothing before the next segment
} GF_FEVT_TransportHints;

typedef struct gf_fevt_ntpref {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	u64 ntp; // NTP time, 32 bits of seconds and 32 bits of fraction, of another service
} GF_FEVT_NTPRef;

typedef struct gf_fevt_dashqualityselection {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	u32 service_id;
	const char *period_id; // may be NULL
	s32 as_id;             // adaptation set
	const char *rep_id;    // representation, may be NULL
	GF_QualtitySelectionState select_type;
} GF_FEVT_DASHQualitySelection;

typedef struct gf_fevt_networkhint {
	GF_FEventType type;
	GF_FilterPid *on_pid;
	u32 mtu_size;  // bytes of a packet on the network
	u32 sink_type; // four-character code: MABR, multicast adaptive bit rate
} GF_FEVT_NetworkHint;

// The engine reads the member of the type only: a caller may pass a pointer to that member alone.
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

// Static; "UNKNOWN" for other numbers.
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
