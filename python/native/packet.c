// SPDX-License-Identifier: MIT
// FilterPacket: packets received, made or cloned by Python filters. Its attributes are in packet_attr.c.
#include "native.h"
#include "packet_doc.h"

GF_FilterPacket *packet_of(Packet *p)
{
	if (!p->pck)
		native_raise(GF_BAD_PARAM, "packet no longer valid: it was dropped, sent or discarded");
	return p->pck;
}

// ---- objects, which are used again: making one takes longer than all it does for a packet

#define MAX_FREE_PACKETS 32

static Packet *new_object(Session *s)
{
	PyTypeObject *type = native_state()->packet_type;
	Packet *p = s->free_packets;
	if (!p) {
		allocfunc alloc = PyType_GetSlot(type, Py_tp_alloc);
		return (Packet *)alloc(type, 0);
	}
	s->free_packets = p->next;
	s->nb_free_packets--;
	p->next = NULL;
	PyObject_Init((PyObject *)p, type);
	PyObject_GC_Track(p);
	return p;
}

// Keeps a dead object for the session `s`, NULL when the garbage collector took that before, or frees it.
static void free_object(Packet *p, Session *s)
{
	if (!s || !s->fs || s->nb_free_packets >= MAX_FREE_PACKETS) {
		PyObject_GC_Del(p);
		return;
	}
	memset((u8 *)p + sizeof(PyObject), 0, sizeof(Packet) - sizeof(PyObject));
	p->next = s->free_packets;
	s->free_packets = p;
	s->nb_free_packets++;
}

void packet_free_kept(Session *s)
{
	while (s->free_packets) {
		Packet *next = s->free_packets->next;
		PyObject_GC_Del(s->free_packets);
		s->free_packets = next;
	}
	s->nb_free_packets = 0;
}

Packet *packet_wrap(Session *s, Pid *pid, GF_FilterPacket *pck, PacketKind kind)
{
	Packet *p = new_object(s);
	if (!p) {
		gf_filter_pck_unref(pck);
		return NULL;
	}
	p->kind = kind;
	p->pck = pck;
	p->session = (Session *)Py_NewRef((PyObject *)s);
	p->pid = (Pid *)Py_XNewRef((PyObject *)pid);
	p->next = s->packets;
	if (p->next)
		p->next->prev = p;
	s->packets = p;
	return p;
}

// Leaves the list of packets that hold native memory; the native packet is now somebody else's.
static GF_FilterPacket *take(Packet *p)
{
	GF_FilterPacket *pck = p->pck;
	p->pck = NULL;
	if (p->next)
		p->next->prev = p->prev;
	if (p->prev)
		p->prev->next = p->next;
	else if (p->session->packets == p)
		p->session->packets = p->next;
	p->next = p->prev = NULL;
	return pck;
}

// From now on the packet is found by its address when the engine releases it.
static void keep_shared(Packet *p, GF_FilterPacket *pck)
{
	PyObject *key = PyLong_FromVoidPtr(pck);
	if (!key || PyDict_SetItem(p->session->shared, key, (PyObject *)p) < 0)
		PyErr_WriteUnraisable((PyObject *)p);
	Py_XDECREF(key);
}

static Packet *find_shared(GF_FilterPacket *pck)
{
	PyObject *key = PyLong_FromVoidPtr(pck);
	Packet *found = NULL;
	for (Session *s = native_state()->sessions; s && key && !found; s = s->next) {
		found = (Packet *)PyDict_GetItem(s->shared, key);
		if (found) {
			Py_INCREF((PyObject *)found);
			PyDict_DelItem(s->shared, key);
		}
	}
	Py_XDECREF(key);
	return found;
}

void packet_gone(Packet *p)
{
	if (!p->pck)
		return;
	if (p->shared)
		keep_shared(p, p->pck);
	if (p->kind == PACKET_OUTPUT)
		gf_filter_pck_discard(take(p));
	else
		gf_filter_pck_unref(take(p));
}

