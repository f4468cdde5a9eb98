// SPDX-License-Identifier: MIT
// Fuzzes the text forms of property values: parsing as every type, printing, reading back, storing.

#include <stdlib.h>
#include <string.h>
#include <gpac/log.h>
#include "graph/prop_map.h"
#include "graph/prop_text.h"

// What is printed reads back as the same value, for types whose text is exact.
static void check_round_trip(const GF_PropertyValue *val, const char *text)
{
	switch (val->type) {
	case GF_PROP_SINT:
	case GF_PROP_UINT:
	case GF_PROP_LSINT:
	case GF_PROP_LUINT:
	case GF_PROP_BOOL:
	case GF_PROP_VEC2I:
	case GF_PROP_VEC3I:
	case GF_PROP_VEC4I:
		break;
	default:
		return;
	}
	GF_PropertyValue again = gf_props_parse_value(val->type, "fuzz", text, NULL, 0);
	if (!gf_props_equal_strict(val, &again))
		abort();
}

static void fuzz_value(u32 type, const char *text, const char *enums)
{
	char dump[GF_PROP_DUMP_ARG_SIZE];
	GF_PropertyValue val = gf_props_parse_value(type, "fuzz", text, enums, ',');
	// an address in the text must not be followed
	Bool safe = val.type != GF_PROP_CONST_DATA;
	const char *printed =
		gf_props_dump_val(&val, dump, safe ? GF_PROP_DUMP_DATA_INFO : GF_PROP_DUMP_DATA_PTR, enums);
	if (printed == dump && strlen(dump) >= GF_PROP_DUMP_ARG_SIZE)
		abort();
	if (!enums)
		check_round_trip(&val, printed);
	if (safe && val.type) {
		gf_free(gf_props_dump_alloc(GF_PROP_PID_CODECID, &val, GF_PROP_DUMP_DATA_NONE));
		PropMap *map = propmap_new();
		GF_PropertyValue copied = val;
		if (copied.type == GF_PROP_STRING_LIST)
			copied.type = GF_PROP_STRING_LIST_COPY;
		Bool differs;
		if (!propmap_set(map, 0, "fuzz", &copied, &differs)) {
			const GF_PropertyValue *stored = propmap_get(map, 0, "fuzz");
			// a NaN differs from itself
			Bool is_nan = val.type == GF_PROP_FLOAT || val.type == GF_PROP_DOUBLE || val.type == GF_PROP_VEC2;
			if (!gf_props_equal_strict(stored, &val) && !is_nan)
				abort();
		}
		propmap_unref(map);
	}
	gf_props_reset_single(&val);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size || size > 4096)
		return 0;
	char text[4097];
	memcpy(text, data, size);
	text[size] = 0;
	if (strcasestr(text, "file@")) // reads files of the machine
		return 0;
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	for (u32 type = 0; type <= GF_PROP_LAST_DEFINED; type++)
		fuzz_value(type, text, NULL);
	fuzz_value(GF_PROP_UINT, text, "a|b||c");
	gf_props_get_id(text);
	gf_props_parse_type(text);
	prop_is_utf8(data, (u32)size);
	return 0;
}
