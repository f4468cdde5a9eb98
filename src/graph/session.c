// SPDX-License-Identifier: MIT
// Sessions: creation, registers, running, ending.
#include "graph/args.h"
#include "graph/engine.h"
#include "graph/packet.h"
#include "graph/resolver.h"

// ---- registers

static Bool name_listed(const char *list, char sep, const char *name)
{
	size_t len = strlen(name);
	while (list && *list) {
		const char *end = strchr(list, sep);
		size_t n = end ? (size_t)(end - list) : strlen(list);
		if (n == len && !strncmp(list, name, n))
			return GF_TRUE;
		list = end ? end + 1 : NULL;
	}
	return GF_FALSE;
}

static Bool check_register(const GF_FilterRegister *reg)
{
	const char *why = NULL;
	Bool has_inputs = GF_FALSE;
	for (u32 i = 0; i < reg->nb_caps; i++)
		has_inputs |= (reg->caps[i].flags & GF_CAPFLAG_INPUT) != 0;
	if (!reg->name)
		why = "it has no name";
	else if (!reg->process)
		why = "it has no process callback";
	else if (has_inputs && !reg->configure_pid && !(reg->flags & GF_FS_REG_META))
		why = "it has input capabilities and no configure_pid callback";
	if (!why)
		return GF_TRUE;
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] register %s refused: %s\n", reg->name ? reg->name : "", why));
	return GF_FALSE;
}

void session_note_args(GF_FilterSession *fs, const GF_FilterArgs *args)
{
	for (const GF_FilterArgs *arg = args; arg && arg->arg_name; arg++) {
		if (arg->flags & GF_FS_ARG_UPDATE_SYNC)
			atomic_store(&fs->has_sync_args, 1);
	}
}

void gf_fs_add_filter_register(GF_FilterSession *session, const GF_FilterRegister *freg)
{
	if (!session || !freg)
		return;
	if (!check_register(freg) || gf_list_add(session->registers, (void *)freg) != GF_OK) {
		if (freg->register_free)
			freg->register_free(session, (GF_FilterRegister *)freg);
		return;
	}
	session_note_args(session, freg->args);
	reg_graph_invalidate(session);
}

void gf_fs_remove_filter_register(GF_FilterSession *session, GF_FilterRegister *freg)
{
	if (!session || gf_list_del_item(session->registers, freg) < 0)
		return;
	if (freg->register_free)
		freg->register_free(session, freg);
	reg_graph_invalidate(session);
}

u32 gf_fs_filters_registers_count(GF_FilterSession *session)
{
	return session ? gf_list_count(session->registers) : 0;
}

const GF_FilterRegister *gf_fs_get_filter_register(GF_FilterSession *session, u32 idx)
{
	return session ? gf_list_get(session->registers, idx) : NULL;
}

static GF_Err load_registers(GF_FilterSession *fs, const char *blacklist)
{
	Bool whitelist = blacklist && blacklist[0] == '-';
	if (whitelist)
		blacklist++;
	for (u32 i = 0; gf_builtin_registers[i]; i++) {
		const GF_FilterRegister *reg = gf_builtin_registers[i];
		if (blacklist && *blacklist && name_listed(blacklist, fs->seps.list, reg->name) != whitelist)
			continue;
		if (gf_list_add(fs->registers, (void *)reg) != GF_OK)
			return GF_OUT_OF_MEM;
		session_note_args(fs, reg->args);
	}
	return GF_OK;
}

// ---- creation and deletion

static void read_core_options(GF_FilterSession *fs)
{
	fs->buffers.units = gf_opts_get_int("core", "buffer-units");
	fs->buffers.gen_us = gf_opts_get_int("core", "buffer-gen");
	fs->buffers.dec_us = gf_opts_get_int("core", "buffer-dec");
	const char *mode = gf_opts_get_key("core", "no-block");
	fs->buffers.off = fs->buffers.ignored = mode && !strcmp(mode, "all");
	fs->buffers.fanout_only = mode && !strcmp(mode, "fanout");
}

