/* Importing: what a file may hold, what is refused and where, and that nothing of a bad file stays. */
#include "tests/lib/op_run.h"

#include <stdio.h>
#include <string.h>

#include "data/audit.h"
#include "src/app/import_rows.h"
#include "src/app/import_source.h"
#include "src/base/secret_format.h"
#include "src/base/alloc.h"
#include "src/base/crypto.h"
#include "src/base/encode.h"

#define HEX_A "5f0c1a9be27d4438a6c1f00d1234567890abcdef0123456789abcdef01234567"
#define HEX_B "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"

static enum errc import_text(struct op_run *r, const char *text, const char *flag)
{
	char *path = op_run_file(r, "import.txt", text);
	enum errc rc = flag ? op_run(r, "key.import", "file", path, flag, "", NULL)
			    : op_run(r, "key.import", "file", path, NULL);

	free(path);
	return rc;
}

#define assert_import(r, text) \
	support_well(import_text((r), (text), NULL), &(r)->e, "import", __FILE__, __LINE__)
#define assert_import_refused(r, code, text, part)                                         \
	support_refused(import_text((r), (text), NULL), (code), &(r)->e, (part), "import", \
			__FILE__, __LINE__)

/* Verifies a secret and gives the code. */
static const char *verified(struct op_run *r, const char *secret)
{
	enum errc rc;

	r->stdin_secret = secret;
	rc = op_run(r, "key.verify", NULL);
	assert_true(rc == ERR_OK || rc == ERR_NO);
	return op_run_text(r, 0, "code");
}

static size_t keys_there(struct op_run *r)
{
	assert_run(r, "key.list", NULL);
	return json_count(r->rows);
}

/* --- what works ------------------------------------------------------------------------------- */

static void the_dict_of_the_introduction_goes_in_and_every_key_verifies(void **state)
{
	struct op_run *r = *state;

	assert_import(r, "name,user,tier,secret\n"
			 "alice-app,alice,gold," HEX_A "\n"
			 "bob-app,bob,free," HEX_B "\n");
	assert_int_equal(op_run_int(r, 0, "imported"), 2);
	assert_int_equal(op_run_int(r, 0, "foreign"), 2);
	assert_string_equal(verified(r, HEX_A), "VALID");
	assert_string_equal(op_run_text(r, 0, "name"), "alice-app");
	assert_string_equal(op_run_text(r, 0, "owner"), "alice");
	assert_string_equal(op_run_text(r, 0, "tier"), "gold");
	assert_string_equal(verified(r, HEX_B), "VALID");
	assert_string_equal(verified(r, HEX_A "0"), "NOT_FOUND");
}

static void an_imported_key_can_be_rotated_and_revoked(void **state)
{
	struct op_run *r = *state;
	char fresh[128];

	assert_import(r, "name,secret\napp," HEX_A "\n");
	assert_run(r, "key.rotate", "key", "app", "grace", "1h", NULL);
	snprintf(fresh, sizeof(fresh), "%s", r->secret);
	assert_string_equal(verified(r, fresh), "VALID");
	assert_string_equal(verified(r, HEX_A), "VALID");
	assert_run(r, "key.revoke", "key", "app", NULL);
	assert_string_equal(verified(r, HEX_A), "REVOKED");
	assert_string_equal(verified(r, fresh), "REVOKED");
}

static void every_column_is_taken_in_any_order(void **state)
{
	struct op_run *r = *state;

	assert_import(r, "secret,expires_at,meta,not_before,allow_from,limits,scopes,prefix,note,"
			 "tier,owner,name\n" HEX_A
			 ",2027-01-01T00:00:00Z,env=prod team=pay,2026-01-01T00:00:00Z,"
			 "\"10.0.0.0/8, 2001:db8::/32\",100/min,orders:write orders:read,pay,"
			 "\"says \"\"hello\"\"\",gold,finance,full\n");
	assert_run(r, "key.show", "key", "full", NULL);
	assert_string_equal(op_run_text(r, 0, "owner"), "finance");
	assert_string_equal(op_run_text(r, 0, "tier"), "gold");
	assert_string_equal(op_run_text(r, 0, "note"), "says \"hello\"");
	assert_string_equal(op_run_text(r, 0, "prefix"), "pay");
	assert_string_equal(op_run_text(r, 0, "expires_at"), "2027-01-01T00:00:00Z");
	assert_string_equal(op_run_text(r, 0, "not_before"), "2026-01-01T00:00:00Z");
	assert_int_equal(json_count(json_get(json_at(r->rows, 0), "scopes")), 2);
	assert_int_equal(json_count(json_get(json_at(r->rows, 0), "allow_from")), 2);
	assert_string_equal(json_get_text(json_get(json_at(r->rows, 0), "meta"), "env"), "prod");
}

