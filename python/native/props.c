// SPDX-License-Identifier: MIT
// Properties between the engine and Python.
#include <stdio.h>
#include "native.h"

#define NB(a) (sizeof(a) / sizeof((a)[0]))

// ---- names

Bool prop_code(PyObject *key, u32 *code, const char **name)
{
	*name = NULL;
	*code = 0;
	if (PyLong_Check(key)) {
		int over;
		long long v = PyLong_AsLongLongAndOverflow(key, &over);
		if (over || v <= 0 || v > UINT32_MAX) {
			PyErr_Format(PyExc_ValueError, "%R is not a four-character code", key);
			return GF_FALSE;
		}
		*code = (u32)v;
		return GF_TRUE;
	}
	if (!PyUnicode_Check(key)) {
		PyErr_Format(PyExc_TypeError, "a property is named by a str or an int, not %R", Py_TYPE(key));
		return GF_FALSE;
	}
	const char *text = arg_text(key, "name of a property");
	if (text && !*text)
		PyErr_SetString(PyExc_ValueError, "name of a property: empty");
	if (!text || !*text)
		return GF_FALSE;
	*code = gf_props_get_id(text);
	if (!*code)
		*name = text;
	return GF_TRUE;
}

static PyObject *fourcc_text(u32 v)
{
	static const char hex[] = "0123456789ABCDEF";
	Py_UCS4 out[8];
	Py_ssize_t nb = 0;
	if (!v)
		return PyUnicode_FromString("00000000");
	for (int shift = 24; shift >= 0; shift -= 8) {
		u32 c = (v >> shift) & 0xff;
		if ((c >= 0x20 && c <= 0x7e) || (c >= 0x80 && c <= 0xbf)) {
			out[nb++] = c;
		} else {
			out[nb++] = (Py_UCS4)hex[c >> 4];
			out[nb++] = (Py_UCS4)hex[c & 15];
		}
	}
	return PyUnicode_DecodeUTF32((const char *)out, nb * (Py_ssize_t)sizeof(Py_UCS4), NULL, NULL);
}

// Name of a property (new reference).
static PyObject *prop_name(u32 code, const char *name)
{
	if (name)
		return native_str(name);
	const char *known = gf_props_4cc_get_name(code);
	return known ? native_str(known) : fourcc_text(code);
}

// First of the short names of a codec. Configured file extensions do not count.
static PyObject *codec_text(u32 id)
{
	const char *names = NULL;
	for (u32 i = 0;; i++) {
		GF_CodecID c = gf_codecid_enum(i, &names, NULL);
		if (!c)
			return PyUnicode_FromString("raw");
		if ((u32)c == id)
			break;
	}
	return PyUnicode_FromStringAndSize(names, (Py_ssize_t)strcspn(names, "|"));
}

// ---- engine to Python

static PyObject *make(const char *cls_name, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	PyObject *fields = Py_VaBuildValue(format, args);
	va_end(args);
	PyObject *cls = fields ? native_structure(cls_name) : NULL;
	PyObject *res = cls ? PyObject_CallObject(cls, fields) : NULL;
	Py_XDECREF(cls);
	Py_XDECREF(fields);
	return res;
}

static PyObject *list_item(const GF_PropertyValue *v, u32 i)
{
	switch (v->type) {
	case GF_PROP_STRING_LIST:
	case GF_PROP_STRING_LIST_COPY:
		return native_str(v->value.string_list.vals[i] ? v->value.string_list.vals[i] : "");
	case GF_PROP_UINT_LIST:
		return PyLong_FromUnsignedLong(v->value.uint_list.vals[i]);
	case GF_PROP_SINT_LIST:
		return PyLong_FromLong(v->value.sint_list.vals[i]);
	case GF_PROP_4CC_LIST:
		return fourcc_text(v->value.uint_list.vals[i]);
	default:
		return make("PropVec2i", "(ii)", v->value.v2i_list.vals[i].x, v->value.v2i_list.vals[i].y);
	}
}

