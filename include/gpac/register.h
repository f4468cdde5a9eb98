// SPDX-License-Identifier: MIT
#ifndef GPAC_REGISTER_H
#define GPAC_REGISTER_H

#include <gpac/props.h>
#include <gpac/filter_events.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	GF_FS_ARG_HINT_NORMAL = 0,
	GF_FS_ARG_HINT_ADVANCED = 2,
	GF_FS_ARG_HINT_EXPERT = 4,
	GF_FS_ARG_HINT_HIDE = 8,
	GF_FS_ARG_UPDATE = 16,
	GF_FS_ARG_META = 32,
	GF_FS_ARG_META_ALLOC = 64,
	GF_FS_ARG_SINK_ALIAS = 128,
	GF_FS_ARG_UPDATE_SYNC = 256,
	GF_FS_ARG_META_ARRAY = 512,
} GF_FSArgumentFlags;
typedef struct gf_filterargs {
	const char *arg_name;
	s32 offset_in_private;
	const char *arg_desc;
	GF_PropType arg_type;
	const char *arg_default_val;
	const char *min_max_enum;
	GF_FSArgumentFlags flags;
} GF_FilterArgs;

enum {
	GF_CAPFLAG_IN_BUNDLE = 1,
	GF_CAPFLAG_INPUT = 2,
	GF_CAPFLAG_OUTPUT = 4,
	GF_CAPFLAG_EXCLUDED = 8,
	GF_CAPFLAG_LOADED_FILTER = 16,
	GF_CAPFLAG_STATIC = 32,
	GF_CAPFLAG_OPTIONAL = 64,
	GF_CAPFLAG_PRESENT = 128,
	GF_CAPFLAG_RECONFIG = 256,
};
#define GF_CAPS_INPUT 3
#define GF_CAPS_INPUT_OPT 67
#define GF_CAPS_INPUT_STATIC 35
#define GF_CAPS_INPUT_STATIC_OPT 99
#define GF_CAPS_INPUT_EXCLUDED 11
#define GF_CAPS_INPUT_LOADED_FILTER 19
#define GF_CAPS_OUTPUT 5
#define GF_CAPS_OUTPUT_LOADED_FILTER 21
#define GF_CAPS_OUTPUT_EXCLUDED 13
#define GF_CAPS_OUTPUT_STATIC 37
#define GF_CAPS_OUTPUT_STATIC_EXCLUDED 45
#define GF_CAPS_INPUT_OUTPUT 7
#define GF_CAPS_INPUT_OUTPUT_OPT 71
#define GF_CAPS_IN_OUT_EXCLUDED 15

