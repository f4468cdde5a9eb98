// SPDX-License-Identifier: MIT
// Filter: any filter of a session.
#include "native.h"
#include "filter_doc.h"

GF_Filter *filter_of(Filter *f)
{
	if (!f->filter) {
		if (f->last_name)
			native_raise(GF_BAD_PARAM, "Filter %U no longer valid: it was removed", f->last_name);
		else
			native_raise(GF_BAD_PARAM, "Filter not valid: FilterCustom.__init__ was not called");
	}
	return f->filter && session_usable(f->session, "Filter") ? f->filter : NULL;
}

// What a filter has instead of its object after the script was told that it goes: the engine may still name it.
static char gone;

Bool filter_is_gone(GF_Filter *f)
{
	return gf_filter_get_rt_udta(f) == &gone;
}

void filter_gone(Filter *f)
{
	if (!f->filter)
		return;
	packets_of_filter_gone(f);
	Py_XDECREF(f->last_name);
	f->last_name = native_str(gf_filter_get_name(f->filter));
	PyObject *list = f->pids ? PySequence_List(f->pids) : NULL;
	Py_ssize_t nb = list ? PyList_Size(list) : 0;
	for (Py_ssize_t i = 0; i < nb; i++)
		pid_gone((Pid *)PyList_GetItem(list, i));
	Py_XDECREF(list);
	gf_filter_set_rt_udta(f->filter, &gone);
	f->filter = NULL;
	Py_CLEAR(f->bound);
}

// ---- life

int filter_traverse(PyObject *self, visitproc visit, void *arg)
{
	Filter *f = (Filter *)self;
	Py_VISIT(Py_TYPE(self));
	Py_VISIT(f->dict);
	Py_VISIT(f->session);
	Py_VISIT(f->ipids);
	Py_VISIT(f->opids);
	Py_VISIT(f->pids);
	Py_VISIT(f->bound);
	return 0;
}

int filter_clear(PyObject *self)
{
	Filter *f = (Filter *)self;
	Py_CLEAR(f->dict);
	Py_CLEAR(f->session);
	Py_CLEAR(f->ipids);
	Py_CLEAR(f->opids);
	Py_CLEAR(f->pids);
	Py_CLEAR(f->bound);
	return 0;
}

void filter_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);
	PyObject_GC_UnTrack(self);
	if (((Filter *)self)->weakrefs)
		PyObject_ClearWeakRefs(self);
	filter_clear(self);
	Py_CLEAR(((Filter *)self)->last_name);
	((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
	Py_DECREF(type);
}

static PyObject *get_name(PyObject *self, void *closure)
{
	(void)closure;
	Filter *f = (Filter *)self;
	if (f->filter)
		return native_str(gf_filter_get_name(f->filter));
	return f->last_name ? Py_NewRef(f->last_name) : (PyObject *)filter_of(f);
}

static PyObject *filter_str(PyObject *self)
{
	return get_name(self, NULL);
}

static PyObject *filter_repr(PyObject *self)
{
	Filter *f = (Filter *)self;
	const char *kind = f->custom ? "FilterCustom" : "Filter";
	if (!f->filter)
		return PyUnicode_FromFormat("<%s %S, removed>", kind, f->last_name ? f->last_name : Py_None);
	const char *name = gf_filter_get_name(f->filter), *reg = gf_filter_get_register(f->filter)->name;
	return PyUnicode_FromFormat("<%s %s%s%s, %u inputs, %u outputs>", kind, name,
		strcmp(name, reg) ? " of " : "", strcmp(name, reg) ? reg : "", gf_filter_get_ipid_count(f->filter),
		gf_filter_get_opid_count(f->filter));
}

// ---- attributes

static PyObject *get_id(PyObject *self, void *closure)
{
	(void)closure;
	GF_Filter *f = filter_of((Filter *)self);
	return f ? native_str(gf_filter_get_id(f)) : NULL;
}

static PyObject *get_nb_ipid(PyObject *self, void *closure)
{
	(void)closure;
	GF_Filter *f = filter_of((Filter *)self);
	return f ? PyLong_FromUnsignedLong(gf_filter_get_ipid_count(f)) : NULL;
}

static PyObject *get_nb_opid(PyObject *self, void *closure)
{
	(void)closure;
	GF_Filter *f = filter_of((Filter *)self);
	return f ? PyLong_FromUnsignedLong(gf_filter_get_opid_count(f)) : NULL;
}

static PyObject *get_status(PyObject *self, void *closure)
{
	(void)closure;
	GF_Filter *f = filter_of((Filter *)self);
	if (!f)
		return NULL;
	const char *status = gf_filter_get_status(f);
	return native_str(status ? status : "");
}

static PyObject *get_bytes_done(PyObject *self, void *closure)
{
	(void)closure;
	GF_Filter *f = filter_of((Filter *)self);
	return f ? PyLong_FromUnsignedLongLong(gf_filter_get_bytes_done(f)) : NULL;
}

static PyObject *get_class(PyObject *self, void *closure)
{
	(void)closure;
	GF_Filter *f = filter_of((Filter *)self);
	return f ? native_str(gf_filter_get_register(f)->name) : NULL;
}

// ---- graph

static PyObject *filter_remove(PyObject *self, PyObject *none)
{
	(void)none;
	GF_Filter *f = filter_of((Filter *)self);
	if (!f)
		return NULL;
	gf_filter_remove(f);
	Py_RETURN_NONE;
}

static PyObject *filter_update(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"name", "value", "propagate_mask", NULL};
	const char *name;
	PyObject *value;
	ArgU32 mask = {"update: propagate_mask", 0};
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "sO|O&:update", names, &name, &value, arg_u32, &mask))
		return NULL;
	PyObject *text =
		PyBool_Check(value) ? PyUnicode_FromString(value == Py_True ? "true" : "false") : PyObject_Str(value);
	const char *utf8 = text ? PyUnicode_AsUTF8AndSize(text, NULL) : NULL;
	GF_Filter *f = ((Filter *)self)->filter; // works from any thread
	if (utf8 && f)
		gf_fs_send_update(((Filter *)self)->session->fs, NULL, f, name, utf8, (GF_EventPropagateType)mask.v);
	Py_XDECREF(text);
	if (!utf8 || !f)
		return utf8 ? (PyObject *)filter_of((Filter *)self) : NULL;
	Py_RETURN_NONE;
}

