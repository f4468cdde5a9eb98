// SPDX-License-Identifier: MIT
// Log levels, sinks and progress.
//
// Deciding whether a message is wanted costs two relaxed atomic loads. A message is formatted at once and
// written by one system call, so that lines of several threads do not mix.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <base/logging.h>
#include <base/state.h>
#include <base/str.h>

static const struct {
	const char *name;
	const char *alternate;
} tool_names[GF_LOG_TOOL_MAX] = {
	[GF_LOG_CORE] = {"core", NULL},
	[GF_LOG_CODING] = {"coding", NULL},
	[GF_LOG_CONTAINER] = {"container", NULL},
	[GF_LOG_NETWORK] = {"network", "net"},
	[GF_LOG_HTTP] = {"http", NULL},
	[GF_LOG_RTP] = {"rtp", NULL},
	[GF_LOG_CODEC] = {"codec", NULL},
	[GF_LOG_PARSER] = {"parser", NULL},
	[GF_LOG_MEDIA] = {"media", NULL},
	[GF_LOG_SCENE] = {"scene", NULL},
	[GF_LOG_SCRIPT] = {"script", NULL},
	[GF_LOG_INTERACT] = {"interact", NULL},
	[GF_LOG_COMPOSE] = {"compose", NULL},
	[GF_LOG_COMPTIME] = {"ctime", NULL},
	[GF_LOG_CACHE] = {"cache", NULL},
	[GF_LOG_MMIO] = {"mmio", NULL},
	[GF_LOG_RTI] = {"rti", NULL},
	[GF_LOG_MEMORY] = {"mem", NULL},
	[GF_LOG_AUDIO] = {"audio", NULL},
	[GF_LOG_MODULE] = {"module", NULL},
	[GF_LOG_MUTEX] = {"mutex", NULL},
	[GF_LOG_CONDITION] = {"condition", NULL},
	[GF_LOG_DASH] = {"dash", NULL},
	[GF_LOG_FILTER] = {"filter", NULL},
	[GF_LOG_SCHEDULER] = {"sched", NULL},
	[GF_LOG_ROUTE] = {"route", "flute"},
	[GF_LOG_CONSOLE] = {"console", NULL},
	[GF_LOG_APP] = {"app", NULL},
	[GF_LOG_RMTWS] = {"rmtws", NULL},
};

static const char *const level_names[] = {"quiet", "error", "warning", "info", "debug"};
#define NB_LEVELS (sizeof(level_names) / sizeof(level_names[0]))

static const char *const level_colors[NB_LEVELS] = {"", "\033[31m", "\033[33m", "", "\033[2m"};
#define COLOR_END "\033[0m"

static void set_level(u32 tool, u32 level)
{
	atomic_store_explicit(&base_state.log.levels[tool], (u8)level, memory_order_relaxed);
}

void gf_log_set_tool_level(GF_LOG_Tool log_tool, GF_LOG_Level log_level)
{
	if ((u32)log_tool > GF_LOG_ALL || (u32)log_level >= NB_LEVELS)
		return;
	if (log_tool != GF_LOG_ALL) {
		set_level(log_tool, log_level);
		return;
	}
	for (u32 tool = 0; tool < GF_LOG_TOOL_MAX; tool++)
		set_level(tool, log_level);
}

// The level that the sets pushed on this thread give to a tool; -1 when none names it.
static s32 level_of_extras(GF_LOG_Tool tool)
{
	for (u32 i = base_thread.nb_extras; i; i--) {
		const GF_LogExtra *extra = base_thread.extras[i - 1];
		for (u32 k = extra->nb_tools; k; k--) {
			if (extra->tools[k - 1] == tool || extra->tools[k - 1] == GF_LOG_ALL)
				return (s32)extra->levels[k - 1];
		}
	}
	return -1;
}

