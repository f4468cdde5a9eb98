// SPDX-License-Identifier: MIT
// Loading filters by name and by URL (graph chapter 2.2 and 2.3).
#include <ctype.h>
#include "base/str.h"
#include "graph/args.h"
#include "graph/engine.h"
#include "graph/resolver.h"

const GF_FilterRegister *find_register(GF_FilterSession *fs, const char *name)
{
	u32 nb = gf_list_count(fs->registers);
	for (u32 i = 0; i < nb; i++) {
		const GF_FilterRegister *reg = gf_list_get(fs->registers, i);
		if (!strcmp(reg->name, name))
			return reg;
	}
	return NULL;
}

static const GF_FilterArgs *find_arg(const GF_FilterRegister *reg, const char *name)
{
	for (const GF_FilterArgs *a = reg->args; a && a->arg_name; a++) {
		if (!strcmp(a->arg_name, name))
			return a;
	}
	return NULL;
}

const char *filter_url_arg(const GF_Filter *f, const char *arg_name)
{
	const GF_FilterArgs *a = find_arg(f->reg, arg_name);
	if (!a || a->offset_in_private < 0 || !f->priv || (a->arg_type != GF_PROP_NAME && a->arg_type != GF_PROP_STRING))
		return NULL;
	return *(char **)((u8 *)f->priv + a->offset_in_private);
}

// ---- by name

static void report_unknown(GF_FilterSession *fs, const char *name)
{
	const char *nearest = NULL;
	u32 nb = gf_list_count(fs->registers);
	for (u32 i = 0; i < nb && !nearest; i++) {
		const GF_FilterRegister *reg = gf_list_get(fs->registers, i);
		if (gf_sys_word_match(name, reg->name))
			nearest = reg->name;
	}
	if (nearest)
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] no filter named %s (is it %s?)\n", name, nearest));
	else
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] no filter named %s\n", name));
}

GF_Filter *load_filter_string(GF_FilterSession *fs, const char *desc, FilterKind kind, GF_Err *err)
{
	Bool silent = *err == GF_EOS;
	const char *sep = strchr(desc, fs->seps.args);
	size_t len = sep ? (size_t)(sep - desc) : strlen(desc);
	char name[GF_MAX_PATH];
	if (!len || len >= sizeof(name)) {
		*err = GF_BAD_PARAM;
		return NULL;
	}
	memcpy(name, desc, len);
	name[len] = 0;
	char codec_opt[3] = {'c', fs->seps.name, 0};
	if (!strcmp(name, "enc") || !strncmp(name, codec_opt, 2))
		return load_encoder(fs, strncmp(name, codec_opt, 2) ? sep + (sep != NULL) : desc, silent, err);
	const GF_FilterRegister *reg = find_register(fs, name);
	if (!reg) {
		if (!silent)
			report_unknown(fs, name);
		*err = GF_FILTER_NOT_FOUND;
		return NULL;
	}
	if ((reg->flags & GF_FS_REG_REQUIRES_RESOLVER) && !fs->max_chain) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
			("[filter] %s needs filters loaded by the linker, which max-chain=0 forbids\n", name));
		*err = GF_BAD_PARAM;
		return NULL;
	}
	// A doubled separator belongs to the first argument: it may hold separators.
	const char *args = sep && sep[1] == sep[0] ? sep : sep ? sep + 1 : NULL;
	FilterParams p = {.reg = reg, .args = args, .kind = kind, .silent = silent};
	return filter_new(fs, &p, err);
}

GF_Filter *gf_fs_load_filter(GF_FilterSession *session, const char *name, GF_Err *err_code)
{
	GF_Err e = err_code ? *err_code : GF_OK;
	GF_Filter *f = NULL;
	if (session && name)
		f = load_filter_string(session, name, FILTER_EXPLICIT, &e);
	else
		e = GF_BAD_PARAM;
	if (f)
		filter_start(f);
	if (err_code)
		*err_code = e;
	return f;
}

