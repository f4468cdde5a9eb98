// SPDX-License-Identifier: MIT
// Chains found between a PID and a destination: the worked examples of the graph chapter that are pure chain
// resolutions, on the reference set of registers, then ties, limits and bad input on made-up sets.

#include <time.h>
#include "fake_registers.h"
#include "register_table.h"

static u64 memory_before;

static int setup(void **state)
{
	FakeSession *s = calloc(1, sizeof(FakeSession));
	memory_before = gf_memory_size();
	fake_session_init(s);
	*state = s;
	return 0;
}

static int setup_reference(void **state)
{
	setup(state);
	fake_session_read(*state, register_table);
	return 0;
}

static int teardown(void **state)
{
	fake_session_reset(*state);
	free(*state);
	assert_int_equal(gf_memory_size(), memory_before);
	return 0;
}

// One resolution. `expect`: the registers of the chain, `?` after those whose output is undecided; "" for a
// direct match, NULL for none.
typedef struct {
	const char *what;
	const char *src, *props;
	const char *dst, *dst_caps; // NULL: those of the register
	const char *expect;
	ResolveOptions opts;
} ChainCase;

static void chain_text(const Chain *chain, char *text, size_t size)
{
	text[0] = 0;
	for (u32 i = 0; i < chain->nb_items; i++) {
		size_t len = strlen(text);
		snprintf(text + len, size - len, "%s%s%s", i ? "," : "", chain->items[i].reg->name,
			chain->items[i].undecided ? "?" : "");
	}
}

static void check_pid(OutPid *pid, FakeFilter *dst, const ChainCase *c)
{
	Chain chain = {0};
	GF_Err e = resolve_chain(pid, &dst->f, &c->opts, &chain);
	char found[256];
	chain_text(&chain, found, sizeof(found));
	if (!c->expect) {
		if (e != GF_FILTER_NOT_FOUND)
			fail_msg("%s: expected no chain, got %s (error %d)", c->what, found, e);
	} else if (e || strcmp(found, c->expect)) {
		fail_msg("%s: expected \"%s\", got \"%s\" (error %d)", c->what, c->expect, found, e);
	}
	chain_reset(&chain);
}

static void check_case(FakeSession *s, const ChainCase *c)
{
	FakeFilter src, dst;
	OutPid pid;
	fake_filter_init(&src, s, c->src, NULL);
	fake_filter_init(&dst, s, c->dst, c->dst_caps);
	fake_pid_init(&pid, &src, c->props);
	check_pid(&pid, &dst, c);
	fake_pid_reset(&pid);
	fake_filter_reset(&dst);
	fake_filter_reset(&src);
}

// The variable arguments set the options.
// clang-format off
#define CHAIN(w, s, p, d, caps, e, ...) \
	{.what = (w), .src = (s), .props = (p), .dst = (d), .dst_caps = (caps), .expect = (e), .opts = {__VA_ARGS__}}
// clang-format on

#define FILE_PID(ext) "T=File Extension=" ext " URL=a." ext " SourcePath=a." ext
#define FILE_SINK(ext) "T=File Extension=" ext
#define AVC_TRACK "T=Visual C=avc"
#define AAC_TRACK "T=Audio C=aac"