typedef struct {
	GF_Err (*call)(GF_Filter *, GF_Filter *, const char *);
	const char *name, *format;
} LinkCall;

static PyObject *add_source(PyObject *self, PyObject *args, PyObject *kwargs, const LinkCall *link)
{
	static char *names[] = {"f", "link_args", NULL};
	PyObject *src;
	const char *expr = NULL;
	GF_Filter *f = filter_of((Filter *)self);
	if (!f || !PyArg_ParseTupleAndKeywords(args, kwargs, link->format, names, &src, &expr))
		return NULL;
	if (src == Py_None)
		Py_RETURN_NONE;
	GF_Filter *from;
	if (!arg_filter(src, link->name, ((Filter *)self)->session, &from))
		return NULL;
	GF_Err e = f == from ? GF_BAD_PARAM : link->call(f, from, expr);
	if (e != GF_OK)
		return native_raise_err(
			e, "Failed to set source of filter %s to %s", gf_filter_get_name(f), gf_filter_get_name(from));
	Py_RETURN_NONE;
}

static PyObject *set_source(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static const LinkCall link = {gf_filter_set_source, "set_source", "O|z:set_source"};
	return add_source(self, args, kwargs, &link);
}

static PyObject *set_source_restricted(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static const LinkCall link = {
		gf_filter_set_source_restricted, "set_source_restricted", "O|z:set_source_restricted"};
	return add_source(self, args, kwargs, &link);
}

// Links output PIDs again: one, or all for a negative index.
static Bool reconnect_output(GF_Filter *f, int opid)
{
	GF_FilterPid *pid = opid >= 0 ? gf_filter_get_opid(f, (u32)opid) : NULL;
	if (opid >= 0 && !pid) {
		native_raise(GF_BAD_PARAM, "No output PID with index %d in filter %s", opid, gf_filter_get_name(f));
		return GF_FALSE;
	}
	GF_Err e;
	Py_BEGIN_ALLOW_THREADS e = gf_filter_reconnect_output(f, pid);
	Py_END_ALLOW_THREADS if (e < 0) native_raise_err(e, "Failed to reconnect output");
	return e >= 0;
}