Bool gf_fs_filter_exists(GF_FilterSession *session, const char *name)
{
	if (!session || !name)
		return GF_FALSE;
	char codec_opt[3] = {'c', session->seps.name, 0};
	return find_register(session, name) || !strcmp(name, "enc") || !strncmp(name, codec_opt, 2);
}

GF_Filter *gf_filter_load_filter(GF_Filter *filter, const char *name, GF_Err *err_code)
{
	if (!filter || !name)
		return NULL;
	GF_Filter *f = gf_fs_load_filter(filter->fs, name, err_code);
	if (f && f->link.clonable == CLONE_PROBE)
		f->link.clonable = CLONE_NO;
	return f;
}

// ---- by URL

typedef struct {
	GF_FilterSession *fs;
	char *url;      // without options
	const char *options; // inside the caller's text, may be NULL
	char *mime, *ext, *only; // mime=, ext=, gfreg=
	Bool is_dst;
} UrlLoad;

static void url_load_reset(UrlLoad *l)
{
	gf_free(l->url);
	gf_free(l->mime);
	gf_free(l->ext);
	gf_free(l->only);
}

static Bool has_scheme(const char *url)
{
	const char *p = strstr(url, "://");
	if (!p)
		return GF_FALSE;
	for (const char *c = url; c < p; c++) {
		if (!isalnum((u8)*c) && *c != '+' && *c != '-' && *c != '.')
			return GF_FALSE;
	}
	return p > url;
}

// Splits URL and options, and resolves the URL against its parent.
static GF_Err url_load_prepare(UrlLoad *l, const char *text, const char *parent_url)
{
	const Separators *seps = &l->fs->seps;
	if (!strncmp(text, "gpac://", 7))
		text += 7;
	const char *opts = args_find(seps, text, GF_TRUE, l->is_dst);
	size_t len = opts ? (size_t)(opts - text) : strlen(text);
	char *url = gf_malloc(len + 1);
	if (!url)
		return GF_OUT_OF_MEM;
	memcpy(url, text, len);
	url[len] = 0;
	if (opts) {
		const char escape[] = {seps->args, 'g', 'p', 'a', 'c', 0};
		if (!strncmp(opts, escape, 5) && (opts[5] == seps->args || !opts[5]))
			opts += 5;
		while (*opts == seps->args && opts[1] != seps->args)
			opts++;
		l->options = *opts ? opts : NULL;
	}
	char solved[GF_MAX_PATH];
	if (gf_sys_solve_path(url, solved)) {
		gf_free(url);
		url = gf_strdup(solved);
	}
	if (url && parent_url) {
		l->url = gf_url_concatenate(parent_url, url);
		gf_free(url);
	} else {
		l->url = url;
	}
	if (!l->url)
		return parent_url ? GF_URL_ERROR : GF_OUT_OF_MEM;
	if (l->options) {
		l->mime = args_get_option(seps, l->options, "mime");
		l->ext = args_get_option(seps, l->options, "ext");
		l->only = args_get_option(seps, l->options, "gfreg");
	}
	return GF_OK;
}

static Bool listed(const char *list, char sep, const char *name)
{
	size_t len = strlen(name);
	for (const char *p = list; p && *p;) {
		const char *end = strchr(p, sep);
		size_t n = end ? (size_t)(end - p) : strlen(p);
		if (n == len && !strncmp(p, name, n))
			return GF_TRUE;
		p = end ? end + 1 : NULL;
	}
	return GF_FALSE;
}

static const char *url_ext(const char *url)
{
	const char *base = strrchr(url, '/');
	const char *dot = strrchr(base ? base : url, '.');
	return dot ? dot + 1 : NULL;
}

