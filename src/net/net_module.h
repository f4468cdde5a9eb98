// SPDX-License-Identifier: MIT
// The parts of the module gf_net.so.
#ifndef NET_NET_MODULE_H
#define NET_NET_MODULE_H

#include "net/net.h"

extern const NetServerApi net_server_api;
extern const NetClientApi net_client_api;

#endif
