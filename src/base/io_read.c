// SPDX-License-Identifier: MIT
// Readers of io.h: one back end each for descriptors, file I/O objects and blobs.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gpac/blob.h>
#include <gpac/url.h>

#include <base/file.h>
#include <base/fileio.h>
#include <base/io.h>

typedef struct {
	u64 (*size)(IoReader *reader);
	GF_Err (*read)(IoReader *reader, u64 offset, void *dst, u32 size, u32 *got);
	void (*close)(IoReader *reader);
} ReaderOps;

struct io_reader {
	const ReaderOps *ops;
	OpenFile entry;
	Bool seekable;
	u64 pos; // where a stream or an object is
	int fd;
	GF_FileIO *fileio;
	char *blob_url;
};

static u64 fd_size(IoReader *reader)
{
	struct stat st;
	if (!reader->seekable || fstat(reader->fd, &st) < 0)
		return IO_SIZE_UNKNOWN;
	if (S_ISREG(st.st_mode))
		return (u64)st.st_size;
	off_t end = lseek(reader->fd, 0, SEEK_END); // a block device
	return end < 0 ? IO_SIZE_UNKNOWN : (u64)end;
}

static GF_Err fd_read(IoReader *reader, u64 offset, void *dst, u32 size, u32 *got)
{
	u32 done = 0;
	while (done < size) {
		u8 *to = (u8 *)dst + done;
		ssize_t n = reader->seekable ? pread(reader->fd, to, size - done, (off_t)(offset + done))
									 : read(reader->fd, to, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return GF_IO_ERR;
		if (!n)
			break;
		done += (u32)n;
	}
	reader->pos = offset + done;
	*got = done;
	return GF_OK;
}

static void fd_close(IoReader *reader)
{
	if (reader->fd > STDIN_FILENO)
		close(reader->fd);
}

static const ReaderOps fd_ops = {fd_size, fd_read, fd_close};

static u64 object_size(IoReader *reader)
{
	GF_FileIO *object = reader->fileio;
	u64 size;
	GF_FileIOCacheState state;
	// while a download is under way, the end of what is there is not the end of the file
	if (gf_fileio_get_stats(object, NULL, &size, &state, NULL) && size &&
		state == GF_FILEIO_CACHE_IN_PROGRESS)
		return size;
	if (!reader->seekable || object->seek(object, 0, SEEK_END))
		return IO_SIZE_UNKNOWN;
	s64 end = object->tell(object);
	reader->pos = end < 0 ? IO_SIZE_UNKNOWN : (u64)end;
	return reader->pos;
}

static GF_Err object_read(IoReader *reader, u64 offset, void *dst, u32 size, u32 *got)
{
	GF_FileIO *object = reader->fileio;
	if (offset != reader->pos && object->seek(object, offset, SEEK_SET)) {
		errno = ESPIPE;
		return GF_IO_ERR;
	}
	u32 done = (u32)fileio_read(object, dst, size);
	reader->pos = offset + done;
	*got = done;
	return GF_OK;
}

static void object_close(IoReader *reader)
{
	fileio_close(reader->fileio);
}

static const ReaderOps object_ops = {object_size, object_read, object_close};

static u64 blob_size(IoReader *reader)
{
	u32 size, flags;
	if (gf_blob_get(reader->blob_url, NULL, &size, &flags))
		return IO_SIZE_UNKNOWN;
	gf_blob_release(reader->blob_url);
	return flags & GF_BLOB_IN_TRANSFER ? IO_SIZE_UNKNOWN : size;
}

static GF_Err blob_read(IoReader *reader, u64 offset, void *dst, u32 size, u32 *got)
{
	u8 *data;
	u32 blob_bytes, flags;
	GF_Err e = gf_blob_get(reader->blob_url, &data, &blob_bytes, &flags);
	if (e) {
		errno = ENOENT;
		return GF_IO_ERR;
	}
	u64 left = offset < blob_bytes ? blob_bytes - offset : 0;
	if (left < size && (flags & GF_BLOB_IN_TRANSFER)) {
		e = GF_NOT_READY;
	} else {
		*got = left < size ? (u32)left : size;
		if (*got)
			memcpy(dst, data + offset, *got);
	}
	gf_blob_release(reader->blob_url);
	return e;
}

static void blob_close(IoReader *reader)
{
	gf_free(reader->blob_url);
}

static const ReaderOps blob_ops = {blob_size, blob_read, blob_close};

static GF_Err open_object(IoReader *reader, const char *url)
{
	GF_Err e = fileio_open(url, "rb", &reader->fileio);
	if (e)
		return e;
	reader->ops = &object_ops;
	reader->seekable = !reader->fileio->seek(reader->fileio, 0, SEEK_SET);
	return GF_OK;
}

static GF_Err open_blob(IoReader *reader, const char *url)
{
	GF_Err e = gf_blob_get(url, NULL, NULL, NULL);
	if (e)
		return GF_URL_ERROR;
	gf_blob_release(url);
	reader->ops = &blob_ops;
	reader->seekable = GF_TRUE;
	reader->blob_url = gf_strdup(url);
	return reader->blob_url ? GF_OK : GF_OUT_OF_MEM;
}

// Opens a file by its name, or by what comes before the first `#` or `?` when no file has the whole name.
static int open_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = strcspn(path, "#?");
	if (fd >= 0 || errno != ENOENT || !path[len])
		return fd;
	char *name = gf_strdup(path);
	if (!name)
		return -1;
	name[len] = 0;
	fd = open(name, O_RDONLY | O_CLOEXEC);
	gf_free(name);
	return fd;
}

