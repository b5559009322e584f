#!/usr/bin/python3
"""`provider doctor` and providers that hang, flood, lie and limit: it ends, tells what it could see, and can be
ended at any moment."""

import json
import os
import signal
import sys
import threading
import time
import xml.etree.ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from oauth import each, no_secret, nothing_raw, scenario_options, shared_oidc, shared_server  # noqa: E402
from scenarios import SCENARIOS, error, text  # noqa: E402
from tap import Home, Result, check, contains, equal, main, test, wait_for  # noqa: E402

WORKERS = 16  # they mostly wait
POSTS = 20
CANCELLED = 130


def started(home, *args):
    """A run under way, whose output is read meanwhile: (process, what gives its result)."""
    process = home.start("--json", "provider", "doctor", "idp", *args)
    process.stdin.close()
    parts = {}

    def read(name):
        parts[name] = getattr(process, name).read()
    threads = [threading.Thread(target=read, args=(name,), daemon=True) for name in ("stdout", "stderr")]
    for thread in threads:
        thread.start()

    def result():
        process.wait(120)
        for thread in threads:
            thread.join()
        return Result(args, process.returncode, parts["stdout"], parts["stderr"])
    return process, result


def verdicts(result):
    return {c["id"]: c["verdict"] for c in json.loads(result.out)["checks"]}


def seen(result, name):
    return next(c["seen"] for c in json.loads(result.out)["checks"] if c["id"] == name)


@test
def every_answer_ends_in_a_report():
    server = shared_server()

    def one(name):
        home, tagged = Home(), f"{name}~endures"
        try:
            home.ok("provider", "add", "idp", *scenario_options(server, tagged, "plain", "--scope", "openid"))
            _, result = started(home)
            result = result()
            check(result.code in (0, 1), f"{name}: {str(result)[:2000]}")
            check(len(verdicts(result)) > 50, str(result)[:2000])
            nothing_raw(result, name)
            no_secret(server.state(tagged).secrets, result.out + result.err, name)
            posts = [r for r in server.asked(tagged) if r.method == "POST"]
            check(len(posts) <= POSTS, f"{name}: {len(posts)} requests")
        finally:
            home.close()
    each(one, sorted(SCENARIOS), WORKERS)


@test
def hostile_answers_stay_text_in_every_format():
    server = shared_server()

    def one(name):
        home, tagged = Home(), f"{name}~formats"
        try:
            home.ok("provider", "add", "idp", *scenario_options(server, tagged, "plain", "--scope", "openid"))
            for kind in ("text", "md", "junit"):
                result = home.run("provider", "doctor", "idp", "--format", kind)
                nothing_raw(result, f"{name} as {kind}")
                if kind == "junit":
                    xml.etree.ElementTree.fromstring(result.out)
        finally:
            home.close()
    each(one, [name for name in SCENARIOS if name.startswith("hostile") or "echo" in name], WORKERS)


@test
def an_endpoint_that_hangs_is_waited_for_once_and_hides_nothing_else():
    server = shared_server()
    release = threading.Event()

    def hang(_):
        release.wait(120)

    def one(endpoint, own, other):
        home, name = Home(), f"good~hangs-{endpoint}"
        try:
            server.next(name, endpoint, *[hang] * 20)
            home.ok("provider", "add", "idp", *scenario_options(server, name, "plain", "--scope", "openid"))
            begun = time.monotonic()
            result = started(home)[1]()
            check(time.monotonic() - begun < 60, f"{endpoint} took {time.monotonic() - begun:.0f} s")
            equal(1, len(server.asked(name, endpoint)), f"requests to {endpoint}")
            equal("fail", verdicts(result)[own], seen(result, own) or "")
            contains("fell silent", seen(result, own))
            for passed in other:
                equal("pass", verdicts(result)[passed], f"{passed} while {endpoint} hangs")
        finally:
            home.close()
    try:
        each(lambda case: one(*case), [
            ("device", "dev-response", ["disc-fetch", "disc-url"]),
            ("token", "tok-json", ["disc-fetch", "dev-response", "dev-page"]),
            ("jwks", "jwks-fetch", ["disc-fetch", "dev-response", "dev-page"])])
    finally:
        release.set()


