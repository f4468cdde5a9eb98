// SPDX-License-Identifier: MIT
#include <string.h>
#include <gpac/system.h>
#include "filters/fin_random.h"

// xorshift64* (S. Vigna): small, fast, and good enough for noise.
static u32 next_random(RandomBytes *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return (u32)((r->state * 0x2545F4914F6CDD1DULL) >> 32);
}

static RandomUnit unit_of(const char *mime)
{
	static const struct {
		const char *mime;
		RandomUnit unit;
	} units[] = {
		{"video/avc", UNIT_AVC},
		{"video/h264", UNIT_AVC},
		{"video/hevc", UNIT_HEVC},
		{"video/vvc", UNIT_VVC},
		{"video/av1", UNIT_OBU},
	};
	for (size_t i = 0; mime && i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(mime, units[i].mime))
			return units[i].unit;
	return UNIT_START_CODE;
}

void random_bytes_init(RandomBytes *r, Bool units, const char *mime)
{
	r->unit = units ? unit_of(mime) : UNIT_NONE;
	// A session in test mode sees the same bytes at each run.
	r->state = gf_sys_is_test_mode() ? 0x9E3779B97F4A7C15ULL : gf_sys_clock_high_res() * 2 + 1;
}

// The header of a unit of random type, with its start code; `payload` bytes follow. Returns its size.
static u32 unit_header(RandomBytes *r, u32 payload, u8 header[6])
{
	static const u8 start_code[4] = {0, 0, 0, 1};
	u32 noise = next_random(r);
	if (r->unit == UNIT_OBU) { // obu_has_size_field, size as a two-byte leb128
		header[0] = (u8)((noise & 0x78) | 0x02);
		header[1] = (u8)(0x80 | (payload & 0x7F));
		header[2] = (u8)((payload >> 7) & 0x7F);
		return 3;
	}
	memcpy(header, start_code, sizeof(start_code));
	switch (r->unit) {
	case UNIT_AVC:
		header[4] = (u8)(noise & 0x7F);
		return 5;
	case UNIT_HEVC: // nuh_layer_id 0, nuh_temporal_id_plus1 1
		header[4] = (u8)(noise & 0x7E);
		header[5] = 1;
		return 6;
	case UNIT_VVC: // nuh_layer_id 0, then type and nuh_temporal_id_plus1 1
		header[4] = 0;
		header[5] = (u8)((noise & 0xF8) | 1);
		return 6;
	default:
		return 4;
	}
}

static void fill_plain(RandomBytes *r, u8 *data, u32 size)
{
	u32 i = 0;
	for (; i + 4 <= size; i += 4) {
		u32 v = next_random(r);
		memcpy(data + i, &v, 4);
	}
	for (; i < size; i++)
		data[i] = (u8)next_random(r);
}

void random_bytes_fill(RandomBytes *r, u8 *data, u32 size)
{
	while (r->unit != UNIT_NONE && size > 64) {
		u8 header[6];
		u32 payload = 16 + next_random(r) % 1024;
		if (payload > size - sizeof(header))
			payload = size - sizeof(header);
		u32 head = unit_header(r, payload, header);
		memcpy(data, header, head);
		fill_plain(r, data + head, payload);
		data += head + payload;
		size -= head + payload;
	}
	fill_plain(r, data, size);
}
