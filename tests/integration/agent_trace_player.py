"""Plays the daemon's half and the programs' half of a recording; must not judge the agent's answers."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from protocol.codec import encode
from protocol.messages import MessageType as T
from tests.guiagent.scripted import Said as Heard
from tests.harness.wait import wait_until
from tests.integration.agent_trace_answers import STREAMS, common
from tests.integration.agent_trace_scenes import FOCUS_IN, Qube, Scene
from tests.integration.daemon_desk import Four
from tests.integration.trace_answers import Answers
from tests.integration.trace_scenes import XTERM
from tests.integration.traces import Line, Said


class Player:
    """The daemon of one recording."""

    def __init__(self, qube: Qube, scene: Scene) -> None:
        self.qube, self.scene, self.daemon = qube, scene, qube.daemon
        self._begin = 0
        self._owed_acks: dict[int, int] = {}
        self._looked = 0

    @property
    def heard(self) -> list[Heard]:
        """Every answer since the recording began, oldest first, with the ids that X gave."""
        return self.daemon.said[self._begin :]

    def answers(self) -> list[Said]:
        """The answers by the recorded ids; a window that was created meanwhile is the recording's next one."""
        recorded = {live: name for name, live in self.qube.live.items()}
        return [
            common(Said(said.type, recorded.get(said.window, said.window), tuple(said.body or ())), said.tail)
            for said in self.heard
        ]

    # Before

    def prepare(self) -> None:
        """Make what the recording presumes, and let everything settle. The desktop acknowledges by itself here."""
        scene, qube = self.scene, self.qube
        self.daemon.acknowledge = True
        if scene.xterm is not None:
            self._place_xterm(scene.xterm)
        if scene.xterm is not None and scene.focused:
            qube.tell(T.FOCUS, XTERM, FOCUS_IN, 0, 3)
        if scene.xterm is not None and scene.pointer is not None:
            qube.point_into(XTERM, *scene.pointer)
        for act in scene.before:
            act(qube)
        self._settle()
        self.daemon.acknowledge = False
        self._begin = self._looked = len(self.daemon.said)

    def _place_xterm(self, content: Four) -> None:
        qube = self.qube
        qube.start_xterm(XTERM)
        qube.live[XTERM] = self.daemon.wait_for(T.MAP).window
        self.daemon.wait_for(T.WINDOW_DUMP, qube.live[XTERM])
        self._wait_for_prompt()
        qube.tell(T.CONFIGURE, XTERM, *content, 0)
        self.daemon.until(lambda: self._drawn(XTERM, content[2:]), "the xterm drawn anew")

    def _wait_for_prompt(self) -> None:
        """The shell has said what it says at first: the first line is not empty any more."""

        def prompted() -> bool:
            picture = self.daemon.picture(self.qube.live[XTERM])
            return len(np.unique(picture[2:15, 2:62])) > 1

        self.daemon.until(prompted, "the shell's prompt")

    def _drawn(self, recorded: int, size: tuple[int, ...]) -> bool:
        live = self.qube.live[recorded]
        dump = self.daemon.buffers.get(live)
        return dump is not None and tuple(dump.body[1:3]) == tuple(size) and self._equal(live)

    def _equal(self, live: int) -> bool:
        shown, real = self.daemon.picture(live), self.qube.app.pixels_of(live)
        return shown.shape == real.shape and bool(np.array_equal(shown, real))

    def _settle(self) -> None:
        """Until the agent has been quiet for longer than it ever waits by itself."""
        self.qube.app.sync()
        self.daemon.drain(quiet_s=0.2)

    # Meanwhile

    def play(self, lines: tuple[Line, ...], answers: Answers) -> None:
        """Send the daemon's messages and do what programs did, each after the answers that were there before it.

        Raises AssertionError when an answer is wrong or does not come.
        """
        created = [line.said.window for line in lines if not line.to_agent and line.said.type == T.CREATE]
        for to_agent, some in groupby(enumerate(lines), key=lambda pair: pair[1].to_agent):
            group = list(some)
            if to_agent:
                self.daemon.send_raw(b"".join(self._translated(line) for _, line in group))
                continue
            for number, _ in group:
                if number in self.scene.acts:
                    self._listen(created)
                    self.scene.acts[number](self.qube)
                    self._wait(answers, created, until=number)
            self._wait(answers, created, until=group[-1][0])
        self._wait(answers, created, until=None)
        self._settle()
        self._wait(answers, created, until=None)

    def _translated(self, line: Line) -> bytes:
        """The recorded bytes about the live window; nothing for an acknowledgement of what was not sent."""
        kind, window, _ = line.said
        live = self.qube.live.get(window, window)
        if kind == T.WINDOW_DUMP_ACK:
            self._count_dumps()
            if not self._owed_acks.get(live):
                return b""
            self._owed_acks[live] -= 1
        return line.raw[:4] + live.to_bytes(4, "little") + line.raw[8:]

    def _count_dumps(self) -> None:
        for said in self.daemon.said[self._looked :]:
            if said.type is T.WINDOW_DUMP:
                self._owed_acks[said.window] = self._owed_acks.get(said.window, 0) + 1
        self._looked = len(self.daemon.said)

    def _listen(self, created: list[int]) -> None:
        while self.daemon.read():
            pass
        known = set(self.qube.live.values())
        for said in self.heard:
            if said.type is T.CREATE and said.window not in known and created:
                self.qube.live[created.pop(0)] = said.window
                known.add(said.window)

    def _wait(self, answers: Answers, created: list[int], *, until: int | None) -> None:
        missing: list[str] = []

        def look() -> bool:
            self._listen(created)
            missing[:] = [f"{each.said} (line {each.line})" for each in answers.missing(self.answers(), until=until)]
            return not missing

        try:
            wait_until(look, what="the answers")
        except AssertionError as error:
            heard = ", ".join(str(said) for said in self.answers() if said.type in STREAMS)
            raise AssertionError(f"{error}; still expected: {', '.join(missing)}; heard: {heard}") from None

    # Afterwards

    def acknowledge_all(self) -> None:
        """A daemon acknowledges every dump, so also those that the C agent did not need."""
        self._count_dumps()
        for live, count in self._owed_acks.items():
            self.daemon.send_raw(encode(T.WINDOW_DUMP_ACK, live) * count)
        self._owed_acks.clear()

    def wait_for_pictures(self) -> None:
        """Every shown window's picture becomes what the qube shows of it."""
        for live in list(self.daemon.buffers):
            if live in self.daemon.alive:
                self.daemon.until(lambda live=live: self._equal(live), f"the picture of {live:#x}")  # type: ignore[misc]
