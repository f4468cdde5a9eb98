// SPDX-License-Identifier: MIT
#ifndef GPAC_TOOLS_H
#define GPAC_TOOLS_H

// All of the tools at once.
#include <gpac/error.h>
#include <gpac/numbers.h>
#include <gpac/log.h>
#include <gpac/system.h>
#include <gpac/file.h>
#include <gpac/fileio.h>
#include <gpac/blob.h>
#include <gpac/url.h>

#endif
