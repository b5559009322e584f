#!/usr/bin/env python3
"""The n-th system call fails, for every n until the run passes: an exit 5 with a message and
nothing changed, or an exit 0 with everything done."""

import collections
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import (CHANGING, Copy, SHOWING, VERBS, each, events,  # noqa: E402
                    in_memory, out_secret, pending, prepared, say, sound, state, strace, thin, trace, unlock, verdict)
from tap import check, equal, main, match, test  # noqa: E402

CALLS = dict(VERBS)
# A call that fails once; a disk that fails from here on; a disk that is full for one call.
WAYS = {"EIO": "error=EIO:when={}", "EIO-on": "error=EIO:when={}+",
        "ENOSPC": "error=ENOSPC:when={}"}
FILLING = ("write", "pwrite64", "openat", "ftruncate", "fallocate", "mkdir", "link")


def fits(way, call):
    """Descriptor 2 may fail as it likes: nobody could be told."""
    if call.name == "write" and "write(2," in call.line:
        return False
    return way != "ENOSPC" or call.name in FILLING


def check_secret(copy, result, done):
    secret = out_secret(copy, result)
    if done:
        check(secret, f"a live key whose secret nobody saw:\n{result}")
        equal("VALID", verdict(copy, secret))
    elif secret:
        equal("NOT_FOUND", verdict(copy, secret), "a secret of a change that was not made")


def told(result, where):
    """One error with a message that names something, and a hint or a reason."""
    match(r"^authrack: .*\S", result.err, where)
    check("\n\n" not in result.err and len(result.err) < 2000, f"{where}\nno clear message: {result}")


def differences(left, before, after):
    if left in (before, after):
        return "left: as before" if left == before else "left: as after"
    return f"half done:\nleft:   {left}\nbefore: {before}\nafter:  {after}"


def break_at(home, name, way, call, before, after):
    """Gives how it ended: "passed", "refused" or "unknown"."""
    where = f"{name}, {way} at {call.name} {call.number}: {call.line}"
    inject = f"{call.name}:{WAYS[way].format(call.number)}"
    with Copy(home) as copy:
        result = strace(copy, CALLS[name], CHANGING, [inject])
        usage = result.code == 2 and "import.csv" in call.line
        check(result.code in (0, 5) or usage, f"{where}\n{result}")
        unlock(copy)
        left = (state(copy), events(copy))
        sound(copy)
        mute = way == "EIO-on" and call.name == "write"     # standard error as well
        unknown = "outcome unknown" in result.err or mute
        if result.code and not mute:
            told(result, where)
        made = result.code == 0 or "the change was made" in result.err
        allowed = (before, after) if unknown else (after,) if made else (before,)
        check(left in allowed, f"{where}\n{result}\n{differences(left, before, after)}")
        if name in SHOWING:
            check_secret(copy, result, left == after)
        copy.ok("key", "edit", "back", "--note", "next")
        equal(0, pending(copy), f"{where}\npending versions stay")
        return "unknown" if unknown else "refused" if result.code else "passed"


def break_everywhere(home, name, ways):
    with Copy(home) as copy:
        _, calls = trace(copy, CALLS[name])
        unlock(copy)
        after = (state(copy), events(copy))
    with Copy(home) as copy:
        before = (state(copy), events(copy))
    points = [(way, call) for way in ways for call in calls if fits(way, call)]
    points = thin(points, 8)
    ends = each(lambda point: break_at(home, name, *point, before, after), points)
    count = collections.Counter(ends)
    say(f"{name}: {len(points)} failing calls ({' '.join(ways)}): {count['refused']} refused, "
        f"{count['passed']} without harm, {count['unknown']} outcome unknown, 0 half done")
    check(count["refused"], "no failure was noticed")


def one(name, ways):
    def point():
        home = prepared()
        try:
            break_everywhere(home, name, ways)
        finally:
            home.close()
    point.__name__ = f"{name}_with_every_system_call_failing"
    test(point)


one("create", ["EIO", "EIO-on", "ENOSPC"])
one("create-file", ["EIO"])
one("rotate", ["EIO"])
one("finish", ["EIO"])
one("edit", ["EIO", "EIO-on", "ENOSPC"])
one("revoke", ["EIO", "EIO-on"])
one("import", ["EIO"])
one("purge", ["EIO"])
one("restore", ["EIO"])
one("rekey-file", ["EIO"])


def first_create(home, call):
    where = f"first create, EIO at {call.name} {call.number}: {call.line}"
    with Copy(home) as copy:
        result = strace(copy, ["key", "create", "--name", "first"], CHANGING,
                        [f"{call.name}:error=EIO:when={call.number}"])
        check(result.code in (0, 5), f"{where}\n{result}")
        if result.code:
            told(result, where)
        left = state(copy)
        equal(result.code == 0, bool(left), f"{where}\n{result}")
        check_secret(copy, result, result.code == 0)
        again = copy.run("key", "create", "--name", "second")
        equal(0, again.code, f"{where}\nand then: {again}")
        sound(copy)
        return result.code


@test
def a_first_create_that_fails_leaves_a_place_where_the_next_one_works(home):
    with Copy(home) as copy:
        _, calls = trace(copy, ["key", "create", "--name", "first"])
    points = thin([call for call in calls if fits("EIO", call)], 8)
    codes = each(lambda call: first_create(home, call), points)
    say(f"first create: {len(points)} failing calls: {codes.count(5)} refused, {codes.count(0)} without "
        f"harm, 0 that the next create suffers from")
    check(5 in codes, "no failure was noticed")


in_memory()
main()
