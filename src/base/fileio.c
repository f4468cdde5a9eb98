// SPDX-License-Identifier: MIT
// File I/O objects: call-backs of the application behind a gfio:// URL.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <base/array.h>
#include <base/fileio.h>
#include <base/state.h>

#define SCHEME "gfio://"

static void lock_objects(void)
{
	pthread_mutex_lock(&base_state.objects.lock);
}

static void unlock_objects(void)
{
	pthread_mutex_unlock(&base_state.objects.lock);
}

GF_FileIO *gf_fileio_new(char *url, void *udta, gfio_open_proc open, gfio_seek_proc seek, gfio_read_proc read,
	gfio_write_proc write, gfio_tell_proc tell, gfio_eof_proc eof, gfio_printf_proc printf)
{
	if (!open || !seek || !tell || !eof || (!read && !write))
		return NULL;
	GF_FileIO *fileio = gf_calloc(1, sizeof(*fileio));
	if (!fileio)
		return NULL;
	if (getrandom(&fileio->cookie, sizeof(fileio->cookie), GRND_NONBLOCK) < 0)
		fileio->cookie = (u32)gf_sys_clock_high_res();
	char text[64];
	snprintf(text, sizeof(text), SCHEME "%p&%u", (void *)fileio, fileio->cookie);
	fileio->url = gf_strdup(text);
	fileio->resource_url = gf_strdup(url ? url : "");
	if (!fileio->url || !fileio->resource_url) {
		gf_free(fileio->url);
		gf_free(fileio->resource_url);
		gf_free(fileio);
		return NULL;
	}
	fileio->magic = FILEIO_MAGIC;
	fileio->udta = udta;
	fileio->open = open;
	fileio->seek = seek;
	fileio->read = read;
	fileio->write = write;
	fileio->tell = tell;
	fileio->eof = eof;
	fileio->printf = printf;
	lock_objects();
	fileio->next = base_state.objects.objects;
	if (fileio->next)
		fileio->next->prev = fileio;
	base_state.objects.objects = fileio;
	unlock_objects();
	return fileio;
}

// The lock is held. Compares addresses only: `fileio` may be dead.
static Bool is_live(const GF_FileIO *fileio)
{
	for (const GF_FileIO *o = base_state.objects.objects; o; o = o->next)
		if (o == fileio)
			return GF_TRUE;
	return GF_FALSE;
}

void gf_fileio_del(GF_FileIO *fileio)
{
	lock_objects();
	Bool live = fileio && is_live(fileio);
	if (live) {
		if (fileio->prev)
			fileio->prev->next = fileio->next;
		else
			base_state.objects.objects = fileio->next;
		if (fileio->next)
			fileio->next->prev = fileio->prev;
	}
	unlock_objects();
	if (!live)
		return;
	fileio->magic = 0;
	gf_free(fileio->url);
	gf_free(fileio->resource_url);
	gf_free(fileio->owned);
	gf_free(fileio);
}

void *gf_fileio_get_udta(GF_FileIO *fileio)
{
	return fileio ? fileio->udta : NULL;
}

const char *gf_fileio_url(GF_FileIO *fileio)
{
	return fileio ? fileio->url : NULL;
}

const char *gf_fileio_resource_url(GF_FileIO *fileio)
{
	return fileio ? fileio->resource_url : NULL;
}

GF_FileIO *gf_fileio_from_url(const char *url)
{
	if (!url || strncmp(url, SCHEME, strlen(SCHEME)))
		return NULL;
	const char *address = url + strlen(SCHEME);
	char *end;
	const GF_FileIO *wanted = (const GF_FileIO *)(uintptr_t)strtoull(address, &end, 16);
	if (end == address || *end != '&')
		return NULL;
	u32 cookie = (u32)strtoul(end + 1, NULL, 10);
	GF_FileIO *found = NULL;
	lock_objects();
	if (is_live(wanted) && wanted->cookie == cookie)
		found = (GF_FileIO *)wanted;
	unlock_objects();
	return found;
}

const char *gf_fileio_translate_url(const char *url)
{
	return gf_fileio_resource_url(gf_fileio_from_url(url));
}

GF_Err gf_fileio_tag_main_thread(GF_FileIO *fileio)
{
	if (!fileio)
		return GF_BAD_PARAM;
	fileio->main_thread = GF_TRUE;
	return GF_OK;
}

Bool gf_fileio_is_main_thread(const char *url)
{
	GF_FileIO *fileio = gf_fileio_from_url(url);
	return fileio ? fileio->main_thread : GF_FALSE;
}

GF_FileIO *gf_fileio_open_url(GF_FileIO *fileio, const char *url, const char *mode, GF_Err *out_err)
{
	*out_err = GF_BAD_PARAM;
	if (!fileio || !mode)
		return NULL;
	*out_err = GF_OK;
	GF_FileIO *opened = fileio->open(fileio, url, mode, out_err);
	// an object found by its parent is used on the same thread
	if (opened && fileio->main_thread)
		opened->main_thread = GF_TRUE;
	return opened;
}

const char *gf_fileio_factory(GF_FileIO *fileio, const char *new_res_url)
{
	GF_Err e;
	return gf_fileio_url(gf_fileio_open_url(fileio, new_res_url, "url", &e));
}

GF_Err fileio_open(const char *url, const char *mode, GF_FileIO **opened)
{
	GF_FileIO *fileio = gf_fileio_from_url(url);
	if (!fileio)
		return GF_URL_ERROR;
	GF_Err e;
	GF_FileIO *result = gf_fileio_open_url(fileio, fileio->url, mode, &e);
	if (!result)
		return e < 0 ? e : GF_URL_ERROR;
	*opened = result;
	return GF_OK;
}

