// SPDX-License-Identifier: MIT
// Comparison of property values, and release of what a value owns.

#include <string.h>
#include <gpac/props.h>
#include <gpac/log.h>

static Bool data_equal(const GF_PropData *a, const GF_PropData *b)
{
	if (!a->ptr || !b->ptr)
		return a->ptr == b->ptr && a->size == b->size;
	return a->size == b->size && !memcmp(a->ptr, b->ptr, a->size);
}

// True when `text` is one of the alternatives of `list`, which are separated by `|`.
static Bool is_alternative(const char *list, const char *text)
{
	size_t len = strlen(text);
	while (1) {
		const char *end = strchrnul(list, '|');
		if ((size_t)(end - list) == len && !memcmp(list, text, len))
			return GF_TRUE;
		if (!*end)
			return GF_FALSE;
		list = end + 1;
	}
}

static Bool strings_equal(const char *a, const char *b, Bool strict)
{
	if (!a || !b)
		return a == b;
	if (!strict && (!strcmp(a, "*") || !strcmp(b, "*")))
		return GF_TRUE;
	if (!strcmp(a, b))
		return GF_TRUE;
	if (strchr(a, '|'))
		return is_alternative(a, b);
	return strchr(b, '|') && is_alternative(b, a);
}

static u32 count_string(const GF_PropStringList *list, const char *text)
{
	u32 count = 0;
	for (u32 i = 0; i < list->nb_items; i++) {
		const char *item = list->vals[i];
		if (item == text || (item && text && !strcmp(item, text)))
			count++;
	}
	return count;
}

// Same strings in any order. Repeated strings must be repeated as often on both sides, so that a list
// always equals its own copy.
static Bool string_lists_equal(const GF_PropStringList *a, const GF_PropStringList *b)
{
	if (a->nb_items != b->nb_items)
		return GF_FALSE;
	for (u32 i = 0; i < a->nb_items; i++) {
		if (count_string(a, a->vals[i]) != count_string(b, a->vals[i]))
			return GF_FALSE;
	}
	return GF_TRUE;
}

static Bool arrays_equal(const void *a, u32 nb_a, const void *b, u32 nb_b, size_t item_size)
{
	return nb_a == nb_b && (!nb_a || !memcmp(a, b, nb_a * item_size));
}

// A null denominator has no value to multiply with: such fractions only equal their copy.
static Bool fractions_equal(s64 num_a, u64 den_a, s64 num_b, u64 den_b)
{
	if (!den_a || !den_b)
		return den_a == den_b && num_a == num_b;
	return (__int128)num_a * den_b == (__int128)num_b * den_a;
}

static Bool props_equal(const GF_PropertyValue *p1, const GF_PropertyValue *p2, Bool strict)
{
	if (!p1 || !p2 || p1->type == GF_PROP_FORBIDDEN || p2->type == GF_PROP_FORBIDDEN ||
		p1->type == GF_PROP_STRING_LIST_COPY || p2->type == GF_PROP_STRING_LIST_COPY) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
			("[props] cannot compare values of types %u and %u: they are never stored\n", p1 ? p1->type : 0,
				p2 ? p2->type : 0));
		return GF_FALSE;
	}
	u32 type = gf_props_get_base_type(p1->type);
	if (type != gf_props_get_base_type(p2->type))
		return GF_FALSE;

	switch (type) {
	case GF_PROP_SINT:
		return p1->value.sint == p2->value.sint;
	case GF_PROP_UINT:
		return p1->value.uint == p2->value.uint;
	case GF_PROP_LSINT:
		return p1->value.longsint == p2->value.longsint;
	case GF_PROP_LUINT:
		return p1->value.longuint == p2->value.longuint;
	case GF_PROP_BOOL:
		return !p1->value.boolean == !p2->value.boolean;
	case GF_PROP_FRACTION:
		return fractions_equal(
			p1->value.frac.num, p1->value.frac.den, p2->value.frac.num, p2->value.frac.den);
	case GF_PROP_FRACTION64:
		return fractions_equal(
			p1->value.lfrac.num, p1->value.lfrac.den, p2->value.lfrac.num, p2->value.lfrac.den);
	case GF_PROP_FLOAT:
		return p1->value.fnumber == p2->value.fnumber;
	case GF_PROP_DOUBLE:
		return p1->value.number == p2->value.number;
	case GF_PROP_VEC2I:
		return !memcmp(&p1->value.vec2i, &p2->value.vec2i, sizeof(GF_PropVec2i));
	case GF_PROP_VEC2:
		return p1->value.vec2.x == p2->value.vec2.x && p1->value.vec2.y == p2->value.vec2.y;
	case GF_PROP_VEC3I:
		return !memcmp(&p1->value.vec3i, &p2->value.vec3i, sizeof(GF_PropVec3i));
	case GF_PROP_VEC4I:
		return !memcmp(&p1->value.vec4i, &p2->value.vec4i, sizeof(GF_PropVec4i));
	case GF_PROP_STRING:
		return strings_equal(p1->value.string, p2->value.string, strict);
	case GF_PROP_DATA:
		return data_equal(&p1->value.data, &p2->value.data);
	case GF_PROP_POINTER:
		return p1->value.ptr == p2->value.ptr;
	case GF_PROP_STRING_LIST:
		return string_lists_equal(&p1->value.string_list, &p2->value.string_list);
	case GF_PROP_UINT_LIST:
	case GF_PROP_SINT_LIST:
		return arrays_equal(p1->value.uint_list.vals, p1->value.uint_list.nb_items, p2->value.uint_list.vals,
			p2->value.uint_list.nb_items, sizeof(u32));
	case GF_PROP_VEC2I_LIST:
		return arrays_equal(p1->value.v2i_list.vals, p1->value.v2i_list.nb_items, p2->value.v2i_list.vals,
			p2->value.v2i_list.nb_items, sizeof(GF_PropVec2i));
	default:
		return GF_FALSE;
	}
}

Bool gf_props_equal(const GF_PropertyValue *p1, const GF_PropertyValue *p2)
{
	return props_equal(p1, p2, GF_FALSE);
}

Bool gf_props_equal_strict(const GF_PropertyValue *p1, const GF_PropertyValue *p2)
{
	return props_equal(p1, p2, GF_TRUE);
}

void gf_props_reset_single(GF_PropertyValue *prop)
{
	switch (prop->type) {
	case GF_PROP_STRING:
		gf_free(prop->value.string);
		break;
	case GF_PROP_DATA:
		gf_free(prop->value.data.ptr);
		break;
	case GF_PROP_STRING_LIST:
		for (u32 i = 0; i < prop->value.string_list.nb_items; i++)
			gf_free(prop->value.string_list.vals[i]);
		gf_free(prop->value.string_list.vals);
		break;
	case GF_PROP_UINT_LIST:
	case GF_PROP_4CC_LIST:
	case GF_PROP_SINT_LIST:
	case GF_PROP_VEC2I_LIST:
		gf_free(prop->value.uint_list.vals);
		break;
	default:
		return;
	}
	memset(&prop->value, 0, sizeof(prop->value));
}
