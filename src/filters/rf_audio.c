// SPDX-License-Identifier: MIT
#include <string.h>
#include <gpac/tools.h>
#include "filters/rf_audio.h"
#include "formats/id3.h"

// Bytes to parse: the data of an input packet, or what waits in the buffer.
typedef struct {
	const u8 *data;
	u32 size;
	u64 offset;              // of `data` in the file, GF_FILTER_NO_BO when unknown
	GF_FilterPacket *packet; // whose data they are, NULL for the buffer
	GF_FilterPacket *props;  // whose properties the frames get in stream mode
	Bool last;               // nothing follows
} Range;

typedef enum {
	STEP_FRAME = 0, // a whole frame
	STEP_TAG,       // a whole ID3v2 tag of `skip` bytes
	STEP_PREFIX,    // `skip` bytes that describe the stream
	STEP_SKIP,      // `skip` bytes to drop
	STEP_CUT,       // a frame that misses its end
	STEP_WAIT,      // more bytes are needed
} Step;

void rf_audio_init(
	RfAudio *rf, const RfCodec *codec, const void *options, double index_step, Bool separate_picture)
{
	memset(rf, 0, sizeof(*rf));
	rf->codec = codec;
	rf->options = options;
	rf->index_step = index_step;
	rf->separate_picture = separate_picture;
}

static void drop_props(RfAudio *rf)
{
	if (rf->props)
		gf_filter_pck_unref(rf->props);
	rf->props = NULL;
}

// Forgets the bytes in hand, before others from elsewhere.
static void reset_parser(RfAudio *rf)
{
	drop_props(rf);
	rf->bytes.size = rf->packet_pos = 0;
	rf->buffer_ready = rf->in_packet = rf->synced = rf->lost = rf->told = GF_FALSE;
	rf->nb_marks = 0;
}

void rf_audio_finalize(GF_Filter *filter)
{
	RfAudio *rf = gf_filter_get_udta(filter);
	reset_parser(rf);
	rf_audio_index_reset(&rf->index);
	gf_free(rf->bytes.data);
	gf_free(rf->tag);
	gf_free(rf->path);
}

void rf_audio_set_duration(const RfAudio *rf)
{
	const RfIndex *index = &rf->index;
	if (!index->duration)
		return;
	gf_filter_pid_set_property(
		rf->opid, GF_PROP_PID_DURATION, PROP_FRAC64_INT((s64)index->duration, index->rate));
	gf_filter_pid_set_property(
		rf->opid, GF_PROP_PID_DURATION_AVG, index->estimated ? PROP_BOOL(GF_TRUE) : NULL);
}

void rf_audio_set_playback_mode(const RfAudio *rf)
{
	if (rf->index.points.count)
		gf_filter_pid_set_property(
			rf->opid, GF_PROP_PID_PLAYBACK_MODE, PROP_UINT(GF_PLAYBACK_MODE_FASTFORWARD));
}

static u64 current_time(const RfAudio *rf)
{
	if (!rf->units)
		return rf->base_time;
	return rf->base_time + gf_timestamp_rescale(rf->units, rf->unit_rate, rf->timescale);
}

static void set_time(RfAudio *rf, u64 time)
{
	rf->base_time = time;
	rf->units = 0;
}

static void advance(RfAudio *rf, u32 nb_samples, u32 rate)
{
	if (rate != rf->unit_rate) {
		set_time(rf, current_time(rf));
		rf->unit_rate = rate;
	}
	rf->units += nb_samples;
}

static Bool starts_with(const u8 *data, u32 size, const char *mark)
{
	u32 length = (u32)strlen(mark);
	return !memcmp(data, mark, size < length ? size : length);
}

// Recognises the tags in front of and after the frames. STEP_FRAME when there is none.
static Step tag_step(const RfAudio *rf, const u8 *data, u32 left, Bool last, u32 *skip)
{
	u64 tag = id3v2_size(data, left);
	if (tag) {
		*skip = tag < left ? (u32)tag : left;
		if (tag <= left)
			return STEP_TAG;
		return last ? STEP_SKIP : STEP_WAIT;
	}
	if (left < ID3_HEADER_SIZE && !last && starts_with(data, left, "ID3"))
		return STEP_WAIT;
	if (!rf->is_file || !starts_with(data, left, "TAG"))
		return STEP_FRAME;
	*skip = left < ID3V1_SIZE ? left : ID3V1_SIZE;
	return left >= ID3V1_SIZE || last ? STEP_SKIP : STEP_WAIT;
}

