"""Clocks that step while the program runs."""

import glob
import os
import struct
import subprocess

from tap import BINARY, need, skip

FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
HERE = os.path.dirname(os.path.abspath(__file__))


def not_under_a_sanitizer():
    if "/asan/" in BINARY:
        skip("the sanitizer's library has to be loaded first")


class Suspension:
    """A machine that can be suspended: wall time and CLOCK_BOOTTIME go on, CLOCK_MONOTONIC rests.
    `env` is for the program."""

    def __init__(self, home):
        not_under_a_sanitizer()
        library = os.path.join(home.path, "step_clock.so")
        subprocess.run([need("cc"), "-D_GNU_SOURCE", "-shared", "-fPIC", "-O1", "-o", library,
                        os.path.join(HERE, "step_clock.c")], check=True)
        self.path = home.file("steps", struct.pack("qqq", 0, 0, 0))
        self.env = {"LD_PRELOAD": library, "STEP_CLOCK": self.path}

    def sleep(self, seconds):
        self.step(wall=seconds, boot=seconds)

    def step(self, wall=0, monotonic=0, boot=0):
        """Steps by so many seconds, written at once: the program has the file mapped."""
        with open(self.path, "r+b") as file:
            old = struct.unpack("qqq", file.read(24))
            file.seek(0)
            file.write(struct.pack("qqq", *(o + round(s * 1000) for o, s in zip(old, (wall, monotonic, boot)))))


class Faketime:
    """libfaketime: all clocks step, or the wall clock alone."""

    def __init__(self, home, wall_only):
        if not FAKETIME:
            skip("libfaketime is not installed")
        not_under_a_sanitizer()
        self.home = home
        self.path = home.file("faketime", "+0\n")
        self.env = {"LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": self.path, "FAKETIME_NO_CACHE": "1",
                    **({"FAKETIME_DONT_FAKE_MONOTONIC": "1"} if wall_only else {})}

    def step(self, offset):
        """To an offset from the real time: "+120", "-3600"."""
        os.replace(self.home.file("faketime.new", offset + "\n"), self.path)
