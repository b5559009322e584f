/* Global options and the configuration file. */
#include "src/cli/settings.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/alloc.h"
#include "src/base/file.h"

enum { CONFIG_MAX = 64 * 1024 };

static const struct arg global_args[] = {
	{ .name = "store",
	  .type = ARG_TEXT,
	  .value = "URL",
	  .help = "the store: a path or sqlite:PATH" },
	{ .name = "master-key",
	  .type = ARG_FILE,
	  .value = "FILE",
	  .help = "the file of the master key" },
	{ .name = "config",
	  .letter = 'C',
	  .type = ARG_FILE,
	  .value = "FILE",
	  .help = "the configuration file" },
	{ .name = "json",
	  .letter = 'j',
	  .type = ARG_FLAG,
	  .help = "print JSON: one object, or JSON Lines for lists" },
	{ .name = "quiet",
	  .letter = 'q',
	  .type = ARG_FLAG,
	  .help = "print ids or the new secret only, and no remarks" },
	{ .name = "yes",
	  .letter = 'y',
	  .type = ARG_FLAG,
	  .help = "answer yes to what would be asked" },
	{ .name = "read-only",
	  .letter = 'R',
	  .type = ARG_FLAG,
	  .help = "open the store without any way to write" },
	{ .name = "wait",
	  .letter = 'w',
	  .type = ARG_DURATION,
	  .value = "DURATION",
	  .help = "how long to wait for another writer (30s unless said)" },
	{ .name = "accept-clock",
	  .type = ARG_FLAG,
	  .help = "go on although the clock stepped, and say so in the audit" },
	{ .name = "no-syslog", .type = ARG_FLAG, .help = "do not mirror audit events to syslog" },
	{ .name = "no-color", .type = ARG_FLAG, .help = "no colours (also: NO_COLOR)" },
	{ .name = "version", .letter = 'V', .type = ARG_FLAG, .help = "print the version" },
	{ .name = "help",
	  .letter = 'h',
	  .type = ARG_FLAG,
	  .help = "help on the program, a noun or a command" },
	{ .name = NULL },
};

const struct op global_options = {
	.id = "authrack",
	.summary = "global options",
	.args = global_args,
};

/* A word of the file and the number it stands for. */
struct word {
	const char *text;
	int value;
};

static const struct word time_words[] = {
	{ "relative", SHOW_RELATIVE },
	{ "exact", SHOW_EXACT },
	{ "utc", SHOW_UTC },
	{ NULL, 0 },
};
static const struct word mouse_words[] = { { "on", 0 }, { "off", 1 }, { NULL, 0 } };
static const struct word theme_words[] = {
	{ "auto", 0 }, { "256", 0 }, { "16", 0 }, { "8", 0 }, { "mono", 0 }, { NULL, 0 },
};

static const struct word *word_find(const struct word *words, const char *text)
{
	for (; words->text; words++)
		if (strcmp(words->text, text) == 0)
			return words;
	return NULL;
}

static void set_text(char **field, const char *value)
{
	free(*field);
	*field = x_strdup(value);
}

/* The names of the configuration file: a text, or (a field of type int) the number of a word. */
static const struct setting {
	const char *name;
	const struct word *words; /* the values there are; NULL: any text */
	size_t text, number;	  /* offset of the field in struct settings; 0: the other one */
} config_names[] = {
	{ "store", .text = offsetof(struct settings, store) },
	{ "master-key", .text = offsetof(struct settings, master_key) },
	{ "theme", theme_words, .text = offsetof(struct settings, theme) },
	{ "mouse", mouse_words, .number = offsetof(struct settings, mouse_off) },
	{ "time", time_words, .number = offsetof(struct settings, times) },
};

static void setting_put(struct settings *s, const struct setting *setting, const char *value,
			const struct word *word)
{
	if (setting->number)
		*(int *)(void *)((char *)s + setting->number) = word->value;
	else
		set_text((char **)(void *)((char *)s + setting->text), value);
}

static const struct setting *setting_find(const char *name)
{
	for (size_t i = 0; i < sizeof(config_names) / sizeof(config_names[0]); i++)
		if (strcmp(config_names[i].name, name) == 0)
			return &config_names[i];
	return NULL;
}

/* Cuts blanks off both ends, in place. */
static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t\r");
	for (len = strlen(text); len && strchr(" \t\r", text[len - 1]); len--)
		text[len - 1] = '\0';
	return text;
}

