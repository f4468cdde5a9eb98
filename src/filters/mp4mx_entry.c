// SPDX-License-Identifier: MIT
// Sample descriptions of the multiplexer, out of the properties of a PID.
#include <string.h>
#include "filters/mp4mx.h"
#include "formats/nal_config.h"

u32 mp4mx_uint(const MuxTrack *trk, u32 code, u32 absent)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(trk->pid, code);
	return p ? p->value.uint : absent;
}

const char *mp4mx_string(const MuxTrack *trk, u32 code)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(trk->pid, code);
	return p ? p->value.string : NULL;
}

static const char *named_string(const MuxTrack *trk, const char *name)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property_str(trk->pid, name);
	return p && (p->type == GF_PROP_STRING || p->type == GF_PROP_NAME) ? p->value.string : NULL;
}

static const u8 *data_prop(const MuxTrack *trk, u32 code, u32 *size)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(trk->pid, code);
	*size = p ? p->value.data.size : 0;
	return p ? p->value.data.ptr : NULL;
}

static IsowFraction fraction_prop(const MuxTrack *trk, u32 code)
{
	const GF_PropertyValue *p = gf_filter_pid_get_property(trk->pid, code);
	return p ? (IsowFraction){p->value.frac.num, p->value.frac.den} : (IsowFraction){0, 0};
}

// ---- Parameter sets of AVC, HEVC and VVC

static Bool is_nal_codec(u32 codec)
{
	return codec == GF_CODECID_AVC || codec == GF_CODECID_HEVC || codec == GF_CODECID_VVC;
}

// Whether parameter sets may be in the samples, which is what the code of the entry tells (14496-15 5.4.2.1).
static Bool is_inband_entry(u32 type)
{
	static const char codes[][5] = {"avc3", "avc4", "hev1", "hev2", "vvi1", "dvav", "dvhe"};
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (type == isow_code(codes[i]))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Dolby Vision within ISOBMFF 3.2: streams that only Dolby Vision decoders can play have their own entries.
static u32 dolby_vision_entry(const MuxTrack *trk, const IsowEntry *e)
{
	if (e->dolby_vision_size < 5)
		return 0;
	u32 compatibility = e->dolby_vision[4] >> 4; // after versions, profile, level and three flags
	if (compatibility && !trk->mux->force_dv)
		return 0;
	Bool inband = is_inband_entry(e->type);
	switch (e->codec) {
	case GF_CODECID_AVC:
		return isow_code(inband ? "dvav" : "dva1");
	case GF_CODECID_HEVC:
		return isow_code(inband ? "dvhe" : "dvh1");
	case GF_CODECID_AV1:
		return isow_code("dav1");
	default:
		return 0;
	}
}

static u32 inband_entry(NalCodec codec)
{
	static const char codes[][5] = {[NAL_AVC] = "avc3", [NAL_HEVC] = "hev1", [NAL_VVC] = "vvi1"};
	return isow_code(codes[codec]);
}

static GF_Err read_record(const IsowEntry *e, NalConfig *config)
{
	NalCodec codec = NAL_AVC;
	nal_codec_of(e->codec, &codec);
	if (nal_config_read(codec, GF_FALSE, e->config, e->config_size, config))
		return isow_bad_config(e, "its parameter sets cannot be read");
	return GF_OK;
}

static void add_nal(const MuxTrack *trk, ByteWriter *w, const ConfigNal *nal)
{
	for (u32 k = trk->nal_length_size; k; k--)
		bw_u8(w, nal->size >> (8 * (k - 1)) & 0xFF);
	bw_bytes(w, nal->data, nal->size);
}

static void add_to_samples(MuxTrack *trk, NalCodec codec, const ConfigNal *nal)
{
	add_nal(trk, &trk->xps, nal);
	if (trk->mux->pps_inband && nal_is_pps(codec, nal->type))
		add_nal(trk, &trk->pps, nal);
}

// Option pack_nal: bytes that the length of any NAL unit of the stream fits in. The largest sample must be known in
// advance.
static u8 packed_length_size(const MuxTrack *trk, const IsowEntry *e, const NalSets *sets)
{
	if (!trk->mux->pack_nal || e->protection)
		return sets->length_size;
	u32 largest = mp4mx_uint(trk, GF_PROP_PID_MAX_FRAME_SIZE, 0);
	if (!largest) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[mp4mx] track %u: the source does not tell how large samples get: the size of their lengths stays\n",
				trk->isom.id));
		return sets->length_size;
	}
	for (u32 i = 0; i < sets->nb_nals; i++)
		largest = sets->nals[i].size > largest ? sets->nals[i].size : largest;
	u8 size = largest <= 0xFF ? 1 : largest <= 0xFFFF ? 2 : 4; // 14496-15 5.3.3.1.3: 1, 2 or 4
	return size < sets->length_size ? size : sets->length_size;
}

