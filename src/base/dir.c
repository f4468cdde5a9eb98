// SPDX-License-Identifier: MIT
// Names, directories and what is on the disk.
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gpac/blob.h>
#include <gpac/url.h>

#include <base/file.h>
#include <base/fileio.h>
#include <base/str.h>

// stat of a local name, through file://.
static Bool stat_of(const char *url, struct stat *st)
{
	const char *path = url ? file_local_path(url) : NULL;
	return path && !stat(path, st);
}

static Bool object_exists(const char *url)
{
	GF_FileIO *object = gf_fileio_from_url(url);
	if (!object)
		return GF_FALSE;
	GF_Err e;
	gf_fileio_open_url(object, url, "probe", &e);
	return e == GF_OK;
}

static Bool blob_exists(const char *url)
{
	if (gf_blob_get(url, NULL, NULL, NULL))
		return GF_FALSE;
	gf_blob_release(url);
	return GF_TRUE;
}

Bool gf_file_exists(const char *fileName)
{
	if (!fileName)
		return GF_FALSE;
	if (!strncmp(fileName, "gfio://", 7))
		return object_exists(fileName);
	if (!strncmp(fileName, "gmem://", 7))
		return blob_exists(fileName);
	struct stat st;
	return stat_of(fileName, &st) && !S_ISDIR(st.st_mode);
}

Bool gf_file_exists_ex(const char *file_name, const char *par_name)
{
	GF_FileIO *parent = gf_fileio_from_url(par_name);
	if (!parent || !file_name)
		return gf_file_exists(file_name);
	GF_Err e;
	gf_fileio_open_url(parent, file_name, "probe", &e);
	return e == GF_OK;
}

GF_Err gf_file_delete(const char *fileName)
{
	if (!fileName || !*fileName)
		return GF_BAD_PARAM;
	if (!strncmp(fileName, "gfio://", 7))
		return fileio_delete(fileName);
	const char *path = file_local_path(fileName);
	if (!path)
		return GF_NOT_SUPPORTED;
	if (unlink(path))
		return errno == ENOENT ? GF_URL_ERROR : GF_IO_ERR;
	return GF_OK;
}

GF_Err gf_file_move(const char *fileName, const char *newFileName)
{
	const char *from = fileName ? file_local_path(fileName) : NULL;
	const char *to = newFileName ? file_local_path(newFileName) : NULL;
	if (!from || !to)
		return GF_BAD_PARAM;
	return rename(from, to) ? GF_IO_ERR : GF_OK;
}

u64 gf_file_modification_time(const char *filename)
{
	struct stat st;
	if (!stat_of(filename, &st))
		return 0;
	return (u64)st.st_mtim.tv_sec * 1000000 + (u64)st.st_mtim.tv_nsec / 1000;
}

char *gf_file_basename(const char *filename)
{
	return (char *)gf_url_get_resource_name(filename);
}

char *gf_file_ext_start(const char *filename)
{
	const char *original = gf_fileio_translate_url(filename);
	char *base = gf_file_basename(original ? original : filename);
	char *dot = base ? strrchr(base, '.') : NULL;
	// a leading dot makes a hidden file, not an extension
	return dot == base ? NULL : dot;
}

char *gf_realpath(const char *path, char *resolved_path)
{
	char full[PATH_MAX];
	if (!path || !realpath(path, full))
		return NULL;
	return resolved_path ? memcpy(resolved_path, full, strlen(full) + 1) : gf_strdup(full);
}

GF_Err gf_mkdir(const char *DirPathName)
{
	if (!DirPathName || !*DirPathName)
		return GF_BAD_PARAM;
	return mkdir(DirPathName, 0777) && errno != EEXIST ? GF_IO_ERR : GF_OK;
}

GF_Err file_make_parents(const char *path)
{
	char *dir = gf_strdup(path);
	if (!dir)
		return GF_OUT_OF_MEM;
	GF_Err e = GF_OK;
	for (char *slash = strchr(dir + (*dir == '/'), '/'); slash && !e; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (!gf_dir_exists(dir))
			e = gf_mkdir(dir);
		*slash = '/';
	}
	gf_free(dir);
	return e;
}

GF_Err gf_rmdir(const char *DirPathName)
{
	if (!DirPathName)
		return GF_BAD_PARAM;
	return rmdir(DirPathName) ? GF_IO_ERR : GF_OK;
}

Bool gf_dir_exists(const char *DirPathName)
{
	struct stat st;
	return stat_of(DirPathName, &st) && S_ISDIR(st.st_mode);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	return walk->level ? remove(path) : 0;
}

GF_Err gf_dir_cleanup(const char *DirPathName)
{
	if (!DirPathName)
		return GF_BAD_PARAM;
	// depth first, and symbolic links are removed, not followed
	return nftw(DirPathName, remove_entry, 16, FTW_DEPTH | FTW_PHYS) ? GF_IO_ERR : GF_OK;
}

// True when `filter`, a list such as "mp4;*.ts", has the extension of a name, or is empty.
static Bool matches_filter(const char *name, const char *filter)
{
	if (!filter || !*filter)
		return GF_TRUE;
	const char *dot = strrchr(name, '.');
	if (!dot)
		return GF_FALSE;
	size_t ext_len = strlen(dot + 1);
	while (*filter) {
		filter += strspn(filter, ";, *.");
		size_t len = strcspn(filter, ";, ");
		if (len && len == ext_len && !strncasecmp(filter, dot + 1, len))
			return GF_TRUE;
		filter += len;
	}
	return GF_FALSE;
}

// Calls back for one entry; true when the enumeration is to stop.
static Bool enum_entry(const char *dir, char *name, Bool want_dirs, gf_enum_dir_item enum_dir, void *cbck)
{
	StrBuf path;
	sb_init(&path);
	sb_add(&path, dir);
	if (path.len && path.data[path.len - 1] != '/')
		sb_addc(&path, '/');
	sb_add(&path, name);
	struct stat st;
	Bool stop = GF_FALSE;
	if (!path.failed && !stat(path.data, &st) && !S_ISDIR(st.st_mode) == !want_dirs) {
		GF_FileEnumInfo info = {
			.hidden = name[0] == '.',
			.directory = want_dirs,
			.size = (u64)st.st_size,
			.last_modified = (u64)st.st_mtim.tv_sec * 1000000 + (u64)st.st_mtim.tv_nsec / 1000,
		};
		stop = enum_dir(cbck, name, path.data, &info);
	}
	sb_reset(&path);
	return stop;
}

GF_Err gf_enum_directory(
	const char *dir, Bool enum_directory, gf_enum_dir_item enum_dir, void *cbck, const char *filter)
{
	if (!dir || !enum_dir)
		return GF_BAD_PARAM;
	struct dirent **entries;
	int nb_entries = scandir(dir, &entries, NULL, alphasort);
	if (nb_entries < 0)
		return errno == ENOENT ? GF_URL_ERROR : GF_IO_ERR;
	Bool stop = GF_FALSE;
	for (int i = 0; i < nb_entries; i++) {
		char *name = entries[i]->d_name;
		Bool wanted =
			strcmp(name, ".") && strcmp(name, "..") && (enum_directory || matches_filter(name, filter));
		if (wanted && !stop)
			stop = enum_entry(dir, name, enum_directory, enum_dir, cbck);
		free(entries[i]);
	}
	free(entries);
	return GF_OK;
}
