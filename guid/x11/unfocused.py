"""Lays a veil in the label's colour over contents that are not where the person types; must not decide over which.

The X server blends: after each put one RENDER FillRectangles of the same rectangle, in the same write. A put makes its
pixels anew, so that each is blended once, however often and however overlapping it is damaged. When the focus moves, a
content is put again, all of it. Only a qube with the option has one of these. Source: X Rendering Extension 0.11,
CreatePicture, FillRectangles, FreePicture.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterable
from typing import Final

from colors.labels import Label
from guid.core.geometry import Rect
from guid.core.session import Session
from guid.core.unfocused import is_tinted, veil
from guid.core.values import RemoteId
from guid.core.window import State
from guid.x11.desktop import Desktop
from guid.x11.inputs import Inputs, nobody
from guid.x11.presenter import Presenter
from guid.x11.render import ask, format_of_visual
from shm.damage import Rect as DamageRect
from shm.x11.mitshm import put_drawable, put_rectangle

log = logging.getLogger(__name__)

CREATE_PICTURE, FREE_PICTURE, FILL_RECTANGLES = 4, 7, 26
OVER: Final = 3
FILL_WORDS: Final = 7


class UnfocusedTint:
    """The veil over one qube's contents.

    The picture through which a content is drawn on lives for one batch, under one id for ever: there is nothing to be
    forgotten when a content is destroyed.
    """

    def __init__(
        self, desktop: Desktop, session: Session, presenter: Presenter, inputs: Inputs, *, qube: str, label: Label
    ) -> None:
        self._desktop = desktop
        self._session = session
        self._presenter = presenter
        self._inputs = inputs
        self._qube = qube
        self._rgb = label.rgb
        self._percent = 0
        self._focused: RemoteId | None = None
        self._picture = desktop.x.allocate_id()
        self._opcode = self._format = 0
        self._fill = self._free = b""
        ask(desktop.x, self._told)

    def use(self, percent: int) -> None:
        """So much of the label's colour from now on; 0: none."""
        if percent != self._percent:
            self._percent = percent
            self._renew()

    def relabel(self, label: Label) -> None:
        """The qube wears another label."""
        self._rgb = label.rgb
        self._renew()

    def close(self) -> None:
        """The agent is gone, and all its windows."""
        self._presenter.draw_with(None)
        self._inputs.focus_moved = nobody
        self._desktop.x.free_id(self._picture)

    def _told(self, opcode: int, formats: bytes) -> None:
        self._format = format_of_visual(formats, self._desktop.visual) if opcode else 0
        if not self._format:
            log.warning("%s: tint_unfocused has no effect: the X server has no RENDER for its windows", self._qube)
            return
        self._opcode = opcode
        self._renew()

    def _renew(self) -> None:
        """Draw all of it by what holds now."""
        if not self._format:
            return
        self._fill = struct.pack(
            "<BBHBxxxI4H",
            *(self._opcode, FILL_RECTANGLES, FILL_WORDS, OVER, self._picture),
            *veil(self._rgb, self._percent),
        )
        self._free = struct.pack("<BBHI", self._opcode, FREE_PICTURE, 2, self._picture)
        self._focused = self._inputs.focused
        self._presenter.draw_with(self._draw if self._percent else None)
        self._inputs.focus_moved = self._focus_moved if self._percent else nobody
        self._put_again(self._session.windows)

    def _focus_moved(self) -> None:
        before, self._focused = self._focused, self._inputs.focused
        if before != self._focused:
            windows = self._session.windows.items()
            self._put_again(
                remote
                for remote, window in windows
                if is_tinted(remote, window.kind, before) is not is_tinted(remote, window.kind, self._focused)
            )

    def _put_again(self, remotes: Iterable[RemoteId]) -> None:
        for remote in remotes:
            window = self._session.windows[remote]
            if window.state is State.MAPPED:
                self._session.damage.exposed(remote, Rect(0, 0, *window.content_size))

    def _draw(self, remote: RemoteId, rects: list[DamageRect], requests: list[bytes]) -> list[DamageRect]:
        """As the presenter does, and a veil over each put."""
        first = len(requests)
        left = self._presenter.draw_plainly(remote, rects, requests)
        if len(requests) > first and is_tinted(remote, self._session.windows[remote].kind, self._focused):
            requests[first:] = self._veiled(requests[first:])
        return left

    def _veiled(self, puts: list[bytes]) -> list[bytes]:
        """All puts are on one content."""
        target = put_drawable(puts[0])
        done = [struct.pack("<BBHIIII", self._opcode, CREATE_PICTURE, 5, self._picture, target, self._format, 0)]
        for put in puts:
            done += put, self._fill + put_rectangle(put)
        done.append(self._free)
        return done
