// SPDX-License-Identifier: MIT
// A program that uses the C interface as the input tells: it loads, links, updates and removes filters, and runs
// filters of its own which make, keep and send packets of every kind, set properties of every type and send events.
// Calls may be wrong (other kinds of PID, ranges, names, states), pointers are only those that the headers allow.
#include <stdlib.h>
#include <string.h>
#include <gpac/constants.h>
#include <gpac/explain.h>
#include <gpac/filters.h>
#include <gpac/tools.h>

#define MAX_FILTERS 24
#define MAX_KEPT 8
#define MAX_PACKETS 400
#define MAX_RUNS 40
#define FRAME_SIZE (64 * 64 * 4)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef struct {
	const u8 *data;
	size_t size;
	GF_FilterSession *fs;
	GF_FileIO *adts, *raw;     // an audio stream, and the end of the input as a file
	GF_FilterPacket *kept[MAX_KEPT];   // references
	GF_FilterPacket *loose[MAX_KEPT];  // dangling packets
	u32 nb_filters, nb_packets, nb_runs;
	u32 to_send; // packets that sources send before the next step of the program
	u32 nb_made, nb_destroyed; // packets with destructor
} World;

static World world;
static u8 frame_bytes[FRAME_SIZE];

// The next number of the input below `max`; 0 when it is used up, which always stands for the calmest choice.
static u32 pick(u32 max)
{
	if (!world.size)
		return 0;
	world.size--;
	return *world.data++ % max;
}

static u64 pick_time(void)
{
	static const u64 times[] = {0, 1, 40, 1000, 90000, 0x7FFFFFFF, 0xFFFFFFFF, 0x100000000, 1ULL << 62, GF_FILTER_NO_TS};
	return times[pick(COUNT(times))] + pick(4);
}

// ---- Values

// Not those that tell the size of a frame: its memory must be as large as they say.
static const u32 codes[] = {GF_PROP_PID_STREAM_TYPE, GF_PROP_PID_CODECID, GF_PROP_PID_TIMESCALE,
	GF_PROP_PID_DURATION, GF_PROP_PID_FPS, GF_PROP_PID_LANGUAGE, GF_PROP_PID_DECODER_CONFIG,
	GF_PROP_PID_SAMPLE_RATE, GF_PROP_PID_NUM_CHANNELS, GF_PROP_PID_CHANNEL_LAYOUT, GF_PROP_PID_FILE_EXT,
	GF_PROP_PID_MIME, GF_PROP_PID_URL, GF_PROP_PID_DOWN_RATE, GF_PROP_PID_ROLE, GF_PROP_PID_SPARSE,
	GF_PROP_PID_PLAYBACK_MODE, GF_PROP_PID_DELAY, GF_PROP_PID_UNFRAMED, GF_PROP_PID_ID,
	GF_4CC('z', 'z', 'z', 'z'), 0};
static char *const names[] = {
	"Width", "Mine", "Other", "a name that is rather longer than those of properties", ""};

static u32 list_of_numbers[3] = {1, 2, 0xFFFFFFFF};
static char *list_of_texts[] = {"one", "", "three,|*"};

static void give_texts(GF_PropertyValue *value)
{
	value->value.string_list.vals = gf_malloc(sizeof(char *) * COUNT(list_of_texts));
	value->value.string_list.nb_items = (u32)COUNT(list_of_texts);
	for (u32 i = 0; i < COUNT(list_of_texts); i++)
		value->value.string_list.vals[i] = gf_strdup(list_of_texts[i]);
}

// A value of any type. Types that give memory away give memory of gf_malloc.
static GF_PropertyValue some_value(void)
{
	GF_PropertyValue value = {.type = 1 + pick(GF_PROP_LAST_DEFINED + 2)};
	u32 number = pick(7);
	switch (value.type) {
	case GF_PROP_STRING:
	case GF_PROP_NAME:
		value.value.string = list_of_texts[number % COUNT(list_of_texts)];
		break;
	case GF_PROP_STRING_NO_COPY:
		value.value.string = gf_strdup(list_of_texts[number % COUNT(list_of_texts)]);
		break;
	case GF_PROP_DATA:
	case GF_PROP_CONST_DATA:
		value.value.data = (GF_PropData){number ? frame_bytes : NULL, number};
		break;
	case GF_PROP_DATA_NO_COPY:
		value.value.data = (GF_PropData){number ? gf_calloc(1, number) : NULL, number};
		break;
	case GF_PROP_STRING_LIST:
		give_texts(&value);
		break;
	case GF_PROP_STRING_LIST_COPY:
		value.value.string_list = (GF_PropStringList){list_of_texts, number % (COUNT(list_of_texts) + 1)};
		break;
	case GF_PROP_UINT_LIST:
	case GF_PROP_4CC_LIST:
	case GF_PROP_SINT_LIST:
		value.value.uint_list = (GF_PropUIntList){list_of_numbers, number % (COUNT(list_of_numbers) + 1)};
		break;
	case GF_PROP_VEC2I_LIST:
		value.value.v2i_list = (GF_PropVec2iList){(GF_PropVec2i *)list_of_numbers, number % 2};
		break;
	case GF_PROP_POINTER:
		value.value.ptr = frame_bytes;
		break;
	case GF_PROP_DOUBLE:
	case GF_PROP_VEC2:
		value.value.vec2 = (GF_PropVec2){number * 1e300, -1.0 / (number + 1)};
		break;
	default:
		value.value.vec4i = (GF_PropVec4i){(s32)number - 1, (s32)number, -1, 1000};
	}
	return value;
}

