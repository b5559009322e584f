/* The sender's side of JWE (RFC 7516 5.1), for tests only. */
#include "tests/lib/support.h"

#include "tests/lib/jwe_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <zlib.h>

#include "src/base/alloc.h"
#include "src/base/buf.h"
#include "src/base/encode.h"
#include "src/base/random.h"
#include "src/token/jwe_parts.h"

enum { ROOM = 64 * 1024, BLOCK = 16, SALT_MOST = 64 };

/* What is being put together. */
struct making {
	const struct jwe_recipe *r;
	const struct algorithm *alg, *enc;
	unsigned char cek[128];
	size_t cek_len;
	unsigned char key[1024]; /* encrypted */
	size_t key_len;
	struct buf header;
};

static void well(bool truth)
{
	assert_true(truth);
}

static char *encoded(const void *data, size_t len)
{
	char *out = x_malloc(base64url_size(len));

	base64url_encode(out, data, len);
	return out;
}

/* ,"name":"base64url" */
static void header_bytes(struct making *m, const char *name, const void *data, size_t len)
{
	char *text = encoded(data, len);

	buf_addf(&m->header, ",\"%s\":\"%s\"", name, text);
	free(text);
}

/* --- AES ------------------------------------------------------------------------------------------ */

static void gcm_seal(const unsigned char *key, size_t bits, const struct span *iv,
		     const struct span *aad, const struct span *plain, unsigned char *out,
		     unsigned char tag[16])
{
	EVP_CIPHER *cipher = jwe_cipher(bits, "GCM");
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n;

	well(EVP_EncryptInit_ex(c, cipher, NULL, NULL, NULL) == 1);
	well(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, (int)iv->len, NULL) == 1);
	well(EVP_EncryptInit_ex(c, NULL, NULL, key, iv->data) == 1);
	if (aad->len)
		well(EVP_EncryptUpdate(c, NULL, &n, aad->data, (int)aad->len) == 1);
	if (plain->len)
		well(EVP_EncryptUpdate(c, out, &n, plain->data, (int)plain->len) == 1);
	well(EVP_EncryptFinal_ex(c, out + plain->len, &n) == 1);
	well(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16, tag) == 1);
	EVP_CIPHER_CTX_free(c);
	EVP_CIPHER_free(cipher);
}

static void key_wrap(struct making *m, const unsigned char *kek, size_t bits)
{
	EVP_CIPHER *cipher = jwe_cipher(bits, "WRAP");
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n;

	EVP_CIPHER_CTX_set_flags(c, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	well(EVP_EncryptInit_ex(c, cipher, NULL, kek, NULL) == 1);
	well(EVP_EncryptUpdate(c, m->key, &n, m->cek, (int)m->cek_len) == 1);
	m->key_len = (size_t)n;
	EVP_CIPHER_CTX_free(c);
	EVP_CIPHER_free(cipher);
}

static void wrap_kw(struct making *m)
{
	key_wrap(m, m->r->key->secret.data, m->alg->key_bits);
}

static void wrap_gcm(struct making *m)
{
	unsigned char iv[32];
	unsigned char tag[16];
	struct span ivs = { iv, (size_t)(12 + m->r->wrap_iv_longer) };

	random_public(iv, sizeof(iv));
	gcm_seal(m->r->key->secret.data, m->alg->key_bits, &ivs, &(struct span){ "", 0 },
		 &(struct span){ m->cek, m->cek_len }, m->key, tag);
	m->key_len = m->cek_len;
	header_bytes(m, "iv", iv, ivs.len);
	header_bytes(m, "tag", tag, (size_t)(16 - m->r->wrap_tag_shorter));
}

/* --- RSA, a key of one's own, passwords -------------------------------------------------------------- */

static void wrap_rsa(struct making *m, int padding)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(m->r->key->pkey, NULL);
	EVP_MD *md = m->alg->digest ? EVP_MD_fetch(NULL, m->alg->digest, NULL) : NULL;

	well(EVP_PKEY_encrypt_init(c) == 1 && EVP_PKEY_CTX_set_rsa_padding(c, padding) == 1);
	if (padding == RSA_PKCS1_OAEP_PADDING)
		well(EVP_PKEY_CTX_set_rsa_oaep_md(c, md) == 1 &&
		     EVP_PKEY_CTX_set_rsa_mgf1_md(c, md) == 1);
	m->key_len = sizeof(m->key);
	well(EVP_PKEY_encrypt(c, m->key, &m->key_len, m->cek, m->cek_len) == 1);
	EVP_MD_free(md);
	EVP_PKEY_CTX_free(c);
}

