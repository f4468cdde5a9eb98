// SPDX-License-Identifier: MIT
#ifndef GPAC_ERROR_H
#define GPAC_ERROR_H

#include <gpac/setup.h>

#ifdef __cplusplus
extern "C" {
#endif

// Results of functions: negative for errors, positive for what is no error, GF_OK for success.
typedef enum {
	GF_SCRIPT_INFO = 3,
	GF_PENDING_PACKET = 2,
	GF_EOS = 1,
	GF_OK = 0,
	GF_BAD_PARAM = -1,
	GF_OUT_OF_MEM = -2,
	GF_IO_ERR = -3,
	GF_NOT_SUPPORTED = -4,
	GF_CORRUPTED_DATA = -5,
	GF_SG_UNKNOWN_NODE = -6,
	GF_SG_INVALID_PROTO = -7,
	GF_SCRIPT_ERROR = -8,
	GF_BUFFER_TOO_SMALL = -9,
	GF_NON_COMPLIANT_BITSTREAM = -10,
	GF_FILTER_NOT_FOUND = -11,
	GF_URL_ERROR = -12,
	GF_SERVICE_ERROR = -13,
	GF_REMOTE_SERVICE_ERROR = -14,
	GF_STREAM_NOT_FOUND = -15,
	GF_URL_REMOVED = -16,
	GF_ISOM_INVALID_FILE = -20,
	GF_ISOM_INCOMPLETE_FILE = -21,
	GF_ISOM_INVALID_MEDIA = -22,
	GF_ISOM_INVALID_MODE = -23,
	GF_ISOM_UNKNOWN_DATA_REF = -24,
	GF_ODF_INVALID_DESCRIPTOR = -30,
	GF_ODF_FORBIDDEN_DESCRIPTOR = -31,
	GF_ODF_INVALID_COMMAND = -32,
	GF_BIFS_UNKNOWN_VERSION = -33,
	GF_IP_ADDRESS_NOT_FOUND = -40,
	GF_IP_CONNECTION_FAILURE = -41,
	GF_IP_NETWORK_FAILURE = -42,
	GF_IP_CONNECTION_CLOSED = -43,
	GF_IP_NETWORK_EMPTY = -44,
	GF_IP_UDP_TIMEOUT = -46,
	GF_AUTHENTICATION_FAILURE = -50,
	GF_NOT_READY = -51,
	GF_INVALID_CONFIGURATION = -52,
	GF_NOT_FOUND = -53,
	GF_PROFILE_NOT_SUPPORTED = -54,
	GF_REQUIRES_NEW_INSTANCE = -56,
	GF_FILTER_NOT_SUPPORTED = -57,
	GF_IO_BYTE_RANGE_NOT_SUPPORTED = -58,
} GF_Err;

// Text of a result, static except for codes not listed here: "Unknown Error (N)" in a buffer of the thread.
// Any thread.
GF_EXPORT const char *gf_error_to_string(GF_Err e);

#ifdef __cplusplus
}
#endif

#endif
