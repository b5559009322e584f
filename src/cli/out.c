/* A write buffer over a descriptor. stdio would keep copies of secrets and hide late failures. */
#include "src/cli/out.h"

#include <errno.h>

#include "src/base/file.h"

enum { OUT_MAX = 1 << 20, OUT_PIECE = 1 << 16 };

void out_init(struct out *o, int fd)
{
	*o = (struct out){ .fd = fd, .pending = BUF_INIT(OUT_MAX) };
}

void out_release(struct out *o)
{
	buf_release(&o->pending);
}

static enum errc out_write(struct out *o, const void *data, size_t len, struct err *e)
{
	if (o->broken)
		return err_set(e, ERR_STORE, "cannot write to standard output");
	if (fd_write_all(o->fd, data, len)) {
		o->written |= len > 0;
		return ERR_OK;
	}
	o->broken = true;
	o->unread = errno == EPIPE;
	if (!o->unread)
		return err_errno(e, ERR_STORE, "cannot write to standard output");
	err_set(e, ERR_STORE, "cannot write to standard output: its reader is gone");
	return ERR_STORE;
}

enum errc out_flush(struct out *o, struct err *e)
{
	enum errc rc = out_write(o, buf_text(&o->pending), o->pending.len, e);

	buf_clear(&o->pending);
	return rc;
}

enum errc out_add(struct out *o, const char *data, size_t len, struct err *e)
{
	enum errc rc = ERR_OK;

	if (o->pending.len + len > OUT_PIECE && o->pending.len)
		rc = out_flush(o, e);
	if (!rc && len > OUT_PIECE)
		return out_write(o, data, len, e);
	if (!rc)
		buf_add(&o->pending, data, len);
	return rc;
}

enum errc out_secret(struct out *o, const struct secret *s, struct err *e)
{
	enum errc rc = out_flush(o, e);

	return rc ? rc : out_write(o, secret_reveal(s), s->len, e);
}

void out_drop(struct out *o)
{
	if (!o->written)
		buf_clear(&o->pending);
}
