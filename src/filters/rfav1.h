// SPDX-License-Identifier: MIT
// Parts of the AV1 and VPx reframer: rfav1.c (filter), rfav1_unit.c (units to packets, PID properties),
// rfav1_index.c (duration and seek points of a file).
#ifndef FILTERS_RFAV1_H
#define FILTERS_RFAV1_H

#include <gpac/constants.h>
#include <gpac/filters.h>
#include "filters/bs_trace.h"
#include "filters/raw_input.h"
#include "formats/av1.h"
#include "formats/obu_stream.h"
#include "formats/vpx.h"

typedef struct {
	u64 file_size, header_size;
	u64 nb_units, last_time; // last_time in units of the time scale
	Bool estimated, complete;
	RawPoints points; // in units of the time scale
} Rfav1Index;

// What the headers of a unit tell.
typedef struct {
	u8 sap;
	Bool is_switch;
	u8 deps;             // ISO/IEC 14496-12 8.6.4.3
	u32 width, height;   // 0: those of the frames before
	u32 sar_num, sar_den; // 0: those of the frames before
} Rfav1Info;

// What reads the headers.
typedef struct {
	u32 codec_id;
	Av1Parser av1;
	Bool has_key; // VPx
	VpxFrame key; // the last one
} Rfav1Reader;

typedef struct {
	// options
	GF_Fraction fps;
	Double index;
	Bool importer, deps, notime, temporal_delim;
	u32 bsdbg;

	GF_FilterPid *ipid, *opid;
	BsTrace trace; // of option bsdbg
	Bool is_file;
	Bool full_units; // input packets are whole units
	char *path;      // of the file, NULL when it has none
	Rfav1Index file_index;

	Bool has_form;
	ObuStream stream;
	Rfav1Reader reader;
	RawBytes bytes;   // received
	u64 buffer_start; // in the input stream
	Bool flush;       // nothing that comes belongs to the units in the buffer
	Bool lost;        // damage was reported
	RawSources sources; // of the bytes in the buffer

	u32 rate_num, rate_den; // frame rate, or units of the time stamps of an IVF file; 0/0 until known
	u32 timescale;          // of the output
	u64 next_time;          // of a unit without one
	u32 config_version;     // of the AV1 sequence header sent
	u32 width, height;
	u32 sar_num, sar_den;
	Bool configured, waits_config;
	Bool copy_props; // the properties of the input are to be copied
	ByteWriter unit; // being rewritten
	double seek_start;
	Bool seeking;
	Bool started; // a first PLAY was seen
	Bool failed;
} Rfav1Ctx;

void rfav1_reader_init(Rfav1Reader *reader, u32 codec_id);
void rfav1_reader_reset(Rfav1Reader *reader);
// Reads the headers of a unit. GF_NON_COMPLIANT_BITSTREAM: it cannot be used.
GF_Err rfav1_reader_unit(Rfav1Reader *reader, const u8 *data, u32 size, Bool annex_b, Rfav1Info *info);
// Codec of a four-character code of IVF, 0 when unknown.
u32 rfav1_ivf_codec(const char *name);
// Frame rate, or with IVF its time base: that of the option, the file header, the sequence header, or 25.
void rfav1_find_rate(const Rfav1Ctx *ctx, const ObuStream *stream, const Rfav1Reader *reader, u32 *num, u32 *den);
// Sends a unit found in the buffer.
GF_Err rfav1_send(Rfav1Ctx *ctx, GF_Filter *filter, const ObuStreamUnit *unit);

void rfav1_index_build(Rfav1Ctx *ctx, Bool partial);
void rfav1_index_reset(Rfav1Index *index);

#endif
