/* Cases of finding_key.c, finding_secret.c, finding_jwe.c and finding_sd_jwt.c. */
#include "tests/lib/finding_cases.h"

#include <string.h>

#include "tests/lib/jose_samples.h"
#include "tests/lib/support.h"

#define RS256 "{'alg':'RS256','typ':'JWT'}"
#define RS256_KID "{'alg':'RS256','typ':'JWT','kid':'1'}"
#define ES256 "{'alg':'ES256','typ':'JWT'}"
#define HS256 "{'alg':'HS256','typ':'JWT'}"
#define GOOD_SECRET "correct horse battery staple no 7"

static const char *const es256_only[] = { "ES256", NULL };

static void es256_allowed(struct finding_world *w)
{
	w->expected.algorithms = es256_only;
	w->in.expected = &w->expected;
}

static void decrypted(struct finding_world *w)
{
	w->in.decrypted = true;
}

static const char pem[] = "-----BEGIN PUBLIC KEY-----\n"
			  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKNWa3E0a6NsJcO/5dRS9h1EvbYSk\n"
			  "tj8EJyxHK1W/gMcrNPvVLZQS5S6iQqplRgFqxi32EFiUfVRAKR4Qel0+1A==\n"
			  "-----END PUBLIC KEY-----\n";

static void pem_given(struct finding_world *w)
{
	struct err e = ERR_INIT;

	assert_well(key_set_add_pem(&w->keys, pem, strlen(pem), "test", &e), &e);
	w->in.keys = &w->keys;
}

