// SPDX-License-Identifier: MIT
// Sample entries, encryption information, tags and parameter sets of ISO base media files, from bytes written
// after the standards.
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <gpac/constants.h>
#include "formats/isom_nal.h"
#include "formats/isom_stsd.h"
#include "formats/isom_tags.h"
#include "isom_boxes.h"

// ---- Sample entries

static IsomEntry *parse_one_entry(ByteWriter *w, const char *handler, u32 *nb)
{
	IsomEntry *entries = NULL;
	u32 h = GF_4CC((u8)handler[0], (u8)handler[1], (u8)handler[2], (u8)handler[3]);
	assert_int_equal(isom_stsd_parse(w->data, (u32)w->size, 0, h, &entries, nb), GF_OK);
	return entries;
}

static void put_audio_header(ByteWriter *w, u32 version, u32 channels, u32 bits, u32 rate)
{
	bw_zeros(w, 6);
	bw_u16(w, 1);
	bw_u16(w, version);
	bw_zeros(w, 6);
	bw_u16(w, channels);
	bw_u16(w, bits);
	bw_u32(w, 0);
	bw_u32(w, rate << 16);
}

static void test_entry_aac(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	size_t stsd = open_full(&w, "stsd", 0, 0);
	bw_u32(&w, 1);
	size_t entry = open_box(&w, "mp4a");
	put_audio_header(&w, 0, 2, 16, 44100);
	size_t esds = open_full(&w, "esds", 0, 0);
	// ES_Descriptor with sizes on 4 bytes, DecoderConfigDescriptor, AudioSpecificConfig of AAC-LC
	const u8 desc[] = {0x03, 0x80, 0x80, 0x80, 0x19, 0, 1, 0, 0x04, 0x11, 0x40, 0x15, 0, 1, 2, 0, 0, 0x10, 0,
		0, 0, 0x20, 0, 0x05, 0x02, 0x12, 0x10, 0x06, 0x01, 0x02};
	bw_bytes(&w, desc, sizeof(desc));
	close_box(&w, esds);
	close_box(&w, entry);
	close_box(&w, stsd);
	u32 nb;
	IsomEntry *e = parse_one_entry(&w, "soun", &nb);
	assert_int_equal(nb, 1);
	assert_int_equal(e->stream_type, GF_STREAM_AUDIO);
	assert_int_equal(e->codec_id, GF_CODECID_AAC_MPEG4);
	assert_int_equal(e->config.size, 2);
	assert_memory_equal(e->config.data, "\x12\x10", 2);
	assert_int_equal(e->buffer_size, 0x102);
	assert_int_equal(e->max_rate, 0x1000);
	assert_int_equal(e->avg_rate, 0x2000);
	assert_int_equal(e->audio.channels, 2);
	assert_int_equal(e->audio.sample_rate, 44100);
	isom_entries_free(e, nb);
	bw_reset(&w);
}

static void test_entry_opus(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	size_t stsd = open_full(&w, "stsd", 0, 0);
	bw_u32(&w, 1);
	size_t entry = open_box(&w, "Opus");
	put_audio_header(&w, 0, 2, 16, 48000);
	size_t dops = open_box(&w, "dOps");
	bw_bytes(&w, "\0\2\1\x38\0\0\xBB\x80\xFF\xFE\0", 11);
	close_box(&w, dops);
	close_box(&w, entry);
	close_box(&w, stsd);
	u32 nb;
	IsomEntry *e = parse_one_entry(&w, "soun", &nb);
	assert_int_equal(e->codec_id, GF_CODECID_OPUS);
	// OpusHead of RFC 7845 after its magic: version 1, little-endian fields.
	assert_int_equal(e->config.size, 11);
	assert_memory_equal(e->config.data, "\1\2\x38\1\x80\xBB\0\0\xFE\xFF\0", 11);
	isom_entries_free(e, nb);
	bw_reset(&w);
}

