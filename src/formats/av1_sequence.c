// SPDX-License-Identifier: MIT
// Sequence header of AV1 (5.5).
#include "formats/av1.h"

#define SELECT 2 // SELECT_SCREEN_CONTENT_TOOLS and SELECT_INTEGER_MV: each frame tells

// timing_info(), 5.5.3
static void parse_timing(SynReader *r, Av1Sequence *s)
{
	s->tick = syn_u(r, 32, "num_units_in_display_tick");
	s->time_scale = syn_u(r, 32, "time_scale");
	s->equal_intervals = syn_flag(r, "equal_picture_interval");
	if (s->equal_intervals)
		s->ticks_per_picture = syn_ue(r, 0xFFFFFFFEu, "num_ticks_per_picture_minus_1") + 1;
}

// decoder_model_info(), 5.5.4
static void parse_decoder_model(SynReader *r, Av1Sequence *s)
{
	s->buffer_delay_bits = (u8)(syn_u(r, 5, "buffer_delay_length_minus_1") + 1);
	syn_u(r, 32, "num_units_in_decoding_tick");
	s->removal_time_bits = (u8)(syn_u(r, 5, "buffer_removal_time_length_minus_1") + 1);
	s->presentation_time_bits = (u8)(syn_u(r, 5, "frame_presentation_time_length_minus_1") + 1);
}

static void parse_operating_point(SynReader *r, const Av1Sequence *s, Av1OperatingPoint *p)
{
	p->idc = (u16)syn_u(r, 12, "operating_point_idc");
	p->level = (u8)syn_u(r, 5, "seq_level_idx");
	p->tier = p->level > 7 ? (u8)syn_u(r, 1, "seq_tier") : 0;
	if (s->decoder_model) {
		p->decoder_model = syn_flag(r, "decoder_model_present_for_this_op");
		if (p->decoder_model) {
			syn_u(r, s->buffer_delay_bits, "decoder_buffer_delay");
			syn_u(r, s->buffer_delay_bits, "encoder_buffer_delay");
			syn_flag(r, "low_delay_mode_flag");
		}
	}
	if (s->display_delay && syn_flag(r, "initial_display_delay_present_for_this_op"))
		syn_u(r, 4, "initial_display_delay_minus_1");
}

static void parse_operating_points(SynReader *r, Av1Sequence *s)
{
	s->timing = syn_flag(r, "timing_info_present_flag");
	if (s->timing) {
		parse_timing(r, s);
		s->decoder_model = syn_flag(r, "decoder_model_info_present_flag");
		if (s->decoder_model)
			parse_decoder_model(r, s);
	}
	s->display_delay = syn_flag(r, "initial_display_delay_present_flag");
	s->nb_points = syn_u(r, 5, "operating_points_cnt_minus_1") + 1;
	for (u32 i = 0; i < s->nb_points; i++) {
		syn_push(r, i);
		parse_operating_point(r, s, &s->points[i]);
		syn_pop(r);
	}
}

static void parse_size(SynReader *r, Av1Sequence *s)
{
	s->width_bits = (u8)(syn_u(r, 4, "frame_width_bits_minus_1") + 1);
	s->height_bits = (u8)(syn_u(r, 4, "frame_height_bits_minus_1") + 1);
	s->max_width = syn_u(r, s->width_bits, "max_frame_width_minus_1") + 1;
	s->max_height = syn_u(r, s->height_bits, "max_frame_height_minus_1") + 1;
	if (!s->reduced && syn_flag(r, "frame_id_numbers_present_flag")) {
		u32 delta = syn_u(r, 4, "delta_frame_id_length_minus_2") + 2;
		s->frame_id_bits = (u8)(syn_u(r, 3, "additional_frame_id_length_minus_1") + 1 + delta);
	}
}

