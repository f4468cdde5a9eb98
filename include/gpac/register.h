// SPDX-License-Identifier: MIT
#ifndef GPAC_REGISTER_H
#define GPAC_REGISTER_H

#include <gpac/props.h>
#include <gpac/filter_events.h>

#ifdef __cplusplus
extern "C" {
#endif

// A register describes a kind of filter: its options, what it takes and makes, its callbacks. It is constant
// while a session that knows it exists. Each filter of the kind has private memory of `private_size` bytes,
// zeroed, then filled with its options; the engine frees it, and the options in it, after finalize.
//
// Callbacks of one filter never run at the same time, and none is called from inside another, but that
// fetching a packet may call configure_pid and process_event. All come on the thread that runs the session.
//
// The order: initialize; configure_pid for each input as it is linked; process_event and process as long as
// there is work; configure_pid with `is_remove` for inputs that go; finalize. Sources make their output PIDs
// in initialize or process, other filters in configure_pid. A new PID is linked after the callback that made
// it.
//
// process moves data. It fetches a packet (gf_filter_pid_get_packet), makes packets from it, sends them, and
// drops it (gf_filter_pid_drop_packet). It does a limited amount of work and never waits: it is called again
// while packets remain and some output has room. No packet means nothing yet, or the end: then the filter
// sends what it kept and ends its outputs. A minimal one-to-one filter:
//
//     static GF_Err copy_process(GF_Filter *filter)
//     {
//         CopyCtx *ctx = gf_filter_get_udta(filter);
//         GF_FilterPacket *pck = gf_filter_pid_get_packet(ctx->in);
//         if (!pck) {
//             if (!gf_filter_pid_is_eos(ctx->in))
//                 return GF_OK; // called again when a packet comes
//             gf_filter_pid_set_eos(ctx->out);
//             return GF_EOS;
//         }
//         GF_Err e = gf_filter_pck_forward(pck, ctx->out);
//         gf_filter_pid_drop_packet(ctx->in);
//         return e < 0 ? e : GF_OK;
//     }
//
// Blocking. Each link holds packets up to a limit of duration or number. An output whose link is full blocks;
// a filter whose outputs all block is not called until one has room. Sending over the limit is allowed and
// harmless in small numbers: a filter that makes many packets in one call looks at gf_filter_pid_would_block.
//
// Properties. Each packet carries the properties its PID had when it was sent. When a consumer fetches the
// first packet of a new set, its configure_pid is called before it gets the packet.

// ---- Options

typedef enum {
	GF_FS_ARG_HINT_NORMAL = 0,
	GF_FS_ARG_HINT_ADVANCED = 2, // shown by the advanced help
	GF_FS_ARG_HINT_EXPERT = 4,   // shown by the complete help
	GF_FS_ARG_HINT_HIDE = 8,     // not shown
	GF_FS_ARG_UPDATE = 16,       // may change while the filter runs
	GF_FS_ARG_META = 32,         // named `*`: stands for the options of another library, see update_arg
	GF_FS_ARG_META_ALLOC = 64,   // the texts of the entry are on the heap, for the owner of the table
	GF_FS_ARG_SINK_ALIAS = 128,  // a `dst` that does not make the filter a destination for URLs
	GF_FS_ARG_UPDATE_SYNC = 256, // may change, before the call that changes it returns
	GF_FS_ARG_META_ARRAY = 512,  // an array of its type in another library
} GF_FSArgumentFlags;

// One option. At `offset_in_private` lies a Bool, s32, u32, s64, u64, float, double, GF_Fraction,
// GF_PropVec2i... as `arg_type` says; strings are `char *` from gf_malloc, lists and data their structures.
// The filter may read all, and owns none of it.
typedef struct gf_filterargs {
	const char *arg_name;  // lower case without '_'; NULL ends a table
	s32 offset_in_private; // inside private_size; -1: not stored, only given to update_arg
	const char *arg_desc;  // the reference documentation of the option; NULL hides it
	GF_PropType arg_type;
	const char *arg_default_val; // as a user would write it; NULL: zero
	// `min,max` for numbers, where -I and +I are no limit; or the words `a|b|c` of an enumeration, stored as
	// 0, 1, 2 in a GF_PROP_UINT, where an empty word skips a number. NULL: everything goes.
	const char *min_max_enum;
	GF_FSArgumentFlags flags;
} GF_FilterArgs;

// ---- Capabilities: which PIDs a filter takes and which it makes
//
// A table of bundles: entries with GF_CAPFLAG_IN_BUNDLE belong together, an entry without (`{0}`) ends a
// bundle. A PID fits a bundle when it has, for each property that has input entries there, one of the values
// listed; no value listed as excluded counts against it when the property is absent. File extension and MIME
// type are two ways to say one thing: either will do. A text value is a list `a|b|c`; `*` stands for any. Two
// kinds of filters can be linked when an output bundle of the first fits an input bundle of the second.

enum {
	GF_CAPFLAG_IN_BUNDLE = 1,
	GF_CAPFLAG_INPUT = 2,
	GF_CAPFLAG_OUTPUT = 4,
	GF_CAPFLAG_EXCLUDED = 8,       // any value but this
	GF_CAPFLAG_LOADED_FILTER = 16, // only for filters that the user declared
	GF_CAPFLAG_STATIC = 32,        // holds in the bundles that follow, too
	GF_CAPFLAG_OPTIONAL = 64,      // does not decide; its priority counts when the property is there
	GF_CAPFLAG_PRESENT = 128,      // the property must be there, its value does not matter
	GF_CAPFLAG_RECONFIG = 256,     // the filter can change this property of its output (reconfigure_output)
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
#define GF_CAPS_INPUT_OUTPUT 7 // the property passes through unchanged
#define GF_CAPS_INPUT_OUTPUT_OPT 71
#define GF_CAPS_IN_OUT_EXCLUDED 15

typedef struct gf_filtercapability {
	u32 code; // of a built-in property, 0 when `name` is used
	GF_PropertyValue val;
	const char *name;
	u32 flags;   // GF_CAPFLAG_*
	u8 priority; // replaces a lower priority of the register for PIDs that fit by this entry
} GF_FilterCapability;

// How well a register handles a URL or data; the best one wins.
typedef enum {
	GF_FPROBE_NOT_SUPPORTED = 0,
	// Sinks: the protocol is known, the format is not: asked again with the extension given by the user.
	GF_FPROBE_MAYBE_NOT_SUPPORTED = 1,
	GF_FPROBE_MAYBE_SUPPORTED = 2,
	GF_FPROBE_SUPPORTED = 3,
	GF_FPROBE_FORCE = 4,
	GF_FPROBE_EXT_MATCH = 5, // probe_data only: the data tells nothing, trust the extensions returned
} GF_FilterProbeScore;

typedef enum {
	GF_FS_REG_MAIN_THREAD = 2,           // callbacks need the thread that runs the session, as all have here
	GF_FS_REG_CONFIGURE_MAIN_THREAD = 4, // the same for the first configure_pid
	GF_FS_REG_EXPLICIT_ONLY = 8,         // the linker inserts it only to adapt properties
	GF_FS_REG_HIDE_WEIGHT = 16,          // does not count in the length of a chain
	GF_FS_REG_ACT_AS_SOURCE = 32,        // starts like a source although it may have inputs
	GF_FS_REG_ALLOW_CYCLIC = 64,         // may feed another filter of its kind
	GF_FS_REG_DYNAMIC_PIDS = 128,        // makes PIDs as it runs: goes on when none is connected
	GF_FS_REG_SCRIPT = 256,              // capabilities are known after initialize
	GF_FS_REG_META = 512,                // shows the components of another library
	GF_FS_REG_DYNAMIC_REDIRECT = 1024,   // loaded in front of a sink, takes later PIDs of that sink (muxers)
	GF_FS_REG_REQUIRES_RESOLVER = 2048,  // is of no use when the linker may insert no filters
	GF_FS_REG_FORCE_REMUX = 4096,        // between a source and a sink that have it, files are taken apart
	GF_FS_REG_SINGLE_THREAD = 8192,      // always the same thread, which holds for all
	GF_FS_REG_TEMP_INIT = 16384,         // initialize also runs on filters made to learn their capabilities
	GF_FS_REG_USE_SYNC_READ = 32768,     // this and the next two concern engines inside a web page
	GF_FS_REG_BLOCK_MAIN = 0x10000,
	GF_FS_REG_ASYNC_BLOCK = 0x20000,
	GF_FS_REG_DYNAMIC_REUSE = 0x40000, // one inserted filter takes several PIDs of a source (mergers)
	GF_FS_REG_FRAME_IFCE = 0x80000,    // reads planes of raw pictures where they are: no need to copy them for it
	GF_FS_REG_PASSES_PACKETS = 0x100000, // sends packets on as they come: what reads planes behind it counts instead
	GF_FS_REG_CUSTOM = 0x40000000,     // set by the engine: made by gf_fs_new_filter
} GF_FSRegisterFlags;

// Where documentation lists a filter.
typedef enum {
	GF_FS_CLASS_UNSPECIFIED = 0,
	GF_FS_CLASS_STREAM = 1, // handles streams of any kind
	GF_FS_CLASS_MM_IO = 2,  // capture and presentation devices
	GF_FS_CLASS_NETWORK_IO = 3,
	GF_FS_CLASS_SUBTITLE = 4,
	GF_FS_CLASS_AV = 5, // changes raw audio or video
	GF_FS_CLASS_TOOL = 6,
	GF_FS_CLASS_CRYPTO = 7,
	GF_FS_CLASS_FRAMING = 8, // reframers and bitstream rewriters
	GF_FS_CLASS_DEMULTIPLEXER = 9,
	GF_FS_CLASS_MULTIPLEXER = 10,
	GF_FS_CLASS_DECODER = 11,
	GF_FS_CLASS_ENCODER = 12,
	GF_FS_CLASS_LAST_DEFINED = 13,
} GF_ClassTypeHint;

// Required: name and process; configure_pid when there are input capabilities. All else may be 0.
struct gf_filterregister {
	const char *name; // lower case, no blank, no separator
	u32 private_size;
	u32 max_extra_pids; // inputs beyond the first, 0xFFFFFFFF: no limit; more go to a clone of the filter
	GF_FSRegisterFlags flags;
	const GF_FilterCapability *caps;
	u32 nb_caps;
	const GF_FilterArgs *args; // ended by an entry without name

	// Consumes and produces, see above. GF_OK, and GF_IP_NETWORK_EMPTY: called again while there is work; a
	// source that sent nothing is called again after 1 ms unless it said when (gf_filter_ask_rt_reschedule) or watches a
	// descriptor.
	// GF_EOS: not called before a packet, an event or a descriptor it watches is ready.
	// GF_PROFILE_NOT_SUPPORTED: another register is tried on the inputs. Other errors are counted; after one
	// second of nothing but errors the filter is stopped and its outputs end. So it is after 100 000 calls
	// that took none of the packets in front of it, unless they asked to be called later or fetched from an
	// input that was empty.
	GF_Err (*process)(GF_Filter *filter);

	// A new input, or other properties on an input the filter has, or (`is_remove`) an input that goes. The
	// filter reads the properties and sets those of its outputs; it fetches no packet of a new PID here.
	// Properties were matched with the capabilities before the first call only. On removal it removes the
	// outputs it made for the input (gf_filter_pid_remove) and forgets the handle.
	//
	// GF_OK: taken. GF_EOS: not wanted, without a message. GF_REQUIRES_NEW_INSTANCE: goes to a clone of the
	// filter. GF_FILTER_NOT_SUPPORTED, GF_BAD_PARAM, GF_SERVICE_ERROR, GF_REMOTE_SERVICE_ERROR: refused, and
	// no other filter is tried. Other errors: refused, and unless the filter is a sink its register is left
	// out and all its inputs are linked again. A PID that was refused gets a call with `is_remove`, too. On
	// an input that was taken before, GF_FILTER_NOT_SUPPORTED disconnects it, GF_BAD_PARAM leaves it
	// connected and ended, other errors let another chain take over. gf_filter_setup_failure called in here
	// replaces GF_OK.
	GF_Err (*configure_pid)(GF_Filter *filter, GF_FilterPid *PID, Bool is_remove);

	// Options are set. Positive results: the filter is not made, without a message; GF_EOS also ends the
	// session. Negative: not made, logged. finalize is called in all cases.
	GF_Err (*initialize)(GF_Filter *filter);
	// Called once. Gives back what the filter holds: packet references, files, memory. PIDs exist but are not
	// used.
	void (*finalize)(GF_Filter *filter);

	// An option flagged UPDATE changes, or an unknown option is given to a filter with option `*`. The old
	// value is still stored. GF_OK stores the new one, GF_NOT_FOUND ignores it, other errors ignore it with a
	// warning. Without callback every value is stored.
	GF_Err (*update_arg)(GF_Filter *filter, const char *arg_name, const GF_PropertyValue *new_val);
	// An event arrived. `on_pid` is an output of the filter when it comes from a consumer, an input when it
	// comes from a producer, NULL when it is for the filter as a whole. True stops it here; otherwise it goes
	// on to all inputs or to the consumers of all outputs. The event belongs to the engine.
	Bool (*process_event)(GF_Filter *filter, const GF_FilterEvent *evt);
	// A consumer asks for other properties on an output: gf_filter_pid_caps_query tells which. GF_OK: they
	// hold for the packets that follow, and are set on the PID. Otherwise a filter that adapts is put in
	// between.
	GF_Err (*reconfigure_output)(GF_Filter *filter, GF_FilterPid *PID);

	// Says whether a source (option `src`) or sink (option `dst`) handles a URL, given without its options.
	// `mime` may be NULL. Called without a filter.
	GF_FilterProbeScore (*probe_url)(const char *url, const char *mime);
	// Recognises the first bytes of a file: returns its MIME type, a static text, and sets `*score`; or, with
	// GF_FPROBE_EXT_MATCH, the extensions to trust; or NULL. Called without a filter. Such a register has one
	// input bundle for its extensions and one for its MIME types.
	const char *(*probe_data)(const u8 *data, u32 size, GF_FilterProbeScore *score);

	s16 priority;       // among filters that would do the same, the lower one is chosen
	u8 hint_class_type; // GF_ClassTypeHint
	// The session lets the register go; NULL for registers in static memory.
	void (*register_free)(GF_FilterSession *session, GF_FilterRegister *freg);
	void *udta; // of the author
	// True when this sink serves another URL, too. An alias of the filter is then made for the URL: it has
	// its own private memory and options, its inputs are those of this filter (gf_filter_pid_get_alias_udta).
	Bool (*use_alias)(GF_Filter *filter, const char *url, const char *mime);

	const char *version;
	const char *description; // one line
	const char *author;
	const char *help; // what the filter does, its standards and limits
};

// ---- Initialisers for tables, as CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_AVC)

#define CAP_VALUE(f, c, t, field, v) \
	{.code = (c), .val = {.type = (t), .value.field = (v)}, .flags = (f)}
#define CAP_SINT(f, c, v) CAP_VALUE(f, c, GF_PROP_SINT, sint, v)
#define CAP_UINT(f, c, v) CAP_VALUE(f, c, GF_PROP_UINT, uint, v)
#define CAP_4CC(f, c, v) CAP_VALUE(f, c, GF_PROP_4CC, uint, v)
#define CAP_LSINT(f, c, v) CAP_VALUE(f, c, GF_PROP_LSINT, longsint, v)
#define CAP_LUINT(f, c, v) CAP_VALUE(f, c, GF_PROP_LUINT, longuint, v)
#define CAP_BOOL(f, c, v) CAP_VALUE(f, c, GF_PROP_BOOL, boolean, v)
#define CAP_FIXED(f, c, v) CAP_VALUE(f, c, GF_PROP_FLOAT, fnumber, v)
#define CAP_FLOAT(f, c, v) CAP_VALUE(f, c, GF_PROP_FLOAT, fnumber, v)
#define CAP_FRAC(f, c, v) CAP_VALUE(f, c, GF_PROP_FRACTION, frac, v)
#define CAP_FRAC_INT(f, c, n, d) \
	{.code = (c), .val = {.type = GF_PROP_FRACTION, .value.frac = {(n), (d)}}, .flags = (f)}
#define CAP_DOUBLE(f, c, v) CAP_VALUE(f, c, GF_PROP_DOUBLE, number, v)
#define CAP_NAME(f, c, v) CAP_VALUE(f, c, GF_PROP_NAME, string, (char *)(v))
#define CAP_STRING(f, c, v) CAP_VALUE(f, c, GF_PROP_STRING, string, (char *)(v))
#define CAP_UINT_PRIORITY(f, c, v, p) \
	{.code = (c), .val = {.type = GF_PROP_UINT, .value.uint = (v)}, .flags = (f), .priority = (p)}
#define SETCAPS(array) .caps = (array), .nb_caps = sizeof(array) / sizeof((array)[0])

#define GF_FS_DEF_ARG(name, offset, desc, type, def, enumv, argflags) \
	{(name), (offset), (desc), (type), (def), (enumv), (argflags)}
#define GF_FS_SET_DESCRIPTION(text) .description = (text),
#define GF_FS_SET_AUTHOR(text) .author = (text),
#define GF_FS_SET_HELP(text) .help = (text),

#ifdef __cplusplus
}
#endif

#endif
