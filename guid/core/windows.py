"""All windows of one qube, between what its agent asks for and what the desktop shows; must not know a message's bytes.

What the desktop does with them comes in here, and what the agent asks for comes by `guid.core.session`.
"""

from __future__ import annotations

from collections.abc import Sequence

from guid.core import effects as fx
from guid.core.effects import Effects
from guid.core.flags import NO_FLAGS, NO_STATES
from guid.core.geometry import Rect, content_of, within_limits
from guid.core.options import Options
from guid.core.policy import Desktop, begins_too_high, brought_back
from guid.core.reframing import reframed
from guid.core.replacement import POSITION, hints, hints_without_place, replacement
from guid.core.text import safe_title
from guid.core.values import SCREEN, DesktopState, FlagChange, Kind, RemoteId, WindowFlag
from guid.core.window import ECHOES_KNOWN, State, Window, refused_for_its_size, regrant
from protocol.codec import encode
from protocol.messages import MessageType

TOO_MUCH = "popups would cover too much of the screen (override_redirect_protection)"
"""Why a menu has a title bar."""
ON_SCREEN = (State.MAPPED, State.DOCKED)
"""Where a window manager, or a panel, has a say in a window's place."""
PLACES_AWAITED = 8
"""Of a window off the screen; programs place theirs in two or three steps. Of more the first count as news."""


