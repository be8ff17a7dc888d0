"""What a daemon must be told to serve one qube; must not know how it was asked for."""

import socket
from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from colors.labels import Label
from guid.core.aside import NOT_ASIDE, Aside
from guid.core.extras import NO_EXTRAS, Extras
from guid.core.heritage import Remains
from guid.core.options import DEFAULT_OPTIONS, Options
from shm.boundary import Boundary

if TYPE_CHECKING:
    from guid.clipboard.folders import Folders
    from guid.clipboard.qrexec import Peer


class ExitCode(IntEnum):
    """How a daemon ended, for its supervisor and for scripts."""

    STOPPED = 0
    CRASHED = 1
    VIOLATION = 3
    UNSUITABLE_DISPLAY = 4
    AGENT_GONE = 5


class DaemonConfig(NamedTuple):
    """One daemon.

    name: the qube's. boundary: how its agent and its pages are reached. display: name of the desktop's X server, None
    for $DISPLAY. status: packets to and from the supervisor, or None. extensions: offer EXT_HELLO to agents that speak
    1.8. disposable: tell when there are windows, and when none any more. once: end when the agent goes. options: what
    the person decided about this qube. outlived: the windows stay if the daemon does not end by itself, for another one
    that gets them as `remains`. aside: how the person has set the qube aside.
    clipboard: its folders, for a daemon that nobody supervises; without both, chords are ordinary keys.
    services: where the qube's clipboard is reached by qrexec; None: by messages of its agent.
    connected: called whenever the agent's channel was opened. extras: what else every window has.
    """

    name: str
    label: Label
    boundary: Boundary
    display: str | None = None
    status: socket.socket | None = None
    extensions: bool = True
    disposable: bool = False
    once: bool = False
    options: Options = DEFAULT_OPTIONS
    outlived: bool = False
    remains: tuple[Remains, ...] = ()
    aside: Aside = NOT_ASIDE
    clipboard: "Folders | None" = None
    services: "Peer | None" = None
    connected: Callable[[], None] | None = None
    extras: Extras = NO_EXTRAS