static void test_entry_protected_video(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	size_t stsd = open_full(&w, "stsd", 0, 0);
	bw_u32(&w, 1);
	size_t entry = open_box(&w, "encv");
	bw_zeros(&w, 6);
	bw_u16(&w, 1);
	bw_zeros(&w, 16);
	bw_u16(&w, 640);
	bw_u16(&w, 360);
	PUT(&w, 0x480000, 0x480000, 0);
	bw_u16(&w, 1);
	bw_zeros(&w, 36);
	size_t b = open_box(&w, "avcC");
	bw_bytes(&w, "\1\x64\0\x1F\xFF\xE0\0", 7);
	close_box(&w, b);
	b = open_box(&w, "pasp");
	PUT(&w, 4, 3);
	close_box(&w, b);
	b = open_box(&w, "colr");
	bw_bytes(&w, "nclx\0\x9\0\x10\0\x9\x80", 11);
	close_box(&w, b);
	size_t sinf = open_box(&w, "sinf");
	b = open_box(&w, "frma");
	bw_bytes(&w, "avc1", 4);
	close_box(&w, b);
	b = open_full(&w, "schm", 0, 0);
	bw_bytes(&w, "cbcs\0\1\0\0", 8);
	close_box(&w, b);
	size_t schi = open_box(&w, "schi");
	b = open_full(&w, "tenc", 1, 0);
	bw_bytes(&w,
		"\0\x19\1\0"
		"0123456789abcdef"
		"\x8"
		"ABCDEFGH",
		29);
	close_box(&w, b);
	close_box(&w, schi);
	close_box(&w, sinf);
	close_box(&w, entry);
	close_box(&w, stsd);
	u32 nb;
	IsomEntry *e = parse_one_entry(&w, "vide", &nb);
	assert_int_equal(e->type, GF_4CC('e', 'n', 'c', 'v'));
	assert_int_equal(e->format, GF_4CC('a', 'v', 'c', '1'));
	assert_int_equal(e->codec_id, GF_CODECID_AVC);
	assert_int_equal(e->nal_length, 4);
	assert_int_equal(e->video.width, 640);
	assert_int_equal(e->video.sar_num, 4);
	assert_int_equal(e->video.transfer, 16);
	assert_true(e->video.full_range);
	const IsomProtection *p = &e->protection;
	assert_int_equal(p->scheme, GF_4CC('c', 'b', 'c', 's'));
	assert_int_equal(p->version, 0x10000);
	assert_true(p->has_key);
	assert_int_equal(p->key.crypt_blocks, 1);
	assert_int_equal(p->key.skip_blocks, 9);
	assert_int_equal(p->key.iv_size, 0);
	assert_int_equal(p->key.const_iv_size, 8);
	assert_memory_equal(p->key.kid, "0123456789abcdef", 16);
	assert_memory_equal(p->key.const_iv, "ABCDEFGH", 8);
	isom_entries_free(e, nb);
	bw_reset(&w);
}

static void test_entry_raw_audio(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	size_t stsd = open_full(&w, "stsd", 0, 0);
	bw_u32(&w, 2);
	size_t entry = open_box(&w, "in24"); // QuickTime version 1, little-endian by `enda`
	put_audio_header(&w, 1, 2, 16, 48000);
	PUT(&w, 1, 3, 6, 2);
	size_t wave = open_box(&w, "wave");
	size_t b = open_box(&w, "enda");
	bw_u16(&w, 1);
	close_box(&w, b);
	close_box(&w, wave);
	close_box(&w, entry);
	entry = open_box(&w, "fpcm");
	put_audio_header(&w, 0, 1, 32, 44100);
	b = open_full(&w, "pcmC", 0, 0);
	bw_bytes(&w, "\1\x20", 2);
	close_box(&w, b);
	close_box(&w, entry);
	close_box(&w, stsd);
	u32 nb;
	IsomEntry *e = parse_one_entry(&w, "soun", &nb);
	assert_int_equal(nb, 2);
	assert_int_equal(e[0].codec_id, GF_CODECID_RAW);
	assert_int_equal(e[0].audio.format, GF_AUDIO_FMT_S24);
	assert_int_equal(e[0].audio.bytes_per_frame, 6);
	assert_int_equal(e[1].audio.format, GF_AUDIO_FMT_FLT);
	isom_entries_free(e, nb);
	bw_reset(&w);
}

// ---- Encryption, tags

static void test_auxiliary_information(void **state)
{
	(void)state;
	IsomSai sai = {0};
	// 8-byte IV, one sub-sample (2 clear, 3 protected), then two
	const u8 senc[] = {0, 0, 0, 56, 's', 'e', 'n', 'c', 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1,
		0, 2, 0, 0, 0, 3, 9, 9, 9, 9, 9, 9, 9, 9, 0, 2, 0, 100, 0, 0, 0, 3, 0, 0, 0, 0, 0, 7, 0, 0};
	IsomBox b;
	assert_int_equal(isom_box_load(senc, sizeof(senc), 0, &b), GF_OK);
	assert_int_equal(isom_senc_parse(&sai, &b, 10, 2), GF_OK);
	const u8 *data;
	u32 size;
	Bool subsamples;
	assert_int_equal(isom_sai_get(&sai, 9, 8, &data, &size, &subsamples), GF_NOT_FOUND);
	assert_int_equal(isom_sai_get(&sai, 11, 8, &data, &size, &subsamples), GF_OK);
	assert_int_equal(size, 22);
	assert_int_equal(data[8], 0);
	assert_int_equal(isom_sai_get(&sai, 10, 8, &data, &size, &subsamples), GF_OK);
	assert_int_equal(size, 16);
	assert_true(subsamples);
	assert_int_equal(isom_sai_get(&sai, 12, 8, &data, &size, &subsamples), GF_NOT_FOUND);

	u8 record[22];
	memcpy(record, senc + 32, sizeof(record));
	assert_true(isom_sai_cut(record, sizeof(record), 8, 10, 40));
	assert_int_equal(record[11], 60);
	assert_false(isom_sai_cut(record, sizeof(record), 8, 50, 40)); // partly protected
	isom_sai_reset(&sai);
}