// Sets or removes a property, by one of the ways there are.
static void set_property(GF_FilterPid *pid)
{
	u32 code = codes[pick(COUNT(codes))];
	char *name = names[pick(COUNT(names))];
	u32 way = pick(6);
	GF_PropertyValue value;
	const GF_PropertyValue *given = NULL;
	if (pick(8)) {
		value = some_value();
		given = &value;
	}
	switch (way) {
	case 0: gf_filter_pid_set_property(pid, code, given); break;
	case 1: gf_filter_pid_set_property_str(pid, name, given); break;
	case 2: gf_filter_pid_set_property_dyn(pid, name, given); break;
	case 3: gf_filter_pid_set_info(pid, code, given); break;
	case 4: gf_filter_pid_set_info_str(pid, name, given); break;
	default: gf_filter_pid_set_info_dyn(pid, name, given);
	}
}

static void set_packet_property(GF_FilterPacket *pck)
{
	u32 way = pick(3);
	GF_PropertyValue value;
	const GF_PropertyValue *given = NULL;
	if (pick(8)) {
		value = some_value();
		given = &value;
	}
	if (way == 0)
		gf_filter_pck_set_property(pck, codes[pick(COUNT(codes))], given);
	else if (way == 1)
		gf_filter_pck_set_property_str(pck, names[pick(COUNT(names))], given);
	else
		gf_filter_pck_set_property_dyn(pck, names[pick(COUNT(names))], given);
}

static void read_value(u32 code, const GF_PropertyValue *value)
{
	char text[GF_PROP_DUMP_ARG_SIZE];
	gf_props_dump(code, value, text, GF_PROP_DUMP_DATA_INFO);
	gf_props_equal(value, value);
}

static void read_pid(GF_FilterPid *pid)
{
	u32 idx = 0, code;
	const char *name;
	const GF_PropertyValue *value;
	GF_PropertyEntry *entry = NULL;
	GF_FilterPidStatistics stats;
	char path[GF_MAX_PATH], codec[RFC6381_CODEC_NAME_SIZE_MAX];
	while ((value = gf_filter_pid_enum_properties(pid, &idx, &code, &name)))
		read_value(code, value);
	idx = 0;
	while ((value = gf_filter_pid_enum_info(pid, &idx, &code, &name)))
		read_value(code, value);
	gf_filter_pid_get_info(pid, codes[pick(COUNT(codes))], &entry);
	gf_filter_pid_get_info_str(pid, names[pick(COUNT(names))], &entry);
	gf_filter_release_property(entry);
	gf_filter_pid_get_statistics(pid, &stats, pick(GF_STATS_SINK + 2));
	gf_filter_pid_resolve_file_template(pid, "$File$_$PID$_$Width%05d$$p4cc=ZZZZ$$cts$$$", path, pick(3), "x");
	gf_filter_pid_get_rfc_6381_codec_string(pid, codec, pick(2), pick(2), NULL, NULL);
	gf_filter_pid_get_buffer_occupancy(pid, NULL, NULL, NULL, NULL);
	gf_filter_pid_query_buffer_duration(pid, pick(2));
	gf_filter_pid_get_packet_count(pid);
	gf_filter_pid_check_caps(pid);
	gf_filter_pid_has_seen_eos(pid);
	gf_filter_pid_is_sparse(pid);
	gf_free(gf_filter_pid_get_source(pid));
	gf_free(gf_filter_pid_get_destination(pid));
}

static void read_filter(GF_Filter *f)
{
	GF_FilterStats stats;
	GF_PropertyEntry *entry = NULL;
	const GF_FilterArgs *arg;
	gf_filter_get_stats(f, &stats);
	for (u32 i = 0; (arg = gf_filter_enumerate_args(f, i)); i++) {
		char text[GF_PROP_DUMP_ARG_SIZE];
		gf_filter_get_arg_str(f, arg->arg_name, text);
	}
	gf_filter_get_info(f, codes[pick(COUNT(codes))], &entry);
	gf_filter_release_property(entry);
	// one index behind the last of each
	for (u32 i = 0; i <= gf_filter_get_ipid_count(f); i++)
		read_pid(gf_filter_get_ipid(f, i));
	for (u32 i = 0; i <= gf_filter_get_opid_count(f); i++)
		read_pid(gf_filter_get_opid(f, i));
}

// ---- Packets

static void on_destroyed(GF_Filter *f, GF_FilterPid *pid, GF_FilterPacket *pck)
{
	u32 size;
	gf_filter_get_name(f);
	gf_filter_pid_get_name(pid);
	gf_filter_pck_get_data(pck, &size);
	world.nb_destroyed++;
}

