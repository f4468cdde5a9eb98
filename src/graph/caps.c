// SPDX-License-Identifier: MIT
// Matching of a PID with the capabilities of a register or of a filter.

#include <stdio.h>
#include <string.h>
#include "graph/resolver.h"

// Index of the end of the list: a RECONFIG entry stops every scan.
static u32 caps_end(const GF_FilterCapability *caps, u32 nb_caps)
{
	u32 end = 0;
	while (end < nb_caps && !(caps[end].flags & GF_CAPFLAG_RECONFIG))
		end++;
	return end;
}

Bool caps_next_bundle(const GF_FilterCapability *caps, u32 nb_caps, CapBundle *bundle)
{
	u32 start = 0, index = 0, first_static = nb_caps;
	if (bundle->caps) {
		start = bundle->end + 1;
		index = bundle->index + 1;
		first_static = bundle->first_static;
		if (first_static == bundle->start) {
			first_static = nb_caps;
			for (u32 i = bundle->start; i < bundle->end && first_static == nb_caps; i++) {
				if (caps[i].flags & GF_CAPFLAG_STATIC)
					first_static = i;
			}
		}
		if (bundle->end < nb_caps && (caps[bundle->end].flags & GF_CAPFLAG_RECONFIG))
			return GF_FALSE;
	}
	const u32 kinds = GF_CAPFLAG_IN_BUNDLE | GF_CAPFLAG_RECONFIG;
	// An entry that belongs to no bundle opens the next one; bundles without entries do not exist.
	while (start < nb_caps && !(caps[start].flags & kinds)) {
		start++;
		index++;
	}
	u32 end = start;
	while (end < nb_caps && (caps[end].flags & kinds) == GF_CAPFLAG_IN_BUNDLE)
		end++;
	if (end == start)
		return GF_FALSE;
	*bundle = (CapBundle){caps, index, start, end, first_static < start ? first_static : start};
	return GF_TRUE;
}

const GF_FilterCapability *bundle_next(const CapBundle *bundle, u32 *pos, u32 side)
{
	if (*pos < bundle->first_static)
		*pos = bundle->first_static;
	while (*pos < bundle->end) {
		const GF_FilterCapability *cap = &bundle->caps[*pos];
		Bool member = *pos >= bundle->start || (cap->flags & GF_CAPFLAG_STATIC);
		(*pos)++;
		if (member && (cap->flags & side) == side)
			return cap;
	}
	return NULL;
}

static Bool is_file_code(u32 code)
{
	return code == GF_PROP_PID_FILE_EXT || code == GF_PROP_PID_MIME;
}

Bool caps_same_code(const GF_FilterCapability *a, const GF_FilterCapability *b)
{
	if (a->code || b->code)
		return a->code == b->code || (is_file_code(a->code) && is_file_code(b->code));
	return a->name && b->name && !strcmp(a->name, b->name);
}

// True when a member of `list` is also one of `other`; members are separated by `|`.
static Bool lists_share_member(const char *list, const char *other)
{
	while (1) {
		size_t len = strcspn(list, "|");
		for (const char *o = other;; o++) {
			size_t other_len = strcspn(o, "|");
			if (len == other_len && !memcmp(list, o, len))
				return GF_TRUE;
			o += other_len;
			if (!*o)
				break;
		}
		list += len;
		if (!*list)
			return GF_FALSE;
		list++;
	}
}

static const char *value_text(const GF_PropertyValue *val)
{
	Bool is_text =
		val->type == GF_PROP_STRING || val->type == GF_PROP_STRING_NO_COPY || val->type == GF_PROP_NAME;
	return is_text ? val->value.string : NULL;
}

Bool caps_values_meet(const GF_PropertyValue *a, const GF_PropertyValue *b)
{
	const char *text_a = value_text(a), *text_b = value_text(b);
	if (text_a && text_b && strchr(text_a, '|') && strchr(text_b, '|'))
		return lists_share_member(text_a, text_b);
	if (a->type == GF_PROP_FORBIDDEN || b->type == GF_PROP_FORBIDDEN)
		return GF_FALSE;
	return gf_props_equal(a, b);
}

