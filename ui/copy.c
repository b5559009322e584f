/* The clipboard of the terminal in front of the person: OSC 52 (xterm, ctlseqs), on one line; inside
 * tmux and screen also in the form that they pass through. */
#include "src/base/alloc.h"
#include "src/base/base64.h"
#include "src/base/secret.h"
#include "ui/shell.h"

enum { COPY_MAX = 56 * 1024, SCREEN_PART = 700 };

/* RFC 4648 §4 from §5: other signs for 62 and 63, and padding. */
static size_t base64(char *out, const char *text, size_t len)
{
	size_t used;

	base64url_encode(out, text, len);
	used = strlen(out);
	for (size_t i = 0; i < used; i++)
		out[i] = out[i] == '-' ? '+' : out[i] == '_' ? '/' : out[i];
	while (used % 4)
		out[used++] = '=';
	return used;
}

static void send_text(struct console *c, const char *text)
{
	c->paint->send(c->paint, text, strlen(text));
}

static void send_for_tmux(struct console *c, const char *sequence, size_t len)
{
	send_text(c, "\033Ptmux;\033");
	c->paint->send(c->paint, sequence, len);
	send_text(c, "\033\\");
}

/* screen passes a string of up to 768 bytes: longer ones in parts. */
static void send_for_screen(struct console *c, const char *sequence, size_t len)
{
	for (size_t at = 0; at < len; at += SCREEN_PART) {
		send_text(c, "\033P");
		c->paint->send(c->paint, sequence + at,
			       len - at < SCREEN_PART ? len - at : SCREEN_PART);
		send_text(c, "\033\\");
	}
}

bool console_copy(struct console *c, const char *text, size_t len)
{
	static const char head[] = "\033]52;c;";
	size_t size = sizeof(head) + base64url_size(len) + 8, used = sizeof(head) - 1;
	char *sequence;

	if (len > COPY_MAX)
		return false;
	sequence = x_calloc(1, size);
	memcpy(sequence, head, used);
	used += base64(sequence + used, text, len);
	sequence[used++] = '\a';
	c->paint->send(c->paint, sequence, used);
	if (getenv("TMUX"))
		send_for_tmux(c, sequence, used);
	else if (getenv("STY"))
		send_for_screen(c, sequence, used);
	secret_wipe(sequence, size);
	free(sequence);
	return true;
}
