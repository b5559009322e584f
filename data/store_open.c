/* Opening a store, and making one where that was asked for. */
#include "data/store_internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/file.h"
#include "src/base/random.h"

enum { SCRATCH_MAX = 4 << 20, PATH_LONGEST = 500 };

enum errc store_path(char **out, const char *url, struct err *e)
{
	const char *colon;

	*out = NULL;
	if (!url || !*url) {
		*out = path_data_home("authrack.db");
		return ERR_OK;
	}
	if (strncmp(url, "sqlite:", 7) == 0)
		url += 7;
	colon = strstr(url, "://");
	if (colon && colon < url + strcspn(url, "/")) {
		err_set(e, ERR_USAGE, "this build has no store of the kind \"%.*s\"",
			(int)(colon - url), url);
		return err_hint(e, "give a path, or sqlite:PATH");
	}
	if (!*url)
		return err_set(e, ERR_USAGE, "the place of the store is empty");
	*out = x_asprintf("%s%s", strchr(url, '/') ? "" : "./", url);
	return ERR_OK;
}

/* An empty file is a store that was never finished. One that may not be looked at may be there: who opens
 * it is told so. */
static bool file_filled(const char *path)
{
	struct stat st;

	assert(path);
	if (lstat(path, &st) != 0)
		return errno != ENOENT && errno != ENOTDIR;
	return !S_ISREG(st.st_mode) || st.st_size > 0;
}

bool store_exists(const char *url)
{
	char *path;
	bool there = store_path(&path, url, NULL) == ERR_OK && file_filled(path);

	free(path);
	return there;
}

const uint8_t *store_id(const struct store *s)
{
	return s->id;
}

static enum errc no_store(const char *path, struct err *e)
{
	err_set(e, ERR_STORE, "there is no store at \"%s\"", path);
	return err_hint(e, "make one with authrack key create, or give its place with --store");
}

/* --- the master key ------------------------------------------------------------------------------- */

/* A passphrase is asked for, and a descriptor can be read, only once a process: what they gave is
 * kept (in the secure heap) for further connections. */
static struct {
	pthread_mutex_t mutex;
	char *place; /* of a descriptor */
	uint8_t salt[16];
	bool has_salt;
	struct secret key;
} kept = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static enum errc ask_passphrase(struct master *m, const struct store_options *o, struct err *e)
{
	struct secret passphrase = SECRET_INIT;
	enum errc rc;

	if (!o->passphrase) {
		err_set(e, ERR_STORE,
			"the master key is behind a passphrase, and nobody can be asked");
		return err_hint(e, "run it on a terminal, or give --master-key FILE");
	}
	rc = o->passphrase(o->passphrase_arg, "Passphrase of the store: ", &passphrase, e);
	if (!rc)
		rc = master_derive(m, &passphrase, e);
	secret_release(&passphrase);
	return rc;
}

/* Once it is known to be the right one. */
static void master_keep(const struct master *m, const char *path)
{
	if (path && !master_is_descriptor(path))
		return;
	pthread_mutex_lock(&kept.mutex);
	secret_copy(&kept.key, &m->key);
	kept.has_salt = m->has_salt;
	memcpy(kept.salt, m->salt, sizeof kept.salt);
	free(kept.place);
	kept.place = path ? x_strdup(path) : NULL;
	pthread_mutex_unlock(&kept.mutex);
}

/* A path of NULL: by passphrase, m->salt is set. */
static enum errc master_get(struct master *m, const char *path, const struct store_options *o,
			    struct err *e)
{
	enum errc rc = ERR_OK;

	pthread_mutex_lock(&kept.mutex);
	if (path && kept.place && strcmp(path, kept.place) == 0)
		master_use(m, &kept.key, MASTER_FILE, path);
	else if (!path && kept.has_salt && memcmp(kept.salt, m->salt, sizeof m->salt) == 0)
		master_use(m, &kept.key, MASTER_PASSPHRASE, NULL);
	else
		rc = path ? master_read(m, path, e) : ask_passphrase(m, o, e);
	pthread_mutex_unlock(&kept.mutex);
	return rc;
}

