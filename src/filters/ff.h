// SPDX-License-Identifier: MIT
// The filters over FFmpeg live in the module gf_ffmpeg.so beside the library, which is opened when a filter of
// that kind is made. The core keeps what linking, help and completion need: the registers. Here is what both
// sides agree on.
#ifndef FILTERS_FF_H
#define FILTERS_FF_H

#include <gpac/constants.h>
#include <gpac/filters.h>
#include <gpac/tools.h>

// Callbacks as in GF_FilterRegister; all but `process` may be NULL. The state is zeroed memory of
// `state_size` bytes that exists from the first callback to the end of `finalize`.
typedef struct {
	const char *name;
	u32 state_size;
	GF_Err (*initialize)(GF_Filter *filter);
	void (*finalize)(GF_Filter *filter);
	GF_Err (*configure_pid)(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove);
	GF_Err (*process)(GF_Filter *filter);
	Bool (*process_event)(GF_Filter *filter, const GF_FilterEvent *event);
	GF_Err (*reconfigure_output)(GF_Filter *filter, GF_FilterPid *pid);
	GF_Err (*update_arg)(GF_Filter *filter, const char *name, const GF_PropertyValue *value);
} FfCallbacks;

// The table of the module (base/module.h).
typedef struct {
	const FfCallbacks *(*find)(const char *register_name);
} FfModule;

// First member of the private structure of each of these filters; the options follow.
typedef struct {
	const FfCallbacks *callbacks; // NULL until the module is open
	void *state;
	Bool failed; // the module cannot be opened, which was told
	GF_FilterArgs *args; // the options of the register and of FFmpeg, made when one was not found; NULL before
} FfHost;

typedef struct {
	FfHost host;
	GF_PropStringList ffcmap;
	char *c;
} FfdecOptions;

typedef struct {
	FfHost host;
	u32 och, osr;
	u32 osfmt;   // GF_AudioFormat
	u32 olayout; // code point of ISO/IEC 23091-3
} ResampleOptions;

typedef struct {
	FfHost host;
	GF_PropVec2i osize;
	u32 ofmt; // GF_PixelFormat
	u32 scale;
	Double p1, p2;
	Bool ofr;
	s32 brightness;
	u32 contrast, saturation;
	GF_PropIntList otable, itable;
	u32 keepar;
	char *padclr;
	GF_Fraction osar;
} FfswsOptions;

// Values of `scale` and `keepar`.
enum { SCALE_FASTBILINEAR, SCALE_BILINEAR, SCALE_BICUBIC, SCALE_X, SCALE_POINT, SCALE_AREA, SCALE_BICUBLIN,
	SCALE_GAUSS, SCALE_SINC, SCALE_LANCZOS, SCALE_SPLINE };
enum { KEEPAR_OFF, KEEPAR_FULL, KEEPAR_NOSRC };

typedef struct {
	FfHost host;
	char *c;
	u32 pfmt; // GF_PixelFormat
	GF_Fraction fintra;
	Bool all_intra, ls, rc, rld, rtd;
	s32 round;
} FfencOptions;

typedef struct {
	FfHost host;
	char *src;
	Bool reparse;
	u32 block_size, strbuf_min;
	Bool proto;
	GF_PropVec2i mwait;
	char *ext, *mime;
} FfdmxOptions;

typedef struct {
	FfHost host;
	char *dst;
	Double start, speed;
	GF_Fraction ileave;
	Bool nodisc;
	char *mime;
	Bool ffiles;
	char *ffmt;
	u32 block_size;
	Bool keepts, proto;
	u32 psleep;
	char *ext;
} FfmxOptions;

typedef struct {
	FfHost host;
	char *f;
	u32 pfmt; // GF_PixelFormat
	u32 afmt; // GF_AudioFormat
	u32 sr, ch;
	Bool dump;
} FfavfOptions;

typedef struct {
	FfHost host;
	GF_PropStringList f;
} FfbsfOptions;

// ff_host.c: the callbacks that the registers name. They open the module and pass calls on.
GF_Err ff_initialize(GF_Filter *filter);
void ff_finalize(GF_Filter *filter);
GF_Err ff_configure_pid(GF_Filter *filter, GF_FilterPid *pid, Bool is_remove);
GF_Err ff_process(GF_Filter *filter);
Bool ff_process_event(GF_Filter *filter, const GF_FilterEvent *event);
GF_Err ff_reconfigure_output(GF_Filter *filter, GF_FilterPid *pid);
GF_Err ff_update_arg(GF_Filter *filter, const char *name, const GF_PropertyValue *value);

#endif
