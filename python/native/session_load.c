// SPDX-License-Identifier: MIT
// Loading filters into sessions, and finding those that are loaded.
#include "native.h"
#include "session.h"

typedef GF_Filter *(*load_url)(GF_FilterSession *, const char *, const char *, const char *, GF_Err *);

static PyObject *loaded(Session *s, GF_Filter *f, GF_Err e, const char *what, const char *name)
{
	PyObject *res = NULL;
	if (f)
		res = (PyObject *)session_filter(s, f);
	else if (e >= 0)
		res = Py_NewRef(Py_None); // a filter ended the session while it was set up
	else
		native_raise_err(e, "Failed to load %s %s", what, name);
	return session_checked(s, res);
}

static PyObject *load_from_url(
	PyObject *self, PyObject *args, PyObject *kwargs, load_url load, const char *what, const char *format)
{
	Session *s = (Session *)self;
	static char *names[] = {"URL", "parentURL", NULL};
	const char *url, *parent = NULL;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, format, names, &url, &parent))
		return NULL;
	GF_FilterSession *fs = session_of_thread(s, what);
	if (!fs)
		return NULL;
	GF_Err e = GF_OK;
	GF_Filter *f;
	session_keep_file(s, url);
	s->busy++;
	Py_BEGIN_ALLOW_THREADS f = load(fs, url, NULL, parent, &e);
	Py_END_ALLOW_THREADS s->busy--;
	return loaded(s, f, e, what, url);
}

PyObject *session_load_src(PyObject *self, PyObject *args, PyObject *kwargs)
{
	return load_from_url(self, args, kwargs, gf_fs_load_source, "source filter", "s|z:load_src");
}

PyObject *session_load_dst(PyObject *self, PyObject *args, PyObject *kwargs)
{
	return load_from_url(self, args, kwargs, gf_fs_load_destination, "destination filter", "s|z:load_dst");
}

PyObject *session_load(PyObject *self, PyObject *args, PyObject *kwargs)
{
	Session *s = (Session *)self;
	static char *names[] = {"fname", NULL};
	const char *name;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "s:load", names, &name))
		return NULL;
	GF_FilterSession *fs = session_of_thread(s, "load");
	if (!fs)
		return NULL;
	GF_Err e = GF_OK;
	GF_Filter *f;
	s->busy++;
	Py_BEGIN_ALLOW_THREADS f = gf_fs_load_filter(fs, name, &e);
	Py_END_ALLOW_THREADS s->busy--;
	return loaded(s, f, e, "filter", name);
}

PyObject *session_get_filter(PyObject *self, PyObject *arg)
{
	Session *s = (Session *)self;
	long long idx;
	GF_FilterSession *fs =
		arg_int(arg, "get_filter: index", INT64_MIN, INT64_MAX, &idx) ? session_of_thread(s, "get_filter") : NULL;
	if (!fs)
		return NULL;
	GF_Filter *f = idx >= 0 && idx <= UINT32_MAX ? gf_fs_get_filter(fs, (u32)idx) : NULL;
	if (!f)
		return native_raise(GF_BAD_PARAM, "Failed to get filter at index %lld", idx);
	return (PyObject *)session_filter(s, f);
}

PyObject *session_iter(PyObject *self)
{
	Session *s = (Session *)self;
	GF_FilterSession *fs = session_of_thread(s, "iteration");
	PyObject *list = fs ? PyList_New(0) : NULL;
	u32 nb = list ? gf_fs_get_filters_count(fs) : 0;
	for (u32 i = 0; i < nb; i++) {
		PyObject *f = (PyObject *)session_filter(s, gf_fs_get_filter(fs, i));
		if (!f || PyList_Append(list, f) < 0)
			Py_CLEAR(list);
		Py_XDECREF(f);
		if (!list)
			return NULL;
	}
	PyObject *iter = list ? PyObject_GetIter(list) : NULL;
	Py_XDECREF(list);
	return iter;
}
