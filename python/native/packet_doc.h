// SPDX-License-Identifier: MIT
// Documentation of FilterPacket, included by packet.c only.
#ifndef NATIVE_PACKET_DOC_H
#define NATIVE_PACKET_DOC_H

PyDoc_STRVAR(doc_type,
	"A packet: data with times, flags and properties.\n\n"
	"Received packets come from `FilterPid.get_packet` or iteration, are read-only and live until they\n"
	"are dropped, or until `unref` after a `ref`. Output packets come from `FilterPid.new_pck` and its\n"
	"relatives and live until `send` or `discard`. `clone` makes copies that belong to no PID. A packet\n"
	"that is gone raises GpacError on every member. Times are in units of `timescale`. Setting an\n"
	"attribute raises ValueError out of its range.\n\n"
	"`data`, `planes`, `to_ndarray` and `__dlpack__` show the data where it is, without a copy.");

PyDoc_STRVAR(doc_enum_props,
	"enum_props($self, callback_obj, /)\n"
	"--\n\n"
	"Calls `callback_obj.on_prop_enum(name, value)` for each property of the packet; does nothing without\n"
	"that method.");

PyDoc_STRVAR(doc_props,
	"props($self, /)\n"
	"--\n\n"
	"All properties of the packet as a dict from name to value: copies.");

PyDoc_STRVAR(doc_get_prop,
	"get_prop($self, prop_name, /)\n"
	"--\n\n"
	"Value of a property of the packet, a copy, or None. `prop_name` is a name or a four-character code\n"
	"as int.");

PyDoc_STRVAR(doc_get_pid_prop,
	"get_pid_prop($self, prop_name, /)\n"
	"--\n\n"
	"Value that a property of the PID had when the packet was sent, a copy, or None. Right also for\n"
	"packets that are held or cloned while the PID changes.");

PyDoc_STRVAR(doc_set_prop,
	"set_prop($self, pcode, prop, custom_type=0)\n"
	"--\n\n"
	"Sets a property of the packet, or removes it with None, as `FilterPid.set_prop`. GpacError on\n"
	"received packets.");

PyDoc_STRVAR(doc_copy_props,
	"copy_props($self, ipck, /)\n"
	"--\n\n"
	"Takes over the attributes, and adds the properties, of another packet; None does nothing. GpacError\n"
	"on received packets.");

PyDoc_STRVAR(doc_ref,
	"ref($self, /)\n"
	"--\n\n"
	"Keeps the packet after it was dropped. Each call needs an `unref`. Held packets may make their\n"
	"producer wait, see `blocking_ref`.");

PyDoc_STRVAR(doc_unref,
	"unref($self, /)\n"
	"--\n\n"
	"Undoes a `ref`; the last one ends the life of a packet that was dropped.");

PyDoc_STRVAR(doc_send,
	"send($self, /)\n"
	"--\n\n"
	"Sends an output packet to all consumers of its PID. The object must not be used any more.");

PyDoc_STRVAR(doc_discard,
	"discard($self, /)\n"
	"--\n\n"
	"Destroys an output packet that was not sent, or a clone.");

PyDoc_STRVAR(doc_readonly,
	"readonly($self, /)\n"
	"--\n\n"
	"Consumers may not change the data of this output packet in place.");

PyDoc_STRVAR(doc_truncate,
	"truncate($self, size, /)\n"
	"--\n\n"
	"Shrinks the data of an output packet to `size` bytes; larger sizes do nothing.");

PyDoc_STRVAR(doc_clone,
	"clone($self, cached_pck=None)\n"
	"--\n\n"
	"A writable copy of a received packet with its attributes and properties, that belongs to no PID and\n"
	"is not sent. A frame behind a frame interface is copied to memory, with no padding. `cached_pck`, a\n"
	"former clone, is used up: its memory is taken when it is large enough. None for packets that were\n"
	"not received and when memory is short.");

