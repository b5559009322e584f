/* Tokens for tests of verdicts, and looking at what was decided. */
#include "tests/lib/verdict_cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/token/jws.h"
#include "tests/lib/support.h"
#include "tests/lib/token_text.h"

struct key_set secret_key;
const struct expectations nothing = { .now_ms = TEST_NOW };
const struct expectations taken_as_is = { .now_ms = TEST_NOW, .no_claims = true };

const char key_text[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

int verdict_keys_make(void **state)
{
	struct secret s = SECRET_INIT;

	(void)state;
	key_set_init(&secret_key);
	secret_set(&s, key_text, strlen(key_text));
	key_set_add_secret(&secret_key, &s, "secret");
	secret_release(&s);
	return 0;
}

int verdict_keys_free(void **state)
{
	(void)state;
	key_set_release(&secret_key);
	return 0;
}

/* --- making tokens ------------------------------------------------------------------------------- */

/* The base64url of a signature over `message`. */
char *signed_by(struct jose_key *k, const char *alg, const char *message)
{
	const struct algorithm *a = algorithm_find(alg, strlen(alg));
	const struct span parts[] = { { message, strlen(message) } };
	struct buf raw = BUF_INIT(1024);
	struct err e = ERR_INIT;
	char *out;

	assert_well(jws_sign(k, a, parts, 1, &raw, &e), &e);
	out = x_malloc(base64url_size(raw.len));
	base64url_encode(out, raw.data, raw.len);
	buf_release(&raw);
	return out;
}

/* A compact token of texts with "'" for """, signed with the secret. */
char *signed_token(const char *header, const char *payload)
{
	char *h = quoted(header), *p = quoted(payload), *h64 = base64url_text(h);
	char *p64 = base64url_text(p), *message = x_asprintf("%s.%s", h64, p64);
	char *signature = signed_by(&secret_key.keys[0], "HS256", message);
	char *out = x_asprintf("%s.%s", message, signature);

	free(h);
	free(p);
	free(h64);
	free(p64);
	free(message);
	free(signature);
	return out;
}

/* --- looking at verdicts ---------------------------------------------------------------------------- */

void decide(struct verdict *v, const char *text, struct key_set *keys, const struct expectations *x)
{
	struct jose t;

	jose_read(&t, text, strlen(text));
	token_verify(&t, keys, x, v);
	jose_release(&t);
}

bool has_check(const struct verdict *v, const char *name, enum check_result result,
	       const char *words)
{
	for (size_t i = 0; i < v->count; i++)
		if (strcmp(v->checks[i].name, name) == 0 && v->checks[i].result == result &&
		    strstr(v->checks[i].detail, words))
			return true;
	return false;
}

bool has_finding(const struct verdict *v, const char *id)
{
	for (size_t i = 0; i < v->findings.count; i++)
		if (strcmp(v->findings.list[i].rule->id, id) == 0)
			return true;
	return false;
}

void verdict_tell(const struct verdict *v, const char *what)
{
	print_message("%s: valid %d, signature %s\n", what, v->valid, signature_name(v->signature));
	for (size_t i = 0; i < v->count; i++)
		print_message("  %s %s: %s\n", v->checks[i].name, check_name(v->checks[i].result),
			      v->checks[i].detail);
	for (size_t i = 0; i < v->findings.count; i++)
		print_message("  finding %s: %s\n", v->findings.list[i].rule->id,
			      v->findings.list[i].text);
}

/* Decided, the text being a whole token: the check has this result, with these words. What fails
 * is never valid, and what does not is. */
void assert_text_check(const char *text, struct key_set *keys, const struct expectations *x,
		       const char *name, enum check_result result, const char *words)
{
	struct verdict v;

	decide(&v, text, keys, x);
	if (!has_check(&v, name, result, words) || v.valid != (result != CHECK_FAILED)) {
		verdict_tell(&v, text);
		fail_msg("no %s %s with \"%s\"", name, check_name(result), words);
	}
	findings_release(&v.findings);
}

void assert_check(const char *header, const char *claims, const struct expectations *x,
		  const char *name, enum check_result result, const char *words)
{
	char *text = signed_token(header, claims);

	assert_text_check(text, &secret_key, x, name, result, words);
	free(text);
}
