// SPDX-License-Identifier: MIT
// The private structures of the engine: session, filter, PID, packet. Only src/graph includes this page.
//
// A session owns filters. A filter owns its output PIDs (OutPid); each link to a consumer is an InPid,
// owned by the consuming filter, with its own queue. A public GF_FilterPid handle is the common head of
// both. A packet (Packet) belongs to one OutPid; each queue holds an entry (PckEntry) that refers to it.
// A public GF_FilterPacket handle is the common head of both.
#ifndef GRAPH_GRAPH_H
#define GRAPH_GRAPH_H

#include <pthread.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include <gpac/constants.h>
#include "base/handle.h"
#include "graph/prop_map.h"

typedef struct out_pid OutPid;
typedef struct in_pid InPid;
typedef struct packet Packet;
typedef struct pck_entry PckEntry;
typedef struct fs_task FsTask;
typedef struct reg_graph RegGraph;     // resolver.h
typedef struct arg_tracker ArgTracker; // args.h
typedef struct scheduler Scheduler;    // sched.h
typedef struct pck_pool PckPool;       // pck_pool.c

// The six separators of a session, in the order of gf_fs_set_separators.
typedef struct {
	char args, name, frag, list, neg, link;
} Separators;

// Filters in a row that a walk along the graph follows: beyond that it is a mistake of a script, or a loop.
#define MAX_GRAPH_DEPTH 100

// ---- Session

typedef enum { FLUSH_NOT = 0, FLUSH_RUNNING, FLUSH_STOPPED } FlushState;

// downloads.c
typedef struct {
	pthread_mutex_t lock; // of the list and its counts; nothing is called under it
	struct gf_download *first;
	atomic_uint max_rate; // bit/s of all, 0 for no limit
	u64 free_us;          // nothing is received before this time
	void *shared;         // of the filters that download, see gf_download_shared
	void (*shared_del)(void *shared);
} SessionDownloads;

struct gf_filter_session {
	u32 flags; // GF_FilterSessionFlags
	Separators seps;
	GF_List *registers; // const GF_FilterRegister *, in registration order
	GF_List *modules;   // handles of external filter libraries
	GF_List *filters;   // GF_Filter *, in creation order
	u32 nb_created;     // 1-based index of the last filter created
	u32 max_chain;
	RegGraph *reg_graph; // built at the first resolution
	ArgTracker *args;
	Scheduler *sched;
	PckPool *pool;
	atomic_uintptr_t thread; // thread_self() of the thread that runs the session
	atomic_uint holds;     // the session itself until it is deleted, and holders of its packets (gf_fs_hold)
	GF_List *zombies;      // GF_Filter *: removed, but packets with a destructor of theirs still live

	struct {
		u32 units;  // default unit limit
		u32 gen_us; // default time limit
		u32 dec_us; // default time limit of decoder inputs
		Bool fanout_only, off; // core option no-block
		Bool ignored;          // off, or the session is flushed
	} buffers;

	SessionDownloads downloads;

	struct {
		gf_fs_gl_activate provider; // of the application, NULL when it has none
		void *udta;
		const struct gl_module *module;
		void *context; // made for the session, NULL until a filter asked
	} gl;

	GF_Err run_status, last_connect_error, last_process_error;
	GF_Err setup_error; // a filter that the linker loaded refused its options: told when the run ends
	FlushState flush;
	Bool flush_started; // the filters were told
	atomic_uint reporting; // set from any thread
	atomic_uint has_sync_args; // some register has an option with GF_FS_ARG_UPDATE_SYNC
	Bool in_delete;

	gf_fs_on_filter_creation on_filter;
	void *udta;
	Bool (*ui_proc)(void *opaque, GF_Event *event);
	void *ui_udta;
	GF_FilterSessionCaps caps;
	u32 walk;         // number of the last walk through the graph
	u32 event_serial; // of the last event sent
	u64 clock_hint_us; // gf_filter_hint_single_clock
	GF_Fraction64 clock_hint_media;
};

// ---- Filter

typedef enum {
	FILTER_EXPLICIT = 0,
	FILTER_DYNAMIC,    // loaded by the resolver
	FILTER_ADAPTATION, // loaded for a negotiation: connects only to `link.requester`
	FILTER_ALIAS,      // carries a URL for a sink that serves several
	FILTER_TEMPORARY,  // initialised to learn its capabilities, never linked
} FilterKind;

typedef enum { CLONE_NO = 0, CLONE_YES, CLONE_PROBE } Clonable;

