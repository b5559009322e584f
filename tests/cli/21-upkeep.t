#!/usr/bin/python3
"""Audit, store upkeep and the guide through the whole program."""
import hashlib
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import sqlite3

from tap import check, contains, equal, main, test

FIELDS = ("sequence", "time", "actor", "operation", "object", "name", "object_revision",
          "object_mac", "object_before", "detail", "boot_id", "boot_time", "previous")


def store(home):
    return os.path.join(home.data, "authrack", "authrack.db")


def edit(home, sql):
    with sqlite3.connect(store(home)) as db:
        db.execute(sql)
    db.close()


@test
def an_exported_chain_is_recomputed_in_a_few_lines_of_another_language(home):
    home.create("a")
    home.create("b", "--note", "Grüße \u202e")
    home.ok("key", "disable", "a")
    home.ok("key", "rotate", "a", "--finish", "--yes")
    home.ok("key", "import", "-", input=f"name,secret\nc,{'0123456789abcdef' * 4}\n")
    home.ok("store", "backup", os.path.join(home.path, "copy.db"))
    home.create("d")
    home.ok("store", "restore", os.path.join(home.path, "copy.db"), "--yes")
    home.ok("key", "revoke", "b", "--yes")
    home.ok("key", "purge", "--older-than", "0", "--yes")
    home.ok("store", "rekey", "--yes")
    previous = "0" * 64
    for line in home.ok("audit", "export").out.splitlines():
        event = json.loads(line)
        texts = ["authrack audit 1"] + [str(event[field]) for field in FIELDS]
        netstrings = b"".join(b"%d:%s," % (len(t.encode()), t.encode()) for t in texts)
        equal(previous, event["previous"])
        previous = hashlib.sha256(netstrings).hexdigest()
        equal(previous, event["hash"], line)


@test
def a_checkpoint_kept_elsewhere_finds_a_cut_off_tail(home):
    home.create("a")
    home.create("b")
    kept = home.file("kept", home.ok("audit", "checkpoint").out)
    home.ok("audit", "verify", "--checkpoint", kept)
    edit(home, "DELETE FROM audit WHERE sequence = 2")
    for name in os.listdir(os.path.join(home.config, "authrack")):
        if name.endswith(".anchor"):
            os.unlink(os.path.join(home.config, "authrack", name))
    result = home.run("--json", "audit", "verify", "--checkpoint", kept)
    check(result.code in (1, 5), str(result))


@test
def verify_ends_with_1_and_names_the_first_bad_event(home):
    home.create("a")
    home.create("b")
    edit(home, "UPDATE audit SET detail = '{}' WHERE sequence = 1")
    result = home.run("--json", "audit", "verify", code=1)
    equal((False, 1), (result.json["whole"], result.json["bad_sequence"]))


@test
def check_lists_findings_and_ends_with_5(home):
    home.create("widened")
    home.ok("store", "check")
    edit(home, "UPDATE apikey SET scopes = 'admin:*'")
    result = home.run("--json", "store", "check", code=5)
    contains("widened", result.rows[0]["object"])
    equal("store", result.error["code"])


@test
def a_restore_asks_and_keeps_what_was_revoked_since(home):
    secret = home.create("a")["secret"]
    backup = os.path.join(home.path, "backup.db")
    home.ok("store", "backup", backup)
    equal(0o600, os.stat(backup).st_mode & 0o777)
    home.ok("key", "revoke", "a", "--yes")
    contains("--yes", home.run("store", "restore", backup, code=4).err)
    equal(1, home.json("store", "restore", backup, "--yes")["revocations_kept"])
    equal("REVOKED", home.verify(secret))
    home.ok("store", "restore", backup, "--accept-loss", "--yes")
    equal("VALID", home.verify(secret))
    home.ok("store", "check")


@test
def a_rekey_asks_and_every_secret_stays_good(home):
    secret = home.create("a")["secret"]
    home.run("store", "rekey", code=4)
    equal(2, home.json("store", "rekey", "--yes")["ring"])
    equal("VALID", home.verify(secret))


@test
def a_backup_with_the_master_key_takes_its_passphrase_from_standard_input(home):
    home.create("a")
    made = home.run("--json", "store", "backup", os.path.join(home.path, "b.db"),
                    "--with-master-key", "--passphrase", input="correct horse\n", code=0)
    check(made.json["master_key"])


@test
def the_guide_leads_to_a_command_without_a_store(home):
    contains("[yes] Yes", home.ok("guide").out)
    text = home.ok("guide", "no", "no", "servers", "lookup").out
    contains("authrack key create --name NAME --expires 90d", text)
    equal("authrack key create --name NAME --expires 30d",
          home.json("guide", "no", "no", "job")["command"])
    contains("no, yes", home.run("guide", "perhaps", code=2).err)
    check(not os.path.exists(store(home)))


main()
