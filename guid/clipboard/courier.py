"""A daemon's part of the clipboard: carries its qube's bytes to and from the sequencer; must not decide anything."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from guid.clipboard import effects as cfx
from guid.clipboard import events as ev
from guid.clipboard import parcel
from guid.clipboard.packets import Order, Report
from guid.core import effects as fx
from guid.core import handover as ho
from guid.core.clipboard import Clipboard, part_message
from guid.core.options import Options
from protocol.codec import encode_clipboard

Reporter = Callable[[Report], None]
"""Takes what the sequencer is told. The bytes of a `Delivered` stay the courier's, until this returns."""


class Courier:
    """The clipboard of one qube, for as long as its daemon runs.

    report: the way to the sequencer. options: what the person decided about the qube.
    """

    def __init__(self, qube: str, options: Options, report: Reporter) -> None:
        self._qube = qube
        self._options = options
        self._report = report
        self._clipboard: Clipboard | None = None
        self._perform: Callable[[list[fx.Effect]], None] = _nobody
        self._send: Callable[[bytes], None] = _nobody
        self._minor = 0
        self._kept: tuple[int, int] | None = None  # the nonce of a copy, and what came of it so far
        self._given: int | None = None

    # The agent

    def connected(
        self,
        clipboard: Clipboard,
        *,
        minor: int,
        perform: Callable[[list[fx.Effect]], None],
        send: Callable[[bytes], None],
    ) -> None:
        """An agent is there, and speaks protocol 1.minor. perform: does effects. send: queues a message for it."""
        self._clipboard, self._minor, self._perform, self._send = clipboard, minor, perform, send
        self._report(ev.Joined(self._qube, self._traits(clipboard)))

    def gone(self) -> None:
        """The agent is gone; what it was being given, it did not take."""
        if self._clipboard is not None and self._clipboard.giving is not None:
            self._report(ev.NotGiven(self._qube))
        self._clipboard, self._perform, self._send = None, _nobody, _nobody
        self._forget(None)
        self._drop_given()
        self._report(ev.Left(self._qube))

    def options_changed(self, options: Options) -> None:
        """The person wrote down something else."""
        self._options = options
        if self._clipboard is not None:
            self._clipboard.max_copy_bytes = min(options.max_clipboard_size, self._clipboard.takes_bytes)
            self._report(ev.Changed(self._qube, self._traits(self._clipboard)))

    def _traits(self, clipboard: Clipboard) -> ev.Traits:
        return ev.Traits(
            max_copy_bytes=clipboard.max_copy_bytes,
            takes_bytes=clipboard.takes_bytes,
            takes_images=clipboard.typed,
            clear_after_s=self._options.clipboard_clear_seconds,
            keep=self._options.clipboard_keep,
            forget_after_s=self._options.clipboard_forget_seconds,
        )

    # Time

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to do, s, monotonic; None if nothing waits."""
        return None

    def tick(self, _now: float) -> None:
        """Do what is due; now: s, monotonic."""

    # The person

    def copy_chord(self, window: int, time_ms: int) -> None:
        """The person pressed copy; time_ms: of the X event."""
        self._report(ev.CopyChord(self._qube, window, time_ms))

    def paste_chord(self, window: int, time_ms: int) -> None:
        """The person pressed paste; time_ms: of the X event."""
        self._report(ev.PasteChord(self._qube, window, time_ms))

    # The sequencer

    def obey(self, order: Order) -> None:
        """Do what the sequencer says; a parcel in it is not ours to close. Without an agent there is nothing to do."""
        if self._clipboard is not None:
            self._perform(OBEY[type(order)](self, self._clipboard, order))

    def _request(self, clipboard: Clipboard, order: cfx.Request) -> list[fx.Effect]:
        return clipboard.request(order.window, order.nonce)

    def _want(self, clipboard: Clipboard, order: cfx.Want) -> list[fx.Effect]:
        return clipboard.want(order.nonce)

    def _dismiss(self, clipboard: Clipboard, order: cfx.Dismiss) -> list[fx.Effect]:
        return clipboard.dismiss(order.nonce)

    def _give(self, clipboard: Clipboard, order: cfx.Give) -> list[fx.Effect]:
        self._drop_given()
        self._given = os.dup(order.parcel)
        return clipboard.give(order.window, order.nonce, order.contents)

    def _take_back(self, clipboard: Clipboard, order: cfx.TakeBack) -> list[fx.Effect]:
        self._drop_given()
        return clipboard.take_back(order.nonce)

    # The core

    def perform(self, effect: fx.Clipboard) -> None:
        """Do what the core wants done with bytes, and say what it says."""
        PERFORM[type(effect.step)](self, effect.step)

    def _keep(self, step: ho.Keep) -> None:
        if self._kept is None or self._kept[0] != step.nonce:
            self._forget(None)
            self._kept = step.nonce, parcel.open_parcel()
        parcel.append(self._kept[1], step.payload.data)

    def _complete(self, step: ho.Complete) -> None:
        if self._kept is None or self._kept[0] != step.nonce:
            return
        parcel.seal(self._kept[1])
        self._report(ev.Delivered(self._qube, step.nonce, step.contents, self._kept[1]))
        self._forget(None)

    def _forget(self, _step: ho.Forget | None) -> None:
        if self._kept is not None:
            os.close(self._kept[1])
            self._kept = None

    def _typed(self, _step: ho.SayTyped) -> None:
        if self._clipboard is not None:
            self._report(ev.Changed(self._qube, self._traits(self._clipboard)))

    def _offered(self, step: ho.SayOffered) -> None:
        self._report(ev.Offered(self._qube, step.nonce, step.contents))

    def _nothing(self, step: ho.SayNothing) -> None:
        self._report(ev.Nothing(self._qube, step.nonce))

    def _oversized(self, step: ho.SayOversized) -> None:
        self._report(ev.Oversized(self._qube, step.nonce, step.size_bytes, step.limit_bytes))

    def _late(self, _step: ho.SayLate) -> None:
        self._report(ev.Late(self._qube))

    def _unasked(self, step: ho.SayUnasked) -> None:
        self._report(ev.Unasked(self._qube, step.size_bytes))

    def _send_text(self, step: ho.SendText) -> None:
        if self._given is not None:
            text = parcel.part(self._given, 0, os.fstat(self._given).st_size)
            self._send(encode_clipboard(step.window, text, minor=self._minor))
            self._drop_given()

    def _send_part(self, step: ho.SendPart) -> None:
        if self._given is not None:
            data = parcel.part(self._given, step.offset_bytes, step.len_bytes)
            self._send(part_message(step.nonce, step.offset_bytes, data))
        if step.last:
            self._drop_given()

    def _drop_given(self) -> None:
        if self._given is not None:
            os.close(self._given)
            self._given = None


def _nobody(_what: object) -> None:
    """Without an agent nothing is done or sent."""


OBEY: dict[type[Any], Callable[[Courier, Clipboard, Any], list[fx.Effect]]] = {
    cfx.Request: Courier._request,
    cfx.Want: Courier._want,
    cfx.Dismiss: Courier._dismiss,
    cfx.Give: Courier._give,
    cfx.TakeBack: Courier._take_back,
}

PERFORM: dict[type[Any], Callable[[Courier, Any], None]] = {
    ho.Keep: Courier._keep,
    ho.Complete: Courier._complete,
    ho.Forget: Courier._forget,
    ho.SayTyped: Courier._typed,
    ho.SayOffered: Courier._offered,
    ho.SayNothing: Courier._nothing,
    ho.SayOversized: Courier._oversized,
    ho.SayLate: Courier._late,
    ho.SayUnasked: Courier._unasked,
    ho.SendText: Courier._send_text,
    ho.SendPart: Courier._send_part,
}
