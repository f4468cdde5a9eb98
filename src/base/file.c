// SPDX-License-Identifier: MIT
// The stdio-like functions of <gpac/file.h>: a FILE pointer is one of stdio, or stands for a file I/O object.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gpac/blob.h>
#include <gpac/log.h>
#include <gpac/main.h>
#include <gpac/url.h>

#include <base/file.h>
#include <base/fileio.h>
#include <base/state.h>
#include <base/str.h>

void file_track(OpenFile *entry, const void *handle, const char *name)
{
	entry->handle = handle;
	entry->name = gf_strdup(name);
	entry->prev = NULL;
	pthread_mutex_lock(&base_state.file.lock);
	entry->next = base_state.file.open;
	if (entry->next)
		entry->next->prev = entry;
	base_state.file.open = entry;
	pthread_mutex_unlock(&base_state.file.lock);
	atomic_fetch_add(&base_state.file.nb_open, 1);
}

void file_untrack(OpenFile *entry)
{
	pthread_mutex_lock(&base_state.file.lock);
	if (entry->prev)
		entry->prev->next = entry->next;
	else
		base_state.file.open = entry->next;
	if (entry->next)
		entry->next->prev = entry->prev;
	pthread_mutex_unlock(&base_state.file.lock);
	atomic_fetch_sub(&base_state.file.nb_open, 1);
	gf_free(entry->name);
}

u32 gf_file_handles_count(void)
{
	return atomic_load(&base_state.file.nb_open);
}

void file_log_open(void)
{
	StrBuf sb;
	sb_init(&sb);
	pthread_mutex_lock(&base_state.file.lock);
	for (const OpenFile *f = base_state.file.open; f; f = f->next)
		sb_addf(&sb, "[mem] open file %s\n", f->name ? f->name : "(no name)");
	pthread_mutex_unlock(&base_state.file.lock);
	if (sb.len)
		GF_LOG(GF_LOG_INFO, GF_LOG_MEMORY, ("%s", sb_str(&sb)));
	sb_reset(&sb);
}

static OpenFile *find_tracked(const void *handle)
{
	pthread_mutex_lock(&base_state.file.lock);
	OpenFile *found = base_state.file.open;
	while (found && found->handle != handle)
		found = found->next;
	pthread_mutex_unlock(&base_state.file.lock);
	return found;
}

static GF_Err open_object(const char *url, const char *mode, FILE **file)
{
	GF_FileIO *object;
	GF_Err e = fileio_open(url, mode, &object);
	if (!e)
		*file = (FILE *)object;
	return e;
}

static GF_Err open_blob(const char *url, const char *mode, FILE **file)
{
	if (*mode != 'r' || strchr(mode, '+'))
		return GF_NOT_SUPPORTED;
	u8 *data;
	u32 size;
	GF_Err e = gf_blob_get(url, &data, &size, NULL);
	if (e)
		return GF_URL_ERROR;
	GF_FileIO *object;
	e = fileio_open_copy(url, data, size, &object);
	gf_blob_release(url);
	if (!e)
		*file = (FILE *)object;
	return e;
}

static GF_Err open_path(const char *url, const char *mode, FILE **file)
{
	const char *path = file_local_path(url);
	if (!path)
		return GF_NOT_SUPPORTED;
	FILE *opened = fopen(path, mode);
	if (!opened && errno == ENOENT && *mode != 'r' && !file_make_parents(path))
		opened = fopen(path, mode);
	if (!opened)
		return errno == ENOENT ? GF_URL_ERROR : GF_IO_ERR;
	*file = opened;
	return GF_OK;
}

static GF_Err open_any(const char *url, const char *mode, FILE **file)
{
	errno = 0;
	if (!strncmp(url, "gfio://", 7))
		return open_object(url, mode, file);
	if (!strncmp(url, "gmem://", 7))
		return open_blob(url, mode, file);
	return open_path(url, mode, file);
}

