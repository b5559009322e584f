/* Edits of JSON text by way of the lossless reader. */
#include "src/app/json_edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/json.h"
#include "src/token/lossless.h"

enum { EDIT_MAX = 1 << 20 };

void json_edits_release(struct json_edits *x)
{
	for (size_t i = 0; i < x->count; i++) {
		free(x->names[i]);
		free(x->values[i]);
	}
	free(x->names);
	free(x->values);
	*x = (struct json_edits){ .count = 0 };
}

static size_t edit_find(const struct json_edits *x, const char *name)
{
	size_t i = 0;

	while (i < x->count && strcmp(x->names[i], name) != 0)
		i++;
	return i;
}

/* Takes `value`. */
static void edit_add(struct json_edits *x, const char *name, char *value)
{
	size_t i = edit_find(x, name);

	if (i < x->count) {
		free(x->values[i]);
		x->values[i] = value;
		return;
	}
	x->names = x_reallocarray(x->names, i + 1, sizeof(*x->names));
	x->values = x_reallocarray(x->values, i + 1, sizeof(*x->values));
	x->names[i] = x_strdup(name);
	x->values[i] = value;
	x->count++;
}

/* Takes `v`. */
static void edit_json(struct json_edits *x, const char *name, struct json *v)
{
	struct buf text = BUF_INIT(EDIT_MAX);

	json_write(&text, v);
	json_free(v);
	edit_add(x, name, buf_take(&text));
}

void json_edit_text(struct json_edits *x, const char *name, const char *text)
{
	edit_json(x, name, json_text(text));
}

void json_edit_int(struct json_edits *x, const char *name, int64_t value)
{
	edit_json(x, name, json_int(value));
}

void json_edit_value(struct json_edits *x, const char *name, const char *value)
{
	struct lossless l;

	if (lossless_read(&l, value, strlen(value)))
		edit_add(x, name, x_strdup(value));
	else
		json_edit_text(x, name, value);
	lossless_release(&l);
}

void json_edit_texts(struct json_edits *x, const char *name, const char *const *texts, size_t count)
{
	struct json *list;

	if (count == 1) {
		json_edit_text(x, name, texts[0]);
		return;
	}
	list = json_array_new();
	for (size_t i = 0; i < count; i++)
		json_add(list, json_text(texts[i]));
	edit_json(x, name, list);
}

/* --- the object -------------------------------------------------------------------------------- */

static void begin_member(struct buf *out)
{
	if (out->data[out->len - 1] != '{')
		buf_add_char(out, ',');
}

static void add_edit(struct buf *out, const struct json_edits *x, size_t i)
{
	struct json *name = json_text(x->names[i]);

	begin_member(out);
	json_write(out, name);
	json_free(name);
	buf_addf(out, ":%s", x->values[i]);
}

static size_t edit_of(const struct json_edits *x, const struct lossless *l,
		      const struct lossless_value *v)
{
	size_t i = 0;

	while (i < x->count && !lossless_named(l, v, x->names[i]))
		i++;
	return i;
}

/* Of a name that stands there twice the first is replaced, the others go. */
static void add_members(struct buf *out, const struct lossless *l, const struct json_edits *x,
			bool *done)
{
	const struct lossless_value *v = lossless_child(l, lossless_object(l));

	for (; v; v = lossless_next(l, v)) {
		size_t i = edit_of(x, l, v);

		if (i == x->count) {
			begin_member(out);
			buf_add(out, l->text + v->name_begin, v->name_end - v->name_begin);
			buf_add_char(out, ':');
			buf_add(out, l->text + v->begin, v->end - v->begin);
		} else if (!done[i]) {
			add_edit(out, x, i);
			done[i] = true;
		}
	}
}

bool json_edit(struct buf *out, const char *text, size_t len, const struct json_edits *x)
{
	bool *done = x_calloc(x->count + 1, sizeof(*done));
	struct lossless l;
	bool well;

	lossless_read(&l, len ? text : "{}", len ? len : 2);
	well = lossless_object(&l) != NULL;
	buf_add_char(out, '{');
	if (well)
		add_members(out, &l, x, done);
	for (size_t i = 0; well && i < x->count; i++)
		if (!done[i])
			add_edit(out, x, i);
	buf_add_char(out, '}');
	lossless_release(&l);
	free(done);
	return well && !out->full;
}
