/* audit verify: names the first event that is not as it was written, whatever was done to it. */
#include "tests/lib/store_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/buf.h"
#include "src/base/datetime.h"
#include "src/base/encode.h"

enum { EVENTS = 6 };

static int setup(void **state)
{
	fixture_setup(state);
	for (int i = 0; i < EVENTS; i++)
		fixture_create(*state, "alpha");
	return 0;
}

static struct audit_verdict verify(struct store_fixture *f)
{
	struct err e = ERR_INIT;
	struct audit_verdict v;

	assert_well(audit_verify(f->s, 0, NULL, NULL, NULL, &v, &e), &e);
	return v;
}

static void assert_bad(struct store_fixture *f, int64_t sequence, const char *reason)
{
	struct audit_verdict v = verify(f);

	assert_false(v.whole);
	assert_int_equal(v.bad_sequence, sequence);
	if (!strstr(v.reason, reason))
		fail_msg("\"%s\" instead of \"%s\"", v.reason, reason);
}

/* --- whole ---------------------------------------------------------------- */

static void whole_chain_is_whole(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct audit_event head = { .sequence = 0 };
	struct audit_verdict v = verify(f);
	bool any;

	assert_true(v.whole);
	assert_int_equal(v.events, EVENTS);
	assert_int_equal(v.bad_sequence, 0);
	assert_well(audit_head(f->s, &head, &any, &e), &e);
	assert_memory_equal(v.head, head.hash, SHA256_SIZE);
	audit_event_release(&head);
}

static void empty_chain_is_whole(void **state)
{
	struct audit_verdict v = verify(*state);

	assert_true(v.whole);
	assert_int_equal(v.events, 0);
}

/* --- edited --------------------------------------------------------------- */

/* Each on an event of its own, the last one first, so that each becomes the first bad one. */
static void every_edited_column_is_found(void **state)
{
	static const char *const edits[] = {
		"time = time + 1",
		"actor = '{}'",
		"operation = 'key.edit'",
		"object = 'key_x'",
		"name = 'beta'",
		"object_revision = 2",
		"object_mac = randomblob(32)",
		"object_before = randomblob(32)",
		"detail = '{\"a\":1}'",
		"boot_id = 'x'",
		"boot_time = 1",
		"previous = randomblob(32)",
		"hash = randomblob(32)",
		"mac = randomblob(32)",
		"sequence = 99",
	};
	enum { EDITS = sizeof(edits) / sizeof(*edits) };
	struct store_fixture *f = *state;

	for (int i = EVENTS; i < EDITS; i++)
		fixture_create(f, "alpha");
	for (int i = EDITS; i > 0; i--) {
		fixture_sqlf(f, "UPDATE audit SET %s WHERE sequence = %d", edits[i - 1], i);
		assert_false(verify(f).whole);
		assert_int_equal(verify(f).bad_sequence, i);
	}
}

static void first_edited_event_is_named(void **state)
{
	fixture_sql(*state, "UPDATE audit SET detail = '{\"a\":1}' WHERE sequence IN (3, 5)");
	assert_bad(*state, 3, "event 3 was changed: its hash does not fit");
}

static void edited_mac_is_found(void **state)
{
	fixture_sql(*state, "UPDATE audit SET mac = randomblob(32) WHERE sequence = 4");
	assert_bad(*state, 4, "its MAC does not fit");
}

static void unknown_ring_key_is_found(void **state)
{
	fixture_sql(*state, "UPDATE audit SET ring = 9 WHERE sequence = 2");
	assert_bad(*state, 2, "names a ring key that is missing");
}

static void text_with_a_nul_is_found(void **state)
{
	fixture_sql(*state, "UPDATE audit SET actor = actor || char(0) || 'x' WHERE sequence = 2");
	assert_bad(*state, 2, "event 2");
}

/* --- deleted, reordered, inserted ----------------------------------------- */

static void deleted_event_is_named(void **state)
{
	fixture_sql(*state, "DELETE FROM audit WHERE sequence = 3");
	assert_bad(*state, 3, "event 3 is missing");
}

static void deleted_events_are_named(void **state)
{
	fixture_sql(*state, "DELETE FROM audit WHERE sequence IN (2, 3, 4)");
	assert_bad(*state, 2, "events 2 to 4 are missing");
}

