// SPDX-License-Identifier: MIT
// Documentation of FilterPid, included by pid.c only.
#ifndef NATIVE_PID_DOC_H
#define NATIVE_PID_DOC_H

PyDoc_STRVAR(doc_type,
	"An input or output PID of a Python filter: a stream of packets with properties.\n\n"
	"Inputs come to `configure_pid`, outputs from `FilterCustom.new_pid`; the same object for the whole\n"
	"life of the PID. Scripts may store attributes of their own. Once the PID is removed every member\n"
	"raises GpacError, and so does a member used in the wrong direction. Times without unit are in units\n"
	"of `timescale`. All calls are made from callbacks.\n\n"
	"`for pck in pid` goes over the pending packets of an input and drops each when the next is asked\n"
	"for; `async for pck in pid` waits for packets until the end of the stream, in a session of\n"
	"`run_async`.");

PyDoc_STRVAR(doc_name,
	"str: name of the PID. Setting it on an input only warns.");

PyDoc_STRVAR(doc_eos,
	"int: on inputs 1 when the stream ended and the queue is empty. Setting a true value on an output\n"
	"ends its stream.");

PyDoc_STRVAR(doc_max_buffer,
	"int: microseconds: on inputs the limit of the buffers along the path; outputs can set theirs, and\n"
	"read 0.");

PyDoc_STRVAR(doc_filter_name,
	"str, read-only: name of the filter that produces the PID.");

PyDoc_STRVAR(doc_has_seen_eos,
	"int, read-only: on inputs 1 when the stream ended somewhere before this filter.");

PyDoc_STRVAR(doc_eos_received,
	"int, read-only: on inputs 1 when the end was received; packets may remain.");

PyDoc_STRVAR(doc_would_block,
	"int, read-only: 1 when the PID is full: a source should wait for its next call instead of sending.");

PyDoc_STRVAR(doc_sparse,
	"int, read-only: 1 when the stream may have holes, as text has.");

PyDoc_STRVAR(doc_buffer,
	"int, read-only: microseconds of media buffered between the source and here.");

PyDoc_STRVAR(doc_buffer_full,
	"bool, read-only: True when the buffer is full.");

PyDoc_STRVAR(doc_buffer_total,
	"int, read-only: microseconds of media buffered between the source and here.");

PyDoc_STRVAR(doc_first_empty,
	"int, read-only: 1 when no packet with data is pending; always 1 on outputs.");

PyDoc_STRVAR(doc_first_cts,
	"int or None, read-only: composition time of the first pending packet of an input.");

PyDoc_STRVAR(doc_nb_pck_queued,
	"int, read-only: number of packets queued; on outputs those of the first destination.");

PyDoc_STRVAR(doc_timescale,
	"int, read-only: time units per second, 1000 without property `Timescale`.");

PyDoc_STRVAR(doc_min_pck_dur,
	"int, read-only: shortest packet duration seen on an input.");

PyDoc_STRVAR(doc_playing,
	"int, read-only: 1 between PLAY and STOP.");

PyDoc_STRVAR(doc_next_ts,
	"int, read-only: last decoding (else composition) time plus duration, GF_FILTER_NO_TS when not known.");

PyDoc_STRVAR(doc_handle,
	"int or None, read-only: address of the native PID, as in `FilterEvent.base.on_pid`.");

PyDoc_STRVAR(doc_filter,
	"FilterCustom, read-only: the filter that owns this end of the PID.");

PyDoc_STRVAR(doc_send_event,
	"send_event($self, evt, /)\n"
	"--\n\n"
	"Sends a copy of a FilterEvent along the PID: from inputs towards the source, from outputs to all\n"
	"sinks. Sets `evt.base.on_pid`. A PLAY on a PID that plays, and a STOP on one that does not, are\n"
	"dropped.");

PyDoc_STRVAR(doc_remove,
	"remove($self, /)\n"
	"--\n\n"
	"Removes an output PID. Its consumers get `configure_pid` with `is_remove` set once they have read\n"
	"what was sent.");

PyDoc_STRVAR(doc_enum_props,
	"enum_props($self, callback_obj, /)\n"
	"--\n\n"
	"Calls `callback_obj.on_prop_enum(name, value)` for each property, in no particular order.");

