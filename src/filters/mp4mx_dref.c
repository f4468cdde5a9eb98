// SPDX-License-Identifier: MIT
// Option dref: tracks whose samples stay in the file they come from (data references, ISO/IEC 14496-12
// 8.7.2). The file is named relative to the movie where it can be, as players want it.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "filters/mp4mx.h"

// The file of the media data of a PID, as a real path to be released with free(); NULL when its packets are not
// ranges of a local file.
static char *source_file(const MuxTrack *trk)
{
	const GF_PropertyValue *can = gf_filter_pid_get_property(trk->pid, GF_PROP_PID_CAN_DATAREF);
	const char *path = mp4mx_string(trk, GF_PROP_PID_FILEPATH);
	return can && can->value.boolean && path ? realpath(path, NULL) : NULL;
}

// Real path of the directory of the movie with a slash at the end, NULL when it is not a local one that exists.
static char *movie_directory(const Mp4Mux *mux)
{
	char *url = gf_filter_get_dst_name(mux->filter);
	char *found = NULL;
	if (url && gf_url_is_local(url)) {
		gf_url_to_fs_path(url);
		char *name = strrchr(url, '/');
		if (name)
			name[1] = 0;
		found = realpath(name ? url : ".", NULL);
	}
	gf_free(url);
	size_t size = found ? strlen(found) : 0;
	char *directory = found ? gf_malloc(size + 2) : NULL;
	if (directory) {
		memcpy(directory, found, size + 1);
		if (directory[size - 1] != '/')
			memcpy(directory + size, "/", 2);
	}
	free(found);
	return directory;
}

// The location of a path: what is neither unreserved nor a slash is escaped (RFC 3986, 2.1 and 2.3).
static char *location_of(const char *scheme, const char *path)
{
	ByteWriter w;
	char *location = NULL;
	bw_init(&w);
	bw_bytes(&w, scheme, strlen(scheme));
	for (; *path; path++) {
		char escape[4] = {*path};
		if (!isalnum((u8)*path) && !strchr("-._~/", *path))
			snprintf(escape, sizeof(escape), "%%%02X", (u8)*path);
		bw_bytes(&w, escape, strlen(escape));
	}
	bw_u8(&w, 0);
	u32 size;
	return bw_take(&w, (u8 **)&location, &size) == GF_OK ? location : NULL;
}

static GF_Err refer_to(MuxTrack *trk, const char *file)
{
	char *directory = movie_directory(trk->mux);
	size_t size = directory ? strlen(directory) : 0;
	Bool below = directory && !strncmp(file, directory, size);
	trk->isom.data_url = below ? location_of("", file + size) : location_of("file://", file);
	gf_free(directory);
	if (!trk->isom.data_url)
		return GF_OUT_OF_MEM;
	if (!below)
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[mp4mx] track %u refers to %s, which is not in the directory of the movie: players may refuse to read it\n",
				trk->isom.id, file));
	return GF_OK;
}

GF_Err mp4mx_dref_configure(MuxTrack *trk)
{
	if (!trk->mux->dref || !trk->pid)
		return GF_OK;
	char *file = source_file(trk);
	if (trk->data_decided) {
		Bool same = file && trk->data_file && !strcmp(file, trk->data_file);
		free(file);
		if (same || !trk->data_file)
			return GF_OK;
		GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
			("[mp4mx] track %u: the media data are in another file from now on, which option dref does not allow\n",
				trk->isom.id));
		return GF_FILTER_NOT_SUPPORTED;
	}
	trk->data_decided = GF_TRUE;
	trk->data_file = file;
	if (file)
		return refer_to(trk, file);
	GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
		("[mp4mx] track %u: its packets are not ranges of a local file, they are copied in spite of option dref\n",
			trk->isom.id));
	return GF_OK;
}

void mp4mx_dref_reset(MuxTrack *trk)
{
	free(trk->data_file);
	trk->data_file = NULL;
	gf_free(trk->isom.data_url);
	trk->isom.data_url = NULL;
}

GF_Err mp4mx_dref_place(MuxTrack *trk, const MuxSample *m, u64 *place)
{
	*place = m->pck && !m->extra_size ? gf_filter_pck_get_byte_offset(m->pck) : GF_FILTER_NO_BO;
	if (*place != GF_FILTER_NO_BO)
		return GF_OK;
	if (!trk->isom.table.nb_samples) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_CONTAINER,
			("[mp4mx] track %u: its packets have no place in their file, they are copied in spite of option dref\n",
				trk->isom.id));
		mp4mx_dref_reset(trk);
		return GF_NOT_FOUND;
	}
	GF_LOG(GF_LOG_ERROR, GF_LOG_CONTAINER,
		("[mp4mx] track %u: sample %u has no place in the file of those before it, which option dref needs\n", trk->isom.id,
			trk->isom.table.nb_samples + 1));
	return GF_NOT_SUPPORTED;
}