static void report_loss(RfAudio *rf, const Range *r, u32 pos)
{
	if (rf->lost)
		return;
	rf->lost = rf->told = GF_TRUE;
	if (r->offset == GF_FILTER_NO_BO)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[%s] no frame where one was expected, looking for the next\n", rf->codec->name));
	else
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[%s] no frame at offset %llu of %s, looking for the next\n", rf->codec->name,
				(unsigned long long)(r->offset + pos), rf->path ? rf->path : "the file"));
}

// The frame at `pos`, the parser being synchronised. STEP_SKIP when there is none.
static Step synced_step(const RfAudio *rf, const Range *r, u32 pos, RfFrame *frame)
{
	const RfCodec *codec = rf->codec;
	const u8 *data = r->data + pos;
	u32 left = r->size - pos;
	Step missing = r->last ? STEP_CUT : STEP_WAIT;
	if (left < codec->header_size)
		return missing;
	if (!codec->parse(rf, data, left, frame))
		return STEP_SKIP;
	if (frame->size > left)
		return missing;
	if (!rf->configured || frame->config == rf->config)
		return STEP_FRAME;
	// A change of configuration is believed when the next frame has it too: it may be a damaged header.
	u32 after = left - frame->size;
	RfFrame next;
	if (after < codec->header_size)
		return r->last ? STEP_FRAME : STEP_WAIT;
	if (codec->parse(rf, data + frame->size, after, &next) && next.config == frame->config)
		return STEP_FRAME;
	return STEP_SKIP;
}

// Gives up a stream, once and for all.
static GF_Err refuse(RfAudio *rf, GF_Err e, const char *why)
{
	GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA,
		("[%s] %s: %s\n", rf->codec->name, rf->path ? rf->path : "input stream", why));
	rf->failed = GF_TRUE;
	return e;
}

// Recognises what comes before the first frame. STEP_FRAME when there is nothing.
static Step prefix_step(const RfAudio *rf, const u8 *data, u32 left, Bool last, u32 *skip)
{
	u64 size = rf->codec->prefix_size && !rf->configured ? rf->codec->prefix_size(data, left) : 0;
	if (!size)
		return STEP_FRAME;
	*skip = size < left ? (u32)size : left;
	if (size <= left)
		return STEP_PREFIX;
	return last ? STEP_SKIP : STEP_WAIT;
}

static Step next_step(RfAudio *rf, const Range *r, u32 pos, RfFrame *frame, u32 *skip)
{
	const u8 *data = r->data + pos;
	u32 left = r->size - pos;
	rf->at_end = r->last;
	Step step = tag_step(rf, data, left, r->last, skip);
	if (step == STEP_FRAME)
		step = prefix_step(rf, data, left, r->last, skip);
	if (step != STEP_FRAME)
		return step;
	if (rf->synced) {
		step = synced_step(rf, r, pos, frame);
		if (step == STEP_CUT) {
			GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
				("[%s] the last frame is cut after %u bytes, dropped\n", rf->codec->name, left));
			rf->told = GF_TRUE;
			*skip = left;
			return STEP_SKIP;
		}
		if (step != STEP_SKIP)
			return step;
		rf->synced = GF_FALSE;
		report_loss(rf, r, pos);
		*skip = 1;
		return STEP_SKIP;
	}
	rf->synced = rf->codec->find(data, left, r->last, skip);
	if (*skip)
		report_loss(rf, r, pos);
	if (!rf->synced)
		return *skip ? STEP_SKIP : STEP_WAIT;
	rf->lost = GF_FALSE;
	return STEP_SKIP;
}

static GF_FilterPacket *new_packet(RfAudio *rf, const Range *r, u32 offset, u32 size)
{
	if (r->packet)
		return gf_filter_pck_new_ref(rf->opid, offset, size, r->packet);
	u8 *data;
	GF_FilterPacket *packet = gf_filter_pck_new_alloc(rf->opid, size, &data);
	if (packet)
		memcpy(data, r->data + offset, size);
	return packet;
}

