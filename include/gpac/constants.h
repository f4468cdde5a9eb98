// SPDX-License-Identifier: MIT
#ifndef GPAC_CONSTANTS_H
#define GPAC_CONSTANTS_H

#include <gpac/setup.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	GF_STREAM_UNKNOWN = 0,
	GF_STREAM_OD = 1,
	GF_STREAM_OCR = 2,
	GF_STREAM_SCENE = 3,
	GF_STREAM_VISUAL = 4,
	GF_STREAM_AUDIO = 5,
	GF_STREAM_MPEG7 = 6,
	GF_STREAM_IPMP = 7,
	GF_STREAM_OCI = 8,
	GF_STREAM_MPEGJ = 9,
	GF_STREAM_INTERACT = 10,
	GF_STREAM_IPMP_TOOL = 11,
	GF_STREAM_FONT = 12,
	GF_STREAM_TEXT = 13,
	GF_STREAM_ND_SUBPIC = 56,
	GF_STREAM_PRIVATE_SCENE = 32,
	GF_STREAM_METADATA = 33,
	GF_STREAM_ENCRYPTED = 224,
	GF_STREAM_FILE = 225,
} GF_StreamType;

enum {
	GF_PIXEL_GREYSCALE = 0x47524559,
	GF_PIXEL_ALPHAGREY = 0x4752414c,
	GF_PIXEL_GREYALPHA = 0x414c4752,
	GF_PIXEL_RGB_332 = 0x52333332,
	GF_PIXEL_RGB_444 = 0x52343434,
	GF_PIXEL_RGB_555 = 0x52353535,
	GF_PIXEL_RGB_565 = 0x52353635,
	GF_PIXEL_RGB = 0x52474233,
	GF_PIXEL_BGR = 0x42475233,
	GF_PIXEL_RGBX = 0x52474234,
	GF_PIXEL_BGRX = 0x42475234,
	GF_PIXEL_XRGB = 0x52474258,
	GF_PIXEL_XBGR = 0x42475258,
	GF_PIXEL_ARGB = 0x41524742,
	GF_PIXEL_RGBA = 0x52474241,
	GF_PIXEL_BGRA = 0x42475241,
	GF_PIXEL_ABGR = 0x41424752,
	GF_PIXEL_RGBD = 0x52474244,
	GF_PIXEL_RGBDS = 0x33434453,
	GF_PIXEL_RGB_DEPTH = 0x52474264,
	GF_PIXEL_UNCV = 0x756e6376,
	GF_PIXEL_YUYV = 0x59555956,
	GF_PIXEL_YVYU = 0x59565955,
	GF_PIXEL_UYVY = 0x55595659,
	GF_PIXEL_VYUY = 0x56595559,
	GF_PIXEL_YUYV_10 = 0x5955594c,
	GF_PIXEL_YVYU_10 = 0x5956594c,
	GF_PIXEL_UYVY_10 = 0x5559564c,
	GF_PIXEL_VYUY_10 = 0x5659554c,
	GF_PIXEL_YUV = 0x59553132,
	GF_PIXEL_YVU = 0x59563132,
	GF_PIXEL_YUV_10 = 0x59303130,
	GF_PIXEL_YUVA = 0x59555641,
	GF_PIXEL_YUVD = 0x59555644,
	GF_PIXEL_NV21 = 0x4e563231,
	GF_PIXEL_NV21_10 = 0x4e323130,
	GF_PIXEL_NV12 = 0x4e563132,
	GF_PIXEL_NV12_10 = 0x4e313230,
	GF_PIXEL_YUV422 = 0x59343432,
	GF_PIXEL_YUV422_10 = 0x59323130,
	GF_PIXEL_YUVA444 = 0x59413434,
	GF_PIXEL_YUV444 = 0x59343434,
	GF_PIXEL_YUV444_10 = 0x59343130,
	GF_PIXEL_YUV444_PACK = 0x59555634,
	GF_PIXEL_VYU444_PACK = 0x56595534,
	GF_PIXEL_YUVA444_PACK = 0x59413470,
	GF_PIXEL_UYVA444_PACK = 0x55595641,
	GF_PIXEL_YUV444_10_PACK = 0x59343170,
	GF_PIXEL_V210 = 0x76323130,
	GF_PIXEL_GL_EXTERNAL = 0x4558474c,
};
typedef u32 GF_PixelFormat;

