#!/usr/bin/python3
"""Every bad answer that a provider may give, and those that vendors are known for: how the flow ends, what
is said about it, that nothing of it reaches the terminal raw, and that no secret is in what was said."""

import functools
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from oauth import (DeviceRun, each, no_secret, nothing_raw, scenario_options,  # noqa: E402
                   shared_server)
from scenarios import SCENARIOS  # noqa: E402
from tap import Home, check, equal, fail, main, match, test  # noqa: E402

SECRET = "client secret +/%:&=?~ 0123456789abcdef"
WORKERS = 24  # they mostly wait


class Expect:
    """How a scenario ends: exit code, the last event's `error`, a pattern in what was said; the least and
    the greatest number of polls; events that came on the way; facts of the code event."""

    def __init__(self, code, error=None, says=None, polls=None, events=(), shows=None, preset=None, gap=None,
                 grants=None, explicit=False):
        self.code, self.error, self.says, self.polls = code, error, says, polls
        self.events, self.shows, self.preset, self.gap = events, shows or {}, preset, gap
        self.grants, self.explicit = grants or {}, explicit


def ok(says=None, **more):
    return Expect(0, says=says, **more)


def malformed(says=None, **more):
    return Expect(6, "malformed_response", says, **more)


def refused(error, says=None, **more):
    return Expect(6, error, says, **more)


NO_CODE = {"polls": 0}

DEVICE = {
    "device-type": ok("text/html"),
    "device-html": malformed("html|JSON", **NO_CODE),
    "device-empty": malformed("device_code", **NO_CODE),
    "device-array": malformed("object", **NO_CODE),
    "device-not-json": malformed("JSON", **NO_CODE),
    "device-duplicate": malformed("duplicate", **NO_CODE),
    "device-rate": refused("slow_down", "3600", **NO_CODE),
    "device-rate-bare": Expect(6, "rate_limited", "429", events=("retry",), **NO_CODE),
    "device-unknown-client": refused("invalid_client", "client", **NO_CODE),
    "device-large": Expect(6, says="large|1 MiB|long", **NO_CODE),
    "device-bomb": Expect(6, says="large|1 MiB|long", **NO_CODE),
    "device-endless": Expect(6, says="header", **NO_CODE),
    "device-reset": Expect(6, "network", **NO_CODE),
    "device-redirect": malformed("redirect|elsewhere|origin", **NO_CODE),
    "code-missing": malformed("device_code", **NO_CODE),
    "code-empty": malformed("device_code", **NO_CODE),
    "code-number": malformed("device_code", **NO_CODE),
    "user-code-missing": malformed("user_code", **NO_CODE),
    "user-code-null": malformed("user_code", **NO_CODE),
    "uri-missing": malformed("verification_uri", **NO_CODE),
}

NUMBERS = {
    "expires-missing": ok("expires_in"),
    "expires-null": ok("expires_in"),
    "expires-string": ok("expires_in"),
    "expires-word": malformed("expires_in", **NO_CODE),
    "expires-negative": malformed("expires_in", **NO_CODE),
    "expires-zero": malformed("expires_in", **NO_CODE),
    "expires-huge": ok("expires_in", shows={"expires_in": 3600}),
    "expires-long": ok("expires_in", shows={"expires_in": 3600}),
    "expires-fraction": ok(),
    "interval-missing": ok(shows={"interval": 5}),
    "interval-null": ok(shows={"interval": 5}),
    "interval-string": ok("interval", shows={"interval": 1}),
    "interval-word": ok("interval", shows={"interval": 5}),
    "interval-zero": ok(shows={"interval": 5}),
    "interval-negative": ok(shows={"interval": 5}),
    "interval-milliseconds": ok("millisecond", shows={"interval": 1}),
    "interval-over-expiry": ok("millisecond"),
    "interval-object": ok("interval", shows={"interval": 5}),
}

ADDRESSES = {
    "both-urls": ok("verification_url"),
    "user-information": ok("user name", shows={"host": "127.0.0.1", "openable": False, "qr_uri": None}),
    "complete-elsewhere": ok("verification_uri_complete.*origin", shows={"qr_uri": "plain"}),
    "complete-long": ok("verification_uri_complete", shows={"qr_uri": "plain"}),
    "complete-no-url": ok("verification_uri_complete", shows={"qr_uri": "plain"}),
    "uri-no-url": ok("http", shows={"openable": False, "qr_uri": None}),
    "uri-text": ok("http", shows={"openable": False, "qr_uri": None}),
}

