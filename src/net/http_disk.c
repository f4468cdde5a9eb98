// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <gpac/file.h>
#include "base/array.h"
#include "base/file.h"
#include "base/str.h"
#include "net/http_disk.h"

#define HASH_CHARS 32
#define MAX_DESCRIPTION (1u << 20)

struct http_disk {
	char *dir;
	u64 max_size;
	u32 check_s;
	Bool clean;
	time_t checked; // by the monotonic clock
};

static char *path_of(const HttpDisk *disk, const char *name)
{
	StrBuf sb;
	sb_init(&sb);
	sb_addf(&sb, "%s/%s", disk->dir, name);
	return sb_take(&sb);
}

static time_t clock_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

// ---- names

// FNV-1a of 128 bits: that of another URL only makes an answer go, since descriptions have the whole URL.
static void hash_of(const char *url, u64 first, u64 last, char text[HASH_CHARS + 1])
{
	const unsigned __int128 prime = ((unsigned __int128)1 << 88) + 0x13B;
	unsigned __int128 hash = ((unsigned __int128)0x6c62272e07bb0142ULL << 64) | 0x62b821756295c58dULL;
	char range[48];
	snprintf(range, sizeof(range), "%" PRIu64 "-%" PRIu64 " ", first, last);
	for (const char *p = range; *p; p++)
		hash = (hash ^ (u8)*p) * prime;
	for (const char *p = url; *p; p++)
		hash = (hash ^ (u8)*p) * prime;
	snprintf(text, HASH_CHARS + 1, "%016" PRIx64 "%016" PRIx64, (u64)(hash >> 64), (u64)hash);
}

static char *description_path(const HttpDisk *disk, const char *url, u64 first, u64 last)
{
	char name[HASH_CHARS + 8];
	hash_of(url, first, last, name);
	memcpy(name + HASH_CHARS, ".meta", 6);
	return path_of(disk, name);
}

// A file with a name of ours that ends so: nothing else in the directory is touched.
static Bool is_ours(const char *name, const char *suffix)
{
	size_t len = strlen(name), n = strlen(suffix);
	return strspn(name, "0123456789abcdef") == HASH_CHARS && len >= HASH_CHARS + n && !strcmp(name + len - n, suffix);
}

// ---- files

// A new file HASH-UNIQUE`suffix`, locked.
static int create_file(const HttpDisk *disk, const char *hash, const char *suffix, char **path)
{
	StrBuf sb;
	sb_init(&sb);
	sb_addf(&sb, "%s/%.*s-XXXXXX%s", disk->dir, HASH_CHARS, hash, suffix);
	char *name = sb_take(&sb);
	int fd = name ? mkostemps(name, (int)strlen(suffix), O_CLOEXEC) : -1;
	if (fd < 0) {
		gf_free(name);
		return -1;
	}
	flock(fd, LOCK_EX | LOCK_NB);
	*path = name;
	return fd;
}

static Bool write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return GF_FALSE;
		data += n;
		size -= (size_t)n;
	}
	return GF_TRUE;
}

// Deletes what nobody uses. True when it is gone.
static Bool remove_unused(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT;
	Bool unused = !flock(fd, LOCK_EX | LOCK_NB);
	if (unused)
		unlink(path);
	close(fd);
	return unused;
}

// ---- descriptions

static GF_Err read_description(const char *path, HttpStored *stored)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return GF_NOT_FOUND;
	char *text = NULL;
	ssize_t got = -1;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size <= MAX_DESCRIPTION &&
		(text = gf_malloc((size_t)st.st_size + 1)))
		got = read(fd, text, (size_t)st.st_size);
	close(fd);
	GF_Err e = got > 0 ? http_stored_read(text, (size_t)got, stored) : GF_NOT_FOUND;
	gf_free(text);
	return e;
}

GF_Err http_disk_describe(HttpDisk *disk, const HttpStored *stored)
{
	char *path = description_path(disk, stored->url, stored->first, stored->last);
	char *text = http_stored_write(stored), *aside = NULL;
	GF_Err e = path && text ? GF_OK : GF_OUT_OF_MEM;
	int fd = e ? -1 : create_file(disk, path + strlen(disk->dir) + 1, ".tmp", &aside);
	if (!e && (fd < 0 || !write_all(fd, text, strlen(text)) || rename(aside, path)))
		e = GF_IO_ERR;
	if (e && aside)
		unlink(aside);
	if (fd >= 0)
		close(fd);
	gf_free(aside);
	gf_free(path);
	gf_free(text);
	return e;
}