// Sends `size` bytes at `offset` of the range, which last `nb_samples` of `rate`.
static GF_Err send_part(RfAudio *rf, const Range *r, u32 offset, u32 size, u32 nb_samples, u32 rate)
{
	u64 time = current_time(rf);
	advance(rf, nb_samples, rate);
	u64 end = current_time(rf);
	if (!size)
		return GF_OK;
	GF_FilterPacket *packet = new_packet(rf, r, offset, size);
	if (!packet)
		return GF_OUT_OF_MEM;
	if (!rf->is_file && r->props) {
		gf_filter_pck_merge_properties(r->props, packet);
		gf_filter_pck_set_framing(packet, GF_TRUE, GF_TRUE);
		gf_filter_pck_set_dts(packet, time);
	}
	gf_filter_pck_set_cts(packet, time);
	gf_filter_pck_set_duration(packet, (u32)(end - time));
	gf_filter_pck_set_sap(packet, GF_FILTER_SAP_1);
	gf_filter_pck_set_byte_offset(
		packet, r->offset == GF_FILTER_NO_BO ? GF_FILTER_NO_BO : r->offset + offset);
	if (rf->seeking) {
		rf->seeking = (double)end <= rf->seek_start * rf->timescale;
		gf_filter_pck_set_seek_flag(packet, rf->seeking);
	}
	GF_Err e = gf_filter_pck_send(packet);
	return e < 0 ? e : GF_OK;
}

static GF_Err send_frame(RfAudio *rf, const Range *r, u32 pos, const RfFrame *frame)
{
	RfPart parts[RF_MAX_PARTS];
	u32 nb = rf->codec->parts(r->data + pos, frame, parts);
	GF_Err e = GF_OK;
	for (u32 i = 0; i < nb && !e; i++)
		e = send_part(rf, r, pos + parts[i].offset, parts[i].size, frame->nb_samples / nb, frame->rate);
	return e;
}

// Sets the output PID up for a frame whose configuration is new.
static GF_Err configure_output(GF_Filter *filter, RfAudio *rf, const u8 *data, const RfFrame *frame)
{
	if (rf->configured && rf->config == frame->config)
		return GF_OK;
	if (!rf->opid && !(rf->opid = gf_filter_pid_new(filter)))
		return GF_OUT_OF_MEM;
	u32 timescale = rf->is_file || !rf->timescale ? frame->rate : rf->timescale;
	if (rf->timescale && rf->timescale != timescale)
		set_time(rf, gf_timestamp_rescale(current_time(rf), rf->timescale, timescale));
	rf->timescale = timescale;
	if (!rf->index.complete && rf->index.duration && rf->codec->total_samples) {
		u64 total = rf->codec->total_samples(data, frame);
		if (total) {
			rf->index.duration = total;
			rf->index.estimated = GF_FALSE;
		}
	}
	// The tags of the file are kept when only the frames change.
	if (!rf->configured)
		gf_filter_pid_copy_properties(rf->opid, rf->ipid);
	if (rf->is_file)
		gf_filter_pid_set_name(rf->opid, "audio");
	GF_Err e = rf->codec->configure(filter, rf, data, frame);
	rf->config = frame->config;
	rf->configured = !e;
	return e;
}

static void add_mark(RfAudio *rf, u32 pos, u64 time)
{
	if (time == GF_FILTER_NO_TS)
		return;
	if (rf->nb_marks == RF_MAX_MARKS)
		memmove(rf->marks, rf->marks + 1, --rf->nb_marks * sizeof(RfMark));
	rf->marks[rf->nb_marks++] = (RfMark){.pos = pos, .time = time};
}

// The first `size` bytes are gone.
static void shift_marks(RfAudio *rf, u32 size)
{
	for (u32 i = 0; i < rf->nb_marks; i++)
		rf->marks[i].pos = rf->marks[i].pos > size ? rf->marks[i].pos - size : 0;
}

// Gives the frame that starts at `pos` the time of the last packet that starts before.
static void apply_mark(RfAudio *rf, u32 pos)
{
	u32 nb = 0;
	while (nb < rf->nb_marks && rf->marks[nb].pos <= pos)
		nb++;
	if (!nb)
		return;
	set_time(rf, rf->marks[nb - 1].time);
	rf->nb_marks -= nb;
	memmove(rf->marks, rf->marks + nb, rf->nb_marks * sizeof(RfMark));
}

