"""Reads a QR code off a screen: the text becomes a picture, and an independent reader (zbarimg) says what
is in it."""

import subprocess

from tap import need

SCALE = 6
BORDER = 4  # modules around the picture, of the lighter shade
# Upper and lower half of a cell: True is the foreground.
HALVES = {" ": (False, False), "\u2580": (True, False), "\u2584": (False, True), "\u2588": (True, True)}


def picture(lines, foreground_is_dark):
    """A PGM of half blocks; what is none is background."""
    rows = []
    for line in lines:
        cells = [HALVES.get(character, (False, False)) for character in line]
        rows.append([cell[0] for cell in cells])
        rows.append([cell[1] for cell in cells])
    width = max(map(len, rows), default=0)
    light = [not foreground_is_dark] * (width + 2 * BORDER)
    pad = [not foreground_is_dark] * BORDER
    rows = [pad + row + [False] * (width - len(row)) + pad for row in rows]
    rows = [light] * BORDER + rows + [light] * BORDER
    shade = {True: b"\0" if foreground_is_dark else b"\xff", False: b"\xff" if foreground_is_dark else b"\0"}
    data = b"".join(b"".join(shade[dot] * SCALE for dot in row) * SCALE for row in rows)
    return b"P5\n%d %d\n255\n" % (len(light) * SCALE, len(rows) * SCALE) + data


def read(lines):
    """What the codes say, one text each; [] where there is none."""
    reader = need("zbarimg")
    for dark in (False, True):
        done = subprocess.run([reader, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "pgm:-"],
                              input=picture(lines, dark), capture_output=True, check=False)
        found = done.stdout.decode().splitlines()
        if found:
            return found
    return []
