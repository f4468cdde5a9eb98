// SPDX-License-Identifier: MIT
// FilterPid: the input and output PIDs of Python filters. Their packets are in pid_packet.c, what can be read of any
// PID in pid_attr.c.
#include "native.h"
#include "pid.h"
#include "pid_doc.h"

// While a filter is being removed its outputs go one by one, before the script is told of the filter.
static Bool output_is_there(Pid *p)
{
	GF_Filter *f = p->filter->filter;
	if (!f || !p->filter->session->fs || gf_fs_check_filter(p->filter->session->fs, f))
		return GF_TRUE;
	u32 nb = gf_filter_get_opid_count(f);
	for (u32 i = 0; i < nb; i++) {
		if (gf_filter_get_opid(f, i) == p->pid)
			return GF_TRUE;
	}
	return GF_FALSE;
}

// The native PID, NULL when it is gone.
static GF_FilterPid *pid_if_there(Pid *p)
{
	if (p->pid && !p->input && !output_is_there(p)) {
		p->pid = NULL; // freed: nothing may be stored in it any more
		filter_drop_opid(p->filter, (PyObject *)p);
	}
	return p->pid;
}

GF_FilterPid *pid_of(Pid *p)
{
	if (p->pid && !session_usable(p->filter->session, "FilterPid"))
		return NULL;
	if (!pid_if_there(p))
		native_raise(GF_BAD_PARAM, "FilterPid no longer valid: it was removed");
	return p->pid;
}

Pid *pid_wrap(Filter *f, GF_FilterPid *native, Bool input)
{
	Pid *known = gf_filter_pid_get_udta(native);
	if (known)
		return (Pid *)Py_NewRef((PyObject *)known);
	PyTypeObject *type = native_state()->pid_type;
	allocfunc alloc = PyType_GetSlot(type, Py_tp_alloc);
	Pid *p = (Pid *)alloc(type, 0);
	if (!p)
		return NULL;
	p->filter = (Filter *)Py_NewRef((PyObject *)f);
	p->input = input;
	// The filter keeps its PIDs, whatever the script does with the lists.
	if (PySet_Add(f->pids, (PyObject *)p) < 0) {
		Py_DECREF(p);
		return NULL;
	}
	p->pid = native;
	gf_filter_pid_set_udta(native, p);
	return p;
}

void pid_leave_current(Pid *p)
{
	Packet *pck = p->current;
	p->current = NULL;
	if (pck) {
		packet_dropped(pck);
		Py_DECREF(pck);
	}
}

void pid_gone(Pid *p)
{
	if (!p->pid)
		return;
	p->pid = NULL; // may be freed already
	pid_leave_current(p);
	if (p->filter && p->filter->pids && PySet_Discard(p->filter->pids, (PyObject *)p) < 0)
		PyErr_Clear();
}

GF_FilterPid *pid_working(Pid *p)
{
	GF_FilterPid *pid = pid_of(p);
	return pid && session_of(p->filter->session) ? pid : NULL;
}

GF_FilterPid *pid_input(PyObject *self, const char *member)
{
	Pid *p = (Pid *)self;
	GF_FilterPid *pid = pid_working(p);
	if (pid && !p->input) {
		native_raise(GF_BAD_PARAM, "%s: only for input PIDs, %s is an output PID", member,
			gf_filter_pid_get_name(pid));
		return NULL;
	}
	return pid;
}

GF_FilterPid *pid_output(PyObject *self, const char *text)
{
	Pid *p = (Pid *)self;
	GF_FilterPid *pid = pid_working(p);
	if (pid && p->input) {
		native_raise(GF_BAD_PARAM, "%s", text);
		return NULL;
	}
	return pid;
}

// ---- data attributes

static PyObject *get_attribute(PyObject *self, void *closure)
{
	GF_FilterPid *pid = pid_of((Pid *)self);
	return pid ? pid_attribute(pid, closure, ((Pid *)self)->input) : NULL;
}

static GF_FilterPid *setter_pid(PyObject *self, PyObject *value)
{
	if (value)
		return pid_of((Pid *)self);
	PyErr_SetString(PyExc_AttributeError, "attributes of PIDs cannot be deleted");
	return NULL;
}

