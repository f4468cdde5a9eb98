// SPDX-License-Identifier: MIT
#include "formats/sei.h"

void sei_iter_init(SeiIter *it, const u8 *rbsp, u32 size, u32 header_size)
{
	*it = (SeiIter){.data = rbsp, .size = size, .pos = header_size};
}

// 7.3.2.3.1: a number coded as bytes 255 and a last byte below
static Bool read_ff_coded(SeiIter *it, u32 *value)
{
	*value = 0;
	while (it->pos < it->size) {
		u8 byte = it->data[it->pos++];
		*value += byte;
		if (byte != 0xFF)
			return GF_TRUE;
	}
	return GF_FALSE;
}

GF_Err sei_iter_next(SeiIter *it, SeiMessage *message)
{
	// what is left of an RBSP whose messages are all read is the stop bit
	if (it->pos >= it->size || (it->pos + 1 == it->size && it->data[it->pos] == 0x80))
		return GF_EOS;
	u32 start = it->pos, type, size;
	if (!read_ff_coded(it, &type) || !read_ff_coded(it, &size) || size > it->size - it->pos) {
		it->pos = it->size;
		return GF_NON_COMPLIANT_BITSTREAM;
	}
	*message = (SeiMessage){.type = type, .payload = it->data + it->pos, .size = size, .start = start};
	it->pos += size;
	return GF_OK;
}

static const struct {
	u32 type;
	const char *name;
} names[] = {
	{0, "buffering_period"},
	{1, "pic_timing"},
	{2, "pan_scan_rect"},
	{3, "filler_payload"},
	{4, "user_data_registered_itu_t_t35"},
	{5, "user_data_unregistered"},
	{6, "recovery_point"},
	{7, "dec_ref_pic_marking_repetition"},
	{8, "spare_pic"},
	{9, "scene_info"},
	{10, "sub_seq_info"},
	{11, "sub_seq_layer_characteristics"},
	{12, "sub_seq_characteristics"},
	{13, "full_frame_freeze"},
	{14, "full_frame_freeze_release"},
	{15, "full_frame_snapshot"},
	{16, "progressive_refinement_segment_start"},
	{17, "progressive_refinement_segment_end"},
	{18, "motion_constrained_slice_group_set"},
	{19, "film_grain_characteristics"},
	{20, "deblocking_filter_display_preference"},
	{21, "stereo_video_info"},
	{22, "post_filter_hint"},
	{23, "tone_mapping_info"},
	{24, "scalability_info"},
	{25, "sub_pic_scalable_layer"},
	{26, "non_required_layer_rep"},
	{27, "priority_layer_info"},
	{28, "layers_not_present"},
	{29, "layer_dependency_change"},
	{30, "scalable_nesting"},
	{31, "base_layer_temporal_hrd"},
	{32, "quality_layer_integrity_check"},
	{33, "redundant_pic_property"},
	{34, "tl0_dep_rep_index"},
	{35, "tl_switching_point"},
	{36, "parallel_decoding_info"},
	{37, "mvc_scalable_nesting"},
	{38, "view_scalability_info"},
	{39, "multiview_scene_info"},
	{40, "multiview_acquisition_info"},
	{41, "non_required_view_component"},
	{42, "view_dependency_change"},
	{43, "operation_point_not_present"},
	{44, "base_view_temporal_hrd"},
	{45, "frame_packing_arrangement"},
	{47, "display_orientation"},
	{56, "green_metadata"},
	{128, "structure_of_pictures_info"},
	{129, "active_parameter_sets"},
	{130, "decoding_unit_info"},
	{131, "temporal_sub_layer_zero_idx"},
	{132, "decoded_picture_hash"},
	{133, "scalable_nesting"},
	{134, "region_refresh_info"},
	{135, "no_display"},
	{136, "time_code"},
	{137, "mastering_display_colour_volume"},
	{138, "segmented_rect_frame_packing_arrangement"},
	{139, "temporal_motion_constrained_tile_sets"},
	{140, "chroma_resampling_filter_hint"},
	{141, "knee_function_info"},
	{142, "colour_remapping_info"},
	{143, "deinterlaced_field_indication"},
	{144, "content_light_level_info"},
	{145, "dependent_rap_indication"},
	{146, "coded_region_completion"},
	{147, "alternative_transfer_characteristics"},
	{148, "ambient_viewing_environment"},
	{149, "content_colour_volume"},
	{150, "equirectangular_projection"},
	{151, "cubemap_projection"},
	{152, "fisheye_video_info"},
	{154, "sphere_rotation"},
	{155, "regionwise_packing"},
	{156, "omni_viewport"},
	{157, "regional_nesting"},
	{165, "alpha_channel_info"},
	{168, "frame_field_info"},
	{176, "three_dimensional_reference_displays_info"},
	{177, "depth_representation_info"},
	{179, "depth_resampling_info"},
	{200, "sei_manifest"},
	{201, "sei_prefix_indication"},
	{202, "annotated_regions"},
	{203, "subpicture_level_info"},
	{204, "sample_aspect_ratio_info"},
	{205, "shutter_interval_info"},
	{206, "extended_drap_indication"},
	{207, "constrained_rasl_encoding_indication"},
	{208, "scalability_dimension_info"},
	{209, "vdi_sei_envelope"},
	{210, "nn_post_filter_characteristics"},
	{211, "nn_post_filter_activation"},
	{212, "phase_indication"},
};