static void test_tags(void **state)
{
	(void)state;
	ByteWriter w;
	bw_init(&w);
	size_t udta = open_box(&w, "udta");
	size_t meta = open_full(&w, "meta", 0, 0);
	size_t ilst = open_box(&w, "ilst");
	size_t item = open_box(&w, "\xA9nam");
	size_t data = open_box(&w, "data");
	bw_bytes(&w, "\0\0\0\1\0\0\0\0Title", 13);
	close_box(&w, data);
	close_box(&w, item);
	item = open_box(&w, "trkn");
	data = open_box(&w, "data");
	bw_bytes(&w, "\0\0\0\0\0\0\0\0\0\0\0\3\0\x0C\0\0", 16);
	close_box(&w, data);
	close_box(&w, item);
	item = open_box(&w, "----");
	data = open_full(&w, "mean", 0, 0);
	bw_bytes(&w, "com.x", 5);
	close_box(&w, data);
	data = open_full(&w, "name", 0, 0);
	bw_bytes(&w, "key", 3);
	close_box(&w, data);
	data = open_box(&w, "data");
	bw_bytes(&w, "\0\0\0\1\0\0\0\0\xFFv", 10);
	close_box(&w, data);
	close_box(&w, item);
	close_box(&w, ilst);
	close_box(&w, meta);
	close_box(&w, udta);
	IsomBlobs blobs = {0};
	IsomBox b;
	assert_int_equal(isom_box_load(w.data, w.size, 0, &b), GF_OK);
	assert_int_equal(isom_blobs_add(&blobs, &b, GF_TRUE), GF_OK);
	IsomTagReader r;
	IsomTag tag;
	isom_tags_open(&r, &blobs, GF_FALSE);
	assert_true(isom_tags_next(&r, &tag));
	assert_string_equal(tag.name, "title");
	assert_int_equal(tag.size, 5);
	assert_memory_equal(tag.data, "Title", 5);
	assert_true(isom_tags_next(&r, &tag));
	assert_string_equal(tag.name, "tracknum");
	assert_int_equal(tag.num, 3);
	assert_int_equal(tag.den, 12);
	assert_true(isom_tags_next(&r, &tag));
	assert_string_equal(tag.name, "cust_key@com.x");
	assert_int_equal(tag.kind, ISOM_TAG_DATA); // not UTF-8
	assert_false(isom_tags_next(&r, &tag));
	isom_blobs_reset(&blobs);
	bw_reset(&w);
}

// ---- NAL units

static void test_parameter_sets(void **state)
{
	(void)state;
	// Record with one SPS and one PPS; the sample has another PPS of ID 0 and an IDR slice.
	const u8 record[] = {
		1, 0x64, 0, 0x1E, 0xFF, 0xE1, 0, 4, 0x67, 0x64, 0, 0x1E, 1, 0, 3, 0x68, 0x80, 1, 0xFD, 0xF8, 0xF8, 0};
	IsomEntry entry = {.codec_id = GF_CODECID_AVC, .nal_length = 4, .config = {(u8 *)record, sizeof(record)}};
	const u8 sample[] = {
		0, 0, 0, 2, 9, 0x10, 0, 0, 0, 3, 0x68, 0x80, 1, 0, 0, 0, 3, 0x68, 0x80, 2, 0, 0, 0, 2, 0x65, 0x88};
	const u8 stripped[] = {0, 0, 0, 2, 9, 0x10, 0, 0, 0, 2, 0x65, 0x88};
	IsomNal n = {0};
	IsomNalInfo info;
	assert_int_equal(isom_nal_open(&n, &entry), GF_OK);
	assert_int_equal(n.nb_sets, 2);
	isom_nal_scan(&n, sample, sizeof(sample), &info);
	assert_int_equal(info.sap, 1);
	assert_int_equal(info.nb_sets, 2);
	assert_int_equal(info.set_bytes, 14);
	assert_true(info.new_set);
	u8 out[sizeof(stripped)];
	isom_nal_strip(&n, sample, sizeof(sample), out);
	assert_memory_equal(out, stripped, sizeof(stripped));
	assert_int_equal(isom_nal_update(&n, sample, sizeof(sample)), GF_OK);
	assert_int_equal(n.nb_sets, 2);
	assert_memory_equal(n.sets[1].data, "\x68\x80\2", 3);
	// A size that does not fit: the sample is left as it is.
	isom_nal_scan(&n, sample, sizeof(sample) - 1, &info);
	assert_int_equal(info.nb_sets, 0);
	isom_nal_close(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entry_aac),
		cmocka_unit_test(test_entry_opus),
		cmocka_unit_test(test_entry_protected_video),
		cmocka_unit_test(test_entry_raw_audio),
		cmocka_unit_test(test_auxiliary_information),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_parameter_sets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
