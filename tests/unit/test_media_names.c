// SPDX-License-Identifier: MIT
// Expected values are those of the tables of the interface specification.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <gpac/constants.h>
#include <gpac/tools.h>

static int be_quiet(void **state)
{
	(void)state;
	gf_log_set_tool_level(GF_LOG_ALL, GF_LOG_QUIET);
	return 0;
}

static void names_stream_types(void **state)
{
	(void)state;
	assert_string_equal(gf_stream_type_name(GF_STREAM_VISUAL), "Visual");
	assert_string_equal(gf_stream_type_short_name(GF_STREAM_VISUAL), "video");
	assert_string_equal(gf_stream_type_name(GF_STREAM_ENCRYPTED), "Encrypted");
	assert_string_equal(gf_stream_type_short_name(GF_STREAM_METADATA), "meta");
	assert_string_equal(gf_stream_type_name(GF_STREAM_UNKNOWN), "Unknown");
	assert_string_equal(gf_stream_type_short_name(GF_STREAM_PRIVATE_SCENE), "unknown");
	assert_int_equal(gf_stream_type_by_name("VIDEO"), GF_STREAM_VISUAL);
	assert_int_equal(gf_stream_type_by_name("visual"), GF_STREAM_VISUAL);
	assert_int_equal(gf_stream_type_by_name("File"), GF_STREAM_FILE);
	assert_int_equal(gf_stream_type_by_name("undefined"), GF_STREAM_UNKNOWN);
	static const u32 order[] = {4, 5, 3, 13, 33, 225, 224, 1, 2, 6, 7, 8, 9, 10, 12};
	u32 idx = 0;
	const char *name, *desc;
	for (u32 i = 0; i < 15; i++) {
		assert_int_equal(gf_stream_types_enum(&idx, &name, &desc), order[i]);
		assert_string_equal(name, gf_stream_type_name(order[i]));
	}
	assert_int_equal(gf_stream_types_enum(&idx, &name, &desc), 0);
}

static void finds_codecs_by_name(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		GF_CodecID id;
	} cases[] = {
		{"264", GF_CODECID_AVC},
		{"avc", GF_CODECID_AVC},
		{"H264", GF_CODECID_AVC},
		{"svc", GF_CODECID_SVC},
		{"hevc", GF_CODECID_HEVC},
		{"h265", GF_CODECID_HEVC},
		{"hvc", GF_CODECID_HEVC},
		{"265", GF_CODECID_NONE},
		{"m2v", GF_CODECID_MPEG2_MAIN},
		{"aac", GF_CODECID_AAC_MPEG4},
		{"h263", GF_CODECID_S263},
		{"amr", GF_CODECID_AMR},
		{"qcp", GF_CODECID_QCELP},
		{"ivf", GF_CODECID_AV1},
		{"avs3", GF_CODECID_AVS3_VIDEO},
		{"mhas", GF_CODECID_MPHA},
		{"prores", GF_CODECID_APCH},
		{"dvbs", GF_CODECID_DVB_SUBS},
		{"raw", GF_CODECID_RAW},
		{"HEVC Video", GF_CODECID_HEVC},
		{"hevc video", GF_CODECID_NONE},
		{"avc1", GF_CODECID_NONE},
		{"266", GF_CODECID_VVC},
		{"opus", GF_CODECID_OPUS},
		{"", GF_CODECID_NONE},
		{"av", GF_CODECID_NONE},
	};
	for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(gf_codecid_parse(cases[i].name), cases[i].id);
	assert_int_equal(gf_codecid_parse(NULL), GF_CODECID_NONE);
}

