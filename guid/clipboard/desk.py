"""The global clipboard at work: does what its sequencer wants done, and never waits for a qube or for the person."""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from guid.clipboard import effects as fx
from guid.clipboard import events as ev
from guid.clipboard import parcel
from guid.clipboard.audit import AuditLog
from guid.clipboard.broker import Broker, Held
from guid.clipboard.notice import Notice
from guid.clipboard.packets import Order, Report
from guid.clipboard.store import Store
from guid.clipboard.verdict import Action, Verdict
from guid.core.contents import ContentKind, Contents

log = logging.getLogger(__name__)

NONCE_BYTES = 4
NOBODY_TO_ASK = Verdict(Action.DENY, why="a question would have to be asked, and nobody can be asked here")


class Outside(Protocol):
    """Who is around the clipboard. None of it may wait for anybody."""

    def send(self, order: Order) -> None:
        """Tell the daemon of `order.qube`; the descriptor in a `Give` is only lent."""

    def decide(self, source: str, target: str) -> Verdict:
        """What the rules say of a paste."""

    def ask(self, question: fx.Decide, answered: Callable[[Verdict], None]) -> None:
        """Ask the person, and say what they said, now or later; the descriptor in the question is only lent."""

    def withdraw(self, ticket: int) -> None:
        """The question is of no interest any more."""

    def tell(self, notice: Notice) -> None:
        """Tell the person."""


class Desk:
    """The one global clipboard of a person, and its files.

    Descriptors that come in with `Delivered` belong to it from then on.
    """

    def __init__(self, store: Store, audit: AuditLog, outside: Outside) -> None:
        self._store = store
        self._audit = audit
        self._outside = outside
        self._broker = Broker(_nonces())
        self._waiting: deque[ev.Event] = deque()
        self._busy = False
        self._mark: tuple[int, ...] = ()

    def said(self, report: Report) -> None:
        """A daemon says something. A parcel that is not what it is said to be is dropped here."""
        if isinstance(report, ev.Delivered):
            try:
                parcel.check(report.parcel, report.contents.size_bytes)
            except parcel.BadParcel as error:
                log.error("%s: %s", report.qube, error)
                os.close(report.parcel)
                return
        if isinstance(report, ev.CopyChord | ev.PasteChord):
            self._look()
        self._handle(report)

    def gone(self, qube: str) -> None:
        """A daemon has ended."""
        self._handle(ev.Left(qube))

    def clear(self) -> None:
        """The person wants it empty."""
        self._look()
        self._handle(ev.Clear())

    def other_display(self) -> None:
        """The next chords come from another X server."""
        self._handle(ev.OtherDisplay())

    def tick(self) -> None:
        """Do what is due."""
        deadline = self._broker.deadline
        if deadline is not None and time.monotonic() > deadline:
            self._handle(ev.Tick())

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to do, s, monotonic."""
        return self._broker.deadline

    @property
    def held(self) -> Held | None:
        """What is in it, without a look at the files; another object whenever anything about it is another."""
        return self._broker.held

    def status(self) -> dict[str, Any]:
        """What is in it, in plain values; nothing of the contents."""
        self._look()
        held = self._broker.held
        found: dict[str, Any] = {"empty": held is None, "awaited": self._broker.awaited}
        if held is not None:
            found |= {
                "source": held.source,
                "kind": held.contents.kind.value,
                "bytes": held.contents.size_bytes,
                "width": held.contents.width_px,
                "height": held.contents.height_px,
                "age_s": round(time.monotonic() - held.since, 3),
                "clears_in_s": round(held.clear_at - time.monotonic(), 3) if held.clear_at is not None else None,
                "pastes": held.pastes,
            }
        return found

    def contents(self) -> tuple[str, Contents, bytes] | None:
        """Source, kind and text of what is in it, for the person who asks to see it; of an image no byte is read."""
        self._look()
        held = self._broker.held
        if held is None:
            return None
        shown_bytes = held.contents.size_bytes if held.contents.kind is ContentKind.TEXT else 0
        return held.source, held.contents, parcel.part(held.parcel, 0, shown_bytes)

    def close(self) -> None:
        """Leave nothing behind."""
        if self._broker.held is not None:
            os.close(self._broker.held.parcel)
        try:
            self._store.remove()
        except OSError as error:
            log.error("the clipboard's files could not be removed: %s", error)

    def _look(self) -> None:
        """Somebody else may have changed the files: Qubes' own widget, a daemon without a supervisor."""
        try:
            mark = self._store.mark()
            if mark == self._mark:
                return
            self._mark = mark
            found = self._store.look()
        except OSError as error:
            log.error("the clipboard's files cannot be read: %s", error)
            return
        if found is None:
            self._handle(ev.Found(None))
        else:
            self._handle(ev.Found(found.source, found.contents, found.data, found.time_ms))

    def _handle(self, event: ev.Event) -> None:
        """One event after the other: what is done about one may bring about another."""
        self._waiting.append(event)
        if self._busy:
            return
        self._busy = True
        try:
            while self._waiting:
                for effect in self._broker.handle(self._waiting.popleft(), time.monotonic()):
                    PERFORM[type(effect)](self, effect)
        finally:
            self._busy = False

    def _send(self, order: Order) -> None:
        self._outside.send(order)

    def _store_it(self, effect: fx.Store) -> None:
        try:
            self._store.put(effect.source, effect.contents, effect.time_ms, effect.parcel)
            self._mark = self._store.mark()
        except OSError as error:  # it is pasted from memory all the same
            log.error("the clipboard's files could not be written: %s", error)

    def _wipe(self, effect: fx.Wipe) -> None:
        try:
            self._store.wipe(effect.source, effect.time_ms, pasted_bytes=effect.pasted_bytes)
            self._mark = self._store.mark()
        except OSError as error:
            log.error("the clipboard's files could not be emptied: %s", error)

    def _drop(self, effect: fx.Drop) -> None:
        os.close(effect.parcel)

    def _decide(self, effect: fx.Decide) -> None:
        verdict = self._outside.decide(effect.source, effect.target)
        if verdict.action is Action.ASK:
            self._outside.ask(effect, lambda said: self._handle(ev.Decided(effect.ticket, verdict.answered(said))))
        else:
            self._handle(ev.Decided(effect.ticket, verdict))

    def _withdraw(self, effect: fx.Withdraw) -> None:
        self._outside.withdraw(effect.ticket)

    def _tell(self, effect: fx.Tell) -> None:
        self._outside.tell(effect.notice)

    def _write_down(self, effect: fx.Audit) -> None:
        try:
            self._audit.write(effect.notice)
        except OSError as error:
            log.error("the clipboard's audit log could not be written: %s", error)


PERFORM: dict[type[Any], Callable[[Desk, Any], None]] = {
    fx.Request: Desk._send,
    fx.Want: Desk._send,
    fx.Dismiss: Desk._send,
    fx.Give: Desk._send,
    fx.TakeBack: Desk._send,
    fx.Store: Desk._store_it,
    fx.Wipe: Desk._wipe,
    fx.Drop: Desk._drop,
    fx.Decide: Desk._decide,
    fx.Withdraw: Desk._withdraw,
    fx.Tell: Desk._tell,
    fx.Audit: Desk._write_down,
}


def _nonces() -> Iterator[int]:
    """u32 that nobody can guess, none of them twice in a row, none of them 0."""
    last = 0
    while True:
        nonce = int.from_bytes(os.urandom(NONCE_BYTES), "little")
        if nonce not in (0, last):
            last = nonce
            yield nonce
