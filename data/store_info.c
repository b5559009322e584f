/* store info: what a store is, where it and its keys are, and how much it holds. */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "data/store_internal.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"

/* Members and the queries that count for them. */
static const struct {
	const char *name, *sql;
} counts[] = {
	{ "keys", "SELECT count(*) AS rows FROM apikey WHERE status <> 0" },
	{ "versions", "SELECT count(*) AS rows FROM version WHERE state <> 0" },
	{ "pending", "SELECT count(*) AS rows FROM version WHERE state = 0" },
	{ "providers", "SELECT count(*) AS rows FROM provider" },
	{ "grants", "SELECT count(*) AS rows FROM oauth_grant" },
	{ "flows", "SELECT count(*) AS rows FROM flow" },
	{ "tombstones", "SELECT count(*) AS rows FROM tombstone" },
	{ "audit_events", "SELECT count(*) AS rows FROM audit" },
	{ "usage_hours", "SELECT count(*) AS rows FROM usage_by_hour" },
};

static const char *const anchor_names[] = {
	[ANCHOR_NONE] = "missing",
	[ANCHOR_TORN] = "torn",
	[ANCHOR_FITS] = "fits",
	[ANCHOR_FOREIGN] = "foreign",
};

static int64_t file_size(const char *path, const char *suffix)
{
	char *whole = x_asprintf("%s%s", path, suffix);
	struct stat st;
	int64_t size = stat(whole, &st) == 0 ? (int64_t)st.st_size : 0;

	free(whole);
	return size;
}

static void set_hex(struct json *out, const char *name, const void *data, size_t len)
{
	char text[2 * SHA256_SIZE + 1];

	hex_encode(text, data, len < SHA256_SIZE ? len : SHA256_SIZE);
	json_set_text(out, name, text);
}

static struct json *rings_list(const struct store *s)
{
	struct json *list = json_array_new();

	for (size_t i = 0; i < s->ring_count; i++)
		json_add(list, json_int(s->ring[i].number));
	return list;
}

static struct json *master_describe(const struct store *s)
{
	struct json *m = json_object_new();

	json_set_text(m, "kind", s->master.kind == MASTER_FILE ? "file" : "passphrase");
	json_set_text(m, "place", s->master.place);
	set_hex(m, "fingerprint", s->master.fingerprint, SHA256_SIZE);
	return m;
}

static struct json *anchor_describe(struct store *s)
{
	struct json *a = json_object_new();
	char *path = anchor_path(s);

	json_set_text(a, "state", anchor_names[s->anchor.state]);
	json_set_text(a, "path", path);
	json_set_int(a, "sequence", s->anchor.sequence);
	free(path);
	return a;
}

static enum errc rows_count(struct store *s, struct json *out, struct err *e)
{
	enum errc rc = ERR_OK;

	for (size_t i = 0; i < sizeof counts / sizeof *counts && !rc; i++) {
		struct stmt *st = db_stmt(s->db, counts[i].sql);
		int64_t rows = 0;

		rc = stmt_one_int(st, "rows", &rows, e);
		json_set_int(out, counts[i].name, rows);
	}
	return rc;
}

enum errc store_info(struct store *s, struct json **out, struct err *e)
{
	struct json *info = json_object_new();
	enum errc rc;

	json_set_text(info, "path", s->path);
	json_set_text(info, "engine", db_engine(s->db)->name);
	json_set_int(info, "schema_version", s->schema_version);
	set_hex(info, "store_id", s->id, STORE_ID_SIZE);
	json_set_time(info, "created_at", s->created_at);
	json_set_int(info, "bytes", file_size(s->path, ""));
	json_set_int(info, "log_bytes", file_size(s->path, "-wal"));
	rc = store_snapshot(s, e);
	if (!rc)
		rc = rows_count(s, info, e);
	store_snapshot_end(s);
	json_set_int(info, "audit_sequence", s->mark.sequence);
	set_hex(info, "audit_head", s->mark.hash, SHA256_SIZE);
	json_set(info, "master_key", master_describe(s));
	json_set_int(info, "ring", store_ring(s));
	json_set(info, "rings", rings_list(s));
	json_set(info, "anchor", anchor_describe(s));
	if (rc) {
		json_free(info);
		info = NULL;
	}
	*out = info;
	return rc;
}
