// SPDX-License-Identifier: MIT
// FLAC reframer (RFC 9639): one packet per frame. The metadata blocks that hold for other files too (not padding, seek
// points and pictures) go to the decoder configuration, comments to properties.
#include <string.h>
#include <gpac/tools.h>
#include "filters/registry.h"
#include "filters/rf_audio.h"
#include "formats/flac.h"

// Asked for when the end of a frame is not in the data.
#define MORE_BYTES 8192

typedef struct {
	RfAudio audio; // first
	// options
	Double index;
	Bool docrc;

	FlacInfo info;
	Bool has_info;
	u8 *config; // metadata blocks
	u32 config_size;
	ByteWriter comments; // content of the block
} RfflacCtx;

// ---- Metadata

static Bool is_kept(u8 type)
{
	return type != FLAC_PADDING && type != FLAC_SEEKTABLE && type != FLAC_PICTURE;
}

// The blocks kept, the last one marked as such.
static GF_Err set_config(RfflacCtx *ctx, const u8 *data, u32 size, u32 at)
{
	ByteWriter w;
	const u8 *content;
	u32 content_size;
	u8 type;
	size_t last = 0;
	bw_init(&w);
	ctx->has_info = GF_FALSE;
	ctx->comments.size = 0;
	while (flac_next_block(data, size, &at, &type, &content, &content_size)) {
		if (type == FLAC_STREAMINFO && !ctx->has_info)
			ctx->has_info = flac_info_read(content, content_size, &ctx->info);
		if (type == FLAC_COMMENT)
			bw_bytes(&ctx->comments, content, content_size);
		if (!is_kept(type))
			continue;
		last = w.size;
		bw_u8(&w, type);
		bw_u24(&w, content_size);
		bw_bytes(&w, content, content_size);
	}
	if (w.size && !w.failed)
		w.data[last] |= 0x80;
	gf_free(ctx->config);
	ctx->config = NULL;
	return bw_take(&w, &ctx->config, &ctx->config_size);
}

static GF_Err use_prefix(RfAudio *rf, const u8 *data, u32 size)
{
	RfflacCtx *ctx = (RfflacCtx *)rf->options;
	GF_Err e = set_config(ctx, data, size, 4);
	if (!e && !ctx->has_info)
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA, ("[rfflac] the stream has no STREAMINFO block\n"));
	return e;
}

// A comment "NAME=text" as a property (RFC 9639 8.6, Vorbis comments).
static void set_tag(GF_FilterPid *pid, const char *comment, u32 size)
{
	static const char *const tags[][2] = {{"TITLE", "title"}, {"ARTIST", "artist"}, {"ALBUM", "album"},
		{"ALBUMARTIST", "album_artist"}, {"DATE", "created"}, {"GENRE", "genre"}, {"COMPOSER", "composer"},
		{"DESCRIPTION", "comment"}, {"COMMENT", "comment"}, {"COPYRIGHT", "copyright"}};
	char text[1000];
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		u32 length = (u32)strlen(tags[i][0]);
		if (size <= length || size - length > sizeof(text) || comment[length] != '=' ||
			strncasecmp(comment, tags[i][0], length))
			continue;
		memcpy(text, comment + length + 1, size - length - 1);
		text[size - length - 1] = 0;
		gf_filter_pid_set_property_str(pid, tags[i][1], PROP_STRING(text));
	}
}

static u32 le32(BitReader *r)
{
	return __builtin_bswap32(br_u32(r));
}

static void set_tags(const RfflacCtx *ctx)
{
	BitReader r;
	br_init(&r, ctx->comments.data, ctx->comments.size);
	br_skip(&r, le32(&r)); // vendor
	u32 nb = le32(&r);
	for (u32 i = 0; i < nb && br_left(&r); i++) {
		u32 size = le32(&r);
		const u8 *comment = br_bytes(&r, size);
		if (!comment)
			break;
		set_tag(ctx->audio.opid, (const char *)comment, size);
	}
}

// ---- Frames

