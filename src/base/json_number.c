/* The grammar of numbers in JSON. */
#include "src/base/json.h"

static size_t digits(const char *text, size_t at, size_t len)
{
	while (at < len && text[at] >= '0' && text[at] <= '9')
		at++;
	return at;
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
bool json_number_scan(const char *text, size_t len, size_t *end)
{
	size_t at = len && text[0] == '-', begin = at;

	*end = at = digits(text, at, len);
	if (at == begin || (text[begin] == '0' && at > begin + 1)) {
		*end = at == begin ? at : begin + 1;
		return false;
	}
	if (at < len && text[at] == '.') {
		begin = at + 1;
		*end = at = digits(text, begin, len);
		if (at == begin)
			return false;
	}
	if (at < len && (text[at] == 'e' || text[at] == 'E')) {
		begin = at + 1;
		if (begin < len && (text[begin] == '+' || text[begin] == '-'))
			begin++;
		*end = at = digits(text, begin, len);
		if (at == begin)
			return false;
	}
	return true;
}
