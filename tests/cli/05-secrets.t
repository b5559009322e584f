#!/usr/bin/python3
"""Secrets: how they go in and out, and what a failing output leaves behind."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import re
import subprocess

from tap import BINARY, SECRET, check, contains, equal, lacks, main, match, skip, test


def live(home):
    """Names of the keys that verify or are listed."""
    if not os.path.exists(home.store):
        return []
    return [row["name"] for row in home.rows("key", "list")]


@test
def quiet_prints_nothing_but_the_secret(home):
    result = home.ok("key", "create", "--name", "a", "--quiet")
    match(rf"\A{SECRET}\n\Z", result.out)
    equal("", result.err)
    match(rf"\A{SECRET}\n\Z", home.ok("-q", "key", "rotate", "a").out)


@test
def people_see_the_secret_on_a_line_of_its_own(home):
    match(rf"^secret: +{SECRET}$", home.ok("key", "create", "--name", "a").out)


@test
def a_terminal_is_told_that_it_will_not_see_the_secret_again(home):
    terminal = home.terminal("key", "create", "--name", "a")
    terminal.finish(0)
    match(rf"secret:\S* +{SECRET}", terminal.text.replace("\x1b[0m", ""))
    contains("not shown again", terminal.text)
    lacks("not shown again", home.ok("key", "create", "--name", "b").err)


@test
def an_out_file_takes_the_secret_and_the_output_does_not(home):
    path = os.path.join(home.path, "new.key")
    result = home.ok("key", "create", "--name", "a", "--out-file", path)
    equal(0, len(re.findall(SECRET, result.out)))
    equal(0o600, os.stat(path).st_mode & 0o777)
    with open(path, encoding="ascii") as file:
        equal("VALID", home.verify(file.read()))
    check(home.run("key", "create", "--name", "b", "--out-file", path).code != 0)
    equal(["a"], live(home))


@test
def one_line_end_behind_a_secret_is_taken_off(home):
    secret = home.create("a")["secret"]
    equal("VALID", home.verify(secret))
    equal("VALID", home.verify(secret + "\n"))
    equal("VALID", home.verify(secret + "\r\n"))
    equal("MALFORMED", home.verify(secret + "\n\n"))
    equal("VALID", home.run("--json", "key", "verify", "-", input=secret).json["code"])


@test
def a_secret_is_asked_for_without_echo(home):
    secret = home.create("a")["secret"]
    for args, sent, code in ((("key", "verify"), secret, 0), (("key", "verify"), "wrong", 1)):
        terminal = home.terminal(*args)
        terminal.wait("(?i)secret: ")
        check(not terminal.echo(), "what is typed is shown")
        terminal.send(sent + "\r")
        terminal.finish(code)
        lacks(sent, terminal.text)


@test
def a_secret_file_that_is_the_terminal_is_asked_for_without_echo(home):
    for args in (("provider", "add", "idp", "--issuer", "https://id.example", "--client-id", "c",
                  "--client-secret-file", "-"),
                 ("token", "verify", home.file("token", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA"), "--secret-file", "-")):
        terminal = home.terminal(*args)
        terminal.wait("(?i)secret: ")
        check(not terminal.echo(), "what is typed is shown")
        terminal.send("what-nobody-shall-see\r")
        terminal.finish()
        lacks("what-nobody-shall-see", terminal.text)
    check(home.json("provider", "show", "idp")["has_secret"])


@test
def a_cancelled_prompt_ends_with_130_and_the_terminal_as_it_was(home):
    home.create("a")
    terminal = home.terminal("-c", '"$0" key verify; echo code $?; stty -a | tr " " "\\n" |'
                             ' grep -x -e echo -e -echo; read x', BINARY,
                             binary=["/bin/sh"])
    terminal.wait("(?i)secret: ")
    terminal.send("\x03")
    terminal.wait("code 130")
    terminal.wait("(?<!-)echo")


@test
def a_leaked_secret_on_standard_input_revokes_its_key(home):
    secret = home.create("a")["secret"]
    home.create("b")
    home.ok("key", "revoke", "--secret", "--reason", "compromise", "--yes", input=secret + "\n")
    equal("REVOKED", home.verify(secret))
    equal("compromise", home.json("key", "show", "a")["revoke_reason"])
    equal("active", home.json("key", "show", "b")["status"])


@test
def a_closed_pipe_leaves_no_live_key(home):
    home.create("before")
    for verb in (("create", "--name", "lost"), ("rotate", "before")):
        for mode in ((), ("--json",), ("--quiet",)):
            read, write = os.pipe()
            os.close(read)
            process = home.start(*mode, "key", *verb, stdout=write)
            os.close(write)
            err = process.communicate()[1].decode()
            check(process.returncode not in (0, None), f"exit {process.returncode}")
            check(process.returncode > 0, "killed by a signal")
            contains("standard output", err)
    equal(["before"], live(home))
    equal(1, home.json("key", "show", "before")["version"])


@test
def a_full_disk_behind_the_output_leaves_no_live_key(home):
    home.create("before")
    with open("/dev/full", "wb") as full:
        for mode in ((), ("--json",), ("--quiet",)):
            process = home.start(*mode, "key", "create", "--name", "lost", stdout=full)
            err = process.communicate()[1].decode()
            equal(5, process.returncode)
            contains("No space left", err)
    equal(["before"], live(home))


@test
def any_command_tells_that_its_output_failed(home):
    home.create("a")
    for args in (("key", "list"), ("--json", "key", "list"), ("key", "show", "a"), ("--help",),
                 ("--version",), ("audit", "list"), ("completion", "bash")):
        with open("/dev/full", "wb") as full:
            process = home.start(*args, stdout=full)
            err = process.communicate()[1].decode()
        check(process.returncode == 5, f"{args}: exit {process.returncode}")
        contains("standard output", err)


@test
def a_closed_standard_output_is_no_hole_into_the_store(home):
    home.create("a")
    for closed in (">&-", ">&- 2>&-", ">&- 2>&- <&-", "<&- >&-"):
        result = home.run("-c", f'"$0" key create --name lost {closed}', BINARY,
                          binary=["/bin/sh"])
        equal(5, result.code, closed)
        home.run("-c", f'"$0" key list {closed}', BINARY, binary=["/bin/sh"], code=5)
    home.ok("store", "check")
    equal(["a"], live(home))


@test
def a_closed_standard_input_is_no_empty_secret(home):
    home.create("a")
    home.run("-c", '"$0" key verify <&-', BINARY, binary=["/bin/sh"], code=2)


@test
def the_secret_goes_out_in_one_write(home):
    if subprocess.run(["strace", "-V"], capture_output=True, check=False).returncode:
        skip("strace is not installed")
    log = os.path.join(home.path, "strace.log")
    home.ok("-f", "-s", "4096", "-e", "trace=write", "-o", log, BINARY, "--json",
            "key", "create", "--name", "a", binary=["strace"],
            env={"ASAN_OPTIONS": "detect_leaks=0"})  # the leak checker is a tracer, too
    with open(log, encoding="utf-8") as file:
        writes = [line for line in file if re.search(SECRET, line)]
    equal(1, len(writes), "".join(writes))


main()