HOSTILE = {
    "hostile-user-code": ok("user_code"),
    "hostile-uri": ok("verification_uri", shows={"openable": False, "qr_uri": None}),
    "hostile-complete": ok("verification_uri_complete", shows={"qr_uri": "plain"}),
    "hostile-message": ok(),
    "hostile-device-error": refused("invalid_scope", **NO_CODE),
    "hostile-error": Expect(6),
    "hostile-token": ok(),
}

TOKEN = {
    "good": ok(polls=2),
    "token-type": ok("text/plain", polls=1),
    "error-beside-token": refused("invalid_grant", polls=1),
    "empty": malformed("access_token", polls=1),
    "nothing": malformed(polls=1),
    "pending-401": ok("401", polls=2),
    "pending-200": ok("200", polls=2),
    "denied-200": Expect(1, "access_denied", polls=1),
    "error-object": malformed("error", polls=1),
    "error-number": malformed("error", polls=1),
    "error-null": ok("error", polls=1),
    "unknown-error": refused("teapot_failure", "short and stout", polls=1),
    "echoed-secrets": refused("invalid_grant", polls=1),
    "html": malformed("404", polls=1),
    "html-200": malformed("HTML|JSON", polls=1),
    "not-json": malformed("JSON", polls=1),
    "duplicate": malformed("duplicate", polls=1),
    "no-access-token": malformed("access_token", polls=1),
    "access-token-number": malformed("access_token", polls=1),
    "access-token-empty": malformed("access_token", polls=1),
    "no-token-type": malformed("token_type", polls=1),
    "odd-token-type": ok(polls=1, grants={"token_type": "mac"}),
    "token-expires-string": ok("expires_in", polls=1, grants={"expires_in": 3600}),
    "token-expires-negative": ok("expires_in", polls=1, grants={"expires_in": None}),
    "scope-array": ok("scope", polls=1, grants={"scope": "openid profile"}),
    "scope-wider": ok(polls=1, grants={"scope": "openid admin"}),
    "id-token-garbage": ok(polls=1),
    "large": Expect(6, polls=1, says="large|1 MiB|long"),
    "endless": Expect(6, polls=1, says="header"),
    "bomb": Expect(6, polls=1, says="large|1 MiB|long"),
    "redirect": malformed("redirect|elsewhere|origin", polls=1),
    "redirect-307": malformed("redirect|elsewhere|origin", polls=1),
    "redirect-http": malformed("redirect|elsewhere|origin|https", polls=1),
    "denied": Expect(1, "access_denied", polls=2),
    "expired": Expect(1, "expired_token", polls=1),
}

LATER = {
    "drip": Expect(1, "expired_token"),
    "timeout": Expect(1, "expired_token"),
    "never-denied": Expect(1, "expired_token", events=("pending",)),
    "cut-short": ok(events=("retry",), polls=2, gap=2),
    "reset": ok(events=("retry",), polls=2, gap=2),
    "rate": ok(events=("retry",), polls=2, gap=1),
    "rate-after": ok(events=("retry",), polls=2, gap=3),
    "down": ok(events=("retry",), polls=2, gap=1),
    "down-after": ok(events=("retry",), polls=2, gap=3),
    "down-date": ok(events=("retry",), polls=2, gap=1),
    "down-garbage": ok(events=("retry",), polls=2, gap=1),
    "down-beyond": Expect(6, "server_error", "3600", polls=1),
    "slow-down": ok(events=("slow_down",), polls=2, gap=6),
    "slow-down-interval": ok(events=("slow_down",), polls=2, gap=8),
}

