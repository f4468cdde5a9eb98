// SPDX-License-Identifier: MIT
// Queries on PIDs: owners, neighbours, statistics; file PIDs of raw sources.
#include <ctype.h>
#include "graph/args.h"
#include "graph/engine.h"
#include "graph/link.h"

GF_Filter *gf_filter_pid_get_owner(GF_FilterPid *PID)
{
	return PID ? PID->filter : NULL;
}

GF_Filter *gf_filter_pid_get_source_filter(GF_FilterPid *PID)
{
	return PID ? out_of(PID)->head.filter : NULL;
}

GF_Filter *gf_filter_pid_enum_destinations(GF_FilterPid *PID, u32 idx)
{
	const InPid *in = PID && !PID->is_input ? gf_list_get(((OutPid *)PID)->dests, idx) : NULL;
	return in ? in->head.filter : NULL;
}

GF_Filter *filter_first_source(GF_Filter *f)
{
	for (u32 depth = 0; depth < MAX_GRAPH_DEPTH; depth++) {
		const InPid *in = gf_list_get(f->inputs, 0);
		if (!in)
			break;
		f = in->pid->head.filter;
	}
	return f;
}

static GF_Filter *first_sink(GF_Filter *f)
{
	for (u32 depth = 0; depth < MAX_GRAPH_DEPTH; depth++) {
		const OutPid *pid = gf_list_get(f->outputs, 0);
		const InPid *in = pid ? gf_list_get(pid->dests, 0) : NULL;
		if (!in)
			break;
		f = in->head.filter;
	}
	return f;
}

const char *gf_filter_pid_get_source_filter_name(GF_FilterPid *PID)
{
	return PID ? filter_first_source(out_of(PID)->head.filter)->name : NULL;
}

const char *gf_filter_pid_get_args(GF_FilterPid *PID)
{
	return PID ? out_of(PID)->head.filter->src_args : NULL;
}

static Bool fans_out(const GF_Filter *f)
{
	u32 nb = gf_list_count(f->outputs);
	for (u32 i = 0; i < nb; i++) {
		if (gf_list_count(((OutPid *)gf_list_get(f->outputs, i))->dests) > 1)
			return GF_TRUE;
	}
	return GF_FALSE;
}

const char *gf_filter_pid_orig_src_args(GF_FilterPid *PID, Bool for_unicity)
{
	if (!PID)
		return NULL;
	const GF_Filter *f = out_of(PID)->head.filter;
	for (u32 depth = 0; depth < MAX_GRAPH_DEPTH; depth++) {
		const InPid *in = gf_list_get(f->inputs, 0);
		if (for_unicity && fans_out(f))
			return "_fan_out_";
		if (!in)
			break;
		f = in->pid->head.filter;
	}
	return f->src_args;
}

static char *url_of(const GF_Filter *f, const char *arg)
{
	const char *url = filter_url_arg(f, arg);
	return url ? gf_strdup(url) : NULL;
}

char *gf_filter_pid_get_destination(GF_FilterPid *PID)
{
	return PID ? url_of(first_sink(PID->filter), "dst") : NULL;
}

char *gf_filter_pid_get_source(GF_FilterPid *PID)
{
	return PID ? url_of(filter_first_source(out_of(PID)->head.filter), "src") : NULL;
}

Bool gf_filter_pid_is_filter_in_parents(GF_FilterPid *PID, GF_Filter *filter)
{
	return PID && filter && filter_in_parents(out_of(PID)->head.filter, filter);
}

Bool gf_filter_pid_share_origin(GF_FilterPid *PID, GF_FilterPid *other_pid)
{
	if (!PID || !other_pid)
		return GF_FALSE;
	const GF_Filter *a = out_of(PID)->head.filter, *b = out_of(other_pid)->head.filter;
	return filter_in_parents(a, b) || filter_in_parents(b, a);
}

void gf_filter_pid_set_loose_connect(GF_FilterPid *PID)
{
	if (PID && !PID->is_input)
		((OutPid *)PID)->loose = GF_TRUE;
}

GF_Err gf_filter_pid_require_source_id(GF_FilterPid *PID)
{
	if (!PID || PID->is_input)
		return GF_BAD_PARAM;
	((OutPid *)PID)->require_source_id = GF_TRUE;
	return GF_OK;
}

Bool gf_filter_pid_is_playing(GF_FilterPid *PID)
{
	if (!PID)
		return GF_FALSE;
	return PID->is_input ? ((InPid *)PID)->playing : ((OutPid *)PID)->playing;
}

GF_Err gf_filter_pid_allow_direct_dispatch(GF_FilterPid *PID)
{
	if (!PID || PID->is_input)
		return GF_BAD_PARAM;
	((OutPid *)PID)->direct_dispatch = GF_TRUE;
	return GF_OK;
}

void gf_filter_pid_try_pull(GF_FilterPid *PID)
{
	if (!PID || !PID->is_input)
		return;
	GF_Filter *src = ((InPid *)PID)->pid->head.filter;
	if (!src->sched.in_process)
		filter_process(src);
}

