/* The decision whether a presented secret is good. What is not known goes through the same motions
 * as what is, so that neither answer nor time tells a stranger which secrets exist. */
#include "src/app/verify.h"

#include "src/app/rules.h"
#include "src/base/secret_format.h"

static const char *const code_names[] = {
	[VERIFY_MALFORMED] = "MALFORMED",
	[VERIFY_NOT_FOUND] = "NOT_FOUND",
	[VERIFY_REVOKED] = "REVOKED",
	[VERIFY_RETIRED] = "RETIRED",
	[VERIFY_DISABLED] = "DISABLED",
	[VERIFY_NOT_YET_VALID] = "NOT_YET_VALID",
	[VERIFY_EXPIRED] = "EXPIRED",
	[VERIFY_ADDRESS_DENIED] = "ADDRESS_DENIED",
	[VERIFY_INSUFFICIENT_SCOPE] = "INSUFFICIENT_SCOPE",
	[VERIFY_RATE_LIMITED] = "RATE_LIMITED",
	[VERIFY_VALID] = "VALID",
};

const char *verify_code_name(enum verify_code code)
{
	return code_names[code];
}

void verify_result_init(struct verify_result *r)
{
	*r = (struct verify_result){ .code = VERIFY_MALFORMED, .valid_until = TIME_NONE };
	key_init(&r->key);
}

void verify_result_release(struct verify_result *r)
{
	key_release(&r->key);
}

/* By public secret id, then the MAC over the whole secret. An unknown id is compared against zeros
 * under the current ring key: no MAC is all zeros. */
static enum errc find_own(struct store *s, const char *secret, size_t len, const char *secret_id,
			  struct verify_result *r, struct err *e)
{
	static const uint8_t zeros[MAC_SIZE];
	uint8_t mac[MAC_SIZE];
	enum errc found = version_by_secret_id(s, secret_id, &r->version, &r->key, e);
	bool there = found == ERR_OK && r->version.kind == VERSION_OWN;
	enum errc rc;

	if (found && found != ERR_NOT_FOUND)
		return found;
	rc = store_secret_mac(s, mac, there ? r->version.secret_ring : store_ring(s), secret_id,
			      secret, len, e);
	if (!rc)
		r->known = bytes_equal(mac, there ? r->version.secret_mac : zeros, MAC_SIZE);
	return rc;
}

/* By the HMAC over the secret's digest, which is look-up value and proof in one. */
static enum errc find_foreign(struct store *s, const char *secret, size_t len,
			      struct verify_result *r, struct err *e)
{
	const struct span whole = { secret, len };
	uint8_t digest[SHA256_SIZE];
	enum errc rc;

	sha256(digest, &whole, 1);
	rc = version_by_digest(s, digest, &r->version, &r->key, e);
	r->known = rc == ERR_OK;
	return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

enum errc verify_find(struct store *s, const char *secret, size_t len, struct verify_result *r,
		      struct err *e)
{
	struct secret_parts parts;
	enum secret_shape shape = secret_parse(secret, len, &parts);
	enum errc rc = ERR_OK;

	r->known = false;
	r->retiring = false;
	r->valid_until = TIME_NONE;
	r->code = VERIFY_MALFORMED;
	if (shape == SECRET_UNPRESENTABLE || shape == SECRET_MISTYPED)
		return ERR_OK;
	if (shape == SECRET_OWN)
		rc = find_own(s, secret, len, parts.secret_id, r, e);
	/* A secret of another store of authrack may have been imported. */
	if (!rc && !r->known)
		rc = find_foreign(s, secret, len, r, e);
	if (r->known && (r->version.state == VERSION_PENDING || r->key.status == KEY_PENDING))
		r->known = false;
	r->code = r->known ? VERIFY_VALID : VERIFY_NOT_FOUND;
	return rc;
}

static bool is_over(int64_t end, int64_t at)
{
	return end != TIME_NONE && at >= end;
}

static bool address_denied(const struct key *k, const struct address *a)
{
	return *k->allow_from && (!a || !ranges_contain(k->allow_from, a));
}

static bool scopes_missing(const struct key *k, const struct verify_request *q)
{
	for (size_t i = 0; i < q->scope_count; i++)
		if (!scopes_grant(k->scopes, q->scopes[i]))
			return true;
	return false;
}

/* The codes in the order of the contract; the caller is known to have the secret. */
static enum verify_code decide(const struct verify_request *q, const struct key *k,
			       const struct key_version *v, int64_t at)
{
	if (k->status == KEY_REVOKED)
		return VERIFY_REVOKED;
	if (v->state != VERSION_LIVE || is_over(v->valid_until, at))
		return VERIFY_RETIRED;
	if (k->status != KEY_ACTIVE)
		return VERIFY_DISABLED;
	if (k->not_before != TIME_NONE && at < k->not_before)
		return VERIFY_NOT_YET_VALID;
	if (is_over(k->expires_at, at))
		return VERIFY_EXPIRED;
	if (address_denied(k, q->address))
		return VERIFY_ADDRESS_DENIED;
	if (scopes_missing(k, q))
		return VERIFY_INSUFFICIENT_SCOPE;
	return VERIFY_VALID;
}

static int64_t earlier(int64_t a, int64_t b)
{
	if (a == TIME_NONE)
		return b;
	return b == TIME_NONE || a < b ? a : b;
}

static enum errc refuse_altered(const struct key *k, struct err *e)
{
	err_set(e, ERR_STORE, "key %s \"%s\" was altered outside authrack", k->id, k->name);
	return err_hint(e, "it verifies no more; run store check, and revoke it");
}

void verify_decide(const struct verify_request *q, struct verify_result *r)
{
	r->code = decide(q, &r->key, &r->version, q->at);
	r->retiring = r->code == VERIFY_VALID && r->version.number != r->key.version;
	r->valid_until = earlier(r->version.valid_until, r->key.expires_at);
}

enum errc key_verify(struct store *s, const struct verify_request *q, struct verify_result *r,
		     struct err *e)
{
	struct verify_request now = *q;
	enum errc rc = verify_find(s, q->secret, q->len, r, e);

	if (rc || !r->known)
		return rc;
	if (r->key.altered || r->version.altered)
		return refuse_altered(&r->key, e);
	if (now.at == TIME_NONE)
		now.at = store_now(s);
	verify_decide(&now, r);
	return ERR_OK;
}
