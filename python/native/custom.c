// SPDX-License-Identifier: MIT
// FilterCustom: a filter written in Python.
#include "native.h"
#include "custom_doc.h"

// ---- callbacks from the engine

static Filter *self_of(GF_Filter *filter)
{
	return (Filter *)gf_filter_get_rt_udta(filter);
}

// The object stays, and its session cannot be deleted, until leave().
static Filter *enter(GF_Filter *filter)
{
	Filter *self = (Filter *)Py_NewRef((PyObject *)self_of(filter));
	self->session->busy++;
	return self;
}

static void leave(Filter *self)
{
	self->session->busy--;
	Py_DECREF((PyObject *)self);
}

static int call_with_code(Filter *self, PyObject *method, PyObject *a, PyObject *b)
{
	int code = GF_SERVICE_ERROR;
	PyObject *res = method ? PyObject_CallMethodObjArgs((PyObject *)self, method, a, b, NULL) : NULL;
	if (!result_code(res, GF_OK, &code)) {
		code = GF_SERVICE_ERROR;
		session_fail(self->session);
	}
	Py_XDECREF(res);
	return code;
}

static int call_named(Filter *self, const char *method, PyObject *a, PyObject *b)
{
	PyObject *name = PyUnicode_InternFromString(method);
	int code = call_with_code(self, name, a, b);
	Py_XDECREF(name);
	return code;
}

static GF_Err on_process(GF_Filter *filter)
{
	PyGILState_STATE gil = PyGILState_Ensure();
	Filter *self = enter(filter);
	int code = call_with_code(self, native_state()->process, NULL, NULL);
	leave(self);
	PyGILState_Release(gil);
	return (GF_Err)code;
}

static void list_remove(PyObject *list, PyObject *item)
{
	Py_ssize_t nb = PyList_Size(list);
	for (Py_ssize_t i = 0; i < nb; i++) {
		if (PyList_GetItem(list, i) == item) {
			PyList_SetSlice(list, i, i + 1, NULL);
			return;
		}
	}
}

void filter_drop_opid(Filter *f, PyObject *pid)
{
	list_remove(f->opids, pid);
}

static GF_Err on_configure(GF_Filter *filter, GF_FilterPid *native, Bool is_remove)
{
	PyGILState_STATE gil = PyGILState_Ensure();
	Filter *self = enter(filter);
	int code = GF_OUT_OF_MEM;
	Pid *pid = pid_wrap(self, native, GF_TRUE);
	PyObject *removing = PyLong_FromLong(is_remove ? 1 : 0);
	if (pid && removing)
		code = call_named(self, "configure_pid", (PyObject *)pid, removing);
	else
		session_fail(self->session);
	if (pid && is_remove) {
		list_remove(self->ipids, (PyObject *)pid);
		gf_filter_pid_set_udta(native, NULL);
		pid_gone(pid);
	} else if (pid && code == GF_OK && PySequence_Contains(self->ipids, (PyObject *)pid) == 0) {
		PyList_Append(self->ipids, (PyObject *)pid);
	}
	Py_XDECREF(removing);
	Py_XDECREF((PyObject *)pid);
	leave(self);
	PyGILState_Release(gil);
	return (GF_Err)code;
}

static Bool on_event(GF_Filter *filter, const GF_FilterEvent *evt)
{
	PyGILState_STATE gil = PyGILState_Ensure();
	Filter *self = enter(filter);
	PyObject *pid = evt->base.on_pid && gf_filter_pid_get_owner(evt->base.on_pid) == filter
						? gf_filter_pid_get_udta(evt->base.on_pid)
						: NULL;
	PyObject *arg = event_to_python(evt, pid ? pid : Py_None);
	PyObject *res = arg ? PyObject_CallMethod((PyObject *)self, "process_event", "O", arg) : NULL;
	int cancel = res ? PyObject_IsTrue(res) : -1;
	if (cancel < 0) {
		cancel = 0;
		session_fail(self->session);
	}
	Py_XDECREF(res);
	Py_XDECREF(arg);
	leave(self);
	PyGILState_Release(gil);
	return cancel ? GF_TRUE : GF_FALSE;
}

static GF_Err on_reconfigure(GF_Filter *filter, GF_FilterPid *native)
{
	PyGILState_STATE gil = PyGILState_Ensure();
	Filter *self = enter(filter);
	Pid *pid = pid_wrap(self, native, GF_FALSE);
	int code = GF_OUT_OF_MEM;
	if (pid)
		code = call_named(self, "reconfigure_output", (PyObject *)pid, NULL);
	else
		session_fail(self->session);
	Py_XDECREF((PyObject *)pid);
	leave(self);
	PyGILState_Release(gil);
	return (GF_Err)code;
}

