#!/usr/bin/env python3
"""The clock steps (libfaketime, the monotonic clocks left alone): lifecycle changes wait for a word, what
ends a key works, nothing expired comes back, and a clock that ran ahead kills nothing for good."""

import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import SLOW, in_memory, say, sound  # noqa: E402
from tap import check, contains, equal, main, skip, test  # noqa: E402

LIBRARY = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)


def at(home, offset, *args, **more):
    """Runs with the wall clock off by `offset` ("+1h")."""
    if not LIBRARY:
        skip("libfaketime is not installed")
    if SLOW:
        skip("the sanitizer's library has to be loaded first")
    return home.run(*args, env={"LD_PRELOAD": LIBRARY, "FAKETIME": offset,
                                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1"}, **more)


def code(home, offset, secret):
    return at(home, offset, "--json", "key", "verify", input=secret).json["code"]


# Verbs that a step blocks, and those that it must not.
BLOCKED = [["key", "create", "--name", "new"], ["key", "rotate", "a"], ["key", "edit", "a", "--note", "x"],
           ["key", "enable", "off"]]
ALLOWED = [["key", "disable", "b"], ["key", "revoke", "c", "--yes"],
           ["key", "rotate", "turned", "--finish", "--yes"]]


def stocked(home):
    for name in ("a", "b", "c", "off", "turned"):
        home.create(name)
    home.ok("key", "disable", "off")
    home.ok("key", "rotate", "turned")


def stepped(direction, offset):
    def point(home):
        stocked(home)
        for args in BLOCKED:
            result = at(home, offset, *args)
            equal(4, result.code, str(result))
            contains(f"the clock was set {direction}", result.err)
            contains("--accept-clock", result.err)
        for args in ALLOWED:
            result = at(home, offset, *args)
            equal(0, result.code, f"a step must not block this\n{result}")
        equal(0, at(home, offset, "key", "list").code)
        say(f"clock set {direction} ({offset}): {len(BLOCKED)} lifecycle changes 4, disable, revoke and "
            f"--finish 0")
        sound(home)
    point.__name__ = f"a_clock_set_{direction}_blocks_lifecycle_changes_but_not_what_ends_a_key"
    test(point)


stepped("ahead", "+3h")
stepped("back", "-3h")


@test
def under_five_minutes_is_no_step(home):
    stocked(home)
    for offset in ("+0", "+4m", "+0"):
        result = at(home, offset, "key", "edit", "a", "--note", offset)
        equal(0, result.code, str(result))


@test
def a_clock_set_back_revives_nothing(home):
    secret = home.create("short", "--expires", "1h")["secret"]
    equal("VALID", code(home, "+0", secret))
    equal("EXPIRED", code(home, "+2h", secret))
    # An audited change moves the mark past the expiry; the clock is then set back.
    home.create("b")
    equal(0, at(home, "+2h", "--accept-clock", "key", "disable", "b").code)
    equal("EXPIRED", code(home, "+0", secret), "the mark keeps it expired")
    equal("EXPIRED", code(home, "-1d", secret))
    say("a key expired by the mark stays so with the clock set back by two hours and by a day")


@test
def a_clock_that_ran_ahead_kills_no_key_for_good(home):
    secret = home.create("a", "--expires", "30d")["secret"]
    equal("EXPIRED", code(home, "+60d", secret))
    equal("VALID", code(home, "+0", secret), "reading moved the mark")
    equal(4, at(home, "+60d", "key", "edit", "a", "--note", "x").code)
    # Somebody accepts the wrong clock; later the right one is accepted.
    equal(0, at(home, "+60d", "--accept-clock", "key", "create", "--name", "b").code)
    equal("EXPIRED", code(home, "+0", secret))
    equal(4, home.run("key", "edit", "a", "--note", "x").code)
    home.ok("--accept-clock", "key", "edit", "b", "--note", "the clock is right again")
    equal("VALID", code(home, "+0", secret))
    home.ok("key", "edit", "a", "--note", "goes on")
    events = home.rows("audit", "list")
    check(any("clock" in str(event["detail"]) for event in events), "accepting is audited")
    sound(home)
    home.ok("audit", "verify")
    say("a clock ahead by 60 days, accepted and taken back: the key verifies, both are audited")


@test
def grace_ends_exactly_and_is_not_prolonged_by_a_clock_set_back(home):
    first = home.create("a")["secret"]
    home.ok("key", "rotate", "a", "--grace", "2h")
    equal("VALID", code(home, "+119m", first))
    equal("RETIRED", code(home, "+121m", first))
    home.create("b")
    equal(0, at(home, "+3h", "--accept-clock", "key", "disable", "b").code)
    equal("RETIRED", code(home, "+0", first))


in_memory()
main()
