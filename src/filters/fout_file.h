// SPDX-License-Identifier: MIT
// The file fout writes: packets are kept by reference and written many at a time.
#ifndef FILTERS_FOUT_FILE_H
#define FILTERS_FOUT_FILE_H

#include <gpac/filters.h>
#include "base/io.h"

// A write is made when so many packets, or bytes, are kept.
#define GATHER_PARTS 256
#define GATHER_BYTES (256 * 1024)

typedef struct {
	IoWriter *writer; // NULL when no file is open
	char *name;
	char *temp_name; // written instead of `name` until the file is complete
	u64 base;        // position of the file's first byte, not 0 when it is appended to another
	Bool failed;     // a write failed: what follows would leave a hole, and is dropped
	Bool blocking;   // the producer of a kept packet waits for its release
	u32 nb_parts;
	u32 nb_bytes;
	struct iovec parts[GATHER_PARTS];
	GF_FilterPacket *packets[GATHER_PARTS];
} OutFile;

// Opens `name`, relative to `parent_url` when it is not NULL. `atomic`: the name appears at close only.
GF_Err out_file_open(OutFile *file, const char *name, const char *parent_url, Bool append, Bool atomic);
// Writes what is kept and closes. GF_OK when no file is open.
GF_Err out_file_close(OutFile *file);
GF_Err out_file_flush(OutFile *file);
// Next position, kept packets included.
u64 out_file_position(const OutFile *file);
// Writes the planes of a decoded frame without padding. `pid` has its size and pixel format.
GF_Err out_file_add_frame(OutFile *file, GF_FilterPid *pid, GF_FilterFrameInterface *frame);
// Overwrites bytes at `offset` from the start of the file, or inserts them when `block` (the size of the
// moves) is not 0.
GF_Err out_file_patch(OutFile *file, u64 offset, const u8 *data, u32 size, u32 block);

// Keeps `packet`, whose bytes are `data`, until the next write.
static inline GF_Err out_file_add(OutFile *file, GF_FilterPacket *packet, const u8 *data, u32 size)
{
	if (gf_filter_pck_ref(&packet))
		return GF_OUT_OF_MEM;
	if (gf_filter_pck_is_blocking_ref(packet))
		file->blocking = GF_TRUE;
	file->packets[file->nb_parts] = packet;
	file->parts[file->nb_parts++] = (struct iovec){.iov_base = (void *)data, .iov_len = size};
	file->nb_bytes += size;
	return file->nb_parts == GATHER_PARTS || file->nb_bytes >= GATHER_BYTES ? out_file_flush(file) : GF_OK;
}

#endif
