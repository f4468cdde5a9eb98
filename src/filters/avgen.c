// SPDX-License-Identifier: MIT
// Test pictures and beeps, made without any file. Each second begins with a beep and with the hand of the clock face
// at the top, so that lip sync can be seen and heard.
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <gpac/filters.h>
#include <gpac/log.h>
#include "filters/avgen_picture.h"
#include "filters/registry.h"

typedef enum { AVGEN_AUDIO, AVGEN_VIDEO, AVGEN_BOTH } AvgenType;

#define AUDIO_ID 1
#define FIRST_VIDEO_ID 2
#define LEVEL 0.5f             // of the beeps
#define NTP_EPOCH 2208988800u  // seconds from 1900 to 1970
#define MAX_FRAMES_PER_CALL 8  // then other filters get their turn

typedef struct {
	GF_FilterPid *pid;
	Bool playing, ended;
	u64 frame; // next one
} AvgenStream;

typedef struct {
	AvgenStream stream;
	AvgenPicture picture;
	char label[64];
	u32 same_as; // first video of this size, itself when it is the first
	// Last frame drawn at this size, for the other videos of it.
	GF_FilterPacket *drawn;
	u64 drawn_frame;
} AvgenVideo;

typedef struct {
	// options
	u32 type;
	u32 freq, freq2, sr, flen, ch;
	Bool alter;
	u32 blen;
	GF_Fraction fps;
	GF_PropVec2iList sizes;
	u32 pfmt;
	Bool lock, dyn, ntp, copy;
	GF_Fraction dur;
	Bool adjust;
	GF_Fraction disc;
	GF_PropStringList rates;
	char *banner;
	u32 pack, disparity, views, evte; // not supported
	Bool logt;
	// state
	AvgenStream audio; // pid NULL when there is none
	AvgenVideo *videos;
	u32 nb_videos;
	u64 origin_utc_us; // what the clock shows at media time 0
	u64 start_utc_us;  // when that was
} AvgenCtx;

// ---- time

static u64 utc_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (u64)now.tv_sec * 1000000 + (u64)now.tv_nsec / 1000;
}

static u64 ntp_of(u64 us)
{
	return (us / 1000000 + NTP_EPOCH) << 32 | (us % 1000000 << 32) / 1000000;
}

// The moment of a frame: counted from the origin when locked, else now, moved by what `adjust` moved the origin.
static u64 shown_utc_us(AvgenCtx *ctx, u64 media_us)
{
	if (!ctx->start_utc_us) {
		ctx->start_utc_us = utc_us();
		ctx->origin_utc_us = ctx->start_utc_us;
		if (ctx->adjust)
			ctx->origin_utc_us -= ctx->origin_utc_us % 1000000;
	}
	return ctx->lock ? ctx->origin_utc_us + media_us : utc_us() - (ctx->start_utc_us - ctx->origin_utc_us);
}

// Number of frames of a stream whose frames last `frame` / `scale` seconds up to a time: the last one may reach it.
static u64 nb_frames(GF_Fraction time, u64 frame, u64 scale)
{
	u64 ticks = (u64)time.num * scale, unit = frame * time.den;
	// NOLINTNEXTLINE(clang-analyzer-core.DivideZero): a frame lasts, which the setup of each stream checks
	return (ticks + unit - 1) / unit;
}

static Bool after_end(const AvgenCtx *ctx, u64 index, u64 frame, u64 scale)
{
	return ctx->dur.num > 0 && ctx->dur.den && index >= nb_frames(ctx->dur, frame, scale);
}

// Time stamp of a frame: starts again when the option `disc` says so.
static u64 time_stamp(const AvgenCtx *ctx, u64 index, u64 frame, u64 scale)
{
	if (ctx->disc.num > 0 && ctx->disc.den)
		index %= nb_frames(ctx->disc, frame, scale);
	return index * frame;
}

// ---- sending

static GF_Err end_stream(AvgenStream *s)
{
	s->ended = GF_TRUE;
	gf_filter_pid_set_eos(s->pid);
	return GF_OK;
}

