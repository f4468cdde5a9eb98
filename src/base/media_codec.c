// SPDX-License-Identifier: MIT
// Codecs: names, MIME types, MPEG-4 object types, sample entries of ISO base media files.
#include <string.h>
#include <strings.h>

#include <gpac/constants.h>
#include <gpac/main.h>
#include <gpac/numbers.h>

// A bitstream of the codec can be framed by one of our filters.
#define PARSER 1

typedef struct {
	GF_CodecID id;
	GF_StreamType type;
	u8 oti; // ObjectTypeIndication of ISO/IEC 14496-1 table 5, 0 when there is none
	u8 parser;
	u32 alt;           // codec that decoders take in its place, 0 when there is none
	const char *code;  // of codec strings (RFC 6381) and sample entries
	const char *names; // the first one is canonical
	const char *long_name;
	const char *mime;
} Codec;

// The order counts: a name or an identifier stands for the first row that has it.
static const Codec codecs[] = {
	{GF_CODECID_BIFS, GF_STREAM_SCENE, 0x01, 0, 0, "mp4s", "bifs", "MPEG-4 BIFS v1 Scene Description",
		"application/bifs"},
	{GF_CODECID_BIFS_V2, GF_STREAM_SCENE, 0x02, 0, 0, "mp4s", "bifs2", "MPEG-4 BIFS v2 Scene Description",
		"application/bifs"},
	{GF_CODECID_BIFS_EXTENDED, GF_STREAM_SCENE, 0x04, 0, 0, "mp4s", "bifsX",
		"MPEG-4 BIFS Extended Scene Description", "application/bifs"},
	{GF_CODECID_OD_V1, GF_STREAM_OD, 0x01, 0, 0, "mp4s", "od", "MPEG-4 ObjectDescriptor v1",
		"application/od"},
	{GF_CODECID_OD_V2, GF_STREAM_OD, 0x02, 0, 0, "mp4s", "od2", "MPEG-4 ObjectDescriptor v2",
		"application/od"},
	{GF_CODECID_INTERACT, GF_STREAM_INTERACT, 0x03, 0, 0, "mp4s", "interact", "MPEG-4 Interaction Stream",
		"application/x-mpeg4-interact"},
	{GF_CODECID_AFX, GF_STREAM_SCENE, 0x05, 0, 0, "mp4s", "afx", "MPEG-4 AFX Stream",
		"application/x-mpeg4-afx"},
	{GF_CODECID_FONT, GF_STREAM_FONT, 0x06, 0, 0, "mp4s", "font", "MPEG-4 Font Stream",
		"application/x-mpeg4-font"},
	{GF_CODECID_SYNTHESIZED_TEXTURE, GF_STREAM_VISUAL, 0x07, 0, 0, "mp4s", "syntex",
		"MPEG-4 Synthetized Texture", "application/x-mpeg4-synth"},
	{GF_CODECID_TEXT_MPEG4, GF_STREAM_TEXT, 0x08, 0, 0, "text", "m4txt", "MPEG-4 Streaming Text",
		"application/x-mpeg4-text"},
	{GF_CODECID_LASER, GF_STREAM_SCENE, 0x09, 0, 0, "lsr1", "laser", "MPEG-4 LASeR", "application/x-laser"},
	{GF_CODECID_SAF, GF_STREAM_SCENE, 0x0A, 0, 0, "mp4s", "saf", "MPEG-4 Simple Aggregation Format",
		"application/saf"},
	{GF_CODECID_MPEG4_PART2, GF_STREAM_VISUAL, 0x20, PARSER, 0, "mp4v", "cmp|m4ve|m4v",
		"MPEG-4 Visual part 2", "video/mp4v-es"},
	{GF_CODECID_AVC, GF_STREAM_VISUAL, 0x21, PARSER, 0, "avc1", "264|avc|h264", "MPEG-4 AVC|H264 Video",
		"video/avc"},
	{GF_CODECID_AVC_PS, GF_STREAM_VISUAL, 0x22, PARSER, 0, "avcp", "avcps",
		"MPEG-4 AVC|H264 Video Parameter Sets", "video/avc"},
	{GF_CODECID_SVC, GF_STREAM_VISUAL, 0x24, PARSER, 0, "svc1", "svc|avc|264|h264",
		"MPEG-4 AVC|H264 Scalable Video Coding", "video/svc"},
	{GF_CODECID_MVC, GF_STREAM_VISUAL, 0x29, PARSER, 0, "mvc1", "mvc",
		"MPEG-4 AVC|H264 Multiview Video Coding", "video/mvc"},
	{GF_CODECID_HEVC, GF_STREAM_VISUAL, 0x23, PARSER, 0, "hvc1", "hvc|hevc|h265", "HEVC Video", "video/hevc"},
	{GF_CODECID_LHVC, GF_STREAM_VISUAL, 0x25, PARSER, 0, "lhc1", "lhvc|shvc|mhvc",
		"HEVC Video Layered Extensions", "video/lhvc"},
	{GF_CODECID_MPEG2_SIMPLE, GF_STREAM_VISUAL, 0x60, PARSER, 0, "mp2v", "m2vs", "MPEG-2 Visual Simple",
		"video/mp2v-es"},
	{GF_CODECID_MPEG2_MAIN, GF_STREAM_VISUAL, 0x61, PARSER, GF_CODECID_MPEG2_SIMPLE, "mp2v", "m2v",
		"MPEG-2 Visual Main", "video/mp2v-es"},
	{GF_CODECID_MPEG2_SNR, GF_STREAM_VISUAL, 0x62, PARSER, GF_CODECID_MPEG2_SIMPLE, "mp2v", "m2v|m2vsnr",
		"MPEG-2 Visual SNR", "video/mp2v-es"},
	{GF_CODECID_MPEG2_SPATIAL, GF_STREAM_VISUAL, 0x63, PARSER, GF_CODECID_MPEG2_SIMPLE, "mp2v", "m2v|m2vspat",
		"MPEG-2 Visual Spatial", "video/mp2v-es"},
	{GF_CODECID_MPEG2_HIGH, GF_STREAM_VISUAL, 0x64, PARSER, GF_CODECID_MPEG2_SIMPLE, "mp2v", "m2v|m2vh",
		"MPEG-2 Visual High", "video/mp2v-es"},
	{GF_CODECID_MPEG2_422, GF_STREAM_VISUAL, 0x65, PARSER, GF_CODECID_MPEG2_SIMPLE, "mp2v", "m2v|m2v4",
		"MPEG-2 Visual 422", "video/mp2v-es"},
	{GF_CODECID_MPEG1, GF_STREAM_VISUAL, 0x6A, PARSER, 0, "mp1v", "m1v", "MPEG-1 Video", "video/mp1v-es"},
	{GF_CODECID_JPEG, GF_STREAM_VISUAL, 0x6C, PARSER, 0, "jpeg", "jpg|jpeg", "JPEG Image", "image/jpeg"},
	{GF_CODECID_PNG, GF_STREAM_VISUAL, 0x6D, PARSER, 0, "png ", "png", "PNG Image", "image/png"},
	{GF_CODECID_J2K, GF_STREAM_VISUAL, 0x6E, PARSER, 0, "mjp2", "jp2|j2k", "JPEG2000 Image", "image/jp2"},
	{GF_CODECID_AAC_MPEG4, GF_STREAM_AUDIO, 0x40, PARSER, 0, "mp4a", "aac", "MPEG-4 AAC Audio", "audio/aac"},
	{GF_CODECID_AAC_MPEG2_MP, GF_STREAM_AUDIO, 0x66, PARSER, GF_CODECID_AAC_MPEG4, "mp4a", "aac|aac2m",
		"MPEG-2 AAC Audio Main", "audio/aac"},
	{GF_CODECID_AAC_MPEG2_LCP, GF_STREAM_AUDIO, 0x67, PARSER, GF_CODECID_AAC_MPEG4, "mp4a", "aac|aac2l",
		"MPEG-2 AAC Audio Low Complexity", "audio/aac"},
	{GF_CODECID_AAC_MPEG2_SSRP, GF_STREAM_AUDIO, 0x68, PARSER, GF_CODECID_AAC_MPEG4, "mp4a", "aac|aac2s",
		"MPEG-2 AAC Audio Scalable Sampling Rate", "audio/aac"},
	{GF_CODECID_MPEG_AUDIO, GF_STREAM_AUDIO, 0x6B, PARSER, 0, ".mp3", "mp3|m1a", "MPEG-1 Audio", "audio/mp3"},
	{GF_CODECID_MPEG2_PART3, GF_STREAM_AUDIO, 0x69, PARSER, 0, ".mp3", "mp2", "MPEG-2 Audio", "audio/mpeg"},
	{GF_CODECID_MPEG_AUDIO_L1, GF_STREAM_AUDIO, 0x6B, PARSER, 0, ".mp3", "mp1", "MPEG-1 Audio Layer 1",
		"audio/mpeg"},
	{GF_CODECID_S263, GF_STREAM_VISUAL, 0x00, PARSER, GF_CODECID_H263, "s263", "h263", "H263 Video",
		"video/h263"},
	{GF_CODECID_H263, GF_STREAM_VISUAL, 0x00, PARSER, GF_CODECID_S263, "h263", "h263", "H263 Video",
		"video/h263"},
	{GF_CODECID_HEVC_TILES, GF_STREAM_VISUAL, 0x00, PARSER, GF_CODECID_HEVC, "hvt1", "hvt1",
		"HEVC tiles Video", "video/x-hevc-tiles"},
	{GF_CODECID_EVRC, GF_STREAM_AUDIO, 0xA0, 0, 0, "sevc", "evc|evrc", "EVRC Voice", "audio/evrc"},
	{GF_CODECID_SMV, GF_STREAM_AUDIO, 0xA1, 0, 0, "ssmv", "smv", "SMV Voice", "audio/smv"},
	{GF_CODECID_QCELP, GF_STREAM_AUDIO, 0xE1, 0, 0, "sqcp", "qcp|qcelp", "QCELP Voice", "audio/qcelp"},
	{GF_CODECID_AMR, GF_STREAM_AUDIO, 0x00, 0, 0, "samr", "amr", "AMR Audio", "audio/amr"},
	{GF_CODECID_AMR_WB, GF_STREAM_AUDIO, 0x00, 0, 0, "sawb", "amr|amrwb", "AMR WideBand Audio", "audio/amr"},
	{GF_CODECID_EVRC_PV, GF_STREAM_AUDIO, 0x00, 0, 0, "sevc", "qcp|evrcpv", "EVRC (PacketVideo MUX) Audio",
		"audio/evrc"},
	{GF_CODECID_SMPTE_VC1, GF_STREAM_VISUAL, 0xA3, 0, 0, "vc1 ", "vc1", "SMPTE VC-1 Video", "video/vc1"},
	{GF_CODECID_DIRAC, GF_STREAM_VISUAL, 0xA4, 0, 0, NULL, "dirac", "Dirac Video", "video/dirac"},
	{GF_CODECID_AC3, GF_STREAM_AUDIO, 0xA5, PARSER, 0, "ac-3", "ac3", "AC3 Audio", "audio/ac3"},
	{GF_CODECID_EAC3, GF_STREAM_AUDIO, 0xA6, PARSER, 0, "ec-3", "eac3", "Enhanced AC3 Audio", "audio/eac3"},
	{GF_CODECID_AC4, GF_STREAM_AUDIO, 0x00, PARSER, 0, "ac-4", "ac4", "AC4 Audio", "audio/ac4"},
	{GF_CODECID_TRUEHD, GF_STREAM_AUDIO, 0x00, PARSER, 0, "mlpa", "mlp", "Dolby TrueHD", "audio/truehd"},
	{GF_CODECID_DRA, GF_STREAM_AUDIO, 0xA7, 0, 0, NULL, "dra", "DRA Audio", "audio/dra"},
	{GF_CODECID_G719, GF_STREAM_AUDIO, 0xA8, 0, 0, NULL, "g719", "G719 Audio", "audio/g719"},
	{GF_CODECID_DTS_CA, GF_STREAM_AUDIO, 0xA9, 0, 0, NULL, "dtsc",
		"DTS Coherent Acoustics and Digital Surround Audio", "audio/dts"},
	{GF_CODECID_DTS_HD_HR_MASTER, GF_STREAM_AUDIO, 0xAA, 0, 0, NULL, "dtsh",
		"DTS-HD High Resolution Audio and DTS-Master Audio", "audio/dts"},
	{GF_CODECID_DTS_HD_LOSSLESS, GF_STREAM_AUDIO, 0xAB, 0, 0, NULL, "dtsl",
		"DTS-HD Substream containing only XLLAudio", "audio/dts"},
	{GF_CODECID_DTS_EXPRESS_LBR, GF_STREAM_AUDIO, 0xAC, 0, 0, NULL, "dtse", "DTS Express low bit rate Audio",
		"audio/dts"},
	{GF_CODECID_DTS_X, GF_STREAM_AUDIO, 0xB2, 0, 0, NULL, "dtsx", "DTS-X UHD Audio Profile 2", "audio/dts"},
	{GF_CODECID_DTS_Y, GF_STREAM_AUDIO, 0xB3, 0, 0, NULL, "dtsy", "DTS-X UHD Audio Profile 3", "audio/dts"},
	{GF_CODECID_OPUS, GF_STREAM_AUDIO, 0xAD, 0, 0, "Opus", "opus", "Opus Audio", "audio/opus"},
	{GF_CODECID_DVB_EIT, GF_STREAM_PRIVATE_SCENE, 0x00, 0, 0, NULL, "eti", "DVB Event Information",
		"application/x-dvb-eit"},
	{GF_CODECID_SVG, GF_STREAM_PRIVATE_SCENE, 0x00, 0, 0, NULL, "svgr", "SVG over RTP",
		"application/x-svg-rtp"},
	{GF_CODECID_SVG_GZ, GF_STREAM_PRIVATE_SCENE, 0x00, 0, 0, NULL, "svgzr", "SVG+gz over RTP",
		"application/x-svgz-rtp"},
	{GF_CODECID_DIMS, GF_STREAM_PRIVATE_SCENE, 0x00, 0, 0, NULL, "dims", "3GPP DIMS Scene",
		"application/3gpp-dims"},
	{GF_CODECID_WEBVTT, GF_STREAM_TEXT, 0x00, PARSER, 0, "wvtt", "vtt", "WebVTT Text", "text/vtt"},
	{GF_CODECID_SIMPLE_TEXT, GF_STREAM_TEXT, 0x00, 0, 0, "stxt", "txt", "Simple Text Stream",
		"text/subtitle"},
	{GF_CODECID_META_TEXT, GF_STREAM_METADATA, 0x00, 0, 0, "mett", "mtxt", "Metadata Text Stream",
		"application/text"},
	{GF_CODECID_META_XML, GF_STREAM_METADATA, 0x00, 0, 0, "metx", "mxml", "Metadata XML Stream",
		"application/text+xml"},
	{GF_CODECID_SUBS_TEXT, GF_STREAM_TEXT, 0x00, 0, 0, "sbtt", "subs", "Subtitle text Stream", "text/text"},
	{GF_CODECID_SUBS_XML, GF_STREAM_TEXT, 0x00, PARSER, 0, "stpp", "subx", "Subtitle XML Stream",
		"text/text+xml"},
	{GF_CODECID_TX3G, GF_STREAM_TEXT, 0x00, PARSER, 0, "tx3g", "tx3g", "Subtitle/text 3GPP/Apple Stream",
		"quicktime/text"},
	{GF_CODECID_SUBS_SSA, GF_STREAM_TEXT, 0x00, 0, 0, NULL, "ssa", "SSA /ASS Subtitles", "text/x-ssa"},
	{GF_CODECID_THEORA, GF_STREAM_VISUAL, 0xDF, 0, 0, NULL, "theo|theora", "Theora Video", "video/theora"},
	{GF_CODECID_VORBIS, GF_STREAM_AUDIO, 0xDD, 0, 0, NULL, "vorb|vorbis", "Vorbis Audio", "audio/vorbis"},
	{GF_CODECID_OPUS, GF_STREAM_AUDIO, 0xDE, 0, 0, NULL, "opus", "Opus Audio", "audio/opus"},
	{GF_CODECID_IAMF, GF_STREAM_AUDIO, 0x00, PARSER, 0, NULL, "iamf",
		"AOM IAMF (Immersive Audio Model and Formats)", "audio/iamf"},
	{GF_CODECID_FLAC, GF_STREAM_AUDIO, 0x00, PARSER, 0, "fLaC", "flac", "Flac Audio", "audio/flac"},
	{GF_CODECID_SPEEX, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "spx|speex", "Speex Audio", "audio/speex"},
	{GF_CODECID_SUBPIC, GF_STREAM_TEXT, 0xE0, 0, 0, NULL, "vobsub", "VobSub Subtitle", "text/x-vobsub"},
	{GF_CODECID_SUBPIC, GF_STREAM_ND_SUBPIC, 0xE0, 0, 0, NULL, "vobsub", "VobSub Subtitle", "text/x-vobsub"},
	{GF_CODECID_ADPCM, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "adpcm", "AD-PCM", "audio/pcm"},
	{GF_CODECID_IBM_CVSD, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "csvd", "IBM CSVD", "audio/pcm"},
	{GF_CODECID_ALAW, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "alaw", "ALAW", "audio/pcm"},
	{GF_CODECID_MULAW, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "mulaw", "MULAW", "audio/pcm"},
	{GF_CODECID_OKI_ADPCM, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "okiadpcm", "OKI ADPCM", "audio/pcm"},
	{GF_CODECID_DVI_ADPCM, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "dviadpcm", "DVI ADPCM", "audio/pcm"},
	{GF_CODECID_DIGISTD, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "digistd", "DIGISTD", "audio/pcm"},
	{GF_CODECID_YAMAHA_ADPCM, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "yamadpcm", "YAMAHA ADPCM", "audio/pcm"},
	{GF_CODECID_DSP_TRUESPEECH, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "truespeech", "DSP TrueSpeech",
		"audio/pcm"},
	{GF_CODECID_GSM610, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "g610", "GSM 610", "audio/pcm"},
	{GF_CODECID_IBM_MULAW, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "imulaw", "IBM MULAW", "audio/pcm"},
	{GF_CODECID_IBM_ALAW, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "ialaw", "IBM ALAW", "audio/pcm"},
	{GF_CODECID_IBM_ADPCM, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "iadpcl", "IBM ADPCL", "audio/pcm"},
	{GF_CODECID_FLASH, GF_STREAM_SCENE, 0x00, 0, 0, NULL, "swf", "Adobe Flash",
		"application/x-shockwave-flash"},
	{GF_CODECID_RAW, GF_STREAM_UNKNOWN, 0x00, 0, 0, NULL, "raw", "Raw media", "*/*"},
	{GF_CODECID_RAW_UNCV, GF_STREAM_UNKNOWN, 0x00, 0, 0, NULL, "uncv", "Raw Video", "*/*"},
	{GF_CODECID_AV1, GF_STREAM_VISUAL, 0x00, PARSER, 0, NULL, "av1|ivf|obu|av1b", "AOM AV1 Video",
		"video/av1"},
	{GF_CODECID_VP8, GF_STREAM_VISUAL, 0x00, 0, 0, NULL, "vp8|ivf", "VP8 Video", "video/vp8"},
	{GF_CODECID_VP9, GF_STREAM_VISUAL, 0x00, PARSER, 0, NULL, "vp9|ivf", "VP9 Video", "video/vp9"},
	{GF_CODECID_VP10, GF_STREAM_VISUAL, 0x00, 0, 0, NULL, "vp10|ivf", "VP10 Video", "video/vp10"},
	{GF_CODECID_AVS3_VIDEO, GF_STREAM_VISUAL, 0x00, 0, 0, NULL, "avsv|avs3", "AVS3 Video", "video/avs3"},
	{GF_CODECID_AVS3_AUDIO, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "avsa|avs3", "AVS3 Audio", "audio/avs3"},
	{GF_CODECID_MPHA, GF_STREAM_AUDIO, 0x00, PARSER, 0, "mha1", "mhas", "MPEG-H Audio", "audio/x-mpegh"},
	{GF_CODECID_MHAS, GF_STREAM_AUDIO, 0x00, PARSER, 0, "mhm1", "mhas", "MPEG-H AudioMux", "audio/x-mhas"},
	{GF_CODECID_IAMF, GF_STREAM_AUDIO, 0x00, PARSER, 0, "iamf", "iamf",
		"AOM IAMF (Immersive Audio Model and Formats)", "audio/iamf"},
	{GF_CODECID_APCH, GF_STREAM_VISUAL, 0x00, PARSER, 0, "apch", "prores|apch", "ProRes Video 422 HQ",
		"video/prores"},
	{GF_CODECID_APCO, GF_STREAM_VISUAL, 0x00, PARSER, GF_CODECID_APCH, "apco", "prores|apco",
		"ProRes Video 422 Proxy", "video/prores"},
	{GF_CODECID_APCN, GF_STREAM_VISUAL, 0x00, PARSER, GF_CODECID_APCH, "apcn", "prores|apcn",
		"ProRes Video 422 STD", "video/prores"},
	{GF_CODECID_APCS, GF_STREAM_VISUAL, 0x00, PARSER, GF_CODECID_APCH, "apcs", "prores|apcs",
		"ProRes Video 422 LT", "video/prores"},
	{GF_CODECID_AP4X, GF_STREAM_VISUAL, 0x00, PARSER, GF_CODECID_APCH, "ap4x", "prores|ap4x",
		"ProRes Video 4444 XQ", "video/prores"},
	{GF_CODECID_AP4H, GF_STREAM_VISUAL, 0x00, PARSER, GF_CODECID_APCH, "ap4h", "prores|ap4h",
		"ProRes Video 4444", "video/prores"},
	{GF_CODECID_FFMPEG, GF_STREAM_UNKNOWN, 0x00, 0, 0, NULL, "ffmpeg", "FFmpeg unmapped codec", NULL},
	{GF_CODECID_TMCD, GF_STREAM_METADATA, 0x00, 0, 0, NULL, "tmcd", "QT TimeCode", NULL},
	{GF_CODECID_SCTE35, GF_STREAM_METADATA, 0x00, 0, 0, "evte", "sc35", "SCTE35", NULL},
	{GF_CODECID_EVTE, GF_STREAM_METADATA, 0x00, 0, 0, "evte", "evte", "Event Messages", NULL},
	{GF_CODECID_VVC, GF_STREAM_VISUAL, 0x00, PARSER, 0, "vvc1", "vvc|266|h266", "VVC Video", "video/vvc"},
	{GF_CODECID_VVC_SUBPIC, GF_STREAM_VISUAL, 0x00, PARSER, GF_CODECID_VVC, "vvs1", "vvs1",
		"VVC Subpicture Video", "video/x-vvc-subpic"},
	{GF_CODECID_USAC, GF_STREAM_AUDIO, 0x40, PARSER, 0, "mp4a", "usac|xheaac", "xHEAAC / USAC Audio",
		"audio/x-xheaac"},
	{GF_CODECID_FFV1, GF_STREAM_VISUAL, 0x00, 0, 0, NULL, "ffv1", "FFmpeg Video Codec 1", "video/x-ffv1"},
	{GF_CODECID_DVB_SUBS, GF_STREAM_TEXT, 0x00, 0, 0, NULL, "dvbs", "DVB Subtitles", NULL},
	{GF_CODECID_DVB_TELETEXT, GF_STREAM_TEXT, 0x00, 0, 0, NULL, "dvbs", "DVB-TeleText", NULL},
	{GF_CODECID_MSPEG4_V3, GF_STREAM_VISUAL, 0x00, 0, 0, NULL, "div3", "MS-MPEG4 V3", NULL},
	{GF_CODECID_ALAC, GF_STREAM_AUDIO, 0x00, 0, 0, NULL, "caf", "Apple Lossless Audio", NULL},
	{GF_CODECID_DNXHD, GF_STREAM_VISUAL, 0x00, 0, 0, "AVdn", "dnx", "AViD DNxHD", "video/dnx"},
};
#define NB_CODECS (sizeof(codecs) / sizeof(codecs[0]))

