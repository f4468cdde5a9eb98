// SPDX-License-Identifier: MIT
// Random-access reading and gathered writing over files, gfio:// objects, gmem:// blobs and streams.
//
// Regular files are read with pread into the caller's memory. They are not mapped: a file truncated by
// another process while mapped raises SIGBUS in ours, which nothing in a library may risk.
#ifndef BASE_IO_H
#define BASE_IO_H

#include <sys/uio.h>
#include <gpac/error.h>

typedef struct io_reader IoReader;
typedef struct io_writer IoWriter;

#define IO_SIZE_UNKNOWN 0xFFFFFFFFFFFFFFFFULL

// Opens `url` (path, file://, gfio://, gmem://, "-" or "stdin" for standard input) for reading, relative to
// `parent_url` when there is one; anything from the first `#` or `?` of a local name that does not exist as
// such is ignored. No message is logged.
// Errors: GF_URL_ERROR (missing), GF_IO_ERR (with errno kept), GF_NOT_SUPPORTED (other scheme), or what the
// open call-back of a file I/O object answers.
GF_Err io_reader_open(const char *url, const char *parent_url, IoReader **reader);
void io_reader_close(IoReader *reader); // NULL allowed
// Size in bytes, or IO_SIZE_UNKNOWN for a stream. Asked again each time: a file may grow.
u64 io_reader_size(IoReader *reader);
Bool io_reader_seekable(const IoReader *reader);
// Reads up to `size` bytes at `offset`. `*got` is less than `size` only at the end of the resource; GF_OK
// then. On a stream `offset` must be the current position, and the call waits for all bytes. GF_IO_ERR, with
// errno, on a read error; GF_NOT_READY when a blob in transfer does not have all these bytes yet.
GF_Err io_reader_read(IoReader *reader, u64 offset, void *dst, u32 size, u32 *got);
// The descriptor to wait on for a stream, -1 otherwise.
int io_reader_fd(const IoReader *reader);

typedef enum { IO_WRITE_TRUNCATE = 0, IO_WRITE_APPEND, IO_WRITE_UPDATE } IoWriteMode;

// Opens a file, gfio:// object or standard output ("-", "stdout", "std") for writing; missing directories
// are made. IO_WRITE_APPEND and IO_WRITE_UPDATE keep the content and write after it, or into it with
// io_writer_patch; of an object they ask with the modes a+b and r+b. Errors as for reading.
GF_Err io_writer_open(const char *url, const char *parent_url, IoWriteMode mode, IoWriter **writer);
// Closes; GF_IO_ERR when the system reports only now that data was lost. NULL allowed.
GF_Err io_writer_close(IoWriter *writer);
// Appends all parts, in one system call when the kernel takes them. GF_IO_ERR with errno set (ENOSPC, or
// EPIPE without the signal).
GF_Err io_writer_writev(IoWriter *writer, const struct iovec *parts, u32 nb_parts);
GF_Err io_writer_write(IoWriter *writer, const void *data, size_t size);
// Overwrites bytes already written, without moving the append position. GF_NOT_SUPPORTED on a stream.
GF_Err io_writer_patch(IoWriter *writer, u64 offset, const void *data, size_t size);
// Inserts bytes at `offset`, moving the rest in blocks of `block` bytes; where the file system can, and both offset
// and size are multiples of its block size (4096 usually), nothing is moved. GF_NOT_SUPPORTED on a stream.
GF_Err io_writer_insert(IoWriter *writer, u64 offset, const void *data, size_t size, u32 block);
u64 io_writer_position(const IoWriter *writer);
Bool io_writer_seekable(const IoWriter *writer);

#endif
