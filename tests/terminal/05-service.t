#!/usr/bin/python3
"""The console beside the service: what is done to a key there holds from the next request on, while others keep
calling, and the Usage screen has what the callers counted."""
import os
import re
import signal
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from load import Load  # noqa: E402
from serve import Service  # noqa: E402
from tap import check, equal, main, need, test, wait_for  # noqa: E402
from tmux import Tmux  # noqa: E402

ROUND = 100  # answers between two changes
CONNECTIONS = 16


class Wrk:
    """Keeps calling with a good key until it is told to end; then `requests` says how many were answered."""

    def __init__(self, home, port, secret):
        script = home.file("key.lua", f'wrk.headers["X-API-Key"] = "{secret}"\n')
        self.process = subprocess.Popen([need("wrk"), "-t1", f"-c{CONNECTIONS}", "-d300s", "-s", script,
                                         f"http://127.0.0.1:{port}/v1/verify"], stdout=subprocess.PIPE, text=True)
        self.requests = self.out = None

    def end(self):
        self.process.send_signal(signal.SIGINT)
        self.out = self.process.communicate()[0]
        self.requests = int(re.search(r"(\d+) requests in", self.out)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


def sees(screen, pattern):
    end = time.monotonic() + 1
    while time.monotonic() < end:
        if re.search(pattern, screen.text):
            return True
    return False


def press(screen, keys, pattern):
    """Keys that come before a dialog was drawn to its end are dropped; the busier the machine, the later that is."""
    def pressed():
        for key in keys:
            if key.startswith("^"):
                screen.keys("C-" + key[1])
            else:
                screen.type(key)
        return sees(screen, pattern)
    wait_for(pressed, f"/{pattern}/ after {keys}")


def filed(screen, home, name):
    """The secret, written to a file out of the box that shows it once."""
    path = os.path.join(home.path, name)
    screen.wait("the secret, shown this once")
    press(screen, ["w"], "File")
    press(screen, ["^u", path], f"File +{path} ")
    screen.keys("Enter")
    screen.wait("written to")
    equal(0o600, stat.S_IMODE(os.stat(path).st_mode))
    screen.keys("Tab", "Enter")
    screen.gone("shown this once")
    with open(path, encoding="ascii") as file:
        return file.read().strip()


def create(screen, home):
    press(screen, ["c"], "nothing is stored before")
    press(screen, ["^u", "by-hand"], "--name by-hand ")
    screen.keys("C-s")
    return filed(screen, home, "first")


def rotate(screen, home):
    press(screen, ["R"], "Rotate by-hand")
    press(screen, ["^s"], "the secret, shown this once")
    secret = filed(screen, home, "second")
    screen.wait("in grace +by-hand")
    return secret


def limit(screen):
    """At once after the rotation: the form begins with what that made of the key."""
    press(screen, ["m"], "only what you change is sent")
    for _ in range(4):  # from the name over owner, tier and scopes
        screen.keys("Tab")
    press(screen, ["^u", "5/day"], "--limit 5/day")
    screen.keys("C-s")
    screen.wait("modified by-hand")


def revoke(screen):
    screen.wait("v1 .* is still used")
    press(screen, ["X"], "Revoke by-hand: cannot be undone")
    screen.wait("used now +[0-9,]+ calls")
    screen.keys("Tab", "Tab", "Tab")  # from the button over reason and text
    press(screen, ["^u", "by-hand"], "to revoke: by-hand")
    screen.keys("C-s")
    screen.wait("revoked +by-hand")


def statuses(load, label, begun_after=0, ended_before=float("inf")):
    return {c.status for c in load.calls if c.label == label and c.begin > begun_after and c.end < ended_before}


def judge(load, asked, limited, revoking, said):
    """None with a good key was refused, none with a revoked one let in that began after the console had said so."""
    equal({200: load.count("good")}, load.statuses("good"))
    for label in ("first", "second"):
        equal({200}, statuses(load, label, ended_before=asked), f"{label}: in the grace time")
        equal({429}, statuses(load, label, begun_after=limited, ended_before=revoking), f"{label}: its limit used up")
        equal({401}, statuses(load, label, begun_after=said), f"{label}: revoked")


def row_of(screen, name):
    """ALLOWED and DENIED of a key on the Usage screen."""
    found = re.search(rf"^ [ >]{name} +([\d,]+) +([\d,]+) ", screen.text, re.MULTILINE)
    return tuple(int(word.replace(",", "")) for word in found.groups()) if found else None


def counted(screen, load, wrk, asked):
    """The Usage screen has what was counted on the other side; wrk was not told of what was under way at its end."""
    made = load.statuses("first") + load.statuses("second")
    screen.type("8")
    screen.wait(rf"RATE_LIMITED.* {made[429]:,}$")
    screen.wait(rf"REVOKED.* {made[401] + asked:,}$")
    wait_for(lambda: row_of(screen, "by-hand") == (made[200], made[401] + made[429] + asked), "the calls of by-hand")
    wait_for(lambda: row_of(screen, "good") == (load.count("good"), 0), "the calls of good")
    wait_for(lambda: row_of(screen, "busy")[0] >= wrk.requests, "the calls of wrk")
    allowed, denied = row_of(screen, "busy")
    check(wrk.requests <= allowed <= wrk.requests + CONNECTIONS, f"wrk {wrk.requests}, shown {allowed}")
    equal(0, denied)
    print(f"# wrk {wrk.requests:,} answers, others {len(load.calls):,}, as on the screen")


@test
def what_the_console_does_to_a_key_holds_while_others_keep_calling(home):
    need("wrk")
    busy, good = home.create("busy")["secret"], home.create("good")["secret"]
    with Service(home) as serve, Wrk(home, serve.port, busy) as wrk:
        screen = Tmux(home, size=(120, 40))
        screen.wait("│ busy")
        with Load(serve, {"good": good}) as load:
            load.set("first", create(screen, home))
            load.more(ROUND, "first")
            load.set("second", rotate(screen, home))
            load.more(ROUND, "second")
            asked = time.monotonic()
            limit(screen)
            load.more(ROUND)  # five calls are let through still
            limited = time.monotonic()
            load.more(ROUND, "second")
            revoking = time.monotonic()
            revoke(screen)
            said = time.monotonic()
            refused = [serve.verify(load.keys[label]).status for label in ("first", "second")]
            load.more(ROUND, "first")
            load.more(ROUND, "second")
        wrk.end()
        equal([401, 401], refused, "the very next requests")
        check("Non-2xx" not in wrk.out and "Socket errors" not in wrk.out, wrk.out)
        judge(load, asked, limited, revoking, said)
        counted(screen, load, wrk, len(refused))
        screen.type("q")
        equal(0, screen.ended())
        equal(0, serve.stop())


main()
