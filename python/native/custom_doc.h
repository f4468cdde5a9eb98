// SPDX-License-Identifier: MIT
// Documentation of FilterCustom, included by custom.c only.
#ifndef NATIVE_CUSTOM_DOC_H
#define NATIVE_CUSTOM_DOC_H

PyDoc_STRVAR(doc_type,
	"FilterCustom(session, fname='Custom', flags=0)\n"
	"--\n\n"
	"A filter written in Python. Subclass it, call `__init__`, declare capabilities with `push_cap`.\n\n"
	"`fname` may carry options (`\"MyF:FID=x\"`); `flags` are register flags. Callbacks are methods of the\n"
	"subclass that exist when `__init__` runs; None as result means GF_OK:\n\n"
	"- `configure_pid(pid, is_remove)`: an input PID arrives (not in `ipids` yet), has new properties (in\n"
	"  `ipids`), or goes (`is_remove` is 1). Returns a code: GF_OK takes it, GF_REQUIRES_NEW_INSTANCE and\n"
	"  GF_FILTER_NOT_SUPPORTED refuse it. A sink sends a PLAY event here.\n"
	"- `process()`: there are packets, or it was rescheduled. Returns GF_OK, GF_EOS when nothing more\n"
	"  will come, or an error.\n"
	"- `process_event(evt)`: True to stop a FilterEvent here, else it goes on.\n"
	"- `reconfigure_output(opid)`: a consumer asks for other properties, see `FilterPid.query_cap`.\n"
	"- `packet_release(pid, pck)`: a packet of `FilterPid.new_pck_shared` is no longer used.\n\n"
	"All run on the thread that runs the session, which is stopped by the first exception and raises it.\n"
	"A filter with only output capabilities is a source: `process` is called once when the session\n"
	"starts. Raises GpacError when the filter cannot be made.");

PyDoc_STRVAR(doc_ipids,
	"list of FilterPid, read-only: input PIDs that were taken.");

PyDoc_STRVAR(doc_opids,
	"list of FilterPid, read-only: output PIDs in the order they were made.");

PyDoc_STRVAR(doc_block_enabled,
	"int, read-only: 1 when the session blocks filters whose outputs are full.");

PyDoc_STRVAR(doc_output_buffer,
	"int, read-only: largest buffer of the destinations in microseconds.");

PyDoc_STRVAR(doc_playout_buffer,
	"int, read-only: largest playout buffer of the destinations in microseconds.");

PyDoc_STRVAR(doc_sinks_done,
	"int, read-only: 1 when all sinks have seen the end of their streams.");

PyDoc_STRVAR(doc_nb_evts_queued,
	"int, read-only: events queued on this filter and on those before it.");

PyDoc_STRVAR(doc_clock_hint_time,
	"int, read-only: system time of the last clock hint in microseconds.");

PyDoc_STRVAR(doc_clock_hint_mediatime,
	"Fraction64, read-only: media time of the last clock hint in seconds.");

PyDoc_STRVAR(doc_connections_pending,
	"int, read-only: 1 while the session is making links.");

PyDoc_STRVAR(doc_push_cap,
	"push_cap($self, pcode, prop, flag, priority=0, custom_type=0)\n"
	"--\n\n"
	"Adds a capability, before the session runs.\n\n"
	"`pcode` is a property name or four-character code, `prop` its value, `flag` one of `GF_CAPS_*`.\n"
	"Capabilities form bundles: a flag without GF_CAPFLAG_IN_BUNDLE, such as 0, starts the next one, and\n"
	"then `pcode` and `prop` are not used. Several values of one property in a bundle are alternatives.\n"
	"`priority`, 0 to 255, replaces that of the filter where this capability matches. `custom_type` is\n"
	"the type (`GF_PROP_*`) of a property of your own, a string by default.");

PyDoc_STRVAR(doc_new_pid,
	"new_pid($self, /)\n"
	"--\n\n"
	"A new output FilterPid, added to `opids`. With exactly one input PID it starts with its properties.\n"
	"It is linked when the callback that made it returns.");

PyDoc_STRVAR(doc_update_status,
	"update_status($self, status, percent, /)\n"
	"--\n\n"
	"Reports a status text (or None) and the progress in 1/10000. Dropped while `FilterSession.reporting`\n"
	"is off.");

PyDoc_STRVAR(doc_reschedule,
	"reschedule($self, when=0)\n"
	"--\n\n"
	"Asks for another call of `process` in `when` microseconds, at the earliest; the nearest of several\n"
	"wins. A negative value only queues a call. Sources that wait, and filters that have more work\n"
	"without new packets, use it.");

PyDoc_STRVAR(doc_notify_failure,
	"notify_failure($self, err, error_type=0)\n"
	"--\n\n"
	"Reports error code `err` to the session: with GF_SETUP_ERROR the filter never worked and its chain\n"
	"is removed, with GF_NOTIF_ERROR the chain stays, with GF_NOTIF_ERROR_AND_DISCONNECT it is\n"
	"disconnected.");

PyDoc_STRVAR(doc_make_sticky,
	"make_sticky($self, /)\n"
	"--\n\n"
	"Keeps the filter in the graph when its inputs go.");

PyDoc_STRVAR(doc_prevent_blocking,
	"prevent_blocking($self, enable, /)\n"
	"--\n\n"
	"With True `process` is called even when all outputs are full.");

PyDoc_STRVAR(doc_block_eos,
	"block_eos($self, enable, /)\n"
	"--\n\n"
	"With True queries for the end of streams stop at this filter, so that it may wait for more input.");

PyDoc_STRVAR(doc_accept_events,
	"accept_events($self, enable, /)\n"
	"--\n\n"
	"With True user events fired with `FilterSession.fire_event` come to `process_event`.");

PyDoc_STRVAR(doc_set_max_pids,
	"set_max_pids($self, max_pids, /)\n"
	"--\n\n"
	"Number of input PIDs taken beyond the first, -1 for any number. One PID is taken by default.");

PyDoc_STRVAR(doc_hint_clock,
	"hint_clock($self, clock_us, media_time, /)\n"
	"--\n\n"
	"Tells the session that media time `media_time` (Fraction64, seconds) is at system time `clock_us` in\n"
	"microseconds.");

#endif
