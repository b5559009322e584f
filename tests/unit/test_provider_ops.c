/* The parts of the provider, device and grant operations that need no provider. */
#include <string.h>

#include "src/app/grant_tokens.h"
#include "src/app/provider_fields.h"
#include "src/oauth/preset.h"
#include "tests/lib/op_run.h"

static void the_presets_on_offer_are_those_that_are_known(void **state)
{
	size_t n = 0;

	(void)state;
	assert_string_equal("generic", provider_presets[0]);
	for (; oauth_presets[n]; n++)
		assert_string_equal(oauth_presets[n]->name, provider_presets[n + 1]);
	assert_null(provider_presets[n + 1]);
}

static void set(struct secret *s, const char *text)
{
	secret_set(s, text, strlen(text));
}

static void tokens_come_out_of_a_pack_as_they_went_in(void **state)
{
	static const char odd[] = "a\"b\\c/\x01\x1f\x7f\xc3\xa9\xe2\x82\xac";
	struct oauth_tokens in = { .expires_ms = -1 }, out = { .expires_ms = -1 };
	struct secret text = SECRET_INIT;

	(void)state;
	set(&in.access_token, odd);
	set(&in.id_token, "e30.e30.");
	grant_tokens_pack(&text, &in);
	assert_true(grant_tokens_unpack(&out, &text));
	assert_true(secret_equal(&in.access_token, &out.access_token));
	assert_true(secret_equal(&in.id_token, &out.id_token));
	assert_int_equal(0, out.refresh_token.len);
	set(&text, "no pack");
	assert_false(grant_tokens_unpack(&out, &text));
	assert_int_equal(0, out.access_token.len);
	oauth_tokens_release(&in);
	oauth_tokens_release(&out);
	secret_release(&text);
}

static void no_token_at_all_is_a_pack_too(void **state)
{
	struct oauth_tokens none = { .expires_ms = -1 };
	struct secret text = SECRET_INIT;

	(void)state;
	grant_tokens_pack(&text, &none);
	assert_string_equal("{}", secret_reveal(&text));
	secret_release(&text);
}

static void a_provider_is_written_under_the_clocks_rules(void **state)
{
	struct op_run *r = *state;

	assert_run(r, "provider.add", "name", "idp", "issuer", "https://sso.example.com",
		   "client-id", "c", NULL);
	test_clock_step(&r->clock, HOUR_MS);
	assert_run_refused(r, ERR_CONFLICT, "clock", "provider.edit", "provider", "idp", "scope",
			   "openid", NULL);
	assert_run(r, "provider.show", "provider", "idp", NULL);
	assert_int_equal(1, op_run_int(r, 0, "revision"));
}

static void an_id_of_another_kind_is_no_name(void **state)
{
	static const char *const ids[] = {
		"key_01jq8m2v5x0c9d3n6p8r4t7kfa",
		"prv_01jq8m2v5x0c9d3n6p8r4t7kfa",
		"grt_01jq8m2v5x0c9d3n6p8r4t7kfa",
		"flw_01jq8m2v5x0c9d3n6p8r4t7kfa",
	};
	struct op_run *r = *state;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		assert_run_refused(r, ERR_USAGE, "form of an id", "provider.add", "name", ids[i],
				   "issuer", "https://sso.example.com", "client-id", "c", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_presets_on_offer_are_those_that_are_known),
		cmocka_unit_test(tokens_come_out_of_a_pack_as_they_went_in),
		cmocka_unit_test(no_token_at_all_is_a_pack_too),
		cmocka_unit_test_setup_teardown(a_provider_is_written_under_the_clocks_rules,
						op_run_setup, op_run_teardown),
		cmocka_unit_test_setup_teardown(an_id_of_another_kind_is_no_name, op_run_setup,
						op_run_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