static PyObject *filter_insert(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"f", "opid", "link_args", NULL};
	PyObject *other;
	int opid = -1;
	const char *expr = NULL;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|iz:insert", names, &other, &opid, &expr))
		return NULL;
	GF_Filter *f = filter_of((Filter *)self), *inserted;
	if (!f || !arg_filter(other, "insert", ((Filter *)self)->session, &inserted))
		return NULL;
	if (opid >= 0 && !gf_filter_get_opid(f, (u32)opid))
		return native_raise(
			GF_BAD_PARAM, "No output PID with index %d in filter %s", opid, gf_filter_get_name(f));
	GF_Err e = inserted == f ? GF_BAD_PARAM : gf_filter_set_source(inserted, f, expr);
	if (e != GF_OK)
		return native_raise_err(e, "Failed to insert filter %s", gf_filter_get_name(inserted));
	if (!reconnect_output(f, opid))
		return NULL;
	Py_RETURN_NONE;
}

static PyObject *filter_reconnect(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"opid", NULL};
	int opid = -1;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|i:reconnect", names, &opid))
		return NULL;
	GF_Filter *f = filter_of((Filter *)self);
	if (!f || !reconnect_output(f, opid))
		return NULL;
	Py_RETURN_NONE;
}

static PyObject *require_source_id(PyObject *self, PyObject *none)
{
	(void)none;
	GF_Filter *f = filter_of((Filter *)self);
	if (!f)
		return NULL;
	gf_filter_require_source_id(f);
	Py_RETURN_NONE;
}

// `a,b,c` as a list; takes the text.
static PyObject *split_list(char *text)
{
	PyObject *all = native_str(text);
	gf_free(text);
	PyObject *list = all ? PyObject_CallMethod(all, "split", "s", ",") : NULL;
	Py_XDECREF(all);
	return list;
}

static PyObject *probe_link(PyObject *self, PyObject *args)
{
	int idx; // a bad one is no error
	const char *name;
	GF_Filter *f = PyArg_ParseTuple(args, "is:probe_link", &idx, &name) ? filter_of((Filter *)self) : NULL;
	if (!f)
		return NULL;
	char *res = NULL;
	GF_Err e;
	Py_BEGIN_ALLOW_THREADS e = gf_filter_probe_link(f, (u32)idx, name, &res);
	Py_END_ALLOW_THREADS if (e == GF_OK && res) return split_list(res);
	Py_RETURN_NONE;
}

static PyObject *get_destinations(PyObject *self, PyObject *args)
{
	int idx;
	GF_Filter *f = PyArg_ParseTuple(args, "i:get_destinations", &idx) ? filter_of((Filter *)self) : NULL;
	if (!f)
		return NULL;
	char *res = NULL;
	if (gf_filter_get_possible_destinations(f, idx, &res) == GF_OK && res)
		return split_list(res);
	Py_RETURN_NONE;
}

static PyObject *why_not(PyObject *self, PyObject *dst)
{
	GF_Filter *f = filter_of((Filter *)self), *other;
	if (!f || !arg_filter(dst, "why_not", ((Filter *)self)->session, &other))
		return NULL;
	char *text = gf_filter_why_not(f, other);
	PyObject *res = native_str(text);
	gf_free(text);
	return res;
}

// ---- PIDs by index

static GF_FilterPid *pid_at(Filter *f, PyObject *index, Bool input)
{
	long long idx;
	GF_Filter *filter = arg_int(index, "index of a PID", INT64_MIN, INT64_MAX, &idx) ? filter_of(f) : NULL;
	if (!filter)
		return NULL;
	GF_FilterPid *pid = NULL;
	if (idx >= 0 && idx <= UINT32_MAX)
		pid = input ? gf_filter_get_ipid(filter, (u32)idx) : gf_filter_get_opid(filter, (u32)idx);
	if (!pid)
		native_raise(GF_BAD_PARAM, "No PID with index %lld in filter %s", idx, gf_filter_get_name(filter));
	return pid;
}

PyObject *pid_read_prop(GF_FilterPid *pid, PyObject *name, Bool input)
{
	u32 code;
	const char *text = NULL;
	if (!prop_code(name, &code, &text))
		return NULL;
	const GF_PropertyValue *v =
		text ? gf_filter_pid_get_property_str(pid, text) : gf_filter_pid_get_property(pid, code);
	if (v)
		return prop_to_python(code, v);
	if (PyUnicode_Check(name)) {
		PyObject *res = pid_attribute(pid, PyUnicode_AsUTF8AndSize(name, NULL), input);
		if (res || PyErr_Occurred())
			return res;
	}
	Py_RETURN_NONE;
}

