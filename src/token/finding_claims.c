/* Findings about who issued a token, for whom, and what it is bound to. */
#include "src/token/finding_rules.h"

#include <string.h>

#include <openssl/evp.h>

#include "src/base/encode.h"
#include "src/base/text.h"
#include "src/token/finding_seen.h"

enum { SUB_MOST = 255, HASH_MOST = 64 };

static const struct lossless *claims_of(const struct inspection *in)
{
	return &in->token->claims;
}

/* Says so where a kind of token that has this claim lacks it. */
static bool lacks(const struct inspection *in, enum seen_claim which, unsigned want)
{
	return !seen_claim(in, which) && in->seen->wants & want;
}

/* --- issuer ------------------------------------------------------------------------------------- */

static void look_iss_missing(const struct inspection *in, const struct finding_rule *rule,
			     struct findings *out)
{
	if (lacks(in, CLAIM_ISS, WANTS_ISS))
		finding_add(out, rule, "no iss: nobody says who issued it");
}

const struct finding_rule finding_iss_missing = {
	.id = "iss-missing",
	.severity = SEVERITY_WARNING,
	.summary = "no \"iss\"",
	.remedy = "let the issuer name itself, and compare it with the issuer of the key",
	.source = "RFC 8725 3.8",
	.about = ABOUT_CLAIMS,
	.look = look_iss_missing,
};

static void look_iss_http(const struct inspection *in, const struct finding_rule *rule,
			  struct findings *out)
{
	const struct lossless_value *iss = seen_claim(in, CLAIM_ISS);
	struct buf room = BUF_INIT(JOSE_MAX);
	char shown[SHOWN_SIZE];

	if (seen_text_begins(seen_text(claims_of(in), iss, &room), "http://"))
		finding_add(out, rule, "iss is an http address: %s",
			    seen_show(shown, claims_of(in), iss));
	buf_release(&room);
}

const struct finding_rule finding_iss_http = {
	.id = "iss-http",
	.severity = SEVERITY_WARNING,
	.summary = "\"iss\" is an http address",
	.remedy = "use https: over http anybody on the way can give out other keys",
	.source = "OIDC Core 2",
	.about = ABOUT_CLAIMS,
	.look = look_iss_http,
};

static void look_claim_type(const struct inspection *in, const struct finding_rule *rule,
			    struct findings *out)
{
	static const struct {
		enum seen_claim which;
		const char *name;
	} strings[] = { { CLAIM_ISS, "iss" },
			{ CLAIM_SUB, "sub" },
			{ CLAIM_JTI, "jti" },
			{ CLAIM_AZP, "azp" },
			{ CLAIM_CLIENT_ID, "client_id" },
			{ CLAIM_SCOPE, "scope" } };
	char shown[SHOWN_SIZE];

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		const struct lossless_value *v = seen_claim(in, strings[i].which);

		if (v && v->type != LOSSLESS_STRING)
			finding_add(out, rule, "%s is no string: %s", strings[i].name,
				    seen_show(shown, claims_of(in), v));
	}
}

const struct finding_rule finding_claim_type = {
	.id = "claim-type",
	.severity = SEVERITY_WARNING,
	.summary = "\"iss\", \"sub\", \"jti\", \"azp\", \"client_id\" or \"scope\" is not a string",
	.remedy = "the issuer must write it as a string: some libraries refuse the token",
	.source = "RFC 7519 4.1",
	.about = ABOUT_CLAIMS,
	.look = look_claim_type,
};

/* --- audience ----------------------------------------------------------------------------------- */

static void look_aud_missing(const struct inspection *in, const struct finding_rule *rule,
			     struct findings *out)
{
	if (lacks(in, CLAIM_AUD, WANTS_AUD))
		finding_add(out, rule, "no aud: any service may take it for its own");
}

const struct finding_rule finding_aud_missing = {
	.id = "aud-missing",
	.severity = SEVERITY_WARNING,
	.summary = "no \"aud\": any service may take it",
	.remedy = "let the issuer name your API, and refuse tokens that name another",
	.source = "RFC 8725 3.9",
	.about = ABOUT_CLAIMS,
	.look = look_aud_missing,
};

