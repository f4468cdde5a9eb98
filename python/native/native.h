// SPDX-License-Identifier: MIT
// The extension module libgpac._native: sessions, filters, PIDs and packets as Python objects.
//
// Rules kept by all files:
// - Engine code that can call back or take time runs without the interpreter lock; callbacks take it with
//   PyGILState_Ensure, whatever thread they come on.
// - An object whose native side may die first keeps a pointer that is set to NULL at that moment; every
//   member goes through a check (`filter_of`, `pid_of`, `packet_of`...) that raises GpacError naming the
//   object.
// - The first exception of a callback is kept in the session, which is aborted; run() raises it.
#ifndef NATIVE_H
#define NATIVE_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030b0000
#include <Python.h>
#include <structmember.h>
#include <gpac/constants.h>
#include <gpac/download.h>
#include <gpac/explain.h>
#include <gpac/fileio.h>
#include <gpac/filters.h>
#include <gpac/httpout.h>
#include <gpac/log.h>
#include <gpac/main.h>
#include <gpac/system.h>
#include <gpac/url.h>

typedef struct session_object Session;
typedef struct filter_object Filter;
typedef struct pid_object Pid;
typedef struct packet_object Packet;
typedef struct task_record TaskRecord;
typedef struct file_object FileObject;

typedef struct {
	Bool tried;
	PyObject *ndarray, *uint8; // types of array and element; NULL when there is no numpy
	void **api;                // its C API, NULL for one that is not known
} Numpy;

// Types and helpers of the module, found through its definition: there is one instance per process.
typedef struct {
	PyTypeObject *session_type, *filter_type, *custom_type, *pid_type, *packet_type, *memory_type, *task_type,
		*fileio_type, *plane_type, *packet_iter_type, *http_type;
	PyObject *process;    // name of the callback that comes for each packet
	PyObject *structures; // libgpac.structures, imported when first needed
	PyObject *errors;     // libgpac.errors
	PyObject *names;      // libgpac.names
	Numpy numpy;
	PyObject *log_handler; // takes messages, NULL when they go to stderr
	Session *sessions;    // live ones, not counted
	FileObject *files;    // with an engine object, not counted
	u32 nb_files;         // FileIO engine objects in use
	Bool initialised;
} State;

State *native_state(void);
// Initialises the library with defaults when nobody did. False with an exception.
Bool native_init_library(void);
// Attribute of libgpac.structures (new reference).
PyObject *native_structure(const char *name);
// A str equal to both names of a format, spelt as the short one.
PyObject *native_format_name(const char *short_name, const char *long_name);
// Raises GpacError with a code and a text; returns NULL.
PyObject *native_raise(GF_Err e, const char *format, ...);
// The same with `: ` and the text of the code appended.
PyObject *native_raise_err(GF_Err e, const char *format, ...);
// A str; NULL becomes None.
PyObject *native_str(const char *text);

// ---- logs.c

// Method of the module: installs a callable for messages (tool, level, text), None removes it.
PyObject *logs_set_handler(PyObject *self, PyObject *handler);

// ---- args.c

// An int in a range; false with TypeError or OverflowError, which say `what` it is: `new_pck: size`.
Bool arg_int(PyObject *value, const char *what, long long min, long long max, long long *out);
// The same for unsigned 32 bits, as converter (`O&`) of argument parsers: those of `I` do not check the range.
typedef struct {
	const char *what;
	u32 v;
} ArgU32;
int arg_u32(PyObject *value, void *out);
// The UTF-8 of a str without null characters; NULL with TypeError or ValueError.
const char *arg_text(PyObject *value, const char *call);
// A live filter of session `s`.
Bool arg_filter(PyObject *value, const char *call, Session *s, GF_Filter **out);

// ---- session.c

struct session_object {
	PyObject_HEAD PyObject *dict, *weakrefs;
	GF_FilterSession *fs; // NULL after delete()
	PyObject *filters;    // {address: Filter}, all that live
	PyObject *shared;     // {address: FilterPacket} of new_pck_shared that the engine will release
	PyObject *files;      // list of FileIO loaded as sources or destinations
	Filter *creating;     // FilterCustom whose native filter is being made
	PyObject *left;       // weak reference to the object of the filter that was removed last,
	GF_Filter *left_from; // which is only compared
	PyObject *error;      // first exception raised by a callback
	PyObject *runner;     // of libgpac.aio while in run_async()
	Packet *packets;      // packets that hold native references
	Packet *free_packets; // objects for the next packets
	u32 nb_free_packets;
	TaskRecord *tasks;
	unsigned long thread; // of run(), 0 when not running
	u32 busy;             // callbacks, and calls that may lead to one: the session cannot go meanwhile
	Bool forked;          // of the parent process
	u64 deadline;         // of run(timeout), 0 for none
	u64 deadline_task;    // when the task that looks at it is due, 0 for none
	Bool blocking;        // run() may sleep
	Bool starting;        // the task that starts Python sources is posted
	Session *next, *prev; // in the state
};