static void json_lines_say_the_same_as_csv(void **state)
{
	struct op_run *r = *state;

	assert_import(r,
		      "{\"name\":\"j\\u00fcrgen\",\"owner\":null,\"secret\":\"" HEX_A "\","
		      "\"scopes\":[\"a:read\",\"b\"],\"meta\":{\"env\":\"prod\"},\"version\":7}\n"
		      "\n"
		      "  {\"secret\": \"" HEX_B "\" , \"name\" : \"second\"}\n");
	assert_int_equal(op_run_int(r, 0, "imported"), 2);
	assert_run(r, "key.show", "key", "jürgen", NULL);
	assert_int_equal(json_count(json_get(json_at(r->rows, 0), "scopes")), 2);
	assert_string_equal(json_get_text(json_get(json_at(r->rows, 0), "meta"), "env"), "prod");
	assert_int_equal(op_run_int(r, 0, "version"), 1);
	assert_string_equal(verified(r, HEX_B), "VALID");
}

static void a_secret_of_our_format_keeps_it_and_its_prefix(void **state)
{
	struct op_run *r = *state;
	struct secret s = SECRET_INIT;
	struct secret_parts parts;
	char *text;

	secret_generate(&s, &parts, "pay");
	text = x_asprintf("name,secret\nmoved,%s\n", secret_reveal(&s));
	assert_import(r, text);
	assert_int_equal(op_run_int(r, 0, "own_format"), 1);
	assert_string_equal(verified(r, secret_reveal(&s)), "VALID");
	assert_run(r, "key.show", "key", "moved", NULL);
	assert_string_equal(op_run_text(r, 0, "prefix"), "pay");
	assert_string_equal(op_run_text(r, 0, "secret_id"), parts.secret_id);
	free(text);
	secret_release(&s);
}

static void a_digest_verifies_by_its_secret(void **state)
{
	struct op_run *r = *state;
	char text[256], hex[2 * SHA256_SIZE + 1];
	uint8_t digest[SHA256_SIZE];

	sha256(digest, &(struct span){ HEX_A, strlen(HEX_A) }, 1);
	hex_encode(hex, digest, sizeof(digest));
	snprintf(text, sizeof(text), "name,secret\nd,sha256:%s\n", hex);
	assert_well(import_text(r, text, "allow-weak"), &r->e);
	assert_int_equal(op_run_int(r, 0, "digests"), 1);
	assert_string_equal(verified(r, HEX_A), "VALID");
	assert_string_equal(verified(r, hex), "NOT_FOUND"); /* the digest opens nothing */
}

static void the_whole_import_is_one_event_that_the_keys_refer_to(void **state)
{
	struct op_run *r = *state;
	char rows[2 * SHA256_SIZE + 1];

	assert_import(r, "name,secret\na," HEX_A "\nb," HEX_B "\n");
	assert_int_equal(op_run_int(r, 0, "event"), 1);
	snprintf(rows, sizeof(rows), "%s", op_run_text(r, 0, "rows_sha256"));
	assert_run(r, "audit.list", NULL);
	assert_int_equal(json_count(r->rows), 1);
	assert_string_equal(op_run_text(r, 0, "operation"), "key.import");
	assert_string_equal(op_run_text(r, 0, "object"), "import");
	assert_int_equal(json_get_int(json_get(json_at(r->rows, 0), "detail"), "count", 0), 2);
	assert_string_equal(json_get_text(json_get(json_at(r->rows, 0), "detail"), "rows_sha256"),
			    rows);
	assert_run(r, "store.check", NULL);
	assert_int_equal(json_count(r->rows), 0);
}