// Moves parameter sets from the configuration to `trk->xps`, as option xps_inband says. `*rewritten` is the
// new configuration when it changed, which the caller frees.
static GF_Err place_parameter_sets(MuxTrack *trk, IsowEntry *e, u8 **rewritten)
{
	u32 mode = trk->mux->xps_inband;
	NalConfig config;
	GF_Err err = read_record(e, &config);
	if (err)
		return err;
	NalSets *sets = &config.sets;
	trk->source_length_size = sets->length_size;
	if (!trk->isom.nb_entries)
		trk->nal_length_size = packed_length_size(trk, e, sets);
	Bool packs = trk->mux->pack_nal && trk->nal_length_size != sets->length_size;
	sets->length_size = trk->nal_length_size;
	trk->xps.size = trk->pps.size = 0;
	// bytes put into an encrypted sample would not fit its encryption information
	Bool moves = (mode == XPS_PPS || mode == XPS_ALL || mode == XPS_BOTH) && !e->protection;
	if (moves || is_inband_entry(mp4mx_uint(trk, GF_PROP_PID_ISOM_SUBTYPE, 0)))
		e->type = inband_entry(config.codec);

	u32 kept = 0;
	for (u32 i = 0; moves && i < sets->nb_nals; i++) {
		Bool in_sample = mode != XPS_PPS || nal_is_pps(config.codec, sets->nals[i].type);
		if (in_sample)
			add_to_samples(trk, config.codec, &sets->nals[i]);
		if (!in_sample || mode == XPS_BOTH) {
			sets->nals[kept] = sets->nals[i];
			sets->nals[kept++].complete = GF_FALSE;
		}
	}
	if (moves)
		sets->nb_nals = kept;
	if (moves || packs) {
		err = trk->xps.failed ? GF_OUT_OF_MEM : nal_config_write(&config, rewritten, &e->config_size);
		if (!err)
			e->config = *rewritten;
	}
	nal_config_reset(&config);
	return err;
}

// A configuration that cannot be described any more: its parameter sets go into the samples from now on.
static GF_Err put_inband(MuxTrack *trk)
{
	IsowEntry e = {.codec = trk->codec, .stream_type = trk->stream_type};
	e.config = data_prop(trk, GF_PROP_PID_DECODER_CONFIG, &e.config_size);
	NalConfig config;
	GF_Err err = read_record(&e, &config);
	if (err)
		return err;
	trk->xps.size = trk->pps.size = 0;
	for (u32 i = 0; i < config.sets.nb_nals; i++)
		add_to_samples(trk, config.codec, &config.sets.nals[i]);
	nal_config_reset(&config);
	return trk->xps.failed ? GF_OUT_OF_MEM : GF_OK;
}

// ---- Properties

