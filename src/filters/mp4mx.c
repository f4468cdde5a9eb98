// SPDX-License-Identifier: MIT
// ISO base media file (ISO/IEC 14496-12) and QuickTime multiplexer.
//
// One output PID carries the file; each input PID is a track. Media data is never copied: output packets
// refer to input packets. Movies without fragments are written as samples come (flat, fstart) or after
// temporary storage (inter, tight); movies with fragments one window of time after the other (frag, sfrag,
// segments).
//
// Limits: image items (HEIF), layered and tiled video, and compressed boxes are not written.
#include <string.h>
#include "filters/mp4mx.h"
#include "filters/registry.h"

// How long the first samples wait for tracks that have none yet.
#define MAX_WAIT_MS 10000

// ---- Output PID

typedef struct {
	const char *ext, *mime;
} OutputFormat;

static const OutputFormat formats[] = {
	{"mp4", "video/mp4"},
	{"mpg4", "video/mp4"},
	{"m4a", "audio/mp4"},
	{"m4i", "application/mp4"},
	{"3gp", "video/3gpp"},
	{"3gpp", "video/3gpp"},
	{"3g2", "video/3gp2"},
	{"3gp2", "video/3gp2"},
	{"iso", "video/mp4"},
	{"ismv", "video/mp4"},
	{"m4s", "video/iso.segment"},
	{"mov", "video/quicktime"},
	{"qt", "video/quicktime"},
	{"cmfv", "video/mp4"},
	{"cmfa", "audio/mp4"},
	{"cmft", "application/mp4"},
};

static Bool in_list(const char *list, const char *item)
{
	size_t len = strlen(item);
	for (const char *at = list; *at;) {
		size_t size = strcspn(at, "|");
		if (size == len && !strncasecmp(at, item, len))
			return GF_TRUE;
		at += size + (at[size] != 0);
	}
	return GF_FALSE;
}

// The format of the destination by its extension, which may be one of a list, else its MIME type. NULL for
// the formats that are not written.
static const OutputFormat *destination_format(GF_FilterPid *opid)
{
	static const char items[][5] = {"heif", "heic", "iff", "avif", "avci"};
	const GF_PropertyValue *ext = gf_filter_pid_caps_query(opid, GF_PROP_PID_FILE_EXT);
	const GF_PropertyValue *mime = gf_filter_pid_caps_query(opid, GF_PROP_PID_MIME);
	size_t nb = sizeof(formats) / sizeof(formats[0]);
	for (size_t i = 0; i < nb && ext && ext->value.string; i++) {
		if (in_list(ext->value.string, formats[i].ext))
			return &formats[i];
	}
	for (size_t i = 0; i < nb && mime && mime->value.string; i++) {
		if (!strcmp(mime->value.string, formats[i].mime))
			return &formats[i];
	}
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]) && ext && ext->value.string; i++) {
		if (in_list(ext->value.string, items[i]))
			return NULL;
	}
	return &formats[0];
}

static void set_prop(GF_FilterPid *pid, u32 code, GF_PropType type, u32 value)
{
	GF_PropertyValue p = {.type = type, .value.uint = value};
	gf_filter_pid_set_property(pid, code, &p);
}

static void set_string(GF_FilterPid *pid, u32 code, const char *text)
{
	GF_PropertyValue p = {.type = GF_PROP_STRING, .value.string = (char *)text};
	gf_filter_pid_set_property(pid, code, &p);
}

// Properties of the media that do not describe the file.
static const u32 media_props[] = {GF_PROP_PID_CODECID, GF_PROP_PID_DECODER_CONFIG,
	GF_PROP_PID_DECODER_CONFIG_ENHANCEMENT, GF_PROP_PID_ORIG_STREAM_TYPE, GF_PROP_PID_FILEPATH,
	GF_PROP_PID_FILE_CACHED, GF_PROP_PID_DOWN_SIZE, GF_PROP_PID_FILE_RANGE, GF_PROP_PID_SUBTYPE,
	GF_PROP_PID_ISOM_SUBTYPE, GF_PROP_PID_ISOM_TRACK_TEMPLATE, GF_PROP_PID_ISOM_TREX_TEMPLATE,
	GF_PROP_PID_ISOM_STSD_TEMPLATE, GF_PROP_PID_ISOM_STSD_ALL_TEMPLATES, GF_PROP_PID_ISOM_UDTA,
	GF_PROP_PID_DELAY, GF_PROP_PID_CTS_SHIFT, GF_PROP_PID_PLAYBACK_MODE, GF_PROP_PID_DASH_MODE};