// The native session, NULL with an exception when it was deleted.
GF_FilterSession *session_of(Session *s);
// Keeps the current exception for run() and aborts the session. With no exception set it does nothing.
void session_fail(Session *s);
// Raises the exception kept by a callback, if any: -1 then.
int session_check(Session *s);
// The Filter of a native filter (new reference), made when it is unknown.
Filter *session_filter(Session *s, GF_Filter *f);
void session_start_sources(Session *s);
PyTypeObject *session_make_type(PyObject *module);

// ---- signals.c

// Signals during one run() of the main thread that may sleep; others look at them when they return.
typedef struct {
	Session *session;
	int fds[2]; // pipe Python writes to; -1 when not watching
	int old;    // descriptor it wrote to before
} SignalWatch;

// Nothing happens on other threads, which get no signals.
void signals_watch(SignalWatch *w, Session *s);
void signals_unwatch(SignalWatch *w);

// ---- life.c

// False with an exception in a child process, and when another thread runs the session.
Bool session_usable(Session *s, const char *call);
int session_delete(Session *s);
PyObject *delete_sessions(PyObject *self, PyObject *none);
PyObject *shut_down(PyObject *self, PyObject *none);
PyObject *after_fork(PyObject *self, PyObject *none);

// ---- task.c

PyTypeObject *task_make_type(PyObject *module);
PyObject *session_post(Session *s, PyObject *task);
PyObject *session_rem_task(Session *s, PyObject *task);
// Ends all tasks: their `session` becomes None. With `forget` the records are freed, which is only safe
// without a native session.
void tasks_cut(Session *s);
void tasks_free(Session *s);
int tasks_traverse(Session *s, visitproc visit, void *arg);

// ---- filter.c

struct filter_object {
	PyObject_HEAD PyObject *dict, *weakrefs;
	GF_Filter *filter;   // NULL when it is gone
	Session *session;    // counted
	PyObject *last_name; // name, kept for when it is gone
	// custom filters
	PyObject *ipids, *opids; // lists shown to the script
	PyObject *pids;          // set of all Pid objects of the filter
	PyObject *bound;         // handler of an HTTP server
	Bool custom, started, has_process;
};

GF_Filter *filter_of(Filter *f);
void filter_gone(Filter *f);
Bool filter_is_gone(GF_Filter *f);
PyTypeObject *filter_make_type(PyObject *module);
int filter_traverse(PyObject *self, visitproc visit, void *arg);
int filter_clear(PyObject *self);
void filter_dealloc(PyObject *self);
// Properties of a PID, then data attributes of FilterPid: `pid` is a native one of any filter.
PyObject *pid_read_prop(GF_FilterPid *pid, PyObject *name, Bool input);

// ---- custom.c

PyTypeObject *custom_make_type(PyObject *module, PyTypeObject *base);
void filter_drop_opid(Filter *f, PyObject *pid);

// ---- pid.c

struct pid_object {
	PyObject_HEAD PyObject *dict, *weakrefs;
	GF_FilterPid *pid; // NULL when it is gone
	Filter *filter;    // counted
	Bool input;
	Packet *current; // packet given by get_packet, counted
};

GF_FilterPid *pid_of(Pid *p);
Pid *pid_wrap(Filter *f, GF_FilterPid *pid, Bool input);
void pid_gone(Pid *p);
PyTypeObject *pid_make_type(PyObject *module);
PyObject *pid_enumerate(GF_FilterPid *pid, PyObject *callback);

// ---- pid_attr.c

// Value of a data attribute of a PID, NULL without exception when there is none of this name.
PyObject *pid_attribute(GF_FilterPid *pid, const char *name, Bool input);

// ---- pid_packet.c

// Drops the packet fetched last and fetches the next one: NULL without exception when there is none.
PyObject *pid_next_packet(Pid *p);

// ---- packet_iter.c

PyTypeObject *packet_iter_make_type(PyObject *module);
// Iterates over the pending packets of an input.
PyObject *packet_iter_new(Pid *pid);

// ---- packet.c

typedef enum { PACKET_GONE = 0, PACKET_SOURCE, PACKET_OUTPUT, PACKET_CLONE } PacketKind;

struct packet_object {
	PyObject_HEAD PyObject *dict, *weakrefs;
	PacketKind kind;
	GF_FilterPacket *pck; // one count of it is held; NULL when it is gone
	Pid *pid;             // counted; NULL for clones
	Session *session;     // counted
	u32 nb_refs;          // ref() calls without unref()
	PyObject *shared;     // object whose memory new_pck_shared shows
	Py_buffer shared_view;
	Bool by_reference;   // shows memory of another packet
	Bool repacked;       // copied from a frame interface: lines are not padded, whatever the PID says
	Packet *next, *prev; // in the session
};

