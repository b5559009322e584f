/* What run functions use all the time to talk to the front end's sink. */
#include "src/app/session.h"

#include <stdarg.h>

#include "src/base/buf.h"
#include "src/base/text.h"

enum { LINE_MAX_BYTES = 2048 };

enum errc call_record(const struct op_call *c, const struct json *row, struct err *e)
{
	return c->sink->record ? c->sink->record(c->sink->arg, c->op, row, e) : ERR_OK;
}

enum errc call_record_take(const struct op_call *c, struct json *row, struct err *e)
{
	enum errc r = call_record(c, row, e);

	json_free(row);
	return r;
}

enum errc call_listing(const struct op_call *c, const struct json *records, size_t altered,
		       const char *noun, struct err *e)
{
	enum errc r = ERR_OK;

	for (size_t i = 0; !r && i < json_count(records); i++)
		r = call_record(c, json_at(records, i), e);
	if (r || !altered)
		return r;
	err_set(e, ERR_STORE, "%zu %s%s altered outside authrack", altered, noun,
		altered == 1 ? " was" : "s were");
	return err_hint(e, "run store check; what was altered is used for nothing");
}

enum errc call_text(const struct op_call *c, const char *data, size_t len, struct err *e)
{
	return c->sink->text ? c->sink->text(c->sink->arg, data, len, e) : ERR_OK;
}

/* Formats a line and makes it terminal-safe. */
static void line_format(struct buf *out, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));

static void line_format(struct buf *out, const char *format, va_list ap)
{
	struct buf raw = BUF_INIT(LINE_MAX_BYTES);

	buf_vaddf(&raw, format, ap);
	text_safe(out, buf_text(&raw), raw.len);
	buf_release(&raw);
}

void call_note(const struct op_call *c, const char *format, ...)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);
	va_list ap;

	if (!c->sink->note)
		return;
	va_start(ap, format);
	line_format(&line, format, ap);
	va_end(ap);
	c->sink->note(c->sink->arg, buf_text(&line));
	buf_release(&line);
}

enum errc call_progress(const struct op_call *c, const char *what, uint64_t done, uint64_t total,
			struct err *e)
{
	if (!c->sink->progress || c->sink->progress(c->sink->arg, what, done, total))
		return ERR_OK;
	return err_set(e, ERR_CANCELLED, "cancelled");
}

bool call_leaves(const struct op_call *c)
{
	return c->sink->leaves && c->sink->leaves(c->sink->arg);
}

enum errc call_confirm(const struct op_call *c, struct err *e, const char *format, ...)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);
	enum errc r;
	va_list ap;

	if (op_flag(c->args, "yes"))
		return ERR_OK;
	if (!c->sink->confirm) {
		err_set(e, ERR_CONFLICT, "%s asks first, and nobody can be asked", c->op->id);
		return err_hint(e, "say --yes");
	}
	va_start(ap, format);
	line_format(&line, format, ap);
	va_end(ap);
	r = c->sink->confirm(c->sink->arg, buf_text(&line), e);
	buf_release(&line);
	return r;
}