static int set_name(PyObject *self, PyObject *value, void *closure)
{
	(void)closure;
	GF_FilterPid *pid = setter_pid(self, value);
	const char *name = pid ? arg_text(value, "name of a PID") : NULL;
	if (!name)
		return -1;
	if (((Pid *)self)->input)
		return PyErr_WarnEx(PyExc_RuntimeWarning, "the name of an input PID cannot be set", 1);
	gf_filter_pid_set_name(pid, name);
	return 0;
}

static int set_eos(PyObject *self, PyObject *value, void *closure)
{
	(void)closure;
	GF_FilterPid *pid = setter_pid(self, value);
	int on = pid ? PyObject_IsTrue(value) : -1;
	if (on < 0 || !(pid = pid_of((Pid *)self)))
		return -1;
	if (on && !((Pid *)self)->input)
		gf_filter_pid_set_eos(pid);
	return 0;
}

static int set_max_buffer(PyObject *self, PyObject *value, void *closure)
{
	(void)closure;
	GF_FilterPid *pid = setter_pid(self, value);
	ArgU32 us = {"max_buffer", 0};
	if (!pid || !arg_u32(value, &us) || !(pid = pid_of((Pid *)self)))
		return -1;
	if (!((Pid *)self)->input)
		gf_filter_pid_set_max_buffer(pid, us.v);
	return 0;
}

// ---- properties

static const GF_PropertyValue *next_prop_of_pid(void *pid, u32 *idx, u32 *code, const char **name)
{
	return gf_filter_pid_enum_properties(pid, idx, code, name);
}

PyObject *pid_enumerate(GF_FilterPid *pid, PyObject *callback)
{
	PyObject *method = PyObject_GetAttrString(callback, "on_prop_enum");
	if (!method) {
		PyErr_Clear();
		return native_raise(GF_BAD_PARAM, "No on_prop_enum function on callback");
	}
	PyObject *res = props_enumerate(pid, next_prop_of_pid, method);
	Py_DECREF(method);
	return res;
}

static PyObject *enum_props(PyObject *self, PyObject *callback)
{
	GF_FilterPid *pid = pid_of((Pid *)self);
	return pid ? pid_enumerate(pid, callback) : NULL;
}

static PyObject *props(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterPid *pid = pid_of((Pid *)self);
	return pid ? props_dict(pid, next_prop_of_pid) : NULL;
}

static PyObject *get_prop(PyObject *self, PyObject *name)
{
	Pid *p = (Pid *)self;
	GF_FilterPid *pid = pid_of(p);
	return pid ? pid_read_prop(pid, name, p->input) : NULL;
}

static PyObject *get_info(PyObject *self, PyObject *name)
{
	GF_FilterPid *pid = pid_of((Pid *)self);
	u32 code;
	const char *text = NULL;
	if (!pid || !prop_code(name, &code, &text))
		return NULL;
	GF_PropertyEntry *entry = NULL;
	const GF_PropertyValue *v =
		text ? gf_filter_pid_get_info_str(pid, text, &entry) : gf_filter_pid_get_info(pid, code, &entry);
	PyObject *res = v ? prop_to_python(code, v) : Py_NewRef(Py_None);
	gf_filter_release_property(entry);
	return res;
}

typedef struct {
	GF_Err (*by_code)(GF_FilterPid *, u32, const GF_PropertyValue *);
	GF_Err (*by_name)(GF_FilterPid *, char *, const GF_PropertyValue *);
	GF_FilterPid *(*find)(PyObject *self, const char *text);
	const char *name, *what;
	const char *refusal; // of the other kind of PID
} SetCall;

static PyObject *set_value(PyObject *self, PyObject *args, PyObject *kwargs, const SetCall *call)
{
	PropSetting p;
	if (!call->find(self, call->refusal) || !prop_setting_parse(args, kwargs, call->name, &p))
		return NULL;
	GF_FilterPid *pid = call->find(self, call->refusal); // the value may have run code that removed it
	GF_Err e = GF_OK;
	if (pid)
		e = p.name ? call->by_name(pid, (char *)p.name, p.value) : call->by_code(pid, p.code, p.value);
	return prop_setting_done(&p, e, call->what);
}

static PyObject *set_prop(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static const SetCall call = {gf_filter_pid_set_property, gf_filter_pid_set_property_dyn, pid_output, "set_prop",
		"set property", "Cannot set properties on input PID"};
	return set_value(self, args, kwargs, &call);
}

