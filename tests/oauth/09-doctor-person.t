#!/usr/bin/python3
"""`provider doctor --interactive` with a scripted person who approves one code and denies another one:
oidc-provider as it is, and broken in each way that only tokens show."""

import json
import os
import re
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from clocks import Suspension  # noqa: E402
from oauth import each, no_secret, shared_oidc  # noqa: E402
from tap import BINARY, Home, Result, check, equal, main, test  # noqa: E402

SCOPE = "openid profile offline_access"
JWT = "orders:read offline_access"  # an access token that can be looked into
WORKERS = 10
CLIENT = {"ok-introspect": "basic"}  # public clients often may not ask
OVER = 130  # seconds after which a denial that is not told is given up


class Person(threading.Thread):
    """Reads what the doctor asks for on standard error, and does it. After a denial `denied` is called."""

    def __init__(self, oidc, stream, denied):
        super().__init__(daemon=True)
        self.oidc, self.stream, self.denied, self.lines, self.did = oidc, stream, denied, [], []

    def run(self):
        for line in self.stream:
            self.lines.append(line)
            found = re.search(r"(approve|deny) the code (\S+) at ([^\s\"]+)", line.decode())
            if found:
                self.did.append(found[1])
                getattr(self.oidc.user(), found[1])(found[3], found[2])
                if found[1] == "deny":
                    self.denied()


def examined(oidc, home, *args, env=None, denied=lambda: None):
    """A report with a person at hand."""
    process = home.start("--json", "provider", "doctor", "idp", "--interactive", *args, env=env)
    process.stdin.close()
    person = Person(oidc, process.stderr, denied)
    person.start()
    out = process.stdout.read()
    code = process.wait()
    person.join()
    result = Result(args, code, out, b"".join(person.lines))
    equal(["approve", "deny"], person.did, str(result)[:3000])
    report = result.json
    equal(1 if any(c["verdict"] == "fail" for c in report["checks"]) else 0, code, str(result)[:3000])
    no_secret(oidc.given(), result.out + result.err, "the report")
    return report


def found(report, *verdicts):
    return {c["id"] for c in report["checks"] if c["verdict"] in verdicts}


def told(report, ids):
    return "\n".join(json.dumps({k: v for k, v in c.items() if k != "evidence"})
                     for c in report["checks"] if c["id"] in ids)


@test
def a_sound_provider_has_no_failure_and_no_warning_with_a_person_either():
    def one(client, scope):
        home, oidc = Home(), shared_oidc()
        try:
            oidc.add(home, client, "--scope", scope)
            report = examined(oidc, home)
            bad = found(report, "fail", "warn")
            equal(set(), bad, f"{client} {scope}: {told(report, bad)}")
            for name in ("ok-response", "ok-once", "ok-denied", "ok-refresh"):
                check(name in found(report, "pass"), f"{client} {scope}: {told(report, {name})}")
        finally:
            home.close()
    each(lambda pair: one(*pair), [("public", SCOPE), ("basic", SCOPE), ("public", JWT)])


def held(name):
    home, oidc = Home(), shared_oidc()
    try:
        own = name.partition("/")[0]
        oidc.add(home, CLIENT.get(name, "public"), "--scope", JWT if own == "ok-at" else SCOPE)
        oidc.set(**{"break": name})
        clock = Suspension(home) if name == "ok-denied" else None
        more = {"env": clock.env, "denied": lambda: clock.step(OVER, OVER, OVER)} if clock else {}
        report = examined(oidc, home, **more)
        bad = found(report, "fail", "warn")
        if own == "ok-at":
            equal(set(), bad, told(report, bad))
            check("at-claims" in told(report, {own}) or "jti" in told(report, {own}), told(report, {own}))
        else:
            equal({own}, bad, told(report, bad | {own}))
    finally:
        home.close()


@test
def each_break_that_only_tokens_show_is_found_by_its_own_check():
    names = [name for name in shared_oidc().breaks if name.startswith("ok-")]
    check(len(names) > 12, str(names))
    if "/asan/" in BINARY:
        names.remove("ok-denied")  # whose clocks are stepped by a library of ours
    each(held, names, WORKERS)


main(workers=2)
