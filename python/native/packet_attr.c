// SPDX-License-Identifier: MIT
// Attributes of FilterPacket.
#include "native.h"
#include "packet_attr_doc.h"

typedef struct {
	const char *label; // in messages
	u64 (*get)(GF_FilterPacket *);
	GF_Err (*set)(GF_FilterPacket *, u64);
	long long min;
	unsigned long long max;
} Attribute;

#define ATTRIBUTE(name, type) \
	static u64 get_##name(GF_FilterPacket *pck) \
	{ \
		return (u64)gf_filter_pck_get_##name(pck); \
	} \
	static GF_Err set_##name(GF_FilterPacket *pck, u64 v) \
	{ \
		return gf_filter_pck_set_##name(pck, (type)v); \
	}

ATTRIBUTE(dts, u64)
ATTRIBUTE(cts, u64)
ATTRIBUTE(sap, GF_FilterSAPType)
ATTRIBUTE(duration, u32)
ATTRIBUTE(interlaced, u32)
ATTRIBUTE(corrupted, Bool)
ATTRIBUTE(seek_flag, Bool)
ATTRIBUTE(byte_offset, u64)
ATTRIBUTE(roll_info, s16)
ATTRIBUTE(crypt_flags, u8)
ATTRIBUTE(clock_type, GF_FilterClockType)
ATTRIBUTE(carousel_version, u8)
ATTRIBUTE(seq_num, u32)
ATTRIBUTE(dependency_flags, u8)

static Bool read_framing(GF_FilterPacket *pck, Bool end)
{
	Bool starts = GF_FALSE, ends = GF_FALSE;
	gf_filter_pck_get_framing(pck, &starts, &ends);
	return end ? ends : starts;
}

static u64 get_start(GF_FilterPacket *pck)
{
	return read_framing(pck, GF_FALSE) ? 1 : 0;
}

static u64 get_end(GF_FilterPacket *pck)
{
	return read_framing(pck, GF_TRUE) ? 1 : 0;
}

static GF_Err set_start(GF_FilterPacket *pck, u64 v)
{
	return gf_filter_pck_set_framing(pck, v ? GF_TRUE : GF_FALSE, read_framing(pck, GF_TRUE));
}

static GF_Err set_end(GF_FilterPacket *pck, u64 v)
{
	return gf_filter_pck_set_framing(pck, read_framing(pck, GF_FALSE), v ? GF_TRUE : GF_FALSE);
}

#define MAX_64 0xffffffffffffffffULL

static const Attribute attr_dts = {"DTS", get_dts, set_dts, 0, MAX_64};
static const Attribute attr_cts = {"CTS", get_cts, set_cts, 0, MAX_64};
static const Attribute attr_sap = {"SAP", get_sap, set_sap, 0, 5};
static const Attribute attr_dur = {"duration", get_duration, set_duration, 0, 0xffffffff};
static const Attribute attr_start = {"framing", get_start, set_start, 0, 1};
static const Attribute attr_end = {"framing", get_end, set_end, 0, 1};
static const Attribute attr_interlaced = {"interlaced", get_interlaced, set_interlaced, 0, 2};
static const Attribute attr_corrupted = {"corrupted", get_corrupted, set_corrupted, 0, 1};
static const Attribute attr_seek = {"seek", get_seek_flag, set_seek_flag, 0, 1};
static const Attribute attr_byte_offset = {"byte offset", get_byte_offset, set_byte_offset, 0, MAX_64};
static const Attribute attr_roll = {"roll", get_roll_info, set_roll_info, INT16_MIN, INT16_MAX};
static const Attribute attr_crypt = {"crypt", get_crypt_flags, set_crypt_flags, 0, 3};
static const Attribute attr_clock = {"clock", get_clock_type, set_clock_type, 0, 2};
static const Attribute attr_carousel = {"carousel", get_carousel_version, set_carousel_version, 0, 255};
static const Attribute attr_seqnum = {"seqnum", get_seq_num, set_seq_num, 0, 0xffffffff};
static const Attribute attr_deps = {"deps", get_dependency_flags, set_dependency_flags, 0, 255};

static PyObject *get_attribute(PyObject *self, void *closure)
{
	const Attribute *a = closure;
	GF_FilterPacket *pck = packet_of((Packet *)self);
	if (!pck)
		return NULL;
	u64 v = a->get(pck);
	return a->min < 0 ? PyLong_FromLongLong((s64)v) : PyLong_FromUnsignedLongLong(v);
}

// The value as an integer in range; false with ValueError.
static Bool in_range(const Attribute *a, PyObject *value, u64 *out)
{
	PyObject *number = PyNumber_Index(value);
	if (!number)
		return GF_FALSE;
	Bool ok;
	if (a->min < 0) {
		int over;
		long long v = PyLong_AsLongLongAndOverflow(number, &over);
		ok = !over && v >= a->min && v <= (long long)a->max;
		*out = (u64)v;
	} else {
		unsigned long long v = PyLong_AsUnsignedLongLong(number);
		ok = !PyErr_Occurred() && v <= a->max;
		*out = v;
	}
	Py_DECREF(number);
	if (!ok) {
		PyErr_Clear();
		PyErr_Format(
			PyExc_ValueError, "%s: %R is not in the range %lld to %llu", a->label, value, a->min, a->max);
	}
	return ok;
}

