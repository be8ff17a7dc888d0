"""What the desktop's X server must be able to do; must not know how it is asked."""

from __future__ import annotations

from typing import Final

from guid.core.needs.mending import Admission, AnotherDisplay, Depth, Manager, OtherDisplay, Run
from guid.core.needs.need import NEEDED, WANTED, Group, Need, unless

SHARED_MEMORY: Final = (1, 2)
"""The first version of MIT-SHM that takes a file descriptor."""
_DISPLAY_WORKS: Final = ("display", "xwayland", "local", "server", "admission")

DESKTOP: Final = (
    Need(
        *("xwayland", Group.DESKTOP, NEEDED, "in a Wayland session there is an X server, Xwayland"),
        "there is no desktop to show windows on",
        unless(lambda seen: seen.display.name or not seen.display.wayland),
        "this is a Wayland session, and no X server of it is known here (DISPLAY is not set)",
        AnotherDisplay(),
        good=lambda seen: "windows are shown through Xwayland" if seen.display.wayland else "",
    ),
    Need(
        *("display", Group.DESKTOP, NEEDED, "DISPLAY names the desktop's X server"),
        "there is no desktop to show windows on",
        unless(lambda seen: seen.display.name or seen.display.wayland),
        "DISPLAY is not set",
        AnotherDisplay(),
        good=lambda seen: seen.display.name,
    ),
    Need(
        *("local", Group.DESKTOP, NEEDED, "the X server is on this machine"),
        "no window can be shown: pixels are shared, and can be only with a local X server",
        unless(lambda seen: not seen.display.remote),
        "display {seen.display.name} is remote (as with ssh -X): pixels can be shared only with a local X server",
        AnotherDisplay(),
        ("display", "xwayland"),
    ),
    Need(
        *("server", Group.DESKTOP, NEEDED, "the X server answers"),
        "there is no desktop to show windows on",
        unless(lambda seen: seen.display.answers),
        "no X server answers at display {seen.display.name}",
        AnotherDisplay(),
        ("display", "xwayland", "local"),
    ),
    Need(
        *("admission", Group.DESKTOP, NEEDED, "the X server lets us in"),
        "no window can be shown",
        unless(lambda seen: seen.display.admitted),
        "the X server {seen.display.name} lets {seen.person.name} not in: {seen.display.said}"
        " (xhost is run by the desktop's owner, in a terminal there)",
        Admission(),
        ("display", "xwayland", "local", "server"),
    ),
    Need(
        *("depth", Group.DESKTOP, NEEDED, "the X server has a depth-24 TrueColor visual, 32 bits for each pixel"),
        "no window can be shown: that is what qubes draw",
        unless(lambda seen: seen.display.suits),
        "display {seen.display.name} has no depth-24 TrueColor visual (its screen has depth {seen.display.depth})",
        Depth(),
        _DISPLAY_WORKS,
    ),
    Need(
        *("shared-memory", Group.DESKTOP, NEEDED, "the X server has MIT-SHM 1.2 or newer"),
        "no window can be shown: its pixels are in shared memory",
        unless(lambda seen: seen.display.shared_memory >= SHARED_MEMORY),
        "display {seen.display.name} has no MIT-SHM 1.2",
        AnotherDisplay(),
        _DISPLAY_WORKS,
    ),
    Need(
        *("descriptors", Group.DESKTOP, NEEDED, "the X server takes memory by file descriptor"),
        "no window can be shown: its pixels are in shared memory",
        unless(lambda seen: seen.display.descriptors),
        "display {seen.display.name} does not take memory by file descriptor: something that relays it stands between",
        AnotherDisplay(),
        (*_DISPLAY_WORKS, "shared-memory"),
    ),
    Need(
        *("xkb", Group.DESKTOP, WANTED, "the X server has XKEYBOARD"),
        "no chord is known, and a key that is held repeats badly",
        unless(lambda seen: "XKEYBOARD" in seen.display.extensions),
        "display {seen.display.name} has no XKEYBOARD",
        OtherDisplay(),
        _DISPLAY_WORKS,
    ),
    Need(
        *("randr", Group.DESKTOP, WANTED, "the X server has RANDR"),
        "several monitors are taken for one, and a window's menus may lie between them",
        unless(lambda seen: "RANDR" in seen.display.extensions),
        "display {seen.display.name} has no RANDR",
        OtherDisplay(),
        _DISPLAY_WORKS,
    ),
    Need(
        *("oracle", Group.DESKTOP, WANTED, "the X server has X-Resource and SHAPE"),
        "`vitrail doctor --oracle` cannot look",
        unless(lambda seen: {"X-Resource", "SHAPE"} <= seen.display.extensions),
        "display {seen.display.name} has no X-Resource, or no SHAPE",
        OtherDisplay(),
        _DISPLAY_WORKS,
    ),
    Need(
        *("manager", Group.DESKTOP, WANTED, "a window manager runs"),
        "windows have no title bar, and cannot be moved",
        unless(lambda seen: seen.display.manager),
        "no window manager runs on display {seen.display.name}",
        Manager(),
        _DISPLAY_WORKS,
    ),
    Need(
        *("frames", Group.DESKTOP, WANTED, 'no frames are left (frame = "wm") to a window manager that paints none'),
        "nothing is lost: they have Vitrail's own frames, as without that option",
        lambda seen: seen.supervisor.unpainted,
        "the window manager paints no frame in the label's colour round the windows of qube {item}"
        " (docs/frames.md has the lines by which awesome paints them)",
        Run("vitrail set {item} -o 'frame=\"own\"'"),
        (*_DISPLAY_WORKS, "manager"),
    ),
)