// ---- One PID against one list

typedef struct {
	const PropMap *props;
	const GF_FilterCapability *caps;
	u32 nb_caps;
	s32 reg_priority;
	Bool instance;  // the list is that of an instance
	Bool loaded;    // LOADED_FILTER inputs count
	Bool mime_only; // the extension of the PID proves nothing
	Bool fake;
	GF_PropertyValue own_exts; // list of extensions to which the one of the PID belongs, type 0 when none
} Matcher;

// Values by which a capability judges the PID: one, or both of extension and MIME type.
typedef struct {
	const GF_PropertyValue *vals[2];
	u32 count;
} PidValues;

static PidValues pid_values(const Matcher *m, const GF_FilterCapability *cap)
{
	PidValues v = {{NULL, NULL}, 0};
	if (!is_file_code(cap->code)) {
		v.vals[0] = propmap_get(m->props, cap->code, cap->name);
		v.count = v.vals[0] ? 1 : 0;
		return v;
	}
	const GF_PropertyValue *ext = propmap_get(m->props, GF_PROP_PID_FILE_EXT, NULL);
	const GF_PropertyValue *mime = propmap_get(m->props, GF_PROP_PID_MIME, NULL);
	if (ext)
		v.vals[v.count++] = m->own_exts.type ? &m->own_exts : ext;
	if (mime)
		v.vals[v.count++] = mime;
	return v;
}