/* For an existing store: the key whose fingerprint it recorded, or none at all. */
static enum errc master_find(struct store *s, const struct store_options *o, bool passphrase,
			     const uint8_t fingerprint[SHA256_SIZE], struct err *e)
{
	char *path = passphrase && !o->master_file ? NULL : master_path(o);
	enum errc rc = master_get(&s->master, path, o, e);

	if (rc == ERR_NOT_FOUND)
		rc = master_copy_read(s, o, e);
	if (rc == ERR_NOT_FOUND) {
		err_set(e, ERR_STORE, "the master key of \"%s\" is not at \"%s\"", s->path, path);
		rc = err_hint(
			e,
			"put it back, or give its place with --master-key FILE: no other key opens "
			"this store");
	}
	if (!rc && !bytes_equal(fingerprint, s->master.fingerprint, SHA256_SIZE)) {
		err_set(e, ERR_STORE, "\"%s\" was made with another %s than the one given", s->path,
			path ? "master key" : "passphrase");
		rc = path ? err_hint(e, "give the right one with --master-key FILE (not \"%s\")",
				     path)
			  : err_hint(e, "try again with the right one");
	}
	if (!rc)
		master_keep(&s->master, path);
	free(path);
	return rc;
}

/* For a new store: the key that is there, else a new one. */
static enum errc master_first(struct store *s, const struct store_options *o, struct err *e)
{
	char *path = master_path(o);
	enum errc rc = master_get(&s->master, path, o, e);

	if (rc == ERR_NOT_FOUND && !master_is_descriptor(path)) {
		rc = master_make(&s->master, path, e);
		/* Another process made it just now. */
		if (rc == ERR_CONFLICT)
			rc = master_get(&s->master, path, o, e);
	}
	if (!rc)
		master_keep(&s->master, path);
	free(path);
	return rc;
}

/* --- making one -------------------------------------------------------------------------------------- */

static enum errc insert_store(struct store *s, struct err *e)
{
	struct stmt *st = db_stmt(
		s->db, "INSERT INTO store (one, store_id, created_at, release,"
		       " master_kind, master_fingerprint) VALUES (1, $1, $2, $3, 'file', $4)");

	random_public(s->id, sizeof s->id);
	stmt_blob(st, 1, s->id, sizeof s->id);
	stmt_int(st, 2, store_now(s));
	stmt_text(st, 3, AUTHRACK_VERSION);
	stmt_blob(st, 4, s->master.fingerprint, sizeof s->master.fingerprint);
	return stmt_run(st, e);
}

static enum errc fill(struct store *s, struct err *e)
{
	const struct engine *engine = db_engine(s->db);
	struct engine_conn *c = db_conn(s->db);
	char sql[64];
	enum errc rc;

	snprintf(sql, sizeof sql, "PRAGMA application_id=%d", ENGINE_APPLICATION);
	rc = db_error(s->db, engine->begin_write(c), "make", e);
	if (!rc)
		rc = db_exec(s->db, sql, e);
	if (!rc)
		rc = schema_apply(s->db, 0, e);
	if (!rc)
		rc = insert_store(s, e);
	if (!rc)
		rc = ring_add(s, e);
	if (!rc)
		rc = db_error(s->db, engine->commit(c), "make", e);
	engine->rollback(c);
	if (!rc) {
		engine->checkpoint(c, ENGINE_TRUNCATE);
		engine->reserve(c);
	}
	return rc;
}

static enum errc sync_folder(const char *path, struct err *e)
{
	char *folder = path_parent(path);
	enum errc rc = ERR_OK;

	if (!folder_sync(folder)) {
		err_errno(e, ERR_STORE, "can't write the folder \"%s\"", folder);
		rc = ERR_STORE;
		err_hint(e, "look at the disk and the kernel's log (dmesg)");
	}
	free(folder);
	return rc;
}

static bool stop_at_first(void *arg, const char *type, const char *name, const char *table,
			  const char *sql)
{
	bool *any = arg;

	(void)type;
	(void)name;
	(void)table;
	(void)sql;
	*any = true;
	return false;
}

/* Nothing was ever put into it. */
static enum errc is_blank(struct db *d, bool *blank, struct err *e)
{
	int64_t version = 0;
	bool any = false;
	enum errc rc = db_error(d, db_engine(d)->schema_version(db_conn(d), &version), "open", e);

	if (!rc && version == 0)
		rc = db_error(d, db_engine(d)->schema(db_conn(d), stop_at_first, &any), "open", e);
	*blank = version == 0 && !any;
	return rc;
}

