// SPDX-License-Identifier: MIT
#include <stdio.h>

#include <gpac/error.h>

#include <base/state.h>

static const struct {
	GF_Err code;
	const char *text;
} errors[] = {
	{GF_SCRIPT_INFO, "Message from a script"},
	{GF_PENDING_PACKET, "Packet pending, link not ready"},
	{GF_EOS, "End of stream"},
	{GF_OK, "No error"},
	{GF_BAD_PARAM, "Bad parameter"},
	{GF_OUT_OF_MEM, "Out of memory"},
	{GF_IO_ERR, "Input/output error"},
	{GF_NOT_SUPPORTED, "Feature not supported"},
	{GF_CORRUPTED_DATA, "Corrupted data"},
	{GF_SG_UNKNOWN_NODE, "Unknown scene node"},
	{GF_SG_INVALID_PROTO, "Scene prototype does not match its interface"},
	{GF_SCRIPT_ERROR, "Script error"},
	{GF_BUFFER_TOO_SMALL, "Buffer too small"},
	{GF_NON_COMPLIANT_BITSTREAM, "Bitstream violates its format"},
	{GF_FILTER_NOT_FOUND, "No filter found for this request"},
	{GF_URL_ERROR, "URL not valid or not found"},
	{GF_SERVICE_ERROR, "Local service failure"},
	{GF_REMOTE_SERVICE_ERROR, "Remote peer failure"},
	{GF_STREAM_NOT_FOUND, "Stream not found"},
	{GF_URL_REMOVED, "Resource no longer available"},
	{GF_ISOM_INVALID_FILE, "Not a valid ISO base media file"},
	{GF_ISOM_INCOMPLETE_FILE, "ISO base media file is truncated"},
	{GF_ISOM_INVALID_MEDIA, "Track of the ISO base media file is not valid"},
	{GF_ISOM_INVALID_MODE, "File is not open in the mode that this needs"},
	{GF_ISOM_UNKNOWN_DATA_REF, "Data reference of the ISO base media file not found"},
	{GF_ODF_INVALID_DESCRIPTOR, "MPEG-4 descriptor not valid"},
	{GF_ODF_FORBIDDEN_DESCRIPTOR, "MPEG-4 descriptor not allowed here"},
	{GF_ODF_INVALID_COMMAND, "MPEG-4 object descriptor command not valid"},
	{GF_BIFS_UNKNOWN_VERSION, "Unknown BIFS version"},
	{GF_IP_ADDRESS_NOT_FOUND, "Host name not found"},
	{GF_IP_CONNECTION_FAILURE, "Connection failed"},
	{GF_IP_NETWORK_FAILURE, "Network unreachable"},
	{GF_IP_CONNECTION_CLOSED, "Connection closed by the peer"},
	{GF_IP_NETWORK_EMPTY, "No network data available now"},
	{GF_IP_UDP_TIMEOUT, "No UDP data received in time"},
	{GF_AUTHENTICATION_FAILURE, "Authentication failed"},
	{GF_NOT_READY, "Not ready, try again later"},
	{GF_INVALID_CONFIGURATION, "Configuration not valid in this context"},
	{GF_NOT_FOUND, "Required element not found"},
	{GF_PROFILE_NOT_SUPPORTED, "Codec profile not supported"},
	{GF_REQUIRES_NEW_INSTANCE, "A new instance of the filter is needed"},
	{GF_FILTER_NOT_SUPPORTED, "No filter chain supports this"},
	{GF_IO_BYTE_RANGE_NOT_SUPPORTED, "Byte ranges not supported by the server"},
};

const char *gf_error_to_string(GF_Err e)
{
	for (u32 i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].code == e)
			return errors[i].text;
	snprintf(base_thread.error, sizeof(base_thread.error), "Unknown Error (%d)", e);
	return base_thread.error;
}
