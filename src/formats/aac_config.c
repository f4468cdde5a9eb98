// SPDX-License-Identifier: MIT
#include <string.h>
#include <gpac/constants.h>
#include "formats/aac_config.h"

#define RATE_EXPLICIT 15
#define SYNC_SBR 0x2B7
#define SYNC_PS 0x548

static const u32 rates[13] = {
	96000,
	88200,
	64000,
	48000,
	44100,
	32000,
	24000,
	22050,
	16000,
	12000,
	11025,
	8000,
	7350,
};

#define CH(name) ((u64)GF_AUDIO_CH_##name)
#define LAYOUT_3_0 (CH(FRONT_LEFT) | CH(FRONT_RIGHT) | CH(FRONT_CENTER))
#define LAYOUT_5_1 (LAYOUT_3_0 | CH(SURROUND_LEFT) | CH(SURROUND_RIGHT) | CH(LFE))

static const struct {
	u8 nb_channels;
	u64 layout;
} channel_configs[16] = {
	[1] = {1, CH(FRONT_CENTER)},
	[2] = {2, CH(FRONT_LEFT) | CH(FRONT_RIGHT)},
	[3] = {3, LAYOUT_3_0},
	[4] = {4, LAYOUT_3_0 | CH(REAR_CENTER)},
	[5] = {5, LAYOUT_3_0 | CH(SURROUND_LEFT) | CH(SURROUND_RIGHT)},
	[6] = {6, LAYOUT_5_1},
	[7] = {8, LAYOUT_5_1 | CH(FRONT_CENTER_LEFT) | CH(FRONT_CENTER_RIGHT)},
	[11] = {7, LAYOUT_5_1 | CH(REAR_CENTER)},
	[12] = {8, LAYOUT_5_1 | CH(REAR_SURROUND_LEFT) | CH(REAR_SURROUND_RIGHT)},
	[13] = {24, 0x3FFE67CF}, // 22.2: bits of the layout 11/11.2 of ISO/IEC 23091-3
	[14] = {8, LAYOUT_5_1 | CH(FRONT_TOP_LEFT) | CH(FRONT_TOP_RIGHT)},
};

u32 aac_rate(u32 index)
{
	return index < sizeof(rates) / sizeof(rates[0]) ? rates[index] : 0;
}