static void a_dry_run_says_what_would_be_and_does_nothing(void **state)
{
	struct op_run *r = *state;

	assert_well(import_text(r, "name,secret\na," HEX_A "\n", "dry-run"), &r->e);
	assert_int_equal(op_run_int(r, 0, "imported"), 0);
	assert_int_equal(op_run_int(r, 0, "rows"), 1);
	assert_true(op_run_bool(r, 0, "dry_run"));
	assert_int_equal(keys_there(r), 0);
}

static void a_file_of_many_blocks_is_read_whole(void **state)
{
	struct op_run *r = *state;
	struct buf text = BUF_INIT(8 * 1024 * 1024);

	buf_add_text(&text, "name,note,secret\n");
	for (int i = 0; i < 6000; i++)
		buf_addf(&text, "key-%d,\"line one\nline, two of %d\",%064x\n", i, i,
			 i * 2654435761u + 12345u);
	assert_well(import_text(r, buf_text(&text), "allow-weak"), &r->e);
	assert_int_equal(op_run_int(r, 0, "imported"), 6000);
	assert_true(r->progress >= 2);
	buf_release(&text);
}

static void an_export_goes_in_again_with_its_secrets_put_back(void **state)
{
	struct op_run *r = *state;

	assert_import(r, "name,owner,id,status,secret\n'=1+1,'-x,key_1,active," HEX_A "\n");
	assert_run(r, "key.list", NULL);
	assert_string_equal(op_run_text(r, 0, "name"), "=1+1");
	assert_string_equal(op_run_text(r, 0, "owner"), "-x");
}

/* --- what is refused -------------------------------------------------------------------------- */

static void an_error_names_line_and_column_and_leaves_nothing(void **state)
{
	struct op_run *r = *state;

	assert_import_refused(r, ERR_USAGE,
			      "name,tier,secret\nok,gold," HEX_A "\n"
			      "bad,free,short\n",
			      "line 3, column 10: secret");
	assert_non_null(strstr(r->e.hint, "nothing was imported"));
	assert_int_equal(keys_there(r), 0);
}

static void every_error_of_a_file_is_named(void **state)
{
	struct op_run *r = *state;
	const char *notes;

	assert_import_refused(r, ERR_USAGE,
			      "name,scopes,limits,allow_from,prefix,expires_at,secret\n"
			      ",,,,,," HEX_A "\n"
			      "a,no scope!,,,,," HEX_A "\n"
			      "b,,often,,,," HEX_A "\n"
			      "c,,,10.0.0.1/8,,," HEX_A "\n"
			      "d,,,,Upper,," HEX_A "\n"
			      "e,,,,,soon," HEX_A "\n"
			      "f,,,,,,\n"
			      "g,too,few\n",
			      "8 errors");
	notes = buf_text(&r->notes);
	assert_non_null(strstr(notes, "line 2, column 1: name: missing"));
	assert_non_null(strstr(notes, "line 3, column 3: scopes"));
	assert_non_null(strstr(notes, "line 4, column 4: limits"));
	assert_non_null(strstr(notes, "line 5, column 5: allow_from"));
	assert_non_null(strstr(notes, "line 6, column 6: prefix"));
	assert_non_null(strstr(notes, "line 7, column 7: expires_at"));
	assert_non_null(strstr(notes, "line 8, column 8: secret: missing"));
	assert_non_null(strstr(notes, "line 9, column 7: 3 fields, the header has 7"));
}

static void no_message_ever_repeats_a_value_of_the_file(void **state)
{
	static const char *const files[] = {
		"name,expires_at,secret\nx," HEX_A ",2027-01-01T00:00:00Z\n",
		"name,scopes,secret\nx," HEX_A "!,\n",
		"name,prefix,secret\nx," HEX_A ",\n",
		"name,meta,secret\nx," HEX_A ",\n",
		"alice,gold," HEX_A "\nbob,free," HEX_B "\n",
		"name,secret\nx,\"" HEX_A "\"y\n",
		"name,secret\nx," HEX_A "," HEX_B "\n",
		"name,secret\nx," HEX_A "\ny," HEX_A "\n",
		"{\"name\":\"x\",\"" HEX_A "\":1}\n",
		"{\"name\":\"x\",\"secret\":\"" HEX_A "\\q\"}\n",
		"{\"name\":\"x\",\"scopes\":[\"" HEX_A "!\"],\"secret\":\"\"}\n",
		"{\"name\":\"x\",\"secret\":[\"" HEX_A "\"]}\n",
	};
	struct op_run *r = *state;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		assert_import_refused(r, ERR_USAGE, files[i], NULL);
		assert_null(strstr(r->e.message, "5f0c1a9b"));
		assert_null(strstr(r->e.hint, "5f0c1a9b"));
		assert_null(strstr(buf_text(&r->notes), "5f0c1a9b"));
	}
}