// Options that do not go with fragments, segments or CMAF tracks.
static GF_Err check_layout(Mp4Mux *mux)
{
	const char *wrong = NULL;
	if (mux->abs_offset && (mux->dash || mux->cmaf))
		wrong = "abs_offset: offsets are from the moof in segments and CMAF tracks";
	else if (mux->chain_sidx && (mux->cmaf || mux->dash == DASH_SINGLE_FILE))
		wrong = "chain_sidx: a single file, and a segment of CMAF, has one index";
	else if (mux->sseg && mux->dash == DASH_SEGMENTS)
		wrong = "sseg: the segmenter asks for more than one segment";
	else if (mux->trun_inter && (mux->strun || mux->cmaf))
		wrong = "trun_inter: each temporal level has its runs, and strun and CMAF allow one run only";
	else if (mux->trun_inter && !mux->fragmented)
		wrong = "trun_inter: there are no runs without fragments (store=frag)";
	else if (mux->dref && mux->fragmented)
		wrong = "dref: fragments hold their media data";
	if (wrong) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER, ("[mp4mx] %s\n", wrong));
		return GF_NOT_SUPPORTED;
	}
	if (mux->lmsg && mux->llhas) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[mp4mx] parts leave before it is known which segment is the last: it is not marked (lmsg)\n"));
		mux->lmsg = GF_FALSE;
	}
	if (mux->subs_sidx >= 0 && mux->llhas && mux->dash == DASH_SEGMENTS) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[mp4mx] parts leave before their segment is complete: it has no index (subs_sidx)\n"));
		mux->subs_sidx = -1;
	}
	return GF_OK;
}

static GF_Err create_output(Mp4Mux *mux, GF_FilterPid *ipid)
{
	mux->opid = gf_filter_pid_new(mux->filter);
	if (!mux->opid)
		return GF_OUT_OF_MEM;
	// what names a destination file ($File$, $ServiceID$…) comes from the input
	gf_filter_pid_copy_properties(mux->opid, ipid);
	for (size_t i = 0; i < sizeof(media_props) / sizeof(media_props[0]); i++)
		gf_filter_pid_set_property(mux->opid, media_props[i], NULL);
	const OutputFormat *f = destination_format(mux->opid);
	if (!f) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4mx] files of image items (HEIF, AVIF) are not supported\n"));
		return GF_NOT_SUPPORTED;
	}
	set_prop(mux->opid, GF_PROP_PID_STREAM_TYPE, GF_PROP_UINT, GF_STREAM_FILE);
	set_prop(mux->opid, GF_PROP_PID_TIMESCALE, GF_PROP_UINT, 1000);
	set_string(mux->opid, GF_PROP_PID_FILE_EXT, f->ext);
	set_string(mux->opid, GF_PROP_PID_MIME, f->mime);

	mux->quicktime = !strcmp(f->mime, "video/quicktime");
	const GF_PropertyValue *p = gf_filter_pid_get_property(ipid, GF_PROP_PID_DASH_MODE);
	mux->dash = p ? p->value.uint : DASH_NO;
	p = gf_filter_pid_get_property(ipid, GF_PROP_PID_DASH_FDUR);
	if (p)
		mux->frag_dur = p->value.frac;
	p = gf_filter_pid_get_property(ipid, GF_PROP_PID_LLHAS_MODE);
	mux->llhas = p ? p->value.uint : 0;
	p = gf_filter_pid_get_property(ipid, GF_PROP_PID_FORCE_SEG_SYNC);
	mux->seg_sync = p && p->value.boolean && mux->dash == DASH_SEGMENTS;
	if (mux->sseg && !mux->dash) {
		mux->own_subsegments = GF_TRUE;
		mux->dash = DASH_SINGLE_FILE;
	}
	if (mux->dash || mux->cmaf)
		mux->fragmented = GF_TRUE;
	GF_Err e = check_layout(mux);
	if (e)
		return e;
	u32 patches = mp4mx_segment_setup(mux, ipid);
	mux->in_place = !mux->fragmented && mp4mx_flat_in_place(mux);
	if (!mux->fragmented && (mux->store == STORE_FLAT || mux->store == STORE_FSTART || mux->in_place))
		patches = 2;
	if (patches)
		set_prop(mux->opid, GF_PROP_PID_DISABLE_PROGRESSIVE, GF_PROP_UINT, patches);
	return GF_OK;
}

// ---- Input PIDs

static GF_Err mp4mx_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	Mp4Mux *mux = gf_filter_get_udta(filter);
	MuxTrack *trk = gf_filter_pid_get_udta(pid);
	if (is_remove) {
		// the track may be in use by the loop of process: it is freed with the filter
		if (trk) {
			trk->pid = NULL;
			trk->done = GF_TRUE;
			gf_filter_post_process_task(filter);
		}
		return GF_OK;
	}
	if (!trk && ((mux->started && mux->fragmented) || mux->ending))
		return GF_REQUIRES_NEW_INSTANCE;
	GF_Err e = mux->opid ? GF_OK : create_output(mux, pid);
	Bool first = !trk;
	if (!e && first)
		e = mp4mx_track_new(mux, pid, &trk);
	if (e)
		return e;
	gf_filter_pid_set_name(mux->opid, gf_filter_pid_get_name(pid));
	e = mp4mx_track_configure(trk);
	if (e && first) {
		gf_filter_pid_set_udta(pid, NULL);
		mp4mx_track_del(trk);
	}
	// a configuration that cannot be read in mid-stream, already logged, costs the packets that depend on it
	// only
	if (e == GF_NON_COMPLIANT_BITSTREAM && !first)
		return GF_OK;
	return e == GF_NOT_SUPPORTED ? GF_FILTER_NOT_SUPPORTED : e;
}

