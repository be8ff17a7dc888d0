"""One connection to the agent: bytes in and out, and when nothing is read; must not decide what they mean."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import Final, NamedTuple

from guid.core.awake import STEP_S, Awake
from guid.core.input import without_motion
from guid.core.pacing import Pacer
from guid.x11.shell import Shell
from protocol.errors import RemoteProtocolError, Violation
from protocol.framing import FrameReader
from protocol.handshake import DaemonHandshake
from protocol.limits import HALF_MESSAGE_TIMEOUT_S, HANDSHAKE_TIMEOUT_S, READ_BYTES
from protocol.messages import MessageType
from shm.errors import ChannelClosed
from shm.vchan.channel import Channel
from shm.x11.connection import XConnection

log = logging.getLogger(__name__)

ABOUT_PICTURES: Final = frozenset({int(MessageType.SHMIMAGE), int(MessageType.FRAME_ASK)})
"""For each message: in Python 3.11 a member of an Enum's class takes a call, and its hash one too."""


class Talk(NamedTuple):
    """A session after the handshake."""

    reader: FrameReader
    shell: Shell
    pacer: Pacer


class Link:
    """From the connection to its end, which `read` finds and tells.

    fd: the channel's descriptor. began: when it was made, on the monotonic clock. talk: None before the handshake.
    held: nothing is read now, because the desktop has enough to do for this qube, or the qube is paused. outbox: what
    is sent at the end of this turn. backlog: of it, the channel has not taken all. deadline: when something that has
    begun must have ended, in time that we were awake, which is looked at only meanwhile; None between messages.
    stirred: something else than pictures has come; who has looked makes it False. unsettled: `settle` is due.
    """

    def __init__(
        self,
        qube: str,
        channel: Channel,
        handshake: DaemonHandshake,
        *,
        x: XConnection,
        awake: Awake,
        begin: Callable[[Link, bytes], Talk],
        gone: Callable[[Link], None],
        paused: bool = False,
    ) -> None:
        """begin: makes the session, and sends the answer to the agent's handshake that it is given. gone: the end."""
        self.channel = channel
        self.fd = channel.fileno()
        self.handshake = handshake
        self.began = time.monotonic()
        self.talk: Talk | None = None
        self.held = False
        self.stirred = True
        self.outbox: list[bytes] = []
        self._qube = qube
        self._x = x
        self._awake = awake
        self._begin = begin
        self._gone = gone
        self._paused = paused
        self.deadline: float | None = None
        self.backlog = self.unsettled = False
        self._unread = False  # messages that have come wait for credit
        self._progress = False  # a message has come to its end since the last `settle`
        # The X server has not yet done all that was sent to it.
        self._fenced = False

    def read(self) -> None:
        """The channel is readable. Raises RemoteProtocolError, TransportError."""
        try:
            untrusted_data = self.channel.receive(READ_BYTES)
            if self.backlog:  # where nothing tells of room to write, a read has written
                self.backlog = self.channel.wants_write
            if self.talk is None:
                self._shake_hands(untrusted_data=untrusted_data)
                return
            self.talk.reader.receive(untrusted_data)
            if not self.held:  # else the channel was closed, which is told even when nobody asked
                self._act(self.talk)
        except ChannelClosed:
            self._gone(self)

    def _shake_hands(self, *, untrusted_data: bytes) -> None:
        if not untrusted_data:  # a machine that is still starting has said nothing yet
            return
        self.stirred = True
        self.deadline = self.deadline or self._awake.look(time.monotonic()) + HANDSHAKE_TIMEOUT_S
        answer = self.handshake.receive(untrusted_data)
        if not self.handshake.done:
            return
        self.talk, self.deadline = self._begin(self, answer), None
        self.talk.reader.receive(self.handshake.leftover)
        self.held = self._must_hold(self.talk)
        if not self.held:
            self._act(self.talk)
        self.unsettled = True

    def _act(self, talk: Talk) -> None:
        """Do every whole message that has come, as long as there is credit."""
        reader, shell, pacer = talk
        session = shell.session
        self._unread = charged = progress = False
        for frame in reader.frames():
            progress = True
            if frame.type not in ABOUT_PICTURES:
                self.stirred = True
            effects = session.message(frame)
            if effects:
                if not charged:
                    charged = True
                    pacer.earn(time.monotonic())
                shell.perform(effects)
                pacer.charge(effects, session.windows)
                if pacer.spent:
                    self._unread = True
                    break
        if reader.warnings:
            for warning in reader.warnings:
                log.warning("%s: %s", self._qube, warning)
            reader.warnings.clear()
        self._progress = self._progress or progress
        if charged and pacer.take_charged():
            self._fenced = True
            self._x.fence(self._fence_passed)
        if charged or reader.unfinished or self.deadline is not None or self.held:
            self.unsettled = True

    def settle(self) -> None:
        """After what has been read is on its way to the desktop: whether to read on, and what is to come by when."""
        talk, progress = self.talk, self._progress
        self.unsettled = self._progress = False
        if talk is None:
            return
        self.held = self._unread or self._must_hold(talk)
        if self.held or not talk.reader.unfinished:
            self.deadline = None
        elif progress or self.deadline is None:
            self.deadline = self._awake.look(time.monotonic()) + HALF_MESSAGE_TIMEOUT_S

    def _must_hold(self, talk: Talk) -> bool:
        if self._paused or self._fenced or self._x.wants_write or talk.shell.behind:
            return True
        return talk.pacer.spent and talk.pacer.wait_s(time.monotonic()) > 0

    def _fence_passed(self, _reply: bytes) -> None:
        self._fenced = False

    def resume(self) -> None:
        """Go on with the agent's messages once the desktop has done its earlier ones.

        Raises RemoteProtocolError if a message has taken too long.
        """
        if (
            self.deadline is not None
            and not self._progress  # else `settle` sets another: one has come to its end just now
            and self._awake.look(time.monotonic()) > self.deadline
        ):
            raise RemoteProtocolError(Violation.TRUNCATED, detail="a message began and did not end")
        if self.held and self.talk is not None and not self._must_hold(self.talk):
            self._act(self.talk)

    def pause(self, *, paused: bool) -> None:
        """The person pauses the qube or lets it go on: what it says meanwhile is read afterwards."""
        self._paused = paused
        if paused:
            self.held, self.deadline = True, None
        elif self.talk is None:
            self.held = False

    def timeout_s(self) -> float:
        """When `resume` has something to do though nothing is ready, s from now; inf: never."""
        if self.held and self.talk is not None:
            if not self._must_hold(self.talk):  # it came while something else was waited for
                return 0.0
            if self.talk.pacer.spent:
                return self.talk.pacer.wait_s(time.monotonic())
        if self.deadline is None:
            return inf
        return min(max(0.0, self.deadline - self._awake.now), STEP_S)

    def post(self) -> None:
        """Send all messages of this turn (`outbox` has some) as one: one notification where a channel has such."""
        outbox = without_motion(self.outbox) if self.backlog else self.outbox
        messages = b"".join(outbox)
        self.outbox.clear()
        if messages:
            self.send(messages)

    def send(self, messages: bytes) -> None:
        """Send these, ahead of what `outbox` has. If the channel is closed, the reading side finds it too."""
        with suppress(ChannelClosed):
            self.channel.send(messages)
        self.backlog = self.channel.wants_write

    def flush(self) -> None:
        """The channel is writable."""
        with suppress(ChannelClosed):
            self.channel.flush()
        self.backlog = self.channel.wants_write
