/* Tokens in what was pasted: read by an operation off the screen's thread, kept while the screen is
 * open, wiped when it is left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "ui/chart.h"
#include "ui/record.h"
#include "ui/tokens.h"

/* A text that is being read. */
struct tokens_reading {
	struct view *view;
	struct tokens_paste *paste;
	struct work *work;
	struct tokens_reading *next;
};

struct tokens_state *tokens_state(struct view *v)
{
	return v->state;
}

struct tokens_item *tokens_now(struct view *v)
{
	struct tokens_state *s = tokens_state(v);

	return s->count ? &s->items[s->at] : NULL;
}

bool tokens_is_jose(const struct tokens_item *item)
{
	return json_count(json_get(item->record, "segments")) > 0;
}

const char *tokens_text(const struct tokens_item *item, size_t *len)
{
	size_t size = item->paste->text.len;
	size_t from = item->offset < size ? item->offset : size;

	*len = item->len < size - from ? item->len : size - from;
	return secret_reveal(&item->paste->text) + from;
}

/* --- items --------------------------------------------------------------------------------- */
struct tokens_paste *tokens_paste_new(const char *text, size_t len, const char *origin, int64_t at)
{
	struct tokens_paste *p = x_calloc(1, sizeof(*p));

	p->at = at;
	p->users = 1;
	secret_set(&p->text, text, len);
	snprintf(p->origin, sizeof(p->origin), "%s", origin);
	return p;
}

void tokens_paste_drop(struct tokens_paste *p)
{
	if (--p->users)
		return;
	secret_release(&p->text);
	free(p);
}

static void item_forget_members(struct tokens_item *item)
{
	free(item->header);
	free(item->claims);
	item->header = item->claims = NULL;
	item->headers = item->claim_count = 0;
}

static void item_release(struct tokens_item *item)
{
	item_forget_members(item);
	json_free(item->record);
	tokens_paste_drop(item->paste);
}

/* The members by part, in their order, so that a row is found by its number. */
static void item_index_members(struct tokens_item *item)
{
	const struct json *members = json_get(item->record, "members");
	size_t count = json_count(members);

	item->header = x_calloc(count + 1, sizeof(*item->header));
	item->claims = x_calloc(count + 1, sizeof(*item->claims));
	for (size_t i = 0; i < count; i++) {
		const struct json *member = json_at(members, i);

		if (strcmp(record_text(member, "part", ""), "header") == 0)
			item->header[item->headers++] = member;
		else
			item->claims[item->claim_count++] = member;
	}
}

void tokens_set_record(struct tokens_item *item, const struct json *record)
{
	struct json *old = item->record;

	item_forget_members(item);
	item->record = json_keep(record);
	json_free(old);
	item_index_members(item);
}

static void item_add(struct tokens_state *s, struct tokens_paste *p, const struct json *record)
{
	struct tokens_item item = { .paste = p };

	if (s->count == TOKEN_ITEMS_MAX)
		return;
	item.offset = (size_t)json_get_int(record, "offset", 0);
	item.len = (size_t)json_get_int(record, "length", (int64_t)p->text.len);
	tokens_set_record(&item, record);
	p->users++;
	s->items = x_reallocarray(s->items, s->count + 1, sizeof(*s->items));
	s->items[s->count++] = item;
}

/* --- reading ------------------------------------------------------------------------------- */
static void reading_free(struct tokens_reading *r)
{
	tokens_paste_drop(r->paste);
	free(r);
}

static void reading_end(struct tokens_reading *r)
{
	struct tokens_reading **at = &tokens_state(r->view)->readings;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	reading_free(r);
}

bool tokens_reading(const struct tokens_state *s)
{
	return s->readings != NULL;
}

/* An operation that answers with an array may give it whole or record by record. */
static void items_add(struct tokens_state *s, struct tokens_paste *p, const struct json *rows)
{
	for (size_t i = 0; i < json_count(rows); i++) {
		const struct json *row = json_at(rows, i);

		if (json_type_of(row) == JSON_ARRAY_TYPE)
			items_add(s, p, row);
		else
			item_add(s, p, row);
	}
}

static void say_nothing_found(struct console *c, const struct tokens_reading *r)
{
	char size[NUMBER_SIZE];

	number_grouped(size, (int64_t)r->paste->text.len);
	console_say(c, STYLE_WARNING,
		    "no token and no credential that is known here in %s bytes; wiped", size);
}

static void say_found(struct view *v, const struct tokens_reading *r, size_t before)
{
	size_t found = tokens_state(v)->count - before;

	if (r->paste->cut)
		console_say(v->console, STYLE_WARNING,
			    "the paste was longer than 1 MiB: its end was not looked at");
	else if (found > 1)
		console_say(v->console, STYLE_NORMAL,
			    "%zu found; ← and → go from one to the other, l lists them", found);
}

bool tokens_found(struct view *v, struct tokens_paste *p, const struct json *rows)
{
	struct tokens_state *s = tokens_state(v);
	size_t before = s->count;

	items_add(s, p, rows);
	if (s->count == before)
		return false;
	s->at = before;
	tokens_focus_first(v);
	return true;
}

static void reading_done(void *arg, const struct work_result *result)
{
	struct tokens_reading *r = arg;
	struct view *v = r->view;
	size_t before = tokens_state(v)->count;

	r->work = NULL;
	if (tokens_found(v, r->paste, result->rows)) {
		say_found(v, r, before);
	} else if (result->code && result->code != ERR_NO && result->code != ERR_USAGE) {
		console_error(v->console, &result->err);
	} else {
		say_nothing_found(v->console, r);
	}
	reading_end(r);
	console_redraw(v->console);
}

bool tokens_take(struct view *v, const char *text, size_t len, bool cut, const char *origin)
{
	const struct op *op = op_find("token.inspect");
	struct tokens_state *s = tokens_state(v);
	struct secret copy = SECRET_INIT;
	struct tokens_reading *r;
	struct op_args *args;

	if (s->pasted + len > TOKEN_KEPT_MAX || s->count == TOKEN_ITEMS_MAX) {
		console_say(v->console, STYLE_WARNING,
			    "too much is here already: Esc wipes it, then paste again");
		return false;
	}
	r = x_calloc(1, sizeof(*r));
	r->view = v;
	r->paste = tokens_paste_new(text, len, origin, console_now(v->console));
	r->paste->cut = cut;
	r->next = s->readings;
	s->readings = r;
	s->pasted += len;
	s->wiped = false;
	args = op_args_new(op);
	secret_set(&copy, text, len);
	op_args_add_secret(args, "token", &copy);
	r->work = console_work(v->console, &(struct work_order){
						   .op = op,
						   .args = args,
						   .lane = LANE_READ,
						   .arg = r,
						   .done = reading_done,
					   });
	console_redraw(v->console);
	return true;
}

/* --- wiping -------------------------------------------------------------------------------- */
void tokens_wipe(struct view *v)
{
	struct tokens_state *s = tokens_state(v);
	struct tokens_reading *r;
	bool scrub = s->seen;

	while ((r = s->readings)) {
		s->readings = r->next;
		work_drop(r->work);
		reading_free(r);
	}
	work_drop(s->work);
	for (size_t i = 0; i < s->count; i++)
		item_release(&s->items[i]);
	free(s->items);
	edit_release(&s->find);
	loop_cancel(console_loop(v->console), s->tick);
	*s = (struct tokens_state){ .key_choice = s->key_choice };
	if (scrub)
		console_scrub(v->console);
}
