#!/usr/bin/python3
"""The generated parts of README and man page are fresh, and the man page is well formed."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import subprocess

from tap import ROOT, check, contains, equal, main, need, skip, test

BUILD = os.environ.get("BUILD") or os.path.join(ROOT, "build", "release")
DOCS = os.path.join(BUILD, "docs")


def generated(path):
    if not os.path.exists(DOCS):
        skip("docs is not built")
    return subprocess.run([DOCS, path], capture_output=True, check=True, text=True).stdout


@test
def readme_and_man_page_are_fresh():
    for name in ("README.md", "share/man/authrack.1"):
        path = os.path.join(ROOT, name)
        with open(path, encoding="utf-8") as file:
            check(file.read() == generated(path), f"{name} is stale: run make docs")


@test
def readme_and_man_page_name_the_keys_of_every_screen():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        readme = file.read()
    with open(os.path.join(ROOT, "share/man/authrack.1"), encoding="utf-8") as file:
        page = file.read()
    for digit, title in (("1", "Keys"), ("7", "Audit"), ("9", "Guide")):
        contains(f"**`{digit}` {title}**: ", readme)
        contains(f".Ss {digit} {title}\n", page)
    contains("`R` rotate: a new secret…", readme)
    contains(".It \\&R\nrotate: a new secret…\n", page)


@test
def shipped_completions_are_fresh(home):
    for shell, name in (("bash", "authrack.bash"), ("zsh", "_authrack"), ("fish", "authrack.fish")):
        with open(os.path.join(ROOT, "share/completions", name), "rb") as file:
            check(file.read() == home.ok("completion", shell).raw, f"{name} is stale: make docs")


@test
def the_man_page_passes_the_linter():
    mandoc = need("mandoc")
    done = subprocess.run([mandoc, "-T", "lint", "-W", "warning",
                           os.path.join(ROOT, "share/man/authrack.1")],
                          capture_output=True, check=False, text=True)
    equal("", done.stdout)


@test
def the_man_page_has_its_sections():
    with open(os.path.join(ROOT, "share/man/authrack.1"), encoding="utf-8") as file:
        text = file.read()
    for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "KEYS", "JSON", "EXIT STATUS", "FILES",
                    "ENVIRONMENT", "SECURITY CONSIDERATIONS", "EXAMPLES"):
        contains(f".Sh {section}\n", text)


main()