/* What is wrong with one audience; NULL: nothing. */
static const char *audience_fault(const struct lossless *l, const struct lossless_value *v)
{
	const char *text = l->text + v->begin + 1;

	if (v->type != LOSSLESS_STRING)
		return "has what is no string";
	if (v->end - v->begin == 2)
		return "has an empty name";
	if (!v->escaped && memchr(text, '*', v->end - v->begin - 2))
		return "has a wildcard";
	return lossless_equals(l, v, "*", 1) ? "has a wildcard" : NULL;
}

static void look_aud_odd(const struct inspection *in, const struct finding_rule *rule,
			 struct findings *out)
{
	const struct lossless_value *aud = seen_claim(in, CLAIM_AUD), *v;
	const char *why = NULL;
	char shown[SHOWN_SIZE];

	if (!aud)
		return;
	if (aud->type == LOSSLESS_STRING) {
		why = audience_fault(claims_of(in), aud);
	} else if (aud->type != LOSSLESS_ARRAY) {
		why = "is neither a string nor strings";
	} else if (!aud->count) {
		why = "is an empty list";
	} else {
		v = lossless_child(claims_of(in), aud);
		for (; v && !why; v = lossless_next(claims_of(in), v))
			why = audience_fault(claims_of(in), v);
	}
	if (why)
		finding_add(out, rule, "aud %s: %s", why, seen_show(shown, claims_of(in), aud));
}

const struct finding_rule finding_aud_odd = {
	.id = "aud-odd",
	.severity = SEVERITY_ERROR,
	.summary = "\"aud\" is empty, has a wildcard, or is neither a string nor strings",
	.remedy = "let the issuer name each service in full",
	.source = "RFC 7519 4.1.3",
	.about = ABOUT_CLAIMS,
	.look = look_aud_odd,
};

static void look_azp(const struct inspection *in, const struct finding_rule *rule,
		     struct findings *out)
{
	const struct lossless_value *aud = seen_claim(in, CLAIM_AUD);

	if (in->seen->use == USE_ID && aud && aud->type == LOSSLESS_ARRAY && aud->count > 1 &&
	    !seen_claim(in, CLAIM_AZP))
		finding_add(out, rule,
			    "an ID token for %u audiences, and no azp says who asked for it",
			    aud->count);
}

const struct finding_rule finding_azp_missing = {
	.id = "azp-missing",
	.severity = SEVERITY_WARNING,
	.summary = "several audiences and no \"azp\" in an ID token",
	.remedy = "one audience an ID token, your client's id; or have azp set and check it",
	.source = "OIDC Core 2",
	.about = ABOUT_CLAIMS,
	.look = look_azp,
};

/* --- subject, id, client -------------------------------------------------------------------------- */

static void look_sub_missing(const struct inspection *in, const struct finding_rule *rule,
			     struct findings *out)
{
	if (lacks(in, CLAIM_SUB, WANTS_SUB))
		finding_add(out, rule, "no sub: it is about nobody");
}

const struct finding_rule finding_sub_missing = {
	.id = "sub-missing",
	.severity = SEVERITY_INFO,
	.summary = "no \"sub\"",
	.remedy = "let the issuer say whom it is about; a client that acts for itself is its own "
		  "subject",
	.source = "RFC 8725 3.8",
	.about = ABOUT_CLAIMS,
	.look = look_sub_missing,
};

static void look_sub_long(const struct inspection *in, const struct finding_rule *rule,
			  struct findings *out)
{
	const struct lossless_value *sub = seen_claim(in, CLAIM_SUB);
	struct buf room = BUF_INIT(JOSE_MAX);
	struct seen_text t;
	size_t count = 0;

