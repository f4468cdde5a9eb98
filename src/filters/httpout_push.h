// SPDX-License-Identifier: MIT
// One connection of a push: files that are sent to the server one after the other, in the order they were made.
#ifndef FILTERS_HTTPOUT_PUSH_H
#define FILTERS_HTTPOUT_PUSH_H

#include "filters/httpout.h"

typedef struct http_line HttpLine;

HttpLine *http_line_new(HttpOut *out);
void http_line_del(HttpLine *l); // NULL allowed
// A new file; the one before is complete.
GF_Err http_line_open(HttpLine *l, const char *path, const char *mime);
Bool http_line_is_open(const HttpLine *l);
GF_Err http_line_append(HttpLine *l, const u8 *data, u32 size);
// Changes bytes of the file that is open: before they are sent, or by a request for that range after it.
GF_Err http_line_patch(HttpLine *l, u64 offset, const u8 *data, u32 size);
void http_line_close(HttpLine *l);
// The server deletes the file.
GF_Err http_line_delete(HttpLine *l, const char *path);
u64 http_line_pending(const HttpLine *l); // bytes
// Sends what can be sent: microseconds until there is more to do without a sign of the network. An error when it gave up:
// nothing is left then.
u32 http_line_run(HttpLine *l, GF_Err *e);
Bool http_line_is_done(const HttpLine *l); // nothing is to be sent

#endif
