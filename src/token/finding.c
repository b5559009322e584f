/* The machinery of findings: collecting, sorting, and the one place where their text is put together and
 * made terminal-safe. */
#include "src/token/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/buf.h"
#include "src/base/text.h"
#include "src/token/finding_seen.h"
#include "src/token/verdict.h"

const struct finding_rule *finding_rule_find(const char *id)
{
	for (size_t i = 0; finding_rules[i]; i++)
		if (strcmp(finding_rules[i]->id, id) == 0)
			return finding_rules[i];
	return NULL;
}

const char *severity_name(enum severity s)
{
	switch (s) {
	case SEVERITY_INFO:
		return "info";
	case SEVERITY_WARNING:
		return "warning";
	case SEVERITY_ERROR:
		return "error";
	case SEVERITY_CRITICAL:
		return "critical";
	}
	return "info";
}

void findings_init(struct findings *f)
{
	*f = (struct findings){ .list = NULL };
}

void findings_release(struct findings *f)
{
	free(f->list);
	findings_init(f);
}

enum severity findings_worst(const struct findings *f)
{
	enum severity worst = SEVERITY_INFO;

	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].severity > worst)
			worst = f->list[i].severity;
	return worst;
}

/* Nothing but printable ASCII needs no second look. */
static bool text_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < 0x20 || text[i] > 0x7E)
			return false;
	return true;
}

static void text_put(char *out, size_t size, const char *text, size_t len)
{
	struct buf safe = BUF_INIT(size - 1);

	if (len < size && text_plain(text, len)) {
		memcpy(out, text, len + 1);
		return;
	}
	text_safe(&safe, text, len);
	memcpy(out, buf_text(&safe), safe.len + 1);
	buf_release(&safe);
}

/* A place for one more. In a full list a graver one takes the last of the least grave: nobody hides what
 * makes a token invalid behind many small things. NULL: there is none. */
static struct finding *finding_place(struct findings *f, enum severity severity)
{
	struct finding *least = f->list;

	if (f->count < FINDINGS_MAX) {
		if (f->count == f->size) {
			f->size = f->size ? 2 * f->size : 8;
			f->list = x_reallocarray(f->list, f->size, sizeof(*f->list));
		}
		return &f->list[f->count++];
	}
	for (size_t i = 1; i < f->count; i++)
		if (f->list[i].severity <= least->severity)
			least = &f->list[i];
	return least->severity < severity ? least : NULL;
}

static void finding_put(struct findings *f, const struct finding_rule *rule, enum severity severity,
			const char *format, va_list ap) __attribute__((format(printf, 4, 0)));

static void finding_put(struct findings *f, const struct finding_rule *rule, enum severity severity,
			const char *format, va_list ap)
{
	struct finding *added = finding_place(f, severity);
	char raw[1024];
	int len;

	if (!added)
		return;
	added->rule = rule;
	added->severity = severity;
	len = vsnprintf(raw, sizeof(raw), format, ap);
	if (len < 0)
		raw[0] = '\0';
	text_put(added->text, sizeof(added->text), raw, strlen(raw));
}

void finding_add(struct findings *f, const struct finding_rule *rule, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	finding_put(f, rule, rule->severity, format, ap);
	va_end(ap);
}

void finding_add_as(struct findings *f, const struct finding_rule *rule, enum severity severity,
		    const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	finding_put(f, rule, severity, format, ap);
	va_end(ap);
}

/* Insertion keeps the order of equals; there are few, and most come in order. */
static void findings_sort(struct findings *f)
{
	for (size_t i = 1; i < f->count; i++) {
		struct finding moved = f->list[i];
		size_t to = i;

		if (f->list[i - 1].severity >= moved.severity)
			continue;
		while (to && f->list[to - 1].severity < moved.severity) {
			f->list[to] = f->list[to - 1];
			to--;
		}
		f->list[to] = moved;
	}
}

/* What the reader found. */
static void faults_add(const struct inspection *in, struct findings *out)
{
	for (size_t i = 0; i < in->token->fault_count; i++) {
		const struct jose_fault *fault = &in->token->faults[i];
		const struct finding_rule *rule = finding_rule_find(fault->id);

		if (!rule || (fault->payload && in->expected && in->expected->no_claims))
			continue;
		finding_add(out, rule, "%s", fault->text);
	}
}

static void rules_run(const struct inspection *in, struct findings *out)
{
	const bool about[] = {
		[ABOUT_ANY] = true,
		[ABOUT_JWS] = in->token->kind == JOSE_JWS,
		[ABOUT_JWE] = in->token->kind == JOSE_JWE,
		[ABOUT_CLAIMS] = seen_claims_meant(in),
		[ABOUT_KEYS] = in->keys && in->keys->count,
	};

	for (size_t i = 0; finding_rules[i]; i++) {
		const struct finding_rule *rule = finding_rules[i];

		if (rule->look && about[rule->about])
			rule->look(in, rule, out);
	}
}

void findings_collect(const struct inspection *in, struct findings *out)
{
	struct inspection looked = *in;
	struct seen seen;

	seen_make(&seen, in);
	looked.seen = &seen;
	faults_add(&looked, out);
	rules_run(&looked, out);
	findings_sort(out);
}
