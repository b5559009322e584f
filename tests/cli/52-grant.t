#!/usr/bin/python3
"""Grants on the command line: what is shown and what the audit tells of it; what each answer to a refresh,
to userinfo, introspection and revocation does to a grant; its tokens in the token commands."""
import glob
import os
import signal
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import jose
from oauth import DeviceRun, no_secret, scenario_options, shared_server
from scenarios import LEFT_OUT, error, success, text
from tap import check, contains, equal, lacks, main, match, test, wait_for

TOKENS = ("access_token", "refresh_token", "id_token")


class Granted:
    """A grant from the scripted server, of a provider with a state of its own there."""

    def __init__(self, home, *more, **changes):
        self.home, self.server = home, shared_server()
        self.scenario = "good~" + os.path.basename(home.path)
        self.issuer = f"{self.server.plain}/{self.scenario}"
        home.ok("provider", "add", "idp", *scenario_options(self.server, self.scenario), *more)
        self.next("token", success(**changes))
        self.id = DeviceRun(home, "idp", "--save").ended(0)["grant"]

    def next(self, endpoint, *replies):
        self.server.next(self.scenario, endpoint, *replies)

    def asked(self, endpoint):
        return self.server.asked(self.scenario, endpoint)

    @property
    def secrets(self):
        return self.server.state(self.scenario).secrets

    def run(self, verb, *args, **more):
        return self.home.run("--json", "grant", verb, self.id, *args, **more)

    def shown(self, *args):
        return self.home.json("grant", "show", self.id, *args)

    def state(self):
        return self.shown()["state"]

    def token(self, name):
        return self.shown("--show-tokens")[name]


def events(home):
    return [row["operation"] for row in home.rows("audit", "list")]


# --- looking -----------------------------------------------------------------------------------------


@test
def a_grant_is_listed_and_shown_without_its_tokens(home):
    grant = Granted(home, "--scope", "openid email")
    record = grant.shown()
    equal(("idp", "live", "ok", "openid email", "Bearer", True, False, None),
          tuple(record[name] for name in ("provider", "state", "status", "scope", "token_type",
                                          "refreshable", "has_id_token", "note")))
    equal([record], home.rows("grant", "list"))
    equal([record], home.rows("grant", "list", "--provider", "idp"))
    equal([], home.rows("grant", "list", "--after", grant.id))
    no_secret(grant.secrets, str(record) + home.ok("grant", "list").out, "the list")
    equal(3, home.run("grant", "list", "--provider", "other").code)
    for verb in ("show", "refresh", "userinfo", "introspect", "revoke", "remove"):
        contains("no grant", home.run("grant", verb, "grt_01jq8m2v5x0c9d3n6p8r4t7kfa", code=3).err)
    equal(grant.id + "\n", home.ok("completion", "grants").out)


@test
def the_tokens_are_nowhere_in_clear(home):
    grant = Granted(home, "--client-secret-file", home.file("secret", "a client secret, quite long"))
    data = b"".join(open(path, "rb").read() for path in glob.glob(home.store + "*"))
    no_secret(grant.secrets + ["a client secret, quite long"], data, "the store")
    no_secret(grant.secrets, home.ok("audit", "export").raw, "the audit")


@test
def showing_tokens_is_audited_first(home):
    grant = Granted(home)
    equal(7, home.run("--read-only", "grant", "show", grant.id, "--show-tokens").code)
    before = len(events(home))
    equal(grant.secrets[1:], [grant.token(name) for name in TOKENS[:2]])
    equal(["grant.show", "grant.show"], events(home)[:len(events(home)) - before])
    equal(True, home.rows("audit", "list")[0]["detail"]["shown"])
    home.ok("--read-only", "grant", "show", grant.id)


@test
def odd_tokens_are_kept_to_the_byte(home):
    odd = 'a"b\\c/d e\u00e9\u20ac'
    grant = Granted(home, access_token=odd, refresh_token="\\\\\"")
    equal((odd, "\\\\\""), (grant.token("access_token"), grant.token("refresh_token")))


