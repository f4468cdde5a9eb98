// SPDX-License-Identifier: MIT
// FileIO: files served by Python objects.
//
// The wrapper owns a root engine object with the factory. Each open, and each announcement of another name,
// makes a child with a shallow copy of the factory. Children go when they are closed and nobody refers to
// them; the root goes with the last of wrapper and children.
#include "native.h"
#include "fileio_doc.h"

typedef struct file_node FileNode;

struct file_object {
	PyObject_HEAD PyObject *dict, *weakrefs;
	FileNode *root;          // NULL once released
	Session *session;        // that loaded it: gets the exceptions; counted
	FileObject *prev, *next; // of those with a root
};

struct file_node {
	GF_FileIO *native;
	FileNode *root;
	FileObject *wrapper; // of the root; NULL when it is gone
	PyObject *obj;       // factory of the root, copy of a child; counted
	u32 nb_refs;         // by mode `ref`
	u32 nb_children;     // of the root
	Bool open, announced;
	FileNode *children, *next; // of the root
};

// ---- callbacks

static void file_failed(FileNode *n)
{
	FileObject *w = n->root->wrapper;
	if (!PyErr_Occurred())
		return;
	if (w && w->session)
		session_fail(w->session);
	else
		PyErr_WriteUnraisable(n->obj);
}

static void node_free(FileNode *n)
{
	gf_fileio_del(n->native);
	Py_XDECREF(n->obj);
	native_state()->nb_files--;
	gf_free(n);
}

static void release_root(FileNode *root)
{
	if (root->wrapper || root->nb_refs || root->nb_children)
		return;
	node_free(root);
}

static void child_done(FileNode *n)
{
	FileNode *root = n->root;
	if (n == root) {
		release_root(root);
		return;
	}
	if (n->open || n->announced || n->nb_refs)
		return;
	FileNode **place = &root->children;
	while (*place != n)
		place = &(*place)->next;
	*place = n->next;
	root->nb_children--;
	node_free(n);
	release_root(root);
}

static FileNode *node_new(FileNode *root, const char *url, PyObject *obj);

static FileNode *child_new(FileNode *root, const char *url)
{
	PyObject *copy = PyImport_ImportModule("copy");
	PyObject *obj = copy ? PyObject_CallMethod(copy, "copy", "O", root->obj) : NULL;
	FileNode *n = obj ? node_new(root, url, obj) : NULL;
	Py_XDECREF(obj);
	Py_XDECREF(copy);
	if (!n)
		return NULL;
	n->next = root->children;
	root->children = n;
	root->nb_children++;
	return n;
}

static Bool resource_exists(FileNode *n, const char *url)
{
	if (!PyObject_HasAttrString(n->root->obj, "exists"))
		return GF_TRUE;
	PyObject *res = PyObject_CallMethod(n->root->obj, "exists", "s", url);
	int yes = res ? PyObject_IsTrue(res) : -1;
	Py_XDECREF(res);
	if (yes < 0)
		file_failed(n);
	return yes > 0;
}

static GF_FileIO *open_resource(FileNode *n, const char *url, const char *mode, GF_Err *err)
{
	FileNode *child = n->announced && !n->open ? n : child_new(n->root, url);
	PyObject *res = child ? PyObject_CallMethod(child->obj, "open", "ss", url, mode) : NULL;
	int yes = res ? PyObject_IsTrue(res) : -1;
	Py_XDECREF(res);
	*err = GF_URL_ERROR;
	if (yes < 0)
		file_failed(n);
	if (!child)
		return NULL;
	child->announced = GF_FALSE;
	if (yes <= 0) {
		child_done(child);
		return NULL;
	}
	child->open = GF_TRUE;
	*err = GF_OK;
	return child->native;
}

static GF_FileIO *with_url(FileNode *n, const char *url, const char *mode, GF_Err *err)
{
	if (!strcmp(mode, "probe")) {
		*err = resource_exists(n, url) ? GF_OK : GF_URL_ERROR;
		return NULL;
	}
	if (strcmp(mode, "url"))
		return open_resource(n, url, mode, err);
	FileNode *child = child_new(n->root, url);
	if (!child) {
		file_failed(n);
		*err = GF_OUT_OF_MEM;
		return NULL;
	}
	child->announced = GF_TRUE;
	return child->native;
}

static void without_url(FileNode *n, const char *mode)
{
	if (!strcmp(mode, "ref")) {
		n->nb_refs++;
		return;
	}
	if (!strcmp(mode, "unref")) {
		if (n->nb_refs)
			n->nb_refs--;
	} else if (!strcmp(mode, "close") && n->open) {
		n->open = GF_FALSE;
		PyObject *res = PyObject_CallMethod(n->obj, "close", NULL);
		Py_XDECREF(res);
		file_failed(n);
	}
	child_done(n);
}

