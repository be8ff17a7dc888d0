"""A picture copied in one qube and pasted into a GTK and a Qt program of another, by the person's chords alone."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from Xlib import X
from Xlib.ext import xtest

from tests.harness.session import Session
from tests.harness.toolkit import PROGRAM, picture, read_png, write_png
from tests.harness.wait import TimedOut, wait_until
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

CONTROL_KEY, SHIFT_KEY, C_KEY, V_KEY = 37, 50, 54, 55
COPIED_S = 10
"""Longer than the largest picture takes to be copied: a chord meanwhile would begin again."""


@pytest.fixture(scope="module")
def session(desktop: XServer) -> Iterator[Session]:
    with Session(desktop.name) as person:
        person.run("source", "blue", "true")
        person.run("target", "red", "true")
        yield person


class ToolkitInQube:
    """A toolkit's program inside a qube: it hears commands from a pipe in the qube's home, and answers in a file."""

    def __init__(self, session: Session, qube: str, label: str, kind: str) -> None:
        self.home = session.home(qube)
        self._answers = self.home / f"answers-{kind}"
        commands = self.home / f"commands-{kind}"
        for path, content in ((self.home / "toolkits.py", PROGRAM.read_bytes()), (self._answers, b"")):
            path.write_bytes(content)
            path.chmod(0o666)
        os.mkfifo(commands)
        commands.chmod(0o666)
        self._commands = os.open(commands, os.O_RDWR)
        line = f"exec python3 -I toolkits.py {kind} . <{commands.name} >>{self._answers.name}"
        session.run(qube, label, "sh", "-c", line)
        self.ask("text")
        self.window = session.window(qube, lambda each: each["title"] == f"toolkit {kind}")

    def ask(self, *words: str) -> str:
        """Have a command done, and return the answer."""
        before = len(self._answers.read_text().splitlines())
        os.write(self._commands, json.dumps(words).encode() + b"\n")

        def answered() -> list[str]:
            return self._answers.read_text().splitlines()[before:]

        return str(json.loads(wait_until(answered, 20, f"an answer to {words[0]}")[0]))

    def close(self) -> None:
        os.close(self._commands)


def give(home: Path, name: str, size: tuple[int, int]) -> None:
    """Put a picture into a qube's home."""
    write_png(home / name, picture(*size))
    (home / name).chmod(0o644)


def chord(session: Session, program: ToolkitInQube, key: int) -> None:
    """The person presses Ctrl, Shift and a key in a program's window."""
    session.focus(program.window)
    for kind, code in ((X.KeyPress, CONTROL_KEY), (X.KeyPress, SHIFT_KEY), (X.KeyPress, key)):
        xtest.fake_input(session.x, kind, code)
    for code in (key, SHIFT_KEY, CONTROL_KEY):
        xtest.fake_input(session.x, X.KeyRelease, code)
    session.x.sync()


def copied(session: Session, program: ToolkitInQube) -> bool:
    """A window that has just come may take the focus from the one that was clicked, and the chord with it."""
    chord(session, program, C_KEY)

    def held() -> bool:
        return bool(json.loads(session.vitrail("clipboard", "status", "--json").stdout).get("source") == "source")

    try:
        return bool(wait_until(held, COPIED_S, "it"))
    except TimedOut:
        return False


@pytest.fixture(scope="module")
def source(session: Session) -> Iterator[ToolkitInQube]:
    program = ToolkitInQube(session, "source", "blue", "gtk")
    yield program
    program.close()


@pytest.fixture(scope="module", params=["gtk", "qt"])
def target(session: Session, request: pytest.FixtureRequest) -> Iterator[ToolkitInQube]:
    program = ToolkitInQube(session, "target", "red", request.param)
    yield program
    program.close()


@pytest.mark.parametrize("size", [(641, 353), (3840, 2160)])
def test_picture_copied_in_one_qube_is_pasted_in_another(
    session: Session, source: ToolkitInQube, target: ToolkitInQube, size: tuple[int, int]
) -> None:
    give(source.home, "source.png", size)
    source.ask("copy-picture", "source.png")
    wait_until(lambda: copied(session, source), 60, "the copy")

    def pasted() -> bool:
        """A paste while the copy is on its way is refused, and may be asked for again."""
        chord(session, target, V_KEY)
        try:  # one asked for at once would take the place of one that is on its way
            return bool(wait_until(lambda: target.ask("paste-picture") == f"{size[0]}x{size[1]}", 2, "it"))
        except TimedOut:
            return False

    try:
        wait_until(pasted, 60, "the picture")
    except TimedOut as error:
        raise TimedOut(f"{error}\n{session.log()}") from error
    assert np.array_equal(read_png(target.home / "pasted.png"), picture(*size))