typedef enum {
	GF_CODECID_NONE = 0,
	GF_CODECID_BIFS = 1,
	GF_CODECID_OD_V1 = 1,
	GF_CODECID_BIFS_V2 = 2,
	GF_CODECID_OD_V2 = 2,
	GF_CODECID_INTERACT = 3,
	GF_CODECID_BIFS_EXTENDED = 4,
	GF_CODECID_AFX = 5,
	GF_CODECID_FONT = 6,
	GF_CODECID_SYNTHESIZED_TEXTURE = 7,
	GF_CODECID_TEXT_MPEG4 = 8,
	GF_CODECID_LASER = 9,
	GF_CODECID_SAF = 10,
	GF_CODECID_MPEG4_PART2 = 32,
	GF_CODECID_AVC = 33,
	GF_CODECID_AVC_PS = 34,
	GF_CODECID_HEVC = 35,
	GF_CODECID_SVC = 36,
	GF_CODECID_LHVC = 37,
	GF_CODECID_MVC = 41,
	GF_CODECID_AAC_MPEG4 = 64,
	GF_CODECID_MPEG2_SIMPLE = 96,
	GF_CODECID_MPEG2_MAIN = 97,
	GF_CODECID_MPEG2_SNR = 98,
	GF_CODECID_MPEG2_SPATIAL = 99,
	GF_CODECID_MPEG2_HIGH = 100,
	GF_CODECID_MPEG2_422 = 101,
	GF_CODECID_AAC_MPEG2_MP = 102,
	GF_CODECID_AAC_MPEG2_LCP = 103,
	GF_CODECID_AAC_MPEG2_SSRP = 104,
	GF_CODECID_MPEG2_PART3 = 105,
	GF_CODECID_MPEG1 = 106,
	GF_CODECID_MPEG_AUDIO = 107,
	GF_CODECID_JPEG = 108,
	GF_CODECID_PNG = 109,
	GF_CODECID_LAST_MPEG4_MAPPING = 255,
	GF_CODECID_J2K = 0x6a70326b,
	GF_CODECID_S263 = 0x73323633,
	GF_CODECID_H263 = 0x68323633,
	GF_CODECID_HEVC_TILES = 0x68767431,
	GF_CODECID_HEVC_MERGE = 0x6876636d,
	GF_CODECID_EVRC = 0x73657663,
	GF_CODECID_SMV = 0x73736d76,
	GF_CODECID_QCELP = 0x73716370,
	GF_CODECID_AMR = 0x73616d72,
	GF_CODECID_AMR_WB = 0x73617762,
	GF_CODECID_EVRC_PV = 0x70657663,
	GF_CODECID_SMPTE_VC1 = 0x76632d31,
	GF_CODECID_DIRAC = 0x64726163,
	GF_CODECID_AC3 = 0x61632d33,
	GF_CODECID_EAC3 = 0x65632d33,
	GF_CODECID_AC4 = 0x61632d34,
	GF_CODECID_TRUEHD = 0x6d6c7061,
	GF_CODECID_DRA = 0x64726131,
	GF_CODECID_G719 = 0x67373139,
	GF_CODECID_DTS_EXPRESS_LBR = 0x64747365,
	GF_CODECID_DTS_CA = 0x64747363,
	GF_CODECID_DTS_HD_HR_MASTER = 0x64747368,
	GF_CODECID_DTS_HD_LOSSLESS = 0x6474736c,
	GF_CODECID_DTS_X = 0x64747378,
	GF_CODECID_DTS_Y = 0x64747379,
	GF_CODECID_DVB_EIT = 0x65697420,
	GF_CODECID_SVG = 0x73676720,
	GF_CODECID_SVG_GZ = 0x7376677a,
	GF_CODECID_DIMS = 0x64696d73,
	GF_CODECID_WEBVTT = 0x77767474,
	GF_CODECID_SIMPLE_TEXT = 0x73747874,
	GF_CODECID_META_TEXT = 0x6d657474,
	GF_CODECID_META_XML = 0x6d657478,
	GF_CODECID_SUBS_TEXT = 0x73627474,
	GF_CODECID_SUBS_XML = 0x73747070,
	GF_CODECID_TX3G = 0x74783367,
	GF_CODECID_SUBS_SSA = 0x61737361,
	GF_CODECID_DVB_SUBS = 0x64766273,
	GF_CODECID_DVB_TELETEXT = 0x64766274,
	GF_CODECID_SCTE35 = 0x73633335,
	GF_CODECID_THEORA = 0x74686575,
	GF_CODECID_VORBIS = 0x766f7262,
	GF_CODECID_FLAC = 0x666c6163,
	GF_CODECID_SPEEX = 0x73706578,
	GF_CODECID_OPUS = 0x4f707573,
	GF_CODECID_SUBPIC = 0x73756270,
	GF_CODECID_ADPCM = 0x4150434d,
	GF_CODECID_IBM_CVSD = 0x43535644,
	GF_CODECID_ALAW = 0x414c4157,
	GF_CODECID_MULAW = 0x4d4c4157,
	GF_CODECID_OKI_ADPCM = 0x4f50434d,
	GF_CODECID_DVI_ADPCM = 0x4450434d,
	GF_CODECID_DIGISTD = 0x44535444,
	GF_CODECID_YAMAHA_ADPCM = 0x5950434d,
	GF_CODECID_DSP_TRUESPEECH = 0x54535045,
	GF_CODECID_GSM610 = 0x47363130,
	GF_CODECID_IBM_MULAW = 0x49554c57,
	GF_CODECID_IBM_ALAW = 0x49414c57,
	GF_CODECID_IBM_ADPCM = 0x4950434d,
	GF_CODECID_FLASH = 0x666c7368,
	GF_CODECID_RAW = 0x5241574d,
	GF_CODECID_RAW_UNCV = 0x554e4356,
	GF_CODECID_AV1 = 0x41563120,
	GF_CODECID_VP8 = 0x56503038,
	GF_CODECID_VP9 = 0x56503039,
	GF_CODECID_VP10 = 0x56503130,
	GF_CODECID_AVS2_VIDEO = 0x41565632,
	GF_CODECID_AVS2_AUDIO = 0x41564132,
	GF_CODECID_AVS3_VIDEO = 0x41565633,
	GF_CODECID_AVS3_AUDIO = 0x41564133,
	GF_CODECID_MPHA = 0x6d706861,
	GF_CODECID_MHAS = 0x6d686173,
	GF_CODECID_APCH = 0x61706368,
	GF_CODECID_APCO = 0x6170636f,
	GF_CODECID_APCN = 0x6170636e,
	GF_CODECID_APCS = 0x61706373,
	GF_CODECID_AP4X = 0x61703478,
	GF_CODECID_AP4H = 0x61703468,
	GF_CODECID_TMCD = 0x746d6364,
	GF_CODECID_EVTE = 0x65767465,
	GF_CODECID_FFV1 = 0x66667631,
	GF_CODECID_FFMPEG = 0x46464944,
	GF_CODECID_VVC = 0x76766320,
	GF_CODECID_VVC_SUBPIC = 0x76766373,
	GF_CODECID_USAC = 0x75736163,
	GF_CODECID_MPEG_AUDIO_L1 = 0x6d706131,
	GF_CODECID_MSPEG4_V3 = 0x44495633,
	GF_CODECID_ALAC = 0x414c4143,
	GF_CODECID_DNXHD = 0x444e7848,
	GF_CODECID_FAKE_MP2T = 0x4d503254,
	GF_CODECID_IAMF = 0x69616d66,
} GF_CodecID;

