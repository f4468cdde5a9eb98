// SPDX-License-Identifier: MIT
#include "base/array.h"
#include "filters/rf_raw.h"
#include <string.h>
#include <gpac/tools.h>
#include "filters/raw_formats.h"
#include "filters/raw_input.h"

// Larger headers are not believed.
#define MAX_HEADER (16u << 20)

void rf_raw_init(RfRaw *rf, const RfRawKind *kind, void *options, Bool copy)
{
	*rf = (RfRaw){.kind = kind, .options = options, .copy = copy};
}

static void drop_unit(RfRaw *rf)
{
	if (rf->out)
		gf_filter_pck_discard(rf->out);
	rf->out = NULL;
	rf->out_filled = 0;
}

// What follows is the start of unit `number`.
static void restart(RfRaw *rf, u64 number)
{
	drop_unit(rf);
	rf->head_size = rf->packet_pos = 0;
	rf->in_unit = GF_FALSE;
	rf->number = number;
	rf->position = rf->data_start + number * ((u64)rf->mark_size + rf->unit_size);
}

void rf_raw_finalize(GF_Filter *filter)
{
	RfRaw *rf = gf_filter_get_udta(filter);
	drop_unit(rf);
	io_reader_close(rf->reader);
	gf_free(rf->head);
	gf_free(rf->path);
}

const char *rf_raw_extension(const RfRaw *rf)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(rf->ipid, GF_PROP_PID_FILE_EXT);
	return p && p->value.string ? p->value.string : "";
}

// Bytes of units in the file.
static u64 data_size(const RfRaw *rf)
{
	u64 end = rf->data_end && rf->data_end < rf->file_size ? rf->data_end : rf->file_size;
	return end > rf->data_start ? end - rf->data_start : 0;
}

u64 rf_raw_nb_units(const RfRaw *rf)
{
	u64 size = data_size(rf), unit = (u64)rf->mark_size + rf->unit_size;
	return size / unit + (rf->sample_size && size % unit >= rf->sample_size);
}

u64 rf_raw_duration(const RfRaw *rf)
{
	u64 size = data_size(rf), unit = (u64)rf->mark_size + rf->unit_size;
	u64 rest = rf->sample_size ? size % unit / rf->sample_size : 0;
	return size / unit * rf->unit_duration + rest;
}

// ---- Input

static GF_Err fail(RfRaw *rf, GF_Err e)
{
	rf->failed = GF_TRUE;
	return e;
}

static void find_file(RfRaw *rf)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(rf->ipid, GF_PROP_PID_DOWN_SIZE);
	rf->file_size = p ? p->value.longuint : 0;
	p = gf_filter_pid_get_property(rf->ipid, GF_PROP_PID_FILE_RANGE);
	if (p && p->value.lfrac.den && p->value.lfrac.den < rf->file_size)
		rf->file_size = p->value.lfrac.den;
}

// Declares the output once the description is complete.
static GF_Err declare_output(GF_Filter *filter, RfRaw *rf)
{
	if (!rf->opid && !(rf->opid = gf_filter_pid_new(filter)))
		return GF_OUT_OF_MEM;
	GF_Err e = gf_filter_pid_copy_properties(rf->opid, rf->ipid);
	if (e)
		return e;
	u64 duration = rf_raw_duration(rf);
	gf_filter_pid_set_property(rf->opid, GF_PROP_PID_CODECID, PROP_UINT(GF_CODECID_RAW));
	gf_filter_pid_set_property(rf->opid, GF_PROP_PID_UNFRAMED, NULL);
	gf_filter_pid_set_property(rf->opid, GF_PROP_PID_TIMESCALE, PROP_UINT(rf->timescale));
	gf_filter_pid_set_property(rf->opid, GF_PROP_PID_CAN_DATAREF, PROP_BOOL(GF_TRUE));
	if (duration)
		gf_filter_pid_set_property(rf->opid, GF_PROP_PID_DURATION, PROP_FRAC64_INT((s64)duration, rf->timescale));
	Bool any_speed = rf->path && !rf->kind->mark;
	gf_filter_pid_set_property(rf->opid, GF_PROP_PID_PLAYBACK_MODE,
		PROP_UINT(any_speed ? GF_PLAYBACK_MODE_REWIND : GF_PLAYBACK_MODE_FASTFORWARD));
	e = rf->kind->configure(rf);
	rf->configured = !e;
	return e;
}