// ---- Process

static GF_Err add_sample(MuxTrack *trk, MuxSample *m)
{
	Mp4Mux *mux = trk->mux;
	GF_Err e = GF_OK;
	if (!mux->fragmented && !mux->started) {
		mux->started = GF_TRUE;
		e = mp4mx_flat_start(mux);
	}
	if (!e)
		e = mux->fragmented ? mp4mx_window_add(trk, m) : mp4mx_flat_add(trk, m);
	mp4mx_sample_release(m); // when it was not taken
	return e;
}

static void end_track(MuxTrack *trk)
{
	trk->done = GF_TRUE;
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_STOP, trk->pid);
	gf_filter_pid_send_event(trk->pid, &evt);
	gf_filter_pid_set_discard(trk->pid, GF_TRUE);
}

static GF_Err take_packet(MuxTrack *trk, GF_FilterPacket *pck)
{
	MuxSample m, gap;
	if (!trk->ready) {
		if (!trk->clock.warned_config)
			GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
				("[mp4mx] track %u (PID %s): packets before the decoder configuration are dropped\n",
					trk->isom.id, gf_filter_pid_get_name(trk->pid)));
		trk->clock.warned_config = GF_TRUE;
		return GF_OK;
	}
	GF_Err e = mp4mx_sample_make(trk, pck, &m);
	if (e == GF_NOT_FOUND)
		return GF_OK;
	if (e == GF_EOS) {
		end_track(trk);
		return GF_OK;
	}
	if (e)
		return e;
	if (mp4mx_sample_gap(trk, &m, &gap))
		e = add_sample(trk, &gap);
	mp4mx_sample_advance(trk, &m);
	return e ? e : add_sample(trk, &m);
}

// A packet with a file number, outside segments, starts a file. True when that is the file after the one in
// progress.
static Bool starts_next_file(MuxTrack *trk, GF_FilterPacket *pck)
{
	Mp4Mux *mux = trk->mux;
	if (mux->dash || !gf_filter_pck_has_properties(pck) ||
		!gf_filter_pck_get_property(pck, GF_PROP_PCK_FILENUM))
		return GF_FALSE;
	if (trk->clock.nb_samples)
		return GF_TRUE;
	if (!mux->started && !mux->file_pck)
		mp4mx_out_file(mux, pck);
	return GF_FALSE;
}

// An empty packet that ends a segment although more may come.
static Bool ends_segment(const MuxTrack *trk, GF_FilterPacket *pck)
{
	return trk->mux->dash && gf_filter_pck_has_properties(pck) &&
		   gf_filter_pck_get_property(pck, GF_PROP_PCK_EODS);
}

static Bool wants_packets(const MuxTrack *trk)
{
	const Mp4Mux *mux = trk->mux;
	if (!trk->pid || trk->done || trk->file_done)
		return GF_FALSE;
	Bool windowed = mux->fragmented || mux->store == STORE_INTER || mux->store == STORE_TIGHT;
	return !windowed || mp4mx_window_wants(trk);
}

static Bool has_packets_wanted(const Mp4Mux *mux)
{
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const MuxTrack *trk = mux->tracks[i];
		if (wants_packets(trk) && gf_filter_pid_get_packet_count(trk->pid))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static GF_Err take_packets(MuxTrack *trk)
{
	while (wants_packets(trk)) {
		GF_FilterPacket *pck = gf_filter_pid_get_packet(trk->pid);
		if (!pck) {
			Bool eos = trk->pid && gf_filter_pid_is_eos(trk->pid);
			Bool flush = eos && gf_filter_pid_is_flush_eos(trk->pid);
			trk->paused |= flush;
			trk->done |= eos && !flush;
			break;
		}
		trk->paused = ends_segment(trk, pck);
		if (trk->paused) {
			gf_filter_pid_drop_packet(trk->pid);
			continue;
		}
		if (starts_next_file(trk, pck)) {
			trk->file_done = GF_TRUE;
			break;
		}
		GF_Err e = take_packet(trk, pck);
		if (trk->pid && !trk->done)
			gf_filter_pid_drop_packet(trk->pid);
		if (e)
			return e;
	}
	return GF_OK;
}

// Wakes the filter once the start of a silent track was waited for long enough.
static Bool end_wait(GF_Filter *filter, void *udta, u32 *reschedule_ms)
{
	Mp4Mux *mux = udta;
	if (mux->started || mux->finished)
		return GF_FALSE;
	*reschedule_ms = 500;
	if (gf_sys_clock() - mux->wait_since_ms > MAX_WAIT_MS)
		gf_filter_post_process_task(filter);
	return GF_TRUE;
}

// Fragments need the movie header first, which needs the start of every track.
static Bool can_start(Mp4Mux *mux)
{
	Bool some = GF_FALSE, all = GF_TRUE;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const MuxTrack *trk = mux->tracks[i];
		some |= trk->nb_held != 0;
		all &= trk->done || trk->nb_held || (trk->sparse && trk->ready);
	}
	if (!some || all)
		return some;
	u32 now = gf_sys_clock();
	if (!mux->wait_since_ms) {
		mux->wait_since_ms = now;
		gf_filter_post_task(mux->filter, end_wait, mux, "wait for all tracks");
	}
	return now - mux->wait_since_ms > MAX_WAIT_MS;
}

