#!/usr/bin/python3
"""Completion scripts, in the shells themselves."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import subprocess

from tap import BINARY, check, contains, equal, lacks, main, need, test

BASH = """
source <("$0" completion bash)
COMP_WORDS=("$0" "$@"); COMP_CWORD=$#; COMPREPLY=()
_authrack
printf '%s\\n' "${COMPREPLY[@]}"
"""


def in_bash(home, *words):
    need("bash")
    return home.run("-c", BASH, BINARY, *words, binary=["bash"], code=0).lines


def in_fish(home, line):
    fish = need("fish")
    os.makedirs(os.path.join(home.path, "bin"), exist_ok=True)
    link = os.path.join(home.path, "bin", "authrack")
    if not os.path.exists(link):
        os.symlink(BINARY, link)
    path = os.path.dirname(link) + ":" + home.env["PATH"]
    out = home.run("-c", f"authrack completion fish | source; complete -C '{line}'",
                   binary=[fish], env={"PATH": path}, code=0)
    equal("", out.err)
    return [text.split("\t")[0] for text in out.lines]


def in_zsh(home, line):
    """What zsh lists when Tab is pressed behind the line, in a terminal of its own."""
    zsh = need("zsh")
    folder = home.folder("functions")
    with open(os.path.join(folder, "_authrack"), "wb") as script:
        script.write(home.ok("completion", "zsh").raw)
    bin_folder = home.folder("bin")
    if not os.path.exists(os.path.join(bin_folder, "authrack")):
        os.symlink(BINARY, os.path.join(bin_folder, "authrack"))
    home.file(".zshrc", f"PS1='READY> '; fpath=({folder} $fpath); autoload -Uz compinit\n"
              f"compinit -u -d {home.path}/dump; unsetopt auto_menu\nLISTMAX=0\n")
    terminal = home.terminal("-i", binary=[zsh], size=(60, 160), env={
        "TERM": "dumb", "PATH": bin_folder + ":" + home.env["PATH"], "ZDOTDIR": home.path})
    terminal.wait("READY> ")
    terminal.send(line + "\t\t\x15echo do''ne\n")
    terminal.wait("done")
    return terminal.text


@test
def bash_completes_words_options_and_values(home):
    contains("key", in_bash(home, ""))
    equal(["key"], in_bash(home, "ke"))
    equal(["rotate"], in_bash(home, "key", "rot"))
    contains("--grace", in_bash(home, "key", "rotate", "--"))
    contains("--json", in_bash(home, "key", "rotate", "--"))
    lacks("--grace", in_bash(home, "key", "show", "--"))
    equal(["compromise"], in_bash(home, "key", "revoke", "--reason", "comp"))
    equal(["rotate"], in_bash(home, "--store", "/x y", "-j", "key", "rot"))
    equal(["bash", "zsh", "fish"], in_bash(home, "completion", ""))


@test
def bash_completes_files_and_key_names(home):
    home.create("billing sync")
    home.create("other")
    home.file("export.csv")
    equal(["export.csv"], in_bash(home, "key", "import", "exp"))
    equal(["billing\\ sync"], in_bash(home, "key", "show", "bill"))
    contains("other", in_bash(home, "key", "rotate", ""))


@test
def fish_completes_words_options_and_values(home):
    contains("key", in_fish(home, "authrack "))
    equal(["rotate"], in_fish(home, "authrack key rot"))
    contains("--grace", in_fish(home, "authrack key rotate --gr"))
    equal(["compromise"], in_fish(home, "authrack key revoke --reason comp"))
    equal(["rotate"], in_fish(home, "authrack --store /x key rot"))
    home.create("billing")
    equal(["billing"], in_fish(home, "authrack key show bil"))


@test
def zsh_completes_words_options_and_values(home):
    contains("rotate", in_zsh(home, "authrack key "))
    contains("authrack key rotate", in_zsh(home, "authrack key rot"))
    contains("--reason compromise", in_zsh(home, "authrack key revoke --reason comp"))
    contains("--grace", in_zsh(home, "authrack key rotate --gra"))


@test
def the_scripts_are_well_formed(home):
    for shell in ("bash", "zsh", "fish"):
        script = home.file(f"script.{shell}", home.ok("completion", shell).raw)
        program = need(shell)
        done = subprocess.run([program, "-n", script], capture_output=True, check=False)
        check(done.returncode == 0 and not done.stderr, f"{shell}: {done.stderr}")


@test
def an_unknown_shell_is_a_usage_error(home):
    home.run("completion", "tcsh", code=2)
    home.run("completion", code=2)


@test
def pressing_tab_without_a_store_says_and_makes_nothing(home):
    equal([], [line for line in in_bash(home, "key", "show", "") if line])
    check(not os.path.exists(home.store))


main()