static PyObject *prop_at(PyObject *self, PyObject *args, Bool input)
{
	PyObject *index, *name;
	if (!PyArg_ParseTuple(args, input ? "OO:ipid_prop" : "OO:opid_prop", &index, &name))
		return NULL;
	GF_FilterPid *pid = pid_at((Filter *)self, index, input);
	return pid ? pid_read_prop(pid, name, input) : NULL;
}

static PyObject *ipid_prop(PyObject *self, PyObject *args)
{
	return prop_at(self, args, GF_TRUE);
}

static PyObject *opid_prop(PyObject *self, PyObject *args)
{
	return prop_at(self, args, GF_FALSE);
}

static PyObject *enum_props_at(PyObject *self, PyObject *args, Bool input)
{
	PyObject *index, *callback;
	if (!PyArg_ParseTuple(args, input ? "OO:ipid_enum_props" : "OO:opid_enum_props", &index, &callback))
		return NULL;
	GF_FilterPid *pid = pid_at((Filter *)self, index, input);
	return pid ? pid_enumerate(pid, callback) : NULL;
}

static PyObject *ipid_enum_props(PyObject *self, PyObject *args)
{
	return enum_props_at(self, args, GF_TRUE);
}

static PyObject *opid_enum_props(PyObject *self, PyObject *args)
{
	return enum_props_at(self, args, GF_FALSE);
}

// A structure of libgpac.structures with the bytes of a native one.
static PyObject *copy_structure(const char *name, const void *data, size_t size)
{
	PyObject *cls = native_structure(name);
	PyObject *res = cls ? PyObject_CallMethod(cls, "from_buffer_copy", "y#", data, (Py_ssize_t)size) : NULL;
	Py_XDECREF(cls);
	return res;
}

static PyObject *stats_at(PyObject *self, PyObject *args, PyObject *kwargs, Bool input)
{
	static char *names[] = {"idx", "mode", NULL};
	PyObject *index;
	ArgU32 mode = {input ? "ipid_stats: mode" : "opid_stats: mode", 0};
	if (!PyArg_ParseTupleAndKeywords(
			args, kwargs, input ? "O|O&:ipid_stats" : "O|O&:opid_stats", names, &index, arg_u32, &mode))
		return NULL;
	GF_FilterPid *pid = pid_at((Filter *)self, index, input);
	if (!pid)
		return NULL;
	GF_FilterPidStatistics stats;
	memset(&stats, 0, sizeof(stats));
	GF_Err e = gf_filter_pid_get_statistics(pid, &stats, (GF_FilterPidStatsLocation)mode.v);
	if (e != GF_OK)
		return native_raise_err(e, "Failed to fetch filter pid stats");
	return copy_structure("FilterPidStatistics", &stats, sizeof(stats));
}

static PyObject *ipid_stats(PyObject *self, PyObject *args, PyObject *kwargs)
{
	return stats_at(self, args, kwargs, GF_TRUE);
}

static PyObject *opid_stats(PyObject *self, PyObject *args, PyObject *kwargs)
{
	return stats_at(self, args, kwargs, GF_FALSE);
}

static PyObject *ipid_source(PyObject *self, PyObject *index)
{
	GF_FilterPid *pid = pid_at((Filter *)self, index, GF_TRUE);
	if (!pid)
		return NULL;
	GF_Filter *src = gf_filter_pid_get_source_filter(pid);
	if (!src || filter_is_gone(src))
		Py_RETURN_NONE;
	return (PyObject *)session_filter(((Filter *)self)->session, src);
}

static PyObject *opid_sinks(PyObject *self, PyObject *index)
{
	GF_FilterPid *pid = pid_at((Filter *)self, index, GF_FALSE);
	PyObject *list = pid ? PyList_New(0) : NULL;
	for (u32 i = 0; list; i++) {
		GF_Filter *dst = gf_filter_pid_enum_destinations(pid, i);
		if (!dst)
			break;
		if (filter_is_gone(dst))
			continue;
		PyObject *f = (PyObject *)session_filter(((Filter *)self)->session, dst);
		if (!f || PyList_Append(list, f) < 0)
			Py_CLEAR(list);
		Py_XDECREF(f);
	}
	return list;
}

// ---- arguments and statistics

static PyObject *one_argument(PyObject *cls, const GF_FilterArgs *a)
{
	return PyObject_CallFunction(cls, "yiyiyyI", a->arg_name, a->offset_in_private, a->arg_desc,
		(int)a->arg_type, a->arg_default_val, a->min_max_enum, (unsigned int)a->flags);
}

