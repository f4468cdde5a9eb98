// SPDX-License-Identifier: MIT
// Views of packet memory. A view holds the packet, so that it never shows memory of another one; it holds
// what remains of a deleted session, too.
#include "native.h"

typedef struct {
	PyObject_HEAD GF_FilterSession *fs; // held
	GF_FilterPacket *pck;               // counted
	u8 *data;
	u32 size;
	Bool writable;
} Memory;

static int get_buffer(PyObject *self, Py_buffer *view, int flags)
{
	Memory *m = (Memory *)self;
	return PyBuffer_FillInfo(view, self, m->data, m->size, !m->writable, flags);
}

static void memory_dealloc(PyObject *self)
{
	Memory *m = (Memory *)self;
	PyTypeObject *type = Py_TYPE(self);
	if (m->pck) {
		gf_filter_pck_unref(m->pck);
		gf_fs_release(m->fs);
	}
	((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
	Py_DECREF(type);
}

static PyObject *memory_repr(PyObject *self)
{
	return PyUnicode_FromFormat("<memory of a packet, %u bytes>", ((Memory *)self)->size);
}

PyObject *memory_view(PyObject *buffer)
{
	PyObject *view = PyMemoryView_FromObject(buffer);
	PyObject *bytes = view ? PyObject_CallMethod(view, "cast", "s", "B") : NULL;
	Py_XDECREF(view);
	State *st = native_state();
	if (!bytes || !numpy_found(st))
		return bytes;
	PyObject *res = numpy_from_buffer(st, bytes, PyObject_Length(bytes));
	Py_DECREF(bytes);
	return res;
}

// Memory behind a destructor of its producer may go with the session.
static Bool goes_with_session(GF_FilterPacket *pck)
{
	const GF_FilterFrameInterface *ifce = gf_filter_pck_get_frame_interface(pck);
	return ifce ? !(ifce->flags & GF_FRAME_IFCE_INDEPENDENT) : gf_filter_pck_is_blocking_ref(pck);
}

// A copy is shown of such memory.
static PyObject *copied(const u8 *data, u32 size)
{
	PyObject *bytes = PyBytes_FromStringAndSize((const char *)data, size);
	PyObject *res = bytes ? memory_view(bytes) : NULL;
	Py_XDECREF(bytes);
	return res;
}

PyObject *memory_of_packet(Session *s, GF_FilterPacket *pck, const u8 *data, u32 size, Bool writable)
{
	if (!s->fs)
		return (PyObject *)session_of(s);
	if (!writable && goes_with_session(pck))
		return copied(data, size);
	State *st = native_state();
	allocfunc alloc = PyType_GetSlot(st->memory_type, Py_tp_alloc);
	Memory *m = (Memory *)alloc(st->memory_type, 0);
	if (!m)
		return NULL;
	m->fs = gf_fs_hold(s->fs);
	m->pck = gf_filter_pck_ref_ex(pck);
	m->data = (u8 *)data;
	m->size = size;
	m->writable = writable;
	PyObject *view = numpy_found(st) ? numpy_from_memory(st, (PyObject *)m, data, size, writable)
									 : PyMemoryView_FromObject((PyObject *)m);
	Py_DECREF(m);
	return view;
}

static PyType_Slot memory_slots[] = {
	{Py_tp_doc, "Memory of a packet."},
	{Py_tp_dealloc, memory_dealloc},
	{Py_tp_repr, memory_repr},
	{Py_bf_getbuffer, get_buffer},
	{0, NULL},
};

static PyType_Spec memory_spec = {"libgpac.PacketMemory", sizeof(Memory), 0,
	Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, memory_slots};

PyTypeObject *memory_make_type(PyObject *module)
{
	return (PyTypeObject *)PyType_FromModuleAndSpec(module, &memory_spec, NULL);
}
