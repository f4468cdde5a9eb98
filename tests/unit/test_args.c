// SPDX-License-Identifier: MIT
// Options: matching, special options, option files, inheritance, unused options.

#include "args_lab.h"

// ---- A session without engine

typedef struct {
	char *src, *dst;
	u32 mode, kind, count;
	Bool flag;
	GF_Fraction frac;
	GF_PropStringList list;
	GF_PropData data;
	Double number;
} TestCtx;

#define ARG(field, type, def, enums, flags) \
	{ \
#field, offsetof(TestCtx, field), "", type, def, enums, flags \
	}

static const GF_FilterArgs test_args[] = {
	ARG(src, GF_PROP_NAME, NULL, NULL, 0),
	ARG(dst, GF_PROP_NAME, NULL, NULL, 0),
	ARG(mode, GF_PROP_UINT, "none", "none|slow|fast|both", GF_FS_ARG_UPDATE),
	ARG(kind, GF_PROP_UINT, "a", "a|b|both", 0),
	ARG(count, GF_PROP_UINT, "10", NULL, GF_FS_ARG_UPDATE),
	ARG(flag, GF_PROP_BOOL, "no", NULL, 0),
	ARG(frac, GF_PROP_FRACTION, "1/2", NULL, 0),
	ARG(list, GF_PROP_STRING_LIST, NULL, NULL, 0),
	ARG(data, GF_PROP_DATA, NULL, NULL, 0),
	ARG(number, GF_PROP_DOUBLE, "0.5", NULL, 0),
	{0},
};

static GF_Err update_test(GF_Filter *f, const char *name, const GF_PropertyValue *val)
{
	(void)f;
	if (strcmp(name, "count"))
		return GF_OK;
	return val->value.uint == 1 ? GF_NOT_FOUND : val->value.uint == 2 ? GF_BAD_PARAM : GF_OK;
}

static GF_Err accept_pid(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	(void)f;
	(void)pid;
	(void)is_remove;
	return GF_OK;
}

static const GF_FilterRegister test_register = {
	.name = "test",
	.private_size = sizeof(TestCtx),
	.args = test_args,
	.update_arg = update_test,
	.configure_pid = accept_pid,
};

static const GF_FilterArgs muxer_args[] = {
	{"store", -1, "", GF_PROP_UINT, "inter", "inter|frag", 0},
	{0},
};
static const GF_FilterRegister muxer_register = {.name = "muxer", .args = muxer_args};

// A meta filter keeps what it was given as text.
typedef struct {
	char given[200];
} MetaCtx;

static GF_Err update_meta(GF_Filter *f, const char *name, const GF_PropertyValue *val)
{
	MetaCtx *ctx = f->priv;
	if (!strcmp(name, "unknown"))
		return GF_NOT_FOUND;
	size_t len = strlen(ctx->given);
	snprintf(ctx->given + len, sizeof(ctx->given) - len, "%s=%s;", name, val->value.string);
	return GF_OK;
}

static const GF_FilterRegister meta_register = {
	.name = "meta", .private_size = sizeof(MetaCtx), .flags = GF_FS_REG_META, .update_arg = update_meta};

static GF_FilterSession *new_session(void)
{
	GF_FilterSession *fs = gf_calloc(1, sizeof(*fs));
	fs->seps = default_seps;
	fs->registers = gf_list_new();
	gf_list_add(fs->registers, (void *)&test_register);
	gf_list_add(fs->registers, (void *)&muxer_register);
	return fs;
}

static void del_session(GF_FilterSession *fs)
{
	arg_tracker_del(fs->args);
	gf_list_del(fs->registers);
	gf_free(fs);
}