u32 gf_log_get_tool_level(GF_LOG_Tool log_tool)
{
	if ((u32)log_tool >= GF_LOG_TOOL_MAX)
		return GF_LOG_QUIET;
	if (atomic_load_explicit(&base_state.log.nb_extras, memory_order_relaxed)) {
		s32 level = level_of_extras(log_tool);
		if (level >= 0)
			return (u32)level;
	}
	return atomic_load_explicit(&base_state.log.levels[log_tool], memory_order_relaxed);
}

Bool gf_log_tool_level_on(GF_LOG_Tool log_tool, GF_LOG_Level log_level)
{
	return log_level && log_level <= gf_log_get_tool_level(log_tool) &&
		   !atomic_load_explicit(&base_state.log.quiet, memory_order_relaxed);
}

const char *gf_log_tool_name(GF_LOG_Tool log_tool)
{
	if (log_tool == GF_LOG_ALL)
		return "all";
	return (u32)log_tool < GF_LOG_TOOL_MAX ? tool_names[log_tool].name : "unknown";
}

static Bool is_word(const char *text, size_t len, const char *word)
{
	return word && strlen(word) == len && !strncasecmp(text, word, len);
}

static u32 parse_tool(const char *text, size_t len)
{
	for (u32 tool = 0; tool < GF_LOG_TOOL_MAX; tool++) {
		if (is_word(text, len, tool_names[tool].name) || is_word(text, len, tool_names[tool].alternate))
			return tool;
	}
	return is_word(text, len, "all") ? GF_LOG_ALL : GF_LOG_TOOL_UNDEFINED;
}

u32 gf_log_parse_tool(const char *logs)
{
	return logs ? parse_tool(logs, strlen(logs)) : GF_LOG_TOOL_UNDEFINED;
}

// Sets the tools of the bit field to the level named `text`.
static GF_Err apply_level(u32 tools, const char *text, size_t len)
{
	static const char suffix[] = "+strict";
	size_t suffix_len = sizeof(suffix) - 1;
	Bool strict = is_word(text, len, "strict");
	if (len > suffix_len && is_word(text + len - suffix_len, suffix_len, suffix)) {
		len -= suffix_len;
		strict = GF_TRUE;
	}
	s32 level = -1;
	for (u32 i = 0; i < NB_LEVELS; i++)
		if (is_word(text, len, level_names[i]))
			level = (s32)i;
	if (level < 0 && !is_word(text, len, "strict")) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CORE,
			("[log] unknown level \"%.*s\": use quiet, error, warning, info, debug or strict\n", (int)len,
				text));
		return GF_BAD_PARAM;
	}
	for (u32 tool = 0; level >= 0 && tool < GF_LOG_TOOL_MAX; tool++)
		if (tools & (1u << tool))
			set_level(tool, (u32)level);
	if (strict)
		atomic_store(&base_state.log.strict, 1);
	return GF_OK;
}

static Bool apply_keyword(const char *text, size_t len)
{
	if (is_word(text, len, "ncl"))
		atomic_store(&base_state.log.color, 0);
	else if (is_word(text, len, "cl"))
		atomic_store(&base_state.log.color, 1);
	else if (is_word(text, len, "strict"))
		atomic_store(&base_state.log.strict, 1);
	else if (is_word(text, len, "quiet"))
		gf_log_set_tool_level(GF_LOG_ALL, GF_LOG_QUIET);
	else
		return GF_FALSE;
	return GF_TRUE;
}

static GF_Err add_tool(u32 *tools, const char *text, size_t len)
{
	u32 tool = parse_tool(text, len);
	if (tool == GF_LOG_TOOL_UNDEFINED) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CORE, ("[log] unknown tool \"%.*s\" in log levels\n", (int)len, text));
		return GF_BAD_PARAM;
	}
	*tools |= tool == GF_LOG_ALL ? (1u << GF_LOG_TOOL_MAX) - 1 : 1u << tool;
	return GF_OK;
}

