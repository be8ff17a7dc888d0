"""guid/core/layout.py: what the desktop says of its keyboard, and when a qube is told."""

from collections.abc import Sequence

import pytest

from guid.core import effects as fx
from guid.core.layout import desktop_layout
from protocol.codec import decode
from protocol.extensions import Feature
from protocol.framing import FrameReader
from protocol.keyboard import Layout, layout_of
from protocol.messages import MessageType as M
from protocol.messages import Role
from tests.guid.core.talk import Talk

US_RU = Layout(0, "evdev", "pc105", "us,ru", "", "compose:ralt")
NAMES = b"evdev\0pc105\0us,ru\0\0grp:caps_toggle,compose:ralt\0"


def layouts(effects: Sequence[fx.Effect]) -> list[Layout | None]:
    found: list[Layout | None] = []
    for effect in effects:
        assert isinstance(effect, fx.Send)
        reader = FrameReader(Role.AGENT)
        reader.receive(effect.message)
        for frame in reader.frames():
            body = decode(frame.type, frame.untrusted_body)
            assert frame.type == M.KEYBOARD
            assert body is not None
            found.append(layout_of(*body))
    return found


def test_names_of_the_desktop_are_read_without_its_group_keys() -> None:
    assert desktop_layout(NAMES, 0) == US_RU
    assert desktop_layout(NAMES[:-1], 2) == US_RU._replace(group=2)


SENSELESS = [
    *(b"", b"evdev\0pc105\0us", NAMES + b"more\0", b"evdev\0pc105\0\0\0\0"),
    *(b"a\0b\0us;rm\0\0\0", b"\xff\0\0us\0\0\0"),
]


@pytest.mark.parametrize("names", SENSELESS)
def test_names_that_nobody_could_mean_are_not_told(names: bytes) -> None:
    assert desktop_layout(names, 0) is None


def test_agent_that_agreed_is_told_once_and_again_when_it_changes() -> None:
    talk = Talk()
    assert layouts(talk.session.surroundings.layout.show(US_RU)) == []
    assert layouts(talk.say(M.EXT_HELLO, 0, 1, Feature.KEYBOARD)) == [US_RU]
    assert layouts(talk.session.surroundings.layout.show(US_RU)) == []
    assert layouts(talk.session.surroundings.layout.show(US_RU._replace(group=1))) == [US_RU._replace(group=1)]
    assert layouts(talk.session.surroundings.layout.show(None)) == []
    assert layouts(talk.say(M.EXT_HELLO, 0, 1, Feature.KEYBOARD)) == [], "it has agreed already"


def test_agent_that_named_nothing_is_told_nothing() -> None:
    talk = Talk()
    talk.session.surroundings.layout.show(US_RU)
    assert talk.say(M.EXT_HELLO, 0, 1, Feature.MONITORS) == []
    assert talk.session.surroundings.layout.show(US_RU._replace(group=1)) == []
