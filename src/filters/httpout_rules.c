// SPDX-License-Identifier: MIT
// Who may read and write what (option rdirs with rule files): sections of directories, the users of option `users`.
//
// A section holds for what lies in its directory, wherever a link to it is, except where a section of a directory
// inside says otherwise. One with a name or without directory holds for URLs below that. Where two hold that are not
// inside each other, both must allow.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gpac/main.h>

#include "filters/httpout.h"

#define SAVE_MS 10000 // between two updates of the users file

typedef struct {
	const HttpRule *rule;
	char *real;   // the directory, "" for /; NULL when there is none
	char *prefix; // URLs that it holds for, with a slash in front or empty; NULL: wherever its directory is reached
} Guard;

struct http_access {
	HttpOut *out;
	HttpRules *files;
	u32 nb_files;
	Guard *guards;
	u32 nb_guards;
	char users_path[GF_MAX_PATH];
	HttpUsers users;
	struct stat seen; // of the users file, when it was read
	Bool changed;     // a time of last authentication
	u64 saved_ms;
};

// ---- users

static Bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
		a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

// Reads the users file; the users stay as they are when that is not possible.
static GF_Err load_users(HttpAccessRules *a)
{
	HttpUsers users = {0};
	u8 *text = NULL;
	u32 size = 0, line = 0;
	struct stat st;
	if (stat(a->users_path, &st)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] cannot read the users of %s (option users): %s\n", a->users_path, strerror(errno)));
		return GF_URL_ERROR;
	}
	GF_Err e = gf_file_load_data(a->users_path, &text, &size);
	if (!e)
		e = http_users_parse(text, size, &users, &line);
	gf_free(text);
	a->seen = st;
	if (e) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP,
			("[httpout] users file %s, line %u: %s\n", a->users_path, line, gf_error_to_string(e)));
		return e;
	}
	http_users_reset(&a->users);
	a->users = users;
	return GF_OK;
}

static GF_Err write_beside(const char *path, const char *text, mode_t mode)
{
	char temp[GF_MAX_PATH + 16];
	size_t size = strlen(text);
	snprintf(temp, sizeof(temp), "%s.XXXXXX", path);
	int fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return GF_IO_ERR;
	Bool ok = !fchmod(fd, mode & 07777) && write(fd, text, size) == (ssize_t)size;
	ok &= !close(fd);
	if (ok && !rename(temp, path))
		return GF_OK;
	unlink(temp);
	return GF_IO_ERR;
}

static void save_users(HttpAccessRules *a)
{
	u8 *text = NULL;
	u32 size = 0;
	struct stat st;
	char real[GF_MAX_PATH];
	a->changed = GF_FALSE;
	a->saved_ms = gf_net_get_utc();
	// what somebody changed meanwhile stays
	GF_Err e = gf_realpath(a->users_path, real) && !stat(real, &st) ? gf_file_load_data(real, &text, &size) : GF_IO_ERR;
	char *stamped = e ? NULL : http_users_stamp(&a->users, text, size);
	if (!e)
		e = stamped ? write_beside(real, stamped, st.st_mode) : GF_OUT_OF_MEM;
	gf_free(stamped);
	gf_free(text);
	if (e)
		GF_LOG(GF_LOG_WARNING, GF_LOG_HTTP, ("[httpout] cannot note logins in %s: %s\n", a->users_path, strerror(errno)));
	else if (is_same_file(&a->seen, &st))
		stat(real, &a->seen);
}

static void count_authorization(void *udta, const char *name, const char *value)
{
	(void)value;
	*(u32 *)udta += !strcasecmp(name, "Authorization");
}

// Whose request it is: 200 with the user, 401 without credentials, 403 or 400.
static u32 identify(HttpRequest *r)
{
	HttpAccessRules *a = r->out->access;
	char *name, *password;
	struct stat st;
	u32 nb = 0;
	r->out->net->headers(r->x, count_authorization, &nb);
	u32 status = nb > 1 ? 400 : http_basic_parse(r->out->net->header(r->x, "Authorization"), &name, &password);
	if (status != 200)
		return status;
	if (!stat(a->users_path, &st) && !is_same_file(&st, &a->seen))
		load_users(a);
	HttpUser *user = http_users_check(&a->users, name, password, net_module()->sha256);
	explicit_bzero(password, strlen(password));
	gf_free(password);
	if (!user) {
		gf_free(name);
		return 403;
	}
	r->user = name;
	user->last_auth = gf_net_get_utc();
	a->changed = GF_TRUE;
	if (user->last_auth >= a->saved_ms + SAVE_MS)
		save_users(a);
	return 200;
}

// ---- sections

static const Guard *guard_of_path(const HttpAccessRules *a, const char *real)
{
	const Guard *best = NULL;
	for (u32 i = 0; i < a->nb_guards; i++) {
		const Guard *g = &a->guards[i];
		if (g->real && http_path_is_below(real, g->real) && (!best || strlen(g->real) > strlen(best->real)))
			best = g;
	}
	return best;
}

