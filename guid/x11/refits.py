"""Gives windows that are on the screen other frames, with no moment without one; must not decide how thick they are.

What of a frame keeps to the right or bottom is placed by the outer's size, which a window manager may be changing at
that moment; the X server moves it with its side only once it is there. So the new parts are laid over the old ones, and
the old ones go when it is known that the outer had that size when the new ones came: the X server tells of every other
size before it answers a request that was sent after them. Wherever this process stands still, one of both frames is
whole.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from functools import partial

from guid.core import effects as fx
from guid.core.policy import extents_of
from guid.core.session import Session
from guid.core.values import RemoteId
from guid.x11.desktop import Desktop
from guid.x11.frame import Frame, FrameMaker
from guid.x11.usertime import UserTimes

GET_GEOMETRY = 14


class _Refit:
    """One window's. size: the outer's, as the X server last said. moved: it said so after the new parts were placed.

    fresh: the new parts. rooms: X ids of what the old name tag is made of.
    """

    __slots__ = ("fresh", "moved", "remote", "rooms", "size")

    def __init__(self, remote: RemoteId, rooms: tuple[int, ...]) -> None:
        self.remote = remote
        self.rooms = rooms
        self.size = (1, 1)
        self.moved = False
        self.fresh: Frame | None = None


class Refits:
    """Those of one session that are under way. frames: all windows that there are. perform: does effects."""

    def __init__(
        self,
        desktop: Desktop,
        session: Session,
        maker: FrameMaker,
        frames: MutableMapping[RemoteId, Frame],
        user_times: UserTimes,
        perform: Callable[[Iterable[fx.Effect]], None],
    ) -> None:
        self._desktop = desktop
        self._session = session
        self._maker = maker
        self._frames = frames
        self._user_times = user_times
        self._perform = perform
        self._under_way: dict[int, _Refit] = {}

    def begin(self, remote: RemoteId) -> None:
        """Let this window have a frame of today; also if it is about to have one of a moment ago."""
        outer = self._frames[remote].outer
        before = self._under_way.pop(outer, None)
        rooms: tuple[int, ...] = ()
        if before is not None:
            rooms = before.rooms
            if before.fresh is not None:
                self._maker.strike(_parts(before.fresh))
        refit = self._under_way[outer] = _Refit(remote, rooms)
        request = struct.pack("<BBHI", GET_GEOMETRY, 0, 2, outer)
        self._desktop.x.send_with_reply(request, 1, partial(self._measured, outer, refit))

    def begin_again(self) -> None:
        """What the new frames are made of is another thing now."""
        for refit in list(self._under_way.values()):
            self.begin(refit.remote)

    def others(self) -> Iterator[Frame]:
        """The frames that stay as they are."""
        return (frame for frame in self._frames.values() if frame.outer not in self._under_way)

    def resized(self, outer: int, width: int, height: int) -> None:
        """The X server says that an outer has this size, px."""
        refit = self._under_way.get(outer)
        if refit is not None and refit.size != (width, height):
            refit.size, refit.moved = (width, height), True

    def gone(self, outer: int) -> None:
        """An outer is destroyed, with all that was in it."""
        refit = self._under_way.pop(outer, None)
        if refit is not None:
            for window in (*refit.rooms, *(_parts(refit.fresh) if refit.fresh is not None else ())):
                self._desktop.x.free_id(window)

    def _measured(self, outer: int, refit: _Refit, reply: bytes) -> None:
        """How large the outer is: lay the new parts."""
        if self._under_way.get(outer) is not refit or not reply:
            return
        width, height = struct.unpack_from("<HH", reply, 16)
        refit.size, refit.moved = (width, height), False
        window = self._session.windows[refit.remote]
        extents = extents_of(window.kind, self._desktop.thickness)
        refit.rooms += self._maker.tags.take(outer)
        refit.fresh = self._maker.lay(self._frames[refit.remote], window.kind, refit.size, extents, bare=window.bare)
        self._desktop.x.fence(partial(self._laid, outer, refit))

    def _laid(self, outer: int, refit: _Refit, _reply: bytes) -> None:
        """The new parts are there: they are in their places, or are placed anew."""
        if self._under_way.get(outer) is not refit or refit.fresh is None:
            return
        extents = extents_of(self._session.windows[refit.remote].kind, self._desktop.thickness)
        if refit.moved:
            refit.moved = False
            self._maker.lay_again(refit.fresh, refit.size, extents)
            self._desktop.x.fence(partial(self._laid, outer, refit))
            return
        del self._under_way[outer]
        old, self._frames[refit.remote] = self._frames[refit.remote], refit.fresh
        self._user_times.introduce(refit.fresh)
        self._maker.strike(old.borders[:1])  # it would lie over a content that is lowered
        self._maker.wear(refit.fresh, extents)
        self._perform(self._session.windows.refitted(refit.remote))
        self._maker.strike((*old.borders[1:], *old.strips, *old.edges, *refit.rooms))


def _parts(frame: Frame) -> tuple[int, ...]:
    return (*frame.borders, *frame.strips, *frame.edges)