// Whether the file has all its samples. A track with long pauses is not waited for when the others start the
// next file.
static Bool all_done(const Mp4Mux *mux)
{
	Bool next_file = GF_FALSE;
	for (u32 i = 0; i < mux->nb_tracks; i++)
		next_file |= mux->tracks[i]->file_done;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		const MuxTrack *trk = mux->tracks[i];
		if (!trk->done && !trk->file_done && !(next_file && !mp4mx_is_awaited(mux, trk)))
			return GF_FALSE;
	}
	return mux->nb_tracks != 0;
}

static u64 nb_samples(const Mp4Mux *mux)
{
	u64 nb = 0;
	for (u32 i = 0; i < mux->nb_tracks; i++)
		nb += mux->tracks[i]->clock.nb_samples;
	return nb;
}

// After a file: the next one when its first packet is waiting, else the end.
static void next_file(Mp4Mux *mux)
{
	Bool more = GF_FALSE;
	for (u32 i = 0; i < mux->nb_tracks; i++)
		more |= mux->tracks[i]->file_done;
	if (!more) {
		mux->finished = GF_TRUE;
		gf_filter_pid_set_eos(mux->opid);
		return;
	}
	for (u32 i = 0; i < mux->nb_tracks; i++)
		mp4mx_track_restart(mux->tracks[i]);
	mp4mx_spool_reset(&mux->spool);
	mux->started = mux->ending = mux->sending = GF_FALSE;
	mux->position = mux->data_start = 0;
	mux->last_written = NULL;
	mux->win = (MuxWindow){0};
	gf_filter_post_process_task(mux->filter);
}

static GF_Err finish(Mp4Mux *mux)
{
	Bool more = GF_FALSE;
	GF_Err e = GF_OK;
	if (!nb_samples(mux)) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER, ("[mp4mx] no sample was received: no file is written\n"));
	} else if (mux->fragmented) {
		e = mp4mx_frag_finish(mux, &more);
	} else {
		if (!mux->ending)
			e = mp4mx_add_chapter_track(mux);
		if (!e)
			e = mp4mx_flat_finish(mux, &more);
	}
	mux->ending = GF_TRUE;
	if (!e && !more)
		next_file(mux);
	return e;
}

// The file cannot be completed: inputs are dropped and the output ends.
static GF_Err fail(Mp4Mux *mux, GF_Err e)
{
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		if (mux->tracks[i]->pid)
			gf_filter_pid_set_discard(mux->tracks[i]->pid, GF_TRUE);
		mux->tracks[i]->done = GF_TRUE;
	}
	mux->finished = GF_TRUE;
	gf_filter_pid_set_eos(mux->opid);
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
		("[mp4mx] the file cannot be completed: %s\n", gf_error_to_string(e)));
	return e;
}

// Whether every track either ended or asks for what it sent to be written.
static Bool all_paused(const Mp4Mux *mux)
{
	Bool some = GF_FALSE;
	for (u32 i = 0; i < mux->nb_tracks; i++) {
		some |= mux->tracks[i]->paused;
		if (!mux->tracks[i]->done && !mux->tracks[i]->paused)
			return GF_FALSE;
	}
	return some;
}

static GF_Err run(Mp4Mux *mux)
{
	if (!mux->fragmented)
		return mp4mx_flat_run(mux);
	if (!mux->started) {
		if (!can_start(mux))
			return GF_OK;
		GF_Err e = mp4mx_frag_start(mux);
		if (e)
			return e;
		mux->started = GF_TRUE;
	}
	return all_paused(mux) ? mp4mx_frag_flush(mux) : mp4mx_frag_run(mux, GF_FALSE);
}

static void report(const Mp4Mux *mux)
{
	if (!gf_filter_reporting_enabled(mux->filter))
		return;
	const MuxTrack *trk = mux->tracks[0];
	const GF_PropertyValue *p = trk->pid ? gf_filter_pid_get_property(trk->pid, GF_PROP_PID_DURATION) : NULL;
	double done = trk->isom.timescale ? (double)trk->clock.last_dts / trk->isom.timescale : 0, all = 0;
	if (p && p->value.lfrac.den)
		all = (double)p->value.lfrac.num / p->value.lfrac.den;
	char text[100];
	snprintf(text, sizeof(text),
		"%u tracks, %.1f s, "
		"%llu bytes",
		mux->nb_tracks, done, (unsigned long long)mux->position);
	gf_filter_update_status(mux->filter, all > 0 && done <= all ? (u32)(done * 10000 / all) : 0, text);
}

