/* Typed access over an engine: cached statements, numbered parameters, columns by name, errors that
 * name the file and what to do. */
#ifndef DATA_DB_H
#define DATA_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/engine.h"
#include "src/base/err.h"

struct db;
struct stmt;

/* Flags are ENGINE_*. `path` is kept for messages. */
enum errc db_open(struct db **out, const struct engine *engine, const char *path, unsigned flags,
		  struct err *e);
void db_close(struct db *d); /* NULL is well; frees cached statements */
const struct engine *db_engine(const struct db *d);
struct engine_conn *db_conn(const struct db *d);
const char *db_path(const struct db *d);

/* Fills `e` from an engine's code: what failed on which file, and what to do. Returns its errc:
 * ERR_CONFLICT for ENGINE_EXISTS, ERR_CANCELLED for ENGINE_INTERRUPTED, else ERR_STORE; 0 for OK. */
enum errc db_error(const struct db *d, enum engine_code code, const char *what, struct err *e);

/* The statement for an SQL literal: kept by the literal's address, handed out reset and unbound. One
 * that does not compile fails when stepped. Not to be nested with itself: use db_prepare() there. */
struct stmt *db_stmt(struct db *d, const char *sql);
/* An own statement for built SQL; the caller frees it. NULL text is not allowed. */
struct stmt *db_prepare(struct db *d, const char *sql);
void stmt_free(struct stmt *s); /* NULL is well; only for db_prepare() */

/* Values for $number (from 1). Texts and blobs are borrowed until stmt_done(). */
void stmt_int(struct stmt *s, int number, int64_t value);
void stmt_time(struct stmt *s, int number, int64_t at);	      /* TIME_NONE is NULL */
void stmt_text(struct stmt *s, int number, const char *text); /* NULL is NULL */
void stmt_blob(struct stmt *s, int number, const void *data, size_t len);
void stmt_null(struct stmt *s, int number);

/* *row false at the end (the statement is then reset). */
enum errc stmt_step(struct stmt *s, bool *row, struct err *e);
/* Runs to the end and resets. */
enum errc stmt_run(struct stmt *s, struct err *e);
/* Runs for its first row and one integer of it, by name; `value` is left alone where there is none. */
enum errc stmt_one_int(struct stmt *s, const char *column, int64_t *value, struct err *e);
void stmt_done(struct stmt *s); /* resets; parameters are forgotten */

/* The column from which on `count` columns with these names stand side by side, looked for once a table
 * (`names` is its address) behind the column that was read last; all read as NULL where they don't. */
int stmt_find_columns(struct stmt *s, const void *names,
		      const char *(*name)(const void *names, int i), int count);
void stmt_value_at(struct stmt *s, int column, struct engine_value *out);

/* Values of the current row; a column that is not there is NULL. */
int64_t stmt_get_int(struct stmt *s, const char *column);
const char *stmt_get_text(struct stmt *s, const char *column,
			  size_t *len); /* lent; len may be NULL */
const void *stmt_get_blob(struct stmt *s, const char *column, size_t *len); /* lent */
/* Copies a blob of exactly `size` bytes; false (and zeros) when it has another length or is NULL. */
bool stmt_copy_blob(struct stmt *s, const char *column, void *out, size_t size);

enum errc db_exec(struct db *d, const char *sql, struct err *e); /* several statements, no values */
int64_t db_changes(const struct db *d);

#endif
