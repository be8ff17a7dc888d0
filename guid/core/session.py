"""One agent's session: messages and desktop events in, effects out; must not know sockets, X or the time of day.

A RemoteProtocolError that leaves `message` ends the qube's session: nothing of the message has been done.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Protocol

from guid.core import effects as fx
from guid.core import sanitize
from guid.core.clipboard import Clipboard
from guid.core.flags import NO_FLAGS, NO_STATES
from guid.core.frames import Frames
from guid.core.geometry import Rect, content_of, within_limits
from guid.core.icons import room_for
from guid.core.options import DEFAULT_OPTIONS, Options
from guid.core.policy import Desktop, begins_too_high, brought_back
from guid.core.reframing import reframed
from guid.core.replacement import POSITION, hints, hints_without_place, replacement
from guid.core.surroundings import Surroundings
from guid.core.text import safe_title
from guid.core.values import SCREEN, DesktopState, FlagChange, Icon, Kind, RemoteId, WindowFlag
from guid.core.window import (
    ECHOES_KNOWN,
    Asked,
    Event,
    State,
    Window,
    new_window,
    refused_for_its_size,
    regrant,
)
from protocol import limits
from protocol.codec import encode
from protocol.errors import RemoteProtocolError, Violation
from protocol.extensions import Feature
from protocol.framing import Frame
from protocol.messages import TABLE, MessageType, WindowRule
from shm.damage import Rect as DamageRect
from shm.damage import coalesce

MAX_PENDING_RECTS = 256
"""Rectangles kept apart for one window while a draw is in flight; with more they become their coalesced form."""
MAX_RECTS_WITHOUT_PICTURE = 8
"""The same for a window that has no picture yet: 1,024 of those could otherwise hold 80 MB of rectangles."""

OF_A_NEW_WINDOW = frozenset(number for number, spec in TABLE.items() if spec.window_rule is WindowRule.NEW)
OF_AN_EXISTING_WINDOW = frozenset(number for number, spec in TABLE.items() if spec.window_rule is WindowRule.EXISTING)

TOO_MUCH = "popups would cover too much of the screen (override_redirect_protection)"
"""Why a menu has a title bar."""

MAPPED, DOCKED = State.MAPPED, State.DOCKED
"""For each damage: in Python 3.11 a member of an Enum's class takes a call."""

Effects = list[fx.Effect]


class Handler(Protocol):
    """What is done with one type of message."""

    def __call__(self, session: Session, window: RemoteId, /, *, untrusted_body: bytes) -> Effects:
        """Act on a body of legal length. Raises RemoteProtocolError."""