static void parse_tools(SynReader *r, Av1Sequence *s)
{
	syn_flag(r, "use_128x128_superblock");
	syn_flag(r, "enable_filter_intra");
	syn_flag(r, "enable_intra_edge_filter");
	s->screen_content_tools = s->integer_mv = SELECT;
	if (s->reduced)
		return;
	syn_flag(r, "enable_interintra_compound");
	syn_flag(r, "enable_masked_compound");
	syn_flag(r, "enable_warped_motion");
	syn_flag(r, "enable_dual_filter");
	Bool order_hint = syn_flag(r, "enable_order_hint");
	if (order_hint) {
		syn_flag(r, "enable_jnt_comp");
		syn_flag(r, "enable_ref_frame_mvs");
	}
	if (!syn_flag(r, "seq_choose_screen_content_tools"))
		s->screen_content_tools = (u8)syn_u(r, 1, "seq_force_screen_content_tools");
	if (s->screen_content_tools && !syn_flag(r, "seq_choose_integer_mv"))
		s->integer_mv = (u8)syn_u(r, 1, "seq_force_integer_mv");
	if (order_hint)
		s->order_hint_bits = (u8)(syn_u(r, 3, "order_hint_bits_minus_1") + 1);
}

static void parse_subsampling(SynReader *r, Av1Sequence *s)
{
	s->full_range = syn_flag(r, "color_range");
	s->sub_x = s->profile == 1 ? 0 : 1;
	s->sub_y = s->profile ? 0 : 1;
	if (s->profile == 2 && s->bit_depth == 12) {
		s->sub_x = (u8)syn_u(r, 1, "subsampling_x");
		s->sub_y = s->sub_x ? (u8)syn_u(r, 1, "subsampling_y") : 0;
	}
	if (s->sub_x && s->sub_y)
		s->chroma_position = (u8)syn_u(r, 2, "chroma_sample_position");
}

// color_config(), 5.5.2
static void parse_colour(SynReader *r, Av1Sequence *s)
{
	Bool high = syn_flag(r, "high_bitdepth");
	Bool twelve = s->profile == 2 && high ? syn_flag(r, "twelve_bit") : GF_FALSE;
	s->bit_depth = twelve ? 12 : high ? 10 : 8;
	s->monochrome = s->profile == 1 ? GF_FALSE : syn_flag(r, "mono_chrome");
	s->primaries = s->transfer = s->matrix = 2; // unspecified
	s->colour_description = syn_flag(r, "color_description_present_flag");
	if (s->colour_description) {
		s->primaries = (u8)syn_u(r, 8, "color_primaries");
		s->transfer = (u8)syn_u(r, 8, "transfer_characteristics");
		s->matrix = (u8)syn_u(r, 8, "matrix_coefficients");
	}
	if (s->monochrome) {
		s->full_range = syn_flag(r, "color_range");
		s->sub_x = s->sub_y = 1;
		return;
	}
	if (s->primaries == 1 && s->transfer == 13 && s->matrix == 0)
		s->full_range = GF_TRUE; // sRGB, 4:4:4
	else
		parse_subsampling(r, s);
	syn_flag(r, "separate_uv_delta_q");
}

GF_Err av1_sequence_parse(const u8 *data, u32 size, const SynTrace *trace, Av1Sequence *sequence)
{
	SynReader r;
	Av1Sequence s = {0};
	syn_init(&r, data, size, trace);
	s.profile = (u8)syn_u_max(&r, 3, 2, "seq_profile");
	s.still_picture = syn_flag(&r, "still_picture");
	s.reduced = syn_flag(&r, "reduced_still_picture_header");
	if (s.reduced) {
		s.nb_points = 1;
		s.points[0].level = (u8)syn_u(&r, 5, "seq_level_idx");
	} else {
		parse_operating_points(&r, &s);
	}
	parse_size(&r, &s);
	parse_tools(&r, &s);
	s.superres = syn_flag(&r, "enable_superres");
	syn_flag(&r, "enable_cdef");
	syn_flag(&r, "enable_restoration");
	parse_colour(&r, &s);
	s.film_grain = syn_flag(&r, "film_grain_params_present");
	GF_Err e = syn_end(&r, "AV1 sequence header");
	if (!e)
		*sequence = s;
	return e;
}
