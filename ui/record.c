/* Members of a record; see record.h. */
#include "ui/record.h"

#include <stdio.h>

#include "src/base/clock.h"
#include "src/base/datetime.h"

int64_t record_time(const struct json *row, const char *name)
{
	const char *text = json_get_text(row, name);
	struct err e = ERR_INIT;
	int64_t at;

	return text && !datetime_parse(&at, text, &e) ? at : TIME_NONE;
}

const char *record_text(const struct json *row, const char *name, const char *fallback)
{
	const char *text = json_get_text(row, name);

	return text && text[0] ? text : fallback;
}

void record_join(const struct json *list, const char *between, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < json_count(list) && len + 1 < size; i++) {
		const char *text = json_as_text(json_at(list, i));

		len += (size_t)snprintf(out + len, size - len, "%s%s", i ? between : "",
					text ? text : "");
	}
}
