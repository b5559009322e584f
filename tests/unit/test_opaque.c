/* Credentials that are no JOSE: a table of every kind with what is read of it, and what is hostile. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "src/base/alloc.h"
#include "src/token/opaque.h"
#include "src/token/opaque_format.h"

enum { FACTS = 4 };

/* Made for this table: keys and signatures in it are bytes that count up. */
struct credential {
	const char *name;
	const char *paste;
	const char *kind;
	const char *checksum;
	bool loud;
	const char *mask; /* NULL: not looked at */
	struct {
		const char *name, *value;
	} facts[FACTS]; /* some of them */
};

static const struct credential credentials[] = {
	{ .name = "GitHub, checksum good",
	  .paste = "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",
	  .kind = "github",
	  .checksum = "good",
	  .mask = "ghp_\xe2\x80\xa6Lq17",
	  .facts = { { "can", "acts as its user, as far as its scopes go" } } },
	{ .name = "GitHub, checksum wrong",
	  .paste = "ghp_zRWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17",
	  .kind = "github",
	  .checksum = "wrong" },
	{ .name = "GitLab, routable with version",
	  .paste = "glpat-bzoxCnU6MnMNFBsiKTA3PkVMU1phaG92EA.01.0y1l0iff7",
	  .kind = "gitlab",
	  .checksum = "good",
	  .facts = { { "organization", "1" }, { "user", "100" } } },
	{ .name = "GitLab, routable",
	  .paste = "glpat-YzoxCm86MQp1OjJzDRQbIikwNz5FTFNaYWhvdhA.130mfautb",
	  .kind = "gitlab",
	  .checksum = "good",
	  .facts = { { "cell", "1" }, { "organization", "1" }, { "user", "100" } } },
	{ .name = "GitLab, routable, mistyped",
	  .paste = "glpat-YzoxCn86MQp1OjJzDRQbIikwNz5FTFNaYWhvdhA.130mfautb",
	  .kind = "gitlab",
	  .checksum = "wrong" },
	{ .name = "GitLab, classic",
	  .paste = "glpat-Ab3dEf7hIj1lMn5pQr9t",
	  .kind = "gitlab",
	  .checksum = "none" },
	{ .name = "Grafana, checksum good",
	  .paste = "glsa_Ab3dEf7hIj1lMn5pQr9tUv2xYz4BcD6e_5863a1e3",
	  .kind = "grafana",
	  .checksum = "good" },
	{ .name = "Grafana, checksum wrong",
	  .paste = "glsa_Ab3dEf7hIj1lMn5pQr9tUv2xYz4BcD6e_5863a1e4",
	  .kind = "grafana",
	  .checksum = "wrong" },
	{ .name = "AWS access key id",
	  .paste = "AKIAY34FZKBOKMUTVV7A",
	  .kind = "aws",
	  .checksum = "none",
	  .mask = "AKIA\xe2\x80\xa6"
		  "",
	  .facts = { { "account", "609629065308" } } },
	{ .name = "AWS access key id, too old to tell its account",
	  .paste = "AKIAIOSFODNN7EXAMPLE",
	  .kind = "aws",
	  .checksum = "none",
	  .facts = { { "can", "nothing by itself: the secret access key belongs to it" } } },
	{ .name = "SendGrid",
	  .paste = "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",
	  .kind = "sendgrid",
	  .checksum = "none" },
	{ .name = "Telegram",
	  .paste = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawA",
	  .kind = "telegram",
	  .checksum = "none" },
	{ .name = "PyPI",
	  .paste = "pypi-AgEIcHlwaS5vcmcCDWExYjJjM2Q0LTAwMDAAAiV7InZlcnNpb24iOiAxLCAicGVyb"
		   "Wlzc2lvbnMiOiAidXNlciJ9AAAGIA0UGyIpMDc-RUxTWmFob3Z9hIuSmaCnrrW8w8rR2N_"
		   "m",
	  .kind = "pypi",
	  .checksum = "none",
	  .facts = { { "location", "pypi.org" },
		     { "caveat", "{\"version\": 1, \"permissions\": \"user\"}" } } },
	{ .name = "macaroon, version 1",
	  .paste = "MDAyMGxvY2F0aW9uIGh0dHBzOi8vYS5leGFtcGxlLwowMDE1aWRlbnRpZmllciBrZXktMQ"
		   "owMDFhY2lkIHRpbWUgPCAyMDI3LTAxLTAxCjAwMmZzaWduYXR1cmUgDRQbIikwNz5FTFNa"
		   "YWhvdn2Ei5KZoKeutbzDytHY3-YK",
	  .kind = "macaroon",
	  .checksum = "none",
	  .facts = { { "location", "https://a.example/" },
		     { "identifier", "key-1" },
		     { "caveat", "time < 2027-01-01" } } },
	{ .name = "macaroon, version 2",
	  .paste = "AgESaHR0cHM6Ly9hLmV4YW1wbGUvAgVrZXktMQACC2FjY291bnQgPSA3AAAGIA0UGyIpMD"
		   "c-RUxTWmFob3Z9hIuSmaCnrrW8w8rR2N_m",
	  .kind = "macaroon",
	  .checksum = "none",
	  .facts = { { "location", "https://a.example/" }, { "caveat", "account = 7" } } },
	{ .name = "PASETO, public",
	  .paste = "v4.public.eyJzdWIiOiJhZGEiLCJleHAiOiIyMDI3LTAxLTAxVDAwOjAwOjAwKzAwOjAw"
		   "In0NFBsiKTA3PkVMU1phaG92fYSLkpmgp661vMPK0djf5u30-wIJEBceJSwzOkFIT1ZdZG"
		   "tyeYCHjpWco6qxuL_G.eyJraWQiOiJrMSJ9",
	  .kind = "paseto",
	  .checksum = "none",
	  .mask = "v4.public.\xe2\x80\xa6MSJ9",
	  .facts = { { "payload", "{\"sub\":\"ada\",\"exp\":\"2027-01-01T00:00:00+00:00\"}" },
		     { "footer", "{\"kid\":\"k1\"}" } } },
	{ .name = "PASETO, local",
	  .paste = "v2.local.DRQbIikwNz5FTFNaYWhvdn2Ei5KZoKeutbzDytHY3-bt9PsCCRAXHiUsMzpBS"
		   "E9WXWRrcnmAh46VnKOqsbi_xs3U2-Lp8Pf-BQwTGiEoLzY",
	  .kind = "paseto",
	  .checksum = "none" },
	{ .name = "PASERK, secret",
	  .paste = "k4.secret.DRQbIikwNz5FTFNaYWhvdn2Ei5KZoKeutbzDytHY3-bt9PsCCRAXHiUsMzpB"
		   "SE9WXWRrcnmAh46VnKOqsbi_xg",
	  .kind = "paserk",
	  .checksum = "none",
	  .loud = true,
	  .facts = { { "type", "secret" } } },
	{ .name = "PASERK, local",
	  .paste = "k4.local.DRQbIikwNz5FTFNaYWhvdn2Ei5KZoKeutbzDytHY3-Y",
	  .kind = "paserk",
	  .checksum = "none",
	  .loud = true,
	  .facts = { { "type", "local" } } },
	{ .name = "PASERK, id of a public key",
	  .paste = "k4.pid.DRQbIikwNz5FTFNaYWhvdn2Ei5KZoKeutbzDytHY3-bt",
	  .kind = "paserk",
	  .checksum = "none",
	  .facts = { { "type", "pid" } } },
	{ .name = "Biscuit",
	  .paste = "CAUSfQoTCgl1c2VyXzEyMzQKBHJlYWQYAxIkCAASIA0UGyIpMDc-RUxTWmFob3Z9hIuSma"
		   "CnrrW8w8rR2N_mGkANFBsiKTA3PkVMU1phaG92fYSLkpmgp661vMPK0djf5u30-wIJEBce"
		   "JSwzOkFIT1ZdZGtyeYCHjpWco6qxuL_GIiIKIA0WHygxOkNMVV5ncHmCi5Sdpq-4wcrT3O"
		   "Xu9wAJEhsk",
	  .kind = "biscuit",
	  .checksum = "none",
	  .facts = { { "root key id", "5" }, { "symbol", "user_1234" }, { "blocks", "1" } } },
	{ .name = "Fernet",
	  .paste = "gAAAAABqMUpsDRQbIikwNz5FTFNaYWhvdg0SFxwhJiswNTo_RElOU1hdYmdscXZ7gIWKj5"
		   "SZnqOoDRATFhkcHyIlKCsuMTQ3Oj1AQ0ZJTE9SVVhbXmFkZ2o=",
	  .kind = "fernet",
	  .checksum = "none",
	  .facts = { { "created", "2026-06-16T13:06:52Z" }, { "ciphertext bytes", "32" } } },
	{ .name = "SAML, base64",
	  .paste = "PHNhbWxwOlJlc3BvbnNlIHhtbG5zOnNhbWxwPSJ1cm46b2FzaXM6bmFtZXM6dGM6U0FNTD"
		   "oyLjA6cHJvdG9jb2wiIElEPSJfMSIgSXNzdWVJbnN0YW50PSIyMDI2LTA2LTE2VDEzOjAw"
		   "OjAwWiIgRGVzdGluYXRpb249Imh0dHBzOi8vc3AuZXhhbXBsZS9hY3MiPjxzYW1sOklzc3"
		   "VlciB4bWxuczpzYW1sPSJ1cm46b2FzaXM6bmFtZXM6dGM6U0FNTDoyLjA6YXNzZXJ0aW9u"
		   "Ij5odHRwczovL2lkcC5leGFtcGxlLzwvc2FtbDpJc3N1ZXI+PHNhbWw6QXNzZXJ0aW9uPj"
		   "xzYW1sOlN1YmplY3Q+PHNhbWw6TmFtZUlEPmFkYUBleGFtcGxlLmNvbTwvc2FtbDpOYW1l"
		   "SUQ+PC9zYW1sOlN1YmplY3Q+PHNhbWw6Q29uZGl0aW9ucyBOb3RCZWZvcmU9IjIwMjYtMD"
		   "YtMTZUMTI6NTk6MDBaIiBOb3RPbk9yQWZ0ZXI9IjIwMjYtMDYtMTZUMTM6MDU6MDBaIj48"
		   "c2FtbDpBdWRpZW5jZVJlc3RyaWN0aW9uPjxzYW1sOkF1ZGllbmNlPmh0dHBzOi8vc3AuZX"
		   "hhbXBsZS88L3NhbWw6QXVkaWVuY2U+PC9zYW1sOkF1ZGllbmNlUmVzdHJpY3Rpb24+PC9z"
		   "YW1sOkNvbmRpdGlvbnM+PC9zYW1sOkFzc2VydGlvbj48L3NhbWxwOlJlc3BvbnNlPg==",
	  .kind = "saml",
	  .checksum = "none",
	  .facts = { { "issuer", "https://idp.example/" },
		     { "subject", "ada@example.com" },
		     { "not on or after", "2026-06-16T13:05:00Z" },
		     { "form", "base64" } } },
	{ .name = "SAML, XML",
	  .paste = "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" I"
		   "D=\"_1\" IssueInstant=\"2026-06-16T13:00:00Z\" Destination=\"https://s"
		   "p.example/acs\"><saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:"
		   "assertion\">https://idp.example/</saml:Issuer><saml:Assertion>"
		   "<saml:Subject><saml:NameID>ada@example.com</saml:NameID></saml:Subject><saml:C"
		   "onditions NotBefore=\"2026-06-16T12:59:00Z\" NotOnOrAfter=\"2026-06-16"
		   "T13:05:00Z\"><saml:AudienceRestriction><saml:Audience>https://sp.examp"
		   "le/</saml:Audience></saml:AudienceRestriction></saml:Conditions></saml"
		   ":Assertion></samlp:Response>",
	  .kind = "saml",
	  .checksum = "none",
	  .facts = { { "form", "XML" },
		     { "audience", "https://sp.example/" },
		     { "issued", "2026-06-16T13:00:00Z" },
		     { "not before", "2026-06-16T12:59:00Z" } } },
	{ .name = "SAML, deflated in a URL",
	  .paste = "https://idp.example/sso?SAMLRequest=fZJRa4MwFIX%2FiuS9Rh0VFlTm5ouwtbDu"
		   "aS8ji7csQ5OQG6E%2Ff%2Bpiq90oBMLJvfnu4SQZ8q417BXQaIUQnLpWIZsOc9JbxTRHiU"
		   "zxDpA5wQ7lyzNLwogZq50WuiVBXeXkIx52xB5qhY4rl5MkStJNlG7i9C2%2BY1E0rHcSVI"
		   "BOKu6kVjn5cs4goxRNCCfemRYoF0iKbBzPJpxdGLrthyOCHbmkmLmyuYAzuoD6CeV8xetD"
		   "%2F%2FkNwnm1G0bUVcEb%2FuAhodCd5%2FiiV%2BuLT1o1csRisNPuEY7awjqPhG3vf%2F"
		   "MYGvZqb8ujA%2Fsns%2B3UM5vtGwlKwPBSzkqxsD1Xin%2Fy9AbPLVd6BaNX7s%2FNl5jo"
		   "%2BrcUPw%3D%3D&RelayState=x",
	  .kind = "saml",
	  .checksum = "none",
	  .facts = { { "issuer", "https://idp.example/" },
		     { "destination", "https://sp.example/acs" },
		     { "form", "deflated, of the redirect binding" } } },
	{ .name = "SAML, base64 in lines",
	  .paste = "PHNhbWxwOlJlc3BvbnNlIHhtbG5zOnNhbWxwPSJ1cm46b2FzaXM6bmFtZXM6dGM6U0FNTD"
		   "oyLjA6\ncHJvdG9jb2wiIElEPSJfMSIgSXNzdWVJbnN0YW50PSIyMDI2LTA2LTE2VDEzOj"
		   "AwOjAwWiIgRGVz\ndGluYXRpb249Imh0dHBzOi8vc3AuZXhhbXBsZS9hY3MiPjxzYW1sOk"
		   "lzc3VlciB4bWxuczpzYW1s\nPSJ1cm46b2FzaXM6bmFtZXM6dGM6U0FNTDoyLjA6YXNzZX"
		   "J0aW9uIj5odHRwczovL2lkcC5leGFt\ncGxlLzwvc2FtbDpJc3N1ZXI+PHNhbWw6QXNzZX"
		   "J0aW9uPjxzYW1sOlN1YmplY3Q+PHNhbWw6TmFt\nZUlEPmFkYUBleGFtcGxlLmNvbTwvc2"
		   "FtbDpOYW1lSUQ+PC9zYW1sOlN1YmplY3Q+PHNhbWw6Q29u\nZGl0aW9ucyBOb3RCZWZvcm"
		   "U9IjIwMjYtMDYtMTZUMTI6NTk6MDBaIiBOb3RPbk9yQWZ0ZXI9IjIw\nMjYtMDYtMTZUMT"
		   "M6MDU6MDBaIj48c2FtbDpBdWRpZW5jZVJlc3RyaWN0aW9uPjxzYW1sOkF1ZGll\nbmNlPm"
		   "h0dHBzOi8vc3AuZXhhbXBsZS88L3NhbWw6QXVkaWVuY2U+PC9zYW1sOkF1ZGllbmNlUmVz"
		   "\ndHJpY3Rpb24+PC9zYW1sOkNvbmRpdGlvbnM+PC9zYW1sOkFzc2VydGlvbj48L3NhbWxw"
		   "OlJlc3Bv\nbnNlPg==",
	  .kind = "saml",
	  .checksum = "none",
	  .facts = { { "issuer", "https://idp.example/" } } },
	{ .name = "itsdangerous",
	  .paste = "eyJ1c2VyX2lkIjo3LCJfZnJlc2giOnRydWV9.ajFKbA.DRQbIikwNz5FTFNaYWhvdn2Ei5"
		   "I",
	  .kind = "itsdangerous",
	  .checksum = "none",
	  .facts = { { "created", "2026-06-16T13:06:52Z" },
		     { "payload", "{\"user_id\":7,\"_fresh\":true}" } } },
	{ .name = "itsdangerous, compressed",
	  .paste = ".eJyrViotTi2Kz0xRsjKvBQAhqgSZ.ajFKbA.DRQbIikwNz5FTFNaYWhvdn2Ei5I",
	  .kind = "itsdangerous",
	  .checksum = "none",
	  .facts = { { "payload", "{\"user_id\":7}" } } },
	{ .name = "Basic",
	  .paste = "Authorization: Basic YWRhOmNvcnJlY3QgaG9yc2U=",
	  .kind = "basic",
	  .checksum = "none",
	  .mask = "ada:\xe2\x80\xa6"
		  "",
	  .facts = { { "user", "ada" }, { "password", "13 characters, not shown" } } },
	{ .name = "curl -u",
	  .paste = "curl -u ada:secret123 https://a.example/",
	  .kind = "basic",
	  .checksum = "none",
	  .mask = "ada:\xe2\x80\xa6"
		  "",
	  .facts = { { "user", "ada" }, { "password", "9 characters, not shown" } } },
	{ .name = "user and password in a URL",
	  .paste = "psql postgres://ada:hunter22@db.example:5432/x",
	  .kind = "basic",
	  .checksum = "none",
	  .mask = "ada:\xe2\x80\xa6"
		  "",
	  .facts = { { "user", "ada" } } },
	{ .name = "PEM, private key",
	  .paste = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVAT"
		   "E KEY-----\n",
	  .kind = "pem",
	  .checksum = "none",
	  .loud = true,
	  .mask = "-----BEGIN PRIVATE KEY-----\xe2\x80\xa6"
		  "",
	  .facts = { { "label", "PRIVATE KEY" } } },
	{ .name = "PEM, private key, cut off",
	  .paste = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYD",
	  .kind = "pem",
	  .checksum = "none",
	  .loud = true,
	  .facts = { { "cut off", "its end is missing" } } },
	{ .name = "PEM, in a JSON string",
	  .paste = "{\"type\": \"service_account\", \"private_key\": \"-----BEGIN PRIVATE "
		   "KEY-----\\nMC4CAQAwBQYDK2VwBCIEIA==\\n-----END PRIVATE KEY-----\\n\"}",
	  .kind = "pem",
	  .checksum = "none",
	  .loud = true,
	  .facts = { { "label", "PRIVATE KEY" } } },
	{ .name = "PEM, public key",
	  .paste = "-----BEGIN PUBLIC KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PUBLIC "
		   "KEY-----\n",
	  .kind = "pem",
	  .checksum = "none",
	  .facts = { { "label", "PUBLIC KEY" } } },
	{ .name = "PEM, RSA key with passphrase",
	  .paste = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES"
		   "-128-CBC,00\n\nMIIE\n-----END RSA PRIVATE KEY-----",
	  .kind = "pem",
	  .checksum = "none",
	  .loud = true,
	  .facts = { { "encrypted", "with a passphrase" } } },
	{ .name = "JWK, symmetric",
	  .paste = "{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"AAECAwQFBgcICQoLDA0ODw\"}",
	  .kind = "jwk",
	  .checksum = "none",
	  .loud = true,
	  .mask = "{\xe2\x80\xa6}",
	  .facts = { { "kty", "oct" }, { "kid", "a" } } },
	{ .name = "JWK, public",
	  .paste = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hc"
		   "vPapiMlrwIaaPcHURo\"}",
	  .kind = "jwk",
	  .checksum = "none",
	  .facts = { { "kty", "OKP" }, { "crv", "Ed25519" } } },
	{ .name = "JWK, private",
	  .paste = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qY\",\"d\":\"nWGx\"}",
	  .kind = "jwk",
	  .checksum = "none",
	  .loud = true },
	{ .name = "JWK Set, public",
	  .paste = "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"1\",\"n\":\"AQAB\",\"e\":\"AQAB"
		   "\"},{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}]}",
	  .kind = "jwk",
	  .checksum = "none",
	  .facts = { { "keys", "2" }, { "kty", "RSA" } } },
	{ .name = "authorization code",
	  .paste = "https://a.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=x",
	  .kind = "code",
	  .checksum = "none",
	  .mask = "\xe2\x80\xa6"
		  "" },
	{ .name = "opaque access token",
	  .paste = "{\"access_token\":\"2YotnFZFEjr1zCsicMWpAA\",\"token_type\":\"Bearer"
		   "\"}",
	  .kind = "opaque",
	  .checksum = "none",
	  .mask = "\xe2\x80\xa6"
		  "" },
	{ .name = "opaque Bearer token",
	  .paste = "Authorization: Bearer mF_9.B5f-4.1JqM12345",
	  .kind = "opaque",
	  .checksum = "none" },
};

