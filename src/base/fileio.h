// SPDX-License-Identifier: MIT
// What a GF_FileIO is made of, for the file functions and the readers and writers of io.h.
#ifndef BASE_FILEIO_H
#define BASE_FILEIO_H

#include <gpac/fileio.h>

// In place of the first bytes of a stdio FILE, whose own mark begins with 0xFBAD.
#define FILEIO_MAGIC GF_4CC('g', 'f', 'i', 'o')

struct gf_file_io {
	u32 magic; // first: see fileio_of
	u32 cookie;
	GF_FileIO *prev; // in the list of live objects
	GF_FileIO *next;
	char *url; // gfio://
	char *resource_url;
	void *udta;
	void *owned; // freed with the object
	gfio_open_proc open;
	gfio_seek_proc seek;
	gfio_read_proc read;
	gfio_write_proc write;
	gfio_tell_proc tell;
	gfio_eof_proc eof;
	gfio_printf_proc printf;
	Bool main_thread;
	// published by the application, guarded by the lock of the list
	Bool has_stats;
	u64 bytes_done;
	u64 file_size;
	GF_FileIOCacheState cache_state;
	u32 bytes_per_sec;
	GF_FileIOWriteState write_state;
};

// The object that a FILE pointer of gf_fopen stands for, NULL for a file of stdio.
static inline GF_FileIO *fileio_of(const void *file)
{
	return file && ((const GF_FileIO *)file)->magic == FILEIO_MAGIC ? (GF_FileIO *)file : NULL;
}

// Opens the resource behind a gfio:// URL; to be closed with fileio_close.
GF_Err fileio_open(const char *url, const char *mode, GF_FileIO **opened);
void fileio_close(GF_FileIO *fileio);
// Reads or writes until `size` bytes are done, the end, or an error; returns the count.
size_t fileio_read(GF_FileIO *fileio, void *dst, size_t size);
size_t fileio_write(GF_FileIO *fileio, const void *data, size_t size);
// An object over a private copy of `data`, open for reading; fileio_close destroys it.
GF_Err fileio_open_copy(const char *name, const void *data, u32 size, GF_FileIO **opened);
// Deletes `gfio://...@name` through the registered handlers.
GF_Err fileio_delete(const char *url);

#endif