// Keeps the leading tag of a file until there is a PID to set it on.
static GF_Err keep_tag(RfAudio *rf, const u8 *data, u32 size)
{
	if (!rf->is_file || rf->configured || rf->tag)
		return GF_OK;
	rf->tag = gf_malloc(size);
	if (!rf->tag)
		return GF_OUT_OF_MEM;
	memcpy(rf->tag, data, size);
	rf->tag_size = size;
	return GF_OK;
}

static GF_Err use_frame(GF_Filter *filter, RfAudio *rf, const Range *r, u32 pos, const RfFrame *frame)
{
	apply_mark(rf, pos);
	GF_Err e = configure_output(filter, rf, r->data + pos, frame);
	if (e)
		return e;
	if (rf->tag)
		rf_audio_set_tags(filter, rf, rf->tag, rf->tag_size);
	gf_free(rf->tag);
	rf->tag = NULL;
	return send_frame(rf, r, pos, frame);
}

// Sends the whole frames of the range from `*pos` on, which is moved after them. `*blocked` when the output
// takes no more.
static GF_Err parse_range(GF_Filter *filter, RfAudio *rf, const Range *r, u32 *pos, Bool *blocked)
{
	GF_Err e = GF_OK;
	*blocked = GF_FALSE;
	while (*pos < r->size && !e) {
		RfFrame frame;
		u32 skip = 0;
		Step step = next_step(rf, r, *pos, &frame, &skip);
		const char *refusal = NULL;
		if (!rf->configured && !rf->synced && step != STEP_TAG && rf->codec->refusal)
			refusal = rf->codec->refusal(r->data + *pos, r->size - *pos);
		if (refusal)
			return refuse(rf, GF_NOT_SUPPORTED, refusal);
		if (step == STEP_WAIT)
			break;
		if (step == STEP_TAG) {
			e = keep_tag(rf, r->data + *pos, skip);
		} else if (step == STEP_PREFIX) {
			e = rf->codec->use_prefix(rf, r->data + *pos, skip);
		} else if (step == STEP_FRAME) {
			*blocked = rf->opid && gf_filter_pid_would_block(rf->opid);
			if (*blocked)
				break;
			e = use_frame(filter, rf, r, *pos, &frame);
			skip = frame.size;
		}
		*pos += skip;
	}
	return e;
}

static GF_Err parse_buffer(GF_Filter *filter, RfAudio *rf, Bool last)
{
	Range r = {.data = rf->bytes.data,
		.size = rf->bytes.size,
		.offset = rf->buffer_offset,
		.props = rf->props,
		.last = last};
	u32 used = 0;
	GF_Err e = parse_range(filter, rf, &r, &used, &rf->buffer_ready);
	raw_consume(&rf->bytes, used);
	shift_marks(rf, used);
	if (rf->buffer_offset != GF_FILTER_NO_BO)
		rf->buffer_offset += used;
	if (!rf->bytes.size)
		drop_props(rf);
	return e;
}

// Bytes to add to the buffer: those that its frame lacks, or all when it holds no known frame.
static u32 missing_bytes(const RfAudio *rf, u32 available)
{
	const RfCodec *codec = rf->codec;
	RfFrame frame;
	u32 wanted;
	if (!rf->synced)
		return available;
	if (rf->bytes.size < codec->header_size)
		wanted = codec->header_size - rf->bytes.size;
	else if (!codec->parse(rf, rf->bytes.data, rf->bytes.size, &frame))
		return available;
	else if (frame.size > rf->bytes.size)
		wanted = frame.size - rf->bytes.size;
	else
		wanted = frame.size + codec->header_size - rf->bytes.size;
	return wanted < available ? wanted : available;
}

// Completes the frame in the buffer with bytes of the input packet. `*pos` is moved after them.
static GF_Err fill_buffer(GF_Filter *filter, RfAudio *rf, const u8 *data, u32 size, u32 *pos)
{
	u32 nb = missing_bytes(rf, size - *pos);
	GF_Err e = raw_append(&rf->bytes, data + *pos, nb);
	if (e)
		return e;
	*pos += nb;
	return parse_buffer(filter, rf, GF_FALSE);
}

