/* The model of a form: values, checks, arguments. See form.h. */
#include "ui/form.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/buf.h"

enum {
	FORM_TEXT_MAX = 4096,
	FORM_SECRET_MAX = 1024,
	FORM_PASTE_MAX = 64 * 1024,
	FORM_VALUE_MAX = 2048
};

const char *form_label(const struct arg *arg, char *out, size_t size)
{
	if (arg->label)
		return arg->label;
	snprintf(out, size, "%s", arg->name);
	for (char *p = out; *p; p++)
		if (*p == '-')
			*p = ' ';
	out[0] = (char)toupper((unsigned char)out[0]);
	return out;
}

static void form_add(struct form *f, const struct arg *arg, const struct form_place *place)
{
	struct form_item *item;

	f->items = x_reallocarray(f->items, f->count + 1, sizeof(*f->items));
	item = &f->items[f->count++];
	*item = (struct form_item){ .arg = arg, .y = -1, .initial = x_strdup("") };
	if (place)
		item->place = *place;
	if (arg->type == ARG_SECRET)
		edit_init_hidden(&item->field,
				 arg->flags & ARG_PASTE ? FORM_PASTE_MAX : FORM_SECRET_MAX);
	else
		edit_init(&item->field, FORM_TEXT_MAX);
	item->field.lines = arg->flags & ARG_PASTE;
}

static void form_fit_labels(struct form *f)
{
	for (size_t i = 0; i < f->count; i++) {
		char name[32];
		int len = (int)strlen(form_label(f->items[i].arg, name, sizeof(name)));

		if (!f->items[i].place.beside && !f->items[i].place.sentence &&
		    len > f->label_width)
			f->label_width = len;
	}
}

void form_extra(struct form *f, const struct arg *arg, const struct form_place *place)
{
	form_add(f, arg, place);
	f->items[f->count - 1].local = true;
	form_fit_labels(f);
}

struct form *form_new(const struct op *op, const struct form_place *places, int64_t now)
{
	struct form *f = x_calloc(1, sizeof(*f));

	*f = (struct form){ .op = op, .now = now, .submit = "OK", .buttons_y = -1 };
	if (places) {
		for (const struct form_place *p = places; p->arg; p++)
			if (op_arg(op, p->arg))
				form_add(f, op_arg(op, p->arg), p);
	} else {
		for (const struct arg *a = op->args; a && a->name; a++)
			if (!(a->flags & ARG_COMMAND_LINE))
				form_add(f, a, NULL);
	}
	form_fit_labels(f);
	for (size_t i = 0; i < f->count; i++)
		if (f->items[i].arg->type == ARG_CHOICE && f->items[i].arg->fallback)
			form_start(f, f->items[i].arg->name, f->items[i].arg->fallback);
	return f;
}

void form_free(struct form *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->count; i++) {
		struct form_item *item = &f->items[i];

		edit_release(&item->field);
		free(item->initial);
		for (size_t s = 0; s < item->seen_count; s++)
			free(item->seen[s]);
		free(item->seen);
	}
	for (size_t i = 0; i < f->fixed_count; i++)
		free(f->fixed[i].value);
	free(f->fixed);
	secret_release(&f->fixed_secret);
	free(f->command);
	free(f->items);
	free(f);
}

struct form_item *form_item(struct form *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->items[i].arg->name, name) == 0)
			return &f->items[i];
	return NULL;
}

const char *form_value(struct form *f, const char *name)
{
	struct form_item *item = form_item(f, name);

	return item ? item->field.text : "";
}

static void form_command_forget(struct form *f)
{
	free(f->command);
	f->command = NULL;
}

void form_fix(struct form *f, const char *name, const char *value)
{
	if (!op_arg(f->op, name))
		return;
	form_command_forget(f);
	f->fixed = x_reallocarray(f->fixed, f->fixed_count + 1, sizeof(*f->fixed));
	f->fixed[f->fixed_count++] = (struct form_fixed){ .name = name, .value = x_strdup(value) };
}

void form_refix(struct form *f, const char *name, const char *value)
{
	for (size_t i = 0; i < f->fixed_count; i++)
		if (strcmp(f->fixed[i].name, name) == 0) {
			free(f->fixed[i].value);
			f->fixed[i].value = x_strdup(value);
			form_command_forget(f);
			return;
		}
	form_fix(f, name, value);
}

