// SPDX-License-Identifier: MIT
// The module: its state, errors, functions of the library.
#include <stdarg.h>
#include "native.h"

static struct PyModuleDef native_module;

State *native_state(void)
{
	return PyModule_GetState(PyState_FindModule(&native_module));
}

Bool native_init_library(void)
{
	State *st = native_state();
	GF_Err e = st->initialised ? GF_OK : gf_sys_init(GF_MemTrackerNone, NULL);
	st->initialised = e == GF_OK;
	if (e != GF_OK)
		native_raise_err(e, "Failed to initialize libgpac");
	return st->initialised;
}

static PyObject *import_once(PyObject **place, const char *name)
{
	if (!*place)
		*place = PyImport_ImportModule(name);
	return *place;
}

PyObject *native_structure(const char *name)
{
	PyObject *m = import_once(&native_state()->structures, "libgpac.structures");
	return m ? PyObject_GetAttrString(m, name) : NULL;
}

PyObject *native_format_name(const char *short_name, const char *long_name)
{
	if (!strcmp(short_name, long_name))
		return native_str(short_name);
	PyObject *m = import_once(&native_state()->names, "libgpac.names");
	return m ? PyObject_CallMethod(m, "FormatName", "ss", short_name, long_name) : NULL;
}

static PyObject *raise_text(GF_Err e, PyObject *text)
{
	if (!text)
		return NULL;
	PyObject *m = import_once(&native_state()->errors, "libgpac.errors");
	PyObject *cls = m ? PyObject_GetAttrString(m, "GpacError") : NULL;
	PyObject *exc = cls ? PyObject_CallFunction(cls, "Oi", text, (int)e) : NULL;
	if (exc)
		PyErr_SetObject(cls, exc);
	Py_XDECREF(exc);
	Py_XDECREF(cls);
	Py_DECREF(text);
	return NULL;
}

PyObject *native_raise(GF_Err e, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	PyObject *text = PyUnicode_FromFormatV(format, args);
	va_end(args);
	return raise_text(e, text);
}

PyObject *native_raise_err(GF_Err e, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	PyObject *text = PyUnicode_FromFormatV(format, args);
	va_end(args);
	PyObject *full = text ? PyUnicode_FromFormat("%U: %s", text, gf_error_to_string(e)) : NULL;
	Py_XDECREF(text);
	return raise_text(e, full);
}

PyObject *native_str(const char *text)
{
	return text ? PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace") : Py_NewRef(Py_None);
}

Bool result_code(PyObject *result, int absent, int *out)
{
	if (!result)
		return GF_FALSE;
	if (result == Py_None) {
		*out = absent;
		return GF_TRUE;
	}
	if (!PyLong_Check(result)) {
		PyErr_Format(PyExc_TypeError, "callback result must be an int or None, not %R", Py_TYPE(result));
		return GF_FALSE;
	}
	long v = PyLong_AsLong(result);
	if (v == -1 && PyErr_Occurred())
		return GF_FALSE;
	if (v < INT32_MIN || v > INT32_MAX) {
		PyErr_Format(PyExc_OverflowError, "callback result %R is out of range", result);
		return GF_FALSE;
	}
	*out = (int)v;
	return GF_TRUE;
}

// ---- functions

static PyObject *sleep_ms(PyObject *self, PyObject *arg)
{
	(void)self;
	long long ms;
	if (!arg_int(arg, "sleep: value", 0, INT64_MAX, &ms))
		return NULL;
	// In short pieces, so that Ctrl-C ends it.
	while (ms) {
		u32 part = ms > 50 ? 50 : (u32)ms;
		Py_BEGIN_ALLOW_THREADS gf_sleep(part);
		Py_END_ALLOW_THREADS if (PyErr_CheckSignals() < 0) return NULL;
		ms -= part;
	}
	Py_RETURN_NONE;
}

static PyObject *error_text(PyObject *self, PyObject *arg)
{
	(void)self;
	long long code;
	if (!arg_int(arg, "e2s: err", INT32_MIN, INT32_MAX, &code))
		return NULL;
	return native_str(gf_error_to_string((GF_Err)code));
}

static PyObject *clock_ms(PyObject *self, PyObject *none)
{
	(void)self;
	(void)none;
	return native_init_library() ? PyLong_FromUnsignedLong(gf_sys_clock()) : NULL;
}

static PyObject *clock_us(PyObject *self, PyObject *none)
{
	(void)self;
	(void)none;
	return native_init_library() ? PyLong_FromUnsignedLongLong(gf_sys_clock_high_res()) : NULL;
}