static GF_Err open_tracked(const char *url, const char *mode, FILE **file)
{
	OpenFile *entry = gf_malloc(sizeof(*entry));
	if (!entry)
		return GF_OUT_OF_MEM;
	FILE *opened = NULL;
	GF_Err e = open_any(url, mode, &opened);
	if (e) {
		gf_free(entry);
		return e;
	}
	file_track(entry, opened, url);
	*file = opened;
	return GF_OK;
}

FILE *gf_fopen_ex(const char *file_name, const char *parent_url, const char *mode, Bool no_warn)
{
	if (!file_name || !mode)
		return NULL;
	char *resolved = NULL;
	const char *url = file_name;
	if (parent_url && *parent_url) {
		resolved = gf_url_concatenate(parent_url, file_name);
		url = resolved;
	}
	FILE *file = NULL;
	GF_Err e = GF_URL_ERROR;
	if (url && !strcmp(mode, "mkdir"))
		e = file_local_path(url) ? file_make_parents(file_local_path(url)) : GF_NOT_SUPPORTED;
	else if (url)
		e = open_tracked(url, mode, &file);
	if (e && !no_warn)
		GF_LOG(GF_LOG_ERROR, GF_LOG_CORE,
			("[file] cannot open %s in mode %s: %s\n", url ? url : file_name, mode,
				errno ? strerror(errno) : gf_error_to_string(e)));
	gf_free(resolved);
	return file;
}

FILE *gf_fopen(const char *file_name, const char *mode)
{
	return gf_fopen_ex(file_name, NULL, mode, GF_FALSE);
}

s32 gf_fclose(FILE *file)
{
	if (!file)
		return 0;
	OpenFile *entry = find_tracked(file);
	if (entry) {
		file_untrack(entry);
		gf_free(entry);
	}
	GF_FileIO *object = fileio_of(file);
	if (!object)
		return fclose(file) ? -1 : 0;
	fileio_close(object);
	return 0;
}

FILE *gf_file_temp(char **const fileName)
{
	if (fileName)
		*fileName = NULL; // the file has no name any more: nothing is left to delete
	const char *dir = gf_opts_get_key("core", "tmp");
	if (!dir)
		dir = getenv("TMPDIR");
	StrBuf sb;
	sb_init(&sb);
	sb_addf(&sb, "%s/libgpacXXXXXX", dir && *dir ? dir : "/tmp");
	char *name = sb_take(&sb);
	OpenFile *entry = gf_malloc(sizeof(*entry));
	FILE *file = NULL;
	int fd = name && entry ? mkostemp(name, O_CLOEXEC) : -1;
	if (fd >= 0) {
		unlink(name);
		file = fdopen(fd, "w+b");
		if (file)
			file_track(entry, file, name);
		else
			close(fd);
	}
	if (!file) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CORE,
			("[file] cannot create a temporary file in %s: %s\n", dir && *dir ? dir : "/tmp",
				strerror(errno)));
		gf_free(entry);
	}
	gf_free(name);
	return file;
}

size_t gf_fread(void *ptr, size_t nbytes, FILE *stream)
{
	GF_FileIO *object = fileio_of(stream);
	return object ? fileio_read(object, ptr, nbytes) : fread(ptr, 1, nbytes, stream);
}

size_t gf_fwrite(const void *ptr, size_t nb_bytes, FILE *stream)
{
	GF_FileIO *object = fileio_of(stream);
	size_t done = object ? fileio_write(object, ptr, nb_bytes) : fwrite(ptr, 1, nb_bytes, stream);
	if (done < nb_bytes)
		GF_LOG(GF_LOG_ERROR, GF_LOG_CORE,
			("[file] %zu of %zu bytes written: %s\n", done, nb_bytes, object ? "refused" : strerror(errno)));
	return done;
}

s32 gf_fseek(FILE *f, s64 pos, s32 whence)
{
	GF_FileIO *object = fileio_of(f);
	if (object)
		return object->seek(object, (u64)pos, whence) ? -1 : 0;
	return fseeko(f, pos, whence) ? -1 : 0;
}

u64 gf_ftell(FILE *f)
{
	GF_FileIO *object = fileio_of(f);
	return (u64)(object ? object->tell(object) : (s64)ftello(f));
}

