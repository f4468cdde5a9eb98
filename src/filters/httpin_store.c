// SPDX-License-Identifier: MIT
// What the HTTP source keeps of resources, and where: the option `cache`.
//
// Bytes are kept as they come, from wherever they were asked for, so that seeks do not fetch them again; an answer that
// is complete is stored for others with `cache=keep`. Blocks of memory (gmem://) are read the same way.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/blob.h"
#include "base/config.h"
#include "filters/httpin.h"

Bool httpin_is_blob(const HttpIn *in)
{
	return !strncmp(in->target.url, "gmem://", 7);
}

// ---- the cache directory

static void release_shared(void *udta)
{
	HttpInShared *shared = udta;
	http_disk_close(shared->disk);
	shared->net->share_del(shared->net_share);
	gf_free(shared);
}

static void *make_shared(void)
{
	const NetModule *module = net_module();
	HttpInShared *shared = module ? gf_calloc(1, sizeof(*shared)) : NULL;
	if (!shared)
		return NULL;
	shared->net = module->client;
	shared->net_share = shared->net->share_open();
	return shared;
}

HttpInShared *httpin_shared(GF_Download *download)
{
	return gf_download_shared(download, make_shared, release_shared);
}

// The core option `cache-size`, which may be above 4 GB.
static u64 cache_size(void)
{
	const char *text = gf_opts_get_key("core", "cache-size");
	char *end;
	u64 size = strtoull(text ? text : sysargs_default("cache-size"), &end, 10);
	if (*end == 'k' || *end == 'K')
		return size * 1000;
	return *end == 'm' || *end == 'M' ? size * 1000000 : size;
}

static HttpDisk *get_disk(HttpInShared *shared)
{
	if (shared->disk || shared->no_disk)
		return shared->disk;
	const char *dir = gf_opts_get_key("core", "cache");
	const HttpDiskConfig config = {
		.dir = dir && *dir ? dir : gf_get_default_cache_directory(),
		.max_size = cache_size(),
		.check_s = gf_opts_get_int("core", "cache-check"),
		.clean = gf_opts_get_bool("core", "clean-cache"),
	};
	if (!http_disk_open(&config, &shared->disk))
		return shared->disk;
	GF_LOG(GF_LOG_WARNING, GF_LOG_CACHE,
		("[httpin] nothing is stored: the cache directory %s cannot be used: %s\n", config.dir, strerror(errno)));
	shared->no_disk = GF_TRUE;
	return NULL;
}

// Passwords do not go to the disk.
static Bool uses_disk(const HttpIn *in)
{
	if (!in->label || strcmp(in->label, in->target.url))
		return GF_FALSE;
	return in->cache == CACHE_AUTO || in->cache == CACHE_DISK || in->cache == CACHE_KEEP;
}

static Bool uses_memory(const HttpIn *in)
{
	return in->cache == CACHE_MEM || in->cache == CACHE_MEM_KEEP || (in->cache == CACHE_NONE_KEEP && !in->switched);
}

// ---- stores

static void close_store(HttpIn *in, HttpInStore *s)
{
	if (!s)
		return;
	if (s->blob_url)
		gf_blob_unregister(&s->blob);
	gf_free(s->blob_url);
	gf_free(s->blob.data);
	http_disk_release(in->shared->disk, &s->body, !s->found_later);
	http_stored_reset(&s->info);
	range_set_reset(&s->held);
	gf_free(s);
}

static HttpInStore *new_store(const HttpIn *in)
{
	HttpInStore *s = gf_calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->body = HTTP_DISK_NO_BODY;
	s->info.url = httpin_request_url(in, GF_FALSE);
	s->info.first = in->target.start;
	s->info.last = in->target.end == NET_SIZE_UNKNOWN ? NET_SIZE_UNKNOWN : in->target.end - 1;
	return s;
}

static void give_up(HttpIn *in, const char *why)
{
	if (why)
		GF_LOG(GF_LOG_WARNING, GF_LOG_CACHE, ("[httpin] %s is not stored: %s\n", in->label, why));
	close_store(in, in->store);
	in->store = NULL;
	in->no_store = GF_TRUE;
}

static u64 now_s(void)
{
	return (u64)time(NULL);
}

// ---- finding

