#!/usr/bin/python3
"""The device flow on the command line: what it takes, what a person and a program see of it, what is kept
and what becomes of it when output, store or process fail."""
import os
import re
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import jose
import qr
from oauth import DeviceRun, no_secret, scenario_options, shared_server
from scenarios import PENDING, device, error, success, text
from tap import check, contains, equal, lacks, main, match, test, wait_for

ISSUER = "https://sso.example.com"


def saved(home, scenario, *more, name="idp"):
    """A saved provider with a state of its own at the scripted server; gives its scenario's name."""
    server = shared_server()
    tagged = f"{scenario}~{os.path.basename(home.path)}"
    home.ok("provider", "add", name, *scenario_options(server, tagged), *more)
    return tagged


def plain(terminal):
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.text)


# --- what it takes -----------------------------------------------------------------------------------


@test
def it_wants_to_know_where_and_as_whom(home):
    for says, args in (("which provider", ()), ("client id", ("--issuer", ISSUER)),
                       ("--resume", ("--flow", "flw_x", "--client-id", "c")),
                       ("is saved", ("--issuer", ISSUER, "--client-id", "c", "--save")),
                       ("client secret", ("--preset", "google", "--client-id", "c"))):
        contains(says, home.run("device", "run", *args, code=2).err, str(args))
    equal(5, home.run("device", "run", "idp").code, "no store is made")


@test
def a_saved_provider_is_not_changed_by_the_way(home):
    home.ok("provider", "add", "idp", "--issuer", ISSUER, "--client-id", "c")
    contains("provider edit", home.run("device", "run", "idp", "--client-id", "d", code=2).err)
    contains("no provider", home.run("device", "run", "other", code=3).err)
    contains("--scope", home.run("device", "run", "idp", "--resume", "--scope", "x", code=2).err)
    contains("no device flow to resume", home.run("device", "run", "idp", "--resume", code=4).err)
    contains("no provider", home.run("device", "run", "other", "--resume", code=3).err)
    contains("no device flow", home.run("device", "run", "--resume", "--flow", "flw_x", code=3).err)


@test
def a_vendor_without_a_device_flow_is_told_before_anything_is_asked(home):
    result = home.run("device", "run", "--preset", "cognito", "--issuer", ISSUER, "--client-id", "c", code=4)
    contains("no device flow", result.err)


@test
def another_scope_can_be_asked_for_once(home):
    scenario = saved(home, "good", "--scope", "openid")
    run = DeviceRun(home, "idp", "--scope", "email", "--scope", "profile")
    equal(("email profile", "email profile"), tuple(run.ended(0)[n] for n in ("scope", "scope_asked")))
    equal("email profile", dict(shared_server().asked(scenario, "device")[0].form)["scope"])
    equal("openid", home.json("provider", "show", "idp")["scope"])


# --- what a program sees -----------------------------------------------------------------------------


@test
def each_event_is_out_before_the_next_one_happens(home):
    saved(home, "never-denied")
    run = DeviceRun(home, "idp")
    run.wait("code")
    check(run.process.poll() is None, "the code came with the end")
    run.wait("pending")
    equal(["code", "pending", "error"], run.names if run.ended(1) else None)
    for event in run.events:
        match(r"^\d{4}-\d\d-\d\dT", event["at"])


@test
def tokens_are_put_out_on_demand_only(home):
    server, tokens = shared_server(), ("access_token", "refresh_token")
    scenario = saved(home, "good")
    run = DeviceRun(home, "idp", "--trace")
    success_event = run.ended(0)
    equal([], [name for name in tokens if name in success_event])
    no_secret(server.state(scenario).secrets, run.result().out + run.result().err, "the output")
    shown = DeviceRun(home, "idp", "--show-tokens").ended(0)
    equal(server.state(scenario).secrets[-2:], [shown[name] for name in tokens])
    equal(None, shown["id_token_raw"])


@test
def quiet_says_only_what_is_needed(home):
    saved(home, "good")
    lines = home.ok("--quiet", "device", "run", "idp", "--save").out.splitlines()
    match(r"^WDJB-MJHT http://\S+/activate$", lines[0])
    equal([home.rows("grant", "list")[0]["id"]], lines[1:])


# --- what a person sees ------------------------------------------------------------------------------


def shown(home, *args, **more):
    terminal = home.terminal("device", "run", "idp", *args, **more)
    terminal.finish(0)
    return terminal


@test
def a_person_sees_code_address_countdown_and_result(home):
    saved(home, "good", "--scope", "openid email")
    terminal = shown(home, "--save", "--trace", size=(50, 100))
    seen = plain(terminal)
    for part in ("W D J B - M J H T", "(WDJB-MJHT)", "/activate", "seconds left", "approved", "a refresh token came", "grt_", "POST http"):
        contains(part, seen)
    no_secret(shared_server().state(f"good~{os.path.basename(home.path)}").secrets, terminal.raw, "the terminal")


