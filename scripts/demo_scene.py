"""What the demo shows: its qubes, their files, programs and places on the desktop; must not know X or processes."""

from __future__ import annotations

from typing import Final, NamedTuple

SCREEN_WIDTH_PX, SCREEN_HEIGHT_PX = 1600, 1000
"""The private screen, and what the places below are drawn for."""

TITLE_BAR_PX: Final = 30
"""What a window manager puts above a window, at most, as a rule."""

BACKGROUND_RGB: Final = 0x343A40
"""A calm dark grey, far from every label's colour."""

TYPED_QUBE: Final = "work"
TYPED_TITLE: Final = "work: a terminal"
TYPED_FILE: Final = "note.txt"
TYPED_TEXT: Final = "These keys go to work alone."

MENU_QUBE: Final = "untrusted"
MENU_TITLE: Final = "offer.txt"
MENU_AT: Final = (230, 14)
"""Where the Document menu of the editor is, px from the upper left corner of its content."""
SUBMENU_KEYS: Final = ("Down", "Down", "Down", "Right")
"""Keys that open the menu's first submenu."""


class Place(NamedTuple):
    """Where an outer goes, px on a screen of 1600x1000; a window manager's title bar lies above it."""

    x: int
    y: int
    width: int
    height: int


class Program(NamedTuple):
    """A program with one window. title: part of the window's title by which it is recognised."""

    argv: tuple[str, ...]
    title: str
    place: Place


class Qube(NamedTuple):
    """A qube of the demo. files: name in its home → text, written before its programs start."""

    name: str
    label: str
    files: dict[str, str]
    programs: tuple[Program, ...]


WRITER: Final = (
    "import json, pathlib, sys\n"
    "for name, text in json.loads(sys.argv[1]).items():\n"
    "    path = pathlib.Path.home() / name\n"
    "    path.parent.mkdir(parents=True, exist_ok=True)\n"
    "    path.write_text(text)\n"
)
WRITE_FILES: Final = ("/usr/bin/python3", "-I", "-c", WRITER)
"""Writes files into the home of the qube in which it runs; one more argument: name → text as JSON."""

SETTINGS: Final = {
    ".config/gtk-3.0/settings.ini": (
        "[Settings]\ngtk-enable-animations=false\ngtk-cursor-blink=false\ngtk-font-name=DejaVu Sans 10\n"
    ),
    ".config/glib-2.0/settings/keyfile": (
        "[org/xfce/mousepad/preferences/view]\n"
        "use-default-monospace-font=false\nfont-name='DejaVu Sans Mono 11'\nword-wrap=true\n"
        "[org/xfce/mousepad/preferences/window]\nmenubar-visible=true\nstatusbar-visible=true\n"
    ),
}

REPORT: Final = """\
Quarterly report
================

Draft 3, not to leave the house.

Revenue grew by 4 % against last year.
Two suppliers changed their prices; the
new contracts are signed and filed.

To do before Thursday:

  [x] numbers of the north branch
  [ ] numbers of the south branch
  [ ] a summary that fits on one page

This editor runs in the qube "work". Its
frame is blue, whatever it draws.
"""

LETTER: Final = """\
        Dear Anna,

        the garden is in bloom at last: the
        roses by the wall came through the
        winter, and the pear tree is white
        from top to bottom.

        Come on Sunday, and bring the
        little ones. There will be cake.

                Yours, Marie

        --
        This editor runs in "personal".
"""

OFFER: Final = """\
** YOU HAVE WON **

Your password, to
claim the prize:
_________________

This qube cannot
read what you type
into a blue window,
draw a yellow
frame, or lose its
red one, not even
around menus.
"""

LOOK_AROUND: Final = r"""
try() { printf '\033[1;31m$\033[0m %s\n' "$1"; eval "$1" 2>&1 | tail -n 1; }
clear
try 'ls /home'
try 'cat /etc/shadow'
try 'ls /root'
try 'echo > /dev/tcp/192.0.2.1/80'
try 'ls -d /proc/[0-9]* | wc -l'
"""

WORK_AT_HAND: Final = r"""
clear
printf '\033[1;36m$\033[0m wc report.txt\n'
wc report.txt
"""

RED_PROMPT: Final = r"PS1='\[\033[1;31m\]\u@\h\[\033[0m\]:\w\$ '"
YELLOW_PROMPT: Final = r"PS1='\[\033[1;33m\]\u@\h\[\033[0m\]:\w\$ '"
BLUE_PROMPT: Final = r"PS1='\[\033[1;36m\]\u@\h\[\033[0m\]:\w\$ '"


def terminal(title: str, place: Place) -> Program:
    """An xterm with a shell that reads ~/.demorc, so whatever is typed into it is done in its qube."""
    look = ("-fa", "DejaVu Sans Mono", "-fs", "11", "-bg", "#1b1e23", "-fg", "#d8dee4", "-b", "8")
    argv = ("xterm", *look, "+sb", "-T", title, "-e", "bash", "--rcfile", "/home/user/.demorc")
    return Program(argv, title, place)


QUBES: Final = (
    Qube(
        "work",
        "blue",
        {**SETTINGS, "report.txt": REPORT, ".demorc": f"{BLUE_PROMPT}\n{WORK_AT_HAND}"},
        (
            Program(("mousepad", "report.txt"), "report.txt", Place(40, 56, 470, 490)),
            terminal(TYPED_TITLE, Place(70, 630, 600, 310)),
        ),
    ),
    Qube(
        "personal",
        "yellow",
        {**SETTINGS, "letter.txt": LETTER, ".demorc": f"{YELLOW_PROMPT}\nclear; python3 -m calendar 2027 5\n"},
        (
            Program(("featherpad", "letter.txt"), "letter.txt", Place(1112, 56, 448, 490)),
            terminal("personal: a calendar", Place(1250, 630, 300, 260)),
        ),
    ),
    Qube(
        "untrusted",
        "red",
        {**SETTINGS, "offer.txt": OFFER, ".demorc": f"{RED_PROMPT}\n{LOOK_AROUND}"},
        (
            terminal("untrusted: what it can see", Place(720, 656, 490, 284)),
            Program(("mousepad", "offer.txt"), "offer.txt", Place(544, 90, 460, 450)),
        ),
    ),
)