static void describes_codecs(void **state)
{
	(void)state;
	assert_string_equal(gf_codecid_name(GF_CODECID_AVC), "MPEG-4 AVC|H264 Video");
	assert_string_equal(gf_codecid_file_ext(GF_CODECID_AVC), "264|avc|h264");
	assert_string_equal(gf_codecid_mime(GF_CODECID_AVC), "video/avc");
	assert_int_equal(gf_codecid_type(GF_CODECID_AVC), GF_STREAM_VISUAL);
	assert_int_equal(gf_codecid_oti(GF_CODECID_AVC), 0x21);
	assert_int_equal(gf_codecid_4cc_type(GF_CODECID_AVC), GF_4CC('a', 'v', 'c', '1'));
	assert_true(gf_codecid_has_unframer(GF_CODECID_AVC));
	assert_int_equal(gf_codecid_alt(GF_CODECID_AVC), 0);
	assert_int_equal(gf_codecid_alt(GF_CODECID_AAC_MPEG2_LCP), GF_CODECID_AAC_MPEG4);
	assert_int_equal(gf_codecid_oti(GF_CODECID_AC3), 0xA5);
	assert_int_equal(gf_codecid_oti(GF_CODECID_USAC), 0x40);
	assert_int_equal(gf_codecid_oti(GF_CODECID_AMR), 0);
	assert_int_equal(gf_codecid_4cc_type(GF_CODECID_AV1), 0);
	assert_int_equal(gf_codecid_4cc_type(GF_CODECID_PNG), GF_4CC('p', 'n', 'g', ' '));
	assert_false(gf_codecid_has_unframer(GF_CODECID_VP8));
	assert_string_equal(gf_codecid_mime(GF_CODECID_DVB_SUBS), "application/octet-string");
	assert_int_equal(gf_codecid_type(GF_CODECID_OD_V1), GF_STREAM_SCENE); // shares the value of BIFS
	GF_CodecID unknown = GF_4CC('n', 'o', 'n', 'e');
	assert_string_equal(gf_codecid_name(unknown), "Codec Not Supported");
	assert_string_equal(gf_codecid_file_ext(unknown), "raw");
	assert_int_equal(gf_codecid_type(unknown), 0);
	assert_int_equal(gf_codecid_from_oti(GF_STREAM_AUDIO, 0x40), GF_CODECID_AAC_MPEG4);
	assert_int_equal(gf_codecid_from_oti(GF_STREAM_AUDIO, 0xDE), GF_CODECID_OPUS);
	assert_int_equal(gf_codecid_from_oti(GF_STREAM_SCENE, 0), GF_CODECID_BIFS);
	assert_int_equal(gf_codecid_from_oti(GF_STREAM_AUDIO, 0x20), 0);
	assert_int_equal(gf_codecid_from_oti(GF_STREAM_AUDIO, 0), 0);
	u32 nb = 0;
	const char *names, *long_name;
	while (gf_codecid_enum(nb, &names, &long_name)) {
		assert_true(*names && *long_name);
		nb++;
	}
	assert_int_equal(nb, 124);
	static const struct {
		const char *entry;
		GF_CodecID id;
	} entries[] = {
		{"avc3", GF_CODECID_AVC},
		{"hev1", GF_CODECID_HEVC},
		{"dvh1", GF_CODECID_HEVC},
		{"mp4a", GF_CODECID_AAC_MPEG4},
		{"av01", GF_CODECID_AV1},
		{"vvi1", GF_CODECID_VVC},
		{"fLaC", GF_CODECID_FLAC},
		{"twos", GF_CODECID_RAW},
		{"text", GF_CODECID_TX3G},
		{"evte", GF_CODECID_EVTE},
		{"mp4s", GF_CODECID_BIFS},
		{"lhv1", GF_CODECID_LHVC},
		{"none", GF_CODECID_NONE},
	};
	for (u32 i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		assert_int_equal(gf_codec_id_from_isobmf(gf_4cc_parse(entries[i].entry)), entries[i].id);
}

static void names_pixel_formats(void **state)
{
	(void)state;
	assert_int_equal(gf_pixel_fmt_parse("yuv420"), GF_PIXEL_YUV);
	assert_int_equal(gf_pixel_fmt_parse("yuv"), GF_PIXEL_YUV);
	assert_int_equal(gf_pixel_fmt_parse("YUV"), 0);
	assert_int_equal(gf_pixel_fmt_parse("none"), 0);
	assert_int_equal(gf_pixel_fmt_parse(NULL), 0);
	assert_int_equal(gf_pixel_fmt_parse("algr"), GF_4CC('G', 'R', 'A', 'L'));
	assert_int_equal(gf_pixel_fmt_parse("yuv422"), GF_4CC('Y', '4', '4', '2'));
	assert_string_equal(gf_pixel_fmt_name(GF_PIXEL_NV12_10), "nv1l");
	assert_string_equal(gf_pixel_fmt_sname(GF_PIXEL_YUV444_10), "yp4l");
	assert_string_equal(gf_pixel_fmt_name(12), "unknown");
	assert_true(gf_pixel_fmt_probe(0, "none"));
	assert_true(gf_pixel_fmt_probe(GF_PIXEL_RGB, NULL));
	assert_false(gf_pixel_fmt_probe(0, "nope"));
	assert_int_equal(gf_pixel_fmt_from_qt_type(GF_4CC('I', '4', '2', '0')), GF_PIXEL_YUV);
	assert_int_equal(gf_pixel_fmt_from_qt_type(GF_4CC('2', 'v', 'u', 'y')), GF_PIXEL_UYVY);
	assert_int_equal(gf_pixel_fmt_to_qt_type(GF_PIXEL_RGB), GF_4CC('r', 'a', 'w', ' '));
	assert_int_equal(gf_pixel_fmt_to_qt_type(GF_PIXEL_BGR), 0);
	// the lists have the names of the table, except for the texture
	char names[1024] = "none", snames[1024] = "";
	u32 idx = 0, nb = 0;
	const char *name, *sname, *desc;
	for (GF_PixelFormat f; (f = gf_pixel_fmt_enum(&idx, &name, &sname, &desc)); nb++) {
		assert_int_equal(gf_pixel_fmt_parse(name), f);
		if (f == GF_PIXEL_GL_EXTERNAL)
			continue;
		strcat(strcat(names, "|"), name);
		strcat(strcat(snames, *snames ? "|" : ""), sname);
	}
	assert_int_equal(nb, 49);
	assert_string_equal(gf_pixel_fmt_all_names(), names);
	assert_string_equal(gf_pixel_fmt_all_shortnames(), snames);
}

static void describes_pixel_formats(void **state)
{
	(void)state;
	u32 w, h;
	gf_pixel_get_downsampling(GF_PIXEL_YUV422, &w, &h);
	assert_int_equal(w, 2);
	assert_int_equal(h, 1);
	gf_pixel_get_downsampling(GF_PIXEL_NV12, &w, &h);
	assert_int_equal(w * 10 + h, 22);
	gf_pixel_get_downsampling(GF_PIXEL_RGB, &w, &h);
	assert_int_equal(w * 10 + h, 11);
	assert_int_equal(gf_pixel_is_wide_depth(GF_PIXEL_V210), 10);
	assert_int_equal(gf_pixel_get_nb_comp(GF_PIXEL_YUVA444), 4);
	assert_int_equal(gf_pixel_get_bytes_per_pixel(GF_PIXEL_RGBA), 4);
	assert_int_equal(gf_pixel_get_bytes_per_pixel(GF_PIXEL_RGB_565), 2);
	assert_int_equal(gf_pixel_get_bytes_per_pixel(GF_PIXEL_YUV_10), 2);
	assert_int_equal(gf_pixel_get_bytes_per_pixel(GF_PIXEL_GREYSCALE), 1);
	assert_true(gf_pixel_fmt_is_transparent(GF_PIXEL_YUVA));
	assert_false(gf_pixel_fmt_is_transparent(GF_PIXEL_YUVD));
	assert_true(gf_pixel_fmt_is_yuv(GF_PIXEL_GREYSCALE));
	assert_false(gf_pixel_fmt_is_yuv(GF_PIXEL_ALPHAGREY));
}

static void computes_frame_sizes(void **state)
{
	(void)state;
	static const struct {
		GF_PixelFormat format;
		u32 width, height, size, stride, stride_uv, planes, height_uv;
	} cases[] = {
		{GF_PIXEL_YUV, 1280, 720, 1382400, 1280, 640, 3, 360},
		{GF_PIXEL_YUV, 5, 3, 27, 5, 3, 3, 2},
		{GF_PIXEL_YUV_10, 5, 3, 54, 10, 6, 3, 2},
		{GF_PIXEL_YUVA, 4, 4, 40, 4, 2, 4, 2},
		{GF_PIXEL_YUV422, 5, 3, 33, 5, 3, 3, 3},
		{GF_PIXEL_YUV422_10, 5, 3, 66, 10, 6, 3, 3},
		{GF_PIXEL_YUV444_10, 5, 3, 90, 10, 10, 3, 3},
		{GF_PIXEL_YUVA444, 5, 3, 60, 5, 5, 4, 3},
		{GF_PIXEL_NV12, 5, 3, 27, 5, 6, 2, 2},
		{GF_PIXEL_NV21_10, 5, 3, 54, 10, 12, 2, 2},
		{GF_PIXEL_UYVY, 5, 3, 36, 12, 0, 1, 0},
		{GF_PIXEL_YVYU_10, 5, 3, 72, 24, 0, 1, 0},
		{GF_PIXEL_YUV444_PACK, 5, 3, 45, 15, 0, 1, 0},
		{GF_PIXEL_YUV444_10_PACK, 5, 3, 60, 20, 0, 1, 0},
		{GF_PIXEL_V210, 50, 2, 512, 256, 0, 1, 0},
		{GF_PIXEL_GREYALPHA, 5, 3, 30, 10, 0, 1, 0},
		{GF_PIXEL_RGB, 5, 3, 45, 15, 0, 1, 0},
		{GF_PIXEL_RGBD, 5, 3, 60, 20, 0, 1, 0},
		{GF_PIXEL_GL_EXTERNAL, 5, 3, 0, 0, 0, 1, 0},
		{GF_PIXEL_YUV, 0, 0, 0, 0, 0, 3, 0},
	};
	u32 size, stride, stride_uv, planes, height_uv;
	for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		stride = stride_uv = 0;
		assert_true(gf_pixel_get_size_info(cases[i].format, cases[i].width, cases[i].height, &size, &stride,
			&stride_uv, &planes, &height_uv));
		assert_int_equal(size, cases[i].size);
		assert_int_equal(stride, cases[i].stride);
		assert_int_equal(stride_uv, cases[i].stride_uv);
		assert_int_equal(planes, cases[i].planes);
		assert_int_equal(height_uv, cases[i].height_uv);
	}
	// longer lines: those of chroma in proportion, or as told
	stride = 16;
	stride_uv = 0;
	assert_true(
		gf_pixel_get_size_info(GF_PIXEL_NV12, 10, 4, &size, &stride, &stride_uv, &planes, &height_uv));
	assert_int_equal(stride_uv, 16);
	assert_int_equal(size, 16 * 4 + 16 * 2);
	stride_uv = 32;
	assert_true(
		gf_pixel_get_size_info(GF_PIXEL_NV12, 10, 4, &size, &stride, &stride_uv, &planes, &height_uv));
	assert_int_equal(size, 16 * 4 + 32 * 2);
	stride = 15;
	stride_uv = 0;
	assert_true(
		gf_pixel_get_size_info(GF_PIXEL_YUV_10, 6, 2, &size, &stride, &stride_uv, &planes, &height_uv));
	assert_int_equal(stride_uv, 8);
	assert_true(gf_pixel_get_size_info(GF_PIXEL_RGB, 10, 4, &size, NULL, NULL, NULL, NULL));
	assert_int_equal(size, 120);

	assert_false(gf_pixel_get_size_info(GF_PIXEL_UNCV, 10, 4, &size, NULL, NULL, NULL, NULL));
	assert_false(gf_pixel_get_size_info(12, 10, 4, &size, NULL, NULL, NULL, NULL));
	assert_false(gf_pixel_get_size_info(GF_PIXEL_RGBA, 65536, 65536, &size, NULL, NULL, NULL, NULL));
	assert_false(
		gf_pixel_get_size_info(GF_PIXEL_YUVA, UINT32_MAX, UINT32_MAX, &size, NULL, NULL, NULL, NULL));
	assert_false(gf_pixel_get_size_info(GF_PIXEL_RGBA, UINT32_MAX, 0, &size, NULL, NULL, NULL, NULL));
}

