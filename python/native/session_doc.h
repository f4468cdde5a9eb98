// SPDX-License-Identifier: MIT
// Documentation of FilterSession, included by session.c only.
#ifndef NATIVE_SESSION_DOC_H
#define NATIVE_SESSION_DOC_H

PyDoc_STRVAR(doc_type,
	"FilterSession(flags=0, blacklist=None, nb_threads=0, sched_type=0)\n"
	"--\n\n"
	"A session: loads filters, links them and runs them.\n\n"
	"`flags` are `GF_FS_FLAG_*`. `blacklist` has the names of filters not to use, separated by commas, or\n"
	"after a leading `-` of the only ones to use. All filters run on the thread that calls `run`,\n"
	"whatever `nb_threads` and `sched_type` ask for. Parameters left at their defaults take the options\n"
	"of `set_args`.\n\n"
	"Use it as a context manager, or call `delete`. Iteration gives its filters. Only `abort`, `post` and\n"
	"reading attributes are allowed from other threads while it runs. Raises GpacError when it cannot be\n"
	"made.");

PyDoc_STRVAR(doc_last_task,
	"bool, read-only: True when nothing else is pending: how a loop around a non-blocking session sees\n"
	"its end.");

PyDoc_STRVAR(doc_nb_filters,
	"int, read-only: number of filters.");

PyDoc_STRVAR(doc_http_bitrate,
	"int, read-only: rate of all downloads in bit/s.");

PyDoc_STRVAR(doc_http_max_bitrate,
	"int: limit of the rate of downloads in bit/s, 0 for none.");

PyDoc_STRVAR(doc_last_connect_error,
	"int, read-only: code of the last link that failed. Reading resets it to GF_OK.");

PyDoc_STRVAR(doc_last_process_error,
	"int, read-only: code of the last error of a filter. Reading resets it to GF_OK.");

PyDoc_STRVAR(doc_delete,
	"delete($self, /)\n"
	"--\n\n"
	"Destroys the session with its filters, last made first; each is announced by `on_filter_del`. May be\n"
	"called again. GpacError while the session runs.");

PyDoc_STRVAR(doc_run,
	"run($self, timeout=None)\n"
	"--\n\n"
	"Runs until nothing is left to do, or the session is aborted; a non-blocking session returns when\n"
	"nothing is ready.\n\n"
	"`timeout` is in seconds: then TimeoutError is raised. Sleeps while it waits. The interpreter lock is\n"
	"released, Ctrl-C raises KeyboardInterrupt. The first exception of a callback ends the session and is\n"
	"raised here; GpacError for failures of the engine. The end of a stream is no failure. Calling it\n"
	"again continues, or returns at once.");

PyDoc_STRVAR(doc_run_async,
	"run_async($self, timeout=None)\n"
	"--\n\n"
	"As `run`, in the running asyncio loop: `await fs.run_async()`. The loop watches the descriptor of\n"
	"the session and other tasks run meanwhile. Cancelling it aborts the session.");

PyDoc_STRVAR(doc_run_slice,
	"run_slice($self, /)\n"
	"--\n\n"
	"Does what is ready without waiting, for programs with a loop of their own: call it when `fileno` is\n"
	"readable. True while there is more to come.");

PyDoc_STRVAR(doc_fileno,
	"fileno($self, /)\n"
	"--\n\n"
	"File descriptor, as int, that is readable when the session has work. It belongs to the session.");

PyDoc_STRVAR(doc_abort,
	"abort($self, flush=0)\n"
	"--\n\n"
	"Ends the session, from any thread. `flush`: GF_FS_FLUSH_NONE drops what is in flight,\n"
	"GF_FS_FLUSH_ALL ends the sources and processes the rest, GF_FS_FLUSH_FAST empties buffers first.");

PyDoc_STRVAR(doc_load_src,
	"load_src($self, URL, parentURL=None)\n"
	"--\n\n"
	"Loads the source filter for a URL or path, which options may follow (`in.mp4:option=value`), and\n"
	"returns the Filter. A relative `URL` is resolved against `parentURL`. GpacError, with code\n"
	"GF_URL_ERROR for a missing file. None when a filter ended the session meanwhile.");

PyDoc_STRVAR(doc_load_dst,
	"load_dst($self, URL, parentURL=None)\n"
	"--\n\n"
	"Loads the destination filter for a URL or path, as `load_src`: `out.mp4:frag`.");