GF_Err gf_log_modify_tools_levels(const char *val)
{
	u32 tools = 0; // named since the last level
	const char *item = val;
	while (item && *item) {
		size_t len = strcspn(item, ":");
		const char *at = memchr(item, '@', len);
		if (at || !apply_keyword(item, len)) {
			GF_Err e = add_tool(&tools, item, at ? (size_t)(at - item) : len);
			if (!e && at)
				e = apply_level(tools, at + 1, len - (size_t)(at + 1 - item));
			if (e)
				return e;
			if (at)
				tools = 0;
		}
		item += len;
		if (*item == ':')
			item++;
	}
	if (tools) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CORE, ("[log] no level in \"%s\": use tool[:tool...]@level\n", val));
		return GF_BAD_PARAM;
	}
	return GF_OK;
}

GF_Err gf_log_set_tools_levels(const char *log_tools_levels, Bool reset_all)
{
	if (reset_all)
		gf_log_set_tool_level(GF_LOG_ALL, GF_LOG_WARNING);
	return gf_log_modify_tools_levels(log_tools_levels);
}

char *gf_log_get_tools_levels(void)
{
	u32 nb_tools[NB_LEVELS] = {0};
	u8 levels[GF_LOG_TOOL_MAX];
	for (u32 tool = 0; tool < GF_LOG_TOOL_MAX; tool++) {
		levels[tool] = atomic_load(&base_state.log.levels[tool]);
		nb_tools[levels[tool]]++;
	}
	u32 common = 0;
	for (u32 i = 1; i < NB_LEVELS; i++)
		if (nb_tools[i] > nb_tools[common])
			common = i;
	StrBuf sb;
	sb_init(&sb);
	sb_addf(&sb, "all@%s", level_names[common]);
	for (u32 tool = 0; tool < GF_LOG_TOOL_MAX; tool++)
		if (levels[tool] != common)
			sb_addf(&sb, ":%s@%s", tool_names[tool].name, level_names[levels[tool]]);
	return sb_take(&sb);
}

gf_log_cbk gf_log_set_callback(void *usr_cbk, gf_log_cbk cbk)
{
	pthread_mutex_lock(&base_state.log.lock);
	gf_log_cbk old = base_state.log.cbk;
	base_state.log.cbk = cbk;
	base_state.log.cbk_udta = usr_cbk;
	pthread_mutex_unlock(&base_state.log.lock);
	return old;
}

Bool gf_log_set_strict_error(Bool strict)
{
	return atomic_exchange(&base_state.log.strict, strict) ? GF_TRUE : GF_FALSE;
}

// A descriptor that takes nothing more now (a full pipe in non-blocking mode) loses the rest of the line.
static void write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

static void add_prefix(StrBuf *sb)
{
	if (atomic_load(&base_state.log.show_utc)) {
		struct timespec now;
		struct tm tm;
		char date[32] = "";
		clock_gettime(CLOCK_REALTIME, &now);
		if (gmtime_r(&now.tv_sec, &tm))
			strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
		sb_addf(sb, "[%s.%03dZ] ", date, (int)(now.tv_nsec / 1000000));
	}
	if (atomic_load(&base_state.log.show_clock))
		sb_addf(sb, "[%llu us] ", (unsigned long long)gf_sys_clock_high_res());
}

// Returns false when no log file is open.
static Bool write_to_file(const char *text, size_t len)
{
	pthread_mutex_lock(&base_state.log.lock);
	int fd = base_state.log.fd;
	if (fd >= 0)
		write_all(fd, text, len);
	pthread_mutex_unlock(&base_state.log.lock);
	return fd >= 0;
}

GF_PRINTF(2, 0) static void write_message(GF_LOG_Level level, const char *fmt, va_list vl)
{
	int saved_errno = errno; // callers log first and report errno after
	StrBuf sb;
	sb_init(&sb);
	const char *color = level_colors[level];
	if (!*color || !atomic_load(&base_state.log.color))
		color = NULL;
	if (color)
		sb_add(&sb, color);
	size_t start = sb.len;
	add_prefix(&sb);
	sb_addv(&sb, fmt, vl);
	size_t end = sb.len;
	if (color)
		sb_add(&sb, COLOR_END);
	if (sb.failed) {
		// out of memory: the text without its values is better than nothing
		write_all(STDERR_FILENO, fmt, strlen(fmt));
	} else {
		Bool in_file = atomic_load(&base_state.log.to_file) && write_to_file(sb.data + start, end - start);
		if (!in_file || atomic_load(&base_state.log.also_stderr))
			write_all(STDERR_FILENO, sb.data, sb.len);
	}
	sb_reset(&sb);
	errno = saved_errno;
}

