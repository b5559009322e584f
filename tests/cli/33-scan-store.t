#!/usr/bin/python3
"""A scan over the folder of the open store: reading its files would take SQLite's locks away."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

from tap import check, equal, main, test, wait_for  # noqa: E402


def locked(process, path):
    """Does the process hold a POSIX lock on the file?"""
    inode = str(os.stat(path).st_ino)
    with open("/proc/locks", encoding="ascii") as file:
        rows = [line.split() for line in file]
    return any(row[1] == "POSIX" and row[4] == str(process.pid) and row[5].endswith(":" + inode)
               for row in rows)


@test
def the_locks_of_the_store_outlive_a_scan_of_its_folder(home):
    home.create("k")
    pipe = os.path.join(home.path, "pipe")
    os.mkfifo(pipe)
    process = home.start("key", "scan", home.data, pipe)
    writer = wait_for(lambda: open_writer(pipe), "the scan to come to the pipe")
    check(locked(process, home.store + "-shm"), "the lock is gone")
    os.close(writer)
    process.communicate()
    equal(0, process.returncode)


def open_writer(pipe):
    """A descriptor as soon as somebody reads the pipe."""
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK) + 0
    except OSError:
        return None


main()
