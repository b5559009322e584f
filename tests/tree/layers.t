#!/usr/bin/python3
"""The layers of CONTRIBUTING.md hold: each folder includes only what stands below it, and each foreign
library is named only where it belongs."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Folder -> prefixes of the project's own includes it may use.
OWN = {
    "src/base": ("src/base/",),
    "data": ("data/", "src/base/"),
    "src/token": ("src/token/", "src/base/"),
    "src/oauth": ("src/oauth/", "src/base/"),
    "src/app": ("src/app/", "data/", "src/token/", "src/oauth/", "src/base/"),
    "src/cli": ("src/cli/", "src/app/", "src/base/"),
    "src/serve": ("src/serve/", "src/app/", "src/base/"),
    "ui": ("ui/", "src/app/", "src/base/"),
    "src": ("src/", "ui/console.h"),  # main.c
}
# Foreign header -> files or folders that may name it.
FOREIGN = {
    r"n?curses\.h|term\.h": ("ui/paint_ncurses.c",),
    r"sqlite3\.h": ("data/engine_sqlite.c", "data/log_watch.c"),
    r"libpq-fe\.h": ("data/engine_postgres.c",),
    r"curl/.*": ("src/base/http.c", "src/base/http_errors.c"),
    r"microhttpd\.h": ("src/serve/worker.c",),
    r"openssl/.*": ("src/base/", "src/token/"),
    r"jansson\.h": ("src/base/json.c",),
    r"qrencode\.h": ("src/base/qr.c",),
}
# The generators of the documentation read both tables; they are no part of the program.
EXEMPT = ("src/cli/docs.c",)


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', line)
        if match:
            yield number, match.group(1), match.group(2)


def faults():
    for folder, allowed in OWN.items():
        for path in sorted((ROOT / folder).glob("*.[ch]")):
            name = str(path.relative_to(ROOT))
            for number, own, foreign in includes(path):
                if own and name not in EXEMPT and not own.startswith(allowed):
                    yield f"{name}:{number}: {folder} must not include {own}"
                for pattern, places in FOREIGN.items():
                    if foreign and re.fullmatch(pattern, foreign) and not name.startswith(places):
                        yield f"{name}:{number}: {foreign} belongs in {', '.join(places)}"


def self_containment():
    """A folder that appears without a rule would go unchecked."""
    known = set(OWN) | {"tests"}
    for path in ROOT.glob("src/*/"):
        name = str(path.relative_to(ROOT))
        if any(path.glob("*.[ch]")) and name not in known:
            yield f"{name}: no rule for this folder"


found = list(faults()) + list(self_containment())
for line in found:
    print("#", line)
print("1..1")
print("not ok" if found else "ok", "1 - every include points downwards")
sys.exit(1 if found else 0)