int gf_feof(FILE *stream)
{
	if (!stream)
		return 1;
	GF_FileIO *object = fileio_of(stream);
	return object ? (int)object->eof(object) : feof(stream);
}

int gf_ferror(FILE *stream)
{
	return fileio_of(stream) ? 0 : ferror(stream);
}

int gf_fflush(FILE *stream)
{
	GF_FileIO *object = fileio_of(stream);
	if (!object)
		return fflush(stream);
	if (object->write)
		object->write(object, NULL, 0);
	return 0;
}

u64 gf_fsize(FILE *fp)
{
	u64 size = gf_fseek(fp, 0, SEEK_END) ? 0 : gf_ftell(fp);
	gf_fseek(fp, 0, SEEK_SET);
	return size;
}

char *gf_fgets(char *buf, size_t size, FILE *stream)
{
	GF_FileIO *object = fileio_of(stream);
	if (!object)
		return fgets(buf, size > INT32_MAX ? INT32_MAX : (int)size, stream);
	if (!size)
		return NULL;
	// one read for the longest line, then back to the end of this one
	s64 start = object->tell(object);
	size_t n = fileio_read(object, buf, size - 1);
	const char *end = n ? memchr(buf, '\n', n) : NULL;
	size_t len = end ? (size_t)(end - buf) + 1 : n;
	if (len < n && object->seek(object, (u64)start + len, SEEK_SET))
		return NULL;
	buf[len] = 0;
	return len ? buf : NULL;
}

int gf_fgetc(FILE *stream)
{
	if (!fileio_of(stream))
		return fgetc(stream);
	u8 c;
	return gf_fread(&c, 1, stream) ? c : EOF;
}

int gf_fputc(int val, FILE *stream)
{
	if (!fileio_of(stream))
		return fputc(val, stream);
	u8 c = (u8)val;
	return gf_fwrite(&c, 1, stream) ? c : EOF;
}

int gf_fputs(const char *buf, FILE *stream)
{
	if (!fileio_of(stream))
		return fputs(buf, stream);
	size_t len = strlen(buf);
	return gf_fwrite(buf, len, stream) == len ? 0 : EOF;
}

int gf_vfprintf(FILE *stream, const char *format, va_list args)
{
	GF_FileIO *object = fileio_of(stream);
	if (!object)
		return vfprintf(stream, format, args);
	if (object->printf)
		return object->printf(object, format, args);
	StrBuf sb;
	sb_init(&sb);
	sb_addv(&sb, format, args);
	int done = sb.failed ? -1 : (int)fileio_write(object, sb_str(&sb), sb.len);
	sb_reset(&sb);
	return done;
}

int gf_fprintf(FILE *stream, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int done = gf_vfprintf(stream, format, args);
	va_end(args);
	return done;
}

GF_Err gf_file_load_data_filep(FILE *file, u8 **out_data, u32 *out_size)
{
	if (!file || !out_data || !out_size)
		return GF_BAD_PARAM;
	u64 size = gf_fsize(file);
	if (size >= UINT32_MAX)
		return GF_NOT_SUPPORTED;
	// a terminator is added, for those who read text
	u8 *data = gf_malloc((size_t)size + 1);
	if (!data)
		return GF_OUT_OF_MEM;
	if (gf_fread(data, (size_t)size, file) != size) {
		gf_free(data);
		return GF_IO_ERR;
	}
	data[size] = 0;
	*out_data = data;
	*out_size = (u32)size;
	return GF_OK;
}

GF_Err gf_file_load_data(const char *file_name, u8 **out_data, u32 *out_size)
{
	FILE *file = gf_fopen_ex(file_name, NULL, "rb", GF_TRUE);
	if (!file)
		return GF_URL_ERROR;
	GF_Err e = gf_file_load_data_filep(file, out_data, out_size);
	gf_fclose(file);
	return e;
}

s32 gf_fd_open(const char *file_name, u32 oflags, u32 pflags)
{
	return file_name ? open(file_name, (int)oflags | O_CLOEXEC, (mode_t)pflags) : -1;
}

u64 gf_fd_fsize(int fd)
{
	struct stat st;
	return fstat(fd, &st) ? 0 : (u64)st.st_size;
}
