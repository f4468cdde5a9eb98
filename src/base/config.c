// SPDX-License-Identifier: MIT
// Configuration: INI files, `[section]` and `key=value` lines, `#` or `;` comments.
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <gpac/log.h>
#include <gpac/numbers.h>

#include <base/array.h>
#include <base/config.h>
#include <base/file.h>
#include <base/str.h>

#define CONFIG_NAME "GPAC.cfg"
#define MAX_CONFIG_SIZE (16u << 20)

typedef struct {
	char *name;
	char *value;
	Bool locked; // by restrict.cfg
} Key;

typedef struct {
	char *name;
	Key *keys;
	u32 nb_keys, alloc;
} Section;

struct config {
	pthread_mutex_t lock;
	char *dir;
	char *path; // NULL for a configuration in memory only
	Section *sections;
	u32 nb_sections, alloc;
	Bool changed;
};

static Section *find_section(const Config *config, const char *name)
{
	for (u32 i = 0; i < config->nb_sections; i++)
		if (!strcmp(config->sections[i].name, name))
			return &config->sections[i];
	return NULL;
}

static Key *find_key(const Config *config, const char *section, const char *name)
{
	Section *s = find_section(config, section);
	for (u32 i = 0; s && i < s->nb_keys; i++)
		if (!strcmp(s->keys[i].name, name))
			return &s->keys[i];
	return NULL;
}

static Section *add_section(Config *config, const char *name)
{
	if (array_reserve(&config->sections, &config->alloc, config->nb_sections, 1, sizeof(*config->sections)))
		return NULL;
	char *copy = gf_strdup(name);
	if (!copy)
		return NULL;
	Section *s = &config->sections[config->nb_sections++];
	*s = (Section){.name = copy};
	return s;
}

static Key *add_key(Config *config, const char *section, const char *name)
{
	Section *s = find_section(config, section);
	if (!s)
		s = add_section(config, section);
	if (!s)
		return NULL;
	if (array_reserve(&s->keys, &s->alloc, s->nb_keys, 1, sizeof(*s->keys)))
		return NULL;
	char *copy = gf_strdup(name);
	if (!copy)
		return NULL;
	Key *key = &s->keys[s->nb_keys++];
	*key = (Key){.name = copy};
	return key;
}

static void remove_key(Section *s, Key *key)
{
	gf_free(key->name);
	gf_free(key->value);
	s->nb_keys--;
	memmove(key, key + 1, (size_t)(s->keys + s->nb_keys - key) * sizeof(*key));
}

static GF_Err set_value(Config *config, const char *section, const char *name, const char *value, Bool locked)
{
	char *copy = gf_strdup(value);
	Key *key = copy ? find_key(config, section, name) : NULL;
	if (copy && !key)
		key = add_key(config, section, name);
	if (!key) {
		gf_free(copy);
		return GF_OUT_OF_MEM;
	}
	gf_free(key->value);
	key->value = copy;
	key->locked = locked;
	return GF_OK;
}

static char *trim(char *text)
{
	while (isspace((u8)*text))
		text++;
	size_t len = strlen(text);
	while (len && isspace((u8)text[len - 1]))
		len--;
	text[len] = 0;
	return text;
}

static GF_Err parse_line(Config *config, char *line, char **section, const char *path, u32 nb, Bool locked)
{
	line = trim(line);
	if (!*line || *line == '#' || *line == ';')
		return GF_OK;
	size_t len = strlen(line);
	if (*line == '[' && line[len - 1] == ']') {
		line[len - 1] = 0;
		*section = trim(line + 1);
		return GF_OK;
	}
	char *equal = strchr(line, '=');
	if (!equal || !*section) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_CORE,
			("[config] %s line %u ignored: expected %s\n", path, nb,
				equal ? "a [section] before" : "key=value"));
		return GF_OK;
	}
	*equal = 0;
	return set_value(config, *section, trim(line), trim(equal + 1), locked);
}