void fileio_close(GF_FileIO *fileio)
{
	GF_Err e;
	gf_fileio_open_url(fileio, NULL, "close", &e);
}

Bool gf_fileio_read_mode(GF_FileIO *fileio)
{
	return fileio && fileio->read;
}

Bool gf_fileio_write_mode(GF_FileIO *fileio)
{
	return fileio && fileio->write;
}

// Largest piece given to a call-back, whose count is 32 bits.
#define MAX_PIECE (1u << 30)

size_t fileio_read(GF_FileIO *fileio, void *dst, size_t size)
{
	size_t done = 0;
	while (fileio->read && done < size) {
		u32 wanted = size - done < MAX_PIECE ? (u32)(size - done) : MAX_PIECE;
		u32 n = fileio->read(fileio, (u8 *)dst + done, wanted);
		if (!n || n > wanted)
			break;
		done += n;
	}
	return done;
}

size_t fileio_write(GF_FileIO *fileio, const void *data, size_t size)
{
	size_t done = 0;
	while (fileio->write && done < size) {
		u32 left = size - done < MAX_PIECE ? (u32)(size - done) : MAX_PIECE;
		u32 n = fileio->write(fileio, (u8 *)data + done, left);
		if (!n || n > left)
			break;
		done += n;
	}
	return done;
}

void gf_fileio_set_stats(
	GF_FileIO *fileio, u64 bytes_done, u64 file_size, GF_FileIOCacheState cache_state, u32 bytes_per_sec)
{
	if (!fileio)
		return;
	lock_objects();
	fileio->has_stats = GF_TRUE;
	fileio->bytes_done = bytes_done;
	fileio->file_size = file_size;
	fileio->cache_state = cache_state;
	fileio->bytes_per_sec = bytes_per_sec;
	unlock_objects();
}

Bool gf_fileio_get_stats(
	GF_FileIO *fileio, u64 *bytes_done, u64 *file_size, GF_FileIOCacheState *cache_state, u32 *bytes_per_sec)
{
	if (!fileio)
		return GF_FALSE;
	lock_objects();
	Bool known = fileio->has_stats;
	if (known && bytes_done)
		*bytes_done = fileio->bytes_done;
	if (known && file_size)
		*file_size = fileio->file_size;
	if (known && cache_state)
		*cache_state = fileio->cache_state;
	if (known && bytes_per_sec)
		*bytes_per_sec = fileio->bytes_per_sec;
	unlock_objects();
	return known;
}

void gf_fileio_set_write_state(GF_FileIO *fileio, GF_FileIOWriteState write_state)
{
	if (!fileio)
		return;
	lock_objects();
	fileio->write_state = write_state;
	unlock_objects();
}

GF_FileIOWriteState gf_fileio_write_ready(FILE *fp)
{
	GF_FileIO *fileio = fileio_of(fp);
	if (!fileio)
		return GF_FIO_WRITE_READY;
	lock_objects();
	GF_FileIOWriteState state = fileio->write_state;
	unlock_objects();
	return state;
}

Bool gf_fileio_check(FILE *fp)
{
	return fileio_of(fp) != NULL;
}

GF_Err gf_fileio_register_delete_proc(gfio_delete_proc del_proc)
{
	if (!del_proc)
		return GF_BAD_PARAM;
	FileState *state = &base_state.file;
	pthread_mutex_lock(&state->lock);
	GF_Err e = array_reserve(&state->delete_procs, &state->alloc_delete_procs, state->nb_delete_procs, 1,
		sizeof(*state->delete_procs));
	if (!e)
		state->delete_procs[state->nb_delete_procs++] = del_proc;
	pthread_mutex_unlock(&state->lock);
	return e;
}

void gf_fileio_unregister_delete_proc(gfio_delete_proc del_proc)
{
	FileState *state = &base_state.file;
	pthread_mutex_lock(&state->lock);
	for (u32 i = 0; i < state->nb_delete_procs; i++) {
		if (state->delete_procs[i] != del_proc)
			continue;
		state->nb_delete_procs--;
		memmove(&state->delete_procs[i], &state->delete_procs[i + 1],
			(state->nb_delete_procs - i) * sizeof(gfio_delete_proc));
		break;
	}
	if (!state->nb_delete_procs) {
		gf_free(state->delete_procs);
		state->delete_procs = NULL;
		state->alloc_delete_procs = 0;
	}
	pthread_mutex_unlock(&state->lock);
}

static gfio_delete_proc delete_proc_at(u32 i)
{
	pthread_mutex_lock(&base_state.file.lock);
	gfio_delete_proc proc = i < base_state.file.nb_delete_procs ? base_state.file.delete_procs[i] : NULL;
	pthread_mutex_unlock(&base_state.file.lock);
	return proc;
}

GF_Err fileio_delete(const char *url)
{
	const char *at = strchr(url, '@');
	char *parent = gf_strdup(url);
	if (!parent)
		return GF_OUT_OF_MEM;
	if (at)
		parent[at - url] = 0;
	GF_Err e = GF_EOS;
	gfio_delete_proc proc;
	for (u32 i = 0; e == GF_EOS && (proc = delete_proc_at(i)); i++)
		e = proc(at ? at + 1 : url, at ? parent : NULL);
	gf_free(parent);
	return e == GF_EOS ? GF_NOT_SUPPORTED : e;
}
