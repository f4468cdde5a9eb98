// SPDX-License-Identifier: MIT
// Properties that a declaration sets on the PIDs of its filter: `#Name=value`, with conditions `(…)` and
// templates `$Name$`.

#include <ctype.h>
#include <string.h>
#include <gpac/log.h>
#include "base/bits.h"
#include "base/str.h"
#include "graph/args.h"
#include "graph/fragment.h"
#include "graph/prop_text.h"

static GF_Err malformed(char *reason, const char *why)
{
	gf_strlcpy(reason, why, PROP_REASON_SIZE);
	return GF_BAD_PARAM;
}

// ---- Values

// Payload of the `clli` box: two 16-bit levels.
static GF_Err write_light_level(const GF_PropUIntList *list, ByteWriter *w)
{
	if (list->nb_items != 2)
		return GF_BAD_PARAM;
	bw_u16(w, list->vals[0]);
	bw_u16(w, list->vals[1]);
	return GF_OK;
}

// Payload of the `mdcv` box: eight 16-bit chromaticities, two 32-bit luminances.
static GF_Err write_mastering_display(const GF_PropUIntList *list, ByteWriter *w)
{
	if (list->nb_items != 10)
		return GF_BAD_PARAM;
	for (u32 i = 0; i < 8; i++)
		bw_u16(w, list->vals[i]);
	bw_u32(w, list->vals[8]);
	bw_u32(w, list->vals[9]);
	return GF_OK;
}

static GF_Err parse_integers(
	Bool light_level, const char *value, const Separators *seps, GF_PropertyValue *out, char *reason)
{
	GF_PropertyValue list;
	ByteWriter w;
	bw_init(&w);
	GF_Err e = prop_parse(GF_PROP_UINT_LIST, value, NULL, seps->list, &list, reason);
	if (!e) {
		const GF_PropUIntList *items = &list.value.uint_list;
		e = light_level ? write_light_level(items, &w) : write_mastering_display(items, &w);
		if (e)
			malformed(reason, light_level ? "is not a list of 2 integers" : "is not a list of 10 integers");
	}
	gf_props_reset_single(&list);
	if (e) {
		bw_reset(&w);
		return e;
	}
	out->type = GF_PROP_DATA;
	return bw_take(&w, &out->value.data.ptr, &out->value.data.size);
}

static GF_Err parse_builtin(
	u32 p4cc, const char *value, const Separators *seps, GF_PropertyValue *out, char *reason)
{
	u32 id = 0;
	switch (p4cc) {
	case GF_PROP_PID_CODECID:
		id = gf_codecid_parse(value);
		break;
	case GF_PROP_PID_STREAM_TYPE:
		id = isdigit((u8)*value) ? 0 : gf_stream_type_by_name(value);
		break;
	case GF_PROP_PID_CONTENT_LIGHT_LEVEL:
	case GF_PROP_PCK_CONTENT_LIGHT_LEVEL:
	case GF_PROP_PID_MASTER_DISPLAY_COLOUR:
	case GF_PROP_PCK_MASTER_DISPLAY_COLOUR:
		if (strchr(value, seps->list) && !strchr(value, '@'))
			return parse_integers(
				p4cc == GF_PROP_PID_CONTENT_LIGHT_LEVEL || p4cc == GF_PROP_PCK_CONTENT_LIGHT_LEVEL, value,
				seps, out, reason);
		break;
	default:
		break;
	}
	if (id) {
		*out = (GF_PropertyValue){.type = GF_PROP_UINT, .value.uint = id};
		return GF_OK;
	}
	return prop_parse(gf_props_4cc_get_type(p4cc), value, NULL, seps->list, out, reason);
}

static GF_Err parse_user(const char *value, const Separators *seps, GF_PropertyValue *out, char *reason)
{
	size_t len = strcspn(value, "@");
	GF_PropType type = value[len] ? prop_type_by_name(value, len) : GF_PROP_FORBIDDEN;
	if (type)
		return prop_parse(type, value + len + 1, NULL, seps->list, out, reason);
	GF_Err e = prop_parse(GF_PROP_STRING, value, NULL, seps->list, out, reason);
	if (!e && value[len] && len && strncasecmp(value, "file@", 5))
		malformed(reason, "has no type name before `@` and is kept as text");
	return e;
}

GF_Err args_parse_pid_prop(
	u32 p4cc, const char *value, const Separators *seps, GF_PropertyValue *out, char *reason)
{
	*out = (GF_PropertyValue){0};
	reason[0] = 0;
	GF_Err e = p4cc ? parse_builtin(p4cc, value, seps, out, reason) : parse_user(value, seps, out, reason);
	// an address would outlive the memory it points to
	if (!e && (out->type == GF_PROP_CONST_DATA || out->type == GF_PROP_POINTER))
		e = malformed(reason, "is an address, which cannot be assigned to a property");
	if (e)
		gf_props_reset_single(out);
	return e;
}

// ---- Conditions

// Chooses among `(C1)(C2)V,(C3)V3,()D`: the value of the first group whose conditions all hold. `*len` is its
// size. NULL when none does.
static const char *choose_value(OutPid *pid, const char *text, size_t *len)
{
	while (*text == '(') {
		Bool all = GF_TRUE;
		while (*text == '(') {
			const char *close = strchr(text, ')');
			if (!close) {
				GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
					("[filter] %s: condition `%s` of a property has no closing parenthesis\n",
						pid->head.filter->name, text));
				return NULL;
			}
			size_t cond_len = close - text - 1;
			if (cond_len && fragment_match(text + 1, cond_len, pid) != FRAG_YES)
				all = GF_FALSE;
			text = close + 1;
		}
		const char *end = strstr(text, ",(");
		*len = end ? (size_t)(end - text) : strlen(text);
		if (all)
			return text;
		text = end ? end + 1 : text + *len;
	}
	return NULL;
}

