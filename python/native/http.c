// SPDX-License-Identifier: MIT
// Requests of an HTTP server, answered by Python objects (libgpac/handlers.py: HTTPOutRequest).
//
// For each request an object of the class of the bound one is made. Between it and the engine stands a handle, which
// keeps it alive until its `close`, and which the object has as `_session`. An exception in a handler is the fault of
// that request only: it is reported, the request fails, the server goes on.
#include "native.h"

typedef struct {
	PyObject_HEAD GF_HTTPOutSession *native; // NULL once it was closed
	Session *session;                        // not counted: it closes its requests before it goes
	PyObject *request;                       // of the class that was bound; NULL once it was closed
	Bool is_get;                             // or HEAD
	Bool answered;
} HttpHandle;

// ---- failures

// Ctrl-C and exit end the session, as everywhere; other exceptions are reported.
static void report(HttpHandle *h, PyObject *where)
{
	if (!PyErr_Occurred())
		return;
	if (PyErr_ExceptionMatches(PyExc_Exception))
		PyErr_WriteUnraisable(where);
	else
		session_fail(h->session);
}

static void request_failed(HttpHandle *h)
{
	report(h, h->request);
	if (h->native)
		gf_httpout_abort_request(h->native, GF_SERVICE_ERROR);
}

// ---- callbacks of the engine

static u32 on_throttle(void *udta, u64 done, u64 total)
{
	HttpHandle *h = udta;
	PyGILState_STATE gil = PyGILState_Ensure();
	int wait = 0;
	h->session->busy++;
	PyObject *res = PyObject_CallMethod(h->request, "throttle", "KK", (unsigned long long)done, (unsigned long long)total);
	if (!result_code(res, 0, &wait))
		request_failed(h);
	Py_XDECREF(res);
	h->session->busy--;
	PyGILState_Release(gil);
	return wait > 0 ? (u32)wait : 0;
}

// The script works on memory of its own, so that keeping the buffer is harmless.
static s32 on_read(void *udta, u8 *buffer, u32 size)
{
	HttpHandle *h = udta;
	PyGILState_STATE gil = PyGILState_Ensure();
	int got = 0;
	h->session->busy++;
	PyObject *memory = PyByteArray_FromStringAndSize(NULL, size);
	PyObject *view = memory ? memory_view(memory) : NULL;
	PyObject *res = view ? PyObject_CallMethod(h->request, "read", "OI", view, size) : NULL;
	Bool ok = result_code(res, 0, &got);
	if (ok && got > (int)size) {
		PyErr_Format(PyExc_ValueError, "read returned %d for a buffer of %u bytes", got, size);
		ok = GF_FALSE;
	}
	if (!ok)
		request_failed(h);
	else if (got > 0)
		memcpy(buffer, PyByteArray_AsString(memory), (size_t)got);
	Py_XDECREF(res);
	Py_XDECREF(view);
	Py_XDECREF(memory);
	h->session->busy--;
	PyGILState_Release(gil);
	return ok ? got : 0;
}

static u32 on_write(void *udta, const u8 *buffer, u32 size)
{
	HttpHandle *h = udta;
	PyGILState_STATE gil = PyGILState_Ensure();
	h->session->busy++;
	PyObject *memory = buffer ? PyBytes_FromStringAndSize((const char *)buffer, size) : Py_NewRef(Py_None);
	PyObject *view = memory && buffer ? memory_view(memory) : Py_XNewRef(memory);
	PyObject *res = view ? PyObject_CallMethod(h->request, "write", "OI", view, size) : NULL;
	if (res && !buffer) { // what was received may have decided about the answer
		Py_DECREF(res);
		res = PyObject_CallMethod(h->request, "_update_answer", NULL);
	}
	if (!res)
		request_failed(h);
	Py_XDECREF(res);
	Py_XDECREF(view);
	Py_XDECREF(memory);
	h->session->busy--;
	PyGILState_Release(gil);
	return size;
}

static void on_close(void *udta, GF_Err reason)
{
	HttpHandle *h = udta;
	PyGILState_STATE gil = PyGILState_Ensure();
	h->native = NULL;
	h->session->busy++;
	PyObject *res = PyObject_CallMethod(h->request, "close", "i", (int)reason);
	if (!res)
		report(h, h->request);
	Py_XDECREF(res);
	h->session->busy--;
	Py_CLEAR(h->request);
	Py_DECREF((PyObject *)h); // held since the request came
	PyGILState_Release(gil);
}

static PyObject *header_list(u32 nb, const char **texts)
{
	PyObject *list = PyList_New(0);
	for (u32 i = 0; i < nb && list; i++) {
		PyObject *text = native_str(texts[i]);
		if (!text || PyList_Append(list, text) < 0)
			Py_CLEAR(list);
		Py_XDECREF(text);
	}
	return list;
}