static Bool parse_header(const RfAudio *rf, const u8 *data, u32 size, RfFrame *frame)
{
	const RfflacCtx *ctx = rf->options;
	FlacFrame f;
	if (!flac_frame_parse(data, size, &f))
		return GF_FALSE;
	u32 rate = f.rate ? f.rate : ctx->has_info ? ctx->info.rate : 0;
	u32 length = flac_frame_size(data, size, &f);
	if (!rate || (!length && !rf->at_end && size > FLAC_MAX_FRAME))
		return GF_FALSE;
	if (!length)
		length = rf->at_end ? size : size + MORE_BYTES;
	if (ctx->docrc && length <= size && !flac_frame_check(data, length))
		return GF_FALSE;
	*frame = (RfFrame){.size = length, .nb_samples = f.nb_samples, .rate = rate};
	frame->config = (u64)rate << 16 | f.nb_channels << 8 | f.depth;
	return GF_TRUE;
}

static Bool find_frame(const u8 *data, u32 size, Bool last, u32 *pos)
{
	for (u32 at = 0; at + FLAC_MIN_HEADER <= size; at++) {
		FlacFrame f;
		if (data[at] != 0xFF || !flac_frame_parse(data + at, size - at, &f))
			continue;
		Bool followed = flac_frame_size(data + at, size - at, &f) != 0;
		*pos = at;
		if (followed || last)
			return GF_TRUE;
		if (size - at <= FLAC_MAX_FRAME)
			return GF_FALSE; // the next one may still come
	}
	*pos = last || size < FLAC_MAX_HEADER ? (last ? size : 0) : size - FLAC_MAX_HEADER;
	return GF_FALSE;
}

static u32 whole_frame(const u8 *data, const RfFrame *frame, RfPart parts[RF_MAX_PARTS])
{
	(void)data;
	parts[0] = (RfPart){.offset = 0, .size = frame->size};
	return 1;
}

// The stream has no STREAMINFO block: one from its first frame.
static GF_Err make_info(RfflacCtx *ctx, const FlacFrame *f, const RfFrame *frame)
{
	ByteWriter w;
	bw_init(&w);
	ctx->info = (FlacInfo){.min_block = (u16)f->nb_samples,
		.max_block = (u16)f->nb_samples,
		.rate = frame->rate,
		.nb_channels = f->nb_channels,
		.depth = f->depth ? f->depth : 16};
	ctx->has_info = GF_TRUE;
	bw_u8(&w, 0x80);
	bw_u24(&w, FLAC_STREAMINFO_SIZE);
	flac_info_write(&w, &ctx->info);
	gf_free(ctx->config);
	ctx->config = NULL;
	return bw_take(&w, &ctx->config, &ctx->config_size);
}

static GF_Err configure_output(GF_Filter *filter, RfAudio *rf, const u8 *data, const RfFrame *frame)
{
	// FL FR FC LFE and back or side channels, 9.1.3
	static const u64 layouts[9] = {0, 4, 3, 7, 0x33, 0x37, 0x3F, 0xF | GF_AUDIO_CH_REAR_CENTER | 0x300, 0x33F};
	RfflacCtx *ctx = (RfflacCtx *)rf->options;
	FlacFrame f;
	(void)filter;
	if (!flac_frame_parse(data, frame->size, &f))
		return GF_NON_COMPLIANT_BITSTREAM;
	GF_Err e = ctx->has_info ? GF_OK : make_info(ctx, &f, frame);
	if (e)
		return e;
	GF_FilterPid *opid = rf->opid;
	gf_filter_pid_set_property(opid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_AUDIO));
	gf_filter_pid_set_property(opid, GF_PROP_PID_CODECID, PROP_UINT(GF_CODECID_FLAC));
	gf_filter_pid_set_property(opid, GF_PROP_PID_SAMPLES_PER_FRAME, PROP_UINT(ctx->info.max_block));
	gf_filter_pid_set_property(opid, GF_PROP_PID_UNFRAMED, NULL);
	if (rf->is_file) {
		rf_audio_set_duration(rf);
		rf_audio_set_playback_mode(rf);
		gf_filter_pid_set_property(opid, GF_PROP_PID_CAN_DATAREF, PROP_BOOL(GF_TRUE));
	}
	gf_filter_pid_set_property(opid, GF_PROP_PID_TIMESCALE, PROP_UINT(rf->timescale));
	gf_filter_pid_set_property(opid, GF_PROP_PID_SAMPLE_RATE, PROP_UINT(frame->rate));
	gf_filter_pid_set_property(opid, GF_PROP_PID_NUM_CHANNELS, PROP_UINT(f.nb_channels));
	gf_filter_pid_set_property(opid, GF_PROP_PID_CHANNEL_LAYOUT, PROP_LONGUINT(layouts[f.nb_channels]));
	gf_filter_pid_set_property(opid, GF_PROP_PID_AUDIO_BPS, PROP_UINT(ctx->info.depth));
	if (rf->is_file && rf->index.duration) {
		double rate = (double)rf->index.file_size * 8 * rf->index.rate / (double)rf->index.duration;
		gf_filter_pid_set_property(opid, GF_PROP_PID_BITRATE, PROP_UINT((u32)rate));
	}
	set_tags(ctx);
	return gf_filter_pid_set_property(opid, GF_PROP_PID_DECODER_CONFIG, PROP_DATA(ctx->config, ctx->config_size));
}

