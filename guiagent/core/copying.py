"""One copy out of the qube: what the owner of CLIPBOARD has, asked step by step. It must not know who wants it.

Owners are programs of any quality: each step has a deadline, and each number a bound. Source: ICCCM 2.4, 2.5, 2.7.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Final, NamedTuple

from guiagent.core.contents import Contents, Found, Image, Text, TooLarge
from guiagent.core.selection import (
    CURRENT_TIME,
    NO_PROPERTY,
    AskTime,
    CancelPicture,
    Conversion,
    Convert,
    DecodePicture,
    Effect,
    Erase,
    FindOwner,
    Read,
    Value,
    WatchOwner,
)
from guiagent.core.targets import Targets
from protocol.clipboard import image_offer, text_offer
from protocol.limits import MAX_CLIPBOARD_BYTES, MAX_CLIPBOARD_IMAGE_BYTES

STEP_TIMEOUT_S: Final = 5.0
"""An owner has so long for each answer: a picture program packs a whole screen in 1 to 3 s."""
COPY_TIMEOUT_S: Final = 20.0
"""All together. The largest picture in increments of 64 KiB takes 512 answers, about 2 s."""
MAX_TARGETS_BYTES: Final = 16_384
"""4,096 targets; a browser offers 20."""
MAX_TEXT_READ_BYTES: Final = MAX_CLIPBOARD_BYTES + 1
"""One more than may be sent shows that there is more."""
MAX_PICTURE_FILE_BYTES: Final = MAX_CLIPBOARD_IMAGE_BYTES + (8 << 20)
"""40 MiB: an unpacked picture file is as long as its pixels, and a quarter more if they are badly packed."""
PICTURE_TIMEOUT_S: Final = 10.0
"""What the decoder may take; 8 million pixels take 1 s, and a machine under load several times that."""
MAX_RESTARTS: Final = 2
"""An owner that ends or is replaced while we ask has a successor; one that is replaced all the time has its time."""


class Stage(Enum):
    """What is being waited for."""

    IDLE = "nothing is asked"
    TIME = "the server's time"
    OWNER = "who the owner is"
    TARGETS = "the owner's answer to TARGETS"
    CONTENTS = "the owner's answer to a target"
    VALUE = "the property that the owner wrote"
    INCREMENTS = "the next increment"
    PICTURE = "the pixels of a picture file"


class Outcome(NamedTuple):
    """A copy has ended. found: None if there is nothing to copy, or none that could be had."""

    found: Found


class Copying:
    """One copy at a time; a new one ends the one before. `take_outcome` tells, after any call, whether it has ended.

    window: ours, that receives what is copied. properties: atoms, used in turn, so that a late answer to an earlier
    question is not taken for one to the last. jobs: numbers for pictures.
    """

    def __init__(
        self,
        atoms: Mapping[str, int],
        targets: Targets,
        window: int,
        properties: Sequence[int],
        *,
        jobs: Iterator[int],
    ) -> None:
        self._atoms = atoms
        self._clipboard = atoms["CLIPBOARD"]
        self._targets = targets
        self._window = window
        self._properties = properties
        self._questions = 0
        self._jobs = jobs
        self._job = 0
        self._images = False
        self._restarts = 0
        self._until = 0.0
        self._outcome: Outcome | None = None
        self._forget()

    def _forget(self) -> None:
        self.stage = Stage.IDLE
        self._step_until = 0.0
        self._time = CURRENT_TIME
        self._target = self._property = NO_PROPERTY
        self._candidates: list[int] = []
        self._increments = bytearray()
        self._hint_bytes = 0

    @property
    def deadline(self) -> float | None:
        """When `due` must be asked; None while nothing is under way."""
        return None if self.stage is Stage.IDLE else min(self._step_until, self._until)

    def take_outcome(self) -> Outcome | None:
        """How the copy ended, once."""
        outcome, self._outcome = self._outcome, None
        return outcome

    def begin(self, now: float, *, images: bool) -> list[Effect]:
        """Ask for what CLIPBOARD holds. images: whether a picture is of use."""
        effects = self.end()
        self._outcome = None
        self._images, self._restarts, self._until = images, MAX_RESTARTS, now + COPY_TIMEOUT_S
        return [*effects, WatchOwner(self._clipboard, watching=True), *self._start(now)]

    def end(self) -> list[Effect]:
        """Ask no further; what the owner still says is thrown away."""
        if self.stage is Stage.IDLE:
            return []
        effects: list[Effect] = [WatchOwner(self._clipboard, watching=False)]
        if self.stage is Stage.PICTURE:
            effects.append(CancelPicture(self._job))
        if self.stage in (Stage.VALUE, Stage.INCREMENTS):
            effects.append(Erase(self._window, self._property))
        self._forget()
        return effects

    def due(self, now: float) -> list[Effect]:
        """Time has passed: an owner that did not answer has nothing."""
        deadline = self.deadline
        return self._finish(None) if deadline is not None and now >= deadline else []

    # What happens; each returns what is to be done

    def time_told(self, time: int, now: float) -> list[Effect]:
        """The server's time."""
        if self.stage is not Stage.TIME:
            return []
        self._step(Stage.OWNER, now)
        self._time = time
        return [FindOwner(self._clipboard)]

    def owner_found(self, owner: int, own: Contents | None, now: float) -> list[Effect]:
        """Who owns CLIPBOARD; 0: nobody. own: what we have in it, if it is we."""
        if self.stage is not Stage.OWNER:
            return []
        if owner == self._window or not owner:
            usable = self._images or isinstance(own, Text)
            pasted_meanwhile = self._restarts < MAX_RESTARTS
            return self._finish(own if owner and usable and not pasted_meanwhile else None)
        return self._convert(self._atoms["TARGETS"], Stage.TARGETS, now)

    def owner_changed(self, owner: int, now: float) -> list[Effect]:
        """CLIPBOARD has another owner; 0: the last one has ended. If an answer is owed to us, the new one is asked.

        Who copies in a program and here at once means the new owner. Increments of the old one go on while it lives.
        """
        owed = (Stage.TARGETS, Stage.CONTENTS) if owner else (Stage.TARGETS, Stage.CONTENTS, Stage.INCREMENTS)
        if self.stage not in owed:
            return []
        if self._restarts == 0:
            return [] if owner else self._finish(None)
        self._restarts -= 1
        return self._start(now)

    def converted(self, answer: Conversion, now: float) -> list[Effect]:
        """A program says that it has converted a selection for us."""
        if not self._awaits(answer):
            return [Erase(self._window, answer.property)] if answer.property in self._properties else []
        if answer.property == NO_PROPERTY:
            return self._refused(now)
        if self.stage is Stage.TARGETS:
            return [self._read(MAX_TARGETS_BYTES)]
        self._step(Stage.VALUE, now)
        return [self._read(self._limit_bytes)]

    def property_written(self, atom: int) -> list[Effect]:
        """A property of our window has a new value: an increment, if one is awaited."""
        if self.stage is not Stage.INCREMENTS or atom != self._property:
            return []
        return [self._read(self._limit_bytes - len(self._increments))]

    def value_read(self, atom: int, value: Value | None, now: float) -> list[Effect]:
        """A property of our window was read; None: it is not there."""
        if atom != self._property:
            return []
        if self.stage is Stage.TARGETS:
            self._candidates = self._targets.worth_asking(value, images=self._images)
            return self._next(now)
        if self.stage is Stage.VALUE:
            return self._valued(value, now)
        return self._increment(value, now) if self.stage is Stage.INCREMENTS else []

    def decoded(self, job: int, image: Image | tuple[int, int] | None) -> list[Effect]:
        """A picture has become pixels; or its size only, if it is too large; or it is none."""
        if self.stage is not Stage.PICTURE or job != self._job:
            return []
        if image is None or isinstance(image, Image):
            return self._finish(image)
        offer = image_offer(*image)
        return self._finish(None if offer.fits else TooLarge(offer))

    # The steps

    def _start(self, now: float) -> list[Effect]:
        self._forget()
        self._step(Stage.TIME, now)
        return [AskTime()]

    def _step(self, stage: Stage, now: float) -> None:
        self.stage = stage
        self._step_until = now + STEP_TIMEOUT_S

    def _finish(self, found: Found) -> list[Effect]:
        effects = self.end()
        self._outcome = Outcome(found)
        return effects

    def _convert(self, target: int, stage: Stage, now: float) -> list[Effect]:
        self._step(stage, now)
        self._questions += 1
        self._target = target
        self._property = self._properties[self._questions % len(self._properties)]
        return [Erase(self._window, self._property), Convert(self._clipboard, target, self._property, self._time)]

    def _awaits(self, answer: Conversion) -> bool:
        return (
            self.stage in (Stage.TARGETS, Stage.CONTENTS)
            and (answer.selection, answer.target) == (self._clipboard, self._target)
            and answer.property in (self._property, NO_PROPERTY)
            and answer.time in (self._time, CURRENT_TIME)
        )

    def _refused(self, now: float) -> list[Effect]:
        if self.stage is Stage.TARGETS:
            self._candidates = self._targets.worth_asking(None, images=self._images)
        return self._next(now)

    def _next(self, now: float) -> list[Effect]:
        """Ask for the best form that is left."""
        if not self._candidates:
            return self._finish(None)
        return self._convert(self._candidates.pop(0), Stage.CONTENTS, now)

    @property
    def _limit_bytes(self) -> int:
        return MAX_PICTURE_FILE_BYTES if self._target in self._targets.images else MAX_TEXT_READ_BYTES

    def _read(self, limit_bytes: int) -> Read:
        return Read(self._window, self._property, limit_bytes, delete=True)

    def _valued(self, value: Value | None, now: float) -> list[Effect]:
        if value is not None and value.kind == self._atoms["INCR"]:
            self._hint_bytes = value.words[0] if value.words else 0
            # The reading has deleted it, and so asked for the first increment.
            self._step(Stage.INCREMENTS, now)
            return []
        if value is None or value.bits != 8:
            return self._next(now)
        return self._complete(value, now)

    def _increment(self, value: Value | None, now: float) -> list[Effect]:
        if value is None:
            return []  # deleted by us already; the next one will be told
        whole = Value(value.kind, value.bits, bytes(self._increments), value.left_bytes)
        if not value.data or value.bits != 8:
            return self._complete(whole, now)
        self._increments += value.data
        if value.left_bytes or len(self._increments) >= self._limit_bytes:
            left = max(value.left_bytes, self._hint_bytes - len(self._increments), 1)
            return self._complete(whole._replace(data=bytes(self._increments), left_bytes=left), now)
        self._step(Stage.INCREMENTS, now)
        return []

    def _complete(self, value: Value, now: float) -> list[Effect]:
        """All is there, or more than may be sent."""
        if self._target in self._targets.images:
            return self._depict(value, now)
        text = self._targets.decoded(value)
        if text is None:
            return self._next(now)
        total = max(len(text.utf8), len(value.data) + value.left_bytes if value.left_bytes else 0)
        offer = text_offer(total)
        return self._finish(text if offer.fits else TooLarge(offer, text.utf8))

    def _depict(self, value: Value, now: float) -> list[Effect]:
        effects: list[Effect] = [Erase(self._window, self._property)] if value.left_bytes else []
        self._job = next(self._jobs)
        self._step(Stage.PICTURE, now)
        self._step_until = self._until = now + PICTURE_TIMEOUT_S
        return [*effects, DecodePicture(self._job, value.data, whole=not value.left_bytes)]
