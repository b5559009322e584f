/* guide: which credential fits, one question at a time. */
#include <string.h>

#include "src/app/guide.h"
#include "src/app/ops.h"
#include "src/app/session.h"
#include "src/base/buf.h"
#include "src/base/text.h"

enum { TEXT_MAX = 64 * 1024, WIDTH = 78 };

static const struct arg guide_args[] = {
	{ .name = "answer",
	  .type = ARG_TEXT,
	  .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "answers so far, in order: the words in brackets, or numbers" },
	{ .name = "all",
	  .letter = 'a',
	  .type = ARG_FLAG,
	  .flags = ARG_COMMAND_LINE,
	  .help = "the whole tree" },
	{ .name = NULL },
};

static const struct op_column guide_columns[] = {
	{ "question", NULL, COLUMN_TEXT, "the question that is open; null: none" },
	{ "answers", NULL, COLUMN_LIST, "its answers: id text leads_to" },
	{ "path", NULL, COLUMN_LIST, "answers so far" },
	{ "leads_to", NULL, COLUMN_TEXT, "what fits; null while a question is open" },
	{ "options", NULL, COLUMN_LIST, "credentials weighed, the best first: credential when" },
	{ "why", NULL, COLUMN_TEXT, "the reasons" },
	{ "command", NULL, COLUMN_TEXT, "how to go on" },
	{ .name = NULL },
};

/* --- for people ------------------------------------------------------------------------------- */

/* A paragraph broken at blanks, every line indented. */
static void add_wrapped(struct buf *out, const char *text, size_t indent)
{
	size_t column = 0;

	while (*text) {
		size_t word = strcspn(text, " "), width = text_width(text, word);

		if (column && column + 1 + width > WIDTH) {
			buf_add_char(out, '\n');
			column = 0;
		}
		buf_addf(out, "%*s", column ? 1 : (int)indent, "");
		column += column ? 1 : indent;
		buf_add(out, text, word);
		column += width;
		text += word;
		text += strspn(text, " ");
	}
	buf_add_char(out, '\n');
}

static void add_outcome(struct buf *out, const struct guide_outcome *o, size_t indent)
{
	buf_addf(out, "%*s%s\n\n", (int)indent, "", o->leads_to);
	for (size_t i = 0; i < GUIDE_OPTIONS && o->options[i].credential; i++)
		buf_addf(out, "%*s%-9s %s\n", (int)indent + 2, "", o->options[i].credential,
			 o->options[i].when);
	buf_add_char(out, '\n');
	add_wrapped(out, o->why, indent);
}

static void add_command(struct buf *out, const struct guide_outcome *o)
{
	if (!o->operation)
		return;
	buf_add_text(out, "authrack ");
	for (const char *c = o->operation; *c; c++)
		buf_add_char(out, *c == '.' ? ' ' : *c);
	buf_add_text(out, op_arg(op_find(o->operation), "name") ? " --name NAME" : " NAME");
	for (size_t i = 0; o->preset && o->preset[i]; i += 2)
		buf_addf(out, " --%s %s", o->preset[i], o->preset[i + 1]);
}

static void add_question(struct buf *out, const struct guide_question *q, const char *path)
{
	size_t width = 0;

	buf_addf(out, "%s\n\n", q->text);
	for (size_t i = 0; i < GUIDE_ANSWERS && q->answers[i].id; i++)
		if (strlen(q->answers[i].id) > width)
			width = strlen(q->answers[i].id);
	for (size_t i = 0; i < GUIDE_ANSWERS && q->answers[i].id; i++)
		buf_addf(out, "  [%s]%*s %s\n", q->answers[i].id,
			 (int)(width - strlen(q->answers[i].id)), "", q->answers[i].text);
	buf_addf(out, "\nanswer with: authrack guide%s WORD\n", path);
}

static void add_tree(struct buf *out, const struct guide_question *q, size_t indent)
{
	buf_addf(out, "%*s%s\n\n", (int)indent, "", q->text);
	for (size_t i = 0; i < GUIDE_ANSWERS && q->answers[i].id; i++) {
		const struct guide_answer *a = &q->answers[i];

		buf_addf(out, "%*s[%s] %s\n\n", (int)indent, "", a->id, a->text);
		if (a->next)
			add_tree(out, a->next, indent + 3);
		else
			add_outcome(out, a->outcome, indent + 3);
		if (!a->next)
			buf_add_char(out, '\n');
	}
}

/* --- for programs ----------------------------------------------------------------------------- */

static struct json *answers_json(const struct guide_question *q)
{
	struct json *list = json_array_new();

