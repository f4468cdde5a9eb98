// SPDX-License-Identifier: MIT
// ID3 tags: frames built by the layouts of ID3v2.2, 2.3 and 2.4.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "formats/id3.h"

typedef struct {
	u8 data[512];
	u32 size;
} Tag;

static void begin(Tag *tag, u8 version, u8 flags)
{
	memset(tag, 0, sizeof(*tag));
	memcpy(tag->data, "ID3", 3);
	tag->data[3] = version;
	tag->data[5] = flags;
	tag->size = 10;
}

static void add(Tag *tag, const char *id, u16 flags, const char *content, u32 size)
{
	u8 *p = tag->data + tag->size;
	if (tag->data[3] == 2) {
		memcpy(p, id, 3);
		p[5] = (u8)size;
		p += 6;
	} else {
		memcpy(p, id, 4);
		p[7] = (u8)size;
		p[8] = (u8)(flags >> 8);
		p[9] = (u8)flags;
		p += 10;
	}
	memcpy(p, content, size);
	tag->size = (u32)(p - tag->data) + size;
}

static void end(Tag *tag, u32 padding)
{
	tag->size += padding;
	tag->data[8] = (u8)((tag->size - 10) >> 7);
	tag->data[9] = (u8)((tag->size - 10) & 0x7F);
}

static void expect_text(Id3Reader *r, const char *name, const char *text)
{
	Id3Item item;
	assert_true(id3_next(r, &item));
	assert_string_equal(item.name, name);
	assert_string_equal(item.text, text);
	id3_item_reset(&item);
}

static void test_size(void **state)
{
	(void)state;
	const u8 head[10] = {'I', 'D', '3', 4, 0, 0x10, 0, 0, 2, 1};
	assert_int_equal(id3v2_size(head, 10), 257 + 20); // header and footer
	assert_int_equal(id3v2_size(head, 9), 0);
	assert_int_equal(id3v2_size((const u8 *)"ID3\4\0\0\0\0\x80\0", 10), 0);
	assert_int_equal(id3v2_size((const u8 *)"TAG\4\0\0\0\0\0\0", 10), 0);
}

static void test_texts(void **state)
{
	(void)state;
	Tag tag;
	Id3Reader r;
	Id3Item item;
	begin(&tag, 3, 0);
	add(&tag, "TIT2", 0, "\0T\xe9st", 5);                      // Latin-1
	add(&tag, "TPE1", 0, "\1\xff\xfe\x3d\xd8\x00\xde\0\0", 9); // UTF-16, U+1F600
	add(&tag, "XXXX", 0, "\0?", 2);                            // unknown
	add(&tag, "TALB", 0x80, "\0zip", 4);                       // compressed
	add(&tag, "COMM", 0, "\0engshort\0long", 14);
	add(&tag, "TRCK", 0,
		"\0"
		"3/12",
		5);
	end(&tag, 20);
	assert_int_equal(id3_open(&r, tag.data, tag.size), GF_OK);
	expect_text(&r, "title", "T\xc3\xa9st");
	expect_text(&r, "artist", "\xf0\x9f\x98\x80");
	expect_text(&r, "comment", "long");
	assert_true(id3_next(&r, &item));
	assert_int_equal(item.kind, ID3_FRACTION);
	assert_int_equal(item.num, 3);
	assert_int_equal(item.den, 12);
	id3_item_reset(&item);
	assert_false(id3_next(&r, &item));
	id3_close(&r);
}

static void test_version_2(void **state)
{
	(void)state;
	Tag tag;
	Id3Reader r;
	Id3Item item;
	begin(&tag, 2, 0);
	add(&tag, "TT2", 0, "\0Old", 4);
	add(&tag, "PIC", 0, "\0PNG\3\0\x89PNG", 10);
	end(&tag, 0);
	assert_int_equal(id3_open(&r, tag.data, tag.size), GF_OK);
	expect_text(&r, "title", "Old");
	assert_true(id3_next(&r, &item));
	assert_int_equal(item.kind, ID3_PICTURE);
	assert_string_equal(item.text, "image/png");
	assert_int_equal(item.size, 4);
	assert_memory_equal(item.data, "\x89PNG", 4);
	id3_item_reset(&item);
	id3_close(&r);
}

static void test_unsync(void **state)
{
	(void)state;
	Tag tag;
	Id3Reader r;
	begin(&tag, 4, 0x80);
	// UTF-16 with a mark FF FE, hidden as FF 00 FE; data length indicator before it
	add(&tag, "TIT2", 0x0003, "\0\0\0\5\1\xff\0\xfeZ\0", 10);
	end(&tag, 0);
	assert_int_equal(id3_open(&r, tag.data, tag.size), GF_OK);
	expect_text(&r, "title", "Z");
	id3_close(&r);
}

static void test_refused(void **state)
{
	(void)state;
	Tag tag;
	Id3Reader r;
	Id3Item item;
	begin(&tag, 3, 0);
	add(&tag, "TIT2", 0, "\0abc", 4);
	end(&tag, 0);
	assert_int_equal(id3_open(&r, tag.data, tag.size - 1), GF_NON_COMPLIANT_BITSTREAM);
	tag.data[17] = 200; // the frame is larger than the tag
	assert_int_equal(id3_open(&r, tag.data, tag.size), GF_OK);
	assert_false(id3_next(&r, &item));
	id3_close(&r);
	tag.data[3] = 9;
	assert_int_equal(id3_open(&r, tag.data, tag.size), GF_NOT_SUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_version_2),
		cmocka_unit_test(test_unsync),
		cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
