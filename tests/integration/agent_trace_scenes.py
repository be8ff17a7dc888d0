"""What each recording presumes inside the qube, and what programs do in it; knows nothing of the messages.

The windows are real: an xterm of the recorded size with the recorded shell, its own menu, and windows of a test.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from Xlib import X, Xatom

from protocol.limits import HEADER_BYTES
from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.owner import Owner, Reply, targets
from tests.guiagent.scripted import ScriptedDaemon
from tests.harness.processes import Child, clean_environment
from tests.harness.wait import wait_until
from tests.integration.daemon_desk import Four
from tests.integration.trace_scenes import APP, CONTROL, LARGE, MENU, SECOND_XTERM, SMALL, XTERM, at
from tests.integration.traces import recording

XTERM_COMMAND = ("xterm", "-geometry", "80x24+100+80", "-e", "bash", "--norc", "--noprofile", "-i")
KEY_PRESS, KEY_RELEASE, BUTTON_PRESS, BUTTON_RELEASE = 2, 3, 4, 5
ENTER, FOCUS_IN = 7, 9


class Qube:
    """The programs of one recording, seen by a test. live: X ids by the recorded ids."""

    def __init__(self, name: str, daemon: ScriptedDaemon, folder: Path) -> None:
        self.name, self.daemon, self.app = name, daemon, App(name)
        self.live: dict[int, int] = {}
        self.history = folder / "history"
        self._programs: dict[int, Child] = {}
        self._clients: list[App | Owner] = []

    def leave(self) -> None:
        """End every program."""
        for program in self._programs.values():
            program.stop()
        for client in self._clients:
            client.__exit__(None, None, None)
        self.app.display.close()

    # Programs

    def start_xterm(self, recorded: int, *command: str) -> None:
        """Start one; who waits for its window hears of it from the agent."""
        argv = ["xterm", *command] if command else [*XTERM_COMMAND]
        note = f"HISTTIMEFORMAT= history 1 | sed 's/^ *[0-9]* *//' > {self.history}"
        environment = clean_environment(DISPLAY=self.name, PROMPT_COMMAND=note, PS1="bash-5.2$ ")
        self._programs[recorded] = Child(argv, env=environment)

    def end_xterm(self, recorded: int) -> None:
        """End one as a task manager does."""
        self._programs[recorded].signal(signal.SIGKILL)

    def client(self) -> App:
        """One more program."""
        client = App(self.name)
        self._clients.append(client)
        return client

    def own_clipboard(self, text: bytes) -> int:
        """A program that owns the clipboard with this text, as xclip does; returns its window's X id."""
        offers = {"TARGETS": targets(self.app.display, "TARGETS", "UTF8_STRING")}
        owner = Owner(self.name, {**offers, "UTF8_STRING": Reply("UTF8_STRING", text)})
        self._clients.append(owner)
        return owner.window

    def leave_clipboard(self) -> None:
        """The oldest such program ends."""
        owner = next(client for client in self._clients if isinstance(client, Owner))
        self._clients.remove(owner)
        owner.__exit__(None, None, None)

    def drop_client(self) -> None:
        """The newest program ends."""
        self._clients.pop().__exit__(None, None, None)

    def pasted(self) -> bytes:
        """What a program reads out of the clipboard."""
        reader = self.client()
        window = reader.root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
        kind, place = reader.display.intern_atom("UTF8_STRING"), reader.display.intern_atom("PASTED")
        clipboard = reader.display.intern_atom("CLIPBOARD")
        window.convert_selection(clipboard, kind, place, X.CurrentTime)
        reader.sync()
        parts: list[bytes] = []

        def ask_again_if_refused() -> None:
            """The agent may not own the clipboard yet."""
            while reader.display.pending_events():
                seen = reader.display.next_event()
                if seen.type == X.SelectionNotify and seen.property == X.NONE:
                    window.convert_selection(clipboard, kind, place, X.CurrentTime)
                    reader.sync()

        def whole() -> bool:
            ask_again_if_refused()
            value = window.get_full_property(place, X.AnyPropertyType)
            if value is None:
                return False
            in_parts = parts or value.property_type != kind
            parts.append(bytes(value.value) if value.property_type == kind else b"")
            window.delete_property(place)
            reader.sync()
            return not in_parts or (len(parts) > 1 and not parts[-1])

        wait_until(whole, what="the clipboard's text")
        return b"".join(parts)

    # Windows

    def window(self, recorded: int) -> Any:
        """The window that stands for a recorded one."""
        return self.app.display.create_resource_object("window", self.live[recorded])

    def square(self) -> None:
        """The plain window of 200x200 that two recordings have."""
        square = self.app.window(200, 200, x=701, y=120)
        self.live[APP] = square.id
        self.app.map(square)
        self.daemon.wait_for(T.WINDOW_DUMP, square.id)

    def states(self, recorded: int) -> list[str]:
        """Its _NET_WM_STATE."""
        value = self.window(recorded).get_full_property(self.app.display.intern_atom("_NET_WM_STATE"), Xatom.ATOM)
        return [self.app.display.get_atom_name(atom) for atom in value.value] if value else []

    def pointer(self) -> tuple[int, int]:
        """Where the qube's pointer is, px."""
        found = self.app.root.query_pointer()
        return int(found.root_x), int(found.root_y)

    def focused(self) -> int:
        """X id of the window that has the keyboard, 0 for none."""
        return int(getattr(self.app.display.get_input_focus().focus, "id", 0))

    # The desktop's half, before a recording begins

    def tell(self, message: T, recorded: int, *fields: int | bytes) -> None:
        """Send about a recorded window."""
        self.daemon.send(message, self.live.get(recorded, 0), *fields)

    def press(self, recorded: int, keycode: int, *, down: bool) -> None:
        """A key."""
        self.tell(T.KEYPRESS, recorded, KEY_PRESS if down else KEY_RELEASE, 0, 0, 0, keycode)

    def point_into(self, recorded: int, x: int, y: int) -> None:
        """The pointer comes to this place, px, content-relative."""
        self.tell(T.CROSSING, recorded, ENTER, x, y, 0, 0, 3, 0)
        self.tell(T.MOTION, recorded, x, y, 0, 0)

    def open_menu(self) -> None:
        """Control and the first button: xterm shows its menu. Both stay down."""
        self.press(XTERM, CONTROL, down=True)
        self.tell(T.BUTTON, XTERM, BUTTON_PRESS, 201, 120, 4, 1)
        shown = self.daemon.until(
            lambda: [said for said in self.daemon.all_of(T.MAP) if said.body.override_redirect], "the menu"
        )
        self.live[MENU] = shown[0].window
        self.daemon.wait_for(T.WINDOW_DUMP, self.live[MENU])

    def close_menu(self) -> None:
        """Let go outside of its rows."""
        self.tell(T.BUTTON, XTERM, BUTTON_RELEASE, 21, 90, 260, 1)
        self.press(XTERM, CONTROL, down=False)
        self.daemon.wait_for(T.UNMAP, self.live[MENU])

    def type_recorded(self, name: str) -> None:
        """The keys of another recording."""
        for line in recording(name):
            if line.to_agent:
                self.tell(line.said.type, line.said.window, *line.said.fields)


