/* Findings about tokens that are made to hurt: nothing to look at, or far too much. */
#include "tests/lib/support.h"

#include <string.h>

#include "src/base/base64.h"
#include "src/token/finding.h"

static void collect(struct findings *f, const char *text, size_t len)
{
	struct inspection in = { .now_ms = TEST_NOW };
	struct jose token;

	jose_read(&token, text, len);
	in.token = &token;
	findings_init(f);
	findings_collect(&in, f);
	jose_release(&token);
}

static bool raised(const struct findings *f, const char *id, const char *text)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->list[i].rule->id, id) == 0 && strstr(f->list[i].text, text))
			return true;
	return false;
}

/* A list of signatures or recipients of which nothing can be read leaves no part to look at. */
static void a_token_without_parts_is_looked_at(void **state)
{
	static const char *const texts[] = {
		"",
		"{",
		"{}",
		"{\"payload\":\"JofH\",\"signatures\":{\"x",
		"{\"payload\":\"JofH\",\"signatures\":[]}",
		"{\"payload\":\"JofH\",\"signatures\":1}",
		"{\"ciphertext\":\"JofH\",\"recipients\":[]}",
		"{\"ciphertext\":\"JofH\",\"recipients\":{}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct findings f;

		collect(&f, texts[i], strlen(texts[i]));
		assert_true(findings_worst(&f) >= SEVERITY_ERROR);
		findings_release(&f);
	}
}

/* Elements of crit are compared one with each other: there is an end to that. */
static void a_long_crit_is_not_compared(void **state)
{
	struct buf header = BUF_INIT(JOSE_MAX), token = BUF_INIT(JOSE_MAX);
	struct findings f;
	char *encoded;

	(void)state;
	buf_add_text(&header, "{\"alg\":\"HS256\",\"crit\":[\"n0\"");
	for (int i = 1; i < 100; i++)
		buf_addf(&header, ",\"n%d\"", i);
	buf_add_text(&header, "]}");
	encoded = malloc(base64url_size(header.len));
	assert_non_null(encoded);
	base64url_encode(encoded, header.data, header.len);
	buf_addf(&token, "%s.e30.AAAA", encoded);
	collect(&f, buf_text(&token), token.len);
	assert_true(raised(&f, "crit-malformed", "more than 64"));
	findings_release(&f);
	free(encoded);
	buf_release(&token);
	buf_release(&header);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_without_parts_is_looked_at),
		cmocka_unit_test(a_long_crit_is_not_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
