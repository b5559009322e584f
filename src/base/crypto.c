/* Hashes, MACs, key derivation, sealing and signatures over OpenSSL EVP. A primitive that fails for
 * another reason than its input leaves nothing that could go on: the process ends. */
/* For the low-level SHA-256: see struct mac and sha256(). */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "src/base/crypto.h"

#include <assert.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "src/base/alloc.h"
#include "src/base/random.h"
#include "src/base/secret.h"

enum { NONCE_SIZE = 12, TAG_SIZE = 16 };

/* Fetched once a process: fetching costs more than hashing a key. */
static EVP_MD *sha256_algorithm;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void must(bool worked, const char *primitive)
{
	if (worked)
		return;
	fprintf(stderr, "authrack: libcrypto failed in %s\n", primitive);
	abort();
}

static void sha256_fetch(void)
{
	sha256_algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	must(sha256_algorithm, "SHA-256");
}

struct sha256 {
	EVP_MD_CTX *state;
};

static void sha256_begin(struct sha256 *h)
{
	must(EVP_DigestInit_ex2(h->state, sha256_algorithm, NULL), "SHA-256");
}

static void sha256_open(struct sha256 *h)
{
	pthread_once(&sha256_once, sha256_fetch);
	h->state = EVP_MD_CTX_new();
	must(h->state, "SHA-256");
	sha256_begin(h);
}

static void sha256_finish(struct sha256 *h, uint8_t out[SHA256_SIZE])
{
	must(EVP_DigestFinal_ex(h->state, out, NULL), "SHA-256");
}

/* Not by EVP: to make a context takes longer than to hash a secret. */
void sha256(uint8_t out[SHA256_SIZE], const struct span *parts, size_t count)
{
	SHA256_CTX state;

	must(SHA256_Init(&state), "SHA-256");
	for (size_t i = 0; i < count; i++)
		must(SHA256_Update(&state, parts[i].data, parts[i].len), "SHA-256");
	must(SHA256_Final(out, &state), "SHA-256");
	secret_wipe(&state, sizeof(state));
}

struct sha256 *sha256_new(void)
{
	struct sha256 *h = x_malloc(sizeof(*h));

	sha256_open(h);
	return h;
}

void sha256_add(struct sha256 *h, const void *data, size_t len)
{
	must(EVP_DigestUpdate(h->state, data, len), "SHA-256");
}

void sha256_end(struct sha256 *h, uint8_t out[SHA256_SIZE])
{
	sha256_finish(h, out);
	sha256_begin(h);
}

void sha256_free(struct sha256 *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->state);
	free(h);
}

/* HMAC (RFC 2104) from two hash states that have taken the key in. OpenSSL's low-level SHA-256, whose
 * state is copied by assignment, takes half of EVP's time for a row of the store (0.22 against
 * 0.46 µs), and a verification makes three of them. */
struct mac {
	SHA256_CTX inner, outer;
};

static void pad_take(SHA256_CTX *state, const uint8_t key[KEY256_SIZE], uint8_t pad)
{
	uint8_t block[SHA256_CBLOCK];

	memset(block, pad, sizeof(block));
	for (size_t i = 0; i < KEY256_SIZE; i++)
		block[i] ^= key[i];
	must(SHA256_Init(state) && SHA256_Update(state, block, sizeof(block)), "HMAC");
	secret_wipe(block, sizeof(block));
}

/* The states stand for the key, so they live where it does. */
struct mac *mac_new(const uint8_t key[KEY256_SIZE])
{
	struct mac *m = secret_memory_get(sizeof(*m));

	pad_take(&m->inner, key, 0x36);
	pad_take(&m->outer, key, 0x5c);
	return m;
}

void mac_parts(struct mac *m, uint8_t out[MAC_SIZE], const struct span *parts, size_t count)
{
	SHA256_CTX state = m->inner;
	uint8_t inner[SHA256_SIZE];

	for (size_t i = 0; i < count; i++)
		must(SHA256_Update(&state, parts[i].data, parts[i].len), "HMAC");
	must(SHA256_Final(inner, &state), "HMAC");
	state = m->outer;
	must(SHA256_Update(&state, inner, sizeof(inner)), "HMAC");
	must(SHA256_Final(out, &state), "HMAC");
}

void mac_free(struct mac *m)
{
	if (!m)
		return;
	secret_memory_put(m, sizeof(*m));
}

bool bytes_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

static void mac_once(uint8_t out[MAC_SIZE], const uint8_t key[KEY256_SIZE],
		     const struct span *parts, size_t count)
{
	struct mac *m = mac_new(key);

	mac_parts(m, out, parts, count);
	mac_free(m);
}