static void find_in_filter(HttpIn *in)
{
	u64 last = in->target.end == NET_SIZE_UNKNOWN ? NET_SIZE_UNKNOWN : in->target.end - 1;
	char *url = httpin_request_url(in, GF_FALSE);
	for (u32 i = 0; url && i < gf_list_count(in->stores) && !in->store; i++) {
		HttpInStore *s = gf_list_get(in->stores, i);
		if (strcmp(s->info.url, url) || s->info.first != in->target.start || s->info.last != last)
			continue;
		gf_list_rem(in->stores, i);
		in->store = s;
	}
	gf_free(url);
}

static void find_on_disk(HttpIn *in)
{
	HttpDisk *disk = uses_disk(in) ? get_disk(in->shared) : NULL;
	HttpInStore *s = disk && !in->store ? new_store(in) : NULL;
	if (!s)
		return;
	HttpStored found;
	if (!s->info.url || http_disk_find(disk, s->info.url, s->info.first, s->info.last, &found, &s->body)) {
		close_store(in, s);
		return;
	}
	http_stored_reset(&s->info);
	s->info = found;
	s->found_later = s->complete = GF_TRUE;
	if (range_set_add(&s->held, 0, found.size))
		close_store(in, s);
	else
		in->store = s;
}

static Bool is_usable(const HttpIn *in)
{
	const HttpStored *info = &in->store->info;
	if (in->target.skip_expiration || http_is_fresh(&info->fields, info->answered, now_s()))
		return GF_TRUE;
	return gf_opts_get_bool("core", "offline-cache") && !http_must_revalidate(&info->fields);
}

// Size of the resource, of which an answer to a range is a part.
static u64 stored_size(const HttpStored *info)
{
	u64 first, size;
	http_content_range(http_fields_get(&info->fields, "Content-Range"), &first, &size);
	return size != NET_SIZE_UNKNOWN || info->first || info->last != NET_SIZE_UNKNOWN ? size : info->size;
}

static GF_Err use_store(HttpIn *in)
{
	const HttpStored *info = &in->store->info;
	const char *validator = httpin_validator(&info->fields);
	in->size = stored_size(info);
	if (in->end > info->first + info->size)
		in->end = info->first + info->size;
	gf_free(in->validator);
	in->validator = validator ? gf_strdup(validator) : NULL;
	http_fields_reset(&in->headers);
	for (u32 i = 0; i < info->fields.nb; i++) {
		GF_Err e = http_fields_add(&in->headers, info->fields.list[i].name, info->fields.list[i].value);
		if (e)
			return e;
	}
	return GF_OK;
}

GF_Err httpin_store_look(HttpIn *in)
{
	in->looked = GF_TRUE;
	if (httpin_is_blob(in) || gf_opts_get_bool("core", "no-cache"))
		return GF_OK;
	find_in_filter(in);
	find_on_disk(in);
	if (!in->store)
		return GF_OK;
	if (is_usable(in))
		return use_store(in);
	// conditions are for whole resources: a range is fetched again
	const char *validator = httpin_validator(&in->store->info.fields);
	in->revalidate = validator && !in->target.start && in->target.end == NET_SIZE_UNKNOWN;
	if (!in->revalidate) {
		close_store(in, in->store);
		in->store = NULL;
	}
	return GF_OK;
}

void httpin_store_refreshed(HttpIn *in)
{
	HttpStored *info = &in->store->info;
	in->revalidate = GF_FALSE;
	GF_Err e = http_fields_refresh(&info->fields, &in->headers);
	info->answered = now_s();
	if (!e && in->store->found_later)
		e = http_disk_describe(in->shared->disk, info);
	if (e)
		GF_LOG(GF_LOG_WARNING, GF_LOG_CACHE,
			("[httpin] the description of %s cannot be stored: %s\n", in->label, gf_error_to_string(e)));
	use_store(in);
}

// ---- keeping

// What is known of the size is within what may be kept.
static Bool fits(const HttpIn *in)
{
	u64 end = httpin_end_of_bytes(in);
	u64 size = end == NET_SIZE_UNKNOWN ? 0 : end - in->target.start;
	return size <= (uses_memory(in) ? 0xFFFFFFFFu : cache_size());
}

static Bool is_wanted(const HttpIn *in)
{
	if (in->no_store || gf_opts_get_bool("core", "no-cache") || !http_may_store(&in->headers) || !fits(in))
		return GF_FALSE;
	if (in->cache == CACHE_AUTO)
		return in->size != NET_SIZE_UNKNOWN;
	return uses_memory(in) || uses_disk(in);
}