GF_FilterSession *gf_fs_new(s32 nb_threads, GF_FilterSchedulerType type, GF_FilterSessionFlags flags,
	const char *blacklist)
{
	GF_FilterSession *fs = gf_calloc(1, sizeof(GF_FilterSession));
	if (!fs)
		return NULL;
	atomic_init(&fs->holds, 1);
	fs->flags = flags;
	fs->seps = (Separators){':', '=', '#', ',', '!', '@'};
	// Options that name a value the caller left at its default apply to every session.
	fs->max_chain = gf_opts_get_int("core", "max-chain");
	if (!blacklist)
		blacklist = gf_opts_get_key("core", "blacklist");
	fs->registers = gf_list_new();
	fs->filters = gf_list_new();
	fs->zombies = gf_list_new();
	fs->args = arg_tracker_new();
	atomic_init(&fs->thread, thread_self());
	read_core_options(fs);
	downloads_init(fs);
	Bool ok = fs->registers && fs->filters && fs->zombies && fs->args && sched_new(fs) == GF_OK &&
		pckpool_new(fs) == GF_OK && load_registers(fs, blacklist) == GF_OK && modules_load(fs) == GF_OK;
	if (!ok) {
		gf_fs_del(fs);
		return NULL;
	}
	if (nb_threads && type != GF_FS_SCHEDULER_DIRECT)
		GF_LOG(GF_LOG_WARNING, GF_LOG_SCHEDULER,
			("[sched] %d extra threads asked for: in this version all filters run on the thread that calls run\n",
				nb_threads));
	return fs;
}

typedef struct {
	const char *option;
	u32 flag;
} FlagOption;

GF_FilterSession *gf_fs_new_defaults(GF_FilterSessionFlags flags)
{
	static const FlagOption from_options[] = {
		{"dbg-edges", GF_FS_FLAG_PRINT_CONNECTIONS},
		{"full-link", GF_FS_FLAG_FULL_LINK},
		{"no-reg", GF_FS_FLAG_NO_REGULATION},
		{"no-reassign", GF_FS_FLAG_NO_REASSIGN},
		{"no-graph-cache", GF_FS_FLAG_NO_GRAPH_CACHE},
		{"no-probe", GF_FS_FLAG_NO_PROBE},
		{"no-argchk", GF_FS_FLAG_NO_ARG_CHECK},
		{"no-reservoir", GF_FS_FLAG_NO_RESERVOIR},
	};
	const u32 kept = GF_FS_FLAG_LOAD_META | GF_FS_FLAG_NON_BLOCKING | GF_FS_FLAG_NO_GRAPH_CACHE |
		GF_FS_FLAG_PRINT_CONNECTIONS | GF_FS_FLAG_NO_IMPLICIT | GF_FS_FLAG_REQUIRE_SOURCE_ID |
		GF_FS_FLAG_FORCE_DEFER_LINK | GF_FS_FLAG_PREVENT_PLAY | GF_FS_FLAG_NO_PROBE;
	u32 all = flags & kept;
	for (u32 i = 0; i < sizeof(from_options) / sizeof(from_options[0]); i++) {
		if (gf_opts_get_bool("core", from_options[i].option))
			all |= from_options[i].flag;
	}
	static const char *const scheds[] = {"free", "lock", "freex", "flock", "direct"};
	const char *name = gf_opts_get_key("core", "sched");
	u32 sched = 0;
	while (name && sched < 5 && strcmp(name, scheds[sched]))
		sched++;
	if (name && sched == 5) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_SCHEDULER,
			("[sched] no scheduler named %s: use free, lock, freex, flock or direct\n", name));
		return NULL;
	}
	GF_FilterSession *fs = gf_fs_new((s32)gf_opts_get_int("core", "threads"), sched, all, NULL);
	if (!fs)
		return NULL;
	if (gf_opts_get_key("core", "max-sleep"))
		sched_set_max_sleep(fs, gf_opts_get_int("core", "max-sleep"));
	const char *seps = gf_opts_get_key("core", "seps");
	if (seps && gf_fs_set_separators(fs, seps) != GF_OK) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER, ("[filter] seps=%s: six characters are needed\n", seps));
		gf_fs_del(fs);
		return NULL;
	}
	return fs;
}

// The calling thread runs the session from now on.
static void session_take_thread(GF_FilterSession *fs)
{
	atomic_store(&fs->thread, thread_self());
	if (fs->pool)
		pckpool_set_owner(fs);
}

// Packets keep references across filters: all queues are emptied before the first filter goes.
static void drop_all_packets(GF_FilterSession *fs)
{
	u32 nb = gf_list_count(fs->filters);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *f = gf_list_get(fs->filters, i);
		u32 nb_pids = gf_list_count(f->inputs);
		for (u32 j = 0; j < nb_pids; j++)
			in_pid_flush(gf_list_get(f->inputs, j));
		nb_pids = gf_list_count(f->outputs);
		for (u32 j = 0; j < nb_pids; j++)
			out_pid_release_held(gf_list_get(f->outputs, j));
	}
}

