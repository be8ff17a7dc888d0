"""The C daemon's answers: each recording is played to ours on a real desktop, and it answers the same.

Where ours differs on purpose, `trace_answers.DIFFERENCES` says which message, how and why.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.messages import MessageType
from shm.pool import Pool
from shm.vchan.unix import listen
from tests.harness.daemon import DaemonProcess
from tests.harness.wait import time_scale, wait_until
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person, Qube
from tests.integration.trace_answers import DIFFERENCES, LATE, Answers, expected_of
from tests.integration.trace_pixels import pictures_after, wrong_pixels
from tests.integration.trace_player import Player
from tests.integration.trace_scenes import SCENES, Desk
from tests.integration.traces import BEGINNING, RECORDED, SLICES, Said, recording

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def person(desktop: XServer) -> Iterator[Person]:
    person = Person(desktop.name)
    yield person
    person.close()


WITHOUT_CHORDS = ("--option", 'secure_copy_sequence = "none"', "--option", 'secure_paste_sequence = "none"')
"""What ours makes of the clipboard's keys is another thing, with tests of its own: here they are keys like others."""


@pytest.fixture
def desk(desktop: XServer, person: Person) -> Iterator[Desk]:
    with Qube(desktop.name, arguments=WITHOUT_CHORDS) as qube:
        desk = Desk(person, qube)
        yield desk
        desk.leave()


def test_every_recording_is_played() -> None:
    assert sorted([*SCENES, BEGINNING]) == SLICES
    assert DIFFERENCES.keys() <= SCENES.keys()


def test_recorded_handshake_is_answered_with_the_same_bytes(desktop: XServer, tmp_path: Path) -> None:
    said = {way: (RECORDED / f"{BEGINNING}.{way}.bin").read_bytes() for way in ("a2d", "d2a")}
    pool = Pool.create(4096)
    path = tmp_path / "vchan.sock"
    with listen(path) as listener, DaemonProcess(desktop.name, path, pool, arguments=("--no-extensions",)) as daemon:
        listener.settimeout(10.0 * time_scale())
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(10.0 * time_scale())
            connection.sendall(said["a2d"])
            assert connection.recv(1 << 16) == said["d2a"]
            assert daemon.expect("state") == {"state": "connected"}
    pool.close()


@pytest.mark.parametrize("name", SCENES)
def test_recording_played_is_answered_as_the_c_daemon_did(desk: Desk, name: str) -> None:
    lines, scene = recording(name), SCENES[name]
    player = Player(desk, scene)
    player.prepare()
    player.play(lines, Answers(lines, DIFFERENCES.get(name, {})))

    ended: set[int] = set()
    for said in player.heard:
        assert said.window not in ended or said.type == MessageType.DESTROY, f"{said} after the window's end"
        ended |= {said.window} if said.type == MessageType.DESTROY else set()

    pictures = pictures_after((*scene.windows, *scene.later), lines)
    wrong: dict[int, int] = {}

    def shown() -> bool:
        wrong.update(
            wrong_pixels(desk.person.picture(), pictures, {each: desk.qube.content(each) for each in pictures})
        )
        return not any(wrong.values())

    wait_until(shown, timeout_s=3.0, what="the pool's pictures on the screen")


# The comparison itself: what it must not let through. The C daemon's own answers stand in for ours.


def answers_of_the_c_daemon(name: str) -> list[Said]:
    return [line.said for line in recording(name) if line.to_agent]


def complains(name: str, heard: list[Said]) -> bool:
    try:
        return bool(Answers(recording(name), {}).missing(heard))
    except AssertionError:
        return True


@pytest.mark.parametrize("name", SCENES)
def test_recorded_answer_lost_doubled_or_changed_is_complained_of(name: str) -> None:
    heard = answers_of_the_c_daemon(name)
    assert not complains(name, heard)
    for number, said in enumerate(heard):
        assert complains(name, heard[:number] + heard[number + 1 :]), f"{said} is lost"
        assert complains(name, [*heard[:number], said, *heard[number:]]), f"{said} is doubled"
        if said.type == MessageType.CONFIGURE:
            x, *rest = (int(value) for value in said.fields)
            assert complains(
                name, [*heard[:number], Said(said.type, said.window, (x + 1, *rest)), *heard[number + 1 :]]
            )


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, some in DIFFERENCES.items() for line in some])
def test_difference_left_out_of_the_table_would_be_complained_of(name: str, line: int) -> None:
    """Played by ours as the table says, judged by the table without the line: each line is needed."""
    ours = [each.said for each in expected_of(recording(name), DIFFERENCES[name])]
    difference = DIFFERENCES[name][line]
    if difference.near_px:
        ours = [moved(said) if said == recording(name)[line].said else said for said in ours]
    elif difference.why == LATE:
        ours = [said for said in ours if said != recording(name)[line].said]
    assert not Answers(recording(name), DIFFERENCES[name]).missing(ours)
    others = {number: each for number, each in DIFFERENCES[name].items() if number != line}
    with pytest.raises(AssertionError):
        assert not Answers(recording(name), others).missing(ours)


def moved(said: Said) -> Said:
    x, y, *rest = (int(value) for value in said.fields)
    return Said(said.type, said.window, (x + 1, y - 1, *rest))