	if (!seen_is_string(sub) || sub->end - sub->begin - 2 <= SUB_MOST)
		return;
	t = seen_text(claims_of(in), sub, &room);
	for (size_t i = 0; i < t.len; i++)
		count += ((unsigned char)t.at[i] & 0xC0) != 0x80;
	if (count > SUB_MOST)
		finding_add(out, rule, "sub has %zu characters; %d are allowed", count, SUB_MOST);
	buf_release(&room);
}

const struct finding_rule finding_sub_long = {
	.id = "sub-long",
	.severity = SEVERITY_WARNING,
	.summary = "\"sub\" has over 255 characters",
	.remedy = "shorten it at the issuer: databases cut it, and two users become one",
	.source = "OIDC Core 2",
	.about = ABOUT_CLAIMS,
	.look = look_sub_long,
};

static void look_jti(const struct inspection *in, const struct finding_rule *rule,
		     struct findings *out)
{
	if (lacks(in, CLAIM_JTI, WANTS_JTI))
		finding_add(out, rule, "no jti: it can't be told apart from its copies in a log");
}

const struct finding_rule finding_jti_missing = {
	.id = "jti-missing",
	.severity = SEVERITY_INFO,
	.summary = "no \"jti\" in an access token",
	.remedy = "let the issuer number its tokens: for logs, and to refuse one of them",
	.source = "RFC 9068 2.2",
	.about = ABOUT_CLAIMS,
	.look = look_jti,
};

static void look_client(const struct inspection *in, const struct finding_rule *rule,
			struct findings *out)
{
	if (lacks(in, CLAIM_CLIENT_ID, WANTS_ALL_OF_9068))
		finding_add(out, rule, "no client_id: it does not say which client asked for it");
}

const struct finding_rule finding_client_missing = {
	.id = "client-missing",
	.severity = SEVERITY_WARNING,
	.summary = "at+jwt without \"client_id\"",
	.remedy = "let the issuer name the client",
	.source = "RFC 9068 2.2",
	.about = ABOUT_CLAIMS,
	.look = look_client,
};

static void look_at_claims(const struct inspection *in, const struct finding_rule *rule,
			   struct findings *out)
{
	static const struct {
		enum seen_claim which;
		const char *name;
	} all[] = { { CLAIM_ISS, "iss" },
		    { CLAIM_EXP, "exp" },
		    { CLAIM_AUD, "aud" },
		    { CLAIM_SUB, "sub" },
		    { CLAIM_CLIENT_ID, "client_id" },
		    { CLAIM_IAT, "iat" },
		    { CLAIM_JTI, "jti" } };
	struct buf lacking = BUF_INIT(128);

	if (!(in->seen->wants & WANTS_ALL_OF_9068))
		return;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!seen_claim(in, all[i].which))
			buf_addf(&lacking, "%s%s", lacking.len ? ", " : "", all[i].name);
	if (lacking.len)
		finding_add(out, rule, "an access token of RFC 9068 lacks %s", buf_text(&lacking));
	buf_release(&lacking);
}

const struct finding_rule finding_at_claims = {
	.id = "at-claims",
	.severity = SEVERITY_ERROR,
	.summary = "at+jwt lacks one of \"iss exp aud sub client_id iat jti\"",
	.remedy = "let the issuer set what it promises by typ at+jwt",
	.source = "RFC 9068 2.2",
	.about = ABOUT_CLAIMS,
	.look = look_at_claims,
};

/* --- what it is bound to ----------------------------------------------------------------------------- */

