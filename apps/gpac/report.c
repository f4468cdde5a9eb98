// SPDX-License-Identifier: MIT
// The progress line of `-r`: what the sources delivered, at which rate, and the time left.
#include <string.h>
#include <unistd.h>
#include "app.h"

static const char *human_bytes(u64 bytes, char buf[32])
{
	static const char units[] = " kMGT";
	double v = (double)bytes;
	u32 u = 0;
	while (v >= 1000 && u < 4) {
		v /= 1000;
		u++;
	}
	snprintf(buf, 32, u ? "%.1f %cB" : "%.0f %cB", v, units[u]);
	return buf;
}

typedef struct {
	u64 bytes;       // taken in by the demultiplexers and other first filters
	double done;     // media seconds delivered to the sinks
	double duration; // media seconds in all, 0 when unknown
} Progress;

static void read_duration(GF_Filter *f, Progress *p)
{
	u32 nb = gf_filter_get_ipid_count(f);
	for (u32 i = 0; i < nb; i++) {
		GF_PropertyEntry *entry = NULL;
		const GF_PropertyValue *v =
			gf_filter_pid_get_info(gf_filter_get_ipid(f, i), GF_PROP_PID_DURATION, &entry);
		if (v && v->value.lfrac.den) {
			double d = (double)v->value.lfrac.num / (double)v->value.lfrac.den;
			if (d > p->duration)
				p->duration = d;
		}
		gf_filter_release_property(entry);
	}
}

static void read_progress(GF_FilterSession *fs, Progress *p)
{
	u32 nb = gf_fs_get_filters_count(fs);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *f = gf_fs_get_filter(fs, i);
		GF_FilterStats s;
		if (gf_filter_get_stats(f, &s) != GF_OK)
			continue;
		read_duration(f, p);
		if (!s.nb_pid_out)
			p->bytes += gf_filter_get_bytes_done(f);
		if (s.last_ts_drop.den && s.last_ts_drop.num > 0) {
			double t = (double)s.last_ts_drop.num / (double)s.last_ts_drop.den;
			if (t > p->done)
				p->done = t;
		}
	}
}

static Bool show(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	AppReport *r = udta;
	Progress p = {0};
	char size[32], rate[32];
	read_progress(fs, &p);
	double elapsed = (double)(gf_sys_clock_high_res() - r->start_us) / 1000000.0;
	human_bytes(p.bytes, size);
	human_bytes(elapsed > 0 ? (u64)((double)p.bytes / elapsed) : 0, rate);
	const char *end = isatty(STDERR_FILENO) ? "\033[K\r" : "\n";
	if (p.duration > 0 && p.done > 0) {
		double part = p.done < p.duration ? p.done / p.duration : 1;
		u32 bars = (u32)(part * 30);
		fprintf(stderr, "[%.*s%*s] %3.0f%%  %s at %s/s  %.1fx  %.0f s left%s", (int)bars,
			"##############################", (int)(30 - bars), "", part * 100, size, rate, p.done / elapsed,
			elapsed * (1 - part) / part, end);
	} else {
		fprintf(stderr, "%s at %s/s  %.1f s%s", size, rate, elapsed, end);
	}
	*reschedule_ms = r->period_ms;
	return GF_TRUE;
}

void app_report_start(GF_FilterSession *fs, AppReport *r, u32 period_ms)
{
	r->start_us = gf_sys_clock_high_res();
	r->period_ms = period_ms;
	gf_fs_post_background_task(fs, show, r, period_ms);
}

void app_report_end(GF_FilterSession *fs, AppReport *r)
{
	u32 next;
	show(fs, r, &next);
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
}
