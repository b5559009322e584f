/* A key's record as people read it: its state as glyph and word, its secret's public ends, its
 * times. */
#ifndef UI_KEY_VIEW_H
#define UI_KEY_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/json.h"
#include "ui/console.h"
#include "ui/frame.h"
#include "ui/record.h"

struct key_badge {
	enum glyph glyph;
	enum style style;
	const char *word; /* "in grace" */
};

enum {
	KEY_EXPIRING_DAYS = 14,
	DATE_WIDTH = 11, /* of a local time: behind it stands "17:19" */
};

/* The first that holds of altered, revoked, disabled, expired, not yet, expiring, in grace,
 * active. */
struct key_badge key_badge(const struct json *row, int64_t now);
bool key_in_grace(const struct json *row, int64_t now);
bool key_is(const struct json *row, const char *status);

void key_meta_text(const struct json *meta, char *out, size_t size); /* "team=payments env=prod" */

/* "ak_…9fQ2": prefix and hint of the key, or of one of its versions. */
void key_hint(const struct json *key, const struct json *version, bool utf8, char *out,
	      size_t size);
/* Its older versions that still live, newest first: the n-th, NULL. Needs the record of
 * key.show. */
const struct json *key_grace_version(const struct json *key, size_t n);
/* What is unfinished or out of order about it, most urgent first, in sentences; "" when nothing. */
void key_now_text(const struct console *c, const struct json *key, char *out, size_t size);
/* The hour of an end within a day ("17:19"), else the day; with how long it is until then. */
void key_end_text(const struct console *c, int64_t at, char *out, size_t size);
/* "412 calls let through since 13:00, from 3 addresses" of a `recent` record (src/app/key_recent.h); `from`
 * is the one address, or NULL. */
void key_recent_text(const struct json *recent, const char *from, char *out, size_t size);
/* Sums `calls` (an array of hours) into `count` buckets; -1 where there is no data. */
void key_calls(const struct json *row, int64_t *out, size_t count);

#endif