static PyObject *sys_init(PyObject *self, PyObject *args)
{
	(void)self;
	int tracker;
	const char *profile;
	if (!PyArg_ParseTuple(args, "iz:init", &tracker, &profile))
		return NULL;
	GF_Err e = gf_sys_init((GF_MemTrackerType)tracker, profile);
	if (e != GF_OK)
		return native_raise_err(e, "Failed to initialize libgpac");
	native_state()->initialised = GF_TRUE;
	Py_RETURN_NONE;
}

static PyObject *sys_close(PyObject *self, PyObject *none)
{
	(void)self;
	(void)none;
	if (native_state()->initialised)
		gf_sys_close();
	native_state()->initialised = GF_FALSE;
	Py_RETURN_NONE;
}

static PyObject *set_args(PyObject *self, PyObject *args)
{
	(void)self;
	if (!native_init_library())
		return NULL;
	if (PyUnicode_Check(args) || PyBytes_Check(args)) {
		PyErr_Format(PyExc_TypeError, "set_args: a sequence of str is needed, not %R", Py_TYPE(args));
		return NULL;
	}
	PyObject *words = PySequence_List(args);
	if (!words)
		return NULL;
	Py_ssize_t nb = PyList_Size(words);
	const char **argv = gf_calloc((size_t)nb + 1, sizeof(char *));
	GF_Err e = argv ? GF_OK : GF_OUT_OF_MEM;
	Bool ok = GF_TRUE;
	for (Py_ssize_t i = 0; argv && i < nb && ok; i++) {
		argv[i] = arg_text(PyList_GetItem(words, i), "set_args");
		ok = argv[i] != NULL;
	}
	if (e == GF_OK && ok)
		e = gf_sys_set_args((s32)nb, argv);
	gf_free(argv);
	Py_DECREF(words);
	if (!ok)
		return NULL;
	if (e != GF_OK)
		return native_raise_err(e, "Failed to set arguments");
	Py_RETURN_NONE;
}

static PyObject *set_logs(PyObject *self, PyObject *args)
{
	(void)self;
	const char *logs;
	int reset;
	if (!PyArg_ParseTuple(args, "sp:set_logs", &logs, &reset) || !native_init_library())
		return NULL;
	GF_Err e = gf_log_set_tools_levels(logs, reset ? GF_TRUE : GF_FALSE);
	if (e != GF_OK)
		return native_raise_err(e, "Failed to set logs %s", logs);
	Py_RETURN_NONE;
}

static PyObject *concatenate(PyObject *self, PyObject *args)
{
	(void)self;
	const char *parent, *url;
	if (!PyArg_ParseTuple(args, "zz:url_concatenate", &parent, &url))
		return NULL;
	char *res = gf_url_concatenate(parent, url);
	if (!res)
		return native_raise(GF_OUT_OF_MEM, "Failed to concatenate path, out of memory");
	PyObject *text = native_str(res);
	gf_url_free(res);
	return text;
}

static PyObject *memory_size(PyObject *self, PyObject *none)
{
	(void)self;
	(void)none;
	return PyLong_FromUnsignedLongLong(gf_memory_size());
}

static PyObject *memory_print(PyObject *self, PyObject *none)
{
	(void)self;
	(void)none;
	gf_log_set_tool_level(GF_LOG_MEMORY, GF_LOG_INFO);
	gf_memory_print();
	Py_RETURN_NONE;
}

static PyObject *release_files(PyObject *self, PyObject *none)
{
	(void)none;
	(void)self;
	files_release();
	Py_RETURN_NONE;
}

static PyObject *nb_live(PyObject *self, PyObject *none)
{
	(void)none;
	(void)self;
	State *st = native_state();
	long nb = (long)st->nb_files;
	for (Session *s = st->sessions; s; s = s->next)
		nb++;
	return PyLong_FromLong(nb);
}

static PyObject *abi(PyObject *self, PyObject *none)
{
	(void)self;
	(void)none;
	return Py_BuildValue("IIsss", gf_gpac_abi_major(), gf_gpac_abi_minor(), gf_gpac_version(),
		gf_gpac_copyright(), gf_gpac_copyright_cite());
}

PyDoc_STRVAR(doc_sleep, "sleep($module, value, /)\n--\n\n"
						"Sleeps `value` milliseconds without the interpreter lock; Ctrl-C ends it.");
PyDoc_STRVAR(doc_e2s, "e2s($module, err, /)\n--\n\n"
					  "Text of an error code `GF_*`, as str; `Unknown Error (N)` for others.");
PyDoc_STRVAR(doc_sys_clock, "sys_clock($module, /)\n--\n\n"
							"Milliseconds since the library was initialised, as int of 32 bits.");
PyDoc_STRVAR(doc_sys_clock_high_res, "sys_clock_high_res($module, /)\n--\n\n"
									 "Microseconds since the library was initialised, as int.");