@test
def one_that_was_altered_is_used_for_nothing_and_can_be_removed(home):
    grant = Granted(home)
    with sqlite3.connect(home.store) as store:
        store.execute("UPDATE oauth_grant SET scope = 'admin'")
    equal(["altered"], [row["status"] for row in home.run("--json", "grant", "list", code=5).rows])
    for verb, more in (("show", ()), ("show", ("--show-tokens",)), ("refresh", ()), ("userinfo", ()),
                       ("introspect", ()), ("revoke", ("--yes",))):
        equal(5, grant.run(verb, *more).code, verb)
    grant.run("remove", "--yes", code=0)
    equal([], home.rows("grant", "list"))


# --- refreshing --------------------------------------------------------------------------------------


@test
def a_refresh_takes_over_what_came_and_keeps_what_did_not(home):
    grant = Granted(home, "--scope", "openid email")
    old = grant.token("refresh_token")
    grant.next("token", success(refresh_token=LEFT_OUT, scope="email", expires_in=60))
    record = grant.run("refresh", code=0).json
    equal((False, "email", "live"), tuple(record[name] for name in ("rotated", "scope", "state")))
    check(record["refreshed_at"] and record["expires_at"], "when")
    equal((old, grant.secrets[-2]), (grant.token("refresh_token"), grant.token("access_token")))
    grant.next("token", success())
    equal(True, grant.run("refresh", code=0).json["rotated"])
    equal({"outcome": "refreshed", "rotated": True},
          {n: v for n, v in home.rows("audit", "list")[0]["detail"].items() if n in ("outcome", "rotated")})
    home.ok("store", "check")


@test
def without_a_refresh_token_nothing_is_asked(home):
    grant = Granted(home, refresh_token=LEFT_OUT)
    contains("no refresh token", grant.run("refresh", code=4).err)
    contains("no refresh token", grant.run("introspect", "--refresh-token", code=4).err)
    equal(1, len(grant.asked("token")))


@test
def a_refused_refresh_token_ends_the_grant(home):
    grant = Granted(home)
    grant.next("token", error("invalid_grant", description="revoked by hand"))
    result = grant.run("refresh", code=6)
    contains("revoked by hand", result.err)
    equal("ended", grant.state())
    contains("has ended", grant.run("refresh", code=4).err)
    equal(2, len(grant.asked("token")), "an ended grant is not refreshed")
    equal("refused", home.rows("audit", "list")[0]["detail"]["outcome"])


@test
def other_refusals_leave_it_as_it_was(home):
    grant = Granted(home)
    for reply in (error("invalid_client", 401), error("invalid_scope"), text("down", 503, "text/plain"),
                  text("slow", 429, "text/plain")):
        grant.next("token", reply)
        grant.run("refresh", code=6)
        equal("live", grant.state())
    equal(["grant.save"], [name for name in events(home) if name.startswith("grant.")])


@test
def an_answer_that_can_not_be_read_leaves_it_uncertain(home):
    grant = Granted(home)
    grant.next("token", text("{}", content_type="application/json"))
    contains("uncertain", grant.run("refresh", code=6).err)
    equal("uncertain", grant.state())
    grant.next("token", success())
    grant.run("refresh", code=0)
    equal(("live", None), tuple(grant.shown()[name] for name in ("state", "note")))


@test
def an_interrupt_during_a_refresh_leaves_it_uncertain(home):
    grant, reached = Granted(home), []

    def never(call):
        reached.append(True)
        while call.connection.recv(4096):
            pass
    grant.next("token", never)
    process = home.start("grant", "refresh", grant.id)
    wait_for(lambda: reached, "the request")
    process.send_signal(signal.SIGINT)
    equal(130, process.wait())
    process.communicate()
    equal("uncertain", grant.state())


