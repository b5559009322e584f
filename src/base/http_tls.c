/* What OpenSSL knows of a TLS connection: its version, and the certificate that the server showed, which
 * libcurl tells only of those that verified. */
#include "src/base/http_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"

enum { NAME_MAX_LEN = 1024 };

void http_certificate_release(struct http_certificate *c)
{
	free(c->subject);
	free(c->issuer);
	*c = (struct http_certificate){ .not_after = TIME_NONE };
}

void http_certificate_copy(struct http_certificate *to, const struct http_certificate *from)
{
	*to = (struct http_certificate){ .subject = x_strdup(from->subject),
					 .issuer = x_strdup(from->issuer),
					 .not_after = from->not_after };
}

static char *name_text(const X509_NAME *name)
{
	BIO *out = BIO_new(BIO_s_mem());
	const char *text = NULL;
	char *copy;
	long len;

	if (!out)
		alloc_exhausted();
	X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
	len = BIO_get_mem_data(out, &text);
	copy = x_strndup(text ? text : "", len < NAME_MAX_LEN ? (size_t)len : NAME_MAX_LEN);
	BIO_free(out);
	return copy;
}

static int64_t time_ms(const ASN1_TIME *at)
{
	struct tm parts;

	return ASN1_TIME_to_tm(at, &parts) ? (int64_t)timegm(&parts) * SECOND_MS : TIME_NONE;
}

static void certificate_note(struct http_certificate *to, const X509 *certificate)
{
	http_certificate_release(to);
	to->subject = name_text(X509_get_subject_name(certificate));
	to->issuer = name_text(X509_get_issuer_name(certificate));
	to->not_after = time_ms(X509_get0_notAfter(certificate));
}

/* In the place of OpenSSL's own verification, which it calls. */
static int verify_watched(X509_STORE_CTX *verification, void *arg)
{
	const X509 *certificate = X509_STORE_CTX_get0_cert(verification);
	struct http_response *a = arg;

	if (certificate)
		certificate_note(&a->certificate, certificate);
	return X509_verify_cert(verification);
}

/* Called when the server asks for the client's certificate; what was set is shown. */
static int certificate_asked(SSL *ssl, void *arg)
{
	struct http_response *a = arg;

	(void)ssl;
	a->certificate_wanted = true;
	return 1;
}

/* A connection outlives the transfer that opened it, and so would the callbacks: nothing is negotiated
 * anew on it. */
void http_tls_watch(void *ssl_ctx, struct http_response *to)
{
	SSL_CTX_set_options(ssl_ctx, SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_cert_verify_callback(ssl_ctx, verify_watched, to);
	SSL_CTX_set_cert_cb(ssl_ctx, certificate_asked, to);
}

void http_tls_note(struct http_response *a, const void *ssl)
{
	const X509 *certificate = SSL_get0_peer_certificate(ssl);

	snprintf(a->tls_version, sizeof(a->tls_version), "%s", SSL_get_version(ssl));
	if (certificate)
		certificate_note(&a->certificate, certificate);
}