// True when a native muxer or sink takes the extension or MIME type: it wins over library multi-format sinks.
static Bool native_output(const UrlLoad *l)
{
	const char *ext = l->ext ? l->ext : url_ext(l->url);
	u32 nb = gf_list_count(l->fs->registers);
	for (u32 i = 0; i < nb; i++) {
		const GF_FilterRegister *reg = gf_list_get(l->fs->registers, i);
		if (reg->flags & GF_FS_REG_META)
			continue;
		for (u32 j = 0; j < reg->nb_caps; j++) {
			const GF_FilterCapability *c = &reg->caps[j];
			Bool is_ext = c->code == GF_PROP_PID_FILE_EXT && ext;
			Bool is_mime = c->code == GF_PROP_PID_MIME && l->mime;
			if (!(c->flags & GF_CAPFLAG_OUTPUT) || (!is_ext && !is_mime))
				continue;
			GF_PropertyValue v = {.type = GF_PROP_NAME, .value.string = is_ext ? (char *)ext : l->mime};
			if (gf_props_equal_strict(&c->val, &v))
				return GF_TRUE;
		}
	}
	return GF_FALSE;
}

static u32 probe(const UrlLoad *l, const GF_FilterRegister *reg)
{
	u32 score = reg->probe_url(l->url, l->mime);
	if (!l->is_dst)
		return score;
	if (score == GF_FPROBE_MAYBE_NOT_SUPPORTED && l->ext) {
		char name[64];
		snprintf(name, sizeof(name), "test.%.50s", l->ext);
		score = reg->probe_url(name, l->mime);
	}
	if (score == GF_FPROBE_SUPPORTED && (reg->flags & GF_FS_REG_META) && native_output(l))
		score = GF_FPROBE_MAYBE_SUPPORTED;
	return score;
}

static const GF_FilterRegister *choose(const UrlLoad *l, Bool restricted, GF_List *skip)
{
	const GF_FilterRegister *best = NULL;
	u32 best_score = GF_FPROBE_NOT_SUPPORTED;
	u32 nb = gf_list_count(l->fs->registers);
	for (u32 i = 0; i < nb; i++) {
		const GF_FilterRegister *reg = gf_list_get(l->fs->registers, i);
		const GF_FilterArgs *arg = reg->probe_url ? find_arg(reg, l->is_dst ? "dst" : "src") : NULL;
		if (!arg || (arg->flags & GF_FS_ARG_SINK_ALIAS) || (skip && gf_list_find(skip, (void *)reg) >= 0))
			continue;
		if (restricted && !listed(l->only, l->fs->seps.list, reg->name))
			continue;
		u32 score = probe(l, reg);
		if (score > best_score || (best && score == best_score && reg->priority < best->priority)) {
			best = reg;
			best_score = score;
		}
	}
	return best;
}

static const GF_FilterRegister *choose_register(const UrlLoad *l, GF_List *skip)
{
	const GF_FilterRegister *reg = l->only ? choose(l, GF_TRUE, skip) : NULL;
	return reg ? reg : choose(l, GF_FALSE, skip);
}

// A local name without file behind it, other than the generated sources.
static Bool missing_file(const char *url)
{
	static const char *const generated[] = {"null", "-", "stdin", NULL};
	for (u32 i = 0; generated[i]; i++) {
		if (!strcmp(url, generated[i]))
			return GF_FALSE;
	}
	if (!strncmp(url, "rand", 4) || (has_scheme(url) && strncmp(url, "file://", 7)))
		return GF_FALSE;
	char path[GF_MAX_PATH];
	gf_strlcpy(path, url, sizeof(path));
	gf_url_to_fs_path(path);
	if (gf_file_exists(path))
		return GF_FALSE;
	char *frag = strchr(path, '#');
	if (frag) {
		*frag = 0;
		return !gf_file_exists(path);
	}
	return GF_TRUE;
}

// `src=URL` or `dst=URL` and the options, in a form that the grammar splits as it was given.
static char *url_args(const UrlLoad *l)
{
	const Separators *s = &l->fs->seps;
	StrBuf b;
	sb_init(&b);
	sb_addf(&b, "%s%c%s", l->is_dst ? "dst" : "src", s->name, l->url);
	if (l->options || strchr(l->url, s->args))
		sb_addf(&b, "%cgpac", s->args);
	if (l->options)
		sb_addf(&b, "%c%s", s->args, l->options);
	return sb_take(&b);
}