static GF_Err send_timed(const AvgenCtx *ctx, GF_FilterPacket *pck, u64 cts, u32 dur, u64 utc)
{
	gf_filter_pck_set_cts(pck, cts);
	gf_filter_pck_set_dts(pck, cts);
	gf_filter_pck_set_duration(pck, dur);
	gf_filter_pck_set_sap(pck, GF_FILTER_SAP_1);
	if (ctx->ntp)
		gf_filter_pck_set_property(pck, GF_PROP_PCK_SENDER_NTP, PROP_LONGUINT(ntp_of(utc)));
	GF_Err e = gf_filter_pck_send(pck);
	return e < 0 ? e : GF_OK;
}

// The sample at a place in its second: a beep at its beginning, silence after it.
static float beep(const AvgenCtx *ctx, u64 second, u32 place)
{
	if ((u64)place * 1000 >= (u64)ctx->blen * ctx->sr)
		return 0;
	double freq = second % 2 ? ctx->freq2 : ctx->freq;
	if (second % 10 == 0)
		freq *= 2;
	return LEVEL * (float)sin(2 * M_PI * freq * place / ctx->sr);
}

static void make_audio(const AvgenCtx *ctx, float *samples)
{
	u64 first = ctx->audio.frame * ctx->flen;
	for (u32 i = 0; i < ctx->flen; i++) {
		u64 second = (first + i) / ctx->sr;
		float value = beep(ctx, second, (u32)((first + i) % ctx->sr));
		for (u32 k = 0; k < ctx->ch; k++)
			*samples++ = ctx->alter && second % ctx->ch != k ? 0 : value;
	}
}

static GF_Err send_audio(AvgenCtx *ctx)
{
	AvgenStream *s = &ctx->audio;
	if (after_end(ctx, s->frame, ctx->flen, ctx->sr))
		return end_stream(s);
	u8 *data;
	GF_FilterPacket *pck = gf_filter_pck_new_alloc(s->pid, ctx->flen * ctx->ch * (u32)sizeof(float), &data);
	if (!pck)
		return GF_OUT_OF_MEM;
	make_audio(ctx, (float *)(void *)data);
	u64 cts = time_stamp(ctx, s->frame, ctx->flen, ctx->sr);
	u64 utc = shown_utc_us(ctx, s->frame * ctx->flen * 1000000 / ctx->sr);
	s->frame++;
	return send_timed(ctx, pck, cts, ctx->flen, utc);
}

static void draw(AvgenCtx *ctx, AvgenVideo *v, u8 *data, u64 utc)
{
	AvgenFrame f = {
		.number = v->stream.frame,
		.media_us = v->stream.frame * ctx->fps.den * 1000000 / (u64)ctx->fps.num,
		.utc_us = utc,
		.ntp = ntp_of(utc),
		.label = v->label,
		.banner = ctx->dyn ? ctx->banner : NULL,
	};
	f.beep = f.media_us % 1000000 < (u64)ctx->blen * 1000;
	avgen_picture_draw(&v->picture, data, &f);
}

// A packet with the next picture: memory of its own, or that of another video of the same size.
static GF_FilterPacket *make_video(AvgenCtx *ctx, AvgenVideo *v, u64 utc)
{
	AvgenVideo *first = &ctx->videos[v->same_as];
	if (first->drawn && first->drawn_frame == v->stream.frame)
		return gf_filter_pck_new_ref(v->stream.pid, 0, 0, first->drawn);
	u8 *data;
	GF_FilterPacket *pck = gf_filter_pck_new_alloc(v->stream.pid, v->picture.canvas.size, &data);
	if (!pck)
		return NULL;
	draw(ctx, v, data, utc);
	return pck;
}