// ---- Templates

static const char *expand_counter(OutPid *pid, const char *text, StrBuf *sb)
{
	CounterSpec spec;
	if (strncasecmp(text + 1, "GINC(", 5) || !args_parse_counter(text + 5, &spec))
		return NULL;
	const GF_Filter *f = pid->head.filter;
	StrBuf key;
	sb_init(&key);
	sb_addf(&key, "%u:", f->index);
	sb_addn(&key, spec.key, spec.key_len);
	s64 value = arg_counter_next(f->fs, sb_str(&key), spec.init, spec.step, pid);
	sb_reset(&key);
	sb_addf(sb, "%lld", (long long)value);
	return spec.end;
}

// `$Name$` or `@Name@`. The second form is left alone when the name is unknown, as in an address or a path.
static const char *expand_property(const OutPid *pid, const char *text, StrBuf *sb)
{
	char name[100];
	const char *close = strchr(text + 1, *text);
	size_t len = close ? (size_t)(close - text - 1) : 0;
	if (!len || len >= sizeof(name))
		return NULL;
	memcpy(name, text + 1, len);
	name[len] = 0;
	u32 p4cc = gf_props_get_id(name);
	const GF_PropertyValue *val = propmap_get(pid->map, p4cc, name);
	if (!val && !p4cc && *text == '@')
		return NULL;
	if (val)
		prop_print_builtin(sb, p4cc, val, GF_PROP_DUMP_DATA_INFO);
	return close + 1;
}

static char *expand_templates(OutPid *pid, const char *text, size_t len)
{
	StrBuf in, out;
	sb_init(&in);
	sb_init(&out);
	sb_addn(&in, text, len);
	for (const char *p = sb_str(&in); *p;) {
		const char *rest = NULL;
		if (*p == '$' || *p == '@') {
			rest = expand_counter(pid, p, &out);
			if (!rest)
				rest = expand_property(pid, p, &out);
		}
		if (!rest) {
			sb_addc(&out, *p);
			rest = p + 1;
		}
		p = rest;
	}
	if (in.failed)
		out.failed = GF_TRUE;
	sb_reset(&in);
	return sb_take(&out);
}

// ---- Assignment

// Packets already sent keep the map they were sent under.
static GF_Err set_on_pid(OutPid *pid, u32 p4cc, const char *name, const GF_PropertyValue *val)
{
	if (!propmap_differs(pid->map, p4cc, name, val))
		return GF_OK;
	if (atomic_load_explicit(&pid->map->refs, memory_order_acquire) > 1) {
		PropMap *own = propmap_clone(pid->map);
		if (!own)
			return GF_OUT_OF_MEM;
		propmap_unref(pid->map);
		pid->map = own;
	}
	return propmap_set(pid->map, p4cc, name, val, NULL);
}

static GF_Err assign_text(OutPid *pid, u32 p4cc, const char *name, const char *value, const Separators *seps)
{
	GF_PropertyValue val;
	char reason[PROP_REASON_SIZE];
	GF_Err e = args_parse_pid_prop(p4cc, value, seps, &val, reason);
	if (e) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
			("[filter] %s: property `%s` of PID %s is not set: value `%s` %s\n", pid->head.filter->name, name,
				pid->name ? pid->name : "", value, reason));
		return e;
	}
	GF_PropertyValue copied = val;
	if (val.type == GF_PROP_STRING_LIST) // the plain type would give the strings away
		copied.type = GF_PROP_STRING_LIST_COPY;
	e = set_on_pid(pid, p4cc, name, &copied);
	gf_props_reset_single(&val);
	return e;
}

static GF_Err assign(OutPid *pid, const char *name, const char *value, const Separators *seps)
{
	u32 p4cc = gf_props_get_id(name);
	// what a dynamic filter makes of the media is its own business
	if ((p4cc == GF_PROP_PID_CODECID || p4cc == GF_PROP_PID_STREAM_TYPE) &&
		pid->head.filter->kind != FILTER_EXPLICIT)
		return GF_OK;
	if (!value)
		return p4cc && gf_props_4cc_get_type(p4cc) == GF_PROP_BOOL
				   ? set_on_pid(pid, p4cc, NULL, PROP_BOOL(GF_TRUE))
				   : GF_OK;
	if (!*value)
		return set_on_pid(pid, p4cc, name, NULL);
	size_t len = strlen(value);
	if (*value == '(') {
		value = choose_value(pid, value, &len);
		if (!value)
			return GF_OK;
	}
	// the segmenter expands these two itself
	Bool literal = p4cc == GF_PROP_PID_TEMPLATE || p4cc == GF_PROP_PID_HLS_PLAYLIST;
	char *text;
	if (literal) {
		text = gf_malloc(len + 1);
		if (text) {
			memcpy(text, value, len);
			text[len] = 0;
		}
	} else {
		text = expand_templates(pid, value, len);
	}
	if (!text)
		return GF_OUT_OF_MEM;
	GF_Err e = assign_text(pid, p4cc, name, text, seps);
	gf_free(text);
	return e;
}

GF_Err args_apply_pid_props(OutPid *pid, const char *text, const Separators *seps)
{
	ArgSplit split;
	GF_Err e = args_split(seps, text, &split);
	if (e)
		return e;
	for (u32 i = 0; i < split.nb_items; i++) {
		const ArgItem *item = &split.items[i];
		GF_Err item_err = item->frag ? assign(pid, item->name, item->value, seps) : GF_OK;
		if (item_err && !e)
			e = item_err;
	}
	args_split_reset(&split);
	return e;
}
