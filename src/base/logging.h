// SPDX-License-Identifier: MIT
// What the core options set in the log. See <gpac/log.h> for logging itself.
#ifndef BASE_LOGGING_H
#define BASE_LOGGING_H

#include <gpac/log.h>

// Defaults of everything but the call-backs: levels, no file, colour when stderr is a terminal.
void log_restore_defaults(void);
// Messages go to this file instead of stderr; NULL: to stderr again.
GF_Err log_set_file(const char *path);
void log_set_dual(Bool on);  // to the file and to stderr
void log_set_clock(Bool on); // prefix: microseconds since gf_sys_init
void log_set_utc(Bool on);   // prefix: date and time
void log_set_quiet(Bool on); // no message, no progress
void log_set_progress(Bool on, Bool one_per_line);
u32 log_quiet_level(void); // 2 quiet, 1 without progress only, 0 otherwise

#endif