typedef enum {
	FILTER_ALIVE = 0,
	FILTER_DISABLED,  // no more process calls: all outputs unconnected, fatal error, or final flush
	FILTER_REMOVED,   // will be finalised; not linkable
	FILTER_FINALIZED, // `finalize` was called
} FilterState;

// What the linker knows of a filter.
typedef struct {
	GF_List *dests;         // GF_Filter *: filters this one was loaded for (next of the chain, final destination)
	GF_List *dest_links;    // GF_Filter *: final destinations still to be resolved when PIDs appear
	GF_Filter *next;        // dynamic: the filter that follows in the chain, NULL when its outputs are still unknown
	GF_Filter *requester;   // adaptation: the only allowed destination
	Bool for_sink;          // dynamic: a muxer or writer loaded in front of a sink
	GF_Filter *clone_of;
	GF_List *blacklist;     // const GF_FilterRegister *: refused as next filter of any PID
	char *restricted_source; // source ID handed to the chains loaded from this filter
	char *source_ids;       // SID
	char *unbound_ids;      // SID before `#Name=*` in it was bound to a value, NULL when it was not
	s32 bundle;             // input bundle chosen by the resolution that loaded the filter, -1 for any
	u32 max_extra_pids;
	u8 clonable;            // Clonable
	Bool require_source_id; // RSID
	Bool deferred;          // DL: no linking before gf_filter_reconnect_output
	Bool no_inputs;         // gf_filter_disable_inputs
	Bool no_probe;          // gf_filter_disable_probe
	s8 remux;               // nomux option: 1 forced remux, 0 direct copy, -1 as the register says
	Bool acts_as_sink;
	u32 encoder_codec;      // codec id an encoder was selected for (`c=`), 0 otherwise
	GF_PropStringList skip_codecs; // ccp
	Bool ccp;
} FilterLink;

typedef struct {
	u64 nb_tasks, nb_pck_processed, nb_bytes_processed, nb_pck_sent, nb_hw_pck_sent, nb_bytes_sent;
	u64 time_process, last_task_time;
	u32 untimed, time_weight; // process calls to go unmeasured, and the calls that the next measure stands for
	u32 nb_errors, nb_current_errors;
	u64 first_error_us; // clock of the first error of the current run of errors
	u32 nb_idle_calls;  // consecutive process calls that moved nothing
	u32 percent;
	char *status;
	Bool report_updated;
	GF_Fraction64 last_ts_sent, last_ts_drop;
} FilterStats;

// What the scheduler knows of a filter.
typedef struct {
	GF_Filter *next, *prev;   // ready queue
	Bool queued;              // in the ready queue
	Bool process_wanted;      // a process call is due
	Bool in_process;
	Bool rt_asked;            // gf_filter_ask_rt_reschedule was called during this process call
	Bool waited;              // fetched from an empty PID during this process call
	u64 due_us;               // process not before this clock, 0 when not delayed
	Bool is_retry;            // the delay is not one that the filter asked for: it ends when something happens
	u32 heap_pos;             // 1-based position in the timer heap, 0 when not in it
	FsTask *tasks, *tasks_tail;
	u32 nb_moved;             // packets sent or dropped during this process call
	u32 nb_idle;              // consecutive process calls that moved nothing
	int fd;                   // descriptor given to epoll, -1 for none
	Bool fd_armed;            // its event is waited for
} FilterSched;