static const char *fact(const struct opaque *o, const char *name)
{
	for (size_t i = 0; i < o->count; i++)
		if (strcmp(o->facts[i].name, name) == 0)
			return o->facts[i].value;
	return "";
}

static void assert_credential(void **state)
{
	const struct credential *c = *state;
	struct opaque o;
	struct paste p;

	paste_scan(&p, c->paste, strlen(c->paste));
	assert_int_equal(p.count, 1);
	assert_string_equal(p.items[0].kind, c->kind);
	opaque_read(&o, &p.items[0]);
	assert_string_equal(o.checksum, c->checksum);
	assert_int_equal(o.loud, c->loud);
	assert_true(strlen(o.what) > 8);
	assert_true(o.revoke || !o.loud);
	if (c->mask)
		assert_string_equal(o.mask, c->mask);
	for (size_t i = 0; i < FACTS && c->facts[i].name; i++)
		assert_string_equal(fact(&o, c->facts[i].name), c->facts[i].value);
	opaque_release(&o);
	paste_release(&p);
}

/* --- behaviours ------------------------------------------------------------------------------- */

/* Reads all of a paste's items; whatever they are, it must end well. */
static void read_all(const char *text, size_t len)
{
	struct opaque o;
	struct paste p;

	paste_scan(&p, text, len);
	for (size_t i = 0; i < p.count; i++) {
		if (paste_is_jose(&p.items[i]))
			continue;
		opaque_read(&o, &p.items[i]);
		assert_non_null(o.what);
		assert_true(memchr(o.mask, '\0', sizeof(o.mask)) != NULL);
		opaque_release(&o);
	}
	paste_release(&p);
}

