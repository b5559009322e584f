/* The SQLite engine: settings that make a hostile file harmless, and the driver table. */
#include "data/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/log_files.h"
#include "data/log_watch.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/base/text.h"

enum {
	PARAMETERS_MAX = 112,
	LOG_RESERVE = 256 * 1024,
	FILE_CHUNK = 256 * 1024,
	FILE_ROOM = 64 * 1024,
	PAGE_SIZE = 4096,
	BACKUP_PAGES = 64,
	OPEN_WAIT = 10000, /* ms */
	HASTY_WAIT = 50,
	RETRY_PAUSE = 5,
	BUSY_PAUSE = 25, /* at most */
};

/* Statements that the engine itself needs often. */
enum own_query {
	OWN_BEGIN_WRITE,
	OWN_BEGIN_READ,
	OWN_COMMIT,
	OWN_ROLLBACK,
	OWN_DATA_VERSION,
	OWN_USER_VERSION,
	OWN_SCHEMA_VERSION,
	OWN_PAGE_COUNT,
	OWN_FREELIST,
	OWN_QUERIES
};

static const char *const own_sql[OWN_QUERIES] = {
	[OWN_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[OWN_BEGIN_READ] = "BEGIN DEFERRED",
	[OWN_COMMIT] = "COMMIT",
	[OWN_ROLLBACK] = "ROLLBACK",
	[OWN_DATA_VERSION] = "PRAGMA data_version",
	[OWN_USER_VERSION] = "PRAGMA user_version",
	[OWN_SCHEMA_VERSION] = "PRAGMA schema_version",
	[OWN_PAGE_COUNT] = "PRAGMA page_count",
	[OWN_FREELIST] = "PRAGMA freelist_count",
};

struct engine_conn {
	sqlite3 *db;
	sqlite3_stmt *own[OWN_QUERIES];
	int64_t log_pages;
	bool memory, read_only, plain;
	bool has_log; /* journal_mode is WAL, and stays so while it is open */
	struct log_watch watch;
	struct log_files files;
	int busy_limit, busy_waited; /* ms */
	_Atomic bool busy_stop;	     /* by conn_interrupt(): the wait under way is given up */
	char text[160];		     /* message that is not SQLite's */
};

struct engine_stmt {
	sqlite3_stmt *st;
	uint8_t index[PARAMETERS_MAX]; /* SQLite's number of $n; 0: not in the statement */
};

static enum engine_code code_of(int rc)
{
	if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ||
	    rc == SQLITE_CONSTRAINT_ROWID)
		return ENGINE_EXISTS;
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
		return ENGINE_OK;
	case SQLITE_ROW:
		return ENGINE_ROW;
	case SQLITE_CONSTRAINT:
		return ENGINE_CONSTRAINT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ENGINE_BUSY;
	case SQLITE_FULL:
		return ENGINE_FULL;
	case SQLITE_IOERR:
		return ENGINE_IO;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ENGINE_CORRUPT;
	case SQLITE_READONLY:
		return ENGINE_READ_ONLY;
	case SQLITE_CANTOPEN:
		return ENGINE_CANT_OPEN;
	case SQLITE_INTERRUPT:
		return ENGINE_INTERRUPTED;
	}
	return ENGINE_OTHER;
}

/* --- opening ----------------------------------------------------------------------------------- */

/* Texts are read as bytes: as texts each would be copied to end in a NUL. */
static bool texts_have(sqlite3_value *wanted, sqlite3_value **texts, int count)
{
	const char *word = sqlite3_value_blob(wanted);
	size_t len = (size_t)sqlite3_value_bytes(wanted);
	bool found = false;

	for (int i = 0; word && i < count && !found; i++) {
		size_t size = (size_t)sqlite3_value_bytes(texts[i]);
		const char *text = size ? sqlite3_value_blob(texts[i]) : NULL;

		found = text && text_contains(text, size, word, len);
	}
	return found;
}

