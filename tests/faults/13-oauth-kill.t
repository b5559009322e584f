#!/usr/bin/env python3
"""Killed with SIGKILL while providers are added, edited and removed, grants refreshed, revoked and removed, and
while a device flow runs: nothing is half done, the audit chain is whole, what was left can be gone on with,
and a grant whose refresh may have been answered says so."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import (CHANGING, Copy, SLOW, each, events, in_memory, parse_trace, say,  # noqa: E402
                    sound, strace, thin)
from oauth import scenario_options, shared_server  # noqa: E402
from scenarios import SCENARIOS, Scenario, error  # noqa: E402
from tap import check, contains, equal, main, test  # noqa: E402

KILLED = (-9, 137)
CALLS = CHANGING + " connect sendto"
PROVIDER = ("name", "client_id", "scope", "has_secret", "revision", "status")
GRANT = ("provider", "scope", "refreshable", "status", "revision")
SECRET = "first-secret-of-the-client"
NEW_SECRET = "second-secret-of-the-client"
SCENARIOS["at-once"] = Scenario()


def state(home):
    """Providers, grants, and how many flows there are."""
    providers, grants = home.rows("provider", "list"), home.rows("grant", "list")
    return (sorted(tuple(row[name] for name in PROVIDER) for row in providers),
            sorted(tuple(row[name] for name in GRANT) for row in grants), len(home.rows("device", "list")))


def prepared(home):
    """Two providers: one with a grant and the remains of a flow, one with nothing."""
    server = shared_server()
    home.file("data/secret", SECRET)
    home.file("data/secret2", NEW_SECRET)
    for name in ("idp", "other"):
        home.ok("provider", "add", name, *scenario_options(server, "at-once"), "--client-secret-file",
                home.file("data/secret", SECRET), "--auth-method", "client_secret_post")
    home.ok("device", "run", "other", "--save", "--json")
    grant = home.ok("--json", "device", "run", "idp", "--save").rows[-1]["grant"]
    return server, grant


def points(home, args):
    """The system calls of a run, as kill_at() numbers them."""
    log = os.path.join(home.path, "trace")
    result = strace(home, args, CALLS, log=log)
    equal(0, result.code, str(result))
    with open(log, encoding="utf-8", errors="replace") as lines:
        return parse_trace(lines)


def kill_at(home, args, call, before, after):
    where = f"{' '.join(args)}, killed at {call.name} {call.number}: {call.line}"
    with Copy(home) as copy:
        result = strace(copy, args, CALLS, [f"{call.name}:signal=KILL:when={call.number}"])
        check(result.code in KILLED + (0,), f"{where}\nneither killed nor done: {result}")
        left = state(copy)
        sound(copy)
        copy.ok("audit", "verify")
        got = (left, events(copy))
        check(got in (before, after) if result.code else got == after,
              f"{where}\nhalf done: {got}\nbefore: {before}\nafter: {after}")
        copy.ok("provider", "edit", "other", "--scope", "next")
        for secret in (SECRET, NEW_SECRET):
            check(secret not in result.out + result.err, f"{where}\nsaid a secret")
        return result.code != 0, got == after


def kill_everywhere(home, args):
    with Copy(home) as copy:
        before = (state(copy), events(copy))
    with Copy(home) as copy:
        calls = points(copy, args)
        after = (state(copy), events(copy))
        sound(copy)
    check(before != after, f"{args} changes nothing")
    done = each(lambda call: kill_at(home, args, call, before, after), thin(calls, 6))
    kills = [made for killed, made in done if killed]
    say(f"{' '.join(args[:2])}: killed at {len(kills)} system calls, {kills.count(True)} made it, 0 half done")
    check(SLOW or (False in kills and True in kills), "no kill came before the commit, or none behind it")


def one(name, make):
    def point(home):
        _, grant = prepared(home)
        kill_everywhere(home, make(grant))
    point.__name__ = f"{name}_killed_at_every_system_call"
    test(point)


one("provider_add", lambda grant: [
    "provider", "add", "fresh", "--issuer", "https://id.example", "--client-id", "tests", "--client-secret-file",
    "{data}/secret2"])
one("provider_edit", lambda grant: [
    "provider", "edit", "idp", "--name", "renamed", "--scope", "a b", "--client-secret-file", "{data}/secret2"])
one("provider_remove", lambda grant: ["provider", "remove", "idp", "--yes"])
one("grant_remove", lambda grant: ["grant", "remove", grant, "--yes"])
one("grant_revoke", lambda grant: ["grant", "revoke", grant, "--yes"])


def refresh_at(home, server, grant, call):
    """Killed during a refresh: gives whether the provider was asked and nobody kept what it answered."""
    where = f"refresh killed at {call.name} {call.number}: {call.line}"
    with Copy(home) as copy:
        asked, done = len(server.asked("at-once", "token")), events(copy)
        result = strace(copy, ["grant", "refresh", grant], CALLS, [f"{call.name}:signal=KILL:when={call.number}"])
        sound(copy)
        row = copy.json("grant", "show", grant)
        if events(copy) != done:
            equal(("live", None), (row["state"], row["note"]), where)
            return False
        check(result.code, f"{where}\nnothing was done: {result}")
        if len(server.asked("at-once", "token")) == asked:
            return False
        equal("uncertain", row["state"], where)
        contains("may be used up", row["note"], where)
        # Once more: it says what may have been, and is settled then.
        equal("live", copy.json("grant", "refresh", grant)["state"], where)
        equal("live", copy.json("grant", "show", grant)["state"], where)
        equal(["grant.refresh"] * 2, [operation for operation, _ in events(copy)[len(done):]], where)
        sound(copy)
        return True


@test
def a_refresh_killed_at_every_system_call_is_uncertain_where_the_provider_was_asked(home):
    server, grant = prepared(home)
    with Copy(home) as copy:
        calls = points(copy, ["grant", "refresh", grant])
    lost = [refresh_at(home, server, grant, call) for call in thin(calls, 8)]
    say(f"refresh: killed at {len(lost)} system calls, {lost.count(True)} with an answer that nobody kept")
    check(SLOW or True in lost, "no kill came while the provider was asked")


@test
def a_token_that_a_killed_refresh_used_up_is_told_as_such(home):
    server, grant = prepared(home)
    call = [call for call in points(home, ["grant", "refresh", grant]) if call.name == "sendto"][-1]
    strace(home, ["grant", "refresh", grant], CALLS, [f"sendto:signal=KILL:when={call.number}"])
    equal("uncertain", home.json("grant", "show", grant)["state"])
    server.next("at-once", "token", error("server_error", 503), error("invalid_grant"))
    home.run("grant", "refresh", grant, code=6)
    equal("uncertain", home.json("grant", "show", grant)["state"], "after a refresh that told nothing")
    result = home.run("grant", "refresh", grant, code=6)
    contains("the answer to an earlier refresh was lost", result.err)
    equal("ended", home.json("grant", "show", grant)["state"])


@test
def new_tokens_that_can_not_be_kept_leave_an_uncertain_grant(home):
    _, grant = prepared(home)
    # Writes into the write-ahead log behind the answer.
    calls = points(home, ["grant", "refresh", grant])
    last = [i for i, call in enumerate(calls) if call.name == "sendto"][-1]
    call = next(call for call in calls[last:] if call.name == "pwrite64")
    result = strace(home, ["grant", "refresh", grant], CALLS, [f"pwrite64:error=ENOSPC:when={call.number}+"])
    equal(5, result.code, str(result))
    contains("the new tokens are lost", result.err)
    equal("uncertain", home.json("grant", "show", grant)["state"])
    sound(home)


in_memory()
main()
