/* A key's record as people read it; see key_view.h. */
#include "ui/key_view.h"

#include <stdio.h>
#include <string.h>

#include "src/app/key_recent.h"
#include "src/base/clock.h"
#include "src/base/datetime.h"
#include "ui/chart.h"

/* --- reading records ----------------------------------------------------------------------- */
void key_meta_text(const struct json *meta, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (const void *it = json_first(meta); it && len + 1 < size; it = json_next(meta, it)) {
		const char *value = json_as_text(json_value(it));
		bool quote = value && strchr(value, ' ');

		len += (size_t)snprintf(out + len, size - len, "%s%s=%s%s%s", len ? " " : "",
					json_name(it), quote ? "\"" : "", value ? value : "",
					quote ? "\"" : "");
	}
}

/* --- state --------------------------------------------------------------------------------- */
bool key_is(const struct json *row, const char *status)
{
	const char *text = json_get_text(row, "status");

	return text && strcmp(text, status) == 0;
}

static bool key_expiring(const struct json *row, int64_t now)
{
	int64_t at = record_time(row, "expires_at");

	return at != TIME_NONE && at > now && at - now <= KEY_EXPIRING_DAYS * DAY_MS;
}

bool key_in_grace(const struct json *row, int64_t now)
{
	int64_t at = record_time(row, "retiring_until");

	return at != TIME_NONE && at > now && !key_is(row, "revoked");
}

struct key_badge key_badge(const struct json *row, int64_t now)
{
	static const struct {
		const char *status;
		struct key_badge badge;
	} badges[] = {
		{ "altered", { GLYPH_FAIL, STYLE_DANGER, "altered" } },
		{ "revoked", { GLYPH_REVOKED, STYLE_DANGER, "revoked" } },
		{ "disabled", { GLYPH_DISABLED, STYLE_NORMAL, "disabled" } },
		{ "expired", { GLYPH_EXPIRED, STYLE_DANGER, "expired" } },
		{ "not_yet_valid", { GLYPH_NOT_YET, STYLE_NORMAL, "not yet" } },
	};

	for (size_t i = 0; i < sizeof(badges) / sizeof(badges[0]); i++)
		if (key_is(row, badges[i].status))
			return badges[i].badge;
	if (key_expiring(row, now))
		return (struct key_badge){ GLYPH_EXPIRING, STYLE_WARNING, "expiring" };
	if (key_in_grace(row, now))
		return (struct key_badge){ GLYPH_GRACE, STYLE_PROGRESS, "in grace" };
	return (struct key_badge){ GLYPH_ACTIVE, STYLE_NORMAL, "active" };
}

/* --- parts --------------------------------------------------------------------------------- */
void key_hint(const struct json *key, const struct json *version, bool utf8, char *out, size_t size)
{
	const char *hint = json_get_text(version ? version : key, "hint");

	snprintf(out, size, "%s_%s%s", record_text(key, "prefix", "?"), utf8 ? "…" : ".",
		 hint ? hint : "");
}

static bool version_state_is(const struct json *version, const char *state)
{
	const char *text = json_get_text(version, "state");

	return text && strcmp(text, state) == 0;
}

const struct json *key_grace_version(const struct json *key, size_t n)
{
	const struct json *versions = json_get(key, "versions");

	for (size_t i = 0; i < json_count(versions); i++)
		if (version_state_is(json_at(versions, i), "grace") && n-- == 0)
			return json_at(versions, i);
	return NULL;
}

void key_end_text(const struct console *c, int64_t at, char *out, size_t size)
{
	char local[DATETIME_SIZE], relative[DATETIME_SIZE];
	int64_t now = console_now(c);
	bool soon = at - now < DAY_MS && now - at < DAY_MS;

	datetime_local(local, at, false);
	datetime_relative(relative, at, now, true);
	if (soon && strlen(local) > 16)
		snprintf(out, size, "%.5s (%s)", local + DATE_WIDTH, relative);
	else
		snprintf(out, size, "%.16s (%s)", local, relative);
}

void key_recent_text(const struct json *recent, const char *from, char *out, size_t size)
{
	struct buf text = BUF_INIT(size - 1);

	recent_record_text(&text, recent, from);
	snprintf(out, size, "%s", buf_text(&text));
	buf_release(&text);
}