// All lists have the count at the same place.
static PyObject *list_value(const GF_PropertyValue *v)
{
	PyObject *list = PyList_New(0);
	for (u32 i = 0; list && i < v->value.uint_list.nb_items; i++) {
		PyObject *item = list_item(v, i);
		if (!item || PyList_Append(list, item) < 0)
			Py_CLEAR(list);
		Py_XDECREF(item);
	}
	return list;
}

// The long name of an unknown format is not asked for: that would be a second message.
static PyObject *pixel_format(GF_PixelFormat v)
{
	const char *name = gf_pixel_fmt_sname(v);
	return strcmp(name, "unknown") ? native_format_name(name, gf_pixel_fmt_name(v)) : native_str(name);
}

static PyObject *audio_format(GF_AudioFormat v)
{
	const char *name = gf_audio_fmt_sname(v);
	return strcmp(name, "unknown") ? native_format_name(name, gf_audio_fmt_name(v)) : native_str(name);
}

static PyObject *named_value(u32 code, u32 v)
{
	switch (code) {
	case GF_PROP_PID_STREAM_TYPE:
		return native_str(gf_stream_type_name(v));
	case GF_PROP_PID_CODECID:
		return codec_text(v);
	case GF_PROP_PID_PIXFMT:
		return pixel_format((GF_PixelFormat)v);
	case GF_PROP_PID_AUDIO_FORMAT:
		return audio_format((GF_AudioFormat)v);
	default:
		return NULL;
	}
}

PyObject *prop_to_python(u32 code, const GF_PropertyValue *v)
{
	if (v->type == GF_PROP_UINT || gf_props_type_is_enum(v->type)) {
		PyObject *name = named_value(code, v->value.uint);
		if (name || PyErr_Occurred())
			return name;
	}
	switch (v->type) {
	case GF_PROP_SINT:
		return PyLong_FromLong(v->value.sint);
	case GF_PROP_UINT:
		return PyLong_FromUnsignedLong(v->value.uint);
	case GF_PROP_LSINT:
		return PyLong_FromLongLong(v->value.longsint);
	case GF_PROP_LUINT:
		return PyLong_FromUnsignedLongLong(v->value.longuint);
	case GF_PROP_BOOL:
		return PyLong_FromLong(v->value.boolean ? 1 : 0);
	case GF_PROP_FRACTION:
		return make("Fraction", "(iI)", v->value.frac.num, v->value.frac.den);
	case GF_PROP_FRACTION64:
		return make(
			"Fraction64", "(LK)", (long long)v->value.lfrac.num, (unsigned long long)v->value.lfrac.den);
	case GF_PROP_FLOAT:
		return PyFloat_FromDouble((double)v->value.fnumber);
	case GF_PROP_DOUBLE:
		return PyFloat_FromDouble(v->value.number);
	case GF_PROP_VEC2I:
		return make("PropVec2i", "(ii)", v->value.vec2i.x, v->value.vec2i.y);
	case GF_PROP_VEC2:
		return make("PropVec2", "(dd)", v->value.vec2.x, v->value.vec2.y);
	case GF_PROP_VEC3I:
		return make("PropVec3i", "(iii)", v->value.vec3i.x, v->value.vec3i.y, v->value.vec3i.z);
	case GF_PROP_VEC4I:
		return make(
			"PropVec4i", "(iiii)", v->value.vec4i.x, v->value.vec4i.y, v->value.vec4i.z, v->value.vec4i.w);
	case GF_PROP_STRING:
	case GF_PROP_STRING_NO_COPY:
	case GF_PROP_NAME:
		return native_str(v->value.string ? v->value.string : "");
	case GF_PROP_DATA:
	case GF_PROP_DATA_NO_COPY:
	case GF_PROP_CONST_DATA:
		return make("PropData", "(y#)", v->value.data.ptr ? (const char *)v->value.data.ptr : "",
			(Py_ssize_t)v->value.data.size);
	case GF_PROP_POINTER:
		return v->value.ptr ? PyLong_FromVoidPtr(v->value.ptr) : Py_NewRef(Py_None);
	case GF_PROP_STRING_LIST:
	case GF_PROP_STRING_LIST_COPY:
	case GF_PROP_UINT_LIST:
	case GF_PROP_SINT_LIST:
	case GF_PROP_4CC_LIST:
	case GF_PROP_VEC2I_LIST:
		return list_value(v);
	case GF_PROP_4CC:
		return fourcc_text(v->value.uint);
	default:
		if (gf_props_type_is_enum(v->type))
			return native_str(gf_props_enum_name(v->type, v->value.uint));
		return native_raise(GF_BAD_PARAM, "Unknown property type %d", (int)v->type);
	}
}

