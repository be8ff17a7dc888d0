"""The clipboard around a real supervisor: the question before a paste, and settings that change while qubes run."""

import json
import signal
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from Xlib import XK, X
from Xlib.ext import xtest

from colors.labels import label_named
from colors.question import BACKGROUND, WIDTH_PX, Named, Question, draw
from guid.x11.prompt import KEYS_TEXT
from tests.harness.pixels import Pixels, region
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.test_clipboard_qubes import LABELS, US_C, US_V, chord, copy, found, own, status

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

ASK = '[[rule]]\nsource = "work"\ntarget = "play"\naction = "ask"\n'
TEXT = b"one\x1b[31m\nline two"
PASTED = b"one[31m\nline two"
"""Its agent leaves control characters out: a terminal obeys them."""
WIDTH, HEIGHT = 1000, 700


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with (
        XServer(WIDTH, HEIGHT) as desktop,
        WindowManager("openbox", desktop.name),
        Session(desktop.name) as made,
    ):
        for qube in ("work", "play"):
            made.run(qube, LABELS[qube], "xterm", "-T", qube, "-geometry", "20x6")
            made.window(qube)
        own(made, "work", TEXT)
        yield made


@pytest.fixture
def asking(session: Session) -> Iterator[Session]:
    """What was copied in work is to be pasted into play, and a rule says that the person is asked."""
    rules = session.config / "vitrail" / "clipboard.toml"
    rules.parent.mkdir(parents=True, exist_ok=True)
    rules.write_text(ASK)
    copy(session, "work", len(TEXT))
    yield session
    rules.unlink()


def card() -> Pixels:
    """What the person must see, as soon as a key counts."""
    source, target = (Named(name, LABELS[name], label_named(LABELS[name]).rgb) for name in ("work", "play"))
    asked = Question("Paste?", source, target, f"{len(TEXT)} bytes of text", ["one\\x1b[31m", "line two"])
    picture = draw(asked, KEYS_TEXT, ready=True)
    return np.frombuffer(picture.pixels, dtype="<u4").reshape(picture.height, picture.width) & np.uint32(0xFFFFFF)


def is_asked(session: Session) -> bool:
    """Whether the card is on the screen, where it belongs, and can be answered."""
    expected = card()
    left, top = (WIDTH - WIDTH_PX) // 2, (HEIGHT - expected.shape[0]) // 2
    shown = region(session.picture(), (left, top, WIDTH_PX, expected.shape[0]))
    return bool(np.array_equal(shown, expected))


def is_uncovered(session: Session) -> bool:
    """Whether nothing of a question is on the screen: it would cover every corner."""
    return bool(session.picture()[0, 0] != BACKGROUND)


def ask(session: Session) -> None:
    """The person pastes, and is asked."""
    assert is_uncovered(session)
    chord(session, "play", US_V)
    wait_until(lambda: is_asked(session), 20, "the card")


def press(session: Session, keysym: int) -> None:
    code = session.x.keysym_to_keycode(keysym)
    for kind in (X.KeyPress, X.KeyRelease):
        xtest.fake_input(session.x, kind, code)
    session.x.sync()


def lines(session: Session) -> list[dict[str, Any]]:
    """The audit log."""
    return [json.loads(line) for line in (session.data / "vitrail" / "clipboard.log").read_text().splitlines()]


def written(session: Session) -> dict[str, Any]:
    """Its last line."""
    return lines(session)[-1]


def until_written(session: Session, what: str) -> dict[str, Any]:
    wait_until(lambda: written(session)["what"] == what, 20, what)
    wait_until(lambda: is_uncovered(session), 20, "the card's going")
    return written(session)


def test_enter_pastes(asking: Session) -> None:
    ask(asking)
    assert not status(asking)["empty"]
    press(asking, XK.XK_Return)
    assert until_written(asking, "pasted")["qube"] == "play"
    wait_until(lambda: found(asking, "play") == PASTED, 20, "the paste")


def test_escape_does_not(asking: Session) -> None:
    own(asking, "play", b"of its own")
    ask(asking)
    press(asking, XK.XK_Escape)
    assert "you said no" in until_written(asking, "denied")["why"]
    assert found(asking, "play") == b"of its own"
    assert status(asking)["source"] == "work"


def test_clipboard_that_is_cleared_meanwhile_takes_the_card_away(asking: Session) -> None:
    own(asking, "play", b"of its own")
    ask(asking)
    assert asking.vitrail("clipboard", "clear").returncode == 0
    until_written(asking, "cleared")
    press(asking, XK.XK_Return)
    assert found(asking, "play") == b"of its own"
    assert written(asking)["what"] == "cleared"


def test_sighup_changes_how_much_a_running_qube_may_copy() -> None:
    with (
        XServer(600, 400) as desktop,
        WindowManager("openbox", desktop.name),
        Session(desktop.name) as session,
        session.service() as service,
    ):
        session.run("work", "green", "xterm", "-geometry", "20x6")
        session.window("work")
        own(session, "work", b"x" * 300)
        copy(session, "work", 300)
        settings = session.config / "vitrail" / "qubes" / "work.toml"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("[options]\nmax_clipboard_size = 256\n")
        service.signal(signal.SIGHUP)

        def refused() -> bool:
            """What was copied before the settings were read is another copy of the same."""
            before = len(lines(session))
            chord(session, "work", US_C)
            wait_until(lambda: len(lines(session)) > before, 20, "the end of a copy")
            return bool(lines(session)[-1]["what"] == "too large to copy")

        wait_until(refused, 20, "a copy that is refused")
        assert (lines(session)[-1]["bytes"], lines(session)[-1]["limit_bytes"]) == (300, 256)
        assert status(session)["bytes"] == 300
        own(session, "work", b"y" * 65_000)  # more than it was allowed when it started
        settings.write_text("[options]\nmax_clipboard_size = 65000\n")
        service.signal(signal.SIGHUP)
        wait_until(lambda: not refused(), 20, "a copy that is not refused")
        assert status(session)["bytes"] == 65_000
        session.vitrail("stop", "work")