// ---- answers

// A file that a crash cut has another size than its description tells.
static GF_Err open_body(const HttpDisk *disk, const HttpStored *stored, HttpDiskBody *body)
{
	struct stat st;
	char *path = path_of(disk, stored->body), *name = gf_strdup(stored->body);
	int fd = path && name ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	if (fd >= 0 && !flock(fd, LOCK_SH | LOCK_NB) && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_nlink &&
		(u64)st.st_size == stored->size) {
		*body = (HttpDiskBody){fd, name, path};
		return GF_OK;
	}
	if (fd >= 0)
		close(fd);
	gf_free(path);
	gf_free(name);
	return GF_NOT_FOUND;
}

GF_Err http_disk_find(HttpDisk *disk, const char *url, u64 first, u64 last, HttpStored *stored, HttpDiskBody *body)
{
	HttpStored found = {0};
	char *path = description_path(disk, url, first, last);
	GF_Err e = path ? read_description(path, &found) : GF_OUT_OF_MEM;
	if (!e && (strcmp(found.url, url) || found.first != first || found.last != last || !is_ours(found.body, ".data")))
		e = GF_NOT_FOUND;
	if (!e)
		e = open_body(disk, &found, body);
	if (!e) {
		utimensat(AT_FDCWD, path, NULL, 0); // clean-ups take what was not used for longest
		*stored = found;
	} else {
		http_stored_reset(&found);
	}
	gf_free(path);
	return e == GF_OUT_OF_MEM ? e : e ? GF_NOT_FOUND : GF_OK;
}

GF_Err http_disk_create(HttpDisk *disk, const char *url, u64 first, u64 last, HttpDiskBody *body)
{
	char hash[HASH_CHARS + 1];
	char *path = NULL, *name;
	hash_of(url, first, last, hash);
	int fd = create_file(disk, hash, ".part", &path);
	if (fd < 0)
		return GF_IO_ERR;
	name = gf_strdup(path + strlen(disk->dir) + 1);
	if (name) {
		*body = (HttpDiskBody){fd, name, path};
		return GF_OK;
	}
	unlink(path);
	close(fd);
	gf_free(path);
	return GF_OUT_OF_MEM;
}

// The body of the answer that a new one replaces.
static char *replaced_body(const HttpDisk *disk, const HttpStored *by)
{
	HttpStored old = {0};
	char *path = description_path(disk, by->url, by->first, by->last), *body = NULL;
	if (path && !read_description(path, &old) && is_ours(old.body, ".data") && strcmp(old.body, by->body))
		body = path_of(disk, old.body);
	http_stored_reset(&old);
	gf_free(path);
	return body;
}

static void clean_up(HttpDisk *disk, Bool all);

GF_Err http_disk_keep(HttpDisk *disk, HttpStored *stored, HttpDiskBody *body)
{
	StrBuf sb;
	sb_init(&sb);
	sb_addf(&sb, "%.*s.data", (int)(strlen(body->name) - strlen(".part")), body->name);
	char *name = sb_take(&sb), *path = name ? path_of(disk, name) : NULL, *copy = name ? gf_strdup(name) : NULL;
	if (!path || !copy || rename(body->path, path)) {
		gf_free(name);
		gf_free(path);
		gf_free(copy);
		return GF_IO_ERR;
	}
	gf_free(body->name);
	gf_free(body->path);
	gf_free(stored->body);
	body->name = name;
	body->path = path;
	stored->body = copy;
	char *old = replaced_body(disk, stored);
	GF_Err e = http_disk_describe(disk, stored);
	if (!e && old)
		remove_unused(old);
	gf_free(old);
	flock(body->fd, LOCK_SH); // others may read it now
	if (!e && disk->check_s && clock_s() - disk->checked >= (time_t)disk->check_s)
		clean_up(disk, GF_FALSE);
	return e;
}

void http_disk_release(HttpDisk *disk, HttpDiskBody *body, Bool remove)
{
	if (body->fd < 0)
		return;
	if (remove) {
		char meta[HASH_CHARS + 8];
		HttpStored stored = {0};
		snprintf(meta, sizeof(meta), "%.*s.meta", HASH_CHARS, body->name);
		char *path = path_of(disk, meta);
		if (path && !read_description(path, &stored) && !strcmp(stored.body, body->name))
			unlink(path);
		unlink(body->path);
		http_stored_reset(&stored);
		gf_free(path);
	}
	close(body->fd);
	gf_free(body->name);
	gf_free(body->path);
	*body = HTTP_DISK_NO_BODY;
}