const char *sei_type_name(u32 type)
{
	for (u32 i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].type == type)
			return names[i].name;
	}
	return NULL;
}

GF_Err sei_mastering_display(const SeiMessage *message, SeiMasteringDisplay *out)
{
	BitReader r;
	br_init(&r, message->payload, message->size);
	SeiMasteringDisplay display;
	for (u32 i = 0; i < 3; i++) {
		display.primaries_x[i] = br_u16(&r);
		display.primaries_y[i] = br_u16(&r);
	}
	display.white_x = br_u16(&r);
	display.white_y = br_u16(&r);
	display.max_luminance = br_u32(&r);
	display.min_luminance = br_u32(&r);
	if (r.overrun)
		return GF_NON_COMPLIANT_BITSTREAM;
	*out = display;
	return GF_OK;
}

GF_Err sei_content_light(const SeiMessage *message, SeiContentLight *out)
{
	BitReader r;
	br_init(&r, message->payload, message->size);
	SeiContentLight light = {.max_content = br_u16(&r)};
	light.max_pic_average = br_u16(&r);
	if (r.overrun)
		return GF_NON_COMPLIANT_BITSTREAM;
	*out = light;
	return GF_OK;
}

GF_Err sei_ambient_viewing(const SeiMessage *message, SeiAmbientViewing *out)
{
	BitReader r;
	br_init(&r, message->payload, message->size);
	SeiAmbientViewing viewing = {.illuminance = br_u32(&r)};
	viewing.light_x = br_u16(&r);
	viewing.light_y = br_u16(&r);
	if (r.overrun)
		return GF_NON_COMPLIANT_BITSTREAM;
	*out = viewing;
	return GF_OK;
}

GF_Err sei_alternative_transfer(const SeiMessage *message, u8 *transfer)
{
	if (!message->size)
		return GF_NON_COMPLIANT_BITSTREAM;
	*transfer = message->payload[0];
	return GF_OK;
}

void sei_clock_parse(SynReader *r, u32 n_frames_bits, SeiClock *clock)
{
	clock->counting_type = (u8)syn_u(r, 5, "counting_type");
	clock->full_timestamp = syn_flag(r, "full_timestamp_flag");
	clock->discontinuity = syn_flag(r, "discontinuity_flag");
	clock->cnt_dropped = syn_flag(r, "cnt_dropped_flag");
	clock->n_frames = (u16)syn_u(r, n_frames_bits, "n_frames");
	Bool seconds = clock->full_timestamp || syn_flag(r, "seconds_flag");
	if (seconds)
		clock->seconds = (u8)syn_u_max(r, 6, 59, "seconds_value");
	Bool minutes = clock->full_timestamp || (seconds && syn_flag(r, "minutes_flag"));
	if (minutes)
		clock->minutes = (u8)syn_u_max(r, 6, 59, "minutes_value");
	Bool hours = clock->full_timestamp || (minutes && syn_flag(r, "hours_flag"));
	if (hours)
		clock->hours = (u8)syn_u_max(r, 5, 23, "hours_value");
}

void sei_clock_offset(SynReader *r, u32 nb_bits, const char *name, SeiClock *clock)
{
	if (!nb_bits)
		return;
	u32 bits = syn_u(r, nb_bits, name);
	clock->time_offset = (s32)(bits << (32 - nb_bits)) >> (32 - nb_bits);
}

// ITU-T H.265 D.2.27
static void parse_clock(SynReader *r, SeiClock *clock)
{
	syn_flag(r, "units_field_based_flag");
	sei_clock_parse(r, 9, clock);
	sei_clock_offset(r, syn_u(r, 5, "time_offset_length"), "time_offset_value", clock);
}

GF_Err sei_time_code(const SeiMessage *message, SeiClock clocks[3], u32 *nb_clocks, const SynTrace *trace)
{
	SynReader r;
	syn_init(&r, message->payload, message->size, trace);
	SeiClock parsed[3] = {0};
	u32 nb_parsed = 0;
	u32 count = syn_u(&r, 2, "num_clock_ts");
	for (u32 i = 0; i < count; i++) {
		syn_push(&r, i);
		if (syn_flag(&r, "clock_timestamp_flag"))
			parse_clock(&r, &parsed[nb_parsed++]);
		syn_pop(&r);
	}
	GF_Err e = syn_end(&r, "time code SEI");
	if (e)
		return e;
	memcpy(clocks, parsed, sizeof(parsed));
	*nb_clocks = nb_parsed;
	return GF_OK;
}
