// SPDX-License-Identifier: MIT
// Property maps: ordered, counted sets of properties, shared between PIDs, packets and their readers.
//
// A map is immutable once shared (count above one): whoever wants to change it clones it first, which
// shares the entries. A packet keeps the map it was sent under, so comparing two pointers tells whether
// the properties changed. Counts are atomic; the content of a map is written only by its single holder.
#ifndef GRAPH_PROP_MAP_H
#define GRAPH_PROP_MAP_H

#include <stdatomic.h>
#include <gpac/props.h>
#include <gpac/filter_types.h>

struct gf_property_entry {
	atomic_uint refs;
	u32 p4cc;   // 0 for a named property
	char *name; // owned; NULL for a built-in property
	GF_PropertyValue val;
};

typedef struct prop_map {
	atomic_uint refs;
	u32 timescale; // value of GF_PROP_PID_TIMESCALE, 0 when unset
	u32 count, alloc;
	GF_PropertyEntry **items; // order of last assignment
} PropMap;

PropMap *propmap_new(void);
PropMap *propmap_ref(PropMap *map);
void propmap_unref(PropMap *map); // NULL allowed
PropMap *propmap_clone(const PropMap *map);

// Sets (or removes, with a NULL value) a property, by code when `p4cc` is not 0, else by name (copied).
// Takes the memory of values that are given away (see GF_PropType in props.h), also on error.
// `*changed` (may be NULL) tells whether the map differs after the call. The map must not be shared.
GF_Err propmap_set(PropMap *map, u32 p4cc, const char *name, const GF_PropertyValue *val, Bool *changed);
// True when setting `val` would change the map; NULL asks about removal.
Bool propmap_differs(const PropMap *map, u32 p4cc, const char *name, const GF_PropertyValue *val);
// Frees the memory that a set of `val` would have taken, when the set is not done.
void propmap_drop_value(const GF_PropertyValue *val);

const GF_PropertyValue *propmap_get(const PropMap *map, u32 p4cc, const char *name);
GF_PropertyEntry *propmap_get_entry(const PropMap *map, u32 p4cc, const char *name); // not counted
const GF_PropertyValue *propmap_enum(const PropMap *map, u32 *idx, u32 *p4cc, const char **name);
// Adds the entries of `src` to `dst`, all or those that `filter` keeps. Entries are shared, not copied.
GF_Err propmap_merge(PropMap *dst, const PropMap *src, gf_filter_prop_filter filter, void *cbk);

void propentry_ref(GF_PropertyEntry *entry);
void propentry_unref(GF_PropertyEntry *entry); // NULL allowed

#endif