static PyObject *set_info(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static const SetCall call = {gf_filter_pid_set_info, gf_filter_pid_set_info_dyn, pid_output, "set_info", "set info",
		"Cannot set info on input PID"};
	return set_value(self, args, kwargs, &call);
}

// Works while the session is being deleted, too.
static GF_FilterPid *negotiating_pid(PyObject *self, const char *text)
{
	GF_FilterPid *pid = pid_of((Pid *)self);
	if (!pid || ((Pid *)self)->input)
		return pid;
	native_raise(GF_BAD_PARAM, "%s", text);
	return NULL;
}

static PyObject *negotiate_cap(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static const SetCall call = {gf_filter_pid_negotiate_property, gf_filter_pid_negotiate_property_dyn,
		negotiating_pid, "negotiate_cap", "negotiate cap", "Cannot negotiate caps on output PID"};
	return set_value(self, args, kwargs, &call);
}

static PyObject *query_cap(PyObject *self, PyObject *key)
{
	GF_FilterPid *pid = pid_output(self, "Cannot query caps on input PID");
	u32 code;
	const char *name = NULL;
	if (!pid || !prop_code(key, &code, &name))
		return NULL;
	const GF_PropertyValue *v =
		name ? gf_filter_pid_caps_query_str(pid, name) : gf_filter_pid_caps_query(pid, code);
	return v ? prop_to_python(code, v) : Py_NewRef(Py_None);
}

static PyObject *reset_props(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterPid *pid = pid_output(self, "Cannot reset properties on input PID");
	if (!pid)
		return NULL;
	GF_Err e = gf_filter_pid_reset_properties(pid);
	if (e < 0)
		return native_raise_err(e, "Cannot reset properties");
	Py_RETURN_NONE;
}

static PyObject *copy_props(PyObject *self, PyObject *other)
{
	GF_FilterPid *pid = pid_output(self, "Cannot copy properties on input PID");
	if (!pid)
		return NULL;
	if (other == Py_None)
		Py_RETURN_NONE;
	if (!PyObject_TypeCheck(other, native_state()->pid_type)) {
		PyErr_SetString(PyExc_TypeError, "copy_props: a FilterPid is needed");
		return NULL;
	}
	GF_FilterPid *src = pid_of((Pid *)other);
	if (!src)
		return NULL;
	if (((Pid *)other)->filter->session != ((Pid *)self)->filter->session)
		return native_raise(GF_BAD_PARAM, "copy_props: the PID is of another session");
	GF_Err e = gf_filter_pid_copy_properties(pid, src);
	if (e < 0)
		return native_raise_err(e, "Cannot copy properties");
	Py_RETURN_NONE;
}

// ---- other calls

static PyObject *send_event(PyObject *self, PyObject *evt)
{
	GF_FilterEvent native;
	GF_FilterPid *pid = event_from_python(evt, &native) ? pid_of((Pid *)self) : NULL;
	if (!pid || !event_set_pid(evt, pid))
		return NULL;
	native.base.on_pid = pid;
	gf_filter_pid_send_event(pid, &native);
	Py_RETURN_NONE;
}

static PyObject *pid_remove(PyObject *self, PyObject *none)
{
	(void)none;
	Pid *p = (Pid *)self;
	GF_FilterPid *pid = pid_output(self, "Cannot remove input pid");
	if (!pid)
		return NULL;
	Py_INCREF(self);
	filter_drop_opid(p->filter, self);
	gf_filter_pid_set_udta(pid, NULL); // it lives on until its consumers have left
	pid_gone(p);
	gf_filter_pid_remove(pid);
	Py_DECREF(self);
	Py_RETURN_NONE;
}

// Input PID of a call with a truth value, which may run Python code before.
static GF_FilterPid *input_and_flag(PyObject *self, const char *member, PyObject *arg, int *on)
{
	*on = PyObject_IsTrue(arg);
	return *on < 0 ? NULL : pid_input(self, member);
}

static PyObject *clear_eos(PyObject *self, PyObject *arg)
{
	int all;
	GF_FilterPid *pid = input_and_flag(self, "clear_eos", arg, &all);
	if (!pid)
		return NULL;
	gf_filter_pid_clear_eos(pid, all ? GF_TRUE : GF_FALSE);
	Py_RETURN_NONE;
}

