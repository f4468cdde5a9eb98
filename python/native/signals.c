// SPDX-License-Identifier: MIT
// Signals while a session runs: Python notes a signal and writes a byte to its wake-up descriptor, which the session
// watches, so that Ctrl-C ends a session that sleeps and an idle session never wakes to look.
#include "native.h"
#include <fcntl.h>
#include <unistd.h>

// Sets the descriptor Python writes to and returns the one before, -2 with an exception.
static int set_wakeup_fd(int fd)
{
	// The built-in part of the module `signal`, which takes no time to import.
	PyObject *m = PyImport_ImportModule("_signal");
	PyObject *method = m ? PyObject_GetAttrString(m, "set_wakeup_fd") : NULL;
	PyObject *args = method ? Py_BuildValue("(i)", fd) : NULL;
	PyObject *options = args ? Py_BuildValue("{s:O}", "warn_on_full_buffer", Py_False) : NULL;
	PyObject *res = options ? PyObject_Call(method, args, options) : NULL;
	int old = res ? (int)PyLong_AsLong(res) : -2;
	Py_XDECREF(res);
	Py_XDECREF(options);
	Py_XDECREF(args);
	Py_XDECREF(method);
	Py_XDECREF(m);
	return old;
}

static void on_signal(void *udta)
{
	SignalWatch *w = udta;
	char numbers[64];
	ssize_t nb;
	while ((nb = read(w->fds[0], numbers, sizeof(numbers))) > 0) {
		if (w->old >= 0 && write(w->old, numbers, (size_t)nb) < 0)
			break; // as Python would: the other loop has its buffer full, and will wake
	}
	PyGILState_STATE gil = PyGILState_Ensure();
	if (PyErr_CheckSignals() < 0)
		session_fail(w->session);
	PyGILState_Release(gil);
}

static void close_pipe(SignalWatch *w)
{
	close(w->fds[0]);
	close(w->fds[1]);
	w->fds[0] = -1;
}

void signals_watch(SignalWatch *w, Session *s)
{
	*w = (SignalWatch){.session = s, .fds = {-1, -1}};
	if (pipe2(w->fds, O_NONBLOCK | O_CLOEXEC) < 0) {
		w->fds[0] = -1;
		return;
	}
	w->old = set_wakeup_fd(w->fds[1]);
	if (w->old == -2) {
		PyErr_Clear(); // not the main thread, which alone gets signals
		close_pipe(w);
		return;
	}
	gf_fs_watch_fd(s->fs, w->fds[0], on_signal, w);
}

void signals_unwatch(SignalWatch *w)
{
	if (w->fds[0] < 0)
		return;
	gf_fs_watch_fd(w->session->fs, -1, NULL, NULL);
	if (set_wakeup_fd(w->old) == -2)
		PyErr_Clear(); // its owner closed it meanwhile
	close_pipe(w);
}
