// SPDX-License-Identifier: MIT
// Blocks of memory behind gmem:// URLs.
//
// A block is read under its own lock, taken by gf_blob_get and given back by gf_blob_release. The entry that
// holds the lock is counted, so that it outlives its withdrawal while another thread waits for it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <base/blob.h>
#include <base/state.h>

#define SCHEME "gmem://"

// The lock behind the `mx` field of a blob.
struct gf_mutex {
	pthread_mutex_t lock;
};

struct blob_entry {
	BlobEntry *next;
	GF_Blob *blob; // NULL once withdrawn
	struct gf_mutex mx;
	u32 id;
	u32 nb_refs; // guarded by the lock of the list
};

static BlobEntry **find_link(const GF_Blob *blob, u32 id)
{
	BlobEntry **link = &base_state.objects.blobs;
	while (*link && (blob ? (*link)->blob != blob : (*link)->id != id))
		link = &(*link)->next;
	return link;
}

static void unref(BlobEntry *entry)
{
	pthread_mutex_lock(&base_state.objects.lock);
	Bool last = !--entry->nb_refs;
	pthread_mutex_unlock(&base_state.objects.lock);
	if (!last)
		return;
	pthread_mutex_destroy(&entry->mx.lock);
	gf_free(entry);
}

// A counted reference to the entry of a blob, or of a URL when `blob` is NULL.
static BlobEntry *find_entry(const GF_Blob *blob, const char *url)
{
	u32 id = 0;
	if (!blob) {
		if (!url || strncmp(url, SCHEME, strlen(SCHEME)))
			return NULL;
		id = (u32)strtoul(url + strlen(SCHEME), NULL, 10);
	}
	pthread_mutex_lock(&base_state.objects.lock);
	BlobEntry *entry = *find_link(blob, id);
	if (entry)
		entry->nb_refs++;
	pthread_mutex_unlock(&base_state.objects.lock);
	return entry;
}

char *gf_blob_register(GF_Blob *blob)
{
	if (!blob)
		return NULL;
	BlobEntry *entry = gf_calloc(1, sizeof(*entry));
	if (!entry)
		return NULL;
	pthread_mutexattr_t attr;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&entry->mx.lock, &attr);
	pthread_mutexattr_destroy(&attr);
	entry->blob = blob;
	entry->nb_refs = 1;
	pthread_mutex_lock(&base_state.objects.lock);
	Bool known = *find_link(blob, 0) != NULL;
	if (!known) {
		// 0 is no blob, so that a URL without number finds nothing
		if (!++base_state.objects.next_id)
			base_state.objects.next_id = 1;
		entry->id = base_state.objects.next_id;
		entry->next = base_state.objects.blobs;
		base_state.objects.blobs = entry;
		blob->mx = &entry->mx;
	}
	pthread_mutex_unlock(&base_state.objects.lock);
	char url[32];
	snprintf(url, sizeof(url), SCHEME "%u", entry->id);
	char *copy = known ? NULL : gf_strdup(url);
	if (known)
		unref(entry);
	else if (!copy)
		gf_blob_unregister(blob);
	return copy;
}

void gf_blob_unregister(GF_Blob *blob)
{
	BlobEntry *entry = blob ? find_entry(blob, NULL) : NULL;
	if (!entry)
		return;
	// readers are done once the lock is ours
	pthread_mutex_lock(&entry->mx.lock);
	pthread_mutex_lock(&base_state.objects.lock);
	Bool ours = entry->blob == blob; // not withdrawn by another thread meanwhile
	if (ours) {
		BlobEntry **link = find_link(blob, 0);
		*link = entry->next;
		entry->blob = NULL;
		blob->mx = NULL;
	}
	pthread_mutex_unlock(&base_state.objects.lock);
	pthread_mutex_unlock(&entry->mx.lock);
	unref(entry);
	if (ours)
		unref(entry);
}

void blob_unregister_all(void)
{
	for (;;) {
		pthread_mutex_lock(&base_state.objects.lock);
		GF_Blob *blob = base_state.objects.blobs ? base_state.objects.blobs->blob : NULL;
		pthread_mutex_unlock(&base_state.objects.lock);
		if (!blob)
			return;
		gf_blob_unregister(blob);
	}
}

