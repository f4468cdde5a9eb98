// SPDX-License-Identifier: MIT
// The parts of the module gf_net.so.
#ifndef NET_NET_MODULE_H
#define NET_NET_MODULE_H

#include "net/net.h"

extern const NetServerApi net_server_api;
extern const NetClientApi net_client_api;

// A listening socket, or an error with its text.
GF_Err net_listen(const NetServerConfig *config, int *listener, char *text, size_t text_size);
u16 net_bound_port(int fd);

u32 net_compress(const u8 *data, u32 size, Bool gzip, u8 *buffer, u32 max);

// False, with a text, for a certificate and key (PEM) that a server cannot have.
Bool net_check_key_pair(const char *cert, const char *key, char *text, size_t text_size);
// False, with a text, for a certificate that expired.
Bool net_is_current(const char *cert, char *text, size_t text_size);

// False for a request whose end another server could see elsewhere: it is refused, and its connection closed.
struct MHD_Connection;
Bool net_is_well_framed(struct MHD_Connection *connection, const char *version);
// The values of several lines of one name, with commas between (RFC 9110, 5.2), to be freed; NULL for less than two.
char *net_joined_lines(struct MHD_Connection *connection, const char *name);

#endif
