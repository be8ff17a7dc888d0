"""What the person is told of a qube's life, in words; must not know how it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from guid.core.notices import Urgency


class Tiding(Enum):
    """What can happen to a qube that the person did not ask for."""

    VIOLATED = "violated"
    """its agent broke the protocol: it was ended"""
    CRASHED = "crashed"
    """its daemon ended by itself, and was started again"""
    GAVE_UP = "gave up"
    """its daemon ended too often: it was ended"""
    SESSION_LOST = "session lost"
    """its X server ended by itself, and its programs with it; another was started"""
    REFUSED = "refused"
    """the display cannot carry its windows: it was ended"""
    KEPT_SETTINGS = "kept settings"
    """its settings were read again and not understood"""
    HELD_BACK = "held back"
    """it asks for more than the desktop can do, and is slowed down"""

    NO_MANAGER_FRAME = "no manager frame"
    """its frames are left to a window manager that does not paint them"""


@dataclass(frozen=True, slots=True)
class _Words:
    """summary, body: with {qube}, {detail} and {log} to be filled in."""

    summary: str
    body: str
    urgency: Urgency


WORDS = {
    Tiding.VIOLATED: _Words(
        "Qube {qube} was ended",
        "It broke a rule that no honest program breaks: {detail}.\n"
        "Its windows are gone and its programs have ended; its files are kept. If you still trust it, start it again "
        "with: vitrail run --qube {qube} -- xterm",
        Urgency.CRITICAL,
    ),
    Tiding.CRASHED: _Words(
        "Windows of qube {qube} came back",
        "What shows them had ended by a fault ({detail}) and was started again. Nothing in the qube was lost. "
        "The log says more: {log}",
        Urgency.NORMAL,
    ),
    Tiding.GAVE_UP: _Words(
        "Qube {qube} was ended",
        "What shows its windows ended too often ({detail}). Start the qube again with: vitrail run --qube {qube} -- "
        "xterm\nThe log says more: {log}",
        Urgency.CRITICAL,
    ),
    Tiding.SESSION_LOST: _Words(
        "Programs of qube {qube} have ended",
        "The X server inside the qube ended by itself, and with it every program that had a window. Start them again; "
        "files that were saved are kept. The log says more: {log}",
        Urgency.CRITICAL,
    ),
    Tiding.REFUSED: _Words(
        "Qube {qube} cannot be shown",
        "{detail}\nThe qube was ended. The log says more: {log}",
        Urgency.CRITICAL,
    ),
    Tiding.KEPT_SETTINGS: _Words(
        "Settings of qube {qube} were not read",
        "{detail}\nIt keeps those that it had. Mend the file, then send the supervisor a SIGHUP again.",
        Urgency.NORMAL,
    ),
    Tiding.HELD_BACK: _Words(
        "Qube {qube} is slowed down",
        "It asks for more than your desktop can do, so that other windows would have to wait. If that goes on, look at "
        "what runs in it, or end it with: vitrail stop {qube}",
        Urgency.NORMAL,
    ),
    Tiding.NO_MANAGER_FRAME: _Words(
        "Qube {qube} keeps the frames of Vitrail",
        'It has the option frame = "wm", but your window manager paints no frame in its label\'s colour. Let it follow '
        "_QUBES_LABEL_COLOR, or take the option away. More is in the log: vitrail logs",
        Urgency.NORMAL,
    ),
}


def words(tiding: Tiding, *, qube: str, detail: str, log: str) -> tuple[str, str, Urgency]:
    """Summary, body and urgency of the notice. detail: one line; log: where more can be read."""
    found = WORDS[tiding]
    values = {"qube": qube, "detail": detail, "log": log}
    return found.summary.format(**values), found.body.format(**values), found.urgency
