// SPDX-License-Identifier: MIT
// Who may do what: rule files, user files and the credentials of requests (RFC 7617), as functions of texts.
#ifndef NET_HTTP_ACCESS_H
#define NET_HTTP_ACCESS_H

#include <gpac/error.h>

// ---- Lists of names, separated by commas

// The next name, without blanks, which is moved over; NULL at the end.
const char *http_names_next(const char **list, size_t *len);
Bool http_names_have(const char *list, const char *name); // `list` may be NULL

// ---- Rules: a section per directory

typedef enum { HTTP_READ = 0, HTTP_WRITE } HttpRight;
typedef enum {
	HTTP_ACCESS_OPEN = 0,
	HTTP_ACCESS_USERS, // those of the lists
	HTTP_ACCESS_NOBODY,
} HttpAccess;

// Lists are separated by commas, NULL when absent.
typedef struct {
	char *path;      // the name of the section
	char *name;      // prefix of URLs: no slash at its ends, NULL when absent
	char *users[2];  // by HttpRight
	char *groups[2];
} HttpRule;

typedef struct {
	HttpRule *rules;
	u32 nb, alloc;
} HttpRules;

// Reads a rule file. Keys of other servers (mcast, filters) are skipped, those that nobody knows are errors: GF_BAD_PARAM,
// also for a section or key given twice and for `$ALL` or `$NONE` beside names; or what ini_parse tells. `*line` is
// where. `rules` is empty or reset.
GF_Err http_rules_parse(const u8 *text, u32 size, HttpRules *rules, u32 *line);
void http_rules_reset(HttpRules *rules);
HttpAccess http_rule_access(const HttpRule *rule, HttpRight right);

// True when `path` is `parent` or below it. Compares components: /a/bc is not below /a/b.
Bool http_path_is_below(const char *path, const char *parent);

// ---- Users: a section per user, and one of groups

#define HTTP_DIGEST_SIZE 32

typedef struct {
	char *name;
	u8 hash[HTTP_DIGEST_SIZE], salt[HTTP_DIGEST_SIZE];
	Bool has_hash, has_salt;
	u64 last_auth; // milliseconds, 0: never
} HttpUser;

typedef struct {
	char *name, *members;
} HttpGroup;

typedef struct {
	HttpUser *users;
	u32 nb_users, alloc_users;
	HttpGroup *groups;
	u32 nb_groups, alloc_groups;
} HttpUsers;

// GF_BAD_PARAM for a password or salt that is not of 64 hexadecimal digits, a user or group given twice, and keys
// that nobody knows; or what ini_parse tells.
GF_Err http_users_parse(const u8 *text, u32 size, HttpUsers *users, u32 *line);
void http_users_reset(HttpUsers *users);
// SHA-256 of some bytes. False when it cannot be had.
typedef Bool (*HttpDigest)(const void *data, size_t size, u8 digest[HTTP_DIGEST_SIZE]);
// The user with that password, NULL for a wrong one. Takes as long for a name that nobody has.
HttpUser *http_users_check(const HttpUsers *users, const char *name, const char *password, HttpDigest digest);
// True for a member of one of the groups of a list, NULL for none. A user of no group is a member of `users`.
Bool http_user_in_groups(const HttpUsers *users, const char *user, const char *groups);
Bool http_rule_allows(const HttpRule *rule, HttpRight right, const HttpUsers *users, const char *user);
// The same text with the present values of `last_auth`, for the caller to free.
char *http_users_stamp(const HttpUsers *users, const u8 *text, u32 size);

// ---- Credentials

// Reads the value of an Authorization header. 200: name and password, for the caller to free. 401: NULL was given; 403:
// another scheme than Basic; 400: malformed.
u32 http_basic_parse(const char *value, char **user, char **password);

#endif