static const Guard *guard_of_url(const HttpAccessRules *a, const char *url)
{
	const Guard *best = NULL;
	for (u32 i = 0; i < a->nb_guards; i++) {
		const Guard *g = &a->guards[i];
		if (g->prefix && http_path_is_below(url, g->prefix) && (!best || strlen(g->prefix) > strlen(best->prefix)))
			best = g;
	}
	return best;
}

// The real path that a file would have, from the part of it that is there.
static void future_path(const char *place, char real[GF_MAX_PATH])
{
	char there[GF_MAX_PATH];
	gf_strlcpy(there, place, sizeof(there));
	for (char *slash; !gf_realpath(*there ? there : "/", real) && (slash = strrchr(there, '/'));)
		*slash = 0;
	if (!strcmp(real, "/"))
		*real = 0;
	gf_strlcat(real, place + strlen(there), GF_MAX_PATH);
}

// Where a request reads or writes. A link is read where it leads, and written where it is.
static Bool place_of(const HttpRequest *r, HttpRight right, char real[GF_MAX_PATH])
{
	char place[GF_MAX_PATH], first[GF_MAX_PATH] = "";
	struct stat st;
	u32 idx = 0;
	while (http_next_place(r->out, r->path, right, &idx, place)) {
		if (right == HTTP_READ && gf_realpath(*place ? place : "/", real) && !stat(real, &st) &&
			(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) && http_is_readable_place(r->out, real))
			return GF_TRUE;
		if (!*first)
			gf_strlcpy(first, place, sizeof(first));
	}
	if (!*first)
		return GF_FALSE;
	char *slash = strrchr(first, '/');
	char name[GF_MAX_PATH];
	gf_strlcpy(name, slash, sizeof(name));
	*slash = 0;
	future_path(first, real);
	gf_strlcat(real, name, GF_MAX_PATH);
	return GF_TRUE;
}

static u32 check_guard(HttpRequest *r, const Guard *g, HttpRight right)
{
	switch (http_rule_access(g->rule, right)) {
	case HTTP_ACCESS_OPEN:
		return 200;
	case HTTP_ACCESS_NOBODY:
		return 403;
	default:
		break;
	}
	if (!r->credentials)
		r->credentials = identify(r);
	if (r->credentials != 200)
		return r->credentials;
	return http_rule_allows(g->rule, right, &r->out->access->users, r->user) ? 200 : 403;
}

// The section that holds for a place, and that of the URL no more when it is around that.
static u32 check_place(HttpRequest *r, const char *real, HttpRight right, const Guard **by_url)
{
	const Guard *g = guard_of_path(r->out->access, real);
	if (g && *by_url && (*by_url)->real && http_path_is_below(g->real, (*by_url)->real))
		*by_url = NULL;
	return g ? check_guard(r, g, right) : 200;
}

void http_authorize(HttpRequest *r)
{
	const HttpAccessRules *a = r->out->access;
	const Bool writes = r->method == METHOD_PUT || r->method == METHOD_POST || r->method == METHOD_DELETE;
	const HttpRight right = writes ? HTTP_WRITE : HTTP_READ;
	char place[GF_MAX_PATH], real[GF_MAX_PATH];
	u32 idx = 0;
	if (!a || !r->path)
		return;
	const Guard *by_url = guard_of_url(a, r->path);
	if (http_is_ops(r)) {
		// it lies in no directory
	} else if (!writes && http_growing_find(r->out, r->path)) { // in any of the directories
		while (r->auth_code == 200 && http_next_place(r->out, r->path, HTTP_READ, &idx, place)) {
			future_path(place, real);
			r->auth_code = check_place(r, real, right, &by_url);
		}
	} else if (place_of(r, right, real) || (writes && place_of(r, HTTP_READ, real))) {
		r->auth_code = check_place(r, real, right, &by_url);
	}
	if (by_url && r->auth_code == 200)
		r->auth_code = check_guard(r, by_url, right);
}

Bool http_may_list(HttpRequest *r, const char *real)
{
	const Guard *g = r->out->access ? guard_of_path(r->out->access, real) : NULL;
	return !g || check_guard(r, g, HTTP_READ) == 200;
}

// 15.5.2: a 401 tells how to log in. Questions about what is allowed are answered without credentials, which browsers
// do not send with them.
Bool http_refuse(HttpRequest *r)
{
	if (r->auth_code == 200 || r->method == METHOD_OPTIONS)
		return GF_FALSE;
	NetAnswer *a = http_answer_new(r, NULL);
	if (a && r->auth_code == 401)
		r->out->net->answer_header(a, "WWW-Authenticate", "Basic realm=\"libgpac\", charset=\"UTF-8\"");
	http_send(r, r->auth_code, a);
	return GF_TRUE;
}

// ---- configuration