static GF_Err load_file(Config *config, const char *path, Bool locked)
{
	FILE *file = gf_fopen_ex(path, NULL, "rb", GF_TRUE);
	if (!file)
		return GF_URL_ERROR;
	u8 *text = NULL;
	u32 size;
	GF_Err e =
		gf_fsize(file) > MAX_CONFIG_SIZE ? GF_NOT_SUPPORTED : gf_file_load_data_filep(file, &text, &size);
	gf_fclose(file);
	char *section = NULL;
	char *next = (char *)text;
	for (u32 nb = 1; !e && next; nb++) {
		char *line = next;
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		e = parse_line(config, line, &section, path, nb, locked);
	}
	gf_free(text);
	if (e)
		GF_LOG(GF_LOG_ERROR, GF_LOG_CORE, ("[config] cannot read %s: %s\n", path, gf_error_to_string(e)));
	return e;
}

// $LIBGPAC_CONFIG_DIR, else .libgpac in the home directory.
static char *default_dir(void)
{
	const char *dir = getenv("LIBGPAC_CONFIG_DIR");
	if (dir && *dir)
		return gf_strdup(dir);
	const char *home = getenv("HOME");
	StrBuf sb;
	sb_init(&sb);
	sb_addf(&sb, "%s/.libgpac", home && *home ? home : "/tmp");
	return sb_take(&sb);
}

static Bool is_memory_profile(const char *profile)
{
	return profile && (!strcmp(profile, "0") || !strcasecmp(profile, "n"));
}

static GF_Err find_file(Config *config, const char *profile)
{
	config->dir = default_dir();
	if (!config->dir)
		return GF_OUT_OF_MEM;
	if (is_memory_profile(profile))
		return GF_OK;
	StrBuf sb;
	sb_init(&sb);
	if (!profile || !*profile)
		sb_addf(&sb, "%s/%s", config->dir, CONFIG_NAME);
	else if (strchr(profile, '/') || gf_file_exists(profile))
		sb_add(&sb, profile);
	else
		sb_addf(&sb, "%s/%s/%s", config->dir, profile, CONFIG_NAME);
	config->path = sb_take(&sb);
	if (!config->path)
		return GF_OUT_OF_MEM;
	if (profile && strchr(profile, '/') && !gf_file_exists(profile)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_CORE, ("[config] no configuration file %s\n", profile));
		return GF_URL_ERROR;
	}
	return GF_OK;
}

static GF_Err load_restrictions(Config *config)
{
	char path[GF_MAX_PATH];
	if (!gf_opts_default_shared_directory(path) ||
		gf_strlcat(path, "/restrict.cfg", sizeof(path)) >= sizeof(path))
		return GF_OK;
	return gf_file_exists(path) ? load_file(config, path, GF_TRUE) : GF_OK;
}

static void destroy(Config *config)
{
	for (u32 i = 0; i < config->nb_sections; i++) {
		Section *s = &config->sections[i];
		while (s->nb_keys)
			remove_key(s, &s->keys[s->nb_keys - 1]);
		gf_free(s->keys);
		gf_free(s->name);
	}
	gf_free(config->sections);
	gf_free(config->dir);
	gf_free(config->path);
	pthread_mutex_destroy(&config->lock);
	gf_free(config);
}

GF_Err config_open(const char *profile, Config **config)
{
	Config *c = gf_calloc(1, sizeof(*c));
	if (!c)
		return GF_OUT_OF_MEM;
	pthread_mutex_init(&c->lock, NULL);
	GF_Err e = find_file(c, profile);
	if (!e && c->path && gf_file_exists(c->path))
		e = load_file(c, c->path, GF_FALSE);
	if (!e)
		e = load_restrictions(c);
	if (e) {
		destroy(c);
		return e;
	}
	*config = c;
	return GF_OK;
}

static char *to_text(const Config *config)
{
	StrBuf sb;
	sb_init(&sb);
	for (u32 i = 0; i < config->nb_sections; i++) {
		const Section *s = &config->sections[i];
		if (!strcmp(s->name, CONFIG_TEMP) || !s->nb_keys)
			continue;
		sb_addf(&sb, "[%s]\n", s->name);
		for (u32 k = 0; k < s->nb_keys; k++)
			if (!s->keys[k].locked)
				sb_addf(&sb, "%s=%s\n", s->keys[k].name, s->keys[k].value);
		sb_addc(&sb, '\n');
	}
	return sb_take(&sb);
}

