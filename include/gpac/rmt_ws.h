// SPDX-License-Identifier: MIT
// WebSocket servers for monitoring, and for the application.
#ifndef GPAC_RMT_WS_H
#define GPAC_RMT_WS_H

#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rmt_ws RMT_WS;
typedef struct rmt_clientctx RMT_ClientCtx;
typedef void (*rmt_on_new_client_cbk)(void *task, void *new_client);
typedef void (*rmt_client_on_data_cbk)(void *task, const u8 *payload, u64 size, Bool is_binary);
typedef void (*rmt_client_on_del_cbk)(void *task);

// This version has no such server: starting one answers GF_NOT_SUPPORTED, there is no handle of one, and the
// functions on handles do nothing.

GF_EXPORT GF_Err gf_sys_enable_rmtws(Bool start);
GF_EXPORT void *gf_sys_get_rmtws(void);
GF_EXPORT GF_Err gf_sys_enable_userws(Bool start);
GF_EXPORT void *gf_sys_get_userws(void);
GF_EXPORT GF_Err gf_rmt_set_on_new_client_cbk(RMT_WS *rmt, void *task, rmt_on_new_client_cbk cbk);
GF_EXPORT const char *gf_rmt_get_peer_address(RMT_ClientCtx *client);
GF_EXPORT GF_Err gf_rmt_client_send_to_ws(RMT_ClientCtx *client, const char *msg, u64 size, Bool is_binary);
GF_EXPORT GF_Err gf_rmt_client_set_on_data_cbk(RMT_ClientCtx *client, void *task, rmt_client_on_data_cbk cbk);
GF_EXPORT GF_Err gf_rmt_client_set_on_del_cbk(RMT_ClientCtx *client, void *task, rmt_client_on_del_cbk cbk);

#ifdef __cplusplus
}
#endif

#endif
