#!/usr/bin/env python3
"""Somebody edits providers and grants with the sqlite3 tool: no secret goes where it was not meant for, and
the check names the row."""

import http.server
import json
import os
import shutil
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from faults import in_memory, say, sql  # noqa: E402
from tap import check, contains, equal, main, test  # noqa: E402

SECRET = "s3cr3t-of-the-client"
TOKEN = "t0k3n-of-the-person"


class Provider(http.server.ThreadingHTTPServer):
    """Approves whatever is asked of it at the first poll; remembers every request."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.requests = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Answers(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.requests.append((self.path, body, self.headers["Authorization"] or ""))
        answer = {"access_token": TOKEN, "token_type": "Bearer", "refresh_token": TOKEN + "-again"}
        if self.path == "/device":
            answer = {"device_code": "d3v1c3", "user_code": "ABCD", "interval": 1, "expires_in": 60,
                      "verification_uri": self.server.url("go")}
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def add(home, name, server):
    home.ok("provider", "add", name, "--client-id", "console", "--client-secret-file",
            home.file("secret", SECRET), "--device-authorization-endpoint", server.url("device"),
            "--token-endpoint", server.url("token"), "--auth-method", "client_secret_post")


def granted(home, name):
    """Runs a flow; gives the id of the grant that was saved."""
    result = home.ok("--json", "device", "run", name, "--save")
    return result.rows[-1]["grant"]


def findings(home):
    result = home.run("--json", "store", "check")
    equal(5, result.code, f"the check found nothing:\n{result}")
    return result.rows


def named(home, name, *words):
    found = findings(home)
    check(any(name in row["object"] and all(word in row["text"] for word in words) for row in found),
          f"{name} is not named with {words}:\n{found}")
    return found[0]


def refused(home, what, name, server):
    """Nothing is asked of anybody, nothing is written; the list marks it, and it can be removed."""
    before = len(server.requests)
    ran = home.run("device", "run", name)
    equal(5, ran.code, f"{what}: it ran\n{ran}")
    equal(before, len(server.requests), f"{what}: a request was sent\n{server.requests[before:]}")
    written = home.run("provider", "edit", name, "--scope", "openid")
    equal(5, written.code, f"{what}: written to\n{written}")
    listed = home.run("--json", "provider", "list")
    equal((5, ["altered"]), (listed.code, [r["status"] for r in listed.rows if r["name"] == name]),
          f"{what}: listed as if nothing was\n{listed}")
    found = named(home, name)
    home.ok("provider", "remove", name, "--yes")
    say(f"{what}: device run {ran.code}, no request, edit {written.code}, listed as altered, check: "
        f"{found['check']} {found['text'][:50]}")


@test
def an_edited_endpoint_gets_no_secret(home):
    with Provider() as server, Provider() as thief:
        add(home, "corp", server)
        sql(home, f"""UPDATE provider SET endpoints =
            replace(endpoints, '{server.url("")}', '{thief.url("")}')""")
        refused(home, "an endpoint edited", "corp", thief)
        equal([], server.requests)


@test
def an_edited_client_method_scope_or_issuer_is_refused(home):
    with Provider() as server:
        for column in ("client_id", "auth_method", "scope", "issuer", "audience", "ca_file"):
            add(home, "corp", server)
            sql(home, f"UPDATE provider SET {column} = {column} || 'x'")
            refused(home, f"{column} edited", "corp", server)


@test
def a_secret_moved_to_another_provider_is_not_used(home):
    with Provider() as server, Provider() as thief:
        add(home, "corp", server)
        add(home, "thief", thief)
        sql(home, """UPDATE provider SET secret =
            (SELECT secret FROM provider WHERE name = 'corp') WHERE name = 'thief'""")
        refused(home, "a sealed secret moved", "thief", thief)


@test
def a_planted_provider_is_refused(home):
    with Provider() as server:
        add(home, "corp", server)
        sql(home, """CREATE TABLE plant AS SELECT * FROM provider;
            UPDATE plant SET row = 77, id = randomblob(16), name = 'planted';
            INSERT INTO provider SELECT * FROM plant; DROP TABLE plant""")
        refused(home, "a provider planted", "planted", server)


@test
def an_older_provider_put_back_is_found_and_not_blessed(home):
    with Provider() as server:
        add(home, "corp", server)
        before = home.file("before.db")
        sql(home, "PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(home.store, before)
        home.ok("provider", "edit", "corp", "--scope", "openid")
        sql(home, f"""ATTACH '{before}' AS old; DELETE FROM provider;
            INSERT INTO provider SELECT * FROM old.provider""")
        named(home, "corp", "older row")
        written = home.run("provider", "edit", "corp", "--audience", "x")
        equal(5, written.code, f"a change that would bless it\n{written}")
        contains("older row", written.err)
        home.ok("provider", "remove", "corp", "--yes")
        home.ok("store", "check")


@test
def a_removed_grant_put_back_is_found(home):
    with Provider() as server:
        add(home, "corp", server)
        granted(home, "corp")
        before = home.file("before.db")
        sql(home, "PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(home.store, before)
        home.ok("provider", "remove", "corp", "--yes")
        sql(home, f"""ATTACH '{before}' AS old; INSERT INTO provider SELECT * FROM old.provider;
            INSERT INTO oauth_grant SELECT * FROM old.oauth_grant""")
        named(home, "corp", "removed this provider")
        found = named(home, "grt_", "removed this grant")
        say(f"a removed grant put back: check: {found['check']} {found['object'][:20]}")


@test
def a_grant_moved_to_another_provider_is_found(home):
    with Provider() as server:
        add(home, "corp", server)
        add(home, "other", server)
        grant = granted(home, "corp")
        sql(home, "UPDATE oauth_grant SET provider = (SELECT row FROM provider WHERE name = 'other')")
        named(home, grant, "altered")
        sql(home, "UPDATE oauth_grant SET provider = 99")
        named(home, grant, "provider is not there")


@test
def tokens_of_two_grants_swapped_are_found(home):
    with Provider() as server:
        add(home, "corp", server)
        one, two = granted(home, "corp"), granted(home, "corp")
        sql(home, """CREATE TABLE swap AS SELECT row, tokens FROM oauth_grant;
            UPDATE oauth_grant SET tokens = (SELECT tokens FROM swap WHERE swap.row <> oauth_grant.row);
            DROP TABLE swap""")
        for grant in (one, two):
            named(home, grant, "altered")


@test
def no_secret_is_in_the_store_in_clear(home):
    with Provider() as server:
        add(home, "corp", server)
        granted(home, "corp")
        check(any(SECRET in body for _, body, _ in server.requests), "the secret was used")
        for name in (home.store, home.store + "-wal"):
            with open(name, "rb") as file:
                text = file.read()
            for secret in (SECRET, TOKEN, "d3v1c3"):
                check(secret.encode() not in text, f"{secret} is in {name}")
        for secret in (SECRET, TOKEN, "d3v1c3"):
            check(secret not in home.ok("audit", "export").out, f"{secret} is in the audit")
        home.ok("store", "check")


in_memory()
main()
