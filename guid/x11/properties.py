"""Properties of outers: names, hints, the qube's label; must not know windows' histories."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable, Iterable
from functools import partial

from Xlib import X, Xatom

from colors.labels import Label
from guid.core.extras import NO_EXTRAS, ExtraProperty, Extras, PropertyKind
from guid.core.geometry import Extents, Rect
from guid.core.values import ClassName, DesktopState, HintFlag, RemoteId, SizeHints
from guid.x11.desktop import Desktop
from shm.x11.properties import change_property, delete_property, get_property, numbers_in

PAUSED_PREFIX = "[paused] "
MAX_STATES = 64
"""Atoms of _NET_WM_STATE that are looked at: EWMH knows 13."""

P_SIZE, P_WIN_GRAVITY = 8, 512
STATIC_GRAVITY = X.StaticGravity
WM_HINTS_INPUT = 1


class Properties:
    """Writes the properties of one qube's outers. title_name: the qube's name goes before every title.

    extras: what else each of them has from the start.
    """

    def __init__(
        self, desktop: Desktop, qube: str, label: Label, *, title_name: bool, extras: Extras = NO_EXTRAS
    ) -> None:
        self._desktop = desktop
        self._qube = qube
        self._label = label
        self._paused = False
        self._extras = extras
        self.name_titles(title_name=title_name)
        atoms = desktop.atoms
        self._states: dict[DesktopState, tuple[int, ...]] = {
            DesktopState.FULLSCREEN: (atoms["_NET_WM_STATE_FULLSCREEN"],),
            DesktopState.ATTENTION: (atoms["_NET_WM_STATE_DEMANDS_ATTENTION"],),
            DesktopState.HIDDEN: (atoms["_NET_WM_STATE_HIDDEN"],),
            DesktopState.MAXIMIZED: (atoms["_NET_WM_STATE_MAXIMIZED_VERT"], atoms["_NET_WM_STATE_MAXIMIZED_HORZ"]),
        }
        self._host = socket.gethostname().encode("ascii", "replace")

    def name_titles(self, *, title_name: bool) -> None:
        """Whether the qube's name goes before every title that is set from now on."""
        self._title_name = f"[{self._qube}] " if title_name else ""

    def mark_paused(self, *, paused: bool) -> None:
        """Whether every title that is set from now on says that the qube is paused."""
        self._paused = paused

    def introduce(self, outer: int, remote: RemoteId, content: Rect, extents: Extents) -> None:
        """Everything an outer has from the start; one write."""
        atoms = self._desktop.atoms
        utf8 = atoms["UTF8_STRING"]
        name = self._qube.encode("ascii")
        class_name = self._extras.class_name.encode("ascii", "replace") or name
        requests = [
            change_property(outer, Xatom.WM_NAME, utf8, 8, name),
            change_property(outer, atoms["_NET_WM_NAME"], utf8, 8, name),
            change_property(outer, Xatom.WM_CLASS, Xatom.STRING, 8, class_name + b"\0" + class_name + b"\0"),
            change_property(outer, Xatom.WM_CLIENT_MACHINE, Xatom.STRING, 8, self._host),
            change_property(outer, Xatom.WM_HINTS, Xatom.WM_HINTS, 32, struct.pack("<9I", WM_HINTS_INPUT, 1, *[0] * 7)),
            change_property(
                outer,
                atoms["WM_PROTOCOLS"],
                Xatom.ATOM,
                32,
                struct.pack("<II", atoms["WM_DELETE_WINDOW"], atoms["_NET_WM_PING"]),
            ),
            change_property(outer, atoms["_NET_WM_PID"], Xatom.CARDINAL, 32, struct.pack("<I", os.getpid())),
            *self._of_qube(outer),
            change_property(outer, atoms["_QUBES_VMWINDOWID"], Xatom.WINDOW, 32, struct.pack("<I", remote)),
            _size_hints(outer, SizeHints(), content, extents),
            *(self._extra(outer, each) for each in self._extras.properties),
        ]
        self._desktop.x.send(b"".join(requests), len(requests))

    def _extra(self, outer: int, extra: ExtraProperty) -> bytes:
        atoms, value = self._desktop.atoms, extra.value
        name = atoms[extra.name]
        if isinstance(value, tuple):
            return change_property(outer, name, Xatom.CARDINAL, 32, struct.pack(f"<{len(value)}I", *value))
        if extra.kind is PropertyKind.ATOM:
            return change_property(outer, name, Xatom.ATOM, 32, struct.pack("<I", atoms[value]))
        return change_property(outer, name, Xatom.STRING, 8, os.fsencode(value))

    def name_qube(self, window: int) -> None:
        """Say on a window that is no outer whose it is."""
        requests = self._of_qube(window)
        self._desktop.x.send(b"".join(requests), len(requests))

    def relabel(self, label: Label, outers: Iterable[int]) -> None:
        """Another label, on `outers` and on whatever is introduced from now on."""
        self._label = label
        for outer in outers:
            self.name_qube(outer)

    def _of_qube(self, window: int) -> list[bytes]:
        atoms, label = self._desktop.atoms, self._label
        return [
            change_property(window, atoms["_QUBES_LABEL"], Xatom.CARDINAL, 8, bytes([label.number])),
            change_property(window, atoms["_QUBES_LABEL_COLOR"], Xatom.CARDINAL, 32, struct.pack("<I", label.rgb)),
            change_property(window, atoms["_QUBES_VMNAME"], Xatom.STRING, 8, self._qube.encode("ascii")),
        ]

    def set_title(self, outer: int, title: str) -> None:
        """The four names of EWMH and ICCCM, all UTF-8. A window without a title is called as its qube."""
        atoms = self._desktop.atoms
        words = self._title_name + title if title else self._qube
        raw = ((PAUSED_PREFIX if self._paused else "") + words).encode("utf-8")
        names = (Xatom.WM_NAME, atoms["_NET_WM_NAME"], Xatom.WM_ICON_NAME, atoms["_NET_WM_ICON_NAME"])
        requests = [change_property(outer, atom, atoms["UTF8_STRING"], 8, raw) for atom in names]
        self._desktop.x.send(b"".join(requests), len(requests))

    def set_class(self, outer: int, name: ClassName) -> None:
        """WM_CLASS with the qube's name in front, so that no qube can pass for a program of the desktop."""
        value = "".join(f"{self._qube}:{part}\0" for part in (name.instance, name.class_)).encode("ascii")
        self._desktop.x.send(change_property(outer, Xatom.WM_CLASS, Xatom.STRING, 8, value), 1)

    def set_size_hints(self, outer: int, hints: SizeHints, content: Rect, extents: Extents) -> None:
        """WM_NORMAL_HINTS: the content's hints, grown by the frame."""
        self._desktop.x.send(_size_hints(outer, hints, content, extents), 1)

    def atoms_of(self, state: DesktopState) -> tuple[int, ...]:
        """The one or two atoms that stand for one state."""
        return self._states[state]

    def read_states(self, outer: int, tell: Callable[[DesktopState], None]) -> None:
        """Ask for _NET_WM_STATE; `tell` gets the answer when it comes, and never if the window is gone by then."""
        name = self._desktop.atoms["_NET_WM_STATE"]
        request = get_property(outer, name, MAX_STATES, kind=Xatom.ATOM)
        self._desktop.x.send_with_reply(request, 1, partial(self._states_read, tell))

    def _states_read(self, tell: Callable[[DesktopState], None], reply: bytes) -> None:
        if not reply:
            return
        atoms = frozenset(numbers_in(reply))
        states = DesktopState(0)
        for state, needed in self._states.items():
            states |= state if atoms.issuperset(needed) else DesktopState(0)
        tell(states)

    def set_states(self, outer: int, states: DesktopState) -> None:
        """_NET_WM_STATE, deleted when there is none."""
        name = self._desktop.atoms["_NET_WM_STATE"]
        numbers = [atom for state in states for atom in self._states[state]]
        if numbers:
            request = change_property(outer, name, Xatom.ATOM, 32, struct.pack(f"<{len(numbers)}I", *numbers))
        else:
            request = delete_property(outer, name)
        self._desktop.x.send(request, 1)

    def set_transient_for(self, outer: int, parent: int | None) -> None:
        """WM_TRANSIENT_FOR, deleted when there is no parent."""
        if parent is None:
            request = delete_property(outer, Xatom.WM_TRANSIENT_FOR)
        else:
            request = change_property(outer, Xatom.WM_TRANSIENT_FOR, Xatom.WINDOW, 32, struct.pack("<I", parent))
        self._desktop.x.send(request, 1)