static void names_audio_formats(void **state)
{
	(void)state;
	assert_int_equal(gf_audio_fmt_parse("s16"), GF_AUDIO_FMT_S16);
	assert_int_equal(gf_audio_fmt_parse("pcm"), GF_AUDIO_FMT_S16);
	assert_int_equal(gf_audio_fmt_parse("S16"), 0);
	assert_int_equal(gf_audio_fmt_parse(NULL), 0);
	assert_string_equal(gf_audio_fmt_name(GF_AUDIO_FMT_S24P), "s24p");
	assert_string_equal(gf_audio_fmt_sname(GF_AUDIO_FMT_U8P), "pc8p");
	assert_string_equal(gf_audio_fmt_name(GF_AUDIO_FMT_LAST_PACKED), "unknown");
	assert_int_equal(gf_audio_fmt_bit_depth(GF_AUDIO_FMT_S24_BE), 24);
	assert_int_equal(gf_audio_fmt_bit_depth(99), 0);
	assert_true(gf_audio_fmt_is_planar(GF_AUDIO_FMT_U8P));
	assert_false(gf_audio_fmt_is_planar(GF_AUDIO_FMT_S24_BE));
	assert_int_equal(gf_audio_fmt_from_isobmf(GF_4CC('t', 'w', 'o', 's')), GF_AUDIO_FMT_S16_BE);
	assert_int_equal(gf_audio_fmt_to_isobmf(GF_AUDIO_FMT_FLT_BE), GF_4CC('f', 'l', '3', '2'));
	assert_int_equal(gf_audio_fmt_to_isobmf(GF_AUDIO_FMT_FLT), 0);
	char names[256] = "none", snames[256] = "";
	u32 idx = 0, nb = 0;
	const char *name, *sname, *desc;
	for (GF_AudioFormat f; (f = gf_audio_fmt_enum(&idx, &name, &sname, &desc)); nb++) {
		assert_int_equal(gf_audio_fmt_parse(sname), f);
		strcat(strcat(names, "|"), name);
		strcat(strcat(snames, *snames ? "|" : ""), sname);
	}
	assert_int_equal(nb, 17);
	assert_string_equal(gf_audio_fmt_all_names(), names);
	assert_string_equal(gf_audio_fmt_all_shortnames(), snames);
}

