"""What the person does costs no question to the qube's X server: an answer would come late when that is busy."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from Xlib.protocol import rq

from guiagent.x11.desk import Desk
from protocol.codec import encode
from protocol.framing import FrameReader
from protocol.messages import MessageType as T
from protocol.messages import Role
from shm.allocator import PageAllocator
from shm.pool import Pool
from shm.x11.connection import XConnection
from tests.guiagent.app import App
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

POOL_BYTES = 16 << 20
MOST_QUESTIONS = 2
"""Which cursor is shown where the pointer comes in, and a fence of XConnection after very many requests."""


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Requests that have a reply, by their name."""
    asked: Counter[str] = Counter()
    packed, parsed = XConnection.send_with_reply, rq.ReplyRequest.__init__

    def send_with_reply(self: XConnection, requests: bytes, *arguments: Any) -> None:
        asked["packed"] += 1
        packed(self, requests, *arguments)

    def init(self: Any, *arguments: Any, **keywords: Any) -> None:
        asked[type(self).__name__] += 1
        parsed(self, *arguments, **keywords)

    monkeypatch.setattr(XConnection, "send_with_reply", send_with_reply)
    monkeypatch.setattr(rq.ReplyRequest, "__init__", init)
    return asked


@pytest.fixture
def server() -> Iterator[XServer]:
    with XServer(800, 600) as started:
        yield started


def test_two_hundred_events_of_the_person_ask_the_x_server_nothing(server: XServer, questions: Counter[str]) -> None:
    pool, said = Pool.create(POOL_BYTES), bytearray()
    with App(server.name) as app:
        desk = Desk(server.name, pool, PageAllocator(pool.pages), clock=lambda: 0.0, send=said.extend)
        try:
            desk.daemon_came(8, 800, 600)
            window = app.window(300, 200, x=10, y=10)
            window.map()
            app.sync()

            def shown() -> bool:
                desk.ready(1)
                desk.settle(daemon_reads=True)
                return T.MAP.to_bytes(4, "little") in said

            wait_until(shown, what="the window")
            for _ in range(20):
                shown()
            questions.clear()
            orders = FrameReader(Role.AGENT)
            for number in range(50):
                key = 38 + number % 20
                orders.receive(encode(T.MOTION, window.id, number, 5, 0, 0))
                orders.receive(encode(T.KEYPRESS, window.id, 2, 0, 0, number & 0xFF, key))
                orders.receive(encode(T.KEYPRESS, window.id, 3, 0, 0, number & 0xFF, key))
                orders.receive(encode(T.BUTTON, window.id, 4 + number % 2, 5, 5, 0, 1 + number // 2 % 9))
                desk.obey(list(orders.frames()), settles=True)
                desk.settle(daemon_reads=True)
            assert sum(questions.values()) <= MOST_QUESTIONS, questions
            app.sync()
            assert app.root.query_pointer().root_x == 10 + 5, "and all that was done"
        finally:
            desk.close()
            pool.close()
