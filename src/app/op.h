/* The operation table: what authrack can do, declared once. The command line, its help and
 * completions, the console's forms, the audit's operation names, the man page and the JSON shapes
 * all come from these records. */
#ifndef APP_OP_H
#define APP_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/err.h"
#include "src/base/json.h"
#include "src/base/secret.h"

struct app;

enum arg_type {
	ARG_FLAG, /* --yes */
	ARG_TEXT,
	ARG_INTEGER,
	ARG_DURATION, /* "90d" */
	ARG_INSTANT,  /* RFC 3339, a duration from now, "now"; "never" with ARG_NEVER */
	ARG_CHOICE,   /* one of `choices` */
	ARG_FILE,     /* a path, or "-" */
	ARG_KEY,      /* id or name of a key */
	ARG_PROVIDER, /* id or name of a provider */
	ARG_GRANT,    /* id of a grant */
	ARG_FLOW,     /* id of a device flow under way */
	ARG_SCOPE,
	ARG_LIMIT,
	ARG_RANGE,
	ARG_META,
	ARG_PREFIX,  /* checked by src/app/rules.h */
	ARG_ADDRESS, /* v4 or v6 address */
	ARG_SECRET,  /* never in argv: standard input, hidden prompt, or the front end's field */
};

enum {
	ARG_REQUIRED = 1 << 0,
	ARG_REPEATED = 1 << 1,
	ARG_POSITIONAL = 1 << 2,   /* in order of the table */
	ARG_NEVER = 1 << 3,	   /* an instant that may be "never" */
	ARG_COMMAND_LINE = 1 << 4, /* not in the console's form (paging, output files, --yes …) */
	ARG_CLEARS = 1 << 5,	   /* the empty text clears the field (edit) */
	ARG_BACK = 1 << 7,	   /* a duration that reaches into the past */
	ARG_OTHERWISE = 1 << 6,	   /* a secret that is read where no positional argument is given */
	ARG_INSTEAD = 1 << 9,	   /* where it is given, a secret with ARG_OTHERWISE is not read */
	ARG_PASTE = 1 << 8,	   /* a secret of many lines, taken as it is: ends with Ctrl-D */
};

struct arg {
	const char *name; /* "allow-from": --allow-from; positional: shown in capitals */
	char letter;	  /* short form, 0 none */
	enum arg_type type;
	unsigned flags;
	const char *fallback;	    /* default as text, NULL none */
	const char *const *choices; /* NULL-terminated */
	const char *value;	    /* placeholder in help: "N/PERIOD" */
	const char *help;	    /* one line, lower case, no full stop */
	const char *label;	    /* in forms: "Allow from"; NULL: from the name */
};

/* Arguments that many operations have. */
#define YES_ARG                                                                            \
	{                                                                                  \
		.name = "yes", .letter = 'y', .type = ARG_FLAG, .flags = ARG_COMMAND_LINE, \
		.help = "answer yes to what would be asked"                                \
	}
#define LIMIT_ARG /* of lists; see op_limit() */                                                \
	{                                                                                       \
		.name = "limit", .letter = 'L', .type = ARG_INTEGER, .flags = ARG_COMMAND_LINE, \
		.value = "N", .help = "at most so many"                                         \
	}

enum column_type {
	COLUMN_TEXT,
	COLUMN_NUMBER,
	COLUMN_TIME,
	COLUMN_TIME_OR_NEVER, /* null reads "never"; of COLUMN_TIME it says nothing */
	COLUMN_DURATION,
	COLUMN_FLAG,
	COLUMN_LIST,
	COLUMN_STATUS
};

struct op_column {
	const char *name;  /* member of the JSON record */
	const char *title; /* "LAST USED"; NULL: in JSON and in `show` only */
	enum column_type type;
	const char *help; /* one line, for the man page's JSON section */
};

enum {
	OP_WRITES = 1 << 0,
	OP_DANGEROUS = 1 << 1,	   /* asks on a terminal, needs --yes without one */
	OP_REVEALS = 1 << 2,	   /* shows a secret once */
	OP_ASYNC = 1 << 3,	   /* may take long: progress */
	OP_LIST = 1 << 4,	   /* records are JSON Lines, a table for people */
	OP_TEXT = 1 << 5,	   /* writes text (CSV, completion script); a record, where it
					 * gives one as well, is for --json and stands instead */
	OP_NO_STORE = 1 << 6,	   /* opens none */
	OP_CREATES_STORE = 1 << 7, /* may make the store */
	OP_FOR_CHECK = 1 << 8,	   /* opens a store that is otherwise refused */
	OP_ANSWERS = 1 << 9,	   /* exit 1 means no */
	OP_BULK = 1 << 10,	   /* takes several keys or a filter, --dry-run and --expect */
	OP_ARRAY = 1 << 11,	   /* records are the elements of one JSON array */
	OP_STREAM = 1 << 12,	   /* records are events: each is shown the moment it happens */
	OP_REMOTE = 1 << 13, /* asks a provider: takes as long as a network or a person does */
	OP_STAYS = 1 << 14,  /* runs until it is told to stop, and takes the signals itself */
};

