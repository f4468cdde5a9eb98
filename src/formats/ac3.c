// SPDX-License-Identifier: MIT
#include "formats/ac3.h"
#include <string.h>
#include <gpac/constants.h>
#include "base/bits.h"

static const u32 rates[3] = {48000, 44100, 32000};
static const u16 bit_rates[19] = {
	32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640};

// syncinfo() and bsi() of AC-3, 4.3.1 and 4.3.2
static Bool parse_ac3(BitReader *r, Ac3Header *h)
{
	br_bits(r, 16); // crc1
	h->fscod = (u8)br_bits(r, 2);
	u32 code = br_bits(r, 6);
	h->bsid = (u8)br_bits(r, 5);
	h->bsmod = (u8)br_bits(r, 3);
	h->acmod = (u8)br_bits(r, 3);
	if (h->fscod == 3 || code >= 2 * sizeof(bit_rates) / sizeof(bit_rates[0]))
		return GF_FALSE;
	if ((h->acmod & 1) && h->acmod != 1)
		br_bits(r, 2); // cmixlev
	if (h->acmod & 4)
		br_bits(r, 2); // surmixlev
	if (h->acmod == 2)
		br_bits(r, 2); // dsurmod
	h->lfe = br_bit(r) != 0;
	u32 rate = bit_rates[code / 2];
	u32 words = h->fscod == 0 ? rate * 2 : h->fscod == 2 ? rate * 3 : rate * 320 / 147 + (code & 1);
	u32 half = h->bsid > 8 ? h->bsid - 8u : 0; // annex E of ATSC A/52: lower sample rates
	h->size = words * 2;
	h->rate = rates[h->fscod] >> half;
	h->bit_rate = (u16)(rate >> half);
	h->bit_rate_code = (u8)(code / 2);
	h->nb_blocks = 6;
	return GF_TRUE;
}

// bsi() of Enhanced AC-3, E.1.2.2
static Bool parse_enhanced(BitReader *r, Ac3Header *h)
{
	static const u8 blocks[4] = {1, 2, 3, 6};
	u32 type = br_bits(r, 2);
	h->enhanced = GF_TRUE;
	h->dependent = type == 1;
	h->substream = (u8)br_bits(r, 3);
	h->size = (br_bits(r, 11) + 1) * 2;
	h->fscod = (u8)br_bits(r, 2);
	u32 code = br_bits(r, 2);
	h->acmod = (u8)br_bits(r, 3);
	h->lfe = br_bit(r) != 0;
	h->bsid = (u8)br_bits(r, 5);
	if (type == 3 || (h->fscod == 3 && code == 3) || h->size < AC3_HEADER_SIZE)
		return GF_FALSE;
	h->rate = h->fscod == 3 ? rates[code] / 2 : rates[h->fscod];
	h->nb_blocks = h->fscod == 3 ? 6 : blocks[code];
	for (u32 i = 0; i < (h->acmod ? 1 : 2); i++) {
		br_bits(r, 5); // dialnorm
		if (br_bit(r))
			br_bits(r, 8); // compr
	}
	if (h->dependent && br_bit(r))
		h->channel_map = (u16)br_bits(r, 16);
	return GF_TRUE;
}

Bool ac3_parse(const u8 *data, u32 size, Ac3Header *h)
{
	if (size < AC3_HEADER_SIZE || data[0] != 0x0B || data[1] != 0x77)
		return GF_FALSE;
	BitReader r;
	Ac3Header found = {0};
	br_init(&r, data + 2, AC3_HEADER_SIZE - 2);
	u32 bsid = data[5] >> 3; // at the same place in both
	Bool ok = bsid <= 10 ? parse_ac3(&r, &found) : bsid <= 16 && parse_enhanced(&r, &found);
	if (ok)
		*h = found;
	return ok;
}

// chan_loc of annex F.6: bits of the channel map 5 to 12 and 14, counted from the first.
static u16 locations_of(u16 map)
{
	u16 locations = 0;
	for (u32 i = 0; i < 8; i++)
		locations |= (u16)((map >> (10 - i) & 1) << i);
	return (u16)(locations | (map >> 1 & 1) << 8);
}

// Adds a frame that follows the first one. False when it belongs to the next unit.
static Bool add_frame(Ac3Unit *unit, const Ac3Header *h, u32 *nb_blocks)
{
	const Ac3Header *first = &unit->substreams[0].header;
	if (!h->enhanced || !first->enhanced)
		return GF_FALSE;
	Ac3Substream *last = &unit->substreams[unit->nb_substreams - 1];
	if (h->dependent) {
		if (*nb_blocks <= first->nb_blocks) {
			last->nb_dependent++;
			last->locations |= locations_of(h->channel_map);
		}
		return GF_TRUE;
	}
	if (!h->substream) {
		if (*nb_blocks >= 6)
			return GF_FALSE;
		*nb_blocks += h->nb_blocks;
		return GF_TRUE;
	}
	if (*nb_blocks <= first->nb_blocks && unit->nb_substreams < AC3_MAX_SUBSTREAMS)
		unit->substreams[unit->nb_substreams++] = (Ac3Substream){.header = *h};
	return GF_TRUE;
}

