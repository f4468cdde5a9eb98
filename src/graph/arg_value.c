// SPDX-License-Identifier: MIT
// Option values inside the private structures of filters. Every member of the value union starts at the same
// place and has the layout of the C field, so that storing is copying the bytes of the type.

#include <string.h>
#include "graph/arg_value.h"
#include "graph/engine.h"

const GF_FilterArgs *arg_table(const GF_Filter *f)
{
	return f->instance_args ? f->instance_args : f->reg->args;
}

const GF_FilterArgs *arg_find(const GF_FilterArgs *table, const char *name)
{
	for (; table && table->arg_name; table++) {
		if (!strcmp(table->arg_name, name))
			return table;
	}
	return NULL;
}

static u32 stored_size(GF_PropType type)
{
	switch (type) {
	case GF_PROP_FORBIDDEN:
		return 0;
	case GF_PROP_SINT:
	case GF_PROP_UINT:
	case GF_PROP_BOOL:
	case GF_PROP_FLOAT:
	case GF_PROP_4CC:
		return 4;
	case GF_PROP_LSINT:
	case GF_PROP_LUINT:
	case GF_PROP_FRACTION:
	case GF_PROP_DOUBLE:
	case GF_PROP_VEC2I:
		return 8;
	case GF_PROP_STRING:
	case GF_PROP_STRING_NO_COPY:
	case GF_PROP_NAME:
	case GF_PROP_POINTER:
		return sizeof(void *);
	case GF_PROP_VEC3I:
		return sizeof(GF_PropVec3i);
	case GF_PROP_FRACTION64:
	case GF_PROP_VEC2:
	case GF_PROP_VEC4I:
		return 16;
	case GF_PROP_DATA:
	case GF_PROP_DATA_NO_COPY:
	case GF_PROP_CONST_DATA:
		return sizeof(GF_PropData);
	default:
		return gf_props_type_is_enum(type) ? 4 : sizeof(GF_PropUIntList);
	}
}

Bool arg_is_stored(const GF_Filter *f, const GF_FilterArgs *arg)
{
	u32 size = stored_size(arg->arg_type);
	return size && arg->offset_in_private >= 0 && f->priv &&
		   (u64)arg->offset_in_private + size <= f->reg->private_size;
}

// Type of what the private structure holds: the engine owns all of it, whatever the declared type says.
static GF_PropType owned_type(GF_PropType type)
{
	switch (gf_props_get_base_type(type)) {
	case GF_PROP_STRING:
		return GF_PROP_STRING;
	case GF_PROP_DATA:
		return GF_PROP_DATA;
	case GF_PROP_STRING_LIST:
		return GF_PROP_STRING_LIST;
	default:
		return type;
	}
}

GF_PropertyValue arg_load(const GF_Filter *f, const GF_FilterArgs *arg)
{
	GF_PropertyValue val = {.type = owned_type(arg->arg_type)};
	memcpy(&val.value, (u8 *)f->priv + arg->offset_in_private, stored_size(arg->arg_type));
	return val;
}

// Bytes given by address are copied: the caller need not keep them, and all data is freed alike.
static void own_data(GF_PropertyValue *val)
{
	if (val->type != GF_PROP_CONST_DATA)
		return;
	u8 *copy = val->value.data.size ? gf_malloc(val->value.data.size) : NULL;
	if (copy)
		memcpy(copy, val->value.data.ptr, val->value.data.size);
	else
		val->value.data.size = 0;
	val->value.data.ptr = copy;
	val->type = GF_PROP_DATA;
}

void arg_store(GF_Filter *f, const GF_FilterArgs *arg, GF_PropertyValue *val)
{
	u8 *field = (u8 *)f->priv + arg->offset_in_private;
	GF_PropertyValue old = arg_load(f, arg);
	own_data(val);
	if (val->type == old.type) {
		memcpy(field, &val->value, stored_size(arg->arg_type));
		gf_props_reset_single(&old);
	} else {
		// an unreadable value may have another type or none: the field is emptied
		memset(field, 0, stored_size(arg->arg_type));
		gf_props_reset_single(&old);
		gf_props_reset_single(val);
	}
	*val = (GF_PropertyValue){0};
}

s32 arg_enum_rank(const char *enums, const char *word)
{
	size_t len = strlen(word);
	if (!enums || !strchr(enums, '|') || !len)
		return -1;
	for (s32 rank = 0;; rank++) {
		size_t name_len = strcspn(enums, "|");
		if (name_len == len && !memcmp(enums, word, len))
			return rank;
		if (!enums[name_len])
			return -1;
		enums += name_len + 1;
	}
}

// ---- Public readers

const GF_FilterArgs *gf_filter_enumerate_args(GF_Filter *filter, u32 idx)
{
	const GF_FilterArgs *table = filter ? arg_table(filter) : NULL;
	for (; table && table->arg_name; table++, idx--) {
		if (!idx)
			return table;
	}
	return NULL;
}

Bool gf_filter_get_arg(GF_Filter *filter, const char *arg_name, GF_PropertyValue *prop)
{
	const GF_FilterArgs *arg = filter && arg_name ? arg_find(arg_table(filter), arg_name) : NULL;
	if (!arg || !prop || !arg_is_stored(filter, arg))
		return GF_FALSE;
	*prop = arg_load(filter, arg);
	prop->type = arg->arg_type;
	return GF_TRUE;
}

const char *gf_filter_get_arg_str(GF_Filter *filter, const char *arg_name, char dump[GF_PROP_DUMP_ARG_SIZE])
{
	GF_PropertyValue val;
	if (!gf_filter_get_arg(filter, arg_name, &val))
		return NULL;
	const GF_FilterArgs *arg = arg_find(arg_table(filter), arg_name);
	return gf_props_dump_val(&val, dump, GF_PROP_DUMP_DATA_INFO, arg->min_max_enum);
}

GF_Err gf_filter_define_args(GF_Filter *filter, GF_FilterArgs *new_args)
{
	if (!filter)
		return GF_BAD_PARAM;
	filter->instance_args = new_args;
	session_note_args(filter->fs, new_args);
	return GF_OK;
}

GF_FilterArgs *gf_filter_get_args(GF_Filter *filter)
{
	return filter ? (GF_FilterArgs *)filter->instance_args : NULL;
}
