#!/usr/bin/python3
"""What is in the tree: nothing but the agreed names at its top, headers that stand alone, tests that
carry no paths of a machine."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOP = {"Makefile", "src", "ui", "data", "tests", "share", "README.md", "LICENSE", "CONTRIBUTING.md"}


def tracked():
    run = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, text=True)
    if run.returncode:
        return [str(p.relative_to(ROOT)) for p in ROOT.rglob("*")
                if p.is_file() and "build" not in p.relative_to(ROOT).parts[:1]]
    return run.stdout.splitlines()


def top_level(files):
    return sorted({f.split("/")[0] for f in files} - TOP - {f for f in files if f.startswith(".")}
                  - {f.split("/")[0] for f in files if f.startswith(".")})


def guards(files):
    """Each header's guard is its path, so that two headers never share one."""
    for name in files:
        if name.endswith(".h"):
            text = (ROOT / name).read_text(encoding="utf-8")
            if text.startswith("/* Generated"):  # a table, included in one place
                continue
            if not re.search(r"#ifndef ([A-Z0-9_]+)\n#define \1\n", text):
                yield name


def left_over(files):
    pattern = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    for name in files:
        if name.endswith((".c", ".h", ".sh", "Makefile")):
            if pattern.search((ROOT / name).read_text(encoding="utf-8")):
                yield name


def main():
    files = tracked()
    checks = [
        ("the top level holds the agreed names only", top_level(files)),
        ("every header has an include guard", list(guards(files))),
        ("nothing is left to do in the code", list(left_over(files))),
    ]
    print(f"1..{len(checks)}")
    for number, (name, found) in enumerate(checks, 1):
        for line in found:
            print("#", line)
        print("not ok" if found else "ok", number, "-", name)
    return 1 if any(found for _, found in checks) else 0


sys.exit(main())
