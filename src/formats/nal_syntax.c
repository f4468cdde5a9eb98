// SPDX-License-Identifier: MIT
#include "formats/nal_syntax.h"

GF_Err nal_syntax_open(NalSyntax *s, const u8 *nal, u32 size, const SynTrace *trace)
{
	GF_Err e = rbsp_open(&s->rbsp, nal, size);
	if (!e)
		syn_init(&s->r, s->rbsp.data, s->rbsp.size, trace);
	return e;
}

void nal_syntax_open_head(NalSyntax *s, const u8 *nal, u32 size, const SynTrace *trace)
{
	rbsp_open_head(&s->rbsp, nal, size);
	syn_init(&s->r, s->rbsp.data, s->rbsp.size, trace);
}

GF_Err nal_syntax_close(NalSyntax *s, const char *what)
{
	GF_Err e = syn_end(&s->r, what);
	rbsp_close(&s->rbsp);
	return e;
}

void nal_parse_picture_size(SynReader *r, u32 chroma_format_idc, NalPictureSize *size)
{
	size->coded_width = size->width = syn_ue(r, NAL_MAX_SIDE, "pic_width_in_luma_samples");
	size->coded_height = size->height = syn_ue(r, NAL_MAX_SIDE, "pic_height_in_luma_samples");
	if (!size->width || !size->height)
		syn_fail(r, "pic_width_in_luma_samples", size->width);
	if (!syn_flag(r, "conformance_window_flag"))
		return;
	// HEVC table 6-1, VVC table 2: SubWidthC and SubHeightC
	u32 unit_x = chroma_format_idc == 1 || chroma_format_idc == 2 ? 2 : 1;
	u32 unit_y = chroma_format_idc == 1 ? 2 : 1;
	u32 crop_x = syn_ue(r, NAL_MAX_SIDE, "conf_win_left_offset");
	crop_x = unit_x * (crop_x + syn_ue(r, NAL_MAX_SIDE, "conf_win_right_offset"));
	u32 crop_y = syn_ue(r, NAL_MAX_SIDE, "conf_win_top_offset");
	crop_y = unit_y * (crop_y + syn_ue(r, NAL_MAX_SIDE, "conf_win_bottom_offset"));
	if (crop_x >= size->width)
		syn_fail(r, "conf_win_right_offset", crop_x);
	else if (crop_y >= size->height)
		syn_fail(r, "conf_win_bottom_offset", crop_y);
	size->width -= crop_x;
	size->height -= crop_y;
}

static void parse_sar(SynReader *r, NalVui *vui)
{
	u8 idc = (u8)syn_u(r, 8, "aspect_ratio_idc");
	nal_sar(idc, &vui->sar_num, &vui->sar_den);
	if (idc == 255) {
		vui->sar_num = syn_u(r, 16, "sar_width");
		vui->sar_den = syn_u(r, 16, "sar_height");
	}
}

static void parse_colour(SynReader *r, const char *matrix_name, NalVui *vui)
{
	vui->video_format = (u8)syn_u(r, 3, "video_format");
	vui->full_range = syn_flag(r, "video_full_range_flag");
	vui->colour_present = syn_flag(r, "colour_description_present_flag");
	if (!vui->colour_present)
		return;
	vui->primaries = (u8)syn_u(r, 8, "colour_primaries");
	vui->transfer = (u8)syn_u(r, 8, "transfer_characteristics");
	vui->matrix = (u8)syn_u(r, 8, matrix_name);
}

void nal_parse_vui_signal(SynReader *r, const char *matrix_name, NalVui *vui)
{
	vui->sar_present = syn_flag(r, "aspect_ratio_info_present_flag");
	if (vui->sar_present)
		parse_sar(r, vui);
	vui->overscan_info_present = syn_flag(r, "overscan_info_present_flag");
	if (vui->overscan_info_present)
		vui->overscan_appropriate = syn_flag(r, "overscan_appropriate_flag");
	vui->signal_type_present = syn_flag(r, "video_signal_type_present_flag");
	if (vui->signal_type_present)
		parse_colour(r, matrix_name, vui);
	vui->chroma_loc_present = syn_flag(r, "chroma_loc_info_present_flag");
	if (vui->chroma_loc_present) {
		vui->chroma_loc_top = (u8)syn_ue(r, 5, "chroma_sample_loc_type_top_field");
		vui->chroma_loc_bottom = (u8)syn_ue(r, 5, "chroma_sample_loc_type_bottom_field");
	}
}

void nal_skip_hrd_buffers(SynReader *r, u32 cpb_cnt, Bool decoding_units)
{
	for (u32 i = 0; i < cpb_cnt; i++) {
		syn_push(r, i);
		syn_ue(r, 0xFFFFFFFE, "bit_rate_value_minus1");
		syn_ue(r, 0xFFFFFFFE, "cpb_size_value_minus1");
		if (decoding_units) {
			syn_ue(r, 0xFFFFFFFE, "cpb_size_du_value_minus1");
			syn_ue(r, 0xFFFFFFFE, "bit_rate_du_value_minus1");
		}
		syn_flag(r, "cbr_flag");
		syn_pop(r);
	}
}

u32 nal_ceil_log2(u32 value)
{
	u32 bits = 0;
	while ((u64)1 << bits < value)
		bits++;
	return bits;
}

u32 nal_poc_msb(u32 prev_msb, u32 prev_lsb, u32 lsb, u32 max_lsb)
{
	if (lsb < prev_lsb && prev_lsb - lsb >= max_lsb / 2)
		return prev_msb + max_lsb;
	if (lsb > prev_lsb && lsb - prev_lsb > max_lsb / 2)
		return prev_msb - max_lsb;
	return prev_msb;
}