static const ChainCase examples[] = {
	CHAIN("1: AVC file to MP4", "fin", FILE_PID("264"), "fout", FILE_SINK("mp4"), "rfnalu?,mp4mx"),
	CHAIN("1: ADTS file to MP4", "fin", FILE_PID("aac"), "fout", FILE_SINK("mp4"), "rfadts?,mp4mx"),
	CHAIN("1: AVC stream to MP4", "rfnalu", AVC_TRACK, "fout", FILE_SINK("mp4"), "mp4mx"),
	CHAIN("2: MP4 file to MP4, direct", "fin", FILE_PID("mp4"), "fout", FILE_SINK("mp4"), ""),
	CHAIN("2: MP4 file to MP4, remultiplexed", "fin", FILE_PID("mp4"), "fout", FILE_SINK("mp4"),
		"mp4dmx?,mp4mx", .not_direct = GF_TRUE),
	CHAIN("2: MP4 file to any framed media", "fin", FILE_PID("mp4"), "reframer", NULL, "mp4dmx?"),
	CHAIN("2: AVC track to MP4", "mp4dmx", AVC_TRACK, "fout", FILE_SINK("mp4"), "mp4mx"),
	CHAIN("4: MP4 file to inspect", "fin", FILE_PID("mp4"), "inspect", "!T=File !C=none !U=1", "mp4dmx?"),
	CHAIN("4: AVC track to inspect", "mp4dmx", AVC_TRACK, "inspect", NULL, ""),
	CHAIN("5: AVC track to TS", "mp4dmx", AVC_TRACK, "fout", FILE_SINK("ts"), "ufnalu,m2tsmx"),
	CHAIN("5: AAC track to TS", "mp4dmx", AAC_TRACK, "fout", FILE_SINK("ts"), "m2tsmx"),
	CHAIN("6: AVC track to raw AVC", "mp4dmx", AVC_TRACK, "fout", FILE_SINK("264"), "ufnalu,writegen"),
	CHAIN("6: AAC track to raw AVC", "mp4dmx", AAC_TRACK, "fout", FILE_SINK("264"), NULL),
	CHAIN("7: AVC track to raw video", "mp4dmx", AVC_TRACK, "fout", FILE_SINK("yuv"), "ffdec,writegen"),
	CHAIN("7: AAC track to raw video", "mp4dmx", AAC_TRACK, "fout", FILE_SINK("yuv"), NULL),
	CHAIN("8: AVC track to null", "mp4dmx", AVC_TRACK, "fout", "!T=Unknown", ""),
	CHAIN("9: encoder to MP4", "ffenc", "T=Visual C=avc U=1", "fout", FILE_SINK("mp4"), "rfnalu?,mp4mx"),
	CHAIN("10: identity to MP4", "reframer", AVC_TRACK, "fout", FILE_SINK("mp4"), "mp4mx"),
	CHAIN("11: AVC track to decoded media", "mp4dmx", AVC_TRACK, "reframer", "T=Audio,Visual C=raw", "ffdec"),
	CHAIN("11: AAC track to decoded media", "mp4dmx", AAC_TRACK, "reframer", "T=Audio,Visual C=raw", "ffdec"),
	CHAIN("11: decoded video to null", "reframer", "T=Visual C=raw", "fout", "!T=Unknown", ""),
	CHAIN("12: AVC file to PNG", "fin", FILE_PID("264"), "fout", FILE_SINK("png"),
		"rfnalu?,ffdec,pngenc,writegen"),
	CHAIN("12: AVC stream to PNG", "rfnalu", AVC_TRACK, "fout", FILE_SINK("png"), "ffdec,pngenc,writegen"),
	CHAIN("13: SRT file to VTT", "fin", FILE_PID("srt"), "fout", FILE_SINK("vtt"), "txtin?,writegen"),
	CHAIN("13: tx3g to VTT", "txtin", "T=Text C=tx3g", "fout", FILE_SINK("vtt"), "tx3g2vtt,writegen"),
	CHAIN("14: SRT file to MP4", "fin", FILE_PID("srt"), "fout", FILE_SINK("mp4"), "txtin?,mp4mx"),
	CHAIN("14: tx3g to MP4", "txtin", "T=Text C=tx3g", "fout", FILE_SINK("mp4"), "mp4mx"),
	CHAIN("15: PNG file to JPEG", "fin", FILE_PID("png"), "fout", FILE_SINK("jpg"), "rfimg?,writegen"),
	CHAIN("15: PNG image to JPEG", "rfimg", "T=Visual C=png", "fout", FILE_SINK("jpg"),
		"imgdec,jpgenc,writegen"),
	CHAIN("15: JPEG to PNG, as 15", "rfimg", "T=Visual C=jpg", "fout", FILE_SINK("png"),
		"imgdec,pngenc,writegen"),
	CHAIN("16: libavformat video to MP4", "ffdmx", AVC_TRACK, "fout", FILE_SINK("mp4"), "mp4mx"),
	CHAIN("21: AVC track to DASH", "mp4dmx", AVC_TRACK, "fout", FILE_SINK("mpd"), "dasher"),
	CHAIN("24: reframed AVC to TS", "reframer", AVC_TRACK, "fout", FILE_SINK("ts"), "ufnalu,m2tsmx"),
	CHAIN("29: AAC track to resample", "mp4dmx", AAC_TRACK, "resample", NULL, "ffdec"),
	CHAIN("29: raw audio to MP4", "resample", "T=Audio C=raw", "fout", FILE_SINK("mp4"), "mp4mx"),
	CHAIN("32: HTTP MP4 file to MP4", "httpin",
		"T=File MIMEType=x-media/mp4 Extension=mp4 URL=http://h/f.mp4", "fout", FILE_SINK("mp4"), ""),
	CHAIN("AAC track to ADTS", "mp4dmx", AAC_TRACK, "fout", FILE_SINK("aac"), "ufadts,writegen"),
	CHAIN("MP3 track to MP3", "mp4dmx", "T=Audio C=mp3", "fout", FILE_SINK("mp3"), "writegen"),
	CHAIN("TS file to MP4", "fin", FILE_PID("ts"), "fout", FILE_SINK("mp4"), "m2tsdmx?,mp4mx"),
	CHAIN("TS file to RTP needs time stamps", "fin", FILE_PID("ts"), "rtpout", NULL, "tsgendts"),
	CHAIN("AAC track never becomes an image", "mp4dmx", AAC_TRACK, "fout", FILE_SINK("png"), NULL),
	CHAIN("encrypted track to TS", "mp4dmx", "T=Encrypted C=avc ProtectionScheme=cenc OrigStreamType=Visual",
		"fout", FILE_SINK("ts"), "cdcrypt?,m2tsmx"),
	CHAIN("text drawn on video", "mp4dmx", "T=Text C=tx3g", "vout", NULL, "ttxtdec,compositor"),
	CHAIN("unknown extension", "fin", FILE_PID("xyz"), "fout", FILE_SINK("mp4"), NULL),
	CHAIN("reframer is never inserted", "rfnalu", "T=Visual C=none", "inspect", NULL, NULL),
};

