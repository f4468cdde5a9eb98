// SPDX-License-Identifier: MIT
// Data attributes of PIDs, for FilterPid and for properties of PIDs of any filter.
#include "native.h"

static PyObject *read_name(GF_FilterPid *pid, Bool input)
{
	(void)input;
	return native_str(gf_filter_pid_get_name(pid));
}

static PyObject *read_filter_name(GF_FilterPid *pid, Bool input)
{
	GF_Filter *f = input ? gf_filter_pid_get_source_filter(pid) : gf_filter_pid_get_owner(pid);
	return native_str(f ? gf_filter_get_name(f) : NULL);
}

static PyObject *read_eos(GF_FilterPid *pid, Bool input)
{
	return PyLong_FromLong(input && gf_filter_pid_is_eos(pid));
}

static PyObject *read_has_seen_eos(GF_FilterPid *pid, Bool input)
{
	return PyLong_FromLong(input && gf_filter_pid_has_seen_eos(pid));
}

static PyObject *read_eos_received(GF_FilterPid *pid, Bool input)
{
	return PyLong_FromLong(input && gf_filter_pid_eos_received(pid));
}

static PyObject *read_would_block(GF_FilterPid *pid, Bool input)
{
	(void)input;
	return PyLong_FromLong(gf_filter_pid_would_block(pid) ? 1 : 0);
}

static PyObject *read_sparse(GF_FilterPid *pid, Bool input)
{
	(void)input;
	return PyLong_FromLong(gf_filter_pid_is_sparse(pid) ? 1 : 0);
}

static PyObject *read_max_buffer(GF_FilterPid *pid, Bool input)
{
	return PyLong_FromUnsignedLong(input ? gf_filter_pid_get_max_buffer(pid) : 0);
}

static PyObject *read_buffer(GF_FilterPid *pid, Bool input)
{
	(void)input;
	return PyLong_FromUnsignedLongLong(gf_filter_pid_query_buffer_duration(pid, GF_FALSE));
}

static PyObject *read_buffer_full(GF_FilterPid *pid, Bool input)
{
	if (!input)
		return PyBool_FromLong(gf_filter_pid_would_block(pid));
	return PyBool_FromLong(gf_filter_pid_query_buffer_duration(pid, GF_TRUE) != 0);
}

static PyObject *read_first_empty(GF_FilterPid *pid, Bool input)
{
	return PyLong_FromLong(!input || gf_filter_pid_first_packet_is_empty(pid));
}

static PyObject *read_first_cts(GF_FilterPid *pid, Bool input)
{
	u64 cts;
	if (!input || !gf_filter_pid_get_first_packet_cts(pid, &cts))
		Py_RETURN_NONE;
	return PyLong_FromUnsignedLongLong(cts);
}

static PyObject *read_nb_queued(GF_FilterPid *pid, Bool input)
{
	(void)input;
	return PyLong_FromUnsignedLong(gf_filter_pid_get_packet_count(pid));
}

static PyObject *read_timescale(GF_FilterPid *pid, Bool input)
{
	(void)input;
	return PyLong_FromUnsignedLong(gf_filter_pid_get_timescale(pid));
}

static PyObject *read_min_pck_dur(GF_FilterPid *pid, Bool input)
{
	return PyLong_FromUnsignedLong(input ? gf_filter_pid_get_min_pck_duration(pid) : 0);
}

static PyObject *read_playing(GF_FilterPid *pid, Bool input)
{
	(void)input;
	return PyLong_FromLong(gf_filter_pid_is_playing(pid) ? 1 : 0);
}

static PyObject *read_next_ts(GF_FilterPid *pid, Bool input)
{
	(void)input;
	return PyLong_FromUnsignedLongLong(gf_filter_pid_get_next_ts(pid));
}

typedef struct {
	const char *name;
	PyObject *(*read)(GF_FilterPid *pid, Bool input);
} PidAttribute;

static const PidAttribute attributes[] = {
	{"name", read_name},
	{"filter_name", read_filter_name},
	{"eos", read_eos},
	{"has_seen_eos", read_has_seen_eos},
	{"eos_received", read_eos_received},
	{"would_block", read_would_block},
	{"sparse", read_sparse},
	{"max_buffer", read_max_buffer},
	{"buffer", read_buffer},
	{"buffer_full", read_buffer_full},
	{"buffer_total", read_buffer},
	{"first_empty", read_first_empty},
	{"first_cts", read_first_cts},
	{"nb_pck_queued", read_nb_queued},
	{"timescale", read_timescale},
	{"min_pck_dur", read_min_pck_dur},
	{"playing", read_playing},
	{"next_ts", read_next_ts},
};

PyObject *pid_attribute(GF_FilterPid *pid, const char *name, Bool input)
{
	for (size_t i = 0; name && i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		if (!strcmp(attributes[i].name, name))
			return attributes[i].read(pid, input);
	}
	return NULL;
}
