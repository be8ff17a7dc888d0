"""Icons with an alpha channel, laid on a colour: the wire has no alpha. It must not know what an icon is for.

Their programs drew them for a panel that mixes; the X server would put their pixels down as they are, on black. So
they are kept off the screen, and their holder gets what a panel would show.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final

from Xlib import X
from Xlib.error import XError
from Xlib.ext import composite, damage

from guiagent.core.trayicons import MAX_SLOT_PX
from guiagent.x11.tray.ground import Ground
from protocol.limits import BYTES_PER_PIXEL
from shm.x11.requests import DAMAGE_EVENT, damage_subtract

LOG = logging.getLogger(__name__)

NON_EMPTY: Final = 3
"""One event until DamageSubtract. Source: DAMAGE protocol 1.1, "DamageCreate"."""
PACE_S: Final = 0.04
"""An icon that is drawn anew all the time is shown so often: 25 frames a second, each 2 ms at 32 px."""


@dataclass(slots=True)
class _Watched:
    icon: Any
    damage: int
    holder: Any


class SeeThrough:
    """Draws each changed icon once a turn, and not too often."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._watched: dict[int, _Watched] = {}
        self._stale: dict[int, None] = {}
        self._next = 0.0
        opened: Any = ground.display.query_extension("DAMAGE")
        self._opcode = int(opened.major_opcode)
        ground.connection.on_event(int(opened.first_event), self._damaged)
        ground.display.damage_query_version()
        ground.display.composite_query_version()

    def watch(self, icon: Any, holder: Any) -> None:
        """From now on what this window of depth 32 shows is drawn by us, in the window that it is in."""
        icon.composite_redirect_window(composite.RedirectManual)
        identifier = self._ground.connection.allocate_id()
        damage.DamageCreate(
            display=self._ground.display.display,
            opcode=self._opcode,
            damage=identifier,
            drawable=int(icon.id),
            level=NON_EMPTY,
        )
        self._watched[int(icon.id)] = _Watched(icon, identifier, holder)

    def shown_in(self, icon: Any, holder: Any) -> None:
        """It is in another window now; an icon that is not watched needs none of that."""
        watched = self._watched.get(int(icon.id))
        if watched is not None:
            watched.holder = holder
            self._stale[int(icon.id)] = None

    def forget(self, icon: Any) -> None:
        """Leave the icon alone; it may be gone already, which is an error that nobody minds."""
        watched = self._watched.pop(int(icon.id), None)
        self._stale.pop(int(icon.id), None)
        if watched is None:
            return
        icon.composite_unredirect_window(composite.RedirectManual)
        damage.DamageDestroy(display=self._ground.display.display, opcode=self._opcode, damage=watched.damage)
        self._ground.connection.free_id(watched.damage)

    def deadline(self) -> float | None:
        """When `settle` has something to draw."""
        return self._next if self._stale else None

    def settle(self, now: float) -> None:
        """Draw what has changed, if it is time."""
        if not self._stale or now < self._next:
            return
        self._next = now + PACE_S
        stale, self._stale = self._stale, {}
        for number in stale:
            try:
                self._draw(self._watched[number])
            except XError as error:  # it is not on the screen, or not any more
                LOG.debug("icon %#x cannot be read: %s", number, error)

    def _draw(self, watched: _Watched) -> None:
        self._ground.connection.send(damage_subtract(self._opcode, watched.damage), 1)
        shape = watched.icon.get_geometry()
        width, height = min(shape.width, MAX_SLOT_PX), min(shape.height, MAX_SLOT_PX)
        image = watched.icon.get_image(0, 0, width, height, X.ZPixmap, 0xFFFFFFFF)
        data = image.data if isinstance(image.data, bytes) else image.data.encode("latin-1")
        self._ground.show(watched.holder, width, height, data[: BYTES_PER_PIXEL * width * height])

    def _damaged(self, buffer: bytes | memoryview, offset: int) -> None:
        number = DAMAGE_EVENT.unpack_from(buffer, offset)[3]
        if number in self._watched:
            self._stale[number] = None
