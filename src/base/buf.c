/* A growing byte buffer with a mandatory maximum: once something did not fit, it stays as it was. */
#include "src/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"

enum { FIRST_SIZE = 64 };

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf)BUF_INIT(max);
}

void buf_release(struct buf *b)
{
	free(b->data);
	buf_init(b, b->max);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->full = false;
	if (b->data)
		b->data[0] = '\0';
}

/* Makes room for `more` bytes and a NUL, or marks the buffer full. */
static bool make_room(struct buf *b, size_t more)
{
	size_t need, size;

	if (b->full || more > b->max - b->len || more > SIZE_MAX / 4 - b->len) {
		b->full = true;
		return false;
	}
	need = b->len + more + 1;
	if (need <= b->size)
		return true;
	size = b->size ? b->size : FIRST_SIZE;
	while (size < need)
		size *= 2;
	b->data = x_reallocarray(b->data, size, 1);
	b->size = size;
	return true;
}

bool buf_add(struct buf *b, const void *data, size_t len)
{
	if (!make_room(b, len))
		return false;
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
	return true;
}

bool buf_add_text(struct buf *b, const char *text)
{
	return buf_add(b, text, strlen(text));
}

bool buf_add_char(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

bool buf_add_number(struct buf *b, int64_t value)
{
	char digits[24], *at = digits + sizeof(digits);
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (value < 0)
		*--at = '-';
	return buf_add(b, at, (size_t)(digits + sizeof(digits) - at));
}

bool buf_addf(struct buf *b, const char *format, ...)
{
	va_list ap;
	bool fits;

	va_start(ap, format);
	fits = buf_vaddf(b, format, ap);
	va_end(ap);
	return fits;
}

bool buf_vaddf(struct buf *b, const char *format, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0 || !make_room(b, (size_t)len)) {
		b->full = true;
		return false;
	}
	vsnprintf(b->data + b->len, (size_t)len + 1, format, ap);
	b->len += (size_t)len;
	return true;
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

char *buf_take(struct buf *b)
{
	char *text = b->data ? b->data : x_strdup("");

	buf_init(b, b->max);
	return text;
}