static Bool strict_extra_pushed(void)
{
	for (u32 i = 0; i < base_thread.nb_extras; i++)
		if (base_thread.extras[i]->strict)
			return GF_TRUE;
	return GF_FALSE;
}

GF_PRINTF(3, 0) static void emit(GF_LOG_Level level, GF_LOG_Tool tool, const char *fmt, va_list vl)
{
	pthread_mutex_lock(&base_state.log.lock);
	gf_log_cbk cbk = base_state.log.cbk;
	void *udta = base_state.log.cbk_udta;
	pthread_mutex_unlock(&base_state.log.lock);
	// what the call-back itself makes the library log goes to stderr
	if (cbk && !base_thread.in_log_cbk) {
		base_thread.in_log_cbk = GF_TRUE;
		cbk(udta, level, tool, fmt, vl);
		base_thread.in_log_cbk = GF_FALSE;
	} else {
		write_message(level, fmt, vl);
	}
	if (level == GF_LOG_ERROR && (atomic_load(&base_state.log.strict) || strict_extra_pushed()))
		exit(1);
}

void gf_log_lt(GF_LOG_Level ll, GF_LOG_Tool lt)
{
	base_thread.log_level = ll;
	base_thread.log_tool = lt;
}

void gf_log(const char *fmt, ...)
{
	va_list vl;
	va_start(vl, fmt);
	emit(base_thread.log_level, base_thread.log_tool, fmt, vl);
	va_end(vl);
}

void gf_log_va_list(GF_LOG_Level level, GF_LOG_Tool tool, const char *fmt, va_list vl)
{
	if (gf_log_tool_level_on(tool, level))
		emit(level, tool, fmt, vl);
}

Bool gf_log_use_color(void)
{
	return atomic_load(&base_state.log.color) ? GF_TRUE : GF_FALSE;
}

Bool gf_log_use_file(void)
{
	return atomic_load(&base_state.log.to_file) ? GF_TRUE : GF_FALSE;
}

GF_Err log_set_file(const char *path)
{
	int fd = -1;
	char *copy = NULL;
	if (path) {
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
		if (fd < 0) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_CORE, ("[log] cannot open log file %s: %s\n", path, strerror(errno)));
			return GF_IO_ERR;
		}
		copy = gf_strdup(path);
		if (!copy) {
			close(fd);
			return GF_OUT_OF_MEM;
		}
	}
	pthread_mutex_lock(&base_state.log.lock);
	int old_fd = base_state.log.fd;
	char *old_path = base_state.log.path;
	base_state.log.fd = fd;
	base_state.log.path = copy;
	atomic_store(&base_state.log.to_file, fd >= 0);
	pthread_mutex_unlock(&base_state.log.lock);
	if (old_fd >= 0)
		close(old_fd);
	gf_free(old_path);
	return GF_OK;
}

void gf_log_reset_file(void)
{
	pthread_mutex_lock(&base_state.log.lock);
	char *path = gf_strdup(base_state.log.path);
	pthread_mutex_unlock(&base_state.log.lock);
	if (path)
		log_set_file(path);
	gf_free(path);
}

void log_set_dual(Bool on)
{
	atomic_store(&base_state.log.also_stderr, on);
}

void log_set_clock(Bool on)
{
	atomic_store(&base_state.log.show_clock, on);
}

void log_set_utc(Bool on)
{
	atomic_store(&base_state.log.show_utc, on);
}

void log_set_quiet(Bool on)
{
	atomic_store(&base_state.log.quiet, on);
}