/* text_has(word, text, …): is the word in one of the texts? */
static void text_has(sqlite3_context *context, int count, sqlite3_value **values)
{
	sqlite3_result_int(context, texts_have(values[0], values + 1, count - 1));
}

/* Has the id these bits? `wanted` is as long as an id, and behind it the mask of the bits that count. */
static bool id_fits(sqlite3_value *id, sqlite3_value *wanted)
{
	enum { HALVES = ULID_BYTES / sizeof(uint64_t) };
	uint64_t is[HALVES], want[2 * HALVES];

	if (sqlite3_value_bytes(id) != sizeof is || sqlite3_value_bytes(wanted) != sizeof want)
		return false;
	memcpy(is, sqlite3_value_blob(id), sizeof is);
	memcpy(want, sqlite3_value_blob(wanted), sizeof want);
	return (is[0] & want[HALVES]) == want[0] && (is[1] & want[HALVES + 1]) == want[1];
}

/* id_or_text_has(bits, id, word, text, …): one call, since each of a million takes its time. */
static void id_or_text_has(sqlite3_context *context, int count, sqlite3_value **values)
{
	sqlite3_result_int(context, id_fits(values[1], values[0]) ||
					    texts_have(values[2], values + 3, count - 3));
}

static int hook_log(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct engine_conn *c = arg;

	(void)db;
	(void)name;
	c->log_pages = pages;
	return SQLITE_OK;
}

/* Sets each switch and reads it back. */
static bool set_switches(sqlite3 *db)
{
	static const struct {
		int what, value;
	} switches[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FKEY, 1 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0 },
		/* The log is checkpointed by us, where room for the next change is kept. */
		{ SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 },
	};

	for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
		int is = -1;

		if (sqlite3_db_config(db, switches[i].what, switches[i].value, &is) != SQLITE_OK ||
		    is != switches[i].value)
			return false;
	}
	return true;
}

static bool pragma_is(sqlite3 *db, const char *sql, const char *wanted, int *rc)
{
	sqlite3_stmt *st = NULL;
	bool is = false;

	*rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
	if (*rc == SQLITE_OK)
		*rc = sqlite3_step(st);
	if (*rc == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(st, 0);

		is = text && strcmp(text, wanted) == 0;
	}
	sqlite3_finalize(st);
	return is;
}

/* Kibibytes of pages in memory. Few are usual: pages that stay in the processor's own cache are copied
 * from the system's faster than a larger store of them saves copies (a verification among a million
 * keys: 12.6 µs with 2 MB, 14.4 µs with 8 or 32). The indices of an import are written in no order:
 * where they do not fit, each row costs a read and a write of the file. */
#define CACHE_USUAL "PRAGMA cache_size=-2000"
#define CACHE_BULK "PRAGMA cache_size=-400000"

/* A store of ours, or a file in which nothing is yet. Somebody else's database is left as it is. */
static bool is_ours(struct engine_conn *c)
{
	char ours[16];
	int rc;

	snprintf(ours, sizeof ours, "%d", ENGINE_APPLICATION);
	return pragma_is(c->db, "PRAGMA application_id", ours, &rc) ||
	       pragma_is(c->db, "PRAGMA schema_version", "0", &rc);
}

/* Where two turn a file into one with a log at once, SQLite tells one of them that it is busy and does
 * not let it wait: each holds what the other needs. */
static enum engine_code keep_log(struct engine_conn *c)
{
	bool is;
	int rc, waited = 0;

	for (;;) {
		is = pragma_is(c->db, "PRAGMA journal_mode=WAL", "wal", &rc);
		if (is || (rc & 0xff) != SQLITE_BUSY || waited >= c->busy_limit)
			break;
		waited += sqlite3_sleep(RETRY_PAUSE);
	}
	if (is)
		return ENGINE_OK;
	return rc == SQLITE_ROW ? ENGINE_SETTING : code_of(rc);
}