PyDoc_STRVAR(doc_load,
	"load($self, fname)\n"
	"--\n\n"
	"Loads a filter by name with its options (`reframer:xs=10`) and returns the Filter. GpacError with\n"
	"code GF_FILTER_NOT_FOUND for unknown names.");

PyDoc_STRVAR(doc_get_filter,
	"get_filter($self, index, /)\n"
	"--\n\n"
	"The Filter at an index from 0 to `nb_filters` - 1. GpacError outside.");

PyDoc_STRVAR(doc_post,
	"post($self, task, /)\n"
	"--\n\n"
	"Schedules a FilterTask, or any object with `name` and `execute`, from any thread. GpacError for one\n"
	"posted already.");

PyDoc_STRVAR(doc_post_task,
	"post_task($self, task, /)\n"
	"--\n\n"
	"The same as `post`.");

PyDoc_STRVAR(doc_rem_task,
	"rem_task($self, task, /)\n"
	"--\n\n"
	"Takes a posted task out.");

PyDoc_STRVAR(doc_lock,
	"lock($self, lock, /)\n"
	"--\n\n"
	"Locks (True) or unlocks the list of filters against other threads of the session. Without extra\n"
	"threads it does nothing.");

PyDoc_STRVAR(doc_reporting,
	"reporting($self, do_report, /)\n"
	"--\n\n"
	"Enables the collection of status texts, see `Filter.status`.");

PyDoc_STRVAR(doc_print_stats,
	"print_stats($self, /)\n"
	"--\n\n"
	"Logs statistics of all filters, with log tool `app` at level `info`.");

PyDoc_STRVAR(doc_print_graph,
	"print_graph($self, /)\n"
	"--\n\n"
	"Logs the graph, with log tool `app` at level `info`.");

PyDoc_STRVAR(doc_graph,
	"graph($self, /)\n"
	"--\n\n"
	"The graph as a `libgpac.Graph`: a dict with `filters`, each with its outputs and their properties, and\n"
	"`links` between them. Its methods `dot()` and `svg()` make Graphviz text and a picture, which Jupyter shows.");

PyDoc_STRVAR(doc_fire_event,
	"fire_event($self, evt, _filter=None, upstream=False)\n"
	"--\n\n"
	"Sends a FilterEvent to a filter or, without one, to all that accept user events until one takes it.\n"
	"Returns 1 when it was delivered, else 0.\n\n"
	"Events other than user events go along the inputs of the filter, towards its sources, or with\n"
	"`upstream` along its outputs.");

PyDoc_STRVAR(doc_is_supported_mime,
	"is_supported_mime($self, mime, /)\n"
	"--\n\n"
	"1 when some filter takes this MIME type, else 0.");

PyDoc_STRVAR(doc_is_supported_source,
	"is_supported_source($self, url, parent=None)\n"
	"--\n\n"
	"1 when some source filter opens this URL, else 0; local files must exist.");

PyDoc_STRVAR(doc_external_opengl_provider,
	"external_opengl_provider($self, /)\n"
	"--\n\n"
	"Filters that need OpenGL use a context of the application, which `on_gl_activate` makes current, instead of\n"
	"one without a window made for the session. Raises GpacError when called twice or after filters were loaded.");

PyDoc_STRVAR(doc_on_filter_new,
	"on_filter_new($self, _filter, /)\n"
	"--\n\n"
	"For subclasses: called with each new Filter, inside the call that loads it or from `run`.");

PyDoc_STRVAR(doc_on_filter_del,
	"on_filter_del($self, _filter, /)\n"
	"--\n\n"
	"For subclasses: called with each Filter that is about to be destroyed.");

PyDoc_STRVAR(doc_on_gl_activate,
	"on_gl_activate($self, do_activate, /)\n"
	"--\n\n"
	"For subclasses, after `external_opengl_provider`: makes the GL context current on this thread (1) or lets go\n"
	"of it (0). Returns an error code; None is 0.");

PyDoc_STRVAR(doc_enter,
	"__enter__($self, /)\n"
	"--\n\n"
	"The session itself.");

PyDoc_STRVAR(doc_exit,
	"__exit__($self, kind, exc, trace, /)\n"
	"--\n\n"
	"Deletes the session.");

#endif