static void test_examples(void **state)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		check_case(*state, &examples[i]);
}

// 9: the destination is an encoder of one codec.
static void test_encoder(void **state)
{
	FakeFilter src, dst;
	OutPid video, audio;
	fake_filter_init(&src, *state, "mp4dmx", NULL);
	fake_filter_init(&dst, *state, "ffenc", NULL);
	dst.f.link.encoder_codec = GF_CODECID_AVC;
	fake_pid_init(&video, &src, AVC_TRACK);
	fake_pid_init(&audio, &src, AAC_TRACK);
	check_pid(&video, &dst, &(ChainCase){.what = "9: AVC track to encoder", .expect = "ffdec"});
	check_pid(&audio, &dst, &(ChainCase){.what = "9: AAC track to AVC encoder", .expect = NULL});
	fake_pid_reset(&video);
	fake_pid_reset(&audio);
}

static void check_adaptation(FakeSession *s, const char *src, const char *props, const char *dst,
	const char *wanted, const char *expect)
{
	PropMap *map = propmap_new();
	fake_props_set(map, wanted);
	ChainCase c = CHAIN("adaptation", src, props, dst, NULL, expect, .adapt = map);
	check_case(s, &c);
	propmap_unref(map);
}

static void test_adaptation(void **state)
{
	FakeSession *s = *state;
	check_adaptation(s, "ffdec", "T=Visual C=raw", "pngenc", "PixelFormat=rgb3", "ffsws");
	check_adaptation(s, "ffdec", "T=Audio C=raw", "aout", "SampleRate=44100", "resample");
	check_adaptation(s, "mp4dmx", AVC_TRACK, "inspect", "SEILoaded=1", "seiload?");
	check_adaptation(s, "mp4dmx", AVC_TRACK, "reframer", "C=raw", "ffdec");
	check_adaptation(s, "ffdec", "T=Visual C=raw", "reframer", "C=avc", "ffenc");
	// one filter must do it all, and only one
	check_adaptation(s, "ffdec", "T=Visual C=raw", "pngenc", "PixelFormat=rgb3 SampleRate=44100", NULL);
	check_adaptation(s, "mp4dmx", AVC_TRACK, "pngenc", "PixelFormat=rgb3", NULL);
	// the filter that produces the PID does not adapt it
	check_adaptation(s, "ffsws", "T=Visual C=raw", "pngenc", "PixelFormat=rgb3", "evgs");
}

