/* key.scan: finds leaked credentials, ours and other vendors', in files, folders or standard input. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/app/identify.h"
#include "src/app/ops.h"
#include "src/app/scan_text.h"
#include "src/app/session.h"
#include "src/base/alloc.h"

enum { BINARY_LIMIT = 16 * 1024 * 1024, BINARY_LOOK = 8192 };

static const struct arg scan_args[] = {
	{ .name = "path",
	  .type = ARG_FILE,
	  .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "files and folders; none, or -, is standard input" },
	{ .name = "binary",
	  .letter = 'b',
	  .type = ARG_FLAG,
	  .help = "read binary files over 16 MiB, too" },
	{ .name = NULL },
};

static const struct op_column scan_columns[] = {
	{ "live", "LIVE", COLUMN_FLAG, "true: it works, or can come to work, here; null: unknown" },
	{ "file", "FILE", COLUMN_TEXT, "where it was found" },
	{ "line", "LINE", COLUMN_NUMBER, "line, from 1" },
	{ "column", "COL", COLUMN_NUMBER, "byte in the line, from 1" },
	{ "kind", "KIND", COLUMN_TEXT,
	  "authrack, or the vendor: github gitlab stripe aws slack "
	  "google npm anthropic openai jwt" },
	{ "masked", "CREDENTIAL", COLUMN_TEXT, "what may be shown of it" },
	{ "name", "KEY", COLUMN_TEXT, "name of the key; null: not of this store" },
	{ "status", "STATUS", COLUMN_TEXT,
	  "active, disabled, not_yet_valid, revoked, retired, "
	  "expired; unknown" },
	{ "id", NULL, COLUMN_TEXT, "the key's id" },
	{ "owner", NULL, COLUMN_TEXT, "who answers for it" },
	{ "version", NULL, COLUMN_NUMBER, "number of the secret" },
	{ "secret_id", NULL, COLUMN_TEXT, "public id of the secret" },
	{ "what", NULL, COLUMN_TEXT, "what the credential is, in words" },
	{ "revoke_at", NULL, COLUMN_TEXT, "where to revoke it" },
	{ .name = NULL },
};

/* --- hits ------------------------------------------------------------------------------------- */

struct scanning {
	const struct op_call *call;
	const char *file;
	struct identity id;
	int64_t now;
	uint64_t files, live, unread;
};

static void mask(char out[FOREIGN_MASK_SIZE], const struct identity *id, const struct scan_hit *hit)
{
	if (hit->foreign)
		foreign_mask(out, hit->foreign, hit->text, hit->len);
	else
		snprintf(out, FOREIGN_MASK_SIZE, "%s_%s_…%s", id->parts.prefix, id->parts.secret_id,
			 id->parts.hint);
}

static void add_key(struct json *row, struct scanning *s)
{
	const struct key *k = &s->id.found.key;
	bool live = identity_live(&s->id, s->now);

	s->live += live;
	json_set_bool(row, "live", live);
	json_set_text(row, "name", k->name);
	json_set_text(row, "status", identity_status(&s->id, s->now));
	json_set_text(row, "id", k->id);
	json_set_text(row, "owner", k->owner);
	json_set_int(row, "version", s->id.found.version.number);
	json_set_text(row, "secret_id", s->id.found.version.secret_id);
}

static void add_unknown(struct json *row, const struct identity *id)
{
	json_set(row, "live", json_null_new());
	json_set_text(row, "name", NULL);
	json_set_text(row, "status", "unknown");
	json_set_text(row, "id", NULL);
	if (*id->parts.secret_id)
		json_set_text(row, "secret_id", id->parts.secret_id);
}

static enum errc hit_tell(void *arg, const struct scan_hit *hit, struct err *e)
{
	struct scanning *s = arg;
	char masked[FOREIGN_MASK_SIZE];
	struct json *row;
	enum errc rc = identify_text(app_store(s->call->app), hit->text, hit->len, &s->id, e);

	if (rc)
		return rc;
	row = json_object_new();
	mask(masked, &s->id, hit);
	json_set_text(row, "file", s->file);
	json_set_int(row, "line", (int64_t)hit->line);
	json_set_int(row, "column", (int64_t)hit->column);
	json_set_text(row, "kind", identity_kind(&s->id));
	json_set_text(row, "masked", masked);
	if (s->id.known)
		add_key(row, s);
	else
		add_unknown(row, &s->id);
	json_set_text(row, "what", identity_what(&s->id));
	json_set_text(row, "revoke_at", identity_revoke(&s->id));
	return call_record_take(s->call, row, e);
}

static enum errc tick(void *arg, uint64_t bytes, struct err *e)
{
	struct scanning *s = arg;

	(void)bytes;
	return call_progress(s->call, "scanning", s->files, 0, e);
}

/* --- files ------------------------------------------------------------------------------------ */

static enum errc descriptor_scan(struct scanning *s, int fd, const char *name, struct err *e)
{
	struct scan scan = { .found = hit_tell, .tick = tick, .arg = s };

	s->file = name;
	s->files++;
	return scan_fd(fd, &scan, e);
}

static void unread(struct scanning *s, const char *path, const char *why)
{
	s->unread++;
	call_note(s->call, "\"%s\" was not read: %s", path, why);
}

