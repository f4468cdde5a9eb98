// SPDX-License-Identifier: MIT
// Running sessions: to the end, in slices, in asyncio.
#include "native.h"
#include "session.h"
#include <pythread.h>

static Bool check_deadline(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	Session *s = udta;
	u64 now = gf_sys_clock_high_res();
	s->deadline_task = 0;
	if (!s->deadline || gf_fs_in_final_flush(fs))
		return GF_FALSE;
	if (now < s->deadline) { // of a later run
		s->deadline_task = s->deadline;
		*reschedule_ms = (u32)((s->deadline - now + 999) / 1000);
		return GF_TRUE;
	}
	PyGILState_STATE gil = PyGILState_Ensure();
	PyErr_SetString(PyExc_TimeoutError, "the session did not end in the time given to run()");
	session_fail(s);
	PyGILState_Release(gil);
	return GF_FALSE;
}

#define NO_TIMEOUT UINT64_MAX

// Microseconds, NO_TIMEOUT for None. False with an exception for what is not a number.
static Bool read_timeout(PyObject *timeout, u64 *us)
{
	*us = NO_TIMEOUT;
	if (timeout == Py_None)
		return GF_TRUE;
	double seconds = PyFloat_AsDouble(timeout);
	if (!(seconds < 1e6)) // eleven days: the longest delay of a task
		seconds = 1e6;
	*us = seconds > 0 ? (u64)(seconds * 1e6) : 0;
	return !PyErr_Occurred();
}

static void set_deadline(Session *s, u64 us)
{
	s->deadline = us == NO_TIMEOUT ? 0 : gf_sys_clock_high_res() + us;
	if (s->deadline && (!s->deadline_task || s->deadline < s->deadline_task) &&
		gf_fs_post_background_task(s->fs, check_deadline, s, (u32)((us + 999) / 1000)) == GF_OK)
		s->deadline_task = s->deadline;
}

// Runs the session on this thread. A failure, the session's or a callback's, is an exception.
static GF_Err run_with(Session *s, GF_Err (*run)(GF_FilterSession *), Bool may_sleep)
{
	SignalWatch signals;
	if (may_sleep)
		signals_watch(&signals, s);
	s->thread = PyThread_get_thread_ident();
	Py_INCREF((PyObject *)s);
	GF_Err e;
	Py_BEGIN_ALLOW_THREADS e = run(s->fs);
	Py_END_ALLOW_THREADS s->thread = 0;
	s->deadline = 0;
	s->busy++; // Python code that comes here must not delete it
	if (may_sleep)
		signals_unwatch(&signals);
	if (gf_fs_in_final_flush(s->fs))
		tasks_cut(s);
	s->busy--;
	if (PyErr_CheckSignals() < 0)
		session_fail(s);
	if (session_check(s) == 0 && e < 0)
		native_raise_err(e, "Failed to run session");
	Py_DECREF((PyObject *)s);
	return e;
}

static Bool may_run(Session *s, const char *call)
{
	if (!s->fs)
		native_raise_err(GF_BAD_PARAM, "Failed to run session");
	else if (s->thread || s->busy)
		native_raise(
			GF_BAD_PARAM, "%s %s", call, s->thread ? "of a session that is running" : "in a callback of the session");
	else
		session_of(s);
	return !PyErr_Occurred();
}

PyObject *session_run(PyObject *self, PyObject *args, PyObject *kwargs)
{
	Session *s = (Session *)self;
	static char *names[] = {"timeout", NULL};
	PyObject *timeout = Py_None;
	u64 us;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:run", names, &timeout) || !read_timeout(timeout, &us) ||
		!may_run(s, "run()"))
		return NULL;
	set_deadline(s, us);
	run_with(s, gf_fs_run, s->blocking);
	return PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

PyObject *session_run_slice(PyObject *self, PyObject *none)
{
	(void)none;
	Session *s = (Session *)self;
	if (!may_run(s, "run_slice()"))
		return NULL;
	GF_Err e = run_with(s, gf_fs_run_slice, GF_FALSE);
	return PyErr_Occurred() ? NULL : PyBool_FromLong(e == GF_OK);
}

PyObject *session_fileno(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterSession *fs = session_of((Session *)self);
	int fd = fs ? gf_fs_get_fd(fs) : -1;
	if (fs && fd < 0)
		return native_raise(GF_IO_ERR, "fileno: the session can have no descriptor");
	return fs ? PyLong_FromLong(fd) : NULL;
}

PyObject *session_abort(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"flush", NULL};
	PyObject *flush = NULL;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:abort", names, &flush))
		return NULL;
	// Other bindings export GF_FS_FLUSH_NONE as a tuple.
	if (flush && PyTuple_Check(flush) && PyTuple_Size(flush) == 1)
		flush = PyTuple_GetItem(flush, 0);
	long kind = flush ? PyLong_AsLong(flush) : GF_FS_FLUSH_NONE;
	if (PyErr_Occurred())
		return NULL;
	if (kind < GF_FS_FLUSH_NONE || kind > GF_FS_FLUSH_FAST)
		return native_raise(GF_BAD_PARAM, "abort: %ld is not a kind of flush", kind);
	GF_FilterSession *fs = session_of((Session *)self);
	if (!fs)
		return NULL;
	GF_Err e = gf_fs_abort(fs, (GF_FSFlushType)kind);
	if (e < 0)
		return native_raise_err(e, "Failed to abort session");
	Py_RETURN_NONE;
}

PyObject *session_run_async(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"timeout", NULL};
	PyObject *timeout = Py_None;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:run_async", names, &timeout) || !session_of((Session *)self))
		return NULL;
	PyObject *m = PyImport_ImportModule("libgpac.aio");
	PyObject *res = m ? PyObject_CallMethod(m, "run", "OO", self, timeout) : NULL;
	Py_XDECREF(m);
	return res;
}