static int set_attribute(PyObject *self, PyObject *value, void *closure)
{
	const Attribute *a = closure;
	Packet *p = (Packet *)self;
	u64 v = 0;
	if (!packet_of(p))
		return -1;
	if (p->kind == PACKET_SOURCE) {
		native_raise(GF_BAD_PARAM, "Cannot set %s on source packet", a->label);
		return -1;
	}
	if (!value) {
		PyErr_SetString(PyExc_AttributeError, "attributes of packets cannot be deleted");
		return -1;
	}
	if (!in_range(a, value, &v) || !packet_of(p)) // the value may have run code that sent it
		return -1;
	GF_Err e = a->set(p->pck, v);
	if (e < 0)
		native_raise_err(e, "Cannot set %s", a->label);
	return e < 0 ? -1 : 0;
}

static PyObject *get_size(PyObject *self, void *closure)
{
	(void)closure;
	GF_FilterPacket *pck = packet_of((Packet *)self);
	u32 size = 0;
	if (!pck)
		return NULL;
	gf_filter_pck_get_data(pck, &size);
	return PyLong_FromUnsignedLong(size);
}

static PyObject *get_data(PyObject *self, void *closure)
{
	(void)closure;
	Packet *p = (Packet *)self;
	GF_FilterPacket *pck = packet_of(p);
	if (!pck)
		return NULL;
	u32 size = 0;
	const u8 *data = gf_filter_pck_get_data(pck, &size);
	if (p->shared)
		return size ? memory_view(p->shared) : Py_NewRef(Py_None);
	if (!data && (p->kind == PACKET_SOURCE || gf_filter_pck_get_frame_interface(pck)))
		Py_RETURN_NONE;
	return memory_of_packet(p->session, pck, data, size, p->kind != PACKET_SOURCE && !p->by_reference);
}

static PyObject *get_timescale(PyObject *self, void *closure)
{
	(void)closure;
	GF_FilterPacket *pck = packet_of((Packet *)self);
	return pck ? PyLong_FromUnsignedLong(gf_filter_pck_get_timescale(pck)) : NULL;
}

static PyObject *get_frame_ifce(PyObject *self, void *closure)
{
	GF_FilterPacket *pck = packet_of((Packet *)self);
	if (!pck)
		return NULL;
	GF_FilterFrameInterface *ifce = gf_filter_pck_get_frame_interface(pck);
	return PyBool_FromLong(ifce && (!closure || ifce->get_gl_texture));
}

static PyObject *get_has_properties(PyObject *self, void *closure)
{
	(void)closure;
	GF_FilterPacket *pck = packet_of((Packet *)self);
	return pck ? PyBool_FromLong(gf_filter_pck_has_properties(pck)) : NULL;
}

static PyObject *get_blocking_ref(PyObject *self, void *closure)
{
	(void)closure;
	GF_FilterPacket *pck = packet_of((Packet *)self);
	return pck ? PyLong_FromLong(gf_filter_pck_is_blocking_ref(pck) ? 1 : 0) : NULL;
}

#define ATTR(name, doc) \
	{ \
#name, get_attribute, set_attribute, doc, (void *)&attr_##name \
	}

PyGetSetDef packet_attributes[] = {
	ATTR(dts, doc_dts),
	ATTR(cts, doc_cts),
	ATTR(sap, doc_sap),
	ATTR(dur, doc_dur),
	ATTR(start, doc_start),
	ATTR(end, doc_end),
	ATTR(interlaced, doc_interlaced),
	ATTR(corrupted, doc_corrupted),
	ATTR(seek, doc_seek),
	ATTR(byte_offset, doc_byte_offset),
	ATTR(roll, doc_roll),
	ATTR(crypt, doc_crypt),
	ATTR(clock, doc_clock),
	ATTR(carousel, doc_carousel),
	ATTR(seqnum, doc_seqnum),
	ATTR(deps, doc_deps),
	{"size", get_size, NULL, doc_size, NULL},
	{"data", get_data, NULL, doc_data, NULL},
	{"timescale", get_timescale, NULL, doc_timescale, NULL},
	{"frame_ifce", get_frame_ifce, NULL, doc_frame_ifce, NULL},
	{"frame_ifce_gl", get_frame_ifce, NULL, doc_frame_ifce_gl, "gl"},
	{"has_properties", get_has_properties, NULL, doc_has_properties, NULL},
	{"blocking_ref", get_blocking_ref, NULL, doc_blocking_ref, NULL},
	{NULL, NULL, NULL, NULL, NULL},
};