static GF_FileIO *file_open(GF_FileIO *native, const char *url, const char *mode, GF_Err *err)
{
	PyGILState_STATE gil = PyGILState_Ensure();
	FileNode *n = gf_fileio_get_udta(native);
	GF_FileIO *res = NULL;
	*err = GF_OK;
	if (!url || !strcmp(mode, "ref") || !strcmp(mode, "unref") || !strcmp(mode, "close")) {
		without_url(n, mode);
	} else {
		const char *own = gf_fileio_translate_url(url);
		char *full = own ? gf_strdup(own) : gf_url_concatenate(gf_fileio_resource_url(native), url);
		if (full)
			res = with_url(n, full, mode, err);
		else
			*err = GF_OUT_OF_MEM;
		gf_free(full);
	}
	PyGILState_Release(gil);
	return res;
}

// Number that a method answers, zero for None; `failed` after an exception.
static s64 call_number(FileNode *n, const char *method, PyObject *args, s64 failed)
{
	PyObject *f = args ? PyObject_GetAttrString(n->obj, method) : NULL;
	PyObject *res = f ? PyObject_CallObject(f, args) : NULL;
	s64 v = failed;
	if (res)
		v = res == Py_None ? 0 : PyLong_AsLongLong(res);
	if (PyErr_Occurred()) {
		v = failed;
		file_failed(n);
	}
	Py_XDECREF(res);
	Py_XDECREF(f);
	Py_XDECREF(args);
	return v;
}

static GF_Err file_seek(GF_FileIO *native, u64 offset, s32 whence)
{
	PyGILState_STATE gil = PyGILState_Ensure();
	FileNode *n = gf_fileio_get_udta(native);
	s64 e = call_number(n, "seek", Py_BuildValue("(Li)", (long long)offset, (int)whence), GF_IO_ERR);
	PyGILState_Release(gil);
	return e < 0 ? (GF_Err)e : GF_OK; // scripts may answer the position, as the files of Python do
}

// Bytes that `read` or `write` say they took: 0 with the exception kept when that cannot be.
static u32 call_transfer(FileNode *n, const char *method, PyObject *view, u32 bytes)
{
	s64 nb = call_number(n, method, view ? Py_BuildValue("(OI)", view, bytes) : NULL, 0);
	if (nb >= 0 && nb <= bytes)
		return (u32)nb;
	PyErr_Format(PyExc_ValueError, "FileIO: %s answered %lld for %u bytes", method, (long long)nb, bytes);
	file_failed(n);
	return 0;
}

// The script works on memory of its own, so that keeping the buffer is harmless.
static u32 file_read(GF_FileIO *native, u8 *buffer, u32 bytes)
{
	PyGILState_STATE gil = PyGILState_Ensure();
	FileNode *n = gf_fileio_get_udta(native);
	PyObject *memory = PyByteArray_FromStringAndSize(NULL, bytes);
	PyObject *view = memory ? memory_view(memory) : NULL;
	u32 got = call_transfer(n, "read", view, bytes);
	if (got)
		memcpy(buffer, PyByteArray_AsString(memory), got);
	Py_XDECREF(view);
	Py_XDECREF(memory);
	PyGILState_Release(gil);
	return got;
}

static u32 file_write(GF_FileIO *native, u8 *buffer, u32 bytes)
{
	if (!bytes || !buffer)
		return 0; // a flush
	PyGILState_STATE gil = PyGILState_Ensure();
	FileNode *n = gf_fileio_get_udta(native);
	PyObject *memory = PyBytes_FromStringAndSize((const char *)buffer, bytes);
	PyObject *view = memory ? memory_view(memory) : NULL;
	u32 done = call_transfer(n, "write", view, bytes);
	Py_XDECREF(view);
	Py_XDECREF(memory);
	PyGILState_Release(gil);
	return done;
}

static s64 file_tell(GF_FileIO *native)
{
	PyGILState_STATE gil = PyGILState_Ensure();
	s64 pos = call_number(gf_fileio_get_udta(native), "tell", PyTuple_New(0), -1);
	PyGILState_Release(gil);
	return pos;
}

static Bool file_eof(GF_FileIO *native)
{
	PyGILState_STATE gil = PyGILState_Ensure();
	FileNode *n = gf_fileio_get_udta(native);
	PyObject *res = PyObject_CallMethod(n->obj, "eof", NULL);
	int yes = res ? PyObject_IsTrue(res) : -1;
	Py_XDECREF(res);
	if (yes < 0)
		file_failed(n);
	PyGILState_Release(gil);
	return yes ? GF_TRUE : GF_FALSE;
}

static FileNode *node_new(FileNode *root, const char *url, PyObject *obj)
{
	FileNode *n = gf_calloc(1, sizeof(FileNode));
	if (!n)
		return NULL;
	n->native =
		gf_fileio_new((char *)url, n, file_open, file_seek, file_read, file_write, file_tell, file_eof, NULL);
	if (!n->native) {
		gf_free(n);
		return NULL;
	}
	gf_fileio_tag_main_thread(n->native);
	n->obj = Py_NewRef(obj);
	n->root = root ? root : n;
	native_state()->nb_files++;
	return n;
}

