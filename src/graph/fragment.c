// SPDX-License-Identifier: MIT
// Which PIDs a link directive designates.

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <gpac/log.h>
#include "base/str.h"
#include "graph/fragment.h"
#include "graph/prop_text.h"

enum { MAX_FRAG = 512 }; // longer fragments match nothing

static const Separators *seps_of(const OutPid *pid)
{
	return &pid->head.filter->fs->seps;
}

static u32 uint_prop(const OutPid *pid, u32 p4cc)
{
	const GF_PropertyValue *val = propmap_get(pid->map, p4cc, NULL);
	return val ? val->value.uint : 0;
}

// Stream type of the media: that of the clear media for an encrypted PID.
static u32 stream_type(const OutPid *pid)
{
	u32 type = uint_prop(pid, GF_PROP_PID_STREAM_TYPE);
	return type == GF_STREAM_ENCRYPTED ? uint_prop(pid, GF_PROP_PID_ORIG_STREAM_TYPE) : type;
}

static Bool is_source_file(const OutPid *pid)
{
	return uint_prop(pid, GF_PROP_PID_STREAM_TYPE) == GF_STREAM_FILE &&
		   !gf_list_count(pid->head.filter->inputs);
}

static FragMatch answer(Bool yes)
{
	return yes ? FRAG_YES : FRAG_NO;
}

// ---- Names

// The name of the PID or of the one it was made from.
static Bool name_matches(const char *frag, const OutPid *pid)
{
	GF_Filter *f = pid->head.filter;
	if (pid->name && !strcmp(pid->name, frag))
		return GF_TRUE;
	if (gf_list_count(f->inputs) != 1)
		return GF_FALSE;
	const InPid *parent = gf_list_get(f->inputs, 0);
	return parent->pid->name && !strcmp(parent->pid->name, frag);
}

// ---- Stream types

// Stream type of a keyword followed by an optional index, 0 when it is none.
static u32 type_keyword(const char *frag, u32 *index)
{
	static const struct {
		const char *name;
		u32 type;
	} keywords[] = {
		{"audio", GF_STREAM_AUDIO},
		{"video", GF_STREAM_VISUAL},
		{"scene", GF_STREAM_SCENE},
		{"text", GF_STREAM_TEXT},
		{"font", GF_STREAM_FONT},
		{"meta", GF_STREAM_METADATA},
	};
	for (u32 i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		size_t len = strlen(keywords[i].name);
		if (strncasecmp(frag, keywords[i].name, len))
			continue;
		const char *digits = frag + len;
		if (digits[strspn(digits, "0123456789")] || strlen(digits) > 9)
			continue;
		*index = *digits ? (u32)strtoul(digits, NULL, 10) : 0;
		return keywords[i].type;
	}
	return GF_STREAM_UNKNOWN;
}

// True for the PID of rank `index` (from 1) among those of its type at its filter.
static Bool has_rank(const OutPid *pid, u32 type, u32 index)
{
	GF_Filter *f = pid->head.filter;
	if (gf_list_count(f->outputs) == 1 && gf_list_count(f->inputs) == 1)
		return GF_TRUE;
	for (u32 i = 0; i < gf_list_count(f->outputs); i++) {
		const OutPid *other = gf_list_get(f->outputs, i);
		if (stream_type(other) == type && !--index)
			return other == pid;
	}
	return GF_FALSE;
}

static Bool type_matches(const OutPid *pid, u32 type, u32 index, Bool neg)
{
	if (uint_prop(pid, GF_PROP_PID_STREAM_TYPE) == GF_STREAM_FILE)
		return GF_TRUE;
	Bool matches = stream_type(pid) == type && (!index || has_rank(pid, type, index));
	return matches != neg;
}

// ---- Properties

// The property that a fragment names: built-in, private code, or user property.
static const GF_PropertyValue *find_prop(const OutPid *pid, const char *name, u32 *p4cc)
{
	*p4cc = gf_props_get_id(name);
	if (*p4cc)
		return propmap_get(pid->map, *p4cc, NULL);
	if (strlen(name) == 4) {
		u32 code = GF_4CC((u8)name[0], (u8)name[1], (u8)name[2], (u8)name[3]);
		const GF_PropertyValue *val = propmap_get(pid->map, code, NULL);
		if (val) {
			*p4cc = code;
			return val;
		}
	}
	return propmap_get(pid->map, 0, name);
}

