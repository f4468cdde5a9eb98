// SPDX-License-Identifier: MIT
// Certificates of servers, looked at before a client is the first to see what is wrong.
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "net/net_module.h"

Bool net_check_key_pair(const char *cert, const char *key, char *text, size_t text_size)
{
	const gnutls_datum_t c = {(unsigned char *)(uintptr_t)cert, (unsigned int)strlen(cert)};
	const gnutls_datum_t k = {(unsigned char *)(uintptr_t)key, (unsigned int)strlen(key)};
	gnutls_certificate_credentials_t credentials;
	int res = gnutls_certificate_allocate_credentials(&credentials);
	if (!res) {
		res = gnutls_certificate_set_x509_key_mem2(credentials, &c, &k, GNUTLS_X509_FMT_PEM, NULL, 0);
		gnutls_certificate_free_credentials(credentials);
	}
	if (res < 0)
		snprintf(text, text_size, "the certificate and its key cannot be used: %s", gnutls_strerror(res));
	return res >= 0;
}

Bool net_is_current(const char *cert, char *text, size_t text_size)
{
	const gnutls_datum_t c = {(unsigned char *)(uintptr_t)cert, (unsigned int)strlen(cert)};
	gnutls_x509_crt_t *chain;
	unsigned int nb = 0;
	if (gnutls_x509_crt_list_import2(&chain, &nb, &c, GNUTLS_X509_FMT_PEM, 0) < 0 || !nb)
		return GF_TRUE; // net_check_key_pair tells
	const time_t end = gnutls_x509_crt_get_expiration_time(chain[0]), now = time(NULL);
	for (unsigned int i = 0; i < nb; i++)
		gnutls_x509_crt_deinit(chain[i]);
	gnutls_free(chain);
	if (end >= now)
		return GF_TRUE;
	struct tm tm = {0};
	char date[32];
	gmtime_r(&end, &tm);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S UTC", &tm);
	snprintf(text, text_size, "the certificate expired on %s: clients will refuse it", date);
	return GF_FALSE;
}
