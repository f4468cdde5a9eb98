// SPDX-License-Identifier: MIT
// Real-time regulation: a packet leaves when the time since the first one has gone by on the wall clock.
#include <math.h>
#include <string.h>
#include "filters/reframer.h"

// Sooner than this is in time: timers are no more accurate.
#define TOLERANCE_US 2000
// An update of speed is seen at least this often.
#define MAX_WAIT_US 500000

void rf_pace_reset(RfCtx *ctx)
{
	memset(&ctx->clock, 0, sizeof(ctx->clock));
	for (u32 i = 0; i < gf_list_count(ctx->pids); i++)
		memset(&rf_pid_at(ctx, i)->clock, 0, sizeof(RfClock));
}

Bool rf_pace(RfCtx *ctx, RfPid *p, RfTime time)
{
	RfPacing mode = (RfPacing)ctx->opt.rt;
	if ((mode != RT_ON && mode != RT_SYNC) || time == RF_NO_TIME)
		return GF_TRUE;
	RfClock *clock = mode == RT_SYNC ? &ctx->clock : &p->clock;
	u64 now_us = gf_sys_clock_high_res();
	Double speed = fabs(ctx->opt.speed != 0 ? ctx->opt.speed : ctx->play_speed);
	if (speed == 0)
		speed = 1;
	if (!clock->started || clock->speed != speed) {
		clock->started = GF_TRUE;
		clock->start_us = now_us;
		clock->start_time = time;
		clock->speed = speed;
		return GF_TRUE;
	}
	Double media_us = (Double)(time - clock->start_time) * 1000000.0 / (Double)RF_SECOND;
	// played backwards, times go down
	if (ctx->play_speed < 0)
		media_us = -media_us;
	Double wait_us = media_us / speed - (Double)(now_us - clock->start_us);
	if (wait_us <= TOLERANCE_US)
		return GF_TRUE;
	if (wait_us < ctx->wait_us)
		ctx->wait_us = (u32)wait_us;
	if (ctx->wait_us > MAX_WAIT_US)
		ctx->wait_us = MAX_WAIT_US;
	return GF_FALSE;
}