// ISO/IEC 14496-12 sample entries and those of QuickTime, beside the identifiers themselves.
static const struct {
	u32 code;
	GF_CodecID id;
} sample_entries[] = {
	{GF_4CC('l', 's', 'r', '1'), GF_CODECID_LASER},
	{GF_4CC('m', 'p', '4', 'v'), GF_CODECID_MPEG4_PART2},
	{GF_4CC('a', 'v', 'c', '1'), GF_CODECID_AVC},
	{GF_4CC('a', 'v', 'c', '2'), GF_CODECID_AVC},
	{GF_4CC('a', 'v', 'c', '3'), GF_CODECID_AVC},
	{GF_4CC('a', 'v', 'c', '4'), GF_CODECID_AVC},
	{GF_4CC('d', 'v', 'a', '1'), GF_CODECID_AVC},
	{GF_4CC('d', 'v', 'a', 'v'), GF_CODECID_AVC},
	{GF_4CC('s', 'v', 'c', '1'), GF_CODECID_SVC},
	{GF_4CC('s', 'v', 'c', '2'), GF_CODECID_SVC},
	{GF_4CC('m', 'v', 'c', '1'), GF_CODECID_MVC},
	{GF_4CC('m', 'v', 'c', '2'), GF_CODECID_MVC},
	{GF_4CC('h', 'v', 'c', '1'), GF_CODECID_HEVC},
	{GF_4CC('h', 'e', 'v', '1'), GF_CODECID_HEVC},
	{GF_4CC('h', 'v', 'c', '2'), GF_CODECID_HEVC},
	{GF_4CC('h', 'e', 'v', '2'), GF_CODECID_HEVC},
	{GF_4CC('d', 'v', 'h', '1'), GF_CODECID_HEVC},
	{GF_4CC('d', 'v', 'h', 'e'), GF_CODECID_HEVC},
	{GF_4CC('l', 'h', 'v', '1'), GF_CODECID_LHVC},
	{GF_4CC('l', 'h', 'e', '1'), GF_CODECID_LHVC},
	{GF_4CC('x', 'd', 'v', 'b'), GF_CODECID_MPEG2_MAIN},
	{GF_4CC('j', 'p', 'e', 'g'), GF_CODECID_JPEG},
	{GF_4CC('p', 'n', 'g', ' '), GF_CODECID_PNG},
	{GF_4CC('m', 'j', 'p', '2'), GF_CODECID_J2K},
	{GF_4CC('j', 'p', '2', 'k'), GF_CODECID_J2K},
	{GF_4CC('m', 'p', '4', 'a'), GF_CODECID_AAC_MPEG4},
	{GF_4CC('.', 'm', 'p', '3'), GF_CODECID_MPEG_AUDIO},
	{GF_4CC('s', '2', '6', '3'), GF_CODECID_H263},
	{GF_4CC('h', '2', '6', '3'), GF_CODECID_H263},
	{GF_4CC('h', 'v', 't', '1'), GF_CODECID_HEVC_TILES},
	{GF_4CC('s', 'e', 'v', 'c'), GF_CODECID_EVRC},
	{GF_4CC('s', 's', 'm', 'v'), GF_CODECID_SMV},
	{GF_4CC('s', 'q', 'c', 'p'), GF_CODECID_QCELP},
	{GF_4CC('s', 'a', 'm', 'r'), GF_CODECID_AMR},
	{GF_4CC('s', 'a', 'w', 'b'), GF_CODECID_AMR_WB},
	{GF_4CC('v', 'c', '-', '1'), GF_CODECID_SMPTE_VC1},
	{GF_4CC('v', 'c', '1', ' '), GF_CODECID_SMPTE_VC1},
	{GF_4CC('a', 'c', '-', '3'), GF_CODECID_AC3},
	{GF_4CC('e', 'c', '-', '3'), GF_CODECID_EAC3},
	{GF_4CC('a', 'c', '-', '4'), GF_CODECID_AC4},
	{GF_4CC('m', 'l', 'p', 'a'), GF_CODECID_TRUEHD},
	{GF_4CC('d', 't', 's', 'c'), GF_CODECID_DTS_CA},
	{GF_4CC('d', 't', 's', 'h'), GF_CODECID_DTS_HD_HR_MASTER},
	{GF_4CC('d', 't', 's', 'l'), GF_CODECID_DTS_HD_LOSSLESS},
	{GF_4CC('d', 't', 's', 'e'), GF_CODECID_DTS_EXPRESS_LBR},
	{GF_4CC('d', 't', 's', 'x'), GF_CODECID_DTS_X},
	{GF_4CC('d', 't', 's', 'y'), GF_CODECID_DTS_Y},
	{GF_4CC('O', 'p', 'u', 's'), GF_CODECID_OPUS},
	{GF_4CC('d', 'i', 'm', 's'), GF_CODECID_DIMS},
	{GF_4CC('w', 'v', 't', 't'), GF_CODECID_WEBVTT},
	{GF_4CC('s', 't', 'x', 't'), GF_CODECID_SIMPLE_TEXT},
	{GF_4CC('m', 'e', 't', 't'), GF_CODECID_META_TEXT},
	{GF_4CC('m', 'e', 't', 'x'), GF_CODECID_META_XML},
	{GF_4CC('s', 'b', 't', 't'), GF_CODECID_SUBS_TEXT},
	{GF_4CC('s', 't', 'p', 'p'), GF_CODECID_SUBS_XML},
	{GF_4CC('t', 'x', '3', 'g'), GF_CODECID_TX3G},
	{GF_4CC('t', 'e', 'x', 't'), GF_CODECID_TX3G},
	{GF_4CC('i', 'a', 'm', 'f'), GF_CODECID_IAMF},
	{GF_4CC('f', 'L', 'a', 'C'), GF_CODECID_FLAC},
	{GF_4CC('f', 'l', 's', 'h'), GF_CODECID_FLASH},
	{GF_4CC('r', 'a', 'w', ' '), GF_CODECID_RAW},
	{GF_4CC('t', 'w', 'o', 's'), GF_CODECID_RAW},
	{GF_4CC('s', 'o', 'w', 't'), GF_CODECID_RAW},
	{GF_4CC('f', 'l', '3', '2'), GF_CODECID_RAW},
	{GF_4CC('f', 'l', '6', '4'), GF_CODECID_RAW},
	{GF_4CC('i', 'n', '2', '4'), GF_CODECID_RAW},
	{GF_4CC('i', 'n', '3', '2'), GF_CODECID_RAW},
	{GF_4CC('l', 'p', 'c', 'm'), GF_CODECID_RAW},
	{GF_4CC('i', 'p', 'c', 'm'), GF_CODECID_RAW},
	{GF_4CC('f', 'p', 'c', 'm'), GF_CODECID_RAW},
	{GF_4CC('u', 'n', 'c', 'v'), GF_CODECID_RAW_UNCV},
	{GF_4CC('a', 'v', '0', '1'), GF_CODECID_AV1},
	{GF_4CC('d', 'a', 'v', '1'), GF_CODECID_AV1},
	{GF_4CC('v', 'p', '0', '8'), GF_CODECID_VP8},
	{GF_4CC('v', 'p', '0', '9'), GF_CODECID_VP9},
	{GF_4CC('v', 'p', '1', '0'), GF_CODECID_VP10},
	{GF_4CC('a', 'v', 's', '3'), GF_CODECID_AVS3_VIDEO},
	{GF_4CC('m', 'h', 'a', '1'), GF_CODECID_MPHA},
	{GF_4CC('m', 'h', 'a', '2'), GF_CODECID_MPHA},
	{GF_4CC('m', 'h', 'm', '1'), GF_CODECID_MHAS},
	{GF_4CC('m', 'h', 'm', '2'), GF_CODECID_MHAS},
	{GF_4CC('a', 'p', 'c', 'h'), GF_CODECID_APCH},
	{GF_4CC('a', 'p', 'c', 'o'), GF_CODECID_APCO},
	{GF_4CC('a', 'p', 'c', 'n'), GF_CODECID_APCN},
	{GF_4CC('a', 'p', 'c', 's'), GF_CODECID_APCS},
	{GF_4CC('a', 'p', '4', 'x'), GF_CODECID_AP4X},
	{GF_4CC('a', 'p', '4', 'h'), GF_CODECID_AP4H},
	{GF_4CC('t', 'm', 'c', 'd'), GF_CODECID_TMCD},
	{GF_4CC('e', 'v', 't', 'e'), GF_CODECID_EVTE},
	{GF_4CC('v', 'v', 'c', '1'), GF_CODECID_VVC},
	{GF_4CC('v', 'v', 'i', '1'), GF_CODECID_VVC},
	{GF_4CC('v', 'v', 's', '1'), GF_CODECID_VVC_SUBPIC},
	{GF_4CC('F', 'F', 'V', '1'), GF_CODECID_FFV1},
	{GF_4CC('d', 'v', 'b', 's'), GF_CODECID_DVB_SUBS},
	{GF_4CC('d', 'v', 'b', 't'), GF_CODECID_DVB_TELETEXT},
	{GF_4CC('a', 'l', 'a', 'c'), GF_CODECID_ALAC},
	{GF_4CC('A', 'V', 'd', 'n'), GF_CODECID_DNXHD},
	{GF_4CC('m', 'p', '4', 's'), GF_CODECID_BIFS},
	{GF_4CC('l', 'h', 'c', '1'), GF_CODECID_LHVC},
};
#define NB_ENTRIES (sizeof(sample_entries) / sizeof(sample_entries[0]))

