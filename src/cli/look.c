/* What standard output can show: colours, characters, columns. */
#include "src/cli/look.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "src/base/clock.h"
#include "src/base/text.h"

enum { TEXT_MAX = 1 << 20 };

static const char *terminal_name(void)
{
	const char *term = getenv("TERM");

	return term && *term ? term : "dumb";
}

static bool terminal_is_dumb(void)
{
	return strcmp(terminal_name(), "dumb") == 0;
}

static bool terminal_has_colors(void)
{
	return !terminal_is_dumb() && strncmp(terminal_name(), "vt1", 3) != 0;
}

struct look look_of(const struct settings *s, int fd)
{
	struct look l = { .json = s->json,
			  .quiet = s->quiet,
			  .dumb = terminal_is_dumb(),
			  .times = (enum times)s->times,
			  .now = clock_wall(&clock_system) };
	struct winsize size;

	if (!isatty(fd))
		return l;
	l.width = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
	l.ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	l.color = !s->no_color && terminal_has_colors();
	return l;
}

/* A terminal that is not set to UTF-8 would read bytes of it as controls (C1). */
static void ascii_only(struct buf *out, const char *text, size_t len)
{
	while (len) {
		int32_t code;
		size_t taken = utf8_decode(&code, text, len);

		if (code < 0x80)
			buf_add_char(out, *text);
		else
			buf_addf(out, "<U+%04X>", (unsigned)code);
		text += taken;
		len -= taken;
	}
}

void look_text(const struct look *l, struct buf *out, const char *text)
{
	struct buf safe = BUF_INIT(TEXT_MAX);

	if (!l->ascii) {
		text_safe(out, text, strlen(text));
		return;
	}
	text_safe(&safe, text, strlen(text));
	ascii_only(out, buf_text(&safe), safe.len);
	buf_release(&safe);
}

const char *look_tone(const struct look *l, enum tone t)
{
	static const char *const codes[] = {
		[TONE_NORMAL] = "",
		[TONE_GOOD] = "\033[38;5;28m",
		[TONE_WARNING] = "\033[38;5;130m",
		[TONE_DANGER] = "\033[38;5;196m",
		[TONE_PROGRESS] = "\033[38;5;31m",
		[TONE_SECONDARY] = "\033[38;5;243m",
	};
	/* Eight colours: only red and magenta can be read on every background. */
	static const char *const few[] = {
		[TONE_NORMAL] = "",	      [TONE_GOOD] = "",
		[TONE_WARNING] = "\033[35m",  [TONE_DANGER] = "\033[31m",
		[TONE_PROGRESS] = "\033[35m", [TONE_SECONDARY] = "",
	};
	const char *term = getenv("TERM");

	if (!l->color)
		return "";
	return term && strstr(term, "256color") ? codes[t] : few[t];
}

const char *look_bold(const struct look *l)
{
	return l->color ? "\033[1m" : "";
}

const char *look_reset(const struct look *l)
{
	return l->color ? "\033[0m" : "";
}

const char *look_ellipsis(const struct look *l)
{
	return l->ascii ? "~" : "…";
}

/* Bytes of the longest beginning of `text` that takes at most `width` columns. */
static size_t fitting(const char *text, int width)
{
	size_t len = strlen(text), at = 0;

	while (at < len) {
		int32_t code;
		size_t taken = utf8_decode(&code, text + at, len - at);

		width -= code_point_width(code);
		if (width < 0)
			break;
		at += taken;
	}
	return at;
}

/* Where the end of `text` begins that takes at most `width` columns. */
static const char *ending(const char *text, int width)
{
	int all = (int)text_width(text, strlen(text));

	while (*text && all > width) {
		int32_t code;
		size_t taken = utf8_decode(&code, text, strlen(text));

		all -= code_point_width(code);
		text += taken;
	}
	return text;
}

char *look_cut(const struct look *l, const char *text, int width, bool middle)
{
	struct buf out = BUF_INIT(TEXT_MAX);
	int tail = middle ? (width - 1) / 2 : 0;

	if ((int)text_width(text, strlen(text)) <= width) {
		buf_add_text(&out, text);
	} else {
		buf_add(&out, text, fitting(text, width - 1 - tail));
		buf_add_text(&out, look_ellipsis(l));
		buf_add_text(&out, ending(text, tail));
	}
	buf_add_text(&out, "");
	return buf_take(&out);
}
