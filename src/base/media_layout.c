// SPDX-License-Identifier: MIT
// Channel layouts: code points of ISO/IEC 23091-3 and speaker masks.
#include <string.h>
#include <strings.h>

#include <gpac/constants.h>
#include <gpac/log.h>
#include <gpac/numbers.h>

typedef struct {
	u32 code;
	const char *name; // front/surround.LFE channels
	u64 mask;         // GF_AUDIO_CH_
} Layout;

static const Layout layouts[] = {
	{1, "mono", 0x4},
	{2, "stereo", 0x3},
	{3, "3/0.0", 0x7},
	{4, "3/1.0", 0x407},
	{5, "3/2.0", 0x37},
	{6, "3/2.1", 0x3F},
	{7, "5/2.1", 0xFF},
	{8, "1+1", 0x3},
	{9, "2/1.0", 0x403},
	{10, "2/2.0", 0x33},
	{11, "3/3.1", 0x43F},
	{12, "3/4.1", 0x33F},
	{13, "11/11.2", 0x3FFE67CF},
	{14, "5/2.1", 0x6003F},
	{15, "5/5.2", 0x606603F},
	{16, "5/4.1", 0x36003F},
	{17, "6/5.1", 0x23E003F},
	{18, "6/7.1", 0x600023E003F},
	{19, "5/6.1", 0x36630F},
	{20, "7/6.1", 0x600036630F},
};
#define NB_LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

static const Layout *find_code(u32 code)
{
	for (u32 i = 0; i < NB_LAYOUTS; i++)
		if (layouts[i].code == code)
			return &layouts[i];
	return NULL;
}

static const Layout *find_mask(u64 mask)
{
	for (u32 i = 0; i < NB_LAYOUTS; i++)
		if (layouts[i].mask == mask)
			return &layouts[i];
	return NULL;
}

// A layout by its whole name, else by its code point.
static const Layout *find_name(const char *name)
{
	for (u32 i = 0; name && i < NB_LAYOUTS; i++)
		if (!strcasecmp(layouts[i].name, name))
			return &layouts[i];
	u32 code;
	return gf_strict_atoui(name, &code) ? find_code(code) : NULL;
}

static void warn_unknown_code(u32 code)
{
	GF_LOG(GF_LOG_WARNING, GF_LOG_CORE, ("[core] unknown channel layout code %u\n", code));
}

static void warn_unknown_mask(u64 mask)
{
	GF_LOG(GF_LOG_WARNING, GF_LOG_CORE,
		("[core] no channel layout has the mask 0x%llx\n", (unsigned long long)mask));
}

static void warn_unknown_name(const char *name)
{
	GF_LOG(GF_LOG_WARNING, GF_LOG_CORE, ("[core] unknown channel layout \"%s\"\n", name ? name : ""));
}

u64 gf_audio_fmt_get_layout_from_cicp(u32 cicp_layout)
{
	const Layout *layout = find_code(cicp_layout);
	if (!layout)
		warn_unknown_code(cicp_layout);
	return layout ? layout->mask : 0;
}

u32 gf_audio_fmt_get_cicp_from_layout(u64 chan_layout)
{
	const Layout *layout = find_mask(chan_layout);
	if (!layout)
		warn_unknown_mask(chan_layout);
	return layout ? layout->code : 255;
}

u32 gf_audio_fmt_get_num_channels_from_layout(u64 chan_layout)
{
	return (u32)__builtin_popcountll(chan_layout);
}

const char *gf_audio_fmt_get_layout_name_from_cicp(u32 cicp_layout)
{
	const Layout *layout = find_code(cicp_layout);
	if (!layout)
		warn_unknown_code(cicp_layout);
	return layout ? layout->name : "unknown";
}

const char *gf_audio_fmt_get_layout_name(u64 chan_layout)
{
	static const u64 surround = GF_AUDIO_CH_SURROUND_LEFT | GF_AUDIO_CH_SURROUND_RIGHT;
	static const u64 rear = GF_AUDIO_CH_REAR_SURROUND_LEFT | GF_AUDIO_CH_REAR_SURROUND_RIGHT;
	const Layout *layout = find_mask(chan_layout);
	// decoders disagree on which of the two pairs a single surround pair is
	if (!layout && (chan_layout & surround) && !(chan_layout & rear))
		layout = find_mask((chan_layout & ~surround) | (chan_layout & surround) << 4);
	if (!layout)
		warn_unknown_mask(chan_layout);
	return layout ? layout->name : "unknown";
}

u64 gf_audio_fmt_get_layout_from_name(const char *name)
{
	const Layout *layout = find_name(name);
	if (!layout)
		warn_unknown_name(name);
	return layout ? layout->mask : 0;
}

u32 gf_audio_fmt_get_cicp_from_name(const char *name)
{
	const Layout *layout = find_name(name);
	if (!layout)
		warn_unknown_name(name);
	return layout ? layout->code : 0;
}

const char *gf_audio_fmt_get_cicp_name(u32 cicp_code)
{
	const Layout *layout = find_code(cicp_code);
	return layout ? layout->name : NULL;
}

u32 gf_audio_fmt_cicp_enum(u32 idx, const char **short_name, u64 *ch_mask)
{
	if (idx >= NB_LAYOUTS)
		return 0;
	if (short_name)
		*short_name = layouts[idx].name;
	if (ch_mask)
		*ch_mask = layouts[idx].mask;
	return layouts[idx].code;
}

u32 gf_audio_fmt_get_cicp_layout(u32 nb_chan, u32 nb_surr, u32 nb_lfe)
{
	static const struct {
		u8 front, surround, lfe, code;
	} known[] = {
		{1, 0, 0, 1},
		{2, 0, 0, 2},
		{3, 0, 0, 3},
		{3, 1, 0, 4},
		{3, 2, 0, 5},
		{3, 2, 1, 6},
		{5, 0, 1, 6},
		{6, 0, 0, 6},
		{5, 2, 1, 7},
		{2, 1, 0, 9},
		{2, 2, 0, 10},
		{3, 3, 1, 11},
		{4, 2, 1, 11},
		{3, 4, 1, 12},
		{11, 11, 2, 13},
		{5, 5, 2, 15},
		{5, 4, 1, 16},
		{10, 0, 0, 16},
		{6, 5, 1, 17},
		{6, 7, 1, 18},
		{5, 6, 1, 19},
		{7, 6, 1, 20},
	};
	for (u32 i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if ((u64)known[i].front + nb_surr + nb_lfe == nb_chan && known[i].surround == nb_surr &&
			known[i].lfe == nb_lfe)
			return known[i].code;
	GF_LOG(GF_LOG_WARNING, GF_LOG_CORE,
		("[core] no channel layout of %u channels with %u surround and %u LFE\n", nb_chan, nb_surr, nb_lfe));
	return 0;
}
