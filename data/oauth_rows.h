/* Providers, grants and flows as rows, with what they keep sealed; inside data/ only. */
#ifndef DATA_OAUTH_ROWS_H
#define DATA_OAUTH_ROWS_H

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

#endif