Bool ac3_unit(const u8 *data, u32 size, Bool last, Ac3Unit *unit)
{
	Ac3Header h;
	if (!ac3_parse(data, size, &h) || h.dependent || h.substream)
		return GF_FALSE;
	*unit = (Ac3Unit){.size = h.size, .nb_substreams = 1, .substreams = {{.header = h}}};
	u32 nb_blocks = h.nb_blocks;
	while (h.enhanced && unit->size <= size) {
		u32 left = size - unit->size;
		if (left < AC3_HEADER_SIZE) {
			if (!last)
				unit->size += AC3_HEADER_SIZE; // what follows may belong to it
			break;
		}
		Ac3Header next;
		if (!ac3_parse(data + unit->size, left, &next) || !add_frame(unit, &next, &nb_blocks))
			break;
		unit->size += next.size;
	}
	unit->nb_samples = nb_blocks * 256;
	return GF_TRUE;
}

Bool ac3_find(const u8 *data, u32 size, Bool last, u32 *pos)
{
	u32 at = 0;
	for (; at + AC3_HEADER_SIZE <= size; at++) {
		Ac3Header h, next;
		if (!ac3_parse(data + at, size - at, &h) || h.dependent || h.substream)
			continue;
		u32 left = size - at;
		if (h.size <= left && left - h.size >= AC3_HEADER_SIZE ? ac3_parse(data + at + h.size, left - h.size, &next)
															  : last && h.size == left) {
			*pos = at;
			return GF_TRUE;
		}
		if (!last && (h.size > left || left - h.size < AC3_HEADER_SIZE))
			break; // the next header is still to come
	}
	*pos = last ? size : at;
	return GF_FALSE;
}

u32 ac3_channels(const Ac3Unit *unit)
{
	static const u8 channels[8] = {2, 1, 2, 3, 3, 4, 4, 5};
	// pairs but for Cs, Ts, Cvh and LFE2
	static const u8 added[9] = {2, 2, 1, 1, 2, 2, 2, 1, 1};
	const Ac3Substream *s = &unit->substreams[0];
	u32 nb = channels[s->header.acmod] + (s->header.lfe ? 1u : 0u);
	for (u32 i = 0; i < 9; i++)
		nb += s->locations >> i & 1 ? added[i] : 0u;
	return nb;
}

u64 ac3_layout(const Ac3Unit *unit)
{
	static const u32 modes[8] = {0, 4, 3, 7, 3 | GF_AUDIO_CH_REAR_CENTER, 7 | GF_AUDIO_CH_REAR_CENTER, 0x33, 0x37};
	static const u64 added[9] = {GF_AUDIO_CH_FRONT_CENTER_LEFT | GF_AUDIO_CH_FRONT_CENTER_RIGHT,
		GF_AUDIO_CH_REAR_SURROUND_LEFT | GF_AUDIO_CH_REAR_SURROUND_RIGHT, GF_AUDIO_CH_REAR_CENTER,
		GF_AUDIO_CH_CENTER_SURROUND_TOP, GF_AUDIO_CH_SURROUND_DIRECT_LEFT | GF_AUDIO_CH_SURROUND_DIRECT_RIGHT,
		GF_AUDIO_CH_WIDE_FRONT_LEFT | GF_AUDIO_CH_WIDE_FRONT_RIGHT,
		GF_AUDIO_CH_FRONT_TOP_LEFT | GF_AUDIO_CH_FRONT_TOP_RIGHT, GF_AUDIO_CH_FRONT_TOP_CENTER, GF_AUDIO_CH_LFE2};
	const Ac3Substream *s = &unit->substreams[0];
	u64 layout = modes[s->header.acmod];
	if (!layout)
		return 0;
	for (u32 i = 0; i < 9; i++)
		layout |= s->locations >> i & 1 ? added[i] : 0;
	return layout | (s->header.lfe ? GF_AUDIO_CH_LFE : 0);
}

// EC3SpecificBox, F.6
static void write_dec3(ByteWriter *w, const Ac3Unit *unit)
{
	const Ac3Header *first = &unit->substreams[0].header;
	u64 bits = (u64)unit->size * 8 * first->rate / unit->nb_samples;
	bw_bits(w, (u32)((bits + 500) / 1000) & 0x1FFF, 13);
	bw_bits(w, unit->nb_substreams - 1, 3);
	for (u32 i = 0; i < unit->nb_substreams; i++) {
		const Ac3Substream *s = &unit->substreams[i];
		bw_bits(w, s->header.fscod, 2);
		bw_bits(w, s->header.bsid, 5);
		bw_bits(w, 0, 2); // reserved, asvc
		bw_bits(w, s->header.bsmod, 3);
		bw_bits(w, s->header.acmod, 3);
		bw_bits(w, s->header.lfe ? 1 : 0, 1);
		bw_bits(w, 0, 3);
		bw_bits(w, s->nb_dependent, 4);
		if (s->nb_dependent)
			bw_bits(w, s->locations, 9);
		else
			bw_bits(w, 0, 1);
	}
	bw_align(w);
}

u32 ac3_config(const Ac3Unit *unit, u8 config[AC3_MAX_CONFIG_SIZE])
{
	const Ac3Header *h = &unit->substreams[0].header;
	ByteWriter w;
	bw_init(&w);
	if (h->enhanced) {
		write_dec3(&w, unit);
	} else { // AC3SpecificBox, F.4
		bw_bits(&w, h->fscod, 2);
		bw_bits(&w, h->bsid, 5);
		bw_bits(&w, h->bsmod, 3);
		bw_bits(&w, h->acmod, 3);
		bw_bits(&w, h->lfe ? 1 : 0, 1);
		bw_bits(&w, h->bit_rate_code, 5);
		bw_bits(&w, 0, 5);
	}
	u32 size = w.failed ? 0 : (u32)w.size;
	if (size)
		memcpy(config, w.data, size);
	bw_reset(&w);
	return size;
}