const struct finding_case finding_cases_key[] = {
	RAISES("alg-confusion", HS256, .signed_with = pem, .prepare = pem_given),
	SILENT("alg-confusion", HS256, .signed_with = "another", .prepare = pem_given),
	SILENT("alg-confusion", HS256, .signed_with = pem),
	RAISES("alg-confusion", HS256, .signed_with = pem, .secret = pem),
	SILENT("alg-confusion", HS256, .signed_with = "another", .secret = pem),
	RAISES("key-malformed", HS256, .signed_with = "another", .secret = pem,
	       .text = "a key of a pair"),
	RAISES("weak-secret", HS256, .signed_with = "your-256-bit-secret", .text = "your-256-bit"),
	RAISES("weak-secret", HS256, .signed_with = "a-string-secret-at-least-256-bits-long"),
	RAISES("weak-secret", "{'alg':'HS512','typ':'JWT'}", .signed_with = "letmein"),
	RAISES("weak-secret", HS256, .signed_with = ""),
	/* "password" in base64 */
	RAISES("weak-secret", HS256, .signed_with = "\xA5\xAB\x2C\xC2\x8A\xDD"),
	RAISES("weak-secret", HS256, .signed_with = "changeme", .secret = GOOD_SECRET),
	RAISES("weak-secret", HS256, .signed_with = "secret", .secret = "secret", .fits = true),
	RAISES("weak-secret", HS256, .signed_with = "secret", .secret = "secret", .fits = true,
	       .weak_allowed = true, .text = "as you asked"),
	SILENT("weak-secret", HS256, .signed_with = GOOD_SECRET),
	SILENT("weak-secret", HS256, .signed_with = GOOD_SECRET, .secret = GOOD_SECRET,
	       .fits = true),
	SILENT("weak-secret"),
	RAISES("alg-not-allowed", RS256, .prepare = es256_allowed),
	RAISES("alg-not-allowed", RS256, .jwk = "{" RSA2048_PUBLIC WITH("alg", "RS512") "}",
	       .text = "RS256 asked of a key for RS512"),
	SILENT("alg-not-allowed", ES256, .prepare = es256_allowed),
	SILENT("alg-not-allowed", RS256, .jwk = "{" RSA2048_PUBLIC WITH("alg", "RS256") "}"),
	SILENT("alg-not-allowed", RS256, .jwk = "{" RSA2048_PUBLIC "}"),
	RAISES("key-mismatch", HS256, .jwk = "{" RSA2048_PUBLIC "}"),
	RAISES("key-mismatch", ES256, .jwk = "{" P384_PUBLIC "}"),
	RAISES("key-mismatch", ES256, .jwk = "{" P256_PUBLIC WITH("use", "enc") "}"),
	RAISES("key-mismatch", ES256, .jwk = "{" P256_PUBLIC ",'key_ops':['sign']}"),
	RAISES("key-mismatch", RS256, .jwk = "{" RSA2048_PUBLIC WITH("alg", "RS512") "}"),
	RAISES("key-mismatch", HS256, .jwk = "{'keys':[{" RSA2048_PUBLIC "},{" P256_PUBLIC "}]}",
	       .text = "the 2 keys"),
	RAISES("key-mismatch", RS256_KID,
	       .jwk = "{'keys':[{" P256_PUBLIC WITH("kid", "1") "},{" RSA2048_PUBLIC WITH(
		       "kid", "2") "}]}"),
	SILENT("key-mismatch", RS256, .jwk = "{'keys':[{" P256_PUBLIC "},{" RSA2048_PUBLIC "}]}"),
	SILENT("key-mismatch", ES256, .jwk = "{" P256_PUBLIC WITH("use", "sig") "}"),
	SILENT("key-mismatch", HS256, .secret = "short"),
	RAISES("key-malformed", ES256, .jwk = "{'kty':'EC','crv':'P-256','x':'" P256_X "'}"),
	RAISES("key-malformed", ES256, .jwk = "{'keys':[{" P256_PUBLIC "}],'a':1,'a':2}"),
	SILENT("key-malformed", ES256, .jwk = "{" P256_PUBLIC "}"),
	RAISES("short-secret", HS256, .secret = "0123456789012345678901234567890",
	       .text = "31 bytes, HS256 needs 32"),
	RAISES("short-secret", HS256, .secret = "short", .fits = true, .weak_allowed = true,
	       .text = "as you asked"),
	SILENT("short-secret", HS256, .secret = "01234567890123456789012345678901"),
	SILENT("short-secret", HS256, .jwk = "{" RSA2048_PUBLIC "}"),
	SILENT("short-secret", ES256, .secret = "short"),
	RAISES("secret-encoded", HS256, .signed_with = "correct horse battery staple no 7",
	       .secret = "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZSBubyA3", .text = "is base64"),
	RAISES("secret-encoded", HS256, .signed_with = "0123456789abcdef0123",
	       .secret = "3031323334353637383961626364656630313233", .text = "is hex"),
	RAISES("secret-encoded", HS256, .signed_with = "3031323334353637383961626364656630313233",
	       .secret = "3031323334353637383961626364656630313233", .fits = true,
	       .text = "its text fits"),
	SILENT("secret-encoded", HS256, .signed_with = GOOD_SECRET, .secret = GOOD_SECRET,
	       .fits = true),
	SILENT("secret-encoded", HS256, .signed_with = "another",
	       .secret = "3031323334353637383961626364656630313233"),
	RAISES("rsa-small", RS256, .jwk = "{" RSA1024_PUBLIC "}"),
	RAISES("rsa-small", RS256, .jwk = "{" RSA1024_PUBLIC "}", .fits = true,
	       .weak_allowed = true, .text = "as you asked"),
	SILENT("rsa-small", RS256, .jwk = "{" RSA2048_PUBLIC "}"),
	SILENT("rsa-small", RS256, .fits = true,
	       .jwk = "{'keys':[{" RSA1024_PUBLIC "},{" RSA2048_PUBLIC "}]}"),
	RAISES("rsa-exponent", RS256, .jwk = "{" RSA_PUBLIC(RSA_N, "AQ") "}"),
	SILENT("rsa-exponent", RS256, .jwk = "{" RSA_PUBLIC(RSA_N, "AQAB") "}"),
	RAISES("rsa-roca", RS256, .jwk = "{" RSA_PUBLIC(ROCA_N, "AQAB") "}"),
	SILENT("rsa-roca", RS256, .jwk = "{" RSA2048_PUBLIC "}"),
	RAISES("point-invalid", ES256, .jwk = "{" EC_PUBLIC("P-256", P256_X, P256_X) "}"),
	SILENT("point-invalid", ES256, .jwk = "{" P256_PUBLIC "}"),
	RAISES("kid-missing", RS256,
	       .jwk = "{'keys':[{" RSA2048_PUBLIC "},{" RSA_PUBLIC(RSA_N, "Aw") "}]}",
	       .text = "2 keys"),
	SILENT("kid-missing", RS256_KID,
	       .jwk = "{'keys':[{" RSA2048_PUBLIC "},{" RSA_PUBLIC(RSA_N, "Aw") "}]}"),
	SILENT("kid-missing", RS256, .jwk = "{'keys':[{" RSA2048_PUBLIC "},{" P256_PUBLIC "}]}"),
	RAISES("kid-duplicate", RS256_KID,
	       .jwk = "{'keys':[{" RSA2048_PUBLIC WITH("kid", "1") "},{" RSA_PUBLIC(RSA_N, "Aw")
		       WITH("kid", "1") "}]}"),
	SILENT("kid-duplicate", RS256_KID,
	       .jwk = "{'keys':[{" RSA2048_PUBLIC WITH("kid", "1") "},{" P256_PUBLIC WITH(
		       "kid", "2") "}]}"),
	RAISES("jwks-mixed", RS256, .jwk = "{'keys':[{" RSA2048_PUBLIC "},{" OCT(SECRET32) "}]}"),
	RAISES("jwks-mixed", RS256, .jwk = "{" RSA2048_PUBLIC WITH("k", SECRET32) "}"),
	SILENT("jwks-mixed", RS256, .jwk = "{'keys':[{" RSA2048_PUBLIC "},{" P256_PUBLIC "}]}"),

	RAISES("pbes2-rounds", .jwe = "{'alg':'PBES2-HS256+A128KW','enc':'A128GCM','p2c':999}"),
	RAISES("pbes2-rounds", .jwe = "{'alg':'PBES2-HS256+A128KW','enc':'A128GCM','p2c':1200001}"),
	RAISES("pbes2-rounds", .jwe = "{'alg':'PBES2-HS256+A128KW','enc':'A128GCM','p2c':'1000'}"),
	SILENT("pbes2-rounds", .jwe = "{'alg':'PBES2-HS256+A128KW','enc':'A128GCM','p2c':1000}"),
	SILENT("pbes2-rounds", .jwe = "{'alg':'dir','enc':'A128GCM','p2c':1}"),
	RAISES("epk-invalid", .jwe = "{'alg':'ECDH-ES','enc':'A128GCM','epk':{" EC_PUBLIC(
				      "P-256", P256_X, P256_X) "}}"),
	RAISES("epk-invalid", .jwe = "{'alg':'ECDH-ES','enc':'A128GCM','epk':{" P384_PUBLIC "}}",
	       .jwk = "{" P256_PUBLIC "}"),
	SILENT("epk-invalid", .jwe = "{'alg':'ECDH-ES','enc':'A128GCM','epk':{" P256_PUBLIC "}}",
	       .jwk = "{" P256_PUBLIC "}"),
	SILENT("epk-invalid", .jwe = "{'alg':'dir','enc':'A128GCM'}"),
	RAISES("jwe-unsigned", .jwe = "{'alg':'dir','enc':'A128GCM'}", .prepare = decrypted),
	SILENT("jwe-unsigned", .jwe = "{'alg':'dir','enc':'A128GCM'}"),
	SILENT("jwe-unsigned", .prepare = decrypted),

	/* the disclosure ["s","n",1]; its digest is the one in _sd */
	RAISES("sd-mismatch", .raw = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA~WyJzIiwibiIsMV0~"),
	RAISES("sd-mismatch", .raw = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA~AAAA~", .text = "no list"),
	SILENT("sd-mismatch",
	       .raw = "eyJhbGciOiJFUzI1NiJ9."
		      "eyJfc2QiOlsiYzIxa01hekVLYzVsU1Z3dl9aTzlZU2lEdWNLY09RbG9jYTNzMjRDcHBwQSJdfQ"
		      ".AAAA~WyJzIiwibiIsMV0~"),
	SILENT("sd-mismatch"),
	{ .id = NULL },
};
