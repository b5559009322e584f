/* Errors: the one place where a message is put together, and made terminal-safe on the way. */
#include "src/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "src/base/text.h"

enum errc err_set(struct err *e, enum errc code, const char *format, ...)
{
	va_list ap;

	if (!e)
		return code;
	e->code = code;
	e->hint[0] = '\0';
	va_start(ap, format);
	text_safe_format(e->message, sizeof(e->message), format, ap);
	va_end(ap);
	return code;
}

enum errc err_hint(struct err *e, const char *format, ...)
{
	va_list ap;

	if (!e)
		return ERR_USAGE;
	va_start(ap, format);
	text_safe_format(e->hint, sizeof(e->hint), format, ap);
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
