// SPDX-License-Identifier: MIT
// The decoder filter: what its files share.
#ifndef FFMPEG_FFDEC_H
#define FFMPEG_FFDEC_H

#include "ffmpeg/picture.h"

struct SwsContext;

// Attributes and properties of a packet that is in the decoder.
typedef struct {
	s64 seq; // rank among all packets, told to libavcodec as the position in the file
	u64 cts;
	GF_FilterPacket *props;
} FfdecSource;

// Packets of sound that is played backward: those that wait for their block to be full, then the block being decoded.
#define FFDEC_BLOCK 32
#define FFDEC_WARM_UP 4 // packets, enough for overlapping windows and the bit reservoirs of MP3
typedef struct {
	GF_FilterPacket *packets[FFDEC_BLOCK]; // last to first
	u32 nb, left; // of the block, still to be decoded
	Bool in_block;
	Bool ended; // the block is the last one, the beginning of the stream
} FfdecBackward;

typedef struct {
	u32 x, y, width, height;
} FfdecBox;

typedef struct {
	const FfdecOptions *options;
	AVDictionary *codec_options; // given by name
	GF_FilterPid *ipid, *opid;
	AVCodecContext *codec;
	AVPacket *packet;
	AVFrame *frame;
	u32 config_crc; // of the DecoderConfig that the decoder was opened with
	enum AVDiscard skip_frame; // as the options tell it
	Bool skips_unreferenced;   // pictures that nobody sees and refers to need no decoding
	GF_CodecID codec_label;

	FfdecSource *sources;
	u32 nb_sources, nb_sources_alloc;
	s64 next_seq;
	u64 last_cts;  // of the packets that were given to the decoder
	s64 told;      // rank of the packet after which a fault was told last
	s64 first_sap; // rank of the first access point since the decoder started, -1 before it
	Bool draining, drained;
	Bool flushing; // the end found is one after which packets go on
	Bool reverse;  // playback goes backward
	Bool turning;  // the decoder is emptied before the GOP or block that comes before the one it decoded
	Bool warming;  // the packet in use only prepares the decoder
	u64 last_dts;  // GF_FILTER_NO_TS before the first packet
	FfdecBackward backward;

	FfPicture picture; // of the video output, width 0 before it is known
	AVRational sar;
	int colour[4]; // primaries, transfer, matrix, range
	AVFrame *converted;
	struct SwsContext *scaler;

	FfdecBox box; // of the subtitle shown last
	u32 canvas_width;
	u64 hides_at; // when it goes, GF_FILTER_NO_TS when that is not known
	Bool shown;

	u32 rate, nb_channels; // of the audio output, 0 before they are known
	enum AVSampleFormat sample_format;
	u64 layout;
	s64 delay;    // of the input, in its timescale
	s64 next_cts; // of an audio frame without time
} Ffdec;

// The source of the current frame, NULL when there is none; it stays in the list.
const FfdecSource *ffdec_source(const Ffdec *ctx);

// The next packet to decode, in blocks as ffdec_backward.c tells; `*warm_up` when its frame is not to be shown. NULL when
// there is none, with `*turns` when the decoder has to start anew.
GF_FilterPacket *ffdec_backward_take(FfdecBackward *b, GF_FilterPid *pid, Bool *warm_up, Bool *turns);
void ffdec_backward_reset(FfdecBackward *b);

// Sends the current frame.
GF_Err ffdec_send_video(Ffdec *ctx);
GF_Err ffdec_send_audio(Ffdec *ctx);

// Subtitles, which libavcodec decodes by another function: what the output is, and the work.
void ffdec_describe_subtitles(Ffdec *ctx);
GF_Err ffdec_process_subtitles(Ffdec *ctx);

// Tells of a packet that cannot be decoded: GF_NON_COMPLIANT_BITSTREAM.
GF_Err ffdec_tell_lost(Ffdec *ctx, u64 cts, int error);
// Tells of damage that the decoder concealed, to be called after it worked.
void ffdec_tell_damage(Ffdec *ctx);

#endif