GF_Err rf_raw_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	RfRaw *rf = gf_filter_get_udta(filter);
	if (is_remove) {
		drop_unit(rf);
		if (rf->opid)
			gf_filter_pid_remove(rf->opid);
		rf->ipid = rf->opid = NULL;
		return GF_OK;
	}
	if (!gf_filter_pid_check_caps(pid))
		return GF_NOT_SUPPORTED;
	Bool is_new = rf->ipid != pid;
	if (!is_new && rf->path && raw_has_path(pid, rf->path))
		return GF_OK;
	drop_unit(rf);
	rf->ipid = pid;
	GF_Err e = raw_take_path(pid, &rf->path);
	if (e)
		return e;
	rf->described = rf->configured = rf->failed = rf->backward = GF_FALSE;
	rf->head_size = rf->packet_pos = 0;
	rf->position = rf->number = 0;
	find_file(rf);
	if (!is_new)
		return GF_OK;
	// a format without header is known, or is not, before any data
	e = rf->kind->header(rf, NULL, 0);
	if (e && e != GF_BUFFER_TOO_SMALL)
		return e;
	if (!e) {
		rf->described = GF_TRUE;
		e = declare_output(filter, rf);
		if (e)
			return e;
	}
	raw_play(pid);
	return GF_OK;
}

// ---- Events

static void seek_source(RfRaw *rf, u64 number)
{
	restart(rf, number);
	raw_seek(rf->ipid, rf->position, 0, rf->sample_size || rf->mark_size ? 0 : rf->unit_size);
}

static void play_backward(RfRaw *rf, double start)
{
	double unit = (double)rf->unit_duration / rf->timescale;
	u64 nb = rf_raw_nb_units(rf);
	rf->backward = GF_TRUE;
	rf->nb_left = start > 0 && start / unit < (double)nb ? (u64)(start / unit) + 1 : nb;
	drop_unit(rf);
	gf_filter_pid_set_discard(rf->ipid, GF_TRUE);
}

static void play(RfRaw *rf, const GF_FEVT_Play *event)
{
	Bool first = !rf->started, was_backward = rf->backward;
	double start = event->start_range > 0 ? event->start_range : 0;
	rf->started = GF_TRUE;
	rf->backward = rf->seeking = GF_FALSE;
	Bool backward = event->speed < 0 && rf->path && !rf->kind->mark;
	if (rf->kind->reverse)
		gf_filter_pid_set_property_str(rf->opid, RAW_SAMPLES_REVERSED, backward ? PROP_BOOL(GF_TRUE) : NULL);
	if (backward) {
		play_backward(rf, event->start_range);
		return;
	}
	if (was_backward)
		gf_filter_pid_set_discard(rf->ipid, GF_FALSE);
	u64 number = (u64)(start * rf->timescale / rf->unit_duration);
	// marks of other sizes than the first cannot be jumped over
	Bool whole_blocks = !rf->sample_size && !rf->mark_size && rf->unit_size > 5000 && !rf->copy;
	rf->seek_start = start;
	rf->seeking = start > 0;
	if (!first || was_backward || number || whole_blocks)
		seek_source(rf, number);
}

Bool rf_raw_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	RfRaw *rf = gf_filter_get_udta(filter);
	if (event->base.on_pid != rf->opid)
		return GF_FALSE;
	switch (event->base.type) {
	case GF_FEVT_PLAY:
		play(rf, &event->play);
		gf_filter_post_process_task(filter);
		return GF_TRUE;
	case GF_FEVT_STOP:
		drop_unit(rf);
		rf->head_size = rf->packet_pos = 0;
		rf->nb_left = 0;
		return GF_FALSE;
	case GF_FEVT_SET_SPEED:
		return GF_TRUE;
	default:
		return GF_FALSE;
	}
}

// ---- Units

