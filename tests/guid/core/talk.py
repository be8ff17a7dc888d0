"""A session with an agent and a display played by a test, without either; knows the wire and the effects."""

from collections.abc import Sequence

from guid.core import effects as fx
from guid.core.effects import Effects
from guid.core.geometry import Rect
from guid.core.options import DEFAULT_OPTIONS, Options
from guid.core.policy import Desktop
from guid.core.session import Session
from guid.core.values import RemoteId
from protocol.codec import decode, encode
from protocol.framing import FrameReader
from protocol.limits import VERSION_MINOR
from protocol.messages import MessageType, Role

DESKTOP = Desktop(Rect(0, 0, 1920, 1080), Rect(0, 30, 1920, 1050))
POOL_PAGES = 4096

Four = tuple[int, int, int, int]


class Talk:
    """Sends messages through the real framing and keeps the last effects."""

    def __init__(
        self, desktop: Desktop = DESKTOP, *, minor: int = VERSION_MINOR, options: Options = DEFAULT_OPTIONS
    ) -> None:
        self.session = Session(desktop, minor=minor, pool_pages=POOL_PAGES, options=options, counts=True)
        self.effects: Effects = []
        self._reader = FrameReader(Role.DAEMON, minor=minor)

    def say(self, message: MessageType, window: int, *fields: int | bytes, tail: bytes = b"") -> Effects:
        """One message of the agent; returns what it brought about."""
        self._reader.receive(encode(message, window, *fields, tail=tail))
        (frame,) = self._reader.frames()
        self.effects = self.session.message(frame)
        return self.effects

    def create(self, window: int, content: Four, *, popup: bool = False) -> Effects:
        return self.say(MessageType.CREATE, window, *content, 0, int(popup))

    def map(self, window: int, *, popup: bool = False, transient_for: int = 0) -> Effects:
        return self.say(MessageType.MAP, window, transient_for, int(popup))

    def configure(self, window: int, content: Four) -> Effects:
        return self.say(MessageType.CONFIGURE, window, *content, 0)

    def dump(self, window: int, width: int = 1, height: int = 1) -> Effects:
        pages = -(-width * height * 4 // 4096)
        refs = b"".join(number.to_bytes(4, "little") for number in range(pages))
        return self.say(MessageType.WINDOW_DUMP, window, 0, width, height, 24, tail=refs)

    def shown_at(self, window: int, outer: Four) -> Effects:
        """The display says where an outer is."""
        self.effects = self.session.windows.configured(RemoteId(window), Rect(*outer))
        return self.effects

    def obey(self) -> Effects:
        """The display does every MoveResize of the last effects, and says so; returns what came of that."""
        moves = [effect for effect in self.effects if isinstance(effect, fx.MoveResize)]
        return [each for move in moves for each in self.shown_at(move.window, move.outer)]

    def mapped(self, window: int, content: Four, *, popup: bool = False) -> None:
        """A mapped window that lies where it was asked for."""
        self.create(window, content, popup=popup)
        self.map(window, popup=popup)


def told(effects: Sequence[fx.Effect]) -> list[tuple[object, ...]]:
    """What the effects send to the agent: (type, window, fields…), in order."""
    reader = FrameReader(Role.AGENT)
    for effect in effects:
        if isinstance(effect, fx.Send | fx.SendWhenDrawn):
            reader.receive(effect.message)
        elif isinstance(effect, fx.UseImage):
            reader.receive(effect.acknowledgement)
    frames = list(reader.frames())
    return [(frame.type, frame.window, *(decode(frame.type, frame.untrusted_body) or ())) for frame in frames]