static void test_blacklists(void **state)
{
	FakeSession *s = *state;
	FakeFilter src, dst;
	OutPid pid;
	fake_filter_init(&src, s, "rfimg", NULL);
	fake_filter_init(&dst, s, "fout", FILE_SINK("jpg"));
	fake_pid_init(&pid, &src, "T=Visual C=png");
	const GF_FilterRegister *excluded[] = {fake_find(s, "imgdec"), NULL};
	check_pid(&pid, &dst,
		&(ChainCase){.what = "temporary", .expect = "ffdec,jpgenc,writegen", .opts.exclude = excluded});
	src.f.link.blacklist = gf_list_new();
	gf_list_add(src.f.link.blacklist, (void *)fake_find(s, "imgdec"));
	check_pid(&pid, &dst, &(ChainCase){.what = "producer", .expect = "ffdec,jpgenc,writegen"});
	pid.adapter_blacklist = gf_list_new();
	gf_list_add(pid.adapter_blacklist, (void *)fake_find(s, "jpgenc"));
	check_pid(&pid, &dst, &(ChainCase){.what = "PID", .expect = "ffdec,ffenc,writegen"});
	gf_list_del(src.f.link.blacklist);
	gf_list_del(pid.adapter_blacklist);
	fake_pid_reset(&pid);
	fake_filter_reset(&dst);
}

// A filter that was loaded by a resolution keeps the bundle it was loaded for.
static void test_chosen_bundle(void **state)
{
	FakeFilter src, dst;
	OutPid pid;
	fake_filter_init(&src, *state, "mp4dmx", NULL);
	fake_filter_init(&dst, *state, "writegen", NULL);
	fake_pid_init(&pid, &src, AVC_TRACK);
	dst.f.kind = FILTER_DYNAMIC;
	dst.f.link.bundle = 4; // avc
	check_pid(&pid, &dst, &(ChainCase){.what = "AVC writer", .expect = "ufnalu"});
	dst.f.link.bundle = 0; // raw video
	check_pid(&pid, &dst, &(ChainCase){.what = "raw writer", .expect = "ffdec"});
	fake_pid_reset(&pid);
}

// ---- Ties

