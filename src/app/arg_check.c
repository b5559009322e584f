/* Checking one argument's value, by its type, and saying what it means: for the command line as for
 * the console's forms. One row a type. */
#include "src/app/arg_check.h"

#include <string.h>

#include "src/app/rules.h"
#include "src/base/cidr.h"
#include "src/base/clock.h"
#include "src/base/datetime.h"

/* What a check sees, and where it says what the value means. */
struct check {
	const struct arg *arg;
	const char *value;
	int64_t now;
	char *meaning;
	size_t meaning_size;
};

bool arg_integer(const char *text, int64_t *value)
{
	const char *at = text;

	for (*value = 0; *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, *at - '0', value))
			return false;
	return at != text && !*at;
}

static void mean_instant(const struct check *c, int64_t at)
{
	char exact[DATETIME_SIZE], relative[DATETIME_SIZE];

	if (at == TIME_NONE)
		return;
	datetime_local(exact, at, false);
	datetime_relative(relative, at, c->now, true);
	snprintf(c->meaning, c->meaning_size, "= %s (%s)", exact, relative);
}

static enum errc check_flag(const struct check *c, struct err *e)
{
	if (!*c->value || strcmp(c->value, "true") == 0)
		return ERR_OK;
	return err_set(e, ERR_USAGE, "--%s takes no value", c->arg->name);
}

/* Names whose texts have a maximum of their own. */
static const struct text_rule {
	const char *name, *field;
	size_t max;
} text_rules[] = {
	{ "owner", "owner", OWNER_LENGTH }, { "tier", "tier", TIER_LENGTH },
	{ "note", "note", NOTE_LENGTH },    { "reason", "reason", REASON_LENGTH },
	{ "text", "text", REASON_LENGTH },
};

static enum errc check_text(const struct check *c, struct err *e)
{
	if (strcmp(c->arg->name, "name") == 0)
		return rule_name(c->value, e);
	for (size_t i = 0; i < sizeof(text_rules) / sizeof(text_rules[0]); i++)
		if (strcmp(c->arg->name, text_rules[i].name) == 0)
			return rule_text(text_rules[i].field, c->value, text_rules[i].max, e);
	return rule_text(c->arg->name, c->value, NOTE_LENGTH, e);
}

static enum errc check_integer(const struct check *c, struct err *e)
{
	int64_t value;

	if (arg_integer(c->value, &value))
		return ERR_OK;
	err_set(e, ERR_USAGE, "--%s takes a number, not \"%s\"", c->arg->name, c->value);
	return err_hint(e, "digits only, such as --%s 10", c->arg->name);
}

static enum errc check_duration(const struct check *c, struct err *e)
{
	int64_t ms;
	enum errc r = duration_parse(&ms, c->value, e);

	if (!r && ms)
		mean_instant(c, c->arg->flags & ARG_BACK ? c->now - ms : c->now + ms);
	return r;
}

static enum errc check_instant(const struct check *c, struct err *e)
{
	int64_t at;
	enum errc r = instant_parse(&at, c->value, c->now, c->arg->flags & ARG_NEVER, e);

	if (!r)
		mean_instant(c, at);
	return r;
}

static enum errc check_choice(const struct check *c, struct err *e)
{
	struct buf list = BUF_INIT(200);

	for (const char *const *choice = c->arg->choices; *choice; choice++) {
		if (strcmp(*choice, c->value) == 0) {
			buf_release(&list);
			return ERR_OK;
		}
		buf_addf(&list, "%s%s", list.len ? ", " : "", *choice);
	}
	err_set(e, ERR_USAGE, "\"%s\" is no %s", c->value,
		c->arg->flags & ARG_POSITIONAL ? "choice" : c->arg->name);
	err_hint(e, "one of %s", buf_text(&list));
	buf_release(&list);
	return ERR_USAGE;
}

static enum errc check_given(const struct check *c, struct err *e)
{
	if (*c->value)
		return ERR_OK;
	err_set(e, ERR_USAGE, "\"%s\" is empty", c->arg->name);
	return err_hint(e, "%s", c->arg->help);
}

static enum errc check_scope(const struct check *c, struct err *e)
{
	return rule_scope(c->value, e);
}

static enum errc check_limit(const struct check *c, struct err *e)
{
	struct limit l;
	enum errc r = limit_parse(&l, c->value, e);
	char text[LIMIT_TEXT_SIZE];

	if (r)
		return r;
	limit_text(text, &l);
	if (strcmp(text, c->value) != 0)
		snprintf(c->meaning, c->meaning_size, "= %s", text);
	return ERR_OK;
}

static enum errc check_range(const struct check *c, struct err *e)
{
	struct cidr range;
	enum errc r = cidr_parse(&range, c->value, e);
	char text[CIDR_TEXT_SIZE];

	if (r)
		return r;
	cidr_text(text, &range);
	if (strcmp(text, c->value) != 0)
		snprintf(c->meaning, c->meaning_size, "= %s", text);
	return ERR_OK;
}

static enum errc check_meta(const struct check *c, struct err *e)
{
	return rule_meta(c->value, e);
}

static enum errc check_prefix(const struct check *c, struct err *e)
{
	enum errc r = rule_prefix(c->value, e);

	if (!r)
		snprintf(c->meaning, c->meaning_size, "= %s_…", c->value);
	return r;
}

static enum errc check_address(const struct check *c, struct err *e)
{
	struct address a;

	return address_parse(&a, c->value, e);
}

static enum errc check_secret(const struct check *c, struct err *e)
{
	err_set(e, ERR_USAGE, "\"%s\" is a secret and never an argument", c->arg->name);
	return err_hint(e, "give it on standard input, or at the hidden prompt");
}

static enum errc (*const checks[])(const struct check *c, struct err *e) = {
	[ARG_FLAG] = check_flag,       [ARG_TEXT] = check_text,
	[ARG_INTEGER] = check_integer, [ARG_DURATION] = check_duration,
	[ARG_INSTANT] = check_instant, [ARG_CHOICE] = check_choice,
	[ARG_FILE] = check_given,      [ARG_KEY] = check_given,
	[ARG_PROVIDER] = check_given,  [ARG_GRANT] = check_given,
	[ARG_FLOW] = check_given,      [ARG_SCOPE] = check_scope,
	[ARG_LIMIT] = check_limit,     [ARG_RANGE] = check_range,
	[ARG_META] = check_meta,       [ARG_PREFIX] = check_prefix,
	[ARG_ADDRESS] = check_address, [ARG_SECRET] = check_secret,
};

enum errc arg_check(const struct arg *arg, const char *value, int64_t now, char *meaning,
		    size_t meaning_size, struct err *e)
{
	char unused[2];
	struct check c = { arg, value, now, meaning ? meaning : unused,
			   meaning ? meaning_size : sizeof(unused) };

	c.meaning[0] = '\0';
	if (!*value && (arg->flags & ARG_CLEARS))
		return ERR_OK;
	return checks[arg->type](&c, e);
}