struct gf_filter {
	Handle handle; // first: a filter has the address of its handle
	GF_FilterSession *fs;
	const GF_FilterRegister *reg;
	GF_FilterRegister *own_reg; // custom filters: the register made for this instance
	void *priv;                 // private_size bytes
	u32 index;                  // 1-based creation index
	FilterKind kind;
	FilterState state;
	char *name;
	char *id;
	char *tag, *itag;
	u32 subsession, subsource;
	char *src_args;  // declaration as given (explicit) or as inherited (dynamic), without the register name
	char *dst_args;  // options of the destination the filter was loaded for
	char *frag_props; // concatenated `#Name=value` assignments, applied on each output PID
	const GF_FilterCapability *caps; // per-instance override, NULL for those of the register
	u32 nb_caps, alloc_caps;
	GF_FilterCapability *own_caps;   // gf_filter_push_caps: array owned by the filter
	GF_List *inputs;  // InPid *
	GF_List *outputs; // OutPid *
	FilterLink link;
	FilterSched sched;
	FilterStats stats;
	struct {
		u32 time_us, dec_us, units; // FBT, FBD, FBU; 0 when unset
		Bool prevent_blocking;
		u32 nb_blocked; // outputs whose `blocked` is set
	} buffers;
	Bool sticky;
	Bool negotiating; // values are asked for on some output
	Bool had_input; // was connected once: removed when it loses its last input
	Bool event_target;
	u32 walk; // last walk that came here
	u32 events_seen[8]; // serials of the last filter-wide events
	u32 nb_events_seen;
	Bool setup_notified;
	Bool is_alias_of_set;
	GF_Filter *alias_of;
	u32 in_setup;       // inside initialize or configure_pid
	GF_Err setup_error; // set by gf_filter_setup_failure inside these
	Bool block_eos;
	Bool eos_pending_data; // consumed an end of stream and may still hold data to drain
	void *rt_udta;
	Bool (*on_setup_error)(GF_Filter *f, void *udta, GF_Err e);
	GF_Filter *on_setup_error_filter;
	void *on_setup_error_udta;
	char *log_spec; // LT
	GF_List *removed_pids;  // OutPid *: removed, kept while `nb_live_pcks` or their `nb_unsent` is not 0
	Packet *live_pcks;        // packets whose destructor is due, under the lock of the pool
	atomic_uint nb_live_pcks; // their number, until their destructor returned
	const GF_FilterArgs *instance_args; // gf_filter_define_args
};

// ---- PIDs

struct gf_filter_pid {
	Handle handle; // first, as above
	Bool is_input;
	u32 udta_flags;
	GF_Filter *filter; // owner of the handle: producer of an OutPid, consumer of an InPid
	void *udta;
};

// Timing memory of an output PID, for the fixes made when a packet is sent.
typedef struct {
	u64 last_dts;
	u32 last_duration; // of the packet of last_dts
	u32 sent_duration; // of the last packet
	u64 last_cts;
	u32 min_duration;
	u32 min_cts_step;
	Bool has_last, recompute_dts;
} PidTiming;

struct out_pid {
	struct gf_filter_pid head;
	char *name;
	PropMap *map;  // newest properties
	PropMap *info; // informative properties, NULL when none
	Bool info_changed;
	GF_List *dests; // InPid *
	PckEntry *held, *held_tail; // packets sent before the PID was connected
	u32 nb_held;
	u32 nb_unsent; // packets made and neither sent nor discarded: a removed PID stays for them

	Bool init_pending;     // a linking pass is queued
	Bool linked_once;
	Bool not_connected;    // nobody took it: packets are dropped
	Bool removed;
	GF_Err relink_error;   // a consumer refused new properties: reported when nothing replaces it
	Bool props_applied;    // user properties of the declaration were applied
	Bool loose;            // gf_filter_pid_set_loose_connect
	Bool require_source_id;
	Bool untrusted_ext;    // the extension does not count for matching
	Bool direct_dispatch;

	Bool playing, had_play;
	Bool auto_play; // playing because it sent before any PLAY
	Bool eos;
	Bool flushed;          // a flush was sent behind the last packet
	Bool blocked;          // counted in filter->buffers.nb_blocked
	u32 max_units;         // 0: limited by time
	u64 max_us;
	u64 unit_limit, us_limit; // the same at the playback speed
	u64 grown_units, grown_us; // least limits since a stall (stall.c)
	Bool stall_told;
	Bool buffer_req;       // limits come from a request
	double speed;          // buffer multiplier, at least |speed|
	u32 max_playout_us, min_playout_us;

	PidTiming timing;
	PropMap *wanted;       // negotiated values, NULL when none
	GF_List *adapter_blacklist;
	u64 nb_pck_sent;
};

typedef struct {
	u64 nb_processed, nb_saps;
	u64 total_process_us, max_process_us, first_process_us, last_process_us;
	u64 total_sap_us, max_sap_us;
	u64 window_start, window_bytes, total_bytes, first_ts, last_ts;
	u32 max_bitrate; // over one second of media
	u32 last_size;   // bytes of the packet of last_ts
	u64 drop_start_us; // clock when the packet at the head was fetched
	u32 rtt, jitter, loss_rate;
	u64 last_rt_report;
} PidStats;

