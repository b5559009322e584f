/* Findings by trying: sample secrets that everybody knows, a public key taken for a secret, and a secret
 * that stands for other bytes. Tried only where nothing has verified the token. */
#include "src/token/finding_rules.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/base/encode.h"
#include "src/token/finding_hmac.h"
#include "src/token/finding_seen.h"
#include "src/token/verdict.h"

enum {
	TRIED_MOST = 16 * 1024 * 1024, /* bytes hashed with what was given */
	SAMPLED_MOST = 256 * 1024,     /* with the samples: a paste may hold hundreds of tokens */
	SAMPLED_LEAST = 4,	       /* samples that are tried on any token */
	SIGNATURES_MOST = 4,
};

/* --- sample secrets -------------------------------------------------------------------------------- */

#define SAMPLE(text)                   \
	{                              \
		text, sizeof(text) - 1 \
	}

/* Out of documentation, tutorials and generators; and what people type when a field wants something. */
static const struct {
	const char *text;
	size_t len;
} samples[] = {
	SAMPLE(""),
	SAMPLE("secret"),
	SAMPLE("your-256-bit-secret"),
	SAMPLE("your-384-bit-secret"),
	SAMPLE("your-512-bit-secret"),
	SAMPLE("a-string-secret-at-least-256-bits-long"),
	SAMPLE("a-valid-string-secret-that-is-at-least-384-bits-long"),
	SAMPLE("a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long"),
	SAMPLE("09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"),
	SAMPLE("super-secret-jwt-token-with-at-least-32-characters-long"),
	SAMPLE("AllYourBase"),
	SAMPLE("keyboard cat"),
	SAMPLE("shhhhh"),
	SAMPLE("Secret"),
	SAMPLE("SECRET"),
	SAMPLE("secret1"),
	SAMPLE("secret123"),
	SAMPLE("s3cr3t"),
	SAMPLE("topsecret"),
	SAMPLE("mysecret"),
	SAMPLE("my-secret"),
	SAMPLE("my_secret"),
	SAMPLE("mysecretkey"),
	SAMPLE("my-secret-key"),
	SAMPLE("my_secret_key"),
	SAMPLE("secretkey"),
	SAMPLE("secretKey"),
	SAMPLE("secret-key"),
	SAMPLE("secret_key"),
	SAMPLE("SECRET_KEY"),
	SAMPLE("supersecret"),
	SAMPLE("super-secret"),
	SAMPLE("supersecretkey"),
	SAMPLE("super-secret-key"),
	SAMPLE("super_secret_key"),
	SAMPLE("your-secret"),
	SAMPLE("your-secret-key"),
	SAMPLE("your_secret_key"),
	SAMPLE("your_jwt_secret"),
	SAMPLE("jwt"),
	SAMPLE("jwtsecret"),
	SAMPLE("jwt-secret"),
	SAMPLE("jwt_secret"),
	SAMPLE("JWT_SECRET"),
	SAMPLE("JWT_SECRET_KEY"),
	SAMPLE("key"),
	SAMPLE("private"),
	SAMPLE("token"),
	SAMPLE("password"),
	SAMPLE("Password"),
	SAMPLE("password1"),
	SAMPLE("password123"),
	SAMPLE("passw0rd"),
	SAMPLE("P@ssw0rd"),
	SAMPLE("test"),
	SAMPLE("test-secret"),
	SAMPLE("test_secret"),
	SAMPLE("testsecret"),
	SAMPLE("dev"),
	SAMPLE("dev-secret"),
	SAMPLE("development"),
	SAMPLE("default"),
	SAMPLE("example"),
	SAMPLE("changeme"),
	SAMPLE("change-me"),
	SAMPLE("change_me"),
	SAMPLE("changethis"),
	SAMPLE("changeit"),
	SAMPLE("admin"),
	SAMPLE("root"),
	SAMPLE("letmein"),
	SAMPLE("qwerty"),
	SAMPLE("qwertyuiopasdfghjklzxcvbnm123456"),
	SAMPLE("123456"),
	SAMPLE("12345678"),
	SAMPLE("1234567890"),
	SAMPLE("abc123"),
	SAMPLE("hello"),
	SAMPLE("foobar"),
	SAMPLE("undefined"),
	SAMPLE("null"),
};

enum { SAMPLES = sizeof(samples) / sizeof(samples[0]), SAMPLE_ROOM = 96 };

/* What the sample is when it is read as base64, as some libraries do; 0: it is none. */
static size_t sample_decoded(size_t which, unsigned char out[SAMPLE_ROOM])
{
	struct base64_faults faults;
	size_t size = base64_decode(out, samples[which].text, samples[which].len, &faults);

	return faults.faults & (BASE64_FOREIGN | BASE64_LENGTH | BASE64_SPACE) ? 0 : size;
}

static bool secret_is(const struct secret *s, const void *text, size_t len)
{
	return text && len && s->len == len && memcmp(text, secret_reveal(s), len) == 0;
}