// ---- Python to engine

// Integers wrap once below zero for unsigned types; anything further is out of range.
static Bool read_int(PyObject *value, int bits, Bool is_signed, u64 *out)
{
	if (!PyIndex_Check(value)) {
		PyErr_Format(PyExc_TypeError, "an int is needed, not %R", Py_TYPE(value));
		return GF_FALSE;
	}
	PyObject *number = PyNumber_Index(value);
	if (!number)
		return GF_FALSE;
	int over;
	long long v = PyLong_AsLongLongAndOverflow(number, &over);
	if (over > 0 && bits == 64 && !is_signed) {
		*out = PyLong_AsUnsignedLongLong(number);
		over = PyErr_Occurred() != NULL;
		PyErr_Clear();
		v = 0;
	} else {
		*out = (u64)v;
	}
	Py_DECREF(number);
	long long max = bits == 64 ? INT64_MAX : is_signed ? INT32_MAX : (long long)UINT32_MAX;
	long long min = bits == 64 ? INT64_MIN : INT32_MIN;
	if (over || v > max || v < min) {
		PyErr_Format(PyExc_OverflowError, "%R does not fit in %d bits", value, bits);
		return GF_FALSE;
	}
	return GF_TRUE;
}

static Bool no_fraction(PyObject *value)
{
	PyErr_Format(PyExc_TypeError, "a fraction is needed, not %R", Py_TYPE(value));
	return GF_FALSE;
}

// Numerator and denominator from two attributes; false, without exception when an attribute is missing.
static Bool read_pair(PyObject *value, const char *num, const char *den, s64 *n, u64 *d)
{
	PyObject *a = PyObject_GetAttrString(value, num);
	PyObject *b = a ? PyObject_GetAttrString(value, den) : NULL;
	Bool ok = a && b;
	if (ok && !(PyIndex_Check(a) && PyIndex_Check(b))) {
		ok = no_fraction(value);
	} else if (ok) {
		PyObject *whole = PyNumber_Index(b); // numpy's integers are not int
		*n = PyLong_AsLongLong(a);
		*d = PyErr_Occurred() ? 0 : PyLong_AsUnsignedLongLong(whole);
		Py_XDECREF(whole);
		ok = !PyErr_Occurred();
	} else if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
		PyErr_Clear();
	}
	Py_XDECREF(a);
	Py_XDECREF(b);
	return ok;
}

static Bool read_real_fraction(PyObject *value, s64 scale, s64 *num, u64 *den)
{
	double x = PyFloat_AsDouble(value);
	Bool small = x > -9.2e18 && x < 9.2e18; // not so for NaN
	Bool integral = small && x == (double)(s64)x;
	double scaled = integral ? x : x * (double)scale;
	if (!small || scaled < -9.2e18 || scaled > 9.2e18) {
		PyErr_Format(PyExc_OverflowError, "%R does not fit in a fraction", value);
		return GF_FALSE;
	}
	*num = (s64)scaled;
	*den = integral ? 1 : (u64)scale;
	return GF_TRUE;
}

static Bool read_fraction(PyObject *value, s64 scale, s64 *num, u64 *den)
{
	if (PyFloat_Check(value))
		return read_real_fraction(value, scale, num, den);
	if (PyLong_Check(value)) {
		*num = PyLong_AsLongLong(value);
		*den = 1;
		return !PyErr_Occurred();
	}
	if (read_pair(value, "num", "den", num, den))
		return GF_TRUE;
	if (!PyErr_Occurred() && read_pair(value, "numerator", "denominator", num, den))
		return GF_TRUE;
	return PyErr_Occurred() ? GF_FALSE : no_fraction(value);
}

