// SPDX-License-Identifier: MIT
// Sample entries: which code and configuration box each codec has, visual and text entries.
#include <gpac/log.h>
#include <gpac/numbers.h>
#include "formats/isom_write_entry.h"

// How the decoder configuration is stored.
typedef enum {
	CFG_NONE = 0,
	CFG_BOX,       // payload of a box
	CFG_FULL_BOX,  // payload of a full box of version 0, after version and flags
	CFG_VPCC,      // a full box of version 1, colours told
	CFG_ESDS,      // in an elementary stream descriptor
	CFG_OPUS,      // little-endian in the stream, big-endian in the file
	CFG_TX3G,      // fields of the entry, then the font table
	CFG_WEBVTT,
	CFG_TTML, // strings of the entry
	CFG_TEXT, // strings of the entry, then configuration text
	CFG_METX,
	CFG_OPAQUE, // boxes as they are
} ConfigKind;

typedef struct {
	u32 codec;
	char type[5];   // sample entry
	char box[5];    // configuration
	u8 kind;        // ConfigKind
	u8 min_size;    // of the configuration, 0 when it is not needed
	u8 object_type; // MPEG-4 object type when `codec` is none
} CodecEntry;

static const CodecEntry codecs[] = {
	{GF_CODECID_AVC, "avc1", "avcC", CFG_BOX, 7, 0},
	{GF_CODECID_SVC, "svc1", "svcC", CFG_BOX, 7, 0},
	{GF_CODECID_MVC, "mvc1", "mvcC", CFG_BOX, 7, 0},
	{GF_CODECID_HEVC, "hvc1", "hvcC", CFG_BOX, 23, 0},
	{GF_CODECID_LHVC, "lhv1", "lhvC", CFG_BOX, 6, 0},
	{GF_CODECID_HEVC_TILES, "hvt1", "", CFG_NONE, 0, 0},
	{GF_CODECID_VVC, "vvc1", "vvcC", CFG_FULL_BOX, 2, 0},
	{GF_CODECID_VVC_SUBPIC, "vvs1", "", CFG_NONE, 0, 0},
	{GF_CODECID_AV1, "av01", "av1C", CFG_BOX, 4, 0},
	{GF_CODECID_VP8, "vp08", "vpcC", CFG_VPCC, 8, 0},
	{GF_CODECID_VP9, "vp09", "vpcC", CFG_VPCC, 8, 0},
	{GF_CODECID_VP10, "vp10", "vpcC", CFG_VPCC, 8, 0},
	{GF_CODECID_MPEG4_PART2, "mp4v", "", CFG_ESDS, 0, 0},
	{GF_CODECID_MPEG2_SIMPLE, "mp4v", "", CFG_ESDS, 0, 0},
	{GF_CODECID_MPEG2_MAIN, "mp4v", "", CFG_ESDS, 0, 0},
	{GF_CODECID_MPEG2_SNR, "mp4v", "", CFG_ESDS, 0, 0},
	{GF_CODECID_MPEG2_SPATIAL, "mp4v", "", CFG_ESDS, 0, 0},
	{GF_CODECID_MPEG2_HIGH, "mp4v", "", CFG_ESDS, 0, 0},
	{GF_CODECID_MPEG2_422, "mp4v", "", CFG_ESDS, 0, 0},
	{GF_CODECID_MPEG1, "mp4v", "", CFG_ESDS, 0, 0},
	{GF_CODECID_THEORA, "mp4v", "", CFG_ESDS, 1, 0xDF},
	{GF_CODECID_JPEG, "jpeg", "", CFG_NONE, 0, 0},
	{GF_CODECID_PNG, "png ", "", CFG_NONE, 0, 0},
	{GF_CODECID_J2K, "mjp2", "jp2h", CFG_BOX, 22, 0},
	{GF_CODECID_S263, "s263", "d263", CFG_BOX, 0, 0},
	{GF_CODECID_H263, "h263", "d263", CFG_BOX, 0, 0},
	{GF_CODECID_APCH, "apch", "", CFG_NONE, 0, 0},
	{GF_CODECID_APCN, "apcn", "", CFG_NONE, 0, 0},
	{GF_CODECID_APCS, "apcs", "", CFG_NONE, 0, 0},
	{GF_CODECID_APCO, "apco", "", CFG_NONE, 0, 0},
	{GF_CODECID_AP4H, "ap4h", "", CFG_NONE, 0, 0},
	{GF_CODECID_AP4X, "ap4x", "", CFG_NONE, 0, 0},
	{GF_CODECID_DNXHD, "AVdn", "", CFG_OPAQUE, 0, 0},
	{GF_CODECID_FFV1, "FFV1", "glbl", CFG_BOX, 0, 0},
	{GF_CODECID_SMPTE_VC1, "vc-1", "dvc1", CFG_BOX, 7, 0},
	{GF_CODECID_AVS3_VIDEO, "avs3", "av3c", CFG_BOX, 4, 0},
	{GF_CODECID_AAC_MPEG4, "mp4a", "", CFG_ESDS, 2, 0},
	{GF_CODECID_AAC_MPEG2_MP, "mp4a", "", CFG_ESDS, 2, 0},
	{GF_CODECID_AAC_MPEG2_LCP, "mp4a", "", CFG_ESDS, 2, 0},
	{GF_CODECID_AAC_MPEG2_SSRP, "mp4a", "", CFG_ESDS, 2, 0},
	{GF_CODECID_USAC, "mp4a", "", CFG_ESDS, 2, 0x40},
	{GF_CODECID_MPEG_AUDIO, ".mp3", "", CFG_ESDS, 0, 0},
	{GF_CODECID_MPEG2_PART3, ".mp3", "", CFG_ESDS, 0, 0},
	{GF_CODECID_MPEG_AUDIO_L1, ".mp3", "", CFG_ESDS, 0, 0x6B},
	{GF_CODECID_VORBIS, "mp4a", "", CFG_ESDS, 1, 0xDD},
	{GF_CODECID_AC3, "ac-3", "dac3", CFG_BOX, 3, 0},
	{GF_CODECID_EAC3, "ec-3", "dec3", CFG_BOX, 5, 0},
	{GF_CODECID_AC4, "ac-4", "dac4", CFG_BOX, 3, 0},
	{GF_CODECID_TRUEHD, "mlpa", "dmlp", CFG_BOX, 10, 0},
	{GF_CODECID_OPUS, "Opus", "dOps", CFG_OPUS, 11, 0},
	{GF_CODECID_FLAC, "fLaC", "dfLa", CFG_FULL_BOX, 38, 0},
	{GF_CODECID_ALAC, "alac", "alac", CFG_FULL_BOX, 24, 0},
	{GF_CODECID_IAMF, "iamf", "iacb", CFG_BOX, 1, 0},
	{GF_CODECID_MPHA, "mha1", "mhaC", CFG_BOX, 5, 0},
	{GF_CODECID_MHAS, "mhm1", "mhaC", CFG_BOX, 0, 0},
	{GF_CODECID_DTS_CA, "dtsc", "ddts", CFG_BOX, 0, 0},
	{GF_CODECID_DTS_HD_HR_MASTER, "dtsh", "ddts", CFG_BOX, 0, 0},
	{GF_CODECID_DTS_HD_LOSSLESS, "dtsl", "ddts", CFG_BOX, 0, 0},
	{GF_CODECID_DTS_EXPRESS_LBR, "dtse", "ddts", CFG_BOX, 0, 0},
	{GF_CODECID_DTS_X, "dtsx", "udts", CFG_BOX, 0, 0},
	{GF_CODECID_DTS_Y, "dtsy", "udts", CFG_BOX, 0, 0},
	{GF_CODECID_AMR, "samr", "damr", CFG_BOX, 0, 0},
	{GF_CODECID_AMR_WB, "sawb", "damr", CFG_BOX, 0, 0},
	{GF_CODECID_EVRC, "sevc", "devc", CFG_BOX, 0, 0},
	{GF_CODECID_SMV, "ssmv", "dsmv", CFG_BOX, 0, 0},
	{GF_CODECID_QCELP, "sqcp", "dqcp", CFG_BOX, 0, 0},
	{GF_CODECID_TX3G, "tx3g", "", CFG_TX3G, 30, 0},
	{GF_CODECID_WEBVTT, "wvtt", "vttC", CFG_WEBVTT, 0, 0},
	{GF_CODECID_SUBS_XML, "stpp", "", CFG_TTML, 0, 0},
	{GF_CODECID_SIMPLE_TEXT, "stxt", "txtC", CFG_TEXT, 0, 0},
	{GF_CODECID_SUBS_TEXT, "sbtt", "txtC", CFG_TEXT, 0, 0},
	{GF_CODECID_META_TEXT, "mett", "txtC", CFG_TEXT, 0, 0},
	{GF_CODECID_META_XML, "metx", "", CFG_METX, 0, 0},
	{GF_CODECID_EVTE, "evte", "", CFG_NONE, 0, 0},
	{GF_CODECID_SCTE35, "evte", "", CFG_NONE, 0, 0},
	{GF_CODECID_DVB_SUBS, "dvbs", "dvsC", CFG_BOX, 5, 0},
	{GF_CODECID_DVB_TELETEXT, "dvbt", "dvtC", CFG_BOX, 0, 0},
};

