/* Blocks of whole records out of a file or pipe, through one buffer that is wiped behind the reader. */
#include "src/app/import_source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/secret.h"

static enum errc open_failed(const char *path, struct err *e)
{
	enum errc code = errno == ENOENT		     ? ERR_NOT_FOUND
			 : errno == EACCES || errno == EPERM ? ERR_PERMISSION
							     : ERR_USAGE;

	err_errno(e, code, "cannot read \"%s\"", path);
	return err_hint(e, "give a CSV or JSON Lines file, or - for standard input");
}

enum errc import_source_open(struct import_source *src, const char *path, struct err *e)
{
	struct stat st;

	*src = (struct import_source){ .fd = STDIN_FILENO, .next_line = 1 };
	if (strcmp(path, "-") != 0) {
		src->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (src->fd < 0)
			return open_failed(path, e);
		src->opened = true;
	}
	if (!fstat(src->fd, &st) && S_ISDIR(st.st_mode)) {
		import_source_close(src);
		errno = EISDIR;
		return open_failed(path, e);
	}
	if (!fstat(src->fd, &st) && S_ISREG(st.st_mode))
		src->total = (uint64_t)st.st_size;
	src->buf = x_malloc(IMPORT_BLOCK);
	return ERR_OK;
}

void import_source_close(struct import_source *src)
{
	if (src->buf)
		secret_wipe(src->buf, IMPORT_BLOCK);
	free(src->buf);
	if (src->opened)
		close(src->fd);
	*src = (struct import_source){ .fd = -1 };
}

/* Reads until the buffer is full or the source ends. */
static enum errc fill(struct import_source *src, struct err *e)
{
	while (!src->end && src->len < IMPORT_BLOCK) {
		ssize_t n = read(src->fd, src->buf + src->len, IMPORT_BLOCK - src->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, ERR_USAGE, "cannot read the import");
		src->end = n == 0;
		src->len += (size_t)n;
		src->done += (uint64_t)n;
	}
	return ERR_OK;
}

enum errc import_source_format(struct import_source *src, enum import_format *format, struct err *e)
{
	static const char mark[] = "\xEF\xBB\xBF";
	size_t at = 0;
	enum errc rc = fill(src, e);

	if (rc)
		return rc;
	if (src->len >= sizeof(mark) - 1 && !memcmp(src->buf, mark, sizeof(mark) - 1))
		at = sizeof(mark) - 1;
	while (at < src->len && strchr(" \t\r\n", src->buf[at]))
		at++;
	*format = at < src->len && src->buf[at] == '{' ? IMPORT_JSONL : IMPORT_CSV;
	import_source_set_format(src, *format);
	return ERR_OK;
}

void import_source_set_format(struct import_source *src, enum import_format format)
{
	src->format = format;
	src->format_known = true;
}

/* Bytes up to and with the last line end that ends a record, and the lines in them. A line end inside
 * a quoted CSV field ends none. */
static size_t whole_records(const struct import_source *src, size_t *lines)
{
	size_t whole = 0, seen = 0;
	bool quoted = false;

	for (size_t i = 0; i < src->len; i++) {
		if (src->buf[i] == '"') {
			quoted = !quoted && src->format == IMPORT_CSV;
		} else if (src->buf[i] == '\n') {
			seen++;
			if (quoted)
				continue;
			whole = i + 1;
			*lines = seen;
		}
	}
	return whole;
}

/* Forgets the block that was lent, moving what follows it to the front. */
static void drop_given(struct import_source *src)
{
	size_t rest = src->len - src->given;

	memmove(src->buf, src->buf + src->given, rest);
	secret_wipe(src->buf + rest, src->len - rest);
	src->len = rest;
	src->given = 0;
}

enum errc import_source_next(struct import_source *src, const char **data, size_t *len,
			     struct err *e)
{
	size_t lines = 0;
	enum errc rc;

	drop_given(src);
	rc = fill(src, e);
	if (rc)
		return rc;
	src->given = src->end ? src->len : whole_records(src, &lines);
	src->line = src->next_line;
	src->next_line += lines;
	*data = src->buf;
	*len = src->given;
	if (src->given || src->end)
		return ERR_OK;
	err_set(e, ERR_USAGE, "line %zu: a record of over %d KiB begins here", src->line,
		IMPORT_BLOCK / 1024);
	return err_hint(e, "look for a quote that is never closed");
}