/* Several processes may come here at once: the writers' queue lets one make it. */
static enum errc create(struct store *s, const struct store_options *o, struct err *e)
{
	bool blank = false;
	int fd;
	enum errc rc = lock_take(s->lock, s->wait_ms, s->verb, e);

	if (rc)
		return rc;
	fd = open(s->path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	else if (errno != EEXIST)
		rc = err_errno(e, ERR_STORE, "can't make the store \"%s\"", s->path);
	if (!rc && !s->db)
		rc = db_open(&s->db, &engine_sqlite, s->path, 0, e);
	if (!rc)
		rc = is_blank(s->db, &blank, e);
	if (!rc && blank)
		rc = master_first(s, o, e);
	if (!rc && blank)
		rc = fill(s, e);
	if (!rc && blank)
		rc = sync_folder(s->path, e);
	master_release(&s->master);
	ring_clear(s);
	lock_drop(s->lock);
	return rc;
}

/* --- opening ------------------------------------------------------------------------------------------ */

static enum errc check_version(struct store *s, struct err *e)
{
	const struct engine *engine = db_engine(s->db);
	bool blank = false;
	struct stmt *st;
	bool row;
	enum errc rc = is_blank(s->db, &blank, e);

	if (!rc && blank)
		return no_store(s->path, e);
	if (!rc)
		rc = db_error(s->db, engine->schema_version(db_conn(s->db), &s->schema_version),
			      "open", e);
	if (!rc)
		rc = db_error(s->db, engine->schema_cookie(db_conn(s->db), &s->schema_cookie),
			      "open", e);
	if (rc || s->schema_version == schema_newest())
		return rc;
	if (s->schema_version > 0 && s->schema_version < schema_newest()) {
		err_set(e, ERR_STORE, "\"%s\" has an older schema (%lld, this release has %lld)",
			s->path, (long long)s->schema_version, (long long)schema_newest());
		return err_hint(e, "authrack store upgrade");
	}
	st = db_stmt(s->db, "SELECT release FROM store");
	if (s->schema_version > 0 && stmt_step(st, &row, NULL) == ERR_OK && row) {
		err_set(e, ERR_STORE,
			"\"%s\" was written by authrack %s, which is newer than this one (%s)",
			s->path, stmt_get_text(st, "release", NULL), AUTHRACK_VERSION);
		rc = err_hint(e, "use that release or a later one");
	} else {
		err_set(e, ERR_STORE, "\"%s\" is a database, but no store of authrack", s->path);
		rc = err_hint(e, "give the place of the store with --store");
	}
	stmt_done(st);
	return rc;
}

/* Id, master key and ring; without options the id alone. */
static enum errc load_identity(struct store *s, const struct store_options *o, struct err *e)
{
	struct stmt *st = db_stmt(s->db, "SELECT store_id, created_at, master_kind, master_salt,"
					 " master_fingerprint FROM store");
	uint8_t fingerprint[SHA256_SIZE];
	bool row, passphrase = false;
	enum errc rc = stmt_step(st, &row, e);

	if (!rc && row) {
		row = stmt_copy_blob(st, "store_id", s->id, sizeof s->id);
		s->created_at = stmt_get_int(st, "created_at");
		passphrase = strcmp(stmt_get_text(st, "master_kind", NULL), "passphrase") == 0;
		s->master.has_salt = stmt_copy_blob(st, "master_salt", s->master.salt,
						    sizeof s->master.salt);
		row &= stmt_copy_blob(st, "master_fingerprint", fingerprint, sizeof fingerprint);
	}
	stmt_done(st);
	if (!rc && !row) {
		err_set(e, ERR_STORE, "the store \"%s\" has lost its identity row", s->path);
		rc = err_hint(e, "restore a backup");
	}
	if (rc || !o)
		return rc;
	rc = master_find(s, o, passphrase, fingerprint, e);
	return rc ? rc : ring_load(s, e);
}

/* The anchor is read before the snapshot that it is compared with. */
static enum errc load_history(struct store *s, struct err *e)
{
	enum errc rc;

	anchor_read(s, &s->anchor);
	rc = store_snapshot(s, e);
	if (!rc && !s->for_check)
		rc = anchor_compare(s, &s->anchor, e);
	store_snapshot_end(s);
	return rc;
}

static enum errc open_existing(struct store *s, const struct store_options *o, bool anchored,
			       struct err *e)
{
	unsigned how = (s->read_only ? ENGINE_READ : 0) | (o && o->hasty ? ENGINE_HASTY : 0);
	enum errc rc = ERR_OK;

