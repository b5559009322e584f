#!/usr/bin/python3
"""Device logins and grants in the console, in a real terminal against oidc-provider: a scripted person reads
code and address off the screen, approves, denies or does nothing; what the console leaves is taken up again."""
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from oauth import granted, no_secret, shared_oidc  # noqa: E402
from tap import check, contains, equal, lacks, main, skip, test, wait_for  # noqa: E402
from tmux import Tmux  # noqa: E402

WAITING = r"2 enter (\S+)"
UPPER, LOWER, FULL = "▀", "▄", "█"


def login(screen, provider="idp", row="g"):
    """Starts one from the Providers screen, where it is the first or last row; gives its code."""
    screen.type("3")
    screen.wait(f"^ *{provider} ")
    screen.type(row)
    screen.type("l")
    screen.wait("Start a device login")
    screen.keys("C-s")
    screen.wait(f"^ {provider} .*waiting for approval")
    return screen.wait(WAITING)[1]


def address(screen):
    return screen.wait(r"1 open +(\S+)")[1]


def approve(oidc, screen, code, who="alice"):
    oidc.user(who).approve(address(screen), code)


@test
def a_person_approves_and_the_tokens_are_looked_at(home):
    oidc = shared_oidc()
    oidc.add(home, "public", "--scope", "openid offline_access")
    screen = Tmux(home, size=(100, 30))
    code = login(screen)
    screen.wait("authorization_pending")
    approve(oidc, screen, code)
    screen.wait("✓ approved")
    screen.wait("ID token +valid")
    grant = screen.wait(r"saved +(grt_\w+)")[1]
    equal([grant], [row["id"] for row in home.rows("grant", "list")])
    screen.keys("Tab", "Enter")
    screen.wait("came back: 200")
    no_secret(oidc.given(), screen.history(), "the screen")
    screen.keys("Escape", "Escape")
    screen.type("i")
    screen.wait(r"Token 1 of \d")
    operations = [event["operation"] for event in home.rows("audit", "list")]
    check({"grant.save", "grant.show"} <= set(operations), f"audited: {operations}")


@test
def a_person_denies(home):
    oidc = shared_oidc()
    oidc.add(home)
    screen = Tmux(home)
    code = login(screen)
    oidc.user().deny(address(screen), code)
    screen.wait("✗ access_denied")
    equal([], home.rows("grant", "list"))
    equal([], home.rows("device", "list"))


@test
def cancelling_forgets_the_code(home):
    oidc = shared_oidc()
    oidc.add(home)
    screen = Tmux(home)
    login(screen)
    screen.type("C")
    screen.wait("Cancel the device login")
    screen.keys("Tab", "Enter")
    screen.wait("cancelled: the code is forgotten")
    equal([], home.rows("device", "list"))


@test
def a_login_that_the_console_leaves_is_taken_up_again(home):
    oidc = shared_oidc()
    oidc.add(home)
    screen = Tmux(home)
    code = login(screen)
    screen.wait("authorization_pending")
    screen.type("q")
    equal(0, screen.ended())
    equal(["resumable"], [flow["state"] for flow in home.rows("device", "list")])
    again = Tmux(home)
    again.type("4")
    again.wait(f"can go on +idp +{code}")
    again.keys("Enter")
    equal(code, again.wait(WAITING)[1])
    approve(oidc, again, code)
    again.wait("✓ approved")
    again.wait("saved +grt_")
    equal(1, len(oidc.requests("device")), "no new code was asked for")


@test
def a_terminal_that_hangs_up_loses_no_login(home):
    oidc = shared_oidc()
    oidc.add(home)
    screen = Tmux(home)
    login(screen)
    screen.close()
    wait_for(lambda: [flow["state"] for flow in home.rows("device", "list")] == ["resumable"],
             "the login to be left")