static void every_beginning_of_a_credential_is_read_without_harm(void **state)
{
	(void)state;
	for (size_t c = 0; c < sizeof(credentials) / sizeof(*credentials); c++) {
		size_t len = strlen(credentials[c].paste);

		for (size_t n = 0; n < len; n += 1 + n / 64)
			read_all(credentials[c].paste, n);
	}
}

static void every_byte_may_be_another(void **state)
{
	static const char bytes[] = { '\0', '\n', '"', '{', '.', '%', 'A', (char)0xff };
	char text[2048];

	(void)state;
	for (size_t c = 0; c < sizeof(credentials) / sizeof(*credentials); c++) {
		size_t len = strlen(credentials[c].paste);

		for (size_t i = 0; i < len; i += 1 + len / 128) {
			memcpy(text, credentials[c].paste, len);
			text[i] = bytes[i % sizeof(bytes)];
			read_all(text, len);
		}
	}
}

static void a_password_is_in_no_mask_and_no_fact(void **state)
{
	static const char paste[] = "curl -u 'ada:geheim-4711' https://a.example/";
	struct opaque o;
	struct paste p;

	(void)state;
	paste_scan(&p, paste, strlen(paste));
	assert_int_equal(p.count, 1);
	opaque_read(&o, &p.items[0]);
	assert_null(strstr(o.mask, "geheim"));
	for (size_t i = 0; i < o.count; i++)
		assert_null(strstr(o.facts[i].value, "geheim"));
	opaque_release(&o);
	paste_release(&p);
}