static GF_Err copy_headers(HttpIn *in, HttpInStore *s)
{
	GF_Err e = GF_OK;
	for (u32 i = 0; i < in->headers.nb && !e; i++)
		e = http_fields_add(&s->info.fields, in->headers.list[i].name, in->headers.list[i].value);
	if (in->coded)
		http_fields_decoded(&s->info.fields);
	s->info.answered = now_s();
	return e;
}

static GF_Err open_place(HttpIn *in, HttpInStore *s)
{
	if (uses_memory(in)) {
		s->blob.flags = GF_BLOB_IN_TRANSFER;
		s->blob_url = gf_blob_register(&s->blob);
		return s->blob_url ? GF_OK : GF_OUT_OF_MEM;
	}
	HttpDisk *disk = get_disk(in->shared);
	return disk ? http_disk_create(disk, s->info.url, s->info.first, s->info.last, &s->body) : GF_NOT_SUPPORTED;
}

void httpin_store_begin(HttpIn *in)
{
	if (in->revalidate) {
		// what is kept is not right any more; its file stays until the new one takes its place
		close_store(in, in->store);
		in->store = NULL;
		in->revalidate = GF_FALSE;
	}
	if (in->store || !is_wanted(in))
		return;
	HttpInStore *s = new_store(in);
	if (!s)
		return;
	errno = 0;
	GF_Err e = s->info.url ? copy_headers(in, s) : GF_OUT_OF_MEM;
	if (!e)
		e = open_place(in, s);
	s->stays = in->target.is_init || (!in->switched && (in->cache == CACHE_MEM_KEEP || in->cache == CACHE_NONE_KEEP));
	in->store = s;
	if (e)
		give_up(in, e == GF_NOT_SUPPORTED ? NULL : e == GF_IO_ERR ? strerror(errno) : gf_error_to_string(e));
}

static GF_Err write_memory(HttpInStore *s, u64 offset, const u8 *data, u32 size)
{
	u64 end = offset + size;
	if (end > 0xFFFFFFFFu)
		return GF_OUT_OF_MEM;
	GF_Err e = gf_blob_get_ex(&s->blob, NULL, NULL, NULL);
	if (e)
		return e;
	e = array_reserve(&s->blob.data, &s->allocated, 0, (u32)end, 1);
	if (!e) {
		memcpy(s->blob.data + offset, data, size);
		// readers of the block see it without gaps
		if (range_set_end(&s->held, 0) >= offset && end > s->blob.size)
			s->blob.size = (u32)end;
		s->blob.last_modification_time = gf_sys_clock_high_res();
	}
	gf_blob_release_ex(&s->blob);
	return e;
}

