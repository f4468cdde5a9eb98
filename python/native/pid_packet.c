// SPDX-License-Identifier: MIT
// Packets of PIDs: fetching those of inputs, making those of outputs.
#include "native.h"
#include "pid.h"

// The packet fetched last is still the first of the queue: a stop or a seek may have emptied it meanwhile.
static Bool current_is_first(const Pid *p)
{
	return p->current && gf_filter_pid_is_first_packet(p->pid, p->current->pck);
}

static Packet *fetch(Pid *p)
{
	GF_FilterPacket *head = gf_filter_pid_get_packet(p->pid);
	if (!p->pid)
		head = NULL; // removed by a callback
	if (head && current_is_first(p))
		return (Packet *)Py_NewRef((PyObject *)p->current);
	pid_leave_current(p);
	if (head)
		p->current = packet_wrap(p->filter->session, p, gf_filter_pck_ref_ex(head), PACKET_SOURCE);
	return (Packet *)Py_XNewRef((PyObject *)p->current);
}

static void drop(Pid *p)
{
	if (current_is_first(p))
		gf_filter_pid_drop_packet(p->pid);
	pid_leave_current(p);
}

PyObject *pid_get_packet(PyObject *self, PyObject *none)
{
	(void)none;
	if (!pid_input(self, "get_packet"))
		return NULL;
	PyObject *pck = (PyObject *)fetch((Pid *)self);
	return pck || PyErr_Occurred() ? pck : Py_NewRef(Py_None);
}

PyObject *pid_drop_packet(PyObject *self, PyObject *none)
{
	(void)none;
	if (!pid_working((Pid *)self))
		return NULL;
	drop((Pid *)self); // which has nothing to drop when it is an output
	Py_RETURN_NONE;
}

PyObject *pid_next_packet(Pid *p)
{
	if (!pid_input((PyObject *)p, "iteration"))
		return NULL;
	drop(p);
	return p->pid ? (PyObject *)fetch(p) : NULL;
}

PyObject *pid_next_packet_or_none(PyObject *self, PyObject *none)
{
	(void)none;
	PyObject *pck = pid_next_packet((Pid *)self);
	return pck || PyErr_Occurred() ? pck : Py_NewRef(Py_None);
}

PyObject *pid_iter(PyObject *self)
{
	return pid_input(self, "iteration") ? packet_iter_new((Pid *)self) : NULL;
}

PyObject *pid_aiter(PyObject *self)
{
	if (!pid_input(self, "iteration"))
		return NULL;
	PyObject *m = PyImport_ImportModule("libgpac.aio");
	PyObject *res = m ? PyObject_CallMethod(m, "packets", "O", self) : NULL;
	Py_XDECREF(m);
	return res;
}

static Packet *packet_argument(PyObject *self, PyObject *arg, const char *member)
{
	if (arg == Py_None) {
		native_raise(GF_BAD_PARAM, "NULL input packet in %s !", member);
		return NULL;
	}
	if (!PyObject_TypeCheck(arg, native_state()->packet_type)) {
		PyErr_Format(PyExc_TypeError, "%s: a FilterPacket is needed, not %R", member, Py_TYPE(arg));
		return NULL;
	}
	Packet *p = (Packet *)arg;
	if (!packet_of(p))
		return NULL;
	if (p->session != ((Pid *)self)->filter->session) {
		native_raise(GF_BAD_PARAM, "%s: the packet is of another session", member);
		return NULL;
	}
	return p;
}

// Wraps a new packet, None for NULL.
static PyObject *output_packet(PyObject *self, GF_FilterPacket *pck)
{
	if (!pck)
		Py_RETURN_NONE;
	return (PyObject *)packet_wrap(((Pid *)self)->filter->session, (Pid *)self, pck, PACKET_OUTPUT);
}

PyObject *pid_forward(PyObject *self, PyObject *arg)
{
	GF_FilterPid *pid = pid_output(self, "Cannot copy properties on input PID");
	if (!pid)
		return NULL;
	if (arg == Py_None)
		Py_RETURN_NONE;
	Packet *src = packet_argument(self, arg, "forward");
	if (!src)
		return NULL;
	GF_Err e = gf_filter_pck_forward(src->pck, pid);
	if (e < 0)
		return native_raise_err(e, "Cannot forward packet");
	Py_RETURN_NONE;
}

PyObject *pid_new_pck(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"size", NULL};
	ArgU32 size = {"new_pck: size", 0};
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O&:new_pck", names, arg_u32, &size))
		return NULL;
	GF_FilterPid *pid = pid_output(self, "new_pck: only for output PIDs, this is an input PID");
	if (!pid)
		return NULL;
	u8 *data;
	return output_packet(self, gf_filter_pck_new_alloc(pid, size.v, &data));
}

PyObject *pid_new_pck_ref(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"ipck", "size", "offset", NULL};
	PyObject *arg;
	ArgU32 size = {"new_pck_ref: size", 0}, offset = {"new_pck_ref: offset", 0};
	if (!PyArg_ParseTupleAndKeywords(
			args, kwargs, "O|O&O&:new_pck_ref", names, &arg, arg_u32, &size, arg_u32, &offset))
		return NULL;
	GF_FilterPid *pid = pid_output(self, "new_pck_ref: only for output PIDs, this is an input PID");
	Packet *src = pid ? packet_argument(self, arg, "new_pck_ref") : NULL;
	if (!src)
		return NULL;
	PyObject *res = output_packet(self, gf_filter_pck_new_ref(pid, offset.v, size.v, src->pck));
	if (res && res != Py_None)
		((Packet *)res)->by_reference = GF_TRUE;
	return res;
}

PyObject *pid_new_pck_copy(PyObject *self, PyObject *arg)
{
	GF_FilterPid *pid = pid_output(self, "new_pck_copy: only for output PIDs, this is an input PID");
	Packet *src = pid ? packet_argument(self, arg, "new_pck_copy") : NULL;
	u8 *data;
	return src ? output_packet(self, gf_filter_pck_new_copy(pid, src->pck, &data)) : NULL;
}

PyObject *pid_new_pck_clone(PyObject *self, PyObject *arg)
{
	GF_FilterPid *pid = pid_output(self, "new_pck_clone: only for output PIDs, this is an input PID");
	Packet *src = pid ? packet_argument(self, arg, "new_pck_clone") : NULL;
	if (!src)
		return NULL;
	// The count of the Python object must not pass for another user of the memory.
	Pid *from = src->pid;
	Bool alone = src->kind == PACKET_SOURCE && !src->nb_refs && from && from->pid && from->current == src &&
				 current_is_first(from);
	if (alone)
		gf_filter_pck_unref(src->pck);
	u8 *data;
	GF_FilterPacket *pck = gf_filter_pck_new_clone(pid, src->pck, &data);
	if (alone)
		gf_filter_pck_ref_ex(src->pck);
	return output_packet(self, pck);
}

PyObject *pid_new_pck_shared(PyObject *self, PyObject *data)
{
	if (!pid_output(self, "new_pck_shared: only for output PIDs, this is an input PID"))
		return NULL;
	return packet_new_shared((Pid *)self, data);
}
