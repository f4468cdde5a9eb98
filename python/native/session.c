// SPDX-License-Identifier: MIT
// FilterSession: the object, its exceptions and its filters. Running is in session_run.c, loading in session_load.c,
// the end in life.c.
#include "native.h"
#include "session.h"
#include "session_doc.h"

GF_FilterSession *session_of(Session *s)
{
	if (!s->fs)
		native_raise(GF_BAD_PARAM, "FilterSession no longer valid: it was deleted");
	return s->fs && (!s->forked || session_usable(s, "")) ? s->fs : NULL;
}

GF_FilterSession *session_of_thread(Session *s, const char *call)
{
	GF_FilterSession *fs = session_of(s);
	return fs && session_usable(s, call) ? fs : NULL;
}

// ---- exceptions of callbacks

static Bool must_leave(PyObject *exc)
{
	return PyErr_GivenExceptionMatches(exc, PyExc_KeyboardInterrupt) ||
		   PyErr_GivenExceptionMatches(exc, PyExc_SystemExit);
}

void session_fail(Session *s)
{
	if (!PyErr_Occurred())
		return;
	PyObject *type, *exc, *trace;
	PyErr_Fetch(&type, &exc, &trace);
	PyErr_NormalizeException(&type, &exc, &trace);
	if (trace)
		PyException_SetTraceback(exc, trace);
	if (!s->error) {
		s->error = Py_NewRef(exc);
	} else if (must_leave(exc) && !must_leave(s->error)) {
		PyException_SetContext(exc, s->error);
		s->error = Py_NewRef(exc);
	} else {
		PyErr_Restore(Py_NewRef(type), Py_NewRef(exc), Py_XNewRef(trace));
		PyErr_WriteUnraisable((PyObject *)s);
	}
	Py_XDECREF(type);
	Py_XDECREF(exc);
	Py_XDECREF(trace);
	if (s->fs && s->thread)
		gf_fs_abort(s->fs, GF_FS_FLUSH_NONE);
}

int session_check(Session *s)
{
	PyObject *exc = s->error;
	if (!exc)
		return 0;
	s->error = NULL;
	PyErr_Restore(Py_NewRef((PyObject *)Py_TYPE(exc)), exc, PyException_GetTraceback(exc));
	return -1;
}

PyObject *session_checked(Session *s, PyObject *result)
{
	if (!s->error || s->thread)
		return result;
	PyErr_Clear();
	Py_XDECREF(result);
	session_check(s);
	return NULL;
}

// ---- filters

static Bool attach(Session *s, Filter *obj, GF_Filter *f)
{
	PyObject *key = PyLong_FromVoidPtr(f);
	Bool ok = key && PyDict_SetItem(s->filters, key, (PyObject *)obj) == 0;
	Py_XDECREF(key);
	if (!ok)
		return GF_FALSE;
	obj->filter = f;
	if (!obj->session)
		obj->session = (Session *)Py_NewRef((PyObject *)s);
	gf_filter_set_rt_udta(f, obj);
	return GF_TRUE;
}

Filter *session_filter(Session *s, GF_Filter *f)
{
	if (filter_is_gone(f)) {
		native_raise(GF_BAD_PARAM, "Filter %s no longer valid: it was removed", gf_filter_get_name(f));
		return NULL;
	}
	Filter *known = gf_filter_get_rt_udta(f);
	if (known)
		return (Filter *)Py_NewRef((PyObject *)known);
	State *st = native_state();
	Filter *obj = s->creating;
	if (obj && (gf_filter_get_register(f)->flags & GF_FS_REG_CUSTOM)) {
		Py_INCREF((PyObject *)obj);
		s->creating = NULL;
	} else {
		allocfunc alloc = PyType_GetSlot(st->filter_type, Py_tp_alloc);
		obj = (Filter *)alloc(st->filter_type, 0);
		if (!obj)
			return NULL;
	}
	if (!attach(s, obj, f)) {
		Py_DECREF((PyObject *)obj);
		return NULL;
	}
	return obj;
}