static void handles_channel_layouts(void **state)
{
	(void)state;
	assert_int_equal(gf_audio_fmt_get_layout_from_cicp(6), 0x3F);
	assert_int_equal(gf_audio_fmt_get_layout_from_cicp(7), 0xFF);
	assert_int_equal(gf_audio_fmt_get_layout_from_cicp(20), 0x600036630F);
	assert_int_equal(gf_audio_fmt_get_layout_from_cicp(21), 0);
	assert_int_equal(gf_audio_fmt_get_cicp_from_layout(3), 2);
	assert_int_equal(gf_audio_fmt_get_cicp_from_layout(0x3F), 6);
	assert_int_equal(gf_audio_fmt_get_cicp_from_layout(0x80000), 255);
	assert_int_equal(gf_audio_fmt_get_num_channels_from_layout(0x600023E003F), 14);
	assert_string_equal(gf_audio_fmt_get_layout_name_from_cicp(12), "3/4.1");
	assert_string_equal(gf_audio_fmt_get_layout_name(0x3), "stereo");
	assert_string_equal(gf_audio_fmt_get_layout_name(0x80000), "unknown");
	assert_int_equal(gf_audio_fmt_get_layout_from_name("3/2.1"), 0x3F);
	assert_int_equal(gf_audio_fmt_get_cicp_from_name("5/2.1"), 7);
	assert_int_equal(gf_audio_fmt_get_cicp_from_name("11/11.2"), 13);
	assert_int_equal(gf_audio_fmt_get_cicp_from_name("1+1"), 8);
	assert_int_equal(gf_audio_fmt_get_cicp_from_name("14"), 14);
	assert_int_equal(gf_audio_fmt_get_cicp_from_name("3/"), 0);
	assert_string_equal(gf_audio_fmt_get_cicp_name(1), "mono");
	assert_null(gf_audio_fmt_get_cicp_name(99));
	assert_int_equal(gf_audio_fmt_get_cicp_layout(6, 2, 1), 6);
	assert_int_equal(gf_audio_fmt_get_cicp_layout(2, 0, 0), 2);
	assert_int_equal(gf_audio_fmt_get_cicp_layout(8, 4, 1), 12);
	assert_int_equal(gf_audio_fmt_get_cicp_layout(14, 6, 1), 20);
	assert_int_equal(gf_audio_fmt_get_cicp_layout(9, 0, 0), 0);
	const char *name;
	u64 mask;
	for (u32 i = 0; i < 20; i++)
		assert_int_equal(gf_audio_fmt_cicp_enum(i, &name, &mask), i + 1);
	assert_int_equal(gf_audio_fmt_cicp_enum(20, &name, &mask), 0);
}

