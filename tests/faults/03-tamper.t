#!/usr/bin/env python3
"""Somebody edits the store with the sqlite3 tool: nothing that was revoked, narrowed or never issued
gets valid, and the check names the row."""

import os
import shutil
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import in_memory, say, sql, verdict  # noqa: E402
from tap import check, contains, equal, main, match, test  # noqa: E402


def edit(home, text):
    """Edits the file; the log is checkpointed by it, so what follows reads the edited file."""
    sql(home, text)


def key(name):
    return f"(SELECT row FROM apikey WHERE name = '{name}')"


def stocked(home):
    """Keys in several states; gives their secrets by name."""
    secrets = {name: home.create(name, *more)["secret"] for name, more in (
        ("narrow", ["--scope", "orders:read"]), ("dead", []), ("off", []), ("other", []),
        ("late", ["--expires", "1h"]), ("home", ["--allow-from", "10.0.0.0/8"]))}
    home.ok("key", "revoke", "dead", "--reason", "compromise", "--yes")
    home.ok("key", "disable", "off")
    secrets["turned"] = home.create("turned")["secret"]
    secrets["turned 2"] = home.json("key", "rotate", "turned", "--grace", "0")["secret"]
    return secrets


def findings(home):
    result = home.run("--json", "store", "check")
    equal(5, result.code, f"the check found nothing:\n{result}")
    return result.rows


def show_what_each_got(home, what, name, secret, *more, of_key=True):
    """Runs the verbs on an edited row; gives the findings. Nothing may say VALID or write to it. A
    list shows keys, not their versions: it marks what was edited `of_key`."""
    verified = home.run("--json", "key", "verify", *more, input=secret)
    check(verified.code != 0 and '"VALID"' not in verified.out, f"{what}: valid!\n{verified}")
    listed = home.run("--json", "key", "list")
    shown = home.run("--json", "key", "show", name)
    written = home.run("--json", "key", "edit", name, "--note", "written after all")
    equal(5, written.code, f"{what}: written to\n{written}")
    if of_key:
        rows = [row for row in listed.rows if row["name"] == name]
        check(rows and all(row["altered"] for row in rows), f"{what}: listed as if nothing was\n{listed}")
    if shown.code == 0:
        check(shown.json["altered"], f"{what}: shown as if nothing was\n{shown}")
    found = findings(home)
    code = verified.json["code"] if verified.out else verified.error["message"]
    say(f"{what}: verify {verified.code} ({code}), list {listed.code}"
        f"{' marked' if of_key else ''}, show {shown.code}"
        f"{' marked' if shown.code == 0 else ''}, edit {written.code}, check: "
        f"{found[0]['check']} {found[0]['object']}")
    return found


def named(found, name, what):
    check(any(name in row["object"] + row["text"] for row in found), f"{what}: not named\n{found}")


EDITS = [
    ("a key un-revoked", "dead", [],
     "UPDATE apikey SET status = 1, revoked_at = NULL, revoke_reason = '' WHERE name = 'dead'"),
    ("scopes widened", "narrow", ["--scope", "orders:write"],
     "UPDATE apikey SET scopes = 'orders:read orders:write' WHERE name = 'narrow'"),
    ("a key enabled", "off", [],
     "UPDATE apikey SET status = 1, disabled_at = NULL WHERE name = 'off'"),
    ("an expiry taken away", "late", [],
     "UPDATE apikey SET expires_at = NULL WHERE name = 'late'"),
    ("an address list emptied", "home", ["--address", "192.0.2.1"],
     "UPDATE apikey SET allow_from = '' WHERE name = 'home'"),
    ("an owner changed", "other", [], "UPDATE apikey SET owner = 'mallory' WHERE name = 'other'"),
    ("a revision raised", "other", [], "UPDATE apikey SET revision = 99 WHERE name = 'other'"),
]