// Bits of a channel layout, one for each loudspeaker position of ISO/IEC 23091-3 (CICP).
enum {
	GF_AUDIO_CH_FRONT_LEFT = 1,
	GF_AUDIO_CH_FRONT_RIGHT = 2,
	GF_AUDIO_CH_FRONT_CENTER = 4,
	GF_AUDIO_CH_LFE = 8,
	GF_AUDIO_CH_SURROUND_LEFT = 16,
	GF_AUDIO_CH_SURROUND_RIGHT = 32,
	GF_AUDIO_CH_FRONT_CENTER_LEFT = 64,
	GF_AUDIO_CH_FRONT_CENTER_RIGHT = 128,
	GF_AUDIO_CH_REAR_SURROUND_LEFT = 256,
	GF_AUDIO_CH_REAR_SURROUND_RIGHT = 512,
	GF_AUDIO_CH_REAR_CENTER = 1024,
	GF_AUDIO_CH_SURROUND_DIRECT_LEFT = 2048,
	GF_AUDIO_CH_SURROUND_DIRECT_RIGHT = 4096,
	GF_AUDIO_CH_SIDE_SURROUND_LEFT = 8192,
	GF_AUDIO_CH_SIDE_SURROUND_RIGHT = 16384,
	GF_AUDIO_CH_WIDE_FRONT_LEFT = 32768,
	GF_AUDIO_CH_WIDE_FRONT_RIGHT = 0x10000,
	GF_AUDIO_CH_FRONT_TOP_LEFT = 0x20000,
	GF_AUDIO_CH_FRONT_TOP_RIGHT = 0x40000,
	GF_AUDIO_CH_FRONT_TOP_CENTER = 0x80000,
	GF_AUDIO_CH_SURROUND_TOP_LEFT = 0x100000,
	GF_AUDIO_CH_SURROUND_TOP_RIGHT = 0x200000,
	GF_AUDIO_CH_REAR_CENTER_TOP = 0x400000,
	GF_AUDIO_CH_SIDE_SURROUND_TOP_LEFT = 0x800000,
	GF_AUDIO_CH_SIDE_SURROUND_TOP_RIGHT = 0x1000000,
	GF_AUDIO_CH_CENTER_SURROUND_TOP = 0x2000000,
	GF_AUDIO_CH_LFE2 = 0x4000000,
	GF_AUDIO_CH_FRONT_BOTTOM_LEFT = 0x8000000,
	GF_AUDIO_CH_FRONT_BOTTOM_RIGHT = 0x10000000,
	GF_AUDIO_CH_FRONT_BOTTOM_CENTER = 0x20000000,
	GF_AUDIO_CH_SURROUND_BOTTOM_LEFT = 0x40000000,
};
#define GF_AUDIO_CH_SURROUND_BOTTOM_RIGHT 0x80000000 // above the enumerators of ISO C