static void read_visual(const MuxTrack *trk, IsowEntry *e)
{
	e->width = mp4mx_uint(trk, GF_PROP_PID_WIDTH, 0);
	e->height = mp4mx_uint(trk, GF_PROP_PID_HEIGHT, 0);
	e->sar = fraction_prop(trk, GF_PROP_PID_SAR);
	if (e->sar.num == (s32)e->sar.den)
		e->sar = (IsowFraction){0, 0}; // square pixels are the default
	e->clap_w = fraction_prop(trk, GF_PROP_PID_CLAP_W);
	e->clap_h = fraction_prop(trk, GF_PROP_PID_CLAP_H);
	e->clap_x = fraction_prop(trk, GF_PROP_PID_CLAP_X);
	e->clap_y = fraction_prop(trk, GF_PROP_PID_CLAP_Y);
	e->compressor = named_string(trk, "compressor_name");
	e->coding_constraints = trk->mux->ccst;
	const GF_PropertyValue *primaries = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_COLR_PRIMARIES);
	if (primaries) {
		e->has_colour = GF_TRUE;
		e->primaries = (u16)primaries->value.uint;
		e->transfer = (u16)mp4mx_uint(trk, GF_PROP_PID_COLR_TRANSFER, 2); // 2: unspecified (23091-2)
		e->matrix = (u16)mp4mx_uint(trk, GF_PROP_PID_COLR_MX, 2);
		const GF_PropertyValue *range = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_COLR_RANGE);
		e->full_range = range && range->value.boolean;
	}
	e->icc = data_prop(trk, GF_PROP_PID_ICC_PROFILE, &e->icc_size);
	e->mastering = data_prop(trk, GF_PROP_PID_MASTER_DISPLAY_COLOUR, &e->mastering_size);
	e->light = data_prop(trk, GF_PROP_PID_CONTENT_LIGHT_LEVEL, &e->light_size);
	e->dolby_vision = data_prop(trk, GF_PROP_PID_DOLBY_VISION, &e->dolby_vision_size);
}

static void read_audio(const MuxTrack *trk, IsowEntry *e)
{
	e->sample_rate = mp4mx_uint(trk, GF_PROP_PID_SAMPLE_RATE, 0);
	e->channels = mp4mx_uint(trk, GF_PROP_PID_NUM_CHANNELS, 0);
	e->pcm_format = mp4mx_uint(trk, GF_PROP_PID_AUDIO_FORMAT, 0);
	const GF_PropertyValue *layout = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_CHANNEL_LAYOUT);
	e->channel_layout = layout ? layout->value.longuint : 0;
	if (e->channel_layout) {
		u32 cicp = gf_audio_fmt_get_cicp_from_layout(e->channel_layout);
		e->channel_cicp = cicp == 255 ? 0 : cicp;
	} else if (e->channels && e->channels <= 2) {
		e->channel_cicp = e->channels; // mono, stereo
	}
	switch (trk->mux->ase) {
	case 2:
		e->audio_version = ISOW_AUDIO_V0_STEREO;
		break;
	case 3:
		e->audio_version = ISOW_AUDIO_V0_STREAM;
		break;
	case 4:
		e->audio_version = ISOW_AUDIO_V1;
		break;
	case 5:
		e->audio_version = ISOW_AUDIO_QT_V1;
		break;
	case 6:
		e->audio_version = ISOW_AUDIO_QT_V2;
		break;
	default:
		e->audio_version = ISOW_AUDIO_V0;
		break;
	}
}

static void read_text(const MuxTrack *trk, IsowEntry *e)
{
	e->mime = named_string(trk, "meta:mime");
	e->encoding = named_string(trk, "meta:encoding");
	e->xml_namespace = named_string(trk, "meta:xmlns");
	e->schema = named_string(trk, "meta:schemaloc");
	e->aux_mimes = named_string(trk, "meta:aux_mimes");
}

// The rates are those of the first description: a later change of an estimate makes no new description.
static void read_rates(MuxTrack *trk, IsowEntry *e)
{
	if (!trk->isom.nb_entries) {
		trk->avg_bitrate = mp4mx_uint(trk, GF_PROP_PID_BITRATE, 0);
		trk->max_bitrate = mp4mx_uint(trk, GF_PROP_PID_MAXRATE, trk->avg_bitrate);
		trk->buffer_size = mp4mx_uint(trk, GF_PROP_PID_DBSIZE, 0);
	}
	e->avg_bitrate = trk->avg_bitrate;
	e->max_bitrate = trk->max_bitrate;
	e->buffer_size = trk->buffer_size;
	e->has_bitrate = trk->mux->btrt && trk->avg_bitrate;
}

// Whether enough is known to write a description.
static Bool is_complete(const IsowEntry *e)
{
	if (isow_entry_needs_config(e->codec) && !e->config_size)
		return GF_FALSE;
	if (e->stream_type == GF_STREAM_VISUAL)
		return e->width && e->height;
	if (e->stream_type == GF_STREAM_AUDIO)
		return e->sample_rate != 0;
	return GF_TRUE;
}