// A section inside the directory of another one is reached through that, unless it has a name of its own.
static Bool is_inside_another(const HttpRules *rules, const HttpRule *rule, const char *real)
{
	for (u32 i = 0; i < rules->nb; i++) {
		char other[GF_MAX_PATH];
		if (&rules->rules[i] != rule && gf_realpath(rules->rules[i].path, other) &&
			http_path_is_below(real, strcmp(other, "/") ? other : ""))
			return GF_TRUE;
	}
	return GF_FALSE;
}

static GF_Err add_guard(HttpAccessRules *a, const HttpRule *rule, const char *real, const char *prefix)
{
	Guard *guards = gf_realloc(a->guards, (a->nb_guards + 1) * sizeof(*guards));
	if (!guards)
		return GF_OUT_OF_MEM;
	a->guards = guards;
	Guard *g = &guards[a->nb_guards++];
	*g = (Guard){rule, real ? gf_strdup(real) : NULL, prefix ? gf_strdup(prefix) : NULL};
	return (real && !g->real) || (prefix && !g->prefix) ? GF_OUT_OF_MEM : GF_OK;
}

static GF_Err add_section(HttpAccessRules *a, const HttpRules *rules, const HttpRule *rule)
{
	char real[GF_MAX_PATH], prefix[GF_MAX_PATH];
	const char *name = rule->name ? rule->name : "";
	snprintf(prefix, sizeof(prefix), "%s%s", *name ? "/" : "", name);
	if (!gf_dir_exists(rule->path) || !gf_realpath(rule->path, real)) {
		if (!rule->name)
			snprintf(prefix, sizeof(prefix), "/%s", rule->path + strspn(rule->path, "/"));
		for (size_t len = strlen(prefix); len && prefix[len - 1] == '/'; len--)
			prefix[len - 1] = 0;
		return add_guard(a, rule, NULL, prefix);
	}
	if (!strcmp(real, "/"))
		*real = 0;
	const Guard *same = guard_of_path(a, real);
	if (same && !strcmp(same->real, real)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] two sections are about the directory %s\n", rule->path));
		return GF_BAD_PARAM;
	}
	Bool has_place = rule->name || !is_inside_another(rules, rule, real);
	GF_Err e = add_guard(a, rule, real, *prefix ? prefix : NULL);
	if (!e && has_place)
		e = http_add_place(a->out, real, prefix, GF_TRUE, http_rule_access(rule, HTTP_WRITE) != HTTP_ACCESS_NOBODY);
	return e;
}

static Bool needs_users(const HttpAccessRules *a)
{
	for (u32 i = 0; i < a->nb_guards; i++) {
		const HttpRule *rule = a->guards[i].rule;
		if (http_rule_access(rule, HTTP_READ) == HTTP_ACCESS_USERS || http_rule_access(rule, HTTP_WRITE) == HTTP_ACCESS_USERS)
			return GF_TRUE;
	}
	return GF_FALSE;
}

static GF_Err find_users(HttpAccessRules *a)
{
	const char *option = gf_opts_get_key("core", "users");
	if (option)
		gf_strlcpy(a->users_path, option, sizeof(a->users_path));
	else
		gf_sys_solve_path("$GCFG/users.cfg", a->users_path);
	GF_Err e = load_users(a);
	return e ? e : http_add_private(a->out, a->users_path);
}

GF_Err http_add_rules(HttpOut *out, const char *file)
{
	u8 *text = NULL;
	u32 size, line = 0;
	HttpAccessRules *a = out->access ? out->access : gf_calloc(1, sizeof(*a));
	if (!a)
		return GF_OUT_OF_MEM;
	out->access = a;
	a->out = out;
	HttpRules *files = gf_realloc(a->files, (a->nb_files + 1) * sizeof(*files));
	if (!files)
		return GF_OUT_OF_MEM;
	a->files = files;
	HttpRules *rules = &files[a->nb_files++];
	*rules = (HttpRules){0};
	GF_Err e = http_add_private(out, file);
	if (!e)
		e = gf_file_load_data(file, &text, &size);
	if (!e)
		e = http_rules_parse(text, size, rules, &line);
	gf_free(text);
	if (e)
		GF_LOG(GF_LOG_ERROR, GF_LOG_HTTP, ("[httpout] rule file %s, line %u: %s\n", file, line, gf_error_to_string(e)));
	for (u32 i = 0; i < rules->nb && !e; i++)
		e = add_section(a, rules, &rules->rules[i]);
	return !e && needs_users(a) && !*a->users_path ? find_users(a) : e;
}

void http_rules_del(HttpOut *out)
{
	HttpAccessRules *a = out->access;
	if (!a)
		return;
	if (a->changed)
		save_users(a);
	for (u32 i = 0; i < a->nb_guards; i++) {
		gf_free(a->guards[i].real);
		gf_free(a->guards[i].prefix);
	}
	for (u32 i = 0; i < a->nb_files; i++)
		http_rules_reset(&a->files[i]);
	gf_free(a->guards);
	gf_free(a->files);
	http_users_reset(&a->users);
	gf_free(a);
	out->access = NULL;
}