static void forget_filter(Session *s, GF_Filter *f, Filter *obj)
{
	filter_gone(obj);
	PyObject *key = PyLong_FromVoidPtr(f);
	if (!key || PyDict_DelItem(s->filters, key) < 0)
		PyErr_Clear();
	Py_XDECREF(key);
}

// A source whose register changes goes and comes again: the object that the script has of it goes on.
static void come_again(Session *s, GF_Filter *f)
{
	PyObject *obj = s->left && s->left_from == f ? PyWeakref_GetObject(s->left) : Py_None; // borrowed
	gf_filter_set_rt_udta(f, NULL);
	if (obj != Py_None)
		attach(s, (Filter *)obj, f);
}

static void leave(Session *s, GF_Filter *f, Filter *obj)
{
	forget_filter(s, f, obj);
	Py_XDECREF(s->left);
	s->left = PyWeakref_NewRef((PyObject *)obj, NULL);
	s->left_from = f;
	if (!s->left)
		PyErr_Clear();
}

static void on_filter(void *udta, GF_Filter *f, Bool is_destroy)
{
	Session *s = udta;
	PyGILState_STATE gil = PyGILState_Ensure();
	s->busy++;
	if (!is_destroy && filter_is_gone(f))
		come_again(s, f);
	Filter *obj = session_filter(s, f);
	if (obj) {
		PyObject *name = PyUnicode_FromString(is_destroy ? "on_filter_del" : "on_filter_new");
		PyObject *res = name ? PyObject_CallMethodObjArgs((PyObject *)s, name, (PyObject *)obj, NULL) : NULL;
		Py_XDECREF(res);
		Py_XDECREF(name);
	}
	session_fail(s);
	if (obj && is_destroy)
		leave(s, f, obj);
	Py_XDECREF((PyObject *)obj);
	s->busy--;
	PyGILState_Release(gil);
}

// Python filters without inputs are called once: nothing else would start them.
static Bool start_sources(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	Session *s = udta;
	(void)fs;
	(void)reschedule_ms;
	PyGILState_STATE gil = PyGILState_Ensure();
	s->starting = GF_FALSE;
	PyObject *all = PyDict_Values(s->filters);
	Py_ssize_t nb = all ? PyList_Size(all) : 0;
	for (Py_ssize_t i = 0; i < nb; i++) {
		Filter *f = (Filter *)PyList_GetItem(all, i);
		if (!f->custom || f->started || !f->filter)
			continue;
		f->started = GF_TRUE;
		if (f->has_process && !gf_filter_get_ipid_count(f->filter) && gf_filter_is_source(f->filter))
			gf_filter_post_process_task(f->filter);
	}
	Py_XDECREF(all);
	session_fail(s);
	PyGILState_Release(gil);
	return GF_FALSE;
}

void session_start_sources(Session *s)
{
	if (s->fs && !s->starting)
		s->starting = gf_fs_post_user_task(s->fs, start_sources, s, "start Python sources") == GF_OK;
}

// ---- life

typedef struct {
	const char *option;
	u32 flag;
} FlagOption;

// Parameters left at their defaults take the core options; flags of both are joined.
static GF_FilterSession *new_session(u32 flags, const char *blacklist, s32 threads, s32 sched)
{
	static const FlagOption options[] = {
		{"dbg-edges", GF_FS_FLAG_PRINT_CONNECTIONS},
		{"full-link", GF_FS_FLAG_FULL_LINK},
		{"no-reg", GF_FS_FLAG_NO_REGULATION},
		{"no-reassign", GF_FS_FLAG_NO_REASSIGN},
		{"no-graph-cache", GF_FS_FLAG_NO_GRAPH_CACHE},
		{"no-probe", GF_FS_FLAG_NO_PROBE},
		{"no-argchk", GF_FS_FLAG_NO_ARG_CHECK},
		{"no-reservoir", GF_FS_FLAG_NO_RESERVOIR},
	};
	static const char *const scheds[] = {"free", "lock", "freex", "flock", "direct"};
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (gf_opts_get_bool("core", options[i].option))
			flags |= options[i].flag;
	}
	if (flags & 1) // no meaning in the engine; other bindings export it as NO_RESERVOIR
		flags = (flags & ~1u) | GF_FS_FLAG_NO_RESERVOIR;
	const char *name = sched ? NULL : gf_opts_get_key("core", "sched");
	for (s32 i = 0; name && i < 5; i++) {
		if (!strcmp(scheds[i], name))
			sched = i;
	}
	if (!threads)
		threads = (s32)gf_opts_get_int("core", "threads");
	GF_FilterSession *fs = gf_fs_new(threads, (GF_FilterSchedulerType)sched, (GF_FilterSessionFlags)flags,
		blacklist && blacklist[0] ? blacklist : NULL);
	if (fs && gf_opts_get_key("core", "max-sleep"))
		gf_fs_set_max_sleep_time(fs, gf_opts_get_int("core", "max-sleep"));
	const char *seps = fs ? gf_opts_get_key("core", "seps") : NULL;
	if (seps && gf_fs_set_separators(fs, seps) != GF_OK) {
		gf_fs_del(fs);
		return NULL;
	}
	return fs;
}