static void handles_colour_codes(void **state)
{
	(void)state;
	assert_int_equal(gf_cicp_parse_color_primaries("bt709"), 1);
	assert_int_equal(gf_cicp_parse_color_primaries("22"), 22);
	assert_int_equal(gf_cicp_parse_color_primaries("01"), 0xFFFFFFFF);
	assert_int_equal(gf_cicp_parse_color_primaries("13"), 0xFFFFFFFF);
	assert_int_equal(gf_cicp_parse_color_primaries("-1"), 0xFFFFFFFF);
	assert_int_equal(gf_cicp_parse_color_primaries("0"), 0);
	assert_int_equal(gf_cicp_parse_color_primaries(NULL), 0xFFFFFFFF);
	assert_string_equal(gf_cicp_color_primaries_name(5), "BT470G");
	assert_string_equal(gf_cicp_color_primaries_name(13), "unknown");
	assert_int_equal(gf_cicp_parse_color_transfer("SMPTE249"), 7);
	assert_int_equal(gf_cicp_parse_color_transfer("SMPTE240"), 7);
	assert_string_equal(gf_cicp_color_transfer_name(7), "SMPTE249");
	assert_string_equal(gf_cicp_color_transfer_name(18), "STDB67");
	assert_int_equal(gf_cicp_parse_color_matrix("ycgco"), 8);
	assert_int_equal(gf_cicp_parse_color_matrix("3"), 0xFFFFFFFF);
	assert_string_equal(gf_cicp_color_matrix_name(0), "GBR");
	assert_string_equal(gf_cicp_color_matrix_all_names(),
		"GBR,BT709,undef,FCC,BT601,SMPTE170,SMPTE240,YCgCo,BT2020,BT2020cl,YDzDx");
}

