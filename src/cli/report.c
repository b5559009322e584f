/* Standard error. */
#include "src/cli/report.h"

#include <string.h>
#include <unistd.h>

#include "src/base/file.h"
#include "src/base/json.h"
#include "src/base/text.h"

enum { REPORT_MAX = 64 * 1024 };

/* There is nowhere to tell that standard error is gone. */
static void put(struct buf *text)
{
	buf_add_char(text, '\n');
	fd_write_all(STDERR_FILENO, buf_text(text), text->len);
	buf_release(text);
}

static void put_json(struct json *object)
{
	struct buf text = BUF_INIT(REPORT_MAX);

	json_write(&text, object);
	json_free(object);
	put(&text);
}

static void error_json(const struct err *e)
{
	struct json *outer = json_object_new(), *inner = json_object_new();

	json_set_text(inner, "code", err_name(e->code));
	json_set_text(inner, "message", e->message);
	json_set_text(inner, "hint", e->hint);
	json_set(outer, "error", inner);
	put_json(outer);
}

static void error_text(const struct err *e)
{
	struct buf text = BUF_INIT(REPORT_MAX);

	buf_addf(&text, "authrack: %s", e->message);
	if (*e->hint)
		buf_addf(&text, "\nhint: %s", e->hint);
	put(&text);
}

void report_error(bool json, const struct err *e)
{
	if (e->code == ERR_OK || e->code == ERR_NO)
		return;
	if (json)
		error_json(e);
	else
		error_text(e);
}

void report_note(bool json, const char *note)
{
	struct buf text = BUF_INIT(REPORT_MAX);
	struct json *object;

	if (json) {
		object = json_object_new();
		json_set_text(object, "note", note);
		put_json(object);
		return;
	}
	buf_add_text(&text, "authrack: ");
	text_safe(&text, note, strlen(note));
	put(&text);
}
