// SPDX-License-Identifier: MIT
// Property maps. The keys of a map (code, or hash of the name) lie side by side behind its entry
// pointers, so that a lookup scans a few cache lines and touches only the entry it finds.

#include <string.h>
#include <gpac/constants.h>
#include "graph/prop_map.h"

static u32 key_of(u32 p4cc, const char *name)
{
	if (p4cc)
		return p4cc;
	u32 hash = 2166136261u; // FNV-1a
	for (; *name; name++)
		hash = (hash ^ (u8)*name) * 16777619u;
	return hash;
}

static u32 *keys_of(const PropMap *map)
{
	return (u32 *)(map->items + map->alloc);
}

static Bool same_key(const GF_PropertyEntry *entry, u32 p4cc, const char *name)
{
	if (p4cc || entry->p4cc)
		return entry->p4cc == p4cc;
	return !strcmp(entry->name, name);
}

// Index of a key, or map->count when absent.
static u32 find(const PropMap *map, u32 p4cc, const char *name)
{
	if (!map->count || (!p4cc && !name))
		return map->count;
	u32 key = key_of(p4cc, name);
	const u32 *keys = keys_of(map);
	for (u32 i = 0; i < map->count; i++) {
		if (keys[i] == key && same_key(map->items[i], p4cc, name))
			return i;
	}
	return map->count;
}

static GF_Err reserve(PropMap *map, u32 count)
{
	if (count <= map->alloc)
		return GF_OK;
	u32 alloc = map->alloc * 2 > count ? map->alloc * 2 : (count + 7) & ~7u;
	GF_PropertyEntry **items = gf_malloc(alloc * (sizeof(*items) + sizeof(u32)));
	if (!items)
		return GF_OUT_OF_MEM;
	if (map->count) {
		memcpy(items, map->items, map->count * sizeof(*items));
		memcpy(items + alloc, keys_of(map), map->count * sizeof(u32));
	}
	gf_free(map->items);
	map->items = items;
	map->alloc = alloc;
	return GF_OK;
}

static void remove_at(PropMap *map, u32 pos)
{
	GF_PropertyEntry *entry = map->items[pos];
	u32 *keys = keys_of(map);
	u32 after = map->count - pos - 1;
	memmove(map->items + pos, map->items + pos + 1, after * sizeof(*map->items));
	memmove(keys + pos, keys + pos + 1, after * sizeof(*keys));
	map->count--;
	if (entry->p4cc == GF_PROP_PID_TIMESCALE)
		map->timescale = 0;
	propentry_unref(entry);
}

// The room must be reserved. Takes the caller's reference.
static void append(PropMap *map, GF_PropertyEntry *entry)
{
	map->items[map->count] = entry;
	keys_of(map)[map->count] = key_of(entry->p4cc, entry->name);
	map->count++;
	if (entry->p4cc == GF_PROP_PID_TIMESCALE)
		map->timescale = entry->val.value.uint;
}

PropMap *propmap_new(void)
{
	PropMap *map = gf_calloc(1, sizeof(*map));
	if (map)
		atomic_init(&map->refs, 1);
	return map;
}

PropMap *propmap_ref(PropMap *map)
{
	atomic_fetch_add_explicit(&map->refs, 1, memory_order_relaxed);
	return map;
}

void propmap_unref(PropMap *map)
{
	if (!map || atomic_fetch_sub_explicit(&map->refs, 1, memory_order_acq_rel) > 1)
		return;
	for (u32 i = 0; i < map->count; i++)
		propentry_unref(map->items[i]);
	gf_free(map->items);
	gf_free(map);
}

PropMap *propmap_clone(const PropMap *map)
{
	PropMap *copy = propmap_new();
	if (!copy || reserve(copy, map->count)) {
		propmap_unref(copy);
		return NULL;
	}
	for (u32 i = 0; i < map->count; i++) {
		propentry_ref(map->items[i]);
		append(copy, map->items[i]);
	}
	return copy;
}

// Type under which a value is kept: types that say how memory is passed become the plain one.
static GF_PropType stored_type(GF_PropType type)
{
	switch (type) {
	case GF_PROP_STRING_NO_COPY:
		return GF_PROP_STRING;
	case GF_PROP_DATA_NO_COPY:
		return GF_PROP_DATA;
	case GF_PROP_STRING_LIST_COPY:
		return GF_PROP_STRING_LIST;
	default:
		return type;
	}
}

static GF_Err copy_array(void **vals, u32 nb_items, size_t item_size)
{
	const void *src = *vals;
	*vals = NULL;
	if (!nb_items)
		return GF_OK;
	if (!src)
		return GF_BAD_PARAM;
	void *copy = gf_malloc(nb_items * item_size);
	if (!copy)
		return GF_OUT_OF_MEM;
	memcpy(copy, src, nb_items * item_size);
	*vals = copy;
	return GF_OK;
}

