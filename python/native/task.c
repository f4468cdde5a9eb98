// SPDX-License-Identifier: MIT
// FilterTask, and the tasks posted in a session.
#include "native.h"
#include "task_doc.h"

// What the engine holds of a posted task. It outlives the task: the engine may still have it queued when the
// session is aborted.
struct task_record {
	Session *session; // not counted: records are freed with the native session
	PyObject *task;   // NULL once ended
	TaskRecord *next;
};

typedef struct {
	PyObject_HEAD PyObject *dict, *weakrefs;
	PyObject *name, *session;
} Task;

// ---- records

static void end_task(TaskRecord *r)
{
	PyObject *task = r->task;
	if (!task)
		return;
	Session *s = r->session;
	r->task = NULL;
	s->busy++; // neither the attribute nor the end of the task may delete it, and the records with it
	if (PyObject_SetAttrString(task, "session", Py_None) < 0)
		PyErr_WriteUnraisable(task);
	Py_DECREF(task);
	s->busy--;
}

void tasks_cut(Session *s)
{
	for (TaskRecord *r = s->tasks; r; r = r->next)
		end_task(r);
}

void tasks_free(Session *s)
{
	tasks_cut(s);
	while (s->tasks) {
		TaskRecord *r = s->tasks;
		s->tasks = r->next;
		gf_free(r);
	}
}

int tasks_traverse(Session *s, visitproc visit, void *arg)
{
	for (TaskRecord *r = s->tasks; r; r = r->next)
		Py_VISIT(r->task);
	return 0;
}

static void free_record(TaskRecord *gone)
{
	TaskRecord **place = &gone->session->tasks;
	while (*place != gone)
		place = &(*place)->next;
	*place = gone->next;
	gf_free(gone);
}

static Bool execute(GF_FilterSession *fs, void *udta, u32 *reschedule_ms)
{
	TaskRecord *r = udta;
	PyGILState_STATE gil = PyGILState_Ensure();
	int again = -1;
	if (r->task) {
		PyObject *task = Py_NewRef(r->task);
		r->session->busy++;
		PyObject *res = PyObject_CallMethod(task, "execute", NULL);
		if (!result_code(res, -1, &again)) {
			again = -1;
			session_fail(r->session);
		}
		Py_XDECREF(res);
		r->session->busy--;
		Py_DECREF(task);
	}
	Bool more = again >= 0 && r->task && !gf_fs_in_final_flush(fs);
	if (more) {
		*reschedule_ms = (u32)again;
	} else {
		end_task(r);
		free_record(r);
	}
	PyGILState_Release(gil);
	return more;
}

static Bool is_posted(PyObject *task)
{
	for (Session *s = native_state()->sessions; s; s = s->next) {
		for (TaskRecord *r = s->tasks; r; r = r->next) {
			if (r->task == task)
				return GF_TRUE;
		}
	}
	return GF_FALSE;
}

static PyObject *post_named(Session *s, PyObject *task, PyObject *name)
{
	if (is_posted(task))
		return native_raise_err(GF_BAD_PARAM, "Failed to post task %S: it is posted already", name);
	TaskRecord *r = gf_calloc(1, sizeof(TaskRecord));
	if (!r)
		return PyErr_NoMemory();
	if (PyObject_SetAttrString(task, "session", (PyObject *)s) < 0) {
		gf_free(r);
		return NULL;
	}
	*r = (TaskRecord){.session = s, .task = Py_NewRef(task), .next = s->tasks};
	s->tasks = r;
	GF_Err e = gf_fs_post_user_task(s->fs, execute, r, "Python task");
	if (e == GF_OK)
		Py_RETURN_NONE;
	end_task(r);
	free_record(r);
	return native_raise_err(e, "Failed to post task %S", name);
}

PyObject *session_post(Session *s, PyObject *task)
{
	PyObject *name = PyObject_GetAttrString(task, "name");
	PyObject *method = name ? PyObject_GetAttrString(task, "execute") : NULL;
	PyObject *res = NULL;
	if (method)
		res = post_named(s, task, name);
	else if (PyErr_ExceptionMatches(PyExc_AttributeError))
		PyErr_Format(PyExc_TypeError, "post: a FilterTask, or an object with name and execute, is needed, not %R",
			Py_TYPE(task));
	Py_XDECREF(method);
	Py_XDECREF(name);
	return res;
}

PyObject *session_rem_task(Session *s, PyObject *task)
{
	for (TaskRecord *r = s->tasks; r; r = r->next) {
		if (r->task == task) {
			end_task(r);
			break;
		}
	}
	Py_RETURN_NONE;
}

// ---- FilterTask

static int task_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
	Task *t = (Task *)self;
	static char *names[] = {"name", NULL};
	PyObject *name;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:FilterTask", names, &name))
		return -1;
	Py_XDECREF(t->name);
	t->name = Py_NewRef(name);
	return 0;
}

static PyObject *task_execute(PyObject *self, PyObject *none)
{
	(void)self;
	(void)none;
	return PyLong_FromLong(-1);
}

static int task_traverse(PyObject *self, visitproc visit, void *arg)
{
	Task *t = (Task *)self;
	Py_VISIT(Py_TYPE(self));
	Py_VISIT(t->dict);
	Py_VISIT(t->name);
	Py_VISIT(t->session);
	return 0;
}

static int task_clear(PyObject *self)
{
	Task *t = (Task *)self;
	Py_CLEAR(t->dict);
	Py_CLEAR(t->name);
	Py_CLEAR(t->session);
	return 0;
}

static void task_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);
	PyObject_GC_UnTrack(self);
	if (((Task *)self)->weakrefs)
		PyObject_ClearWeakRefs(self);
	task_clear(self);
	((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
	Py_DECREF(type);
}

static PyObject *task_repr(PyObject *self)
{
	Task *t = (Task *)self;
	Bool posted = t->session && t->session != Py_None;
	return PyUnicode_FromFormat("<FilterTask %R%s>", t->name ? t->name : Py_None, posted ? ", posted" : "");
}

static PyMethodDef task_methods[] = {
	{"execute", task_execute, METH_NOARGS, doc_execute},
	{NULL, NULL, 0, NULL},
};

static PyMemberDef task_members[] = {
	{"name", T_OBJECT, offsetof(Task, name), 0, doc_name},
	{"session", T_OBJECT, offsetof(Task, session), 0, doc_session},
	NATIVE_DICT_MEMBERS(Task),
	{NULL, 0, 0, 0, NULL},
};

static PyType_Slot task_slots[] = {
	{Py_tp_doc, (void *)doc_type},
	{Py_tp_init, task_init},
	{Py_tp_new, PyType_GenericNew},
	{Py_tp_dealloc, task_dealloc},
	{Py_tp_traverse, task_traverse},
	{Py_tp_clear, task_clear},
	{Py_tp_repr, task_repr},
	{Py_tp_methods, task_methods},
	{Py_tp_members, task_members},
	{0, NULL},
};

static PyType_Spec task_spec = {"libgpac.FilterTask", sizeof(Task), 0, NATIVE_TYPE_FLAGS, task_slots};

PyTypeObject *task_make_type(PyObject *module)
{
	return (PyTypeObject *)PyType_FromModuleAndSpec(module, &task_spec, NULL);
}
