/* A new secret on its way out. */
#include "src/app/key_issue.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/app/session.h"
#include "src/base/file.h"
#include "src/base/process.h"

void issue_init(struct issue *i)
{
	*i = (struct issue){ .secret = SECRET_INIT };
}

void issue_release(struct issue *i)
{
	secret_release(&i->secret);
}

void issue_generate(struct issue *i, const char *prefix)
{
	secret_generate(&i->secret, &i->parts, prefix);
}

enum errc issue_insert(struct store *s, struct issue *i, const struct key *k, int64_t number,
		       struct err *e)
{
	struct key_version *v = &i->version;
	enum errc r;

	*v = (struct key_version){
		.key = k->row,
		.number = number,
		.kind = VERSION_OWN,
		.state = VERSION_PENDING,
		.secret_ring = store_ring(s),
		.created_at = store_now(s),
		.valid_until = TIME_NONE,
		.pid = getpid(),
		.pid_start = process_start(getpid()),
	};
	memcpy(v->secret_id, i->parts.secret_id, sizeof(v->secret_id));
	memcpy(v->hint, i->parts.hint, sizeof(v->hint));
	r = store_secret_mac(s, v->secret_mac, v->secret_ring, v->secret_id,
			     secret_reveal(&i->secret), i->secret.len, e);
	return r ? r : version_insert(s, v, e);
}

static enum errc write_file(struct issue *i, const char *path, struct err *e)
{
	struct secret line = SECRET_INIT;
	enum errc r;

	secret_init(&line, i->secret.len + 1);
	secret_add(&line, secret_reveal(&i->secret), i->secret.len);
	secret_add(&line, "\n", 1);
	r = file_write_new(path, secret_reveal(&line), line.len, e);
	secret_release(&line);
	if (!r)
		i->written = path;
	return r;
}

enum errc issue_reveal(const struct op_call *c, struct issue *i, struct json *record, struct err *e)
{
	const char *path = op_text(c->args, "out-file");

	if (!path || strcmp(path, "-") == 0)
		return c->sink->reveal(c->sink->arg, c->op, record, &i->secret, e);
	json_set_text(record, "secret_file", path);
	return write_file(i, path, e);
}

/* Under the lock: only what is still pending goes; ERR_CONFLICT when it is live after all. What was swept
 * meanwhile may have given its row to somebody else's key: the secret id tells. */
static enum errc delete_pending(struct store *s, const struct issue *i, bool key_too, struct key *k)
{
	struct key_version *versions = NULL;
	size_t count = 0;
	enum errc r = key_get_row(s, i->version.key, k, NULL);

	if (!r)
		r = versions_of(s, i->version.key, &versions, &count, NULL);
	for (size_t n = 0; !r && n < count; n++) {
		if (strcmp(versions[n].secret_id, i->version.secret_id) != 0)
			continue;
		if (versions[n].state != VERSION_PENDING)
			r = ERR_CONFLICT;
		else
			r = key_too ? key_activate(s, k, NULL)
				    : version_delete(s, &versions[n], NULL);
		break;
	}
	free(versions);
	return r;
}

void issue_take_back(struct store *s, struct issue *i, bool key_too)
{
	struct key k;
	enum errc r = ERR_OK;

	key_init(&k);
	if (store_begin_unaudited(s, NULL) == ERR_OK) {
		r = delete_pending(s, i, key_too, &k);
		if (!r)
			store_commit(s, NULL);
		store_rollback(s);
	}
	if (i->written && r != ERR_CONFLICT)
		unlink(i->written);
	i->written = NULL;
	key_release(&k);
}

enum errc issue_done(const struct op_call *c, const struct issue *i, struct json *record,
		     struct err *e)
{
	return i->written ? call_record(c, record, e) : ERR_OK;
}
