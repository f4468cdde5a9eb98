// SPDX-License-Identifier: MIT
// Arguments of calls: integers in range, texts that the engine can take. Messages name the call.
#include "native.h"

Bool arg_int(PyObject *value, const char *what, long long min, long long max, long long *out)
{
	if (!PyIndex_Check(value)) {
		PyErr_Format(PyExc_TypeError, "%s must be an int, not %R", what, Py_TYPE(value));
		return GF_FALSE;
	}
	PyObject *number = PyNumber_Index(value);
	int over = 0;
	long long v = number ? PyLong_AsLongLongAndOverflow(number, &over) : 0;
	Py_XDECREF(number);
	if (PyErr_Occurred())
		return GF_FALSE;
	if (over || v < min || v > max) {
		PyErr_Format(PyExc_OverflowError, "%s: %R is not between %lld and %lld", what, value, min, max);
		return GF_FALSE;
	}
	*out = v;
	return GF_TRUE;
}

int arg_u32(PyObject *value, void *out)
{
	ArgU32 *arg = out;
	long long v;
	if (!arg_int(value, arg->what, 0, UINT32_MAX, &v))
		return 0;
	arg->v = (u32)v;
	return 1;
}

const char *arg_text(PyObject *value, const char *call)
{
	Py_ssize_t size = 0;
	if (!PyUnicode_Check(value)) {
		PyErr_Format(PyExc_TypeError, "%s: a str is needed, not %R", call, Py_TYPE(value));
		return NULL;
	}
	const char *text = PyUnicode_AsUTF8AndSize(value, &size);
	if (text && strlen(text) != (size_t)size) {
		PyErr_Format(PyExc_ValueError, "%s: embedded null character in %R", call, value);
		return NULL;
	}
	return text;
}

Bool arg_filter(PyObject *value, const char *call, Session *s, GF_Filter **out)
{
	if (!PyObject_TypeCheck(value, native_state()->filter_type)) {
		PyErr_Format(PyExc_TypeError, "%s: a Filter is needed, not %R", call, Py_TYPE(value));
		return GF_FALSE;
	}
	Filter *f = (Filter *)value;
	*out = filter_of(f);
	if (*out && f->session != s)
		native_raise(GF_BAD_PARAM, "%s: Filter %s is of another session", call, gf_filter_get_name(*out));
	return *out && f->session == s;
}