static const Codec *find_codec(GF_CodecID id)
{
	for (u32 i = 0; i < NB_CODECS; i++)
		if (codecs[i].id == id)
			return &codecs[i];
	return NULL;
}

static Bool has_name(const char *names, const char *name)
{
	size_t len = strlen(name);
	for (const char *item = names;; item++) {
		size_t item_len = strcspn(item, "|");
		if (item_len == len && !strncasecmp(item, name, len))
			return GF_TRUE;
		item += item_len;
		if (!*item)
			return GF_FALSE;
	}
}

GF_CodecID gf_codecid_parse(const char *cname)
{
	for (u32 i = 0; cname && *cname && i < NB_CODECS; i++)
		if (!strcmp(codecs[i].long_name, cname) || has_name(codecs[i].names, cname))
			return codecs[i].id;
	return GF_CODECID_NONE;
}

const char *gf_codecid_name(GF_CodecID codecid)
{
	const Codec *codec = find_codec(codecid);
	return codec ? codec->long_name : "Codec Not Supported";
}

const char *gf_codecid_file_ext(GF_CodecID codecid)
{
	const Codec *codec = find_codec(codecid);
	if (!codec)
		return "raw";
	const char *configured = codec->mime ? gf_opts_get_key("file_extensions", codec->mime) : NULL;
	return configured ? configured : codec->names;
}

