/* Token verification in process, beside the bare OpenSSL operation and libjwt over the same token.
 *
 * usage: token FOLDER — writes ALG.jwt and ALG.key (PEM, or the secret) there for the peers in other
 * languages, and prints a line an algorithm: "ALG BYTES ours PER_SECOND bare PER_SECOND libjwt
 * PER_SECOND" (medians of interleaved rounds; 0: the peer does not have it). */
#include <dlfcn.h>
#include <err.h>
#include <openssl/evp.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/base/secret.h"
#include "src/token/sign.h"
#include "src/token/verdict.h"

enum { ROUNDS = 7, MESSAGES = 400, SECRET_SIZE = 64 };

struct subject {
	const char *algorithm;
	const char *type;  /* of the key, as EVP names it; NULL: a secret */
	const char *curve; /* NULL: none */
	double seconds;	   /* a round lasts at least so long */
};

static const struct subject subjects[] = {
	{ "HS256", NULL, NULL, 0.2 },
	{ "RS256", "RSA", NULL, 0.2 },
	{ "ES256", "EC", "P-256", 0.2 },
	{ "EdDSA", "ED25519", NULL, 0.2 },
};

static const char claims[] =
	"{\"iss\":\"https://sso.example.com/realms/production\",\"sub\":\"c0ffee00-1111-4222-8333-"
	"444455556666\",\"aud\":[\"orders-api\",\"account\"],\"exp\":1893456000,\"nbf\":1750000000,"
	"\"iat\":1750000000,\"jti\":\"5f2c9a5e-7d0b-4a42-8f33-0a9be8d5e7c1\",\"client_id\":\"acme-"
	"mobile\",\"scope\":\"orders:read orders:write invoices:read "
	"offline_access profile email\",\"realm_roles\":"
	"[\"clerk\",\"auditor\",\"warehouse\"]}";

/* One algorithm's token, its keys, and the signing input taken apart for the bare operation. */
struct trial {
	const struct subject *subject;
	EVP_PKEY *pkey;
	struct key_set keys;
	struct secret token;
	unsigned char secret[SECRET_SIZE];
	char *key_text; /* public PEM, or the secret */
	size_t key_len, signed_len;
	unsigned char signature[512]; /* as OpenSSL takes it */
	size_t signature_len;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- the subject ----------------------------------------------------------------------------- */

static void pair_make(struct trial *t)
{
	struct err e = ERR_INIT;
	BIO *bio = BIO_new(BIO_s_mem()), *pub = BIO_new(BIO_s_mem());
	char *text;
	long len;

	if (strcmp(t->subject->type, "RSA") == 0)
		t->pkey = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	else if (t->subject->curve)
		t->pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", t->subject->curve);
	else
		t->pkey = EVP_PKEY_Q_keygen(NULL, NULL, t->subject->type);
	PEM_write_bio_PrivateKey(bio, t->pkey, NULL, NULL, 0, NULL, NULL);
	len = BIO_get_mem_data(bio, &text);
	if (key_set_add_pem(&t->keys, text, (size_t)len, "bench", &e))
		errx(1, "%s", e.message);
	PEM_write_bio_PUBKEY(pub, t->pkey);
	len = BIO_get_mem_data(pub, &text);
	t->key_text = x_strndup(text, (size_t)len);
	t->key_len = (size_t)len;
	BIO_free(bio);
	BIO_free(pub);
}

static void secret_make(struct trial *t)
{
	struct secret s = SECRET_INIT;

	for (size_t i = 0; i < SECRET_SIZE; i++)
		t->secret[i] = (unsigned char)('!' + (i * 7) % 90);
	secret_set(&s, t->secret, SECRET_SIZE);
	key_set_add_secret(&t->keys, &s, "bench");
	secret_release(&s);
	t->key_text = x_strndup((const char *)t->secret, SECRET_SIZE);
	t->key_len = SECRET_SIZE;
}

/* ECDSA's r and s as the DER that OpenSSL takes. */
static void signature_to_der(struct trial *t)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	unsigned char *to = t->signature;
	BIGNUM *r = BN_bin2bn(t->signature, 32, NULL), *s = BN_bin2bn(t->signature + 32, 32, NULL);

	ECDSA_SIG_set0(sig, r, s);
	t->signature_len = (size_t)i2d_ECDSA_SIG(sig, &to);
	ECDSA_SIG_free(sig);
}

static void trial_init(struct trial *t, const struct subject *subject)
{
	struct base64_faults faults;
	struct err e = ERR_INIT;
	const char *dot, *text;

	*t = (struct trial){ .subject = subject };
	key_set_init(&t->keys);
	if (subject->type)
		pair_make(t);
	else
		secret_make(t);
	if (sign_compact(&t->keys.keys[0], subject->algorithm,
			 "{\"typ\":\"JWT\",\"kid\":\"9aF2mQ7c\"}", claims, strlen(claims), false,
			 &t->token, &e))
		errx(1, "%s: %s", subject->algorithm, e.message);
	text = secret_reveal(&t->token);
	dot = strrchr(text, '.');
	t->signed_len = (size_t)(dot - text);
	t->signature_len = base64_decode(t->signature, dot + 1, strlen(dot + 1), &faults);
	if (subject->curve)
		signature_to_der(t);
}