static void deleted_beginning_is_found(void **state)
{
	fixture_sql(*state, "DELETE FROM audit WHERE sequence < 3");
	assert_bad(*state, 1, "events 1 to 2 are missing");
}

static void deleted_and_renumbered_is_found(void **state)
{
	fixture_sql(*state, "DELETE FROM audit WHERE sequence = 3;"
			    "UPDATE audit SET sequence = sequence - 1 WHERE sequence > 3");
	assert_bad(*state, 3, "event 3 was changed");
}

static void swapped_events_are_found(void **state)
{
	fixture_sql(*state, "UPDATE audit SET sequence = 100 WHERE sequence = 2;"
			    "UPDATE audit SET sequence = 2 WHERE sequence = 3;"
			    "UPDATE audit SET sequence = 3 WHERE sequence = 100");
	assert_bad(*state, 2, "event 2 was changed");
}

static void inserted_event_is_found(void **state)
{
	fixture_sqlf(
		*state,
		"INSERT INTO audit (sequence, time, actor, operation, object, name,"
		" object_revision, object_mac, object_before, detail, boot_id, boot_time, ring,"
		" previous, hash, mac) SELECT %d, time, actor, operation, object, name,"
		" object_revision, object_mac, object_before, detail, boot_id, boot_time, ring,"
		" hash, randomblob(32), mac FROM audit WHERE sequence = %d",
		EVENTS + 1, EVENTS);
	assert_bad(*state, EVENTS + 1, "was changed: its hash does not fit");
}

static void event_before_the_first_is_found(void **state)
{
	fixture_sql(*state, "UPDATE audit SET sequence = 0 WHERE sequence = 1");
	assert_bad(*state, 0, "event 0");
}

/* --- recomputed ----------------------------------------------------------- */

/* Whoever writes the store can compute hashes, for anyone can; but not their MACs. */
static void recompute(struct store_fixture *f)
{
	struct err e = ERR_INIT;
	struct audit_event ev = { .sequence = 0 };
	uint8_t previous[SHA256_SIZE] = { 0 };
	char hash[2 * SHA256_SIZE + 1], link[2 * SHA256_SIZE + 1];

	for (int64_t i = 1; i <= EVENTS; i++) {
		assert_well(audit_get(f->s, i, &ev, &e), &e);
		hex_encode(link, previous, sizeof(previous));
		memcpy(ev.previous, previous, sizeof(previous));
		audit_hash(&ev, previous);
		hex_encode(hash, previous, sizeof(previous));
		fixture_sqlf(
			f,
			"UPDATE audit SET previous = x'%s', hash = x'%s' WHERE sequence = %" PRId64,
			link, hash, i);
	}
	audit_event_release(&ev);
}

static void recomputed_chain_is_found_by_its_macs(void **state)
{
	struct store_fixture *f = *state;

	recompute(f);
	assert_true(verify(f).whole);
	fixture_sql(f, "UPDATE audit SET actor = '{\"uid\":0}' WHERE sequence = 3");
	recompute(f);
	assert_bad(f, 3, "event 3 was not written by authrack: its MAC does not fit");
}

/* --- checkpoints ---------------------------------------------------------- */

static void cut_off_tail_is_found_against_a_checkpoint(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct audit_verdict before = verify(f), v;

	fixture_sql(f, "DELETE FROM audit WHERE sequence > 4");
	assert_true(verify(f).whole);
	assert_well(audit_verify(f->s, EVENTS, before.head, NULL, NULL, &v, &e), &e);
	assert_false(v.whole);
	assert_int_equal(v.bad_sequence, 5);
	assert_non_null(strstr(v.reason, "ends with event 4, the checkpoint knows event 6"));
}

static void chain_that_grew_holds_its_checkpoint(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct audit_verdict before = verify(f), v;

	fixture_create(f, "beta");
	assert_well(audit_verify(f->s, EVENTS, before.head, NULL, NULL, &v, &e), &e);
	assert_true(v.whole);
	assert_int_equal(v.events, EVENTS + 1);
}

