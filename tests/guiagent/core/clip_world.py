"""The clipboard's core with an X server played by a test: effects out, events in; both ends in memory."""

import struct
from typing import Any, NamedTuple

from guiagent.core import selection as fx
from guiagent.core.clipboard import Clipboard
from guiagent.core.effects import Send
from guiagent.core.selection import ATOM_NAMES, Conversion, Request, Value
from protocol.clipboard import Kind, Offer, Step
from protocol.codec import decode, encode, tail_of
from protocol.extensions import EXT_VERSION, Feature
from protocol.framing import FrameReader
from protocol.messages import MessageType as T
from protocol.messages import Role

ATOMS = {name: 500 + number for number, name in enumerate(ATOM_NAMES)}
CLIPBOARD, PRIMARY = ATOMS["CLIPBOARD"], ATOMS["PRIMARY"]
WINDOW, OWNER, ASKER, PROPERTY = 99, 1000, 2000, 77
PROPERTIES = tuple(range(900, 908))
SERVER_TIME = 5000
NAME = {number: name for name, number in ATOMS.items()}


class Said(NamedTuple):
    type: T
    body: Any
    tail: bytes


class ClipWorld:
    """`said`: what the daemon was told; `done`: every other effect; each since it was last taken."""

    def __init__(self, *, minor: int = 8, typed: bool = True, clear_after_s: float | None = None) -> None:
        self.clipboard = Clipboard(ATOMS, WINDOW, PROPERTIES, clear_after_s=clear_after_s)
        self.now = 100.0
        self.said: list[Said] = []
        self.done: list[Any] = []
        self.clipboard.daemon_came(minor)
        self._incoming, self._outgoing = FrameReader(Role.DAEMON, minor=minor), FrameReader(Role.AGENT, minor=minor)
        if typed:
            self.daemon(encode(T.EXT_HELLO, 0, EXT_VERSION, Feature.CLIPBOARD_TYPED))

    def perform(self, effects: list[fx.Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Send):
                self._incoming.receive(effect.data)
                for frame in self._incoming.frames():
                    body = frame.untrusted_body
                    self.said.append(Said(T(frame.type), decode(frame.type, body), bytes(tail_of(frame.type, body))))
            else:
                self.done.append(effect)

    def take_said(self) -> list[Said]:
        said, self.said = self.said, []
        return said

    def take(self, *kinds: type) -> list[Any]:
        """The effects since the last call, of these kinds only if any are named."""
        done, self.done = self.done, []
        return [effect for effect in done if not kinds or isinstance(effect, kinds)]

    # The daemon

    def daemon(self, message: bytes) -> None:
        self._outgoing.receive(message)
        self.perform(self.clipboard.obey(list(self._outgoing.frames()), self.now))

    def step(self, step: Step, nonce: int, offer: Offer | None = None, offset: int = 0, tail: bytes = b"") -> None:
        words = offer or Offer(Kind.NOTHING, 0, 0, 0)
        self.daemon(encode(T.CLIPBOARD_TYPED, 0, step, nonce, *words, offset, tail=tail))

    def paste(self, text: bytes) -> None:
        """A paste that is owned."""
        self.daemon(encode(T.CLIPBOARD_DATA, 1, tail=text))
        self.tell_time()

    # The X server and its programs

    def tell_time(self, time: int = SERVER_TIME) -> None:
        self.perform(self.clipboard.time_told(time, self.now))

    def owned_by(self, owner: int = OWNER) -> None:
        """Answer the questions for the time and the owner."""
        self.tell_time()
        self.perform(self.clipboard.owner_found(owner, self.now))

    def asked(self) -> fx.Convert:
        """The conversion that was asked for last."""
        conversion: fx.Convert = self.take(fx.Convert)[-1]
        return conversion

    def refuses(self) -> None:
        asked = self.asked()
        self.converted(asked._replace(property=0))

    def converted(self, asked: fx.Convert) -> None:
        self.perform(
            self.clipboard.converted(Conversion(asked.selection, asked.target, asked.property, asked.time), self.now)
        )

    def writes(self, kind: str, data: bytes, bits: int = 8, left_bytes: int = 0) -> fx.Convert:
        """The owner answers the last conversion with this value. Returns what it was asked."""
        asked = self.asked()
        self.converted(asked)
        (read,) = self.take(fx.Read)
        assert (read.window, read.property, read.delete) == (WINDOW, asked.property, True)
        self.read(asked.property, Value(ATOMS[kind], bits, data, left_bytes))
        return asked

    def read(self, atom: int, value: Value | None, window: int = WINDOW) -> None:
        self.perform(self.clipboard.value_read(window, atom, value, self.now))

    def offers(self, *names: str) -> None:
        """The owner answers TARGETS."""
        numbers = [ATOMS[name] for name in names]
        asked = self.writes("ATOM", struct.pack(f"={len(numbers)}I", *numbers), 32)
        assert asked.target == ATOMS["TARGETS"]

    def increment(self, atom: int, data: bytes, kind: str = "UTF8_STRING", left_bytes: int = 0) -> None:
        """The owner writes one increment."""
        self.perform(self.clipboard.property_changed(WINDOW, atom, self.now, deleted=False))
        assert [type(effect) for effect in self.take()] == [fx.Read]
        self.read(atom, Value(ATOMS[kind], 8, data, left_bytes))

    def request(
        self, target: str, *, selection: int = CLIPBOARD, time: int = 0, atom: int = PROPERTY, window: int = ASKER
    ) -> Request:
        """A program asks."""
        request = Request(selection, window, ATOMS[target], atom, time)
        self.perform(self.clipboard.requested(request, self.now))
        return request

    def wait(self, seconds: float) -> None:
        self.now += seconds
        deadline = self.clipboard.deadline
        if deadline is not None and self.now >= deadline:
            self.perform(self.clipboard.due(self.now))
