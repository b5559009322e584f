#!/usr/bin/python3
"""What an unset variable of a script, an empty option, must not do: widen what is meant or granted."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))

from tap import contains, equal, main, test  # noqa: E402


@test
def an_empty_expiry_does_not_make_a_key_live_for_ever(home):
    end = home.create("k", "--expires", "90d")["expires_at"]
    for verb in (("key", "edit", "k"), ("key", "rotate", "k")):
        contains("is not a time", home.run(*verb, "--expires", "", code=2).err)
    equal(end, home.json("key", "show", "k")["expires_at"])
    home.ok("key", "edit", "k", "--expires", "never")
    equal(None, home.json("key", "show", "k")["expires_at"])


@test
def an_empty_search_does_not_mean_every_key(home):
    for name in ("a", "b"):
        home.create(name)
    for words in ("", "  "):
        for verb in (("disable",), ("revoke", "--yes"), ("rotate",), ("edit", "--tier", "x"),
                     ("purge", "--older-than", "0", "--yes")):
            result = home.run("key", *verb, "--search", words, code=2)
            contains("--search is empty", result.err)
    equal(["active"] * 2, [row["status"] for row in home.rows("key", "list")])
    equal(2, len(home.rows("key", "list", "--search", "")))


@test
def an_empty_place_is_not_the_usual_place(home):
    home.create("k")
    for option in ("--store", "--master-key", "--config"):
        contains("is empty", home.run(option, "", "key", "list", code=2).err)
    home.ok("key", "list", env={"AUTHRACK_STORE": ""})


main()
