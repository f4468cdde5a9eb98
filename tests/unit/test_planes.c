// SPDX-License-Identifier: MIT
// Consumers that say in their register that they read planes get pictures in the memory of the decoder; one that does
// not gets packets. Linked with the shared library, beside which the module of the decoder lies.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/main.h>
#include <gpac/tools.h>

static u32 nb_frames, nb_packets;

static GF_Err sink_configure(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	(void)f;
	if (is_remove)
		return GF_OK;
	GF_FilterEvent evt;
	gf_filter_pid_init_play_event(pid, &evt, 0, 1, "planes");
	gf_filter_pid_send_event(pid, &evt);
	return GF_OK;
}

static GF_Err sink_process(GF_Filter *f)
{
	GF_FilterPid *pid = gf_filter_get_ipid(f, 0);
	GF_FilterPacket *pck;
	while (pid && (pck = gf_filter_pid_get_packet(pid))) {
		if (gf_filter_pck_get_frame_interface(pck))
			nb_frames++;
		else
			nb_packets++;
		gf_filter_pid_drop_packet(pid);
	}
	return GF_OK;
}

static const GF_FilterCapability sink_caps[] = {
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL),
	CAP_UINT(GF_CAPS_INPUT, GF_PROP_PID_CODECID, GF_CODECID_RAW),
};

#define SINK(label, more_flags) \
	{.name = label, SETCAPS(sink_caps), .flags = GF_FS_REG_EXPLICIT_ONLY | (more_flags), \
		.configure_pid = sink_configure, .process = sink_process}

static const GF_FilterRegister readers[] = {SINK("copies", 0), SINK("planes", GF_FS_REG_FRAME_IFCE)};

// Half a second of pictures, coded, decoded, and given to `sink`, behind a reframer when `passed`.
static void decode_to(const char *sink, Bool passed)
{
	GF_Err e = gf_sys_init(GF_MemTrackerNone, "0");
	assert_int_equal(e, GF_OK);
	GF_FilterSession *fs = gf_fs_new_defaults(0);
	assert_non_null(fs);
	for (u32 i = 0; i < 2; i++)
		gf_fs_add_filter_register(fs, &readers[i]);
	nb_frames = nb_packets = 0;
	gf_fs_load_filter(fs, "avgen:type=v:dur=0.5:fps=10:sizes=64x48", &e);
	assert_int_equal(e, GF_OK);
	GF_Filter *encoder = gf_fs_load_filter(fs, "enc:c=mpeg4", &e);
	if (!encoder)
		skip(); // no FFmpeg
	if (passed)
		gf_fs_load_filter(fs, "reframer:raw=v", &e);
	assert_non_null(gf_fs_load_filter(fs, sink, &e));
	assert_true(gf_fs_run(fs) >= 0);
	gf_fs_del(fs);
	gf_sys_close();
	assert_int_equal(nb_frames + nb_packets, 5);
}

static void readers_of_planes_get_frames(void **state)
{
	(void)state;
	decode_to("planes", GF_FALSE);
	assert_int_equal(nb_frames, 5);
	decode_to("planes", GF_TRUE);
	assert_int_equal(nb_frames, 5);
}

static void others_get_packets(void **state)
{
	(void)state;
	decode_to("copies", GF_FALSE);
	assert_int_equal(nb_packets, 5);
	decode_to("copies", GF_TRUE);
	assert_int_equal(nb_packets, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readers_of_planes_get_frames),
		cmocka_unit_test(others_get_packets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
