// SPDX-License-Identifier: MIT
// Media data out of the movie file (data references, ISO/IEC 14496-12 8.7.2).
//
// A movie from anywhere must not make us read any file: what it names has to be a regular file in its own
// directory or below, after links are followed. The user may name another one.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "filters/mp4dmx.h"

// ---- Where the file is

static const char out_of_reach[] =
	"only files in the directory of the movie, or below it, are read; option drefu names any other file";

// Whether the URL names something relative to the movie: neither a scheme nor a root.
static Bool is_relative(const char *url)
{
	size_t scheme = strcspn(url, ":/?#");
	return *url && *url != '/' && url[scheme] != ':';
}

// Real path of the directory of the movie, with a slash at the end.
static char *movie_directory(const Mp4Dmx *dmx)
{
	char *movie = dmx->reader && dmx->path ? realpath(dmx->path, NULL) : NULL;
	char *end = movie ? strrchr(movie, '/') : NULL;
	if (end)
		end[1] = 0;
	return movie;
}

static char *join(const char *directory, const char *name)
{
	size_t size = strlen(directory) + strlen(name) + 1;
	char *path = gf_malloc(size);
	if (path)
		snprintf(path, size, "%s%s", directory, name);
	return path;
}

// Why the real path `file` is not read, NULL when it may be.
static const char *why_refused(const char *directory, const char *file)
{
	struct stat st;
	if (strncmp(file, directory, strlen(directory)))
		return out_of_reach;
	if (stat(file, &st))
		return strerror(errno);
	return S_ISREG(st.st_mode) ? NULL : "it is not a regular file";
}

// The real path of what a location names, to be released with free(); NULL with the reason.
static char *resolve(const char *directory, const char *url, const char **reason)
{
	char *name = gf_url_percent_decode(url);
	char *joined = name ? join(directory, name) : NULL;
	char *file = joined ? realpath(joined, NULL) : NULL;
	*reason = file ? why_refused(directory, file) : joined ? strerror(errno) : "out of memory";
	gf_free(joined);
	gf_free(name);
	if (!*reason)
		return file;
	free(file);
	return NULL;
}

static char *locate(const Mp4Dmx *dmx, const IsomDataRef *ref, const char **reason)
{
	if (dmx->drefu) {
		char *given = strdup(dmx->drefu);
		*reason = given ? NULL : "out of memory";
		return given;
	}
	*reason = !dmx->extk ? "option extk is off"
			  : !ref->url ? "this type of data reference is not read; option drefu names the file"
			  : !is_relative(ref->url) ? out_of_reach
									   : NULL;
	if (*reason)
		return NULL;
	char *directory = movie_directory(dmx);
	char *file = NULL;
	if (directory)
		file = resolve(directory, ref->url, reason);
	else
		*reason = "the movie is not a local file";
	free(directory);
	return file;
}

// ---- Files in use

// The reader of a file, which tracks share. Takes over `path`.
static const char *open_file(Mp4Dmx *dmx, char *path, IoReader **reader)
{
	for (u32 i = 0; i < dmx->nb_externals; i++) {
		if (!strcmp(dmx->externals[i].path, path)) {
			free(path);
			*reader = dmx->externals[i].reader;
			return NULL;
		}
	}
	const char *reason = NULL;
	IoReader *opened = NULL;
	if (dmx->nb_externals == DMX_MAX_EXTERNALS)
		reason = "the movie refers to too many files";
	else if (io_reader_open(path, NULL, &opened))
		reason = "it cannot be opened";
	else if (!io_reader_seekable(opened))
		reason = "it is not a regular file";
	if (reason) {
		io_reader_close(opened);
		free(path);
		return reason;
	}
	dmx->externals[dmx->nb_externals++] = (DmxExternal){path, opened};
	*reader = opened;
	return NULL;
}

GF_Err dmx_open_media(DmxTrack *t)
{
	for (u32 i = 0; i < t->nb_entries; i++) {
		const IsomDataRef *ref = isom_track_external(t->trk, t->entries[i].data_ref);
		if (!ref)
			continue;
		if (!t->media)
			t->media = gf_calloc(t->nb_entries, sizeof(IoReader *));
		if (!t->media)
			return GF_OUT_OF_MEM;
		const char *reason;
		char *path = locate(t->dmx, ref, &reason);
		if (path)
			reason = open_file(t->dmx, path, &t->media[i]);
		if (!reason)
			continue;
		GF_LOG(t->dmx->extk ? GF_LOG_WARNING : GF_LOG_INFO, GF_LOG_CONTAINER,
			("[mp4dmx] track %u is skipped, its media data are in another file ('%s' %.200s): %s\n", t->trk->id,
				gf_4cc_to_str(ref->type), ref->url ? ref->url : "", reason));
		return GF_URL_ERROR;
	}
	return GF_OK;
}

void dmx_close_media(Mp4Dmx *dmx)
{
	for (u32 i = 0; i < dmx->nb_externals; i++) {
		io_reader_close(dmx->externals[i].reader);
		free(dmx->externals[i].path);
	}
	dmx->nb_externals = 0;
}
