// SPDX-License-Identifier: MIT
// Graphs given as words: sources, destinations, filters and links between them (graph chapter 2.15).
#include <ctype.h>
#include "graph/engine.h"
#include "graph/link.h"

typedef struct {
	GF_FilterSession *fs;
	GF_List *loaded;     // GF_Filter *, in order of declaration
	GF_List *directives; // char *: `@…` words that wait for the next filter
	u32 subsession, source;
	Bool prev_was_source, prev_was_sink, any;
	Bool ignore_unknown; // -xopt
} GraphParse;

typedef enum { WORD_FILTER, WORD_SOURCE, WORD_DEST, WORD_LINK, WORD_OPTION } WordKind;

// Value of `word` when it is one of `-NAME=value`, `NAME=value`; NULL otherwise.
static const char *value_of(const char *word, const char *name)
{
	size_t n = strlen(name);
	if (!strncmp(word, name, n) && word[n] == '=')
		return word + n + 1;
	return NULL;
}

// Kind of a word. `*value` is the URL of a source or destination, NULL when it is the next word.
static WordKind classify(const GF_FilterSession *fs, const char *word, const char **value)
{
	static const struct {
		const char *name;
		Bool is_dst;
	} urls[] = {{"-i", GF_FALSE}, {"-src", GF_FALSE}, {"-o", GF_TRUE}, {"-dst", GF_TRUE}};
	*value = NULL;
	for (u32 i = 0; i < 4; i++) {
		*value = value_of(word, urls[i].name);
		if (*value || !strcmp(word, urls[i].name))
			return urls[i].is_dst ? WORD_DEST : WORD_SOURCE;
	}
	char assign[6] = {'s', 'r', 'c', fs->seps.name, 0};
	if (!strncmp(word, assign, 4)) {
		*value = word + 4;
		return WORD_SOURCE;
	}
	memcpy(assign, "dst", 3);
	if (!strncmp(word, assign, 4)) {
		*value = word + 4;
		return WORD_DEST;
	}
	if (word[0] == fs->seps.link)
		return WORD_LINK;
	return word[0] == '-' ? WORD_OPTION : WORD_FILTER;
}

// The filter that `@N`, `@@N` or `@` names. NULL when the index is out of range.
static GF_Filter *directive_target(const GraphParse *gp, const char *word, const char **fragment)
{
	char link = gp->fs->seps.link;
	const char *p = word + 1;
	Bool from_start = *p == link;
	if (from_start)
		p++;
	*fragment = strchr(p, gp->fs->seps.frag);
	const char *end = *fragment ? *fragment : p + strlen(p);
	u32 idx = 0;
	for (const char *c = p; c < end; c++) {
		if (!isdigit((u8)*c) || idx > 100000) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] link %s: the index is not a number, 0 is used\n", word));
			idx = 0;
			break;
		}
		idx = idx * 10 + (u32)(*c - '0');
	}
	u32 nb = gf_list_count(gp->loaded);
	if (idx >= nb) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] link %s: only %u filters were declared before it\n", word, nb));
		return NULL;
	}
	return gf_list_get(gp->loaded, from_start ? idx : nb - 1 - idx);
}

static GF_Err apply_directives(GraphParse *gp, GF_Filter *f)
{
	GF_Err e = GF_OK;
	while (e == GF_OK && gf_list_count(gp->directives)) {
		char *word = gf_list_pop_front(gp->directives);
		const char *fragment;
		GF_Filter *from = directive_target(gp, word, &fragment);
		e = from ? gf_filter_set_source(f, from, fragment) : GF_BAD_PARAM;
		gf_free(word);
	}
	return e;
}

// Each group `sources, filters, sinks` is a sub-session of its own, and each run of sources in it is told apart.
static void tag(GraphParse *gp, GF_Filter *f)
{
	Bool source = filter_is_source(f), sink = filter_is_sink_kind(f);
	if (source && gp->any && !gp->prev_was_source) {
		if (gp->prev_was_sink) {
			gp->subsession++;
			gp->source = 0;
		} else {
			gp->source++;
		}
	}
	gf_filter_tag_subsession(f, gp->subsession, sink ? 0 : gp->source + 1);
	gp->any = GF_TRUE;
	gp->prev_was_source = source;
	gp->prev_was_sink = sink;
}