static int session_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
	Session *s = (Session *)self;
	static char *names[] = {"flags", "blacklist", "nb_threads", "sched_type", NULL};
	ArgU32 flags = {"FilterSession: flags", 0};
	const char *blacklist = NULL;
	int threads = 0, sched = 0;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O&zii:FilterSession", names, arg_u32, &flags, &blacklist, &threads, &sched))
		return -1;
	if (s->filters) {
		native_raise(GF_BAD_PARAM, "FilterSession.__init__ called twice");
		return -1;
	}
	if (sched < GF_FS_SCHEDULER_LOCK_FREE || sched > GF_FS_SCHEDULER_DIRECT) {
		native_raise(GF_BAD_PARAM, "Failed to create new filter session: %d is not a type of scheduler", sched);
		return -1;
	}
	if (!native_init_library())
		return -1;
	GF_FilterSession *fs = new_session(flags.v, blacklist, threads, sched);
	if (!fs) {
		native_raise(GF_BAD_PARAM, "Failed to create new filter session");
		return -1;
	}
	s->filters = PyDict_New();
	s->shared = PyDict_New();
	s->files = PyList_New(0);
	if (!s->filters || !s->shared || !s->files) {
		gf_fs_del(fs);
		return -1;
	}
	s->fs = fs;
	s->blocking = !(flags.v & GF_FS_FLAG_NON_BLOCKING);
	gf_fs_set_filter_creation_callback(fs, on_filter, s, GF_TRUE);
	State *st = native_state();
	s->next = st->sessions;
	if (s->next)
		s->next->prev = s;
	st->sessions = s;
	return 0;
}

static PyObject *call_delete(PyObject *self, PyObject *none)
{
	(void)none;
	Session *s = (Session *)self;
	if (s->runner && s->runner != Py_None)
		return native_raise(GF_BAD_PARAM, "delete() while run_async() runs; cancel it first");
	return session_delete(s) < 0 ? NULL : Py_NewRef(Py_None);
}

// Runs while all objects of a cycle are still whole.
static void session_finalize(PyObject *self)
{
	PyObject *type, *exc, *trace;
	PyErr_Fetch(&type, &exc, &trace);
	if (session_delete((Session *)self) < 0)
		PyErr_WriteUnraisable(self);
	PyErr_Restore(type, exc, trace);
}

static int session_traverse(PyObject *self, visitproc visit, void *arg)
{
	Session *s = (Session *)self;
	Py_VISIT(Py_TYPE(self));
	Py_VISIT(s->dict);
	Py_VISIT(s->filters);
	Py_VISIT(s->shared);
	Py_VISIT(s->files);
	Py_VISIT(s->error);
	Py_VISIT(s->runner);
	return tasks_traverse(s, visit, arg);
}

static int session_clear(PyObject *self)
{
	Session *s = (Session *)self;
	if (s->fs)
		return 0; // its finalizer was not run: nothing may go
	Py_CLEAR(s->dict);
	Py_CLEAR(s->filters);
	Py_CLEAR(s->shared);
	Py_CLEAR(s->files);
	Py_CLEAR(s->error);
	Py_CLEAR(s->runner);
	Py_CLEAR(s->left);
	return 0;
}

