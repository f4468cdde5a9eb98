// SPDX-License-Identifier: MIT
#include <gnutls/crypto.h>

#include "net/net_module.h"

static Bool sha256(const void *data, size_t size, u8 digest[32])
{
	return gnutls_hash_fast(GNUTLS_DIG_SHA256, data, size, digest) == 0;
}

static const NetModule functions = {&net_server_api, &net_client_api, sha256, net_compress};

// What module_table (base/module.h) looks for.
__attribute__((visibility("default"))) extern const void *const gf_module_table;
const void *const gf_module_table = &functions;