@test
def a_second_refresh_waits_for_the_first(home):
    grant, reached = Granted(home), []

    def slowly(call):
        reached.append(True)
        wait_for(lambda: len(reached) > 1, "the second")
        success()(call)
    grant.next("token", slowly, success())
    first = home.start("grant", "refresh", grant.id)
    wait_for(lambda: reached, "the request")
    second = home.start("--json", "grant", "refresh", grant.id)
    reached.append(True)
    out = [process.communicate() for process in (first, second)]
    equal([0, 0], [first.returncode, second.returncode], str(out))
    check(len(grant.asked("token")) in (2, 3), "one request each, or one for both")


@test
def a_new_id_token_of_somebody_else_is_not_kept(home):
    secret = home.file("secret", jose.SECRET)
    issuer = f"{shared_server().plain}/good~{os.path.basename(home.path)}"
    mine, other = (jose.hs256(jose.claims(iss=issuer, aud="tests", sub=sub)) for sub in ("alice", "mallory"))
    grant = Granted(home, "--client-secret-file", secret, "--auth-method", "client_secret_post", id_token=mine)
    equal("alice", grant.shown()["subject"])
    grant.next("token", success(id_token=other))
    contains("another subject", grant.run("refresh", code=0).err)
    equal((mine, "alice"), (grant.token("id_token"), grant.shown()["subject"]))


# --- asking ------------------------------------------------------------------------------------------


@test
def userinfo_is_asked_with_the_access_token_and_told(home):
    grant = Granted(home)
    told = grant.run("userinfo", code=0).json
    equal((grant.id, "u-1", None, {"sub": "u-1"}),
          tuple(told[name] for name in ("grant", "sub", "matches_id_token", "claims")))
    equal("Bearer " + grant.secrets[1], grant.asked("userinfo")[0].headers["authorization"])


@test
def userinfo_of_somebody_else_is_a_no(home):
    grant = Granted(home, id_token=jose.hs256(jose.claims(sub="alice")))
    result = grant.run("userinfo", code=1)
    equal(False, result.json["matches_id_token"])
    contains("another person", result.err)


@test
def userinfo_that_is_none_is_refused(home):
    grant = Granted(home)
    for reply, says in ((text("no", 401, headers=['WWW-Authenticate: Bearer error="invalid_token"']),
                         "invalid_token"),
                        (text("<h1>Hi</h1>"), "JSON"), (text('{"name":"x"}'), "subject"),
                        (text("e30.e30.", content_type="application/jwt"), "signed"),
                        (text('{"sub":"a","sub":"b"}'), "JSON")):
        grant.next("userinfo", reply)
        result = grant.run("userinfo", code=6)
        contains(says, result.err)
        no_secret(grant.secrets, result.err, says)


@test
def introspection_answers_yes_or_no(home):
    grant = Granted(home, "--client-secret-file", home.file("secret", "hush hush"))
    told = grant.run("introspect", code=0).json
    equal((True, "access_token"), (told["active"], told["token"]))
    sent = grant.asked("introspect")[0]
    equal((grant.secrets[1], "access_token"), tuple(dict(sent.form)[n] for n in ("token", "token_type_hint")))
    contains("Basic ", sent.headers["authorization"])
    grant.next("introspect", text('{"active":false}', content_type="application/json"))
    equal(False, grant.run("introspect", "--refresh-token", code=1).json["active"])
    equal(grant.secrets[2], dict(grant.asked("introspect")[1].form)["token"])
    for reply in (text("{}"), text('{"active":"true"}'), error("invalid_client", 401)):
        grant.next("introspect", reply)
        result = grant.run("introspect", code=6)
        equal("", result.out)
        no_secret(grant.secrets, result.err, "the error")


# --- ending ------------------------------------------------------------------------------------------


