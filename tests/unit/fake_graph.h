// SPDX-License-Identifier: MIT
// Registers of a small world of filters, for tests of linking: sources and sinks by URL (`fake://name.ext`),
// demultiplexer, decoders, encoder, muxer. What they answer is set per register in `fake_plans`.
#ifndef TESTS_FAKE_GRAPH_H
#define TESTS_FAKE_GRAPH_H

#include "fake_filters.h"

typedef struct {
	const char *name;   // register
	GF_Err configure;   // answer to a first configure_pid
	GF_Err reconfigure; // to later ones
	GF_Err process;     // when a packet is there
	GF_Err initialize;
	u32 fail_after;     // packets passed before `process` fails
	// seen over all instances
	u32 nb_created, nb_finalized, nb_configure, nb_reconfigure, nb_remove, nb_packets, nb_connect_fail, nb_play, nb_stop;
} FakePlan;

enum { P_SRC, P_SRC2, P_DMX, P_DECA, P_DECB, P_ENC, P_MUX, P_DST, P_RAWSINK, P_VSINK, P_PASS, P_ADAPT, P_NB };

static FakePlan fake_plans[P_NB];

typedef struct {
	char *url; // src or dst
	u32 packets, value;
	GF_FilterPid *out[2];
	u32 sent;
} FakePriv;

static FakePlan *plan_of(GF_Filter *f)
{
	const GF_FilterRegister *reg = gf_filter_get_register(f);
	for (u32 i = 0; i < P_NB; i++) {
		if (!strcmp(fake_plans[i].name, reg->name))
			return &fake_plans[i];
	}
	return NULL;
}

static GF_Err fg_initialize(GF_Filter *f)
{
	if (plan_of(f)->initialize)
		return plan_of(f)->initialize;
	if (!gf_filter_is_temporary(f))
		plan_of(f)->nb_created++;
	return GF_OK;
}

static void fg_finalize(GF_Filter *f)
{
	if (!gf_filter_is_temporary(f))
		plan_of(f)->nb_finalized++;
}

static Bool fg_event(GF_Filter *f, const GF_FilterEvent *evt)
{
	FakePlan *p = plan_of(f);
	p->nb_connect_fail += evt->base.type == GF_FEVT_CONNECT_FAIL;
	p->nb_play += evt->base.type == GF_FEVT_PLAY;
	p->nb_stop += evt->base.type == GF_FEVT_STOP;
	return GF_FALSE;
}

// Counts the call and tells the planned answer, which may be to go on.
static GF_Err fg_answer(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	FakePlan *p = plan_of(f);
	if (is_remove) {
		p->nb_remove++;
		return GF_OK;
	}
	Bool again = gf_filter_pid_get_udta(pid) != NULL;
	gf_filter_pid_set_udta(pid, f);
	if (again)
		p->nb_reconfigure++;
	else
		p->nb_configure++;
	return again ? p->reconfigure : p->configure;
}

static GF_FilterPid *fg_pid(GF_Filter *f, u32 type, u32 codec, u32 id)
{
	GF_FilterPid *pid = gf_filter_pid_new(f);
	gf_filter_pid_reset_properties(pid);
	gf_filter_pid_set_property(pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(type));
	if (codec)
		gf_filter_pid_set_property(pid, GF_PROP_PID_CODECID, PROP_UINT(codec));
	gf_filter_pid_set_property(pid, GF_PROP_PID_TIMESCALE, PROP_UINT(1000));
	if (id)
		gf_filter_pid_set_property(pid, GF_PROP_PID_ID, PROP_UINT(id));
	return pid;
}

// ---- sources

static GF_Err fg_source_process(GF_Filter *f)
{
	FakePriv *p = gf_filter_get_udta(f);
	if (!p->out[0]) {
		gf_filter_pid_raw_new(f, p->url, NULL, NULL, NULL, NULL, 0, GF_FALSE, &p->out[0]);
		gf_filter_pid_set_property_str(p->out[0], "Value", PROP_UINT(p->value));
	}
	if (p->sent == p->packets) {
		gf_filter_pid_set_eos(p->out[0]);
		return GF_EOS;
	}
	u8 *data;
	GF_FilterPacket *pck = gf_filter_pck_new_alloc(p->out[0], 1, &data);
	data[0] = (u8)p->sent++;
	return gf_filter_pck_send(pck) < 0 ? GF_OUT_OF_MEM : GF_OK;
}

