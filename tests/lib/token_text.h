/* Tokens put together from their parts, for tests. */
#ifndef TESTS_TOKEN_TEXT_H
#define TESTS_TOKEN_TEXT_H

/* All give heap text. */
char *base64url_text(const char *text);
/* "A.B.C" of header and payload as they are, and the signature's base64url. */
char *compact_text(const char *header, const char *payload, const char *signature);
/* The text with every “'” a double quote, for JSON in C strings. */
char *quoted(const char *text);

#endif
