/* Whose a string is: first by the store, then by its shape. */
#include "src/app/identify.h"

#include <string.h>

#include "src/app/key_record.h"

void identity_init(struct identity *id)
{
	*id = (struct identity){ .known = false };
	verify_result_init(&id->found);
}

void identity_release(struct identity *id)
{
	verify_result_release(&id->found);
}

static void identity_clear(struct identity *id)
{
	id->known = false;
	id->shape = SECRET_FOREIGN;
	id->foreign = NULL;
	id->check = FOREIGN_UNCHECKED;
	memset(&id->parts, 0, sizeof(id->parts));
}

enum errc identify_secret_id(struct store *s, const char *secret_id, struct identity *id,
			     struct err *e)
{
	enum errc rc;

	identity_clear(id);
	rc = version_by_secret_id(s, secret_id, &id->found.version, &id->found.key, e);
	id->known = !rc;
	return rc;
}

/* A mistyped secret still names its secret id, if that is not what was mistyped. */
static enum errc find_mistyped(struct store *s, struct identity *id, struct err *e)
{
	enum errc rc = version_by_secret_id(s, id->parts.secret_id, &id->found.version,
					    &id->found.key, e);

	id->known = !rc;
	return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

enum errc identify_text(struct store *s, const char *text, size_t len, struct identity *id,
			struct err *e)
{
	enum errc rc;

	identity_clear(id);
	id->shape = secret_parse(text, len, &id->parts);
	if (id->shape == SECRET_FOREIGN || id->shape == SECRET_UNPRESENTABLE)
		id->foreign = foreign_identify(&id->check, text, len);
	if (id->shape == SECRET_UNPRESENTABLE)
		return ERR_OK;
	if (id->shape == SECRET_MISTYPED)
		return find_mistyped(s, id, e);
	rc = verify_find(s, text, len, &id->found, e);
	id->known = !rc && id->found.known;
	return rc;
}

static bool version_ended(const struct identity *id, int64_t now)
{
	const struct key_version *v = &id->found.version;

	return v->state == VERSION_ENDED || (v->valid_until != TIME_NONE && v->valid_until <= now);
}

bool identity_live(const struct identity *id, int64_t now)
{
	switch (key_state(&id->found.key, now)) {
	case KEY_STATE_REVOKED:
	case KEY_STATE_EXPIRED:
		return false;
	case KEY_STATE_DISABLED:
	case KEY_STATE_NOT_YET_VALID:
	case KEY_STATE_ACTIVE:
		break;
	}
	return id->shape != SECRET_MISTYPED && !version_ended(id, now);
}

const char *identity_status(const struct identity *id, int64_t now)
{
	const struct key *k = &id->found.key;

	if (version_ended(id, now) && key_state(k, now) != KEY_STATE_REVOKED && !k->altered)
		return "retired";
	return key_status_text(k, now);
}

const char *identity_kind(const struct identity *id)
{
	if (id->shape == SECRET_OWN || id->shape == SECRET_MISTYPED)
		return "authrack";
	if (id->foreign)
		return id->foreign->id;
	if (id->known)
		return id->found.version.kind == VERSION_OWN ? "authrack" : "imported";
	return NULL;
}

const char *identity_what(const struct identity *id)
{
	if (id->shape == SECRET_MISTYPED)
		return "secret of our format with a wrong checksum: mistyped or cut off";
	if (id->shape == SECRET_OWN)
		return id->known ? "secret of a key here" : "secret of no key here";
	if (id->foreign)
		return id->foreign->name;
	return id->known ? id->found.version.kind == VERSION_OWN ? "secret of a key here"
								 : "imported secret of a key here"
			 : NULL;
}

const char *identity_revoke(const struct identity *id)
{
	if (id->known)
		return "authrack key revoke";
	return id->foreign ? id->foreign->revoke : NULL;
}
