/* The key ring: what each purpose makes is its own, and a wrapped key fits one store and one number. */
#include "tests/lib/store_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/random.h"

static void note_and_commit(struct store_fixture *f)
{
	struct audit_event ev = { .actor = x_strdup("{}"),
				  .operation = x_strdup("test"),
				  .object = x_strdup(""),
				  .name = x_strdup(""),
				  .detail = x_strdup("{}") };
	struct err e = ERR_INIT;

	assert_well(audit_append(f->s, &ev, &e), &e);
	assert_well(store_commit(f->s, &e), &e);
	audit_event_release(&ev);
}

static void add_ring_key(struct store_fixture *f)
{
	struct err e = ERR_INIT;

	assert_well(store_begin(f->s, &e), &e);
	assert_well(ring_add(f->s, &e), &e);
	note_and_commit(f);
}

static enum errc reopen(struct store_fixture *f, struct err *e)
{
	store_close(f->s);
	f->s = NULL;
	return store_open(&f->s, &f->options, e);
}

static void keys_survive_reopening_newest_first(void **state)
{
	struct store_fixture *f = *state;
	uint8_t first[KEY256_SIZE], again[KEY256_SIZE];
	int64_t numbers[4];

	assert_true(ring_derive(f->s, 1, RING_ENCRYPT, first));
	add_ring_key(f);
	add_ring_key(f);
	fixture_reopen(f);
	assert_int_equal(store_ring(f->s), 3);
	assert_int_equal(store_rings(f->s, numbers, 4), 3);
	assert_int_equal(numbers[0], 3);
	assert_int_equal(numbers[2], 1);
	assert_int_equal(store_rings(f->s, numbers, 2), 2);
	assert_true(ring_derive(f->s, 1, RING_ENCRYPT, again));
	assert_memory_equal(first, again, sizeof first);
	assert_false(ring_derive(f->s, 4, RING_ENCRYPT, again));
}

static void purposes_and_numbers_have_keys_of_their_own(void **state)
{
	struct store_fixture *f = *state;
	uint8_t keys[2 * RING_PURPOSES][KEY256_SIZE];

	add_ring_key(f);
	for (int i = 0; i < 2 * RING_PURPOSES; i++)
		assert_true(ring_derive(f->s, 1 + i / RING_PURPOSES, i % RING_PURPOSES, keys[i]));
	for (int i = 0; i < 2 * RING_PURPOSES; i++)
		for (int j = 0; j < i; j++)
			assert_memory_not_equal(keys[i], keys[j], KEY256_SIZE);
}

/* As after a rekey that failed, when the ring could not be read again either. */
static void a_ring_that_was_lost_in_memory_is_read_again(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	uint8_t key[32];

	ring_clear(f->s);
	assert_int_equal(store_ring(f->s), 0);
	assert_refused(store_checkpoint_key(f->s, key, &e), ERR_STORE, &e, "no ring key");
	fixture_create(f, "alpha");
	assert_int_equal(store_ring(f->s), 1);
	fixture_assert_sound(f);
}

static void an_altered_ring_row_opens_nothing(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;

	fixture_sql(f, "UPDATE ring SET wrapped = cast(substr(wrapped, 2) || x'00' AS BLOB)");
	assert_refused(reopen(f, &e), ERR_STORE, &e, "does not open under the master key");
}

static void a_ring_row_under_another_number_opens_nothing(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;

	fixture_sql(f, "UPDATE apikey SET ring = 9; UPDATE ring SET number = 9");
	assert_refused(reopen(f, &e), ERR_STORE, &e, "does not open under the master key");
}

static void a_store_without_ring_or_identity_is_refused(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;

	fixture_sql(f, "DELETE FROM ring");
	assert_refused(reopen(f, &e), ERR_STORE, &e, "no ring key");
	fixture_sql(f, "DELETE FROM store");
	assert_refused(reopen(f, &e), ERR_STORE, &e, "identity");
}

static void another_store_id_opens_nothing(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;

	fixture_sql(f, "UPDATE store SET store_id = x'000102030405060708090a0b0c0d0e0f'");
	assert_refused(reopen(f, &e), ERR_STORE, &e, "does not open under the master key");
}

static void wrapping_needs_the_same_master(void **state)
{
	struct master one = { .kind = MASTER_FILE }, two = { .kind = MASTER_FILE };
	uint8_t id[STORE_ID_SIZE] = { 1 }, key[KEY256_SIZE], out[KEY256_SIZE];
	uint8_t wrapped[KEY256_SIZE + SEAL_OVERHEAD];

	(void)state;
	random_private(key, sizeof key);
	secret_set(&one.key, "0123456789abcdef0123456789abcdef", KEY256_SIZE);
	secret_set(&two.key, "0123456789abcdef0123456789abcdeX", KEY256_SIZE);
	ring_wrap(wrapped, &one, id, 7, key);
	assert_true(ring_unwrap(out, &one, id, 7, wrapped, sizeof wrapped));
	assert_memory_equal(out, key, sizeof key);
	assert_false(ring_unwrap(out, &two, id, 7, wrapped, sizeof wrapped));
	assert_false(ring_unwrap(out, &one, id, 8, wrapped, sizeof wrapped));
	assert_false(ring_unwrap(out, &one, id, 7, wrapped, sizeof wrapped - 1));
	id[0]++;
	assert_false(ring_unwrap(out, &one, id, 7, wrapped, sizeof wrapped));
	master_release(&one);
	master_release(&two);
}