static GF_Err get_plane(GF_FilterFrameInterface *frame, u32 idx, const u8 **plane, u32 *stride)
{
	(void)frame;
	*plane = frame_bytes;
	*stride = 256;
	return idx ? GF_BAD_PARAM : GF_OK;
}

static GF_FilterFrameInterface frame = {.get_plane = get_plane};

static void keep(GF_FilterPacket **slot, GF_FilterPacket *pck, void (*release)(GF_FilterPacket *))
{
	if (*slot)
		release(*slot);
	*slot = pck;
}

static void set_attributes(GF_FilterPacket *pck)
{
	for (u32 i = pick(4); i; i--) {
		switch (pick(14)) {
		case 0: gf_filter_pck_set_dts(pck, pick_time()); break;
		case 1: gf_filter_pck_set_cts(pck, pick_time()); break;
		case 2: gf_filter_pck_set_duration(pck, (u32)pick_time()); break;
		case 3: gf_filter_pck_set_framing(pck, pick(2), pick(2)); break;
		case 4: gf_filter_pck_set_sap(pck, pick(9)); break;
		case 5: gf_filter_pck_set_clock_type(pck, pick(4)); break;
		case 6: gf_filter_pck_set_byte_offset(pck, pick_time()); break;
		case 7: gf_filter_pck_set_seek_flag(pck, pick(2)); break;
		case 8: gf_filter_pck_set_interlaced(pck, pick(5)); break;
		case 9: gf_filter_pck_set_readonly(pck); break;
		case 10: gf_filter_pck_truncate(pck, pick(80)); break;
		case 11: gf_filter_pck_set_corrupted(pck, pick(2)); break;
		case 12: gf_filter_pck_set_mark(pck, pick(2)); break;
		default: set_packet_property(pck);
		}
	}
}

static void read_packet(GF_FilterPacket *pck)
{
	u32 size, idx = 0, code;
	const char *name;
	const GF_PropertyValue *value;
	const u8 *data = gf_filter_pck_get_data(pck, &size);
	volatile u8 sum = 0;
	for (u32 i = 0; i < size; i++)
		sum = (u8)(sum + data[i]);
	while ((value = gf_filter_pck_enum_properties(pck, &idx, &code, &name)))
		read_value(code, value);
	gf_filter_pck_get_timescale(pck);
	gf_filter_pck_is_blocking_ref(pck);
}

static GF_FilterPacket *new_with_memory(GF_FilterPid *out)
{
	u8 *data = NULL;
	u32 size = pick(200);
	Bool counted = pick(2);
	GF_FilterPacket *pck = counted ? gf_filter_pck_new_alloc_destructor(out, size, &data, on_destroyed)
								   : gf_filter_pck_new_alloc(out, size, &data);
	if (!pck)
		return NULL;
	world.nb_made += counted;
	if (size)
		memset(data, 7, size);
	if (pick(4) == 1) {
		u8 *more = NULL;
		u32 added = pick(200);
		if (!gf_filter_pck_expand(pck, added, NULL, &more, NULL) && more)
			memset(more, 8, added);
	}
	return pck;
}

// A packet of any kind; `in` may be NULL, and `out` may be an input PID.
static GF_FilterPacket *new_packet(GF_FilterPid *out, GF_FilterPacket *in)
{
	u8 *data;
	GF_FilterPacket *pck = NULL;
	GF_FilterPacket *source = in && pick(4) ? in : world.kept[pick(MAX_KEPT)];
	switch (pick(8)) {
	case 1:
		pck = gf_filter_pck_new_shared(out, frame_bytes, pick(200), on_destroyed);
		world.nb_made += pck != NULL;
		return pck;
	case 2:
		return gf_filter_pck_new_shared(out, frame_bytes, pick(200), NULL);
	case 3:
		return source ? gf_filter_pck_new_ref(out, pick(100), pick(100), source) : NULL;
	case 4:
		pck = source ? gf_filter_pck_new_ref_destructor(out, pick(8), 0, source, on_destroyed) : NULL;
		world.nb_made += pck != NULL;
		return pck;
	case 5:
		return source ? gf_filter_pck_new_copy(out, source, pick(2) ? &data : NULL) : NULL;
	case 6:
		return source ? gf_filter_pck_new_clone(out, source, pick(2) ? &data : NULL) : NULL;
	case 7:
		pck = gf_filter_pck_new_frame_interface(out, &frame, on_destroyed);
		world.nb_made += pck != NULL;
		return pck;
	default:
		return new_with_memory(out);
	}
}

static void send_packet(GF_FilterPid *out, GF_FilterPacket *in)
{
	if (++world.nb_packets > MAX_PACKETS)
		return;
	GF_FilterPacket *pck = new_packet(out, in);
	if (!pck)
		return;
	if (in && pick(3) == 1)
		gf_filter_pck_merge_properties(in, pck);
	set_attributes(pck);
	read_packet(pck);
	if (pick(12) == 1)
		gf_filter_pck_discard(pck);
	else
		gf_filter_pck_send(pck);
}