// ---- creation

static Bool implements(Filter *self, const char *method)
{
	PyObject *f = PyObject_GetAttrString((PyObject *)self, method);
	if (!f)
		PyErr_Clear();
	Py_XDECREF(f);
	return f != NULL;
}

static void set_callbacks(Filter *self)
{
	if (implements(self, "configure_pid"))
		gf_filter_set_configure_ckb(self->filter, on_configure);
	self->has_process = implements(self, "process");
	if (self->has_process)
		gf_filter_set_process_ckb(self->filter, on_process);
	if (implements(self, "process_event"))
		gf_filter_set_process_event_ckb(self->filter, on_event);
	if (implements(self, "reconfigure_output"))
		gf_filter_set_reconfigure_output_ckb(self->filter, on_reconfigure);
}

static PyObject *custom_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
	(void)args;
	(void)kwargs;
	allocfunc alloc = PyType_GetSlot(type, Py_tp_alloc);
	Filter *self = (Filter *)alloc(type, 0);
	if (!self)
		return NULL;
	self->custom = GF_TRUE;
	self->ipids = PyList_New(0);
	self->opids = PyList_New(0);
	self->pids = PySet_New(NULL);
	if (self->ipids && self->opids && self->pids)
		return (PyObject *)self;
	Py_DECREF((PyObject *)self);
	return NULL;
}

static int custom_init(PyObject *obj, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"session", "fname", "flags", NULL};
	Filter *self = (Filter *)obj;
	PyObject *session;
	const char *name = "Custom";
	ArgU32 flags = {"FilterCustom: flags", 0};
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!|sO&:FilterCustom", names, native_state()->session_type,
			&session, &name, arg_u32, &flags))
		return -1;
	Session *s = (Session *)session;
	GF_FilterSession *fs = session_of(s);
	if (!fs)
		return -1;
	if (self->session) {
		native_raise(GF_BAD_PARAM, "FilterCustom.__init__ called twice");
		return -1;
	}
	GF_Err e = GF_OK;
	if (!session_usable(s, "FilterCustom"))
		return -1;
	s->creating = self;
	s->busy++;
	GF_Filter *filter;
	Py_BEGIN_ALLOW_THREADS filter = gf_fs_new_filter(fs, name, flags.v | GF_FS_REG_MAIN_THREAD, &e);
	Py_END_ALLOW_THREADS s->creating = NULL;
	s->busy--;
	if (!filter || !self->filter) {
		native_raise_err(e, "Failed to create filter %s", name);
		return -1;
	}
	set_callbacks(self);
	session_start_sources(s);
	if (!s->thread && session_check(s) < 0)
		return -1;
	return 0;
}

// ---- methods

static GF_Err push_end_of_bundle(GF_Filter *f)
{
	return gf_filter_push_caps(f, 0, NULL, NULL, 0, 0);
}

static PyObject *push_cap(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"pcode", "prop", "flag", "priority", "custom_type", NULL};
	PyObject *key, *value;
	ArgU32 flags = {"push_cap: flag", 0}, type = {"push_cap: custom_type", 0};
	unsigned char priority = 0;
	u32 code = 0;
	const char *name = NULL;
	PropArg arg;
	memset(&arg, 0, sizeof(arg));
	if (!PyArg_ParseTupleAndKeywords(
			args, kwargs, "OOO&|bO&:push_cap", names, &key, &value, arg_u32, &flags, &priority, arg_u32, &type))
		return NULL;
	Bool in_bundle = flags.v & GF_CAPFLAG_IN_BUNDLE ? GF_TRUE : GF_FALSE;
	if (in_bundle && (!prop_code(key, &code, &name) || !prop_from_python(code, type.v, value, &arg)))
		return NULL;
	GF_Filter *f = filter_of((Filter *)self);
	GF_Err e = GF_OK;
	if (f)
		e = in_bundle ? gf_filter_push_caps(f, code, &arg.v, name, flags.v, priority) : push_end_of_bundle(f);
	prop_arg_reset(&arg);
	if (e != GF_OK)
		return native_raise_err(e, "Failed to push cap");
	return f ? Py_NewRef(Py_None) : NULL;
}

static PyObject *new_pid(PyObject *obj, PyObject *none)
{
	(void)none;
	Filter *self = (Filter *)obj;
	GF_Filter *f = filter_of(self);
	if (!f)
		return NULL;
	GF_FilterPid *native = gf_filter_pid_new(f);
	if (!native)
		return native_raise(GF_OUT_OF_MEM, "Failed to create output pid");
	Pid *pid = pid_wrap(self, native, GF_FALSE);
	if (!pid || PyList_Append(self->opids, (PyObject *)pid) < 0)
		Py_CLEAR(pid);
	return (PyObject *)pid;
}

