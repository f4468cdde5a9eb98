// SPDX-License-Identifier: MIT
#include <errno.h>
#include <string.h>
#include <gpac/constants.h>
#include <gpac/tools.h>
#include "filters/fout_file.h"
#include "filters/pid_props.h"

static const char *reason(GF_Err e)
{
	return errno ? strerror(errno) : gf_error_to_string(e);
}

static char *temporary_name(const char *name)
{
	char *temp = gf_strdup(name);
	if (temp && gf_dynstrcat(&temp, ".gftmp", NULL)) {
		gf_free(temp);
		return NULL;
	}
	return temp;
}

GF_Err out_file_open(OutFile *file, const char *name, const char *parent_url, Bool append, Bool atomic)
{
	memset(file, 0, offsetof(OutFile, parts));
	file->name = gf_strdup(name);
	if (atomic)
		file->temp_name = temporary_name(name);
	if (!file->name || (atomic && !file->temp_name))
		return GF_OUT_OF_MEM;
	errno = 0;
	GF_Err e = io_writer_open(atomic ? file->temp_name : name, parent_url,
		append ? IO_WRITE_APPEND : IO_WRITE_TRUNCATE, &file->writer);
	if (e)
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[fout] cannot open %s: %s\n", name, reason(e)));
	else
		file->base = io_writer_position(file->writer);
	return e;
}

// Reports the first failure of a file; what was written stays.
static GF_Err write_failed(OutFile *file, GF_Err e)
{
	if (!file->failed)
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO,
			("[fout] cannot write %s after %llu bytes: %s; the file is incomplete\n", file->name,
				(unsigned long long)io_writer_position(file->writer), reason(e)));
	file->failed = GF_TRUE;
	return GF_IO_ERR;
}

GF_Err out_file_flush(OutFile *file)
{
	GF_Err e = GF_OK;
	if (file->nb_parts && !file->failed) {
		errno = 0;
		e = io_writer_writev(file->writer, file->parts, file->nb_parts);
		if (e)
			e = write_failed(file, e);
	}
	for (u32 i = 0; i < file->nb_parts; i++)
		gf_filter_pck_unref(file->packets[i]);
	file->nb_parts = file->nb_bytes = 0;
	file->blocking = GF_FALSE;
	return e;
}

GF_Err out_file_close(OutFile *file)
{
	GF_Err e = GF_OK;
	if (file->writer) {
		e = out_file_flush(file);
		errno = 0;
		GF_Err close_error = io_writer_close(file->writer);
		if (close_error && !file->failed) {
			GF_LOG(
				GF_LOG_ERROR, GF_LOG_MMIO, ("[fout] cannot close %s: %s\n", file->name, reason(close_error)));
			e = GF_IO_ERR;
		}
		if (file->temp_name && !e && !file->failed && gf_file_move(file->temp_name, file->name)) {
			GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO,
				("[fout] cannot rename %s to %s: %s\n", file->temp_name, file->name, strerror(errno)));
			e = GF_IO_ERR;
		}
	}
	gf_free(file->name);
	gf_free(file->temp_name);
	memset(file, 0, offsetof(OutFile, parts));
	return e;
}

u64 out_file_position(const OutFile *file)
{
	return io_writer_position(file->writer) + file->nb_bytes;
}

static GF_Err write_plane(OutFile *file, const u8 *data, u32 stride, u32 line, u32 nb_lines)
{
	struct iovec lines[64];
	if (stride == line) {
		line *= nb_lines;
		nb_lines = 1;
	}
	for (u32 done = 0; done < nb_lines;) {
		u32 n = 0;
		for (; n < 64 && done < nb_lines; n++, done++)
			lines[n] = (struct iovec){.iov_base = (void *)(data + (size_t)done * stride), .iov_len = line};
		GF_Err e = io_writer_writev(file->writer, lines, n);
		if (e)
			return write_failed(file, e);
	}
	return GF_OK;
}

GF_Err out_file_add_frame(OutFile *file, GF_FilterPid *pid, GF_FilterFrameInterface *frame)
{
	u32 width = pid_uint(pid, GF_PROP_PID_WIDTH);
	u32 height = pid_uint(pid, GF_PROP_PID_HEIGHT);
	u32 format = pid_uint(pid, GF_PROP_PID_PIXFMT);
	u32 size, stride = 0, stride_uv = 0, nb_planes, height_uv;
	if (!frame->get_plane ||
		!gf_pixel_get_size_info(format, width, height, &size, &stride, &stride_uv, &nb_planes, &height_uv)) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO,
			("[fout] %s: a frame of %ux%u, format %s, has no planes to write\n", file->name, width, height,
				gf_4cc_to_str(format)));
		return GF_NOT_SUPPORTED;
	}
	GF_Err e = out_file_flush(file);
	errno = 0;
	for (u32 i = 0; i < nb_planes && !e && !file->failed; i++) {
		const u8 *data;
		u32 data_stride;
		// The fourth plane is alpha or depth, of the size of the first.
		Bool chroma = i == 1 || i == 2;
		e = frame->get_plane(frame, i, &data, &data_stride);
		if (!e)
			e = write_plane(
				file, data, data_stride, chroma ? stride_uv : stride, chroma ? height_uv : height);
	}
	return e;
}

GF_Err out_file_patch(OutFile *file, u64 offset, const u8 *data, u32 size, u32 block)
{
	if (!io_writer_seekable(file->writer)) {
		GF_LOG(GF_LOG_WARNING, GF_LOG_MMIO,
			("[fout] %s cannot be rewritten: %u bytes for offset %llu are lost. Write to a file, or use a "
			 "layout that needs no rewriting\n",
				file->name, size, (unsigned long long)offset));
		return GF_OK;
	}
	GF_Err e = out_file_flush(file);
	if (e || file->failed)
		return e;
	errno = 0;
	if (block)
		e = io_writer_insert(file->writer, file->base + offset, data, size, block);
	else
		e = io_writer_patch(file->writer, file->base + offset, data, size);
	return e ? write_failed(file, e) : GF_OK;
}