static PyObject *check_caps(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterPid *pid = pid_of((Pid *)self);
	return pid ? PyLong_FromLong(((Pid *)self)->input && gf_filter_pid_check_caps(pid)) : NULL;
}

static PyObject *discard_block(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterPid *pid = pid_output(self, "discard_block: only for output PIDs, this is an input PID");
	if (!pid)
		return NULL;
	gf_filter_pid_discard_block(pid);
	Py_RETURN_NONE;
}

static PyObject *allow_direct_dispatch(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterPid *pid = pid_output(self, "allow_direct_dispatch: only for output PIDs, this is an input PID");
	if (!pid)
		return NULL;
	GF_Err e = gf_filter_pid_allow_direct_dispatch(pid);
	if (e < 0)
		return native_raise_err(e, "allow_direct_dispatch");
	Py_RETURN_NONE;
}

static PyObject *get_clock_type(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterPid *pid = pid_of((Pid *)self);
	if (!pid)
		return NULL;
	return PyLong_FromLong(((Pid *)self)->input ? gf_filter_pid_get_clock_info(pid, NULL, NULL) : 0);
}

static PyObject *get_clock_timestamp(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterPid *pid = pid_of((Pid *)self);
	u64 value = 0;
	u32 timescale = 0;
	if (!pid)
		return NULL;
	if (((Pid *)self)->input)
		gf_filter_pid_get_clock_info(pid, &value, &timescale);
	GF_PropertyValue v = {.type = GF_PROP_FRACTION64, .value.lfrac = {(s64)value, timescale}};
	return prop_to_python(0, &v);
}

static PyObject *is_filter_in_parents(PyObject *self, PyObject *arg)
{
	GF_FilterPid *pid = pid_of((Pid *)self);
	if (!pid)
		return NULL;
	GF_Filter *f;
	if (!arg_filter(arg, "is_filter_in_parents", ((Pid *)self)->filter->session, &f))
		return NULL;
	return PyLong_FromLong(gf_filter_pid_is_filter_in_parents(pid, f) ? 1 : 0);
}

static PyObject *get_buffer_occupancy(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterPid *pid = pid_of((Pid *)self);
	PyObject *cls = pid ? native_structure("BufferOccupancy") : NULL;
	if (!cls)
		return NULL;
	u32 units = 0, nb = 0, max_us = 0, us = 0;
	// False means that the session is being flushed.
	Bool normal = gf_filter_pid_get_buffer_occupancy(pid, &units, &nb, &max_us, &us);
	PyObject *res = PyObject_CallFunction(cls, "IIIIO", units, nb, max_us, us, normal ? Py_False : Py_True);
	Py_DECREF(cls);
	return res;
}

static PyObject *loose_connect(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterPid *pid = pid_output(self, "loose_connect: only for output PIDs, this is an input PID");
	if (!pid)
		return NULL;
	gf_filter_pid_set_loose_connect(pid);
	Py_RETURN_NONE;
}

static PyObject *set_framing(PyObject *self, PyObject *arg)
{
	int on;
	GF_FilterPid *pid = input_and_flag(self, "set_framing", arg, &on);
	if (!pid)
		return NULL;
	gf_filter_pid_set_framing_mode(pid, on ? GF_TRUE : GF_FALSE);
	Py_RETURN_NONE;
}

static PyObject *set_clock_mode(PyObject *self, PyObject *arg)
{
	int on;
	GF_FilterPid *pid = input_and_flag(self, "set_clock_mode", arg, &on);
	if (!pid)
		return NULL;
	gf_filter_pid_set_clock_mode(pid, on ? GF_TRUE : GF_FALSE);
	Py_RETURN_NONE;
}

static PyObject *set_discard(PyObject *self, PyObject *arg)
{
	int on;
	GF_FilterPid *pid = input_and_flag(self, "set_discard", arg, &on);
	if (!pid)
		return NULL;
	if (on)
		pid_leave_current((Pid *)self);
	gf_filter_pid_set_discard(pid, on ? GF_TRUE : GF_FALSE);
	Py_RETURN_NONE;
}

