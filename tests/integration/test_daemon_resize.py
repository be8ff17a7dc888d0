"""A long resize by the person: how much the agent is told, and that both sides agree in the end."""

from collections import deque
from collections.abc import Iterator

import pytest

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.integration.daemon_desk import (
    FROM_PAGER,
    GRAVITY_STATIC,
    WITH_HEIGHT,
    WITH_WIDTH,
    Framed,
    Qube,
    wait_framed,
)
from tests.integration.daemon_scene import Scene, managed_scene

pytestmark = pytest.mark.desktop

STEPS = 200
FEW = 5
START = (100, 100, 200, 150)


@pytest.fixture(scope="module")
def desk() -> Iterator[Scene]:
    with managed_scene(1000, 700, label="green") as started:
        yield started


class Echo:
    """An agent that answers `late` messages behind, `times` times each."""

    def __init__(self, qube: Qube, window: Framed, *, late: int, times: int) -> None:
        self._qube, self._window, self._times = qube, window, times
        self._late = late
        self._due: deque[tuple[int, ...]] = deque()
        self._seen = len(qube.agent.received)
        self.told = 0

    def answer(self, *, all_of_it: bool = False) -> None:
        self._qube.agent.poll()
        for each in self._qube.agent.received[self._seen :]:
            if each.type == MessageType.CONFIGURE and each.window == self._window.remote:
                assert isinstance(each.body, tuple)
                self.told += 1
                self._due.extend([each.body[:4]] * self._times)
        self._seen = len(self._qube.agent.received)
        while len(self._due) > (0 if all_of_it else self._late):
            x, y, width, height = self._due.popleft()
            self._qube.agent.configure(self._window.remote, (x, y, width, height))


@pytest.mark.parametrize(("late", "times"), [(0, 1), (1, 2), (4, 2)])
def test_resize_in_many_steps_tells_no_more_than_the_steps_and_ends_in_agreement(
    desk: Scene, late: int, times: int
) -> None:
    person, qube = desk
    window = qube.show(START, pseudo_random(START[2], START[3]))
    qube.agree()
    echo = Echo(qube, window, late=late, times=times)
    flags = GRAVITY_STATIC | WITH_WIDTH | WITH_HEIGHT | FROM_PAGER
    for step in range(1, STEPS + 1):
        person.ask(window.xid, "_NET_MOVERESIZE_WINDOW", flags, 0, 0, 206 + step, 156 + step)
        echo.answer()
    outer = person.outer(window.xid)
    final = (206 + STEPS, 156 + STEPS)
    wait_until(lambda: person.outer(window.xid)[2:] == final, what=f"{outer} of the size {final}")

    def agreed() -> bool:
        before = echo.told
        qube.settle()
        echo.answer(all_of_it=True)
        qube.settle()
        return echo.told == before

    wait_until(agreed, what="nothing more is told")
    assert echo.told <= STEPS + FEW
    assert qube.content(window.remote)[2:] == (200 + STEPS, 150 + STEPS)
    assert person.outer(window.xid)[2:] == final, "it stays so"
    told = [each.body for each in qube.agent.received if each.type == MessageType.CONFIGURE]
    assert isinstance(told[-1], tuple)
    assert told[-1][:4] == qube.content(window.remote)
    wait_framed(person, window.xid, 3, qube.rgb)
    print(f"late {late}, {times} times: {echo.told} of {STEPS} steps told")
    qube.destroy(window)
