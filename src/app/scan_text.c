/* One pass over a moving window: every byte is looked up in a table, and only those that may begin
 * something cost more. */
#include "src/app/scan_text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "src/base/secret_format.h"
#include "src/base/alloc.h"
#include "src/base/secret.h"

enum {
	WINDOW = 256 * 1024,
	AHEAD = FOREIGN_LONGEST + 16, /* no credential is longer, with what follows it */
	BEHIND = PREFIX_SIZE,	      /* our prefix stands before the byte that we look for */
	SID = SECRET_ID_SIZE - 1,
	REST = 1 + SID + 1 + SECRET_TAIL, /* "_SID_SECRETCRC" */
};

enum mark { MARK_NONE, MARK_LINE, MARK_OWN, MARK_FOREIGN };

struct window {
	const struct scan *scan;
	int fd;
	char *buf; /* WINDOW bytes and a NUL */
	size_t len, at;
	bool end;
	size_t line;
	uint64_t begin; /* offset of buf[0] in the stream */
	uint64_t line_begin;
	size_t free_from; /* what stands before it belongs to a hit */
	unsigned char marks[256];
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static bool in_prefix(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static void marks_set(unsigned char marks[256])
{
	for (int c = 0; c < 256; c++)
		marks[c] = foreign_begins((unsigned char)c) ? MARK_FOREIGN : MARK_NONE;
	marks['\n'] = MARK_LINE;
	marks['_'] = MARK_OWN;
}

static enum errc hit_tell(struct window *w, size_t from, size_t len, const struct foreign *f,
			  struct err *e)
{
	uint64_t place = w->begin + from;
	struct scan_hit hit = {
		.text = w->buf + from,
		.len = len,
		.line = w->line,
		.foreign = f,
		.column = (size_t)(place - w->line_begin) + 1,
	};

	w->at = from + len;
	w->free_from = w->at;
	return w->scan->found(w->scan->arg, &hit, e);
}

/* Does "_SID_SECRETCRC" stand here, by its characters? */
static bool own_rest(const char *text, size_t len)
{
	return len >= REST && text[1 + SID] == '_' &&
	       strspn(text + 1, "0123456789abcdefghjkmnpqrstvwxyz") >= SID &&
	       strspn(text + 2 + SID,
		      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") >=
		       SECRET_TAIL;
}

/* The underscore behind the prefix: where the prefix begins, the checksum tells. */
static enum errc look_own(struct window *w, struct err *e)
{
	size_t mark = w->at, from = mark;

	if (!own_rest(w->buf + mark, w->len - mark)) {
		w->at++;
		return ERR_OK;
	}
	while (from > w->free_from && mark - from < PREFIX_SIZE - 1 && in_prefix(w->buf[from - 1]))
		from--;
	for (; from < mark; from++) {
		size_t len = mark - from + REST;

		if (w->buf[from] >= 'a' && w->buf[from] <= 'z' &&
		    secret_parse(w->buf + from, len, NULL) == SECRET_OWN)
			return hit_tell(w, from, len, NULL, e);
	}
	w->at++;
	return ERR_OK;
}

static enum errc look_foreign(struct window *w, struct err *e)
{
	const struct foreign *f = NULL;
	enum foreign_check check = FOREIGN_UNCHECKED;
	size_t len = 0;

	if (w->at == w->free_from || !is_word(w->buf[w->at - 1]))
		len = foreign_match(&f, &check, w->buf + w->at, w->len - w->at);
	if (len && check != FOREIGN_WRONG)
		return hit_tell(w, w->at, len, f, e);
	w->at++;
	return ERR_OK;
}

static enum errc window_look(struct window *w, struct err *e)
{
	size_t until = w->end ? w->len : w->len > AHEAD ? w->len - AHEAD : 0;
	enum errc rc = ERR_OK;

	while (!rc && w->at < until) {
		switch ((enum mark)w->marks[(unsigned char)w->buf[w->at]]) {
		case MARK_NONE:
			w->at++;
			break;
		case MARK_LINE:
			w->at++;
			w->line++;
			w->line_begin = w->begin + w->at;
			break;
		case MARK_OWN:
			rc = look_own(w, e);
			break;
		case MARK_FOREIGN:
			rc = look_foreign(w, e);
			break;
		}
	}
	return rc;
}

/* Drops what was looked at, but for what may still be a prefix, and reads on. */
static enum errc window_fill(struct window *w, struct err *e)
{
	size_t drop = w->at > BEHIND ? w->at - BEHIND : 0;

	memmove(w->buf, w->buf + drop, w->len - drop);
	w->len -= drop;
	w->at -= drop;
	w->begin += drop;
	w->free_from = w->free_from > drop ? w->free_from - drop : 0;
	while (!w->end && w->len < WINDOW) {
		ssize_t n = read(w->fd, w->buf + w->len, WINDOW - w->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, ERR_PERMISSION, "cannot read");
		w->end = n == 0;
		w->len += (size_t)n;
	}
	w->buf[w->len] = '\0';
	return w->scan->tick ? w->scan->tick(w->scan->arg, w->begin + w->len, e) : ERR_OK;
}

enum errc scan_fd(int fd, const struct scan *scan, struct err *e)
{
	struct window w = { .scan = scan, .fd = fd, .line = 1 };
	enum errc rc = ERR_OK;

	w.buf = x_malloc(WINDOW + 1);
	marks_set(w.marks);
	while (!rc && !(w.end && w.at == w.len)) {
		rc = window_fill(&w, e);
		if (!rc)
			rc = window_look(&w, e);
	}
	secret_wipe(w.buf, WINDOW);
	free(w.buf);
	return rc;
}