// Reads the URL itself: one video stream.
static GF_Err fg_source2_process(GF_Filter *f)
{
	FakePriv *p = gf_filter_get_udta(f);
	if (!p->out[0])
		p->out[0] = fg_pid(f, GF_STREAM_VISUAL, GF_CODECID_AVC, 1);
	return fg_source_process(f);
}

static GF_FilterProbeScore fg_probe_src(const char *url, const char *mime)
{
	(void)mime;
	return strncmp(url, "fake://", 7) ? GF_FPROBE_NOT_SUPPORTED : GF_FPROBE_SUPPORTED;
}

static GF_FilterProbeScore fg_probe_src2(const char *url, const char *mime)
{
	(void)mime;
	return strncmp(url, "fake://", 7) ? GF_FPROBE_NOT_SUPPORTED : GF_FPROBE_MAYBE_SUPPORTED;
}

// ---- what stands between

static u32 fg_take(GF_Filter *f, GF_FilterPid *out)
{
	u32 nb = gf_filter_get_ipid_count(f), ended = 0;
	for (u32 i = 0; i < nb; i++) {
		GF_FilterPid *in = gf_filter_get_ipid(f, i);
		GF_FilterPid *to = out ? out : gf_filter_pid_get_udta(in) ? gf_filter_get_opid(f, i) : NULL;
		GF_FilterPacket *pck = gf_filter_pid_get_packet(in);
		if (pck) {
			plan_of(f)->nb_packets++;
			if (to)
				gf_filter_pck_forward(pck, to);
			gf_filter_pid_drop_packet(in);
		} else if (gf_filter_pid_is_eos(in)) {
			ended++;
			if (!out && to)
				gf_filter_pid_set_eos(to);
		}
	}
	if (out && nb && ended == nb)
		gf_filter_pid_set_eos(out);
	return nb && ended == nb;
}

static GF_Err fg_process(GF_Filter *f)
{
	FakePlan *plan = plan_of(f);
	if (plan->process && plan->nb_packets >= plan->fail_after && gf_filter_pid_get_packet(gf_filter_get_ipid(f, 0)))
		return plan->process;
	return fg_take(f, NULL) ? GF_EOS : GF_OK;
}

// One input, both outputs get each packet.
static GF_Err fg_dmx_process(GF_Filter *f)
{
	FakePriv *p = gf_filter_get_udta(f);
	GF_FilterPid *in = gf_filter_get_ipid(f, 0);
	GF_FilterPacket *pck = in ? gf_filter_pid_get_packet(in) : NULL;
	if (!pck) {
		if (!in || !gf_filter_pid_is_eos(in))
			return GF_OK;
		for (u32 i = 0; i < 2; i++)
			gf_filter_pid_set_eos(p->out[i]);
		return GF_EOS;
	}
	plan_of(f)->nb_packets++;
	for (u32 i = 0; i < 2; i++) {
		if (p->out[i])
			gf_filter_pck_forward(pck, p->out[i]);
	}
	gf_filter_pid_drop_packet(in);
	return GF_OK;
}

static GF_Err fg_dmx_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	GF_Err e = fg_answer(f, pid, is_remove);
	FakePriv *p = gf_filter_get_udta(f);
	if (e != GF_OK || is_remove || p->out[0])
		return e;
	p->out[0] = fg_pid(f, GF_STREAM_VISUAL, GF_CODECID_AVC, 1);
	p->out[1] = fg_pid(f, GF_STREAM_AUDIO, GF_CODECID_AAC_MPEG4, 2);
	const GF_PropertyValue *v = gf_filter_pid_get_property_str(pid, "Value");
	for (u32 i = 0; v && v->value.uint && i < 2; i++)
		gf_filter_pid_set_property(p->out[i], GF_PROP_PID_SERVICE_ID, PROP_UINT(v->value.uint + i));
	return GF_OK;
}

// One output for each input.
static GF_Err fg_map(GF_Filter *f, GF_FilterPid *pid, Bool is_remove, u32 codec)
{
	GF_Err e = fg_answer(f, pid, is_remove);
	if (e != GF_OK || is_remove)
		return e;
	u32 nb = gf_filter_get_ipid_count(f), i = 0;
	while (i < nb && gf_filter_get_ipid(f, i) != pid)
		i++;
	GF_FilterPid *out = gf_filter_get_opid(f, i);
	if (!out)
		out = gf_filter_pid_new(f);
	e = gf_filter_pid_copy_properties(out, pid);
	if (codec)
		gf_filter_pid_set_property(out, GF_PROP_PID_CODECID, PROP_UINT(codec));
	return e;
}