struct in_pid {
	struct gf_filter_pid head;
	OutPid *pid;        // producer side; never NULL while the InPid lives
	PropMap *map;       // version the consumer was last configured with
	PckEntry *first, *last;
	u32 nb_packets;
	u32 nb_ends, nb_starts; // packets that end, start a frame
	u64 queued_us;      // duration of the queue
	Bool configured;    // configure_pid accepted the PID once
	Bool framing;
	Bool discard;
	Bool playing;
	Bool muted;         // gets no packets before its next PLAY or seek reached the producer
	Bool paused;
	Bool eos;           // producer signalled the end
	Bool eos_seen;      // the consumer was told
	Bool flush;         // the end seen is a flush
	Bool removed;       // producer removed the PID: disconnect once the queue is empty
	Bool leaving;       // a disconnection is queued
	Bool reconfiguring; // a reconfiguration without packet is queued
	GF_Err refused;     // why the consumer refused new properties, GF_OK otherwise
	Bool ignore_blocking;
	u32 bundle;
	GF_Filter *alias;   // alias through which the PID reached a shared sink
	PropMap *wanted;    // values this consumer negotiates
	Bool clock_in_charge; // the consumer passes clocks on itself
	GF_FilterClockType clock_type;
	u64 clock_val;
	u32 clock_timescale;
	Bool info_pending;
	u64 last_buffer_query_us, last_buffer_us;
	PidStats stats;
};

// ---- Packets

typedef enum {
	PCK_ALLOC = 0, // memory of the engine
	PCK_SHARED,    // memory of the producer, with or without destructor
	PCK_REF,       // range of `source`
	PCK_FRAME,     // frame interface, no memory
	PCK_PROPS,     // attributes and properties only (gf_filter_pck_ref_props)
	PCK_FLUSH,     // marker of a keep-alive end of stream
} PckKind;

// Attributes copied as a whole by merge and clone.
typedef struct {
	u64 dts, cts, byte_offset;
	u32 duration, seq_num;
	s16 roll;
	u8 sap, interlaced, crypt, clock_type, carousel, deps;
	u8 start : 1, end : 1, corrupted : 1, seek : 1, switch_frame : 1, duration_set : 1, readonly : 1;
} PckAttrs;

struct gf_filter_packet {
	Bool is_entry;     // PckEntry: an input handle
	Bool mark;
};

struct packet {
	struct gf_filter_packet head;
	atomic_uint refs;
	u8 kind; // PckKind
	Bool sent;
	OutPid *pid;      // NULL for a dangling packet
	GF_Filter *filter; // producer, kept for the destructor
	PckPool *pool;
	u8 *data;
	u32 size, capacity;
	PckAttrs a;
	PropMap *props;    // packet properties, NULL when none
	PropMap *pid_props; // PID properties it was sent under
	Packet *source;    // PCK_REF: counted
	GF_FilterFrameInterface *ifce;
	gf_fsess_packet_destructor destruct; // NULL once called
	Bool has_destructor;
	Packet *live_next, *live_prev; // list of the filter
	Packet *next_free;
};

struct pck_entry {
	struct gf_filter_packet head;
	Packet *pck; // counted
	InPid *pid;  // NULL while held by an unconnected OutPid
	PckEntry *next;
	u64 us; // duration counted in the queue
};

static inline Packet *pck_of(GF_FilterPacket *handle)
{
	return handle->is_entry ? ((PckEntry *)handle)->pck : (Packet *)handle;
}

static inline OutPid *out_of(GF_FilterPid *handle)
{
	return handle->is_input ? ((InPid *)handle)->pid : (OutPid *)handle;
}

#ifndef __has_builtin
#define __has_builtin(x) 0
#endif

// Asked several times for each packet.
static inline uintptr_t thread_self(void)
{
#if __has_builtin(__builtin_thread_pointer)
	return (uintptr_t)__builtin_thread_pointer();
#else
	return (uintptr_t)pthread_self();
#endif
}

// True on the thread that runs the session. Others reach it by posting.
static inline Bool fs_on_thread(const GF_FilterSession *fs)
{
	return atomic_load_explicit(&((GF_FilterSession *)fs)->thread, memory_order_relaxed) == thread_self();
}

static inline Bool fs_flag(const GF_FilterSession *fs, u32 flag)
{
	return (fs->flags & flag) ? GF_TRUE : GF_FALSE;
}

// Built-in registers, NULL-terminated, in the order that breaks ties of the resolver. Filled by src/filters.
extern const GF_FilterRegister *const gf_builtin_registers[];

// Capabilities of an instance: its override, else those of its register.
static inline const GF_FilterCapability *filter_caps(const GF_Filter *f, u32 *nb)
{
	*nb = f->caps ? f->nb_caps : f->reg->nb_caps;
	return f->caps ? f->caps : f->reg->caps;
}

#endif