// The object of a request and its handle (new reference), NULL with an exception.
static HttpHandle *handle_new(Filter *f, GF_HTTPOutSession *native)
{
	PyTypeObject *type = native_state()->http_type;
	allocfunc alloc = PyType_GetSlot(type, Py_tp_alloc);
	PyObject *request = PyObject_CallNoArgs((PyObject *)Py_TYPE(f->bound));
	HttpHandle *h = request ? (HttpHandle *)alloc(type, 0) : NULL;
	if (!h) {
		Py_XDECREF(request);
		return NULL;
	}
	h->session = f->session;
	h->request = request;
	if (PyObject_SetAttrString(request, "_session", (PyObject *)h) < 0) {
		Py_DECREF((PyObject *)h);
		return NULL;
	}
	h->native = native;
	return h;
}

static s32 on_request(void *udta, GF_HTTPOutSession *native, const char *method, const char *url, u32 auth_code,
	u32 nb_headers, const char **headers)
{
	Filter *f = udta;
	PyGILState_STATE gil = PyGILState_Ensure();
	Session *s = (Session *)Py_NewRef((PyObject *)f->session);
	s->busy++;
	s32 status = 0;
	HttpHandle *h = handle_new(f, native);
	if (h) {
		PyObject *list = header_list(nb_headers, headers);
		PyObject *target = native_str(url);
		gf_httpout_set_close(native, h, on_close);
		Py_INCREF((PyObject *)h); // for the engine, until on_close
		h->is_get = !strcmp(method, "GET") || !strcmp(method, "HEAD");
		PyObject *res = list && target ? PyObject_CallMethod(h->request, "on_request", "sOIO", method, target, auth_code, list)
									   : NULL;
		if (res && res != Py_None) { // that of an `async def` is to be run
			PyObject *coroutine = res;
			res = PyObject_CallMethod(h->request, "_run", "OO", (PyObject *)s, coroutine);
			Py_DECREF(coroutine);
		}
		if (!res) {
			report(h, h->request);
			status = 500;
		}
		Py_XDECREF(res);
		Py_XDECREF(target);
		Py_XDECREF(list);
		Py_DECREF((PyObject *)h);
	} else {
		if (PyErr_ExceptionMatches(PyExc_Exception))
			PyErr_WriteUnraisable(f->bound);
		else
			session_fail(s);
		status = 500;
	}
	s->busy--;
	Py_DECREF((PyObject *)s);
	PyGILState_Release(gil);
	return status;
}

// ---- answers

static char **text_array(PyObject *list, u32 *nb)
{
	Py_ssize_t size = PyList_Size(list);
	char **texts = gf_calloc((size_t)size + 1, sizeof(*texts));
	if (!texts)
		PyErr_NoMemory();
	for (Py_ssize_t i = 0; i < size && texts; i++) {
		const char *text = PyUnicode_AsUTF8AndSize(PyList_GetItem(list, i), NULL);
		if (!text) {
			gf_free(texts);
			return NULL;
		}
		texts[i] = (char *)text; // stays while the list has it
	}
	*nb = (u32)size;
	return texts;
}

typedef struct {
	unsigned int reply;
	Py_buffer body;
	char **headers;
	u32 nb_headers;
} Answer;

// Reply and body are parsed. False with an exception; the answer is to be released in any case.
static Bool complete_answer(Answer *a, PyObject *headers)
{
	if (a->body.len > (Py_ssize_t)UINT32_MAX) {
		PyErr_SetString(PyExc_OverflowError, "HTTPOutRequest.send: a body of more than 4 GiB; give it with read()");
		return GF_FALSE;
	}
	a->headers = text_array(headers, &a->nb_headers);
	return a->headers != NULL;
}

static void release_answer(Answer *a)
{
	gf_free(a->headers);
	PyBuffer_Release(&a->body);
}

static PyObject *handle_send(PyObject *self, PyObject *args)
{
	HttpHandle *h = (HttpHandle *)self;
	Answer a = {0};
	PyObject *list;
	int throttle, read, write, stream;
	if (h->answered)
		return native_raise(GF_BAD_PARAM, "HTTPOutRequest.send: the request was answered already");
	if (!PyArg_ParseTuple(args, "Iz*O!pppp", &a.reply, &a.body, &PyList_Type, &list, &throttle, &read, &write, &stream))
		return NULL;
	if (stream && (!h->is_get || a.reply < 200 || a.reply > 299 || a.reply == 204)) {
		PyErr_SetString(PyExc_ValueError,
			"HTTPOutRequest.send: a stream is the body of a GET with a 2xx status; give other bodies as str or bytes");
		return NULL;
	}
	GF_Err e = GF_OK;
	if (complete_answer(&a, list) && h->native && session_usable(h->session, "HTTPOutRequest.send")) {
		h->answered = GF_TRUE;
		h->session->busy++;
		Py_BEGIN_ALLOW_THREADS e = gf_httpout_send_request_data(h->native, h, a.reply, a.body.buf, (u32)a.body.len,
			a.nb_headers, (const char **)a.headers, throttle ? on_throttle : NULL, read ? on_read : NULL,
			write ? on_write : NULL, on_close);
		Py_END_ALLOW_THREADS h->session->busy--;
	}
	release_answer(&a);
	if (PyErr_Occurred())
		return NULL;
	if (e < 0)
		return native_raise_err(e, "Failed to answer the request with %u", a.reply);
	Py_RETURN_NONE;
}