/* Is the secret a sample, as text or in base64? NULL: none. */
static const char *sample_find(const struct secret *s)
{
	unsigned char decoded[SAMPLE_ROOM];

	for (size_t i = 0; i < SAMPLES; i++) {
		if (secret_is(s, samples[i].text, samples[i].len))
			return samples[i].text;
		if (samples[i].len * 3 / 4 == s->len &&
		    secret_is(s, decoded, sample_decoded(i, decoded)))
			return samples[i].text;
	}
	return NULL;
}

/* The sample under which the signature is right; NULL. */
static const char *sample_try(struct hmac_trial *h)
{
	unsigned char decoded[SAMPLE_ROOM];

	for (size_t i = 0; i < SAMPLES; i++) {
		size_t size;

		if (hmac_trial_fits(h, samples[i].text, samples[i].len))
			return samples[i].text;
		size = sample_decoded(i, decoded);
		if (size && hmac_trial_fits(h, decoded, size))
			return samples[i].text;
	}
	return NULL;
}

static void sample_tell(const struct inspection *in, const char *sample,
			const struct finding_rule *rule, struct findings *out)
{
	bool allowed = in->signature_valid && in->expected && in->expected->allow_weak_key;

	finding_add_as(out, rule, allowed ? SEVERITY_WARNING : SEVERITY_CRITICAL,
		       "signed with a secret that everybody knows: \"%s\"%s", sample,
		       allowed ? "; taken as you asked" : "");
}

static size_t sampled_most(const struct jose *t)
{
	size_t least = (t->len + t->signed_size) * SAMPLED_LEAST;

	return least > SAMPLED_MOST ? least : SAMPLED_MOST;
}

static void look_weak(const struct inspection *in, const struct finding_rule *rule,
		      struct findings *out)
{
	for (size_t i = 0; i < in->seen->count && i < SIGNATURES_MOST; i++) {
		const struct seen_part *p = &in->seen->parts[i];
		const char *sample = NULL;

		if (!p->algorithm || p->algorithm->family != FAMILY_HMAC)
			continue;
		if (in->signature_valid) {
			if (in->key && in->key->type == JOSE_OCT)
				sample = sample_find(&in->key->secret);
		} else {
			struct hmac_trial *h = hmac_trial_new(in->token, p->part, p->algorithm,
							      sampled_most(in->token));

			sample = h ? sample_try(h) : NULL;
			hmac_trial_free(h);
		}
		if (sample) {
			sample_tell(in, sample, rule, out);
			return;
		}
	}
}

const struct finding_rule finding_weak_secret = {
	.id = "weak-secret",
	.severity = SEVERITY_CRITICAL,
	.summary = "an HS* signature under one of the sample secrets that everybody knows; a "
		   "warning with "
		   "--allow-weak-key",
	.remedy =
		"replace it by random bytes now (openssl rand -base64 32): anybody can make tokens",
	.source = "RFC 8725 3.5",
	.about = ABOUT_JWS,
	.look = look_weak,
};

/* --- a public key taken for a secret ------------------------------------------------------------------ */

/* A text as it is, with its line end and without, and with those of Windows. */
static bool text_fits(struct hmac_trial *h, const char *text, size_t len)
{
	struct buf other = BUF_INIT(KEY_TEXT_MAX);
	bool fits;

	while (len && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	fits = hmac_trial_fits(h, text, len);
	buf_add(&other, text, len);
	buf_add_char(&other, '\n');
	fits = fits || hmac_trial_fits(h, other.data, other.len);
	buf_clear(&other);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n' && (!i || text[i - 1] != '\r'))
			buf_add_char(&other, '\r');
		buf_add_char(&other, text[i]);
	}
	fits = fits || hmac_trial_fits(h, buf_text(&other), other.len);
	buf_add_text(&other, "\r\n");
	fits = fits || hmac_trial_fits(h, other.data, other.len);
	buf_release(&other);
	return fits;
}

static bool bio_fits(struct hmac_trial *h, BIO *bio)
{
	char *text = NULL;
	long len = BIO_get_mem_data(bio, &text);

	return len > 0 && text_fits(h, text, (size_t)len);
}

/* A secret that is a public key's text. */
static bool secret_fits(struct hmac_trial *h, const struct jose_key *key)
{
	const char *text = secret_reveal(&key->secret);

	return key->faults & KEY_FAULT_PUBLIC &&
	       (hmac_trial_fits(h, text, key->secret.len) || text_fits(h, text, key->secret.len));
}

/* The key's public half in the forms that APIs hold it in: PEM, DER, and the modulus. */
static bool forms_fit(struct hmac_trial *h, const EVP_PKEY *pkey)
{
	BIO *bio = BIO_new(BIO_s_mem());
	unsigned char *der = NULL;
	BIGNUM *modulus = NULL;
	int size = i2d_PUBKEY(pkey, &der);
	bool fits = size > 0 && hmac_trial_fits(h, der, (size_t)size);

	if (!fits && bio && PEM_write_bio_PUBKEY(bio, pkey) == 1)
		fits = bio_fits(h, bio);
	if (!fits && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1) {
		unsigned char *bytes = x_malloc((size_t)BN_num_bytes(modulus));

		fits = hmac_trial_fits(h, bytes, (size_t)BN_bn2bin(modulus, bytes));
		free(bytes);
	}
	BN_free(modulus);
	OPENSSL_free(der);
	BIO_free(bio);
	return fits;
}