typedef struct gf_filtercapability {
	u32 code;
	GF_PropertyValue val;
	const char *name;
	u32 flags;
	u8 priority;
} GF_FilterCapability;
typedef enum {
	GF_FPROBE_NOT_SUPPORTED = 0,
	GF_FPROBE_MAYBE_NOT_SUPPORTED = 1,
	GF_FPROBE_MAYBE_SUPPORTED = 2,
	GF_FPROBE_SUPPORTED = 3,
	GF_FPROBE_FORCE = 4,
	GF_FPROBE_EXT_MATCH = 5,
} GF_FilterProbeScore;
typedef enum {
	GF_FS_REG_MAIN_THREAD = 2,
	GF_FS_REG_CONFIGURE_MAIN_THREAD = 4,
	GF_FS_REG_EXPLICIT_ONLY = 8,
	GF_FS_REG_HIDE_WEIGHT = 16,
	GF_FS_REG_ACT_AS_SOURCE = 32,
	GF_FS_REG_ALLOW_CYCLIC = 64,
	GF_FS_REG_DYNAMIC_PIDS = 128,
	GF_FS_REG_SCRIPT = 256,
	GF_FS_REG_META = 512,
	GF_FS_REG_DYNAMIC_REDIRECT = 1024,
	GF_FS_REG_REQUIRES_RESOLVER = 2048,
	GF_FS_REG_FORCE_REMUX = 4096,
	GF_FS_REG_SINGLE_THREAD = 8192,
	GF_FS_REG_TEMP_INIT = 16384,
	GF_FS_REG_USE_SYNC_READ = 32768,
	GF_FS_REG_BLOCK_MAIN = 0x10000,
	GF_FS_REG_ASYNC_BLOCK = 0x20000,
	GF_FS_REG_DYNAMIC_REUSE = 0x40000,
	GF_FS_REG_CUSTOM = 0x40000000,
} GF_FSRegisterFlags;
typedef enum {
	GF_FS_CLASS_UNSPECIFIED = 0,
	GF_FS_CLASS_STREAM = 1,
	GF_FS_CLASS_MM_IO = 2,
	GF_FS_CLASS_NETWORK_IO = 3,
	GF_FS_CLASS_SUBTITLE = 4,
	GF_FS_CLASS_AV = 5,
	GF_FS_CLASS_TOOL = 6,
	GF_FS_CLASS_CRYPTO = 7,
	GF_FS_CLASS_FRAMING = 8,
	GF_FS_CLASS_DEMULTIPLEXER = 9,
	GF_FS_CLASS_MULTIPLEXER = 10,
	GF_FS_CLASS_DECODER = 11,
	GF_FS_CLASS_ENCODER = 12,
	GF_FS_CLASS_LAST_DEFINED = 13,
} GF_ClassTypeHint;
struct gf_filterregister {
	const char *name;
	u32 private_size;
	u32 max_extra_pids;
	GF_FSRegisterFlags flags;
	const GF_FilterCapability *caps;
	u32 nb_caps;
	const GF_FilterArgs *args;
	GF_Err (*process)(GF_Filter *filter);
	GF_Err (*configure_pid)(GF_Filter *filter, GF_FilterPid *PID, Bool is_remove);
	GF_Err (*initialize)(GF_Filter *filter);
	void (*finalize)(GF_Filter *filter);
	GF_Err (*update_arg)(GF_Filter *filter, const char *arg_name, const GF_PropertyValue *new_val);
	Bool (*process_event)(GF_Filter *filter, const GF_FilterEvent *evt);
	GF_Err (*reconfigure_output)(GF_Filter *filter, GF_FilterPid *PID);
	GF_FilterProbeScore (*probe_url)(const char *url, const char *mime);
	const char * (*probe_data)(const u8 *data, u32 size, GF_FilterProbeScore *score);
	s16 priority;
	u8 hint_class_type;
	void (*register_free)(GF_FilterSession *session, GF_FilterRegister *freg);
	void *udta;
	Bool (*use_alias)(GF_Filter *filter, const char *url, const char *mime);
	const char *version;
	const char *description;
	const char *author;
	const char *help;
};

#define CAP_VALUE(f, c, t, field, v) {.code = (c), .val = {.type = (t), .value.field = (v)}, .flags = (f)}
#define CAP_SINT(f, c, v) CAP_VALUE(f, c, GF_PROP_SINT, sint, v)
#define CAP_UINT(f, c, v) CAP_VALUE(f, c, GF_PROP_UINT, uint, v)
#define CAP_4CC(f, c, v) CAP_VALUE(f, c, GF_PROP_4CC, uint, v)
#define CAP_LSINT(f, c, v) CAP_VALUE(f, c, GF_PROP_LSINT, longsint, v)
#define CAP_LUINT(f, c, v) CAP_VALUE(f, c, GF_PROP_LUINT, longuint, v)
#define CAP_BOOL(f, c, v) CAP_VALUE(f, c, GF_PROP_BOOL, boolean, v)
#define CAP_FIXED(f, c, v) CAP_VALUE(f, c, GF_PROP_FLOAT, fnumber, v)
#define CAP_FLOAT(f, c, v) CAP_VALUE(f, c, GF_PROP_FLOAT, fnumber, v)
#define CAP_FRAC(f, c, v) CAP_VALUE(f, c, GF_PROP_FRACTION, frac, v)
#define CAP_FRAC_INT(f, c, n, d) {.code = (c), .val = {.type = GF_PROP_FRACTION, .value.frac = {(n), (d)}}, .flags = (f)}
#define CAP_DOUBLE(f, c, v) CAP_VALUE(f, c, GF_PROP_DOUBLE, number, v)
#define CAP_NAME(f, c, v) CAP_VALUE(f, c, GF_PROP_NAME, string, (char *)(v))
#define CAP_STRING(f, c, v) CAP_VALUE(f, c, GF_PROP_STRING, string, (char *)(v))
#define CAP_UINT_PRIORITY(f, c, v, p) {.code = (c), .val = {.type = GF_PROP_UINT, .value.uint = (v)}, .flags = (f), .priority = (p)}
#define SETCAPS(array) .caps = (array), .nb_caps = sizeof(array) / sizeof((array)[0])

#define GF_FS_DEF_ARG(name, offset, desc, type, def, enumv, argflags) 	{(name), (offset), (desc), (type), (def), (enumv), (argflags)}
#define GF_FS_SET_DESCRIPTION(text) .description = (text),
#define GF_FS_SET_AUTHOR(text) .author = (text),
#define GF_FS_SET_HELP(text) .help = (text),

#ifdef __cplusplus
}
#endif

#endif