static void finds_languages(void **state)
{
	(void)state;
	static const char *const english[] = {"en", "eng", "ENG", "en-US", "eng-US", "English"};
	for (u32 i = 0; i < 6; i++) {
		s32 idx = gf_lang_find(english[i]);
		assert_true(idx >= 0);
		assert_string_equal(gf_lang_get_3cc((u32)idx), "eng");
		assert_string_equal(gf_lang_get_2cc((u32)idx), "en");
	}
	assert_string_equal(gf_lang_get_name((u32)gf_lang_find("fre")), "French");
	assert_string_equal(gf_lang_get_3cc((u32)gf_lang_find("ger")), "deu");
	assert_string_equal(gf_lang_get_2cc((u32)gf_lang_find("und")), "");
	assert_int_equal(gf_lang_find("xx"), -1);
	assert_int_equal(gf_lang_find("french"), -1);
	assert_int_equal(gf_lang_find(""), -1);
	assert_int_equal(gf_lang_find("-"), -1);
	assert_int_equal(gf_lang_find(NULL), -1);
	assert_null(gf_lang_get_name(gf_lang_get_count()));
	u32 nb_short = 0;
	for (u32 i = 0; i < gf_lang_get_count(); i++)
		nb_short += *gf_lang_get_2cc(i) ? 1 : 0;
	assert_int_equal(nb_short, 184);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_stream_types),
		cmocka_unit_test(finds_codecs_by_name),
		cmocka_unit_test(describes_codecs),
		cmocka_unit_test(names_pixel_formats),
		cmocka_unit_test(describes_pixel_formats),
		cmocka_unit_test(computes_frame_sizes),
		cmocka_unit_test(names_audio_formats),
		cmocka_unit_test(handles_channel_layouts),
		cmocka_unit_test(handles_colour_codes),
		cmocka_unit_test(finds_languages),
	};
	return cmocka_run_group_tests(tests, be_quiet, NULL);
}
