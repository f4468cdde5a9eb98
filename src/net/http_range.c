// SPDX-License-Identifier: MIT
#include <string.h>
#include <strings.h>

#include "net/http.h"

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

// Digits; a value beyond 64 bits counts as the largest.
static Bool read_number(const char **p, u64 *value)
{
	const char *s = *p;
	u64 v = 0;
	for (; *s >= '0' && *s <= '9'; s++)
		v = v > (0xFFFFFFFFFFFFFFFFULL - 9) / 10 ? 0xFFFFFFFFFFFFFFFFULL : v * 10 + (u64)(*s - '0');
	if (s == *p)
		return GF_FALSE;
	*value = v;
	*p = s;
	return GF_TRUE;
}

typedef struct {
	Bool has_first, has_last;
	u64 first, last;
} RangeSpec;

// One of `first-last`, `first-`, `-length`.
static Bool read_spec(const char **p, RangeSpec *spec)
{
	*spec = (RangeSpec){0};
	spec->has_first = read_number(p, &spec->first);
	if (**p != '-')
		return GF_FALSE;
	(*p)++;
	spec->has_last = read_number(p, &spec->last);
	if (!spec->has_first && !spec->has_last)
		return GF_FALSE;
	return !(spec->has_first && spec->has_last && spec->last < spec->first);
}

static Bool is_bytes_unit(const char *p)
{
	return !strncasecmp(p, "bytes", 5) && p[5] == '=';
}

// False when the range is outside.
static Bool resolve(const RangeSpec *spec, u64 size, HttpRange *range)
{
	if (!spec->has_first) {
		if (!spec->last || !size)
			return GF_FALSE;
		*range = (HttpRange){spec->last < size ? size - spec->last : 0, size - 1};
		return GF_TRUE;
	}
	if (spec->first >= size)
		return GF_FALSE;
	*range = (HttpRange){spec->first, spec->has_last && spec->last < size ? spec->last : size - 1};
	return GF_TRUE;
}

HttpRangeResult http_ranges_parse(const char *value, u64 size, HttpRange ranges[HTTP_MAX_RANGES], u32 *nb)
{
	const char *p = skip_blanks(value);
	u64 total = 0;
	*nb = 0;
	if (!is_bytes_unit(p))
		return HTTP_RANGES_IGNORED;
	p += 6;
	while (GF_TRUE) {
		RangeSpec spec;
		p = skip_blanks(p);
		while (*p == ',')
			p = skip_blanks(p + 1);
		if (!*p)
			break;
		if (is_bytes_unit(p))
			p += 6;
		if (!read_spec(&p, &spec))
			return HTTP_RANGES_WRONG;
		p = skip_blanks(p);
		if (*p && *p != ',')
			return HTTP_RANGES_WRONG;
		HttpRange r;
		if (!resolve(&spec, size, &r))
			continue;
		if (*nb == HTTP_MAX_RANGES)
			return HTTP_RANGES_IGNORED;
		ranges[(*nb)++] = r;
		total += r.last - r.first + 1;
		// 14.2: overlapping ranges are an attack or a mistake
		if (total > size)
			return HTTP_RANGES_IGNORED;
	}
	return *nb ? HTTP_RANGES_OK : HTTP_RANGES_WRONG;
}

Bool http_range_open(const char *value, u64 *first, u64 *last)
{
	const char *p = skip_blanks(value);
	RangeSpec spec;
	if (!is_bytes_unit(p))
		return GF_FALSE;
	p += 6;
	p = skip_blanks(p);
	if (!read_spec(&p, &spec) || !spec.has_first || *skip_blanks(p))
		return GF_FALSE;
	*first = spec.first;
	*last = spec.has_last ? spec.last : 0xFFFFFFFFFFFFFFFFULL;
	return GF_TRUE;
}