// What a filter does with a packet that it fetched.
static void use_packet(GF_Filter *f, GF_FilterPacket *pck)
{
	u32 nb_out = gf_filter_get_opid_count(f);
	GF_FilterPid *out = nb_out ? gf_filter_get_opid(f, pick(nb_out)) : NULL;
	GF_FilterPacket *other = pck;
	switch (pick(9)) {
	case 1:
		keep(&world.kept[pick(MAX_KEPT)], gf_filter_pck_ref_ex(pck), gf_filter_pck_unref);
		break;
	case 2:
		if (!gf_filter_pck_ref_props(&other))
			keep(&world.kept[pick(MAX_KEPT)], other, gf_filter_pck_unref);
		break;
	case 3: {
		GF_FilterPacket **slot = &world.loose[pick(MAX_KEPT)];
		GF_FilterPacket *cached = pick(2) ? *slot : NULL;
		other = pick(2) ? gf_filter_pck_dangling_copy(pck, cached) : gf_filter_pck_dangling_clone(pck, cached);
		if (cached)
			*slot = NULL;
		keep(slot, other, gf_filter_pck_discard);
		break;
	}
	case 4:
		set_attributes(pck); // refused on an input packet
		break;
	case 5:
	case 6:
		if (out)
			send_packet(out, pck);
		break;
	default:
		if (out && world.nb_packets++ < MAX_PACKETS)
			gf_filter_pck_forward(pck, out);
	}
}

// ---- What filters do in their callbacks

static const char *const link_texts[] = {
	NULL, "audio", "video1", "PID=1", "#PID=2", "Width-100", "StreamType=Audio", "", "#"};
static const char *const updates[][2] = {{"speed", "2"}, {"deep", "true"}, {"xs", "1"}, {"LT", "all@quiet"},
	{"none", "x"}, {"", ""}, {"raw=yes", NULL}, {"rt", "sync"}, {"=", NULL}};

static GF_Filter *any_filter(void)
{
	return gf_fs_get_filter(world.fs, pick(gf_fs_get_filters_count(world.fs) + 1));
}

static void some_event(GF_FilterEvent *evt, GF_FilterPid *pid)
{
	GF_FEVT_INIT(*evt, pick(GF_FEVT_NETWORK_HINT + 2), pid);
	switch (evt->base.type) {
	case GF_FEVT_PLAY:
	case GF_FEVT_SET_SPEED:
	case GF_FEVT_STOP:
	case GF_FEVT_PLAY_HINT:
		evt->play.start_range = pick(4) - 1.0;
		evt->play.end_range = pick(4);
		evt->play.speed = pick(5) - 2.0;
		evt->play.from_pck = pick(3);
		evt->play.timestamp_based = (u8)pick(5);
		break;
	case GF_FEVT_SOURCE_SEEK:
	case GF_FEVT_SOURCE_SWITCH:
		evt->seek.start_offset = pick_time();
		evt->seek.end_offset = pick_time();
		evt->seek.source_switch = pick(3) ? gf_fileio_url(world.adts) : pick(2) ? "none" : NULL;
		break;
	case GF_FEVT_SEGMENT_SIZE:
		evt->seg_size.seg_url = pick(2) ? "segment" : NULL;
		break;
	case GF_FEVT_FILE_DELETE:
		evt->file_del.url = pick(2) ? "gfio://none" : NULL;
		break;
	case GF_FEVT_BUFFER_REQ:
		evt->buffer_req.max_buffer_us = (u32)pick_time();
		evt->buffer_req.pid_only = pick(2);
		break;
	case GF_FEVT_USER:
		evt->user_event.event.type = (u8)pick(73);
		break;
	default:
		break;
	}
}

static void send_event(GF_Filter *f, GF_FilterPid *pid)
{
	GF_FilterEvent evt;
	some_event(&evt, pid);
	if (pid && pick(3))
		gf_filter_pid_send_event(pid, &evt);
	else
		gf_filter_send_event(f, &evt, pick(2));
}

static Bool filter_task(GF_Filter *f, void *udta, u32 *reschedule_ms);

static GF_FilterPid *new_pid(GF_Filter *f)
{
	if (gf_filter_get_opid_count(f) >= 4)
		return NULL;
	GF_FilterPid *out = gf_filter_pid_new(f);
	if (out && !gf_filter_get_ipid_count(f)) {
		gf_filter_pid_set_property(out, GF_PROP_PID_STREAM_TYPE, PROP_UINT(pick(2) ? GF_STREAM_AUDIO : GF_STREAM_VISUAL));
		gf_filter_pid_set_property(out, GF_PROP_PID_CODECID, PROP_UINT(GF_CODECID_RAW));
		gf_filter_pid_set_property(out, GF_PROP_PID_WIDTH, PROP_UINT(64));
		gf_filter_pid_set_property(out, GF_PROP_PID_HEIGHT, PROP_UINT(64));
		gf_filter_pid_set_property(out, GF_PROP_PID_PIXFMT, PROP_ENUM(GF_PIXEL_RGBA, GF_PROP_PIXFMT));
	}
	return out;
}

