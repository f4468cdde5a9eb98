// SPDX-License-Identifier: MIT
// Calls between the files of the engine.
#ifndef GRAPH_ENGINE_H
#define GRAPH_ENGINE_H

#include "graph/graph.h"
#include "graph/sched.h"

// ---- filter.c

typedef struct {
	const GF_FilterRegister *reg;
	const char *args;        // declaration without the register name, may be NULL
	const char *dst_args;    // dynamic filters: options of the destination
	FilterKind kind;
	GF_Filter *alias_of;     // FILTER_ALIAS
	u32 encoder_codec;
	Bool silent;             // no message when it fails
	GF_FilterRegister *own_reg; // custom filters: taken over
} FilterParams;

// Makes, configures and initialises a filter; PIDs it declared wait for their linking pass. NULL and `*err` on failure.
GF_Filter *filter_new(GF_FilterSession *fs, const FilterParams *params, GF_Err *err);
// Instance that only tells its capabilities: initialised, never linked. For link queries.
GF_Filter *filter_load_temporary(GF_FilterSession *fs, const char *desc, Bool is_dst, GF_Err *err);
// Finalises and frees a filter at once, with its PIDs, packets and tasks.
void filter_unload(GF_Filter *f);
void filter_disable(GF_Filter *f); // no more process calls, nothing is waited for
void filter_finalize(GF_Filter *f);
void filter_free(GF_Filter *f);
Bool filter_is_source(const GF_Filter *f);
Bool filter_in_parents(const GF_Filter *f, const GF_Filter *ancestor); // `ancestor` is `f` or above it
GF_Filter *filter_first_source(GF_Filter *f); // that of the first input, of its first input and so on
// Text that names a filter in messages: its name, and the register's when they differ.
const char *filter_label(const GF_Filter *f, char buf[100]);
// Makes another filter of `f`, of a register that reads the same URL. Its handle and index stay.
GF_Err filter_switch_register(GF_Filter *f, const GF_FilterRegister *reg);
// Starts a source, or what the last callback made possible: links new PIDs.
void filter_start(GF_Filter *f);

// ---- load.c

GF_Filter *load_filter_string(GF_FilterSession *fs, const char *desc, FilterKind kind, GF_Err *err);
// Encoder for the codec in `args` (`c=NAME:…`). load_encoder.c.
GF_Filter *load_encoder(GF_FilterSession *fs, const char *args, Bool silent, GF_Err *err);
const GF_FilterRegister *find_register(GF_FilterSession *fs, const char *name);
// URL of the `src` or `dst` option of a filter, NULL when it has none.
const char *filter_url_arg(const GF_Filter *f, const char *arg_name);
// Next best source register for the URL of `f` after those in its blacklist (3.11). NULL when there is none.
const GF_FilterRegister *load_other_source(GF_Filter *f);

// ---- downloads.c

void downloads_init(GF_FilterSession *fs);
void downloads_close(GF_FilterSession *fs);

// ---- pid.c

void out_pid_free(OutPid *pid);
// The PID is removed: each destination loses it behind the packets already sent.
void out_pid_retire(OutPid *pid);
void out_pid_drop(OutPid *pid); // takes a PID without destinations out of its filter
// When nothing takes the place of the destination that a PID lost: packets are dropped, and its filter may go.
void out_pid_check_unused(OutPid *pid);
void out_pid_release_held(OutPid *pid);
Bool out_pid_is_sparse(const OutPid *pid);
const GF_PropertyValue *out_pid_prop(const OutPid *pid, u32 p4cc);
u32 out_pid_stream_type(const OutPid *pid);
u32 out_pid_codec(const OutPid *pid);

// ---- pid_in.c

// configure_pid of the consumer; a failure it reported inside counts as its answer.
GF_Err filter_call_configure(InPid *in, Bool is_remove);
InPid *in_pid_new(GF_Filter *dst, OutPid *src);
void in_pid_free(InPid *in);
// Drops all queued packets.
void in_pid_flush(InPid *in);
// To be called when the queue may have become empty: a removal may have waited for it.
void in_pid_emptied(InPid *in);
Bool in_pid_at_end(const InPid *in);
// From now on the input gets nothing, until a PLAY or a seek reached the producer.
void in_pid_mute(InPid *in);
// Calls configure_pid and INFO_UPDATE for what changed, without a packet. False when the PID was refused.
Bool in_pid_reconfigure(InPid *in, PropMap *map);

// ---- buffer.c