static void session_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);
	PyObject_GC_UnTrack(self);
	session_finalize(self); // without filters nor tasks, which would have kept it
	if (((Session *)self)->weakrefs)
		PyObject_ClearWeakRefs(self);
	session_clear(self);
	((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
	Py_DECREF(type);
}

static PyObject *session_repr(PyObject *self)
{
	Session *s = (Session *)self;
	if (!s->fs)
		return PyUnicode_FromString("<FilterSession, deleted>");
	return PyUnicode_FromFormat(
		"<FilterSession, %u filters%s>", gf_fs_get_filters_count(s->fs), s->thread ? ", running" : "");
}

static PyObject *session_enter(PyObject *self, PyObject *none)
{
	(void)none;
	return session_of((Session *)self) ? Py_NewRef(self) : NULL;
}

static PyObject *session_exit(PyObject *self, PyObject *args)
{
	(void)args;
	return call_delete(self, NULL);
}

// ---- other calls

static PyObject *call_post(PyObject *self, PyObject *task)
{
	return session_of((Session *)self) ? session_post((Session *)self, task) : NULL;
}

static PyObject *call_rem_task(PyObject *self, PyObject *task)
{
	return session_rem_task((Session *)self, task);
}

static PyObject *lock_filters(PyObject *self, PyObject *arg)
{
	int on = PyObject_IsTrue(arg);
	GF_FilterSession *fs = on < 0 ? NULL : session_of((Session *)self);
	if (!fs)
		return NULL;
	Py_BEGIN_ALLOW_THREADS gf_fs_lock_filters(fs, on ? GF_TRUE : GF_FALSE);
	Py_END_ALLOW_THREADS Py_RETURN_NONE;
}

static PyObject *reporting(PyObject *self, PyObject *arg)
{
	int on = PyObject_IsTrue(arg);
	GF_FilterSession *fs = on < 0 ? NULL : session_of((Session *)self);
	if (!fs)
		return NULL;
	gf_fs_enable_reporting(fs, on ? GF_TRUE : GF_FALSE);
	Py_RETURN_NONE;
}

static PyObject *print_stats(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterSession *fs = session_of_thread((Session *)self, "print_stats");
	if (!fs)
		return NULL;
	gf_fs_print_stats(fs);
	Py_RETURN_NONE;
}

static PyObject *print_graph(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterSession *fs = session_of_thread((Session *)self, "print_graph");
	if (!fs)
		return NULL;
	gf_fs_print_connections(fs);
	Py_RETURN_NONE;
}

static PyObject *graph(PyObject *self, PyObject *none)
{
	(void)none;
	if (!session_of((Session *)self))
		return NULL;
	PyObject *m = PyImport_ImportModule("libgpac.graph");
	PyObject *res = m ? PyObject_CallMethod(m, "describe", "O", self) : NULL;
	Py_XDECREF(m);
	return res;
}

static PyObject *fire_event(PyObject *self, PyObject *args, PyObject *kwargs)
{
	Session *s = (Session *)self;
	static char *names[] = {"evt", "_filter", "upstream", NULL};
	PyObject *evt, *target = Py_None;
	int upstream = 0;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|Op:fire_event", names, &evt, &target, &upstream))
		return NULL;
	GF_FilterEvent native;
	GF_FilterSession *fs = event_from_python(evt, &native) ? session_of_thread(s, "fire_event") : NULL;
	GF_Filter *f = NULL;
	if (!fs || (target != Py_None && !arg_filter(target, "fire_event", s, &f)))
		return NULL;
	Bool done;
	s->busy++;
	Py_BEGIN_ALLOW_THREADS done = gf_fs_fire_event(fs, f, &native, upstream ? GF_TRUE : GF_FALSE);
	Py_END_ALLOW_THREADS s->busy--;
	return session_checked(s, PyLong_FromLong(done ? 1 : 0));
}

static PyObject *supports_mime(PyObject *self, PyObject *args)
{
	const char *mime;
	GF_FilterSession *fs = session_of((Session *)self);
	if (!fs || !PyArg_ParseTuple(args, "s:is_supported_mime", &mime))
		return NULL;
	return PyLong_FromLong(gf_fs_is_supported_mime(fs, mime) ? 1 : 0);
}

static PyObject *supports_source(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"url", "parent", NULL};
	const char *url, *parent = NULL;
	GF_FilterSession *fs = session_of((Session *)self);
	if (!fs || !PyArg_ParseTupleAndKeywords(args, kwargs, "s|z:is_supported_source", names, &url, &parent))
		return NULL;
	return PyLong_FromLong(gf_fs_is_supported_source(fs, url, parent) ? 1 : 0);
}

