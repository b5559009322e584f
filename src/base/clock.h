/* Time, injectable. All times are milliseconds; wall times since 1970-01-01T00:00:00Z. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define TIME_NONE INT64_MIN /* "never" or "not set", as the field says; NULL in the store */

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define SECOND_NS INT64_C(1000000000)

struct clock {
	int64_t (*wall)(const struct clock *c);	       /* CLOCK_REALTIME */
	int64_t (*boot)(const struct clock *c);	       /* CLOCK_BOOTTIME: goes on in suspend */
	int64_t (*monotonic)(const struct clock *c);   /* CLOCK_MONOTONIC: rests in suspend */
	const char *(*boot_id)(const struct clock *c); /* 36 characters of the kernel's boot id */
	int64_t (*boot_ns)(const struct clock *c); /* boot() in nanoseconds; NULL: from boot() */
	void *arg;
};

/* The machine's own clock. */
extern const struct clock clock_system;

/* CLOCK_MONOTONIC itself, for what only measures: for how long somebody may dally, how long something took. The
 * first may be some milliseconds behind, and costs next to nothing. */
int64_t ticks_ms(void);
int64_t ticks_ns(void);

static inline int64_t clock_wall(const struct clock *c)
{
	return c->wall(c);
}
static inline int64_t clock_boot(const struct clock *c)
{
	return c->boot(c);
}
static inline int64_t clock_boot_ns(const struct clock *c)
{
	return c->boot_ns ? c->boot_ns(c) : c->boot(c) * (SECOND_NS / SECOND_MS);
}
static inline int64_t clock_monotonic(const struct clock *c)
{
	return c->monotonic(c);
}
static inline const char *clock_boot_id(const struct clock *c)
{
	return c->boot_id(c);
}

#endif