static void a_weak_secret_is_refused_unless_weak_ones_are_allowed(void **state)
{
	struct op_run *r = *state;
	static const char file[] = "name,secret\nw,0123456789abcdef\n";

	assert_import_refused(r, ERR_USAGE, file, "64 bits at most");
	assert_well(import_text(r, file, "allow-weak"), &r->e);
	assert_int_equal(op_run_int(r, 0, "weak"), 1);
}

static void a_digest_is_refused_unless_weak_ones_are_allowed(void **state)
{
	struct op_run *r = *state;

	assert_import_refused(r, ERR_USAGE, "name,secret\nd,sha256:" HEX_A "\n", "a digest");
	assert_refused(import_text(r, "name,secret\nd,sha256:12\n", "allow-weak"), ERR_USAGE, &r->e,
		       "64 hexadecimal digits");
}

static void a_secret_that_no_client_could_present_is_refused(void **state)
{
	struct op_run *r = *state;
	struct buf text = BUF_INIT(4096);

	assert_import_refused(r, ERR_USAGE, "name,secret\nx,Grüße-" HEX_A "\n", "printable");
	assert_import_refused(r, ERR_USAGE, "name,secret\nx, " HEX_A "\n", "blank");
	buf_add_text(&text, "name,secret\nx,");
	for (int i = 0; i < 9; i++)
		buf_add_text(&text, HEX_A);
	assert_import_refused(r, ERR_USAGE, buf_text(&text), "512 bytes");
	buf_release(&text);
}

static void a_mistyped_secret_of_our_format_is_refused(void **state)
{
	struct op_run *r = *state;
	struct secret s = SECRET_INIT;
	struct secret_parts parts;
	char *text;

	secret_generate(&s, &parts, "ak");
	text = x_asprintf("name,secret\nx,%.*s%c\n", (int)s.len - 1, secret_reveal(&s),
			  secret_reveal(&s)[s.len - 1] == 'A' ? 'B' : 'A');
	assert_import_refused(r, ERR_USAGE, text, "checksum is wrong");
	free(text);
	secret_release(&s);
}

static void a_prefix_that_is_not_the_secrets_is_refused(void **state)
{
	struct op_run *r = *state;
	struct secret s = SECRET_INIT;
	struct secret_parts parts;
	char *text;

	secret_generate(&s, &parts, "ak");
	text = x_asprintf("name,prefix,secret\nx,pay,%s\n", secret_reveal(&s));
	assert_import_refused(r, ERR_USAGE, text, "prefix: not the one");
	free(text);
	secret_release(&s);
}

static void a_secret_that_is_in_the_file_twice_is_refused_with_both_lines(void **state)
{
	struct op_run *r = *state;
	char text[512], hex[2 * SHA256_SIZE + 1];
	uint8_t digest[SHA256_SIZE];

	assert_import_refused(r, ERR_USAGE, "name,secret\na," HEX_A "\nb," HEX_B "\nc," HEX_A "\n",
			      "line 4, column 3: secret: the same as in line 2");
	sha256(digest, &(struct span){ HEX_A, strlen(HEX_A) }, 1);
	hex_encode(hex, digest, sizeof(digest));
	snprintf(text, sizeof(text), "name,secret\na," HEX_A "\nb,sha256:%s\n", hex);
	assert_refused(import_text(r, text, "allow-weak"), ERR_USAGE, &r->e, "same as in line 2");
}

static void a_known_secret_is_refused_with_its_line_and_nothing_stays(void **state)
{
	struct op_run *r = *state;
	static const char again[] = "name,secret\nnew," HEX_B "\nold," HEX_A "\n";

	assert_import(r, "name,secret\na," HEX_A "\n");
	assert_import_refused(r, ERR_CONFLICT, again, "line 3, column 5: secret: already known");
	assert_refused(import_text(r, again, "dry-run"), ERR_CONFLICT, &r->e, "line 3");
	assert_int_equal(keys_there(r), 1);
	assert_string_equal(verified(r, HEX_B), "NOT_FOUND");
}

