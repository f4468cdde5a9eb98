// SPDX-License-Identifier: MIT
// Writers of io.h, over descriptors and file I/O objects.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <gpac/url.h>

#include <base/file.h>
#include <base/fileio.h>
#include <base/io.h>

struct io_writer {
	OpenFile entry;
	GF_FileIO *fileio; // NULL: a descriptor
	int fd;
	Bool owns_fd;
	Bool seekable;
	u64 pos; // where the next append goes
};

// A reader that goes away must give an error, not end the process: SIGPIPE is held back on this thread.
static ssize_t write_stream(int fd, const struct iovec *parts, int nb_parts)
{
	sigset_t pipe_set, old_set, pending;
	sigemptyset(&pipe_set);
	sigaddset(&pipe_set, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe_set, &old_set);
	ssize_t n = writev(fd, parts, nb_parts);
	int saved_errno = errno;
	if (n < 0 && errno == EPIPE && !sigismember(&pending, SIGPIPE)) {
		static const struct timespec now = {0};
		while (sigtimedwait(&pipe_set, NULL, &now) < 0 && errno == EINTR)
			continue;
	}
	pthread_sigmask(SIG_SETMASK, &old_set, NULL);
	errno = saved_errno;
	return n;
}

static ssize_t write_some(IoWriter *writer, const struct iovec *parts, int nb_parts)
{
	for (;;) {
		ssize_t n = writer->seekable ? pwritev(writer->fd, parts, nb_parts, (off_t)writer->pos)
									 : write_stream(writer->fd, parts, nb_parts);
		if (n < 0 && errno == EAGAIN) {
			struct pollfd pfd = {.fd = writer->fd, .events = POLLOUT};
			if (poll(&pfd, 1, -1) >= 0 || errno == EINTR)
				continue;
		}
		if (n >= 0 || errno != EINTR)
			return n;
	}
}

static GF_Err fd_writev(IoWriter *writer, const struct iovec *parts, u32 nb_parts)
{
	struct iovec rest; // of a part that was written partly
	u32 i = 0;
	while (i < nb_parts) {
		if (!parts[i].iov_len) {
			i++;
			continue;
		}
		int nb = nb_parts - i < IOV_MAX ? (int)(nb_parts - i) : IOV_MAX;
		ssize_t n = write_some(writer, parts + i, nb);
		if (n < 0)
			return GF_IO_ERR;
		writer->pos += (u64)n;
		size_t left = (size_t)n;
		while (i < nb_parts && left >= parts[i].iov_len)
			left -= parts[i++].iov_len;
		if (!left || i == nb_parts)
			continue;
		rest = (struct iovec){(u8 *)parts[i].iov_base + left, parts[i].iov_len - left};
		while (rest.iov_len) {
			n = write_some(writer, &rest, 1);
			if (n < 0)
				return GF_IO_ERR;
			writer->pos += (u64)n;
			rest.iov_base = (u8 *)rest.iov_base + n;
			rest.iov_len -= (size_t)n;
		}
		i++;
	}
	return GF_OK;
}

static GF_Err object_writev(IoWriter *writer, const struct iovec *parts, u32 nb_parts)
{
	for (u32 i = 0; i < nb_parts; i++) {
		size_t n = fileio_write(writer->fileio, parts[i].iov_base, parts[i].iov_len);
		writer->pos += n;
		if (n < parts[i].iov_len) {
			errno = EIO;
			return GF_IO_ERR;
		}
	}
	return GF_OK;
}

GF_Err io_writer_writev(IoWriter *writer, const struct iovec *parts, u32 nb_parts)
{
	return writer->fileio ? object_writev(writer, parts, nb_parts) : fd_writev(writer, parts, nb_parts);
}

GF_Err io_writer_write(IoWriter *writer, const void *data, size_t size)
{
	struct iovec part = {.iov_base = (void *)data, .iov_len = size};
	return io_writer_writev(writer, &part, 1);
}

GF_Err io_writer_patch(IoWriter *writer, u64 offset, const void *data, size_t size)
{
	if (!writer->seekable)
		return GF_NOT_SUPPORTED;
	if (offset > writer->pos || size > writer->pos - offset)
		return GF_BAD_PARAM;
	u64 end = writer->pos;
	GF_FileIO *object = writer->fileio;
	if (object && object->seek(object, offset, SEEK_SET))
		return GF_NOT_SUPPORTED;
	writer->pos = offset;
	GF_Err e = io_writer_write(writer, data, size);
	writer->pos = end;
	if (object && object->seek(object, end, SEEK_SET)) {
		errno = EIO;
		e = GF_IO_ERR;
	}
	return e;
}