/* --- the ways to verify it -------------------------------------------------------------------- */

static bool ours_once(struct trial *t)
{
	static const char *const audiences[] = { "orders-api", NULL };
	const struct expectations x = {
		.issuer = "https://sso.example.com/realms/production",
		.audiences = audiences,
		.now_ms = INT64_C(1800000000000),
	};
	struct jose token;
	struct verdict v;
	bool valid;

	jose_read(&token, secret_reveal(&t->token), t->token.len);
	token_verify(&token, &t->keys, &x, &v);
	valid = v.valid;
	findings_release(&v.findings);
	jose_release(&token);
	return valid;
}

static bool bare_hmac(struct trial *t)
{
	static EVP_MAC_CTX *kept;
	unsigned char mac[32];
	size_t len;

	if (!kept) {
		EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
		OSSL_PARAM parameters[] = { OSSL_PARAM_construct_utf8_string(
						    "digest", (char[]){ "SHA256" }, 0),
					    OSSL_PARAM_construct_end() };

		kept = EVP_MAC_CTX_new(hmac);
		EVP_MAC_init(kept, t->secret, SECRET_SIZE, parameters);
	}
	return EVP_MAC_init(kept, NULL, 0, NULL) == 1 &&
	       EVP_MAC_update(kept, (const unsigned char *)secret_reveal(&t->token),
			      t->signed_len) == 1 &&
	       EVP_MAC_final(kept, mac, &len, sizeof(mac)) == 1 && len == t->signature_len &&
	       CRYPTO_memcmp(mac, t->signature, len) == 0;
}

static bool bare_key(struct trial *t)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	const EVP_MD *digest = strcmp(t->subject->algorithm, "EdDSA") == 0 ? NULL : EVP_sha256();
	bool well = EVP_DigestVerifyInit(c, NULL, digest, NULL, t->pkey) == 1 &&
		    EVP_DigestVerify(c, t->signature, t->signature_len,
				     (const unsigned char *)secret_reveal(&t->token),
				     t->signed_len) == 1;

	EVP_MD_CTX_free(c);
	return well;
}

static bool bare_once(struct trial *t)
{
	return t->pkey ? bare_key(t) : bare_hmac(t);
}

/* libjwt, where it is installed: opened at run time, so that nothing but this needs it. */
static int (*libjwt_decode)(void **jwt, const char *token, const unsigned char *key, int len);
static void (*libjwt_free)(void *jwt);

static bool libjwt_once(struct trial *t)
{
	void *jwt = NULL;
	bool well = libjwt_decode(&jwt, secret_reveal(&t->token),
				  (const unsigned char *)t->key_text, (int)t->key_len) == 0;

	if (jwt)
		libjwt_free(jwt);
	return well;
}

static void libjwt_open(void)
{
	void *library = dlopen("libjwt.so.1", RTLD_NOW);

	if (!library)
		library = dlopen("libjwt.so.0", RTLD_NOW);
	if (!library)
		return;
	*(void **)&libjwt_decode = dlsym(library, "jwt_decode");
	*(void **)&libjwt_free = dlsym(library, "jwt_free");
}

/* --- measuring -------------------------------------------------------------------------------- */

static double rate(struct trial *t, bool (*once)(struct trial *t))
{
	double begin = seconds(), took;
	size_t done = 0;

	do {
		for (size_t i = 0; i < MESSAGES; i++)
			if (!once(t))
				errx(1, "%s: a good token is refused", t->subject->algorithm);
		done += MESSAGES;
		took = seconds() - begin;
	} while (took < t->subject->seconds);
	return (double)done / took;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *rates)
{
	qsort(rates, ROUNDS, sizeof(*rates), by_size);
	return rates[ROUNDS / 2];
}

static void file_write(const char *folder, const char *name, const char *end, const void *data,
		       size_t len)
{
	char *path = x_asprintf("%s/%s.%s", folder, name, end);
	FILE *file = fopen(path, "we");

	if (!file || fwrite(data, 1, len, file) != len || fclose(file) != 0)
		err(1, "%s", path);
	free(path);
}

static void trial_run(const struct subject *subject, const char *folder)
{
	double us[ROUNDS], bare[ROUNDS], libjwt[ROUNDS] = { 0 };
	struct trial t;

	trial_init(&t, subject);
	file_write(folder, subject->algorithm, "jwt", secret_reveal(&t.token), t.token.len);
	file_write(folder, subject->algorithm, "key", t.key_text, t.key_len);
	for (size_t i = 0; i < ROUNDS; i++) {
		us[i] = rate(&t, ours_once);
		bare[i] = rate(&t, bare_once);
		if (libjwt_decode && libjwt_once(&t))
			libjwt[i] = rate(&t, libjwt_once);
	}
	printf("%s %zu ours %.0f bare %.0f libjwt %.0f\n", subject->algorithm, t.token.len,
	       median(us), median(bare), median(libjwt));
	key_set_release(&t.keys);
	secret_release(&t.token);
	EVP_PKEY_free(t.pkey);
	free(t.key_text);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: token FOLDER");
	secret_process_init();
	libjwt_open();
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
		trial_run(&subjects[i], argv[1]);
	return 0;
}
