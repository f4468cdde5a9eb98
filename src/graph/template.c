// SPDX-License-Identifier: MIT
// Names of output files made from a template: `$KEY$` stands for a property of the PID, a counter or a time.

#include <stdio.h>
#include <string.h>
#include <gpac/log.h>
#include "base/str.h"
#include "graph/graph.h"
#include "graph/prop_text.h"

enum { MAX_KEY = 200, MAX_PADDING = 32 };

// What a template is filled with.
typedef struct {
	const GF_FilterPid *handle;
	const OutPid *pid;
	const PropMap *map;
	const Packet *pck; // first packet of the PID, NULL when there is none
	u32 number;
	const char *suffix;
	const char *file_name; // replaces URL and File
	const char *tpl;       // for messages
} TemplateSource;

static const GF_PropertyValue *get_prop(const TemplateSource *src, u32 p4cc, const char *name)
{
	const GF_PropertyValue *val = propmap_get(src->map, p4cc, name);
	if (!val && src->pck && src->pck->props)
		val = propmap_get(src->pck->props, p4cc, name);
	return val;
}

static const char *get_text(const TemplateSource *src, u32 p4cc)
{
	const GF_PropertyValue *val = get_prop(src, p4cc, NULL);
	return val && gf_props_get_base_type(val->type) == GF_PROP_STRING ? val->value.string : NULL;
}

static u32 get_uint(const TemplateSource *src, u32 p4cc)
{
	const GF_PropertyValue *val = get_prop(src, p4cc, NULL);
	return val ? val->value.uint : 0;
}

// ---- Keys

