// SPDX-License-Identifier: MIT
// Rates of the downloads of a session, and their common limit.
//
// The limit is kept as the time at which all that was received would have come at that rate: nothing is received
// before. A little of the past may be caught up, since a session wakes late now and then.
#include <gpac/download.h>

#include "graph/engine.h"

#define CATCH_UP_US 50000
#define PERIOD_US 500000
#define RATE_LOST 0xFFFFFFFFu
#define LOST_WAIT_US 100000

struct gf_download {
	GF_FilterSession *fs;
	GF_Download *prev, *next;
	Bool active;
	u64 start_us; // of the period being measured
	u64 bytes;    // in it
	u32 rate;     // of the period before, 0 when there is none
	u64 last_us;  // of the last bytes
	u64 gap_us;   // longest time between bytes of one burst, 0 when all time counts
};

static u64 rate_of(u64 bytes, u64 us)
{
	u64 rate = us ? (u64)((double)bytes * 8000000 / (double)us) : 0;
	return rate < 0xFFFFFFFFu ? rate : 0xFFFFFFFFu;
}

// Time in the period. A pause counts up to the longest one of a burst: behind that the server may have nothing to send.
static u64 time_spent(const GF_Download *d, u64 clock)
{
	u64 end = d->gap_us && clock - d->last_us > d->gap_us ? d->last_us + d->gap_us : clock;
	return end - d->start_us;
}

static u32 current_rate(const GF_Download *d)
{
	if (!d->active)
		return 0;
	u64 spent = time_spent(d, gf_sys_clock_high_res());
	if (d->rate && spent < PERIOD_US)
		return d->rate;
	return (u32)rate_of(d->bytes, spent);
}

// ---- sessions

u32 gf_fs_get_http_max_rate(GF_FilterSession *session)
{
	return session ? atomic_load(&session->downloads.max_rate) : 0;
}

GF_Err gf_fs_set_http_max_rate(GF_FilterSession *session, u32 rate)
{
	if (!session)
		return GF_BAD_PARAM;
	atomic_store(&session->downloads.max_rate, rate);
	return GF_OK;
}

// Not under the lock of the graph: callers may hold a lock that callbacks of the session wait for.
u32 gf_fs_get_http_rate(GF_FilterSession *session)
{
	u64 sum = 0;
	if (!session)
		return 0;
	SessionDownloads *all = &session->downloads;
	pthread_mutex_lock(&all->lock);
	for (const GF_Download *d = all->first; d; d = d->next)
		sum += current_rate(d);
	pthread_mutex_unlock(&all->lock);
	return sum < 0xFFFFFFFFu ? (u32)sum : 0xFFFFFFFFu;
}

void downloads_init(GF_FilterSession *fs)
{
	pthread_mutex_init(&fs->downloads.lock, NULL);
	atomic_init(&fs->downloads.max_rate, gf_opts_get_int("core", "maxrate"));
}

void downloads_close(GF_FilterSession *fs)
{
	if (fs->downloads.shared)
		fs->downloads.shared_del(fs->downloads.shared);
	pthread_mutex_destroy(&fs->downloads.lock);
}

// ---- downloads

GF_Download *gf_download_new(GF_Filter *filter)
{
	GF_Download *d = filter ? gf_calloc(1, sizeof(*d)) : NULL;
	if (!d)
		return NULL;
	d->fs = filter->fs;
	pthread_mutex_lock(&d->fs->downloads.lock);
	d->next = d->fs->downloads.first;
	if (d->next)
		d->next->prev = d;
	d->fs->downloads.first = d;
	pthread_mutex_unlock(&d->fs->downloads.lock);
	return d;
}

void gf_download_del(GF_Download *download)
{
	if (!download)
		return;
	SessionDownloads *all = &download->fs->downloads;
	pthread_mutex_lock(&all->lock);
	*(download->prev ? &download->prev->next : &all->first) = download->next;
	if (download->next)
		download->next->prev = download->prev;
	pthread_mutex_unlock(&all->lock);
	gf_free(download);
}

void *gf_download_shared(GF_Download *download, void *(*make)(void), void (*release)(void *))
{
	SessionDownloads *all = &download->fs->downloads;
	if (!all->shared) {
		all->shared = make();
		all->shared_del = release;
	}
	return all->shared;
}

void gf_download_start(GF_Download *download)
{
	pthread_mutex_lock(&download->fs->downloads.lock);
	download->active = GF_TRUE;
	download->start_us = download->last_us = gf_sys_clock_high_res();
	download->gap_us = 0;
	download->bytes = 0;
	download->rate = 0;
	pthread_mutex_unlock(&download->fs->downloads.lock);
}

void gf_download_stop(GF_Download *download)
{
	pthread_mutex_lock(&download->fs->downloads.lock);
	download->active = GF_FALSE;
	pthread_mutex_unlock(&download->fs->downloads.lock);
}

void gf_download_received(GF_Download *download, u32 bytes, Bool in_bursts)
{
	SessionDownloads *all = &download->fs->downloads;
	u32 limit = atomic_load_explicit(&all->max_rate, memory_order_relaxed);
	u64 clock = gf_sys_clock_high_res();
	if (limit) {
		u64 earliest = clock > CATCH_UP_US ? clock - CATCH_UP_US : 0;
		u64 from = all->free_us > earliest ? all->free_us : earliest;
		all->free_us = from + (u64)bytes * 8000000 / limit;
	}
	u64 gap = in_bursts ? (u64)gf_opts_get_int("core", "cte-rate-wnd") * 1000 : 0;
	pthread_mutex_lock(&all->lock);
	if (gap && clock - download->last_us > gap)
		download->start_us += clock - download->last_us - gap;
	download->gap_us = gap;
	download->last_us = clock;
	if (clock - download->start_us >= PERIOD_US) {
		download->rate = (u32)rate_of(download->bytes, clock - download->start_us);
		download->start_us = clock;
		download->bytes = 0;
	}
	download->bytes += bytes;
	pthread_mutex_unlock(&all->lock);
}

u32 gf_download_rate(GF_Download *download)
{
	if (!download)
		return 0;
	pthread_mutex_lock(&download->fs->downloads.lock);
	u32 rate = current_rate(download);
	pthread_mutex_unlock(&download->fs->downloads.lock);
	return rate;
}

u32 gf_download_wait(GF_Download *download)
{
	SessionDownloads *all = &download->fs->downloads;
	u32 limit = atomic_load_explicit(&all->max_rate, memory_order_relaxed);
	u64 clock = gf_sys_clock_high_res();
	if (limit == RATE_LOST)
		return LOST_WAIT_US;
	if (!limit || all->free_us <= clock)
		return 0;
	u64 wait = all->free_us - clock;
	return wait < LOST_WAIT_US ? (u32)wait : LOST_WAIT_US; // the limit may be raised meanwhile
}