Act = Callable[[Qube], None]
Holds = Callable[[Qube], bool]


@dataclass(frozen=True, slots=True)
class Scene:
    """One recording's circumstances.

    xterm: its content, px, root coordinates; None: there is none yet. focused: it has the keyboard. pointer: where it
    is in the xterm; None: elsewhere. before: what else is so. acts: what programs do, by the number of the first
    recorded message that follows from it. after: what must become true in the qube.
    """

    xterm: Four | None = SMALL
    focused: bool = True
    pointer: tuple[int, int] | None = (201, 120)
    before: tuple[Act, ...] = ()
    acts: Mapping[int, Act] = field(default_factory=dict)
    after: Holds = lambda _: True


def _place(x: int, y: int, width: int = 0, height: int = 0) -> Act:
    wanted = {"x": x, "y": y, **({"width": width, "height": height} if width else {})}

    def place(qube: Qube) -> None:
        qube.window(XTERM).configure(**wanted)
        qube.app.sync()

    return place


def copied_in(name: str) -> bytes:
    """The text of the recording's CLIPBOARD_DATA, in whichever direction it goes."""
    (line,) = (line for line in recording(name) if line.said.type == T.CLIPBOARD_DATA)
    return line.raw[HEADER_BYTES:]


def _owner_before(recorded: int) -> Act:
    def own(qube: Qube) -> None:
        qube.live[recorded] = qube.own_clipboard(b"before")
        qube.daemon.wait_for(T.CREATE, qube.live[recorded])

    return own


def _copy(name: str) -> Act:
    def own(qube: Qube) -> None:
        qube.own_clipboard(copied_in(name))

    return own


def _copy_nothing(qube: Qube) -> None:
    qube.own_clipboard(b"")


def _read_back(name: str) -> Act:
    def read(qube: Qube) -> None:
        assert qube.pasted() == copied_in(name)

    return read


def _square_painted(qube: Qube) -> None:
    square = qube.window(APP)
    context = square.create_gc(foreground=0x00FF00)
    for _ in range(2):
        square.fill_rectangle(context, 10, 10, 181, 181)
        qube.app.sync()
        qube.daemon.until(
            lambda: any(tuple(said.body) == (10, 10, 181, 181) for said in qube.daemon.all_of(T.SHMIMAGE, square.id)),
            "the picture of what was painted",
        )


def pointer_at(x: int, y: int) -> Holds:
    """The pointer comes there, px, root coordinates."""
    return lambda qube: qube.pointer() == (x, y)


def has_focus(recorded: int) -> Holds:
    """The window gets the keyboard. Of an xterm it may be a child."""
    return lambda qube: qube.focused() in (qube.live[recorded], *_children(qube, recorded))