// Writes beside the file, then renames: a reader sees the old or the new one, whole.
static GF_Err save(Config *config)
{
	char *text = to_text(config);
	StrBuf temp;
	sb_init(&temp);
	sb_addf(&temp, "%s.%d.tmp", config->path, (int)getpid());
	GF_Err e = text && !temp.failed ? GF_OK : GF_OUT_OF_MEM;
	FILE *file = e ? NULL : gf_fopen_ex(temp.data, NULL, "wb", GF_TRUE);
	if (!e && !file)
		e = GF_IO_ERR;
	if (file) {
		if (gf_fwrite(text, strlen(text), file) != strlen(text))
			e = GF_IO_ERR;
		if (gf_fclose(file))
			e = GF_IO_ERR;
		if (!e)
			e = gf_file_move(temp.data, config->path);
	}
	if (e)
		GF_LOG(GF_LOG_WARNING, GF_LOG_CORE, ("[config] cannot save %s: %s\n", config->path, strerror(errno)));
	else
		config->changed = GF_FALSE;
	sb_reset(&temp);
	gf_free(text);
	return e;
}

void config_close(Config *config)
{
	if (!config)
		return;
	if (config->changed && config->path && !gf_opts_get_bool("core", "no-save"))
		save(config);
	destroy(config);
}

const char *config_dir(const Config *config)
{
	return config->dir;
}

// The store with its lock held, NULL before gf_sys_init.
static Config *lock_config(void)
{
	Config *config = base_state.sys.config;
	if (config)
		pthread_mutex_lock(&config->lock);
	return config;
}

static void unlock_config(Config *config)
{
	pthread_mutex_unlock(&config->lock);
}

const char *config_get_locked(const char *section, const char *key)
{
	Config *config = lock_config();
	if (!config)
		return NULL;
	const Key *found = find_key(config, section, key);
	const char *value = found && found->locked ? found->value : NULL;
	unlock_config(config);
	return value;
}

const char *gf_opts_get_key(const char *secName, const char *keyName)
{
	Config *config = secName && keyName ? lock_config() : NULL;
	if (!config)
		return NULL;
	const Key *key = find_key(config, secName, keyName);
	if (!strcmp(secName, "core") && !(key && key->locked)) {
		const Key *temp = find_key(config, CONFIG_TEMP, keyName);
		if (temp)
			key = temp;
	}
	const char *value = key ? key->value : NULL;
	unlock_config(config);
	return value;
}

// What an INI file can hold and give back.
static Bool is_storable(const char *section, const char *key, const char *value)
{
	return *section && *key && !strpbrk(section, "\r\n]") && !strpbrk(key, "\r\n=") && !strchr("[#;", *key) &&
		   (!value || !strpbrk(value, "\r\n"));
}

GF_Err gf_opts_set_key(const char *secName, const char *keyName, const char *keyValue)
{
	if (!secName || !keyName || !is_storable(secName, keyName, keyValue))
		return GF_BAD_PARAM;
	Config *config = lock_config();
	if (!config)
		return GF_NOT_READY;
	GF_Err e = GF_OK;
	Key *key = find_key(config, secName, keyName);
	if (key && key->locked) {
		e = GF_NOT_SUPPORTED;
	} else if (!keyValue) {
		if (key)
			remove_key(find_section(config, secName), key);
	} else if (!key || strcmp(key->value, keyValue)) {
		e = set_value(config, secName, keyName, keyValue, GF_FALSE);
	}
	if (!e && strcmp(secName, CONFIG_TEMP))
		config->changed = GF_TRUE;
	unlock_config(config);
	if (e == GF_NOT_SUPPORTED)
		GF_LOG(GF_LOG_WARNING, GF_LOG_CORE,
			("[config] %s:%s is locked by restrict.cfg and keeps its value\n", secName, keyName));
	return e;
}

