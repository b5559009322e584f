/* Answers of providers, made up without a network. */
#ifndef TESTS_OAUTH_ANSWERS_H
#define TESTS_OAUTH_ANSWERS_H

#include "src/oauth/answer.h"

/* An answer that came. `type` NULL: no Content-Type. Release it. */
void http_made(struct http_response *r, long status, const char *type, const char *body);
void http_made_header(struct http_response *r, const char *name, const char *value);
/* None came: `connected` tells how far it got, `message` why. */
void http_failed(struct http_response *r, enum errc code, bool connected, const char *message);

/* Reads an answer of JSON with that status, at TEST_NOW, by the generic preset or another. Release it. */
void answer_made(struct oauth_answer *a, long status, const char *json);
void answer_made_by(struct oauth_answer *a, const char *preset, long status, const char *json);

/* Has one of the notes this text? */
bool answer_notes(const struct oauth_answer *a, const char *text);

#endif
