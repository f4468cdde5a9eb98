// SPDX-License-Identifier: MIT
// Documentation of Plane, included by plane.c only.
#ifndef NATIVE_PLANE_DOC_H
#define NATIVE_PLANE_DOC_H

PyDoc_STRVAR(doc_type,
	"One plane of a raw frame: a strided view of the memory of a packet, made by `FilterPacket.planes`.\n\n"
	"It speaks the buffer protocol (`memoryview(plane)`, `numpy.asarray(plane)`) and DLPack\n"
	"(`torch.from_dlpack(plane)`). Nothing is copied, and the memory lives as long as any view of it,\n"
	"also after the packet was dropped and the session deleted. Views may be read and released in any\n"
	"thread.");

PyDoc_STRVAR(doc_name,
	"str, read-only: what the samples are: `y`, `u`, `v`, `uv`, `vu`, `a` (alpha), `d` (depth), or the\n"
	"name of the packed pixel or audio format.");

PyDoc_STRVAR(doc_shape,
	"tuple of int, read-only: lines, pixels and samples per pixel for video, without the last when it is\n"
	"one; samples and channels for audio.");

PyDoc_STRVAR(doc_strides,
	"tuple of int, read-only: bytes from one element to the next in each dimension.");

PyDoc_STRVAR(doc_format,
	"str, read-only: type of a sample, as in the `struct` module.");

PyDoc_STRVAR(doc_readonly,
	"bool, read-only: True for received packets; only the maker of a packet may write.");

PyDoc_STRVAR(doc_dlpack,
	"__dlpack__($self, *, stream=None, max_version=None, dl_device=None, copy=None)\n"
	"--\n\n"
	"Exports the plane as a DLPack capsule on the CPU.\n\n"
	"A consumer that passes `max_version` (1, 0) or above gets a view, marked read-only when it is. Older\n"
	"consumers cannot be told that memory is read-only: for such memory they get a copy, or BufferError\n"
	"with `copy=False`. With `copy=True` the capsule owns its memory. `stream` must be None and\n"
	"`dl_device` None or (1, 0). BufferError also for big-endian samples.\n\n"
	"Source: Python specification of DLPack, https://dmlc.github.io/dlpack/latest/python_spec.html.");

PyDoc_STRVAR(doc_dlpack_device,
	"__dlpack_device__($self, /)\n"
	"--\n\n"
	"The DLPack device of the memory: always `(1, 0)`, the CPU.");

#endif
