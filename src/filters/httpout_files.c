// SPDX-License-Identifier: MIT
// From the path of a URL to a file below one of the directories served, and the small files kept in memory.
//
// Files are not mapped, since one that is truncated while mapped ends the process. A copy in memory is used as long
// as stat(2) shows the same file with the same times; one that was changed a moment ago is not kept, since a second
// change may leave the times as they are.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filters/httpout.h"

#define MAX_KEPT_FILE (4u << 20)
#define MAX_KEPT_BYTES (64u << 20)
#define MIN_AGE_US 2000000
#define NB_BUCKETS 1024
#define PROBE_SIZE 5000

struct file_cache {
	HttpOut *out;
	HttpFile *buckets[NB_BUCKETS];
	HttpFile *first, *last;
	u64 bytes;
};

u64 http_modified_us(const struct stat *st)
{
	return (u64)st->st_mtim.tv_sec * 1000000 + (u64)st->st_mtim.tv_nsec / 1000;
}

static u64 changed_us(const struct stat *st)
{
	return (u64)st->st_ctim.tv_sec * 1000000 + (u64)st->st_ctim.tv_nsec / 1000;
}

// ---- files in memory

static HttpFile **bucket_of(FileCache *cache, const char *url)
{
	u32 h = 2166136261u; // FNV-1a
	for (; *url; url++)
		h = (h ^ (u8)*url) * 16777619u;
	return &cache->buckets[h % NB_BUCKETS];
}

void file_unuse(HttpFile *f)
{
	if (--f->nb_users)
		return;
	gf_free(f->url);
	gf_free(f->path);
	gf_free(f->data);
	gf_free(f->zipped[0].data);
	gf_free(f->zipped[1].data);
	gf_free(f);
}

static void unlink_use(FileCache *cache, HttpFile *f)
{
	*(f->prev ? &f->prev->next : &cache->first) = f->next;
	*(f->next ? &f->next->prev : &cache->last) = f->prev;
}

static void link_use(FileCache *cache, HttpFile *f)
{
	f->prev = NULL;
	f->next = cache->first;
	*(f->next ? &f->next->prev : &cache->last) = f;
	cache->first = f;
}

static void forget(FileCache *cache, HttpFile *f)
{
	HttpFile **p = bucket_of(cache, f->url);
	while (*p != f)
		p = &(*p)->hash_next;
	*p = f->hash_next;
	unlink_use(cache, f);
	cache->bytes -= f->size;
	NetAnswer *answer = f->answer; // holds the file, too
	f->answer = NULL;
	cache->out->net->answer_del(answer);
	file_unuse(f);
}

FileCache *file_cache_new(HttpOut *out)
{
	FileCache *cache = gf_calloc(1, sizeof(*cache));
	if (cache)
		cache->out = out;
	return cache;
}

void file_cache_del(FileCache *cache)
{
	while (cache && cache->first)
		forget(cache, cache->first);
	gf_free(cache);
}

static Bool same_file(const HttpFile *f, const struct stat *st)
{
	return f->device == st->st_dev && f->inode == st->st_ino && f->size == (u64)st->st_size &&
		f->modified_us == http_modified_us(st) && f->changed_us == changed_us(st);
}

// The copy of a file, when it is still that. A stale one goes.
static HttpFile *find_kept(FileCache *cache, const char *url, const char *path, const struct stat *st)
{
	HttpFile *f = *bucket_of(cache, url);
	while (f && strcmp(f->url, url))
		f = f->hash_next;
	if (!f)
		return NULL;
	if (strcmp(f->path, path) || !same_file(f, st)) {
		forget(cache, f);
		return NULL;
	}
	if (cache->first != f) {
		unlink_use(cache, f);
		link_use(cache, f);
	}
	return f;
}

static Bool read_all(int fd, u8 *data, u64 size)
{
	for (u64 pos = 0; pos < size;) {
		ssize_t n = pread(fd, data + pos, size - pos, (off_t)pos);
		if (n <= 0)
			return GF_FALSE;
		pos += (u64)n;
	}
	return GF_TRUE;
}