static enum errc value_take(struct settings *s, const struct setting *setting, const char *value,
			    struct err *e)
{
	struct buf choices = BUF_INIT(128);
	const struct word *word = setting->words ? word_find(setting->words, value) : NULL;

	if (!*value)
		return err_set(e, ERR_USAGE, "\"%s\" has no value", setting->name);
	if (!setting->words || word) {
		setting_put(s, setting, value, word);
		return ERR_OK;
	}
	for (word = setting->words; word->text; word++)
		buf_addf(&choices, "%s%s", choices.len ? ", " : "", word->text);
	err_set(e, ERR_USAGE, "\"%s\" is no value of \"%s\"", value, setting->name);
	err_hint(e, "one of %s", buf_text(&choices));
	buf_release(&choices);
	return ERR_USAGE;
}

/* The name and value of a line, cut in place; false for a line that says nothing. */
static bool line_split(char *line, char **name, char **value)
{
	*name = trim(line);
	if (!**name || **name == '#')
		return false;
	*value = strchr(*name, '=');
	if (*value) {
		*(*value)++ = '\0';
		*value = trim(*value);
		*name = trim(*name);
	}
	return true;
}

static enum errc settings_line(struct settings *s, const char *line, struct err *e)
{
	char *copy = x_strdup(line), *name, *value;
	const struct setting *setting;
	enum errc rc = ERR_OK;

	if (!line_split(copy, &name, &value))
		goto out;
	rc = ERR_USAGE;
	setting = setting_find(name);
	if (!value) {
		err_set(e, rc, "\"%s\" is no `name = value`", name);
	} else if (!setting) {
		err_set(e, rc, "unknown name \"%s\"", name);
		err_hint(e, "the names are store, master-key, theme, mouse and time");
	} else {
		rc = value_take(s, setting, value, e);
	}
out:
	free(copy);
	return rc;
}

static enum errc config_take(struct settings *s, const char *path, char *text, struct err *e)
{
	int number = 0;
	struct err line_error;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		number++;
		if (!settings_line(s, line, &line_error))
			continue;
		err_set(e, ERR_USAGE, "%s, line %d: %s", path, number, line_error.message);
		if (*line_error.hint)
			err_hint(e, "%s", line_error.hint);
		return ERR_USAGE;
	}
	return ERR_OK;
}

/* `given` NULL: the usual place, where nothing needs to be. */
static enum errc config_read(struct settings *s, const char *given, struct err *e)
{
	struct buf text = BUF_INIT(CONFIG_MAX);
	char *path = given ? x_strdup(given) : path_config_home("config");
	enum errc rc = ERR_OK;

	if (given || access(path, F_OK) == 0)
		rc = file_read(&text, path, e);
	if (!rc && text.len)
		rc = config_take(s, path, text.data, e);
	buf_release(&text);
	free(path);
	return rc;
}

enum errc settings_load(struct settings *s, const struct op_args *globals, struct err *e)
{
	const char *from_environment = getenv("AUTHRACK_STORE");
	const char *no_color = getenv("NO_COLOR");
	const char *store = op_text(globals, "store");
	enum errc rc = config_read(s, op_text(globals, "config"), e);

	if (rc)
		return rc;
	/* An unset variable of a script is not the usual store. */
	if (store && !*store) {
		err_set(e, ERR_USAGE, "--store is empty");
		return err_hint(e, "give its place, or leave the option out");
	}
	if (from_environment && *from_environment)
		set_text(&s->store, from_environment);
	if (store)
		set_text(&s->store, store);
	if (op_text(globals, "master-key"))
		set_text(&s->master_key, op_text(globals, "master-key"));
	s->json = op_flag(globals, "json");
	s->quiet = op_flag(globals, "quiet");
	s->no_color = op_flag(globals, "no-color") || (no_color && *no_color);
	s->yes = op_flag(globals, "yes");
	s->read_only = op_flag(globals, "read-only");
	s->accept_clock = op_flag(globals, "accept-clock");
	s->no_syslog = op_flag(globals, "no-syslog");
	s->wait_ms = op_duration(globals, "wait", 0);
	return ERR_OK;
}

void settings_release(struct settings *s)
{
	free(s->store);
	free(s->master_key);
	free(s->theme);
	*s = (struct settings){ .store = NULL };
}
