"""Shows notices to the person by the session bus, and never waits for it; must not decide what is worth telling.

Without a bus nothing is shown. Source: Desktop Notifications Specification 1.2.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from guid.bus import Bus, Place, Watcher, session_bus
from guid.core.buscalls import UNKNOWN_OBJECT, Call, Refusal, Reply, Signal
from guid.core.notices import Notice, Urgency, Waiting, notice
from guid.core.text import escaped

log = logging.getLogger(__name__)

APPLICATION = "Vitrail"
MAX_KEYS = 256
"""Keys of which the last notice's number is known; the oldest is forgotten."""
SQUARE_PX = 32
SERVER_CHOOSES = -1
"""When a notice disappears."""

SERVICE = Place("/org/freedesktop/Notifications", "org.freedesktop.Notifications", "org.freedesktop.Notifications")


class Notifier:
    """Notices by the session bus.

    loop: who watches the connection; it also calls `tick` now and then. address: the bus's, None for this session's.
    noted: called with the time, summary, body and urgency of each notice, also where there is no bus.
    """

    def __init__(self, loop: Watcher, *, address: str | None = None) -> None:
        self._address = session_bus() if address is None else address
        self._bus = Bus(loop, self._address, self)
        self._waiting = Waiting()
        self._busy: set[str] = set()  # until they are answered, their numbers are not known
        self._numbers: dict[str, int] = {}
        self.noted: Callable[[str, str, str, Urgency], None] = lambda _when, _summary, _body, _urgency: None

    def tell(
        self, key: str, summary: str, body: str, urgency: Urgency = Urgency.NORMAL, *, rgb: int | None = None
    ) -> None:
        """Show a notice soon, instead of an older one of the same key; nothing without a bus. Never raises.

        summary, body: any text; it is cut, and what could mislead or be markup is taken out of it. rgb: 0xRRGGBB, the
        colour of the qube that it is about, for a square beside the text.
        """
        self.noted(datetime.now(UTC).isoformat(timespec="seconds"), summary, body, urgency)
        if self._address:
            self._waiting.add(notice(key, summary, body, urgency, rgb))
            self.tick(time.monotonic())

    def tick(self, now: float) -> None:
        """Do what has become possible, and leave a bus that does not answer. now: time.monotonic()."""
        self._bus.tick(now, wanted=bool(self._waiting))
        if self._waiting and self._bus.ready:
            self._show(now)

    def close(self) -> None:
        """Leave the bus; what still waits is not shown."""
        self._bus.close()

    # What the bus says

    def joined(self) -> None:
        """What waits can be shown."""
        self._show(time.monotonic())

    def left(self) -> None:
        """Another service may count from the start."""
        self._numbers.clear()
        self._busy.clear()

    def called(self, _call: Call) -> Refusal:
        """Nothing of ours can be called."""
        return Refusal(UNKNOWN_OBJECT, "there is nothing here")

    def heard(self, _signal: Signal) -> None:
        """We listen to nobody."""

    def _answered(self, key: str, body: tuple[Any, ...] | None, error: str) -> None:
        self._busy.discard(key)
        if body is None:
            log.info("a notification could not be shown: %s", escaped(error))
        else:
            self._numbers.pop(key, None)
            self._numbers[key] = int(body[0])
            if len(self._numbers) > MAX_KEYS:
                del self._numbers[next(iter(self._numbers))]
        self.tick(time.monotonic())

    def _show(self, now: float) -> None:
        for each in self._waiting.take(now, self._busy):
            if self._bus.ready:
                self._busy.add(each.key)
                self._ask(each)

    def _ask(self, shown: Notice) -> None:
        arguments = Reply("susssasa{sv}i", self._arguments(shown))
        self._bus.ask(SERVICE, "Notify", arguments, lambda body, error: self._answered(shown.key, body, error))

    def _arguments(self, shown: Notice) -> tuple[Any, ...]:
        hints: dict[str, Any] = {"urgency": ("y", int(shown.urgency)), "desktop-entry": ("s", "vitrail")}
        if shown.rgb is not None:
            hints["image-data"] = "(iiibiiay)", _square(shown.rgb)
        number = self._numbers.get(shown.key, 0)
        return (APPLICATION, number, "", shown.summary, shown.body, [], hints, SERVER_CHOOSES)


def _square(rgb: int) -> tuple[Any, ...]:
    """A plain square: width, height, bytes a row, alpha, bits a sample, channels, RGB. Source: the same, icons."""
    return (SQUARE_PX, SQUARE_PX, 3 * SQUARE_PX, False, 8, 3, rgb.to_bytes(3, "big") * SQUARE_PX**2)