static void a_created_secret_is_known_too(void **state)
{
	struct op_run *r = *state;
	char *text;

	assert_run(r, "key.create", "name", "here", NULL);
	text = x_asprintf("name,secret\nx,%s\n", r->secret);
	assert_import_refused(r, ERR_CONFLICT, text, "already known");
	free(text);
}

static void a_purged_secret_stays_known(void **state)
{
	struct op_run *r = *state;

	assert_import(r, "name,secret\na," HEX_A "\n");
	assert_run(r, "key.revoke", "key", "a", NULL);
	test_clock_advance(&r->clock, 2 * DAY_MS);
	assert_run(r, "key.purge", "older-than", "1d", NULL);
	assert_int_equal(json_count(r->rows), 1);
	assert_import_refused(r, ERR_CONFLICT, "name,secret\nback," HEX_A "\n", "already known");
	assert_run(r, "store.check", NULL);
}

static void a_secret_stays_known_after_the_ring_got_a_new_key(void **state)
{
	struct op_run *r = *state;

	assert_import(r, "name,secret\na," HEX_A "\n");
	assert_run(r, "store.rekey", NULL);
	assert_import_refused(r, ERR_CONFLICT, "name,secret\nback," HEX_A "\n", "already known");
	assert_string_equal(verified(r, HEX_A), "VALID");
	assert_import(r, "name,secret\nb," HEX_B "\n");
	assert_string_equal(verified(r, HEX_B), "VALID");
}

static void a_header_must_have_name_and_secret_and_nothing_unknown(void **state)
{
	struct op_run *r = *state;

	assert_import_refused(r, ERR_USAGE, "user,secret\na," HEX_A "\n", "no column \"name\"");
	assert_import_refused(r, ERR_USAGE, "name\na\n", "no column \"secret\"");
	assert_import_refused(r, ERR_USAGE, "name,secret,expire_at\na," HEX_A ",x\n",
			      "line 1, column 13: the header has an unknown column \"expire_at\"");
	assert_import_refused(r, ERR_USAGE, "name,secret,NAME\na," HEX_A ",b\n", "twice");
	assert_import_refused(r, ERR_USAGE, "name,owner,user,secret\na,b,c," HEX_A "\n", "twice");
}

static void a_file_without_keys_is_refused(void **state)
{
	struct op_run *r = *state;

	assert_import_refused(r, ERR_USAGE, "", "no keys");
	assert_import_refused(r, ERR_USAGE, "name,secret\n", "no keys");
	assert_run_refused(r, ERR_NOT_FOUND, "No such file", "key.import", "file", "/nowhere/x",
			   NULL);
	assert_run_refused(r, ERR_USAGE, "directory", "key.import", "file", r->folder, NULL);
}

static void csv_that_is_not_well_formed_is_refused_where_it_breaks(void **state)
{
	struct op_run *r = *state;

	assert_import_refused(r, ERR_USAGE, "name,secret\na," HEX_A "\nb\"x," HEX_B "\n",
			      "line 3, column 2");
	assert_import_refused(r, ERR_USAGE, "name,secret\n\"a," HEX_A "\nb," HEX_B "\n", "line 2");
}

static void a_record_longer_than_a_block_is_refused(void **state)
{
	struct op_run *r = *state;
	struct buf text = BUF_INIT(2 * IMPORT_BLOCK);

	buf_add_text(&text, "name,secret\na," HEX_A "\n\"");
	for (int i = 0; i < IMPORT_BLOCK / 32; i++)
		buf_add_text(&text,
			     "never closed, and so it goes on and on until the room is used\n");
	assert_import_refused(r, ERR_USAGE, buf_text(&text), "line 3: a record of over 256 KiB");
	buf_release(&text);
}