static GF_Err open_file(IoReader *reader, const char *url)
{
	const char *path = file_local_path(url);
	if (!path)
		return GF_NOT_SUPPORTED;
	reader->fd = !strcmp(url, "-") || !strcmp(url, "stdin") ? STDIN_FILENO : open_path(path);
	if (reader->fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? GF_URL_ERROR : GF_IO_ERR;
	reader->ops = &fd_ops;
	struct stat st;
	if (fstat(reader->fd, &st) < 0)
		return GF_IO_ERR;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return GF_IO_ERR;
	}
	reader->seekable = S_ISREG(st.st_mode) || S_ISBLK(st.st_mode);
	return GF_OK;
}

static GF_Err open_any(IoReader *reader, const char *url)
{
	if (!strncmp(url, "gfio://", 7))
		return open_object(reader, url);
	if (!strncmp(url, "gmem://", 7))
		return open_blob(reader, url);
	return open_file(reader, url);
}

GF_Err io_reader_open(const char *url, const char *parent_url, IoReader **reader)
{
	if (!url)
		return GF_BAD_PARAM;
	char *resolved = NULL;
	if (parent_url && *parent_url) {
		resolved = gf_url_concatenate(parent_url, url);
		if (!resolved)
			return GF_URL_ERROR;
		url = resolved;
	}
	GF_Err e = GF_OUT_OF_MEM;
	IoReader *r = gf_calloc(1, sizeof(*r));
	if (r) {
		r->fd = -1;
		e = open_any(r, url);
	}
	if (!e) {
		file_track(&r->entry, NULL, url);
		*reader = r;
	} else if (r) {
		int saved_errno = errno;
		if (r->ops)
			r->ops->close(r);
		gf_free(r);
		errno = saved_errno;
	}
	gf_free(resolved);
	return e;
}

void io_reader_close(IoReader *reader)
{
	if (!reader)
		return;
	file_untrack(&reader->entry);
	reader->ops->close(reader);
	gf_free(reader);
}

u64 io_reader_size(IoReader *reader)
{
	return reader->ops->size(reader);
}

Bool io_reader_seekable(const IoReader *reader)
{
	return reader->seekable;
}

GF_Err io_reader_read(IoReader *reader, u64 offset, void *dst, u32 size, u32 *got)
{
	if (!reader->seekable && offset != reader->pos)
		return GF_BAD_PARAM;
	return reader->ops->read(reader, offset, dst, size, got);
}

int io_reader_fd(const IoReader *reader)
{
	return reader->seekable ? -1 : reader->fd;
}
