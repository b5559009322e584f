#!/usr/bin/python3
"""Import, export, scan and identify through the whole program."""
import csv
import io
import json
import os
import secrets
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from tap import check, contains, equal, lacks, main, test, wait_for

# The dict of the introduction's FastAPI sample, as it stands in such an application.
API_KEYS = {
    secrets.token_hex(32): {"user": "alice", "tier": "premium"},
    secrets.token_hex(32): {"user": "bob", "tier": "basic"},
    secrets.token_hex(32): {"user": "carol", "tier": "basic"},
}


def dict_as_csv():
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["name", "user", "tier", "secret"])
    for secret, who in API_KEYS.items():
        rows.writerow([who["user"] + "-key", who["user"], who["tier"], secret])
    return out.getvalue()


@test
def the_dict_of_the_introduction_is_imported_verified_rotated_and_revoked(home):
    result = home.json("key", "import", home.file("keys.csv", dict_as_csv()))
    equal(3, result["imported"])
    for secret, who in API_KEYS.items():
        answer = home.run("--json", "key", "verify", input=secret + "\n", code=0).json
        equal((True, who["user"], who["tier"]),
              (answer["valid"], answer["owner"], answer["tier"]))
    fresh = home.json("key", "rotate", "alice-key", "--grace", "0")["secret"]
    old = next(secret for secret, who in API_KEYS.items() if who["user"] == "alice")
    equal("RETIRED", home.verify(old))
    equal("VALID", home.verify(fresh))
    home.ok("key", "revoke", "--owner", "bob", "--yes")
    equal("REVOKED", home.verify(next(s for s, w in API_KEYS.items() if w["user"] == "bob")))
    home.ok("store", "check")
    equal(["key.revoke", "key.rotate", "key.import"],
          [event["operation"] for event in home.rows("audit", "list")])


@test
def standard_input_is_taken_by_its_first_character(home):
    home.ok("key", "import", "-", input=dict_as_csv())
    lines = "".join(json.dumps({"name": f"j{n}", "secret": secrets.token_hex(32),
                                "scopes": ["a", "b:c"]}) + "\n" for n in range(3))
    equal(3, home.run("--json", "key", "import", "-", input=lines, code=0).json["imported"])


@test
def errors_name_line_and_column_and_never_a_value(home):
    leaked = secrets.token_hex(32)
    path = home.file("bad.csv", f"name,expires_at,secret\na,{leaked},x\nb,soon,{leaked}\n")
    result = home.run("key", "import", path, code=2)
    contains("line 2, column 3: expires_at", result.err)
    contains("line 3, column 3: expires_at", result.err)
    lacks(leaked, result.err + result.out)
    equal("", result.out)
    error = home.run("--json", "key", "import", path, code=2).error
    equal("usage", error["code"])
    contains("line 2", error["message"])
    equal([], home.rows("key", "list"))


@test
def a_file_with_one_known_secret_leaves_nothing_and_ends_with_4(home):
    home.ok("key", "import", "-", input=dict_as_csv())
    again = "name,secret\nnew," + secrets.token_hex(32) + "\nold," + next(iter(API_KEYS)) + "\n"
    contains("line 3", home.run("key", "import", "-", input=again, code=4).err)
    equal(3, len(home.rows("key", "list")))


@test
def the_secrets_of_an_import_are_nowhere_in_the_store(home):
    home.ok("key", "import", home.file("keys.csv", dict_as_csv()))
    home.ok("store", "backup", os.path.join(home.path, "backup.db"))
    os.unlink(os.path.join(home.path, "keys.csv"))
    for folder, _, files in os.walk(home.path):
        for name in files:
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
            for secret in API_KEYS:
                check(secret.encode() not in data and bytes.fromhex(secret) not in data,
                      f"a secret is in {name}")


@test
def a_killed_import_leaves_all_or_nothing(home):
    home.create("here")
    text = "name,secret\n" + "".join(f"k{n},{secrets.token_hex(32)}\n" for n in range(20000))
    process = home.start("key", "import", home.file("many.csv", text))
    lock = os.path.join(home.data, "authrack", "authrack.db-wal")
    size = os.path.getsize(lock)
    wait_for(lambda: os.path.getsize(lock) > size or process.poll() is not None, "the import")
    process.kill()
    process.wait()
    check(len(home.rows("key", "list")) in (1, 20001))
    home.ok("store", "check")


@test
def an_export_has_no_secret_and_a_spreadsheet_runs_nothing(home):
    made = home.create("=cmd|' /C calc'!A0")
    text = home.ok("key", "export").out
    lacks(made["secret"], text)
    row = next(csv.DictReader(io.StringIO(text)))
    equal("'=cmd|' /C calc'!A0", row["name"])
    equal(made["id"], json.loads(home.ok("key", "export", "-f", "jsonl").out)["id"])


@test
def a_scan_finds_a_live_key_and_ends_with_1(home):
    secret = home.create("billing")["secret"]
    home.file("src/app/config.py", f"# keys\nTOKEN = \"{secret}\"\n")
    result = home.run("--json", "key", "scan", os.path.join(home.path, "src"), code=1)
    hit = result.rows[0]
    equal((2, 10, "billing", True), (hit["line"], hit["column"], hit["name"], hit["live"]))
    lacks(secret, result.out)
    home.run("key", "scan", input=f"x={secret}\n", code=1)
    home.run("key", "scan", "-", input=f"x={secret}\n", code=1)
    home.ok("key", "revoke", "billing", "--yes")
    home.ok("key", "scan", os.path.join(home.path, "src"))


@test
def a_scan_shows_hostile_file_names_harmless(home):
    secret = home.create("billing")["secret"]
    home.file("src/a\x1b[2Jb\n.txt", secret)
    result = home.run("key", "scan", os.path.join(home.path, "src"), code=1)
    lacks("\x1b", result.out)
    equal(2, len(result.out.splitlines()))


@test
def identify_reads_a_secret_or_takes_its_public_id(home):
    made = home.create("billing")
    equal("billing", home.run("--json", "key", "identify", input=made["secret"] + "\n",
                              code=0).json["name"])
    equal(made["id"], home.json("key", "identify", made["secret"].split("_")[1])["id"])
    equal("aws", home.run("--json", "key", "identify", input="AKIAIOSFODNN7EXAMPLE\n",
                          code=0).json["kind"])
    home.run("key", "identify", input="whatever\n", code=3)
    lacks(made["secret"], home.run("key", "identify", made["secret"], code=2).err)


main()