// Components of a vector, from attributes or from a sequence.
static Bool read_vector(PyObject *value, const char *kind, u32 nb, double *out)
{
	static const char *const names[] = {"x", "y", "z", "w"};
	Bool sequence = PyTuple_Check(value) || PyList_Check(value);
	Bool ok = !sequence || PySequence_Size(value) == (Py_ssize_t)nb;
	for (u32 i = 0; i < nb && ok; i++) {
		PyObject *c =
			sequence ? PySequence_GetItem(value, (Py_ssize_t)i) : PyObject_GetAttrString(value, names[i]);
		out[i] = c ? PyFloat_AsDouble(c) : 0;
		Py_XDECREF(c);
		ok = !PyErr_Occurred();
	}
	if (!ok) {
		PyErr_Clear();
		native_raise(GF_BAD_PARAM, "Invalid property value for %s: %S", kind, value);
	}
	return ok;
}

static Bool read_vector_int(PyObject *value, const char *kind, u32 nb, s32 *out)
{
	double v[4];
	if (!read_vector(value, kind, nb, v))
		return GF_FALSE;
	for (u32 i = 0; i < nb; i++) {
		if (!(v[i] >= INT32_MIN && v[i] <= INT32_MAX)) {
			PyErr_Format(PyExc_OverflowError, "%R does not fit in 32 bits", value);
			return GF_FALSE;
		}
		out[i] = (s32)v[i];
		if ((double)out[i] != v[i]) {
			native_raise(GF_BAD_PARAM, "Invalid property value for %s: %S", kind, value);
			return GF_FALSE;
		}
	}
	return GF_TRUE;
}

static Bool read_fourcc(PyObject *value, u32 *out)
{
	u64 number = 0;
	if (PyLong_Check(value)) {
		Bool ok = read_int(value, 32, GF_FALSE, &number);
		*out = (u32)number;
		return ok;
	}
	PyObject *latin = PyUnicode_Check(value) ? PyUnicode_AsLatin1String(value) : NULL;
	Bool ok = latin && PyBytes_Size(latin) == 4;
	if (ok) {
		const u8 *c = (const u8 *)PyBytes_AsString(latin);
		*out = GF_4CC(c[0], c[1], c[2], c[3]);
	} else {
		PyErr_Clear();
		PyErr_Format(PyExc_ValueError, "%R is not a four-character code", value);
	}
	Py_XDECREF(latin);
	return ok;
}

static Bool one_of(const char *text, const char *const *words, size_t nb)
{
	for (size_t i = 0; i < nb; i++) {
		if (!strcmp(words[i], text))
			return GF_TRUE;
	}
	return GF_FALSE;
}

// Value of a name; false when it is neither known nor a word for "none".
static Bool parse_name(u32 code, u32 type, const char *text, u32 *out)
{
	static const char *const no_pixels[] = {"none", "0"}, *const no_audio[] = {"none"},
							 *const no_cicp[] = {"-1"};
	if (code == GF_PROP_PID_STREAM_TYPE) {
		*out = gf_stream_type_by_name(text);
		return *out || !strncmp(text, "unkn", 4) || !strncmp(text, "undef", 5);
	}
	if (code == GF_PROP_PID_CODECID) {
		*out = gf_codecid_parse(text);
		return *out || !strcmp(text, "none");
	}
	if (type == GF_PROP_PIXFMT || code == GF_PROP_PID_PIXFMT) {
		*out = gf_pixel_fmt_parse(text);
		return *out || one_of(text, no_pixels, NB(no_pixels));
	}
	if (type == GF_PROP_PCMFMT || code == GF_PROP_PID_AUDIO_FORMAT) {
		*out = gf_audio_fmt_parse(text);
		return *out || one_of(text, no_audio, NB(no_audio));
	}
	*out = gf_props_parse_enum(type, text);
	if (type == GF_PROP_CICP_LAYOUT)
		return *out || one_of(text, no_cicp, NB(no_cicp));
	return *out != 0xffffffffu || one_of(text, no_cicp, NB(no_cicp));
}