static const CodecEntry *find_codec(u32 codec)
{
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		if (codecs[i].codec == codec)
			return &codecs[i];
	}
	return NULL;
}

Bool isow_entry_needs_config(u32 codec)
{
	const CodecEntry *c = find_codec(codec);
	return c && c->min_size ? GF_TRUE : GF_FALSE;
}

static Bool is_pcm_float(u32 format)
{
	return format == GF_AUDIO_FMT_FLT || format == GF_AUDIO_FMT_FLT_BE || format == GF_AUDIO_FMT_DBL ||
		   format == GF_AUDIO_FMT_DBL_BE;
}

// QuickTime codes of PCM; their bytes are big-endian unless the entry says otherwise.
static u32 quicktime_pcm(u32 format)
{
	switch (format) {
	case GF_AUDIO_FMT_U8:
		return isow_code("raw ");
	case GF_AUDIO_FMT_S16:
		return isow_code("sowt");
	case GF_AUDIO_FMT_S16_BE:
		return isow_code("twos");
	case GF_AUDIO_FMT_S24:
	case GF_AUDIO_FMT_S24_BE:
		return isow_code("in24");
	case GF_AUDIO_FMT_S32:
	case GF_AUDIO_FMT_S32_BE:
		return isow_code("in32");
	case GF_AUDIO_FMT_FLT:
	case GF_AUDIO_FMT_FLT_BE:
		return isow_code("fl32");
	case GF_AUDIO_FMT_DBL:
	case GF_AUDIO_FMT_DBL_BE:
		return isow_code("fl64");
	default:
		return 0;
	}
}