static GF_Err on_gl_activate(void *udta, Bool do_activate)
{
	Session *s = udta;
	PyGILState_STATE gil = PyGILState_Ensure();
	int code = GF_SERVICE_ERROR;
	s->busy++;
	PyObject *res = PyObject_CallMethod((PyObject *)s, "on_gl_activate", "i", do_activate ? 1 : 0);
	if (!result_code(res, GF_OK, &code)) {
		code = GF_SERVICE_ERROR;
		session_fail(s);
	}
	Py_XDECREF(res);
	s->busy--;
	PyGILState_Release(gil);
	return (GF_Err)code;
}

static PyObject *external_gl(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterSession *fs = session_of_thread((Session *)self, "external_opengl_provider");
	if (!fs)
		return NULL;
	GF_Err e = gf_fs_set_external_gl_provider(fs, on_gl_activate, self);
	if (e != GF_OK)
		return native_raise_err(e, "external_opengl_provider: only once, and before filters are loaded");
	Py_RETURN_NONE;
}

static PyObject *ignore(PyObject *self, PyObject *arg)
{
	(void)self;
	(void)arg;
	Py_RETURN_NONE;
}

// ---- properties

static PyObject *get_last_task(PyObject *self, void *closure)
{
	(void)closure;
	Session *s = (Session *)self;
	return PyBool_FromLong(!s->fs || gf_fs_is_last_task(s->fs));
}

static PyObject *get_nb_filters(PyObject *self, void *closure)
{
	(void)closure;
	Session *s = (Session *)self;
	return PyLong_FromUnsignedLong(s->fs ? gf_fs_get_filters_count(s->fs) : 0);
}

typedef GF_Err (*read_error)(GF_FilterSession *);

static PyObject *last_error(PyObject *self, read_error read)
{
	GF_FilterSession *fs = session_of((Session *)self);
	return fs ? PyLong_FromLong(read(fs)) : NULL;
}

static PyObject *get_connect_error(PyObject *self, void *closure)
{
	(void)closure;
	return last_error(self, gf_fs_get_last_connect_error);
}

static PyObject *get_process_error(PyObject *self, void *closure)
{
	(void)closure;
	return last_error(self, gf_fs_get_last_process_error);
}

static PyObject *get_http_rate(PyObject *self, void *closure)
{
	(void)closure;
	GF_FilterSession *fs = session_of((Session *)self);
	return fs ? PyLong_FromUnsignedLong(gf_fs_get_http_rate(fs)) : NULL;
}

static PyObject *get_http_max_rate(PyObject *self, void *closure)
{
	(void)closure;
	GF_FilterSession *fs = session_of((Session *)self);
	return fs ? PyLong_FromUnsignedLong(gf_fs_get_http_max_rate(fs)) : NULL;
}

static int set_http_max_rate(PyObject *self, PyObject *value, void *closure)
{
	(void)closure;
	unsigned long rate = value ? PyLong_AsUnsignedLong(value) : 0;
	GF_FilterSession *fs = session_of((Session *)self);
	if (!fs || PyErr_Occurred())
		return -1;
	if (rate > 0xFFFFFFFFUL) {
		PyErr_SetString(PyExc_OverflowError, "http_max_bitrate is at most 4294967295 bit/s");
		return -1;
	}
	gf_fs_set_http_max_rate(fs, (u32)rate);
	return 0;
}

