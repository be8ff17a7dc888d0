"""Every layout that the desktop has is typed in a real program of a real qube, by keycodes alone.

Keys are XTEST keycodes on the desktop; what they mean is read from what a terminal in the qube gets.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from Xlib import X
from Xlib.ext import xtest

from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.test_keyboard_state import Typist

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

SHIFT, ALT_GR, CAPS, HASH, LESS = 50, 108, 66, 51, 94
RETURN = 36


class Case(NamedTuple):
    """setxkbmap's words; then keys with what is held for each of them, and what that is."""

    words: tuple[str, ...]
    strokes: tuple[tuple[int, ...], ...]
    text: str


def words(layout: str, variant: str = "") -> tuple[str, ...]:
    return ("-layout", layout, "-variant", variant, "-option", "")


NEO = words("de", "neo")
CASES = {
    "us": Case(words("us"), ((24,), (SHIFT, 24), (11,), (SHIFT, 11), (48,)), "qQ2@'"),
    "us_dead": Case(words("us", "intl"), ((48,), (26,), (SHIFT, 48), (30,)), "éü"),
    "de": Case(words("de"), ((29,), (52,), (39,), (20,), (SHIFT, 20), (47,), (ALT_GR, 24), (ALT_GR, 26)), "zysß?ö@€"),
    "de_dead": Case(words("de"), ((49,), (38,), (21,), (26,), (SHIFT, 21), (38,)), "âéà"),
    "neo": Case(NEO, ((38,), (39,), (SHIFT, 40)), "uiA"),
    "neo_3": Case(NEO, ((CAPS, 38), (CAPS, 39), (HASH, 25)), "\\/_"),
    "neo_4": Case(NEO, ((ALT_GR, 58), (LESS, 45)), "15"),
    "neo_5": Case(NEO, ((SHIFT, CAPS, 38), (SHIFT, CAPS, 40)), "\N{GREEK SMALL LETTER ALPHA}"),
    "neo_6": Case(NEO, ((CAPS, ALT_GR, 40),), "∀"),
    "ru": Case(words("ru"), ((38,), (39,), (SHIFT, 40), (49,)), "фыВё"),
    "fr": Case(words("fr"), ((24,), (10,), (SHIFT, 10), (11,), (ALT_GR, 26), (ALT_GR, 19)), "a&1é€@"),
    "fr_dead": Case(words("fr"), ((34,), (26,), (SHIFT, 34), (26,)), "êë"),
    "jp": Case(words("jp"), ((38,), (34,), (SHIFT, 11), (97,), (SHIFT, 97), (132,)), 'a@"\\_\\'),
}


@pytest.fixture(scope="module")
def typist() -> Iterator[Typist]:
    with XServer(1000, 700) as server, WindowManager("openbox", server.name), Session(server.name) as session:
        found = Typist(session)
        found.layout(*words("us"))
        session.run("work", "blue", "true")
        command = ("env", "LC_ALL=C.UTF-8", "xterm", "-u8", "-e", "sh", "-c", "cat > typed.txt")
        session.run("work", "blue", *command)
        session.focus(session.window("work", lambda each: each["title"] == "sh"))
        assert found.line(38) == "a"
        yield found


def strike(session: Session, strokes: tuple[tuple[int, ...], ...]) -> None:
    """Strike keys as fast as the server takes them."""
    for *held, keycode in strokes:
        for each in held:
            xtest.fake_input(session.x, X.KeyPress, each)
        xtest.fake_input(session.x, X.KeyPress, keycode)
        xtest.fake_input(session.x, X.KeyRelease, keycode)
        for each in reversed(held):
            xtest.fake_input(session.x, X.KeyRelease, each)
    session.x.flush()


def line(typist: Typist, strokes: tuple[tuple[int, ...], ...]) -> str:
    before = len(typist.typed())
    strike(typist.session, (*strokes, (RETURN,)))
    wait_until(lambda: len(typist.typed()) > before, what="a line in the qube")
    return typist.typed()[before]


@pytest.mark.parametrize("name", CASES)
def test_what_is_typed_directly_after_the_layout_has_changed_is_of_the_new_one(typist: Typist, name: str) -> None:
    """Nothing waits here: setxkbmap has just ended on the desktop, in the qube it has not even begun."""
    case = CASES[name]
    typist.layout(*case.words)
    assert line(typist, case.strokes) == case.text


def test_nothing_is_held_or_locked_in_the_qube_afterwards(typist: Typist) -> None:
    typist.layout(*words("us"))
    assert line(typist, ((24,), (25,))) == "qw"