static u32 pcm_type(const IsowEntry *e)
{
	u32 code = quicktime_pcm(e->pcm_format);
	if (!code || e->pcm_format == GF_AUDIO_FMT_U8)
		return code;
	if (e->quicktime && e->audio_version == ISOW_AUDIO_QT_V2)
		return isow_code("lpcm");
	if (e->quicktime || e->audio_version == ISOW_AUDIO_QT_V1 || e->audio_version == ISOW_AUDIO_QT_V2)
		return code;
	return isow_code(is_pcm_float(e->pcm_format) ? "fpcm" : "ipcm");
}

u32 isow_entry_type(const IsowEntry *e)
{
	if (e->type)
		return e->type;
	if (e->codec == GF_CODECID_RAW)
		return e->stream_type == GF_STREAM_AUDIO ? pcm_type(e) : 0;
	const CodecEntry *c = find_codec(e->codec);
	if (!c) // a codec without registration: its identifier is the code of its entry
		return e->codec > GF_CODECID_LAST_MPEG4_MAPPING ? e->codec : 0;
	if (!strcmp(c->type, ".mp3") && e->config_size)
		return isow_code("mp4a");
	return isow_code(c->type);
}

GF_Err isow_bad_config(const IsowEntry *e, const char *what)
{
	char name[GF_4CC_MSIZE];
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
		("[mp4] decoder configuration of '%s' (%u bytes) cannot be stored: %s\n",
			gf_4cc_to_str_safe(isow_entry_type(e), name), e->config_size, what));
	return GF_NON_COMPLIANT_BITSTREAM;
}

void isow_write_esds(ByteWriter *w, const IsowEntry *e, u8 object_type)
{
	size_t box = isow_full_box(w, "esds", 0, 0);
	size_t es = isow_descr(w, 3);
	bw_u16(w, 0); // ISO/IEC 14496-14 3.1.2: the identifier is that of the track
	bw_u8(w, 0);
	size_t dcd = isow_descr(w, 4);
	bw_u8(w, object_type);
	bw_u8(w, e->stream_type << 2 | 1); // upStream 0, reserved 1
	bw_u24(w, e->buffer_size);
	bw_u32(w, e->max_bitrate);
	bw_u32(w, e->avg_bitrate);
	if (e->config_size) {
		size_t dsi = isow_descr(w, 5);
		bw_bytes(w, e->config, e->config_size);
		isow_descr_end(w, dsi);
	}
	isow_descr_end(w, dcd);
	size_t sl = isow_descr(w, 6);
	bw_u8(w, 2); // reserved for use in MP4 files
	isow_descr_end(w, sl);
	isow_descr_end(w, es);
	isow_end(w, box);
}