static GF_Err write_file(int fd, u64 offset, const u8 *data, u32 size)
{
	while (size) {
		ssize_t n = pwrite(fd, data, size, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return GF_IO_ERR;
		data += n;
		offset += (u64)n;
		size -= (u32)n;
	}
	return GF_OK;
}

void httpin_store_write(HttpIn *in, const u8 *data, u32 size)
{
	HttpInStore *s = in->store;
	if (!s || s->complete || !size)
		return;
	u64 offset = in->pos - s->info.first;
	if (s->body.fd >= 0 && offset + size > cache_size()) {
		give_up(in, "it is larger than the cache");
		return;
	}
	errno = 0;
	GF_Err e = s->body.fd >= 0 ? write_file(s->body.fd, offset, data, size) : write_memory(s, offset, data, size);
	if (!e)
		e = range_set_add(&s->held, offset, offset + size);
	if (e)
		give_up(in, e == GF_IO_ERR ? strerror(errno) : gf_error_to_string(e));
}

static void complete_store(HttpIn *in, u64 size)
{
	HttpInStore *s = in->store;
	s->complete = GF_TRUE;
	s->info.size = size;
	if (s->body.fd < 0) {
		gf_blob_get_ex(&s->blob, NULL, NULL, NULL);
		s->blob.size = (u32)size;
		s->blob.flags = 0;
		gf_blob_release_ex(&s->blob);
	} else if (in->cache == CACHE_KEEP) {
		GF_Err e = http_disk_keep(in->shared->disk, &s->info, &s->body);
		if (e)
			GF_LOG(GF_LOG_WARNING, GF_LOG_CACHE,
				("[httpin] %s is not stored: %s\n", in->label, e == GF_IO_ERR ? strerror(errno) : gf_error_to_string(e)));
		else
			s->found_later = GF_TRUE;
	}
	gf_filter_pid_set_info(in->pid, GF_PROP_PID_FILE_CACHED, PROP_BOOL(GF_TRUE));
}

void httpin_store_end_of_bytes(HttpIn *in)
{
	HttpInStore *s = in->store;
	u64 end = in->size < in->target.end ? in->size : in->target.end;
	if (!s || s->complete || end == NET_SIZE_UNKNOWN || end < s->info.first)
		return;
	u64 size = end - s->info.first;
	if (range_set_end(&s->held, 0) >= size)
		complete_store(in, size);
}

// ---- reading

static GF_Err read_blob(HttpIn *in, u8 *dst, u32 size, u32 *got)
{
	BlobState state = {0};
	GF_Err e = blob_read(in->target.url, in->pos, dst, size, got, &state);
	if (e) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpin] there is no block of memory %s\n", in->label));
		return GF_URL_ERROR;
	}
	Bool grows = (state.flags & GF_BLOB_IN_TRANSFER) != 0;
	Bool changed = state.modified != in->blob_modified;
	in->blob_modified = state.modified;
	in->size = grows ? NET_SIZE_UNKNOWN : state.size;
	in->damaged |= *got && state.damaged;
	if (*got || (changed && in->described && grows))
		return GF_OK;
	return grows ? GF_NOT_READY : GF_EOS;
}

static GF_Err read_file(const HttpInStore *s, u64 offset, u8 *dst, u32 size, u32 *got)
{
	ssize_t n;
	do
		n = pread(s->body.fd, dst, size, (off_t)offset);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return GF_IO_ERR;
	*got = (u32)n;
	return GF_OK;
}

GF_Err httpin_store_read(HttpIn *in, u8 *dst, u32 size, u32 *got)
{
	*got = 0;
	if (httpin_is_blob(in))
		return read_blob(in, dst, size, got);
	const HttpInStore *s = in->store;
	u64 left = httpin_store_end(in) - in->pos, offset = in->pos - s->info.first;
	if (!left)
		return GF_EOS;
	if (left < size)
		size = (u32)left;
	if (s->body.fd >= 0) {
		GF_Err e = read_file(s, offset, dst, size, got);
		if (e)
			GF_LOG(GF_LOG_ERROR, GF_LOG_CACHE, ("[httpin] %s cannot be read: %s\n", s->body.path, strerror(errno)));
		return e;
	}
	memcpy(dst, s->blob.data + offset, size);
	*got = size;
	return GF_OK;
}

u64 httpin_store_end(const HttpIn *in)
{
	const HttpInStore *s = in->store;
	if (!s || in->revalidate || in->pos < s->info.first)
		return in->pos;
	return s->info.first + range_set_end(&s->held, in->pos - s->info.first);
}

u64 httpin_store_next(const HttpIn *in)
{
	const HttpInStore *s = in->store;
	if (!s || in->revalidate || in->pos < s->info.first)
		return NET_SIZE_UNKNOWN;
	u64 next = range_set_next(&s->held, in->pos - s->info.first);
	return next == NET_SIZE_UNKNOWN ? next : s->info.first + next;
}

const char *httpin_store_path(const HttpIn *in)
{
	const HttpInStore *s = in->store;
	if (!s || !s->complete || in->revalidate || in->target.start || in->target.end != NET_SIZE_UNKNOWN)
		return NULL;
	if (s->body.fd >= 0)
		return s->body.path;
	return s->stays ? s->blob_url : NULL; // others may go while they are read
}

// ---- leaving

void httpin_store_leave(HttpIn *in)
{
	HttpInStore *s = in->store;
	in->store = NULL;
	if (s && s->complete && s->stays && !gf_list_add(in->stores, s))
		return;
	close_store(in, s);
}

void httpin_store_close(HttpIn *in)
{
	close_store(in, in->store);
	in->store = NULL;
	while (gf_list_count(in->stores))
		close_store(in, gf_list_pop_back(in->stores));
	gf_list_del(in->stores);
	in->stores = NULL;
}