static GF_Err fg_dec_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	return fg_map(f, pid, is_remove, GF_CODECID_RAW);
}

static GF_Err fg_enc_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	return fg_map(f, pid, is_remove, GF_CODECID_AVC);
}

static GF_Err fg_pass_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	return fg_map(f, pid, is_remove, 0);
}

static GF_Err fg_mux_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	GF_Err e = fg_answer(f, pid, is_remove);
	FakePriv *p = gf_filter_get_udta(f);
	if (e != GF_OK || is_remove || p->out[0])
		return e;
	p->out[0] = fg_pid(f, GF_STREAM_FILE, 0, 0);
	gf_filter_pid_set_property(p->out[0], GF_PROP_PID_FILE_EXT, PROP_STRING("y"));
	return GF_OK;
}

static GF_Err fg_mux_process(GF_Filter *f)
{
	FakePriv *p = gf_filter_get_udta(f);
	return fg_take(f, p->out[0]) ? GF_EOS : GF_OK;
}

// Adapts Width.
static GF_Err fg_adapt_output(GF_Filter *f, GF_FilterPid *pid)
{
	const GF_PropertyValue *w = gf_filter_pid_caps_query(pid, GF_PROP_PID_WIDTH);
	(void)f;
	return w ? gf_filter_pid_set_property(pid, GF_PROP_PID_WIDTH, w) : GF_NOT_SUPPORTED;
}

// ---- sinks

static GF_Err fg_sink_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	GF_Err e = fg_answer(f, pid, is_remove);
	if (e != GF_OK || is_remove)
		return e;
	GF_FilterEvent evt;
	gf_filter_pid_init_play_event(pid, &evt, 0, 1, "sink");
	gf_filter_pid_send_event(pid, &evt);
	return GF_OK;
}

static GF_FilterProbeScore fg_probe_dst(const char *url, const char *mime)
{
	(void)mime;
	return strncmp(url, "sink://", 7) ? GF_FPROBE_NOT_SUPPORTED : GF_FPROBE_SUPPORTED;
}

static const GF_FilterArgs fg_src_args[] = {
	{"src", offsetof(FakePriv, url), "source", GF_PROP_NAME, NULL, NULL, 0},
	{"packets", offsetof(FakePriv, packets), "packets to send", GF_PROP_UINT, "10", NULL, 0},
	{"value", offsetof(FakePriv, value), "property of the PID", GF_PROP_UINT, "0", NULL, 0},
	{0}};
static const GF_FilterArgs fg_dst_args[] = {
	{"dst", offsetof(FakePriv, url), "destination", GF_PROP_NAME, NULL, NULL, 0}, {0}};

static const GF_FilterCapability cap_file_out[] = {CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE)};
static const GF_FilterCapability cap_src2[] = {CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_AVC)};
static const GF_FilterCapability cap_dmx[] = {CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "x"),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW)};
static const GF_FilterCapability cap_dec[] = {CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_AVC),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW)};
static const GF_FilterCapability cap_enc[] = {CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_AVC)};
static const GF_FilterCapability cap_mux[] = {
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_OUTPUT, GF_PROP_PID_FILE_EXT, "y")};
static const GF_FilterCapability cap_dst[] = {CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "y")};
static const GF_FilterCapability cap_rawsink[] = {CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW)};
static const GF_FilterCapability cap_vsink[] = {
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE)};
static const GF_FilterCapability cap_pass[] = {
	CAP_UINT(GF_CAPS_IN_OUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE)};
static const GF_FilterCapability cap_adapt[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	{.code = GF_PROP_PID_WIDTH, .flags = GF_CAPFLAG_RECONFIG}};

#define FG_COMMON \
	.private_size = sizeof(FakePriv), .initialize = fg_initialize, .finalize = fg_finalize, .process_event = fg_event