static void test_ties(void **state)
{
	FakeSession *s = *state;
	fake_session_read(s, "src p0 x0\n  - -> T=Visual\n"
						 "second p5 x0\n  T=Visual a=1 -> T=Visual b=1\n"
						 "first p5 x0\n  T=Visual a=1 -> T=Visual b=1\n"
						 "best p1 x0\n  T=Visual a=1 ?c=1(p9) -> T=Visual b=1\n"
						 "far1 p0 x0\n  T=Visual a=1 -> T=Visual c=1\n"
						 "far2 p0 x0\n  T=Visual c=1 -> T=Visual b=1\n"
						 "mid1 p7 x0\n  T=Visual b=1 -> T=Visual d=1\n"
						 "mid2 p0 x0\n  T=Visual b=1 -> T=Visual d=1\n"
						 "dst p0 x0\n  T=Visual b=1 -> -\n"
						 "end p0 x0\n  T=Visual d=1 -> -\n");
	const ChainCase cases[] = {
		CHAIN("lowest priority of the first filter", "src", "T=Visual a=1", "dst", NULL, "best"),
		CHAIN("a matched capability raises the priority", "src", "T=Visual a=1 c=0", "dst", NULL, "second"),
		CHAIN(
			"preference before priority", "src", "T=Visual a=1", "dst", NULL, "first", .preferred = "first"),
		CHAIN("preference of the one found first", "src", "T=Visual a=1", "dst", NULL, "second",
			.preferred = "second"),
		CHAIN("preference never lengthens", "src", "T=Visual a=1", "dst", NULL, "best",
			.preferred = "far1,far2"),
		CHAIN("order, not priority, after the first filter", "src", "T=Visual a=1", "end", NULL, "best,mid1"),
		CHAIN("preference after the first filter", "src", "T=Visual a=1", "end", NULL, "best,mid2",
			.preferred = "x,mid2"),
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(s, &cases[i]);
}

// The options of both ends may name registers.
static void test_preferred_by_option(void **state)
{
	FakeFilter src, dst;
	OutPid pid;
	fake_filter_init(&src, *state, "rfimg", NULL);
	fake_filter_init(&dst, *state, "fout", FILE_SINK("jpg"));
	fake_pid_init(&pid, &src, "T=Visual C=png");
	src.f.src_args = "src=a.png:gfreg=ffdec";
	check_pid(&pid, &dst, &(ChainCase){.what = "source", .expect = "ffdec,jpgenc,writegen"});
	dst.f.src_args = "gfreg=ffenc";
	check_pid(&pid, &dst, &(ChainCase){.what = "both", .expect = "ffdec,ffenc,writegen"});
	src.f.src_args = NULL;
	check_pid(&pid, &dst, &(ChainCase){.what = "destination", .expect = "imgdec,ffenc,writegen"});
	fake_pid_reset(&pid);
	fake_filter_reset(&dst);
}

static void test_hidden_weight(void **state)
{
	FakeSession *s = *state;
	fake_session_read(s, "src p0 x0\n  - -> T=Visual\n"
						 "one p0 x0\n  T=Visual a=1 -> T=Visual c=1\n"
						 "two p0 x0 [hide-weight]\n  T=Visual a=1 -> T=Visual b=1\n"
						 "three p0 x0 [hide-weight]\n  T=Visual b=1 -> T=Visual c=1\n"
						 "dst p0 x0\n  T=Visual c=1 -> -\n");
	check_case(s, &(ChainCase)CHAIN("weightless chain", "src", "T=Visual a=1", "dst", NULL, "two,three"));
}

// ---- Limits and bad input

static void test_max_chain(void **state)
{
	FakeSession *s = *state;
	fake_session_read(s, "src p0 x0\n  - -> a=0\n"
						 "f1 p0 x0\n  a=0 -> a=1\n"
						 "f2 p0 x0\n  a=1 -> a=2\n"
						 "f3 p0 x0\n  a=2 -> a=3\n"
						 "dst p0 x0\n  a=3 -> -\n");
	static const char *const expect[] = {NULL, NULL, NULL, "f1,f2,f3", "f1,f2,f3"};
	for (u32 i = 0; i < 5; i++) {
		s->fs.max_chain = i;
		check_case(s, &(ChainCase)CHAIN("limit", "src", "a=0", "dst", NULL, expect[i]));
	}
	s->fs.max_chain = 0;
	check_case(s, &(ChainCase)CHAIN("direct needs no chain", "src", "a=3", "dst", NULL, ""));
	s->fs.max_chain = 0xFFFFFFFF;
	check_case(s, &(ChainCase)CHAIN("no limit", "src", "a=0", "dst", NULL, "f1,f2,f3"));
}

static void test_cycles(void **state)
{
	FakeSession *s = *state;
	fake_session_read(s, "src p0 x0\n  - -> a=0\n"
						 "ring1 p0 x0 [allow-cyclic]\n  a=1,2,3 -> a=1,2,3\n"
						 "ring2 p0 x0 [allow-cyclic]\n  a=1,2,3 -> a=1,2,3\n"
						 "ring3 p0 x0\n  a=1,2,3 -> a=1,2,3,4\n"
						 "dst p0 x0\n  a=4 -> -\n");
	s->fs.max_chain = 100;
	check_case(s, &(ChainCase)CHAIN("rings that the PID does not enter", "src", "a=0", "dst", NULL, NULL));
	check_case(s, &(ChainCase)CHAIN("a ring entered", "src", "a=2", "dst", NULL, "ring3?"));
}

static void test_odd_registers(void **state)
{
	FakeSession *s = *state;
	fake_session_read(s, "src p0 x0\n  - -> a=0\n"
						 "nocaps p0 x0\n"
						 "nobundle p0 x0\n"
						 "onlyreconf p0 x0\n"
						 "dst p0 x0\n  a=1 -> -\n"
						 "all p0 x0\n");
	FakeRegister *empty = (FakeRegister *)fake_find(s, "nobundle");
	fake_add(&empty->fc, (GF_FilterCapability){0});
	fake_add(&empty->fc, (GF_FilterCapability){0});
	fake_finish(empty);
	FakeRegister *reconf = (FakeRegister *)fake_find(s, "onlyreconf");
	fake_add(&reconf->fc, (GF_FilterCapability){.code = GF_PROP_PID_WIDTH, .flags = GF_CAPFLAG_RECONFIG});
	fake_finish(reconf);
	check_case(s, &(ChainCase)CHAIN("nothing usable", "src", "a=0", "dst", NULL, NULL));
	check_case(s, &(ChainCase)CHAIN("no capabilities: takes all", "src", "a=0", "all", NULL, ""));
	check_case(s, &(ChainCase)CHAIN("no bundle: takes all", "src", "a=0", "nobundle", NULL, ""));
	check_case(
		s, &(ChainCase)CHAIN("no entry before RECONFIG: takes all", "src", "a=0", "onlyreconf", NULL, ""));
	check_case(s, &(ChainCase)CHAIN("PID without properties", "src", "-", "dst", NULL, NULL));
}

static void test_no_registers(void **state)
{
	FakeSession *s = *state;
	GF_FilterRegister lone = {.name = "lone", .process = fake_process};
	FakeFilter src = {.f = {.fs = &s->fs, .reg = &lone, .name = "src", .link.bundle = -1}};
	FakeFilter dst = {.f = {.fs = &s->fs, .reg = &lone, .name = "dst", .link.bundle = -1}};
	fake_read_bundles(&dst.fc, "a=1");
	dst.f.caps = dst.fc.caps;
	dst.f.nb_caps = dst.fc.nb_caps;
	OutPid pid;
	fake_pid_init(&pid, &src, "a=0");
	check_pid(&pid, &dst, &(ChainCase){.what = "empty session", .expect = NULL});
	fake_pid_reset(&pid);
	fake_filter_reset(&dst);
}

static void add_register(FakeSession *s, const char *name, const char *bundle)
{
	FakeRegister *fr = fake_register_new(name);
	fake_read_bundle(&fr->fc, bundle);
	fake_finish(fr);
	gf_list_add(s->fs.registers, &fr->reg);
}

// A line of a thousand registers.
static void test_thousand_registers(void **state)
{
	FakeSession *s = *state;
	add_register(s, "src", "- -> a=0");
	for (u32 i = 0; i < 1000; i++) {
		char name[32], bundle[96];
		snprintf(name, sizeof(name), "r%u", i);
		snprintf(bundle, sizeof(bundle), "a=%u b%u=1 -> a=%u", i, i, i + 1);
		add_register(s, name, bundle);
	}
	add_register(s, "dst", "a=6 -> -");
	const char *props = "a=0 b0=1 b1=1 b2=1 b3=1 b4=1 b5=1 b6=1";
	check_case(s, &(ChainCase)CHAIN("six filters", "src", props, "dst", NULL, "r0,r1,r2,r3,r4,r5"));
	check_case(s, &(ChainCase)CHAIN("seven filters", "src", props, "dst", "a=7", NULL));
	s->fs.max_chain = 10000;
	check_case(s, &(ChainCase)CHAIN("no way in", "src", "a=0", "dst", "a=1000", NULL));
}

// Registers that all fit one another.
static void test_dense_registers(void **state)
{
	FakeSession *s = *state;
	add_register(s, "src", "- -> a=0");
	for (u32 i = 0; i < 300; i++) {
		char name[32];
		snprintf(name, sizeof(name), "r%u", i);
		add_register(s, name, "a=1 -> a=1");
	}
	add_register(s, "dst", "a=1 b=1 -> -");
	check_case(s, &(ChainCase)CHAIN("no way in", "src", "a=0", "dst", NULL, NULL));
	check_case(s, &(ChainCase)CHAIN("first of all", "src", "a=1", "dst", NULL, "r0"));
}

// ---- Random registers

// Own generator: the same cases everywhere.
static u32 roll(u32 *seed, u32 sides)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 16) % sides;
}

