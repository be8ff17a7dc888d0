"""The counter of frames: what the real daemon writes into the pool, and when, and what it does to whoever abuses it."""

import os
import signal
import struct
from collections.abc import Iterator

import pytest

from protocol.extensions import EXT_VERSION, Feature
from protocol.limits import PAGE_BYTES
from protocol.messages import MessageType as M
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Framed, Person, Qube, wait_shown

pytestmark = pytest.mark.desktop

COUNTING = Feature.FRAME_ACK | Feature.FRAME_COUNT | Feature.FRAME_ASK
SIZE = WIDTH, HEIGHT = 120, 80


@pytest.fixture(params=["guid", "tests.guid.no_pixmaps"])
def qube(desktop: XServer, request: pytest.FixtureRequest) -> Iterator[Qube]:
    """With an X server that writes the counter itself, and with one that cannot."""
    with Qube(desktop.name, program=("-m", request.param)) as found:
        found.agent.send(M.EXT_HELLO, 0, EXT_VERSION, COUNTING)
        yield found


def last_page(qube: Qube) -> int:
    """No picture of a few windows reaches there."""
    return qube.agent.pool.pages - 1


def counted(qube: Qube, page: int) -> int:
    (count,) = struct.unpack("<I", os.pread(qube.agent.pool.fd, 4, page * PAGE_BYTES))
    return int(count)


def acknowledged(qube: Qube) -> list[int]:
    """Of which windows the daemon has said by a message how far it is."""
    qube.settle()
    return [each.window for each in qube.agent.received if each.type is M.FRAME_ACK]


def shown(qube: Qube) -> Framed:
    return qube.show((50, 60, WIDTH, HEIGHT), pseudo_random(WIDTH, HEIGHT))


def test_counter_follows_all_windows_and_no_message_comes(qube: Qube) -> None:
    page = last_page(qube)
    qube.agent.send(M.FRAME_COUNT, 0, page)
    first = shown(qube)
    wait_until(lambda: counted(qube, page) == 1, what="the first frame")
    second = shown(qube)
    for window in (first, second, first):
        qube.agent.damage(window.remote, (0, 0, *SIZE))
    wait_until(lambda: counted(qube, page) == 5, what="all frames")
    qube.agent.send(M.UNMAP, first.remote)
    wait_until(lambda: counted(qube, page) == 6, what="the hidden window")
    assert acknowledged(qube) == []
    qube.agent.send(M.FRAME_ASK, second.remote)
    wait_until(lambda: acknowledged(qube) == [second.remote], what="the answer")


def test_page_that_is_taken_away_is_there_again(qube: Qube) -> None:
    page = last_page(qube)
    qube.agent.send(M.FRAME_COUNT, 0, page)
    window = shown(qube)
    wait_until(lambda: counted(qube, page) == 1, what="the first frame")
    qube.agent.pool.punch(page, 1)
    assert counted(qube, page) == 0
    qube.agent.damage(window.remote, (0, 0, *SIZE))
    wait_until(lambda: counted(qube, page) == 2, what="the next one")


def test_page_outside_the_pool_ends_the_qube(qube: Qube) -> None:
    qube.agent.send(M.FRAME_COUNT, 0, qube.agent.pool.pages)
    assert "outside the pool" in qube.daemon.expect("violation")["violation"]


def test_second_page_is_never_written(qube: Qube) -> None:
    """Each would be memory that the desktop's side pays for."""
    page = last_page(qube)
    qube.agent.send(M.FRAME_COUNT, 0, page)
    qube.agent.send(M.FRAME_COUNT, 0, page - 1)
    shown(qube)
    wait_until(lambda: counted(qube, page) == 1, what="the first frame")
    assert counted(qube, page - 1) == 0


def test_flood_of_questions_is_answered_and_delays_nothing(qube: Qube) -> None:
    page = last_page(qube)
    qube.agent.send(M.FRAME_COUNT, 0, page)
    window = shown(qube)
    for _ in range(2_000):
        qube.agent.send(M.FRAME_ASK, window.remote)
    qube.agent.damage(window.remote, (0, 0, *SIZE))
    wait_until(lambda: counted(qube, page) == 2, what="the frame behind the questions")
    assert 0 < len(acknowledged(qube)) <= 2_000


def test_frame_that_is_being_drawn_is_not_counted(desktop: XServer, qube: Qube) -> None:
    page = last_page(qube)
    qube.agent.send(M.FRAME_COUNT, 0, page)
    window = shown(qube)
    wait_until(lambda: counted(qube, page) == 1, what="the first frame")
    qube.settle()
    os.kill(desktop.pid, signal.SIGSTOP)
    try:
        qube.agent.damage(window.remote, (0, 0, *SIZE))
        qube.agent.send(M.FRAME_ASK, window.remote)
        qube.settle()  # the daemon has it, and has sent what draws it
        assert counted(qube, page) == 1
    finally:
        os.kill(desktop.pid, signal.SIGCONT)
    wait_until(lambda: counted(qube, page) == 2, what="the frame")
    wait_until(lambda: acknowledged(qube) == [window.remote], what="the answer")


def test_frames_that_come_while_another_is_drawn_are_drawn_after_it(desktop: XServer, qube: Qube) -> None:
    page = last_page(qube)
    qube.agent.send(M.FRAME_COUNT, 0, page)
    window = shown(qube)
    wait_until(lambda: counted(qube, page) == 1, what="the first frame")
    picture = pseudo_random(WIDTH, HEIGHT, seed=2)
    os.kill(desktop.pid, signal.SIGSTOP)
    try:
        qube.agent.damage(window.remote, (0, 0, 1, 1))
        qube.settle()
        qube.agent.dump(window.remote, picture)
        qube.agent.damage(window.remote, (0, 0, *SIZE))
        qube.settle()
    finally:
        os.kill(desktop.pid, signal.SIGCONT)
    wait_until(lambda: counted(qube, page) == 3, what="both frames")  # nothing else wakes the daemon
    person = Person(desktop.name)
    wait_shown(qube, person, window.remote, picture)
    person.close()