/* SQLite's own time-out can't be interrupted: whoever gave up would wait on, and have made the change. */
static int busy_wait(void *arg, int tries)
{
	struct engine_conn *c = arg;
	int pause = tries < BUSY_PAUSE ? tries + 1 : BUSY_PAUSE;

	if (!tries) {
		c->busy_waited = 0;
		c->busy_stop = false;
	}
	if (c->busy_stop || c->busy_waited >= c->busy_limit)
		return 0;
	c->busy_waited += sqlite3_sleep(pause);
	return 1;
}

/* The pragmas, read back. */
static enum engine_code set_pragmas(struct engine_conn *c)
{
	static const struct {
		const char *set, *read, *value;
	} pragmas[] = {
		{ "PRAGMA synchronous=FULL", "PRAGMA synchronous", "2" },
		{ "PRAGMA trusted_schema=OFF", "PRAGMA trusted_schema", "0" },
		{ "PRAGMA foreign_keys=ON", "PRAGMA foreign_keys", "1" },
		{ "PRAGMA temp_store=MEMORY", "PRAGMA temp_store", "2" },
		{ CACHE_USUAL, "PRAGMA cache_size", "-2000" },
	};
	int rc;

	for (size_t i = 0; i < sizeof pragmas / sizeof *pragmas; i++) {
		rc = sqlite3_exec(c->db, pragmas[i].set, NULL, NULL, NULL);
		if (rc != SQLITE_OK)
			return code_of(rc);
		if (!pragma_is(c->db, pragmas[i].read, pragmas[i].value, &rc))
			return ENGINE_SETTING;
	}
	if (c->memory)
		return ENGINE_OK;
	/* A log that an import made long is cut to the reserve when it starts anew. */
	if (!pragma_is(c->db, "PRAGMA journal_size_limit=262144", "262144", &rc))
		return rc == SQLITE_ROW ? ENGINE_SETTING : code_of(rc);
	if (!pragma_is(c->db, "PRAGMA mmap_size=0", "0", &rc))
		return rc == SQLITE_ROW ? ENGINE_SETTING : code_of(rc);
	/* Backups have no log; a connection that only reads takes the file as it is. */
	return c->read_only || c->plain || !is_ours(c) ? ENGINE_OK : keep_log(c);
}

static int function_add(sqlite3 *db, const char *name,
			void (*call)(sqlite3_context *, int, sqlite3_value **))
{
	return sqlite3_create_function(db, name, -1,
				       SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
				       call, NULL, NULL);
}

static enum engine_code set_up(struct engine_conn *c)
{
	int chunk = FILE_CHUNK, persist = 1, rc;

