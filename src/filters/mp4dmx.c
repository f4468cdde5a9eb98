// SPDX-License-Identifier: MIT
// mp4dmx: demultiplexer of ISO base media files (ISO/IEC 14496-12) and QuickTime movies, progressive or
// fragmented, one PID per track.
//
// A file that the source names by its path is read directly, and the source is asked not to send its bytes.
// Otherwise the bytes received are kept in memory as long as they are needed; the movie must then come before
// the media, unless the source can be asked for any part of its resource. A later resource on the same input is a media segment of the same movie, or another movie.
//
// Not supported: derived images, layers merged on one PID.
#include <string.h>

#include "filters/mp4dmx.h"
#include "filters/registry.h"

#define MAX_PACKETS_PER_CALL 50
#define MAX_PACKETS_AHEAD 16

// ---- Input

// Reads the boxes that are there.
static GF_Err parse_boxes(Mp4Dmx *dmx)
{
	if (dmx->parsed || dmx->failed)
		return GF_OK;
	GF_Err e = isom_file_parse(&dmx->file);
	if (e == GF_EOS)
		dmx->parsed = GF_TRUE;
	if (e == GF_EOS || e == GF_NOT_READY)
		e = GF_OK;
	if (!e && !dmx->reader && dmx->file.media_first && dmx->file.movie.has_moov && !dmx->file.movie.fragmented) {
		dmx->parsed = GF_TRUE;
		dmx_movie_fetched(dmx);
	} else if (!e && !dmx->reader && dmx->file.media_first && !dmx_fetch_movie(dmx)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4dmx] the media data come before the 'moov' box, which cannot "
			 "be read from a stream: use a local file, a server that sends byte ranges, or a file written with "
			 "'moov' first or fragmented\n"));
		e = GF_NOT_SUPPORTED;
	}
	if (e)
		dmx->failed = dmx->parsed = GF_TRUE;
	// What was read before a wrong box, which was reported, can be played.
	return e == GF_ISOM_INVALID_FILE && dmx->file.movie.nb_moofs ? GF_OK : e;
}

// The PIDs are made when the movie is known, and what its samples look like.
static GF_Err declare_when_ready(Mp4Dmx *dmx)
{
	const IsomMovie *m = &dmx->file.movie;
	if (dmx->declared)
		return GF_OK;
	if (dmx->parsed || (m->has_moov && (!m->fragmented || m->nb_moofs)))
		return dmx_declare_tracks(dmx);
	return GF_OK;
}

static GF_Err parse_and_declare(Mp4Dmx *dmx)
{
	GF_Err e = parse_boxes(dmx);
	return e ? e : declare_when_ready(dmx);
}

static void restart_tracks(Mp4Dmx *dmx)
{
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		DmxTrack *t = &dmx->tracks[i];
		t->has_next = GF_FALSE;
		t->done = t->out_of_range; // what comes is later still
		t->ended = t->ended && t->out_of_range;
		t->failed = GF_FALSE;
		t->fragment = t->event = 0;
		isom_cursor_set(&t->trk->table, &t->cursor, 0);
	}
}

static const char *input_path(const Mp4Dmx *dmx)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(dmx->ipid, GF_PROP_PID_FILEPATH);
	return p ? p->value.string : NULL;
}

static void take_input_props(Mp4Dmx *dmx)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(dmx->ipid, GF_PROP_PID_FILE_RANGE);
	dmx->range = p ? p->value.lfrac : (GF_Fraction64){0, 0};
	p = gf_filter_pid_get_property(dmx->ipid, GF_PROP_PID_URL);
	gf_free(dmx->url);
	dmx->url = p && p->value.string ? gf_strdup(p->value.string) : NULL;

	// A source that tells a size, and neither a path nor a range, can be asked for any part.
	p = gf_filter_pid_get_property(dmx->ipid, GF_PROP_PID_DOWN_SIZE);
	dmx->resource_size = p && !input_path(dmx) && !dmx->range.den ? p->value.longuint : 0;

	GF_PropertyEntry *entry = NULL;
	p = gf_filter_pid_get_info(dmx->ipid, GF_PROP_PID_FILE_CACHED, &entry);
	dmx->arriving = p && !p->value.boolean;
	gf_filter_release_property(entry);
}

