#!/usr/bin/python3
"""`key snippet`: what it prints works where it is pasted, and never has a secret."""
import http.server
import os
import re
import secrets
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from tap import ROOT, check, contains, equal, lacks, main, match, need, test  # noqa: E402

PLACES = ["curl", "nginx", "caddy", "haproxy", "fastapi", "github"]


def lines(home, place, *args):
    return home.ok("key", "snippet", "billing", "--for", place, *args).out


class Api(http.server.BaseHTTPRequestHandler):
    """Remembers the key that came, and what the processes of the machine were started with then."""

    def do_GET(self):
        self.server.keys.append(self.headers["X-API-Key"])
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    self.server.seen += file.read()
            except OSError:
                pass
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@test
def all_places_are_told_without_a_secret(home):
    secret = home.create("billing")["secret"]
    out = home.ok("key", "snippet", "billing").out
    titles = re.findall(r"^# --- (\w+)", out, re.MULTILINE)
    equal(PLACES, [title.lower() for title in titles])
    lacks(secret, out)
    lacks(secret[-38:], out)
    record = home.json("key", "snippet", "billing")
    equal(PLACES, list(record["snippets"]))
    lacks(secret, str(record))
    for place in PLACES:
        equal(record["snippets"][place], lines(home, place), place)


@test
def some_places_are_told_alone(home):
    home.create("billing")
    record = home.json("key", "snippet", "billing", "--for", "nginx", "--for", "curl")
    equal({"nginx", "curl"}, set(record["snippets"]))
    home.run("key", "snippet", "billing", "--for", "apache", code=2)


@test
def curl_sends_the_key_and_shows_it_to_nobody(home):
    need("curl")
    server = http.server.HTTPServer(("127.0.0.1", 0), Api)
    server.keys, server.seen = [], b""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    secret = home.create("billing", "--out-file", os.path.join(home.path, "secret"))
    with open(os.path.join(home.path, "secret"), encoding="ascii") as file:
        secret = file.read().strip()
    home.file(".config/billing_key", secret + "\n")
    shell = lines(home, "curl", "--url", f"http://127.0.0.1:{server.server_port}/it's?a=1&b=2")
    subprocess.run(["sh", "-eu", "-c", shell], env={**home.env, "BILLING_KEY": secret}, check=True)
    server.shutdown()
    equal([secret, secret], server.keys)
    contains(b"curl", server.seen)
    check(secret.encode() not in server.seen, "the secret is in a process's arguments")


@test
def scopes_of_the_key_are_asked_for(home):
    home.create("billing", "--scope", "orders:*", "--scope", "invoices:read")
    for place in ("nginx", "caddy", "haproxy", "fastapi"):
        contains('"invoices:read orders:*"', lines(home, place), place)
    home.create("open")
    contains('$authrack_scope "";', home.ok("key", "snippet", "open", "--for", "nginx").out)


@test
def the_pattern_finds_secrets_and_its_test_strings(home):
    made = home.create("billing", "--prefix", "pay_v2")
    pattern = home.json("key", "snippet", "billing", "--for", "github")["pattern"]
    # GitHub's \z is Python's \Z.
    whole = re.compile(f"(?:{pattern['before']})({pattern['secret']})"
                       f"(?:{pattern['after']})".replace(r"\z", r"\Z"))
    equal(made["secret"], whole.search(f'key = "{made["secret"]}";')[1])
    for text in pattern["matches"]:
        equal(text, whole.search(text)[1])
        # Nobody's key: a test string in a repository must raise no alarm of ours.
        home.ok("key", "scan", "-", input=text)
    for text in pattern["differs"] + [made["secret"] + "x", made["secret"][:-1]]:
        check(not whole.search(text), text)
    shown = lines(home, "github")
    for text in (pattern["secret"], pattern["before"], pattern["after"], pattern["matches"][0]):
        contains(text, shown)
    check(pattern["finds_current"])


@test
def of_an_imported_secret_no_form_is_claimed(home):
    home.ok("key", "import", "-", input="name,secret\nbilling," + secrets.token_hex(32) + "\n")
    check(not home.json("key", "snippet", "billing")["pattern"]["finds_current"])
    contains("was imported", lines(home, "github"))
    home.ok("key", "rotate", "billing")
    check(home.json("key", "snippet", "billing")["pattern"]["finds_current"])


@test
def the_dependency_is_the_one_of_the_recipe(home):
    home.create("billing")
    text = lines(home, "fastapi")
    compile(text, "snippet", "exec")
    with open(os.path.join(ROOT, "share/recipes/fastapi_app.py"), encoding="utf-8") as file:
        recipe = file.read()
    for line in text[text.index("authrack ="):].splitlines():
        if "X-" not in line and "return" not in line:
            contains(line, recipe)


@test
def a_name_makes_no_lines_and_no_commands(home):
    for name in ("$(touch x)", "a\nb'; rm -rf /", "..", "9lives", "é", "x" * 128):
        home.create(name)
        out = home.ok("key", "snippet", name).out
        lacks("$(touch", out)
        lacks("rm -rf", out)
        match(r'"\$[A-Z][A-Z0-9_]*_KEY"', out)
        match(r"~/\.config/[a-z][a-z0-9_]*_key\)", out)


@test
def what_is_no_url_is_refused(home):
    home.create("billing")
    for url in ("", "api.example.com", "ftp://x/", "https://", "https://a b/", "https://a/\n", "https://é/"):
        home.run("key", "snippet", "billing", "--url", url, code=2)


@test
def a_dead_key_is_remarked_and_an_altered_one_refused(home):
    made = home.create("billing")
    home.ok("key", "disable", "billing")
    contains("disabled: no call with it passes", home.ok("key", "snippet", "billing").err)
    home.run("key", "snippet", "nothing", code=3)
    subprocess.run([need("sqlite3"), home.store, "UPDATE apikey SET scopes='a:b'"], check=True)
    home.run("key", "snippet", made["id"], code=5)


main()