// ---- FileIO

void session_keep_file(Session *s, const char *url)
{
	const char *end = strncmp(url, "gfio://", 7) ? NULL : url;
	GF_FileIO *native = NULL;
	// Options may follow the URL.
	for (size_t len = end ? strlen(url) : 0; len > 7 && !native; len--) {
		char *head = gf_strdup(url);
		if (!head)
			return;
		head[len] = 0;
		native = gf_fileio_from_url(head);
		gf_free(head);
	}
	FileNode *n = native ? gf_fileio_get_udta(native) : NULL;
	FileObject *w = n && gf_fileio_read_mode(native) ? n->root->wrapper : NULL;
	if (!w || PyList_Append(s->files, (PyObject *)w) < 0)
		return;
	Py_XDECREF((PyObject *)w->session);
	w->session = (Session *)Py_NewRef((PyObject *)s);
}

static int file_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
	static const char *const methods[] = {"open", "close", "read", "write", "seek", "tell", "eof"};
	static char *names[] = {"url", "obj", NULL};
	const char *url;
	PyObject *obj;
	FileObject *w = (FileObject *)self;
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, "sO:FileIO", names, &url, &obj))
		return -1;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (!PyObject_HasAttrString(obj, methods[i])) {
			native_raise(GF_BAD_PARAM, "No %s function on FileIO callback", methods[i]);
			return -1;
		}
	}
	if (w->root) {
		native_raise(GF_BAD_PARAM, "FileIO.__init__ called twice");
		return -1;
	}
	if (!native_init_library())
		return -1;
	w->root = node_new(NULL, url, obj);
	if (!w->root) {
		native_raise(GF_BAD_PARAM, "Failed to create FileIO for %s", url);
		return -1;
	}
	w->root->wrapper = w;
	State *st = native_state();
	w->next = st->files;
	if (w->next)
		w->next->prev = w;
	st->files = w;
	return 0;
}

static PyObject *get_url(PyObject *self, void *closure)
{
	(void)closure;
	FileObject *w = (FileObject *)self;
	return native_str(w->root ? gf_fileio_url(w->root->native) : NULL);
}

static PyObject *file_repr(PyObject *self)
{
	FileObject *w = (FileObject *)self;
	return PyUnicode_FromFormat(
		"<FileIO %s>", w->root ? gf_fileio_resource_url(w->root->native) : "released");
}

static int file_traverse(PyObject *self, visitproc visit, void *arg)
{
	FileObject *w = (FileObject *)self;
	Py_VISIT(Py_TYPE(self));
	Py_VISIT(w->dict);
	Py_VISIT(w->session);
	if (w->root)
		Py_VISIT(w->root->obj);
	return 0;
}

static void leave_root(FileObject *w)
{
	FileNode *root = w->root;
	w->root = NULL;
	if (!root)
		return;
	root->wrapper = NULL;
	if (w->next)
		w->next->prev = w->prev;
	if (w->prev)
		w->prev->next = w->next;
	else
		native_state()->files = w->next;
	w->next = w->prev = NULL;
	// Names announced and never opened go with the factory.
	for (FileNode *n = root->children; n;) {
		FileNode *next = n->next;
		if (n->announced && !n->open && !n->nb_refs && root->nb_children) {
			n->announced = GF_FALSE;
			root->nb_refs++;
			child_done(n);
			root->nb_refs--;
		}
		n = next;
	}
	release_root(root);
}

void files_release(void)
{
	while (native_state()->files)
		leave_root(native_state()->files);
}

static int file_clear(PyObject *self)
{
	FileObject *w = (FileObject *)self;
	Py_CLEAR(w->dict);
	Py_CLEAR(w->session);
	leave_root(w);
	return 0;
}

static void file_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);
	PyObject_GC_UnTrack(self);
	if (((FileObject *)self)->weakrefs)
		PyObject_ClearWeakRefs(self);
	file_clear(self);
	((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
	Py_DECREF(type);
}

static PyGetSetDef file_attributes[] = {
	{"url", get_url, NULL, doc_url, NULL},
	{NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef file_members[] = {NATIVE_DICT_MEMBERS(FileObject), {NULL, 0, 0, 0, NULL}};

static PyType_Slot file_slots[] = {
	{Py_tp_doc, (void *)doc_type},
	{Py_tp_new, PyType_GenericNew},
	{Py_tp_init, file_init},
	{Py_tp_dealloc, file_dealloc},
	{Py_tp_traverse, file_traverse},
	{Py_tp_clear, file_clear},
	{Py_tp_repr, file_repr},
	{Py_tp_getset, file_attributes},
	{Py_tp_members, file_members},
	{0, NULL},
};

static PyType_Spec file_spec = {"libgpac.FileIO", sizeof(FileObject), 0, NATIVE_TYPE_FLAGS, file_slots};

PyTypeObject *fileio_make_type(PyObject *module)
{
	return (PyTypeObject *)PyType_FromModuleAndSpec(module, &file_spec, NULL);
}