static PyObject *update_status(PyObject *self, PyObject *args)
{
	const char *status;
	ArgU32 percent = {"update_status: percent", 0};
	if (!PyArg_ParseTuple(args, "zO&:update_status", &status, arg_u32, &percent))
		return NULL;
	GF_Filter *f = filter_of((Filter *)self);
	if (!f)
		return NULL;
	gf_filter_update_status(f, percent.v, (char *)status);
	Py_RETURN_NONE;
}

static PyObject *reschedule(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"when", NULL};
	long long when = 0;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|L:reschedule", names, &when))
		return NULL;
	GF_Filter *f = filter_of((Filter *)self);
	if (!f)
		return NULL;
	if (when < 0)
		gf_filter_post_process_task(f);
	else
		gf_filter_ask_rt_reschedule(f, when > 0xffffffffLL ? 0xffffffffu : (u32)when);
	Py_RETURN_NONE;
}

static PyObject *notify_failure(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"err", "error_type", NULL};
	int err, kind = 0;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "i|i:notify_failure", names, &err, &kind))
		return NULL;
	GF_Filter *f = filter_of((Filter *)self);
	if (!f)
		return NULL;
	if (kind < 0 || kind > 2) {
		PyErr_Format(PyExc_ValueError, "notify_failure: %d is not a kind of notification", kind);
		return NULL;
	}
	if (kind == 0)
		gf_filter_setup_failure(f, (GF_Err)err);
	else
		gf_filter_notification_failure(f, (GF_Err)err, kind == 2 ? GF_TRUE : GF_FALSE);
	Py_RETURN_NONE;
}

static PyObject *make_sticky(PyObject *self, PyObject *none)
{
	(void)none;
	GF_Filter *f = filter_of((Filter *)self);
	if (!f)
		return NULL;
	gf_filter_make_sticky(f);
	Py_RETURN_NONE;
}

// Filter of a call with a truth value, which may run Python code before.
static GF_Filter *filter_and_flag(PyObject *self, PyObject *arg, int *on)
{
	*on = PyObject_IsTrue(arg);
	return *on < 0 ? NULL : filter_of((Filter *)self);
}

static PyObject *prevent_blocking(PyObject *self, PyObject *arg)
{
	int on;
	GF_Filter *f = filter_and_flag(self, arg, &on);
	if (!f)
		return NULL;
	gf_filter_prevent_blocking(f, on ? GF_TRUE : GF_FALSE);
	Py_RETURN_NONE;
}

static PyObject *block_eos(PyObject *self, PyObject *arg)
{
	int on;
	GF_Filter *f = filter_and_flag(self, arg, &on);
	if (!f)
		return NULL;
	gf_filter_block_eos(f, on ? GF_TRUE : GF_FALSE);
	Py_RETURN_NONE;
}

static PyObject *accept_events(PyObject *self, PyObject *arg)
{
	int on;
	GF_Filter *f = filter_and_flag(self, arg, &on);
	if (!f)
		return NULL;
	gf_filter_set_event_target(f, on ? GF_TRUE : GF_FALSE);
	Py_RETURN_NONE;
}

static PyObject *set_max_pids(PyObject *self, PyObject *arg)
{
	long long nb;
	GF_Filter *f =
		arg_int(arg, "set_max_pids: max_pids", INT32_MIN, UINT32_MAX, &nb) ? filter_of((Filter *)self) : NULL;
	if (!f)
		return NULL;
	gf_filter_set_max_extra_input_pids(f, nb < 0 ? 0xffffffffu : (u32)nb);
	Py_RETURN_NONE;
}

static PyObject *hint_clock(PyObject *self, PyObject *args)
{
	PyObject *clock, *time;
	long long us;
	PropArg arg;
	if (!PyArg_ParseTuple(args, "OO:hint_clock", &clock, &time) ||
		!arg_int(clock, "hint_clock: clock_us", 0, INT64_MAX, &us) ||
		!prop_from_python(0, GF_PROP_FRACTION64, time, &arg))
		return NULL;
	GF_Filter *f = filter_of((Filter *)self);
	if (f)
		gf_filter_hint_single_clock(f, (u64)us, arg.v.value.lfrac);
	prop_arg_reset(&arg);
	return f ? Py_NewRef(Py_None) : NULL;
}

// ---- attributes

typedef Bool (*read_flag)(GF_Filter *);

static PyObject *flag_attribute(PyObject *self, read_flag read)
{
	GF_Filter *f = filter_of((Filter *)self);
	return f ? PyLong_FromLong(read(f) ? 1 : 0) : NULL;
}