static Packet *unsent_of(Filter *f)
{
	Packet *p = f->session->packets;
	while (p && !(p->kind == PACKET_OUTPUT && p->pid->filter == f))
		p = p->next;
	return p;
}

void packets_of_filter_gone(Filter *f)
{
	for (Packet *p = unsent_of(f); p; p = unsent_of(f))
		packet_gone(p);
}

// The packet left its queue: the object stays usable while ref() holds it.
void packet_dropped(Packet *p)
{
	if (!p->nb_refs)
		packet_gone(p);
}

// ---- shared memory

static void release_shared(GF_Filter *filter, GF_FilterPid *native, GF_FilterPacket *pck)
{
	(void)filter;
	(void)native;
	PyGILState_STATE gil = PyGILState_Ensure();
	PyObject *type, *exc, *trace; // of the code that released the packet
	PyErr_Fetch(&type, &exc, &trace);
	Packet *p = find_shared(pck);
	if (p) {
		Session *s = p->session;
		s->busy++;
		PyObject *res = PyObject_CallMethod((PyObject *)p->pid->filter, "packet_release", "OO", p->pid, p);
		Py_XDECREF(res);
		session_fail(s);
		PyBuffer_Release(&p->shared_view);
		Py_CLEAR(p->shared);
		s->busy--;
		Py_DECREF((PyObject *)p);
	}
	PyErr_Restore(type, exc, trace);
	PyGILState_Release(gil);
}

PyObject *packet_new_shared(Pid *pid, PyObject *data)
{
	Session *s = pid->filter->session;
	PyObject *release = PyObject_GetAttrString((PyObject *)pid->filter, "packet_release");
	if (!release) {
		PyErr_Clear();
		return native_raise(GF_BAD_PARAM, "Filter %s has no packet_release callback function defined",
			gf_filter_get_name(pid->filter->filter));
	}
	Py_DECREF(release);
	if (!PyObject_CheckBuffer(data))
		return native_raise(GF_BAD_PARAM, "Unknown data reference class %R", Py_TYPE(data));
	Py_buffer view;
	if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0)
		return NULL;
	Bool readonly = view.readonly ? GF_TRUE : GF_FALSE;
	GF_FilterPacket *pck = view.len <= 0xffffffffLL
							   ? gf_filter_pck_new_shared(pid->pid, view.buf, (u32)view.len, release_shared)
							   : NULL;
	if (!pck) {
		PyBuffer_Release(&view);
		Py_RETURN_NONE;
	}
	if (readonly)
		gf_filter_pck_set_readonly(pck);
	Packet *p = packet_wrap(s, pid, pck, PACKET_OUTPUT);
	if (!p) {
		PyBuffer_Release(&view);
		return NULL;
	}
	p->shared = Py_NewRef(data);
	p->shared_view = view;
	return (PyObject *)p;
}

// ---- properties

static const GF_PropertyValue *next_prop_of_packet(void *pck, u32 *idx, u32 *code, const char **name)
{
	return gf_filter_pck_enum_properties(pck, idx, code, name);
}

static PyObject *enum_props(PyObject *self, PyObject *callback)
{
	GF_FilterPacket *pck = packet_of((Packet *)self);
	PyObject *method = pck ? PyObject_GetAttrString(callback, "on_prop_enum") : NULL;
	if (!method) {
		if (!pck)
			return NULL;
		PyErr_Clear();
		Py_RETURN_NONE;
	}
	PyObject *res = props_enumerate(pck, next_prop_of_packet, method);
	Py_DECREF(method);
	return res;
}

static PyObject *props(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterPacket *pck = packet_of((Packet *)self);
	return pck ? props_dict(pck, next_prop_of_packet) : NULL;
}

typedef struct {
	const GF_PropertyValue *(*by_code)(GF_FilterPacket *, u32);
	const GF_PropertyValue *(*by_name)(GF_FilterPacket *, const char *);
} ReadCall;