class Session:
    """The windows of one qube.

    minor: negotiated protocol version 1.minor. pool_pages: size of the qube's pool. options: what the person decided.
    damaged: what is to be drawn, window → rectangles (px, content-relative); the shell takes it with `take_damage`.
    fullscreen_ended: the person ended it, and has used no window of the qube since.
    """

    def __init__(self, desktop: Desktop, *, minor: int, pool_pages: int, options: Options = DEFAULT_OPTIONS) -> None:
        self.windows: dict[RemoteId, Window] = {}
        self.damaged: dict[RemoteId, dict[DamageRect, None]] = {}
        self._desktop = desktop
        self._options = options
        self._minor = minor
        self._pool_pages = pool_pages
        self._noted: set[MessageType] = set()
        self.fullscreen_ended = False
        self._greeted = False
        self._features = Feature(0)
        self.clipboard = Clipboard(minor=minor, max_bytes=options.max_clipboard_size)
        self.surroundings = Surroundings()
        self.frames = Frames()

    # Messages of the agent

    def message(self, frame: Frame) -> Effects:
        """Act on one whole message. Raises RemoteProtocolError (the agent's fault)."""
        window = RemoteId(frame.window)
        if window in self.windows:
            if frame.type in OF_A_NEW_WINDOW:
                raise RemoteProtocolError(Violation.DUPLICATE_WINDOW, message=frame.type, window=frame.window)
        elif frame.type in OF_AN_EXISTING_WINDOW:
            raise RemoteProtocolError(Violation.UNKNOWN_WINDOW, message=frame.type, window=frame.window)
        handler = HANDLERS.get(frame.type)
        if handler is None:
            raise RemoteProtocolError(Violation.UNSUPPORTED, message=frame.type, window=frame.window)
        return handler(self, window, untrusted_body=frame.untrusted_body)

    def _create(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        if len(self.windows) >= self._options.windows_count_limit:
            raise RemoteProtocolError(Violation.LIMIT, message=MessageType.CREATE, window=remote, detail="windows")
        asked = sanitize.new_window(untrusted_body=untrusted_body)
        window = new_window(
            remote, Asked(asked.content, override_redirect=asked.override_redirect), self._desktop, self._options
        )
        self.windows[remote] = window
        return [fx.CreateWindow(remote, window.kind, window.granted.outer, window.extents)]

    def _destroy(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        del untrusted_body  # empty, or of no use
        done: Effects = []
        for other in self.windows.values():
            if other.transient_for == remote:
                other.transient_for = None
                done.append(fx.SetTransientFor(other.remote_id, None))
        del self.windows[remote]
        self.damaged.pop(remote, None)
        self.frames.forget(remote)
        done.append(fx.DestroyWindow(remote))
        if self._minor >= limits.DESTROY_ACK_SINCE_MINOR:
            done.append(fx.SendWhenDrawn(encode(MessageType.DESTROY, remote)))
        return done

    def _map(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        asked = sanitize.map_request(untrusted_body=untrusted_body)
        window = self.windows[remote]
        if not window.advance(Event.MAP):
            hidden = window.kind is Kind.MANAGED and DesktopState.HIDDEN in window.flags.shown
            return [fx.RestoreWindow(remote)] if hidden else []
        parent = asked.transient_for if self._may_be_parent(asked.transient_for, remote) else None
        before, window.transient_for = window.transient_for, parent
        window.asked.override_redirect = asked.override_redirect
        done = self._regrant(window, may_become_popup=True)
        if not done and parent != before:
            done.append(fx.SetTransientFor(remote, parent))
        if window.granted.outer != window.shown.outer:
            done.append(fx.MoveResize(remote, window.granted.outer))
        done += self._tell_granted(window)
        return done + self._show(window)

    def _show(self, window: Window) -> Effects:
        """Map the outer, with the states it is to have."""
        remote = window.remote_id
        done: Effects = []
        if refused_for_its_size(window, self._options):
            done += self._note_once(MessageType.MAP, f"window {remote:#x} is no popup: {TOO_MUCH}")
        placed = window.kind is Kind.MANAGED and bool(window.hints.flags & POSITION)
        if placed and begins_too_high(window.granted.outer, self._desktop):
            done.append(hints_without_place(window))
        done.append(fx.MapWindow(remote, window.kind))
        if not window.fresh and window.kind is Kind.MANAGED and window.flags.granted:
            done.append(fx.ChangeStates(remote, window.flags.granted, NO_STATES))
        window.fresh = False
        return done + self._tell_flags(window)

    def _may_be_parent(self, parent: RemoteId | None, remote: RemoteId) -> bool:
        """Whether it exists and is not, by whatever way, a child of `remote`: a ring could hang a window manager."""
        seen: RemoteId | None = parent
        while seen is not None and seen != remote:
            window = self.windows.get(seen)
            if window is None:
                return False
            seen = window.transient_for
        return parent is not None and seen is None

    def _unmap(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        del untrusted_body  # empty, or of no use
        window = self.windows[remote]
        self.frames.heard(remote)
        if not window.advance(Event.UNMAP):
            return []
        window.flags.withdraw()
        self.damaged.pop(remote, None)
        if remote == SCREEN:  # other windows are shown out of its picture
            return [fx.UnmapWindow(remote, window.kind)]
        window.image = None
        return [fx.UnmapWindow(remote, window.kind), fx.DropImage(remote)]

    def _configure(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        asked = sanitize.configured(untrusted_body=untrusted_body)
        window = self.windows[remote]
        window.heard = asked
        if window.unanswered:
            if asked != window.told:
                return [] if window.is_late_echo(asked) else [self._configure_message(window)]
            window.unanswered = False
            return []
        if window.state is DOCKED:
            return [] if asked == window.told else [self._configure_message(window)]
        if asked == window.asked.content and asked == window.told:
            return []
        return self._adopt(window, asked)

    def _adopt(self, window: Window, content: Rect) -> Effects:
        """The agent moved or resized its window by itself."""
        window.asked.content = content
        mapped = window.state is State.MAPPED
        changed = self._regrant(window, may_become_popup=not mapped)
        done: Effects = changed or [fx.MoveResize(window.remote_id, window.granted.outer)]
        if changed and mapped:
            done += self._show(window)
        if window.kind is Kind.MANAGED:
            window.told = content
        return done + (self._tell_granted(window) if mapped else [])

    def _regrant(self, window: Window, *, may_become_popup: bool, beside: Sequence[Rect] | None = None) -> Effects:
        """Apply policy to what is asked now; effects only if the kind changes.

        beside: the popups that count against it; those that are mapped, if not given.
        """
        if beside is None:
            beside = [other.granted.outer for other in self._mapped_popups() if other is not window]
        options = self._options
        if not regrant(window, self._desktop, may_become_popup=may_become_popup, beside=beside, options=options):
            return []
        window.shown.outer = window.granted.outer
        window.fresh = True
        children = (other.remote_id for other in self.windows.values() if other.transient_for == window.remote_id)
        return replacement(window, children)

    def _mapped_popups(self) -> list[Window]:
        return [each for each in self.windows.values() if each.kind is Kind.POPUP and each.state is State.MAPPED]

    def _tell_granted(self, window: Window) -> Effects:
        """Tell the agent where its window is granted to be, if it believes something else.

        A popup that was corrected is told so once for each correction (it may insist: then it is left so); one that
        became managed after a correction is told that it lies where it was asked for.
        """
        content = within_limits(content_of(window.granted.outer, window.extents))
        known = content in (window.heard, window.told)
        window.told = content
        return [] if known else [self._configure_message(window)]

    def _shmimage(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        damage = sanitize.damage(untrusted_body=untrusted_body)
        self.frames.heard(remote)
        if damage is not None:
            state = self.windows[remote].state
            if state is MAPPED or state is DOCKED:
                self._add_damage(remote, damage)
        return []

    def _window_dump(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        image = sanitize.image(untrusted_body=untrusted_body, pool_pages=self._pool_pages)
        self.windows[remote].image = image
        runs = sum(len(window.image.runs) for window in self.windows.values() if window.image is not None)
        if runs > limits.MAX_RUNS_PER_QUBE:
            raise RemoteProtocolError(Violation.LIMIT, message=MessageType.WINDOW_DUMP, window=remote, detail="runs")
        acknowledgement = (
            encode(MessageType.WINDOW_DUMP_ACK, remote) if self._minor >= limits.DUMP_ACK_SINCE_MINOR else b""
        )
        return [fx.UseImage(remote, image, acknowledgement)]

    def _wmname(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        title = sanitize.title(ascii_only=not self._options.allow_utf8_titles, untrusted_body=untrusted_body)
        self.windows[remote].title = title
        return [fx.SetTitle(remote, title)]

    def _wmclass(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        name = sanitize.class_name(untrusted_body=untrusted_body)
        window = self.windows[remote]
        if window.state is State.MAPPED:
            return []
        window.class_name = name
        return [fx.SetClass(remote, name)]

    def _window_hints(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        window = self.windows[remote]
        asked = sanitize.size_hints(untrusted_body=untrusted_body)
        if window.state is DOCKED:
            return []
        window.hints = asked
        return [hints(window)]

    def _window_flags(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        change = sanitize.flag_change(untrusted_body=untrusted_body)
        window = self.windows[remote]
        asked = window.flags.ask(change, fullscreen_as=self._fullscreen_as())
        if window.kind is not Kind.MANAGED:  # no window manager has it; what was asked counts if one ever does
            return []
        if window.state is not State.MAPPED:
            return [fx.WriteStates(remote, window.flags.granted)] if window.fresh and any(asked) else []
        done: Effects = [fx.ChangeStates(remote, *asked)] if any(asked) else []
        if WindowFlag.MINIMIZE in change.to_set:
            done.append(fx.MinimizeWindow(remote))
        return done + self._tell_flags(window)

    def _fullscreen_as(self) -> DesktopState:
        granted = self._options.allow_fullscreen and not self.fullscreen_ended
        return DesktopState.FULLSCREEN if granted else DesktopState.MAXIMIZED

    def _cursor(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        cursor = sanitize.cursor(untrusted_body=untrusted_body)
        self.windows[remote].cursor = cursor
        return [fx.SetCursor(remote, cursor)]

    def _cursor_image(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        if Feature.CURSOR_IMAGE not in self._features:
            raise RemoteProtocolError(Violation.UNSUPPORTED, message=MessageType.CURSOR_IMAGE, window=remote)
        cursor = sanitize.cursor_image(untrusted_body=untrusted_body)
        self.windows[remote].cursor = cursor
        return [fx.SetCursor(remote, cursor)]

    def _icon(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        if Feature.ICON not in self._features:
            raise RemoteProtocolError(Violation.UNSUPPORTED, message=MessageType.ICON, window=remote)
        return self.icon_told(remote, sanitize.icon(untrusted_body=untrusted_body))

    def icon_offered(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        """The icon service has one: what is none is not the agent's fault."""
        try:
            return self.icon_told(remote, sanitize.icon(untrusted_body=untrusted_body))
        except RemoteProtocolError as error:
            return self._note_once(MessageType.ICON, f"an icon that is none was left for window {remote:#x}: {error}")

    def icon_told(self, remote: RemoteId, icon: Icon) -> Effects:
        """A program's icon for a window, by a message or by the icon service; with too many of them it gets none."""
        window = self.windows.get(remote)
        if window is None or icon == window.icon:
            return []
        fits = room_for(icon, (other.icon for other in self.windows.values() if other is not window))
        window.icon = icon if fits else ()
        note = [] if fits else self._note_once(MessageType.ICON, "too many icons: some windows have the label's only")
        return [*note, fx.SetIcon(remote, window.icon)]

    def _dock(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        del untrusted_body  # empty, or of no use
        from guid.core import trayicon  # noqa: PLC0415 - most qubes have no icon

        window = self.windows[remote]
        if window.state is DOCKED:
            return []
        reason = trayicon.refusal(window, self.windows.values())
        if reason is not None:
            return self._note_once(MessageType.DOCK, f"window {remote:#x} is no tray icon: {reason}")
        window.advance(Event.DOCK)
        return [*self.renew_icon(remote), fx.DockIcon(remote)]

    def renew_icon(self, remote: RemoteId) -> Effects:
        """Give an icon another outer, that was never mapped."""
        from guid.core import trayicon  # noqa: PLC0415

        window = self.windows[remote]
        trayicon.grant(window, self._desktop, self._options.trayicon_mode)
        children = (other.remote_id for other in self.windows.values() if other.transient_for == remote)
        return replacement(window, children) + self._tell_granted(window)

    def _clipboard_data(self, _remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        return self.clipboard.text(sanitize.clipboard_text(untrusted_body=untrusted_body))

    def _clipboard_typed(self, _remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        if not self.clipboard.typed:
            raise RemoteProtocolError(Violation.UNSUPPORTED, message=MessageType.CLIPBOARD_TYPED)
        return self.clipboard.step(sanitize.clipboard_step(untrusted_body=untrusted_body))

    def _ext_hello(self, _remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        """The first one counts: features do not come and go."""
        if self._greeted:
            return []
        self._greeted = True
        features = self._features = sanitize.features(untrusted_body=untrusted_body)
        self.frames.agree(features)
        return self.clipboard.agree(features) + self.surroundings.agree(features)

    # Events of the desktop

    def configured(self, remote: RemoteId, outer: Rect) -> Effects:
        """The display says where the outer is now; policy looks at the result too (bulletin 073)."""
        window = self.windows.get(remote)
        if window is None:
            return []
        resized = (outer.width, outer.height) != (window.shown.outer.width, window.shown.outer.height)
        window.shown.outer = outer
        content = window.content
        done: Effects = [fx.FitContent(remote, content.width, content.height)] if resized else []
        if window.kind is Kind.POPUP:
            return done + self._pull_back(window)
        if resized and window.state is DOCKED:
            done += self._squared(window, outer)
        content = within_limits(content)
        if content == window.told:
            return done
        window.told = window.asked.content = content
        window.granted.outer = outer
        if not window.unanswered:
            window.unanswered = remote != SCREEN  # an agent without windows of its own answers nothing
            done.append(self._configure_message(window))
        return done

    def reframe(self, remote: RemoteId, *, bare: bool) -> Effects:
        """The window manager frames it from now on (bare), or we do again."""
        window = self.windows.get(remote)
        if window is None or window.kind is Kind.POPUP or window.bare is bare:
            return []
        done, moves = reframed(window, bare=bare)
        return done if moves else done + self.configured(remote, window.shown.outer)

    @staticmethod
    def _squared(window: Window, outer: Rect) -> Effects:
        from guid.core import trayicon  # noqa: PLC0415

        return [hints(window)] if trayicon.squared(window, outer) else []

    def _pull_back(self, window: Window) -> Effects:
        if window.shown.outer == window.granted.outer:
            return []
        return [fx.MoveResize(window.remote_id, window.granted.outer)]

    def states_shown(self, remote: RemoteId, states: DesktopState) -> Effects:
        """The window manager, or the person by it, gave the window these states."""
        window = self.windows.get(remote)
        if window is None or window.state is not State.MAPPED or window.kind is not Kind.MANAGED:
            return []
        window.flags.show(states)
        return self._tell_flags(window)

    def end_fullscreen(self) -> Effects:
        """The person wants no window of this qube fullscreen; it is not granted again before the person uses one."""
        self.fullscreen_ended = True
        done: Effects = []
        for window in self.windows.values():
            if not window.flags.is_fullscreen:
                continue
            asked = window.flags.ask(FlagChange(NO_FLAGS, WindowFlag.FULLSCREEN))
            if window.kind is not Kind.MANAGED:
                continue  # nobody has to hear of it; but it must not be fullscreen when it grows into a managed window
            if window.state is State.MAPPED:
                done += [fx.ChangeStates(window.remote_id, *asked), *self._tell_flags(window)]
            elif window.fresh:
                done.append(fx.WriteStates(window.remote_id, window.flags.granted))
        return done

    def exposed(self, remote: RemoteId, rect: Rect) -> Effects:
        """Part of the content must be drawn again; px, content-relative."""
        if remote in self.windows:
            self._add_damage(remote, rect)
        return []

    def close_requested(self, remote: RemoteId) -> Effects:
        """The person asked the window manager to close the window."""
        if remote not in self.windows:
            return []
        return [fx.Send(encode(MessageType.CLOSE, remote))]

    def desktop_changed(self, desktop: Desktop) -> Effects:
        """Another work area or screen: popups are looked at again, the oldest window first.

        A managed window that no monitor shows any more comes back to one: not every window manager sees to that.
        """
        before, self._desktop = self._desktop, desktop
        done: Effects = []
        beside: list[Rect] = []
        for window in self._mapped_popups():
            changed = self._regrant(window, may_become_popup=False, beside=beside)
            if not changed:
                beside.append(window.granted.outer)
            done += [*changed, *self._show(window)] if changed else self._pull_back(window)
            done += self._tell_granted(window)
        for window in self.windows.values():
            managed = window.kind is Kind.MANAGED and window.state is State.MAPPED
            place = brought_back(window.shown.outer, before, desktop) if managed else None
            if place is not None:
                window.granted.outer = place
                done.append(fx.MoveResize(window.remote_id, place))
        return done

    def change_options(self, options: Options) -> Effects:
        """The person decides otherwise: popups are looked at again with `desktop_changed`, titles are set anew here."""
        before, self._options = self._options, options
        self.clipboard.limit_copies(options.max_clipboard_size)
        done: Effects = []
        for window in self.windows.values():
            if window.title:
                window.title = safe_title(window.title.encode(), ascii_only=not options.allow_utf8_titles)
                done.append(fx.SetTitle(window.remote_id, window.title))
            if window.state is DOCKED and options.trayicon_mode != before.trayicon_mode:
                done += [*self.renew_icon(window.remote_id), fx.DockIcon(window.remote_id)]
        return done

    # Drawing

    def take_damage(self, ready: Container[RemoteId]) -> dict[RemoteId, list[DamageRect]]:
        """What is to be drawn of the windows `ready`, coalesced; forgotten here. The rest stays for later."""
        taken: dict[RemoteId, list[DamageRect]] = {}
        damaged, self.damaged = self.damaged, {}
        for remote, rects in damaged.items():
            if remote in ready:
                taken[remote] = coalesce(rects)
            else:
                self.damaged[remote] = rects
        return taken

    def put_back(self, remote: RemoteId, rects: Iterable[DamageRect]) -> None:
        """What could not be drawn now after all."""
        for rect in rects:
            self._add_damage(remote, rect)

    def _add_damage(self, remote: RemoteId, rect: DamageRect) -> None:
        rects = self.damaged.setdefault(remote, {})
        rects[rect] = None
        if len(rects) > (MAX_PENDING_RECTS if self.windows[remote].image is not None else MAX_RECTS_WITHOUT_PICTURE):
            self.damaged[remote] = _bounding(rects)

    # Messages

    def _note_once(self, message: MessageType, line: str) -> Effects:
        """A line of the log for the first message of its type: an agent cannot fill the disk."""
        if message in self._noted:
            return []
        self._noted.add(message)
        return [fx.Note(line)]

    @staticmethod
    def _configure_message(window: Window) -> fx.Send:
        window.heard = window.told
        window.sent = (*window.sent, window.told)[-ECHOES_KNOWN:]
        popup = int(window.kind is Kind.POPUP)
        return fx.Send(encode(MessageType.CONFIGURE, window.remote_id, *window.told, popup))

    @staticmethod
    def _tell_flags(window: Window) -> Effects:
        """Tell the agent which states its window has, if it believes something else; a popup has none."""
        change = window.flags.tell() if window.kind is Kind.MANAGED else None
        if change is None:
            return []
        return [fx.Send(encode(MessageType.WINDOW_FLAGS, window.remote_id, change.to_set, change.to_clear))]


def _bounding(rects: dict[DamageRect, None]) -> dict[DamageRect, None]:
    left, top = min(rect[0] for rect in rects), min(rect[1] for rect in rects)
    right, bottom = max(rect[0] + rect[2] for rect in rects), max(rect[1] + rect[3] for rect in rects)
    return {(left, top, right - left, bottom - top): None}


HANDLERS: dict[int, Handler] = {
    MessageType.CREATE: Session._create,
    MessageType.DESTROY: Session._destroy,
    MessageType.MAP: Session._map,
    MessageType.UNMAP: Session._unmap,
    MessageType.CONFIGURE: Session._configure,
    MessageType.SHMIMAGE: Session._shmimage,
    MessageType.WINDOW_DUMP: Session._window_dump,
    MessageType.WMNAME: Session._wmname,
    MessageType.WMCLASS: Session._wmclass,
    MessageType.WINDOW_HINTS: Session._window_hints,
    MessageType.WINDOW_FLAGS: Session._window_flags,
    MessageType.CURSOR: Session._cursor,
    MessageType.CURSOR_IMAGE: Session._cursor_image,
    MessageType.ICON: Session._icon,
    MessageType.DOCK: Session._dock,
    MessageType.CLIPBOARD_DATA: Session._clipboard_data,
    MessageType.CLIPBOARD_TYPED: Session._clipboard_typed,
    MessageType.EXT_HELLO: Session._ext_hello,
}
"""Message type → what to do. A type of the table that is not here is refused (MFNDUMP, reserved extensions)."""
