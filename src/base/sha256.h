// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4).
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <gpac/setup.h>

#define SHA256_SIZE 32

typedef struct {
	u32 state[8];
	u64 size; // bytes so far
	u8 block[64];
} Sha256;

void sha256_init(Sha256 *sha);
void sha256_add(Sha256 *sha, const void *data, size_t size);
void sha256_end(Sha256 *sha, u8 digest[SHA256_SIZE]);

#endif
