// SPDX-License-Identifier: MIT
// Registers, filters and PIDs made from text, for tests of linking that need no media.
//
// A capability is PREFIX NAME=VALUE[,VALUE…][(pPRIORITY)]. Names: T StreamType, C CodecID, U Unframed, E
// Extension together with an equivalent MIMEType (one entry each, members joined by `|`), or the name of a
// property. Prefixes: `!` excluded, `^` loaded filter only, `*` static, `?` optional, `@` presence only.
#ifndef TEST_FAKE_REGISTERS_H
#define TEST_FAKE_REGISTERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "graph/resolver.h"

#define FAKE_MAX_CAPS 512

typedef struct {
	const char *name;
	u32 ids[8];
} FakeCodec;

static const FakeCodec fake_codecs[] = {
	{"aac",
		{GF_CODECID_AAC_MPEG4, GF_CODECID_AAC_MPEG2_MP, GF_CODECID_AAC_MPEG2_LCP, GF_CODECID_AAC_MPEG2_SSRP}},
	{"aac4", {GF_CODECID_AAC_MPEG4}},
	{"ac3", {GF_CODECID_AC3}},
	{"ac4", {GF_CODECID_AC4}},
	{"amr", {GF_CODECID_AMR}},
	{"av1", {GF_CODECID_AV1}},
	{"avc", {GF_CODECID_AVC}},
	{"avcps", {GF_CODECID_AVC_PS}},
	{"bifs", {GF_CODECID_BIFS}},
	{"bifs2", {GF_CODECID_BIFS_V2}},
	{"dims", {GF_CODECID_DIMS}},
	{"dts", {GF_CODECID_DTS_CA, GF_CODECID_DTS_EXPRESS_LBR, GF_CODECID_DTS_HD_HR_MASTER, GF_CODECID_DTS_X}},
	{"dvbs", {GF_CODECID_DVB_SUBS}},
	{"eac3", {GF_CODECID_EAC3}},
	{"evc", {GF_CODECID_EVRC}},
	{"evrcpv", {GF_CODECID_EVRC_PV}},
	{"evte", {GF_CODECID_EVTE}},
	{"ffv1", {GF_CODECID_FFV1}},
	{"flac", {GF_CODECID_FLAC}},
	{"h263", {GF_CODECID_H263}},
	{"hevc", {GF_CODECID_HEVC}},
	{"hvt1", {GF_CODECID_HEVC_TILES}},
	{"iamf", {GF_CODECID_IAMF}},
	{"jp2", {GF_CODECID_J2K}},
	{"jpg", {GF_CODECID_JPEG}},
	{"laser", {GF_CODECID_LASER}},
	{"lhvc", {GF_CODECID_LHVC}},
	{"m1v", {GF_CODECID_MPEG1}},
	{"m2v", {GF_CODECID_MPEG2_SIMPLE, GF_CODECID_MPEG2_MAIN, GF_CODECID_MPEG2_SNR, GF_CODECID_MPEG2_SPATIAL,
				GF_CODECID_MPEG2_HIGH, GF_CODECID_MPEG2_422}},
	{"m4txt", {GF_CODECID_TEXT_MPEG4}},
	{"mhas", {GF_CODECID_MHAS}},
	{"mlp", {GF_CODECID_TRUEHD}},
	{"mp1", {GF_CODECID_MPEG_AUDIO_L1}},
	{"mp2", {GF_CODECID_MPEG2_PART3}},
	{"mp3", {GF_CODECID_MPEG_AUDIO}},
	{"mpeg4v", {GF_CODECID_MPEG4_PART2}},
	{"mtxt", {GF_CODECID_META_TEXT}},
	{"mvc", {GF_CODECID_MVC}},
	{"mxml", {GF_CODECID_META_XML}},
	{"opus", {GF_CODECID_OPUS}},
	{"png", {GF_CODECID_PNG}},
	{"prores", {GF_CODECID_APCH, GF_CODECID_APCO, GF_CODECID_APCN, GF_CODECID_APCS, GF_CODECID_AP4X,
				   GF_CODECID_AP4H}},
	{"qcp", {GF_CODECID_QCELP}},
	{"raw", {GF_CODECID_RAW}},
	{"sc35", {GF_CODECID_SCTE35}},
	{"smv", {GF_CODECID_SMV}},
	{"spx", {GF_CODECID_SPEEX}},
	{"ssa", {GF_CODECID_SUBS_SSA}},
	{"subs", {GF_CODECID_SUBS_TEXT}},
	{"subx", {GF_CODECID_SUBS_XML}},
	{"svc", {GF_CODECID_SVC}},
	{"svgr", {GF_CODECID_SVG}},
	{"svgzr", {GF_CODECID_SVG_GZ}},
	{"theo", {GF_CODECID_THEORA}},
	{"tx3g", {GF_CODECID_TX3G}},
	{"txt", {GF_CODECID_SIMPLE_TEXT}},
	{"uncv", {GF_CODECID_RAW_UNCV}},
	{"unsupported", {GF_4CC('u', 'n', 's', 'p')}},
	{"usac", {GF_CODECID_USAC}},
	{"vc1", {GF_CODECID_SMPTE_VC1}},
	{"vobsub", {GF_CODECID_SUBPIC}},
	{"vorb", {GF_CODECID_VORBIS}},
	{"vp10", {GF_CODECID_VP10}},
	{"vp8", {GF_CODECID_VP8}},
	{"vp9", {GF_CODECID_VP9}},
	{"vtt", {GF_CODECID_WEBVTT}},
	{"vvc", {GF_CODECID_VVC}},
	{"vvs1", {GF_CODECID_VVC_SUBPIC}},
};

