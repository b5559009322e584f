/* What the doctor would have gathered of a provider that is sound, and cases that change it. */
#ifndef TESTS_DOCTOR_FACTS_H
#define TESTS_DOCTOR_FACTS_H

#include "src/oauth/doctor.h"

/* Instead of a status. */
enum { NO_ANSWER = -1, UNSENT = -2, AS_BEFORE = -3 };

/* What another answer comes to a probe. */
struct doctor_change {
	long status; /* 0: no change */
	enum doctor_probe_id probe;
	/* JSON has “'” for double quotes. Behind a '+' members that are set, or with null
	 * removed; NULL: as it is. */
	const char *body;
	const char *header; /* "Name: value" instead of the one there; "Name:" without it; NULL */
};

struct doctor_world {
	struct oauth_provider provider;
	struct doctor_facts facts;
	struct doctor_change answers[PROBES]; /* what comes, the sound provider's first */
	struct doctor_report report;
};

struct doctor_case {
	const char *id;
	bool complains;		     /* else passes or is skipped */
	enum doctor_verdict verdict; /* to the point */
	struct doctor_change changes[3];
	const char *issuer, *scope, *preset; /* other ones; NULL */
	/* More to change: before the answers are read, and behind that. */
	void (*prepare)(struct doctor_world *w);
	void (*adjust)(struct doctor_facts *f);
	const char *seen; /* has to be in what was seen; NULL */
};

/* Gathers, and makes the report. */
void doctor_world_open(struct doctor_world *w, const struct doctor_case *c);
void doctor_world_close(struct doctor_world *w);
/* The result of a rule that there is. */
const struct doctor_result *doctor_world_result(const struct doctor_world *w, const char *id);

/* id, then what may be named. */
#define FAILS(...)                                                           \
	{                                                                    \
		.complains = true, .verdict = DOCTOR_FAIL, .id = __VA_ARGS__ \
	}
#define WARNS(...)                                                           \
	{                                                                    \
		.complains = true, .verdict = DOCTOR_WARN, .id = __VA_ARGS__ \
	}
#define TELLS(...)                                                           \
	{                                                                    \
		.complains = true, .verdict = DOCTOR_INFO, .id = __VA_ARGS__ \
	}
#define PASSES(...)                                       \
	{                                                 \
		.verdict = DOCTOR_PASS, .id = __VA_ARGS__ \
	}
#define SKIPS(...)                                           \
	{                                                    \
		.verdict = DOCTOR_SKIPPED, .id = __VA_ARGS__ \
	}

/* Each ends with a NULL id. */
extern const struct doctor_case doctor_cases_passive[], doctor_cases_device[], doctor_cases_token[],
	doctor_cases_grant[];

#endif
