/* A store of their own for the tests of data/. */
#include "tests/lib/store_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "data/db.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/base/file.h"
#include "src/base/random.h"

static void must(enum errc rc, const struct err *e)
{
	assert_well(rc, e);
}

/* --- its life ------------------------------------------------------------- */

void fixture_start(struct store_fixture *f)
{
	struct err e = ERR_INIT;

	*f = (struct store_fixture){ .folder = temp_folder() };
	f->path = path_join(f->folder, "authrack.db");
	f->master_file = path_join(f->folder, "authrack/master.key");
	/* The default place of master key and anchor, so that no test comes near a real one. */
	setenv("XDG_CONFIG_HOME", f->folder, 1);
	test_clock_init(&f->clock, TEST_NOW);
	f->options = (struct store_options){
		.url = f->path,
		.create = true,
		.wait_ms = 5 * SECOND_MS,
		.verb = "test",
		.master_file = f->master_file,
		.clock = &f->clock.clock,
	};
	must(store_open(&f->s, &f->options, &e), &e);
}

void fixture_end(struct store_fixture *f)
{
	store_close(f->s);
	temp_folder_remove(f->folder);
	free(f->path);
	free(f->master_file);
}

int fixture_setup(void **state)
{
	struct store_fixture *f = x_calloc(1, sizeof(*f));

	fixture_start(f);
	*state = f;
	return 0;
}

int fixture_teardown(void **state)
{
	fixture_end(*state);
	free(*state);
	return 0;
}

void fixture_reopen(struct store_fixture *f)
{
	struct err e = ERR_INIT;

	store_close(f->s);
	f->s = NULL;
	must(store_open(&f->s, &f->options, &e), &e);
}

/* --- changes as operations make them -------------------------------------- */

static void event_append(struct store_fixture *f, const char *operation, const struct key *k,
			 const uint8_t *before, const char *detail)
{
	struct err e = ERR_INIT;
	struct audit_event ev = {
		.actor = x_strdup("{\"uid\":1000}"),
		.operation = x_strdup(operation),
		.object = x_strdup(k->id),
		.name = x_strdup(k->name),
		.detail = x_strdup(detail),
		.object_revision = k->revision,
		.has_object_mac = strcmp(operation, "key.purge") != 0,
	};

	if (ev.has_object_mac)
		must(key_object_mac(f->s, k, ev.object_mac, &e), &e);
	if (before)
		memcpy(ev.object_before, before, MAC_SIZE);
	must(audit_append(f->s, &ev, &e), &e);
	audit_event_release(&ev);
}

static void secret_new(struct store_fixture *f, struct key_version *v)
{
	struct err e = ERR_INIT;
	char secret[64];

	v->kind = VERSION_OWN;
	v->secret_ring = store_ring(f->s);
	random_text(v->secret_id, SECRET_ID_SIZE - 1, CROCKFORD_ALPHABET);
	snprintf(secret, sizeof(secret), "ak_%s_secret", v->secret_id);
	must(store_secret_mac(f->s, v->secret_mac, v->secret_ring, v->secret_id, secret,
			      strlen(secret), &e),
	     &e);
	snprintf(v->hint, sizeof(v->hint), "%s", v->secret_id + SECRET_ID_SIZE - HINT_SIZE);
}

const char *fixture_create(struct store_fixture *f, const char *name)
{
	struct err e = ERR_INIT;
	struct key k;
	struct key_version v = { .number = 1, .state = VERSION_LIVE, .valid_until = TIME_NONE };

	test_clock_advance(&f->clock, SECOND_MS);
	must(store_begin(f->s, &e), &e);
	secret_new(f, &v);
	key_init(&k);
	free(k.name);
	k.name = x_strdup(name);
	snprintf(k.prefix, sizeof(k.prefix), "ak");
	k.created_at = v.created_at = store_now(f->s);
	k.updated_at = k.created_at;
	k.version = 1;
	memcpy(k.hint, v.hint, sizeof(k.hint));
	must(key_insert(f->s, &k, &e), &e);
	v.key = k.row;
	must(version_insert(f->s, &v, &e), &e);
	event_append(f, "key.create", &k, NULL, "{}");
	must(store_commit(f->s, &e), &e);
	memcpy(f->last_id, k.id, sizeof(f->last_id));
	key_release(&k);
	return f->last_id;
}

