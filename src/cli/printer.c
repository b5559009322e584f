/* Results as tables, lines, JSON or bare ids. */
#include "src/cli/printer.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/base/text.h"
#include "src/cli/ask.h"
#include "src/cli/detail.h"
#include "src/cli/device_text.h"
#include "src/cli/doctor_text.h"
#include "src/cli/interrupt.h"
#include "src/cli/report.h"
#include "src/cli/token_text.h"

enum { LINE_SIZE = 1 << 26, PROGRESS_MS = 250 };

static enum errc add_line(struct printer *p, struct buf *line, struct err *e)
{
	enum errc rc;

	buf_add_char(line, '\n');
	rc = out_add(&p->out, buf_text(line), line->len, e);
	buf_release(line);
	return rc;
}

/* The elements of an array (OP_ARRAY) have a line each. */
static enum errc print_json(struct printer *p, const struct json *row, struct err *e)
{
	struct buf line = BUF_INIT(LINE_SIZE);

	if (p->op->flags & OP_ARRAY)
		buf_add_char(&line, p->records ? ',' : '[');
	if (!json_write(&line, row)) {
		buf_release(&line);
		return err_set(e, ERR_USAGE, "the answer is longer than %d MiB", LINE_SIZE >> 20);
	}
	return add_line(p, &line, e);
}

/* --quiet: the id, or what stands first where a record has none. */
static enum errc print_quiet(struct printer *p, const struct json *row, struct err *e)
{
	const struct op_column first = { .name = "id", .type = COLUMN_TEXT };
	const struct op_column *column = json_get(row, "id") ? &first : p->op->columns;
	struct buf line = BUF_INIT(LINE_SIZE);
	struct cell cell;

	if (!column || !cell_says_something(column, row))
		return ERR_OK;
	cell = cell_make(&p->look, column, row, true);
	buf_add_text(&line, cell.text);
	cell_release(&cell);
	return add_line(p, &line, e);
}

/* Records that follow each other have an empty line between them. */
static enum errc print_detail(struct printer *p, const struct json *row, struct err *e)
{
	enum errc rc = p->records ? out_add(&p->out, "\n", 1, e) : ERR_OK;

	if (!rc && token_prints(p->op))
		return token_print(&p->out, &p->look, p->op, row, e);
	if (!rc && strcmp(p->op->id, "provider.doctor") == 0)
		return doctor_print(&p->out, &p->look, row, e);
	return rc ? rc : detail_print(&p->out, &p->look, p->op, row, e);
}

/* An event is out before the next one happens. */
static enum errc print_event(struct printer *p, const struct json *row, struct err *e)
{
	enum errc rc = p->look.json ? print_json(p, row, e)
				    : device_print(&p->out, &p->look, row, e);

	return rc ? rc : out_flush(&p->out, e);
}

static void progress_clear(struct printer *p)
{
	if (p->progress_at)
		fputs("\r\033[K", stderr);
	p->progress_at = 0;
}

static enum errc sink_record(void *arg, const struct op *op, const struct json *row, struct err *e)
{
	struct printer *p = arg;
	enum errc rc;

	progress_clear(p);
	if (op->flags & OP_TEXT && !p->look.json)
		return ERR_OK;
	if (op->flags & OP_STREAM)
		rc = print_event(p, row, e);
	else if (p->look.json)
		rc = print_json(p, row, e);
	else if (p->look.quiet)
		rc = print_quiet(p, row, e);
	else if (op->flags & OP_LIST)
		rc = table_row(&p->table, row, e);
	else
		rc = print_detail(p, row, e);
	p->records++;
	return rc;
}

/* What stands before and behind the secret in the record's last line; puts the lines before it
 * out. */
static enum errc reveal_frame(struct printer *p, const struct json *row, struct buf *before,
			      const char **behind, struct err *e)
{
	*behind = "\n";
	if (p->look.json) {
		json_write(before, row);
		before->data[--before->len] = '\0'; /* the closing brace */
		buf_addf(before, "%s\"%s\":\"", before->len > 1 ? "," : "",
			 p->op->reveals ? p->op->reveals : "secret");
		*behind = "\"}\n";
		return ERR_OK;
	}
	if (p->look.quiet || p->op->flags & OP_TEXT)
		return ERR_OK;
	detail_name(before, &p->look, p->op, "secret");
	return print_detail(p, row, e);
}

/* The line is put together in secret memory and goes out by one write(2); our secrets consist of
 * letters, digits and "_", a token of these and "-.", so JSON wants no escapes. */