// Packets first, while the filters whose destructors they call are as they were; consumers are finalised before
// the producers of the packets that they keep.
static void delete_filters(GF_FilterSession *fs)
{
	drop_all_packets(fs);
	for (u32 i = gf_list_count(fs->filters); i > 0; i--)
		filter_finalize(gf_list_get(fs->filters, i - 1));
	drop_all_packets(fs); // what finalize sent
	GF_List *all[2] = {fs->filters, fs->zombies};
	for (u32 l = 0; l < 2; l++) {
		for (u32 i = gf_list_count(all[l]); i > 0; i--)
			packets_end(gf_list_get(all[l], i - 1));
	}
	for (u32 l = 0; l < 2; l++) {
		for (u32 i = gf_list_count(all[l]); i > 0; i--) {
			if (fs->on_filter)
				fs->on_filter(fs->udta, gf_list_get(all[l], i - 1), GF_TRUE);
		}
	}
	while (gf_list_count(fs->filters))
		filter_free(gf_list_last(fs->filters));
	while (gf_list_count(fs->zombies))
		filter_free(gf_list_pop_back(fs->zombies));
}

void gf_fs_del(GF_FilterSession *session)
{
	if (!session)
		return;
	GF_FilterSession *fs = session;
	if (fs->args && fs_flag(fs, GF_FS_FLAG_NON_BLOCKING))
		arg_tracker_report(fs);
	fs->in_delete = GF_TRUE;
	session_take_thread(fs);
	if (fs->flush == FLUSH_NOT)
		fs->flush = FLUSH_STOPPED;
	if (fs->sched)
		delete_filters(fs);
	u32 nb = gf_list_count(fs->registers);
	for (u32 i = 0; i < nb; i++) {
		const GF_FilterRegister *reg = gf_list_get(fs->registers, i);
		if (reg->register_free)
			reg->register_free(fs, (GF_FilterRegister *)reg);
	}
	reg_graph_del(fs->reg_graph);
	arg_tracker_del(fs->args);
	gl_close(fs);
	downloads_close(fs);
	sched_del(fs);
	pckpool_del(fs);
	modules_unload(fs);
	gf_list_del(fs->registers);
	gf_list_del(fs->filters);
	gf_list_del(fs->zombies);
	fs->filters = NULL; // nobody is left to be told of packets
	gf_fs_release(fs);
}

GF_FilterSession *gf_fs_hold(GF_FilterSession *session)
{
	atomic_fetch_add(&session->holds, 1);
	return session;
}

void gf_fs_release(GF_FilterSession *session)
{
	if (session && atomic_fetch_sub(&session->holds, 1) == 1)
		gf_free(session);
}

// No other filter may keep a pointer to one that is freed.
void session_forget_filter(GF_Filter *gone)
{
	GF_FilterSession *fs = gone->fs;
	u32 nb = gf_list_count(fs->filters);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *f = gf_list_get(fs->filters, i);
		gf_list_del_item(f->link.dests, gone);
		gf_list_del_item(f->link.dest_links, gone);
		if (f->link.next == gone)
			f->link.next = NULL;
		if (f->link.requester == gone)
			f->link.requester = NULL;
		if (f->link.clone_of == gone)
			f->link.clone_of = NULL;
		if (f->alias_of == gone)
			f->alias_of = NULL;
		if (f->on_setup_error_filter == gone) {
			f->on_setup_error = NULL;
			f->on_setup_error_filter = NULL;
		}
	}
}

// ---- settings

GF_Err gf_fs_set_separators(GF_FilterSession *session, const char *separator_set)
{
	if (!session)
		return GF_BAD_PARAM;
	if (!separator_set)
		separator_set = GF_FS_DEFAULT_SEPS;
	if (strlen(separator_set) < 6)
		return GF_BAD_PARAM;
	const char *s = separator_set;
	session->seps = (Separators){s[0], s[1], s[2], s[3], s[4], s[5]};
	return GF_OK;
}

GF_Err gf_fs_set_max_resolution_chain_length(GF_FilterSession *session, u32 max_chain_length)
{
	if (!session)
		return GF_BAD_PARAM;
	session->max_chain = max_chain_length;
	return GF_OK;
}

u32 gf_fs_get_max_resolution_chain_length(GF_FilterSession *session)
{
	return session ? session->max_chain : 0;
}