// 12.1.3: the fields of a VisualSampleEntry after the common ones.
static void write_visual(ByteWriter *w, const IsowEntry *e)
{
	bw_zeros(w, 16);
	bw_u16(w, e->width);
	bw_u16(w, e->height);
	bw_u32(w, 0x480000); // 72 dpi
	bw_u32(w, 0x480000);
	bw_u32(w, 0);
	bw_u16(w, 1); // frames per sample
	size_t len = e->compressor ? strlen(e->compressor) : 0;
	if (len > 31)
		len = 31;
	bw_u8(w, (u32)len);
	bw_bytes(w, e->compressor, len);
	bw_zeros(w, 31 - len);
	bw_u16(w, e->depth ? e->depth : 0x18);
	bw_u16(w, 0xFFFF);
}

static void write_payload(ByteWriter *w, const char type[4], const u8 *data, u32 size)
{
	if (!size)
		return;
	size_t box = isow_box(w, type);
	bw_bytes(w, data, size);
	isow_end(w, box);
}

static void write_fraction(ByteWriter *w, IsowFraction f)
{
	bw_u32(w, (u32)f.num);
	bw_u32(w, f.den);
}

// Boxes that any visual entry may have (12.1.4, 12.1.5, 12.1.6, 12.1.7).
static void write_visual_boxes(ByteWriter *w, const IsowEntry *e)
{
	if (e->sar.num > 0 && e->sar.den) {
		size_t pasp = isow_box(w, "pasp");
		bw_u32(w, (u32)e->sar.num);
		bw_u32(w, e->sar.den);
		isow_end(w, pasp);
	}
	if (e->clap_w.den && e->clap_h.den && e->clap_x.den && e->clap_y.den) {
		size_t clap = isow_box(w, "clap");
		write_fraction(w, e->clap_w);
		write_fraction(w, e->clap_h);
		write_fraction(w, e->clap_x);
		write_fraction(w, e->clap_y);
		isow_end(w, clap);
	}
	if (e->has_colour) {
		size_t colr = isow_box(w, "colr");
		bw_bytes(w, e->quicktime ? "nclc" : "nclx", 4);
		bw_u16(w, e->primaries);
		bw_u16(w, e->transfer);
		bw_u16(w, e->matrix);
		if (!e->quicktime)
			bw_u8(w, e->full_range ? 0x80 : 0);
		isow_end(w, colr);
	}
	if (e->icc_size) {
		size_t colr = isow_box(w, "colr");
		bw_bytes(w, "prof", 4);
		bw_bytes(w, e->icc, e->icc_size);
		isow_end(w, colr);
	}
	write_payload(w, "mdcv", e->mastering, e->mastering_size);
	write_payload(w, "clli", e->light, e->light_size);
	if (e->coding_constraints) {
		// ISO/IEC 23008-12 7.2.3.2: nothing is promised, intra prediction and up to 15 references may be used
		size_t ccst = isow_full_box(w, "ccst", 0, 0);
		bw_u32(w, 1u << 30 | 15u << 26);
		isow_end(w, ccst);
	}
	if (e->dolby_vision_size >= 4) {
		// Dolby Vision within ISOBMFF 3.1: the box depends on the profile, 7 bits after the two version bytes
		u32 profile = e->dolby_vision[2] >> 1;
		const char *type = profile > 10 ? "dvwC" : profile > 7 ? "dvvC" : "dvcC";
		write_payload(w, type, e->dolby_vision, e->dolby_vision_size);
	}
}

// 3GPP TS 26.245 5.16: the fields up to the default style are the configuration, then comes a font table box.
static GF_Err write_tx3g(ByteWriter *w, const IsowEntry *e)
{
	const u32 fixed = 30;
	bw_bytes(w, e->config, fixed);
	const u8 *fonts = e->config + fixed;
	u32 size = e->config_size - fixed;
	if (size >= 8 && !memcmp(fonts + 4, "ftab", 4)) {
		bw_bytes(w, fonts, size);
		return GF_OK;
	}
	size_t ftab = isow_box(w, "ftab");
	if (size >= 2) {
		bw_bytes(w, fonts, size);
	} else {
		static const u8 default_font[] = {0, 1, 0, 1, 5, 'S', 'e', 'r', 'i', 'f'};
		bw_bytes(w, default_font, sizeof(default_font));
	}
	isow_end(w, ftab);
	return GF_OK;
}