enum {
	GF_AUDIO_FMT_U8 = 1,
	GF_AUDIO_FMT_S16 = 2,
	GF_AUDIO_FMT_S16_BE = 3,
	GF_AUDIO_FMT_S32 = 4,
	GF_AUDIO_FMT_S32_BE = 5,
	GF_AUDIO_FMT_FLT = 6,
	GF_AUDIO_FMT_FLT_BE = 7,
	GF_AUDIO_FMT_DBL = 8,
	GF_AUDIO_FMT_DBL_BE = 9,
	GF_AUDIO_FMT_S24 = 10,
	GF_AUDIO_FMT_S24_BE = 11,
	GF_AUDIO_FMT_LAST_PACKED = 12,
	GF_AUDIO_FMT_U8P = 13,
	GF_AUDIO_FMT_S16P = 14,
	GF_AUDIO_FMT_S32P = 15,
	GF_AUDIO_FMT_FLTP = 16,
	GF_AUDIO_FMT_DBLP = 17,
	GF_AUDIO_FMT_S24P = 18,
};
typedef u32 GF_AudioFormat;

typedef enum {
	GF_COLOR_PRIM_RESERVED0 = 0,
	GF_COLOR_PRIM_BT709 = 1,
	GF_COLOR_PRIM_UNSPECIFIED = 2,
	GF_COLOR_PRIM_RESERVED = 3,
	GF_COLOR_PRIM_BT470M = 4,
	GF_COLOR_PRIM_BT470BG = 5,
	GF_COLOR_PRIM_SMPTE170M = 6,
	GF_COLOR_PRIM_SMPTE240M = 7,
	GF_COLOR_PRIM_FILM = 8,
	GF_COLOR_PRIM_BT2020 = 9,
	GF_COLOR_PRIM_SMPTE428 = 10,
	GF_COLOR_PRIM_SMPTE431 = 11,
	GF_COLOR_PRIM_SMPTE432 = 12,
	GF_COLOR_PRIM_EBU3213 = 22,
} GF_ColorPrimaries;