@test
def a_pipe_gets_a_line_for_each_step(home):
    saved(home, "good")
    said = home.ok("device", "run", "idp").out
    for part in ("WDJB-MJHT", "nobody has decided yet; again in", "approved"):
        contains(part, said)
    lacks("\x1b", said)


@test
def address_code_and_qr_code_fit_on_24_rows(home):
    address = "https://sso.example.com/realms/dev/device"
    shared_server().next(saved(home, "good"), "device", device(
        verification_uri=address, verification_uri_complete=address + "?user_code=WDJB-MJHT"))
    lines = plain(shown(home, size=(24, 80))).split("\n")
    first = next(i for i, line in enumerate(lines) if address in line)
    last = next(i for i, line in enumerate(lines) if "seconds left" in line)
    equal(23, last - first, "rows")


@test
def the_qr_code_is_black_on_white_and_only_where_it_can_be_read(home):
    scenario = saved(home, "good")
    terminal = shown(home, size=(24, 80))
    contains("\x1b[38;5;16;48;5;231m", terminal.text)
    lines = [line for line in plain(terminal).replace("\r", "\n").split("\n") if "\u2580" in line or "\u2588" in line]
    equal([f"{shared_server().plain}/{scenario}/activate?user_code=WDJB-MJHT"], qr.read(lines))
    check(max(map(len, lines)) <= 80, "wider than the terminal")
    for args, env in ((("--no-qr",), {}), ((), {"NO_COLOR": "1"}), ((), {"LC_ALL": "C"}), ((), {"TERM": "vt100"})):
        lacks("\u2588", shown(home, *args, env=env).text, f"{args} {env}")
    lacks("\u2588", shown(home, size=(24, 30)).text, "a narrow terminal")


@test
def an_address_that_is_none_is_shown_as_text_and_the_flow_goes_on(home):
    saved(home, "uri-text")
    seen = plain(shown(home))
    contains("ask Paul on the third floor", seen)
    lacks("\u2588", seen)


@test
def the_end_is_told_in_words(home):
    saved(home, "denied")
    terminal = home.terminal("device", "run", "idp")
    terminal.finish(1)
    contains("access_denied", plain(terminal))
    home.ok("provider", "remove", "idp", "--yes")
    saved(home, "unknown-error")
    result = home.run("device", "run", "idp", code=6)
    contains("teapot_failure", result.err)
    contains("short and stout", result.out)


# --- what is kept ------------------------------------------------------------------------------------


@test
def a_flow_without_a_saved_provider_is_not_kept(home):
    home.create("a")
    run = DeviceRun(home, *scenario_options(shared_server(), "never-denied~" + os.path.basename(home.path)))
    equal(None, run.wait("code")["flow"])
    equal([], home.rows("device", "list"))
    run.ended(1)


@test
def a_read_only_store_keeps_nothing_and_saves_nothing(home):
    saved(home, "good")
    contains("read-only", home.run("--read-only", "device", "run", "idp", "--save", code=7).err)
    result = home.ok("--read-only", "--json", "device", "run", "idp")
    equal(None, result.rows[0]["flow"])
    equal(None, result.rows[-1]["grant"])


@test
def a_flow_that_is_forgotten_is_polled_no_more(home):
    scenario = saved(home, "never-denied")
    shared_server().next(scenario, "device", lambda call: call.send(
        {"device_code": call.secret("dc"), "user_code": "ABCD", "verification_uri": call.base + "/activate",
         "expires_in": 600, "interval": 1}))
    run = DeviceRun(home, "idp")
    flow = run.wait("code")["flow"]
    equal([flow], [row["id"] for row in home.rows("device", "list")])
    equal(flow + "\n", home.ok("completion", "flows").out)
    home.ok("device", "forget", flow)
    run.ended(4)
    contains("forgotten", run.result().err)
    equal(3, home.run("device", "forget", flow).code)


@test
def a_reader_that_goes_away_leaves_the_flow_to_be_resumed(home):
    scenario = saved(home, "good")
    shared_server().next(scenario, "token", PENDING, PENDING)
    process = home.start("--json", "device", "run", "idp", "--save")
    process.stdin.close()
    process.stdout.readline()  # the code
    process.stdout.close()
    process.wait()
    process.stderr.close()
    equal(["resumable"], [row["state"] for row in home.rows("device", "list")])
    run = DeviceRun(home, "--resume")
    equal(True, run.wait("code")["resumed"])
    check(run.ended(0)["grant"], "the wish to save was kept")