// Reads back `size` bytes already written.
static GF_Err read_back(IoWriter *writer, u64 offset, u8 *dst, size_t size)
{
	GF_FileIO *object = writer->fileio;
	if (object) {
		Bool ok = !object->seek(object, offset, SEEK_SET) && fileio_read(object, dst, size) == size;
		if (object->seek(object, writer->pos, SEEK_SET))
			ok = GF_FALSE;
		if (!ok)
			errno = EIO;
		return ok ? GF_OK : GF_IO_ERR;
	}
	while (size) {
		ssize_t n = pread(writer->fd, dst, size, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return GF_IO_ERR;
		dst += n;
		offset += (u64)n;
		size -= (size_t)n;
	}
	return GF_OK;
}

// File systems that keep extents shift whole blocks without moving any data.
static Bool shift_blocks(IoWriter *writer, u64 offset, size_t size)
{
	struct stat st;
	if (writer->fileio || offset >= writer->pos || fstat(writer->fd, &st) || st.st_blksize <= 0)
		return GF_FALSE;
	u64 unit = (u64)st.st_blksize;
	if (offset % unit || size % unit || fallocate(writer->fd, FALLOC_FL_INSERT_RANGE, (off_t)offset, (off_t)size))
		return GF_FALSE;
	writer->pos += size;
	return GF_TRUE;
}

GF_Err io_writer_insert(IoWriter *writer, u64 offset, const void *data, size_t size, u32 block)
{
	if (!writer->seekable || (writer->fileio && !writer->fileio->read))
		return GF_NOT_SUPPORTED;
	u64 end = writer->pos;
	if (offset > end || !block)
		return GF_BAD_PARAM;
	if (shift_blocks(writer, offset, size))
		return io_writer_patch(writer, offset, data, size);
	u8 *copy = gf_malloc(block > size ? block : size);
	if (!copy)
		return GF_OUT_OF_MEM;
	// from the end, so that nothing is overwritten before it is moved; first make the file long enough
	GF_Err e = GF_OK;
	memset(copy, 0, size);
	e = io_writer_write(writer, copy, size);
	for (u64 left = end - offset; left && !e;) {
		size_t n = left < block ? (size_t)left : block;
		left -= n;
		e = read_back(writer, offset + left, copy, n);
		if (!e)
			e = io_writer_patch(writer, offset + left + size, copy, n);
	}
	if (!e)
		e = io_writer_patch(writer, offset, data, size);
	gf_free(copy);
	return e;
}

u64 io_writer_position(const IoWriter *writer)
{
	return writer->pos;
}

Bool io_writer_seekable(const IoWriter *writer)
{
	return writer->seekable;
}

static GF_Err open_object(IoWriter *writer, const char *url, IoWriteMode mode)
{
	static const char *const modes[] = {"w+b", "a+b", "r+b"};
	GF_Err e = fileio_open(url, modes[mode], &writer->fileio);
	if (e)
		return e;
	GF_FileIO *object = writer->fileio;
	if (!object->write) {
		fileio_close(object);
		return GF_NOT_SUPPORTED;
	}
	writer->seekable = !object->seek(object, 0, mode == IO_WRITE_TRUNCATE ? SEEK_SET : SEEK_END);
	s64 pos = mode == IO_WRITE_TRUNCATE ? 0 : object->tell(object);
	writer->pos = pos > 0 ? (u64)pos : 0;
	return GF_OK;
}

static int open_for_writing(const char *path, int flags)
{
	// a pipe or a terminal is not read back; a pipe opened for reading too would hide that nobody reads, and its
	// reader would see an end when it is closed again
	struct stat st;
	if (!stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return open(path, (flags & ~(O_RDWR | O_CREAT | O_TRUNC)) | O_WRONLY);
	int fd = open(path, flags, 0666);
	if (fd < 0 && errno == EACCES)
		fd = open(path, (flags & ~O_RDWR) | O_WRONLY, 0666);
	return fd;
}

static GF_Err open_file(IoWriter *writer, const char *url, IoWriteMode mode)
{
	const char *path = file_local_path(url);
	if (!path)
		return GF_NOT_SUPPORTED;
	if (!strcmp(path, "-") || !strcmp(path, "stdout") || !strcmp(path, "std")) {
		writer->fd = STDOUT_FILENO;
	} else {
		int flags = O_RDWR | O_CREAT | O_CLOEXEC | (mode == IO_WRITE_TRUNCATE ? O_TRUNC : 0);
		writer->fd = open_for_writing(path, flags);
		if (writer->fd < 0 && errno == ENOENT && !file_make_parents(path))
			writer->fd = open_for_writing(path, flags);
		writer->owns_fd = writer->fd >= 0;
	}
	struct stat st;
	if (writer->fd < 0 || fstat(writer->fd, &st) < 0)
		return GF_IO_ERR;
	// standard output sent to a file may be shared with the shell: its own position counts
	writer->seekable = writer->owns_fd && (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode));
	if (writer->seekable && mode != IO_WRITE_TRUNCATE)
		writer->pos = (u64)st.st_size;
	return GF_OK;
}

GF_Err io_writer_open(const char *url, const char *parent_url, IoWriteMode mode, IoWriter **writer)
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
	IoWriter *w = gf_calloc(1, sizeof(*w));
	if (w) {
		w->fd = -1;
		e = !strncmp(url, "gfio://", 7) ? open_object(w, url, mode) : open_file(w, url, mode);
	}
	if (!e) {
		file_track(&w->entry, NULL, url);
		*writer = w;
	} else if (w) {
		int saved_errno = errno;
		if (w->owns_fd)
			close(w->fd);
		gf_free(w);
		errno = saved_errno;
	}
	gf_free(resolved);
	return e;
}

GF_Err io_writer_close(IoWriter *writer)
{
	if (!writer)
		return GF_OK;
	GF_Err e = GF_OK;
	file_untrack(&writer->entry);
	if (writer->fileio)
		fileio_close(writer->fileio);
	// data that the kernel could not store yet may fail here, on network file systems
	else if (writer->owns_fd && close(writer->fd) < 0 && errno != EINTR)
		e = GF_IO_ERR;
	gf_free(writer);
	return e;
}
