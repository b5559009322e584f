/* token.diff: what differs between two tokens, member by member. */
#include <stdlib.h>
#include <string.h>

#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/app/token_input.h"
#include "src/app/token_keys.h"
#include "src/app/token_record.h"
#include "src/base/alloc.h"

static const struct arg diff_args[] = {
	{ .name = "left",
	  .type = ARG_FILE,
	  .flags = ARG_POSITIONAL | ARG_COMMAND_LINE,
	  .help = "file with the first token; none: both are in what is pasted" },
	{ .name = "right",
	  .type = ARG_FILE,
	  .flags = ARG_POSITIONAL | ARG_COMMAND_LINE,
	  .help = "file with the second one; none: LEFT holds both" },
	{ .name = "token",
	  .type = ARG_SECRET,
	  .flags = ARG_OTHERWISE | ARG_PASTE,
	  .label = "Paste",
	  .help = "both tokens: read where no file is given" },
	{ .name = "at",
	  .type = ARG_INSTANT,
	  .value = "TIME",
	  .help = "as seen at this time instead of now" },
	{ .name = NULL },
};

static const struct op_column diff_columns[] = {
	{ "same", "SAME", COLUMN_FLAG, "header and claims are the same, to the character" },
	{ "left", NULL, COLUMN_LIST, "the first: kind token size issued_at expires_at" },
	{ "right", NULL, COLUMN_LIST, "the second, likewise" },
	{ "members", NULL, COLUMN_LIST,
	  "part (header, claims) name change (same changed removed added) left right (values as "
	  "they stand; null: not there) left_at right_at (of times) text (what it means)" },
	{ .name = NULL },
};

/* --- comparing --------------------------------------------------------------------------------- */

static bool same_text(const struct json *a, const struct json *b, const char *name)
{
	return strcmp(json_get_text(a, name), json_get_text(b, name)) == 0;
}

static void set_side(struct json *row, const struct json *m, const char *value, const char *at)
{
	json_set(row, value, m ? json_keep(json_get(m, "value")) : json_null_new());
	json_set(row, at, m ? json_keep(json_get(m, "at")) : json_null_new());
}

static struct json *change_json(const struct json *left, const struct json *right)
{
	const struct json *either = left ? left : right;
	struct json *row = json_object_new();
	const char *change = !left ? "added" : "removed";

	if (left && right)
		change = same_text(left, right, "value") ? "same" : "changed";
	json_set_from(row, either, "part");
	json_set_from(row, either, "name");
	json_set_text(row, "change", change);
	set_side(row, left, "left", "left_at");
	set_side(row, right, "right", "right_at");
	json_set_from(row, either, "text");
	return row;
}

static bool add_change(struct json *list, const struct json *left, const struct json *right)
{
	struct json *row = change_json(left, right);
	bool same = strcmp(json_get_text(row, "change"), "same") == 0;

	json_add(list, row);
	return same;
}

/* A member of one side, and the one of the other side that it is compared with; NULL: none. */
struct entry {
	const struct json *member, *partner;
};

struct side {
	struct entry *entries; /* in the order of the source */
	size_t *sorted;	       /* by part and name; of the same name the earlier first */
	size_t count;
};

static int entry_order(const struct entry *a, const struct entry *b)
{
	int order = strcmp(json_get_text(a->member, "part"), json_get_text(b->member, "part"));

	return order ? order
		     : strcmp(json_get_text(a->member, "name"), json_get_text(b->member, "name"));
}

static int index_order(const void *a, const void *b, void *entries)
{
	const struct entry *list = entries;
	size_t i = *(const size_t *)a, k = *(const size_t *)b;
	int order = entry_order(&list[i], &list[k]);

	return order ? order : (i > k) - (i < k);
}

static void side_init(struct side *s, const struct json *members)
{
	s->count = json_count(members);
	s->entries = x_calloc(s->count + 1, sizeof(*s->entries));
	s->sorted = x_calloc(s->count + 1, sizeof(*s->sorted));
	for (size_t i = 0; i < s->count; i++) {
		s->entries[i] = (struct entry){ .member = json_at(members, i) };
		s->sorted[i] = i;
	}
	qsort_r(s->sorted, s->count, sizeof(*s->sorted), index_order, s->entries);
}

static void side_release(struct side *s)
{
	free(s->entries);
	free(s->sorted);
}

/* Names that stand several times are paired one by one. */
static void sides_pair(struct side *left, struct side *right)
{
	size_t i = 0, k = 0;

	while (i < left->count && k < right->count) {
		struct entry *a = &left->entries[left->sorted[i]];
		struct entry *b = &right->entries[right->sorted[k]];
		int order = entry_order(a, b);

		if (order == 0) {
			a->partner = b->member;
			b->partner = a->member;
		}
		i += order <= 0;
		k += order >= 0;
	}
}

