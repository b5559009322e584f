#!/usr/bin/python3
"""key usage, and whom a revoke hits, through the whole program; the figures are put in as the service writes
them."""
import os
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from tap import check, contains, equal, lacks, main, match, test

HOUR, DAY = 3600, 86400
NOW = int(time.time())  # one for all calls, so that an hour that begins meanwhile divides nothing


def called(home, key, version, code, count, ago=0, address=None):
    """`count` calls `ago` seconds ago."""
    at = NOW - ago
    with sqlite3.connect(home.store) as db:
        for table, unit in (("hour", HOUR), ("day", DAY)):
            db.execute(f"INSERT INTO usage_by_{table} VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count ="
                       " count + excluded.count", (at // unit, key, version, code, count))
            db.execute(f"INSERT INTO usage_all_{table} VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count ="
                       " count + excluded.count", (at // unit, code, count))
        if code == "VALID":
            db.execute("INSERT OR REPLACE INTO key_use VALUES (?, ?, ?)", (key, at * 1000, address or ""))
        if code == "VALID" and address:
            db.execute("INSERT OR REPLACE INTO version_address VALUES (?, ?, ?, ?)",
                       (key, version, address, at * 1000))
    db.close()


def two_keys(home):
    home.create("busy", "--owner", "ops")
    home.create("calm")
    called(home, 1, 1, "VALID", 400, address="10.1.2.3")
    called(home, 1, 1, "VALID", 12, address="10.1.2.4")
    called(home, 1, 1, "RATE_LIMITED", 3)
    called(home, 1, 1, "VALID", 50, ago=40 * DAY)
    called(home, 2, 1, "VALID", 7)
    called(home, 0, 0, "NOT_FOUND", 99)


@test
def every_shape_is_one_record_a_line(home):
    two_keys(home)
    hour = home.rows("key", "usage", "busy")
    equal([{"version": 1, "allowed": 412, "denied": 3}],
          [{k: row[k] for k in row if k != "hour"} for row in hour])
    match(r"\A\d{4}-\d\d-\d\dT\d\d:00:00Z\Z", hour[0]["hour"])
    days = home.rows("key", "usage", "busy", "--by", "day", "--since", "400d")
    equal([50, 412], [row["allowed"] for row in days])
    match(r"\A\d{4}-\d\d-\d\dT00:00:00Z\Z", days[0]["day"])
    equal([("VALID", 412), ("RATE_LIMITED", 3)],
          [(row["code"], row["count"]) for row in home.rows("key", "usage", "busy", "--by", "code")])
    version = home.rows("key", "usage", "busy", "--by", "version")[0]
    equal((412, 3, {"10.1.2.3", "10.1.2.4"}),
          (version["allowed"], version["denied"], set(version["addresses"])))


@test
def without_a_key_it_is_about_all_of_them(home):
    two_keys(home)
    equal([(419, 102)], [(row["allowed"], row["denied"]) for row in home.rows("key", "usage")])
    check("version" not in home.rows("key", "usage")[0])
    equal([50, 419], [row["allowed"] for row in home.rows("key", "usage", "--by", "day", "--since", "60d")])
    equal(["VALID", "NOT_FOUND", "RATE_LIMITED"],
          [row["code"] for row in home.rows("key", "usage", "--by", "code")])
    top = home.rows("key", "usage", "--by", "key")
    equal([("busy", "ops", 412, 3), ("calm", None, 7, 0)],
          [(row["name"], row["owner"] or None, row["allowed"], row["denied"]) for row in top])
    equal(["busy"], [row["name"] for row in home.rows("key", "usage", "--by", "key", "--limit", "1")])


@test
def a_person_gets_a_table(home):
    two_keys(home)
    text = home.ok("key", "usage", "--by", "key").out
    match(r"(?m)^NAME +OWNER +ALLOWED +DENIED +LAST USED", text)
    match(r"(?m)^busy +ops +412 +3 ", text)
    text = home.ok("key", "usage", "--by", "day").out
    match(r"(?m)^ *DAY +ALLOWED +DENIED", text)
    match(r"(?m)^ *\d{4}-\d\d-\d\d +419 +102$", text)


@test
def what_makes_no_sense_is_refused(home):
    home.create("calm")
    for words, said in ((("--by", "version"), "about one key"), (("calm", "--by", "key"), "about all keys"),
                        (("--limit", "3"), "--limit is for --by key"),
                        (("--by", "key", "--limit", "0"), "lists nothing"),
                        (("--by", "week"), "week"), (("--since", "7"), "7")):
        result = home.run("key", "usage", *words, code=2)
        contains(said, result.err)
        equal("", result.out)
    home.run("key", "usage", "nobody", code=3)


@test
def hours_that_are_no_longer_kept_are_told(home):
    two_keys(home)
    contains("--by day goes back 400", home.ok("key", "usage", "busy", "--since", "60d").err)
    lacks("400", home.ok("key", "usage", "busy", "--since", "31d").err)


@test
def a_revoke_asks_with_what_it_hits(home):
    two_keys(home)
    terminal = home.terminal("key", "revoke", "busy", size=(24, 200))
    terminal.wait(r'revoke "busy" \(key_\w+\) for good\? 412 calls let through since \d\d:\d\d, from 2 addresses; '
                  "last used")
    terminal.send("no\n")
    terminal.finish()
    terminal = home.terminal("key", "revoke", "busy", "calm", size=(24, 200))
    terminal.wait(r"revoke 2 keys for good\? 2 of them in use: 419 calls let through since")
    terminal.send("no\n")
    terminal.finish()
    equal(["active", "active"], [row["status"] for row in home.rows("key", "list")])


@test
def keys_that_are_called_are_not_unused(home):
    two_keys(home)
    home.create("idle")
    home.create("old")
    called(home, 4, 1, "VALID", 1, ago=100 * DAY)
    equal(["old"], [row["name"] for row in home.rows("key", "list", "--unused", "90d")])
    called(home, 4, 1, "VALID", 1)
    equal([], home.rows("key", "list", "--unused", "90d"))


main()