static GF_Filter *new_filter(
	GF_FilterSession *fs, const GF_FilterRegister *reg, const char *args, FilterKind kind)
{
	GF_Filter *f = gf_calloc(1, sizeof(*f));
	f->fs = fs;
	f->reg = reg;
	f->kind = kind;
	f->index = ++fs->nb_created;
	f->link.remux = -1;
	f->name = gf_strdup(reg->name);
	f->src_args = args ? gf_strdup(args) : NULL;
	f->priv = reg->private_size ? gf_calloc(1, reg->private_size) : NULL;
	f->inputs = gf_list_new();
	f->outputs = gf_list_new();
	return f;
}

static void del_filter(GF_Filter *f)
{
	filter_args_reset(f);
	GF_PropertyValue codecs = {.type = GF_PROP_STRING_LIST, .value.string_list = f->link.skip_codecs};
	gf_props_reset_single(&codecs);
	gf_list_del(f->inputs);
	gf_list_del(f->outputs);
	gf_free(f->link.source_ids);
	gf_free(f->name);
	gf_free(f->id);
	gf_free(f->tag);
	gf_free(f->itag);
	gf_free(f->src_args);
	gf_free(f->frag_props);
	gf_free(f->log_spec);
	gf_free(f->priv);
	gf_free(f);
}

static int setup(void **state)
{
	*state = new_session();
	forget_messages();
	return 0;
}

static int teardown(void **state)
{
	del_session(*state);
	// the option store keeps keys that were set
	const char *argv[] = {"test"};
	gf_sys_set_args(1, argv);
	gf_opts_set_key("core", "strict", NULL);
	return 0;
}

static void check_arg(GF_Filter *f, const char *name, const char *expected)
{
	char dump[GF_PROP_DUMP_ARG_SIZE];
	const char *text = gf_filter_get_arg_str(f, name, dump);
	assert_non_null(text);
	assert_string_equal(text, expected);
}

// ---- Matching

static void test_declared(void **state)
{
	GF_FilterSession *fs = *state;
	GF_Filter *f = new_filter(fs, &test_register, NULL, FILTER_EXPLICIT);
	assert_int_equal(filter_args_init(f, NULL, ARGS_LOCAL), GF_OK);
	check_arg(f, "mode", "none");
	check_arg(f, "count", "10");
	check_arg(f, "frac", "1/2");
	check_arg(f, "number", "0.5");
	check_arg(f, "src", "");

	const char *args = ":src=in.mp4:mode=fast:count=2k:flag:frac=3/4:list=a,b1,,b2:data=0x0102:number=T0:01";
	assert_int_equal(filter_args_init(f, args, ARGS_LOCAL), GF_OK);
	check_arg(f, "src", "in.mp4");
	check_arg(f, "mode", "fast");
	check_arg(f, "count", "2000");
	check_arg(f, "flag", "true");
	check_arg(f, "frac", "3/4");
	check_arg(f, "list", "a,b1,b2");
	check_arg(f, "data", "2 bytes 0x0102");
	check_arg(f, "number", "1000");
	assert_int_equal(((TestCtx *)f->priv)->list.nb_items, 2);

	assert_int_equal(filter_args_init(f, ":!flag:slow:list=", ARGS_LOCAL), GF_OK);
	check_arg(f, "flag", "false");
	check_arg(f, "mode", "slow");
	assert_int_equal(filter_args_init(f, ":!flag=no", ARGS_LOCAL), GF_OK);
	check_arg(f, "flag", "true");
	assert_int_equal(nb_errors + nb_warnings, 0);
	// inherited parse: the URL stays with its filter
	assert_int_equal(filter_args_init(f, ":src=other.mp4:count=3", ARGS_INHERITED), GF_OK);
	check_arg(f, "src", "in.mp4");
	check_arg(f, "count", "3");
	del_filter(f);
}