// Keeps a copy of a file; NULL when that is not possible or not wise.
static HttpFile *keep(FileCache *cache, const char *url, const char *path, int fd, const struct stat *st)
{
	struct stat after;
	if (st->st_size > MAX_KEPT_FILE || gf_net_get_utc() * 1000 < changed_us(st) + MIN_AGE_US)
		return NULL;
	HttpFile *f = gf_calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->nb_users = 1;
	f->url = gf_strdup(url);
	f->path = gf_strdup(path);
	f->size = (u64)st->st_size;
	f->data = gf_malloc(st->st_size ? (size_t)st->st_size : 1);
	f->device = st->st_dev;
	f->inode = st->st_ino;
	f->modified_us = http_modified_us(st);
	f->changed_us = changed_us(st);
	if (!f->url || !f->path || !f->data || !read_all(fd, f->data, f->size) || fstat(fd, &after) || !same_file(f, &after)) {
		file_unuse(f);
		return NULL;
	}
	f->mime = http_mime_type(cache->out->filter, path, f->data, f->size < PROBE_SIZE ? (u32)f->size : PROBE_SIZE);
	HttpFile **bucket = bucket_of(cache, url);
	f->hash_next = *bucket;
	*bucket = f;
	link_use(cache, f);
	cache->bytes += f->size;
	while (cache->bytes > MAX_KEPT_BYTES && cache->last != f)
		forget(cache, cache->last);
	return f;
}

// ---- directories

GF_Err http_add_place(HttpOut *out, const char *real, const char *prefix, Bool readable, Bool writable)
{
	HttpRoot *roots = gf_realloc(out->roots, (out->nb_roots + 1) * sizeof(*roots));
	if (!roots)
		return GF_OUT_OF_MEM;
	out->roots = roots;
	HttpRoot *root = &roots[out->nb_roots++];
	*root = (HttpRoot){gf_strdup(real), gf_strdup(prefix), readable, writable};
	return root->path && root->prefix ? GF_OK : GF_OUT_OF_MEM;
}

GF_Err http_add_root(HttpOut *out, const char *dir, Bool readable, Bool writable)
{
	char real[GF_MAX_PATH];
	if (!strncmp(dir, "file://", 7))
		dir += 7;
	if (!gf_dir_exists(dir)) {
		char *inside = gf_strdup(dir);
		if (!inside || gf_dynstrcat(&inside, "/x", NULL)) {
			gf_free(inside);
			return GF_OUT_OF_MEM;
		}
		gf_fopen_ex(inside, NULL, "mkdir", GF_TRUE);
		gf_free(inside);
	}
	if (!gf_dir_exists(dir) || !gf_realpath(dir, real)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] %s is no directory and cannot be made one\n", dir));
		return GF_URL_ERROR;
	}
	return http_add_place(out, strcmp(real, "/") ? real : "", "", readable, writable);
}

Bool http_is_below(const HttpRoot *root, const char *path)
{
	return http_path_is_below(path, root->path);
}

