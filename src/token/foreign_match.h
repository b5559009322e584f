/* How the rows of foreign_table take their credentials apart, and what checks them. */
#ifndef TOKEN_FOREIGN_MATCH_H
#define TOKEN_FOREIGN_MATCH_H

#include "src/token/foreign.h"

/* Each takes what stands behind the row's lead: struct foreign's `match`. */
size_t match_run(const struct foreign *f, const char *text, size_t len); /* least to most of body */
size_t match_jwt(const struct foreign *f, const char *text, size_t len);
size_t match_gitlab(const struct foreign *f, const char *text, size_t len);
size_t match_openai(const struct foreign *f, const char *text, size_t len);
size_t match_sendgrid(const struct foreign *f, const char *text, size_t len);
size_t match_telegram(const struct foreign *f, const char *text, size_t len);
size_t match_paserk(const struct foreign *f, const char *text, size_t len);
size_t match_paseto(const struct foreign *f, const char *text, size_t len);

/* Each looks at the whole credential: struct foreign's `check`. */
enum foreign_check check_four(const char *text, size_t len); /* CRC behind a lead of 4: "ghp_" */
enum foreign_check check_gitlab(const char *text, size_t len);
enum foreign_check check_grafana(const char *text, size_t len);

/* The characters that rows begin with: those looked for in files, and all. */
#define FOREIGN_FIRST "gsrwAxnehGpdSPltfvky"
#define FOREIGN_FIRST_PASTED FOREIGN_FIRST "0123456789N"

#endif
