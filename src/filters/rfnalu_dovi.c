// SPDX-License-Identifier: MIT
// Dolby Vision configuration of an HEVC stream with RPU units ("Dolby Vision Streams Within the ISO Base
// Media File Format", section 3.2).
#include <string.h>
#include <gpac/tools.h>
#include "filters/rfnalu.h"

#define COMPAT_AUTO 0
#define COMPAT_UNKNOWN 0xFF

// The base layer signal by range, primaries, transfer, matrix and chroma location.
static u8 detect_compatibility(const NalVui *vui)
{
	static const struct {
		u8 full_range, primaries, transfer, matrix, chroma_loc, compatibility;
	} signals[] = {
		{1, 2, 2, 2, 0, 0},
		{0, 9, 16, 9, 0, 1},
		{0, 1, 1, 1, 0, 2},
		{0, 9, 18, 9, 2, 4},
		{0, 9, 14, 9, 0, 4},
		{0, 9, 16, 9, 2, 6},
	};
	for (u32 i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (vui->full_range == signals[i].full_range && vui->primaries == signals[i].primaries &&
			vui->transfer == signals[i].transfer && vui->matrix == signals[i].matrix &&
			vui->chroma_loc_top == signals[i].chroma_loc)
			return signals[i].compatibility;
	}
	return COMPAT_UNKNOWN;
}

static u8 detect_profile(u8 compatibility, Bool has_el, u8 bit_depth)
{
	switch (compatibility) {
	case 1:
	case 4:
		return 8;
	case 2:
		return has_el ? 4 : bit_depth == 8 ? 9 : 8;
	case 6:
		return has_el ? 7 : 8;
	default:
		return has_el ? 4 : 5;
	}
}

// The lowest level that has the width and the luma samples per second of the stream, the last one otherwise.
static u8 find_level(const RfnaluCtx *ctx, const NalVideoFormat *format)
{
	static const struct {
		u32 width;
		u32 rate; // thousands of samples per second
	} levels[] = {
		{1280, 22119},
		{1280, 27648},
		{1920, 49767},
		{1920, 62208},
		{2560, 124416},
		{3840, 199066},
		{3840, 248832},
		{3840, 398132},
		{3840, 497664},
		{3840, 995328},
		{7680, 995328},
		{7680, 1990656},
		{7680, 3981312},
	};
	u64 rate = (u64)format->width * format->height * ctx->rate_num / ctx->rate_den / 1000;
	u32 nb_levels = sizeof(levels) / sizeof(levels[0]);
	for (u32 i = 0; i < nb_levels; i++) {
		if (format->width <= levels[i].width && rate <= levels[i].rate)
			return (u8)(i + 1);
	}
	return (u8)nb_levels;
}

Bool rfnalu_dovi_config(
	const RfnaluCtx *ctx, const RfnaluConfig *config, u8 dovi[24], Bool *no_compatible_base)
{
	Bool has_el = config->has_el && ctx->dv_mode == DV_AUTO;
	if (!config->has_rpu || ctx->codec != NAL_HEVC || ctx->dv_mode == DV_NONE || ctx->dv_mode == DV_CLEAN)
		return GF_FALSE;
	u8 compatibility = detect_compatibility(&config->format.vui);
	if (ctx->dv_compatid != COMPAT_AUTO)
		compatibility = (u8)(ctx->dv_compatid - 1);
	u8 profile = (u8)ctx->dv_profile;
	if (!profile)
		profile = detect_profile(compatibility, has_el, config->format.bit_depth_luma);
	if (compatibility == COMPAT_UNKNOWN)
		compatibility = 0;
	if (ctx->dv_profile == 8 && !compatibility) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_MEDIA,
			("[rfnalu] Dolby Vision profile 8 without dv_compatid: a BT.709 base layer is assumed\n"));
		compatibility = 2;
	}
	u8 level = find_level(ctx, &config->format);
	memset(dovi, 0, 24);
	dovi[0] = 1; // version 1.0
	dovi[2] = (u8)(profile << 1 | level >> 5);
	dovi[3] = (u8)(level << 3 | 1 << 2 | has_el << 1 | 1); // RPU, EL and base layer present
	dovi[4] = (u8)(compatibility << 4);
	*no_compatible_base = !compatibility;
	return GF_TRUE;
}
