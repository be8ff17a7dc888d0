"""One agent's session: what each of its messages does, as effects; must not know sockets, X or the time of day.

A RemoteProtocolError that leaves `message` ends the qube's session: nothing of the message has been done. What the
desktop does is told to the windows themselves.
"""

from __future__ import annotations

from typing import Protocol

from guid.core import effects as fx
from guid.core import sanitize
from guid.core.clipboard import Clipboard
from guid.core.damage import Damage
from guid.core.effects import Effects
from guid.core.frames import Frames
from guid.core.icons import room_for
from guid.core.options import DEFAULT_OPTIONS, Options
from guid.core.policy import Desktop
from guid.core.replacement import hints
from guid.core.surroundings import Surroundings
from guid.core.values import SCREEN, Icon, Image, Kind, RemoteId, WindowFlag
from guid.core.window import Asked, Event, State, Window, new_window
from guid.core.windows import Windows, configure_message, tell_flags
from protocol import limits
from protocol.codec import encode
from protocol.errors import RemoteProtocolError, Violation
from protocol.extensions import Feature
from protocol.framing import Frame
from protocol.messages import TABLE, MessageType, WindowRule

OF_A_NEW_WINDOW = frozenset(number for number, spec in TABLE.items() if spec.window_rule is WindowRule.NEW)
OF_AN_EXISTING_WINDOW = frozenset(number for number, spec in TABLE.items() if spec.window_rule is WindowRule.EXISTING)

MAPPED, DOCKED = State.MAPPED, State.DOCKED
"""For each damage: in Python 3.11 a member of an Enum's class takes a call."""


class Handler(Protocol):
    """What is done with one type of message."""

    def __call__(self, session: Session, window: RemoteId, /, *, untrusted_body: bytes) -> Effects:
        """Act on a body of legal length. Raises RemoteProtocolError."""