/* One hash is as long as the key that is wanted, so expanding is its first round only. */
void hkdf(uint8_t out[KEY256_SIZE], const uint8_t key[KEY256_SIZE], const char *info)
{
	static const uint8_t salt[KEY256_SIZE], round = 1;
	const struct span input[] = { { key, KEY256_SIZE } };
	const struct span expand[] = { { info, strlen(info) }, { &round, 1 } };
	uint8_t extracted[MAC_SIZE];

	mac_once(extracted, salt, input, 1);
	mac_once(out, extracted, expand, 2);
	secret_wipe(extracted, sizeof(extracted));
}

/* A context for AES-256-GCM with its associated data taken in. */
static EVP_CIPHER_CTX *gcm_begin(bool sealing, const uint8_t key[KEY256_SIZE],
				 const uint8_t nonce[NONCE_SIZE], const void *associated,
				 size_t associated_len)
{
	EVP_CIPHER_CTX *gcm = EVP_CIPHER_CTX_new();
	int len;

	assert(associated_len <= INT_MAX);
	must(gcm && EVP_CipherInit_ex2(gcm, EVP_aes_256_gcm(), key, nonce, sealing, NULL),
	     "AES-256-GCM");
	if (associated_len)
		must(EVP_CipherUpdate(gcm, NULL, &len, associated, (int)associated_len),
		     "AES-256-GCM");
	return gcm;
}

void seal(uint8_t *out, const uint8_t key[KEY256_SIZE], const void *plain, size_t len,
	  const void *associated, size_t associated_len)
{
	uint8_t *text = out + NONCE_SIZE;
	EVP_CIPHER_CTX *gcm;
	int done;

	assert(len <= INT_MAX);
	random_public(out, NONCE_SIZE);
	gcm = gcm_begin(true, key, out, associated, associated_len);
	if (len)
		must(EVP_EncryptUpdate(gcm, text, &done, plain, (int)len), "AES-256-GCM");
	must(EVP_EncryptFinal_ex(gcm, text + len, &done), "AES-256-GCM");
	must(EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, text + len), "AES-256-GCM");
	EVP_CIPHER_CTX_free(gcm);
}

bool unseal(uint8_t *out, const uint8_t key[KEY256_SIZE], const void *sealed, size_t len,
	    const void *associated, size_t associated_len)
{
	const uint8_t *nonce = sealed, *text = nonce + NONCE_SIZE;
	uint8_t tag[TAG_SIZE], none[16];
	size_t plain_len;
	EVP_CIPHER_CTX *gcm;
	bool genuine;
	int done;

	if (len < SEAL_OVERHEAD || len > INT_MAX)
		return false;
	plain_len = len - SEAL_OVERHEAD;
	memcpy(tag, text + plain_len, TAG_SIZE);
	gcm = gcm_begin(false, key, nonce, associated, associated_len);
	if (plain_len)
		must(EVP_DecryptUpdate(gcm, out, &done, text, (int)plain_len), "AES-256-GCM");
	must(EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag), "AES-256-GCM");
	genuine = EVP_DecryptFinal_ex(gcm, none, &done) == 1;
	EVP_CIPHER_CTX_free(gcm);
	if (!genuine && plain_len)
		secret_wipe(out, plain_len);
	return genuine;
}

enum errc scrypt_key(uint8_t out[KEY256_SIZE], const void *passphrase, size_t len,
		     const uint8_t salt[16], struct err *e)
{
	const uint64_t n = 1 << 17, r = 8, p = 1;
	const uint64_t memory_max = 128 * r * (n + p + 2) + 1024 * 1024;

	if (EVP_PBE_scrypt(passphrase, len, salt, 16, n, r, p, memory_max, out, KEY256_SIZE) == 1)
		return ERR_OK;
	err_set(e, ERR_STORE, "no memory to derive the key from the passphrase");
	err_hint(e, "scrypt needs 128 MiB");
	return ERR_STORE;
}

static EVP_PKEY *ed25519_key(const uint8_t seed[32])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);

	must(key, "Ed25519");
	return key;
}

void ed25519_public(uint8_t out[32], const uint8_t seed[32])
{
	EVP_PKEY *key = ed25519_key(seed);
	size_t len = 32;

	must(EVP_PKEY_get_raw_public_key(key, out, &len), "Ed25519");
	EVP_PKEY_free(key);
}

void ed25519_sign(uint8_t out[SIGNATURE_SIZE], const uint8_t seed[32], const void *data, size_t len)
{
	EVP_PKEY *key = ed25519_key(seed);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t size = SIGNATURE_SIZE;

	must(context && EVP_DigestSignInit(context, NULL, NULL, NULL, key), "Ed25519");
	must(EVP_DigestSign(context, out, &size, data, len), "Ed25519");
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
}

bool ed25519_verify(const uint8_t public_key[32], const uint8_t signature[SIGNATURE_SIZE],
		    const void *data, size_t len)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, 32);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool genuine;

	must(context, "Ed25519");
	genuine = key && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
		  EVP_DigestVerify(context, signature, SIGNATURE_SIZE, data, len) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return genuine;
}