static Bool is_shared(const AvgenCtx *ctx, const AvgenVideo *v)
{
	for (u32 i = 0; i < ctx->nb_videos; i++) {
		if (&ctx->videos[i] != v && ctx->videos[i].same_as == v->same_as)
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Keeps what was drawn for the others of its size.
static void keep_drawn(AvgenCtx *ctx, AvgenVideo *v, GF_FilterPacket *pck)
{
	AvgenVideo *first = &ctx->videos[v->same_as];
	if (ctx->copy || !is_shared(ctx, v) || (first->drawn && first->drawn_frame == v->stream.frame))
		return;
	if (first->drawn)
		gf_filter_pck_unref(first->drawn);
	first->drawn = pck;
	first->drawn_frame = v->stream.frame;
	if (gf_filter_pck_ref(&first->drawn) != GF_OK)
		first->drawn = NULL;
}

static GF_Err send_video(AvgenCtx *ctx, AvgenVideo *v)
{
	AvgenStream *s = &v->stream;
	u64 scale = (u64)ctx->fps.num;
	if (after_end(ctx, s->frame, ctx->fps.den, scale))
		return end_stream(s);
	u64 utc = shown_utc_us(ctx, s->frame * ctx->fps.den * 1000000 / scale);
	GF_FilterPacket *pck = make_video(ctx, v, utc);
	if (!pck)
		return GF_OUT_OF_MEM;
	keep_drawn(ctx, v, pck);
	u64 cts = time_stamp(ctx, s->frame, ctx->fps.den, scale);
	s->frame++;
	return send_timed(ctx, pck, cts, ctx->fps.den, utc);
}

// ---- callbacks

static AvgenStream *stream_of(AvgenCtx *ctx, const GF_FilterPid *pid)
{
	if (ctx->audio.pid == pid)
		return &ctx->audio;
	for (u32 i = 0; i < ctx->nb_videos; i++) {
		if (ctx->videos[i].stream.pid == pid)
			return &ctx->videos[i].stream;
	}
	return NULL;
}

// Frame at a time in seconds, the first one for the beginning and what is not told.
static u64 frame_at(const AvgenCtx *ctx, const AvgenStream *s, double time)
{
	double rate = s == &ctx->audio ? (double)ctx->sr / ctx->flen : (double)ctx->fps.num / ctx->fps.den;
	return time > 0 ? (u64)(time * rate + 1e-6) : 0;
}

static Bool avgen_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	AvgenCtx *ctx = gf_filter_get_udta(filter);
	AvgenStream *s = stream_of(ctx, event->base.on_pid);
	if (!s || (event->base.type != GF_FEVT_PLAY && event->base.type != GF_FEVT_STOP))
		return GF_TRUE;
	s->playing = event->base.type == GF_FEVT_PLAY;
	if (s->playing) {
		s->ended = GF_FALSE;
		s->frame = frame_at(ctx, s, event->play.start_range);
		gf_filter_post_process_task(filter);
	} else {
		end_stream(s);
	}
	return GF_TRUE;
}

// The stream that is behind the others among those that can take a packet; NULL when none can.
static AvgenStream *next_stream(AvgenCtx *ctx, AvgenVideo **video)
{
	AvgenStream *best = NULL;
	double best_time = 0;
	for (u32 i = 0; i <= ctx->nb_videos; i++) {
		AvgenStream *s = i < ctx->nb_videos ? &ctx->videos[i].stream : &ctx->audio;
		if (!s->pid || !s->playing || s->ended || gf_filter_pid_would_block(s->pid))
			continue;
		double time = s == &ctx->audio ? (double)s->frame * ctx->flen / ctx->sr
									   : (double)s->frame * ctx->fps.den / ctx->fps.num;
		if (best && time >= best_time)
			continue;
		best = s;
		best_time = time;
		*video = i < ctx->nb_videos ? &ctx->videos[i] : NULL;
	}
	return best;
}

static Bool all_ended(const AvgenCtx *ctx)
{
	for (u32 i = 0; i < ctx->nb_videos; i++) {
		if (!ctx->videos[i].stream.ended)
			return GF_FALSE;
	}
	return !ctx->audio.pid || ctx->audio.ended;
}

static GF_Err avgen_process(GF_Filter *filter)
{
	AvgenCtx *ctx = gf_filter_get_udta(filter);
	for (u32 i = 0; i < MAX_FRAMES_PER_CALL; i++) {
		AvgenVideo *video = NULL;
		AvgenStream *s = next_stream(ctx, &video);
		if (!s)
			break;
		GF_Err e = video ? send_video(ctx, video) : send_audio(ctx);
		if (e != GF_OK)
			return e;
	}
	return all_ended(ctx) ? GF_EOS : GF_OK;
}

// ---- setup

static GF_FilterPid *new_pid(GF_Filter *filter, const char *name, u32 id, u32 type, u32 timescale)
{
	GF_FilterPid *pid = gf_filter_pid_new(filter);
	if (!pid)
		return NULL;
	gf_filter_pid_set_name(pid, name);
	gf_filter_pid_set_property(pid, GF_PROP_PID_ID, PROP_UINT(id));
	gf_filter_pid_set_property(pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(type));
	gf_filter_pid_set_property(pid, GF_PROP_PID_CODECID, PROP_UINT(GF_CODECID_RAW));
	gf_filter_pid_set_property(pid, GF_PROP_PID_TIMESCALE, PROP_UINT(timescale));
	gf_filter_pid_set_property(pid, GF_PROP_PID_FILE_CACHED, PROP_BOOL(GF_TRUE));
	return pid;
}

static GF_Err setup_audio(GF_Filter *filter, AvgenCtx *ctx)
{
	if (!ctx->sr || !ctx->flen || !ctx->ch || (u64)ctx->flen * ctx->ch > 1 << 24) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_AUDIO, ("[avgen] sr, flen and ch must be at least 1, and a frame below 64 MB\n"));
		return GF_BAD_PARAM;
	}
	GF_FilterPid *pid = new_pid(filter, "audio", AUDIO_ID, GF_STREAM_AUDIO, ctx->sr);
	if (!pid)
		return GF_OUT_OF_MEM;
	gf_filter_pid_set_property(pid, GF_PROP_PID_SAMPLE_RATE, PROP_UINT(ctx->sr));
	gf_filter_pid_set_property(pid, GF_PROP_PID_NUM_CHANNELS, PROP_UINT(ctx->ch));
	gf_filter_pid_set_property(pid, GF_PROP_PID_AUDIO_FORMAT, PROP_UINT(GF_AUDIO_FMT_FLT));
	gf_filter_pid_set_property(pid, GF_PROP_PID_SAMPLES_PER_FRAME, PROP_UINT(ctx->flen));
	ctx->audio.pid = pid;
	return GF_OK;
}

