"""A program in a pseudo-terminal, timed: the first frame, each key's answer, bytes, peak memory."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

QUIET = 0.06  # a burst is over when nothing came for so long


class Screen:
    def __init__(self, argv, env, size=(24, 80), cwd=None):
        self.start = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
                os.chdir(cwd or env.get("HOME", "/"))
                os.execvpe(str(argv[0]), [str(a) for a in argv], env)
            finally:
                os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for number in (signal.SIGHUP, signal.SIGKILL):
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                break
            end = time.monotonic() + 0.5
            while time.monotonic() < end:
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    os.close(self.fd)
                    return
                time.sleep(0.01)
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def _burst(self, begin, patience, quiet=QUIET):
        """(milliseconds from `begin` to the last byte of the burst, bytes)."""
        last, size, data = begin, 0, b""
        while select.select([self.fd], [], [], quiet if size else patience)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                break
            if not data:
                break
            last, size = time.monotonic(), size + len(data)
            if b"\x1b[6n" in data:  # asks where the cursor is (fzf)
                os.write(self.fd, b"\x1b[1;1R")
        return (last - begin) * 1000, size

    def first_frame(self):
        return self._burst(self.start, 10, 0.08)[0]

    def press(self, key, until=None):
        """Waits for the answer to end or, with `until`, for that text, which comes with the end of it
        (only what differs is sent: where it was on the screen already, the last byte counts)."""
        begin = time.monotonic()
        os.write(self.fd, key.encode())
        if not until:
            return self._burst(begin, 2)
        last, data = begin, b""
        while until.encode() not in data and select.select([self.fd], [], [], 1)[0]:
            data += os.read(self.fd, 65536)
            last = time.monotonic()
        return (last - begin) * 1000, len(data)

    def paste(self, data, until):
        """Milliseconds from a bracketed paste to the end of the burst that shows `until`."""
        begin, rest = time.monotonic(), b"\x1b[200~" + data + b"\x1b[201~"
        while rest:
            rest = rest[os.write(self.fd, rest):]
        last, seen = time.monotonic(), b""
        while until.encode() not in seen and select.select([self.fd], [], [], 5)[0]:
            seen += os.read(self.fd, 65536)
            last = time.monotonic()
        return (last - begin) * 1000

    def peak_memory(self):
        """Megabytes."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) / 1024
