/* What a failed transfer is told as: libcurl's codes and OpenSSL's, in words that say what to do. */
#include "src/base/http_parts.h"

#include <string.h>

#include <curl/curl.h>
#include <openssl/x509_vfy.h>

static const struct http_failure verdicts[] = {
	{ BODY_TOO_LONG, "the answer is longer than 1 MiB", "is it the right address?" },
	{ HEADER_TOO_LONG, "the header of the answer is longer than 64 KiB",
	  "is it the right address?" },
	{ STALLED, "the server fell silent", "try again, or see whether it is overloaded" },
	{ UNCONNECTED, "no connection: nothing comes back",
	  "does a firewall stand between, or a proxy have to be used?" },
	{ CERTIFICATE_MISSING,
	  "the connection broke when the server had asked for a certificate of the client",
	  "give one: the authentication method tls_client_auth has it" },
	{ CERTIFICATE_REFUSED, "the connection broke when the client's certificate had been shown",
	  "is the certificate registered with the provider?" },
	{ 0, NULL, NULL },
};

/* How the peer's certificate failed (X509_V_ERR_…). The names in it are compared by libcurl, which says
 * no more than that something is wrong. */
static const struct http_failure certificates[] = {
	{ X509_V_ERR_UNSPECIFIED, "the certificate is for another host",
	  "the address has to be one that the certificate names" },
	{ X509_V_ERR_CERT_HAS_EXPIRED, "the certificate has expired",
	  "have it renewed on the server, and look at this machine's clock" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, "the certificate is not valid yet",
	  "look at this machine's clock" },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "the certificate is self-signed",
	  "give that certificate as CA file, if it is the server's" },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
	  "the certificate is from an authority that is not trusted here",
	  "give the authority's certificate as CA file" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
	  "the certificate's issuer is not known here",
	  "give the authority's certificate as CA file; the server may leave out one in between" },
	{ X509_V_ERR_HOSTNAME_MISMATCH, "the certificate is for another host",
	  "the address has to be one that the certificate names" },
	{ X509_V_ERR_CERT_REVOKED, "the certificate was revoked", "have it replaced" },
	{ -1, "the certificate does not verify", "see: openssl s_client -connect HOST:443" },
};

static const struct http_failure failures[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, "the host name does not resolve",
	  "is it spelled right, and does DNS work here?" },
	{ CURLE_COULDNT_RESOLVE_PROXY, "the proxy's host name does not resolve",
	  "look at https_proxy in the environment" },
	{ CURLE_COULDNT_CONNECT, "no connection: there is no way to the server",
	  "does a firewall stand between, or a proxy have to be used?" },
	{ CURLE_SSL_CONNECT_ERROR, "no TLS connection",
	  "the server has to speak TLS 1.2 or 1.3 on this port" },
	{ CURLE_SSL_CACERT_BADFILE, "the CA file can't be read", "it has to be PEM" },
	{ CURLE_SSL_CERTPROBLEM, "the client's certificate or its key can't be used",
	  "both have to be PEM, belong together, and the key has to be without a passphrase" },
	{ CURLE_SSL_CIPHER, "no cipher in common", "the server has to speak TLS 1.2 or 1.3" },
	{ CURLE_GOT_NOTHING, "the server closed the connection without an answer",
	  "is it HTTP that it speaks on this port?" },
	{ CURLE_RECV_ERROR, "the connection broke", "try again" },
	{ CURLE_SEND_ERROR, "the connection broke", "try again" },
	{ CURLE_PARTIAL_FILE, "the answer ended too early", "try again" },
	{ CURLE_BAD_CONTENT_ENCODING, "the answer's compression is broken",
	  "what stands between, a proxy perhaps, changed it" },
	/* libcurl's own limit for one line of it. */
	{ CURLE_OUT_OF_MEMORY, "the header of the answer is longer than 64 KiB",
	  "is it the right address?" },
	{ CURLE_WEIRD_SERVER_REPLY, "the answer is no HTTP",
	  "is it HTTP that the server speaks on this port?" },
	{ CURLE_UNSUPPORTED_PROTOCOL, "the answer is no HTTP",
	  "is it HTTP that the server speaks on this port?" },
	{ CURLE_HTTP2, "the connection broke within HTTP/2", "try again" },
	{ CURLE_HTTP2_STREAM, "the server broke off the answer", "try again" },
	{ -1, "the exchange failed", "try again" },
};

/* The row of that code, or the last one. */
static const struct http_failure *row_find(const struct http_failure *f, long code)
{
	while (f->code != code && f->code != -1 && f->what)
		f++;
	return f;
}

/* What the server said of our side of TLS before it hung up, in libcurl's text. */
static const struct {
	const char *mark;
	struct http_failure failure;
} alerts[] = {
	{ "alert certificate required",
	  { 0, "the server wants a certificate of the client",
	    "give one: the authentication method tls_client_auth has it" } },
	{ "alert certificate expired",
	  { 0, "the client's certificate has expired", "have it renewed" } },
	{ "alert certificate revoked",
	  { 0, "the client's certificate was revoked", "have it replaced" } },
	{ "alert unknown ca",
	  { 0, "the server does not know who issued the client's certificate",
	    "register the certificate or its authority with the provider" } },
	{ "alert bad certificate",
	  { 0, "the server does not take the client's certificate",
	    "register the certificate or its authority with the provider" } },
};

const struct http_failure *http_failure_of_verdict(enum http_verdict v)
{
	return row_find(verdicts, v);
}

static bool is_broken(long code)
{
	return code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR || code == CURLE_GOT_NOTHING ||
	       code == CURLE_SSL_CONNECT_ERROR;
}

const struct http_failure *http_failure_find(long code, const char *text, long verified,
					     enum http_verdict broken)
{
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		return row_find(certificates, verified);
	for (size_t i = 0; i < sizeof(alerts) / sizeof(*alerts); i++)
		if (strstr(text, alerts[i].mark))
			return &alerts[i].failure;
	if (broken != GOES_ON && is_broken(code))
		return row_find(verdicts, broken);
	return row_find(failures, code);
}