static GF_Err copy_strings(GF_PropStringList *list)
{
	GF_PropStringList copy = {0};
	if (list->nb_items && !list->vals)
		return GF_BAD_PARAM;
	if (list->nb_items) {
		copy.vals = gf_calloc(list->nb_items, sizeof(char *));
		if (!copy.vals)
			return GF_OUT_OF_MEM;
	}
	for (; copy.nb_items < list->nb_items; copy.nb_items++) {
		const char *src = list->vals[copy.nb_items];
		char *dst = src ? gf_strdup(src) : NULL;
		if (src && !dst) {
			gf_props_reset_single(
				&(GF_PropertyValue){.type = GF_PROP_STRING_LIST, .value.string_list = copy});
			return GF_OUT_OF_MEM;
		}
		copy.vals[copy.nb_items] = dst;
	}
	*list = copy;
	return GF_OK;
}

// Fills `dst` with the value to store for `src`. On error `dst` holds no memory and `src` is as before.
static GF_Err store_value(GF_PropertyValue *dst, const GF_PropertyValue *src)
{
	GF_PropertyValue val = *src;
	GF_Err e = GF_OK;
	switch (src->type) {
	case GF_PROP_FORBIDDEN:
		return GF_BAD_PARAM;
	case GF_PROP_STRING:
		val.value.string = src->value.string ? gf_strdup(src->value.string) : NULL;
		if (src->value.string && !val.value.string)
			e = GF_OUT_OF_MEM;
		break;
	case GF_PROP_DATA:
	case GF_PROP_CONST_DATA:
	case GF_PROP_DATA_NO_COPY:
		if (!src->value.data.ptr)
			return GF_BAD_PARAM;
		if (src->type == GF_PROP_DATA) {
			// one byte at least: a property with an empty, non-NULL buffer is legal
			val.value.data.ptr = gf_malloc(src->value.data.size ? src->value.data.size : 1);
			if (!val.value.data.ptr)
				return GF_OUT_OF_MEM;
			memcpy(val.value.data.ptr, src->value.data.ptr, src->value.data.size);
		}
		break;
	case GF_PROP_UINT_LIST:
	case GF_PROP_SINT_LIST:
	case GF_PROP_4CC_LIST:
		e = copy_array((void **)&val.value.uint_list.vals, val.value.uint_list.nb_items, sizeof(u32));
		break;
	case GF_PROP_VEC2I_LIST:
		e = copy_array((void **)&val.value.v2i_list.vals, val.value.v2i_list.nb_items, sizeof(GF_PropVec2i));
		break;
	case GF_PROP_STRING_LIST_COPY:
		e = copy_strings(&val.value.string_list);
		break;
	default:
		break;
	}
	if (e)
		return e;
	val.type = stored_type(src->type);
	*dst = val;
	return GF_OK;
}

// Change detection compares text literally: `a` replacing `a|b` is a change, although the two match as
// capabilities.
static Bool same_value(const GF_PropertyValue *stored, const GF_PropertyValue *val)
{
	GF_PropertyValue other = *val;
	other.type = stored_type(val->type);
	if (other.type == GF_PROP_FORBIDDEN)
		return GF_FALSE;
	if (gf_props_get_base_type(stored->type) != GF_PROP_STRING ||
		gf_props_get_base_type(other.type) != GF_PROP_STRING || !stored->value.string || !other.value.string)
		return gf_props_equal_strict(stored, &other);
	return !strcmp(stored->value.string, other.value.string);
}

void propmap_drop_value(const GF_PropertyValue *val)
{
	if (!val || (val->type != GF_PROP_STRING_NO_COPY && val->type != GF_PROP_DATA_NO_COPY &&
					val->type != GF_PROP_STRING_LIST))
		return;
	GF_PropertyValue owned = *val;
	owned.type = stored_type(val->type);
	gf_props_reset_single(&owned);
}

Bool propmap_differs(const PropMap *map, u32 p4cc, const char *name, const GF_PropertyValue *val)
{
	u32 pos = find(map, p4cc, name);
	if (pos == map->count)
		return val != NULL;
	return !val || !same_value(&map->items[pos]->val, val);
}

static void remove_key(PropMap *map, u32 p4cc)
{
	u32 pos = find(map, p4cc, NULL);
	if (pos < map->count)
		remove_at(map, pos);
}