typedef enum {
	GF_COLOR_TRC_RESERVED0 = 0,
	GF_COLOR_TRC_BT709 = 1,
	GF_COLOR_TRC_UNSPECIFIED = 2,
	GF_COLOR_TRC_RESERVED = 3,
	GF_COLOR_TRC_GAMMA22 = 4,
	GF_COLOR_TRC_GAMMA28 = 5,
	GF_COLOR_TRC_SMPTE170M = 6,
	GF_COLOR_TRC_SMPTE240M = 7,
	GF_COLOR_TRC_LINEAR = 8,
	GF_COLOR_TRC_LOG = 9,
	GF_COLOR_TRC_LOG_SQRT = 10,
	GF_COLOR_TRC_IEC61966_2_4 = 11,
	GF_COLOR_TRC_BT1361_ECG = 12,
	GF_COLOR_TRC_IEC61966_2_1 = 13,
	GF_COLOR_TRC_BT2020_10 = 14,
	GF_COLOR_TRC_BT2020_12 = 15,
	GF_COLOR_TRC_SMPTE2084 = 16,
	GF_COLOR_TRC_SMPTE428 = 17,
	GF_COLOR_TRC_ARIB_STD_B67 = 18,
} GF_ColorTransferCharacteristic;

typedef enum {
	GF_COLOR_MX_RGB = 0,
	GF_COLOR_MX_BT709 = 1,
	GF_COLOR_MX_UNSPECIFIED = 2,
	GF_COLOR_MX_RESERVED = 3,
	GF_COLOR_MX_FCC47 = 4,
	GF_COLOR_MX_BT470BG = 5,
	GF_COLOR_MX_SMPTE170M = 6,
	GF_COLOR_MX_SMPTE240M = 7,
	GF_COLOR_MX_YCGCO = 8,
	GF_COLOR_MX_BT2020_NCL = 9,
	GF_COLOR_MX_BT2020_CL = 10,
	GF_COLOR_MX_SMPTE2085 = 11,
} GF_ColorMatrixCoefficients;

typedef enum {
	GF_CHROMALOC_UNKNOWN = 0,
	GF_CHROMALOC_LEFT = 1,
	GF_CHROMALOC_CENTER = 2,
	GF_CHROMALOC_TOPLEFT = 3,
	GF_CHROMALOC_TOP = 4,
	GF_CHROMALOC_BOTTOMLEFT = 5,
	GF_CHROMALOC_BOTTOM = 6,
	GF_CHROMALOC_DV420 = 7,
} GF_ChromaLocation;

