// SPDX-License-Identifier: MIT
// Methods of FilterPid that stand in another file than its type, and what both use.
#ifndef NATIVE_PID_H
#define NATIVE_PID_H

#include "native.h"

// The native PID for calls that change something: not while the session is being deleted. NULL with an exception.
GF_FilterPid *pid_working(Pid *p);
// The same for calls of inputs only; `member` names the call.
GF_FilterPid *pid_input(PyObject *self, const char *member);
// The same for calls of outputs only; `text` is the message for inputs.
GF_FilterPid *pid_output(PyObject *self, const char *text);
// Lets the packet go that was fetched last.
void pid_leave_current(Pid *p);

// ---- pid_packet.c

PyObject *pid_get_packet(PyObject *self, PyObject *none);
PyObject *pid_next_packet_or_none(PyObject *self, PyObject *none);
PyObject *pid_drop_packet(PyObject *self, PyObject *none);
PyObject *pid_iter(PyObject *self);
PyObject *pid_aiter(PyObject *self);
PyObject *pid_forward(PyObject *self, PyObject *packet);
PyObject *pid_new_pck(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *pid_new_pck_ref(PyObject *self, PyObject *args, PyObject *kwargs);
PyObject *pid_new_pck_copy(PyObject *self, PyObject *packet);
PyObject *pid_new_pck_clone(PyObject *self, PyObject *packet);
PyObject *pid_new_pck_shared(PyObject *self, PyObject *data);

#endif
