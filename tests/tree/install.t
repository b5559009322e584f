#!/usr/bin/python3
"""`make install` puts the program and every file of share/ below DESTDIR, with PREFIX written into them;
`make uninstall` takes all of it away again."""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from tap import ROOT, check, equal, lacks, main, test

# Installed path below PREFIX -> mode.
INSTALLED = {
    "bin/authrack": 0o755,
    "bin/authrack-host": 0o755,
    "lib/systemd/system/authrack.service": 0o644,
    "lib/systemd/system/authrack.socket": 0o644,
    "lib/sysusers.d/authrack.conf": 0o644,
    "lib/tmpfiles.d/authrack.conf": 0o644,
    "share/bash-completion/completions/authrack": 0o644,
    "share/doc/authrack/recipes/Caddyfile": 0o644,
    "share/doc/authrack/recipes/authrack.lua": 0o644,
    "share/doc/authrack/recipes/fastapi_app.py": 0o644,
    "share/doc/authrack/recipes/haproxy.cfg": 0o644,
    "share/doc/authrack/recipes/nginx.conf": 0o644,
    "share/doc/authrack/sudoers": 0o644,
    "share/fish/vendor_completions.d/authrack.fish": 0o644,
    "share/man/man1/authrack.1": 0o644,
    "share/zsh/site-functions/_authrack": 0o644,
}
BUILD = os.environ.get("BUILD") or os.path.join(ROOT, "build", "release")


def make(target, folder):
    mode = os.path.basename(BUILD)
    subprocess.run(["make", "-s", "-C", ROOT, f"MODE={mode}", f"DESTDIR={folder}", "PREFIX=/opt/tool",
                    target], check=True, stdout=subprocess.DEVNULL)


def files_below(folder):
    return {str(p.relative_to(folder)): p for p in pathlib.Path(folder).rglob("*") if p.is_file()}


@test
def install_and_uninstall_leave_nothing_out():
    with tempfile.TemporaryDirectory() as folder:
        make("install", folder)
        found = files_below(folder)
        equal(sorted(f"opt/tool/{name}" for name in INSTALLED), sorted(found))
        for name, mode in INSTALLED.items():
            path = found[f"opt/tool/{name}"]
            equal(mode, path.stat().st_mode & 0o777, name)
            if name != "bin/authrack":
                lacks("/usr/local", path.read_text(encoding="utf-8"), name)
        done = subprocess.run([found["opt/tool/bin/authrack"], "--version"], capture_output=True,
                              check=True, text=True)
        check(done.stdout.startswith("authrack "))
        make("uninstall", folder)
        equal([], sorted(files_below(folder)))


@test
def every_file_of_share_is_installed():
    with open(os.path.join(ROOT, "share", "install"), encoding="utf-8") as file:
        placed = {line.split()[2] for line in file if line.startswith("place ")}
    kept = {name for name in files_below(os.path.join(ROOT, "share"))
            if name != "install" and not name.endswith(".png")}
    equal(sorted(kept), sorted(placed))


main()