void form_fix_secret(struct form *f, const char *name, const char *text, size_t len)
{
	f->fixed_secret_name = name;
	secret_set(&f->fixed_secret, text, len);
}

void form_start(struct form *f, const char *name, const char *value)
{
	struct form_item *item = form_item(f, name);

	if (!item || !value)
		return;
	edit_set(&item->field, value);
	free(item->initial);
	item->initial = x_strdup(item->field.text);
	form_changed(f, item);
}

void form_suggest(struct form *f, const char *name, const char *value)
{
	struct form_item *item = form_item(f, name);

	if (!item || !value || !value[0])
		return;
	for (size_t i = 0; i < item->seen_count; i++)
		if (strcmp(item->seen[i], value) == 0)
			return;
	item->seen = x_reallocarray(item->seen, item->seen_count + 1, sizeof(*item->seen));
	item->seen[item->seen_count++] = x_strdup(value);
}

void form_warn(struct form *f, const char *name, const char *text)
{
	struct form_item *item = form_item(f, name);

	if (item)
		snprintf(item->warning, sizeof(item->warning), "%s", text);
}

static bool item_changed(const struct form_item *item)
{
	return strcmp(item->field.text, item->initial) != 0;
}

bool form_dirty(const struct form *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (item_changed(&f->items[i]))
			return true;
	return false;
}

/* --- values -------------------------------------------------------------------------------- */
static size_t form_word(const char *text, char out[FORM_VALUE_MAX], size_t *len)
{
	size_t at = 0;
	bool quoted = false;

	for (*len = 0; text[at] && (quoted || text[at] != ' '); at++) {
		if (text[at] == '"')
			quoted = !quoted;
		else if (*len + 1 < FORM_VALUE_MAX)
			out[(*len)++] = text[at];
	}
	out[*len] = '\0';
	return at;
}

bool form_split(const char *text, bool (*each)(void *arg, const char *value, size_t len), void *arg)
{
	char word[FORM_VALUE_MAX];
	size_t len;

	while (*text) {
		if (*text == ' ') {
			text++;
			continue;
		}
		text += form_word(text, word, &len);
		if (!each(arg, word, len))
			return false;
	}
	return true;
}

struct form_each {
	struct form *form;
	struct form_item *item;
	struct op_args *args;
	struct err *e;
};

static bool form_check_value(void *arg, const char *value, size_t len)
{
	struct form_each *c = arg;

	(void)len;
	return !arg_check(c->item->arg, value, c->form->now, c->item->meaning,
			  sizeof(c->item->meaning), c->e);
}

static bool form_values(const struct form_item *item,
			bool (*each)(void *arg, const char *value, size_t len), void *arg)
{
	if (item->arg->flags & ARG_REPEATED)
		return form_split(item->field.text, each, arg);
	return !item->field.len || each(arg, item->field.text, item->field.len);
}

static bool form_wants_check(const struct form_item *item)
{
	return item->arg->type != ARG_SECRET && item->arg->type != ARG_FLAG;
}

void form_changed(struct form *f, struct form_item *item)
{
	struct err e = ERR_INIT;
	struct form_each c = { .form = f, .item = item, .e = &e };

	form_command_forget(f);
	item->error = (struct err)ERR_INIT;
	item->warning[0] = item->meaning[0] = '\0';
	item->grave = false;
	if (form_wants_check(item) && !form_values(item, form_check_value, &c))
		item->meaning[0] = '\0';
}

bool form_check_item(struct form *f, struct form_item *item)
{
	struct form_each c = { .form = f, .item = item, .e = &item->error };

	item->error = (struct err)ERR_INIT;
	if (!form_wants_check(item))
		return true;
	item->meaning[0] = '\0';
	return form_values(item, form_check_value, &c);
}

static bool form_check_required(struct form_item *item)
{
	char name[32];

	if (!(item->arg->flags & ARG_REQUIRED) || item->field.len)
		return true;
	err_set(&item->error, ERR_USAGE, "%s is needed", form_label(item->arg, name, sizeof(name)));
	return false;
}

