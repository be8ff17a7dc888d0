"""What it means on the desktop that the person has set a qube aside: hidden, or paused; must not decide when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from colors.labels import Label
from guid.core import effects as fx
from guid.core.aside import Aside
from guid.core.geometry import Rect
from guid.core.hiding import Hiding
from guid.core.input import InputForwarder
from guid.core.pausing import PausedInput
from guid.core.session import Session
from guid.core.values import Kind, RemoteId
from guid.x11.desktop import Desktop
from guid.x11.frame import Frame
from guid.x11.paused import PausedSigns
from guid.x11.properties import Properties


class Ends(NamedTuple):
    """Where things go. perform: does effects. say: tells the agent of input."""

    perform: Callable[[Iterable[fx.Effect]], None]
    say: Callable[[bytes], None]


class SetAside:
    """The windows of one qube as the person wants them. Everything that is done or told passes through here.

    frames: all windows that there are, by the agent's ids.
    """

    def __init__(
        self,
        desktop: Desktop,
        session: Session,
        frames: Mapping[RemoteId, Frame],
        ends: Ends,
        *,
        qube: str,
        label: Label,
        input_: InputForwarder,
        properties: Properties,
    ) -> None:
        self._session = session
        self._frames = frames
        self._ends = ends
        self._input = input_
        self._properties = properties
        self._hiding = Hiding()
        self._gate = PausedInput()
        self._signs = PausedSigns(desktop, qube, label)
        self.passed = self._hiding.passed

    @property
    def hidden(self) -> bool:
        """Whether no window is to be seen."""
        return self._hiding.hidden

    def change(self, aside: Aside) -> None:
        """The person hides the windows or shows them again, pauses what runs in the qube or lets it go on."""
        windows = self._session.windows.values()
        self._ends.perform(self._hiding.hide(windows) if aside.hidden else self._hiding.show(windows))
        if aside.paused is not self._gate.paused:
            self._pause(paused=aside.paused)

    def _pause(self, *, paused: bool) -> None:
        self._properties.mark_paused(paused=paused)
        for remote, frame in self._frames.items():
            self._properties.set_title(frame.outer, self._session.windows[remote].title)
        if paused:
            self._ends.say(self._gate.pause(self._input))
            self._signs.put_up(self._contents())
        else:
            self._ends.say(self._gate.go_on(self._input))
            self._signs.take_down()

    def say(self, told: bytes) -> None:
        """Tell the qube what the person does, unless it is paused."""
        if not self._gate.paused:
            self._ends.say(told)

    def say_button(self, kind: int, button: int, told: bytes) -> None:
        """The same for a button."""
        self._ends.say(self._gate.button(kind, button, told))

    def forget(self, frame: Frame) -> None:
        """A window is gone."""
        self._signs.forget(frame)

    def relabel(self, label: Label) -> None:
        """The qube wears another label."""
        self._signs.relabel(label, self._contents())

    def _contents(self) -> list[tuple[Frame, Rect]]:
        windows = self._session.windows
        return [
            (frame, windows[remote].content)
            for remote, frame in self._frames.items()
            if windows[remote].kind is not Kind.ICON  # no word has room there
        ]
