/* Canonical forms of what a key holds as a set: sorted, each once, one blank between; meta as a
 * JSON object with sorted names, "" without any. Verification and MACs see only this form. */
#include "src/app/rules.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/buf.h"

enum { CANONICAL_MAX = 64 * 1024 };

static int text_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum errc refuse_many(const char *what, size_t max, struct err *e)
{
	err_set(e, ERR_USAGE, "too many %s", what);
	return err_hint(e, "at most %zu", max);
}

/* Joins texts that are sorted, leaving repeated ones out. */
static char *join(char *const *sorted, size_t count)
{
	struct buf out = BUF_INIT(CANONICAL_MAX);

	for (size_t i = 0; i < count; i++) {
		if (i && strcmp(sorted[i], sorted[i - 1]) == 0)
			continue;
		if (out.len)
			buf_add_char(&out, ' ');
		buf_add_text(&out, sorted[i]);
	}
	buf_add(&out, "", 0);
	return out.data ? buf_take(&out) : x_strdup("");
}

static void texts_free(char **items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(items[i]);
	free(items);
}

/* A rule for one member of a set: its canonical text, on the heap. */
typedef enum errc canonical_rule(char **out, const char *text, struct err *e);

static enum errc scope_rule(char **out, const char *text, struct err *e)
{
	enum errc r = rule_scope(text, e);

	*out = r ? NULL : x_strdup(text);
	return r;
}

static enum errc range_rule(char **out, const char *text, struct err *e)
{
	char canonical[CIDR_TEXT_SIZE];
	struct cidr range;
	enum errc r = cidr_parse(&range, text, e);

	*out = NULL;
	if (r)
		return r;
	cidr_text(canonical, &range);
	*out = x_strdup(canonical);
	return ERR_OK;
}

static enum errc set_canonical(char **out, struct texts t, canonical_rule *rule, const char *what,
			       size_t max, struct err *e)
{
	char **items = x_calloc(t.count + 1, sizeof(*items));
	enum errc r = ERR_OK;

	*out = NULL;
	if (t.count > max)
		r = refuse_many(what, max, e);
	for (size_t i = 0; !r && i < t.count; i++)
		r = rule(&items[i], t.items[i], e);
	if (!r) {
		qsort(items, t.count, sizeof(*items), text_compare);
		*out = join(items, t.count);
	}
	texts_free(items, t.count);
	return r;
}

enum errc scopes_canonical(char **out, struct texts t, struct err *e)
{
	return set_canonical(out, t, scope_rule, "scopes", SCOPES_MAX, e);
}

enum errc ranges_canonical(char **out, struct texts t, struct err *e)
{
	return set_canonical(out, t, range_rule, "address ranges", RANGES_MAX, e);
}

static int number_compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int limit_compare(const void *a, const void *b)
{
	const struct limit *x = a, *y = b;
	int by_period = number_compare(x->period_ms, y->period_ms);
	int by_count = number_compare(x->count, y->count);

	if (by_period)
		return by_period;
	return by_count ? by_count : number_compare(x->burst, y->burst);
}

enum errc limits_canonical(char **out, struct texts t, struct err *e)
{
	struct limit limits[LIMITS_MAX];
	char texts[LIMITS_MAX][LIMIT_TEXT_SIZE], *items[LIMITS_MAX];

	*out = NULL;
	if (t.count > LIMITS_MAX)
		return refuse_many("limits", LIMITS_MAX, e);
	for (size_t i = 0; i < t.count; i++)
		if (limit_parse(&limits[i], t.items[i], e))
			return ERR_USAGE;
	qsort(limits, t.count, sizeof(limits[0]), limit_compare);
	for (size_t i = 0; i < t.count; i++) {
		limit_text(texts[i], &limits[i]);
		items[i] = texts[i];
	}
	*out = join(items, t.count);
	return ERR_OK;
}

static enum errc meta_add(struct json *object, const char *pair, struct err *e)
{
	size_t len = strcspn(pair, "=");
	enum errc r = rule_meta(pair, e);
	char *name;

	if (r)
		return r;
	name = x_strndup(pair, len);
	if (json_get(object, name)) {
		r = err_set(e, ERR_USAGE, "meta \"%s\" is given twice", name);
		err_hint(e, "each name has one value");
	} else {
		json_set_text(object, name, pair + len + 1);
	}
	free(name);
	return r;
}

static char *json_canonical_text(const struct json *v)
{
	struct buf out = BUF_INIT(CANONICAL_MAX);

	json_write_canonical(&out, v);
	return buf_take(&out);
}

enum errc meta_canonical(char **out, struct texts t, struct err *e)
{
	struct json *object = json_object_new();
	enum errc r = ERR_OK;

	*out = NULL;
	if (t.count > META_MAX)
		r = refuse_many("pairs of meta", META_MAX, e);
	for (size_t i = 0; !r && i < t.count; i++)
		r = meta_add(object, t.items[i], e);
	if (!r)
		*out = t.count ? json_canonical_text(object) : x_strdup("");
	json_free(object);
	return r;
}

enum errc meta_from_json(char **out, const struct json *object, struct err *e)
{
	char *pairs[META_MAX];
	size_t count = 0;
	enum errc r = ERR_OK;

	*out = NULL;
	if (json_type_of(object) != JSON_OBJECT_TYPE) {
		err_set(e, ERR_USAGE, "meta is no JSON object");
		return err_hint(e, "a flat object of texts: {\"env\":\"prod\"}");
	}
	if (json_count(object) > META_MAX)
		return refuse_many("pairs of meta", META_MAX, e);
	for (const void *it = json_first(object); !r && it; it = json_next(object, it)) {
		const char *value = json_as_text(json_value(it));

		if (value)
			pairs[count++] = x_asprintf("%s=%s", json_name(it), value);
		else
			r = err_set(e, ERR_USAGE, "meta \"%s\" is no text", json_name(it));
	}
	if (!r)
		r = meta_canonical(out, (struct texts){ (const char *const *)pairs, count }, e);
	while (count)
		free(pairs[--count]);
	return r;
}

size_t texts_split(char ***items, const char *text)
{
	static const char separators[] = " \t\r\n,;";
	size_t len = strlen(text), size = len / 2 + 1, count = 0;
	char **list = x_malloc(size * sizeof(*list) + len + 1);
	char *copy = (char *)(list + size);

	memcpy(copy, text, len + 1);
	for (char *at = copy + strspn(copy, separators); *at; at += strspn(at, separators)) {
		list[count++] = at;
		at += strcspn(at, separators);
		if (*at)
			*at++ = '\0';
	}
	*items = list;
	return count;
}

struct json *texts_json(const char *stored)
{
	struct json *array = json_array_new();
	char **items;
	size_t count = texts_split(&items, stored);

	for (size_t i = 0; i < count; i++)
		json_add(array, json_text(items[i]));
	free(items);
	return array;
}
