// SPDX-License-Identifier: MIT
// The parts of the elementary stream writer: writegen.c (filter, packets written as they are),
// writegen_register.c (options and capabilities), writegen_raw.c
// (raw audio and video, WAV, BMP, Y4M), writegen_text.c (SRT, WebVTT, TTXT).
#ifndef FILTERS_WRITEGEN_H
#define FILTERS_WRITEGEN_H

#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>

typedef enum { DECINFO_NO = 0, DECINFO_FIRST, DECINFO_SAP, DECINFO_AUTO } DecInfo;
typedef enum { VTT_SINGLE = 0, VTT_SEGMENT, VTT_ALL } VttHeader;

typedef struct writegen Writegen;

// How the packets of a kind of file are written.
typedef struct {
	// Checks the input and asks for the format the file needs. GF_PENDING_PACKET: asked for, wait for the
	// next configuration. May be NULL.
	GF_Err (*configure)(Writegen *ctx);
	// Sends what comes before the first packet of a file; may be NULL.
	GF_Err (*begin)(Writegen *ctx, GF_FilterPacket *packet);
	GF_Err (*write)(Writegen *ctx, GF_FilterPacket *packet);
	// Sends what comes at the end; may be NULL.
	GF_Err (*end)(Writegen *ctx);
	Bool one_per_packet; // each packet is a file
	Bool pieces;         // `write` may send more than one packet
	Bool rewrites;       // bytes at the start are written again at the end
} WriteKind;

// A raw picture in memory.
typedef struct {
	u32 format, width, height;
	u32 stride, stride_uv;   // of the input
	u32 size, line, line_uv; // of the output, without padding
	u32 nb_planes, height_uv;
} PictureLayout;

struct writegen {
	Bool exporter;
	u32 pfmt;
	u32 afmt;
	u32 decinfo; // DecInfo
	Bool split;
	Bool frame;
	u32 sstart;
	u32 send;
	GF_Fraction dur;
	Bool merge_region;
	u32 vtth; // VttHeader
	Bool add_nl;
	Bool rawb;

	GF_FilterPid *ipid, *opid;
	const WriteKind *kind;
	char ext[20];      // of the file, empty when any
	const char *magic; // before the decoder configuration
	Bool write_config; // the decoder configuration comes before the first packet
	Bool one_per_packet;
	Bool numbered;    // files are numbered
	Bool segmented;   // the segmenter tells where files start
	Bool waiting;     // for the format asked for
	Bool done;        // the last wanted packet was written
	Bool file_open;   // something was sent in the current file
	Bool closes_file; // the packet being sent is the last one of the file
	u32 nb_packets;
	u64 first_dts;
	u64 data_size; // bytes of samples written in a WAV file
	u32 nb_cues;
	PictureLayout picture;
};

extern const WriteKind writegen_copy, writegen_image;
extern const WriteKind writegen_raw_video, writegen_raw_audio, writegen_wav, writegen_bmp, writegen_y4m;
extern const WriteKind writegen_text, writegen_srt, writegen_vtt, writegen_ttxt;

// Callbacks of the register, which is in writegen_register.c.
GF_Err writegen_initialize(GF_Filter *filter);
GF_Err writegen_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove);
GF_Err writegen_process(GF_Filter *filter);
Bool writegen_process_event(GF_Filter *filter, const GF_FilterEvent *event);

u32 writegen_uint(const Writegen *ctx, u32 property);
// Sends `packet`, made from `source` (NULL for none) whose times and properties it takes. The first packet
// after the start of a file carries the start flag.
GF_Err writegen_send(Writegen *ctx, GF_FilterPacket *packet, GF_FilterPacket *source);
// Sends a copy of `size` bytes.
GF_Err writegen_send_bytes(Writegen *ctx, const void *data, u32 size, GF_FilterPacket *source);
// Sends the data of `source` by reference.
GF_Err writegen_send_all(Writegen *ctx, GF_FilterPacket *source);

#endif