// A value that cannot be used is reported once, with what is wrong and what is allowed.
static void test_bad_values(void **state)
{
	static const struct {
		const char *args, *message;
		const char *arg, *value;
	} cases[] = {
		{":mode=quick",
			"value `quick` of option `mode` is not one of the allowed values: none|slow|fast|both", "mode",
			"none"},
		{":count=plenty", "value `plenty` of option `count` is not an integer", "count", "0"},
		{":flag=maybe", "is not a boolean", "flag", "false"},
		{":frac=x", "is not a fraction", "frac", "0"},
		{":!count=3", "cannot be negated", "count", "3"},
		{":both", "also a value of another option", "mode", "none"},
		{":#Width=wider", "value `wider` of option `#Width=wider` is not an integer", "count", "10"},
		{":#Name=ptr@0x10", "is an address", "count", "10"},
		{":FBT=longer", "value `longer` of option `FBT` is not an integer", "count", "10"},
	};
	GF_FilterSession *fs = *state;
	for (u32 strict = 0; strict < 2; strict++) {
		gf_opts_set_key("core", "strict", strict ? "yes" : NULL);
		for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			GF_Filter *f = new_filter(fs, &test_register, NULL, FILTER_EXPLICIT);
			forget_messages();
			GF_Err e = filter_args_init(f, cases[i].args, ARGS_LOCAL);
			assert_int_equal(e, strict ? GF_BAD_PARAM : GF_OK);
			if (nb_errors != 1 || !strstr(last_message, cases[i].message) || !strstr(last_message, "test:"))
				fail_msg("`%s`: message `%s`", cases[i].args, last_message);
			if (!strict)
				check_arg(f, cases[i].arg, cases[i].value);
			assert_null(f->frag_props);
			del_filter(f);
		}
	}
}

static void test_special(void **state)
{
	GF_FilterSession *fs = *state;
	GF_Filter *f = new_filter(fs, &test_register, NULL, FILTER_EXPLICIT);
	const char *args =
		":FID=me:SID=A,B:SID=C#audio:SID=A,B,C#audio:N=display:FS=3:RSID:TAG=t:ITAG=i:FBT=2000:FBU=5"
		":FBD=1m:clone:nomux:gfreg=a,b:ccp=aac,avc:LT=filter@debug:DL:gfloc:gfopt:gpac";
	assert_int_equal(filter_args_init(f, args, ARGS_LOCAL), GF_OK);
	assert_string_equal(f->id, "me");
	assert_string_equal(f->link.source_ids, "A,B,C#audio");
	assert_string_equal(f->name, "display");
	assert_int_equal(f->subsession, 3);
	assert_true(f->link.require_source_id);
	assert_string_equal(f->tag, "t");
	assert_string_equal(f->itag, "i");
	assert_int_equal(f->buffers.time_us, 2000);
	assert_int_equal(f->buffers.units, 5);
	assert_int_equal(f->buffers.dec_us, 1000000);
	assert_int_equal(f->link.clonable, CLONE_YES);
	assert_int_equal(f->link.remux, 0);
	assert_true(f->link.ccp);
	assert_int_equal(f->link.skip_codecs.nb_items, 2);
	assert_string_equal(f->link.skip_codecs.vals[1], "avc");
	assert_string_equal(f->log_spec, "filter@debug");
	assert_true(f->link.deferred);
	assert_int_equal(nb_errors + nb_warnings, 0);

	assert_int_equal(filter_args_init(f, ":clone=0:nomux=0:ccp", ARGS_LOCAL), GF_OK);
	assert_int_equal(f->link.clonable, CLONE_NO);
	assert_int_equal(f->link.remux, 1);
	assert_int_equal(f->link.skip_codecs.nb_items, 0);
	assert_int_equal(filter_args_init(f, ":!nomux", ARGS_LOCAL), GF_OK);
	assert_int_equal(f->link.remux, 1);

	assert_int_equal(filter_args_init(f, ":NCID=1:DBG=all", ARGS_LOCAL), GF_OK);
	assert_int_equal(nb_warnings, 2);
	assert_non_null(strstr(last_message, "`DBG` is not supported"));
	del_filter(f);

	// what names a filter does not name the filters loaded behind it
	f = new_filter(fs, &test_register, NULL, FILTER_DYNAMIC);
	assert_int_equal(
		filter_args_init(f, ":FID=me:SID=A:N=n:TAG=t:ITAG=i:FS=3:clone:DL", ARGS_INHERITED), GF_OK);
	assert_null(f->id);
	assert_null(f->link.source_ids);
	assert_string_equal(f->name, "test");
	assert_null(f->tag);
	assert_string_equal(f->itag, "i");
	assert_int_equal(f->subsession, 0);
	assert_false(f->link.deferred);
	del_filter(f);
}

