// SPDX-License-Identifier: MIT
// Reads the SEI messages of framed AVC, HEVC and VVC: time codes become properties of packets, light levels, mastering
// display and ambient light properties of the PID. Other streams pass.
#include <string.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include "filters/registry.h"
#include "filters/relay.h"
#include "filters/sei_props.h"

typedef struct {
	Relay io;
	Bool is_nal;
	NalTracker tracker;
	u32 length_size;
	u32 rate_num, rate_den;
	NalMetadata metadata; // set on the output
} SeiStream;

static void stream_reset(void *stream)
{
	SeiStream *s = stream;
	if (s->is_nal)
		nal_tracker_reset(&s->tracker);
}

static Bool find_codec(GF_FilterPid *pid, NalCodec *codec)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(pid, GF_PROP_PID_CODECID);
	switch (p ? p->value.uint : 0) {
	case GF_CODECID_AVC:
	case GF_CODECID_SVC:
	case GF_CODECID_MVC:
		*codec = NAL_AVC;
		return GF_TRUE;
	case GF_CODECID_HEVC:
	case GF_CODECID_LHVC:
		*codec = NAL_HEVC;
		return GF_TRUE;
	case GF_CODECID_VVC:
		*codec = NAL_VVC;
		return GF_TRUE;
	default:
		return GF_FALSE;
	}
}

static GF_Err open_tracker(SeiStream *s)
{
	NalCodec codec;
	if (s->is_nal)
		nal_tracker_reset(&s->tracker);
	s->is_nal = find_codec(s->io.ipid, &codec);
	if (!s->is_nal)
		return GF_OK;
	nal_tracker_init(&s->tracker, codec);
	s->tracker.trace = &syn_quiet; // decoders report what is wrong
	s->length_size = 4;
	s->rate_num = 25;
	s->rate_den = 1;
	const GF_PropertyValue *p = gf_filter_pid_get_property(s->io.ipid, GF_PROP_PID_FPS);
	if (p && p->value.frac.num > 0 && p->value.frac.den) {
		s->rate_num = (u32)p->value.frac.num;
		s->rate_den = p->value.frac.den;
	}
	p = gf_filter_pid_get_property(s->io.ipid, GF_PROP_PID_DECODER_CONFIG);
	GF_Err e = GF_OK;
	if (p && p->value.data.size)
		e = nal_tracker_push_config(&s->tracker, p->value.data.ptr, p->value.data.size, &s->length_size);
	return e == GF_OUT_OF_MEM ? e : GF_OK;
}

static void update_metadata(SeiStream *s)
{
	const NalMetadata *m = &s->tracker.metadata;
	Bool any = m->has_light || m->has_display || m->has_ambient;
	if (!any || !memcmp(m, &s->metadata, sizeof(*m)))
		return;
	s->metadata = *m;
	sei_set_metadata(s->io.opid, s->io.ipid, m);
}

static GF_Err seiload_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	GF_Err e;
	if (is_remove) {
		relay_remove(pid, stream_reset);
		return GF_OK;
	}
	SeiStream *s = relay_stream(filter, pid, sizeof(*s), &e);
	if (!s)
		return e;
	e = open_tracker(s);
	gf_filter_pid_copy_properties(s->io.opid, pid);
	s->metadata = (NalMetadata){0};
	gf_filter_pid_set_property(s->io.opid, GF_PROP_PID_SEI_LOADED, PROP_BOOL(GF_TRUE));
	if (s->is_nal)
		update_metadata(s);
	return e;
}

// Follows the units of an access unit, as far as they can be read.
static GF_Err read_units(SeiStream *s, const u8 *data, u32 size)
{
	NalIter it;
	const u8 *nal;
	u32 nal_size;
	GF_Err e = GF_OK;
	s->tracker.force_start = GF_TRUE;
	nal_iter_prefixed(&it, data, size, s->length_size);
	while (!e && !nal_iter_next(&it, &nal, &nal_size)) {
		NalUnitInfo info;
		e = nal_tracker_push(&s->tracker, nal, nal_size, &info);
	}
	return e;
}

static GF_Err use_packet(void *stream, GF_FilterPacket *packet)
{
	SeiStream *s = stream;
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	if (!s->is_nal || !data || !size)
		return gf_filter_pck_forward(packet, s->io.opid);
	GF_Err e = read_units(s, data, size);
	if (e)
		return e;
	update_metadata(s);
	const NalPicture *picture = &s->tracker.picture;
	if (s->tracker.force_start || !picture->has_clock)
		return gf_filter_pck_forward(packet, s->io.opid);
	GF_FilterPacket *out = gf_filter_pck_new_ref(s->io.opid, 0, 0, packet);
	if (!out)
		return GF_OUT_OF_MEM;
	gf_filter_pck_merge_properties(packet, out);
	sei_set_timecode(out, &picture->clock, s->rate_num, s->rate_den);
	return gf_filter_pck_send(out);
}

static GF_Err seiload_process(GF_Filter *filter)
{
	static const RelayCalls calls = {use_packet, NULL};
	return relay_process_all(filter, &calls);
}

static void seiload_finalize(GF_Filter *filter)
{
	relay_free_all(filter, stream_reset);
}

static const GF_FilterCapability seiload_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	CAP_UINT(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_UINT(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	CAP_BOOL(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
};

const GF_FilterRegister seiload_register = {
	.name = "seiload",
	.description = "SEI message reader",
	.help = "This filter reads the SEI messages of AVC, HEVC and VVC: time codes become packet properties, light levels and "
			"mastering display PID properties. EX gpac -i in.mp4 seiload inspect:fmt=\"%tmcd%%lf%\"",
	.max_extra_pids = (u32)-1,
	.flags = GF_FS_REG_EXPLICIT_ONLY,
	SETCAPS(seiload_caps),
	.finalize = seiload_finalize,
	.configure_pid = seiload_configure_pid,
	.process = seiload_process,
	.hint_class_type = GF_FS_CLASS_STREAM,
};
