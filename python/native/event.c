// SPDX-License-Identifier: MIT
// Events are ctypes unions on the Python side, with the layout of the native ones.
#include "native.h"

PyObject *event_to_python(const GF_FilterEvent *evt, PyObject *pid)
{
	PyObject *m = PyImport_ImportModule("libgpac.events");
	PyObject *res =
		m ? PyObject_CallMethod(m, "make_event", "y#O", (const char *)evt, (Py_ssize_t)sizeof(*evt), pid) : NULL;
	Py_XDECREF(m);
	return res;
}

// Copies between an event and the memory of its Python object.
static Bool access_event(PyObject *evt, GF_FilterEvent *out, GF_FilterPid *set_pid)
{
	Py_buffer view;
	if (!PyObject_CheckBuffer(evt)) {
		PyErr_Format(PyExc_TypeError, "a FilterEvent is needed, not %R", Py_TYPE(evt));
		return GF_FALSE;
	}
	if (PyObject_GetBuffer(evt, &view, PyBUF_WRITABLE) < 0)
		return GF_FALSE;
	Bool ok = view.len >= (Py_ssize_t)sizeof(GF_FEVT_Base) && view.len <= (Py_ssize_t)sizeof(GF_FilterEvent);
	if (!ok) {
		PyErr_Format(PyExc_TypeError, "a FilterEvent is needed, not %R", Py_TYPE(evt));
	} else if (out) {
		memset(out, 0, sizeof(*out));
		memcpy(out, view.buf, (size_t)view.len);
	} else {
		memcpy((u8 *)view.buf + offsetof(GF_FEVT_Base, on_pid), &set_pid, sizeof(set_pid));
	}
	PyBuffer_Release(&view);
	return ok;
}

Bool event_from_python(PyObject *evt, GF_FilterEvent *out)
{
	return access_event(evt, out, NULL);
}

Bool event_set_pid(PyObject *evt, GF_FilterPid *pid)
{
	return access_event(evt, NULL, pid);
}