static void test_unknown(void **state)
{
	GF_FilterSession *fs = *state;
	static const struct {
		const char *args, *message; // NULL when nothing is said
	} cases[] = {
		{":cuont=3", "[filter] test: unknown option `cuont`, did you mean `count`?"},
		{":Mode=fast", "unknown option `Mode`, did you mean `mode`?"},
		{":stor=frag", "unknown option `stor`, did you mean `store` of `muxer`?"},
		{":fid=a", "unknown option `fid`, did you mean `FID`?"},
		{":whatever=1", "unknown option `whatever`\n"},
		{":!whatever", "unknown option `whatever`\n"},
		{":store=frag", NULL}, // the muxer that may be loaded knows it
		{":frag", NULL},
		{":gfopt:whatever=1", NULL},
	};
	for (u32 strict = 0; strict < 2; strict++) {
		gf_opts_set_key("core", "strict", strict ? "yes" : NULL);
		for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			GF_Filter *f = new_filter(fs, &test_register, NULL, FILTER_EXPLICIT);
			forget_messages();
			GF_Err e = filter_args_init(f, cases[i].args, ARGS_LOCAL);
			assert_int_equal(e, strict && cases[i].message ? GF_BAD_PARAM : GF_OK);
			assert_int_equal(nb_errors, strict && cases[i].message ? 1 : 0);
			assert_int_equal(nb_warnings, !strict && cases[i].message ? 1 : 0);
			if (cases[i].message && !strstr(last_message, cases[i].message))
				fail_msg("`%s`: message `%s`", cases[i].args, last_message);
			del_filter(f);
		}
	}
	// a meta filter may be loaded and take anything: only what looks like a slip is reported
	gf_list_add(fs->registers, (void *)&meta_register);
	GF_Filter *f = new_filter(fs, &test_register, NULL, FILTER_EXPLICIT);
	forget_messages();
	assert_int_equal(filter_args_init(f, ":whatever=1", ARGS_LOCAL), GF_OK);
	assert_int_equal(nb_warnings, 0);
	assert_int_equal(filter_args_init(f, ":cuont=1", ARGS_LOCAL), GF_OK);
	assert_int_equal(nb_warnings, 1);
	// dynamic filters see the options of others
	assert_int_equal(filter_args_init(f, ":cuont=1", ARGS_INHERITED), GF_OK);
	assert_int_equal(nb_warnings, 1);
	del_filter(f);
}

static void test_meta(void **state)
{
	GF_FilterSession *fs = *state;
	const char *argv[] = {"test", "-+preset=fast", "--tune=film", "--unknown=1"};
	gf_sys_set_args(4, argv);
	GF_Filter *f = new_filter(fs, &meta_register, NULL, FILTER_EXPLICIT);
	assert_int_equal(filter_args_init(f, ":threads=2:fast:FID=x", ARGS_LOCAL), GF_OK);
	assert_string_equal(((MetaCtx *)f->priv)->given, "preset=fast;tune=film;threads=2;fast=true;");
	assert_string_equal(f->id, "x");

	// what the library does not know in the end is unused
	u32 idx = 0, type;
	const char *name, *meta, *opt;
	gf_filter_report_meta_option(f, "threads", GF_FALSE, "sub");
	assert_true(gf_fs_enum_unmapped_options(fs, &idx, &name, &type, &meta, &opt));
	assert_string_equal(name, "unknown");
	assert_int_equal(type, 1);
	assert_null(meta);
	assert_true(gf_fs_enum_unmapped_options(fs, &idx, &name, &type, &meta, &opt));
	assert_string_equal(name, "threads");
	assert_string_equal(meta, "meta");
	assert_string_equal(opt, "sub");
	assert_false(gf_fs_enum_unmapped_options(fs, &idx, NULL, NULL, NULL, NULL));
	del_filter(f);
}