typedef struct {
	const char *name;
	u32 value;
} FakeName;

static const FakeName fake_types[] = {
	{"Unknown", GF_STREAM_UNKNOWN},
	{"OD", GF_STREAM_OD},
	{"Scene", GF_STREAM_SCENE},
	{"Visual", GF_STREAM_VISUAL},
	{"Audio", GF_STREAM_AUDIO},
	{"Text", GF_STREAM_TEXT},
	{"Meta", GF_STREAM_METADATA},
	{"Encrypted", GF_STREAM_ENCRYPTED},
	{"File", GF_STREAM_FILE},
};

static const FakeName fake_flags[] = {
	{"main-thread", GF_FS_REG_MAIN_THREAD},
	{"explicit-only", GF_FS_REG_EXPLICIT_ONLY},
	{"hide-weight", GF_FS_REG_HIDE_WEIGHT},
	{"act-as-source", GF_FS_REG_ACT_AS_SOURCE},
	{"allow-cyclic", GF_FS_REG_ALLOW_CYCLIC},
	{"dynamic-pids", GF_FS_REG_DYNAMIC_PIDS},
	{"script", GF_FS_REG_SCRIPT},
	{"meta", GF_FS_REG_META},
	{"dynamic-redirect", GF_FS_REG_DYNAMIC_REDIRECT},
	{"requires-resolver", GF_FS_REG_REQUIRES_RESOLVER},
	{"force-remux", GF_FS_REG_FORCE_REMUX},
	{"temp-init", GF_FS_REG_TEMP_INIT},
	{"dynamic-reuse", GF_FS_REG_DYNAMIC_REUSE},
};

static inline u32 fake_lookup(const FakeName *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(names[i].name, name))
			return names[i].value;
	}
	fail_msg("unknown name %s in a test table", name);
	return 0;
}

#define FAKE_LOOKUP(names, name) fake_lookup(names, sizeof(names) / sizeof(names[0]), name)

// ---- Capabilities

// Capabilities read from text, with the memory of their strings.
typedef struct {
	GF_FilterCapability caps[FAKE_MAX_CAPS];
	u32 nb_caps;
	char *strings[FAKE_MAX_CAPS];
	u32 nb_strings;
} FakeCaps;

static inline void fake_caps_reset(FakeCaps *fc)
{
	for (u32 i = 0; i < fc->nb_strings; i++)
		free(fc->strings[i]);
	fc->nb_caps = fc->nb_strings = 0;
}

static inline void fake_add(FakeCaps *fc, GF_FilterCapability cap)
{
	assert_true(fc->nb_caps < FAKE_MAX_CAPS);
	fc->caps[fc->nb_caps++] = cap;
}

static inline char *fake_string(FakeCaps *fc, char *text)
{
	assert_non_null(text);
	assert_true(fc->nb_strings < FAKE_MAX_CAPS);
	fc->strings[fc->nb_strings++] = text;
	return text;
}