static enum errc sink_reveal(void *arg, const struct op *op, const struct json *row,
			     const struct secret *secret, struct err *e)
{
	struct printer *p = arg;
	struct buf before = BUF_INIT(LINE_SIZE);
	struct secret line = SECRET_INIT;
	const char *behind;
	enum errc rc;

	progress_clear(p);
	p->look.now = clock_wall(&clock_system);
	rc = reveal_frame(p, row, &before, &behind, e);
	secret_init(&line, before.len + secret->len + strlen(behind));
	secret_add(&line, buf_text(&before), before.len);
	secret_add(&line, secret_reveal(secret), secret->len);
	secret_add(&line, behind, strlen(behind));
	if (!rc)
		rc = out_secret(&p->out, &line, e);
	secret_release(&line);
	buf_release(&before);
	p->records++;
	if (!rc && p->look.width && !p->look.json && !p->look.quiet && !(op->flags & OP_TEXT))
		report_note(false, "the secret is not shown again: put it where it belongs now");
	return rc;
}

/* Lines for a terminal; what they are made of may be anything that somebody once imported. */
static enum errc text_to_terminal(struct printer *p, const char *data, size_t len, struct err *e)
{
	struct buf safe = BUF_INIT(LINE_SIZE);
	enum errc rc;

	while (len) {
		const char *end = memchr(data, '\n', len);
		size_t line = end ? (size_t)(end - data) : len;

		text_safe(&safe, data, line);
		if (end)
			buf_add_char(&safe, '\n');
		data += line + (end != NULL);
		len -= line + (end != NULL);
	}
	rc = out_add(&p->out, buf_text(&safe), safe.len, e);
	buf_release(&safe);
	return rc;
}

static enum errc sink_text(void *arg, const char *data, size_t len, struct err *e)
{
	struct printer *p = arg;

	progress_clear(p);
	if (p->look.json && p->op->columns) /* its record stands instead */
		return ERR_OK;
	if (isatty(p->out.fd))
		return text_to_terminal(p, data, len, e);
	return out_add(&p->out, data, len, e);
}

static bool sink_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	struct printer *p = arg;
	int64_t now = clock_boot(&clock_system);

	if (interrupted())
		return false;
	if (p->look.json || p->look.quiet || p->look.dumb || now - p->progress_at < PROGRESS_MS ||
	    !isatty(STDERR_FILENO))
		return true;
	p->progress_at = now;
	fprintf(stderr, "\r\033[K%s %ju", what, (uintmax_t)done);
	if (total)
		fprintf(stderr, " of %ju", (uintmax_t)total);
	fflush(stderr);
	return true;
}

static bool sink_leaves(void *arg)
{
	(void)arg;
	return interrupt_leaves();
}

static enum errc sink_confirm(void *arg, const char *question, struct err *e)
{
	struct printer *p = arg;

	progress_clear(p);
	return p->yes ? ERR_OK : ask_yes(&p->look, question, e);
}

static void sink_note(void *arg, const char *text)
{
	struct printer *p = arg;

	progress_clear(p);
	if (!p->look.quiet)
		report_note(p->look.json, text);
}

void printer_init(struct printer *p, const struct settings *s, const struct op *op)
{
	*p = (struct printer){
		.look = look_of(s, STDOUT_FILENO),
		.op = op,
		.yes = s->yes,
		.sink = { .arg = p,
			  .record = sink_record,
			  .reveal = sink_reveal,
			  .text = sink_text,
			  .progress = sink_progress,
			  .confirm = sink_confirm,
			  .leaves = sink_leaves,
			  .note = sink_note },
	};
	out_init(&p->out, STDOUT_FILENO);
	table_init(&p->table, &p->look, &p->out, op->columns);
}

enum errc printer_finish(struct printer *p, bool well, struct err *e)
{
	enum errc rc;

	progress_clear(p);
	/* To a person an empty screen is no answer; a change has told already that it did nothing. */
	if (well && !p->records && p->look.width && p->op->flags & OP_LIST &&
	    !(p->op->flags & OP_WRITES))
		sink_note(p, "nothing to list");
	rc = table_end(&p->table, e);
	if (!rc && p->look.json && p->op->flags & OP_ARRAY && p->records)
		rc = out_add(&p->out, "]\n", 2, e);
	return rc ? rc : out_flush(&p->out, e);
}

void printer_release(struct printer *p)
{
	progress_clear(p);
	table_release(&p->table);
	out_release(&p->out);
}
