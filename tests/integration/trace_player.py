"""Plays the agent's half and the person's half of a recording; must not judge the answers."""

from __future__ import annotations

from itertools import groupby

from protocol.limits import BYTES_PER_PIXEL, PAGE_BYTES
from protocol.messages import MessageType
from tests.harness.agent import Received
from tests.harness.wait import time_scale, wait_until
from tests.integration.trace_answers import Answers, Expected
from tests.integration.trace_scenes import Desk, Presumed, Scene
from tests.integration.traces import Line, Said, paint, picture_at

KEY_PRESS, BUTTON_PRESS = 2, 4
PATIENCE_S = 4.0
MAX_ROUNDS = 50
"""Of echoes, before two ends are said never to agree: two or three are enough."""


class Player:
    """The agent of one recording. heard: what our daemon has answered since the recording began."""

    def __init__(self, desk: Desk, scene: Scene) -> None:
        self.desk, self.scene, self.agent = desk, scene, desk.qube.agent
        self._there: set[int] = set()
        self._begin = self._echoed = 0

    @property
    def heard(self) -> list[Said]:
        """Every answer, oldest first."""
        return [_said(message) for message in self.agent.received[self._begin :]]

    # Before

    def prepare(self) -> None:
        """Make what the recording presumes, and let everything settle."""
        desk, scene = self.desk, self.scene
        for presumed in scene.windows:
            self._show(presumed)
        if scene.focus is None:
            desk.focus_elsewhere()
        else:
            desk.person.activate(desk.outer_id(scene.focus))
        desk.person.point(*scene.pointer)
        self.settle()
        if scene.before is not None:
            scene.before(desk)
        for presumed in scene.later:
            self._show(presumed)
        self.settle()
        self._begin = len(self.agent.received)

    def _show(self, presumed: Presumed) -> None:
        window, popup = presumed.window, presumed.popup
        self._there.add(window)
        self.agent.create(window, presumed.content, popup=popup)
        self.agent.send(MessageType.WINDOW_HINTS, window, *presumed.hints)
        if not presumed.first_page:
            return
        self.agent.map(window, popup=popup)
        _, _, width, height = presumed.content
        pages = range(presumed.first_page, presumed.first_page + -(-BYTES_PER_PIXEL * width * height // PAGE_BYTES))
        self.agent.dump(window, picture_at(presumed.first_page, width, height), pages)
        self.agent.damage(window, (0, 0, width, height))
        self.desk.qube.mapped(window)
        self.settle()
        assert self.desk.qube.content(window) == presumed.content

    # Meanwhile

    def play(self, lines: tuple[Line, ...], answers: Answers) -> None:
        """Send the agent's messages and do what the person did, each after the answers that were there before it.

        Raises AssertionError when an answer is wrong or does not come.
        """
        for line in lines:
            if line.refs:
                paint(self.agent.pool, line.refs)
        numbered = list(enumerate(lines))
        for to_agent, some in groupby(numbered, key=lambda pair: pair[1].to_agent):
            group = list(some)
            if to_agent:
                for number, line in group:
                    self._act(number, line.said)
                self._wait(answers, until=group[-1][0])
            else:
                self._speak([line for _, line in group])
        self.settle()
        missing = answers.missing(self.heard)
        assert not missing, f"not sent: {_texts(missing)}"

    def _speak(self, lines: list[Line]) -> None:
        """Echoes are said when ours asks for them, not when the C daemon did."""
        for line in lines:
            if line.said.type == MessageType.CREATE:
                self._there.add(line.said.window)
            elif line.said.type == MessageType.DESTROY:
                self._there.discard(line.said.window)
        self.agent.send_raw(b"".join(line.raw for line in lines if not line.echo))

    def _act(self, number: int, said: Said) -> None:
        if number in self.scene.acts:
            self.scene.acts[number](self.desk)
        match said:
            case (MessageType.KEYPRESS, _, (kind, _x, _y, _state, int() as keycode)):
                self.desk.key(keycode, down=kind == KEY_PRESS)
            case (MessageType.BUTTON, _, (kind, _x, _y, _state, int() as button)):
                self.desk.button(button, down=kind == BUTTON_PRESS)
            case (MessageType.MOTION, window, (int() as x, int() as y, _state, _hint)):
                self.desk.point_into(window, x, y)
            case _:
                pass

    def _wait(self, answers: Answers, *, until: int) -> None:
        missing: list[Expected] = []

        def look() -> bool:
            self.listen()
            missing[:] = answers.missing(self.heard, until=until)
            return not missing

        try:
            wait_until(look, timeout_s=PATIENCE_S * time_scale(), what="the answers")
        except AssertionError as error:
            waited = f"; still expected: {_texts(missing)}; heard: {', '.join(map(str, self.heard))}"
            raise AssertionError(f"{error}{waited if missing else ''}") from None

    def listen(self) -> None:
        """Take what the daemon says, and echo its every CONFIGURE, as an agent must."""
        self.agent.poll()
        while self._echoed < len(self.agent.received):
            message = self.agent.received[self._echoed]
            self._echoed += 1
            if message.type == MessageType.CONFIGURE and message.window in self._there:
                assert isinstance(message.body, tuple)
                self.agent.configure(message.window, message.body[:4])

    def settle(self) -> None:
        """Until the daemon has heard all of X and of the agent, and has nothing more to say."""
        for _ in range(MAX_ROUNDS):
            before = len(self.agent.received)
            self.desk.person.x.sync()
            self.desk.qube.settle()
            self.listen()
            if len(self.agent.received) == before:
                return
        raise AssertionError(f"every echo is answered anew: {', '.join(map(str, self.heard[-4:]))}")


def _said(message: Received) -> Said:
    return Said(message.type, message.window, message.body if isinstance(message.body, tuple) else ())


def _texts(expected: list[Expected]) -> str:
    return ", ".join(f"{each.said} (line {each.line})" for each in expected)
