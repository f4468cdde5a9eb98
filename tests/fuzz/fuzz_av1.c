// SPDX-License-Identifier: MIT
// AV1, IVF and VPx streams, and what is written from them, on arbitrary bytes.
#include <gpac/tools.h>
#include "formats/av1.h"
#include "formats/obu_stream.h"
#include "formats/vpx.h"

static void read_unit(Av1Parser *p, const u8 *data, u32 size, Bool annex_b)
{
	Av1Unit unit;
	VpxFrame frame;
	u32 sizes[VP9_MAX_FRAMES], index;
	av1_parser_unit(p, data, size, annex_b, &unit);
	vp8_frame_parse(data, size, &frame);
	if (vp9_frame_parse(data, size, &syn_quiet, &frame))
		vp9_config(&frame);
	if (vp9_superframe(data, size, sizes, &index) && index > size)
		__builtin_trap();
}

static void walk(ObuForm form, const u8 *data, u32 size)
{
	ObuStream s;
	Av1Parser p;
	av1_parser_init(&p);
	p.trace = &syn_quiet;
	obu_stream_init(&s, form);
	for (u32 at = 0;;) {
		ObuStreamUnit unit;
		GF_Err e = obu_stream_next(&s, data + at, size - at, GF_TRUE, &unit);
		if (e == GF_EOS)
			break;
		if (e == GF_BUFFER_TOO_SMALL || !unit.total || unit.total > size - at)
			__builtin_trap(); // with all data given, something is always done with
		if (!e)
			read_unit(&p, data + at + unit.offset, unit.size, form == OBU_FORM_ANNEX_B);
		at += unit.total;
	}
	u8 *config;
	u32 config_size;
	if (!av1_config_write(&p, &config, &config_size)) {
		Av1Sequence sequence;
		if (!av1_find_sequence(config + 4, config_size - 4, &sequence))
			__builtin_trap(); // what we write can be read
		gf_free(config);
	}
	av1_parser_reset(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ObuForm form;
	if (!size)
		return 0;
	obu_stream_detect(data, (u32)size, &form);
	for (form = OBU_FORM_IVF; form <= OBU_FORM_FRAMES; form++)
		walk(form, data, (u32)size);
	return 0;
}
