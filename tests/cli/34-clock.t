#!/usr/bin/python3
"""A clock that ran ahead while a secret was ended, and is set right: the secret stays ended."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

from tap import BINARY, equal, main, need, skip, test  # noqa: E402


def ahead():
    if "/asan/" in BINARY:
        skip("the sanitizer's library has to be loaded first")
    return [need("faketime"), "-f", "+300d", BINARY]


def ended(home, secrets):
    """After the clock was set right, and that accepted."""
    home.ok("--accept-clock", "key", "create", "--name", "later")
    equal(["RETIRED"] * len(secrets), [home.verify(secret) for secret in secrets])
    home.ok("store", "check")
    home.ok("audit", "verify")


@test
def a_finish_while_the_clock_ran_ahead_is_not_undone(home):
    old = home.create("k")["secret"]
    home.ok("key", "rotate", "k", "--grace", "900d")
    home.ok("key", "rotate", "k", "--finish", "--yes", binary=ahead())
    ended(home, [old])


@test
def a_rotation_without_grace_while_the_clock_ran_ahead_is_not_undone(home):
    old = home.create("k")["secret"]
    lost = home.json("--accept-clock", "key", "rotate", "k", "--grace", "0", binary=ahead())["secret"]
    home.ok("--accept-clock", "key", "rotate", "k", "--if-unused", binary=ahead())
    ended(home, [old, lost])


main()