static GF_Err send_unit(RfRaw *rf, GF_FilterPacket *packet, u64 number, u32 size, u64 offset)
{
	u64 time = number * rf->unit_duration;
	u32 duration = rf->unit_duration;
	if (rf->sample_size && size < rf->unit_size)
		duration = size / rf->sample_size;
	gf_filter_pck_set_framing(packet, GF_TRUE, GF_TRUE);
	gf_filter_pck_set_dts(packet, time);
	gf_filter_pck_set_cts(packet, time);
	gf_filter_pck_set_duration(packet, duration);
	gf_filter_pck_set_sap(packet, GF_FILTER_SAP_1);
	gf_filter_pck_set_byte_offset(packet, offset);
	gf_filter_pck_set_interlaced(packet, rf->interlaced);
	if (rf->seeking && !rf->backward) {
		rf->seeking = (double)(time + duration) <= rf->seek_start * rf->timescale;
		gf_filter_pck_set_seek_flag(packet, rf->seeking);
	}
	GF_Err e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

static GF_Err end_unit(RfRaw *rf, u32 size)
{
	GF_FilterPacket *packet = rf->out;
	rf->out = NULL;
	rf->out_filled = 0;
	rf->in_unit = GF_FALSE;
	if (size < rf->unit_size)
		gf_filter_pck_truncate(packet, size);
	return send_unit(rf, packet, rf->number++, size, rf->position - size);
}

// Adds bytes to the unit in progress. A whole one in an input packet is not copied.
static GF_Err add_bytes(RfRaw *rf, GF_FilterPacket *source, u32 offset, const u8 *data, u32 size)
{
	if (!rf->out && size == rf->unit_size && source && !rf->copy) {
		GF_FilterPacket *packet = gf_filter_pck_new_ref(rf->opid, offset, size, source);
		if (!packet)
			return GF_OUT_OF_MEM;
		rf->position += size;
		rf->in_unit = GF_FALSE;
		return send_unit(rf, packet, rf->number++, size, rf->position - size);
	}
	if (!rf->out)
		rf->out = gf_filter_pck_new_alloc(rf->opid, rf->unit_size, &rf->out_data);
	if (!rf->out)
		return GF_OUT_OF_MEM;
	memcpy(rf->out_data + rf->out_filled, data, size);
	rf->out_filled += size;
	rf->position += size;
	return rf->out_filled == rf->unit_size ? end_unit(rf, rf->unit_size) : GF_OK;
}

// Keeps bytes of a header or a mark that is not complete.
static GF_Err keep_head(RfRaw *rf, const u8 *data, u32 size)
{
	if (array_reserve(&rf->head, &rf->head_alloc, rf->head_size, size, 1))
		return GF_OUT_OF_MEM;
	memcpy(rf->head + rf->head_size, data, size);
	rf->head_size += size;
	return GF_OK;
}

// Reads the header or a mark from the bytes kept and those given; `*used` of the latter are done with.
static GF_Err read_head(GF_Filter *filter, RfRaw *rf, const u8 *data, u32 size, u32 *used)
{
	u32 before = rf->head_size, end = 0;
	GF_Err e = keep_head(rf, data, size);
	if (e)
		return e;
	e = rf->described ? rf->kind->mark(rf->head, rf->head_size, &end) : rf->kind->header(rf, rf->head, rf->head_size);
	*used = size;
	if (e == GF_BUFFER_TOO_SMALL && rf->head_size < MAX_HEADER) {
		rf->position += size;
		return GF_OK;
	}
	if (e) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[%s] %s: %s at offset %llu\n", rf->kind->name,
			rf->path ? rf->path : "the file", rf->described ? "no frame" : "no header that can be used",
			(unsigned long long)(rf->position - before)));
		return fail(rf, e == GF_BUFFER_TOO_SMALL ? GF_NON_COMPLIANT_BITSTREAM : e);
	}
	if (rf->described)
		rf->in_unit = GF_TRUE;
	else
		end = (u32)rf->data_start;
	*used = end > before ? end - before : 0;
	rf->position += *used;
	rf->head_size = 0;
	if (rf->described)
		return GF_OK;
	rf->described = GF_TRUE;
	return declare_output(filter, rf);
}

// Uses some bytes of the input; `*used` of them.
static GF_Err use_bytes(
	GF_Filter *filter, RfRaw *rf, GF_FilterPacket *packet, u32 offset, const u8 *data, u32 size, u32 *used)
{
	if (!rf->described || (rf->kind->mark && !rf->in_unit))
		return read_head(filter, rf, data, size, used);
	u32 wanted = rf->unit_size - rf->out_filled;
	u64 left = rf->data_end ? rf->data_end - rf->position : size;
	if (!left) {
		*used = size; // chunks behind the samples
		return GF_OK;
	}
	if (wanted > left)
		wanted = (u32)left;
	*used = wanted < size ? wanted : size;
	return add_bytes(rf, packet, offset, data, *used);
}