def _size_hints(outer: int, hints: SizeHints, content: Rect, extents: Extents) -> bytes:
    """WM_SIZE_HINTS of the outer.

    Increments need a base: a qube that gave none still has the frame around its content, so the base grows by it.
    """
    flags = hints.flags
    grow_w, grow_h = extents.horizontal, extents.vertical
    has_base = bool(flags & (HintFlag.P_BASE_SIZE | HintFlag.P_RESIZE_INC))
    if has_base and HintFlag.P_BASE_SIZE not in flags:
        base = hints.min_size if HintFlag.P_MIN_SIZE in flags else (0, 0)
    else:
        base = hints.base_size
    number = int(flags) | P_SIZE | P_WIN_GRAVITY | (int(HintFlag.P_BASE_SIZE) if has_base else 0)
    width, height = content.width + grow_w, content.height + grow_h
    values = (
        number,
        content.x - extents.left,
        content.y - extents.top,
        width,
        height,
        *_grown(hints.min_size, extents, given=HintFlag.P_MIN_SIZE in flags),
        *_grown(hints.max_size, extents, given=HintFlag.P_MAX_SIZE in flags),
        *hints.increment,
        0,
        0,
        0,
        0,
        *_grown(base, extents, given=has_base),
        STATIC_GRAVITY,
    )
    value = struct.pack("<Iii15I", *values)
    return change_property(outer, Xatom.WM_NORMAL_HINTS, Xatom.WM_SIZE_HINTS, 32, value)


def _grown(size: tuple[int, int], extents: Extents, *, given: bool) -> tuple[int, int]:
    return (size[0] + extents.horizontal, size[1] + extents.vertical) if given else (0, 0)
