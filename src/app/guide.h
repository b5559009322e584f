/* Which credential fits: the decision tree as data, for the `guide` operation and the Guide screen. */
#ifndef APP_GUIDE_H
#define APP_GUIDE_H

#include <stdbool.h>
#include <stddef.h>

/* One credential weighed for the case at hand; the first of an outcome is the one to take. */
struct guide_option {
	const char *credential; /* "API key" */
	const char *when;	/* when it is the right one here; one line */
};

enum { GUIDE_OPTIONS = 4, GUIDE_ANSWERS = 6 };

struct guide_outcome {
	const char *id;
	const char *leads_to;			    /* one line: "API key per service, or …" */
	struct guide_option options[GUIDE_OPTIONS]; /* ends with a NULL credential */
	const char *why;			    /* a paragraph */
	/* The way straight into the right screen. */
	const char *action;    /* label: "Create a key for a server: expires in 90d"; NULL none */
	const char *screen;    /* "keys" "token" "device" "providers" */
	const char *operation; /* that the form is for: "key.create"; NULL: only the screen */
	const char *const *preset; /* option, value, option, value …, NULL-terminated; NULL none */
};

struct guide_question;
struct guide_answer {
	const char *id;			     /* what the command line takes: "no", "servers" */
	const char *text;		     /* "Servers you run yourself, in your network" */
	const char *brief;		     /* for "answers so far": "not public" */
	const struct guide_question *next;   /* NULL: `outcome` is reached */
	const struct guide_outcome *outcome; /* of the answer, or a preview where `next` is set; */
					     /* NULL: nothing can be said yet */
};

struct guide_question {
	const char *id;
	const char *text;			    /* "Who calls?" */
	struct guide_answer answers[GUIDE_ANSWERS]; /* ends with a NULL id */
};

extern const struct guide_question guide_root;
enum { GUIDE_DEPTH = 4 }; /* questions on the longest way */

/* The answer of that id (or number, from 1); NULL when the question has none. */
const struct guide_answer *guide_answer(const struct guide_question *q, const char *id);
/* Questions on the longest way from here on, this one counted. */
size_t guide_depth(const struct guide_question *q);

#endif