static void wrap_oaep(struct making *m)
{
	wrap_rsa(m, RSA_PKCS1_OAEP_PADDING);
}

static void wrap_rsa1_5(struct making *m)
{
	wrap_rsa(m, RSA_PKCS1_PADDING);
}

static void wrap_direct(struct making *m)
{
	m->cek_len = m->r->key->secret.len;
	memcpy(m->cek, m->r->key->secret.data, m->cek_len);
}

static void wrap_pbes2(struct making *m)
{
	unsigned char salt[128];
	unsigned char kek[32];
	size_t lead = strlen(m->alg->name) + 1;
	size_t len = (size_t)(m->r->salt ? m->r->salt : 16);
	int rounds = m->r->rounds ? m->r->rounds : 1000;
	EVP_MD *md = EVP_MD_fetch(NULL, m->alg->digest, NULL);

	memcpy(salt, m->alg->name, lead);
	random_public(salt + lead, len);
	/* Only the header has the number where it would take too long. */
	well(PKCS5_PBKDF2_HMAC(secret_reveal(&m->r->key->secret), (int)m->r->key->secret.len, salt,
			       (int)(lead + len), rounds > 0 && rounds < 100000 ? rounds : 1, md,
			       (int)m->alg->key_bits / 8, kek) == 1);
	key_wrap(m, kek, m->alg->key_bits);
	header_bytes(m, "p2s", salt + lead, len);
	buf_addf(&m->header, ",\"p2c\":%d", rounds);
	EVP_MD_free(md);
}

/* --- ECDH-ES ------------------------------------------------------------------------------------------ */

static EVP_PKEY *generate(const char *what)
{
	if (strcmp(what, "RSA") == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	if (what[0] == 'P')
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", what);
	return EVP_PKEY_Q_keygen(NULL, NULL, what);
}

static void header_epk(struct making *m, EVP_PKEY *epk)
{
	unsigned char point[160];
	size_t n = sizeof(point);
	size_t half;
	const char *curve = m->r->key->curve;
	bool is_ec = curve[0] == 'P';

	well(EVP_PKEY_get_octet_string_param(epk, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point),
					     &n) == 1);
	buf_addf(&m->header, ",\"epk\":{\"kty\":\"%s\",\"crv\":\"%s\"", is_ec ? "EC" : "OKP",
		 curve);
	if (!is_ec) {
		header_bytes(m, "x", point, n);
	} else {
		half = (n - 1) / 2;
		header_bytes(m, "x", point + 1, half);
		header_bytes(m, "y", point + 1 + half, half);
	}
	buf_add_char(&m->header, '}');
}

static size_t party(unsigned char *out, size_t size, const char *text)
{
	size_t n = 0;

	if (text)
		well(base64_room(strlen(text)) <= size &&
		     base64url_decode(out, &n, text, strlen(text)));
	return n;
}