/* How cnf binds it, in words; NULL: by nothing that is known. */
static const char *binding_words(const struct lossless *l, const struct lossless_value *cnf)
{
	static const char *const ways[][2] = {
		{ "jkt", "to a DPoP key (jkt)" },
		{ "x5t#S256", "to a client certificate (x5t#S256)" },
		{ "jwk", "to a key that stands in it (jwk)" },
		{ "jwe", "to a secret that stands in it, encrypted (jwe)" },
		{ "jku", "to a key at an address (jku)" },
		{ "kid", "to a key known by its id (kid)" },
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (lossless_find(l, cnf, ways[i][0]))
			return ways[i][1];
	return NULL;
}

static void look_bearer(const struct inspection *in, const struct finding_rule *rule,
			struct findings *out)
{
	const struct lossless_value *cnf = seen_claim(in, CLAIM_CNF);
	const char *words = cnf ? binding_words(claims_of(in), cnf) : NULL;

	if (words)
		finding_add(out, rule, "bound %s: worth nothing without it", words);
	else if (cnf)
		finding_add(out, rule, "cnf binds it to nothing that is known");
	else if (in->seen->use == USE_ACCESS || in->seen->use == USE_UNKNOWN)
		finding_add(out, rule, "whoever holds it can use it: no cnf");
}

const struct finding_rule finding_bearer = {
	.id = "bearer",
	.severity = SEVERITY_INFO,
	.summary = "no \"cnf\": whoever has it can use it; with \"cnf\", how it is bound",
	.remedy = "bind it to the client's key: DPoP, or mutual TLS",
	.source = "RFC 7800, RFC 9449",
	.about = ABOUT_CLAIMS,
	.look = look_bearer,
};

/* --- hashes of what came with an ID token ---------------------------------------------------------------- */

/* The hash that goes with the signature; NULL: not told by the algorithm. */
static const EVP_MD *hash_of(const struct algorithm *a)
{
	static const struct {
		const char *name;
		const EVP_MD *(*md)(void);
	} digests[] = { { "SHA256", EVP_sha256 },
			{ "SHA384", EVP_sha384 },
			{ "SHA512", EVP_sha512 } };

	if (a && a->family == FAMILY_EDDSA)
		return a->signature_bytes == 64 ? EVP_sha512() : NULL;
	for (size_t i = 0; a && a->digest && i < sizeof(digests) / sizeof(digests[0]); i++)
		if (strcmp(a->digest, digests[i].name) == 0)
			return digests[i].md();
	return NULL;
}

/* The left half of the hash of `sibling`, base64url; false when it can't be made. */
static bool half_hash(char out[HASH_MOST], const EVP_MD *md, const char *sibling)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	if (EVP_Digest(sibling, strlen(sibling), digest, &size, md, NULL) != 1)
		return false;
	base64url_encode(out, digest, size / 2);
	return true;
}

static void hash_look(const struct inspection *in, const struct finding_rule *rule,
		      struct findings *out, enum seen_claim which, const char *name,
		      const char *sibling, const char *of)
{
	const struct lossless_value *v = seen_claim(in, which);
	const EVP_MD *md;
	char hash[HASH_MOST];
	size_t length;

	if (!v || !in->seen->count)
		return;
	md = hash_of(in->seen->parts[0].algorithm);
	if (!md)
		return;
	length = base64url_size((size_t)EVP_MD_get_size(md) / 2) - 1;
	if (v->type != LOSSLESS_STRING || (!v->escaped && v->end - v->begin - 2 != length))
		finding_add(out, rule, "%s is not of the length that %s makes: %zu characters",
			    name, in->seen->parts[0].algorithm->name, length);
	else if (sibling && half_hash(hash, md, sibling) &&
		 !lossless_equals(claims_of(in), v, hash, strlen(hash)))
		finding_add(out, rule, "%s is not the hash of the %s beside it", name, of);
}

static void look_hash(const struct inspection *in, const struct finding_rule *rule,
		      struct findings *out)
{
	hash_look(in, rule, out, CLAIM_AT_HASH, "at_hash", in->access_token, "access token");
	hash_look(in, rule, out, CLAIM_C_HASH, "c_hash", in->code, "code");
}

const struct finding_rule finding_oidc_hash = {
	.id = "oidc-hash",
	.severity = SEVERITY_WARNING,
	.summary = "\"at_hash\" or \"c_hash\" is not that of the access token or code beside it, "
		   "or not of "
		   "its length",
	.remedy = "refuse the pair: the two were not issued together",
	.source = "OIDC Core 3.1.3.6",
	.about = ABOUT_CLAIMS,
	.look = look_hash,
};