// In file mode the source only has to say where the file is and when there is another one.
static void play_source(Mp4Dmx *dmx)
{
	GF_FilterEvent evt;
	GF_FEVT_INIT(evt, GF_FEVT_PLAY, dmx->ipid);
	evt.play.speed = 1;
	evt.play.full_file_only = dmx->reader && !dmx->arriving;
	dmx->source_playing = GF_TRUE;
	gf_filter_pid_send_event(dmx->ipid, &evt);
}

static GF_Err open_first(Mp4Dmx *dmx)
{
	GF_Err e = GF_OK;
	take_input_props(dmx);
	if (dmx->initseg)
		e = dmx_load_init(dmx, dmx->initseg);
	if (!e)
		e = dmx_source_open(dmx, input_path(dmx));
	// A stream is opened with its first bytes.
	if (!e && dmx->reader)
		e = parse_and_declare(dmx);
	if (!e)
		play_source(dmx);
	return e;
}

// Another resource on the input: a segment of the movie, or another movie.
static GF_Err open_next(Mp4Dmx *dmx)
{
	take_input_props(dmx);
	dmx_source_close(dmx);
	dmx->is_first = dmx->input_done = dmx->reopened = GF_FALSE;
	GF_Err e = dmx_source_open(dmx, input_path(dmx));
	if (!e && dmx->reader && !dmx->arriving)
		e = dmx_replace_movie(dmx);
	if (!e && dmx->reader)
		e = parse_and_declare(dmx);
	restart_tracks(dmx);
	if (e) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[mp4dmx] %s is not a segment of the movie: its samples are "
			 "missing\n",
				dmx->path ? dmx->path : "the resource received"));
		dmx->failed = dmx->parsed = GF_TRUE;
		for (u32 i = 0; i < dmx->nb_tracks; i++)
			gf_filter_pid_set_eos(dmx->tracks[i].pid);
	}
	return e == GF_OUT_OF_MEM ? e : GF_OK;
}

static Bool same_resource(const Mp4Dmx *dmx)
{
	const char *path = input_path(dmx);
	const GF_PropertyValue *p = gf_filter_pid_get_property(dmx->ipid, GF_PROP_PID_FILE_RANGE);
	GF_Fraction64 range = p ? p->value.lfrac : (GF_Fraction64){0, 0};
	if (range.num != dmx->range.num || range.den != dmx->range.den)
		return GF_FALSE;
	if (path || dmx->path)
		return path && dmx->path && !strcmp(path, dmx->path);
	p = gf_filter_pid_get_property(dmx->ipid, GF_PROP_PID_URL);
	const char *url = p && p->value.string ? p->value.string : "";
	return !strcmp(url, dmx->url ? dmx->url : "");
}

static void close_all(Mp4Dmx *dmx, Bool remove_pids)
{
	dmx_source_close(dmx);
	dmx_remove_tracks(dmx, remove_pids);
	dmx_close_media(dmx);
	isom_file_reset(&dmx->file);
	gf_free(dmx->url);
	dmx->url = NULL;
}

static GF_Err mp4dmx_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	Mp4Dmx *dmx = gf_filter_get_udta(filter);
	if (is_remove) {
		close_all(dmx, GF_TRUE);
		dmx->ipid = NULL;
		return GF_OK;
	}
	if (!gf_filter_pid_check_caps(pid))
		return GF_NOT_SUPPORTED;
	if (dmx->ipid == pid) {
		if (dmx->reopened || !same_resource(dmx))
			return open_next(dmx);
		take_input_props(dmx);
		return GF_OK;
	}
	dmx->ipid = pid;
	dmx->is_first = GF_TRUE;
	GF_Err e = open_first(dmx);
	if (e)
		close_all(dmx, GF_TRUE);
	return e;
}

// What was sent so far is to be processed to the end: of a flush, the end makes one on each output.
static void flush_tracks(Mp4Dmx *dmx)
{
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		if (dmx->tracks[i].playing && !dmx->tracks[i].ended)
			gf_filter_pid_set_eos(dmx->tracks[i].pid);
	}
}

