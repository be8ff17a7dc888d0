"""The programs that Vitrail needs; must not know how they are looked for."""

from __future__ import annotations

from typing import Final

from guid.core.needs.mending import Install
from guid.core.needs.need import NEEDED, WANTED, Group, Need, unless, without
from guid.core.needs.seen import Seen

OLDEST_PYTHON: Final = (3, 11)
OLDEST_BUBBLEWRAP: Final = (0, 8, 0)
"""The first with --disable-userns."""


def _own_server(seen: Seen) -> bool:
    paths = seen.programs.paths
    return "Xvfb" in paths or _xorg(seen)


def _xorg(seen: Seen) -> bool:
    return {"Xorg", "dummy_drv.so"} <= seen.programs.paths.keys()


PROGRAMS: Final = (
    Need(
        *("python", Group.PROGRAMS, NEEDED, "the system's Python, /usr/bin/python3, is 3.11 or newer"),
        "no local qube starts: the agent in it is run by that Python",
        unless(lambda seen: seen.programs.python >= OLDEST_PYTHON),
        "/usr/bin/python3 is missing, does not run, or is older than 3.11 (Debian 12 has 3.11)",
        Install(("python3-minimal", "python3")),
        good=lambda seen: ".".join(str(part) for part in seen.programs.python),
    ),
    Need(
        *("bubblewrap", Group.PROGRAMS, NEEDED, "the program bwrap runs, and is 0.8.0 or newer"),
        "no qube starts: it builds their sandboxes",
        unless(lambda seen: seen.programs.bubblewrap >= OLDEST_BUBBLEWRAP),
        "the program bwrap is missing, does not run, or is older than 0.8.0 (Debian 12 has 0.8.0)",
        Install(("bubblewrap",)),
        good=lambda seen: ".".join(str(part) for part in seen.programs.bubblewrap),
    ),
    Need(
        *("xserver", Group.PROGRAMS, NEEDED, "an X server for the qubes: Xorg with its dummy driver, or Xvfb"),
        "no local qube starts: each has an X server of its own",
        unless(_own_server),
        "there is neither /usr/lib/xorg/Xorg with its dummy driver, nor Xvfb",
        Install(("xserver-xorg-core", "xserver-xorg-video-dummy")),
    ),
    Need(
        *("xorg", Group.PROGRAMS, WANTED, "Xorg with its dummy driver"),
        "qubes use Xvfb: their programs do not learn of the desktop's monitors, and the wheel scrolls by steps",
        unless(_xorg),
        "there is no /usr/lib/xorg/Xorg with its dummy driver: qubes use Xvfb",
        Install(("xserver-xorg-core", "xserver-xorg-video-dummy")),
        ("xserver",),
    ),
    Need(
        *("setxkbmap", Group.PROGRAMS, WANTED, "the programs setxkbmap and xkbcomp"),
        "the keyboard in qubes has the us layout, whatever the desktop has, or their X server does not start",
        without("setxkbmap", "xkbcomp"),
        "setxkbmap or xkbcomp is missing",
        Install(("x11-xkb-utils",)),
    ),
    Need(
        *("fonts", Group.PROGRAMS, WANTED, "an outline font in /usr/share/fonts"),
        "programs in qubes show boxes instead of text, or do not start",
        unless(lambda seen: seen.programs.fonts),
        "there is no outline font in /usr/share/fonts",
        Install(("fonts-dejavu-core",)),
    ),
    Need(
        *("pictures", Group.PROGRAMS, WANTED, "PIL, for the system's Python"),
        "pictures cannot be copied from one qube to another, only text",
        unless(lambda seen: seen.programs.pictures),
        "the system's Python does not find PIL",
        Install(("python3-pil",)),
        ("python",),
    ),
    Need(
        *("toolkit", Group.PROGRAMS, WANTED, "GTK 3, for the system's Python"),
        "`vitrail manager`, the window over all qubes, does not start",
        unless(lambda seen: seen.programs.toolkit),
        "the system's Python does not find GTK 3",
        Install(("python3-gi", "gir1.2-gtk-3.0")),
        ("python",),
    ),
)