	sqlite3_extended_result_codes(c->db, 1);
	sqlite3_busy_handler(c->db, busy_wait, c);
	if (!set_switches(c->db))
		return ENGINE_SETTING;
	if (!c->memory && !c->plain) {
		sqlite3_file_control(c->db, "main", SQLITE_FCNTL_CHUNK_SIZE, &chunk);
		sqlite3_file_control(c->db, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
	}
	rc = function_add(c->db, "text_has", text_has);
	if (rc == SQLITE_OK)
		rc = function_add(c->db, "id_or_text_has", id_or_text_has);
	if (rc != SQLITE_OK)
		return code_of(rc);
	return set_pragmas(c);
}

/* Statistics that nobody reads cost a lock for all threads at each allocation. Before SQLite is used. */
static void engine_start(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum engine_code conn_open(struct engine_conn **out, const char *path, unsigned flags)
{
	struct engine_conn *c = x_calloc(1, sizeof *c);
	int how = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOFOLLOW |
		  SQLITE_OPEN_EXRESCODE;
	static pthread_once_t started = PTHREAD_ONCE_INIT;
	enum engine_code code;
	int rc;

	pthread_once(&started, engine_start);
	c->memory = flags & ENGINE_MEMORY;
	c->read_only = flags & ENGINE_READ;
	c->plain = flags & ENGINE_PLAIN;
	/* Who closes a file, or recovers one that was killed, has it alone for a moment. */
	c->busy_limit = flags & ENGINE_HASTY ? HASTY_WAIT : OPEN_WAIT;
	how |= c->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	if (flags & ENGINE_MEMORY)
		how |= SQLITE_OPEN_CREATE;
	*out = c;
	rc = sqlite3_open_v2(c->memory ? ":memory:" : path, &c->db, how, NULL);
	code = rc == SQLITE_OK ? set_up(c) : code_of(rc);
	if (code == ENGINE_SETTING)
		snprintf(c->text, sizeof c->text, "a setting of the database did not take effect");
	/* Its own automatic checkpoints would be replaced by this hook anyway. */
	if (code == ENGINE_OK)
		sqlite3_wal_hook(c->db, hook_log, c);
	return code;
}

static void conn_close(struct engine_conn *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < OWN_QUERIES; i++)
		sqlite3_finalize(c->own[i]);
	sqlite3_close_v2(c->db);
	free(c);
}

static const char *conn_message(struct engine_conn *c)
{
	return c->text[0] ? c->text : sqlite3_errmsg(c->db);
}

/* --- statements --------------------------------------------------------------------------------- */

static enum engine_code stmt_prepare(struct engine_conn *c, const char *sql,
				     struct engine_stmt **out)
{
	struct engine_stmt *s = x_calloc(1, sizeof *s);
	int rc = sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->st, NULL);

	*out = NULL;
	if (rc != SQLITE_OK || !s->st) {
		free(s);
		return rc == SQLITE_OK ? ENGINE_OTHER : code_of(rc);
	}
	for (int i = 1; i <= sqlite3_bind_parameter_count(s->st); i++) {
		const char *name = sqlite3_bind_parameter_name(s->st, i);
		long number = name ? strtol(name + 1, NULL, 10) : 0;

		if (number > 0 && number < PARAMETERS_MAX)
			s->index[number] = (uint8_t)i;
	}
	*out = s;
	return ENGINE_OK;
}

static void stmt_finalize(struct engine_stmt *s)
{
	if (s)
		sqlite3_finalize(s->st);
	free(s);
}

static void stmt_bind_null(struct engine_stmt *s, int number)
{
	sqlite3_bind_null(s->st, s->index[number]);
}

static void stmt_bind_int(struct engine_stmt *s, int number, int64_t value)
{
	sqlite3_bind_int64(s->st, s->index[number], value);
}

static void stmt_bind_text(struct engine_stmt *s, int number, const char *text, size_t len)
{
	sqlite3_bind_text64(s->st, s->index[number], text, len, SQLITE_STATIC, SQLITE_UTF8);
}

static void stmt_bind_blob(struct engine_stmt *s, int number, const void *data, size_t len)
{
	sqlite3_bind_blob64(s->st, s->index[number], data, len, SQLITE_STATIC);
}

static enum engine_code stmt_step_once(struct engine_stmt *s)
{
	return code_of(sqlite3_step(s->st));
}

static void stmt_reset(struct engine_stmt *s)
{
	sqlite3_reset(s->st);
	sqlite3_clear_bindings(s->st); /* they point into the caller's memory */
}

static int stmt_columns(struct engine_stmt *s)
{
	return sqlite3_column_count(s->st);
}

static const char *stmt_column_name(struct engine_stmt *s, int column)
{
	return sqlite3_column_name(s->st, column);
}

/* One call a column, and no copy of a text to end it in a NUL: reading a row is most of a verification. */
static void stmt_column_value(struct engine_stmt *s, int column, struct engine_value *out)
{
	sqlite3_value *value = sqlite3_column_value(s->st, column);

	*out = (struct engine_value){ .type = ENGINE_DATA, .data = "" };
	switch (sqlite3_value_type(value)) {
	case SQLITE_NULL:
		out->type = ENGINE_NULL;
		break;
	case SQLITE_INTEGER:
		out->type = ENGINE_INTEGER;
		out->integer = sqlite3_value_int64(value);
		break;
	default:
		out->len = (size_t)sqlite3_value_bytes(value);
		if (out->len)
			out->data = sqlite3_value_blob(value);
	}
}