def _children(qube: Qube, recorded: int) -> list[int]:
    return [int(child.id) for child in qube.window(recorded).query_tree().children]


def _fullscreen(qube: Qube) -> None:
    qube.tell(T.WINDOW_FLAGS, XTERM, 1, 0)
    qube.tell(T.CONFIGURE, XTERM, 0, 0, 1920, 1080, 0)
    wait_until(lambda: qube.states(XTERM), what="the state")


def _destroy_square(qube: Qube) -> None:
    qube.window(APP).destroy()
    qube.app.sync()


MOVED, WIDENED, BIG = (301, 270, 700, 446), (101, 100, 598, 394), (*SMALL[:2], *LARGE[2:])
DRAGGED, UNDRAGGED = (221, 190, 604, 407), (101, 100, 604, 407)
FULL, MAXIMISED = (0, 0, 1920, 1080), (0, 19, 1920, 1061)
IN_LARGE = (101, 80)

SCENES: Mapping[str, Scene] = {
    "xterm_open": Scene(
        None, focused=False, pointer=None, acts={0: lambda qube: qube.start_xterm(XTERM)}, after=has_focus(XTERM)
    ),
    "focus_click": Scene(pointer=(71, 90), after=pointer_at(*at(SMALL, 201, 120))),
    "typing": Scene(after=lambda qube: qube.history.exists() and qube.history.read_text() == "echo Hi\n"),
    "wheel_and_buttons": Scene(),
    "pointer_enter_motion": Scene(pointer=None, after=pointer_at(*at(SMALL, 101, 105))),
    "menu_popup": Scene(),
    "menu_move_select": Scene(before=(Qube.open_menu,), after=pointer_at(*at(SMALL, 201, 180))),
    "menu_close": Scene(before=(Qube.open_menu,)),
    "title_change": Scene(pointer=(21, 90)),
    "title_change_msg": Scene(pointer=(21, 90), before=(lambda qube: qube.type_recorded("title_change"),)),
    "resize_by_user": Scene(),
    "resize_by_app": Scene(WIDENED, acts={0: _place(101, 100, 700, 450)}),
    "move_by_app": Scene(MOVED, focused=False, pointer=(622, 449), acts={0: _place(150, 120)}),
    "move_by_user": Scene(BIG, focused=False, pointer=None),
    "move_by_user_drag": Scene(UNDRAGGED, pointer=(421, 310)),
    "maximize_by_user": Scene(LARGE, pointer=IN_LARGE),
    "unmaximize_by_user": Scene(MAXIMISED, pointer=IN_LARGE),
    "fullscreen_by_user": Scene(
        LARGE, pointer=IN_LARGE, after=lambda qube: qube.states(XTERM) == ["_NET_WM_STATE_FULLSCREEN"]
    ),
    "unfullscreen_by_user": Scene(
        FULL, pointer=IN_LARGE, before=(_fullscreen,), after=lambda qube: qube.states(XTERM) == []
    ),
    "xterm_fullscreen_app": Scene(
        LARGE,
        pointer=IN_LARGE,
        acts={
            0: lambda qube: qube.start_xterm(SECOND_XTERM, "-fullscreen", "-e", "sleep", "1000"),
            68: lambda qube: qube.end_xterm(SECOND_XTERM),
        },
        after=has_focus(XTERM),
    ),
    "urgent_flag": Scene(LARGE, before=(Qube.square,), acts={0: _square_painted}),
    "app_destroys_window": Scene(LARGE, before=(Qube.square,), acts={0: _destroy_square}, after=has_focus(XTERM)),
    "window_close_by_user": Scene(before=(Qube.open_menu, Qube.close_menu)),
    "clipboard_copy": Scene(LARGE, focused=False, pointer=None, acts={0: _copy("clipboard_copy")}),
    "clipboard_copy_100k": Scene(
        DRAGGED,
        pointer=(421, 310),
        before=(_owner_before(0x600001),),
        acts={0: _copy("clipboard_copy_100k"), 1: Qube.leave_clipboard},
    ),
    "clipboard_copy_60k": Scene(
        DRAGGED,
        pointer=(421, 310),
        before=(_owner_before(0x800001),),
        acts={0: _copy("clipboard_copy_60k"), 1: Qube.leave_clipboard},
    ),
    "clipboard_copy_empty": Scene(LARGE, pointer=IN_LARGE, acts={0: _copy_nothing}),
    "clipboard_paste": Scene(
        LARGE,
        pointer=IN_LARGE,
        before=(_owner_before(0x600001),),
        acts={3: Qube.leave_clipboard, 8: _read_back("clipboard_paste"), 9: Qube.drop_client},
    ),
    "clipboard_paste_60k": Scene(
        DRAGGED, pointer=(421, 310), acts={6: _read_back("clipboard_paste_60k"), 7: Qube.drop_client}
    ),
}