enum {
	GF_STEREO_NONE = 0,
	GF_STEREO_TOP_BOTTOM = 1,
	GF_STEREO_LEFT_RIGHT = 2,
	GF_STEREO_CUSTOM = 3,
	GF_STEREO_RIGHT_LEFT = 4,
	GF_STEREO_BOTTOM_TOP = 5,
};

enum {
	GF_PROJ360_NONE = 0,
	GF_PROJ360_CUBE_MAP = 1,
	GF_PROJ360_EQR = 2,
	GF_PROJ360_MESH = 3,
};

enum {
	GF_LLHAS_NONE = 0,
	GF_LLHAS_BYTERANGES = 1,
	GF_LLHAS_PARTS = 2,
	GF_LLHAS_SUBSEG = 3,
};

// Channels beyond 32 bits.
#define GF_AUDIO_CH_SCREEN_EDGE_LEFT ((u64)1 << 37)
#define GF_AUDIO_CH_SCREEN_EDGE_RIGHT ((u64)1 << 38)
#define GF_AUDIO_CH_BACK_SURROUND_LEFT ((u64)1 << 41)
#define GF_AUDIO_CH_BACK_SURROUND_RIGHT ((u64)1 << 42)

// The functions below read constant tables and may be called at any time from any thread. Returned strings
// are static. Enumerations start with index 0 and return 0 at the end; result pointers may be NULL.

// Name and short name of a stream type; "Unknown" and "unknown" when it has none.
GF_EXPORT const char *gf_stream_type_name(u32 streamType);
GF_EXPORT const char *gf_stream_type_short_name(u32 streamType);
// Type of a name or short name in any case (also `Video`). Otherwise GF_STREAM_UNKNOWN, with a warning unless
// the text begins with `unkn` or `undef`.
GF_EXPORT u32 gf_stream_type_by_name(const char *name);
// The types that have a name; *idx is incremented.
GF_EXPORT u32 gf_stream_types_enum(u32 *idx, const char **name, const char **desc);

// Codec of a long name, or of one of the short names in any case; GF_CODECID_NONE for others.
GF_EXPORT GF_CodecID gf_codecid_parse(const char *cname);
// Short names, which are file extensions too, separated by '|', the canonical one first; "raw" for an unknown
// codec. The configuration may have others in section `file_extensions`, key the MIME type.
GF_EXPORT const char *gf_codecid_file_ext(GF_CodecID codecid);
// Long name, "Codec Not Supported" for an unknown codec.
GF_EXPORT const char *gf_codecid_name(GF_CodecID codecid);
// MIME type of the bare bitstream, "application/octet-string" when there is none.
GF_EXPORT const char *gf_codecid_mime(GF_CodecID codecid);
// Codecs in registry order; one may come twice, for two stream types or object types.
GF_EXPORT GF_CodecID gf_codecid_enum(u32 idx, const char **short_name, const char **long_name);
// GF_STREAM_... of a codec.
GF_EXPORT u32 gf_codecid_type(GF_CodecID codecid);
// A codec whose decoders also take this one, GF_CODECID_NONE when there is none.
GF_EXPORT GF_CodecID gf_codecid_alt(GF_CodecID codecid);
// ObjectTypeIndication of ISO/IEC 14496-1, 0 when there is none.
GF_EXPORT u8 gf_codecid_oti(GF_CodecID codecid);
// The reverse, for a stream type; GF_CODECID_NONE for an unknown pair.
GF_EXPORT GF_CodecID gf_codecid_from_oti(u32 stream_type, u32 oti);
// Code of sample entries and of codec strings (RFC 6381), 0 when there is none.
GF_EXPORT u32 gf_codecid_4cc_type(GF_CodecID codecid);
// True when a filter can cut a bare bitstream of this codec into frames.
GF_EXPORT Bool gf_codecid_has_unframer(GF_CodecID codecid);
// Codec of a sample entry of ISO base media or QuickTime files, GF_CODECID_NONE for others. `mp4a`, `mp4v`
// and `mp4s` stand for their most common codec: the object type of their descriptor tells more.
GF_EXPORT GF_CodecID gf_codec_id_from_isobmf(u32 isobmftype);

