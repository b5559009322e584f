#!/usr/bin/env python3
"""A person or a lost connection ends a command while the provider is answering: what was granted is kept, a grant
says what is not known, a flow can be resumed, and the exit status is the signal's."""

import os
import signal
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from oauth import DeviceRun, each, scenario_options, shared_server  # noqa: E402
from scenarios import PENDING, SCENARIOS, Scenario, error, success  # noqa: E402
from tap import PATIENCE, Result, check, contains, equal, main, test, wait_for  # noqa: E402

HANGUPS = (signal.SIGHUP, signal.SIGTERM)


class Gate:
    """A token endpoint that holds its answer until it is told to give it."""

    def __init__(self, name, *before):
        self.open = threading.Event()
        self.server, self.name = shared_server(), name
        SCENARIOS[name] = Scenario(token=[*before, self])

    def __call__(self, call):
        self.open.wait(PATIENCE)
        success()(call)

    def asked(self):
        return len(self.server.asked(self.name, "token"))

    def add(self, home):
        home.ok("provider", "add", self.name, *scenario_options(self.server, self.name))

    def interrupt(self, process, number, before, answer):
        """Sends the signal while the request has no answer, which then comes or does not."""
        wait_for(lambda: self.asked() > before, "the request")
        process.send_signal(number)
        if answer:
            self.open.set()


def flow_ends(home, name, number, answer):
    gate = Gate(name)
    gate.add(home)
    run = DeviceRun(home, name, "--save")
    gate.interrupt(run.process, number, 0, answer)
    result = run.result()
    gate.open.set()
    return result, home.rows("grant", "list", "--provider", name), [
        flow for flow in home.rows("device", "list") if flow["provider"] == name]


@test
def a_success_that_comes_while_the_program_is_ended_is_saved(home):
    home.ok("provider", "add", "first", *scenario_options(shared_server(), "good"))

    def one(number):
        result, grants, flows = flow_ends(home, f"raced-{number.name}", number, True)
        equal((0, 1, []), (result.code, len(grants), flows), str(result))
    each(one, [signal.SIGINT, *HANGUPS])


@test
def a_lost_connection_leaves_the_flow_and_a_person_ends_it(home):
    home.ok("provider", "add", "first", *scenario_options(shared_server(), "good"))

    def one(number):
        result, grants, flows = flow_ends(home, f"lost-{number.name}", number, False)
        equal([], grants)
        if number == signal.SIGINT:
            equal((130, []), (result.code, flows), str(result))
            contains("a poll had no answer yet", result.error["hint"])
        else:
            equal((-number, ["resumable"]), (result.code, [flow["state"] for flow in flows]), str(result))
    each(one, [signal.SIGINT, *HANGUPS])


@test
def a_hangup_that_is_ignored_stays_ignored(home):
    SCENARIOS["nohup"] = Scenario(token=[PENDING, PENDING, success()])
    home.ok("provider", "add", "nohup", *scenario_options(shared_server(), "nohup"))
    run = DeviceRun(home, "nohup", "--save", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    run.wait("pending")
    run.signal(signal.SIGHUP)
    run.ended(0)


def refresh_ends(home, name, number, answer):
    gate = Gate(name, success())
    gate.add(home)
    grant = home.ok("--json", "device", "run", name, "--save").rows[-1]["grant"]
    process = home.start("--json", "grant", "refresh", grant)
    gate.interrupt(process, number, 1, answer)
    out, err = process.communicate(timeout=PATIENCE)
    gate.open.set()
    return Result(("refresh",), process.returncode, out, err), home.json("grant", "show", grant)


@test
def a_refresh_that_is_ended_keeps_the_answer_or_says_that_none_came(home):
    home.ok("provider", "add", "first", *scenario_options(shared_server(), "good"))

    def one(number):
        result, grant = refresh_ends(home, f"refreshed-{number.name}", number, True)
        equal((0, "live"), (result.code, grant["state"]), str(result))
        check(grant["refreshed_at"], "it has the new tokens")
        result, grant = refresh_ends(home, f"unanswered-{number.name}", number, False)
        equal((130 if number == signal.SIGINT else -number, "uncertain"), (result.code, grant["state"]), str(result))
    each(one, [signal.SIGINT, *HANGUPS])


@test
def a_grant_is_not_revoked_while_new_tokens_come(home):
    gate = Gate("busy", success())
    gate.add(home)
    grant = home.ok("--json", "device", "run", "busy", "--save").rows[-1]["grant"]
    process = home.start("--json", "grant", "refresh", grant)
    wait_for(lambda: gate.asked() > 1, "the refresh")
    result = home.run("grant", "revoke", grant, "--yes", code=4)
    contains("is refreshing the grant", result.err)
    equal([], gate.server.asked("busy", "revoke"))
    gate.open.set()
    process.communicate(timeout=PATIENCE)
    equal(0, process.returncode)
    # What it gave is what is revoked then; a refusal leaves the grant to others.
    gate.server.next("busy", "revoke", error("invalid_client", 401))
    home.run("grant", "revoke", grant, "--yes", code=6)
    equal("live", home.json("grant", "show", grant)["state"])
    home.ok("grant", "revoke", grant, "--yes")
    equal(gate.server.state("busy").secrets[-1],
          dict(gate.server.asked("busy", "revoke")[-2].form)["token"])


main()