// `a,b` becomes PREFIXaSEPPREFIXb.
static inline char *fake_join(const char *values, const char *prefix)
{
	if (!strcmp(values, "*"))
		return strdup("*");
	if (!strcmp(values, "{yuv}"))
		values = "yuv,yuvl,nv12,rgb";
	else if (!strcmp(values, "{pcm}"))
		values = "pcm,s16,flt";
	char *joined = calloc(1, 2 * strlen(values) + (strlen(prefix) + 1) * (strlen(values) + 1) + 1);
	char *copy = strdup(values), *save = NULL;
	for (char *v = strtok_r(copy, ",", &save); v; v = strtok_r(NULL, ",", &save)) {
		if (joined[0])
			strcat(joined, "|");
		strcat(joined, prefix);
		strcat(joined, v);
	}
	free(copy);
	return joined;
}

static inline void fake_add_codecs(FakeCaps *fc, GF_FilterCapability cap, const char *name)
{
	cap.val.type = GF_PROP_UINT;
	if (!strcmp(name, "none")) {
		cap.val.value.uint = GF_CODECID_NONE;
		fake_add(fc, cap);
		return;
	}
	for (size_t i = 0; i < sizeof(fake_codecs) / sizeof(fake_codecs[0]); i++) {
		for (u32 j = 0; j < 8 && !strcmp(fake_codecs[i].name, name) && fake_codecs[i].ids[j]; j++) {
			cap.val.value.uint = fake_codecs[i].ids[j];
			fake_add(fc, cap);
			if (j == 7 || !fake_codecs[i].ids[j + 1])
				return;
		}
	}
	fail_msg("unknown codec %s in a test table", name);
}

static inline void fake_add_value(FakeCaps *fc, GF_FilterCapability cap, const char *value)
{
	switch (cap.code) {
	case GF_PROP_PID_STREAM_TYPE:
	case GF_PROP_PID_ORIG_STREAM_TYPE:
		cap.val = (GF_PropertyValue){.type = GF_PROP_UINT, .value.uint = FAKE_LOOKUP(fake_types, value)};
		break;
	case GF_PROP_PID_CODECID:
		fake_add_codecs(fc, cap, value);
		return;
	case GF_PROP_PID_PROTECTION_SCHEME_TYPE:
	case GF_PROP_PID_PIXFMT:
		cap.val.type = cap.code == GF_PROP_PID_PIXFMT ? GF_PROP_PIXFMT : GF_PROP_4CC;
		cap.val.value.uint = GF_4CC((u8)value[0], (u8)value[1], (u8)value[2], (u8)value[3]);
		break;
	case GF_PROP_PID_URL:
	case GF_PROP_PID_FILEPATH:
		cap.val.type = GF_PROP_STRING;
		if (strcmp(value, "NULL"))
			cap.val.value.string = fake_string(fc, strdup(value));
		break;
	case GF_PROP_PID_DEPENDENCY_ID:
	case GF_PROP_PID_TIMESCALE:
		cap.val = (GF_PropertyValue){.type = GF_PROP_UINT, .value.uint = (u32)atoi(value)};
		break;
	case GF_PROP_PID_UNFRAMED:
	case GF_PROP_PID_FORCE_UNFRAME:
	case GF_PROP_PID_TILE_BASE:
	case GF_PROP_PID_UNFRAMED_LATM:
	case GF_PROP_PID_FAKE:
	case GF_PROP_PID_SCALABLE:
		cap.val = (GF_PropertyValue){.type = GF_PROP_BOOL, .value.boolean = atoi(value) != 0};
		break;
	default: // a property of the application
		cap.val = (GF_PropertyValue){.type = GF_PROP_STRING, .value.string = fake_string(fc, strdup(value))};
		break;
	}
	fake_add(fc, cap);
}

static inline u32 fake_code(const char *name)
{
	if (!strcmp(name, "T"))
		return GF_PROP_PID_STREAM_TYPE;
	if (!strcmp(name, "C"))
		return GF_PROP_PID_CODECID;
	if (!strcmp(name, "U"))
		return GF_PROP_PID_UNFRAMED;
	return gf_props_get_id(name);
}

