// SPDX-License-Identifier: MIT
// The end of sessions: delete(), close(), the exit of the interpreter, fork().
#include "native.h"
#include <pythread.h>

Bool session_usable(Session *s, const char *call)
{
	if (s->forked)
		native_raise(GF_BAD_PARAM, "FilterSession no longer valid: it belongs to the process that called fork()");
	else if (s->thread && s->thread != PyThread_get_thread_ident())
		native_raise(GF_BAD_PARAM, "%s: the session runs in another thread; post a task that does it", call);
	else
		return GF_TRUE;
	return GF_FALSE;
}

static void forget_all_filters(Session *s)
{
	PyObject *all = s->filters ? PyDict_Values(s->filters) : NULL;
	Py_ssize_t nb = all ? PyList_Size(all) : 0;
	for (Py_ssize_t i = 0; i < nb; i++)
		filter_gone((Filter *)PyList_GetItem(all, i));
	Py_XDECREF(all);
	if (s->filters)
		PyDict_Clear(s->filters);
}

static void leave_state(Session *s)
{
	PyList_SetSlice(s->files, 0, PyList_Size(s->files), NULL);
	if (s->next)
		s->next->prev = s->prev;
	if (s->prev)
		s->prev->next = s->next;
	else
		native_state()->sessions = s->next;
	s->next = s->prev = NULL;
}

int session_delete(Session *s)
{
	GF_FilterSession *fs = s->fs;
	if (!fs)
		return 0;
	if (s->thread || s->busy) {
		native_raise(GF_BAD_PARAM, s->thread ? "delete() while the session runs; use abort()"
											 : "delete() in a callback of the session");
		return -1;
	}
	s->busy++;
	tasks_cut(s);
	s->fs = NULL; // from here on nothing new is made
	while (s->packets)
		packet_gone(s->packets);
	if (!s->forked) {
		gf_fs_hold(fs);
		Py_BEGIN_ALLOW_THREADS gf_fs_del(fs);
		Py_END_ALLOW_THREADS while (s->packets) // received by callbacks meanwhile
			packet_gone(s->packets);
		gf_fs_release(fs);
	}
	tasks_free(s);
	packet_free_kept(s);
	forget_all_filters(s);
	leave_state(s);
	s->busy--;
	return session_check(s);
}

static Bool any_in_use(State *st)
{
	for (Session *s = st->sessions; s; s = s->next) {
		if (s->thread || s->busy)
			return GF_TRUE;
	}
	return GF_FALSE;
}

PyObject *delete_sessions(PyObject *self, PyObject *none)
{
	(void)none;
	(void)self;
	State *st = native_state();
	if (any_in_use(st))
		return native_raise(GF_BAD_PARAM, "close() while a session runs; use abort()");
	while (st->sessions) {
		Session *s = st->sessions;
		Py_INCREF((PyObject *)s);
		if (session_delete(s) < 0)
			PyErr_WriteUnraisable((PyObject *)s);
		Py_DECREF((PyObject *)s);
	}
	Py_RETURN_NONE;
}

// Daemon threads may still run sessions: these are aborted, and left alone when their callbacks do not return.
PyObject *shut_down(PyObject *self, PyObject *none)
{
	(void)self;
	State *st = native_state();
	for (Session *s = st->sessions; s; s = s->next) {
		if (s->thread)
			gf_fs_abort(s->fs, GF_FS_FLUSH_NONE);
	}
	for (u32 i = 0; i < 50 && any_in_use(st); i++) {
		Py_BEGIN_ALLOW_THREADS gf_sleep(20);
		Py_END_ALLOW_THREADS
	}
	if (any_in_use(st))
		Py_RETURN_FALSE;
	PyObject *done = delete_sessions(self, none);
	Py_XDECREF(done);
	return done ? Py_NewRef(Py_True) : NULL;
}

// In the child of a fork: files, descriptors and threads of sessions belong to the parent, so nothing of them is
// used or closed here. A run() that the child is inside of ends.
PyObject *after_fork(PyObject *self, PyObject *none)
{
	(void)self;
	(void)none;
	for (Session *s = native_state()->sessions; s; s = s->next) {
		s->forked = GF_TRUE;
		if (s->thread && s->thread != PyThread_get_thread_ident()) {
			s->thread = 0; // of a thread that is not in this process
			s->busy = 0;
		}
		if (s->thread) {
			session_usable(s, "run");
			session_fail(s);
		}
	}
	Py_RETURN_NONE;
}
