// SPDX-License-Identifier: MIT
// Requests that wait for a time, in a binary heap: the earliest is the first.
#include "base/array.h"
#include "filters/httpout.h"

static void place(HttpOut *out, HttpRequest *r, u32 pos)
{
	out->sleepers[pos] = r;
	r->sleep_pos = pos + 1;
}

static void sift_up(HttpOut *out, u32 pos)
{
	HttpRequest *r = out->sleepers[pos];
	while (pos && out->sleepers[(pos - 1) / 2]->wake_us > r->wake_us) {
		place(out, out->sleepers[(pos - 1) / 2], pos);
		pos = (pos - 1) / 2;
	}
	place(out, r, pos);
}

static void sift_down(HttpOut *out, u32 pos)
{
	HttpRequest *r = out->sleepers[pos];
	while (GF_TRUE) {
		u32 child = 2 * pos + 1;
		if (child >= out->nb_sleepers)
			break;
		if (child + 1 < out->nb_sleepers && out->sleepers[child + 1]->wake_us < out->sleepers[child]->wake_us)
			child++;
		if (out->sleepers[child]->wake_us >= r->wake_us)
			break;
		place(out, out->sleepers[child], pos);
		pos = child;
	}
	place(out, r, pos);
}

void http_sleep(HttpRequest *r, u32 us)
{
	HttpOut *out = r->out;
	http_unsleep(r);
	if (array_reserve(&out->sleepers, &out->alloc_sleepers, out->nb_sleepers, 1, sizeof(r))) {
		out->net->close(r->x);
		return;
	}
	r->wake_us = gf_sys_clock_high_res() + us;
	place(out, r, out->nb_sleepers++);
	sift_up(out, r->sleep_pos - 1);
}

void http_unsleep(HttpRequest *r)
{
	HttpOut *out = r->out;
	if (!r->sleep_pos)
		return;
	u32 pos = r->sleep_pos - 1;
	HttpRequest *last = out->sleepers[--out->nb_sleepers];
	r->sleep_pos = 0;
	if (last == r)
		return;
	place(out, last, pos);
	sift_up(out, pos);
	sift_down(out, last->sleep_pos - 1);
}

Bool http_wake_sleepers(HttpOut *out)
{
	u64 clock = out->nb_sleepers ? gf_sys_clock_high_res() : 0;
	Bool any = GF_FALSE;
	while (out->nb_sleepers && out->sleepers[0]->wake_us <= clock) {
		HttpRequest *r = out->sleepers[0];
		http_unsleep(r);
		out->net->resume(r->x);
		any = GF_TRUE;
	}
	return any;
}

u32 http_next_wake(const HttpOut *out)
{
	if (!out->nb_sleepers)
		return NET_NO_WAIT;
	u64 clock = gf_sys_clock_high_res(), due = out->sleepers[0]->wake_us;
	return due > clock ? (u32)(due - clock) : 0;
}