const char *gf_codecid_mime(GF_CodecID codecid)
{
	const Codec *codec = find_codec(codecid);
	return codec && codec->mime ? codec->mime : "application/octet-string";
}

u32 gf_codecid_type(GF_CodecID codecid)
{
	const Codec *codec = find_codec(codecid);
	return codec ? codec->type : GF_STREAM_UNKNOWN;
}

GF_CodecID gf_codecid_alt(GF_CodecID codecid)
{
	const Codec *codec = find_codec(codecid);
	return codec ? codec->alt : GF_CODECID_NONE;
}

u8 gf_codecid_oti(GF_CodecID codecid)
{
	const Codec *codec = find_codec(codecid);
	return codec ? codec->oti : 0;
}

GF_CodecID gf_codecid_from_oti(u32 stream_type, u32 oti)
{
	// early files leave the object type of systems streams at 0
	if (!oti && (stream_type == GF_STREAM_OD || stream_type == GF_STREAM_SCENE))
		oti = 1;
	for (u32 i = 0; oti && i < NB_CODECS; i++)
		if (codecs[i].oti == oti && codecs[i].type == stream_type)
			return codecs[i].id;
	return GF_CODECID_NONE;
}

u32 gf_codecid_4cc_type(GF_CodecID codecid)
{
	const Codec *codec = find_codec(codecid);
	return codec && codec->code ? gf_4cc_parse(codec->code) : 0;
}

Bool gf_codecid_has_unframer(GF_CodecID codecid)
{
	const Codec *codec = find_codec(codecid);
	return codec && codec->parser;
}

GF_CodecID gf_codecid_enum(u32 idx, const char **short_name, const char **long_name)
{
	if (idx >= NB_CODECS)
		return GF_CODECID_NONE;
	if (short_name)
		*short_name = codecs[idx].names;
	if (long_name)
		*long_name = codecs[idx].long_name;
	return codecs[idx].id;
}

GF_CodecID gf_codec_id_from_isobmf(u32 isobmftype)
{
	for (u32 i = 0; i < NB_ENTRIES; i++)
		if (sample_entries[i].code == isobmftype)
			return sample_entries[i].id;
	return GF_CODECID_NONE;
}