static GF_Err mp4mx_process(GF_Filter *filter)
{
	Mp4Mux *mux = gf_filter_get_udta(filter);
	if (mux->finished || !mux->opid)
		return GF_EOS;
	GF_Err e = GF_OK;
	if (!mux->ending) {
		if (!mux->started && gf_filter_connections_pending(filter)) {
			gf_filter_ask_rt_reschedule(filter, 0);
			return GF_OK;
		}
		for (u32 i = 0; i < mux->nb_tracks && !e; i++)
			e = take_packets(mux->tracks[i]);
		if (!e)
			e = run(mux);
	}
	if (!e && (mux->ending || all_done(mux)))
		e = finish(mux);
	if (e)
		return fail(mux, e);
	if (mux->finished)
		return GF_EOS;
	report(mux);
	// what was written made room for packets that were left on their PID
	if (has_packets_wanted(mux))
		gf_filter_post_process_task(filter);
	return GF_OK;
}

// ---- Initialization and end

// Options of the interface that this implementation does not have.
static GF_Err check_options(const Mp4Mux *mux)
{
	const struct {
		const char *name;
		Bool used;
	} missing[] = {
		{"m4sys", mux->m4sys},
		{"pack3gp", mux->pack3gp > 1},
		{"compress", mux->compress != 0},
		{"fcomp", mux->fcomp},
		{"otyp", mux->otyp},
		{"boxpatch", mux->boxpatch != NULL},
		{"dvsingle", mux->dvsingle},
		{"rsot", mux->rsot},
		{"scte35", mux->scte35 != 0},
		{"importer", mux->importer},
		{"start", mux->start != 0},
		{"uncv", mux->uncv != UNCV_PROF},
	};
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		if (missing[i].used) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER, ("[mp4mx] option %s is not supported\n", missing[i].name));
			return GF_NOT_SUPPORTED;
		}
	}
	return GF_OK;
}

static GF_Err mp4mx_initialize(GF_Filter *filter)
{
	Mp4Mux *mux = gf_filter_get_udta(filter);
	mux->filter = filter;
	mux->fragmented = mux->store == STORE_FRAG || mux->store == STORE_SFRAG;
	mux->creation = gf_sys_is_test_mode() ? 0 : gf_net_get_utc() / 1000 + ISOW_EPOCH_SHIFT;
	mux->modification = mux->creation;
	if (mux->cmaf && mux->subs_sidx > 0)
		mux->subs_sidx = 0; // 23000-19 7.3.3.3: one index, with a reference for each chunk
	mux->straf |= mux->cmaf != CMAF_NO;
	gf_filter_set_max_extra_input_pids(filter, 0xFFFFFFFFu);
	return check_options(mux);
}

static void mp4mx_finalize(GF_Filter *filter)
{
	Mp4Mux *mux = gf_filter_get_udta(filter);
	if (mux->nb_tracks && !mux->finished && nb_samples(mux))
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[mp4mx] stopped before the end: the file is %s\n", mux->fragmented ? "cut" : "not playable"));
	while (mux->nb_tracks)
		mp4mx_track_del(mux->tracks[mux->nb_tracks - 1]);
	gf_free(mux->tracks);
	mp4mx_spool_reset(&mux->spool);
	mp4mx_out_file(mux, NULL);
	gf_free(mux->segment.refs);
	gf_free(mux->segment.unwritten);
	mux->segment.nb_unwritten = 0; // packets of the sink may outlive the filter
	bw_reset(&mux->segment.header);
}

#define OPT(field) #field, (s32)offsetof(Mp4Mux, field)
#define UNSUPPORTED "Not supported by this implementation: "
#define BASIC 0
#define ADV GF_FS_ARG_HINT_ADVANCED
#define EXP GF_FS_ARG_HINT_EXPERT
#define HIDE GF_FS_ARG_HINT_HIDE

