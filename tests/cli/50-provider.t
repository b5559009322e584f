#!/usr/bin/python3
"""Providers on the command line: added from a vendor, an issuer or endpoints; what is refused; secrets that
go in and never come out; edited, discovered, removed."""
import glob
import json
import os
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from oauth import openssl, shared_server
from tap import check, contains, equal, lacks, main, match, test

SECRET = "a client secret: 0123456789 +/%&"
ISSUER = "https://sso.example.com"


def add(home, name="idp", *more):
    if not any(option in more for option in ("--issuer", "--preset", "--token-endpoint")):
        more = ("--issuer", ISSUER, *more)
    return home.json("provider", "add", name, "--client-id", "tv-app", *more)


def refused(home, code, says, *args, **more):
    """The command is refused with words, and leaves nothing."""
    before = home.rows("provider", "list")
    result = home.run(*args, code=code, **more)
    contains(says, result.err, str(args))
    equal("", result.out)
    equal(before, home.rows("provider", "list"))
    return result


def events(home):
    return [(row["operation"], row["name"]) for row in home.rows("audit", "list")]


def detail(home):
    return home.rows("audit", "list")[0]["detail"]


def key_file(home, name="client.key"):
    return home.file(name, openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"))


def certificate_file(home, key, name="client.pem"):
    return home.file(name, openssl("req", "-x509", "-key", key, "-subj", "/CN=tv-app", "-days", "2"))


# --- adding ------------------------------------------------------------------------------------------


@test
def a_vendor_brings_its_endpoints_along(home):
    record = add(home, "gh", "--preset", "github")
    equal(("github", "none", "ok", False),
          tuple(record[name] for name in ("preset", "auth_method", "status", "has_secret")))
    equal("https://github.com/login/device/code", record["device_authorization_endpoint"])
    equal([], record["explicit"])
    equal(None, record["doctor"])


@test
def an_issuer_needs_no_network_to_be_added(home):
    record = add(home, "idp", "--issuer", "https://127.0.0.1:1", "--scope", "openid", "--scope",
                 "email profile")
    equal(("openid email profile", None, None),
          tuple(record[name] for name in ("scope", "token_endpoint", "discovered_at")))


@test
def a_vendor_is_known_by_its_issuer_and_told(home):
    result = home.ok("--json", "provider", "add", "g", "--issuer", "https://accounts.google.com",
                     "--client-id", "c", "--client-secret-file", "-", input=SECRET)
    equal("google", result.json["preset"])
    contains("--preset generic", result.err)
    record = add(home, "g2", "--issuer", "https://accounts.google.com", "--preset", "generic")
    equal(None, record["preset"])


@test
def endpoints_by_hand_need_no_issuer(home):
    record = add(home, "lab", "--device-authorization-endpoint", "https://lab.example/device",
                 "--token-endpoint", "https://lab.example/token")
    equal((None, ["device_authorization_endpoint", "token_endpoint"]),
          (record["issuer"], record["explicit"]))


@test
def what_can_not_work_is_refused(home):
    home.create("a")  # a store
    base = ("provider", "add", "x", "--client-id", "c")
    refused(home, 2, "client id", "provider", "add", "x", "--issuer", ISSUER)
    refused(home, 2, "nothing says where", *base)
    refused(home, 2, "nothing says where", *base, "--token-endpoint", "https://lab.example/token")
    refused(home, 2, "preset", *base, "--preset", "myspace")
    refused(home, 2, "needs --issuer", *base, "--preset", "keycloak")
    refused(home, 2, "issuer", *base, "--issuer", ISSUER + "/.well-known/openid-configuration")
    refused(home, 2, "not encrypted", *base, "--issuer", "http://sso.example.com")
    refused(home, 2, "not encrypted", *base, "--issuer", ISSUER, "--token-endpoint", "http://x.example/")
    refused(home, 2, "blank", *base[:-1], " c", "--issuer", ISSUER)
    refused(home, 2, "control characters", *base[:-1], "c\n", "--issuer", ISSUER)
    refused(home, 2, "scope", *base, "--issuer", ISSUER, "--scope", 'open"id')
    refused(home, 2, "cannot read", *base, "--issuer", ISSUER, "--ca-file", "nowhere.pem")
    refused(home, 2, "name", "provider", "add", "prv_01jq8m2v5x0c9d3n6p8r4t7kfa", "--client-id", "c",
            "--issuer", ISSUER)


@test
def two_of_a_name_are_a_conflict(home):
    add(home)
    refused(home, 4, '"idp"', "provider", "add", "idp", "--client-id", "c", "--issuer", ISSUER)


# --- secrets -----------------------------------------------------------------------------------------


def stored(home):
    """All bytes of the store's files."""
    return b"".join(open(path, "rb").read() for path in glob.glob(home.store + "*"))


@test
def a_secret_goes_in_by_file_standard_input_or_prompt_and_stays(home):
    path = home.file("secret", SECRET + "\n")
    add(home, "a", "--client-secret-file", path)
    for name, args in (("b", ("--client-secret-file", "-")), ("c", ("--client-secret",)), ("d", ("-",))):
        home.ok("provider", "add", name, "--issuer", ISSUER, "--client-id", "c", *args, input=SECRET + "\n")
    terminal = home.terminal("provider", "add", "e", "--issuer", ISSUER, "--client-id", "c",
                             "--client-secret")
    terminal.wait("Client secret: ")
    check(not terminal.echo())
    terminal.send(SECRET + "\n")
    terminal.finish(0)
    lacks(SECRET, terminal.text)
    for row in home.rows("provider", "list"):
        equal((True, "client_secret_basic"), (row["has_secret"], row["auth_method"]), row["name"])
    for args in (("provider", "show", "a"), ("audit", "list"), ("audit", "export")):
        lacks(SECRET, home.ok("--json", *args).out)
    check(SECRET.encode() not in stored(home), "the store has the secret in clear")


@test
def a_secret_is_never_an_argument(home):
    result = home.run("provider", "add", "x", "c1ient-secret", "--issuer", ISSUER, "--client-id", "c", code=2)
    contains("never taken from the command line", result.err)
    lacks("c1ient-secret", result.err)


@test
def a_secret_file_that_others_can_read_is_refused(home):
    home.create("a")
    path = home.file("secret", SECRET, mode=0o644)
    result = refused(home, 7, "secret", "provider", "add", "x", "--issuer", ISSUER, "--client-id", "c",
                     "--client-secret-file", path)
    lacks(SECRET, result.err)


@test
def secret_and_method_have_to_go_together(home):
    home.create("a")
    base = ("provider", "add", "x", "--issuer", ISSUER, "--client-id", "c")
    refused(home, 2, "needs the client secret", *base, "--auth-method", "client_secret_post")
    refused(home, 2, "makes no use", *base, "--auth-method", "none", "--client-secret-file", "-", input="s")
    refused(home, 2, "private key", *base, "--auth-method", "private_key_jwt")
    refused(home, 2, "twice", *base, "--client-secret", "--client-secret-file", "-", input="s")
    refused(home, 2, "empty", *base, "--client-secret-file", "-", input="\n")
    refused(home, 2, "client secret", *base[:2], "x", "--preset", "google", "--client-id", "c")


@test
def a_private_key_and_a_certificate_decide_the_method(home):
    key = key_file(home)
    equal("private_key_jwt", add(home, "a", "--client-key-file", key)["auth_method"])
    certificate = certificate_file(home, key)
    record = add(home, "b", "--client-key-file", key, "--client-certificate-file", certificate)
    equal(("tls_client_auth", True, True),
          tuple(record[name] for name in ("auth_method", "has_key", "certificate")))
    check(b"PRIVATE KEY" not in stored(home), "the store has the key in clear")


@test
def keys_that_do_not_fit_are_refused(home):
    home.create("a")
    key, other = key_file(home), key_file(home, "other.key")
    base = ("provider", "add", "x", "--issuer", ISSUER, "--client-id", "c", "--client-key-file")
    refused(home, 2, "another key", *base, key, "--client-certificate-file", certificate_file(home, other))
    refused(home, 2, "no private key", *base, home.file("public.pem", openssl("pkey", "-in", key, "-pubout")))
    refused(home, 2, "no certificate", *base, key, "--client-certificate-file", home.file("x", "hello"))
    refused(home, 2, "private key", *base, key, "--client-certificate-file",
            home.file("both", open(certificate_file(home, key), "rb").read() + open(key, "rb").read()))
    refused(home, 2, "certificate", *base, key, "--auth-method", "tls_client_auth")


# --- looking -----------------------------------------------------------------------------------------


@test
def a_list_has_names_and_show_has_all(home):
    add(home, "b")
    add(home, "a")
    equal(["a", "b"], [row["name"] for row in home.rows("provider", "list")])
    equal(["b"], [row["name"] for row in home.rows("provider", "list", "--after", "a")])
    equal(1, len(home.rows("provider", "list", "--limit", "1")))
    by_name, listed = home.json("provider", "show", "a"), home.rows("provider", "list")[0]
    equal(listed, by_name)
    equal(by_name, home.json("provider", "show", by_name["id"]))
    contains("no provider", home.run("provider", "show", "c", code=3).err)
    equal("a\nb\n", home.ok("completion", "providers").out)


@test
def reading_makes_no_store_and_works_read_only(home):
    equal(5, home.run("provider", "list").code)
    add(home)
    home.ok("--read-only", "provider", "show", "idp")
    equal(7, home.run("--read-only", "provider", "edit", "idp", "--scope", "x").code)


def tamper(home, sql):
    with sqlite3.connect(home.store) as store:
        store.execute(sql)


@test
def one_that_was_altered_is_shown_as_such_used_for_nothing_and_can_be_removed(home):
    add(home, "idp", "--client-secret-file", home.file("secret", SECRET))
    tamper(home, "UPDATE provider SET issuer = 'https://evil.example'")
    listed = home.run("--json", "provider", "list", code=5)
    equal(["altered"], [row["status"] for row in listed.rows])
    equal(5, home.run("provider", "show", "idp").code)
    equal(5, home.run("provider", "edit", "idp", "--scope", "x").code)
    equal(5, home.run("provider", "discover", "idp").code)
    equal(5, home.run("device", "run", "idp").code)
    home.ok("provider", "remove", "idp", "--yes")
    equal([], home.rows("provider", "list"))


# --- changing ----------------------------------------------------------------------------------------


@test
def an_edit_tells_before_and_after(home):
    add(home, "idp", "--audience", "https://api.example")
    record = home.json("provider", "edit", "idp", "--scope", "openid", "--audience", "", "--name", "sso",
                       "--jwks-uri", "https://sso.example.com/keys")
    equal(("sso", "openid", None, ["jwks_uri"], 2),
          tuple(record[name] for name in ("name", "scope", "audience", "explicit", "revision")))
    told = detail(home)
    equal({"scope": "", "audience": "https://api.example", "name": "idp", "jwks_uri": None}, told["before"])
    equal({"scope": "openid", "audience": "", "name": "sso", "jwks_uri": "https://sso.example.com/keys"},
          told["after"])
    equal([], home.json("provider", "edit", "sso", "--jwks-uri", "")["explicit"])


@test
def a_new_secret_is_told_but_not_shown(home):
    add(home, "idp", "--client-secret-file", home.file("secret", SECRET))
    home.ok("provider", "edit", "idp", "--client-secret-file", "-", input="another secret")
    equal({"new_client_secret": True}, detail(home))
    refused(home, 2, "needs the client secret", "provider", "edit", "idp", "--clear-secret",
            "--auth-method", "client_secret_post")
    record = home.json("provider", "edit", "idp", "--clear-secret")
    equal((False, "none"), (record["has_secret"], record["auth_method"]))


@test
def an_edit_that_changes_nothing_leaves_no_event(home):
    record = add(home)
    before = events(home)
    equal(record, home.json("provider", "edit", "idp", "--issuer", ISSUER))
    equal(before, events(home))
    refused(home, 2, "nothing to change", "provider", "edit", "idp")


@test
def an_edit_of_an_older_state_is_refused(home):
    add(home)
    home.ok("provider", "edit", "idp", "--scope", "openid", "--expect-revision", "1")
    refused(home, 4, "revision 2", "provider", "edit", "idp", "--scope", "x", "--expect-revision", "1")
    add(home, "other")
    refused(home, 4, '"other"', "provider", "edit", "idp", "--name", "other")


@test
def every_change_has_one_event_and_the_store_stays_sound(home):
    add(home)
    home.ok("provider", "edit", "idp", "--scope", "openid")
    home.ok("provider", "remove", "idp", "--yes")
    equal([("provider.remove", "idp"), ("provider.edit", "idp"), ("provider.add", "idp")], events(home))
    home.ok("audit", "verify")
    home.ok("store", "check")


@test
def removing_asks(home):
    add(home)
    refused(home, 4, "--yes", "provider", "remove", "idp")
    terminal = home.terminal("provider", "remove", "idp")
    terminal.wait(r'remove provider "idp".*\[type yes\]: ')
    terminal.send("yes\n")
    terminal.finish(0)
    equal([], home.rows("provider", "list"))


# --- discovering -------------------------------------------------------------------------------------


@test
def discovery_fills_what_was_not_given_by_hand(home):
    server = shared_server()
    issuer = server.plain + "/good"
    add(home, "idp", "--issuer", issuer, "--token-endpoint", "https://by.hand/token")
    record = home.json("provider", "discover", "idp")
    equal(("https://by.hand/token", issuer + "/device", ["token_endpoint"]),
          tuple(record[name] for name in ("token_endpoint", "device_authorization_endpoint", "explicit")))
    check(record["discovered_at"], "when")
    equal(None, home.json("provider", "edit", "idp", "--scope", "x")["discovered_at"],
          "what was learnt goes with a change")


@test
def discovery_says_what_is_wrong(home):
    server = shared_server()
    for scenario, says in (("wrong-issuer", "issuer"), ("issuer-slash", "slash"),
                           ("metadata-html", "JSON"), ("no such", "404")):
        add(home, scenario, "--issuer", f"{server.plain}/{scenario.replace(' ', '-')}")
        result = home.run("provider", "discover", scenario, code=6)
        match("(?i)" + says, result.err)
    add(home, "quiet", "--issuer", server.plain + "/no-device-endpoint")
    contains("device_authorization_endpoint", home.ok("provider", "discover", "quiet").err)
    add(home, "gone", "--issuer", "http://127.0.0.1:1")
    contains("refused", home.run("provider", "discover", "gone", code=6).err)
    add(home, "lab", "--device-authorization-endpoint", "https://lab.example/device",
        "--token-endpoint", "https://lab.example/token")
    contains("no metadata", home.run("provider", "discover", "lab", code=4).err)


@test
def a_read_only_store_learns_nothing(home):
    server = shared_server()
    add(home, "idp", "--issuer", server.plain + "/good")
    home.ok("--read-only", "provider", "discover", "idp")
    equal(None, home.json("provider", "show", "idp")["discovered_at"])


@test
def records_are_one_object_of_stable_names(home):
    names = list(json.loads(home.ok("--json", "provider", "add", "x", "--issuer", ISSUER, "--client-id",
                                    "c").out))
    equal(names, list(add(home, "y", "--preset", "github")))
    equal(names, list(home.rows("provider", "list")[0]))


main()