void *gf_filter_pid_get_alias_udta(GF_FilterPid *PID)
{
	const InPid *in = PID && PID->is_input ? (InPid *)PID : NULL;
	return in && in->alias ? in->alias->priv : NULL;
}

Bool gf_filter_pid_has_decoder(GF_FilterPid *PID)
{
	if (!PID || !PID->is_input)
		return GF_FALSE;
	const InPid *in = (InPid *)PID;
	for (u32 depth = 0; in && depth < MAX_GRAPH_DEPTH; depth++) {
		const GF_Filter *f = in->pid->head.filter;
		const InPid *up = gf_list_get(f->inputs, 0);
		if (up && out_pid_codec(in->pid) == GF_CODECID_RAW && out_pid_codec(up->pid) != GF_CODECID_RAW &&
			out_pid_stream_type(up->pid) == out_pid_stream_type(in->pid))
			return GF_TRUE;
		in = up;
	}
	return GF_FALSE;
}

GF_Err gf_filter_pid_set_rt_stats(GF_FilterPid *PID, u32 rtt_ms, u32 jitter_us, u32 loss_rate)
{
	if (!PID || !PID->is_input)
		return GF_BAD_PARAM;
	PidStats *s = &((InPid *)PID)->stats;
	s->rtt = rtt_ms;
	s->jitter = jitter_us;
	s->loss_rate = loss_rate;
	s->last_rt_report = gf_sys_clock_high_res();
	return GF_OK;
}

// ---- file PIDs of raw sources (3.10)

// MIME type told by the data. `*refused_by` (may be NULL) is the register that lists the extension and refused the
// data: the extension is not to be trusted then.
static const char *probe_all(GF_FilterSession *fs, const u8 *data, u32 size, const char *ext,
	const GF_FilterRegister **refused_by, GF_FilterProbeScore *best)
{
	const char *mime = NULL;
	*best = GF_FPROBE_NOT_SUPPORTED;
	u32 nb = gf_list_count(fs->registers);
	for (u32 i = 0; i < nb; i++) {
		const GF_FilterRegister *reg = gf_list_get(fs->registers, i);
		if (!reg->probe_data)
			continue;
		GF_FilterProbeScore score = GF_FPROBE_NOT_SUPPORTED;
		const char *res = reg->probe_data(data, size, &score);
		GF_PropertyValue ext_val = {.type = GF_PROP_NAME, .value.string = (char *)ext};
		if (score == GF_FPROBE_EXT_MATCH) {
			GF_PropertyValue list = {.type = GF_PROP_NAME, .value.string = (char *)res};
			if (ext && res && gf_props_equal_strict(&list, &ext_val)) {
				*best = score;
				return NULL;
			}
			continue;
		}
		if (score == GF_FPROBE_NOT_SUPPORTED || !res) {
			for (u32 j = 0; ext && refused_by && j < reg->nb_caps; j++) {
				const GF_FilterCapability *c = &reg->caps[j];
				if (c->code == GF_PROP_PID_FILE_EXT && (c->flags & GF_CAPFLAG_INPUT) &&
					gf_props_equal_strict(&c->val, &ext_val))
					*refused_by = reg;
			}
			continue;
		}
		if (score > *best) {
			*best = score;
			mime = res;
		}
	}
	return mime;
}

const char *gf_filter_probe_data(GF_Filter *filter, u8 *data, u32 size, GF_FilterProbeScore *score)
{
	GF_FilterProbeScore best = GF_FPROBE_NOT_SUPPORTED;
	const char *mime = filter && data ? probe_all(filter->fs, data, size, NULL, NULL, &best) : NULL;
	if (score)
		*score = best;
	return mime;
}

static void url_extension(const char *url, char ext[32])
{
	ext[0] = 0;
	size_t len = strcspn(url, "#?");
	size_t dot = len;
	while (dot && url[dot - 1] != '.' && url[dot - 1] != '/')
		dot--;
	if (!dot || url[dot - 1] == '/' || len - dot >= 31)
		return;
	for (size_t i = dot; i < len; i++)
		ext[i - dot] = (char)tolower((u8)url[i]);
	ext[len - dot] = 0;
}

static void base_name(const char *url, char name[256])
{
	size_t len = strcspn(url, "#?");
	size_t start = len;
	while (start && url[start - 1] != '/')
		start--;
	size_t n = len - start < 255 ? len - start : 255;
	memcpy(name, url + start, n);
	name[n] = 0;
}