DISCOVERY = {
    "wrong-issuer": Expect(6, says="issuer", **NO_CODE),
    "issuer-slash": Expect(6, says="slash", **NO_CODE),
    "no-device-endpoint": Expect(None, says="device_authorization_endpoint", **NO_CODE),
    "endpoint-not-https": Expect(None, says="token_endpoint", **NO_CODE),
    "endpoint-file": Expect(None, says="token_endpoint", **NO_CODE),
    "endpoint-number": Expect(None, says="token_endpoint", **NO_CODE),
    "metadata-html": Expect(6, **NO_CODE),
    "metadata-large": Expect(6, **NO_CODE),
    "metadata-redirect": Expect(6, says="redirect|302|origin", **NO_CODE),
    "pkce": ok(polls=1),
    "pkce-wanted": ok(polls=1, events=("retry",)),
}

VENDORS = {
    "github": ok(preset="github", polls=2, grants={"scope": "repo gist"}),
    "github-form": ok(preset="github", polls=2, grants={"scope": "repo gist"}),
    "github-slow": ok(preset="github", polls=2, events=("slow_down",), gap=6),
    "github-incorrect": ok(preset="github", polls=2),
    "github-denied": Expect(1, "access_denied", preset="github"),
    "github-disabled": refused("unauthorized_client", "Enable Device Flow", preset="github", **NO_CODE),
    "google": ok(preset="google", polls=2),
    "google-slow": ok(preset="google", polls=2, events=("slow_down",), gap=6),
    "google-denied": Expect(1, "access_denied", preset="google"),
    "entra": ok(preset="entra", polls=2),
    "entra-declined": Expect(1, "access_denied", preset="entra"),
    "entra-expired": Expect(1, "expired_token", preset="entra"),
    "entra-bad-code": refused("invalid_grant", "used", preset="entra"),
    "entra-public": refused("invalid_client", "public client", preset="entra"),
    "entra-blocked": refused("invalid_grant", "policy", preset="entra"),
    "entra-v1": ok(preset="entra", grants={"expires_in": 3599}),
    "auth0": ok(preset="auth0", polls=2),
    "auth0-slow": ok(preset="auth0", polls=2, events=("slow_down",), gap=6),
    "keycloak-off": refused("unauthorized_client", "client|switch", preset="keycloak", **NO_CODE),
    "keycloak-pkce": ok(preset="keycloak"),
    "authentik-rate": Expect(6, "slow_down", preset="authentik", events=("retry",), **NO_CODE),
    "dex": ok(preset="dex", polls=2),
    "hydra": Expect(1, "expired_token", preset="hydra"),
    "twitch": ok(preset="twitch", polls=2, grants={"scope": "chat:read chat:edit"}),
    "twitch-invalid": ok(preset="twitch", polls=2),
    "wso2": ok("millisecond", preset="wso2", shows={"interval": 5}),
    "spring": Expect(1, "expired_token", preset="spring"),
    "oracle": ok(preset="oracle", explicit=True, shows={"interval": 5}),
}


def options(home, server, name, expected):
    slash = "/" if name.startswith("auth0") else ""
    found = scenario_options(server, name, "plain", "--auth-method", "client_secret_post",
                             "--client-secret-file", home.file("secret", SECRET + "\n"), "--scope", "openid")
    found[1] += slash
    if expected.explicit:
        found += [f"--device-authorization-endpoint={server.plain}/{name}/device",
                  f"--token-endpoint={server.plain}/{name}/token"]
    return found + (["--preset", expected.preset] if expected.preset else [])


def look_at_code(server, name, expected, run):
    codes = run.all("code")
    for member, value in expected.shows.items():
        if value == "plain":
            value = f"{server.plain}/{name}/activate"
        equal(value, codes[0][member], member)


def look_at_polls(server, name, expected):
    polls = len(server.asked(name, "token"))
    if expected.polls is not None:
        equal(expected.polls, polls, "polls")
    if expected.gap:
        check(server.gaps(name)[0] >= expected.gap, f"polled after {server.gaps(name)[0]:.3f} s")
    equal([], server.asked("good~elsewhere"), "the other origin was asked")


def look_at_text(server, name, expected, result):
    said = result.out + result.err
    no_secret([SECRET, *server.state(name).secrets], said, name)
    nothing_raw(result, name)
    if expected.says:
        match("(?i)" + expected.says, re.sub(r"https?://[^\s\"]*", "", said), name)