static PyObject *all_args(PyObject *self, PyObject *none)
{
	(void)none;
	GF_Filter *filter = filter_of((Filter *)self);
	PyObject *cls = filter ? native_structure("make_filter_arg") : NULL;
	PyObject *list = cls ? PyList_New(0) : NULL;
	for (u32 i = 0; list; i++) {
		const GF_FilterArgs *a = gf_filter_enumerate_args(filter, i);
		if (!a)
			break;
		PyObject *item = one_argument(cls, a);
		if (!item || PyList_Append(list, item) < 0)
			Py_CLEAR(list);
		Py_XDECREF(item);
	}
	Py_XDECREF(cls);
	return list;
}

static PyObject *argument_value(GF_Filter *f, const char *name)
{
	GF_PropertyValue v;
	memset(&v, 0, sizeof(v));
	if (!gf_filter_get_arg(f, name, &v) || v.type == GF_PROP_FORBIDDEN)
		Py_RETURN_NONE;
	return prop_to_python(0, &v);
}

static PyObject *get_arg_value(PyObject *self, PyObject *args)
{
	const char *name;
	GF_Filter *f = filter_of((Filter *)self);
	if (!f || !PyArg_ParseTuple(args, "s:get_arg_value", &name))
		return NULL;
	return argument_value(f, name);
}

static PyObject *all_args_value(PyObject *self, PyObject *none)
{
	(void)none;
	GF_Filter *f = filter_of((Filter *)self);
	PyObject *list = f ? PyList_New(0) : NULL;
	for (u32 i = 0; list; i++) {
		const GF_FilterArgs *a = gf_filter_enumerate_args(f, i);
		if (!a)
			break;
		PyObject *value = argument_value(f, a->arg_name);
		PyObject *text = value ? PyObject_Str(value) : NULL;
		PyObject *item = text ? Py_BuildValue("{s:s,s:s,s:O,s:s,s:s,s:s}", "name", a->arg_name, "type",
									gf_props_get_type_name(a->arg_type), "value", text, "description",
									a->arg_desc ? a->arg_desc : "", "default",
									a->arg_default_val ? a->arg_default_val : "", "min_max_enum",
									a->min_max_enum ? a->min_max_enum : "")
							  : NULL;
		if (!item || PyList_Append(list, item) < 0)
			Py_CLEAR(list);
		Py_XDECREF(item);
		Py_XDECREF(text);
		Py_XDECREF(value);
	}
	return list;
}

static PyObject *get_info(PyObject *self, PyObject *name)
{
	GF_Filter *f = filter_of((Filter *)self);
	u32 code;
	const char *text = NULL;
	if (!f || !prop_code(name, &code, &text))
		return NULL;
	GF_PropertyEntry *entry = NULL;
	const GF_PropertyValue *v =
		text ? gf_filter_get_info_str(f, text, &entry) : gf_filter_get_info(f, code, &entry);
	PyObject *res = v ? prop_to_python(code, v) : Py_NewRef(Py_None);
	gf_filter_release_property(entry);
	return res;
}

static PyObject *get_statistics(PyObject *self, PyObject *none)
{
	(void)none;
	GF_Filter *f = filter_of((Filter *)self);
	if (!f)
		return NULL;
	GF_FilterStats stats;
	memset(&stats, 0, sizeof(stats));
	GF_Err e = gf_filter_get_stats(f, &stats);
	if (e != GF_OK)
		return native_raise_err(e, "Failed to fetch filter stats");
	PyObject *make = native_structure("make_filter_stats");
	PyObject *res =
		make ? PyObject_CallFunction(make, "y#yyyy", (const char *)&stats, (Py_ssize_t)sizeof(stats),
				   stats.status, stats.name, stats.reg_name, stats.filter_id)
			 : NULL;
	Py_XDECREF(make);
	return res;
}

// ---- bindings of handlers

static PyObject *filter_bind(PyObject *self, PyObject *object)
{
	GF_Filter *f = filter_of((Filter *)self);
	if (!f)
		return NULL;
	const char *reg = gf_filter_get_register(f)->name;
	Bool dash = !strcmp(reg, "dashin");
	if (!dash && strcmp(reg, "httpout"))
		return native_raise(GF_BAD_PARAM, "No possible binding to filter class %s", reg);
	const char *needed = dash ? "on_rate_adaptation" : "on_request";
	PyObject *method = PyObject_GetAttrString(object, needed);
	if (!method) {
		PyErr_Clear();
		return native_raise(GF_BAD_PARAM, "Missing %s member function on object, cannot bind", needed);
	}
	Py_DECREF(method);
	return dash ? native_raise_err(GF_NOT_SUPPORTED, "Failed to bind dash algo") : http_bind((Filter *)self, f, object);
}

