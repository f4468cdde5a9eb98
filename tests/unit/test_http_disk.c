// SPDX-License-Identifier: MIT
// The directory of stored answers: what is found, what clean-ups take, what a crash leaves.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gpac/file.h>

#include "net/http_disk.h"

static char dir[] = "/tmp/gf_http_disk_XXXXXX";
static HttpDisk *disk;

static void open_disk(u64 max_size, Bool clean)
{
	const HttpDiskConfig config = {dir, max_size, 0, clean};
	assert_int_equal(http_disk_open(&config, &disk), GF_OK);
}

static void close_disk(void)
{
	http_disk_close(disk);
	disk = NULL;
}

static u32 nb_files(void)
{
	u32 nb = 0;
	struct dirent *d;
	DIR *all = opendir(dir);
	while ((d = readdir(all)))
		nb += d->d_name[0] != '.';
	closedir(all);
	return nb;
}

static int set_up(void **state)
{
	(void)state;
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	close_disk();
	gf_dir_cleanup(dir);
	return rmdir(dir);
}

static void store(const char *url, const char *data, Bool leave_open, HttpDiskBody *body)
{
	HttpDiskBody mine = HTTP_DISK_NO_BODY;
	HttpStored s = {.url = gf_strdup(url), .last = ~0ULL, .size = strlen(data), .answered = 1};
	if (!body)
		body = &mine;
	assert_int_equal(http_disk_create(disk, url, 0, ~0ULL, body), GF_OK);
	assert_int_equal(write(body->fd, data, strlen(data)), strlen(data));
	assert_int_equal(http_disk_keep(disk, &s, body), GF_OK);
	http_stored_reset(&s);
	if (!leave_open)
		http_disk_release(disk, body, GF_FALSE);
}

static GF_Err find(const char *url, u64 first, char text[100])
{
	HttpStored s;
	HttpDiskBody body;
	GF_Err e = http_disk_find(disk, url, first, ~0ULL, &s, &body);
	if (e)
		return e;
	ssize_t n = read(body.fd, text, 99);
	text[n < 0 ? 0 : n] = 0;
	assert_string_equal(s.url, url);
	http_stored_reset(&s);
	http_disk_release(disk, &body, GF_FALSE);
	return GF_OK;
}

static void answers_are_found(void **state)
{
	char text[100];
	(void)state;
	open_disk(1000, GF_FALSE);
	store("http://a/1", "one", GF_FALSE, NULL);
	store("http://a/2", "two", GF_FALSE, NULL);
	assert_int_equal(find("http://a/1", 0, text), GF_OK);
	assert_string_equal(text, "one");
	assert_int_equal(find("http://a/3", 0, text), GF_NOT_FOUND);
	assert_int_equal(find("http://a/1", 1, text), GF_NOT_FOUND); // another range
	store("http://a/1", "new one", GF_FALSE, NULL);
	assert_int_equal(nb_files(), 4);
	close_disk();
	open_disk(1000, GF_FALSE);
	assert_int_equal(find("http://a/1", 0, text), GF_OK);
	assert_string_equal(text, "new one");
}

static void bodies_that_are_not_kept_go(void **state)
{
	char text[100];
	HttpDiskBody body;
	(void)state;
	open_disk(1000, GF_FALSE);
	assert_int_equal(http_disk_create(disk, "http://a/1", 0, ~0ULL, &body), GF_OK);
	http_disk_release(disk, &body, GF_TRUE);
	assert_int_equal(nb_files(), 0);
	store("http://a/1", "one", GF_TRUE, &body);
	assert_int_equal(find("http://a/1", 0, text), GF_OK); // by others, too
	http_disk_release(disk, &body, GF_TRUE);
	assert_int_equal(nb_files(), 0);
}

static void the_size_is_kept(void **state)
{
	char text[100];
	HttpDiskBody used;
	(void)state;
	open_disk(1000, GF_FALSE);
	store("http://a/1", "12345", GF_TRUE, &used);
	store("http://a/2", "12345", GF_FALSE, NULL);
	store("http://a/3", "12345", GF_FALSE, NULL);
	store("http://a/4", "12345", GF_FALSE, NULL);
	assert_int_equal(find("http://a/2", 0, text), GF_OK); // used after 3
	HttpDisk *other;
	const HttpDiskConfig config = {dir, 15, 0, GF_FALSE};
	assert_int_equal(http_disk_open(&config, &other), GF_OK);
	http_disk_close(other);
	assert_int_equal(find("http://a/1", 0, text), GF_OK); // the oldest one is in use
	assert_int_equal(find("http://a/2", 0, text), GF_OK);
	assert_int_equal(find("http://a/3", 0, text), GF_NOT_FOUND);
	assert_int_equal(find("http://a/4", 0, text), GF_OK);
	http_disk_release(disk, &used, GF_FALSE);
}

static void make_file(const char *name, const char *text)
{
	char path[200];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "w");
	fputs(text, f);
	fclose(f);
}

#define HASH "0123456789abcdef0123456789abcdef"

static void left_overs_go_and_other_files_stay(void **state)
{
	char text[100];
	(void)state;
	open_disk(1000, GF_FALSE);
	store("http://a/1", "one", GF_FALSE, NULL);
	close_disk();
	make_file(HASH "-abcdef.part", "x");
	make_file(HASH "-abcdeg.data", "x");
	make_file(HASH "-abcdeh.tmp", "x");
	make_file(HASH ".meta", "x");
	make_file("mine.data", "x");
	make_file("mine.txt", "x");
	open_disk(1000, GF_FALSE);
	assert_int_equal(nb_files(), 4);
	assert_int_equal(find("http://a/1", 0, text), GF_OK);
	close_disk();
	open_disk(1000, GF_TRUE);
	assert_int_equal(nb_files(), 2);
	store("http://a/1", "one", GF_FALSE, NULL);
	assert_int_equal(find("http://a/1", 0, text), GF_OK);
	close_disk();
	assert_int_equal(nb_files(), 2);
}

// A body that a crash of the system cut is no answer.
static void cut_bodies_are_not_found(void **state)
{
	char text[100], path[300];
	struct dirent *d;
	(void)state;
	open_disk(1000, GF_FALSE);
	store("http://a/1", "one", GF_FALSE, NULL);
	DIR *all = opendir(dir);
	while ((d = readdir(all))) {
		snprintf(path, sizeof(path), "%s/%s", dir, d->d_name);
		if (strstr(d->d_name, ".data"))
			assert_int_equal(truncate(path, 2), 0);
	}
	closedir(all);
	assert_int_equal(find("http://a/1", 0, text), GF_NOT_FOUND);
}

static void directories_that_cannot_be_used(void **state)
{
	HttpDisk *other = NULL;
	const HttpDiskConfig config = {"/proc/self/cache", 15, 0, GF_FALSE};
	(void)state;
	assert_int_equal(http_disk_open(&config, &other), GF_IO_ERR);
	assert_null(other);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_are_found),
		TEST(bodies_that_are_not_kept_go),
		TEST(the_size_is_kept),
		TEST(left_overs_go_and_other_files_stay),
		TEST(cut_bodies_are_not_found),
		cmocka_unit_test(directories_that_cannot_be_used),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
