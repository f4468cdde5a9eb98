// SPDX-License-Identifier: MIT
#include "net/net_module.h"

static const NetModule functions = {&net_server_api, &net_client_api};

// What module_table (base/module.h) looks for.
__attribute__((visibility("default"))) extern const void *const gf_module_table;
const void *const gf_module_table = &functions;