// Uncompressed media, whose entry depends on its format.
static GF_Err prepare_raw(MuxTrack *trk, IsowEntry *e)
{
	if (e->stream_type == GF_STREAM_VISUAL) {
		u32 format = mp4mx_uint(trk, GF_PROP_PID_PIXFMT, 0);
		e->type = gf_pixel_fmt_to_qt_type(format);
		if (e->type)
			return GF_OK;
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4mx] pixel format %s has no sample entry; convert it, for example to yuv420\n",
				gf_pixel_fmt_name(format)));
		return GF_NOT_SUPPORTED;
	}
	if (gf_audio_fmt_is_planar(e->pcm_format)) {
		GF_PropertyValue interleaved = {.type = GF_PROP_UINT, .value.uint = GF_AUDIO_FMT_S16};
		return gf_filter_pid_negotiate_property(trk->pid, GF_PROP_PID_AUDIO_FORMAT, &interleaved);
	}
	trk->pcm_frame = e->channels * gf_audio_fmt_bit_depth(e->pcm_format) / 8;
	return trk->pcm_frame ? GF_OK : GF_NON_COMPLIANT_BITSTREAM;
}

// Makes the description the current one of the track, with as few descriptions as possible.
static GF_Err use_entry(MuxTrack *trk, const IsowEntry *e)
{
	const Mp4Mux *mux = trk->mux;
	ByteWriter w;
	bw_init(&w);
	GF_Err err = isow_write_entry(&w, e);
	u32 index = err ? 0 : isow_track_find_entry(&trk->isom, &w);
	Bool late = mux->fragmented && mux->started;
	if (err || index) {
		bw_reset(&w);
	} else if (late || (mux->xps_inband == XPS_MIX && trk->isom.nb_entries)) {
		bw_reset(&w);
		if (is_nal_codec(e->codec)) {
			err = put_inband(trk);
			index = trk->entry;
		} else {
			GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
				("[mp4mx] track %u: the decoder configuration changes after the movie header was sent; "
				 "use a layout without fragments\n",
					trk->isom.id));
			err = GF_FILTER_NOT_SUPPORTED;
		}
	} else {
		const GF_PropertyValue *p = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_DSI_SUPERSET);
		err = isow_track_add_entry(&trk->isom, &w, p && p->value.boolean);
		index = trk->isom.nb_entries;
	}
	if (err)
		return err;
	trk->entry = index;
	trk->ready = GF_TRUE;
	if (e->audio_version == ISOW_AUDIO_V1)
		trk->isom.stsd_version = 1;
	return GF_OK;
}

GF_Err mp4mx_entry_update(MuxTrack *trk, Bool encrypted)
{
	const Mp4Mux *mux = trk->mux;
	IsowEntry e = {.codec = trk->codec, .stream_type = trk->stream_type, .quicktime = mux->quicktime};
	e.config = data_prop(trk, GF_PROP_PID_DECODER_CONFIG, &e.config_size);
	e.enhancement = data_prop(trk, GF_PROP_PID_DECODER_CONFIG_ENHANCEMENT, &e.enhancement_size);
	read_rates(trk, &e);
	if (e.stream_type == GF_STREAM_VISUAL)
		read_visual(trk, &e);
	else if (e.stream_type == GF_STREAM_AUDIO)
		read_audio(trk, &e);
	else
		read_text(trk, &e);
	trk->ready = GF_FALSE;
	trk->pcm_frame = 0;
	if (!is_complete(&e))
		return GF_OK; // the properties will be set with a later packet

	u8 *rewritten = NULL;
	GF_Err err = encrypted ? mp4mx_cenc_configure(trk) : GF_OK;
	IsowProtection protection;
	if (!err && encrypted) {
		protection = trk->keys[0];
		protection.is_protected = !trk->clear_default;
		e.protection = &protection;
	}
	if (!err && e.codec == GF_CODECID_RAW)
		err = prepare_raw(trk, &e);
	else if (!err && is_nal_codec(e.codec))
		err = place_parameter_sets(trk, &e, &rewritten);
	u32 dolby_vision = dolby_vision_entry(trk, &e);
	if (dolby_vision)
		e.type = dolby_vision;
	// planar audio will come again in the format that was asked for
	Bool waits = e.codec == GF_CODECID_RAW && e.stream_type == GF_STREAM_AUDIO && !trk->pcm_frame;
	if (!err && !waits)
		err = use_entry(trk, &e);
	gf_free(rewritten);
	return err;
}