static void json_that_is_not_well_formed_is_refused_where_it_breaks(void **state)
{
	static const struct {
		const char *text, *part;
	} wrong[] = {
		{ "{\"name\":\"a\"", "comma or closing brace" },
		{ "{\"name\" \"a\"}", "line 1, column 9: a colon" },
		{ "{\"name\":\"a}", "no end" },
		{ "{\"name\":\"a\",}", "name is missing" },
		{ "{\"name\":\"a\"} x", "something follows" },
		{ "{\"name\":\"a\",\"name\":\"b\"}", "twice" },
		{ "{\"nome\":\"a\"}", "unknown member" },
		{ "{\"name\":5}", "wants a text" },
		{ "{\"name\":[\"a\"]}", "wants a text" },
		{ "{\"name\":\"\\ud800\"}", "surrogate" },
		{ "{\"name\":\"\\u0000\"}", "NUL" },
		{ "{\"name\":\"\\x\"}", "escape" },
		{ "{\"scopes\":[\"a\"", "bracket" },
		{ "{\"scopes\":[1]}", "of texts" },
		{ "{\"meta\":{\"a\":1},\"name\":\"a\",\"secret\":\"" HEX_A "\"}", "meta" },
		{ "{\"meta\":{\"a\":}}", "not well formed" },
		{ "{\"name\":\"a\"}\nnot json\n", "line 2, column 1: an object is missing" },
	};
	struct op_run *r = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		import_text(r, wrong[i].text, NULL);
		assert_int_equal(r->e.code, ERR_USAGE);
		assert_true(strstr(r->e.message, wrong[i].part) ||
			    strstr(buf_text(&r->notes), wrong[i].part));
	}
}

static void a_validity_that_never_begins_is_refused(void **state)
{
	struct op_run *r = *state;

	assert_import_refused(r, ERR_USAGE,
			      "name,not_before,expires_at,secret\n"
			      "a,2027-01-01T00:00:00Z,2026-12-01T00:00:00Z," HEX_A "\n",
			      "never valid");
}

static void errors_are_counted_beyond_the_first_hundred(void **state)
{
	struct op_run *r = *state;
	struct buf text = BUF_INIT(65536);
	size_t lines = 0;

	buf_add_text(&text, "name,secret\n");
	for (int i = 0; i < 250; i++)
		buf_add_text(&text, "a,short\n");
	assert_import_refused(r, ERR_USAGE, buf_text(&text), "has 250 errors");
	for (const char *p = buf_text(&r->notes); (p = strstr(p, "column 3")); p++)
		lines++;
	assert_int_equal(lines, IMPORT_ERRORS);
	buf_release(&text);
}

/* --- cancelled, or told to a terminal that is stopped ----------------------------------------- */

static char *large_file(struct op_run *r, int count)
{
	struct buf text = BUF_INIT(16 * 1024 * 1024);
	char *path;

	buf_add_text(&text, "name,secret\n");
	for (int i = 0; i < count; i++)
		buf_addf(&text, "key-%d,%064x\n", i, (unsigned)i * 2654435761u + 12345u);
	path = op_run_file(r, "large.csv", buf_text(&text));
	buf_release(&text);
	return path;
}

static bool cancel_reading(struct op_run *r, const char *what)
{
	(void)r;
	return strcmp(what, "reading") != 0;
}

static bool cancel_storing(struct op_run *r, const char *what)
{
	(void)r;
	return strcmp(what, "storing") != 0;
}

static void a_cancelled_import_leaves_nothing(void **state)
{
	static bool (*const cancels[])(struct op_run *, const char *) = {
		cancel_reading,
		cancel_storing,
	};
	struct op_run *r = *state;
	char *path = large_file(r, 60000);

	for (size_t i = 0; i < sizeof(cancels) / sizeof(*cancels); i++) {
		r->on_progress = cancels[i];
		assert_run_refused(r, ERR_CANCELLED, NULL, "key.import", "file", path, "allow-weak",
				   "", NULL);
		r->on_progress = NULL;
		assert_int_equal(keys_there(r), 0);
	}
	free(path);
}

/* Another administrator, while our terminal takes nothing: this returns only when the other's change
 * is through. */
static bool other_writes(struct op_run *r, const char *what)
{
	static const struct op_sink silent = { .arg = NULL };
	const struct op *op = op_find("key.disable");
	struct app *other;
	struct op_args *args;

	if (strcmp(what, "storing") || r->stdin_secret)
		return true;
	r->stdin_secret = "done";
	other = app_dup(r->app);
	args = op_args_new(op);
	assert_well(op_args_add(args, "key", "here", &r->e), &r->e);
	assert_well(app_run(other, op, args, &silent, &r->e), &r->e);
	op_args_free(args);
	app_free(other);
	return true;
}