	if (!s->db)
		rc = db_open(&s->db, &engine_sqlite, s->path, how, e);
	if (rc)
		return rc;
	rc = db_error(s->db, db_engine(s->db)->begin_read(db_conn(s->db)), "read", e);
	if (!rc)
		rc = check_version(s, e);
	if (!rc && !s->for_check)
		rc = schema_require(s->db, e);
	if (!rc)
		rc = load_identity(s, o, e);
	db_engine(s->db)->rollback(db_conn(s->db));
	if (!rc && anchored)
		rc = load_history(s, e);
	db_engine(s->db)->busy_timeout(db_conn(s->db), s->wait_ms);
	return rc;
}

static struct store *store_new(const struct store_options *o)
{
	struct store *s = x_calloc(1, sizeof *s);

	s->verb = x_strdup(o->verb ? o->verb : "authrack");
	s->read_only = o->read_only;
	s->for_check = o->for_check;
	s->accept_clock = o->accept_clock;
	s->wait_ms = o->wait_ms;
	s->clock = o->clock ? o->clock : &clock_system;
	buf_init(&s->scratch, SCRATCH_MAX);
	return s;
}

/* SQLite takes paths of less than 512 bytes, and adds endings of its own. */
static enum errc length_check(const char *path, struct err *e)
{
	if (strlen(path) <= PATH_LONGEST)
		return ERR_OK;
	err_set(e, ERR_STORE, "the store's path is longer than %d bytes: \"%s\"", PATH_LONGEST,
		path);
	return err_hint(e, "put the store nearer to the root");
}

static enum errc open_place(struct store *s, const struct store_options *o, struct err *e)
{
	bool make = o->create && !o->read_only, there = file_filled(s->path), blank = false;
	char *lock = NULL;
	enum errc rc = there || make ? owner_check(&s->path, make, e) : no_store(s->path, e);

	if (!rc)
		rc = length_check(s->path, e);
	if (rc)
		return rc;
	if (!s->read_only) {
		lock = x_asprintf("%s-lock", s->path);
		rc = lock_open(&s->lock, lock, true, e);
		free(lock);
	}
	if (!rc && make && there) {
		rc = db_open(&s->db, &engine_sqlite, s->path, 0, e);
		if (!rc)
			rc = is_blank(s->db, &blank, e);
	}
	if (!rc && make && (!there || blank))
		rc = create(s, o, e);
	return rc ? rc : open_existing(s, o, true, e);
}

enum errc store_open(struct store **out, const struct store_options *o, struct err *e)
{
	struct store *s = store_new(o);
	enum errc rc = store_path(&s->path, o->url, e);

	*out = NULL;
	if (!rc)
		rc = open_place(s, o, e);
	if (rc) {
		store_close(s);
		return rc;
	}
	*out = s;
	return ERR_OK;
}

enum errc store_open_copy(struct store **out, struct store *live, struct db *copy, const char *path,
			  struct err *e)
{
	struct store_options o = { .read_only = true,
				   .clock = live->clock,
				   .wait_ms = live->wait_ms };
	struct store *s = store_new(&o);
	enum errc rc;

	*out = NULL;
	s->path = x_strdup(path);
	s->db = copy;
	s->copy = true;
	rc = open_existing(s, NULL, false, e);
	if (!rc && memcmp(s->id, live->id, sizeof s->id) != 0) {
		rc = err_set(e, ERR_CONFLICT, "\"%s\" is a backup of another store than \"%s\"",
			     path, live->path);
		err_hint(e, "give the store it belongs to with --store");
	}
	if (rc) {
		store_close(s);
		return rc;
	}
	ring_share(s, live);
	*out = s;
	return ERR_OK;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	store_rollback(s);
	store_snapshot_end(s);
	db_close(s->db);
	lock_close(s->lock);
	ring_clear(s);
	master_release(&s->master);
	buf_release(&s->scratch);
	free(s->path);
	free(s->verb);
	free(s);
}

void store_verb(struct store *s, const char *verb)
{
	free(s->verb);
	s->verb = x_strdup(verb);
}