static PyObject *handle_set_answer(PyObject *self, PyObject *args)
{
	HttpHandle *h = (HttpHandle *)self;
	Answer a = {0};
	PyObject *list;
	if (!PyArg_ParseTuple(args, "Iz*O!", &a.reply, &a.body, &PyList_Type, &list))
		return NULL;
	GF_Err e = GF_OK;
	if (complete_answer(&a, list) && h->native)
		e = gf_httpout_set_answer(h->native, a.reply, a.body.buf, (u32)a.body.len, a.nb_headers, (const char **)a.headers);
	release_answer(&a);
	if (PyErr_Occurred())
		return NULL;
	if (e < 0)
		return native_raise_err(e, "Failed to answer the upload with %u", a.reply);
	Py_RETURN_NONE;
}

// An exception of a handler that was on its way: what was not answered is answered 500.
static PyObject *handle_fail(PyObject *self, PyObject *exception)
{
	HttpHandle *h = (HttpHandle *)self;
	PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
	if (h->native)
		report(h, h->request);
	else
		PyErr_WriteUnraisable(self); // the session may be gone
	if (h->native && h->answered)
		gf_httpout_abort_request(h->native, GF_SERVICE_ERROR);
	else if (h->native)
		gf_httpout_send_request_data(h->native, h, 500, NULL, 0, 0, NULL, NULL, NULL, NULL, on_close);
	h->answered = GF_TRUE;
	Py_RETURN_NONE;
}

// ---- the type of handles

static int handle_traverse(PyObject *self, visitproc visit, void *arg)
{
	HttpHandle *h = (HttpHandle *)self;
	Py_VISIT(Py_TYPE(self));
	Py_VISIT(h->request);
	return 0;
}

static int handle_clear(PyObject *self)
{
	Py_CLEAR(((HttpHandle *)self)->request);
	return 0;
}

static void handle_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);
	PyObject_GC_UnTrack(self);
	handle_clear(self);
	((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
	Py_DECREF(type);
}

static PyMethodDef handle_methods[] = {
	{"send", handle_send, METH_VARARGS, "send(reply, body, headers, throttle, read, write, stream): for HTTPOutRequest.send."},
	{"fail", handle_fail, METH_O, "fail(exception): reports it and ends the request."},
	{"set_answer", handle_set_answer, METH_VARARGS, "set_answer(reply, body, headers): after `write`."},
	{NULL, NULL, 0, NULL},
};

static PyType_Slot handle_slots[] = {
	{Py_tp_doc, "The engine's side of an HTTPOutRequest."},
	{Py_tp_dealloc, handle_dealloc},
	{Py_tp_traverse, handle_traverse},
	{Py_tp_clear, handle_clear},
	{Py_tp_methods, handle_methods},
	{0, NULL},
};

static PyType_Spec handle_spec = {"libgpac.HTTPHandle", sizeof(HttpHandle), 0,
	Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, handle_slots};

PyTypeObject *http_make_type(PyObject *module)
{
	return (PyTypeObject *)PyType_FromModuleAndSpec(module, &handle_spec, NULL);
}

PyObject *http_bind(Filter *f, GF_Filter *native, PyObject *object)
{
	PyObject *handlers = PyImport_ImportModule("libgpac.handlers");
	PyObject *base = handlers ? PyObject_GetAttrString(handlers, "HTTPOutRequest") : NULL;
	int derived = base ? PyObject_IsInstance(object, base) : -1;
	Py_XDECREF(base);
	Py_XDECREF(handlers);
	if (derived < 0)
		return NULL;
	if (!derived) {
		PyErr_Format(PyExc_TypeError, "an HTTP handler derives from HTTPOutRequest, %R does not", Py_TYPE(object));
		return NULL;
	}
	GF_Err e = gf_filter_bind_httpout_callbacks(native, f, on_request);
	if (e < 0)
		return native_raise_err(e, "Failed to bind httpout");
	PyObject *old = f->bound;
	f->bound = Py_NewRef(object);
	Py_XDECREF(old);
	return PyLong_FromLong(0);
}
