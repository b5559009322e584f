/* Providers, grants and flows as rows, with what they keep sealed; inside data/ only. */
#ifndef DATA_OAUTH_ROWS_H
#define DATA_OAUTH_ROWS_H

#include "data/flow.h"
#include "data/grant.h"
#include "data/provider.h"
#include "data/sealed.h"
#include "data/store_internal.h"

struct provider_row {
	struct provider p;
	struct sealed secret, key;
};
extern const struct field provider_fields[];

void provider_row_init(struct provider_row *r);
void provider_row_release(struct provider_row *r);
/* The current row of a statement that selects all columns of `provider`; MAC checked. */
void provider_row_read(struct store *s, struct stmt *st, struct provider_row *r);
/* The row MAC that it would be stored with. */
bool provider_row_mac(struct store *s, const struct provider_row *r, uint8_t out[ROW_MAC_SIZE]);
/* Writes all of it as it stands under the current ring key: sealed texts anew, where they were under an
 * older one. A p.row of 0 inserts. */
enum errc provider_row_write(struct store *s, struct provider_row *r, struct err *e);
/* Do both sealed texts open? */
enum errc provider_row_opens(struct store *s, const struct provider_row *r, struct err *e);
/* What was learnt of it goes. */
enum errc provider_forget(struct store *s, const struct provider *p, struct err *e);
/* Does what was learnt of it carry our MAC? Nothing does. */
enum errc provider_facts_ours(struct store *s, const struct provider *p, bool *ours, struct err *e);
/* The id of the provider in a row of the table; ERR_NOT_FOUND. */
enum errc provider_id_of(struct store *s, int64_t row, char id[PROVIDER_ID_SIZE], struct err *e);

/* Grants and flows carry their provider's id, not its row, under their MACs: they fit one provider for
 * ever. So they are read joined with it; this gives what the join has of it, "" where it is gone. */
void joined_provider(struct stmt *st, char **id, char **name);

struct grant_row {
	struct grant g;
	struct sealed tokens;
};
extern const struct field grant_fields[];

void grant_row_init(struct grant_row *r);
void grant_row_release(struct grant_row *r);
/* Begins a statement that grant_row_read() can read: a condition is to follow. */
#define GRANT_SELECT                                                                  \
	"SELECT g.*, p.id AS provider_uid, p.name AS provider_name FROM oauth_grant " \
	"AS g LEFT JOIN provider AS p ON p.row = g.provider "
void grant_row_read(struct store *s, struct stmt *st, struct grant_row *r);
bool grant_row_mac(struct store *s, const struct grant_row *r, uint8_t out[ROW_MAC_SIZE]);
/* As provider_row_write(); g.provider and g.provider_id are set. */
enum errc grant_row_write(struct store *s, struct grant_row *r, struct err *e);
enum errc grant_row_opens(struct store *s, const struct grant_row *r, struct err *e);

struct flow_row {
	struct flow f;
	char *provider_id; /* of the provider as it is now; "" gone */
	struct sealed secrets;
};
extern const struct field flow_fields[];

void flow_keep_init(struct flow_row *r);
void flow_keep_release(struct flow_row *r);
#define FLOW_SELECT                                                                 \
	"SELECT f.*, p.id AS provider_uid, p.name AS provider_name FROM flow AS f " \
	"LEFT JOIN provider AS p ON p.row = f.provider "
void flow_row_read(struct store *s, struct stmt *st, struct flow_row *r);
enum errc flow_row_opens(struct store *s, const struct flow_row *r, struct err *e);

#endif
