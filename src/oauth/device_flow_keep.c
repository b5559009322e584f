/* A device flow that is kept while its code lives, and taken up again: by another process, after the machine
 * slept, or after it was started anew. */
#include "src/oauth/device_flow_parts.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/oauth/answer_parts.h"

enum { SECRETS_MAX = 65536 };

/* --- keeping ----------------------------------------------------------------------------------------- */

static struct json *time_save(const struct flow_time *t)
{
	struct json *out = json_object_new();

	json_set_int(out, "wall", t->wall);
	json_set_int(out, "monotonic", t->monotonic);
	json_set_int(out, "boot", t->boot);
	return out;
}

static void codes_save(struct json *out, const struct device_codes *c)
{
	json_set_text(out, "user_code", c->user_code);
	json_set_text(out, "verification_uri", c->verification_uri);
	json_set_text(out, "verification_uri_complete", c->verification_uri_complete);
	json_set_text(out, "message", c->message);
	json_set_int(out, "expires_ms", c->expires_ms);
	json_set_int(out, "code_interval_ms", c->interval_ms);
}

static void secrets_save(struct secret *out, const struct device_flow *f)
{
	struct json *v = json_object_new();
	struct buf text = BUF_INIT(SECRETS_MAX);

	json_set_text(v, "device_code", secret_reveal(&f->codes.device_code));
	if (f->code_verifier.len)
		json_set_text(v, "code_verifier", secret_reveal(&f->code_verifier));
	json_write(&text, v);
	secret_set(out, buf_text(&text), text.len);
	if (text.data)
		secret_wipe(text.data, text.size);
	buf_release(&text);
	json_free(v);
}

struct json *flow_save(const struct device_flow *f, const struct flow_time *now,
		       const char *boot_id, struct secret *secrets)
{
	struct json *out = json_object_new();

	json_set_text(out, "boot_id", boot_id);
	json_set(out, "saved", time_save(now));
	json_set(out, "last", time_save(&f->last));
	json_set_text(out, "scope", f->scope);
	codes_save(out, &f->codes);
	json_set_int(out, "interval_ms", f->interval_ms);
	json_set_int(out, "backoff_ms", f->backoff_ms);
	json_set_int(out, "not_before_ms", f->not_before_ms);
	json_set_int(out, "deadline", f->deadline);
	json_set_int(out, "polls", f->polls);
	json_set_bool(out, "answered", f->answered);
	json_set_bool(out, "lost", f->lost || f->in_flight);
	json_set_bool(out, "in_flight", f->in_flight);
	secrets_save(secrets, f);
	return out;
}

/* --- taking up again --------------------------------------------------------------------------------- */

static int64_t within(int64_t value, int64_t low, int64_t high)
{
	return ms_least(ms_most(value, low), high);
}

/* Clocks and waits, so far from the ends of their type that they can be added up. */
static int64_t instant_get(const struct json *object, const char *name)
{
	return within(json_get_int(object, name, 0), 0, INT64_MAX / 8);
}

static struct flow_time time_restore(const struct json *kept, const char *name)
{
	const struct json *t = json_get(kept, name);

	return (struct flow_time){ instant_get(t, "wall"), instant_get(t, "monotonic"),
				   instant_get(t, "boot") };
}

/* Not ahead of now, by the clocks that nobody sets. */
static bool time_is_past(const struct flow_time *t, const struct flow_time *now)
{
	return t->monotonic <= now->monotonic && t->boot <= now->boot;
}

static bool secrets_restore(struct device_flow *f, const struct secret *secrets)
{
	const char *code, *verifier;
	struct json *v = NULL;
	bool well;

	json_parse(&v, secret_reveal(secrets), secrets->len, NULL);
	code = json_get_text(v, "device_code");
	verifier = json_get_text(v, "code_verifier");
	well = code && *code;
	if (well)
		secret_set(&f->codes.device_code, code, strlen(code));
	if (verifier)
		secret_set(&f->code_verifier, verifier, strlen(verifier));
	json_free(v);
	return well;
}

static bool codes_restore(struct device_flow *f, const struct json *kept)
{
	struct device_codes *c = &f->codes;

	c->user_code = x_strdup(json_get_text(kept, "user_code"));
	c->verification_uri = x_strdup(json_get_text(kept, "verification_uri"));
	c->verification_uri_complete = x_strdup(json_get_text(kept, "verification_uri_complete"));
	c->message = x_strdup(json_get_text(kept, "message"));
	c->expires_ms = within(json_get_int(kept, "expires_ms", 0), 0, HOUR_MS);
	c->interval_ms = within(json_get_int(kept, "code_interval_ms", 0), SECOND_MS, HOUR_MS);
	if (!c->user_code || !c->verification_uri)
		return false;
	device_codes_look(c, NULL);
	return true;
}

/* The boot clock counts what passed, the wall clock where that one began anew. One that was set back meanwhile
 * gives nothing back. */
static void times_restore(struct device_flow *f, const struct json *kept,
			  const struct flow_time *now, const char *boot_id)
{
	const struct flow_time saved = time_restore(kept, "saved");
	const char *boot = json_get_text(kept, "boot_id");
	bool same = boot && strcmp(boot, boot_id) == 0 && time_is_past(&saved, now);
	int64_t passed = ms_most(same ? now->boot - saved.boot : now->wall - saved.wall, 0);
	int64_t left = instant_get(kept, "deadline") - saved.boot;
	int64_t not_before = instant_get(kept, "not_before_ms") - saved.boot;

	f->deadline = now->boot + ms_least(left, HOUR_MS) - passed;
	if (not_before > passed)
		f->not_before_ms = now->boot + not_before - passed;
	f->last = time_restore(kept, "last");
	/* When an answer came to a poll that was under way is not known. */
	if (!same || json_get_bool(kept, "in_flight") || !time_is_past(&f->last, now))
		f->last = *now;
	f->interval_ms = within(json_get_int(kept, "interval_ms", 0), SECOND_MS, HOUR_MS);
	f->backoff_ms = within(json_get_int(kept, "backoff_ms", 0), 0, HOUR_MS);
}

enum errc flow_restore(struct device_flow *f, const struct oauth_provider *p,
		       const struct json *kept, const struct secret *secrets,
		       const struct flow_time *now, const char *boot_id, struct err *e)
{
	flow_init(f, p, json_get_text(kept, "scope"), 0, now);
	if (!codes_restore(f, kept) || !secrets_restore(f, secrets)) {
		err_set(e, ERR_CONFLICT, "what is kept of the device flow can't be read");
		return err_hint(e, "run it anew");
	}
	f->has_codes = f->resumed = true;
	f->polls = (unsigned)within(json_get_int(kept, "polls", 0), 0, INT32_MAX);
	f->answered = json_get_bool(kept, "answered");
	f->lost = json_get_bool(kept, "lost");
	times_restore(f, kept, now, boot_id);
	if (f->deadline > now->boot)
		return ERR_OK;
	err_set(e, ERR_CONFLICT, "the code of the device flow has run out");
	return err_hint(e, "run it anew");
}