/* Begins a change of a key: reads it, with its object MAC from before. */
static void change_begin(struct store_fixture *f, const char *id, struct key *k,
			 uint8_t before[MAC_SIZE])
{
	struct err e = ERR_INIT;

	test_clock_advance(&f->clock, SECOND_MS);
	must(store_begin(f->s, &e), &e);
	key_init(k);
	must(key_get(f->s, id, k, &e), &e);
	must(key_object_mac(f->s, k, before, &e), &e);
	k->updated_at = store_now(f->s);
}

static void change_end(struct store_fixture *f, struct key *k, const char *operation,
		       const uint8_t before[MAC_SIZE], const char *detail)
{
	struct err e = ERR_INIT;

	must(key_update(f->s, k, &e), &e);
	event_append(f, operation, k, before, detail);
	must(store_commit(f->s, &e), &e);
	key_release(k);
}

void fixture_scopes(struct store_fixture *f, const char *id, const char *scopes)
{
	uint8_t before[MAC_SIZE];
	struct key k;

	change_begin(f, id, &k, before);
	free(k.scopes);
	k.scopes = x_strdup(scopes);
	change_end(f, &k, "key.edit", before, "{}");
}

void fixture_disable(struct store_fixture *f, const char *id)
{
	uint8_t before[MAC_SIZE];
	struct key k;

	change_begin(f, id, &k, before);
	k.status = KEY_DISABLED;
	k.disabled_at = k.updated_at;
	change_end(f, &k, "key.disable", before, "{}");
}

void fixture_revoke(struct store_fixture *f, const char *id)
{
	uint8_t before[MAC_SIZE];
	struct key k;

	change_begin(f, id, &k, before);
	k.status = KEY_REVOKED;
	k.revoked_at = k.updated_at;
	free(k.revoke_reason);
	k.revoke_reason = x_strdup("compromise");
	change_end(f, &k, "key.revoke", before, "{\"reason\":\"compromise\"}");
}

void fixture_purge(struct store_fixture *f, const char *id)
{
	struct err e = ERR_INIT;
	uint8_t before[MAC_SIZE];
	char *detail;
	struct key k;

	change_begin(f, id, &k, before);
	detail = x_asprintf("{\"import_event\":%" PRId64 ",\"row\":%" PRId64 "}", k.import_event,
			    k.row);
	event_append(f, "key.purge", &k, before, detail);
	must(key_purge(f->s, &k, &e), &e);
	must(store_commit(f->s, &e), &e);
	key_release(&k);
	free(detail);
}

static void older_end(struct store_fixture *f, const struct key *k, int64_t until)
{
	struct err e = ERR_INIT;
	struct key_version *versions;
	size_t count;

	must(versions_of(f->s, k->row, &versions, &count, &e), &e);
	for (size_t i = 0; i < count; i++) {
		struct key_version *v = &versions[i];

		if (v->valid_until != TIME_NONE && v->valid_until <= until)
			continue;
		v->valid_until = until;
		must(version_update(f->s, v, &e), &e);
	}
	free(versions);
}

void fixture_rotate(struct store_fixture *f, const char *id, int64_t grace)
{
	struct err e = ERR_INIT;
	struct key_version v = { .state = VERSION_LIVE, .valid_until = TIME_NONE };
	uint8_t before[MAC_SIZE];
	struct key k;

	change_begin(f, id, &k, before);
	older_end(f, &k, k.updated_at + grace);
	secret_new(f, &v);
	v.key = k.row;
	v.number = k.version + 1;
	v.created_at = k.updated_at;
	must(version_insert(f->s, &v, &e), &e);
	k.version = v.number;
	k.retiring_until = grace ? k.updated_at + grace : TIME_NONE;
	memcpy(k.hint, v.hint, sizeof(k.hint));
	change_end(f, &k, "key.rotate", before, "{}");
}

/* --- import --------------------------------------------------------------- */

static void imported_insert(struct store_fixture *f, const char *name, int64_t event,
			    struct sha256 *rows)
{
	struct err e = ERR_INIT;
	struct key k;
	struct key_version v = { .number = 1,
				 .kind = VERSION_FOREIGN,
				 .state = VERSION_LIVE,
				 .valid_until = TIME_NONE };
	uint8_t digest[SHA256_SIZE], mac[MAC_SIZE];

