/* What the doctor says of the keys that a provider publishes. */
#include "tests/lib/support.h"

#include <stdlib.h>
#include <string.h>

#include "src/app/doctor_gather.h"
#include "tests/lib/token_text.h"

/* RFC 7515 A.3's key, and its point moved off the curve. */
#define X "'x':'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU'"
#define Y "'y':'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0'"
#define EC "'kty':'EC','crv':'P-256'," X "," Y
#define OFF_CURVE "'kty':'EC','crv':'P-256'," X ",'y':'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU'"
#define D "'d':'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI'"
#define OTHER_D "'d':'AAAQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI'"
#define OCT "'kty':'oct','k':'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8'"
#define RSA_SMALL                                                                             \
	"'kty':'RSA','e':'AQAB','n':'0bYD4rYFSFYBlJMzeDeOp0Wt5F7ZYsZkF0k3Zqv9Jx3Yd3rQpJ5oD0u" \
	"YQ1i7w1nYk5vCq2m8q4cQ3xw9r3cXZw'"
#define AGREEMENT "'kty':'OKP','crv':'X25519','x':'3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08'"

static struct doctor_keys look(const char *set, const char *algorithms)
{
	char *text = quoted(set), *list = algorithms ? quoted(algorithms) : NULL;
	struct json *metadata = json_object_new(), *value = NULL;
	struct doctor_keys k = { .read = false };

	if (list && json_parse(&value, list, strlen(list), NULL) == ERR_OK)
		json_set(metadata, "id_token_signing_alg_values_supported", value);
	doctor_keys_look(&k, metadata, text, strlen(text));
	json_free(metadata);
	free(list);
	free(text);
	return k;
}

static void a_sound_set_has_nothing_wrong(void **state)
{
	struct doctor_keys k = look("{'keys':[{" EC ",'kid':'a','use':'sig'},{" EC
				    ",'kid':'b','use':'enc'},{" AGREEMENT ",'kid':'c'}]}",
				    "['RS256','ES256']");

	(void)state;
	assert_true(k.read);
	assert_int_equal(k.count, 3);
	assert_int_equal(k.signing, 1);
	assert_int_equal(k.without_kid, 0);
	assert_false(k.same_kid || k.private_members || k.symmetric);
	assert_string_equal(k.weak, "");
	assert_string_equal(k.unfit, "");
}

static void what_is_no_set_says_why(void **state)
{
	struct doctor_keys k = look("<h1>keys</h1>", NULL);

	(void)state;
	assert_false(k.read);
	assert_true(k.fault[0]);
}

static void an_empty_set_is_read(void **state)
{
	struct doctor_keys k = look("{'keys':[]}", "['RS256']");

	(void)state;
	assert_true(k.read);
	assert_int_equal(k.count + k.signing, 0);
	assert_string_equal(k.unfit, "");
}

static void private_and_secret_keys_are_seen(void **state)
{
	struct doctor_keys private = look("{'keys':[{" EC "," D ",'kid':'a'}]}", NULL);
	struct doctor_keys secret = look("{'keys':[{" EC ",'kid':'a'},{" OCT ",'kid':'b'}]}", NULL);

	(void)state;
	assert_true(private.private_members && !private.symmetric);
	assert_true(secret.symmetric && !secret.private_members);
}

/* That it is there is the fault, and told by another check. */
static void a_private_member_that_does_not_fit_is_no_weakness(void **state)
{
	struct doctor_keys k = look("{'keys':[{" EC "," OTHER_D ",'kid':'a'}]}", NULL);

	(void)state;
	assert_true(k.private_members);
	assert_string_equal(k.weak, "");
}

static void weak_and_broken_keys_are_named(void **state)
{
	struct doctor_keys small = look("{'keys':[{" RSA_SMALL ",'kid':'old'}]}", NULL);
	struct doctor_keys broken = look("{'keys':[{" OFF_CURVE ",'kid':'bent'}]}", NULL);

	(void)state;
	assert_non_null(strstr(small.weak, "old"));
	assert_non_null(strstr(small.weak, "2048"));
	assert_non_null(strstr(broken.weak, "bent"));
	assert_non_null(strstr(broken.weak, "point"));
}

static void one_kid_for_two_keys_of_one_use_is_seen(void **state)
{
	struct doctor_keys same = look(
		"{'keys':[{" EC ",'kid':'a\\u001b'},{" EC ",'kid':'a\\u001b','use':'sig'}]}", NULL);
	struct doctor_keys uses = look(
		"{'keys':[{" EC ",'kid':'a','use':'sig'},{" EC ",'kid':'a','use':'enc'}]}", NULL);
	struct doctor_keys none = look("{'keys':[{" EC "},{" EC "}]}", NULL);

	(void)state;
	assert_true(same.same_kid);
	assert_null(strchr(same.kid, '\x1b'));
	assert_false(uses.same_kid);
	assert_false(none.same_kid);
	assert_int_equal(none.without_kid, 2);
}

static void algorithms_that_no_key_fits_are_told(void **state)
{
	struct doctor_keys k = look("{'keys':[{" EC ",'kid':'a'}]}", "['RS256','PS256']");
	struct doctor_keys unknown = look("{'keys':[{" EC ",'kid':'a'}]}", "['XX1',17]");
	struct doctor_keys some = look("{'keys':[{" EC ",'kid':'a'}]}", "['RS256','ES256']");

	(void)state;
	assert_true(k.unfit[0]);
	assert_true(unknown.unfit[0]);
	assert_string_equal(some.unfit, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_set_has_nothing_wrong),
		cmocka_unit_test(what_is_no_set_says_why),
		cmocka_unit_test(an_empty_set_is_read),
		cmocka_unit_test(private_and_secret_keys_are_seen),
		cmocka_unit_test(a_private_member_that_does_not_fit_is_no_weakness),
		cmocka_unit_test(weak_and_broken_keys_are_named),
		cmocka_unit_test(one_kid_for_two_keys_of_one_use_is_seen),
		cmocka_unit_test(algorithms_that_no_key_fits_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
