// SPDX-License-Identifier: MIT
// Counts the streams of its sources. Reading stops once each of them has shown a packet or its end.
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "filters/inspect.h"
#include "filters/registry.h"

typedef struct {
	// options
	char *log;

	InspectOut out;
	u32 nb_pids;
	Bool done;
} ProbeCtx;

static GF_Err probe_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	ProbeCtx *ctx = gf_filter_get_udta(filter);
	if (is_remove)
		return GF_OK;
	if (!gf_filter_pid_check_caps(pid))
		return GF_NOT_SUPPORTED;
	if (gf_filter_pid_get_udta(pid))
		return GF_OK;
	gf_filter_pid_set_udta(pid, ctx);
	ctx->nb_pids++;
	GF_FilterEvent event;
	gf_filter_pid_init_play_event(pid, &event, 0, 1, "probe");
	gf_filter_pid_send_event(pid, &event);
	return GF_OK;
}

// Whether the stream is known to be alive, or over.
static Bool is_seen(GF_FilterPid *pid)
{
	return gf_filter_pid_get_packet(pid) || gf_filter_pid_is_eos(pid);
}

static GF_Err probe_process(GF_Filter *filter)
{
	ProbeCtx *ctx = gf_filter_get_udta(filter);
	u32 nb = gf_filter_get_ipid_count(filter);
	if (ctx->done)
		return GF_EOS;
	if (gf_filter_connections_pending(filter)) {
		gf_filter_ask_rt_reschedule(filter, 0);
		return GF_OK;
	}
	for (u32 i = 0; i < nb; i++) {
		if (!is_seen(gf_filter_get_ipid(filter, i)))
			return GF_OK;
	}
	ctx->done = GF_TRUE;
	for (u32 i = 0; i < nb; i++) {
		GF_FilterPid *pid = gf_filter_get_ipid(filter, i);
		GF_FilterEvent event;
		GF_FEVT_INIT(event, GF_FEVT_STOP, pid);
		gf_filter_pid_set_discard(pid, GF_TRUE);
		gf_filter_pid_send_event(pid, &event);
	}
	return GF_EOS;
}

static GF_Err probe_initialize(GF_Filter *filter)
{
	ProbeCtx *ctx = gf_filter_get_udta(filter);
	return gf_filter_is_temporary(filter) ? GF_OK : inspect_out_open(&ctx->out, ctx->log);
}

static void probe_finalize(GF_Filter *filter)
{
	ProbeCtx *ctx = gf_filter_get_udta(filter);
	if (gf_filter_is_temporary(filter))
		return;
	inspect_add_u64(&ctx->out.text, ctx->nb_pids);
	sb_addc(&ctx->out.text, '\n');
	inspect_out_close(&ctx->out);
}

#define OPT(field) #field, (s32)offsetof(ProbeCtx, field)
static const GF_FilterArgs probe_args[] = {
	{OPT(log), "Where the count goes: a file, stdout, stderr, null, GLOG or the name of a log tool", GF_PROP_STRING,
		"stdout", NULL, 0},
	{0},
};

static const GF_FilterCapability probe_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_SCENE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_OD),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_TEXT),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_SCENE),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_OD),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_TEXT),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
};

const GF_FilterRegister probe_register = {
	.name = "probe",
	.description = "Stream counter",
	.help = "This filter prints the number of streams of its sources, and nothing else. EX gpac -i file.mp4 probe",
	.private_size = sizeof(ProbeCtx),
	.max_extra_pids = (u32)-1,
	.flags = GF_FS_REG_EXPLICIT_ONLY | GF_FS_REG_TEMP_INIT,
	.args = probe_args,
	SETCAPS(probe_caps),
	.initialize = probe_initialize,
	.finalize = probe_finalize,
	.configure_pid = probe_configure_pid,
	.process = probe_process,
	.hint_class_type = GF_FS_CLASS_TOOL,
};