static void agree(struct making *m, EVP_PKEY *epk, struct secret *out)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(epk, NULL);
	struct secret z = SECRET_INIT;
	size_t n = 128;
	unsigned char u[64];
	unsigned char v[64];
	struct span apu = { u, party(u, sizeof(u), m->r->apu) };
	struct span apv = { v, party(v, sizeof(v), m->r->apv) };
	bool direct = !m->alg->key_bits;
	const char *name = direct ? m->enc->name : m->alg->name;

	secret_init(&z, n);
	well(EVP_PKEY_derive_init(c) == 1 && EVP_PKEY_derive_set_peer(c, m->r->key->pkey) == 1 &&
	     EVP_PKEY_derive(c, z.data, &n) == 1);
	z.len = n;
	well(jwe_concat_kdf(&z, m->r->agree_as ? m->r->agree_as : name, &apu, &apv,
			    direct ? m->enc->key_bits : m->alg->key_bits, out));
	secret_release(&z);
	EVP_PKEY_CTX_free(c);
}

static void wrap_ecdh(struct making *m)
{
	EVP_PKEY *epk = generate(m->r->key->curve);
	struct secret agreed = SECRET_INIT;

	agree(m, epk, &agreed);
	if (m->alg->key_bits) {
		key_wrap(m, agreed.data, m->alg->key_bits);
	} else {
		m->cek_len = agreed.len;
		memcpy(m->cek, agreed.data, agreed.len);
	}
	if (m->r->epk)
		buf_addf(&m->header, ",\"epk\":%s", m->r->epk);
	else
		header_epk(m, epk);
	if (m->r->apu)
		buf_addf(&m->header, ",\"apu\":\"%s\"", m->r->apu);
	if (m->r->apv)
		buf_addf(&m->header, ",\"apv\":\"%s\"", m->r->apv);
	secret_release(&agreed);
	EVP_PKEY_free(epk);
}

/* --- content --------------------------------------------------------------------------------------------- */

static size_t cbc_seal(struct making *m, const unsigned char *iv, size_t iv_len, const char *aad,
		       const struct span *plain, unsigned char *out, unsigned char *tag)
{
	size_t half = m->cek_len / 2;
	EVP_CIPHER *cipher = jwe_cipher(m->enc->key_bits / 2, "CBC");
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	unsigned char *all = x_malloc(ROOM + BLOCK);
	size_t at = strlen(aad);
	int n = 0;
	int last = 0;

	well(EVP_EncryptInit_ex(c, cipher, NULL, m->cek + half, iv) == 1 &&
	     EVP_EncryptUpdate(c, out, &n, plain->data, (int)plain->len) == 1 &&
	     EVP_EncryptFinal_ex(c, out + n, &last) == 1);
	n += last;
	memcpy(all, aad, at);
	memcpy(all + at, iv, iv_len);
	memcpy(all + at + iv_len, out, (size_t)n);
	at += iv_len + (size_t)n;
	for (size_t i = 0; i < 8; i++)
		all[at++] = (unsigned char)((uint64_t)strlen(aad) * 8 >> (56 - 8 * i));
	well(HMAC(EVP_get_digestbyname(m->enc->digest), m->cek, (int)half, all, at, tag, NULL) !=
	     NULL);
	free(all);
	EVP_CIPHER_CTX_free(c);
	EVP_CIPHER_free(cipher);
	return (size_t)n;
}

static size_t deflated(const char *plain, unsigned char *out)
{
	z_stream z = { .next_out = out, .avail_out = ROOM };
	unsigned char *in = x_malloc(strlen(plain) + 1);

	memcpy(in, plain, strlen(plain) + 1);
	z.next_in = in;
	z.avail_in = (uInt)strlen(plain);
	well(deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) == Z_OK);
	well(deflate(&z, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&z);
	free(in);
	return ROOM - z.avail_out;
}