static PyObject *read_value(PyObject *self, PyObject *key, const ReadCall *call)
{
	GF_FilterPacket *pck = packet_of((Packet *)self);
	u32 code;
	const char *name = NULL;
	if (!pck || !prop_code(key, &code, &name))
		return NULL;
	const GF_PropertyValue *v = name ? call->by_name(pck, name) : call->by_code(pck, code);
	return v ? prop_to_python(code, v) : Py_NewRef(Py_None);
}

static PyObject *get_prop(PyObject *self, PyObject *key)
{
	static const ReadCall call = {gf_filter_pck_get_property, gf_filter_pck_get_property_str};
	return read_value(self, key, &call);
}

static PyObject *get_pid_prop(PyObject *self, PyObject *key)
{
	static const ReadCall call = {gf_filter_pck_get_pid_property, gf_filter_pck_get_pid_property_str};
	return read_value(self, key, &call);
}

static GF_FilterPacket *own_packet(PyObject *self, const char *text)
{
	Packet *p = (Packet *)self;
	GF_FilterPacket *pck = packet_of(p);
	if (pck && p->kind == PACKET_SOURCE) {
		native_raise(GF_BAD_PARAM, "%s", text);
		return NULL;
	}
	return pck;
}

static PyObject *set_prop(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static const char refusal[] = "Cannot copy properties on source packet";
	PropSetting p;
	if (!own_packet(self, refusal) || !prop_setting_parse(args, kwargs, "set_prop", &p))
		return NULL;
	GF_FilterPacket *pck = own_packet(self, refusal); // the value may have run code that sent it
	GF_Err e = GF_OK;
	if (pck)
		e = p.name ? gf_filter_pck_set_property_dyn(pck, (char *)p.name, p.value)
				   : gf_filter_pck_set_property(pck, p.code, p.value);
	return prop_setting_done(&p, e, "set property");
}

static PyObject *copy_props(PyObject *self, PyObject *other)
{
	GF_FilterPacket *pck = own_packet(self, "Cannot copy properties on source packet");
	if (!pck)
		return NULL;
	if (other == Py_None)
		Py_RETURN_NONE;
	if (!PyObject_TypeCheck(other, native_state()->packet_type)) {
		PyErr_SetString(PyExc_TypeError, "copy_props: a FilterPacket is needed");
		return NULL;
	}
	GF_FilterPacket *src = packet_of((Packet *)other);
	if (!src)
		return NULL;
	if (((Packet *)other)->session != ((Packet *)self)->session)
		return native_raise(GF_BAD_PARAM, "copy_props: the packet is of another session");
	GF_Err e = gf_filter_pck_merge_properties(src, pck);
	if (e < 0)
		return native_raise_err(e, "Cannot copy properties");
	Py_RETURN_NONE;
}

// ---- life

static PyObject *packet_ref_call(PyObject *self, PyObject *none)
{
	(void)none;
	if (!packet_of((Packet *)self))
		return NULL;
	((Packet *)self)->nb_refs++;
	Py_RETURN_NONE;
}

static PyObject *packet_unref_call(PyObject *self, PyObject *none)
{
	(void)none;
	Packet *p = (Packet *)self;
	if (!packet_of(p))
		return NULL;
	if (!p->nb_refs)
		return native_raise(GF_BAD_PARAM, "unref() without ref()");
	// Packets still at the head of their queue, not sent yet or cloned stay valid without reference.
	if (!--p->nb_refs && p->kind == PACKET_SOURCE && (!p->pid || p->pid->current != p))
		packet_gone(p);
	Py_RETURN_NONE;
}

static PyObject *send(PyObject *self, PyObject *none)
{
	(void)none;
	Packet *p = (Packet *)self;
	GF_FilterPacket *pck = own_packet(self, "Cannot send on source packet");
	if (!pck)
		return NULL;
	if (p->kind == PACKET_CLONE)
		return native_raise(
			GF_BAD_PARAM, "Cannot send a clone, which belongs to no PID: use forward() or new_pck_copy()");
	if (!pid_of(p->pid))
		return NULL;
	if (p->shared)
		keep_shared(p, pck);
	GF_Err e = gf_filter_pck_send(take(p));
	if (e < 0)
		return native_raise_err(e, "Failed to send packet");
	Py_RETURN_NONE;
}

