/* Other vendors' credentials: each shape is known, and what only looks like one is not. */
#include "tests/lib/support.h"

#include <stdio.h>
#include <string.h>

#include "src/token/foreign.h"
#include "src/base/encode.h"

static const char alnum[] = "Ab3dEf7hIj1lMn5pQr9tUv2xYz4BcD6eFgH8iJkL0mNoPqRsTuVwXyZaBcDeFgHiJkLmN"
			    "oPqRsTuVwXyZ0123456789aBcDeFgHiJkLmNoPqRsTuV";

/* LEAD, then `count` letters and digits. */
static const char *sample(const char *lead, size_t count)
{
	static char text[400];

	snprintf(text, sizeof(text), "%s%.*s", lead, (int)count, alnum);
	return text;
}

/* LEAD, 30 random characters and their checksum, as GitHub and npm make them. */
static const char *checked(const char *lead)
{
	static char text[64];
	char crc[7];

	crc32_base62(crc, alnum, 30);
	snprintf(text, sizeof(text), "%s%.30s%s", lead, alnum, crc);
	return text;
}

static const char *kind(const char *text)
{
	enum foreign_check check = FOREIGN_UNCHECKED;
	const struct foreign *f = foreign_identify(&check, text, strlen(text));

	return f ? f->id : "";
}

static void every_vendor_is_known_by_its_shape(void **state)
{
	static const struct {
		const char *lead;
		size_t count;
		const char *kind;
	} shapes[] = {
		{ "glpat-", 20, "gitlab" },	      { "gldt-", 20, "gitlab" },
		{ "sk_live_", 24, "stripe" },	      { "sk_test_", 24, "stripe" },
		{ "rk_live_", 99, "stripe" },	      { "whsec_", 32, "stripe" },
		{ "xoxb-1234567890-", 24, "slack" },  { "xoxp-1234567890-", 24, "slack" },
		{ "xapp-1-A0123-", 30, "slack" },     { "AIza", 35, "google" },
		{ "sk-ant-api03-", 90, "anthropic" }, { "github_pat_", 82, "github" },
		{ "sk-proj-T3BlbkFJ", 40, "openai" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		assert_string_equal(kind(sample(shapes[i].lead, shapes[i].count)), shapes[i].kind);
	assert_string_equal(kind("AKIAIOSFODNN7EXAMPLE"), "aws");
	assert_string_equal(kind("ASIAIOSFODNN7EXAMPLE"), "aws");
	assert_string_equal(kind("glpat-AbCdEfGhIjKlMnOpQrStUvWxYz0.01.0z1abcdef"), "gitlab");
	assert_string_equal(kind("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"), "jwt");
	assert_string_equal(kind("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."), "jwt");
}

static void a_string_that_is_short_long_or_of_other_characters_is_none(void **state)
{
	(void)state;
	assert_string_equal(kind(""), "");
	assert_string_equal(kind("glpat-short"), "");
	assert_string_equal(kind(sample("AIza", 34)), "");
	assert_string_equal(kind(sample("AIza", 36)), "");
	assert_string_equal(kind("AKIAIOSFODNN7EXAMPL"), "");
	assert_string_equal(kind("AKIAiosfodnn7example"), "");
	assert_string_equal(kind("AKIAIOSFODNN0EXAMPLE"), ""); /* 0 is no base32 digit */
	assert_string_equal(kind("sk-learn-is-a-python-library-for-machine-learning-0123"), "");
	assert_string_equal(kind("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0"), "");
	assert_string_equal(kind("eyJ.eyJ.x"), "");
	assert_string_equal(kind("xoxz-1234567890-aaaaaaaaaaaaaaaaaaaa"), "");
	assert_string_equal(kind("sk_live_0123456789abcdef 0"), "");
}

static void a_checksum_tells_a_real_one_from_an_example(void **state)
{
	static const char *const leads[] = { "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "npm_" };
	enum foreign_check check;
	char broken[64];

	(void)state;
	for (size_t i = 0; i < sizeof(leads) / sizeof(*leads); i++) {
		const char *good = checked(leads[i]);

		assert_non_null(foreign_identify(&check, good, strlen(good)));
		assert_int_equal(check, FOREIGN_GOOD);
		snprintf(broken, sizeof(broken), "%s", good);
		broken[10] = broken[10] == 'x' ? 'y' : 'x';
		assert_non_null(foreign_identify(&check, broken, strlen(broken)));
		assert_int_equal(check, FOREIGN_WRONG);
	}
}

/* The vector that GitHub's own write-up of the format is checked against everywhere. */
static void githubs_published_example_has_a_good_checksum(void **state)
{
	static const char token[] = "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";
	enum foreign_check check;

	(void)state;
	assert_non_null(foreign_identify(&check, token, strlen(token)));
	assert_int_equal(check, FOREIGN_GOOD);
}

static void a_match_ends_where_the_credential_does(void **state)
{
	static const char text[] = "AKIAIOSFODNN7EXAMPLE\nnext";
	const struct foreign *f = NULL;
	enum foreign_check check;

	(void)state;
	assert_int_equal(foreign_match(&f, &check, text, strlen(text)), 20);
	assert_string_equal(f->id, "aws");
	assert_null(foreign_identify(&check, text, strlen(text)));
}

static void a_mask_hides_sixteen_characters_or_all(void **state)
{
	char out[FOREIGN_MASK_SIZE];
	enum foreign_check check;
	const char *text = "AKIAIOSFODNN7EXAMPLE";
	const struct foreign *f = foreign_identify(&check, text, strlen(text));

	(void)state;
	foreign_mask(out, f, text, strlen(text));
	assert_string_equal(out, "AKIA…");
	text = sample("sk_live_", 24);
	f = foreign_identify(&check, text, strlen(text));
	foreign_mask(out, f, text, strlen(text));
	assert_int_equal(strlen(out), strlen("sk_live_…") + 4);
	assert_memory_equal(out + strlen("sk_live_…"), text + strlen(text) - 4, 4);
}

static void a_scanner_can_ask_what_may_begin_one(void **state)
{
	(void)state;
	for (const struct foreign *f = foreign_table; f->id; f++)
		if (*f->lead) {
			assert_true(foreign_begins_pasted((unsigned char)f->lead[0]));
			assert_true(f->paste_only || foreign_begins((unsigned char)f->lead[0]));
		}
	assert_false(foreign_begins('\0'));
	assert_false(foreign_begins('q'));
}

static void every_row_says_where_to_revoke(void **state)
{
	(void)state;
	for (const struct foreign *f = foreign_table; f->id; f++) {
		assert_non_null(f->name);
		assert_true(strlen(f->revoke) > 10);
		assert_true(strlen(f->power) > 10);
		for (const struct foreign *g = foreign_table; g < f; g++) /* reachable */
			if (!f->paste_only)
				assert_int_not_equal(strncmp(f->lead, g->lead, strlen(g->lead)), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vendor_is_known_by_its_shape),
		cmocka_unit_test(a_string_that_is_short_long_or_of_other_characters_is_none),
		cmocka_unit_test(a_checksum_tells_a_real_one_from_an_example),
		cmocka_unit_test(githubs_published_example_has_a_good_checksum),
		cmocka_unit_test(a_match_ends_where_the_credential_does),
		cmocka_unit_test(a_mask_hides_sixteen_characters_or_all),
		cmocka_unit_test(a_scanner_can_ask_what_may_begin_one),
		cmocka_unit_test(every_row_says_where_to_revoke),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
