// SPDX-License-Identifier: MIT
// Custom packet format of `inspect`: literal text with keys between a pair of equal separators, one of
// $ % @. The text is parsed once into items.
#include <string.h>
#include <gpac/tools.h>
#include "filters/inspect.h"

typedef enum {
	KEY_LITERAL = 0,
	KEY_PCK_PROP,
	KEY_PID_PROP,
	KEY_NUMBER,
	KEY_DTS,
	KEY_CTS,
	KEY_DTS_DIFF,
	KEY_CTS_DIFF,
	KEY_CTS_OFFSET,
	KEY_DURATION,
	KEY_FRAMING,
	KEY_SAP,
	KEY_INTERLACED,
	KEY_CORRUPTED,
	KEY_SEEK,
	KEY_ROLL,
	KEY_CRYPT,
	KEY_VERSION,
	KEY_BYTE_OFFSET,
	KEY_SIZE,
	KEY_TOTAL_SIZE,
	KEY_CRC,
	KEY_NEWLINE,
	KEY_TAB,
	KEY_DATA,
	KEY_IS_LEADING,
	KEY_DEPENDS_ON,
	KEY_DEPENDED_ON,
	KEY_REDUNDANT,
	KEY_START,
	KEY_END,
	KEY_START_COMMA,
	KEY_END_COMMA,
	KEY_CLOCK,
	KEY_PCR,
	KEY_PCR_DTS,
	KEY_PCR_CTS,
	KEY_TIMECODE,
	KEY_FILTER,
} FmtKey;

struct fmt_item {
	FmtKey key;
	const char *text; // name of the key, NUL-terminated; literal text, `len` bytes
	u32 len;
	u32 p4cc; // of a property, 0 for a user property
};

static const struct {
	const char *name;
	FmtKey key;
} key_names[] = {
	{"pn", KEY_NUMBER},
	{"dts", KEY_DTS},
	{"cts", KEY_CTS},
	{"ddts", KEY_DTS_DIFF},
	{"dcts", KEY_CTS_DIFF},
	{"ctso", KEY_CTS_OFFSET},
	{"dur", KEY_DURATION},
	{"frame", KEY_FRAMING},
	{"sap", KEY_SAP},
	{"rap", KEY_SAP},
	{"ilace", KEY_INTERLACED},
	{"corr", KEY_CORRUPTED},
	{"seek", KEY_SEEK},
	{"roll", KEY_ROLL},
	{"crypt", KEY_CRYPT},
	{"vers", KEY_VERSION},
	{"bo", KEY_BYTE_OFFSET},
	{"size", KEY_SIZE},
	{"csize", KEY_TOTAL_SIZE},
	{"crc", KEY_CRC},
	{"lf", KEY_NEWLINE},
	{"n", KEY_NEWLINE},
	{"t", KEY_TAB},
	{"data", KEY_DATA},
	{"lp", KEY_IS_LEADING},
	{"depo", KEY_DEPENDS_ON},
	{"depf", KEY_DEPENDED_ON},
	{"red", KEY_REDUNDANT},
	{"start", KEY_START},
	{"end", KEY_END},
	{"startc", KEY_START_COMMA},
	{"endc", KEY_END_COMMA},
	{"ck", KEY_CLOCK},
	{"pcr", KEY_PCR},
	{"pcrd", KEY_PCR_DTS},
	{"pcrc", KEY_PCR_CTS},
	{"tmcd", KEY_TIMECODE},
	{"fn", KEY_FILTER},
};

// Three names stand for a PID and for a packet property: a lookup by name gives the PID one.
static u32 packet_prop_id(const char *name)
{
	u32 id = gf_props_get_id(name);
	switch (id) {
	case GF_PROP_PID_CONTENT_LIGHT_LEVEL:
		return GF_PROP_PCK_CONTENT_LIGHT_LEVEL;
	case GF_PROP_PID_MASTER_DISPLAY_COLOUR:
		return GF_PROP_PCK_MASTER_DISPLAY_COLOUR;
	case GF_PROP_PID_SEI_LOADED:
		return GF_PROP_PCK_SEI_LOADED;
	default:
		return id;
	}
}

static FmtItem key_item(const char *name)
{
	FmtItem item = {.key = KEY_PCK_PROP, .text = name};
	for (u32 i = 0; i < sizeof(key_names) / sizeof(key_names[0]); i++) {
		if (!strcmp(name, key_names[i].name)) {
			item.key = key_names[i].key;
			return item;
		}
	}
	if (!strncmp(name, "pid.", 4)) {
		item.key = KEY_PID_PROP;
		item.text = name + 4;
		item.p4cc = gf_props_get_id(item.text);
	} else {
		item.p4cc = packet_prop_id(name);
	}
	return item;
}

static Bool is_separator(char c)
{
	return c == '$' || c == '%' || c == '@' ? GF_TRUE : GF_FALSE;
}

static void add_item(InspectFmt *fmt, FmtItem item)
{
	fmt->items[fmt->nb_items++] = item;
	if (item.key == KEY_TIMECODE)
		fmt->uses_timecode = GF_TRUE;
	if (item.key >= KEY_CLOCK && item.key <= KEY_PCR_CTS)
		fmt->uses_clock = GF_TRUE;
}

