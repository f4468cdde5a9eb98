// SPDX-License-Identifier: MIT
// Documentation of FileIO, included by fileio.c only.
#ifndef NATIVE_FILEIO_DOC_H
#define NATIVE_FILEIO_DOC_H

PyDoc_STRVAR(doc_type,
	"FileIO(url, obj)\n"
	"--\n\n"
	"A file whose bytes come from, or go to, a Python object: give `url` to `load_src` or `load_dst`.\n\n"
	"`obj` is a factory: for each open a shallow copy of it (`copy.copy`) gets the calls. All come on the\n"
	"thread that runs the session or loads the filter:\n\n"
	"- `open(url, mode)`: True when the resource is open; mode as `fopen` of C.\n"
	"- `close()`\n"
	"- `read(buf, size)`: fills `buf` with up to `size` bytes and returns their number, 0 at the end.\n"
	"- `write(buf, size)`: takes `size` bytes and returns the number taken.\n"
	"- `seek(pos, whence)`: whence 0 from the start, 1 from here, 2 from the end; returns 0 or an error\n"
	"  code.\n"
	"- `tell()`: the position; `eof()`: True at the end.\n"
	"- `exists(url)`, optional: True when the resource exists.\n\n"
	"`buf` is a numpy array of uint8, or a memoryview without numpy, valid during the call. Relative\n"
	"names are resolved against `url`. Raises GpacError when a method is missing.");

PyDoc_STRVAR(doc_url,
	"str or None, read-only: URL of the form `gfio://...` to load; options may be appended. None once\n"
	"released.");

#endif
