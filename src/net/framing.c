// SPDX-License-Identifier: MIT
// What the header lines of a request are together: where it ends (RFC 9112, 3.2, 5.1 and 6.3), lists in several lines.
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/net_module.h"

typedef struct {
	u32 nb_lengths, nb_codings, nb_hosts;
	Bool bad_name;
	const char *length, *coding;
} Framing;

static enum MHD_Result note_framing(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	Framing *f = cls;
	(void)kind;
	if (strpbrk(name, " \t"))
		f->bad_name = GF_TRUE;
	if (!strcasecmp(name, "Content-Length")) {
		f->nb_lengths++;
		f->length = value ? value : "";
	} else if (!strcasecmp(name, "Transfer-Encoding")) {
		f->nb_codings++;
		f->coding = value ? value : "";
	} else if (!strcasecmp(name, "Host")) {
		f->nb_hosts++;
	}
	return MHD_YES;
}

Bool net_is_well_framed(struct MHD_Connection *connection, const char *version)
{
	Framing f = {0};
	MHD_get_connection_values(connection, MHD_HEADER_KIND, note_framing, &f);
	Bool is_1_1 = !strcmp(version, "HTTP/1.1");
	if (f.bad_name || f.nb_lengths + f.nb_codings > 1 || f.nb_hosts > 1)
		return GF_FALSE;
	if (f.nb_codings && (!is_1_1 || strcasecmp(f.coding, "chunked")))
		return GF_FALSE;
	size_t digits = f.nb_lengths ? strspn(f.length, "0123456789") : 1;
	return digits && digits < 20 && (!f.nb_lengths || !f.length[digits]);
}

typedef struct {
	const char *name;
	u32 nb;
	size_t size;
	char *text; // NULL while they are counted
} Lines;

static enum MHD_Result note_line(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	Lines *l = cls;
	(void)kind;
	if (strcasecmp(name, l->name) || !value)
		return MHD_YES;
	size_t len = strlen(value);
	if (l->text) {
		memcpy(l->text + l->size, value, len);
		memcpy(l->text + l->size + len, ", ", 2);
	}
	l->size += len + 2;
	l->nb++;
	return MHD_YES;
}

char *net_joined_lines(struct MHD_Connection *connection, const char *name)
{
	Lines l = {.name = name};
	MHD_get_connection_values(connection, MHD_HEADER_KIND, note_line, &l);
	if (l.nb < 2)
		return NULL;
	l.text = malloc(l.size);
	l.size = 0;
	if (l.text) {
		MHD_get_connection_values(connection, MHD_HEADER_KIND, note_line, &l);
		l.text[l.size - 2] = 0;
	}
	return l.text;
}
