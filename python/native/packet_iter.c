// SPDX-License-Identifier: MIT
// Iteration over the pending packets of an input PID. Each is dropped when the next is asked for.
#include "native.h"

typedef struct {
	PyObject_HEAD Pid *pid; // counted; NULL at the end
} PacketIter;

PyObject *packet_iter_new(Pid *pid)
{
	PyTypeObject *type = native_state()->packet_iter_type;
	allocfunc alloc = PyType_GetSlot(type, Py_tp_alloc);
	PacketIter *it = (PacketIter *)alloc(type, 0);
	if (it)
		it->pid = (Pid *)Py_NewRef((PyObject *)pid);
	return (PyObject *)it;
}

static PyObject *iter_next(PyObject *self)
{
	PacketIter *it = (PacketIter *)self;
	PyObject *pck = it->pid ? pid_next_packet(it->pid) : NULL;
	if (!pck)
		Py_CLEAR(it->pid);
	return pck;
}

static int iter_traverse(PyObject *self, visitproc visit, void *arg)
{
	Py_VISIT(Py_TYPE(self));
	Py_VISIT(((PacketIter *)self)->pid);
	return 0;
}

static int iter_clear(PyObject *self)
{
	Py_CLEAR(((PacketIter *)self)->pid);
	return 0;
}

static void iter_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);
	PyObject_GC_UnTrack(self);
	iter_clear(self);
	PyObject_GC_Del(self);
	Py_DECREF(type);
}

static PyType_Slot iter_slots[] = {
	{Py_tp_doc, "Iterator over the pending packets of a PID."},
	{Py_tp_dealloc, iter_dealloc},
	{Py_tp_traverse, iter_traverse},
	{Py_tp_clear, iter_clear},
	{Py_tp_iter, PyObject_SelfIter},
	{Py_tp_iternext, iter_next},
	{0, NULL},
};

static PyType_Spec iter_spec = {"libgpac.PacketIterator", sizeof(PacketIter), 0,
	Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, iter_slots};

PyTypeObject *packet_iter_make_type(PyObject *module)
{
	return (PyTypeObject *)PyType_FromModuleAndSpec(module, &iter_spec, NULL);
}