// Takes one packet of the input. False when there is none.
static Bool feed(Mp4Dmx *dmx, GF_Err *e)
{
	if (!dmx->ipid || dmx->input_done)
		return GF_FALSE;
	GF_FilterPacket *pck = gf_filter_pid_get_packet(dmx->ipid);
	if (!pck) {
		if (!gf_filter_pid_is_eos(dmx->ipid))
			return GF_FALSE;
		if (gf_filter_pid_is_flush_eos(dmx->ipid)) {
			flush_tracks(dmx);
			return GF_FALSE;
		}
		dmx->input_done = GF_TRUE;
		dmx->arriving = GF_FALSE;
		*e = parse_and_declare(dmx);
		return GF_FALSE;
	}
	u32 size;
	const u8 *data = gf_filter_pck_get_data(pck, &size);
	if (!dmx->reader && data && size)
		*e = dmx_store_append(dmx, data, size);
	gf_filter_pid_drop_packet(dmx->ipid);
	if (!*e && (!dmx->reader || dmx->arriving))
		*e = parse_and_declare(dmx);
	return !*e;
}

// ---- Output

static double next_time(const DmxTrack *t)
{
	return ((double)t->next.dts + (double)t->span.shift) / t->trk->timescale;
}

// The track whose next sample comes first, among those that can send.
static DmxTrack *choose_track(Mp4Dmx *dmx)
{
	DmxTrack *best = NULL;
	double best_time = 0;
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		DmxTrack *t = &dmx->tracks[i];
		if (!t->playing || t->blocked || t->ended || !dmx_next_sample(t))
			continue;
		double time = next_time(t);
		if (best && (t->reverse ? time <= best_time : time >= best_time))
			continue;
		best = t;
		best_time = time;
	}
	return best;
}

// Packets that refer to the block in use take no memory: a few may wait in a full queue, so that the session
// changes less often from filter to filter.
static Bool may_go_on(DmxTrack *t)
{
	return t->nb_sent < MAX_PACKETS_AHEAD && dmx_next_sample(t) && dmx_in_block(t);
}

// Sends what can be. True when a track waits for bytes.
static Bool send_samples(Mp4Dmx *dmx)
{
	Bool waits = GF_FALSE;
	DmxTrack *t;
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		t = &dmx->tracks[i];
		t->nb_sent = 0;
		t->blocked = t->playing && gf_filter_pid_would_block(t->pid);
	}
	while ((t = choose_track(dmx))) {
		DmxRead r = dmx_send_sample(t);
		if (r == DMX_READ_FAILED) {
			t->has_next = GF_FALSE;
			t->done = t->failed = GF_TRUE;
		} else if (r == DMX_READ_WAIT) {
			waits = t->blocked = GF_TRUE;
		} else {
			t->blocked = t->nb_sent >= MAX_PACKETS_PER_CALL || (!may_go_on(t) && gf_filter_pid_would_block(t->pid));
		}
	}
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		t = &dmx->tracks[i];
		if (t->playing && !t->blocked && !t->ended && !t->done)
			waits = GF_TRUE; // for more fragments
	}
	return waits;
}

// A track without samples left ends with the input, or at once when nothing else can come.
static Bool no_more_resources(const Mp4Dmx *dmx)
{
	if (!dmx->ipid || dmx->input_done || dmx->failed)
		return GF_TRUE;
	if (!dmx->is_first || !dmx->parsed || dmx->arriving)
		return GF_FALSE;
	for (u32 i = 0; i < dmx->file.movie.nb_tracks; i++) {
		if (dmx->file.movie.tracks[i]->table.nb_total)
			return GF_TRUE;
	}
	return GF_FALSE; // an initialisation segment
}

static void end_tracks(Mp4Dmx *dmx)
{
	Bool last = no_more_resources(dmx);
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		DmxTrack *t = &dmx->tracks[i];
		if (!t->playing || t->ended || !t->done)
			continue;
		dmx_release_block(t);
		if (!last && !t->failed && !t->out_of_range)
			continue;
		t->ended = GF_TRUE;
		gf_filter_pid_set_eos(t->pid);
	}
}

static Bool all_done(const Mp4Dmx *dmx)
{
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		if (dmx->tracks[i].playing && !dmx->tracks[i].done)
			return GF_FALSE;
	}
	return dmx->declared && (dmx->nb_playing || !dmx->nb_tracks);
}

static Bool all_ended(const Mp4Dmx *dmx)
{
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		if (dmx->tracks[i].playing && !dmx->tracks[i].ended)
			return GF_FALSE;
	}
	return dmx->declared && dmx->nb_playing;
}

