// SPDX-License-Identifier: MIT
// Methods of FilterSession that stand in other files than its type.
#ifndef NATIVE_SESSION_H
#define NATIVE_SESSION_H

#include "native.h"

// The native session for calls that no other thread may make while the session runs; NULL with an exception.
GF_FilterSession *session_of_thread(Session *s, const char *call);
// Result of a call that may have run callbacks: an exception of theirs comes first, except inside run(),
// which raises it at its end.
PyObject *session_checked(Session *s, PyObject *result);

// ---- session_run.c

PyObject *session_run(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *session_run_slice(PyObject *self, PyObject *none);
PyObject *session_run_async(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *session_fileno(PyObject *self, PyObject *none);
PyObject *session_abort(PyObject *self, PyObject *args, PyObject *kwargs);

// ---- session_load.c

PyObject *session_load_src(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *session_load_dst(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *session_load(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *session_get_filter(PyObject *self, PyObject *index);
PyObject *session_iter(PyObject *self);

#endif
