// SPDX-License-Identifier: MIT
#ifndef GPAC_EVENTS_H
#define GPAC_EVENTS_H

#include <gpac/events_constants.h>
#include <gpac/error.h>

#ifdef __cplusplus
extern "C" {
#endif

// User interface events, carried between filters by events of type GF_FEVT_USER. Every event begins with its
// type (GF_EVENT_...), which tells the member of GF_Event to read. Strings belong to the sender and are valid
// during the call. `window_id` is 0 when there is only one window.

// How a screen is held.
typedef enum {
	GF_DISPLAY_MODE_UNKNOWN = 0,
	GF_DISPLAY_MODE_PORTRAIT = 1,
	GF_DISPLAY_MODE_LANDSCAPE = 2,
	GF_DISPLAY_MODE_LANDSCAPE_INV = 3,
	GF_DISPLAY_MODE_PORTRAIT_INV = 4,
} GF_DisplayOrientationType;

enum {
	GF_MOUSE_LEFT = 0,
	GF_MOUSE_MIDDLE = 1,
	GF_MOUSE_RIGHT = 2,
};

// CLICK, MOUSEUP, MOUSEDOWN, MOUSEMOVE, MOUSEWHEEL.
typedef struct gf_eventmouse {
	u8 type;
	s32 x; // pixels from the left
	s32 y; // pixels from the top
	Fixed wheel_pos;
	u32 button;     // GF_MOUSE_...
	u32 key_states; // GF_KEY_MOD_...
	u32 window_id;
} GF_EventMouse;

// MULTITOUCH. Fixed is float; places are relative to the window.
typedef struct gf_eventmultitouch {
	u8 type;
	Fixed x;
	Fixed y;
	Fixed rotation; // since the gesture began
	Fixed pinch;
	u32 num_fingers;
	u32 window_id;
} GF_EventMultiTouch;

// KEYUP, KEYDOWN, LONGKEYPRESS.
typedef struct gf_eventkey {
	u8 type;
	u32 key_code; // GF_KEY_...
	u32 hw_code;  // of the keyboard
	u32 flags;    // GF_KEY_MOD_... and GF_KEY_EXT_...
	u32 window_id;
} GF_EventKey;

// TEXTINPUT.
typedef struct gf_eventchar {
	u8 type;
	u32 unicode_char;
	u32 window_id;
} GF_EventChar;

// SIZE, SCENE_SIZE, SET_ORIENTATION. In pixels.
typedef struct gf_eventsize {
	u8 type;
	u32 width;
	u32 height;
	GF_DisplayOrientationType orientation;
	u32 window_id;
} GF_EventSize;

// VIDEO_SETUP. How a window is to be drawn to.
typedef struct gf_eventvideosetup {
	u8 type;
	u32 width;
	u32 height;
	Bool back_buffer;
	Bool system_memory;
	Bool use_opengl;
	Bool disable_vsync;
	Bool hw_reset;
} GF_EventVideoSetup;

// SHOWHIDE.
typedef struct gf_eventshow {
	u8 type;
	u32 show_type; // 0 hidden, 1 visible, 2 full screen
	u32 window_id;
} GF_EventShow;

// SET_CURSOR.
typedef struct gf_eventcursor {
	u8 type;
	u32 cursor_type;
} GF_EventCursor;

// SET_CAPTION. Title of the window.
typedef struct gf_eventcaption {
	u8 type;
	const char *caption;
} GF_EventCaption;

// MOVE. Of the window, in pixels.
typedef struct gf_eventmove {
	u8 type;
	s32 x;
	s32 y;
	u32 relative; // to the current position
	u8 align_x;
	u8 align_y;
	u32 window_id;
} GF_EventMove;

// DURATION. Of the presentation.
typedef struct gf_eventduration {
	u8 type;
	Double duration; // seconds
	Bool can_seek;
} GF_EventDuration;

// NAVIGATE, NAVIGATE_INFO.
typedef struct gf_eventnavigate {
	u8 type;
	const char *to_url;
	u32 param_count;
	const char **parameters;
} GF_EventNavigate;

// MESSAGE. For the user; `error` is GF_OK for news.
typedef struct gf_eventmessage {
	u8 type;
	const char *service;
	const char *message;
	GF_Err error;
} GF_EventMessage;

// PROGRESS. Of a long operation: `done` of `total`.
typedef struct gf_eventprogress {
	u8 type;
	const char *service;
	u32 progress_type; // 0 buffering, 1 downloading, 2 importing, 3 status of a filter
	u32 done;
	u32 total;
	union {
		u32 bytes_per_seconds; // of a download
		u32 filter_idx;        // of a status
	};
} GF_EventProgress;

// CONNECT. A presentation was opened or closed.
typedef struct gf_eventconnect {
	u8 type;
	Bool is_connected;
} GF_EventConnect;

// ADDON_DETECTED. An addition to the presentation was found.
typedef struct gf_eventaddonconnect {
	u8 type;
	const char *addon_url;
	const char *mime_type;
} GF_EventAddonConnect;

// AUTHORIZATION. A server asks for a user name. The callback fills the buffers and returns true.
typedef struct gf_eventauthorize {
	u8 type;
	Bool secure;
	const char *site_url;
	char *user;     // 50 bytes to fill
	char *password; // 50 bytes to fill
	// When not NULL the answer is given later through it, and the buffers are left.
	void (*on_usr_pass)(void *usr_cbk, const char *usr_name, const char *password, Bool store_info);
	void *async_usr_data;
} GF_EventAuthorize;

// SYS_COLORS. Colours of the desktop, ARGB.
typedef struct gf_eventsyscolors {
	u8 type;
	u32 sys_colors[28];
} GF_EventSysColors;

// Events of changes of a document.
typedef struct gf_eventmutation {
	u8 type;
	void *relatedNode;
	void *prevValue;
	void *newValue;
	void *attrName;
	u8 attrChange;
} GF_EventMutation;

// DROPFILE. Files dropped on a window.
typedef struct gf_eventopenfile {
	u8 type;
	u32 nb_files;
	char **files;
	u32 window_id;
} GF_EventOpenFile;

// SENSOR_ORIENTATION. A quaternion.
typedef struct gf_eventorientationsensor {
	u8 type;
	Float x;
	Float y;
	Float z;
	Float w;
} GF_EventOrientationSensor;

// SENSOR_GPS. A place on earth: degrees, altitude and accuracy in metres.
typedef struct gf_eventgps {
	u8 type;
	Double longitude;
	Double latitude;
	Double altitude;
	Float accuracy;
	Float bearing;
	u64 timestamp;
} GF_EventGPS;

// SENSOR_REQUEST. A sensor is to be switched on or off; `sensor_type` is the event it sends.
typedef struct gf_eventsensorrequest {
	u8 type;
	u32 sensor_type;
	Bool activate;
} GF_EventSensorRequest;

// PASTE_TEXT, COPY_TEXT.
typedef struct gf_eventclipboard {
	u8 type;
	char *text;
	u32 window_id;
} GF_EventClipboard;

typedef union gf_event {
	u8 type;
	GF_EventMouse mouse;
	GF_EventMultiTouch mtouch;
	GF_EventKey key;
	GF_EventChar character;
	GF_EventOrientationSensor sensor;
	GF_EventGPS gps;
	GF_EventSize size;
	GF_EventShow show;
	GF_EventDuration duration;
	GF_EventNavigate navigate;
	GF_EventMessage message;
	GF_EventProgress progress;
	GF_EventConnect connect;
	GF_EventCaption caption;
	GF_EventCursor cursor;
	GF_EventAuthorize auth;
	GF_EventSysColors sys_cols;
	GF_EventMove move;
	GF_EventVideoSetup setup;
	GF_EventMutation mutation;
	GF_EventOpenFile open_file;
	GF_EventAddonConnect addon_connect;
	GF_EventSensorRequest activate_sensor;
	GF_EventClipboard clipboard;
} GF_Event;

#ifdef __cplusplus
}
#endif

#endif
