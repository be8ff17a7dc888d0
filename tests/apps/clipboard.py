"""Text between a program and another qube, by the program's own keys and the person's chords; knows no program."""

import json
from collections.abc import Callable
from typing import Any, Final

from tests.apps.case import Probe
from tests.apps.probes import press_all
from tests.apps.seat import Seat
from tests.harness.wait import TimedOut

COPY, PASTE = "ctrl+shift+c", "ctrl+shift+v"
CHORD_S: Final = 5.0
"""A program may still be busy copying when the person's chord comes; then it is pressed again."""
CHORDS: Final = 8
LEAST_PASTED_PX: Final = 400
"""The letters of GIVEN have more; a cursor that blinks or moves has fewer."""
GIVEN: Final = "From another qube: 7 < 42"


def exchanges(
    *,
    copies: str | Callable[[Seat], None],
    copied: str,
    pastes: str = "",
    keeps: str = "",
    read: Callable[[Seat], str] | None = None,
) -> Probe:
    """copies: what makes the program copy `copied`: keys, as in "ctrl+a ctrl+c", or something else to do.

    pastes: keys that make it paste. keeps: keys, pressed when the text is to be seen, that put it where `read` finds
    it. Without `read` it takes no text.
    """

    def probe(seat: Seat) -> None:
        other = seat.other
        assert other is not None, "no other qube"
        seat.session.vitrail("clipboard", "clear")
        seat.activate()
        if isinstance(copies, str):
            press_all(seat, copies)
        else:
            copies(seat)
        take(seat, len(copied.encode()))
        give(other)
        seat.until(lambda: found(other) == copied, f"{copied!r} in the other qube")
        if read is None:
            return
        own(other, GIVEN)
        other.activate()
        take(other, len(GIVEN.encode()))
        seat.activate()
        give(seat)
        before = seat.still()
        press_all(seat, pastes)
        seat.changes(before, by_px=LEAST_PASTED_PX)
        press_all(seat, keeps)
        seat.until(lambda: GIVEN in read(seat), "what was pasted")

    return probe


def status(seat: Seat) -> dict[str, Any]:
    done = seat.session.vitrail("clipboard", "status", "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def take(seat: Seat, many_bytes: int) -> None:
    """The chord that copies from the window that has the focus, until so many bytes are in the clipboard."""
    for _ in range(CHORDS):
        seat.keyboard.press(COPY)
        try:
            seat.until(lambda: copied_from(seat, many_bytes), "the copy", CHORD_S)
        except TimedOut:
            continue
        return
    raise TimedOut(f"{many_bytes} bytes of {seat.qube} were not copied: {status(seat)}")


def copied_from(seat: Seat, many_bytes: int) -> bool:
    now = status(seat)
    return (now.get("source"), now.get("bytes")) == (seat.qube, many_bytes)


def give(seat: Seat) -> None:
    """The chord that pastes into a window."""
    seat.activate()
    seat.keyboard.press(PASTE)
    seat.until(lambda: status(seat)["empty"], "the paste")


def own(seat: Seat, text: str) -> None:
    """A program of the qube owns its clipboard from now on."""
    seat.place("given", text)
    seat.in_qube("/usr/bin/xclip", "-selection", "clipboard", "-in", "given")


def found(seat: Seat) -> str:
    """What the clipboard of the qube has."""
    line = "timeout 5 xclip -selection clipboard -out -target UTF8_STRING > found || true"
    seat.in_qube("/bin/sh", "-c", line)
    return (seat.home / "found").read_text(errors="replace")
