/* guide: which credential fits, one question at a time. */
#include "src/app/guide.h"
#include "src/app/ops.h"

static const struct arg guide_args[] = {
	{ .name = "answer", .type = ARG_TEXT, .flags = ARG_POSITIONAL | ARG_REPEATED,
	  .help = "answers so far, in order: the words in brackets, or numbers" },
	{ .name = "all", .letter = 'a', .type = ARG_FLAG, .flags = ARG_COMMAND_LINE,
	  .help = "the whole tree" },
	{ .name = NULL },
};

static const struct op_column guide_columns[] = {
	{ "question", NULL, COLUMN_TEXT, "the question that is open; null: none" },
	{ "answers", NULL, COLUMN_LIST, "its answers: id text leads_to" },
	{ "path", NULL, COLUMN_LIST, "answers so far" },
	{ "leads_to", NULL, COLUMN_TEXT, "what fits; null while a question is open" },
	{ "options", NULL, COLUMN_LIST, "credentials weighed, the best first: credential when" },
	{ "why", NULL, COLUMN_TEXT, "the reasons" },
	{ "command", NULL, COLUMN_TEXT, "how to go on" },
	{ .name = NULL },
};

const struct op op_guide = {
	.id = "guide",
	.summary = "find out which credential fits: API key, OAuth2 or JWT",
	.detail = "Asks at most four questions. Each call shows the next one; give the answers so "
		  "far as arguments.",
	.example = "authrack guide\n"
		   "authrack guide no no servers lookup\n"
		   "authrack guide --all\n",
	.args = guide_args,
	.columns = guide_columns,
	.flags = OP_NO_STORE | OP_TEXT,
};