static int64_t stmt_column_int(struct engine_stmt *s, int column)
{
	return sqlite3_column_int64(s->st, column);
}

static const char *stmt_column_text(struct engine_stmt *s, int column, size_t *len)
{
	const char *text = (const char *)sqlite3_column_text(s->st, column);

	*len = text ? (size_t)sqlite3_column_bytes(s->st, column) : 0;
	return text ? text : "";
}

static const void *stmt_column_blob(struct engine_stmt *s, int column, size_t *len)
{
	const void *data = sqlite3_column_blob(s->st, column);

	*len = data ? (size_t)sqlite3_column_bytes(s->st, column) : 0;
	return data ? data : "";
}

/* --- the connection ------------------------------------------------------------------------------ */

static enum engine_code own_run(struct engine_conn *c, enum own_query q, int64_t *value)
{
	int rc = SQLITE_OK;

	if (!c->own[q])
		rc = sqlite3_prepare_v3(c->db, own_sql[q], -1, SQLITE_PREPARE_PERSISTENT,
					&c->own[q], NULL);
	if (rc == SQLITE_OK) {
		rc = sqlite3_step(c->own[q]);
		if (rc == SQLITE_ROW && value)
			*value = sqlite3_column_int64(c->own[q], 0);
		if (rc == SQLITE_ROW)
			rc = SQLITE_OK;
		sqlite3_reset(c->own[q]);
	}
	return code_of(rc);
}

static enum engine_code conn_exec(struct engine_conn *c, const char *sql)
{
	return code_of(sqlite3_exec(c->db, sql, NULL, NULL, NULL));
}

static int64_t conn_changes(struct engine_conn *c)
{
	return sqlite3_changes64(c->db);
}

static enum engine_code conn_begin_write(struct engine_conn *c)
{
	enum engine_code code = own_run(c, OWN_BEGIN_WRITE, NULL);

	return code == ENGINE_BUSY && c->busy_stop ? ENGINE_INTERRUPTED : code;
}

static enum engine_code conn_begin_read(struct engine_conn *c)
{
	return own_run(c, OWN_BEGIN_READ, NULL);
}

static enum engine_code conn_commit(struct engine_conn *c)
{
	return own_run(c, OWN_COMMIT, NULL);
}

static void conn_rollback(struct engine_conn *c)
{
	if (!sqlite3_get_autocommit(c->db))
		own_run(c, OWN_ROLLBACK, NULL);
}

static void conn_busy_timeout(struct engine_conn *c, int64_t ms)
{
	c->busy_limit = ms > INT32_MAX ? INT32_MAX : (int)ms;
}

static enum engine_code conn_schema_version(struct engine_conn *c, int64_t *migration)
{
	return own_run(c, OWN_USER_VERSION, migration);
}

static enum engine_code conn_set_schema_version(struct engine_conn *c, int64_t migration)
{
	char sql[64];

	snprintf(sql, sizeof sql, "PRAGMA user_version=%lld", (long long)migration);
	return conn_exec(c, sql);
}

static enum engine_code conn_schema_cookie(struct engine_conn *c, int64_t *cookie)
{
	return own_run(c, OWN_SCHEMA_VERSION, cookie);
}

static enum engine_code conn_schema(struct engine_conn *c, engine_object *object, void *arg)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(
		c->db,
		"SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema"
		" ORDER BY type, name",
		-1, &st, NULL);

	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		const char *texts[4];

		for (int i = 0; i < 4; i++) {
			texts[i] = (const char *)sqlite3_column_text(st, i);
			texts[i] = texts[i] ? texts[i] : "";
		}
		rc = object(arg, texts[0], texts[1], texts[2], texts[3]) ? SQLITE_OK : SQLITE_DONE;
	}
	sqlite3_finalize(st);
	return code_of(rc);
}