// Default < configuration < global option < declaration.
static void test_origins(void **state)
{
	GF_FilterSession *fs = *state;
	const char *argv[] = {"test", "--count=4", "--count=5", "--other@mode=slow", "--test@kind=b", "--flag",
		"--FBU=7", "--store=frag", "-x"};
	gf_opts_set_key("filter@test", "mode", "fast");
	gf_opts_set_key("filter@test", "count", "3");
	GF_Filter *f = new_filter(fs, &test_register, NULL, FILTER_EXPLICIT);
	assert_int_equal(filter_args_init(f, NULL, ARGS_LOCAL), GF_OK);
	check_arg(f, "count", "3");
	gf_sys_set_args(9, argv);
	assert_int_equal(filter_args_init(f, NULL, ARGS_LOCAL), GF_OK);
	check_arg(f, "count", "4"); // the first one counts
	check_arg(f, "mode", "fast");
	check_arg(f, "kind", "b");
	check_arg(f, "flag", "true");
	assert_int_equal(f->buffers.units, 7);
	assert_int_equal(filter_args_init(f, ":count=6", ARGS_LOCAL), GF_OK);
	check_arg(f, "count", "6");
	assert_true(gf_sys_is_arg_used(1));
	assert_false(gf_sys_is_arg_used(3));
	del_filter(f);

	// `--store` was seen and taken by nobody
	u32 idx = 0, type;
	const char *name;
	assert_true(gf_fs_enum_unmapped_options(fs, &idx, &name, &type, NULL, NULL));
	assert_string_equal(name, "store");
	assert_int_equal(type, 1);
	assert_false(gf_fs_enum_unmapped_options(fs, &idx, &name, &type, NULL, NULL));
	gf_opts_del_section("filter@test");
}

static void test_unused(void **state)
{
	GF_FilterSession *fs = *state;
	GF_Filter *f = new_filter(fs, &test_register, NULL, FILTER_EXPLICIT);
	assert_int_equal(filter_args_init(f, ":store=frag:count=1:whatever:gfopt:free=1", ARGS_LOCAL), GF_OK);
	forget_messages();
	// `whatever` was reported already: it counts but is not repeated
	assert_int_equal(arg_tracker_report(fs), 2);
	assert_int_equal(nb_warnings, 1);
	assert_non_null(strstr(last_message, "option `store` given to `test` was not used"));
	assert_int_equal(arg_tracker_report(fs), 2);
	assert_int_equal(nb_warnings, 1);
	gf_fs_print_unused_args(fs, "whatever,other");
	assert_int_equal(nb_warnings, 2);

	// the muxer takes it
	GF_Filter *mux = new_filter(fs, &muxer_register, NULL, FILTER_DYNAMIC);
	assert_int_equal(filter_args_init(mux, ":count=1:gfreg=x", ARGS_INHERITED), GF_OK);
	assert_int_equal(arg_tracker_report(fs), 2);
	arg_tracker_used(mux, "store", ARG_GIVEN_LOCAL);
	assert_int_equal(arg_tracker_report(fs), 1);
	del_filter(mux);
	del_filter(f);

	fs->flags = GF_FS_FLAG_NO_ARG_CHECK;
	f = new_filter(fs, &test_register, NULL, FILTER_EXPLICIT);
	assert_int_equal(filter_args_init(f, ":another", ARGS_LOCAL), GF_OK);
	assert_int_equal(arg_tracker_report(fs), 1);
	del_filter(f);
}

// ---- Macros

