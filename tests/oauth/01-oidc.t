#!/usr/bin/python3
"""The device flow against a certified provider, npm's oidc-provider, with a scripted person: approved,
denied, expired, cancelled, slowed down, cut off and resumed; what can be done with a grant; and each way
in which a client authenticates."""

import os
import re
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import qr  # noqa: E402
from oauth import (METHODS, DeviceRun, approved, each, granted, no_secret,  # noqa: E402
                   nothing_raw, shared_oidc)
from tap import Home, check, contains, equal, lacks, main, match, test, wait_for  # noqa: E402

SCOPE = "openid profile email offline_access"


def quiet(oidc, result):
    """What was printed has no secret, and nothing raw."""
    no_secret(oidc.given(), result.out + result.err, "what was printed")
    nothing_raw(result)


# --- the flow ----------------------------------------------------------------------------------------


@test
def an_approval_gives_tokens_and_shows_none(home):
    oidc = shared_oidc()
    oidc.add(home, "public", "--scope", SCOPE)
    run = DeviceRun(home, "idp")
    code = run.wait("code")
    run.wait("pending")
    answer = oidc.requests("device")[0]["answer"]
    for member in ("user_code", "verification_uri", "verification_uri_complete"):
        equal(answer[member], code[member], member)
    equal(1, code["interval"])
    check(590 <= code["expires_in"] <= 600, str(code))
    oidc.user().approve(code["verification_uri"], code["user_code"])
    success = run.ended(0)
    equal(["code", "pending", "success"], run.names)
    equal(("Bearer", set(SCOPE.split()), True, None),
          (success["token_type"], set(success["scope"].split()), success["refreshable"], success["grant"]))
    check(3590 <= success["expires_in"] <= 3600, str(success))
    quiet(oidc, run.result())


@test
def the_id_token_is_verified_by_the_providers_keys(home):
    oidc = shared_oidc()
    oidc.add(home, "public", "--scope", SCOPE)
    run = DeviceRun(home, "idp")
    approved(oidc, run, "bob")
    told = run.ended(0)["id_token"]
    equal((True, "valid", "bob", oidc.issuer),
          (told["valid"], told["signature"], told["claims"]["sub"], told["claims"]["iss"]))


@test
def polls_keep_their_distance_and_name_the_client(home):
    oidc = shared_oidc()
    run = DeviceRun(home, *oidc.options(home))
    run.wait("pending", 2)
    approved(oidc, run)
    run.ended(0)
    polls = oidc.requests("token")
    check(len(polls) >= 3, f"{len(polls)} polls")
    times = [oidc.requests("device")[0]["at"]] + [poll["at"] for poll in polls]
    for earlier, later in zip(times, times[1:]):
        check(later - earlier >= 1, f"polled after {later - earlier:.3f} s")
    for poll in polls:
        equal("public", poll["form"]["client_id"])


@test
def a_denial_ends_with_no(home):
    oidc = shared_oidc()
    oidc.add(home)
    run = DeviceRun(home, "idp", "--save")
    code = run.wait("code")
    oidc.user().deny(code["verification_uri"], code["user_code"])
    equal("access_denied", run.ended(1)["error"])
    equal([], home.rows("grant", "list"))
    equal([], home.rows("device", "list"))
    quiet(oidc, run.result())


@test
def a_code_that_ran_out_ends_with_no_and_is_never_polled_again(home):
    oidc = shared_oidc()
    oidc.set(device_ttl=4)
    run = DeviceRun(home, *oidc.options(home))
    run.wait("code")
    equal("expired_token", run.ended(1)["error"])
    start = oidc.requests("device")[0]["at"]
    polls = [poll["at"] - start for poll in oidc.requests("token")]
    check(len(polls) >= 2 and max(polls) < 4.05, f"polled at {polls}")