def edited(what, name, more, text):
    def point(home):
        secrets = stocked(home)
        edit(home, text)
        named(show_what_each_got(home, what, name, secrets[name], *more), name, what)
    point.__name__ = what.replace(" ", "_") + "_is_refused_and_found"
    test(point)


for row in EDITS:
    edited(*row)


@test
def a_retired_version_given_time_is_refused_and_found(home):
    secrets = stocked(home)
    equal("RETIRED", verdict(home, secrets["turned"]))
    edit(home, f"UPDATE version SET valid_until = NULL WHERE key = {key('turned')} AND number = 1")
    found = show_what_each_got(home, "a retired version revived", "turned", secrets["turned"],
                               of_key=False)
    named(found, "turned", "revived")


@test
def a_version_moved_to_another_key_is_refused_and_found(home):
    secrets = stocked(home)
    edit(home, f"UPDATE version SET key = {key('narrow')}, number = 7 WHERE key = {key('dead')}")
    found = show_what_each_got(home, "a version moved", "narrow", secrets["dead"],
                               of_key=False)
    named(found, "narrow", "moved")


@test
def secrets_of_two_keys_swapped_are_refused_and_found(home):
    secrets = stocked(home)
    edit(home, f"""UPDATE version SET key = 1000 + key WHERE key IN ({key('dead')}, {key('other')});
        UPDATE version SET key = {key('dead')} WHERE key = 1000 + {key('other')};
        UPDATE version SET key = {key('other')} WHERE key = 1000 + {key('dead')}""")
    found = show_what_each_got(home, "secrets swapped", "other", secrets["dead"],
                               of_key=False)
    named(found, "other", "swapped")


@test
def a_planted_digest_is_refused_and_found(home):
    stocked(home)
    planted = "ak_0123456789ab_" + "A" * 32
    rows = home.ok("--json", "key", "show", "other").json
    edit(home, f"""INSERT INTO version SELECT {key('other')}, 9, kind, state,
        x'30313233343536373839616200000000', zeroblob(32), secret_ring, hint, created_at,
        NULL, pid, pid_start, ring, mac FROM version WHERE key = {key('other')}""")
    check(rows["version"] == 1)
    found = show_what_each_got(home, "a digest planted", "other", with_checksum(planted),
                               of_key=False)
    named(found, "other", "planted")