static Bool values_meet(const PidValues *v, const GF_FilterCapability *cap)
{
	if (cap->flags & GF_CAPFLAG_PRESENT)
		return GF_TRUE;
	for (u32 i = 0; i < v->count; i++) {
		if (caps_values_meet(v->vals[i], &cap->val))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// All the entries of a bundle that share the code of `cap` are alternatives.
static Bool match_code(const Matcher *m, const CapBundle *b, const GF_FilterCapability *cap, s32 *priority)
{
	PidValues values = pid_values(m, cap);
	const GF_FilterCapability *met = NULL, *alt;
	Bool excludes = GF_FALSE;
	u32 pos = 0;
	while ((alt = bundle_next(b, &pos, GF_CAPFLAG_INPUT))) {
		if (!caps_same_code(alt, cap))
			continue;
		if (!values.count) {
			if (!(alt->flags & (GF_CAPFLAG_EXCLUDED | GF_CAPFLAG_OPTIONAL)))
				return GF_FALSE;
			continue;
		}
		if ((alt->flags & GF_CAPFLAG_LOADED_FILTER) && !m->loaded)
			continue;
		if (m->mime_only && alt->code == GF_PROP_PID_FILE_EXT)
			continue;
		Bool meets = values_meet(&values, alt);
		if (alt->flags & GF_CAPFLAG_EXCLUDED) {
			if (meets)
				return GF_FALSE;
			excludes = GF_TRUE;
		} else if (meets && !met) {
			met = alt;
		}
	}
	if (!values.count)
		return GF_TRUE;
	if (met && met->priority > *priority)
		*priority = met->priority;
	return met || excludes;
}

static Bool has_loaded_output(const CapBundle *b)
{
	u32 pos = 0;
	return bundle_next(b, &pos, GF_CAPFLAG_OUTPUT | GF_CAPFLAG_LOADED_FILTER) != NULL;
}

// True when a former entry of the bundle decided for the code of `cap`.
static Bool code_done(const CapBundle *b, const GF_FilterCapability *cap)
{
	u32 pos = 0;
	const GF_FilterCapability *c;
	while ((c = bundle_next(b, &pos, GF_CAPFLAG_INPUT)) && c != cap) {
		if (!(c->flags & GF_CAPFLAG_OPTIONAL) && caps_same_code(c, cap))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// What a bundle answered in detail: the entry that refused the PID, the stream type if it is among them, NULL
// when it was the bundle as a whole; and how many codes passed or not.
typedef struct {
	const GF_FilterCapability *refused_by;
	u32 nb_matched, nb_failed;
} BundleTrace;

// Without a trace the first refusal ends the test.
static Bool match_bundle(const Matcher *m, const CapBundle *b, s32 *priority, BundleTrace *trace)
{
	*priority = m->reg_priority;
	if (!m->instance && has_loaded_output(b))
		return GF_FALSE;

	Bool has_input = GF_FALSE, accepts_fake = GF_FALSE, refused = GF_FALSE;
	const GF_FilterCapability *cap;
	u32 pos = 0;
	while ((cap = bundle_next(b, &pos, GF_CAPFLAG_INPUT))) {
		has_input = GF_TRUE;
		if (cap->code == GF_PROP_PID_FAKE)
			accepts_fake = GF_TRUE;
		if (cap->flags & GF_CAPFLAG_OPTIONAL) {
			if (cap->priority > *priority && pid_values(m, cap).count)
				*priority = cap->priority;
			continue;
		}
		if (code_done(b, cap))
			continue;
		Bool ok = match_code(m, b, cap, priority);
		refused |= !ok;
		if (!trace) {
			if (refused)
				return GF_FALSE;
		} else if (ok) {
			trace->nb_matched++;
		} else {
			trace->nb_failed++;
			if (!trace->refused_by || cap->code == GF_PROP_PID_STREAM_TYPE)
				trace->refused_by = cap;
		}
	}
	return has_input && !refused && (!m->fake || accepts_fake);
}

// ---- Reporting

u32 caps_closeness(const CapMismatch *why)
{
	if (why->loaded_only)
		return 0;
	if (why->code == GF_PROP_PID_STREAM_TYPE)
		return 1;
	u32 score = 1000 - 20 * (why->nb_failed < 40 ? why->nb_failed : 40);
	if (why->code != GF_PROP_PID_CODECID)
		score += 10;
	return score + (why->nb_matched < 9 ? why->nb_matched : 9);
}

static void append(char *text, size_t size, const char *more)
{
	size_t len = strlen(text);
	snprintf(text + len, size - len, "%s", more);
}

static void list_wanted(const Matcher *m, const CapBundle *b, CapMismatch *why)
{
	u32 pos = 0;
	const GF_FilterCapability *alt, *cap = &(GF_FilterCapability){.code = why->code, .name = why->name};
	while ((alt = bundle_next(b, &pos, GF_CAPFLAG_INPUT))) {
		if (!caps_same_code(alt, cap) || ((alt->flags & GF_CAPFLAG_LOADED_FILTER) && !m->loaded))
			continue;
		if (m->mime_only && alt->code == GF_PROP_PID_FILE_EXT)
			continue;
		if (why->wanted[0])
			append(why->wanted, sizeof(why->wanted), ",");
		if (alt->flags & GF_CAPFLAG_EXCLUDED)
			append(why->wanted, sizeof(why->wanted), "!");
		char dump[GF_PROP_DUMP_ARG_SIZE];
		const char *text = "any";
		if (!(alt->flags & GF_CAPFLAG_PRESENT))
			text = gf_props_dump(alt->code, &alt->val, dump, GF_PROP_DUMP_DATA_NONE);
		append(why->wanted, sizeof(why->wanted), text ? text : "?");
	}
}

static void report_bundle(const Matcher *m, const CapBundle *b, const BundleTrace *trace, CapMismatch *why)
{
	*why = (CapMismatch){
		.bundle = b->index,
		.nb_matched = trace->nb_matched,
		.nb_failed = trace->nb_failed,
	};
	const GF_FilterCapability *cap = trace->refused_by;
	if (!cap && !m->instance && has_loaded_output(b)) {
		why->loaded_only = GF_TRUE;
		return;
	}
	GF_FilterCapability fake = {.code = GF_PROP_PID_FAKE};
	if (!cap)
		cap = &fake;
	why->code = cap->code;
	why->name = cap->code ? NULL : cap->name;
	list_wanted(m, b, why);
	PidValues values = pid_values(m, cap);
	why->missing = !values.count;
	if (values.count) {
		char dump[GF_PROP_DUMP_ARG_SIZE];
		const char *text =
			gf_props_dump(cap->code, values.vals[values.count - 1], dump, GF_PROP_DUMP_DATA_NONE);
		snprintf(why->found, sizeof(why->found), "%s", text ? text : "?");
	}
	// Every alternative of the code is reserved to explicit filters.
	if (!why->wanted[0] && cap->code != GF_PROP_PID_FAKE)
		why->loaded_only = GF_TRUE;
}

static void report_codec_type(u32 wanted, const GF_PropertyValue *found, CapMismatch *why)
{
	*why = (CapMismatch){.code = GF_PROP_PID_STREAM_TYPE, .missing = !found};
	snprintf(why->wanted, sizeof(why->wanted), "%s", gf_stream_type_name(wanted));
	if (found)
		snprintf(why->found, sizeof(why->found), "%s", gf_stream_type_name(found->value.uint));
}

// ---- Preparation

// A muxer announces one extension on its PID but any of the list of its register would do.
static GF_PropertyValue own_extensions(OutPid *pid, const PropMap *props)
{
	const GF_PropertyValue *ext = propmap_get(props, GF_PROP_PID_FILE_EXT, NULL);
	u32 nb_caps;
	const GF_FilterCapability *caps =
		ext && ext->value.string ? filter_caps(pid->head.filter, &nb_caps) : NULL;
	if (!caps)
		return (GF_PropertyValue){0};
	for (u32 i = 0; i < caps_end(caps, nb_caps); i++) {
		const GF_FilterCapability *cap = &caps[i];
		const char *list = value_text(&cap->val);
		if (cap->code == GF_PROP_PID_FILE_EXT && (cap->flags & GF_CAPFLAG_OUTPUT) && list &&
			!(cap->flags & (GF_CAPFLAG_EXCLUDED | GF_CAPFLAG_LOADED_FILTER)) &&
			lists_share_member(list, ext->value.string))
			return cap->val;
	}
	return (GF_PropertyValue){0};
}

// A file with a probed or declared MIME type is judged by it wherever the destination knows MIME types.
static Bool judged_by_mime(OutPid *pid, const Matcher *m)
{
	const GF_PropertyValue *type = propmap_get(m->props, GF_PROP_PID_STREAM_TYPE, NULL);
	if (!type || type->value.uint != GF_STREAM_FILE)
		return GF_FALSE;
	if (!pid->untrusted_ext && !propmap_get(m->props, GF_PROP_PID_MIME, NULL))
		return GF_FALSE;
	for (u32 i = 0; i < m->nb_caps; i++) {
		if (m->caps[i].code == GF_PROP_PID_MIME && (m->caps[i].flags & GF_CAPFLAG_INPUT))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool targets_register(GF_Filter *f, const GF_FilterRegister *reg)
{
	for (u32 i = 0; i < gf_list_count(f->link.dests); i++) {
		GF_Filter *target = gf_list_get(f->link.dests, i);
		if (target->reg == reg)
			return GF_TRUE;
	}
	return GF_FALSE;
}

static void matcher_init(
	Matcher *m, OutPid *pid, const PropMap *props, const GF_FilterRegister *reg, GF_Filter *dst)
{
	*m = (Matcher){.props = props, .reg_priority = reg->priority, .instance = dst != NULL};
	m->caps = dst ? filter_caps(dst, &m->nb_caps) : reg->caps;
	if (!dst)
		m->nb_caps = reg->nb_caps;
	m->nb_caps = m->caps ? caps_end(m->caps, m->nb_caps) : 0;
	m->loaded = m->instance || targets_register(pid->head.filter, reg);
	m->mime_only = judged_by_mime(pid, m);
	const GF_PropertyValue *fake = propmap_get(props, GF_PROP_PID_FAKE, NULL);
	m->fake = fake && fake->value.boolean;
	m->own_exts = own_extensions(pid, props);
}

Bool caps_match_props(OutPid *pid, const PropMap *props, const GF_FilterRegister *reg, GF_Filter *dst,
	s32 only_bundle, CapMatch *match, CapMismatch *why)
{
	if (dst && dst->link.encoder_codec) {
		u32 type = gf_codecid_type(dst->link.encoder_codec);
		const GF_PropertyValue *found = propmap_get(props, GF_PROP_PID_STREAM_TYPE, NULL);
		if (!found || found->value.uint != type) {
			if (why)
				report_codec_type(type, found, why);
			return GF_FALSE;
		}
	}
	Matcher m;
	matcher_init(&m, pid, props, reg, dst);
	CapBundle bundle = {0};
	Bool reported = GF_FALSE;
	while (caps_next_bundle(m.caps, m.nb_caps, &bundle)) {
		if (only_bundle >= 0 && bundle.index != (u32)only_bundle)
			continue;
		s32 priority;
		BundleTrace trace = {0};
		if (match_bundle(&m, &bundle, &priority, why ? &trace : NULL)) {
			if (match)
				*match = (CapMatch){bundle.index, priority};
			return GF_TRUE;
		}
		u32 pos = 0;
		if (!why || !bundle_next(&bundle, &pos, GF_CAPFLAG_INPUT))
			continue;
		CapMismatch found;
		report_bundle(&m, &bundle, &trace, &found);
		if (!reported || caps_closeness(&found) > caps_closeness(why))
			*why = found;
		reported = GF_TRUE;
	}
	if (!bundle.caps) { // a filter without capabilities takes all
		if (match)
			*match = (CapMatch){0, reg->priority};
		return GF_TRUE;
	}
	if (why && !reported)
		*why = (CapMismatch){0};
	return GF_FALSE;
}

Bool caps_match(OutPid *pid, const GF_FilterRegister *reg, GF_Filter *dst, s32 only_bundle, CapMatch *match,
	CapMismatch *why)
{
	return caps_match_props(pid, pid->map, reg, dst, only_bundle, match, why);
}

// ---- Questions about a list

Bool caps_have(const GF_FilterCapability *caps, u32 nb_caps, u32 side)
{
	for (u32 i = 0; i < nb_caps && !(caps[i].flags & GF_CAPFLAG_RECONFIG); i++) {
		if ((caps[i].flags & GF_CAPFLAG_IN_BUNDLE) && (caps[i].flags & side))
			return GF_TRUE;
	}
	return GF_FALSE;
}

Bool filter_has_in_caps(const GF_Filter *f)
{
	u32 nb_caps;
	const GF_FilterCapability *caps = filter_caps(f, &nb_caps);
	return caps_have(caps, nb_caps, GF_CAPFLAG_INPUT);
}

Bool filter_has_out_caps(const GF_Filter *f)
{
	u32 nb_caps;
	const GF_FilterCapability *caps = filter_caps(f, &nb_caps);
	return caps_have(caps, nb_caps, GF_CAPFLAG_OUTPUT);
}

Bool filter_is_sink_kind(const GF_Filter *f)
{
	return f->link.acts_as_sink || !filter_has_out_caps(f);
}

const GF_PropertyValue *caps_value(const GF_FilterCapability *caps, u32 nb_caps, u32 code, u32 flags)
{
	for (u32 i = 0; i < nb_caps && !(caps[i].flags & GF_CAPFLAG_RECONFIG); i++) {
		if (caps[i].code == code && (caps[i].flags & flags) == flags &&
			!(caps[i].flags & GF_CAPFLAG_EXCLUDED))
			return &caps[i].val;
	}
	return NULL;
}

const GF_PropertyValue *caps_bundle_value(
	const GF_FilterCapability *caps, u32 nb_caps, u32 bundle, u32 code, const char *name, u32 flags)
{
	CapBundle b = {0};
	while (caps_next_bundle(caps, nb_caps, &b) && b.index <= bundle) {
		const GF_FilterCapability *cap;
		u32 pos = 0;
		while (b.index == bundle && (cap = bundle_next(&b, &pos, flags))) {
			Bool same =
				code ? cap->code == code : !cap->code && cap->name && name && !strcmp(cap->name, name);
			if (same && !(cap->flags & (GF_CAPFLAG_EXCLUDED | GF_CAPFLAG_OPTIONAL)))
				return &cap->val;
		}
	}
	return NULL;
}
