// SPDX-License-Identifier: MIT
#include <gpac/constants.h>
#include "formats/nal.h"
#include "formats/obu.h"
#include "formats/temporal_level.h"

// ISO/IEC 14496-10 7.3.1: prefix units (14) and slices of other layers (20) tell in their extension, slices (1 to 5) by
// nal_ref_idc whether they are referred to.
static Bool avc_level(const u8 *nal, u32 size, u32 *level)
{
	u32 type = nal[0] & 0x1F;
	if (type == 14 && size >= 4 && (nal[1] & 0x80)) {
		*level = nal[3] >> 5;
		return GF_TRUE;
	}
	*level = nal[0] & 0x60 ? 0 : 1;
	return type >= 1 && type <= 5;
}

// ISO/IEC 23008-2 7.3.1.2 and 23090-3 7.3.1.2: nuh_temporal_id_plus1 is in the same place.
static Bool hevc_level(const u8 *nal, u32 size, Bool is_vvc, u32 *level)
{
	u32 type = size < 2 ? 0xFF : is_vvc ? nal[1] >> 3 : nal[0] >> 1 & 0x3F;
	if (type >= (is_vvc ? 12 : 32))
		return GF_FALSE;
	u32 plus1 = nal[1] & 7;
	*level = plus1 ? plus1 - 1 : 0;
	return GF_TRUE;
}

static u32 nal_level(u32 codec_id, u32 length_size, const u8 *data, u32 size)
{
	NalIter it;
	const u8 *nal;
	u32 nal_size, level = 0;
	nal_iter_prefixed(&it, data, size, length_size);
	while (nal_iter_next(&it, &nal, &nal_size) == GF_OK) {
		Bool found = codec_id == GF_CODECID_AVC ? avc_level(nal, nal_size, &level)
												: hevc_level(nal, nal_size, codec_id == GF_CODECID_VVC, &level);
		if (found)
			return level;
	}
	return 0;
}

// AV1 6.2.3: of the first frame header or frame.
static u32 av1_level(const u8 *data, u32 size)
{
	ObuIter it;
	ObuHeader obu;
	const u8 *unit;
	obu_iter_init(&it, data, size, GF_FALSE);
	while (obu_iter_next(&it, &obu, &unit) == GF_OK) {
		if (obu.type == OBU_FRAME || obu.type == OBU_FRAME_HEADER)
			return obu.temporal_id;
	}
	return 0;
}

u32 temporal_level(u32 codec_id, u32 length_size, const u8 *data, u32 size)
{
	if (codec_id == GF_CODECID_AV1)
		return av1_level(data, size);
	Bool has_units = codec_id == GF_CODECID_AVC || codec_id == GF_CODECID_HEVC || codec_id == GF_CODECID_VVC;
	return has_units && length_size ? nal_level(codec_id, length_size, data, size) : 0;
}
