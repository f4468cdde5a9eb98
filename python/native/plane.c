// SPDX-License-Identifier: MIT
// Plane: strided view of samples in the memory of a packet, through the buffer protocol and through DLPack.
#include <gpac/numbers.h>
#include "native.h"
#include "plane_doc.h"
#include "dlpack.h"

#define MAX_DIMS 3

typedef struct {
	PyObject_HEAD PyObject *name;
	Py_buffer memory; // all bytes of the packet; keeps them
	u8 *start;
	char format[3];
	int ndim;
	Py_ssize_t itemsize, shape[MAX_DIMS], strides[MAX_DIMS];
} Plane;

// ---- formats: the codes of the struct module that frames use

typedef struct {
	char code;
	u8 size;
	u8 dl_code;
} Sample;

static const Sample samples[] = {
	{'B', 1, DL_UINT},
	{'H', 2, DL_UINT},
	{'I', 4, DL_UINT},
	{'h', 2, DL_INT},
	{'i', 4, DL_INT},
	{'f', 4, DL_FLOAT},
	{'d', 8, DL_FLOAT},
};

// A byte order may stand before the code.
static const Sample *find_sample(const char *format)
{
	size_t len = strlen(format);
	for (size_t i = 0; len && len < 3 && i < sizeof(samples) / sizeof(samples[0]); i++) {
		if (samples[i].code == format[len - 1])
			return &samples[i];
	}
	return NULL;
}

// ---- making

static Bool read_sizes(PyObject *list, int nb, Py_ssize_t *out)
{
	for (int i = 0; i < nb; i++) {
		PyObject *item = PySequence_GetItem(list, i);
		out[i] = item ? PyLong_AsSsize_t(item) : -1;
		Py_XDECREF(item);
		if (out[i] < 0 && !PyErr_Occurred())
			PyErr_SetString(PyExc_ValueError, "a plane has no negative size");
		if (PyErr_Occurred())
			return GF_FALSE;
	}
	return GF_TRUE;
}

// Bytes from the first to behind the last sample; -1 when they do not fit in the type.
static Py_ssize_t extent(const Plane *p)
{
	unsigned __int128 last = 0;
	for (int i = 0; i < p->ndim; i++) {
		if (!p->shape[i])
			return 0;
		last += (unsigned __int128)(p->shape[i] - 1) * (unsigned __int128)p->strides[i];
	}
	last += (unsigned __int128)p->itemsize;
	return last > PY_SSIZE_T_MAX ? -1 : (Py_ssize_t)last;
}

static Bool set_layout(Plane *p, const char *format, PyObject *shape, PyObject *strides, Py_ssize_t offset)
{
	const Sample *sample = find_sample(format);
	Py_ssize_t nb = PySequence_Size(shape);
	if (!sample || nb < 1 || nb > MAX_DIMS || PySequence_Size(strides) != nb) {
		PyErr_SetString(PyExc_ValueError, "a plane has a known format and 1 to 3 dimensions");
		return GF_FALSE;
	}
	gf_strlcpy(p->format, format, sizeof(p->format));
	p->itemsize = sample->size;
	p->ndim = (int)nb;
	if (!read_sizes(shape, p->ndim, p->shape) || !read_sizes(strides, p->ndim, p->strides))
		return GF_FALSE;
	Py_ssize_t needed = extent(p);
	if (needed < 0 || offset < 0 || offset > p->memory.len || needed > p->memory.len - offset) {
		PyErr_SetString(PyExc_ValueError, "the plane is larger than its memory");
		return GF_FALSE;
	}
	p->start = (u8 *)p->memory.buf + offset;
	return GF_TRUE;
}

PyObject *plane_new(PyObject *self, PyObject *args)
{
	(void)self;
	PyObject *memory, *name, *shape, *strides;
	const char *format;
	Py_ssize_t offset;
	if (!PyArg_ParseTuple(args, "OUsOOn:make_plane", &memory, &name, &format, &shape, &strides, &offset))
		return NULL;
	PyTypeObject *type = native_state()->plane_type;
	allocfunc alloc = PyType_GetSlot(type, Py_tp_alloc);
	Plane *p = (Plane *)alloc(type, 0);
	if (!p)
		return NULL;
	p->name = Py_NewRef(name);
	if (PyObject_GetBuffer(memory, &p->memory, PyBUF_SIMPLE) == 0 &&
		set_layout(p, format, shape, strides, offset))
		return (PyObject *)p;
	Py_DECREF((PyObject *)p);
	return NULL;
}

