// SPDX-License-Identifier: MIT
// What the filters over FFmpeg share inside their module.
#ifndef FFMPEG_FFMPEG_H
#define FFMPEG_FFMPEG_H

#include <libavcodec/avcodec.h>
#include <libavutil/channel_layout.h>
#include <libavutil/pixdesc.h>
#include "filters/ff.h"

extern const FfCallbacks ffavf_callbacks;
extern const FfCallbacks ffbsf_callbacks;
extern const FfCallbacks ffdec_callbacks;
extern const FfCallbacks ffdmx_callbacks;
extern const FfCallbacks ffdmxpid_callbacks;
extern const FfCallbacks ffenc_callbacks;
extern const FfCallbacks ffmx_callbacks;
extern const FfCallbacks ffsws_callbacks;
extern const FfCallbacks resample_callbacks;

// The options and the state of a filter.
static inline void *ff_state(GF_Filter *filter)
{
	return ((FfHost *)gf_filter_get_udta(filter))->state;
}

// ---- log.c

// FFmpeg logs from any thread, also while ours waits for it: its messages are kept, and passed on by this.
// To be called after each call that may log.
void ff_log_flush(void);
// The same for filters that report faults in the data themselves: what FFmpeg calls errors are details then, and the
// first one is left in `fault`. False when there is none.
#define FF_MESSAGE_SIZE 200
Bool ff_log_fault(char fault[FF_MESSAGE_SIZE]);
// Text of an AVERROR, in a buffer of the caller.
#define FF_ERROR_SIZE 128
const char *ff_error_text(int error, char text[FF_ERROR_SIZE]);
// The result for an AVERROR.
GF_Err ff_error(int error);

// ---- formats.c: names of both sides; 0 (pixel formats: AV_PIX_FMT_NONE) when there is no counterpart

enum AVPixelFormat ff_pixel_format(GF_PixelFormat format);
// `*full_range` is set for the formats that imply it and left alone for others.
GF_PixelFormat ff_pixel_label(enum AVPixelFormat format, Bool *full_range);
// A format with a label that loses least of a picture.
enum AVPixelFormat ff_nearest_labelled(enum AVPixelFormat format);
enum AVSampleFormat ff_sample_format(GF_AudioFormat format);
GF_AudioFormat ff_sample_label(enum AVSampleFormat format);
// Channel masks.
u64 ff_layout_from_mask(u64 mask, u32 nb_channels);
u64 ff_layout_to_mask(const AVChannelLayout *layout);

// ---- codecs.c

enum AVCodecID ff_codec_id(GF_CodecID codec);
// GF_CODECID_FFMPEG when the codec has no label.
GF_CodecID ff_codec_label(enum AVCodecID codec);
// The codec of a PID, from CodecID or, for codecs without label, MetaCodecID and MetaCodecName.
enum AVCodecID ff_codec_of_pid(GF_FilterPid *pid);
// DecoderConfig of a PID in the form that libavcodec wants, padded, to be freed with av_free. `*data` is NULL
// when there is none.
GF_Err ff_extradata_of_pid(GF_FilterPid *pid, u8 **data, int *size);

// Bytes of a TextSampleEntry in front of its FontTableBox (3GPP TS 26.245 5.16).
#define TX3G_FIXED_SIZE 30u

// ---- configs.c

// The DecoderConfig of a stream, from its extradata, or from its first frame (may be NULL) for codecs that have
// none. To be freed with gf_free; NULL when there is none.
u8 *ff_config(const AVCodecParameters *codec, const u8 *frame, u32 frame_size, u32 *size);

// Whether the frames are in the form of their elementary stream: those of ISO base media have a configuration
// that begins with its version (or, for AV1, its marker).
Bool ff_is_unframed(const AVCodecParameters *codec);

// ---- light.c

// Sets the properties for AVContentLightMetadata and AVMasteringDisplayMetadata, each of which may be NULL.
void ff_set_light(GF_FilterPid *pid, const void *light_level, const void *mastering_display);

// ---- options.c: options of FFmpeg by name

// Keeps an option for `flags` (AV_OPT_FLAG_DECODING_PARAM...) in `*dict` if FFmpeg has it. `class` is
// searched first, then its children. GF_NOT_FOUND when nobody knows it: the names are then those of the
// filter, so that the engine finds the nearest.
GF_Err ff_option_set(GF_Filter *filter, AVDictionary **dict, const AVClass *class, int flags, const char *name,
	const GF_PropertyValue *value);
// The name in FFmpeg of an option of ours.
const char *ff_option_name(const char *name);
// Options that a component left in the dictionary, because only others have them, are an error that names the
// nearest one: GF_BAD_PARAM. Those that every filter gets (`--name`, configuration), or that an inserted filter
// inherited, may be for others.
GF_Err ff_options_refuse(
	GF_Filter *filter, AVDictionary *left, const char *component, const AVClass *class, int flags);

// ---- properties

u32 ff_uint(GF_FilterPid *pid, u32 property);
void ff_set_uint(GF_FilterPid *pid, u32 property, u32 value);

#endif