def one(name):
    """Runs a scenario and holds it to what is expected; gives what is wrong, or None."""
    try:
        held(name, EXPECTED[name])
    except AssertionError as trouble:
        return f"{name}: {trouble}"
    return None


def held(name, expected):
    server, home = shared_server(), Home()
    try:
        run = DeviceRun(home, *options(home, server, name, expected))
        result = run.result()
        if expected.code is None:
            check(result.code in (2, 6), str(result))
        else:
            equal(expected.code, result.code, str(result))
        last = run.events[-1] if run.events else {}
        if expected.error:
            equal(expected.error, last.get("error"), str(result))
        if result.code == 0:
            equal("success", last.get("event"), str(result))
        for event in expected.events:
            check(run.all(event), f"no event {event}: {result}")
        for member, value in expected.grants.items():
            equal(value, last.get(member), member)
        look_at_code(server, name, expected, run)
        look_at_polls(server, name, expected)
        look_at_text(server, name, expected, result)
    finally:
        home.close()


GROUPS = {
    "bad_answers_of_the_device_endpoint_give_no_code": DEVICE,
    "odd_numbers_are_bounded_or_refused_and_told": NUMBERS,
    "addresses_that_mislead_are_shown_as_what_they_are": ADDRESSES,
    "bad_answers_of_the_token_endpoint_have_a_clear_verdict": TOKEN,
    "what_may_pass_is_tried_again_in_time": LATER,
    "metadata_that_misleads_is_refused": DISCOVERY,
    "vendors_peculiarities_are_known": VENDORS,
    "hostile_text_stays_in_its_place": HOSTILE,
}
EXPECTED = {name: expected for table in GROUPS.values() for name, expected in table.items()}


@functools.cache
def wrong():
    """What is wrong, by scenario; all are run side by side, once."""
    return dict(zip(EXPECTED, each(one, EXPECTED, WORKERS)))


def group(words, table):
    def point():
        found = [wrong()[name] for name in table if wrong()[name]]
        check(not found, "\n\n".join(found))
    point.__name__ = words
    test(point)


for title, verdicts in GROUPS.items():
    group(title, verdicts)


@test
def hostile_text_reaches_no_terminal_raw():
    def shown(name):
        server, home = shared_server(), Home()
        try:
            terminal = home.terminal("device", "run", *scenario_options(server, name + "~tty"), "--trace",
                                     size=(50, 120))
            terminal.finish()
            for bad in (b"\x1b[2J", b"\x1b]0;owned", b"\xc2\x9b", "\u202e".encode(), "\u2066".encode(),
                        "\u200b".encode(), b"\x9b31m"):
                if bad in terminal.raw:
                    fail(f"{bad!r} in {terminal.raw!r}")
            no_secret(server.state(name + "~tty").secrets, terminal.raw, name)
        finally:
            home.close()
    each(shown, HOSTILE)


@test
def no_code_or_credential_goes_to_another_origin():
    server = shared_server()
    for request in server.requests:
        if request.kind == "other":
            fail(f"{request.method} {request.path} {request.form}")


@test
def client_and_code_go_with_every_poll_and_nothing_in_the_query():
    for request in shared_server().requests:
        if request.endpoint == "token":
            form = dict(request.form)
            equal("tests", form.get("client_id"), request.scenario)
            check(form.get("device_code"), request.scenario)
            equal("urn:ietf:params:oauth:grant-type:device_code", form.get("grant_type"))
            equal("", request.query)
            check("application/json" in request.headers.get("accept", ""), "asks for JSON")


@test
def a_challenge_goes_with_the_request_where_the_provider_wants_one():
    server = shared_server()
    for name, number in (("pkce", 0), ("pkce-wanted", 1), ("keycloak-pkce", 1)):
        asked = dict(server.asked(name, "device")[number].form)
        equal("S256", asked.get("code_challenge_method"), name)
        equal(43, len(asked["code_challenge"]), name)
        check(dict(server.asked(name, "token")[0].form).get("code_verifier"), name)


@test
def every_scenario_has_its_verdict():
    """One without would be served and never looked at."""
    apart = {"redirect-plain", "mutual-aliases"}  # 03-tls.t
    equal(set(), set(SCENARIOS) - set(EXPECTED) - apart)


main()