static void test_macros(void **state)
{
	GF_FilterSession *fs = *state;
	gf_opts_set_key("core", "lang", "fr");
	gf_opts_set_key("core", "user-agent", "agent/1");
	GF_Filter *f[4];
	static const char *const counts[] = {"10", "13", "16", "19"};
	for (u32 i = 0; i < 4; i++) {
		f[i] = new_filter(fs, &test_register, NULL, FILTER_EXPLICIT);
		assert_int_equal(
			filter_args_init(f[i], ":count=$GINC(10,3):dst=d_$ginc(5)_$ginc(5)_$num$.ts", ARGS_LOCAL), GF_OK);
		check_arg(f[i], "count", counts[i]);
		char dst[50];
		snprintf(dst, sizeof(dst), "d_%u_%u_$num$.ts", 5 + i, 5 + i);
		check_arg(f[i], "dst", dst);
	}
	static const struct {
		const char *value, *expanded;
	} cases[] = {
		{"$GLANG", "fr"},
		{"$glang-x", "fr-x"},
		{"$GUA", "agent/1"},
		{"x$GLANG", "x$GLANG"},
		{"$GINC(1,-1)", "1"},
		{"$GINC(x)", "$GINC(x)"},
		{"$GINC(1", "$GINC(1"},
		{"$GLANG$GUA", "fr$GUA"},
		{"$other", "$other"},
		{"", ""},
	};
	for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = args_expand_macros(f[0], cases[i].value, GF_FALSE);
		assert_string_equal(text, cases[i].expanded);
		gf_free(text);
	}
	for (u32 i = 0; i < 4; i++)
		del_filter(f[i]);
	gf_opts_set_key("core", "lang", NULL);
	gf_opts_set_key("core", "user-agent", NULL);
}

// ---- Option files

static void test_option_files(void **state)
{
	GF_FilterSession *fs = *state;
	GF_Filter *f = new_filter(fs, &test_register, NULL, FILTER_EXPLICIT);
	write_file("opts.txt", "// a comment\r\n\n  count=7:mode=fast  \n:src=a:b=c\n#Width=10\nmore.txt\n");
	write_file("more.txt", "flag");
	assert_int_equal(filter_args_init(f, ":opts.txt:kind=b", ARGS_LOCAL), GF_OK);
	check_arg(f, "count", "7");
	check_arg(f, "mode", "fast");
	check_arg(f, "src", "a:b=c");
	check_arg(f, "flag", "true");
	check_arg(f, "kind", "b");
	assert_non_null(strstr(f->frag_props, "#Width=10"));
	assert_int_equal(nb_errors + nb_warnings, 0);

	write_file("more.txt", "more.txt");
	assert_int_equal(filter_args_init(f, ":more.txt", ARGS_LOCAL), GF_OK);
	assert_int_equal(nb_errors, 1);
	assert_non_null(strstr(last_message, "nested too deep"));
	write_file("more.txt", "count=\xFF\xFE");
	forget_messages();
	assert_int_equal(filter_args_init(f, ":more.txt", ARGS_LOCAL), GF_OK);
	assert_int_equal(nb_errors, 1);
	assert_non_null(strstr(last_message, "more.txt is not UTF-8"));
	check_arg(f, "count", "10");
	write_file("opts.txt", "x");
	del_filter(f);
}

// ---- Inheritance

static void check_inherited(GF_FilterSession *fs, const char *src, const char *dst, const char *items)
{
	GF_Filter *s = src ? new_filter(fs, &test_register, src, FILTER_EXPLICIT) : NULL;
	GF_Filter *d = dst ? new_filter(fs, &test_register, dst, FILTER_EXPLICIT) : NULL;
	char *args = filter_args_inherit(s, d);
	if (items) {
		ArgSplit split;
		assert_non_null(args);
		assert_int_equal(args_split(&fs->seps, args, &split), GF_OK);
		char *text = print_split(&split);
		if (strcmp(text, items))
			fail_msg("`%s` + `%s`: got `%s`, expected `%s`", src, dst, text, items);
		gf_free(text);
		args_split_reset(&split);
	} else {
		assert_null(args);
	}
	gf_free(args);
	if (s)
		del_filter(s);
	if (d)
		del_filter(d);
}