u32 aac_rate_index(u32 rate)
{
	for (u32 i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		if (rates[i] == rate)
			return i;
	return RATE_EXPLICIT;
}

u32 aac_channels(u32 channel_config)
{
	return channel_config < 16 ? channel_configs[channel_config].nb_channels : 0;
}

u64 aac_channel_layout(u32 channel_config)
{
	return channel_config < 16 ? channel_configs[channel_config].layout : 0;
}

u32 aac_channel_config(u32 nb_channels)
{
	static const u8 usual[9] = {0, 1, 2, 3, 4, 5, 6, 11, 7};
	return nb_channels < sizeof(usual) ? usual[nb_channels] : 0;
}

static void parse_elements(BitReader *r, PceElement *elements, u32 nb)
{
	for (u32 i = 0; i < nb; i++) {
		elements[i].flag = (u8)br_bits(r, 1);
		elements[i].tag = (u8)br_bits(r, 4);
	}
}

GF_Err aac_program_parse(BitReader *r, ProgramConfig *program)
{
	ProgramConfig p = {0};
	p.tag = (u8)br_bits(r, 4);
	p.object_type = (u8)br_bits(r, 2);
	p.rate_index = (u8)br_bits(r, 4);
	p.nb_front = (u8)br_bits(r, 4);
	p.nb_side = (u8)br_bits(r, 4);
	p.nb_back = (u8)br_bits(r, 4);
	p.nb_lfe = (u8)br_bits(r, 2);
	p.nb_data = (u8)br_bits(r, 3);
	p.nb_coupling = (u8)br_bits(r, 4);
	p.has_mono_mixdown = br_bit(r) != 0;
	if (p.has_mono_mixdown)
		p.mono_mixdown = (u8)br_bits(r, 4);
	p.has_stereo_mixdown = br_bit(r) != 0;
	if (p.has_stereo_mixdown)
		p.stereo_mixdown = (u8)br_bits(r, 4);
	p.has_matrix_mixdown = br_bit(r) != 0;
	if (p.has_matrix_mixdown) {
		p.matrix_mixdown = (u8)br_bits(r, 2);
		p.pseudo_surround = (u8)br_bits(r, 1);
	}
	parse_elements(r, p.front, p.nb_front);
	parse_elements(r, p.side, p.nb_side);
	parse_elements(r, p.back, p.nb_back);
	for (u32 i = 0; i < p.nb_lfe; i++)
		p.lfe_tag[i] = (u8)br_bits(r, 4);
	for (u32 i = 0; i < p.nb_data; i++)
		p.data_tag[i] = (u8)br_bits(r, 4);
	parse_elements(r, p.coupling, p.nb_coupling);
	br_align(r);
	p.comment_size = br_u8(r);
	const u8 *comment = br_bytes(r, p.comment_size);
	if (r->overrun)
		return GF_NON_COMPLIANT_BITSTREAM;
	memcpy(p.comment, comment, p.comment_size);
	*program = p;
	return GF_OK;
}

static void write_elements(ByteWriter *w, const PceElement *elements, u32 nb)
{
	for (u32 i = 0; i < nb; i++) {
		bw_bits(w, elements[i].flag, 1);
		bw_bits(w, elements[i].tag, 4);
	}
}

void aac_program_write(ByteWriter *w, const ProgramConfig *p)
{
	bw_bits(w, p->tag, 4);
	bw_bits(w, p->object_type, 2);
	bw_bits(w, p->rate_index, 4);
	bw_bits(w, p->nb_front, 4);
	bw_bits(w, p->nb_side, 4);
	bw_bits(w, p->nb_back, 4);
	bw_bits(w, p->nb_lfe, 2);
	bw_bits(w, p->nb_data, 3);
	bw_bits(w, p->nb_coupling, 4);
	bw_bits(w, p->has_mono_mixdown, 1);
	if (p->has_mono_mixdown)
		bw_bits(w, p->mono_mixdown, 4);
	bw_bits(w, p->has_stereo_mixdown, 1);
	if (p->has_stereo_mixdown)
		bw_bits(w, p->stereo_mixdown, 4);
	bw_bits(w, p->has_matrix_mixdown, 1);
	if (p->has_matrix_mixdown) {
		bw_bits(w, p->matrix_mixdown, 2);
		bw_bits(w, p->pseudo_surround, 1);
	}
	write_elements(w, p->front, p->nb_front);
	write_elements(w, p->side, p->nb_side);
	write_elements(w, p->back, p->nb_back);
	for (u32 i = 0; i < p->nb_lfe; i++)
		bw_bits(w, p->lfe_tag[i], 4);
	for (u32 i = 0; i < p->nb_data; i++)
		bw_bits(w, p->data_tag[i], 4);
	write_elements(w, p->coupling, p->nb_coupling);
	bw_align(w);
	bw_u8(w, p->comment_size);
	bw_bytes(w, p->comment, p->comment_size);
}

static u32 element_channels(const PceElement *elements, u32 nb)
{
	u32 channels = nb;
	for (u32 i = 0; i < nb; i++)
		channels += elements[i].flag;
	return channels;
}

u32 aac_program_channels(const ProgramConfig *p)
{
	return element_channels(p->front, p->nb_front) + element_channels(p->side, p->nb_side) +
		   element_channels(p->back, p->nb_back) + p->nb_lfe;
}

static u8 parse_object_type(BitReader *r)
{
	u32 type = br_bits(r, 5);
	return (u8)(type == 31 ? 32 + br_bits(r, 6) : type);
}

static u32 parse_rate(BitReader *r)
{
	u32 index = br_bits(r, 4);
	return index == RATE_EXPLICIT ? br_bits(r, 24) : aac_rate(index);
}

static Bool has_ga_config(u32 object_type)
{
	switch (object_type) {
	case AOT_AAC_MAIN:
	case AOT_AAC_LC:
	case AOT_AAC_SSR:
	case AOT_AAC_LTP:
	case AOT_AAC_SCALABLE:
	case AOT_TWINVQ:
	case AOT_ER_AAC_LC:
	case AOT_ER_AAC_LTP:
	case AOT_ER_AAC_SCALABLE:
	case AOT_ER_TWINVQ:
	case AOT_ER_BSAC:
	case AOT_ER_AAC_LD:
		return GF_TRUE;
	default:
		return GF_FALSE;
	}
}

// The object types of the error resilient syntax, whose configuration ends with epConfig.
static Bool is_error_resilient(u32 object_type)
{
	return object_type == 17 || (object_type >= 19 && object_type <= 27) || object_type == AOT_ER_AAC_ELD;
}

static GF_Err parse_ga_config(BitReader *r, AacConfig *c)
{
	Bool short_frame = br_bit(r) != 0;
	c->frame_length = short_frame ? 960 : 1024;
	if (c->object_type == AOT_ER_AAC_LD)
		c->frame_length /= 2;
	if (br_bit(r)) // dependsOnCoreCoder
		br_bits(r, 14);
	Bool extension = br_bit(r) != 0;
	if (!c->channel_config) {
		GF_Err e = aac_program_parse(r, &c->program);
		if (e)
			return e;
		c->has_program = GF_TRUE;
		c->nb_channels = aac_program_channels(&c->program);
	}
	if (c->object_type == AOT_AAC_SCALABLE || c->object_type == AOT_ER_AAC_SCALABLE)
		br_bits(r, 3); // layerNr
	if (!extension)
		return GF_OK;
	if (c->object_type == AOT_ER_BSAC)
		br_bits(r, 16); // numOfSubFrame, layer_length
	if (c->object_type == AOT_ER_AAC_LC || c->object_type == AOT_ER_AAC_LTP ||
		c->object_type == AOT_ER_AAC_SCALABLE || c->object_type == AOT_ER_AAC_LD)
		br_bits(r, 3); // resilience flags
	br_bit(r);         // extensionFlag3
	return GF_OK;
}

// The extension that follows the configuration of the core. What is not one is padding.
static void parse_sync_extension(BitReader *r, AacConfig *c)
{
	if (br_bits_left(r) < 16 || br_bits(r, 11) != SYNC_SBR || parse_object_type(r) != AOT_SBR)
		return;
	c->sbr = br_bit(r) ? AAC_COMPATIBLE : AAC_ABSENT;
	if (c->sbr == AAC_ABSENT)
		return;
	c->sbr_rate = parse_rate(r);
	if (br_bits_left(r) >= 12 && br_bits(r, 11) == SYNC_PS)
		c->ps = br_bit(r) ? AAC_COMPATIBLE : AAC_ABSENT;
}

GF_Err aac_config_parse(const u8 *data, u32 size, AacConfig *config)
{
	BitReader r;
	AacConfig c = {0};
	br_init(&r, data, size);
	c.object_type = parse_object_type(&r);
	c.rate = parse_rate(&r);
	c.channel_config = (u8)br_bits(&r, 4);
	if (c.object_type == AOT_SBR || c.object_type == AOT_PS) {
		c.sbr = AAC_HIERARCHICAL;
		c.ps = c.object_type == AOT_PS ? AAC_HIERARCHICAL : AAC_IMPLICIT;
		c.sbr_rate = parse_rate(&r);
		c.object_type = parse_object_type(&r);
		if (c.object_type == AOT_ER_BSAC)
			br_bits(&r, 4); // extensionChannelConfiguration
	}
	c.nb_channels = aac_channels(c.channel_config);
	if (r.overrun || !c.rate || (c.sbr == AAC_HIERARCHICAL && !c.sbr_rate))
		return GF_NON_COMPLIANT_BITSTREAM;
	if (!has_ga_config(c.object_type)) {
		*config = c;
		return GF_OK;
	}
	GF_Err e = parse_ga_config(&r, &c);
	if (e)
		return e;
	u32 ep_config = is_error_resilient(c.object_type) ? br_bits(&r, 2) : 0;
	if (r.overrun)
		return GF_NON_COMPLIANT_BITSTREAM;
	// epConfig 2 and 3 are followed by a configuration of error protection, which nothing here needs.
	if (c.sbr != AAC_HIERARCHICAL && ep_config < 2)
		parse_sync_extension(&r, &c);
	if (r.overrun)
		return GF_NON_COMPLIANT_BITSTREAM;
	*config = c;
	return GF_OK;
}

static void write_object_type(ByteWriter *w, u32 type)
{
	if (type >= 32) {
		bw_bits(w, 31, 5);
		bw_bits(w, type - 32, 6);
	} else {
		bw_bits(w, type, 5);
	}
}

static void write_rate(ByteWriter *w, u32 rate)
{
	u32 index = aac_rate_index(rate);
	bw_bits(w, index, 4);
	if (index == RATE_EXPLICIT)
		bw_bits(w, rate, 24);
}

static void write_sync_extension(ByteWriter *w, const AacConfig *c, u32 sbr_rate)
{
	bw_bits(w, SYNC_SBR, 11);
	write_object_type(w, AOT_SBR);
	bw_bits(w, c->sbr == AAC_COMPATIBLE, 1);
	if (c->sbr != AAC_COMPATIBLE)
		return;
	write_rate(w, sbr_rate);
	if (c->ps == AAC_IMPLICIT)
		return;
	bw_bits(w, SYNC_PS, 11);
	bw_bits(w, c->ps != AAC_ABSENT, 1);
}

GF_Err aac_config_write(const AacConfig *c, u8 **data, u32 *size)
{
	if (c->object_type < AOT_AAC_MAIN || c->object_type > AOT_AAC_LTP || !c->rate ||
		(!c->channel_config && !c->has_program))
		return GF_NOT_SUPPORTED;
	u32 sbr_rate = c->sbr_rate ? c->sbr_rate : c->rate * 2;
	ByteWriter w;
	bw_init(&w);
	if (c->sbr == AAC_HIERARCHICAL)
		write_object_type(&w, c->ps == AAC_HIERARCHICAL ? AOT_PS : AOT_SBR);
	else
		write_object_type(&w, c->object_type);
	write_rate(&w, c->rate);
	bw_bits(&w, c->channel_config, 4);
	if (c->sbr == AAC_HIERARCHICAL) {
		write_rate(&w, sbr_rate);
		write_object_type(&w, c->object_type);
	}
	bw_bits(&w, c->frame_length == 960, 1);
	bw_bits(&w, 0, 2); // dependsOnCoreCoder, extensionFlag
	if (!c->channel_config)
		aac_program_write(&w, &c->program);
	if (c->sbr == AAC_COMPATIBLE || c->sbr == AAC_ABSENT)
		write_sync_extension(&w, c, sbr_rate);
	bw_align(&w);
	return bw_take(&w, data, size);
}

u32 aac_profile_level(const AacConfig *c)
{
	// Tables 1.10 to 1.12: the smallest level of each profile for the channels and the rate of the core, as
	// audioProfileLevelIndication. The LFE is not counted in 5 and 7 channels.
	static const struct {
		u8 max_channels;
		u32 max_rate;
		u8 level[3]; // AAC, HE-AAC, HE-AAC v2
	} levels[] = {
		{2, 24000, {0x28, 0x2C, 0x30}},
		{2, 48000, {0x29, 0x2F, 0x33}},
		{6, 24000, {0x2A, 0x2E, 0x32}},
		{6, 48000, {0x2A, 0x2F, 0x33}},
		{6, 96000, {0x2B, 0xFE, 0xFE}},
		{8, 24000, {0x50, 0x52, 0x54}},
		{8, 48000, {0x50, 0x53, 0x55}},
		{8, 96000, {0x51, 0xFE, 0xFE}},
	};
	if (c->object_type != AOT_AAC_LC)
		return 0xFE;
	u32 profile = c->ps >= AAC_COMPATIBLE ? 2 : c->sbr >= AAC_COMPATIBLE ? 1 : 0;
	for (u32 i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (c->nb_channels <= levels[i].max_channels && c->rate <= levels[i].max_rate)
			return levels[i].level[profile];
	return 0xFE;
}