GF_Err gf_fs_set_max_sleep_time(GF_FilterSession *session, u32 max_sleep)
{
	if (!session)
		return GF_BAD_PARAM;
	sched_set_max_sleep(session, max_sleep);
	return GF_OK;
}

GF_Err gf_fs_set_filter_creation_callback(GF_FilterSession *session, gf_fs_on_filter_creation on_create_destroy,
	void *udta, Bool force_sync)
{
	if (!session)
		return GF_BAD_PARAM;
	session->on_filter = on_create_destroy;
	session->udta = udta;
	(void)force_sync; // all hooks and tasks run on the thread of the session anyway
	return GF_OK;
}

void *gf_fs_get_rt_udta(GF_FilterSession *session)
{
	return session ? session->udta : NULL;
}

void gf_fs_set_ui_callback(GF_FilterSession *session, Bool (*ui_event_proc)(void *opaque, GF_Event *event),
	void *cbk_udta)
{
	if (!session)
		return;
	session->ui_proc = ui_event_proc;
	session->ui_udta = cbk_udta;
}

void gf_fs_enable_reporting(GF_FilterSession *session, Bool reporting_on)
{
	if (session)
		session->reporting = reporting_on;
}

void gf_fs_lock_filters(GF_FilterSession *session, Bool do_lock)
{
	if (session)
		sched_lock(session, do_lock);
}

// ---- running

// Result of a run to the end: `e` is what the scheduler answered.
static GF_Err result_of_run(GF_FilterSession *fs, GF_Err e)
{
	if (e >= 0 && fs->setup_error < 0) {
		e = fs->setup_error;
		fs->setup_error = GF_OK;
	}
	// All filters that an option could be for were loaded: what nobody took is a mistake of its author.
	if (e >= 0 && arg_tracker_report(fs) && gf_opts_get_bool("core", "strict"))
		return GF_BAD_PARAM;
	return e == GF_OK ? GF_EOS : e;
}

GF_Err gf_fs_run(GF_FilterSession *session)
{
	if (!session)
		return GF_BAD_PARAM;
	GF_FilterSession *fs = session;
	Bool blocking = !fs_flag(fs, GF_FS_FLAG_NON_BLOCKING);
	session_take_thread(fs);
	if (blocking && fs->run_status == GF_EOS && fs->flush == FLUSH_NOT)
		fs->run_status = GF_OK; // run again after its end
	GF_Err e = sched_run(fs, blocking);
	gl_leave(fs);
	return blocking ? result_of_run(fs, e) : e;
}

GF_Err gf_fs_run_slice(GF_FilterSession *session)
{
	if (!session)
		return GF_BAD_PARAM;
	session_take_thread(session);
	if (session->run_status == GF_EOS && session->flush == FLUSH_NOT)
		session->run_status = GF_OK;
	GF_Err e = sched_run(session, GF_FALSE);
	gl_leave(session);
	return e == GF_OK && !gf_fs_is_last_task(session) ? GF_OK : result_of_run(session, e);
}

GF_Err gf_fs_watch_fd(GF_FilterSession *session, int fd, void (*on_ready)(void *udta), void *udta)
{
	return session && (on_ready || fd < 0) ? sched_watch_app_fd(session, fd, on_ready, udta) : GF_BAD_PARAM;
}

GF_Err gf_fs_stop(GF_FilterSession *session)
{
	if (!session)
		return GF_BAD_PARAM;
	if (fs_flag(session, GF_FS_FLAG_NON_BLOCKING) && session->run_status == GF_OK)
		sched_run(session, GF_FALSE);
	return GF_OK;
}

int gf_fs_get_fd(GF_FilterSession *session)
{
	return session ? sched_fd(session) : -1;
}

Bool gf_fs_in_final_flush(GF_FilterSession *session)
{
	return !session || session->flush != FLUSH_NOT;
}

Bool gf_fs_is_last_task(GF_FilterSession *session)
{
	return !session || session->run_status != GF_OK || sched_idle(session);
}

GF_Err gf_fs_get_last_connect_error(GF_FilterSession *session)
{
	GF_Err e = session ? session->last_connect_error : GF_BAD_PARAM;
	if (session)
		session->last_connect_error = GF_OK;
	return e;
}

GF_Err gf_fs_get_last_process_error(GF_FilterSession *session)
{
	GF_Err e = session ? session->last_process_error : GF_BAD_PARAM;
	if (session)
		session->last_process_error = GF_OK;
	return e;
}

// ---- user tasks

typedef struct {
	FsTask task;
	Bool (*execute)(GF_FilterSession *fsess, void *callback, u32 *reschedule_ms);
	void *udta;
} UserTask;

