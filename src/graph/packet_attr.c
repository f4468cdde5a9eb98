// SPDX-License-Identifier: MIT
// Attributes and properties of packets.
#include "graph/engine.h"
#include "graph/packet.h"

// The packet behind a handle that may still be written, NULL (with a message) otherwise.
static Packet *writable(GF_FilterPacket *pck, const char *call)
{
	if (pck && !pck->is_entry && !((Packet *)pck)->sent)
		return (Packet *)pck;
	GF_LOG(GF_LOG_ERROR, GF_LOG_FILTER,
		("[filter] set_%s on a packet that was %s: only a packet not yet sent can be changed\n", call,
			pck ? "received or sent" : "NULL"));
	return NULL;
}

// One setter and one getter per attribute; the name is that of the public function.
#define PCK_ATTR(name, type, arg, stmt, result) \
	GF_Err gf_filter_pck_set_##name(GF_FilterPacket *pck, type arg) \
	{ \
		Packet *p = writable(pck, #name); \
		if (!p) \
			return GF_BAD_PARAM; \
		stmt; \
		return GF_OK; \
	} \
	type gf_filter_pck_get_##name(GF_FilterPacket *pck) \
	{ \
		const Packet *p = pck ? pck_of(pck) : NULL; \
		return p ? (type)(result) : (type)0; \
	}

PCK_ATTR(dts, u64, dts, p->a.dts = dts, p->a.dts)
PCK_ATTR(cts, u64, cts, p->a.cts = cts, p->a.cts)
PCK_ATTR(sap, GF_FilterSAPType, sap_type, p->a.sap = (u8)sap_type & 7, p->a.sap)
PCK_ATTR(roll_info, s16, roll_count, p->a.roll = roll_count, p->a.roll)
PCK_ATTR(switch_frame, Bool, is_switch_frame, p->a.switch_frame = is_switch_frame ? 1 : 0, p->a.switch_frame)
PCK_ATTR(interlaced, u32, is_interlaced, p->a.interlaced = (u8)is_interlaced & 3, p->a.interlaced)
PCK_ATTR(corrupted, Bool, is_corrupted, p->a.corrupted = is_corrupted ? 1 : 0, p->a.corrupted)
PCK_ATTR(seek_flag, Bool, is_seek, p->a.seek = is_seek ? 1 : 0, p->a.seek)
PCK_ATTR(byte_offset, u64, byte_offset, p->a.byte_offset = byte_offset, p->a.byte_offset)
PCK_ATTR(crypt_flags, u8, crypt_flag, p->a.crypt = crypt_flag & 3, p->a.crypt)
PCK_ATTR(clock_type, GF_FilterClockType, ctype, p->a.clock_type = (u8)ctype, p->a.clock_type)
PCK_ATTR(carousel_version, u8, version_number, p->a.carousel = version_number, p->a.carousel)
PCK_ATTR(dependency_flags, u8, dep_flags, p->a.deps = dep_flags, p->a.deps)
PCK_ATTR(seq_num, u32, seq_num, p->a.seq_num = seq_num, p->a.seq_num)

GF_Err gf_filter_pck_set_duration(GF_FilterPacket *pck, u32 duration)
{
	Packet *p = writable(pck, "duration");
	if (!p)
		return GF_BAD_PARAM;
	p->a.duration = duration;
	p->a.duration_set = 1;
	return GF_OK;
}

u32 gf_filter_pck_get_duration(GF_FilterPacket *pck)
{
	return pck ? pck_of(pck)->a.duration : 0;
}

GF_Err gf_filter_pck_set_framing(GF_FilterPacket *pck, Bool is_start, Bool is_end)
{
	Packet *p = writable(pck, "framing");
	if (!p)
		return GF_BAD_PARAM;
	p->a.start = is_start ? 1 : 0;
	p->a.end = is_end ? 1 : 0;
	return GF_OK;
}

GF_Err gf_filter_pck_get_framing(GF_FilterPacket *pck, Bool *is_start, Bool *is_end)
{
	const Packet *p = pck ? pck_of(pck) : NULL;
	if (is_start)
		*is_start = p && p->a.start ? GF_TRUE : GF_FALSE;
	if (is_end)
		*is_end = p && p->a.end ? GF_TRUE : GF_FALSE;
	return GF_OK;
}

GF_Err gf_filter_pck_set_readonly(GF_FilterPacket *pck)
{
	Packet *p = writable(pck, "readonly");
	if (!p)
		return GF_BAD_PARAM;
	p->a.readonly = 1;
	return GF_OK;
}

// Properties of the PID the packet was sent under, the newest ones for a packet not sent yet.
static const PropMap *pid_props_of(GF_FilterPacket *pck)
{
	const Packet *p = pck ? pck_of(pck) : NULL;
	return p ? (p->pid_props ? p->pid_props : (p->pid ? p->pid->map : NULL)) : NULL;
}

const GF_PropertyValue *gf_filter_pck_get_pid_property(GF_FilterPacket *pck, u32 prop_4cc)
{
	const PropMap *map = pid_props_of(pck);
	return map && prop_4cc ? propmap_get(map, prop_4cc, NULL) : NULL;
}

const GF_PropertyValue *gf_filter_pck_get_pid_property_str(GF_FilterPacket *pck, const char *prop_name)
{
	const PropMap *map = pid_props_of(pck);
	return map && prop_name ? propmap_get(map, 0, prop_name) : NULL;
}

u32 gf_filter_pck_get_timescale(GF_FilterPacket *pck)
{
	const PropMap *map = pid_props_of(pck);
	return map && map->timescale ? map->timescale : 1000;
}

// The mark belongs to the handle, not to the packet: each destination has its own.
GF_Err gf_filter_pck_set_mark(GF_FilterPacket *pck, Bool is_marked)
{
	if (!pck || (!pck->is_entry && ((Packet *)pck)->kind != PCK_PROPS))
		return GF_BAD_PARAM;
	pck->mark = is_marked;
	return GF_OK;
}

Bool gf_filter_pck_get_mark(GF_FilterPacket *pck)
{
	return pck ? pck->mark : GF_FALSE;
}

// ---- properties

static GF_Err set_property(GF_FilterPacket *pck, u32 p4cc, const char *name, const GF_PropertyValue *value)
{
	Packet *p = writable(pck, "property");
	if (!p || (!p4cc && !name)) {
		if (value)
			propmap_drop_value(value);
		return GF_BAD_PARAM;
	}
	if (!p->props) {
		if (!value)
			return GF_OK;
		p->props = propmap_new();
	} else if (atomic_load(&p->props->refs) > 1) {
		PropMap *own = propmap_clone(p->props);
		propmap_unref(p->props);
		p->props = own;
	}
	if (!p->props) {
		if (value)
			propmap_drop_value(value);
		return GF_OUT_OF_MEM;
	}
	return propmap_set(p->props, p4cc, name, value, NULL);
}

GF_Err gf_filter_pck_set_property(GF_FilterPacket *pck, u32 prop_4cc, const GF_PropertyValue *value)
{
	return set_property(pck, prop_4cc, NULL, value);
}

GF_Err gf_filter_pck_set_property_str(GF_FilterPacket *pck, const char *name, const GF_PropertyValue *value)
{
	return set_property(pck, 0, name, value);
}

GF_Err gf_filter_pck_set_property_dyn(GF_FilterPacket *pck, char *name, const GF_PropertyValue *value)
{
	return set_property(pck, 0, name, value);
}

static const PropMap *props_of(GF_FilterPacket *pck)
{
	return pck ? pck_of(pck)->props : NULL;
}

const GF_PropertyValue *gf_filter_pck_get_property(GF_FilterPacket *pck, u32 prop_4cc)
{
	const PropMap *map = props_of(pck);
	return map && prop_4cc ? propmap_get(map, prop_4cc, NULL) : NULL;
}

const GF_PropertyValue *gf_filter_pck_get_property_str(GF_FilterPacket *pck, const char *prop_name)
{
	const PropMap *map = props_of(pck);
	return map && prop_name ? propmap_get(map, 0, prop_name) : NULL;
}

const GF_PropertyValue *gf_filter_pck_enum_properties(GF_FilterPacket *pck, u32 *idx, u32 *prop_4cc,
	const char **prop_name)
{
	const PropMap *map = props_of(pck);
	return map ? propmap_enum(map, idx, prop_4cc, prop_name) : NULL;
}

Bool gf_filter_pck_has_properties(GF_FilterPacket *pck)
{
	return props_of(pck) ? GF_TRUE : GF_FALSE;
}

GF_Err packet_merge(const Packet *src, Packet *dst, gf_filter_prop_filter filter, void *cbk)
{
	Bool readonly = dst->a.readonly;
	dst->a = src->a;
	dst->a.readonly = readonly;
	if (!src->props)
		return GF_OK;
	if (!dst->props && !filter) {
		dst->props = propmap_ref(src->props);
		return GF_OK;
	}
	PropMap *map = dst->props ? propmap_clone(dst->props) : propmap_new();
	GF_Err e = map ? propmap_merge(map, src->props, filter, cbk) : GF_OUT_OF_MEM;
	if (e != GF_OK) {
		propmap_unref(map);
		return e;
	}
	propmap_unref(dst->props);
	dst->props = map;
	return GF_OK;
}

GF_Err gf_filter_pck_merge_properties_filter(GF_FilterPacket *pck_src, GF_FilterPacket *pck_dst,
	gf_filter_prop_filter filter_prop, void *cbk)
{
	Packet *dst = pck_src ? writable(pck_dst, "properties") : NULL;
	return dst ? packet_merge(pck_of(pck_src), dst, filter_prop, cbk) : GF_BAD_PARAM;
}

GF_Err gf_filter_pck_merge_properties(GF_FilterPacket *pck_src, GF_FilterPacket *pck_dst)
{
	return gf_filter_pck_merge_properties_filter(pck_src, pck_dst, NULL, NULL);
}