// Keywords of segment names: the segmenter fills them in. The ones ending with `=` have a value.
static Bool is_segment_key(const char *key)
{
	static const char *const keys[] = {"Number", "Time", "RepresentationID", "Bandwidth", "SubNumber",
		"Init=", "XInit=", "InitExt=", "SegExt=", "Path="};
	for (u32 i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		size_t len = strlen(keys[i]);
		if (!strncmp(key, keys[i], len) && (keys[i][len - 1] == '=' || !key[len]))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static void add_integer(StrBuf *sb, s64 value, u32 padding)
{
	sb_addf(sb, "%0*lld", (int)padding, (long long)value);
}

static void add_unsigned(StrBuf *sb, u64 value, u32 padding)
{
	sb_addf(sb, "%0*llu", (int)padding, (unsigned long long)value);
}

static void add_value(StrBuf *sb, u32 p4cc, const GF_PropertyValue *val, u32 padding)
{
	if (!padding) {
		prop_print_builtin(sb, p4cc, val, GF_PROP_DUMP_DATA_INFO | GF_PROP_DUMP_NO_REDUCE);
		return;
	}
	switch (val->type) {
	case GF_PROP_SINT:
		add_integer(sb, val->value.sint, padding);
		break;
	case GF_PROP_LSINT:
		add_integer(sb, val->value.longsint, padding);
		break;
	case GF_PROP_UINT:
		add_unsigned(sb, val->value.uint, padding);
		break;
	case GF_PROP_LUINT:
		add_unsigned(sb, val->value.longuint, padding);
		break;
	default:
		prop_print_builtin(sb, p4cc, val, GF_PROP_DUMP_DATA_INFO | GF_PROP_DUMP_NO_REDUCE);
		break;
	}
}

static const char *source_url(const TemplateSource *src)
{
	if (src->file_name)
		return src->file_name;
	const char *alias = get_text(src, GF_PROP_PID_FILEALIAS);
	return alias ? alias : get_text(src, GF_PROP_PID_URL);
}

// Name of the source without directory and extension; the PID's name for a source that has no file.
static void add_file(StrBuf *sb, const TemplateSource *src)
{
	const char *name = src->file_name ? src->file_name : get_text(src, GF_PROP_PID_FILEALIAS);
	if (!name) {
		name = get_text(src, GF_PROP_PID_FILEPATH);
		if (name && !strncmp(name, "gmem://", 7))
			name = NULL;
	}
	if (!name)
		name = get_text(src, GF_PROP_PID_URL);
	if (!name || strstr(name, "://")) {
		sb_add(sb, src->pid->name ? src->pid->name : "");
		return;
	}
	const char *slash = strrchr(name, '/');
	if (slash)
		name = slash + 1;
	const char *dot = strrchr(name, '.');
	sb_addn(sb, name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

static void add_stream_type(StrBuf *sb, const TemplateSource *src, Bool clear)
{
	u32 type = get_uint(src, GF_PROP_PID_STREAM_TYPE);
	// A file made from one stream is named by it.
	u32 premux = type == GF_STREAM_FILE ? get_uint(src, GF_PROP_PID_PREMUX_STREAM_TYPE) : 0;
	if (premux)
		type = premux;
	if (clear && type == GF_STREAM_ENCRYPTED)
		type = get_uint(src, GF_PROP_PID_ORIG_STREAM_TYPE);
	sb_add(sb, gf_stream_type_short_name(type));
}

// Attributes of the first packet. False for other keys, and for an attribute that is not known.
static Bool add_packet_key(StrBuf *sb, const TemplateSource *src, const char *key, u32 padding)
{
	if (!src->pck)
		return GF_FALSE;
	const PckAttrs *a = &src->pck->a;
	u64 value;
	if (!strcmp(key, "cts"))
		value = a->cts;
	else if (!strcmp(key, "dts"))
		value = a->dts;
	else if (!strcmp(key, "dur"))
		value = a->duration;
	else if (!strcmp(key, "sap"))
		value = a->sap;
	else
		return GF_FALSE;
	if (value == GF_FILTER_NO_TS)
		return GF_FALSE;
	add_unsigned(sb, value, padding);
	return GF_TRUE;
}

// Properties whose absence has a meaning.
static Bool add_default(StrBuf *sb, const TemplateSource *src, u32 p4cc)
{
	if (p4cc == GF_PROP_PID_CROP_POS) {
		sb_add(sb, "0x0");
		return GF_TRUE;
	}
	if (p4cc != GF_PROP_PID_ORIG_SIZE || !get_prop(src, GF_PROP_PID_WIDTH, NULL))
		return GF_FALSE;
	sb_addf(sb, "%ux%u", get_uint(src, GF_PROP_PID_WIDTH), get_uint(src, GF_PROP_PID_HEIGHT));
	return GF_TRUE;
}

static Bool add_property(StrBuf *sb, const TemplateSource *src, const char *key, u32 padding)
{
	u32 p4cc = gf_props_get_id(key);
	const GF_PropertyValue *val;
	if (!strncmp(key, "p4cc=", 5) && strlen(key) == 9) {
		p4cc = GF_4CC((u8)key[5], (u8)key[6], (u8)key[7], (u8)key[8]);
		val = get_prop(src, p4cc, NULL);
	} else if (!strncmp(key, "pname=", 6)) {
		p4cc = 0;
		val = get_prop(src, 0, key + 6);
	} else {
		val = get_prop(src, p4cc, key);
	}
	if (!val)
		return add_default(sb, src, p4cc);
	add_value(sb, p4cc, val, padding);
	return GF_TRUE;
}

// Appends what a key stands for; false when the PID does not know it.
static Bool add_key(StrBuf *sb, const TemplateSource *src, const char *key, u32 padding)
{
	const char *text = NULL;
	if (!strcmp(key, "num")) {
		add_unsigned(sb, src->number, padding);
		return GF_TRUE;
	}
	if (!strcmp(key, "File")) {
		add_file(sb, src);
		return GF_TRUE;
	}
	if (!strcmp(key, "Type") || !strcmp(key, "OType")) {
		add_stream_type(sb, src, *key == 'O');
		return GF_TRUE;
	}
	if (!strcmp(key, "URL"))
		text = source_url(src);
	else if (!strcmp(key, "FS"))
		text = src->suffix ? src->suffix : get_text(src, GF_PROP_PCK_FILESUF);
	else
		return add_packet_key(sb, src, key, padding) || add_property(sb, src, key, padding);
	sb_add(sb, text ? text : "");
	return text != NULL;
}

// Cuts `%0Nd` from the end of a key. False when it is another format.
static Bool cut_padding(char *key, u32 *padding)
{
	char *format = strchr(key, '%');
	*padding = 0;
	if (!format)
		return GF_TRUE;
	*format++ = 0;
	if (*format == '0')
		format++;
	for (; *format >= '0' && *format <= '9'; format++) {
		*padding = *padding * 10 + (*format - '0');
		if (*padding > MAX_PADDING)
			return GF_FALSE;
	}
	return format[0] == 'd' && !format[1];
}

// ---- Template

static GF_Err bad_template(const TemplateSource *src, const char *key, const char *why)
{
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
		("[filter] %s: `$%s$` in file name `%s` %s\n", src->handle->filter->name, key, src->tpl, why));
	return GF_BAD_PARAM;
}

// Fills in the key between `$` and `end`.
static GF_Err expand_key(StrBuf *sb, const TemplateSource *src, const char *start, const char *end)
{
	char key[MAX_KEY], name[MAX_KEY];
	size_t len = end - start;
	if (!len || (len == 1 && *start == ';')) { // `$;$` for shells that replace `$$`
		sb_addc(sb, '$');
		return GF_OK;
	}
	if (len >= MAX_KEY)
		return bad_template(src, "...", "is too long");
	memcpy(key, start, len);
	key[len] = 0;
	memcpy(name, key, len + 1);
	u32 padding;
	Bool has_format = cut_padding(name, &padding);
	if (is_segment_key(name)) {
		sb_addf(sb, "$%s$", key);
		return GF_OK;
	}
	if (!has_format)
		return bad_template(src, key, "has a format other than `%0Nd`");
	if (!add_key(sb, src, name, padding))
		return bad_template(src, key, "has no value on this PID");
	return GF_OK;
}

static GF_Err expand(StrBuf *sb, const TemplateSource *src)
{
	for (const char *p = src->tpl; *p; p++) {
		if (*p != '$') {
			sb_addc(sb, *p);
			continue;
		}
		const char *end = strchr(p + 1, '$');
		if (!end)
			return bad_template(src, p + 1, "has no closing `$`");
		GF_Err e = expand_key(sb, src, p + 1, end);
		if (e)
			return e;
		p = end;
	}
	return GF_OK;
}

GF_Err gf_filter_pid_resolve_file_template_ex(GF_FilterPid *PID, const char *szTemplate,
	char szFinalName[GF_MAX_PATH], u32 file_number, const char *file_suffix, const char *file_name)
{
	if (!PID || !handle_exists(PID) || !szTemplate || !szFinalName)
		return GF_BAD_PARAM;
	const OutPid *pid = out_of(PID);
	const InPid *in = PID->is_input ? (InPid *)PID : NULL;
	const PckEntry *first = in ? in->first : pid->held;
	TemplateSource src = {
		.handle = PID,
		.pid = pid,
		.map = in && in->map ? in->map : pid->map,
		.pck = first ? first->pck : NULL,
		.number = file_number,
		.suffix = file_suffix,
		.file_name = file_name,
		.tpl = szTemplate,
	};
	StrBuf sb;
	sb_init(&sb);
	GF_Err e = expand(&sb, &src);
	if (!e && (sb.failed || sb.len >= GF_MAX_PATH))
		e = GF_OUT_OF_MEM;
	if (!e) // only what is needed: the caller's buffer may be smaller than its declared size
		memcpy(szFinalName, sb_str(&sb), sb.len + 1);
	sb_reset(&sb);
	return e;
}

GF_Err gf_filter_pid_resolve_file_template(GF_FilterPid *PID, const char *szTemplate,
	char szFinalName[GF_MAX_PATH], u32 file_number, const char *file_suffix)
{
	return gf_filter_pid_resolve_file_template_ex(
		PID, szTemplate, szFinalName, file_number, file_suffix, NULL);
}
