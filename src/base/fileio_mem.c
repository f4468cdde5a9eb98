// SPDX-License-Identifier: MIT
// Read-only file I/O objects over memory. Each open makes an object with its own position.
#include <stdio.h>
#include <string.h>

#include <base/fileio.h>

typedef struct {
	const u8 *data;
	u32 size;
	u64 pos;
	Bool at_end;
	Bool is_open; // made by an open: destroyed by the close
	u8 copy[];    // of the data, for fileio_open_copy
} MemFile;

static MemFile *mem_file(GF_FileIO *fileio)
{
	return gf_fileio_get_udta(fileio);
}

static GF_Err mem_seek(GF_FileIO *fileio, u64 offset, s32 whence)
{
	MemFile *file = mem_file(fileio);
	u64 base = whence == SEEK_CUR ? file->pos : whence == SEEK_END ? file->size : 0;
	u64 pos = base + offset; // a negative offset wraps to what it means
	if (pos > file->size)
		return GF_BAD_PARAM;
	file->pos = pos;
	file->at_end = GF_FALSE;
	return GF_OK;
}

static u32 mem_read(GF_FileIO *fileio, u8 *buffer, u32 bytes)
{
	MemFile *file = mem_file(fileio);
	u64 left = file->size - file->pos;
	if (bytes > left) {
		bytes = (u32)left;
		file->at_end = GF_TRUE;
	}
	if (bytes)
		memcpy(buffer, file->data + file->pos, bytes);
	file->pos += bytes;
	return bytes;
}

static s64 mem_tell(GF_FileIO *fileio)
{
	return (s64)mem_file(fileio)->pos;
}

static Bool mem_eof(GF_FileIO *fileio)
{
	return mem_file(fileio)->at_end;
}

static GF_FileIO *mem_open(GF_FileIO *fileio, const char *url, const char *mode, GF_Err *out_err);

static GF_FileIO *mem_new(const char *name, MemFile *file)
{
	GF_FileIO *fileio =
		gf_fileio_new((char *)name, file, mem_open, mem_seek, mem_read, NULL, mem_tell, mem_eof, NULL);
	if (fileio)
		fileio->owned = file;
	else
		gf_free(file);
	return fileio;
}

static GF_FileIO *mem_new_over(const char *name, const u8 *data, u32 size, Bool is_open)
{
	MemFile *file = gf_calloc(1, sizeof(*file));
	if (!file)
		return NULL;
	file->data = data;
	file->size = size;
	file->is_open = is_open;
	return mem_new(name, file);
}

static GF_FileIO *mem_open(GF_FileIO *fileio, const char *url, const char *mode, GF_Err *out_err)
{
	*out_err = GF_OK;
	if (!strcmp(mode, "ref") || !strcmp(mode, "unref"))
		return NULL;
	MemFile *file = mem_file(fileio);
	if (!strcmp(mode, "close")) {
		if (file->is_open)
			gf_fileio_del(fileio);
		return NULL;
	}
	// there is nothing beside the memory itself
	if (url && strcmp(url, fileio->url) && strcmp(url, fileio->resource_url)) {
		*out_err = GF_URL_ERROR;
		return NULL;
	}
	if (!strcmp(mode, "probe"))
		return NULL;
	if (!strcmp(mode, "url"))
		return fileio;
	if (mode[0] != 'r' || strchr(mode, '+')) {
		*out_err = GF_NOT_SUPPORTED;
		return NULL;
	}
	GF_FileIO *opened = mem_new_over(fileio->resource_url, file->data, file->size, GF_TRUE);
	if (!opened)
		*out_err = GF_OUT_OF_MEM;
	return opened;
}

GF_FileIO *gf_fileio_from_mem(const char *URL, const u8 *data, u32 size)
{
	return data || !size ? mem_new_over(URL, data, size, GF_FALSE) : NULL;
}

GF_Err fileio_open_copy(const char *name, const void *data, u32 size, GF_FileIO **opened)
{
	MemFile *file = gf_calloc(1, sizeof(*file) + size);
	if (!file)
		return GF_OUT_OF_MEM;
	if (size)
		memcpy(file->copy, data, size);
	file->data = file->copy;
	file->size = size;
	file->is_open = GF_TRUE;
	GF_FileIO *fileio = mem_new(name, file);
	if (!fileio)
		return GF_OUT_OF_MEM;
	*opened = fileio;
	return GF_OK;
}
