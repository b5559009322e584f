#!/usr/bin/env python3
"""Killed with SIGKILL: an acknowledged change is there, nothing is half done, no secret lives that
nobody saw, and the next writer goes on."""

import os
import random
import select
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import (CHANGING, Copy, SHOWING, SLOW, VERBS, each, events,  # noqa: E402
                    in_memory, out_secret, pending, prepared, say, sound, state, strace, thin, trace, unlock, verdict)
from tap import Result, check, equal, main, test  # noqa: E402

KILLED = (-9, 137)
KILLS = 60 if SLOW else 200


def outcomes(home, args):
    """State and events before and after, and the system calls between."""
    with Copy(home) as copy:
        _, calls = trace(copy, args)
        unlock(copy)
        after = state(copy)
        sound(copy)
        after = (after, events(copy))
    with Copy(home) as copy:
        return (state(copy), events(copy)), after, calls


def check_secret(copy, result, done, status="active"):
    secret = out_secret(copy, result)
    if done:
        check(secret, f"a live key whose secret nobody saw:\n{result}")
        equal("VALID" if status == "active" else status.upper(), verdict(copy, secret))
    elif secret:
        equal("NOT_FOUND", verdict(copy, secret), "a secret of a change that was not made")


def kill_at(home, name, args, before, after, call):
    """Kills at one system call and looks. A run that has fewer calls than the traced one (random
    ids sort differently) ends before the last of them. Gives (killed, change made)."""
    where = f"{name}, killed at {call.name} {call.number}: {call.line}"
    with Copy(home) as copy:
        result = strace(copy, args, CHANGING, [f"{call.name}:signal=KILL:when={call.number}"])
        check(result.code in KILLED + (0,), f"{where}\nneither killed nor done: {result}")
        unlock(copy)
        left = state(copy)
        sound(copy)
        if name in SHOWING:
            check_secret(copy, result, left == after[0])
        # The next writer goes on, and sweeps what was pending.
        copy.ok("key", "edit", "back", "--note", "next")
        got = (left, events(copy)[:-1])
        allowed = (before, after) if result.code else (after,)
        check(got in allowed, f"{where}\nhalf done: {got}\nbefore: {before}\nafter: {after}")
        equal(0, pending(copy), f"{where}\npending versions stay")
        return result.code != 0, got == after


def kill_everywhere(home, name, args):
    before, after, calls = outcomes(home, args)
    check(before != after, f"{name} changes nothing")
    points = thin(calls, 6)
    done = each(lambda call: kill_at(home, name, args, before, after, call), points)
    kills = [made for killed, made in done if killed]
    say(f"{name}: killed at {len(kills)} system calls, {kills.count(True)} made it, 0 half done")
    check(len(kills) * 10 >= len(points) * 8, f"only {len(kills)} of {len(points)} were killed")
    check(SLOW or (False in kills and True in kills),
          "no kill came before the commit, or none behind it")


def one(name, args):
    def point():
        home = prepared()
        try:
            kill_everywhere(home, name, args)
        finally:
            home.close()
    point.__name__ = f"{name}_killed_at_every_system_call"
    test(point)


for verb in VERBS:
    one(*verb)


def kill_first(home, args, call):
    with Copy(home) as copy:
        result = strace(copy, args, CHANGING, [f"{call.name}:signal=KILL:when={call.number}"])
        check(result.code in KILLED + (0,), str(result))
        left = state(copy)
        sound(copy)
        check_secret(copy, result, bool(left))
        copy.ok("key", "create", "--name", "second")
        equal(["first", "second"] if left else ["second"], [key["name"] for key in state(copy)],
              call.line)
        sound(copy)


@test
def the_first_create_killed_at_every_system_call_leaves_no_store_or_a_sound_one(home):
    args = ["key", "create", "--name", "first"]
    with Copy(home) as copy:
        _, calls = trace(copy, args)
    points = thin(calls, 8)
    each(lambda call: kill_first(home, args, call), points)
    say(f"first create: killed at {len(points)} system calls, each followed by one that works")


# --- random moments ----------------------------------------------------------------------

class Mix:
    """A store under a mix of verbs, each killed at a random moment, beside what it should hold."""

    def __init__(self, home, seed):
        self.home, self.random, self.serial = home, random.Random(seed), 0
        self.known = {}     # name: what `key list` has to say about it
        self.secrets = {}   # secret: name
        self.killed = self.acknowledged = self.made = 0
        self.longest = 0.05     # seconds; goes to where about half of them get done

    def choose(self):
        live = [n for n, k in self.known.items() if k["status"] != "revoked"]
        verb = self.random.choice(["create", "rotate", "edit", "disable", "enable", "revoke"])
        if verb == "create" or not live:
            self.serial += 1
            return f"key{self.serial}", ["key", "create", "--name", f"key{self.serial}"], {
                "status": "active", "version": 1, "owner": "", "revision": 1}
        name = self.random.choice(live)
        old = self.known[name]
        self.serial += 1
        change = {
            "rotate": (["--grace", "1h"], {"version": old["version"] + 1}),
            "edit": (["--owner", f"o{self.serial}"], {"owner": f"o{self.serial}"}),
            "disable": ([], {"status": "disabled"}),
            "enable": ([], {"status": "active"}),
            "revoke": (["--yes"], {"status": "revoked"}),
        }[verb]
        new = {**old, **change[1]}
        if new != old:
            new["revision"] += 1
        return name, ["key", verb, name, *change[0]], new

    def step(self):
        name, args, new = self.choose()
        process = self.home.start("--json", *args)
        select.select([], [], [], self.random.uniform(0, self.longest))
        process.kill()
        out, err = process.communicate()
        result = Result(args, process.returncode, out, err)
        self.killed += result.code == -9
        self.longest *= 1.06 if result.code else 0.94
        check(result.code in (0, -9), f"neither done nor killed: {result}")
        self.look(name, new, result)

    def look(self, name, new, result):
        old = self.known.get(name)
        rows = {row["name"]: {f: row[f] for f in ("status", "version", "owner", "revision")}
                for row in self.home.rows("key", "list")}
        got = rows.get(name)
        check(got in (old, new), f"half done: {got}\nbefore {old}, after {new}\n{result}")
        if result.code == 0:
            self.acknowledged += 1
            equal(new, got, f"an acknowledged change is lost: {result}")
        self.made += got == new != old
        if got:
            self.known[name] = got
        equal(self.known, rows, "another key changed")
        if result.args[1] in ("create", "rotate"):
            check_secret(self.home, result, got == new, new["status"])


@test
def kills_at_random_moments_lose_nothing(home):
    mix = Mix(home, os.environ.get("TEST_SEED", "authrack"))
    home.create("key0")
    mix.known["key0"] = {"status": "active", "version": 1, "owner": "", "revision": 1}
    tries = 0
    while mix.killed < KILLS and tries < 3 * KILLS:
        mix.step()
        tries += 1
        if tries % 10 == 0:
            sound(home)
    sound(home)
    home.ok("audit", "verify")
    say(f"{mix.killed} kills among {tries} changes ({mix.acknowledged} acknowledged, {mix.made} "
        f"made): 0 lost, 0 half done")
    check(mix.killed >= KILLS, f"only {mix.killed} kills")


in_memory()
main()