GF_FilterPacket *packet_of(Packet *p);
Packet *packet_wrap(Session *s, Pid *pid, GF_FilterPacket *pck, PacketKind kind);
// Gives the native packet back and marks the object.
void packet_gone(Packet *p);
// The packets that a filter made and did not send go with it.
void packets_of_filter_gone(Filter *f);
// Frees the objects that the session keeps for the next packets.
void packet_free_kept(Session *s);
void packet_dropped(Packet *p);
PyObject *packet_new_shared(Pid *pid, PyObject *data);
PyTypeObject *packet_make_type(PyObject *module);

// ---- packet_attr.c

extern PyGetSetDef packet_attributes[];

// ---- memory.c

PyTypeObject *memory_make_type(PyObject *module);
// View of the memory of a packet, which it keeps alive: numpy array, or memoryview without numpy.
PyObject *memory_of_packet(Session *s, GF_FilterPacket *pck, const u8 *data, u32 size, Bool writable);
// Array or memoryview over any bytes-like object.
PyObject *memory_view(PyObject *buffer);

// ---- plane.c

PyTypeObject *plane_make_type(PyObject *module);
// Functions of the module for libgpac.arrays: make_plane(memory, name, format, shape, strides, offset) and
// pixel_layout(format, width, height, stride, stride_uv).
PyObject *plane_new(PyObject *self, PyObject *args);
PyObject *plane_pixel_layout(PyObject *self, PyObject *args);
// Method __dlpack_device__.
PyObject *plane_device(PyObject *self, PyObject *none);

// ---- numpy.c

// Imports numpy when it is first needed. False without exception when there is none; the next two are not called then.
Bool numpy_found(State *st);
// An array of the bytes of a buffer, which it keeps.
PyObject *numpy_from_buffer(State *st, PyObject *buffer, Py_ssize_t size);
// An array of bytes that `owner`, a buffer of them, keeps alive.
PyObject *numpy_from_memory(State *st, PyObject *owner, const u8 *data, u32 size, Bool writable);

// ---- props.c

// A value for the engine and the Python objects and memory it points to.
typedef struct {
	GF_PropertyValue v;
	PyObject *keep;
	Py_buffer view;
	void *array;
} PropArg;

// Code of a property given as name or number; `*name` is set for a user-defined one. False with an exception.
Bool prop_code(PyObject *key, u32 *code, const char **name);
PyObject *prop_to_python(u32 code, const GF_PropertyValue *v);
// False with an exception. None is not a value.
Bool prop_from_python(u32 code, u32 custom_type, PyObject *value, PropArg *out);
void prop_arg_reset(PropArg *arg);

// What set_prop and its relatives are called with: pcode, prop, custom_type.
typedef struct {
	PyObject *key;
	u32 code;
	const char *name; // of a user-defined property, else NULL
	const GF_PropertyValue *value; // NULL removes the property
	PropArg arg;
} PropSetting;

// False with an exception. Conversion may run Python code: objects of the engine are looked up after it.
Bool prop_setting_parse(PyObject *args, PyObject *kwargs, const char *call, PropSetting *out);
// None for the result of setting it, or NULL with an exception; `what` is a verb and a noun: `set property`.
PyObject *prop_setting_done(PropSetting *setting, GF_Err e, const char *what);

typedef const GF_PropertyValue *(*next_prop)(void *owner, u32 *idx, u32 *code, const char **name);
// Calls `method(name, value)` for each property; None, or NULL with the exception of a call.
PyObject *props_enumerate(void *owner, next_prop next, PyObject *method);
// All properties as {name: value}.
PyObject *props_dict(void *owner, next_prop next);

// ---- event.c

PyObject *event_to_python(const GF_FilterEvent *evt, PyObject *pid);
// Copy of a FilterEvent; False with an exception.
Bool event_from_python(PyObject *evt, GF_FilterEvent *out);
// Stores the PID in a FilterEvent.
Bool event_set_pid(PyObject *evt, GF_FilterPid *pid);

// ---- http.c

PyTypeObject *http_make_type(PyObject *module);
// Attaches a handler object to a filter of class httpout.
PyObject *http_bind(Filter *f, GF_Filter *native, PyObject *object);

// ---- fileio.c

PyTypeObject *fileio_make_type(PyObject *module);
// The session keeps the FileIO behind a URL, and takes the exceptions of its callbacks.
void session_keep_file(Session *s, const char *url);
// Releases the engine objects of all FileIO.
void files_release(void);

// ---- module.c: results of callbacks

// Result of a callback as an integer; `absent` for None. -1 with an exception for other types.
Bool result_code(PyObject *result, int absent, int *out);

// Members that all objects have.
#define NATIVE_DICT_MEMBERS(type) \
	{"__dictoffset__", T_PYSSIZET, offsetof(type, dict), READONLY, NULL}, \
	{ \
		"__weaklistoffset__", T_PYSSIZET, offsetof(type, weakrefs), READONLY, NULL \
	}

#define KEYWORDS (METH_VARARGS | METH_KEYWORDS)
#define WITH_KEYWORDS(f) ((PyCFunction)(void (*)(void))(f))

#define NATIVE_TYPE_FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC)

#endif
