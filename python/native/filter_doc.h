// SPDX-License-Identifier: MIT
// Documentation of Filter, included by filter.c only.
#ifndef NATIVE_FILTER_DOC_H
#define NATIVE_FILTER_DOC_H

PyDoc_STRVAR(doc_type,
	"A filter of a session: one object for each filter of the engine, the same for its whole life.\n\n"
	"Sessions make them (`FilterSession.load_src`, `load_dst`, `load`, `get_filter`, iteration); scripts\n"
	"do not. `str(f)` is the name. Scripts may store attributes of their own. Once the filter is removed\n"
	"every member but `name` raises GpacError. All calls are made from the thread that runs the session.");

PyDoc_STRVAR(doc_name,
	"str, read-only: name of the instance: its option `N`, or the class name. Kept after the filter was\n"
	"removed.");

PyDoc_STRVAR(doc_ID,
	"str or None, read-only: the ID that source expressions use: its option `FID`, or the one\n"
	"`set_source` made up.");

PyDoc_STRVAR(doc_class_name,
	"str, read-only: name of the filter class, such as `mp4dmx`.");

PyDoc_STRVAR(doc_nb_ipid,
	"int, read-only: number of input PIDs.");

PyDoc_STRVAR(doc_nb_opid,
	"int, read-only: number of output PIDs.");

PyDoc_STRVAR(doc_status,
	"str, read-only: last status text, empty when there is none or `FilterSession.reporting` is off.");

PyDoc_STRVAR(doc_bytes_done,
	"int, read-only: bytes the filter processed so far.");

PyDoc_STRVAR(doc_session,
	"FilterSession, read-only: the session of the filter.");

PyDoc_STRVAR(doc_remove,
	"remove($self, /)\n"
	"--\n\n"
	"Takes the filter out of the graph, at the next turn of the scheduler. Links through it are closed;\n"
	"its consumers get `configure_pid` with `is_remove` set.");

PyDoc_STRVAR(doc_update,
	"update($self, name, value, propagate_mask=0)\n"
	"--\n\n"
	"Changes an option while the session runs.\n\n"
	"`value` is converted with `str()`, booleans to `true` and `false`. The change is applied by a task\n"
	"of the session, so it is not seen at once. `propagate_mask` is 0 for this filter only,\n"
	"`GF_FILTER_UPDATE_DOWNSTREAM` towards the sources, `GF_FILTER_UPDATE_UPSTREAM` towards the sinks, or\n"
	"both. An option that cannot change at run time is reported in the log.");

PyDoc_STRVAR(doc_set_source,
	"set_source($self, f, link_args=None)\n"
	"--\n\n"
	"Makes `f` a source of this filter; from then on it only links to its sources. Calls add up; None\n"
	"does nothing.\n\n"
	"`link_args` picks PIDs of `f`, for instance `video`, `audio2`, `#PID=1`, `#Width+640`; the first `#`\n"
	"may be left out. Raises GpacError for the filter itself and for loops.");

PyDoc_STRVAR(doc_set_source_restricted,
	"set_source_restricted($self, f, link_args=None)\n"
	"--\n\n"
	"The same as `set_source`, and remembers the ID of `f`, so that sources loaded later under that ID\n"
	"are taken too.");

PyDoc_STRVAR(doc_insert,
	"insert($self, f, opid=-1, link_args=None)\n"
	"--\n\n"
	"Puts `f` behind this filter: it gets this filter as source, then output PID `opid` of this filter\n"
	"(-1 for all) is linked again. Links that exist stay. Raises GpacError when there is no such PID.");

PyDoc_STRVAR(doc_reconnect,
	"reconnect($self, opid=-1)\n"
	"--\n\n"
	"Links output PID `opid` (-1 for all) again, for instance after sources were changed. Also releases\n"
	"links that `GF_FS_FLAG_FORCE_DEFER_LINK` held back.");

PyDoc_STRVAR(doc_require_source_id,
	"require_source_id($self, /)\n"
	"--\n\n"
	"Output PIDs, present and future, only link to filters that name this one as their source.");

