#!/usr/bin/python3
"""`provider doctor` on oidc-provider as it is, and on the same provider broken in every way of breaks.js: each
break is found by its own check and by no other."""

import json
import os
import re
import sys
import xml.etree.ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from oauth import each, no_secret, nothing_raw, scenario_options, shared_oidc, shared_server  # noqa: E402
from scenarios import HOSTILE  # noqa: E402
from tap import Home, check, contains, equal, main, match, test  # noqa: E402

SCOPE = "openid profile offline_access"
WORKERS = 10  # they mostly wait
PASSIVE = ("disc-", "jwks-", "tls-", "clock")
PERSON = ("ok-",)
# Breaks that are found with a client of their own; the others with "basic".
CLIENT = {"dev-noclient": "public", "tok-query": "post"}
# What is told and may be no failure.
INFO = {"dev-get", "dev-complete", "dev-rate", "dev-pkce/untold"}
# Checks that fail in points of their own here, or are told and never fail.
APART = {"tls-chain", "tls-version", "dev-own", "dev-site", "tok-slow", "tok-expired"}


def look(home, *args, name="idp"):
    """A report; the exit code goes with it."""
    result = home.run("--json", "provider", "doctor", name, *args)
    report = result.json
    failed = [c["id"] for c in report["checks"] if c["verdict"] == "fail"]
    equal(1 if failed else 0, result.code, str(result))
    for verdict in ("pass", "fail", "warn", "skipped"):
        equal(len([c for c in report["checks"] if c["verdict"] == verdict]), report["summary"][verdict], verdict)
    return report


def found(report, *verdicts):
    return {c["id"] for c in report["checks"] if c["verdict"] in verdicts}


def check_of(report, name):
    return next(c for c in report["checks"] if c["id"] == name)


@test
def a_sound_provider_has_no_failure_and_no_warning_however_the_client_authenticates():
    def one(client, tls):
        home, oidc = Home(), shared_oidc(tls)
        try:
            oidc.add(home, client, "--scope", SCOPE)
            oidc.clear()
            report = look(home)
            bad = found(report, "fail", "warn")
            equal(set(), bad, f"{client}: " + json.dumps([c for c in report["checks"] if c["id"] in bad]))
            check(len(found(report, "pass")) >= 40, f"{client}: {report['summary']}")
            requests = oidc.requests("device") + oidc.requests("token")
            check(len(requests) <= 15, f"{client}: {len(requests)} requests")
        finally:
            home.close()
    each(lambda pair: one(*pair), [("public", False), ("basic", False), ("post", False), ("secret-jwt", False),
                                   ("key-jwt", False), ("tls", True), ("basic", True)], WORKERS)


@test
def passive_sends_nothing_to_the_endpoints(home):
    oidc = shared_oidc()
    oidc.add(home, "basic", "--scope", SCOPE)
    oidc.clear()
    look(home, "--passive")
    equal([], [r for r in oidc.requests() if r["method"] == "POST"])
    check(oidc.requests("jwks"), "the keys were not looked at")


@test
def the_real_secret_goes_where_it_has_to_and_nowhere_else(home):
    oidc = shared_oidc()
    oidc.add(home, "post", "--scope", SCOPE)
    oidc.clear()
    look(home)
    for request in oidc.requests():
        check(oidc.secrets["post"] not in request["path"], "the secret in an address")
    wrong = [r for r in oidc.requests() if r["status"] == 401]
    check(wrong, "no wrong secret was tried")
    for request in wrong:
        check(oidc.secrets["post"] not in request["body"], f"the real secret where it was refused: {request}")


# --- broken ------------------------------------------------------------------------------------------


def broken(oidc, name, *args):
    """What the doctor tells about the provider broken in that way."""
    home = Home()
    try:
        oidc.add(home, CLIENT.get(name, "basic"), "--scope", SCOPE + (" orders:write" if name == "dev-scope" else ""))
        oidc.set(**{"break": name})
        return look(home, *args, *(["--other-client", "other"] if name == "tok-bound" else []))
    finally:
        home.close()


def held(oidc, name, *args):
    own = name.partition("/")[0]
    report = broken(oidc, name, *args)
    bad = found(report, "fail", "warn")
    if name in INFO:
        equal(set(), bad - {own}, f"{name}: {bad}")
        check(own in bad or check_of(report, own)["verdict"] == "info", f"{name}: {check_of(report, own)}")
    else:
        equal({own}, bad, f"{name}: " + json.dumps([c for c in report["checks"] if c["id"] in bad | {own}]))
    one = check_of(report, own)
    check(one["seen"] and one["remedy"], f"says nothing: {one}")


def all_of(names, *args):
    each(lambda name: held(shared_oidc(), name, *args), names, WORKERS)


@test
def each_break_of_metadata_and_keys_is_found_by_its_own_check():
    names = [name for name in shared_oidc().breaks if name.startswith(PASSIVE)]
    check(len(names) > 15, str(names))
    all_of(names, "--passive")


@test
def each_break_of_the_endpoints_is_found_by_its_own_check():
    names = [name for name in shared_oidc().breaks if not name.startswith(PASSIVE + PERSON)]
    check(len(names) > 25, str(names))
    all_of(names)