// First extension that a register takes together with this MIME type.
static Bool guess_extension(GF_FilterSession *fs, const char *mime, char ext[32])
{
	GF_PropertyValue v = {.type = GF_PROP_NAME, .value.string = (char *)mime};
	u32 nb = gf_list_count(fs->registers);
	for (u32 i = 0; i < nb; i++) {
		const GF_FilterRegister *reg = gf_list_get(fs->registers, i);
		const char *exts = NULL;
		Bool matches = GF_FALSE;
		for (u32 j = 0; j < reg->nb_caps; j++) {
			const GF_FilterCapability *c = &reg->caps[j];
			if (!(c->flags & GF_CAPFLAG_INPUT))
				continue;
			if (c->code == GF_PROP_PID_FILE_EXT && !exts)
				exts = c->val.value.string;
			else if (c->code == GF_PROP_PID_MIME)
				matches |= gf_props_equal_strict(&c->val, &v);
		}
		if (!matches || !exts || exts[0] == '*')
			continue;
		size_t n = strcspn(exts, "|");
		if (n < 32) {
			memcpy(ext, exts, n);
			ext[n] = 0;
			return GF_TRUE;
		}
	}
	return GF_FALSE;
}

static void report_unknown_content(const GF_FilterRegister *reg, const char *url, const char *ext, const u8 *data,
	u32 size)
{
	char bytes[8 * 3 + 1] = "";
	for (u32 i = 0; i < 8 && i < size; i++)
		snprintf(bytes + i * 3, 4, " %02x", data[i]);
	GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
		("[filter] %s is not what its extension says: %s, which reads .%s files, does not recognise its start (%s)\n",
			url ? url : "source", reg->name, ext, bytes + 1));
}

GF_Err gf_filter_pid_raw_new(GF_Filter *filter, const char *url, const char *local_file, const char *mime_type,
	const char *fext, const u8 *probe_data, u32 probe_size, Bool trust_mime, GF_FilterPid **out_pid)
{
	if (!filter || !out_pid)
		return GF_BAD_PARAM;
	Bool is_new = *out_pid == NULL;
	GF_FilterPid *pid = is_new ? gf_filter_pid_new(filter) : *out_pid;
	if (!pid)
		return GF_OUT_OF_MEM;
	*out_pid = pid;
	gf_filter_pid_set_property(pid, GF_PROP_PID_STREAM_TYPE, PROP_UINT(GF_STREAM_FILE));
	gf_filter_pid_set_property(pid, GF_PROP_PID_FILEPATH, local_file ? PROP_STRING(local_file) : NULL);
	// Removed first, so that the same URL opened again is a change too.
	gf_filter_pid_set_property(pid, GF_PROP_PID_URL, NULL);
	gf_filter_pid_set_property(pid, GF_PROP_PID_URL, url ? PROP_STRING(url) : NULL);
	char ext[32] = "", name[256];
	if (url) {
		base_name(local_file ? local_file : url, name);
		if (name[0])
			gf_filter_pid_set_name(pid, name);
		url_extension(url, ext);
	}
	if (fext)
		gf_strlcpy(ext, fext, sizeof(ext));
	for (char *c = ext; *c; c++)
		*c = (char)tolower((u8)*c);
	const GF_FilterRegister *refused_by = NULL;
	Bool no_probe = filter->link.no_probe || fs_flag(filter->fs, GF_FS_FLAG_NO_PROBE);
	if (mime_type && strstr(mime_type, "/octet-"))
		mime_type = NULL;
	if (is_new && !no_probe && probe_data && probe_size && !(mime_type && trust_mime)) {
		GF_FilterProbeScore score;
		const char *found = probe_all(filter->fs, probe_data, probe_size, ext[0] ? ext : NULL, &refused_by, &score);
		if (score == GF_FPROBE_EXT_MATCH)
			refused_by = NULL;
		else if (found)
			mime_type = found;
		else if (refused_by)
			report_unknown_content(refused_by, url, ext, probe_data, probe_size);
	}
	if (!ext[0] && mime_type)
		guess_extension(filter->fs, mime_type, ext);
	gf_filter_pid_set_property(pid, GF_PROP_PID_FILE_EXT, ext[0] ? PROP_STRING(ext) : NULL);
	if (is_new || mime_type)
		gf_filter_pid_set_property(pid, GF_PROP_PID_MIME, mime_type ? PROP_STRING(mime_type) : NULL);
	((OutPid *)pid)->untrusted_ext = mime_type != NULL || refused_by;
	return GF_OK;
}

GF_Err gf_filter_pid_raw_gmem(GF_Filter *filter, const char *url, GF_FilterPid **out_pid)
{
	u8 *data;
	u32 size, flags;
	GF_Err e = filter && url && out_pid ? gf_blob_get(url, &data, &size, &flags) : GF_BAD_PARAM;
	if (e != GF_OK)
		return e;
	e = gf_filter_pid_raw_new(filter, url, NULL, NULL, NULL, data, size, GF_FALSE, out_pid);
	u8 *copy;
	GF_FilterPacket *pck = e == GF_OK ? gf_filter_pck_new_alloc(*out_pid, size, &copy) : NULL;
	if (pck) {
		if (size)
			memcpy(copy, data, size);
		e = gf_filter_pck_send(pck);
		gf_filter_pid_set_eos(*out_pid);
	} else if (e == GF_OK) {
		e = GF_OUT_OF_MEM;
	}
	gf_blob_release(url);
	return e < 0 ? e : GF_OK;
}