static PyObject *discard(PyObject *self, PyObject *none)
{
	(void)none;
	if (!own_packet(self, "Cannot discard on source packet"))
		return NULL;
	packet_gone((Packet *)self);
	Py_RETURN_NONE;
}

static PyObject *set_readonly(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterPacket *pck = own_packet(self, "Cannot set readonly on source packet");
	if (!pck)
		return NULL;
	gf_filter_pck_set_readonly(pck);
	Py_RETURN_NONE;
}

static PyObject *truncate_to(PyObject *self, PyObject *arg)
{
	ArgU32 size = {"truncate: size", 0};
	GF_FilterPacket *pck = arg_u32(arg, &size) ? own_packet(self, "Cannot truncate an source packet") : NULL;
	if (!pck)
		return NULL;
	gf_filter_pck_truncate(pck, size.v);
	Py_RETURN_NONE;
}

static PyObject *clone(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"cached_pck", NULL};
	PyObject *cached = Py_None;
	Packet *p = (Packet *)self;
	GF_FilterPacket *pck = packet_of(p);
	if (!pck || !PyArg_ParseTupleAndKeywords(args, kwargs, "|O:clone", names, &cached))
		return NULL;
	if (p->kind != PACKET_SOURCE)
		Py_RETURN_NONE;
	GF_FilterPacket *old = NULL;
	if (cached != Py_None) {
		if (!PyObject_TypeCheck(cached, native_state()->packet_type) ||
			((Packet *)cached)->kind != PACKET_CLONE) {
			PyErr_SetString(PyExc_TypeError, "clone: cached_pck must be a packet made by clone()");
			return NULL;
		}
		if (!packet_of((Packet *)cached))
			return NULL;
		if (((Packet *)cached)->session != p->session)
			return native_raise(GF_BAD_PARAM, "clone: cached_pck is of another session");
		old = take((Packet *)cached);
	}
	GF_FilterPacket *copy = gf_filter_pck_dangling_clone(pck, old);
	if (!copy)
		Py_RETURN_NONE;
	Packet *res = packet_wrap(p->session, NULL, copy, PACKET_CLONE);
	if (res)
		res->repacked = gf_filter_pck_get_frame_interface(pck) != NULL;
	return (PyObject *)res;
}

static PyObject *get_gl_texture(PyObject *self, PyObject *idx)
{
	long long plane;
	GF_FilterPacket *pck =
		arg_int(idx, "get_gl_texture: idx", 0, 0xffffffffLL, &plane) ? packet_of((Packet *)self) : NULL;
	if (!pck)
		return NULL;
	GF_FilterFrameInterface *ifce = gf_filter_pck_get_frame_interface(pck);
	if (!ifce || !ifce->get_gl_texture)
		Py_RETURN_NONE;
	u32 format = 0, id = 0;
	GF_Err e;
	Py_BEGIN_ALLOW_THREADS e = ifce->get_gl_texture(ifce, (u32)plane, &format, &id, NULL);
	Py_END_ALLOW_THREADS if (PyErr_Occurred()) return NULL;
	if (e != GF_OK)
		Py_RETURN_NONE;
	PyObject *cls = native_structure("GLTextureInfo");
	PyObject *info = cls ? PyObject_CallFunction(cls, "II", id, format) : NULL;
	Py_XDECREF(cls);
	return info;
}

// ---- raw frames

static u32 stride_of(GF_FilterPacket *pck, u32 code)
{
	const GF_PropertyValue *v = gf_filter_pck_get_pid_property(pck, code);
	return v ? v->value.uint : 0;
}

// Bytes per line of luma and of chroma, 0 where lines are not padded.
static PyObject *get_strides(PyObject *self, PyObject *none)
{
	(void)none;
	GF_FilterPacket *pck = packet_of((Packet *)self);
	if (!pck)
		return NULL;
	if (((Packet *)self)->repacked)
		return Py_BuildValue("(II)", 0, 0);
	return Py_BuildValue(
		"(II)", stride_of(pck, GF_PROP_PID_STRIDE), stride_of(pck, GF_PROP_PID_STRIDE_UV));
}

