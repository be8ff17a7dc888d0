"""What hostile agents say, packed, and a flood of it; knows no expectation."""

import struct
from collections.abc import Callable
from typing import Final

from protocol.codec import encode
from protocol.messages import MessageType
from tests.harness.wait import wait_until
from tests.integration.hostile_scene import Flood, Scene, Stage

M = MessageType
WINDOW: Final = 7
CORNER: Final = (20, 20, 200, 150)
"""Away from the innocent window."""

LARGE: Final = (0, 0, 1700, 1000)
"""Most of the screen, and all of the innocent window."""

Rect = tuple[int, int, int, int]


def create(window: int = WINDOW, rect: Rect = CORNER, *, popup: bool = False) -> bytes:
    return encode(M.CREATE, window, *rect, 0, int(popup))


def shown(window: int = WINDOW, rect: Rect = CORNER, *, popup: bool = False) -> bytes:
    return create(window, rect, popup=popup) + encode(M.MAP, window, 0, int(popup))


def dump(window: int, width: int, height: int, refs: list[int]) -> bytes:
    return encode(M.WINDOW_DUMP, window, 0, width, height, 24, tail=struct.pack(f"<{len(refs)}I", *refs))


def flood(scene: Scene, first: bytes, round_: bytes, *, pointer: bool = True) -> None:
    """`round_` again and again after `first`, until the innocent qube was measured; the hostile one goes on."""

    def attack(stage: Stage) -> None:
        with scene.attacker() as evil:
            evil.agent.send_raw(first)
            with Flood(evil.agent, round_) as running:
                wait_until(lambda: running.rounds, what="the flood")
                stage.under_way.set()
                stage.enough.wait()
            assert running.rounds
            evil.goes_on()
            log = evil.log()
            assert len(log.splitlines()) < 10, f"the log is flooded too: {log}"

    scene.check(attack, pointer=pointer)


def many(count: int, message: Callable[[int], bytes]) -> bytes:
    return b"".join(message(number) for number in range(count))