// ---- clean-ups

typedef struct {
	char *meta, *body; // paths
	u64 size;
	struct timespec used;
} Entry;

typedef struct {
	Entry *list;
	u32 nb, alloc;
	u64 size;
} Entries;

static void add_entry(const HttpDisk *disk, Entries *all, const char *name)
{
	HttpStored stored = {0};
	struct stat st;
	char *meta = path_of(disk, name);
	if (!meta || read_description(meta, &stored) || !is_ours(stored.body, ".data") || stat(meta, &st)) {
		if (meta && !access(meta, F_OK))
			remove_unused(meta); // no description of ours
		gf_free(meta);
		http_stored_reset(&stored);
		return;
	}
	char *body = path_of(disk, stored.body);
	if (body && !array_reserve(&all->list, &all->alloc, all->nb, 1, sizeof(*all->list))) {
		all->list[all->nb++] = (Entry){meta, body, stored.size, st.st_mtim};
		all->size += stored.size;
	} else {
		gf_free(body);
		gf_free(meta);
	}
	http_stored_reset(&stored);
}

static int by_use(const void *one, const void *two)
{
	const struct timespec *a = &((const Entry *)one)->used, *b = &((const Entry *)two)->used;
	if (a->tv_sec != b->tv_sec)
		return a->tv_sec < b->tv_sec ? -1 : 1;
	return a->tv_nsec < b->tv_nsec ? -1 : a->tv_nsec > b->tv_nsec;
}

static Bool has_body(const Entries *all, const char *path)
{
	for (u32 i = 0; i < all->nb; i++) {
		if (!strcmp(all->list[i].body, path))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// What a crash or a lost race left: files that no description names and nobody has open.
static void remove_left_overs(const HttpDisk *disk, const Entries *all, DIR *dir)
{
	struct dirent *d;
	rewinddir(dir);
	while ((d = readdir(dir))) {
		if (!is_ours(d->d_name, ".part") && !is_ours(d->d_name, ".tmp") && !is_ours(d->d_name, ".data"))
			continue;
		char *path = path_of(disk, d->d_name);
		if (path && !has_body(all, path))
			remove_unused(path);
		gf_free(path);
	}
}

// Removes answers, those used last the longest ago first, until the size is kept; `all` of them.
static void clean_up(HttpDisk *disk, Bool everything)
{
	Entries all = {0};
	struct dirent *d;
	DIR *dir = opendir(disk->dir);
	disk->checked = clock_s();
	if (!dir)
		return;
	while ((d = readdir(dir))) {
		if (is_ours(d->d_name, ".meta"))
			add_entry(disk, &all, d->d_name);
	}
	remove_left_overs(disk, &all, dir);
	closedir(dir);
	if (all.nb)
		qsort(all.list, all.nb, sizeof(*all.list), by_use);
	for (u32 i = 0; i < all.nb; i++) {
		Entry *e = &all.list[i];
		if ((everything || all.size > disk->max_size) && remove_unused(e->body)) {
			unlink(e->meta);
			all.size -= e->size;
		}
		gf_free(e->meta);
		gf_free(e->body);
	}
	gf_free(all.list);
}

// ---- life

GF_Err http_disk_open(const HttpDiskConfig *config, HttpDisk **out)
{
	HttpDisk *disk = gf_calloc(1, sizeof(*disk));
	if (!disk)
		return GF_OUT_OF_MEM;
	disk->dir = gf_strdup(config->dir);
	disk->max_size = config->max_size;
	disk->check_s = config->check_s;
	disk->clean = config->clean;
	GF_Err e = disk->dir ? file_make_parents(disk->dir) : GF_OUT_OF_MEM;
	if (!e && mkdir(disk->dir, 0700) && errno != EEXIST)
		e = GF_IO_ERR;
	if (!e && access(disk->dir, R_OK | W_OK | X_OK))
		e = GF_IO_ERR;
	if (e) {
		gf_free(disk->dir);
		gf_free(disk);
		return e;
	}
	clean_up(disk, disk->clean);
	*out = disk;
	return GF_OK;
}

void http_disk_close(HttpDisk *disk)
{
	if (!disk)
		return;
	if (disk->clean)
		clean_up(disk, GF_TRUE);
	gf_free(disk->dir);
	gf_free(disk);
}