PyDoc_STRVAR(doc_props,
	"props($self, /)\n"
	"--\n\n"
	"All properties as a dict from name to value: copies.");

PyDoc_STRVAR(doc_get_prop,
	"get_prop($self, pname, /)\n"
	"--\n\n"
	"Value of a property, a copy, or None. `pname` is a name or a four-character code as int; names of\n"
	"data attributes of this class work too. Valid until the next `configure_pid`.");

PyDoc_STRVAR(doc_get_info,
	"get_info($self, pname, /)\n"
	"--\n\n"
	"Value of an information, else of a property, searched on up to the source; None when nobody has it.");

PyDoc_STRVAR(doc_get_packet,
	"get_packet($self, /)\n"
	"--\n\n"
	"The first pending FilterPacket of an input, or None. The same object until `drop_packet`. May call\n"
	"`configure_pid` first, when the properties changed before that packet.");

PyDoc_STRVAR(doc_drop_packet,
	"drop_packet($self, /)\n"
	"--\n\n"
	"Removes the packet given by `get_packet` from the queue, which ends the life of the object unless\n"
	"`FilterPacket.ref` was called. Does nothing when none was given.");

PyDoc_STRVAR(doc_next_packet,
	"_next_packet($self, /)\n"
	"--\n\n"
	"Drops the packet given before and gives the next one, or None.");

PyDoc_STRVAR(doc_copy_props,
	"copy_props($self, ipid, /)\n"
	"--\n\n"
	"Replaces all properties of an output by those of another PID; None does nothing.");

PyDoc_STRVAR(doc_reset_props,
	"reset_props($self, /)\n"
	"--\n\n"
	"Removes all properties of an output.");

PyDoc_STRVAR(doc_forward,
	"forward($self, ipck, /)\n"
	"--\n\n"
	"Sends a packet with its attributes and properties on this output without copying it; None does\n"
	"nothing. The packet stays with its input until it is dropped there.");

PyDoc_STRVAR(doc_set_prop,
	"set_prop($self, pcode, prop, custom_type=0)\n"
	"--\n\n"
	"Sets a property of an output, or removes it with None. Consumers are configured again at the next\n"
	"packet; setting the same value again does nothing.\n\n"
	"`pcode` is a name or a four-character code as int. `custom_type` is the type (`GF_PROP_*`) of a\n"
	"property of your own, a string by default; built-in properties have theirs. Raises TypeError,\n"
	"ValueError or OverflowError for values that do not fit the type.");

PyDoc_STRVAR(doc_set_info,
	"set_info($self, pcode, prop, custom_type=0)\n"
	"--\n\n"
	"Sets or removes an information of an output, as `set_prop`. Information is not handed on by filters\n"
	"and does not configure consumers again.");

PyDoc_STRVAR(doc_clear_eos,
	"clear_eos($self, all_pids, /)\n"
	"--\n\n"
	"Clears the end of stream of an input, or of all PIDs of the filter that feeds it.");

PyDoc_STRVAR(doc_check_caps,
	"check_caps($self, /)\n"
	"--\n\n"
	"1 when the properties of an input still match the capabilities of the filter, else 0.");

PyDoc_STRVAR(doc_discard_block,
	"discard_block($self, /)\n"
	"--\n\n"
	"Lets an output that reached its end block nobody any more, as playlists need.");

PyDoc_STRVAR(doc_allow_direct_dispatch,
	"allow_direct_dispatch($self, /)\n"
	"--\n\n"
	"Lets consumers of an output run inside `FilterPacket.send`.");

PyDoc_STRVAR(doc_get_clock_type,
	"get_clock_type($self, /)\n"
	"--\n\n"
	"`GF_FILTER_CLOCK_*` of the last clock reference of an input, 0 for none. Reading resets it.");

PyDoc_STRVAR(doc_get_clock_timestamp,
	"get_clock_timestamp($self, /)\n"
	"--\n\n"
	"Time of the last clock reference of an input as Fraction64, in units of its denominator. Reading\n"
	"resets the type.");