// Memory of a plane behind a frame interface, of `lines` lines with `line` bytes each, and its stride.
static PyObject *get_plane(PyObject *self, PyObject *args)
{
	Packet *p = (Packet *)self;
	unsigned int index, lines, line;
	if (!PyArg_ParseTuple(args, "III:_plane", &index, &lines, &line))
		return NULL;
	GF_FilterPacket *pck = packet_of(p);
	if (!pck)
		return NULL;
	GF_FilterFrameInterface *ifce = gf_filter_pck_get_frame_interface(pck);
	const u8 *data = NULL;
	u32 stride = 0;
	GF_Err e = ifce && ifce->get_plane && lines ? GF_OK : GF_NOT_SUPPORTED;
	if (!e) {
		Py_BEGIN_ALLOW_THREADS e = ifce->get_plane(ifce, index, &data, &stride);
		Py_END_ALLOW_THREADS
	}
	u64 size = (u64)stride * (lines - 1) + line;
	if (PyErr_Occurred())
		return NULL;
	if (e || !data || stride < line || size > 0xffffffff)
		return native_raise(e ? e : GF_NOT_SUPPORTED, "the frame interface gives no memory for plane %u", index);
	PyObject *memory = memory_of_packet(p->session, pck, data, (u32)size, GF_FALSE);
	return memory ? Py_BuildValue("NI", memory, stride) : NULL;
}

// A function of libgpac.arrays with the packet.
static PyObject *call_frames(PyObject *self, const char *function, PyObject *kwargs)
{
	if (!packet_of((Packet *)self))
		return NULL;
	PyObject *m = PyImport_ImportModule("libgpac.arrays");
	PyObject *f = m ? PyObject_GetAttrString(m, function) : NULL;
	PyObject *args = f ? PyTuple_Pack(1, self) : NULL;
	PyObject *res = args ? PyObject_Call(f, args, kwargs) : NULL;
	Py_XDECREF(args);
	Py_XDECREF(f);
	Py_XDECREF(m);
	return res;
}

static PyObject *planes(PyObject *self, PyObject *none)
{
	(void)none;
	return call_frames(self, "planes", NULL);
}

static PyObject *to_ndarray(PyObject *self, PyObject *none)
{
	(void)none;
	return call_frames(self, "to_ndarray", NULL);
}

static PyObject *dlpack(PyObject *self, PyObject *args, PyObject *kwargs)
{
	if (PyTuple_Size(args)) {
		PyErr_SetString(PyExc_TypeError, "__dlpack__ takes keywords only");
		return NULL;
	}
	return call_frames(self, "dlpack", kwargs);
}

// ---- type

static int packet_traverse(PyObject *self, visitproc visit, void *arg)
{
	Packet *p = (Packet *)self;
	Py_VISIT(Py_TYPE(self));
	Py_VISIT(p->dict);
	Py_VISIT(p->pid);
	Py_VISIT(p->session);
	Py_VISIT(p->shared);
	Py_VISIT(p->shared_view.obj);
	return 0;
}

static int packet_clear(PyObject *self)
{
	Packet *p = (Packet *)self;
	packet_gone(p);
	Py_CLEAR(p->dict);
	Py_CLEAR(p->pid);
	Py_CLEAR(p->session);
	return 0;
}

// A shared packet that nobody sent: another object takes its place for packet_release.
static void leave_shared(Packet *p)
{
	GF_FilterPacket *pck = take(p);
	Packet *heir = packet_wrap(p->session, p->pid, pck, PACKET_OUTPUT);
	if (!heir)
		return;
	heir->shared = p->shared;
	heir->shared_view = p->shared_view;
	p->shared = NULL;
	packet_gone(heir);
	Py_DECREF((PyObject *)heir);
}