static void a_mask_is_safe_for_a_terminal(void **state)
{
	static const char paste[] = "curl -u \"a\033[2Jb:password\" https://a.example/";
	struct opaque o;
	struct paste p;

	(void)state;
	paste_scan(&p, paste, strlen(paste));
	assert_int_equal(p.count, 1);
	opaque_read(&o, &p.items[0]);
	assert_null(strchr(o.mask, '\033'));
	opaque_release(&o);
	paste_release(&p);
}

static void what_inflates_beyond_measure_is_left(void **state)
{
	enum { HUGE = OPAQUE_INFLATED_MOST + 1 };
	unsigned char *zeros = x_calloc(1, HUGE), packed[4096], *out;
	uLongf len = sizeof(packed);
	size_t size = 0;

	(void)state;
	assert_int_equal(compress2(packed, &len, zeros, HUGE, 9), Z_OK);
	assert_null(opaque_inflate(packed, len, true, &size));
	len = sizeof(packed);
	assert_int_equal(compress2(packed, &len, zeros, HUGE - 1, 9), Z_OK);
	out = opaque_inflate(packed, len, true, &size);
	assert_non_null(out);
	assert_int_equal(size, HUGE - 1);
	free(out);
	free(zeros);
	assert_null(opaque_inflate((const unsigned char *)"", 0, false, &size));
	assert_null(opaque_inflate((const unsigned char *)"\xff\xff", 2, true, &size));
}