// Stream mode: forgets the bytes and sample tables of what was sent.
static void purge(Mp4Dmx *dmx)
{
	u64 keep = dmx->file.pos;
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		DmxTrack *t = &dmx->tracks[i];
		IsomTable *tab = &t->trk->table;
		if (t->playing && !t->ended && dmx_next_sample(t) && t->next.offset < keep)
			keep = t->next.offset;
		if (t->has_next || t->cursor.sample < dmx->mstore_samples || !t->cursor.sample)
			continue;
		isom_table_drop(tab, t->cursor.sample);
		isom_sai_drop(&t->trk->sai, tab->dropped);
		isom_aux_drop(&t->trk->aux, tab->dropped);
		isom_track_drop_events(t->trk, tab->dropped);
		t->event = 0;
		isom_cursor_set(tab, &t->cursor, 0);
	}
	if (dmx->store_size > dmx->mstore_size || keep > dmx->store_start)
		dmx_store_purge(dmx, keep);
}

static GF_Err mp4dmx_process(GF_Filter *filter)
{
	Mp4Dmx *dmx = gf_filter_get_udta(filter);
	GF_Err e = GF_OK;
	Bool waits;
	// A source that goes on after its end declares its resource again, perhaps the same one.
	if (dmx->ipid && dmx->input_done && !gf_filter_pid_is_eos(dmx->ipid)) {
		dmx->input_done = GF_FALSE;
		dmx->reopened = GF_TRUE;
	}
	do {
		waits = send_samples(dmx);
		if (waits && dmx->declared)
			dmx_follow_samples(dmx);
		if (dmx->opened && !dmx->reader && dmx->declared && dmx->nb_playing)
			purge(dmx);
		// Before the PIDs exist, and while a track lacks bytes, the input is read; a file that is complete
		// only once it was sent, to see what follows it.
	} while ((waits || !dmx->declared || all_done(dmx)) && feed(dmx, &e));
	if (e) {
		dmx->failed = dmx->parsed = dmx->input_done = GF_TRUE;
		if (!dmx->declared || !dmx->nb_tracks)
			gf_filter_setup_failure(filter, e);
	}
	end_tracks(dmx);
	if (e)
		return e;
	return all_ended(dmx) && (!dmx->ipid || dmx->input_done) ? GF_EOS : GF_OK;
}

// ---- Events

static DmxTrack *track_of(Mp4Dmx *dmx, const GF_FilterPid *pid)
{
	for (u32 i = 0; i < dmx->nb_tracks; i++) {
		if (dmx->tracks[i].pid == pid)
			return &dmx->tracks[i];
	}
	return NULL;
}

static Bool on_play(Mp4Dmx *dmx, DmxTrack *t, const GF_FEVT_Play *play)
{
	if (!t->playing)
		dmx->nb_playing++;
	t->playing = GF_TRUE;
	t->failed = GF_FALSE;
	dmx_play(t, play);
	if (dmx->ipid && !dmx->source_playing)
		play_source(dmx);
	gf_filter_post_process_task(dmx->filter);
	return GF_TRUE;
}

static Bool on_stop(Mp4Dmx *dmx, DmxTrack *t)
{
	if (t->playing)
		dmx->nb_playing--;
	t->playing = t->has_next = GF_FALSE;
	dmx_release_block(t);
	if (dmx->nb_playing)
		return GF_TRUE;
	dmx->source_playing = GF_FALSE;
	return GF_FALSE; // the source stops with the last PID
}

static Bool mp4dmx_process_event(GF_Filter *filter, const GF_FilterEvent *evt)
{
	Mp4Dmx *dmx = gf_filter_get_udta(filter);
	if (evt->base.on_pid && evt->base.on_pid == dmx->cover_pid)
		return GF_TRUE;
	DmxTrack *t = evt->base.on_pid ? track_of(dmx, evt->base.on_pid) : NULL;
	if (!t)
		return GF_FALSE;
	switch (evt->base.type) {
	case GF_FEVT_PLAY:
		return on_play(dmx, t, &evt->play);
	case GF_FEVT_STOP:
		return on_stop(dmx, t);
	case GF_FEVT_SET_SPEED:
		t->only_sync = evt->play.drop_non_ref;
		return dmx->reader ? GF_TRUE : GF_FALSE;
	default:
		return GF_FALSE;
	}
}

// ---- Register

