/* The values given to an operation: kept as text, one slot an argument, typed when read. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "src/app/arg_check.h"
#include "src/app/op.h"
#include "src/base/alloc.h"
#include "src/base/clock.h"
#include "src/base/datetime.h"

enum { COMMAND_MAX = 256 * 1024 };

struct slot {
	char **values;
	size_t count;
	struct secret secret;
	bool has_secret;
};

struct op_args {
	const struct op *op;
	struct slot *slots;
	size_t count;
};

struct op_args *op_args_new(const struct op *op)
{
	struct op_args *a = x_calloc(1, sizeof(*a));

	a->op = op;
	while (op->args && op->args[a->count].name)
		a->count++;
	a->slots = x_calloc(a->count + 1, sizeof(*a->slots));
	return a;
}

void op_args_free(struct op_args *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->count; i++) {
		for (size_t n = 0; n < a->slots[i].count; n++)
			free(a->slots[i].values[n]);
		free(a->slots[i].values);
		secret_release(&a->slots[i].secret);
	}
	free(a->slots);
	free(a);
}

/* The slot of an argument; NULL where the operation has none of that name. */
static struct slot *slot_find(const struct op_args *a, const char *name, const struct arg **arg)
{
	for (size_t i = 0; i < a->count; i++) {
		if (strcmp(a->op->args[i].name, name) == 0) {
			if (arg)
				*arg = &a->op->args[i];
			return &a->slots[i];
		}
	}
	return NULL;
}

enum errc op_args_add(struct op_args *a, const char *name, const char *value, struct err *e)
{
	const struct arg *arg = NULL;
	struct slot *slot = slot_find(a, name, &arg);
	enum errc r;

	if (!slot) {
		err_set(e, ERR_USAGE, "%s has no option \"--%s\"", a->op->id, name);
		return err_hint(e, "see the options in its --help");
	}
	if (slot->count && !(arg->flags & ARG_REPEATED) && arg->type != ARG_FLAG) {
		err_set(e, ERR_USAGE, "\"%s\" is given twice", name);
		return err_hint(e, "give it once");
	}
	r = arg_check(arg, value, 0, NULL, 0, e);
	if (r)
		return r;
	slot->values = x_reallocarray(slot->values, slot->count + 1, sizeof(*slot->values));
	slot->values[slot->count++] = x_strdup(value);
	return ERR_OK;
}

void op_args_add_secret(struct op_args *a, const char *name, struct secret *value)
{
	struct slot *slot = slot_find(a, name, NULL);

	if (!slot) {
		secret_release(value);
		return;
	}
	secret_move(&slot->secret, value);
	slot->has_secret = true;
}

static enum errc refuse_missing(const struct op *op, const struct arg *arg, struct err *e)
{
	char name[64];
	size_t i = 0;

	if (!(arg->flags & ARG_POSITIONAL)) {
		err_set(e, ERR_USAGE, "%s needs --%s", op->id, arg->name);
		return err_hint(e, "%s", arg->help);
	}
	for (; arg->name[i] && i + 1 < sizeof(name); i++)
		name[i] = (char)toupper((unsigned char)arg->name[i]);
	name[i] = '\0';
	err_set(e, ERR_USAGE, "%s needs %s", op->id, name);
	return err_hint(e, "%s", arg->help);
}

enum errc op_args_check(const struct op_args *a, struct err *e)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct slot *slot = &a->slots[i];

		if ((a->op->args[i].flags & ARG_REQUIRED) && !slot->count && !slot->has_secret)
			return refuse_missing(a->op, &a->op->args[i], e);
	}
	return ERR_OK;
}

bool op_takes(const struct op_args *a, const char *name)
{
	return slot_find(a, name, NULL);
}

bool op_has(const struct op_args *a, const char *name)
{
	const struct slot *slot = slot_find(a, name, NULL);

	return slot && (slot->count || slot->has_secret);
}

