// SPDX-License-Identifier: MIT
// The core options. An option is listed here only when some part of the library honours it.
#include <string.h>

#include <base/config.h>
#include <base/sysargs.h>

static const GF_GPACArg core_options[] = {
	{"quiet", NULL, "show no message and no progress", NULL, NULL, GF_ARG_BOOL, GF_ARG_SUBSYS_LOG},
	{"noprog", NULL, "show no progress", NULL, NULL, GF_ARG_BOOL, GF_ARG_SUBSYS_LOG},
	{"proglf", NULL, "write each progress value on a line of its own, also when stderr is not a terminal",
		NULL, NULL, GF_ARG_BOOL, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_LOG},
	{"logs", NULL,
		"set log levels: `tool[:tool...]@level` items separated by `:`, tool `all` for all, "
		"levels quiet, error, warning, info and debug; words `ncl` (no colour), `cl` (colour), "
		"`strict` (exit at the first error), `quiet`. Later items override earlier ones: "
		"`all@error:dash:http@debug`",
		NULL, NULL, GF_ARG_STRING, GF_ARG_SUBSYS_LOG},
	{"log-file", "lf", "write messages to this file, which is emptied first, instead of stderr", NULL, NULL,
		GF_ARG_STRING, GF_ARG_SUBSYS_LOG},
	{"log-dual", "ld", "with a log file, write messages to stderr too", NULL, NULL, GF_ARG_BOOL,
		GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_LOG},
	{"log-clock", "lc", "begin each message with the time since start in microseconds", NULL, NULL,
		GF_ARG_BOOL, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_LOG},
	{"log-utc", "lu", "begin each message with the date and time in UTC", NULL, NULL, GF_ARG_BOOL,
		GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_LOG},
	{"strict-error", "se", "exit with status 1 at the first error message", NULL, NULL, GF_ARG_BOOL,
		GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_LOG},

	{"strict", NULL, "refuse a filter option that nobody knows or uses, instead of warning about it", NULL,
		NULL, GF_ARG_BOOL, GF_ARG_SUBSYS_CORE},
	{"cfg", "opt",
		"change the configuration: `section:key=value` sets, `section:key=null` removes a key, "
		"`section=null` a section",
		NULL, NULL, GF_ARG_STRING, GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_CORE},
	{"no-save", NULL, "do not write changes of the configuration to its file", NULL, NULL, GF_ARG_BOOL,
		GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_CORE},
	{"for-test", NULL, "write no date, version or other text that changes from run to run", NULL, NULL,
		GF_ARG_BOOL, GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_CORE},
	{"tmp", NULL, "directory of temporary files; default: $TMPDIR, else /tmp", NULL, NULL, GF_ARG_STRING,
		GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_CORE},
	{"mod-dirs", NULL, "directories, separated by `;`, that hold filter libraries named gf_*.so", NULL, NULL,
		GF_ARG_STRINGS, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_CORE},
	{"lang", NULL, "preferred language; `$GLANG` in the value of a filter option stands for it", "en", NULL,
		GF_ARG_STRING, GF_ARG_SUBSYS_CORE},
	{"user-agent", "ua", "name of the client; `$GUA` in the value of a filter option stands for it",
		"libgpac", NULL, GF_ARG_STRING, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_CORE},
	{"js-dirs", NULL,
		"directories, separated by `,`, where `$GJS` in the value of a filter option finds scripts", NULL,
		NULL, GF_ARG_STRINGS, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_CORE},
	{"ifce", NULL, "network interface, by its address or name, for the filters that have an option `ifce`",
		NULL, NULL, GF_ARG_STRING, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_CORE},

	{"threads", NULL, "number of threads beside the main one; -1 for one per core", "0", NULL, GF_ARG_INT,
		GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_FILTERS},
	{"sched", NULL,
		"scheduler: free (queues without locks), lock (with locks), freex and flock (the same "
		"without running a filter directly), direct (no thread)",
		"free", "free|lock|freex|flock|direct", GF_ARG_STRING, GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},
	{"blacklist", NULL,
		"comma-separated names of filters that are not to be used; with a leading `-`, of the "
		"only ones to be used",
		NULL, NULL, GF_ARG_STRING, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_FILTERS},
	{"max-chain", NULL, "longest chain of filters that a link may add; 0 adds none", "6", NULL, GF_ARG_INT,
		GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},
	{"max-sleep", NULL, "longest time in milliseconds that an idle session waits at once; 0 is no limit", "0", NULL,
		GF_ARG_INT, GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},
	{"seps", NULL,
		"the six separators of filter declarations: between options, before a value, before a "
		"fragment, between the items of a list, before a negation, before a link",
		":=#,!@", NULL, GF_ARG_STRING, GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},
	{"full-link", NULL, "stop with an error when a stream cannot be linked", NULL, NULL, GF_ARG_BOOL,
		GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_FILTERS},
	{"no-reg", NULL, "do not pace filters that follow a clock", NULL, NULL, GF_ARG_BOOL,
		GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_FILTERS},
	{"no-reassign", NULL, "do not replace a source filter whose register turns out not to suit the content",
		NULL, NULL, GF_ARG_BOOL, GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},
	{"no-probe", NULL, "recognise sources by extension and MIME type only, not by content", NULL, NULL,
		GF_ARG_BOOL, GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},
	{"no-argchk", NULL, "do not report unused filter options", NULL, NULL, GF_ARG_BOOL,
		GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},
	{"no-graph-cache", NULL, "compute the graph of filters again for each link", NULL, NULL, GF_ARG_BOOL,
		GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},
	{"no-reservoir", NULL, "give packet memory back at once instead of keeping it for later packets", NULL,
		NULL, GF_ARG_BOOL, GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},
	{"dbg-edges", NULL, "log the links that are possible between filters", NULL, NULL, GF_ARG_BOOL,
		GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},
	{"no-block", NULL,
		"whether a full output stops its filter: no (yes, it does), fanout (only when every "
		"consumer is full), all (never)",
		"no", "no|fanout|all", GF_ARG_STRING, GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},
	{"buffer-gen", NULL, "media time in microseconds that a link may hold before its source waits", "1000",
		NULL, GF_ARG_INT, GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},
	{"buffer-dec", NULL, "the same before a decoder", "1000000", NULL, GF_ARG_INT,
		GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},
	{"buffer-units", NULL, "number of packets that a link may hold when their duration is not known", "1",
		NULL, GF_ARG_INT, GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},
	{"step-link", NULL, "when a link needs several filters, add them one at a time", NULL, NULL, GF_ARG_BOOL,
		GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_FILTERS},

	{"cache", NULL, "directory of stored HTTP answers; default: libgpac in the cache directory of the user", NULL, NULL,
		GF_ARG_STRING, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_HTTP},
	{"no-cache", NULL, "store no HTTP answer, and use none that is stored", NULL, NULL, GF_ARG_BOOL,
		GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_HTTP},
	{"offline-cache", NULL, "use stored HTTP answers without asking whether they are still right", NULL, NULL, GF_ARG_BOOL,
		GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_HTTP},
	{"clean-cache", NULL, "empty the cache directory when it is first used in a session and when the session ends", NULL,
		NULL, GF_ARG_BOOL, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_HTTP},
	{"cache-size", NULL, "most bytes in the cache directory; the answers used last the longest ago go first", "100M", NULL,
		GF_ARG_INT, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_HTTP},
	{"cache-check", NULL, "least time between two clean-ups of the cache directory, in seconds; 0 is only when a session "
		"first uses it", "60", NULL, GF_ARG_INT, GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_HTTP},
	{"cte-rate-wnd", NULL, "longest pause, in milliseconds, that counts for the rate of a download without a length, whose "
		"server may send data as they are made; 0 counts all time", "20", NULL, GF_ARG_INT,
		GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_HTTP},
	{"proxy", NULL, "proxy of HTTP requests: [scheme://]host[:port]; default: that of the environment", NULL, NULL,
		GF_ARG_STRING, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_HTTP},
	{"maxrate", NULL, "limit of the rate of all downloads of a session together, in bit/s; 0 is none", "0", NULL,
		GF_ARG_INT, GF_ARG_SUBSYS_HTTP},
	{"tcp-timeout", NULL, "longest time to connect, in milliseconds", "5000", NULL, GF_ARG_INT,
		GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_HTTP},
	{"req-timeout", NULL, "longest silence of a server that was asked, in milliseconds; 0 is no limit", "10000", NULL,
		GF_ARG_INT, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_HTTP},
	{"broken-cert", "no-cert-check", "accept any certificate of a server: anybody may then be that server", NULL, NULL,
		GF_ARG_BOOL, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_HTTP},
	{"ca-bundle", NULL, "file of the certificate authorities to trust, in PEM format; default: those of the system", NULL,
		NULL, GF_ARG_STRING, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_HTTP},
	{"users", NULL,
		"file of the users of servers: a section per user with password and salt, a section groups; default: users.cfg in "
		"the directory of the configuration",
		NULL, NULL, GF_ARG_STRING, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_HTTP},
	{"no-tls-rcfg", NULL, "do not try TLS where plain HTTP cannot connect", NULL, NULL, GF_ARG_BOOL,
		GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_HTTP},
	{"no-h2", NULL, "use HTTP/1.1 only", NULL, NULL, GF_ARG_BOOL, GF_ARG_HINT_ADVANCED | GF_ARG_SUBSYS_HTTP},
	{"no-h2c", NULL, "do not offer HTTP/2 without TLS to servers, which this version never does", NULL, NULL, GF_ARG_BOOL,
		GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_HTTP},
	{"query-string", NULL, "text to add to the query of each URL that is fetched", NULL, NULL, GF_ARG_STRING,
		GF_ARG_HINT_EXPERT | GF_ARG_SUBSYS_HTTP},
	{NULL, NULL, NULL, NULL, NULL, 0, 0},
};

const GF_GPACArg *gf_sys_get_options(void)
{
	return core_options;
}

static Bool is_name(const char *name, size_t len, const char *candidate)
{
	return candidate && strlen(candidate) == len && !memcmp(candidate, name, len);
}

const GF_GPACArg *sysargs_find(const char *name, size_t len)
{
	for (const GF_GPACArg *option = core_options; option->name; option++)
		if (is_name(name, len, option->name) || is_name(name, len, option->altname))
			return option;
	return NULL;
}

const char *sysargs_default(const char *name)
{
	const GF_GPACArg *option = sysargs_find(name, strlen(name));
	return option ? option->val : NULL;
}

u32 gf_sys_is_gpac_arg(const char *arg_name)
{
	if (!arg_name)
		return 0;
	if (*arg_name == '-')
		arg_name++;
	size_t len = strcspn(arg_name, "=");
	const GF_GPACArg *option = sysargs_find(arg_name, len);
	if (!option)
		return 0;
	return option->type == GF_ARG_BOOL || arg_name[len] ? 1 : 2;
}
