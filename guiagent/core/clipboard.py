"""The clipboard as the daemon speaks of it: it asks for a copy, or gives a paste. It must not know how X is asked.

A daemon that named CLIPBOARD_TYPED gets nonces, sizes and images; any other one REQ and DATA, and text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any, Final, NamedTuple

from guiagent.core.contents import Contents, Found, Image, Text, TooLarge, contents_of, offer_of, pasted_text
from guiagent.core.copying import Copying
from guiagent.core.effects import Log, Send
from guiagent.core.selection import Conversion, Effect, Request, Value
from guiagent.core.serving import Serving
from guiagent.core.targets import Targets
from guiagent.core.text import cut_utf8
from protocol import formats
from protocol.clipboard import Kind, Offer, Step, checked_offer, text_offer
from protocol.codec import decode, encode, encode_clipboard, tail_of
from protocol.extensions import Feature, agreed
from protocol.framing import Frame
from protocol.limits import (
    BIG_CLIPBOARD_SINCE_MINOR,
    CLIPBOARD_TOO_BIG_BYTES,
    MAX_CLIPBOARD_BYTES_BEFORE_1_8,
    VERSION_MINOR,
)
from protocol.messages import MessageType, Role

PART_TIMEOUT_S: Final = 10.0
"""The daemon sends a part that was wanted at once; after so long it is stuck, or has thought better of it."""
NO_WINDOW: Final = 0


class _Asked(NamedTuple):
    """Who waits for the copy under way. nonce: of REQUEST; None: CLIPBOARD_REQ, of `window`."""

    window: int
    nonce: int | None


class _Offered(NamedTuple):
    """What a copy brought, kept until the daemon has taken it."""

    nonce: int
    offer: Offer
    data: bytes


class _Incoming:
    """A paste on its way here."""

    def __init__(self, nonce: int, offer: Offer, until: float) -> None:
        self.nonce = nonce
        self.offer = offer
        self.data = bytearray()
        self.until = until


class Clipboard:
    """Takes messages and what happens on the X server; each method returns what is to be done.

    window: ours. properties: atoms to be converted into. heard: the types of the messages that concern it.
    """

    def __init__(
        self, atoms: Mapping[str, int], window: int, properties: Sequence[int], *, clear_after_s: float | None = None
    ) -> None:
        targets = Targets(atoms)
        self._window = window
        jobs = count(1)
        self._copying = Copying(atoms, targets, window, properties, jobs=jobs)
        self._serving = Serving(atoms, targets, jobs=jobs, clear_after_s=clear_after_s)
        self._minor = VERSION_MINOR
        self._typed = False
        self._asked: _Asked | None = None
        self._offered: _Offered | None = None
        self._incoming: _Incoming | None = None
        self._by_type: Mapping[int, Callable[[Frame, float], list[Effect]]] = {
            MessageType.EXT_HELLO: self._hello,
            MessageType.CLIPBOARD_REQ: self._request,
            MessageType.CLIPBOARD_DATA: self._data,
            MessageType.CLIPBOARD_TYPED: self._step,
        }
        self.heard = frozenset(self._by_type)
        self._by_step: Mapping[int, Callable[[formats.ClipboardTyped, bytes, float], list[Effect]]] = {
            Step.REQUEST: self._typed_request,
            Step.OFFER: self._paste_offered,
            Step.WANT: self._part_wanted,
            Step.PART: self._part_came,
        }

    @property
    def deadline(self) -> float | None:
        """When `due` must be asked; None if nothing waits."""
        times = [self._copying.deadline, self._serving.deadline]
        if self._incoming is not None:
            times.append(self._incoming.until)
        return min((time for time in times if time is not None), default=None)

    # The daemon

    def daemon_came(self, minor: int) -> None:
        """A daemon has shaken hands; which extensions it knows is not known yet."""
        self._minor, self._typed = minor, False

    def daemon_lost(self) -> list[Effect]:
        """No daemon listens. What was pasted stays; what was not pasted whole is not pasted."""
        self._asked = self._offered = None
        effects = self._copying.end()
        if self._incoming is not None:
            self._incoming = None
            effects += self._serving.let_go()
        return effects

    def obey(self, frames: Iterable[Frame], now: float) -> list[Effect]:
        """Messages of the daemon; those that do not concern the clipboard are passed over.

        Raises RemoteProtocolError if a body is too short, which framing has ruled out.
        """
        effects: list[Effect] = []
        for frame in frames:
            handle = self._by_type.get(frame.type)
            if handle is not None:
                effects += handle(frame, now)
        return effects

    def _hello(self, frame: Frame, _now: float) -> list[Effect]:
        hello: Any = decode(frame.type, frame.untrusted_body)
        self._typed = Feature.CLIPBOARD_TYPED in agreed(Role.AGENT, hello.features)
        return []

    def _request(self, frame: Frame, now: float) -> list[Effect]:
        self._asked = _Asked(frame.window, None)
        return self._copying.begin(now, images=False)

    def _data(self, frame: Frame, now: float) -> list[Effect]:
        """A paste of a daemon without types: all at once."""
        self._incoming = None
        return self._pasted(text_offer(len(frame.untrusted_body)), frame.untrusted_body, now)

    def _step(self, frame: Frame, now: float) -> list[Effect]:
        body: Any = decode(frame.type, frame.untrusted_body)
        handle = self._by_step.get(body.step)
        if handle is None or not self._typed:
            return []
        return handle(body, bytes(tail_of(frame.type, frame.untrusted_body)), now)

    # A copy

    def _typed_request(self, body: formats.ClipboardTyped, _part: bytes, now: float) -> list[Effect]:
        self._asked, self._offered = _Asked(NO_WINDOW, body.nonce), None
        return self._copying.begin(now, images=True)

    def _copied(self, effects: list[Effect]) -> list[Effect]:
        """After any step of a copy: tell the daemon once it has ended."""
        outcome = self._copying.take_outcome()
        asked = self._asked
        if outcome is None or asked is None:
            return effects
        self._asked = None
        if asked.nonce is None:
            return [*effects, Send(self._legacy_answer(asked.window, outcome.found))]
        offer = offer_of(outcome.found)
        if offer.fits and isinstance(outcome.found, Text | Image):
            self._offered = _Offered(asked.nonce, offer, outcome.found.data)
        return [*effects, Send(_message(Step.OFFER, asked.nonce, offer))]

    def _legacy_answer(self, window: int, found: Found) -> bytes:
        """CLIPBOARD_DATA: cut before 1.8; from 1.8 on, one byte too many says that it is too large."""
        text = found.utf8 if isinstance(found, Text) else found.head if isinstance(found, TooLarge) else b""
        if self._minor < BIG_CLIPBOARD_SINCE_MINOR:
            text = cut_utf8(text, MAX_CLIPBOARD_BYTES_BEFORE_1_8)
        elif isinstance(found, TooLarge):
            text = text[:CLIPBOARD_TOO_BIG_BYTES].ljust(CLIPBOARD_TOO_BIG_BYTES)
        return encode_clipboard(window, text, minor=self._minor)

    def _part_wanted(self, body: formats.ClipboardTyped, _part: bytes, _now: float) -> list[Effect]:
        offered = self._offered
        if offered is None or offered.nonce != body.nonce:
            return []
        start = body.offset_bytes
        length = offered.offer.part_len(start)
        if not length:
            return []
        if start + length == len(offered.data):
            self._offered = None
        words = (Step.PART, offered.nonce, 0, 0, 0, 0, start)
        return [Send(encode(MessageType.CLIPBOARD_TYPED, 0, *words, tail=offered.data[start : start + length]))]

    # A paste

    def _paste_offered(self, body: formats.ClipboardTyped, _part: bytes, now: float) -> list[Effect]:
        offer = checked_offer(
            untrusted_kind=body.kind,
            untrusted_width_px=body.width_px,
            untrusted_height_px=body.height_px,
            untrusted_total_bytes=body.total_bytes,
        )
        if offer is None or not offer.fits:
            return [Log("the daemon offers a paste that cannot be")]
        self._incoming = None
        if offer.kind is Kind.NOTHING:
            return self._serving.let_go()
        self._incoming = _Incoming(body.nonce, offer, now + PART_TIMEOUT_S)
        return [*self._serving.promise(offer.kind), Send(_want(body.nonce, 0))]

    def _part_came(self, body: formats.ClipboardTyped, part: bytes, now: float) -> list[Effect]:
        incoming = self._incoming
        if incoming is None or incoming.nonce != body.nonce or body.offset_bytes != len(incoming.data):
            return []
        if len(part) != incoming.offer.part_len(body.offset_bytes):
            return []
        incoming.data += part
        incoming.until = now + PART_TIMEOUT_S
        if len(incoming.data) < incoming.offer.total_bytes:
            return [Send(_want(body.nonce, len(incoming.data)))]
        self._incoming = None
        return self._fulfil(contents_of(incoming.offer, bytes(incoming.data)), now)

    def _pasted(self, offer: Offer, data: bytes, now: float) -> list[Effect]:
        promised = self._serving.promise(offer.kind) if offer.kind is not Kind.NOTHING else []
        return [*promised, *self._fulfil(contents_of(offer, data), now)]

    def _fulfil(self, contents: Contents | None, now: float) -> list[Effect]:
        if isinstance(contents, Text):
            cleaned = pasted_text(contents.utf8)
            contents = Text(cleaned) if cleaned else None
        return self._serving.let_go() if contents is None else self._serving.fulfil(contents, now)

    # The X server

    def time_told(self, time: int, now: float) -> list[Effect]:
        """The answer to AskTime."""
        return self._serving.time_told(time) + self._copied(self._copying.time_told(time, now))

    def owner_found(self, owner: int, now: float) -> list[Effect]:
        """The answer to FindOwner."""
        return self._copied(self._copying.owner_found(owner, self._serving.contents, now))

    def owner_changed(self, owner: int, now: float) -> list[Effect]:
        """The selection that WatchOwner watches has another owner; 0: the last one has ended."""
        return self._copied(self._copying.owner_changed(owner, now))

    def converted(self, answer: Conversion, now: float) -> list[Effect]:
        """SelectionNotify."""
        return self._copied(self._copying.converted(answer, now))

    def value_read(self, window: int, atom: int, value: Value | None, now: float) -> list[Effect]:
        """The answer to Read."""
        if window != self._window:
            return self._serving.value_read(window, atom, value, now)
        return self._copied(self._copying.value_read(atom, value, now))

    def property_changed(self, window: int, atom: int, now: float, *, deleted: bool) -> list[Effect]:
        """PropertyNotify of our window, or of a requestor that is watched."""
        if window == self._window:
            return [] if deleted else self._copied(self._copying.property_written(atom))
        return self._serving.sending.property_deleted(window, atom, now) if deleted else []

    def requested(self, request: Request, now: float) -> list[Effect]:
        """SelectionRequest."""
        return self._serving.requested(request, now)

    def lost(self, selection: int) -> list[Effect]:
        """SelectionClear."""
        return self._serving.lost(selection)

    def requestor_gone(self, window: int) -> list[Effect]:
        """A window that a program gave us for an answer does not exist any more."""
        return self._serving.requestor_gone(window)

    # Pictures and time

    def decoded(self, job: int, image: Image | tuple[int, int] | None) -> list[Effect]:
        """The answer to DecodePicture."""
        return self._copied(self._copying.decoded(job, image))

    def encoded(self, job: int, data: bytes | None, now: float) -> list[Effect]:
        """The answer to EncodePicture."""
        return self._serving.encoded(job, data, now)

    def due(self, now: float) -> list[Effect]:
        """Time has passed."""
        effects = self._copied(self._copying.due(now)) + self._serving.due(now)
        if self._incoming is None or now < self._incoming.until:
            return effects
        self._incoming = None
        return [*effects, *self._serving.let_go()]


def _message(step: Step, nonce: int, offer: Offer) -> bytes:
    return encode(MessageType.CLIPBOARD_TYPED, 0, step, nonce, *offer, 0)


def _want(nonce: int, offset_bytes: int) -> bytes:
    return encode(MessageType.CLIPBOARD_TYPED, 0, Step.WANT, nonce, 0, 0, 0, 0, offset_bytes)