const char *op_text(const struct op_args *a, const char *name)
{
	const struct arg *arg = NULL;
	const struct slot *slot = slot_find(a, name, &arg);

	if (!slot)
		return NULL;
	return slot->count ? slot->values[0] : arg->fallback;
}

size_t op_count(const struct op_args *a, const char *name)
{
	const struct slot *slot = slot_find(a, name, NULL);

	return slot ? slot->count : 0;
}

const char *op_nth(const struct op_args *a, const char *name, size_t n)
{
	const struct slot *slot = slot_find(a, name, NULL);

	return slot && n < slot->count ? slot->values[n] : NULL;
}

int64_t op_integer(const struct op_args *a, const char *name, int64_t fallback)
{
	const char *text = op_text(a, name);
	int64_t value;

	return text && arg_integer(text, &value) ? value : fallback;
}

enum errc op_limit(const struct op_args *a, size_t *out, struct err *e)
{
	*out = (size_t)op_integer(a, "limit", 0);
	if (op_has(a, "limit") && !*out)
		return err_set(e, ERR_USAGE, "--limit 0 lists nothing");
	return ERR_OK;
}

int64_t op_duration(const struct op_args *a, const char *name, int64_t fallback)
{
	const char *text = op_text(a, name);
	int64_t ms;

	return text && duration_parse(&ms, text, NULL) == ERR_OK ? ms : fallback;
}

int64_t op_instant(const struct op_args *a, const char *name, int64_t now, int64_t fallback)
{
	const char *text = op_text(a, name);
	int64_t at;

	if (!text || !*text)
		return fallback;
	return instant_parse(&at, text, now, true, NULL) == ERR_OK ? at : fallback;
}

bool op_flag(const struct op_args *a, const char *name)
{
	return op_count(a, name) > 0;
}

const struct secret *op_secret(const struct op_args *a, const char *name)
{
	const struct slot *slot = slot_find(a, name, NULL);

	return slot && slot->has_secret ? &slot->secret : NULL;
}

static bool needs_quotes(const char *text)
{
	for (const char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_-./:=,@%+", *c))
			return true;
	return !*text;
}

void op_add_word(struct buf *out, const char *text)
{
	if (!needs_quotes(text)) {
		buf_add_text(out, text);
		return;
	}
	buf_add_char(out, '\'');
	for (const char *c = text; *c; c++) {
		if (*c == '\'')
			buf_add_text(out, "'\\''");
		else
			buf_add_char(out, *c);
	}
	buf_add_char(out, '\'');
}

static void add_option(struct buf *out, const struct arg *arg, const char *value)
{
	buf_addf(out, " --%s", arg->name);
	if (arg->type == ARG_FLAG)
		return;
	buf_add_char(out, *value == '-' ? '=' : ' ');
	op_add_word(out, value);
}

static void add_arg(struct buf *out, const struct arg *arg, const struct slot *slot)
{
	for (size_t n = 0; n < slot->count; n++) {
		if (!(arg->flags & ARG_POSITIONAL)) {
			add_option(out, arg, slot->values[n]);
			continue;
		}
		buf_add_char(out, ' ');
		op_add_word(out, slot->values[n]);
	}
}

char *op_command(const struct op_args *a)
{
	struct buf out = BUF_INIT(COMMAND_MAX);
	char noun[32];

	buf_addf(&out, "authrack %s", op_noun(a->op, noun, sizeof(noun)));
	if (*op_verb(a->op))
		buf_addf(&out, " %s", op_verb(a->op));
	for (size_t i = 0; i < a->count; i++)
		if (a->op->args[i].flags & ARG_POSITIONAL)
			add_arg(&out, &a->op->args[i], &a->slots[i]);
	for (size_t i = 0; i < a->count; i++)
		if (!(a->op->args[i].flags & ARG_POSITIONAL))
			add_arg(&out, &a->op->args[i], &a->slots[i]);
	return buf_take(&out);
}
