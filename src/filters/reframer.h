// SPDX-License-Identifier: MIT
// What the pages of the reframer share: options, streams, held packets, the state of range extraction.
#ifndef FILTERS_REFRAMER_H
#define FILTERS_REFRAMER_H

#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "filters/reframer_range.h"

typedef enum { RT_OFF = 0, RT_ON, RT_SYNC, RT_ALIGN } RfPacing;
typedef enum { RAW_AV = 0, RAW_AUDIO, RAW_VIDEO, RAW_NO } RfRaw;
typedef enum { ROUND_BEFORE = 0, ROUND_SEEK, ROUND_AFTER, ROUND_CLOSEST } RfRound;
typedef enum { UTC_LOCAL = 0, UTC_ANY, UTC_MEDIA, UTC_TIMECODE } RfUtcRef;
typedef enum { CUES_NO = 0, CUES_SEGS, CUES_FRAGS } RfCues;

typedef struct {
	Bool exporter;
	u32 rt;
	GF_PropUIntList saps;
	Bool refs;
	Double speed;
	u32 raw;
	GF_PropIntList frames;
	GF_PropStringList xs, xe;
	u32 xround;
	Bool xadjust, xots, xdts, nosap, splitrange;
	Double seeksafe;
	Bool tcmdrw;
	GF_PropStringList props;
	Bool no_audio_seek, probe_ref;
	u32 utc_ref, utc_probe;
	Bool copy;
	u32 cues, sapcue;
	Bool rmseek;
	GF_Fraction chkdisc;
} RfOptions;

// A packet taken from an input and not yet sent, or sent but still useful to start the next range.
typedef struct {
	GF_FilterPacket *pck; // reference
	RfTime pres;          // CTS + Delay
	RfTime order;         // what is compared with the start of a range: `pres`, or DTS with xdts
	RfTime dts;           // DTS + Delay
	RfTime duration;
	u64 frame; // number in its PID, from 1
	u32 size;
	u8 sap_type;
	Bool is_sap; // a range may start here
} RfItem;

typedef struct {
	RfItem *items;
	u32 nb, alloc;
	u32 next; // first item not sent
} RfQueue;

// A clock of real-time regulation.
typedef struct {
	Bool started;
	u64 start_us;
	RfTime start_time;
	Double speed;
} RfClock;

typedef struct {
	GF_FilterPid *ipid, *opid;
	u32 timescale;
	s64 delay; // of the input, in units of `timescale`
	u32 stream_type, codec_id;
	Bool raw;
	Bool predictive; // not every packet is a random access point
	Bool seekable;
	u64 nb_frames;     // seen on the input
	Bool head_checked; // the first packet of the input was selected, and waits to leave
	RfClock clock;

	struct { // chkdisc
		u64 last_dts;
		u32 nb_jumps;
	} disc;

	// range extraction
	RfQueue queue;
	Bool ended;        // nothing more comes from the input
	Bool range_ended;  // nothing more of the range is to be sent
	Bool started;      // a packet of the range was sent
	Bool ever_started; // a packet of any range was sent
	Bool passed_end;   // probe_ref: a packet over the end was kept
	// The first audio frame of the range is put before its start, with SkipBegin; otherwise it is put at its
	// start, behind the packets of the previous range in the same file.
	Bool keeps_timeline;
	RfTime sent_end; // latest end of the packets of the range sent so far, RF_NO_TIME for none
	s64 out_delay;   // Delay of the output
	s64 shift;       // output time stamp less input time stamp
} RfPid;

typedef enum { EXTRACT_FIND_START = 0, EXTRACT_SEND, EXTRACT_OVER } ExtractState;

