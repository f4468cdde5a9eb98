// SPDX-License-Identifier: MIT
// What the module gf_gl.so offers (base/module.h): OpenGL contexts without a window, and textures.
#ifndef BASE_GL_H
#define BASE_GL_H

#include <gpac/error.h>
#include <gpac/setup.h>

// A plane of a picture in memory.
typedef struct {
	const u8 *data;
	u32 width, height;   // of the texture
	u32 stride;          // bytes per line, a multiple of a texel
	u32 components;      // 1 to 4
	u32 component_bytes; // 1, or 2 in the byte order of the machine
} GlPlane;

typedef struct {
	u32 id; // 0 before the first upload
	u32 width, height, components, component_bytes;
} GlTexture;

// All calls come from the thread that the context is for.
typedef struct gl_module {
	u32 target; // of textures: GL_TEXTURE_2D
	// A context on a GPU, or on Mesa's software driver. NULL, with a message, when there is neither.
	void *(*open)(void);
	void (*close)(void *context);
	// Makes it the current one; NULL lets go of the current one.
	GF_Err (*activate)(void *context);
	// The next two use the context that is current; GF_NOT_READY without one.
	// Shaders read the components in the order of memory, from 0 to 1. GF_NOT_SUPPORTED, with a message, when the
	// context has no textures of this kind or size.
	GF_Err (*upload)(GlTexture *texture, const GlPlane *plane);
	GF_Err (*remove)(GlTexture *texture);
} GlModule;

#endif
