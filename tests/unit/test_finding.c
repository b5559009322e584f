/* Findings: every rule has tokens that raise it and near misses that do not; the order; the words. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/hmac.h>

#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/token/explain.h"
#include "src/token/finding_seen.h"
#include "tests/lib/finding_cases.h"
#include "tests/lib/token_text.h"

static const struct finding_case *const tables[] = { finding_cases_form,      finding_cases_header,
						     finding_cases_signature, finding_cases_time,
						     finding_cases_claims,    finding_cases_privacy,
						     finding_cases_text,      finding_cases_key };

enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

static const char some_signature[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEA"
				     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQ";

static char *signed_text(const char *header, const char *claims, const char *secret)
{
	char *input = compact_text(header, claims, ""), *out;
	char signature[128];
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	HMAC(strstr(header, "HS512") ? EVP_sha512() : EVP_sha256(), secret, (int)strlen(secret),
	     (const unsigned char *)input, strlen(input) - 1, mac, &size);
	base64url_encode(signature, mac, size);
	out = x_asprintf("%s%s", input, signature);
	free(input);
	return out;
}

static char *case_text(const struct finding_case *c)
{
	char *header = quoted(c->jwe ? c->jwe : c->header ? c->header : GOOD_HEADER);
	char *claims = quoted(c->claims ? c->claims : GOOD_CLAIMS), *out;

	if (c->raw)
		out = quoted(c->raw);
	else if (c->jwe)
		out = compact_text(header, "", ".AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA");
	else if (c->signed_with)
		out = signed_text(header, claims, c->signed_with);
	else
		out = compact_text(header, claims, c->signature ? c->signature : some_signature);
	free(header);
	free(claims);
	return out;
}

static void keys_give(struct finding_world *w, const struct finding_case *c)
{
	struct secret secret = SECRET_INIT;
	struct err e = ERR_INIT;
	char *jwk = c->jwk ? quoted(c->jwk) : NULL;

	key_set_init(&w->keys);
	if (jwk)
		assert_well(key_set_add_jwk(&w->keys, jwk, strlen(jwk), "test", &e), &e);
	free(jwk);
	if (c->secret) {
		secret_set(&secret, c->secret, strlen(c->secret));
		key_set_add_secret(&w->keys, &secret, "test");
		secret_release(&secret);
	}
	if (!w->keys.count)
		return;
	w->in.keys = &w->keys;
	w->in.expected = &w->expected;
	w->in.checked = true;
	w->in.signature_valid = c->fits;
	w->in.key = c->fits ? &w->keys.keys[w->keys.count - 1] : NULL;
	w->expected.allow_weak_key = c->weak_allowed;
}

static void world_open(struct finding_world *w, const struct finding_case *c)
{
	char *text = case_text(c);

	memset(w, 0, sizeof(*w));
	jose_read(&w->token, text, strlen(text));
	free(text);
	w->in.token = &w->token;
	w->in.now_ms = w->expected.now_ms = TEST_NOW;
	findings_init(&w->found);
	keys_give(w, c);
	if (c->prepare)
		c->prepare(w);
	findings_collect(&w->in, &w->found);
}

static void world_close(struct finding_world *w)
{
	findings_release(&w->found);
	key_set_release(&w->keys);
	jose_release(&w->token);
}

static const struct finding *found(const struct finding_world *w, const char *id, const char *text)
{
	for (size_t i = 0; i < w->found.count; i++)
		if (strcmp(w->found.list[i].rule->id, id) == 0 &&
		    (!text || strstr(w->found.list[i].text, text)))
			return &w->found.list[i];
	return NULL;
}

static void print_world(const struct finding_world *w, const struct finding_case *c)
{
	print_error("%s, to be raised: %s: %s\n", c->id, c->raised ? "yes" : "no", w->token.text);
	for (size_t i = 0; i < w->found.count; i++)
		print_error("  %s: %s\n", w->found.list[i].rule->id, w->found.list[i].text);
}

static void cases_run(void **state)
{
	const struct finding_case *c = *state;
	size_t wrong = 0;

	for (; c->id; c++) {
		struct finding_world w;

		assert_non_null(finding_rule_find(c->id));
		world_open(&w, c);
		if ((found(&w, c->id, c->text) != NULL) != c->raised) {
			print_world(&w, c);
			wrong++;
		}
		world_close(&w);
	}
	assert_int_equal(wrong, 0);
}

static bool case_there(const char *id, bool raised)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct finding_case *c = tables[t]; c->id; c++)
			if (c->raised == raised && strcmp(c->id, id) == 0)
				return true;
	return false;
}

static void every_rule_has_a_token_that_raises_it_and_one_that_does_not(void **state)
{
	size_t lacking = 0;

	(void)state;
	for (size_t i = 0; finding_rules[i]; i++)
		for (int raised = 0; raised < 2; raised++)
			if (!case_there(finding_rules[i]->id, raised)) {
				print_error("%s: no case\n", finding_rules[i]->id);
				lacking++;
			}
	assert_int_equal(lacking, 0);
}

static void every_rule_is_complete_and_its_id_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; finding_rules[i]; i++) {
		const struct finding_rule *r = finding_rules[i];

		assert_ptr_equal(finding_rule_find(r->id), r);
		assert_non_null(r->summary);
		assert_null(strpbrk(r->summary, "\n"));
		assert_int_equal(strspn(r->id, "abcdefghijklmnopqrstuvwxyz0123456789-"),
				 strlen(r->id));
		assert_true(r->remedy || r->severity == SEVERITY_INFO);
	}
	assert_null(finding_rule_find("unheard-of"));
}

static void names_are_in_the_order_that_they_are_searched_in(void **state)
{
	const struct seen_name *n = seen_claim_names;

	(void)state;
	for (size_t i = 1; i < seen_claim_count; i++)
		assert_true(n[i - 1].len < n[i].len ||
			    (n[i - 1].len == n[i].len && strcmp(n[i - 1].name, n[i].name) < 0));
	n = seen_header_names;
	for (size_t i = 1; i < seen_header_count; i++)
		assert_true(n[i - 1].len < n[i].len ||
			    (n[i - 1].len == n[i].len && strcmp(n[i - 1].name, n[i].name) < 0));
}

static void personal_data_is_the_same_to_findings_and_explanations(void **state)
{
	const struct explained *e;

	(void)state;
	for (size_t i = 0; (e = explain_at(EXPLAIN_CLAIM, i)); i++) {
		const struct seen_text name = { e->name, strlen(e->name) };

		if (seen_personal_name(name, true) != e->is_personal)
			fail_msg("\"%s\" is personal for one of both", e->name);
	}
}

static void a_plain_access_token_has_nothing_wrong(void **state)
{
	static const struct finding_case good = { .id = "" };
	struct finding_world w;

	(void)state;
	world_open(&w, &good);
	if (findings_worst(&w.found) != SEVERITY_INFO)
		print_world(&w, &good);
	assert_int_equal(findings_worst(&w.found), SEVERITY_INFO);
	world_close(&w);
}

static void the_most_severe_come_first_and_equals_keep_their_order(void **state)
{
	static const struct finding_case bad = {
		.id = "",
		.header = "{\"alg\":\"none\",\"jku\":\"x\",\"x5u\":\"y\",\"crit\":[],\"kid\":1}"
	};
	struct finding_world w;
	size_t jku = SIZE_MAX;

	(void)state;
	world_open(&w, &bad);
	assert_string_equal(w.found.list[0].rule->id, "alg-none");
	for (size_t i = 1; i < w.found.count; i++) {
		assert_true(w.found.list[i - 1].severity >= w.found.list[i].severity);
		if (strstr(w.found.list[i].text, "jku"))
			jku = i;
		if (strstr(w.found.list[i].text, "x5u"))
			assert_int_equal(i, jku + 1);
	}
	assert_int_not_equal(jku, SIZE_MAX);
	assert_int_equal(findings_worst(&w.found), SEVERITY_CRITICAL);
	world_close(&w);
}

static void what_comes_from_outside_is_shown_safely_and_shortened(void **state)
{
	static const struct finding_case hostile = {
		.id = "",
		.header =
			"{\"alg\":\"ES256\",\"jku\":\"\xE2\x80\xAE\x7F"
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			"\",\"kid\":\"\\u001b]0;x\"}"
	};
	struct finding_world w;
	const struct finding *f;

	(void)state;
	world_open(&w, &hostile);
	f = found(&w, "jku-remote", NULL);
	assert_non_null(f);
	assert_non_null(strstr(f->text, "<U+202E><U+007F>aaa"));
	assert_non_null(strstr(f->text, "…"));
	assert_true(strlen(f->text) < 200);
	f = found(&w, "kid-suspicious", NULL);
	assert_non_null(f);
	assert_non_null(strstr(f->text, "\\u001b"));
	world_close(&w);
}

static void no_more_are_kept_than_fit(void **state)
{
	const struct finding_rule *rule = finding_rule_find("alg-none");
	struct findings f;

	(void)state;
	findings_init(&f);
	assert_int_equal(findings_worst(&f), SEVERITY_INFO);
	for (int i = 0; i < FINDINGS_MAX + 10; i++)
		finding_add_as(&f, rule, SEVERITY_WARNING, "%d", i);
	assert_int_equal(f.count, FINDINGS_MAX);
	assert_int_equal(findings_worst(&f), SEVERITY_WARNING);
	findings_release(&f);
	findings_release(&f);
}

static void many_small_ones_do_not_hide_a_grave_one(void **state)
{
	const struct finding_rule *rule = finding_rule_find("alg-none");
	struct findings f;

	(void)state;
	findings_init(&f);
	for (int i = 0; i < FINDINGS_MAX; i++)
		finding_add_as(&f, rule, i % 2 ? SEVERITY_INFO : SEVERITY_WARNING, "%d", i);
	finding_add_as(&f, rule, SEVERITY_ERROR, "grave");
	assert_int_equal(f.count, FINDINGS_MAX);
	assert_int_equal(findings_worst(&f), SEVERITY_ERROR);
	assert_string_equal(f.list[FINDINGS_MAX - 1].text, "grave");
	assert_string_equal(f.list[FINDINGS_MAX - 2].text, "126");
	for (int i = 0; i < FINDINGS_MAX; i++)
		finding_add_as(&f, rule, SEVERITY_ERROR, "%d", i);
	finding_add_as(&f, rule, SEVERITY_WARNING, "left out");
	for (size_t i = 0; i < f.count; i++)
		assert_int_equal(f.list[i].severity, SEVERITY_ERROR);
	findings_release(&f);
}

static void severities_have_names(void **state)
{
	(void)state;
	assert_string_equal(severity_name(SEVERITY_INFO), "info");
	assert_string_equal(severity_name(SEVERITY_WARNING), "warning");
	assert_string_equal(severity_name(SEVERITY_ERROR), "error");
	assert_string_equal(severity_name(SEVERITY_CRITICAL), "critical");
}

#define CASES(what, table)                                                                  \
	{                                                                                   \
		.name = what " are found, and near misses are not", .test_func = cases_run, \
		.initial_state = (void *)(uintptr_t)(table)                                 \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASES("faults of form", finding_cases_form),
		CASES("faults of headers", finding_cases_header),
		CASES("faults of signatures", finding_cases_signature),
		CASES("faults of times", finding_cases_time),
		CASES("faults of claims", finding_cases_claims),
		CASES("what should not be told", finding_cases_privacy),
		CASES("what is not what it looks like", finding_cases_text),
		CASES("faults of keys", finding_cases_key),
		cmocka_unit_test(every_rule_has_a_token_that_raises_it_and_one_that_does_not),
		cmocka_unit_test(every_rule_is_complete_and_its_id_its_own),
		cmocka_unit_test(names_are_in_the_order_that_they_are_searched_in),
		cmocka_unit_test(personal_data_is_the_same_to_findings_and_explanations),
		cmocka_unit_test(a_plain_access_token_has_nothing_wrong),
		cmocka_unit_test(the_most_severe_come_first_and_equals_keep_their_order),
		cmocka_unit_test(what_comes_from_outside_is_shown_safely_and_shortened),
		cmocka_unit_test(no_more_are_kept_than_fit),
		cmocka_unit_test(many_small_ones_do_not_hide_a_grave_one),
		cmocka_unit_test(severities_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