static void another_history_does_not_hold_a_checkpoint(void **state)
{
	struct store_fixture *f = *state;
	struct err e = ERR_INIT;
	struct audit_verdict v;
	uint8_t hash[SHA256_SIZE] = { 1, 2, 3 };

	assert_well(audit_verify(f->s, 2, hash, NULL, NULL, &v, &e), &e);
	assert_false(v.whole);
	assert_int_equal(v.bad_sequence, 2);
	assert_non_null(strstr(v.reason, "not the one of the checkpoint"));
}

/* --- the encoding --------------------------------------------------------- */

static void netstring_add(struct buf *b, const char *text)
{
	buf_addf(b, "%zu:%s,", strlen(text), text);
}

/* As the header tells anyone to recompute it, written out once more. */
static void hash_is_what_the_header_says(void **state)
{
	struct audit_event ev = { .sequence = 17,
				  .time = TEST_NOW,
				  .actor = x_strdup("{\"uid\":0}"),
				  .operation = x_strdup("key.edit"),
				  .object = x_strdup("key_x"),
				  .name = x_strdup("n\xC3\xA4me"),
				  .object_revision = 3,
				  .detail = x_strdup("{}"),
				  .boot_time = 12 };
	struct buf text = BUF_INIT(4096);
	uint8_t wanted[SHA256_SIZE], is[SHA256_SIZE];
	char number[DATETIME_SIZE], zeros[65], macs[65];

	(void)state;
	memset(ev.object_mac, 0xab, sizeof(ev.object_mac));
	snprintf(ev.boot_id, sizeof(ev.boot_id), "boot");
	memset(zeros, '0', 64);
	zeros[64] = '\0';
	hex_encode(macs, ev.object_mac, MAC_SIZE);
	datetime_rfc3339(number, ev.time);
	netstring_add(&text, "authrack audit 1");
	netstring_add(&text, "17");
	netstring_add(&text, "2026-06-16T13:06:52Z");
	assert_string_equal(number, "2026-06-16T13:06:52Z");
	netstring_add(&text, ev.actor);
	netstring_add(&text, ev.operation);
	netstring_add(&text, ev.object);
	netstring_add(&text, ev.name);
	netstring_add(&text, "3");
	netstring_add(&text, macs);
	netstring_add(&text, zeros);
	netstring_add(&text, ev.detail);
	netstring_add(&text, "boot");
	netstring_add(&text, "12");
	netstring_add(&text, zeros);
	sha256(wanted, &(struct span){ text.data, text.len }, 1);
	audit_hash(&ev, is);
	assert_memory_equal(is, wanted, sizeof(is));
	audit_event_release(&ev);
	buf_release(&text);
}

/* Texts that run together must not give the same hash. */
static void fields_are_kept_apart(void **state)
{
	struct audit_event a = { .actor = x_strdup("ab"), .operation = x_strdup("c") };
	struct audit_event b = { .actor = x_strdup("a"), .operation = x_strdup("bc") };
	uint8_t x[SHA256_SIZE], y[SHA256_SIZE];

	(void)state;
	audit_hash(&a, x);
	audit_hash(&b, y);
	assert_memory_not_equal(x, y, sizeof(x));
	audit_event_release(&a);
	audit_event_release(&b);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(whole_chain_is_whole),
		cmocka_unit_test_setup_teardown(empty_chain_is_whole, fixture_setup,
						fixture_teardown),
		TEST(every_edited_column_is_found),
		TEST(first_edited_event_is_named),
		TEST(edited_mac_is_found),
		TEST(unknown_ring_key_is_found),
		TEST(text_with_a_nul_is_found),
		TEST(deleted_event_is_named),
		TEST(deleted_events_are_named),
		TEST(deleted_beginning_is_found),
		TEST(deleted_and_renumbered_is_found),
		TEST(swapped_events_are_found),
		TEST(inserted_event_is_found),
		TEST(event_before_the_first_is_found),
		TEST(recomputed_chain_is_found_by_its_macs),
		TEST(cut_off_tail_is_found_against_a_checkpoint),
		TEST(chain_that_grew_holds_its_checkpoint),
		TEST(another_history_does_not_hold_a_checkpoint),
		cmocka_unit_test(hash_is_what_the_header_says),
		cmocka_unit_test(fields_are_kept_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
