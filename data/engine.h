/* What a database engine has to offer the store: one table of functions an engine. SQL is written once,
 * with $1, $2 … bound by name; only what stands here differs between engines. */
#ifndef DATA_ENGINE_H
#define DATA_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine_conn;
struct engine_stmt;
struct log_watch;

enum engine_code {
	ENGINE_OK,
	ENGINE_ROW,	   /* step: a row is there; ENGINE_OK: no more */
	ENGINE_EXISTS,	   /* a UNIQUE or PRIMARY KEY constraint refused */
	ENGINE_CONSTRAINT, /* another constraint refused */
	ENGINE_BUSY,
	ENGINE_FULL, /* no space */
	ENGINE_IO,
	ENGINE_CORRUPT, /* or no database at all */
	ENGINE_READ_ONLY,
	ENGINE_CANT_OPEN,
	ENGINE_INTERRUPTED,
	ENGINE_SETTING, /* a setting did not take: unsafe to go on */
	ENGINE_OTHER,
};

enum {
	ENGINE_READ = 1 << 0,	/* opens no way to write */
	ENGINE_MEMORY = 1 << 1, /* a database in memory; the path is ignored */
	ENGINE_PLAIN = 1 << 2,	/* one file for itself, no log beside it: a backup */
	ENGINE_HASTY = 1 << 3,	/* waits for nobody when it opens, or hardly */
};

enum { ENGINE_APPLICATION = 0x61757468 }; /* "auth", SQLite's application_id of a store */

enum engine_checkpoint {
	ENGINE_PASSIVE,	 /* as far as it goes without waiting */
	ENGINE_TRUNCATE, /* all of it, the log cut */
};

/* A value as it is stored; data is lent until the next step or reset, and ends in no NUL. */
struct engine_value {
	enum { ENGINE_NULL, ENGINE_INTEGER, ENGINE_DATA } type; /* DATA: text or blob */
	int64_t integer;
	const void *data;
	size_t len;
};

/* One finding of the engine's own integrity check, or one object of its schema; false stops. */
typedef bool engine_report(void *arg, const char *text);
typedef bool engine_object(void *arg, const char *type, const char *name, const char *table,
			   const char *sql);

struct engine {
	const char *name; /* "sqlite" */
	enum engine_code (*open)(struct engine_conn **out, const char *path, unsigned flags);
	void (*close)(struct engine_conn *c);	       /* NULL is well */
	const char *(*message)(struct engine_conn *c); /* of the last failure; lent */

	enum engine_code (*prepare)(struct engine_conn *c, const char *sql,
				    struct engine_stmt **out);
	void (*finalize)(struct engine_stmt *s);
	/* Values for $number. Texts and blobs are borrowed until the statement is reset. */
	void (*bind_null)(struct engine_stmt *s, int number);
	void (*bind_int)(struct engine_stmt *s, int number, int64_t value);
	void (*bind_text)(struct engine_stmt *s, int number, const char *text, size_t len);
	void (*bind_blob)(struct engine_stmt *s, int number, const void *data, size_t len);
	enum engine_code (*step)(struct engine_stmt *s);
	void (*reset)(struct engine_stmt *s);
	int (*columns)(struct engine_stmt *s);
	const char *(*column_name)(struct engine_stmt *s, int column);
	void (*column_value)(struct engine_stmt *s, int column, struct engine_value *out);
	int64_t (*column_int)(struct engine_stmt *s, int column);
	/* Lent until the next step or reset; never NULL (an empty text for NULL). */
	const char *(*column_text)(struct engine_stmt *s, int column, size_t *len);
	const void *(*column_blob)(struct engine_stmt *s, int column, size_t *len);

	enum engine_code (*exec)(struct engine_conn *c, const char *sql); /* several statements */
	int64_t (*changes)(struct engine_conn *c); /* rows of the last INSERT, UPDATE or DELETE */
	enum engine_code (*begin_write)(struct engine_conn *c); /* at once, no upgrade later */
	enum engine_code (*begin_read)(struct engine_conn *c);
	enum engine_code (*commit)(struct engine_conn *c);
	void (*rollback)(struct engine_conn *c); /* well when there is no transaction */
	void (*busy_timeout)(struct engine_conn *c, int64_t ms);

	enum engine_code (*schema_version)(struct engine_conn *c, int64_t *migration);
	enum engine_code (*set_schema_version)(struct engine_conn *c, int64_t migration);
	/* Changes with every change of the schema, planted ones too. */
	enum engine_code (*schema_cookie)(struct engine_conn *c, int64_t *cookie);
	enum engine_code (*schema)(struct engine_conn *c, engine_object *object, void *arg);
	enum engine_code (*data_version)(struct engine_conn *c, int64_t *version);
	enum engine_code (*has_moved)(struct engine_conn *c, bool *moved);
	/* Before begin_read: from now on this tells, in nanoseconds, whether anybody has committed since. Lent
	 * until the next call or close. */
	const struct log_watch *(*watch)(struct engine_conn *c);

	enum engine_code (*checkpoint)(struct engine_conn *c, enum engine_checkpoint how);
	/* A change of very many rows begins or has ended: more memory for pages while it lasts. */
	void (*bulk)(struct engine_conn *c, bool on);
	/* Keeps room in the files so that small changes work on a full disk; cheap when it is there. */
	void (*reserve)(struct engine_conn *c);
	/* Bytes that the database can still take without the file growing. */
	int64_t (*room)(struct engine_conn *c);
	/* Pages in the write-ahead log after the last commit. */
	int64_t (*log_pages)(struct engine_conn *c);
	/* Online copy into a new file that was made (0600, empty) by the caller. */
	enum engine_code (*backup)(struct engine_conn *c, const char *path,
				   bool (*progress)(void *arg, uint64_t done, uint64_t total),
				   void *arg);
	enum engine_code (*integrity)(struct engine_conn *c, engine_report *report, void *arg);
	enum engine_code (*foreign_keys)(struct engine_conn *c, engine_report *report, void *arg);
	void (*interrupt)(struct engine_conn *c); /* from any thread */
};

extern const struct engine engine_sqlite;

#endif
