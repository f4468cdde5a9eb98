// SPDX-License-Identifier: MIT
// Puts raw media that are played backward in the order of presentation. Decoders give groups of frames in their own order,
// the last group first: a group ends where the time goes back. The samples of sound are turned around as well.
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>
#include "base/array.h"
#include "filters/raw_formats.h"
#include "filters/registry.h"
#include "filters/relay.h"

typedef struct {
	// options
	u32 rbuffer;

	Relay io;
	Bool reverse;
	u32 audio_format, nb_channels; // format 0 for video, and for sound whose samples are reversed already
	GF_FilterPacket **frames;      // of a group, in their order
	u32 nb_frames, nb_alloc;
	u64 last_cts; // of the group
	Bool told;    // that a group is too long
} RewindCtx;

static void forget(RewindCtx *ctx, u32 nb)
{
	for (u32 i = 0; i < nb; i++)
		gf_filter_pck_unref(ctx->frames[i]);
	ctx->nb_frames -= nb;
	for (u32 i = 0; i < ctx->nb_frames; i++)
		ctx->frames[i] = ctx->frames[i + nb];
}

static GF_Err send_frame(RewindCtx *ctx, GF_FilterPacket *frame)
{
	u8 *data;
	u32 size;
	GF_FilterPacket *out = ctx->audio_format ? gf_filter_pck_new_copy(ctx->io.opid, frame, &data)
											 : gf_filter_pck_new_ref(ctx->io.opid, 0, 0, frame);
	if (!out)
		return GF_OUT_OF_MEM;
	gf_filter_pck_merge_properties(frame, out);
	if (ctx->audio_format && gf_filter_pck_get_data(out, &size))
		raw_reverse_samples(ctx->audio_format, ctx->nb_channels, data, size);
	return gf_filter_pck_send(out);
}

static GF_Err send_group(RewindCtx *ctx)
{
	GF_Err e = GF_OK;
	for (u32 i = ctx->nb_frames; i && e >= 0; i--)
		e = send_frame(ctx, ctx->frames[i - 1]);
	forget(ctx, ctx->nb_frames);
	return e;
}

// A place for one more frame. The frames of a group that is too long are missed where they are shown last.
static GF_Err make_room(RewindCtx *ctx)
{
	if (ctx->rbuffer && ctx->nb_frames == ctx->rbuffer) {
		if (!ctx->told)
			GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
				("[rewind] more than %u frames between random access points, the first ones are not shown: raise "
				 "rbuffer\n", ctx->rbuffer));
		ctx->told = GF_TRUE;
		forget(ctx, 1);
	}
	return array_reserve(&ctx->frames, &ctx->nb_alloc, ctx->nb_frames, 1, sizeof(*ctx->frames));
}

static GF_Err rewind_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	RewindCtx *ctx = gf_filter_get_udta(filter);
	forget(ctx, ctx->nb_frames);
	GF_Err e = relay_configure(&ctx->io, filter, pid, is_remove);
	if (e || is_remove)
		return e;
	gf_filter_pid_copy_properties(ctx->io.opid, pid);
	const GF_PropertyValue *format = gf_filter_pid_get_property(pid, GF_PROP_PID_AUDIO_FORMAT);
	const GF_PropertyValue *channels = gf_filter_pid_get_property(pid, GF_PROP_PID_NUM_CHANNELS);
	const GF_PropertyValue *reversed = gf_filter_pid_get_property_str(pid, RAW_SAMPLES_REVERSED);
	ctx->audio_format = format && !(reversed && reversed->value.boolean) ? format->value.uint : 0;
	ctx->nb_channels = channels ? channels->value.uint : 0;
	return GF_OK;
}

static Bool rewind_process_event(GF_Filter *filter, const GF_FilterEvent *event)
{
	RewindCtx *ctx = gf_filter_get_udta(filter);
	if (event->base.type == GF_FEVT_PLAY)
		ctx->reverse = event->play.speed < 0;
	if (event->base.type == GF_FEVT_PLAY || event->base.type == GF_FEVT_STOP)
		forget(ctx, ctx->nb_frames);
	return GF_FALSE;
}

static GF_Err use_packet(void *udta, GF_FilterPacket *packet)
{
	RewindCtx *ctx = udta;
	if (!ctx->reverse)
		return gf_filter_pck_forward(packet, ctx->io.opid);
	u64 cts = gf_filter_pck_get_cts(packet);
	GF_Err e = ctx->nb_frames && (s64)cts <= (s64)ctx->last_cts ? send_group(ctx) : GF_OK;
	if (e >= 0)
		e = make_room(ctx);
	if (e < 0)
		return e;
	ctx->frames[ctx->nb_frames] = packet;
	e = gf_filter_pck_ref(&ctx->frames[ctx->nb_frames]);
	ctx->nb_frames += e == GF_OK;
	ctx->last_cts = cts;
	return e;
}

static void drain(void *udta)
{
	send_group(udta);
}

static GF_Err rewind_process(GF_Filter *filter)
{
	static const RelayCalls calls = {use_packet, drain};
	RewindCtx *ctx = gf_filter_get_udta(filter);
	return relay_process(&ctx->io, &calls, ctx);
}

static void rewind_finalize(GF_Filter *filter)
{
	RewindCtx *ctx = gf_filter_get_udta(filter);
	forget(ctx, ctx->nb_frames);
	gf_free(ctx->frames);
}

#define OPT(field) #field, (s32)offsetof(RewindCtx, field)
static const GF_FilterArgs rewind_args[] = {
	{OPT(rbuffer), "Most frames that are kept of a group: of a longer one the first are not shown. 0 for no limit",
		GF_PROP_UINT, "100", NULL, GF_FS_ARG_HINT_ADVANCED},
	{0},
};

static const GF_FilterCapability rewind_caps[] = {
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
	{0},
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
};

const GF_FilterRegister rewind_register = {
	.name = "rewind",
	.description = "Backward playback",
	.help = "This filter puts decoded media that are played at a negative speed in reverse order, samples of sound included. "
			"Media played forward pass. EX gpac -i in.mp4 rewind -o out.y4m:speed=-1",
	.private_size = sizeof(RewindCtx),
	.flags = GF_FS_REG_EXPLICIT_ONLY,
	SETCAPS(rewind_caps),
	.args = rewind_args,
	.finalize = rewind_finalize,
	.configure_pid = rewind_configure_pid,
	.process = rewind_process,
	.process_event = rewind_process_event,
	.hint_class_type = GF_FS_CLASS_AV,
};
