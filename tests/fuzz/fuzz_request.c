/* What the service reads of a request: a line each, "?name=value" for a parameter of the query, "name: value" for
 * a header. What it makes of texts for header fields and JSON is looked at as well. */
#include <stdlib.h>
#include <string.h>

#include "src/app/rules.h"
#include "src/base/json.h"
#include "src/base/text.h"
#include "src/serve/client.h"
#include "src/serve/field.h"
#include "src/serve/request.h"
#include "tests/fuzz/fuzz.h"

enum { FIELD_MAX = 1 << 20 };

static struct piece piece_of(struct fuzz_input in)
{
	return (struct piece){ in.text, in.len };
}

static void read_lines(struct request *r, struct fuzz_input in)
{
	while (in.len) {
		struct fuzz_input line = fuzz_take(&in, '\n'), name;
		bool parameter = line.len && *line.text == '?';

		name = fuzz_take(&line, parameter ? '=' : ':');
		if (parameter)
			request_parameter(r, (struct piece){ name.text + 1, name.len - 1 },
					  piece_of(line), false);
		else
			request_header(r, piece_of(name), piece_of(line));
	}
	request_end(r);
}

static bool is_inside(struct piece p, struct fuzz_input in)
{
	return !p.len || (p.text >= in.text && p.text + p.len <= in.text + in.len);
}

static void request_look(const struct request *r, struct fuzz_input in)
{
	must(r->problem < PROBLEM_COUNT && r->scope_count <= REQUEST_SCOPES_MAX);
	must(r->secret_count <= REQUEST_SECRETS_MAX);
	must(is_inside(request_secret(r), in) && is_inside(r->caller, in));
	must(r->keys < 2 || r->ambiguous);
	must(r->authorizations < 2 || r->ambiguous);
	must(r->scope_sources < 2 || r->problem != PROBLEM_NONE);
	must(r->lengths + r->encodings < 2 || r->misframed);
	must(!r->misframed || r->problem == PROBLEM_FRAMING);
	for (size_t i = 0; i < r->scope_count; i++)
		must(rule_scope(r->scopes[i], NULL) == ERR_OK);
}

/* Whoever is not trusted tells nothing: the peer is the client. */
static void client_look(const struct request *r)
{
	static const char *const trusted[] = { "10.0.0.0/8", "unix" };
	struct address peer, out;
	struct proxies p;

	must(proxies_parse(&p, trusted, 2, NULL) == ERR_OK);
	must(address_parse(&peer, "203.0.113.9", NULL) == ERR_OK);
	must(client_address(&p, &peer, buf_text(&r->forwarded), &out) == CLIENT_OWN);
	must(memcmp(&peer, &out, sizeof(peer)) == 0);
	must(client_address(&p, NULL, buf_text(&r->forwarded), &out) != CLIENT_OWN);
	proxies_release(&p);
}

/* One line of printable ASCII, whatever the text was. */
static void field_look(const char *text)
{
	struct buf out = BUF_INIT(FIELD_MAX);

	field_add_text(&out, text);
	for (size_t i = 0; i < out.len; i++)
		must(out.data[i] >= ' ' && out.data[i] <= '~');
	must(!out.len || (out.data[0] != ' ' && out.data[out.len - 1] != ' '));
	buf_release(&out);
}

/* It is read again as what it was. */
static void string_look(const char *text)
{
	struct buf out = BUF_INIT(FIELD_MAX);
	struct json *array = NULL;

	if (!utf8_valid(text, strlen(text)))
		return;
	buf_add_char(&out, '[');
	field_add_json_string(&out, text);
	buf_add_char(&out, ']');
	must(json_parse(&array, buf_text(&out), out.len, NULL) == ERR_OK);
	must(strcmp(json_as_text(json_at(array, 0)), text) == 0);
	json_free(array);
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct fuzz_input in = { text, size };
	struct request r;

	memcpy(text, data, size);
	text[size] = '\0';
	request_init(&r);
	for (int again = 0; again < 2; again++) {
		request_clear(&r);
		read_lines(&r, in);
		request_look(&r, in);
		client_look(&r);
	}
	field_look(text);
	string_look(text);
	request_release(&r);
	free(text);
	return 0;
}