static void random_caps(u32 *seed, u32 count, Bool flagged, char *text, size_t size)
{
	static const char *const flags[] = {"", "", "!", "^", "*", "?", "@", "!^", "!*", "*?", "^?"};
	static const char *const caps[] = {"T=Visual", "T=Audio", "T=File", "T=Text", "T=Encrypted",
		"T=Visual,Audio", "C=avc", "C=raw", "C=aac,avc,hevc,vvc", "U=1", "E=a,b", "E=*", "MIMEType=q", "x=1",
		"x=2,1", "y=*", "Fake=1"};
	for (u32 i = 0; i < count; i++) {
		size_t len = strlen(text);
		snprintf(text + len, size - len, " %s%s", flagged ? flags[roll(seed, 11)] : "", caps[roll(seed, 17)]);
	}
}

static void add_random_registers(FakeSession *s, u32 *seed, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		char header[64];
		snprintf(
			header, sizeof(header), "r%u p%u%s", i, roll(seed, 3), roll(seed, 8) ? "" : " [hide-weight]");
		FakeRegister *fr = fake_register_new(header);
		for (u32 nb = roll(seed, 4); nb; nb--) {
			char bundle[400] = "";
			random_caps(seed, roll(seed, 4), GF_TRUE, bundle, sizeof(bundle));
			strcat(bundle, " ->");
			random_caps(seed, roll(seed, 4), GF_TRUE, bundle, sizeof(bundle));
			fake_read_bundle(&fr->fc, bundle);
		}
		fake_finish(fr);
		gf_list_add(s->fs.registers, &fr->reg);
	}
}

