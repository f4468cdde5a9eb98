// SPDX-License-Identifier: MIT
#ifndef GPAC_SETUP_H
#define GPAC_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef GF_EXPORT
#define GF_EXPORT __attribute__((visibility("default")))
#endif

// Lets the compiler check the arguments of a printf-like function.
#define GF_PRINTF(fmt_at, args_at) __attribute__((format(printf, fmt_at, args_at)))

typedef uint8_t u8;
typedef int8_t s8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;
typedef float Float;
typedef double Double;
typedef float Fixed;
typedef u8 bin128[16];

typedef enum { GF_FALSE = 0, GF_TRUE = 1 } Bool;

// Longest path, and room for the text of a four-character code.
#define GF_MAX_PATH 4096
#define GF_4CC(a, b, c, d) (((u32)(a) << 24) | ((u32)(b) << 16) | ((u32)(c) << 8) | (u32)(d))
#define GF_4CC_MSIZE 10

typedef struct gf_fraction {
	s32 num;
	u32 den;
} GF_Fraction;

typedef struct gf_fraction64 {
	s64 num;
	u64 den;
} GF_Fraction64;

// Memory that crosses the interface. Blocks are counted; any thread, any time. NULL when memory is short.
GF_EXPORT void *gf_malloc(size_t size);
// Zeroed.
GF_EXPORT void *gf_calloc(size_t num, size_t size_of);
// Size 0 frees and returns NULL; a NULL block is a new one.
GF_EXPORT void *gf_realloc(void *ptr, size_t size);
// NULL allowed.
GF_EXPORT void gf_free(void *ptr);
// A copy, NULL for NULL.
GF_EXPORT char *gf_strdup(const char *str);
// Bytes in use now, exactly: what the C library reserved for all live blocks.
GF_EXPORT u64 gf_memory_size(void);
// Logs this, with GF_MemTrackerBackTrace each live block, and the files still open, with tool `mem`, level
// info.
GF_EXPORT void gf_memory_print(void);

#ifdef __cplusplus
}
#endif

#endif
