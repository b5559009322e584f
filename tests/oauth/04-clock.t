#!/usr/bin/python3
"""Time that misbehaves while a flow runs: a suspended machine, a wall clock set back and ahead, a kill
between redemption and saving. No poll too early, none after the expiry, no endless wait, and what resuming
says."""

import collections
import fcntl
import os
import re
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import scenarios  # noqa: E402
from clocks import Faketime, Suspension  # noqa: E402
from faults import say, thin  # noqa: E402
from oauth import (DeviceRun, approved, each, scenario_options, shared_oidc,  # noqa: E402
                   shared_server)
from tap import BINARY, Home, check, equal, main, match, need, skip, test, wait_for  # noqa: E402

SPACED = 3  # seconds between the polls of who is asleep when the code runs out
LATE = 2  # less: a poll that was on its way when the clock stepped


def asleep(home, step, interval):
    """A flow in which one poll was pending; gives provider, run and clock."""
    oidc = shared_oidc()
    oidc.set(interval=interval)
    clock = step(home)
    run = DeviceRun(home, *oidc.options(home), env=clock.env)
    run.wait("pending")
    return oidc, run, clock


def no_poll_since(oidc, moment):
    late = [poll["at"] - moment for poll in oidc.requests("token") if poll["at"] > moment + LATE]
    equal([], late, "polled after the code had run out")


def evenly(oidc):
    gaps = oidc.gaps()
    check(gaps and min(gaps) >= 1, f"polled too early: {gaps}")


# --- asleep ------------------------------------------------------------------------------------------


def by_suspension(home, seconds, interval):
    oidc, run, clock = asleep(home, Suspension, interval)
    clock.sleep(seconds)
    return oidc, run, time.monotonic()


def by_faketime(home, seconds, interval):
    oidc, run, clock = asleep(home, lambda h: Faketime(h, wall_only=False), interval)
    clock.step(f"+{seconds}")
    return oidc, run, time.monotonic()


def outlived(home, way):
    """Gives the provider."""
    oidc, run, woke = way(home, 120, 1)
    count = len(run.all("pending"))
    run.wait("pending", count + 2)
    since = [poll["at"] - woke for poll in oidc.requests("token") if poll["at"] > woke]
    gaps = [later - earlier for earlier, later in zip(since, since[1:])]
    check(len(since) <= 4 and min(gaps) >= 1, f"a burst after waking: {since}")
    approved(oidc, run)
    run.ended(0)
    return oidc


def overslept(home, way):
    oidc, run, woke = way(home, 700, SPACED)
    equal("expired_token", run.ended(1)["error"])
    no_poll_since(oidc, woke)


@test
def a_flow_outlives_a_suspended_machine(home):
    # The monotonic clock rested meanwhile: sleeping is no waiting.
    evenly(outlived(home, by_suspension))


@test
def a_code_that_runs_out_while_the_machine_sleeps_is_not_polled_again(home):
    overslept(home, by_suspension)


@test
def a_flow_outlives_a_step_of_all_clocks(home):
    outlived(home, by_faketime)


@test
def a_code_that_runs_out_in_a_step_of_all_clocks_is_not_polled_again(home):
    overslept(home, by_faketime)


@test
def sleeping_counts_for_a_resumed_flow_too(home):
    oidc, clock = shared_oidc(), Suspension(home)
    oidc.add(home)
    run = DeviceRun(home, "idp", "--save", env=clock.env)
    run.wait("code")
    run.signal(signal.SIGKILL)
    run.result()
    clock.sleep(700)
    oidc.clear()
    result = home.run("--json", "device", "run", "idp", "--resume", env=clock.env)
    check(result.code in (1, 3, 4), str(result))
    match("(?i)expired|ran out|no flow|no device flow", result.out + result.err)
    equal([], oidc.requests("token"))
    equal([], home.rows("device", "list", env=clock.env))


# --- the wall clock ----------------------------------------------------------------------------------


def stepped(words, offset):
    def point(home):
        oidc, clock = shared_oidc(), Faketime(home, wall_only=True)
        run = DeviceRun(home, *oidc.options(home), env=clock.env)
        run.wait("pending")
        clock.step(offset)
        run.wait("pending", 4)
        evenly(oidc)
        approved(oidc, run)
        run.ended(0)
    point.__name__ = words
    test(point)


stepped("a_wall_clock_set_back_an_hour_makes_nobody_wait", "-3600")
stepped("a_wall_clock_set_ahead_two_hours_ends_nothing_and_hurries_nothing", "+7200")


def expires_all_the_same(words, offset):
    def point(home):
        oidc, clock = shared_oidc(), Faketime(home, wall_only=True)
        oidc.set(device_ttl=5)
        run = DeviceRun(home, *oidc.options(home), env=clock.env)
        run.wait("code")
        start = oidc.requests("device")[0]["at"]
        clock.step(offset)
        equal("expired_token", run.ended(1)["error"])
        check(time.monotonic() - start > 4, f"ended after {time.monotonic() - start:.1f} s")
        no_poll_since(oidc, start + 5)
    point.__name__ = words
    test(point)


expires_all_the_same("a_code_runs_out_in_its_time_though_the_wall_clock_is_set_back", "-3600")
expires_all_the_same("a_code_lives_its_time_though_the_wall_clock_is_set_ahead", "+7200")


@test
def a_grant_is_saved_though_the_wall_clock_was_set_ahead(home):
    """The tokens are there and can't be had again: they are saved or told about, never dropped."""
    oidc, clock = shared_oidc(), Faketime(home, wall_only=True)
    home.ok("provider", "add", "idp", *oidc.options(home), env=clock.env)
    run = DeviceRun(home, "idp", "--save", env=clock.env)
    run.wait("pending")
    clock.step("+7200")
    approved(oidc, run)
    check(run.ended(0)["grant"], "not saved")
    equal(1, len(home.rows("grant", "list", env=clock.env)))


