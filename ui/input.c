/* The input parser: bytes to keys, pastes and mouse events, whatever pieces they come in. A sequence it
 * doesn't know is dropped whole, so that no part of it runs as a key. */
#include "ui/input.h"

#include "src/base/alloc.h"
#include "src/base/buf.h"
#include "src/base/secret.h"
#include "src/base/text.h"

enum { ESC = 0x1b, SEQUENCE_MAX = 64 };

static const char PASTE_END[] = "\033[201~";

struct input_parser {
	bool utf8;
	input_call *call;
	void *arg;
	char held[SEQUENCE_MAX]; /* an unfinished sequence or character */
	size_t len;
	bool pasting, cut;
	struct buf paste;
	size_t end_matched; /* bytes of PASTE_END seen at the paste's end */
};

struct input_parser *input_parser_new(bool utf8, input_call *call, void *arg)
{
	struct input_parser *p = x_calloc(1, sizeof(*p));

	p->utf8 = utf8;
	p->call = call;
	p->arg = arg;
	buf_init(&p->paste, PASTE_MAX);
	return p;
}

static void paste_wipe(struct input_parser *p)
{
	if (p->paste.data)
		secret_wipe(p->paste.data, p->paste.size);
	buf_clear(&p->paste);
	buf_release(&p->paste);
	buf_init(&p->paste, PASTE_MAX);
}

void input_parser_free(struct input_parser *p)
{
	if (!p)
		return;
	paste_wipe(p);
	secret_wipe(p, sizeof(*p));
	free(p);
}

static void send_key(struct input_parser *p, int32_t key)
{
	p->call(p->arg, &(struct input){ .type = INPUT_KEY, .key = key });
}

/* --- sequences --------------------------------------------------------------------------------- */

struct sequence {
	const char *text;
	int32_t key;
};

/* What follows ESC; modifiers (";5") are cut out before the look-up. */
static const struct sequence sequences[] = {
	{ "[A", PRESS_UP },	  { "[B", PRESS_DOWN },	      { "[C", PRESS_RIGHT },
	{ "[D", PRESS_LEFT },	  { "[H", PRESS_HOME },	      { "[F", PRESS_END },
	{ "OA", PRESS_UP },	  { "OB", PRESS_DOWN },	      { "OC", PRESS_RIGHT },
	{ "OD", PRESS_LEFT },	  { "OH", PRESS_HOME },	      { "OF", PRESS_END },
	{ "[1~", PRESS_HOME },	  { "[7~", PRESS_HOME },      { "[4~", PRESS_END },
	{ "[8~", PRESS_END },	  { "[2~", PRESS_INSERT },    { "[3~", PRESS_DELETE },
	{ "[5~", PRESS_PAGE_UP }, { "[6~", PRESS_PAGE_DOWN }, { "[Z", PRESS_BACKTAB },
	{ "OM", PRESS_ENTER },	  { "OP", PRESS_F1 },	      { "OQ", PRESS_F2 },
	{ "OR", PRESS_F3 },	  { "OS", PRESS_F4 },	      { "[P", PRESS_F1 },
	{ "[Q", PRESS_F2 },	  { "[R", PRESS_F3 },	      { "[S", PRESS_F4 },
	{ "[[A", PRESS_F1 },	  { "[[B", PRESS_F2 },	      { "[[C", PRESS_F3 },
	{ "[[D", PRESS_F4 },	  { "[[E", PRESS_F5 },	      { "[11~", PRESS_F1 },
	{ "[12~", PRESS_F2 },	  { "[13~", PRESS_F3 },	      { "[14~", PRESS_F4 },
	{ "[15~", PRESS_F5 },	  { "[17~", PRESS_F6 },	      { "[18~", PRESS_F7 },
	{ "[19~", PRESS_F8 },	  { "[20~", PRESS_F9 },	      { "[21~", PRESS_F10 },
	{ "[23~", PRESS_F11 },	  { "[24~", PRESS_F12 },
};

/* "[1;5A" (with Ctrl) counts as "[A", "[5;2~" as "[5~". */
static void sequence_plain(char out[SEQUENCE_MAX], const char *text)
{
	const char *semicolon = strchr(text, ';');
	size_t head = semicolon ? (size_t)(semicolon - text) : strlen(text);
	char last = text[strlen(text) - 1];

	if (semicolon && last != '~' && head == 2 && text[1] == '1')
		head = 1;
	memcpy(out, text, head);
	if (semicolon)
		out[head++] = last;
	out[head] = '\0';
}

