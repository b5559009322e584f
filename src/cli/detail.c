/* The detail of a record. A part that is a list of objects (the versions of a key) has no columns
 * of its own in the operation table: its members are the columns, the endings of their names the
 * types. */
#include "src/cli/detail.h"

#include <string.h>

#include "src/base/alloc.h"
#include "src/base/text.h"
#include "src/cli/table.h"

enum { DETAIL_MAX = 1 << 22, NAME_MAX_SIZE = 64, INDENT = 2 };

static int name_width(const struct op *op)
{
	size_t widest = strlen("secret");

	for (const struct op_column *c = op->columns; c && c->name; c++)
		if (strlen(c->name) > widest)
			widest = strlen(c->name);
	return (int)widest + 1;
}

void detail_name(struct buf *line, const struct look *l, const struct op *op, const char *name)
{
	char words[NAME_MAX_SIZE];
	int width = name_width(op);

	snprintf(words, sizeof(words), "%s:", name);
	for (char *p = words; *p; p++)
		if (*p == '_')
			*p = ' ';
	buf_addf(line, "%s%-*s%s ", look_tone(l, TONE_SECONDARY), width, words,
		 *look_tone(l, TONE_SECONDARY) ? look_reset(l) : "");
}

static bool is_list_of_objects(const struct json *v)
{
	return v && json_type_of(v) == JSON_ARRAY_TYPE && json_count(v) > 0 &&
	       json_type_of(json_at(v, 0)) == JSON_OBJECT_TYPE;
}

static bool ends_with(const char *name, const char *ending)
{
	size_t len = strlen(name), tail = strlen(ending);

	return len >= tail && strcmp(name + len - tail, ending) == 0;
}

static enum column_type type_by_name(const char *name, const struct json *v)
{
	if (ends_with(name, "expires_at") || ends_with(name, "used_at"))
		return COLUMN_TIME_OR_NEVER;
	if (ends_with(name, "_at") || ends_with(name, "_until") || strcmp(name, "time") == 0)
		return COLUMN_TIME;
	if (json_type_of(v) == JSON_INT_TYPE)
		return COLUMN_NUMBER;
	if (json_type_of(v) == JSON_BOOL_TYPE)
		return COLUMN_FLAG;
	return COLUMN_TEXT;
}

/* "LAST USED" of "last_used_at". Heap text. */
static char *title_of(const char *name)
{
	char *title = x_strdup(name);

	if (ends_with(title, "_at"))
		title[strlen(title) - 3] = '\0';
	for (char *p = title; *p; p++)
		*p = *p == '_' ? ' ' : *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
	return title;
}

/* Has none of the objects anything to say under this name? */
static bool is_silent(const struct json *list, const struct op_column *c)
{
	for (size_t i = 0; i < json_count(list); i++)
		if (cell_says_something(c, json_at(list, i)))
			return false;
	return true;
}

/* Members of a key's events that programs read: the actor stands there as `user`, too, the object is
 * the key that is shown. */
static bool is_for_programs(const char *name)
{
	static const char *const names[] = { "actor", "object", "hash" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Columns for the members of the objects, as many as a table takes; returns how many. */
static size_t columns_of(struct op_column columns[TABLE_COLUMNS + 1], char *titles[],
			 const struct json *list)
{
	const struct json *first = json_at(list, 0);
	size_t n = 0;

	for (const void *it = json_first(first); it && n < TABLE_COLUMNS;
	     it = json_next(first, it)) {
		columns[n] = (struct op_column){
			.name = json_name(it),
			.type = type_by_name(json_name(it), json_value(it)),
		};
		if (is_for_programs(json_name(it)) || is_silent(list, &columns[n]))
			continue;
		titles[n] = title_of(json_name(it));
		columns[n].title = titles[n];
		n++;
	}
	columns[n].name = NULL;
	return n;
}

static enum errc print_objects(struct out *o, const struct look *l, const struct json *list,
			       struct err *e)
{
	struct op_column columns[TABLE_COLUMNS + 1];
	char *titles[TABLE_COLUMNS];
	size_t count = columns_of(columns, titles, list);
	struct table table;
	enum errc rc = ERR_OK;

	table_init(&table, l, o, columns);
	table.indent = INDENT;
	for (size_t i = 0; !rc && i < json_count(list); i++)
		rc = table_row(&table, json_at(list, i), e);
	if (!rc)
		rc = table_end(&table, e);
	table_release(&table);
	for (size_t i = 0; i < count; i++)
		free(titles[i]);
	return rc;
}

static enum errc print_line(struct out *o, const struct look *l, const struct op *op,
			    const struct op_column *c, const struct json *row, struct err *e)
{
	struct buf line = BUF_INIT(DETAIL_MAX);
	struct cell cell = cell_make(l, c, row, true);
	const char *tone = look_tone(l, cell.tone);
	enum errc rc;

	detail_name(&line, l, op, c->name);
	buf_addf(&line, "%s%s%s\n", tone, cell.text, *tone ? look_reset(l) : "");
	rc = out_add(o, buf_text(&line), line.len, e);
	cell_release(&cell);
	buf_release(&line);
	return rc;
}

static enum errc print_part(struct out *o, const struct look *l, const struct op_column *c,
			    const struct json *row, struct err *e)
{
	struct buf line = BUF_INIT(DETAIL_MAX);
	enum errc rc;

	buf_addf(&line, "\n%s%s%s\n", look_bold(l), c->name, look_reset(l));
	rc = out_add(o, buf_text(&line), line.len, e);
	buf_release(&line);
	return rc ? rc : print_objects(o, l, json_get(row, c->name), e);
}

enum errc detail_print(struct out *o, const struct look *l, const struct op *op,
		       const struct json *row, struct err *e)
{
	enum errc rc = ERR_OK;

	for (const struct op_column *c = op->columns; !rc && c && c->name; c++)
		if (cell_says_something(c, row) && !is_list_of_objects(json_get(row, c->name)))
			rc = print_line(o, l, op, c, row, e);
	for (const struct op_column *c = op->columns; !rc && c && c->name; c++)
		if (is_list_of_objects(json_get(row, c->name)))
			rc = print_part(o, l, c, row, e);
	return rc;
}