class Windows(dict[RemoteId, Window]):
    """The windows by the agent's ids.

    desktop, options: what policy looks at. fullscreen_ended: the person ended it, and has used no window of the qube
    since.
    """

    def __init__(self, desktop: Desktop, options: Options) -> None:
        super().__init__()
        self.desktop = desktop
        self.options = options
        self.fullscreen_ended = False
        self._noted: set[MessageType] = set()

    # What the desktop does

    def configured(self, remote: RemoteId, outer: Rect) -> Effects:
        """The display says where the outer is now; policy looks at the result too (bulletin 073).

        What it says of a window off the screen, and of a place that was asked for then and is not the newest, is no
        news: it would undo what the agent has said since.
        """
        window = self.get(remote)
        if window is None:
            return []
        resized = (outer.width, outer.height) != (window.shown.outer.width, window.shown.outer.height)
        window.shown.outer = outer
        content = window.content
        done: Effects = [fx.FitContent(remote, content.width, content.height)] if resized else []
        if window.kind is Kind.POPUP:
            return done + self._pull_back(window)
        if _no_news(window, outer):
            return done
        if resized and window.state is State.DOCKED:
            done += _squared(window, outer)
        content = within_limits(content)
        if content == window.told:
            return done
        window.told = window.asked.content = content
        window.granted.outer = outer
        if not window.unanswered:
            window.unanswered = remote != SCREEN  # an agent without windows of its own answers nothing
            done.append(configure_message(window))
        return done

    def reframe(self, remote: RemoteId, *, bare: bool) -> Effects:
        """The window manager frames it from now on (bare), or we do again."""
        window = self.get(remote)
        if window is None or window.kind is Kind.POPUP or window.bare is bare:
            return []
        done, moves = reframed(window, bare=bare)
        return done if moves else done + self.configured(remote, window.shown.outer)

    def refit(self, desktop: Desktop) -> Effects:
        """Frames are to be as thick as they are on this desktop."""
        from guid.core.refitting import replaced  # noqa: PLC0415 - few desktops change

        self.desktop = desktop
        done: Effects = []
        for remote, window in self.items():
            if window.state is State.DOCKED:
                done += [*self.renew_icon(remote), fx.DockIcon(remote)]
            elif window.state is State.MAPPED:
                done.append(fx.RefitWindow(remote))
            else:
                children = (other.remote_id for other in self.values() if other.transient_for == remote)
                done += replaced(window, desktop, children)
        return done

    def refitted(self, remote: RemoteId) -> Effects:
        """The frame that RefitWindow asks for is there."""
        from guid.core.refitting import refitted  # noqa: PLC0415

        window = self[remote]
        done, moves = refitted(window, self.desktop)
        if window.kind is Kind.POPUP:
            return done + self.tell_granted(window)
        return done if moves else done + self.configured(remote, window.shown.outer)

    def _pull_back(self, window: Window) -> Effects:
        if window.shown.outer == window.granted.outer:
            return []
        return [fx.MoveResize(window.remote_id, window.granted.outer)]

    def states_shown(self, remote: RemoteId, states: DesktopState) -> Effects:
        """The window manager, or the person by it, gave the window these states."""
        window = self.get(remote)
        if window is None or window.state is not State.MAPPED or window.kind is not Kind.MANAGED:
            return []
        returns = window.flags.show(states)
        told = tell_flags(window)
        return [*told, fx.RestoreWindow(remote)] if returns else told

    def end_fullscreen(self) -> Effects:
        """The person wants no window of this qube fullscreen; it is not granted again before the person uses one."""
        self.fullscreen_ended = True
        done: Effects = []
        for window in self.values():
            if not window.flags.is_fullscreen:
                continue
            asked = window.flags.ask(FlagChange(NO_FLAGS, WindowFlag.FULLSCREEN))
            if window.kind is not Kind.MANAGED:
                continue  # nobody has to hear of it; but it must not be fullscreen when it grows into a managed window
            if window.state is State.MAPPED:
                done += [fx.ChangeStates(window.remote_id, *asked), *tell_flags(window)]
            elif window.fresh:
                done.append(fx.WriteStates(window.remote_id, window.flags.granted))
        return done

    def close_requested(self, remote: RemoteId) -> Effects:
        """The person asked the window manager to close the window."""
        if remote not in self:
            return []
        return [fx.Send(encode(MessageType.CLOSE, remote))]

    def desktop_changed(self, desktop: Desktop) -> Effects:
        """Another work area or screen: popups are looked at again, the oldest window first.

        A managed window that no monitor shows any more comes back to one: not every window manager sees to that.
        """
        before, self.desktop = self.desktop, desktop
        done: Effects = []
        beside: list[Rect] = []
        for window in self._mapped_popups():
            changed = self.regrant(window, may_become_popup=False, beside=beside)
            if not changed:
                beside.append(window.granted.outer)
            done += [*changed, *self.show(window)] if changed else self._pull_back(window)
            done += self.tell_granted(window)
        for window in self.values():
            managed = window.kind is Kind.MANAGED and window.state is State.MAPPED
            place = brought_back(window.shown.outer, before, desktop) if managed else None
            if place is not None:
                window.granted.outer = place
                done.append(fx.MoveResize(window.remote_id, place))
        return done

    def change_options(self, options: Options) -> Effects:
        """The person decides otherwise: popups are looked at again with `desktop_changed`, titles are set anew here."""
        before, self.options = self.options, options
        done: Effects = []
        for window in self.values():
            if window.title:
                window.title = safe_title(window.title.encode(), ascii_only=not options.allow_utf8_titles)
                done.append(fx.SetTitle(window.remote_id, window.title))
            if window.state is State.DOCKED and options.trayicon_mode != before.trayicon_mode:
                done += [*self.renew_icon(window.remote_id), fx.DockIcon(window.remote_id)]
        return done

    # What the agent asks for

    def show(self, window: Window) -> Effects:
        """Map the outer, with the states it is to have."""
        remote = window.remote_id
        done: Effects = []
        if refused_for_its_size(window, self.options):
            done += self.note_once(MessageType.MAP, f"window {remote:#x} is no popup: {TOO_MUCH}")
        placed = window.kind is Kind.MANAGED and bool(window.hints.flags & POSITION)
        if placed and begins_too_high(window.granted.outer, self.desktop):
            done.append(hints_without_place(window))
        done.append(fx.MapWindow(remote, window.kind))
        if not window.fresh and window.kind is Kind.MANAGED and window.flags.granted:
            done.append(fx.ChangeStates(remote, window.flags.granted, NO_STATES))
        window.fresh = False
        return done + tell_flags(window)

    def adopt(self, window: Window, content: Rect) -> Effects:
        """The agent moved or resized its window by itself."""
        window.asked.content = content
        mapped = window.state is State.MAPPED
        changed = self.regrant(window, may_become_popup=not mapped)
        if window.state not in ON_SCREEN:
            window.awaited = () if changed else (*window.awaited, window.granted.outer)[-PLACES_AWAITED:]
        done: Effects = changed or [fx.MoveResize(window.remote_id, window.granted.outer)]
        if changed and mapped:
            done += self.show(window)
        if window.kind is Kind.MANAGED:
            window.told = content
        return done + (self.tell_granted(window) if mapped else [])

    def regrant(self, window: Window, *, may_become_popup: bool, beside: Sequence[Rect] | None = None) -> Effects:
        """Apply policy to what is asked now; effects only if the kind changes.

        beside: the popups that count against it; those that are mapped, if not given.
        """
        if beside is None:
            beside = [other.granted.outer for other in self._mapped_popups() if other is not window]
        options = self.options
        if not regrant(window, self.desktop, may_become_popup=may_become_popup, beside=beside, options=options):
            return []
        window.shown.outer = window.granted.outer
        window.fresh = True
        children = (other.remote_id for other in self.values() if other.transient_for == window.remote_id)
        return replacement(window, children)

    def renew_icon(self, remote: RemoteId) -> Effects:
        """Give an icon another outer, that was never mapped."""
        from guid.core import trayicon  # noqa: PLC0415

        window = self[remote]
        trayicon.grant(window, self.desktop, self.options.trayicon_mode)
        children = (other.remote_id for other in self.values() if other.transient_for == remote)
        return replacement(window, children) + self.tell_granted(window)

    def may_be_parent(self, parent: RemoteId | None, remote: RemoteId) -> bool:
        """Whether it exists and is not, by whatever way, a child of `remote`: a ring could hang a window manager."""
        seen: RemoteId | None = parent
        while seen is not None and seen != remote:
            window = self.get(seen)
            if window is None:
                return False
            seen = window.transient_for
        return parent is not None and seen is None

    def _mapped_popups(self) -> list[Window]:
        return [each for each in self.values() if each.kind is Kind.POPUP and each.state is State.MAPPED]

    def fullscreen_as(self) -> DesktopState:
        """What is granted to a window that wants the whole screen."""
        granted = self.options.allow_fullscreen and not self.fullscreen_ended
        return DesktopState.FULLSCREEN if granted else DesktopState.MAXIMIZED

    def tell_granted(self, window: Window) -> Effects:
        """Tell the agent where its window is granted to be, if it believes something else.

        A popup that was corrected is told so once for each correction (it may insist: then it is left so); one that
        became managed after a correction is told that it lies where it was asked for.
        """
        content = within_limits(content_of(window.granted.outer, window.extents))
        known = content in (window.heard, window.told)
        window.told = content
        return [] if known else [configure_message(window)]

    def note_once(self, message: MessageType, line: str) -> Effects:
        """A line of the log for the first message of its type: an agent cannot fill the disk."""
        if message in self._noted:
            return []
        self._noted.add(message)
        return [fx.Note(line)]