@test
def revoking_ends_the_refresh_token_first(home):
    grant = Granted(home)
    contains("--yes", grant.run("revoke", code=4).err)
    equal([], grant.asked("revoke"))
    equal("ended", grant.run("revoke", "--yes", code=0).json["state"])
    equal(["refresh_token", "access_token"],
          [dict(request.form)["token_type_hint"] for request in grant.asked("revoke")])
    equal(["grant.revoke", "grant.save"], [name for name in events(home) if name.startswith("grant.")])


@test
def a_provider_that_lets_access_tokens_live_is_told_of(home):
    grant = Granted(home)
    grant.next("revoke", text("", content_type=None), error("unsupported_token_type"))
    result = grant.run("revoke", "--yes", code=0)
    contains("lives until it expires", result.json["note"])
    contains("does not revoke access tokens", result.err)


@test
def a_refused_revocation_leaves_the_grant_live(home):
    grant = Granted(home)
    for reply in (error("invalid_client", 401), text("down", 503), error("unsupported_token_type")):
        grant.next("revoke", reply)
        grant.run("revoke", "--yes", code=6)
        equal("live", grant.state())


@test
def removing_asks_and_says_that_it_lives_on(home):
    grant = Granted(home)
    terminal = home.terminal("grant", "remove", grant.id)
    terminal.wait(r"lives on.*\[type yes\]: ")
    terminal.send("yes\n")
    terminal.finish(0)
    equal([], home.rows("grant", "list"))
    equal("grant.remove", events(home)[0])
    home.ok("store", "check")
    home.ok("audit", "verify")


# --- its tokens --------------------------------------------------------------------------------------


@test
def the_token_commands_look_at_a_grant(home):
    token = jose.hs256(jose.claims(sub="alice", aud="tests"))
    grant = Granted(home, access_token=token, id_token=token)
    before = len(events(home))
    equal(["alice"], [row["claims"]["sub"] for row in home.json("token", "inspect", "--grant", grant.id,
                                                                "--which", "id")])
    found = home.ok("--json", "token", "inspect", "--grant", grant.id)
    check(len(found.json) >= 2, str(found))
    key = home.file("key", jose.SECRET)
    equal(True, home.json("token", "verify", "--grant", grant.id, "--which", "access", "--secret-file",
                          key)["valid"])
    equal(["token.verify", "token.inspect", "token.inspect"], events(home)[:len(events(home)) - before])


@test
def verifying_a_grants_token_takes_its_providers_keys(home):
    grant = Granted(home, access_token=jose.hs256(jose.claims(sub="alice")))
    result = home.run("--json", "token", "verify", "--grant", grant.id, "--which", "access", code=1)
    equal(False, result.json["valid"])
    equal(1, len(grant.asked("jwks")))


@test
def what_a_grant_does_not_have_is_told(home):
    grant = Granted(home)
    contains("no id token", home.run("token", "inspect", "--grant", grant.id, "--which", "id", code=4).err)
    contains("no grant", home.run("token", "inspect", "--grant", "grt_x", code=3).err)
    contains("one way", home.run("token", "inspect", "x.txt", "--grant", grant.id, code=2).err)
    equal(7, home.run("--read-only", "token", "inspect", "--grant", grant.id).code)
    contains("no provider", home.run("token", "verify", "--provider", "other", code=3, input="a.b.c").err)
    contains("no private key", home.run("token", "decrypt", "--provider", "idp", code=4, input="a.b.c.d.e").err)


@test
def texts_of_a_provider_reach_no_terminal_raw(home):
    hostile = "a\x1b[2J\u202e"
    grant = Granted(home, scope="openid " + hostile)
    grant.next("userinfo", text('{"sub":"u\\u001b[2J\\u202e"}'))
    for args in (("grant", "show", grant.id), ("grant", "list"), ("grant", "userinfo", grant.id)):
        said = home.ok(*args)
        for bad in ("\x1b", "\u202e"):
            lacks(bad, said.out + said.err, str(args))
    match("openid", home.ok("grant", "list").out)


main()
