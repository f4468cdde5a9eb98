// SPDX-License-Identifier: MIT
#ifndef GPAC_NUMBERS_H
#define GPAC_NUMBERS_H

#include <gpac/setup.h>
#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gf_timecode {
	Float max_fps;
	u16 n_frames;
	u8 hours;
	u8 minutes;
	u8 seconds;
	u8 drop_frame;
	u8 negative;
	u8 counting_type;
} GF_TimeCode;
GF_EXPORT size_t gf_strlcpy(char *dst, const char *src, size_t dsize);
GF_EXPORT size_t gf_strlcat(char *dst, const char *src, size_t dsize);
GF_EXPORT GF_Err gf_dynstrcat(char **str, const char *to_append, const char *sep);
GF_EXPORT Bool gf_parse_frac(const char *str, GF_Fraction *frac);
GF_EXPORT Bool gf_parse_lfrac(const char *str, GF_Fraction64 *frac);
GF_EXPORT Bool gf_strnistr(const char *text, const char *subtext, u32 subtext_len);
GF_EXPORT const char *gf_strmemstr(const char *data, u32 data_size, const char *pat);
GF_EXPORT Bool gf_strict_atoi(const char *str, s32 *ans);
GF_EXPORT Bool gf_strict_atoui(const char *str, u32 *ans);
GF_EXPORT u64 gf_timestamp_rescale(u64 value, u64 timescale, u64 new_timescale);
GF_EXPORT s64 gf_timestamp_rescale_signed(s64 value, u64 timescale, u64 new_timescale);
GF_EXPORT Bool gf_timestamp_less(u64 value1, u64 timescale1, u64 value2, u64 timescale2);
GF_EXPORT Bool gf_timestamp_less_or_equal(u64 value1, u64 timescale1, u64 value2, u64 timescale2);
GF_EXPORT Bool gf_timestamp_greater(u64 value1, u64 timescale1, u64 value2, u64 timescale2);
GF_EXPORT Bool gf_timestamp_greater_or_equal(u64 value1, u64 timescale1, u64 value2, u64 timescale2);
GF_EXPORT Bool gf_timestamp_equal(u64 value1, u64 timescale1, u64 value2, u64 timescale2);
GF_EXPORT const char *gf_format_duration(u64 dur, u32 timescale, char szDur[100]);
GF_EXPORT const char *gf_format_timecode(GF_TimeCode *tc, char szTimecode[100]);
GF_EXPORT u64 gf_timecode_to_timestamp(GF_TimeCode *tc, u32 timescale);
GF_EXPORT Bool gf_timecode_less(GF_TimeCode *value1, GF_TimeCode *value2);
GF_EXPORT Bool gf_timecode_less_or_equal(GF_TimeCode *value1, GF_TimeCode *value2);
GF_EXPORT Bool gf_timecode_greater(GF_TimeCode *value1, GF_TimeCode *value2);
GF_EXPORT Bool gf_timecode_greater_or_equal(GF_TimeCode *value1, GF_TimeCode *value2);
GF_EXPORT Bool gf_timecode_equal(GF_TimeCode *value1, GF_TimeCode *value2);
GF_EXPORT const char *gf_4cc_to_str(u32 type);
GF_EXPORT const char *gf_4cc_to_str_safe(u32 type, char szType[GF_4CC_MSIZE]);
GF_EXPORT u32 gf_4cc_parse(const char *val);
GF_EXPORT u32 gf_crc_32(const u8 *data, u32 size);
GF_EXPORT GF_Err gf_bin128_parse(const char *string, bin128 value);

#ifdef __cplusplus
}
#endif

#endif