static void test_inherit(void **state)
{
	GF_FilterSession *fs = *state;
	check_inherited(fs, ":src=in.mp4:a=1:#Lang=x", ":b=1:dst=out.mp4:c=2", "a=1 | #Lang=x | c=2");
	check_inherited(fs, ":src=in.mp4", ":c=2:d", "c=2 | d");
	check_inherited(fs, ":a=1:gfloc:b=2", ":dst=out.mp4:c=3:gfloc:d=4", "a=1 | c=3");
	check_inherited(
		fs, ":FID=x:SID=y:TAG=t:ITAG=i:gfreg=r:FBT=1:DL", ":FID=z:dst=o:#Width=1:clone", "ITAG=i | gfreg=r");
	check_inherited(fs, ":src=http://h/a:gpac:a=1", ":dst=o.mp4:a=1:b", "a=1 | b");
	check_inherited(fs, ":a::b=x:y::c::d=z:t::e", NULL, "a | ~b=x:y | c | ~d=z:t | e");
	check_inherited(fs, ":x=<a b=\"1:2\">:y", NULL, "~x=<a b=\"1:2\"> | y");
	check_inherited(fs, ":src=in.mp4:FID=a", ":dst=out.mp4", NULL);
	check_inherited(fs, NULL, ":dst=out.mp4:c=1", "c=1");
	check_inherited(fs, NULL, NULL, NULL);
}

// An inherited value that the filter cannot read belongs to the filter it was given to, if that one has the option:
// it changes nothing and is not reported again. One that no other filter takes is as bad as ever.
static void test_inherited_bad_values(void **state)
{
	static const struct {
		const char *given, *inherited;
		Bool of_giver;
	} cases[] = {
		{":store=2", ":store=2", GF_TRUE},
		{":store=2:x=1", ":store=2:x=1", GF_TRUE},
		{":opts.txt", ":opts.txt", GF_TRUE},
		{":store=2", ":store=3", GF_FALSE},
		{":other=2", ":store=2", GF_FALSE},
		{":#Width=wider", ":#Width=wider", GF_TRUE},
		{":#Width=1", ":#Width=wider", GF_FALSE},
	};
	static const GF_FilterArgs giver_args[] = {{"store", -1, "", GF_PROP_UINT, NULL, NULL, 0}, {0}};
	static const GF_FilterRegister giver_register = {.name = "giver", .args = giver_args};
	static const GF_FilterArgs taker_args[] = {ARG(mode, GF_PROP_UINT, "none", "none|slow|fast", 0),
		{"store", offsetof(TestCtx, kind), "", GF_PROP_UINT, "frag", "inter|frag", 0}, {0}};
	static const GF_FilterRegister taker_register = {
		.name = "taker", .private_size = sizeof(TestCtx), .args = taker_args};
	GF_FilterSession *fs = *state;
	fs->filters = gf_list_new();
	write_file("opts.txt", "store=2");
	for (u32 strict = 0; strict < 2; strict++) {
		gf_opts_set_key("core", "strict", strict ? "yes" : NULL);
		for (u32 i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			GF_Filter *giver = new_filter(fs, &giver_register, cases[i].given, FILTER_EXPLICIT);
			gf_list_add(fs->filters, giver);
			GF_Filter *taker = new_filter(fs, &taker_register, cases[i].inherited, FILTER_ADAPTATION);
			forget_messages();
			GF_Err e = filter_args_init(taker, cases[i].inherited, ARGS_INHERITED);
			assert_int_equal(nb_errors, cases[i].of_giver ? 0 : 1);
			assert_int_equal(e, !cases[i].of_giver && strict ? GF_BAD_PARAM : GF_OK);
			if (cases[i].of_giver)
				check_arg(taker, "store", "frag");
			gf_list_del_item(fs->filters, giver);
			del_filter(taker);
			del_filter(giver);
		}
	}
	gf_list_del(fs->filters);
	fs->filters = NULL;
}