// Acts on a PID of the filter whose callback runs. Functions get PIDs of both kinds: the wrong one is refused.
static void act_on_pid(GF_FilterPid *pid)
{
	u64 time;
	u32 scale;
	switch (pick(32)) {
	case 1: gf_filter_pid_set_eos(pid); break;
	case 2: gf_filter_pid_set_discard(pid, pick(2)); break;
	case 3: gf_filter_pid_send_flush(pid); break;
	case 4: gf_filter_pid_clear_eos(pid, pick(2)); break;
	case 5: gf_filter_pid_set_framing_mode(pid, pick(2)); break;
	case 6: gf_filter_pid_reset_properties(pid); break;
	case 7: gf_filter_pid_set_max_buffer(pid, (u32)pick_time()); break;
	case 8: gf_filter_pid_negotiate_property(pid, codes[pick(COUNT(codes))], PROP_UINT(pick(3))); break;
	case 9: gf_filter_pid_negotiate_property_dyn(pid, names[pick(COUNT(names))], PROP_STRING("x")); break;
	case 10: gf_filter_pid_ignore_blocking(pid, pick(2)); break;
	case 11: gf_filter_pid_discard_block(pid); break;
	case 12: gf_filter_pid_set_loose_connect(pid); break;
	case 13: gf_filter_pid_require_source_id(pid); break;
	case 14: gf_filter_pid_set_clock_mode(pid, pick(2)); break;
	case 15: gf_filter_pid_get_clock_info(pid, &time, &scale); break;
	case 16: gf_filter_pid_recompute_dts(pid, pick(2)); break;
	case 17: gf_filter_pid_allow_direct_dispatch(pid); break;
	case 18: gf_filter_pid_try_pull(pid); break;
	case 19: gf_filter_pid_set_name(pid, names[pick(COUNT(names))]); break;
	case 20: gf_filter_pid_push_properties(pid, pick(2) ? (char[]){"#Other=1#Mine=x,y"} : (char[]){"#=#"}, 0, pick(2)); break;
	case 21: gf_filter_pid_remove(pid); break;
	case 22: gf_filter_pid_set_rt_stats(pid, 1, 2, 3); break;
	case 23: gf_filter_pid_drop_packet(pid); break;
	case 24: gf_filter_pid_would_block(pid); break;
	case 25: read_pid(pid); break;
	default: set_property(pid);
	}
}

static void add_filter(void);

static void act_on_filter(GF_Filter *f)
{
	switch (pick(20)) {
	case 1: gf_filter_remove(pick(3) ? f : any_filter()); break;
	case 2: gf_filter_reconnect_output(any_filter(), NULL); break;
	case 3: gf_filter_set_source(any_filter(), any_filter(), link_texts[pick(COUNT(link_texts))]); break;
	case 4: gf_filter_post_task(any_filter(), filter_task, NULL, NULL); break;
	case 5: add_filter(); break;
	case 6: gf_filter_setup_failure(f, pick(2) ? GF_IO_ERR : GF_EOS); break;
	case 7: gf_filter_notification_failure(f, GF_IO_ERR, pick(2)); break;
	case 8: gf_filter_abort(f); break;
	case 9: gf_filter_remove_src(f, any_filter()); break;
	case 10: gf_filter_make_sticky(f); break;
	case 11: gf_filter_prevent_blocking(f, pick(2)); break;
	case 12: gf_filter_block_eos(f, pick(2)); break;
	case 13: gf_filter_set_max_extra_input_pids(f, pick(4) - 1); break;
	case 14: gf_filter_set_event_target(f, pick(2)); break;
	case 15: gf_filter_require_source_id(f); break;
	case 16: gf_filter_update_status(f, pick(200) * 100, pick(2) ? (char[]){"status"} : NULL); break;
	case 17: gf_filter_post_process_task(any_filter()); break;
	case 18: gf_filter_lock_all(f, GF_TRUE); gf_filter_lock_all(f, GF_FALSE); break;
	default: gf_filter_ask_rt_reschedule(f, pick(200));
	}
}

static void act(GF_Filter *f)
{
	if (pick(3) != 1)
		return;
	u32 nb_in = gf_filter_get_ipid_count(f), nb_out = gf_filter_get_opid_count(f);
	GF_FilterPid *in = nb_in ? gf_filter_get_ipid(f, pick(nb_in)) : NULL;
	GF_FilterPid *out = nb_out ? gf_filter_get_opid(f, pick(nb_out)) : NULL;
	switch (pick(7)) {
	case 1: new_pid(f); break;
	case 2: act_on_filter(f); break;
	case 3: act_on_pid(in); break;
	case 4: act_on_pid(out); break;
	case 5: send_event(f, pick(2) ? in : out); break;
	case 6: send_packet(pick(4) ? out : in, NULL); break;
	default: break;
	}
}