static void set_target_rate(const AvgenCtx *ctx, GF_FilterPid *pid, u32 i, char *label, size_t size)
{
	if (i >= ctx->rates.nb_items)
		return;
	GF_PropertyValue rate = gf_props_parse_value(GF_PROP_UINT, "rates", ctx->rates.vals[i], NULL, ',');
	gf_filter_pid_set_property(pid, GF_PROP_PID_TARGET_RATE, PROP_UINT(rate.value.uint));
	size_t used = strlen(label);
	snprintf(label + used, size - used, " %u KBPS", rate.value.uint / 1000);
}

static GF_Err setup_video(GF_Filter *filter, AvgenCtx *ctx, u32 i)
{
	GF_PropVec2i size = ctx->sizes.vals[i];
	AvgenVideo *v = &ctx->videos[i];
	char name[32] = "video";
	if (ctx->nb_videos > 1)
		snprintf(name, sizeof(name), "video%u", i + 1);
	GF_Err e = size.x > 0 && size.y > 0
				   ? avgen_picture_init(&v->picture, ctx->pfmt, (u32)size.x, (u32)size.y)
				   : GF_BAD_PARAM;
	if (e != GF_OK) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[avgen] cannot draw %dx%d in %s: %s%s\n", size.x, size.y,
			gf_pixel_fmt_name(ctx->pfmt), gf_error_to_string(e),
			e == GF_NOT_SUPPORTED ? ", use another pfmt and let ffsws convert it" : ""));
		return e;
	}
	GF_FilterPid *pid = new_pid(filter, name, FIRST_VIDEO_ID + i, GF_STREAM_VISUAL, (u32)ctx->fps.num);
	if (!pid)
		return GF_OUT_OF_MEM;
	gf_filter_pid_set_property(pid, GF_PROP_PID_FPS, PROP_FRAC(ctx->fps));
	gf_filter_pid_set_property(pid, GF_PROP_PID_WIDTH, PROP_UINT((u32)size.x));
	gf_filter_pid_set_property(pid, GF_PROP_PID_HEIGHT, PROP_UINT((u32)size.y));
	gf_filter_pid_set_property(pid, GF_PROP_PID_STRIDE, PROP_UINT(v->picture.canvas.stride));
	gf_filter_pid_set_property(pid, GF_PROP_PID_PIXFMT, PROP_UINT(ctx->pfmt));
	snprintf(v->label, sizeof(v->label), "%dx%d %.5g FPS", size.x, size.y, (double)ctx->fps.num / ctx->fps.den);
	set_target_rate(ctx, pid, i, v->label, sizeof(v->label));
	v->stream.pid = pid;
	for (v->same_as = 0; ctx->sizes.vals[v->same_as].x != size.x || ctx->sizes.vals[v->same_as].y != size.y;)
		v->same_as++;
	return GF_OK;
}