static Bool read_named(u32 code, u32 type, PyObject *value, PropArg *out)
{
	if (PyIndex_Check(value)) {
		u64 v = 0;
		Bool ok = read_int(value, 32, GF_FALSE, &v);
		out->v.value.uint = (u32)v;
		return ok;
	}
	const char *text = PyUnicode_Check(value) ? arg_text(value, "name of a value") : NULL;
	if (!text) {
		if (!PyErr_Occurred())
			PyErr_Format(PyExc_TypeError, "a name or a number is needed, not %R", Py_TYPE(value));
		return GF_FALSE;
	}
	u32 v;
	if (!parse_name(code, type, text, &v)) {
		const char *what = code ? gf_props_4cc_get_name(code) : gf_props_get_type_name((GF_PropType)type);
		PyErr_Format(PyExc_ValueError, "%R is not a name of %s", value, what ? what : "this type");
		return GF_FALSE;
	}
	out->v.value.uint = v;
	return GF_TRUE;
}

static Bool read_string(PyObject *value, PropArg *out)
{
	out->keep = PyObject_Str(value);
	const char *text = out->keep ? arg_text(out->keep, "text of a property") : NULL;
	out->v.type = GF_PROP_STRING;
	out->v.value.string = (char *)text;
	return text != NULL;
}

static Bool read_data(PyObject *value, PropArg *out)
{
	// PropData keeps its bytes elsewhere: what it is a buffer of is its pointer
	PyObject *own = PyObject_HasAttrString(value, "ptr") ? PyObject_GetAttrString(value, "__bytes__") : NULL;
	PyObject *bytes = NULL;
	if (own)
		bytes = PyObject_CallNoArgs(own);
	else if (PyObject_CheckBuffer(value))
		bytes = Py_NewRef(value);
	else
		PyErr_Format(PyExc_TypeError, "a bytes-like object is needed, not %R", Py_TYPE(value));
	Py_XDECREF(own);
	if (!bytes)
		return GF_FALSE;
	Bool ok = PyObject_GetBuffer(bytes, &out->view, PyBUF_SIMPLE) == 0;
	Py_DECREF(bytes);
	if (ok && out->view.len > 0xffffffffLL) {
		PyErr_SetString(PyExc_OverflowError, "data property of more than 4 GiB");
		ok = GF_FALSE;
	}
	if (!ok)
		return GF_FALSE;
	out->v.type = GF_PROP_DATA;
	out->v.value.data.ptr = out->view.buf;
	out->v.value.data.size = (u32)out->view.len;
	return GF_TRUE;
}

static Bool read_list_item(u32 type, PyObject *item, void *array, Py_ssize_t i)
{
	u64 number = 0;
	Bool ok;
	switch (type) {
	case GF_PROP_STRING_LIST:
		((char **)array)[i] = (char *)arg_text(item, "item of a list of texts");
		return ((char **)array)[i] != NULL;
	case GF_PROP_UINT_LIST:
	case GF_PROP_SINT_LIST:
		ok = read_int(item, 32, type == GF_PROP_SINT_LIST, &number);
		((u32 *)array)[i] = (u32)number;
		return ok;
	case GF_PROP_4CC_LIST:
		return read_fourcc(item, &((u32 *)array)[i]);
	default:
		return read_vector_int(item, "vec2i", 2, &((GF_PropVec2i *)array)[i].x);
	}
}

static Bool read_list(u32 type, PyObject *value, PropArg *out)
{
	if (!PyList_Check(value) && !PyTuple_Check(value)) {
		native_raise(GF_BAD_PARAM, "Property is not a list");
		return GF_FALSE;
	}
	out->keep = PySequence_List(value);
	Py_ssize_t nb = out->keep ? PyList_Size(out->keep) : 0;
	out->array = out->keep ? gf_calloc((size_t)nb + 1, sizeof(void *)) : NULL;
	if (!out->array) {
		PyErr_NoMemory();
		return GF_FALSE;
	}
	for (Py_ssize_t i = 0; i < nb; i++) {
		if (!read_list_item(type, PyList_GetItem(out->keep, i), out->array, i))
			return GF_FALSE;
	}
	out->v.type = type == GF_PROP_STRING_LIST ? GF_PROP_STRING_LIST_COPY : (GF_PropType)type;
	out->v.value.uint_list.vals = out->array;
	out->v.value.uint_list.nb_items = (u32)nb;
	return GF_TRUE;
}

