// SPDX-License-Identifier: MIT
// Documentation of FilterTask, included by task.c only.
#ifndef NATIVE_TASK_DOC_H
#define NATIVE_TASK_DOC_H

PyDoc_STRVAR(doc_type,
	"FilterTask(name)\n"
	"--\n\n"
	"Work that a session calls at given times: subclass it, define `execute`, give it to\n"
	"`FilterSession.post`.\n\n"
	"Runs on the thread that runs the session. Any object with `name` and `execute` will do.");

PyDoc_STRVAR(doc_name,
	"str: name in logs.");

PyDoc_STRVAR(doc_session,
	"FilterSession or None: the session while the task is posted.");

PyDoc_STRVAR(doc_execute,
	"execute($self, /)\n"
	"--\n\n"
	"Called by the session. Returns the milliseconds until the next call, 0 for as soon as possible; a\n"
	"negative number, or None, ends the task. Other results are a TypeError, which ends the session as\n"
	"every exception does.");

#endif