bool form_check(struct form *f)
{
	size_t bad = f->count;

	for (size_t i = f->count; i-- > 0;)
		if (!form_check_item(f, &f->items[i]) || !form_check_required(&f->items[i]))
			bad = i;
	if (bad == f->count)
		return true;
	f->focus = bad;
	return false;
}

/* --- arguments ----------------------------------------------------------------------------- */
static bool form_add_value(void *arg, const char *value, size_t len)
{
	struct form_each *c = arg;

	(void)len;
	return !op_args_add(c->args, c->item->arg->name, value, c->e);
}

static bool form_add_secret(struct form_each *c)
{
	struct secret copy = SECRET_INIT;

	secret_init(&copy, c->item->field.len + 1);
	secret_add(&copy, c->item->field.text, c->item->field.len);
	op_args_add_secret(c->args, c->item->arg->name, &copy);
	return true;
}

/* Of a field that was emptied. */
static bool form_add_cleared(struct form_each *c)
{
	if (!c->form->changes_only)
		return true;
	if (c->item->arg->flags & ARG_CLEARS)
		return form_add_value(c, "", 0);
	return !(c->item->arg->flags & ARG_NEVER) || form_add_value(c, "never", 0);
}

static bool form_add_item(struct form_each *c)
{
	const struct form_item *item = c->item;

	if (item->local || (c->form->changes_only && !item_changed(item)))
		return true;
	if (!item->field.len)
		return form_add_cleared(c);
	if (item->arg->type == ARG_SECRET)
		return form_add_secret(c);
	return form_values(item, form_add_value, c);
}

/* With `e` NULL what is wrong is skipped. */
static enum errc form_fill(struct form *f, struct op_args *args, struct err *e)
{
	struct err ignored = ERR_INIT;
	struct secret copy = SECRET_INIT;

	if (f->fixed_secret_name) {
		secret_copy(&copy, &f->fixed_secret);
		op_args_add_secret(args, f->fixed_secret_name, &copy);
	}
	for (size_t i = 0; i < f->fixed_count; i++)
		if (op_args_add(args, f->fixed[i].name, f->fixed[i].value, e ? e : &ignored) && e)
			return e->code;
	for (size_t i = 0; i < f->count; i++) {
		struct form_each c = {
			.form = f, .item = &f->items[i], .args = args, .e = e ? e : &ignored
		};

		if (!form_add_item(&c) && e)
			return e->code;
	}
	return ERR_OK;
}

enum errc form_args(struct form *f, struct op_args **out, struct err *e)
{
	struct op_args *args = op_args_new(f->op);

	if (form_fill(f, args, e)) {
		op_args_free(args);
		*out = NULL;
		return e->code;
	}
	*out = args;
	return ERR_OK;
}

/* What the console writes to a file itself, a command line prints. */
static char *form_redirect(struct form *f, char *command)
{
	struct buf quoted = BUF_INIT(FORM_VALUE_MAX);
	char *whole = command;

	for (size_t i = 0; i < f->count; i++) {
		const struct form_item *item = &f->items[i];

		if (!item->local || item->arg->type != ARG_FILE || !item->field.len)
			continue;
		op_add_word(&quoted, item->field.text);
		whole = x_asprintf("%s > %s", command, buf_text(&quoted));
		free(command);
		break;
	}
	buf_release(&quoted);
	return whole;
}

const char *form_command(struct form *f)
{
	struct op_args *args;

	if (f->command)
		return f->command;
	args = op_args_new(f->op);
	form_fill(f, args, NULL);
	f->command = op_command(args);
	op_args_free(args);
	f->command = form_redirect(f, f->command);
	return f->command;
}

/* --- completion ---------------------------------------------------------------------------- */
bool form_complete(struct form *f, struct form_item *item)
{
	const char *text = item->field.text;
	size_t start = item->field.cursor;
	size_t len;

	if (item->field.cursor != item->field.len)
		return false;
	if (item->arg->flags & ARG_REPEATED)
		while (start > 0 && text[start - 1] != ' ')
			start--;
	else
		start = 0;
	len = item->field.len - start;
	for (size_t i = 0; len && i < item->seen_count; i++) {
		const char *seen = item->seen[i];

		if (strncmp(seen, text + start, len) == 0 && seen[len]) {
			edit_insert(&item->field, seen + len, strlen(seen) - len);
			form_changed(f, item);
			return true;
		}
	}
	return false;
}
