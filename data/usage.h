/* Usage figures: side tables that grant nothing, written in batches, forward only. */
#ifndef DATA_USAGE_H
#define DATA_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/store.h"

extern const char usage_code_allowed[]; /* "VALID" */

struct usage_add { /* what happened to one version since the last batch */
	int64_t key, version;
	int64_t at;	     /* latest time within it; its hour is the bucket */
	const char *code;    /* "VALID" (the one that is a use), "RATE_LIMITED" … */
	int64_t count;	     /* 0: only the address is told, another one than the latest */
	const char *address; /* the client's at that time; NULL: unknown */
};
/* Adds the counts and moves last uses forward, never back; figures past their time go. Inside
 * store_begin_unaudited(). */
enum errc usage_write(struct store *s, const struct usage_add *rows, size_t count, struct err *e);

enum {
	USAGE_ADDRESSES = 8,	 /* the latest client addresses that are kept of a version */
	USAGE_ADDRESS_SIZE = 46, /* of one as text, with its NUL */
};

struct usage_address {
	char address[USAGE_ADDRESS_SIZE];
	int64_t at;
};
struct usage_last {
	int64_t first_used, last_used;			 /* TIME_NONE: never */
	struct usage_address addresses[USAGE_ADDRESSES]; /* latest first */
	size_t address_count;
};
enum errc usage_last(struct store *s, int64_t key, int64_t version, struct usage_last *u,
		     struct err *e);
/* Of all versions of a key: last use (TIME_NONE: never) and where from ("": unknown). */
enum errc usage_last_of_key(struct store *s, int64_t key, int64_t *at,
			    char address[USAGE_ADDRESS_SIZE], struct err *e);

enum {
	USAGE_HOURS_KEPT = 31 * 24,
	USAGE_DAYS_KEPT = 400,
	USAGE_TOP_HOURS = 48, /* of usage_top_keys(): beyond, it looks at days */
};

struct usage_hour {
	int64_t hour;	 /* its beginning; of usage_days(): the day's, in UTC */
	int64_t version; /* 0: all versions together */
	int64_t allowed, denied;
};
/* Hours that begin within [from, until) and have figures, oldest first; version 0: all together.
 * Heap, caller frees. Kept 31 days. */
enum errc usage_hours(struct store *s, int64_t key, int64_t version, int64_t from, int64_t until,
		      struct usage_hour **out, size_t *count, struct err *e);
/* The same by days, kept 400. */
enum errc usage_days(struct store *s, int64_t key, int64_t version, int64_t from, int64_t until,
		     struct usage_hour **out, size_t *count, struct err *e);
struct usage_code {
	char code[24];
	int64_t count;
};
/* Calls by verification code, most frequent first, by hours where those are kept, else by days. */
enum errc usage_codes(struct store *s, int64_t key, int64_t from, int64_t until,
		      struct usage_code **out, size_t *count, struct err *e);

/* The same of all keys together, with those that were purged since and with unknown secrets. A row an hour
 * and code is kept of it, so it costs next to nothing. */
enum errc usage_all_hours(struct store *s, int64_t from, int64_t until, struct usage_hour **out,
			  size_t *count, struct err *e);
enum errc usage_all_days(struct store *s, int64_t from, int64_t until, struct usage_hour **out,
			 size_t *count, struct err *e);
enum errc usage_all_codes(struct store *s, int64_t from, int64_t until, struct usage_code **out,
			  size_t *count, struct err *e);

struct usage_key {
	int64_t key; /* row */
	int64_t allowed, denied;
};
/* The keys with the most calls, at most `limit`; unknown secrets are none. By hours where `from` is within
 * USAGE_TOP_HOURS, else by days. Looks at each key that was used. */
enum errc usage_top_keys(struct store *s, int64_t from, int64_t until, size_t limit,
			 struct usage_key **out, size_t *count, struct err *e);

/* What was let through lately: by this a person judges what an end of keys hits. Figures are kept by whole
 * clock hours, so it is those of the hour that runs and of the one before. */
enum { USAGE_RECENT_ADDRESSES = 100 };
struct usage_recent {
	int64_t since; /* the begin of the hour before this one */
	int64_t allowed;
	/* Distinct client addresses since then, of the latest version's first. */
	char addresses[USAGE_RECENT_ADDRESSES][USAGE_ADDRESS_SIZE];
	size_t address_count;
	bool more; /* there may be more: neither here nor of a version all are kept */
};
void usage_recent_init(struct store *s, struct usage_recent *r);
/* Adds those of one version of a key, 0: of all. */
enum errc usage_recent_add(struct store *s, int64_t key, int64_t version, struct usage_recent *r,
			   struct err *e);
/* Distinct client addresses seen since; at most USAGE_ADDRESSES a version are kept. */
enum errc usage_addresses(struct store *s, int64_t key, int64_t since, size_t *count,
			  struct err *e);

#endif
