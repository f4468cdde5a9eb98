// SPDX-License-Identifier: MIT
// The encoder shortcut `enc:c=NAME` and `c=NAME` (graph chapter 2.9).
#include "graph/args.h"
#include "graph/engine.h"

static Bool is_raw(const GF_FilterCapability *c)
{
	return c->code == GF_PROP_PID_CODECID && c->val.value.uint == GF_CODECID_RAW && !(c->flags & GF_CAPFLAG_EXCLUDED);
}

// True when a bundle of the register turns raw media into `codec`; any coded media when `codec` is 0.
static Bool encodes(const GF_FilterRegister *reg, u32 codec)
{
	Bool raw_in = GF_FALSE, coded_out = GF_FALSE, listed = GF_FALSE, refused = GF_FALSE, excludes = GF_FALSE;
	for (u32 i = 0; i <= reg->nb_caps; i++) {
		const GF_FilterCapability *c = i < reg->nb_caps ? &reg->caps[i] : NULL;
		if (!c || !(c->flags & GF_CAPFLAG_IN_BUNDLE)) {
			Bool out_ok = codec ? listed || (excludes && !coded_out && !refused) : coded_out || excludes;
			if (raw_in && out_ok)
				return GF_TRUE;
			raw_in = coded_out = listed = refused = excludes = GF_FALSE;
			continue;
		}
		if (c->code != GF_PROP_PID_CODECID)
			continue;
		if ((c->flags & GF_CAPFLAG_INPUT) && is_raw(c))
			raw_in = GF_TRUE;
		if (!(c->flags & GF_CAPFLAG_OUTPUT) || is_raw(c))
			continue;
		Bool same = c->val.value.uint == codec;
		if (c->flags & GF_CAPFLAG_EXCLUDED) {
			excludes = GF_TRUE;
			refused |= same;
		} else {
			coded_out = GF_TRUE;
			listed |= same;
		}
	}
	return GF_FALSE;
}

static const GF_FilterRegister *best_encoder(GF_FilterSession *fs, u32 codec, GF_List *tried)
{
	const GF_FilterRegister *best = NULL;
	u32 nb = gf_list_count(fs->registers);
	for (u32 i = 0; i < nb; i++) {
		const GF_FilterRegister *reg = gf_list_get(fs->registers, i);
		if (gf_list_find(tried, (void *)reg) >= 0 || !encodes(reg, codec))
			continue;
		if (!best || reg->priority < best->priority)
			best = reg;
	}
	return best;
}

GF_Filter *load_encoder(GF_FilterSession *fs, const char *args, Bool silent, GF_Err *err)
{
	char *name = args ? args_get_option(&fs->seps, args, "c") : NULL;
	if (!name) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] enc: no codec given, use enc:c=NAME\n"));
		*err = GF_BAD_PARAM;
		return NULL;
	}
	u32 codec = gf_codecid_parse(name);
	GF_List *tried = gf_list_new();
	GF_Filter *f = NULL;
	const GF_FilterRegister *reg;
	*err = GF_NOT_SUPPORTED;
	while (!f && tried && (reg = best_encoder(fs, codec, tried))) {
		FilterParams p = {.reg = reg, .args = args, .encoder_codec = codec, .silent = GF_TRUE};
		f = filter_new(fs, &p, err);
		if (!f && *err != GF_NOT_SUPPORTED)
			break;
		gf_list_add(tried, (void *)reg);
	}
	if (!f && !silent)
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] no encoder for %s%s: %s\n", name,
			gf_list_count(tried) ? " could be set up" : "", gf_error_to_string(*err)));
	gf_list_del(tried);
	gf_free(name);
	return f;
}
