// SPDX-License-Identifier: MIT
// Functions of the API whose servers and clients do not exist in this version. They are exported so that
// programs written for the whole API load, and each answers with one clear message.
#include <gpac/dash.h>
#include <gpac/filter.h>
#include <gpac/log.h>
#include <gpac/rmt_ws.h>

static GF_Err not_supported(const char *function, const char *what)
{
	GF_LOG(GF_LOG_ERROR, GF_LOG_CORE, ("[core] %s: this version has no %s\n", function, what));
	return GF_NOT_SUPPORTED;
}

// ---- DASH client

GF_Err gf_filter_bind_dash_algo_callbacks(GF_Filter *filter, void *udta,
	void (*period_reset)(void *udta, u32 type), void (*new_group)(void *udta, u32 group_idx, void *dash),
	s32 (*rate_adaptation)(void *udta, u32 group_idx, u32 base_group_idx, Bool force_low_complex, void *stats),
	s32 (*download_monitor)(void *udta, u32 group_idx, void *stats))
{
	(void)filter;
	(void)udta;
	(void)period_reset;
	(void)new_group;
	(void)rate_adaptation;
	(void)download_monitor;
	return not_supported("gf_filter_bind_dash_algo_callbacks", "DASH client");
}

u32 gf_dash_group_get_num_qualities(GF_DashClient *dash, u32 group_idx)
{
	(void)dash;
	(void)group_idx;
	return 0;
}

GF_Err gf_dash_group_get_quality_info(GF_DashClient *dash, u32 group_idx, u32 quality_idx, GF_DASHQualityInfo *quality)
{
	(void)dash;
	(void)group_idx;
	(void)quality_idx;
	(void)quality;
	return not_supported("gf_dash_group_get_quality_info", "DASH client");
}

u64 gf_dash_get_period_duration(GF_DashClient *dash)
{
	(void)dash;
	return 0;
}

Bool gf_dash_group_get_srd_info(GF_DashClient *dash, u32 group_idx, u32 *srd_id, u32 *srd_x, u32 *srd_y, u32 *srd_w,
	u32 *srd_h, u32 *srd_width, u32 *srd_height)
{
	(void)dash;
	(void)group_idx;
	u32 *const results[] = {srd_id, srd_x, srd_y, srd_w, srd_h, srd_width, srd_height};
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (results[i])
			*results[i] = 0;
	}
	return GF_FALSE;
}

// ---- WebSocket servers

GF_Err gf_sys_enable_rmtws(Bool start)
{
	return start ? not_supported("gf_sys_enable_rmtws", "WebSocket server") : GF_OK;
}

void *gf_sys_get_rmtws(void)
{
	return NULL;
}

GF_Err gf_sys_enable_userws(Bool start)
{
	return start ? not_supported("gf_sys_enable_userws", "WebSocket server") : GF_OK;
}

void *gf_sys_get_userws(void)
{
	return NULL;
}

GF_Err gf_rmt_set_on_new_client_cbk(RMT_WS *rmt, void *task, rmt_on_new_client_cbk cbk)
{
	(void)rmt;
	(void)task;
	(void)cbk;
	return GF_OK;
}

const char *gf_rmt_get_peer_address(RMT_ClientCtx *client)
{
	(void)client;
	return NULL;
}

GF_Err gf_rmt_client_send_to_ws(RMT_ClientCtx *client, const char *msg, u64 size, Bool is_binary)
{
	(void)client;
	(void)msg;
	(void)size;
	(void)is_binary;
	return not_supported("gf_rmt_client_send_to_ws", "WebSocket server");
}

GF_Err gf_rmt_client_set_on_data_cbk(RMT_ClientCtx *client, void *task, rmt_client_on_data_cbk cbk)
{
	(void)client;
	(void)task;
	(void)cbk;
	return GF_OK;
}

GF_Err gf_rmt_client_set_on_del_cbk(RMT_ClientCtx *client, void *task, rmt_client_on_del_cbk cbk)
{
	(void)client;
	(void)task;
	(void)cbk;
	return GF_OK;
}
