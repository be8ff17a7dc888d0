"""Whatever an agent sends, the core answers with effects that a desktop can carry out, or with one clean violation."""

import re
from collections.abc import Iterable
from typing import Final

from hypothesis import example, given, settings
from hypothesis import strategies as st

from guid.core import effects as fx
from guid.core.geometry import Rect
from guid.core.pacing import Pacer
from guid.core.session import Session
from protocol import limits
from protocol.codec import encode
from protocol.errors import RemoteProtocolError
from protocol.formats import HEADER
from protocol.framing import Frame, FrameReader
from protocol.messages import TABLE, Direction, MessageType, Role
from tests.fuzz.messages import bodies, streams
from tests.guid.core.talk import DESKTOP
from tests.protocol.slicing import WAYS

POOL_PAGES: Final = 64
LINE: Final = re.compile(r"[\x20-\x7e]{1,200}", re.ASCII)
"""What may stand in a log: one line of printable ASCII."""

CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
"""What may stand in no title: controls, bidi and other format characters, surrogates."""

I16: Final = range(-(1 << 15), 1 << 15)


def check_rect(rect: Rect) -> None:
    assert rect.x in I16, rect
    assert rect.y in I16, rect
    assert 1 <= rect.width < 1 << 15, rect
    assert 1 <= rect.height < 1 << 15, rect


def check_effects(effects: Iterable[fx.Effect], session: Session, alive: set[int]) -> None:
    """An X server and a log can do what is asked, and it concerns windows that were created and not destroyed."""
    for effect in effects:
        if isinstance(effect, fx.CreateWindow):
            assert effect.window not in alive
            alive.add(effect.window)
        assert getattr(effect, "window", None) in {None, *alive}, effect
        if isinstance(effect, fx.DestroyWindow):
            alive.discard(effect.window)
        for rect in (getattr(effect, "outer", None), getattr(effect, "content", None), getattr(effect, "rect", None)):
            if rect is not None:
                check_rect(rect)
        check_values(effect, alive)
    for each in session.windows.values():
        for rect in (each.asked.content, each.told, each.shown.outer, each.granted.outer):
            check_rect(rect)
    assert set(session.windows) == alive
    assert set(session.damaged) <= alive
    for rects in session.damaged.values():
        for damaged in rects:
            check_rect(Rect(*damaged))


def check_values(effect: fx.Effect, alive: set[int]) -> None:
    """Text that misleads nobody, pages of the pool, parents that exist."""
    if isinstance(effect, fx.SetTitle):
        assert len(effect.title) <= limits.TITLE_BYTES
        assert not CONTROLS.search(effect.title), ascii(effect.title)
    elif isinstance(effect, fx.SetClass):
        assert all(not part or LINE.fullmatch(part) for part in (effect.name.instance, effect.name.class_))
    elif isinstance(effect, fx.Note):
        assert LINE.fullmatch(effect.line)
    elif isinstance(effect, fx.SetTransientFor):
        assert effect.parent is None or effect.parent in alive
    elif isinstance(effect, fx.UseImage):
        assert all(run.first_page + run.pages <= POOL_PAGES for run in effect.image.runs)


def talk(pieces: Iterable[bytes], minor: int) -> tuple[list[fx.Effect], str]:
    """Let a daemon's core take all of it; returns its effects and the violation's line, if it came to one."""
    reader = FrameReader(Role.DAEMON, minor=minor)
    session = Session(DESKTOP, minor=minor, pool_pages=POOL_PAGES)
    pacer = Pacer(0.0)
    done: list[fx.Effect] = []
    alive: set[int] = set()
    try:
        for piece in pieces:
            reader.receive(piece)
            for frame in reader.frames():
                effects = session.message(frame)
                check_effects(effects, session, alive)
                pacer.charge(effects, len(session.windows))
                done += effects
    except RemoteProtocolError as error:
        return done, str(error)
    assert all(LINE.fullmatch(warning) for warning in reader.warnings)
    for window in list(alive):
        check_effects(session.message(Frame(MessageType.DESTROY, window, b"")), session, alive)
    assert not alive
    return done, ""


@settings(max_examples=300 if settings.get_current_profile_name() == "ci" else 10_000)
@given(streams(), st.integers(0, 8))
@example(encode(MessageType.CREATE, 1, -16384, -6144, 1, 1, 0, 1) + encode(MessageType.MAP, 1, 1, 1), 8)
def test_whatever_an_agent_sends_is_done_or_refused(data: bytes, minor: int) -> None:
    outcomes = [talk(way(data), minor) for way in WAYS.values()]
    _effects, line = outcomes[0]
    assert not line or LINE.fullmatch(line)
    assert outcomes[1:] == outcomes[:1] * (len(outcomes) - 1)


@given(st.data())
def test_every_type_to_an_existing_window_is_done_or_refused(data: st.DataObject) -> None:
    """Each row of the table in turn, so that none hides behind an early violation."""
    create = encode(MessageType.CREATE, 7, 10, 10, 50, 50, 0, data.draw(st.integers(0, 1)))
    mapped = encode(MessageType.MAP, 7, 0, 0) if data.draw(st.booleans()) else b""
    for spec in TABLE.values():
        if Direction.TO_DAEMON in spec.direction and not spec.reserved:
            body = data.draw(bodies(spec))
            _effects, line = talk([create, mapped, HEADER.pack(spec.type, 7, len(body)) + body], 8)
            assert not line or LINE.fullmatch(line)