@test
def every_check_has_a_way_to_fail(home):
    oidc = shared_oidc()
    oidc.add(home, "basic", "--scope", SCOPE)
    ids = {c["id"] for c in look(home)["checks"]}
    ways = {name.partition("/")[0] for name in oidc.breaks}
    equal(set(), ids - ways - APART, "checks without a break")
    equal(set(), ways - ids, "breaks without a check")


# --- what it says ------------------------------------------------------------------------------------


@test
def an_endpoint_that_is_gone_hides_nothing_else(home):
    oidc = shared_oidc()
    oidc.add(home, "basic", "--scope", SCOPE)
    oidc.set(**{"break": "jwks-fetch"})
    report = look(home)
    equal({"jwks-fetch"}, found(report, "fail"))
    check("pass" == check_of(report, "tok-pending")["verdict"], str(check_of(report, "tok-pending")))


@test
def reports_come_as_text_markdown_and_junit(home):
    oidc = shared_oidc()
    oidc.add(home, "basic", "--scope", SCOPE)
    oidc.set(**{"break": "jwks-private"})
    plain = home.run("provider", "doctor", "idp", "--passive", code=1)
    contains("jwks-private", plain.out)
    markdown = home.run("provider", "doctor", "idp", "--passive", "--format", "md", code=1)
    match(r"(?m)^#", markdown.out)
    contains("jwks-private", markdown.out)
    junit = home.run("provider", "doctor", "idp", "--passive", "--format", "junit", code=1)
    tree = xml.etree.ElementTree.fromstring(junit.out)
    failures = [case.get("name") for case in tree.iter("testcase") if case.find("failure") is not None]
    equal(1, len(failures), junit.out)
    contains("jwks-private", failures[0])


@test
def a_name_with_control_characters_makes_no_report_that_is_broken(home):
    name = "idp" + HOSTILE + "]]><&|"
    home.ok("provider", "add", name, *scenario_options(shared_server(), "hostile-user-code"))
    for form in ("text", "md", "junit"):
        result = home.run("provider", "doctor", name, "--passive", "--format", form, code=1)
        nothing_raw(result, form)
    suite = xml.etree.ElementTree.fromstring(result.out)
    contains("U+001B", suite.find("testcase").get("classname"))


@test
def one_check_alone_can_be_asked_for(home):
    oidc = shared_oidc()
    oidc.add(home, "basic", "--scope", SCOPE)
    report = look(home, "--check", "jwks-private", "--check", "disc-issuer")
    equal({"jwks-private", "disc-issuer"}, {c["id"] for c in report["checks"] if c["verdict"] != "skipped"})
    equal(2, home.run("provider", "doctor", "idp", "--check", "no-such-check").code)


@test
def a_client_that_is_not_known_is_told_by_its_own_check(home):
    oidc = shared_oidc()
    home.ok("provider", "add", "idp", "--issuer", oidc.issuer, "--client-id", "nobody")
    report = look(home)
    equal({"dev-own"}, found(report, "fail"), json.dumps(report))


@test
def a_rate_limit_turns_the_rest_into_skipped(home):
    server = shared_server()
    home.ok("provider", "add", "idp", *scenario_options(server, "device-rate~doctor"))
    report = look(home)
    equal(set(), {c for c in found(report, "fail") if c.startswith(("dev-", "tok-"))}, json.dumps(report))
    check("skipped" == check_of(report, "tok-pending")["verdict"], str(report))
    check(len(server.asked("device-rate~doctor", "device")) <= 2, "asked again and again")


@test
def certificates_are_told_by_the_tls_checks(home):
    server = shared_server()
    for kind, own in (("expired", "tls-chain"), ("wrong", "tls-chain"), ("selfsigned", "tls-chain"),
                      ("old", "tls-version")):
        home.ok("provider", "add", kind, *scenario_options(server, f"good~doctor-{kind}", kind, "--ca-file", server.ca))
        report = look(home, "--passive", name=kind)
        check(own in found(report, "fail", "warn"), f"{kind}: {json.dumps(report)}")
        equal([], [r for r in server.asked(f"good~doctor-{kind}") if r.method == "POST"])
    home.ok("provider", "add", "good", *scenario_options(server, "good~doctor-good", "good", "--ca-file", server.ca))
    report = look(home, "--passive", name="good")
    for own in ("tls-chain", "tls-version", "tls-https"):
        check(check_of(report, own)["verdict"] in ("pass", "warn", "info"), str(check_of(report, own)))
    match(r"\d+ days?", re.sub(r"\\n", " ", json.dumps(check_of(report, "tls-chain"))))


@test
def a_report_has_no_secret(home):
    oidc = shared_oidc()
    oidc.add(home, "post", "--scope", SCOPE)
    for name in (None, "tok-echo", "tok-json"):
        oidc.set(**{"break": name})
        result = home.run("--json", "provider", "doctor", "idp")
        no_secret(oidc.given(), result.out + result.err, f"the report on {name}")


main(workers=4)