// Length of a text that may have a final NUL.
static size_t text_length(const u8 *text, u32 size)
{
	while (size && !text[size - 1])
		size--;
	return size;
}

// ISO/IEC 14496-30 7.4 (WebVTT) and 7.3 (TTML), 14496-12 12.3.3, 12.5.3, 12.6.3 (text and XML).
static void write_text(ByteWriter *w, const IsowEntry *e, ConfigKind kind)
{
	size_t len = text_length(e->config, e->config_size);
	if (kind == CFG_WEBVTT) {
		size_t box = isow_box(w, "vttC");
		bw_bytes(w, len ? (const void *)e->config : "WEBVTT", len ? len : 6);
		isow_end(w, box);
		return;
	}
	if (kind == CFG_TTML) {
		isow_string(w, e->xml_namespace ? e->xml_namespace : "http://www.w3.org/ns/ttml");
		isow_string(w, e->schema);
		isow_string(w, e->aux_mimes);
		return;
	}
	isow_string(w, e->encoding);
	if (kind == CFG_METX) {
		isow_string(w, e->xml_namespace);
		isow_string(w, e->schema);
		return;
	}
	isow_string(w, e->mime ? e->mime : "text/plain");
	if (len) {
		size_t box = isow_full_box(w, "txtC", 0, 0);
		bw_bytes(w, e->config, len);
		bw_u8(w, 0);
		isow_end(w, box);
	}
}

// Whether `data` is a sequence of whole boxes.
static Bool is_box_list(const u8 *data, u32 size)
{
	BitReader r;
	br_init(&r, data, size);
	while (br_left(&r)) {
		u32 box = br_u32(&r);
		if (box < 8)
			return GF_FALSE;
		br_skip(&r, box - 4);
	}
	return r.overrun ? GF_FALSE : GF_TRUE;
}

static void write_opaque(ByteWriter *w, const IsowEntry *e)
{
	if (is_box_list(e->config, e->config_size))
		bw_bytes(w, e->config, e->config_size);
	else // box of libavformat and others for a configuration without a format of its own
		write_payload(w, "glbl", e->config, e->config_size);
}

static GF_Err check_config(const IsowEntry *e, const CodecEntry *c)
{
	if (!c->min_size)
		return GF_OK;
	if (e->config_size < c->min_size)
		return isow_bad_config(e, e->config_size ? "it is too short" : "there is none");
	u8 first = e->config[0];
	// first byte of avcC and hvcC: version 1 (drafts of hvcC had 0); of av1C: marker and version 1
	if ((c->codec == GF_CODECID_AVC && first != 1) || (c->codec == GF_CODECID_HEVC && first > 1) ||
		(c->codec == GF_CODECID_AV1 && first != 0x81))
		return isow_bad_config(e, "its version is unknown");
	return GF_OK;
}

// VP Codec ISO Media File Format Binding. Primaries 0 are reserved (ISO/IEC 23091-4): a stream that does not tell
// its colours, as VP8, has unspecified ones.
static void write_vpcc(ByteWriter *w, const IsowEntry *e)
{
	size_t box = isow_full_box(w, "vpcC", 1, 0);
	Bool untold = !e->config[3] && !e->config[4];
	bw_bytes(w, e->config, 3);
	bw_bytes(w, untold ? (const u8 *)"\2\2\2" : e->config + 3, 3);
	bw_bytes(w, e->config + 6, e->config_size - 6);
	isow_end(w, box);
}

static GF_Err write_config(ByteWriter *w, const IsowEntry *e, const CodecEntry *c)
{
	size_t box;
	switch ((ConfigKind)c->kind) {
	case CFG_BOX:
		write_payload(w, c->box, e->config, e->config_size);
		return GF_OK;
	case CFG_VPCC:
		write_vpcc(w, e);
		return GF_OK;
	case CFG_FULL_BOX:
		box = isow_full_box(w, c->box, 0, 0);
		bw_bytes(w, e->config, e->config_size);
		isow_end(w, box);
		return GF_OK;
	case CFG_ESDS:
		if (isow_entry_type(e) != isow_code(".mp3"))
			isow_write_esds(w, e, c->object_type ? c->object_type : (u8)c->codec);
		return GF_OK;
	case CFG_OPUS:
		return isow_write_opus(w, e);
	case CFG_TX3G:
		return write_tx3g(w, e);
	case CFG_WEBVTT:
	case CFG_TTML:
	case CFG_TEXT:
	case CFG_METX:
		write_text(w, e, c->kind);
		return GF_OK;
	case CFG_OPAQUE:
		write_opaque(w, e);
		return GF_OK;
	case CFG_NONE:
		break;
	}
	return GF_OK;
}

