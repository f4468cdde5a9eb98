// SPDX-License-Identifier: MIT
// Files that are kept in memory (option rdirs=gmem): anonymous files of the system, found by their URLs.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "filters/httpout.h"

int http_store_open(void)
{
	return memfd_create("httpout", MFD_CLOEXEC);
}

static void stored_del(HttpStored *s)
{
	if (s->fd >= 0)
		close(s->fd);
	gf_free(s->url);
	gf_free(s->mime);
	gf_free(s);
}

static HttpStored **find(HttpOut *out, const char *url)
{
	HttpStored **s = &out->stored;
	while (*s && strcmp((*s)->url, url))
		s = &(*s)->next;
	return s;
}

Bool http_store_remove(HttpOut *out, const char *url)
{
	HttpStored **at = find(out, url), *s = *at;
	if (!s)
		return GF_FALSE;
	*at = s->next;
	stored_del(s);
	return GF_TRUE;
}

void http_store_del(HttpOut *out)
{
	while (out->stored)
		http_store_remove(out, out->stored->url);
}

GF_Err http_store_add(HttpOut *out, const char *url, const char *mime, int fd, u64 size)
{
	HttpStored *s = gf_calloc(1, sizeof(*s));
	if (!s)
		return GF_OUT_OF_MEM;
	*s = (HttpStored){.url = gf_strdup(url),
		.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0),
		.size = size,
		.mime = mime ? gf_strdup(mime) : NULL};
	if (!s->url || s->fd < 0 || (mime && !s->mime)) {
		stored_del(s);
		return GF_OUT_OF_MEM;
	}
	u64 now = gf_net_get_utc() * 1000;
	s->modified_us = now > out->stored_us ? now : out->stored_us + 1;
	out->stored_us = s->modified_us;
	http_store_remove(out, url);
	s->next = out->stored;
	out->stored = s;
	return GF_OK;
}

Bool http_store_find(HttpOut *out, const char *url, FoundFile *found)
{
	const HttpStored *s = *find(out, url);
	int fd = s ? fcntl(s->fd, F_DUPFD_CLOEXEC, 0) : -1;
	if (fd < 0)
		return GF_FALSE;
	*found = (FoundFile){.fd = fd, .size = s->size, .modified_us = s->modified_us, .mime = s->mime};
	return GF_TRUE;
}

const char *http_stored_below(const HttpStored *s, const char *dir)
{
	size_t len = strlen(dir);
	while (len && dir[len - 1] == '/')
		len--;
	return !strncmp(s->url, dir, len) && s->url[len] == '/' ? s->url + len + 1 : NULL;
}