PyDoc_STRVAR(doc_get_gl_texture,
	"get_gl_texture($self, idx, /)\n"
	"--\n\n"
	"GLTextureInfo of plane `idx` of a frame interface, or None when there is no such texture. The context that it\n"
	"belongs to is current then; the texture lives as long as the packet.");

PyDoc_STRVAR(doc_planes,
	"planes($self, /)\n"
	"--\n\n"
	"The planes of a raw frame, as a tuple of Plane: views, nothing is copied.\n\n"
	"The PID carries `Visual` or `Audio` with codec `raw`; the layout comes from its properties at the\n"
	"time the packet was sent. H and W are `Height` and `Width`, h and w their quotients by the\n"
	"subsampling, rounded up.\n\n"
	"- One component, RGB and the like, and packed YUV 4:4:4: one plane, (H, W) or (H, W, components) of\n"
	"  uint8.\n"
	"- Packed YUV 4:2:2 (`uyvy`...): one plane (H, W rounded up to even, 2) of uint8 or, in 10 bits,\n"
	"  uint16.\n"
	"- `rgb8`, `rgb4`, `rgb5`, `rgb6`, `v410`: one plane (H, W) of the words that hold the pixels, uint8,\n"
	"  uint16 or uint32.\n"
	"- Planar YUV: planes in the order of memory, a named tuple: `y` (H, W), `u` and `v` (h, w), alpha\n"
	"  `a` or depth `d` (H, W).\n"
	"- Semi-planar YUV: `y` (H, W) and `uv` or `vu` (h, w, 2).\n"
	"- 10-bit samples are little-endian uint16, with the value in the low bits, in the high ones for\n"
	"  semi-planar formats.\n"
	"- Audio: one plane (samples, channels), with strides that make it so for planar formats too. 24-bit\n"
	"  samples are (samples, channels, 3) bytes.\n\n"
	"Lines are `Stride` and `StrideUV` bytes apart when the PID has these properties. GpacError when the\n"
	"packet is no raw frame, is too small, is a texture without memory, or has a format without array\n"
	"(`v210`, `extgl`, `uncv`). Planes behind a frame interface have the strides that it tells, and are those of\n"
	"the decoder where it allows that, else copies.");

PyDoc_STRVAR(doc_to_ndarray,
	"to_ndarray($self, /)\n"
	"--\n\n"
	"The frame as numpy arrays: views with the shapes of `planes`, read-only for received packets.\n\n"
	"Formats with one plane give one array, others a named tuple of arrays: `frame.y`, `frame.u`,\n"
	"`frame.v`. Types: uint8, uint16, uint32 for video; uint8, int16, int32, float32, float64 for audio,\n"
	"big-endian where the format is. 24-bit audio is the exception: a copy of type int32 with the sample\n"
	"in the upper three bytes, so that full scale stays full scale.\n\n"
	"Errors are those of `planes`; GpacError with code GF_NOT_SUPPORTED without numpy.");

PyDoc_STRVAR(doc_dlpack,
	"__dlpack__($self, *, stream=None, max_version=None, dl_device=None, copy=None)\n"
	"--\n\n"
	"Exports a raw frame of one plane, else the bytes of the packet, as a DLPack capsule, not copied:\n"
	"what `numpy.from_dlpack(pck)` and `torch.from_dlpack(pck)` call. See `Plane.__dlpack__` for the\n"
	"parameters.\n\n"
	"BufferError for frames of several planes: export each of `planes`. Errors of `planes` apply.");

PyDoc_STRVAR(doc_dlpack_device,
	"__dlpack_device__($self, /)\n"
	"--\n\n"
	"The DLPack device of the memory: always `(1, 0)`, the CPU.");

PyDoc_STRVAR(doc_strides,
	"_strides($self, /)\n"
	"--\n\n"
	"Bytes per line of luma and of chroma, 0 where lines are not padded.");

PyDoc_STRVAR(doc_plane,
	"_plane($self, index, lines, line, /)\n"
	"--\n\n"
	"Memory of a plane behind a frame interface, which has `lines` lines of `line` bytes, and its stride.");

#endif