// Reads the value of a fragment as one of the property's type. The caller releases it.
static Bool parse_wanted(
	u32 p4cc, const GF_PropertyValue *have, const char *text, char list_sep, GF_PropertyValue *out)
{
	char reason[PROP_REASON_SIZE];
	u32 id = 0;
	if (p4cc == GF_PROP_PID_CODECID)
		id = gf_codecid_parse(text);
	else if ((p4cc == GF_PROP_PID_STREAM_TYPE || p4cc == GF_PROP_PID_ORIG_STREAM_TYPE) && !isdigit((u8)*text))
		id = gf_stream_type_by_name(text);
	if (id) {
		*out = (GF_PropertyValue){.type = GF_PROP_UINT, .value.uint = id};
		return GF_TRUE;
	}
	u32 type = gf_props_4cc_get_type(p4cc);
	GF_Err e = prop_parse(type ? type : have->type, text, NULL, list_sep, out, reason);
	if (!e && out->type != GF_PROP_CONST_DATA && out->type != GF_PROP_POINTER)
		return GF_TRUE;
	gf_props_reset_single(out);
	return GF_FALSE;
}

static void log_bad_value(const char *name, const char *value)
{
	GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
		("[filter] fragment `%s`: `%s` is not a value of this property, no PID has it\n", name, value));
}

// `Name=Value` and `Name=!Value`, where a value may be the name of another property.
static FragMatch match_equal(const OutPid *pid, const char *name, const char *value)
{
	const Separators *seps = seps_of(pid);
	const GF_Filter *f = pid->head.filter;
	if (!strcmp(name, "TAG"))
		return answer(!f->tag || !strcmp(f->tag, value));
	if (!strcmp(name, "ITAG"))
		return answer(!f->itag || !strcmp(f->itag, value));
	u32 p4cc;
	const GF_PropertyValue *have = find_prop(pid, name, &p4cc);
	if (p4cc == GF_PROP_PID_STREAM_TYPE && is_source_file(pid))
		return FRAG_YES;
	if (!have)
		return FRAG_DEFAULT;
	if (!*value || !strcmp(value, "*"))
		return FRAG_YES;

	Bool neg = *value == seps->neg;
	if (neg)
		value++;
	u32 other = gf_props_get_id(value);
	if (other && !strcmp(gf_props_4cc_get_name(other), value)) {
		const GF_PropertyValue *ref = propmap_get(pid->map, other, NULL);
		return answer(ref && gf_props_equal(have, ref) != neg);
	}
	GF_PropertyValue wanted;
	if (!parse_wanted(p4cc, have, value, seps->list, &wanted)) {
		log_bad_value(name, value);
		return answer(neg);
	}
	Bool equal = gf_props_equal(have, &wanted);
	gf_props_reset_single(&wanted);
	return answer(equal != neg);
}

// -1, 0 or 1; 2 when the type has no order.
static s32 compare(const GF_PropertyValue *a, const GF_PropertyValue *b)
{
	switch (gf_props_get_base_type(a->type)) {
	case GF_PROP_SINT:
		return (a->value.sint > b->value.sint) - (a->value.sint < b->value.sint);
	case GF_PROP_UINT:
		return (a->value.uint > b->value.uint) - (a->value.uint < b->value.uint);
	case GF_PROP_LSINT:
		return (a->value.longsint > b->value.longsint) - (a->value.longsint < b->value.longsint);
	case GF_PROP_LUINT:
		return (a->value.longuint > b->value.longuint) - (a->value.longuint < b->value.longuint);
	case GF_PROP_FLOAT:
		return (a->value.fnumber > b->value.fnumber) - (a->value.fnumber < b->value.fnumber);
	case GF_PROP_DOUBLE:
		return (a->value.number > b->value.number) - (a->value.number < b->value.number);
	case GF_PROP_FRACTION: {
		s64 left = (s64)a->value.frac.num * b->value.frac.den,
			right = (s64)b->value.frac.num * a->value.frac.den;
		return (left > right) - (left < right);
	}
	case GF_PROP_FRACTION64: {
		__int128 left = (__int128)a->value.lfrac.num * b->value.lfrac.den;
		__int128 right = (__int128)b->value.lfrac.num * a->value.lfrac.den;
		return (left > right) - (left < right);
	}
	default:
		return 2;
	}
}