static void send_sequence(struct input_parser *p, const char *text)
{
	char plain[SEQUENCE_MAX];

	sequence_plain(plain, text);
	for (size_t i = 0; i < sizeof(sequences) / sizeof(*sequences); i++) {
		if (!strcmp(sequences[i].text, plain)) {
			send_key(p, sequences[i].key);
			return;
		}
	}
}

/* "[<B;X;YM" as three numbers and its last letter. False: it is none. */
static bool numbers_read(const char *text, int part[3], char *last)
{
	if (text[0] != '[' || text[1] != '<')
		return false;
	text++;
	for (int i = 0; i < 3; i++) {
		long number;
		char *end;

		if ((i && *text != ';') || text[1] < '0' || text[1] > '9')
			return false;
		number = strtol(text + 1, &end, 10);
		if (number > INT16_MAX)
			return false;
		part[i] = (int)number;
		text = end;
	}
	*last = *text;
	return *last != '\0';
}

/* SGR mouse report (xterm, ctlseqs "SGR (1006)"): "[<B;X;YM" pressed, "m" released. */
static void send_mouse(struct input_parser *p, const char *text)
{
	struct input in = { .type = INPUT_MOUSE };
	int part[3]; /* button, column, row */
	char last;

	if (!numbers_read(text, part, &last))
		return;
	in.x = part[1] - 1;
	in.y = part[2] - 1;
	if (part[0] == 64 || part[0] == 65)
		in.mouse = part[0] == 64 ? MOUSE_WHEEL_UP : MOUSE_WHEEL_DOWN;
	else if (part[0] == 0)
		in.mouse = last == 'M' ? MOUSE_CLICK : MOUSE_RELEASE;
	else
		return;
	p->call(p->arg, &in);
}

/* Is `text` (behind ESC) whole? CSI ends with 0x40–0x7E (ECMA-48 §5.4), SS3 with its third byte. */
static bool sequence_whole(const char *text, size_t len)
{
	unsigned char last = (unsigned char)text[len - 1];

	if (text[0] == 'O')
		return len == 2;
	if (len == 2 && text[1] == '[')
		return false;
	if (len == 3 && text[1] == '[')
		return true;
	return len > 1 && last >= 0x40 && last <= 0x7e;
}

static void take_sequence(struct input_parser *p)
{
	char text[SEQUENCE_MAX];

	memcpy(text, p->held + 1, p->len - 1);
	text[p->len - 1] = '\0';
	p->len = 0;
	if (!strcmp(text, "[200~"))
		p->pasting = true;
	else if (text[1] == '<')
		send_mouse(p, text);
	else
		send_sequence(p, text);
}

/* --- plain keys -------------------------------------------------------------------------------- */

static int32_t control_key(unsigned char byte)
{
	switch (byte) {
	case '\r':
	case '\n':
		return PRESS_ENTER;
	case '\t':
		return PRESS_TAB;
	case 0x7f:
	case '\b':
		return PRESS_BACKSPACE;
	default:
		return byte;
	}
}

/* Bytes that the UTF-8 character beginning with `lead` takes. */
static size_t character_length(unsigned char lead)
{
	return lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1;
}

static void take_character(struct input_parser *p)
{
	unsigned char lead = (unsigned char)p->held[0];
	int32_t code = lead;

	if (p->utf8 && lead >= 0x80) {
		if (p->len < character_length(lead))
			return;
		utf8_decode(&code, p->held, p->len);
	} else if (lead < ' ' || lead == 0x7f) {
		code = control_key(lead);
	}
	p->len = 0;
	if (code > 0 && (p->utf8 || code < 0x80 || code >= PRESS_NONE))
		send_key(p, code);
}

static void send_held_keys(struct input_parser *p)
{
	char held[SEQUENCE_MAX];
	size_t len = p->len;

	memcpy(held, p->held, len);
	p->len = 0;
	send_key(p, PRESS_ESC);
	for (size_t i = 1; i < len; i++)
		send_key(p, control_key((unsigned char)held[i]));
}

