"""A daemon's part of the clipboard where the qube's is reached by services of Qubes OS, not by its agent's messages.

For a qube whose windows another domain draws (a stub domain), or where the person wants it. Nothing here waits: a
service is a process that is watched, and ended when it is too late or too long.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from typing import Any, Protocol

from guid.clipboard import effects as cfx
from guid.clipboard import events as ev
from guid.clipboard import parcel
from guid.clipboard.courier import Courier, Reporter
from guid.clipboard.packets import Order
from guid.clipboard.qrexec import COPY, PASTE, Call, Outcome, Peer, QrexecError
from guid.core.clipboard import Clipboard
from guid.core.contents import ContentKind, Contents
from guid.core.options import Options

log = logging.getLogger(__name__)


class Watcher(Protocol):
    """The daemon's loop. It also calls `tick` once a turn, and asks `deadline` before it waits."""

    def watch(self, fd: int, handler: Callable[[], None]) -> None:
        """Call `handler` whenever `fd` can be read."""

    def unwatch(self, fd: int) -> None:
        """Do so no longer."""


class ServiceCourier(Courier):
    """The clipboard of one qube by two services. Text only, as the services know no other."""

    def __init__(self, qube: str, options: Options, report: Reporter, *, peer: Peer, watcher: Watcher) -> None:
        super().__init__(qube, options, report)
        self._peer = peer
        self._watcher = watcher
        self._call: Call | None = None
        self._over: Callable[[Outcome], None] = _forgotten

    def _traits(self, clipboard: Clipboard) -> ev.Traits:
        return super()._traits(clipboard)._replace(takes_images=False)

    def obey(self, order: Order) -> None:
        """Do what the sequencer says; a parcel in it is not ours to close."""
        if self._clipboard is not None:
            CALLS[type(order)](self, order)

    def gone(self) -> None:
        """The agent is gone, and the qube with it for all that we know."""
        self._end()
        super().gone()

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to do, s, monotonic."""
        return self._call.deadline if self._call is not None else None

    def tick(self, now: float) -> None:
        """End a service that takes too long."""
        if self._call is not None and now >= self._call.deadline:
            self._finish(self._call.expire())

    def _copy(self, order: cfx.Request) -> None:
        limit_bytes = self._limit_bytes()
        self._start(COPY, None, limit_bytes, lambda outcome: self._copied(order.nonce, limit_bytes, outcome))

    def _limit_bytes(self) -> int:
        return self._clipboard.max_copy_bytes if self._clipboard is not None else 0

    def _copied(self, nonce: int, limit_bytes: int, outcome: Outcome) -> None:
        if outcome.too_long:
            self._report(ev.Oversized(self._qube, nonce, None, limit_bytes))
        elif not outcome.data:
            self._report(ev.Nothing(self._qube, nonce))
        else:
            sealed = parcel.parcel_of([outcome.data])
            contents = Contents(ContentKind.TEXT, len(outcome.data))
            self._report(ev.Delivered(self._qube, nonce, contents, sealed))
            os.close(sealed)

    def _paste(self, order: cfx.Give) -> None:
        text = parcel.part(order.parcel, 0, order.contents.size_bytes)
        self._start(PASTE, text, 0, self._pasted)

    def _pasted(self, outcome: Outcome) -> None:
        if outcome.data is None:
            self._report(ev.NotGiven(self._qube))

    def _dismissed(self, _order: cfx.Dismiss) -> None:
        self._end()

    def _take_back_by_paste(self, _order: cfx.TakeBack) -> None:
        self._start(PASTE, b"", 0, _forgotten)

    def _want_nothing(self, _order: cfx.Want) -> None:
        """Nothing is offered by a service: the whole text comes at once."""

    def _start(self, service: str, given: bytes | None, limit_bytes: int, over: Callable[[Outcome], None]) -> None:
        self._end()
        try:
            call = Call(self._peer.argv(service), given=given, limit_bytes=limit_bytes, now=time.monotonic())
        except QrexecError as error:
            log.error("%s: %s", self._qube, error)
            over(Outcome(None))
            return
        self._call, self._over = call, over
        self._watcher.watch(call.fileno(), self._readable)

    def _readable(self) -> None:
        outcome = self._call.readable() if self._call is not None else None
        if outcome is not None:
            self._finish(outcome)

    def _end(self) -> None:
        """The service that runs is of no interest any more."""
        if self._call is not None:
            self._over = _forgotten
            self._finish(self._call.expire())

    def _finish(self, outcome: Outcome) -> None:
        call, over = self._call, self._over
        self._call, self._over = None, _forgotten
        if call is not None:
            self._watcher.unwatch(call.fileno())
            call.close()
        if outcome.data is None:
            log.warning("%s: the clipboard's service: %s", self._qube, outcome.why)
        over(outcome)


def _forgotten(_outcome: Outcome) -> None:
    """Nobody wants to know."""


CALLS: dict[type[Any], Callable[[ServiceCourier, Any], None]] = {
    cfx.Request: ServiceCourier._copy,
    cfx.Want: ServiceCourier._want_nothing,
    cfx.Dismiss: ServiceCourier._dismissed,
    cfx.Give: ServiceCourier._paste,
    cfx.TakeBack: ServiceCourier._take_back_by_paste,
}