@test
def one_of_several_is_resumed_by_its_id(home):
    scenario, flows = saved(home, "good"), []
    for _ in range(2):
        shared_server().next(scenario, "token", PENDING)
        run = DeviceRun(home, "idp")
        flows.append(run.wait("code")["flow"])
        run.wait("pending")
        run.signal(signal.SIGKILL)
        run.result()
    run = DeviceRun(home, "--resume", "--flow", flows[0])
    equal(flows[0], run.wait("code")["flow"])
    run.ended(0)
    equal(flows[1:], [row["id"] for row in home.rows("device", "list")])


@test
def an_expired_flow_says_so_and_is_gone(home):
    saved(home, "never-denied")
    run = DeviceRun(home, "idp")
    run.wait("code")
    run.signal(signal.SIGKILL)
    run.result()
    wait_for(lambda: not home.rows("device", "list"), "the code's end")
    result = home.run("--json", "device", "run", "idp", "--resume")
    equal(1, result.code, str(result))
    equal("expired_token", result.rows[-1]["error"])
    equal(4, home.run("device", "run", "idp", "--resume").code)


@test
def an_interrupt_during_a_poll_takes_an_answer_that_comes(home):
    """The person gives up while the provider is about to answer: what was granted is not dropped."""
    scenario, reached = saved(home, "good"), []

    def slowly(call):
        reached.append(True)
        wait_for(lambda: run.process.poll() is not None or len(reached) > 1, "the interrupt")
        success()(call)
    shared_server().next(scenario, "token", slowly)
    run = DeviceRun(home, "idp", "--save")
    wait_for(lambda: reached, "the poll")
    run.signal(signal.SIGINT)
    reached.append(True)
    equal([run.ended(0)["grant"]], [row["id"] for row in home.rows("grant", "list")])


@test
def an_interrupt_ends_a_poll_that_hangs(home):
    scenario, reached = saved(home, "good"), []

    def never(call):
        reached.append(True)
        while call.connection.recv(4096):
            pass
    shared_server().next(scenario, "token", never)
    run = DeviceRun(home, "idp")
    wait_for(lambda: reached, "the poll")
    run.signal(signal.SIGINT)
    run.ended(130)
    equal([], home.rows("device", "list"))


# --- ID tokens ---------------------------------------------------------------------------------------


@test
def an_id_token_that_does_not_hold_names_nobody(home):
    server = shared_server()
    scenario = saved(home, "good", "--scope", "openid")
    forged = jose.hs256(jose.claims(iss=f"{server.plain}/{scenario}", aud="tests", sub="mallory"))
    server.next(scenario, "token", success(id_token=forged))
    run = DeviceRun(home, "idp", "--save")
    end = run.ended(0)
    equal((False, "mallory"), (end["id_token"]["valid"], end["id_token"]["claims"]["sub"]))
    contains("NOT VALID", run.result().err)
    grant = home.json("grant", "show", end["grant"])
    equal(None, grant["subject"])
    contains("not valid", grant["note"])
    home.ok("store", "check")


@test
def an_id_token_of_another_client_or_issuer_does_not_hold(home):
    server = shared_server()
    scenario = saved(home, "good", "--client-secret-file", home.file("s", jose.SECRET), "--auth-method",
                     "client_secret_post")
    issuer = f"{server.plain}/{scenario}"
    for change, failed in (({}, None), ({"aud": "other"}, "aud"), ({"iss": "https://other.example"}, "iss"),
                           ({"exp": 1}, "exp"), ({"azp": "other"}, "azp"), ({"at_hash": "AAAA"}, "at_hash")):
        made = jose.claims(**{"iss": issuer, "aud": "tests", **change})
        server.next(scenario, "token", success(id_token=jose.hs256(made)))
        told = DeviceRun(home, "idp").ended(0)["id_token"]
        wrong = [check["name"] for check in told["checks"] if check["result"] == "failed"]
        equal((failed is None, [failed] if failed else []), (told["valid"], wrong), str(change))


@test
def keys_that_can_not_be_had_leave_it_unchecked(home):
    server = shared_server()
    scenario = saved(home, "good", "--scope", "openid")
    server.next(scenario, "jwks", text("down", 503))
    token = jose.hs256(jose.claims(iss=f"{server.plain}/{scenario}", aud="tests"))
    server.next(scenario, "token", success(id_token=token))
    run = DeviceRun(home, "idp")
    told = run.ended(0)["id_token"]
    equal((False, "unchecked"), (told["valid"], told["signature"]))
    contains("nobody has checked", run.result().err)


@test
def errors_of_providers_stay_harmless(home):
    scenario = saved(home, "good")
    shared_server().next(scenario, "token", error("invalid_grant", description="\x1b[2J\u202eno"))
    result = home.run("device", "run", "idp", code=6)
    for bad in ("\x1b", "\u202e"):
        lacks(bad, result.out + result.err)


main()