static GF_Err check_options(const Mp4Dmx *dmx)
{
	const struct {
		const char *name;
		Bool used;
	} options[] = {
		{"extkid", dmx->extkid != 0},
		{"extkmov", dmx->extkmov != NULL},
		{"keepc=false", !dmx->keepc},
		{"mov", dmx->mov != NULL},
		{"smode=single", dmx->smode == DMX_SMODE_SINGLE},
		{"strtxt", dmx->strtxt},
	};
	for (u32 i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!options[i].used)
			continue;
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER, ("[mp4dmx] option %s is not supported\n", options[i].name));
		return GF_NOT_SUPPORTED;
	}
	return GF_OK;
}

static GF_Err mp4dmx_initialize(GF_Filter *filter)
{
	Mp4Dmx *dmx = gf_filter_get_udta(filter);
	dmx->filter = filter;
	GF_Err e = check_options(dmx);
	if (e || !dmx->src)
		return e;
	gf_filter_disable_inputs(filter);
	dmx->is_first = GF_TRUE;
	dmx->url = gf_strdup(dmx->src);
	char *mark = strchr(dmx->src, '#');
	if (mark)
		*mark = 0;
	if (dmx->initseg)
		e = dmx_load_init(dmx, dmx->initseg);
	if (!e)
		e = dmx_source_open(dmx, dmx->src);
	return e ? e : parse_and_declare(dmx);
}

static void mp4dmx_finalize(GF_Filter *filter)
{
	close_all(gf_filter_get_udta(filter), GF_FALSE);
}

static const char *mp4dmx_probe_data(const u8 *data, u32 size, GF_FilterProbeScore *score)
{
	IsomBox box = {0};
	GF_Err e = isom_box_header(data, size, 0, (u64)1 << 62, &box);
	if (e || !isom_is_first_box(box.type))
		return NULL;
	*score = GF_FPROBE_SUPPORTED;
	return "video/mp4";
}

#define OPT(name) #name, offsetof(Mp4Dmx, name)

static const GF_FilterArgs mp4dmx_args[] = {
	{OPT(src), "Local file to open, when the filter is loaded without a source", GF_PROP_NAME, NULL, NULL,
		GF_FS_ARG_HINT_EXPERT},
	{OPT(allt), "Declare also the tracks whose handler is not known", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(edits),
		"Use of edit lists. auto: a list that only delays the track or skips its beginning becomes property "
		"Delay, others are applied to the samples; no: ignored; strict: always applied to the samples",
		GF_PROP_UINT, "auto", "auto|no|strict", GF_FS_ARG_HINT_ADVANCED},
	{OPT(itt), "All image items on one PID, one after the other", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(itemid), "Give the PIDs of image items the property ItemID", GF_PROP_BOOL, "true", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(smode),
		"Layered and tiled tracks. split: one PID per track; splitx: the same, and parameter sets stay in "
		"the "
		"samples; single: all layers on one PID (not supported)",
		GF_PROP_UINT, "split", "split|splitx|single", GF_FS_ARG_HINT_ADVANCED},
	{OPT(alltk), "Declare also the tracks that the file marks as disabled", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(frame_size), "Samples per packet of raw audio tracks", GF_PROP_UINT, "1024", "1,65536",
		GF_FS_ARG_HINT_ADVANCED},
	{OPT(expart), "Declare the cover picture of a file without video as a video PID of one frame",
		GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(sigfrag), "Mark the packets that start fragments and segments; the file must be fragmented",
		GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(tkid),
		"Track to declare: its ID, or the first one that is audio, video or of a handler given by its four "
		"characters",
		GF_PROP_STRING, NULL, NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(stsd), "Send only the samples that use this sample description, counted from 1; 0 for all",
		GF_PROP_UINT, "0", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(mov), "Opened file (not supported)", GF_PROP_POINTER, NULL, NULL, GF_FS_ARG_HINT_HIDE},
	{OPT(analyze), "Leave parameter sets in the samples, for the analysis of inspect", GF_PROP_UINT, "off",
		"off|on|bs|full", GF_FS_ARG_HINT_HIDE},
	{OPT(catseg), "Media segment (local file) that continues the movie, itself a local file", GF_PROP_STRING, NULL, NULL,
		GF_FS_ARG_HINT_HIDE},
	{OPT(nocrypt), "Declare protected tracks as if they were clear; their samples stay encrypted",
		GF_PROP_BOOL, NULL, NULL, GF_FS_ARG_HINT_ADVANCED},
	{OPT(mstore_size), "Bytes of a stream kept in memory before what was sent is removed", GF_PROP_UINT,
		"10000000", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(mstore_purge), "Bytes that must be removable before the memory of a stream is compacted; 0 for any",
		GF_PROP_UINT, "50000", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(mstore_samples), "Samples of a stream that must be sent before their tables are compacted",
		GF_PROP_UINT, "50", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(strtxt), "3GPP text as MPEG-4 streaming text (not supported)", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_EXPERT},
	{OPT(xps_check),
		"Parameter sets found in samples. keep: left there; rem: removed, and put into the decoder "
		"configuration when they are new; auto: keep with smode=splitx, rem otherwise",
		GF_PROP_UINT, "auto", "auto|keep|rem", GF_FS_ARG_HINT_EXPERT},
	{OPT(nodata), "Content of packets. no: the samples; yes: nothing; fake: zeros, as many as the sample has",
		GF_PROP_UINT, "no", "no|yes|fake", GF_FS_ARG_HINT_EXPERT},
	{OPT(lightp), "Set only the properties that decoding needs", GF_PROP_BOOL, "false", NULL,
		GF_FS_ARG_HINT_EXPERT},
	{OPT(initseg), "Initialisation segment (local file) of the media segment to read", GF_PROP_STRING, NULL,
		NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(extk),
		"Read tracks whose media are in other files, which have to be in the directory of the movie or below; otherwise they are "
		"skipped",
		GF_PROP_BOOL, "true", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(extkmov), "Opened file of an external track (not supported)", GF_PROP_POINTER, NULL, NULL,
		GF_FS_ARG_HINT_HIDE},
	{OPT(extkid), "ID of an external track (not supported)", GF_PROP_UINT, NULL, NULL, GF_FS_ARG_HINT_HIDE},
	{OPT(ctso),
		"Offset added to the composition times of tracks that have negative offsets; -1: the one their table "
		"gives, else what makes all offsets positive; -2: what makes all offsets positive",
		GF_PROP_SINT, NULL, NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(norw), "Never change the content of samples", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(keepc), "Send samples known to be damaged, which no file tells; false is not supported", GF_PROP_BOOL,
		"true", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(sigfo), "As sigfrag", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(drefu), "Local file that has the media of all tracks whose media are in other files", GF_PROP_STRING, NULL, NULL,
		GF_FS_ARG_HINT_EXPERT},
	{0},
};

