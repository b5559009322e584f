#!/usr/bin/python3
"""Usage errors: exit 2, a message and a hint, nothing on standard output."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import json

from tap import check, contains, equal, lacks, main, match, test

SECRET = "ak_0123456789ab_0123456789abcdefghijABCDEFGHIJ01234567"


def refused(home, *args, message="", hint="", code=2, **more):
    """Refused for people and for programs alike."""
    people = home.run(*args, code=code, **more)
    equal("", people.out)
    match(r"\Aauthrack: ", people.err)
    contains(message, people.err)
    contains(hint, people.err)
    program = home.run("--json", *args, code=code, **more)
    equal("", program.out)
    equal(1, len(program.err.splitlines()))
    equal({"error"}, set(json.loads(program.err)))
    equal({"code", "message", "hint"}, set(program.error))
    contains(program.error["message"], people.err)
    if code == 2:
        equal("usage", program.error["code"])


@test
def mistyped_words_are_guessed(home):
    refused(home, "kye", "list", message='"kye"', hint='did you mean "key"')
    refused(home, "key", "lst", message='"lst"', hint='did you mean "key list"')
    refused(home, "key", "list", "--ower", "x", message='"--ower"', hint='did you mean "--owner"')
    refused(home, "xyzzy", message='"xyzzy"', hint="authrack help")


@test
def a_beginning_of_a_word_is_not_enough(home):
    refused(home, "key", "rot", "x", hint='"key rotate"')
    refused(home, "ke", "list", hint='"key"')
    refused(home, "key", "list", "--own", "x", hint='"--owner"')


@test
def options_without_or_with_too_many_values_are_refused(home):
    refused(home, "key", "list", "--owner", message="needs a value")
    refused(home, "key", "list", "--check=1", message="takes no value")
    refused(home, "key", "create", "--name", "a", "--name", "b", message="twice")
    refused(home, "key", "create", message="--name")
    refused(home, "key", "show", message="KEY")
    refused(home, "store", "info", "x", message="too many")


@test
def values_are_checked_before_anything_happens(home):
    create = ("key", "create", "--name", "a")
    for option, value in (("--limit", "100"), ("--limit", "x/min"), ("--scope", "a b"),
                          ("--allow-from", "10.0.0.300"), ("--meta", "novalue"),
                          ("--expires", "90"), ("--expires", "tomorrow"), ("--prefix", "AK")):
        refused(home, *create, option, value)
    refused(home, "key", "revoke", "x", "--reason", "whim", message='"whim"')
    refused(home, "key", "list", "--wait", "5", hint="")
    check(not os.path.exists(home.store), "a refused create made a store")


@test
def a_secret_among_the_arguments_is_refused_and_never_repeated(home):
    for args in (("key", "verify", SECRET), ("key", "identify", SECRET), (SECRET,),
                 ("key", "show", SECRET), ("key", "revoke", SECRET, "--yes"),
                 ("key", "list", "--search", SECRET), ("key", "verify", "hunter2hunter2")):
        for more in ((), ("--json",)):
            result = home.run(*args, *more, code=2)
            contains("never taken", result.err)
            for part in (SECRET, SECRET[-12:], "hunter2"):
                lacks(part, result.out + result.err)


@test
def hostile_arguments_are_told_harmlessly(home):
    for evil in ("\x1b[2Jkey", "k\u202ey", b"\xff\xfe", "a\nb", "\x9b5n"):
        result = home.run(evil, code=2)
        lacks(b"\x1b", result.raw_err)
        lacks("\u202e".encode(), result.raw_err)
        lacks(b"\xc2\x9b", result.raw_err)
        lacks(b"\xff", result.raw_err)
        check(len(result.err.splitlines()) == 2, result.err)


@test
def options_are_taken_anywhere(home):
    expected = home.create("anywhere")["name"]
    for args in (("--json", "key", "list", "--search", "anywhere"),
                 ("--search", "anywhere", "key", "--json", "list"),
                 ("key", "list", "--search=anywhere", "-j"),
                 ("-j", "key", "--search", "anywhere", "list", "--limit=5")):
        equal([expected], [row["name"] for row in home.ok(*args).rows])


@test
def two_dashes_end_the_options(home):
    home.create("--odd")
    equal("--odd", home.json("key", "show", "--", "--odd")["name"])


@test
def the_console_without_a_terminal_names_the_command_line(home):
    refused(home, message="terminal", hint="authrack help")


@test
def a_dumb_terminal_gets_no_console(home):
    for term in ("dumb", ""):
        terminal = home.terminal(env={"TERM": term})
        terminal.finish(2)
        contains("authrack help", terminal.text)


main()