@test
def several_logins_run_beside_each_other_and_all_else(home):
    oidc = shared_oidc()
    oidc.add(home)
    oidc.add(home, "basic", name="lab")
    screen = Tmux(home, size=(120, 40))
    first = login(screen)
    second = login(screen, "lab", "G")
    check(first != second, "two codes")
    screen.keys("Escape")
    screen.wait("2 device logins under way")
    screen.type("1")
    screen.wait("4 Device•")
    screen.type("c")
    screen.wait("nothing is stored before")
    screen.type("meanwhile")
    screen.keys("C-s")
    screen.wait("meanwhile: the secret, shown this once")
    screen.type("v")
    screen.keys("Escape")
    screen.gone("shown this once")
    screen.type("4")
    screen.wait("2 device logins under way")
    oidc.user("alice").approve(oidc.issuer + "/device", first)
    oidc.user("bob").approve(oidc.issuer + "/device", second)
    screen.wait("✓ approved +lab")
    screen.wait("✓ approved +idp")
    equal({"alice", "bob"}, {grant["subject"] for grant in home.rows("grant", "list")})
    screen.wait("4 Device ")


@test
def the_console_answers_while_a_provider_hangs(home):
    oidc = shared_oidc()
    oidc.add(home)
    home.create("billing-sync")
    screen = Tmux(home)
    login(screen)
    oidc.set(hang=30000)
    polls = len(oidc.requests("token"))
    wait_for(lambda: len(oidc.requests("token")) > polls, "a poll that hangs")
    screen.type("1")
    screen.wait("billing-sync")
    screen.type("D")
    screen.wait("Disable billing-sync")
    screen.keys("C-s")
    screen.wait("○ disabled")
    screen.type("4C")
    screen.wait("Cancel the device login")
    screen.keys("Tab", "Enter")
    screen.wait("cancelled: the code is forgotten")


@test
def grants_are_refreshed_asked_about_revoked_and_removed(home):
    oidc = shared_oidc()
    grant = granted(oidc, home, "public", "--scope", "openid offline_access")
    screen = Tmux(home, size=(100, 30))
    screen.type("5")
    screen.wait("● active +idp +alice")
    screen.type("o")
    screen.wait("the subject is the ID token's")
    screen.keys("Escape")
    screen.type("t")
    screen.wait("active: the provider takes the token")
    screen.keys("Escape")
    screen.type("R")
    screen.wait("Refresh: idp, alice")
    screen.keys("C-s")
    screen.wait("idp: refreshed")
    screen.type("X")
    screen.wait("Revoke: idp, alice")
    screen.keys("C-s")
    screen.wait("✗ ended")
    equal("ended", home.json("grant", "show", grant)["state"])
    screen.type("D")
    screen.wait("Remove: idp, alice")
    screen.keys("C-s")
    screen.wait("No grants yet")
    equal([], home.rows("grant", "list"))
    no_secret(oidc.given(), screen.history(), "the screen")


@test
def a_provider_is_added_modified_discovered_and_removed(home):
    oidc = shared_oidc()
    screen = Tmux(home, size=(100, 40))
    screen.type("3")
    screen.wait("No providers yet")
    screen.type("c")
    screen.wait("Providers › add")
    screen.type("lab")
    screen.keys("Tab", "Tab")
    screen.type(oidc.issuer)
    screen.keys("Tab")
    screen.type("basic")
    screen.keys("Tab")
    screen.type(oidc.secrets["basic"])
    lacks(oidc.secrets["basic"], screen.text)
    screen.keys("C-s")
    screen.wait("added lab")
    provider = home.json("provider", "show", "lab")
    equal(("basic", True, "client_secret_basic"),
          (provider["client_id"], provider["has_secret"], provider["auth_method"]))
    screen.type("f")
    screen.wait("device authoriz.* http")
    screen.keys("Escape")
    screen.type("m")
    screen.wait("Providers › modify")
    screen.type("-two")
    screen.keys("C-s")
    screen.wait("modified lab-two")
    screen.type("D")
    screen.wait("Remove a provider: lab-two")
    screen.keys("Tab")
    contains("type its name first", screen.text)
    screen.keys("BTab", "BTab")
    screen.type("lab-two")
    screen.keys("C-s")
    screen.wait("No providers yet")
    equal([], home.rows("provider", "list"))


