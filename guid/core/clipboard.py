"""One qube's part of a copy or a paste: the steps of both kinds of agents; must not know what is in the clipboard.

A request is good for one answer. Agents that named CLIPBOARD_TYPED repeat a nonce and send by parts; the others answer
CLIPBOARD_REQ by CLIPBOARD_DATA, in order or not at all, so that any answer uses the request up.
Source: docs/protocol.md, "Clipboard with types"; the C daemon's limits for CLIPBOARD_DATA.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guid.core import effects as fx
from guid.core import handover as ho
from guid.core.contents import ContentKind, Contents
from guid.core.effects import Effects
from protocol import limits
from protocol.clipboard import NOTHING, Kind, Offer, Step
from protocol.codec import encode, encode_clipboard
from protocol.errors import RemoteProtocolError, Violation
from protocol.extensions import Feature
from protocol.messages import MessageType

KINDS = {ContentKind.TEXT: Kind.TEXT, ContentKind.IMAGE: Kind.IMAGE}


class _Taking:
    """A copy that this qube was asked for. wanted: its parts may come; came_bytes: so many have."""

    def __init__(self, nonce: int) -> None:
        self.nonce = nonce
        self.offer: Contents | None = None
        self.wanted = False
        self.came_bytes = 0


class _Giving:
    """A paste that this qube takes part by part. taken_bytes: so many were sent."""

    def __init__(self, nonce: int, offer: Offer) -> None:
        self.nonce = nonce
        self.offer = offer
        self.taken_bytes = 0


class Clipboard:
    """The clipboard messages of one connection.

    minor: protocol 1.minor. max_bytes: the longest text that is taken from this qube, as the person set it.
    typed: both sides named CLIPBOARD_TYPED. takes_bytes: the longest text that its agent takes.
    """

    def __init__(self, *, minor: int, max_bytes: int) -> None:
        self.typed = False
        self._minor = minor
        big = minor >= limits.BIG_CLIPBOARD_SINCE_MINOR
        self.takes_bytes = limits.MAX_CLIPBOARD_BYTES if big else limits.MAX_CLIPBOARD_BYTES_BEFORE_1_8
        self.limit_copies(max_bytes)
        self._taking: _Taking | None = None
        self._giving: _Giving | None = None
        self._dismissed = False
        self._told_unasked = False

    def limit_copies(self, max_bytes: int) -> None:
        """From now on no longer text is taken from this qube."""
        self.max_copy_bytes = min(max_bytes, self.takes_bytes)

    def agree(self, features: Feature) -> Effects:
        """The features that both sides named, once for a connection."""
        self.typed = Feature.CLIPBOARD_TYPED in features
        return [fx.Clipboard(ho.SayTyped())] if self.typed else []

    # Orders

    def request(self, window: int, nonce: int) -> Effects:
        """Ask the qube what it has copied; whatever it was asked before is of no interest any more."""
        done = self._forget()
        self._taking = _Taking(nonce)
        self._dismissed = self._told_unasked = False
        if self.typed:
            return [*done, _step(Step.REQUEST, nonce)]
        return [*done, fx.Send(encode(MessageType.CLIPBOARD_REQ, window))]

    def want(self, nonce: int) -> Effects:
        """The contents that it offered may come."""
        taking = self._taking
        if taking is None or taking.nonce != nonce or taking.offer is None or taking.wanted:
            return []
        taking.wanted = True
        return [_step(Step.WANT, nonce)]

    def dismiss(self, nonce: int) -> Effects:
        """Whatever it still sends for this request is thrown away."""
        if self._taking is None or self._taking.nonce != nonce:
            return []
        self._dismissed = True
        return self._forget()

    def give(self, window: int, nonce: int, contents: Contents) -> Effects:
        """Give it these contents, of a size and kind that it takes."""
        self._told_unasked = False
        if not self.typed:
            return [fx.Clipboard(ho.SendText(window))]
        offer = _offer(contents)
        self._giving = _Giving(nonce, offer)
        return [_step(Step.OFFER, nonce, offer)]

    def take_back(self, nonce: int) -> Effects:
        """Let it forget what it was given last. An old agent owns an empty clipboard then, whatever was in it."""
        self._giving = None
        if self.typed:
            return [_step(Step.OFFER, nonce, NOTHING)]
        return [fx.Send(encode_clipboard(0, b"", minor=self._minor))]

    # Answers

    def text(self, payload: ho.Payload) -> Effects:
        """CLIPBOARD_DATA."""
        taking, size_bytes = self._taking, len(payload.data)
        if taking is None or self.typed:
            return self._unwanted(size_bytes)
        self._taking = None
        if size_bytes == limits.CLIPBOARD_TOO_BIG_BYTES:
            return [fx.Clipboard(ho.SayOversized(taking.nonce, None, self.max_copy_bytes))]
        if size_bytes > self.max_copy_bytes:
            return [fx.Clipboard(ho.SayOversized(taking.nonce, size_bytes, self.max_copy_bytes))]
        if size_bytes == 0:
            return [fx.Clipboard(ho.SayNothing(taking.nonce))]
        contents = Contents(ContentKind.TEXT, size_bytes)
        return [
            fx.Clipboard(ho.Keep(taking.nonce, payload)),
            fx.Clipboard(ho.Complete(taking.nonce, contents)),
        ]

    def step(self, step: ho.AgentStep) -> Effects:
        """CLIPBOARD_TYPED. Raises RemoteProtocolError for a part that was not the next one wanted."""
        return STEPS[type(step)](self, step)

    def _offered(self, step: ho.AgentOffer) -> Effects:
        """The answer to a request by nonce."""
        taking = self._taking
        if taking is None or taking.nonce != step.nonce or taking.offer is not None:
            return self._unwanted(step.contents.size_bytes if step.contents is not None else 0)
        if step.contents is None:
            self._taking = None
            return [fx.Clipboard(ho.SayNothing(step.nonce))]
        is_text = step.contents.kind is ContentKind.TEXT
        limit_bytes = self.max_copy_bytes if is_text else limits.MAX_CLIPBOARD_IMAGE_BYTES
        if not step.fits or step.contents.size_bytes > limit_bytes:
            self._taking = None
            return [fx.Clipboard(ho.SayOversized(step.nonce, step.contents.size_bytes, limit_bytes))]
        taking.offer = step.contents
        return [fx.Clipboard(ho.SayOffered(step.nonce, step.contents))]

    def _part(self, step: ho.AgentPart) -> Effects:
        taking = self._taking
        if taking is None or taking.nonce != step.nonce:
            return []  # on its way when it was dismissed
        if taking.offer is None or not taking.wanted:
            raise _refused("a part that nobody wanted")
        offer = _offer(taking.offer)
        expected_len = offer.part_len(taking.came_bytes)
        if (step.offset_bytes, len(step.payload.data)) != (taking.came_bytes, expected_len):
            raise _refused(f"a part of {len(step.payload.data)} bytes at {step.offset_bytes}")
        taking.came_bytes += expected_len
        kept = fx.Clipboard(ho.Keep(step.nonce, step.payload))
        if taking.came_bytes < taking.offer.size_bytes:
            return [kept, _step(Step.WANT, step.nonce, offset_bytes=taking.came_bytes)]
        self._taking = None
        return [kept, fx.Clipboard(ho.Complete(step.nonce, taking.offer))]

    def _wanted(self, step: ho.AgentWant) -> Effects:
        """The agent takes the next part of a paste; parts are sent once each, in order."""
        giving = self._giving
        if giving is None or giving.nonce != step.nonce or giving.taken_bytes != step.offset_bytes:
            return []
        len_bytes = giving.offer.part_len(step.offset_bytes)
        giving.taken_bytes += len_bytes
        last = giving.taken_bytes == giving.offer.total_bytes
        if last:
            self._giving = None
        return [fx.Clipboard(ho.SendPart(step.nonce, step.offset_bytes, len_bytes, last))]

    @property
    def giving(self) -> int | None:
        """The nonce of a paste that the qube has not taken whole yet."""
        return self._giving.nonce if self._giving is not None else None

    def _forget(self) -> Effects:
        taking, self._taking = self._taking, None
        return [fx.Clipboard(ho.Forget(taking.nonce))] if taking is not None and taking.came_bytes else []

    def _unwanted(self, size_bytes: int) -> Effects:
        """Say so once after each thing that the person did here: an agent cannot fill a log or a screen."""
        if self._dismissed:
            self._dismissed = False
            return [fx.Clipboard(ho.SayLate())]
        if self._told_unasked:
            return []
        self._told_unasked = True
        return [fx.Clipboard(ho.SayUnasked(size_bytes))]


STEPS: dict[type[ho.AgentStep], Callable[[Clipboard, Any], Effects]] = {
    ho.AgentOffer: Clipboard._offered,
    ho.AgentWant: Clipboard._wanted,
    ho.AgentPart: Clipboard._part,
}
"""Step of an agent → what is done about it."""


def part_message(nonce: int, offset_bytes: int, data: bytes) -> bytes:
    """A part of a paste."""
    return encode(MessageType.CLIPBOARD_TYPED, 0, Step.PART, nonce, 0, 0, 0, 0, offset_bytes, tail=data)


def _step(step: Step, nonce: int, offer: Offer = NOTHING, *, offset_bytes: int = 0) -> fx.Send:
    return fx.Send(encode(MessageType.CLIPBOARD_TYPED, 0, step, nonce, *offer, offset_bytes))


def _offer(contents: Contents) -> Offer:
    return Offer(KINDS[contents.kind], contents.width_px, contents.height_px, contents.size_bytes)


def _refused(detail: str) -> RemoteProtocolError:
    return RemoteProtocolError(Violation.BAD_VALUE, message=MessageType.CLIPBOARD_TYPED, detail=detail)
