// SPDX-License-Identifier: MIT
// Costs inside the engine, printed as `name value unit`: one more pass-through filter per packet, and linking a
// source to a sink over all built-in registers.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>

#define NB_PACKETS 1000000

typedef struct {
	GF_FilterPid *pid;
	u32 sent;
} Source;

static GF_Err source_process(GF_Filter *f)
{
	Source *s = gf_filter_get_rt_udta(f);
	if (!s->pid) {
		s->pid = gf_filter_pid_new(f);
		gf_filter_pid_set_property(s->pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL));
		gf_filter_pid_set_property(s->pid, GF_PROP_PID_CODECID, PROP_UINT(GF_CODECID_AVC));
		gf_filter_pid_set_property(s->pid, GF_PROP_PID_TIMESCALE, PROP_UINT(1000));
	}
	if (s->sent == NB_PACKETS) {
		gf_filter_pid_set_eos(s->pid);
		return GF_EOS;
	}
	GF_FilterPacket *pck = gf_filter_pck_new_alloc(s->pid, 700, NULL);
	gf_filter_pck_set_dts(pck, (u64)s->sent++ * 20);
	gf_filter_pck_set_duration(pck, 20);
	return gf_filter_pck_send(pck) < 0 ? GF_OUT_OF_MEM : GF_OK;
}

static GF_Err pass_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	return is_remove ? GF_OK : gf_filter_pid_copy_properties(gf_filter_pid_new(f), pid);
}

static GF_Err pass_process(GF_Filter *f)
{
	GF_FilterPid *in = gf_filter_get_ipid(f, 0), *out = gf_filter_get_opid(f, 0);
	GF_FilterPacket *pck = gf_filter_pid_get_packet(in);
	if (!pck) {
		if (!gf_filter_pid_is_eos(in))
			return GF_OK;
		gf_filter_pid_set_eos(out);
		return GF_EOS;
	}
	gf_filter_pck_forward(pck, out);
	gf_filter_pid_drop_packet(in);
	return GF_OK;
}

static GF_Err sink_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	(void)f;
	if (is_remove)
		return GF_OK;
	GF_FilterEvent evt;
	gf_filter_pid_init_play_event(pid, &evt, 0, 1, "bench");
	gf_filter_pid_send_event(pid, &evt);
	return GF_OK;
}

static GF_Err sink_process(GF_Filter *f)
{
	GF_FilterPid *in = gf_filter_get_ipid(f, 0);
	while (gf_filter_pid_get_packet(in))
		gf_filter_pid_drop_packet(in);
	return gf_filter_pid_is_eos(in) ? GF_EOS : GF_OK;
}

static GF_Filter *add(GF_FilterSession *fs, GF_Err (*process)(GF_Filter *),
	GF_Err (*configure)(GF_Filter *, GF_FilterPid *, Bool), u32 caps)
{
	GF_Err e;
	GF_Filter *f = gf_fs_new_filter(fs, "bench", 0, &e);
	gf_filter_set_process_ckb(f, process);
	if (configure)
		gf_filter_set_configure_ckb(f, configure);
	gf_filter_push_caps(f, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL), NULL, caps, 0);
	return f;
}

static double ns_per_packet(u32 hops)
{
	Source s = {0};
	GF_FilterSession *fs = gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, 0, NULL);
	GF_Filter *src = add(fs, source_process, NULL, GF_CAPS_OUTPUT);
	gf_filter_set_rt_udta(src, &s);
	gf_filter_post_process_task(src);
	for (u32 i = 0; i < hops; i++)
		add(fs, pass_process, pass_configure, GF_CAPS_INPUT_OUTPUT);
	add(fs, sink_process, sink_configure, GF_CAPS_INPUT);
	u64 start = gf_sys_clock_high_res();
	gf_fs_run(fs);
	u64 us = gf_sys_clock_high_res() - start;
	gf_fs_del(fs);
	return (double)us * 1000 / NB_PACKETS;
}

// From a session with its filters loaded to the end of a run without packets: linking, configuration, end.
static double link_us(void)
{
	Source s = {.sent = NB_PACKETS};
	GF_Err e;
	GF_FilterSession *fs = gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, 0, NULL);
	GF_Filter *src = add(fs, source_process, NULL, GF_CAPS_OUTPUT);
	gf_filter_set_rt_udta(src, &s);
	gf_filter_post_process_task(src);
	gf_fs_load_destination(fs, "/dev/null:ext=264", NULL, NULL, &e);
	u64 start = gf_sys_clock_high_res();
	gf_fs_run(fs);
	u64 us = gf_sys_clock_high_res() - start;
	gf_fs_del(fs);
	return (double)us;
}

int main(int argc, char **argv)
{
	gf_sys_init(GF_MemTrackerNone, "0");
	gf_log_set_tools_levels("all@quiet", GF_TRUE);
	if (argc > 1 && !strcmp(argv[1], "link"))
		printf("link %.1f us\n", link_us());
	else
		printf("hop %.1f ns\n", (ns_per_packet(5) - ns_per_packet(1)) / 4);
	gf_sys_close();
	return 0;
}