static size_t grace_text(const struct console *c, const struct json *key, char *out, size_t size)
{
	const struct json *version = key_grace_version(key, 0);
	const struct json *recent = json_get(version, "recent");
	char ends[96], used[DATETIME_SIZE], hint[40], calls[160];
	int64_t last = record_time(version, "last_used_at");

	key_end_text(
		c, record_time(version ? version : key, version ? "valid_until" : "retiring_until"),
		ends, sizeof(ends));
	if (!version)
		return (size_t)snprintf(out, size, "an older version goes on until %s. ", ends);
	key_hint(key, version, true, hint, sizeof(hint));
	if (last == TIME_NONE)
		return (size_t)snprintf(out, size, "v%lld (%s) was never used; it ends at %s. ",
					(long long)json_get_int(version, "version", 0), hint, ends);
	if (json_get_int(recent, "allowed", 0)) {
		key_recent_text(recent, json_get_text(version, "last_used_from"), calls,
				sizeof(calls));
		return (size_t)snprintf(out, size, "v%lld (%s) is still used: %s. It ends at %s. ",
					(long long)json_get_int(version, "version", 0), hint, calls,
					ends);
	}
	datetime_relative(used, last, console_now(c), true);
	return (size_t)snprintf(out, size, "v%lld (%s) was last used %s from %s. It ends at %s. ",
				(long long)json_get_int(version, "version", 0), hint, used,
				record_text(version, "last_used_from", "an unknown address"), ends);
}

static size_t revoked_text(const struct console *c, const struct json *key, char *out, size_t size)
{
	char when[96];
	const char *text = record_text(key, "revoke_text", "");

	console_when_full(c, when, sizeof(when), record_time(key, "revoked_at"));
	return (size_t)snprintf(out, size, "revoked %s, %s%s%s. ", when,
				record_text(key, "revoke_reason", "other"), text[0] ? ": " : "",
				text);
}

static size_t time_text(const struct console *c, const struct json *key, const char *member,
			const char *format, char *out, size_t size)
{
	char when[96];
	size_t at = 0;

	console_when_full(c, when, sizeof(when), record_time(key, member));
	for (; *format && at + 1 < size; format++) {
		if (*format == '@')
			at += (size_t)snprintf(out + at, size - at, "%s", when);
		else
			out[at++] = *format;
	}
	if (at >= size)
		at = size - 1;
	out[at] = '\0';
	return at;
}

void key_now_text(const struct console *c, const struct json *key, char *out, size_t size)
{
	int64_t now = console_now(c);
	size_t at = 0;

	out[0] = '\0';
	if (key_is(key, "altered"))
		at += (size_t)snprintf(out, size,
				       "changed outside authrack: it verifies nothing. "
				       "Run store check. ");
	if (key_is(key, "revoked"))
		at += revoked_text(c, key, out + at, size - at);
	if (record_time(key, "disabled_at") != TIME_NONE && at < size && !key_is(key, "revoked"))
		at += time_text(c, key, "disabled_at", "disabled since @. D enables it. ", out + at,
				size - at);
	if (key_is(key, "expired") && at < size)
		at += time_text(c, key, "expires_at", "expired @. R with a new expiry revives it. ",
				out + at, size - at);
	if (key_is(key, "not_yet_valid") && at < size)
		at += time_text(c, key, "not_before", "not valid before @. ", out + at, size - at);
	if (key_expiring(key, now) && at < size && !key_is(key, "revoked"))
		at += time_text(c, key, "expires_at", "expires @; m sets a later end. ", out + at,
				size - at);
	if (key_in_grace(key, now) && at < size)
		grace_text(c, key, out + at, size - at);
}

void key_calls(const struct json *row, int64_t *out, size_t count)
{
	const struct json *calls = json_get(row, "calls");
	size_t hours = json_count(calls);

	for (size_t i = 0; i < count; i++)
		out[i] = -1;
	for (size_t i = 0; i < hours && count; i++) {
		size_t bucket = i * count / hours;

		if (out[bucket] < 0)
			out[bucket] = 0;
		out[bucket] += json_as_int(json_at(calls, i));
	}
}