// Pixel format of a name or short name, in exact case; 0 for NULL, `none` and `0`, and with an error for
// others.
GF_EXPORT GF_PixelFormat gf_pixel_fmt_parse(const char *pf_name);
// Name and short name (file extension); "unknown", with an error, for others. The next functions log an error
// for an unknown format too.
GF_EXPORT const char *gf_pixel_fmt_name(GF_PixelFormat pfmt);
GF_EXPORT const char *gf_pixel_fmt_sname(GF_PixelFormat pfmt);
// True when the code or the name is known, or the name stands for no format. Nothing is logged.
GF_EXPORT Bool gf_pixel_fmt_probe(GF_PixelFormat pf_4cc, const char *pf_name);
// *idx is incremented.
GF_EXPORT GF_PixelFormat gf_pixel_fmt_enum(
	u32 *idx, const char **name, const char **fileext, const char **description);
// All names separated by '|', `none` first.
GF_EXPORT const char *gf_pixel_fmt_all_names(void);
GF_EXPORT const char *gf_pixel_fmt_all_shortnames(void);
// Memory layout of a frame of `width` x `height` pixels: bytes in all, bytes from line to line of the first
// plane and of the chroma planes, number of planes, lines of a chroma plane. A stride that is not zero on
// input is kept; otherwise lines are as short as possible. False for an unknown format, for one whose layout
// is told elsewhere, and for sizes over 32 bits.
GF_EXPORT Bool gf_pixel_get_size_info(GF_PixelFormat pixfmt, u32 width, u32 height, u32 *out_size,
	u32 *out_stride, u32 *out_stride_uv, u32 *out_planes, u32 *out_plane_uv_height);
// Bytes per pixel of RGB and grey with alpha, bytes per component of YUV and grey.
GF_EXPORT u32 gf_pixel_get_bytes_per_pixel(GF_PixelFormat pixfmt);
// Bits per component.
GF_EXPORT u32 gf_pixel_is_wide_depth(GF_PixelFormat pixfmt);
// Number of components, alpha and depth included.
GF_EXPORT u32 gf_pixel_get_nb_comp(GF_PixelFormat pixfmt);
// Pixels per chroma sample in each direction.
GF_EXPORT void gf_pixel_get_downsampling(GF_PixelFormat pixfmt, u32 *downsample_w, u32 *downsample_h);
GF_EXPORT Bool gf_pixel_fmt_is_transparent(GF_PixelFormat pixfmt);
// True for YUV and grey.
GF_EXPORT Bool gf_pixel_fmt_is_yuv(GF_PixelFormat pixfmt);
// Code of raw video in ISO base media and QuickTime files, and back; 0 when there is none.
GF_EXPORT GF_PixelFormat gf_pixel_fmt_from_qt_type(u32 qt_code);
GF_EXPORT u32 gf_pixel_fmt_to_qt_type(GF_PixelFormat pixfmt);

// Sample format of a name or short name, in exact case; 0 for others.
GF_EXPORT GF_AudioFormat gf_audio_fmt_parse(const char *af_name);
// Name and short name (file extension); "unknown", with an error, for others.
GF_EXPORT const char *gf_audio_fmt_name(GF_AudioFormat afmt);
GF_EXPORT const char *gf_audio_fmt_sname(GF_AudioFormat afmt);
// *idx is incremented.
GF_EXPORT GF_AudioFormat gf_audio_fmt_enum(
	u32 *idx, const char **name, const char **fileext, const char **desc);
