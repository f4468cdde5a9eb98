// SPDX-License-Identifier: MIT
// A source and a sink without media, to test the engine alone.
#ifndef TESTS_FAKE_FILTERS_H
#define TESTS_FAKE_FILTERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/main.h>
#include <gpac/tools.h>

#define FAKE_MAX 256

// What a fake filter is told to do and what it saw; kept as its user data.
typedef struct {
	// source
	u32 to_send;      // packets
	u32 size;         // bytes of each
	u32 change_at;    // packet before which property Width changes, 0 for never
	Bool keep_open;   // no end of stream
	// sink
	u32 refuse;       // error of the next configure_pid calls (positive code of -GF_Err), 0 for none
	u32 hold;         // packets to take per call, 0 for all
	// seen
	u32 sent, received, nb_configure, nb_remove, nb_events, nb_eos;
	u64 cts[FAKE_MAX];
	u32 dur[FAKE_MAX];
	u32 width[FAKE_MAX];
	u32 last_event;
	GF_FilterPid *pid;
} Fake;

static inline Fake *fake_of(GF_Filter *f)
{
	return gf_filter_get_rt_udta(f);
}

static GF_Err fake_source_process(GF_Filter *f)
{
	Fake *k = fake_of(f);
	if (!k->pid) {
		k->pid = gf_filter_pid_new(f);
		gf_filter_pid_set_property(k->pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL));
		gf_filter_pid_set_property(k->pid, GF_PROP_PID_CODECID, PROP_UINT(GF_CODECID_AVC));
		gf_filter_pid_set_property(k->pid, GF_PROP_PID_TIMESCALE, PROP_UINT(1000));
		gf_filter_pid_set_property(k->pid, GF_PROP_PID_WIDTH, PROP_UINT(320));
	}
	if (k->sent == k->to_send) {
		if (!k->keep_open)
			gf_filter_pid_set_eos(k->pid);
		return GF_EOS;
	}
	if (k->change_at && k->sent == k->change_at)
		gf_filter_pid_set_property(k->pid, GF_PROP_PID_WIDTH, PROP_UINT(640));
	u8 *data;
	GF_FilterPacket *pck = gf_filter_pck_new_alloc(k->pid, k->size ? k->size : 8, &data);
	memset(data, (int)k->sent, k->size ? k->size : 8);
	gf_filter_pck_set_cts(pck, k->sent * 40);
	k->sent++;
	return gf_filter_pck_send(pck) < 0 ? GF_SERVICE_ERROR : GF_OK;
}

static GF_Err fake_sink_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	Fake *k = fake_of(f);
	if (is_remove) {
		k->nb_remove++;
		return GF_OK;
	}
	k->nb_configure++;
	k->pid = pid;
	if (k->refuse)
		return -(GF_Err)k->refuse;
	GF_FilterEvent evt;
	gf_filter_pid_init_play_event(pid, &evt, 0, 1, "fake");
	gf_filter_pid_send_event(pid, &evt);
	return GF_OK;
}

static GF_Err fake_sink_process(GF_Filter *f)
{
	Fake *k = fake_of(f);
	u32 ended = 0, nb = gf_filter_get_ipid_count(f);
	for (u32 i = 0; i < nb; i++) {
		GF_FilterPid *pid = gf_filter_get_ipid(f, i);
		GF_FilterPacket *pck;
		for (u32 n = 0; (!k->hold || n < k->hold) && (pck = gf_filter_pid_get_packet(pid)); n++) {
			if (k->received < FAKE_MAX) {
				k->cts[k->received] = gf_filter_pck_get_cts(pck);
				k->dur[k->received] = gf_filter_pck_get_duration(pck);
				const GF_PropertyValue *w = gf_filter_pid_get_property(pid, GF_PROP_PID_WIDTH);
				k->width[k->received] = w ? w->value.uint : 0;
			}
			k->received++;
			gf_filter_pid_drop_packet(pid);
		}
		ended += gf_filter_pid_is_eos(pid);
	}
	if (nb && ended == nb) {
		k->nb_eos++;
		return GF_EOS;
	}
	return GF_OK;
}

static Bool fake_event(GF_Filter *f, const GF_FilterEvent *evt)
{
	Fake *k = fake_of(f);
	k->nb_events++;
	k->last_event = evt->base.type;
	return GF_FALSE;
}

static GF_Err fake_pass_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	Fake *k = fake_of(f);
	if (is_remove) {
		k->nb_remove++;
		return GF_OK;
	}
	k->nb_configure++;
	if (!k->pid)
		k->pid = gf_filter_pid_new(f);
	return gf_filter_pid_copy_properties(k->pid, pid);
}

static GF_Err fake_pass_process(GF_Filter *f)
{
	Fake *k = fake_of(f);
	GF_FilterPid *in = gf_filter_get_ipid(f, 0);
	GF_FilterPacket *pck = gf_filter_pid_get_packet(in);
	if (!pck) {
		if (!gf_filter_pid_is_eos(in))
			return GF_OK;
		gf_filter_pid_set_eos(k->pid);
		return GF_EOS;
	}
	k->received++;
	gf_filter_pck_forward(pck, k->pid);
	gf_filter_pid_drop_packet(in);
	return GF_OK;
}

static inline GF_Filter *fake_new(GF_FilterSession *fs, const char *name, Fake *k, GF_Err (*process)(GF_Filter *),
	GF_Err (*configure)(GF_Filter *, GF_FilterPid *, Bool), u32 caps)
{
	GF_Err e;
	GF_Filter *f = gf_fs_new_filter(fs, name, 0, &e);
	assert_int_equal(e, GF_OK);
	gf_filter_set_rt_udta(f, k);
	gf_filter_set_process_ckb(f, process);
	if (configure)
		gf_filter_set_configure_ckb(f, configure);
	gf_filter_set_process_event_ckb(f, fake_event);
	gf_filter_push_caps(f, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL), NULL, caps, 0);
	return f;
}

static inline GF_Filter *fake_source(GF_FilterSession *fs, Fake *k)
{
	GF_Filter *f = fake_new(fs, "source", k, fake_source_process, NULL, GF_CAPS_OUTPUT);
	gf_filter_post_process_task(f);
	return f;
}

static inline GF_Filter *fake_sink(GF_FilterSession *fs, Fake *k)
{
	return fake_new(fs, "sink", k, fake_sink_process, fake_sink_configure, GF_CAPS_INPUT);
}

static inline GF_Filter *fake_pass(GF_FilterSession *fs, Fake *k)
{
	return fake_new(fs, "pass", k, fake_pass_process, fake_pass_configure, GF_CAPS_INPUT_OUTPUT);
}

// A session per test; the memory must be back to what it was.
static inline int fake_setup(void **state)
{
	gf_sys_init(GF_MemTrackerNone, "0");
	*state = gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, 0, NULL);
	return *state ? 0 : -1;
}

static inline int fake_teardown(void **state)
{
	gf_fs_del(*state);
	gf_sys_close();
	if (gf_memory_size())
		print_error("%llu bytes leaked\n", (unsigned long long)gf_memory_size());
	return gf_memory_size() ? -1 : 0;
}

#endif