static void seal_content(struct making *m, struct jwe_pieces *p)
{
	unsigned char *room = x_malloc(2 * ROOM);
	unsigned char *packed = x_malloc(ROOM);
	unsigned char iv[32];
	unsigned char tag[64];
	bool is_gcm = m->enc->family == FAMILY_GCM;
	const char *text = m->r->plain ? m->r->plain : "attack at dawn";
	struct span plain = { text, strlen(text) };
	struct span ivs = { iv, (size_t)((is_gcm ? 12 : 16) + m->r->iv_longer) };
	size_t tag_len = is_gcm ? 16 : m->enc->key_bits / 16;
	char *aad = m->r->aad ? x_asprintf("%s.%s", p->header, m->r->aad) : x_strdup(p->header);
	size_t n;

	random_public(iv, sizeof(iv));
	if (m->r->deflate || m->r->deflate_silently)
		plain = (struct span){ packed, deflated(text, packed) };
	assert_true(plain.len + strlen(aad) + 64 < ROOM);
	n = plain.len;
	if (is_gcm)
		gcm_seal(m->cek, m->enc->key_bits, &ivs, &(struct span){ aad, strlen(aad) }, &plain,
			 room, tag);
	else
		n = cbc_seal(m, iv, ivs.len, aad, &plain, room, tag);
	p->iv = encoded(iv, ivs.len);
	p->ciphertext = encoded(room, n);
	p->tag = encoded(tag, tag_len - (size_t)m->r->tag_shorter);
	free(aad);
	free(room);
	free(packed);
}

void jwe_encrypt(const struct jwe_recipe *recipe, struct jwe_pieces *out)
{
	static void (*const wrap[])(struct making *) = {
		[FAMILY_RSA_OAEP] = wrap_oaep,	[FAMILY_RSA1_5] = wrap_rsa1_5,
		[FAMILY_ECDH_ES] = wrap_ecdh,	[FAMILY_AES_KW] = wrap_kw,
		[FAMILY_AES_GCM_KW] = wrap_gcm, [FAMILY_DIRECT] = wrap_direct,
		[FAMILY_PBES2] = wrap_pbes2,
	};
	struct making m = { .r = recipe,
			    .alg = algorithm_find(recipe->alg, strlen(recipe->alg)),
			    .enc = algorithm_find(recipe->enc, strlen(recipe->enc)) };

	buf_init(&m.header, ROOM);
	buf_addf(&m.header, "{\"alg\":\"%s\",\"enc\":\"%s\"", recipe->alg, recipe->enc);
	m.cek_len = m.enc->key_bits / 8 + (size_t)recipe->cek_longer;
	random_private(m.cek, sizeof(m.cek));
	wrap[m.alg->family](&m);
	if (recipe->deflate)
		buf_add_text(&m.header, ",\"zip\":\"DEF\"");
	buf_addf(&m.header, "%s}", recipe->extra ? recipe->extra : "");
	out->header_json = buf_take(&m.header);
	out->header = encoded(out->header_json, strlen(out->header_json));
	out->key = recipe->encrypted_key ? x_strdup(recipe->encrypted_key)
					 : encoded(m.key, m.key_len);
	seal_content(&m, out);
}

void jwe_pieces_release(struct jwe_pieces *p)
{
	free(p->header);
	free(p->key);
	free(p->iv);
	free(p->ciphertext);
	free(p->tag);
	free(p->header_json);
}

char *jwe_compact(const struct jwe_recipe *recipe)
{
	struct jwe_pieces p;
	char *out;

	jwe_encrypt(recipe, &p);
	out = x_asprintf("%s.%s.%s.%s.%s", p.header, p.key, p.iv, p.ciphertext, p.tag);
	jwe_pieces_release(&p);
	return out;
}

void key_generate(struct key_set *s, const char *what)
{
	struct err e = ERR_INIT;
	struct secret secret = SECRET_INIT;
	size_t bits = strtoul(what, NULL, 10);
	EVP_PKEY *pkey;
	BIO *bio;
	char *pem;

	if (bits) {
		secret_init(&secret, bits / 8);
		random_private(secret.data, bits / 8);
		secret.len = bits / 8;
		key_set_add_secret(s, &secret, what);
		secret_release(&secret);
		return;
	}
	pkey = generate(what);
	bio = BIO_new(BIO_s_mem());
	well(PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1);
	well(BIO_write(bio, "", 1) == 1);
	well(BIO_get_mem_data(bio, &pem) > 0);
	assert_well(key_set_add_pem(s, pem, strlen(pem), what, &e), &e);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
}