// Sample-entry templates describe the old coding: they must not outlive it.
static void drop_stale_templates(PropMap *map, u32 p4cc, u32 from, u32 to)
{
	if (from == to)
		return;
	if (p4cc == GF_PROP_PID_CODECID) {
		remove_key(map, GF_PROP_PID_ISOM_STSD_ALL_TEMPLATES);
		remove_key(map, GF_PROP_PID_ISOM_STSD_TEMPLATE);
		remove_key(map, GF_PROP_PID_ISOM_SUBTYPE);
	} else if (p4cc == GF_PROP_PID_STREAM_TYPE &&
			   (from == GF_STREAM_ENCRYPTED || to == GF_STREAM_ENCRYPTED)) {
		remove_key(map, GF_PROP_PID_ISOM_STSD_ALL_TEMPLATES);
	}
}

static GF_Err new_entry(u32 p4cc, const char *name, const GF_PropertyValue *val, GF_PropertyEntry **out)
{
	GF_PropertyEntry *entry = gf_calloc(1, sizeof(*entry));
	if (!entry)
		return GF_OUT_OF_MEM;
	atomic_init(&entry->refs, 1);
	entry->p4cc = p4cc;
	if (!p4cc && !(entry->name = gf_strdup(name))) {
		gf_free(entry);
		return GF_OUT_OF_MEM;
	}
	GF_Err e = store_value(&entry->val, val);
	if (e) {
		gf_free(entry->name);
		gf_free(entry);
		return e;
	}
	*out = entry;
	return GF_OK;
}

GF_Err propmap_set(PropMap *map, u32 p4cc, const char *name, const GF_PropertyValue *val, Bool *changed)
{
	GF_Err e = GF_OK;
	Bool differs = GF_FALSE;
	if (!p4cc && !name) {
		e = GF_BAD_PARAM;
		goto drop;
	}
	u32 pos = find(map, p4cc, name);
	if (!val) {
		differs = pos < map->count;
		if (differs)
			remove_at(map, pos);
		goto done;
	}
	differs = pos == map->count || !same_value(&map->items[pos]->val, val);
	if (!differs)
		goto drop;
	e = reserve(map, map->count + 1);
	if (e)
		goto drop;
	GF_PropertyEntry *entry;
	e = new_entry(p4cc, name, val, &entry);
	if (e)
		goto drop;

	if (pos < map->count) {
		GF_PropertyEntry *old = map->items[pos];
		propentry_ref(old);
		remove_at(map, pos);
		drop_stale_templates(map, p4cc, old->val.value.uint, val->value.uint);
		propentry_unref(old);
	}
	append(map, entry);
	goto done;

drop:
	propmap_drop_value(val);
done:
	if (!e && changed)
		*changed = differs;
	return e;
}

GF_PropertyEntry *propmap_get_entry(const PropMap *map, u32 p4cc, const char *name)
{
	u32 pos = find(map, p4cc, name);
	return pos < map->count ? map->items[pos] : NULL;
}

const GF_PropertyValue *propmap_get(const PropMap *map, u32 p4cc, const char *name)
{
	const GF_PropertyEntry *entry = propmap_get_entry(map, p4cc, name);
	return entry ? &entry->val : NULL;
}

const GF_PropertyValue *propmap_enum(const PropMap *map, u32 *idx, u32 *p4cc, const char **name)
{
	if (*idx >= map->count)
		return NULL;
	const GF_PropertyEntry *entry = map->items[(*idx)++];
	if (p4cc)
		*p4cc = entry->p4cc;
	if (name)
		*name = entry->name;
	return &entry->val;
}

GF_Err propmap_merge(PropMap *dst, const PropMap *src, gf_filter_prop_filter filter, void *cbk)
{
	if (dst == src)
		return GF_OK;
	GF_Err e = reserve(dst, dst->count + src->count);
	if (e)
		return e;
	for (u32 i = 0; i < src->count; i++) {
		GF_PropertyEntry *entry = src->items[i];
		if (filter && !filter(cbk, entry->p4cc, entry->name, &entry->val))
			continue;
		propentry_ref(entry);
		u32 pos = find(dst, entry->p4cc, entry->name);
		if (pos < dst->count)
			remove_at(dst, pos);
		append(dst, entry);
	}
	return GF_OK;
}

void propentry_ref(GF_PropertyEntry *entry)
{
	atomic_fetch_add_explicit(&entry->refs, 1, memory_order_relaxed);
}

void propentry_unref(GF_PropertyEntry *entry)
{
	if (!entry || atomic_fetch_sub_explicit(&entry->refs, 1, memory_order_acq_rel) > 1)
		return;
	gf_props_reset_single(&entry->val);
	gf_free(entry->name);
	gf_free(entry);
}