void pid_update_blocking(OutPid *pid);
Bool filter_all_outputs_block(const GF_Filter *f);
void pid_forget_blocking(OutPid *pid); // the PID leaves its filter
void pid_init_limits(OutPid *pid);
// Limits before the playback speed; 0 units: the time limit counts.
void pid_set_limits(OutPid *pid, u32 units, u64 us);
// Moves the limits of an input of a filter to its output.
void pid_move_limits(OutPid *from, OutPid *to);
// The queue alone is enough to block the producer.
Bool in_pid_is_full(const InPid *in);
// Makes room behind a queue that nobody will empty before. False at the end of what may be granted.
Bool pid_grow_limits(OutPid *pid);

// ---- stall.c

// Frees PIDs that filters with nothing to do keep blocked for each other. True when it freed one.
Bool stalls_resolve(GF_FilterSession *fs);

// ---- link.c

void link_post(OutPid *pid);
// Runs the linking pass of one PID.
void link_pid(OutPid *pid);
// Sets the `#Name=value` properties of the declaration again, after the filter changed properties.
void pid_apply_user_props(OutPid *pid);
typedef enum {
	UNLINKED_NO_CHAIN,
	UNLINKED_EXCLUDED, // the source IDs of all candidates leave it out
	UNLINKED_REFUSED,  // a filter refused it, which was reported
} Unlinked;

// Nobody took `pid`: reports it once and lets its filter go on without it (3.14).
void link_none(OutPid *pid, Unlinked reason, const char *why);

// A filter of which no output is used stops, and so does what only feeds it.
void link_check_unused(GF_Filter *f);

// ---- connect.c

// Connects a PID to a filter and configures it. `alias`: the alias by which a shared sink was reached.
GF_Err connect_pid(OutPid *pid, GF_Filter *dst, GF_Filter *alias, u32 bundle);
// Ends a linking pass: the packets sent before it go to the destinations it found.
void connect_deliver_held(OutPid *pid);
// Disconnects an input: configure_pid(remove), then frees it. `auto_remove`: drop the filter if it was its last.
void disconnect_pid(InPid *in, Bool auto_remove);
void connect_reconfigure_failed(InPid *in, GF_Err e);
void connect_replace_refused(InPid *in);
// Gives `c` the place of `f` in the graph: what is not in its arguments.
GF_Err filter_copy_place(const GF_Filter *f, GF_Filter *c);
GF_Filter *filter_clone(GF_Filter *f, OutPid *for_pid, GF_Err *err);

// ---- remove.c

void filter_request_removal(GF_Filter *f);
// Removes a filter that lost its last input or all its destinations, unless the structural work under way
// links it again.
void filter_check_useless(GF_Filter *f);
// An output PID of the filter was dropped: the removal of the filter may have waited for it.
void filter_output_gone(GF_Filter *f);
void pid_request_disconnect(InPid *in);
// The filter cannot do its work: it is removed, unless another one watches it. `reported`: no further message.
void filter_failed(GF_Filter *filter, GF_Err reason, Bool reported);
// Replaces the chain in front of an input after its register was refused (3.11).
void filter_relink_inputs(GF_Filter *f);

// ---- negotiate.c

// Serves the negotiations pending on the outputs of a filter, before its process call or from a task.
void negotiate_outputs(GF_Filter *f);

// ---- event.c

void event_send_on_input(InPid *in, const GF_FilterEvent *evt);
void event_send_on_output(OutPid *pid, const GF_FilterEvent *evt);
// Delivers a sources-ward event to the producer of a PID. Not from a callback of that filter.
void event_deliver_now(OutPid *pid, const GF_FilterEvent *evt);
void event_notify_connect_fail(OutPid *pid);

// ---- remove.c, called by the pool of packets

// The last packet of `f` whose destructor was due is gone.
void filter_packets_gone(GF_Filter *f);

// ---- modules.c

GF_Err modules_load(GF_FilterSession *fs);
void modules_unload(GF_FilterSession *fs);

// ---- session.c

// Ends the session without flush; `status` is what gf_fs_run returns.
void session_stop_now(GF_FilterSession *fs, GF_Err status); // flush.c
void session_set_connect_error(GF_FilterSession *fs, GF_Err e);
void session_forget_filter(GF_Filter *f);
// To be called for all options that filters of the session may have.
void session_note_args(GF_FilterSession *fs, const GF_FilterArgs *args);

// ---- gl.c

// The context of the session is current on no thread any more, and gone.
void gl_leave(GF_FilterSession *fs);
void gl_close(GF_FilterSession *fs);

#endif