static u64 announced_samples(const RfAudio *rf)
{
	const RfflacCtx *ctx = rf->options;
	return ctx->has_info && ctx->info.rate == rf->timescale ? ctx->info.nb_samples : 0;
}

static const RfCodec flac_codec = {
	.name = "rfflac",
	.header_size = FLAC_MAX_HEADER,
	.prefix_size = flac_prefix_size,
	.use_prefix = use_prefix,
	.parse = parse_header,
	.find = find_frame,
	.configure = configure_output,
	.parts = whole_frame,
	.announced_samples = announced_samples,
};

static GF_Err rfflac_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove)
{
	RfflacCtx *ctx = gf_filter_get_udta(filter);
	const GF_PropertyValue *p = is_remove ? NULL : gf_filter_pid_get_property(pid, GF_PROP_PID_DECODER_CONFIG);
	GF_Err e = p && p->value.data.size ? set_config(ctx, p->value.data.ptr, p->value.data.size, 0) : GF_OK;
	return e ? e : rf_audio_configure_pid(filter, pid, is_remove);
}

static const char *rfflac_probe_data(const u8 *data, u32 size, GF_FilterProbeScore *score)
{
	if (size < 4 || memcmp(data, "fLaC", 4))
		return NULL;
	*score = GF_FPROBE_SUPPORTED;
	return "audio/flac";
}

static GF_Err rfflac_initialize(GF_Filter *filter)
{
	RfflacCtx *ctx = gf_filter_get_udta(filter);
	bw_init(&ctx->comments);
	rf_audio_init(&ctx->audio, &flac_codec, ctx, ctx->index, GF_FALSE);
	return GF_OK;
}

static void rfflac_finalize(GF_Filter *filter)
{
	RfflacCtx *ctx = gf_filter_get_udta(filter);
	rf_audio_finalize(filter);
	bw_reset(&ctx->comments);
	gf_free(ctx->config);
}

#define OPT(field) #field, (s32)offsetof(RfflacCtx, field)
static const GF_FilterArgs rfflac_args[] = {
	{OPT(index),
		"Seconds between the points a file can be played from. 0 does not scan the file, whose duration is "
		"then unknown; a negative value scans the first 20 MB only, the rest when it is needed",
		GF_PROP_DOUBLE, "1.0", NULL, 0},
	{OPT(docrc), "Check the CRC of each frame; those that fail are skipped", GF_PROP_BOOL, "false", NULL, 0},
	{0},
};

static const GF_FilterCapability rfflac_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_FILE),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_FILE_EXT, "flac"),
	CAP_STRING(GF_CAPS_INPUT, GF_PROP_PID_MIME, "audio/flac"),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_FLAC),
	CAP_BOOL(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
	{0},
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_BOOL(GF_CAPS_INPUT, GF_PROP_PID_UNFRAMED, GF_TRUE),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_FLAC),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO),
	CAP_UINT(GF_CAPS_OUTPUT, GF_PROP_PID_CODECID, GF_CODECID_FLAC),
	CAP_BOOL(GF_CAPS_OUTPUT_EXCLUDED, GF_PROP_PID_UNFRAMED, GF_TRUE),
};

const GF_FilterRegister rfflac_register = {
	.name = "rfflac",
	.description = "FLAC reframer",
	.help = "This filter parses FLAC files and unframed streams and produces one packet per frame. Comments become "
			"properties.",
	.private_size = sizeof(RfflacCtx),
	SETCAPS(rfflac_caps),
	.args = rfflac_args,
	.initialize = rfflac_initialize,
	.finalize = rfflac_finalize,
	.configure_pid = rfflac_configure_pid,
	.process = rf_audio_process,
	.process_event = rf_audio_process_event,
	.probe_data = rfflac_probe_data,
	.hint_class_type = GF_FS_CLASS_FRAMING,
};