// All names separated by '|', `none` first.
GF_EXPORT const char *gf_audio_fmt_all_names(void);
GF_EXPORT const char *gf_audio_fmt_all_shortnames(void);
// Bits per sample, 0 for an unknown format.
GF_EXPORT u32 gf_audio_fmt_bit_depth(GF_AudioFormat afmt);
// True when each channel has a plane of its own.
GF_EXPORT Bool gf_audio_fmt_is_planar(GF_AudioFormat afmt);
// Code of raw audio in ISO base media and QuickTime files, and back; 0 when there is none.
GF_EXPORT GF_AudioFormat gf_audio_fmt_from_isobmf(u32 msubtype);
GF_EXPORT u32 gf_audio_fmt_to_isobmf(GF_AudioFormat afmt);

// Channel layouts are code points of ISO/IEC 23091-3 or masks of GF_AUDIO_CH_ bits, one per channel. What is
// not found gives a warning.

// Code point of a number of channels of which some are surround and low-frequency ones, 0 when there is none.
GF_EXPORT u32 gf_audio_fmt_get_cicp_layout(u32 nb_chan, u32 nb_surr, u32 nb_lfe);
// Mask of a code point, or 0.
GF_EXPORT u64 gf_audio_fmt_get_layout_from_cicp(u32 cicp_layout);
// First code point with this mask, or 255.
GF_EXPORT u32 gf_audio_fmt_get_cicp_from_layout(u64 chan_layout);
GF_EXPORT u32 gf_audio_fmt_get_num_channels_from_layout(u64 chan_layout);
// Name such as `stereo` or `3/2.1` (front, surround, low frequency), or "unknown".
GF_EXPORT const char *gf_audio_fmt_get_layout_name_from_cicp(u32 cicp_layout);
GF_EXPORT const char *gf_audio_fmt_get_layout_name(u64 chan_layout);
// Mask, or code point, of a name or of a code point written in decimal; 0 for others.
GF_EXPORT u64 gf_audio_fmt_get_layout_from_name(const char *name);
GF_EXPORT u32 gf_audio_fmt_get_cicp_from_name(const char *name);
// Name of a code point; NULL, without warning, when it has none.
GF_EXPORT const char *gf_audio_fmt_get_cicp_name(u32 cicp_code);
GF_EXPORT u32 gf_audio_fmt_cicp_enum(u32 idx, const char **short_name, u64 *ch_mask);

// Colour code points of ISO/IEC 23091-2. Parsing takes a name in any case or a listed number; `-1` gives
// 0xFFFFFFFF, and so does, with an error, any other text. A code without name is "unknown". Lists are
// separated by commas.
GF_EXPORT u32 gf_cicp_parse_color_primaries(const char *val);
GF_EXPORT const char *gf_cicp_color_primaries_name(u32 cicp_prim);
GF_EXPORT const char *gf_cicp_color_primaries_all_names(void);
GF_EXPORT u32 gf_cicp_parse_color_transfer(const char *val);
GF_EXPORT const char *gf_cicp_color_transfer_name(u32 cicp_trans);
GF_EXPORT const char *gf_cicp_color_transfer_all_names(void);
GF_EXPORT u32 gf_cicp_parse_color_matrix(const char *val);
GF_EXPORT const char *gf_cicp_color_matrix_name(u32 cicp_mx);
GF_EXPORT const char *gf_cicp_color_matrix_all_names(void);

// Languages of ISO 639-2. Finds the index of a 2- or 3-letter code (also the bibliographic ones, and with
// what follows a '-') in any case, or of an English name in exact case; -1 for others.
GF_EXPORT s32 gf_lang_find(const char *lang_or_rfc_5646_tag);
GF_EXPORT u32 gf_lang_get_count(void);
// By index; NULL out of range. The 2-letter code may be "".
GF_EXPORT const char *gf_lang_get_name(u32 idx);
GF_EXPORT const char *gf_lang_get_3cc(u32 idx);
GF_EXPORT const char *gf_lang_get_2cc(u32 idx);

#ifdef __cplusplus
}
#endif

#endif