PyDoc_STRVAR(doc_is_filter_in_parents,
	"is_filter_in_parents($self, _filter, /)\n"
	"--\n\n"
	"1 when the Filter is somewhere before this PID, else 0.");

PyDoc_STRVAR(doc_get_buffer_occupancy,
	"get_buffer_occupancy($self, /)\n"
	"--\n\n"
	"BufferOccupancy of the PID: packets and microseconds held and allowed.");

PyDoc_STRVAR(doc_loose_connect,
	"loose_connect($self, /)\n"
	"--\n\n"
	"No error when nothing takes this output.");

PyDoc_STRVAR(doc_set_framing,
	"set_framing($self, framed, /)\n"
	"--\n\n"
	"With True only whole frames are delivered on an input; pieces are joined.");

PyDoc_STRVAR(doc_set_clock_mode,
	"set_clock_mode($self, cmode, /)\n"
	"--\n\n"
	"With True the filter handles clock references of an input itself and they are not sent on.");

PyDoc_STRVAR(doc_set_discard,
	"set_discard($self, do_discard, /)\n"
	"--\n\n"
	"With True pending and future packets of an input are dropped; changes of properties are still told.");

PyDoc_STRVAR(doc_require_source_id,
	"require_source_id($self, /)\n"
	"--\n\n"
	"This output only links to filters that name its filter as their source.");

PyDoc_STRVAR(doc_recompute_dts,
	"recompute_dts($self, do_compute, /)\n"
	"--\n\n"
	"With True missing decoding times of an output are computed from the composition times.");

PyDoc_STRVAR(doc_query_cap,
	"query_cap($self, pcode, /)\n"
	"--\n\n"
	"Value of a property that the consumers of an output ask for, negotiated or from their capabilities,\n"
	"or None.");

PyDoc_STRVAR(doc_negotiate_cap,
	"negotiate_cap($self, pcode, prop, custom_type=0)\n"
	"--\n\n"
	"Asks the chain before an input for a value of a property, `Width` for instance. The answer comes\n"
	"later: a call of `configure_pid` with the value, or the removal of the PID.");

PyDoc_STRVAR(doc_resolve_template,
	"resolve_template($self, template, file_idx=0, suffix=None)\n"
	"--\n\n"
	"A file name with `$...$` replaced: `$num$` (`file_idx`), `$PID$`, `$URL$`, `$File$`, `$Type$`,\n"
	"`$OType$`, `$FS$` (`suffix`), any property by its name, and `$$` for `$`; `%0Nd` formats numbers.\n"
	"DASH keywords are left alone.");

PyDoc_STRVAR(doc_new_pck,
	"new_pck($self, size=0)\n"
	"--\n\n"
	"A new packet on an output with `size` bytes of memory of the engine, not initialised and writable.\n"
	"None when memory is short.");

PyDoc_STRVAR(doc_new_pck_ref,
	"new_pck_ref($self, ipck, size=0, offset=0)\n"
	"--\n\n"
	"A new packet on an output that shows `size` bytes (0 for the rest) of `ipck` from `offset` on,\n"
	"without a copy and read-only. None when the range is outside. Attributes are not taken over, see\n"
	"`FilterPacket.copy_props`.");

PyDoc_STRVAR(doc_new_pck_shared,
	"new_pck_shared($self, data, /)\n"
	"--\n\n"
	"A new packet on an output that shows memory of the script, without a copy.\n\n"
	"`data` is any contiguous bytes-like object or numpy array. It is kept until `packet_release(pid,\n"
	"pck)` of the filter, which must exist, and it must not change before. GpacError for other objects,\n"
	"BufferError or ValueError for memory with holes.");

PyDoc_STRVAR(doc_new_pck_copy,
	"new_pck_copy($self, ipck, /)\n"
	"--\n\n"
	"A new packet on an output with a copy of the data, attributes and properties of `ipck`; writable.");

PyDoc_STRVAR(doc_new_pck_clone,
	"new_pck_clone($self, ipck, /)\n"
	"--\n\n"
	"As `new_pck_copy`, for work in place: when nobody else reads the memory of `ipck` it is taken over\n"
	"instead of copied.");

#endif
