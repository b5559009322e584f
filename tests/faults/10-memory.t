#!/usr/bin/env python3
"""The n-th allocation fails: the program says so and ends, or the engine gives an error; the store is
whole, and no half-made key lives."""

import collections
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import SLOW, Copy, VERBS, arguments, each, events, in_memory, pending  # noqa: E402
from faults import prepared, say, sound, state  # noqa: E402
from tap import check, equal, main, match, need, skip, test  # noqa: E402

CALLS = dict(VERBS)
POINTS = 90


def library(home):
    path = os.path.join(home.path, "fail_malloc.so")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fail_malloc.c")
    subprocess.run([need("cc"), "-shared", "-fPIC", "-O1", "-o", path, source], check=True)
    return path


def run(home, preload, name, number, on):
    env = {"LD_PRELOAD": preload, "FAIL_AT": str(number), **({"FAIL_ON": "1"} if on else {})}
    return home.run(*arguments(home, CALLS[name]), env=env)


def count(home, preload, name):
    """A number of allocations beyond the last, by doubling."""
    high = 64
    while high < 1 << 22:
        with Copy(home) as copy:
            if run(copy, preload, name, high, True).code == 0:
                return high
        high *= 2
    return high


def exhausted(home, preload, name, number, on, before, after):
    where = f"{name}, allocation {number}{' and all later ones' if on else ''}"
    with Copy(home) as copy:
        result = run(copy, preload, name, number, on)
        # -11: libcrypto 3.0 uses a lock that it had no memory to make. The store is whole all the same.
        check(result.code in (0, 2, 5, 127, -6, -11), f"{where}\n{result}")
        if result.code == -6:
            match("out of memory|libcrypto failed|random generator failed", result.err, where)
        left = (state(copy), events(copy))
        check(left in (before, after), f"{where}\nhalf done: {left}\n{result}")
        if result.code == 0:
            equal(after, left, where)
        sound(copy)
        copy.ok("key", "edit", "back", "--note", "next")
        equal(0, pending(copy), where)
        return result.code


def one(name):
    def point():
        if SLOW:
            skip("the sanitizers have an allocator of their own")
        home = prepared()
        try:
            preload = library(home)
            with Copy(home) as copy:
                before = (state(copy), events(copy))
            with Copy(home) as copy:
                copy.ok(*arguments(copy, CALLS[name]))
                after = (state(copy), events(copy))
            last = count(home, preload, name)
            numbers = sorted({1 + i * last // POINTS for i in range(POINTS)})
            tries = [(n, on) for i, n in enumerate(numbers) for on in ((False, True)[i % 2],)]
            codes = collections.Counter(each(
                lambda t: exhausted(home, preload, name, t[0], t[1], before, after), tries))
            say(f"{name}: {len(tries)} failing allocations of {last}: ends {dict(codes)}")
            check(codes[-6], "none was noticed")
        finally:
            home.close()
    point.__name__ = f"{name}_without_memory_leaves_a_whole_store"
    test(point)


for verb in ("create", "rotate", "revoke", "import"):
    one(verb)

in_memory()
main()