static void a_terminal_that_is_stopped_holds_up_nobody(void **state)
{
	struct op_run *r = *state;
	char *path = large_file(r, 60000);

	assert_run(r, "key.create", "name", "here", NULL);
	r->on_progress = other_writes;
	assert_run(r, "key.import", "file", path, "allow-weak", "", NULL);
	r->on_progress = NULL;
	assert_non_null(r->stdin_secret); /* there was time for it */
	r->stdin_secret = NULL;
	assert_run(r, "key.list", "status", "disabled", NULL);
	assert_int_equal(json_count(r->rows), 1);
	free(path);
}

/* --- strength by length ----------------------------------------------------------------------- */

static void bits_follow_length_and_alphabet(void **state)
{
	static const struct {
		const char *secret;
		unsigned least, most;
	} cases[] = {
		{ "0123456789abcdef0123456789abcdef", 128, 128 },     /* token_hex(16) */
		{ "123e4567-e89b-12d3-a456-426614174000", 128, 128 }, /* a UUID */
		{ "q7Zt-3kV_xW9bLmN0pRsTu", 128, 140 },		      /* 16 bytes in base64url */
		{ "hunter2", 0, 40 },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0, 0 },
		{ "abababababababababababababababababab", 30, 40 },
		{ "31415926535897932384626433832795", 100, 107 },
		{ "", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_in_range(import_secret_bits(cases[i].secret, strlen(cases[i].secret)),
				cases[i].least, cases[i].most);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, op_run_setup, op_run_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(the_dict_of_the_introduction_goes_in_and_every_key_verifies),
		WITH_STORE(an_imported_key_can_be_rotated_and_revoked),
		WITH_STORE(every_column_is_taken_in_any_order),
		WITH_STORE(json_lines_say_the_same_as_csv),
		WITH_STORE(a_secret_of_our_format_keeps_it_and_its_prefix),
		WITH_STORE(a_digest_verifies_by_its_secret),
		WITH_STORE(the_whole_import_is_one_event_that_the_keys_refer_to),
		WITH_STORE(a_dry_run_says_what_would_be_and_does_nothing),
		WITH_STORE(a_file_of_many_blocks_is_read_whole),
		WITH_STORE(an_export_goes_in_again_with_its_secrets_put_back),
		WITH_STORE(an_error_names_line_and_column_and_leaves_nothing),
		WITH_STORE(every_error_of_a_file_is_named),
		WITH_STORE(no_message_ever_repeats_a_value_of_the_file),
		WITH_STORE(a_weak_secret_is_refused_unless_weak_ones_are_allowed),
		WITH_STORE(a_digest_is_refused_unless_weak_ones_are_allowed),
		WITH_STORE(a_secret_that_no_client_could_present_is_refused),
		WITH_STORE(a_mistyped_secret_of_our_format_is_refused),
		WITH_STORE(a_prefix_that_is_not_the_secrets_is_refused),
		WITH_STORE(a_secret_that_is_in_the_file_twice_is_refused_with_both_lines),
		WITH_STORE(a_known_secret_is_refused_with_its_line_and_nothing_stays),
		WITH_STORE(a_created_secret_is_known_too),
		WITH_STORE(a_purged_secret_stays_known),
		WITH_STORE(a_secret_stays_known_after_the_ring_got_a_new_key),
		WITH_STORE(a_header_must_have_name_and_secret_and_nothing_unknown),
		WITH_STORE(a_file_without_keys_is_refused),
		WITH_STORE(csv_that_is_not_well_formed_is_refused_where_it_breaks),
		WITH_STORE(a_record_longer_than_a_block_is_refused),
		WITH_STORE(json_that_is_not_well_formed_is_refused_where_it_breaks),
		WITH_STORE(a_validity_that_never_begins_is_refused),
		WITH_STORE(errors_are_counted_beyond_the_first_hundred),
		WITH_STORE(a_cancelled_import_leaves_nothing),
		WITH_STORE(a_terminal_that_is_stopped_holds_up_nobody),
		cmocka_unit_test(bits_follow_length_and_alphabet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
