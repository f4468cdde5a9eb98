// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include <gpac/tools.h>

#include <base/io.h>

static char dir[64];

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_ioXXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	gf_dir_cleanup(dir);
	gf_rmdir(dir);
	return gf_memory_size() || gf_file_handles_count();
}

static const char *in_dir(const char *name)
{
	static char path[256];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void assert_content(const char *url, const char *expected)
{
	u8 *data;
	u32 size;
	assert_int_equal(gf_file_load_data(url, &data, &size), GF_OK);
	assert_int_equal(size, strlen(expected));
	assert_string_equal((char *)data, expected);
	gf_free(data);
}

static void reads_and_writes_files(void **state)
{
	(void)state;
	const char *path = in_dir("a/b/file.txt");
	IoWriter *writer;
	assert_int_equal(io_writer_open(path, NULL, IO_WRITE_TRUNCATE, &writer), GF_OK);
	struct iovec parts[] = {{"one ", 4}, {NULL, 0}, {"two ", 4}, {"three", 5}};
	assert_int_equal(io_writer_writev(writer, parts, 4), GF_OK);
	assert_int_equal(io_writer_position(writer), 13);
	assert_true(io_writer_seekable(writer));
	assert_int_equal(io_writer_patch(writer, 4, "TWO", 3), GF_OK);
	assert_int_equal(io_writer_patch(writer, 12, "xx", 2), GF_BAD_PARAM);
	assert_int_equal(io_writer_insert(writer, 4, "and ", 4, 3), GF_OK);
	assert_int_equal(io_writer_write(writer, "!", 1), GF_OK);
	assert_int_equal(gf_file_handles_count(), 1);
	assert_int_equal(io_writer_close(writer), GF_OK);
	assert_content(path, "one and TWO three!");

	assert_int_equal(io_writer_open(path, NULL, IO_WRITE_APPEND, &writer), GF_OK);
	assert_int_equal(io_writer_position(writer), 18);
	assert_int_equal(io_writer_write(writer, "+", 1), GF_OK);
	assert_int_equal(io_writer_patch(writer, 0, "O", 1), GF_OK);
	assert_int_equal(io_writer_close(writer), GF_OK);
	assert_content(path, "One and TWO three!+");

	IoReader *reader;
	assert_int_equal(io_reader_open("file.txt#frag?x", in_dir("a/b/other"), &reader), GF_OK);
	assert_int_equal(io_reader_size(reader), 19);
	assert_true(io_reader_seekable(reader));
	assert_int_equal(io_reader_fd(reader), -1);
	char text[32] = {0};
	u32 got;
	assert_int_equal(io_reader_read(reader, 12, text, 32, &got), GF_OK);
	assert_int_equal(got, 7);
	assert_string_equal(text, "three!+");
	assert_int_equal(io_reader_read(reader, 100, text, 1, &got), GF_OK);
	assert_int_equal(got, 0);
	io_reader_close(reader);
}

// Whole blocks may be shifted by the file system; the content is the same when it cannot.
static void inserts_whole_blocks(void **state)
{
	(void)state;
	enum { BLOCK = 4096, NB = 5 };
	const char *path = in_dir("blocks");
	u8 block[BLOCK];
	IoWriter *writer;
	assert_int_equal(io_writer_open(path, NULL, IO_WRITE_TRUNCATE, &writer), GF_OK);
	for (u32 i = 0; i < NB; i++) {
		memset(block, 'a' + (int)i, BLOCK);
		assert_int_equal(io_writer_write(writer, block, BLOCK), GF_OK);
	}
	assert_int_equal(io_writer_write(writer, "tail", 4), GF_OK);
	memset(block, 'X', BLOCK);
	assert_int_equal(io_writer_insert(writer, 0, block, BLOCK, 8192), GF_OK);
	memset(block, 'Y', BLOCK);
	assert_int_equal(io_writer_insert(writer, 3 * BLOCK, block, BLOCK, 8192), GF_OK);
	assert_int_equal(io_writer_position(writer), (NB + 2) * BLOCK + 4);
	assert_int_equal(io_writer_write(writer, "!", 1), GF_OK);
	assert_int_equal(io_writer_close(writer), GF_OK);
	u8 *data;
	u32 size;
	assert_int_equal(gf_file_load_data(path, &data, &size), GF_OK);
	assert_int_equal(size, (NB + 2) * BLOCK + 5);
	for (u32 i = 0; i < NB + 2; i++)
		assert_int_equal(data[i * BLOCK + 7], "XabYcde"[i]);
	assert_memory_equal(data + (NB + 2) * BLOCK, "tail!", 5);
	gf_free(data);
}

static void tells_what_cannot_be_opened(void **state)
{
	(void)state;
	IoReader *reader = NULL;
	assert_int_equal(io_reader_open(in_dir("none"), NULL, &reader), GF_URL_ERROR);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(io_reader_open(dir, NULL, &reader), GF_IO_ERR);
	assert_int_equal(io_reader_open("http://a/b", NULL, &reader), GF_NOT_SUPPORTED);
	assert_int_equal(io_reader_open("gfio://0x123&4", NULL, &reader), GF_URL_ERROR);
	assert_int_equal(io_reader_open("gmem://77", NULL, &reader), GF_URL_ERROR);
	assert_null(reader);
	IoWriter *writer = NULL;
	assert_int_equal(io_writer_open(dir, NULL, IO_WRITE_TRUNCATE, &writer), GF_IO_ERR);
	assert_int_equal(io_writer_open("http://a/b", NULL, IO_WRITE_TRUNCATE, &writer), GF_NOT_SUPPORTED);
	assert_null(writer);
	assert_null(gf_fopen_ex(in_dir("none"), NULL, "rb", GF_TRUE));
}

static void *read_slowly(void *fd)
{
	char text[3];
	ssize_t n = read(*(int *)fd, text, sizeof(text));
	close(*(int *)fd);
	return (void *)n;
}

static void survives_a_reader_that_goes(void **state)
{
	(void)state;
	const char *path = in_dir("pipe");
	assert_int_equal(mkfifo(path, 0600), 0);
	int fd = -1;
	pthread_t thread;
	// opened without waiting, so that the writer finds a reader
	fd = open(path, O_RDONLY | O_NONBLOCK);
	assert_true(fd >= 0);
	IoWriter *writer;
	assert_int_equal(io_writer_open(path, NULL, IO_WRITE_TRUNCATE, &writer), GF_OK);
	assert_false(io_writer_seekable(writer));
	assert_int_equal(io_writer_write(writer, "abc", 3), GF_OK);
	assert_int_equal(io_writer_patch(writer, 0, "x", 1), GF_NOT_SUPPORTED);
	pthread_create(&thread, NULL, read_slowly, &fd);
	void *n;
	pthread_join(thread, &n);
	assert_int_equal((ssize_t)n, 3);
	assert_int_equal(io_writer_write(writer, "abc", 3), GF_IO_ERR);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(io_writer_close(writer), GF_OK);
}

static void behaves_like_stdio(void **state)
{
	(void)state;
	const char *path = in_dir("new/text");
	FILE *file = gf_fopen(path, "w+b");
	assert_non_null(file);
	assert_false(gf_fileio_check(file));
	assert_int_equal(gf_fileio_write_ready(file), GF_FIO_WRITE_READY);
	assert_int_equal(gf_fprintf(file, "%d\n", 12), 3);
	assert_int_equal(gf_fwrite("line\n", 5, file), 5);
	assert_true(gf_fputs("end", file) >= 0);
	assert_int_equal(gf_fputc('.', file), '.');
	assert_int_equal(gf_fflush(file), 0);
	assert_int_equal(gf_fsize(file), 12);
	char line[16];
	assert_string_equal(gf_fgets(line, sizeof(line), file), "12\n");
	assert_int_equal(gf_fgetc(file), 'l');
	assert_int_equal(gf_ftell(file), 4);
	assert_int_equal(gf_fseek(file, -1, SEEK_END), 0);
	assert_int_equal(gf_fread(line, 10, file), 1);
	assert_true(gf_feof(file));
	assert_false(gf_ferror(file));
	assert_int_equal(gf_fclose(file), 0);
	assert_int_equal(gf_fclose(NULL), 0);
	file = gf_file_temp(NULL);
	assert_non_null(file);
	assert_int_equal(gf_fwrite("x", 1, file), 1);
	assert_int_equal(gf_fclose(file), 0);
}

static Bool collect_names(void *text, char *name, char *path, GF_FileEnumInfo *info)
{
	assert_true(gf_file_exists(path) || info->directory);
	strcat(text, name);
	strcat(text, info->directory ? "/ " : " ");
	return GF_FALSE;
}

static void walks_directories(void **state)
{
	(void)state;
	static const char *const names[] = {"b.mp4", "a.ts", "c.MP4", "d", "sub/e.mp4"};
	gf_dir_cleanup(dir);
	for (u32 i = 0; i < 5; i++)
		gf_fclose(gf_fopen(in_dir(names[i]), "wb"));
	char text[128] = "";
	assert_int_equal(gf_enum_directory(dir, GF_FALSE, collect_names, text, "mp4;*.ts"), GF_OK);
	assert_string_equal(text, "a.ts b.mp4 c.MP4 ");
	text[0] = 0;
	assert_int_equal(gf_enum_directory(dir, GF_TRUE, collect_names, text, NULL), GF_OK);
	assert_string_equal(text, "sub/ ");
	assert_int_equal(gf_enum_directory(in_dir("none"), GF_TRUE, collect_names, text, NULL), GF_URL_ERROR);
	assert_int_equal(gf_file_delete(in_dir("none")), GF_URL_ERROR);
	assert_int_equal(gf_file_delete(in_dir("d")), GF_OK);
	assert_false(gf_file_exists(in_dir("d")));
	assert_true(gf_dir_exists(in_dir("sub")));
	assert_int_equal(gf_rmdir(in_dir("sub")), GF_IO_ERR);
	assert_true(gf_file_modification_time(in_dir("b.mp4")) > 1000000000000000ULL);
	assert_string_equal(gf_file_basename("/a/b.c"), "b.c");
	assert_string_equal(gf_file_ext_start("/a.d/b.c"), ".c");
	assert_null(gf_file_ext_start("/a.d/b"));
	assert_null(gf_file_ext_start("/a/.b"));
}

// A file I/O object over a growing buffer, counting its users.
typedef struct {
	char data[256];
	u64 size;
	u64 pos;
	u32 nb_open;
	u32 nb_made;
	u32 nb_flush;
	Bool is_stream;
	char last_mode[16];
	char last_url[64];
} Memory;

static GF_FileIO *object_open(GF_FileIO *object, const char *url, const char *mode, GF_Err *e)
{
	Memory *m = gf_fileio_get_udta(object);
	*e = GF_OK;
	gf_strlcpy(m->last_mode, mode, sizeof(m->last_mode));
	gf_strlcpy(m->last_url, url ? url : "", sizeof(m->last_url));
	if (!strcmp(mode, "close")) {
		m->nb_open--;
		return NULL;
	}
	if (!strcmp(mode, "probe")) {
		*e = strstr(url, "missing") ? GF_URL_ERROR : GF_OK;
		return NULL;
	}
	if (!strcmp(mode, "url")) {
		m->nb_made++;
		return strstr(url, "missing") ? NULL : object;
	}
	if (mode[0] == 'w')
		m->size = 0;
	m->pos = mode[0] == 'a' ? m->size : 0;
	m->nb_open++;
	return object;
}

static GF_Err object_seek(GF_FileIO *object, u64 offset, s32 whence)
{
	Memory *m = gf_fileio_get_udta(object);
	if (m->is_stream)
		return GF_NOT_SUPPORTED;
	m->pos = offset + (whence == SEEK_CUR ? m->pos : whence == SEEK_END ? m->size : 0);
	return GF_OK;
}

static u32 object_read(GF_FileIO *object, u8 *buffer, u32 bytes)
{
	Memory *m = gf_fileio_get_udta(object);
	u64 left = m->size - m->pos;
	// in small pieces, as a slow source would
	u32 n = bytes < 3 ? bytes : 3;
	if (n > left)
		n = (u32)left;
	memcpy(buffer, m->data + m->pos, n);
	m->pos += n;
	return n;
}

static u32 object_write(GF_FileIO *object, u8 *buffer, u32 bytes)
{
	Memory *m = gf_fileio_get_udta(object);
	if (!bytes) {
		assert_null(buffer);
		m->nb_flush++;
		return 0;
	}
	u32 n = bytes < 5 ? bytes : 5;
	if (m->pos + n > sizeof(m->data))
		return 0;
	memcpy(m->data + m->pos, buffer, n);
	m->pos += n;
	if (m->pos > m->size)
		m->size = m->pos;
	return n;
}

static s64 object_tell(GF_FileIO *object)
{
	return (s64)((Memory *)gf_fileio_get_udta(object))->pos;
}

static Bool object_eof(GF_FileIO *object)
{
	Memory *m = gf_fileio_get_udta(object);
	return m->pos >= m->size;
}

static GF_FileIO *new_object(Memory *m)
{
	return gf_fileio_new(
		"movie.mp4", m, object_open, object_seek, object_read, object_write, object_tell, object_eof, NULL);
}

static void uses_file_io_objects(void **state)
{
	(void)state;
	Memory m = {0};
	assert_null(
		gf_fileio_new("x", NULL, object_open, NULL, object_read, NULL, object_tell, object_eof, NULL));
	assert_null(
		gf_fileio_new("x", NULL, object_open, object_seek, NULL, NULL, object_tell, object_eof, NULL));
	GF_FileIO *object = new_object(&m);
	char *url = gf_strdup(gf_fileio_url(object));
	assert_memory_equal(url, "gfio://", 7);
	assert_ptr_equal(gf_fileio_from_url(url), object);
	assert_string_equal(gf_fileio_translate_url(url), "movie.mp4");
	assert_string_equal(gf_file_ext_start(url), ".mp4");
	assert_false(gf_fileio_is_main_thread(url));
	assert_int_equal(gf_fileio_tag_main_thread(object), GF_OK);
	assert_true(gf_fileio_is_main_thread(url));

	IoWriter *writer;
	assert_int_equal(io_writer_open(url, NULL, IO_WRITE_TRUNCATE, &writer), GF_OK);
	assert_string_equal(m.last_mode, "w+b");
	assert_string_equal(m.last_url, url);
	struct iovec parts[] = {{"some text ", 10}, {"and more", 8}};
	assert_int_equal(io_writer_writev(writer, parts, 2), GF_OK);
	assert_int_equal(io_writer_patch(writer, 0, "SOME", 4), GF_OK);
	assert_int_equal(io_writer_insert(writer, 5, "inserted ", 9, 4), GF_OK);
	char large[300] = {0};
	assert_int_equal(io_writer_write(writer, large, sizeof(large)), GF_IO_ERR);
	assert_int_equal(io_writer_close(writer), GF_OK);
	assert_memory_equal(m.data, "SOME inserted text and more", 27);
	assert_int_equal(m.nb_open, 0);
	m.size = 27;

	IoReader *reader;
	assert_int_equal(io_reader_open(url, NULL, &reader), GF_OK);
	assert_int_equal(io_reader_size(reader), 27);
	char text[32] = {0};
	u32 got;
	assert_int_equal(io_reader_read(reader, 5, text, 31, &got), GF_OK);
	assert_string_equal(text, "inserted text and more");
	gf_fileio_set_stats(object, 27, 5000, GF_FILEIO_CACHE_IN_PROGRESS, 1000);
	assert_int_equal(io_reader_size(reader), 5000);
	io_reader_close(reader);

	assert_true(gf_file_exists(url));
	assert_true(gf_file_exists_ex("other", url));
	assert_false(gf_file_exists_ex("missing", url));
	char *sibling = gf_url_concatenate(url, "seg1.m4s");
	assert_string_equal(sibling, url);
	assert_string_equal(m.last_url, "seg1.m4s");
	gf_url_free(sibling);
	assert_null(gf_url_concatenate(url, "missing"));
	assert_int_equal(io_reader_open("missing", url, &reader), GF_URL_ERROR);

	gf_fileio_del(object);
	gf_fileio_del(object);
	assert_null(gf_fileio_from_url(url));
	assert_false(gf_file_exists(url));
	gf_free(url);
}

static void uses_objects_as_files(void **state)
{
	(void)state;
	Memory m = {0};
	GF_FileIO *object = new_object(&m);
	FILE *file = gf_fopen(gf_fileio_url(object), "w+b");
	assert_true(gf_fileio_check(file));
	assert_int_equal(gf_fprintf(file, "<%s %d>\n", "tag", 5), 8);
	assert_int_equal(gf_fputs("second line", file), 0);
	assert_int_equal(m.size, 19); // exactly the bytes of the text
	assert_int_equal(gf_fflush(file), 0);
	assert_int_equal(m.nb_flush, 1);
	assert_int_equal(gf_fsize(file), 19);
	char line[64];
	assert_string_equal(gf_fgets(line, sizeof(line), file), "<tag 5>\n");
	assert_int_equal(gf_ftell(file), 8);
	assert_string_equal(gf_fgets(line, sizeof(line), file), "second line");
	assert_null(gf_fgets(line, sizeof(line), file));
	assert_true(gf_feof(file));
	assert_int_equal(gf_fgetc(file), EOF);
	gf_fileio_set_write_state(object, GF_FIO_WRITE_WAIT);
	assert_int_equal(gf_fileio_write_ready(file), GF_FIO_WRITE_WAIT);
	assert_int_equal(gf_file_handles_count(), 1);
	assert_int_equal(gf_fclose(file), 0);
	assert_int_equal(gf_file_handles_count(), 0);
	assert_int_equal(m.nb_open, 0);

	m.is_stream = GF_TRUE;
	IoReader *reader;
	assert_int_equal(io_reader_open(gf_fileio_url(object), NULL, &reader), GF_OK);
	assert_false(io_reader_seekable(reader));
	assert_true(io_reader_size(reader) == IO_SIZE_UNKNOWN);
	u32 got;
	assert_int_equal(io_reader_read(reader, 0, line, 4, &got), GF_OK);
	assert_int_equal(got, 4);
	assert_int_equal(io_reader_read(reader, 2, line, 4, &got), GF_BAD_PARAM);
	io_reader_close(reader);
	gf_fileio_del(object);
}

static void reads_memory_as_files(void **state)
{
	(void)state;
	GF_FileIO *object = gf_fileio_from_mem("picture.png", (const u8 *)"0123456789", 10);
	FILE *one = gf_fopen(gf_fileio_url(object), "rb");
	FILE *two = gf_fopen(gf_fileio_url(object), "rb");
	char text[16] = {0};
	assert_int_equal(gf_fread(text, 4, one), 4);
	assert_int_equal(gf_fread(text, 15, two), 10);
	assert_string_equal(text, "0123456789");
	assert_true(gf_feof(two));
	assert_int_equal(gf_fseek(two, -1, SEEK_END), 0);
	assert_int_equal(gf_fgetc(two), '9');
	assert_int_equal(gf_fseek(two, -11, SEEK_END), -1);
	assert_int_equal(gf_ftell(one), 4);
	gf_fclose(one);
	gf_fclose(two);
	assert_null(gf_fopen_ex(gf_fileio_url(object), NULL, "wb", GF_TRUE));
	assert_null(gf_url_concatenate(gf_fileio_url(object), "other.png"));
	gf_fileio_del(object);
}

static GF_Err delete_own(const char *url, const char *parent)
{
	return !strcmp(url, "seg.mp4") && parent ? GF_OK : GF_EOS;
}

static void deletes_through_handlers(void **state)
{
	(void)state;
	assert_int_equal(gf_file_delete("gfio://0x1&2@seg.mp4"), GF_NOT_SUPPORTED);
	assert_int_equal(gf_fileio_register_delete_proc(delete_own), GF_OK);
	assert_int_equal(gf_file_delete("gfio://0x1&2@seg.mp4"), GF_OK);
	assert_int_equal(gf_file_delete("gfio://0x1&2@other"), GF_NOT_SUPPORTED);
	gf_fileio_unregister_delete_proc(delete_own);
	assert_int_equal(gf_file_delete("gfio://0x1&2@seg.mp4"), GF_NOT_SUPPORTED);
}

static void reads_blobs(void **state)
{
	(void)state;
	char data[] = "blob data";
	GF_Blob blob = {.data = (u8 *)data, .size = 4, .flags = GF_BLOB_IN_TRANSFER};
	char *url = gf_blob_register(&blob);
	assert_memory_equal(url, "gmem://", 7);
	assert_null(gf_blob_register(&blob));
	assert_true(gf_file_exists(url));
	assert_int_equal(gf_blob_query_range(&blob, GF_FALSE, 0, 4), GF_BLOB_RANGE_VALID);
	assert_int_equal(gf_blob_query_range(&blob, GF_FALSE, 2, 4), GF_BLOB_RANGE_IN_TRANSFER);
	IoReader *reader;
	assert_int_equal(io_reader_open(url, NULL, &reader), GF_OK);
	assert_true(io_reader_size(reader) == IO_SIZE_UNKNOWN);
	char text[16] = {0};
	u32 got;
	assert_int_equal(io_reader_read(reader, 0, text, 4, &got), GF_OK);
	assert_int_equal(io_reader_read(reader, 0, text, 9, &got), GF_NOT_READY);
	assert_int_equal(gf_blob_get_ex(&blob, NULL, NULL, NULL), GF_OK);
	blob.size = 9;
	blob.flags = 0;
	assert_int_equal(gf_blob_release_ex(&blob), GF_OK);
	assert_int_equal(io_reader_size(reader), 9);
	assert_int_equal(io_reader_read(reader, 0, text, 15, &got), GF_OK);
	assert_string_equal(text, "blob data");
	assert_content(url, "blob data");
	gf_blob_unregister(&blob);
	gf_blob_unregister(&blob);
	assert_int_equal(io_reader_read(reader, 0, text, 15, &got), GF_IO_ERR);
	io_reader_close(reader);
	assert_false(gf_file_exists(url));
	assert_int_equal(gf_blob_get(url, NULL, NULL, NULL), GF_NOT_FOUND);
	gf_free(url);
}

static void *read_blob_often(void *url)
{
	for (u32 i = 0; i < 20000; i++) {
		u8 *data;
		u32 size;
		if (gf_blob_get(url, &data, &size, NULL))
			continue;
		assert_int_equal(data[0], 'x');
		gf_blob_release(url);
	}
	return NULL;
}

static void withdraws_blobs_that_are_read(void **state)
{
	(void)state;
	GF_Blob keep = {.data = (u8 *)"x", .size = 1};
	char *url = gf_blob_register(&keep);
	pthread_t threads[2];
	for (u32 i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, read_blob_often, url);
	usleep(2000);
	gf_blob_unregister(&keep);
	keep.data = NULL;
	for (u32 i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	gf_free(url);
}

int main(void)
{
	gf_log_set_tool_level(GF_LOG_ALL, GF_LOG_QUIET);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_writes_files),
		cmocka_unit_test(inserts_whole_blocks),
		cmocka_unit_test(tells_what_cannot_be_opened),
		cmocka_unit_test(survives_a_reader_that_goes),
		cmocka_unit_test(behaves_like_stdio),
		cmocka_unit_test(walks_directories),
		cmocka_unit_test(uses_file_io_objects),
		cmocka_unit_test(uses_objects_as_files),
		cmocka_unit_test(reads_memory_as_files),
		cmocka_unit_test(deletes_through_handlers),
		cmocka_unit_test(reads_blobs),
		cmocka_unit_test(withdraws_blobs_that_are_read),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
