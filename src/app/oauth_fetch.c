/* One request to a provider, its progress and its trace. */
#include "src/app/oauth_fetch.h"

#include "src/app/session.h"
#include "src/base/clock.h"

struct wait {
	struct oauth_fetch *fetch;
	const struct clock *clock;
	int64_t ends; /* on the boot clock, once it was cancelled */
};

static bool go_on(void *arg)
{
	struct wait *w = arg;
	struct oauth_fetch *f = w->fetch;

	if (!f->cancelled && call_progress(f->call, f->doing, f->number, 0, NULL) != ERR_OK) {
		f->cancelled = true;
		w->ends = clock_boot(w->clock) + f->grace_ms;
	}
	return !f->cancelled || clock_boot(w->clock) < w->ends;
}

static enum errc trace(const struct op_call *c, const struct http_request *r,
		       const struct http_response *a, const struct oauth_secrets *known,
		       struct err *e)
{
	int64_t at = clock_wall(app_clock(c->app));
	struct json *row;

	if (!op_flag(c->args, "trace"))
		return ERR_OK;
	row = json_object_new();
	json_set_text(row, "event", "exchange");
	json_set_time(row, "at", at);
	json_set(row, "exchange", oauth_exchange(r, a, known, at));
	return call_record_take(c, row, e);
}

enum errc oauth_fetch(struct oauth_fetch *f, const struct http_request *r,
		      const struct oauth_secrets *known, struct http_response *out, struct err *e)
{
	static const struct oauth_secrets none = { .values = NULL };
	struct wait w = { .fetch = f, .clock = app_clock(f->call->app) };
	enum errc rc;

	f->cancelled = false;
	rc = http_fetch(out, r, go_on, &w, e);
	if (rc != ERR_USAGE)
		trace(f->call, r, out, known ? known : &none, NULL);
	return rc;
}
