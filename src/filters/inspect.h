// SPDX-License-Identifier: MIT
// What the pages of the `inspect` filter share: options, what is derived from them, the inspected PIDs, and
// the printers. Everything printed is appended to a StrBuf; inspect_out.c sends it to the destination.
#ifndef FILTERS_INSPECT_H
#define FILTERS_INSPECT_H

#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "base/str.h"
#include "filters/inspect_stats.h"

typedef enum { INSPECT_PCK = 0, INSPECT_BLK, INSPECT_FRAME, INSPECT_RAW } InspectMode;
typedef enum { ANALYZE_OFF = 0, ANALYZE_ON, ANALYZE_BS, ANALYZE_FULL } InspectAnalyze;
typedef enum {
	TEST_NO = 0,
	TEST_NOPROP,
	TEST_NETWORK,
	TEST_NETX,
	TEST_ENCODE,
	TEST_ENCX,
	TEST_NOCRC,
	TEST_NOBR,
} InspectTest;

// ---- Destination of the report (inspect_out.c)

typedef enum { OUT_NULL = 0, OUT_FILE, OUT_LOG } InspectOutKind;

typedef struct {
	InspectOutKind kind;
	FILE *file;
	Bool own_file;    // to be closed, unlike stdout and stderr
	GF_LOG_Tool tool; // OUT_LOG
	StrBuf text;      // not yet written
	u64 last_write_us;
	GF_Err error; // first failure; later text is dropped
} InspectOut;

GF_Err inspect_out_open(InspectOut *out, const char *log);
// Writes the pending text when there is a lot of it, or when the last write is too old for somebody who
// watches the output grow.
void inspect_out_check(InspectOut *out);
void inspect_out_flush(InspectOut *out);
void inspect_out_close(InspectOut *out);

// Appends a decimal number; much faster than printf, which the packet lines need.
void inspect_add_u64(StrBuf *sb, u64 v);
void inspect_add_s64(StrBuf *sb, s64 v);
void inspect_add_hex(StrBuf *sb, const u8 *data, size_t size);
// Text of an XML attribute or element; bytes which are no legal UTF-8 become U+FFFD.
void inspect_add_xml(StrBuf *sb, const char *text, size_t len);
// Text without NUL.
Bool inspect_is_utf8(const u8 *data, size_t size);
// HH:MM:SS.mmm, with days and years in front of long times.
void inspect_add_time(StrBuf *sb, u64 num, u64 den);

// ---- Custom format (inspect_fmt.c)

typedef struct fmt_item FmtItem;

typedef struct {
	char *text; // owned copy that the items point into
	FmtItem *items;
	u32 nb_items;
	Bool uses_timecode, uses_clock;
} InspectFmt;

GF_Err inspect_fmt_parse(InspectFmt *fmt, const char *text);
void inspect_fmt_reset(InspectFmt *fmt);
void inspect_fmt_header(const InspectFmt *fmt, StrBuf *sb);

// ---- Inspected PIDs

// What has to be printed about a PID before its next packet.
typedef enum { LINE_NONE = 0, LINE_CONFIGURE, LINE_RECONFIGURE, LINE_INFO } InspectLine;

typedef struct analyzer Analyzer; // inspect_analyze.h

typedef struct {
	GF_FilterPid *pid; // NULL once the PID is removed
	u32 index;         // 1-based
	InspectLine line;
	Bool wait_packet; // the line comes with the first packet, see waits_for_sei
	Bool seen;        // a packet or the end of stream was seen
	Bool stopped;     // STOP was sent
	Bool reported;    // its statistics were printed
	StrBuf text;      // with interleave=false, everything printed about the PID
	char *name;
	u32 service_id;
	u32 stream_type; // of the clear media when the stream is encrypted
	u32 codec_id;
	u32 timescale;

	u64 nb_packets;
	u64 nb_since_config;
	u64 total_size;
	u64 first_cts;
	u64 last_dts, last_cts; // of the previous packet, GF_FILTER_NO_TS when it had none
	u64 last_pcr;
	GF_FilterClockType last_clock;
	InspectStats *stats;
	Analyzer *analyzer; // NULL without bitstream analysis
} InspectPid;

