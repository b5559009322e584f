#!/usr/bin/python3
"""Keys are created, rotated, limited and revoked while callers keep asking: no call with a good key fails, none
with a dead one passes that began after the command had returned, and every call is counted."""
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from load import Load  # noqa: E402
from serve import Service, on_socket  # noqa: E402
from tap import check, equal, main, need, test, wait_for  # noqa: E402

ROUND = 200  # answers between two changes


def timed(home, *args):
    """Runs a command; gives when it began and when it had returned."""
    begin = time.monotonic()
    result = home.ok("--json", *args)
    return begin, time.monotonic(), result


def assert_turn(load, label, change, before, after):
    """All that ended before the change began got `before`, all that began after it had returned `after`."""
    begin, returned, _ = change
    early = {c.status for c in load.calls if c.label == label and c.end < begin}
    late = {c.status for c in load.calls if c.label == label and c.begin > returned}
    equal((before, after), (early, late), f"{label}: before and after")


def codes(home, key):
    return {row["code"]: row["count"] for row in home.rows("key", "usage", key, "--by", "code")}


@test
def every_change_holds_from_the_moment_its_command_returned(home):
    good = home.create("good", "--limit", "100000000/hour")["secret"]
    with on_socket(home) as serve:
        with Load(serve, {"good": good}) as load:
            load.more(ROUND)
            load.set("made", home.create("made")["secret"])
            load.more(ROUND, "made")
            rotated = timed(home, "key", "rotate", "made", "--grace", "1h")
            load.set("made 2", rotated[2].secret)
            load.more(ROUND, "made 2")
            finished = timed(home, "key", "rotate", "made", "--finish", "--yes")
            load.more(ROUND, "made")
            disabled = timed(home, "key", "disable", "made")
            load.more(ROUND, "made 2")
            enabled = timed(home, "key", "enable", "made")
            load.more(ROUND, "made 2")
            load.set("limited", home.create("limited", "--limit", "20/day")["secret"])
            load.more(ROUND, "limited")
            revoked = timed(home, "key", "revoke", "made", "--yes")
            load.more(ROUND, "made 2")
        load.check()
        equal(0, serve.stop())
    equal({200}, set(load.statuses("good")))
    assert_turn(load, "made", finished, {200}, {401})
    second = [c for c in load.calls if c.label == "made 2"]
    equal({200}, {c.status for c in second if c.end < disabled[0]}, "the new version")
    equal({401}, {c.status for c in second if disabled[1] < c.begin and c.end < enabled[0]}, "disabled")
    equal({200}, {c.status for c in second if enabled[1] < c.begin and c.end < revoked[0]}, "enabled again")
    equal({401}, {c.status for c in second if c.begin > revoked[1]}, "revoked")
    equal(20, load.statuses("limited")[200], "a limit is exact under load")
    equal({200, 429}, set(load.statuses("limited")))
    counted(home, load)


def counted(home, load):
    """Every answer is in the figures, once the service was stopped."""
    equal({"VALID": load.count("good")}, codes(home, "good"))
    limited = load.statuses("limited")
    equal({"VALID": 20, "RATE_LIMITED": limited[429]}, codes(home, "limited"))
    made = codes(home, "made")
    equal(load.count("made") + load.count("made 2"), sum(made.values()))
    equal({"VALID", "RETIRED", "DISABLED", "REVOKED"}, set(made))
    equal(load.statuses("made")[200] + load.statuses("made 2")[200], made["VALID"])
    versions = {row["version"]: row for row in home.rows("key", "usage", "made", "--by", "version")}
    for version, label in ((1, "made"), (2, "made 2")):
        equal(load.statuses(label)[200], versions[version]["allowed"], label)
        equal(load.count(label) - load.statuses(label)[200], versions[version]["denied"], label)


@test
def what_wrk_counts_is_what_is_counted(home):
    wrk, connections = need("wrk"), 8
    made = home.create("good", "--limit", "100000000/hour")
    script = home.file("key.lua", f'wrk.headers["X-API-Key"] = "{made["secret"]}"\n')
    with Service(home) as serve:
        with subprocess.Popen([wrk, "-t1", f"-c{connections}", "-d3s", "-s", script,
                               f"http://127.0.0.1:{serve.port}/v1/verify"], stdout=subprocess.PIPE, text=True) as load:
            for i in range(3):
                home.create(f"beside {i}")
                home.ok("key", "revoke", f"beside {i}", "--yes")
            out = load.communicate()[0]
        equal(None, serve.process.poll())
        equal(0, serve.stop())
    check("Non-2xx" not in out and "Socket errors" not in out, out)
    wanted = int(re.search(r"(\d+) requests in", out)[1])
    got = codes(home, "good")
    equal(["VALID"], list(got))
    # What was under way when wrk ended was answered to nobody.
    check(wanted <= got["VALID"] <= wanted + connections, f"wrk {wanted}, counted {got}")


@test
def a_kill_loses_the_last_second_of_counts_and_nothing_else(home):
    kills = int(os.environ.get("AUTHRACK_KILLS", "6"))
    secret = home.create("good", "--limit", "100000000/hour")["secret"]
    answered = []
    lost_longest = 0.0
    for _ in range(kills):
        before = codes(home, "good").get("VALID", 0)
        with on_socket(home) as serve, Load(serve, {"good": secret}, may_break=True) as load:
            load.more(ROUND)
            written = wait_for(lambda now=before: (n := codes(home, "good").get("VALID", 0)) > now and n,
                               "a first write")
            load.more(ROUND * (1 + 7 * len(answered) % 25))  # anywhere between two writes
            serve.process.kill()
            killed = time.monotonic()
            serve.process.wait()
        ends = sorted(c.end for c in load.calls if c.status == 200)
        equal(len(load.calls), len(ends), "a good key was refused")
        kept = codes(home, "good")["VALID"]
        begun = len(load.calls) + len(load.threads)
        check(written <= kept <= before + begun, f"{before} {written} {kept} {begun}")
        if kept - before < len(ends):
            lost_longest = max(lost_longest, killed - ends[kept - before])
        answered.append(len(ends))
        home.ok("store", "check")
        home.ok("audit", "verify")
    print(f"# {kills} kills, {sum(answered)} answers, at most {lost_longest:.2f} s of counts lost")
    # The suite runs where the machine is busy with other things; the full number is run by itself.
    check(lost_longest <= (1.25 if "AUTHRACK_KILLS" in os.environ else 10), f"{lost_longest} s")


main()