PyDoc_STRVAR(doc_set_args,
	"set_args($module, args, /)\n--\n\n"
	"Replaces the arguments of the program, as the `gpac` command takes them, for later sessions.\n\n"
	"`args` is a sequence of str; the first, the name of the program, is not used. Core options are written\n"
	"`-opt` or `-opt=value`, options for all filters `--opt=value`; other words are ignored. Raises GpacError\n"
	"for values that do not fit.");

// Functions without a public name in the package have one line.
static PyMethodDef native_functions[] = {
	{"sleep", sleep_ms, METH_O, doc_sleep},
	{"e2s", error_text, METH_O, doc_e2s},
	{"sys_clock", clock_ms, METH_NOARGS, doc_sys_clock},
	{"sys_clock_high_res", clock_us, METH_NOARGS, doc_sys_clock_high_res},
	{"sys_init", sys_init, METH_VARARGS, "Initialises the library."},
	{"sys_close", sys_close, METH_NOARGS, "Closes the library."},
	{"set_args", set_args, METH_O, doc_set_args},
	{"set_log_handler", logs_set_handler, METH_O, "Sends messages to a callable (tool, level, text), or back with None."},
	{"set_logs", set_logs, METH_VARARGS, "Sets log levels."},
	{"url_concatenate", concatenate, METH_VARARGS, "Resolves a URL."},
	{"memory_size", memory_size, METH_NOARGS, "Bytes in use by the library."},
	{"memory_print", memory_print, METH_NOARGS, "Logs blocks that are not freed."},
	{"delete_sessions", delete_sessions, METH_NOARGS, "Deletes all sessions."},
	{"release_files", release_files, METH_NOARGS, "Releases what the engine has of all FileIO objects."},
	{"shut_down", shut_down, METH_NOARGS, "Deletes all sessions at exit. False when a thread still runs one."},
	{"after_fork", after_fork, METH_NOARGS, "Leaves the sessions of the parent process alone."},
	{"nb_live", nb_live, METH_NOARGS, "Number of sessions and file objects in use."},
	{"make_plane", plane_new, METH_VARARGS, "Plane over bytes of a packet."},
	{"pixel_layout", plane_pixel_layout, METH_VARARGS, "Layout of a frame of a pixel format."},
	{"versions", abi, METH_NOARGS, "ABI numbers, version and notices."},
	{NULL, NULL, 0, NULL},
};

// ---- module

static int native_traverse(PyObject *m, visitproc visit, void *arg)
{
	State *st = PyModule_GetState(m);
	if (!st)
		return 0;
	Py_VISIT(st->process);
	Py_VISIT(st->structures);
	Py_VISIT(st->errors);
	Py_VISIT(st->names);
	Py_VISIT(st->numpy.ndarray);
	Py_VISIT(st->numpy.uint8);
	Py_VISIT(st->log_handler);
	return 0;
}

static struct PyModuleDef native_module = {
	PyModuleDef_HEAD_INIT,
	.m_name = "libgpac._native",
	.m_doc = "Objects of the media engine.",
	.m_size = sizeof(State),
	.m_methods = native_functions,
	.m_traverse = native_traverse,
};

static Bool add_type(PyObject *m, const char *name, PyTypeObject **place, PyTypeObject *type)
{
	*place = type;
	return type && PyModule_AddObjectRef(m, name, (PyObject *)type) == 0;
}

PyMODINIT_FUNC PyInit__native(void)
{
	if (PyInterpreterState_GetID(PyInterpreterState_Get()) != 0) { // callbacks find the main one
		PyErr_SetString(PyExc_ImportError, "libgpac works in the main interpreter only");
		return NULL;
	}
	PyObject *m = PyModule_Create(&native_module);
	if (!m)
		return NULL;
	State *st = PyModule_GetState(m);
	memset(st, 0, sizeof(State));
	st->process = PyUnicode_InternFromString("process");
	if (st->process &&
		add_type(m, "FilterSession", &st->session_type, session_make_type(m)) &&
		add_type(m, "FilterTask", &st->task_type, task_make_type(m)) &&
		add_type(m, "Filter", &st->filter_type, filter_make_type(m)) &&
		add_type(m, "FilterCustom", &st->custom_type, custom_make_type(m, st->filter_type)) &&
		add_type(m, "FilterPid", &st->pid_type, pid_make_type(m)) &&
		add_type(m, "FilterPacket", &st->packet_type, packet_make_type(m)) &&
		add_type(m, "PacketIterator", &st->packet_iter_type, packet_iter_make_type(m)) &&
		add_type(m, "PacketMemory", &st->memory_type, memory_make_type(m)) &&
		add_type(m, "Plane", &st->plane_type, plane_make_type(m)) &&
		add_type(m, "HTTPHandle", &st->http_type, http_make_type(m)) &&
		add_type(m, "FileIO", &st->fileio_type, fileio_make_type(m)))
		return m;
	Py_DECREF(m);
	return NULL;
}
