// SPDX-License-Identifier: MIT
#ifndef GPAC_NUMBERS_H
#define GPAC_NUMBERS_H

#include <gpac/setup.h>
#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

// All functions may be called at any time from any thread.

// Copies or appends a string to a buffer of `dsize` bytes, which is always terminated. Returns the length
// that the result would have in a large enough buffer.
GF_EXPORT size_t gf_strlcpy(char *dst, const char *src, size_t dsize);
GF_EXPORT size_t gf_strlcat(char *dst, const char *src, size_t dsize);
// Appends to a string of the heap (or NULL), which is reallocated; `sep` goes in between when the string is
// not empty. NULL `to_append`: nothing. GF_OUT_OF_MEM leaves the string as it was.
GF_EXPORT GF_Err gf_dynstrcat(char **str, const char *to_append, const char *sep);
// True when `text` contains the first `subtext_len` characters of `subtext`, whatever their case.
GF_EXPORT Bool gf_strnistr(const char *text, const char *subtext, u32 subtext_len);
// First occurrence of a pattern in a buffer that need not be terminated, or NULL.
GF_EXPORT const char *gf_strmemstr(const char *data, u32 data_size, const char *pat);

// Reads a decimal integer and nothing else: no leading space, no trailing character, no overflow. `*ans` is
// set only on success.
GF_EXPORT Bool gf_strict_atoi(const char *str, s32 *ans);
GF_EXPORT Bool gf_strict_atoui(const char *str, u32 *ans);
// Reads `num/den` or `num-den` (text after these is ignored), an integer, or a number with a decimal mark
// (dot or comma), which becomes exact over a power of ten: 29.97 is 2997/100. Never reduced. False, with 0/0
// in `*frac`, for any other text and for values that do not fit.
GF_EXPORT Bool gf_parse_frac(const char *str, GF_Fraction *frac);
GF_EXPORT Bool gf_parse_lfrac(const char *str, GF_Fraction64 *frac);
// Reads 32 hexadecimal digits (UUID, key, key ID); other characters and a leading 0x are skipped.
// GF_BAD_PARAM for another number of digits.
GF_EXPORT GF_Err gf_bin128_parse(const char *string, bin128 value);

// Text of a four-character code: printable bytes as they are, Latin-1 signs in UTF-8, other bytes as two
// hexadecimal digits. The first form returns a buffer of the thread, valid for its ten last calls.
GF_EXPORT const char *gf_4cc_to_str(u32 type);
GF_EXPORT const char *gf_4cc_to_str_safe(u32 type, char szType[GF_4CC_MSIZE]);
// Code of a text of exactly four bytes; for any other an error is logged and 0 returned.
GF_EXPORT u32 gf_4cc_parse(const char *val);
// CRC-32 of ISO/IEC 13818-1 annex A: polynomial 0x04C11DB7, from all ones, not reflected, not inverted.
GF_EXPORT u32 gf_crc_32(const u8 *data, u32 size);

// Ticks of one timescale in another, rounded towards zero, computed in 128 bits. The first form returns
// GF_FILTER_NO_TS as it is. A timescale of 0 gives 0.
GF_EXPORT u64 gf_timestamp_rescale(u64 value, u64 timescale, u64 new_timescale);
GF_EXPORT s64 gf_timestamp_rescale_signed(s64 value, u64 timescale, u64 new_timescale);
// Compare value1/timescale1 with value2/timescale2, exactly.
GF_EXPORT Bool gf_timestamp_less(u64 value1, u64 timescale1, u64 value2, u64 timescale2);
GF_EXPORT Bool gf_timestamp_less_or_equal(u64 value1, u64 timescale1, u64 value2, u64 timescale2);
GF_EXPORT Bool gf_timestamp_greater(u64 value1, u64 timescale1, u64 value2, u64 timescale2);
GF_EXPORT Bool gf_timestamp_greater_or_equal(u64 value1, u64 timescale1, u64 value2, u64 timescale2);
GF_EXPORT Bool gf_timestamp_equal(u64 value1, u64 timescale1, u64 value2, u64 timescale2);
// HH:MM:SS.mmm, after `D Days, ` or `Y Years D Days, ` from one day on. Returns the buffer.
GF_EXPORT const char *gf_format_duration(u64 dur, u32 timescale, char szDur[100]);

// A time code of SMPTE ST 12-1.
typedef struct gf_timecode {
	Float max_fps; // frames per second, also 29.97 and the like
	u16 n_frames;
	u8 hours;
	u8 minutes;
	u8 seconds;
	u8 drop_frame; // labels are skipped so that they follow the clock
	u8 negative;
	u8 counting_type; // of the time code SEI message of ISO/IEC 23008-2; only carried
} GF_TimeCode;

// HH:MM:SS:FF, with ';' before the frames for drop-frame. Returns the buffer.
GF_EXPORT const char *gf_format_timecode(GF_TimeCode *tc, char szTimecode[100]);
// Ticks from 00:00:00:00, without the sign.
GF_EXPORT u64 gf_timecode_to_timestamp(GF_TimeCode *tc, u32 timescale);
// Compare the instants, also of different frame rates.
GF_EXPORT Bool gf_timecode_less(GF_TimeCode *value1, GF_TimeCode *value2);
GF_EXPORT Bool gf_timecode_less_or_equal(GF_TimeCode *value1, GF_TimeCode *value2);
GF_EXPORT Bool gf_timecode_greater(GF_TimeCode *value1, GF_TimeCode *value2);
GF_EXPORT Bool gf_timecode_greater_or_equal(GF_TimeCode *value1, GF_TimeCode *value2);
GF_EXPORT Bool gf_timecode_equal(GF_TimeCode *value1, GF_TimeCode *value2);

#ifdef __cplusplus
}
#endif

#endif
