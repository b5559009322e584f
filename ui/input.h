/* What a person does at the terminal: keys, pastes, the mouse. The parser takes bytes as they come,
 * in any pieces; it knows the sequences of xterm, tmux, screen, the Linux console and the VT100. */
#ifndef UI_INPUT_H
#define UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key is a code point (Ctrl-S is 0x13), or one of these. */
enum press {
	PRESS_NONE = 0x110000,
	PRESS_ENTER,
	PRESS_ESC,
	PRESS_TAB,
	PRESS_BACKTAB,
	PRESS_BACKSPACE,
	PRESS_DELETE,
	PRESS_INSERT,
	PRESS_UP,
	PRESS_DOWN,
	PRESS_LEFT,
	PRESS_RIGHT,
	PRESS_HOME,
	PRESS_END,
	PRESS_PAGE_UP,
	PRESS_PAGE_DOWN,
	PRESS_F1,
	PRESS_F2,
	PRESS_F3,
	PRESS_F4,
	PRESS_F5,
	PRESS_F6,
	PRESS_F7,
	PRESS_F8,
	PRESS_F9,
	PRESS_F10,
	PRESS_F11,
	PRESS_F12,
	PRESS_LAST
};
#define PRESS_CTRL(letter) ((letter)&0x1f)

enum input_type { INPUT_KEY, INPUT_PASTE, INPUT_MOUSE };
enum mouse { MOUSE_CLICK, MOUSE_RELEASE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct input {
	enum input_type type;
	int32_t key; /* INPUT_KEY */
	const char
		*text; /* INPUT_PASTE: what was pasted, borrowed, NUL-terminated, line ends as \n */
	size_t len;
	bool cut;	  /* INPUT_PASTE: longer than PASTE_MAX, the rest is gone */
	enum mouse mouse; /* INPUT_MOUSE */
	int x, y;
};

enum { PASTE_MAX = 1 << 20 };

struct input_parser;
typedef void input_call(void *arg, const struct input *in);

struct input_parser *input_parser_new(bool utf8, input_call *call, void *arg);
void input_parser_free(struct input_parser *p); /* wipes */
void input_feed(struct input_parser *p, const char *bytes, size_t len);
/* Bytes wait that may be Esc alone or the start of a sequence: call input_flush() after the Esc delay. */
bool input_waiting(const struct input_parser *p);
void input_flush(struct input_parser *p);

/* "Enter", "^S", "F1", "x", "PgDn": as footer, help and documentation name a key. */
const char *press_name(int32_t key, char out[16]);

#endif