// What it could not read is not used: that is up to the filter it was given to.
static void test_inherited_value_counts_for_its_filter(void **state)
{
	static const GF_FilterArgs taker_args[] = {{"store", -1, "", GF_PROP_UINT, "frag", "inter|frag", 0}, {0}};
	static const GF_FilterRegister taker_register = {.name = "taker", .args = taker_args};
	GF_FilterSession *fs = *state;
	fs->filters = gf_list_new();
	GF_Filter *meta = new_filter(fs, &meta_register, ":store=2", FILTER_EXPLICIT);
	gf_list_add(fs->filters, meta);
	assert_int_equal(filter_args_init(meta, ":store=2", ARGS_LOCAL), GF_OK);
	GF_Filter *taker = new_filter(fs, &taker_register, NULL, FILTER_DYNAMIC);
	assert_int_equal(filter_args_init(taker, ":store=2", ARGS_INHERITED), GF_OK);
	assert_int_equal(nb_errors + nb_warnings, 0);
	assert_int_equal(arg_tracker_report(fs), 0);
	gf_filter_report_meta_option(meta, "store", GF_FALSE, NULL);
	assert_int_equal(arg_tracker_report(fs), 1);
	gf_list_del(fs->filters);
	fs->filters = NULL;
	del_filter(taker);
	del_filter(meta);
}

// ---- Update

static void test_update(void **state)
{
	GF_FilterSession *fs = *state;
	GF_Filter *f = new_filter(fs, &test_register, NULL, FILTER_EXPLICIT);
	assert_int_equal(filter_args_init(f, NULL, ARGS_LOCAL), GF_OK);
	assert_int_equal(filter_args_update(f, "mode", "fast"), GF_OK);
	check_arg(f, "mode", "fast");
	assert_int_equal(filter_args_update(f, "count", "42"), GF_OK);
	check_arg(f, "count", "42");
	assert_int_equal(nb_warnings + nb_errors, 0);
	// the filter ignores 1, silently, and refuses 2
	assert_int_equal(filter_args_update(f, "count", "1"), GF_OK);
	check_arg(f, "count", "42");
	assert_int_equal(nb_warnings, 0);
	assert_int_equal(filter_args_update(f, "count", "2"), GF_BAD_PARAM);
	check_arg(f, "count", "42");
	assert_int_equal(nb_warnings, 1);

	assert_int_equal(filter_args_update(f, "mode", "quick"), GF_BAD_PARAM);
	check_arg(f, "mode", "fast");
	assert_int_equal(nb_errors, 1);
	assert_int_equal(filter_args_update(f, "kind", "b"), GF_NOT_SUPPORTED);
	check_arg(f, "kind", "a");
	assert_int_equal(nb_warnings, 2);
	assert_int_equal(filter_args_update(f, "nothing", "b"), GF_NOT_FOUND);
	assert_int_equal(filter_args_update(f, "LT", "all@debug"), GF_OK);
	assert_string_equal(f->log_spec, "all@debug");
	del_filter(f);

	f = new_filter(fs, &meta_register, NULL, FILTER_EXPLICIT);
	assert_int_equal(filter_args_update(f, "preset", "slow"), GF_OK);
	assert_string_equal(((MetaCtx *)f->priv)->given, "preset=slow;");
	assert_int_equal(filter_args_update(f, "unknown", "slow"), GF_NOT_FOUND);
	del_filter(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_declared, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_values, setup, teardown),
		cmocka_unit_test_setup_teardown(test_special, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_meta, setup, teardown),
		cmocka_unit_test_setup_teardown(test_origins, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_macros, setup, teardown),
		cmocka_unit_test_setup_teardown(test_option_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_inherit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_inherited_bad_values, setup, teardown),
		cmocka_unit_test_setup_teardown(test_inherited_value_counts_for_its_filter, setup, teardown),
		cmocka_unit_test_setup_teardown(test_update, setup, teardown),
	};
	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