// Keeps the start of a frame until the next packet.
static GF_Err keep_rest(RfAudio *rf, GF_FilterPacket *packet, const u8 *data, u32 size, u64 offset)
{
	rf->buffer_offset = offset;
	rf->props = packet;
	if (rf->is_file || gf_filter_pck_ref_props(&rf->props))
		rf->props = NULL;
	return raw_append(&rf->bytes, data, size);
}

// Uses the bytes of an input packet; `*done` unless the output blocks before its end.
static GF_Err use_packet(GF_Filter *filter, RfAudio *rf, GF_FilterPacket *packet, Bool *done)
{
	Range r = {.packet = packet, .props = packet, .offset = gf_filter_pck_get_byte_offset(packet)};
	r.data = gf_filter_pck_get_data(packet, &r.size);
	GF_Err e = GF_OK;
	if (!rf->in_packet && !rf->is_file) {
		Bool starts;
		gf_filter_pck_get_framing(packet, &starts, NULL);
		if (starts)
			add_mark(rf, rf->bytes.size, gf_filter_pck_get_cts(packet));
	}
	rf->in_packet = GF_TRUE;
	u32 pos = rf->packet_pos;
	while (pos < r.size && !e && !rf->buffer_ready) {
		Bool blocked;
		if (rf->bytes.size) {
			e = fill_buffer(filter, rf, r.data, r.size, &pos);
			continue;
		}
		e = parse_range(filter, rf, &r, &pos, &blocked);
		if (blocked)
			break;
		if (!e && pos < r.size) {
			shift_marks(rf, pos);
			e = keep_rest(rf, packet, r.data + pos, r.size - pos,
				r.offset == GF_FILTER_NO_BO ? r.offset : r.offset + pos);
			pos = r.size;
		}
	}
	rf->packet_pos = pos;
	*done = e || pos >= r.size;
	return e;
}

// The header tells how long the file is: one that is cut between two frames does not show it otherwise.
static void check_length(RfAudio *rf)
{
	u64 announced = 0;
	if (rf->is_file && !rf->range_end && rf->configured && !rf->told && rf->codec->announced_samples)
		announced = rf->codec->announced_samples(rf);
	if (current_time(rf) >= announced)
		return;
	rf->told = GF_TRUE;
	GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
		("[%s] %s ends after %llu of the %llu samples that its header tells\n", rf->codec->name,
			rf->path ? rf->path : "the file", (unsigned long long)current_time(rf), (unsigned long long)announced));
}

// The input is over, or flushed: sends what the buffer holds, then the end.
static GF_Err finish(GF_Filter *filter, RfAudio *rf)
{
	u32 left = rf->bytes.size;
	GF_Err e = left ? parse_buffer(filter, rf, GF_TRUE) : GF_OK;
	if (rf->buffer_ready)
		return GF_OK;
	Bool flush = gf_filter_pid_is_flush_eos(rf->ipid);
	if (!flush && !rf->configured && !rf->failed)
		e = refuse(rf, GF_NON_COMPLIANT_BITSTREAM, "no audio frame found");
	if (!flush)
		check_length(rf);
	gf_filter_pid_set_eos(rf->opid); // of a flush, it makes one
	return e || flush ? e : GF_EOS;
}

static GF_Err drop_input(RfAudio *rf)
{
	while (gf_filter_pid_get_packet(rf->ipid))
		gf_filter_pid_drop_packet(rf->ipid);
	if (!gf_filter_pid_is_eos(rf->ipid))
		return GF_OK;
	gf_filter_pid_set_eos(rf->opid);
	return GF_EOS;
}

GF_Err rf_audio_process(GF_Filter *filter)
{
	RfAudio *rf = gf_filter_get_udta(filter);
	while (rf->ipid) {
		if (rf->failed)
			return drop_input(rf);
		if (rf->buffer_ready) {
			GF_Err e = parse_buffer(filter, rf, GF_FALSE);
			if (e || rf->buffer_ready)
				return e;
		}
		if (rf->opid && gf_filter_pid_would_block(rf->opid))
			return GF_OK;
		GF_FilterPacket *packet = gf_filter_pid_get_packet(rf->ipid);
		if (!packet)
			return gf_filter_pid_is_eos(rf->ipid) ? finish(filter, rf) : GF_OK;
		Bool done;
		GF_Err e = use_packet(filter, rf, packet, &done);
		if (!done)
			return e;
		gf_filter_pid_drop_packet(rf->ipid);
		rf->packet_pos = 0;
		rf->in_packet = GF_FALSE;
		if (e)
			return e;
	}
	return GF_EOS;
}