@test
def another_boot_is_told_by_the_wall_clock(home):
    """The machine was restarted: CLOCK_BOOTTIME says nothing any more."""
    if os.geteuid() != 0:
        skip("another boot is made by a mount, as root")
    oidc = shared_oidc()
    oidc.add(home)
    run = DeviceRun(home, "idp", "--save")
    code = run.wait("code")
    run.signal(signal.SIGKILL)
    run.result()
    boot = home.file("boot", "00000000-1111-4222-8333-444444444444\n")
    other = [need("unshare"), "-m", "sh", "-c",
             f'mount --bind {boot} /proc/sys/kernel/random/boot_id && exec "$0" "$@"', BINARY]
    again = DeviceRun(home, "idp", "--resume", binary=other)
    equal(code["user_code"], again.wait("code")["user_code"])
    approved(oidc, again)
    again.ended(0)


# --- killed ------------------------------------------------------------------------------------------


class Gate:
    """A reply that waits at a gate: `came` is set when the poll is there, `open` lets the tokens out."""

    def __init__(self):
        self.came, self.open, self.gone = threading.Event(), threading.Event(), threading.Event()

    def __call__(self, call):
        self.came.set()
        self.open.wait(60)
        scenarios.success()(call)
        self.gone.set()


REDEEMED = scenarios.error("invalid_grant", description="device code already consumed")


def saved_flow(home, name, *replies):
    """A provider at a scenario of its own whose token endpoint gives these replies, and its flow."""
    server = shared_server()
    server.next(name, "token", *replies)
    home.ok("provider", "add", "idp", *scenario_options(server, name))
    return server


@test
def a_kill_between_redemption_and_saving_is_told_on_resuming(home):
    gate = Gate()
    saved_flow(home, "good~killed", gate, REDEEMED)
    run = DeviceRun(home, "idp", "--save")
    check(gate.came.wait(60), "no poll came")
    # With the writers' lock held nothing can be saved.
    with open(home.store + "-lock", "r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        gate.open.set()
        check(gate.gone.wait(60), "the tokens were not given out")
        run.signal(signal.SIGKILL)
        run.result()
    equal([], home.rows("grant", "list"))
    equal(["resumable"], [flow["state"] for flow in home.rows("device", "list")])
    again = DeviceRun(home, "idp", "--resume")
    end = again.ended(6)
    equal("invalid_grant", end["error"])
    match("(?i)redeemed|used up|already|lost", end["explanation"])
    equal([], home.rows("device", "list"), "a code that is used up is not kept")


WRITING = "pwrite64,fdatasync,fsync,ftruncate,unlink,write,flock"


def traced(home, name, *options):
    """A flow of that scenario to its end, under strace."""
    strace = [need("strace"), "-f", "-qq", "-ttt", "-e", "trace=" + WRITING, *options, "-E",
              "ASAN_OPTIONS=detect_leaks=0", BINARY]
    return DeviceRun(home, "idp", "--save", binary=strace).result()


def kill_points(home):
    """The system calls behind the redemption: (name, which of its name), as strace counts them, by thread."""
    name, log = "good~traced", os.path.join(home.path, "trace")
    server = saved_flow(home, name, scenarios.success())
    equal(0, traced(home, name, "-o", log).code)
    redeemed = server.asked(name, "token")[0].at + time.time() - time.monotonic()
    counts, points = collections.Counter(), []
    with open(log, encoding="utf-8", errors="replace") as lines:
        for thread, at, call in re.findall(r"(?m)^(\d+) +([0-9.]+) (\w+)\(", lines.read()):
            counts[thread, call] += 1
            if float(at) > redeemed and (call, counts[thread, call]) not in points:
                points.append((call, counts[thread, call]))
    return points


@test
def a_kill_at_any_write_leaves_the_flow_or_the_grant(traced_home):
    def one(point):
        call, number = point
        home, name = Home(), f"good~kill-{call}-{number}"
        try:
            saved_flow(home, name, scenarios.success(), REDEEMED)
            result = traced(home, name, "-o", "/dev/null", "-e", f"inject={call}:signal=KILL:when={number}")
            grants = home.rows("grant", "list")
            flows = home.rows("device", "list")
            asked = shared_server().asked(name, "token")
            if result.code == 0:
                equal((1, 0), (len(grants), len(flows)), "not killed")
                return "not killed"
            if asked:
                equal(1, len(grants) + len(flows), f"{call} {number}: {grants} {flows}")
            equal(0, home.run("store", "check").code, "store check")
            equal(0, home.run("audit", "verify").code)
            return ("grant" if grants else "flow") if asked else "before the poll"
        finally:
            home.close()
    counts = collections.Counter(each(one, thin(kill_points(traced_home), 12)))
    say(f"killed at a write: {dict(counts)}")
    check(counts["grant"] and counts["flow"], f"not on both sides of the commit: {counts}")


@test
def a_flow_that_a_stopped_process_holds_is_not_polled_by_another(home):
    server = saved_flow(home, "good~stopped", scenarios.PENDING, scenarios.PENDING, scenarios.PENDING)
    run = DeviceRun(home, "idp", "--save")
    run.wait("pending")
    run.signal(signal.SIGSTOP)
    count = wait_for(lambda: len(server.asked("good~stopped", "token")), "polls")
    equal(4, home.run("device", "run", "idp", "--resume").code)
    equal(count, len(server.asked("good~stopped", "token")))
    run.signal(signal.SIGCONT)
    run.ended(0)


main(workers=6)