static PyObject *require_source_id(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterPid *pid = pid_output(self, "require_source_id: only for output PIDs, this is an input PID");
	if (!pid)
		return NULL;
	GF_Err e = gf_filter_pid_require_source_id(pid);
	if (e < 0)
		return native_raise_err(e, "Failed to require sourceID for pid");
	Py_RETURN_NONE;
}

static PyObject *recompute_dts(PyObject *self, PyObject *arg)
{
	int on = PyObject_IsTrue(arg);
	GF_FilterPid *pid =
		on < 0 ? NULL : pid_output(self, "recompute_dts: only for output PIDs, this is an input PID");
	if (!pid)
		return NULL;
	gf_filter_pid_recompute_dts(pid, on ? GF_TRUE : GF_FALSE);
	Py_RETURN_NONE;
}

static PyObject *resolve_template(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"template", "file_idx", "suffix", NULL};
	const char *text, *suffix = NULL;
	ArgU32 idx = {"resolve_template: file_idx", 0};
	if (!PyArg_ParseTupleAndKeywords(
			args, kwargs, "s|O&z:resolve_template", names, &text, arg_u32, &idx, &suffix))
		return NULL;
	GF_FilterPid *pid = pid_of((Pid *)self);
	if (!pid)
		return NULL;
	char name[GF_MAX_PATH];
	GF_Err e = gf_filter_pid_resolve_file_template(pid, text, name, idx.v, suffix);
	return e < 0 ? native_raise_err(e, "Cannot resolve file template %s", text) : native_str(name);
}

// ---- type

static int pid_traverse(PyObject *self, visitproc visit, void *arg)
{
	Pid *p = (Pid *)self;
	Py_VISIT(Py_TYPE(self));
	Py_VISIT(p->dict);
	Py_VISIT(p->filter);
	Py_VISIT(p->current);
	return 0;
}

static int pid_clear(PyObject *self)
{
	Pid *p = (Pid *)self;
	Py_CLEAR(p->dict);
	Py_CLEAR(p->filter);
	Py_CLEAR(p->current);
	return 0;
}