static enum engine_code conn_data_version(struct engine_conn *c, int64_t *version)
{
	return own_run(c, OWN_DATA_VERSION, version);
}

static enum engine_code conn_has_moved(struct engine_conn *c, bool *moved)
{
	int is = 0;
	int rc = c->memory ? SQLITE_OK
			   : sqlite3_file_control(c->db, "main", SQLITE_FCNTL_HAS_MOVED, &is);

	*moved = is ||
		 (c->has_log && log_files_moved(&c->files, sqlite3_db_filename(c->db, "main")));
	return code_of(rc);
}

/* SQLite's shared memory is touched where there is a log only: it would be made. */
static const struct log_watch *conn_watch(struct engine_conn *c)
{
	int rc;

	if (!c->has_log && !c->memory && !c->plain)
		c->has_log = pragma_is(c->db, "PRAGMA journal_mode", "wal", &rc);
	c->watch.head = NULL;
	if (c->has_log)
		log_watch_begin(&c->watch, c->db);
	return &c->watch;
}

/* --- room and upkeep ------------------------------------------------------------------------------- */

static enum engine_code conn_checkpoint(struct engine_conn *c, enum engine_checkpoint how)
{
	int mode = how == ENGINE_TRUNCATE ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
	int pages = -1, done = -1;
	int rc = sqlite3_wal_checkpoint_v2(c->db, NULL, mode, &pages, &done);

	if (rc == SQLITE_OK && pages == done)
		c->log_pages = 0;
	return code_of(rc);
}

/* Room is taken with fallocate, or by zeros where the file system can't. Only the holder of the
 * writers' queue comes here, so nobody else writes behind the end of the log. */
static void reserve_log(const char *path)
{
	static const char zeros[4096];
	int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && st.st_size < LOG_RESERVE &&
	    fallocate(fd, 0, 0, LOG_RESERVE) != 0 && errno == EOPNOTSUPP) {
		while (st.st_size < LOG_RESERVE) {
			ssize_t n = pwrite(fd, zeros, sizeof zeros, st.st_size);

			if (n <= 0)
				break;
			st.st_size += n;
		}
	}
	close(fd);
}

static void conn_bulk(struct engine_conn *c, bool on)
{
	sqlite3_exec(c->db, on ? CACHE_BULK : CACHE_USUAL, NULL, NULL, NULL);
	if (!on)
		sqlite3_db_release_memory(c->db);
}

static int64_t conn_room(struct engine_conn *c)
{
	const char *name = sqlite3_db_filename(c->db, "main");
	int64_t pages = 0, unused = 0;
	struct stat st;

	if (c->memory || !name || stat(name, &st) != 0 ||
	    own_run(c, OWN_PAGE_COUNT, &pages) != ENGINE_OK ||
	    own_run(c, OWN_FREELIST, &unused) != ENGINE_OK)
		return INT64_MAX;
	return st.st_size - (pages - unused) * PAGE_SIZE;
}

static void conn_reserve(struct engine_conn *c)
{
	const char *name = sqlite3_db_filename(c->db, "main");
	int64_t pages = 0;

	if (c->memory || c->read_only || !name || !*name)
		return;
	reserve_log(sqlite3_filename_wal(name));
	if (conn_room(c) < FILE_ROOM && own_run(c, OWN_PAGE_COUNT, &pages) == ENGINE_OK) {
		sqlite3_int64 wanted = pages * PAGE_SIZE + FILE_ROOM;

		sqlite3_file_control(c->db, "main", SQLITE_FCNTL_SIZE_HINT, &wanted);
	}
}

static int64_t conn_log_pages(struct engine_conn *c)
{
	return c->log_pages;
}