static GF_Err setup_videos(GF_Filter *filter, AvgenCtx *ctx)
{
	if (ctx->fps.num <= 0 || !ctx->fps.den || !ctx->sizes.nb_items) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[avgen] fps must be above 0, and sizes name at least one size\n"));
		return GF_BAD_PARAM;
	}
	ctx->videos = gf_calloc(ctx->sizes.nb_items, sizeof(AvgenVideo));
	if (!ctx->videos)
		return GF_OUT_OF_MEM;
	ctx->nb_videos = ctx->sizes.nb_items;
	GF_Err e = GF_OK;
	for (u32 i = 0; i < ctx->nb_videos && e == GF_OK; i++)
		e = setup_video(filter, ctx, i);
	return e;
}

static GF_Err check_options(const AvgenCtx *ctx)
{
	const char *name = ctx->pack			  ? "pack"
					   : ctx->disparity != 20 ? "disparity"
					   : ctx->views != 1	  ? "views"
					   : ctx->evte			  ? "evte"
					   : ctx->logt			  ? "logt"
											  : NULL;
	if (!name)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MEDIA, ("[avgen] the option %s is not supported\n", name));
	return GF_NOT_SUPPORTED;
}

static GF_Err avgen_initialize(GF_Filter *filter)
{
	AvgenCtx *ctx = gf_filter_get_udta(filter);
	GF_Err supported = check_options(ctx);
	if (supported)
		return supported;
	GF_Err e = ctx->type != AVGEN_VIDEO ? setup_audio(filter, ctx) : GF_OK;
	return e == GF_OK && ctx->type != AVGEN_AUDIO ? setup_videos(filter, ctx) : e;
}

static void avgen_finalize(GF_Filter *filter)
{
	AvgenCtx *ctx = gf_filter_get_udta(filter);
	for (u32 i = 0; i < ctx->nb_videos; i++) {
		if (ctx->videos[i].drawn)
			gf_filter_pck_unref(ctx->videos[i].drawn);
		avgen_picture_reset(&ctx->videos[i].picture);
	}
	gf_free(ctx->videos);
}

