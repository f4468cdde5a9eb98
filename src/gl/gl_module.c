// SPDX-License-Identifier: MIT
// Contexts by EGL, textures by whatever OpenGL is behind the current context, found by libepoxy.
#include <dlfcn.h>
#include <epoxy/egl.h>
#include <epoxy/gl.h>
#include <gpac/log.h>
#include "base/gl.h"

#define NO_PACKAGE "[gl] cannot open %s: on Debian: apt install %s\n"

typedef struct {
	EGLDisplay display;
	EGLContext context;
} HeadlessContext;

// libepoxy ends the process when it misses a library: this looks first.
static Bool have_egl(void)
{
	if (dlopen("libEGL.so.1", RTLD_NOW | RTLD_NODELETE))
		return GF_TRUE;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, (NO_PACKAGE, "libEGL.so.1", "libegl1 libgl1-mesa-dri"));
	return GF_FALSE;
}

static EGLDisplay open_display(void)
{
	// Without a window system; the default display needs one on most drivers.
	if (epoxy_has_egl_extension(EGL_NO_DISPLAY, "EGL_MESA_platform_surfaceless") &&
		epoxy_has_egl_extension(EGL_NO_DISPLAY, "EGL_EXT_platform_base")) {
		EGLDisplay display = eglGetPlatformDisplayEXT(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL);
		if (display != EGL_NO_DISPLAY && eglInitialize(display, NULL, NULL))
			return display;
	}
	EGLDisplay display = eglGetDisplay(EGL_DEFAULT_DISPLAY);
	return display != EGL_NO_DISPLAY && eglInitialize(display, NULL, NULL) ? display : EGL_NO_DISPLAY;
}

static EGLContext open_context(EGLDisplay display)
{
	static const EGLint config_wanted[] = {EGL_SURFACE_TYPE, 0, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE};
	static const EGLint version[] = {EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 3, EGL_NONE};
	EGLConfig config;
	EGLint nb = 0;
	if (!eglBindAPI(EGL_OPENGL_API) || !eglChooseConfig(display, config_wanted, &config, 1, &nb) || !nb)
		return EGL_NO_CONTEXT;
	return eglCreateContext(display, config, EGL_NO_CONTEXT, version);
}

static void *headless_open(void)
{
	if (!have_egl())
		return NULL;
	EGLDisplay display = open_display();
	EGLContext context = display != EGL_NO_DISPLAY ? open_context(display) : EGL_NO_CONTEXT;
	HeadlessContext *h = context != EGL_NO_CONTEXT ? gf_malloc(sizeof(HeadlessContext)) : NULL;
	if (!h) {
		GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO,
			("[gl] no OpenGL 3.3 context: EGL error 0x%x. Without a GPU, Mesa's software driver serves: on Debian, apt "
			 "install libgl1-mesa-dri\n",
				(unsigned)eglGetError()));
		return NULL;
	}
	*h = (HeadlessContext){display, context};
	return h;
}

static void headless_close(void *context)
{
	HeadlessContext *h = context;
	if (eglGetCurrentContext() == h->context)
		eglMakeCurrent(h->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
	eglDestroyContext(h->display, h->context);
	// The display is shared by all contexts of the process, those of the application too: it stays.
	gf_free(h);
}

static GF_Err headless_activate(void *context)
{
	HeadlessContext *h = context;
	if (!h) {
		EGLDisplay current = eglGetCurrentDisplay();
		if (current != EGL_NO_DISPLAY)
			eglMakeCurrent(current, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
		return GF_OK;
	}
	if (eglGetCurrentContext() == h->context ||
		(eglBindAPI(EGL_OPENGL_API) && eglMakeCurrent(h->display, EGL_NO_SURFACE, EGL_NO_SURFACE, h->context)))
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[gl] the context cannot be made current: EGL error 0x%x\n", (unsigned)eglGetError()));
	return GF_IO_ERR;
}

// ---- textures

// Of EGL, or of GLX when the application uses that: libepoxy ends the process when it is called without.
static Bool context_is_current(void)
{
	if (have_egl() && eglGetCurrentContext() != EGL_NO_CONTEXT)
		return GF_TRUE;
	void *gl = dlopen("libGL.so.1", RTLD_NOW | RTLD_NOLOAD);
	void *(*current)(void) = gl ? (void *(*)(void))(uintptr_t)dlsym(gl, "glXGetCurrentContext") : NULL;
	Bool found = current && current();
	if (gl)
		dlclose(gl);
	return found;
}

static GF_Err need_context(void)
{
	if (context_is_current())
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[gl] no OpenGL context is current on this thread\n"));
	return GF_NOT_READY;
}

static Bool same_shape(const GlTexture *t, const GlPlane *p)
{
	return t->width == p->width && t->height == p->height && t->components == p->components &&
		   t->component_bytes == p->component_bytes;
}

static void make_texture(GlTexture *t, const GlPlane *p, GLenum format, GLenum type)
{
	static const GLint stored[2][4] = {{GL_R8, GL_RG8, GL_RGB8, GL_RGBA8}, {GL_R16, GL_RG16, GL_RGB16, GL_RGBA16}};
	if (!t->id)
		glGenTextures(1, &t->id);
	glBindTexture(GL_TEXTURE_2D, t->id);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
	glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
	glTexImage2D(GL_TEXTURE_2D, 0, stored[p->component_bytes - 1][p->components - 1], (GLsizei)p->width,
		(GLsizei)p->height, 0, format, type, NULL);
	t->width = p->width;
	t->height = p->height;
	t->components = p->components;
	t->component_bytes = p->component_bytes;
}

static GF_Err texture_upload(GlTexture *t, const GlPlane *p)
{
	static const GLenum formats[4] = {GL_RED, GL_RG, GL_RGB, GL_RGBA};
	GF_Err e = need_context();
	if (e != GF_OK)
		return e;
	while (glGetError() != GL_NO_ERROR)
		; // errors of others before us
	GLenum format = formats[p->components - 1];
	GLenum type = p->component_bytes == 2 ? GL_UNSIGNED_SHORT : GL_UNSIGNED_BYTE;
	if (!same_shape(t, p))
		make_texture(t, p, format, type);
	glBindTexture(GL_TEXTURE_2D, t->id);
	glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, (GLint)(p->stride / (p->components * p->component_bytes)));
	glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, (GLsizei)p->width, (GLsizei)p->height, format, type, p->data);
	glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
	glBindTexture(GL_TEXTURE_2D, 0);
	GLenum failure = glGetError();
	if (failure == GL_NO_ERROR)
		return GF_OK;
	GF_LOG(GF_LOG_ERROR, GF_LOG_MMIO, ("[gl] no texture of %ux%u with %u components of %u bytes: OpenGL error 0x%x\n",
		p->width, p->height, p->components, p->component_bytes, failure));
	t->width = 0; // made anew next time
	return GF_NOT_SUPPORTED;
}

static GF_Err texture_remove(GlTexture *t)
{
	GF_Err e = need_context();
	if (e == GF_OK && t->id)
		glDeleteTextures(1, &t->id);
	*t = (GlTexture){0};
	return e;
}

static const GlModule functions = {
	.target = GL_TEXTURE_2D,
	.open = headless_open,
	.close = headless_close,
	.activate = headless_activate,
	.upload = texture_upload,
	.remove = texture_remove,
};

// What module_table (base/module.h) looks for.
GF_EXPORT extern const void *const gf_module_table;
const void *const gf_module_table = &functions;
