// SPDX-License-Identifier: MIT
// Content codings of small texts (RFC 9110, 8.4): gzip, else deflate, for clients that accept them. What was made of a
// file in memory is kept with it.
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "filters/httpout.h"

static void release_copy(void *body)
{
	gf_free(body);
}

static void release_file(void *body)
{
	file_unuse(body);
}

// All the bytes of a file that is small enough to be compressed; `*copy` is to be freed.
static const u8 *bytes_of(const FoundFile *found, u8 **copy)
{
	*copy = NULL;
	if (found->memory)
		return found->memory->data;
	*copy = gf_malloc((size_t)found->size);
	if (!*copy || pread(found->fd, *copy, (size_t)found->size, 0) != (ssize_t)found->size)
		return NULL;
	return *copy;
}

static const char *const names[] = {"gzip", "deflate"};

// The bytes in a coding, NULL when they would not be fewer.
static u8 *encode(const HttpOut *out, const u8 *data, u32 size, u32 coding, u32 *encoded_size)
{
	u8 *encoded = gf_malloc(size);
	*encoded_size = encoded ? out->compress(data, size, coding == 0, encoded, size - 1) : 0;
	if (*encoded_size)
		return encoded;
	gf_free(encoded);
	return NULL;
}

// A file in memory keeps what was made of it.
static Bool encode_kept(const HttpOut *out, FoundFile *found, u32 coding, HttpCoded *coded)
{
	HttpFile *f = found->memory;
	HttpZipped *z = &f->zipped[coding];
	if (!z->tried)
		z->data = encode(out, f->data, (u32)f->size, coding, &z->size);
	z->tried = GF_TRUE;
	if (!z->data)
		return GF_FALSE;
	f->nb_users++;
	coded->body = (NetBody){.data = z->data, .size = z->size, .release = release_file, .body = f};
	return GF_TRUE;
}

static Bool encode_copy(const HttpOut *out, const u8 *data, u32 size, u32 coding, HttpCoded *coded)
{
	u32 encoded_size;
	u8 *encoded = encode(out, data, size, coding, &encoded_size);
	if (encoded)
		coded->body = (NetBody){.data = encoded, .size = encoded_size, .release = release_copy, .body = encoded};
	return encoded != NULL;
}

static Bool sets_coding(const HttpRequest *r)
{
	for (u32 i = 0; i + 1 < r->nb_headers; i += 2) {
		if (!strcasecmp(r->headers[i], "Content-Encoding"))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static Bool is_text_file(HttpFile *f)
{
	if (!f->text_known)
		f->is_text = http_is_text(f->data, (u32)f->size);
	f->text_known = GF_TRUE;
	return f->is_text;
}

void http_zip(HttpRequest *r, FoundFile *found, HttpCoded *coded)
{
	HttpOut *out = r->out;
	u8 *copy;
	*coded = (HttpCoded){0};
	if (!found->size || found->size > out->zmax || sets_coding(r) || found->is_directory)
		return;
	const u8 *data = bytes_of(found, &copy);
	coded->varies = data && (found->memory ? is_text_file(found->memory) : http_is_text(data, (u32)found->size));
	const char *accepted = coded->varies ? out->net->header(r->x, "Accept-Encoding") : NULL;
	// 14.2: ranges are those of the file
	const Bool ranged = !out->norange && r->method == METHOD_GET && out->net->header(r->x, "Range");
	for (u32 i = 0; i < 2 && accepted && !ranged && !coded->name; i++) {
		if (!http_list_has(accepted, names[i]))
			continue;
		if (found->memory ? encode_kept(out, found, i, coded) : encode_copy(out, data, (u32)found->size, i, coded))
			coded->name = names[i];
		else
			break;
	}
	gf_free(copy);
}

void http_coded_drop(HttpCoded *coded)
{
	if (coded->body.release)
		coded->body.release(coded->body.body);
	*coded = (HttpCoded){0};
}
