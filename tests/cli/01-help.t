#!/usr/bin/python3
"""Help on every level, and the version."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from tap import BINARY, contains, equal, lacks, main, match, test

COMMANDS = """
    key: create list show edit rotate revoke disable enable verify identify scan import export usage
         purge
    audit: list verify export checkpoint
    store: info check backup restore rekey upgrade
"""


def commands():
    """Yields (noun, verb) of the contract."""
    noun = None
    for word in COMMANDS.split():
        if word.endswith(":"):
            noun = word[:-1]
        else:
            yield noun, word


@test
def the_program_lists_every_command_and_global_option(home):
    out = home.ok("--help").out
    for noun, verb in commands():
        match(rf"^  {noun} ", out)
        contains(f" {verb}", out)
    for option in ("store", "json", "quiet", "no-color", "config", "version", "help", "read-only",
                   "wait", "accept-clock", "no-syslog", "master-key", "yes"):
        contains(f"--{option}", out)
    equal(out, home.ok("help").out)
    equal(out, home.ok("-h").out)


@test
def a_noun_lists_its_verbs(home):
    for noun in ("key", "audit", "store"):
        out = home.ok(noun).out
        equal(out, home.ok(noun, "--help").out)
        equal(out, home.ok("help", noun).out)
        for verb in (v for n, v in commands() if n == noun):
            match(rf"^  {verb} +\S", out)


@test
def every_command_has_help_on_both_ways(home):
    for noun, verb in commands():
        out = home.ok(noun, verb, "--help").out
        equal(out, home.ok("help", noun, verb).out)
        contains(f"usage: authrack {noun} {verb}", out)


@test
def help_says_what_is_needed_chosen_and_repeated(home):
    out = home.ok("key", "create", "--help").out
    match(r"-n, --name TEXT +.*\n?.*\(needed\)", out)
    match(r"-s, --scope SCOPE", out)
    contains("may be repeated", out)
    out = home.ok("help", "key", "revoke").out
    contains("compromise", out)
    contains("default other", out)


@test
def help_wants_no_store_and_makes_none(home):
    home.ok("key", "list", "--help", "--store", "/nonexistent/x.db")
    lacks("authrack.db", " ".join(os.listdir(home.data)))


@test
def topics_are_listed_and_explained(home):
    out = home.ok("help").out
    for topic in match(r"^Topics: (.*)", out).group(1).split(", "):
        contains("\n", home.ok("help", topic).out)
    contains("130", home.ok("help", "exit-codes").out)


@test
def every_noun_is_listed(home):
    out = home.ok("help").out
    for noun in ("provider", "device", "grant", "serve"):
        contains(f"\n  {noun} ", out)


@test
def the_version_is_one_line(home):
    match(r"\Aauthrack \d+\.\d+\.\d+\n\Z", home.ok("--version").out)
    equal(home.ok("-V").out, home.ok("key", "--version").out)


@test
def help_with_closed_standard_files_ends(home):
    for redirect in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        home.run("-c", f'"$0" help {redirect}', BINARY,
                 binary=["/bin/sh"])


main()