def with_checksum(text):
    """Our own format ends with a base62 CRC-32 of what is before it."""
    import zlib
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    number, end = zlib.crc32(text.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        end = digits[digit] + end
    return text + end


@test
def a_planted_key_is_refused_and_found(home):
    secrets = stocked(home)
    edit(home, f"""INSERT INTO apikey SELECT 77, randomblob(16), 'planted', owner, tier, note, scopes,
        limits, allow_from, meta, prefix, status, created_at, updated_at, not_before, expires_at,
        disabled_at, revoked_at, revoke_reason, revoke_text, revision, version, hint, retiring_until,
        import_event, ring, mac FROM apikey WHERE name = 'other';
        UPDATE version SET key = 77 WHERE key = {key('other')}""")
    found = show_what_each_got(home, "a key planted", "planted", secrets["other"])
    named(found, "planted", "planted")


@test
def a_removed_key_is_found(home):
    secrets = stocked(home)
    edit(home, f"""DELETE FROM version WHERE key = {key('dead')};
        DELETE FROM apikey WHERE name = 'dead'""")
    equal("NOT_FOUND", verdict(home, secrets["dead"]))
    named(findings(home), "dead", "removed")


@test
def an_older_row_put_back_is_found(home):
    secrets = stocked(home)
    shutil.copy(home.store, home.file("before.db"))
    before = os.path.join(home.path, "before.db")
    home.ok("key", "revoke", "narrow", "--reason", "compromise", "--yes")
    edit(home, f"""ATTACH '{before}' AS old;
        DELETE FROM version WHERE key = {key('narrow')};
        DELETE FROM apikey WHERE name = 'narrow';
        INSERT INTO apikey SELECT * FROM old.apikey WHERE name = 'narrow';
        INSERT INTO version SELECT * FROM old.version WHERE key = {key('narrow')}""")
    found = findings(home)
    named(found, "narrow", "older row")
    valid = verdict(home, secrets["narrow"])
    for verb in ("edit", "disable", "rotate"):
        written = home.run("key", verb, "narrow", *(["--note", "x"] if verb == "edit" else []))
        equal(5, written.code, f"a change that would bless it\n{written}")
        contains("older row", written.err)
    say(f"an older row put back: verify says {valid} (its MAC is genuine), edit, disable and rotate 5,"
        f" check: {found[0]['check']} {found[0]['object']}")
    home.ok("key", "revoke", "narrow", "--yes")
    equal("REVOKED", verdict(home, secrets["narrow"]))


# --- the schema --------------------------------------------------------------------------

SCHEMA = {
    "a trigger": "CREATE TRIGGER undo AFTER UPDATE ON apikey BEGIN UPDATE apikey SET status = 1; END",
    "a table": "CREATE TABLE undo (x)",
    "a view": "CREATE VIEW undo AS SELECT * FROM apikey",
    "an index": "CREATE INDEX undo ON audit (operation)",
}


def planted(what, text):
    def point(home):
        secrets = stocked(home)
        edit(home, text)
        codes = {}
        for verb in (["key", "list"], ["key", "show", "other"], ["key", "revoke", "other", "--yes"],
                     ["key", "create", "--name", "new"], ["audit", "list"], ["store", "info"]):
            result = home.run(*verb)
            codes[" ".join(verb[:2])] = result.code
            if verb[:2] not in (["store", "info"],):
                equal(5, result.code, f"{what} planted\n{result}")
                contains("undo", result.err, "it is named")
        equal(5, home.run("key", "verify", input=secrets["other"]).code)
        equal(5, home.run("audit", "verify").code)
        named(findings(home), "undo", what)
        say(f"{what} planted: verify 5, {codes}, check names it")
    point.__name__ = f"{what.replace(' ', '_')}_planted_is_refused_and_named"
    test(point)


for thing in SCHEMA.items():
    planted(*thing)


# --- the chain ---------------------------------------------------------------------------

CHAIN = {
    "an event changed": ("UPDATE audit SET detail = '{}', operation = 'key.edit' WHERE sequence = 7", 7),
    "an event's time changed": ("UPDATE audit SET time = time + 1 WHERE sequence = 4", 4),
    "an event's actor changed": ("UPDATE audit SET actor = '{}' WHERE sequence = 3", 3),
    "an event deleted": ("DELETE FROM audit WHERE sequence = 5", 5),
    "two events swapped": ("""UPDATE audit SET sequence = -1 WHERE sequence = 3;
        UPDATE audit SET sequence = 3 WHERE sequence = 4;
        UPDATE audit SET sequence = 4 WHERE sequence = -1""", 3),
    "an event inserted": ("""UPDATE audit SET sequence = -sequence WHERE sequence > 3;
        UPDATE audit SET sequence = 1 - sequence WHERE sequence < 0;
        INSERT INTO audit SELECT 4, time, actor, operation, object, name, object_revision, object_mac,
            object_before, detail, boot_id, boot_time, previous, hash, mac, ring
            FROM audit WHERE sequence = 3""", 4),
}


def first_bad(home, number):
    result = home.run("--json", "audit", "verify")
    equal(1, result.code, f"the chain is not found broken\n{result}")
    equal(number, result.json["bad_sequence"])
    check(any(str(number) in row["object"] for row in findings(home)), "named by the check")
    return f"audit verify 1 and the check name event {number}"


def broken(what, text, number):
    def point(home):
        stocked(home)
        edit(home, text)
        say(f"{what}: {first_bad(home, number)}")
    point.__name__ = what.replace(" ", "_").replace("'", "") + "_is_found_and_named"
    test(point)


for what, (text, number) in CHAIN.items():
    broken(what, text, number)


@test
def a_chain_that_was_recomputed_is_found(home):
    """Whoever can write can hash; the MAC over each hash is beyond them."""
    stocked(home)
    export = home.ok("audit", "export").rows
    check(len(export) > 5)
    connection = sqlite3.connect(home.store)
    rows = connection.execute("SELECT sequence, hash FROM audit ORDER BY sequence").fetchall()
    connection.execute("UPDATE audit SET detail = '{}' WHERE sequence = 7")
    connection.commit()
    connection.close()
    recompute(home, 7)
    changed = sqlite3.connect(home.store)
    after = changed.execute("SELECT sequence, hash FROM audit ORDER BY sequence").fetchall()
    changed.close()
    equal(rows[:6], after[:6])
    check(all(a != b for a, b in zip(rows[6:], after[6:])), "nothing was recomputed")
    say(f"the chain recomputed from 7 on: {first_bad(home, 7)}")


def recompute(home, start):
    """Hashes in place of the old ones; which encoding they are over makes no difference here, for the
    MAC is looked at as well: a forger who knows it gets no further."""
    import hashlib
    connection = sqlite3.connect(home.store)
    rows = connection.execute("SELECT * FROM audit WHERE sequence >= ? ORDER BY sequence",
                              (start,)).fetchall()
    previous = connection.execute("SELECT hash FROM audit WHERE sequence = ?",
                                  (start - 1,)).fetchone()[0]
    for row in rows:
        digest = hashlib.sha256(previous + repr(row[:10]).encode()).digest()
        connection.execute("UPDATE audit SET previous = ?, hash = ? WHERE sequence = ?",
                           (previous, digest, row[0]))
        previous = digest
    connection.commit()
    connection.close()


@test
def a_cut_off_tail_is_found_against_a_checkpoint_and_by_the_anchor(home):
    stocked(home)
    home.file("checkpoint", home.ok("audit", "checkpoint").out)
    edit(home, "DELETE FROM audit WHERE sequence > 7")
    refused = home.run("key", "list")
    equal(5, refused.code, f"rolled back\n{refused}")
    equal(5, home.run("audit", "verify").code, "what is left is whole, and not all")
    for name in os.listdir(os.path.dirname(home.master)):
        if name.endswith(".anchor"):
            os.unlink(os.path.join(os.path.dirname(home.master), name))
    result = home.run("audit", "verify", "--checkpoint", os.path.join(home.path, "checkpoint"))
    equal(1, result.code, f"a cut-off tail\n{result}")
    found = findings(home)
    say(f"a tail cut off: list {refused.code} (anchor); with the anchor removed: audit verify against"
        f" a checkpoint {result.code}, check: {found[0]['object']} {found[0]['text'][:60]}")


# --- the whole store ---------------------------------------------------------------------

def copy_store(home, target):
    """All of it, as somebody with cp would."""
    sql(home, "PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(home.store, target)


@test
def an_older_store_put_back_is_refused(home):
    secrets = stocked(home)
    old = os.path.join(home.path, "old.db")
    copy_store(home, old)
    home.ok("key", "revoke", "other", "--reason", "compromise", "--yes")
    for end in ("-wal", "-shm"):
        if os.path.exists(home.store + end):
            os.unlink(home.store + end)
    shutil.copy(old, home.store)
    for verb in (["key", "list"], ["key", "edit", "other", "--note", "x"],
                 ["key", "create", "--name", "new"]):
        result = home.run(*verb)
        equal(5, result.code, f"an older store put back\n{result}")
        match("rolled back|anchor", result.err)
    verified = home.run("key", "verify", input=secrets["other"])
    equal(5, verified.code, str(verified))
    named(findings(home), "anchor", "older store")
    say("an older store put back: list, edit, create, verify 5 (rolled back), the check says so")


in_memory()
main()