static bool pair_fits(struct hmac_trial *h, const struct jose_key *key)
{
	return key->pkey &&
	       ((key->pem && text_fits(h, key->pem, key->pem_len)) || forms_fit(h, key->pkey));
}

static void look_confusion(const struct inspection *in, const struct finding_rule *rule,
			   struct findings *out)
{
	size_t most = in->seen->count < SIGNATURES_MOST ? in->seen->count : SIGNATURES_MOST;

	for (size_t i = 0; i < most && !in->signature_valid; i++) {
		const struct seen_part *p = &in->seen->parts[i];
		struct hmac_trial *h = hmac_trial_new(in->token, p->part, p->algorithm, TRIED_MOST);

		for (size_t k = 0; h && k < in->keys->count; k++) {
			const struct jose_key *key = &in->keys->keys[k];

			if (!secret_fits(h, key) && !pair_fits(h, key))
				continue;
			finding_add(out, rule,
				    "%ssigned with the given public key as HMAC secret: "
				    "whoever can read that key can forge tokens",
				    p->words);
			break;
		}
		hmac_trial_free(h);
	}
}

const struct finding_rule finding_alg_confusion = {
	.id = "alg-confusion",
	.severity = SEVERITY_CRITICAL,
	.summary = "the token verifies as HMAC keyed with the public key that was given",
	.remedy = "pin the algorithm in your API (RS256 …); never take it from the header",
	.source = "RFC 8725 3.1",
	.about = ABOUT_KEYS,
	.look = look_confusion,
};

/* --- a secret that stands for other bytes --------------------------------------------------------------- */

/* The reading of a secret's text under which the signature is right; NULL. */
static const char *reading_try(struct hmac_trial *h, const struct secret *s)
{
	struct secret decoded = SECRET_INIT;
	struct base64_faults faults;
	const char *reading = NULL;

	secret_init(&decoded, base64_room(s->len) + 1);
	decoded.len = base64_decode(decoded.data, secret_reveal(s), s->len, &faults);
	if (decoded.len && !(faults.faults & ~(unsigned)(BASE64_PADDING | BASE64_ALPHABET)) &&
	    hmac_trial_fits(h, secret_reveal(&decoded), decoded.len))
		reading = "base64";
	decoded.len = s->len / 2;
	if (!reading && decoded.len && s->len % 2 == 0 &&
	    hex_decode(decoded.data, secret_reveal(s), decoded.len) &&
	    hmac_trial_fits(h, secret_reveal(&decoded), decoded.len))
		reading = "hex";
	secret_release(&decoded);
	return reading;
}

/* Can the text be nothing but an encoding? Hex of 16 bytes or more, or base64 with its padding. */
static const char *encoding_sure(const struct secret *s)
{
	static const char base64[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
	const char *text = secret_reveal(s);
	size_t digits;

	if (s->len < 24)
		return NULL;
	digits = strspn(text, base64);
	if (s->len % 4 == 0 && digits < s->len && strspn(text + digits, "=") == s->len - digits &&
	    s->len - digits <= 2)
		return "base64";
	return s->len >= 32 && s->len % 2 == 0 && strspn(text, "0123456789abcdefABCDEF") == s->len
		       ? "hex"
		       : NULL;
}

static void look_encoded(const struct inspection *in, const struct finding_rule *rule,
			 struct findings *out)
{
	const struct seen_part *p = &in->seen->parts[0];
	struct hmac_trial *h;

	if (in->signature_valid) {
		const char *sure = in->key && in->key->type == JOSE_OCT && !in->key->constrained
					   ? encoding_sure(&in->key->secret)
					   : NULL;

		if (sure)
			finding_add(out, rule,
				    "the secret is %s, and its text fits, not what it stands for",
				    sure);
		return;
	}
	h = in->seen->count ? hmac_trial_new(in->token, p->part, p->algorithm, TRIED_MOST) : NULL;
	for (size_t i = 0; h && i < in->keys->count; i++) {
		const struct jose_key *k = &in->keys->keys[i];
		const char *reading = k->type == JOSE_OCT && !k->constrained
					      ? reading_try(h, &k->secret)
					      : NULL;

		if (reading)
			finding_add(out, rule,
				    "the secret is %s, and what it stands for fits, not its text",
				    reading);
	}
	hmac_trial_free(h);
}

const struct finding_rule finding_secret_encoded = {
	.id = "secret-encoded",
	.severity = SEVERITY_WARNING,
	.summary = "the secret is itself base64 or hex; says which reading fitted",
	.remedy = "have both sides read the secret the same way",
	.about = ABOUT_KEYS,
	.look = look_encoded,
};
