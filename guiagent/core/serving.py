"""What was pasted, owned as CLIPBOARD and PRIMARY and served to programs. It must not know the daemon.

Programs of any quality ask, several at once, and may die at any moment. Source: ICCCM 2.1 to 2.3, 2.6, 2.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from guiagent.core.contents import Contents, Image
from guiagent.core.selection import (
    CURRENT_TIME,
    NO_PROPERTY,
    Answer,
    AskTime,
    CancelPicture,
    Claim,
    Effect,
    EncodePicture,
    Read,
    Release,
    Request,
    Value,
    Write,
)
from guiagent.core.sending import Sending
from guiagent.core.targets import IMAGES_SERVED, Targets
from protocol.clipboard import Kind

ANSWER_TIMEOUT_S: Final = 10.0
"""A program waits so long for what is on its way from the desktop, or being packed; toolkits wait 5 to 30 s."""
MAX_WAITING: Final = 256
"""Requests that wait. A person's one paste makes some ten."""
MAX_PAIRS: Final = 64
"""Of one MULTIPLE; a program asks for what TARGETS lists."""
PAIRS_BYTES: Final = 8 * MAX_PAIRS

_Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A request that cannot be answered yet. pairs: targets and properties, of MULTIPLE several."""

    request: Request
    pairs: _Pairs
    until: float


class Serving:
    """Owns at most one text or image. jobs: numbers for pictures; clear_after_s: let go after so long; None: never."""

    def __init__(
        self, atoms: Mapping[str, int], targets: Targets, *, jobs: Iterator[int], clear_after_s: float | None
    ) -> None:
        self._atoms = atoms
        self._targets = targets
        self._clear_after_s = clear_after_s
        self._selections = (atoms["CLIPBOARD"], atoms["PRIMARY"])
        self._owned: set[int] = set()
        self._claiming = False
        self._time = CURRENT_TIME
        self._kind = Kind.NOTHING
        self.contents: Contents | None = None
        self._encoded: dict[int, bytes | None] = {}
        self._numbers = jobs
        self._jobs: dict[int, int] = {}
        self._clear_at: float | None = None
        self._waiting: list[_Waiting] = []
        self._reading: dict[tuple[int, int], Request] = {}
        self.sending = Sending(atoms)

    @property
    def deadline(self) -> float | None:
        """When `due` must be asked; None if nothing waits."""
        times = [waiting.until for waiting in self._waiting]
        times += [time for time in (self._clear_at, self.sending.deadline) if time is not None]
        return min(times, default=None)

    # What the desktop pastes

    def promise(self, kind: Kind) -> list[Effect]:
        """Contents of this kind are on their way: own the selections already, so that nobody pastes what was before."""
        effects = self._drop()
        self._kind, self._claiming = kind, True
        return [*effects, AskTime()]

    def fulfil(self, contents: Contents, now: float) -> list[Effect]:
        """Here they are."""
        if not self._claiming and not self._owned:
            return []  # a program has taken both selections meanwhile
        self.contents = contents
        self._clear_at = None if self._clear_after_s is None else now + self._clear_after_s
        effects = self._pack(self._atoms["image/png"]) if isinstance(contents, Image) else []
        return effects + self._retry(now)

    def let_go(self) -> list[Effect]:
        """Own nothing any longer: the promise was broken, or the time is over."""
        effects: list[Effect] = [
            Release(selection, self._time) for selection in self._selections if selection in self._owned
        ]
        self._owned.clear()
        self._claiming = False
        return effects + self._drop()

    def time_told(self, time: int) -> list[Effect]:
        """The server's time."""
        if not self._claiming:
            return []
        self._claiming = False
        self._time = time
        self._owned.update(self._selections)
        return [Claim(selection, time) for selection in self._selections]

    # What the programs do

    def lost(self, selection: int) -> list[Effect]:
        """A program has become the owner of a selection."""
        self._owned.discard(selection)
        return [] if self._owned or self._claiming else self._drop()

    def requested(self, request: Request, now: float) -> list[Effect]:
        """A program asks for a selection."""
        before = request.time != CURRENT_TIME and (request.time - self._time) & 0xFFFF_FFFF > 0x7FFF_FFFF
        if request.selection not in self._owned or before:
            return [Answer(request, NO_PROPERTY)]
        if request.property == NO_PROPERTY:
            request = request._replace(property=request.target)  # an obsolete client. Source: ICCCM 2.2
        if request.target != self._atoms["MULTIPLE"]:
            return self._serve(_Waiting(request, ((request.target, request.property),), now + ANSWER_TIMEOUT_S), now)
        if len(self._reading) >= MAX_WAITING:
            return [Answer(request, NO_PROPERTY)]
        self._reading[request.requestor, request.property] = request
        return [Read(request.requestor, request.property, PAIRS_BYTES, delete=False)]

    def value_read(self, window: int, atom: int, value: Value | None, now: float) -> list[Effect]:
        """The property of a MULTIPLE was read; None: it is not there, or its window is gone."""
        request = self._reading.pop((window, atom), None)
        if request is None:
            return []
        words = value.words if value is not None and not value.left_bytes else ()
        if not words or len(words) % 2:
            return [Answer(request, NO_PROPERTY)]
        pairs = tuple(zip(words[::2], words[1::2], strict=True))
        return self._serve(_Waiting(request, pairs, now + ANSWER_TIMEOUT_S), now)

    def encoded(self, job: int, data: bytes | None, now: float) -> list[Effect]:
        """A picture is packed; None: it could not be."""
        target = self._jobs.pop(job, None)
        if target is None:
            return []
        self._encoded[target] = data
        return self._retry(now)

    def requestor_gone(self, window: int) -> list[Effect]:
        """A window is gone: nobody waits there."""
        self._waiting = [waiting for waiting in self._waiting if waiting.request.requestor != window]
        return self.sending.requestor_gone(window)

    def due(self, now: float) -> list[Effect]:
        """Time has passed."""
        effects = self.sending.due(now)
        late = [waiting for waiting in self._waiting if now >= waiting.until]
        self._waiting = [waiting for waiting in self._waiting if now < waiting.until]
        effects += [Answer(waiting.request, NO_PROPERTY) for waiting in late]
        if self._clear_at is not None and now >= self._clear_at:
            effects += self.let_go()
        return effects

    # Answers

    def _retry(self, now: float) -> list[Effect]:
        waiting, self._waiting = self._waiting, []
        return [effect for one in waiting for effect in self._serve(one, now)]

    def _serve(self, waiting: _Waiting, now: float) -> list[Effect]:
        """Answer a request whole, or let it wait whole."""
        effects: list[Effect] = []
        missing = [target for target, _ in waiting.pairs if self._is_late(target)]
        for target in missing:
            effects += self._pack(target)
        if missing:
            if len(self._waiting) >= MAX_WAITING:
                return [*effects, Answer(waiting.request, NO_PROPERTY)]
            self._waiting.append(waiting)
            return effects
        done = [self._deliver(waiting.request.requestor, target, atom, now) for target, atom in waiting.pairs]
        for one in done:
            effects += one or ()
        request = waiting.request
        if request.target != self._atoms["MULTIPLE"]:
            return [*effects, Answer(request, request.property if done[0] is not None else NO_PROPERTY)]
        if None in done:  # the target that failed becomes None. Source: ICCCM 2.6.2
            pairs = [
                (0 if one is None else target, atom) for one, (target, atom) in zip(done, waiting.pairs, strict=True)
            ]
            value = self._targets.words("ATOM_PAIR", (word for pair in pairs for word in pair))
            effects.append(Write(request.requestor, request.property, value.kind, value.bits, value.data))
        return [*effects, Answer(request, request.property)]

    def _is_late(self, target: int) -> bool:
        """Whether the answer to this target will be known later."""
        if not self._targets.serves(target, self._kind):
            return False
        if self.contents is None:
            return True
        return isinstance(self.contents, Image) and target not in self._encoded

    def _deliver(self, requestor: int, target: int, atom: int, now: float) -> list[Effect] | None:
        """Write one target into one property; None: it cannot be had."""
        value = self._value(target)
        if value is None or not atom:
            return None
        return self.sending.send(requestor, atom, value, now)

    def _value(self, target: int) -> Value | None:
        atoms = self._atoms
        if target == atoms["TARGETS"]:
            return self._targets.served(self._kind)
        if target == atoms["TIMESTAMP"]:
            return self._targets.words("INTEGER", (self._time,))
        if isinstance(self.contents, Image):
            data = self._encoded.get(target)
            return None if data is None else Value(target, 8, data, 0)
        return None if self.contents is None else self._targets.text_as(target, self.contents)

    def _pack(self, target: int) -> list[Effect]:
        """Have the image packed into the form `target`, once."""
        name = self._targets.images.get(target)
        if not isinstance(self.contents, Image) or name not in IMAGES_SERVED or target in self._jobs.values():
            return []
        job = next(self._numbers)
        self._jobs[job] = target
        return [EncodePicture(job, name, self.contents)]

    def _drop(self) -> list[Effect]:
        """Forget the contents; who waits for them gets nothing. What is being sent goes on."""
        effects: list[Effect] = [Answer(waiting.request, NO_PROPERTY) for waiting in self._waiting]
        effects += [CancelPicture(job) for job in self._jobs]
        self._waiting, self.contents, self._kind, self._clear_at = [], None, Kind.NOTHING, None
        self._jobs.clear()
        self._encoded.clear()
        return effects