static void check_chain(OutPid *pid, GF_Filter *dst, const Chain *chain)
{
	assert_true(chain->nb_items <= dst->fs->max_chain);
	for (u32 i = 0; i < chain->nb_items; i++) {
		assert_ptr_not_equal(chain->items[i].reg, dst->reg);
		assert_ptr_not_equal(chain->items[i].reg, pid->head.filter->reg);
		for (u32 j = 0; j < i; j++)
			assert_ptr_not_equal(chain->items[i].reg, chain->items[j].reg);
	}
	if (chain->nb_items)
		assert_true(caps_match(pid, chain->items[0].reg, NULL, (s32)chain->items[0].in_bundle, NULL, NULL));
	else
		assert_true(caps_match(pid, dst->reg, dst, -1, NULL, NULL));
}

static void check_random_link(FakeSession *s, u32 *seed, u32 nb_registers)
{
	FakeFilter src, dst;
	OutPid pid;
	char name[16], props[200] = "";
	snprintf(name, sizeof(name), "r%u", roll(seed, nb_registers));
	fake_filter_init(&src, s, name, NULL);
	snprintf(name, sizeof(name), "r%u", roll(seed, nb_registers));
	fake_filter_init(&dst, s, name, NULL);
	random_caps(seed, 1 + roll(seed, 4), GF_FALSE, props, sizeof(props));
	fake_pid_init(&pid, &src, props);
	Chain chain = {0}, *chains = NULL;
	u32 nb_chains = 0;
	GF_Err e = resolve_chain(&pid, &dst.f, NULL, &chain);
	assert_int_equal(resolve_all_chains(&pid, &dst.f, &chains, &nb_chains), e);
	if (e == GF_OK) {
		check_chain(&pid, &dst.f, &chain);
		assert_int_equal(chain.distance, chains[0].distance);
		chain_reset(&chain);
		chains_del(chains, nb_chains);
	}
	fake_pid_reset(&pid);
}