void log_set_progress(Bool on, Bool one_per_line)
{
	atomic_store(&base_state.log.no_progress, !on);
	atomic_store(&base_state.log.progress_lines, one_per_line);
}

u32 log_quiet_level(void)
{
	if (atomic_load(&base_state.log.quiet))
		return 2;
	return atomic_load(&base_state.log.no_progress) ? 1 : 0;
}

void log_restore_defaults(void)
{
	gf_log_set_tool_level(GF_LOG_ALL, GF_LOG_WARNING);
	set_level(GF_LOG_APP, GF_LOG_INFO);
	set_level(GF_LOG_CONSOLE, GF_LOG_INFO);
	gf_log_set_strict_error(GF_FALSE);
	log_set_file(NULL);
	log_set_dual(GF_FALSE);
	log_set_clock(GF_FALSE);
	log_set_utc(GF_FALSE);
	log_set_quiet(GF_FALSE);
	log_set_progress(GF_TRUE, GF_FALSE);
	const char *term = getenv("TERM");
	Bool terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb");
	atomic_store(&base_state.log.terminal, terminal);
	atomic_store(&base_state.log.color, terminal && !getenv("NO_COLOR"));
}

void gf_log_push_extra(const GF_LogExtra *log)
{
	if (!log || base_thread.nb_extras == LOG_MAX_EXTRAS)
		return;
	base_thread.extras[base_thread.nb_extras++] = log;
	atomic_fetch_add(&base_state.log.nb_extras, 1);
}

void gf_log_pop_extra(const GF_LogExtra *log)
{
	for (u32 i = base_thread.nb_extras; i; i--) {
		if (base_thread.extras[i - 1] != log)
			continue;
		base_thread.nb_extras--;
		memmove(&base_thread.extras[i - 1], &base_thread.extras[i],
			(base_thread.nb_extras - (i - 1)) * sizeof(base_thread.extras[0]));
		atomic_fetch_sub(&base_state.log.nb_extras, 1);
		return;
	}
}

void gf_log_reset_extras(void)
{
	atomic_fetch_sub(&base_state.log.nb_extras, base_thread.nb_extras);
	base_thread.nb_extras = 0;
}

static void show_progress(const char *title, u64 done, u64 total)
{
	Bool lines = atomic_load(&base_state.log.progress_lines);
	if (!lines && !atomic_load(&base_state.log.terminal))
		return;
	u32 percent = total ? (u32)((Double)done * 100 / (Double)total) : 0;
	if (percent > 100)
		percent = 100;
	// 0 is "nothing shown yet"
	if (atomic_exchange(&base_state.log.progress, percent + 1) == percent + 1)
		return;
	char bar[21];
	for (u32 i = 0; i < 20; i++)
		bar[i] = i * 5 < percent ? '=' : ' ';
	bar[20] = 0;
	char text[256];
	Bool end = lines || percent == 100;
	int len = snprintf(text, sizeof(text), "%s%.150s: |%s| %u%%%s", lines ? "" : "\r", title ? title : "",
		bar, percent, end ? "\n" : "");
	write_all(STDERR_FILENO, text, (size_t)len);
	if (percent == 100)
		atomic_store(&base_state.log.progress, 0);
}

void gf_set_progress(const char *title, u64 done, u64 total)
{
	pthread_mutex_lock(&base_state.log.lock);
	gf_on_progress_cbk cbk = base_state.log.progress_cbk;
	void *udta = base_state.log.progress_udta;
	pthread_mutex_unlock(&base_state.log.lock);
	if (cbk)
		cbk(udta, title, done, total);
	else if (!log_quiet_level())
		show_progress(title, done, total);
}

void gf_set_progress_callback(void *user_cbk, gf_on_progress_cbk prog_cbk)
{
	pthread_mutex_lock(&base_state.log.lock);
	base_state.log.progress_cbk = prog_cbk;
	base_state.log.progress_udta = user_cbk;
	pthread_mutex_unlock(&base_state.log.lock);
}