static const GF_FilterArgs mp4mx_args[] = {
	{OPT(m4sys), UNSUPPORTED "add MPEG-4 Systems streams", GF_PROP_BOOL, "false", NULL, ADV},
	{OPT(dref),
		"Refer to the samples where they are, in the file of the source, instead of copying them: for files that a reframer reads "
		"(AAC, MP3, WAV, raw video…), not in fragments. The file must stay where it is",
		GF_PROP_BOOL, "false", NULL, ADV},
	{OPT(ctmode),
		"How composition times before decoding times are stored: as in the source when it has signed offsets, else "
		"edit (auto); offsets made positive and an edit list that hides the shift (edit); offsets made positive "
		"without edit list (noedit); signed offsets, the first picture at the start of the media, without edit "
		"list (negctts). Fragments keep the offsets of the source",
		GF_PROP_UINT, "auto", "auto|edit|noedit|negctts", ADV},
	{OPT(dur), "Stop after this duration in seconds; a negative value is a number of frames per track",
		GF_PROP_FRACTION, "0", NULL, BASIC},
	{OPT(pack3gp), UNSUPPORTED "number of speech frames in a sample (only 1 is)", GF_PROP_UINT, "1", NULL,
		ADV},
	{OPT(importer), UNSUPPORTED "progress display of an import", GF_PROP_BOOL, "false", NULL, ADV},
	{OPT(pack_nal),
		"Use the smallest size of NAL unit lengths that fits the largest sample the source tells of (MaxFrameSize); encrypted "
		"samples stay as they are",
		GF_PROP_BOOL, "false", NULL, EXP},
	{OPT(xps_inband),
		"Where parameter sets of AVC, HEVC and VVC go: sample description (no); picture parameter sets in the "
		"samples (pps); all in the samples (all); in both (both); first ones in the sample description, later ones "
		"in the samples, which keeps one description (mix); as in the source (auto)",
		GF_PROP_UINT, "no", "no|pps|all|both|mix|auto", BASIC},
	{OPT(store),
		"Layout of the file: movie box first, samples interleaved after temporary storage (inter); samples as they "
		"come, movie box last (flat); the same, the movie box then inserted in front (fstart); movie box first, "
		"interleaved sample by sample (tight); fragments (frag); fragments that start with a random access point (sfrag)",
		GF_PROP_UINT, "inter", "inter|flat|fstart|tight|frag|sfrag", BASIC},
	{OPT(cdur),
		"Duration in seconds of a chunk of interleaved samples, or of a fragment; 0 stores tracks one after the "
		"other; negative is 1 second, 0.5 in QuickTime files, the whole segment in segments",
		GF_PROP_FRACTION, "-1/1", NULL, BASIC},
	{OPT(moovts),
		"Time scale of the movie; 0 and 600 take that of the source, or 600; negative takes that of the first track",
		GF_PROP_SINT, "600", NULL, ADV},
	{OPT(moof_first), "Write the moof box before the media data of a fragment", GF_PROP_BOOL, "true", NULL,
		ADV},
	{OPT(abs_offset), "Use offsets from the start of the file in fragments, not from the moof", GF_PROP_BOOL,
		"false", NULL, ADV},
	{OPT(fsap), "Start a run at each random access point of video in a fragment", GF_PROP_BOOL, "true", NULL,
		ADV},
	{OPT(file), "Internal", GF_PROP_POINTER, NULL, NULL, HIDE},
	{OPT(subs_sidx),
		"Index of segments (sidx): none (-1 and -2); one entry for each fragment of a segment, or for each segment "
		"of a single file (0); the fragments of a segment in at most N groups with an index each, or at most N entries for a "
		"single file (N)",
		GF_PROP_SINT, "-1", NULL, ADV},
	{OPT(m4cc), "Type of an empty box after each segment, or each fragment", GF_PROP_STRING, NULL, NULL, ADV},
	{OPT(chain_sidx),
		"With subs_sidx=N, put an index in front of each group that refers to the next one, instead of an index of all "
		"groups in front of the segment; not for a single file",
		GF_PROP_BOOL, "false", NULL, EXP},
	{OPT(msn), "Sequence number of the first fragment", GF_PROP_UINT, "1", NULL, BASIC},
	{OPT(msninc), "Increment of the sequence number of fragments", GF_PROP_UINT, "1", NULL, BASIC},
	{OPT(tfdt), "Decode time of the first fragment, in seconds", GF_PROP_FRACTION64, "0", NULL, BASIC},
	{OPT(tfdt_traf),
		"Write the decode time of each fragment also where it follows from the fragments before: outside "
		"segments, CMAF, tfdt and tsalign=false, only fragments after a gap have it otherwise",
		GF_PROP_BOOL, "false", NULL, BASIC},
	{OPT(nofragdef), "No sample defaults in the movie box: each fragment has its own", GF_PROP_BOOL, "false",
		NULL, BASIC},
	{OPT(straf), "One track in each moof", GF_PROP_BOOL, "false", NULL, ADV},
	{OPT(strun), "One run in each traf", GF_PROP_BOOL, "false", NULL, ADV},
	{OPT(prft),
		"Producer reference times: none (off); from the time stamps of the sender (sender); these, and the wall clock "
		"when the fragment is written (both)",
		GF_PROP_UINT, "sender", "off|sender|both", ADV},
	{OPT(psshs), "Where protection system boxes go: movie box, fragments, both or nowhere", GF_PROP_UINT,
		"moov", "moov|moof|both|none", ADV},
	{OPT(force_seig), "Give the key of each encrypted sample in a sample group, even when it is constant",
		GF_PROP_BOOL, "false", NULL, ADV},
	{OPT(sgpd_traf), "Descriptions of sample groups in the traf: they always are, since a segment is read alone", GF_PROP_BOOL,
		"false", NULL, ADV},
	{OPT(vodcache),
		"How the index gets in front of a single-file presentation: temporary storage (on); inserted at the end "
		"(insert); written into reserved room at the end, or as on when the duration is not known (replace)",
		GF_PROP_UINT, "replace", "on|insert|replace", BASIC},
	{OPT(noinit), "Do not write the movie box of a fragmented file", GF_PROP_BOOL, "false", NULL, ADV},
	{OPT(tktpl), "What is kept of the source track: nothing, header fields and unknown boxes, user data only",
		GF_PROP_UINT, "yes", "no|yes|udta", EXP},
	{OPT(mudta), "What is kept of the source movie: nothing, unknown boxes and user data, user data only",
		GF_PROP_UINT, "yes", "no|yes|udta", EXP},
	{OPT(mvex), "Write the mvex box after the tracks", GF_PROP_BOOL, "false", NULL, ADV},
	{OPT(sdtp_traf),
		"Sample dependencies of fragments: in sample flags (no); in a sdtp box (sdtp); in both (both)",
		GF_PROP_UINT, "no", "no|sdtp|both", EXP},
	{OPT(trackid), "Identifier of the first track; 0 chooses", GF_PROP_UINT, "0", NULL, ADV},
	{OPT(fragdur),
		"End fragments where the durations of their samples reach cdur, whatever pauses are between them; "
		"otherwise at multiples of cdur",
		GF_PROP_BOOL, "false", NULL, ADV},
	{OPT(btrt), "Write bit rates in sample descriptions", GF_PROP_BOOL, "true", NULL, BASIC},
	{OPT(styp), "Major brand of segments, as 4CC or 4CC.version", GF_PROP_STRING, NULL, NULL, BASIC},
	{OPT(lmsg), "Mark the last segment with the brand lmsg", GF_PROP_BOOL, "false", NULL, BASIC},
	{OPT(mediats),
		"Time scale of tracks; 0 takes that of the input; -1 takes the sample rate, or the numerator of the frame rate",
		GF_PROP_SINT, "0", NULL, ADV},
	{OPT(ase),
		"Audio sample entry: version 0 (v0); version 0, always 2 channels (v0s); version 0, channels of the decoder "
		"configuration (v0bs); version 1 (v1); QuickTime version 1 (v1qt) or 2 (v2qt)",
		GF_PROP_UINT, "v0", "|v0|v0s|v0bs|v1|v1qt|v2qt", BASIC},
	{OPT(ssix),
		"After an index of segments (subs_sidx), tell in a ssix box what of each entry holds its first random access point",
		GF_PROP_BOOL, "false", NULL, ADV},
	{OPT(ccst), "Write a coding constraints box in descriptions of video", GF_PROP_BOOL, "false", NULL, ADV},
	{OPT(maxchunk), "Largest chunk in bytes, 0 for no limit", GF_PROP_UINT, "0", NULL, ADV},
	{OPT(noroll), "No roll and prol sample groups", GF_PROP_BOOL, "false", NULL, EXP},
	{OPT(norap), "No rap sample group", GF_PROP_BOOL, "false", NULL, EXP},
	{OPT(saio32), "Offsets of auxiliary information on 32 bits", GF_PROP_BOOL, "false", NULL, EXP},
	{OPT(tfdt64), "Decode times and index times on 64 bits in any case", GF_PROP_BOOL, "false", NULL, EXP},
	{OPT(sseg), "Without a segmenter, make the file one segment for DASH, each fragment a subsegment of it (see subs_sidx)",
		GF_PROP_BOOL, "false", NULL, HIDE},
	{OPT(compress), UNSUPPORTED "compress boxes", GF_PROP_UINT, "no", "no|moov|moof|sidx|ssix|all", EXP},
	{OPT(fcomp), UNSUPPORTED "compress boxes even when they get larger", GF_PROP_BOOL, "false", NULL, EXP},
	{OPT(otyp), UNSUPPORTED "original type box of compressed files", GF_PROP_BOOL, "false", NULL, EXP},
	{OPT(trun_inter),
		"Start a run where the temporal level of AVC, HEVC, VVC or AV1 changes, and store the media data of a fragment level by "
		"level, so that its start is enough for a lower frame rate. Encrypted samples stay in order",
		GF_PROP_BOOL, "false", NULL, EXP},
	{OPT(truns_first), "Runs before the other boxes of a traf", GF_PROP_BOOL, "false", NULL, EXP},
	{OPT(block_size), "Size of the packets read back from temporary storage; 0 is 10000", GF_PROP_UINT,
		"10000", NULL, ADV},
	{OPT(boxpatch), UNSUPPORTED "patch boxes", GF_PROP_STRING, NULL, NULL, EXP},
	{OPT(deps), "Write sample dependencies", GF_PROP_BOOL, "true", NULL, EXP},
	{OPT(mfra), "Write an index of random access points (mfra) after fragments, not in segments",
		GF_PROP_BOOL, "false", NULL, EXP},
	{OPT(forcesync), "Make every random access point of video a sync sample", GF_PROP_BOOL, "false", NULL,
		EXP},
	{OPT(refrag), "Use the sample defaults of the source fragments", GF_PROP_BOOL, "false", NULL, ADV},
	{OPT(itags), "File tags: none, known ones, known and free ones (cust_NAME@MEAN)", GF_PROP_UINT, "strict",
		"none|strict|all", EXP},
	{OPT(keep_utc), "Keep the creation and modification dates of the source", GF_PROP_BOOL, "false", NULL,
		ADV},
	{OPT(pps_inband),
		"With xps_inband, put picture parameter sets into each sample that is no random access point",
		GF_PROP_BOOL, "no", NULL, ADV},
	{OPT(moovpad), "Size of a free box after the movie box", GF_PROP_UINT, "0", NULL, EXP},
	{OPT(cmaf), "Follow the constraints of CMAF (ISO/IEC 23000-19), structural brand cmfc or cmf2",
		GF_PROP_UINT, "no", "no|cmfc|cmf2", EXP},
	{OPT(start), UNSUPPORTED "start of an import", GF_PROP_DOUBLE, "0.0", NULL, HIDE},
	{OPT(pad_sparse), "Fill the pauses of text and metadata tracks with empty samples", GF_PROP_BOOL, "true",
		NULL, EXP},
	{OPT(force_dv), "Use the Dolby Vision sample entries even for streams that other decoders can play",
		GF_PROP_BOOL, "false", NULL, ADV},
	{OPT(dvsingle), UNSUPPORTED "ignore Dolby Vision profile 8 beside profile 5", GF_PROP_BOOL, "false", NULL,
		ADV},
	{OPT(tsalign),
		"Start the movie with the first picture or sound; otherwise the times of the input are kept, with an empty "
		"edit in front",
		GF_PROP_BOOL, "true", NULL, ADV},
	{OPT(chapm), "Chapters: dropped (off), in a text track (tk), in user data (udta), in both", GF_PROP_UINT,
		"both", "off|tk|udta|both", ADV},
	{OPT(patch_dts),
		"When decoding times do not increase, shorten the samples before that are not written yet (fragments and interleaved "
		"layouts); otherwise, and where that cannot be, a sample is put 1 tick after the one before",
		GF_PROP_BOOL, "false", NULL, EXP},
	{OPT(uncv), UNSUPPORTED "raw video of ISO/IEC 23001-17 (only that with a QuickTime code is stored)",
		GF_PROP_UINT, "prof", "off|gen|prof|tiny", EXP},
	{OPT(trunv1), "Use version 1 of trun boxes", GF_PROP_BOOL, "false", NULL, EXP},
	{OPT(rsot), UNSUPPORTED "redundant sample times", GF_PROP_BOOL, "false", NULL, EXP},
	{OPT(sfrag_tolerance),
		"With store=sfrag, how much shorter than cdur a fragment may be to end at a random access point, in percent",
		GF_PROP_UINT, "0", "0,100", EXP},
	{OPT(scte35), UNSUPPORTED "carriage of SCTE-35 sections other than as samples of a track (auto)",
		GF_PROP_UINT, "auto", "auto|xmlbin|inband|all|none", EXP},
	{OPT(auto_reorder), "Order tracks as video, audio, text, others", GF_PROP_BOOL, "false", NULL, EXP},
	{0},
};