@test
def an_interrupt_cancels_and_forgets_the_code(home):
    oidc = shared_oidc()
    oidc.add(home)
    run = DeviceRun(home, "idp", "--save")
    run.wait("pending")
    run.signal(signal.SIGINT)
    run.ended(130)
    equal([], home.rows("device", "list"))
    count = len(oidc.requests("token"))
    equal(2, home.run("device", "run", "idp", "--resume").code // 2)
    equal(count, len(oidc.requests("token")), "a cancelled code was polled")


@test
def a_timeout_of_ones_own_ends_the_wait_for_the_person(home):
    oidc = shared_oidc()
    run = DeviceRun(home, *oidc.options(home), "--timeout", "2s")
    run.wait("code")
    run.ended(1)
    contains("--timeout", str(run.events[-1]) + run.result().err)


@test
def slow_down_adds_five_seconds_for_good(home):
    oidc = shared_oidc()
    oidc.set(slow_down=1)
    run = DeviceRun(home, *oidc.options(home))
    equal(6, run.wait("slow_down")["interval"])
    approved(oidc, run)
    run.ended(0)
    check(oidc.gaps()[0] >= 6, str(oidc.gaps()))


@test
def a_connection_that_breaks_is_tried_again(home):
    oidc = shared_oidc()
    oidc.set(reset=1)
    run = DeviceRun(home, *oidc.options(home))
    check(run.wait("retry")["reason"], "says why")
    approved(oidc, run)
    run.ended(0)
    check(oidc.gaps()[0] >= 2, f"a lost answer doubles the wait: {oidc.gaps()}")


@test
def a_lost_answer_to_the_redemption_is_explained(home):
    oidc = shared_oidc()
    run = DeviceRun(home, *oidc.options(home))
    code = run.wait("code")
    oidc.set(lost=1)
    oidc.user().approve(code["verification_uri"], code["user_code"])
    end = run.ended(6)
    equal("invalid_grant", end["error"])
    match("lost", end["explanation"])
    equal(["retry"], [event["event"] for event in run.events if event["event"] == "retry"])


@test
def two_flows_at_once_keep_apart(home):
    oidc = shared_oidc()
    oidc.add(home)
    runs = {name: DeviceRun(home, "idp", "--save") for name in ("alice", "bob")}
    for name, run in runs.items():
        approved(oidc, run, name)
    for run in runs.values():
        run.ended(0)
    equal({"alice", "bob"}, {grant["subject"] for grant in home.rows("grant", "list")})
    equal([], home.rows("device", "list"))


# --- resuming ----------------------------------------------------------------------------------------


def killed(oidc, home, *args):
    """A flow whose process is gone, as when an SSH connection is lost at its worst."""
    oidc.add(home)
    run = DeviceRun(home, "idp", "--save", *args)
    code = run.wait("code")
    run.wait("pending")
    run.signal(signal.SIGKILL)
    run.result()
    return code


@test
def a_flow_whose_process_was_killed_is_resumed(home):
    oidc = shared_oidc()
    code = killed(oidc, home)
    kept = home.rows("device", "list")
    equal([("resumable", code["user_code"], "idp")],
          [(flow["state"], flow["user_code"], flow["provider"]) for flow in kept])
    run = DeviceRun(home, "idp", "--resume")
    equal(code["user_code"], run.wait("code")["user_code"])
    approved(oidc, run)
    grant = run.ended(0)["grant"]
    equal([grant], [row["id"] for row in home.rows("grant", "list")])
    equal(1, len(oidc.requests("device")), "resuming asks for no new code")
    check(min(oidc.gaps()) >= 1, f"polled too early: {oidc.gaps()}")
    equal([], home.rows("device", "list"))


@test
def a_running_flow_is_not_taken_from_its_process(home):
    oidc = shared_oidc()
    oidc.add(home)
    run = DeviceRun(home, "idp", "--save")
    run.wait("code")
    equal(["running"], [flow["state"] for flow in home.rows("device", "list")])
    equal(4, home.run("device", "run", "idp", "--resume").code)
    approved(oidc, run)
    run.ended(0)


@test
def a_hangup_leaves_the_flow_to_be_resumed(home):
    oidc = shared_oidc()
    oidc.add(home)
    run = DeviceRun(home, "idp", "--save")
    run.wait("pending")
    run.signal(signal.SIGHUP)
    run.result()
    equal(["resumable"], [flow["state"] for flow in home.rows("device", "list")])
    again = DeviceRun(home, "idp", "--resume")
    approved(oidc, again)
    check(again.ended(0)["grant"], "the wish to save was kept")


@test
def a_kept_flow_is_forgotten_on_demand(home):
    oidc = shared_oidc()
    killed(oidc, home)
    flow = home.rows("device", "list")[0]["id"]
    home.ok("device", "forget", flow)
    equal([], home.rows("device", "list"))


# --- grants ------------------------------------------------------------------------------------------


@test
def a_grant_is_kept_and_shows_no_token(home):
    oidc = shared_oidc()
    grant = granted(oidc, home, "public", "--scope", SCOPE)
    shown = home.ok("--json", "grant", "show", grant)
    equal(("idp", "alice", "Bearer", True, True),
          tuple(shown.json[n] for n in ("provider", "subject", "token_type", "refreshable", "has_id_token")))
    equal([grant], [row["id"] for row in home.rows("grant", "list")])
    quiet(oidc, shown)
    tokens = home.json("grant", "show", grant, "--show-tokens")
    given = oidc.requests("token")[-1]["answer"]
    for name in ("access_token", "refresh_token", "id_token"):
        equal(given[name], tokens[name])
    contains("grant.show", home.ok("--json", "audit", "list").out, "showing tokens is audited")


@test
def a_refresh_rotates_and_the_old_one_is_not_used_again(home):
    oidc = shared_oidc()
    grant = granted(oidc, home, "public", "--scope", SCOPE)
    for _ in range(2):
        home.ok("grant", "refresh", grant)
    asked = [r for r in oidc.requests("token") if r["form"]["grant_type"] == "refresh_token"]
    equal([200, 200], [r["status"] for r in asked])
    equal(asked[0]["answer"]["refresh_token"], asked[1]["form"]["refresh_token"])
    equal(asked[1]["answer"]["access_token"],
          home.json("grant", "show", grant, "--show-tokens")["access_token"])


@test
def a_refresh_without_rotation_keeps_the_refresh_token(home):
    oidc = shared_oidc()
    oidc.set(rotate=False)
    grant = granted(oidc, home, "basic", "--scope", SCOPE)
    before = home.json("grant", "show", grant, "--show-tokens")["refresh_token"]
    home.ok("grant", "refresh", grant)
    equal(before, home.json("grant", "show", grant, "--show-tokens")["refresh_token"])


@test
def a_refresh_whose_answer_was_lost_leaves_the_grant_uncertain(home):
    oidc = shared_oidc()
    grant = granted(oidc, home, "public", "--scope", SCOPE)
    oidc.set(lost=1)
    equal(6, home.run("grant", "refresh", grant).code)
    shown = home.json("grant", "show", grant)
    equal("uncertain", shown["state"])
    check(shown["note"], "says why")
    # The provider has seen the old one twice by now: reuse, and it ends the grant.
    refused = home.run("grant", "refresh", grant)
    equal(6, refused.code, str(refused))
    equal("ended", home.json("grant", "show", grant)["state"])
    quiet(oidc, refused)


@test
def two_refreshes_at_once_make_one_request(home):
    oidc = shared_oidc()
    grant = granted(oidc, home, "public", "--scope", SCOPE)
    oidc.clear()
    processes = [home.start("grant", "refresh", grant) for _ in range(2)]
    codes = sorted(process.wait() for process in processes)
    for process in processes:
        process.communicate()
    check(codes in ([0, 0], [0, 4]), str(codes))
    refreshed = [r for r in oidc.requests("token") if r["status"] != 200]
    equal([], refreshed, "the second request would have been taken for a theft")
    home.ok("grant", "refresh", grant)


@test
def userinfo_tells_the_person_of_the_id_token(home):
    oidc = shared_oidc()
    grant = granted(oidc, home, "public", "--scope", SCOPE)
    told = home.json("grant", "userinfo", grant)
    equal(("alice", True, "Person alice"),
          (told["sub"], told["matches_id_token"], told["claims"]["name"]))


@test
def introspection_follows_revocation(home):
    oidc = shared_oidc()
    grant = granted(oidc, home, "basic", "--scope", SCOPE)
    told = home.json("grant", "introspect", grant)
    equal((True, "alice", "basic"), (told["active"], told["claims"]["sub"], told["claims"]["client_id"]))
    equal(4, home.run("grant", "revoke", grant).code, "asks")
    home.ok("grant", "revoke", grant, "--yes")
    check(oidc.requests("revocation"), "nothing was revoked")
    equal("ended", home.json("grant", "show", grant)["state"])
    after = home.run("--json", "grant", "introspect", grant)
    equal(1, after.code, str(after))
    equal(False, after.json["active"])
    home.ok("grant", "remove", grant, "--yes")
    equal(3, home.run("grant", "show", grant).code)


@test
def removing_a_provider_takes_its_grants_along(home):
    oidc = shared_oidc()
    granted(oidc, home)
    equal(4, home.run("provider", "remove", "idp").code, "asks")
    home.ok("provider", "remove", "idp", "--yes")
    equal([], home.rows("grant", "list"))
    home.ok("store", "check")
    home.ok("audit", "verify")


# --- tokens ------------------------------------------------------------------------------------------


@test
def a_jwt_access_token_verifies_with_the_providers_keys(home):
    oidc = shared_oidc()
    oidc.add(home, "public", "--scope", "orders:read")
    run = DeviceRun(home, "idp", "--show-tokens")
    approved(oidc, run)
    success = run.ended(0)
    equal(None, success["id_token"])
    verdict = home.json("token", "verify", "--provider", "idp", "--aud", "https://orders.example",
                        input=success["access_token"])
    equal((True, "valid"), (verdict["valid"], verdict["signature"]))


@test
def scope_that_was_not_granted_is_told(home):
    oidc = shared_oidc()
    run = DeviceRun(home, *oidc.options(home, "public", "--scope", "openid orders:read"))
    approved(oidc, run)
    success = run.ended(0)
    equal(("openid", "openid orders:read"), (success["scope"], success["scope_asked"]))


@test
def the_trace_has_every_exchange_and_no_secret(home):
    oidc = shared_oidc()
    oidc.add(home, "basic", "--scope", SCOPE)
    run = DeviceRun(home, "idp", "--trace", "--save")
    run.wait("pending")
    approved(oidc, run)
    run.ended(0)
    exchanges = run.all("exchange")
    told = [e["exchange"]["url"] for e in exchanges if "url" in e["exchange"]]
    for path in ("/device/auth", "/token"):
        check(any(url.endswith(path) for url in told), f"{path} in {told}")
    quiet(oidc, run.result())


# --- client authentication ---------------------------------------------------------------------------


@test
def every_method_of_authentication_works_in_every_request():
    def one(client):
        home = Home()
        try:
            oidc = shared[client == "tls"]
            oidc.add(home, client, "--scope", SCOPE)
            run = DeviceRun(home, "idp", "--save")
            approved(oidc, run)
            grant = run.ended(0)["grant"]
            home.ok("grant", "refresh", grant)
            equal(True, home.json("grant", "introspect", grant)["active"])
            home.ok("grant", "revoke", grant, "--yes")
            no_secret(oidc.given(), run.result().out + run.result().err, "the output")
        finally:
            home.close()
    shared = {False: shared_oidc(), True: shared_oidc(tls=True)}
    each(one, METHODS)
    for oidc in shared.values():
        equal([], [r for r in oidc.requests() if r["status"] == 401], "requests that were not let in")


@test
def a_wrong_secret_is_refused_and_not_repeated(home):
    oidc = shared_oidc()
    options = oidc.options(home, "basic")
    wrong = "not the client's secret at all"
    home.file("secret-basic", wrong + "\n")
    run = DeviceRun(home, *options)
    end = run.ended(6)
    equal("invalid_client", end["error"])
    check(end["explanation"], "says what it means")
    lacks(wrong, run.result().out + run.result().err)


@test
def a_secret_for_a_public_client_is_explained(home):
    oidc = shared_oidc()
    options = oidc.options(home, "basic")
    options[options.index("--client-id") + 1] = "public"
    equal("invalid_client", DeviceRun(home, *options).ended(6)["error"])


@test
def an_unknown_client_gets_no_code(home):
    oidc = shared_oidc()
    equal("invalid_client", DeviceRun(home, "--issuer", oidc.issuer, "--client-id", "nobody").ended(6)["error"])


@test
def another_certificate_is_not_the_clients(home):
    oidc = shared_oidc(tls=True)
    options = [option.replace("/client.", "/stranger.") for option in oidc.options(home, "tls")]
    equal("invalid_client", DeviceRun(home, *options).ended(6)["error"])


# --- for people --------------------------------------------------------------------------------------


@test
def a_person_reads_code_and_address_on_the_terminal(home):
    oidc = shared_oidc()
    oidc.add(home)
    terminal = home.terminal("device", "run", "idp", size=(50, 100))
    answer = wait_for(lambda: [r["answer"] for r in oidc.requests("device")], "the request")[0]
    terminal.wait(answer["user_code"])
    oidc.user().approve(answer["verification_uri"], answer["user_code"])
    equal(0, terminal.finish())
    contains(answer["verification_uri"], terminal.text)
    no_secret(oidc.given(), terminal.text, "the terminal")


def scanned(oidc, home, size, *args):
    """What the codes on a terminal of that size say to an independent reader."""
    terminal = home.terminal("device", "run", "idp", "--timeout", "2s", *args, size=size)
    equal(1, terminal.finish())
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.text)
    lines = [line.rstrip("\r").split("\r")[-1] for line in plain.split("\n")]
    return qr.read(lines), max(map(len, lines))


@test
def the_code_on_the_terminal_can_be_scanned(home):
    oidc = shared_oidc()
    oidc.add(home)
    for size in ((24, 80), (40, 120)):
        oidc.clear()
        texts, width = scanned(oidc, home, size)
        equal([oidc.requests("device")[0]["answer"]["verification_uri_complete"]], texts)
        check(width <= size[1], f"{width} columns")
    equal([], scanned(oidc, home, (24, 80), "--no-qr")[0])


@test
def discovery_is_kept_and_done_anew_on_demand(home):
    oidc = shared_oidc()
    oidc.add(home)
    record = home.json("provider", "discover", "idp")
    equal(oidc.issuer + "/token", record["token_endpoint"])
    check(record["discovered_at"], str(record))
    count = len(oidc.requests("discovery"))
    time_of = home.json("provider", "show", "idp")["discovered_at"]
    equal(count, len(oidc.requests("discovery")), "showing fetches nothing")
    home.ok("provider", "discover", "idp")
    equal(count + 1, len(oidc.requests("discovery")))
    check(home.json("provider", "show", "idp")["discovered_at"] >= time_of)


main(workers=6)
