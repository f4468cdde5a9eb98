// SPDX-License-Identifier: MIT
// The OpenGL context of a session: the application's, or one without a window made at the first request.
#include <base/gl.h>
#include <base/module.h>
#include "graph/engine.h"

GF_Err gf_fs_set_external_gl_provider(GF_FilterSession *session, gf_fs_gl_activate on_gl_activate, void *udta)
{
	if (!session || !on_gl_activate || session->gl.provider || gf_list_count(session->filters))
		return GF_BAD_PARAM;
	session->gl.provider = on_gl_activate;
	session->gl.udta = udta;
	return GF_OK;
}

static Bool have_context(const GF_FilterSession *fs)
{
	return fs->gl.provider || fs->gl.context;
}

GF_Err gf_filter_request_opengl(GF_Filter *filter)
{
	if (!filter)
		return GF_BAD_PARAM;
	GF_FilterSession *fs = filter->fs;
	if (have_context(fs))
		return GF_OK;
	fs->gl.module = module_table("gl");
	fs->gl.context = fs->gl.module ? fs->gl.module->open() : NULL;
	return fs->gl.context ? GF_OK : GF_NOT_SUPPORTED;
}

GF_Err gf_filter_set_active_opengl_context(GF_Filter *filter, Bool do_activate)
{
	if (!filter || !have_context(filter->fs))
		return GF_BAD_PARAM;
	GF_FilterSession *fs = filter->fs;
	if (fs->gl.provider)
		return fs->gl.provider(fs->gl.udta, do_activate);
	// Nobody else uses the context of the session: it stays current for the filters behind, until the run ends.
	return do_activate ? fs->gl.module->activate(fs->gl.context) : GF_OK;
}

void gf_filter_register_opengl_provider(GF_Filter *filter, Bool do_register)
{
	if (filter && do_register)
		GF_LOG(GF_LOG_WARNING, GF_LOG_FILTER,
			("[filter] %s offers an OpenGL context: sessions use their own, or that of the application "
			 "(gf_fs_set_external_gl_provider)\n", gf_filter_get_name(filter)));
}

void gl_leave(GF_FilterSession *fs)
{
	if (fs->gl.context)
		fs->gl.module->activate(NULL);
}

void gl_close(GF_FilterSession *fs)
{
	if (fs->gl.context)
		fs->gl.module->close(fs->gl.context);
	fs->gl.context = NULL;
}
