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

/* --- each row of the table ---------------------------------------------------------------------- */

enum { ROWS_MOST = 160, SAMPLE = 512 };

/* The row's lead, and `count` characters of its set that are letters of a key, not words. */
static void row_sample(char out[SAMPLE], const struct foreign *f, size_t count)
{
	static const char characters[] = "7bC2dA4Ef6aB3cD5eF";
	size_t n = strlen(f->lead);

	memcpy(out, f->lead, n);
	for (size_t i = 0; count && n < SAMPLE - 1; i++) {
		char c = characters[i % (sizeof(characters) - 1)];

		if (!foreign_run(f->body, &c, 1, 1))
			continue;
		out[n++] = c;
		count--;
	}
	out[n] = '\0';
}

static bool has_own_shape(const struct foreign *f)
{
	static const char *const shaped[] = { "openai", "sendgrid", "telegram", "paserk",
					      "paseto", "jwt",	    "gitlab" };

	for (size_t i = 0; i < sizeof(shaped) / sizeof(*shaped); i++)
		if (strcmp(f->id, shaped[i]) == 0)
			return true;
	return false;
}

/* Every row with a plain body: known from its shortest to its longest, and not beyond either. */
static void assert_row(void **state)
{
	const struct foreign *f = *state;
	enum foreign_check check;
	char text[SAMPLE];
	bool longer = strlen(f->lead) + f->most + 1 < SAMPLE;

	row_sample(text, f, f->least);
	assert_ptr_equal(foreign_identify(&check, text, strlen(text)), f);
	assert_int_equal(check == FOREIGN_UNCHECKED, !f->check);
	row_sample(text, f, f->least - 1);
	assert_ptr_not_equal(foreign_identify(&check, text, strlen(text)), f);
	row_sample(text, f, longer ? f->most : f->least);
	assert_ptr_equal(foreign_identify(&check, text, strlen(text)), f);
	row_sample(text, f, longer ? f->most + 1 : 0);
	assert_ptr_not_equal(foreign_identify(&check, text, strlen(text)), f);
}

static void formats_with_a_shape_of_their_own_are_known(void **state)
{
	static const struct {
		const char *text, *kind;
	} samples[] = {
		{ "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",
		  "sendgrid" },
		{ "SG.aB3dEf7hIj1lMn5pQr9tU.Ab3dEf7hIj1lMn5pQr9tUv2xYz4BcD6eFgH8iJkL0mN", "" },
		{ "SG.aB3dEf7hIj1lMn5pQr9tUv-Ab3dEf7hIj1lMn5pQr9tUv2xYz4BcD6eFgH8iJkL0mN", "" },
		{ "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawA", "telegram" },
		{ "1234567:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawA", "" },
		{ "123456789:ABHdqTcvCH1vGWJxfSeofSAs0K5PALDsawA", "" },
		{ "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawAx", "" },
		{ "k4.lid.iVtYQDjr5gEijCSjJC3fQaJm7nCeQSeaty0Jixy8dbsk", "paserk" },
		{ "k4.local-wrap.pie.iVtYQDjr5gEijCSjJC3fQaJm7nCeQSeaty0Jixy8dbsk", "paserk" },
		{ "k4.other.iVtYQDjr5gEijCSjJC3fQaJm7nCeQSeaty0Jixy8dbsk", "" },
		{ "v3.local.iVtYQDjr5gEijCSjJC3fQaJm7nCeQSeaty0Jixy8dbsk.Zm9v", "paseto" },
		{ "v5.local.iVtYQDjr5gEijCSjJC3fQaJm7nCeQSeaty0Jixy8dbsk", "" },
		{ "v4.public.short", "" },
		{ "glpat-bzoxCnU6MnMNFBsiKTA3PkVMU1phaG92EA.01.0y1l0iff7", "gitlab" },
		{ "glpat-Ab3dEf7hIj1lMn5pQr9t.example", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		assert_string_equal(kind(samples[i].text), samples[i].kind);
}

/* A host name behind a classic token is no part of it, and no wrong checksum. */
static void what_follows_a_classic_gitlab_token_is_no_part_of_it(void **state)
{
	static const char text[] = "glpat-Ab3dEf7hIj1lMn5pQr9t.gitlab.com";
	const struct foreign *f = NULL;
	enum foreign_check check;

	(void)state;
	assert_int_equal(foreign_match(&f, &check, text, strlen(text)), 26);
	assert_int_equal(check, FOREIGN_UNCHECKED);
}

static void checksums_of_gitlab_and_grafana_tell_a_mistyped_one(void **state)
{
	static const char *const good[] = {
		"glpat-bzoxCnU6MnMNFBsiKTA3PkVMU1phaG92EA.01.0y1l0iff7",
		"glpat-YzoxCm86MQp1OjJzDRQbIikwNz5FTFNaYWhvdhA.130mfautb",
		"glsa_Ab3dEf7hIj1lMn5pQr9tUv2xYz4BcD6e_5863a1e3",
	};
	enum foreign_check check;
	char broken[80];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		size_t len = strlen(good[i]);

		assert_non_null(foreign_identify(&check, good[i], len));
		assert_int_equal(check, FOREIGN_GOOD);
		for (size_t at = 7; at < 30; at++) {
			snprintf(broken, sizeof(broken), "%s", good[i]);
			broken[at] = broken[at] == 'Q' ? 'R' : 'Q';
			if (foreign_identify(&check, broken, len))
				assert_int_equal(check, FOREIGN_WRONG);
		}
	}
}

/* What is only told of a paste must not make a search through files cry out. */
static void rows_for_pastes_are_not_looked_for_in_files(void **state)
{
	const struct foreign *f = NULL;
	enum foreign_check check;
	char text[SAMPLE];
	size_t rows = 0;

	(void)state;
	for (const struct foreign *row = foreign_table; row->id; row++) {
		if (!row->paste_only || has_own_shape(row))
			continue;
		row_sample(text, row, row->least);
		assert_int_equal(foreign_match(&f, &check, text, strlen(text)), 0);
		assert_int_equal(foreign_match_pasted(&f, &check, text, strlen(text)),
				 strlen(text));
		rows++;
	}
	assert_true(rows > 5);
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
		cmocka_unit_test(formats_with_a_shape_of_their_own_are_known),
		cmocka_unit_test(what_follows_a_classic_gitlab_token_is_no_part_of_it),
		cmocka_unit_test(checksums_of_gitlab_and_grafana_tell_a_mistyped_one),
		cmocka_unit_test(rows_for_pastes_are_not_looked_for_in_files),
	};
	enum { OTHERS = sizeof(tests) / sizeof(*tests) };
	struct CMUnitTest all[ROWS_MOST + OTHERS];
	size_t rows = 0;

	for (const struct foreign *f = foreign_table; f->id && rows < ROWS_MOST; f++)
		if (!has_own_shape(f))
			all[rows++] = (struct CMUnitTest){
				.name = f->name,
				.test_func = assert_row,
				.initial_state = (void *)(uintptr_t)f,
			};
	memcpy(all + rows, tests, sizeof(tests));
	return _cmocka_run_group_tests("credentials of vendors", all, rows + OTHERS, NULL, NULL);
}