static void plane_dealloc(PyObject *self)
{
	Plane *p = (Plane *)self;
	PyTypeObject *type = Py_TYPE(self);
	PyBuffer_Release(&p->memory);
	Py_XDECREF(p->name);
	((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
	Py_DECREF(type);
}

// ---- layout of pixel formats

// Size and strides of a frame of a pixel format, and what is needed to cut it in planes.
PyObject *plane_pixel_layout(PyObject *self, PyObject *args)
{
	(void)self;
	const char *name;
	unsigned int w, h, stride, stride_uv;
	if (!PyArg_ParseTuple(args, "sIIII:pixel_layout", &name, &w, &h, &stride, &stride_uv))
		return NULL;
	if (!gf_pixel_fmt_probe(0, name))
		return native_raise(GF_NOT_SUPPORTED, "unknown pixel format %s", name);
	GF_PixelFormat fmt = gf_pixel_fmt_parse(name);
	u32 size, planes, uv_height, sub_w, sub_h, tight = 0, tight_uv = 0, pixel_stride = 0;
	u32 line = stride, line_uv = stride_uv;
	if (!gf_pixel_get_size_info(fmt, w, h, &size, &tight, &tight_uv, &planes, &uv_height) ||
		!gf_pixel_get_size_info(fmt, w, h, &size, &line, &line_uv, &planes, &uv_height) ||
		!gf_pixel_get_size_info(fmt, 1, 1, NULL, &pixel_stride, NULL, NULL, NULL))
		return native_raise(GF_NOT_SUPPORTED, "no layout for a frame of %ux%u %s", w, h, name);
	if (line < tight || (tight_uv && line_uv < tight_uv))
		return native_raise(GF_BAD_PARAM, "Stride %u and StrideUV %u are too small for lines of %u %s pixels", line,
			line_uv, w, name);
	gf_pixel_get_downsampling(fmt, &sub_w, &sub_h);
	return Py_BuildValue("IIIIIIII", size, line, line_uv, planes, uv_height, sub_w, gf_pixel_is_wide_depth(fmt),
		pixel_stride);
}

// ---- buffer protocol

static int get_buffer(PyObject *self, Py_buffer *view, int flags)
{
	Plane *p = (Plane *)self;
	view->obj = NULL;
	if ((flags & PyBUF_WRITABLE) && p->memory.readonly) {
		PyErr_SetString(PyExc_BufferError, "the memory of the packet is read-only");
		return -1;
	}
	view->buf = p->start;
	view->itemsize = p->itemsize;
	view->len = p->itemsize;
	for (int i = 0; i < p->ndim; i++)
		view->len *= p->shape[i];
	view->readonly = p->memory.readonly;
	view->ndim = p->ndim;
	view->format = p->format;
	view->shape = p->shape;
	view->strides = p->strides;
	view->suboffsets = NULL;
	view->internal = NULL;
	Bool strided = (flags & PyBUF_STRIDES) == PyBUF_STRIDES;
	if ((!strided || (flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS) && !PyBuffer_IsContiguous(view, 'C')) {
		PyErr_SetString(PyExc_BufferError, "the plane is not contiguous");
		return -1;
	}
	if (!(flags & PyBUF_FORMAT))
		view->format = NULL;
	if (!(flags & PyBUF_ND))
		view->shape = NULL;
	if (!strided)
		view->strides = NULL;
	view->obj = Py_NewRef(self);
	return 0;
}

// ---- DLPack, https://dmlc.github.io/dlpack/latest/c_api.html and .../python_spec.html

typedef struct {
	union {
		DLManagedTensor plain;
		DLManagedTensorVersioned versioned;
	} managed; // first: the consumer holds its address
	PyObject *owner;
	Py_buffer view;
	int64_t shape[MAX_DIMS], strides[MAX_DIMS];
} Export;

// Consumers call it from any thread.
static void export_free(Export *e)
{
	PyGILState_STATE gil = PyGILState_Ensure();
	PyBuffer_Release(&e->view);
	Py_DECREF(e->owner);
	PyMem_Free(e);
	PyGILState_Release(gil);
}

static void free_plain(DLManagedTensor *tensor)
{
	export_free((Export *)tensor->manager_ctx);
}

static void free_versioned(DLManagedTensorVersioned *tensor)
{
	export_free((Export *)tensor->manager_ctx);
}

#define PLAIN_NAME "dltensor"
#define VERSIONED_NAME "dltensor_versioned"

// A consumer that took the tensor has renamed the capsule.
static void capsule_free(PyObject *capsule)
{
	const char *name = PyCapsule_IsValid(capsule, PLAIN_NAME)		? PLAIN_NAME
					   : PyCapsule_IsValid(capsule, VERSIONED_NAME) ? VERSIONED_NAME
																	: NULL;
	Export *e = name ? PyCapsule_GetPointer(capsule, name) : NULL;
	if (e)
		export_free(e);
}

static Bool fill_tensor(DLTensor *t, Export *e)
{
	const char *format = e->view.format;
	const Sample *sample = find_sample(format);
	if (!sample || format[1]) {
		PyErr_SetString(PyExc_BufferError, "DLPack has no samples of another byte order: use to_ndarray()");
		return GF_FALSE;
	}
	t->data = e->view.buf;
	t->device.device_type = DL_CPU;
	t->ndim = e->view.ndim;
	t->dtype.code = sample->dl_code;
	t->dtype.bits = (u8)(8 * sample->size);
	t->dtype.lanes = 1;
	t->shape = e->shape;
	t->strides = e->strides;
	for (int i = 0; i < t->ndim; i++) {
		if (e->view.strides[i] % e->view.itemsize) {
			PyErr_Format(PyExc_BufferError, "DLPack counts strides in samples: %zd bytes are not a whole number",
				e->view.strides[i]);
			return GF_FALSE;
		}
		e->shape[i] = e->view.shape[i];
		e->strides[i] = e->view.strides[i] / e->view.itemsize;
	}
	return GF_TRUE;
}

// Takes over the plane.
static PyObject *export_plane(PyObject *plane, Bool versioned, Bool copied)
{
	Export *e = PyMem_Calloc(1, sizeof(Export));
	if (!e) {
		Py_DECREF(plane);
		return PyErr_NoMemory();
	}
	e->owner = plane;
	if (PyObject_GetBuffer(plane, &e->view, PyBUF_FULL_RO) < 0) {
		export_free(e);
		return NULL;
	}
	DLManagedTensorVersioned *v = &e->managed.versioned;
	if (!fill_tensor(versioned ? &v->tensor : &e->managed.plain.tensor, e)) {
		export_free(e);
		return NULL;
	}
	if (versioned) {
		v->version.major = 1;
		v->manager_ctx = e;
		v->deleter = free_versioned;
		v->flags = (e->view.readonly ? DL_READ_ONLY : 0) | (copied ? DL_IS_COPIED : 0);
	} else {
		e->managed.plain.manager_ctx = e;
		e->managed.plain.deleter = free_plain;
	}
	PyObject *capsule = PyCapsule_New(e, versioned ? VERSIONED_NAME : PLAIN_NAME, capsule_free);
	if (!capsule)
		export_free(e);
	return capsule;
}

// A contiguous writable plane with the same samples.
static PyObject *copy_plane(Plane *p)
{
	Py_buffer view;
	if (get_buffer((PyObject *)p, &view, PyBUF_FULL_RO) < 0)
		return NULL;
	PyObject *bytes = PyByteArray_FromStringAndSize(NULL, view.len);
	PyTypeObject *type = Py_TYPE((PyObject *)p);
	Plane *copy = bytes ? (Plane *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0) : NULL;
	Bool ok = copy && PyBuffer_ToContiguous(PyByteArray_AsString(bytes), &view, view.len, 'C') == 0 &&
			  PyObject_GetBuffer(bytes, &copy->memory, PyBUF_WRITABLE) == 0;
	if (ok) {
		copy->name = Py_NewRef(p->name);
		copy->start = copy->memory.buf;
		memcpy(copy->format, p->format, sizeof(p->format));
		copy->ndim = p->ndim;
		copy->itemsize = p->itemsize;
		Py_ssize_t stride = p->itemsize;
		for (int i = p->ndim - 1; i >= 0; i--) {
			copy->shape[i] = p->shape[i];
			copy->strides[i] = stride;
			stride *= p->shape[i];
		}
	} else {
		Py_CLEAR(copy);
	}
	Py_XDECREF(bytes);
	PyBuffer_Release(&view);
	return (PyObject *)copy;
}

// What the consumer asked of the export; false with an exception.
static Bool check_request(PyObject *stream, PyObject *device)
{
	if (stream != Py_None) {
		PyErr_SetString(PyExc_BufferError, "memory of the CPU has no streams: stream must be None");
		return GF_FALSE;
	}
	int kind = DL_CPU, id = 0;
	if (device != Py_None && !PyArg_Parse(device, "(ii)", &kind, &id))
		return GF_FALSE;
	if (kind != DL_CPU || id)
		PyErr_Format(PyExc_BufferError, "packets are in memory of the CPU, device (1, 0), not (%d, %d)", kind, id);
	return kind == DL_CPU && !id;
}

static PyObject *dlpack(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static char *names[] = {"stream", "max_version", "dl_device", "copy", NULL};
	PyObject *stream = Py_None, *version = Py_None, *device = Py_None, *copy = Py_None;
	int major = 0, minor = 0;
	if (!PyArg_ParseTupleAndKeywords(
			args, kwargs, "|$OOOO:__dlpack__", names, &stream, &version, &device, &copy) ||
		!check_request(stream, device) || (version != Py_None && !PyArg_Parse(version, "(ii)", &major, &minor)))
		return NULL;
	Plane *p = (Plane *)self;
	// Only versioned tensors can be read-only.
	int must_copy = p->memory.readonly && major < 1;
	int wanted = copy == Py_None ? must_copy : PyObject_IsTrue(copy);
	if (wanted < 0)
		return NULL;
	if (!wanted && must_copy) {
		PyErr_SetString(PyExc_BufferError,
			"the memory of the packet is read-only and the consumer cannot be told: allow a copy");
		return NULL;
	}
	PyObject *plane = wanted ? copy_plane(p) : Py_NewRef(self);
	return plane ? export_plane(plane, major >= 1, wanted ? GF_TRUE : GF_FALSE) : NULL;
}

PyObject *plane_device(PyObject *self, PyObject *none)
{
	(void)self;
	(void)none;
	return Py_BuildValue("(ii)", DL_CPU, 0);
}

// ---- type

static PyObject *sizes(const Py_ssize_t *values, int nb)
{
	PyObject *tuple = PyTuple_New(nb);
	for (int i = 0; tuple && i < nb; i++) {
		PyObject *item = PyLong_FromSsize_t(values[i]);
		if (!item || PyTuple_SetItem(tuple, i, item) < 0)
			Py_CLEAR(tuple);
	}
	return tuple;
}

static PyObject *get_shape(PyObject *self, void *closure)
{
	(void)closure;
	return sizes(((Plane *)self)->shape, ((Plane *)self)->ndim);
}

static PyObject *get_strides(PyObject *self, void *closure)
{
	(void)closure;
	return sizes(((Plane *)self)->strides, ((Plane *)self)->ndim);
}

static PyObject *get_format(PyObject *self, void *closure)
{
	(void)closure;
	return native_str(((Plane *)self)->format);
}

static PyObject *get_name(PyObject *self, void *closure)
{
	(void)closure;
	return Py_NewRef(((Plane *)self)->name);
}

static PyObject *get_readonly(PyObject *self, void *closure)
{
	(void)closure;
	return PyBool_FromLong(((Plane *)self)->memory.readonly);
}

static PyObject *plane_repr(PyObject *self)
{
	Plane *p = (Plane *)self;
	PyObject *shape = get_shape(self, NULL);
	PyObject *res = shape ? PyUnicode_FromFormat("<Plane %U %R of %s%s>", p->name, shape, p->format,
								p->memory.readonly ? ", read-only" : "")
						  : NULL;
	Py_XDECREF(shape);
	return res;
}

static PyGetSetDef plane_attributes[] = {
	{"name", get_name, NULL, doc_name,
		NULL},
	{"shape", get_shape, NULL, doc_shape,
		NULL},
	{"strides", get_strides, NULL, doc_strides, NULL},
	{"format", get_format, NULL, doc_format, NULL},
	{"readonly", get_readonly, NULL, doc_readonly,
		NULL},
	{NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef plane_methods[] = {
	{"__dlpack__", WITH_KEYWORDS(dlpack), KEYWORDS, doc_dlpack},
	{"__dlpack_device__", plane_device, METH_NOARGS, doc_dlpack_device},
	{NULL, NULL, 0, NULL},
};

static PyType_Slot plane_slots[] = {
	{Py_tp_doc, (void *)doc_type},
	{Py_tp_dealloc, plane_dealloc},
	{Py_tp_repr, plane_repr},
	{Py_tp_methods, plane_methods},
	{Py_tp_getset, plane_attributes},
	{Py_bf_getbuffer, get_buffer},
	{0, NULL},
};

static PyType_Spec plane_spec = {
	"libgpac.Plane", sizeof(Plane), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, plane_slots};

PyTypeObject *plane_make_type(PyObject *module)
{
	return (PyTypeObject *)PyType_FromModuleAndSpec(module, &plane_spec, NULL);
}
