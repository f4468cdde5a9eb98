// SPDX-License-Identifier: MIT
// The allocator: the C library's, plus a count of the bytes in use that is always exact.
//
// The count costs one relaxed atomic addition per call: malloc_usable_size tells at release what was
// counted at allocation, so no header is put before a block. With GF_MemTrackerBackTrace each live block
// is also kept, with the stack that allocated it, in a table whose own memory is not counted.
#include <execinfo.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <base/file.h>
#include <base/mem.h>
#include <base/state.h>

#define NB_BUCKETS (1u << 16)
#define MAX_FRAMES 12
#define OWN_FRAMES 2 // block_add and the gf_ function

struct mem_block {
	MemBlock *next;
	const void *ptr;
	size_t size;
	void *frames[MAX_FRAMES];
	int nb_frames;
};

static MemBlock **bucket_of(const void *ptr)
{
	// the low four bits of a heap address are zero
	u64 key = (u64)(uintptr_t)ptr >> 4;
	return &base_state.mem.buckets[(key * 0x9E3779B97F4A7C15ULL) >> 48];
}

__attribute__((noinline)) static void block_add(const void *ptr)
{
	MemBlock *block = malloc(sizeof(*block));
	if (!block)
		return;
	block->ptr = ptr;
	block->size = malloc_usable_size((void *)ptr);
	block->nb_frames = backtrace(block->frames, MAX_FRAMES);
	pthread_mutex_lock(&base_state.mem.lock);
	if (base_state.mem.buckets) {
		MemBlock **bucket = bucket_of(ptr);
		block->next = *bucket;
		*bucket = block;
		block = NULL;
	}
	pthread_mutex_unlock(&base_state.mem.lock);
	free(block);
}

static void block_remove(const void *ptr)
{
	MemBlock *found = NULL;
	pthread_mutex_lock(&base_state.mem.lock);
	if (base_state.mem.buckets) {
		MemBlock **link = bucket_of(ptr);
		while (*link && (*link)->ptr != ptr)
			link = &(*link)->next;
		found = *link;
		if (found)
			*link = found->next;
	}
	pthread_mutex_unlock(&base_state.mem.lock);
	free(found);
}

static Bool is_tracked(void)
{
	return atomic_load_explicit(&base_state.mem.tracked, memory_order_relaxed);
}

static void count(size_t added, size_t removed)
{
	atomic_fetch_add_explicit(&base_state.mem.bytes, (u64)added - (u64)removed, memory_order_relaxed);
}

static void *added(void *ptr)
{
	if (!ptr)
		return NULL;
	count(malloc_usable_size(ptr), 0);
	if (is_tracked())
		block_add(ptr);
	return ptr;
}

void *gf_malloc(size_t size)
{
	return added(malloc(size));
}

void *gf_calloc(size_t num, size_t size_of)
{
	return added(calloc(num, size_of));
}

void *gf_realloc(void *ptr, size_t size)
{
	if (!ptr)
		return gf_malloc(size);
	if (!size) {
		gf_free(ptr);
		return NULL;
	}
	// out of the table first: once moved, the old address may be given to another thread
	Bool tracked = is_tracked();
	if (tracked)
		block_remove(ptr);
	size_t old_size = malloc_usable_size(ptr);
	void *moved = realloc(ptr, size);
	if (moved) {
		count(malloc_usable_size(moved), old_size);
		ptr = moved;
	}
	if (tracked)
		block_add(ptr);
	return moved;
}

void gf_free(void *ptr)
{
	if (!ptr)
		return;
	if (is_tracked())
		block_remove(ptr);
	count(0, malloc_usable_size(ptr));
	free(ptr);
}

char *gf_strdup(const char *str)
{
	if (!str)
		return NULL;
	size_t size = strlen(str) + 1;
	char *copy = gf_malloc(size);
	if (copy)
		memcpy(copy, str, size);
	return copy;
}

u64 gf_memory_size(void)
{
	return atomic_load_explicit(&base_state.mem.bytes, memory_order_relaxed);
}

static void free_table(MemBlock **buckets)
{
	if (!buckets)
		return;
	for (u32 i = 0; i < NB_BUCKETS; i++) {
		while (buckets[i]) {
			MemBlock *next = buckets[i]->next;
			free(buckets[i]);
			buckets[i] = next;
		}
	}
	free(buckets);
}

void mem_set_tracker(GF_MemTrackerType type)
{
	Bool on = type == GF_MemTrackerBackTrace;
	MemBlock **buckets = on ? calloc(NB_BUCKETS, sizeof(*buckets)) : NULL;
	pthread_mutex_lock(&base_state.mem.lock);
	MemBlock **old = base_state.mem.buckets;
	base_state.mem.buckets = buckets;
	atomic_store(&base_state.mem.tracked, buckets != NULL);
	pthread_mutex_unlock(&base_state.mem.lock);
	free_table(old);
}

// A copy of the table, so that printing it may allocate and lock.
static MemBlock *snapshot(u32 *nb_blocks)
{
	u32 nb = 0;
	MemBlock *blocks = NULL;
	pthread_mutex_lock(&base_state.mem.lock);
	MemBlock **buckets = base_state.mem.buckets;
	for (u32 i = 0; buckets && i < NB_BUCKETS; i++)
		for (MemBlock *b = buckets[i]; b; b = b->next)
			nb++;
	if (nb)
		blocks = malloc(nb * sizeof(*blocks));
	*nb_blocks = blocks ? nb : 0;
	nb = 0;
	for (u32 i = 0; blocks && i < NB_BUCKETS; i++)
		for (MemBlock *b = buckets[i]; b; b = b->next)
			blocks[nb++] = *b;
	pthread_mutex_unlock(&base_state.mem.lock);
	return blocks;
}

static void print_block(const MemBlock *block)
{
	GF_LOG(GF_LOG_INFO, GF_LOG_MEMORY, ("[mem] %zu bytes at %p\n", block->size, block->ptr));
	char **names = backtrace_symbols(block->frames, block->nb_frames);
	for (int i = OWN_FRAMES; names && i < block->nb_frames; i++)
		GF_LOG(GF_LOG_INFO, GF_LOG_MEMORY, ("[mem]   %s\n", names[i]));
	free(names);
}

void gf_memory_print(void)
{
	GF_LOG(GF_LOG_INFO, GF_LOG_MEMORY,
		("[mem] %llu bytes allocated, %u files open%s\n", (unsigned long long)gf_memory_size(),
			gf_file_handles_count(), is_tracked() ? "" : " (init with mem_track 2 to list each block)"));
	u32 nb_blocks;
	MemBlock *blocks = snapshot(&nb_blocks);
	for (u32 i = 0; i < nb_blocks; i++)
		print_block(&blocks[i]);
	free(blocks);
	file_log_open();
}
