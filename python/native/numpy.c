// SPDX-License-Identifier: MIT
// Arrays of numpy, which is imported when the first one is made. Nothing of it is needed to build this module.
#include "native.h"

// The C API of numpy is a table of addresses. A slot keeps its function for ever; the number of the ABI changes when
// the meaning of the table does: it is 1.x and 2.x here.
#define SLOT_ABI_VERSION 0
#define SLOT_NEW_FROM_DESCR 94
#define SLOT_SET_BASE_OBJECT 282
#define NUMPY_1 0x01000009u
#define NUMPY_2 0x02000000u
#define ARRAY_WRITEABLE 0x0400

typedef unsigned (*abi_version)(void);
typedef PyObject *(*new_from_descr)(PyTypeObject *type, PyObject *dtype, int nb_dims, const Py_ssize_t *dims,
	const Py_ssize_t *strides, void *data, int flags, PyObject *obj);
typedef int (*set_base_object)(PyObject *array, PyObject *base);

// NULL without exception when it is not the one known here.
static void **find_api(void)
{
	PyObject *m = PyImport_ImportModule("numpy._core._multiarray_umath");
	if (!m) {
		PyErr_Clear();
		m = PyImport_ImportModule("numpy.core._multiarray_umath"); // before 2.0
	}
	PyObject *capsule = m ? PyObject_GetAttrString(m, "_ARRAY_API") : NULL;
	void **api = capsule ? PyCapsule_GetPointer(capsule, NULL) : NULL;
	Py_XDECREF(capsule);
	Py_XDECREF(m);
	PyErr_Clear();
	unsigned abi = api ? ((abi_version)api[SLOT_ABI_VERSION])() : 0;
	return abi == NUMPY_1 || abi == NUMPY_2 ? api : NULL;
}

Bool numpy_found(State *st)
{
	if (st->numpy.tried)
		return st->numpy.uint8 != NULL;
	Numpy np = {.tried = GF_TRUE};
	PyObject *m = PyImport_ImportModule("numpy");
	np.ndarray = m ? PyObject_GetAttrString(m, "ndarray") : NULL;
	np.uint8 = np.ndarray ? PyObject_CallMethod(m, "dtype", "s", "uint8") : NULL;
	Py_XDECREF(m);
	if (np.uint8)
		np.api = find_api();
	PyErr_Clear();
	if (!st->numpy.tried) { // not done by another thread during the import
		st->numpy = np;
	} else {
		Py_XDECREF(np.ndarray);
		Py_XDECREF(np.uint8);
	}
	return st->numpy.uint8 != NULL;
}

PyObject *numpy_from_buffer(State *st, PyObject *buffer, Py_ssize_t size)
{
	PyObject *length = PyLong_FromSsize_t(size);
	PyObject *array =
		length ? PyObject_CallFunctionObjArgs(st->numpy.ndarray, length, st->numpy.uint8, buffer, NULL) : NULL;
	Py_XDECREF(length);
	return array;
}

// numpy asks a buffer first whether it can be written to, and read-only memory answers with an exception that it
// throws away: that takes longer than the rest. Told where the memory is, it asks nothing.
PyObject *numpy_from_memory(State *st, PyObject *owner, const u8 *data, u32 size, Bool writable)
{
	const Numpy *np = &st->numpy;
	if (!np->api)
		return numpy_from_buffer(st, owner, size);
	Py_ssize_t length = size;
	void *start = data ? (void *)data : owner; // it would allocate for NULL
	PyObject *array = ((new_from_descr)np->api[SLOT_NEW_FROM_DESCR])((PyTypeObject *)np->ndarray,
		Py_NewRef(np->uint8), 1, &length, NULL, start, writable ? ARRAY_WRITEABLE : 0, NULL);
	if (array && ((set_base_object)np->api[SLOT_SET_BASE_OBJECT])(array, Py_NewRef(owner)) < 0)
		Py_CLEAR(array);
	return array;
}