#define OPT(field) #field, (s32)offsetof(AvgenCtx, field)
#define ADVANCED GF_FS_ARG_HINT_ADVANCED
static const GF_FilterArgs avgen_args[] = {
	{OPT(type), "What to make: audio, video or both", GF_PROP_UINT, "av", "a|v|av", 0},
	{OPT(freq), "Frequency in Hz of the beep that begins an even second; an octave higher every ten seconds",
		GF_PROP_UINT, "440", NULL, 0},
	{OPT(freq2), "The same for odd seconds", GF_PROP_UINT, "659", NULL, 0},
	{OPT(sr), "Audio samples per second", GF_PROP_UINT, "44100", NULL, 0},
	{OPT(flen), "Samples in an audio packet", GF_PROP_UINT, "1024", NULL, 0},
	{OPT(ch), "Audio channels", GF_PROP_UINT, "1", NULL, 0},
	{OPT(alter), "Beep on one channel after the other", GF_PROP_BOOL, "false", NULL, ADVANCED},
	{OPT(blen), "Length of a beep in milliseconds", GF_PROP_UINT, "50", NULL, ADVANCED},
	{OPT(fps), "Pictures per second", GF_PROP_FRACTION, "25/1", NULL, 0},
	{OPT(sizes), "Width and height of the video, or of several videos; equal sizes are drawn once",
		GF_PROP_VEC2I_LIST, "1280x720", NULL, 0},
	{OPT(pfmt), "Pixel format of the video", GF_PROP_PIXFMT, "yuv420", NULL, 0},
	{OPT(lock), "Show the time that follows from the number of the picture, instead of that of the clock",
		GF_PROP_BOOL, "false", NULL, ADVANCED},
	{OPT(dyn), "Let a banner scroll at the bottom", GF_PROP_BOOL, "true", NULL, ADVANCED},
	{OPT(ntp), "Set the property SenderNTP of packets to the time they show", GF_PROP_BOOL, "true", NULL, ADVANCED},
	{OPT(copy), "Give each packet memory of its own, so that consumers may write into it", GF_PROP_BOOL, "false", NULL,
		ADVANCED},
	{OPT(dur), "Duration in seconds: the last packet may reach over it; 0 is endless", GF_PROP_FRACTION, "0/0", NULL,
		0},
	{OPT(adjust), "Let the clock of the first picture show a full second", GF_PROP_BOOL, "true", NULL, ADVANCED},
	{OPT(disc), "Let time stamps start again at 0 after this many seconds; 0 or less never", GF_PROP_FRACTION, "-1/1",
		NULL, ADVANCED},
	{OPT(rates), "Bitrate to ask from encoders for each video, such as 500k", GF_PROP_STRING_LIST, NULL, NULL, 0},
	{OPT(banner), "Text of the banner", GF_PROP_STRING, "libgpac test source", NULL, ADVANCED},
	{OPT(pack), "Not supported: stereoscopic packing", GF_PROP_UINT, "no", "no|ss|tb", GF_FS_ARG_HINT_EXPERT},
	{OPT(disparity), "Not supported: shift between views in pixels", GF_PROP_UINT, "20", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(views), "Not supported: number of views", GF_PROP_UINT, "1", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(evte), "Not supported: period of an event stream in seconds", GF_PROP_UINT, "0", NULL, GF_FS_ARG_HINT_EXPERT},
	{OPT(logt), "Not supported: print the times", GF_PROP_BOOL, "false", NULL, GF_FS_ARG_HINT_EXPERT},
	{0},
};

static const GF_FilterCapability avgen_caps[] = {
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
};

const GF_FilterRegister avgen_register = {
	.name = "avgen",
	.description = "Audio and video test generator",
	.help = "This filter makes raw video with colour bars, the number and the time of the picture, the time of day, and "
			"a hand that goes round once per second; and raw audio that beeps at each full second, in sync with "
			"the video. Nothing is paced: pictures are made as fast as they are taken, `reframer:rt=on` behind it "
			"makes it real time. With several sizes there is one video PID for each, `video1`, `video2`...; a "
			"ladder for adaptive streaming is `avgen:sizes=1280x720,640x360:rates=2m,500k`. PLAY events seek.",
	.private_size = sizeof(AvgenCtx),
	.flags = GF_FS_REG_EXPLICIT_ONLY,
	SETCAPS(avgen_caps),
	.args = avgen_args,
	.initialize = avgen_initialize,
	.finalize = avgen_finalize,
	.process = avgen_process,
	.process_event = avgen_process_event,
	.hint_class_type = GF_FS_CLASS_AV,
};