// ---- Filter

typedef struct {
	char *log;
	u32 mode;
	Bool interleave;
	Bool deep;
	Bool props;
	Bool dump_data;
	char *fmt;
	Bool hdr;
	Bool allp;
	Bool info;
	Bool full;
	Bool pcr;
	Double speed, start;
	GF_Fraction dur;
	u32 analyze;
	Bool xml;
	Bool crc;
	Bool fftmcd;
	Bool dtype;
	u32 buffer, mbuffer, rbuffer;
	Bool stats;
	u32 timeout;
	u32 test;
} InspectOptions;

// The options once their interactions are resolved.
typedef struct {
	InspectMode mode;
	InspectAnalyze analyze;
	Bool deep, full, xml, custom, allp, stats;
} InspectView;

typedef struct {
	InspectOptions opt;

	InspectView view;
	Bool view_changed; // an option was updated
	InspectFmt fmt;
	Bool header_done; // of the custom format
	Bool xml_open;
	InspectOut out;
	GF_List *pids; // InspectPid, in index order
	Bool first_pass_done;
	Bool buffering;
	Bool finished; // all PIDs were stopped
	u64 last_config_us;
} InspectCtx;

// One packet with its payload, fetched once for all printers.
typedef struct {
	GF_FilterPacket *pck;
	const u8 *data;
	u32 size;
	Bool is_interface;
	Bool start, end;
	u64 dts, cts;
	u32 duration;
	GF_FilterSAPType sap;
} InspectPacket;

void inspect_packet_load(InspectPacket *p, GF_FilterPacket *pck);
const char *inspect_sap_name(GF_FilterSAPType sap);
// Fraction of a second to milliseconds, rounded down; 0 when the denominator is 0.
u64 inspect_to_ms(u64 num, u64 den);

// inspect_props.c
u32 inspect_prop_u32(GF_FilterPid *pid, u32 p4cc); // 0 when absent
Bool inspect_prop_bool(GF_FilterPid *pid, u32 p4cc);
Bool inspect_skips_prop(const InspectCtx *ctx, u32 p4cc, const char *name, const GF_PropertyValue *val);
void inspect_add_value(const InspectCtx *ctx, StrBuf *sb, u32 p4cc, const GF_PropertyValue *val);
// All properties but the skipped ones, as attributes (XML) or lines (text).
void inspect_pid_props(const InspectCtx *ctx, InspectPid *p, StrBuf *sb, Bool info);
void inspect_packet_props(const InspectCtx *ctx, GF_FilterPacket *pck, StrBuf *sb);
// True when the packet carries SCTE 35 sections, which are printed as children by the analysis.
Bool inspect_is_scte35(const char *prop_name);

// inspect_order.c
// Puts the PID into ctx->pids and numbers the list.
GF_Err inspect_insert_pid(InspectCtx *ctx, InspectPid *p);
// With interleave=false, the reports kept so far.
void inspect_print_groups(InspectCtx *ctx);
// inspect_text.c
void inspect_text_pid(const InspectCtx *ctx, InspectPid *p, StrBuf *sb);
void inspect_text_packet(const InspectCtx *ctx, InspectPid *p, const InspectPacket *pck, StrBuf *sb);
void inspect_text_clock(const InspectCtx *ctx, InspectPid *p, const InspectPacket *pck, StrBuf *sb);
// inspect_line.c
void inspect_short_line(InspectPid *p, StrBuf *sb);
// inspect_codec.c
void inspect_codec_text(InspectPid *p, StrBuf *sb);
// inspect_xml.c
void inspect_xml_pid(const InspectCtx *ctx, InspectPid *p, StrBuf *sb);
void inspect_xml_packet(const InspectCtx *ctx, InspectPid *p, const InspectPacket *pck, StrBuf *sb);
void inspect_xml_clock(const InspectCtx *ctx, InspectPid *p, const InspectPacket *pck, StrBuf *sb);
// inspect_fmt.c
void inspect_fmt_packet(const InspectCtx *ctx, InspectPid *p, const InspectPacket *pck, StrBuf *sb);

#endif
