"""The one sequencer of the global clipboard: chords and answers in, effects out; must not know any byte of it.

What the person did last counts, and nothing that a qube does moves anything: a request is good for one answer, of the
qube that was asked, until its deadline, and only while the person has not done something newer. Nothing here waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from guid.clipboard import effects as fx
from guid.clipboard import events as ev
from guid.clipboard.intent import Intent
from guid.clipboard.notice import Happened, Notice
from guid.clipboard.verdict import Action, Verdict
from guid.core.contents import ContentKind, Contents

ANSWER_S = 5.0
"""A qube has this long to say what it has copied. Its agent gives an owner of the selection less than that."""

SLOWEST_BYTES_PER_S = 4 << 20
"""Contents that were offered have so much longer: 32 MiB 8 s. A local agent does 64 KiB in under a millisecond."""

DECIDE_S = 60.0
"""A paste that nobody has decided by then is given up; a prompt gives up much sooner."""

Effects = list[fx.Effect]


@dataclass(frozen=True, slots=True)
class Held:
    """What is in the global clipboard. clear_at: s, monotonic, or None. pastes: how often it was pasted so far."""

    source: str
    contents: Contents
    parcel: ev.Parcel
    time_ms: int
    since: float
    clear_at: float | None
    keep: bool
    pastes: int = 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """The one copy that waits for its qube."""

    qube: str
    nonce: int
    time_ms: int
    deadline: float
    offered: Contents | None = None


@dataclass(frozen=True, slots=True)
class _Undecided:
    """The one paste that waits for policy."""

    qube: str
    window: int
    ticket: int
    deadline: float


class Broker:
    """The global clipboard of one person.

    nonces: u32 that no qube can guess, each other than the last. held: what is in it, None if it is empty.
    """

    def __init__(self, nonces: Iterator[int]) -> None:
        self.held: Held | None = None
        self._nonces = nonces
        self._asked: _Asked | None = None
        self._undecided: _Undecided | None = None
        self._tickets = 0
        self._traits: dict[str, ev.Traits] = {}
        self._take_back: dict[str, float] = {}
        self._intent = Intent()

    def handle(self, event: ev.Event, now: float) -> Effects:
        """Act on one event; now: s, monotonic, never less than before. Deadlines that have passed come first."""
        done = self._expire(now)
        return done + HANDLERS[type(event)](self, event, now)

    @property
    def awaited(self) -> str | None:
        """The qube whose answer to a copy is awaited."""
        return self._asked.qube if self._asked is not None else None

    @property
    def deadline(self) -> float | None:
        """When a `Tick` is due, s, monotonic; None if nothing waits."""
        deadlines = [*self._take_back.values()]
        deadlines += [each.deadline for each in (self._asked, self._undecided) if each is not None]
        if self.held is not None and self.held.clear_at is not None:
            deadlines.append(self.held.clear_at)
        return min(deadlines, default=None)

    # Qubes

    def _joined(self, event: ev.Joined, now: float) -> Effects:
        done = self._left(ev.Left(event.qube), now)
        self._traits[event.qube] = event.traits
        return done

    def _changed(self, event: ev.Changed, _now: float) -> Effects:
        if event.qube in self._traits:
            self._traits[event.qube] = event.traits
        return []

    def _left(self, event: ev.Left, _now: float) -> Effects:
        """Nothing is awaited of it or given to it any more; what was copied from it before stays."""
        self._traits.pop(event.qube, None)
        self._take_back.pop(event.qube, None)
        done: Effects = []
        if self._asked is not None and self._asked.qube == event.qube:
            self._asked = None
            done += _told(Notice(Happened.GONE, event.qube))
        if self._undecided is not None and self._undecided.qube == event.qube:
            done += self._give_up(Happened.GONE)
        return done

    # Copy

    def _copy(self, event: ev.CopyChord, now: float) -> Effects:
        if event.qube not in self._traits:
            return _told(Notice(Happened.GONE, event.qube))
        if not self._intent.admits(event.time_ms, now):
            return _told(Notice(Happened.OUT_OF_DATE, event.qube))
        done = self._dismiss() + self._give_up(Happened.SUPERSEDED)
        nonce = next(self._nonces)
        self._asked = _Asked(event.qube, nonce, event.time_ms, now + ANSWER_S)
        return [*done, fx.Request(event.qube, event.window, nonce)]

    def _offered(self, event: ev.Offered, _now: float) -> Effects:
        asked = self._matching(event.qube, event.nonce)
        if asked is None or asked.offered is not None:
            return [fx.Dismiss(event.qube, event.nonce), *_told(Notice(Happened.LATE, event.qube))]
        limit_bytes = self._limit(event.qube, event.contents)
        if event.contents.size_bytes > limit_bytes:
            self._asked = None
            dismissed = fx.Dismiss(event.qube, event.nonce)
            return [dismissed, *_too_large(event.qube, event.contents.size_bytes, limit_bytes)]
        extended = asked.deadline + event.contents.size_bytes / SLOWEST_BYTES_PER_S
        self._asked = _Asked(asked.qube, asked.nonce, asked.time_ms, extended, event.contents)
        return [fx.Want(event.qube, event.nonce)]

    def _delivered(self, event: ev.Delivered, now: float) -> Effects:
        asked = self._matching(event.qube, event.nonce)
        if asked is None or (asked.offered is not None and asked.offered != event.contents):
            return [fx.Drop(event.parcel), *_told(Notice(Happened.LATE, event.qube, contents=event.contents))]
        self._asked = None
        limit_bytes = self._limit(event.qube, event.contents)
        if event.contents.size_bytes > limit_bytes:
            return [fx.Drop(event.parcel), *_too_large(event.qube, event.contents.size_bytes, limit_bytes)]
        done: Effects = [fx.Drop(self.held.parcel)] if self.held is not None else []
        traits = self._traits[event.qube]
        clear_at = now + traits.clear_after_s if traits.clear_after_s > 0 else None
        self.held = Held(event.qube, event.contents, event.parcel, asked.time_ms, now, clear_at, traits.keep)
        done.append(fx.Store(event.qube, event.contents, event.parcel, asked.time_ms))
        return done + _told(Notice(Happened.COPIED, event.qube, contents=event.contents))

    def _nothing(self, event: ev.Nothing, _now: float) -> Effects:
        if self._matching(event.qube, event.nonce) is None:
            return _told(Notice(Happened.LATE, event.qube))
        self._asked = None
        return _told(Notice(Happened.NOTHING_TO_COPY, event.qube))

    def _oversized(self, event: ev.Oversized, _now: float) -> Effects:
        if self._matching(event.qube, event.nonce) is None:
            return _told(Notice(Happened.LATE, event.qube))
        self._asked = None
        return _too_large(event.qube, event.size_bytes, event.limit_bytes)

    def _late(self, event: ev.Late, _now: float) -> Effects:
        return _told(Notice(Happened.LATE, event.qube))

    def _unasked(self, event: ev.Unasked, _now: float) -> Effects:
        return _told(Notice(Happened.UNASKED, event.qube, size_bytes=event.size_bytes))

    def _matching(self, qube: str, nonce: int) -> _Asked | None:
        """The copy that this answer is for; an answer of another qube, or to an older request, is for none."""
        asked = self._asked
        return asked if asked is not None and (asked.qube, asked.nonce) == (qube, nonce) else None

    def _limit(self, qube: str, contents: Contents) -> int:
        """The most that may be copied from a qube, bytes; the size of an image was checked where it came in."""
        return self._traits[qube].max_copy_bytes if contents.kind is ContentKind.TEXT else contents.size_bytes

    def _dismiss(self) -> Effects:
        asked, self._asked = self._asked, None
        return [fx.Dismiss(asked.qube, asked.nonce)] if asked is not None else []

    # Paste

    def _paste(self, event: ev.PasteChord, now: float) -> Effects:
        if event.qube not in self._traits:
            return _told(Notice(Happened.GONE, event.qube))
        if not self._intent.admits(event.time_ms, now):
            return _told(Notice(Happened.OUT_OF_DATE, event.qube))
        done = self._give_up(Happened.SUPERSEDED)
        if self._asked is not None:
            return done + _told(Notice(Happened.COPY_UNANSWERED, event.qube, source=self._asked.qube))
        held = self.held
        if held is None:
            return done + _told(Notice(Happened.NOTHING_TO_PASTE, event.qube))
        refusal = self._cannot_take(event.qube, held)
        if refusal is not None:
            return done + _told(refusal)
        self._tickets += 1
        self._undecided = _Undecided(event.qube, event.window, self._tickets, now + DECIDE_S)
        return [*done, fx.Decide(self._tickets, held.source, event.qube, held.contents, held.parcel)]

    def _cannot_take(self, qube: str, held: Held) -> Notice | None:
        traits, contents = self._traits[qube], held.contents
        if contents.kind is ContentKind.IMAGE:
            can = traits.takes_images
            return None if can else Notice(Happened.NOT_TAKEN, qube, source=held.source, contents=contents)
        if contents.size_bytes <= traits.takes_bytes:
            return None
        limit_bytes = traits.takes_bytes
        return Notice(Happened.TOO_LARGE_TO_PASTE, qube, source=held.source, contents=contents, limit_bytes=limit_bytes)

    def _decided(self, event: ev.Decided, now: float) -> Effects:
        paste, held = self._undecided, self.held
        if paste is None or paste.ticket != event.ticket or held is None:
            return []
        self._undecided = None
        if event.verdict.action is not Action.ALLOW:
            denied = Notice(
                Happened.DENIED, paste.qube, source=held.source, contents=held.contents, why=event.verdict.why
            )
            return _told(denied)
        return self._give(paste, held, event.verdict, now)

    def _give(self, paste: _Undecided, held: Held, verdict: Verdict, now: float) -> Effects:
        done: Effects = [fx.Give(paste.qube, paste.window, next(self._nonces), held.contents, held.parcel)]
        self.held = held = replace(held, pastes=held.pastes + 1)
        keep = held.keep or verdict.keeps(held.pastes, now - held.since)
        if not keep:
            done += self._empty(pasted=True)
        forget_after_s = self._traits[paste.qube].forget_after_s
        if forget_after_s > 0:
            self._take_back[paste.qube] = now + forget_after_s
        else:
            self._take_back.pop(paste.qube, None)
        pasted = Notice(
            Happened.PASTED,
            paste.qube,
            source=held.source,
            contents=held.contents,
            why=verdict.why,
            aloud=verdict.notify,
            kept=keep,
        )
        return done + _told(pasted)

    def _not_given(self, event: ev.NotGiven, _now: float) -> Effects:
        return _told(Notice(Happened.NOT_GIVEN, event.qube))

    def _give_up(self, why: Happened) -> Effects:
        """The paste that waits for policy is not done."""
        paste, self._undecided = self._undecided, None
        if paste is None:
            return []
        source = self.held.source if self.held is not None else ""
        return [fx.Withdraw(paste.ticket), *_told(Notice(why, paste.qube, source=source))]

    # The person, and time

    def _clear(self, _event: ev.Clear, _now: float) -> Effects:
        source = self.held.source if self.held is not None else ""
        done = self._dismiss() + self._give_up(Happened.SUPERSEDED)
        return done + self._empty() + _told(Notice(Happened.CLEARED, source=source))

    def _found(self, event: ev.Found, now: float) -> Effects:
        """Not by us, so not told by us; a question about the contents before is of no interest any more."""
        done = self._give_up(Happened.SUPERSEDED)
        if self.held is not None:
            done.append(fx.Drop(self.held.parcel))
        self.held = None
        if event.source is not None and event.contents is not None:
            self._intent.learn(event.time_ms)
            self.held = Held(event.source, event.contents, event.parcel, event.time_ms, now, None, keep=False)
        return done

    def _other_display(self, _event: ev.OtherDisplay, _now: float) -> Effects:
        self._intent = Intent()
        return []

    def _tick(self, _event: ev.Tick, _now: float) -> Effects:
        return []  # what has passed was done before

    def _expire(self, now: float) -> Effects:
        done: Effects = []
        if self._asked is not None and now > self._asked.deadline:
            qube = self._asked.qube
            done += [*self._dismiss(), *_told(Notice(Happened.NO_ANSWER, qube))]
        if self._undecided is not None and now > self._undecided.deadline:
            done += self._give_up(Happened.UNDECIDED)
        if self.held is not None and self.held.clear_at is not None and now > self.held.clear_at:
            source = self.held.source
            done += [
                *self._give_up(Happened.UNDECIDED),
                *self._empty(),
                *_told(Notice(Happened.EXPIRED, source=source)),
            ]
        for qube in [qube for qube, when in self._take_back.items() if now > when]:
            del self._take_back[qube]
            done.append(fx.TakeBack(qube, next(self._nonces)))
        return done

    def _empty(self, *, pasted: bool = False) -> Effects:
        held, self.held = self.held, None
        if held is None:
            return []
        return [fx.Wipe(held.source, held.time_ms, held.contents.size_bytes if pasted else 0), fx.Drop(held.parcel)]


def _told(notice: Notice) -> Effects:
    """Every end of a chord is written down and, unless policy wants it quiet, told."""
    return [fx.Audit(notice), fx.Tell(notice)] if notice.aloud else [fx.Audit(notice)]


def _too_large(qube: str, size_bytes: int | None, limit_bytes: int) -> Effects:
    return _told(Notice(Happened.TOO_LARGE_TO_COPY, qube, size_bytes=size_bytes, limit_bytes=limit_bytes))


HANDLERS: dict[type[Any], Callable[[Broker, Any, float], Effects]] = {
    ev.Joined: Broker._joined,
    ev.Changed: Broker._changed,
    ev.Left: Broker._left,
    ev.CopyChord: Broker._copy,
    ev.PasteChord: Broker._paste,
    ev.Offered: Broker._offered,
    ev.Delivered: Broker._delivered,
    ev.Nothing: Broker._nothing,
    ev.Oversized: Broker._oversized,
    ev.Late: Broker._late,
    ev.Unasked: Broker._unasked,
    ev.Decided: Broker._decided,
    ev.NotGiven: Broker._not_given,
    ev.Clear: Broker._clear,
    ev.Found: Broker._found,
    ev.OtherDisplay: Broker._other_display,
    ev.Tick: Broker._tick,
}
"""Event → what is done about it."""
