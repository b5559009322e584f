#!/usr/bin/env python3
"""What a provider may do to who asks about a grant: nothing of a token gets into an error, and none becomes a
header of its own."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from oauth import no_secret, nothing_raw, scenario_options, shared_server  # noqa: E402
from scenarios import HOSTILE, SCENARIOS, Scenario, redirect, success, text  # noqa: E402
from tap import contains, equal, lacks, main, test  # noqa: E402


def saved(home, name):
    home.ok("provider", "add", name, *scenario_options(shared_server(), name))
    return home.ok("--json", "device", "run", name, "--save").rows[-1]["grant"]


@test
def an_access_token_that_userinfo_quotes_is_masked(home):
    def quote(call):
        token = call.request.headers["authorization"].partition(" ")[2]
        call.send("{}", 401, headers=[f'WWW-Authenticate: Bearer error_description="no {token} {ESCAPE}"'])
    SCENARIOS["quoting"] = Scenario(userinfo=[quote])
    grant = saved(home, "quoting")
    result = home.run("grant", "userinfo", grant, code=6)
    contains("error_description", result.err)
    no_secret(shared_server().state("quoting").secrets, result.err, "the error")
    nothing_raw(result)


@test
def an_access_token_with_line_ends_is_no_header(home):
    SCENARIOS["two-headers"] = Scenario(token=[success(access_token="a\r\nX-Evil: 1", scope="a\nstatus: forged")])
    grant = saved(home, "two-headers")
    result = home.run("grant", "userinfo", grant, code=6)
    contains("no header takes", result.err)
    equal([], shared_server().asked("two-headers", "userinfo"))
    lacks("\nstatus: forged", home.ok("grant", "show", grant).out)


@test
def no_token_follows_a_redirect(home):
    server = shared_server()
    SCENARIOS["elsewhere"] = Scenario(**{name: [redirect(lambda call: call.server.other + "/good/" + name, 307)]
                                         for name in ("userinfo", "introspect", "revoke")})
    grant = saved(home, "elsewhere")
    before = len([asked for asked in server.requests if asked.kind == "other"])
    for verb in (["userinfo", grant], ["introspect", grant], ["revoke", grant, "--yes"]):
        home.run("grant", *verb, code=6)
    equal(before, len([asked for asked in server.requests if asked.kind == "other"]), "another origin was asked")
    equal("live", home.json("grant", "show", grant)["state"])


@test
def hostile_answers_about_a_grant_reach_no_terminal_raw(home):
    SCENARIOS["bad-words"] = Scenario(
        userinfo=[lambda call: call.send({"sub": "s" + HOSTILE, "k" + HOSTILE: [HOSTILE]})],
        introspect=[lambda call: call.send({"active": True, "username": HOSTILE})],
        revoke=[text(HOSTILE, 503)])
    grant = saved(home, "bad-words")
    for verb, code in ((["userinfo", grant], 0), (["introspect", grant], 0), (["revoke", grant, "--yes"], 6)):
        nothing_raw(home.run("grant", *verb, code=code), verb[0])


@test
def a_dumb_terminal_gets_no_escape_sequence(home):
    terminal = home.terminal("device", "run", *scenario_options(shared_server(), "good"), env={"TERM": "dumb"})
    terminal.finish(0)
    lacks("\x1b", terminal.text)


ESCAPE = "\x1b[2J"
main()