static void packet_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);
	PyObject_GC_UnTrack(self);
	if (((Packet *)self)->weakrefs)
		PyObject_ClearWeakRefs(self);
	if (((Packet *)self)->shared && ((Packet *)self)->pck)
		leave_shared((Packet *)self);
	Session *s = (Session *)Py_XNewRef((PyObject *)((Packet *)self)->session);
	packet_clear(self);
	free_object((Packet *)self, s);
	Py_XDECREF((PyObject *)s);
	Py_DECREF(type);
}

static PyObject *packet_repr(PyObject *self)
{
	static const char *const kinds[] = {"", "received", "output", "clone"};
	Packet *p = (Packet *)self;
	if (!p->pck)
		return PyUnicode_FromString("<FilterPacket, no longer valid>");
	u32 size = 0;
	gf_filter_pck_get_data(p->pck, &size);
	u64 dts = gf_filter_pck_get_dts(p->pck), cts = gf_filter_pck_get_cts(p->pck);
	PyObject *times = dts == GF_FILTER_NO_TS && cts == GF_FILTER_NO_TS
						  ? PyUnicode_FromString("no time")
						  : PyUnicode_FromFormat("dts %llu cts %llu of %u", (unsigned long long)dts,
								(unsigned long long)cts, gf_filter_pck_get_timescale(p->pck));
	PyObject *res =
		times ? PyUnicode_FromFormat("<FilterPacket, %s, %u bytes, %U>", kinds[p->kind], size, times) : NULL;
	Py_XDECREF(times);
	return res;
}

static PyMethodDef packet_methods[] = {
	{"enum_props", enum_props, METH_O, doc_enum_props},
	{"props", props, METH_NOARGS, doc_props},
	{"get_prop", get_prop, METH_O, doc_get_prop},
	{"set_prop", WITH_KEYWORDS(set_prop), KEYWORDS, doc_set_prop},
	{"copy_props", copy_props, METH_O, doc_copy_props},
	{"ref", packet_ref_call, METH_NOARGS, doc_ref},
	{"unref", packet_unref_call, METH_NOARGS, doc_unref},
	{"send", send, METH_NOARGS, doc_send},
	{"discard", discard, METH_NOARGS, doc_discard},
	{"readonly", set_readonly, METH_NOARGS, doc_readonly},
	{"truncate", truncate_to, METH_O, doc_truncate},
	{"clone", WITH_KEYWORDS(clone), KEYWORDS, doc_clone},
	{"get_gl_texture", get_gl_texture, METH_O, doc_get_gl_texture},
	{"get_pid_prop", get_pid_prop, METH_O, doc_get_pid_prop},
	{"planes", planes, METH_NOARGS, doc_planes},
	{"to_ndarray", to_ndarray, METH_NOARGS, doc_to_ndarray},
	{"__dlpack__", WITH_KEYWORDS(dlpack), KEYWORDS, doc_dlpack},
	{"__dlpack_device__", plane_device, METH_NOARGS, doc_dlpack_device},
	{"_strides", get_strides, METH_NOARGS, doc_strides},
	{"_plane", get_plane, METH_VARARGS, doc_plane},
	{NULL, NULL, 0, NULL},
};

static PyMemberDef packet_members[] = {NATIVE_DICT_MEMBERS(Packet), {NULL, 0, 0, 0, NULL}};

static PyType_Slot packet_slots[] = {
	{Py_tp_doc, (void *)doc_type},
	{Py_tp_dealloc, packet_dealloc},
	{Py_tp_traverse, packet_traverse},
	{Py_tp_clear, packet_clear},
	{Py_tp_repr, packet_repr},
	{Py_tp_methods, packet_methods},
	{Py_tp_getset, packet_attributes},
	{Py_tp_members, packet_members},
	{0, NULL},
};

static PyType_Spec packet_spec = {"libgpac.FilterPacket", sizeof(Packet), 0,
	NATIVE_TYPE_FLAGS | Py_TPFLAGS_DISALLOW_INSTANTIATION, packet_slots};

PyTypeObject *packet_make_type(PyObject *module)
{
	return (PyTypeObject *)PyType_FromModuleAndSpec(module, &packet_spec, NULL);
}
