// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "net/http.h"

// ---- dates

static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void http_date_format(u64 seconds, char text[HTTP_DATE_SIZE])
{
	time_t t = (time_t)seconds;
	struct tm tm;
	if (!gmtime_r(&t, &tm) || tm.tm_year > 8099)
		memset(&tm, 0, sizeof(tm));
	snprintf(text, HTTP_DATE_SIZE, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT", days[(u32)tm.tm_wday % 7], (u32)tm.tm_mday % 100,
		months[(u32)tm.tm_mon % 12], (u32)(tm.tm_year + 1900) % 10000, (u32)tm.tm_hour % 100, (u32)tm.tm_min % 100,
		(u32)tm.tm_sec % 100);
}

static Bool month_of(const char *name, struct tm *tm)
{
	for (int i = 0; i < 12; i++) {
		if (!strncmp(name, months[i], 3)) {
			tm->tm_mon = i;
			return GF_TRUE;
		}
	}
	return GF_FALSE;
}

// 5.6.7: a year of two digits that would be more than 50 years ahead is of the past.
static int full_year(int two_digits)
{
	const time_t clock = time(NULL);
	struct tm now;
	if (!gmtime_r(&clock, &now))
		return 1900 + two_digits;
	const int this_year = now.tm_year + 1900;
	const int year = this_year / 100 * 100 + two_digits;
	return year > this_year + 50 ? year - 100 : year;
}

Bool http_date_parse(const char *text, u64 *seconds)
{
	struct tm tm = {0};
	char month[4] = "";
	int year = 0, n = 0;
	if (sscanf(text, "%*9[A-Za-z], %2d-%3s-%2d %2d:%2d:%2d GMT%n", &tm.tm_mday, month, &year, &tm.tm_hour, &tm.tm_min,
			&tm.tm_sec, &n) == 6 && n) { // of RFC 850
		year = full_year(year);
	} else {
		const Bool imf = sscanf(text, "%*3[A-Za-z], %2d %3s %4d %2d:%2d:%2d GMT%n", &tm.tm_mday, month, &year,
							 &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &n) == 6 && n;
		const Bool asctime = !imf && sscanf(text, "%*3[A-Za-z] %3s %2d %2d:%2d:%2d %4d%n", month, &tm.tm_mday,
										 &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &year, &n) == 6 && n;
		if (!imf && !asctime)
			return GF_FALSE;
	}
	tm.tm_year = year - 1900;
	if (text[n] || !month_of(month, &tm) || tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour < 0 || tm.tm_hour > 23 ||
		tm.tm_min < 0 || tm.tm_min > 59 || tm.tm_sec < 0 || tm.tm_sec > 60)
		return GF_FALSE;
	time_t t = timegm(&tm);
	if (t < 0)
		return GF_FALSE;
	*seconds = (u64)t;
	return GF_TRUE;
}

// ---- entity tags

// The opaque part of a tag, without quotes and weakness mark.
static const char *opaque(const char *tag, size_t *len)
{
	if (tag[0] == 'W' && tag[1] == '/')
		tag += 2;
	size_t n = strlen(tag);
	if (n >= 2 && tag[0] == '"') {
		*len = n - 2;
		return tag + 1;
	}
	*len = n;
	return tag;
}

// True when the list has the tag (8.8.3.2), or is `*`. Tags without quotes are taken, too.
static Bool list_matches(const char *list, const char *etag, Bool strong)
{
	size_t own_len;
	const char *own = opaque(etag, &own_len);
	while (*list) {
		list += strspn(list, " \t,");
		if (*list == '*')
			return GF_TRUE;
		Bool weak = list[0] == 'W' && list[1] == '/';
		const char *tag = list + (weak ? 2 : 0);
		Bool quoted = *tag == '"';
		tag += quoted;
		size_t len = strcspn(tag, quoted ? "\"" : ", \t");
		if (len == own_len && !memcmp(tag, own, len) && !(strong && (weak || *etag == 'W')))
			return GF_TRUE;
		list = tag + len;
		if (quoted && *list)
			list++;
	}
	return GF_FALSE;
}

static Bool matches(const char *list, const HttpValidators *v, Bool strong)
{
	if (!v->exists)
		return GF_FALSE;
	const char *first = list + strspn(list, " \t");
	return *first == '*' || (v->etag && list_matches(list, v->etag, strong));
}

// ---- conditions

u32 http_check_conditions(const HttpConditions *c, const HttpValidators *v, Bool is_get)
{
	u64 date;
	if (c->if_match) {
		if (!matches(c->if_match, v, GF_TRUE))
			return 412;
	} else if (c->if_unmodified_since && http_date_parse(c->if_unmodified_since, &date)) {
		if (v->exists && v->modified > date)
			return 412;
	}
	if (c->if_none_match) {
		if (matches(c->if_none_match, v, GF_FALSE))
			return is_get ? 304 : 412;
	} else if (is_get && v->exists && c->if_modified_since && http_date_parse(c->if_modified_since, &date)) {
		if (v->modified <= date)
			return 304;
	}
	return 0;
}

Bool http_if_range_holds(const HttpConditions *c, const HttpValidators *v)
{
	u64 date;
	if (!c->if_range)
		return GF_TRUE;
	if (http_date_parse(c->if_range, &date))
		return v->settled && v->modified == date;
	return v->etag && *c->if_range && list_matches(c->if_range, v->etag, GF_TRUE) && !strchr(c->if_range, ',') &&
		*c->if_range != '*';
}
