"""What state and layout the desktop's keyboard has, a real qube's keyboard has: locks, groups, layouts.

Keys are XTEST keycodes on the desktop; what they mean is read from what a terminal in the qube gets.
"""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from Xlib import X
from Xlib.ext import xtest

from tests.harness.processes import clean_environment
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

A, S, D, RETURN, CAPS_LOCK, NUM_LOCK, KP_4, LEFT_SHIFT = 38, 39, 40, 36, 66, 77, 83, 50


class Typist:
    """A person at a terminal of a qube. typed: what its program has read, line by line."""

    def __init__(self, session: Session) -> None:
        self.session = session
        found = session.x.query_extension("XKEYBOARD")
        assert found is not None
        self._xkb = found.major_opcode

    def typed(self) -> list[str]:
        path = self.session.home("work") / "typed.txt"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def line(self, *keycodes: int, shift: bool = False) -> str:
        """Type a line; returns what it is in the qube."""
        before = len(self.typed())
        if shift:
            xtest.fake_input(self.session.x, X.KeyPress, LEFT_SHIFT)
        for keycode in keycodes:
            self.session.press(keycode)
        if shift:
            xtest.fake_input(self.session.x, X.KeyRelease, LEFT_SHIFT)
        self.session.press(RETURN)
        wait_until(lambda: len(self.typed()) > before, what="a line in the qube")
        return self.typed()[before]

    def layout(self, *arguments: str) -> None:
        argv = ["setxkbmap", "-display", self.session.display, *arguments]
        subprocess.run(argv, check=True, env=clean_environment(), timeout=60)

    def group(self, number: int) -> None:
        """Lock a group, as a switcher of layouts does."""
        locked = subprocess.run(
            [sys.executable, "-I", "-c", LOCK_GROUP, self.session.display, str(self._xkb), str(number)],
            check=False,
            timeout=60,
        )
        assert locked.returncode == 0


LOCK_GROUP = """
import sys
from Xlib import display
from Xlib.protocol import rq

class Use(rq.ReplyRequest):
    _request = rq.Struct(rq.Card8('opcode'), rq.Opcode(0), rq.RequestLength(), rq.Card16('a'), rq.Card16('b'))
    _reply = rq.Struct(rq.ReplyCode(), rq.Pad(1), rq.Card16('sequence_number'), rq.ReplyLength(), rq.Pad(24))

class Lock(rq.Request):
    _request = rq.Struct(rq.Card8('opcode'), rq.Opcode(5), rq.RequestLength(), rq.Card16('device'), rq.Card8('affect'),
                         rq.Card8('mods'), rq.Card8('lock'), rq.Card8('group'), rq.Pad(6))

found = display.Display(sys.argv[1])
opcode, group = int(sys.argv[2]), int(sys.argv[3])
Use(display=found.display, opcode=opcode, a=1, b=0)
Lock(display=found.display, opcode=opcode, device=0x100, affect=0, mods=0, lock=1, group=group)
found.sync()
"""


@pytest.fixture(scope="module")
def typist() -> Iterator[Typist]:
    with XServer(1000, 700) as server, WindowManager("openbox", server.name), Session(server.name) as session:
        found = Typist(session)
        found.layout("-layout", "us,ru", "-option", "grp:alt_shift_toggle")
        session.run("work", "blue", "true")
        command = ("env", "LC_ALL=C.UTF-8", "xterm", "-u8", "-e", "sh", "-c", "cat > typed.txt")
        session.run("work", "blue", *command)
        session.focus(session.window("work", lambda each: each["title"] == "sh"))
        assert found.line(A, S, D) == "asd"
        yield found


def test_caps_lock_of_the_desktop_holds_in_the_qube(typist: Typist) -> None:
    typist.session.press(CAPS_LOCK)
    try:
        assert typist.line(A, S, D) == "ASD"
        assert typist.line(A, S, D, shift=True) == "asd"
    finally:
        typist.session.press(CAPS_LOCK)
    assert typist.line(A, S, D) == "asd"


def test_num_lock_of_the_desktop_holds_in_the_qube(typist: Typist) -> None:
    typist.session.press(NUM_LOCK)
    try:
        assert typist.line(A, KP_4) == "a4"
    finally:
        typist.session.press(NUM_LOCK)


def test_layout_of_the_desktop_is_the_qubes_and_its_group_goes_with_each_key(typist: Typist) -> None:
    typist.group(1)
    try:
        assert typist.line(A, S, D) == "фыв"
        assert typist.line(A, S, D, shift=True) == "ФЫВ"
    finally:
        typist.group(0)
    assert typist.line(A, S, D) == "asd"


def test_layout_that_changes_while_the_qube_runs_changes_there(typist: Typist) -> None:
    typist.layout("-layout", "de,us", "-variant", "neo,", "-option", "")
    try:
        wait_until(lambda: typist.line(A, S, D) == "uia", timeout_s=20.0, what="the new layout in the qube")
    finally:
        typist.layout("-layout", "us,ru", "-variant", "", "-option", "")
    wait_until(lambda: typist.line(A, S, D) == "asd", timeout_s=20.0, what="the old layout in the qube")