static GF_Err load_word(GraphParse *gp, WordKind kind, const char *word)
{
	GF_Err e = GF_OK;
	GF_Filter *f = NULL;
	if (kind == WORD_SOURCE)
		f = gf_fs_load_source(gp->fs, word, NULL, NULL, &e);
	else if (kind == WORD_DEST)
		f = gf_fs_load_destination(gp->fs, word, NULL, NULL, &e);
	else
		f = gf_fs_load_filter(gp->fs, word, &e);
	if (!f)
		return e < 0 && gp->ignore_unknown && e == GF_FILTER_NOT_FOUND ? GF_OK : e;
	e = apply_directives(gp, f);
	if (e != GF_OK)
		return e;
	tag(gp, f);
	return gf_list_add(gp->loaded, f);
}

static GF_Err parse_words(GraphParse *gp, int argc, char *argv[])
{
	for (int i = 0; i < argc; i++) {
		const char *value;
		WordKind kind = classify(gp->fs, argv[i], &value);
		GF_Err e = GF_OK;
		switch (kind) {
		case WORD_SOURCE:
		case WORD_DEST:
			if (!value && ++i == argc) {
				GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] %s: no URL given\n", argv[i - 1]));
				return GF_BAD_PARAM;
			}
			e = load_word(gp, kind, value ? value : argv[i]);
			break;
		case WORD_LINK: {
			char *copy = gf_strdup(argv[i]);
			e = copy ? gf_list_add(gp->directives, copy) : GF_OUT_OF_MEM;
			break;
		}
		case WORD_OPTION:
			if (!strcmp(argv[i], "-xopt"))
				gp->ignore_unknown = GF_TRUE;
			break;
		default:
			e = load_word(gp, kind, argv[i]);
			break;
		}
		if (e < 0)
			return e;
	}
	return GF_OK;
}

GF_Err gf_fs_parse_filter_graph(GF_FilterSession *fsess, int argc, char *argv[], GF_List **out_loaded_filters,
	GF_List **out_links_directive)
{
	if (!fsess || (argc && !argv))
		return GF_BAD_PARAM;
	GraphParse gp = {.fs = fsess, .loaded = gf_list_new(), .directives = gf_list_new()};
	GF_Err e = gp.loaded && gp.directives ? parse_words(&gp, argc, argv) : GF_OUT_OF_MEM;
	if (e == GF_OK && gf_list_count(gp.directives) && !out_links_directive) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] link %s: no filter follows it\n",
			(char *)gf_list_get(gp.directives, 0)));
		e = GF_BAD_PARAM;
	}
	if (e == GF_OK && out_loaded_filters) {
		*out_loaded_filters = gp.loaded;
		gp.loaded = NULL;
	}
	if (e == GF_OK && out_links_directive) {
		*out_links_directive = gp.directives;
		gp.directives = NULL;
	}
	while (gf_list_count(gp.directives))
		gf_free(gf_list_pop_back(gp.directives));
	gf_list_del(gp.directives);
	gf_list_del(gp.loaded);
	return e;
}

GF_Err gf_fs_parse_filter_graph_str(GF_FilterSession *fsess, char *graph_str, GF_List **out_loaded_filters,
	GF_List **out_links_directive)
{
	if (!fsess || !graph_str)
		return GF_BAD_PARAM;
	// At most one word for two characters.
	size_t max = strlen(graph_str) / 2 + 1;
	char **words = gf_malloc(max * sizeof(char *));
	char *copy = gf_strdup(graph_str);
	GF_Err e = words && copy ? GF_OK : GF_OUT_OF_MEM;
	int nb = 0;
	for (char *p = copy; e == GF_OK && *p;) {
		while (*p == ' ')
			p++;
		if (!*p)
			break;
		// Quotes group characters and are not part of the word.
		char *out = p;
		words[nb++] = p;
		char quote = 0;
		for (; *p && (quote || *p != ' '); p++) {
			if (!quote && (*p == '"' || *p == '\''))
				quote = *p;
			else if (quote && *p == quote)
				quote = 0;
			else
				*out++ = *p;
		}
		if (*p)
			p++;
		*out = 0;
	}
	if (e == GF_OK)
		e = gf_fs_parse_filter_graph(fsess, nb, words, out_loaded_filters, out_links_directive);
	gf_free(words);
	gf_free(copy);
	return e;
}
