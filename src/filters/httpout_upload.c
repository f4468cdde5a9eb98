// SPDX-License-Identifier: MIT
// PUT, POST and DELETE in the directory for uploads (RFC 9110, 9.3.3 to 9.3.5).
//
// A file is written beside its place, under a name of its own, and renamed when it is complete: nobody sees a part of
// it, an upload that breaks off leaves the old file, and of two writers of one name the last one to end wins.
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filters/httpout.h"

struct http_upload {
	int fd;
	char path[GF_MAX_PATH]; // where it goes
	char temp[GF_MAX_PATH + 32];
	int error; // of the system, 0 for none
	Bool too_large;
	u64 room; // of the range to write, in bytes
	HttpGrowing *growing; // NULL when nobody is to see it yet
};

static Bool is_full(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

// Makes the directories of a path that are missing. What is there must be below the directory for uploads, so that
// nothing is made where a link leads out.
static GF_Err make_directories(const HttpRoot *root, const char *dir)
{
	char there[GF_MAX_PATH], real[GF_MAX_PATH];
	gf_strlcpy(there, dir, sizeof(there));
	while (!gf_dir_exists(there)) {
		struct stat st;
		char *slash = strrchr(there, '/');
		if (!lstat(there, &st) || !slash)
			return GF_URL_ERROR;
		*slash = 0;
	}
	if (!gf_realpath(*there ? there : "/", real) || !http_is_below(root, real))
		return GF_URL_ERROR;
	for (char *end = there + strlen(there); strlen(there) < strlen(dir); end = there + strlen(there)) {
		size_t len = strcspn(dir + (end - there) + 1, "/") + 1;
		memcpy(end, dir + (end - there), len);
		end[len] = 0;
		if (mkdir(there, 0777) && errno != EEXIST)
			return GF_IO_ERR;
	}
	return GF_OK;
}

// Path of the file that a URL names, below the directory for uploads. A link in it must not lead out.
static GF_Err target_path(HttpRequest *r, char path[GF_MAX_PATH])
{
	char dir[GF_MAX_PATH], real[GF_MAX_PATH];
	u32 idx = 0;
	const HttpRoot *root = http_next_place(r->out, r->path, HTTP_WRITE, &idx, path);
	size_t len = root ? strlen(path) : 0;
	if (!root || path[len - 1] == '/' || len == strlen(root->path) || len >= GF_MAX_PATH - 32)
		return GF_BAD_PARAM;
	gf_strlcpy(dir, path, sizeof(dir));
	*strrchr(dir, '/') = 0;
	if (!gf_dir_exists(dir)) {
		if (r->method == METHOD_DELETE)
			return GF_URL_ERROR;
		GF_Err e = make_directories(root, dir);
		if (e)
			return e;
	}
	if (!gf_realpath(*dir ? dir : "/", real))
		return GF_IO_ERR;
	if (!http_is_below(root, real))
		return GF_URL_ERROR;
	gf_strlcat(real, strrchr(path, '/'), sizeof(real));
	return http_is_private(r->out, real) ? GF_BAD_PARAM : GF_OK;
}

// The path of the application replaces that of the URL.
static GF_Err upload_path(HttpRequest *r, char path[GF_MAX_PATH])
{
	if (r->reply || !r->has_body)
		return target_path(r, path);
	gf_strlcpy(path, (const char *)r->body, GF_MAX_PATH - 32);
	return GF_OK;
}

Bool http_upload_fits(HttpRequest *r)
{
	const char *length = r->out->net->header(r->x, "Content-Length");
	u64 size = length ? strtoull(length, NULL, 10) : 0;
	r->total = size;
	if (size <= r->out->maxs)
		return GF_TRUE;
	http_send_text(r, 413, "Uploads may have %u bytes\n", r->out->maxs);
	return GF_FALSE;
}

static void upload_del(HttpUpload *u, Bool keep)
{
	if (u->growing)
		http_growing_end(u->growing, keep);
	if (u->fd >= 0)
		close(u->fd);
	if (!keep && u->temp[0])
		unlink(u->temp);
	gf_free(u);
}

void http_upload_drop(HttpRequest *r)
{
	if (r->upload)
		upload_del(r->upload, GF_FALSE);
	r->upload = NULL;
}

// The status that the conditions of the request lead to, 0 to go on. `path` NULL: there is no such file.
static u32 check_write(const HttpRequest *r, const char *path)
{
	HttpConditions c;
	struct stat st;
	char etag[32];
	Bool exists = path && !stat(path, &st);
	snprintf(etag, sizeof(etag), "\"%" PRIu64 "\"", exists ? http_modified_us(&st) : 0);
	const HttpValidators v = {exists, etag, exists ? (u64)st.st_mtim.tv_sec : 0, GF_FALSE};
	http_conditions_of(r, &c);
	return http_check_conditions(&c, &v, GF_FALSE);
}

static Bool copy_file(int from, int to)
{
	u8 block[65536];
	ssize_t n;
	while ((n = read(from, block, sizeof(block))) > 0) {
		if (write(to, block, (size_t)n) != n)
			return GF_FALSE;
	}
	return !n;
}

// `Range: bytes=A-B` of clients that patch what they sent before: the rest of the file stays.
static u32 begin_patch(const HttpRequest *r, HttpUpload *u)
{
	const char *range = r->out->net->header(r->x, "Range");
	u64 first, last;
	if (r->out->net->header(r->x, "Content-Range"))
		return 400; // RFC 9110, 14.5
	if (!range)
		return 0;
	int from = open(u->path, O_RDONLY | O_CLOEXEC);
	Bool ok = from >= 0 && http_range_open(range, &first, &last) && copy_file(from, u->fd);
	off_t size = ok ? lseek(u->fd, 0, SEEK_CUR) : 0;
	if (from >= 0)
		close(from);
	if (!ok || first > (u64)size || lseek(u->fd, (off_t)first, SEEK_SET) < 0)
		return 416;
	u->room = last - first < NET_SIZE_UNKNOWN ? last - first + 1 : NET_SIZE_UNKNOWN;
	return 0;
}

// Opens the file to write; the status of the refusal otherwise.
static u32 open_upload(HttpRequest *r, HttpUpload *u)
{
	struct stat st;
	errno = 0;
	GF_Err e = upload_path(r, u->path);
	if (e || (!stat(u->path, &st) && !S_ISREG(st.st_mode)))
		return 403;
	u32 refused = check_write(r, u->path);
	if (refused)
		return refused;
	snprintf(u->temp, sizeof(u->temp), "%s.%" PRIu64 ".%u" HTTP_TEMP_EXT, u->path, r->number, (u32)getpid());
	u->fd = open(u->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (u->fd < 0) {
		u->temp[0] = 0;
		return is_full(errno) ? 507 : 403;
	}
	return begin_patch(r, u);
}

// A file that is new may be read while it comes, where it will be found; one that was there stays until the other one
// is complete.
static void show(HttpRequest *r, HttpUpload *u)
{
	char path[GF_MAX_PATH];
	Bool found = GF_FALSE;
	u32 idx = 0;
	while (!found && http_next_place(r->out, r->path, HTTP_READ, &idx, path))
		found = !strcmp(path, u->path);
	int fd = found && access(u->path, F_OK) ? fcntl(u->fd, F_DUPFD_CLOEXEC, 0) : -1;
	if (fd >= 0)
		u->growing = http_growing_new(r->out, r->path, http_mime_type(r->out->filter, u->path, NULL, 0), fd);
}

void http_upload_begin(HttpRequest *r)
{
	HttpUpload *u = gf_calloc(1, sizeof(*u));
	if (!u) {
		r->out->net->close(r->x);
		return;
	}
	u->fd = -1;
	u->room = NET_SIZE_UNKNOWN;
	r->upload = u;
	u32 refused = open_upload(r, u);
	if (refused == 412) {
		http_send_empty(r, refused);
	} else if (refused) {
		http_send_text(r, refused, "%s cannot be written\n", r->path);
	} else if (http_upload_fits(r)) {
		show(r, u);
		r->receives = GF_TRUE;
		r->out->net->receive(r->x);
		if (r->complete)
			http_upload_end(r);
	}
}

size_t http_upload_receive(HttpRequest *r, const u8 *data, size_t size)
{
	HttpUpload *u = r->upload;
	r->received += size;
	if (r->received > r->out->maxs || r->received > u->room)
		u->too_large = GF_TRUE;
	for (size_t done = 0; done < size && !u->error && !u->too_large;) {
		ssize_t n = write(u->fd, data + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			u->error = errno;
		else
			done += (size_t)n;
	}
	if (u->growing && !u->error && !u->too_large)
		http_growing_add(u->growing, size);
	// What would only be thrown away needs no transfer.
	if (u->too_large)
		r->out->net->close(r->x);
	return size;
}

static u32 finish_file(HttpUpload *u)
{
	Bool is_new = access(u->path, F_OK) != 0;
	if (close(u->fd) && !u->error)
		u->error = errno;
	u->fd = -1;
	if (!u->error && rename(u->temp, u->path))
		u->error = errno;
	if (!u->error) {
		u->temp[0] = 0;
		return is_new ? 201 : 200;
	}
	return is_full(u->error) ? 507 : 500;
}

void http_upload_end(HttpRequest *r)
{
	u32 status = finish_file(r->upload);
	if (status >= 300) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] cannot write %s: %s\n", r->upload->path, strerror(r->upload->error)));
		http_send_text(r, status, "%s cannot be written\n", r->path);
	} else {
		NetAnswer *a = http_answer_new(r, NULL);
		char *location = a ? http_path_encode(r->path) : NULL;
		if (location)
			r->out->net->answer_header(a, "Content-Location", location);
		gf_free(location);
		if (http_list_has(r->out->reqlog, "REC"))
			GF_LOG(GF_LOG_INFO, GF_LOG_HTTP,
				("[HTTPOut] %s written, %" PRIu64 " bytes\n", r->upload->path, r->received));
		http_send(r, status, a);
	}
	upload_del(r->upload, status < 300);
	r->upload = NULL;
}

void http_delete(HttpRequest *r)
{
	char path[GF_MAX_PATH];
	struct stat st;
	GF_Err e = target_path(r, path);
	u32 refused = check_write(r, e ? NULL : path);
	if (refused)
		http_send_empty(r, refused);
	else if (!e && !lstat(path, &st) && S_ISDIR(st.st_mode))
		http_send_text(r, 403, "%s is a directory\n", r->path);
	else if (!e && !unlink(path))
		http_send_empty(r, 200);
	else if (e == GF_URL_ERROR || (!e && errno == ENOENT))
		http_send_empty(r, 204);
	else
		http_send_text(r, 403, "%s cannot be deleted\n", r->path);
}