static Bool filter_task(GF_Filter *f, void *udta, u32 *reschedule_ms)
{
	(void)udta;
	act(f);
	*reschedule_ms = pick(2);
	return pick(3) == 1;
}

static Bool user_task(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	(void)udta;
	gf_fs_is_last_task(fs);
	gf_filter_remove(pick(8) == 1 ? any_filter() : NULL);
	*reschedule_ms = pick(3);
	return pick(3) == 1;
}

// ---- Callbacks of the filters

static GF_Err configure_pid(GF_Filter *f, GF_FilterPid *pid, Bool is_remove)
{
	static const GF_Err answers[] = {GF_BAD_PARAM, GF_NOT_SUPPORTED, GF_EOS, GF_REQUIRES_NEW_INSTANCE,
		GF_FILTER_NOT_SUPPORTED, GF_SERVICE_ERROR, GF_PROFILE_NOT_SUPPORTED};
	u32 choice = pick(24);
	if (choice == 1)
		act(f);
	if (is_remove)
		return GF_OK;
	if (choice > 20)
		return answers[pick(COUNT(answers))];
	if (!gf_filter_get_opid_count(f)) {
		GF_FilterPid *out = gf_filter_is_sink(f) ? NULL : gf_filter_pid_new(f);
		if (out)
			gf_filter_pid_copy_properties(out, pid);
		GF_FilterEvent evt;
		GF_FEVT_INIT(evt, GF_FEVT_PLAY, pid);
		if (!out)
			gf_filter_pid_send_event(pid, &evt);
	}
	return GF_OK;
}

static GF_Err process(GF_Filter *f)
{
	u32 nb_in = gf_filter_get_ipid_count(f), nb_ended = 0;
	for (u32 i = 0; i < gf_filter_get_ipid_count(f); i++) {
		GF_FilterPid *in = gf_filter_get_ipid(f, i);
		GF_FilterPacket *pck = gf_filter_pid_get_packet(in);
		nb_ended += !pck && gf_filter_pid_is_eos(in);
		if (!pck)
			continue;
		read_packet(pck);
		use_packet(f, pck);
		if (pick(8) != 1)
			gf_filter_pid_drop_packet(in);
	}
	act(f);
	if (!nb_in && world.size) {
		if (!world.to_send || !gf_filter_get_opid_count(f))
			return GF_EOS;
		world.to_send--;
		send_packet(gf_filter_get_opid(f, pick(gf_filter_get_opid_count(f))), NULL);
		return pick(16) == 1 ? GF_IO_ERR : GF_OK;
	}
	if (nb_ended < nb_in)
		return pick(16) == 1 ? GF_IO_ERR : GF_OK;
	for (u32 i = 0; i < gf_filter_get_opid_count(f); i++)
		gf_filter_pid_set_eos(gf_filter_get_opid(f, i));
	return GF_EOS;
}

static Bool process_event(GF_Filter *f, const GF_FilterEvent *evt)
{
	(void)evt;
	if (pick(8) == 1)
		act(f);
	return pick(6) == 1;
}

static GF_Err reconfigure_output(GF_Filter *f, GF_FilterPid *pid)
{
	(void)f;
	const GF_PropertyValue *value = gf_filter_pid_caps_query(pid, GF_PROP_PID_SAMPLE_RATE);
	return value && pick(2) ? gf_filter_pid_set_property(pid, GF_PROP_PID_SAMPLE_RATE, value) : GF_NOT_SUPPORTED;
}

static void on_filter(void *udta, GF_Filter *f, Bool is_destroy)
{
	(void)udta;
	(void)is_destroy;
	gf_filter_get_name(f);
}

// ---- Loading

#define MEDIA(direction) \
	CAP_UINT(direction, GF_PROP_PID_STREAM_TYPE, GF_STREAM_VISUAL), \
		CAP_UINT(direction, GF_PROP_PID_STREAM_TYPE, GF_STREAM_AUDIO)

static const GF_FilterCapability caps_in[] = {MEDIA(GF_CAPS_INPUT)};
static const GF_FilterCapability caps_out[] = {MEDIA(GF_CAPS_OUTPUT)};
static const GF_FilterCapability caps_both[] = {
	MEDIA(GF_CAPS_INPUT_OUTPUT), {.code = GF_PROP_PID_SAMPLE_RATE, .flags = GF_CAPFLAG_RECONFIG}};

#define OWN(text, table, more) \
	{.name = text, SETCAPS(table), .flags = GF_FS_REG_EXPLICIT_ONLY, .max_extra_pids = (more), .process = process, \
		.process_event = process_event, .configure_pid = configure_pid, .reconfigure_output = reconfigure_output}

static const GF_FilterRegister own[] = {OWN("zsource", caps_out, 0), OWN("zpass", caps_both, 0),
	OWN("zmany", caps_both, 3), OWN("zsink", caps_in, 0)};