static void pid_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);
	PyObject_GC_UnTrack(self);
	if (((Pid *)self)->weakrefs)
		PyObject_ClearWeakRefs(self);
	pid_clear(self);
	((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
	Py_DECREF(type);
}

static PyObject *pid_repr(PyObject *self)
{
	Pid *p = (Pid *)self;
	if (!pid_if_there(p))
		return PyUnicode_FromFormat("<FilterPid, %s, removed>", p->input ? "input" : "output");
	return PyUnicode_FromFormat(
		"<FilterPid %s, %s of %S>", gf_filter_pid_get_name(p->pid), p->input ? "input" : "output", p->filter);
}

static PyObject *get_handle(PyObject *self, void *closure)
{
	(void)closure;
	return PyLong_FromVoidPtr(pid_if_there((Pid *)self));
}

static PyObject *get_filter(PyObject *self, void *closure)
{
	(void)closure;
	return Py_NewRef((PyObject *)((Pid *)self)->filter);
}

#define READ(name, doc) \
	{ \
		name, get_attribute, NULL, doc, name \
	}

static PyGetSetDef pid_attributes[] = {
	{"name", get_attribute, set_name, doc_name, "name"},
	{"eos", get_attribute, set_eos, doc_eos, "eos"},
	{"max_buffer", get_attribute, set_max_buffer, doc_max_buffer, "max_buffer"},
	READ("filter_name", doc_filter_name),
	READ("has_seen_eos", doc_has_seen_eos),
	READ("eos_received", doc_eos_received),
	READ("would_block", doc_would_block),
	READ("sparse", doc_sparse),
	READ("buffer", doc_buffer),
	READ("buffer_full", doc_buffer_full),
	READ("buffer_total", doc_buffer_total),
	READ("first_empty", doc_first_empty),
	READ("first_cts", doc_first_cts),
	READ("nb_pck_queued", doc_nb_pck_queued),
	READ("timescale", doc_timescale),
	READ("min_pck_dur", doc_min_pck_dur),
	READ("playing", doc_playing),
	READ("next_ts", doc_next_ts),
	{"handle", get_handle, NULL, doc_handle, NULL},
	{"filter", get_filter, NULL, doc_filter, NULL},
	{NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef pid_methods[] = {
	{"send_event", send_event, METH_O, doc_send_event},
	{"remove", pid_remove, METH_NOARGS, doc_remove},
	{"enum_props", enum_props, METH_O, doc_enum_props},
	{"get_prop", get_prop, METH_O, doc_get_prop},
	{"get_info", get_info, METH_O, doc_get_info},
	{"get_packet", pid_get_packet, METH_NOARGS, doc_get_packet},
	{"drop_packet", pid_drop_packet, METH_NOARGS, doc_drop_packet},
	{"props", props, METH_NOARGS, doc_props},
	{"_next_packet", pid_next_packet_or_none, METH_NOARGS, doc_next_packet},
	{"copy_props", copy_props, METH_O, doc_copy_props},
	{"reset_props", reset_props, METH_NOARGS, doc_reset_props},
	{"forward", pid_forward, METH_O, doc_forward},
	{"set_prop", WITH_KEYWORDS(set_prop), KEYWORDS, doc_set_prop},
	{"set_info", WITH_KEYWORDS(set_info), KEYWORDS, doc_set_info},
	{"clear_eos", clear_eos, METH_O, doc_clear_eos},
	{"check_caps", check_caps, METH_NOARGS, doc_check_caps},
	{"discard_block", discard_block, METH_NOARGS, doc_discard_block},
	{"allow_direct_dispatch", allow_direct_dispatch, METH_NOARGS, doc_allow_direct_dispatch},
	{"get_clock_type", get_clock_type, METH_NOARGS, doc_get_clock_type},
	{"get_clock_timestamp", get_clock_timestamp, METH_NOARGS, doc_get_clock_timestamp},
	{"is_filter_in_parents", is_filter_in_parents, METH_O, doc_is_filter_in_parents},
	{"get_buffer_occupancy", get_buffer_occupancy, METH_NOARGS, doc_get_buffer_occupancy},
	{"loose_connect", loose_connect, METH_NOARGS, doc_loose_connect},
	{"set_framing", set_framing, METH_O, doc_set_framing},
	{"set_clock_mode", set_clock_mode, METH_O, doc_set_clock_mode},
	{"set_discard", set_discard, METH_O, doc_set_discard},
	{"require_source_id", require_source_id, METH_NOARGS, doc_require_source_id},
	{"recompute_dts", recompute_dts, METH_O, doc_recompute_dts},
	{"query_cap", query_cap, METH_O, doc_query_cap},
	{"negotiate_cap", WITH_KEYWORDS(negotiate_cap), KEYWORDS, doc_negotiate_cap},
	{"resolve_template", WITH_KEYWORDS(resolve_template), KEYWORDS, doc_resolve_template},
	{"new_pck", WITH_KEYWORDS(pid_new_pck), KEYWORDS, doc_new_pck},
	{"new_pck_ref", WITH_KEYWORDS(pid_new_pck_ref), KEYWORDS, doc_new_pck_ref},
	{"new_pck_shared", pid_new_pck_shared, METH_O, doc_new_pck_shared},
	{"new_pck_copy", pid_new_pck_copy, METH_O, doc_new_pck_copy},
	{"new_pck_clone", pid_new_pck_clone, METH_O, doc_new_pck_clone},
	{NULL, NULL, 0, NULL},
};

static PyMemberDef pid_members[] = {NATIVE_DICT_MEMBERS(Pid), {NULL, 0, 0, 0, NULL}};

static PyType_Slot pid_slots[] = {
	{Py_tp_doc, (void *)doc_type},
	{Py_tp_dealloc, pid_dealloc},
	{Py_tp_traverse, pid_traverse},
	{Py_tp_clear, pid_clear},
	{Py_tp_repr, pid_repr},
	{Py_tp_iter, pid_iter},
	{Py_am_aiter, pid_aiter},
	{Py_tp_methods, pid_methods},
	{Py_tp_getset, pid_attributes},
	{Py_tp_members, pid_members},
	{0, NULL},
};

static PyType_Spec pid_spec = {
	"libgpac.FilterPid", sizeof(Pid), 0, NATIVE_TYPE_FLAGS | Py_TPFLAGS_DISALLOW_INSTANTIATION, pid_slots};

PyTypeObject *pid_make_type(PyObject *module)
{
	return (PyTypeObject *)PyType_FromModuleAndSpec(module, &pid_spec, NULL);
}
