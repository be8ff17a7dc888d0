"""What a daemon's core may do about a stream of bytes, whoever sent it; knows no stream."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from guid.core import effects as fx
from guid.core.geometry import Rect
from guid.core.pacing import Pacer
from guid.core.session import Session
from protocol import limits
from protocol.errors import RemoteProtocolError
from protocol.framing import Frame, FrameReader
from protocol.messages import MessageType, Role
from tests.guid.core.talk import DESKTOP

POOL_PAGES: Final = 64
MAX_POOL_PAGES: Final = 4_096
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
    assert set(session.damage.pending) <= alive
    for rects in session.damage.pending.values():
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
        assert all(run.first_page + run.pages <= MAX_POOL_PAGES for run in effect.image.runs)


class Outcome(NamedTuple):
    """What a core made of a stream. line: of the violation, if it came to one. unfinished: a message did not end."""

    effects: list[fx.Effect]
    line: str
    unfinished: bool


def talk(pieces: Iterable[bytes], minor: int, *, pool_pages: int = POOL_PAGES) -> Outcome:
    """Let a daemon's core take all of it, and check everything it does. Raises AssertionError."""
    reader = FrameReader(Role.DAEMON, minor=minor)
    session = Session(DESKTOP, minor=minor, pool_pages=pool_pages)
    pacer = Pacer(0.0)
    done: list[fx.Effect] = []
    alive: set[int] = set()
    try:
        for piece in pieces:
            reader.receive(piece)
            for frame in reader.frames():
                effects = session.message(frame)
                check_effects(effects, session, alive)
                pacer.charge(effects, session.windows)
                done += effects
    except RemoteProtocolError as error:
        assert LINE.fullmatch(str(error)), ascii(str(error))
        return Outcome(done, str(error), unfinished=False)
    assert all(LINE.fullmatch(warning) for warning in reader.warnings)
    for window in list(alive):
        check_effects(session.message(Frame(MessageType.DESTROY, window, b"")), session, alive)
    assert not alive
    return Outcome(done, "", unfinished=reader.unfinished)