static const char *const declarations[] = {"zsource", "zpass", "zmany", "zsink", "zpass:FID=a:#Mine=1",
	"zsink:SID=a#audio", "zpass:FID=a:SID=a", "zmany:clone:RSID", "reframer", "reframer:xs=0:xe=0.05",
	"reframer:rt=on:speed=100", "ufnalu", "ufadts", "writegen", "mp4mx:frag", "zsource:DL", "none",
	"reframer:none=1", "", ":", "fin:src=none", "inspect:deep:log=null", "zsink:SID=", "flist:srcs=none"};
static const char *const destinations[] = {
	"null", "null:ext=mp4", "null:ext=aac", "null:ext=mp4:frag", "null:ext=none", ""};

static void add_custom_filter(void)
{
	static const char *const custom_names[] = {NULL, "custom", "custom:FID=c", "custom:SID=a:N=named", ":"};
	GF_Filter *f = gf_fs_new_filter(
		world.fs, custom_names[pick(COUNT(custom_names))], pick(2) * GF_FS_REG_MAIN_THREAD, NULL);
	if (!f)
		return;
	for (u32 i = pick(5); i; i--) {
		GF_PropertyValue value = {.type = GF_PROP_UINT, .value.uint = pick(2) ? GF_STREAM_AUDIO : GF_STREAM_VISUAL};
		static const u32 flags[] = {GF_CAPS_INPUT, GF_CAPS_OUTPUT, GF_CAPS_INPUT_OUTPUT, 0, GF_CAPS_INPUT_EXCLUDED,
			GF_CAPS_INPUT_OPT, GF_CAPS_OUTPUT_STATIC};
		u32 code = pick(4) ? GF_PROP_PID_STREAM_TYPE : codes[pick(COUNT(codes))];
		gf_filter_push_caps(f, code, pick(6) ? &value : NULL, code ? NULL : "Mine", flags[pick(COUNT(flags))], (u8)pick(3));
	}
	gf_filter_set_process_ckb(f, process);
	gf_filter_set_configure_ckb(f, pick(8) ? configure_pid : NULL);
	gf_filter_set_process_event_ckb(f, process_event);
	gf_filter_set_reconfigure_output_ckb(f, reconfigure_output);
	if (pick(2))
		new_pid(f);
	gf_filter_post_process_task(f);
}

static void add_filter(void)
{
	if (world.nb_filters >= MAX_FILTERS)
		return;
	world.nb_filters++;
	GF_Err e = GF_OK;
	GF_Filter *f;
	switch (pick(6)) {
	case 1: gf_fs_load_source(world.fs, gf_fileio_url(world.adts), NULL, NULL, &e); break;
	case 2: gf_fs_load_source(world.fs, gf_fileio_url(world.raw), pick(2) ? "FID=a" : NULL, NULL, &e); break;
	case 3: gf_fs_load_destination(world.fs, destinations[pick(COUNT(destinations))], NULL, NULL, &e); break;
	case 4: add_custom_filter(); break;
	default:
		f = gf_fs_load_filter(world.fs, declarations[pick(COUNT(declarations))], &e);
		if (f && gf_filter_is_source(f) && pick(2))
			new_pid(f);
		gf_filter_post_process_task(f);
	}
}

// A chain through which packets flow, since a random program rarely makes one.
static void add_chain(void)
{
	static const char *const chain[] = {"zsource", "zpass", "zmany", "zsink"};
	for (u32 i = 0; i < COUNT(chain); i++) {
		GF_Filter *f = gf_fs_load_filter(world.fs, chain[i], NULL);
		if (!i && f)
			new_pid(f);
		gf_filter_post_process_task(f);
	}
	world.nb_filters += COUNT(chain);
}

// ---- The program

static void ask_links(void)
{
	char *text = NULL;
	GF_Filter *f = any_filter();
	if (!gf_filter_probe_link(f, pick(3), declarations[pick(COUNT(declarations))], &text))
		gf_free(text);
	text = NULL;
	if (!gf_filter_get_possible_destinations(f, (s32)pick(4) - 1, &text))
		gf_free(text);
	gf_free(gf_filter_why_not(f, any_filter()));
	gf_free(gf_fs_get_graph_text(world.fs));
}

static void parse_graph(void)
{
	static const char *const graphs[] = {"zsource zpass zsink", "-i none", "zsource @ zsink", "@@",
		"zsource @1 zsink @0#audio", "'a b", "-xopt none zsink", "zpass:FID=q @#video zsink", ""};
	if (world.nb_filters + 3 > MAX_FILTERS)
		return;
	world.nb_filters += 3;
	char text[64];
	gf_strlcpy(text, graphs[pick(COUNT(graphs))], sizeof(text));
	GF_List *filters = NULL, *links = NULL;
	gf_fs_parse_filter_graph_str(world.fs, text, pick(2) ? &filters : NULL, pick(2) ? &links : NULL);
	gf_list_del(filters);
	while (gf_list_count(links))
		gf_free(gf_list_pop_back(links));
	gf_list_del(links);
}

static void fire_event(void)
{
	GF_FilterEvent evt;
	some_event(&evt, NULL);
	gf_fs_fire_event(world.fs, any_filter(), &evt, pick(2));
}