static void test_random_registers(void **state)
{
	(void)state;
	for (u32 round = 0; round < 150; round++) {
		FakeSession s;
		u32 seed = round, nb_registers = 2 + roll(&seed, 30);
		fake_session_init(&s);
		s.fs.max_chain = roll(&seed, 12);
		add_random_registers(&s, &seed, nb_registers);
		for (u32 i = 0; i < 20; i++)
			check_random_link(&s, &seed, nb_registers);
		fake_session_reset(&s);
	}
}

// ---- Rebuilding

static void test_invalidate(void **state)
{
	FakeSession *s = *state;
	fake_session_read(s, "src p0 x0\n  - -> a=0\ndst p0 x0\n  a=1 -> -\n");
	ChainCase c = CHAIN("before", "src", "a=0", "dst", NULL, NULL);
	check_case(s, &c);
	add_register(s, "late", "a=0 -> a=1");
	reg_graph_invalidate(&s->fs);
	c.expect = "late";
	check_case(s, &c);
	s->fs.flags = GF_FS_FLAG_NO_GRAPH_CACHE;
	add_register(s, "unused", "a=7 -> a=1");
	check_case(s, &c);
}

// ---- Speed

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

// Generous bounds: sanitizers and loaded machines must pass; the figures are printed.
static void test_speed(void **state)
{
	FakeSession *s = *state;
	double start = now_ms();
	check_case(s, &examples[0]);
	double build = now_ms() - start;
	u32 rounds = 20, nb = sizeof(examples) / sizeof(examples[0]);
	start = now_ms();
	for (u32 r = 0; r < rounds; r++) {
		for (u32 i = 0; i < nb; i++)
			check_case(s, &examples[i]);
	}
	double each = (now_ms() - start) / (rounds * nb);
	print_message("graph of %u registers and first link %.2f ms, next links %.3f ms each\n",
		gf_list_count(s->fs.registers), build, each);
	assert_true(build < 500);
	assert_true(each < 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_examples, setup_reference, teardown),
		cmocka_unit_test_setup_teardown(test_encoder, setup_reference, teardown),
		cmocka_unit_test_setup_teardown(test_adaptation, setup_reference, teardown),
		cmocka_unit_test_setup_teardown(test_blacklists, setup_reference, teardown),
		cmocka_unit_test_setup_teardown(test_chosen_bundle, setup_reference, teardown),
		cmocka_unit_test_setup_teardown(test_ties, setup, teardown),
		cmocka_unit_test_setup_teardown(test_preferred_by_option, setup_reference, teardown),
		cmocka_unit_test_setup_teardown(test_hidden_weight, setup, teardown),
		cmocka_unit_test_setup_teardown(test_max_chain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cycles, setup, teardown),
		cmocka_unit_test_setup_teardown(test_odd_registers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_registers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_thousand_registers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dense_registers, setup, teardown),
		cmocka_unit_test(test_random_registers),
		cmocka_unit_test_setup_teardown(test_invalidate, setup, teardown),
		cmocka_unit_test_setup_teardown(test_speed, setup_reference, teardown),
	};
	return cmocka_run_group_tests_name("resolver", tests, NULL, NULL);
}