static void add_literal(InspectFmt *fmt, const char *start, const char *end)
{
	if (end > start)
		add_item(fmt, (FmtItem){.key = KEY_LITERAL, .text = start, .len = (u32)(end - start)});
}

void inspect_fmt_reset(InspectFmt *fmt)
{
	gf_free(fmt->text);
	gf_free(fmt->items);
	memset(fmt, 0, sizeof(*fmt));
}

GF_Err inspect_fmt_parse(InspectFmt *fmt, const char *text)
{
	memset(fmt, 0, sizeof(*fmt));
	u32 nb_separators = 0;
	for (const char *c = text; *c; c++)
		nb_separators += is_separator(*c) ? 1 : 0;
	// each separator ends at most one literal and starts at most one key
	fmt->text = gf_strdup(text);
	fmt->items = gf_calloc(2 * (size_t)nb_separators + 1, sizeof(FmtItem));
	if (!fmt->text || !fmt->items) {
		inspect_fmt_reset(fmt);
		return GF_OUT_OF_MEM;
	}
	char *literal = fmt->text;
	char *at = fmt->text;
	while (*at) {
		if (!is_separator(*at)) {
			at++;
			continue;
		}
		char *end = strchr(at + 1, *at);
		if (!end) {
			at++;
			continue;
		}
		if (end == at + 1) {
			add_literal(fmt, literal, end);
		} else {
			add_literal(fmt, literal, at);
			*end = 0;
			add_item(fmt, key_item(at + 1));
		}
		literal = at = end + 1;
	}
	add_literal(fmt, literal, at);
	return GF_OK;
}

void inspect_fmt_header(const InspectFmt *fmt, StrBuf *sb)
{
	for (u32 i = 0; i < fmt->nb_items; i++) {
		const FmtItem *item = &fmt->items[i];
		if (item->key == KEY_LITERAL)
			sb_addn(sb, item->text, item->len);
		else if (item->key == KEY_NEWLINE)
			sb_addc(sb, '\n');
		else if (item->key == KEY_TAB)
			sb_addc(sb, '\t');
		else
			sb_add(sb, item->text);
	}
}

static void add_known(StrBuf *sb, u64 v)
{
	if (v == GF_FILTER_NO_TS)
		sb_add(sb, "N/A");
	else
		inspect_add_u64(sb, v);
}

static void add_difference(StrBuf *sb, u64 a, u64 b)
{
	if (a == GF_FILTER_NO_TS || b == GF_FILTER_NO_TS)
		sb_add(sb, "N/A");
	else
		inspect_add_s64(sb, (s64)(a - b));
}

static const char *framing_name(const InspectPacket *pck)
{
	if (pck->start)
		return pck->end ? "frame_full" : "frame_start";
	return pck->end ? "frame_end" : "frame_cont";
}

static void add_data(const InspectPid *p, const InspectPacket *pck, StrBuf *sb)
{
	if (p->stream_type == GF_STREAM_TEXT && inspect_is_utf8(pck->data, pck->size))
		sb_addn(sb, (const char *)pck->data, pck->size);
	else
		inspect_add_hex(sb, pck->data, pck->size);
}

// HH:MM:SS.mmm, or with a comma as in subtitle files.
static void add_clock_time(const InspectPid *p, u64 ts, u64 duration, Bool comma, StrBuf *sb)
{
	if (ts == GF_FILTER_NO_TS) {
		sb_add(sb, "N/A");
		return;
	}
	u64 time = ts + duration;
	if ((s64)time < 0) {
		sb_addc(sb, '-');
		time = 0 - time;
	}
	size_t start = sb->len;
	inspect_add_time(sb, time, p->timescale);
	char *point = comma && sb->len > start ? strrchr(sb->data + start, '.') : NULL;
	if (point)
		*point = ',';
}

static void add_timecode(const InspectPacket *pck, StrBuf *sb)
{
	const GF_PropertyValue *val = gf_filter_pck_get_property(pck->pck, GF_PROP_PCK_TIMECODE);
	GF_TimeCode tc;
	if (!val || val->value.data.size != sizeof(tc)) {
		sb_add(sb, "N/A");
		return;
	}
	memcpy(&tc, val->value.data.ptr, sizeof(tc));
	sb_addf(sb, "%s%02u:%02u:%02u%c%02u", tc.negative ? "-" : "", tc.hours, tc.minutes, tc.seconds,
		tc.drop_frame ? ';' : ':', tc.n_frames);
}

static void add_prop(
	const InspectCtx *ctx, const InspectPid *p, const InspectPacket *pck, const FmtItem *item, StrBuf *sb)
{
	const GF_PropertyValue *val;
	if (item->key == KEY_PID_PROP)
		val = item->p4cc ? gf_filter_pid_get_property(p->pid, item->p4cc)
						 : gf_filter_pid_get_property_str(p->pid, item->text);
	else
		val = item->p4cc ? gf_filter_pck_get_property(pck->pck, item->p4cc)
						 : gf_filter_pck_get_property_str(pck->pck, item->text);
	if (val)
		inspect_add_value(ctx, sb, item->p4cc, val);
	else
		sb_add(sb, "N/A");
}

