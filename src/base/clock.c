// SPDX-License-Identifier: MIT
// Clocks and dates.
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <base/clock.h>
#include <base/state.h>

static u64 monotonic_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000000 + (u64)now.tv_nsec / 1000;
}

void clock_start(void)
{
	atomic_store(&base_state.sys.clock_start, monotonic_us());
}

u64 gf_sys_clock_high_res(void)
{
	return monotonic_us() - atomic_load_explicit(&base_state.sys.clock_start, memory_order_relaxed);
}

u32 gf_sys_clock(void)
{
	return (u32)(gf_sys_clock_high_res() / 1000);
}

void gf_sleep(u32 ms)
{
	if (!ms) {
		sched_yield();
		return;
	}
	struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
		continue;
}

u64 gf_net_get_utc(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (u64)now.tv_sec * 1000 + (u64)now.tv_nsec / 1000000;
}

u64 gf_net_ntp_to_utc(u64 ntp)
{
	// seconds from 1900 to 1970, RFC 5905 figure 4
	static const u64 epoch = 2208988800ULL;
	u64 seconds = ntp >> 32;
	if (seconds < epoch)
		return 0;
	return (seconds - epoch) * 1000 + ((ntp & 0xFFFFFFFF) * 1000 >> 32);
}

static s32 month_of(const char *name)
{
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	for (s32 i = 0; i < 12; i++)
		if (!strcasecmp(months[i], name))
			return i + 1;
	return 0;
}

// Milliseconds since 1970 of a date, `month` from 1; 0 when a part is out of range. `offset` is what the
// local time is ahead of UTC, in minutes.
static u64 to_utc(s32 year, s32 month, s32 day, s32 hour, s32 min, Double seconds, s32 offset)
{
	if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 ||
		hour > 24 || min < 0 || min > 59 || !(seconds >= 0 && seconds < 61))
		return 0;
	struct tm tm = {
		.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = min};
	s64 ms = ((s64)timegm(&tm) - (s64)offset * 60) * 1000 + (s64)(seconds * 1000 + 0.5);
	return ms > 0 ? (u64)ms : 0;
}

// XML Schema part 2, 3.3.7: YYYY-MM-DDThh:mm:ss[.fraction][Z|(+|-)hh:mm]; no zone is taken as UTC.
static u64 parse_xsd(const char *date)
{
	s32 year, month, day, hour, min, sec, used = 0;
	if (sscanf(date, "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &min, &sec, &used) != 6)
		return 0;
	date += used;
	Double seconds = sec;
	if (*date == '.') {
		Double unit = 0.1;
		for (date++; *date >= '0' && *date <= '9'; date++, unit /= 10)
			seconds += (*date - '0') * unit;
	}
	s32 offset = 0;
	if (*date == 'Z') {
		date++;
	} else if (*date == '+' || *date == '-') {
		s32 zone_hour, zone_min;
		if (sscanf(date + 1, "%2d:%2d%n", &zone_hour, &zone_min, &used) != 2)
			return 0;
		offset = (zone_hour * 60 + zone_min) * (*date == '-' ? -1 : 1);
		date += 1 + used;
	}
	return *date ? 0 : to_utc(year, month, day, hour, min, seconds, offset);
}

// The forms of RFC 9110 5.6.7: IMF-fixdate, RFC 850, asctime.
static u64 parse_http(const char *date)
{
	s32 year, day, hour, min, sec;
	char month[4], zone[4];
	const char *comma = strchr(date, ',');
	if (!comma) {
		if (sscanf(date, "%*9[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d", month, &day, &hour, &min, &sec,
				&year) != 6)
			return 0;
		return to_utc(year, month_of(month), day, hour, min, sec, 0);
	}
	if (sscanf(comma + 1, " %2d %3[A-Za-z] %4d %2d:%2d:%2d %3s", &day, month, &year, &hour, &min, &sec,
			zone) == 7)
		return strcmp(zone, "GMT") ? 0 : to_utc(year, month_of(month), day, hour, min, sec, 0);
	if (sscanf(comma + 1, " %2d-%3[A-Za-z]-%2d %2d:%2d:%2d %3s", &day, month, &year, &hour, &min, &sec,
			zone) != 7)
		return 0;
	year += year < 70 ? 2000 : 1900;
	return strcmp(zone, "GMT") ? 0 : to_utc(year, month_of(month), day, hour, min, sec, 0);
}

u64 gf_net_parse_date(const char *date)
{
	if (!date)
		return 0;
	u64 utc = parse_xsd(date);
	return utc ? utc : parse_http(date);
}