// Reads one capability.
static inline void fake_read_cap(FakeCaps *fc, const char *text, u32 side)
{
	GF_FilterCapability cap = {.flags = GF_CAPFLAG_IN_BUNDLE | side};
	static const FakeName prefixes[] = {{"!", GF_CAPFLAG_EXCLUDED}, {"^", GF_CAPFLAG_LOADED_FILTER},
		{"*", GF_CAPFLAG_STATIC}, {"?", GF_CAPFLAG_OPTIONAL}, {"@", GF_CAPFLAG_PRESENT}};
	for (; *text && strchr("!^*?@", *text); text++)
		cap.flags |= FAKE_LOOKUP(prefixes, ((char[2]){*text, 0}));
	char *copy = strdup(text), *save = NULL;
	char *priority = strstr(copy, "(p");
	if (priority) {
		cap.priority = (u8)atoi(priority + 2);
		*priority = 0;
	}
	char *values = strchr(copy, '=');
	if (values)
		*values++ = 0;
	if (!strcmp(copy, "E") || !strcmp(copy, "Extension") || !strcmp(copy, "MIMEType")) {
		cap.val.type = GF_PROP_STRING;
		cap.code = strcmp(copy, "MIMEType") ? GF_PROP_PID_FILE_EXT : GF_PROP_PID_MIME;
		cap.val.value.string = fake_string(fc, fake_join(values, ""));
		fake_add(fc, cap);
		if (!strcmp(copy, "E")) {
			cap.code = GF_PROP_PID_MIME;
			cap.val.value.string = fake_string(fc, fake_join(values, "x-media/"));
			fake_add(fc, cap);
		}
		free(copy);
		return;
	}
	cap.code = fake_code(copy);
	if (!cap.code)
		cap.name = fake_string(fc, strdup(copy));
	if (!values)
		fake_add(fc, cap);
	for (char *v = values ? strtok_r(values, ",", &save) : NULL; v; v = strtok_r(NULL, ",", &save))
		fake_add_value(fc, cap, v);
	free(copy);
}

// Reads "inputs -> outputs"; either may be `-`. A second bundle is separated from the first.
static inline void fake_read_bundle(FakeCaps *fc, const char *text)
{
	if (fc->nb_caps)
		fake_add(fc, (GF_FilterCapability){0});
	u32 side = GF_CAPFLAG_INPUT;
	char *copy = strdup(text), *save = NULL;
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (!strcmp(word, "->"))
			side = GF_CAPFLAG_OUTPUT;
		else if (strcmp(word, "-"))
			fake_read_cap(fc, word, side);
	}
	free(copy);
}

// Reads bundles separated by `;`.
static inline void fake_read_bundles(FakeCaps *fc, const char *text)
{
	char *copy = strdup(text), *save = NULL;
	for (char *b = strtok_r(copy, ";", &save); b; b = strtok_r(NULL, ";", &save))
		fake_read_bundle(fc, b);
	free(copy);
}

static inline void fake_read_reconfig(FakeCaps *fc, const char *text)
{
	char *copy = strdup(text), *save = NULL;
	fake_add(fc, (GF_FilterCapability){0});
	for (char *word = strtok_r(copy, ", ", &save); word; word = strtok_r(NULL, ", ", &save))
		fake_add(fc, (GF_FilterCapability){.code = fake_code(word), .flags = GF_CAPFLAG_RECONFIG});
	free(copy);
}

// ---- Registers

typedef struct {
	GF_FilterRegister reg;
	FakeCaps fc;
} FakeRegister;

static inline GF_Err fake_process(GF_Filter *f)
{
	(void)f;
	return GF_OK;
}

static inline GF_Err fake_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	(void)f, (void)pid, (void)is_remove;
	return GF_OK;
}

static inline GF_Err fake_reconfigure(GF_Filter *f, GF_FilterPid *pid)
{
	(void)f, (void)pid;
	return GF_OK;
}

static inline void fake_finish(FakeRegister *fr)
{
	GF_FilterRegister *reg = &fr->reg;
	reg->caps = fr->fc.caps;
	reg->nb_caps = fr->fc.nb_caps;
	reg->process = fake_process;
	if (caps_have(reg->caps, reg->nb_caps, GF_CAPFLAG_INPUT))
		reg->configure_pid = fake_configure;
}