/* A large file with a NUL byte near its begin. */
static bool is_large_binary(int fd)
{
	char begin[BINARY_LOOK];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size <= BINARY_LIMIT)
		return false;
	n = pread(fd, begin, sizeof(begin), 0);
	return n > 0 && memchr(begin, '\0', (size_t)n);
}

static enum errc file_scan(struct scanning *s, const FTSENT *entry, struct err *e)
{
	bool named = entry->fts_level == FTS_ROOTLEVEL;
	int fd = open(entry->fts_accpath,
		      O_RDONLY | O_CLOEXEC | O_NOCTTY | (named ? 0 : O_NOFOLLOW));
	struct err failed = ERR_INIT;
	enum errc rc = ERR_OK;

	if (fd < 0) {
		unread(s, entry->fts_path, strerror(errno));
		return ERR_OK;
	}
	if (!op_flag(s->call->args, "binary") && is_large_binary(fd)) {
		call_note(s->call,
			  "\"%s\" was passed over: binary, over 16 MiB (--binary reads it)",
			  entry->fts_path);
		goto out;
	}
	rc = descriptor_scan(s, fd, entry->fts_path, &failed);
	if (rc == ERR_PERMISSION) {
		unread(s, entry->fts_path, failed.message);
		rc = ERR_OK;
	} else if (rc && e) {
		*e = failed;
	}
out:
	close(fd);
	return rc;
}

static enum errc entry_scan(struct scanning *s, const FTSENT *entry, struct err *e)
{
	switch (entry->fts_info) {
	case FTS_F:
		/* The store has no secrets, and must not be opened beside SQLite. */
		if (store_has_file(app_store(s->call->app), entry->fts_statp->st_dev,
				   entry->fts_statp->st_ino))
			return ERR_OK;
		return file_scan(s, entry, e);
	case FTS_DEFAULT: /* a pipe, where it was named; sockets and devices are passed over */
		if (entry->fts_level == FTS_ROOTLEVEL && S_ISFIFO(entry->fts_statp->st_mode))
			return file_scan(s, entry, e);
		return ERR_OK;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		unread(s, entry->fts_path, strerror(entry->fts_errno));
		return ERR_OK;
	default: /* folders, before and after; links */
		return ERR_OK;
	}
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static enum errc path_scan(struct scanning *s, const char *path, struct err *e)
{
	char *copy = x_strdup(path);
	char *paths[] = { copy, NULL };
	FTS *tree;
	FTSENT *entry;
	enum errc rc = ERR_OK;

	if (!strcmp(path, "-")) {
		free(copy);
		return descriptor_scan(s, STDIN_FILENO, "standard input", e);
	}
	tree = fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	if (!tree)
		rc = err_errno(e, ERR_NOT_FOUND, "cannot read \"%s\"", path);
	while (!rc && (entry = fts_read(tree)))
		rc = entry_scan(s, entry, e);
	if (tree)
		fts_close(tree);
	free(copy);
	return rc;
}

/* A mistyped path must not look like a clean one. */
static enum errc paths_look(const struct op_call *c, struct err *e)
{
	for (size_t i = 0; i < op_count(c->args, "path"); i++) {
		const char *path = op_nth(c->args, "path", i);
		struct stat st;

		if (strcmp(path, "-") != 0 && stat(path, &st) && errno == ENOENT) {
			err_set(e, ERR_NOT_FOUND, "there is no file or folder \"%s\"", path);
			return err_hint(e, "nothing was scanned; mend the path");
		}
	}
	return ERR_OK;
}

static enum errc scan_run(const struct op_call *c, struct err *e)
{
	struct scanning s = { .call = c, .now = app_now(c->app) };
	size_t count = op_count(c->args, "path");
	enum errc rc = paths_look(c, e);

	if (rc)
		return rc;
	identity_init(&s.id);
	if (!count)
		rc = path_scan(&s, "-", e);
	for (size_t i = 0; !rc && i < count; i++)
		rc = path_scan(&s, op_nth(c->args, "path", i), e);
	identity_release(&s.id);
	if (rc)
		return rc;
	if (s.live)
		return ERR_NO;
	if (!s.unread)
		return ERR_OK;
	err_set(e, ERR_PERMISSION,
		"no live credential in what was read, but %llu of the files or "
		"folders could not be",
		(unsigned long long)s.unread);
	return err_hint(e, "run it as somebody who may read them all");
}

const struct op op_key_scan = {
	.id = "key.scan",
	.summary = "find leaked credentials in files, folders or standard input",
	.detail = "Finds strings of our format with a good checksum, and credentials of other "
		  "vendors. "
		  "For ours it says whose it is and whether it lives; a foreign secret that was "
		  "imported here is known, too.\n\n"
		  "Ends with 1 when a live one is found: a secret of a key here that is active, "
		  "disabled or not yet valid, so that it works now or may again. Symbolic links "
		  "inside "
		  "a folder are not followed; binary files over 16 MiB are passed over and named.",
	.example = "authrack key scan ~/src/shop\n"
		   "git log -p | authrack key scan -\n"
		   "authrack key scan --json /etc /srv\n",
	.args = scan_args,
	.columns = scan_columns,
	.flags = OP_LIST | OP_ASYNC | OP_ANSWERS,
	.run = scan_run,
};
