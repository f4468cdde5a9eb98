// SPDX-License-Identifier: MIT
// What the inspector and the reframer read from users and from packets without a session: custom formats,
// times, frame headers, SCTE 35 sections. The first byte chooses.
#include <string.h>
#include <gpac/log.h>
#include "filters/inspect_analyze.h"
#include "filters/reframer_range.h"

typedef void (*AnalyzePacket)(InspectPid *p, const InspectPacket *pck, StrBuf *sb);

static void try_format(const char *text)
{
	InspectFmt fmt;
	StrBuf sb;
	sb_init(&sb);
	if (!inspect_fmt_parse(&fmt, text)) {
		inspect_fmt_header(&fmt, &sb);
		inspect_fmt_reset(&fmt);
	}
	inspect_add_xml(&sb, text, strlen(text));
	sb_reset(&sb);
}

static void try_times(char *text)
{
	RfPoint point;
	RfPlan plan;
	rf_parse_point(text, &point);
	char *comma = strchr(text, ',');
	if (comma)
		*comma = 0;
	GF_PropStringList starts = {&text, 1};
	char *end = comma ? comma + 1 : NULL;
	GF_PropStringList ends = {&end, comma ? 1 : 0};
	if (!rf_plan_make(&starts, &ends, GF_FALSE, &plan))
		rf_plan_reset(&plan);
}

static void try_packet(u32 choice, const u8 *data, u32 size)
{
	static const AnalyzePacket analyzers[] = {
		analyze_av1_packet, analyze_vp8_packet, analyze_vp9_packet, analyze_mpeg_audio_packet};
	Analyzer an = {.level = ANALYZE_FULL, .crc = GF_TRUE};
	InspectPid p = {.analyzer = &an, .codec_id = choice & 4 ? GF_CODECID_MPEG4_PART2 : GF_CODECID_MPEG2_MAIN};
	InspectPacket pck = {.data = data, .size = size};
	StrBuf sb;
	sb_init(&sb);
	analyzers[choice % 4](&p, &pck, &sb);
	analyze_start_codes(&p, data, size, &sb);
	analyze_scte35(data, size, &sb);
	sb_reset(&sb);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	// packets given to the analysis are never empty
	if (size < 2 || size > 1 << 20)
		return 0;
	char *text = gf_malloc(size);
	if (!text)
		return 0;
	gf_log_set_tool_level(GF_LOG_ALL, GF_LOG_QUIET);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = 0;
	if (data[0] < 64)
		try_format(text);
	else if (data[0] < 128)
		try_times(text);
	else
		try_packet(data[0], data + 1, (u32)size - 1);
	gf_free(text);
	return 0;
}