static GF_Filter *shared_sink(const UrlLoad *l, const GF_FilterRegister *reg)
{
	u32 nb = reg->use_alias ? gf_list_count(l->fs->filters) : 0;
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *f = gf_list_get(l->fs->filters, i);
		if (f->reg == reg && f->kind != FILTER_ALIAS && f->state < FILTER_REMOVED &&
			reg->use_alias(f, l->url, l->mime))
			return f;
	}
	return NULL;
}

static GF_Filter *load_url_as(const UrlLoad *l, const GF_FilterRegister *reg, FilterKind kind, GF_Err *err)
{
	char *args = url_args(l);
	if (!args) {
		*err = GF_OUT_OF_MEM;
		return NULL;
	}
	FilterParams p = {.reg = reg, .args = args, .kind = kind};
	if (l->is_dst && kind == FILTER_EXPLICIT) {
		p.alias_of = shared_sink(l, reg);
		if (p.alias_of)
			p.kind = FILTER_ALIAS;
	}
	GF_Filter *f = filter_new(l->fs, &p, err);
	gf_free(args);
	return f;
}

static GF_Filter *load_url(GF_FilterSession *fs, const char *text, const char *parent_url, Bool is_dst, FilterKind kind,
	GF_Err *err)
{
	UrlLoad l = {.fs = fs, .is_dst = is_dst};
	GF_Filter *f = NULL;
	GF_Err e = url_load_prepare(&l, text, parent_url);
	if (e != GF_OK)
		goto exit;
	if (!is_dst && missing_file(l.url)) {
		GF_Err quiet = GF_EOS;
		f = load_filter_string(fs, text, kind, &quiet);
		if (f && !filter_is_source(f)) {
			filter_unload(f);
			f = NULL;
		}
		e = f ? GF_OK : GF_URL_ERROR;
		if (!f)
			GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] source %s: no such file\n", l.url));
		goto exit;
	}
	const GF_FilterRegister *reg = choose_register(&l, NULL);
	if (!reg) {
		e = GF_NOT_SUPPORTED;
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] no %s filter for URL %s\n",
			is_dst ? "destination" : "source", l.url));
		goto exit;
	}
	f = load_url_as(&l, reg, kind, &e);
exit:
	url_load_reset(&l);
	*err = e;
	return f;
}

static GF_Filter *load_url_with(GF_FilterSession *fs, const char *url, const char *args, const char *parent_url,
	Bool is_dst, GF_Err *err)
{
	GF_Err e = GF_BAD_PARAM;
	GF_Filter *f = NULL;
	if (fs && url) {
		StrBuf b;
		sb_init(&b);
		sb_add(&b, url);
		if (args && *args)
			sb_addf(&b, "%s%s", *args == fs->seps.args ? "" : (char[2]){fs->seps.args, 0}, args);
		char *text = sb_take(&b);
		f = text ? load_url(fs, text, parent_url, is_dst, FILTER_EXPLICIT, &e) : NULL;
		if (!text)
			e = GF_OUT_OF_MEM;
		gf_free(text);
	}
	if (f)
		filter_start(f);
	if (err)
		*err = e;
	return f;
}

GF_Filter *gf_fs_load_source(GF_FilterSession *session, const char *url, const char *args, const char *parent_url,
	GF_Err *err)
{
	return load_url_with(session, url, args, parent_url, GF_FALSE, err);
}

GF_Filter *gf_fs_load_destination(GF_FilterSession *session, const char *url, const char *args, const char *parent_url,
	GF_Err *err)
{
	return load_url_with(session, url, args, parent_url, GF_TRUE, err);
}

