"""One icon window of a program, inside one holder of ours. It must not know the other icons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from Xlib import X
from Xlib.error import XError
from Xlib.protocol import event as xevent
from Xlib.protocol import rq

from guiagent.core.shadow import ARGB_DEPTH
from guiagent.core.trayicons import SLOT_PX, XEMBED_VERSION, XembedMessage, wants_to_be_seen
from guiagent.x11.tray.ground import Ground
from guiagent.x11.tray.seethrough import SeeThrough

COPIED: Final = ("WM_NAME", "_NET_WM_NAME", "WM_CLASS")
"""What an icon says about itself, said of the holder too: it is the holder that the desktop hears of."""
MAX_READ_WORDS: Final = 64
SAVE_SET_INSERT, SAVE_SET_DELETE = 0, 1


class Embedded:
    """While the icon is not to be seen its holder is not mapped; one that was docked is given up for a new one then,
    because the C daemon never lets go of a docked window but by its end."""

    def __init__(self, ground: Ground, number: int, see_through: SeeThrough, *, ended: Callable[[int], object]) -> None:
        """Take the icon in. ended: called with its number when it is gone. Raises XError if it is gone already."""
        self._ground, self._number, self._ended = ground, number, ended
        self._see_through = see_through
        self._icon = ground.window(number)
        self._holder: Any = None
        self._seen = False
        self._size = SLOT_PX, SLOT_PX
        self._handlers: Mapping[int, Callable[[Any], None]] = {
            X.DestroyNotify: lambda event: self._gone() if event.window.id == number else None,
            X.ReparentNotify: self._reparented,
            X.PropertyNotify: self._property_changed,
            X.ConfigureNotify: self._configured,
        }
        argb = int(self._icon.get_geometry().depth) == ARGB_DEPTH
        try:
            self._begin(argb=argb)
        except XError:
            self._leave()
            raise

    def _begin(self, *, argb: bool) -> None:
        self._ground.listen(self._icon, self._heard)
        self._icon.change_attributes(event_mask=X.StructureNotifyMask | X.PropertyChangeMask)
        self._icon.change_save_set(SAVE_SET_INSERT)
        self._holder = self._take_in()
        if argb:  # in the root it belonged to the agent, and the server lets only one have it
            self._see_through.watch(self._icon, self._holder)
        self._follow_wish()

    def give_back(self) -> None:
        """Another tray may have the icon."""
        self._icon.change_attributes(event_mask=X.NoEventMask)
        self._icon.unmap()
        self._icon.reparent(self._ground.root, 0, 0)
        self._icon.change_save_set(SAVE_SET_DELETE)
        self._leave()

    def _take_in(self) -> Any:
        """A new holder, not mapped yet, with the icon in it."""
        holder = self._ground.holder(self._heard, X.NoEventMask)
        try:
            for name in COPIED:
                self._copy(self._ground.atoms[name], holder)
        except XError:
            self._ground.drop(holder)
            raise
        self._icon.reparent(holder, 0, 0)
        self._fit()
        self._tell(XembedMessage.EMBEDDED_NOTIFY, holder)
        self._see_through.shown_in(self._icon, holder)
        return holder

    def _follow_wish(self) -> None:
        info = self._ground.atoms["_XEMBED_INFO"]
        found = self._icon.get_full_property(info, X.AnyPropertyType, sizehint=2)
        seen = wants_to_be_seen(list(found.value) if found is not None and found.format == 32 else ())
        if seen == self._seen:
            return
        self._seen = seen
        if seen:
            self._icon.map()
            self._holder.map()
            return
        self._icon.unmap()
        docked, self._holder = self._holder, self._take_in()
        self._ground.drop(docked)

    def _copy(self, atom: int, holder: Any) -> None:
        found = self._icon.get_property(atom, X.AnyPropertyType, 0, MAX_READ_WORDS)
        if found is not None and found.format == 8:
            holder.change_property(atom, found.property_type, 8, found.value)

    def _tell(self, message: XembedMessage, holder: Any) -> None:
        words = [X.CurrentTime, message, 0, int(holder.id), XEMBED_VERSION]
        self._icon.send_event(
            xevent.ClientMessage(window=self._icon, client_type=self._ground.atoms["_XEMBED"], data=(32, words))
        )

    def _fit(self) -> None:
        width, height = self._size
        self._icon.configure(x=0, y=0, width=width, height=height, border_width=0)

    def _heard(self, event: rq.Event) -> None:
        handler = self._handlers.get(event.type & 0x7F)
        if handler is not None:
            handler(event)

    def _configured(self, event: xevent.ConfigureNotify) -> None:
        if event.window.id == self._holder.id:
            self._size = event.width, event.height
            self._fit()
            self._tell_place(event.x, event.y)
        elif event.window.id == self._number and (event.width, event.height) != self._size and not event.send_event:
            self._fit()

    def _tell_place(self, x: int, y: int) -> None:
        """Where the icon is on the root, which its parent's move does not tell it. Source: ICCCM 4.1.5."""
        width, height = self._size
        self._icon.send_event(
            xevent.ConfigureNotify(
                event=self._icon,
                window=self._icon,
                x=x,
                y=y,
                width=width,
                height=height,
                border_width=0,
                above_sibling=X.NONE,
                override=False,
            ),
            event_mask=X.StructureNotifyMask,
        )

    def _property_changed(self, event: xevent.PropertyNotify) -> None:
        if event.atom == self._ground.atoms["_XEMBED_INFO"]:
            self._follow_wish()
        elif event.atom in [self._ground.atoms[name] for name in COPIED]:
            self._copy(event.atom, self._holder)

    def _reparented(self, event: xevent.ReparentNotify) -> None:
        """Into another window than ours: its program has taken it out."""
        if event.window.id == self._number and event.parent.id == self._ground.root.id:
            self._gone()

    def _gone(self) -> None:
        self._leave()
        self._ended(self._number)

    def _leave(self) -> None:
        self._see_through.forget(self._icon)
        self._ground.forget(self._icon)
        if self._holder is not None:
            self._ground.drop(self._holder)