// `Name-Value` (less) and `Name+Value` (greater). A PID name may hold these characters too: only a property
// that exists, built-in or on this PID, makes a comparison. `*match` is left alone otherwise.
static Bool match_order(const OutPid *pid, const char *frag, FragMatch *match)
{
	char name[MAX_FRAG];
	size_t len = strcspn(frag, "-+");
	if (!frag[len] || !len)
		return GF_FALSE;
	memcpy(name, frag, len);
	name[len] = 0;
	const char *value = frag + len + 1;
	u32 p4cc;
	const GF_PropertyValue *have = find_prop(pid, name, &p4cc);
	if (!have) {
		if (p4cc)
			*match = FRAG_DEFAULT;
		return p4cc != 0;
	}
	GF_PropertyValue wanted;
	if (!parse_wanted(p4cc, have, value, seps_of(pid)->list, &wanted)) {
		log_bad_value(name, value);
		*match = FRAG_NO;
		return GF_TRUE;
	}
	s32 order = gf_props_get_base_type(have->type) == gf_props_get_base_type(wanted.type)
					? compare(have, &wanted)
					: 2;
	gf_props_reset_single(&wanted);
	if (order == 2) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
			("[filter] fragment `%s`: values of this property have no order, any is accepted\n", frag));
		order = frag[len] == '-' ? -1 : 1;
	}
	*match = answer(order == (frag[len] == '-' ? -1 : 1));
	return GF_TRUE;
}

// ---- Fragments

static Bool is_handler(const char *frag, const OutPid *pid)
{
	if (strlen(frag) != 4)
		return GF_FALSE;
	return uint_prop(pid, GF_PROP_PID_SUBTYPE) == GF_4CC((u8)frag[0], (u8)frag[1], (u8)frag[2], (u8)frag[3]);
}

static FragMatch match_text(char *frag, const OutPid *pid)
{
	const Separators *seps = seps_of(pid);
	Bool neg = *frag == seps->neg;
	const char *word = frag + (neg ? 1 : 0);
	u32 index = 0;
	u32 type = type_keyword(word, &index);
	if (type)
		return answer(type_matches(pid, type, index, neg));
	if (is_handler(word, pid))
		return answer(!neg);
	if (!strcmp(word, "raw")) {
		const GF_PropertyValue *codec = propmap_get(pid->map, GF_PROP_PID_CODECID, NULL);
		return answer(!codec || (codec->value.uint == GF_CODECID_RAW) != neg);
	}
	char *sep = strchr(frag, seps->name);
	if (sep) {
		*sep = 0;
		return match_equal(pid, frag, sep + 1);
	}
	FragMatch match;
	if (match_order(pid, frag, &match))
		return match;
	// a file is looked into later, once demultiplexed
	return answer(is_source_file(pid) || name_matches(word, pid) != neg);
}

FragMatch fragment_match(const char *frag, size_t len, OutPid *pid)
{
	char text[MAX_FRAG];
	if (len >= sizeof(text))
		return FRAG_NO;
	memcpy(text, frag, len);
	text[len] = 0;
	return match_text(text, pid);
}

// ---- Source IDs

// One element of a list of source IDs: `[!]ID[*][#frag…]`.
typedef struct {
	const char *id;
	size_t id_len;
	Bool neg;
	const char *frags; // behind the first fragment separator, NULL when there is none
	const char *end;
} SidElement;

static SidElement read_element(const char *text, const Separators *seps)
{
	SidElement element = {.id = text, .end = strchrnul(text, seps->list)};
	element.neg = *text == seps->neg;
	if (element.neg)
		element.id++;
	const char *frag = memchr(element.id, seps->frag, element.end - element.id);
	element.id_len = (frag ? frag : element.end) - element.id;
	element.frags = frag ? frag + 1 : NULL;
	return element;
}