@test
def it_can_be_ended_at_any_moment():
    server = shared_server()

    def one(count):
        home, name = Home(), f"good~ended-{count}"
        try:
            server.next(name, "token", *[error("authorization_pending")] * 20)
            home.ok("provider", "add", "idp", *scenario_options(server, name, "plain", "--scope", "openid"))
            process, result = started(home)
            wait_for(lambda: len(server.asked(name)) >= count, f"{count} requests")
            begun = time.monotonic()
            process.send_signal(signal.SIGINT)
            sent = len(server.asked(name))
            result = result()
            equal(CANCELLED, result.code, str(result)[:2000])
            check(time.monotonic() - begun < 10, "it went on")
            equal(b"" if isinstance(result.out, bytes) else "", result.out, "a report all the same")
            check(len(server.asked(name)) <= sent + 3, f"{len(server.asked(name))} requests, ended after {sent}")
            equal(None, home.json("provider", "show", "idp")["doctor"], "a report is kept")
        finally:
            home.close()
    each(one, [1, 2, 3, 5, 8, 10, 12, 13], WORKERS)


@test
def a_limit_in_the_middle_turns_what_follows_into_skipped(home):
    server, name = shared_server(), "good~limited"
    server.next(name, "token", error("invalid_grant"), text("slowly", 429, "text/plain"))
    home.ok("provider", "add", "idp", *scenario_options(server, name, "plain", "--scope", "openid"))
    result = started(home)[1]()
    told = verdicts(result)
    equal(("pass", "skipped", "skipped", "skipped", "info"),
          tuple(told[own] for own in ("tok-unknown", "tok-grant", "tok-pending", "tok-twice", "dev-rate")))
    equal(set(), {own for own, verdict in told.items() if verdict == "fail" and own.startswith("tok-")})
    equal(2, len(server.asked(name, "token")), "asked again")


@test
def an_examination_sends_few_requests(home):
    oidc = shared_oidc()
    oidc.add(home, "basic", "--scope", "openid profile offline_access")
    oidc.clear()
    home.run("--json", "provider", "doctor", "idp", "--other-client", "other")
    posts = [r for r in oidc.requests() if r["method"] == "POST"]
    equal(15, len(posts), "requests that are sent")
    equal(2, len([r for r in posts if r["route"] == "device" and r["status"] == 200]), "device codes")


@test
def an_expired_code_is_waited_for_when_asked(home):
    oidc = shared_oidc()
    oidc.set(device_ttl=8)
    oidc.add(home, "public", "--scope", "openid")
    result = home.run("--json", "provider", "doctor", "idp", "--wait-for-expiry")
    equal("pass", verdicts(result)["tok-expired"], seen(result, "tok-expired") or "")


@test
def the_page_is_opened_once(home):
    server, name = shared_server(), "good~page"
    home.ok("provider", "add", "idp", *scenario_options(server, name, "plain", "--scope", "openid"))
    result = started(home)[1]()
    equal("pass", verdicts(result)["dev-page"])
    equal(1, len(server.asked(name, "activate")))


@test
def a_run_is_noted_and_shown_with_its_provider(home):
    oidc = shared_oidc()
    oidc.add(home, "public", "--scope", "openid")
    report = json.loads(home.run("--json", "provider", "doctor", "idp", "--passive").out)
    equal(report["summary"], home.json("provider", "show", "idp")["doctor"])
    home.run("--json", "provider", "doctor", "idp", "--check", "disc-issuer")
    equal(report["summary"], home.json("provider", "show", "idp")["doctor"], "a part is taken for the whole")
    events = [e for e in home.rows("audit", "list") if e["operation"] == "provider.doctor"]
    equal(2, len(events))


main(workers=3)
