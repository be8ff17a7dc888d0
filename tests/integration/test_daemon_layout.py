"""Which layout the daemon tells an agent of, and that no key of it comes before its name."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from Xlib import X, Xatom
from Xlib.ext import xtest
from Xlib.protocol import rq

from protocol.extensions import EXT_VERSION, Feature
from protocol.keyboard import Layout, layout_of
from protocol.messages import MessageType as M
from tests.harness.agent import Received
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person, Qube

pytestmark = pytest.mark.desktop

A = 38
US = "pc+us+inet(evdev)"


class UseExtension(rq.ReplyRequest):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(0), rq.RequestLength(), rq.Card16("major"), rq.Card16("minor"))
    _reply = rq.Struct(rq.ReplyCode(), rq.Pad(1), rq.Card16("sequence_number"), rq.ReplyLength(), rq.Pad(24))


class GetKeyboardByName(rq.ReplyRequest):
    """Load a keyboard: what setxkbmap does before it writes the names on the root window."""

    _request = rq.Struct(
        *(rq.Card8("opcode"), rq.Opcode(23), rq.RequestLength(), rq.Card16("device"), rq.Card16("need")),
        *(rq.Card16("want"), rq.Bool("load"), rq.Pad(1), rq.Binary("names")),
    )
    _reply = rq.Struct(
        *(rq.ReplyCode(), rq.Pad(1), rq.Card16("sequence_number"), rq.ReplyLength(), rq.Pad(24), rq.Binary("rest"))
    )


class Typist(NamedTuple):
    """The left one of two: its window has the focus, its agent knows KEYBOARD."""

    person: Person
    qube: Qube
    opcode: int

    def load(self, symbols: str) -> None:
        """Begin to load a keyboard; what follows in the same flush, X does right behind it."""
        parts = ("", "evdev+aliases(qwerty)", "complete", "complete", symbols, "")
        names = b"".join(bytes([len(part)]) + part.encode() for part in parts)
        GetKeyboardByName(
            display=self.person.x.display, defer=True, opcode=self.opcode, device=0x100, need=0x3F, want=0, load=1,
            names=names,
        )  # fmt: skip

    def name(self, layout: str) -> None:
        names = self.person.x.get_atom("_XKB_RULES_NAMES")  # asked for once
        self.person.root.change_property(names, Xatom.STRING, 8, f"evdev\0pc105\0{layout}\0\0\0".encode())

    def stroke(self, keycode: int) -> None:
        for kind in (X.KeyPress, X.KeyRelease):
            xtest.fake_input(self.person.x, kind, keycode)

    def told(self, after: int) -> list[Received]:
        self.qube.settle()
        return [each for each in self.qube.agent.received[after:] if each.type in (M.KEYPRESS, M.KEYBOARD)]


def layout(message: Received) -> Layout | None:
    assert isinstance(message.body, tuple)
    return layout_of(*message.body)


@pytest.fixture
def typist() -> Iterator[Typist]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(1000, 700))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        found = person.x.query_extension("XKEYBOARD")
        assert found is not None
        opcode = found.major_opcode
        UseExtension(display=person.x.display, opcode=opcode, major=1, minor=0)
        qube = stack.enter_context(Qube(server.name))
        made = Typist(person, qube, opcode)
        made.name("us")
        person.x.sync()
        qube.agent.send(M.EXT_HELLO, 0, EXT_VERSION, Feature.KEYBOARD)
        wait_until(lambda: [layout(each) for each in made.told(0)][-1:] == [LAYOUT_US], what="the layout being told")
        person.activate(qube.show((100, 150, 300, 200), pseudo_random(300, 200)).xid)
        yield made


LAYOUT_US = Layout(0, "evdev", "pc105", "us", "", "")


def test_key_typed_before_a_new_layout_has_its_name_is_told_after_it(typist: Typist) -> None:
    before = len(typist.qube.agent.received)
    typist.load("pc+de+inet(evdev)")
    typist.stroke(A)
    typist.name("de")
    typist.person.x.sync()
    wait_until(lambda: len(typist.told(before)) >= 3, what="a layout and a stroke")
    first, *strokes = typist.told(before)
    assert layout(first) == LAYOUT_US._replace(layout="de")
    assert [each.type for each in strokes] == [M.KEYPRESS] * 2


def test_key_is_not_kept_from_the_qube_by_a_keyboard_whose_name_never_comes(typist: Typist) -> None:
    before = len(typist.qube.agent.received)
    typist.load(US)
    typist.stroke(A)
    typist.person.x.sync()
    wait_until(lambda: len(typist.told(before)) == 2, what="the stroke")
    assert [each.type for each in typist.told(before)] == [M.KEYPRESS] * 2


def test_layout_without_names_is_told_to_nobody_and_noted_once(typist: Typist) -> None:
    before = len(typist.qube.agent.received)
    for names in (b"", b"odd", b""):
        typist.person.root.change_property(typist.person.x.get_atom("_XKB_RULES_NAMES"), Xatom.STRING, 8, names)
        typist.person.x.sync()
        typist.qube.settle()
    assert typist.told(before) == []
    assert typist.qube.daemon.child.output().count("keyboard layout has no names") == 1