static Bool read_number(u32 type, PyObject *value, PropArg *out)
{
	u64 number = 0;
	s64 num = 0;
	u64 den = 1;
	double real;
	int truth;
	Bool ok;
	switch (type) {
	case GF_PROP_SINT:
	case GF_PROP_UINT:
		ok = read_int(value, 32, type == GF_PROP_SINT, &number);
		out->v.value.uint = (u32)number;
		return ok;
	case GF_PROP_LSINT:
	case GF_PROP_LUINT:
		ok = read_int(value, 64, type == GF_PROP_LSINT, &number);
		out->v.value.longuint = number;
		return ok;
	case GF_PROP_BOOL:
		truth = PyObject_IsTrue(value);
		out->v.value.boolean = truth ? GF_TRUE : GF_FALSE;
		return truth >= 0;
	case GF_PROP_FRACTION:
		ok = read_fraction(value, 1000, &num, &den);
		if (ok && (num < INT32_MIN || num > INT32_MAX || den > UINT32_MAX)) {
			PyErr_Format(PyExc_OverflowError, "%S does not fit in a 32-bit fraction", value);
			return GF_FALSE;
		}
		out->v.value.frac = (GF_Fraction){(s32)num, (u32)den};
		return ok;
	case GF_PROP_FRACTION64:
		ok = read_fraction(value, 1000000, &num, &den);
		out->v.value.lfrac = (GF_Fraction64){num, den};
		return ok;
	default:
		real = PyFloat_AsDouble(value); // TypeError for what is no number
		if (type == GF_PROP_FLOAT)
			out->v.value.fnumber = (Fixed)real;
		else
			out->v.value.number = real;
		return !PyErr_Occurred();
	}
}

static Bool read_value(u32 code, u32 type, PyObject *value, PropArg *out)
{
	double v[2];
	switch (type) {
	case GF_PROP_SINT:
	case GF_PROP_UINT:
		if (code == GF_PROP_PID_STREAM_TYPE || code == GF_PROP_PID_CODECID)
			return read_named(code, type, value, out);
		return read_number(type, value, out);
	case GF_PROP_LSINT:
	case GF_PROP_LUINT:
	case GF_PROP_BOOL:
	case GF_PROP_FRACTION:
	case GF_PROP_FRACTION64:
	case GF_PROP_FLOAT:
	case GF_PROP_DOUBLE:
		return read_number(type, value, out);
	case GF_PROP_VEC2I:
		return read_vector_int(value, "vec2i", 2, &out->v.value.vec2i.x);
	case GF_PROP_VEC2:
		if (!read_vector(value, "vec2", 2, v))
			return GF_FALSE;
		out->v.value.vec2 = (GF_PropVec2){v[0], v[1]};
		return GF_TRUE;
	case GF_PROP_VEC3I:
		return read_vector_int(value, "vec3i", 3, &out->v.value.vec3i.x);
	case GF_PROP_VEC4I:
		return read_vector_int(value, "vec4i", 4, &out->v.value.vec4i.x);
	case GF_PROP_STRING:
	case GF_PROP_STRING_NO_COPY:
	case GF_PROP_NAME:
		return read_string(value, out);
	case GF_PROP_DATA:
	case GF_PROP_DATA_NO_COPY:
	case GF_PROP_CONST_DATA:
		return read_data(value, out);
	case GF_PROP_POINTER:
		native_raise(GF_NOT_SUPPORTED, "Setting pointer property from python not yet implemented !");
		return GF_FALSE;
	case GF_PROP_STRING_LIST:
	case GF_PROP_STRING_LIST_COPY:
		return read_list(GF_PROP_STRING_LIST, value, out);
	case GF_PROP_UINT_LIST:
	case GF_PROP_SINT_LIST:
	case GF_PROP_4CC_LIST:
	case GF_PROP_VEC2I_LIST:
		return read_list(type, value, out);
	case GF_PROP_4CC:
		return read_fourcc(value, &out->v.value.uint);
	default:
		if (gf_props_type_is_enum((GF_PropType)type))
			return read_named(code, type, value, out);
		native_raise(GF_BAD_PARAM, "Unsupported property type %u", type);
		return GF_FALSE;
	}
}