	key_init(&k);
	free(k.name);
	k.name = x_strdup(name);
	k.created_at = v.created_at = k.updated_at = store_now(f->s);
	k.version = 1;
	k.import_event = event;
	must(key_insert(f->s, &k, &e), &e);
	random_public(digest, sizeof(digest));
	v.key = k.row;
	v.secret_ring = store_ring(f->s);
	must(store_import_mac(f->s, v.lookup, v.secret_ring, digest, &e), &e);
	must(version_insert(f->s, &v, &e), &e);
	must(key_object_mac(f->s, &k, mac, &e), &e);
	sha256_add(rows, mac, sizeof(mac));
	key_release(&k);
}

static int64_t next_sequence(struct store_fixture *f)
{
	struct err e = ERR_INIT;
	struct audit_event head = { .sequence = 0 };
	int64_t next;
	bool any;

	must(audit_head(f->s, &head, &any, &e), &e);
	next = any ? head.sequence + 1 : 1;
	audit_event_release(&head);
	return next;
}

void fixture_import(struct store_fixture *f, const char *prefix, int count)
{
	struct err e = ERR_INIT;
	struct sha256 *rows = sha256_new();
	struct audit_event ev = { .actor = x_strdup("{}"),
				  .operation = x_strdup("key.import"),
				  .object = x_strdup("import"),
				  .name = x_strdup("") };
	uint8_t sum[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	int64_t event;

	must(store_begin(f->s, &e), &e);
	event = next_sequence(f);
	for (int i = 1; i <= count; i++) {
		char *name = x_asprintf("%s%d", prefix, i);

		imported_insert(f, name, event, rows);
		free(name);
	}
	sha256_end(rows, sum);
	hex_encode(hex, sum, sizeof(sum));
	ev.detail = x_asprintf("{\"" AUDIT_IMPORT_COUNT "\":%d,\"" AUDIT_IMPORT_ROWS "\":\"%s\"}",
			       count, hex);
	must(audit_append(f->s, &ev, &e), &e);
	must(store_commit(f->s, &e), &e);
	sha256_free(rows);
	audit_event_release(&ev);
}

/* --- looking -------------------------------------------------------------- */

const char *fixture_id(struct store_fixture *f, const char *name)
{
	struct err e = ERR_INIT;
	size_t live, count;
	char ids[1][KEY_ID_SIZE];

	must(key_named(f->s, name, ids, 1, &live, &count, &e), &e);
	assert_int_equal(count, 1);
	memcpy(f->last_id, ids[0], sizeof(f->last_id));
	return f->last_id;
}

bool fixture_get(struct store_fixture *f, const char *id, struct key *k)
{
	struct err e = ERR_INIT;
	enum errc rc = key_get(f->s, id, k, &e);

	if (rc != ERR_NOT_FOUND)
		must(rc, &e);
	return rc == ERR_OK;
}

enum key_status fixture_status(struct store_fixture *f, const char *id)
{
	enum key_status status;
	struct key k;

	key_init(&k);
	assert_true(fixture_get(f, id, &k));
	assert_false(k.altered);
	status = k.status;
	key_release(&k);
	return status;
}

/* --- backups -------------------------------------------------------------- */

char *fixture_backup(struct store_fixture *f, const char *name)
{
	struct err e = ERR_INIT;
	char *path = path_join(f->folder, name);

	must(store_backup(f->s, path, NULL, NULL, NULL, &e), &e);
	return path;
}

static enum errc restored_append(void *arg, struct audit_event *ev, struct err *e)
{
	struct store_fixture *f = arg;
	enum errc rc;

	ev->actor = x_strdup("{}");
	ev->operation = x_strdup("store.restore");
	rc = audit_append(f->s, ev, e);
	free(ev->actor);
	free(ev->operation);
	return rc;
}

enum errc fixture_restore(struct store_fixture *f, const char *path, bool accept_loss,
			  struct store_restore_report *report, struct err *e)
{
	struct audit_event ev = { .actor = x_strdup("{}"),
				  .operation = x_strdup("store.restore"),
				  .object = x_strdup("store"),
				  .name = x_strdup(""),
				  .detail = x_strdup("{}") };
	struct store *copy;
	enum errc rc;

	test_clock_advance(&f->clock, MINUTE_MS);
	rc = store_backup_open(&copy, f->s, path, NULL, NULL, e);
	if (rc)
		goto out;
	must(store_begin(f->s, e), e);
	rc = store_restore(f->s, copy, accept_loss, restored_append, f, report, e);
	if (!rc)
		rc = audit_append(f->s, &ev, e);
	if (rc)
		store_rollback(f->s);
	else
		rc = store_commit(f->s, e);
	store_close(copy);
out:
	audit_event_release(&ev);
	return rc;
}

/* --- by hand -------------------------------------------------------------- */

void fixture_sql(struct store_fixture *f, const char *sql)
{
	struct err e = ERR_INIT;
	struct db *d;

	must(db_open(&d, &engine_sqlite, f->path, 0, &e), &e);
	must(db_exec(d, "PRAGMA foreign_keys=OFF", &e), &e);
	must(db_exec(d, sql, &e), &e);
	db_close(d);
}

void fixture_sqlf(struct store_fixture *f, const char *format, ...)
{
	struct buf sql = BUF_INIT(65536);
	va_list ap;

	va_start(ap, format);
	buf_vaddf(&sql, format, ap);
	va_end(ap);
	fixture_sql(f, buf_text(&sql));
	buf_release(&sql);
}

int64_t fixture_number(struct store_fixture *f, const char *sql)
{
	struct err e = ERR_INIT;
	struct stmt *st;
	struct db *d;
	int64_t n = 0;

	must(db_open(&d, &engine_sqlite, f->path, 0, &e), &e);
	st = db_prepare(d, sql);
	must(stmt_one_int(st, "n", &n, &e), &e);
	stmt_free(st);
	db_close(d);
	return n;
}

void fixture_to_schema_2(struct store_fixture *f)
{
	fixture_sql(f, "DROP TABLE limit_state; DROP TABLE usage_by_hour; DROP TABLE usage_by_day;"
		       "DROP TABLE usage_all_hour; DROP TABLE usage_all_day;"
		       "CREATE TABLE usage_hour (key INTEGER NOT NULL, hour INTEGER NOT NULL,"
		       " version INTEGER NOT NULL, code TEXT NOT NULL, count INTEGER NOT NULL,"
		       " PRIMARY KEY (key, hour, version, code)) STRICT, WITHOUT ROWID;"
		       "CREATE INDEX usage_hour_hour ON usage_hour (hour);"
		       "CREATE TABLE usage_day (key INTEGER NOT NULL, day INTEGER NOT NULL,"
		       " version INTEGER NOT NULL, code TEXT NOT NULL, count INTEGER NOT NULL,"
		       " PRIMARY KEY (key, day, version, code)) STRICT, WITHOUT ROWID;"
		       "CREATE INDEX usage_day_day ON usage_day (day); PRAGMA user_version = 2");
}

void fixture_to_schema_1(struct store_fixture *f)
{
	fixture_to_schema_2(f);
	fixture_sql(f, "DROP TABLE flow; DROP TABLE oauth_grant; DROP TABLE provider_facts;"
		       "DROP TABLE provider; PRAGMA user_version = 1");
}

/* --- checking ------------------------------------------------------------- */

static void finding_add(void *arg, const struct store_finding *finding)
{
	buf_addf(arg, "%s|%s|%s\n", finding->check, finding->object, finding->text);
}

char *fixture_check(struct store_fixture *f)
{
	struct err e = ERR_INIT;
	struct buf findings = BUF_INIT(1 << 20);
	uint64_t count = 0, lines = 0;

	must(store_check(f->s, finding_add, NULL, &findings, &count, &e), &e);
	for (size_t i = 0; i < findings.len; i++)
		lines += findings.data[i] == '\n';
	assert_int_equal(lines, count);
	buf_add_text(&findings, "");
	return findings.data ? buf_take(&findings) : x_strdup("");
}

void fixture_assert_sound(struct store_fixture *f)
{
	char *findings = fixture_check(f);

	assert_string_equal(findings, "");
	free(findings);
}

static bool line_has(const char *line, const char *check, const char *object, const char *text)
{
	const char *bar = strchr(line, '|');

	return bar && strncmp(line, check, strlen(check)) == 0 && line[strlen(check)] == '|' &&
	       strstr(bar, object) && strstr(bar, text);
}

void fixture_assert_found(struct store_fixture *f, const char *check, const char *object,
			  const char *text)
{
	char *findings = fixture_check(f), *rest = findings, *line;
	char *shown = x_strdup(findings);
	bool found = false;

	while ((line = strsep(&rest, "\n")))
		found = found || line_has(line, check, object, text);
	if (!found)
		print_error("no finding \"%s\" on \"%s\" with \"%s\" in:\n%s", check, object, text,
			    shown);
	assert_true(found);
	free(shown);
	free(findings);
}