static void seek_source(RfAudio *rf, u64 offset)
{
	raw_seek(rf->ipid, offset, rf->range_end, 0);
	reset_parser(rf);
}

// A PLAY of a file: seeks the source to the index point before the start.
static void play_file(RfAudio *rf, double start)
{
	const RawPoint *entry = NULL;
	Bool first = !rf->started;
	rf->started = GF_TRUE;
	rf->seek_start = start > 0 ? start : 0;
	rf->seeking = start > 0;
	if (rf->seeking && rf->index_step < 0 && rf->path && !rf->index.complete)
		rf_audio_scan(rf, GF_FALSE);
	if (rf->seeking)
		entry = raw_points_find(&rf->index.points, start * rf->index.rate);
	if (first && (!entry || !entry->dts))
		return; // the source is at its start
	rf->unit_rate = 0;
	set_time(rf, entry ? gf_timestamp_rescale(entry->dts, rf->index.rate, rf->timescale) : 0);
	seek_source(rf, entry ? entry->offset : rf->range_start);
}

Bool rf_audio_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	RfAudio *rf = gf_filter_get_udta(filter);
	if (event->base.on_pid != rf->opid)
		return event->base.on_pid && event->base.on_pid == rf->picture_pid;
	switch (event->base.type) {
	case GF_FEVT_PLAY:
		if (!rf->is_file)
			return GF_FALSE;
		play_file(rf, event->play.start_range);
		return GF_TRUE;
	case GF_FEVT_STOP:
		reset_parser(rf);
		return GF_FALSE;
	case GF_FEVT_SET_SPEED:
		return rf->is_file;
	default:
		return GF_FALSE;
	}
}

// A file, or another file on the same PID.
static GF_Err open_file(RfAudio *rf)
{
	const GF_PropertyValue *range = gf_filter_pid_get_property(rf->ipid, GF_PROP_PID_FILE_RANGE);
	if (rf->path && raw_has_path(rf->ipid, rf->path))
		return GF_OK;
	rf->range_start = range ? (u64)range->value.lfrac.num : 0;
	rf->range_end = range ? range->value.lfrac.den : 0;
	GF_Err e = raw_take_path(rf->ipid, &rf->path);
	if (e)
		return e;
	reset_parser(rf);
	set_time(rf, 0);
	rf->unit_rate = 0;
	rf->configured = rf->failed = GF_FALSE;
	rf_audio_index_reset(&rf->index);
	if (rf->path && rf->index_step)
		rf_audio_scan(rf, rf->index_step < 0);
	return GF_OK;
}

// An unframed PID: the output is declared before the first frame, with what the input knows.
static GF_Err open_stream(GF_Filter *filter, RfAudio *rf)
{
	rf->timescale = gf_filter_pid_get_timescale(rf->ipid);
	rf->configured = GF_FALSE;
	if (!rf->opid && !(rf->opid = gf_filter_pid_new(filter)))
		return GF_OUT_OF_MEM;
	gf_filter_pid_copy_properties(rf->opid, rf->ipid);
	return gf_filter_pid_set_property(rf->opid, GF_PROP_PID_UNFRAMED, NULL);
}

GF_Err rf_audio_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	RfAudio *rf = gf_filter_get_udta(filter);
	if (is_remove) {
		if (rf->opid)
			gf_filter_pid_remove(rf->opid);
		if (rf->picture_pid)
			gf_filter_pid_remove(rf->picture_pid);
		rf->ipid = rf->opid = rf->picture_pid = NULL;
		reset_parser(rf);
		return GF_OK;
	}
	if (!gf_filter_pid_check_caps(pid))
		return GF_NOT_SUPPORTED;
	Bool is_new = rf->ipid != pid;
	rf->ipid = pid;
	rf->is_file = raw_is_file(pid);
	if (!rf->is_file)
		return open_stream(filter, rf);
	GF_Err e = open_file(rf);
	if (e || !is_new)
		return e;
	raw_play(pid);
	return GF_OK;
}