/* The members of one part: in the order of the left, then what only the right one has. */
static bool compare_part(struct json *list, const struct side *left, const struct side *right,
			 const char *part)
{
	bool same = true;

	for (size_t i = 0; i < left->count; i++)
		if (strcmp(json_get_text(left->entries[i].member, "part"), part) == 0)
			same &= add_change(list, left->entries[i].member, left->entries[i].partner);
	for (size_t i = 0; i < right->count; i++)
		if (strcmp(json_get_text(right->entries[i].member, "part"), part) == 0 &&
		    !right->entries[i].partner)
			same &= add_change(list, NULL, right->entries[i].member);
	return same;
}

static bool compare_members(struct json *list, const struct json *left, const struct json *right)
{
	struct side a, b;
	bool same;

	side_init(&a, left);
	side_init(&b, right);
	sides_pair(&a, &b);
	same = compare_part(list, &a, &b, "header");
	same &= compare_part(list, &a, &b, "claims");
	side_release(&a);
	side_release(&b);
	return same;
}

static struct json *summary_json(const struct json *record)
{
	static const char *const names[] = { "kind", "token", "size", "issued_at", "expires_at" };
	struct json *row = json_object_new();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_set_from(row, record, names[i]);
	return row;
}

static struct json *item_record(const struct paste_item *item, int64_t now)
{
	struct jose t;
	struct token_facts facts = { item, &t, NULL, now };
	struct json *row;

	jose_read(&t, item->text, item->text_len);
	row = token_record_new(&facts);
	jose_release(&t);
	return row;
}

/* Payloads that are no claims have no members to compare. */
static bool same_payload(const struct json *left, const struct json *right)
{
	const char *a = json_get_text(left, "payload"), *b = json_get_text(right, "payload");

	return a && b ? strcmp(a, b) == 0 : a == b;
}

static enum errc compare(const struct op_call *c, const struct paste_item *left,
			 const struct paste_item *right, struct err *e)
{
	int64_t wall = app_now(c->app), now = op_instant(c->args, "at", wall, wall);
	struct json *a = item_record(left, now), *b = item_record(right, now);
	struct json *row = json_object_new(), *list = json_array_new();
	bool same = compare_members(list, json_get(a, "members"), json_get(b, "members"));
	enum errc rc;

	same &= same_payload(a, b) && same_text(a, b, "kind");
	json_set_bool(row, "same", same);
	json_set(row, "left", summary_json(a));
	json_set(row, "right", summary_json(b));
	json_set(row, "members", list);
	json_free(a);
	json_free(b);
	rc = call_record_take(c, row, e);
	return rc || same ? rc : ERR_NO;
}

/* --- the two ----------------------------------------------------------------------------------- */

static const struct paste_item *nth_token(const struct paste *p, size_t n)
{
	for (size_t i = 0; i < p->count; i++)
		if (paste_is_jose(&p->items[i]) && n-- == 0)
			return &p->items[i];
	return NULL;
}

static enum errc need_tokens(const struct paste *p, size_t need, struct err *e)
{
	if (nth_token(p, need - 1) && !nth_token(p, need))
		return ERR_OK;
	if (!nth_token(p, 0))
		return token_none_found(e);
	err_set(e, ERR_USAGE,
		need == 1 ? "there is more than one token in a file" : "two tokens are needed");
	return err_hint(e, "give two files with a token each, or one paste with both");
}

static enum errc diff_files(const struct op_call *c, const char *left, const char *right,
			    struct err *e)
{
	struct token_input a = { .text = SECRET_INIT }, b = { .text = SECRET_INIT };
	enum errc rc = token_input_file(&a, left, e);

	if (!rc)
		rc = token_input_file(&b, right, e);
	if (!rc)
		rc = need_tokens(&a.paste, 1, e);
	if (!rc)
		rc = need_tokens(&b.paste, 1, e);
	if (!rc)
		rc = compare(c, nth_token(&a.paste, 0), nth_token(&b.paste, 0), e);
	token_input_release(&a);
	token_input_release(&b);
	return rc;
}

static enum errc diff_paste(const struct op_call *c, const char *file, struct err *e)
{
	struct token_input in = { .text = SECRET_INIT };
	enum errc rc = file ? token_input_file(&in, file, e) : token_input_read(&in, c, e);

	if (!rc)
		rc = need_tokens(&in.paste, 2, e);
	if (!rc)
		rc = compare(c, nth_token(&in.paste, 0), nth_token(&in.paste, 1), e);
	token_input_release(&in);
	return rc;
}

static enum errc diff_run(const struct op_call *c, struct err *e)
{
	const char *left = op_text(c->args, "left"), *right = op_text(c->args, "right");
	enum errc rc = token_stdin_once(c, e);

	if (rc)
		return rc;
	return right ? diff_files(c, left, right, e) : diff_paste(c, left, e);
}

const struct op op_token_diff = {
	.id = "token.diff",
	.summary = "show what differs between two tokens",
	.detail = "Compares header and claims of two tokens, member by member, as they stand; "
		  "signatures always differ and are left out. Ends with 1 when something differs.",
	.example = "authrack token diff works.txt fails.txt\n"
		   "authrack token diff < both.txt\n",
	.args = diff_args,
	.columns = diff_columns,
	.flags = OP_NO_STORE | OP_ANSWERS,
	.run = diff_run,
};