# --- the doctor --------------------------------------------------------------------------------------


def examine(screen, key="t"):
    screen.type(key)
    screen.wait("Examine")
    screen.keys("C-s")


@test
def the_doctor_finds_a_break_and_says_what_to_do(home):
    oidc = shared_oidc()
    oidc.add(home)
    oidc.set(**{"break": "disc-issuer"})
    screen = Tmux(home, size=(100, 30))
    screen.type("3")
    screen.wait("^ *idp .*never run")
    screen.type("t")
    screen.wait("Examine: idp")
    screen.keys("Space", "C-s")
    screen.wait("✗ fail +disc-issuer")
    contains("do ", screen.text)
    screen.keys("Enter")
    screen.wait("── evidence")
    screen.keys("Escape")
    oidc.set(**{"break": None})
    screen.type("r")
    screen.gone("disc-issuer")
    screen.wait("idp: 0 failed")
    screen.type("3")
    screen.wait(r"^ *idp .*✗1 .*✓\d+")


@test
def a_person_approves_and_denies_for_the_doctor(home):
    oidc = shared_oidc()
    oidc.add(home, "public", "--scope", "openid offline_access")
    screen = Tmux(home, size=(100, 30))
    screen.type("6")
    screen.wait("Which provider")
    screen.type("p")
    screen.wait("idp")
    screen.keys("Enter")
    examine(screen, "I")
    said = screen.wait(r"approve the code (\S+) at (\S+)")
    oidc.user().approve(oidc.issuer + "/device", said[1])
    said = screen.wait(r"now deny the code (\S+) at")
    oidc.user().deny(oidc.issuer + "/device", said[1])
    screen.wait(r"idp: \d+ failed")
    no_secret(oidc.given(), screen.history(), "the screen")


@test
def an_examination_can_be_cancelled(home):
    oidc = shared_oidc()
    oidc.add(home)
    screen = Tmux(home)
    screen.type("3")
    screen.wait("^ *idp ")
    examine(screen)
    screen.wait("c cancel")
    screen.type("c")
    screen.wait("cancelled: the report is as it was")


# --- the QR code, as a camera sees it ----------------------------------------------------------------


def picture(lines, width, dots=4):
    """A PBM of the blocks: what is drawn is light."""
    rows = []
    for line in lines:
        line = line.ljust(width)
        for signs in (FULL + UPPER, FULL + LOWER):
            row = "".join(("0" if sign in signs else "1") * dots for sign in line)
            rows += [row] * dots
    return f"P1\n{width * dots} {len(rows)}\n" + "\n".join(rows) + "\n"


@test
def the_qr_code_is_read_off_the_terminal(home):
    if not shutil.which("zbarimg"):
        skip("zbarimg is not installed (zbar-tools)")
    oidc = shared_oidc()
    oidc.add(home)
    screen = Tmux(home)
    code = login(screen)
    for size in ((80, 24), (100, 30), (200, 50)):
        screen.resize(*size)
        screen.wait(WAITING)
        for key in ("", "z"):
            def read():
                path = home.file("screen.pbm", picture(screen.lines, size[0]))
                return subprocess.run(["zbarimg", "--quiet", "--raw", path],
                                      capture_output=True).stdout.decode().strip()

            def comes():
                """A key that came before the screen was drawn anew is dropped: it is pressed again."""
                screen.type(key)
                end = time.monotonic() + 5
                while time.monotonic() < end:
                    if read() == f"{oidc.issuer}/device?user_code={code}":
                        return True
                return False
            wait_for(comes, f"the QR code at {size}")
        screen.keys("Escape")
        screen.wait(WAITING)


main()
