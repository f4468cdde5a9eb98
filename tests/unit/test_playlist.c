// SPDX-License-Identifier: MIT
// Playlists: lines, directives, chains and recognition.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "formats/playlist.h"

static Playlist parse(const char *text)
{
	Playlist list = {0};
	assert_int_equal(playlist_parse((const u8 *)text, (u32)strlen(text), &list), GF_OK);
	return list;
}

static void test_lines(void **state)
{
	(void)state;
	Playlist list = parse("##GPACPL\r\n## comment\n\n a.mp4 \r\ndir/b c.mp4\nlast.aac");
	assert_int_equal(list.nb_entries, 3);
	assert_string_equal(list.entries[0].source, "a.mp4");
	assert_string_equal(list.entries[1].source, "dir/b c.mp4");
	assert_string_equal(list.entries[2].source, "last.aac");
	assert_false(list.complete);
	playlist_reset(&list);
	list = parse("");
	assert_int_equal(list.nb_entries, 0);
	assert_int_equal(playlist_parse((const u8 *)"a\0b", 3, &list), GF_CORRUPTED_DATA);
}

static void test_directives(void **state)
{
	(void)state;
	Playlist list = parse("#ka=500 floop=-1 raw=av\n"
						  "#repeat=2 start=1.5 stop=10/4\n"
						  "#props=#Language=fr:#Foo=1 nosync\n"
						  "a.mp4\n"
						  "#cat srange=10 send=20 del chap=Two base_url=http://x/y\n"
						  "b.ts\n"
						  "c.ts\n"
						  "#end\n");
	assert_true(list.has_refresh);
	assert_int_equal(list.refresh_ms, 500);
	assert_true(list.has_loop);
	assert_int_equal(list.loop, -1);
	assert_string_equal(list.raw, "av");
	assert_true(list.ended);
	assert_true(list.complete);
	assert_int_equal(list.nb_entries, 3);
	const PlaylistEntry *a = &list.entries[0], *b = &list.entries[1], *c = &list.entries[2];
	assert_int_equal(a->repeat, 2);
	assert_true(a->start == 1.5 && a->duration == 2.5);
	assert_string_equal(a->props, "#Language=fr:#Foo=1");
	assert_true(a->no_sync && !a->cat);
	assert_true(b->cat && b->remove && !b->no_sync);
	assert_int_equal(b->range_start, 10);
	assert_int_equal(b->range_end, 20);
	assert_string_equal(b->chapter, "Two");
	assert_string_equal(b->base_url, "http://x/y");
	assert_true(!c->cat && !c->props && c->repeat == 0);
	assert_true(playlist_same_entry(a, a));
	assert_false(playlist_same_entry(a, b));
	playlist_reset(&list);
}

static void test_chains(void **state)
{
	(void)state;
	PlaylistChain *chains;
	u32 nb;
	assert_int_equal(playlist_split("a.mp4&&b@home.aac", &chains, &nb), GF_OK);
	assert_int_equal(nb, 2);
	assert_string_equal(chains[0].source, "a.mp4");
	assert_string_equal(chains[1].source, "b@home.aac");
	assert_int_equal(chains[1].nb_filters, 0);
	playlist_chains_del(chains, nb);

	assert_int_equal(playlist_split("a.mp4:opt=1 @ f:x=1 @#audio g @-1 h", &chains, &nb), GF_OK);
	assert_int_equal(nb, 1);
	assert_string_equal(chains[0].source, "a.mp4:opt=1");
	assert_int_equal(chains[0].nb_filters, 3);
	assert_string_equal(chains[0].filters[0].filter, "f:x=1");
	assert_int_equal(chains[0].filters[0].back, 0);
	assert_null(chains[0].filters[0].fragment);
	assert_string_equal(chains[0].filters[1].filter, "g");
	assert_string_equal(chains[0].filters[1].fragment, "#audio");
	assert_string_equal(chains[0].filters[2].filter, "h");
	assert_int_equal(chains[0].filters[2].back, 1);
	playlist_chains_del(chains, nb);

	assert_int_equal(playlist_split("a.mp4 @", &chains, &nb), GF_BAD_PARAM);
	assert_int_equal(playlist_split("a.mp4 && ", &chains, &nb), GF_BAD_PARAM);
	assert_int_equal(playlist_split("a.mp4 @-2 f", &chains, &nb), GF_BAD_PARAM);
}

static Bool probe(const char *text)
{
	return playlist_probe((const u8 *)text, (u32)strlen(text));
}

static void test_probe(void **state)
{
	(void)state;
	assert_true(probe("##GPACPL\nanything"));
	assert_true(probe("# repeat\na.mp4\n/x/y/b c.m4a:opt=1\nhttp://h/x\n"));
	assert_true(probe("a.mp4 @ reframer\nb.mp4 && c.mp4\n"));
	assert_true(probe("one.mp4"));
	assert_true(probe("vid\xc3\xa9o.mp4\n"));
	assert_false(probe("#EXTM3U\n#EXTINF:2,\nseg.ts\n"));
	assert_false(probe("1\n00:00:01,000 --> 00:00:02,000\nHello\n"));
	assert_false(probe("WEBVTT\n\n"));
	assert_false(probe("<?xml version=\"1.0\"?>\n"));
	assert_false(probe("Some prose. And more of it.\n"));
	assert_false(probe("\x47\x40\x00\x10.ts\x01\x02\n"));
	assert_false(probe("latin\xe9.mp4\n"));
	assert_false(probe("# only a comment\n"));
	assert_false(probe(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_directives),
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_probe),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
