// SPDX-License-Identifier: MIT
// Adaptation logic of DASH clients, supplied by the application.
#ifndef GPAC_DASH_H
#define GPAC_DASH_H

#include <gpac/filter.h>
#include <gpac/list.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gf_dash_client GF_DashClient;

// One quality of a group; strings belong to the client.
typedef struct {
	u32 bandwidth; // bit/s
	const char *ID;
	const char *mime;
	const char *codec;
	u32 width;
	u32 height;
	Bool interlaced;
	u32 fps_num;
	u32 fps_den;
	u32 par_num;
	u32 par_den;
	u32 sample_rate;
	u32 nb_channels;
	Bool disabled;
	Bool is_selected;
	Double ast_offset;       // seconds
	Double average_duration; // of segments, seconds
	const GF_List *seg_urls;
	const char *hls_variant_url;
	u32 ssr;
} GF_DASHQualityInfo;

// What the decision about the next segment may depend on.
typedef struct {
	u32 download_rate; // bit/s, divided by the speed
	u32 file_size;     // of the last segment, bytes
	Double speed;
	Double max_available_speed;
	u32 display_width;
	u32 display_height;
	u32 active_quality_idx;
	u32 buffer_min_ms;
	u32 buffer_max_ms;
	u32 buffer_occupancy_ms;
	u32 quality_degradation_hint; // 0 to 100
	u32 total_rate;               // bytes per second of all groups, 0 for local files
} GF_DASHCustomAlgoInfo;

// A download in progress.
typedef struct {
	u32 bits_per_sec;
	u64 total_bytes;
	u64 bytes_done;
	u64 us_since_start;
	u32 buffer_dur;      // milliseconds
	u32 current_seg_dur; // milliseconds
} GF_DASHDownloadStats;

// This version has no DASH client: the functions below answer GF_NOT_SUPPORTED, or nothing.

// Attaches an algorithm to a DASH client filter.
GF_EXPORT GF_Err gf_filter_bind_dash_algo_callbacks(GF_Filter *filter, void *udta,
	void (*period_reset)(void *udta, u32 type), void (*new_group)(void *udta, u32 group_idx, void *dash),
	s32 (*rate_adaptation)(void *udta, u32 group_idx, u32 base_group_idx, Bool force_low_complex, void *stats),
	s32 (*download_monitor)(void *udta, u32 group_idx, void *stats));
GF_EXPORT u32 gf_dash_group_get_num_qualities(GF_DashClient *dash, u32 group_idx);
GF_EXPORT GF_Err gf_dash_group_get_quality_info(
	GF_DashClient *dash, u32 group_idx, u32 quality_idx, GF_DASHQualityInfo *quality);
GF_EXPORT u64 gf_dash_get_period_duration(GF_DashClient *dash);
GF_EXPORT Bool gf_dash_group_get_srd_info(GF_DashClient *dash, u32 group_idx, u32 *srd_id, u32 *srd_x, u32 *srd_y,
	u32 *srd_w, u32 *srd_h, u32 *srd_width, u32 *srd_height);

#ifdef __cplusplus
}
#endif

#endif