Bool http_is_readable_place(const HttpOut *out, const char *real)
{
	for (u32 i = 0; i < out->nb_roots; i++) {
		if (out->roots[i].readable && http_is_below(&out->roots[i], real))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Length of the longest prefix of directories that a path has: what is below it is nowhere else.
static size_t prefix_length(const HttpOut *out, const char *url)
{
	size_t best = 0;
	for (u32 i = 0; i < out->nb_roots; i++) {
		size_t len = strlen(out->roots[i].prefix);
		if (len > best && http_path_is_below(url, out->roots[i].prefix))
			best = len;
	}
	return best;
}

const HttpRoot *http_next_place(const HttpOut *out, const char *url, HttpRight right, u32 *idx, char place[GF_MAX_PATH])
{
	const size_t prefix = prefix_length(out, url);
	while (*idx < out->nb_roots) {
		const HttpRoot *root = &out->roots[(*idx)++];
		if (!(right == HTTP_READ ? root->readable : root->writable) || strlen(root->prefix) != prefix ||
			!http_path_is_below(url, root->prefix))
			continue;
		int len = snprintf(place, GF_MAX_PATH, "%s%s", root->path, url[prefix] ? url + prefix : "/");
		if (len > 0 && len < GF_MAX_PATH)
			return root;
	}
	return NULL;
}

const HttpRoot *http_write_root(const HttpOut *out)
{
	for (u32 i = 0; i < out->nb_roots; i++) {
		if (out->roots[i].writable)
			return &out->roots[i];
	}
	return NULL;
}

void http_sink_place(const HttpOut *out, const char *url, char path[GF_MAX_PATH])
{
	const HttpRoot *root = &out->roots[0];
	const char *rest = http_path_is_below(url, root->prefix) ? url + strlen(root->prefix) : url;
	snprintf(path, GF_MAX_PATH, "%s%s", root->path, rest);
}

Bool http_files_served(const HttpOut *out)
{
	return out->in_memory || (out->nb_roots && out->roots[0].readable);
}

// ---- files of the server itself, which may lie in a directory that is served

GF_Err http_add_private(HttpOut *out, const char *path)
{
	char real[GF_MAX_PATH];
	if (!path || !gf_realpath(path, real))
		return GF_OK;
	char *copy = gf_strdup(real);
	GF_Err e = copy ? gf_list_add(out->private_files, copy) : GF_OUT_OF_MEM;
	if (e)
		gf_free(copy);
	return e;
}

Bool http_is_private(const HttpOut *out, const char *real)
{
	u32 nb = gf_list_count(out->private_files);
	for (u32 i = 0; i < nb; i++) {
		const char *path = gf_list_get(out->private_files, i);
		size_t len = strlen(path);
		if (!strncmp(real, path, len) && (!real[len] || real[len] == '.' || real[len] == '~'))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// The real path of an open file lies below a directory that may be read. Asked of the open file, so that nobody
// can put a link in its place in between.
static Bool may_read(const HttpOut *out, int fd, char path[GF_MAX_PATH])
{
	char link[40];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, path, GF_MAX_PATH - 1);
	if (len <= 0)
		return GF_FALSE;
	path[len] = 0;
	return http_is_readable_place(out, path) && !http_is_private(out, path);
}

static GF_Err describe_open(HttpOut *out, const char *name, FoundFile *found)
{
	struct stat st;
	u8 start[PROBE_SIZE];
	if (fstat(found->fd, &st))
		return GF_IO_ERR;
	found->is_directory = S_ISDIR(st.st_mode);
	if (!found->is_directory && !S_ISREG(st.st_mode))
		return GF_URL_ERROR;
	found->size = (u64)st.st_size;
	found->modified_us = http_modified_us(&st);
	ssize_t n = found->is_directory ? 0 : pread(found->fd, start, sizeof(start), 0);
	if (n < 0)
		return GF_IO_ERR;
	if (!found->is_directory)
		found->mime = http_mime_type(out->filter, name, start, (u32)n);
	return GF_OK;
}

static GF_Err open_below(HttpOut *out, const char *url, const char *path, const struct stat *st, FoundFile *found)
{
	found->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (found->fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? GF_URL_ERROR : GF_IO_ERR;
	if (!may_read(out, found->fd, found->path))
		return GF_URL_ERROR;
	HttpFile *kept = S_ISREG(st->st_mode) ? keep(out->cache, url, path, found->fd, st) : NULL;
	if (!kept)
		return describe_open(out, path, found);
	close(found->fd);
	found->fd = -1;
	found->memory = kept;
	return GF_OK;
}

static void take_kept(FoundFile *found)
{
	found->memory->nb_users++;
	found->size = found->memory->size;
	found->modified_us = found->memory->modified_us;
	found->mime = found->memory->mime;
}

GF_Err http_find_file(HttpOut *out, const char *url, FoundFile *found)
{
	GF_Err e = GF_URL_ERROR;
	char path[GF_MAX_PATH];
	u32 idx = 0;
	*found = (FoundFile){.fd = -1};
	if (http_store_find(out, url, found))
		return GF_OK;
	while (e == GF_URL_ERROR && http_next_place(out, url, HTTP_READ, &idx, path)) {
		struct stat st;
		if (stat(path, &st))
			continue;
		found->memory = S_ISREG(st.st_mode) ? find_kept(out->cache, url, path, &st) : NULL;
		e = found->memory ? GF_OK : open_below(out, url, path, &st, found);
		if (e)
			found_release(found);
	}
	if (!e && found->memory)
		take_kept(found);
	return e;
}

GF_Err http_open_file(HttpOut *out, const char *path, FoundFile *found)
{
	*found = (FoundFile){.fd = -1};
	if (!strncmp(path, "file://", 7))
		path += 7;
	found->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	GF_Err e = found->fd < 0 ? GF_URL_ERROR : describe_open(out, path, found);
	if (!e && found->is_directory)
		e = GF_URL_ERROR;
	if (e)
		found_release(found);
	return e;
}

void found_release(FoundFile *found)
{
	if (found->fd >= 0)
		close(found->fd);
	if (found->memory)
		file_unuse(found->memory);
	found->fd = -1;
	found->memory = NULL;
}