static void secret_macs_bind_id_secret_and_ring(void **state)
{
	struct store_fixture *f = *state;
	uint8_t base[MAC_SIZE], other[MAC_SIZE];
	struct err e = ERR_INIT;

	add_ring_key(f);
	assert_well(store_secret_mac(f->s, base, 1, "abc", "secret", 6, &e), &e);
	assert_well(store_secret_mac(f->s, other, 1, "abc", "secret", 6, &e), &e);
	assert_memory_equal(base, other, MAC_SIZE);
	assert_well(store_secret_mac(f->s, other, 1, "abd", "secret", 6, &e), &e);
	assert_memory_not_equal(base, other, MAC_SIZE);
	assert_well(store_secret_mac(f->s, other, 1, "abc", "secreT", 6, &e), &e);
	assert_memory_not_equal(base, other, MAC_SIZE);
	assert_well(store_secret_mac(f->s, other, 2, "abc", "secret", 6, &e), &e);
	assert_memory_not_equal(base, other, MAC_SIZE);
	/* What is moved from one part to the other is another message. */
	assert_well(store_secret_mac(f->s, base, 1, "ab", "csecret", 7, &e), &e);
	assert_well(store_secret_mac(f->s, other, 1, "abc", "secret", 6, &e), &e);
	assert_memory_not_equal(base, other, MAC_SIZE);
	assert_refused(store_secret_mac(f->s, other, 3, "abc", "s", 1, &e), ERR_STORE, &e,
		       "no ring key 3");
	assert_refused(store_import_mac(f->s, other, 3, base, &e), ERR_STORE, &e, "no ring key 3");
}

static void checkpoint_signatures_outlive_new_ring_keys(void **state)
{
	struct store_fixture *f = *state;
	uint8_t before[32], after[32], signature[SIGNATURE_SIZE];
	struct err e = ERR_INIT;

	assert_well(store_checkpoint_key(f->s, before, &e), &e);
	assert_well(store_sign_checkpoint(f->s, signature, "head 17", 7, &e), &e);
	assert_true(ed25519_verify(before, signature, "head 17", 7));
	assert_false(ed25519_verify(before, signature, "head 18", 7));
	add_ring_key(f);
	assert_well(store_checkpoint_key(f->s, after, &e), &e);
	assert_memory_equal(before, after, sizeof before);
}

static void row_macs_tell_tables_and_owners_apart(void **state)
{
	struct store_fixture *f = *state;
	uint8_t one[ROW_MAC_SIZE], two[ROW_MAC_SIZE];
	struct key k;

	key_init(&k);
	assert_true(row_mac(f->s, 1, "apikey", key_fields, &k, NULL, one));
	assert_true(row_mac(f->s, 1, "apikez", key_fields, &k, NULL, two));
	assert_memory_not_equal(one, two, sizeof one);
	assert_true(row_mac(f->s, 1, "apikey", key_fields, &k, "key_1", two));
	assert_memory_not_equal(one, two, sizeof one);
	assert_false(row_mac(f->s, 2, "apikey", key_fields, &k, NULL, two));
	key_release(&k);
}

static void the_encoding_tells_neighbours_apart(void **state)
{
	static const struct {
		const char *name, *owner;
	} pairs[][2] = {
		{ { "ab", "c" }, { "a", "bc" } },
		{ { "", "x" }, { "x", "" } },
		{ { "at", "" }, { "a", "t" } },
	};
	struct buf one = BUF_INIT(4096), two = BUF_INIT(4096);
	struct key k;

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		for (int side = 0; side < 2; side++) {
			key_init(&k);
			text_put(&k.name, pairs[i][side].name, strlen(pairs[i][side].name));
			text_put(&k.owner, pairs[i][side].owner, strlen(pairs[i][side].owner));
			buf_clear(side ? &two : &one);
			row_encode(side ? &two : &one, key_fields, &k);
			key_release(&k);
		}
		assert_false(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
	}
	key_init(&k);
	buf_clear(&one);
	buf_clear(&two);
	row_encode(&one, key_fields, &k);
	k.not_before = 0; /* not the same as never */
	row_encode(&two, key_fields, &k);
	assert_false(one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
	key_release(&k);
	buf_release(&one);
	buf_release(&two);
}

int main(void)
{
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		STORE_TEST(keys_survive_reopening_newest_first),
		STORE_TEST(purposes_and_numbers_have_keys_of_their_own),
		STORE_TEST(a_ring_that_was_lost_in_memory_is_read_again),
		STORE_TEST(an_altered_ring_row_opens_nothing),
		STORE_TEST(a_ring_row_under_another_number_opens_nothing),
		STORE_TEST(a_store_without_ring_or_identity_is_refused),
		STORE_TEST(another_store_id_opens_nothing),
		cmocka_unit_test(wrapping_needs_the_same_master),
		STORE_TEST(secret_macs_bind_id_secret_and_ring),
		STORE_TEST(checkpoint_signatures_outlive_new_ring_keys),
		STORE_TEST(row_macs_tell_tables_and_owners_apart),
		cmocka_unit_test(the_encoding_tells_neighbours_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