Bool gf_opts_get_bool(const char *secName, const char *keyName)
{
	const char *value = gf_opts_get_key(secName, keyName);
	if (!value && secName && keyName && !strcmp(secName, "core"))
		value = sysargs_default(keyName);
	return value && (!strcasecmp(value, "yes") || !strcasecmp(value, "true") || !strcmp(value, "1"));
}

u32 gf_opts_get_int(const char *secName, const char *keyName)
{
	const char *value = gf_opts_get_key(secName, keyName);
	if (!value && secName && keyName && !strcmp(secName, "core"))
		value = sysargs_default(keyName);
	if (!value)
		return 0;
	char *end;
	s64 number = strtoll(value, &end, 10);
	if (*end == 'k' || *end == 'K')
		number *= 1000;
	else if (*end == 'm' || *end == 'M')
		number *= 1000000;
	return (u32)number;
}

void gf_opts_del_section(const char *secName)
{
	Config *config = secName ? lock_config() : NULL;
	if (!config)
		return;
	Section *s = find_section(config, secName);
	for (u32 i = s ? s->nb_keys : 0; i; i--)
		if (!s->keys[i - 1].locked)
			remove_key(s, &s->keys[i - 1]);
	if (strcmp(secName, CONFIG_TEMP))
		config->changed = GF_TRUE;
	unlock_config(config);
}

u32 gf_opts_get_section_count(void)
{
	Config *config = lock_config();
	u32 count = config ? config->nb_sections : 0;
	if (config)
		unlock_config(config);
	return count;
}

const char *gf_opts_get_section_name(u32 secIndex)
{
	Config *config = lock_config();
	if (!config)
		return NULL;
	const char *name = secIndex < config->nb_sections ? config->sections[secIndex].name : NULL;
	unlock_config(config);
	return name;
}

u32 gf_opts_get_key_count(const char *secName)
{
	Config *config = secName ? lock_config() : NULL;
	if (!config)
		return 0;
	const Section *s = find_section(config, secName);
	u32 count = s ? s->nb_keys : 0;
	unlock_config(config);
	return count;
}

const char *gf_opts_get_key_name(const char *secName, u32 keyIndex)
{
	Config *config = secName ? lock_config() : NULL;
	if (!config)
		return NULL;
	const Section *s = find_section(config, secName);
	const char *name = s && keyIndex < s->nb_keys ? s->keys[keyIndex].name : NULL;
	unlock_config(config);
	return name;
}

GF_Err gf_opts_discard_changes(void)
{
	Config *config = lock_config();
	if (!config)
		return GF_NOT_READY;
	config->changed = GF_FALSE;
	unlock_config(config);
	return gf_opts_set_key(CONFIG_TEMP, "no-save", "true");
}

GF_Err gf_opts_save(void)
{
	Config *config = lock_config();
	if (!config)
		return GF_NOT_READY;
	GF_Err e = config->path ? save(config) : GF_OK;
	unlock_config(config);
	return e;
}

const char *gf_opts_get_filename(void)
{
	return base_state.sys.config ? base_state.sys.config->path : NULL;
}

Bool gf_opts_default_shared_directory(char path_buffer[GF_MAX_PATH])
{
	const char *dir = getenv("LIBGPAC_SHARE_DIR");
	if (dir && *dir)
		return gf_strlcpy(path_buffer, dir, GF_MAX_PATH) < GF_MAX_PATH && gf_dir_exists(path_buffer);
	// beside the library: <prefix>/lib*/libgpac.so and <prefix>/share/libgpac
	Dl_info info;
	if (!dladdr((void *)gf_opts_default_shared_directory, &info) || !info.dli_fname)
		return GF_FALSE;
	if (gf_strlcpy(path_buffer, info.dli_fname, GF_MAX_PATH) >= GF_MAX_PATH)
		return GF_FALSE;
	for (char *slash; (slash = strrchr(path_buffer, '/'));) {
		*slash = 0;
		size_t len = strlen(path_buffer);
		if (gf_strlcat(path_buffer, "/share/libgpac", GF_MAX_PATH) < GF_MAX_PATH &&
			gf_dir_exists(path_buffer))
			return GF_TRUE;
		path_buffer[len] = 0;
	}
	return GF_FALSE;
}