	for (size_t i = 0; i < GUIDE_ANSWERS && q->answers[i].id; i++) {
		const struct guide_answer *a = &q->answers[i];
		struct json *item = json_object_new();

		json_set_text(item, "id", a->id);
		json_set_text(item, "text", a->text);
		json_set_text(item, "leads_to", a->outcome ? a->outcome->leads_to : NULL);
		json_add(list, item);
	}
	return list;
}

static void set_outcome(struct json *row, const struct guide_outcome *o)
{
	struct json *options = json_array_new();
	struct buf command = BUF_INIT(TEXT_MAX);

	for (size_t i = 0; i < GUIDE_OPTIONS && o->options[i].credential; i++) {
		struct json *item = json_object_new();

		json_set_text(item, "credential", o->options[i].credential);
		json_set_text(item, "when", o->options[i].when);
		json_add(options, item);
	}
	add_command(&command, o);
	json_set_text(row, "leads_to", o->leads_to);
	json_set(row, "options", options);
	json_set_text(row, "why", o->why);
	json_set_text(row, "command", command.len ? buf_text(&command) : NULL);
	buf_release(&command);
}

static enum errc record_tell(const struct op_call *c, const struct guide_question *q,
			     const struct guide_outcome *o, struct err *e)
{
	struct json *row = json_object_new(), *path = json_array_new();

	for (size_t i = 0; i < op_count(c->args, "answer"); i++)
		json_add(path, json_text(op_nth(c->args, "answer", i)));
	json_set_text(row, "question", q ? q->text : NULL);
	if (q)
		json_set(row, "answers", answers_json(q));
	json_set(row, "path", path);
	if (o)
		set_outcome(row, o);
	else
		json_set_text(row, "leads_to", NULL);
	return call_record_take(c, row, e);
}

/* --- the walk --------------------------------------------------------------------------------- */

static enum errc no_answer(const struct guide_question *q, const char *given, struct err *e)
{
	struct buf known = BUF_INIT(200);

	for (size_t i = 0; i < GUIDE_ANSWERS && q->answers[i].id; i++)
		buf_addf(&known, "%s%s", i ? ", " : "", q->answers[i].id);
	err_set(e, ERR_USAGE, "\"%s\" is no answer to: %s", given, q->text);
	err_hint(e, "answers are %s", buf_text(&known));
	buf_release(&known);
	return ERR_USAGE;
}

/* Follows the answers given: to a question that is open, or to an outcome. */
static enum errc walk(const struct op_call *c, const struct guide_question **q,
		      const struct guide_outcome **o, struct buf *path, struct err *e)
{
	*q = &guide_root;
	*o = NULL;
	for (size_t i = 0; i < op_count(c->args, "answer"); i++) {
		const char *given = op_nth(c->args, "answer", i);
		const struct guide_answer *a;

		if (!*q) {
			err_set(e, ERR_USAGE, "\"%s\" is one answer too many", given);
			return err_hint(e, "%s already leads to an end", buf_text(path));
		}
		a = guide_answer(*q, given);
		if (!a)
			return no_answer(*q, given, e);
		buf_addf(path, " %s", a->id);
		*q = a->next;
		*o = a->next ? NULL : a->outcome;
	}
	return ERR_OK;
}

static enum errc guide_run(const struct op_call *c, struct err *e)
{
	struct buf out = BUF_INIT(TEXT_MAX), path = BUF_INIT(TEXT_MAX);
	const struct guide_outcome *o = NULL;
	const struct guide_question *q = NULL;
	enum errc rc = walk(c, &q, &o, &path, e);

	if (rc)
		goto out;
	if (op_flag(c->args, "all") && q)
		add_tree(&out, q, 0);
	else if (q)
		add_question(&out, q, buf_text(&path));
	else
		add_outcome(&out, o, 0);
	if (o && o->operation) {
		buf_addf(&out, "\n%s\n  ", o->action);
		add_command(&out, o);
		buf_add_char(&out, '\n');
	}
	rc = call_text(c, buf_text(&out), out.len, e);
	if (!rc)
		rc = record_tell(c, q, o, e);
out:
	buf_release(&out);
	buf_release(&path);
	return rc;
}

const struct op op_guide = {
	.id = "guide",
	.summary = "find out which credential fits: API key, OAuth2 or JWT",
	.detail = "Asks at most four questions. Each call shows the next one; give the answers so "
		  "far as arguments.",
	.example = "authrack guide\n"
		   "authrack guide no no servers lookup\n"
		   "authrack guide --all\n",
	.args = guide_args,
	.columns = guide_columns,
	.flags = OP_NO_STORE | OP_TEXT,
	.run = guide_run,
};
