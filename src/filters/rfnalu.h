// SPDX-License-Identifier: MIT
// Parts of the AVC/HEVC/VVC reframer: rfnalu.c (filter), rfnalu_unit.c (NAL units to access units),
// rfnalu_send.c (access units to packets), rfnalu_config.c (PID properties), rfnalu_dovi.c (Dolby Vision),
// rfnalu_index.c (duration and seek points of a file).
#ifndef FILTERS_RFNALU_H
#define FILTERS_RFNALU_H

#include <gpac/constants.h>
#include <gpac/filters.h>
#include "filters/bs_trace.h"
#include "filters/raw_input.h"
#include "filters/sei_props.h"
#include "formats/nal_splitter.h"
#include "formats/nal_timeline.h"
#include "formats/nal_tracker.h"

// Access units held to learn the scale of order counts: more than the deepest pyramids need.
#define RFNALU_WINDOW 32

enum { STRICT_POC_OFF, STRICT_POC_ON, STRICT_POC_ERROR };
enum { ANALYZE_OFF, ANALYZE_ON, ANALYZE_BS, ANALYZE_FULL };
enum { DV_NONE, DV_AUTO, DV_CLEAN, DV_SINGLE };

typedef struct {
	u64 offset; // in the input stream
	u32 size;
	u8 type;
	u8 *own; // rewritten bytes, NULL: those of the stream
} RfnaluUnit;

typedef struct {
	RfnaluUnit *units;
	u32 nb_units, alloc_units;
} RfnaluUnits;

// Properties that change with the parameter sets and metadata of the stream. Counted: the access unit that
// brings one and the comparison with the next one share it.
typedef struct {
	u32 nb_refs;
	u32 codec_id;
	u8 *dsi, *enhancement; // owned
	u32 dsi_size, enhancement_size;
	Bool superset; // `dsi` has all that the one before has
	NalVideoFormat format;
	u32 max_width, max_height; // of all layers, 0 without layers
	NalMetadata metadata;
	Bool has_rpu, has_el; // Dolby Vision units of its first access unit
} RfnaluConfig;

typedef struct {
	RfnaluUnits units;
	u64 start; // of the first start code, in the input stream
	NalPicture picture;
	Bool discard; // comes before the first configuration
	Bool has_rpu, has_el;
	u64 dts, cts;           // of the input, GF_FILTER_NO_TS when unknown
	u32 duration;           // of the input, 0 when unknown
	GF_FilterPacket *props; // reference to the properties of the input packet
	RfnaluConfig *config;   // to set before this access unit, NULL when nothing changes
} RfnaluAu;

typedef struct {
	u64 file_size;
	u64 nb_units; // access units
	Bool estimated;
	Bool complete;
	u32 frame_num, frame_den; // frame rate, 0/0 when nothing was found
	RawPoints points;         // in units of 1 / frame_num
} RfnaluIndex;

typedef struct {
	// options, in the order of the argument table
	GF_Fraction fps;
	Double index;
	Bool explicit_layers;
	Bool force_sync;
	u32 strict_poc;
	Bool nosei, nosvc;
	u32 nal_length;
	Bool subsamples, deps, refs, seirw, audelim, keepfiller;
	u32 analyze;
	Bool notime;
	u32 dv_mode, dv_profile, dv_compatid;
	u32 bsdbg;

	GF_FilterPid *ipid, *opid;
	BsTrace trace; // of option bsdbg
	NalCodec codec;
	Bool is_file;
	Bool full_units; // input packets are whole access units
	Bool ignore_cts; // the input has no composition times of its own
	char *path;      // of the file, NULL when it has none
	RfnaluIndex file_index;

	NalSplitter splitter;
	NalTracker tracker;
	NalTimeline timeline;
	RfnaluUnits pending; // units which belong to the access unit of the next slice
	u64 pending_start;
	Bool has_pending;
	RfnaluAu *current; // being received, NULL before the first slice
	RfnaluAu **queue;  // ring, in step with the timeline
	u32 queue_alloc, queue_first, queue_count;
	RawSources sources;

	RfnaluConfig *config;              // of the latest access unit received
	RfnaluConfig *sent_config;         // of the latest access unit sent
	Bool apply_config;                 // before the next access unit is sent
	u32 sets_version, replace_version; // of the tracker when it was built
	u8 sps_id;
	Bool configured;   // the output has had a configuration
	Bool waits_config; // reported that access units come before the parameter sets
	Bool copy_props;   // the properties of the input are to be copied

	u32 rate_num, rate_den; // frame rate, 0/0 until the first access unit
	Bool rate_known;        // not the default one
	u32 timescale;          // of the output
	u64 base_dts, nb_since; // DTS of the next access unit: the base and so many frames
	u32 max_unit_size;
	double seek_start;
	Bool seeking;
	Bool started;  // a first PLAY was seen
	Bool ended;    // the end of the input was handled, access units may wait in the queue
	Bool draining; // the output takes all, even blocked
	Bool failed;   // ended without any access unit
} RfnaluCtx;

// Units of an access unit.
void rfnalu_au_del(RfnaluAu *au); // NULL allowed

// Appends a block of input and queues the access units that it completes.
GF_Err rfnalu_receive(RfnaluCtx *ctx, const u8 *data, u32 size);
// Completes the access unit in progress: nothing follows, or a whole one was received.
GF_Err rfnalu_finish(RfnaluCtx *ctx);
// Forgets what was received: the next byte is that of an index entry, or the first one (NULL).
void rfnalu_restart(RfnaluCtx *ctx, const RawPoint *entry);
void rfnalu_add_source(RfnaluCtx *ctx, GF_FilterPacket *packet);
// Sends the access units whose times are known, all with `flush`, until the output blocks.
GF_Err rfnalu_send(RfnaluCtx *ctx, GF_Filter *filter, Bool flush);

// The SAP type of a picture, before what the next one decides; see NalTimeline.
u8 rfnalu_sap(const RfnaluCtx *ctx, const NalPicture *picture);
// Frame rate of the stream: that of the option, of the bitstream, of the input PID or 25. GF_FALSE
// for the last one.
Bool rfnalu_frame_rate(
	const RfnaluCtx *ctx, const NalTracker *tracker, const NalPicture *picture, u32 *num, u32 *den);

// The configuration for an access unit that starts: a reference in *config when it differs from the last one,
// otherwise NULL.
GF_Err rfnalu_config_update(RfnaluCtx *ctx, const NalPicture *picture, RfnaluConfig **config);
void rfnalu_config_unref(RfnaluConfig *config); // NULL allowed
// Sets all PID properties from `sent_config`; declares the PID the first time.
GF_Err rfnalu_config_apply(RfnaluCtx *ctx, GF_Filter *filter);
// Feeds the parameter sets of a DecoderConfig to the tracker.
GF_Err rfnalu_config_read(RfnaluCtx *ctx, const u8 *dsi, u32 size);

// Dolby Vision configuration of 24 bytes. GF_FALSE when the stream has none.
Bool rfnalu_dovi_config(
	const RfnaluCtx *ctx, const RfnaluConfig *config, u8 dovi[24], Bool *no_compatible_base);

void rfnalu_index_build(RfnaluCtx *ctx, Bool partial);
void rfnalu_index_reset(RfnaluIndex *index);

#endif