static void a_format_needs_all_of_its_parts(void **state)
{
	unsigned char fernet[73] = { 0x80, 0, 0, 0, 0, 0x66 };
	static const unsigned char macaroon[] = "0019location a.example\n";

	(void)state;
	assert_true(fernet_read(NULL, fernet, 73));
	assert_false(fernet_read(NULL, fernet, 72));
	assert_false(fernet_read(NULL, fernet, 57));
	fernet[1] = 1; /* a time beyond all sense */
	assert_false(fernet_read(NULL, fernet, 73));
	assert_false(macaroon_read(NULL, macaroon, sizeof(macaroon) - 1));
	assert_false(macaroon_read(NULL, (const unsigned char *)"\x02\x01", 2));
	assert_false(biscuit_read(NULL, fernet, sizeof(fernet)));
	assert_false(saml_read(NULL, (const unsigned char *)"<Response>", 10));
	assert_null(opaque_kind((const unsigned char *)"", 0));
}

static void a_released_one_may_be_released_again(void **state)
{
	struct opaque o = { .what = NULL };

	(void)state;
	opaque_release(&o);
	opaque_release(&o);
	assert_null(o.facts);
}

int main(void)
{
	enum { ROWS = sizeof(credentials) / sizeof(*credentials) };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_beginning_of_a_credential_is_read_without_harm),
		cmocka_unit_test(every_byte_may_be_another),
		cmocka_unit_test(a_password_is_in_no_mask_and_no_fact),
		cmocka_unit_test(a_mask_is_safe_for_a_terminal),
		cmocka_unit_test(what_inflates_beyond_measure_is_left),
		cmocka_unit_test(a_format_needs_all_of_its_parts),
		cmocka_unit_test(a_released_one_may_be_released_again),
	};
	enum { OTHERS = sizeof(tests) / sizeof(*tests) };
	struct CMUnitTest all[ROWS + OTHERS];

	for (size_t i = 0; i < ROWS; i++)
		all[i] = (struct CMUnitTest){ .name = credentials[i].name,
					      .test_func = assert_credential,
					      .initial_state = (void *)(uintptr_t)&credentials[i] };
	memcpy(all + ROWS, tests, sizeof(tests));
	return cmocka_run_group_tests(all, NULL, NULL);
}
