// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <base/bits.h>

static void reads_bytes_in_network_order(void **state)
{
	(void)state;
	static const u8 data[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A};
	BitReader r;
	br_init(&r, data, sizeof(data));
	assert_int_equal(br_u8(&r), 0x01);
	assert_int_equal(br_u16(&r), 0x0203);
	assert_int_equal(br_u24(&r), 0x040506);
	assert_int_equal(br_u32(&r), 0x0708090A);
	assert_int_equal(br_left(&r), 0);
	assert_false(r.overrun);
	assert_int_equal(br_u8(&r), 0);
	assert_true(r.overrun);
}

static void reads_bits_across_bytes(void **state)
{
	(void)state;
	static const u8 data[] = {0xA5, 0x5A, 0xFF, 0x00, 0x81}; // 10100101 01011010 11111111 00000000 10000001
	BitReader r;
	br_init(&r, data, sizeof(data));
	assert_int_equal(br_bits(&r, 0), 0);
	assert_int_equal(br_bits(&r, 3), 5);
	assert_int_equal(br_bit(&r), 0);
	assert_int_equal(br_bits(&r, 8), 0x55);
	assert_int_equal(br_bits(&r, 28), 0xAFF0081);
	assert_false(r.overrun);
	assert_int_equal(br_bits_left(&r), 0);
	br_init(&r, data, sizeof(data));
	assert_int_equal(br_bits(&r, 32), 0xA55AFF00);
	assert_int_equal(br_bits(&r, 9), 0);
	assert_true(r.overrun);
	assert_int_equal(br_bits_left(&r), 0);
}

static void refuses_ranges_past_the_end(void **state)
{
	(void)state;
	static const u8 data[4] = {0};
	BitReader r;
	br_init(&r, data, sizeof(data));
	assert_null(br_bytes(&r, 5));
	assert_true(r.overrun);
	br_init(&r, data, sizeof(data));
	br_skip(&r, 0xFFFFFFFFFFFFFFFFULL);
	assert_true(r.overrun);
	br_init(&r, NULL, 0);
	assert_int_equal(br_bit(&r), 0);
	assert_true(r.overrun);
}

// ISO/IEC 14496-10 tables 9-2 and 9-3
static void decodes_exp_golomb(void **state)
{
	(void)state;
	// 1 | 010 | 011 | 00100 | 00101 | 0001000 = 0,1,2,3,4,7
	static const u8 data[] = {0xA6, 0x42, 0x88};
	static const u32 expected_ue[] = {0, 1, 2, 3, 4, 7};
	static const s32 expected_se[] = {0, 1, -1, 2, -2, 4};
	BitReader r;
	br_init(&r, data, sizeof(data));
	for (u32 i = 0; i < 6; i++)
		assert_int_equal(br_ue(&r), expected_ue[i]);
	assert_false(r.overrun);
	br_init(&r, data, sizeof(data));
	for (u32 i = 0; i < 6; i++)
		assert_int_equal(br_se(&r), expected_se[i]);

	// 31 zeros, then a 1 and 31 bits: the largest 2^32-2
	static const u8 largest[] = {0x00, 0x00, 0x00, 0x01, 0xFF, 0xFF, 0xFF, 0xFE};
	br_init(&r, largest, sizeof(largest));
	assert_int_equal(br_ue(&r), 0xFFFFFFFE);
	br_init(&r, largest, sizeof(largest));
	assert_int_equal(br_se(&r), -0x7FFFFFFF);
	static const u8 zeros[16] = {0};
	br_init(&r, zeros, sizeof(zeros));
	assert_int_equal(br_ue(&r), 0);
	assert_true(r.overrun);
}

static void writes_what_it_reads(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	bw_u8(&w, 0x11);
	bw_u16(&w, 0x2233);
	bw_u24(&w, 0x445566);
	bw_u32(&w, 0x778899AA);
	bw_u64(&w, 0x0102030405060708ULL);
	bw_bytes(&w, "ab", 2);
	bw_zeros(&w, 1);
	static const u8 expected[] = {
		0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 1, 2, 3, 4, 5, 6, 7, 8, 'a', 'b', 0};
	assert_int_equal(w.size, sizeof(expected));
	assert_memory_equal(w.data, expected, sizeof(expected));
	bw_patch_u32(&w, 1, 0xDEADBEEF);
	assert_int_equal(w.data[1], 0xDE);
	assert_int_equal(w.data[4], 0xEF);
	bw_patch_u64(&w, w.size - 7, 0); // one byte too far: ignored
	assert_int_equal(w.data[w.size - 2], 'b');
	bw_reset(&w);
	assert_null(w.data);
}

static void writes_bits(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	static const u32 values[] = {0, 1, 2, 3, 4, 7};
	for (u32 i = 0; i < 6; i++)
		bw_ue(&w, values[i]);
	bw_align(&w);
	static const u8 expected[] = {0xA6, 0x42, 0x88};
	assert_int_equal(w.size, sizeof(expected));
	assert_memory_equal(w.data, expected, sizeof(expected));
	bw_bits(&w, 1, 3);
	bw_bits(&w, 0xFFFFFFFF, 32);
	bw_bits(&w, 0, 5);
	bw_u8(&w, 0x42);
	static const u8 tail[] = {0x3F, 0xFF, 0xFF, 0xFF, 0xE0, 0x42};
	assert_int_equal(w.size, 9);
	assert_memory_equal(w.data + 3, tail, sizeof(tail));
	bw_ue(&w, 0xFFFFFFFE);
	static const u8 largest[] = {0x00, 0x00, 0x00, 0x01, 0xFF, 0xFF, 0xFF, 0xFE};
	assert_memory_equal(w.data + 9, largest, 7);

	u8 *data;
	u32 size;
	assert_int_equal(bw_take(&w, &data, &size), GF_OK);
	assert_int_equal(size, 17);
	gf_free(data);
	assert_null(w.data);
}

static void gives_up_on_a_failed_allocation(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	bw_u8(&w, 1);
	assert_null(bw_grow(&w, SIZE_MAX));
	bw_u8(&w, 2);
	assert_int_equal(w.size, 1);
	u8 *data = NULL;
	u32 size = 0;
	assert_int_equal(bw_take(&w, &data, &size), GF_OUT_OF_MEM);
	assert_null(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_bytes_in_network_order),
		cmocka_unit_test(reads_bits_across_bytes),
		cmocka_unit_test(refuses_ranges_past_the_end),
		cmocka_unit_test(decodes_exp_golomb),
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(writes_bits),
		cmocka_unit_test(gives_up_on_a_failed_allocation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