typedef struct {
	RfPlan plan;
	ExtractState state;
	u32 index;       // of the current range in the plan, 0 in split forms
	u32 number;      // ranges begun before
	Bool dates_done; // dates and time codes were turned into times
	u64 dates_since_us;
	RfPoint from, to; // what the current range asks; kinds NONE, TIME and FRAME only
	RfTime start;     // where it begins in fact
	RfTime start_dts; // decoding time of the first packet of the leading stream
	RfTime end;       // INT64_MAX when open, RF_NO_TIME when not known yet
	RfTime base;      // output time of `start`
	RfTime position;  // last time read from any stream
	RfTime played;    // start asked to the source
	RfTime margin;    // by how much before the start of the range, see seeksafe
} RfExtract;

typedef struct {
	RfOptions opt;

	GF_List *pids; // RfPid
	Double play_speed;
	RfClock clock; // shared by all streams with rt=sync
	u32 wait_us;   // smallest delay until a held packet is due
	RfExtract ex;
	Bool over;
	u32 progress; // exporter: last percentage shown
} RfCtx;

static inline RfPid *rf_pid_at(const RfCtx *ctx, u32 i)
{
	return gf_list_get(ctx->pids, i);
}

static inline Bool rf_extracts(const RfCtx *ctx)
{
	return ctx->ex.plan.nb_ranges ? GF_TRUE : GF_FALSE;
}

// reframer.c
Bool rf_all_block(const RfCtx *ctx);
// reframer_queue.c
GF_Err rf_queue_push(RfQueue *q, const RfItem *item);
void rf_queue_reset(RfQueue *q); // releases the packets
// Drops the first `nb` items.
void rf_queue_drop(RfQueue *q, u32 nb);
RfItem *rf_queue_next(RfQueue *q); // first item not sent, NULL when there is none

// reframer_select.c: options which keep or drop packets one by one.
Bool rf_select(const RfCtx *ctx, RfPid *p, GF_FilterPacket *pck);
// Follows DTS and raises TimeDiscontinuity on the output.
void rf_check_discontinuity(const RfCtx *ctx, RfPid *p, GF_FilterPacket *pck);

// reframer_pace.c
// True when a packet presented at `time` on the output may leave; otherwise ctx->wait_us is lowered.
Bool rf_pace(RfCtx *ctx, RfPid *p, RfTime time);
void rf_pace_reset(RfCtx *ctx);

// reframer_send.c
// Sends a packet as it is, but for the options rmseek, copy and sapcue.
GF_Err rf_send_plain(const RfCtx *ctx, RfPid *p, GF_FilterPacket *pck);
// Sets what the first packet of a range needs: properties and time shift of the output.
GF_Err rf_begin_range(RfCtx *ctx, RfPid *p, const RfItem *item);
// Sends a packet of the current range, cut to it.
typedef struct {
	Bool seek;      // decoded but not shown
	Bool skip_pres; // after the end of the range
} RfCut;
GF_Err rf_send_item(const RfCtx *ctx, RfPid *p, const RfItem *item, RfCut cut);
// Presentation time of the packet on the output.
RfTime rf_output_time(const RfPid *p, const RfItem *item);

// reframer_extract.c
GF_Err rf_extract_init(RfCtx *ctx);
void rf_extract_reset(RfCtx *ctx); // back to before the first range
// Start to ask to the source for the first range, in seconds; 0 when it is not known.
Double rf_extract_play_start(RfCtx *ctx);
// GF_EOS once the last range is sent.
GF_Err rf_extract_process(GF_Filter *filter, RfCtx *ctx);

// reframer_bounds.c
// The stream that decides where ranges begin and end; NULL when times alone do.
RfPid *rf_lead(const RfCtx *ctx);
typedef enum { START_WAIT = 0, START_FOUND, START_EMPTY } RfStartState;
// Chooses the start of the range and drops what the leading stream has before it.
RfStartState rf_find_start(RfCtx *ctx);
// Sets the end of the range once it can be known.
void rf_update_end(RfCtx *ctx);
// Turns dates and time codes of the plan into times. GF_NOT_READY until a packet tells the date.
GF_Err rf_resolve_dates(RfCtx *ctx);

#endif