class Session:
    """What one agent has told of its qube.

    minor: negotiated protocol version 1.minor. pool_pages: size of the qube's pool. options: what the person decided.
    counts: there can be a counter in the pool.
    """

    def __init__(
        self,
        desktop: Desktop,
        *,
        minor: int,
        pool_pages: int,
        options: Options = DEFAULT_OPTIONS,
        counts: bool = False,
    ) -> None:
        self.windows = Windows(desktop, options)
        self.damage = Damage(self.windows)
        self._minor = minor
        self._pool_pages = pool_pages
        self._counts = counts
        self._greeted = False
        self._features = Feature(0)
        self._runs = 0  # of all pictures
        self.clipboard = Clipboard(minor=minor, max_bytes=options.max_clipboard_size)
        self.surroundings = Surroundings()
        self.frames = Frames()

    def change_options(self, options: Options) -> Effects:
        """The person decides otherwise."""
        self.clipboard.limit_copies(options.max_clipboard_size)
        return self.windows.change_options(options)

    # Messages of the agent

    def message(self, frame: Frame) -> Effects:
        """Act on one whole message. Raises RemoteProtocolError (the agent's fault)."""
        message, window, untrusted_body = frame
        remote = RemoteId(window)
        if remote in self.windows:
            if message in OF_A_NEW_WINDOW:
                raise RemoteProtocolError(Violation.DUPLICATE_WINDOW, message=message, window=window)
        elif message in OF_AN_EXISTING_WINDOW:
            raise RemoteProtocolError(Violation.UNKNOWN_WINDOW, message=message, window=window)
        handler = HANDLERS.get(message)
        if handler is None:
            raise RemoteProtocolError(Violation.UNSUPPORTED, message=message, window=window)
        return handler(self, remote, untrusted_body=untrusted_body)

    def _create(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        if len(self.windows) >= self.windows.options.windows_count_limit:
            raise RemoteProtocolError(Violation.LIMIT, message=MessageType.CREATE, window=remote, detail="windows")
        asked = sanitize.new_window(untrusted_body=untrusted_body)
        wish = Asked(asked.content, override_redirect=asked.override_redirect)
        window = new_window(remote, wish, self.windows.desktop, self.windows.options)
        self.windows[remote] = window
        return [fx.CreateWindow(remote, window.kind, window.granted.outer, window.extents)]

    def _destroy(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        del untrusted_body  # empty, or of no use
        done: Effects = []
        for other in self.windows.values():
            if other.transient_for == remote:
                other.transient_for = None
                done.append(fx.SetTransientFor(other.remote_id, None))
        self._give_image(self.windows[remote], None)
        del self.windows[remote]
        self.damage.forget(remote)
        self.frames.forget(remote)
        done.append(fx.DestroyWindow(remote))
        if self._minor >= limits.DESTROY_ACK_SINCE_MINOR:
            done.append(fx.SendWhenDrawn(encode(MessageType.DESTROY, remote)))
        return done

    def _map(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        asked = sanitize.map_request(untrusted_body=untrusted_body)
        window = self.windows[remote]
        if not window.advance(Event.MAP):
            return [fx.RestoreWindow(remote)] if window.kind is Kind.MANAGED and window.flags.restore() else []
        parent = asked.transient_for if self.windows.may_be_parent(asked.transient_for, remote) else None
        before, window.transient_for = window.transient_for, parent
        window.asked.override_redirect = asked.override_redirect
        done = self.windows.regrant(window, may_become_popup=True)
        if not done and parent != before:
            done.append(fx.SetTransientFor(remote, parent))
        if window.granted.outer != window.shown.outer:
            done.append(fx.MoveResize(remote, window.granted.outer))
        done += self.windows.tell_granted(window)
        return done + self.windows.show(window)

    def _unmap(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        del untrusted_body  # empty, or of no use
        window = self.windows[remote]
        self.frames.heard(remote)
        if not window.advance(Event.UNMAP):
            return []
        window.flags.withdraw()
        self.damage.forget(remote)
        if remote == SCREEN:  # other windows are shown out of its picture
            return [fx.UnmapWindow(remote, window.kind)]
        self._give_image(window, None)
        return [fx.UnmapWindow(remote, window.kind), fx.DropImage(remote)]

    def _configure(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        asked = sanitize.configured(untrusted_body=untrusted_body)
        window = self.windows[remote]
        window.heard = asked
        if window.unanswered:
            if asked != window.told:
                return [] if window.is_late_echo(asked) else [configure_message(window)]
            window.unanswered = False
            return []
        if window.state is DOCKED:
            return [] if asked == window.told else [configure_message(window)]
        if asked == window.asked.content and asked == window.told:
            return []
        return self.windows.adopt(window, asked)

    def _shmimage(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        damage = sanitize.damage(untrusted_body=untrusted_body)
        self.frames.heard(remote)
        if damage is not None:
            state = self.windows[remote].state
            if state is MAPPED or state is DOCKED:
                self.damage.add(remote, damage)
        return []

    def _window_dump(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        image = sanitize.image(untrusted_body=untrusted_body, pool_pages=self._pool_pages)
        self._give_image(self.windows[remote], image)
        if self._runs > limits.MAX_RUNS_PER_QUBE:
            raise RemoteProtocolError(Violation.LIMIT, message=MessageType.WINDOW_DUMP, window=remote, detail="runs")
        acknowledgement = (
            encode(MessageType.WINDOW_DUMP_ACK, remote) if self._minor >= limits.DUMP_ACK_SINCE_MINOR else b""
        )
        return [fx.UseImage(remote, image, acknowledgement)]

    def _give_image(self, window: Window, image: Image | None) -> None:
        for one, sign in ((window.image, -1), (image, 1)):
            if one is not None:
                self._runs += sign * len(one.runs)
        window.image = image

    def _wmname(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        title = sanitize.title(ascii_only=not self.windows.options.allow_utf8_titles, untrusted_body=untrusted_body)
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
        asked = window.flags.ask(change, fullscreen_as=self.windows.fullscreen_as())
        if window.kind is not Kind.MANAGED:  # no window manager has it; what was asked counts if one ever does
            return []
        if window.state is not State.MAPPED:
            return [fx.WriteStates(remote, window.flags.granted)] if window.fresh and any(asked) else []
        done: Effects = [fx.ChangeStates(remote, *asked)] if any(asked) else []
        if WindowFlag.MINIMIZE in change.to_set:
            done.append(fx.MinimizeWindow(remote))
        return done + tell_flags(window)

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
            line = f"an icon that is none was left for window {remote:#x}: {error}"
            return self.windows.note_once(MessageType.ICON, line)

    def icon_told(self, remote: RemoteId, icon: Icon) -> Effects:
        """A program's icon for a window, by a message or by the icon service; with too many of them it gets none."""
        window = self.windows.get(remote)
        if window is None or icon == window.icon:
            return []
        fits = room_for(icon, (other.icon for other in self.windows.values() if other is not window))
        window.icon = icon if fits else ()
        line = "too many icons: some windows have the label's only"
        note = [] if fits else self.windows.note_once(MessageType.ICON, line)
        return [*note, fx.SetIcon(remote, window.icon)]

    def _dock(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        del untrusted_body  # empty, or of no use
        from guid.core import trayicon  # noqa: PLC0415 - most qubes have no icon

        window = self.windows[remote]
        if window.state is DOCKED:
            return []
        reason = trayicon.refusal(window, self.windows.values())
        if reason is not None:
            return self.windows.note_once(MessageType.DOCK, f"window {remote:#x} is no tray icon: {reason}")
        window.advance(Event.DOCK)
        return [*self.windows.renew_icon(remote), fx.DockIcon(remote)]

    def _clipboard_data(self, _remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        return self.clipboard.text(sanitize.clipboard_text(untrusted_body=untrusted_body))

    def _clipboard_typed(self, _remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        if not self.clipboard.typed:
            raise RemoteProtocolError(Violation.UNSUPPORTED, message=MessageType.CLIPBOARD_TYPED)
        return self.clipboard.step(sanitize.clipboard_step(untrusted_body=untrusted_body))

    def _frame_count(self, _remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        """The first one counts: each other page would be one that the desktop pays for."""
        page = sanitize.counter_page(untrusted_body=untrusted_body, pool_pages=self._pool_pages)
        if Feature.FRAME_COUNT not in self._features:
            raise RemoteProtocolError(Violation.UNSUPPORTED, message=MessageType.FRAME_COUNT)
        return [fx.CountFrames(page)] if self._counts and self.frames.count_in(page) else []

    def _frame_ask(self, remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        del untrusted_body  # empty, or of no use
        if Feature.FRAME_ASK not in self._features:
            raise RemoteProtocolError(Violation.UNSUPPORTED, message=MessageType.FRAME_ASK)
        self.frames.ask(remote)
        return []

    def _ext_hello(self, _remote: RemoteId, *, untrusted_body: bytes) -> Effects:
        """The first one counts: features do not come and go."""
        if self._greeted:
            return []
        self._greeted = True
        features = self._features = sanitize.features(untrusted_body=untrusted_body)
        self.frames.agree(features)
        return self.clipboard.agree(features) + self.surroundings.agree(features)


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
    MessageType.FRAME_COUNT: Session._frame_count,
    MessageType.FRAME_ASK: Session._frame_ask,
}
"""Message type → what to do. A type of the table that is not here is refused (MFNDUMP, reserved extensions)."""