static PyObject *get_block_enabled(PyObject *self, void *closure)
{
	(void)closure;
	return flag_attribute(self, gf_filter_block_enabled);
}

static PyObject *get_sinks_done(PyObject *self, void *closure)
{
	(void)closure;
	return flag_attribute(self, gf_filter_all_sinks_done);
}

static PyObject *get_connections_pending(PyObject *self, void *closure)
{
	(void)closure;
	return flag_attribute(self, gf_filter_connections_pending);
}

static PyObject *get_nb_evts(PyObject *self, void *closure)
{
	(void)closure;
	GF_Filter *f = filter_of((Filter *)self);
	return f ? PyLong_FromUnsignedLong(gf_filter_get_num_events_queued(f)) : NULL;
}

static PyObject *get_output_buffer(PyObject *self, void *closure)
{
	GF_Filter *f = filter_of((Filter *)self);
	u32 buffer = 0, playout = 0;
	if (!f)
		return NULL;
	gf_filter_get_output_buffer_max(f, &buffer, &playout);
	return PyLong_FromUnsignedLong(closure ? playout : buffer);
}

static PyObject *get_clock_hint(PyObject *self, void *closure)
{
	GF_Filter *f = filter_of((Filter *)self);
	u64 us = 0;
	GF_PropertyValue v = {.type = GF_PROP_FRACTION64};
	if (!f)
		return NULL;
	gf_filter_get_clock_hint(f, &us, &v.value.lfrac);
	return closure ? prop_to_python(0, &v) : PyLong_FromUnsignedLongLong(us);
}

static PyGetSetDef custom_attributes[] = {
	{"block_enabled", get_block_enabled, NULL, doc_block_enabled,
		NULL},
	{"output_buffer", get_output_buffer, NULL, doc_output_buffer, NULL},
	{"playout_buffer", get_output_buffer, NULL, doc_playout_buffer, "playout"},
	{"sinks_done", get_sinks_done, NULL, doc_sinks_done, NULL},
	{"nb_evts_queued", get_nb_evts, NULL, doc_nb_evts_queued, NULL},
	{"clock_hint_time", get_clock_hint, NULL, doc_clock_hint_time, NULL},
	{"clock_hint_mediatime", get_clock_hint, NULL, doc_clock_hint_mediatime, "media"},
	{"connections_pending", get_connections_pending, NULL, doc_connections_pending, NULL},
	{NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef custom_methods[] = {
	{"push_cap", WITH_KEYWORDS(push_cap), KEYWORDS, doc_push_cap},
	{"new_pid", new_pid, METH_NOARGS, doc_new_pid},
	{"update_status", update_status, METH_VARARGS, doc_update_status},
	{"reschedule", WITH_KEYWORDS(reschedule), KEYWORDS, doc_reschedule},
	{"notify_failure", WITH_KEYWORDS(notify_failure), KEYWORDS, doc_notify_failure},
	{"make_sticky", make_sticky, METH_NOARGS, doc_make_sticky},
	{"prevent_blocking", prevent_blocking, METH_O, doc_prevent_blocking},
	{"block_eos", block_eos, METH_O, doc_block_eos},
	{"accept_events", accept_events, METH_O, doc_accept_events},
	{"set_max_pids", set_max_pids, METH_O, doc_set_max_pids},
	{"hint_clock", hint_clock, METH_VARARGS, doc_hint_clock},
	{NULL, NULL, 0, NULL},
};

static PyMemberDef custom_members[] = {
	{"ipids", T_OBJECT, offsetof(Filter, ipids), READONLY, doc_ipids},
	{"opids", T_OBJECT, offsetof(Filter, opids), READONLY, doc_opids},
	{NULL, 0, 0, 0, NULL},
};

static PyType_Slot custom_slots[] = {
	{Py_tp_doc, (void *)doc_type},
	{Py_tp_new, custom_new},
	{Py_tp_init, custom_init},
	{Py_tp_dealloc, filter_dealloc},
	{Py_tp_traverse, filter_traverse},
	{Py_tp_clear, filter_clear},
	{Py_tp_methods, custom_methods},
	{Py_tp_getset, custom_attributes},
	{Py_tp_members, custom_members},
	{0, NULL},
};

static PyType_Spec custom_spec = {"libgpac.FilterCustom", sizeof(Filter), 0, NATIVE_TYPE_FLAGS, custom_slots};

PyTypeObject *custom_make_type(PyObject *module, PyTypeObject *base)
{
	return (PyTypeObject *)PyType_FromModuleAndSpec(module, &custom_spec, (PyObject *)base);
}