static PyGetSetDef filter_attributes[] = {
	{"name", get_name, NULL, doc_name, NULL},
	{"ID", get_id, NULL, doc_ID, NULL},
	{"class_name", get_class, NULL, doc_class_name, NULL},
	{"nb_ipid", get_nb_ipid, NULL, doc_nb_ipid, NULL},
	{"nb_opid", get_nb_opid, NULL, doc_nb_opid, NULL},
	{"status", get_status, NULL, doc_status, NULL},
	{"bytes_done", get_bytes_done, NULL, doc_bytes_done, NULL},
	{NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef filter_methods[] = {
	{"remove", filter_remove, METH_NOARGS, doc_remove},
	{"update", WITH_KEYWORDS(filter_update), KEYWORDS, doc_update},
	{"set_source", WITH_KEYWORDS(set_source), KEYWORDS, doc_set_source},
	{"set_source_restricted", WITH_KEYWORDS(set_source_restricted), KEYWORDS, doc_set_source_restricted},
	{"insert", WITH_KEYWORDS(filter_insert), KEYWORDS, doc_insert},
	{"reconnect", WITH_KEYWORDS(filter_reconnect), KEYWORDS, doc_reconnect},
	{"require_source_id", require_source_id, METH_NOARGS, doc_require_source_id},
	{"probe_link", probe_link, METH_VARARGS, doc_probe_link},
	{"get_destinations", get_destinations, METH_VARARGS, doc_get_destinations},
	{"why_not", why_not, METH_O, doc_why_not},
	{"ipid_prop", ipid_prop, METH_VARARGS, doc_ipid_prop},
	{"opid_prop", opid_prop, METH_VARARGS, doc_opid_prop},
	{"ipid_enum_props", ipid_enum_props, METH_VARARGS, doc_ipid_enum_props},
	{"opid_enum_props", opid_enum_props, METH_VARARGS, doc_opid_enum_props},
	{"ipid_stats", WITH_KEYWORDS(ipid_stats), KEYWORDS, doc_ipid_stats},
	{"opid_stats", WITH_KEYWORDS(opid_stats), KEYWORDS, doc_opid_stats},
	{"ipid_source", ipid_source, METH_O, doc_ipid_source},
	{"opid_sinks", opid_sinks, METH_O, doc_opid_sinks},
	{"all_args", all_args, METH_NOARGS, doc_all_args},
	{"all_args_value", all_args_value, METH_NOARGS, doc_all_args_value},
	{"get_arg_value", get_arg_value, METH_VARARGS, doc_get_arg_value},
	{"get_info", get_info, METH_O, doc_get_info},
	{"get_statistics", get_statistics, METH_NOARGS, doc_get_statistics},
	{"bind", filter_bind, METH_O, doc_bind},
	{NULL, NULL, 0, NULL},
};

static PyObject *filter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
	(void)args;
	(void)kwargs;
	PyErr_Format(PyExc_TypeError, "%R is made by a FilterSession", type);
	return NULL;
}

static PyMemberDef filter_members[] = {
	{"session", T_OBJECT, offsetof(Filter, session), READONLY, doc_session},
	NATIVE_DICT_MEMBERS(Filter),
	{NULL, 0, 0, 0, NULL},
};

static PyType_Slot filter_slots[] = {
	{Py_tp_doc, (void *)doc_type},
	{Py_tp_new, filter_new},
	{Py_tp_dealloc, filter_dealloc},
	{Py_tp_traverse, filter_traverse},
	{Py_tp_clear, filter_clear},
	{Py_tp_repr, filter_repr},
	{Py_tp_str, filter_str},
	{Py_tp_methods, filter_methods},
	{Py_tp_getset, filter_attributes},
	{Py_tp_members, filter_members},
	{0, NULL},
};

static PyType_Spec filter_spec = {"libgpac.Filter", sizeof(Filter), 0, NATIVE_TYPE_FLAGS, filter_slots};

PyTypeObject *filter_make_type(PyObject *module)
{
	return (PyTypeObject *)PyType_FromModuleAndSpec(module, &filter_spec, NULL);
}
