#!/usr/bin/python3
"""The configuration file and the environment."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from tap import contains, equal, main, test


def where(home, *args, **more):
    """The store that a command would use: the error for a missing one names it."""
    return home.run("key", "list", *args, code=5, **more).err


@test
def a_configuration_is_not_needed(home):
    home.create("a")


@test
def the_store_comes_from_option_environment_file_and_default(home):
    home.file("config/authrack/config", "store = /nowhere/from-file.db\n")
    contains("from-file", where(home))
    contains("from-env", where(home, env={"AUTHRACK_STORE": "/nowhere/from-env.db"}))
    contains("from-option", where(home, "--store", "/nowhere/from-option.db",
                                  env={"AUTHRACK_STORE": "/nowhere/from-env.db"}))
    contains("from-option", where(home, "--store=sqlite:/nowhere/from-option.db"))
    home.file("config/authrack/config", "")
    contains("authrack.db", where(home))


@test
def a_missing_store_says_how_to_make_one(home):
    contains("key create", where(home))


@test
def an_unknown_name_is_a_usage_error_with_its_line(home):
    path = home.file("config/authrack/config", "# a remark\n\nmouse = on\nstor = x\n")
    error = home.run("--json", "key", "list", code=2).error
    contains("line 4", error["message"])
    contains('"stor"', error["message"])
    contains(path, error["message"])


@test
def wrong_values_are_usage_errors(home):
    for line in ("mouse = maybe", "time = local", "theme = pink", "store", "store ="):
        home.file("config/authrack/config", line + "\n")
        home.run("key", "list", code=2)


@test
def a_named_file_wins_and_must_be_there(home):
    other = home.file("other", "store = /nowhere/other.db\n")
    home.file("config/authrack/config", "store = /nowhere/usual.db\n")
    contains("other.db", where(home, "--config", other))
    contains("other.db", where(home, f"-C{other}"))
    home.run("--config", "/nonexistent", "key", "list", code=2)


@test
def help_works_under_a_broken_configuration(home):
    home.file("config/authrack/config", "nonsense\n")
    home.ok("--help")
    home.ok("key", "create", "--help")
    home.ok("--version")


@test
def times_are_shown_as_the_file_says(home):
    home.create("t", "--expires", "2099-05-06T07:08:09Z")
    for mode, shown in (("utc", "2099-05-06T07:08:09Z"), ("exact", "2099-05-06 07:08"),
                        ("relative", "in ")):
        home.file("config/authrack/config", f"time = {mode}\n")
        contains(shown, home.ok("key", "list").out)
    equal("2099-05-06T07:08:09Z", home.json("key", "show", "t")["expires_at"])


main()
