"""Two qubes, a person's keyboard and the real clipboard desk on one stage, for the tests of copying and pasting."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from Xlib import X

from guid.clipboard.notice import Happened, Notice
from protocol.formats import Focus
from protocol.messages import MessageType
from tests.harness.agent import Received
from tests.harness.clipboard import PlayedDesk
from tests.harness.pixels import pseudo_random
from tests.harness.stage import ActedQube, Stage
from tests.harness.wait import TimedOut, wait_until
from tests.harness.wm import clients

CTRL, SHIFT, C, V = 37, 50, 54, 55
"""Keycodes on the us layout."""

WINDOW = 0x51
COPY, PASTE = C, V
CLICK_S = 1.0


class CopyingQube:
    """A qube with one window, and an agent that says what the test wants it to."""

    def __init__(self, person: "CopyingPerson", acted: ActedQube, place: tuple[int, int]) -> None:
        self.person, self.acted, self.agent = person, acted, acted.agent
        self.agent.show(WINDOW, (*place, 203, 151), pseudo_random(203, 151, seed=place[0]))

    def focus(self) -> None:
        """Click into the window until the agent hears of it and has the focus: both may still be on their way.

        A click before the window is on the screen would go to what lies under it.
        """
        self.acted.viewable(WINDOW)

        def clicked() -> bool:
            before = len(self.agent.received)
            x, y, width, height = self.acted.daemon.window(WINDOW)["content"]
            self.acted.stage.click(x + width // 2, y + height // 2)
            try:
                wait_until(lambda: self._heard(before), CLICK_S, "the focus after a click")
            except TimedOut:
                return False
            return True

        try:
            wait_until(clicked, 20, "the focus")
        except TimedOut as error:
            last = [(each.type.name, each.body) for each in self.agent.received[-12:]]
            raise TimedOut(f"{error}; {self.acted.daemon.window(WINDOW)}; {last}; {self._around()}") from error

    def _around(self) -> str:
        """Who has the focus, and what lies where: windows of the root with their places, the topmost last."""
        x = self.acted.stage.x
        pointer, focus = x.screen().root.query_pointer(), x.get_input_focus().focus
        shown = [
            (each.id, (place.x, place.y, place.width, place.height))
            for each in x.screen().root.query_tree().children
            if each.get_attributes().map_state == X.IsViewable and (place := each.get_geometry())
        ]
        at = f"pointer {pointer.root_x}, {pointer.root_y} in {pointer.child}"
        return f"{at}; focus {focus}; managed {clients(x)}; {shown}"

    def _heard(self, after: int) -> bool:
        self.agent.poll(0.001)
        self.person.desk.pump()
        focus = [each.body for each in self.agent.received if each.type is MessageType.FOCUS]
        released = [each for each in self.agent.received[after:] if each.type is MessageType.BUTTON][1:]
        return bool(released and focus) and isinstance(focus[-1], Focus) and focus[-1].type == X.FocusIn

    def chord(self, key: int) -> None:
        """The person presses Ctrl, Shift and a key in this qube's window, and lets go."""
        self.focus()
        self.press(key)

    def press(self, key: int) -> None:
        """The same wherever the focus is."""
        stage = self.acted.stage
        for code in (CTRL, SHIFT, key):
            stage.key(X.KeyPress, code)
        for code in (key, SHIFT, CTRL):
            stage.key(X.KeyRelease, code)

    def asked_to_copy(self) -> Received:
        """The person copies here: the request that the agent gets."""
        before = len(self.agent.received)
        self.chord(COPY)
        return self.expect(MessageType.CLIPBOARD_REQ, before)

    def answer(self, text: bytes) -> None:
        """The agent's CLIPBOARD_DATA."""
        self.agent.send(MessageType.CLIPBOARD_DATA, WINDOW, tail=text)

    def copies(self, text: bytes) -> Notice:
        """A whole copy; returns what the person is told."""
        self.asked_to_copy()
        before = len(self.person.desk.told)
        self.answer(text)
        self.person.desk.until(lambda: len(self.person.desk.told) > before, "the end of a copy")
        return self.person.desk.told[before]

    def pastes(self) -> bytes:
        """A whole paste; returns what the agent gets."""
        before = len(self.agent.received)
        self.chord(PASTE)
        received = self.expect(MessageType.CLIPBOARD_DATA, before)
        self.person.desk.until_told(Happened.PASTED)
        return received.tail

    def expect(self, message: MessageType, after: int) -> Received:
        """A message of the daemon, while the desk serves."""

        def look() -> Received | None:
            self.agent.poll(0.001)
            return next((each for each in self.agent.received[after:] if each.type is message), None)

        self.person.desk.until(look, message.name)
        found = look()
        assert found is not None
        return found


class CopyingPerson:
    """The desk and the stage."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self.desk = PlayedDesk(folder)
        self._places = iter([(60, 100), (400, 100), (700, 100), (60, 400)])

    @contextmanager
    def qube(self, name: str, label: str, *, minor: int = 8, arguments: tuple[str, ...] = ()) -> Iterator[CopyingQube]:
        """A connected qube that the desk serves."""
        with self.stage.qube(name, label, minor=minor, arguments=arguments) as acted:
            self.desk.serve(name, acted.daemon)
            try:
                yield CopyingQube(self, acted, next(self._places))
            finally:
                self.desk.leave(name)