static const GF_FilterCapability mp4dmx_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT,
		"mp4|mpg4|m4a|m4i|3gp|3gpp|3g2|3gp2|iso|m4s|iff|heif|heic|avif|avci|mj2|ismv|mov|qt"),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME,
		"video/mp4|audio/mp4|application/mp4|video/3gpp|audio/3gpp|video/3gp2|audio/3gp2|video/iso.segment|"
		"audio/iso.segment|image/heif|image/heic|image/avci|video/jp2|video/quicktime"),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_SCENE),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_OD),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_TEXT),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_METADATA),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_ENCRYPTED),
	CAP_BOOL(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_UINT(GF_CAPS_OUTPUT_LOADED_FILTER, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
};

const GF_FilterRegister mp4dmx_register = {
	.name = "mp4dmx",
	.description = "ISO base media file and QuickTime demultiplexer",
	.help =
		"This filter reads MP4, 3GPP, QuickTime and other files of the ISO base media family, fragmented or "
		"not, and DASH or CMAF segments. Each track becomes a PID whose packets are its samples, in the "
		"framing of the file: NAL units after their size, raw AAC frames. A local file is read directly and "
		"can be sought; a stream must have its movie box before the media. The fragment of the URL selects "
		"a track: #audio, #video, #auxv, #pict and #text give the first one of that kind, #trackID=N, #ID=N "
		"#N the one of that ID, #itemID=N an image item.",
	.private_size = sizeof(Mp4Dmx),
	.flags = GF_FS_REG_USE_SYNC_READ,
	SETCAPS(mp4dmx_caps),
	.args = mp4dmx_args,
	.initialize = mp4dmx_initialize,
	.finalize = mp4dmx_finalize,
	.configure_pid = mp4dmx_configure_pid,
	.process = mp4dmx_process,
	.process_event = mp4dmx_process_event,
	.probe_data = mp4dmx_probe_data,
	.hint_class_type = GF_FS_CLASS_DEMULTIPLEXER,
};
