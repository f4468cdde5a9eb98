// SPDX-License-Identifier: MIT
// Sockets of servers.
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/net_module.h"

// IPv4 clients come to an IPv6 one, too, when all addresses are served.
GF_Err net_listen(const NetServerConfig *config, int *listener, char *text, size_t text_size)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	char port[8];
	snprintf(port, sizeof(port), "%u", config->port);
	hints.ai_family = config->address ? AF_UNSPEC : AF_INET6;
	int fd = -1, on = 1, off = 0;
	int res = getaddrinfo(config->address, port, &hints, &list);
	if (!res)
		fd = socket(list->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (!res && fd < 0 && !config->address) { // a machine without IPv6
		freeaddrinfo(list);
		hints.ai_family = AF_INET;
		res = getaddrinfo(NULL, port, &hints, &list);
		fd = res ? -1 : socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	}
	if (res) {
		snprintf(text, text_size, "%s is no address to listen on: %s", config->address ? config->address : "", gai_strerror(res));
		return GF_BAD_PARAM;
	}
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		if (list->ai_family == AF_INET6)
			setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	}
	Bool ok = fd >= 0 && !bind(fd, list->ai_addr, list->ai_addrlen) && !listen(fd, config->backlog ? (int)config->backlog : SOMAXCONN);
	freeaddrinfo(list);
	if (ok) {
		*listener = fd;
		return GF_OK;
	}
	snprintf(text, text_size, "cannot listen on port %u: %s", config->port, strerror(errno));
	if (fd >= 0)
		close(fd);
	return GF_IP_CONNECTION_FAILURE;
}

u16 net_bound_port(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} a = {.v6 = {0}};
	socklen_t len = sizeof(a);
	if (getsockname(fd, &a.any, &len))
		return 0;
	return ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
}