static void write_enhancement(ByteWriter *w, const IsowEntry *e)
{
	if (e->codec == GF_CODECID_HEVC)
		write_payload(w, "lhvC", e->enhancement, e->enhancement_size);
	else if (e->codec == GF_CODECID_AVC)
		write_payload(w, "svcC", e->enhancement, e->enhancement_size);
	else if (e->codec == GF_CODECID_MVC)
		write_payload(w, "mvcC", e->enhancement, e->enhancement_size);
}

// 23001-7 8.1: the original code, the scheme, and its parameters.
static void write_protection(ByteWriter *w, const IsowEntry *e)
{
	const IsowProtection *p = e->protection;
	size_t sinf = isow_box(w, "sinf");
	size_t frma = isow_box(w, "frma");
	bw_u32(w, isow_entry_type(e));
	isow_end(w, frma);
	size_t schm = isow_full_box(w, "schm", 0, p->uri ? 1 : 0);
	bw_u32(w, p->scheme);
	bw_u32(w, p->version);
	if (p->uri)
		isow_string(w, p->uri);
	isow_end(w, schm);
	size_t schi = isow_box(w, "schi");
	Bool pattern = p->crypt_blocks || p->skip_blocks;
	size_t tenc = isow_full_box(w, "tenc", pattern ? 1 : 0, 0);
	bw_u8(w, 0);
	bw_u8(w, pattern ? (u32)p->crypt_blocks << 4 | p->skip_blocks : 0);
	bw_u8(w, p->is_protected);
	bw_u8(w, p->iv_size);
	bw_bytes(w, p->kid, 16);
	if (p->is_protected && !p->iv_size) {
		bw_u8(w, p->const_iv_size);
		bw_bytes(w, p->const_iv, p->const_iv_size);
	}
	isow_end(w, tenc);
	isow_end(w, schi);
	isow_end(w, sinf);
}

static const char *protected_type(u32 stream_type)
{
	switch (stream_type) {
	case GF_STREAM_VISUAL:
		return "encv";
	case GF_STREAM_AUDIO:
		return "enca";
	case GF_STREAM_TEXT:
		return "enct";
	case GF_STREAM_METADATA:
		return "encm";
	default:
		return "encs";
	}
}

GF_Err isow_write_entry(ByteWriter *w, const IsowEntry *e)
{
	const CodecEntry *c = find_codec(e->codec);
	u32 type = isow_entry_type(e);
	if (!type) {
		char name[GF_4CC_MSIZE];
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4] codec %s (0x%X) has no sample entry and cannot be stored in ISO base media files\n",
				gf_4cc_to_str_safe(e->codec, name), e->codec));
		return GF_NOT_SUPPORTED;
	}
	GF_Err err = c ? check_config(e, c) : GF_OK;
	if (err)
		return err;

	size_t entry = isow_box(w, e->protection ? protected_type(e->stream_type) : "    ");
	if (!e->protection)
		bw_patch_u32(w, entry + 4, type);
	bw_zeros(w, 6);
	bw_u16(w, 1); // data reference: this file
	if (e->stream_type == GF_STREAM_VISUAL)
		write_visual(w, e);
	else if (e->stream_type == GF_STREAM_AUDIO)
		err = isow_write_audio(w, e, type);
	if (!err && c)
		err = write_config(w, e, c);
	else if (!err && e->codec != GF_CODECID_RAW)
		write_opaque(w, e);
	if (err)
		return err;
	write_enhancement(w, e);
	if (e->stream_type == GF_STREAM_VISUAL)
		write_visual_boxes(w, e);
	if (e->has_bitrate && !e->quicktime) {
		size_t btrt = isow_box(w, "btrt");
		bw_u32(w, e->buffer_size);
		bw_u32(w, e->max_bitrate);
		bw_u32(w, e->avg_bitrate);
		isow_end(w, btrt);
	}
	if (e->protection)
		write_protection(w, e);
	isow_end(w, entry);
	return w->failed ? GF_OUT_OF_MEM : GF_OK;
}
