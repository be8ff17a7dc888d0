"""The C agent's answers: each recording is played to ours on a real X server, and it answers the same.

Where ours differs on purpose, `agent_trace_answers.DIFFERENCES` says which message, how and why.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.messages import MessageType as T
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon
from tests.guiagent.scripted import Said as Heard
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration.agent_trace_answers import DIFFERENCES, STREAMS, mirrored
from tests.integration.agent_trace_player import Player
from tests.integration.agent_trace_scenes import SCENES, Qube
from tests.integration.trace_answers import Answers, expected_of
from tests.integration.trace_scenes import XTERM
from tests.integration.traces import BEGINNING, SLICES, Said, recording

pytestmark = pytest.mark.desktop


@pytest.fixture
def qube(tmp_path: Path) -> Iterator[Qube]:
    with (
        XServer(1920, 1080) as server,
        AgentProcess(tmp_path, "--display", server.name) as agent,
        ScriptedDaemon(agent, width=1920, height=1080, extensions=False) as daemon,
    ):
        daemon.until(lambda: "is up" in agent.log.read_text(), "the agent's screen")
        qube = Qube(server.name, daemon, tmp_path)
        yield qube
        qube.leave()


def test_every_recording_is_played() -> None:
    assert sorted([*SCENES, BEGINNING]) == SLICES
    assert DIFFERENCES.keys() <= SCENES.keys()


@pytest.mark.parametrize("name", SCENES)
def test_recording_played_is_answered_as_the_c_agent_did(qube: Qube, name: str) -> None:
    lines, scene = recording(name), SCENES[name]
    player = Player(qube, scene)
    player.prepare()
    player.play(lines, Answers(mirrored(lines), DIFFERENCES.get(name, {}), STREAMS))
    wait_until(lambda: scene.after(qube), what="what the recording leaves behind")
    player.acknowledge_all()
    player.wait_for_pictures()
    assert_in_order(qube.daemon.said)
    if any(line.said.type == T.CURSOR and line.said.window == XTERM for line in lines):
        qube.daemon.wait_for(T.CURSOR, qube.live[XTERM])


def assert_in_order(heard: list[Heard]) -> None:
    """What no stream says: pictures only of what is shown, and of nothing that the daemon was not told of."""
    shown: set[int] = set()
    for said in heard:
        assert said.type is not T.EXT_HELLO, "to a daemon that knows no extensions"
        if said.type is T.MAP:
            shown.add(said.window)
        elif said.type in (T.UNMAP, T.DESTROY):
            shown.discard(said.window)
        elif said.type in (T.WINDOW_DUMP, T.SHMIMAGE):
            assert said.window in shown, f"{said} while it is not shown"


# The comparison itself: what it must not let through. The C agent's own answers stand in for ours.


def answers_of_the_c_agent(name: str) -> list[Said]:
    return [line.said for line in mirrored(recording(name)) if line.to_agent and line.said.type in STREAMS]


def complains(name: str, heard: list[Said]) -> bool:
    try:
        return bool(Answers(mirrored(recording(name)), {}, STREAMS).missing(heard))
    except AssertionError:
        return True


@pytest.mark.parametrize("name", SCENES)
def test_answer_of_the_c_agent_lost_or_doubled_is_complained_of(name: str) -> None:
    heard = answers_of_the_c_agent(name)
    assert not complains(name, heard)
    for number, said in enumerate(heard):
        assert complains(name, heard[:number] + heard[number + 1 :]), f"{said} is lost"
        assert complains(name, [*heard[:number], said, *heard[number:]]), f"{said} is doubled"


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, some in DIFFERENCES.items() for line in some])
def test_difference_left_out_of_the_agents_table_would_be_complained_of(name: str, line: int) -> None:
    lines, table = mirrored(recording(name)), DIFFERENCES[name]
    ours = [each.said for each in expected_of(lines, table) if each.line != line or not each.chance]
    ours = [said for said in ours if said.type in STREAMS]
    assert not Answers(lines, table, STREAMS).missing(ours)
    others = {number: each for number, each in table.items() if number != line}
    with pytest.raises(AssertionError):
        assert not Answers(lines, others, STREAMS).missing(ours)
