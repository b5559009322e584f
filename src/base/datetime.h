/* Instants and durations as text. Instants are milliseconds since 1970 (see clock.h). */
#ifndef BASE_DATETIME_H
#define BASE_DATETIME_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/err.h"

enum { DATETIME_SIZE = 40 }; /* room for any text below, NUL included */

/* RFC 3339 in UTC: "2026-06-16T13:06:52Z", with ".481" where the milliseconds are not zero. */
void datetime_rfc3339(char out[DATETIME_SIZE], int64_t at);
/* Local time for people: "2026-06-16 15:07 CEST". With seconds: "2026-06-16 15:07:31 CEST". */
void datetime_local(char out[DATETIME_SIZE], int64_t at, bool seconds);
/* RFC 3339 §5.6 (any offset, fraction cut to milliseconds), leap second taken as :59.999. */
enum errc datetime_parse(int64_t *at, const char *text, struct err *e);

/* "90d", "24h", "15m", "30s", "2w", "1d12h", "500ms"; a bare "0" is zero, any other bare number is
 * refused and asks for a unit ("90 what? 90d, 90h"). Never negative; refused over 100 years. */
enum errc duration_parse(int64_t *ms, const char *text, struct err *e);
/* One number, in the largest unit up to days that is exact: "90d", "36h", "1500ms"; "0s". */
void duration_text(char out[DATETIME_SIZE], int64_t ms);

/* An instant: RFC 3339, a duration from now ("90d"), "now", or "never" (TIME_NONE, where allowed). */
enum errc instant_parse(int64_t *at, const char *text, int64_t now, bool never_ok, struct err *e);

/* For columns: "12s", "6m", "9h", "41d" ago; "in 2d 4h", "in 41d" ahead. `suffix` adds " ago". */
void datetime_relative(char out[DATETIME_SIZE], int64_t at, int64_t now, bool suffix);

#endif