static void run(u32 times)
{
	while (times-- && world.nb_runs++ < MAX_RUNS) {
		world.to_send = 4;
		for (u32 i = 0; i < gf_fs_get_filters_count(world.fs); i++)
			gf_filter_post_process_task(gf_fs_get_filter(world.fs, i));
		gf_fs_run(world.fs);
	}
}

static void step(void)
{
	u32 i = pick(COUNT(updates));
	GF_Filter *f;
	switch (pick(20)) {
	case 1: case 2: case 3: case 4: add_filter(); break;
	case 5: gf_filter_set_source(any_filter(), any_filter(), link_texts[pick(COUNT(link_texts))]); break;
	case 6: gf_filter_set_source_restricted(any_filter(), any_filter(), link_texts[pick(COUNT(link_texts))]); break;
	case 7: gf_filter_reset_source(any_filter()); break;
	case 8: f = any_filter(); gf_filter_reconnect_output(f, gf_filter_get_opid(f, pick(3))); break;
	case 9: gf_filter_remove(any_filter()); break;
	case 10: fire_event(); break;
	case 11: gf_fs_send_update(world.fs, pick(2) ? "a" : NULL, any_filter(), updates[i][0], updates[i][1], pick(4)); break;
	case 12: ask_links(); break;
	case 13: gf_fs_post_user_task_delay(world.fs, user_task, NULL, NULL, pick(3)); break;
	case 14: read_filter(any_filter()); break;
	case 15: gf_fs_set_max_resolution_chain_length(world.fs, pick(7)); break;
	case 16: parse_graph(); break;
	case 17: // insert a filter behind another
		f = any_filter();
		gf_filter_set_source(gf_fs_load_filter(world.fs, "zpass", NULL), f, NULL);
		gf_filter_reconnect_output(f, NULL);
		break;
	case 18: if (pick(8) == 1) gf_fs_abort(world.fs, pick(3)); break;
	case 19: gf_fs_enable_reporting(world.fs, pick(2)); break;
	default: run(1 + pick(4));
	}
}

// One second of silence as AAC-LC in ADTS: 44.1 kHz, two channels, frames of 32 bytes.
static u8 adts[43 * 32];

static void make_adts(void)
{
	static const u8 header[] = {0xFF, 0xF1, 0x50, 0x80, 0x04, 0x1F, 0xFC};
	for (size_t i = 0; i < sizeof(adts); i += 32)
		memcpy(adts + i, header, sizeof(header));
}

// What the program loads and what links that, so that a session costs little.
#define REGISTERS "-fin,fout,flist,inspect,mp4dmx,mp4mx,rfadts,rfmp3,rfnalu,ufadts,ufnalu,reframer,writegen"

static void open_world(void)
{
	static const u32 flags[] = {0, GF_FS_FLAG_NO_IMPLICIT, GF_FS_FLAG_NO_RESERVOIR, GF_FS_FLAG_REQUIRE_SOURCE_ID,
		GF_FS_FLAG_FORCE_DEFER_LINK, GF_FS_FLAG_PREVENT_PLAY, GF_FS_FLAG_NO_REASSIGN, GF_FS_FLAG_FULL_LINK};
	static const char *const raw_names[] = {"a.aac", "a.264", "a.mp4", "a.mp3", "a.266", "a.none"};
	gf_sys_init(GF_MemTrackerNone, "0");
	gf_log_set_tool_level(GF_LOG_ALL, GF_LOG_QUIET);
	world.adts = gf_fileio_from_mem("sound.aac", adts, sizeof(adts));
	const char *name = raw_names[pick(COUNT(raw_names))];
	world.raw = gf_fileio_from_mem(name, world.data + world.size / 2, (u32)(world.size - world.size / 2));
	world.fs = gf_fs_new(0, GF_FS_SCHEDULER_LOCK_FREE, GF_FS_FLAG_NON_BLOCKING | flags[pick(COUNT(flags))], REGISTERS);
	gf_fs_set_filter_creation_callback(world.fs, on_filter, NULL, GF_TRUE);
	for (u32 i = 0; i < COUNT(own); i++)
		gf_fs_add_filter_register(world.fs, &own[i]);
}

static void close_world(void)
{
	gf_fs_del(world.fs);
	for (u32 i = 0; i < MAX_KEPT; i++) {
		keep(&world.kept[i], NULL, gf_filter_pck_unref);
		keep(&world.loose[i], NULL, gf_filter_pck_discard);
	}
	gf_fileio_del(world.adts);
	gf_fileio_del(world.raw);
	gf_sys_close();
	// each destructor was called once, and nothing is left
	if (world.nb_made != world.nb_destroyed || gf_memory_size())
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 4 || size > 4096)
		return 0;
	make_adts();
	world = (World){.data = data, .size = size};
	open_world();
	if (pick(4))
		add_chain();
	while (world.size && world.nb_runs < MAX_RUNS)
		step();
	world.size = 0;
	for (u32 i = 0; i < 8; i++)
		gf_fs_run(world.fs);
	close_world();
	return 0;
}