Bool prop_from_python(u32 code, u32 custom_type, PyObject *value, PropArg *out)
{
	memset(out, 0, sizeof(*out));
	u32 type = code ? gf_props_4cc_get_type(code) : custom_type ? custom_type : GF_PROP_STRING;
	if (type == GF_PROP_FORBIDDEN) {
		PyErr_Format(PyExc_ValueError, "%lu is not the code of a built-in property", (unsigned long)code);
		return GF_FALSE;
	}
	out->v.type = (GF_PropType)type;
	if (read_value(code, type, value, out))
		return GF_TRUE;
	prop_arg_reset(out);
	return GF_FALSE;
}

void prop_arg_reset(PropArg *arg)
{
	Py_CLEAR(arg->keep);
	if (arg->view.obj)
		PyBuffer_Release(&arg->view);
	gf_free(arg->array);
	arg->array = NULL;
}

Bool prop_setting_parse(PyObject *args, PyObject *kwargs, const char *call, PropSetting *out)
{
	static char *names[] = {"pcode", "prop", "custom_type", NULL};
	PyObject *value;
	char format[40], type_name[40];
	snprintf(format, sizeof(format), "OO|O&:%s", call);
	snprintf(type_name, sizeof(type_name), "%s: custom_type", call);
	ArgU32 type = {type_name, 0};
	memset(out, 0, sizeof(*out));
	if (!PyArg_ParseTupleAndKeywords(args, kwargs, format, names, &out->key, &value, arg_u32, &type) ||
		!prop_code(out->key, &out->code, &out->name))
		return GF_FALSE;
	if (value == Py_None)
		return GF_TRUE;
	out->value = &out->arg.v;
	return prop_from_python(out->code, type.v, value, &out->arg);
}

PyObject *prop_setting_done(PropSetting *setting, GF_Err e, const char *what)
{
	prop_arg_reset(&setting->arg);
	if (PyErr_Occurred())
		return NULL;
	if (e < 0 && !(e == GF_NOT_FOUND && !setting->value)) // removing what is not there
		return native_raise_err(e, "Cannot %s %S", what, setting->key);
	Py_RETURN_NONE;
}

// ---- all properties of an object

PyObject *props_dict(void *owner, next_prop next)
{
	PyObject *dict = PyDict_New();
	for (u32 i = 0; dict;) {
		u32 code = 0;
		const char *name = NULL;
		const GF_PropertyValue *v = next(owner, &i, &code, &name);
		if (!v)
			break;
		PyObject *value = prop_to_python(code, v);
		PyObject *key = value ? prop_name(code, name) : NULL;
		if (!key || PyDict_SetItem(dict, key, value) < 0)
			Py_CLEAR(dict);
		Py_XDECREF(key);
		Py_XDECREF(value);
	}
	return dict;
}

PyObject *props_enumerate(void *owner, next_prop next, PyObject *method)
{
	// Read first: the method may remove properties, or their owner.
	PyObject *dict = props_dict(owner, next);
	PyObject *items = dict ? PyDict_Items(dict) : NULL;
	PyObject *res = items ? Py_NewRef(Py_None) : NULL;
	for (Py_ssize_t i = 0; res && i < PyList_Size(items); i++) {
		PyObject *done = PyObject_CallObject(method, PyList_GetItem(items, i));
		if (!done)
			Py_CLEAR(res);
		Py_XDECREF(done);
	}
	Py_XDECREF(items);
	Py_XDECREF(dict);
	return res;
}