static void take_key_byte(struct input_parser *p, char byte)
{
	if (p->len && p->held[0] == ESC && byte == ESC) {
		send_held_keys(p);
		p->held[p->len++] = byte;
		return;
	}
	p->held[p->len++] = byte;
	if (p->held[0] != ESC) {
		take_character(p);
	} else if (p->len == 2 && byte != '[' && byte != 'O') {
		p->len = 0;
		send_key(p, PRESS_ESC);
		p->held[p->len++] = byte;
		take_character(p);
	} else if (p->len >= 2 && sequence_whole(p->held + 1, p->len - 1)) {
		take_sequence(p);
	} else if (p->len == SEQUENCE_MAX - 1) {
		p->len = 0;
	}
}

/* --- pastes ------------------------------------------------------------------------------------ */

static void paste_add(struct input_parser *p, const char *bytes, size_t len)
{
	size_t room = PASTE_MAX - p->paste.len;

	p->cut |= len > room;
	if (len)
		buf_add(&p->paste, bytes, len < room ? len : room);
}

static void paste_done(struct input_parser *p)
{
	struct input in = { .type = INPUT_PASTE, .len = p->paste.len, .cut = p->cut };

	in.text = buf_text(&p->paste);
	p->pasting = p->cut = false;
	p->end_matched = 0;
	p->call(p->arg, &in);
	paste_wipe(p);
}

static void take_paste_byte(struct input_parser *p, char byte)
{
	if (byte == PASTE_END[p->end_matched]) {
		if (++p->end_matched == sizeof(PASTE_END) - 1)
			paste_done(p);
		return;
	}
	paste_add(p, PASTE_END, p->end_matched);
	p->end_matched = byte == ESC;
	if (byte == '\r')
		paste_add(p, "\n", 1);
	else if (byte && !p->end_matched)
		paste_add(p, &byte, 1);
}

/* How much of it is plain text, which is taken at once: a paste may be a megabyte. */
static size_t paste_run(const struct input_parser *p, const char *bytes, size_t len)
{
	size_t run = 0;

	if (p->end_matched)
		return 0;
	while (run < len && bytes[run] && bytes[run] != '\r' && bytes[run] != ESC)
		run++;
	return run;
}

void input_feed(struct input_parser *p, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t run = p->pasting ? paste_run(p, bytes + i, len - i) : 0;

		paste_add(p, bytes + i, run);
		i += run;
		if (i == len)
			break;
		if (p->pasting)
			take_paste_byte(p, bytes[i]);
		else
			take_key_byte(p, bytes[i]);
	}
}

bool input_waiting(const struct input_parser *p)
{
	return p->len && !p->pasting;
}

/* Only Esc alone and what a person may have typed behind it are keys; half a character is none, and
 * neither is half a sequence. */
void input_flush(struct input_parser *p)
{
	if (!input_waiting(p))
		return;
	if (p->held[0] == ESC && p->len <= 2)
		send_held_keys(p);
	p->len = 0;
}

struct key_name {
	int32_t key;
	const char *name;
};

static const struct key_name key_names[] = {
	{ PRESS_ENTER, "Enter" },   { PRESS_ESC, "Esc" },      { PRESS_TAB, "Tab" },
	{ PRESS_BACKTAB, "S-Tab" }, { PRESS_BACKSPACE, "BS" }, { PRESS_DELETE, "Del" },
	{ PRESS_INSERT, "Ins" },    { PRESS_UP, "↑" },	       { PRESS_DOWN, "↓" },
	{ PRESS_LEFT, "←" },	    { PRESS_RIGHT, "→" },      { PRESS_HOME, "Home" },
	{ PRESS_END, "End" },	    { PRESS_PAGE_UP, "PgUp" }, { PRESS_PAGE_DOWN, "PgDn" },
	{ ' ', "Space" },
};

const char *press_name(int32_t key, char out[16])
{
	for (size_t i = 0; i < sizeof(key_names) / sizeof(*key_names); i++) {
		if (key_names[i].key == key)
			return key_names[i].name;
	}
	if (!key)
		return "";
	if (key >= PRESS_F1 && key <= PRESS_F12)
		snprintf(out, 16, "F%d", key - PRESS_F1 + 1);
	else if (key < ' ')
		snprintf(out, 16, "^%c", key + '@');
	else
		out[utf8_encode(out, key)] = '\0';
	return out;
}