def configure_message(window: Window) -> fx.Send:
    """Tell the agent where its window is."""
    window.heard = window.told
    window.sent = (*window.sent, window.told)[-ECHOES_KNOWN:]
    popup = int(window.kind is Kind.POPUP)
    return fx.Send(encode(MessageType.CONFIGURE, window.remote_id, *window.told, popup))


def _no_news(window: Window, outer: Rect) -> bool:
    """Whether a report of the display is older than what the agent has said while the window was off the screen.

    The display does what it is asked in that order; a place that nobody asked for is the window manager's, and news.
    """
    on_screen, awaited = window.state in ON_SCREEN, window.awaited
    if outer in awaited:
        window.awaited = awaited[awaited.index(outer) + 1 :]
    elif on_screen:
        window.awaited = ()
    return bool(window.awaited) or not on_screen


def tell_flags(window: Window) -> Effects:
    """Tell the agent which states its window has, if it believes something else; a popup has none."""
    change = window.flags.tell() if window.kind is Kind.MANAGED else None
    if change is None:
        return []
    return [fx.Send(encode(MessageType.WINDOW_FLAGS, window.remote_id, change.to_set, change.to_clear))]


def _squared(window: Window, outer: Rect) -> Effects:
    from guid.core import trayicon  # noqa: PLC0415

    return [hints(window)] if trayicon.squared(window, outer) else []