static const GF_FilterRegister fake_registers[P_NB] = {
	[P_SRC] = {.name = "fsrc", SETCAPS(cap_file_out), .args = fg_src_args, .process = fg_source_process,
		.probe_url = fg_probe_src, FG_COMMON},
	[P_SRC2] = {.name = "fsrc2", SETCAPS(cap_src2), .args = fg_src_args, .process = fg_source2_process,
		.probe_url = fg_probe_src2, FG_COMMON},
	[P_DMX] = {.name = "xdmx", SETCAPS(cap_dmx), .configure_pid = fg_dmx_configure, .process = fg_dmx_process, FG_COMMON},
	[P_DECA] = {.name = "deca", SETCAPS(cap_dec), .configure_pid = fg_dec_configure, .process = fg_process, FG_COMMON},
	[P_DECB] = {.name = "decb", SETCAPS(cap_dec), .priority = 1, .configure_pid = fg_dec_configure,
		.process = fg_process, FG_COMMON},
	[P_ENC] = {.name = "fenc", SETCAPS(cap_enc), .configure_pid = fg_enc_configure, .process = fg_process, FG_COMMON},
	[P_MUX] = {.name = "ymux", SETCAPS(cap_mux), .flags = GF_FS_REG_DYNAMIC_REDIRECT, .max_extra_pids = 0xFFFFFFFF,
		.configure_pid = fg_mux_configure, .process = fg_mux_process, FG_COMMON},
	[P_DST] = {.name = "fdst", SETCAPS(cap_dst), .args = fg_dst_args, .configure_pid = fg_sink_configure,
		.process = fg_process, .probe_url = fg_probe_dst, FG_COMMON},
	[P_RAWSINK] = {.name = "rawsink", SETCAPS(cap_rawsink), .flags = GF_FS_REG_EXPLICIT_ONLY,
		.configure_pid = fg_sink_configure, .process = fg_process, FG_COMMON},
	[P_VSINK] = {.name = "vsink", SETCAPS(cap_vsink), .flags = GF_FS_REG_EXPLICIT_ONLY, .max_extra_pids = 0xFFFFFFFF,
		.configure_pid = fg_sink_configure, .process = fg_process, FG_COMMON},
	[P_PASS] = {.name = "pass", SETCAPS(cap_pass), .flags = GF_FS_REG_EXPLICIT_ONLY, .max_extra_pids = 0xFFFFFFFF,
		.configure_pid = fg_pass_configure, .process = fg_process, FG_COMMON},
	[P_ADAPT] = {.name = "adapt", SETCAPS(cap_adapt), .flags = GF_FS_REG_EXPLICIT_ONLY, .configure_pid = fg_pass_configure, .process = fg_process,
		.reconfigure_output = fg_adapt_output, FG_COMMON},
};

// A session of these registers and the built-in reframer.
static inline GF_FilterSession *fg_session(u32 flags)
{
	gf_sys_init(GF_MemTrackerNone, "0");
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	GF_FilterSession *fs = gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, flags, "-reframer");
	assert_non_null(fs);
	for (u32 i = 0; i < P_NB; i++) {
		fake_plans[i] = (FakePlan){.name = fake_registers[i].name};
		gf_fs_add_filter_register(fs, &fake_registers[i]);
	}
	return fs;
}

static inline void fg_close(GF_FilterSession *fs)
{
	gf_fs_del(fs);
	for (u32 i = 0; i < P_NB; i++)
		assert_int_equal(fake_plans[i].nb_created, fake_plans[i].nb_finalized);
	gf_sys_close();
	assert_int_equal(gf_memory_size(), 0);
}

static inline GF_Filter *fg_load(GF_FilterSession *fs, const char *desc)
{
	GF_Err e = GF_OK;
	GF_Filter *f = !strncmp(desc, "fake://", 7) ? gf_fs_load_source(fs, desc, NULL, NULL, &e) :
		!strncmp(desc, "sink://", 7)			? gf_fs_load_destination(fs, desc, NULL, NULL, &e) :
												  gf_fs_load_filter(fs, desc, &e);
	assert_int_equal(e, GF_OK);
	assert_non_null(f);
	return f;
}

// Names of the registers of the live filters, in order of creation.
static inline const char *fg_filters(GF_FilterSession *fs)
{
	static char text[512];
	text[0] = 0;
	u32 nb = gf_fs_get_filters_count(fs);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *f = gf_fs_get_filter(fs, i);
		if (!gf_fs_check_filter(fs, f))
			continue;
		strcat(text, text[0] ? " " : "");
		strcat(text, gf_filter_get_register(f)->name);
	}
	return text;
}

// Register of the filter behind an output PID, "-" for none.
static inline const char *fg_behind(GF_Filter *f, u32 pid, u32 dest)
{
	GF_Filter *d = gf_filter_pid_enum_destinations(gf_filter_get_opid(f, pid), dest);
	return d ? gf_filter_get_register(d)->name : "-";
}

#endif