static PyGetSetDef session_attributes[] = {
	{"last_task", get_last_task, NULL, doc_last_task, NULL},
	{"nb_filters", get_nb_filters, NULL, doc_nb_filters, NULL},
	{"http_bitrate", get_http_rate, NULL, doc_http_bitrate, NULL},
	{"http_max_bitrate", get_http_max_rate, set_http_max_rate, doc_http_max_bitrate,
		NULL},
	{"last_connect_error", get_connect_error, NULL, doc_last_connect_error,
		NULL},
	{"last_process_error", get_process_error, NULL, doc_last_process_error,
		NULL},
	{NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef session_methods[] = {
	{"delete", call_delete, METH_NOARGS, doc_delete},
	{"run", WITH_KEYWORDS(session_run), KEYWORDS, doc_run},
	{"run_slice", session_run_slice, METH_NOARGS, doc_run_slice},
	{"fileno", session_fileno, METH_NOARGS, doc_fileno},
	{"run_async", WITH_KEYWORDS(session_run_async), KEYWORDS, doc_run_async},
	{"abort", WITH_KEYWORDS(session_abort), KEYWORDS, doc_abort},
	{"load_src", WITH_KEYWORDS(session_load_src), KEYWORDS, doc_load_src},
	{"load_dst", WITH_KEYWORDS(session_load_dst), KEYWORDS, doc_load_dst},
	{"load", WITH_KEYWORDS(session_load), KEYWORDS, doc_load},
	{"get_filter", session_get_filter, METH_O, doc_get_filter},
	{"post", call_post, METH_O, doc_post},
	{"post_task", call_post, METH_O, doc_post_task},
	{"rem_task", call_rem_task, METH_O, doc_rem_task},
	{"lock", lock_filters, METH_O, doc_lock},
	{"reporting", reporting, METH_O, doc_reporting},
	{"print_stats", print_stats, METH_NOARGS, doc_print_stats},
	{"print_graph", print_graph, METH_NOARGS, doc_print_graph},
	{"graph", graph, METH_NOARGS, doc_graph},
	{"fire_event", WITH_KEYWORDS(fire_event), KEYWORDS, doc_fire_event},
	{"is_supported_mime", supports_mime, METH_VARARGS, doc_is_supported_mime},
	{"is_supported_source", WITH_KEYWORDS(supports_source), KEYWORDS, doc_is_supported_source},
	{"external_opengl_provider", external_gl, METH_NOARGS, doc_external_opengl_provider},
	{"on_filter_new", ignore, METH_O, doc_on_filter_new},
	{"on_filter_del", ignore, METH_O, doc_on_filter_del},
	{"on_gl_activate", ignore, METH_O, doc_on_gl_activate},
	{"__enter__", session_enter, METH_NOARGS, doc_enter},
	{"__exit__", session_exit, METH_VARARGS, doc_exit},
	{NULL, NULL, 0, NULL},
};

static PyMemberDef session_members[] = {
	{"_runner", T_OBJECT, offsetof(Session, runner), 0, NULL},
	NATIVE_DICT_MEMBERS(Session),
	{NULL, 0, 0, 0, NULL},
};

static PyType_Slot session_slots[] = {
	{Py_tp_doc, (void *)doc_type},
	{Py_tp_init, session_init},
	{Py_tp_new, PyType_GenericNew},
	{Py_tp_finalize, session_finalize},
	{Py_tp_dealloc, session_dealloc},
	{Py_tp_traverse, session_traverse},
	{Py_tp_clear, session_clear},
	{Py_tp_repr, session_repr},
	{Py_tp_iter, session_iter},
	{Py_tp_methods, session_methods},
	{Py_tp_getset, session_attributes},
	{Py_tp_members, session_members},
	{0, NULL},
};

static PyType_Spec session_spec = {
	"libgpac.FilterSession", sizeof(Session), 0, NATIVE_TYPE_FLAGS, session_slots};

PyTypeObject *session_make_type(PyObject *module)
{
	return (PyTypeObject *)PyType_FromModuleAndSpec(module, &session_spec, NULL);
}
