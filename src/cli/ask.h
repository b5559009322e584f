/* Questions on the terminal: yes or no, and what must not be seen. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "src/cli/cell.h"

/* 0 when a person types "yes"; ERR_CANCELLED for anything else; ERR_CONFLICT with a hint where
 * there is nobody to ask. */
enum errc ask_yes(const struct look *l, const char *question, struct err *e);

/* A secret argument: standard input where that is no terminal (one line end behind it goes), a hidden
 * prompt otherwise. */
enum errc ask_secret(struct secret *s, const struct arg *arg, struct err *e);
/* Asks for it on /dev/tty, whatever standard input is. */
enum errc ask_hidden(struct secret *s, const struct arg *arg, struct err *e);

/* app_options.passphrase. */
enum errc ask_passphrase(void *arg, const char *prompt, struct secret *out, struct err *e);

#endif
