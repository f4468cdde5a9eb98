// SPDX-License-Identifier: MIT
// A source and sinks that do nothing by themselves: the test sends, fetches and drops, and lets the session run in
// between.
#ifndef TESTS_FAKE_LAB_H
#define TESTS_FAKE_LAB_H

#include "fake_filters.h"

#define LAB_SINKS 4
#define LAB_EVENTS 64

// What a filter of the lab saw and answers.
typedef struct {
	GF_Filter *filter;
	GF_FilterPid *in;  // last input configured
	GF_FilterPid *out;
	u32 nb_configure, nb_remove, nb_process;
	GF_Err configure_result, process_result;
	Bool no_play;      // sink: sends no PLAY
	Bool consume;      // events go no further
	struct {
		u32 type;
		GF_FilterPid *on_pid;
	} events[LAB_EVENTS];
	u32 nb_events;
	void *udta;
} LabFilter;

typedef struct {
	GF_FilterSession *fs;
	LabFilter source;
	LabFilter sinks[LAB_SINKS];
} Lab;

static inline LabFilter *lab_of(GF_Filter *f)
{
	return gf_filter_get_rt_udta(f);
}

static inline GF_Err lab_process(GF_Filter *f)
{
	LabFilter *l = lab_of(f);
	l->nb_process++;
	return l->process_result ? l->process_result : GF_EOS; // called again only when something happens
}

static inline GF_Err lab_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	LabFilter *l = lab_of(f);
	if (is_remove) {
		l->nb_remove++;
		l->in = NULL;
		return GF_OK;
	}
	l->nb_configure++;
	l->in = pid;
	if (l->configure_result != GF_OK || l->no_play)
		return l->configure_result;
	GF_FilterEvent evt;
	gf_filter_pid_init_play_event(pid, &evt, 0, 1, "lab");
	gf_filter_pid_send_event(pid, &evt);
	return GF_OK;
}

// A filter between others: one output, with the properties of the input.
static inline GF_Err lab_pass_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	LabFilter *l = lab_of(f);
	if (is_remove) {
		l->nb_remove++;
		l->in = NULL;
		if (l->out && !gf_filter_get_ipid_count(f))
			gf_filter_pid_remove(l->out);
		return GF_OK;
	}
	l->nb_configure++;
	l->in = pid;
	if (!l->out)
		l->out = gf_filter_pid_new(f);
	return gf_filter_pid_copy_properties(l->out, pid);
}

static inline Bool lab_event(GF_Filter *f, const GF_FilterEvent *evt)
{
	LabFilter *l = lab_of(f);
	if (l->nb_events < LAB_EVENTS) {
		l->events[l->nb_events].type = evt->base.type;
		l->events[l->nb_events].on_pid = evt->base.on_pid;
	}
	l->nb_events++;
	return l->consume;
}

static inline GF_Filter *lab_filter(GF_FilterSession *fs, const char *name, LabFilter *l, u32 caps)
{
	GF_Err e;
	GF_Filter *f = gf_fs_new_filter(fs, name, 0, &e);
	assert_int_equal(e, GF_OK);
	l->filter = f;
	gf_filter_set_rt_udta(f, l);
	gf_filter_set_process_ckb(f, lab_process);
	gf_filter_set_process_event_ckb(f, lab_event);
	if (caps & GF_CAPFLAG_INPUT)
		gf_filter_set_configure_ckb(f, caps & GF_CAPFLAG_OUTPUT ? lab_pass_configure : lab_configure);
	gf_filter_push_caps(f, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL), NULL, caps, 0);
	return f;
}

static inline GF_FilterPid *lab_new_pid(GF_Filter *f)
{
	GF_FilterPid *pid = gf_filter_pid_new(f);
	gf_filter_pid_set_property(pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_VISUAL));
	gf_filter_pid_set_property(pid, GF_PROP_PID_CODECID, PROP_UINT(GF_CODECID_AVC));
	gf_filter_pid_set_property(pid, GF_PROP_PID_TIMESCALE, PROP_UINT(1000));
	return pid;
}

// Runs what can run now, until nothing can.
static inline void lab_run(Lab *lab)
{
	for (u32 i = 0; i < 10; i++)
		gf_fs_run(lab->fs);
}

// A non-blocking session with one source and `nb_sinks` sinks, linked. Every sink gets the PID.
static inline void lab_open(Lab *lab, u32 nb_sinks)
{
	*lab = (Lab){0};
	gf_sys_init(GF_MemTrackerNone, "0");
	lab->fs = gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, GF_FS_FLAG_NON_BLOCKING | GF_FS_FLAG_NO_IMPLICIT, NULL);
	lab_filter(lab->fs, "source", &lab->source, GF_CAPS_OUTPUT);
	lab->source.out = lab_new_pid(lab->source.filter);
	for (u32 i = 0; i < nb_sinks; i++)
		lab_filter(lab->fs, "sink", &lab->sinks[i], GF_CAPS_INPUT);
	lab_run(lab);
	for (u32 i = 0; i < nb_sinks; i++)
		assert_non_null(lab->sinks[i].in);
}

static inline void lab_close(Lab *lab)
{
	gf_fs_del(lab->fs);
	gf_sys_close();
	assert_int_equal(gf_memory_size(), 0);
}

// Sends a packet of `size` bytes, all of value `fill`.
static inline GF_FilterPacket *lab_packet(Lab *lab, u32 size, u8 fill)
{
	u8 *data;
	GF_FilterPacket *pck = gf_filter_pck_new_alloc(lab->source.out, size, &data);
	assert_non_null(pck);
	if (size)
		memset(data, fill, size);
	return pck;
}

static inline void lab_send(Lab *lab, u32 size, u8 fill)
{
	assert_int_equal(gf_filter_pck_send(lab_packet(lab, size, fill)), GF_OK);
}

// The next packet of a sink.
static inline GF_FilterPacket *lab_get(Lab *lab, u32 sink)
{
	return gf_filter_pid_get_packet(lab->sinks[sink].in);
}

static inline void lab_drop(Lab *lab, u32 sink)
{
	gf_filter_pid_drop_packet(lab->sinks[sink].in);
}

#endif