PyDoc_STRVAR(doc_probe_link,
	"probe_link($self, opid_idx, name, /)\n"
	"--\n\n"
	"Names of the filters that would be loaded between an output PID and the filter description `name`\n"
	"(`dst=URL` for a destination), as a list of str: `['']` for a direct link. None when no link is\n"
	"possible. The graph is not changed.");

PyDoc_STRVAR(doc_get_destinations,
	"get_destinations($self, opid_idx, /)\n"
	"--\n\n"
	"Classes of filters that output PID `opid_idx` (-1 for any) could link to directly, as a list of str,\n"
	"or None.");

PyDoc_STRVAR(doc_why_not,
	"why_not($self, dst, /)\n"
	"--\n\n"
	"Why no output of this filter is linked to filter `dst`: a text that names the rule or capability in\n"
	"the way. None when one is linked.");

PyDoc_STRVAR(doc_ipid_prop,
	"ipid_prop($self, idx, prop_name, /)\n"
	"--\n\n"
	"Property of input PID `idx`, or None. `prop_name` is a name or a four-character code as int; the\n"
	"name of a data attribute of `FilterPid` (`eos`, `buffer`, `timescale`...) works too. GpacError when\n"
	"there is no such PID.");

PyDoc_STRVAR(doc_opid_prop,
	"opid_prop($self, idx, prop_name, /)\n"
	"--\n\n"
	"Property of output PID `idx`, as `ipid_prop`.");

PyDoc_STRVAR(doc_ipid_enum_props,
	"ipid_enum_props($self, idx, callback_obj, /)\n"
	"--\n\n"
	"Calls `callback_obj.on_prop_enum(name, value)` for each property of input PID `idx`, in no\n"
	"particular order.");

PyDoc_STRVAR(doc_opid_enum_props,
	"opid_enum_props($self, idx, callback_obj, /)\n"
	"--\n\n"
	"Calls `callback_obj.on_prop_enum(name, value)` for each property of output PID `idx`, in no\n"
	"particular order.");

PyDoc_STRVAR(doc_ipid_stats,
	"ipid_stats($self, idx, mode=0)\n"
	"--\n\n"
	"FilterPidStatistics of input PID `idx`: a copy. `mode` is one of `GF_STATS_*` and says where along\n"
	"the chain to look; GpacError with code GF_NOT_FOUND when there is no such filter.");

PyDoc_STRVAR(doc_opid_stats,
	"opid_stats($self, idx, mode=0)\n"
	"--\n\n"
	"FilterPidStatistics of output PID `idx`, as `ipid_stats`.");

PyDoc_STRVAR(doc_ipid_source,
	"ipid_source($self, idx, /)\n"
	"--\n\n"
	"The Filter that feeds input PID `idx`, or None.");

PyDoc_STRVAR(doc_opid_sinks,
	"opid_sinks($self, idx, /)\n"
	"--\n\n"
	"The filters fed by output PID `idx`, as a list of Filter.");

PyDoc_STRVAR(doc_all_args,
	"all_args($self, /)\n"
	"--\n\n"
	"Declared options, as a list of FilterArg (copies).");

PyDoc_STRVAR(doc_all_args_value,
	"all_args_value($self, /)\n"
	"--\n\n"
	"Declared options with their current values, as a list of dict. Keys, all with str values: `name`,\n"
	"`type`, `value`, `description`, `default`, `min_max_enum`.");

PyDoc_STRVAR(doc_get_arg_value,
	"get_arg_value($self, arg_name, /)\n"
	"--\n\n"
	"Current value of an option, converted by its type as properties are. None when the filter does not\n"
	"have it.");

PyDoc_STRVAR(doc_get_info,
	"get_info($self, prop_name, /)\n"
	"--\n\n"
	"Value of an information or property, searched over all PIDs of the filter and on along the chain;\n"
	"None when nobody has it.");

PyDoc_STRVAR(doc_get_statistics,
	"get_statistics($self, /)\n"
	"--\n\n"
	"FilterStats of the filter: a copy with its own texts.");

PyDoc_STRVAR(doc_bind,
	"bind($self, object, /)\n"
	"--\n\n"
	"Attaches a DASH algorithm to a filter of class `dashin`, or an HTTP request handler to one of class\n"
	"`httpout`. Raises GpacError for other classes and for objects without the needed method.");

#endif