static const GF_FilterCapability mp4mx_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_SCENE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_STREAM_TYPE, GF_STREAM_OD),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_NONE),
	CAP_STRING(GF_CAPS_OUTPUT_STATIC, GF_PROP_PID_FILE_EXT,
		"mp4|mpg4|m4a|m4i|3gp|3gpp|3g2|3gp2|iso|ismv|m4s|heif|heic|iff|avci|avif|mj2|mov|qt|cmfv|cmfa|cmft"),
	CAP_STRING(GF_CAPS_OUTPUT_STATIC, GF_PROP_PID_MIME,
		"video/mp4|audio/mp4|application/mp4|video/3gpp|audio/3gpp|video/3gp2|audio/3gp2|video/iso.segment|"
		"audio/iso.segment|image/heif|image/heic|image/avci|video/jp2|video/quicktime"),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_SCENE),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_OD),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_TEXT),
	CAP_BOOL(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_UINT(GF_CAPS_INPUT_EXCLUDED, GF_PROP_PID_CODECID, GF_CODECID_RAW),
};

const GF_FilterRegister mp4mx_register = {
	.name = "mp4mx",
	.description = "ISOBMFF/QuickTime multiplexer",
	.help = "This filter stores media streams in ISO base media (MP4, 3GP, CMAF…) and QuickTime files.\n"
			"Each input becomes a track. Several layouts are possible, from a file that plays while it "
			"downloads to "
			"fragments for live streaming; see option store. Segments for DASH and HLS are made when the "
			"input comes "
			"from a segmenter.",
	.private_size = sizeof(Mp4Mux),
	.flags = GF_FS_REG_DYNAMIC_REDIRECT,
	SETCAPS(mp4mx_caps),
	.args = mp4mx_args,
	.initialize = mp4mx_initialize,
	.finalize = mp4mx_finalize,
	.configure_pid = mp4mx_configure_pid,
	.process = mp4mx_process,
	.hint_class_type = GF_FS_CLASS_MULTIPLEXER,
};