// Flags and other small attributes.
static u32 attribute(FmtKey key, const InspectPacket *pck)
{
	u8 deps = gf_filter_pck_get_dependency_flags(pck->pck);
	switch (key) {
	case KEY_INTERLACED:
		return gf_filter_pck_get_interlaced(pck->pck);
	case KEY_CORRUPTED:
		return gf_filter_pck_get_corrupted(pck->pck);
	case KEY_SEEK:
		return gf_filter_pck_get_seek_flag(pck->pck);
	case KEY_CRYPT:
		return gf_filter_pck_get_crypt_flags(pck->pck);
	case KEY_VERSION:
		return gf_filter_pck_get_carousel_version(pck->pck);
	case KEY_IS_LEADING:
		return deps >> 6;
	case KEY_DEPENDS_ON:
		return (deps >> 4) & 3;
	case KEY_DEPENDED_ON:
		return (deps >> 2) & 3;
	default:
		return deps & 3;
	}
}

static void add_timing(const InspectPid *p, const InspectPacket *pck, FmtKey key, StrBuf *sb)
{
	switch (key) {
	case KEY_DTS:
		add_known(sb, pck->dts);
		break;
	case KEY_CTS:
		add_known(sb, pck->cts);
		break;
	case KEY_DTS_DIFF:
		add_difference(sb, pck->dts, p->last_dts);
		break;
	case KEY_CTS_DIFF:
		add_difference(sb, pck->cts, p->last_cts);
		break;
	case KEY_CTS_OFFSET:
		add_difference(sb, pck->cts, pck->dts);
		break;
	case KEY_START:
	case KEY_START_COMMA:
		add_clock_time(p, pck->cts, 0, key == KEY_START_COMMA, sb);
		break;
	case KEY_END:
	case KEY_END_COMMA:
		add_clock_time(p, pck->cts, pck->duration, key == KEY_END_COMMA, sb);
		break;
	case KEY_PCR:
		add_known(sb, p->last_pcr);
		break;
	case KEY_PCR_DTS:
		add_difference(sb, p->last_pcr, pck->dts);
		break;
	default:
		add_difference(sb, p->last_pcr, pck->cts);
		break;
	}
}

static void print_item(
	const InspectCtx *ctx, const InspectPid *p, const InspectPacket *pck, const FmtItem *item, StrBuf *sb)
{
	switch (item->key) {
	case KEY_LITERAL:
		sb_addn(sb, item->text, item->len);
		break;
	case KEY_PCK_PROP:
	case KEY_PID_PROP:
		add_prop(ctx, p, pck, item, sb);
		break;
	case KEY_NUMBER:
		inspect_add_u64(sb, p->nb_packets);
		break;
	case KEY_DURATION:
		inspect_add_u64(sb, pck->duration);
		break;
	case KEY_FRAMING:
		sb_add(sb, framing_name(pck));
		break;
	case KEY_SAP:
		sb_add(sb, inspect_sap_name(pck->sap));
		break;
	case KEY_ROLL:
		inspect_add_s64(sb, gf_filter_pck_get_roll_info(pck->pck));
		break;
	case KEY_BYTE_OFFSET:
		add_known(sb, gf_filter_pck_get_byte_offset(pck->pck));
		break;
	case KEY_SIZE:
		inspect_add_u64(sb, pck->size);
		break;
	case KEY_TOTAL_SIZE:
		inspect_add_u64(sb, p->total_size);
		break;
	case KEY_CRC:
		sb_addf(sb, "0x%08X", gf_crc_32(pck->data, pck->size));
		break;
	case KEY_NEWLINE:
		sb_addc(sb, '\n');
		break;
	case KEY_TAB:
		sb_addc(sb, '\t');
		break;
	case KEY_DATA:
		add_data(p, pck, sb);
		break;
	case KEY_CLOCK:
		inspect_add_u64(sb, p->last_clock);
		break;
	case KEY_TIMECODE:
		add_timecode(pck, sb);
		break;
	case KEY_FILTER:
		sb_add(sb, gf_filter_pid_get_filter_name(p->pid));
		break;
	case KEY_INTERLACED:
	case KEY_CORRUPTED:
	case KEY_SEEK:
	case KEY_CRYPT:
	case KEY_VERSION:
	case KEY_IS_LEADING:
	case KEY_DEPENDS_ON:
	case KEY_DEPENDED_ON:
	case KEY_REDUNDANT:
		inspect_add_u64(sb, attribute(item->key, pck));
		break;
	default:
		add_timing(p, pck, item->key, sb);
		break;
	}
}

void inspect_fmt_packet(const InspectCtx *ctx, InspectPid *p, const InspectPacket *pck, StrBuf *sb)
{
	for (u32 i = 0; i < ctx->fmt.nb_items; i++)
		print_item(ctx, p, pck, &ctx->fmt.items[i], sb);
}
