// SPDX-License-Identifier: MIT
// Messages of the library handed to Python, see libgpac/logs.py.
#include <stdarg.h>
#include <stdio.h>
#include "native.h"

static void hand_over(PyObject *handler, GF_LOG_Level level, GF_LOG_Tool tool, const char *text)
{
	PyObject *type, *exc, *trace; // the message may come while an exception is on its way
	PyErr_Fetch(&type, &exc, &trace);
	PyObject *message = native_str(text);
	PyObject *res = message
						? PyObject_CallFunction(handler, "siO", gf_log_tool_name(tool), (int)level, message)
						: NULL;
	if (!res)
		PyErr_WriteUnraisable(handler);
	Py_XDECREF(res);
	Py_XDECREF(message);
	PyErr_Restore(type, exc, trace);
}

GF_PRINTF(4, 0) static void on_message(void *udta, GF_LOG_Level level, GF_LOG_Tool tool, const char *fmt, va_list args)
{
	char line[1024];
	va_list copy;
	va_copy(copy, args);
	int length = vsnprintf(line, sizeof(line), fmt, copy);
	va_end(copy);
	if (length <= 0)
		return;
	char *text = (size_t)length < sizeof(line) ? line : gf_malloc((size_t)length + 1);
	if (!text)
		return;
	if (text != line)
		vsnprintf(text, (size_t)length + 1, fmt, args);
	while (length && text[length - 1] == '\n')
		text[--length] = 0;
	PyGILState_STATE gil = PyGILState_Ensure();
	PyObject *handler = native_state()->log_handler;
	(void)udta;
	if (handler) {
		Py_INCREF(handler);
		hand_over(handler, level, tool, text);
		Py_DECREF(handler);
	}
	PyGILState_Release(gil);
	if (text != line)
		gf_free(text);
}

PyObject *logs_set_handler(PyObject *self, PyObject *handler)
{
	(void)self;
	State *st = native_state();
	PyObject *old = st->log_handler;
	st->log_handler = handler == Py_None ? NULL : Py_NewRef(handler);
	gf_log_set_callback(NULL, st->log_handler ? on_message : NULL);
	Py_XDECREF(old);
	Py_RETURN_NONE;
}
