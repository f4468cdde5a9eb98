// SPDX-License-Identifier: MIT
// Documentation of the attributes of FilterPacket, included by packet_attr.c only.
#ifndef NATIVE_PACKET_ATTR_DOC_H
#define NATIVE_PACKET_ATTR_DOC_H

PyDoc_STRVAR(doc_dts,
	"int: decoding time, GF_FILTER_NO_TS when not known.");

PyDoc_STRVAR(doc_cts,
	"int: composition time, GF_FILTER_NO_TS when not known.");

PyDoc_STRVAR(doc_sap,
	"int: type of stream access point, `GF_FILTER_SAP_*`; 0 for none. ISO/IEC 14496-12 annex I.");

PyDoc_STRVAR(doc_dur,
	"int: duration, 0 when not known; 32 bits.");

PyDoc_STRVAR(doc_start,
	"int: 1 for the first packet of a frame. New packets have 1.");

PyDoc_STRVAR(doc_end,
	"int: 1 for the last packet of a frame. New packets have 1.");

PyDoc_STRVAR(doc_interlaced,
	"int: 0 progressive, 1 top field first, 2 bottom field first.");

PyDoc_STRVAR(doc_corrupted,
	"int: 1 for data known to be damaged.");

PyDoc_STRVAR(doc_seek,
	"int: 1 for data to decode and not to show.");

PyDoc_STRVAR(doc_byte_offset,
	"int: position of the same bytes in the source file, GF_FILTER_NO_BO when not known.");

PyDoc_STRVAR(doc_roll,
	"int: roll distance of SAP type 4, in packets, signed 16 bits.");

PyDoc_STRVAR(doc_crypt,
	"int: 2 bits; bit 0 for encrypted data.");

PyDoc_STRVAR(doc_clock,
	"int: `GF_FILTER_CLOCK_*` for packets that are clock references.");

PyDoc_STRVAR(doc_carousel,
	"int: version in a carousel, 0 to 255.");

PyDoc_STRVAR(doc_seqnum,
	"int: sequence number, 32 bits.");

PyDoc_STRVAR(doc_deps,
	"int: is_leading, sample_depends_on, sample_is_depended_on and sample_has_redundancy, two bits each\n"
	"from the top; ISO/IEC 14496-12, 8.6.4.");

PyDoc_STRVAR(doc_size,
	"int, read-only: bytes of data, 0 behind a frame interface.");

PyDoc_STRVAR(doc_data,
	"numpy array of uint8, shape (size,), or memoryview without numpy, read-only attribute: the data, not\n"
	"copied.\n\n"
	"Writable for new packets and clones, read-only for received packets and references. None when there\n"
	"is no memory (frame interface, empty shared memory). The view keeps the memory, also after the\n"
	"packet is gone.");

PyDoc_STRVAR(doc_timescale,
	"int, read-only: time units per second of the PID.");

PyDoc_STRVAR(doc_frame_ifce,
	"bool, read-only: True when the frame is not in memory but behind a frame interface: `planes` and\n"
	"`to_ndarray` show it, `clone` fetches it.");

PyDoc_STRVAR(doc_frame_ifce_gl,
	"bool, read-only: True when the frame interface offers textures.");

PyDoc_STRVAR(doc_has_properties,
	"bool, read-only: True when the packet has properties of its own.");

PyDoc_STRVAR(doc_blocking_ref,
	"int, read-only: 1 when the producer waits for the release of the packet.");

#endif