static Bool id_matches(const SidElement *element, const char *id)
{
	Bool matches;
	if (!element->id_len || (element->id_len == 1 && *element->id == '*'))
		matches = GF_TRUE;
	else if (!id)
		matches = GF_FALSE;
	else if (element->id[element->id_len - 1] == '*')
		matches = !strncmp(id, element->id, element->id_len - 1);
	else
		matches = strlen(id) == element->id_len && !memcmp(id, element->id, element->id_len);
	return matches != element->neg;
}

// All fragments must hold; the weakest answer is the answer.
static FragMatch fragments_match(const SidElement *element, OutPid *pid)
{
	size_t len = element->end - element->frags;
	if (pid->name && strlen(pid->name) == len && !memcmp(pid->name, element->frags, len))
		return FRAG_YES;
	FragMatch match = FRAG_YES;
	const char *frag = element->frags;
	while (match != FRAG_NO) {
		const char *end = memchr(frag, seps_of(pid)->frag, element->end - frag);
		FragMatch one = fragment_match(frag, (end ? end : element->end) - frag, pid);
		if (one < match)
			match = one;
		if (!end)
			break;
		frag = end + 1;
	}
	return match;
}

SidMatch sid_match(const char *sids, const char *id, OutPid *pid)
{
	const Separators *seps = seps_of(pid);
	// a filter without ID is only reached by what designates filters by other means
	if (!id && *sids != '*' && *sids != seps->frag && *sids != seps->neg)
		return SID_NO;
	Bool is_default = GF_FALSE, excluded = GF_FALSE;
	for (const char *p = sids;; p++) {
		SidElement element = read_element(p, seps);
		p = element.end;
		if (id_matches(&element, id)) {
			FragMatch match = element.frags ? fragments_match(&element, pid) : FRAG_YES;
			if (match == FRAG_YES)
				return SID_YES;
			is_default |= match == FRAG_DEFAULT;
			excluded |= match == FRAG_NO;
		}
		if (!*p)
			break;
	}
	return is_default && !excluded ? SID_DEFAULT : SID_NO;
}

// `#Name=*` or `#Name=` at the fragment separator `frag`: the name is copied, the end returned.
static const char *dynamic_fragment(const char *frag, const Separators *seps, char name[MAX_FRAG])
{
	const char stops[] = {seps->frag, seps->list, seps->name, 0};
	size_t len = strcspn(frag + 1, stops);
	const char *value = frag + 1 + len;
	if (*value != seps->name || !len || len >= MAX_FRAG)
		return NULL;
	value += value[1] == '*' ? 2 : 1;
	if (*value && *value != seps->frag && *value != seps->list)
		return NULL;
	memcpy(name, frag + 1, len);
	name[len] = 0;
	return value;
}

char *sid_bind(const char *sids, OutPid *pid)
{
	const Separators *seps = seps_of(pid);
	char name[MAX_FRAG];
	for (const char *frag = strchr(sids, seps->frag); frag; frag = strchr(frag + 1, seps->frag)) {
		const char *rest = dynamic_fragment(frag, seps, name);
		if (!rest)
			continue;
		u32 p4cc;
		const GF_PropertyValue *val = find_prop(pid, name, &p4cc);
		if (!val)
			return NULL;
		StrBuf sb;
		sb_init(&sb);
		sb_addn(&sb, sids, frag + 1 - sids);
		sb_addf(&sb, "%s%c", name, seps->name);
		if (p4cc == GF_PROP_PID_CODECID)
			sb_addn(&sb, gf_codecid_file_ext(val->value.uint),
				strcspn(gf_codecid_file_ext(val->value.uint), "|"));
		else if (p4cc == GF_PROP_PID_STREAM_TYPE)
			sb_add(&sb, gf_stream_type_name(val->value.uint));
		else
			prop_print(&sb, val, GF_PROP_DUMP_DATA_INFO | GF_PROP_DUMP_NO_REDUCE, NULL);
		sb_add(&sb, rest);
		return sb_take(&sb);
	}
	return NULL;
}