static void drop_user_task(FsTask *t)
{
	gf_free(t);
}

static void run_user_task(GF_FilterSession *fs, FsTask *t)
{
	UserTask *ut = (UserTask *)t;
	u32 ms = 0;
	if (!ut->execute(fs, ut->udta, &ms) || fs->flush != FLUSH_NOT) {
		gf_free(ut);
		return;
	}
	if (t->weak && !ms)
		ms = 1;
	sched_post_session(fs, t, gf_sys_clock_high_res() + (u64)ms * 1000);
}

static GF_Err post_user_task(GF_FilterSession *session,
	Bool (*task_execute)(GF_FilterSession *fsess, void *callback, u32 *reschedule_ms), void *udta_callback, u32 delay,
	Bool weak)
{
	if (!session || !task_execute)
		return GF_BAD_PARAM;
	UserTask *ut = gf_calloc(1, sizeof(UserTask));
	if (!ut)
		return GF_OUT_OF_MEM;
	ut->task = (FsTask){.run = run_user_task, .drop = drop_user_task, .weak = weak};
	ut->execute = task_execute;
	ut->udta = udta_callback;
	u64 due = delay ? gf_sys_clock_high_res() + (u64)delay * 1000 : 0;
	if (fs_on_thread(session))
		sched_post_session(session, &ut->task, due);
	else
		sched_post_from_thread(session, &ut->task, due);
	return GF_OK;
}

GF_Err gf_fs_post_user_task_delay(GF_FilterSession *session,
	Bool (*task_execute)(GF_FilterSession *fsess, void *callback, u32 *reschedule_ms), void *udta_callback,
	const char *log_name, u32 delay)
{
	(void)log_name; // for debuggers, which show the function
	return post_user_task(session, task_execute, udta_callback, delay, GF_FALSE);
}

GF_Err gf_fs_post_background_task(GF_FilterSession *session,
	Bool (*task_execute)(GF_FilterSession *fsess, void *callback, u32 *reschedule_ms), void *udta_callback, u32 delay)
{
	return post_user_task(session, task_execute, udta_callback, delay ? delay : 1, GF_TRUE);
}

GF_Err gf_fs_post_user_task(GF_FilterSession *session,
	Bool (*task_execute)(GF_FilterSession *fsess, void *callback, u32 *reschedule_ms), void *udta_callback,
	const char *log_name)
{
	return gf_fs_post_user_task_delay(session, task_execute, udta_callback, log_name, 0);
}

GF_Err gf_fs_post_user_task_main(GF_FilterSession *session,
	Bool (*task_execute)(GF_FilterSession *fsess, void *callback, u32 *reschedule_ms), void *udta_callback,
	const char *log_name)
{
	return gf_fs_post_user_task_delay(session, task_execute, udta_callback, log_name, 0);
}

// ---- filters of the session

u32 gf_fs_get_filters_count(GF_FilterSession *session)
{
	return session ? gf_list_count(session->filters) : 0;
}

GF_Filter *gf_fs_get_filter(GF_FilterSession *session, u32 idx)
{
	return session ? gf_list_get(session->filters, idx) : NULL;
}

Bool gf_fs_check_filter(GF_FilterSession *session, GF_Filter *filter)
{
	return session && filter && gf_list_find(session->filters, filter) >= 0 && filter->state < FILTER_REMOVED;
}

static double number_arg(GF_Filter *f, const char *name, double absent)
{
	GF_PropertyValue v;
	return gf_filter_get_arg(f, name, &v) && v.type == GF_PROP_DOUBLE ? v.value.number : absent;
}

void gf_fs_send_deferred_play(GF_FilterSession *session)
{
	if (!session || !fs_flag(session, GF_FS_FLAG_PREVENT_PLAY))
		return;
	session->flags &= ~(u32)GF_FS_FLAG_PREVENT_PLAY;
	u32 nb = gf_list_count(session->filters);
	for (u32 i = 0; i < nb; i++) {
		GF_Filter *f = gf_list_get(session->filters, i);
		u32 nb_in = filter_is_sink_kind(f) ? gf_list_count(f->inputs) : 0;
		for (u32 j = 0; j < nb_in; j++) {
			InPid *in = gf_list_get(f->inputs, j);
			GF_FilterEvent evt;
			gf_filter_pid_init_play_event(&in->head, &evt, number_arg(f, "start", 0), number_arg(f, "speed", 1),
				f->name);
			event_send_on_input(in, &evt);
		}
	}
}