GF_Filter *filter_load_temporary(GF_FilterSession *fs, const char *desc, Bool is_dst, GF_Err *err)
{
	return is_dst ? load_url(fs, desc, NULL, GF_TRUE, FILTER_TEMPORARY, err) :
					load_filter_string(fs, desc, FILTER_TEMPORARY, err);
}

Bool gf_fs_is_supported_source(GF_FilterSession *session, const char *url, const char *parent_url)
{
	if (!session || !url)
		return GF_FALSE;
	UrlLoad l = {.fs = session};
	Bool found = url_load_prepare(&l, url, parent_url) == GF_OK && !missing_file(l.url) && choose_register(&l, NULL);
	url_load_reset(&l);
	return found;
}

Bool gf_filter_is_supported_source(GF_Filter *filter, const char *url, const char *parent_url)
{
	return filter ? gf_fs_is_supported_source(filter->fs, url, parent_url) : GF_FALSE;
}

const GF_FilterRegister *load_other_source(GF_Filter *f)
{
	const char *url = filter_url_arg(f, "src");
	if (!url)
		return NULL;
	UrlLoad l = {.fs = f->fs};
	const GF_FilterRegister *reg = NULL;
	if (url_load_prepare(&l, url, NULL) == GF_OK)
		reg = choose_register(&l, f->link.blacklist);
	url_load_reset(&l);
	return reg;
}

// ---- loads made by filters

GF_Filter *gf_filter_connect_source(GF_Filter *filter, const char *url, const char *parent_url, Bool inherit_args,
	GF_Err *err)
{
	GF_Err e = GF_BAD_PARAM;
	GF_Filter *f = NULL;
	if (filter && url)
		f = load_url_with(filter->fs, url, inherit_args ? filter->dst_args : NULL, parent_url, GF_FALSE, &e);
	if (f) {
		f->link.clonable = CLONE_NO;
		f->subsession = filter->subsession;
		gf_list_add(f->link.dests, filter);
	}
	if (err)
		*err = e;
	return f;
}

GF_Filter *gf_filter_add_source(GF_Filter *filter, const char *url, const char *parent_url, Bool inherit_args,
	GF_Err *err)
{
	GF_Err e = GF_BAD_PARAM;
	GF_Filter *f = NULL;
	if (filter && url)
		f = load_url_with(filter->fs, url, inherit_args ? filter->dst_args : NULL, parent_url, GF_FALSE, &e);
	if (f) {
		const GF_Filter *model = filter_first_source(filter);
		f->subsession = model->subsession;
		f->subsource = model->subsource;
		if (model->id && !f->id)
			f->id = gf_strdup(model->id);
		if (model->link.source_ids && !f->link.source_ids)
			f->link.source_ids = gf_strdup(model->link.source_ids);
	}
	if (err)
		*err = e;
	return f;
}

GF_Filter *gf_filter_connect_destination(GF_Filter *filter, const char *url, GF_Err *err)
{
	GF_Err e = GF_BAD_PARAM;
	GF_Filter *f = filter && url ? load_url_with(filter->fs, url, NULL, NULL, GF_TRUE, &e) : NULL;
	if (f) {
		f->subsession = filter->subsession;
		e = gf_filter_set_source(f, filter, NULL);
	}
	if (err)
		*err = e;
	return f;
}

Bool gf_filter_url_is_filter(GF_Filter *filter, const char *url, Bool *act_as_source)
{
	if (!filter || !url)
		return GF_FALSE;
	char name[100];
	const char *sep = strchr(url, filter->fs->seps.args);
	size_t len = sep ? (size_t)(sep - url) : strlen(url);
	if (len >= sizeof(name))
		return GF_FALSE;
	memcpy(name, url, len);
	name[len] = 0;
	const GF_FilterRegister *reg = find_register(filter->fs, name);
	if (act_as_source)
		*act_as_source = reg && (!reg->configure_pid || (reg->flags & GF_FS_REG_ACT_AS_SOURCE));
	return reg != NULL;
}
