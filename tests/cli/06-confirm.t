#!/usr/bin/python3
"""Confirmations: asked on a terminal, refused without one, answered by --yes."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from tap import check, contains, equal, main, test



def status(home):
    return home.json("key", "show", "a")["status"]


@test
def without_a_terminal_nothing_dangerous_is_done(home):
    home.create("a")
    result = home.run("key", "revoke", "a", code=4)
    equal("", result.out)
    contains("--yes", result.err)
    equal("active", status(home))


@test
def yes_answers_what_would_be_asked(home):
    home.create("a")
    home.ok("--yes", "key", "revoke", "a")
    equal("revoked", status(home))


@test
def a_person_types_yes(home):
    home.create("a")
    terminal = home.terminal("key", "revoke", "a")
    terminal.wait("yes")
    check(terminal.echo())
    terminal.send("yes\n")
    terminal.finish(0)
    equal("revoked", status(home))


@test
def anything_else_cancels(home):
    home.create("a")
    for answer in ("no\n", "\n", "y\n", "YES please, I am quite sure about it\n", "\x04"):
        terminal = home.terminal("key", "revoke", "a")
        terminal.wait(r"\[type yes\]: ")
        terminal.send(answer)
        terminal.finish(130)
        equal("active", status(home))


@test
def ctrl_c_cancels_at_once(home):
    home.create("a")
    terminal = home.terminal("key", "revoke", "a")
    terminal.wait(r"\[type yes\]: ")
    terminal.send("\x03")
    terminal.finish(130)
    equal("active", status(home))


@test
def the_question_names_the_object(home):
    home.create("a")
    terminal = home.terminal("key", "revoke", "a")
    terminal.wait(r'"a".*\[type yes\]: ')
    terminal.send("\n")
    terminal.finish(130)


@test
def what_can_be_undone_is_not_asked(home):
    home.create("a")
    for verb in ("disable", "enable", "rotate"):
        home.ok("key", verb, "a")
    home.ok("key", "edit", "a", "--owner", "me")


@test
def nobody_waits_for_the_one_who_is_asked(home):
    home.create("a")
    terminal = home.terminal("key", "revoke", "a")
    terminal.wait(r"\[type yes\]: ")
    home.ok("key", "create", "--name", "meanwhile", "--wait", "5s")
    terminal.send("yes\n")
    terminal.finish(0)
    equal("revoked", status(home))


main()
