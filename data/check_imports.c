/* store check, imports: one event stands for many keys and has the SHA-256 over what they were. */
#include <inttypes.h>

#include "data/check.h"
#include "src/base/alloc.h"
#include "src/base/encode.h"
#include "src/base/json.h"

/* --- collected from the chain --------------------------------------------- */

static void import_remember(struct check *c, const struct audit_event *ev,
			    const struct json *detail)
{
	const char *rows = json_get_text(detail, AUDIT_IMPORT_ROWS);
	struct check_import *i;

	if (c->import_count == c->import_size) {
		c->import_size = c->import_size ? 2 * c->import_size : 8;
		c->imports = x_reallocarray(c->imports, c->import_size, sizeof *c->imports);
	}
	i = &c->imports[c->import_count++];
	*i = (struct check_import){
		.event = ev->sequence,
		.said = json_get_int(detail, AUDIT_IMPORT_COUNT, 0),
		.rows = sha256_new(),
	};
	snprintf(i->said_rows, sizeof i->said_rows, "%s", rows ? rows : "");
}

static void removed_remember(struct check *c, const struct audit_event *ev,
			     const struct json *detail)
{
	struct check_removed *r;

	if (json_get_int(detail, AUDIT_REMOVED_IMPORT, 0) == 0)
		return;
	if (c->removed_count == c->removed_size) {
		c->removed_size = c->removed_size ? 2 * c->removed_size : 64;
		c->removed = x_reallocarray(c->removed, c->removed_size, sizeof *c->removed);
	}
	r = &c->removed[c->removed_count++];
	r->row = json_get_int(detail, AUDIT_REMOVED_ROW, 0);
	r->import_event = json_get_int(detail, AUDIT_REMOVED_IMPORT, 0);
	snprintf(r->object, sizeof r->object, "%s", ev->object);
}

void check_event(void *check, const struct audit_event *ev)
{
	struct json *detail = NULL;
	bool import = strcmp(ev->object, "import") == 0;

	if (!import && !audit_removes(ev->operation, ev->object_mac))
		return;
	if (json_parse(&detail, ev->detail, strlen(ev->detail), NULL) != ERR_OK)
		return;
	if (import)
		import_remember(check, ev, detail);
	else
		removed_remember(check, ev, detail);
	json_free(detail);
}

static int by_row(const void *a, const void *b)
{
	const struct check_removed *x = a, *y = b;

	return (x->row > y->row) - (x->row < y->row);
}

void check_imports_begin(struct check *c)
{
	if (c->removed_count > 1)
		qsort(c->removed, c->removed_count, sizeof *c->removed, by_row);
}

void check_imports_free(struct check *c)
{
	for (size_t i = 0; i < c->import_count; i++)
		sha256_free(c->imports[i].rows);
	free(c->imports);
	free(c->removed);
}

/* --- compared with the rows ----------------------------------------------- */

static int by_event(const void *event, const void *import)
{
	int64_t wanted = *(const int64_t *)event,
		has = ((const struct check_import *)import)->event;

	return (wanted > has) - (wanted < has);
}

static struct check_import *import_of(struct check *c, int64_t event)
{
	if (c->import_count == 0)
		return NULL;
	return bsearch(&event, c->imports, c->import_count, sizeof *c->imports, by_event);
}

static const char check_first_mac_sql[] =
	"SELECT object_before FROM audit WHERE object = $1 ORDER BY sequence LIMIT 1";

enum errc check_first_mac(struct check *c, const char *object, uint8_t mac[MAC_SIZE], bool *any,
			  struct err *e)
{
	static const uint8_t none[MAC_SIZE];
	struct stmt *st = db_stmt(c->s->db, check_first_mac_sql);
	enum errc rc;

	stmt_text(st, 1, object);
	rc = stmt_step(st, any, e);
	if (!rc && *any)
		*any = stmt_copy_blob(st, "object_before", mac, MAC_SIZE) &&
		       memcmp(mac, none, sizeof none) != 0;
	stmt_done(st);
	return rc;
}

static void import_add(struct check_import *i, const uint8_t *mac)
{
	i->seen++;
	if (mac)
		sha256_add(i->rows, mac, MAC_SIZE);
	else
		i->altered = true;
}

/* Removed keys whose rows stood before `row`; one that is there again is counted by its row. */
static enum errc removed_before(struct check *c, int64_t row, struct err *e)
{
	enum errc rc = ERR_OK;

	while (!rc && c->removed_at < c->removed_count && c->removed[c->removed_at].row <= row) {
		const struct check_removed *r = &c->removed[c->removed_at++];
		bool again = c->removed_at < c->removed_count &&
			     c->removed[c->removed_at].row == r->row;
		struct check_import *i = import_of(c, r->import_event);
		uint8_t mac[MAC_SIZE];
		bool any = false;

		if (!i || again || r->row == row)
			continue;
		rc = check_first_mac(c, r->object, mac, &any, e);
		if (!rc)
			import_add(i, any ? mac : NULL);
	}
	return rc;
}

enum errc check_import_key(struct check *c, const struct key *k, const uint8_t *mac, struct err *e)
{
	struct check_import *i = import_of(c, k->import_event);
	enum errc rc = removed_before(c, k->row, e);
	char label[256];

	if (rc || k->import_event == 0)
		return rc;
	if (i) {
		import_add(i, mac);
	} else if (mac) {
		snprintf(label, sizeof label, "%s %s", k->id, k->name);
		check_found(c, "object", label,
			    "it says that it came with audit event %" PRId64 ", which is no import",
			    k->import_event);
	}
	return ERR_OK;
}

static void import_end(struct check *c, struct check_import *i)
{
	uint8_t sum[SHA256_SIZE];
	char text[2 * SHA256_SIZE + 1], label[64];

	sha256_end(i->rows, sum);
	hex_encode(text, sum, sizeof sum);
	snprintf(label, sizeof label, "audit event %" PRId64, i->event);
	if (i->seen != i->said)
		check_found(c, "object", label,
			    "the import made %" PRId64 " keys, %" PRId64 " are accounted for",
			    i->said, i->seen);
	else if (!i->altered && strcmp(text, i->said_rows) != 0)
		check_found(c, "object", label,
			    "the keys of the import are not the ones that came "
			    "with it");
}

enum errc check_imports_end(struct check *c, struct err *e)
{
	enum errc rc = removed_before(c, INT64_MAX - 1, e);

	for (size_t i = 0; i < c->import_count && !rc; i++)
		import_end(c, &c->imports[i]);
	return rc;
}
