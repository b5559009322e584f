#!/usr/bin/python3
"""Exit codes, names and ids, filters and bulk forms through the whole program."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import subprocess

from tap import check, contains, equal, lacks, main, match, test, wait_for


@test
def a_done_thing_is_0_and_a_no_is_1(home):
    secret = home.create("a")["secret"]
    home.run("key", "verify", input=secret, code=0)
    for wrong in ("", "x" * 600, "ak_nonsense", secret[:-1] + ("a" if secret[-1] != "a" else "b")):
        result = home.run("key", "verify", input=wrong, code=1)
        equal("", result.err)


@test
def an_unknown_object_is_3(home):
    home.create("a")
    for args in (("show", "nobody"), ("rotate", "nobody"), ("disable", "nobody"),
                 ("revoke", "nobody", "--yes"), ("edit", "nobody", "--owner", "x"),
                 ("show", "key_00000000000000000000000000")):
        contains("nobody" if "nobody" in args else "key_0000", home.run("key", *args, code=3).err)


@test
def what_the_state_forbids_is_4(home):
    home.create("a")
    home.ok("key", "revoke", "a", "--yes")
    for args in (("rotate", "a"), ("enable", "a"), ("disable", "a")):
        home.run("key", *args, code=4)


@test
def a_store_that_is_missing_or_broken_is_5_and_reading_makes_none(home):
    for args in (("key", "list"), ("key", "show", "a"), ("audit", "list"), ("store", "check")):
        home.run(*args, code=5)
    home.run("key", "verify", input="x", code=5)
    check(not os.path.exists(home.store))
    broken = home.file("broken.db", b"this is no store" * 1000)
    home.run("--store", broken, "key", "list", code=5)


@test
def what_is_not_permitted_is_7(home):
    home.create("a")
    home.run("--read-only", "key", "create", "--name", "b", code=7)
    home.run("--read-only", "key", "revoke", "a", "--yes", code=7)
    home.ok("--read-only", "key", "list")


@test
def ids_and_names_are_interchangeable(home):
    key = home.create("a")
    equal(home.json("key", "show", "a")["id"], home.json("key", "show", key["id"])["id"])
    home.ok("key", "disable", key["id"])
    home.ok("key", "enable", "a")


@test
def a_name_that_fits_several_is_4_and_names_them(home):
    ids = [home.create("twin")["id"] for _ in range(2)]
    result = home.run("key", "disable", "twin", code=4)
    for one in ids:
        contains(one, result.err)
    home.ok("key", "revoke", ids[0], "--yes")
    equal(ids[1], home.json("key", "disable", "twin")["id"])


@test
def lists_are_filtered_sorted_and_paged(home):
    for name, owner, tier in (("c", "x", "gold"), ("a", "y", "gold"), ("b", "x", "tin")):
        home.create(name, "--owner", owner, "--tier", tier, "--scope", f"s:{name}")
    home.ok("key", "disable", "b")

    def names(*args):
        return [row["name"] for row in home.rows("key", "list", *args)]

    equal(["a", "b", "c"], names())
    equal(["b", "c"], names("--owner", "x"))
    equal(["a", "c"], names("--tier", "gold"))
    equal(["b"], names("--status", "disabled"))
    equal(["c"], names("--scope", "s:c"))
    equal(["a"], names("--search", "a"))
    equal(["c", "b", "a"], names("--sort", "name:desc"))
    equal(["a", "b"], names("--limit", "2"))
    equal(["c"], names("--limit", "2", "--after", "b"))
    equal(["a", "b", "c"], sorted(names("--unused", "0")))
    home.run("key", "list", "--sort", "nonsense", code=2)


@test
def bulk_forms_count_before_they_act(home):
    for name in ("a", "b", "c"):
        home.create(name, "--owner", "x" if name != "c" else "y")
    rows = home.rows("key", "disable", "--owner", "x", "--dry-run")
    equal(["a", "b"], sorted(row["name"] for row in rows))
    equal(["active"] * 3, [row["status"] for row in home.rows("key", "list")])
    home.run("key", "disable", "--owner", "x", "--expect", "3", code=4)
    equal(["active"] * 3, [row["status"] for row in home.rows("key", "list")])
    home.ok("key", "disable", "--owner", "x", "--expect", "2")
    equal(["disabled", "disabled", "active"], [row["status"] for row in home.rows("key", "list")])
    home.ok("key", "enable", "a", "b")
    home.run("key", "disable", code=2)
    home.run("key", "disable", "a", "--owner", "x", code=2)


@test
def of_several_all_or_none_are_changed(home):
    home.create("a")
    home.run("key", "disable", "a", "nobody", code=3)
    equal("active", home.json("key", "show", "a")["status"])


@test
def a_bulk_rotation_shows_each_secret_with_its_key(home):
    keys = {home.create(name)["id"]: name for name in ("a", "b")}
    rows = home.rows("key", "rotate", "a", "b")
    equal(set(keys), {row["id"] for row in rows})
    for row in rows:
        equal("VALID", home.verify(row["secret"]))


@test
def racing_rotations_with_one_expected_version_have_one_winner(home):
    home.create("a")
    racers = [home.start("--json", "key", "rotate", "a", "--expect-version", "1")
              for _ in range(8)]
    codes = [(racer.communicate(), racer.returncode)[1] for racer in racers]
    equal([0] + [4] * 7, sorted(codes))
    equal(2, home.json("key", "show", "a")["version"])


@test
def a_stale_edit_is_4(home):
    revision = home.json("key", "show", home.create("a")["id"])["revision"]
    home.ok("key", "edit", "a", "--owner", "one")
    result = home.run("key", "edit", "a", "--owner", "two", "--expect-revision", str(revision),
                      code=4)
    contains("owner", result.err)
    equal("one", home.json("key", "show", "a")["owner"])


@test
def guide_asks_and_leads_somewhere(home):
    out = home.ok("guide").out
    check(len(out.splitlines()) > 3, out)
    lacks("\x1b", out)


@test
def ctrl_c_ends_with_130(home):
    home.create("a")
    process = home.start("key", "verify", stdin=subprocess.PIPE)
    # It waits for standard input: the store is not open, nothing is under way.
    def waits():
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            blocked = match(r"^SigBlk:\s+(\w+)", file.read()).group(1)
        return int(blocked, 16) & 2

    wait_for(waits, "the signal to be watched")
    process.send_signal(2)
    process.wait()
    equal(130, process.returncode)


@test
def scanning_a_path_that_is_not_there_is_not_found(home):
    home.create("any")
    there = home.file("there", "nothing in it\n")
    result = home.run("key", "scan", there, "/no/such/folder", code=3)
    contains('"/no/such/folder"', result.err)
    home.ok("key", "scan", there)


main()