static enum engine_code conn_backup(struct engine_conn *c, const char *path,
				    bool (*progress)(void *arg, uint64_t done, uint64_t total),
				    void *arg)
{
	sqlite3 *to = NULL;
	sqlite3_backup *b = NULL;
	int rc = sqlite3_open_v2(path, &to,
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX,
				 NULL);

	if (rc == SQLITE_OK && !(b = sqlite3_backup_init(to, "main", c->db, "main")))
		rc = sqlite3_errcode(to);
	while (b && (rc = sqlite3_backup_step(b, BACKUP_PAGES)) == SQLITE_OK) {
		uint64_t total = (uint64_t)sqlite3_backup_pagecount(b);

		if (progress &&
		    !progress(arg, total - (uint64_t)sqlite3_backup_remaining(b), total)) {
			rc = SQLITE_INTERRUPT;
			break;
		}
	}
	if (rc != SQLITE_DONE)
		snprintf(c->text, sizeof c->text, "%s", sqlite3_errstr(rc));
	if (b && sqlite3_backup_finish(b) != SQLITE_OK && rc == SQLITE_DONE)
		rc = sqlite3_errcode(to);
	/* One file without a log beside it. */
	if (rc == SQLITE_DONE)
		rc = sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
	sqlite3_close_v2(to);
	return code_of(rc);
}

/* Hands out the rows of a checking pragma, their columns joined by blanks. */
static enum engine_code report_rows(struct engine_conn *c, const char *sql, const char *fine,
				    engine_report *report, void *arg)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(c->db, sql, -1, &st, NULL);

	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(st, 0);

		rc = SQLITE_OK;
		if (text && (!fine || strcmp(text, fine) != 0) && !report(arg, text))
			rc = SQLITE_DONE;
	}
	sqlite3_finalize(st);
	return code_of(rc);
}

static enum engine_code conn_integrity(struct engine_conn *c, engine_report *report, void *arg)
{
	return report_rows(c, "PRAGMA integrity_check", "ok", report, arg);
}

static enum engine_code conn_foreign_keys(struct engine_conn *c, engine_report *report, void *arg)
{
	return report_rows(
		c,
		"SELECT \"table\" || ' row ' || coalesce(rowid, '?') || ' has no ' || parent"
		" FROM pragma_foreign_key_check",
		NULL, report, arg);
}

static void conn_interrupt(struct engine_conn *c)
{
	c->busy_stop = true;
	sqlite3_interrupt(c->db);
}

const struct engine engine_sqlite = {
	.name = "sqlite",
	.open = conn_open,
	.close = conn_close,
	.message = conn_message,
	.prepare = stmt_prepare,
	.finalize = stmt_finalize,
	.bind_null = stmt_bind_null,
	.bind_int = stmt_bind_int,
	.bind_text = stmt_bind_text,
	.bind_blob = stmt_bind_blob,
	.step = stmt_step_once,
	.reset = stmt_reset,
	.columns = stmt_columns,
	.column_name = stmt_column_name,
	.column_value = stmt_column_value,
	.column_int = stmt_column_int,
	.column_text = stmt_column_text,
	.column_blob = stmt_column_blob,
	.exec = conn_exec,
	.changes = conn_changes,
	.begin_write = conn_begin_write,
	.begin_read = conn_begin_read,
	.commit = conn_commit,
	.rollback = conn_rollback,
	.busy_timeout = conn_busy_timeout,
	.schema_version = conn_schema_version,
	.set_schema_version = conn_set_schema_version,
	.schema_cookie = conn_schema_cookie,
	.schema = conn_schema,
	.data_version = conn_data_version,
	.has_moved = conn_has_moved,
	.watch = conn_watch,
	.checkpoint = conn_checkpoint,
	.bulk = conn_bulk,
	.reserve = conn_reserve,
	.room = conn_room,
	.log_pages = conn_log_pages,
	.backup = conn_backup,
	.integrity = conn_integrity,
	.foreign_keys = conn_foreign_keys,
	.interrupt = conn_interrupt,
};
