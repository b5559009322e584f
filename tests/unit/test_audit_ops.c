/* The audit operations: lists and filters, an export that stands by itself, verdicts and checkpoints. */
#include "tests/lib/op_run.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/crypto.h"
#include "src/base/encode.h"
#include "src/base/file.h"

/* Four events: create a, create b, disable a, revoke b; an hour apart. */
static void history(struct op_run *r)
{
	assert_run(r, "key.create", "name", "a", NULL);
	test_clock_advance(&r->clock, HOUR_MS);
	assert_run(r, "key.create", "name", "b", NULL);
	test_clock_advance(&r->clock, HOUR_MS);
	assert_run(r, "key.disable", "key", "a", NULL);
	test_clock_advance(&r->clock, HOUR_MS);
	assert_run(r, "key.revoke", "key", "b", "reason", "unused", NULL);
}

/* Changes the store as the sqlite3 tool would, with the session closed. */
static void edit(struct op_run *r, const char *sql)
{
	sqlite3 *db = NULL;

	app_free(r->app);
	assert_int_equal(sqlite3_open(r->store, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	r->app = app_new(&r->options);
}

/* --- list ------------------------------------------------------------------------------------- */

static void events_are_listed_newest_first_with_all_their_fields(void **state)
{
	struct op_run *r = *state;

	history(r);
	assert_run(r, "audit.list", NULL);
	assert_int_equal(json_count(r->rows), 4);
	assert_int_equal(op_run_int(r, 0, "sequence"), 4);
	assert_string_equal(op_run_text(r, 0, "operation"), "key.revoke");
	assert_string_equal(op_run_text(r, 0, "name"), "b");
	assert_string_equal(op_run_text(r, 0, "time"), "2026-06-16T16:06:52Z");
	assert_int_equal(strlen(op_run_text(r, 0, "hash")), 64);
	assert_string_equal(op_run_text(r, 0, "previous"), op_run_text(r, 1, "hash"));
	assert_non_null(json_get(json_get(json_at(r->rows, 0), "actor"), "uid"));
	assert_non_null(json_get(json_get(json_at(r->rows, 0), "actor"), "claimed"));
	assert_int_equal(json_type_of(json_get(json_at(r->rows, 0), "detail")), JSON_OBJECT_TYPE);
}

static void filters_choose_events(void **state)
{
	struct op_run *r = *state;
	char user[64];

	history(r);
	assert_run(r, "audit.list", "op", "key.create", NULL);
	assert_int_equal(json_count(r->rows), 2);
	snprintf(user, sizeof(user), "%s", op_run_text(r, 0, "user"));
	assert_run(r, "audit.list", "op", "key.*", "actor", user, NULL);
	assert_int_equal(json_count(r->rows), 4);
	assert_run(r, "audit.list", "actor", "nobody-else", NULL);
	assert_int_equal(json_count(r->rows), 0);
	assert_run(r, "audit.list", "object", "a", NULL);
	assert_int_equal(json_count(r->rows), 2);
	assert_run(r, "audit.list", "since", "90m", NULL);
	assert_int_equal(json_count(r->rows), 2);
	assert_run(r, "audit.list", "until", "2026-06-16T14:00:00Z", NULL);
	assert_int_equal(json_count(r->rows), 1);
	assert_run(r, "audit.list", "since", "2026-06-17", NULL);
	assert_int_equal(json_count(r->rows), 0);
	assert_run(r, "audit.list", "search", "unused", NULL);
	assert_int_equal(json_count(r->rows), 1);
}

static void pages_follow_each_other_in_both_directions(void **state)
{
	struct op_run *r = *state;

	history(r);
	assert_run(r, "audit.list", "limit", "3", NULL);
	assert_int_equal(json_count(r->rows), 3);
	assert_run(r, "audit.list", "limit", "3", "after", "2", NULL);
	assert_int_equal(json_count(r->rows), 1);
	assert_int_equal(op_run_int(r, 0, "sequence"), 1);
	assert_run(r, "audit.list", "oldest-first", "", "after", "2", NULL);
	assert_int_equal(json_count(r->rows), 2);
	assert_int_equal(op_run_int(r, 0, "sequence"), 3);
}

static void a_time_that_is_none_is_refused(void **state)
{
	struct op_run *r = *state;

	history(r);
	assert_run_refused(r, ERR_USAGE, "--since", "audit.list", "since", "yesterday", NULL);
	assert_run_refused(r, ERR_USAGE, "--until", "audit.export", "until", "24", NULL);
}

/* --- export: recomputed here as the help says, from the text alone ----------------------------- */

static void netstring(struct buf *out, const char *text)
{
	buf_addf(out, "%zu:%s,", strlen(text), text);
}

static void netstring_of(struct buf *out, const struct json *event, const char *name)
{
	const struct json *value = json_get(event, name);
	char number[32];

	if (json_type_of(value) == JSON_INT_TYPE) {
		snprintf(number, sizeof(number), "%lld", (long long)json_get_int(event, name, 0));
		netstring(out, number);
	} else {
		netstring(out, json_as_text(value));
	}
}

static void recompute(const struct json *event, char hex[2 * SHA256_SIZE + 1])
{
	static const char *const fields[] = {
		"sequence",	 "time",   "actor",	      "operation",
		"object",	 "name",   "object_revision", "object_mac",
		"object_before", "detail", "boot_id",	      "boot_time",
		"previous",
	};
	struct buf text = BUF_INIT(1024 * 1024);
	uint8_t hash[SHA256_SIZE];

	netstring(&text, "authrack audit 1");
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		netstring_of(&text, event, fields[i]);
	sha256(hash, &(struct span){ text.data, text.len }, 1);
	hex_encode(hex, hash, sizeof(hash));
	buf_release(&text);
}

static void an_export_can_be_verified_by_whoever_reads_the_help(void **state)
{
	struct op_run *r = *state;
	char previous[65] = "0000000000000000000000000000000000000000000000000000000000000000";
	char hex[65];
	const char *line;
	int events = 0;

	history(r);
	assert_run(r, "audit.export", NULL);
	for (line = buf_text(&r->text); *line; line = strchr(line, '\n') + 1) {
		struct json *event = NULL;

		assert_well(json_parse(&event, line, strcspn(line, "\n"), &r->e), &r->e);
		assert_string_equal(json_get_text(event, "previous"), previous);
		recompute(event, hex);
		assert_string_equal(json_get_text(event, "hash"), hex);
		memcpy(previous, hex, sizeof(previous));
		json_free(event);
		events++;
	}
	assert_int_equal(events, 4);
}

static void an_export_may_begin_behind_an_event(void **state)
{
	struct op_run *r = *state;

	history(r);
	assert_run(r, "audit.export", "after", "3", NULL);
	assert_non_null(strstr(buf_text(&r->text), "key.revoke"));
	assert_null(strstr(buf_text(&r->text), "key.disable"));
}

/* --- verify ----------------------------------------------------------------------------------- */

static void a_whole_chain_is_told_whole(void **state)
{
	struct op_run *r = *state;

	history(r);
	assert_run(r, "audit.verify", NULL);
	assert_true(op_run_bool(r, 0, "whole"));
	assert_int_equal(op_run_int(r, 0, "events"), 4);
	assert_null(op_run_text(r, 0, "reason"));
}

static void the_first_bad_event_is_named_and_the_answer_is_1(void **state)
{
	static const struct {
		const char *sql;
		int64_t bad;
	} edits[] = {
		{ "UPDATE audit SET detail = '{}' WHERE sequence = 2", 2 },
		{ "UPDATE audit SET operation = 'key.enable' WHERE sequence = 3", 3 },
		{ "DELETE FROM audit WHERE sequence = 2", 2 },
		{ "UPDATE audit SET mac = zeroblob(32) WHERE sequence = 1", 1 },
	};

	for (size_t i = 0; i < sizeof(edits) / sizeof(*edits); i++) {
		void *own = NULL;
		struct op_run *r;

		(void)state;
		op_run_setup(&own);
		r = own;
		history(r);
		edit(r, edits[i].sql);
		assert_int_equal(op_run(r, "audit.verify", NULL), ERR_NO);
		assert_false(op_run_bool(r, 0, "whole"));
		assert_int_equal(op_run_int(r, 0, "bad_sequence"), edits[i].bad);
		assert_non_null(op_run_text(r, 0, "reason"));
		op_run_teardown(&own);
	}
}

/* --- checkpoint ------------------------------------------------------------------------------- */

static char *checkpoint_keep(struct op_run *r)
{
	assert_run(r, "audit.checkpoint", NULL);
	return op_run_file(r, "checkpoint", buf_text(&r->text));
}

static void a_checkpoint_holds_while_the_chain_grows(void **state)
{
	struct op_run *r = *state;
	char *file;

	history(r);
	file = checkpoint_keep(r);
	assert_int_equal(op_run_int(r, 0, "sequence"), 4);
	assert_run(r, "key.create", "name", "c", NULL);
	assert_run(r, "audit.verify", "checkpoint", file, NULL);
	assert_int_equal(op_run_int(r, 0, "checkpoints"), 1);
	free(file);
}

static void a_checkpoint_holds_after_the_ring_got_a_new_key(void **state)
{
	struct op_run *r = *state;
	char *file;

	history(r);
	file = checkpoint_keep(r);
	assert_run(r, "store.rekey", NULL);
	assert_run(r, "audit.verify", "checkpoint", file, NULL);
	free(file);
}

static void the_public_key_verifies_a_checkpoint_elsewhere(void **state)
{
	struct op_run *r = *state;
	uint8_t key[32], signature[SIGNATURE_SIZE];
	char text[256], public_key[65], *file;

	history(r);
	assert_run(r, "audit.checkpoint", "public-key", "", NULL);
	snprintf(public_key, sizeof(public_key), "%s", op_run_text(r, 0, "public_key"));
	assert_true(hex_decode(key, public_key, sizeof(key)));
	file = checkpoint_keep(r);
	assert_true(hex_decode(signature, op_run_text(r, 0, "signature"), sizeof(signature)));
	snprintf(text, sizeof(text), "authrack checkpoint 1\n%s\n4\n%s\n",
		 op_run_text(r, 0, "store"), op_run_text(r, 0, "hash"));
	assert_true(ed25519_verify(key, signature, text, strlen(text)));
	assert_run(r, "audit.verify", "checkpoint", file, "public-key", public_key, NULL);
	public_key[0] = public_key[0] == '0' ? '1' : '0';
	assert_run_refused(r, ERR_CONFLICT, "signature", "audit.verify", "checkpoint", file,
			   "public-key", public_key, NULL);
	assert_run_refused(r, ERR_USAGE, "no public key", "audit.verify", "checkpoint", file,
			   "public-key", "00", NULL);
	free(file);
}

static void a_changed_checkpoint_is_refused(void **state)
{
	struct op_run *r = *state;
	char *file, *text, *place;

	history(r);
	file = checkpoint_keep(r);
	text = file_get(file);
	place = strstr(text, "\"sequence\":4");
	assert_non_null(place);
	place[strlen("\"sequence\":")] = '3';
	file_put(file, text);
	assert_run_refused(r, ERR_CONFLICT, "signature", "audit.verify", "checkpoint", file, NULL);
	file_put(file, "{\"sequence\":4}");
	assert_run_refused(r, ERR_USAGE, "no checkpoint", "audit.verify", "checkpoint", file, NULL);
	file_put(file, "rubbish");
	assert_run_refused(r, ERR_USAGE, "no checkpoint", "audit.verify", "checkpoint", file, NULL);
	free(text);
	free(file);
}

static void a_checkpoint_of_another_store_is_refused(void **state)
{
	struct op_run *r = *state, *other;
	void *own = NULL;
	char *file;

	op_run_setup(&own);
	other = own;
	history(other);
	file = checkpoint_keep(other);
	history(r);
	assert_run_refused(r, ERR_CONFLICT, "another store", "audit.verify", "checkpoint", file,
			   NULL);
	free(file);
	op_run_teardown(&own);
}

static void an_empty_chain_has_no_checkpoint(void **state)
{
	struct op_run *r = *state;
	char *path = op_run_file(r, "bad.csv", "name\n");

	op_run(r, "key.import", "file", path, NULL); /* makes the store, and no event */
	assert_run_refused(r, ERR_CONFLICT, "no event", "audit.checkpoint", NULL);
	free(path);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, op_run_setup, op_run_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(events_are_listed_newest_first_with_all_their_fields),
		WITH_STORE(filters_choose_events),
		WITH_STORE(pages_follow_each_other_in_both_directions),
		WITH_STORE(a_time_that_is_none_is_refused),
		WITH_STORE(an_export_can_be_verified_by_whoever_reads_the_help),
		WITH_STORE(an_export_may_begin_behind_an_event),
		WITH_STORE(a_whole_chain_is_told_whole),
		WITH_STORE(the_first_bad_event_is_named_and_the_answer_is_1),
		WITH_STORE(a_checkpoint_holds_while_the_chain_grows),
		WITH_STORE(a_checkpoint_holds_after_the_ring_got_a_new_key),
		WITH_STORE(the_public_key_verifies_a_checkpoint_elsewhere),
		WITH_STORE(a_changed_checkpoint_is_refused),
		WITH_STORE(a_checkpoint_of_another_store_is_refused),
		WITH_STORE(an_empty_chain_has_no_checkpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