static GF_Err get_blob(BlobEntry *entry, u8 **out_data, u32 *out_size, u32 *blob_flags)
{
	if (!entry)
		return GF_NOT_FOUND;
	pthread_mutex_lock(&entry->mx.lock);
	const GF_Blob *blob = entry->blob;
	if (!blob) {
		pthread_mutex_unlock(&entry->mx.lock);
		unref(entry);
		return GF_NOT_FOUND;
	}
	if (out_data)
		*out_data = blob->data;
	if (out_size)
		*out_size = blob->size;
	if (blob_flags)
		*blob_flags = blob->flags;
	return GF_OK; // lock and reference are kept for release_blob
}

static GF_Err release_blob(BlobEntry *entry)
{
	if (!entry)
		return GF_NOT_FOUND;
	pthread_mutex_unlock(&entry->mx.lock);
	unref(entry); // of find_entry just before
	unref(entry); // of get_blob
	return GF_OK;
}

GF_Err gf_blob_get(const char *blob_url, u8 **out_data, u32 *out_size, u32 *blob_flags)
{
	return get_blob(find_entry(NULL, blob_url), out_data, out_size, blob_flags);
}

GF_Err gf_blob_release(const char *blob_url)
{
	return release_blob(find_entry(NULL, blob_url));
}

GF_Err gf_blob_get_ex(GF_Blob *blob, u8 **out_data, u32 *out_size, u32 *blob_flags)
{
	return blob ? get_blob(find_entry(blob, NULL), out_data, out_size, blob_flags) : GF_BAD_PARAM;
}

GF_Err gf_blob_release_ex(GF_Blob *blob)
{
	return blob ? release_blob(find_entry(blob, NULL)) : GF_BAD_PARAM;
}

// Bytes at `offset` that can be read, of the `size` that are there.
static u32 readable(GF_Blob *blob, u64 offset, u32 size, Bool *damaged)
{
	u32 valid = size;
	*damaged = (blob->flags & GF_BLOB_CORRUPTED) != 0;
	if (!size || !blob->range_valid)
		return size;
	switch (blob->range_valid(blob, GF_TRUE, offset, &valid)) {
	case GF_BLOB_RANGE_VALID:
		return size;
	case GF_BLOB_RANGE_CORRUPTED:
		*damaged = GF_TRUE;
		return size;
	default:
		return valid < size ? valid : 0;
	}
}

GF_Err blob_read(const char *url, u64 offset, void *dst, u32 size, u32 *got, BlobState *state)
{
	BlobEntry *entry = find_entry(NULL, url);
	if (!entry)
		return GF_NOT_FOUND;
	pthread_mutex_lock(&entry->mx.lock);
	GF_Blob *blob = entry->blob;
	if (blob) {
		u64 left = offset < blob->size ? blob->size - offset : 0;
		*got = readable(blob, offset, left < size ? (u32)left : size, &state->damaged);
		if (*got)
			memcpy(dst, blob->data + offset, *got);
		state->size = blob->size;
		state->flags = blob->flags;
		state->modified = blob->last_modification_time;
	}
	pthread_mutex_unlock(&entry->mx.lock);
	unref(entry);
	return blob ? GF_OK : GF_NOT_FOUND;
}

GF_BlobRangeStatus gf_blob_query_range(GF_Blob *blob, Bool check_when_complete, u64 start_offset, u32 size)
{
	if (!blob)
		return GF_BLOB_RANGE_CORRUPTED;
	GF_BlobRangeStatus status = GF_BLOB_RANGE_VALID;
	u32 end_size = size;
	Bool in_transfer = (blob->flags & GF_BLOB_IN_TRANSFER) != 0;
	if (blob->range_valid && (in_transfer || check_when_complete))
		status = blob->range_valid(blob, check_when_complete, start_offset, &end_size);
	else if (start_offset > blob->size || size > blob->size - start_offset)
		status = in_transfer ? GF_BLOB_RANGE_IN_TRANSFER : GF_BLOB_RANGE_CORRUPTED;
	else if (blob->flags & GF_BLOB_CORRUPTED)
		status = GF_BLOB_RANGE_CORRUPTED;
	return status;
}
