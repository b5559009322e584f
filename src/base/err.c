/* Errors: the one place where a message is put together, and made terminal-safe on the way. */
#include "src/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "src/base/buf.h"
#include "src/base/text.h"

/* Formats into out[size] and makes the result terminal-safe; what does not fit is left out. */
static void safe_format(char *out, size_t size, const char *format, va_list ap)
	__attribute__((format(printf, 3, 0)));

static void safe_format(char *out, size_t size, const char *format, va_list ap)
{
	struct buf safe = BUF_INIT(size - 1);
	char raw[1024];

	if (vsnprintf(raw, sizeof(raw), format, ap) < 0)
		raw[0] = '\0';
	text_safe(&safe, raw, strlen(raw));
	memcpy(out, buf_text(&safe), safe.len + 1);
	buf_release(&safe);
}

enum errc err_set(struct err *e, enum errc code, const char *format, ...)
{
	va_list ap;

	if (!e)
		return code;
	e->code = code;
	e->hint[0] = '\0';
	va_start(ap, format);
	safe_format(e->message, sizeof(e->message), format, ap);
	va_end(ap);
	return code;
}

enum errc err_hint(struct err *e, const char *format, ...)
{
	va_list ap;

	if (!e)
		return ERR_USAGE;
	va_start(ap, format);
	safe_format(e->hint, sizeof(e->hint), format, ap);
	va_end(ap);
	return e->code;
}

enum errc err_errno(struct err *e, enum errc code, const char *format, ...)
{
	const char *reason = strerrordesc_np(errno);
	char what[768];
	va_list ap;

	va_start(ap, format);
	if (vsnprintf(what, sizeof(what), format, ap) < 0)
		what[0] = '\0';
	va_end(ap);
	return err_set(e, code, "%s: %s", what, reason ? reason : "unknown error");
}

const char *err_name(enum errc code)
{
	switch (code) {
	case ERR_OK:
		return "ok";
	case ERR_NO:
		return "no";
	case ERR_USAGE:
		return "usage";
	case ERR_NOT_FOUND:
		return "not_found";
	case ERR_CONFLICT:
		return "conflict";
	case ERR_STORE:
		return "store";
	case ERR_REMOTE:
		return "remote";
	case ERR_PERMISSION:
		return "permission";
	case ERR_CANCELLED:
		return "cancelled";
	}
	return "unknown";
}