struct op;
struct op_args;

/* Where results go: the front end's side of a running operation. Calls come on the thread that runs
 * the operation, with no lock of the store held. */
struct op_sink {
	void *arg;
	/* One result record (borrowed). */
	enum errc (*record)(void *arg, const struct op *op, const struct json *row, struct err *e);
	/* A record that carries a new secret: when this returns 0 it has been written out, flushed,
	 * and the key goes live; anything else leaves no live key. */
	enum errc (*reveal)(void *arg, const struct op *op, const struct json *row,
			    const struct secret *secret, struct err *e);
	enum errc (*text)(void *arg, const char *data, size_t len, struct err *e);
	/* total 0: unknown. At most a few a second. False cancels. May be NULL. */
	bool (*progress)(void *arg, const char *what, uint64_t done, uint64_t total);
	/* Asked once progress() was false: does the front end itself go away? Then what can be taken up again
	 * later is left as it is; else a person gave it up. NULL: a person did. */
	bool (*leaves)(void *arg);
	/* Asks a person; 0 is yes, ERR_CONFLICT with a hint where nobody can be asked. */
	enum errc (*confirm)(void *arg, const char *question, struct err *e);
	/* A warning or remark that is no result (terminal-safe). */
	void (*note)(void *arg, const char *text);
};

/* A running operation. */
struct op_call {
	const struct op *op;
	struct app *app;
	const struct op_args *args;
	const struct op_sink *sink;
};

struct op {
	const char *id;			 /* "key.rotate": noun and verb of the command line */
	const char *summary;		 /* one line, imperative, no full stop */
	const char *detail;		 /* paragraphs for --help and the man page */
	const char *example;		 /* lines of commands, may be NULL */
	const struct arg *args;		 /* ends with a NULL name */
	const struct op_column *columns; /* ends with a NULL name; NULL none */
	unsigned flags;
	const char *reveals; /* OP_REVEALS: the secret's name in JSON; NULL: "secret" */
	enum errc (*run)(const struct op_call *call, struct err *e);
};

/* The table, in the order of the help. */
extern const struct op *const op_table[];			  /* NULL-terminated */
const struct op *op_find(const char *id);			  /* NULL */
const char *op_noun(const struct op *op, char *out, size_t size); /* "key" */
const char *op_verb(const struct op *op);			  /* "rotate" */
const struct arg *op_arg(const struct op *op, const char *name);  /* NULL */

/* --- arguments ------------------------------------------------------------------------------ */
struct op_args *op_args_new(const struct op *op);
void op_args_free(struct op_args *a); /* wipes secrets; NULL is well */
/* Adds a value (the type is checked: ERR_USAGE with a hint). A second value of an argument that is
 * not repeated is refused. */
enum errc op_args_add(struct op_args *a, const char *name, const char *value, struct err *e);
void op_args_add_secret(struct op_args *a, const char *name, struct secret *value); /* moves it */
/* Everything required is there. */
enum errc op_args_check(const struct op_args *a, struct err *e);

/* Has the operation such an argument? */
bool op_takes(const struct op_args *a, const char *name);

bool op_has(const struct op_args *a, const char *name); /* given, fallbacks not counted */
const char *op_text(const struct op_args *a,
		    const char *name); /* value, else fallback, else NULL */
size_t op_count(const struct op_args *a, const char *name);
const char *op_nth(const struct op_args *a, const char *name, size_t n);
int64_t op_integer(const struct op_args *a, const char *name, int64_t fallback);
/* LIMIT_ARG: 0 is "not given"; ERR_USAGE where it is given as 0. */
enum errc op_limit(const struct op_args *a, size_t *out, struct err *e);
int64_t op_duration(const struct op_args *a, const char *name, int64_t fallback); /* ms */
int64_t op_instant(const struct op_args *a, const char *name, int64_t now, int64_t fallback);
bool op_flag(const struct op_args *a, const char *name);
const struct secret *op_secret(const struct op_args *a, const char *name); /* NULL */

/* Checks one value as op_args_add does, for forms: on success `meaning` says what it means where
 * that is worth saying ("= 2026-06-16 15:07 CEST (in 90d)"), else "". */
enum errc arg_check(const struct arg *arg, const char *value, int64_t now, char *meaning,
		    size_t meaning_size, struct err *e);

/* The command line that does the same, shell-quoted, secrets left out; for forms. Caller frees. */
char *op_command(const struct op_args *a);
/* A word as a POSIX shell reads it back: plain, or in single quotes. */
void op_add_word(struct buf *out, const char *text);

#endif