// Reads "name pPRIORITY xEXTRA [flags]".
static inline FakeRegister *fake_register_new(const char *header)
{
	FakeRegister *fr = calloc(1, sizeof(FakeRegister));
	assert_non_null(fr);
	char *copy = strdup(header), *save = NULL;
	fr->reg.name = strdup(strtok_r(copy, " []", &save));
	for (char *word = strtok_r(NULL, " []", &save); word; word = strtok_r(NULL, " []", &save)) {
		if (word[0] == 'p' && word[1] >= '0' && word[1] <= '9')
			fr->reg.priority = (s16)atoi(word + 1);
		else if (word[0] == 'x')
			fr->reg.max_extra_pids = (u32)atoi(word + 1);
		else
			fr->reg.flags |= FAKE_LOOKUP(fake_flags, word);
	}
	free(copy);
	return fr;
}

static inline void fake_register_del(FakeRegister *fr)
{
	fake_caps_reset(&fr->fc);
	free((char *)fr->reg.name);
	free(fr);
}

// ---- Session

typedef struct {
	GF_FilterSession fs;
} FakeSession;

static inline void fake_session_init(FakeSession *s)
{
	memset(s, 0, sizeof(*s));
	s->fs.seps = (Separators){':', '=', '#', ',', '!', '@'};
	s->fs.max_chain = 6;
	s->fs.registers = gf_list_new();
}

// Reads a table of registers.
static inline void fake_session_read(FakeSession *s, const char *table)
{
	char *copy = strdup(table), *save = NULL;
	FakeRegister *fr = NULL;
	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (line[0] != ' ') {
			fr = fake_register_new(line);
			gf_list_add(s->fs.registers, &fr->reg);
		} else if (!strncmp(line, "  RECONF:", 9)) {
			fake_read_reconfig(&fr->fc, line + 9);
			fr->reg.reconfigure_output = fake_reconfigure;
		} else {
			fake_read_bundle(&fr->fc, line);
		}
		fake_finish(fr);
	}
	free(copy);
}

static inline void fake_session_reset(FakeSession *s)
{
	reg_graph_invalidate(&s->fs);
	for (u32 i = 0; i < gf_list_count(s->fs.registers); i++)
		fake_register_del((FakeRegister *)gf_list_get(s->fs.registers, i));
	gf_list_del(s->fs.registers);
}

static inline const GF_FilterRegister *fake_find(FakeSession *s, const char *name)
{
	for (u32 i = 0; i < gf_list_count(s->fs.registers); i++) {
		const GF_FilterRegister *reg = gf_list_get(s->fs.registers, i);
		if (!strcmp(reg->name, name))
			return reg;
	}
	fail_msg("no register %s in the test table", name);
	return NULL;
}

// ---- Filters and PIDs

typedef struct {
	GF_Filter f;
	FakeCaps fc;
	char name[32];
} FakeFilter;

// An instance of a register, with its own capabilities unless `caps` is NULL.
static inline void fake_filter_init(FakeFilter *ff, FakeSession *s, const char *reg_name, const char *caps)
{
	memset(ff, 0, sizeof(*ff));
	ff->f.fs = &s->fs;
	ff->f.reg = fake_find(s, reg_name);
	snprintf(ff->name, sizeof(ff->name), "%s", reg_name);
	ff->f.name = ff->name;
	ff->f.link.bundle = -1;
	ff->f.link.max_extra_pids = ff->f.reg->max_extra_pids;
	if (caps) {
		fake_read_bundles(&ff->fc, caps);
		ff->f.caps = ff->fc.caps;
		ff->f.nb_caps = ff->fc.nb_caps;
	}
}

static inline void fake_filter_reset(FakeFilter *ff)
{
	fake_caps_reset(&ff->fc);
}

// Properties written as capabilities; `*` values are strings as any.
static inline void fake_props_set(PropMap *map, const char *props)
{
	FakeCaps *fc = calloc(1, sizeof(FakeCaps));
	fake_read_bundle(fc, props);
	for (u32 i = 0; i < fc->nb_caps; i++)
		assert_int_equal(propmap_set(map, fc->caps[i].code, fc->caps[i].name, &fc->caps[i].val, NULL), GF_OK);
	fake_caps_reset(fc);
	free(fc);
}

static inline void fake_pid_init(OutPid *pid, FakeFilter *producer, const char *props)
{
	memset(pid, 0, sizeof(*pid));
	pid->head.filter = &producer->f;
	pid->name = "PID1";
	pid->map = propmap_new();
	assert_non_null(pid->map);
	fake_props_set(pid->map, props);
}

static inline void fake_pid_reset(OutPid *pid)
{
	propmap_unref(pid->map);
}

#endif