static GF_Err use_packet(GF_Filter *filter, RfRaw *rf, GF_FilterPacket *packet, Bool *done)
{
	u32 size;
	const u8 *data = gf_filter_pck_get_data(packet, &size);
	GF_Err e = GF_OK;
	while (!e && rf->packet_pos < size) {
		if (rf->opid && gf_filter_pid_would_block(rf->opid))
			break;
		u32 used = 0, at = rf->packet_pos;
		Bool was_described = rf->described;
		e = use_bytes(filter, rf, packet, at, data + at, size - at, &used);
		rf->packet_pos += used;
		if (rf->described && !was_described)
			break; // until the first PLAY, which says where and how
	}
	*done = e || rf->packet_pos >= size;
	return e;
}

// What is missing at the end of the file: part of a sample or picture, or what the header tells.
static void report_cut(const RfRaw *rf, u32 rest)
{
	const char *file = rf->path ? rf->path : "the file";
	if (rf->configured && rf->position < rf->data_end)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[%s] %s ends %llu bytes before what its header tells\n", rf->kind->name, file,
				(unsigned long long)(rf->data_end - rf->position)));
	else if (rest)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[%s] the last %u bytes of %s are no whole %s, dropped\n", rf->kind->name, rest, file,
				rf->sample_size ? "sample" : "frame"));
}

// The end of the file, where the last unit may be short, or a flush: what comes behind it completes the unit.
static GF_Err finish(RfRaw *rf)
{
	GF_Err e = GF_OK;
	if (gf_filter_pid_is_flush_eos(rf->ipid)) {
		if (rf->opid)
			gf_filter_pid_send_flush(rf->opid);
		return GF_OK;
	}
	u32 usable = rf->sample_size ? rf->out_filled - rf->out_filled % rf->sample_size : 0;
	report_cut(rf, rf->out_filled - usable);
	if (rf->out && usable)
		e = end_unit(rf, usable);
	drop_unit(rf);
	if (!rf->configured && !rf->failed) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
			("[%s] %s is too short\n", rf->kind->name, rf->path ? rf->path : "the file"));
		e = fail(rf, GF_NON_COMPLIANT_BITSTREAM);
	}
	if (rf->opid)
		gf_filter_pid_set_eos(rf->opid);
	return e ? e : GF_EOS;
}

// ---- Backward

static GF_Err send_backward(RfRaw *rf, u64 number)
{
	u64 offset = rf->data_start + number * rf->unit_size, end = rf->data_start + data_size(rf);
	u32 size = end - offset < rf->unit_size ? (u32)(end - offset) : rf->unit_size, got = 0;
	u8 *data;
	if (rf->sample_size)
		size -= size % rf->sample_size;
	GF_Err e = rf->reader ? GF_OK : io_reader_open(rf->path, NULL, &rf->reader);
	GF_FilterPacket *packet = e ? NULL : gf_filter_pck_new_alloc(rf->opid, size, &data);
	if (!packet)
		return e ? e : GF_OUT_OF_MEM;
	e = io_reader_read(rf->reader, offset, data, size, &got);
	if (e || got < size) {
		gf_filter_pck_discard(packet);
		return e ? e : GF_IO_ERR;
	}
	if (rf->kind->reverse)
		rf->kind->reverse(rf, data, size);
	return send_unit(rf, packet, number, size, offset);
}

static GF_Err process_backward(GF_Filter *filter, RfRaw *rf)
{
	while (rf->nb_left && !gf_filter_pid_would_block(rf->opid)) {
		GF_Err e = send_backward(rf, rf->nb_left - 1);
		rf->nb_left = e ? 0 : rf->nb_left - 1;
		if (e) {
			gf_filter_pid_set_eos(rf->opid);
			return e;
		}
	}
	if (!rf->nb_left) {
		gf_filter_pid_set_eos(rf->opid);
		return GF_EOS;
	}
	gf_filter_ask_rt_reschedule(filter, 0);
	return GF_OK;
}

GF_Err rf_raw_process(GF_Filter *filter)
{
	RfRaw *rf = gf_filter_get_udta(filter);
	while (rf->ipid) {
		if (rf->backward)
			return process_backward(filter, rf);
		if (rf->opid && !rf->started)
			return GF_OK;
		if (rf->opid && gf_filter_pid_would_block(rf->opid))
			return GF_OK;
		GF_FilterPacket *packet = gf_filter_pid_get_packet(rf->ipid);
		if (!packet)
			return gf_filter_pid_is_eos(rf->ipid) ? finish(rf) : GF_OK;
		Bool done = GF_TRUE;
		GF_Err e = rf->failed ? GF_OK : use_packet(filter, rf, packet, &done);
		if (!done)
			return e;
		gf_filter_pid_drop_packet(rf->ipid);
		rf->packet_pos = 0;
		if (e)
			return e;
	}
	return GF_EOS;
}
