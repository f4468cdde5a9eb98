// SPDX-License-Identifier: MIT
#include "formats/vpx.h"

#define VP9_SYNC_CODE 0x498342
#define CS_RGB 7

Bool vp8_frame_parse(const u8 *data, u32 size, VpxFrame *frame)
{
	if (size < 3)
		return GF_FALSE;
	u32 tag = data[0] | (u32)data[1] << 8 | (u32)data[2] << 16;
	VpxFrame f = {.bit_depth = 8, .sub_x = 1, .sub_y = 1};
	f.key = !(tag & 1);
	f.profile = tag >> 1 & 7;
	f.show = tag >> 4 & 1;
	f.first_partition_size = tag >> 5;
	if (f.key) {
		if (size < 10 || data[3] != 0x9D || data[4] != 0x01 || data[5] != 0x2A)
			return GF_FALSE;
		f.width = (data[6] | (u32)data[7] << 8) & 0x3FFF;
		f.height = (data[8] | (u32)data[9] << 8) & 0x3FFF;
	}
	*frame = f;
	return GF_TRUE;
}

// color_config(), 7.2.2
static void parse_colour(SynReader *r, VpxFrame *f)
{
	f->bit_depth = 8;
	if (f->profile >= 2)
		f->bit_depth = syn_flag(r, "ten_or_twelve_bit") ? 12 : 10;
	f->colour_space = (u8)syn_u(r, 3, "color_space");
	f->sub_x = f->sub_y = 1;
	if (f->colour_space == CS_RGB) {
		f->full_range = GF_TRUE;
		f->sub_x = f->sub_y = 0;
		if (!(f->profile & 1))
			syn_fail(r, "color_space", CS_RGB);
		syn_skip(r, 1);
		return;
	}
	f->full_range = syn_flag(r, "color_range");
	if (f->profile & 1) {
		f->sub_x = (u8)syn_u(r, 1, "subsampling_x");
		f->sub_y = (u8)syn_u(r, 1, "subsampling_y");
		syn_skip(r, 1);
	}
}

Bool vp9_frame_parse(const u8 *data, u32 size, const SynTrace *trace, VpxFrame *frame)
{
	SynReader r;
	VpxFrame f = {0};
	syn_init(&r, data, size, trace);
	if (syn_u(&r, 2, "frame_marker") != 2)
		syn_fail(&r, "frame_marker", 0);
	f.profile = (u8)syn_u(&r, 1, "profile_low_bit");
	f.profile |= (u8)(syn_u(&r, 1, "profile_high_bit") << 1);
	if (f.profile == 3)
		syn_skip(&r, 1);
	f.show_existing = syn_flag(&r, "show_existing_frame");
	if (f.show_existing) {
		f.shown_index = (u8)syn_u(&r, 3, "frame_to_show_map_idx");
		f.show = GF_TRUE;
	} else {
		f.key = !syn_flag(&r, "frame_type");
		f.show = syn_flag(&r, "show_frame");
		f.error_resilient = syn_flag(&r, "error_resilient_mode");
	}
	if (f.key) {
		if (syn_u(&r, 24, "frame_sync_code") != VP9_SYNC_CODE)
			syn_fail(&r, "frame_sync_code", 0);
		parse_colour(&r, &f);
		f.width = syn_u(&r, 16, "frame_width_minus_1") + 1;
		f.height = syn_u(&r, 16, "frame_height_minus_1") + 1;
	}
	if (!syn_ok(&r))
		return GF_FALSE;
	*frame = f;
	return GF_TRUE;
}

u32 vp9_superframe(const u8 *data, u32 size, u32 sizes[VP9_MAX_FRAMES], u32 *index_size)
{
	if (!size)
		return 0;
	u8 marker = data[size - 1];
	u32 nb_frames = (marker & 7) + 1u;
	u32 nb_bytes = (marker >> 3 & 3) + 1u;
	*index_size = 2 + nb_frames * nb_bytes;
	if ((marker & 0xE0) != 0xC0 || *index_size > size || data[size - *index_size] != marker)
		return 0;
	const u8 *at = data + size - *index_size + 1;
	for (u32 i = 0; i < nb_frames; i++) {
		sizes[i] = 0;
		for (u32 k = 0; k < nb_bytes; k++)
			sizes[i] |= (u32)*at++ << (8 * k);
	}
	return nb_frames;
}

VpxConfig vp9_config(const VpxFrame *key)
{
	// color_space of 7.2.2 as primaries, transfer and matrix
	static const u8 spaces[8][3] = {
		{2, 2, 2}, {5, 6, 5}, {1, 1, 1}, {6, 6, 6}, {7, 7, 7}, {9, 14, 9}, {2, 2, 2}, {1, 13, 0}};
	const u8 *space = spaces[key->colour_space & 7];
	VpxConfig c = {.profile = key->profile,
		.bit_depth = key->bit_depth,
		.full_range = key->full_range,
		.primaries = space[0],
		.transfer = space[1],
		.matrix = space[2]};
	// 0: 4:2:0 with chroma between lines, the default of VP9; 2: 4:2:2; 3: 4:4:4. The binding has no 4:4:0
	c.chroma = !key->sub_x ? 3 : !key->sub_y ? 2 : 0;
	return c;
}

void vpx_config_write(const VpxConfig *c, u8 data[VPX_CONFIG_SIZE])
{
	data[0] = c->profile;
	data[1] = c->level;
	data[2] = (u8)(c->bit_depth << 4 | (c->chroma & 7) << 1 | (c->full_range ? 1 : 0));
	data[3] = c->primaries;
	data[4] = c->transfer;
	data[5] = c->matrix;
	data[6] = data[7] = 0; // no codec initialization data
}
